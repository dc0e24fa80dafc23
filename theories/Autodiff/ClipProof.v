(** The nodes of norm and clipping compute them. Symbols: see [Autodiff.Clip].

    [norm_of ns l env]  the norm of the gradients [l] at the inputs [env] *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Autodiff.View Autodiff.ViewProof.
From Provenn Require Import Autodiff.Core Autodiff.CoreProof Autodiff.Curve Autodiff.Reverse.
From Provenn Require Import Autodiff.EmitProof Autodiff.Clip.
Import ListNotations.
Local Open Scope R_scope.

Definition norm_of (ns : list node) (l : list (list N * nat)) (env : nat -> vec) : R :=
  sqrt (lsum (fun '(s, g) => ip (View.count s) (val env ns g) (val env ns g)) l).

Lemma total_sum s x : move s [] (identity s) x O = sum (View.count s) x.
Proof.
  pose proof (move_adjoint s [] (identity s) (fun _ => 1) x) as A. rewrite sizes_identity in A.
  unfold ip at 1 in A. change (View.count (sizes [])) with 1%nat in A. cbn [sum] in A.
  rewrite Rplus_0_l, Rmult_1_l in A. rewrite A. apply sum_ext. intros i H.
  rewrite move_identity_scalar by assumption. ring.
Qed.
Lemma computes_total ns s a f : computes ns a (volume s) f ->
  computes ns (total s a) 1 (fun env _ => sum (View.count s) (f env)).
Proof.
  intros A. apply computes_ext with (fun env => move s [] (identity s) (f env)).
  - apply computes_moved; trivial. now rewrite sizes_identity.
  - intros env k H. replace k with O by (cbn in H; lia). apply total_sum.
Qed.
Lemma computes_number ns x : computes ns (Number x) 1 (fun _ _ => fR x).
Proof. split; [reflexivity|]. intros env k H. now replace k with O by (cbn in H; lia). Qed.

Definition sized_gradients (ns : list node) (l : list (list N * nat)) : Prop :=
  Forall (fun '(s, g) => size_of ns g = Some (volume s)) l.
Lemma computes_square ns s g : size_of ns g = Some (volume s) ->
  computes ns (total s (Apply2 Mul s (Ref g) (Ref g))) 1
    (fun env _ => ip (View.count s) (val env ns g) (val env ns g)).
Proof.
  intros S. apply computes_total with (f := fun env k => val env ns g k * val env ns g k).
  eapply computes_apply2; [reflexivity | |]; now apply computes_ref.
Qed.
Lemma computes_norm ns l : sized_gradients ns l -> computes ns (norm l) 1 (fun env _ => norm_of ns l env).
Proof.
  intros S. eapply computes_apply1; [reflexivity|].
  assert (F : forall l a fa, sized_gradients ns l -> computes ns a 1 fa ->
    computes ns (fold_left (Apply2 Add []) (squares l) a) 1 (fun env k => fa env k +
      lsum (fun '(s, g) => ip (View.count s) (val env ns g) (val env ns g)) l)).
  { clear. induction l as [|[s g] l IH]; intros a fa S A; cbn.
    - apply computes_ext with (1 := A). intros. ring.
    - inversion S as [|? ? Sg S']; subst. eapply computes_ext.
      + apply IH; [assumption|].
        eapply computes_apply2; [reflexivity | eassumption | now apply computes_square].
      + intros. cbn [sem2]. ring. }
  destruct l as [|[s g] l]; cbn [squares sum_of map].
  - apply computes_ext with (1 := computes_number ns _). intros. exact fR_0.
  - inversion S as [|? ? Sg S']; subst. now apply F, computes_square.
Qed.

Lemma minimum x : - Rmax (- x) (-1) = Rmin 1 x.
Proof. unfold Rmax, Rmin. destruct (Rle_dec (- x) (-1)), (Rle_dec 1 x); lra. Qed.
Lemma computes_factor ns k n x f : computes ns (Ref k) 1 (fun _ _ => fR x) -> computes ns (Ref n) 1 f ->
  computes ns (factor k n) 1 (fun env e => clip_factor (Clipped x) (f env e)).
Proof.
  intros K N. eapply computes_ext.
  - unfold factor. repeat (first [eapply computes_apply1 | eapply computes_apply2]; [reflexivity|..]);
      eauto using computes_number.
  - intros env e H. cbn [sem1 sem2 clip_factor]. rewrite <- minimum.
    change (-1)%float with (PrimFloat.opp 1). now rewrite fR_opp, fR_1.
Qed.

Lemma scale_computes n0 f ff l : forall G, good G -> grows n0 (nodes_of G) -> sized_gradients n0 l ->
  computes (nodes_of G) (Ref f) 1 (fun env _ => ff env) ->
  let (gs, G') := scale f l G in
  good G' /\ grows (nodes_of G) (nodes_of G') /\
  Forall2 (fun '(s, g) r => computes (nodes_of G') (Ref r) (volume s) (fun env e => ff env * val env n0 g e))
    l gs.
Proof.
  induction l as [|[s g] l IH]; intros G Gd R S F; cbn [scale]; [auto using grows_refl|].
  inversion S as [|? ? Sg S']; subst.
  assert (C : computes (nodes_of G) (Apply2 Mul s (broadcast s (Ref f)) (Ref g)) (volume s)
    (fun env e => ff env * val env n0 g e)).
  { eapply computes_ext.
    - eapply computes_apply2; [reflexivity | now apply computes_broadcast, F |].
      apply (computes_grows n0); [assumption | now apply computes_ref].
    - reflexivity. }
  pose proof (emits_computes _ G _ _ Gd C) as E. destruct (emits _ G) as [r G1].
  destruct E as (Gd1 & R1 & C1). apply (computes_grows _ _ _ _ _ R1) in F.
  specialize (IH G1 Gd1 (grows_trans _ _ _ R R1) S' F).
  destruct (scale f l G1) as [rs G2]. destruct IH as (Gd2 & R2 & C2).
  split; [assumption|]. split; [now apply grows_trans with (nodes_of G1)|].
  constructor; [|assumption]. now apply computes_grows with (nodes_of G1).
Qed.

Lemma unscaled c n0 G norm l : grows n0 (nodes_of G) -> sized_gradients n0 l ->
  (forall n, clip_factor c n = 1) ->
  Forall2 (fun '(s, g) r => computes (nodes_of G) (Ref r) (volume s)
    (fun env e => clip_factor c (norm env) * val env n0 g e)) l (map snd l).
Proof.
  intros R S One. induction S as [|[s g] l Sg S IH]; cbn; constructor; [|assumption].
  apply computes_ext with (fun env => val env n0 g).
  - apply (computes_grows n0); [assumption | now apply computes_ref].
  - intros. rewrite One. ring.
Qed.
Theorem clip_computes c l G : good G -> sized_gradients (nodes_of G) l ->
  let '(n, gs, G') := clip c l G in
  let norm := norm_of (nodes_of G) l in
  good G' /\ grows (nodes_of G) (nodes_of G') /\
  (n = None <-> c = Unmeasured) /\
  (forall i, n = Some i -> computes (nodes_of G') (Ref i) 1 (fun env _ => norm env)) /\
  Forall2 (fun '(s, g) r => computes (nodes_of G') (Ref r) (volume s)
    (fun env e => clip_factor c (norm env) * val env (nodes_of G) g e)) l gs.
Proof.
  intros Gd S. pose proof (computes_norm _ _ S) as N. destruct c as [| |x]; cbn [clip].
  - split; [assumption|]. split; [apply grows_refl|]. split; [tauto|]. split; [discriminate|].
    now apply unscaled; [apply grows_refl | |].
  - pose proof (emits_computes _ G _ _ Gd N) as E. destruct (emits _ G) as [n G1].
    destruct E as (Gd1 & R1 & N1). split; [assumption|]. split; [assumption|]. split; [easy|].
    split; [now intros i [= <-] | now apply unscaled].
  - pose proof (emits_computes _ G _ _ Gd (computes_number _ x)) as E. destruct (emits _ G) as [k G1].
    destruct E as (Gd1 & R1 & K). apply (computes_grows _ _ _ _ _ R1) in N.
    pose proof (emits_computes _ G1 _ _ Gd1 N) as E. destruct (emits _ G1) as [n G2].
    destruct E as (Gd2 & R2 & N2). apply (computes_grows _ _ _ _ _ R2) in K.
    pose proof (emits_computes _ G2 _ _ Gd2 (computes_factor _ k n x _ K N2)) as E.
    destruct (emits _ G2) as [f G3]. destruct E as (Gd3 & R3 & F).
    assert (R : grows (nodes_of G) (nodes_of G3)) by eauto using grows_trans.
    pose proof (scale_computes _ f _ l G3 Gd3 R S F) as E. destruct (scale f l G3) as [gs G4].
    destruct E as (Gd4 & R4 & C). split; [assumption|]. split; [now apply grows_trans with (nodes_of G3)|].
    split; [easy|]. split; [|assumption]. intros i [= <-]. apply (computes_grows (nodes_of G2)); [|assumption].
    now apply grows_trans with (nodes_of G3).
Qed.
