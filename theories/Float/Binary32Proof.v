(** IEEE 754's binary32 operations, with and without flushing, are among those that [Float.Sum] allows. *)
From Coq Require Import Bool ZArith Reals Lra Lia.
From Flocq Require Import Core BinarySingleNaN Relative.
From Provenn Require Import Float.Sum Float.SumProof Float.Binary32.
Local Open Scope R_scope.

Lemma rne32_error z : Rabs (rne32 z - z) <= u32 * Rabs z + bpow radix2 (-150).
Proof.
  destruct (error_N_FLT radix2 (-149) 24 (refl_equal _) (fun x => negb (Z.even x)) z)
    as (d & e & Hd & He & _ & E).
  change (rne32 z = z * (1 + d) + e) in E. rewrite E.
  replace (z * (1 + d) + e - z) with (d * z + e) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
  change (/ 2) with (bpow radix2 (-1)) in Hd, He. rewrite <- bpow_plus in Hd, He.
  apply Rplus_le_compat; [|exact He]. apply Rmult_le_compat_r; [apply Rabs_pos | exact Hd].
Qed.
Lemma format_bpow k : (-149 <= k)%Z -> generic_format radix2 (SpecFloat.fexp 24 128) (bpow radix2 k).
Proof.
  intros H. apply (generic_format_bpow radix2 (FLT_exp (-149) 24)). unfold FLT_exp. lia.
Qed.
Lemma rne32_le z k : (-149 <= k)%Z -> Rabs z <= bpow radix2 k -> Rabs (rne32 z) <= bpow radix2 k.
Proof.
  intros H Z. apply abs_round_le_generic; auto with typeclass_instances; [|now apply format_bpow].
  apply fexp_correct. reflexivity.
Qed.
Lemma rne32_ge z k : (-149 <= k)%Z -> bpow radix2 k <= Rabs z -> bpow radix2 k <= Rabs (rne32 z).
Proof.
  intros H Z. apply abs_round_ge_generic; auto with typeclass_instances; [|now apply format_bpow].
  apply fexp_correct. reflexivity.
Qed.

(** ** Flushing *)
Lemma subnormal_small x : subnormal x = true -> Rabs (B2R x) < e32.
Proof.
  destruct x as [| | |s m e B]; try discriminate. cbn [subnormal]. intros H. apply Z.ltb_lt in H.
  assert (e = -149)%Z as ->.
  { unfold SpecFloat.bounded in B. apply andb_prop in B as [B _]. unfold SpecFloat.canonical_mantissa in B.
    apply Zeq_bool_eq in B.
    change (Zpos (SpecFloat.digits2_pos m)) with (Zpos (Digits.digits2_pos m)) in B.
    rewrite Digits.Zpos_digits2_pos in B. unfold SpecFloat.fexp, SpecFloat.emin in B.
    assert (Digits.Zdigits radix2 (Zpos m) <= 23)%Z; [|lia].
    apply Digits.Zdigits_le_Zpower. exact H. }
  cbn [B2R]. rewrite <- F2R_Zabs. unfold F2R. cbn [Fnum Fexp]. rewrite abs_cond_Zopp. cbn [Z.abs].
  unfold e32. replace (-126)%Z with (23 + -149)%Z by reflexivity. rewrite bpow_plus.
  apply Rmult_lt_compat_r; [apply bpow_gt_0|]. rewrite <- (IZR_Zpower radix2) by lia. now apply IZR_lt.
Qed.
Lemma flush_flushed x : flushed (B2R x) (B2R (flush x)).
Proof.
  unfold flush. destruct (subnormal x) eqn:E; [|now left]. right. split; [reflexivity|].
  apply Rlt_le. now apply subnormal_small.
Qed.
Lemma keep_flushed ftz x : flushed (B2R x) (B2R (keep ftz x)).
Proof. destruct ftz; [apply flush_flushed | now left]. Qed.
Lemma keep_finite ftz x : is_finite (keep ftz x) = is_finite x.
Proof. destruct ftz, x; trivial. cbn. unfold flush. now destruct (subnormal _). Qed.

(** ** Rounding to nearest *)
Lemma nearest_rounds ftz z r : (Rabs (rne32 z) < bpow radix2 128 -> is_finite r = true /\ B2R r = rne32 z) ->
  rounds z (num (keep ftz r)).
Proof.
  intros H L. destruct H as (F & E).
  { apply Rle_lt_trans with (bpow radix2 127); [|now apply bpow_lt]. apply rne32_le; [lia|].
    now apply Rlt_le. }
  exists (B2R (keep ftz r)). unfold num. rewrite keep_finite, F. split; [reflexivity|].
  pose proof u32_pos. pose proof (Rabs_pos z). assert (0 <= u32 * Rabs z) by (apply Rmult_le_pos; lra).
  destruct ftz; cbn [keep].
  - unfold flush. destruct (subnormal r) eqn:S.
    + apply subnormal_small in S. rewrite E in S. cbn [B2R].
      replace (0 - z) with (- z) by ring. rewrite Rabs_Ropp.
      assert (Rabs z < e32); [|lra]. apply Rnot_le_lt. intros G. apply (Rlt_not_le _ _ S).
      now apply rne32_ge.
    + rewrite E. pose proof (rne32_error z). assert (bpow radix2 (-150) <= e32) by now apply bpow_le. lra.
  - rewrite E. pose proof (rne32_error z). assert (bpow radix2 (-150) <= e32) by now apply bpow_le. lra.
Qed.

Theorem plus32_rounds ftz x y : is_finite x = true -> is_finite y = true ->
  exists x' y', flushed (B2R x) x' /\ flushed (B2R y) y' /\ rounds (x' + y') (num (plus32 ftz x y)).
Proof.
  intros Fx Fy. exists (B2R (keep ftz x)), (B2R (keep ftz y)).
  split; [apply keep_flushed|]. split; [apply keep_flushed|].
  apply nearest_rounds. intros L.
  assert (C := Bplus_correct 24 128 _ _ mode_NE (keep ftz x) (keep ftz y)). rewrite !keep_finite in C.
  specialize (C Fx Fy). rewrite Rlt_bool_true in C by exact L. now destruct C as (-> & -> & _).
Qed.
Theorem times32_rounds ftz x y : is_finite x = true -> is_finite y = true ->
  exists x' y', flushed (B2R x) x' /\ flushed (B2R y) y' /\ rounds (x' * y') (num (times32 ftz x y)).
Proof.
  intros Fx Fy. exists (B2R (keep ftz x)), (B2R (keep ftz y)).
  split; [apply keep_flushed|]. split; [apply keep_flushed|].
  apply nearest_rounds. intros L.
  assert (C := Bmult_correct 24 128 _ _ mode_NE (keep ftz x) (keep ftz y)). rewrite !keep_finite in C.
  rewrite Rlt_bool_true in C by exact L. destruct C as (-> & -> & _). now rewrite Fx, Fy.
Qed.
Theorem fma32_rounds ftz x y z : is_finite x = true -> is_finite y = true -> is_finite z = true ->
  exists x' y' z', flushed (B2R x) x' /\ flushed (B2R y) y' /\ flushed (B2R z) z' /\
    rounds (x' * y' + z') (num (fma32 ftz x y z)).
Proof.
  intros Fx Fy Fz. exists (B2R (keep ftz x)), (B2R (keep ftz y)), (B2R (keep ftz z)).
  split; [apply keep_flushed|]. split; [apply keep_flushed|]. split; [apply keep_flushed|].
  apply nearest_rounds. intros L.
  assert (C := Bfma_correct 24 128 _ _ mode_NE (keep ftz x) (keep ftz y) (keep ftz z)).
  rewrite !keep_finite in C. specialize (C Fx Fy Fz). cbv zeta in C.
  rewrite Rlt_bool_true in C by exact L. now destruct C as (-> & -> & _).
Qed.
