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
Context {A : Type} {num : number A} {cmp : compared A}.

Lemma equals_real x (a : A) : equals x a = true -> fR x = real a.
Proof.
  rewrite equals_is. unfold equals_Q. destruct (rational a) as [q|] eqn:E; [|discriminate]. intros H.
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
Context {A : Type} {num : number A} {cmp : compared A}.
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

Lemma outputs_app (a : Network.network A) l k : outputs (a ++ [l]) k = length (weights l).
Proof. revert k. induction a as [|b a IH]; intros k; [reflexivity | exact (IH _)]. Qed.

Theorem computes_run : forall ls d, computes ns d ls inputs = true ->
  agree (value (eval x ns) d) 0 (run (rev ls) xs) /\ sized d (Z.of_nat (length (run (rev ls) xs))) /\
  length (run (rev ls) xs) = outputs (rev ls) inputs.
Proof.
  induction ls as [|l ls IH]; intros d C; cbn [computes] in C; set (d1 := source (length ns) ns d) in *.
  - destruct (nth_error ns d1) as [[e| | | |]|] eqn:E; try discriminate. apply Z.eqb_eq in C. cbn [rev run].
    split.
    + apply (agree_ext x); [exact X|]. intros k. rewrite <- (source_value (length ns) d k). fold d1.
      now rewrite (value_nth x ns d1 _ E).
    + split; [|exact N]. apply (source_sized (length ns)). fold d1. exists (Input e). split; [exact E|].
      cbn [ext]. now rewrite N.
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
    destruct (IH (S d3 + k)%nat C') as (Ag & Sz & _).
    set (zs := run (rev ls) xs) in *. pose proof (sized_unique _ _ _ Sz Z) as Lz.
    cbn [rev]. rewrite run_app. cbn [run]. fold zs.
    pose proof (affine_value_length l zs Sc) as La. unfold layer_value.
    rewrite map_length, La, outputs_app, Sl, <- M.
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
    + split; [now apply (source_sized (length ns)) | reflexivity].
Qed.
End Whole.

(** ** The theorems *)
Lemma agree_vector : forall xs zs i, (forall k, (k < length xs)%nat -> vector zs (nth_index i k) = nth k xs 0) ->
  agree (vector zs) i xs.
Proof.
  induction xs as [|x xs IH]; intros zs i H; [exact I|]. split.
  - rewrite <- (nth_index_0 i). apply (H 0%nat). cbn. lia.
  - apply IH. intros k K. rewrite <- nth_index_S. apply (H (S k)). cbn. lia.
Qed.
Lemma agree_own xs : (Z.of_nat (length xs) <= 2097152)%Z -> agree (vector xs) 0 xs.
Proof.
  intros L. apply agree_vector. intros k K. unfold vector. f_equal. unfold nth_index.
  replace (0 + of_Z (Z.of_nat k))%uint63 with (of_Z (Z.of_nat k)) by ring.
  apply Nat2Z.inj. rewrite nat_of_to_Z, of_Z_spec, Z.mod_small; [reflexivity|].
  change wB with 9223372036854775808%Z. lia.
Qed.
Lemma agree_at y : forall xs i k, agree y i xs -> (k < length xs)%nat -> y (nth_index i k) = nth k xs 0.
Proof.
  induction xs as [|x xs IH]; intros i k H K; [cbn in K; lia|]. destruct H as [E H]. destruct k as [|k].
  - now rewrite nth_index_0.
  - rewrite nth_index_S. apply IH; [exact H|]. cbn in K. lia.
Qed.
Lemma agree_index y xs j : agree y 0 xs -> (Uint63.to_Z j < Z.of_nat (length xs))%Z -> y j = vector xs j.
Proof.
  intros H J. unfold vector. rewrite <- (agree_at y xs 0 (nat_of j) H).
  - f_equal. unfold nth_index. rewrite nat_of_to_Z, of_to_Z. ring.
  - apply Nat2Z.inj_lt. now rewrite nat_of_to_Z.
Qed.
Lemma linear_agree y xs : agree y 0 xs -> forall ts,
  indices_below ts (Uint63.of_Z (Z.of_nat (length xs))) = true -> linear ts (vector xs) = linear ts y.
Proof.
  intros H. induction ts as [|[q j] ts IH]; intros B; [reflexivity|]. cbn [indices_below linear] in *.
  apply andb_prop in B as [J B]. rewrite (IH B), (agree_index y xs j H); [reflexivity|].
  apply Uint63.ltb_spec in J. eapply Z.lt_le_trans; [exact J|]. rewrite of_Z_spec. apply Z.mod_le; [lia|reflexivity].
Qed.

Theorem matches_run {A} {num : number A} {cmp : compared A} f net (n : Network.network A) inputs :
  read_graph f = Ok net -> matches net n inputs = true ->
  forall x xs, agree x 0 xs -> length xs = inputs ->
  agree (network_of f x) 0 (run n xs) /\ length (run n xs) = outputs n inputs.
Proof.
  intros R M x xs X N. destruct (read_graph_ok _ _ R) as (G & _). unfold network_of. rewrite R. unfold output_of.
  destruct (computes_run x (nodes net) inputs xs G X N (rev n) (output net) M) as (H & _ & E).
  now rewrite rev_involutive in H, E.
Qed.

(** The specification holds of the network as it was defined, on lists of reals. *)
Theorem spec_holds {A} {num : number A} {cmp : compared A} g p c s net prop (n : Network.network A) inputs :
  check g p c = Ok (net, prop) -> stands_for prop s = true -> matches net n inputs = true ->
  outputs_below (outputs n inputs) s = true -> (Z.of_nat inputs <=? 2097152)%Z = true ->
  forall xs, length xs = inputs -> ~ violated s (vector xs) (vector (run n xs)).
Proof.
  intros C S M O B xs L V. apply Z.leb_le in B. destruct (check_sound _ _ _ _ _ C) as (Rg & _ & _).
  destruct (matches_run g net n inputs Rg M (vector xs) xs (agree_own xs ltac:(lia)) L) as (Ag & Lo).
  assert (P : proved g p c s = true) by (unfold proved; now rewrite C).
  apply (proved_sound g p c s P (vector xs)).
  destruct V as (r & Hr & Bx & w & Hw & F). exists r. split; [exact Hr|]. split; [exact Bx|].
  exists w. split; [exact Hw|]. unfold outputs_below in O. rewrite forallb_forall in O. specialize (O r Hr).
  rewrite forallb_forall in O. specialize (O w Hw). rewrite forallb_forall in O. rewrite Forall_forall in *.
  intros a Ha. specialize (F a Ha). unfold row_holds in *. rewrite <- (linear_agree _ (run n xs) Ag); [exact F|].
  rewrite Lo. now apply O.
Qed.
