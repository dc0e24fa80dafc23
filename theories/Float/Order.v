(** The reference order of a sum: products from left to right, each rounded to nearest, subnormals kept.

    [reference_sum l]  the sum of the products of the pairs [l] in this order
    [reals l]          the pairs as real numbers *)
From Coq Require Import Reals List.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Float.Binary32.
Import ListNotations.

Definition reals (l : list (B32 * B32)) : list (R * R) := map (fun p => (B2R (fst p), B2R (snd p))) l.
Definition reference_step (acc : B32) (p : B32 * B32) : B32 :=
  plus32 false acc (times32 false (fst p) (snd p)).
Definition reference_sum (l : list (B32 * B32)) : B32 :=
  match l with
  | [] => B754_zero false
  | p :: l => fold_left reference_step l (times32 false (fst p) (snd p))
  end.
