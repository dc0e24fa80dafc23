(** What an accepted certificate proves about the run that replays and tests use: the extracted reference
  order.

    [reference lib g x]  the program: all values of the network in the words [g] at the input [x]
    [accurate u lib]     its library's functions are within [u] ulps; relu is computed, not assumed
    [node_at ns d e]     a node of size [e] stands at distance [d] *)
From Coq Require Import Bool Reals Floats Uint63 List.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.Binary64 IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Words Checker.WordsProof Checker.Semantics Checker.ReadGraph
  Checker.ReadProperty.
From Provenn Require Import Checker.Check Checker.CheckProof Checker.Sound.
From Provenn Require Import Float.Binary32 Float.Execution Float.Kernel Float.Sound.
From Provenn Require Import Float.ReferenceGraph Float.ReferenceGraphProof.
Local Open Scope R_scope.

(** The program computes an execution, so it stays finite and is no counterexample. *)
Theorem reference_sound (graph property certificate : words) net prop ulps lib x zs out :
  check graph property certificate = Ok (net, prop) ->
  read_semantics certificate = Ok (Binary32 ulps) ->
  accurate (fR ulps) lib ->
  reference lib graph x = Ok (zs, out) ->
  forall (c : case) (X : vec32), In c (cases prop) -> in_box prop c X ->
  (forall i, below (n_in prop) i -> fget x i = widen (X i)) ->
  out = output net /\
  exists ys : list vec32,
    execution (fR ulps) X (nodes net) ys /\
    (forall d e i, node_at (nodes net) d e -> below e i ->
      fget (value_in (ftab 0 (fun _ => 0%float)) zs d) i = widen (value32 ys d i)) /\
    Execution.all_finite (nodes net) ys /\ ~ unsafe prop (real X) (real (value32 ys out)).
Proof.
  intros H S A R c X Ic B E. destruct (check_ok _ _ _ _ _ H) as (Eg & _ & Inp & _).
  unfold reference in R. rewrite Eg in R. cbn [bind] in R.
  destruct (forallb weights32 (nodes net)) eqn:W; [|discriminate]. injection R as <- <-.
  destruct (read_graph_ok _ _ Eg) as (G & _).
  assert (Ex := reference_is_execution _ lib X A (nodes net) G W).
  split; [reflexivity|]. exists (evaluateB lib X (nodes net)). split; [exact Ex|]. split.
  - apply reference_correct; trivial. intros e i I Hi. apply only_input in I; [|exact G].
    rewrite Inp in I. injection I as <-. now apply E.
  - exact (check_sound_binary32 _ _ _ _ _ _ H S c X _ Ic B Ex).
Qed.
