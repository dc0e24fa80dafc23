(** Three equal shares, and what is left of the whole: nothing, over the reals.

    [split]   the network over real numbers: three thirds of the input less the input
    [shares]  the same with its numbers as expressions, which Coq can compute with *)
From Coq Require Import List Reals Lra.
From Provenn Require Import Interface.
Import ListNotations.
Local Open Scope R_scope.

Definition third : R := 1 / 3.
Definition split : network R := [
  Layer [[third]; [third]; [third]; [1]] [0; 0; 0; 0] Relu;
  Layer [[1; 1; 1; -1]] [0] Identity ].

Lemma nothing_is_left_of (x : R) : 0 <= x -> run split [x] = [0].
Proof. intros H. unfold split, run, layer_value, third; cbn. rewrite !Rmax_right by lra. f_equal. lra. Qed.

Definition shares : network expression := ltac:(quote_network split).
Lemma shares_are_split : mapped denote shares = split.
Proof. reflexivity. Qed.

Theorem nothing_is_left (x : R) : 0 <= x -> run shares [x] = [0].
Proof. intros H. rewrite <- run_denoted, shares_are_split. now apply nothing_is_left_of. Qed.
