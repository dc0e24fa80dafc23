(** A function is convex where its derivative increases, concave where it decreases. Symbols: see [Ops.Lines];
    [stretch D]: [D] has no holes. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Ops.Lines Ops.LinesProof.
Local Open Scope R_scope.

Definition stretch (D : R -> Prop) : Prop := forall a b x, D a -> D b -> a <= x <= b -> D x.

Section Derivative.
Variables (D : R -> Prop) (f g : R -> R).
Hypothesis whole : stretch D.
Hypothesis deriv : forall x, D x -> is_derive f x (g x).

(** Between two points, the function moves by the derivative somewhere in between. *)
Lemma mean_value a b : D a -> D b -> a <= b -> exists z, f b - f a = g z * (b - a) /\ a <= z <= b.
Proof.
  intros Da Db Hab. destruct (MVT_gen f a b g) as (z & Hz & E).
  - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. apply deriv, (whole a b); trivial; lra.
  - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. apply derivable_continuous_pt.
    exists (g x). apply is_derive_Reals, deriv, (whole a b); trivial; lra.
  - rewrite Rmin_left, Rmax_right in Hz by lra. now exists z.
Qed.

Lemma convex_of_derivative : (forall x y, D x -> D y -> x <= y -> g x <= g y) -> convex D f g.
Proof.
  intros M t x Ht Hx. destruct (Rle_dec t x) as [H|H].
  - destruct (mean_value t x Ht Hx H) as (z & E & Hz).
    assert (g t * (x - t) <= g z * (x - t)); [|lra]. apply Rmult_le_compat_r; [lra|].
    apply M; trivial; [now apply (whole t x) | lra].
  - destruct (mean_value x t Hx Ht ltac:(lra)) as (z & E & Hz).
    assert (g z * (t - x) <= g t * (t - x)); [|lra]. apply Rmult_le_compat_r; [lra|].
    apply M; trivial; [now apply (whole x t) | lra].
Qed.
Lemma rising_of_derivative : (forall x, D x -> 0 <= g x) -> forall x y, D x -> D y -> x <= y -> f x <= f y.
Proof.
  intros P x y Dx Dy H. destruct (mean_value x y Dx Dy H) as (z & E & Hz).
  assert (0 <= g z * (y - x)); [|lra]. apply Rmult_le_pos; [|lra]. apply P. now apply (whole x y).
Qed.
End Derivative.

Lemma concave_of_derivative (D : R -> Prop) f g : stretch D -> (forall x, D x -> is_derive f x (g x)) ->
  (forall x y, D x -> D y -> x <= y -> g y <= g x) -> concave D f g.
Proof.
  intros W d M t x Ht Hx.
  assert (C : convex D (fun x => - f x) (fun x => - g x)).
  { apply convex_of_derivative; trivial.
    - intros y Hy. now apply (is_derive_opp f), d.
    - intros a b Ha Hb H. now apply Ropp_le_contravar, M. }
  specialize (C t x Ht Hx). lra.
Qed.
Lemma stretch_between a b : stretch (fun x => a <= x <= b).
Proof. intros c d x; cbv beta; lra. Qed.
Lemma stretch_all : stretch (fun _ => True).
Proof. now intros c d x. Qed.
