(** Laws of linear maps: exact application, its float value, its absolute bound and its transpose.

    [back_by h l y k]  entry [k] of the transposed map on the real vector [y], each matrix entry [a] counted
                       as [h a] *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Base.Dot Base.DotProof Ops.Loops Ops.LoopsProof Ops.Conv Ops.ConvProof IR.LinMap.
Local Open Scope R_scope.
Local Opaque below ok_len wf axis_ok conv_ok allb wf_ext.

Local Notation RA a := (fun i => fR (fget a i)).
Local Notation RM a := (fun i => Rabs (fR (fget a i))).

Definition back_by (h : R -> R) (l : linmap) (y : int -> R) (k : int) : R :=
  match l with
  | Signed minus _ => h (if minus then -1 else 1) * y k
  | Diag _ w => h (fR (fget w k)) * y k
  | Dense _ m n _ _ w _ =>
      sum m (fun j => h (fR (fget w (j * len n + k mod len n)%uint63)) * y ((k / len n) * len m + j)%uint63)
  | Convolution c _ _ w _ => conv_back_sum c (fun j => h (fR (fget w j))) y k
  | Reindex _ eout _ psi times step =>
      if (psi k <? len eout)%uint63 then sum times (fun t => y (psi k + t * step)%uint63) else 0
  end.

Lemma fR_sign (minus : bool) : fR (if minus then -1 else 1)%float = if minus then -1 else 1.
Proof.
  destruct minus; [|exact fR_1]. change (-1)%float with (- (1))%float. rewrite fR_opp, fR_1. reflexivity.
Qed.

Lemma eqb_sym (i j : int) : (i =? j)%uint63 = (j =? i)%uint63.
Proof. destruct (eq_reflect i j), (eq_reflect j i); congruence. Qed.

Lemma if_fR (b : bool) x : fR (if b then x else 0%float) = if b then fR x else 0.
Proof. destruct b; [reflexivity|exact fR_0]. Qed.

Lemma sum_pick e c (f : int -> R) g : wf e -> below e c ->
  (forall i, below e i -> f i = if (i =? c)%uint63 then g i else 0) -> sum e f = g c.
Proof. intros W C H. rewrite (sum_ext e f _ W H). now apply sum_single. Qed.

(** ** What [valid] tests *)
Lemma valid_facts l : valid l = true -> wf (in_ext l) /\ wf (out_ext l) /\ fin (gam l).
Proof.
  unfold valid. rewrite !andb_true_iff. intros (A & B & C & _).
  split; [now apply wf_ext_wf|]. split; [now apply wf_ext_wf|].
  apply gamma_fin. apply Uint63.leb_spec in C. exact C.
Qed.

Lemma valid_dense rows m n ein eout w wt : valid (Dense rows m n ein eout w wt) = true ->
  wf m /\ wf n /\ ok_len rows = true /\ ein = extent_of (rows * len n) /\ eout = extent_of (rows * len m) /\
  ok_len (rows * len n) = true /\ ok_len (rows * len m) = true /\
  forall k j, below n k -> below m j ->
    fR (fget wt (k * len m + j)%uint63) = fR (fget w (j * len n + k)%uint63).
Proof.
  intros V. destruct (valid_facts _ V) as (Wi & Wo & _). cbn [in_ext out_ext] in Wi, Wo.
  unfold valid in V. rewrite !andb_true_iff in V. destruct V as (_ & _ & _ & Wm & Wn & Or & Ei & Eo & S).
  apply wf_ext_wf in Wm, Wn. apply Uint63.eqb_spec in Ei, Eo.
  splits; auto.
  - now rewrite <- Ei, wf_extent_of.
  - now rewrite <- Eo, wf_extent_of.
  - rewrite <- Ei. now apply wf_ok.
  - rewrite <- Eo. now apply wf_ok.
  - intros k j Hk Hj. apply eqb_fR. apply (allb_spec _ _ k Wn) in S; [|exact Hk].
    now apply (allb_spec _ _ j Wm) in S.
Qed.

Lemma valid_conv c ein eout w wt : valid (Convolution c ein eout w wt) = true ->
  conv_ok c w wt = true /\ ein = extent_of (conv_in c) /\ eout = extent_of (conv_out c).
Proof.
  intros V. destruct (valid_facts _ V) as (Wi & Wo & _). cbn [in_ext out_ext] in Wi, Wo.
  unfold valid in V. rewrite !andb_true_iff in V. destruct V as (_ & _ & _ & Oc & Ei & Eo).
  apply Uint63.eqb_spec in Ei, Eo. splits; auto.
  - now rewrite <- Ei, wf_extent_of.
  - now rewrite <- Eo, wf_extent_of.
Qed.

Lemma valid_reindex ein eout phi psi times step : valid (Reindex ein eout phi psi times step) = true ->
  wf times /\
  (forall i, below eout i -> below ein (phi i) -> let t := turn psi step (phi i) i in
    below eout (psi (phi i)) /\ below times t /\ (psi (phi i) + t * step)%uint63 = i) /\
  (forall k t, below ein k -> below eout (psi k) -> below times t -> let i := (psi k + t * step)%uint63 in
    below eout i /\ phi i = k /\ turn psi step k i = t).
Proof.
  intros V. destruct (valid_facts _ V) as (Wi & Wo & _). cbn [in_ext out_ext] in Wi, Wo.
  unfold valid in V. rewrite !andb_true_iff in V. destruct V as (_ & _ & _ & Wt & A & B).
  apply wf_ext_wf in Wt. split; [exact Wt|]. split.
  - intros i Hi Hp. apply (allb_spec _ _ i Wo) in A; [|exact Hi]. cbv beta in A.
    apply ltb_below in Hp. cbv zeta in A. rewrite Hp, !andb_true_iff in A. destruct A as (A1 & A2 & A3).
    apply ltb_below in A1, A2. now apply Uint63.eqb_spec in A3.
  - intros k t Hk Hp Ht. apply (allb_spec _ _ k Wi) in B; [|exact Hk]. cbv beta in B.
    apply ltb_below in Hp. rewrite Hp in B. apply (allb_spec _ _ t Wt) in B; [|exact Ht].
    cbv beta zeta in B. rewrite !andb_true_iff in B. destruct B as (B1 & B2 & B3).
    apply ltb_below in B1. now apply Uint63.eqb_spec in B2, B3.
Qed.

(** ** A linear map is its matrix *)
Section Matrix.
Variable h : R -> R.
Hypotheses (h0 : h 0 = 0) (h1 : h 1 = 1).

Lemma h_if (b : bool) x : h (if b then x else 0) = if b then h x else 0.
Proof. now destruct b. Qed.
Lemma if_mul (b : bool) x y : (if b then x else 0) * y = if b then x * y else 0.
Proof. destruct b; ring. Qed.

Lemma conv_entry_by c w i k :
  h (fR (conv_entry 0%float c (fget w) i k)) = conv_entry 0 c (fun j => h (fR (fget w j))) i k.
Proof. unfold conv_entry. cbv zeta. now rewrite if_fR, h_if. Qed.

Theorem apply_by_entries l x i : valid l = true -> below (out_ext l) i ->
  apply_by h l x i = sum (in_ext l) (fun k => h (fR (rowF l i k)) * x k).
Proof.
  intros V Hi. destruct (valid_facts _ V) as (Wi & Wo & _).
  destruct l as [minus e | e w | rows m n ein eout w wt | c ein eout w wt | ein eout phi psi times step];
    cbn [in_ext out_ext apply_by rowF] in *.
  - symmetry. apply (sum_pick e i _ (fun k => _ * x k) Wi Hi). intros k _.
    now rewrite if_fR, fR_sign, h_if, if_mul, eqb_sym.
  - symmetry. apply (sum_pick e i _ (fun k => h (fR (fget w i)) * x k) Wi Hi). intros k _.
    now rewrite if_fR, h_if, if_mul, eqb_sym.
  - destruct (valid_dense _ _ _ _ _ _ _ V) as (Wm & Wn & Or & -> & -> & Oi & Oo & _).
    pose proof (wf_ok _ Wm) as Om. pose proof (wf_ok _ Wn) as On.
    rewrite sum_prod by assumption. symmetry. rewrite (wf_extent_of n Wn).
    apply (sum_pick (extent_of rows) (i / len m) _ (fun a =>
      sum n (fun k => h (fR (fget w (i mod len m * len n + k)%uint63)) * x (a * len n + k)%uint63))).
    + now apply extent_of_wf.
    + now apply below_div.
    + intros a Ha. rewrite <- sum_if. apply sum_ext; [exact Wn|]. intros k Hk.
      rewrite <- (wf_extent_of n Wn) in Hk.
      rewrite (div_pair rows (len n) a k), (mod_pair rows (len n) a k) by assumption.
      now rewrite if_fR, h_if, if_mul, eqb_sym.
  - destruct (valid_conv _ _ _ _ _ V) as (Oc & -> & ->).
    rewrite (conv_sum_entries c w wt Oc) by exact Hi.
    apply sum_ext; [exact Wi|]. intros k _. now rewrite conv_entry_by.
  - rewrite <- (sum_single_if ein (phi i) x Wi). apply sum_ext; [exact Wi|]. intros k _.
    rewrite if_fR, fR_1, h_if, h1, eqb_sym. destruct (phi i =? k)%uint63; ring.
Qed.

Theorem back_by_entries l y k : valid l = true -> below (in_ext l) k ->
  back_by h l y k = sum (out_ext l) (fun i => h (fR (rowF l i k)) * y i).
Proof.
  intros V Hk. destruct (valid_facts _ V) as (Wi & Wo & _).
  destruct l as [minus e | e w | rows m n ein eout w wt | c ein eout w wt | ein eout phi psi times step];
    cbn [in_ext out_ext back_by rowF] in *.
  - symmetry. apply (sum_pick e k _ (fun i => _ * y i) Wi Hk). intros i _.
    now rewrite if_fR, fR_sign, h_if, if_mul.
  - symmetry. apply (sum_pick e k _ (fun i => h (fR (fget w i)) * y i) Wi Hk). intros i _.
    now rewrite if_fR, h_if, if_mul.
  - destruct (valid_dense _ _ _ _ _ _ _ V) as (Wm & Wn & Or & -> & -> & Oi & Oo & _).
    pose proof (wf_ok _ Wm) as Om. pose proof (wf_ok _ Wn) as On.
    rewrite sum_prod by assumption. symmetry. rewrite (wf_extent_of m Wm).
    apply (sum_pick (extent_of rows) (k / len n) _ (fun a =>
      sum m (fun j => h (fR (fget w (j * len n + k mod len n)%uint63)) * y (a * len m + j)%uint63))).
    + now apply extent_of_wf.
    + now apply below_div.
    + intros a Ha. rewrite <- sum_if. apply sum_ext; [exact Wm|]. intros j Hj.
      rewrite <- (wf_extent_of m Wm) in Hj.
      rewrite (div_pair rows (len m) a j), (mod_pair rows (len m) a j) by assumption.
      now rewrite if_fR, h_if, if_mul.
  - destruct (valid_conv _ _ _ _ _ V) as (Oc & -> & ->).
    rewrite (conv_back_entries c w wt Oc) by exact Hk.
    apply sum_ext; [exact Wo|]. intros i _. now rewrite conv_entry_by.
  - destruct (valid_reindex _ _ _ _ _ _ V) as (Wt & A & B).
    transitivity (sum eout (fun i => if (phi i =? k)%uint63 then y i else 0)).
    2: { apply sum_ext; [exact Wo|]. intros i _. rewrite if_fR, fR_1, h_if, h1.
         destruct (phi i =? k)%uint63; ring. }
    symmetry. destruct (psi k <? len eout)%uint63 eqn:E.
    + apply ltb_below in E. apply (sum_numbered eout times _ _ (turn psi step k) y Wo Wt).
      * intros t Ht. destruct (B k t Hk E Ht) as (B1 & B2 & B3). rewrite B2. now destruct (eq_reflect k k).
      * intros i Hi P. apply Uint63.eqb_spec in P. subst k. now destruct (A i Hi Hk).
    + apply sum_zero; [exact Wo|]. intros i Hi. destruct (eq_reflect (phi i) k) as [<-|]; [|reflexivity].
      destruct (A i Hi Hk) as (A1 & _). apply ltb_below in A1. now rewrite E in A1.
Qed.

Theorem back_by_adjoint l x y : valid l = true ->
  sum (out_ext l) (fun i => y i * apply_by h l x i) = sum (in_ext l) (fun k => back_by h l y k * x k).
Proof.
  intros V. destruct (valid_facts _ V) as (Wi & Wo & _).
  transitivity (sum (out_ext l) (fun i => sum (in_ext l) (fun k => h (fR (rowF l i k)) * y i * x k))).
  - apply sum_ext; [exact Wo|]. intros i Hi. rewrite (apply_by_entries l x i V Hi), <- sum_scal.
    apply sum_ext; [exact Wi|]. intros k _. ring.
  - rewrite sum_exchange. apply sum_ext; [exact Wi|]. intros k Hk.
    now rewrite (back_by_entries l y k V Hk), <- sum_scal_r.
Qed.
End Matrix.

(** ** Laws *)
Section Laws.
Variable l : linmap.
Hypothesis Hl : valid l = true.

Lemma in_wf : wf (in_ext l).
Proof. now apply valid_facts. Qed.
Lemma out_wf : wf (out_ext l).
Proof. now apply valid_facts. Qed.
Lemma gam_nonneg : fin (gam l) /\ 0 <= fR (gam l).
Proof. split; [now apply valid_facts|apply gamma_nonneg]. Qed.

Lemma apply_entries x i : below (out_ext l) i ->
  apply l x i = sum (in_ext l) (fun k => fR (rowF l i k) * x k).
Proof. intros Hi. now apply (apply_by_entries (fun a => a)). Qed.
Lemma applyA_entries x i : below (out_ext l) i ->
  applyA l x i = sum (in_ext l) (fun k => Rabs (fR (rowF l i k)) * x k).
Proof. intros Hi. apply (apply_by_entries Rabs Rabs_R0 Rabs_R1); assumption. Qed.

Lemma apply_abs x m i : (forall k, below (in_ext l) k -> Rabs (x k) <= m k) -> below (out_ext l) i ->
  Rabs (apply l x i) <= applyA l m i.
Proof.
  intros H Hi. rewrite apply_entries, applyA_entries by exact Hi.
  eapply Rle_trans; [apply sum_abs|]. apply sum_le; [exact in_wf|]. intros k Hk.
  rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|now apply H].
