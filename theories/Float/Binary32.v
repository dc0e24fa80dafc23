(** Binary32 numbers, and their operations as instances of what [Float.Sum] allows.

    [B32]           Flocq's binary32: zeros, subnormal and normal numbers, infinities, NaN
    [num x]         its value as a result
    [rne32 z]       the binary32 number nearest to [z], ties to even
    [flush x]       [x], or 0 of the same sign instead of a subnormal number
    [plus32], [times32], [fma32]  rounding to nearest; with [ftz], subnormal operands and results are
      flushed *)
From Coq Require Import ZArith Reals.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Float.Sum.

Notation B32 := (binary_float 24 128).
#[global] Instance prec32 : Prec_gt_0 24 := eq_refl.
#[global] Instance emax32 : Prec_lt_emax 24 128 := eq_refl.

Definition num (x : B32) : number := if is_finite x then Some (B2R x) else None.
Definition rne32 (z : R) : R := round radix2 (SpecFloat.fexp 24 128) (round_mode mode_NE) z.

Definition subnormal (x : B32) : bool :=
  match x with
  | B754_finite _ m _ _ => (Zpos m <? 2 ^ 23)%Z
  | _ => false
  end.
Definition flush (x : B32) : B32 := if subnormal x then B754_zero (Bsign x) else x.

Definition keep (ftz : bool) (x : B32) : B32 := if ftz then flush x else x.
Definition plus32 (ftz : bool) (x y : B32) : B32 := keep ftz (Bplus mode_NE (keep ftz x) (keep ftz y)).
Definition times32 (ftz : bool) (x y : B32) : B32 := keep ftz (Bmult mode_NE (keep ftz x) (keep ftz y)).
Definition fma32 (ftz : bool) (x y z : B32) : B32 :=
  keep ftz (Bfma mode_NE (keep ftz x) (keep ftz y) (keep ftz z)).
