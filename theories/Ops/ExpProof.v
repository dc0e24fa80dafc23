(** The enclosure of the exponential function holds it. Symbols: see [Ops.Exp]. *)
From Coq Require Import Reals Lra Lia Floats List.
From Flocq Require Import Core Relative BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Interval Require Import Tactic.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof Ops.Exp.
Import ListNotations.
Local Open Scope R_scope.

(** ** Rounding *)
Lemma rne_id x : generic_format radix2 (FLT_exp (-1074) 53) x -> rne x = x.
Proof. apply round_generic, valid_rnd_N. Qed.
Lemma fR_format x : FLT_format radix2 (-1074) 53 (fR x).
Proof. apply FLT_format_generic; [easy|]. apply generic_format_B2R. Qed.
Lemma fR_shift_up x k : (0 <= k)%Z -> rne (fR x * bpow radix2 k) = fR x * bpow radix2 k.
Proof.
  intros Hk. destruct (fR_format x) as [[m e] -> Hm He]. cbn [Fnum Fexp] in *. apply rne_id.
  apply generic_format_FLT. exists (Float radix2 m (e + k)); cbn [Fnum Fexp]; [|exact Hm | lia].
  unfold F2R. cbn [Fnum Fexp]. now rewrite Rmult_assoc, <- bpow_plus.
Qed.
Lemma fR_half x : / 2 <= Rabs (fR x) -> rne (fR x * / 2) = fR x * / 2.
Proof.
  intros Hx. destruct (fR_format x) as [[m e] E Hm He]. rewrite E in *. cbn [Fnum Fexp] in *. apply rne_id.
  apply generic_format_FLT. exists (Float radix2 m (e - 1)); cbn [Fnum Fexp]; [|exact Hm|].
  - unfold F2R. cbn [Fnum Fexp]. change (/ 2) with (bpow radix2 (-1)).
    now rewrite Rmult_assoc, <- bpow_plus.
  - destruct (Z.eq_dec e (-1074)) as [->|]; [|lia]. exfalso.
    rewrite <- F2R_Zabs in Hx. unfold F2R in Hx. cbn [Fnum Fexp] in Hx.
    assert (IZR (Z.abs m) * bpow radix2 (-1074) < bpow radix2 (53 + -1074)); [|].
    { rewrite bpow_plus. apply Rmult_lt_compat_r; [apply bpow_gt_0|].
      change (bpow radix2 53) with (IZR (2 ^ 53)). now apply IZR_lt. }
    assert (bpow radix2 (53 + -1074) < bpow radix2 (-1)) by now apply bpow_lt.
    change (bpow radix2 (-1)) with (/ 2) in *. lra.
Qed.
Lemma rne_relative z : bpow radix2 (-1022) <= Rabs z -> Rabs (rne z - z) <= u * Rabs z.
Proof.
  intros H. eapply Rle_trans; [apply (relative_error_N_FLT radix2 (-1074) 53); [easy | exact H]|].
  change (/ 2) with (bpow radix2 (-1)). rewrite <- bpow_plus. apply Rle_refl.
Qed.

(** ** The polynomial *)
Definition near (p : pfloat) (P : R) : Prop := fin p -> Rabs (fR p - P) <= 6 * u.

Lemma horner c x p P : Rabs (fR x) <= / 2 -> Rabs (fR c) <= 1 -> Rabs P <= 3/2 -> near p P ->
  near (c + x * p) (fR c + fR x * P).
Proof.
  intros Hx Hc HP Hp F. destruct (fin_add _ _ F) as (_ & Fm & E). destruct (fin_mul _ _ Fm) as (_ & Fp & Em).
  specialize (Hp Fp). rewrite E, Em. pose proof eta_le as He.
  assert (B : Rabs (fR x * fR p - fR x * P) <= / 2 * (6 * u)).
  { rewrite <- Rmult_minus_distr_l, Rabs_mult. apply Rmult_le_compat; trivial; apply Rabs_pos. }
  assert (A : Rabs (fR x * P) <= / 2 * (3/2)).
  { rewrite Rabs_mult. apply Rmult_le_compat; trivial; apply Rabs_pos. }
  set (m := fR x * fR p) in *. set (M := fR x * P) in *.
  assert (Hm : Rabs m <= 4/5) by (revert A B; rewrite u_eq; unfold Rabs; repeat destruct Rcase_abs; lra).
  pose proof (rne_error m) as E1. set (m' := rne m) in *.
  assert (E1' : Rabs (m' - m) <= 4/5 * u + u * u) by (rewrite u_eq in *; lra). clear E1.
  assert (Hm' : Rabs m' <= 5/6) by (revert E1' Hm; rewrite u_eq; unfold Rabs; repeat destruct Rcase_abs; lra).
  pose proof (rne_error (fR c + m')) as E2. set (s := rne (fR c + m')) in *.
  pose proof (Rabs_triang (fR c) m') as T.
  assert (E2' : Rabs (s - (fR c + m')) <= 2 * u) by (rewrite u_eq in *; lra). clear E2.
  rewrite u_eq in *. apply Rabs_le_inv in B, E1', E2'. apply Rabs_le. lra.
