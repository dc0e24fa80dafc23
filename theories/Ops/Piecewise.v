(** Piecewise linear functions and steps on floats.

    [hinge k x]        the real function [x] for [x >= 0], [k x] below: Relu, LeakyReLU, absolute value
    [hinge_rule k]     what the checker needs about it, for [k <= 1]; the hint [t] is the slope below
    [hinge_below k l h t]  slope of a line through 0 below it
    [clip_to a b x]    the real function: [x] moved into [a, b]
    [clip_rule a b]    what the checker needs about it
    [sign]             the real function -1, 0, 1
    [smallest]         2^-126: binary32 numbers below it are subnormal, and may be flushed to 0
    [sign_rule]        what the checker needs about it; flushed operands are allowed for *)
From Coq Require Import Reals Floats.
From Provenn Require Import Base.Binary64 Ops.Lines.
Local Open Scope float_scope.

Definition point (x : float) : itv := Itv x x.

Definition hinge (k x : R) : R := if Rle_dec 0 x then x else (k * x)%R.
Definition hinge_curve (k : float) : curve := Curve
  (fun x => if 0 <=? x then point x else Itv (dn (k * x)) (up (k * x)))
  (fun x => if 0 <=? x then point 1 else point k).
Definition hinge_range (k l h : float) : itv :=
  let c := hinge_curve k in
  if 0 <=? k then rising c l h
  else if 0 <=? l then rising c l h
  else if h <? 0 then falling c l h
  else Itv 0 (max2 (sup (val c l)) (sup (val c h))).
Definition hinge_below (k l h t : float) : float :=
  if 0 <=? l then 1 else if h <=? 0 then k else clampto k 1 t.
Definition hinge_lines (k l h t u : float) : line * line :=
  (Line (hinge_below k l h t) 0, flip (concave_lower (opposite (hinge_curve k)) l h)).
Definition hinge_rule (k : float) : rule := Rule (hinge_range k) (hinge_lines k).

Definition clip_to (a b x : R) : R := Rmin b (Rmax a x).
Definition clip_curve (a b : float) : curve := Curve
  (fun x => point (minf b (maxf a x)))
  (fun x => point (if x <? a then 0 else if x <? b then 1 else 0)).
Definition clip_rule (a b : float) : rule :=
  let c := clip_curve a b in Rule (rising c) (s_lines c a).

Definition sign (x : R) : R := if Rlt_dec 0 x then 1%R else if Rlt_dec x 0 then (-1)%R else 0%R.
Definition smallest : float := 0x1p-126.
Definition sign_range (l h : float) : itv :=
  Itv (if smallest <=? l then 1 else if l <? 0 then -1 else 0)
      (if h <=? - smallest then -1 else if 0 <? h then 1 else 0).
Definition sign_rule : rule := Rule sign_range (fun l h _ _ => flat_lines (sign_range l h)).
