(** Facts about graphs: what the tests of [IR.Graph] establish, and executions.

    [abs_all ys]      the values [ys] with every entry replaced by its absolute value
    [node_at ns d e]  a node of size [e] stands at distance [d]
    [term_ok ns e t]  the linear map of the term [t] is valid, starts at such a node and ends in size [e]
    [sum_of f xs]     the sum of [f] over the list [xs] *)
From Coq Require Import Bool Reals Lra Floats Uint63 List.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Ops.Loops Ops.LoopsProof.
From Provenn Require Import IR.LinMap IR.LinMapProof IR.Graph.
Import ListNotations.
Local Open Scope R_scope.

Notation abs_all ys := (@map (int -> R) (int -> R) (fun y k => Rabs (y k)) ys).

Definition node_at (ns : list node) (d : nat) (e : extent) : Prop :=
  exists n, nth_error ns d = Some n /\ ext n = e.
Definition term_ok (ns : list node) (e : extent) (t : term) : Prop :=
  valid (snd t) = true /\ out_ext (snd t) = e /\ node_at ns (fst t) (in_ext (snd t)).

(** ** Tests *)
Lemma same_len_eq a b : wf a -> wf b -> same_len a b = true -> a = b.
Proof. unfold same_len. intros [-> _] [-> _] H. apply Uint63.eqb_spec in H. cbn in H. now rewrite H. Qed.
Lemma node_ok_wf n ns : node_ok n ns = true -> wf (ext n).
Proof. unfold node_ok. intros H. apply andb_prop in H as [H _]. now apply wf_ext_wf. Qed.
Lemma graph_ok_wf ns : forall d n, graph_ok ns = true -> nth_error ns d = Some n -> wf (ext n).
Proof.
  induction ns as [|m ns IH]; intros [|d] n G E; try discriminate; cbn in *; apply andb_prop in G as [Hm G].
  - injection E as ->. now apply node_ok_wf in Hm.
  - now apply (IH d).
Qed.
Lemma fits_node ns d e : graph_ok ns = true -> wf e -> fits ns d e = true -> node_at ns d e.
Proof.
  unfold fits, size_at. intros G W H. destruct (nth_error ns d) as [n|] eqn:E; [|discriminate].
  exists n. split; [assumption|]. apply same_len_eq; trivial. now apply (graph_ok_wf ns d).
Qed.
Lemma node_ok_terms e ts b ns : graph_ok ns = true -> node_ok (Affine e ts b) ns = true ->
  Forall (term_ok ns e) ts.
Proof.
  intros G H. assert (W := node_ok_wf _ _ H). apply andb_prop in H as [_ H].
  rewrite forallb_forall in H. apply Forall_forall. intros t Ht. specialize (H t Ht).
  apply andb_prop in H as [H F]. apply andb_prop in H as [V S]. repeat split; trivial.
  - apply same_len_eq; trivial. now apply out_wf.
  - apply fits_node; trivial. now apply in_wf.
Qed.

(** ** Sums over terms *)
Fixpoint sum_of {A : Type} (f : A -> R) (xs : list A) : R :=
  match xs with
  | [] => 0
  | x :: xs => f x + sum_of f xs
  end.

Lemma affine_bias ts b ys i : affine ts b ys i = affine ts None ys i + bias_at b i.
Proof. induction ts as [|[d l] ts IH]; cbn; [|rewrite IH]; ring. Qed.
Lemma affineA_bias ts b ys i : affineA ts b ys i = affineA ts None ys i + Rabs (bias_at b i).
Proof. induction ts as [|[d l] ts IH]; cbn; [rewrite Rabs_R0 | rewrite IH]; ring. Qed.
Lemma affine_app ts us b ys i : affine (ts ++ us) b ys i = affine ts None ys i + affine us b ys i.
Proof. induction ts as [|[d l] ts IH]; cbn; [|rewrite IH]; ring. Qed.

Lemma value_abs ys d k : value (abs_all ys) d k = Rabs (value ys d k).
Proof.
  unfold value. revert d. induction ys as [|y ys IH]; intros [|d]; cbn; trivial; symmetry; apply Rabs_R0.
Qed.

