(** Sums over loop nests, and why moving and contracting are their own adjoints with views exchanged.

    [inside loops l]    the point [l] belongs to the nest
    [flat acc loops l]  the flat row-major index of the point [l], continuing from [acc]
    [unflat loops e]    the point with flat index [e] *)
From Coq Require Import Reals Lra Lia NArith ZArith List.
From Provenn Require Import Autodiff.View.
Import ListNotations.
Local Open Scope R_scope.

(** ** Finite sums *)
Lemma sum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
Proof. induction n as [|n IH]; cbn; intros H; [easy|]. rewrite IH by (intros; apply H; lia).
now rewrite H by lia. Qed.
Lemma sum_scal n k f : sum n (fun i => k * f i) = k * sum n f.
Proof. induction n as [|n IH]; cbn; [ring|]. rewrite IH. ring. Qed.
Lemma sum_scal_r n k f : sum n (fun i => f i * k) = sum n f * k.
Proof. induction n as [|n IH]; cbn; [ring|]. rewrite IH. ring. Qed.
Lemma sum_plus n f g : sum n (fun i => f i + g i) = sum n f + sum n g.
Proof. induction n as [|n IH]; cbn; [ring|]. rewrite IH. ring. Qed.
Lemma sum_0 n f : (forall i, (i < n)%nat -> f i = 0) -> sum n f = 0.
Proof. induction n as [|n IH]; cbn; intros H; [easy|]. rewrite IH, H; [ring | lia | intros; apply H; lia].
Qed.
Lemma sum_swap n m f : sum n (fun i => sum m (fun j => f i j)) = sum m (fun j => sum n (fun i => f i j)).
Proof.
  induction n as [|n IH]; cbn.
  - symmetry. now apply sum_0.
  - now rewrite IH, <- sum_plus.
Qed.
Lemma sum_one n k f : (k < n)%nat -> (forall i, (i < n)%nat -> i <> k -> f i = 0) -> sum n f = f k.
Proof.
  induction n as [|n IH]; cbn; intros H Z; [lia|]. destruct (Nat.eq_dec n k) as [->|N].
  - rewrite sum_0; [ring|]. intros i Hi. apply Z; lia.
  - rewrite IH, (Z n); [ring | lia | lia | lia | intros; apply Z; lia].
Qed.
Lemma sum_pos n f : (0 < n)%nat -> (forall i, 0 < f i) -> 0 < sum n f.
Proof.
  intros Hn H. induction n as [|n IH]; [lia|]. cbn. destruct n as [|n]; cbn in *; [specialize (H O); lra|].
  specialize (IH ltac:(lia)). specialize (H (S n)). lra.
Qed.

Lemma ip_ext n a b a' b' : (forall i, (i < n)%nat -> a i = a' i) -> (forall i, (i < n)%nat -> b i = b' i) ->
  ip n a b = ip n a' b'.
Proof. intros A B. apply sum_ext. intros. now rewrite A, B. Qed.
Lemma ip_sym n a b : ip n a b = ip n b a.
Proof. apply sum_ext. intros. ring. Qed.
Lemma ip_plus_r n a b c : ip n a (fun i => b i + c i) = ip n a b + ip n a c.
Proof. unfold ip. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma ip_plus_l n a b c : ip n (fun i => a i + b i) c = ip n a c + ip n b c.
Proof. unfold ip. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma ip_0_r n a b : (forall i, (i < n)%nat -> b i = 0) -> ip n a b = 0.
Proof. intros H. apply sum_0. intros. rewrite H by assumption. ring. Qed.
Lemma ip_0_l n a b : (forall i, (i < n)%nat -> a i = 0) -> ip n a b = 0.
Proof. intros H. apply sum_0. intros. rewrite H by assumption. ring. Qed.

(** ** Loop nests *)
Fixpoint inside (loops : list N) (l : point) : Prop :=
  match loops, l with
  | [], [] => True
  | n :: loops, i :: l => (i < N.to_nat n)%nat /\ inside loops l
  | _, _ => False
  end.

Lemma nest_ext_inside loops : forall f g, (forall l, inside loops l -> f l = g l) ->
  nest loops f = nest loops g.
Proof.
  induction loops as [|n loops IH]; cbn; intros f g H; [now apply H|].
  apply sum_ext. intros i Hi. apply IH. intros l Hl. now apply H.