Qed.
Lemma apply_diff x c r i : (forall k, below (in_ext l) k -> Rabs (x k - c k) <= r k) -> below (out_ext l) i ->
  Rabs (apply l x i - apply l c i) <= applyA l r i.
Proof.
  intros H Hi. eapply Rle_trans; [|apply (apply_abs (fun k => x k - c k) r i H Hi)]. right. f_equal.
  rewrite !apply_entries, <- sum_minus by exact Hi. apply sum_ext; [exact in_wf|]. intros k _. ring.
Qed.
Lemma applyA_mono x y i : (forall k, below (in_ext l) k -> x k <= y k) -> below (out_ext l) i ->
  applyA l x i <= applyA l y i.
Proof.
  intros H Hi. rewrite !applyA_entries by exact Hi. apply sum_le; [exact in_wf|]. intros k Hk.
  apply Rmult_le_compat_l; [apply Rabs_pos|now apply H].
Qed.
Lemma applyA_nonneg x i : (forall k, below (in_ext l) k -> 0 <= x k) -> below (out_ext l) i ->
  0 <= applyA l x i.
Proof.
  intros H Hi. rewrite applyA_entries by exact Hi. apply sum_nonneg; [exact in_wf|]. intros k Hk.
  apply Rmult_le_pos; [apply Rabs_pos|now apply H].
