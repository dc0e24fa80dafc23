(** Binary32 arithmetic computed with primitive binary64 floats.

    [b32]          Flocq's binary32 numbers, one NaN
    [convert]      the nearest number of another format, ties to even; keeps signs, infinities and NaN
    [widen b]      the binary64 number that is the binary32 number [b]
    [narrow x]     the binary32 number nearest to the binary64 number [x]
    [r32 x]        the same as a program: a binary64 number that is a binary32 number
    [add32], ...   sum, difference, product, quotient, square root: one operation in binary64, then [r32]

    [r32] has three cases. Below the smallest normal number it scales so that the spacing of binary64's
    subnormal numbers is that of binary32's; between, Veltkamp's splitting keeps 24 bits; above, numbers
    become infinite. *)
From Coq Require Import ZArith Floats.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.

Definition b32 : Type := binary_float 24 128.
#[global] Instance prec32 : Prec_gt_0 24 := eq_refl.
#[global] Instance max32 : Prec_lt_emax 24 128 := eq_refl.

Definition convert {p q} p' q' {P : Prec_gt_0 p'} {Q : Prec_lt_emax p' q'} (b : binary_float p q) :
  binary_float p' q' :=
  match b with
  | B754_zero s => B754_zero s
  | B754_infinity s => B754_infinity s
  | B754_nan => B754_nan
  | B754_finite s m e _ => binary_normalize p' q' P Q mode_NE (cond_Zopp s (Zpos m)) e s
  end.
Definition widen (b : b32) : PrimFloat.float := B2Prim (@convert 24 128 prec emax Hprec Hmax b).
Definition narrow (x : PrimFloat.float) : b32 := convert 24 128 (Prim2B x).

Local Open Scope float_scope.
Definition r32 (x : PrimFloat.float) : PrimFloat.float :=
  let a := PrimFloat.abs x in
  if a <? 0x1p-126 then (x * 0x1p-925) * 0x1p925
  else if a <? 0x1.ffffffp127 then let c := x * 536870913 in (x - c) + c
  else x * 0x1p1000.

Definition add32 (x y : PrimFloat.float) : PrimFloat.float := r32 (x + y).
Definition sub32 (x y : PrimFloat.float) : PrimFloat.float := r32 (x - y).
Definition mul32 (x y : PrimFloat.float) : PrimFloat.float := r32 (x * y).
Definition div32 (x y : PrimFloat.float) : PrimFloat.float := r32 (x / y).
Definition sqrt32 (x : PrimFloat.float) : PrimFloat.float := r32 (PrimFloat.sqrt x).
