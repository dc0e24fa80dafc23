(** Backward linear relaxation is a lower bound, whatever rounding did on the way.

    [dotR e q y]        the sum over [i < e] of coefficient [q[i]] times value [y i]
    [rowsum ns rs ys]   the sum over all nodes of row times value
    [rows_fin ns rs]    all coefficients are finite
    [pulled make ts ys] the sum over the terms of the coefficients [make] on their operands times values
    [at_rest ...]       what lines call silent is 0
    [underflow ss ts]   bounds what underflow adds to transposed products into the operands of the terms
    [paid e q l]        what the row [q] pays for rounding in lines [l]
    [lines_good ...]    the lines of each node come from its operands' bounds, whatever the hints
    [encloses ...]      lines or planes are on their sides of the value
    [outwards]          splits all finite outward steps into facts about their operands *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63 List.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Base.Dot Base.DotProof Ops.Loops Ops.LoopsProof.
From Provenn Require Import Ops.Lines Ops.LinesProof Ops.Product Ops.ProductProof Ops.Functions.
From Provenn Require Import Ops.FunctionsProof.
From Provenn Require Import IR.LinMap IR.LinMapProof IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Enclose Checker.EncloseProof Checker.Invariant Checker.InvariantProof.
From Provenn Require Import Checker.Backward.
Import ListNotations.
Local Open Scope R_scope.

Definition dotR (e : extent) (q : farr) (y : vec) : R := sum e (fun i => fR (fget q i) * y i).
Fixpoint rowsum (ns : list node) (rs : list row) (ys : list vec) : R :=
  match ns, rs, ys with
  | n :: ns, r :: rs, y :: ys =>
      match r with Some q => dotR (ext n) q y | None => 0 end + rowsum ns rs ys
  | _, _, _ => 0
  end.
Fixpoint rows_fin (ns : list node) (rs : list row) : Prop :=
  match ns, rs with
  | n :: ns, r :: rs =>
      match r with Some q => forall i, below (ext n) i -> fin (fget q i) | None => True end /\ rows_fin ns rs
  | _, _ => True
  end.
Definition pulled (make : term -> farr) (ts : list term) (ys : list vec) : R :=
  sum_of (fun t => dotR (in_ext (snd t)) (make t) (value ys (fst t))) ts.
Definition at_rest (fv : fnoise) (ls : list lines) (ns : list node) (ys : list vec) : Prop :=
  forall d e k, node_at ns d e -> below e k -> skipped (silent_at fv ls d) k = true -> value ys d k = 0.
Definition underflow (ss : list info) (ts : list term) : R :=
  sum_of (fun t => fR tiny * sum (in_ext (snd t)) (value (sizes ss) (fst t))) ts.

Lemma rowsum_none ns : forall ys, rowsum ns (map (fun _ => None) ns) ys = 0.
Proof. induction ns as [|n ns IH]; intros [|y ys]; cbn; trivial. rewrite IH. ring. Qed.

(** ** Kernels and rounding *)
Lemma add_0_l (i : int) : (0 + i)%uint63 = i.
Proof. ring. Qed.
Lemma dot_abs_fin_0 e q a i : wf e -> fin (dot_abs e q 0 a 0) -> below e i ->
  fin (fget q i) /\ fin (fget a i).
Proof. intros W F Hi. generalize (dot_abs_fin e q 0 a 0 i W F Hi). now rewrite !add_0_l. Qed.
Lemma dot_abs_ge_0 e q a (m : int -> R) : wf e -> fin (dot_abs e q 0 a 0) ->
  (forall i, below e i -> m i <= Rabs (fR (fget a i))) ->
  sum e (fun i => Rabs (fR (fget q i)) * m i) <= fR (dot_abs e q 0 a 0).
Proof.
  intros W F H. refine (Rle_trans _ _ _ _ (dot_abs_ge e q 0 a 0 W F)). apply sum_le; [exact W|].
  intros i Hi. rewrite !add_0_l. apply Rmult_le_compat_l; [apply Rabs_pos | now apply H].
Qed.
Lemma bias_dot_sound e b q : wf e -> fin (bias_dot e b q) ->
  Rabs (fR (bias_dot e b q) - sum e (fun i => fR (fget q i) * bias_at b i))
    <= fR (gamma (len e)) * sum e (fun i => Rabs (fR (fget q i)) * Rabs (bias_at b i)) + fR tiny.
Proof.
  intros W F. destruct b as [v|]; cbn [bias_dot bias_at] in *.
  - assert (E := dot_error e q 0 v 0 W F).
    rewrite (sum_ext e _ (fun i => fR (fget q i) * fR (fget v i)) W),
      (sum_ext e (fun t => Rabs _ * _) (fun i => Rabs (fR (fget q i)) * Rabs (fR (fget v i))) W) in E
      by (intros; now rewrite !add_0_l). exact E.
  - rewrite !(sum_zero e _ W) by (intros; rewrite ?Rabs_R0; ring).
    rewrite fR_0, Rminus_eq_0, Rabs_R0. pose proof tiny_pos. lra.
Qed.

Lemma fR_two_u : fR 0x1p-52 = 2 * u.
Proof. rewrite (fR_pow2 0x1p-52 4503599627370496 (-104) 52) by easy. exact (bpow_plus radix2 1 (-53)). Qed.

(** A finite outward step splits into facts about its operands. *)
Ltac outward H :=
  match type of H with
  | fin (up (_ + _)) => apply up_add in H; destruct H as (? & ? & ?)
  | fin (up (_ - _)) => apply up_sub in H; destruct H as (? & ? & ?)
  | fin (up (_ * _)) => apply up_mul in H; destruct H as (? & ? & ?)
  | fin (dn (_ + _)) => apply dn_add in H; destruct H as (? & ? & ?)
  | fin (dn (_ - _)) => apply dn_sub in H; destruct H as (? & ? & ?)
  end.
Ltac outwards := repeat match goal with
  | H : fin (up _) |- _ => outward H
  | H : fin (dn _) |- _ => outward H
  end.

(** A coefficient that is off by [d] costs [d] times the magnitude. *)
Lemma coefficient_error z z' d y m : Rabs (z' - z) <= d -> Rabs y <= m -> z' * y <= z * y + d * m.
Proof.
  intros D Y. pose proof (Rle_abs ((z' - z) * y)) as A. rewrite Rabs_mult in A.
  assert (Rabs (z' - z) * Rabs y <= d * m) by (apply Rmult_le_compat; auto using Rabs_pos). lra.
Qed.
Lemma sign_le c a b v : fin c -> a <= v <= b -> fR c * (if (0 <=? c)%float then a else b) <= fR c * v.
Proof.
  intros F H. destruct (0 <=? c)%float eqn:E.
  - apply leb_le in E; [|exact fin_0 | exact F]. rewrite fR_0 in E. apply Rmult_le_compat_l; lra.
  - apply leb_gt in E; [|exact fin_0 | exact F]. rewrite fR_0 in E. apply Rmult_le_compat_neg_l; lra.
Qed.

(** ** Adding rows *)
Lemma merge_sound fv n s ms y q r (e := ext n) (z := ftab (len e) (fun i => fget q i + fget r i)%float)
    (c := up (up (0x1p-52 * up (dot_abs e q 0 (mag s) 0 + dot_abs e r 0 (mag s) 0)) + spare s)%float) :
  magnitudes fv n s ms y -> wf e -> fin c -> (forall k, below e k -> fin (fget z k)) ->
  (forall k, below e k -> fin (fget q k)) /\ (forall k, below e k -> fin (fget r k)) /\
  0 <= fR c /\ dotR e z y <= dotR e q y + dotR e r y + fR c.
Proof.
  intros M W Fc Fz. destruct (spare_pays _ _ _ _ _ M W) as (P & S). fold e in P, S.
  set (m := fun k => fR (fget (mag s) k)) in *.
  assert (Pm : forall k, below e k -> 0 <= m k) by exact (mag_nonneg _ _ _ _ _ M).
  assert (PS : forall a : farr, 0 <= sum e (fun k => Rabs (fR (fget a k)) * m k)).
  { intros a. apply sum_nonneg; [exact W|]. intros. apply Rmult_le_pos; [apply Rabs_pos | now apply Pm]. }
  assert (L : forall k, below e k -> fin (fget q k) /\ fin (fget r k) /\
    fR (fget z k) * y k <= fR (fget q k) * y k + fR (fget r k) * y k
      + u * (Rabs (fR (fget q k)) * m k + Rabs (fR (fget r k)) * m k) + eta * m k).
  { intros k Hk. specialize (Fz k Hk). unfold z in *. rewrite fget_ftab_below in * by assumption.
    destruct (fin_add _ _ Fz) as (Fq & Fr & ->). split; [exact Fq|]. split; [exact Fr|].
    assert (R := rne_error (fR (fget q k) + fR (fget r k))).
    assert (E := coefficient_error _ _ _ _ _ R (mag_ge _ _ _ _ _ M k Hk)). fold (m k) in E.
    assert (T := Rabs_triang (fR (fget q k)) (fR (fget r k))). pose proof u_pos.
    assert (u * m k * Rabs (fR (fget q k) + fR (fget r k))
            <= u * m k * (Rabs (fR (fget q k)) + Rabs (fR (fget r k)))); [|lra].
    apply Rmult_le_compat_l; [|exact T]. specialize (Pm k Hk). apply Rmult_le_pos; lra. }
  assert (D : dotR e z y <= dotR e q y + dotR e r y
    + u * (sum e (fun k => Rabs (fR (fget q k)) * m k) + sum e (fun k => Rabs (fR (fget r k)) * m k))
    + eta * sum e m).
  { unfold dotR. rewrite <- !sum_plus, <- !sum_scal, <- !sum_plus. apply sum_le; [exact W|].
    intros. now apply L. }
  unfold c in Fc |- *. outwards. rewrite fR_two_u in *.
  assert (A : forall a, fin (dot_abs e a 0 (mag s) 0) ->
    sum e (fun k => Rabs (fR (fget a k)) * m k) <= fR (dot_abs e a 0 (mag s) 0)).
  { intros a Fa. apply dot_abs_ge_0; trivial. intros k _. apply Rle_abs. }
  assert (Aq := A q ltac:(assumption)). assert (Ar := A r ltac:(assumption)).
  assert (Pq := PS q). assert (Pr := PS r).
  set (sq := sum e (fun k => Rabs (fR (fget q k)) * m k)) in *.
  set (sr := sum e (fun k => Rabs (fR (fget r k)) * m k)) in *.
  pose proof u_pos.
  assert (0 <= u * (sq + sr)) by (apply Rmult_le_pos; lra).
  assert (u * (sq + sr) <= u * fR (up (dot_abs e q 0 (mag s) 0 + dot_abs e r 0 (mag s) 0)))
    by (apply Rmult_le_compat_l; lra).
  repeat split; try (intros k Hk; now apply L); lra.
Qed.

(** The row added at distance [d], and what it may have cost. *)
Lemma add_row_sound fv e r : wf e -> forall ns d ss rs ys rs' c,
  known fv ns ss ys -> node_at ns d e -> add_row d e r ss rs = (rs', c) -> fin c -> rows_fin ns rs' ->
  rows_fin ns rs /\ (forall k, below e k -> fin (fget r k)) /\ 0 <= fR c /\
  rowsum ns rs' ys <= rowsum ns rs ys + dotR e r (value ys d) + fR c.
Proof.
  intros W. induction ns as [|m ns IH]; intros d [|s ss] rs [|y ys] rs' c K (n & En & Ee) E F RF;
    try contradiction; [destruct d; discriminate|].
  destruct K as (_ & M & K). destruct d as [|d].
  - injection En as ->. subst e. destruct rs as [|[q|] rs]; cbn [add_row] in E; injection E as <- <-.
    + now destruct fin_nan.
    + destruct RF as [RF1 RF2].
      destruct (merge_sound fv n s ys y q r M W F RF1) as (Fq & Fr & P & L).
      repeat split; trivial. cbn [rowsum]. change (value (y :: ys) 0) with y. lra.
    + destruct RF as [RF1 RF2]. rewrite fR_0. repeat split; trivial; [lra|]. cbn [rowsum].
      change (value (y :: ys) 0) with y. lra.
  - destruct rs as [|q rs]; cbn [add_row] in E; [injection E as <- <-; now destruct fin_nan|].
    destruct (add_row d e r ss rs) as [rs1 c1] eqn:E1. injection E as <- <-. destruct RF as [RF1 RF2].
    destruct (IH d ss rs ys rs1 c1 K (ex_intro _ n (conj En Ee)) E1 F RF2) as (I1 & I2 & I3 & I4).
    repeat split; trivial. cbn [rowsum]. change (value (y :: ys) (S d)) with (value ys d). lra.
Qed.

Lemma spread_sound fv ns e make : forall ts ss rs ys cost rs' cost',
  known fv ns ss ys -> Forall (term_ok ns e) ts ->
  spread ts make ss rs cost = (rs', cost') -> fin cost' -> rows_fin ns rs' ->
  rows_fin ns rs /\ fin cost /\
  Forall (fun t => forall k, below (in_ext (snd t)) k -> fin (fget (make t) k)) ts /\
  rowsum ns rs' ys + fR cost + underflow ss ts <= rowsum ns rs ys + pulled make ts ys + fR cost'.
Proof.
  unfold underflow, pulled.
  induction ts as [|[d l] ts IH]; intros ss rs ys cost rs' cost' K T E F RF; cbn [spread sum_of] in *.
  - injection E as <- <-. repeat split; trivial. lra.
  - apply Forall_cons_iff in T as [(V & _ & N) T]. set (t := (d, l)) in *.
    change (fst t) with d in *. change (snd t) with l in *.
    destruct (add_row d (in_ext l) (make t) ss rs) as [rs1 c1] eqn:E1.
    destruct (IH _ _ _ _ _ _ K T E F RF) as (I1 & I2 & I3 & I4). outwards.
    assert (Wl := in_wf l V). assert (Fc : fin c1) by assumption.
    destruct (add_row_sound fv (in_ext l) (make t) Wl ns d ss rs ys rs1 c1 K N E1 Fc I1)
      as (J1 & J2 & J3 & J4).
    destruct N as (n & En & Ee). destruct (known_nth fv ns ss ys d n K En) as (_ & (ms & M) & ->).
    rewrite <- Ee in Wl. destruct (spare_pays _ _ _ _ _ M Wl) as (_ & S). rewrite Ee in S.
    repeat split; trivial; [now constructor | lra].
Qed.
Lemma underflow_nonneg fv ns ss ys e ts : known fv ns ss ys -> Forall (term_ok ns e) ts ->
  0 <= underflow ss ts.
Proof.
  unfold underflow. intros K. induction 1 as [|[d l] ts (V & _ & N) _ IH]; cbn [sum_of fst snd] in *; [lra|].
  assert (0 <= sum (in_ext l) (value (sizes ss) d)).
  { apply sum_nonneg; [now apply in_wf|]. intros k. now apply (size_nonneg fv ns ss ys K). }
  pose proof tiny_pos.
  assert (0 <= fR tiny * sum (in_ext l) (value (sizes ss) d)) by (apply Rmult_le_pos; lra). lra.
Qed.

(** ** One backward step: an input or anything else that is known by its bounds *)
Lemma back_bounds e n s q y
    (cost := up (up (gamma (len e) * up (dot_abs e q 0 (lo s) 0 + dot_abs e q 0 (hi s) 0)) + tiny)%float) :
  wf e -> ext n = e -> between n s y -> fin cost -> fin (dot_sel e q (lo s) (hi s)) ->
  (forall i, below e i -> fin (fget q i)) /\ fR (dot_sel e q (lo s) (hi s)) - fR cost <= dotR e q y.
Proof.
  intros W <- B Fc Fs. set (e := ext n) in *.
  assert (Fq : forall i, below e i -> fin (fget q i))
    by (intros i Hi; now apply (dot_sel_fin e q _ _ i W Fs)).
  split; [exact Fq|]. unfold cost in *. outwards.
  assert (A : forall a, fin (dot_abs e q 0 a 0) ->
    sum e (fun i => Rabs (fR (fget q i)) * Rabs (fR (fget a i))) <= fR (dot_abs e q 0 a 0)).
  { intros a Fa. apply dot_abs_ge_0; trivial. intros. apply Rle_refl. }
  assert (A1 := A (lo s) ltac:(assumption)). assert (A2 := A (hi s) ltac:(assumption)).
  assert (D := dot_sel_error e q (lo s) (hi s) W Fs).
  assert (S : sum e (fun i => fR (fget q i)
                * fR (if (0 <=? fget q i)%float then fget (lo s) i else fget (hi s) i)) <= dotR e q y).
  { apply sum_le; [exact W|]. intros i Hi. destruct (B i Hi) as (_ & _ & By).
    assert (Q := sign_le _ _ _ _ (Fq i Hi) By). now destruct (0 <=? fget q i)%float. }
  assert (T : sum e (fun i => Rabs (fR (fget q i))
                * Rmax (Rabs (fR (fget (lo s) i))) (Rabs (fR (fget (hi s) i))))
              <= fR (dot_abs e q 0 (lo s) 0) + fR (dot_abs e q 0 (hi s) 0)).
  { eapply Rle_trans; [|exact (Rplus_le_compat _ _ _ _ A1 A2)]. rewrite <- sum_distr.
    apply sum_le; [exact W|]. intros i _. apply Rmult_le_compat_l; [apply Rabs_pos|].
    pose proof (Rabs_pos (fR (fget (lo s) i))). pose proof (Rabs_pos (fR (fget (hi s) i))).
    apply Rmax_lub; lra. }
  assert (G := Rmult_le_compat_l _ _ _ (gamma_nonneg (len e)) (Rle_trans _ _ _ T ltac:(eassumption))).
  apply Rabs_le_inv in D. lra.
Qed.

(** ** A constant *)
Lemma back_constant e c q y (cost := up (up (gamma (len e) * dot_abs e q 0 c 0) + tiny)%float) :
  wf e -> (forall i, below e i -> y i = fR (fget c i)) -> fin cost -> fin (dot e q 0 c 0) ->
  (forall i, below e i -> fin (fget q i)) /\ fR (dot e q 0 c 0) - fR cost <= dotR e q y.
Proof.
  intros W Y Fc Fd. unfold cost in *. outwards.
  assert (Fa : fin (dot_abs e q 0 c 0)) by assumption.
  split; [intros i Hi; now apply (dot_abs_fin_0 e q c i W Fa)|].
  assert (A := dot_abs_ge_0 e q c (fun i => Rabs (fR (fget c i))) W Fa (fun i _ => Rle_refl _)).
  assert (D := bias_dot_sound e (Some c) q W Fd). cbn [bias_dot bias_at] in D.
  assert (G := Rmult_le_compat_l _ _ _ (gamma_nonneg (len e)) A).
  assert (E : dotR e q y = sum e (fun i => fR (fget q i) * fR (fget c i)))
    by (apply sum_ext; [exact W|]; intros i Hi; now rewrite Y).
  apply Rabs_le_inv in D. lra.
Qed.

(** ** An affine node *)
(** Coefficients [q] on the node, moved to its operands exactly, against what the kernels computed. *)
Lemma transposed_sound fv ns ss ys e (z : nat -> option farr) q : known fv ns ss ys -> wf e ->
  (forall d e k, node_at ns d e -> below e k -> skipped (z d) k = true -> value ys d k = 0) ->
  forall ts, Forall (term_ok ns e) ts ->
  Forall (fun t => forall k, below (in_ext (snd t)) k -> fin (fget (transV (snd t) (z (fst t)) q) k)) ts ->
  pulled (fun t => transV (snd t) (z (fst t)) q) ts ys <= sum e (fun i => fR (fget q i) * affine ts None ys i)
    + gammas ts * sum e (fun i => Rabs (fR (fget q i)) * affineA ts None (abs_all ys) i) + underflow ss ts.
Proof.
  intros K W Z. unfold pulled, gammas, underflow.
  induction ts as [|[d l] ts IH]; intros T Fs; cbn [sum_of affine affineA].
  - rewrite (sum_zero e (fun i => fR (fget q i) * _)) by (auto; intros; apply Rmult_0_r). lra.
  - apply Forall_cons_iff in T as [T1 T]. apply Forall_cons_iff in Fs as [F1 Fs]. specialize (IH T Fs).
    assert (PV : forall d a k, node_at ns d a -> below a k -> 0 <= value (abs_all ys) d k)
      by (intros; rewrite value_abs; apply Rabs_pos).
    assert (PX := fun i Hi => term_nonneg ns e i Hi _ (abs_all ys) T1 PV).
    assert (G := gammas_nonneg ns e ts T). unfold gammas in G. destruct T1 as (V & Eo & N).
    cbn [fst snd] in *. destruct (gam_nonneg l V) as [_ Pg]. rewrite !sum_distr.
    assert (P := transV_error l V (z d) q (value ys d) (value (abs_all ys) d)). rewrite Eo in P.
    specialize (P F1 (fun k _ => Req_le _ _ (eq_sym (value_abs ys d k))) (fun k Hk => Z d _ k N Hk)).
    assert (U : fR tiny * sum (in_ext l) (value (abs_all ys) d) <= fR tiny * sum (in_ext l) (value (sizes
      ss) d)).
    { pose proof tiny_pos. apply Rmult_le_compat_l; [lra|]. apply sum_le; [now apply in_wf|].
      intros k Hk. rewrite value_abs. exact (size_ge fv ns ss ys K d _ k N Hk). }
    change (sum (in_ext l) (fun k => fR (fget (transV l (z d) q) k) * value ys d k))
      with (dotR (in_ext l) (transV l (z d) q) (value ys d)) in P.
    set (X := sum e (fun i => Rabs (fR (fget q i)) * applyA l (value (abs_all ys) d) i)) in *.
    set (Y := sum e (fun i => Rabs (fR (fget q i)) * affineA ts None (abs_all ys) i)) in *.
    assert (0 <= X) by (apply sum_nonneg; auto; intros; apply Rmult_le_pos; auto using Rabs_pos).
    assert (0 <= Y).
    { apply sum_nonneg; auto. intros. apply Rmult_le_pos; [apply Rabs_pos|].
      now apply (affineA_nonneg ns e). }
    assert (0 <= fR (gam l) * Y) by now apply Rmult_le_pos.
    set (g := sum_of (fun t => fR (gam (snd t))) ts) in *. assert (0 <= g * X) by now apply Rmult_le_pos.
    apply Rabs_le_inv in P. lra.
Qed.

(** What lies between an affine value and its formula, weighted by the coefficients. *)
Lemma noise_sum v fv n e q (y : vec) (f a : int -> R) : covers fv v -> wf e ->
  (forall i, below e i -> 0 <= a i /\ off v n (f i) (a i) (y i)) ->
  sum e (fun i => fR (fget q i) * f i) <= dotR e q y
    + fR (kappa fv n) * sum e (fun i => Rabs (fR (fget q i)) * a i)
    + fR (eta_up fv n) * sum e (fun i => Rabs (fR (fget q i))).
Proof.
  intros C W H. assert (Hr := relative_le _ _ C n). assert (Ha := absolute_le _ _ C n). unfold dotR. rewrite
    <- !sum_scal, <- !sum_plus. apply sum_le; [exact W|].
  intros i Hi. destruct (H i Hi) as (P & L). set (c := fR (fget q i)).
  unfold off in L. rewrite Rabs_minus_sym in L. assert (E := coefficient_error (y i) (f i) _ c (Rabs c) L
    (Rle_refl _)).
  assert (relative v n * (a i * Rabs c) <= fR (kappa fv n) * (a i * Rabs c))
    by (apply Rmult_le_compat_r; [apply Rmult_le_pos; [exact P | apply Rabs_pos] | lra]).
  assert (absolute v n * Rabs c <= fR (eta_up fv n) * Rabs c)
    by (apply Rmult_le_compat_r; [apply Rabs_pos | lra]).
  lra.
Qed.

Lemma charges_ge fv n e s q : wf e -> fin (dot_abs e q 0 (charges fv n e s) 0) ->
  (forall i, below e i -> fin (fget q i)) /\
  fR (coef s) * sum e (fun i => Rabs (fR (fget q i)) * fR (fget (load s) i))
    + fR (eta_up fv n) * sum e (fun i => Rabs (fR (fget q i))) <= fR (dot_abs e q 0 (charges fv n e s) 0).
Proof.
  intros W F. assert (Fq := fun i Hi => dot_abs_fin_0 e q (charges fv n e s) i W F Hi).
  split; [intros i Hi; now apply Fq|].
  refine (Rle_trans _ _ _ _ (dot_abs_ge_0 e q _
    (fun i => fR (coef s) * fR (fget (load s) i) + fR (eta_up fv n)) W F _)).
  - right. rewrite <- !sum_scal, <- sum_plus. apply sum_ext; [exact W|]. intros. ring.
  - intros i Hi. destruct (Fq i Hi) as (_ & Fi). refine (Rle_trans _ _ _ _ (Rle_abs _)). revert Fi.
    unfold charges. rewrite fget_ftab_below by assumption. intros Fi. outwards. lra.
Qed.
Lemma back_affine v fv x ns ss ys e ts b s y z q (n := Affine e ts b)
    (own := up (dot_abs e q 0 (charges fv n e s) 0 + tiny)%float) :
  covers fv v -> graph_ok ns = true -> node_ok n ns = true -> known fv ns ss ys ->
  magnitudes fv n s ys y -> holds v x n ys y -> fin own -> fin (bias_dot e b q) ->
  (forall d e k, node_at ns d e -> below e k -> skipped (z d) k = true -> value ys d k = 0) ->
  Forall (fun t => forall k, below (in_ext (snd t)) k -> fin (fget (transV (snd t) (z (fst t)) q) k)) ts ->
  (forall i, below e i -> fin (fget q i)) /\
  fR (bias_dot e b q) + pulled (fun t => transV (snd t) (z (fst t)) q) ts ys
    <= dotR e q y + fR own + underflow ss ts.
Proof.
  intros C G N K M X Fo Fb Z Ft. assert (W := node_ok_wf n ns N). cbn [n ext] in W.
  assert (T := node_ok_terms e ts b ns G N). unfold own in *. outwards.
  destruct (charges_ge fv n e s q W ltac:(assumption)) as (Fq & S). split; [exact Fq|].
  assert (P := transposed_sound fv ns ss ys e z q K W Z ts T Ft). assert (D := bias_dot_sound e b q W Fb).
  assert (Pa : 0 <= fR (eta_up fv n)) by (assert (A := absolute_le _ _ C n); lra).
  assert (PV : forall d a k, node_at ns d a -> below a k -> 0 <= value (abs_all ys) d k)
    by (intros; rewrite value_abs; apply Rabs_pos).
  set (m := affineA ts b (abs_all ys)). assert (Pm : forall i, below e i -> 0 <= m i)
    by (intros i Hi; now apply (affineA_nonneg ns e)).
  assert (Q := noise_sum v fv n e q y (affine ts b ys) m C W). assert (Cr := relative_le _ _ C n).
  set (Ld := sum e (fun i => Rabs (fR (fget q i)) * fR (fget (load s) i))) in *.
  assert (Lm : sum e (fun i => Rabs (fR (fget q i)) * m i) <= Ld).
  { apply sum_le; [exact W|]. intros i Hi. apply Rmult_le_compat_l; [apply Rabs_pos|].
    exact (load_ge _ _ _ _ _ M i Hi). }
  lapply Q; clear Q; [intros Q|].
  2: { intros i Hi. split; [now apply Pm | exact (X i Hi)]. }
  assert (EV : sum e (fun i => fR (fget q i) * affine ts b ys i)
     = sum e (fun i => fR (fget q i) * affine ts None ys i) + sum e (fun i => fR (fget q i) * bias_at b i)).
  { rewrite <- sum_distr. apply sum_ext; [exact W|]. intros i _. now rewrite (affine_bias ts b). }
  set (A := sum e (fun i => Rabs (fR (fget q i)) * m i)) in *.
  set (A0 := sum e (fun i => Rabs (fR (fget q i)) * affineA ts None (abs_all ys) i)) in *.
  set (Ab := sum e (fun i => Rabs (fR (fget q i)) * Rabs (bias_at b i))) in *.
  assert (EA : A = A0 + Ab).
  { unfold A, A0, Ab. rewrite <- sum_distr. apply sum_ext; [exact W|]. intros i _. unfold m.
    now rewrite (affineA_bias ts b). }
  assert (PA : forall f : int -> R, (forall i, below e i -> 0 <= f i) ->
    0 <= sum e (fun i => Rabs (fR (fget q i)) * f i)).
  { intros f Hf. apply sum_nonneg; [exact W|]. intros. apply Rmult_le_pos; [apply Rabs_pos | now apply Hf]. }
  assert (PA0 : 0 <= A0) by exact (PA _ (fun i Hi => affineA_nonneg ns e i Hi ts None _ T PV)).
  assert (PAb : 0 <= Ab) by exact (PA _ (fun i _ => Rabs_pos _)).
  assert (Co := coef_ge _ _ _ _ _ M). cbn [n] in Co.
  assert (Pgs := gammas_nonneg ns e ts T). assert (Pg := gamma_nonneg (len e)).
  assert (0 <= gammas ts * Ab) by now apply Rmult_le_pos.
  assert (0 <= fR (gamma (len e)) * A0) by now apply Rmult_le_pos.
  assert ((gammas ts + fR (gamma (len e)) + fR (kappa fv n)) * A <= fR (coef s) * Ld)
    by (apply Rmult_le_compat; lra).
  apply Rabs_le_inv in D. rewrite EA in *. lra.
Qed.

(** ** An elementwise function or a product *)
Fixpoint lines_good (fv : fnoise) (ns : list node) (ss : list info) (ls : list lines) : Prop :=
  match ns, ss, ls with
  | n :: ns, s :: ss, l :: ls =>
      (exists hint, l = charged fv n s (lines_of n s ss hint)) /\ lines_good fv ns ss ls
  | [], [], [] => True
  | _, _, _ => False
  end.

(** The coefficient [c] times the slope [k] of a line, against the exact product, at the argument [x]. *)
Lemma slope_step a b m c k x : fin (up (0x1p-52 * up (up (PrimFloat.abs a + PrimFloat.abs b) * m)))%float ->
  (k = a \/ k = b) -> Rabs x <= fR m -> fin (c * k)%float ->
  fR (c * k)%float * x <= fR c * fR k * x
    + Rabs (fR c) * (fR (up (0x1p-52 * up (up (PrimFloat.abs a + PrimFloat.abs b) * m))%float) / 2) + eta *
      fR m /\
  0 <= fR (up (0x1p-52 * up (up (PrimFloat.abs a + PrimFloat.abs b) * m))%float).
Proof.
  intros F Hk Hm Fk. outwards.
  match goal with |- _ /\ 0 <= ?z => set (cost := z) in * end. rewrite fR_two_u, !fR_abs in *.
  set (w := Rabs (fR a) + Rabs (fR b)) in *. set (C := Rabs (fR c)).
  pose proof u_pos. pose proof (Rabs_pos x). assert (PC : 0 <= C) by apply Rabs_pos.
  pose proof (Rabs_pos (fR a)). pose proof (Rabs_pos (fR b)).
  assert (Pw : 0 <= w) by (unfold w; lra).
  assert (Lk : Rabs (fR k) <= w) by (destruct Hk as [-> | ->]; unfold w; lra).
  assert (Pay : 2 * (u * (w * fR m)) <= cost).
  { assert (w * fR m <= fR (up (PrimFloat.abs a + PrimFloat.abs b)) * fR m)
      by (apply Rmult_le_compat_r; lra).
    assert (u * (w * fR m) <= u * fR (up (up (PrimFloat.abs a + PrimFloat.abs b) * m)))
      by (apply Rmult_le_compat_l; lra). lra. }
  assert (0 <= u * (w * fR m)) by (repeat apply Rmult_le_pos; lra).
  split; [|lra].
  destruct (fin_mul _ _ Fk) as (_ & _ & ->).
  assert (E := coefficient_error _ _ _ _ _ (rne_error (fR c * fR k)) Hm). rewrite Rabs_mult in E. fold C in E.
  assert (C * Rabs (fR k) * (u * fR m) <= C * w * (u * fR m)).
  { apply Rmult_le_compat_r; [apply Rmult_le_pos; lra | now apply Rmult_le_compat_l]. }
  assert (C * (u * (w * fR m)) <= C * (cost / 2)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

(** One element: lines or planes on their sides of [y], and the cost of moving the coefficient [c] to them. *)
Lemma plane_step a b m a' b' m' s t g c y x x'
    (k := if (0 <=? c)%float then a else b) (k' := if (0 <=? c)%float then a' else b')
    (cost := rough_of a b m a' b' m' s t g) :
  (fin s -> fR a * x + fR a' * x' + fR s <= y) -> (fin t -> y <= fR b * x + fR b' * x' + fR t) ->
  Rabs x <= fR m -> Rabs x' <= fR m' -> 0 <= fR g -> fin c -> fin (c * k)%float -> fin (c * k')%float ->
    fin cost ->
  fR c * fR (if (0 <=? c)%float then s else t)
    + fR g * (Rabs (fR c) * Rmax (Rabs (fR s)) (Rabs (fR t)))
    + fR (c * k)%float * x + fR (c * k')%float * x'
  <= fR c * y + Rabs (fR c) * fR cost + eta * fR m + eta * fR m'.
Proof.
  intros Lo Up Hm Hm' Pg Fc Fk Fk' Fcost. unfold cost, rough_of in *. cbv zeta in *.
  match type of Fcost with fin (up (up (?p + ?q) + up (g * ?r))) =>
    set (h := p) in *; set (h' := q) in *; set (o := r) in * end.
  apply up_add in Fcost. destruct Fcost as (F1 & F2 & L). apply up_add in F1. destruct F1 as (Fh & Fh' & L1).
  apply up_mul in F2. destruct F2 as (_ & Fo & L2). unfold o in Fo, L2. apply up_add in Fo.
  destruct Fo as (Fs & Ft & L3). rewrite !fR_abs in L3.
  apply (proj1 (fin_abs _)) in Fs, Ft. specialize (Lo Fs). specialize (Up Ft).
  destruct (slope_step a b m c k x Fh) as (S1 & P1); trivial.
  { unfold k. destruct (0 <=? c)%float; auto. }
  destruct (slope_step a' b' m' c k' x' Fh') as (S2 & P2); trivial.
  { unfold k'. destruct (0 <=? c)%float; auto. }
  fold h in S1, P1. fold h' in S2, P2. set (C := Rabs (fR c)) in *. assert (PC : 0 <= C) by apply Rabs_pos.
  assert (Mx : Rmax (Rabs (fR s)) (Rabs (fR t)) <= Rabs (fR s) + Rabs (fR t)).
  { pose proof (Rabs_pos (fR s)). pose proof (Rabs_pos (fR t)). apply Rmax_lub; lra. }
  fold o in L2, L3. set (M := Rmax (Rabs (fR s)) (Rabs (fR t))) in *.
  set (total := fR (up (up (h + h') + up (g * o)))) in *.
  assert (fR g * M <= fR g * fR o) by (apply Rmult_le_compat_l; lra).
  assert (T : C * (fR h + fR h' + fR g * M) <= C * total) by (apply Rmult_le_compat_l; [exact PC | lra]).
  assert (0 <= C * fR h) by now apply Rmult_le_pos. assert (0 <= C * fR h') by now apply Rmult_le_pos.
  assert (Q : fR c * (fR k * x + fR k' * x' + fR (if (0 <=? c)%float then s else t)) <= fR c * y).
  { assert (Q := sign_le c _ _ _ Fc (conj Lo Up)). unfold k, k'. now destruct (0 <=? c)%float. }
  lra.
Qed.

(** All elements. The right operand [z'] is absent for a function: then its slopes are 0. *)
Definition encloses (l : lines) (i : int) (y x x' : R) : Prop :=
  (fin (fget (below_shift l) i) ->
    fR (fget (below_slope l) i) * x + fR (fget (below_right l) i) * x' + fR (fget (below_shift l) i) <= y) /\
  (fin (fget (above_shift l) i) ->
    y <= fR (fget (above_slope l) i) * x + fR (fget (above_right l) i) * x' + fR (fget (above_shift l) i)).

Definition paid (e : extent) (q : farr) (l : lines) : R :=
  sum e (fun i => Rabs (fR (fget q i)) * fR (fget (rough l) i)).
Lemma back_lines e (l : lines) q (m m' : int -> PrimFloat.float) (y z z' : vec) :
  wf e -> (forall i, below e i -> encloses l i (y i) (z i) (z' i)) ->
  (forall i, below e i -> Rabs (z i) <= fR (m i)) -> (forall i, below e i -> Rabs (z' i) <= fR (m' i)) ->
  (forall i, below e i -> fget (rough l) i
     = rough_of (fget (below_slope l) i) (fget (above_slope l) i) (m i)
         (fget (below_right l) i) (fget (above_right l) i) (m' i)
         (fget (below_shift l) i) (fget (above_shift l) i) (gamma (len e))) ->
  (forall i, below e i -> fin (fget q i) /\ fin (fget (rough l) i)) ->
  fin (dot_sel e q (below_shift l) (above_shift l)) ->
  (forall i, below e i -> fin (fget (selected e q (below_slope l) (above_slope l)) i)) ->
  (forall i, below e i -> fin (fget (selected e q (below_right l) (above_right l)) i)) ->
  fR (dot_sel e q (below_shift l) (above_shift l))
    + dotR e (selected e q (below_slope l) (above_slope l)) z
    + dotR e (selected e q (below_right l) (above_right l)) z'
  <= dotR e q y + paid e q l + fR tiny
     + eta * sum e (fun i => fR (m i)) + eta * sum e (fun i => fR (m' i)).
Proof.
  intros W E Hm Hm' R Fq Fs Fd Fd'.
  assert (D := dot_sel_error e q _ _ W Fs). apply Rabs_le_inv in D.
  assert (S : forall i, below e i ->
    fR (fget q i) * fR (if (0 <=? fget q i)%float then fget (below_shift l) i else fget (above_shift l) i)
    + fR (gamma (len e)) * (Rabs (fR (fget q i))
        * Rmax (Rabs (fR (fget (below_shift l) i))) (Rabs (fR (fget (above_shift l) i))))
    + fR (fget (selected e q (below_slope l) (above_slope l)) i) * z i
    + fR (fget (selected e q (below_right l) (above_right l)) i) * z' i
    <= fR (fget q i) * y i + Rabs (fR (fget q i)) * fR (fget (rough l) i)
       + eta * fR (m i) + eta * fR (m' i)).
  { intros i Hi. destruct (Fq i Hi) as (Fqi & Fri). specialize (Fd i Hi). specialize (Fd' i Hi).
    unfold selected in *. rewrite !fget_ftab_below in * by assumption. rewrite R in Fri |- * by assumption.
    destruct (E i Hi) as (Lo & Up). destruct (fin_sided _ _ _ Fd) as (Gd & ->).
    destruct (fin_sided _ _ _ Fd') as (Gd' & ->).
    exact (plane_step _ _ _ _ _ _ _ _ _ (fget q i) (y i) (z i) (z' i) Lo Up (Hm i Hi) (Hm' i Hi)
      (gamma_nonneg _) Fqi Gd Gd' Fri). }
  assert (T := sum_le e _ _ W S). rewrite !sum_plus, !sum_scal in T. unfold dotR, paid. lra.
Qed.

Lemma fin_mul_0 c : fin c -> fin (c * 0)%float.
Proof.
  unfold fin. rewrite mul_equiv. intros F.
  generalize (Bmult_correct prec emax Hprec Hmax mode_NE (Prim2B c) (Prim2B 0)).
  change (B2R (Prim2B 0)) with (fR 0). rewrite fR_0, Rmult_0_r, round_0, Rabs_R0 by apply
    valid_rnd_round_mode.
  rewrite Rlt_bool_true by apply bpow_gt_0. intros (_ & H & _). rewrite H, F. reflexivity.
Qed.
Lemma fin_sided_0 x a b : fin (sided x a b) -> fin (sided x 0 0).
Proof.
  unfold sided. cbv zeta. intros F. destruct (fin_add _ _ F) as (Fa & Fb & _).
  destruct (fin_mul _ _ Fa) as (Fu & _). destruct (fin_mul _ _ Fb) as (Fv & _).
  apply fin_mul_0 in Fu, Fv. destruct (fin_mul _ _ Fu) as (_ & _ & Eu). destruct (fin_mul _ _ Fv) as (_ & _ & Ev).
  rewrite fR_0, Rmult_0_r, rne_0 in Eu, Ev. unfold fin, fR in *. rewrite add_equiv.
  generalize (Bplus_correct prec emax Hprec Hmax mode_NE _ _ Fu Fv). rewrite Eu, Ev, Rplus_0_r, round_0, Rabs_R0
    by apply valid_rnd_round_mode.
  rewrite Rlt_bool_true by apply bpow_gt_0. intros (_ & H & _). exact H.
Qed.

Lemma quad_at_quads e f i r : wf e -> below e i -> (r = 0 \/ r = 1 \/ r = 2 \/ r = 3)%uint63 ->
  quad_at e (quads e f) f i r = part (f i) r.
Proof.
  intros W Hi C. unfold quad_at, quads. cbv zeta. destruct (ok_len (len e * 4)) eqn:E; [|reflexivity].
  assert (B := wf_len e W). assert (P := to_Z_bounded i). unfold below in Hi.
  assert (R : (to_Z r <= 3)%Z) by (destruct C as [-> | [-> | [-> | ->]]]; cbn; lia).
  assert (Pr := to_Z_bounded r).
  assert (V : to_Z (i * 4 + r) = (to_Z i * 4 + to_Z r)%Z).
  { rewrite add_spec, mul_spec. change (to_Z 4) with 4%Z. change wB with 9223372036854775808%Z.
    rewrite (Z.mod_small (to_Z i * 4)) by lia. apply Z.mod_small. lia. }
  assert (V' : to_Z (len e * 4) = (to_Z (len e) * 4)%Z).
  { rewrite mul_spec. change (to_Z 4) with 4%Z. change wB with 9223372036854775808%Z.
    apply Z.mod_small. pose proof (to_Z_bounded (len e)). lia. }
  rewrite fget_ftab4 by (trivial; lia). f_equal; [f_equal|]; apply to_Z_inj.
  - rewrite div_spec, V. change (to_Z 4) with 4%Z. rewrite Z.div_add_l by lia. rewrite Z.div_small; lia.
  - rewrite mod_spec, V. change (to_Z 4) with 4%Z. rewrite Z.add_comm, Z.mod_add by lia.
    apply Z.mod_small. lia.
Qed.

(** The lines of a function are on their sides of it. *)
Lemma unary_lines m s f z e d own ss hint (l := lines_of (Unary f e d) own ss hint) :
  wf e -> ext m = e -> info_at ss d = s -> between m s z -> forall i y, below e i -> image f (z i) y ->
  (fin (fget (below_shift l) i) ->
    fR (fget (below_slope l) i) * z i + fR (fget (below_shift l) i) <= y) /\
  (fin (fget (above_shift l) i) ->
    y <= fR (fget (above_slope l) i) * z i + fR (fget (above_shift l) i)).
Proof.
  intros W Ee Es B i y Hi I. destruct (B i ltac:(now rewrite Ee)) as (Fl & Fh & Bz).
  unfold l, lines_of. cbn [below_slope above_slope below_shift above_shift].
  rewrite !fget_ftab_below, !quad_at_quads, Es by auto.
  destruct (touch f _ _ _) as (t & u). match goal with |- context [around (rule_of f) ?a ?b t u] =>
    destruct (around_image f _ _ t u _ _ Fl Fh Bz I) as (Lo & Up);
    destruct (around (rule_of f) a b t u) as (low & high) end.
  unfold part. cbn [fst snd] in *. cbn -[fR].
  split; intros F; [specialize (Lo F) | specialize (Up F)]; lra.
Qed.
Lemma back_unary fv m s ms f q z y e d own ss hint (l := lines_of (Unary f e d) own ss hint) :
  wf e -> ext m = e -> info_at ss d = s -> between m s z -> magnitudes fv m s ms z ->
  (forall i, below e i -> image f (z i) (y i)) ->
  (forall i, below e i -> fin (fget q i) /\ fin (fget (rough l) i)) ->
  fin (dot_sel e q (below_shift l) (above_shift l)) ->
  (forall i, below e i -> fin (fget (selected e q (below_slope l) (above_slope l)) i)) ->
  fR (dot_sel e q (below_shift l) (above_shift l)) + dotR e (selected e q (below_slope l) (above_slope l)) z
  <= dotR e q y + paid e q l + fR tiny + fR (spare s).
Proof.
  intros W Ee Es B M Y Fq Fs Fd. destruct (spare_pays _ _ _ _ _ M ltac:(now rewrite Ee)) as (P & S).
  set (zero := ftab (len e) (fun _ => 0%float)). rewrite Ee in *.
  set (l' := Lines (below_slope l) (above_slope l) zero zero (below_shift l) (above_shift l) (rough l) None).
  assert (Z : forall i, below e i -> fget zero i = 0%float) by (intros i Hi; now apply (fget_ftab_below e)).
  unshelve epose proof (back_lines e l' q (fget (mag s)) (fun _ => 0%float) y z (fun _ => 0)
    W _ _ _ _ _ _ _ _) as Q2; trivial.
  - intros i Hi.
    destruct (unary_lines m s f z e d own ss hint W ltac:(now rewrite Ee) Es B i _ Hi (Y i Hi)) as (Lo & Up).
    unfold encloses, l'. cbn [below_slope above_slope below_right above_right below_shift above_shift].
    rewrite Z, fR_0 by assumption. fold l in Lo, Up.
    split; intros F; [specialize (Lo F) | specialize (Up F)]; lra.
  - intros i Hi. apply (mag_ge _ _ _ _ _ M). now rewrite Ee.
  - intros i Hi. cbv beta. rewrite fR_0, Rabs_R0. lra.
  - intros i Hi. cbn [l' rough below_slope above_slope below_right above_right below_shift above_shift].
    rewrite Z by assumption. unfold l, lines_of. cbn [rough below_slope above_slope below_shift above_shift].
    now rewrite !fget_ftab_below, Es by assumption.
  - intros i Hi. unfold selected. cbv beta. rewrite fget_ftab_below by assumption.
    cbn [l' below_right above_right]. rewrite Z by assumption. specialize (Fd i Hi). unfold selected in Fd.
    rewrite fget_ftab_below in Fd by assumption. exact (fin_sided_0 _ _ _ Fd).
  - cbn [l' rough below_slope above_slope below_right above_right below_shift above_shift] in Q2.
    unfold paid in Q2 |- *. cbn [l' rough] in Q2.
    rewrite (sum_zero e (fun _ => fR 0) W) in Q2 by (intros; apply fR_0).
    unfold dotR at 2 in Q2. rewrite (sum_zero e (fun i => _ * 0) W) in Q2 by (intros; ring). lra.
Qed.

Lemma back_product fv m s ms z m' s' ms' z' q y e d d' own ss hint (l := lines_of (Product e d d') own ss hint) :
  wf e -> ext m = e -> info_at ss d = s -> between m s z -> magnitudes fv m s ms z ->
  ext m' = e -> info_at ss d' = s' -> between m' s' z' -> magnitudes fv m' s' ms' z' ->
  (forall i, below e i -> y i = z i * z' i) ->
  match ties own with
  | Some (t, t') => forall i, below e i -> held (tie_at t i) (z i) (z' i) /\ held (tie_at t' i) (- z i) (z' i)
  | None => True
  end ->
  (forall i, below e i -> fin (fget q i) /\ fin (fget (rough l) i)) ->
  fin (dot_sel e q (below_shift l) (above_shift l)) ->
  (forall i, below e i -> fin (fget (selected e q (below_slope l) (above_slope l)) i)) ->
  (forall i, below e i -> fin (fget (selected e q (below_right l) (above_right l)) i)) ->
  fR (dot_sel e q (below_shift l) (above_shift l)) + dotR e (selected e q (below_slope l) (above_slope l)) z
    + dotR e (selected e q (below_right l) (above_right l)) z'
  <= dotR e q y + paid e q l + fR tiny + fR (spare s) + fR (spare s').
Proof.
  intros W Ee Es B M Ee' Es' B' M' Y Ti Fa Fs Fd Fd'.
  destruct (spare_pays _ _ _ _ _ M ltac:(now rewrite Ee)) as (P & S).
  destruct (spare_pays _ _ _ _ _ M' ltac:(now rewrite Ee')) as (P' & S'). rewrite Ee, Ee' in *.
  unshelve epose proof (back_lines e l q (fget (mag s)) (fget (mag s')) y z z'
    W _ _ _ _ _ _ _ _) as Q2; trivial.
  - intros i Hi. rewrite Y by assumption. destruct (B i ltac:(now rewrite Ee)) as (_ & _ & Bz).
    destruct (B' i ltac:(now rewrite Ee')) as (_ & _ & Bz').
    unfold encloses, l, lines_of. cbn [below_slope above_slope below_right above_right below_shift
      above_shift].
    rewrite !fget_ftab_below, Es, Es' by assumption. destruct (ties own) as [(t, t')|]; split; intros F.
    + exact (raised_below _ _ _ _ _ _ _ _ (proj1 (Ti i Hi)) Bz Bz' F).
    + exact (lowered_above _ _ _ _ _ _ _ _ (proj2 (Ti i Hi)) Bz Bz' F).
    + now apply plane_below_product in F as (_ & _ & H); apply H.
    + now apply plane_above_product in F as (_ & _ & H); apply H.
  - intros i Hi. apply (mag_ge _ _ _ _ _ M). now rewrite Ee.
  - intros i Hi. apply (mag_ge _ _ _ _ _ M'). now rewrite Ee'.
  - intros i Hi. unfold l, lines_of.
    cbn [rough below_slope above_slope below_right above_right below_shift above_shift].
    now rewrite !fget_ftab_below, Es, Es' by assumption.
  - lra.
Qed.

(** Which exact value a noisy one stands for. *)
Definition meant (v : noise) (n : node) (f : unary) (x y : R) : R :=
  if Rle_dec (Rabs (y - sem f x)) (relative v n * Rabs (sem f x) + absolute v n) then sem f x else sem f 0.
Lemma meant_image v n f x y : (exists t, image f x t /\ off v n t (Rabs t) y) ->
  image f x (meant v n f x y) /\ off v n (meant v n f x y) (Rabs (meant v n f x y)) y.
Proof.
  intros (t & I & O). unfold meant. destruct (Rle_dec _ _) as [L|L]; [split; [now left | exact L]|].
  destruct I as [->|(J & A & ->)]; [now destruct L|]. split; [now right | exact O].
Qed.

(** What is paid for a row covers rounding of the step and noise. *)
Lemma charged_sound v fv n e s l q (y f : vec) (l' := charged fv n s l) : covers fv v -> wf e ->
  derived n = true -> ext n = e ->
  (forall i, below e i -> off v n (f i) (Rabs (f i)) (y i)) ->
  (noisy fv = true -> forall i, below e i -> Rabs (f i) <= fR (fget (load s) i)) ->
  fin (dot_abs e q 0 (rough l') 0) ->
  (forall i, below e i -> fin (fget q i) /\ fin (fget (rough l) i)) /\
  dotR e q f + paid e q l <= dotR e q y + fR (dot_abs e q 0 (rough l') 0).
Proof.
  intros C W D Ee H L F. assert (Fq := fun i Hi => dot_abs_fin_0 e q (rough l') i W F Hi).
  assert (A := fun m Hm => dot_abs_ge_0 e q (rough l') m W F Hm).
  destruct (noisy fv) eqn:N.
  - specialize (L eq_refl).
    assert (E : forall i, below e i -> fget (rough l') i
      = up (fget (rough l) i + up (up (kappa fv n * fget (load s) i) + eta_up fv n))%float).
    { intros i Hi. unfold l', charged. rewrite N. destruct n; try discriminate; cbn [ext] in Ee; subst e;
        cbn [with_rough rough]; cbv zeta; rewrite fget_ftab_below by assumption; reflexivity. }
    split.
    + intros i Hi. destruct (Fq i Hi) as (F1 & F2). rewrite E in F2 by assumption. outwards. now split.
    + assert (Q := noise_sum v fv n e q y f (fun i => Rabs (f i)) C W
        (fun i Hi => conj (Rabs_pos _) (H i Hi))).
      assert (Pk := relative_le _ _ C n).
      specialize (A (fun i => fR (fget (rough l) i) + fR (kappa fv n) * Rabs (f i) + fR (eta_up fv n))).
      lapply A; clear A.
      * intros A. unfold dotR at 1, paid. rewrite <- !sum_scal in Q.
        assert (X : sum e (fun i => Rabs (fR (fget q i))
            * (fR (fget (rough l) i) + fR (kappa fv n) * Rabs (f i) + fR (eta_up fv n)))
          = sum e (fun i => Rabs (fR (fget q i)) * fR (fget (rough l) i))
            + sum e (fun i => fR (kappa fv n) * (Rabs (fR (fget q i)) * Rabs (f i)))
            + sum e (fun i => fR (eta_up fv n) * Rabs (fR (fget q i)))).
        { rewrite <- !sum_plus. apply sum_ext; [exact W|]. intros. ring. }
        lra.
      * intros i Hi. refine (Rle_trans _ _ _ _ (Rle_abs _)). destruct (Fq i Hi) as (_ & F2).
        specialize (L i Hi). rewrite E in F2 |- * by assumption. outwards.
        assert (fR (kappa fv n) * Rabs (f i) <= fR (kappa fv n) * fR (fget (load s) i))
          by (apply Rmult_le_compat_l; lra). lra.
  - assert (E : rough l' = rough l) by (unfold l', charged; rewrite N; now destruct n).
    rewrite E in *. split; [exact Fq|]. specialize (A _ (fun i _ => Rle_abs _)). fold (paid e q l) in A.
    apply Rplus_le_compat; [|exact A]. apply Req_le, sum_ext; [exact W|]. intros i Hi.
    now rewrite (exactly _ _ _ _ _ _ C N (H i Hi)).
Qed.
Lemma charged_other fv n s l (l' := charged fv n s l) : below_slope l' = below_slope l /\
  above_slope l' = above_slope l /\ below_right l' = below_right l /\ above_right l' = above_right l /\
  below_shift l' = below_shift l /\ above_shift l' = above_shift l /\ silent l' = silent l.
Proof. unfold l', charged. destruct n; try destruct (noisy fv); now repeat split. Qed.

Lemma fin_eqb_0 x : (x =? 0)%float = true -> fin x /\ fR x = 0.
Proof.
  intros E. split; [|rewrite <- fR_0; now apply eqb_fR]. revert E. unfold fin. rewrite eqb_equiv.
  now destruct (Prim2B x) as [|[]| |].
Qed.
Lemma silent_unary f e d own ss hint k (l := lines_of (Unary f e d) own ss hint) : wf e -> below e k ->
  skipped (silent l) k = true ->
  (fget (below_slope l) k =? 0 = true /\ fget (above_slope l) k =? 0 = true /\
   fget (below_shift l) k =? 0 = true /\ fget (above_shift l) k =? 0 = true)%float.
Proof.
  intros W Hk. unfold l, lines_of. cbn [silent skipped below_slope above_slope below_shift above_shift].
  cbv zeta. match goal with |- context [fget (ftab (len e) ?c) k] =>
    match c with fun i => if _ then _ else _ => rewrite (fget_ftab_below e c k) by assumption end end.
  match goal with |- ((0 <? if ?c then _ else _)%float = true -> _) => destruct c eqn:E end; [intros _|easy].
  apply andb_prop in E as [E1 E2]. apply andb_prop in E1 as [? ?]. apply andb_prop in E2 as [? ?].
  now repeat split.
Qed.
(** Where both lines of a function are 0 and there is no noise, its value is 0. *)
Lemma silent_at_rest v fv x : covers fv v -> forall ns ss ls ys,
  graph_ok ns = true -> known fv ns ss ys -> exec v x ns ys -> lines_good fv ns ss ls -> at_rest fv ls ns ys.
Proof.
  intros C. unfold at_rest, silent_at. destruct (noisy fv) eqn:Q; [easy|].
  induction ns as [|n ns IH]; intros [|s ss] [|l ls] [|y ys] G K X L d e k (m & Em & <-) Hk Sk;
    try contradiction; [destruct d; discriminate|].
  cbn [graph_ok] in G. apply andb_prop in G as [N G]. assert (W := node_ok_wf n ns N).
  destruct K as (_ & _ & K), X as (X & XS), L as ((hint & ->) & L).
  destruct d as [|d]; [|exact (IH ss ls ys G K XS L d (ext m) k (ex_intro _ m (conj Em eq_refl)) Hk Sk)].
  injection Em as <-. change (value (y :: ys) 0) with y. cbn [nth] in Sk.
  destruct (charged_other fv n s (lines_of n s ss hint)) as (_ & _ & _ & _ & _ & _ & Es). rewrite Es in Sk.
  clear Es.
  destruct n as [e|e c|e ts b|f e d|e d d']; try discriminate. cbn [ext] in *.
  destruct (silent_unary f e d s ss hint k W Hk Sk) as (Z1 & Z2 & Z3 & Z4).
  apply andb_prop in N as [_ N]. destruct (fits_node ns d e G W N) as (m & Em & Ee).
  destruct (known_nth fv ns ss ys d m K Em) as (Bm & _ & _).
  destruct (X k Hk) as (t & I & O).
  destruct (unary_lines m _ f (value ys d) e d s ss hint W Ee eq_refl Bm k t Hk I) as (Lo & Up).
  destruct (fin_eqb_0 _ Z1) as (_ & E1), (fin_eqb_0 _ Z2) as (_ & E2), (fin_eqb_0 _ Z3) as (F3 & E3),
    (fin_eqb_0 _ Z4) as (F4 & E4).
  specialize (Lo F3). specialize (Up F4). rewrite E1, E3 in Lo. rewrite E2, E4 in Up.
  rewrite (exactly _ _ _ _ _ _ C Q O). lra.
Qed.

(** ** The whole pass *)
Theorem back_sound v fv x : covers fv v -> forall ns ss ls rs ys acc,
  graph_ok ns = true -> known fv ns ss ys -> exec v x ns ys -> lines_good fv ns ss ls ->
  fin (back fv ns ss ls rs acc) ->
  rows_fin ns rs /\ fin acc /\ fR (back fv ns ss ls rs acc) <= fR acc + rowsum ns rs ys.
Proof.
  intros C. induction ns as [|n ns IH]; intros [|s ss] [|l ls] rs [|y ys] acc G K X L F; try contradiction.
  { repeat split; trivial. cbn. lra. }
  destruct rs as [|r rs]; [repeat split; trivial; cbn; lra|].
  cbn [graph_ok] in G. apply andb_prop in G as [N G]. assert (W := node_ok_wf n ns N).
  destruct K as (B & M & K), X as (X & XS), L as (Ln & L).
  cbn [back] in F |- *. cbn [rows_fin rowsum]. destruct r as [q|].
  2: { destruct (IH ss ls rs ys acc G K XS L F) as (I1 & I2 & I3). repeat split; trivial. lra. }
  destruct n as [e|e c|e ts b|f e d|e d d']; cbn [ext] in *.
  - destruct (IH ss ls rs ys _ G K XS L F) as (I1 & I2 & I3). clear IH.
    destruct (dn_add _ _ I2) as (F0 & F1 & L1), (dn_sub _ _ F1) as (F2 & Fc & L2).
    destruct (back_bounds e (Input e) s q y W eq_refl B) as (Q1 & Q2); trivial.
    repeat split; trivial. lra.
  - destruct (IH ss ls rs ys _ G K XS L F) as (I1 & I2 & I3). clear IH.
    destruct (dn_add _ _ I2) as (F0 & F1 & L1), (dn_sub _ _ F1) as (F2 & Fc & L2).
    destruct (back_constant e c q y W X) as (Q1 & Q2); trivial.
    repeat split; trivial. lra.
  - assert (Z := silent_at_rest v fv x C ns ss ls ys G K XS L).
    destruct (spread ts (fun t => transV (snd t) (silent_at fv ls (fst t)) q) ss rs _) as [rs1 cost] eqn:Es.
    destruct (IH ss ls rs1 ys _ G K XS L F) as (I1 & I2 & I3). clear IH.
    destruct (dn_add _ _ I2) as (F0 & F1 & L1), (dn_sub _ _ F1) as (F2 & Fc & L2).
    assert (T := node_ok_terms e ts b ns G N).
    destruct (spread_sound fv ns e _ ts ss rs ys _ rs1 cost K T Es Fc I1) as (J1 & J2 & J3 & J4).
    destruct Ln as (hint & ->). cbn [charged with_rough rough] in *.
    destruct (back_affine v fv x ns ss ys e ts b s y (silent_at fv ls) q C G N K M X) as (Q1 & Q2); trivial.
    repeat split; trivial. lra.
  - destruct Ln as (hint & ->). set (n := Unary f e d) in *. set (l := lines_of n s ss hint) in *.
    destruct (charged_other fv n s l) as (E1 & E2 & E3 & E4 & E5 & E6 & _).
    rewrite ?E1, ?E2, ?E3, ?E4, ?E5, ?E6 in *. clear E1 E2 E3 E4 E5 E6.
    apply andb_prop in N as [_ N]. destruct (fits_node ns d e G W N) as (m & Em & Ee).
    destruct (add_row d e (selected e q (below_slope l) (above_slope l)) ss rs) as [rs1 c1] eqn:Es.
    destruct (IH ss ls rs1 ys _ G K XS L F) as (I1 & I2 & I3). clear IH.
    outward I2. match goal with H : fin (dn (dot_sel _ _ _ _ - _)) |- _ => outward H end.
    set (w := fun i => meant v n f (value ys d i) (y i)).
    assert (Iw := fun i Hi => meant_image v n f _ _ (X i Hi)).
    outwards. destruct (charged_sound v fv n e s l q y w C W eq_refl eq_refl (fun i Hi => proj2 (Iw i Hi))
      (fun Q i Hi => load_ge _ _ _ _ _ M Q i _ Hi (proj1 (Iw i Hi)))) as (Fq & L0); [assumption|].
    assert (Nd := ex_intro _ m (conj Em Ee) : node_at ns d e).
    destruct (add_row_sound fv e _ W ns d ss rs ys rs1 c1 K Nd Es ltac:(assumption) I1) as (J1 & J2 & J3 &
      J4).
    destruct (known_nth fv ns ss ys d m K Em) as (Bm & (zs & Mm) & _).
    unshelve epose proof (back_unary fv m _ zs f q (value ys d) w e d s ss hint
      W Ee eq_refl Bm Mm _ _ _ _) as Q2; trivial;
      [intros i Hi; exact (proj1 (Iw i Hi))|..].
    fold n in Q2. fold l in Q2. repeat split; trivial; [now intros i Hi; apply Fq | lra].
  - destruct Ln as (hint & ->). set (n := Product e d d') in *. set (l := lines_of n s ss hint) in *.
    destruct (charged_other fv n s l) as (E1 & E2 & E3 & E4 & E5 & E6 & _).
    rewrite ?E1, ?E2, ?E3, ?E4, ?E5, ?E6 in *. clear E1 E2 E3 E4 E5 E6.
    apply andb_prop in N as [_ N]. apply andb_prop in N as [N1 N2].
    destruct (fits_node ns d e G W N1) as (m & Em & Ee). destruct (fits_node ns d' e G W N2) as (m' & Em' &
      Ee').
    destruct (add_row d e (selected e q (below_slope l) (above_slope l)) ss rs) as [rs1 c1] eqn:Es.
    destruct (add_row d' e (selected e q (below_right l) (above_right l)) ss rs1) as [rs2 c2] eqn:Es'.
    destruct (IH ss ls rs2 ys _ G K XS L F) as (I1 & I2 & I3). clear IH.
    outward I2. match goal with H : fin (dn (dot_sel _ _ _ _ - _)) |- _ => outward H end.
    outwards. destruct (charged_sound v fv n e s l q y (fun i => value ys d i * value ys d' i) C W eq_refl
      eq_refl X (load_ge _ _ _ _ _ M)) as (Fq & L0); [assumption|].
    destruct (add_row_sound fv e _ W ns d' ss rs1 ys rs2 c2 K (ex_intro _ m' (conj Em' Ee')) Es'
      ltac:(assumption) I1) as (T1 & T2 & T3 & T4).
    destruct (add_row_sound fv e _ W ns d ss rs ys rs1 c1 K (ex_intro _ m (conj Em Ee)) Es
      ltac:(assumption) T1) as (J1 & J2 & J3 & J4).
    destruct (known_nth fv ns ss ys d m K Em) as (Bm & (zs & Mm) & _).
    destruct (known_nth fv ns ss ys d' m' K Em') as (Bm' & (zs' & Mm') & _).
    unshelve epose proof (back_product fv m _ zs (value ys d) m' _ zs' (value ys d') q
      (fun i => value ys d i * value ys d' i) e d d' s ss hint
      W Ee eq_refl Bm Mm Ee' eq_refl Bm' Mm' _ _ _ _ _ _) as Q2; trivial.
    1: { assert (Ti := ties_hold _ _ _ _ _ M). cbn [n] in Ti. now destruct (ties s) as [(t, t')|]. }
    fold n in Q2. fold l in Q2. pose proof tiny_pos. repeat split; trivial; [now intros i Hi; apply Fq | lra].
Qed.

(** ** A claim *)
Theorem combined_sound v fv x e ts b ns s ss ls rs ys q (n := Affine e ts b) :
  covers fv v -> graph_ok ns = true -> node_ok n ns = true -> known fv ns ss ys ->
  magnitudes (noiseless fv) n s ys (affine ts b ys) -> exec v x ns ys -> lines_good fv ns ss ls ->
  holds none x n ys (affine ts b ys) -> fin (combined fv n s q ns ss ls rs) ->
  rows_fin ns rs /\ fR (combined fv n s q ns ss ls rs) <= dotR e q (affine ts b ys) + rowsum ns rs ys.
Proof.
  intros C G N K M X L Y F. cbn [n combined] in F |- *.
  assert (Z := silent_at_rest v fv x C ns ss ls ys G K X L).
  destruct (spread ts (fun t => transV (snd t) (silent_at fv ls (fst t)) q) ss rs _) as [rs1 cost] eqn:Es.
  destruct (back_sound v fv x C ns ss ls rs1 ys _ G K X L F) as (I1 & I2 & I3).
  destruct (dn_sub _ _ I2) as (F2 & Fc & L2). assert (T := node_ok_terms e ts b ns G N).
  destruct (spread_sound fv ns e _ ts ss rs ys _ rs1 cost K T Es Fc I1) as (J1 & J2 & J3 & J4).
  destruct (back_affine none (noiseless fv) x ns ss ys e ts b s _ (silent_at fv ls) q
    (noiseless_covers fv v C) G N (noiseless_known fv v C ns ss ys K) M Y) as (Q1 & Q2); trivial.
  fold n in Q2. split; [exact J1 | lra].
Qed.

(** ** One element *)
Lemma pulled_rows ns e ts ys (minus : bool) j : Forall (term_ok ns e) ts -> below e j ->
  pulled (fun t => rowV (snd t) minus j) ts ys
    = (if minus then -1 else 1) * affine ts None ys j.
Proof.
  intros T Hj. unfold pulled.
  induction T as [|[d l] ts (V & Eo & _) _ IH]; cbn [sum_of affine fst snd bias_at] in *; [ring|].
  rewrite IH. assert (Wi := in_wf l V). rewrite <- Eo in Hj. rewrite Rmult_plus_distr_l. f_equal.
  rewrite <- (rowF_exact l V j (value ys d) Hj), <- sum_scal. apply sum_ext; [exact Wi|]. intros k Hk.
  rewrite fget_rowV by assumption. destruct minus; [rewrite fR_opp|]; ring.
Qed.
Theorem neuron_sound v fv x e ts b ns s ss l ls y ys minus j (n := Affine e ts b) :
  covers fv v -> graph_ok (n :: ns) = true -> known fv (n :: ns) (s :: ss) (y :: ys) ->
  exec v x (n :: ns) (y :: ys) -> lines_good fv ns ss ls -> below e j ->
  fin (neuron fv (n :: ns) (s :: ss) (l :: ls) minus j) ->
  fR (neuron fv (n :: ns) (s :: ss) (l :: ls) minus j) <= if minus then - y j else y j.
Proof.
  intros C G (_ & M & K) (X & XS) L Hj F. cbn [graph_ok] in G. apply andb_prop in G as [N G].
  assert (T := node_ok_terms e ts b ns G N). cbn [n neuron] in F |- *.
  destruct (spread ts _ ss _ _) as [rs cost] eqn:Es.
  destruct (back_sound v fv x C ns ss ls rs ys _ G K XS L F) as (I1 & I2 & I3). outward I2.
  destruct (spread_sound fv ns e _ ts ss _ ys _ rs cost K T Es ltac:(assumption) I1) as (_ & J2 & _ & J4).
  rewrite rowsum_none, (pulled_rows ns e ts ys minus j T Hj) in J4. outwards.
  assert (P := underflow_nonneg fv ns ss ys e ts K T). assert (Ld := load_ge _ _ _ _ _ M j Hj).
  assert (L0 : 0 <= affineA ts b (abs_all ys) j).
  { apply (affineA_nonneg ns e); trivial. intros. rewrite value_abs. apply Rabs_pos. }
  specialize (X j Hj). cbn [n] in X. apply (noise_le fv v n _ _ _ _ C) with (2 := conj L0 Ld) in X.
  apply Rabs_le_inv in X. rewrite (affine_bias ts b) in X. assert (Eb := bias_f_exact b j).
  destruct minus; rewrite ?fR_opp in *; lra.
Qed.

(** ** One element of each of two nodes *)
Lemma unit_row_fin e j x : wf e -> (forall i, below e i -> fin (fget (unit_row e j x) i)) -> below e j -> fin x.
Proof.
  intros W H Hj. specialize (H j Hj). unfold unit_row in H. rewrite fget_ftab_below in H by assumption.
  now rewrite Uint63.eqb_refl in H.
Qed.
Lemma unit_row_dot e j x y : wf e -> below e j -> dotR e (unit_row e j x) y = fR x * y j.
Proof.
  intros W Hj. unfold dotR. rewrite <- (sum_single e j (fun i => fR x * y i) W Hj). apply sum_ext; [exact W|].
  intros i Hi. unfold unit_row. rewrite fget_ftab_below by assumption. destruct (i =? j)%uint63; [ring|].
  rewrite fR_0. ring.
Qed.
Lemma pair_dn_sound v fv x0 ns ss ls ys e d d' j x y : covers fv v -> graph_ok ns = true ->
  known fv ns ss ys -> exec v x0 ns ys -> lines_good fv ns ss ls -> wf e -> node_at ns d e -> node_at ns d' e ->
  below e j -> fin (pair_dn fv ns ss ls e d d' j x y) -> fin x /\ fin y /\
  fR (pair_dn fv ns ss ls e d d' j x y) <= fR x * value ys d j + fR y * value ys d' j.
Proof.
  intros C G K X L W N N' Hj. unfold pair_dn.
  destruct (add_row d e (unit_row e j x) ss _) as [rs c] eqn:E.
  destruct (add_row d' e (unit_row e j y) ss rs) as [rs' c'] eqn:E'. intros F.
  destruct (back_sound v fv x0 C ns ss ls rs' ys _ G K X L F) as (I1 & I2 & I3).
  destruct (dn_sub _ _ I2) as (_ & Fu & L0). destruct (up_add _ _ Fu) as (Fc & Fc' & L1).
  destruct (add_row_sound fv e _ W ns d' ss rs ys rs' c' K N' E' Fc' I1) as (J1 & J2 & _ & J4).
  destruct (add_row_sound fv e _ W ns d ss _ ys rs c K N E Fc J1) as (_ & H2 & _ & H4).
  rewrite rowsum_none in H4. rewrite unit_row_dot in J4, H4 by assumption. rewrite fR_0 in L0.
  split; [exact (unit_row_fin e j x W H2 Hj)|]. split; [exact (unit_row_fin e j y W J2 Hj)|]. lra.
Qed.
Lemma fR_1_opp : fR (-1) = -1.
Proof. transitivity (fR (- (1))%float); [reflexivity | now rewrite fR_opp, fR_1]. Qed.
Theorem tie_of_sound v fv x ns ss ls ys e d d' (minus : bool) w i (t := tie_of fv ns ss ls e d d' minus w) :
  covers fv v -> graph_ok ns = true -> known fv ns ss ys -> exec v x ns ys -> lines_good fv ns ss ls -> wf e ->
  node_at ns d e -> node_at ns d' e -> below e i ->
  held (tie_at t i) (if minus then - value ys d i else value ys d i) (value ys d' i).
Proof.
  intros C G K X L W N N' Hi. unfold t, tie_of, tie_at. cbn [factors ties_lo ties_hi]. split;
    cbn [factor tie_lo tie_hi]; rewrite !fget_ftab_below by assumption.
  - destruct (w i =? 0)%float; intros F; [now destruct fin_nan|].
    destruct (pair_dn_sound v fv x ns ss ls ys e d d' i _ _ C G K X L W N N' Hi F) as (_ & _ & H).
    rewrite fR_1_opp in H. destruct minus; rewrite ?fR_opp in H; lra.
  - rewrite fin_opp, fR_opp. destruct (w i =? 0)%float; intros F; [now destruct fin_nan|].
    destruct (pair_dn_sound v fv x ns ss ls ys e d d' i _ _ C G K X L W N N' Hi F) as (_ & _ & H).
    rewrite fR_1 in H. destruct minus; rewrite ?fR_opp in H; lra.
Qed.
