(** What a certificate about binary32 proves of the network that runs, for a specification that people can read.

    [in_domain s x]        the input [x] lies in some box of the specification [s]
    [may_run g u x ys]     a machine whose functions are accurate to [u] ulps may compute the values [ys] for the
                           nodes of the graph file [g], when it gets the input [x]: see [Float.Execution]
    [finite_values g ys]   all of these are finite
    [output32 g ys]        the network's output among them *)
From Coq Require Import Reals Uint63 List.
From Flocq Require Import BinarySingleNaN.
From Provenn Require Import Base.Binary64 IR.Graph Checker.Words Checker.Semantics Checker.ReadGraph.
From Provenn Require Import Checker.ReadProperty Checker.Check Checker.CheckProof Checker.Sound.
From Provenn Require Import Float.Binary32 Float.Execution Float.Sound Interface.Spec Interface.SpecProof.

Definition in_domain (s : spec) (x : vec) : Prop := exists g, In g s /\ Spec.in_box (box g) 0%uint63 x.
Definition may_run (graph : words) (ulps : R) (x : vec32) (ys : list vec32) : Prop :=
  match read_graph graph with
  | Ok net => execution ulps x (nodes net) ys
  | Err _ _ _ _ => False
  end.
Definition finite_values (graph : words) (ys : list vec32) : Prop :=
  match read_graph graph with
  | Ok net => all_finite (nodes net) ys
  | Err _ _ _ _ => False
  end.
Definition output32 (graph : words) (ys : list vec32) : vec32 :=
  match read_graph graph with
  | Ok net => value32 ys (output net)
  | Err _ _ _ _ => fun _ => B754_nan
  end.

Theorem proved_runs graph property certificate s ulps : proved graph property certificate s = true ->
  read_semantics certificate = Ok (Binary32 ulps) ->
  forall (x : vec32) (ys : list vec32), (forall k, is_finite (x k) = true) ->
  in_domain s (real x) -> may_run graph (fR ulps) x ys ->
  finite_values graph ys /\ ~ violated s (real x) (real (output32 graph ys)).
Proof.
  unfold proved. destruct (check graph property certificate) as [[net p]|] eqn:E; [|discriminate].
  intros S A x ys Fx (g & Hg & B). destruct (check_sound _ _ _ _ _ E) as (G & P & _).
  unfold may_run, finite_values, output32. rewrite G. intros X.
  destruct (read_property_wf _ _ P) as (Wi & Wo). destruct (stands_for_case p s g S Hg) as (c & Hc & C).
  destruct (check_sound_binary32 _ _ _ _ _ _ E A c x ys Hc) as (F & H); trivial.
  - split; [now intros k _ | exact (same_case_within p c g _ C B)].
  - split; [exact F|]. intros V. exact (H (stands_for_unsafe p s _ _ Wi Wo S V)).
Qed.
