(** Planes whose level is checked in the corners of a box are below and above the product. Symbols: see
    [Ops.Product]. *)
From Coq Require Import Bool Reals Lra Floats.
From Flocq Require Import Core.
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

(** ** Ties *)
Lemma quarter_ge m : fin (quarter m) -> 0 < fR m /\ 1 <= 4 * fR m * fR (quarter m).
Proof.
  unfold quarter. cbv zeta. set (q := (0.25 / m * _)%float).
  destruct (finb _ && _)%bool eqn:T; intros F; [|now destruct fin_nan].
  apply andb_prop in T as [Fd T]. apply andb_prop in T as [P L]. apply finb_fin in Fd.
  destruct (dn_mul _ _ Fd) as (_ & F1 & L1). destruct (dn_mul _ _ F1) as (Fm & _ & L2).
  apply ltb_lt in P; [|exact fin_0 | exact Fm]. apply leb_le in L; [|exact fin_1 | exact Fd].
  rewrite fR_0 in P. rewrite fR_1 in L.
  rewrite (fR_pow2 4 4503599627370496 (-50) 52) in L1 by easy. change (bpow radix2 (52 + -50)) with 4 in L1.
  split; [exact P | lra].
Qed.
Lemma reach_ge m a b l h t : fin (reach m a b l h) -> (fin l -> fR l <= t) -> (fin h -> t <= fR h) ->
  Rabs (t - (fR m * fR b - fR a)) <= fR (reach m a b l h).
Proof.
  unfold reach. intros F Hl Hh. destruct (max2_ge _ _ F) as (F1 & F2 & L1 & L2).
  destruct (up_sub _ _ F1) as (Fh & F3 & L3). destruct (dn_sub _ _ F3) as (F4 & _ & L4).
  destruct (dn_mul _ _ F4) as (_ & _ & L5).
  destruct (up_sub _ _ F2) as (F5 & Fl & L6). destruct (up_sub _ _ F5) as (F6 & _ & L7).
  destruct (up_mul _ _ F6) as (_ & _ & L8).
  specialize (Hl Fl). specialize (Hh Fh). apply Rabs_le. lra.
Qed.
(** [4 m X Y + (m X - Y)^2 = (m X + Y)^2] is not negative. *)
Lemma tied_level_below t a b x y : held t x y -> fin (tied_level t a b) -> fin a /\ fin b /\
  fR a * x + fR b * y + fR (tied_level t a b) <= x * y.
Proof.
  intros (Hl & Hh). unfold tied_level. cbv zeta. set (r := reach _ _ _ _ _). set (q := quarter _). intros F.
  destruct (dn_sub _ _ F) as (F1 & F2 & L). rewrite fin_opp in F1. rewrite fR_opp in L.
  destruct (up_mul _ _ F1) as (Fa & Fb & L1). destruct (up_mul _ _ F2) as (Fq & F3 & L2).
  destruct (up_mul _ _ F3) as (Fr & _ & L3). destruct (quarter_ge _ Fq) as (Pm & Q). fold q in Q.
  assert (R := reach_ge _ _ _ _ _ _ Fr Hl Hh). fold r in R.
  split; [exact Fa|]. split; [exact Fb|]. set (m := fR (factor t)) in *.
  set (X := x - fR b). set (Y := y - fR a).
  replace (m * x - y - (m * fR b - fR a)) with (m * X - Y) in R by (unfold X, Y; ring).
  assert (S : (m * X - Y) * (m * X - Y) <= fR r * fR r).
  { rewrite <- (Rabs_pos_eq ((m * X - Y) * (m * X - Y))) by apply Rle_0_sqr. rewrite Rabs_mult.
    apply Rmult_le_compat; auto using Rabs_pos. }
  assert (Pq : 0 < fR q).
  { apply Rnot_le_lt. intros N. assert (m * fR q <= 0); [|lra].
    rewrite <- (Rmult_0_r m). apply Rmult_le_compat_l; lra. }
  assert (Z : 0 <= X * Y + fR q * ((m * X - Y) * (m * X - Y))).
  { apply Rmult_le_reg_l with (4 * m); [lra|]. rewrite Rmult_0_r.
    assert (0 <= (4 * m * fR q - 1) * ((m * X - Y) * (m * X - Y)))
      by (apply Rmult_le_pos; [lra | apply Rle_0_sqr]).
    assert (0 <= (m * X + Y) * (m * X + Y)) by apply Rle_0_sqr. lra. }
  assert (fR q * ((m * X - Y) * (m * X - Y)) <= fR q * (fR r * fR r)) by (apply Rmult_le_compat_l; lra).
  assert (fR q * (fR r * fR r) <= fR q * fR (up (r * r))) by (apply Rmult_le_compat_l; lra).
  unfold X, Y in *. lra.
Qed.

Theorem raised_below t k lx hx ly hy x y (p := raised t (plane_below k lx hx ly hy)) : held t x y ->
  fR lx <= x <= fR hx -> fR ly <= y <= fR hy -> fin (level p) ->
  fR (on_x p) * x + fR (on_y p) * y + fR (level p) <= x * y.
Proof.
  intros H Hx Hy. unfold p, raised. cbv zeta. destruct (_ <? _)%float; cbn [on_x on_y level]; intros F.
  - now apply (tied_level_below t _ _ x y H).
  - now apply plane_below_product.
Qed.
Theorem lowered_above t k lx hx ly hy x y (p := lowered t (plane_above k lx hx ly hy)) : held t (- x) y ->
  fR lx <= x <= fR hx -> fR ly <= y <= fR hy -> fin (level p) ->
  x * y <= fR (on_x p) * x + fR (on_y p) * y + fR (level p).
Proof.
  intros H Hx Hy. unfold p, lowered. cbv zeta.
  destruct (_ <? _)%float; cbn [on_x on_y level]; intros F; [|now apply plane_above_product].
  rewrite fin_opp in F. destruct (tied_level_below t _ _ (- x) y H F) as (_ & _ & L).
  rewrite !fR_opp in *. lra.
Qed.
