(** What appended nodes compute, and that graphs stay well-formed while they grow.

    [denote_expr y e]   the value of the expression [e] over node values [y]
    [sized ns e m]      all sizes in [e] agree over the nodes [ns], and [e] has [m] elements
    [good g]            the graph under construction is well-formed and counts its nodes
    [grows ns ns']      [ns'] continues [ns] with nodes that are not inputs
    [emitted g r m f]   the result [r] of appending to [g]: a good graph that continues [g], and a node of [m]
                        elements with the value [f env] *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Reverse.
Import ListNotations.
Local Open Scope R_scope.

Fixpoint denote_expr (y : nat -> vec) (e : expr) : vec :=
  match e with
  | Ref i => y i
  | Number x => constant [x]
  | Apply1 f _ a => fun k => sem1 f (denote_expr y a k)
  | Apply2 f _ a b | Swapped f _ a b => fun k => sem2 f (denote_expr y a k) (denote_expr y b k)
  | Moved loops out src _ a => move loops out src (denote_expr y a)
  | Contracted loops out lhs rhs _ a b => contract loops out lhs rhs (denote_expr y a) (denote_expr y b)
  end.
Fixpoint sized (ns : list node) (e : expr) (m : N) : Prop :=
  match e with
  | Ref i => size_of ns i = Some m
  | Number _ => m = 1%N
  | Apply1 _ s a => volume s = m /\ sized ns a m
  | Apply2 _ s a b | Swapped _ s a b => volume s = m /\ sized ns a m /\ sized ns b m
  | Moved _ out src s a => volume s = m /\ volume (sizes out) = m /\ sized ns a (volume (sizes src))
  | Contracted _ out lhs rhs s a b =>
      volume s = m /\ volume (sizes out) = m /\ sized ns a (volume (sizes lhs)) /\
        sized ns b (volume (sizes rhs))
  end.

Definition good (g : graph) : Prop := fresh g = length (nodes_of g) /\ wf (nodes_of g) = true.
Definition grows (ns ns' : list node) : Prop :=
  exists ms, ns' = ns ++ ms /\ Forall (fun n => kind n <> Input) ms.

Lemma grows_refl ns : grows ns ns.
Proof. exists []. split; [now rewrite app_nil_r | constructor]. Qed.
Lemma grows_trans a b c : grows a b -> grows b c -> grows a c.
Proof.
  intros (ms & -> & M) (ks & -> & K). exists (ms ++ ks). rewrite app_assoc. split; [easy|].
  now apply Forall_app.
Qed.
Lemma grows_size ns ns' i m : grows ns ns' -> size_of ns i = Some m -> size_of ns' i = Some m.
Proof. intros (ms & -> & _). apply size_of_prefix. Qed.
Lemma grows_val env ns ns' i : grows ns ns' -> (i < length ns)%nat -> val env ns' i = val env ns i.
Proof. intros (ms & -> & _). apply val_prefix. Qed.
Lemma grows_val_size env ns ns' i m : grows ns ns' -> size_of ns i = Some m -> val env ns' i = val env ns i.
Proof. intros G H. apply grows_val; [assumption|]. now apply size_of_lt with m. Qed.

Lemma sized_grows ns ns' e : grows ns ns' -> forall m, sized ns e m -> sized ns' e m.
Proof.
  intros G. induction e; cbn; intros m; try (intros; intuition eauto using grows_size; fail).
Qed.
Lemma denote_expr_grows env ns ns' e : grows ns ns' -> forall m, sized ns e m ->
  denote_expr (val env ns') e = denote_expr (val env ns) e.
Proof.
  intros G. induction e; cbn; intros m H; trivial;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with IH : forall m, sized ns ?e m -> _, H : sized ns ?e _ |- _ => rewrite (IH _ H);
      clear IH end;
    trivial.
  now apply grows_val_size with m.
Qed.

Definition emitted (g : graph) (r : nat * graph) (m : N) (f : (nat -> vec) -> vec) : Prop :=
  let (i, g') := r in
  good g' /\ grows (nodes_of g) (nodes_of g') /\ size_of (nodes_of g') i = Some m /\
  forall env, val env (nodes_of g') i = f env.

Lemma good_graph_of ns : wf ns = true -> good (graph_of ns).
Proof. unfold good, graph_of, nodes_of. cbn. now rewrite rev_involutive. Qed.
Lemma nodes_graph_of ns : nodes_of (graph_of ns) = ns.
Proof. apply rev_involutive. Qed.

Lemma emit_emitted g n : good g -> node_ok (nodes_of g) n = true -> kind n <> Input ->
  emitted g (emit n g) (elements n) (fun env => denote env O (val env (nodes_of g)) (kind n)).
Proof.
  intros [F W] K NI. unfold emitted, emit, good, nodes_of at 1 2 3 4 5. cbn [newest fresh rev].
  fold (nodes_of g). rewrite F. repeat split.
  - rewrite app_length. cbn. lia.
  - now rewrite wf_snoc, W, K.
  - exists [n]. split; [easy | now constructor].
  - unfold size_of. rewrite nth_error_app2, Nat.sub_diag by lia. reflexivity.
  - intros env. unfold nodes_of at 1. cbn [newest rev]. fold (nodes_of g). rewrite val_snoc.
    destruct (kind n); trivial. now elim NI.
Qed.
Lemma emit_after g g' n m f : good g' -> grows (nodes_of g) (nodes_of g') ->
  node_ok (nodes_of g') n = true -> kind n <> Input -> elements n = m ->
  (forall env, denote env O (val env (nodes_of g')) (kind n) = f env) -> emitted g (emit n g') m f.
Proof.
  intros G Gr K NI <- V. pose proof (emit_emitted g' n G K NI) as E. unfold emitted in *.
  destruct (emit n g') as [i g'']. destruct E as (G' & Gr' & S & V'). repeat split; trivial; try apply G'.
  - now apply grows_trans with (nodes_of g').
  - intros env. now rewrite V'.
Qed.

Theorem emits_emitted e : forall g m, good g -> sized (nodes_of g) e m ->
  emitted g (emits e g) m (fun env => denote_expr (val env (nodes_of g)) e).
Proof.
  induction e as [i | x | f s a IHa | f s a IHa b IHb | f s a IHa b IHb | loops out src s a IHa
    | loops out lhs rhs s a IHa b IHb]; intros g m G; cbn [sized emits].
  - intros H. cbn. auto using grows_refl.
  - intros ->. apply emit_after; trivial; [apply grows_refl | easy].
  - intros (<- & A). specialize (IHa g _ G A). destruct (emits a g) as [i g1].
    destruct IHa as (G1 & R1 & S1 & V1). apply emit_after; trivial; [| easy |].
    + unfold node_ok. cbn [kind]. unfold elements. cbn [shape]. rewrite fits_size. exact S1.
    + intros env. cbn. now rewrite V1.
  - intros (<- & A & B). specialize (IHa g _ G A). destruct (emits a g) as [i g1].
    destruct IHa as (G1 & R1 & S1 & V1).
    specialize (IHb g1 _ G1 (sized_grows _ _ _ R1 _ B)). destruct (emits b g1) as [j g2].
    destruct IHb as (G2 & R2 & S2 & V2). apply emit_after; trivial;
      [now apply grows_trans with (nodes_of g1) | | easy |].
    + unfold node_ok. cbn [kind]. unfold elements. cbn [shape]. rewrite andb_true_iff, !fits_size.
      split; [now eapply grows_size, S1 | easy].
    + intros env. cbn. rewrite V2, (grows_val_size env _ _ i _ R2 S1), V1.
      now rewrite (denote_expr_grows env _ _ b R1 _ B).
  - intros (<- & A & B). specialize (IHb g _ G B). destruct (emits b g) as [j g1].
    destruct IHb as (G1 & R1 & S1 & V1).
    specialize (IHa g1 _ G1 (sized_grows _ _ _ R1 _ A)). destruct (emits a g1) as [i g2].
    destruct IHa as (G2 & R2 & S2 & V2). apply emit_after; trivial;
      [now apply grows_trans with (nodes_of g1) | | easy |].
    + unfold node_ok. cbn [kind]. unfold elements. cbn [shape]. rewrite andb_true_iff, !fits_size.
      split; [easy | now eapply grows_size, S1].
    + intros env. cbn. rewrite V2, (grows_val_size env _ _ j _ R2 S1), V1.
      now rewrite (denote_expr_grows env _ _ a R1 _ A).
  - intros (<- & O & A). specialize (IHa g _ G A). destruct (emits a g) as [i g1].
    destruct IHa as (G1 & R1 & S1 & V1). apply emit_after; trivial; [| easy |].
    + unfold node_ok. cbn [kind]. unfold elements. cbn [shape]. rewrite andb_true_iff, fits_size. rewrite O.
      split; [apply N.eqb_refl | easy].
    + intros env. cbn. now rewrite V1.
  - intros (<- & O & A & B). specialize (IHa g _ G A). destruct (emits a g) as [i g1].
    destruct IHa as (G1 & R1 & S1 & V1).
    specialize (IHb g1 _ G1 (sized_grows _ _ _ R1 _ B)). destruct (emits b g1) as [j g2].
    destruct IHb as (G2 & R2 & S2 & V2). apply emit_after; trivial;
      [now apply grows_trans with (nodes_of g1) | | easy |].
    + unfold node_ok. cbn [kind]. unfold elements. cbn [shape]. rewrite !andb_true_iff, !fits_size. rewrite O.
      repeat split; [apply N.eqb_refl | now eapply grows_size, S1 | easy].
    + intros env. cbn. rewrite V2, (grows_val_size env _ _ i _ R2 S1), V1.
      now rewrite (denote_expr_grows env _ _ b R1 _ B).
Qed.

(** ** Numbers everywhere *)
Lemma sized_broadcast ns s e : sized ns e 1 -> sized ns (broadcast s e) (volume s).
Proof. cbn. rewrite sizes_identity. auto. Qed.
Lemma denote_broadcast y s e k : (k < count s)%nat -> denote_expr y (broadcast s e) k = denote_expr y e O.
Proof. apply move_identity_scalar. Qed.

(** ** What expressions compute *)
(** Over the nodes [ns], [e] has [m] elements and they are those of [f env]. *)
Definition computes (ns : list node) (e : expr) (m : N) (f : (nat -> vec) -> vec) : Prop :=
  sized ns e m /\ forall env k, (k < N.to_nat m)%nat -> denote_expr (val env ns) e k = f env k.

Lemma computes_grows ns ns' e m f : grows ns ns' -> computes ns e m f -> computes ns' e m f.
Proof.
  intros G [S C]. split; [now apply sized_grows with ns|]. intros env k H.
  rewrite (denote_expr_grows env ns ns' e G m S). now apply C.
Qed.
Lemma computes_ref ns i m : size_of ns i = Some m -> computes ns (Ref i) m (fun env => val env ns i).
Proof. intros H. now split. Qed.
Lemma computes_ext ns e m f f' : computes ns e m f ->
  (forall env k, (k < N.to_nat m)%nat -> f env k = f' env k) -> computes ns e m f'.
Proof. intros [S C] E. split; [assumption|]. intros env k H. rewrite C; auto. Qed.
Lemma computes_apply1 ns f s a m fa : volume s = m -> computes ns a m fa ->
  computes ns (Apply1 f s a) m (fun env k => sem1 f (fa env k)).
Proof. intros V [S A]. split; [easy|]. intros env k H. cbn. now rewrite A. Qed.
Lemma computes_apply2 ns f s a b m fa fb : volume s = m -> computes ns a m fa -> computes ns b m fb ->
  computes ns (Apply2 f s a b) m (fun env k => sem2 f (fa env k) (fb env k)).
Proof. intros V [S A] [T B]. split; [easy|]. intros env k H. cbn. now rewrite A, B. Qed.
Lemma computes_broadcast ns s a f : computes ns a 1 f ->
  computes ns (broadcast s a) (volume s) (fun env _ => f env O).
Proof.
  intros [S A]. split; [now apply sized_broadcast|]. intros env k H.
  rewrite denote_broadcast by assumption. apply A. cbn. lia.
Qed.
Lemma computes_moved ns loops out src s a m fa : volume s = m -> volume (sizes out) = m ->
  computes ns a (volume (sizes src)) fa ->
  computes ns (Moved loops out src s a) m (fun env => move loops out src (fa env)).
Proof. intros V O [S A]. split; [easy|]. intros env k H. cbn. apply move_ext. intros. now apply A. Qed.
Lemma computes_contracted ns loops out lhs rhs s a b m fa fb : volume s = m -> volume (sizes out) = m ->
  computes ns a (volume (sizes lhs)) fa -> computes ns b (volume (sizes rhs)) fb ->
  computes ns (Contracted loops out lhs rhs s a b) m
    (fun env => contract loops out lhs rhs (fa env) (fb env)).
Proof.
  intros V O [S A] [T B]. split; [easy|]. intros env k H. cbn.
  apply contract_ext; intros; [now apply A | now apply B].
Qed.

(** The node of an expression computes the same. *)
Theorem emits_computes e g m f : good g -> computes (nodes_of g) e m f ->
  let (i, g') := emits e g in
  good g' /\ grows (nodes_of g) (nodes_of g') /\ computes (nodes_of g') (Ref i) m f.
Proof.
  intros G [S C]. pose proof (emits_emitted e g m G S) as E. destruct (emits e g) as [i g'].
  destruct E as (G' & R & Sz & V). repeat (split; [easy|]). intros env k H. cbn. rewrite V. now apply C.
Qed.
