(** Laws of binary64 arithmetic: a finite result has finite operands and a known error. Symbols: see
    [Base.Binary64]. *)
From Coq Require Import ZArith Reals Lra Lia Floats Uint63.
From Flocq Require Import Core BinarySingleNaN Relative Mult_error.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64.
Local Open Scope R_scope.

Notation pfloat := PrimFloat.float.

(** ** Literals *)
Lemma fR_SF x : fR x = SF2R radix2 (Prim2SF x).
Proof. unfold fR. now rewrite <- B2SF_Prim2B, SF2R_B2SF. Qed.
Lemma fR_pow2 x m k j : Prim2SF x = S754_finite false m k -> (0 <= j)%Z -> Z.pos m = (2 ^ j)%Z ->
  fR x = bpow radix2 (j + k).
Proof.
  intros E Hj Em. rewrite fR_SF, E. unfold SF2R, F2R. cbn [cond_Zopp Fnum Fexp].
  rewrite Em, bpow_plus. f_equal. now apply (IZR_Zpower radix2).
Qed.
Lemma fR_0 : fR 0 = 0.
Proof. reflexivity. Qed.
Lemma fR_1 : fR 1 = 1.
Proof. now rewrite (fR_pow2 1 4503599627370496 (-52) 52). Qed.
Lemma fin_0 : fin 0.
Proof. reflexivity. Qed.
Lemma fin_1 : fin 1.
Proof. reflexivity. Qed.
Lemma fR_nan : fR PrimFloat.nan = 0.
Proof. reflexivity. Qed.
Lemma fin_nan : ~ fin PrimFloat.nan.
Proof. discriminate. Qed.

(** ** Constants *)
Lemma u_eq : u = / 9007199254740992.
Proof. reflexivity. Qed.
Lemma u_pos : 0 < u.
Proof. apply bpow_gt_0. Qed.
Lemma eta_pos : 0 < eta.
Proof. apply bpow_gt_0. Qed.
Lemma eta_le : eta <= u * u.
Proof. unfold eta, u. rewrite <- bpow_plus. now apply bpow_le. Qed.
Lemma eta_shift k : bpow radix2 (k - 1075) = bpow radix2 k * eta.
Proof. apply (bpow_plus radix2 k (-1075)). Qed.
Lemma fR_tiny : fR tiny = 35184372088832 * eta.
Proof. rewrite (fR_pow2 tiny 17592186044416 (-1074) 44) by easy. exact (eta_shift 45). Qed.
Lemma tiny_pos : 0 < fR tiny.
Proof. rewrite fR_tiny. pose proof eta_pos. lra. Qed.
Lemma eta_le_tiny : eta <= fR tiny.
Proof. rewrite fR_tiny. pose proof eta_pos. lra. Qed.

(** ** Finite numbers *)
Lemma finb_fin x : finb x = true <-> fin x.
Proof.
  unfold finb, fin. rewrite eqb_equiv, sub_equiv.
  destruct (Prim2B x) as [| [] | | s m e B] eqn:E; split; intros H; try reflexivity; try discriminate H.
  - now destruct s.
  - assert (F : BinarySingleNaN.is_finite (B754_finite s m e B) = true) by reflexivity.
    generalize (Bminus_correct prec emax Hprec Hmax mode_NE _ _ F F).
    rewrite Rminus_eq_0, round_0, Rabs_R0, Rlt_bool_true
      by (try apply bpow_gt_0; auto with typeclass_instances).
    intros (E0 & F0 & _). change (Prim2B 0) with (B754_zero false : binary_float prec emax).
    rewrite Beqb_correct by easy. rewrite E0. now apply Req_bool_true.
Qed.
Lemma fin_opp x : fin (- x)%float <-> fin x.
Proof. unfold fin. now rewrite opp_equiv, is_finite_Bopp. Qed.
Lemma fin_abs x : fin (PrimFloat.abs x) <-> fin x.
Proof. unfold fin. now rewrite abs_equiv, is_finite_Babs. Qed.
Lemma fR_abs x : fR (PrimFloat.abs x) = Rabs (fR x).
Proof. unfold fR. rewrite abs_equiv. apply B2R_Babs. Qed.
Lemma fR_opp x : fR (- x)%float = - fR x.
Proof. unfold fR. rewrite opp_equiv. apply B2R_Bopp. Qed.

