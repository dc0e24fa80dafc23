(** Every binary32 execution keeps within the noise that the checker accounts for, and stays finite. Symbols:
    see [Float.Execution], [Checker.Semantics]. *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 List Permutation.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof Ops.Conv Ops.Functions IR.LinMap IR.LinMapProof.
From Provenn Require Import IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Enclose Checker.EncloseProof Checker.Invariant Checker.InvariantProof.
From Provenn Require Import Checker.Semantics Checker.SemanticsProof.
From Provenn Require Import Float.Sum Float.SumProof Float.Binary32 Float.Execution.
Import ListNotations.
Local Open Scope R_scope.

(** ** Lists of summands *)
Lemma total_indices f g n : forall i,
  total f (map g (indices_from n i)) = sumR n i (fun k => f (g k)).
Proof. unfold total. induction n as [|n IH]; intros i; cbn; [reflexivity|]. now rewrite IH. Qed.
Lemma total_used f l : (forall p, fst p = 0 -> f p = 0) -> total f (filter used l) = total f l.
Proof.
  intros H. unfold total. induction l as [|p l IH]; cbn [filter fold_right]; [reflexivity|].
  unfold used at 1. destruct (Req_bool_spec (fst p) 0) as [E|E]; cbn [negb fold_right]; rewrite IH;
    [|reflexivity].
  rewrite (H p E). ring.
Qed.
Lemma row_total f l x i : (forall p, fst p = 0 -> f p = 0) ->
  total f (row_of l x i) = sum (in_ext l) (fun k => f (fR (rowF l i k), x k)).
Proof. intros H. unfold row_of. rewrite total_used by exact H. apply total_indices. Qed.

Section Row.
Variables (l : linmap) (i : int).
Hypotheses (V : valid l = true) (Hi : below (out_ext l) i).

Lemma row_exact x : exact (row_of l x i) = apply l x i.
Proof.
  unfold exact. rewrite row_total by (intros p ->; ring). symmetry. now apply apply_entries.
Qed.
Lemma row_loads x : loads (row_of l x i) = applyA l (fun k => Rabs (x k)) i.
Proof.
  unfold loads. rewrite row_total by (intros p ->; rewrite Rabs_R0; ring). symmetry. now apply applyA_entries.
Qed.
Lemma row_weights x m : total (fun p => m * Rabs (fst p)) (row_of l x i) = applyA l (fun _ => m) i.
Proof.
  rewrite row_total by (intros p ->; rewrite Rabs_R0; ring). rewrite applyA_entries by assumption.
  apply sum_ext; [now apply in_wf|]. intros k _. cbn. ring.
Qed.

Definition counts (a : R) : R := if Req_bool a 0 then 0 else 1.
Lemma counts_le a : 0 <= counts a <= 1.
Proof. unfold counts. destruct (Req_bool a 0); lra. Qed.
Lemma length_total (m : list (R * R)) : INR (length (filter used m)) = total (fun p => counts (fst p)) m.
Proof.
  unfold total, used, counts. induction m as [|p m IH]; [reflexivity|]. cbn [filter fold_right].
  destruct (Req_bool (fst p) 0); cbn [negb length]; [|rewrite S_INR]; rewrite IH; ring.
Qed.
Lemma row_length x : INR (length (row_of l x i)) = apply_by counts l (fun _ => 1) i.
Proof.
  unfold row_of, indices. rewrite length_total, total_indices.
  assert (C0 : counts 0 = 0) by (unfold counts; now rewrite Req_bool_true).
  assert (C1 : counts 1 = 1) by (unfold counts; rewrite Req_bool_false by lra; reflexivity).
  rewrite (apply_by_entries counts C0 C1 l _ i V Hi).
  unfold sum. apply sumR_eq. intros k. cbn. ring.
Qed.

Lemma sumR_le_const n c (f : int -> R) : (forall k, f k <= c) -> forall j, sumR n j f <= INR n * c.
Proof.
  intros H. induction n as [|n IH]; intros j; [cbn; lra|]. cbn [sumR]. rewrite S_INR.
  specialize (IH (j + 1)%uint63). specialize (H j). lra.
Qed.
Lemma sum_le_const e c f : wf e -> (forall k, f k <= c) -> sum e f <= IZR (to_Z (len e)) * c.
Proof.
  intros W H. unfold sum. rewrite (wf_fuel e W). eapply Rle_trans; [now apply sumR_le_const|].
  rewrite INR_IZR_INZ, nat_of_to_Z. lra.
Qed.
Lemma size_exact e : wf e -> fR (PrimFloat.of_uint63 (len e)) = IZR (to_Z (len e)).
Proof. intros W. apply of_uint63_exact. pose proof (wf_len e W). lia. Qed.

Lemma width_ge : fin (width l) -> apply_by counts l (fun _ => 1) i <= fR (width l).
Proof.
  intros F. assert (C := counts_le). pose proof fR_1 as One.
  destruct l as [minus e | e w | rows m n ein eout w wt | c ein eout w wt | ein eout phi psi times step];
    cbn [apply_by width] in *.
  - specialize (C (if minus then -1 else 1)). lra.
  - specialize (C (fR (fget w i))). lra.
  - destruct (valid_dense _ _ _ _ _ _ _ V) as (_ & Wn & _). rewrite size_exact by exact Wn.
    replace (IZR (to_Z (len n))) with (IZR (to_Z (len n)) * 1) by ring. apply sum_le_const; [exact Wn|].
      intros k.
    specialize (C (fR (fget w (i mod len m * len n + k)%uint63))). lra.
  - destruct (valid_conv _ _ _ _ _ V) as (Oc & _). unfold conv_ok in Oc. rewrite !andb_true_iff in Oc.
    destruct Oc as (Av & Ah & Wc & _). apply wf_ext_wf in Wc. unfold axis_ok in Av, Ah.
    rewrite !andb_true_iff in Av, Ah. destruct Av as (_ & _ & Wv & _), Ah as (_ & _ & Wh & _).
    apply wf_ext_wf in Wv, Wh.
    destruct (up_mul _ _ F) as (F1 & _ & L1). destruct (up_mul _ _ F1) as (_ & _ & L2).
    rewrite !size_exact in * by assumption.
    set (a := IZR (to_Z (len (taps (vert c))))) in *. set (b := IZR (to_Z (len (taps (horz c))))) in *.
    set (d := IZR (to_Z (len (cin c)))) in *.
    assert (Pa : 0 <= a) by (apply IZR_le; apply to_Z_bounded).
    assert (Pb : 0 <= b) by (apply IZR_le; apply to_Z_bounded).
    assert (Pd : 0 <= d) by (apply IZR_le; apply to_Z_bounded).
    apply Rle_trans with (a * (b * d)).
    + unfold conv_sum. cbv zeta. apply sum_le_const; [exact Wv|]. intros ky.
      apply sum_le_const; [exact Wh|]. intros kx.
      match goal with |- (if ?t then _ else _) <= _ => destruct t end; [|exact Pd].
      replace d with (d * 1) by ring. apply sum_le_const; [exact Wc|]. intros k.
      match goal with |- counts ?z * 1 <= 1 => specialize (C z) end. lra.
    + apply Rle_trans with (fR (up (PrimFloat.of_uint63 (len (taps (vert c)))
        * PrimFloat.of_uint63 (len (taps (horz c))))) * d); [|exact L1].
      rewrite <- Rmult_assoc. now apply Rmult_le_compat_r.
  - destruct (phi i <? len ein)%uint63; lra.
Qed.
End Row.

Lemma indices_below e : wf e -> Forall (below e) (indices e).
Proof.
  intros W. unfold indices.
  cut (forall n j, (forall k, (k < n)%nat -> below e (nth_index j k)) -> Forall (below e) (indices_from n j)).
  { intros H. apply H. intros k. now apply below_nth. }
  induction n as [|n IH]; intros j H; cbn [indices_from]; constructor.
  - rewrite <- (nth_index_0 j). apply H. lia.
  - apply IH. intros k Hk. rewrite <- nth_index_S. apply H. lia.
Qed.
Lemma row_values l x i c : valid l = true -> (forall k, below (in_ext l) k -> Rabs (x k) <= c) ->
  Forall (fun p => Rabs (snd p) <= c) (row_of l x i).
Proof.
  intros V H. apply Forall_forall. intros p Hp. unfold row_of in Hp. apply filter_In in Hp as (Hp & _).
  apply in_map_iff in Hp as (k & <- & Hk). cbn [snd]. apply H.
  assert (B := indices_below _ (in_wf l V)). rewrite Forall_forall in B. now apply B.
Qed.

(** ** Summands of an affine node *)
Section Summands.
Variables (fv : fnoise) (ns : list node) (ss : list info) (ys : list vec) (e : extent) (i : int).
Variable b : option farr.
Hypotheses (K : known fv ns ss ys) (Hi : below e i).

Lemma summands_exact ts : Forall (term_ok ns e) ts -> exact (summands ts b ys i) = affine ts b ys i.
Proof.
  unfold exact. induction 1 as [|[d l] ts (V & Eo & _) _ IH]; cbn [summands affine].
  - destruct b; cbn; ring.
  - cbn [fst snd] in *. rewrite total_app, IH. rewrite <- Eo in Hi. f_equal. exact (row_exact l i V Hi _).
Qed.
Lemma summands_loads ts : Forall (term_ok ns e) ts ->
  loads (summands ts b ys i) = affineA ts b (abs_all ys) i.
Proof.
  unfold loads. induction 1 as [|[d l] ts (V & Eo & _) _ IH]; cbn [summands affineA].
  - destruct b; cbn; rewrite ?Rabs_R1, ?Rabs_R0; ring.
  - cbn [fst snd] in *. rewrite total_app, IH. rewrite <- Eo in Hi. f_equal.
    refine (eq_trans (row_loads l i V Hi _) _). rewrite !applyA_entries by assumption.
    apply sum_ext; [now apply in_wf|]. intros k _. now rewrite value_abs.
Qed.
Lemma summands_weights ts m : 0 <= m -> Forall (term_ok ns e) ts ->
  (forall d a k, node_at ns d a -> below a k -> m <= value (sizes ss) d k) ->
  total (fun p => m * Rabs (fst p)) (summands ts b ys i) <= affineA ts b (sizes ss) i + m.
Proof.
  intros Pm T H. induction T as [|[d l] ts (V & Eo & N) _ IH]; cbn [summands affineA].
  - pose proof (Rabs_pos (bias_at b i)). destruct b; cbn in *; rewrite ?Rabs_R1; lra.
  - cbn [fst snd] in *. rewrite total_app. rewrite <- Eo in Hi. rewrite (row_weights l i V Hi).
    assert (applyA l (fun _ => m) i <= applyA l (value (sizes ss) d) i); [|lra].
    apply applyA_mono; trivial. intros k. now apply (H d).
Qed.
Lemma summands_values ts c : Forall (term_ok ns e) ts -> Rabs (bias_at b i) <= c ->
  (forall d a k, node_at ns d a -> below a k -> Rabs (value ys d k) <= c) ->
  Forall (fun p => Rabs (snd p) <= c) (summands ts b ys i).
Proof.
  intros T Hb H. induction T as [|[d l] ts (V & _ & N) _ IH]; cbn [summands].
  - destruct b; [constructor; [exact Hb | constructor] | constructor].
  - apply Forall_app. split; [|exact IH]. apply row_values; [exact V|]. intros k. now apply (H d).
Qed.
Lemma summands_length ts : Forall (term_ok ns e) ts -> fin (summed ts) ->
  INR (length (summands ts b ys i)) + 1 <= fR (summed ts).
Proof.
  intros T F. unfold summed in *. destruct (fold_up_ge _ _ _ F) as (_ & A & L).
  refine (Rle_trans _ _ _ _ L). replace (fR 2) with 2
    by (symmetry; rewrite (fR_pow2 2 4503599627370496 (-51) 52) by easy; reflexivity).
  clear F L. induction T as [|[d l] ts (V & Eo & _) _ IH]; cbn [summands sum_of].
  - destruct b; cbn; lra.
  - apply Forall_cons_iff in A as [A1 A]. specialize (IH A). cbn [fst snd] in *.
    rewrite app_length, plus_INR. rewrite <- Eo in Hi. rewrite (row_length l i V Hi).
    assert (W := width_ge l i V Hi A1). lra.
Qed.
End Summands.

(** ** Constants *)
Lemma fR_u32 : fR 0x1p-24 = u32.
Proof. now rewrite (fR_pow2 _ 4503599627370496 (-76) 52). Qed.
Lemma fR_e32 : fR 0x1p-126 = e32.
Proof. now rewrite (fR_pow2 _ 4503599627370496 (-178) 52). Qed.
Lemma u32_value : u32 = / 16777216.
Proof. reflexivity. Qed.
Lemma growth_inverse n : growth n * (1 - INR n * u32) <= 1.
Proof.
  induction n as [|n IH]; [cbn; lra|]. rewrite growth_S, S_INR. pose proof (growth_pos n). pose proof u32_pos.
  pose proof (pos_INR n). assert (0 <= growth n * (u32 * u32)) by (apply Rmult_le_pos; [lra | apply
    Rmult_le_pos; lra]).
  assert (0 <= growth n * (u32 * u32) * INR n) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma growth_le n : INR n <= 4194304 -> growth n <= 1 + INR n * u32 + 2 * (INR n * u32 * (INR n * u32)) /\
  growth n <= 2.
Proof.
  intros H. assert (G := growth_inverse n). pose proof (growth_pos n) as P. pose proof (pos_INR n).
  set (a := INR n * u32) in *. assert (Ha : 0 <= a <= / 4) by (unfold a; rewrite u32_value; lra).
  set (g := growth n) in *. clearbody a g.
  assert (B : g <= 1 + a + 2 * (a * a)); [|split; [exact B | nra]].
  apply Rmult_le_reg_r with (1 - a); [lra|]. refine (Rle_trans _ _ _ G _). nra.
Qed.
Lemma growth_up_ge k n : fin (growth_up k) -> INR n <= fR k -> fR k <= 4194304 ->
  growth n - 1 <= fR (growth_up k) /\ growth n <= 2.
Proof.
  unfold growth_up. set (a := up (k * 0x1p-24)). intros F N L.
  destruct (growth_le n ltac:(lra)) as (G & G2). split; [|exact G2].
  destruct (up_add _ _ F) as (Fa & F1 & L1). destruct (up_mul _ _ F1) as (_ & F2 & L2).
  destruct (up_mul _ _ F2) as (_ & _ & L3). destruct (up_mul _ _ Fa) as (_ & _ & L4). fold a in L4.
  rewrite fR_u32 in L4. replace (fR 2) with 2 in L2
    by (symmetry; rewrite (fR_pow2 2 4503599627370496 (-51) 52) by easy; reflexivity).
  pose proof u32_pos. pose proof (pos_INR n).
  assert (A : INR n * u32 <= fR a) by (refine (Rle_trans _ _ _ _ L4); apply Rmult_le_compat_r; lra).
  assert (0 <= INR n * u32) by (apply Rmult_le_pos; lra).
  assert (INR n * u32 * (INR n * u32) <= fR a * fR a) by (apply Rmult_le_compat; lra). lra.
Qed.
Lemma nonneg_eq x : fin x -> 0 <= fR x -> nonneg x = x.
Proof.
  intros F P. unfold nonneg. destruct (0 <=? x)%float eqn:E; [reflexivity|].
  apply leb_gt in E; [|exact fin_0 | exact F]. rewrite fR_0 in E. lra.
Qed.

