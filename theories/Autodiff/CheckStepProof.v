(** A step file that is accepted trains with the gradient of its graph file's loss, as its plan file says.

    [equal_words]       see [Autodiff.GradientProof]; [gradient_of], [total_norm], [stepped] see
                        [Autodiff.StepProof] *)
From Coquelicot Require Import Coquelicot.
From Coq Require Import Bool Reals Floats Uint63 NArith ZArith List.
From Provenn Require Import Checker.Words Checker.WordsProof Autodiff.View Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Reverse Autodiff.EmitProof Autodiff.SweepProof Autodiff.Optimiser.
From Provenn Require Import Autodiff.OptimiserProof Autodiff.Clip Autodiff.Step Autodiff.StepProof.
From Provenn Require Import Autodiff.ReadWords Autodiff.Gradient Autodiff.GradientProof Autodiff.CheckStep.
Import ListNotations.

Lemma trained_okb_ok ns t : trained_okb ns t = true -> trained_ok ns t.
Proof.
  destruct t as [p o]. unfold trained_okb, trained_ok, param_ok. cbn [fst snd].
  rewrite !andb_true_iff, !fits_size. intros [[[A B] C] D]. repeat (split; trivial).
  - destruct o; trivial. now apply fits_size.
  - apply Forall_forall. rewrite forallb_forall in D. intros i Hi. now apply fits_size, D.
Qed.
Lemma trainable_ok g q : trainable g q = true ->
  wrt_ok (nodes g) (targets (weights q)) /\ size_of (nodes g) (first g) = Some 1%N /\
  Forall (trained_ok (nodes g)) (weights q).
Proof.
  unfold trainable. rewrite !andb_true_iff. intros [[D T] _]. apply differentiable_ok in D as [W L].
  repeat (split; [assumption|]). apply Forall_forall. rewrite forallb_forall in T. intros t Ht.
  now apply trained_okb_ok, T.
Qed.

(** The accepted words are those of the graph [s], which continues the graph [g] of the forward file. Its
    outputs are the loss, then the nodes [n] and [outs]: the norm of the gradient of the loss, if the plan asks
    for it, and for each weight of the plan the new value and state, one step of its optimiser along this
    gradient, scaled by the factor of clipping if there is a limit; then what the forward graph keeps. *)
Theorem check_step_sound forward plan step g q s : check_step forward plan step = Ok (g, q, s) ->
  read_program forward = Ok g /\ read_plan plan = Ok q /\
  equal_words (words_of_program s) step 0%uint63 /\
  exists n outs,
  s = Program (nodes s) (first g) (listed n ++ map (hd O) outs ++ flat_map (@tl nat) outs ++ further g) /\
  wf (nodes s) = true /\ grows (nodes g) (nodes s) /\ (n = None <-> clipped q = Unmeasured) /\
  forall env, Smooth env (nodes g) (targets (weights q)) ->
  exists grads, gradient_of (nodes g) (first g) (targets (weights q)) env grads /\
    let norm := total_norm (nodes g) (targets (weights q)) grads in
    (forall i, n = Some i -> val env (nodes s) i O = norm) /\
    Forall2 (fun '(t, grad) out =>
        stepped (nodes g) env (nodes s) t (fun e => clip_factor (clipped q) norm * grad e)%R out)
      (combine (weights q) grads) outs.
Proof.
  unfold check_step, read_step. intros H. reading H as gq E. destruct gq as [g' q'].
  reading E as g0 Eg. reading E as q0 Eq. passing E as T. injection E as -> ->.
  reading H as u C. destruct u. injection H as -> -> <-. apply compare_equal in C.
  repeat (split; [assumption|]). apply trainable_ok in T as (W & L & P).
  pose proof (train_step_correct _ _ (clipped q) _ (read_program_wf _ _ Eg) W L P) as St.
  unfold step_program in *. destruct (train_step _ _ _ _) as [[ext n] outs]. exists n, outs. now split.
Qed.
