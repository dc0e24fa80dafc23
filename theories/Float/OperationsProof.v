(** The operations of [Float.Kernel] are Flocq's operations on binary32 numbers, rounding to nearest, ties to
    even. Symbols: see [Float.KernelProof], and

    [sum_sign v s t]  the sign of a sum [v] of numbers with the signs [s] and [t]
    [alike x b]       [x] is of the kind of [b]: zero, infinite, NaN or another number, with the same sign *)
From Coq Require Import ZArith Reals Lra Lia Floats.
From Flocq Require Import Core BinarySingleNaN Double_rounding.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Float.Kernel Float.KernelProof.
Local Open Scope R_scope.
#[local] Existing Instances Hprec Hmax.

Notation "'finite' b" := (BinarySingleNaN.is_finite b = true) (at level 10, b at level 9).

(** ** Two roundings *)
Lemma through_b64 v s (z : binary_float prec emax) (c : b32) :
  rounds v s z -> Rabs (rne v) < bpow radix2 1024 ->
  nearest 24 128 (rne v) = nearest 24 128 v -> rounds v s c -> convert 24 128 z = c.
Proof.
  intros Z H D C. unfold rounds in Z. rewrite Rlt_bool_true in Z by exact H. destruct Z as (E & F & S).
  apply (rounds_unique _ _ v s); trivial. assert (X := convert_rounds _ _ 24 128 _ _ z F).
  rewrite E, S in X. unfold rounds in *. fold (rne v) in *. now rewrite D in X.
Qed.

Lemma b32_format (b : b32) : FLT_format radix2 (-149) 24 (B2R b).
Proof. apply FLT_format_generic; [easy|]. apply generic_format_B2R. Qed.
Lemma twice_sum (a b : b32) : nearest 24 128 (rne (B2R a + B2R b)) = nearest 24 128 (B2R a + B2R b).
Proof. apply (round_round_plus_FLT radix2 (-149) 24 (-1074) 53); auto using b32_format; easy. Qed.
Lemma twice_difference (a b : b32) : nearest 24 128 (rne (B2R a - B2R b)) = nearest 24 128 (B2R a - B2R b).
Proof. apply (round_round_minus_FLT radix2 (-149) 24 (-1074) 53); auto using b32_format; easy. Qed.
Lemma twice_product (a b : b32) : nearest 24 128 (rne (B2R a * B2R b)) = nearest 24 128 (B2R a * B2R b).
Proof. apply (round_round_mult_FLT radix2 ZnearestE (-149) 24 (-1074) 53); auto using b32_format; easy. Qed.
Lemma twice_quotient (a b : b32) : B2R b <> 0 ->
  nearest 24 128 (rne (B2R a / B2R b)) = nearest 24 128 (B2R a / B2R b).
Proof.
  intros N. apply (round_round_div_FLT radix2 (-149) 24 (-1074) 53); auto using b32_format; try easy.
  now exists 1%Z.
Qed.
Lemma twice_root (a : b32) :
  nearest 24 128 (rne (R_sqrt.sqrt (B2R a))) = nearest 24 128 (R_sqrt.sqrt (B2R a)).
Proof.
  apply (round_round_sqrt_FLT radix2 (-149) 24 (-1074) 53); auto using b32_format; try easy. now left.
Qed.

