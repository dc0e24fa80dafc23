(** The noise of a semantics covers exact arithmetic, and what binary32 needs. Symbols: see
    [Checker.Semantics].

    [noise32 ulps]  the noise of binary32 executions, node by node *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 List.
From Flocq Require Import Core.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof Ops.Conv Ops.Functions IR.LinMap IR.LinMapProof.
From Provenn Require Import IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Enclose Checker.EncloseProof Checker.Invariant Checker.Semantics.
From Provenn Require Import Float.Sum Float.SumProof.
Import ListNotations.
Local Open Scope R_scope.

Definition noise32 (ulps : PrimFloat.float) : noise :=
  Noise (fun n => fR (nonneg (kappa32 ulps n))) (fun n => fR (nonneg (eta32 n))).

Lemma nonneg_ge x : 0 <= fR (nonneg x).
Proof.
  unfold nonneg. destruct (0 <=? x)%float eqn:E; [|rewrite fR_nan; lra].
  destruct (finb x) eqn:F.
  - apply finb_fin in F. apply leb_le in E; [|exact fin_0 | exact F]. now rewrite fR_0 in E.
  - assert (N : ~ fin x) by (intros H; apply finb_fin in H; congruence).
    unfold fin, fR in *. destruct (FloatOps.Prim2SF x); revert N; destruct (PrimFloat.Prim2B x) eqn:B;
      cbn; intros; try lra; try tauto; now destruct N.
Qed.
Lemma none_covered s : covers (noise_of s) none.
Proof.
  destruct s as [|ulps]; split; cbn [relative absolute none kappa eta_up noise_of no_noise noisy cap least];
    try reflexivity; try discriminate; intros; try rewrite fR_0; try (pose proof (nonneg_ge (kappa32 ulps
      n)));
    try (pose proof (nonneg_ge (eta32 n))); try lra; now split.
Qed.
Lemma noise32_covered ulps : covers (noise_of (Binary32 ulps)) (noise32 ulps).
Proof.
  split; cbn [relative absolute noise32 kappa eta_up noise_of noisy cap least]; try reflexivity;
    try discriminate; intros; pose proof (nonneg_ge (kappa32 ulps n)); pose proof (nonneg_ge (eta32 n)); lra.
Qed.
