(** A graph that matches a network computes what the network does. Symbols: see [Interface.Network].

    [node_value x n ys]  the value of node [n] from those of earlier nodes *)
From Coq Require Import Bool ZArith QArith Qreals Reals Lra Lia Floats Uint63 Ring63 List.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof Ops.Functions Ops.Sigmoid.
From Provenn Require Import IR.LinMap IR.LinMapProof IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Words Checker.ReadGraph Checker.ReadProperty Checker.Check Checker.CheckProof.
From Provenn Require Import Checker.Sound Interface.Spec Interface.SpecProof Interface.Network.
Import ListNotations.
Local Open Scope R_scope.

(** ** Nodes by distance *)
Definition node_value (x : vec) (n : node) (ys : list vec) : vec :=
  match n with
  | Input _ => x
  | Constant _ c => fun i => fR (fget c i)
  | Affine _ ts b => affine ts b ys
  | Unary f _ d => fun i => sem f (value ys d i)
  | Product _ d d' => fun i => value ys d i * value ys d' i
  end.
Lemma eval_cons x n ns : eval x (n :: ns) = node_value x n (eval x ns) :: eval x ns.
Proof. reflexivity. Qed.
Lemma value_nth x : forall ns d n, nth_error ns d = Some n ->
  value (eval x ns) d = node_value x n (eval x (skipn (S d) ns)).
Proof.
  induction ns as [|m ns IH]; intros [|d] n E; try discriminate; rewrite eval_cons; unfold value in *; cbn [nth].
  - injection E as ->. reflexivity.
  - exact (IH d n E).
Qed.
Lemma value_skip x k : forall d ns, value (eval x (skipn d ns)) k = value (eval x ns) (d + k).
Proof.
  induction d as [|d IH]; intros ns; [reflexivity|]. destruct ns as [|n ns].
  - rewrite skipn_nil. unfold value. cbn. now destruct k.
  - rewrite skipn_cons, IH, eval_cons. reflexivity.
Qed.
Lemma nth_error_skip {B} (k : nat) : forall d (l : list B), nth_error (skipn d l) k = nth_error l (d + k).
Proof.
  induction d as [|d IH]; intros l; [reflexivity|]. destruct l as [|a l]; [now destruct k | exact (IH l)].
Qed.
Lemma graph_ok_at : forall ns d n, graph_ok ns = true -> nth_error ns d = Some n ->
  graph_ok (skipn (S d) ns) = true /\ node_ok n (skipn (S d) ns) = true.
Proof.
  induction ns as [|m ns IH]; intros [|d] n G E; try discriminate; cbn [graph_ok] in G;
    apply andb_prop in G as [M G].
  - injection E as <-. now split.
  - exact (IH d n G E).
Qed.

(** ** Vectors and lists *)
Lemma agree_ext y z xs : forall i, agree y i xs -> (forall k, y k = z k) -> agree z i xs.
Proof.
  induction xs as [|x xs IH]; intros i H K; [exact I|]. destruct H as [E H].
  split; [now rewrite <- K | now apply IH].
Qed.
Lemma agree_map f xs y z : forall i, agree y i xs ->
  (forall k, (Uint63.to_Z i <= Uint63.to_Z k < Uint63.to_Z i + Z.of_nat (length xs))%Z -> z k = f (y k)) ->
  (Uint63.to_Z i + Z.of_nat (length xs) < wB)%Z -> agree z i (map f xs).
Proof.
  induction xs as [|x xs IH]; intros i H E B; [exact I|]. destruct H as [<- H]. cbn [length map agree] in *.
  assert (S : Uint63.to_Z (i + 1)%uint63 = (Uint63.to_Z i + 1)%Z).
  { rewrite to_Z_add; change (Uint63.to_Z 1) with 1%Z; lia. }
  split; [apply E; lia|]. apply IH; [exact H| |lia]. intros k K. apply E. lia.
Qed.

Section Layers.
Context {A : Type} {num : number A}.

Lemma equals_real x (a : A) : equals x a = true -> fR x = real a.
Proof.
  unfold equals. destruct (rational a) as [q|] eqn:E; [|discriminate]. intros H.
  rewrite (rational_real _ _ E). now apply is_Q_eq.