Qed.
Lemma near_refl c : near c (fR c).
Proof. intros _. rewrite Rminus_eq_0, Rabs_R0. pose proof u_pos. lra. Qed.

Ltac literal := rewrite fR_SF; unfold SF2R, F2R; cbn -[IZR]; reflexivity.
Lemma fR_c2 : fR 0x1p-1 = 4503599627370496 / 9007199254740992.
Proof. literal. Qed.
Lemma fR_c3 : fR 0x1.5555555555555p-3 = 6004799503160661 / 36028797018963968.
Proof. literal. Qed.
Lemma fR_c4 : fR 0x1.5555555555555p-5 = 6004799503160661 / 144115188075855872.
Proof. literal. Qed.
Lemma fR_c5 : fR 0x1.1111111111111p-7 = 4803839602528529 / 576460752303423488.
Proof. literal. Qed.
Lemma fR_c6 : fR 0x1.6c16c16c16c17p-10 = 6405119470038039 / 4611686018427387904.
Proof. literal. Qed.
Lemma fR_c7 : fR 0x1.a01a01a01a01ap-13 = 7320136537186330 / 36893488147419103232.
Proof. literal. Qed.
Lemma fR_c8 : fR 0x1.a01a01a01a01ap-16 = 7320136537186330 / 295147905179352825856.
Proof. literal. Qed.
Lemma fR_c9 : fR 0x1.71de3a556c734p-19 = 6506788033054516 / 2361183241434822606848.
Proof. literal. Qed.
Lemma fR_c10 : fR 0x1.27e4fb7789f5cp-22 = 5205430426443612 / 18889465931478580854784.
Proof. literal. Qed.
Lemma fR_c11 : fR 0x1.ae64567f544e4p-26 = 7571535165736164 / 302231454903657293676544.
Proof. literal. Qed.
Lemma fR_c12 : fR 0x1.1eed8eff8d898p-29 = 5047690110490776 / 2417851639229258349412352.
Proof. literal. Qed.
Lemma fR_c13 : fR 0x1.6124613a86d09p-33 = 6212541674450185 / 38685626227668133590597632.
Proof. literal. Qed.
Lemma fR_c14 : fR 0x1.93974a8c07c9dp-37 = 7100047627943069 / 618970019642690137449562112.
Proof. literal. Qed.

(** The real polynomial with the same coefficients, and its parts. *)
Definition tail (x p : R) (c : pfloat) : R := fR c + x * p.
Definition part2 (x : R) : R :=
  fold_left (tail x) [0x1.6124613a86d09p-33; 0x1.1eed8eff8d898p-29;
    0x1.ae64567f544e4p-26; 0x1.27e4fb7789f5cp-22; 0x1.71de3a556c734p-19;
    0x1.a01a01a01a01ap-16; 0x1.a01a01a01a01ap-13; 0x1.6c16c16c16c17p-10; 0x1.1111111111111p-7;
    0x1.5555555555555p-5; 0x1.5555555555555p-3; 0x1p-1]%float
    (fR 0x1.93974a8c07c9dp-37).
Definition series (x : R) : R := 1 + x * (1 + x * part2 x).

Lemma tail_bound x c p : Rabs x <= / 2 -> Rabs (fR c) <= / 2 -> Rabs p <= 1 -> Rabs (tail x p c) <= 1.
Proof.
  intros Hx Hc Hp. unfold tail. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
  assert (Rabs x * Rabs p <= / 2 * 1) by (apply Rmult_le_compat; trivial; apply Rabs_pos). lra.
Qed.

