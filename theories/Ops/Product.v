(** Planes below and above the product of two variables on a box (McCormick's, or any others).

    [plane]                the plane [on_x * x + on_y * y + level]
    [corner_dn a b x y]    lower bound of [x y - a x - b y]
    [best_level a b lx hx ly hy]  level that puts the plane with slopes [a], [b] below the product on the box
    [blend p q k]          a number between [p] (at [k = 0]) and [q] (at [k = 1])
    [plane_below k ...], [plane_above k ...]  planes that blend McCormick's two; [k] is a hint
    [product_range ...]    bounds of the product
    [tie]                  [factor * x - y] lies between [tie_lo] and [tie_hi]
    [quarter m]            an upper bound of [1 / (4 m)]
    [reach m a b l h]      bound of [|m (x - b) - (y - a)|], for [m x - y] in [l, h]
    [tied_level t a b]     level that puts the plane with slopes [a], [b] below the product where [t] holds
    [raised t p]           the plane [p] below a product, as high as a tie allows
    [lowered t p]          the plane [p] above a product, as low as a tie of [- x] and [y] allows
    [below_product], [above_product]  if its level is finite, the plane is on that side of the product *)
From Coq Require Import Bool Reals Floats.
From Provenn Require Import Base.Binary64 Ops.Lines.
Local Open Scope float_scope.

Record plane := Plane { on_x : float; on_y : float; level : float }.

Definition corner_dn (a b x y : float) : float := dn (dn (x * y) - up (up (a * x) + up (b * y))).
Definition best_level (a b lx hx ly hy : float) : float :=
  min4 (corner_dn a b lx ly) (corner_dn a b lx hy) (corner_dn a b hx ly) (corner_dn a b hx hy).
Definition blend (p q k : float) : float := p + k * (q - p).

Definition plane_below (k lx hx ly hy : float) : plane :=
  let a := blend ly hy k in
  let b := blend lx hx k in
  Plane a b (best_level a b lx hx ly hy).
(** The product of [x] and [y] is the opposite of that of [- x] and [y]. *)
Definition plane_above (k lx hx ly hy : float) : plane :=
  let p := plane_below k (- hx) (- lx) ly hy in
  Plane (on_x p) (- on_y p) (- level p).
Definition product_range (lx hx ly hy : float) : itv :=
  Itv (mul_dn lx hx ly hy) (- mul_dn (- hx) (- lx) ly hy).

(** Factors that depend on the same things make a narrower combination than their ranges tell:
    [4 m X Y >= - (m X - Y)^2], for [X = x - b] and [Y = y - a]. *)
Record tie := Tie { factor : float; tie_lo : float; tie_hi : float }.
Definition quarter (m : float) : float :=
  let q := 0.25 / m * 0x1.0000000000010p+0 in
  let d := dn (4 * dn (m * q)) in
  if (finb d && ((0 <? m) && (1 <=? d)))%bool then q else nan.
Definition reach (m a b l h : float) : float :=
  max2 (up (h - dn (dn (m * b) - a))) (up (up (up (m * b) - a) - l)).
Definition tied_level (t : tie) (a b : float) : float :=
  let r := reach (factor t) a b (tie_lo t) (tie_hi t) in
  dn (- up (a * b) - up (quarter (factor t) * up (r * r))).
Definition raised (t : tie) (p : plane) : plane :=
  let l := tied_level t (on_x p) (on_y p) in
  if level p <? l then Plane (on_x p) (on_y p) l else p.
Definition lowered (t : tie) (p : plane) : plane :=
  let l := tied_level t (on_x p) (- on_y p) in
  if - level p <? l then Plane (on_x p) (on_y p) (- l) else p.

Section Meaning.
Local Open Scope R_scope.
Definition below_product (lx hx ly hy : float) (p : plane) : Prop :=
  fin (level p) -> fin (on_x p) /\ fin (on_y p) /\
  forall x y, fR lx <= x <= fR hx -> fR ly <= y <= fR hy ->
  fR (on_x p) * x + fR (on_y p) * y + fR (level p) <= x * y.
(** The same where a tie holds besides. *)
Definition held (t : tie) (x y : R) : Prop :=
  (fin (tie_lo t) -> fR (tie_lo t) <= fR (factor t) * x - y) /\
  (fin (tie_hi t) -> fR (factor t) * x - y <= fR (tie_hi t)).
Definition above_product (lx hx ly hy : float) (p : plane) : Prop :=
  fin (level p) -> fin (on_x p) /\ fin (on_y p) /\
  forall x y, fR lx <= x <= fR hx -> fR ly <= y <= fR hy ->
  x * y <= fR (on_x p) * x + fR (on_y p) * y + fR (level p).
End Meaning.