Qed.

Lemma rowF_exact i x : below (out_ext l) i ->
  sum (in_ext l) (fun k => fR (rowF l i k) * x k) = apply l x i.
Proof. intros Hi. symmetry. now apply apply_entries. Qed.
End Laws.

(** ** Float values *)
Lemma exact_error g m v r : 0 <= g -> 0 <= m -> v = r -> Rabs (v - r) <= g * m + fR tiny.
Proof.
  intros G M ->. rewrite Rminus_eq_0, Rabs_R0. pose proof tiny_pos. pose proof (Rmult_le_pos _ _ G M). lra.
Qed.

Lemma mul_error x y : fin (x * y)%float ->
  Rabs (fR (x * y)%float - fR x * fR y) <= fR (gamma 1) * (Rabs (fR x) * Rabs (fR y)) + fR tiny.
Proof.
  intros F. apply (sums_error _ _ _ _ _ 1 (sums_mul x y) F).
  - apply gamma_fin. change (to_Z 1) with 1%Z. lia.
  - change (nat_of 1) with 1%nat. lia.
  - cbn [INR]. lra.
Qed.

Lemma dot_error_in e n a i b j : wf e -> fin (gamma n) -> (to_Z (len e) <= to_Z n)%Z -> fin (dot e a i b j) ->
  Rabs (fR (dot e a i b j) - sum e (fun t => fR (fget a (i + t)%uint63) * fR (fget b (j + t)%uint63))) <=
  fR (gamma n) * sum e (fun t => Rabs (fR (fget a (i + t)%uint63)) * Rabs (fR (fget b (j + t)%uint63)))
    + fR tiny.
