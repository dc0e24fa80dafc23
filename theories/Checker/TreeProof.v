(** Walking a certificate keeps every enclosure true, and no claim survives an accepted tree.

    [claim_known fv ns ys c]    what is known of the claim [c] on top of the network's values [ys]
    [caches fv ns ss ks]        the lines in [ks] are lines for the bounds in [ss]
    [refuted ys c]              some row of the claim [c] is positive at this execution *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 List.
From Provenn Require Import Base.Vector Base.VectorProof Base.Parallel Base.ParallelProof.
From Provenn Require Import Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof Ops.Product Ops.Functions IR.LinMap IR.LinMapProof IR.Graph.
From Provenn Require Import IR.GraphProof Checker.Words Checker.WordsProof Checker.Enclose Checker.EncloseProof.
From Provenn Require Import Checker.Invariant Checker.InvariantProof Checker.Backward Checker.BackwardProof.
From Provenn Require Import Checker.Tree.
Import ListNotations.
Local Open Scope R_scope.

(** ** Blocks of words *)
Lemma all_words_nth test w f : forall n p x, all_words n test w f p = Ok x -> forall k, (k < n)%nat ->
  test (word f (nth_index p k)) = true.
Proof.
  induction n as [|n IH]; intros p x H [|k] Hk; try lia; cbn [all_words] in H;
    destruct (test (word f p)) eqn:E; try discriminate.
  - now rewrite nth_index_0.
  - rewrite nth_index_S. apply (IH _ x H). lia.
Qed.
Lemma all_words_below test w f e p x i : wf e -> all_words (fuel e) test w f p = Ok x -> below e i ->
  test (word f (p + i)) = true.
Proof.
  intros W H Hi. destruct (nth_offset e p i W Hi) as (k & Hk & ->).
  exact (all_words_nth test w f (fuel e) p x H k Hk).
Qed.
Lemma all_nonneg_nth f : forall n p x, all_nonneg n f p = Ok x -> forall k, (k < n)%nat ->
  0 <= fR (word f (nth_index p k)).
Proof.
  induction n as [|n IH]; intros p x H [|k] Hk; try lia; cbn [all_nonneg] in H; reading H as y E.
  - rewrite nth_index_0. now apply get_nonneg_ok in E as (<- & ?).
  - rewrite nth_index_S. apply (IH _ x H). lia.
Qed.

(** ** Lines *)
Lemma read_vectors_good kind test w f ns top p s q : graph_ok ns = true ->
  read_vectors kind test w f ns top p = Ok (s, q) ->
  forall d b n, look s d = Some b -> nth_error ns d = Some n ->
  forall i, below (ext n) i -> test (word f (b + i)) = true.
Proof.
  unfold read_vectors. intros G H. reading H as n E. clear E. revert H. generalize (p + 1)%uint63. clear p.
  revert s q. induction (nat_of n) as [|m IH]; intros s q p H; cbn [vectors_at] in H.
  { injection H as <- <-. intros d b n' L. discriminate. }
  reading H as k E1. passing H as E2. set (d0 := nat_of (top - k)) in *.
  destruct (nth_error ns d0) as [n0|] eqn:En; try discriminate.
  passing H as E0. passing H as E3. reading H as x E4. reading H as (s1, q1) E5. injection H as <- <-.
  intros d b n' L N'. cbn [look] in L. destruct (Nat.eqb d d0) eqn:Ed.
  - injection L as <-. apply Nat.eqb_eq in Ed as ->. rewrite En in N'. injection N' as <-.
    intros i Hi. exact (all_words_below test w f (ext n0) _ x i (graph_ok_wf ns d0 _ G En) E4 Hi).
  - exact (IH _ _ _ E5 d b n' L N').
Qed.
Fixpoint caches (fv : fnoise) (ns : list node) (ss : state) (ks : list (option lines)) : Prop :=
  match ns, ss, ks with
  | n :: ns, t :: ss, k :: ks =>
      match k with
      | Some l => exists hint, l = charged fv n t (lines_of n t ss hint)
      | None => True
      end /\ caches fv ns ss ks
  | [], [], [] => True
  | _, _, _ => False
  end.
Lemma all_lines_good fv f s : forall ns ss ks d, caches fv ns ss ks ->
  lines_good fv ns ss (all_lines fv f s ns ss ks d).
Proof.
  induction ns as [|n ns IH]; intros [|t ss] [|k ks] d K; try contradiction; [exact I|].
  cbn [all_lines lines_good]. destruct K as (Kn & K). split; [|exact (IH ss ks _ K)].
  unfold lines_at. destruct (look s d), k; first [exact Kn | eexists; reflexivity].
Qed.
Lemma caches_unknown fv : forall ns ss ys, known fv ns ss ys -> caches fv ns ss (unknown ns).
Proof.
  induction ns as [|n ns IH]; intros [|t ss] [|y ys] K; try contradiction; [exact I|].
  split; [exact I | exact (IH ss ys (proj2 (proj2 K)))].
Qed.
Lemma caches_remember fv s : forall ns ss ks ls d, caches fv ns ss ks -> lines_good fv ns ss ls ->
  caches fv ns ss (remember s ks ls d).
Proof.
  induction ns as [|n ns IH]; intros [|t ss] [|k ks] [|l ls] d K L; try contradiction; [exact I|].
  destruct K as (Kn & K), L as (Ln & L). cbn [remember caches]. split; [|exact (IH ss ks ls _ K L)].
  destruct (look s d); [exact Kn | exact Ln].
Qed.
Lemma caches_skipn fv : forall d ns ss ks, caches fv ns ss ks ->
  caches fv (skipn d ns) (skipn d ss) (skipn d ks).
Proof.
  induction d as [|d IH]; intros [|n ns] [|t ss] [|k ks] K; try contradiction; trivial.
  exact (IH ns ss ks (proj2 K)).
Qed.
Lemma caches_app fv ks' : forall d ns ss ks, caches fv ns ss ks -> caches fv (skipn d ns) (skipn d ss) ks' ->
  caches fv ns ss (firstn d ks ++ ks').
Proof.
  induction d as [|d IH]; intros [|n ns] [|t ss] [|k ks] K K'; try contradiction; trivial.
  exact (conj (proj1 K) (IH ns ss ks (proj2 K) K')).
Qed.
Lemma info_replace s : forall (ss : state) d d', (d < length ss)%nat -> d' <> d ->
  info_at (replace ss d s) d' = info_at ss d'.
Proof.
  induction ss as [|t ss IH]; intros [|d] [|d'] L N; cbn [length] in L; try lia; try reflexivity.
  change (replace (t :: ss) (S d) s) with (t :: replace ss d s). apply IH; lia.
Qed.
Lemma caches_replace fv s : forall ns ss ks d, caches fv ns ss ks -> (d < length ns)%nat ->
  caches fv ns (replace ss d s) (forget ns ks d).
Proof.
  induction ns as [|n ns IH]; intros [|t ss] [|k ks] [|d] K L; cbn [length] in L; try contradiction; try lia.
  - exact (conj I (proj2 K)).
  - destruct K as (Kn & K). assert (Ls : length ss = length ns).
    { clear - K. revert ss ks K. induction ns as [|n ns IH]; intros [|t ss] [|k ks] K; try contradiction; trivial.
      cbn. f_equal. exact (IH ss ks (proj2 K)). }
    change (replace (t :: ss) (S d) s) with (t :: replace ss d s). cbn [forget caches].
    split; [|apply IH; [exact K | lia]].
    destruct (reads n d) eqn:R; [exact I|]. destruct k as [l|]; [|exact I]. destruct Kn as (hint & ->).
    exists hint. unfold reads in R. destruct n; trivial; unfold lines_of.
    + apply Nat.eqb_neq in R. rewrite info_replace by (lia || congruence). reflexivity.
    + apply orb_false_elim in R as [R R']. apply Nat.eqb_neq in R, R'.
      rewrite !info_replace by (lia || congruence). reflexivity.
Qed.
Lemma next_skipn {A} (l : list A) : forall d, skipn 1 (skipn d l) = skipn (S d) l.
Proof. induction l as [|a l IH]; intros [|d]; try reflexivity. exact (IH d). Qed.
(** What lies below a node does not change with it. *)
Lemma skipn_replace t : forall (ss : state) d, skipn (S d) (replace ss d t) = skipn (S d) ss.
Proof.
  induction ss as [|u ss IH]; intros [|d]; try reflexivity.
  change (replace (u :: ss) (S d) t) with (u :: replace ss d t). exact (IH d).
Qed.
Lemma skipn_renew fv : forall d ns ss, skipn (S d) (renew fv d ns ss) = skipn (S d) ss.
Proof. induction d as [|d IH]; intros [|n ns] [|t ss]; try reflexivity. exact (IH ns ss). Qed.
Lemma nth_length {A} (l : list A) d a : nth_error l d = Some a -> (d < length l)%nat.
Proof. intros E. apply nth_error_Some. congruence. Qed.

(** ** Other bounds for one node *)
Lemma known_replace fv : forall ns ss ys d n l h, known fv ns ss ys -> nth_error ns d = Some n ->
  between n (with_bounds (info_at ss d) l h) (value ys d) ->
  let ss' := replace ss d (with_bounds (info_at ss d) l h) in known fv ns ss' ys.
Proof.
  induction ns as [|m ns IH]; intros [|s ss] [|y ys] [|d] n l h K N B; try discriminate; try contradiction;
    destruct K as (Bm & M & K).
  - injection N as ->. split; [exact B|]. split; [|exact K]. now destruct M.
  - assert (K' := IH ss ys d n l h K N B).
    exact (conj Bm (conj M K')).
Qed.
Lemma skipn_info (ss : state) d s m : skipn d ss = s :: m -> info_at ss d = s.
Proof. intros E. unfold info_at. now apply nth_error_nth, (skipn_nth ss d s m). Qed.
Lemma skipn_value ys d y m : skipn d ys = y :: m -> value ys d = y.
Proof. intros E. unfold value. now apply nth_error_nth, (skipn_nth ys d y m). Qed.

Lemma sharper_fin old new keep : fin (sharper old new keep) -> fin new.
Proof. unfold sharper. destruct (finb new) eqn:E; [intros; now apply finb_fin | auto]. Qed.
Lemma sharper_keep old new keep : fin new -> sharper old new keep = keep old new.
Proof. intros F. unfold sharper. now rewrite (proj2 (finb_fin new) F). Qed.

(** The bounds of a node, once more from those of its operands. *)
Lemma settled_centred s n : wf (ext n) -> settled s (ext n) = true -> centred n s.
Proof.
  intros W H i Hi F. assert (T := allb_spec _ _ i W H Hi). cbv beta in T. apply andb_prop in T as [Fm L].
  apply finb_fin in Fm. rewrite <- fR_abs. apply leb_le; trivial. now apply fin_abs.
Qed.
Lemma again_holds v fv x n ns ss ys y p low high i : covers fv v -> graph_ok ns = true ->
  node_ok n ns = true -> known fv ns ss ys -> holds v x n ys y -> again fv n ss p = Ok (low, high) ->
  below (ext n) i ->
  (fin (fget low i) -> fR (fget low i) <= y i) /\ (fin (fget high i) -> y i <= fR (fget high i)).
Proof.
  intros C G N K Y H Hi. destruct (derived n) eqn:D.
  - apply (enclosed_holds fv v x n ns ss ys y low high i C G N K Y D); [|exact Hi].
    destruct n; try discriminate; cbn [again hinted demand bind] in H; congruence.
  - destruct n as [e|e c|e ts b| |]; try discriminate. cbn [again] in H. passing H as S. passing H as O.
    injection H as <- <-. rewrite forallb_forall in S.
    assert (T := node_ok_terms e ts b ns G N). rewrite Forall_forall in T.
    destruct (affine_step fv v x ns ss ys e ts b y C G K) as (B & _); trivial.
    + intros t n Ht En. destruct (T t Ht) as (V & _ & m & Em & Ee). rewrite En in Em. injection Em as <-.
      apply settled_centred; rewrite Ee; [now apply in_wf | now apply S].
    + now destruct (B i Hi) as (_ & _ & ? & ?).
Qed.
Lemma reenclose_known v fv x ns ss ys d p ss' : covers fv v -> graph_ok ns = true -> known fv ns ss ys ->
  exec v x ns ys -> reenclose fv ns ss d p = Ok ss' -> known fv ns ss' ys.
Proof.
  intros C G K X H. unfold reenclose in H. assert (Gd := graph_ok_skipn d ns G).
  assert (Kd := known_skipn fv d ns ss ys K). assert (Xd := exec_skipn v x d ns ys X).
  destruct (skipn d ns) as [|n ns'] eqn:En; [discriminate|].
  destruct (skipn d ss) as [|s ss1] eqn:Es; [discriminate|].
  destruct (skipn d ys) as [|y ys'] eqn:Ey; [contradiction|].
  reading H as (low, high) A. passing H as E. passing H as O. injection H as <-.
  apply andb_prop in E as [F1 F2]. cbn [graph_ok] in Gd. apply andb_prop in Gd as [N Gd].
  assert (W := node_ok_wf _ _ N). assert (Ei := skipn_info ss d s ss1 Es). rewrite <- Ei.
  apply (known_replace fv ns ss ys d n _ _ K (skipn_nth ns d _ _ En)).
  intros i Hi. cbn [with_bounds lo hi]. rewrite (skipn_value ys d y ys' Ey), Ei.
  assert (Fl := finite_below _ _ i W F1 Hi). assert (Fh := finite_below _ _ i W F2 Hi).
  split; [exact Fl|]. split; [exact Fh|]. destruct Kd as (B & _ & Kd). destruct (B i Hi) as (Bl & Bh & By).
  destruct (again_holds v fv x n ns' ss1 ys' y p low high i C Gd N Kd (proj1 Xd) A Hi) as (L & U).
  rewrite !fget_ftab_below in * by assumption. apply sharper_fin in Fl, Fh.
  rewrite !sharper_keep by assumption. specialize (L Fl). specialize (U Fh).
  rewrite fR_maxf, fR_minf by assumption. split; [apply Rmax_lub | apply Rmin_glb]; lra.
Qed.

Lemma tighten_known v fv x ns ss ys d ls below_at above_at p ss' : covers fv v -> graph_ok ns = true ->
  known fv ns ss ys -> exec v x ns ys -> lines_good fv (skipn d ns) (skipn d ss) ls ->
  tighten fv ns ss d ls below_at above_at p = Ok ss' -> known fv ns ss' ys.
Proof.
  intros C G K X L H. assert (R := reenclose_known v fv x ns ss ys d p ss' C G K X).
  unfold tighten in H. assert (Gd := graph_ok_skipn d ns G).
  assert (Kd := known_skipn fv d ns ss ys K). assert (Xd := exec_skipn v x d ns ys X).
  destruct (skipn d ns) as [|n ns'] eqn:En; [exact (R H)|].
  destruct n as [e0|e0 c0|e ts b|g e0 d0|e0 d0 d1]; try exact (R H). clear R.
  destruct (skipn d ss) as [|s ss1] eqn:Es; [contradiction|].
  destruct (skipn d ys) as [|y ys'] eqn:Ey; [contradiction|].
  assert (Ei := skipn_info ss d s ss1 Es). assert (Ev := skipn_value ys d y ys' Ey).
  assert (Nd := skipn_nth ns d _ _ En).
  destruct ls as [|l0 ls]; [contradiction|]. destruct L as (_ & L).
  cbv zeta in H. rewrite fan_pair in H. cbv beta iota in H.
  match type of H with context [finite e ?l && finite e ?h] =>
    set (new_lo := l) in *; set (new_hi := h) in * end.
  passing H as E. passing H as O. apply andb_prop in E as [F1 F2]. injection H as <-.
  rewrite <- Ei.
  apply (known_replace fv ns ss ys d _ new_lo new_hi K Nd).
  intros i Hi. cbn [ext] in Hi. cbn [with_bounds lo hi]. rewrite Ev.
  assert (Gn := Gd). cbn [graph_ok] in Gn. apply andb_prop in Gn as [N _]. assert (W := node_ok_wf _ _ N).
  assert (Fl := finite_below e _ i W F1 Hi). assert (Fh := finite_below e _ i W F2 Hi).
  split; [exact Fl|]. split; [exact Fh|]. destruct (proj1 Kd i Hi) as (Bl & Bh & By).
  unfold new_lo, new_hi in *. rewrite !fget_parts_below in * by assumption.
  destruct By as (By & By'). split; [clear Fh | clear Fl].
  - destruct (below_at i); [|exact By]. apply sharper_fin in Fl. rewrite !sharper_keep by assumption.
    assert (S1 := neuron_sound v fv x e ts b ns' s ss1 l0 ls y ys' false i C Gd Kd Xd L Hi Fl).
    cbv iota in S1. rewrite fR_maxf by assumption. apply Rmax_lub; lra.
  - destruct (above_at i); [|exact By']. apply sharper_fin in Fh. rewrite !sharper_keep by assumption.
    apply (proj1 (fin_opp _)) in Fh as Fh'.
    assert (S2 := neuron_sound v fv x e ts b ns' s ss1 l0 ls y ys' true i C Gd Kd Xd L Hi Fh').
    cbv iota in S2. rewrite fR_minf, fR_opp by assumption. apply Rmin_glb; lra.
Qed.
Lemma cut_known fv ns ss ys d n i w (upper : bool) : known fv ns ss ys ->
  nth_error ns d = Some n -> wf (ext n) -> fin w ->
  (if upper then value ys d i <= fR w else fR w <= value ys d i) ->
  let ss' := replace ss d (cut (info_at ss d) (ext n) i w upper) in
  known fv ns ss' ys.
Proof.
  intros K N W F V. destruct (known_nth fv ns ss ys d _ K N) as (B & _).
  unfold cut. destruct upper; apply (known_replace fv ns ss ys d _ _ _ K N); intros k Hk;
    destruct (B k Hk) as (Fl & Fh & Bk); cbn [with_bounds lo hi]; rewrite fget_ftab_below by assumption;
    destruct (eq_reflect k i) as [->|]; repeat split; trivial; lra.
Qed.

(** ** Leaves *)
Definition claim_known (fv : fnoise) (ns : list node) (ys : list vec) (c : claim) : Prop :=
  exists e ts b, over c = Affine e ts b /\ node_ok (over c) ns = true /\
    magnitudes (noiseless fv) (over c) (about c) ys (affine ts b ys).
Definition refuted (ys : list vec) (c : claim) : Prop :=
  match over c with
  | Affine e ts b => exists i, below e i /\ 0 < affine ts b ys i
  | _ => False
  end.

(** A positive combination has a positive row. *)
Lemma positive_row e q (y : vec) : wf e -> (forall i, below e i -> 0 <= fR (fget q i)) -> 0 < dotR e q y ->
  exists i, below e i /\ 0 < y i.
Proof.
  intros W P D. apply Classical_Prop.NNPP. intros N. apply (Rlt_not_le _ _ D).
  rewrite <- (sum_zero e (fun _ => 0) W) by trivial. apply sum_le; [exact W|]. intros i Hi.
  assert (Y : y i <= 0) by (apply Rnot_lt_le; intros Y; apply N; now exists i).
  specialize (P i Hi). assert (0 <= fR (fget q i) * - y i) by (apply Rmult_le_pos; lra). lra.
Qed.
(** Coefficients that pay: none of their terms can be positive. *)
Lemma pays_le n s y b i : between n s y -> below (ext n) i -> fin b -> pays s b i = true -> fR b * y i <= 0.
Proof.
  intros B Hi F P. destruct (B i Hi) as (Fl & Fh & By). unfold pays in P.
  destruct (0 <? b)%float eqn:E1.
  - apply ltb_lt in E1; [|exact fin_0 | exact F]. apply leb_le in P; [|exact Fh | exact fin_0].
    rewrite fR_0 in *. assert (0 <= fR b * - y i) by (apply Rmult_le_pos; lra). lra.
  - apply ltb_ge in E1; [|exact fin_0 | exact F]. rewrite fR_0 in E1. destruct (b <? 0)%float eqn:E2.
    + apply leb_le in P; [|exact fin_0 | exact Fl]. rewrite fR_0 in P.
      assert (0 <= - fR b * y i) by (apply Rmult_le_pos; lra). lra.
    + apply ltb_ge in E2; [|exact F | exact fin_0]. rewrite fR_0 in E2.
      replace (fR b) with 0 by lra. lra.
Qed.
Lemma extra_rows_pay fv : forall ns ss ys rs, graph_ok ns = true -> known fv ns ss ys -> rows_fin ns rs ->
  all_pay ns ss rs = true -> rowsum ns rs ys <= 0.
Proof.
  induction ns as [|n ns IH]; intros [|s ss] [|y ys] [|r rs] G K R P; try contradiction;
    cbn [rowsum]; try lra.
  destruct K as (B & _ & K). cbn [rows_fin] in R. destruct R as (R1 & R). cbn [all_pay] in P.
  apply andb_prop in P as [P1 P]. cbn [graph_ok] in G. apply andb_prop in G as [N G].
  assert (T := IH ss ys rs G K R P). destruct r as [q|]; [|lra].
  assert (D : dotR (ext n) q y <= 0); [|lra]. assert (W := node_ok_wf n ns N).
  rewrite <- (sum_zero (ext n) (fun _ => 0) W) by trivial. apply sum_le; [exact W|]. intros i Hi.
  apply (pays_le n s y (fget q i) i B Hi (R1 i Hi)). exact (allb_spec _ _ i W P1 Hi).
Qed.
Lemma refute_sound v fv x f ns ss top p c ks q ks' ys : covers fv v -> graph_ok ns = true ->
  known fv ns ss ys -> exec v x ns ys -> claim_known fv ns ys c -> caches fv ns ss ks ->
  refute fv f ns ss top p c ks = Ok (q, ks') -> refuted ys c /\ caches fv ns ss ks'.
Proof.
  intros C G K X (e & ts & b & Ec & N & M) Kc H. unfold refute in H. unfold refuted. rewrite Ec in *.
  cbn [ext] in H. assert (W := node_ok_wf _ _ N). change (wf e) in W.
  assert (T := node_ok_terms e ts b ns G N).
  reading H as r En. reading H as (s, p1) Es.
  reading H as (b2, p2) Eb. passing H as Pay. set (rs := extra_rows f b2 ns ss 0) in *.
  assert (L := all_lines_good fv f s ns ss ks 0 Kc). set (ls := all_lines fv f s ns ss ks 0) in *.
  set (m := ftab (len e) (fun i => word f (p + i))) in *.
  match type of H with (if finb ?w then _ else _) = _ => set (low := w) in * end.
  destruct (finb low) eqn:F; [|discriminate]. destruct (0 <? low)%float eqn:P; [|discriminate].
  injection H as <- <-. split; [|now apply caches_remember].
  apply finb_fin in F. assert (Y : holds none x (Affine e ts b) ys (affine ts b ys))
    by (apply (affine_holds none x e ts b ns); trivial; apply (noiseless_covers fv v C)).
  destruct (combined_sound v fv x e ts b ns (about c) ss ls rs ys m C G N K M X L Y F) as (Rf & R).
  fold low in R. assert (Z := extra_rows_pay fv ns ss ys rs G K Rf Pay).
  apply ltb_lt in P; [|exact fin_0 | exact F]. rewrite fR_0 in P.
  apply (positive_row e m); [exact W | | lra].
  intros i Hi. unfold m. rewrite fget_ftab_below by assumption.
  destruct (nth_offset e p i W Hi) as (k & Hk & ->). exact (all_nonneg_nth f (fuel e) p r En k Hk).
Qed.
Lemma leaf_sound v fv x f ns ss top ys : covers fv v -> graph_ok ns = true -> known fv ns ss ys ->
  exec v x ns ys -> forall cs ks p q, Forall (claim_known fv ns ys) cs -> caches fv ns ss ks ->
  leaf fv f ns ss top p cs ks = Ok q -> Forall (refuted ys) cs.
Proof.
  intros C G K X. induction cs as [|c cs IH]; intros ks p q T Kc H; [constructor|]. cbn [leaf] in H.
  reading H as (p1, ks1) E. apply Forall_cons_iff in T as [T1 T].
  destruct (refute_sound v fv x f ns ss top p c ks p1 ks1 ys C G K X T1 Kc E) as (R & Kc').
  constructor; [exact R | exact (IH ks1 p1 q T Kc' H)].
Qed.

(** A TIGHTEN changes one node, which must be there. *)
Lemma reenclose_replaces fv ns ss d p ss' : reenclose fv ns ss d p = Ok ss' -> exists s, ss' = replace ss d s.
Proof.
  unfold reenclose. intros H. destruct (skipn d ns) as [|n ns']; [discriminate|].
  destruct (skipn d ss) as [|s ss1]; [discriminate|].
  reading H as (low, high) A. passing H as F. passing H as O. injection H as <-. eexists; reflexivity.
Qed.
Lemma tighten_replaces fv ns ss d ls below_at above_at p ss' :
  tighten fv ns ss d ls below_at above_at p = Ok ss' -> exists s, ss' = replace ss d s.
Proof.
  intros H. assert (R := reenclose_replaces fv ns ss d p ss'). unfold tighten in H.
  destruct (skipn d ns) as [|[] ns']; try exact (R H). destruct (skipn d ss) as [|s ss1]; [exact (R H)|].
  cbv zeta in H. destruct (fan _ _ _) as (l, h). passing H as F. passing H as O. injection H as <-.
  eexists; reflexivity.
Qed.
Lemma sharpen_missing fv f ns top ss ks d whole below_at above_at start p r : nth_error ns d = None ->
  sharpen fv f ns top ss ks d whole below_at above_at start p <> Ok r.
Proof.
  intros N H. unfold sharpen in H. reading H as (s, q) E1. reading H as ss1 E2. unfold tighten, reenclose in E2.
  rewrite (skipn_all2 ns (proj1 (nth_error_None ns d) N)) in E2. now destruct whole.
Qed.
Lemma sharpen_sound v fv x f ns top ss ks ys d whole below_at above_at start p ss' ks' q n : covers fv v ->
  graph_ok ns = true -> known fv ns ss ys -> exec v x ns ys -> caches fv ns ss ks -> nth_error ns d = Some n ->
  sharpen fv f ns top ss ks d whole below_at above_at start p = Ok (ss', ks', q) ->
  known fv ns ss' ys /\ caches fv ns ss' ks'.
Proof.
  intros C G K X Kc N H. unfold sharpen in H. reading H as (s, q1) E1. reading H as ss1 E2.
  injection H as <- <- <-. assert (Kd := caches_skipn fv d ns ss ks Kc).
  set (ls := all_lines fv f s (skipn d ns) (skipn d ss) (skipn d ks) d) in *.
  assert (L : lines_good fv (skipn d ns) (skipn d ss) ls)
    by exact (all_lines_good fv f s _ _ _ d Kd).
  assert (K' : known fv ns ss1 ys).
  { destruct whole; [now apply (reenclose_known v fv x ns ss ys d start)|].
    exact (tighten_known v fv x ns ss ys d _ _ _ start ss1 C G K X L E2). }
  assert (Er : exists t, ss1 = replace ss d t)
    by (destruct whole; [exact (reenclose_replaces _ _ _ _ _ _ E2) | exact (tighten_replaces _ _ _ _ _ _ _ _ _ E2)]).
  assert (K2 := refreshed_known fv v x C d ns ss1 ys G K' X). split; [exact K2|].
  assert (R : caches fv (skipn d ns) (skipn d ss) (remember s (skipn d ks) (if whole then [] else ls) d)).
  { destruct whole; [|exact (caches_remember fv s _ _ _ _ d Kd L)]. now destruct (skipn d ks). }
  unfold refreshed in *. destruct (noisy fv).
  { apply (caches_app fv _ (S d)); [exact (caches_unknown fv _ _ ys K2)|].
    apply (caches_skipn fv 1) in R. destruct Er as (t & ->).
    rewrite (next_skipn ns), (next_skipn ss) in R. rewrite skipn_renew, skipn_replace. exact R. }
  assert (A := caches_app fv _ d ns ss ks Kc R). destruct Er as (t & ->).
  exact (caches_replace fv t ns ss _ d A (nth_length ns d n N)).
Qed.

Lemma nth_skipn {A} (l : list A) : forall d a, nth_error l d = Some a -> skipn d l = a :: skipn (S d) l.
Proof.
  induction l as [|b l IH]; intros [|d] a N; try discriminate; [now injection N as ->|]. exact (IH d a N).
Qed.
(** A TIE says what is known of the factors of a product; its bounds stay as they are. *)
Lemma known_ties fv : forall ns ss ys d e l r t, known fv ns ss ys -> nth_error ns d = Some (Product e l r) ->
  (forall i, below e i ->
    held (tie_at (fst t) i) (value (skipn (S d) ys) l i) (value (skipn (S d) ys) r i) /\
    held (tie_at (snd t) i) (- value (skipn (S d) ys) l i) (value (skipn (S d) ys) r i)) ->
  known fv ns (replace ss d (with_ties (info_at ss d) t)) ys.
Proof.
  induction ns as [|m ns IH]; intros [|s ss] [|y ys] [|d] e l r t K N H; try discriminate; try contradiction;
    destruct K as (B & M & K).
  - injection N as ->. split; [exact B|]. split; [|exact K]. destruct M. split; trivial.
    cbn [with_ties ties info_at nth]. destruct t as (t1, t2). exact H.
  - exact (conj B (conj M (IH ss ys d e l r t K N H))).
Qed.
Lemma bind_factors_sound v fv x f ns top ss ks ys d e l r p ss' ks' q : covers fv v -> graph_ok ns = true ->
  known fv ns ss ys -> exec v x ns ys -> caches fv ns ss ks -> nth_error ns d = Some (Product e l r) ->
  bind_factors fv f ns top ss ks d e l r p = Ok (ss', ks', q) -> known fv ns ss' ys /\ caches fv ns ss' ks'.
Proof.
  intros C G K X Kc N H. unfold bind_factors in H. passing H as E0. reading H as (s, q1) E1.
  injection H as <- <- <-. assert (Kd := caches_skipn fv (S d) ns ss ks Kc).
  set (ls := all_lines fv f s (skipn (S d) ns) (skipn (S d) ss) (skipn (S d) ks) (S d)) in *.
  assert (L : lines_good fv (skipn (S d) ns) (skipn (S d) ss) ls)
    by exact (all_lines_good fv f s _ _ _ (S d) Kd).
  assert (Gd := graph_ok_skipn d ns G). assert (En := nth_skipn ns d _ N). rewrite En in Gd.
  cbn [graph_ok] in Gd. apply andb_prop in Gd as [No Gn]. assert (W := node_ok_wf _ _ No).
  cbn [node_ok] in No. apply andb_prop in No as [_ No]. apply andb_prop in No as [Nl Nr].
  apply (fits_node _ _ _ Gn W) in Nl. apply (fits_node _ _ _ Gn W) in Nr.
  assert (Kn := known_skipn fv (S d) ns ss ys K). assert (Xn := exec_skipn v x (S d) ns ys X).
  split.
  - rewrite fan_pair.
    apply (known_ties fv ns ss ys d e l r _ K N). cbn [fst snd]. intros i Hi.
    split; [exact (tie_of_sound v fv x _ _ ls _ e l r false _ i C Gn Kn Xn L W Nl Nr Hi)
           | exact (tie_of_sound v fv x _ _ ls _ e l r true _ i C Gn Kn Xn L W Nl Nr Hi)].
  - apply caches_replace; [|exact (nth_length ns d _ N)].
    exact (caches_app fv _ (S d) ns ss ks Kc (caches_remember fv s _ _ _ _ (S d) Kd L)).
Qed.

(** ** The whole tree *)
Lemma halves_sound fv ns d i w ss ks p below above ks' ys : graph_ok ns = true -> known fv ns ss ys ->
  caches fv ns ss ks -> fin w -> halves ns d i w ss ks p = Ok (below, above, ks') ->
  known fv ns below ys /\ caches fv ns below ks' \/ known fv ns above ys /\ caches fv ns above ks'.
Proof.
  intros G K Kc F H. unfold halves in H. destruct (nth_error ns d) as [n|] eqn:N; [|discriminate].
  passing H as E1. reading H as r E2. injection H as <- <- <-.
  assert (W := graph_ok_wf ns d _ G N). assert (Ld := nth_length ns d n N).
  destruct (Rle_lt_dec (value ys d i) (fR w)) as [V|V]; [left | right];
    (split; [|exact (caches_replace fv _ ns ss ks d Kc Ld)]).
  - exact (cut_known fv ns ss ys d n i w true K N W F V).
  - exact (cut_known fv ns ss ys d n i w false K N W F (Rlt_le _ _ V)).
Qed.
Theorem walk_sound v fv x ns top ys : covers fv v -> graph_ok ns = true -> exec v x ns ys ->
  forall depth f cs ss ks p q, known fv ns ss ys -> Forall (claim_known fv ns ys) cs ->
  caches fv ns ss ks -> walk depth fv f ns top cs ss ks p = Ok q -> Forall (refuted ys) cs.
Proof.
  intros C G X. induction depth as [|depth IH]; intros f cs ss ks p q K T Kc H; [discriminate|]. cbn [walk] in H.
  reading H as kind Ek.
  destruct (kind =? 0)%uint63; [|destruct (kind =? 1)%uint63; [|destruct (kind =? 2)%uint63;
    [|destruct (kind =? 4)%uint63; [|destruct (kind =? 5)%uint63; [|destruct (kind =? 6)%uint63]]]]];
    try discriminate.
  - now apply (leaf_sound v fv x f ns ss top ys C G K X cs ks (p + 1)%uint63 q).
  - reading H as k E0. passing H as E1. set (d := nat_of (top - k)) in *.
    reading H as i Ei. reading H as w Ew. apply get_float_ok in Ew as (_ & F).
    reading H as ((below_, above_), ks') E2. reading H as p1 E3.
    destruct (halves_sound fv ns d i w ss ks p _ _ _ ys G K Kc F E2) as [(K' & Kc')|(K' & Kc')].
    + exact (IH f cs _ _ _ _ K' T Kc' E3).
    + exact (IH f cs _ _ _ _ K' T Kc' H).
  - reading H as k E1. passing H as E2. reading H as w E3. reading H as n E4. passing H as E5.
    reading H as ((ss', ks'), p1) E6. set (d := nat_of (top - k)) in *.
    destruct (nth_error ns d) as [m|] eqn:N; [|now destruct (sharpen_missing _ _ _ _ _ _ _ _ _ _ _ _ _ N E6)].
    destruct (sharpen_sound v fv x f ns top ss ks ys d _ _ _ _ _ ss' ks' p1 m C G K X Kc N E6) as (K' & Kc').
    exact (IH f cs ss' ks' p1 q K' T Kc' H).
  - reading H as k E1. passing H as E2. set (d := nat_of (top - k)) in *.
    destruct (nth_error ns d) as [m|] eqn:N; try discriminate. passing H as E3. reading H as r E4.
    reading H as ((ss', ks'), p1) E6.
    destruct (sharpen_sound v fv x f ns top ss ks ys d _ _ _ _ _ ss' ks' p1 m C G K X Kc N E6) as (K' & Kc').
    exact (IH f cs ss' ks' p1 q K' T Kc' H).
  - reading H as k E1. passing H as E2. set (d := nat_of (top - k)) in *.
    destruct (nth_error ns d) as [[]|] eqn:N; try discriminate. reading H as ((ss', ks'), p1) E6.
    destruct (bind_factors_sound v fv x f ns top ss ks ys d _ _ _ _ ss' ks' p1 C G K X Kc N E6) as (K' & Kc').
    exact (IH f cs ss' ks' p1 q K' T Kc' H).
  - reading H as k E0. passing H as E1. set (d := nat_of (top - k)) in *.
    reading H as i Ei. reading H as w Ew. apply get_float_ok in Ew as (_ & F).
    reading H as n En. passing H as E2. reading H as ((below_, above_), ks') E3.
    cbn [both] in H. reading H as q1 E4. passing H as E5.
    destruct (halves_sound fv ns d i w ss ks p _ _ _ ys G K Kc F E3) as [(K' & Kc')|(K' & Kc')].
    + exact (IH _ cs _ _ _ _ K' T Kc' E4).
    + exact (IH f cs _ _ _ _ K' T Kc' H).
Qed.
