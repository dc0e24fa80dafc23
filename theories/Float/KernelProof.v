(** The program [r32] rounds as Flocq's binary32 does, and the operations made with it are Flocq's, on all
    numbers: NaN, infinities, signed zeros and subnormal numbers included. Symbols: see [Float.Kernel], and

    [rnd32 v]      the multiple of a binary32 unit nearest to the real [v], ties to even, without overflow
    [rounds v s b] the number [b] is the real [v] rounded, with the sign [s] *)
From Coq Require Import ZArith Reals Lra Lia Floats.
From Flocq Require Import Core BinarySingleNaN Double_rounding Pff2Flocq.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Float.Kernel.
Local Open Scope R_scope.
#[local] Existing Instances Hprec Hmax.

Notation nearest p q := (round radix2 (SpecFloat.fexp p q) (round_mode mode_NE)).
Notation rnd32 := (nearest 24 128).
Notation b64 := (binary_float prec emax).
Notation "'finite' b" := (BinarySingleNaN.is_finite b = true) (at level 10, b at level 9).

Definition rounds {p q} (v : R) (s : bool) (b : binary_float p q) : Prop :=
  if Rlt_bool (Rabs (nearest p q v)) (bpow radix2 q)
  then B2R b = nearest p q v /\ finite b /\ Bsign b = s
  else b = B754_infinity s.

Lemma overflow_infinity p q (b : binary_float p q) s :
  B2SF b = binary_overflow p q mode_NE s -> b = B754_infinity s.
Proof. destruct b; cbn; try discriminate. now injection 1 as ->. Qed.

Lemma rounds_unique p q v s (a b : binary_float p q) : rounds v s a -> rounds v s b -> a = b.
Proof.
  unfold rounds. destruct Rlt_bool; [|congruence]. intros (Ea & Fa & Sa) (Eb & Fb & Sb).
  apply B2R_Bsign_inj; congruence.
Qed.

Lemma Rcompare_F2R s m e :
  match Rcompare (F2R (Float radix2 (cond_Zopp s (Zpos m)) e)) 0 with
  | Eq => s | Lt => true | Gt => false
  end = s.
Proof.
  destruct s; [rewrite Rcompare_Lt | rewrite Rcompare_Gt]; trivial; [now apply F2R_lt_0 | now apply F2R_gt_0].
Qed.