Qed.
Lemma row_dot w y b : forall row i xs, same_numbers w (b + i) row = true -> agree y i xs ->
  length xs = length row ->
  sumR (length row) i (fun k => fR (fget w (b + k)%uint63) * y k) = dot row xs.
Proof.
  induction row as [|a row IH]; intros i [|x xs] S G L; try discriminate; [reflexivity|].
  cbn [same_numbers agree length sumR dot] in *. apply andb_prop in S as [S S']. destruct G as [<- G].
  rewrite (equals_real _ _ S). f_equal. apply IH; trivial; [|now injection L].
  now replace (b + (i + 1))%uint63 with (b + i + 1)%uint63 by ring.
Qed.

Variables (m n ein eout : extent) (w wt v : farr) (y : vec) (xs : list R).
Hypotheses (V : valid (Dense 1 m n ein eout w wt) = true) (Y : agree y 0 xs)
  (L : Z.of_nat (length xs) = Uint63.to_Z (len n)).

Lemma dense_sizes : wf m /\ wf n.
Proof. now destruct (valid_dense _ _ _ _ _ _ _ V) as (Wm & Wn & _). Qed.
Lemma dense_row i row : below m i -> Z.of_nat (length row) = Uint63.to_Z (len n) ->
  same_numbers w (i * len n) row = true -> apply (Dense 1 m n ein eout w wt) y i = dot row xs.
Proof.
  intros Hi Hr S. destruct dense_sizes as (Wm & Wn). unfold apply. cbn [apply_by].
  destruct (small_index m i Hi) as (-> & ->).
  rewrite (sum_ext n _ (fun k => fR (fget w (i * len n + k)%uint63) * y k) Wn).
  2:{ intros k _. now replace (0 * len n + k)%uint63 with k by ring. }
  unfold sum. rewrite (wf_fuel n Wn).
  replace (nat_of (len n)) with (length row) by (apply Nat2Z.inj; rewrite nat_of_to_Z; exact Hr).
  apply row_dot; trivial; [|apply Nat2Z.inj; lia].
  now replace (i * len n + 0)%uint63 with (i * len n)%uint63 by ring.
Qed.
Lemma dense_rows z : (forall i, below m i -> z i = apply (Dense 1 m n ein eout w wt) y i + fR (fget v i)) ->
  forall rows bs i, same_matrix w (len n) (i * len n) rows = true -> same_numbers v i bs = true ->
  length bs = length rows -> (Uint63.to_Z i + Z.of_nat (length rows) = Uint63.to_Z (len m))%Z ->
  agree z i (affine_value rows bs xs).
Proof.
  intros Z. induction rows as [|row rows IH]; intros [|b bs] i M B E S; try discriminate; [exact I|].
  cbn [same_matrix same_numbers affine_value agree length] in *.
  apply andb_prop in M as [M M']. apply andb_prop in M as [R M]. apply Z.eqb_eq in R.
  apply andb_prop in B as [B B'].
  assert (Hi : below m i) by (unfold below; lia). split.
  - rewrite (Z i Hi), (equals_real _ _ B). f_equal. now apply dense_row.
  - assert (N : Uint63.to_Z (i + 1)%uint63 = (Uint63.to_Z i + 1)%Z).
    { apply (next_index i (len m)). lia. }
    apply IH; trivial; [|now injection E|lia].
    now replace ((i + 1) * len n)%uint63 with (i * len n + len n)%uint63 by ring.
Qed.
End Layers.

(** ** Whole networks *)
Section Whole.
Context {A : Type} {num : number A}.
Variables (x : vec) (ns : list node) (inputs : nat) (xs : list R).
Hypotheses (G : graph_ok ns = true) (X : agree x 0 xs) (N : length xs = inputs).

Lemma source_value : forall fuel d k, value (eval x ns) (source fuel ns d) k = value (eval x ns) d k.
Proof.
  induction fuel as [|fuel IH]; intros d k; [reflexivity|]. cbn [source].
  destruct (nth_error ns d) as [[|? ?|? [|[j [[|] ?| | | |]] [|]] [|]| |]|] eqn:E; trivial.
  rewrite IH, (value_nth x ns d _ E). cbn [node_value affine]. rewrite value_skip.
  unfold apply. cbn [apply_by bias_at]. ring.
Qed.

Lemma act_sem a f : function_of a = Some f -> forall r, act a r = sem f r.
Proof. destruct a; intros [= <-] r; reflexivity. Qed.
Lemma before_value a d d' : before_activation a ns d = Some d' ->
  forall k, value (eval x ns) d k = act a (value (eval x ns) d' k).
Proof.
  unfold before_activation. intros B k. destruct (function_of a) as [f|] eqn:F.
  2:{ injection B as <-. now destruct a. }
  rewrite (act_sem a f F). destruct f; try discriminate B;
    destruct (nth_error ns d) as [[| | |[] ? ?|]|] eqn:E; try discriminate B; injection B as <-;
    rewrite (value_nth x ns d _ E); cbn [node_value]; now rewrite value_skip.
Qed.

(** Sizes do not change on the way. *)
Definition sized (d : nat) (n : Z) : Prop :=
  exists m, nth_error ns d = Some m /\ Uint63.to_Z (len (ext m)) = n.
Lemma node_at_sized d k e : node_at (skipn (S d) ns) k e -> sized (S d + k) (Uint63.to_Z (len e)).
Proof. intros (m & E & <-). exists m. split; [|reflexivity]. now rewrite nth_error_skip in E. Qed.
Lemma affine_operand d e k l b : nth_error ns d = Some (Affine e [(k, l)] b) ->
  valid l = true /\ out_ext l = e /\ sized (S d + k) (Uint63.to_Z (len (in_ext l))).
Proof.
  intros E. destruct (graph_ok_at ns d _ G E) as (G' & O). pose proof (node_ok_terms _ _ _ _ G' O) as T.
  inversion T as [|? ? (V & Oe & At) _]; subst. repeat split; trivial. now apply node_at_sized.
Qed.
Lemma sized_unique d a b : sized d a -> sized d b -> a = b.
Proof. intros (m & E & <-) (m' & E' & <-). rewrite E in E'. now injection E' as ->. Qed.
Lemma source_sized : forall fuel d n, sized (source fuel ns d) n -> sized d n.
Proof.
  induction fuel as [|fuel IH]; intros d n S; [exact S|]. cbn [source] in S.
  destruct (nth_error ns d) as [[|? ?|e [|[j [[|] a| | | |]] [|]] [|]| |]|] eqn:E; trivial.
  destruct (affine_operand d e j _ _ E) as (_ & O & Z). cbn [out_ext in_ext] in *. subst a.
  apply IH in S.
  exists (Affine e [(j, Signed false e)] None). split; [exact E|]. exact (sized_unique _ _ _ Z S).
Qed.
Lemma before_sized a d d' n : before_activation a ns d = Some d' -> sized d' n -> sized d n.
Proof.
  unfold before_activation. intros B S. destruct (function_of a) as [f|] eqn:F; [|now injection B as <-].
  destruct f; try discriminate B;
    destruct (nth_error ns d) as [[| | |[] e k|]|] eqn:E; try discriminate B; injection B as <-;
    destruct (graph_ok_at ns d _ G E) as (G' & O);
    pose proof (node_ok_wf _ _ O) as W; apply andb_prop in O as [_ O];
    pose proof (node_at_sized d k e (fits_node _ _ _ G' W O)) as S';
    eexists; (split; [exact E|]); exact (sized_unique _ _ _ S' S).
Qed.

Lemma run_app (a b : Network.network A) zs : run (a ++ b) zs = run b (run a zs).
Proof. revert zs. induction a as [|l a IH]; intros zs; [reflexivity | exact (IH _)]. Qed.
Lemma affine_value_length (l : layer A) zs : length (biases l) = length (weights l) ->
  length (affine_value (weights l) (biases l) zs) = length (weights l).
Proof.
  generalize (biases l). induction (weights l) as [|w ws IH]; intros [|b bs] E; try discriminate; [reflexivity|].
  cbn. f_equal. apply IH. now injection E.
Qed.

Theorem computes_run : forall ls d, computes ns d ls inputs = true ->
  agree (value (eval x ns) d) 0 (run (rev ls) xs) /\ sized d (Z.of_nat (length (run (rev ls) xs))).
Proof.
  induction ls as [|l ls IH]; intros d C; cbn [computes] in C; set (d1 := source (length ns) ns d) in *.
  - destruct (nth_error ns d1) as [[e| | | |]|] eqn:E; try discriminate. apply Z.eqb_eq in C. cbn [rev run].
    split.
    + apply (agree_ext x); [exact X|]. intros k. rewrite <- (source_value (length ns) d k). fold d1.
      now rewrite (value_nth x ns d1 _ E).
    + apply (source_sized (length ns)). fold d1. exists (Input e). split; [exact E|]. cbn [ext]. now rewrite N.
  - destruct (before_activation (activate l) ns d1) as [d2|] eqn:B; [|discriminate].
    set (d3 := source (length ns) ns d2) in *.
    destruct (nth_error ns d3) as [[| |e [|[k [| |rows m n ein eout w wt| |]] [|]] [v|]| |]|] eqn:E;
      try discriminate.
    apply andb_prop in C as [C C']. apply andb_prop in C as [C S]. apply andb_prop in C as [R M].
    apply Uint63.eqb_spec in R, M. subst rows. unfold same_affine in S.
    apply andb_prop in S as [S Sb]. apply andb_prop in S as [S Sw]. apply andb_prop in S as [Sl Sc].
    apply Z.eqb_eq in Sl. apply Nat.eqb_eq in Sc.
    destruct (affine_operand d3 e k _ _ E) as (V & Oe & Z). cbn [in_ext out_ext] in *. subst eout.
    destruct (valid_dense _ _ _ _ _ _ _ V) as (Wm & Wn & _ & Ei & _). subst ein.
    assert (Ln : len (extent_of (1 * len n)) = len n) by (cbn; ring). rewrite Ln in Z.
    destruct (IH (S d3 + k)%nat C') as (Ag & Sz).
    set (zs := run (rev ls) xs) in *. pose proof (sized_unique _ _ _ Sz Z) as Lz.
    cbn [rev]. rewrite run_app. cbn [run]. fold zs.
    pose proof (affine_value_length l zs Sc) as La. unfold layer_value. rewrite map_length, La, Sl, <- M.
    pose proof (wf_len m Wm) as Bm.
    assert (A3 : agree (value (eval x ns) d3) 0 (affine_value (weights l) (biases l) zs)).
    { apply (dense_rows m n _ _ w wt v (value (eval x ns) (S d3 + k)) zs V Ag Lz); trivial.
      - intros i _. rewrite (value_nth x ns d3 _ E). cbn [node_value affine bias_at].
        f_equal. cbn [apply apply_by]. apply sum_ext; [exact Wn|]. intros j _. now rewrite value_skip.
      - now replace (0 * len n)%uint63 with 0%uint63 by ring. }
    assert (S3 : sized d3 (Uint63.to_Z (len e))) by (eexists; split; [exact E | reflexivity]).
    assert (S2 : sized d2 (Uint63.to_Z (len e))).
    { now apply (source_sized (length ns)). }
    pose proof (before_sized _ _ _ _ B S2) as S1. split.
    + apply (agree_map (act (activate l)) _ (value (eval x ns) d3)); trivial.
      * intros j _. rewrite <- (source_value (length ns) d j). fold d1.
        rewrite (before_value _ _ _ B j). f_equal. symmetry. apply source_value.
      * rewrite La, Sl. change (Uint63.to_Z 0) with 0%Z. change wB with 9223372036854775808%Z. lia.
    + now apply (source_sized (length ns)).
Qed.
End Whole.

(** ** The theorems *)
Theorem matches_run {A} {num : number A} f net (n : Network.network A) inputs :
  read_graph f = Ok net -> matches net n inputs = true ->
  forall x xs, agree x 0 xs -> length xs = inputs -> agree (network_of f x) 0 (run n xs).
Proof.
  intros R M x xs X N. destruct (read_graph_ok _ _ R) as (G & _). unfold network_of. rewrite R. unfold output_of.
  pose proof (proj1 (computes_run x (nodes net) inputs xs G X N (rev n) (output net) M)) as H.
  now rewrite rev_involutive in H.
Qed.