Proof.
  intros W G L F. eapply Rle_trans; [apply (dot_error e a i b j W F)|].
  apply Rplus_le_compat_r. apply Rmult_le_compat_r; [|now apply gamma_mono].
  apply sum_nonneg; [exact W|]. intros t _. apply Rmult_le_pos; apply Rabs_pos.
Qed.

Lemma terms_dense rows m n ein eout w wt : let t := terms (Dense rows m n ein eout w wt) in
  (to_Z (len m) <= to_Z t /\ to_Z (len n) <= to_Z t)%Z.
Proof. cbn [terms]. destruct (Uint63.ltbP (len m) (len n)); lia. Qed.

Section Float.
Variable l : linmap.
Hypothesis Hl : valid l = true.

Lemma applyF_error c i : below (out_ext l) i -> fin (applyF l c i) ->
  Rabs (fR (applyF l c i) - apply l (RA c) i) <= fR (gam l) * applyA l (RM c) i + fR tiny.
Proof.
  intros Hi F. pose proof (gam_nonneg l Hl) as [Gf G].
  assert (M : 0 <= applyA l (RM c) i) by (apply applyA_nonneg; auto; intros; apply Rabs_pos).
  destruct l as [minus e | e w | rows m n ein eout w wt | v ein eout w wt | ein eout phi psi times step].
  - apply exact_error; auto. cbn [applyF apply apply_by]. unfold apply. cbn [apply_by].
    destruct minus; [rewrite fR_opp|]; ring.
  - exact (mul_error _ _ F).
  - unfold apply, applyA, gam in *. cbn [applyF apply_by out_ext] in *. cbv zeta in *.
    destruct (valid_dense _ _ _ _ _ _ _ Hl) as (Wm & Wn & Or & _ & -> & _ & _ & _).
    pose proof (wf_ok _ Wm) as Om. rewrite (sub_div i rows) in F |- * by assumption.
    apply dot_error_in; auto. now apply terms_dense.
  - destruct (valid_conv _ _ _ _ _ Hl) as (Oc & _ & _). exact (conv_dot_error v w wt Oc c i F).
  - apply exact_error; auto. unfold apply. cbn [applyF apply_by]. now rewrite if_fR.