(** ** Conversions *)
Lemma convert_rounds p q p' q' (P : Prec_gt_0 p') (Q : Prec_lt_emax p' q') (b : binary_float p q) :
  finite b -> rounds (B2R b) (Bsign b) (convert p' q' b).
Proof.
  destruct b as [s| | |s m e B]; try discriminate; intros _; unfold rounds; cbn [B2R Bsign convert].
  - rewrite round_0, Rabs_R0, Rlt_bool_true by (try apply bpow_gt_0; auto with typeclass_instances).
    now split.
  - generalize (binary_normalize_correct p' q' P Q mode_NE (cond_Zopp s (Zpos m)) e s). cbv zeta.
    rewrite Rcompare_F2R. destruct Rlt_bool; [trivial|]. intros E%overflow_infinity. rewrite E. f_equal.
    destruct s; [apply Rlt_bool_true | apply Rlt_bool_false]; [|apply Rlt_le]; [now apply F2R_lt_0 |
      now apply F2R_gt_0].
Qed.

Lemma b32_in_b64 (b : b32) : generic_format radix2 (SpecFloat.fexp prec emax) (B2R b).
Proof.
  apply (generic_inclusion_mag radix2 (SpecFloat.fexp 24 128)); [|apply generic_format_B2R].
  intros _. unfold SpecFloat.fexp, SpecFloat.emin, prec, emax. lia.
Qed.
Lemma b32_small (b : b32) : Rabs (B2R b) < bpow radix2 128.
Proof. apply abs_B2R_lt_emax. Qed.

Lemma widen_exact (b : b32) : finite b -> let w := Prim2B (widen b) in
  B2R w = B2R b /\ finite w /\ Bsign w = Bsign b.
Proof.
  intros F w. unfold w, widen. rewrite Prim2B_B2Prim.
  assert (C := convert_rounds _ _ _ _ Hprec Hmax b F). unfold rounds in C.
  rewrite round_generic in C by (auto using b32_in_b64 with typeclass_instances).
  rewrite Rlt_bool_true in C; [exact C|]. eapply Rlt_trans; [apply b32_small|]. now apply bpow_lt.
Qed.
Lemma widen_special (b : b32) : BinarySingleNaN.is_finite b = false ->
  Prim2B (widen b) = match b with B754_infinity s => B754_infinity s | _ => B754_nan end.
Proof. unfold widen. rewrite Prim2B_B2Prim. now destruct b. Qed.

Lemma narrow_widen (b : b32) : narrow (widen b) = b.
Proof.
  unfold narrow. destruct (BinarySingleNaN.is_finite b) eqn:F.
  - destruct (widen_exact b F) as (E & Fw & S).
    apply (rounds_unique _ _ (B2R b) (Bsign b)).
    + rewrite <- E, <- S. now apply convert_rounds.
    + unfold rounds. rewrite round_generic by (auto using generic_format_B2R with typeclass_instances).
      rewrite Rlt_bool_true by apply b32_small. now repeat split.
  - rewrite widen_special by assumption. now destruct b.
Qed.

(** ** Rounding *)
Lemma round_subnormal v : Rabs v < bpow radix2 (-126) ->
  rnd32 v = IZR (ZnearestE (v * bpow radix2 149)) * bpow radix2 (-149).
Proof.
  intros H. destruct (Req_dec v 0) as [->|N].
  { rewrite round_0, Rmult_0_l, Zrnd_IZR, Rmult_0_l by auto with typeclass_instances. reflexivity. }
  unfold round, scaled_mantissa, F2R, cexp. cbn [Fnum Fexp round_mode].
  assert (E : SpecFloat.fexp 24 128 (mag radix2 v) = (-149)%Z); [|now rewrite E].
  unfold SpecFloat.fexp, SpecFloat.emin. apply Z.max_r. pose proof (mag_le_bpow radix2 v (-126) N H). lia.
Qed.
Lemma rne_scaled v : Rabs v < bpow radix2 (-126) ->
  rne (v * bpow radix2 (-925)) = IZR (ZnearestE (v * bpow radix2 149)) * bpow radix2 (-1074).
Proof.
  intros H. destruct (Req_dec v 0) as [->|N].
  { unfold rne. rewrite 2!Rmult_0_l, round_0, Zrnd_IZR, Rmult_0_l by auto with typeclass_instances.
    reflexivity. }
  unfold rne, round, scaled_mantissa, F2R, cexp. cbn [Fnum Fexp round_mode].
  assert (E : SpecFloat.fexp prec emax (mag radix2 (v * bpow radix2 (-925))) = (-1074)%Z).
  { unfold SpecFloat.fexp, SpecFloat.emin, prec, emax. apply Z.max_r.
    rewrite mag_mult_bpow by assumption. pose proof (mag_le_bpow radix2 v (-126) N H). lia. }
  rewrite E, Rmult_assoc, <- bpow_plus. reflexivity.
Qed.

Lemma nearest_small v : Rabs v < bpow radix2 (-126) ->
  (Z.abs (ZnearestE (v * bpow radix2 149)) <= 8388608)%Z.
Proof.
  intros H. assert (M : Rabs (v * bpow radix2 149) < 8388608).
  { rewrite Rabs_mult, (Rabs_pos_eq (bpow _ _)) by apply bpow_ge_0.
    change 8388608 with (bpow radix2 (-126 + 149)). rewrite bpow_plus.
    apply Rmult_lt_compat_r; [apply bpow_gt_0 | exact H]. }
  apply Rabs_lt_inv in M. apply Z.abs_le. split.
  - rewrite <- (Zrnd_IZR ZnearestE (- _)). apply Zrnd_le; auto with typeclass_instances. rewrite opp_IZR. lra.
  - rewrite <- (Zrnd_IZR ZnearestE 8388608). apply Zrnd_le; auto with typeclass_instances. lra.
Qed.

Lemma top_format : generic_format radix2 (SpecFloat.fexp 24 128) (bpow radix2 128 - bpow radix2 104).
Proof.
  apply (generic_format_FLT radix2 (-149) 24). exists (Float radix2 (2 ^ 24 - 1) 104); try easy.
  unfold F2R. cbn [Fnum Fexp]. rewrite minus_IZR. change (2 ^ 24)%Z with (Zpower radix2 24).
  rewrite (IZR_Zpower radix2) by easy. rewrite Rmult_minus_distr_r, <- bpow_plus. now rewrite Rmult_1_l.
Qed.
Lemma bpow_128 : bpow radix2 128 = 33554432 * bpow radix2 103.
Proof. change 33554432 with (bpow radix2 25). now rewrite <- bpow_plus. Qed.
Lemma bpow_104 : bpow radix2 104 = 2 * bpow radix2 103.
Proof. change 2 with (bpow radix2 1). now rewrite <- bpow_plus. Qed.
Lemma bpow_103_pos : 0 < bpow radix2 103.
Proof. apply bpow_gt_0. Qed.

Lemma rnd32_abs v : rnd32 (Rabs v) = Rabs (rnd32 v).
Proof. apply (round_NE_abs radix2 (SpecFloat.fexp 24 128)). Qed.
Lemma round_below v : Rabs v < bpow radix2 128 - bpow radix2 103 -> Rabs (rnd32 v) < bpow radix2 128.
Proof.
  intros H. rewrite <- rnd32_abs.
  apply Rle_lt_trans with (bpow radix2 128 - bpow radix2 104);
    [|rewrite bpow_104; pose proof bpow_103_pos; lra].
  apply (round_N_le_midp radix2 (SpecFloat.fexp 24 128)); [exact top_format|].
  rewrite succ_eq_pos; [|rewrite bpow_128, bpow_104; pose proof bpow_103_pos; lra].
  rewrite ulp_neq_0; [|rewrite bpow_128, bpow_104; pose proof bpow_103_pos; lra].
  unfold cexp. rewrite (mag_unique_pos radix2 _ 128).
  - change (SpecFloat.fexp 24 128 128) with 104%Z. rewrite bpow_128, bpow_104 in *. lra.
  - change (128 - 1)%Z with 127%Z. split; [|rewrite bpow_104; pose proof bpow_103_pos; lra].
    replace (bpow radix2 127) with (16777216 * bpow radix2 103).
    + rewrite bpow_128, bpow_104. pose proof bpow_103_pos. lra.
    + change 16777216 with (bpow radix2 24). now rewrite <- bpow_plus.
Qed.

Lemma round_tie : rnd32 (bpow radix2 128 - bpow radix2 103) = bpow radix2 128.
Proof.
  pose proof bpow_103_pos as P.
  unfold round, scaled_mantissa, cexp. rewrite (mag_unique_pos radix2 _ 128).
  - change (SpecFloat.fexp 24 128 128) with 104%Z. rewrite Rmult_minus_distr_r, <- 2!bpow_plus.
    unfold F2R. cbn [Fnum Fexp round_mode].
    change (128 + - (104))%Z with 24%Z. change (103 + - (104))%Z with (-1)%Z.
    change (bpow radix2 24) with 16777216. change (bpow radix2 (-1)) with (/ 2).
    unfold Znearest. rewrite (Zfloor_imp 16777215) by (rewrite plus_IZR; lra).
    rewrite Rcompare_Eq by lra. cbn [Z.even negb]. rewrite (Zceil_imp 16777216) by (rewrite minus_IZR; lra).
    change 16777216 with (bpow radix2 24). now rewrite <- bpow_plus.
  - change (128 - 1)%Z with 127%Z. split; [|lra].
    replace (bpow radix2 127) with (16777216 * bpow radix2 103); [rewrite bpow_128; lra|].
    change 16777216 with (bpow radix2 24). now rewrite <- bpow_plus.
Qed.
Lemma round_above v : bpow radix2 128 - bpow radix2 103 <= Rabs v -> bpow radix2 128 <= Rabs (rnd32 v).
Proof.
  intros H. rewrite <- rnd32_abs. rewrite <- round_tie at 1.
  now apply (round_le radix2 (SpecFloat.fexp 24 128) ZnearestE).
Qed.

Lemma round_normal v : generic_format radix2 (SpecFloat.fexp prec emax) v ->
  bpow radix2 (-126) <= Rabs v ->
  rne (rne (v - rne (v * (bpow radix2 29 + 1))) + rne (v * (bpow radix2 29 + 1))) = rnd32 v.
Proof.
  intros F H. transitivity (round radix2 (FLT_exp (-1074) 24) ZnearestE v).
  - apply (Veltkamp_Even radix2 (-1074) 53 (fun z => negb (Z.even z)) 29); try easy.
  - unfold round, scaled_mantissa, cexp.
    assert (E : FLT_exp (-1074) 24 (mag radix2 v) = SpecFloat.fexp 24 128 (mag radix2 v)); [|now rewrite E].
    unfold FLT_exp, SpecFloat.fexp, SpecFloat.emin. apply (mag_ge_bpow radix2 v (-125)) in H. lia.
Qed.

(** ** The program *)
(** One operation of binary64 whose rounded result is not too large. *)
Lemma mul_rounds x y : fin x -> fin y -> Rabs (rne (fR x * fR y)) < bpow radix2 1024 ->
  fR (x * y)%float = rne (fR x * fR y) /\ fin (x * y)%float /\
  Bsign (Prim2B (x * y)%float) = xorb (Bsign (Prim2B x)) (Bsign (Prim2B y)).
Proof.
  unfold fin, fR. rewrite mul_equiv. intros Fx Fy H.
  generalize (Bmult_correct prec emax Hprec Hmax mode_NE (Prim2B x) (Prim2B y)).
  rewrite Rlt_bool_true by exact H. rewrite Fx, Fy. intros (E & F & S). split; [exact E|]. split; [exact F|].
  apply S. now destruct Bmult.
Qed.
Lemma sub_rounds x y : fin x -> fin y -> Rabs (rne (fR x - fR y)) < bpow radix2 1024 ->
  fR (x - y)%float = rne (fR x - fR y) /\ fin (x - y)%float.
Proof.
  unfold fin, fR. rewrite sub_equiv. intros Fx Fy H.
  generalize (Bminus_correct prec emax Hprec Hmax mode_NE _ _ Fx Fy).
  rewrite Rlt_bool_true by exact H. intros (E & F & _). now split.
Qed.
Lemma add_rounds x y : fin x -> fin y -> Rabs (rne (fR x + fR y)) < bpow radix2 1024 ->
  fR (x + y)%float = rne (fR x + fR y) /\ fin (x + y)%float.
Proof.
  unfold fin, fR. rewrite add_equiv. intros Fx Fy H.
  generalize (Bplus_correct prec emax Hprec Hmax mode_NE _ _ Fx Fy).
  rewrite Rlt_bool_true by exact H. intros (E & F & _). now split.
Qed.

Lemma bpow_in_b64 k : (-1074 <= k)%Z -> generic_format radix2 (SpecFloat.fexp prec emax) (bpow radix2 k).
Proof. intros K. now apply (@generic_format_FLT_bpow radix2 (-1074) 53 Hprec). Qed.
Lemma rne_le_bpow v k : (-1074 <= k)%Z -> Rabs v <= bpow radix2 k -> Rabs (rne v) <= bpow radix2 k.
Proof.
  intros K H. apply (abs_round_le_generic radix2 (SpecFloat.fexp prec emax) ZnearestE); [|exact H].
  now apply bpow_in_b64.
Qed.
Lemma rne_ge_bpow v k : (-1074 <= k)%Z -> bpow radix2 k <= Rabs v -> bpow radix2 k <= Rabs (rne v).
Proof.
  intros K H. apply (abs_round_ge_generic radix2 (SpecFloat.fexp prec emax) ZnearestE); [|exact H].
  now apply bpow_in_b64.
Qed.
Lemma rnd32_ge_least v : bpow radix2 (-126) <= Rabs v -> bpow radix2 (-126) <= Rabs (rnd32 v).
Proof.
  apply (abs_round_ge_generic radix2 (SpecFloat.fexp 24 128) ZnearestE).
  now apply (@generic_format_FLT_bpow radix2 (-149) 24 prec32).
Qed.

Lemma sign_nonzero {p q} (b : binary_float p q) : B2R b <> 0 ->
  Bsign b = Rlt_bool (B2R b) 0.
Proof.
  destruct b as [s|s| |s m e B]; cbn [B2R Bsign]; intros H; try easy.
  destruct s; [rewrite Rlt_bool_true | rewrite Rlt_bool_false]; trivial.
  - now apply F2R_lt_0.
  - apply Rlt_le. now apply F2R_gt_0.
Qed.

Lemma fR_down : fR 0x1p-925 = bpow radix2 (-925) /\ fin 0x1p-925.
Proof. split; [now rewrite (fR_pow2 _ 4503599627370496 (-977) 52) | reflexivity]. Qed.
Lemma fR_back : fR 0x1p925 = bpow radix2 925 /\ fin 0x1p925.
Proof. split; [now rewrite (fR_pow2 _ 4503599627370496 873 52) | reflexivity]. Qed.
Lemma fR_huge : fR 0x1p1000 = bpow radix2 1000 /\ fin 0x1p1000.
Proof. split; [now rewrite (fR_pow2 _ 4503599627370496 948 52) | reflexivity]. Qed.
Lemma fR_least : fR 0x1p-126 = bpow radix2 (-126) /\ fin 0x1p-126.
Proof. split; [now rewrite (fR_pow2 _ 4503599627370496 (-178) 52) | reflexivity]. Qed.
Lemma fR_top : fR 0x1.ffffffp127 = bpow radix2 128 - bpow radix2 103 /\ fin 0x1.ffffffp127.
Proof.
  split; [|reflexivity]. rewrite fR_SF.
  change (Prim2SF 0x1.ffffffp127) with (S754_finite false 9007198986305536 75).
  unfold SF2R, F2R. cbn [cond_Zopp Fnum Fexp].
  replace 9007198986305536 with (33554431 * bpow radix2 28) by (change (bpow radix2 28) with 268435456; lra).
  rewrite Rmult_assoc, <- bpow_plus. change (28 + 75)%Z with 103%Z. rewrite bpow_128. lra.
Qed.
Lemma fR_split : fR 536870913 = bpow radix2 29 + 1 /\ fin 536870913.
Proof.
  split; [|reflexivity]. rewrite fR_SF.
  change (Prim2SF 536870913) with (S754_finite false 4503599635759104 (-23)).
  unfold SF2R, F2R. cbn [cond_Zopp Fnum Fexp].
  change (bpow radix2 29) with 536870912. change (bpow radix2 (-23)) with (/ 8388608). lra.
Qed.

(** A program's result and Flocq's are equal when their values are, and their signs or non-zero values. *)
Lemma same_number (y : PrimFloat.float) (b : b32) : fin y -> finite b -> fR y = B2R b ->
  fR y <> 0 \/ Bsign (Prim2B y) = Bsign b -> y = widen b.
Proof.
  intros Fy Fb E S. apply Prim2B_inj. destruct (widen_exact b Fb) as (Ew & Fw & Sw).
  apply B2R_Bsign_inj; trivial; unfold fR in *; [congruence|]. destruct S as [N|S]; [|congruence].
  rewrite Sw, 2!sign_nonzero; congruence.
Qed.

Lemma r32_subnormal x : fin x -> Rabs (fR x) < bpow radix2 (-126) ->
  let y := ((x * 0x1p-925) * 0x1p925)%float in
  fin y /\ fR y = rnd32 (fR x) /\ Bsign (Prim2B y) = Bsign (Prim2B x).
Proof.
  intros F H y. destruct fR_down as [Ed Fd], fR_back as [Eb Fb].
  assert (N := nearest_small _ H). assert (R := rne_scaled _ H).
  rewrite (round_subnormal _ H). set (n := ZnearestE _) in *.
  destruct (mul_rounds x 0x1p-925 F Fd) as (E1 & F1 & S1).
  { rewrite Ed. apply Rle_lt_trans with (bpow radix2 0); [|now apply bpow_lt]. apply rne_le_bpow; [lia|].
    rewrite Rabs_mult, (Rabs_pos_eq (bpow _ _)) by apply bpow_ge_0.
    apply Rle_trans with (bpow radix2 (-126) * bpow radix2 (-925));
      [apply Rmult_le_compat_r; [apply bpow_ge_0 | now apply Rlt_le]|].
    rewrite <- bpow_plus. now apply bpow_le. }
  rewrite Ed, R in E1.
  assert (X : rne (fR (x * 0x1p-925) * fR 0x1p925) = IZR n * bpow radix2 (-149)).
  { rewrite E1, Eb, Rmult_assoc, <- bpow_plus. apply rne_exact; lia. }
  destruct (mul_rounds (x * 0x1p-925) 0x1p925 F1 Fb) as (E2 & F2 & S2).
  { rewrite X. apply Rle_lt_trans with (bpow radix2 23 * bpow radix2 (-149));
      [|rewrite <- bpow_plus; now apply bpow_lt].
    rewrite Rabs_mult, (Rabs_pos_eq (bpow _ _)) by apply bpow_ge_0.
    apply Rmult_le_compat_r; [apply bpow_ge_0|]. rewrite <- abs_IZR. change (bpow radix2 23) with 8388608.
    now apply IZR_le. }
  split; [exact F2|]. split; [now rewrite <- X|]. unfold y. rewrite S2, S1.
  change (Bsign (Prim2B 0x1p-925)) with false. change (Bsign (Prim2B 0x1p925)) with false.
  now rewrite 2!Bool.xorb_false_r.
Qed.

Lemma r32_normal x : fin x -> bpow radix2 (-126) <= Rabs (fR x) < bpow radix2 128 - bpow radix2 103 ->
  let c := (x * 536870913)%float in let y := ((x - c) + c)%float in fin y /\ fR y = rnd32 (fR x).
Proof.
  intros F [L U] c y. destruct fR_split as [Es Fs].
  assert (V : Rabs (fR x) <= bpow radix2 128) by (pose proof bpow_103_pos; lra).
  assert (B : Rabs (fR x * fR 536870913) <= bpow radix2 158).
  { rewrite Es, Rabs_mult. change 158%Z with (128 + 30)%Z. rewrite bpow_plus.
    apply Rmult_le_compat; trivial; try apply Rabs_pos. change (bpow radix2 29) with 536870912.
    change (bpow radix2 30) with 1073741824. rewrite Rabs_pos_eq; lra. }
  apply (rne_le_bpow _ 158) in B; [|lia].
  destruct (mul_rounds x 536870913 F Fs) as (E1 & F1 & _).
  { eapply Rle_lt_trans; [exact B|]. now apply bpow_lt. }
  assert (B1 : Rabs (fR x - fR c) <= bpow radix2 159).
  { unfold c. rewrite E1. change 159%Z with (158 + 1)%Z. rewrite bpow_plus. change (bpow radix2 1) with 2.
    assert (bpow radix2 128 <= bpow radix2 158) by now apply bpow_le.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra. }
  apply (rne_le_bpow _ 159) in B1; [|lia].
  destruct (sub_rounds x c F F1) as (E2 & F2). { eapply Rle_lt_trans; [exact B1|]. now apply bpow_lt. }
  assert (B2 : Rabs (fR (x - c) + fR c) <= bpow radix2 160).
  { unfold c in E2, B1 |- *. rewrite E2, E1 in *. change 160%Z with (159 + 1)%Z. rewrite bpow_plus.
    change (bpow radix2 1) with 2. assert (bpow radix2 158 <= bpow radix2 159) by now apply bpow_le.
    eapply Rle_trans; [apply Rabs_triang|]. lra. }
  apply (rne_le_bpow _ 160) in B2; [|lia].
  destruct (add_rounds (x - c) c F2 F1) as (E3 & F3). { eapply Rle_lt_trans; [exact B2|]. now apply bpow_lt. }
  split; [exact F3|]. unfold y. rewrite E3, E2. unfold c. rewrite E1, Es.
  apply round_normal; [|exact L]. apply generic_format_B2R.
Qed.

Lemma r32_large x : fin x -> bpow radix2 128 - bpow radix2 103 <= Rabs (fR x) ->
  Prim2B (x * 0x1p1000)%float = B754_infinity (Bsign (Prim2B x)).
Proof.
  intros F H. destruct fR_huge as [Eh Fh]. unfold fR in *. rewrite mul_equiv.
  generalize (Bmult_correct prec emax Hprec Hmax mode_NE (Prim2B x) (Prim2B 0x1p1000)).
  rewrite Rlt_bool_false.
  - intros E%overflow_infinity. rewrite E. f_equal. apply Bool.xorb_false_r.
  - apply (rne_ge_bpow _ 1024); [lia|]. rewrite Eh, Rabs_mult, (Rabs_pos_eq (bpow _ 1000)) by apply bpow_ge_0.
    change 1024%Z with (24 + 1000)%Z. rewrite bpow_plus. apply Rmult_le_compat_r; [apply bpow_ge_0|].
    eapply Rle_trans; [|exact H]. rewrite bpow_128.
    assert (bpow radix2 24 <= bpow radix2 103) by now apply bpow_le. pose proof bpow_103_pos. lra.
Qed.

Lemma special_cases x : ~ fin x -> x = PrimFloat.nan \/ x = PrimFloat.infinity \/ x = PrimFloat.neg_infinity.
Proof.
  unfold fin. destruct (Prim2B x) as [s|[|]| |s m e B] eqn:E; intros N.
  - now destruct N.
  - right. right. apply Prim2B_inj. now rewrite E, neg_infinity_equiv, Prim2B_B2Prim.
  - right. left. apply Prim2B_inj. now rewrite E, infinity_equiv, Prim2B_B2Prim.
  - left. apply Prim2B_inj. now rewrite E, nan_equiv, Prim2B_B2Prim.
  - now destruct N.
Qed.

(** The program is the conversion to binary32 and back. *)
Theorem r32_correct x : r32 x = widen (narrow x).
Proof.
  destruct (finb x) eqn:FB; [apply finb_fin in FB |
    destruct (special_cases x) as [->|[->| ->]]; try reflexivity;
    now rewrite <- finb_fin, FB].
  assert (C := convert_rounds prec emax 24 128 _ _ (Prim2B x) FB). fold (narrow x) in C. fold (fR x) in C.
  unfold rounds in C. unfold r32. cbv zeta.
  destruct fR_least as [El Fl], fR_top as [Et Ft]. assert (FA := proj2 (fin_abs x) FB).
  destruct (PrimFloat.abs x <? 0x1p-126)%float eqn:L;
    [|destruct (PrimFloat.abs x <? 0x1.ffffffp127)%float eqn:U].
  - apply ltb_lt in L; trivial. rewrite fR_abs, El in L. destruct (r32_subnormal x FB L) as (F & E & S).
    rewrite Rlt_bool_true in C.
    + destruct C as (Ec & Fc & Sc). apply same_number; trivial; [congruence|]. right. congruence.
    + apply round_below. eapply Rlt_trans; [exact L|]. rewrite bpow_128. pose proof bpow_103_pos.
      assert (bpow radix2 (-126) < bpow radix2 103) by now apply bpow_lt. lra.
  - apply ltb_ge in L; trivial. apply ltb_lt in U; trivial. rewrite fR_abs in L, U. rewrite El in L.
    rewrite Et in U. destruct (r32_normal x FB (conj L U)) as (F & E).
    rewrite Rlt_bool_true in C by now apply round_below. destruct C as (Ec & Fc & Sc).
    apply same_number; trivial; [congruence|]. left. rewrite E. apply rnd32_ge_least in L.
    pose proof (bpow_gt_0 radix2 (-126)) as P. intros Z. rewrite Z, Rabs_R0 in L. lra.
  - apply ltb_ge in U; trivial. rewrite fR_abs, Et in U.
    rewrite Rlt_bool_false in C by now apply round_above. rewrite C. apply Prim2B_inj.
    rewrite (r32_large x FB U), widen_special by reflexivity. reflexivity.
Qed.
