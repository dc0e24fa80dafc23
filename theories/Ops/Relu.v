(** What the checker computes about elementwise functions: enclosures and enclosing lines.

    [clamp q]            [q] moved into [0, 1]
    [enclose f l h]      bounds of [f] on [l, h]; [relu] is Relu on floats
    [adaptive l h]       lower slope that the checker picks itself
    [lower_slope f l h a], [upper_slope f l h], [upper_offset f l h]
                         lines below and above [f] on [l, h]; the lower one passes through 0 *)
From Coq Require Import Reals Floats.
From Provenn Require Import Base.Vector Base.Binary64 IR.Graph.
Local Open Scope float_scope.

Definition clamp (q : float) : float := if 0 <=? q then if q <=? 1 then q else 1 else 0.

Definition relu (x : float) : float := if 0 <=? x then x else 0.
Definition enclose (f : unary) (l h : float) : float * float :=
  match f with
  | Relu => (relu l, relu h)
  end.

(** The threshold is off 1 so that a box symmetric around 0 does not hang on a rounding error. *)
Definition adaptive (l h : float) : float := if - (l * 0.9375) <=? h then 1 else 0.
Definition lower_slope (f : unary) (l h a : float) : float :=
  match f with
  | Relu => if 0 <=? l then 1 else if h <=? 0 then 0 else a
  end.
Definition upper_slope (f : unary) (l h : float) : float :=
  match f with
  | Relu => if 0 <=? l then 1 else if h <=? 0 then 0 else clamp (h / (h - l))
  end.
Definition upper_offset (f : unary) (l h : float) : float :=
  match f with
  | Relu =>
      if 0 <=? l then 0 else if h <=? 0 then 0 else
      let s := upper_slope Relu l h in
      let at_l := up (- s * l) in
      let at_h := up (up (1 - s) * h) in
      up (maxf at_l at_h + 0 * (at_l + at_h))
  end.