Lemma overflow_not_finite s (z : binary_float prec emax) :
  BinarySingleNaN.is_finite z = true -> B2SF z <> binary_overflow prec emax mode_NE s.
Proof. destruct z, s; discriminate. Qed.

Lemma fin_add x y : fin (x + y)%float -> fin x /\ fin y /\ fR (x + y)%float = rne (fR x + fR y).
Proof.
  unfold fin, fR. rewrite add_equiv. intros H.
  assert (B : BinarySingleNaN.is_finite (Prim2B x) = true /\ BinarySingleNaN.is_finite (Prim2B y) = true)
    by (destruct (Prim2B x) as [| [] | |], (Prim2B y) as [| [] | |]; try discriminate H; now split).
  destruct B as [Hx Hy]. repeat split; try assumption.
  generalize (Bplus_correct prec emax Hprec Hmax mode_NE _ _ Hx Hy).
  case Rlt_bool_spec; intros _ [E _]; [exact E|]. now apply overflow_not_finite in E.
Qed.
Lemma fin_sub x y : fin (x - y)%float -> fin x /\ fin y /\ fR (x - y)%float = rne (fR x - fR y).
Proof.
  unfold fin, fR. rewrite sub_equiv. intros H.
  assert (B : BinarySingleNaN.is_finite (Prim2B x) = true /\ BinarySingleNaN.is_finite (Prim2B y) = true)
    by (destruct (Prim2B x) as [| [] | |], (Prim2B y) as [| [] | |]; try discriminate H; now split).
  destruct B as [Hx Hy]. repeat split; try assumption.
  generalize (Bminus_correct prec emax Hprec Hmax mode_NE _ _ Hx Hy).
  case Rlt_bool_spec; intros _ [E _]; [exact E|]. now apply overflow_not_finite in E.
Qed.
Lemma fin_mul x y : fin (x * y)%float -> fin x /\ fin y /\ fR (x * y)%float = rne (fR x * fR y).
Proof.
  unfold fin, fR. rewrite mul_equiv. intros H.
  assert (B : BinarySingleNaN.is_finite (Prim2B x) = true /\ BinarySingleNaN.is_finite (Prim2B y) = true)
    by (destruct (Prim2B x) as [| [] | |], (Prim2B y) as [| [] | |]; try discriminate H; now split).
  destruct B as [Hx Hy]. repeat split; try assumption.
  generalize (Bmult_correct prec emax Hprec Hmax mode_NE (Prim2B x) (Prim2B y)).
  case Rlt_bool_spec; intros _ E; [exact (proj1 E)|]. now apply overflow_not_finite in E.
Qed.

Lemma fin_mul_lt x y : fin x -> fin y -> Rabs (rne (fR x * fR y)) < bpow radix2 emax -> fin (x * y)%float.
Proof.
  unfold fin, fR. rewrite mul_equiv. intros Hx Hy L.
  generalize (Bmult_correct prec emax Hprec Hmax mode_NE (Prim2B x) (Prim2B y)).
  rewrite Rlt_bool_true by exact L. intros (_ & -> & _). now rewrite Hx, Hy.
Qed.
Lemma fR_lt x : Rabs (fR x) < bpow radix2 emax.
Proof. apply abs_B2R_lt_emax. Qed.

Lemma rne_error z : Rabs (rne z - z) <= u * Rabs z + eta.
Proof.
  destruct (error_N_FLT radix2 (-1074) 53 (refl_equal _) (fun x => negb (Z.even x)) z)
    as (d & e & Hd & He & _ & E).
  change (rne z = z * (1 + d) + e) in E. rewrite E.
  replace (z * (1 + d) + e - z) with (d * z + e) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
  change (/ 2) with (bpow radix2 (-1)) in Hd, He. rewrite <- bpow_plus in Hd, He.
  apply Rplus_le_compat; [|exact He]. apply Rmult_le_compat_r; [apply Rabs_pos | exact Hd].
