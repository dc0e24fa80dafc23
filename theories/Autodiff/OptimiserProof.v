(** The nodes of an optimiser compute its step.

    [param_ok ns m o p]  weight and state of [p] are nodes of [m] elements, and the scalars of [o] of one
    [decay wd y]         the weight decay over the node values [y]; 0 where there is none
    [step o y p g e]     the textbook step of [o] for element [e], over the node values [y] and the gradient
                        [g] *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Reverse Autodiff.EmitProof Autodiff.Optimiser.
Import ListNotations.
Local Open Scope R_scope.

Definition param_ok (ns : list node) (o : optimiser) (p : param) : Prop :=
  let m := volume (shape_of ns (weight p)) in
  size_of ns (weight p) = Some m /\ size_of ns (moment1 p) = Some m /\
  match o with
  | Sgd _ _ _ _ => True
  | Adam _ _ _ _ _ _ _ _ _ _ => size_of ns (moment2 p) = Some m
  end /\ Forall (fun i => size_of ns i = Some 1%N) (scalars o).

Definition decay (wd : option nat) (y : nat -> vec) : R :=
  match wd with
  | Some i => y i O
  | None => 0
  end.
Definition step (o : optimiser) (y : nat -> vec) (p : param) (g : vec) (e : nat) : list R :=
  match o with
  | Sgd nesterov lr mu wd =>
      sgd_step nesterov (y lr O) (y mu O) (decay wd y) (y (weight p) e) (g e) (y (moment1 p) e)
  | Adam decoupled lr b1 a1 b2 a2 c1 c2 eps wd =>
      adam_step decoupled (y lr O) (y b1 O) (y a1 O) (y b2 O) (y a2 O) (y c1 O) (y c2 O) (y eps O) (decay wd y)
        (y (weight p) e) (g e) (y (moment1 p) e) (y (moment2 p) e)
  end.

(** With scalars that hold the right numbers this is the textbook's step. *)
Lemma adam_step_textbook decoupled lr b1 b2 eps wd t y p g e il ib1 ia1 ib2 ia2 ic1 ic2 ie iw :
  y il O = lr -> y ib1 O = b1 -> y ia1 O = 1 - b1 -> y ib2 O = b2 -> y ia2 O = 1 - b2 ->
  y ic1 O = 1 - b1 ^ t -> y ic2 O = 1 - b2 ^ t -> y ie O = eps -> decay iw y = wd ->
  step (Adam decoupled il ib1 ia1 ib2 ia2 ic1 ic2 ie iw) y p g e =
  adam_textbook decoupled lr b1 b2 eps wd t (y (weight p) e) (g e) (y (moment1 p) e) (y (moment2 p) e).
Proof. cbn [step]. now intros -> -> -> -> -> -> -> -> ->. Qed.

Lemma emits_then e g m f : good g -> computes (nodes_of g) e m f ->
  exists i g', emits e g = (i, g') /\ good g' /\ grows (nodes_of g) (nodes_of g') /\
    computes (nodes_of g') (Ref i) m f.
Proof.
  intros G C. pose proof (emits_computes e g m f G C) as E. destruct (emits e g) as [i g'].
  now exists i, g'.
Qed.

Ltac computed := repeat first
  [ eassumption | apply computes_broadcast | eapply computes_apply2; [reflexivity| |]
  | eapply computes_apply1; [reflexivity|] ].
(** Emit the next expression and carry all facts over to the larger graph. *)
Ltac emit_next :=
  lazymatch goal with
  | |- context [emits ?e ?G] =>
      let H := fresh "H" in let G' := fresh "G" in let R := fresh "R" in
      eassert (H : computes (nodes_of G) e _ _) by computed;
      apply emits_then in H; [|assumption]; destruct H as (? & G' & -> & ? & R & ?);
      repeat match goal with H : computes (nodes_of G) _ _ _ |- _ => apply (computes_grows _ _ _ _ _ R) in H
        end;
      repeat match goal with H : grows ?n (nodes_of G) |- _ => apply (fun A => grows_trans _ _ _ A R) in H
        end;
      clear R; cbv beta iota
  end.
Ltac read_out :=
  intros env e He; cbn [map]; repeat match goal with
    | C : computes ?n (Ref ?i) ?m ?f |- context [val env ?n ?i e] =>
        let V := fresh "V" in pose proof (proj2 C env e He : val env n i e = f env e) as V; rewrite V;
          clear V C
    end.
(** Without decay the textbook adds 0 p, and the graph nothing. *)
Ltac updated :=
  split; [assumption|split; [assumption|split; [repeat constructor; eapply proj1; eassumption|]]];
  read_out; cbn [step decay]; unfold sgd_step, adam_step; cbv zeta;
  rewrite ?Rmult_0_l, ?Rmult_0_r, ?Rplus_0_r, ?Rminus_0_r; reflexivity.

Lemma update_computes ns n0 o p g G gv : good G -> grows ns n0 -> grows n0 (nodes_of G) -> param_ok ns o p ->
  computes (nodes_of G) (Ref g) (volume (shape_of ns (weight p))) gv ->
  let (out, G') := update (shape_of ns (weight p)) o p g G in
  good G' /\ grows n0 (nodes_of G') /\
  Forall (fun i => size_of (nodes_of G') i = Some (volume (shape_of ns (weight p)))) out /\
  forall env e, (e < extent ns (weight p))%nat ->
    map (fun i => val env (nodes_of G') i e) out = step o (val env ns) p (gv env) e.
Proof.
  intros Gd Gr R0 (Sw & S1 & S2 & Sc) Sg. rewrite (extent_size _ _ _ Sw).
  set (s := shape_of ns (weight p)) in *.
  assert (R1 : grows ns (nodes_of G)) by now apply grows_trans with n0.
  apply computes_ref in Sw, S1. apply (computes_grows _ _ _ _ _ R1) in Sw, S1.
  destruct o as [nesterov lr mu wd | decoupled lr b1 a1 b2 a2 c1 c2 eps wd]; destruct wd as [wd|];
    cbn [scalars listed] in Sc;
    repeat match goal with H : Forall _ (_ :: _) |- _ => inversion H; clear H; subst end;
    try (apply computes_ref in S2; apply (computes_grows _ _ _ _ _ R1) in S2);
    repeat match goal with H : size_of ns _ = Some 1%N |- _ =>
      apply computes_ref in H; apply (computes_grows _ _ _ _ _ R1) in H end;
    clear R1 Gr; unfold update; cbv zeta.
  - destruct nesterov; do 4 emit_next; updated.
  - destruct nesterov; do 4 emit_next; updated.
  - destruct decoupled; do 5 emit_next; updated.
  - destruct decoupled; do 5 emit_next; updated.
Qed.
Theorem update_ok ns o p g G : good G -> grows ns (nodes_of G) -> param_ok ns o p ->
  size_of (nodes_of G) g = Some (volume (shape_of ns (weight p))) ->
  let (out, G') := update (shape_of ns (weight p)) o p g G in
  good G' /\ grows (nodes_of G) (nodes_of G') /\
  Forall (fun i => size_of (nodes_of G') i = Some (volume (shape_of ns (weight p)))) out /\
  forall env e, (e < extent ns (weight p))%nat ->
    map (fun i => val env (nodes_of G') i e) out = step o (val env ns) p (val env (nodes_of G) g) e.
Proof.
  intros Gd Gr P Sg. apply (update_computes ns (nodes_of G) o p g G (fun env => val env (nodes_of G) g));
    trivial.
  - apply grows_refl.
  - now apply computes_ref.
Qed.