Section Terms.
Variables (ns : list node) (e : extent) (i : int).
Hypothesis Hi : below e i.

Lemma term_nonneg t ys : term_ok ns e t ->
  (forall d a k, node_at ns d a -> below a k -> 0 <= value ys d k) ->
  0 <= applyA (snd t) (value ys (fst t)) i.
Proof. intros (V & Eo & N) P. apply applyA_nonneg; trivial; [|now rewrite Eo]. eauto. Qed.
Lemma affineA_nonneg ts b ys : Forall (term_ok ns e) ts ->
  (forall d a k, node_at ns d a -> below a k -> 0 <= value ys d k) -> 0 <= affineA ts b ys i.
Proof.
  intros T P. induction T as [|[d l] ts Ht _ IH]; cbn [affineA]; [apply Rabs_pos|].
  pose proof (term_nonneg _ ys Ht P). cbn in *. lra.
Qed.
Lemma affineA_mono ts b ys zs : Forall (term_ok ns e) ts ->
  (forall d a k, node_at ns d a -> below a k -> value ys d k <= value zs d k) ->
  affineA ts b ys i <= affineA ts b zs i.
Proof.
  intros T P. induction T as [|[d l] ts (V & Eo & N) _ IH]; cbn in *; [lra|].
  apply Rplus_le_compat; [|exact IH]. apply applyA_mono; trivial; [|now rewrite Eo]. eauto.
Qed.
End Terms.

(** ** Executions *)
Lemma eval_exec x ns : exec none x ns (eval x ns).
Proof.
  induction ns as [|n ns IH]; [exact I|]. split; [|exact IH]. intros i _.
  destruct n; cbn; trivial; try (eexists; split; [now left|]);
    unfold off; rewrite Rminus_eq_0, Rabs_R0; cbn; lra.
Qed.
Lemma exec_input v x ns : forall ys d e k, exec v x ns ys -> nth_error ns d = Some (Input e) -> below e k ->
  value ys d k = x k.
Proof.
  unfold value. induction ns as [|n ns IH]; intros [|y ys] [|d] e k X E Hk; try discriminate;
    try contradiction; destruct X as [Hy X]; cbn in *.
  - injection E as ->. now apply Hy.
  - now apply (IH ys d e).
Qed.
(** Whatever the noise allows, the exact value is a value. *)
Lemma affine_holds v x e ts b ns ys (n := Affine e ts b) : 0 <= relative v n -> 0 <= absolute v n ->
  Forall (term_ok ns e) ts -> holds v x n ys (affine ts b ys).
Proof.
  intros Pr Pa T i Hi. unfold n, off. rewrite Rminus_eq_0, Rabs_R0.
  assert (0 <= affineA ts b (abs_all ys) i).
  { apply (affineA_nonneg ns e); trivial. intros. rewrite value_abs. apply Rabs_pos. }
  assert (0 <= relative v n * affineA ts b (abs_all ys) i) by now apply Rmult_le_pos. unfold n in *. lra.
Qed.

(** ** Suffixes *)
Lemma skipn_nth {A} (l : list A) : forall d a m, skipn d l = a :: m -> nth_error l d = Some a.
Proof.
  induction l as [|b l IH]; intros [|d] a m H; try discriminate; [|now apply (IH d a m)].
  now injection H as ->.
Qed.
Lemma skipn_S {A} (l : list A) : forall d a m, skipn d l = a :: m -> skipn (S d) l = m.
Proof.
  induction l as [|b l IH]; intros [|d] a m H; try discriminate; [|now apply (IH d a)].
  now injection H as _ ->.
Qed.
Lemma exec_skipn v x : forall d ns ys, exec v x ns ys -> exec v x (skipn d ns) (skipn d ys).
Proof.
  induction d as [|d IH]; intros [|n ns] [|y ys] X; try contradiction; trivial. apply IH. apply X.
Qed.
Lemma graph_ok_skipn : forall d ns, graph_ok ns = true -> graph_ok (skipn d ns) = true.
Proof.
  induction d as [|d IH]; intros [|n ns] G; trivial. apply andb_prop in G as [_ G]. now apply IH.
Qed.