Qed.

(** ** Comparisons *)
Lemma leb_le x y : fin x -> fin y -> (x <=? y)%float = true -> fR x <= fR y.
Proof. intros Hx Hy. rewrite leb_equiv, Bleb_correct by assumption. now case Rle_bool_spec. Qed.
Lemma leb_gt x y : fin x -> fin y -> (x <=? y)%float = false -> fR y < fR x.
Proof. intros Hx Hy. rewrite leb_equiv, Bleb_correct by assumption. now case Rle_bool_spec. Qed.
Lemma ltb_lt x y : fin x -> fin y -> (x <? y)%float = true -> fR x < fR y.
Proof. intros Hx Hy. rewrite ltb_equiv, Bltb_correct by assumption. now case Rlt_bool_spec. Qed.
Lemma ltb_ge x y : fin x -> fin y -> (x <? y)%float = false -> fR y <= fR x.
Proof. intros Hx Hy. rewrite ltb_equiv, Bltb_correct by assumption. now case Rlt_bool_spec. Qed.
Lemma eqb_eq x y : fin x -> fin y -> (x =? y)%float = true -> fR x = fR y.
Proof. intros Hx Hy. rewrite eqb_equiv, Beqb_correct by assumption. now case Req_bool_spec. Qed.
Lemma eqb_fR x y : (x =? y)%float = true -> fR x = fR y.
Proof.
  intros H. destruct (BinarySingleNaN.is_finite (Prim2B x)) eqn:Fx,
    (BinarySingleNaN.is_finite (Prim2B y)) eqn:Fy; [now apply eqb_eq | | |];
    revert H; unfold fR; rewrite eqb_equiv; revert Fx Fy;
    destruct (Prim2B x) as [a|a| |a],
    (Prim2B y) as [b|b| |b]; try destruct a; try destruct b; cbn; congruence.
Qed.
Lemma fR_maxf x y : fin x -> fin y -> fR (maxf x y) = Rmax (fR x) (fR y).
Proof.
  intros Hx Hy. unfold maxf. destruct (x <=? y)%float eqn:E.
  - apply leb_le in E; trivial. now rewrite Rmax_right.
  - apply leb_gt in E; trivial. rewrite Rmax_left; lra.
Qed.
Lemma fR_minf x y : fin x -> fin y -> fR (minf x y) = Rmin (fR x) (fR y).
Proof.
  intros Hx Hy. unfold minf. destruct (x <=? y)%float eqn:E.
  - apply leb_le in E; trivial. now rewrite Rmin_left.
  - apply leb_gt in E; trivial. rewrite Rmin_right; lra.
Qed.
Lemma fin_maxf x y : fin x -> fin y -> fin (maxf x y).
Proof. unfold maxf. now destruct (x <=? y)%float. Qed.

(** ** A factor for each sign *)
Lemma rne_format z : generic_format radix2 (SpecFloat.fexp prec emax) z -> rne z = z.
Proof. apply round_generic. apply valid_rnd_round_mode. Qed.
Lemma format_fR x : generic_format radix2 (SpecFloat.fexp prec emax) (fR x).
Proof. apply generic_format_B2R. Qed.
Lemma rne_0 : rne 0 = 0.
Proof. apply round_0. apply valid_rnd_round_mode. Qed.
Lemma rne_fR x : rne (fR x) = fR x.
Proof. apply rne_format, format_fR. Qed.
Lemma rne_twice x : rne (fR x + fR x) = fR x + fR x.
Proof.
  apply rne_format. replace (fR x + fR x) with (fR x * bpow radix2 1) by (change (bpow radix2 1) with 2; ring).
  apply (mult_bpow_pos_exact_FLT radix2 (-1074) 53); [apply format_fR | lia].
Qed.
Lemma fR_05 : fR 0.5 = / 2.
Proof. rewrite (fR_pow2 0.5 4503599627370496 (-53) 52) by easy. reflexivity. Qed.

