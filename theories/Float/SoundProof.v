(** One node of a binary32 execution after finite ones is finite, and as near to its formula as the checker
    assumes. Symbols: see [Float.Execution], [Checker.Semantics]. *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 List Permutation.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof Ops.Conv Ops.Lines Ops.LinesProof Ops.Functions.
From Provenn Require Import IR.LinMap IR.LinMapProof.
From Provenn Require Import IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Enclose Checker.EncloseProof Checker.Invariant Checker.InvariantProof.
From Provenn Require Import Checker.Semantics Checker.SemanticsProof.
From Provenn Require Import Float.Sum Float.SumProof Float.Binary32 Float.Execution Float.ExecutionProof.
Import ListNotations.
Local Open Scope R_scope.

Lemma fR_cap : fR 0x1p48 = 281474976710656.
Proof. rewrite (fR_pow2 _ 4503599627370496 (-4) 52) by easy. reflexivity. Qed.
Lemma fR_least : fR 0x1p-26 = / 67108864.
Proof. rewrite (fR_pow2 _ 4503599627370496 (-78) 52) by easy. reflexivity. Qed.
Lemma fR_eta : fR 0x1p-50 = / 1125899906842624.
Proof. rewrite (fR_pow2 _ 4503599627370496 (-102) 52) by easy. reflexivity. Qed.
Lemma e32_value : e32 = / 85070591730234615865843651857942052864.
Proof. reflexivity. Qed.
Lemma limit32_value : limit32 = 170141183460469231731687303715884105728.
Proof. reflexivity. Qed.

(** ** Values at hand *)
Lemma value_real ys d : value (map real ys) d = real (value32 ys d).
Proof. exact (map_nth real ys (fun _ => B754_nan) d). Qed.
Lemma num_finite y r : num y = Some r -> is_finite y = true /\ B2R y = r.
Proof. unfold num. destruct (is_finite y); intros H; [|discriminate]. now injection H. Qed.

Lemma known_finite fv k : forall ns ss ys d n, known fv ns ss (map real ys) -> all_finite ns ys ->
  nth_error ns d = Some n -> below (ext n) k -> is_finite (value32 ys d k) = true.
Proof.
  induction ns as [|m ms IH]; intros [|s ss] [|y ys] [|d] n K F E Hk; try discriminate; try contradiction;
    destruct F as (F1 & F).
  - injection E as ->. exact (F1 k Hk).
  - exact (IH ss ys d n (proj2 (proj2 K)) F E Hk).
Qed.

Lemma forward_derived fv n box ss : derived n = true ->
  forward fv n box ss = let '(l, h) := enclosed fv n ss in plain fv (ext n) l h (exact_sizes fv n ss) 0.
Proof. destruct n; intros D; try discriminate; reflexivity. Qed.

Section Step.
Variables (ulps : PrimFloat.float) (ns : list node) (ss : list info) (ys : list vec32).
Let fv := noise_of (Binary32 ulps).
Let v := noise32 ulps.
Let zs := map real ys.
Hypotheses (G : graph_ok ns = true) (K : known fv ns ss zs) (Fin : all_finite ns ys).

Lemma value_finite d e k : node_at ns d e -> below e k -> is_finite (value32 ys d k) = true.
Proof.
  intros (n & En & <-) Hk. exact (known_finite fv k ns ss ys d n K Fin En Hk).
Qed.
Lemma size_in d e k : node_at ns d e -> below e k ->
  / 67108864 <= value (sizes ss) d k <= 281474976710656.
Proof.
  intros (n & En & <-) Hk. destruct (known_nth fv ns ss zs d n K En) as (_ & (ms & M) & ->).
  assert (I := mag_in _ _ _ _ _ M k Hk). cbn [fv noise_of least cap] in I. now rewrite fR_cap, fR_least in I.
Qed.
Lemma value_le d e k : node_at ns d e -> below e k -> Rabs (value zs d k) <= 281474976710656.
Proof.
  intros N Hk. refine (Rle_trans _ _ _ (size_ge fv ns ss zs K d e k N Hk) _). now apply (size_in d e).
Qed.

(** ** Sums of products *)
Lemma spill_split l : spill l = total (fun p => Rabs (fst p)) l + total (fun p => Rabs (snd p)) l
  + 4 * INR (length l).
Proof.
  unfold spill, total. induction l as [|p l IH]; [cbn; ring|]. cbn [fold_right length]. rewrite S_INR, IH.
    ring.
Qed.
Lemma total_le_const f c l : Forall (fun p => f p <= c) l -> total f l <= INR (length l) * c.
Proof.
  unfold total. induction 1; [cbn; lra|]. cbn [fold_right length]. rewrite S_INR. lra.
Qed.

Lemma affine_runs e ts b i y (n := Affine e ts b) : node_ok n ns = true -> node_ok32 n = true ->
  info_ok fv n (affine_info fv e ts b ss) = true -> below e i -> moves ts b = false ->
  adds_up (summands ts b zs i) (num y) ->
  is_finite y = true /\ off v n (affine ts b zs i) (affineA ts b (abs_all zs) i) (B2R y).
Proof.
  intros N N32 O Hi Mv (t & s & P & S & R). assert (T := node_ok_terms e ts b ns G N).
  cbn [n node_ok32] in N32. cbv zeta in N32. rewrite !andb_true_iff in N32. destruct N32 as ((Lk & Fg) & Fe).
  apply finb_fin in Fg, Fe. destruct (up_mul _ _ Fe) as (Fk & _ & Le).
  assert (F4 : fin 4194304) by reflexivity. apply leb_le in Lk; trivial. replace (fR 4194304) with 4194304
    in Lk
    by (symmetry; rewrite (fR_pow2 _ 4503599627370496 (-30) 52) by easy; reflexivity). clear F4.
  assert (Len := summands_length ns zs e i b Hi ts T Fk).
  assert (Load := affine_load fv ns ss zs e ts b eq_refl G K N O i Hi).
  assert (Wt := summands_weights ns ss zs e i b Hi ts (/ 67108864) ltac:(lra) T
    (fun d a k Nd Hk => proj1 (size_in d a k Nd Hk))).
  assert (La := affineA_le_load fv ns ss zs K e ts b T i Hi).
  assert (Hb : Rabs (bias_at b i) <= 281474976710656).
  { cbn [fv noise_of cap] in Load. rewrite fR_cap, affineA_bias in Load.
    assert (0 <= affineA ts None (sizes ss) i) by (apply (load_nonneg fv ns ss zs K e); trivial). lra. }
  assert (Vl := total_le_const _ _ _ (summands_values ns zs e i b ts _ T Hb value_le)).
  cbn [fv noise_of cap] in Load. rewrite fR_cap in Load.
  assert (Ex := summands_exact ns zs e i b Hi ts T). assert (Lo := summands_loads ns zs e i b Hi ts T).
  set (l := summands ts b zs i) in *. rewrite (total_scal (/ 67108864) (fun p => Rabs (fst p))) in Wt.
  assert (Sp := spill_split l). set (len := INR (length l)) in *. set (k := fR (summed ts)) in *.
  assert (Pl : 0 <= len) by apply pos_INR. assert (S0 := spill_ge l). fold len in S0.
  assert (Sb : spill l <= 18889465931478580854785 + 281474976710660 * len) by lra.
  assert (A0 := loads_nonneg l). rewrite Lo in A0.
  destruct (growth_up_ge (summed ts) (length l + 1) Fg) as (Gr & G2);
    [rewrite plus_INR; cbn [INR]; fold len k; lra | exact Lk|].
  assert (G1 := growth_pos (length l + 1)).
  assert (G0 : growth (length l) <= growth (length l + 1)) by (apply growth_mono; lia).
  assert (G01 := growth_pos (length l)). pose proof e32_pos as Pe.
  set (g := growth (length l + 1)) in *. set (A := affineA ts b (abs_all zs) i) in *.
  assert (Se : g * spill l * e32 <= 2 * spill l * e32)
    by (apply Rmult_le_compat_r; [lra|]; apply Rmult_le_compat_r; lra).
  destruct (rounded_sum_error t l s (num y) S R P) as (z & Ez & Z).
  - unfold error. rewrite Nat.add_0_r, Lo.
    assert (growth (length l) * spill l * e32 <= 2 * spill l * e32)
      by (apply Rmult_le_compat_r; [lra|]; apply Rmult_le_compat_r; lra).
    assert ((growth (length l) - 1) * A <= 1 * A) by (apply Rmult_le_compat_r; lra).
    assert (2 * spill l * e32 <= 1) by (rewrite e32_value; lra).
    rewrite limit32_value. lra.
  - destruct (num_finite y z Ez) as (Fy & Ey). split; [exact Fy|]. unfold off. rewrite Ey, <- Ex.
    refine (Rle_trans _ _ _ Z _). unfold error. rewrite Lo. fold g.
    unfold v, noise32, n. cbn [relative absolute kappa32 eta32]. rewrite Mv.
    assert (Pg : 0 <= fR (growth_up (summed ts))) by lra.
    assert (Pk : 0 <= fR (up (summed ts * 0x1p-50))).
    { refine (Rle_trans _ _ _ _ Le). apply Rmult_le_pos; [fold k; lra | rewrite fR_eta; lra]. }
    rewrite !nonneg_eq by assumption. rewrite fR_eta in Le. fold k in Le.
    assert ((g - 1) * A <= fR (growth_up (summed ts)) * A) by (apply Rmult_le_compat_r; lra).
    assert (2 * spill l * e32 + e32 <= (len + 1) * / 1125899906842624) by (rewrite e32_value; lra).
    assert ((len + 1) * / 1125899906842624 <= k * / 1125899906842624) by (apply Rmult_le_compat_r; lra).
    lra.
Qed.

Lemma moved_runs e ts b i y (n := Affine e ts b) : node_ok n ns = true -> below e i -> moves ts b = true ->
  (exists z, num y = Some z /\ flushed (affine ts b zs i) z) ->
  is_finite y = true /\ off v n (affine ts b zs i) (affineA ts b (abs_all zs) i) (B2R y).
Proof.
  intros N Hi Mv (z & Ez & F). destruct (num_finite y z Ez) as (Fy & ->). split; [exact Fy|].
  assert (T := node_ok_terms e ts b ns G N). assert (A : 0 <= affineA ts b (abs_all zs) i).
  { apply (affineA_nonneg ns e); trivial. intros. rewrite value_abs. apply Rabs_pos. }
  unfold off, v, noise32, n. cbn [relative absolute kappa32 eta32]. rewrite Mv.
  rewrite !nonneg_eq by (try reflexivity; rewrite ?fR_0, ?fR_e32; pose proof e32_pos; lra).
  rewrite fR_0, fR_e32. destruct (flushed_near _ _ F) as (D & _). lra.
Qed.

(** ** Functions and products *)
Lemma exact_load n s i : derived n = true -> node_ok n ns = true -> s = forward fv n (no_bounds, no_bounds)
  ss ->
  info_ok fv n s = true -> below (ext n) i ->
  (forall t, formula n zs i t -> Rabs t <= 281474976710656) /\ fin (size (exact_at fv n ss i)).
Proof.
  intros D N -> O Hi. assert (W := node_ok_wf n ns N).
  rewrite (forward_derived fv n _ ss D) in O. destruct (enclosed fv n ss) as [l h].
  assert (C : capped fv (ext n) (exact_sizes fv n ss) = true).
  { unfold info_ok in O. rewrite !andb_true_iff in O. destruct O as (_ & _ & _ & _ & _ & _ & O).
    destruct n; try discriminate; exact O. }
  destruct (capped_below _ _ _ i (eq_refl : fin (cap fv)) W C Hi) as (F & L).
  assert (S := fun t => exact_sizes_ge fv n ns ss zs i t G N K D eq_refl Hi F).
  apply (Rle_trans _ _ _ (Rle_abs _)) in L. change (cap fv) with 0x1p48%float in L. rewrite fR_cap in L.
  split; [intros t I; specialize (S t I); lra|].
  revert F. unfold exact_sizes. cbn [fv noise_of noisy]. now rewrite fget_ftab_below.
Qed.

Lemma unary_runs f e d i y (n := Unary f e d) : node_ok n ns = true -> node_ok32 n = true ->
  fin (up (ulps * 0x1p-23)) -> 0 <= fR ulps ->
  info_ok fv n (forward fv n (no_bounds, no_bounds) ss) = true -> below e i ->
  applies (fR ulps) f (value zs d i) (num y) ->
  is_finite y = true /\ exists t, image f (value zs d i) t /\ off v n t (Rabs t) (B2R y).
Proof.
  intros N N32 Fu Pu O Hi A. set (t := sem f (value zs d i)).
  destruct (exact_load n _ i eq_refl N eq_refl O Hi) as (Lt & Fs). cbn [n formula] in Lt.
  specialize (Lt t (or_introl eq_refl)).
  assert (Nd := N). apply andb_prop in Nd as [_ Nd]. assert (W := node_ok_wf n ns N).
  destruct (between_bounds fv ns ss zs d e i G W K Nd Hi) as (Fl & Fh & B).
  assert (Df : defined32 f (fget (lo (info_at ss d)) i) (fget (hi (info_at ss d)) i) = true).
  { revert Fs. unfold n, exact_at. cbn [fv noise_of noisy defined].
    destruct (defined32 f _ _); [reflexivity|]. intros F.
    destruct (max2_ge _ _ F) as (F1 & _). now destruct fin_nan. }
  assert (Dom : in_domain f (value zs d i)).
  { destruct f; cbn [defined32 in_domain] in *; trivial.
    - apply ltb_lt in Df; [|exact fin_0 | exact Fl]. rewrite fR_0 in Df. lra.
    - apply leb_le in Df; [|exact fin_0 | exact Fl]. rewrite fR_0 in Df. lra.
    - apply orb_prop in Df as [Df|Df]; apply ltb_lt in Df; trivial; rewrite fR_0 in Df; lra. }
  assert (Lim : Rabs t < limit32) by (rewrite limit32_value; lra).
  destruct (A Dom Lim) as (z & Ez & Hz). destruct (num_finite y z Ez) as (Fy & ->). split; [exact Fy|].
  destruct (jumps f) eqn:J.
  { exists z. split; [exact Hz|]. unfold off, v, noise32, n. cbn [relative absolute kappa32 eta32]. rewrite J.
    destruct f; try discriminate. cbn [exactly32]. rewrite !nonneg_eq by (try reflexivity; rewrite fR_0; lra).
    rewrite fR_0, Rminus_eq_0, Rabs_R0. lra. }
  exists t. split; [now left|].
  unfold off, v, noise32, n. cbn [relative absolute kappa32 eta32]. rewrite J. pose proof e32_pos.
  pose proof (Rabs_pos t). destruct (exactly32 f).
  - rewrite !nonneg_eq by (try reflexivity; rewrite ?fR_0, ?fR_e32; lra). rewrite fR_0, fR_e32. fold t in
    Hz. lra.
  - destruct (up_mul _ _ Fu) as (_ & _ & U).
    assert (E23 : fR 0x1p-23 = bpow radix2 (-23)) by now rewrite (fR_pow2 _ 4503599627370496 (-75) 52).
    assert (E124 : fR 0x1p-124 = 4 * e32).
    { rewrite (fR_pow2 _ 4503599627370496 (-176) 52) by easy. exact (bpow_plus radix2 2 (-126)). }
    rewrite E23 in U. pose proof (bpow_ge_0 radix2 (-23)).
    assert (0 <= fR ulps * bpow radix2 (-23)) by (apply Rmult_le_pos; lra).
    rewrite !nonneg_eq by (try reflexivity; trivial; rewrite ?E124; lra). rewrite E124. fold t in Hz.
    assert (fR ulps * bpow radix2 (-23) * Rabs t <= fR (up (ulps * 0x1p-23)) * Rabs t)
      by (apply Rmult_le_compat_r; lra). lra.
Qed.

Lemma product_runs e d d' i y (n := Product e d d') : node_ok n ns = true ->
  info_ok fv n (forward fv n (no_bounds, no_bounds) ss) = true -> below e i ->
  sums (Prod (value zs d i) (value zs d' i)) (num y) ->
  let t := value zs d i * value zs d' i in is_finite y = true /\ off v n t (Rabs t) (B2R y).
Proof.
  intros N O Hi S t. destruct (exact_load n _ i eq_refl N eq_refl O Hi) as (Lt & _).
  cbn [n formula] in Lt. specialize (Lt t eq_refl). assert (Nd := N). apply andb_prop in Nd as [_ Nd].
  apply andb_prop in Nd as [N1 N2]. assert (W := node_ok_wf n ns N).
  assert (A1 := value_le d e i (fits_node ns d e G W N1) Hi).
  assert (A2 := value_le d' e i (fits_node ns d' e G W N2) Hi).
  unfold t in *. rewrite Rabs_mult in *. set (a := value zs d i) in *. set (c := value zs d' i) in *.
  assert (Pm : 0 <= Rabs a * Rabs c) by (apply Rmult_le_pos; apply Rabs_pos).
  pose proof (Rabs_pos a). pose proof (Rabs_pos c). pose proof e32_pos.
  assert (El : loads [(a, c)] = Rabs a * Rabs c) by (unfold loads, total; cbn; ring).
  assert (Es : spill [(a, c)] = Rabs a + Rabs c + 4) by (unfold spill, total; cbn; ring).
  assert (Ex : exact [(a, c)] = a * c) by (unfold exact, total; cbn; ring).
  assert (Eg : growth 1 = 1 + u32) by (unfold growth; ring).
  assert (Ee : error 0 [(a, c)] = u32 * (Rabs a * Rabs c) + (1 + u32) * (Rabs a + Rabs c + 4) * e32)
    by (unfold error; cbn [length Nat.add]; rewrite El, Es, Eg; ring).
  assert (Bd : (1 + u32) * (Rabs a + Rabs c + 4) * e32 <= / 1125899906842624)
    by (rewrite u32_value, e32_value; lra).
  destruct (sums_error (Prod a c) [(a, c)] (num y) S (Permutation_refl _)) as (z & Ez & Z).
  - rewrite El, Ee, limit32_value. rewrite u32_value in *. lra.
  - destruct (num_finite y z Ez) as (Fy & ->). split; [exact Fy|].
    unfold off, v, noise32, n. cbn [relative absolute kappa32 eta32].
    rewrite !nonneg_eq by (try reflexivity; rewrite ?fR_u32, ?fR_eta; pose proof u32_pos; lra).
    rewrite fR_u32, fR_eta. rewrite Ex, Ee in Z. lra.
Qed.

(** ** Any node *)
Lemma ready_values e ts : Forall (term_ok ns e) ts -> ready ts ys.
Proof.
  intros T d l k I Hk. rewrite Forall_forall in T. destruct (T _ I) as (_ & _ & Nd).
  exact (value_finite d _ k Nd Hk).
Qed.
Lemma node_runs x n y bl bh : node_ok n ns = true -> node_ok32 n = true -> fin (up (ulps * 0x1p-23)) ->
  0 <= fR ulps -> info_ok fv n (forward fv n (bl, bh) ss) = true ->
  (forall e i, n = Input e -> below e i -> is_finite (x i) = true) -> runs (fR ulps) x n ys y ->
  (forall i, below (ext n) i -> is_finite (y i) = true) /\ holds v (real x) n zs (real y).
Proof.
  intros N N32 Fu Pu O Fx R.
  cut (forall i, below (ext n) i -> is_finite (y i) = true /\
    match n with
    | Input _ => real y i = real x i
    | Constant _ c => real y i = fR (fget c i)
    | Affine _ ts b => off v n (affine ts b zs i) (affineA ts b (abs_all zs) i) (real y i)
    | Unary f _ d => exists t, image f (value zs d i) t /\ off v n t (Rabs t) (real y i)
    | Product _ d d' => let t := value zs d i * value zs d' i in off v n t (Rabs t) (real y i)
    end).
  { intros H. split; intros i Hi; now apply H. }
  intros i Hi. specialize (R i Hi). assert (W := node_ok_wf n ns N).
  destruct n as [e|e c|e ts b|f e d|e d d']; cbn [ext] in *.
  - unfold real. rewrite R. split; [now apply (Fx e) | reflexivity].
  - exact (num_finite _ _ R).
  - assert (T := node_ok_terms e ts b ns G N). specialize (R (ready_values e ts T)). fold zs in R.
    destruct (moves ts b) eqn:M; [now apply moved_runs | now apply affine_runs].
  - assert (Nd := N). apply andb_prop in Nd as [_ Nd].
    specialize (R (value_finite d e i (fits_node ns d e G W Nd) Hi)).
    rewrite <- value_real in R. now apply unary_runs.
  - assert (Nd := N). apply andb_prop in Nd as [_ Nd]. apply andb_prop in Nd as [N1 N2].
    specialize (R (value_finite d e i (fits_node ns d e G W N1) Hi)
      (value_finite d' e i (fits_node ns d' e G W N2) Hi)).
    rewrite <- !value_real in R. now apply product_runs.
Qed.
End Step.

(** ** The whole network *)
Theorem execution_finite ulps x bl bh : fin (up (ulps * 0x1p-23)) -> 0 <= fR ulps -> forall ns ss ys,
  graph_ok ns = true -> forallb node_ok32 ns = true ->
  forwards (noise_of (Binary32 ulps)) ns (bl, bh) = inl ss -> execution (fR ulps) x ns ys ->
  (forall e k, In (Input e) ns -> below e k ->
    is_finite (x k) = true /\ fR (fget bl k) <= real x k <= fR (fget bh k)) ->
  all_finite ns ys /\ exec (noise32 ulps) (real x) ns (map real ys).
Proof.
  intros Fu Pu. induction ns as [|n ns IH]; intros ss [|y ys] G A F X B; try contradiction; [now split|].
  cbn [graph_ok] in G. apply andb_prop in G as [N G]. cbn [forallb] in A. apply andb_prop in A as [N32 A].
  cbn [forwards] in F. destruct (forwards _ ns (bl, bh)) as [ss1|] eqn:E; [|discriminate].
  destruct (info_ok _ n (forward _ n (bl, bh) ss1)) eqn:O; [|discriminate]. destruct X as (Y & X).
  destruct (IH ss1 ys G A eq_refl X) as (Fin & Ex); [intros e k I; apply B; now right|].
  assert (K := forwards_known _ _ (real x) ns bl bh ss1 _ (noise32_covered ulps) G E Ex
    (fun e k I Hk => proj2 (B e k (or_intror I) Hk))).
  destruct (node_runs ulps ns ss1 ys G K Fin x n y bl bh N N32 Fu Pu O) as (Fy & Hy); trivial.
  { intros e k -> Hk. apply (B e k); [now left | exact Hk]. }
  split; [exact (conj Fy Fin) | exact (conj Hy Ex)].
Qed.