(** Else a failing comparison of two literals would compute both. *)
Opaque fR.
Ltac small :=
  rewrite ?fR_1, ?fR_c2, ?fR_c3, ?fR_c4, ?fR_c5, ?fR_c6, ?fR_c7, ?fR_c8,
    ?fR_c9, ?fR_c10, ?fR_c11, ?fR_c12, ?fR_c13, ?fR_c14;
  rewrite Rabs_pos_eq; lra.
Lemma part2_bound x : Rabs x <= / 2 -> Rabs (part2 x) <= 1.
Proof. intros Hx. unfold part2. cbn [fold_left]. repeat (apply tail_bound; [exact Hx | small |]). small. Qed.

Lemma exp_poly_series x : Rabs (fR x) <= / 2 -> near (exp_poly x) (series (fR x)).
Proof.
  intros Hx. pose proof (part2_bound _ Hx) as B. unfold exp_poly, series. rewrite <- fR_1 at 1 2.
  assert (C : Rabs (fR x * part2 (fR x)) <= / 2 * 1).
  { rewrite Rabs_mult. apply Rmult_le_compat; trivial; apply Rabs_pos. }
  apply horner; [exact Hx | small | |].
  { rewrite fR_1. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_R1. lra. }
  apply horner; [exact Hx | small | lra |]. unfold part2. cbn [fold_left].
  repeat (apply horner; [exact Hx | small | |]);
    try apply near_refl; try (apply Rle_trans with 1; [|lra]);
    repeat (apply tail_bound; [exact Hx | small |]); small.
Qed.
Transparent fR.
Lemma series_exp x : Rabs x <= / 2 -> Rabs (series x - exp x) <= 36 / 100 * u.
Proof.
  intros Hx%Rabs_le_inv. unfold series, part2. cbn [fold_left]. unfold tail.
  rewrite fR_c2, fR_c3, fR_c4, fR_c5, fR_c6, fR_c7, fR_c8, fR_c9, fR_c10, fR_c11, fR_c12, fR_c13, fR_c14,
    u_eq.
  interval with (i_prec 80, i_bisect x, i_taylor x, i_degree 17).
Qed.

(** ** Squaring *)
Lemma exp_near_arg n x : fin (exp_near n x) -> fin x.
Proof.
  revert x. induction n as [|n IH]; intros x; cbn [exp_near];
    (destruct (PrimFloat.abs x <=? 0.5)%float; intros F).
  1, 3: destruct (fin_add _ _ F) as (_ & Fm & _); now apply fin_mul in Fm.
  - now apply fin_nan in F.
  - apply fin_mul in F. destruct F as (F & _). apply IH in F. now apply fin_mul in F.
Qed.

Definition growth (x : R) : R := 13 * u * Rmax 1 (4 * Rabs x).
Lemma growth_small x : -690 <= x <= 710 -> 13 * u <= growth x <= 36920 * u.
Proof.
  intros Hx. assert (Rabs x <= 710) by (apply Rabs_le; lra). unfold growth. pose proof u_pos.
  pose proof (Rmax_l 1 (4 * Rabs x)). assert (Rmax 1 (4 * Rabs x) <= 2840) by (apply Rmax_lub; lra).
  split; nra.
Qed.
Lemma growth_half x : / 2 <= Rabs x -> 2 * growth (x * / 2) = growth x.
Proof.
  intros Hx. unfold growth. rewrite Rabs_mult, (Rabs_pos_eq (/ 2)), !Rmax_right by lra. lra.
Qed.

Lemma exp_not_tiny x : -690 <= x -> bpow radix2 (-996) <= exp x.
Proof.
  intros Hx. apply Rle_trans with (exp (-690)).
  - rewrite bpow_exp. apply Raux.exp_le. change (IZR radix2) with 2. interval with (i_prec 60).
  - now apply Raux.exp_le.
Qed.

Lemma exp_near_close n x : -690 <= fR x <= 710 -> fin (exp_near n x) ->
  Rabs (fR (exp_near n x) - exp (fR x)) <= (growth (fR x) - 2 * u) * exp (fR x).