(** ** What Flocq's operations do in any format *)
Section Any_format.
Context {p q : Z} {P : Prec_gt_0 p} {Q : Prec_lt_emax p q}.
Implicit Types a b : binary_float p q.

Definition sum_sign (v : R) (s t : bool) : bool :=
  match Rcompare v 0 with Eq => andb s t | Lt => true | Gt => false end.

Lemma sign_side a : if Bsign a then B2R a <= 0 else 0 <= B2R a.
Proof.
  destruct a as [[|]|[|]| |[|] m e B]; cbn [Bsign B2R]; try apply Rle_refl; apply Rlt_le.
  - now apply F2R_lt_0.
  - now apply F2R_gt_0.
Qed.
Lemma overflow_nonzero v : bpow radix2 q <= Rabs (nearest p q v) -> v <> 0.
Proof.
  intros H ->. rewrite round_0, Rabs_R0 in H by auto with typeclass_instances.
  pose proof (bpow_gt_0 radix2 q). lra.
Qed.
Lemma overflow_sign a v : (if Bsign a then v <= 0 else 0 <= v) -> v <> 0 ->
  Bsign a = sum_sign v (Bsign a) (Bsign a).
Proof.
  unfold sum_sign. intros H N. destruct (Bsign a); [rewrite Rcompare_Lt | rewrite Rcompare_Gt]; trivial; lra.
Qed.
Lemma plus_rounds a b : finite a -> finite b ->
  rounds (B2R a + B2R b) (sum_sign (B2R a + B2R b) (Bsign a) (Bsign b)) (Bplus mode_NE a b).
Proof.
  intros Fa Fb. generalize (Bplus_correct p q P Q mode_NE a b Fa Fb). unfold rounds.
  case Rlt_bool_spec; [trivial|]. intros N%overflow_nonzero [E%overflow_infinity S]. rewrite E. f_equal.
  rewrite <- S. apply overflow_sign; [|exact N]. generalize (sign_side a) (sign_side b).
  rewrite <- S. destruct (Bsign a); lra.
Qed.
Lemma minus_rounds a b : finite a -> finite b ->
  rounds (B2R a - B2R b) (sum_sign (B2R a - B2R b) (Bsign a) (negb (Bsign b))) (Bminus mode_NE a b).
Proof.
  intros Fa Fb. generalize (Bminus_correct p q P Q mode_NE a b Fa Fb). unfold rounds.
  case Rlt_bool_spec; [trivial|]. intros N%overflow_nonzero [E%overflow_infinity S]. rewrite E. f_equal.
  rewrite <- S. apply overflow_sign; [|exact N]. generalize (sign_side a) (sign_side b).
  rewrite S. destruct (Bsign b); cbn [negb]; lra.
Qed.
Lemma mult_rounds a b : finite a -> finite b ->
  rounds (B2R a * B2R b) (xorb (Bsign a) (Bsign b)) (Bmult mode_NE a b).
Proof.
  intros Fa Fb. generalize (Bmult_correct p q P Q mode_NE a b). unfold rounds. rewrite Fa, Fb.
  case Rlt_bool_spec; [|intros _; apply overflow_infinity].
  intros _ (E & F & S). repeat split; trivial. apply S. now destruct Bmult.
Qed.
Lemma div_rounds a b : finite a -> B2R b <> 0 ->
  rounds (B2R a / B2R b) (xorb (Bsign a) (Bsign b)) (Bdiv mode_NE a b).
Proof.
  intros Fa N. generalize (Bdiv_correct p q P Q mode_NE a b N). unfold rounds. rewrite Fa.
  case Rlt_bool_spec; [|intros _; apply overflow_infinity].
  intros _ (E & F & S). repeat split; trivial. apply S. now destruct Bdiv.
Qed.
Lemma sqrt_rounds m e B : let a := B754_finite false m e B in
  Rabs (nearest p q (R_sqrt.sqrt (B2R a))) < bpow radix2 q /\
  rounds (R_sqrt.sqrt (B2R a)) false (Bsqrt mode_NE a).
Proof.
  intros a. destruct (Bsqrt_correct p q P Q mode_NE a) as (E & F & S).
  assert (L : Rabs (nearest p q (R_sqrt.sqrt (B2R a))) < bpow radix2 q)
    by (rewrite <- E; apply abs_B2R_lt_emax).
  split; [exact L|]. unfold rounds. rewrite Rlt_bool_true by exact L. repeat split; trivial.
  apply S. revert F. now destruct Bsqrt.
Qed.
End Any_format.

(** ** No overflow in binary64 *)
Lemma rne_lt_max v k : (-1074 <= k < 1024)%Z -> Rabs v <= bpow radix2 k -> Rabs (rne v) < bpow radix2 1024.
Proof.
  intros K H. eapply Rle_lt_trans; [apply (rne_le_bpow v k); [lia | exact H]|]. apply bpow_lt. lia.
Qed.
Lemma sum_small (a b : b32) v : Rabs v <= Rabs (B2R a) + Rabs (B2R b) -> Rabs (rne v) < bpow radix2 1024.
Proof.
  intros H. apply (rne_lt_max _ 129); [lia|]. change 129%Z with (128 + 1)%Z. rewrite bpow_plus.
  change (bpow radix2 1) with 2. pose proof (b32_small a). pose proof (b32_small b). lra.
Qed.
Lemma product_small (a b : b32) : Rabs (rne (B2R a * B2R b)) < bpow radix2 1024.
Proof.
  apply (rne_lt_max _ 256); [lia|]. rewrite Rabs_mult. change 256%Z with (128 + 128)%Z. rewrite bpow_plus.
  apply Rmult_le_compat; try apply Rabs_pos; apply Rlt_le, b32_small.
Qed.
Lemma quotient_small (a b : b32) : B2R b <> 0 -> Rabs (rne (B2R a / B2R b)) < bpow radix2 1024.
Proof.
  intros N. apply (rne_lt_max _ 277); [lia|]. unfold Rdiv. rewrite Rabs_mult, Rabs_inv.
  change 277%Z with (128 + 149)%Z. rewrite bpow_plus.
  apply Rmult_le_compat; try apply Rabs_pos.
  - apply Rlt_le, Rinv_0_lt_compat. now apply Rabs_pos_lt.
  - apply Rlt_le, b32_small.
  - change 149%Z with (- (-149))%Z. rewrite bpow_opp. apply Rinv_le; [apply bpow_gt_0|].
    apply (abs_B2R_ge_emin 24 128). now apply is_finite_strict_B2R.
Qed.

(** ** Kinds of numbers *)
Inductive alike : binary_float prec emax -> b32 -> Prop :=
  | alike_zero s : alike (B754_zero s) (B754_zero s)
  | alike_infinity s : alike (B754_infinity s) (B754_infinity s)
  | alike_nan : alike B754_nan B754_nan
  | alike_finite s m e B m' e' B' : alike (B754_finite s m e B) (B754_finite s m' e' B').
