(** Backward linear relaxation is a lower bound, whatever rounding did on the way.

    [rowsum ns rs ys]    the sum over all nodes of row times value
    [rows_fin ns rs]     all coefficients are finite
    [lines_good ...]     the lines of each elementwise node come from its bounds and from slopes in [0, 1] *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63 List.
From Flocq Require Import Core.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof Base.Dot
  Base.DotProof.
From Provenn Require Import Ops.Loops IR.LinMap IR.LinMapProof IR.Graph Ops.Relu Ops.ReluProof.
From Provenn Require Import Checker.Enclose Checker.Invariant Checker.Backward.
Import ListNotations.
Local Open Scope R_scope.

(** ** Graphs *)
Lemma wf_ext_wf e : wf_ext e = true -> wf e.
Proof.
unfold wf_ext, wf. intros H. apply andb_prop in H as [H1 H]. apply andb_prop in H as [H2 H].
apply andb_prop in H as [H3 H4]. apply Nat.eqb_eq in H2, H3, H4. split; [|assumption].
destruct e as [n f o r]. cbn in *. now subst.
Qed.
Lemma node_ok_wf n ns : node_ok n ns = true -> wf (ext n).
Proof. unfold node_ok. intros H. apply andb_prop in H as [H _]. now apply wf_ext_wf. Qed.
Lemma graph_ok_wf ns : forall d n, graph_ok ns = true -> nth_error ns d = Some n -> wf (ext n).
Proof.
induction ns as [|m ns IH]; intros [|d] n H E; try discriminate; cbn in *; apply andb_prop in H as [H1 H2].
- injection E as ->. now apply node_ok_wf in H1.
- now apply (IH d).
Qed.
Lemma same_len_eq a b : wf a -> wf b -> same_len a b = true -> a = b.
Proof.
unfold same_len. intros [-> _] [-> _] H. apply Uint63.eqb_spec in H. cbn in H. now rewrite H.
Qed.
Lemma fits_node ns d e : graph_ok ns = true -> wf e -> fits ns d e = true ->
  exists n, nth_error ns d = Some n /\ ext n = e.
Proof.
unfold fits, size_at. intros G W. destruct (nth_error ns d) as [n|] eqn:E; [|discriminate]. cbn.
intros H. exists n. split; [reflexivity|]. apply same_len_eq; try assumption. now apply (graph_ok_wf ns d).
Qed.

(** ** What is known about one node *)
Record one (n : node) (s : info) (y : vec) : Prop := {
  one_between : between n s y;
  one_mag : forall i, below (ext n) i -> Rabs (y i) <= fR (fget (mag s) i);
  one_spare_fin : fin (spare s);
  one_spare : fR tiny * (sum (ext n) (fun i => fR (fget (mag s) i)) + 1) <= fR (spare s) }.
Lemma known_nth fv ns : forall ss ys d n, known fv ns ss ys -> nth_error ns d = Some n ->
  one n (info_at ss d) (value ys d).
Proof.
induction ns as [|m ns IH]; intros [|s ss] [|y ys] [|d] n K E; try discriminate; try contradiction;
  cbn in *; destruct K as (B & M & K).
- injection E as ->. destruct M. now split.
- now apply (IH ss ys d).
Qed.
Lemma one_sum n s y : wf (ext n) -> one n s y -> 0 <= sum (ext n) (fun i => fR (fget (mag s) i)).
Proof.
intros W O. apply sum_nonneg; [assumption|]. intros i Hi. generalize (one_mag n s y O i Hi).
pose proof (Rabs_pos (y i)). lra.
Qed.
Lemma one_spare_pos n s y : wf (ext n) -> one n s y -> 0 <= fR (spare s).
Proof.
intros W O. pose proof (one_sum n s y W O). pose proof (one_spare n s y O). pose proof tiny_pos.
assert (0 <= fR tiny * (sum (ext n) (fun i => fR (fget (mag s) i)) + 1)) by (apply Rmult_le_pos; lra). lra.
Qed.

(** ** Rows *)
Definition dotR (e : extent) (r : farr) (y : vec) : R := sum e (fun i => fR (fget r i) * y i).
Fixpoint rowsum (ns : list node) (rs : list row) (ys : list vec) : R :=
  match ns, rs, ys with
  | n :: ns, r :: rs, y :: ys =>
      match r with Some q => dotR (ext n) q y | None => 0 end + rowsum ns rs ys
  | _, _, _ => 0
  end.
Fixpoint rows_fin (ns : list node) (rs : list row) : Prop :=
  match ns, rs with
  | n :: ns, r :: rs =>
      match r with Some q => forall i, below (ext n) i -> fin (fget q i) | None => True end /\ rows_fin ns rs
  | [], [] => True
  | _, _ => False
  end.

(** ** Rounding of one step *)
Lemma fR_two_u : fR 0x1p-52 = 2 * u.
Proof. rewrite (fR_pow2 0x1p-52 4503599627370496 (-104) 52) by easy. unfold u.
exact (bpow_plus radix2 1 (-53)). Qed.
Lemma eta_tiny : eta <= fR tiny.
Proof. rewrite fR_tiny. pose proof eta_pos. lra. Qed.

Lemma add_0_l (i : int) : (0 + i)%uint63 = i.
Proof. ring. Qed.

(** A finite outward step splits into facts about its operands. *)
Ltac outward H :=
  match type of H with
  | fin (up (_ + _)) => apply up_add in H; destruct H as (? & ? & ?)
  | fin (up (_ - _)) => apply up_sub in H; destruct H as (? & ? & ?)
  | fin (up (_ * _)) => apply up_mul in H; destruct H as (? & ? & ?)
  | fin (dn (_ + _)) => apply dn_add in H; destruct H as (? & ? & ?)
  | fin (dn (_ - _)) => apply dn_sub in H; destruct H as (? & ? & ?)
  end.
Ltac outwards := repeat match goal with H : fin (up _) |- _ => outward H | H : fin
  (dn _) |- _ => outward H end.

Lemma dotR_ext e a b y : wf e -> (forall i, below e i -> fget a i = fget b i) -> dotR e a y = dotR e b y.
Proof. intros W E. apply sum_ext; [assumption|]. intros i Hi. now rewrite E. Qed.

(** The row added at distance [d], and what it may have cost. *)
Lemma add_row_sound fv ns e r : wf e -> graph_ok ns = true -> forall d ss rs ys rs' c,
  known fv ns ss ys -> (exists n, nth_error ns d = Some n /\ ext n = e) -> length rs = length ns ->
  add_row d e r ss rs = (rs', c) -> fin c -> rows_fin ns rs' ->
  length rs' = length ns /\ rows_fin ns rs /\ (forall k, below e k -> fin (fget r k)) /\ 0 <= fR c /\
  rowsum ns rs' ys <= rowsum ns rs ys + dotR e r (value ys d) + fR c.
Proof.
intros W. induction ns as [|m ns IH]; intros G d ss rs ys rs' c K (n & En & Ee) L E F RF.
{ destruct d; discriminate En. }
destruct ss as [|s ss]; [destruct ys; contradiction|]. destruct ys as [|y ys]; [contradiction|].
destruct rs as [|q rs]; [discriminate L|].
assert (G' := G). cbn in G'. apply andb_prop in G' as [_ G'].
destruct d as [|d].
- injection En as ->. cbn [add_row] in E. destruct q as [q|].
  + injection E as <- <-. assert (O : one n s y)
    by (apply (known_nth fv (n :: ns) (s :: ss) (y :: ys) 0 n K); reflexivity).
    cbn [rows_fin] in RF. destruct RF as [RF1 RF2]. rewrite Ee in RF1.
    assert (RF1' : forall k, below e k -> fin (fget q k) /\ fin (fget r k)).
    { intros k Hk. generalize (RF1 k Hk). rewrite fget_ftab_below by assumption. intros H.
      apply fin_add in H. tauto. }
    outwards.
    match goal with H : fin (dot_abs e q 0 (mag s) 0) |- _ => assert (D1 :=
      dot_abs_ge e q 0 (mag s) 0 W H) end.
    match goal with H : fin (dot_abs e r 0 (mag s) 0) |- _ => assert (D2 :=
      dot_abs_ge e r 0 (mag s) 0 W H) end.
    set (dq := fR (dot_abs e q 0 (mag s) 0)) in *. set (dr := fR (dot_abs e r 0 (mag s) 0)) in *.
    set (A := sum e (fun k => Rabs (fR (fget q k)) * fR (fget (mag s) k))).
    set (B := sum e (fun k => Rabs (fR (fget r k)) * fR (fget (mag s) k))).
    assert (PM : forall k, below e k -> 0 <= fR (fget (mag s) k)).
    { intros k Hk. rewrite <- Ee in Hk. pose proof (one_mag n s y O k Hk). pose proof (Rabs_pos (y k)). lra. }
    assert (EA : A <= dq).
    { eapply Rle_trans; [|exact D1]. apply sum_le; [assumption|]. intros k Hk. rewrite !add_0_l.
      rewrite (Rabs_pos_eq (fR (fget (mag s) k))) by auto. lra. }
    assert (EB : B <= dr).
    { eapply Rle_trans; [|exact D2]. apply sum_le; [assumption|]. intros k Hk. rewrite !add_0_l.
      rewrite (Rabs_pos_eq (fR (fget (mag s) k))) by auto. lra. }
    assert (PA : 0 <= A) by (apply sum_nonneg; [assumption|]; intros; apply Rmult_le_pos;
      auto using Rabs_pos).
    assert (PB : 0 <= B) by (apply sum_nonneg; [assumption|]; intros; apply Rmult_le_pos;
      auto using Rabs_pos).
    assert (Sp := one_spare n s y O). rewrite Ee in Sp.
    assert (Ps : 0 <= fR (spare s)) by (apply (one_spare_pos n s y); [rewrite Ee|]; assumption).
    pose proof u_pos as Pu. rewrite fR_two_u in *.
    match goal with |- context [fR ?c] => match c with up (up (0x1p-52 * _) + _)%float => set (cc :=
      fR c) in * end end.
    assert (Cost : 2 * u * (A + B) + fR tiny * (sum e (fun i => fR (fget (mag s) i)) + 1) <= cc).
    { assert (2 * u * (A + B) <= 2 * u * (dq + dr)) by (apply Rmult_le_compat_l; lra).
      assert (2 * u * (dq + dr) <= 2 * u * fR (up (dot_abs e q 0 (mag s) 0 + dot_abs e r 0 (mag s) 0)))
        by (apply Rmult_le_compat_l; lra). lra. }
    assert (Main : dotR e (ftab (len e) (fun i => fget q i + fget r i)%float) y
              - (dotR e q y + dotR e r y) <= u * (A + B) + eta * sum e (fun i => fR (fget (mag s) i))).
    { unfold dotR, A, B. rewrite <- sum_plus, <- sum_minus, <- sum_plus, <- !sum_scal, <- sum_plus.
      apply sum_le; [assumption|]. intros k Hk. rewrite fget_ftab_below by assumption.
      generalize (RF1 k Hk). rewrite fget_ftab_below by assumption. intros Fk.
      destruct (fin_add _ _ Fk) as (_ & _ & ->).
      generalize (rne_error (fR (fget q k) + fR (fget r k))). set (z := fR (fget q k) + fR (fget r k)).
      intros R. replace (rne z * y k - (fR (fget q k) * y k + fR (fget r k) * y k)) with ((rne z - z) * y k)
        by (unfold z; ring).
      rewrite <- Ee in Hk. pose proof (one_mag n s y O k Hk) as Mk. rewrite Ee in Hk. specialize (PM k Hk).
      eapply Rle_trans; [apply RRle_abs|]. rewrite Rabs_mult.
      assert (T := Rabs_triang (fR (fget q k)) (fR (fget r k))). fold z in T.
      assert (Rabs (rne z - z) * Rabs (y k) <= (u * Rabs z + eta) * fR (fget (mag s) k))
        by (apply Rmult_le_compat; auto using Rabs_pos).
      assert (u * Rabs z * fR (fget (mag s) k)
              <= u * (Rabs (fR (fget q k)) + Rabs (fR (fget r k))) * fR (fget (mag s) k)).
      { apply Rmult_le_compat_r; [assumption|]. apply Rmult_le_compat_l; lra. }
      lra. }
    assert (0 <= u * (A + B)) by (apply Rmult_le_pos; lra).
    assert (PS := one_sum n s y). rewrite Ee in PS. specialize (PS W O).
    assert (eta * sum e (fun i => fR (fget (mag s) i)) <= fR tiny * sum e (fun i => fR (fget (mag s) i)))
      by (apply Rmult_le_compat_r; [assumption | apply eta_tiny]).
    pose proof tiny_pos.
    cbn [length rows_fin rowsum value nth]. rewrite Ee. repeat split.
    * cbn in L |- *. lia.
    * intros k Hk. now apply RF1'.
    * assumption.
    * intros k Hk. now apply RF1'.
    * assert (0 <= fR tiny * (sum e (fun i => fR (fget (mag s) i)) + 1)) by (apply Rmult_le_pos; lra). lra.
    * lra.
  + injection E as <- <-. cbn [rows_fin] in RF. destruct RF as [RF1 RF2]. rewrite Ee in RF1.
    cbn [length rows_fin rowsum value nth]. rewrite Ee, fR_0. repeat split; try assumption; try lra.
- cbn [add_row] in E. destruct (add_row d e r ss rs) as [rs1 c1] eqn:E1. injection E as <- <-.
  cbn [rows_fin] in RF. destruct RF as [RF1 RF2]. cbn in K. destruct K as (_ & _ & K).
  assert (L' : length rs = length ns) by (cbn in L; lia).
  destruct (IH G' d ss rs ys rs1 c1 K (ex_intro _ n (conj En Ee)) L' E1 F RF2) as (I1 & I2 & I3 & I4 & I5).
  cbn [length rows_fin rowsum value nth] in *. unfold value in *.
  repeat split; try assumption; try lia; try lra.
Qed.

(** ** All terms of an affine node *)
Lemma add_row_length e r : forall d ss rs rs' c, add_row d e r ss rs = (rs', c) -> length rs' = length rs.
Proof.
induction d as [|d IH]; intros ss [|q rs] rs' c E; cbn in E;
  try (injection E as <- <-; reflexivity); destruct ss as [|s ss]; destruct q;
  try (injection E as <- <-; reflexivity).
- destruct (add_row d e r ss rs) as [r2 c2] eqn:E2. injection E as <- <-. cbn. f_equal.
now apply (IH ss rs r2 c2).
- destruct (add_row d e r ss rs) as [r2 c2] eqn:E2. injection E as <- <-. cbn. f_equal.
now apply (IH ss rs r2 c2).
Qed.
Definition term_ok (ns : list node) (e : extent) (t : term) : Prop :=
  valid (snd t) = true /\ out_ext (snd t) = e /\
  exists n, nth_error ns (fst t) = Some n /\ ext n = in_ext (snd t).
Lemma node_ok_terms e ts b ns : graph_ok ns = true -> node_ok (Affine e ts b) ns = true ->
  wf e /\ Forall (term_ok ns e) ts.
Proof.
intros G H. assert (W := node_ok_wf _ _ H). cbn in W. split; [assumption|]. unfold node_ok in H.
apply andb_prop in H as [_ H]. rewrite forallb_forall in H. apply Forall_forall. intros t Ht.
specialize (H t Ht).
apply andb_prop in H as [H H3]. apply andb_prop in H as [H1 H2]. repeat split; try assumption.
- apply same_len_eq; try assumption. now apply out_wf.
- apply fits_node; try assumption. now apply in_wf.
Qed.

Fixpoint over_terms (ts : list term) (f : nat -> linmap -> R) : R :=
  match ts with
  | [] => 0
  | (d, l) :: ts => f d l + over_terms ts f
  end.

Lemma spread_length make ss : forall ts rs cost rs' cost',
  spread ts make ss rs cost = (rs', cost') -> length rs' = length rs.
Proof.
induction ts as [|[d l] ts IH]; intros rs cost rs' cost' E; [now injection E as <- <-|]. cbn [spread] in E.
destruct (add_row d _ _ ss rs) as [r2 c2] eqn:E2. apply IH in E. apply add_row_length in E2. congruence.
Qed.
Lemma spread_sound fv ns e make : graph_ok ns = true -> forall ts ss rs ys cost rs' cost',
  known fv ns ss ys -> Forall (term_ok ns e) ts -> length rs = length ns ->
  spread ts make ss rs cost = (rs', cost') -> fin cost' -> rows_fin ns rs' ->
  length rs' = length ns /\ rows_fin ns rs /\ fin cost /\ fR cost <= fR cost' /\
  Forall (fun t => forall k, below (in_ext (snd t)) k -> fin (fget (make (snd t)) k)) ts /\
  rowsum ns rs' ys <= rowsum ns rs ys + over_terms ts (fun d l => dotR (in_ext l) (make l) (value ys d))
    + (fR cost' - fR cost - over_terms ts (fun d l => fR tiny * sum (in_ext l) (mag_at (map mag ss) d))).
Proof.
intros G. induction ts as [|[d l] ts IH]; intros ss rs ys cost rs' cost' K T L E F RF.
- injection E as <- <-. cbn. repeat split; try assumption; try constructor; lra.
- apply Forall_cons_iff in T as [(V & Eo & N) T]. cbn [fst snd] in *. cbn [spread] in E.
  destruct (add_row d (in_ext l) (make l) ss rs) as [rs1 c1] eqn:E1.
  specialize (IH ss rs1 ys (up (up (cost + c1) + spare (info_at ss d))) rs' cost' K T).
  assert (L1 : length rs1 = length ns) by (apply add_row_length in E1; congruence).
  destruct (IH L1 E F RF) as (I1 & I2 & I3 & I4 & I5 & I6). clear IH. outwards.
  assert (Fc : fin c1) by assumption.
  destruct (add_row_sound fv ns (in_ext l) (make l) (in_wf l V) G d ss rs ys rs1 c1 K N L E1 Fc I2)
    as (J1 & J2 & J3 & J4 & J5).
  assert (Sp : fR tiny * sum (in_ext l) (mag_at (map mag ss) d) <= fR (spare (info_at ss d))).
  { destruct N as (n & En & Ee). assert (O := known_nth fv ns ss ys d n K En).
  assert (S := one_spare _ _ _ O).
    rewrite Ee in S. eapply Rle_trans; [|exact S]. apply Rmult_le_compat_l; [pose proof tiny_pos; lra|].
    unfold mag_at, info_at. change (mag no_info) with (mag no_info). rewrite map_nth. lra. }
  assert (P0 : 0 <= fR (spare (info_at ss d))).
  { destruct N as (n & En & Ee). assert (O := known_nth fv ns ss ys d n K En).
    apply (one_spare_pos n _ (value ys d)); [rewrite Ee; now apply in_wf | assumption]. }
  cbn [over_terms]. repeat split; try assumption; try lra.
  constructor; assumption.
Qed.

(** ** One backward step through an affine node *)
Lemma total_nonneg ns e ts : Forall (term_ok ns e) ts -> forall b ms i, below e i ->
  (forall d n, nth_error ns d = Some n -> forall k, below (ext n) k -> 0 <= mag_at ms d k) ->
    0 <= total ts b ms i.
Proof.
induction 1 as [|[d l] ts (V & Eo & n & En & Ee) T IH]; intros b ms i Hi Hm; cbn.
- apply Rabs_pos.
- specialize (IH b ms i Hi Hm). cbn [fst snd] in *.
  assert (0 <= applyA l (mag_at ms d) i); [|lra].
  apply applyA_nonneg; [assumption | | now rewrite Eo]. intros k Hk.
  apply (Hm d n); [assumption | now rewrite Ee].
Qed.
Lemma known_mag fv ns ss ys d n k : known fv ns ss ys -> nth_error ns d = Some n -> below (ext n) k ->
  Rabs (value ys d k) <= mag_at (map mag ss) d k.
Proof.
intros K E Hk. assert (O := known_nth fv ns ss ys d n K E). unfold mag_at. rewrite map_nth.
now apply (one_mag n _ _ O).
Qed.
Lemma value_abs ys : forall d k, value (map (fun (z : vec) k => Rabs (z k)) ys) d k = Rabs (value ys d k).
Proof.
unfold value. induction ys as [|y ys IH]; intros [|d] k; cbn; try reflexivity; try (symmetry; apply Rabs_R0).
apply IH.
Qed.
Lemma affineA_nonneg ns e ts b ys i : Forall (term_ok ns e) ts -> below e i ->
  0 <= affineA ts b (map (fun z k => Rabs (z k)) ys) i.
Proof.
intros T Hi. induction T as [|[d l] ts (V & Eo & _) T IH]; cbn [affineA]; [apply Rabs_pos|].
cbn [fst snd] in *.
assert (0 <= applyA l (value (map (fun z k => Rabs (z k)) ys) d) i); [|lra].
apply applyA_nonneg; [assumption | | now rewrite Eo]. intros k _. rewrite value_abs. apply Rabs_pos.
Qed.
Lemma affine_le_total fv ns ss ys e ts b : known fv ns ss ys -> Forall (term_ok ns e) ts ->
  forall i, below e i ->
  affineA ts b (map (fun z k => Rabs (z k)) ys) i <= total ts b (map mag ss) i.
Proof.
intros K. induction 1 as [|[d l] ts (V & Eo & n & En & Ee) T IH]; intros i Hi; cbn; [lra|].
cbn [fst snd] in *. specialize (IH i Hi).
assert (applyA l (value (map (fun z k => Rabs (z k)) ys) d) i <= applyA l (mag_at (map mag ss) d) i); [|lra].
apply applyA_mono; [assumption | | now rewrite Eo]. intros k Hk. rewrite <- Ee in Hk.
rewrite value_abs. now apply (known_mag fv ns ss ys d n).
Qed.

(** Coefficients [q] on an affine node, moved to its operands exactly, against what the kernels computed. *)
Lemma transposed_sound fv ns ss ys e q : known fv ns ss ys -> wf e -> forall ts,
  Forall (term_ok ns e) ts ->
  Forall (fun t => forall k, below (in_ext (snd t)) k -> fin (fget (transV (snd t) q) k)) ts ->
  over_terms ts (fun d l => dotR (in_ext l) (transV l q) (value ys d)) <=
    sum e (fun i => fR (fget q i) * over_terms ts (fun d l => apply l (value ys d) i))
    + gammas ts * sum e (fun i => Rabs (fR (fget q i)) * total ts None (map mag ss) i)
    + over_terms ts (fun d l => fR tiny * sum (in_ext l) (mag_at (map mag ss) d)).
Proof.
intros K W. induction ts as [|[d l] ts IH]; intros T Fs.
- cbn [over_terms gammas]. rewrite Rmult_0_l, (sum_zero e (fun i => fR (fget q i) * 0)) by (auto; intros;
  ring). lra.
- apply Forall_cons_iff in T as [(V & Eo & n & En & Ee) T]. apply Forall_cons_iff in Fs as [F1 Fs].
  cbn [fst snd] in *. specialize (IH T Fs). cbn [over_terms gammas total].
  assert (P := transF_error l V q (value ys d) (mag_at (map mag ss) d)).
  rewrite Eo in P.
  assert (F1' : forall k, below (in_ext l) k -> fin (transF l q k)).
  { intros k Hk. rewrite <- fget_transV by assumption. now apply F1. }
  assert (M1 : forall k, below (in_ext l) k -> Rabs (value ys d k) <= mag_at (map mag ss) d k).
  { intros k Hk. rewrite <- Ee in Hk. now apply (known_mag fv ns ss ys d n). }
  specialize (P F1' M1). clear F1'.
  assert (Ed : dotR (in_ext l) (transV l q) (value ys d) = sum (in_ext l)
    (fun k => fR (transF l q k) * value ys d k)).
  { apply sum_ext; [now apply in_wf|]. intros k Hk. now rewrite fget_transV. }
  rewrite Ed. clear Ed. set (D := sum (in_ext l) (fun k => fR (transF l q k) * value ys d k)) in *.
  rewrite (sum_ext e _ (fun i => fR (fget q i) * apply l (value ys d) i
     + fR (fget q i) * over_terms ts (fun d l => apply l (value ys d) i))) by (auto; intros; ring).
  rewrite sum_plus.
  rewrite (sum_ext e (fun i => Rabs (fR (fget q i)) * (applyA l (mag_at (map mag ss) d) i + total ts None
    (map mag ss) i))
     (fun i => Rabs (fR (fget q i)) * applyA l (mag_at (map mag ss) d) i
               + Rabs (fR (fget q i)) * total ts None (map mag ss) i)) by (auto; intros; ring).
  rewrite sum_plus.
  set (X := sum e (fun i => Rabs (fR (fget q i)) * applyA l (mag_at (map mag ss) d) i)) in *.
  set (Y := sum e (fun i => Rabs (fR (fget q i)) * total ts None (map mag ss) i)) in *.
  destruct (gam_nonneg l V) as [_ Pg].
  assert (Pgs : 0 <= gammas ts).
  { clear - T. induction T as [|[d l] ts (V & _) T IH]; cbn; [lra|]. destruct (gam_nonneg l V). cbn in *.
  lra. }
  assert (Hm : forall d n, nth_error ns d = Some n -> forall k, below (ext n) k ->
    0 <= mag_at (map mag ss) d k).
  { intros d' n' En' k Hk. pose proof (known_mag fv ns ss ys d' n' k K En' Hk).
  pose proof (Rabs_pos (value ys d' k)). lra. }
  assert (PX : 0 <= X).
  { apply sum_nonneg; [assumption|]. intros i Hi. apply Rmult_le_pos; [apply Rabs_pos|].
    apply applyA_nonneg; [assumption | | now rewrite Eo]. intros k Hk. apply (Hm d n En). now rewrite Ee. }
  assert (PY : 0 <= Y).
  { apply sum_nonneg; [assumption|]. intros i Hi. apply Rmult_le_pos; [apply Rabs_pos|].
    now apply (total_nonneg ns e). }
  apply Rabs_le_inv in P.
  assert (0 <= fR (gam l) * Y) by (apply Rmult_le_pos; assumption).
  assert (0 <= gammas ts * X) by (apply Rmult_le_pos; assumption). lra.
Qed.

Lemma affine_split ts b ys i : affine ts b ys i = over_terms ts (fun d l => apply l
  (value ys d) i) + bias_at b i.
Proof. induction ts as [|[d l] ts IH]; cbn; [ring|]. rewrite IH. ring. Qed.
Lemma total_split ts b ms i : total ts b ms i = total ts None ms i + Rabs (bias_at b i).
Proof. induction ts as [|[d l] ts IH]; cbn; [rewrite Rabs_R0; ring|]. rewrite IH. ring. Qed.
Lemma gammas_nonneg ns e ts : Forall (term_ok ns e) ts -> 0 <= gammas ts.
Proof.
induction 1 as [|[d l] ts (V & _) T IH]; cbn; [lra|]. destruct (gam_nonneg l V). cbn in *. lra.
Qed.

(** The float bias term, with the error that the cost pays for. *)
Lemma bias_dot_sound e b q : wf e -> fin (bias_dot e b q) ->
  Rabs (fR (bias_dot e b q) - sum e (fun i => fR (fget q i) * bias_at b i))
    <= fR (gamma (len e)) * sum e (fun i => Rabs (fR (fget q i)) * Rabs (bias_at b i)) + fR tiny.
Proof.
intros W F. destruct b as [v|]; cbn [bias_dot bias_at] in *.
- generalize (dot_error e q 0 v 0 W F). rewrite (sum_ext e _ (fun i => fR (fget q i) * fR (fget v i)))
    by (auto; intros; now rewrite !add_0_l).
  rewrite (sum_ext e (fun t => Rabs _ * Rabs _) (fun i => Rabs (fR (fget q i)) * Rabs (fR (fget v i))))
    by (auto; intros; now rewrite !add_0_l). auto.
- rewrite (sum_zero e (fun i => fR (fget q i) * 0)) by (auto; intros; ring).
  rewrite (sum_zero e (fun i => Rabs _ * _)) by (auto; intros; rewrite Rabs_R0; ring).
  rewrite fR_0, Rminus_eq_0, Rabs_R0, Rmult_0_r. pose proof tiny_pos. lra.
Qed.

(** What lies between an affine value and its formula, weighted by the coefficients. *)
Lemma noise_sum v fv e q (y : vec) (f a : int -> R) : covers fv v -> wf e ->
  (forall i, below e i -> Rabs (y i - f i) <= relative v * a i + absolute v) ->
  (forall i, below e i -> 0 <= a i) ->
  sum e (fun i => fR (fget q i) * f i) <= dotR e q y
    + fR (kappa fv) * sum e (fun i => Rabs (fR (fget q i)) * a i)
    + fR (eta_up fv) * sum e (fun i => Rabs (fR (fget q i))).
Proof.
intros (_ & _ & Hr & Ha) W H P. unfold dotR. rewrite <- !sum_scal, <- !sum_plus. apply sum_le; [assumption|].
intros i Hi. specialize (H i Hi). specialize (P i Hi). set (c := fR (fget q i)) in *.
assert (c * (f i - y i) <= Rabs c * (relative v * a i + absolute v)).
{ eapply Rle_trans; [apply RRle_abs|]. rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|].
  now rewrite Rabs_minus_sym. }
pose proof (Rabs_pos c) as Pc. pose proof (Rmult_le_pos _ _ Pc P) as Pca.
assert (relative v * (Rabs c * a i) <= fR (kappa fv) * (Rabs c * a i)) by (apply Rmult_le_compat_r; lra).
assert (absolute v * Rabs c <= fR (eta_up fv) * Rabs c) by (apply Rmult_le_compat_r; lra).
lra.
Qed.

(** ** Lines *)
Definition good_slope (e : extent) (a : int -> PrimFloat.float -> PrimFloat.float ->
  PrimFloat.float) : Prop :=
  forall i l h, below e i -> fin (a i l h) /\ 0 <= fR (a i l h) <= 1.
Fixpoint lines_good (ns : list node) (ss : list info) (ls : list lines) : Prop :=
  match ns, ss, ls with
  | n :: ns, _ :: ss, l :: ls =>
      match n with
      | Unary f e d => exists a, good_slope e a /\ l = lines_of f e (info_at ss d) a
      | _ => True
      end /\ lines_good ns ss ls
  | [], [], [] => True
  | _, _, _ => False
  end.

(** One backward step through an elementwise function: coefficients below and above, offsets, and the cost. *)
Lemma unary_step f e n s a (q : farr) (z y : vec) : wf e -> ext n = e -> one n s z -> good_slope e a ->
  (forall i, below e i -> y i = sem f (z i)) ->
  let l := lines_of f e s a in
  let down := ftab (len e) (fun i =>
    (fget q i * (if (0 <=? fget q i)%float then fget (below_slope l) i else fget (above_slope l) i))%float) in
  fin (dot_abs e q 0 (rough l) 0) -> fin (dot_sel e q (below_shift l) (above_shift l)) ->
  (forall i, below e i -> fin (fget down i)) ->
  (forall i, below e i -> fin (fget q i)) /\
  fR (dot_sel e q (below_shift l) (above_shift l)) + dotR e down z
    <= dotR e q y + fR (dot_abs e q 0 (rough l) 0) + fR (spare s) + fR tiny.
Proof.
intros W En O A Y l down F1 F2 F3.
assert (Fq : forall i, below e i -> fin (fget q i)).
{ intros i Hi. destruct (dot_sel_fin e q _ _ i W F2 Hi). assumption. }
split; [assumption|].
assert (Fr : forall i, below e i -> fin (fget (rough l) i)).
{ intros i Hi. destruct (dot_abs_fin e q 0 (rough l) 0 i W F1 Hi) as [_ H]. now rewrite add_0_l in H. }
assert (D1 := dot_abs_ge e q 0 (rough l) 0 W F1). assert (D2 := dot_sel_error e q _ _ W F2).
set (sel := dot_sel e q (below_shift l) (above_shift l)) in *. set (da := dot_abs e q 0 (rough l) 0) in *.
set (pick := fun i => fR (if (0 <=? fget q i)%float then fget (below_shift l) i else fget (above_shift l) i)).
set (g := fR (gamma (len e))) in *.
(* per element *)
assert (E : forall i, below e i ->
  fR (fget q i) * pick i
  + g * (Rabs (fR (fget q i)) * Rmax (Rabs (fR (fget (below_shift l) i)))
    (Rabs (fR (fget (above_shift l) i))))
  + fR (fget down i) * z i
  <= fR (fget q i) * y i + Rabs (fR (fget q i)) * Rabs (fR (fget (rough l) i)) + eta * fR (fget (mag s) i)).
{ intros i Hi. specialize (Fq i Hi). specialize (Fr i Hi). specialize (F3 i Hi).
  assert (Hi' : below (ext n) i) by now rewrite En.
  destruct (one_between n s z O i Hi') as (Fl & Fh & Bz). assert (Mz := one_mag n s z O i Hi').
  destruct (A i (fget (lo s) i) (fget (hi s) i) Hi) as (Fa & Ba).
  unfold down in F3 |- *. rewrite fget_ftab_below in F3 |- * by assumption.
  unfold pick. subst l. cbn [lines_of rough below_slope above_slope below_shift above_shift] in *.
  rewrite !fget_ftab_below in * by assumption.
  set (lo_i := fget (lo s) i) in *. set (hi_i := fget (hi s) i) in *. set (ai := a i lo_i hi_i) in *.
  set (t := upper_offset f lo_i hi_i) in *. set (sb := lower_slope f lo_i hi_i ai) in *.
  set (sa := upper_slope f lo_i hi_i) in *.
  outward Fr. repeat match goal with H : fin (up (_ * _)) |- _ => outward H end.
  match goal with H : fin (up (up _ * _)) |- _ => outward H | _ => idtac end.
  outwards.
  assert (Ft : fin t) by (apply fin_abs; assumption).
  destruct (lower_sound f lo_i hi_i ai (z i) Fl Fh Fa Ba Bz) as (Fsb & Lb). fold sb in Fsb, Lb.
  destruct (upper_sound f lo_i hi_i (z i) Fl Fh Ft Bz) as (Fsa & Ua). fold sa t in Fsa, Ua.
  rewrite fR_0, Rabs_R0. rewrite (Rmax_right 0 (Rabs (fR t))) by apply Rabs_pos.
  rewrite Y by assumption. clear D1 D2. rewrite fR_two_u in *. rewrite !fR_abs in *.
  set (m := fR (fget (mag s) i)) in *.
  match goal with |- context [fR (up (?x + ?y))] => set (rho := fR (up (x + y))) in * end.
  pose proof u_pos as Pu. pose proof eta_pos as Pe.
  assert (Pm : 0 <= m) by (pose proof (Rabs_pos (z i)); lra).
  assert (R1 : 2 * u * ((Rabs (fR sb) + Rabs (fR sa)) * m) + g * Rabs (fR t) <= rho).
  { assert ((Rabs (fR sb) + Rabs (fR sa)) * m <= fR (up (up (abs sb + abs sa) * fget (mag s) i))).
    { eapply Rle_trans; [|eassumption]. apply Rmult_le_compat_r; assumption. }
    assert (2 * u * ((Rabs (fR sb) + Rabs (fR sa)) * m)
            <= 2 * u * fR (up (up (abs sb + abs sa) * fget (mag s) i))) by (apply Rmult_le_compat_l; lra).
    unfold g. lra. }
  assert (Rr : rho <= Rabs rho) by apply RRle_abs.
  set (c := fR (fget q i)) in *. set (fz := sem f (z i)) in *.
  assert (step : forall sl, fin sl -> fin (fget q i * sl) -> Rabs (fR sl) <= Rabs (fR sb) + Rabs (fR sa) ->
    fR (fget q i * sl) * z i <= c * (fR sl * z i) + u * (Rabs c * ((Rabs (fR sb) + Rabs
      (fR sa)) * m)) + eta * m).
  { intros sl Fs Fp Bs. destruct (fin_mul _ _ Fp) as (_ & _ & ->). fold c.
    assert (Er := rne_error (c * fR sl)). set (r := rne (c * fR sl)) in *.
    replace (r * z i) with (c * (fR sl * z i) + (r - c * fR sl) * z i) by ring.
    assert ((r - c * fR sl) * z i <= (u * Rabs (c * fR sl) + eta) * m).
    { eapply Rle_trans; [apply RRle_abs|]. rewrite Rabs_mult.
      apply Rmult_le_compat; auto using Rabs_pos. }
    assert (u * Rabs (c * fR sl) * m <= u * (Rabs c * (Rabs (fR sb) + Rabs (fR sa))) * m).
    { apply Rmult_le_compat_r; [assumption|]. apply Rmult_le_compat_l; [lra|]. rewrite Rabs_mult.
      apply Rmult_le_compat_l; [apply Rabs_pos | assumption]. }
    lra. }
  assert (pay : u * (Rabs c * ((Rabs (fR sb) + Rabs (fR sa)) * m)) + g * (Rabs c * Rabs
    (fR t)) <= Rabs c * Rabs rho).
  { assert (Q : Rabs c * (2 * u * ((Rabs (fR sb) + Rabs (fR sa)) * m) + g * Rabs (fR t)) <= Rabs c * Rabs rho)
      by (apply Rmult_le_compat_l; [apply Rabs_pos | lra]).
    assert (0 <= u * (Rabs c * ((Rabs (fR sb) + Rabs (fR sa)) * m))); [|lra].
    pose proof (Rabs_pos c). pose proof (Rabs_pos (fR sb)). pose proof (Rabs_pos (fR sa)).
    repeat apply Rmult_le_pos; lra. }
  destruct (0 <=? fget q i)%float eqn:Eq.
  - apply leb_le in Eq; [|exact fin_0 | assumption]. rewrite fR_0 in *. fold c in Eq.
    assert (S1 := step sb Fsb F3 ltac:(pose proof (Rabs_pos (fR sa)); lra)).
    assert (c * (fR sb * z i) <= c * fz) by (apply Rmult_le_compat_l; assumption). lra.
  - apply leb_gt in Eq; [|exact fin_0 | assumption]. rewrite fR_0 in Eq. fold c in Eq.
    assert (S1 := step sa Fsa F3 ltac:(pose proof (Rabs_pos (fR sb)); lra)).
    assert (c * (fR sa * z i + fR t) <= c * fz).
    { apply Rmult_le_compat_neg_l; [lra | assumption]. } lra. }
assert (S := sum_le e _ _ W E). rewrite !sum_plus, !sum_scal in S.
rewrite (sum_ext e (fun t => Rabs (fR (fget q (0 + t))) * Rabs (fR (fget (rough l) (0 + t))))
  (fun i => Rabs (fR (fget q i)) * Rabs (fR (fget (rough l) i)))) in D1 by (auto; intros;
    now rewrite !add_0_l).
assert (Sp := one_spare n s z O). rewrite En in Sp. assert (Ps := one_sum n s z). rewrite En in Ps.
specialize (Ps W O).
assert (eta * sum e (fun i => fR (fget (mag s) i)) <= fR tiny * sum e (fun i => fR (fget (mag s) i)))
  by (apply Rmult_le_compat_r; [assumption | apply eta_tiny]).
pose proof tiny_pos. unfold dotR. fold pick in D2. apply Rabs_le_inv in D2. fold g in D2.
change (fun t => fR (fget q t) * fR (if (0 <=? fget q t)%float then fget (below_shift l) t else fget
  (above_shift l) t))
  with (fun t => fR (fget q t) * pick t) in D2.
lra.
Qed.

(** ** The whole pass *)
Lemma back_sound v fv x : covers fv v -> forall ns ss ls rs ys acc,
  graph_ok ns = true -> known fv ns ss ys -> exec v x ns ys -> lines_good ns ss ls -> length rs = length ns ->
  fin (back fv ns ss ls rs acc) ->
  rows_fin ns rs /\ fin acc /\ fR (back fv ns ss ls rs acc) <= fR acc + rowsum ns rs ys.
Proof.
intros C. induction ns as [|n ns IH]; intros ss ls rs ys acc G K X L E F.
{ destruct rs; [|discriminate]. cbn in *. repeat split; try assumption. lra. }
destruct ss as [|s ss]; [destruct ys; contradiction|]. destruct ys as [|y ys]; [contradiction|].
destruct ls as [|l ls]; [destruct L|]. destruct rs as [|r rs]; [discriminate|].
assert (G0 := G). cbn [graph_ok] in G. apply andb_prop in G as [N G]. assert (K0 := K).
cbn [known] in K. destruct K as (B & M & K). cbn [exec] in X. destruct X as (X & XS).
cbn [lines_good] in L. destruct L as (Ln & L). assert (E' : length rs = length ns) by (cbn in E; lia).
assert (W := node_ok_wf n ns N).
assert (O : one n s y) by (apply (known_nth fv (n :: ns) (s :: ss) (y :: ys) 0 n K0); reflexivity).
cbn [back] in F |- *. cbn [rows_fin rowsum]. destruct r as [q|].
2: { destruct (IH ss ls rs ys acc G K XS L E' F) as (I1 & I2 & I3). repeat split; try assumption. lra. }
destruct n as [e|e c|e ts b|f e d]; cbn [ext] in *.
- (* input *)
  destruct (IH ss ls rs ys _ G K XS L E' F) as (I1 & I2 & I3). clear IH. outwards.
  match goal with H : fin (dot_sel _ _ _ _) |- _ => assert (F2 := H) end.
  match goal with H : fin (dot_abs e q 0 (lo s) 0) |- _ => assert (D1 := dot_abs_ge e q 0 (lo s) 0 W H) end.
  match goal with H : fin (dot_abs e q 0 (hi s) 0) |- _ => assert (D2 := dot_abs_ge e q 0 (hi s) 0 W H) end.
  assert (D3 := dot_sel_error e q (lo s) (hi s) W F2).
  assert (Fq : forall i, below e i -> fin (fget q i)).
  { intros i Hi. now destruct (dot_sel_fin e q _ _ i W F2 Hi). }
  repeat split; try assumption.
  set (g := fR (gamma (len e))) in *. assert (Pg : 0 <= g) by apply gamma_nonneg.
  assert (S : sum e (fun t => fR (fget q t) * fR (if (0 <=? fget q t)%float then fget (lo s) t else fget
    (hi s) t))
              <= dotR e q y).
  { apply sum_le; [assumption|]. intros i Hi. specialize (Fq i Hi). destruct (B i Hi) as (_ & _ & By).
    destruct (0 <=? fget q i)%float eqn:Eq.
    - apply leb_le in Eq; [|exact fin_0 | assumption]. rewrite fR_0 in Eq. apply Rmult_le_compat_l; lra.
    - apply leb_gt in Eq; [|exact fin_0 | assumption]. rewrite fR_0 in Eq. apply Rmult_le_compat_neg_l; lra. }
  assert (T : sum e (fun t => Rabs (fR (fget q t)) * Rmax (Rabs (fR (fget (lo s) t)))
    (Rabs (fR (fget (hi s) t))))
              <= fR (dot_abs e q 0 (lo s) 0) + fR (dot_abs e q 0 (hi s) 0)).
  { eapply Rle_trans; [|apply Rplus_le_compat; [exact D1 | exact D2]]. rewrite <- sum_plus.
    apply sum_le; [assumption|]. intros i Hi. rewrite !add_0_l, <- Rmult_plus_distr_l.
    apply Rmult_le_compat_l; [apply Rabs_pos|].
    pose proof (Rabs_pos (fR (fget (lo s) i))). pose proof (Rabs_pos (fR (fget (hi s) i))).
    apply Rmax_lub; lra. }
  assert (g * sum e (fun t => Rabs (fR (fget q t)) * Rmax (Rabs (fR (fget (lo s) t)))
    (Rabs (fR (fget (hi s) t))))
          <= g * fR (up (dot_abs e q 0 (lo s) 0 + dot_abs e q 0 (hi s) 0))) by (apply Rmult_le_compat_l; lra).
  apply Rabs_le_inv in D3. lra.
- (* constant *)
  destruct (IH ss ls rs ys _ G K XS L E' F) as (I1 & I2 & I3). clear IH. outwards.
  match goal with H : fin (dot e q 0 c 0) |- _ => assert (F2 := H);
    assert (D1 := dot_error e q 0 c 0 W H) end.
  match goal with H : fin (dot_abs e q 0 c 0) |- _ => assert (D2 := dot_abs_ge e q 0 c 0 W H) end.
  assert (Fq : forall i, below e i -> fin (fget q i)).
  { intros i Hi. destruct (dot_fin e q 0 c 0 i W F2 Hi) as [Q _]. now rewrite add_0_l in Q. }
  repeat split; try assumption.
  assert (Pg := gamma_nonneg (len e)). set (g := fR (gamma (len e))) in *.
  assert (S : dotR e q y = sum e (fun t => fR (fget q (0 + t)) * fR (fget c (0 + t)))).
  { apply sum_ext; [assumption|]. intros i Hi. specialize (X i Hi). cbn in X. rewrite X.
  now rewrite !add_0_l. }
  assert (T := Rmult_le_compat_l g _ _ Pg D2). apply Rabs_le_inv in D1. lra.
- (* affine *)
  destruct (node_ok_terms e ts b ns G N) as (_ & T).
  remember (up (up (coef s * dot_abs e q 0 (load s) 0) + up (tiny + up (eta_up fv * sum_abs_f e q))))%float
    as own eqn:Eown.
  destruct (spread ts (fun l => transV l q) ss rs own) as [rs1 cost] eqn:Es.
  assert (L1 : length rs1 = length ns) by (apply spread_length in Es; congruence).
  destruct (IH ss ls rs1 ys _ G K XS L L1 F) as (I1 & I2 & I3). clear IH. outwards.
  match goal with H : fin cost |- _ => assert (Fc := H) end.
  destruct (spread_sound fv ns e (fun l => transV l q) G ts ss rs ys own rs1 cost K T E' Es Fc I1)
    as (_ & J2 & J3 & J4 & J5 & J6).
  assert (P := transposed_sound fv ns ss ys e q K W ts T J5).
  rewrite Eown in J3. outward J3. outwards.
  match goal with H : _ <= fR (up (up (coef s * _) + _)) |- _ => rewrite <- Eown in H end.
  match goal with H : fin (dot_abs e q 0 (load s) 0) |- _ => assert (F1 := H);
    assert (D1 := dot_abs_ge e q 0 (load s) 0 W H) end.
  match goal with H : fin (sum_abs_f e q) |- _ => assert (D2 := sum_abs_f_ge e q W H) end.
  assert (Fq : forall i, below e i -> fin (fget q i)).
  { intros i Hi. destruct (dot_abs_fin e q 0 _ 0 i W F1 Hi) as [Q _]. now rewrite add_0_l in Q. }
  match goal with H : fin (bias_dot e b q) |- _ => assert (D3 := bias_dot_sound e b q W H) end.
  repeat split; try assumption.
  destruct (coef_ge _ _ _ _ _ M) as (Fco & Co). assert (Lo := load_ge _ _ _ _ _ M). cbn [ext] in Lo.
  set (ms := map mag ss) in *.
  assert (Hm : forall d n, nth_error ns d = Some n -> forall k, below (ext n) k -> 0 <= mag_at ms d k).
  { intros d' n' En' k Hk. pose proof (known_mag fv ns ss ys d' n' k K En' Hk).
    pose proof (Rabs_pos (value ys d' k)). unfold ms. lra. }
  (* the weighted total that pays for everything *)
  set (A := sum e (fun i => Rabs (fR (fget q i)) * total ts b ms i)).
  set (A0 := sum e (fun i => Rabs (fR (fget q i)) * total ts None ms i)) in *.
  set (Ab := sum e (fun i => Rabs (fR (fget q i)) * Rabs (bias_at b i))) in *.
  assert (EA : A = A0 + Ab).
  { unfold A, A0, Ab. rewrite <- sum_plus. apply sum_ext; [assumption|]. intros i _.
  rewrite (total_split ts b). ring. }
  assert (PA0 : 0 <= A0).
  { apply sum_nonneg; [assumption|]. intros i Hi.
  apply Rmult_le_pos; [apply Rabs_pos | now apply (total_nonneg ns e)]. }
  assert (PAb : 0 <= Ab).
  { apply sum_nonneg; [assumption|]. intros i Hi. apply Rmult_le_pos; apply Rabs_pos. }
  assert (LA : A <= fR (dot_abs e q 0 (load s) 0)).
  { eapply Rle_trans; [|exact D1]. apply sum_le; [assumption|]. intros i Hi. rewrite !add_0_l.
    apply Rmult_le_compat_l; [apply Rabs_pos|]. destruct (Lo i Hi) as (_ & Q).
    eapply Rle_trans; [exact Q | apply RRle_abs]. }
  assert (NS := noise_sum v fv e q y (affine ts b ys) (total ts b ms) C W).
  assert (NS1 : forall i, below e i -> Rabs
    (y i - affine ts b ys i) <= relative v * total ts b ms i + absolute v).
  { intros i Hi. specialize (X i Hi). cbn in X. eapply Rle_trans; [exact X|]. apply Rplus_le_compat_r.
    apply Rmult_le_compat_l; [apply C|]. now apply (affine_le_total fv ns ss ys e ts b K T). }
  specialize (NS NS1 (fun i Hi => total_nonneg ns e ts T b ms i Hi Hm)). clear NS1. fold A in NS.
  assert (Sp : sum e (fun i => fR (fget q i) * affine ts b ys i)
     = sum e (fun i => fR (fget q i) * over_terms ts (fun d l => apply l (value ys d) i))
       + sum e (fun i => fR (fget q i) * bias_at b i)).
  { rewrite <- sum_plus. apply sum_ext; [assumption|]. intros i _. rewrite affine_split. ring. }
  assert (Pgs := gammas_nonneg ns e ts T). assert (Pg := gamma_nonneg (len e)).
  destruct C as (_ & _ & Cr & Ca).
  assert (PS : 0 <= sum e (fun i => Rabs (fR (fget q i)))) by (apply sum_nonneg; auto using Rabs_pos).
  assert (Q1 : gammas ts * A0 + fR (gamma (len e)) * Ab + fR (kappa fv) * A <= fR (coef s) * A).
  { assert (gammas ts * A0 <= gammas ts * A) by (apply Rmult_le_compat_l; lra).
    assert (fR (gamma (len e)) * Ab <= fR (gamma (len e)) * A) by (apply Rmult_le_compat_l; lra).
    assert ((gammas ts + fR (gamma (len e)) + fR (kappa fv)) * A <= fR (coef s) * A)
      by (apply Rmult_le_compat_r; lra). lra. }
  assert (Q2 : fR (coef s) * A <= fR (coef s) * fR (dot_abs e q 0 (load s) 0)) by (apply Rmult_le_compat_l;
    lra).
  assert (Q3 : fR (eta_up fv) * sum e (fun i => Rabs (fR (fget q i))) <= fR (eta_up fv) * fR (sum_abs_f e q))
    by (apply Rmult_le_compat_l; lra).
  fold Ab in D3. apply Rabs_le_inv in D3. fold ms A0 in P. fold ms in J6. lra.
- (* elementwise *)
  destruct Ln as (a & Ga & ->). unfold node_ok in N. apply andb_prop in N as [_ N].
  destruct (fits_node ns d e G W N) as (m & Em & Ee).
  match type of F with context [add_row d e ?r ss rs] => set (down := r) in * end.
  destruct (add_row d e down ss rs) as [rs1 c1] eqn:Es.
  assert (L1 : length rs1 = length ns) by (apply add_row_length in Es; congruence).
  destruct (IH ss ls rs1 ys _ G K XS L L1 F) as (I1 & I2 & I3). clear IH. outwards.
  match goal with H : fin c1 |- _ => assert (Fc := H) end.
  destruct (add_row_sound fv ns e down W G d ss rs ys rs1 c1 K (ex_intro _ m (conj Em Ee)) E' Es Fc I1)
    as (_ & J2 & J3 & J4 & J5).
  assert (Om := known_nth fv ns ss ys d m K Em).
  assert (U := unary_step f e m (info_at ss d) a q (value ys d) y W Ee Om Ga).
  assert (Hy : forall i, below e i -> y i = sem f (value ys d i)) by (intros i Hi; exact (X i Hi)).
  specialize (U Hy). cbv zeta in U.
  destruct U as (U1 & U2); try assumption.
  repeat split; try assumption. fold down in U2. lra.
Qed.