Qed.

Lemma absF_ge r i : below (out_ext l) i -> fin (absF l r i) -> applyA l (RM r) i <= fR (absF l r i).
Proof.
  intros Hi F.
  destruct l as [minus e | e w | rows m n ein eout w wt | v ein eout w wt | ein eout phi psi times step];
    unfold applyA; cbn [apply_by absF out_ext] in *; cbv zeta in *.
  - rewrite fR_abs. replace (Rabs (if minus then -1 else 1)) with 1; [lra|].
    destruct minus; rewrite ?Rabs_R1; [|reflexivity]. rewrite Rabs_left; lra.
  - destruct (up_mul _ _ F) as (_ & _ & U). now rewrite !fR_abs in U.
  - destruct (valid_dense _ _ _ _ _ _ _ Hl) as (Wm & Wn & Or & _ & -> & _ & _ & _).
    pose proof (wf_ok _ Wm) as Om. rewrite (sub_div i rows) in F |- * by assumption.
    now apply dot_abs_ge.
  - destruct (valid_conv _ _ _ _ _ Hl) as (Oc & _ & _). exact (conv_abs_ge v w wt Oc r i F).
  - rewrite if_fR. rewrite fR_abs. lra.
Qed.

Lemma transF_error_at lam k : below (in_ext l) k -> fin (transF l lam k) ->
  Rabs (fR (transF l lam k) - back_by (fun a => a) l (RA lam) k)
    <= fR (gam l) * back_by Rabs l (RM lam) k + fR tiny.
