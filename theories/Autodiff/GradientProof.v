(** A gradient file that is accepted holds the gradient of the graph file.

    [equal_words l f]   file [f] consists of the numbers [l], compared as binary64 numbers *)
From Coquelicot Require Import Coquelicot.
From Coq Require Import Bool Reals Floats Uint63 NArith ZArith List.
From Provenn Require Import Checker.Words Checker.WordsProof Autodiff.View Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Curve.
From Provenn Require Import Autodiff.Reverse Autodiff.EmitProof Autodiff.SweepProof Autodiff.ReverseProof.
From Provenn Require Import Autodiff.ReadWords Autodiff.Gradient.
Import ListNotations.

Fixpoint equal_words (l : list float) (f : words) (p : int) : Prop :=
  match l with
  | [] => p = Words.count f
  | x :: l => PrimFloat.eqb x (word f p) = true /\ equal_words l f (p + 1)%uint63
  end.

Lemma distinct_NoDup l : distinct l = true -> NoDup l.
Proof.
  induction l as [|i l IH]; cbn; intros H; constructor; apply andb_prop in H as [N D]; auto.
  rewrite <- mem_In. now destruct (mem i l).
Qed.
Lemma wrt_okb_ok ns wrt : wrt_okb ns wrt = true -> wrt_ok ns wrt.
Proof.
  unfold wrt_okb. intros H. apply andb_prop in H as [D F]. split; [now apply distinct_NoDup|].
  rewrite forallb_forall in F. intros w Hw. specialize (F w Hw). unfold is_input in F.
  destruct (nth_error ns w) as [[[] s]|]; try discriminate. now eexists.
Qed.
Lemma differentiable_ok g ws : differentiable g ws = true ->
  wrt_ok (nodes g) ws /\ size_of (nodes g) (first g) = Some 1%N.
Proof.
  unfold differentiable. intros H. apply andb_prop in H as [W L]. split; [now apply wrt_okb_ok|].
  unfold size_of. now destruct (nth_error (nodes g) (first g)) as [[k [|]]|].
Qed.
Lemma read_program_wf f g : read_program f = Ok g -> wf (nodes g) = true.
Proof.
  unfold read_program.
  intros H. reading H as m E0. reading H as n E1. reading H as out E2. reading H as k E3.
  reading H as outs E4.
  reading H as np E5. destruct np as [ns p]. passing H as E6. passing H as E7. passing H as E8.
  now injection H as <-.
Qed.
Lemma compare_equal l f : forall p, compare l f p = Ok tt -> equal_words l f p.
Proof.
  induction l as [|x l IH]; intros p H; cbn in *.
  - destruct (p =? Words.count f)%uint63 eqn:E; [now apply Uint63.eqb_spec in E | discriminate].
  - reading H as y E. apply get_float_ok in E as [-> _]. destruct (PrimFloat.eqb x (word f p)) eqn:Q;
      [auto | discriminate].
Qed.

Local Open Scope R_scope.
(** The words of an accepted file are those of the graph [ext] with the outputs of [g] and the nodes [gs].
    Their values are the gradient of [g]'s first output: its derivative along every curve is their inner
    product with the velocities. *)
Theorem check_gradient_sound f h wrt : check_gradient f h wrt = Ok tt ->
  exists g ext gs, read_program f = Ok g /\ wrt_ok (nodes g) (chosen g wrt) /\
  equal_words (words_of_program (Program ext (first g) (further g ++ gs))) h 0%uint63 /\
  wf ext = true /\ grows (nodes g) ext /\
  forall env t dx, moves (nodes g) (chosen g wrt) env t dx -> Smooth (env t) (nodes g) (chosen g wrt) ->
    is_derive (fun s => val (env s) (nodes g) (first g) O) t
      (lsum (fun '(w, k) => ip (extent (nodes g) w) (val (env t) ext k) (dx w)) (combine (chosen g wrt) gs)).
Proof.
  unfold check_gradient, gradient_words. intros H. reading H as l E. reading E as g E0. passing E as E1.
  injection E as <-. apply differentiable_ok in E1 as [W S]. pose proof (read_program_wf _ _ E0) as Wf.
  apply compare_equal in H. unfold gradient in H. exists g.
  destruct (loss_gradient (nodes g) (chosen g wrt) (first g)) as [ext gs] eqn:E. exists ext, gs.
  assert (C : forall env t dx, moves (nodes g) (chosen g wrt) env t dx ->
    Smooth (env t) (nodes g) (chosen g wrt) ->
    let (ext, gs) := loss_gradient (nodes g) (chosen g wrt) (first g) in
    wf ext = true /\ grows (nodes g) ext /\
    Forall2 (fun w g' => size_of ext g' = size_of (nodes g) w) (chosen g wrt) gs /\
    is_derive (fun s => val (env s) (nodes g) (first g) O) t
      (lsum (fun '(w, k) => ip (extent (nodes g) w) (val (env t) ext k) (dx w)) (combine (chosen g wrt) gs))).
  { intros env t dx. now apply loss_gradient_correct. }
  rewrite E in C. pose proof (loss_gradient_extends _ _ _ Wf W S) as X. rewrite E in X.
  repeat (split; [easy|]). intros env t dx M Sm. now apply C.
Qed.