Lemma widen_alike (b : b32) : alike (Prim2B (widen b)) b.
Proof.
  destruct (BinarySingleNaN.is_finite b) eqn:F.
  - destruct (widen_exact b F) as (E & Fw & S). destruct b as [s|s| |s m e B]; try discriminate.
    + unfold widen. rewrite Prim2B_B2Prim. constructor.
    + destruct (Prim2B (widen _)) as [t|t| |t m' e' B']; try discriminate; cbn in S; subst t; [|constructor].
      exfalso. cbn [B2R] in E. destruct s; [pose proof (F2R_lt_0 radix2 (Float radix2 (Zneg m) e) eq_refl) |
        pose proof (F2R_gt_0 radix2 (Float radix2 (Zpos m) e) eq_refl)]; cbn [cond_Zopp Z.opp] in E; lra.
  - unfold widen. rewrite Prim2B_B2Prim. destruct b; try discriminate; constructor.
Qed.
Ltac kinds a b := destruct (widen_alike a), (widen_alike b); try discriminate; try reflexivity.

(** ** The operations *)
Theorem add32_correct (a b : b32) : add32 (widen a) (widen b) = widen (Bplus mode_NE a b).
Proof.
  unfold add32. rewrite r32_correct. f_equal. unfold narrow. rewrite add_equiv.
  destruct (BinarySingleNaN.is_finite a) eqn:Fa, (BinarySingleNaN.is_finite b) eqn:Fb;
    [|kinds a b; now repeat match goal with s : bool |- _ => destruct s end ..].
  destruct (widen_exact a Fa) as (Ea & Wa & Sa), (widen_exact b Fb) as (Eb & Wb & Sb).
  eapply through_b64; [now apply plus_rounds | | |]; rewrite Ea, Eb.
  - apply (sum_small a b), Rabs_triang.
  - apply twice_sum.
  - rewrite Sa, Sb. now apply plus_rounds.
Qed.
Theorem sub32_correct (a b : b32) : sub32 (widen a) (widen b) = widen (Bminus mode_NE a b).
Proof.
  unfold sub32. rewrite r32_correct. f_equal. unfold narrow. rewrite sub_equiv.
  destruct (BinarySingleNaN.is_finite a) eqn:Fa, (BinarySingleNaN.is_finite b) eqn:Fb;
    [|kinds a b; now repeat match goal with s : bool |- _ => destruct s end ..].
  destruct (widen_exact a Fa) as (Ea & Wa & Sa), (widen_exact b Fb) as (Eb & Wb & Sb).
  eapply through_b64; [now apply minus_rounds | | |]; rewrite Ea, Eb.
  - apply (sum_small a b). unfold Rminus. rewrite <- (Rabs_Ropp (B2R b)). apply Rabs_triang.
  - apply twice_difference.
  - rewrite Sa, Sb. now apply minus_rounds.
Qed.
Theorem mul32_correct (a b : b32) : mul32 (widen a) (widen b) = widen (Bmult mode_NE a b).
Proof.
  unfold mul32. rewrite r32_correct. f_equal. unfold narrow. rewrite mul_equiv.
  destruct (BinarySingleNaN.is_finite a) eqn:Fa, (BinarySingleNaN.is_finite b) eqn:Fb; [|kinds a b ..].
  destruct (widen_exact a Fa) as (Ea & Wa & Sa), (widen_exact b Fb) as (Eb & Wb & Sb).
  eapply through_b64; [now apply mult_rounds | | |]; rewrite Ea, Eb.
  - apply product_small.
  - apply twice_product.
  - rewrite Sa, Sb. now apply mult_rounds.
Qed.
Theorem div32_correct (a b : b32) : div32 (widen a) (widen b) = widen (Bdiv mode_NE a b).
Proof.
  unfold div32. rewrite r32_correct. f_equal. unfold narrow. rewrite div_equiv.
  destruct (BinarySingleNaN.is_finite a) eqn:Fa, (BinarySingleNaN.is_finite b) eqn:Fb; [|kinds a b ..].
  destruct (widen_exact a Fa) as (Ea & Wa & Sa), (widen_exact b Fb) as (Eb & Wb & Sb).
  destruct (Req_dec (B2R b) 0) as [Z|N].
  - destruct b as [s|s| |s m e B]; try discriminate.
    { assert (W : Prim2B (widen (B754_zero s)) = B754_zero s) by (unfold widen; apply Prim2B_B2Prim).
      rewrite W. clear. now destruct (widen_alike a). }
    exfalso. revert Z. cbn [B2R]. destruct s; [apply Rlt_not_eq; now apply F2R_lt_0|].
    apply Rgt_not_eq. now apply F2R_gt_0.
  - eapply through_b64; [apply div_rounds; congruence | | |]; rewrite Ea, Eb.
    + now apply quotient_small.
    + now apply twice_quotient.
    + rewrite Sa, Sb. now apply div_rounds.
Qed.
Theorem sqrt32_correct (a : b32) : sqrt32 (widen a) = widen (Bsqrt mode_NE a).
Proof.
  unfold sqrt32. rewrite r32_correct. f_equal. unfold narrow. rewrite sqrt_equiv.
  destruct (BinarySingleNaN.is_finite a) eqn:Fa.
  - destruct (widen_exact a Fa) as (Ea & Wa & Sa). revert Ea. revert Fa.
    destruct (widen_alike a) as [s|s| |[|] m e B m' e' B']; intros Fa Ea; try reflexivity; try discriminate.
    destruct (sqrt_rounds m e B) as [L R]. destruct (sqrt_rounds m' e' B') as [_ R'].
    eapply through_b64; [exact R | exact L | | ]; rewrite Ea; [apply twice_root | exact R'].
  - destruct (widen_alike a) as [s|[|]| |]; try discriminate; reflexivity.
Qed.

(** ** Exact operations: comparisons, sign *)
Theorem eqb32_correct (a b : b32) : (widen a =? widen b)%float = Beqb a b.
Proof.
  rewrite eqb_equiv. destruct (BinarySingleNaN.is_finite a) eqn:Fa, (BinarySingleNaN.is_finite b) eqn:Fb;
    [|kinds a b ..].
  destruct (widen_exact a Fa) as (Ea & Wa & _), (widen_exact b Fb) as (Eb & Wb & _).
  rewrite 2!Beqb_correct by assumption. now rewrite Ea, Eb.
Qed.
Theorem ltb32_correct (a b : b32) : (widen a <? widen b)%float = Bltb a b.
Proof.
  rewrite ltb_equiv. destruct (BinarySingleNaN.is_finite a) eqn:Fa, (BinarySingleNaN.is_finite b) eqn:Fb;
    [|kinds a b ..].
  destruct (widen_exact a Fa) as (Ea & Wa & _), (widen_exact b Fb) as (Eb & Wb & _).
  rewrite 2!Bltb_correct by assumption. now rewrite Ea, Eb.
Qed.
Theorem leb32_correct (a b : b32) : (widen a <=? widen b)%float = Bleb a b.
Proof.
  rewrite leb_equiv. destruct (BinarySingleNaN.is_finite a) eqn:Fa, (BinarySingleNaN.is_finite b) eqn:Fb;
    [|kinds a b ..].
  destruct (widen_exact a Fa) as (Ea & Wa & _), (widen_exact b Fb) as (Eb & Wb & _).
  rewrite 2!Bleb_correct by assumption. now rewrite Ea, Eb.
Qed.