Proof.
  intros Hk F. pose proof (gam_nonneg l Hl) as [Gf G]. pose proof (out_wf l Hl) as Wo.
  assert (M : 0 <= back_by Rabs l (RM lam) k).
  { rewrite (back_by_entries Rabs Rabs_R0 Rabs_R1) by assumption. apply sum_nonneg; [exact Wo|].
    intros i _. apply Rmult_le_pos; apply Rabs_pos. }
  unfold transF in *.
  destruct l as [minus e | e w | rows m n ein eout w wt | v ein eout w wt | ein eout phi psi times step].
  - apply exact_error; auto. cbn [back_by]. destruct minus; [rewrite fR_opp|]; ring.
  - exact (mul_error _ _ F).
  - unfold gam in *. cbn [back_by in_ext] in *. cbv zeta in *.
    destruct (valid_dense _ _ _ _ _ _ _ Hl) as (Wm & Wn & Or & -> & _ & Oi & _ & S).
    pose proof (wf_ok _ Wn) as On. rewrite (sub_div k rows) in F |- * by assumption.
    assert (B : below n (k mod len n)%uint63).
    { rewrite <- (wf_extent_of n Wn) at 1. now apply (below_mod rows). }
    rewrite (sum_ext m (fun j => fR (fget w (j * len n + k mod len n)%uint63) * _)
      (fun j => fR (fget wt (k mod len n * len m + j)%uint63) *
                fR (fget lam (k / len n * len m + j)%uint63)) Wm)
      by (intros j Hj; now rewrite S).
    rewrite (sum_ext m (fun j => Rabs (fR (fget w (j * len n + k mod len n)%uint63)) * _)
      (fun j => Rabs (fR (fget wt (k mod len n * len m + j)%uint63)) *
                Rabs (fR (fget lam (k / len n * len m + j)%uint63))) Wm)
      by (intros j Hj; now rewrite S).
    apply dot_error_in; auto. now apply terms_dense.
  - destruct (valid_conv _ _ _ _ _ Hl) as (Oc & -> & _). exact (conv_back_error v w wt Oc lam k Hk F).
  - destruct (valid_reindex _ _ _ _ _ _ Hl) as (Wt & _). cbn [back_by] in *. cbv zeta in *.
    destruct (psi k <? len eout)%uint63; [|apply exact_error; auto; exact fR_0].
    destruct (len times =? 1)%uint63 eqn:E; [|now apply sum_strided_error].
    apply exact_error; auto. rewrite sum_one by assumption. f_equal. f_equal. ring.
Qed.

Lemma valid_single rows m n ein eout w wt : valid (Dense rows m n ein eout w wt) = true ->
  (rows =? 1)%uint63 = true -> ein = n /\ eout = m.
Proof.
  intros V E. apply Uint63.eqb_spec in E as ->.
  destruct (valid_dense _ _ _ _ _ _ _ V) as (Wm & Wn & _ & -> & -> & _).
  replace (1 * len n)%uint63 with (len n) by ring. replace (1 * len m)%uint63 with (len m) by ring.
  now rewrite !wf_extent_of.
Qed.
Lemma small_index n k : below n k -> (k / len n = 0 /\ k mod len n = k)%uint63.
Proof.
  Local Transparent below. unfold below. Local Opaque below. intros Hk. pose proof (to_Z_bounded k).
  split; apply to_Z_inj; rewrite ?div_spec, ?mod_spec; [apply Z.div_small | apply Z.mod_small]; lia.
Qed.

(** A single row, computed from the entries that are not 0. *)
Lemma fget_transV_single rows m n ein eout w wt z lam k : (rows =? 1)%uint63 = true -> wf ein ->
  below ein k -> skipped z k = false ->
  fget (transV (Dense rows m n ein eout w wt) z lam) k = dot_at (nonzero m lam) lam wt (k * len m) 0.
Proof.
  intros S W Hk Z. unfold transV. cbn [single]. rewrite S. cbv zeta.
  pose proof (proj2 (ltb_below _ _) Hk) as Lk. assert (Gk : (len ein <=? k)%uint63 = false).
  { apply Uint63.ltb_spec in Lk. destruct (Uint63.lebP (len ein) k); [lia | reflexivity]. }
  rewrite fget_ftab4;
    [|now apply wf_ok | now apply Uint63.ltb_spec in Lk].
  destruct (quarter k) as (r & C & -> & E). set (b := (k / 4 * 4)%uint63) in *.
  rewrite dots_at_dot_at. clearbody b. subst k.
  destruct (_ && most z b); destruct C as [-> | [-> | [-> | ->]]];
    unfold part; cbn -[Uint63.add Uint63.mul Uint63.leb skipped];
    try (f_equal; ring); rewrite ?add_0_r in *; now rewrite Gk, Z.
Qed.

(** Several rows: a block of four entries lies in one of them, or is computed one by one. *)
Lemma fget_transV_rows rows m n ein eout w wt z lam k : (rows =? 1)%uint63 = false -> wf ein ->
  below ein k -> fget (transV (Dense rows m n ein eout w wt) z lam) k
    = transF (Dense rows m n ein eout w wt) lam k.