(** Finite, it is that product. *)
Lemma fin_sided x a b (c := if (0 <=? x)%float then a else b) : fin (sided x a b) ->
  fin (x * c)%float /\ fR (sided x a b) = fR (x * c)%float.
Proof.
  unfold sided. cbv zeta. intros F. destruct (fin_add _ _ F) as (Fa & Fb & ->).
  destruct (fin_mul _ _ Fa) as (Fu & Ga & Ea). destruct (fin_mul _ _ Fb) as (Fv & Gb & Eb).
  destruct (fin_mul _ _ Fu) as (Fp & _ & Eu). destruct (fin_mul _ _ Fv) as (Fm & _ & Ev).
  destruct (fin_add _ _ Fp) as (Fx & _ & Ep). destruct (fin_sub _ _ Fm) as (_ & _ & Em).
  rewrite fR_abs, fR_05 in *.
  assert (K : forall y (Fy : fin y), (rne (fR x * fR y) = fR ((x + PrimFloat.abs x) * 0.5 * a)%float
      \/ rne (fR x * fR y) = fR ((x - PrimFloat.abs x) * 0.5 * b)%float) ->
    fin (x * y)%float /\ rne (rne (fR x * fR y)) = fR (x * y)%float).
  { intros y Fy C. assert (G : fin (x * y)%float)
      by (apply fin_mul_lt; trivial; destruct C as [-> | ->]; apply fR_lt).
    split; [exact G|]. destruct (fin_mul _ _ G) as (_ & _ & <-). apply rne_fR. }
  destruct (0 <=? x)%float eqn:S; subst c.
  - apply leb_le in S; [|apply fin_0 | exact Fx]. rewrite fR_0 in S. rewrite Rabs_pos_eq in * by exact S.
    rewrite rne_twice in Ep. rewrite Rminus_eq_0, rne_0 in Em.
    rewrite Ep in Eu. replace ((fR x + fR x) * / 2) with (fR x) in Eu by field. rewrite rne_fR in Eu.
    rewrite Em, Rmult_0_l, rne_0 in Ev. rewrite Ev, Rmult_0_l, rne_0 in Eb. rewrite Eu in Ea.
    rewrite Eb, Rplus_0_r. destruct (K a Ga) as (G & E); [left; now rewrite Ea|].
    split; [exact G | now rewrite Ea].
  - apply leb_gt in S; [|apply fin_0 | exact Fx]. rewrite fR_0 in S. rewrite Rabs_left in * by exact S.
    rewrite Rplus_opp_r, rne_0 in Ep.
    replace (fR x - - fR x) with (fR x + fR x) in Em by ring. rewrite rne_twice in Em.
    rewrite Em in Ev. replace ((fR x + fR x) * / 2) with (fR x) in Ev by field. rewrite rne_fR in Ev.
    rewrite Ep, Rmult_0_l, rne_0 in Eu. rewrite Eu, Rmult_0_l, rne_0 in Ea. rewrite Ev in Eb.
    rewrite Ea, Rplus_0_l. destruct (K b Gb) as (G & E); [right; now rewrite Eb|].
    split; [exact G | now rewrite Eb].
Qed.

(** ** Outward bounds *)
Lemma fin_up s : fin (up s) -> fin s.
Proof. intros H. now apply fin_add in H. Qed.
Lemma fin_dn s : fin (dn s) -> fin s.
Proof. intros H. now apply fin_sub in H. Qed.

(** The outward step is larger than the error of one rounding. *)
Lemma step_ge s : fin (PrimFloat.abs s * 0x1p-51 + 0x1p-1070)%float ->
  31/8 * (u * Rabs (fR s)) + 29 * eta <= fR (PrimFloat.abs s * 0x1p-51 + 0x1p-1070).
