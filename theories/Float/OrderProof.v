(** The reference order is one of the orders that [Float.Execution] allows. *)
From Coq Require Import Bool Reals List Permutation.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Float.Sum Float.SumProof Float.Binary32 Float.Binary32Proof Float.Execution.
From Provenn Require Import Float.Order.
Import ListNotations.
Local Open Scope R_scope.

Definition both_finite (p : B32 * B32) : Prop := is_finite (fst p) = true /\ is_finite (snd p) = true.

Lemma product_sums p : both_finite p ->
  sums (Prod (B2R (fst p)) (B2R (snd p))) (num (times32 false (fst p) (snd p))).
Proof.
  intros (F1 & F2). destruct (times32_rounds false _ _ F1 F2) as (x & y & Fx & Fy & R).
  exact (sums_prod _ _ x y _ Fx Fy R).
Qed.
Lemma plus_sums s t x y : terms s <> [] -> terms t <> [] -> sums s (num x) -> sums t (num y) ->
  sums (Plus s t) (num (plus32 false x y)).
Proof.
  unfold num at 1 2. intros Ns Nt Hs Ht. destruct (is_finite x) eqn:Fx; [|now apply sums_lost_left].
  destruct (is_finite y) eqn:Fy; [|now apply sums_lost_right].
  destruct (plus32_rounds false x y Fx Fy) as (x' & y' & E1 & E2 & R).
  apply (sums_plus s t x' y'); trivial; eapply sums_flush; eassumption.
Qed.
Lemma reference_fold l : Forall both_finite l -> forall t acc, terms t <> [] -> sums t (num acc) ->
  exists t', terms t' = terms t ++ reals l /\ sums t' (num (fold_left reference_step l acc)).
Proof.
  induction 1 as [|p l P _ IH]; intros t acc N S; cbn [fold_left reals map].
  - exists t. now rewrite app_nil_r.
  - destruct (IH (Plus t (Prod (B2R (fst p)) (B2R (snd p)))) (reference_step acc p)) as (t' & E & S').
    + cbn [terms]. intros E. apply app_eq_nil in E as (_ & E). discriminate.
    + apply plus_sums; trivial; [discriminate | now apply product_sums].
    + exists t'. split; [|exact S']. rewrite E. cbn [terms]. rewrite <- app_assoc. reflexivity.
Qed.

(** Rounding a binary32 number to binary32 changes nothing. *)
Lemma exactly_rounds x : rounds x (Some x).
Proof.
  intros _. exists x. split; [reflexivity|]. rewrite Rminus_eq_0, Rabs_R0.
  apply Rplus_le_le_0_compat; [|apply Rlt_le, e32_pos].
  apply Rmult_le_pos; [apply Rlt_le, u32_pos | apply Rabs_pos].
Qed.
Theorem reference_sum_adds_up l : Forall both_finite l -> adds_up (reals l) (num (reference_sum l)).
Proof.
  intros F. assert (D : exists t, Permutation (terms t) (reals l) /\ sums t (num (reference_sum l))).
  { destruct F as [|p l P F]; [exists Zero; split; [apply perm_nil | exact sums_zero]|].
    destruct (reference_fold l F (Prod (B2R (fst p)) (B2R (snd p))) (times32 false (fst p) (snd p)))
      as (t & E & S); [discriminate | now apply product_sums|].
    exists t. split; [rewrite E; apply Permutation_refl | exact S]. }
  destruct D as (t & P & S). exists t, (num (reference_sum l)). split; [exact P|]. split; [exact S|].
  destruct (num (reference_sum l)); [apply exactly_rounds | exact I].
Qed.
