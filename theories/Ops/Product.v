(** Planes below and above the product of two variables on a box (McCormick's, or any others).

    [plane]                the plane [on_x * x + on_y * y + level]
    [corner_dn a b x y]    lower bound of [x y - a x - b y]
    [best_level a b lx hx ly hy]  level that puts the plane with slopes [a], [b] below the product on the box
    [blend p q k]          a number between [p] (at [k = 0]) and [q] (at [k = 1])
    [plane_below k ...], [plane_above k ...]  planes that blend McCormick's two; [k] is a hint
    [product_range ...]    bounds of the product
    [below_product], [above_product]  if its level is finite, the plane is on that side of the product *)
From Coq Require Import Reals Floats.
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

Section Meaning.
Local Open Scope R_scope.
Definition below_product (lx hx ly hy : float) (p : plane) : Prop :=
  fin (level p) -> fin (on_x p) /\ fin (on_y p) /\
  forall x y, fR lx <= x <= fR hx -> fR ly <= y <= fR hy ->
  fR (on_x p) * x + fR (on_y p) * y + fR (level p) <= x * y.
Definition above_product (lx hx ly hy : float) (p : plane) : Prop :=
  fin (level p) -> fin (on_x p) /\ fin (on_y p) /\
  forall x y, fR lx <= x <= fR hx -> fR ly <= y <= fR hy ->
  x * y <= fR (on_x p) * x + fR (on_y p) * y + fR (level p).
End Meaning.
