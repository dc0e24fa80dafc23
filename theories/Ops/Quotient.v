(** Directed division of floats; a result is finite only if the divisor is.

    [div_dn a b], [div_up a b]  lower and upper bound of [a / b] *)
From Coq Require Import Floats.
From Provenn Require Import Base.Binary64.
Local Open Scope float_scope.

Definition div_dn (a b : float) : float := dn (a / b + 0 * b).
Definition div_up (a b : float) : float := up (a / b + 0 * b).
