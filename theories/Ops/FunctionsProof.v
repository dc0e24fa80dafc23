(** Every function's rule tells the truth about it. Symbols: see [Ops.Functions]. *)
From Coq Require Import Arith ZArith Uint63 Reals Lra Lia Floats.
From Provenn Require Import Base.Vector Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof Ops.Relu.
From Provenn Require Import Ops.ReluProof.
From Provenn Require Import Ops.Sigmoid Ops.SigmoidProof Ops.Elementary Ops.ElementaryProof.
From Provenn Require Import Ops.Piecewise Ops.PiecewiseProof Ops.Power Ops.PowerProof Ops.Wave Ops.WaveProof.
From Provenn Require Import Ops.Softplus Ops.SoftplusProof.
From Provenn Require Import Ops.Functions.
Local Open Scope R_scope.

Lemma never_sound f : sound f never.
Proof.
  intros l h _ _ _. split; cbn [never range around]; intros; [apply nothing_holds | apply no_pair_around].
Qed.

Lemma exponent_exact n : (1 <? n)%uint63 = true -> (n <=? 64)%uint63 = true ->
  nat_of n = S (S (less n)) /\ fR (exponent n) = INR (S (S (less n))).
Proof.
  intros L U. apply Uint63.ltb_spec in L. apply Uint63.leb_spec in U. change (to_Z 1) with 1%Z in L.
  change (to_Z 64) with 64%Z in U.
  assert (E : nat_of n = S (S (less n))).
  { unfold less, nat_of. rewrite Uint63.sub_spec, Z.mod_small by (pose proof (to_Z_bounded n); change (to_Z
    2) with 2%Z; lia).
    change (to_Z 2) with 2%Z. lia. }
  split; [exact E|]. rewrite <- E. unfold exponent. rewrite (proj2 (of_uint63_exact n ltac:(lia))).
  unfold nat_of. rewrite INR_IZR_INZ, Z2Nat.id; [reflexivity | lia].
Qed.

Theorem rule_of_sound f : sound (sem f) (rule_of f).
Proof.
  destruct f as [|k|a b| | | | | | | | |n| |]; cbn [sem rule_of].
  - exact relu_sound.
  - destruct (finb k) eqn:F; [|apply never_sound]. destruct (k <=? 1)%float eqn:L; [|apply never_sound].
    apply finb_fin in F. apply leb_le in L; [|exact F | apply fin_1]. rewrite fR_1 in L. now apply
      hinge_sound.
  - destruct (finb a) eqn:Fa; [|apply never_sound]. destruct (finb b) eqn:Fb; [|apply never_sound].
    destruct (a <=? b)%float eqn:L; [|apply never_sound]. apply finb_fin in Fa, Fb. apply leb_le in L;
      trivial.
    now apply clip_sound.
  - exact sign_sound.
  - exact sigmoid_sound.
  - exact tanh_sound.
  - exact softplus_sound.
  - exact exp_sound.
  - exact log_sound.
  - exact sqrt_sound.
  - exact recip_sound.
  - destruct (1 <? n)%uint63 eqn:L; [|apply never_sound]. destruct (n <=? 64)%uint63 eqn:U; [|apply
      never_sound].
    destruct (exponent_exact n L U) as (En & E). cbn [andb].
    change (sound (fun x => x ^ nat_of n) (power_rule (less n) (exponent n))). rewrite En. now apply
      power_sound.
  - exact sin_sound.
  - exact cos_sound.
Qed.
