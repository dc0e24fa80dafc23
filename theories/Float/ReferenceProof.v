(** Sums in the reference order are what Flocq's binary32 gives in that order, overflow and NaN included.
    Symbols: see [Float.Reference]. *)
From Coq Require Import ZArith Floats Uint63.
From Flocq Require Import BinarySingleNaN.
From Provenn Require Import Base.Vector Float.Kernel Float.OperationsProof Float.Reference.

Section Entries.
Variables (w x : farr) (W X : int -> b32).
Hypothesis entries_w : forall i, fget w i = widen (W i).
Hypothesis entries_x : forall j, fget x j = widen (X j).

Lemma sum32_correct n acc i j : sum32 n (widen acc) w i x j = widen (sumB n acc W i X j).
Proof.
  revert acc i j. induction n as [|n IH]; intros acc i j; [reflexivity|].
  cbn [sum32 sumB]. now rewrite entries_w, entries_x, mul32_correct, add32_correct, IH.
Qed.
Theorem dot32_correct n i j : dot32 n w i x j = widen (dotB n W i X j).
Proof.
  destruct n as [|n]; cbn [dot32 dotB]; [reflexivity|].
  now rewrite entries_w, entries_x, mul32_correct, sum32_correct.
Qed.
End Entries.
