(** The logistic function and the hyperbolic tangent on floats, from the exponential function.

    [logistic], [slope_of_logistic]  the real function [1 / (1 + exp (- x))] and its derivative
    [tanh], [slope_of_tanh]          the hyperbolic tangent (Coq's own) and its derivative
    [part a b e]      an enclosure of [A / (1 + E)], for [A] in [a, b] and [E] in [e], [A >= 0], [E >= 0]
    [sigmoid_val], [sigmoid_rate], [tanh_val], [tanh_rate]  enclosures at a point
    [sigmoid_rule], [tanh_rule]      what the checker needs *)
From Coq Require Import Reals Floats.
From Provenn Require Import Base.Binary64 Ops.Lines Ops.Exp Ops.Quotient.
Local Open Scope float_scope.

Definition logistic (x : R) : R := (/ (1 + exp (- x)))%R.
Definition slope_of_logistic (x : R) : R := (logistic x * (1 - logistic x))%R.
Definition slope_of_tanh (x : R) : R := (4 * slope_of_logistic (2 * x))%R.

Definition part (a b : float) (e : itv) : itv :=
  Itv (div_dn a (up (1 + sup e))) (div_up b (maxf 1 (dn (1 + inf e)))).

Definition sigmoid_val (x : float) : itv :=
  let e := exp_itv (- PrimFloat.abs x) in
  if x <=? 0 then part (inf e) (sup e) e else part 1 1 e.
Definition sigmoid_rate (x : float) : itv :=
  let e := exp_itv (- PrimFloat.abs x) in
  let p := part (inf e) (sup e) e in
  part (inf p) (sup p) e.
Definition sigmoid_curve : curve := Curve sigmoid_val sigmoid_rate.
Definition sigmoid_rule : rule := Rule (rising sigmoid_curve) (s_lines sigmoid_curve 0).

(** [tanh x = 2 logistic (2 x) - 1]; doubling may overflow. *)
Definition tanh_val (x : float) : itv :=
  let y := x * 2 in
  if finb y then let p := sigmoid_val y in Itv (dn (inf p * 2 - 1)) (up (sup p * 2 - 1)) else Itv (-1) 1.
Definition tanh_rate (x : float) : itv :=
  let y := x * 2 in
  if finb y then let p := sigmoid_rate y in Itv (inf p * 4) (sup p * 4) else Itv 0 1.
Definition tanh_curve : curve := Curve tanh_val tanh_rate.
Definition tanh_rule : rule := Rule (rising tanh_curve) (s_lines tanh_curve 0).
