(** Facts about graphs of the calculus: values and activity node by node, and graphs that grow at the end. *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core.
Import ListNotations.
Local Open Scope R_scope.

(** ** Scans *)
Section Scan.
Context {A : Type} (f : list A -> node -> A).

Lemma scan_snoc ns n : scan f (ns ++ [n]) = scan f ns ++ [f (scan f ns) n].
Proof. unfold scan. now rewrite fold_left_app. Qed.
Lemma scan_length ns : length (scan f ns) = length ns.
Proof.
  induction ns as [|n ns IH] using rev_ind; [easy|].
  rewrite scan_snoc, !app_length, IH. reflexivity.
Qed.
Lemma scan_app ns ms : exists zs, scan f (ns ++ ms) = scan f ns ++ zs.
Proof.
  induction ms as [|m ms IH] using rev_ind; [exists []; now rewrite !app_nil_r|].
  destruct IH as [zs IH]. exists (zs ++ [f (scan f (ns ++ ms)) m]).
  now rewrite app_assoc, scan_snoc, IH, app_assoc.
Qed.
Lemma scan_prefix d ns ms i : (i < length ns)%nat -> nth i (scan f (ns ++ ms)) d = nth i (scan f ns) d.
Proof. intros H. destruct (scan_app ns ms) as [zs ->]. apply app_nth1. now rewrite scan_length. Qed.
Lemma scan_at d ns n ms : nth (length ns) (scan f (ns ++ n :: ms)) d = f (scan f ns) n.
Proof.
  change (n :: ms) with ([n] ++ ms). rewrite app_assoc, scan_prefix by (rewrite app_length; cbn; lia).
  rewrite scan_snoc, app_nth2; rewrite scan_length; [|lia]. now rewrite Nat.sub_diag.
Qed.
End Scan.

(** ** Sizes *)
Lemma size_of_prefix ns ms i m : size_of ns i = Some m -> size_of (ns ++ ms) i = Some m.
Proof.
  unfold size_of. destruct (nth_error ns i) as [n|] eqn:E; [|easy].
  rewrite nth_error_app1; [now rewrite E|]. apply nth_error_Some. now rewrite E.
Qed.
Lemma size_of_lt ns i m : size_of ns i = Some m -> (i < length ns)%nat.
Proof. unfold size_of. intros H. apply nth_error_Some. now destruct (nth_error ns i). Qed.
Lemma size_of_node ns i n : nth_error ns i = Some n -> size_of ns i = Some (elements n).
Proof. unfold size_of. now intros ->. Qed.
Lemma fits_size ns i m : fits ns i m = true <-> size_of ns i = Some m.
Proof.
  unfold fits. destruct (size_of ns i) as [k|]; split; try easy.
  - intros H. apply N.eqb_eq in H. now subst.
  - intros [= ->]. apply N.eqb_refl.
Qed.
Lemma extent_size ns i m : size_of ns i = Some m -> extent ns i = N.to_nat m.
Proof. unfold extent. now intros ->. Qed.
Lemma extent_prefix ns ms i : (i < length ns)%nat -> extent (ns ++ ms) i = extent ns i.
Proof. intros H. unfold extent, size_of. now rewrite nth_error_app1. Qed.
Lemma fits_prefix ns ms i m : fits ns i m = true -> fits (ns ++ ms) i m = true.
Proof. rewrite !fits_size. apply size_of_prefix. Qed.

Lemma node_ok_prefix ns ms n : node_ok ns n = true -> node_ok (ns ++ ms) n = true.
Proof.
  unfold node_ok. destruct (kind n); trivial; rewrite ?andb_true_iff; intuition (auto using fits_prefix).
Qed.
Lemma node_ok_args ns n j : node_ok ns n = true -> In j (args (kind n)) -> (j < length ns)%nat.
Proof.
  unfold node_ok. destruct (kind n); cbn; rewrite ?andb_true_iff, ?fits_size; intros H Hj; try contradiction;
    repeat match goal with H : _ \/ _ |- _ => destruct H | H : _ /\ _ |- _ => destruct H end; subst;
    try contradiction; eauto using size_of_lt.
Qed.

(** ** Well-formed graphs *)
Lemma wf_from_app b ns ms : wf_from b (ns ++ ms) = wf_from b ns && wf_from (b ++ ns) ms.
Proof.
  revert b. induction ns as [|n ns IH]; intros b; cbn; [now rewrite app_nil_r|].
  now rewrite IH, <- andb_assoc, <- app_assoc.
Qed.
Lemma wf_snoc ns n : wf (ns ++ [n]) = wf ns && node_ok ns n.
Proof. unfold wf. rewrite wf_from_app. cbn. now rewrite andb_true_r. Qed.
Lemma wf_prefix ns ms : wf (ns ++ ms) = true -> wf ns = true.
Proof. unfold wf. rewrite wf_from_app. intros H. now apply andb_prop in H. Qed.
Lemma wf_node ns n ms : wf (ns ++ n :: ms) = true -> node_ok ns n = true.
Proof.
  unfold wf. rewrite wf_from_app. intros H. apply andb_prop in H as [_ H]. cbn in H.
  now apply andb_prop in H.
Qed.
Lemma wf_nth ns i n : wf ns = true -> nth_error ns i = Some n ->
  node_ok ns n = true /\ (forall j, In j (args (kind n)) -> (j < i)%nat).
Proof.
  intros W E. apply nth_error_split in E as (a & b & -> & <-). apply wf_node in W. split.
  - now apply node_ok_prefix.
  - intros j. now apply node_ok_args.
Qed.

(** ** Values *)
Lemma denote_args env i y y' o : (forall j, In j (args o) -> y j = y' j) ->
  denote env i y o = denote env i y' o.
