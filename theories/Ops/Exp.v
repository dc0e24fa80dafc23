(** The exponential function on floats: a Taylor polynomial near 0, and squaring.

    [exp_poly x]   close to [exp x] for [|x| <= 1/2]
    [exp_near n x] close to [exp x] for [|x| <= 2^n / 2]: the square of the value at [x / 2]
    [exp_itv x]    an enclosure of [exp x], of relative width about 4e-15 + 1e-14 |x| *)
From Coq Require Import Floats.
From Provenn Require Import Base.Binary64 Ops.Lines.
Local Open Scope float_scope.

Definition exp_poly (x : float) : float :=
  1 + x * (1 + x * (0x1p-1 + x * (0x1.5555555555555p-3 + x * (0x1.5555555555555p-5
    + x * (0x1.1111111111111p-7 + x * (0x1.6c16c16c16c17p-10 + x * (0x1.a01a01a01a01ap-13
    + x * (0x1.a01a01a01a01ap-16 + x * (0x1.71de3a556c734p-19 + x * (0x1.27e4fb7789f5cp-22
    + x * (0x1.ae64567f544e4p-26 + x * (0x1.1eed8eff8d898p-29 + x * (0x1.6124613a86d09p-33
    + x * 0x1.93974a8c07c9dp-37))))))))))))).

Fixpoint exp_near (n : nat) (x : float) : float :=
  if PrimFloat.abs x <=? 0.5 then exp_poly x else
  match n with
  | O => nan
  | S n => let s := exp_near n (x * 0.5) in s * s
  end.

(** The relative error of [exp_near] at most doubles with every squaring. *)
Definition exp_itv (x : float) : itv :=
  if x <? -690 then Itv 0 0x1p-994 else
  if x <=? 710 then
    let s := exp_near 11 x in
    let w := up (s * up (0x1.cp-50 * max2 1 (PrimFloat.abs x * 4))) in
    Itv (dn (s - w)) (up (s + w))
  else Itv 0 infinity.
