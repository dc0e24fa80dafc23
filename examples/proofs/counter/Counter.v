(** A counter modulo 3 as a network, proved for all counts and for every number of steps.

    [step_of]   the network: three inputs say which of 0, 1, 2 the count is, the fourth whether to count
    [one_hot]   a count as three numbers, one of them 1
    [counted]   the count after a list of ticks *)
From Coq Require Import List ZArith Reals Lra Lia Bool Arith.
From Provenn Require Import Interface.
Import ListNotations.

(** Six hidden units: the count stays (relu (s - b)) or moves on (relu (s + b - 1)). *)
Definition step_of : network Z := [
  Layer [[1; 0; 0; -1]; [0; 1; 0; -1]; [0; 0; 1; -1];
         [1; 0; 0; 1]; [0; 1; 0; 1]; [0; 0; 1; 1]]%Z
        [0; 0; 0; -1; -1; -1]%Z Relu;
  Layer [[1; 0; 0; 0; 0; 1]; [0; 1; 0; 1; 0; 0]; [0; 0; 1; 0; 1; 0]]%Z
        [0; 0; 0]%Z Identity ].

Definition one_hot (n : nat) : list R :=
  match n with 0 => [1; 0; 0] | 1 => [0; 1; 0] | _ => [0; 0; 1] end%R.
Definition tick (b : bool) : R := if b then 1%R else 0%R.
Definition next (n : nat) (b : bool) : nat := (n + Nat.b2n b) mod 3.

(** The positive part of a number that is 1, or of one that is not positive. *)
Ltac rectify :=
  match goal with
  | |- context [Rmax 0 ?e] =>
      first [ replace (Rmax 0 e) with 0%R by (rewrite Rmax_left; lra)
            | replace (Rmax 0 e) with 1%R by (rewrite Rmax_right; lra) ]
  end.

Lemma step_counts n b : n < 3 -> run step_of (one_hot n ++ [tick b]) = one_hot (next n b).
Proof.
  intros H; destruct n as [|[|[|n]]]; [| | |lia]; destruct b; unfold step_of, run, layer_value; cbn;
    repeat rectify; repeat f_equal; lra.
Qed.

Fixpoint counted (ticks : list bool) (state : list R) : list R :=
  match ticks with
  | [] => state
  | b :: ticks => counted ticks (run step_of (state ++ [tick b]))
  end.

Theorem counts_modulo_3 ticks : counted ticks (one_hot 0) = one_hot (count_occ bool_dec ticks true mod 3).
Proof.
  assert (H : forall n, n < 3 -> counted ticks (one_hot n) = one_hot ((n + count_occ bool_dec ticks true) mod 3)).
  { induction ticks as [|b ticks IH]; intros n Hn.
    - cbn [counted count_occ]. now rewrite Nat.add_0_r, Nat.mod_small.
    - cbn [counted]. rewrite step_counts by assumption. rewrite IH by now apply Nat.mod_upper_bound.
      f_equal. unfold next. rewrite Nat.add_mod_idemp_l by discriminate. f_equal.
      destruct b; cbn [Nat.b2n count_occ]; destruct bool_dec; try discriminate; lia. }
  exact (H 0 (Nat.lt_0_succ 2)).
Qed.