Proof.
  intros H. destruct (fin_add _ _ H) as (Hm & _ & E). destruct (fin_mul _ _ Hm) as (_ & _ & Em).
  rewrite E, Em, fR_abs.
  replace (fR 0x1p-51) with (4 * u)
    by (symmetry; rewrite (fR_pow2 _ 4503599627370496 (-103) 52) by easy; exact (bpow_plus radix2 2 (-53))).
  replace (fR 0x1p-1070) with (32 * eta)
    by (symmetry; rewrite (fR_pow2 _ 16 (-1074) 4) by easy; exact (eta_shift 5)).
  set (c := Rabs (fR s)). assert (Hc : 0 <= c) by apply Rabs_pos. pose proof eta_pos as He.
  pose proof (rne_error (c * (4 * u))) as E1. set (m := rne (c * (4 * u))) in *.
  pose proof (rne_error (m + 32 * eta)) as E2. set (w := rne (m + 32 * eta)) in *.
  clearbody c m w. apply Rabs_le_inv in E1, E2. rewrite u_eq in *.
  rewrite (Rabs_pos_eq (c * _)) in E1 by lra. rewrite (Rabs_pos_eq (m + _)) in E2; lra.
Qed.
Lemma up_gap s : fin (up s) -> fR s + 2 * (u * Rabs (fR s)) + 4 * eta <= fR (up s).
Proof.
  intros H. destruct (fin_add _ _ H) as (_ & Hw & E). fold (up s) in E. rewrite E.
  apply step_ge in Hw. set (w := fR (_ + _)) in *.
  pose proof (rne_error (fR s + w)) as E1. set (r := rne _) in *. pose proof eta_pos as He.
  pose proof (Rabs_triang (fR s) w) as T. pose proof (Rabs_pos (fR s)) as P.
  apply Rabs_le_inv in E1. rewrite u_eq in *. rewrite (Rabs_pos_eq w) in T; lra.
Qed.
Lemma dn_gap s : fin (dn s) -> fR (dn s) <= fR s - 2 * (u * Rabs (fR s)) - 4 * eta.
Proof.
  intros H. destruct (fin_sub _ _ H) as (_ & Hw & E). fold (dn s) in E. rewrite E.
  apply step_ge in Hw. set (w := fR (_ + _)) in *.
  pose proof (rne_error (fR s - w)) as E1. set (r := rne _) in *. pose proof eta_pos as He.
  pose proof (Rabs_triang (fR s) (- w)) as T. pose proof (Rabs_pos (fR s)) as P.
  apply Rabs_le_inv in E1. rewrite u_eq in *. rewrite Rabs_Ropp, (Rabs_pos_eq w) in T; unfold Rminus in *;
    lra.
Qed.
Lemma up_ge s : fin (up s) -> fR s <= fR (up s).
Proof.
  intros H%up_gap. pose proof (Rmult_le_pos _ _ (Rlt_le _ _ u_pos) (Rabs_pos (fR s))).
  pose proof eta_pos. lra.
Qed.
Lemma rne_gap z : Rabs (rne z - z) <= 2 * (u * Rabs (rne z)) + 4 * eta.
Proof.
  pose proof (rne_error z) as E. pose proof (Rabs_triang (rne z) (z - rne z)) as T.
  replace (rne z + (z - rne z)) with z in T by ring. rewrite (Rabs_minus_sym z) in T.
  pose proof eta_pos as He. pose proof (Rabs_pos (rne z)) as P. rewrite u_eq in *. lra.
Qed.
Lemma up_round s z : fin (up s) -> fR s = rne z -> z <= fR (up s).
Proof. intros H%up_gap E. rewrite E in H. pose proof (Rabs_le_inv _ _ (rne_gap z)). lra. Qed.
Lemma dn_round s z : fin (dn s) -> fR s = rne z -> fR (dn s) <= z.
Proof. intros H%dn_gap E. rewrite E in H. pose proof (Rabs_le_inv _ _ (rne_gap z)). lra. Qed.

