(** The layers' expressions compute the textbook formulas, so that the gradient theorem covers them.

    [indices v l]       the indices at which the view [v] touches its tensor at the point [l]
    [ints p]            a point as integers *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.CurveProof Autodiff.Reverse Autodiff.EmitProof Autodiff.Layers.
Import ListNotations.
Local Open Scope R_scope.

Definition indices (v : view) (l : point) : list Z := map (fun d => index d l) v.
Definition ints (p : point) : list Z := map Z.of_nat p.

(** ** Elements *)
Lemma touch_flat_index v l : forall acc, touch_from acc v l = flat_index acc (sizes v) (indices v l).
Proof.
  induction v as [|d v IH]; intros acc; cbn; [easy|]. now destruct (andb _ _).
Qed.
Lemma at_elem x v l : at_ x (touch v l) = elem (sizes v) x (indices v l).
Proof. unfold elem, touch. now rewrite touch_flat_index. Qed.
Lemma flat_index_inside s : forall acc p, inside s p -> flat_index acc s (ints p) = Some (flat acc s p).
Proof.
  induction s as [|n s IH]; intros acc [|i p] H; try contradiction; [easy|]. destruct H as [Hi H].
  cbn [ints map flat_index flat].
  replace (0 <=? Z.of_nat i)%Z with true by (symmetry; apply Z.leb_le; lia).
  replace (Z.of_nat i <? Z.of_N n)%Z with true by (symmetry; apply Z.ltb_lt; lia).
  cbn [andb]. rewrite Nat2Z.id. now apply IH.
Qed.
(** Inside of the shape, [elem] is the element at the row-major position. *)
Lemma elem_inside s x p : inside s p -> elem s x (ints p) = x (flat 0 s p).
Proof. intros H. unfold elem. now rewrite flat_index_inside. Qed.

(** ** Outputs that follow their own loops *)
Lemma touch_lead_from r outer : forall acc p l q, inside outer l ->
  touch_from acc (lead_from (length p) outer r) (p ++ l ++ q) = Some (flat acc outer l).
Proof.
  induction outer as [|n outer IH]; intros acc p [|i l] q H; try contradiction; [easy|].
  destruct H as [Hi H]. cbn [lead_from touch_from flat]. unfold index. cbn [offset coeffs size].
  cbn [app]. rewrite dot_unit, Z.add_0_l, Nat2Z.id.
  replace (0 <=? Z.of_nat i)%Z with true by (symmetry; apply Z.leb_le; lia).
  replace (Z.of_nat i <? Z.of_N n)%Z with true by (symmetry; apply Z.ltb_lt; lia). cbn [andb].
  specialize (IH (acc * N.to_nat n + i)%nat (p ++ [i]) l q H).
  rewrite app_length, Nat.add_1_r, <- app_assoc in IH. exact IH.
Qed.
Lemma touch_lead r outer p q : inside outer p -> touch (lead outer r) (p ++ q) = Some (flat 0 outer p).
Proof. apply (touch_lead_from r outer 0 []). Qed.
Lemma sizes_lead outer r : sizes (lead outer r) = outer.
Proof.
  unfold lead. generalize O. induction outer as [|n outer IH]; intros k; cbn; [easy|]. f_equal. apply IH.
Qed.
Lemma nest_app a b : forall f, nest (a ++ b) f = nest a (fun p => nest b (fun q => f (p ++ q))).
Proof. induction a as [|n a IH]; intros f; cbn; [easy|]. apply sum_ext. intros. now rewrite IH. Qed.
Lemma nest_hit b o e : forall f, nest b (fun q => hit o e (f q)) = hit o e (nest b f).
Proof.
  intros f. unfold hit. destruct o as [k|]; [|now apply nest_0].
  destruct (Nat.eqb k e); [easy | now apply nest_0].
Qed.
Lemma flat_acc s : forall acc p, inside s p -> flat acc s p = (acc * count s + flat 0 s p)%nat.
Proof.
  induction s as [|n s IH]; intros acc [|i p] H; try contradiction; [cbn; lia|]. destruct H as [_ H].
  cbn [flat]. rewrite volume_cons, (IH (acc * N.to_nat n + i)%nat),
    (IH (0 * N.to_nat n + i)%nat) by assumption. lia.
Qed.
Lemma unflat_flat s : forall p, inside s p -> unflat s (flat 0 s p) = p.
Proof.
  induction s as [|n s IH]; intros [|i p] H; try contradiction; [easy|]. destruct H as [_ H].
  cbn [flat unflat].
  rewrite flat_acc by assumption. pose proof (flat_bounds s 0 p H) as B. set (c := count s) in *.
  assert (C : c <> O) by lia. replace (0 * N.to_nat n + i)%nat with i by lia.
  rewrite Nat.div_add_l, Nat.div_small, Nat.add_0_r by lia. f_equal.
  rewrite Nat.add_comm, Nat.mod_add, Nat.mod_small by lia. now apply IH.
Qed.
Lemma flat_lt s p : inside s p -> (flat 0 s p < count s)%nat.
Proof. intros H. pose proof (flat_bounds s 0 p H). lia. Qed.
Theorem scatter_lead outer inner r f p : inside outer p ->
  scatter (outer ++ inner) (lead outer r) f (flat 0 outer p) = nest inner (fun q => f (p ++ q)).
Proof.
  intros H. unfold scatter. rewrite nest_app.
  rewrite (nest_ext_inside outer _ (fun l => hit (Some (flat 0 outer l)) (0 * count outer + flat 0 outer p)
    (nest inner (fun q => f (l ++ q))))).
  - rewrite nest_flat by now apply flat_lt. now rewrite unflat_flat.
  - intros l Hl. cbn [Nat.mul Nat.add]. rewrite <- nest_hit. apply nest_ext. intros q. now rewrite touch_lead.
Qed.
Theorem move_lead outer inner r src x p : inside outer p ->
  move (outer ++ inner) (lead outer r) src x (flat 0 outer p) =
  nest inner (fun q => elem (sizes src) x (indices src (p ++ q))).
Proof. intros H. unfold move. rewrite scatter_lead by assumption. apply nest_ext. intros q. apply at_elem.
Qed.
Theorem contract_lead outer inner r lhs rhs a b p : inside outer p ->
  contract (outer ++ inner) (lead outer r) lhs rhs a b (flat 0 outer p) =
  nest inner (fun q => elem (sizes lhs) a (indices lhs (p ++ q)) * elem (sizes rhs) b (indices rhs (p ++ q))).
Proof.
  intros H. unfold contract. rewrite scatter_lead by assumption. apply nest_ext. intros q.
  now rewrite !at_elem.
Qed.

(** ** Dense layers and convolution *)
Ltac same_elem := unfold indices, axis, unit_vector, index; cbn -[Z.mul Z.add Z.of_nat]; repeat (f_equal;
  try lia).

Theorem dense_computes y rows m n x w b o : (b < N.to_nat rows)%nat -> (o < N.to_nat m)%nat ->
  denote_expr y (dense rows m n x w) (flat 0 [rows; m] [b; o]) =
  sum (N.to_nat n) (fun i => elem [rows; n] (denote_expr y x) (ints [b; i])
                             * elem [m; n] (denote_expr y w) (ints [o; i])).
Proof.
  intros B O. cbn [denote_expr dense]. rewrite (contract_lead [rows; m] [n]) by (cbn; auto).
  cbn [nest]. apply sum_ext. intros i _. f_equal; same_elem.
Qed.
Theorem bias_computes y rows m b r o : (r < N.to_nat rows)%nat -> (o < N.to_nat m)%nat ->
  denote_expr y (bias rows m b) (flat 0 [rows; m] [r; o]) = denote_expr y b o.
Proof.
  intros B O. cbn [denote_expr bias]. rewrite (move_lead [rows; m] []) by (cbn; auto). cbn [nest].
  replace (indices [axis 2 1 m] ([r; o] ++ [])) with (ints [o]) by same_elem.
  change (sizes [axis 2 1 m]) with [m]. rewrite elem_inside by (cbn; auto). reflexivity.
Qed.
Theorem linear_computes y rows m n x w b r o : (r < N.to_nat rows)%nat -> (o < N.to_nat m)%nat ->
  denote_expr y (linear rows m n x w b) (flat 0 [rows; m] [r; o]) =
  sum (N.to_nat n) (fun i => elem [rows; n] (denote_expr y x) (ints [r; i])
                             * elem [m; n] (denote_expr y w) (ints [o; i])) + denote_expr y b o.
Proof.
  intros R O. rewrite <- dense_computes, <- (bias_computes y rows m b r o) by assumption. reflexivity.
Qed.
Theorem plane_bias_computes y n c h w b i k u v :
  (i < N.to_nat n)%nat -> (k < N.to_nat c)%nat -> (u < N.to_nat h)%nat -> (v < N.to_nat w)%nat ->
  denote_expr y (plane_bias n c h w b) (flat 0 [n; c; h; w] [i; k; u; v]) = denote_expr y b k.
Proof.
  intros I K U V. cbn [denote_expr plane_bias]. rewrite (move_lead [n; c; h; w] []) by (cbn; auto).
  cbn [nest].
  replace (indices [axis 4 1 c] ([i; k; u; v] ++ [])) with (ints [k]) by same_elem.
  change (sizes [axis 4 1 c]) with [c]. rewrite elem_inside by (cbn; auto). reflexivity.
Qed.
Theorem conv2d_computes y g s x w b k o i j :
  (b < N.to_nat (batch g))%nat -> (k < N.to_nat (groups g))%nat -> (o < N.to_nat (outs g))%nat ->
  (i < N.to_nat (out_height g))%nat -> (j < N.to_nat (out_width g))%nat ->
  denote_expr y (conv2d g s x w) (flat 0 (conv_out g) [b; k; o; i; j]) =
  sum (N.to_nat (ins g)) (fun c => sum (N.to_nat (taps_v g)) (fun u => sum (N.to_nat (taps_h g)) (fun v =>
    elem [batch g; groups g; ins g; height g; width g] (denote_expr y x)
      [Z.of_nat b; Z.of_nat k; Z.of_nat c; Z.of_nat i * stride_v g + Z.of_nat u * dil_v g - pad_v g;
       Z.of_nat j * stride_h g + Z.of_nat v * dil_h g - pad_h g]%Z
    * elem [groups g; outs g; ins g; taps_v g; taps_h g] (denote_expr y w) (ints [k; o; c; u; v])))).
Proof.
  intros B K O I J. cbn [denote_expr conv2d]. rewrite contract_lead by (cbn; auto 6).
  cbn [nest conv_in]. apply sum_ext. intros c _. apply sum_ext. intros u _. apply sum_ext. intros v _.
  f_equal; same_elem.
Qed.

(** ** Softmax cross-entropy *)
Lemma logsumexp_shift n inner x e m : (0 < N.to_nat n)%nat ->
  logsumexp n inner x e = m + logsumexp n inner (fun i => x i - m) e.
Proof.
  intros Hn. unfold logsumexp. rewrite <- (ln_exp m) at 1.
  rewrite <- ln_mult by (apply exp_pos || now apply sumexp_pos). f_equal. unfold sumexp. rewrite <- sum_scal.
  apply sum_ext. intros k _. rewrite <- exp_plus. f_equal. ring.
Qed.
Definition softmax (n : N) (x : vec) (e k : nat) : R := exp (x (slice n 1 e k)) / sumexp n 1 x e.
Lemma ln_softmax n x e k : (0 < N.to_nat n)%nat -> - ln (softmax n x e k) = logsumexp n 1 x e - x (slice n 1 e
  k).
Proof.
  intros Hn. unfold softmax, Rdiv. pose proof (sumexp_pos n 1 x e Hn) as P.
  rewrite ln_mult, ln_Rinv, ln_exp by (trivial; try apply exp_pos; now apply Rinv_0_lt_compat).
  unfold logsumexp. ring.
Qed.
(** With targets that sum to one, the loss of a row is the sum of - t ln(softmax). *)
Theorem cross_entropy_computes y rows n lse z target r :
  (0 < N.to_nat n)%nat -> (r < N.to_nat rows)%nat ->
  denote_expr y lse r = logsumexp n 1 (denote_expr y z) r ->
  denote_expr y (cross_entropy rows n lse z target) r =
  sum (N.to_nat n) (fun k => denote_expr y target (slice n 1 r k) * - ln (softmax n (denote_expr y z) r k)).
Proof.
  intros Hn Hr L. unfold cross_entropy. cbn [denote_expr sem1 sem2].
  assert (F : forall k, (k < N.to_nat n)%nat -> flat 0 [rows; n] [r; k] = slice n 1 r k).
  { intros k _. unfold slice. cbn [flat N.to_nat]. change (Pos.to_nat 1) with 1%nat.
    rewrite Nat.div_1_r, Nat.mod_1_r. lia. }
  match goal with |- - move _ _ _ ?X _ = _ =>
    pose proof (move_lead [rows] [n] 1 (lead [rows; n] 0) X [r] (conj Hr I)) as M end.
  cbn [app flat Nat.mul Nat.add] in M. rewrite M. clear M. cbn [nest].
  rewrite (sum_ext _ (fun k => denote_expr y target (slice n 1 r k) * - ln (softmax n (denote_expr y z) r k))
    (fun k => -1 * (denote_expr y target (slice n 1 r k) * (denote_expr y z (slice n 1 r k)
      - logsumexp n 1 (denote_expr y z) r)))).
  2: { intros k _. rewrite ln_softmax by assumption. ring. }
  rewrite sum_scal. match goal with |- - _ = -1 * ?b => replace (-1 * b) with (- b) by ring end.
  f_equal. apply sum_ext. intros k Hk. rewrite sizes_lead.
  replace (indices (lead [rows; n] 0) [r; k]) with (ints [r; k]) by same_elem.
  rewrite elem_inside by (cbn; auto).
  pose proof (move_lead [rows; n] [] 0 [axis 2 0 rows] (denote_expr y lse) [r; k] (conj Hr (conj Hk I))) as M.
  rewrite app_nil_r in M. rewrite M. cbn [nest]. rewrite app_nil_r.
  replace (indices [axis 2 0 rows] [r; k]) with (ints [r]) by same_elem.
  change (sizes [axis 2 0 rows]) with [rows]. rewrite elem_inside by (cbn; auto).
  rewrite F by assumption. change (flat 0 [rows] [r]) with r. now rewrite L.
Qed.
Theorem average_computes y n inv x :
  denote_expr y (average n inv x) O = sum (N.to_nat n) (denote_expr y x) * fR inv.
Proof.
  unfold average. cbn [denote_expr sem2]. change (constant [inv] 0%nat) with (fR inv). f_equal.
  pose proof (move_lead [] [n] 1 [axis 1 0 n] (denote_expr y x) [] I) as M.
  change (flat 0 [] []) with O in M. change (lead [] 1) with (@nil dim) in M. cbn [app] in M. rewrite M.
  cbn [nest]. apply sum_ext. intros k Hk. replace (indices [axis 1 0 n] [k]) with (ints [k]) by same_elem.
  change (sizes [axis 1 0 n]) with [n]. now rewrite elem_inside by (cbn; auto).
Qed.

(** ** GELU *)
Theorem gelu_computes y s c h one x e : (e < count s)%nat -> fR one = 1 ->
  denote_expr y (gelu s c h one x) e =
  fR h * denote_expr y x e * (1 + erf (denote_expr y x e * fR c)).
Proof.
  intros He H1. unfold gelu. cbn [denote_expr sem1 sem2].
  change (move s (identity s) [] (constant [?z]) e) with (denote_expr y (broadcast s (Number z)) e).
  rewrite !denote_broadcast by assumption. cbn [denote_expr]. unfold constant. cbn [nth]. now rewrite H1.
Qed.

(** ** Normalisation *)
Section Normalise.
Variables (groups : N) (inner : list N) (elements : view) (s kept : list N) (along : dim).
Variables (inv eps : PrimFloat.float) (y : nat -> vec) (x : expr).
(** The element of the tensor at point [l] of group [g]. *)
Variable place : nat -> point -> point.
Hypothesis Hsizes : sizes elements = s.
Hypothesis Hkept : count kept = N.to_nat groups.
Hypothesis Halong : size along = groups.
Hypothesis Hinside : forall g l, (g < N.to_nat groups)%nat -> inside inner l -> inside s (place g l).
Hypothesis Hplace : forall g l, (g < N.to_nat groups)%nat -> inside inner l ->
  indices elements (g :: l) = ints (place g l).
Hypothesis Hgroup : forall g l, (g < N.to_nat groups)%nat -> inside inner l ->
  index along (place g l) = Z.of_nat g.

Definition at_place (z : vec) (g : nat) (l : point) : R := z (flat 0 s (place g l)).
Definition mean_of (z : vec) (g : nat) : R := nest inner (at_place z g) * fR inv.
Definition variance_of (z : vec) (g : nat) : R :=
  nest inner (fun l => (at_place z g l - mean_of z g) * (at_place z g l - mean_of z g)) * fR inv.

Lemma total_computes z g : (g < N.to_nat groups)%nat ->
  denote_expr y (total groups inner elements kept z) g = nest inner (at_place (denote_expr y z) g).
Proof.
  intros Hg. unfold total. cbn [denote_expr].
  pose proof (move_lead [groups] inner (length inner) elements (denote_expr y z) [g] (conj Hg I)) as M.
  cbn [app flat Nat.mul Nat.add] in M. rewrite M. apply nest_ext_inside. intros l Hl.
  rewrite Hplace, Hsizes, elem_inside by auto. reflexivity.
Qed.
Lemma number_computes s' c e : (e < count s')%nat -> denote_expr y (broadcast s' (Number c)) e = fR c.
Proof. intros H. now rewrite denote_broadcast. Qed.
Lemma group_lt g : (g < N.to_nat groups)%nat -> (g < count kept)%nat.
Proof. now rewrite Hkept. Qed.
Lemma mean_computes z g : (g < N.to_nat groups)%nat ->
  denote_expr y (mean groups inner elements kept inv z) g = mean_of (denote_expr y z) g.
Proof.
  intros Hg. unfold mean. change (denote_expr y (total groups inner elements kept z) g
    * denote_expr y (broadcast kept (Number inv)) g = mean_of (denote_expr y z) g).
  now rewrite total_computes, number_computes by (trivial; now apply group_lt).
Qed.
Lemma over_computes z g l : (g < N.to_nat groups)%nat -> inside inner l ->
  denote_expr y (over s along z) (flat 0 s (place g l)) = denote_expr y z g.
Proof.
  intros Hg Hl. unfold over. cbn [denote_expr].
  pose proof (move_lead s [] 0 [along] (denote_expr y z) (place g l) (Hinside g l Hg Hl)) as M.
  rewrite app_nil_r in M. rewrite M. cbn [nest sizes map indices].
  rewrite app_nil_r, Hgroup, Halong by assumption.
  change [Z.of_nat g] with (ints [g]). rewrite elem_inside by (cbn; auto). reflexivity.
Qed.
Lemma centred_computes g l : (g < N.to_nat groups)%nat -> inside inner l ->
  denote_expr y (centred groups inner elements s kept along inv x) (flat 0 s (place g l)) =
  at_place (denote_expr y x) g l - mean_of (denote_expr y x) g.
Proof.
  intros Hg Hl. unfold centred. cbn [denote_expr sem2].
  change (move s (lead s 0) [along] ?v) with (denote_expr (fun _ => v) (over s along (Ref O))).
  rewrite <- mean_computes, <- (over_computes (mean groups inner elements kept inv x) g l) by assumption.
  reflexivity.
Qed.
Lemma variance_computes g : (g < N.to_nat groups)%nat ->
  denote_expr y (variance groups inner elements s kept along inv x) g = variance_of (denote_expr y x) g.
Proof.
  intros Hg. unfold variance. rewrite mean_computes by assumption. unfold mean_of at 1, variance_of. f_equal.
  apply nest_ext_inside. intros l Hl. unfold at_place at 1. rewrite <- centred_computes by assumption.
  reflexivity.
Qed.
Theorem normalise_computes g l : (g < N.to_nat groups)%nat -> inside inner l ->
  denote_expr y (normalise groups inner elements s kept along inv eps x) (flat 0 s (place g l)) =
  (at_place (denote_expr y x) g l - mean_of (denote_expr y x) g)
  / sqrt (variance_of (denote_expr y x) g + fR eps).
Proof.
  intros Hg Hl. unfold normalise.
  transitivity (denote_expr y (centred groups inner elements s kept along inv x) (flat 0 s (place g l))
    / denote_expr y (over s along (Apply1 Sqrt kept (Apply2 Add kept
        (variance groups inner elements s kept along inv x) (broadcast kept (Number eps)))))
        (flat 0 s (place g l))); [reflexivity|].
  rewrite centred_computes, over_computes by assumption. f_equal. f_equal.
  change (denote_expr y (Apply1 Sqrt kept ?e) g) with (sqrt (denote_expr y e g)). f_equal.
  change (denote_expr y (Apply2 Add kept ?a ?b) g) with (denote_expr y a g + denote_expr y b g).
  now rewrite variance_computes, number_computes by (trivial; now apply group_lt).
Qed.
End Normalise.

Theorem layer_norm_computes y rows n inv eps x r k : (r < N.to_nat rows)%nat -> (k < N.to_nat n)%nat ->
  let z k := denote_expr y x (flat 0 [rows; n] [r; k]) in
  let mu := sum (N.to_nat n) z * fR inv in
  let sigma2 := sum (N.to_nat n) (fun k => (z k - mu) * (z k - mu)) * fR inv in
  denote_expr y (layer_norm rows n inv eps x) (flat 0 [rows; n] [r;
    k]) = (z k - mu) / sqrt (sigma2 + fR eps).
Proof.
  intros Hr Hk z mu sigma2. unfold layer_norm.
  apply (normalise_computes rows [n] (lead [rows; n] 0) [rows;
    n] [rows; 1%N] (axis 2 0 rows) inv eps y x (fun r l => r :: l))
    with (g := r) (l := [k]); trivial; try (now cbn); try (now rewrite !volume_cons; cbn; lia);
    intros g l Hg Hl;
    destruct l as [|i [|]]; cbn in Hl; try tauto.
  - same_elem.
  - unfold axis, unit_vector, index. cbn -[Z.mul Z.add Z.of_nat]. lia.
Qed.