Qed.
Lemma nest_ext loops f g : (forall l, f l = g l) -> nest loops f = nest loops g.
Proof. intros H. apply nest_ext_inside. auto. Qed.
Lemma nest_scal loops : forall k f, nest loops (fun l => k * f l) = k * nest loops f.
Proof.
  induction loops as [|n loops IH]; cbn; intros k f; [easy|].
  rewrite <- sum_scal. apply sum_ext. intros. apply IH.
Qed.
Lemma nest_plus loops : forall f g, nest loops (fun l => f l + g l) = nest loops f + nest loops g.
Proof.
  induction loops as [|n loops IH]; cbn; intros f g; [easy|].
  rewrite <- sum_plus. apply sum_ext. intros. apply IH.
Qed.
Lemma nest_sum loops n : forall f, sum n (fun i => nest loops (f i)) = nest loops (fun l => sum n (fun i => f
  i l)).
Proof.
  induction loops as [|m loops IH]; cbn; intros f; [easy|].
  rewrite sum_swap. apply sum_ext. intros i _. now rewrite IH.
Qed.
Lemma nest_0 loops : forall f, (forall l, inside loops l -> f l = 0) -> nest loops f = 0.
Proof.
  induction loops as [|n loops IH]; cbn; intros f H; [now apply H|].
  apply sum_0. intros i Hi. apply IH. intros l Hl. now apply H.
Qed.

(** ** Touched elements *)
Lemma volume_cons n s : count (n :: s) = (N.to_nat n * count s)%nat.
Proof. unfold count. cbn. apply N2Nat.inj_mul. Qed.
Lemma touch_from_bounds v : forall acc l e, touch_from acc v l = Some e ->
  (acc * count (sizes v) <= e < (acc + 1) * count (sizes v))%nat.
Proof.
  induction v as [|d v IH]; intros acc l e; cbn [touch_from sizes map].
  - intros [= <-]. cbn. lia.
  - rewrite volume_cons. destruct (andb _ _) eqn:B; [|easy]. intros H. apply IH in H.
    apply andb_prop in B as [B1 B2]. apply Z.leb_le in B1. apply Z.ltb_lt in B2.
    fold (sizes v). set (m := N.to_nat (size d)) in *. set (i := Z.to_nat (index d l)) in *.
    assert (i + 1 <= m)%nat by lia. set (c := count (sizes v)) in *.
    split; [nia|]. apply Nat.lt_le_trans with (1 := proj2 H). nia.
Qed.
Lemma touch_lt v l e : touch v l = Some e -> (e < count (sizes v))%nat.
Proof. intros H. apply touch_from_bounds in H. lia. Qed.

Lemma at_ext v l a b : (forall e, (e < count (sizes v))%nat -> a e = b e) ->
  at_ a (touch v l) = at_ b (touch v l).
Proof. intros H. destruct (touch v l) as [e|] eqn:E; [|easy]. apply H. now apply (touch_lt v l). Qed.
Lemma sum_hit n a o r : (forall e, o = Some e -> (e < n)%nat) ->
  sum n (fun e => a e * hit o e r) = at_ a o * r.
Proof.
  intros H. destruct o as [k|]; cbn.
  - rewrite (sum_one n k); [now rewrite Nat.eqb_refl | now apply H |].
    intros i _ N. destruct (Nat.eqb_spec k i); [lia | ring].
  - rewrite sum_0; [ring | intros; ring].
Qed.

(** ** Adjoints *)
Lemma ip_scatter loops out f c :
  ip (count (sizes out)) c (scatter loops out f) = nest loops (fun l => at_ c (touch out l) * f l).
Proof.
  unfold ip, scatter.
  rewrite (sum_ext _ _ (fun e => nest loops (fun l => c e * hit (touch out l) e (f l)))).
  2: { intros. symmetry. apply nest_scal. }
  rewrite nest_sum. apply nest_ext. intros l. apply sum_hit. intros e. apply touch_lt.
Qed.

(** A contraction against a cotangent is a trilinear form that does not know which of the three is the
    output. *)
Definition trilinear loops (u v w : view) (c a b : vec) : R :=
  nest loops (fun l => at_ c (touch u l) * (at_ a (touch v l) * at_ b (touch w l))).