Lemma up_add x y : fin (up (x + y)) -> fin x /\ fin y /\ fR x + fR y <= fR (up (x + y)).
Proof. intros H. destruct (fin_add _ _ (fin_up _ H)) as (? & ? & E). auto using up_round. Qed.
Lemma dn_add x y : fin (dn (x + y)) -> fin x /\ fin y /\ fR (dn (x + y)) <= fR x + fR y.
Proof. intros H. destruct (fin_add _ _ (fin_dn _ H)) as (? & ? & E). auto using dn_round. Qed.
Lemma up_sub x y : fin (up (x - y)) -> fin x /\ fin y /\ fR x - fR y <= fR (up (x - y)).
Proof. intros H. destruct (fin_sub _ _ (fin_up _ H)) as (? & ? & E). auto using up_round. Qed.
Lemma dn_sub x y : fin (dn (x - y)) -> fin x /\ fin y /\ fR (dn (x - y)) <= fR x - fR y.
Proof. intros H. destruct (fin_sub _ _ (fin_dn _ H)) as (? & ? & E). auto using dn_round. Qed.
Lemma up_mul x y : fin (up (x * y)) -> fin x /\ fin y /\ fR x * fR y <= fR (up (x * y)).
Proof. intros H. destruct (fin_mul _ _ (fin_up _ H)) as (? & ? & E). auto using up_round. Qed.

(** ** The constant of sums *)
(** Integers up to 2^53, and their quotients by small powers of two, are binary64 numbers. *)
Lemma rne_exact z k : (Z.abs z < 2 ^ 53)%Z -> (-1074 <= k)%Z ->
  rne (IZR z * bpow radix2 k) = IZR z * bpow radix2 k.
Proof.
  intros Hz Hk. apply round_generic; auto with typeclass_instances.
  apply (generic_format_FLT radix2 (-1074) 53). now exists (Float radix2 z k).
Qed.
Lemma of_uint63_exact i : (to_Z i < 2 ^ 53)%Z ->
  fin (PrimFloat.of_uint63 i) /\ fR (PrimFloat.of_uint63 i) = IZR (to_Z i).
Proof.
  intros Hi. pose proof (to_Z_bounded i) as B. unfold fin, fR. rewrite of_int63_equiv.
  generalize (binary_normalize_correct prec emax Hprec Hmax mode_NE (to_Z i) 0 false). cbv zeta.
  change (F2R _) with (IZR (to_Z i) * bpow radix2 0).
  change (round radix2 _ _ ?x) with (rne x). rewrite rne_exact by lia. rewrite Rmult_1_r.
  rewrite Rlt_bool_true; [tauto|].
  rewrite <- abs_IZR. apply Rlt_le_trans with (bpow radix2 53); [|now apply bpow_le].
  rewrite <- (IZR_Zpower radix2) by lia. apply IZR_lt. change (Zpower radix2 53) with (2 ^ 53)%Z. lia.
Qed.
Lemma gamma_value n : (to_Z n <= 16777216)%Z ->
  fin (gamma n) /\ fR (gamma n) = (IZR (to_Z n) + 8) / 4503599627370496.
Proof.
  intros Hn. pose proof (to_Z_bounded n) as B. unfold gamma.
  rewrite (proj2 (Uint63.leb_spec n 16777216) Hn).
  assert (E8 : to_Z (n + 8) = (to_Z n + 8)%Z).
  { change 8%Z with (to_Z 8). apply to_Z_add. change wB with 9223372036854775808%Z.
    change (to_Z 8) with 8%Z. lia. }
  destruct (of_uint63_exact (n + 8)) as [F E]; [rewrite E8; lia|]. rewrite E8, plus_IZR in E.
  assert (P : fR 0x1p-52 = bpow radix2 (-52)) by now rewrite (fR_pow2 _ 4503599627370496 (-104) 52).
  unfold fin, fR in *. rewrite mul_equiv.
  generalize (Bmult_correct prec emax Hprec Hmax mode_NE
    (Prim2B (PrimFloat.of_uint63 (n + 8))) (Prim2B 0x1p-52)).
  change (round radix2 _ _ ?x) with (rne x). rewrite E, P, <- plus_IZR, rne_exact by lia.
  rewrite Rlt_bool_true.
  - intros (E2 & F2 & _). rewrite F in F2. split; [exact F2 | exact E2].
  - rewrite Rabs_mult, <- abs_IZR, (Rabs_pos_eq (bpow _ _)) by apply bpow_ge_0.
    apply Rlt_le_trans with (bpow radix2 53 * bpow radix2 (-52)).
    + apply Rmult_lt_compat_r; [apply bpow_gt_0|].
      rewrite <- (IZR_Zpower radix2) by lia. apply IZR_lt. change (Zpower radix2 53) with (2 ^ 53)%Z. lia.
    + rewrite <- bpow_plus. now apply bpow_le.
