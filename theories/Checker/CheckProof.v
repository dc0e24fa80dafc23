(** From accepted words to what they say: reading, claims and cases. Symbols: see [Checker.Check]. *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63 List.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import IR.LinMap IR.Graph IR.GraphProof Checker.Words Checker.WordsProof.
From Provenn Require Import Checker.Enclose Checker.EncloseProof Checker.Semantics Checker.Invariant
  Checker.InvariantProof.
From Provenn Require Import Checker.ReadGraph Checker.ReadProperty Checker.Tree Checker.TreeProof.
From Provenn Require Import Checker.Check.
Import ListNotations.
Local Open Scope R_scope.

(** ** Reading *)
Lemma last_nth {A} (d : A) : forall l, l <> [] -> nth_error l (length l - 1) = Some (last l d).
Proof.
  induction l as [|a [|b l] IH]; intros N; [congruence | reflexivity|].
  replace (length (a :: b :: l) - 1)%nat with (S (length (b :: l) - 1)) by (cbn; lia). now apply IH.
Qed.
(** The input node is the first one, at the end of the list, and there is no other. *)
Lemma read_node_ok f k p prev n q : read_node f k p prev = Ok (n, q) ->
  node_ok (node_of n) (map node_of prev) = true.
Proof.
  unfold read_node. intros H. reading H as t E1. reading H as y E2. passing H as E3. reading H as r E4.
  reading H as s E5. passing H as E6. reading H as o E7. reading H as is E8. reading H as na E9.
  reading H as at_ E10. reading H as nd E11. reading H as tag E12. passing H as E13. reading H as data E14.
  reading H as ops E15. reading H as m E16. passing H as E17. injection H as <- _. exact E17.
Qed.
Lemma read_nodes_ok f : forall todo k p prev all q, read_nodes todo f k p prev = Ok (all, q) ->
  graph_ok (map node_of prev) = true -> graph_ok (map node_of all) = true.
Proof.
  induction todo as [|todo IH]; intros k p prev all q H G; cbn [read_nodes] in H.
  - injection H as <- _. exact G.
  - reading H as (n, p1) E. apply read_node_ok in E. apply (IH _ _ _ _ _ H). cbn [map graph_ok].
    now rewrite E.
Qed.
Lemma read_graph_ok f net : read_graph f = Ok net -> graph_ok (nodes net) = true /\
  exists e, nth_error (nodes net) (input_at (nodes net)) = Some (Input e).
Proof.
  unfold read_graph. intros H. reading H as h E1. reading H as n E2. reading H as out E3.
  reading H as (all, p) E4. passing H as E5. passing H as E6. passing H as E7.
  injection H as <-. split; [exact (read_nodes_ok f _ _ _ [] all p E4 eq_refl)|]. cbn [nodes]. unfold input_at. set (ns := map node_of all) in *.
  assert (N : ns <> []) by (intros N; rewrite N in E7; discriminate).
  rewrite (last_nth (Constant (extent_of 0) (ftab 0 (fun _ => 0%float))) ns N).
  destruct (last ns _) as [e| | | |]; try discriminate. now exists e.
Qed.
Lemma only_input ns e : graph_ok ns = true -> In (Input e) ns ->
  nth_error ns (input_at ns) = Some (Input e).
Proof.
  unfold input_at. induction ns as [|n ns IH]; intros G I; [contradiction|]. cbn [graph_ok] in G.
  apply andb_prop in G as [N G]. destruct ns as [|m ns].
  - destruct I as [->|[]]. reflexivity.
  - destruct I as [->|I]; [apply andb_prop in N as [_ N]; discriminate|].
    replace (length (n :: m :: ns) - 1)%nat with (S (length (m :: ns) - 1)) by (cbn; lia). now apply IH.
Qed.
Lemma read_property_wf f p : read_property f = Ok p -> wf (n_in p) /\ wf (n_out p).
Proof.
  unfold read_property. intros H. reading H as h E1. reading H as n E2. reading H as m E3. reading H as k E4.
  reading H as (cs, q) E5. passing H as E6. injection H as <-.
  split; apply extent_of_wf; eapply get_size_ok; eassumption.
Qed.

(** ** Claims: their nodes compute left minus right sides of the rows *)
Lemma times_dense m d r n ys y i : wf n -> below r i -> (forall k, below n k -> value ys d k = y k) ->
  affine (matrix_term m d r n) None ys i = times m n y i.
Proof.
  intros W Hi V. destruct m as [c|]; [|reflexivity].
  cbn [matrix_term affine bias_at times]. rewrite Rplus_0_r.
  change (apply (dense 1 (len r) (len n) c) (value ys d) i) with (sum (extent_of (len n)) (fun k =>
    fR (fget c (i mod len r * len n + k)%uint63) * value ys d (i / len r * len n + k)%uint63)).
  assert (Hi' : (0 <= to_Z i < to_Z (len r))%Z) by (pose proof (to_Z_bounded i); unfold below in Hi; lia).
  replace (i / len r)%uint63 with 0%uint63 by (apply to_Z_inj; rewrite div_spec; now rewrite Z.div_small).
  replace (i mod len r)%uint63 with i by (apply to_Z_inj; rewrite mod_spec; now rewrite Z.mod_small).
  rewrite <- (proj1 W). apply sum_ext; [exact W|]. intros k Hk.
  replace (0 * len n + k)%uint63 with k by ring. now rewrite V.
Qed.
Lemma claim_value net p r ys x i e ts b : claim_node net p r = Affine e ts b ->
  wf e -> wf (n_in p) -> wf (n_out p) ->
  (forall k, below (n_in p) k -> value ys (input_at (nodes net)) k = x k) ->
  below e i -> affine ts b ys i = times (on_x r) (n_in p) x i
    + times (on_y r) (n_out p) (value ys (output net)) i - fR (fget (bound r) i).
Proof.
  unfold claim_node. intros E W Wi Wo Ex Hi. injection E as <- <- <-.
  rewrite affine_app, (affine_bias _ (Some _)). cbn [bias_at]. rewrite fget_ftab_below, fR_opp by assumption.
  rewrite (times_dense (on_x r) (input_at (nodes net)) (n_rows r) (n_in p) ys x i Wi Hi Ex).
  rewrite (times_dense (on_y r) _ (n_rows r) (n_out p) ys _ i Wo Hi (fun k _ => eq_refl)). ring.
Qed.

Section Case.
Variables (fv : fnoise) (v : noise) (net : network) (p : property) (x : vec) (ys : list vec).
Hypotheses (C : covers fv v) (G : graph_ok (nodes net) = true) (X : exec v x (nodes net) ys).

Lemma claims_known bl bh ss q : forwards fv (nodes net) (bl, bh) = inl ss ->
  (forall e k, In (Input e) (nodes net) -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  forall rs cs, claims fv net p ss rs q = Ok cs ->
  Forall (claim_known fv (nodes net) ys) cs /\
  forall r, In r rs -> exists c, In c cs /\ over c = claim_node net p r.
Proof.
  intros F B. induction rs as [|r rs IH]; intros cs H; cbn [claims] in H; [injection H as <-; now split|].
  destruct (claim_node net p r) as [| |e ts b| |] eqn:Ec; try discriminate.
  passing H as N. passing H as E1. reading H as cs1 E2. injection H as <-. destruct (IH cs1 E2) as (T & I).
  split; [constructor; [|exact T]|].
  - exists e, ts, b. split; [reflexivity|]. split; [exact N|].
    apply (claim_about fv v x (nodes net) bl bh ss ys e ts b C G F X B N E1).
    apply (affine_holds none x e ts b (nodes net)); try apply (noiseless_covers fv v C).
    now apply node_ok_terms in N.
  - intros r' [<-|Hr]; [rewrite Ec; eexists; split; [now left | reflexivity]|].
    destruct (I r' Hr) as (c & Hc & Eo). exists c. split; [now right | exact Eo].
Qed.

(** ** Cases *)
Hypotheses (Wi : wf (n_in p)) (Wo : wf (n_out p)).
Hypothesis Inp : nth_error (nodes net) (input_at (nodes net)) = Some (Input (n_in p)).

Lemma check_case_sound depth f c q q' (ks := map (fixed_info fv) (nodes net)) :
  check_case depth fv f net p ks c q = Ok q' -> within p c x -> forall r, In r (ways c) -> ~ satisfied p r x
    (value ys (output net)).
Proof.
  intros H B r Hr S. unfold check_case, ks in H. rewrite forwards_from_fixed in H. reading H as kind E.
    destruct (kind =? 3)%uint63.
  - reading H as i E1. passing H as E2. apply below_iff in E2. specialize (B i E2).
    destruct (finb (fget (box_lo c) i)) eqn:F1; [|discriminate].
    destruct (finb (fget (box_hi c) i)) eqn:F2; [|discriminate].
    destruct (fget (box_hi c) i <? fget (box_lo c) i)%float eqn:L; [|discriminate].
    apply finb_fin in F1, F2. apply ltb_lt in L; trivial. lra.
  - destruct (forwards fv (nodes net) (box_lo c, box_hi c)) as [ss|] eqn:F; [|discriminate].
    reading H as cs E1.
    assert (Bx : forall e k, In (Input e) (nodes net) -> below e k ->
      fR (fget (box_lo c) k) <= x k <= fR (fget (box_hi c) k)).
    { intros e k I Hk. apply only_input in I; [|exact G]. rewrite Inp in I. injection I as <-. now apply B. }
    assert (K := forwards_known fv v x (nodes net) _ _ ss ys C G F X Bx).
    destruct (claims_known _ _ ss q F Bx _ _ E1) as (T & I).
    assert (R := walk_sound v fv x (nodes net) _ ys C G X _ _ _ _ _ _ _ K T (caches_unknown fv _ _ _ K) H).
    destruct (I r Hr) as (cl & Hcl & Eo). rewrite Forall_forall in T, R. specialize (R cl Hcl).
    destruct (T cl Hcl) as (e & ts & b & Ea & N & _). unfold refuted in R. rewrite Ea in *. symmetry in Eo.
    destruct R as (i & Hi & P). rewrite (claim_value net p r ys x i e ts b Eo) in P; trivial.
    + unfold claim_node in Eo. injection Eo as <- _ _. specialize (S i Hi). lra.
    + exact (node_ok_wf _ _ N).
    + intros k. now apply (exec_input v x (nodes net) ys _ (n_in p)).
Qed.
End Case.

Lemma check_cases_each depth v f net p ks : forall cs q q', check_cases depth v f net p ks cs q = Ok q' ->
  forall c, In c cs -> exists a b, check_case depth v f net p ks c a = Ok b.
Proof.
  induction cs as [|c0 cs IH]; intros q q' H c I; [contradiction|]. cbn [check_cases] in H. reading H as a E.
  destruct I as [->|I]; [now exists q, a | now apply (IH a q')].
Qed.

(** ** The whole check *)
Lemma check_ok g p c net prop : check g p c = Ok (net, prop) ->
  read_graph g = Ok net /\ read_property p = Ok prop /\
  nth_error (nodes net) (input_at (nodes net)) = Some (Input (n_in prop)) /\
  exists s, read_semantics c = Ok s /\ allowed s (nodes net) = true /\
  forall k, In k (cases prop) -> exists depth q q',
    check_case depth (noise_of s) c net prop (map (fixed_info (noise_of s)) (nodes net)) k q = Ok q'.
Proof.
  unfold check. intros H. reading H as n Eg. reading H as r Ep. passing H as D. reading H as h E1.
  reading H as s E2. passing H as E3. reading H as d E4. passing H as E5. reading H as q Ec. passing H as E6.
  injection H as -> ->. split; [exact Eg|]. split; [exact Ep|]. split.
  - destruct (read_graph_ok g net Eg) as (G & e & E). rewrite E in D |- *. apply andb_prop in D as [_ D].
    do 2 f_equal. apply same_len_eq; [exact (graph_ok_wf _ _ _ G E) | | exact D].
    now apply (read_property_wf p).
  - exists s. split; [exact E2|]. split; [exact E3|].
    intros k I. destruct (check_cases_each _ _ _ _ _ _ _ _ _ Ec k I) as (a & b & E). eauto.
Qed.
