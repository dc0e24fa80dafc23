(** The reference order of binary32 networks: products are added one by one in increasing index order.

    [sum32 n acc w i x j]   [acc] plus [n] products of entries of [w] from [i] on and of [x] from [j] on
    [dot32 n w i x j]       the same from the first product on; 0 if there is none
    [affine32 r n m x w]    the [r] rows of length [n] of [x] times the [m] rows of [w]
    [map32 op n a], [zip32 op n a b]   one operation on each entry
    [sumB], [dotB]          what [sum32] and [dot32] are in Flocq's binary32 *)
From Coq Require Import ZArith Floats Uint63.
From Flocq Require Import BinarySingleNaN.
From Provenn Require Import Base.Vector Float.Kernel.
Local Open Scope uint63_scope.

Fixpoint sum32 (n : nat) (acc : PrimFloat.float) (w : farr) (i : int) (x : farr) (j : int) :
  PrimFloat.float :=
  match n with
  | O => acc
  | S n => sum32 n (add32 acc (mul32 (fget x j) (fget w i))) w (i + 1) x (j + 1)
  end.
Definition dot32 (n : nat) (w : farr) (i : int) (x : farr) (j : int) : PrimFloat.float :=
  match n with
  | O => 0%float
  | S n => sum32 n (mul32 (fget x j) (fget w i)) w (i + 1) x (j + 1)
  end.
Definition affine32 (r n m : int) (x w : farr) : farr :=
  let fuel := nat_of n in
  ftab (r * m) (fun k => dot32 fuel w ((k mod m) * n) x ((k / m) * n)).

Definition map32 (op : PrimFloat.float -> PrimFloat.float) (n : int) (a : farr) : farr :=
  ftab n (fun i => op (fget a i)).
Definition zip32 (op : PrimFloat.float -> PrimFloat.float -> PrimFloat.float) (n : int) (a b : farr) : farr :=
  ftab n (fun i => op (fget a i) (fget b i)).
Definition flag (holds : bool) : PrimFloat.float := if holds then 1%float else 0%float.

(** Programs of the extraction: binary64 arrays in and out, their entries binary32 numbers. *)
Definition add_all := zip32 add32.
Definition sub_all := zip32 sub32.
Definition mul_all := zip32 mul32.
Definition div_all := zip32 div32.
Definition sqrt_all := map32 sqrt32.
Definition round_all := map32 r32.
Definition eq_all := zip32 (fun x y => flag (x =? y)%float).
Definition lt_all := zip32 (fun x y => flag (x <? y)%float).
Definition le_all := zip32 (fun x y => flag (x <=? y)%float).

Fixpoint sumB (n : nat) (acc : b32) (w : int -> b32) (i : int) (x : int -> b32) (j : int) : b32 :=
  match n with
  | O => acc
  | S n => sumB n (Bplus mode_NE acc (Bmult mode_NE (x j) (w i))) w (i + 1) x (j + 1)
  end.
Definition dotB (n : nat) (w : int -> b32) (i : int) (x : int -> b32) (j : int) : b32 :=
  match n with
  | O => B754_zero false
  | S n => sumB n (Bmult mode_NE (x j) (w i)) w (i + 1) x (j + 1)
  end.