Qed.
Lemma gamma_fin n : (to_Z n <= 16777216)%Z -> fin (gamma n).
Proof. intros H. apply (gamma_value n H). Qed.
Lemma gamma_eq n : (to_Z n <= 16777216)%Z -> fR (gamma n) = (IZR (to_Z n) + 8) / 4503599627370496.
Proof. intros H. apply (gamma_value n H). Qed.
Lemma gamma_small n : fin (gamma n) -> (to_Z n <= 16777216)%Z.
Proof.
  unfold gamma. destruct (Uint63.leb_spec n 16777216) as [H _].
  destruct (n <=? 16777216)%uint63; [intros _; now apply H | discriminate].
Qed.
Lemma pow_u_le m : INR m * u <= / 2 -> (1 + u) ^ m <= 1 + 2 * (INR m * u).
Proof.
  pose proof u_pos as Hu. induction m as [|m IH]; [cbn; lra|]. rewrite S_INR. intros H.
  pose proof (pos_INR m) as Hm. assert (H1 : INR m * u <= / 2) by lra. specialize (IH H1). cbn [pow].
  apply Rle_trans with ((1 + u) * (1 + 2 * (INR m * u))); [apply Rmult_le_compat_l; lra|].
  assert (u * (INR m * u) <= u * / 2) by (apply Rmult_le_compat_l; lra). lra.
Qed.
Lemma gamma_ge n : fin (gamma n) -> (1 + u) ^ (nat_of n + 4) - 1 <= fR (gamma n).
Proof.
  intros H%gamma_small. rewrite (gamma_eq n H).
  assert (E : INR (nat_of n + 4) = IZR (to_Z n) + 4)
    by (rewrite plus_INR, INR_IZR_INZ, nat_of_to_Z; cbn; lra).
  assert (L := pow_u_le (nat_of n + 4)). rewrite E in L. apply IZR_le in H.
  assert (0 <= IZR (to_Z n)) by (apply IZR_le, to_Z_bounded). rewrite u_eq in *. lra.
Qed.
Lemma gamma_pos n : fin (gamma n) -> / 1000000000000000 <= fR (gamma n).
Proof.
  intros H%gamma_small. rewrite (gamma_eq n H).
  assert (0 <= IZR (to_Z n)) by (apply IZR_le, to_Z_bounded). lra.
Qed.
Lemma gamma_cases n : fin (gamma n) \/ fR (gamma n) = 0.
Proof.
  destruct (Z_le_gt_dec (to_Z n) 16777216) as [H|H]; [left; now apply gamma_fin|]. right. unfold gamma.
  destruct (Uint63.leb_spec n 16777216) as [L _]. destruct (n <=? 16777216)%uint63; [|apply fR_nan].
  specialize (L eq_refl). change (to_Z 16777216) with 16777216%Z in L. lia.
Qed.
Lemma gamma_nonneg n : 0 <= fR (gamma n).
Proof. destruct (gamma_cases n) as [H%gamma_pos| ->]; lra. Qed.
Lemma gamma_le n : fR (gamma n) <= / 134217728.
Proof.
  destruct (gamma_cases n) as [H%gamma_small| ->]; [|lra]. rewrite (gamma_eq n H).
  apply IZR_le in H. lra.
Qed.
Lemma gamma_mono m n : fin (gamma n) -> (to_Z m <= to_Z n)%Z -> fR (gamma m) <= fR (gamma n).
Proof.
  intros H%gamma_small Hmn. rewrite !gamma_eq by lia. apply IZR_le in Hmn. lra.
Qed.
