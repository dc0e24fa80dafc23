(** Binary32 arithmetic that flushes subnormal numbers to zero, with primitive binary64 floats.

    [flush32 x]            [x], or 0 of the same sign instead of a subnormal number
    [addz32], [mulz32]     sum and product; operands and results are flushed *)
From Coq Require Import Floats Uint63.
From Provenn Require Import Base.Vector Float.Kernel Float.Reference.
Local Open Scope float_scope.

Definition flush32 (x : PrimFloat.float) : PrimFloat.float := if PrimFloat.abs x <? 0x1p-126 then x * 0 else x.
Definition addz32 (x y : PrimFloat.float) : PrimFloat.float := flush32 (add32 (flush32 x) (flush32 y)).
Definition mulz32 (x y : PrimFloat.float) : PrimFloat.float := flush32 (mul32 (flush32 x) (flush32 y)).

(** Programs of the extraction. *)
Definition addz_all := zip32 addz32.
Definition mulz_all := zip32 mulz32.
