(** The enclosures and lines of the logistic function and the hyperbolic tangent are right. Symbols: see
    [Ops.Sigmoid]. *)
From Coq Require Import Reals Lra Floats.
From Flocq Require Import Core.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof Ops.ConvexProof.
From Provenn Require Import Ops.Exp Ops.ExpProof Ops.Quotient Ops.QuotientProof Ops.Sigmoid.
Local Open Scope R_scope.

(** ** The real functions *)
Lemma logistic_unit x : 0 < logistic x < 1.
Proof.
  unfold logistic. pose proof (exp_pos (- x)). split; [apply Rinv_0_lt_compat; lra|].
  rewrite <- Rinv_1 at 2. apply Rinv_lt_contravar; lra.
Qed.
Lemma logistic_left x : logistic x = exp x / (1 + exp x).
Proof.
  unfold logistic. rewrite exp_Ropp. pose proof (exp_pos x). field. split; lra.
Qed.
Lemma logistic_opp x : logistic (- x) = 1 - logistic x.
Proof. rewrite logistic_left. unfold logistic. pose proof (exp_pos (- x)). field. lra. Qed.
Lemma slope_of_logistic_left x : slope_of_logistic x = exp x / (1 + exp x) / (1 + exp x).
Proof. unfold slope_of_logistic. rewrite logistic_left. pose proof (exp_pos x). field. lra. Qed.
Lemma slope_of_logistic_opp x : slope_of_logistic (- x) = slope_of_logistic x.
Proof. unfold slope_of_logistic. rewrite logistic_opp. ring. Qed.

Lemma is_derive_logistic x : is_derive logistic x (slope_of_logistic x).
Proof.
  pose proof (exp_pos (- x)). unfold slope_of_logistic, logistic. auto_derive; [lra|]. field. lra.
Qed.
Lemma logistic_rises x y : x <= y -> logistic x <= logistic y.
Proof.
  apply (rising_of_derivative (fun _ => True) logistic slope_of_logistic stretch_all); trivial.
  - intros z _. apply is_derive_logistic.
  - intros z _. pose proof (logistic_unit z). unfold slope_of_logistic. apply Rmult_le_pos; lra.
Qed.
Lemma logistic_0 : logistic 0 = / 2.
Proof. unfold logistic. now rewrite Ropp_0, exp_0. Qed.
Lemma logistic_convex : convex (fun x => x <= 0) logistic slope_of_logistic.
Proof.
  apply convex_of_derivative.
  - intros a b x; cbv beta; lra.
  - intros x _. apply is_derive_logistic.
  - intros x y _ Hy H%logistic_rises. apply logistic_rises in Hy. rewrite logistic_0 in Hy.
    unfold slope_of_logistic. nra.
Qed.
Lemma logistic_concave : concave (fun x => 0 <= x) logistic slope_of_logistic.
Proof.
  apply concave_of_derivative.
  - intros a b x; cbv beta; lra.
  - intros x _. apply is_derive_logistic.
  - intros x y Hx _ H%logistic_rises. apply logistic_rises in Hx. rewrite logistic_0 in Hx.
    unfold slope_of_logistic. nra.
Qed.

Lemma tanh_logistic x : tanh x = 2 * logistic (2 * x) - 1.
Proof.
  unfold tanh, sinh, cosh, logistic. replace (- (2 * x)) with (- x + - x) by ring.
  rewrite exp_plus. rewrite !exp_Ropp. pose proof (exp_pos x).
  assert (0 < exp x * exp x) by (apply Rmult_lt_0_compat; lra). field. repeat split; lra.
Qed.
Lemma tanh_rises x y : x <= y -> tanh x <= tanh y.
Proof.
  intros H. rewrite !tanh_logistic. pose proof (logistic_rises (2 * x) (2 * y) ltac:(lra)). lra.
Qed.
Lemma tanh_convex : convex (fun x => x <= 0) tanh slope_of_tanh.
Proof.
  intros t x Ht Hx. pose proof (logistic_convex (2 * t) (2 * x) ltac:(lra) ltac:(lra)).
  rewrite !tanh_logistic. unfold slope_of_tanh. lra.
