(** The sweep of reverse mode conserves cotangents paired with velocities.

    [wrt_ok ns wrt]     [wrt] lists input nodes, each once
    [seeds_ok ns seeds] seeded nodes are distinct, and cotangents have their sizes
    [paired ct g j]     the cotangent of node [j] so far against its velocity
    [pending b st]      the sum of these over the nodes before [b] and those in [wrt]
    [invariant st]      the cotangents held are nodes of the right sizes in a good graph that continues [ns]
    [adds j a st st']   [st'] pairs [a] more than [st] at node [j], and the same elsewhere *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Curve Autodiff.CurveProof Autodiff.Reverse Autodiff.EmitProof
  Autodiff.RuleProof.
Import ListNotations.
Local Open Scope R_scope.

Definition wrt_ok (ns : list node) (wrt : list nat) : Prop :=
  NoDup wrt /\ forall w, In w wrt -> exists n, nth_error ns w = Some n /\ kind n = Input.
Definition seeds_ok (ns : list node) (seeds : list (nat * nat)) : Prop :=
  NoDup (map fst seeds) /\
  forall i c, In (i, c) seeds -> exists m, size_of ns i = Some m /\ size_of ns c = Some m.

(** ** Lists *)
Lemma update_length {A} (a : A) l : forall i, length (update i a l) = length l.
Proof. induction l as [|b l IH]; intros [|i]; cbn; trivial. now rewrite IH. Qed.
Lemma nth_update_eq {A} (a d : A) l : forall i, (i < length l)%nat -> nth i (update i a l) d = a.
Proof. induction l as [|b l IH]; intros [|i] H; cbn in *; trivial; try lia. apply IH. lia. Qed.
Lemma nth_update_neq {A} (a d : A) l : forall i j, i <> j -> nth j (update i a l) d = nth j l d.
Proof. induction l as [|b l IH]; intros [|i] [|j] H; cbn; trivial; try easy. apply IH. lia. Qed.
Lemma nth_repeat_none n i : nth i (repeat (@None nat) n) None = None.
Proof. revert i. induction n as [|n IH]; intros [|i]; cbn; trivial. Qed.

Lemma sum_change n k f g : (k < n)%nat -> (forall i, (i < n)%nat -> i <> k -> f i = g i) ->
  sum n f = sum n g + (f k - g k).
Proof.
  intros H E. replace (sum n f) with (sum n (fun i => g i + (f i - g i))) by (apply sum_ext; intros; ring).
  rewrite sum_plus. f_equal. apply (sum_one n k (fun i => f i - g i)); trivial. intros i Hi N.
  rewrite E by assumption. ring.
Qed.
Lemma sum_lsum n l f : NoDup l -> (forall j, In j l -> (j < n)%nat) ->
  (forall j, (j < n)%nat -> ~ In j l -> f j = 0) -> sum n f = lsum f l.
Proof.
  revert f. induction l as [|k l IH]; intros f D B Z; cbn.
  - apply sum_0. intros i Hi. now apply Z.
  - inversion D as [|? ? Nk D']; subst. rewrite (sum_change n k f (fun j => if Nat.eqb j k then 0 else f j)).
    2: { apply B. now left. }
    2: { intros i Hi Ni. now destruct (Nat.eqb_spec i k). }
    rewrite Nat.eqb_refl, (IH (fun j => if Nat.eqb j k then 0 else f j)); trivial.
    + rewrite (lsum_ext _ f l); [ring|]. intros j Hj. destruct (Nat.eqb_spec j k) as [->|]; easy.
    + intros j Hj. apply B. now right.
    + intros j Hj Nj. destruct (Nat.eqb_spec j k) as [->|N]; trivial. apply Z; trivial. intros [->|]; easy.
Qed.
Lemma lsum_map {A B} (f : B -> R) (h : A -> B) l : lsum f (map h l) = lsum (fun a => f (h a)) l.
Proof. induction l as [|a l IH]; cbn; [easy|]. now rewrite IH. Qed.
Lemma combine_snoc {A B} (a : A) (b : B) l : forall m, length l = length m ->
  combine (l ++ [a]) (m ++ [b]) = combine l m ++ [(a, b)].
Proof. induction l as [|x l IH]; intros [|y m] H; try discriminate; [easy|]. cbn. rewrite IH; auto. Qed.
Lemma numbered_snoc ms n : numbered (ms ++ [n]) = numbered ms ++ [(length ms, n)].
Proof.
  unfold numbered. replace (length (ms ++ [n])) with (S (length ms)) by (rewrite app_length; cbn; lia).
  rewrite (seq_S (length ms) 0). apply combine_snoc, seq_length.
Qed.

(** ** The sweep *)
Section Sweep.
Variables (ns : list node) (wrt : list nat) (env dy : nat -> vec).
Hypothesis Hwf : wf ns = true.
Hypothesis Hwrt : wrt_ok ns wrt.
Hypothesis Hinactive : forall i, active wrt ns i = false -> forall e, dy i e = 0.
Hypothesis Hnode : forall i n, nth_error ns i = Some n -> kind n <> Input -> active wrt ns i = true ->
  forall e, dy i e = tangent (val env ns) (kind n) dy e.

Definition paired (cts : list (option nat)) (g : graph) (j : nat) : R :=
  match nth j cts None with
  | Some c => ip (extent ns j) (val env (nodes_of g) c) (dy j)
  | None => 0
  end.
Definition pending (b : nat) (st : state) : R :=
  sum (length ns) (fun j => if (j <? b)%nat || mem j wrt then paired (fst st) (snd st) j else 0).
Definition invariant (st : state) : Prop :=
  length (fst st) = length ns /\ good (snd st) /\ grows ns (nodes_of (snd st)) /\
  forall j c, nth j (fst st) None = Some c -> size_of (nodes_of (snd st)) c = size_of ns j /\
    (j < length ns)%nat.

(** Growing the graph leaves all this as it is. *)
Lemma paired_grows cts g g' j : invariant (cts, g) -> grows (nodes_of g) (nodes_of g') ->
  paired cts g' j = paired cts g j.
Proof.
  intros (_ & _ & _ & I) G. unfold paired. destruct (nth j cts None) as [c|] eqn:E; [|easy].
  destruct (I j c E) as [S L]. rewrite (size_of_shape _ _ L) in S.
  now rewrite (grows_val_size env _ _ c _ G S).
Qed.
Lemma invariant_grows cts g g' : invariant (cts, g) -> good g' -> grows (nodes_of g) (nodes_of g') ->
  invariant (cts, g').
Proof.
  intros (L & _ & G & I) G' R. cbn in *. split; [easy|split; [easy|split]].
  - now apply grows_trans with (nodes_of g).
  - intros j c H. destruct (I j c H) as [S B]. split; [|assumption]. rewrite <- S.
    rewrite (size_of_shape _ _ B) in S. rewrite S. now apply grows_size with (nodes_of g).
Qed.
Lemma invariant_update cts g j c : invariant (cts, g) -> (j < length ns)%nat ->
  size_of (nodes_of g) c = size_of ns j -> invariant (update j (Some c) cts, g).
Proof.
  intros (L & G & R & I) B S. cbn in *. split; [cbn; now rewrite update_length|].
  split; [easy|split; [easy|]].
  intros k d. cbn [fst snd]. destruct (Nat.eq_dec j k) as [<-|N].
  - rewrite nth_update_eq by (rewrite L; assumption). now intros [= <-].
  - rewrite nth_update_neq by assumption. apply I.
Qed.

Definition adds (j : nat) (a : R) (st st' : state) : Prop :=
  invariant st' /\ grows (nodes_of (snd st)) (nodes_of (snd st')) /\
  paired (fst st') (snd st') j = paired (fst st) (snd st) j + a /\
  forall i, i <> j -> paired (fst st') (snd st') i = paired (fst st) (snd st) i.

Lemma accumulate_adds j r cts g : invariant (cts, g) -> (j < length ns)%nat ->
  size_of (nodes_of g) r = size_of ns j ->
  adds j (ip (extent ns j) (val env (nodes_of g) r) (dy j)) (cts, g) (accumulate (shape_of ns j) j r (cts,
    g)).
Proof.
  intros Inv B S. assert (Inv0 := Inv). destruct Inv as (L & G & R & I). cbn in L, G, R, I. unfold accumulate.
  pose proof (size_of_shape _ _ B) as SJ.
  destruct (nth j cts None) as [c|] eqn:E.
  - destruct (I j c E) as [C _].
    assert (Em : emitted g (emit (Node (Binary Add c r) (shape_of ns j)) g) (volume (shape_of ns j))
                   (fun env e => val env (nodes_of g) c e + val env (nodes_of g) r e)).
    { apply (emit_after g g); trivial; [apply grows_refl | | easy].
      unfold node_ok. cbn [kind]. rewrite andb_true_iff, !fits_size. unfold elements. cbn [shape].
      split; congruence. }
    destruct (emit _ g) as [i g']. destruct Em as (G' & R' & S' & V').
    split; [|split; [exact R'|split]]; cbn [fst snd].
    + apply invariant_update; trivial; [|congruence]. now apply (invariant_grows cts g).
    + unfold paired. rewrite nth_update_eq by (rewrite L; assumption). rewrite E, V'. apply ip_plus_l.
    + intros k N. rewrite <- (paired_grows cts g g') by assumption. unfold paired.
      rewrite nth_update_neq by auto. reflexivity.
  - split; [|split; [apply grows_refl|split]]; cbn [fst snd].
    + now apply invariant_update.
    + unfold paired. rewrite nth_update_eq by (rewrite L; assumption). rewrite E. ring.
    + intros k N. unfold paired. now rewrite nth_update_neq by auto.
Qed.

Lemma jvp_args y y' o k d : (forall j, In j (args o) -> y j = y' j) -> jvp y o k d = jvp y' o k d.
Proof. destruct o; cbn; intros H; trivial; rewrite ?H by auto; reflexivity. Qed.

Lemma pull_adds i n c st k j : invariant st -> nth_error ns i = Some n ->
  size_of (nodes_of (snd st)) c = Some (elements n) -> In (k, j) (slots (kind n)) ->
  adds j (ip (N.to_nat (elements n)) (val env (nodes_of (snd st)) c) (jvp (val env ns) (kind n) k (dy j)))
    st (pull ns (actives wrt ns) i c (kind n) st (k, j)).
Proof.
  intros Inv E C S. destruct st as [cts g]. cbn [snd] in C. assert (Inv' := Inv).
  destruct Inv' as (L & G & R & I).
  cbn [fst snd] in *. unfold pull. fold (active wrt ns j).
  assert (B : (j < length ns)%nat) by (apply (node_ok_args ns n);
    [now apply (wf_nth _ i) | now apply slots_In in S]).
  assert (Same : forall a, a = 0 -> adds j a (cts, g) (cts, g)).
  { intros a ->. split; [assumption|split; [apply grows_refl|split; [ring|easy]]]. }
  destruct (active wrt ns j) eqn:A.
  2: { apply Same, ip_0_r. intros. apply jvp_0. now apply Hinactive. }
  assert (E' : nth_error (nodes_of g) i = Some n).
  { destruct R as (ms & -> & _). rewrite nth_error_app1; [assumption|]. apply nth_error_Some. now rewrite E. }
  pose proof (rule_adjoint env (nodes_of g) i c n k j (dy j) (proj2 G) E' C S) as Adj.
  assert (Sh : shape_of (nodes_of g) j = shape_of ns j).
  { destruct R as (ms & -> & _). unfold shape_of. now rewrite nth_error_app1. }
  assert (Ex : extent (nodes_of g) j = extent ns j) by (destruct R as (ms & -> & _); now apply extent_prefix).
  assert (J : jvp (val env (nodes_of g)) (kind n) k (dy j) = jvp (val env ns) (kind n) k (dy j)).
  { apply jvp_args. intros l Hl. apply grows_val; trivial. apply (node_ok_args ns n); trivial.
    now apply (wf_nth _ i). }
  rewrite Sh, Ex, J in Adj. destruct (rule _ i c (kind n) k) as [e|].
  2: { apply Same, ip_0_r. intros. apply Adj. }
  destruct Adj as [Sz Adj]. pose proof (emits_emitted e g _ G Sz) as Em. destruct (emits e g) as [r g'].
  destruct Em as (G' & R' & S' & V').
  assert (Inv1 : invariant (cts, g')) by now apply (invariant_grows cts g).
  pose proof (accumulate_adds j r cts g' Inv1 B ltac:(rewrite S'; symmetry; now apply size_of_shape)) as Ad.
  destruct (accumulate _ j r (cts, g')) as [cts' g'']. destruct Ad as (I2 & R2 & P2 & Q2). cbn [fst snd] in *.
  split; [assumption|split; [now apply grows_trans with (nodes_of g')|split]]; cbn [fst snd].
  - rewrite P2, (paired_grows cts g g') by assumption. now rewrite V', Adj.
  - intros l Nl. now rewrite Q2, (paired_grows cts g g').
Qed.

Lemma pending_adds b j a st st' : adds j a st st' -> (j < b)%nat -> (j < length ns)%nat ->
  pending b st' = pending b st + a.
Proof.
  intros (_ & _ & P & Q) Hb Hn. unfold pending.
  rewrite (sum_change _ j _ (fun j => if (j <? b)%nat || mem j wrt then paired (fst st) (snd st) j else 0));
    trivial.
  - apply Nat.ltb_lt in Hb. rewrite Hb. cbn [orb]. rewrite P. ring.
  - intros i Hi N. now rewrite Q.
Qed.

Lemma pulls_pending i n c l : nth_error ns i = Some n -> incl l (slots (kind n)) -> forall st, invariant st ->
  size_of (nodes_of (snd st)) c = Some (elements n) ->
  let st' := fold_left (pull ns (actives wrt ns) i c (kind n)) l st in
  invariant st' /\ grows (nodes_of (snd st)) (nodes_of (snd st')) /\
  pending i st' = pending i st + lsum (fun '(k, j) =>
    ip (N.to_nat (elements n)) (val env (nodes_of (snd st)) c) (jvp (val env ns) (kind n) k (dy j))) l.
Proof.
  intros E. induction l as [|[k j] l IH]; intros Sub st Inv C; cbn [fold_left lsum].
  - split; [exact Inv|split; [apply grows_refl | ring]].
  - pose proof (pull_adds i n c st k j Inv E C (Sub _ (or_introl eq_refl))) as Ad.
    set (st1 := pull _ _ _ _ _ _ _) in *. destruct (wf_nth _ _ _ Hwf E) as [K Lt].
    assert (Hj : In j (args (kind n))) by (apply slots_In with k, Sub; now left).
    pose proof Ad as (Inv1 & R1 & _ & _).
    destruct (IH (fun a H => Sub a (or_intror H)) st1 Inv1) as (Inv2 & R2 & P2);
      [now apply grows_size with (2 := C)|].
    split; [assumption|split; [now apply grows_trans with (nodes_of (snd st1))|]].
    rewrite P2, (pending_adds i j _ st st1 Ad) by (auto; now apply (node_ok_args ns n)).
    rewrite Rplus_assoc. f_equal. f_equal. apply lsum_ext. intros [k' j'] _.
    now rewrite (grows_val_size env _ _ c _ R1 C).
Qed.

Lemma pending_S i st : (i < length ns)%nat -> mem i wrt = false ->
  pending (S i) st = pending i st + paired (fst st) (snd st) i.
Proof.
  intros H M. unfold pending.
  rewrite (sum_change _ i _ (fun j => if (j <? i)%nat || mem j wrt then paired (fst st) (snd st) j else 0));
    trivial.
  - rewrite Nat.ltb_irrefl, M. replace (i <? S i)%nat with true by (symmetry; apply Nat.ltb_lt; lia). cbn.
    ring.
  - intros j Hj N. replace (j <? S i)%nat with (j <? i)%nat; [easy|].
    apply eq_iff_eq_true. rewrite !Nat.ltb_lt. lia.
Qed.
Lemma pending_S_mem i st : mem i wrt = true -> pending (S i) st = pending i st.
Proof.
  intros M. unfold pending. apply sum_ext. intros j Hj. destruct (Nat.eq_dec j i) as [->|N].
  - now rewrite M, !orb_true_r.
  - replace (j <? S i)%nat with (j <? i)%nat; [easy|]. apply eq_iff_eq_true. rewrite !Nat.ltb_lt. lia.
Qed.

Lemma ip_lsum {A} n a (f : A -> vec) l : ip n a (fun e => lsum (fun x => f x e) l) = lsum (fun x => ip n a (f
  x)) l.
Proof.
  induction l as [|x l IH]; cbn [lsum]; [now apply ip_0_r|]. now rewrite ip_plus_r, IH.
Qed.

Lemma visit_pending i n st : invariant st -> nth_error ns i = Some n ->
  let st' := visit ns (actives wrt ns) st (i, n) in
  invariant st' /\ grows (nodes_of (snd st)) (nodes_of (snd st')) /\ pending i st' = pending (S i) st.
Proof.
  intros Inv E. unfold visit. fold (active wrt ns i).
  assert (Hi : (i < length ns)%nat) by (apply nth_error_Some; now rewrite E).
  pose proof Inv as (L & G & R & I).
  destruct (mem i wrt) eqn:M.
  - destruct (proj2 Hwrt i (proj1 (mem_In i wrt) M)) as (n' & E' & K). rewrite E in E'. injection E' as <-.
    rewrite K. cbn. rewrite pending_S_mem by assumption.
    destruct (nth i (fst st) None); [destruct (active wrt ns i)|]; auto using grows_refl.
  - rewrite pending_S by assumption. unfold paired.
    destruct (nth i (fst st) None) as [c|] eqn:C.
    2: { split; [exact Inv|split; [apply grows_refl | ring]]. }
    destruct (active wrt ns i) eqn:A.
    2: { split; [exact Inv|split; [apply grows_refl|]]. rewrite ip_0_r; [ring|]. intros. now apply Hinactive.
         }
    destruct (I i c C) as [S _]. rewrite (size_of_node _ _ _ E) in S.
    destruct (pulls_pending i n c _ E (incl_refl _) st Inv S) as (Inv' & R' & P).
    split; [exact Inv'|split; [exact R'|]]. rewrite P. f_equal.
    rewrite (extent_size _ _ _ (size_of_node _ _ _ E)).
    assert (K : kind n <> Input).
    { intros K. rewrite (active_node _ _ i n), M, K in A by assumption. discriminate. }
    rewrite (ip_ext _ _ (dy i) (val env (nodes_of (snd st)) c)
      (fun e => lsum (fun p => jvp (val env ns) (kind n) (fst p) (dy (snd p)) e) (slots (kind n)))); trivial.
    2: { intros e _. rewrite (Hnode i n E K A). apply lsum_ext. now intros [k j] _. }
    rewrite ip_lsum. apply lsum_ext. now intros [k j] _.
Qed.

Lemma sweep_pending ms : forall ks st, ns = ms ++ ks -> invariant st ->
  let st' := sweep ns (actives wrt ns) ms st in
  invariant st' /\ grows (nodes_of (snd st)) (nodes_of (snd st')) /\ pending 0 st' = pending (length ms) st.
Proof.
  induction ms as [|n ms IH] using rev_ind; intros ks st E Inv.
  - cbn. auto using grows_refl.
  - unfold sweep. rewrite numbered_snoc, rev_app_distr. cbn [rev app fold_left].
    rewrite <- app_assoc in E. cbn in E.
    assert (En : nth_error ns (length ms) = Some n) by (rewrite E, nth_error_app2, Nat.sub_diag; trivial).
    destruct (visit_pending _ n st Inv En) as (Inv1 & R1 & P1).
    destruct (IH (n :: ks) _ E Inv1) as (Inv2 & R2 & P2). unfold sweep in *.
    split; [exact Inv2|split; [now apply grows_trans with (1 := R1)|]].
    rewrite P2, P1, app_length, Nat.add_comm. reflexivity.
Qed.

(** ** Results *)
Lemma fR_zero : fR PrimFloat.zero = 0.
Proof. reflexivity. Qed.
Lemma results_ok ws : forall cts g, incl ws wrt -> invariant (cts, g) ->
  let (rs, g') := results ns cts ws g in
  good g' /\ grows (nodes_of g) (nodes_of g') /\
  Forall2 (fun w r => size_of (nodes_of g') r = size_of ns w /\
    ip (extent ns w) (val env (nodes_of g') r) (dy w) = paired cts g w) ws rs.
Proof.
  induction ws as [|w ws IH]; intros cts g Sub Inv; cbn [results].
  - pose proof Inv as (_ & G & _). auto using grows_refl.
  - assert (Hw : (w < length ns)%nat).
    { destruct Hwrt as [_ H]. destruct (H w) as (n & E & _); [apply Sub; now left|].
      apply nth_error_Some. now rewrite E. }
    assert (Step : exists r g1, match nth w cts None with Some c => (c,
      g) | None => emits (zeros (shape_of ns w)) g end
        = (r, g1) /\ good g1 /\ grows (nodes_of g) (nodes_of g1) /\ size_of (nodes_of g1) r = size_of ns w /\
        ip (extent ns w) (val env (nodes_of g1) r) (dy w) = paired cts g w).
    { pose proof Inv as (_ & G & _ & I). cbn in G, I. unfold paired. destruct (nth w cts None) as [c|] eqn:C.
      - exists c, g. destruct (I w c C). auto using grows_refl.
      - pose proof (emits_emitted (zeros (shape_of ns w)) g _ G (sized_broadcast _ _ (Number PrimFloat.zero)
          eq_refl)) as Em.
        destruct (emits _ g) as [r g1]. destruct Em as (G1 & R1 & S1 & V1). exists r, g1.
        split; [easy|split; [easy|split; [easy|split]]].
        + rewrite S1. symmetry. now apply size_of_shape.
        + rewrite V1. apply ip_0_l. intros e He. rewrite (extent_size _ _ _ (size_of_shape _ _ Hw)) in He.
          unfold zeros. rewrite denote_broadcast by assumption. apply fR_zero. }
    destruct Step as (r & g1 & -> & G1 & R1 & S1 & P1).
    assert (Inv1 : invariant (cts, g1)) by now apply (invariant_grows cts g).
    specialize (IH cts g1 (fun a H => Sub a (or_intror H)) Inv1).
    destruct (results ns cts ws g1) as [rs g2]. destruct IH as (G2 & R2 & F). split; [assumption|split].
    + now apply grows_trans with (nodes_of g1).
    + constructor.
      * rewrite (size_of_shape _ _ Hw) in S1 |- *. split; [now apply grows_size with (nodes_of g1)|].
        now rewrite (grows_val_size env _ _ r _ R2 S1).
      * revert F. clear - Inv R1. intros F. induction F as [|w' r' ws rs [S P] F IH]; constructor; trivial.
        split; [assumption|]. now rewrite P, (paired_grows cts g g1).
Qed.
End Sweep.

(** ** Seeds *)
Lemma seeded_length n seeds : length (seeded n seeds) = n.
Proof.
  induction seeds as [|[i c] seeds IH]; cbn [seeded fold_right]; [apply repeat_length|].
  now rewrite update_length.
Qed.
Lemma nth_seeded n seeds i c : NoDup (map fst seeds) -> (i < n)%nat -> In (i, c) seeds ->
  nth i (seeded n seeds) None = Some c.
Proof.
  induction seeds as [|[j d] seeds IH]; cbn; intros D B H; [easy|]. inversion D as [|? ? Nj D']; subst.
  destruct H as [[= -> ->]|H].
  - apply nth_update_eq. fold (seeded n seeds). now rewrite seeded_length.
  - rewrite nth_update_neq; [now apply IH|]. intros ->. apply Nj. now apply (in_map fst) in H.
Qed.
Lemma seeded_nth n seeds i c : nth i (seeded n seeds) None = Some c -> In (i, c) seeds /\ (i < n)%nat.
Proof.
  intros H. assert (B : (i < n)%nat).
  { rewrite <- (seeded_length n seeds). destruct (le_lt_dec (length (seeded n seeds)) i) as [B|]; trivial.
    rewrite nth_overflow in H by assumption. discriminate. }
  split; [|assumption]. revert H. induction seeds as [|[j d] seeds IH]; cbn.
  - now rewrite nth_repeat_none.
  - destruct (Nat.eq_dec j i) as [->|N].
    + rewrite nth_update_eq by (fold (seeded n seeds); now rewrite seeded_length). intros [= ->]. now left.
    + rewrite nth_update_neq by assumption. auto.
Qed.

Lemma lsum_combine (f : nat -> R) (h : nat * nat -> R) ws rs :
  Forall2 (fun w r => h (w, r) = f w) ws rs -> lsum h (combine ws rs) = lsum f ws.
Proof. induction 1 as [|w r ws rs E _ IH]; cbn; [easy|]. now rewrite E, IH. Qed.

(** ** The theorem *)
(** Conservation: cotangents against velocities, at the inputs and at the seeds. *)
Theorem vjp_conserves ns wrt seeds env dx : wf ns = true -> wrt_ok ns wrt -> seeds_ok ns seeds ->
  let dy := velocity wrt ns (val env ns) dx in
  let (ext, gs) := vjp ns wrt seeds in
  wf ext = true /\ grows ns ext /\ Forall2 (fun w g => size_of ext g = size_of ns w) wrt gs /\
  lsum (fun '(w, g) => ip (extent ns w) (val env ext g) (dx w)) (combine wrt gs) =
  lsum (fun '(i, c) => ip (extent ns i) (val env ext c) (dy i)) seeds.
Proof.
  intros W Wr [Sd Ss] dy.
  assert (Inact : forall i, active wrt ns i = false -> forall e, dy i e = 0).
  { intros i A e. now apply velocity_inactive. }
  assert (Nod : forall i n, nth_error ns i = Some n -> kind n <> Input -> active wrt ns i = true ->
    forall e, dy i e = tangent (val env ns) (kind n) dy e).
  { intros i n E K A e. now apply velocity_node. }
  assert (Dx : forall w, In w wrt -> dy w = dx w).
  { intros w Hw. pose proof (proj2 Wr w Hw) as (n & E & K). apply (velocity_input _ _ _ _ w n); trivial.
    rewrite (active_node _ _ w n) by assumption. apply mem_In in Hw. now rewrite Hw. }
  clearbody dy.
  assert (Inv : invariant ns (seeded (length ns) seeds, graph_of ns)).
  { split; [apply seeded_length|]. split; [now apply good_graph_of|]. cbn [fst snd]. rewrite nodes_graph_of.
    split; [apply grows_refl|]. intros j c H. apply seeded_nth in H as [H B]. split; [|assumption].
    destruct (Ss j c H) as (m & -> & ->). easy. }
  pose proof (sweep_pending ns wrt env dy W Wr Inact Nod ns [] _ (eq_sym (app_nil_r ns)) Inv) as H.
  unfold vjp. destruct (sweep ns (actives wrt ns) ns _) as [cts g]. destruct H as (Inv1 & R1 & P).
  pose proof (results_ok ns wrt env dy Wr wrt cts g (incl_refl _) Inv1) as F.
  destruct (results ns cts wrt g) as [rs g']. destruct F as (G' & R' & F).
  pose proof Inv1 as (_ & _ & R0 & _). cbn [fst snd] in *. rewrite nodes_graph_of in R1.
  split; [apply G'|]. split; [now apply grows_trans with (nodes_of g)|]. split.
  { clear - F. induction F as [|w r ws rs [S _] F IH]; constructor; trivial. }
  rewrite (lsum_combine (paired ns env dy cts g)).
  2: { revert F Dx. clear. intros F. induction F as [|w r ws rs [_ Q] F IH]; intros Dx; constructor.
       - rewrite <- (Dx w) by now left. exact Q.
       - apply IH. intros. apply Dx. now right. }
  transitivity (pending ns wrt env dy 0 (cts, g)); [|rewrite P].
  - symmetry. unfold pending. cbn [Nat.ltb Nat.leb orb fst snd].
    rewrite (sum_lsum _ wrt).
    + apply lsum_ext. intros w Hw. apply mem_In in Hw. now rewrite Hw.
    + apply Wr.
    + intros w Hw. destruct (proj2 Wr w Hw) as (n & E & _). apply nth_error_Some. now rewrite E.
    + intros j _ Nj. rewrite <- mem_In in Nj. now destruct (mem j wrt).
  - unfold pending. cbn [fst snd]. rewrite (sum_lsum _ (map fst seeds)); trivial.
    + rewrite lsum_map. apply lsum_ext. intros [i c] H. cbn [fst]. destruct (Ss i c H) as (m & Si & Sc).
      pose proof (size_of_lt _ _ _ Si) as B. rewrite (proj2 (Nat.ltb_lt _ _) B). cbn [orb].
      unfold paired. rewrite (nth_seeded _ _ i c) by assumption. rewrite nodes_graph_of.
      rewrite (grows_val_size env ns (nodes_of g') c m); trivial. now apply grows_trans with (nodes_of g).
    + intros j H. apply in_map_iff in H as ([i c] & <- & H). destruct (Ss i c H) as (m & Si & _).
      now apply size_of_lt with m.
    + intros j Hj Nj. replace ((j <? length ns)%nat || mem j wrt) with true
        by (symmetry; apply orb_true_iff; left; now apply Nat.ltb_lt).
      unfold paired. destruct (nth j _ None) as [c|] eqn:E; [|easy]. apply seeded_nth in E as [E _].
      elim Nj. now apply (in_map fst) in E.
Qed.
