(** Arithmetic that flushes subnormal numbers is that of [Float.Binary32], which executions may use. Symbols:
    see [Float.Flush], [Float.Binary32]. *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Float.Kernel Float.KernelProof Float.OperationsProof.
From Provenn Require Import Float.Sum Float.Binary32 Float.Binary32Proof Float.Flush.
Local Open Scope R_scope.

Lemma normal_large s m e B : subnormal (B754_finite s m e B) = false ->
  bpow radix2 (-126) <= Rabs (B2R (B754_finite s m e B : B32)).
Proof.
  cbn [subnormal]. intros H. apply Z.ltb_ge in H.
  assert (E : (-149 <= e)%Z).
  { unfold SpecFloat.bounded in B. apply andb_prop in B as [C _]. unfold SpecFloat.canonical_mantissa in C.
    apply Zeq_bool_eq in C. unfold SpecFloat.fexp, SpecFloat.emin in C. lia. }
  cbn [B2R]. rewrite <- F2R_Zabs. unfold F2R. cbn [Fnum Fexp]. rewrite abs_cond_Zopp. cbn [Z.abs].
  replace (-126)%Z with (23 + -149)%Z by reflexivity. rewrite bpow_plus.
  apply Rmult_le_compat; try apply bpow_ge_0; [|now apply bpow_le].
  rewrite <- (IZR_Zpower radix2) by lia. now apply IZR_le.
Qed.
Lemma widen_zero s : Prim2B (widen (B754_zero s)) = B754_zero s.
Proof. now destruct s. Qed.

Theorem flush32_correct (b : b32) : flush32 (widen b) = widen (flush b).
Proof.
  destruct b as [s|s| |s m e B]; [now destruct s | now destruct s | reflexivity|].
  set (b := B754_finite s m e B : b32). destruct (widen_exact b eq_refl) as (E & F & S).
  destruct fR_least as [El Fl]. unfold flush32, flush.
  destruct (PrimFloat.abs (widen b) <? 0x1p-126)%float eqn:L.
  - apply ltb_lt in L; [|now apply fin_abs | exact Fl]. rewrite fR_abs, El in L. unfold fR in L. rewrite E in L.
    destruct (subnormal b) eqn:Sb; [|apply normal_large in Sb; fold b in Sb; lra].
    apply Prim2B_inj. rewrite mul_equiv, widen_zero. change (Prim2B 0%float) with (@B754_zero prec emax false).
    rewrite <- S. destruct (Prim2B (widen b)) as [t|t| |t m' e' B']; try discriminate; cbn [Bmult Bsign];
      now rewrite xorb_false_r.
  - apply ltb_ge in L; [|now apply fin_abs | exact Fl]. rewrite fR_abs, El in L. unfold fR in L. rewrite E in L.
    destruct (subnormal b) eqn:Sb; [|reflexivity]. apply subnormal_small in Sb. unfold e32 in Sb. lra.
Qed.
Theorem addz32_correct (a b : b32) : addz32 (widen a) (widen b) = widen (plus32 true a b).
Proof. unfold addz32. now rewrite !flush32_correct, add32_correct, flush32_correct. Qed.
Theorem mulz32_correct (a b : b32) : mulz32 (widen a) (widen b) = widen (times32 true a b).
Proof. unfold mulz32. now rewrite !flush32_correct, mul32_correct, flush32_correct. Qed.
