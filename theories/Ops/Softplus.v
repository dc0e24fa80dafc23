(** The smooth positive part [ln (1 + exp x)] on floats, from exponential function and logarithm.

    [softplus]        the real function
    [log_at x]        an enclosure of [ln x]; fails unless [x] is finite
    [log1p_itv e]     an enclosure of [ln (1 + E)] for [E >= 0] in [e]
    [softplus_val x]  an enclosure of [softplus x]: the exponential is of [- |x|], so nothing overflows
    [softplus_rule]   what the checker needs; the derivative is the logistic function *)
From Coq Require Import Reals Floats.
From Provenn Require Import Base.Binary64 Ops.Lines Ops.Exp Ops.Elementary Ops.Sigmoid.
Local Open Scope float_scope.

Definition softplus (x : R) : R := ln (1 + exp x).

Definition log_at (x : float) : itv := if finb x then log_itv x else nothing.
Definition log1p_itv (e : itv) : itv :=
  Itv (maxf 0 (inf (log_at (maxf 1 (dn (1 + inf e)))))) (sup (log_at (up (1 + sup e)))).
Definition softplus_val (x : float) : itv :=
  let v := log1p_itv (exp_itv (- PrimFloat.abs x)) in
  if x <=? 0 then v else Itv (dn (x + inf v)) (up (x + sup v)).
Definition softplus_curve : curve := Curve softplus_val sigmoid_val.
Definition softplus_rule : rule := Rule (rising softplus_curve) (convex_lines softplus_curve).
