(** Planes whose level is checked in the corners of a box are below and above the product. Symbols: see
    [Ops.Product]. *)
From Coq Require Import Reals Lra Floats.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof Ops.Product.
Local Open Scope R_scope.

Lemma corner_dn_le a b x y : fin (corner_dn a b x y) ->
  fin a /\ fin b /\ fR (corner_dn a b x y) <= fR x * fR y - fR a * fR x - fR b * fR y.
Proof.
  intros H. destruct (dn_sub _ _ H) as (F1 & F2 & E). fold (corner_dn a b x y) in E.
  destruct (dn_mul _ _ F1) as (_ & _ & E1). destruct (up_add _ _ F2) as (F3 & F4 & E2).
  destruct (up_mul _ _ F3) as (Fa & _ & E3). destruct (up_mul _ _ F4) as (Fb & _ & E4).
  repeat split; trivial. lra.
Qed.

(** [x y - a x - b y = (x - b) (y - a) - a b] is smallest in a corner. *)
Lemma best_level_below a b lx hx ly hy : fin (best_level a b lx hx ly hy) -> fin a /\ fin b /\
  forall x y, fR lx <= x <= fR hx -> fR ly <= y <= fR hy ->
  fR a * x + fR b * y + fR (best_level a b lx hx ly hy) <= x * y.
Proof.
  intros H. destruct (min4_le _ _ _ _ H) as ((F1 & F2 & F3 & F4) & L1 & L2 & L3 & L4).
  fold (best_level a b lx hx ly hy) in *. set (m := fR (best_level _ _ _ _ _ _)) in *.
  destruct (corner_dn_le _ _ _ _ F1) as (Fa & Fb & E1). destruct (corner_dn_le _ _ _ _ F2) as (_ & _ & E2).
  destruct (corner_dn_le _ _ _ _ F3) as (_ & _ & E3). destruct (corner_dn_le _ _ _ _ F4) as (_ & _ & E4).
  split; [exact Fa|]. split; [exact Fb|]. intros x y Hx Hy.
  assert (C := corner_le (fR lx - fR b) (fR hx - fR b) (fR ly - fR a) (fR hy - fR a) (m + fR a * fR b)
                 (x - fR b) (y - fR a)).
  lra.
Qed.

Theorem plane_below_product k lx hx ly hy : below_product lx hx ly hy (plane_below k lx hx ly hy).
Proof. intros F. now apply best_level_below. Qed.
Theorem plane_above_product k lx hx ly hy : above_product lx hx ly hy (plane_above k lx hx ly hy).
Proof.
  intros F. cbn [plane_above on_x on_y level] in *. rewrite fin_opp in *.
  destruct (plane_below_product k _ _ _ _ F) as (Fa & Fb & L). repeat split; trivial. intros x y Hx Hy.
  specialize (L (- x) y). rewrite !fR_opp in *. specialize (L ltac:(lra) Hy). lra.
Qed.
Theorem product_range_holds lx hx ly hy x y : fR lx <= x <= fR hx -> fR ly <= y <= fR hy ->
  holds (product_range lx hx ly hy) (x * y).
Proof.
  intros Hx Hy. split; cbn [product_range inf sup]; intros F.
  - now apply mul_dn_le.
  - rewrite fin_opp in F. destruct (mul_dn_le _ _ _ _ F) as [_ L]. specialize (L (- x) y).
    rewrite !fR_opp in *. specialize (L ltac:(lra) Hy). lra.
Qed.