Lemma ip_contract_trilinear loops out left right c a b :
  ip (count (sizes out)) c (contract loops out left right a b) = trilinear loops out left right c a b.
Proof. apply ip_scatter. Qed.
Theorem contract_adjoint_left loops out left right c a b :
  ip (count (sizes out)) c (contract loops out left right a b) =
  ip (count (sizes left)) (contract loops left out right c b) a.
Proof. rewrite ip_sym with (n := count (sizes left)), !ip_contract_trilinear. apply nest_ext. intros; ring.
Qed.
Theorem contract_adjoint_right loops out left right c a b :
  ip (count (sizes out)) c (contract loops out left right a b) =
  ip (count (sizes right)) (contract loops right out left c a) b.
Proof. rewrite ip_sym with (n := count (sizes right)), !ip_contract_trilinear. apply nest_ext. intros; ring.
Qed.
Theorem move_adjoint loops out src c x :
  ip (count (sizes out)) c (move loops out src x) = ip (count (sizes src)) (move loops src out c) x.
Proof. rewrite ip_sym with (n := count (sizes src)). unfold move. rewrite !ip_scatter. apply nest_ext.
intros; ring. Qed.

Lemma scatter_ext loops out f g e : (forall l, inside loops l -> f l = g l) ->
  scatter loops out f e = scatter loops out g e.
Proof. intros H. apply nest_ext_inside. intros l Hl. now rewrite H. Qed.
Lemma move_ext loops out src x y e : (forall i, (i < count (sizes src))%nat -> x i = y i) ->
  move loops out src x e = move loops out src y e.