Proof.
  revert x. induction n as [|n IH]; intros x Hx F; assert (Fx := exp_near_arg _ _ F); revert F;
    cbn [exp_near]; (destruct (PrimFloat.abs x <=? 0.5)%float eqn:E; intros F);
    try (now apply fin_nan in F); pose proof (growth_small _ Hx) as [G1 G2]; pose proof u_pos as Hu.
  1, 2: apply leb_le in E; [|now apply fin_abs | reflexivity]; rewrite fR_abs, fR_05 in E;
    specialize (exp_poly_series x E F) as B; apply series_exp in E as C;
    assert (H : 600/1000 <= exp (fR x)) by (apply Rabs_le_inv in E; interval with (i_prec 60));
    assert (11 * u * (600/1000) <= (growth (fR x) - 2 * u) * exp (fR x)) by (apply Rmult_le_compat; lra);
    apply Rabs_le_inv in B, C; apply Rabs_le; lra.
  apply leb_gt in E; [|now apply fin_abs | reflexivity]. rewrite fR_abs, fR_05 in E.
  destruct (fin_mul _ _ F) as (Fs & _ & Es). rewrite Es. clear Es. set (s := exp_near n (x * 0.5)) in *.
  assert (Ex : fR (x * 0.5) = fR x * / 2).
  { destruct (fin_mul _ _ (exp_near_arg _ _ Fs)) as (_ & _ & ->). rewrite fR_05. apply fR_half. lra. }
  specialize (IH (x * 0.5)%float). fold s in IH. rewrite Ex in IH. specialize (IH ltac:(lra) Fs).
  assert (G := growth_half (fR x) ltac:(lra)).
  assert (Q : exp (fR x) = exp (fR x * / 2) * exp (fR x * / 2)) by (rewrite <- exp_plus; f_equal; lra).
  assert (T := exp_not_tiny (fR x) (proj1 Hx)). rewrite Q in *.
  assert (P := exp_pos (fR x * / 2)). set (e := exp (fR x * / 2)) in *.
  set (d := growth (fR x * / 2) - 2 * u) in *.
  replace (growth (fR x)) with (2 * (d + 2 * u)) by (unfold d; lra).
  assert (Hd : 0 <= d <= / 100000000000) by (unfold d; rewrite u_eq in *; lra).
  clearbody d e. clear F. generalize dependent (fR s). clear - Hd Hu P T. intros v B.
  apply Rabs_le_inv in B.
  assert (V1 : (1 - d) * e <= v) by lra. assert (V2 : v <= (1 + d) * e) by lra.
  assert (V0 : 0 <= (1 - d) * e) by (apply Rmult_le_pos; lra).
  assert (W1 : (1 - d) * e * ((1 - d) * e) <= v * v) by (apply Rmult_le_compat; lra).
  assert (W2 : v * v <= (1 + d) * e * ((1 + d) * e)) by (apply Rmult_le_compat; lra).
  assert (S : bpow radix2 (-1022) <= Rabs (v * v)).
  { rewrite Rabs_pos_eq by nra. apply Rle_trans with (2 := W1).
    apply Rle_trans with (bpow radix2 (-1) * bpow radix2 (-996)); [rewrite <- bpow_plus; now apply bpow_le|].
    change (bpow radix2 (-1)) with (/ 2). apply Rle_trans with (/ 2 * (e * e)); [lra|].
    assert (/ 2 <= (1 - d) * (1 - d)) by nra. nra. }
  apply rne_relative in S. rewrite (Rabs_pos_eq (v * v)) in S by nra. apply Rabs_le_inv in S.
  assert (D : d * d + u * (2 * d + d * d) <= u).
  { assert (d * d <= / 10000000000 * (/ 10000000000)) by (apply Rmult_le_compat; lra).
    rewrite u_eq in *. lra. }
  assert (D2 : (d * d + u * (2 * d + d * d)) * (e * e) <= u * (e * e)) by (apply Rmult_le_compat_r; nra).
  assert (D3 : 0 <= u * (e * e)) by nra. assert (D4 : 0 <= (d * d) * (e * e)) by nra.
  assert (D5 : u * (v * v) <= u * ((1 + d) * e * ((1 + d) * e))) by (apply Rmult_le_compat_l; lra).
  apply Rabs_le. set (z := rne (v * v)) in *. clearbody z. split; lra.
Qed.

(** ** The enclosure *)
Lemma fR_4 : fR 4 = bpow radix2 2.
Proof. now rewrite (fR_pow2 4 4503599627370496 (-50) 52). Qed.
Lemma mul_pow2 x y k : (0 <= k)%Z -> fR y = bpow radix2 k -> fin (x * y) ->
  fR (x * y) = fR x * bpow radix2 k.
Proof. intros Hk Ey (_ & _ & ->)%fin_mul. rewrite Ey. now apply fR_shift_up. Qed.

