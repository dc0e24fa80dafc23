(** What an accepted certificate proves about the network that runs in binary32.

    If the checker accepts a certificate whose header names binary32, then for every binary32 input in the
    property's domain and every way in which a machine may run the network, all values are finite, and the
    property is not violated. To know what this says, read the statement, [Float.Sum] and [Float.Execution].

    [in_box p c x]         the binary32 input [x] is finite and lies in the box of the case [c]
    [execution u x ns ys]  [ys] may be the values of all nodes [ns]: sums in any order, fused or not, in
      binary32
                           or wider, subnormals kept or flushed; curved functions within [u] ulps
    [all_finite ns ys]     all elements of all these values are finite *)
From Coq Require Import Reals Lra Floats Uint63 List.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof IR.Graph
  IR.GraphProof.
From Provenn Require Import Checker.Words Checker.WordsProof Checker.Enclose Checker.EncloseProof.
From Provenn Require Import Checker.Semantics Checker.SemanticsProof Checker.ReadGraph Checker.ReadProperty.
From Provenn Require Import Checker.Check Checker.CheckProof Checker.Sound.
From Provenn Require Import Float.Binary32 Float.Execution Float.ExecutionProof Float.SoundProof.
Local Open Scope R_scope.

Definition in_box (p : property) (c : case) (x : vec32) : Prop :=
  (forall k, below (n_in p) k -> is_finite (x k) = true) /\ within p c (real x).

(** A case with an input in its box has enclosures of all nodes. *)
Lemma case_enclosed fv net p x depth f c q q' : check_case depth fv f net p (map (fixed_info fv) (nodes
  net)) c q
  = Ok q' -> within p c x -> exists ss, forwards fv (nodes net) (box_lo c, box_hi c) = inl ss.
Proof.
  intros H B. unfold check_case in H. rewrite forwards_from_fixed in H. reading H as kind E.
  destruct (kind =? 3)%uint63.
  - reading H as i E1. passing H as E2. apply below_iff in E2. specialize (B i E2).
    destruct (finb (fget (box_lo c) i)) eqn:F1; [|discriminate].
    destruct (finb (fget (box_hi c) i)) eqn:F2; [|discriminate].
    destruct (fget (box_hi c) i <? fget (box_lo c) i)%float eqn:L; [|discriminate].
    apply finb_fin in F1, F2. apply ltb_lt in L; trivial. lra.
  - destruct (forwards fv (nodes net) (box_lo c, box_hi c)) as [ss|] eqn:F; [|discriminate]. now exists ss.
Qed.

Theorem check_sound_binary32 (graph property certificate : words) net prop ulps :
  check graph property certificate = Ok (net, prop) ->
  read_semantics certificate = Ok (Binary32 ulps) ->
  forall (c : case) (x : vec32) (ys : list vec32),
  In c (cases prop) -> in_box prop c x -> execution (fR ulps) x (nodes net) ys ->
  all_finite (nodes net) ys /\ ~ unsafe prop (real x) (real (value32 ys (output net))).
Proof.
  intros H Es c x ys Ic (Fx & B) X. destruct (check_ok _ _ _ _ _ H) as (Eg & Ep & Inp & s & Es' & A & Each).
  rewrite Es' in Es. injection Es as ->. cbn [allowed] in A. apply andb_prop in A as [A A4].
  apply andb_prop in A as [A A3]. apply andb_prop in A as [A1 _]. apply finb_fin in A3.
  assert (U : 0 <= fR ulps).
  { destruct (up_mul _ _ A3) as (Fu & _ & _). apply leb_le in A1; [|exact fin_1 | exact Fu].
    rewrite fR_1 in A1. lra. }
  destruct (read_graph_ok _ _ Eg) as (G & _). destruct (Each c Ic) as (depth & q & q' & Hc).
  destruct (case_enclosed _ net prop (real x) depth certificate c q q' Hc B) as (ss & F).
  destruct (execution_finite ulps x _ _ A3 U (nodes net) ss ys G A4 F X) as (Fin & Ex).
  { intros e k I Hk. apply only_input in I; [|exact G]. rewrite Inp in I. injection I as <-.
    split; [now apply Fx | now apply B]. }
  split; [exact Fin|]. rewrite <- value_real.
  exact (check_sound_executions _ _ _ _ _ _ H Es' _ (noise32_covered ulps) (real x) _ Ex).
Qed.