Proof. destruct o; cbn; intros H; rewrite ?H by auto; reflexivity. Qed.
Lemma eval_length env ns : length (eval env ns) = length ns.
Proof. apply scan_length. Qed.
Lemma val_prefix env ns ms i : (i < length ns)%nat -> val env (ns ++ ms) i = val env ns i.
Proof. apply scan_prefix. Qed.
Lemma val_snoc env ns n : val env (ns ++ [n]) (length ns) = denote env (length ns) (val env ns) (kind n).
Proof.
  unfold val at 1, value, eval. rewrite scan_at. fold (eval env ns).
  now rewrite eval_length.
Qed.
Lemma val_node env ns i n : wf ns = true -> nth_error ns i = Some n ->
  val env ns i = denote env i (val env ns) (kind n).
Proof.
  intros W E. apply nth_error_split in E as (a & b & -> & <-). apply wf_node in W.
  unfold val at 1, value, eval. rewrite scan_at. fold (eval env a). rewrite eval_length.
  apply denote_args. intros j Hj. symmetry. apply val_prefix. now apply (node_ok_args a n).
Qed.

Lemma slice_lt outer n inner e k : (e < count [outer; inner])%nat -> (k < N.to_nat n)%nat ->
  (slice n inner e k < count [outer; n; inner])%nat.
Proof.
  rewrite !volume_cons. change (count []) with 1%nat. unfold slice. intros He Hk.
  set (q := N.to_nat inner) in *. set (p := N.to_nat outer) in *. set (m := N.to_nat n) in *.
  assert (Q : q <> O) by (intros Q; rewrite Q in He; lia).
  assert (R := Nat.mod_upper_bound e q Q).
  assert (D : (e / q < p)%nat) by (apply Nat.div_lt_upper_bound; [assumption | lia]).
  set (d := (e / q)%nat) in *. set (r := (e mod q)%nat) in *.
  assert (d * m + k + 1 <= p * m)%nat by nia. nia.
Qed.

(** The elements of an op depend on those of its arguments only. *)
Lemma denote_ext env env' i y y' ns n : node_ok ns n = true ->
  (forall j e, In j (args (kind n)) -> (e < extent ns j)%nat -> y j e = y' j e) ->
  (kind n = Input -> forall e, (e < N.to_nat (elements n))%nat -> env i e = env' i e) ->
  forall e, (e < N.to_nat (elements n))%nat -> denote env i y (kind n) e = denote env' i y' (kind n) e.
Proof.
  unfold node_ok. intros K Y I e He. destruct (kind n) as [ | | loops out src x | loops out lhs rhs a b | f x
    | f x z | outer m inner x]; cbn [denote args] in *;
    rewrite ?andb_true_iff, ?fits_size in K;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with H : size_of _ _ = Some _ |- _ => apply extent_size in H end.
  - now apply I.
  - reflexivity.
  - apply move_ext. intros k Hk. apply Y; [now left|]. now rewrite H0.
  - apply contract_ext; intros k Hk; apply Y; cbn; auto; [now rewrite H1 | now rewrite H0].
  - rewrite Y; cbn; auto. now rewrite K.
  - rewrite !Y; cbn; auto; [now rewrite H0 | now rewrite H].
  - unfold logsumexp, sumexp. f_equal. apply sum_ext. intros k Hk. f_equal. apply Y; [now left|].
    rewrite H0. apply slice_lt; trivial. apply N.eqb_eq in H1. unfold count. now rewrite H1.
Qed.

(** Graphs with equal inputs have equal values. *)
Theorem val_ext env env' ns : wf ns = true ->
  (forall i n, nth_error ns i = Some n -> kind n = Input ->
     forall e, (e < N.to_nat (elements n))%nat -> env i e = env' i e) ->
  forall i e, (e < extent ns i)%nat -> val env ns i e = val env' ns i e.
Proof.
  intros W I i. induction i as [i IH] using lt_wf_ind. intros e He.
  destruct (nth_error ns i) as [n|] eqn:E.
  - rewrite (extent_size _ _ _ (size_of_node _ _ _ E)) in He. destruct (wf_nth _ _ _ W E) as [K L].
    rewrite !(val_node _ ns i n) by assumption. apply (denote_ext _ _ _ _ _ ns); trivial.
    + intros j k Hj Hk. apply IH; auto.
    + intros Hn. now apply I.
  - unfold extent, size_of in He. rewrite E in He. cbn in He. lia.
Qed.

(** ** Activity *)
Lemma mem_In i l : mem i l = true <-> In i l.
Proof.
  unfold mem. rewrite existsb_exists. split.
  - intros (j & Hj & E). apply Nat.eqb_eq in E. now subst.
  - intros H. exists i. split; [assumption | apply Nat.eqb_refl].
Qed.
Lemma active_prefix wrt ns ms i : (i < length ns)%nat -> active wrt (ns ++ ms) i = active wrt ns i.
Proof. apply scan_prefix. Qed.
Lemma active_node wrt ns i n : wf ns = true -> nth_error ns i = Some n ->
  active wrt ns i = mem i wrt || existsb (active wrt ns) (args (kind n)).
Proof.
  intros W E. apply nth_error_split in E as (a & b & -> & <-). apply wf_node in W.
  unfold active at 1, actives. rewrite scan_at. fold (actives wrt a). unfold actives at 1.
  rewrite scan_length. f_equal. apply eq_iff_eq_true. rewrite !existsb_exists.
  split; intros (j & Hj & Aj); exists j; (split; [assumption|]); revert Aj;
    fold (active wrt a j); rewrite active_prefix by (now apply (node_ok_args a n)); trivial.
Qed.
