(** Where canonical words stand for a specification, what the words forbid includes what it forbids.
    Symbols: see [Interface.Spec]. *)
From Coq Require Import Bool ZArith QArith Qreals Reals Lra Lia Floats Uint63 List.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof IR.LinMap IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Words Checker.WordsProof Checker.Enclose Checker.Invariant.
From Provenn Require Import Checker.ReadGraph Checker.ReadProperty Checker.Check Checker.CheckProof Checker.Sound.
From Provenn Require Import Interface.Spec.
Import ListNotations.
Local Open Scope R_scope.

Lemma Q2R_make z p : Q2R (z # p) = IZR z / IZR (Zpos p).
Proof. reflexivity. Qed.
Lemma Q_of_fR x q : Q_of x = Some q -> Q2R q = fR x.
Proof.
  unfold Q_of. rewrite fR_SF. destruct (Prim2SF x) as [s| | |s m e]; try discriminate; intros [= <-].
  - unfold Q2R. cbn. lra.
  - set (z := if s then Z.neg m else Z.pos m). cbn [SF2R].
    replace (cond_Zopp s (Z.pos m)) with z by now destruct s.
    unfold F2R. cbn [Fnum Fexp]. destruct e as [|p|p]; unfold inject_Z; rewrite Q2R_make.
    + cbn. field.
    + rewrite mult_IZR. cbn [bpow]. unfold Rdiv. rewrite Rinv_1, Rmult_1_r. reflexivity.
    + cbn [bpow]. rewrite Pos2Z.inj_pow_pos. change (Z.pow 2 (Z.pos p)) with (Z.pow_pos 2 p) in *. reflexivity.
Qed.
Lemma le_Q_le x q : le_Q x q = true -> fR x <= Q2R q.
Proof.
  unfold le_Q. destruct (Q_of x) as [a|] eqn:E; [|discriminate]. intros H. rewrite <- (Q_of_fR _ _ E).
  now apply Qle_Rle, Qle_bool_iff.
Qed.
Lemma ge_Q_ge x q : ge_Q x q = true -> Q2R q <= fR x.
Proof.
  unfold ge_Q. destruct (Q_of x) as [a|] eqn:E; [|discriminate]. intros H. rewrite <- (Q_of_fR _ _ E).
  now apply Qle_Rle, Qle_bool_iff.
Qed.
Lemma is_Q_eq x q : is_Q x q = true -> fR x = Q2R q.
Proof.
  unfold is_Q. destruct (Q_of x) as [a|] eqn:E; [|discriminate]. intros H. rewrite <- (Q_of_fR _ _ E).
  now apply Qeq_eqR, Qeq_bool_iff.
Qed.

Lemma next_index i k : (Uint63.to_Z i < Uint63.to_Z k)%Z -> Uint63.to_Z (i + 1)%uint63 = (Uint63.to_Z i + 1)%Z.
Proof.
  intros H. rewrite Uint63.add_spec. change (Uint63.to_Z 1) with 1%Z. apply Z.mod_small.
  pose proof (Uint63.to_Z_bounded i). pose proof (Uint63.to_Z_bounded k). lia.
Qed.

Lemma box_inside_within l h x : forall b i, box_inside b i l h = true -> in_box b i x ->
  forall k, (Uint63.to_Z i <= Uint63.to_Z k < Uint63.to_Z i + Z.of_nat (length b))%Z ->
  fR (fget l k) <= x k <= fR (fget h k).
Proof.
  induction b as [|[p q] b IH]; intros i B I k K; cbn [box_inside in_box length] in *; [lia|].
  apply andb_prop in B as [B B']. apply andb_prop in B as [L H]. destruct I as [I I'].
  apply le_Q_le in L. apply ge_Q_ge in H.
  destruct (Z.eq_dec (Uint63.to_Z i) (Uint63.to_Z k)) as [E|E].
  - apply Uint63.to_Z_inj in E as <-. lra.
  - apply (IH (i + 1)%uint63 B' I'). rewrite (next_index i k) by lia. lia.
Qed.

Lemma coefficient_sum e x : wf e -> forall ts, indices_below ts (len e) = true ->
  sum e (fun i => Q2R (coefficient ts i) * x i) = linear ts x.
Proof.
  intros W. induction ts as [|[q j] ts IH]; intros B; cbn [indices_below coefficient linear] in *.
  - apply sum_zero; [exact W|]. intros. unfold Q2R. cbn. lra.
  - apply andb_prop in B as [J B]. rewrite <- (IH B).
    rewrite <- (sum_single e j (fun i => Q2R q * x i) W) by now apply below_iff.
    rewrite <- sum_plus. apply sum_ext; [exact W|]. intros i _.
    destruct (i =? j)%uint63; [rewrite Q2R_plus|]; lra.
Qed.
Lemma same_row_times m e k ts x : wf e -> same_row m e k ts = true -> times m e x k = linear ts x.
Proof.
  intros W H. destruct m as [a|]; cbn [same_row times] in *.
  - apply andb_prop in H as [B H]. rewrite <- (coefficient_sum e x W ts B). apply sum_ext; [exact W|].
    intros i Hi. f_equal. apply is_Q_eq. exact (allb_spec e _ i W H Hi).
  - destruct ts; [reflexivity | discriminate].
Qed.

Lemma same_rows_hold p r x y : wf (n_in p) -> wf (n_out p) -> forall w k, same_rows p r k w = true ->
  Forall (fun a => row_holds a x y) w ->
  forall i, (Uint63.to_Z k <= Uint63.to_Z i < Uint63.to_Z (len (n_rows r)))%Z ->
  times (on_x r) (n_in p) x i + times (on_y r) (n_out p) y i <= fR (fget (bound r) i).
Proof.
  intros Wi Wo. induction w as [|a w IH]; intros k S F i K; cbn [same_rows] in S.
  - apply Uint63.eqb_spec in S. subst. lia.
  - apply andb_prop in S as [S S']. apply andb_prop in S as [S B]. apply andb_prop in S as [X Y].
    inversion F as [|? ? R F']; subst.
    destruct (Z.eq_dec (Uint63.to_Z k) (Uint63.to_Z i)) as [E|E].
    + apply Uint63.to_Z_inj in E as <-. rewrite (same_row_times _ _ _ _ x Wi X), (same_row_times _ _ _ _ y Wo Y).
      apply ge_Q_ge in B. unfold row_holds in R. lra.
    + apply (IH (k + 1)%uint63 S' F'). rewrite (next_index k i) by lia. lia.
Qed.
Lemma same_ways_satisfied p x y : wf (n_in p) -> wf (n_out p) -> forall rs ws, same_ways p rs ws = true ->
  forall w, In w ws -> Forall (fun a => row_holds a x y) w -> exists r, In r rs /\ satisfied p r x y.
Proof.
  intros Wi Wo. induction rs as [|r rs IH]; intros [|v ws] S w Hw F; cbn [same_ways] in S; try discriminate;
    [destruct Hw|]. apply andb_prop in S as [R S]. destruct Hw as [->|Hw].
  - exists r. split; [now left|]. intros i Hi. apply (same_rows_hold p r x y Wi Wo w 0 R F).
    unfold below in Hi. change (Uint63.to_Z 0) with 0%Z. pose proof (Uint63.to_Z_bounded i). lia.
  - destruct (IH ws S w Hw F) as (a & Ha & Sa). exists a. split; [now right | exact Sa].
Qed.
Lemma stands_for_case p s g : stands_for p s = true -> In g s -> exists c, In c (cases p) /\ same_case p c g = true.
Proof.
  unfold stands_for. revert s. induction (cases p) as [|c cs IH]; intros [|a s] S Hg; cbn [same_cases] in S;
    try discriminate; [destruct Hg|]. apply andb_prop in S as [C S]. destruct Hg as [->|Hg].
  - exists c. split; [now left | exact C].
  - destruct (IH s S Hg) as (d & Hd & D). exists d. split; [now right | exact D].
Qed.
Lemma same_case_within p c g x : same_case p c g = true -> in_box (box g) 0 x -> within p c x.
Proof.
  unfold same_case. intros C B k K. apply andb_prop in C as [C _]. apply andb_prop in C as [L I].
  apply Z.eqb_eq in L. apply (box_inside_within _ _ x (box g) 0 I B). unfold below in K. rewrite L.
  change (Uint63.to_Z 0) with 0%Z. pose proof (Uint63.to_Z_bounded k). lia.
Qed.
Theorem stands_for_unsafe p s x y : wf (n_in p) -> wf (n_out p) -> stands_for p s = true ->
  violated s x y -> unsafe p x y.
Proof.
  intros Wi Wo S (g & Hg & B & w & Hw & F). destruct (stands_for_case p s g S Hg) as (c & Hc & C).
  exists c. split; [exact Hc|]. split; [exact (same_case_within p c g x C B)|].
  apply andb_prop in C as [_ W]. exact (same_ways_satisfied p x y Wi Wo _ _ W w Hw F).
Qed.

(** ** A theorem about a network, from three files and a specification *)
Definition proved (graph property certificate : words) (s : spec) : bool :=
  match check graph property certificate with
  | Ok (_, p) => stands_for p s
  | Err _ _ _ _ => false
  end.
Definition network_of (graph : words) (x : vec) : vec :=
  match read_graph graph with
  | Ok net => output_of net x
  | Err _ _ _ _ => fun _ => 0
  end.
Theorem proved_sound graph property certificate s : proved graph property certificate s = true ->
  forall x, ~ violated s x (network_of graph x).
Proof.
  unfold proved. destruct (check graph property certificate) as [[net p]|] eqn:E; [|discriminate].
  intros S x V. destruct (check_sound _ _ _ _ _ E) as (G & P & H).
  destruct (read_property_wf _ _ P) as (Wi & Wo). unfold network_of in V. rewrite G in V.
  exact (H x (stands_for_unsafe p s x _ Wi Wo S V)).
Qed.
