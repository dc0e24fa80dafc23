(** Batch normalisation computes its textbook formula, with given statistics and with those of the batch.

    [cell b k p]        the element of a tensor of shape [n :: c :: rest]: example [b], channel [k], point [p]
    [mean_of], [variance_of]  over all elements of a channel, with [inv] for one over their number *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Reverse Autodiff.EmitProof Autodiff.Layers Autodiff.LayersProof.
Import ListNotations.
Local Open Scope R_scope.

Section Channels.
Variables (y : nat -> vec) (n c : N) (rest : list N).
Notation s := (n :: c :: rest).
Definition cell (z : vec) (b k : nat) (p : point) : R := z (flat 0 s (b :: k :: p)).
Definition mean_of (inv : R) (z : nat -> point -> R) : R := sum (N.to_nat n) (fun b => nest rest (z b)) * inv.
Definition variance_of (inv : R) (z : nat -> point -> R) : R :=
  mean_of inv (fun b p => (z b p - mean_of inv z) * (z b p - mean_of inv z)).

Lemma index_channel b k p : index (channel c rest) (b :: k :: p) = Z.of_nat k.
Proof.
  unfold channel, axis, unit_vector, index. cbn -[Z.mul Z.of_nat Nat.sub]. rewrite dot_repeat_0. lia.
Qed.
Lemma touch_channel b k p : (k < N.to_nat c)%nat -> touch [channel c rest] (b :: k :: p) = Some k.
Proof.
  intros H. unfold touch. rewrite touch_flat_index. unfold indices, sizes. cbn [map]. rewrite index_channel.
  change (size (channel c rest)) with c. change [Z.of_nat k] with (ints [k]).
  rewrite flat_index_inside by (cbn; auto). reflexivity.
Qed.

Lemma channel_total_computes x k : (k < N.to_nat c)%nat ->
  denote_expr y (channel_total n c rest x) k =
  sum (N.to_nat n) (fun b => nest rest (cell (denote_expr y x) b k)).
Proof.
  intros K. cbn [denote_expr channel_total]. unfold move, scatter. cbn [nest]. apply sum_ext. intros b B.
  rewrite (sum_one (N.to_nat c) k) by
    (trivial; intros i I D; apply nest_0; intros p P; rewrite touch_channel by trivial; cbn;
     now apply Nat.eqb_neq in D as ->).
  apply nest_ext_inside. intros p P. rewrite touch_channel by trivial. cbn [hit]. rewrite Nat.eqb_refl.
  pose proof (touch_lead 0 s (b :: k :: p) []) as T. rewrite app_nil_r in T. now rewrite T by (cbn; auto).
Qed.
Lemma spread_computes a k : (k < N.to_nat c)%nat -> denote_expr y (broadcast [c] (Number a)) k = fR a.
Proof. intros K. apply number_computes. rewrite volume_cons. cbn. lia. Qed.
Lemma channel_mean_computes inv x k : (k < N.to_nat c)%nat ->
  denote_expr y (channel_mean n c rest inv x) k = mean_of (fR inv) (fun b => cell (denote_expr y x) b k).
Proof.
  intros K. unfold mean_of. rewrite <- channel_total_computes, <- (spread_computes inv k) by trivial.
  reflexivity.
Qed.
Lemma planes_computes z b k p : inside s (b :: k :: p) ->
  cell (denote_expr y (planes n c rest z)) b k p = denote_expr y z k.
Proof.
  intros H. pose proof H as (B & K & P). unfold cell, planes. cbn [denote_expr].
  pose proof (move_lead s [] 0 [channel c rest]) as M. rewrite app_nil_r in M. rewrite M by trivial.
  cbn [nest]. rewrite app_nil_r. unfold indices. cbn [map sizes]. rewrite index_channel.
  change (size (channel c rest)) with c. change [Z.of_nat k] with (ints [k]).
  rewrite elem_inside by (cbn; auto).
  pose proof (move_lead [c] [] 0 [axis 1 0 c] (denote_expr y z) [k]) as W. cbn [app] in W.
  rewrite W by (cbn; auto). cbn [nest app].
  replace (indices [axis 1 0 c] [k]) with (ints [k]) by same_elem.
  change (sizes [axis 1 0 c]) with [c]. rewrite elem_inside by (cbn; auto). reflexivity.
Qed.
Lemma less_computes m x b k p : inside s (b :: k :: p) ->
  cell (denote_expr y (less n c rest m x)) b k p = cell (denote_expr y x) b k p - denote_expr y m k.
Proof. intros H. rewrite <- (planes_computes m b k p H). reflexivity. Qed.
Lemma channel_variance_computes inv x k : (k < N.to_nat c)%nat ->
  denote_expr y (channel_variance n c rest inv x) k =
  variance_of (fR inv) (fun b => cell (denote_expr y x) b k).
Proof.
  intros K. unfold channel_variance, variance_of. rewrite channel_mean_computes by trivial.
  unfold mean_of at 1 2. f_equal. apply sum_ext. intros b B. apply nest_ext_inside. intros p P.
  rewrite <- channel_mean_computes, <- less_computes by (cbn; auto). reflexivity.
Qed.
Lemma precision_computes one eps v k : fR one = 1 -> (k < N.to_nat c)%nat ->
  denote_expr y (precision c one eps v) k = 1 / sqrt (denote_expr y v k + fR eps).
Proof.
  intros O K. rewrite <- O, <- (spread_computes one k), <- (spread_computes eps k) by trivial. reflexivity.
Qed.

Theorem batch_norm_computes one eps m v x b k p : fR one = 1 -> inside s (b :: k :: p) ->
  cell (denote_expr y (batch_norm n c rest one eps m v x)) b k p =
  (cell (denote_expr y x) b k p - denote_expr y m k) / sqrt (denote_expr y v k + fR eps).
Proof.
  intros O H. pose proof H as (B & K & P).
  transitivity (cell (denote_expr y (less n c rest m x)) b k p
    * cell (denote_expr y (planes n c rest (precision c one eps v))) b k p); [reflexivity|].
  rewrite less_computes, planes_computes, precision_computes by trivial. unfold Rdiv. ring.
Qed.
Theorem batch_norm_affine_computes one eps m v g d x b k p : fR one = 1 -> inside s (b :: k :: p) ->
  cell (denote_expr y (batch_norm_affine n c rest one eps m v g d x)) b k p =
  denote_expr y g k * ((cell (denote_expr y x) b k p - denote_expr y m k)
                       / sqrt (denote_expr y v k + fR eps)) + denote_expr y d k.
Proof.
  intros O H. pose proof H as (B & K & P).
  transitivity (cell (denote_expr y (less n c rest m x)) b k p
    * cell (denote_expr y (planes n c rest (Apply2 Mul [c] g (precision c one eps v)))) b k p
    + cell (denote_expr y (planes n c rest d)) b k p); [reflexivity|].
  rewrite less_computes, !planes_computes by trivial.
  change (denote_expr y (Apply2 Mul [c] g ?e) k) with (denote_expr y g k * denote_expr y e k).
  rewrite precision_computes by trivial. unfold Rdiv. ring.
Qed.
Theorem batch_norm_train_computes one inv eps x b k p : fR one = 1 -> inside s (b :: k :: p) ->
  let z b p := cell (denote_expr y x) b k p in
  cell (denote_expr y (batch_norm_train n c rest one inv eps x)) b k p =
  (z b p - mean_of (fR inv) z) / sqrt (variance_of (fR inv) z + fR eps).
Proof.
  intros O H z. pose proof H as (B & K & P). unfold batch_norm_train. rewrite batch_norm_computes by trivial.
  now rewrite channel_mean_computes, channel_variance_computes.
Qed.
Theorem batch_norm_train_affine_computes one inv eps g d x b k p : fR one = 1 -> inside s (b :: k :: p) ->
  let z b p := cell (denote_expr y x) b k p in
  cell (denote_expr y (batch_norm_train_affine n c rest one inv eps g d x)) b k p =
  denote_expr y g k * ((z b p - mean_of (fR inv) z) / sqrt (variance_of (fR inv) z + fR eps))
  + denote_expr y d k.
Proof.
  intros O H z. pose proof H as (B & K & P). unfold batch_norm_train_affine.
  rewrite batch_norm_affine_computes by trivial. now rewrite channel_mean_computes, channel_variance_computes.
Qed.
End Channels.
