(** Exponential function, logarithm, square root and reciprocal on floats.

    [exp_rule]           what the checker needs about [exp]
    [log_guess x]        close to [ln x], nothing is proved about it
    [log_itv x]          an enclosure of [ln x] for [x > 0]: one step from the guess, by
                         [1 + t <= exp t] for [t = ln x - y] and for its opposite
    [log_rule]           what the checker needs about [ln]; fails unless [l > 0]
    [sqrt_itv x]         an enclosure of [sqrt x] for [x >= 0]
    [sqrt_lines]         the chord [(x + p q) / (p + q)], where [p], [q] are the roots of the ends, and the
                         tangent [x / (2 s) + s / 2], where [s] is the root of the hint
    [sqrt_rule]          what the checker needs about [sqrt]; fails unless [l >= 0]
    [recip_curve]        the reciprocal and its derivative
    [recip_rule]         what the checker needs about the reciprocal; fails if [l <= 0 <= h]
    [nothing], [no_pair] an enclosure and lines that fail *)
From Coq Require Import Floats List.
From Provenn Require Import Base.Binary64 Ops.Lines Ops.Exp Ops.Quotient.
Import ListNotations.
Local Open Scope float_scope.

Definition nothing : itv := Itv nan nan.
Definition no_pair : line * line := (Line 0 nan, Line 0 nan).

Definition exp_curve : curve := Curve exp_itv exp_itv.
Definition exp_rule : rule := Rule (rising exp_curve) (convex_lines exp_curve).

(** For [x >= 1], divide out powers of two; what is left is in [1, 2). *)
Fixpoint log_scale (ps : list (float * float)) (k ln2 x y : float) : float :=
  match ps with
  | [] => y + (0x1.62e42fefa39efp-2 + 2 * (x - 0x1.6a09e667f3bcdp0) / (x + 0x1.6a09e667f3bcdp0))
  | (p, q) :: ps =>
      if p <=? x then log_scale ps (k * 0.5) ln2 (x * q) (y + k * ln2) else log_scale ps (k * 0.5) ln2 x y
  end.
Definition log_guess (x : float) : float :=
  let big x := log_scale
    [(0x1p512, 0x1p-512); (0x1p256, 0x1p-256); (0x1p128, 0x1p-128); (0x1p64, 0x1p-64); (0x1p32, 0x1p-32);
     (0x1p16, 0x1p-16); (0x1p8, 0x1p-8); (0x1p4, 0x1p-4); (0x1p2, 0x1p-2); (0x1p1, 0x1p-1)]
    512 0x1.62e42fefa39efp-1 x 0 in
  let y := if 1 <=? x then big x else - big (1 / x) in
  let e := exp_near 11 y in
  y + 2 * (x - e) / (x + e).
Definition log_itv (x : float) : itv :=
  let y := log_guess x in
  let e := exp_itv y in
  if 0 <? inf e then
    Itv (dn (y + dn (1 - div_up (sup e) x))) (up (y + up (div_up x (inf e) - 1)))
  else nothing.
Definition log_curve : curve := Curve log_itv (fun x => Itv (div_dn 1 x) (div_up 1 x)).
Definition log_rule : rule := Rule
  (fun l h => if 0 <? l then rising log_curve l h else nothing)
  (fun l h t u => if 0 <? l then concave_lines log_curve l h t u else no_pair).

Definition sqrt_itv (x : float) : itv := let s := PrimFloat.sqrt x in Itv (maxf 0 (dn s)) (up s).
Definition sqrt_range (l h : float) : itv :=
  if 0 <=? l then Itv (inf (sqrt_itv l)) (sup (sqrt_itv h)) else nothing.
Definition sqrt_lines (l h t u : float) : line * line :=
  if 0 <=? l then
    if h <=? 0x1p-900 then flat_lines (sqrt_range l h) else
    let p := sqrt_itv l in
    let q := sqrt_itv h in
    let d := up (sup p + sup q) in
    let s := maxf (PrimFloat.sqrt (clampto l h u)) 0x1p-500 in
    let a := div_dn 1 d in
    let b := div_up 0.5 s in
    (Line a (div_dn (dn (inf p * inf q)) d + 0 * a), Line b (up (s * 0.5) + 0 * b))
  else no_pair.
Definition sqrt_rule : rule := Rule sqrt_range sqrt_lines.

Definition recip_curve : curve := Curve
  (fun x => Itv (div_dn 1 x) (div_up 1 x))
  (fun x => let a := PrimFloat.abs x in neg (Itv (div_dn (div_dn 1 a) a) (div_up (div_up 1 a) a))).
Definition recip_rule : rule := Rule
  (fun l h => if 0 <? l then falling recip_curve l h else if h <? 0 then falling recip_curve l h else nothing)
  (fun l h t u =>
     if 0 <? l then convex_lines recip_curve l h t u
     else if h <? 0 then concave_lines recip_curve l h t u else no_pair).
