(** What networks are written with means what was to be written, over the reals. Symbols: see [Ops.Composed];
    [maximum_composed], [minimum_composed], [clip_composed], [absolute_composed], [leaky_composed] are identities
    of real functions; [maximum_nodes] says the first of the nodes themselves; [join_sum] and [softmax_composed]
    are about softmax. *)
From Coq Require Import Reals Lra List.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Functions Ops.Piecewise IR.LinMap IR.Graph.
From Provenn Require Import Ops.Sigmoid Ops.SigmoidProof Ops.Softplus Ops.Composed.
Import ListNotations.
Local Open Scope R_scope.

Lemma maximum_composed x y : x + Rmax 0 (y - x) = Rmax x y.
Proof. unfold Rmax. destruct (Rle_dec 0 (y - x)), (Rle_dec x y); lra. Qed.
Lemma minimum_composed x y : - Rmax (- x) (- y) = Rmin x y.
Proof. unfold Rmax, Rmin. destruct (Rle_dec (- x) (- y)), (Rle_dec x y); lra. Qed.
Lemma clip_composed a b x : - Rmax (- b) (- Rmax a x) = clip_to a b x.
Proof. unfold clip_to. now rewrite minimum_composed. Qed.
Lemma absolute_composed x : Rmax 0 x + (Rmax 0 x - x) = Rabs x.
Proof. unfold Rmax, Rabs. destruct (Rle_dec 0 x), (Rcase_abs x); lra. Qed.
Lemma leaky_composed k x : Rmax 0 x + (x - Rmax 0 x) * k = hinge k x.
Proof. unfold Rmax, hinge. destruct (Rle_dec 0 x); ring. Qed.

(** The three nodes that a maximum of the values at distances [d] and [d'] is written with. *)
Lemma maximum_nodes x e d d' ns i :
  let ys := eval x ns in
  value (eval x (Affine e [(S (S d), Signed false e); (0%nat, Signed false e)] None
                 :: Unary Relu e 0
                 :: Affine e [(d', Signed false e); (d, Signed true e)] None :: ns)) 0 i
    = Rmax (value ys d i) (value ys d' i).
Proof.
  cbn [eval value nth affine apply apply_by bias_at sem]. unfold value. cbn [nth].
  set (u := nth d (eval x ns) (fun _ => 0) i). set (w := nth d' (eval x ns) (fun _ => 0) i). rewrite <- (maximum_composed u w).
  replace (1 * w + (-1 * u + 0)) with (w - u) by ring. ring.
Qed.

(** ** Softmax *)
Lemma join_sum a b : exp (join a b) = exp a + exp b.
Proof.
  unfold join, softplus. rewrite exp_plus, exp_ln by (pose proof (exp_pos (b - a)); lra).
  unfold Rminus. rewrite Rmult_plus_distr_l, <- exp_plus. f_equal; [ring | f_equal; ring].
Qed.

(** The share of [exp z] in its sum with [s]: what is written with a logarithm [t] of the sum of the others, each
    less [z]. *)
Lemma softmax_composed z s t : exp t = s / exp z -> logistic (- t) = exp z / (exp z + s).
Proof.
  intros E. unfold logistic. rewrite Ropp_involutive, E. pose proof (exp_pos z). pose proof (exp_pos t).
  assert (0 < s) by (rewrite E in *; apply Rmult_lt_reg_r with (/ exp z); [now apply Rinv_0_lt_compat | lra]).
  field. lra.
Qed.
