(** Each op is differentiable along curves through smooth points, with the stated derivative. *)
From Coq Require Import Bool Reals Lra Lia Psatz NArith List.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof Autodiff.Curve.
Import ListNotations.
Local Open Scope R_scope.

(** ** One-dimensional tools *)
Lemma derive_continuous (f : R -> R) (t d : R) : is_derive f t d -> continuous f t.
Proof. intros H. apply (ex_derive_continuous (V := R_NormedModule)). now exists d. Qed.
Lemma derive_locally_pos (f : R -> R) (t d : R) : is_derive f t d -> 0 < f t -> locally t (fun s => 0 < f s).
Proof. intros D P. exact (derive_continuous _ _ _ D _ (open_gt 0 _ P)). Qed.
Lemma derive_comp (f g : R -> R) (t df dg : R) : is_derive f (g t) df -> is_derive g t dg ->
  is_derive (fun s => f (g s)) t (df * dg).
Proof. intros F G. rewrite Rmult_comm. now apply (is_derive_comp f g). Qed.
Lemma derive_plus (f g : R -> R) (t df dg : R) : is_derive f t df -> is_derive g t dg ->
  is_derive (fun s => f s + g s) t (df + dg).
Proof. intros F G. now apply @is_derive_plus. Qed.
Lemma derive_minus (f g : R -> R) (t df dg : R) : is_derive f t df -> is_derive g t dg ->
  is_derive (fun s => f s - g s) t (df - dg).
Proof. intros F G. now apply @is_derive_minus. Qed.
Lemma derive_mult (f g : R -> R) (t df dg : R) : is_derive f t df -> is_derive g t dg ->
  is_derive (fun s => f s * g s) t (df * g t + f t * dg).