Definition widening (x s : pfloat) : pfloat :=
  up (s * up (0x1.cp-50 * max2 1 (PrimFloat.abs x * 4))).
Lemma widening_ge x : -690 <= fR x <= 710 -> let s := exp_near 11 x in fin (widening x s) ->
  Rabs (fR s - exp (fR x)) <= fR (widening x s).
Proof.
  intros Hx s Fw. destruct (up_mul _ _ Fw) as (Fs & Fq & Ew). fold (widening x s) in Ew.
  destruct (up_mul _ _ Fq) as (_ & Fm & Eq). destruct (max2_ge _ _ Fm) as (_ & F4 & M1 & M4).
  rewrite (mul_pow2 _ _ 2) in M4 by (exact fR_4 || easy). rewrite fR_abs, fR_1 in *.
  change (bpow radix2 2) with 4 in M4.
  assert (M : Rmax 1 (4 * Rabs (fR x)) <= fR (max2 1 (PrimFloat.abs x * 4))) by (apply Rmax_lub; lra).
  replace (fR 0x1.cp-50) with (14 * u) in Eq.
  2: { assert (E : fR 0x1.cp-50 = 7881299347898368 / 5070602400912917605986812821504) by literal.
       rewrite E, u_eq. lra. }
  assert (C := exp_near_close 11 x Hx Fs). fold s in C. apply (Rle_trans _ _ _ C).
  pose proof u_pos as Hu. destruct (growth_small _ Hx) as [G1 G2]. unfold growth in *.
  set (r := Rmax 1 _) in *. set (q := fR (up (_ * _))) in *.
  assert (Q : 14 * u * r <= q) by (apply Rle_trans with (2 := Eq), Rmult_le_compat_l; lra).
  assert (S : 13/14 * exp (fR x) <= fR s).
  { apply Rabs_le_inv in C. pose proof (exp_pos (fR x)).
    assert ((13 * u * r - 2 * u) * exp (fR x) <= 1/14 * exp (fR x)); [|lra].
    apply Rmult_le_compat_r; rewrite u_eq in *; lra. }
  apply Rle_trans with (2 := Ew). apply Rle_trans with (13/14 * exp (fR x) * (14 * u * r)).
  - pose proof (Rmult_lt_0_compat _ _ Hu (exp_pos (fR x))). lra.
  - pose proof (exp_pos (fR x)). apply Rmult_le_compat; lra.
Qed.

Lemma fR_m690 : fR (-690) = -690.
Proof. assert (E : fR (-690) = -6069304185323520 / 8796093022208) by literal. rewrite E. lra. Qed.
Lemma fR_710 : fR 710 = 710.
Proof. assert (E : fR 710 = 6245226045767680 / 8796093022208) by literal. rewrite E. lra. Qed.
Lemma exp_itv_holds x : fin x -> holds (exp_itv x) (exp (fR x)).
Proof.
  intros Fx. unfold exp_itv. cbv zeta. fold (widening x (exp_near 11 x)). destruct (x <? -690)%float eqn:E1.
  - apply ltb_lt in E1; [|exact Fx | reflexivity].
    rewrite fR_m690 in E1. split; cbn [inf sup]; intros _; [rewrite fR_0; apply Rlt_le, exp_pos|].
    rewrite (fR_pow2 0x1p-994 4503599627370496 (-1046) 52) by easy. apply Rle_trans with (exp (-690)).
    + apply Raux.exp_le. lra.
    + rewrite bpow_exp. apply Raux.exp_le. change (IZR radix2) with 2. interval with (i_prec 60).
  - apply ltb_ge in E1; [|exact Fx | reflexivity].
    rewrite fR_m690 in E1. destruct (x <=? 710)%float eqn:E2.
    + apply leb_le in E2; [|exact Fx | reflexivity].
      rewrite fR_710 in E2. split; cbn [inf sup]; intros F.
      * destruct (dn_sub _ _ F) as (_ & Fw & L). pose proof (widening_ge x (conj E1 E2) Fw) as W.
        apply Rabs_le_inv in W. lra.
      * destruct (up_add _ _ F) as (_ & Fw & L). pose proof (widening_ge x (conj E1 E2) Fw) as W.
        apply Rabs_le_inv in W. lra.
    + split; cbn [inf sup]; intros F; [rewrite fR_0; apply Rlt_le, exp_pos | discriminate F].
Qed.
