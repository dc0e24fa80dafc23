(** A training step computes the optimisers' steps along the true gradient of the loss.

    [gradient_of ns loss ws env grads]  the vectors [grads] are the gradient of node [loss] in the inputs [ws]
                        at [env]: the derivative along every curve is their inner product with the velocities
    [total_norm ns ws grads]  the square root of the sum of the squares of all their elements
    [stepped ns env ext t g out]  in the graph [ext], the nodes [out] hold the step of [t] along [g], whose
                        weight and state are nodes of [ns] *)
From Coquelicot Require Import Coquelicot.
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Curve Autodiff.CurveProof Autodiff.Reverse Autodiff.EmitProof.
From Provenn Require Import Autodiff.SweepProof Autodiff.ReverseProof Autodiff.Optimiser.
From Provenn Require Import Autodiff.OptimiserProof Autodiff.Clip Autodiff.ClipProof Autodiff.Step.
Import ListNotations.
Local Open Scope R_scope.

Definition gradient_of (ns : list node) (loss : nat) (ws : list nat) (env : nat -> vec) (grads : list vec)
  : Prop :=
  length grads = length ws /\
  forall curves t dx, curves t = env -> moves ns ws curves t dx ->
    is_derive (fun s => val (curves s) ns loss O) t
      (lsum (fun '(w, g) => ip (extent ns w) g (dx w)) (combine ws grads)).
Definition total_norm (ns : list node) (ws : list nat) (grads : list vec) : R :=
  sqrt (lsum (fun '(w, g) => ip (extent ns w) g g) (combine ws grads)).
Definition trained_ok (ns : list node) (t : trained) : Prop := param_ok ns (snd t) (fst t).
Definition stepped (ns : list node) (env : nat -> vec) (ext : list node) (t : trained) (g : vec)
  (out : list nat) : Prop :=
  let w := weight (fst t) in
  Forall (fun i => size_of ext i = size_of ns w) out /\
  forall e, (e < extent ns w)%nat ->
    map (fun i => val env ext i e) out = step (snd t) (val env ns) (fst t) g e.

Lemma step_ext o y p g g' e : g e = g' e -> step o y p g e = step o y p g' e.
Proof. intros H. destruct o; cbn [step]; now rewrite H. Qed.
Lemma stepped_ext ns env ext t g g' out : (forall e, (e < extent ns (weight (fst t)))%nat -> g e = g' e) ->
  stepped ns env ext t g out -> stepped ns env ext t g' out.
Proof.
  intros E [S V]. split; [assumption|]. intros e He. rewrite (V e He). now apply step_ext, E.
Qed.

Definition fitting (ns n0 : list node) (t : trained) (g : nat) : Prop :=
  size_of n0 g = size_of ns (weight (fst t)).
Lemma updates_ok ns n0 : grows ns n0 -> forall ts gs G, good G -> grows n0 (nodes_of G) ->
  Forall (trained_ok ns) ts -> Forall2 (fitting ns n0) ts gs ->
  let (outs, G') := updates ns ts gs G in
  good G' /\ grows (nodes_of G) (nodes_of G') /\
  forall env, Forall2 (fun '(t, g) out => stepped ns env (nodes_of G') t (val env n0 g) out)
    (combine ts gs) outs.
Proof.
  intros G0. induction ts as [|[p o] ts IH]; intros gs G Gd R P F; inversion F as [|? g ? gs' Fg F']; subst;
    cbn [updates combine]; [auto using grows_refl|].
  inversion P as [|? ? Pp P']; subst. unfold fitting, trained_ok in *. cbn [fst snd] in Fg, Pp.
  assert (Sg : size_of n0 g = Some (volume (shape_of ns (weight p)))) by (rewrite Fg; apply Pp).
  pose proof (update_ok ns o p g G Gd (grows_trans _ _ _ G0 R) Pp (grows_size _ _ _ _ R Sg)) as U.
  destruct (update _ o p g G) as [out G1]. destruct U as (Gd1 & R1 & S1 & V1).
  specialize (IH gs' G1 Gd1 (grows_trans _ _ _ R R1) P' F'). destruct (updates ns ts gs' G1) as [outs G2].
  destruct IH as (Gd2 & R2 & F2). split; [assumption|]. split; [now apply grows_trans with (nodes_of G1)|].
  intros env. constructor; [|apply F2]. split; cbn [fst snd].
  - revert S1. apply Forall_impl. intros i Si. rewrite (proj1 Pp). now apply (grows_size (nodes_of G1)).
  - intros e He. rewrite <- (grows_val_size env n0 _ g _ R Sg), <- (V1 env e He). apply map_ext_in.
    intros i Hi. rewrite Forall_forall in S1. now rewrite (grows_val_size env _ _ i _ R2 (S1 i Hi)).
Qed.

(** The facts of all parts side by side: [l] are the gradients [gs] with their shapes. *)
Lemma fitting_sized ns n0 ts gs : Forall (trained_ok ns) ts -> Forall2 (fitting ns n0) ts gs ->
  sized_gradients n0 (combine (map (shape_of ns) (targets ts)) gs).
Proof.
  intros P F. induction F as [|t g ts gs E F IH]; cbn; constructor; inversion P as [|? ? [S _] P']; subst.
  - unfold fitting in E. now rewrite E.
  - now apply IH.
Qed.
Lemma norm_total ns n0 env ts gs : Forall (trained_ok ns) ts -> Forall2 (fitting ns n0) ts gs ->
  norm_of n0 (combine (map (shape_of ns) (targets ts)) gs) env =
  total_norm ns (targets ts) (map (val env n0) gs).
Proof.
  intros P F. unfold norm_of, total_norm, targets. f_equal.
  induction F as [|t g ts gs E F IH]; cbn; [reflexivity|]. inversion P as [|? ? [S _] P']; subst.
  rewrite (extent_size _ _ _ S). f_equal. now apply IH.
Qed.
Lemma scaled_fitting ns n1 ts (gs gs' : list nat) f : Forall (trained_ok ns) ts -> length gs = length ts ->
  Forall2 (fun '(s, g) r => computes n1 (Ref r) (volume s) (f g))
    (combine (map (shape_of ns) (targets ts)) gs) gs' -> Forall2 (fitting ns n1) ts gs'.
Proof.
  revert gs gs'. induction ts as [|t ts IH]; intros [|g gs] gs' P L F; try discriminate; cbn in *;
    inversion F as [|? r ? gs'' C F']; subst; constructor; inversion P as [|? ? [S _] P']; subst.
  - unfold fitting. rewrite S. apply C.
  - eapply IH; eauto.
Qed.
Lemma stepped_scaled ns n0 n1 env ext k ts (gs gs' : list nat) outs : Forall (trained_ok ns) ts ->
  Forall2 (fun '(s, g) r => computes n1 (Ref r) (volume s) (fun env e => k env * val env n0 g e))
    (combine (map (shape_of ns) (targets ts)) gs) gs' -> length gs = length ts ->
  Forall2 (fun '(t, g) out => stepped ns env ext t (val env n1 g) out) (combine ts gs') outs ->
  Forall2 (fun '(t, g) out => stepped ns env ext t (fun e => k env * g e) out)
    (combine ts (map (val env n0) gs)) outs.
Proof.
  revert gs gs' outs.
  induction ts as [|t ts IH]; intros [|g gs] gs' outs P F L St; try discriminate; cbn in *;
    inversion F as [|? r ? gs'' C F']; subst; inversion St as [|? out ? outs' Sh St']; subst;
    constructor; inversion P as [|? ? [S _] P']; subst.
  - revert Sh. apply stepped_ext. intros e He. apply (proj2 C env e).
    now rewrite (extent_size _ _ _ S) in He.
  - eapply IH; eauto.
Qed.

(** The new weights and states are the optimisers' steps along the gradient of the loss, scaled so that its
    norm is at most the limit, if there is one. *)
Theorem train_step_correct ns loss c ts :
  wf ns = true -> wrt_ok ns (targets ts) -> size_of ns loss = Some 1%N -> Forall (trained_ok ns) ts ->
  let '(ext, n, outs) := train_step ns loss c ts in
  wf ext = true /\ grows ns ext /\ (n = None <-> c = Unmeasured) /\
  forall env, Smooth env ns (targets ts) ->
  exists grads : list vec, gradient_of ns loss (targets ts) env grads /\
    let norm := total_norm ns (targets ts) grads in
    (forall i, n = Some i -> val env ext i O = norm) /\
    Forall2 (fun '(t, g) out => stepped ns env ext t (fun e => clip_factor c norm * g e) out)
      (combine ts grads) outs.
Proof.
  intros W Wr L P. unfold train_step. pose proof (loss_gradient_extends ns _ loss W Wr L) as X.
  pose proof (fun curves t dx => loss_gradient_correct ns _ loss curves t dx W Wr L) as D.
  destruct (loss_gradient ns (targets ts) loss) as [n0 gs]. destruct X as (W0 & G0 & F).
  assert (F0 : Forall2 (fitting ns n0) ts gs).
  { clear - F. unfold targets in F. remember (map (fun t => weight (fst t)) ts) as ws eqn:E. revert ts E.
    induction F; intros [|t ts] E; cbn in E; try discriminate; [constructor|]. injection E as -> E.
    constructor; auto. }
  assert (Len : length gs = length ts) by (clear - F0; induction F0; cbn; auto).
  pose proof (clip_computes c (combine (map (shape_of ns) (targets ts)) gs) _ (good_graph_of _ W0)) as C.
  rewrite nodes_graph_of in C. specialize (C (fitting_sized ns n0 ts gs P F0)).
  destruct (clip c _ (graph_of n0)) as [[n gs'] G].
  destruct C as (Gd & R & Nn & N & Cg). pose proof (scaled_fitting ns _ ts gs gs' _ P Len Cg) as F1.
  pose proof (updates_ok ns _ (grows_trans _ _ _ G0 R) ts gs' G Gd (grows_refl _) P F1) as U.
  destruct (updates ns ts gs' G) as [outs G']. destruct U as (Gd' & R' & St).
  split; [apply Gd'|]. split; [eauto using grows_trans|]. split; [assumption|].
  intros env Sm. exists (map (val env n0) gs).
  split; [split|].
  - unfold targets. now rewrite !map_length.
  - intros curves t dx <- M. destruct (D curves t dx M Sm) as (_ & _ & _ & D').
    apply (derive_eq _ _ _ _ D'). generalize (targets ts). clear. induction gs as [|g gs IH]; intros [|w ws];
      cbn; trivial. now rewrite IH.
  - cbv zeta. rewrite <- (norm_total ns n0 env ts gs P F0). split.
    + intros i E. specialize (N i E). rewrite (grows_val_size env _ _ i 1 R' (proj1 N)).
      apply (proj2 N env O). cbn. lia.
    + exact (stepped_scaled ns n0 _ env _ _ ts gs gs' outs P Cg Len (St env)).
Qed.
