(** Functions that networks are written with in other words, and their real meaning.

    The reader of networks writes a maximum, a softmax and the like with the operations that the checker knows.
    That both mean the same over the reals is proved here, so a theorem about the one speaks about the other.

    [total x n]        the sum of the exponentials of [x 0 ... x (n-1)]
    [join a b]         [ln (exp a + exp b)], as the softmax of a network is written: [a + softplus (b - a)] *)
From Coq Require Import Reals.
From Provenn Require Import Ops.Softplus.
Local Open Scope R_scope.

Definition total (x : nat -> R) (n : nat) : R := sum_f_R0 (fun k => exp (x k)) n.
Definition join (a b : R) : R := a + softplus (b - a).