Qed.
Lemma tanh_concave : concave (fun x => 0 <= x) tanh slope_of_tanh.
Proof.
  intros t x Ht Hx. pose proof (logistic_concave (2 * t) (2 * x) ltac:(lra) ltac:(lra)).
  rewrite !tanh_logistic. unfold slope_of_tanh. lra.
Qed.

(** ** Enclosures *)
Lemma part_holds a b e A E : (fin a -> fR a <= A) -> (fin b -> A <= fR b) -> 0 <= A -> 0 <= E -> holds e E ->
  holds (part a b e) (A / (1 + E)).
Proof.
  intros Ha Hb HA HE [Hi Hs]. split; cbn [part inf sup]; intros F.
  - apply div_dn_quotient; trivial. intros Fp. destruct (up_add _ _ Fp) as (_ & Fs & L).
    rewrite fR_1 in L. specialize (Hs Fs). lra.
  - apply div_up_quotient; trivial. clear F. unfold maxf. destruct (1 <=? dn (1 + inf e))%float eqn:E1.
    + intros Fq. apply leb_le in E1; [|apply fin_1 | exact Fq]. destruct (dn_add _ _ Fq) as (_ & Fi & L).
      rewrite fR_1 in *. specialize (Hi Fi). lra.
    + intros _. rewrite fR_1. lra.
Qed.

Lemma sigmoid_val_holds x : fin x -> holds (sigmoid_val x) (logistic (fR x)).
Proof.
  intros Fx. assert (Fa : fin (- PrimFloat.abs x)) by now apply fin_opp, fin_abs.
  assert (H := exp_itv_holds _ Fa). rewrite fR_opp, fR_abs in H. pose proof (exp_pos (- Rabs (fR x))).
  unfold sigmoid_val. cbv zeta. set (e := exp_itv _) in *. destruct (x <=? 0)%float eqn:E.
  - apply leb_le in E; [|exact Fx | apply fin_0]. rewrite fR_0 in E.
    rewrite Rabs_left1, Ropp_involutive in * by exact E. rewrite logistic_left.
    apply part_holds; try apply H; trivial; lra.
  - apply leb_gt in E; [|exact Fx | apply fin_0]. rewrite fR_0 in E. rewrite Rabs_pos_eq in * by lra.
    unfold logistic. rewrite <- (Rmult_1_l (/ _)). apply part_holds; try rewrite fR_1; trivial; lra.
Qed.
Lemma sigmoid_rate_holds x : fin x -> holds (sigmoid_rate x) (slope_of_logistic (fR x)).
Proof.
  intros Fx. assert (Fa : fin (- PrimFloat.abs x)) by now apply fin_opp, fin_abs.
  assert (H := exp_itv_holds _ Fa). rewrite fR_opp, fR_abs in H. pose proof (exp_pos (- Rabs (fR x))) as P.
  unfold sigmoid_rate. cbv zeta. set (e := exp_itv _) in *.
  replace (slope_of_logistic (fR x)) with (slope_of_logistic (- Rabs (fR x))).
  2: { unfold Rabs. destruct Rcase_abs; [now rewrite Ropp_involutive | apply slope_of_logistic_opp]. }
  rewrite slope_of_logistic_left. set (E := exp _) in *.
  assert (Q : holds (part (inf e) (sup e) e) (E / (1 + E))) by (apply part_holds; try apply H; lra).
  apply part_holds; try apply Q; trivial; try lra.
  apply Rlt_le, Rdiv_lt_0_compat; lra.
Qed.
Lemma sigmoid_describes D : describes D logistic slope_of_logistic sigmoid_curve.
Proof. intros x F _. split; [now apply sigmoid_val_holds | now apply sigmoid_rate_holds]. Qed.

