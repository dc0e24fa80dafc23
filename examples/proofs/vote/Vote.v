(** A network that decides by majority, proved for all votes.

    [vote]      1 if at least two of three inputs are 1, over inputs 0 and 1
    [as_input]  a vote as a number *)
From Coq Require Import List ZArith Reals Lra Bool.
From Provenn Require Import Interface Interface.Notations.
Import ListNotations.

Definition vote : network Z := <{
  dense [[1; 1; 1]; [1; 1; 1]]%Z [-1; -2]%Z |> Relu ;;
  dense [[1; -1]]%Z [0]%Z }>.

Definition as_input (b : bool) : R := if b then 1%R else 0%R.
Definition majority (a b c : bool) : bool := (a && b) || (a && c) || (b && c).

Theorem vote_is_majority (a b c : bool) :
  run vote [as_input a; as_input b; as_input c] = [as_input (majority a b c)].
Proof.
  destruct a, b, c; unfold vote, run, layer_value; cbn; f_equal;
    unfold Rmax; repeat destruct Rle_dec; lra.
Qed.