Proof. intros F G. apply (is_derive_mult f g); trivial. intros; apply Rmult_comm. Qed.
Lemma derive_const (c t : R) : is_derive (fun _ => c) t 0.
Proof. apply @is_derive_const. Qed.
Lemma derive_id (t : R) : is_derive (fun s => s) t 1.
Proof. apply @is_derive_id. Qed.
Lemma derive_eq (f : R -> R) (t d d' : R) : is_derive f t d -> d = d' -> is_derive f t d'.
Proof. now intros H <-. Qed.
Lemma derive_unique (f : R -> R) (t d d' : R) : is_derive f t d -> is_derive f t d' -> d = d'.
Proof. intros A B. apply is_derive_unique in A, B. now rewrite <- A, <- B. Qed.

Lemma step_pos x : 0 < x -> step x = 1.
Proof. unfold step. destruct (Rlt_dec 0 x); lra. Qed.
Lemma step_neg x : x <= 0 -> step x = 0.
Proof. unfold step. destruct (Rlt_dec 0 x); lra. Qed.

(** ** Elementwise functions *)
Lemma derive_gauss x : is_derive gauss x (- ((x + x) * gauss x)).
Proof.
  unfold gauss. set (c := 2 / sqrt PI).
  eapply derive_eq; [apply (derive_mult (fun _ => c) (fun s => exp (- (s * s)))); [apply derive_const|] | ].
  - apply (derive_comp exp (fun s => - (s * s))); [apply is_derive_exp|].
    apply (is_derive_opp (fun s => s * s)), derive_mult; apply derive_id.
  - unfold opp; cbn. ring.
Qed.
Lemma gauss_continuous x : continuous gauss x.
Proof. exact (derive_continuous _ _ _ (derive_gauss x)). Qed.
Lemma derive_erf x : is_derive erf x (gauss x).
Proof.
  apply (is_derive_RInt gauss erf 0); [|apply gauss_continuous].
  apply filter_forall. intros b. apply (RInt_correct gauss 0 b). apply ex_RInt_continuous.
  intros; apply gauss_continuous.
Qed.
Lemma derive_relu x : x <> 0 -> is_derive (Rmax 0) x (step x).
Proof.
  intros N. destruct (Rlt_dec 0 x) as [P|P].
  - rewrite step_pos by assumption. apply (is_derive_ext_loc (fun s => s)); [|apply derive_id].
    apply (filter_imp _ _ (fun s Hs => eq_sym (Rmax_right 0 s (Rlt_le _ _ Hs)))).
    exact (derive_locally_pos _ _ _ (derive_id x) P).
  - rewrite step_neg by lra. apply (is_derive_ext_loc (fun s => 0)); [|apply derive_const].
    assert (P' : 0 < - x) by lra.
    assert (L := derive_locally_pos (fun s => - s) x (-1) ltac:(auto_derive; trivial; ring) P').
    revert L. apply filter_imp. intros s Hs. rewrite Rmax_left; lra.
Qed.
Lemma derive_step x : x <> 0 -> is_derive step x 0.
Proof.
  intros N. apply (is_derive_ext_loc (fun _ => step x)); [|apply derive_const].
  destruct (Rlt_dec 0 x) as [P|P].
  - assert (L := derive_locally_pos _ _ _ (derive_id x) P). revert L. apply filter_imp.
    intros s Hs. now rewrite !step_pos.
  - assert (P' : 0 < - x) by lra.
    assert (L := derive_locally_pos (fun s => - s) x (-1) ltac:(auto_derive; trivial; ring) P').
    revert L. apply filter_imp. intros s Hs. rewrite !step_neg; lra.
Qed.
Lemma derive_sign x : x <> 0 -> is_derive sign x 0.
Proof.
  intros N. apply (is_derive_ext_loc (fun _ => sign x)); [|apply derive_const].
  destruct (Rlt_dec 0 x) as [P|P].
  - assert (L := derive_locally_pos _ _ _ (derive_id x) P). revert L. apply filter_imp.
    intros s Hs. now rewrite !sign_eq_1.
  - assert (P' : 0 < - x) by lra.
    assert (L := derive_locally_pos (fun s => - s) x (-1) ltac:(auto_derive; trivial; ring) P').
    revert L. apply filter_imp. intros s Hs. rewrite !sign_eq_m1; lra.
Qed.
Lemma derive_tanh x : is_derive tanh x (1 - tanh x * tanh x).
Proof.
  unfold tanh, sinh, cosh. pose proof (exp_pos x). pose proof (exp_pos (- x)). auto_derive.
  - lra.
  - field. lra.
Qed.
Lemma derive_sigmoid x : is_derive sigmoid x (sigmoid x - sigmoid x * sigmoid x).
Proof.
  unfold sigmoid. pose proof (exp_pos (- x)). auto_derive; [lra|]. field. lra.
Qed.
Lemma derive_softplus x : is_derive softplus x (sigmoid x).
Proof.
  unfold softplus, sigmoid. pose proof (exp_pos x). auto_derive; [lra|]. rewrite exp_Ropp. field. lra.
Qed.
Theorem derive1 f x : smooth1 f x -> is_derive (sem1 f) x (slope1 f x).
Proof.
  destruct f; cbn; intros S.
  - now apply derive_relu.
  - now apply derive_step.
  - change (is_derive (fun s => - s) x (-1)). now auto_derive.
  - apply is_derive_exp.
  - now apply is_derive_ln.
  - auto_derive; [assumption|]. pose proof (sqrt_lt_R0 x S). field. lra.
  - apply derive_tanh.
  - apply derive_sigmoid.
  - apply derive_softplus.
  - apply derive_erf.
  - apply derive_gauss.
  - apply is_derive_sin.
  - apply is_derive_cos.
  - rewrite <- (Rmult_1_r (sign x)). now apply (is_derive_Rabs (fun s => s)); [apply derive_id|].
  - now apply derive_sign.
Qed.
Theorem derive2 f (g h : R -> R) (t dg dh : R) : smooth2 f (g t) (h t) -> is_derive g t dg ->
  is_derive h t dh ->
  is_derive (fun s => sem2 f (g s) (h s)) t
    (fst (slope2 f (g t) (h t)) * dg + snd (slope2 f (g t) (h t)) * dh).
Proof.
  intros S G H. destruct f; cbn in *.
  - eapply derive_eq; [now apply derive_plus; [exact G | exact H] | ring].
  - eapply derive_eq; [now apply derive_minus; [exact G | exact H] | ring].
  - eapply derive_eq; [now apply derive_mult; [exact G | exact H] | ring].
  - eapply derive_eq; [apply is_derive_div; [exact G | exact H | exact S] | cbn; field; assumption].
  - destruct (Rlt_dec 0 (h t - g t)) as [P|P].
    + rewrite step_pos by assumption. eapply derive_eq with (d := dh); [|ring].
      apply (is_derive_ext_loc h); [|assumption].
      assert (L := derive_locally_pos _ _ _ (derive_minus _ _ _ _ _ H G) P). revert L. apply filter_imp.
      intros s Hs. cbv beta in Hs. rewrite Rmax_right; lra.
    + rewrite step_neg by lra. eapply derive_eq with (d := dg); [|ring].
      apply (is_derive_ext_loc g); [|assumption]. assert (P' : 0 < g t - h t) by lra.
      assert (L := derive_locally_pos _ _ _ (derive_minus _ _ _ _ _ G H) P'). revert L. apply filter_imp.
      intros s Hs. cbv beta in Hs. rewrite Rmax_left; lra.
  - eapply derive_eq with (d := 0); [|ring]. apply (is_derive_ext_loc (fun _ => 0)); [|apply derive_const].
    destruct (Rlt_dec 0 (h t - g t)) as [P|P].
    + assert (L := derive_locally_pos _ _ _ (derive_minus _ _ _ _ _ H G) P). revert L. apply filter_imp.
      intros s Hs. cbv beta in Hs. destruct (Req_EM_T (g s) (h s)); [lra | easy].
    + assert (P' : 0 < g t - h t) by lra.
      assert (L := derive_locally_pos _ _ _ (derive_minus _ _ _ _ _ G H) P'). revert L. apply filter_imp.
      intros s Hs. cbv beta in Hs. destruct (Req_EM_T (g s) (h s)); [lra | easy].
Qed.

(** ** Sums *)
Lemma sum_derive n : forall (f : nat -> R -> R) (t : R) (d : nat -> R),
  (forall i, (i < n)%nat -> is_derive (f i) t (d i)) ->
  is_derive (fun s => sum n (fun i => f i s)) t (sum n d).
Proof.
  induction n as [|n IH]; intros f t d H; cbn; [apply derive_const|].
  apply derive_plus; [apply IH; intros; apply H; lia | apply H; lia].
Qed.
Lemma nest_derive loops : forall (f : point -> R -> R) (t : R) (d : point -> R),
  (forall l, is_derive (f l) t (d l)) -> is_derive (fun s => nest loops (fun l => f l s)) t (nest loops d).
Proof.
  induction loops as [|n loops IH]; intros f t d H; cbn; [apply H|].
  apply (sum_derive _ (fun i s => nest loops (fun l => f (i :: l) s))). intros i _.
  apply (IH (fun l s => f (i :: l) s)). intros l. apply H.
Qed.
Lemma scatter_derive loops out (f : point -> R -> R) (t : R) (d : point -> R) e :
  (forall l, is_derive (f l) t (d l)) ->
  is_derive (fun s => scatter loops out (fun l => f l s) e) t (scatter loops out d e).
Proof.
  intros H. apply (nest_derive loops (fun l s => hit (touch out l) e (f l s))). intros l. unfold hit.
  destruct (touch out l) as [i|]; [destruct (Nat.eqb i e); [apply H|]|]; apply derive_const.
Qed.
Lemma at_derive v x t dx l : curve (count (sizes v)) x t dx ->
  is_derive (fun s => at_ (x s) (touch v l)) t (at_ dx (touch v l)).
Proof.
  intros H. destruct (touch v l) as [e|] eqn:E; cbn; [|apply derive_const].
  apply H. now apply (touch_lt v l).
Qed.

Theorem move_curve loops out src x t dx n : curve (count (sizes src)) x t dx ->
  curve n (fun s => move loops out src (x s)) t (move loops out src dx).
Proof.
  intros H e _. apply (scatter_derive loops out (fun l s => at_ (x s) (touch src l))).
  intros l. now apply at_derive.
Qed.
Theorem contract_curve loops out lhs rhs a b t da db n :
  curve (count (sizes lhs)) a t da -> curve (count (sizes rhs)) b t db ->
  curve n (fun s => contract loops out lhs rhs (a s) (b s)) t
    (fun e => contract loops out lhs rhs da (b t) e + contract loops out lhs rhs (a t) db e).
Proof.
  intros A B e _. eapply derive_eq.
  - apply (scatter_derive loops out (fun l s => at_ (a s) (touch lhs l) * at_ (b s) (touch rhs l))).
    intros l. apply derive_mult; apply at_derive; eassumption.
  - unfold contract, scatter. rewrite <- nest_plus. apply nest_ext. intros l. unfold hit.
    destruct (touch out l) as [i|]; [destruct (Nat.eqb i e)|]; ring.
Qed.
Lemma sumexp_pos n inner x e : (0 < N.to_nat n)%nat -> 0 < sumexp n inner x e.
Proof. intros H. apply sum_pos; [assumption|]. intros. apply exp_pos. Qed.
Theorem logsumexp_curve outer n inner x t dx : (0 < N.to_nat n)%nat ->
  curve (count [outer; n; inner]) x t dx ->
  curve (count [outer; inner]) (fun s => logsumexp n inner (x s)) t (fun e =>
    sum (N.to_nat n) (fun k => exp (x t (slice n inner e k)) * dx (slice n inner e k))
    / sumexp n inner (x t) e).
Proof.
  intros Hn H e He. pose proof (sumexp_pos n inner (x t) e Hn) as P.
  assert (D : is_derive (fun s => sumexp n inner (x s) e) t
    (sum (N.to_nat n) (fun k => exp (x t (slice n inner e k)) * dx (slice n inner e k)))).
  { apply (sum_derive _ (fun k s => exp (x s (slice n inner e k)))). intros k Hk.
    apply (derive_comp exp (fun s => x s (slice n inner e k))); [apply is_derive_exp|].
    apply H. now apply slice_lt. }
  eapply derive_eq.
  - apply (derive_comp ln (fun s => sumexp n inner (x s) e)); [now apply is_derive_ln | exact D].
  - unfold Rdiv. ring.
Qed.

(** ** Ops *)
Theorem denote_curve (env : R -> nat -> vec) i (y : R -> nat -> vec) t d ns n :
  node_ok ns n = true -> kind n <> Input -> smooth (N.to_nat (elements n)) (y t) (kind n) ->
  (forall j, In j (args (kind n)) -> curve (extent ns j) (fun s => y s j) t (d j)) ->
  curve (N.to_nat (elements n)) (fun s => denote (env s) i (y s) (kind n)) t (tangent (y t) (kind n) d).
Proof.
  unfold node_ok, tangent. intros K NI Sm D e He.
  destruct (kind n) as [ | | loops out src x | loops out lhs rhs a b | f x
    | f x z | outer m inner x]; cbn [denote args slots smooth length seq combine lsum jvp] in *;
    rewrite ?andb_true_iff, ?fits_size in K;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with H : size_of _ _ = Some _ |- _ => apply extent_size in H end.
  - easy.
  - apply derive_const.
  - rewrite Rplus_0_r. apply (move_curve loops out src (fun s => y s x) t (d x) (S e)); [|lia].
    specialize (D x (or_introl eq_refl)). now rewrite H0 in D.
  - rewrite Rplus_0_r. apply (contract_curve loops out lhs rhs (fun s => y s a) (fun s => y s b) t (d a) (d b)
      (S e));
      [| |lia].
    + specialize (D a (or_introl eq_refl)). now rewrite H1 in D.
    + specialize (D b (or_intror (or_introl eq_refl))). now rewrite H0 in D.
  - rewrite Rplus_0_r. apply (derive_comp (sem1 f) (fun s => y s x e)); [now apply derive1, Sm|].
    apply D; [now left|]. now rewrite K.
  - rewrite Rplus_0_r. apply (derive2 f (fun s => y s x e) (fun s => y s z e)); [now apply Sm | |].
    + apply D; [now left|]. now rewrite H.
    + apply D; [now right; left|]. now rewrite H0.
  - rewrite Rplus_0_r. apply (logsumexp_curve outer m inner (fun s => y s x)).
    + apply N.ltb_lt in H. lia.
    + specialize (D x (or_introl eq_refl)). now rewrite H0 in D.
    + apply N.eqb_eq in H1. unfold count. now rewrite H1.
Qed.

(** ** Graphs *)
Lemma jvp_0 y o k d e : (forall i, d i = 0) -> jvp y o k d e = 0.
Proof.
  intros Z. assert (A : forall p, at_ d p = 0) by (intros [i|]; cbn; auto).
  destruct o as [ | | loops out src x | loops out lhs rhs a b | f x | f x z | outer m inner x]; cbn; trivial.
  - apply nest_0. intros l _. rewrite A. unfold hit. destruct (touch out l); [destruct (Nat.eqb _ _)|]; ring.
  - destruct k; apply nest_0; intros l _; rewrite A; unfold hit;
      destruct (touch out l); [destruct (Nat.eqb _ _)| |destruct (Nat.eqb _ _)|]; ring.
  - rewrite Z. ring.
  - destruct k; rewrite Z; ring.
  - rewrite sum_0; [unfold Rdiv; ring|]. intros. rewrite Z. ring.
Qed.
Lemma slots_In o k j : In (k, j) (slots o) -> In j (args o).
Proof. apply in_combine_r. Qed.
Lemma lsum_ext {A} (f g : A -> R) l : (forall a, In a l -> f a = g a) -> lsum f l = lsum g l.
Proof. induction l as [|a l IH]; cbn; intros H; [easy|]. rewrite H, IH; auto. Qed.
Lemma lsum_0 {A} (f : A -> R) l : (forall a, In a l -> f a = 0) -> lsum f l = 0.
Proof. induction l as [|a l IH]; cbn; intros H; [easy|]. rewrite H, IH; auto. ring. Qed.
Lemma tangent_args y o d d' e : (forall j, In j (args o) -> d j = d' j) -> tangent y o d e = tangent y o d' e.
Proof. intros H. apply lsum_ext. intros [k j] Hj. apply slots_In in Hj. now rewrite H. Qed.

Lemma velocity_inactive wrt ns y dx i e : active wrt ns i = false -> velocity wrt ns y dx i e = 0.
Proof.
  intros A. unfold velocity, value, velocities. destruct (nth_error ns i) as [n|] eqn:E.
  - apply nth_error_split in E as (a & b & -> & <-). rewrite scan_at, scan_length. now rewrite A.
  - rewrite nth_overflow; [easy|]. rewrite scan_length. now apply nth_error_None.
Qed.
Lemma velocity_input wrt ns y dx i n : nth_error ns i = Some n -> kind n = Input ->
  active wrt ns i = true -> velocity wrt ns y dx i = dx i.
Proof.
  intros E K A. unfold velocity, value, velocities.
  apply nth_error_split in E as (a & b & -> & <-). rewrite scan_at, scan_length. now rewrite A, K.
Qed.
Lemma velocity_node wrt ns y dx i n e : wf ns = true -> nth_error ns i = Some n -> kind n <> Input ->
  active wrt ns i = true -> velocity wrt ns y dx i e = tangent y (kind n) (velocity wrt ns y dx) e.
Proof.
  intros W E K A. unfold velocity at 1, value, velocities.
  apply nth_error_split in E as (a & b & -> & <-). apply wf_node in W. rewrite scan_at, scan_length, A.
  transitivity (tangent y (kind n) (value (scan (fun ds n0 =>
    if active wrt (a ++ n :: b) (length ds)
    then match kind n0 with Input => dx (length ds) | o => tangent y o (value ds) end
    else fun _ => 0) a)) e).
  - destruct (kind n); trivial. now elim K.
  - apply tangent_args. intros j Hj. symmetry. apply scan_prefix. now apply (node_ok_args a n).
Qed.

(** Nodes that depend on no moving input keep their values. *)
Lemma inactive_constant wrt ns env env' : wf ns = true ->
  (forall i n, nth_error ns i = Some n -> kind n = Input -> ~ In i wrt ->
     forall e, (e < N.to_nat (elements n))%nat -> env i e = env' i e) ->
  forall i, active wrt ns i = false -> forall e, (e < extent ns i)%nat -> val env ns i e = val env' ns i e.
Proof.
  intros W I i. induction i as [i IH] using lt_wf_ind. intros A e He.
  destruct (nth_error ns i) as [n|] eqn:E.
  - rewrite (extent_size _ _ _ (size_of_node _ _ _ E)) in He. destruct (wf_nth _ _ _ W E) as [K L].
    rewrite (active_node _ _ i n) in A by assumption. apply orb_false_iff in A as [M A].
    rewrite !(val_node _ ns i n) by assumption. apply (denote_ext _ _ _ _ _ ns); trivial.
    + intros j k Hj Hk. apply IH; auto. destruct (active wrt ns j) eqn:Aj; [|easy].
      rewrite <- A. symmetry. apply existsb_exists. now exists j.
    + intros Hn. apply (I i n); trivial. rewrite <- mem_In, M. easy.
  - unfold extent, size_of in He. rewrite E in He. cbn in He. lia.
Qed.

(** Forward mode: along a curve through a smooth point every node moves with its velocity. *)
Theorem val_curve wrt ns env t dx : wf ns = true -> Smooth (env t) ns wrt ->
  (forall w, In w wrt -> curve (extent ns w) (fun s => env s w) t (dx w)) ->
  (forall i n, nth_error ns i = Some n -> kind n = Input -> ~ In i wrt ->
     forall s e, (e < N.to_nat (elements n))%nat -> env s i e = env t i e) ->
  forall i, curve (extent ns i) (fun s => val (env s) ns i) t (velocity wrt ns (val (env t) ns) dx i).
Proof.
  intros W Sm X I i. induction i as [i IH] using lt_wf_ind. intros e He.
  destruct (active wrt ns i) eqn:A.
  - destruct (nth_error ns i) as [n|] eqn:E.
    + destruct (wf_nth _ _ _ W E) as [K L].
      assert (D : is_derive (fun s => denote (env s) i (val (env s) ns) (kind n) e) t
        (velocity wrt ns (val (env t) ns) dx i e)).
      { assert (B : {kind n = Input} + {kind n <> Input}) by (destruct (kind n); now (left + right)).
        destruct B as [B|B].
        - rewrite (velocity_input _ _ _ _ i n), B by assumption. cbn. apply X; [|assumption].
          rewrite (active_node _ _ i n), B in A by assumption. cbn in A. rewrite orb_false_r in A.
          now apply mem_In.
        - rewrite (velocity_node _ _ _ _ i n) by assumption.
          rewrite (extent_size _ _ _ (size_of_node _ _ _ E)) in He.
          apply (denote_curve env i (fun s => val (env s) ns) t _ ns n); auto.
          now apply (Sm i). }
      revert D. apply is_derive_ext. intros s. now rewrite (val_node _ ns i n).
    + unfold extent, size_of in He. rewrite E in He. cbn in He. lia.
  - rewrite velocity_inactive by assumption. apply (is_derive_ext (fun _ => val (env t) ns i e)).
    + intros s. apply (inactive_constant wrt ns); trivial. intros j n E K Nj k Hk. symmetry.
      now apply (I j n).
    + apply derive_const.
Qed.
