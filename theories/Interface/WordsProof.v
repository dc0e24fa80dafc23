(** What follows when Coq has computed the tests of [Interface.Words]. *)
From Coq Require Import Bool ZArith Reals Uint63 List.
From Provenn Require Import Checker.Words Checker.ReadGraph Checker.Check.
From Provenn Require Import Interface.Spec Interface.SpecProof Interface.Network Interface.NetworkProof Interface.Words.

(** The words are the network: what runs on them, in exact arithmetic, is what was defined. *)
Theorem is_exact_run {A} {num : number A} {cmp : compared A} (n : network A) inputs l : is_exact n inputs l = true ->
  forall xs, length xs = inputs -> (Z.of_nat inputs <= 2097152)%Z ->
  agree (network_of (words_of_list l) (vector xs)) 0%uint63 (run n xs) /\ length (run n xs) = outputs n inputs.
Proof.
  unfold is_exact. destruct (read_graph (words_of_list l)) as [net|] eqn:R; [|discriminate]. intros M xs L B.
  apply (matches_run _ net n inputs R M (vector xs) xs); trivial. apply agree_own. now rewrite L.
Qed.
Theorem safe_run {A} {num : number A} {cmp : compared A} g p c s (n : network A) inputs : safe g p c s n inputs = true ->
  forall xs, length xs = inputs -> ~ violated s (vector xs) (vector (run n xs)).
Proof.
  unfold safe. destruct (check g p c) as [[net prop]|] eqn:C; [|discriminate]. intros H.
  apply andb_prop in H as [H B]. apply andb_prop in H as [H O]. apply andb_prop in H as [S M].
  now apply (spec_holds g p c s net prop n inputs).
Qed.