Proof.
  intros S W Hk. unfold transV. cbn [single]. rewrite S. cbv zeta. set (t := Dense rows m n ein eout w wt).
  pose proof (proj1 (Uint63.ltb_spec _ _) (proj2 (ltb_below _ _) Hk)) as Lk.
  assert (Gk : (len ein <=? k)%uint63 = false) by (destruct (Uint63.lebP (len ein) k); [lia | reflexivity]).
  rewrite fget_ftab4 by (trivial; now apply wf_ok). destruct (quarter k) as (r & C & -> & E).
  set (b := (k / 4 * 4)%uint63) in *. set (c := (b - b / len n * len n)%uint63).
  destruct (c + 3 <? len n)%uint63 eqn:L.
  - rewrite part_dots by exact C. cbn [transF t]. cbv zeta. apply Uint63.ltb_spec in L.
    assert (Br : (to_Z r <= 3)%Z) by (destruct C as [-> | [-> | [-> | ->]]]; cbn; lia).
    assert (Q : (k / len n = b / len n)%uint63).
    { pose proof (wf_len ein W). pose proof (to_Z_bounded b). pose proof (to_Z_bounded r).
      pose proof (to_Z_bounded (len n)). pose proof (to_Z_bounded (k / len n)).
      pose proof (Z.mul_div_le (to_Z k) 4 ltac:(lia)). pose proof (Z.div_pos (to_Z k) 4).
      assert (Lr := to_Z_bounded k).
      change wB with 9223372036854775808%Z in *.
      assert (Vb : to_Z b = (to_Z k / 4 * 4)%Z).
      { unfold b. rewrite to_Z_mul; rewrite div_spec; change (to_Z 4) with 4%Z; [reflexivity |].
        change wB with 9223372036854775808%Z. lia. }
      assert (Eb : to_Z k = (to_Z b + to_Z r)%Z).
      { rewrite <- E at 1. apply to_Z_add. change wB with 9223372036854775808%Z. lia. }
      assert (Pn : (0 < to_Z (len n))%Z) by (pose proof (to_Z_bounded (c + 3)); lia).
      assert (Ec : to_Z c = (to_Z b mod to_Z (len n))%Z).
      { pose proof (Z.mul_div_le (to_Z b) _ Pn). pose proof (Z.div_pos (to_Z b) _ ltac:(lia) Pn).
        assert (0 <= to_Z b / to_Z (len n) * to_Z (len n))%Z by (apply Z.mul_nonneg_nonneg; lia).
        unfold c. rewrite sub_spec, mul_spec, div_spec.
        change wB with 9223372036854775808%Z. rewrite (Z.mod_small (_ * _)) by lia.
        rewrite Z.mod_small, Z.mod_eq by lia. lia. }
      assert (Ln : (to_Z c + to_Z r < to_Z (len n))%Z).
      { pose proof (Z.mod_pos_bound (to_Z b) _ Pn). rewrite to_Z_add in L; change (to_Z 3) with 3%Z in *;
          [lia|]. pose proof (Z.mod_le (to_Z b) _ ltac:(lia) Pn). change wB with 9223372036854775808%Z. lia. }
      apply to_Z_inj. rewrite !div_spec, Eb. symmetry. pose proof (to_Z_bounded c).
      apply (Z.div_unique _ _ _ (to_Z c + to_Z r)); [lia|].
      rewrite Ec. pose proof (Z.div_mod (to_Z b) (to_Z (len n)) ltac:(lia)). lia. }
    rewrite Q. f_equal. unfold c. rewrite <- E. ring.
  - destruct C as [-> | [-> | [-> | ->]]]; unfold part; cbn -[Uint63.add Uint63.mul Uint63.leb transF];
      rewrite ?add_0_r in *; now rewrite ?E, Gk.
Qed.

Lemma transV_error_at z lam k : below (in_ext l) k -> skipped z k = false -> fin (fget (transV l z lam) k) ->
  Rabs (fR (fget (transV l z lam) k) - back_by (fun a => a) l (RA lam) k)
    <= fR (gam l) * back_by Rabs l (RM lam) k + fR tiny.
