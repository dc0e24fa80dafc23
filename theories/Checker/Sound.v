(** What an accepted certificate proves.

    Three files go in: a network, a property (what must not happen) and a certificate, each a sequence of
    binary64 words. If the checker accepts, then no real input, with the network's exact output at that input,
    satisfies the property's formula. The certificate may come from anywhere: nothing is assumed about it.

    To know what this says, read the statements below and the definitions behind them:

    [check g p c]        the checker, which is the program that is extracted         ([Checker.Check])
    [read_graph g]       the network that the words of [g] mean                      ([Checker.ReadGraph])
    [read_property p]    the property that the words of [p] mean                     ([Checker.ReadProperty])
    [unsafe prop x y]    the property's formula over an input and an output          ([Checker.ReadProperty])
    [eval x ns]          the values of all nodes in exact real arithmetic            ([IR.Graph])
    [exec v x ns ys]     [ys] are values of all nodes that the noise [v] allows      ([IR.Graph])
    [covers (noise_of s) v]  the noise [v] is no larger than the checker accounts for ([Checker.Invariant])
    [output_of net x]    the network's exact output at [x]

    Everything else in these theories is the checker or serves the proof. *)
From Coq Require Import Reals List.
From Provenn Require Import Base.Binary64 Base.Binary64Proof IR.Graph IR.GraphProof Checker.Words.
From Provenn Require Import Checker.Enclose Checker.Invariant Checker.Semantics Checker.SemanticsProof
  Checker.ReadGraph Checker.ReadProperty.
From Provenn Require Import Checker.Check Checker.CheckProof.
Local Open Scope R_scope.

(** The network's output on input [x]: its nodes evaluated in order over the reals. *)
Definition output_of (net : network) (x : vec) : vec := value (eval x (nodes net)) (output net).

(** Acceptance is about every execution whose noise is covered by the certificate's semantics. *)
Theorem check_sound_executions (graph property certificate : words) net prop s :
  check graph property certificate = Ok (net, prop) -> read_semantics certificate = Ok s ->
  forall v : noise, covers (noise_of s) v ->
  forall x ys, exec v x (nodes net) ys -> ~ unsafe prop x (value ys (output net)).
Proof.
  intros H Es v C x ys X (c & Ic & B & r & Ir & S).
  destruct (check_ok _ _ _ _ _ H) as (Eg & Ep & Inp & s' & Es' & _ & Each).
  rewrite Es' in Es. injection Es as ->. destruct (Each c Ic) as (depth & q & q' & Hc).
  destruct (read_graph_ok _ _ Eg) as (G & _). destruct (read_property_wf _ _ Ep) as (Wi & Wo).
  exact (check_case_sound (noise_of s) v net prop x ys C G X Wi Wo Inp depth certificate c q q' Hc B r Ir S).
Qed.

Theorem check_sound (graph property certificate : words) net prop :
  check graph property certificate = Ok (net, prop) ->
  read_graph graph = Ok net /\ read_property property = Ok prop /\
  forall x : vec, ~ unsafe prop x (output_of net x).
Proof.
  intros H. destruct (check_ok _ _ _ _ _ H) as (Eg & Ep & _ & s & Es & _). split; [exact Eg|].
  split; [exact Ep|]. intros x.
  exact (check_sound_executions _ _ _ _ _ s H Es none (none_covered s) x _ (eval_exec x (nodes net))).
Qed.

Corollary accepts_sound (graph property certificate : words) : accepts graph property certificate = true ->
  exists net prop, read_graph graph = Ok net /\ read_property property = Ok prop /\
    forall x : vec, ~ unsafe prop x (output_of net x).
Proof.
  unfold accepts. destruct (check graph property certificate) as [[net prop]|] eqn:E; [|discriminate].
  intros _. exists net, prop. exact (check_sound graph property certificate net prop E).
Qed.
