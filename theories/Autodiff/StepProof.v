(** A training step computes the optimiser's step along the true gradient of the loss. *)
From Coquelicot Require Import Coquelicot.
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Curve Autodiff.CurveProof Autodiff.Reverse Autodiff.EmitProof.
From Provenn Require Import Autodiff.SweepProof Autodiff.ReverseProof Autodiff.Optimiser
  Autodiff.OptimiserProof.
From Provenn Require Import Autodiff.Step.
Import ListNotations.
Local Open Scope R_scope.

(** The nodes [out] hold the step of [o] for the weight [p] with gradient [g], element by element. *)
Definition stepped (ns : list node) (env : nat -> vec) (ext : list node) (o : optimiser) (p : param) (g : vec)
  (out : list nat) : Prop :=
  Forall (fun i => size_of ext i = size_of ns (weight p)) out /\
  forall e, (e < extent ns (weight p))%nat -> map (fun i => val env ext i e) out = step o (val env ns) p g e.

Lemma updates_ok ns n0 o : forall ps gs G, good G -> grows ns n0 -> grows n0 (nodes_of G) ->
  Forall (param_ok ns o) ps -> Forall2 (fun p g => size_of n0 g = size_of ns (weight p)) ps gs ->
  let (outs, G') := updates ns o ps gs G in
  good G' /\ grows n0 (nodes_of G') /\
  forall env, Forall2 (fun '(p, g) out => stepped ns env (nodes_of G') o p (val env n0 g) out) (combine ps gs)
    outs.
Proof.
  induction ps as [|p ps IH]; intros gs G Gd G0 R P F; inversion F; subst; cbn [updates combine]; [auto|].
  inversion P as [|? ? Pp P']; subst. rename y into g. rename l' into gs.
  assert (Sg : size_of n0 g = Some (volume (shape_of ns (weight p)))) by (rewrite H1; apply Pp).
  pose proof (update_computes ns n0 o p g G (fun env => val env n0 g) Gd G0 R Pp) as U.
  destruct (update _ o p g G) as [out G1]. destruct U as (Gd1 & R1 & S1 & V1).
  { apply (computes_grows n0); [assumption | now apply computes_ref]. }
  specialize (IH gs G1 Gd1 G0 R1 P' H3).
  assert (R2 : grows (nodes_of G1) (nodes_of (snd (updates ns o ps gs G1)))).
  { clear - Gd1 G0 R1 P' H3. revert gs G1 Gd1 R1 H3.
    induction ps as [|p ps IH]; intros gs G1 Gd1 R1 F; inversion F; subst; cbn [updates snd];
      [apply grows_refl|].
    inversion P' as [|? ? Pp P'']; subst.
    pose proof (update_ok ns o p y G1 Gd1 (grows_trans _ _ _ G0 R1) Pp) as U.
    destruct (update _ o p y G1) as [out G2]. destruct U as (Gd2 & R2 & _).
    { apply (grows_size n0); [assumption|]. rewrite H1. apply Pp. }
    specialize (IH P'' l' G2 Gd2 (grows_trans _ _ _ R1 R2) H3). destruct (updates ns o ps l' G2).
    now apply grows_trans with (nodes_of G2). }
  destruct (updates ns o ps gs G1) as [outs G2]. destruct IH as (Gd2 & R0 & F2). cbn [snd] in R2.
  split; [assumption|split; [assumption|]]. intros env. constructor; [|apply F2]. split.
  - revert S1. apply Forall_impl. intros i Si. rewrite (proj1 Pp). now apply (grows_size (nodes_of G1)).
  - intros e He. rewrite <- (V1 env e He). apply map_ext_in. intros i Hi. rewrite Forall_forall in S1.
    now rewrite (grows_val_size env _ _ i _ R2 (S1 i Hi)).
Qed.

(** The new weights and states are the optimiser's step along vectors [grads] that are the gradient of the
    loss:
    its derivative along every curve of the weights is their inner product with the velocities. *)
Theorem train_step_correct ns loss o ps env :
  wf ns = true -> wrt_ok ns (map weight ps) -> size_of ns loss = Some 1%N -> Forall (param_ok ns o) ps ->
  Smooth env ns (map weight ps) ->
  let (ext, outs) := train_step ns loss o ps in
  wf ext = true /\ grows ns ext /\
  exists grads : list vec, length grads = length ps /\
    (forall curves t dx, curves t = env -> moves ns (map weight ps) curves t dx ->
       is_derive (fun s => val (curves s) ns loss O) t
         (lsum (fun '(p, g) => ip (extent ns (weight p)) g (dx (weight p))) (combine ps grads))) /\
    Forall2 (fun '(p, g) out => stepped ns env ext o p g out) (combine ps grads) outs.
Proof.
  intros W Wr L P Sm. unfold train_step.
  assert (Still : exists n0 gs, loss_gradient ns (map weight ps) loss = (n0, gs) /\ wf n0 = true /\
    grows ns n0 /\
    Forall2 (fun w g => size_of n0 g = size_of ns w) (map weight ps) gs /\
    forall curves t dx, curves t = env -> moves ns (map weight ps) curves t dx ->
      is_derive (fun s => val (curves s) ns loss O) t
        (lsum (fun '(w, g) => ip (extent ns w) (val env n0 g) (dx w)) (combine (map weight ps) gs))).
  { destruct (loss_gradient ns (map weight ps) loss) as [n0 gs] eqn:E. exists n0, gs. split; [easy|].
    assert (M0 : moves ns (map weight ps) (fun _ => env) 0 (fun _ _ => 0)).
    { split; [|easy]. intros w _ e _. apply derive_const. }
    pose proof (loss_gradient_correct ns _ loss (fun _ => env) 0 _ W Wr L M0 Sm) as C. rewrite E in C.
    destruct C as (W0 & G0 & F & _). repeat (split; [assumption|]). intros curves t dx <- M.
    pose proof (loss_gradient_correct ns _ loss curves t dx W Wr L M Sm) as C. rewrite E in C. apply C. }
  destruct Still as (n0 & gs & -> & W0 & G0 & F & D).
  assert (F' : Forall2 (fun p g => size_of n0 g = size_of ns (weight p)) ps gs).
  { clear - F. remember (map weight ps) as ws eqn:E. revert ps E.
    induction F; intros [|p ps] E; cbn in E; try discriminate; [constructor|]. injection E as -> E.
    constructor; auto. }
  pose proof (updates_ok ns n0 o ps gs (graph_of n0) (good_graph_of _ W0) G0) as U.
  rewrite nodes_graph_of in U. specialize (U (grows_refl n0) P F').
  destruct (updates ns o ps gs (graph_of n0)) as [outs G']. destruct U as (Gd & R & St).
  split; [apply Gd|]. split; [now apply grows_trans with n0|]. exists (map (val env n0) gs).
  split; [rewrite map_length; clear - F'; induction F'; cbn; auto|]. split.
  - intros curves t dx E M. specialize (D curves t dx E M). apply (derive_eq _ _ _ _ D).
    clear - F'. induction F' as [|p g ps gs _ F IH]; cbn; [easy|]. now rewrite IH.
  - specialize (St env). revert St. generalize outs. clear - F'.
    induction F' as [|p g ps gs _ F IH]; intros outs St; inversion St; subst; cbn; constructor; auto.
Qed.