Proof.
  intros Hk Z. destruct (single l) eqn:S.
  2: { assert (E : fget (transV l z lam) k = transF l lam k); [|rewrite E; now apply transF_error_at].
    assert (W := in_wf l Hl). destruct l as [[|]| | | |ein eout phi psi times step];
      try (now apply fget_transV_rows); trivial; try now apply fget_ftab_below.
    unfold transV, transF. cbv zeta. destruct (len times =? 1)%uint63; now apply fget_ftab_below. }
  destruct l as [| |rows m n ein eout w wt| |]; try discriminate. cbn [single in_ext] in *.
  rewrite fget_transV_single by (trivial; now apply (in_wf (Dense rows m n ein eout w wt))). intros F.
  destruct (valid_dense _ _ _ _ _ _ _ Hl) as (Wm & Wn & _ & _ & _ & _ & _ & Same).
  destruct (valid_single _ _ _ _ _ _ _ Hl S) as (-> & ->). cbn [back_by].
  destruct (small_index n k Hk) as (-> & ->). destruct (gam_nonneg _ Hl) as (Gf & _). unfold gam in *.
  destruct (terms_dense rows m n n m w wt) as (Lm & _).
  assert (E := dot_at_nonzero_sums m lam wt (k * len m) Wm).
  apply (sums_error _ _ _ _ _ (terms (Dense rows m n n m w wt))) in E; trivial.
  - replace (0 * len m)%uint63 with 0%uint63 by ring.
    refine (eq_ind_r (fun z => Rabs (_ - z) <= _) (eq_ind_r (fun z => _ <= _ * z + _) E _) _);
      apply sum_ext; trivial; intros j Hj; replace (0 + j)%uint63 with j by ring;
      rewrite (Same k j Hk Hj); ring.
  - pose proof (nat_of_to_Z (len m)). pose proof (nat_of_to_Z (terms (Dense rows m n n m w wt))). lia.
  - rewrite mult_INR, (INR_IZR_INZ (nat_of _)), nat_of_to_Z. pose proof (wf_len m Wm) as L.
    apply IZR_le in L. change (INR 2) with 2. lra.
Qed.

Theorem transV_error z lam x m :
  (forall k, below (in_ext l) k -> fin (fget (transV l z lam) k)) ->
  (forall k, below (in_ext l) k -> Rabs (x k) <= m k) ->
  (forall k, below (in_ext l) k -> skipped z k = true -> x k = 0) ->
  Rabs (sum (out_ext l) (fun i => fR (fget lam i) * apply l x i)
        - sum (in_ext l) (fun k => fR (fget (transV l z lam) k) * x k))
    <= fR (gam l) * sum (out_ext l) (fun i => Rabs (fR (fget lam i)) * applyA l m i)
       + fR tiny * sum (in_ext l) m.
Proof.
  intros F X Z. pose proof (in_wf l Hl) as Wi. unfold apply, applyA.
  rewrite (back_by_adjoint (fun a => a) eq_refl eq_refl l x (RA lam) Hl).
  rewrite (back_by_adjoint Rabs Rabs_R0 Rabs_R1 l m (RM lam) Hl).
  rewrite <- sum_minus, <- !sum_scal, <- sum_plus.
  eapply Rle_trans; [apply sum_abs|]. apply sum_le; [exact Wi|]. intros k Hk.
  rewrite <- Rmult_minus_distr_r, Rabs_mult, Rabs_minus_sym. destruct (gam_nonneg l Hl) as [_ G].
  destruct (skipped z k) eqn:E0.
  { assert (P := X k Hk). rewrite (Z k Hk E0) in P |- *. rewrite Rabs_R0 in *. rewrite Rmult_0_r.
    assert (0 <= fR tiny) by (pose proof tiny_pos; lra).
    assert (0 <= back_by Rabs l (RM lam) k).
    { rewrite (back_by_entries Rabs Rabs_R0 Rabs_R1) by assumption. apply sum_nonneg; [now apply out_wf|].
      intros i _. apply Rmult_le_pos; apply Rabs_pos. }
    apply Rplus_le_le_0_compat; repeat (assumption || apply Rmult_le_pos). }
  pose proof (transV_error_at z lam k Hk E0 (F k Hk)) as E.
  eapply Rle_trans; [apply Rmult_le_compat; [apply Rabs_pos|apply Rabs_pos|exact E|apply (X k Hk)]|].
  right. ring.
Qed.

Lemma fget_rowV minus i k : below (out_ext l) i -> below (in_ext l) k ->
  fget (rowV l minus i) k = (if minus then - rowF l i k else rowF l i k)%float.
Proof.
  intros Hi Hk. assert (W := in_wf l Hl). unfold rowV. cbv zeta.
  destruct (single l) eqn:S.
  2: { destruct l as [| | |v ein eout w wt|]; try now rewrite fget_ftab_below.
    destruct (valid_conv _ _ _ _ _ Hl) as (Oc & -> & _). exact (fget_conv_row v w wt Oc _ i k Hk). }
  destruct l as [| |rows m n ein eout w wt| |]; try discriminate. cbn [single in_ext out_ext] in *.
  rewrite fget_ftab_below by assumption. destruct (valid_single _ _ _ _ _ _ _ Hl S) as (-> & ->).
  cbn [rowF]. destruct (small_index n k Hk) as (-> & ->). now destruct (small_index m i Hi) as (-> & ->).
Qed.
End Float.