Proof. intros H. apply scatter_ext. intros. now apply at_ext. Qed.
Lemma contract_ext loops out left right a b a' b' e :
  (forall i, (i < count (sizes left))%nat -> a i = a' i) -> (forall i, (i < count (sizes right))%nat ->
    b i = b' i) ->
  contract loops out left right a b e = contract loops out left right a' b' e.
Proof. intros A B. apply scatter_ext. intros. f_equal; now apply at_ext. Qed.

(** ** The identity view *)
Fixpoint flat (acc : nat) (loops : list N) (l : point) : nat :=
  match loops, l with
  | n :: loops, i :: l => flat (acc * N.to_nat n + i) loops l
  | _, _ => acc
  end.
Fixpoint unflat (loops : list N) (e : nat) : point :=
  match loops with
  | [] => []
  | n :: loops => (e / count loops)%nat :: unflat loops (e mod count loops)
  end.

Lemma dot_repeat_0 k : forall l, dot (repeat 0%Z k) l = 0%Z.
Proof. induction k as [|k IH]; intros [|i l]; trivial. cbn. now rewrite IH. Qed.
Lemma dot_unit p : forall i l k, dot (repeat 0%Z (length p) ++ 1%Z :: repeat 0%Z k) (p ++ i :: l) = Z.of_nat
  i.
Proof.
  induction p as [|j p IH]; intros i l k.
  - cbn [length repeat app dot]. rewrite dot_repeat_0. lia.
  - cbn [length repeat app dot]. now rewrite IH.
Qed.
Lemma touch_identity_from loops : forall acc p l, inside loops l ->
  touch_from acc (identity_from (length p) loops) (p ++ l) = Some (flat acc loops l).
Proof.
  induction loops as [|n loops IH]; intros acc p [|i l] H; try contradiction; [easy|].
  destruct H as [Hi H]. cbn [identity_from touch_from flat]. unfold index. cbn [offset coeffs size].
  rewrite dot_unit, Z.add_0_l, Nat2Z.id.
  replace (0 <=? Z.of_nat i)%Z with true by (symmetry; apply Z.leb_le; lia).
  replace (Z.of_nat i <? Z.of_N n)%Z with true by (symmetry; apply Z.ltb_lt; lia). cbn [andb].
  specialize (IH (acc * N.to_nat n + i)%nat (p ++ [i]) l H).
  rewrite app_length, Nat.add_1_r, <- app_assoc in IH. exact IH.
Qed.
Lemma touch_identity loops l : inside loops l -> touch (identity loops) l = Some (flat 0 loops l).
Proof. apply (touch_identity_from loops 0 []). Qed.

Lemma sizes_identity_from loops : forall k, sizes (identity_from k loops) = loops.
Proof. induction loops as [|n loops IH]; intros k; cbn; [easy|]. f_equal. apply IH. Qed.
Lemma sizes_identity loops : sizes (identity loops) = loops.
Proof. apply sizes_identity_from. Qed.

Lemma flat_bounds loops : forall acc l, inside loops l ->
  (acc * count loops <= flat acc loops l < (acc + 1) * count loops)%nat.
Proof.
  induction loops as [|n loops IH]; intros acc [|i l] H; try contradiction; [cbn; lia|].
  destruct H as [Hi H]. cbn [flat]. apply (IH (acc * N.to_nat n + i)%nat) in H. rewrite volume_cons.
  set (m := N.to_nat n) in *. set (c := count loops) in *. assert (i + 1 <= m)%nat by lia.
  split; [nia|]. apply Nat.lt_le_trans with (1 := proj2 H). nia.
Qed.
Lemma nest_flat loops : forall acc e f, (e < count loops)%nat ->
  nest loops (fun l => hit (Some (flat acc loops l)) (acc * count loops + e) (f l)) = f (unflat loops e).
Proof.
  induction loops as [|n loops IH]; intros acc e f He.
  - cbn in He. replace e with O by lia. cbn [nest flat unflat hit].
    replace (acc * count [] + 0)%nat with acc by (cbn; lia). now rewrite Nat.eqb_refl.
  - rewrite volume_cons in *. set (c := count loops) in *.
    assert (C : c <> O) by (intros C; rewrite C in He; lia).
    assert (D := Nat.div_mod e c C). set (q := (e / c)%nat) in *. set (r := (e mod c)%nat) in *.
    assert (R : (r < c)%nat) by now apply Nat.mod_upper_bound.
    assert (Q : (q < N.to_nat n)%nat) by (apply Nat.div_lt_upper_bound; [assumption | lia]).
    cbn [nest unflat flat]. fold c q r. rewrite (sum_one _ q); trivial.
    + replace (acc * (N.to_nat n * c) + e)%nat with ((acc * N.to_nat n + q) * c + r)%nat by lia.
      now rewrite (IH _ r (fun l => f (q :: l))).
    + intros i Hi Ni. apply nest_0. intros l Hl. unfold hit.
      destruct (Nat.eqb_spec (flat (acc * N.to_nat n + i) loops l) (acc * (N.to_nat n * c) + e)) as [E|];
        [|easy].
      exfalso. apply Ni. pose proof (flat_bounds loops (acc * N.to_nat n + i) l Hl) as B. rewrite E in B.
      fold c in B.
      assert (i * c <= q * c + r < (i + 1) * c)%nat by lia. nia.
Qed.
Theorem scatter_identity loops f e : (e < count loops)%nat ->
  scatter loops (identity loops) f e = f (unflat loops e).
Proof.
  intros H. unfold scatter. rewrite <- (nest_flat loops 0 e f H). apply nest_ext_inside. intros l Hl.
  now rewrite touch_identity.
Qed.
Theorem move_identity_scalar loops x e : (e < count loops)%nat ->
  move loops (identity loops) [] x e = x 0%nat.
Proof. intros H. unfold move. now rewrite scatter_identity. Qed.
Lemma unflat_inside loops : forall e, (e < count loops)%nat -> inside loops (unflat loops e).
Proof.
  induction loops as [|n loops IH]; intros e H; [exact I|]. cbn. rewrite volume_cons in H.
  assert (C : count loops <> O) by (intros C; rewrite C in H; lia). split.
  - apply Nat.div_lt_upper_bound; [assumption | lia].
  - apply IH. now apply Nat.mod_upper_bound.
Qed.
Lemma flat_unflat loops : forall acc e, (e < count loops)%nat ->
  flat acc loops (unflat loops e) = (acc * count loops + e)%nat.
Proof.
  induction loops as [|n loops IH]; intros acc e H; [cbn in *; lia|]. cbn [unflat flat].
  rewrite volume_cons in *.
  assert (C : count loops <> O) by (intros C; rewrite C in H; lia).
  rewrite IH by now apply Nat.mod_upper_bound. assert (D := Nat.div_mod e _ C). lia.
Qed.
