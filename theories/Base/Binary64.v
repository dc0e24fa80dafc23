(** Binary64 numbers: their real value, and bounds computed by rounding to nearest and stepping outwards.

    [fin x]       the number [x] is finite
    [finb x]      the same, as a program
    [fR x]        the real value of [x] (0 if [x] is not finite)
    [rne z]       the binary64 number nearest to the real [z], ties to even
    [u], [eta]    largest relative and absolute error of one rounding, 2^-53 and 2^-1075
    [up s]        an upper bound of every real whose rounding is [s]
    [dn s]        a lower bound of every real whose rounding is [s]
    [maxf], [minf]  larger and smaller of two finite numbers
    [sided x a b]   [x * a] if [x >= 0], else [x * b], rounded once, without a branch that cannot be foreseen
    [gamma n]     bounds the relative error of a sum of [n] products
    [tiny]        bounds the absolute error of such a sum, caused by underflow *)
From Coq Require Import ZArith Reals Floats Uint63.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.

Definition fR (x : PrimFloat.float) : R := B2R (Prim2B x).
Definition fin (x : PrimFloat.float) : Prop := BinarySingleNaN.is_finite (Prim2B x) = true.
Definition finb (x : PrimFloat.float) : bool := PrimFloat.eqb (x - x)%float 0%float.

Definition rne (z : R) : R := round radix2 (SpecFloat.fexp prec emax) (round_mode mode_NE) z.
Definition u : R := bpow radix2 (-53).
Definition eta : R := bpow radix2 (-1075).

Definition up (s : PrimFloat.float) : PrimFloat.float :=
  (s + (PrimFloat.abs s * 0x1p-51 + 0x1p-1070))%float.
Definition dn (s : PrimFloat.float) : PrimFloat.float :=
  (s - (PrimFloat.abs s * 0x1p-51 + 0x1p-1070))%float.

Definition maxf (x y : PrimFloat.float) : PrimFloat.float := if (x <=? y)%float then y else x.
Definition minf (x y : PrimFloat.float) : PrimFloat.float := if (x <=? y)%float then x else y.
(** One of both factors is [x], the other one is 0. *)
Definition sided (x a b : PrimFloat.float) : PrimFloat.float :=
  let m := PrimFloat.abs x in ((x + m) * 0.5 * a + (x - m) * 0.5 * b)%float.

Definition gamma (n : int) : PrimFloat.float :=
  if (n <=? 16777216)%uint63 then (PrimFloat.of_uint63 (n + 8)%uint63 * 0x1p-52)%float else PrimFloat.nan.
Definition tiny : PrimFloat.float := 0x1p-1030%float.
