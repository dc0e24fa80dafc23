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

(** ** Where operands may be flushed *)
Lemma sign_0 : sign 0 = 0.
Proof. unfold sign. repeat destruct Rlt_dec; lra. Qed.
Theorem rule_of_images f g : (forall x, image f x (g x)) -> sound g (rule_of f).
Proof.
  intros I. destruct (jumps f) eqn:J.
  - destruct f; try discriminate. apply flushed_sign_sound. intros x.
    destruct (I x) as [->|(_ & A & ->)]; [now left | right]. split; [exact A | exact sign_0].
  - assert (E : forall x, g x = sem f x)
      by (intros x; destruct (I x) as [E|(J' & _)]; [exact E | congruence]).
    intros l h Fl Fh Hlh. destruct (rule_of_sound f l h Fl Fh Hlh) as (A & B). split.
    + intros x Hx. rewrite E. now apply A.
    + intros t u. destruct (B t u) as (Lo & Up).
      split; intros F; [destruct (Lo F) as (Fs & H) | destruct (Up F) as (Fs & H)]; (split; [exact Fs|]);
        intros x Hx; rewrite E; now apply H.
Qed.
(** The function that gives [y] at [x], and elsewhere what it gives. *)
Definition moved_to (f : unary) (x y z : R) : R := if Req_EM_T z x then y else sem f z.
Lemma moved_to_image f x y : image f x y -> forall z, image f z (moved_to f x y z).
Proof. intros I z. unfold moved_to. destruct (Req_EM_T z x) as [->|]; [exact I | now left]. Qed.
Lemma moved_to_eq f x y : moved_to f x y x = y.
Proof. unfold moved_to. now destruct (Req_EM_T x x). Qed.
Lemma range_image f l h x y : fin l -> fin h -> fR l <= x <= fR h -> image f x y ->
  holds (range (rule_of f) l h) y.
Proof.
  intros Fl Fh Hx I. rewrite <- (moved_to_eq f x y).
  apply (rule_of_images f _ (moved_to_image f x y I) l h); trivial. lra.
Qed.
Lemma around_image f l h t u x y (s := around (rule_of f) l h t u) : fin l -> fin h -> fR l <= x <= fR h ->
  image f x y ->
  (fin (shift (fst s)) -> fR (slope (fst s)) * x + fR (shift (fst s)) <= y) /\
  (fin (shift (snd s)) -> y <= fR (slope (snd s)) * x + fR (shift (snd s))).
Proof.
  intros Fl Fh Hx I.
  destruct (proj2 (rule_of_images f _ (moved_to_image f x y I) l h Fl Fh ltac:(lra)) t u) as (Lo & Up).
  fold s in Lo, Up.
  split; intros F; [destruct (Lo F) as (_ & H) | destruct (Up F) as (_ & H)]; specialize (H x Hx);
    now rewrite moved_to_eq in H.
Qed.
