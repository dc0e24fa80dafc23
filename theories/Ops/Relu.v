(** What the checker computes about Relu: enclosures and enclosing lines.

    [clamp q]            [q] moved into [0, 1]
    [relu]               Relu on floats
    [adaptive l h]       lower slope that the checker picks itself
    [lower_slope l h a], [upper_slope l h], [upper_offset l h]
                         lines below and above Relu on [l, h]; the lower one passes through 0
    [relu_rule]          what the checker needs; the hint [t] is the lower slope *)
From Coq Require Import Reals Floats.
From Provenn Require Import Base.Binary64 Ops.Lines.
Local Open Scope float_scope.

Definition clamp (q : float) : float := if 0 <=? q then if q <=? 1 then q else 1 else 0.

Definition relu (x : float) : float := if 0 <=? x then x else 0.

(** The threshold is off 1 so that a box symmetric around 0 does not hang on a rounding error. *)
Definition adaptive (l h : float) : float := if - (l * 0.9375) <=? h then 1 else 0.
Definition lower_slope (l h a : float) : float :=
  if 0 <=? l then 1 else if h <=? 0 then 0 else clamp a.
Definition upper_slope (l h : float) : float :=
  if 0 <=? l then 1 else if h <=? 0 then 0 else clamp (h / (h - l)).
Definition upper_offset (l h : float) : float :=
  if 0 <=? l then 0 else if h <=? 0 then 0 else
  let s := upper_slope l h in
  let at_l := up (- s * l) in
  let at_h := up (up (1 - s) * h) in
  up (maxf at_l at_h + 0 * (at_l + at_h)).

Definition relu_rule : rule := Rule
  (fun l h => Itv (relu l) (relu h))
  (fun l h t _ => (Line (lower_slope l h t) 0, Line (upper_slope l h) (upper_offset l h))).