Lemma fR_2 : fR 2 = bpow radix2 1.
Proof. now rewrite (fR_pow2 2 4503599627370496 (-51) 52). Qed.
Lemma times2 x : fin (x * 2) -> fR (x * 2) = 2 * fR x.
Proof. intros F. rewrite (mul_pow2 x 2 1) by (exact fR_2 || easy). change (bpow radix2 1) with 2. ring. Qed.
Lemma times4 x : fin (x * 4) -> fin x /\ fR (x * 4) = 4 * fR x.
Proof.
  intros F. split; [now apply fin_mul in F|]. rewrite (mul_pow2 x 4 2) by (exact fR_4 || easy).
  change (bpow radix2 2) with 4. ring.
Qed.

Lemma tanh_val_holds x : fin x -> holds (tanh_val x) (tanh (fR x)).
Proof.
  intros Fx. rewrite tanh_logistic. unfold tanh_val. cbv zeta. destruct (finb (x * 2)) eqn:E.
  - apply finb_fin in E. destruct (sigmoid_val_holds _ E) as [L U]. rewrite times2 in * by exact E.
    split; cbn [inf sup]; intros F.
    + destruct (dn_sub _ _ F) as (F2 & _ & B). rewrite fR_1, times2 in B by exact F2.
      apply fin_mul in F2. destruct F2 as (F2 & _). specialize (L F2). lra.
    + destruct (up_sub _ _ F) as (F2 & _ & B). rewrite fR_1, times2 in B by exact F2.
      apply fin_mul in F2. destruct F2 as (F2 & _). specialize (U F2). lra.
  - pose proof (logistic_unit (2 * fR x)).
    split; cbn [inf sup]; intros _; [rewrite (fR_opp 1 : fR (-1) = _)|]; rewrite fR_1; lra.
Qed.
Lemma tanh_rate_holds x : fin x -> holds (tanh_rate x) (slope_of_tanh (fR x)).
Proof.
  intros Fx. unfold slope_of_tanh, tanh_rate. cbv zeta. destruct (finb (x * 2)) eqn:E.
  - apply finb_fin in E. destruct (sigmoid_rate_holds _ E) as [L U]. rewrite times2 in * by exact E.
    split; cbn [inf sup]; intros F; destruct (times4 _ F) as [F2 ->].
    + specialize (L F2). lra.
    + specialize (U F2). lra.
  - pose proof (logistic_unit (2 * fR x)). unfold slope_of_logistic. set (s := logistic _) in *.
    pose proof (Rle_0_sqr (2 * s - 1)) as Q. unfold Rsqr in Q.
    split; cbn [inf sup]; intros _; rewrite ?fR_0, ?fR_1; nra.
Qed.
Lemma tanh_describes D : describes D tanh slope_of_tanh tanh_curve.
Proof. intros x F _. split; [now apply tanh_val_holds | now apply tanh_rate_holds]. Qed.

(** ** Rules *)
Lemma s_rule_sound f g c : (forall D, describes D f g c) -> (forall x y, x <= y -> f x <= f y) ->
  convex (fun x => x <= 0) f g -> concave (fun x => 0 <= x) f g -> sound f (Rule (rising c) (s_lines c 0)).
Proof.
  intros S M C1 C2 l h Fl Fh Hlh. split; cbn [range around].
  - apply (rising_holds f g); trivial. intros x y Hx _. now apply M.
  - intros t u. apply (s_lines_around f g); trivial; [apply fin_0 | |]; rewrite fR_0.
    + revert C1. apply convex_sub. intros; lra.
    + revert C2. apply concave_sub. intros; lra.
Qed.
Theorem sigmoid_sound : sound logistic sigmoid_rule.
Proof.
  apply (s_rule_sound _ slope_of_logistic).
  - exact sigmoid_describes.
  - exact logistic_rises.
  - exact logistic_convex.
  - exact logistic_concave.
Qed.
Theorem tanh_sound : sound tanh tanh_rule.
Proof.
  apply (s_rule_sound _ slope_of_tanh).
  - exact tanh_describes.
  - exact tanh_rises.
  - exact tanh_convex.
  - exact tanh_concave.
Qed.
