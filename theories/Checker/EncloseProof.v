(** Interval propagation encloses every execution. Other symbols: see [Checker.Enclose], [Checker.Invariant].

    [centred n s]      the magnitudes of [s] bound the centres of its bounds
    [reaches ss ys t]  the operand of the term [t] lies within its radius around its centre, and its magnitude
                       bounds the centre
    [weighted ss ts i] the sum over the terms of relative error times absolute values *)
From Coq Require Import Bool ZArith Reals Lra Floats Uint63 List.
From Flocq Require Import Core BinarySingleNaN IEEE754.PrimFloat.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Base.Dot Base.DotProof Ops.Loops Ops.LoopsProof.
From Provenn Require Import Ops.Lines Ops.LinesProof Ops.Product Ops.ProductProof Ops.Functions.
From Provenn Require Import Ops.FunctionsProof.
From Provenn Require Import IR.LinMap IR.LinMapProof IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Enclose Checker.Invariant Checker.InvariantProof.
Import ListNotations.
Local Open Scope R_scope.

Lemma leb_abs_fin z t : fin t -> (PrimFloat.abs z <=? t)%float = true -> fin z.
Proof.
  unfold fin. rewrite leb_equiv, abs_equiv.
  destruct (Prim2B z) as [|[]| |], (Prim2B t) as [|[]| |[]]; intros; trivial; discriminate.
Qed.
Lemma capped_below v e a i : fin (cap v) -> wf e -> capped v e a = true -> below e i ->
  fin (fget a i) /\ Rabs (fR (fget a i)) <= fR (cap v).
Proof.
  intros Fc We H Hi. apply (allb_spec e _ i We H) in Hi. cbv beta in Hi.
  assert (F := leb_abs_fin _ _ Fc Hi). split; [exact F|]. rewrite <- fR_abs.
  apply leb_le; trivial. now apply fin_abs.
Qed.
Lemma finite_below e a i : wf e -> finite e a = true -> below e i -> fin (fget a i).
Proof. intros We H Hi. apply finb_fin. exact (allb_spec e _ i We H Hi). Qed.

(** ** Sums with directed steps *)
Lemma fold_up_ge {A} (f : A -> PrimFloat.float) xs : forall start,
  fin (fold_left (fun acc x => up (acc + f x)) xs start)%float ->
  fin start /\ Forall (fun x => fin (f x)) xs /\
  fR start + sum_of (fun x => fR (f x)) xs <= fR (fold_left (fun acc x => up (acc + f x)) xs start)%float.
Proof.
  induction xs as [|x xs IH]; intros start H; cbn [fold_left sum_of] in *.
  - repeat split; trivial. lra.
  - destruct (IH _ H) as (F & Fs & L). destruct (up_add _ _ F) as (? & ? & ?).
    repeat split; auto. lra.
Qed.
Lemma fold_dn_le {A} (f : A -> PrimFloat.float) xs : forall start,
  fin (fold_left (fun acc x => dn (acc + f x)) xs start)%float ->
  fin start /\ Forall (fun x => fin (f x)) xs /\
  fR (fold_left (fun acc x => dn (acc + f x)) xs start)%float <= fR start + sum_of (fun x => fR (f x)) xs.
Proof.
  induction xs as [|x xs IH]; intros start H; cbn [fold_left sum_of] in *.
  - repeat split; trivial. lra.
  - destruct (IH _ H) as (F & Fs & L). destruct (dn_add _ _ F) as (? & ? & ?).
    repeat split; auto. lra.
Qed.

(** ** One node from its bounds *)
Definition centred (n : node) (s : info) : Prop := forall i, below (ext n) i ->
  fin (centre (lo s) (hi s) i) -> Rabs (fR (centre (lo s) (hi s) i)) <= fR (fget (mag s) i).

Lemma maxf_ge_l x y : fin x -> fin (maxf x y) -> fR x <= fR (maxf x y).
Proof.
  unfold maxf. intros Fx. destruct (x <=? y)%float eqn:E; intros F; [now apply leb_le | apply Rle_refl].
Qed.
Lemma maxc_fin x y z t : fin x -> fin y -> fin t -> fin (maxf (maxc x y z) t) ->
  fin (maxc x y z) /\ fR (maxc x y z) <= fR (maxf (maxc x y z) t).
Proof.
  intros Fx Fy Ft F. cut (fin (maxc x y z)).
  { intros H. split; [exact H|]. rewrite fR_maxf by assumption. apply Rmax_l. }
  unfold maxf at 1 in F. destruct (maxc x y z <=? t)%float eqn:E; [|exact F]. unfold maxc, maxf in E |- *.
  repeat match goal with |- context [if ?c then _ else _] => destruct c end; try now apply fin_abs.
  now apply fin_abs, (leb_abs_fin z t).
Qed.
Lemma maxc_ge x y z v : fin x -> fin y -> fin (maxc x y z) -> fR x <= v <= fR y -> Rabs v <= fR (maxc x y z).
Proof.
  unfold maxc. set (a := PrimFloat.abs x). set (b := PrimFloat.abs y). intros Fx Fy F Hv.
  assert (Fa : fin a) by now apply fin_abs. assert (Fb : fin b) by now apply fin_abs.
  refine (Rle_trans _ _ _ _ (maxf_ge_l _ _ (fin_maxf _ _ Fa Fb) F)).
  rewrite fR_maxf by assumption. unfold a, b. rewrite !fR_abs. now apply RmaxAbs.
Qed.
Lemma maxc_ge_centre x y z : fin x -> fin y -> fin z -> Rabs (fR z) <= fR (maxc x y z).
Proof.
  intros Fx Fy Fz. unfold maxc. rewrite <- fR_abs.
  rewrite fR_maxf; [apply Rmax_r | apply fin_maxf |]; now apply fin_abs.
Qed.

Lemma spare_enough e m : wf e -> fin (up (tiny * up (sum_abs_f e m + 1)))%float ->
  fR tiny * sum e (fun i => fR (fget m i)) <= fR (up (tiny * up (sum_abs_f e m + 1)))%float.
Proof.
  intros We F. destruct (up_mul _ _ F) as (_ & F1 & L1). destruct (up_add _ _ F1) as (F2 & _ & L2).
  refine (Rle_trans _ _ _ _ L1). pose proof tiny_pos. apply Rmult_le_compat_l; [lra|].
  assert (L3 := sum_abs_f_ge e m We F2). rewrite fR_1 in L2.
  assert (sum e (fun i => fR (fget m i)) <= sum e (fun i => Rabs (fR (fget m i)))); [|lra].
  apply sum_le; [assumption|]. intros i _. apply Rle_abs.
Qed.

Lemma plain_known fv n l h load coef ys y (s := plain fv (ext n) l h load coef) :
  fin (cap fv) -> fin (least fv) -> wf (ext n) -> info_ok fv n s = true ->
  (forall i, below (ext n) i -> fin (fget l i) -> fin (fget h i) -> fR (fget l i) <= y i <= fR (fget h i)) ->
  match n with
  | Affine e ts b =>
      (fin coef -> gammas ts + fR (gamma (len e)) + fR (kappa fv n) <= fR coef) /\
      (forall i, below e i -> fin (fget load i) -> affineA ts b (abs_all ys) i <= fR (fget load i))
  | Unary f _ d => noisy fv = true -> forall i t, below (ext n) i -> fin (fget load i) ->
      image f (value ys d i) t -> Rabs t <= fR (fget load i)
  | Product _ d d' => noisy fv = true -> forall i, below (ext n) i -> fin (fget load i) ->
      Rabs (value ys d i * value ys d' i) <= fR (fget load i)
  | _ => True
  end ->
  between n s y /\ magnitudes fv n s ys y /\ centred n s.
Proof.
  intros Fcap Fleast We H Hy Ha. unfold info_ok in H. rewrite !andb_true_iff in H.
  destruct H as (Fl & Fh & _ & Cm & Fc & Fs & Fload).
  assert (Fl' := fun i => finite_below _ _ i We Fl). assert (Fh' := fun i => finite_below _ _ i We Fh).
  assert (Fm' := fun i Hi => proj1 (capped_below _ _ _ i Fcap We Cm Hi)). apply finb_fin in Fc, Fs.
  assert (Em : forall i, below (ext n) i ->
    fget (mag s) i = maxf (maxc (fget l i) (fget h i) (centre l h i)) (least fv)).
  { intros i Hi. unfold s, plain. cbn [mag]. now rewrite fget_ftab_below. }
  assert (B : between n s y) by (intros i Hi; cbn in *; auto).
  split; [exact B|]. split; [split|].
  - intros i Hi. destruct (B i Hi) as (F1 & F2 & L). specialize (Fm' i Hi). rewrite Em in * by assumption.
    destruct (maxc_fin _ _ _ _ F1 F2 Fleast Fm') as (F & Le). refine (Rle_trans _ _ _ _ Le). now apply
      maxc_ge.
  - intros i Hi. destruct (B i Hi) as (F1 & F2 & _). destruct (capped_below _ _ _ i Fcap We Cm Hi) as (F & C).
    assert (Lc := Rle_trans _ _ _ (Rle_abs _) C). split; [|exact Lc]. rewrite Em in * by assumption.
    destruct (maxc_fin _ _ _ _ F1 F2 Fleast F) as (Fx & _). rewrite fR_maxf by assumption. apply Rmax_r.
  - exact (spare_enough (ext n) (mag s) We Fs).
  - destruct n; trivial. now apply Ha.
  - destruct n; trivial; intros; apply Ha; trivial;
      try (match goal with N : noisy fv = true |- _ => rewrite N in Fload end);
      exact (proj1 (capped_below _ _ _ i Fcap We Fload ltac:(assumption))).
  - now destruct n.
  - intros i Hi Fz. destruct (B i Hi) as (F1 & F2 & _). specialize (Fm' i Hi). rewrite Em in * by assumption.
    destruct (maxc_fin _ _ _ _ F1 F2 Fleast Fm') as (_ & Le). refine (Rle_trans _ _ _ _ Le).
    apply maxc_ge_centre; auto.
Qed.

Lemma centred_nth ns ss : Forall2 centred ns ss -> forall d n, nth_error ns d = Some n ->
  centred n (info_at ss d).
Proof.
  induction 1 as [|n s ns ss C _ IH]; intros [|d] m E; try discriminate; [|exact (IH d m E)].
  now injection E as <-.
Qed.

(** ** Operands of affine nodes *)
Definition reaches (ss : list info) (ys : list vec) (t : term) : Prop := forall k, below (in_ext (snd t)) k ->
  let o := operand_of ss t in
  Rabs (fR (fget (mid o) k)) <= value (sizes ss) (fst t) k /\
  Rabs (value ys (fst t) k - fR (fget (mid o) k)) <= fR (fget (rad o) k).

Lemma radius_ge l h c i x : fin (radius l h c i) -> fR (fget l i) <= x <= fR (fget h i) ->
  fin (fget c i) /\ Rabs (x - fR (fget c i)) <= fR (radius l h c i).
Proof.
  unfold radius. set (p := up (fget h i - fget c i)%float). set (q := up (fget c i - fget l i)%float).
  cbv zeta. intros F Hx. destruct (zero_times_finite _ _ F) as (_ & Fpq & ->).
  destruct (fin_add _ _ Fpq) as (Fp & Fq & _). rewrite fR_maxf by assumption.
  destruct (up_sub _ _ Fp) as (_ & Fc & Lp). destruct (up_sub _ _ Fq) as (_ & _ & Lq).
  split; [exact Fc|]. fold p in Lp. fold q in Lq.
  pose proof (Rmax_l (fR p) (fR q)). pose proof (Rmax_r (fR p) (fR q)). apply Rabs_le. lra.
Qed.

Lemma operands_reach fv ns ss ys e ts : known fv ns ss ys ->
  (forall t n, In t ts -> nth_error ns (fst t) = Some n -> centred n (info_at ss (fst t))) ->
  Forall (term_ok ns e) ts -> radii_ok (map (operand_of ss) ts) = true -> Forall (reaches ss ys) ts.
Proof.
  unfold radii_ok. intros K C T R. rewrite forallb_forall in R. rewrite Forall_forall in T |- *.
  intros [d l] Ht k Hk. destruct (T _ Ht) as (V & _ & n & En & Ee). cbn [fst snd] in *.
  specialize (R _ (in_map (operand_of ss) _ _ Ht)). cbn [operand_of map_of fst snd] in R.
  assert (Wl := in_wf l V). destruct (known_nth fv ns ss ys d n K En) as (B & _ & ->).
  assert (Fr := finite_below _ _ k Wl R Hk). set (o := operand_of ss (d, l)).
  change (fin (fget (rad o) k)) in Fr.
  assert (Em : fget (mid o) k = centre (lo (info_at ss d)) (hi (info_at ss d)) k)
    by now apply fget_ftab_below.
  assert (Er : fget (rad o) k = radius (lo (info_at ss d)) (hi (info_at ss d)) (mid o) k)
    by now apply fget_ftab_below.
  rewrite <- Ee in Hk. destruct (B k Hk) as (_ & _ & L). rewrite Er in *.
  destruct (radius_ge _ _ _ _ _ Fr L) as (Fm & Lr). split; [|exact Lr].
  rewrite Em in *. exact (C _ n Ht En k Hk Fm).
Qed.

Definition weighted (ss : list info) (ts : list term) (i : int) : R :=
  sum_of (fun t => fR (gam (snd t)) * applyA (snd t) (value (sizes ss) (fst t)) i) ts.

Section Affine_node.
Variables (fv : fnoise) (ns : list node) (ss : list info) (ys : list vec).
Variables (e : extent) (b : option farr) (i : int).
Hypotheses (K : known fv ns ss ys) (Hi : below e i).

Lemma weighted_le ts : Forall (term_ok ns e) ts -> weighted ss ts i <= gammas ts * affineA ts b (sizes ss) i.
Proof.
  unfold weighted, gammas. induction 1 as [|[d l] ts Ht T IH]; cbn [sum_of affineA]; [lra|].
  assert (A := term_nonneg ns e i Hi (d, l) (sizes ss) Ht (size_nonneg fv ns ss ys K)).
  assert (L := load_nonneg fv ns ss ys K e ts b T i Hi). assert (G := gammas_nonneg ns e ts T).
  destruct Ht as (V & _). destruct (gam_nonneg l V). unfold gammas in G. cbn [fst snd] in *. nra.
Qed.

Lemma load_le_sizes ts : Forall (term_ok ns e) ts ->
  Forall (fun o => fin (absF (map_of o) (sizes_of o) i)) (map (operand_of ss) ts) ->
  affineA ts b (sizes ss) i
    <= Rabs (bias_at b i) + sum_of (fun o => fR (absF (map_of o) (sizes_of o) i)) (map (operand_of ss) ts).
Proof.
  induction 1 as [|[d l] ts (V & Eo & n & En & Ee) _ IH]; cbn [map affineA sum_of]; intros F; [lra|].
  apply Forall_cons_iff in F as [F1 F2]. specialize (IH F2). cbn [operand_of map_of sizes_of fst snd] in *.
  rewrite <- Eo in Hi. assert (L := absF_ge l V (mag (info_at ss d)) i Hi F1).
  assert (applyA l (value (sizes ss) d) i <= applyA l (fun k => Rabs (fR (fget (mag (info_at ss d)) k))) i);
    [|lra].
  destruct (known_nth fv ns ss ys d n K En) as (_ & _ & ->). apply applyA_mono; trivial.
  intros k _. apply Rle_abs.
Qed.

Lemma affine_near_centre ts : Forall (term_ok ns e) ts -> Forall (reaches ss ys) ts ->
  Forall (fun o => fin (applyF (map_of o) (mid o) i)) (map (operand_of ss) ts) ->
  Forall (fun o => fin (up (absF (map_of o) (rad o) i + tiny)%float)) (map (operand_of ss) ts) ->
  Rabs (affine ts b ys i
        - (bias_at b i + sum_of (fun o => fR (applyF (map_of o) (mid o) i)) (map (operand_of ss) ts)))
    <= weighted ss ts i
       + sum_of (fun o => fR (up (absF (map_of o) (rad o) i + tiny)%float)) (map (operand_of ss) ts).
Proof.
  unfold weighted. intros T.
  induction T as [|[d l] ts (V & Eo & _) _ IH]; cbn [map affine sum_of]; intros Rt Fa Fr.
  - apply Rabs_le. lra.
  - apply Forall_cons_iff in Rt as [Rt1 Rt2]. apply Forall_cons_iff in Fa as [Fa1 Fa2].
    apply Forall_cons_iff in Fr as [Fr1 Fr2]. specialize (IH Rt2 Fa2 Fr2).
    destruct (up_add _ _ Fr1) as (F0 & _ & Lr).
    unfold reaches in Rt1. set (o := operand_of ss (d, l)) in *. change (map_of o) with l in *.
    cbn [fst snd] in *.
    rewrite <- Eo in Hi. assert (La := applyF_error l V (mid o) i Hi Fa1).
    assert (Ld := apply_diff l V (value ys d) _ _ i (fun k Hk => proj2 (Rt1 k Hk)) Hi).
    assert (Lc : applyA l (fun k => fR (fget (rad o) k)) i <= fR (absF l (rad o) i)).
    { refine (Rle_trans _ _ _ _ (absF_ge l V (rad o) i Hi F0)).
      apply applyA_mono; trivial. intros k _. apply Rle_abs. }
    assert (Lg : fR (gam l) * applyA l (fun k => Rabs (fR (fget (mid o) k))) i
                 <= fR (gam l) * applyA l (value (sizes ss) d) i).
    { apply Rmult_le_compat_l; [now apply gam_nonneg|]. apply applyA_mono; trivial.
      intros k Hk. now apply Rt1. }
    apply Rabs_le_inv in La, Ld, IH. apply Rabs_le. lra.
Qed.
End Affine_node.

Lemma bias_f_exact b i : fR (bias_f b i) = bias_at b i.
Proof. destruct b; [reflexivity | apply fR_0]. Qed.

Lemma sum_of_images (step : PrimFloat.float -> PrimFloat.float) e (g : operand -> int -> PrimFloat.float) i :
  wf e -> below e i -> forall ops start,
  fold_left (fun acc a => step (acc + fget a i)%float) (map (fun o => ftab (len e) (g o)) ops) start
    = fold_left (fun acc o => step (acc + g o i)%float) ops start.
Proof.
  intros W Hi. induction ops as [|o ops IH]; intros start; cbn [map fold_left]; [reflexivity|].
  now rewrite fget_ftab_below, IH.
Qed.

(** ** One more affine node on top of known ones *)
Lemma affine_step fv v x ns ss ys e ts b y (n := Affine e ts b) (s := affine_info fv e ts b ss) :
  covers fv v -> graph_ok ns = true -> known fv ns ss ys ->
  (forall t n, In t ts -> nth_error ns (fst t) = Some n -> centred n (info_at ss (fst t))) ->
  node_ok n ns = true -> info_ok fv n s = true -> holds v x n ys y ->
  between n s y /\ magnitudes fv n s ys y /\ centred n s.
Proof.
  intros Hv G K C Hn Hs Hy. assert (Hrel := relative_le _ _ Hv n). assert (Habs := absolute_le _ _ Hv n).
  assert (We := node_ok_wf _ _ Hn). change (wf e) in We.
  assert (T := node_ok_terms e ts b ns G Hn). set (ops := map (operand_of ss) ts).
  assert (Fc : fin (coef s)).
  { revert Hs. unfold info_ok. rewrite !andb_true_iff. intros (_ & _ & _ & _ & H & _). now apply finb_fin. }
  assert (Hrad : radii_ok ops = true).
  { revert Fc. unfold s, affine_info, plain. cbn [coef]. fold ops.
    destruct (radii_ok ops); [reflexivity|]. intros F. now destruct fin_nan. }
  assert (Ht := operands_reach fv ns ss ys e ts K C T Hrad).
  unfold s, affine_info in *. fold ops in Hs, Fc |- *. rewrite Hrad in *. cbv zeta in *.
  fold n in Hs, Fc |- *. set (g := up (worst e ts + kappa fv n)%float) in *. change (fin g) in Fc.
  set (tot := ftab (len e) (fun i => sum_up _ ops (fun o => absF _ (sizes_of o) i))) in *.
  set (slack := ftab (len e) (fun i => up (sum_up _ ops _ + eta_up fv n)%float)) in *.
  assert (Lg : gammas ts + fR (gamma (len e)) + fR (kappa fv n) <= fR g).
  { destruct (up_add _ _ Fc) as (Fw & _ & L). fold g in L.
    destruct (fold_up_ge (fun t => gam (snd t)) ts (gamma (len e)) Fw) as (_ & _ & L').
    change (fold_left _ ts _) with (worst e ts) in L'. unfold gammas. lra. }
  assert (Lt : forall i, below e i -> fin (fget tot i) -> affineA ts b (sizes ss) i <= fR (fget tot i)).
  { intros i Hi. unfold tot. rewrite fget_ftab_below by assumption. unfold sum_up. intros F.
    destruct (fold_up_ge _ _ _ F) as (_ & A & L). rewrite fR_abs, bias_f_exact in L.
    exact (Rle_trans _ _ _ (load_le_sizes fv ns ss ys e b i K Hi ts T A) L). }
  apply plain_known; try apply Hv; trivial.
  2: { split; [now intros|]. intros i Hi F. refine (Rle_trans _ _ _ _ (Lt i Hi F)).
    exact (affineA_le_load fv ns ss ys K e ts b T i Hi). }
  intros i Hi. change (ext n) with e in *. rewrite !fget_ftab_below by assumption. intros Fl Fh.
  destruct (dn_sub _ _ Fl) as (Fd & Fs & Ll). destruct (up_add _ _ Fh) as (Fu & _ & Lh).
  unfold sum_dn in Fd, Ll |- *. unfold sum_up in Fu, Lh |- *.
  rewrite (sum_of_images dn e (fun o => applyF (map_of o) (mid o)) i We Hi) in *.
  rewrite (sum_of_images up e (fun o => applyF (map_of o) (mid o)) i We Hi) in *.
  destruct (fold_dn_le _ _ _ Fd) as (_ & A & Ld). destruct (fold_up_ge _ _ _ Fu) as (_ & _ & Lu).
  assert (Es : fget slack i = up (sum_up (up (g * fget tot i)) ops
    (fun o => up (absF (map_of o) (rad o) i + tiny)) + eta_up fv n)%float) by now apply fget_ftab_below.
  assert (Fs' := Fs). rewrite Es in Fs'. destruct (up_add _ _ Fs') as (Fo & _ & Lo). rewrite <- Es in Lo.
  unfold sum_up in Fo, Lo. destruct (fold_up_ge _ _ _ Fo) as (Fm & Ar & Lr).
  destruct (up_mul _ _ Fm) as (_ & Ft & Lm). specialize (Lt i Hi Ft).
  assert (Ly := Hy i Hi). cbn [n] in Ly. unfold off in Ly. fold n in Ly.
  assert (Lc := affine_near_centre ns ss ys e b i Hi ts T Ht A Ar). fold ops in Lc.
  assert (L0 := load_nonneg fv ns ss ys K e ts b T i Hi).
  assert (Lw := weighted_le fv ns ss ys e b i K Hi ts T).
  assert (La := affineA_le_load fv ns ss ys K e ts b T i Hi). rewrite bias_f_exact in *.
  set (load := affineA ts b (sizes ss) i) in *.
  assert (Ln : relative v n * affineA ts b (abs_all ys) i <= fR (kappa fv n) * load)
    by (apply Rle_trans with (relative v n * load); [apply Rmult_le_compat_l | apply Rmult_le_compat_r]; lra).
  assert (Lall : (gammas ts + fR (kappa fv n)) * load <= fR g * fR (fget tot i)).
  { pose proof (gamma_nonneg (len e)). pose proof (gammas_nonneg ns e ts T). apply Rmult_le_compat; lra. }
  apply Rabs_le_inv in Ly, Lc. lra.
Qed.

(** Its sum of absolute values is bounded by the largest magnitude. *)
Lemma affine_load fv ns ss ys e ts b (n := Affine e ts b) : fin (cap fv) -> graph_ok ns = true ->
  known fv ns ss ys -> node_ok n ns = true -> info_ok fv n (affine_info fv e ts b ss) = true ->
  forall i, below e i -> affineA ts b (sizes ss) i <= fR (cap fv).
Proof.
  intros Fc G K N H i Hi. assert (W := node_ok_wf _ _ N). assert (T := node_ok_terms e ts b ns G N).
  unfold info_ok in H. rewrite !andb_true_iff in H. destruct H as (_ & _ & _ & _ & _ & _ & H).
  destruct (capped_below _ _ _ i Fc W H Hi) as (F & L). apply (Rle_trans _ _ _ (Rle_abs _)) in L.
  refine (Rle_trans _ _ _ _ L). revert F. unfold affine_info, plain. cbn [load].
  rewrite fget_ftab_below by assumption. unfold sum_up. intros F.
  destruct (fold_up_ge _ _ _ F) as (_ & A & U). rewrite fR_abs in U.
  refine (Rle_trans _ _ _ (load_le_sizes fv ns ss ys e b i K Hi ts T A) _). now destruct b.
Qed.

(** ** Nodes whose bounds come from those of their operands *)
Definition derived (n : node) : bool := match n with Unary _ _ _ | Product _ _ _ => true | _ => false end.
Lemma between_bounds fv ns ss ys d e i : graph_ok ns = true -> wf e -> known fv ns ss ys ->
  fits ns d e = true -> below e i -> let s := info_at ss d in
  fin (fget (lo s) i) /\ fin (fget (hi s) i) /\ fR (fget (lo s) i) <= value ys d i <= fR (fget (hi s) i).
Proof.
  intros G W K Hd Hi. destruct (fits_node ns d e G W Hd) as (m & Em & <-).
  exact (proj1 (known_nth fv ns ss ys d m K Em) i Hi).
Qed.
(** The exact value of such a node, up to flushing. *)
Definition formula (n : node) (ys : list vec) (i : int) (t : R) : Prop :=
  match n with
  | Unary f _ d => image f (value ys d i) t
  | Product _ d d' => t = value ys d i * value ys d' i
  | _ => False
  end.
Lemma exact_at_holds fv n ns ss ys i t : graph_ok ns = true -> node_ok n ns = true -> known fv ns ss ys ->
  derived n = true -> below (ext n) i -> formula n ys i t -> Lines.holds (exact_at fv n ss i) t.
Proof.
  intros G N K D Hi I. assert (W := node_ok_wf n ns N). apply andb_prop in N as [_ N].
  destruct n as [| | |f e d|e d d']; try discriminate; cbn [ext exact_at formula] in *.
  - destruct (between_bounds fv ns ss ys d e i G W K N Hi) as (Fl & Fh & L).
    assert (H := range_image f _ _ _ t Fl Fh L I).
    destruct (noisy fv); [|exact H]. destruct (defined fv f _ _); [exact H|].
    split; intros F; now destruct fin_nan.
  - apply andb_prop in N as [N1 N2].
    destruct (between_bounds fv ns ss ys d e i G W K N1 Hi) as (_ & _ & L1).
    destruct (between_bounds fv ns ss ys d' e i G W K N2 Hi) as (_ & _ & L2). rewrite I.
    exact (product_range_holds _ _ _ _ _ _ L1 L2).
Qed.
Lemma size_ge_abs (i : itv) t : fin (size i) -> Lines.holds i t ->
  fin (inf i) /\ fin (sup i) /\ Rabs t <= fR (size i).
Proof.
  unfold size. intros F (L & U). destruct (max2_ge _ _ F) as (F1 & F2 & M1 & M2).
  assert (G1 := proj1 (fin_abs _) F1).
  assert (G2 := proj1 (fin_abs _) F2). specialize (L G1). specialize (U G2).
  split; [exact G1|]. split; [exact G2|]. rewrite !fR_abs in *. apply Rabs_le.
  pose proof (Rle_abs (fR (sup i))). pose proof (Rle_abs (- fR (inf i))). rewrite Rabs_Ropp in *. lra.
Qed.
Lemma noise_le fv v n t m z k : covers fv v -> off v n t m z -> 0 <= m <= k ->
  Rabs (z - t) <= fR (kappa fv n) * k + fR (eta_up fv n).
Proof.
  intros C H M. assert (A := relative_le _ _ C n). assert (B := absolute_le _ _ C n).
  refine (Rle_trans _ _ _ H _). apply Rplus_le_compat; [|lra]. apply Rmult_le_compat; lra.
Qed.
Lemma exactly fv v n t m z : covers fv v -> noisy fv = false -> off v n t m z -> z = t.
Proof.
  intros C N H. destruct (quiet _ _ C N n) as (E1 & E2). unfold off in H. rewrite E1, E2 in H.
  apply Rminus_diag_uniq. destruct (Req_dec (z - t) 0) as [|D]; [assumption|].
  apply Rabs_pos_lt in D. lra.
Qed.
Lemma widen_holds fv v n i t z : covers fv v -> off v n t (Rabs t) z -> Lines.holds i t ->
  Lines.holds (widen fv n i) z.
Proof.
  intros C H I. unfold widen. destruct (noisy fv) eqn:N; [|now rewrite (exactly _ _ _ _ _ _ C N H)].
  set (d := up (up (kappa fv n * size i) + eta_up fv n)).
  assert (D : fin d -> Rabs (z - t) <= fR d).
  { intros F. destruct (up_add _ _ F) as (F1 & _ & L1). destruct (up_mul _ _ F1) as (_ & F2 & L2).
    destruct (size_ge_abs i t F2 I) as (_ & _ & S).
    assert (E := noise_le fv v n t _ z _ C H (conj (Rabs_pos t) S)). fold d in L1. lra. }
  split; cbn [inf sup]; intros F.
  - destruct (dn_sub _ _ F) as (F1 & Fd & L). specialize (D Fd). destruct I as (I & _). specialize (I F1).
    apply Rabs_le_inv in D. lra.
  - destruct (up_add _ _ F) as (F1 & Fd & L). specialize (D Fd). destruct I as (_ & I). specialize (I F1).
    apply Rabs_le_inv in D. lra.
Qed.
Lemma holds_formula v x n ys y i : derived n = true -> holds v x n ys y -> below (ext n) i ->
  exists t, formula n ys i t /\ off v n t (Rabs t) (y i).
Proof.
  intros D H Hi. specialize (H i Hi). destruct n; try discriminate; [exact H|].
  eexists. now split; [|exact H].
Qed.
Lemma enclosed_holds fv v x n ns ss ys y l h i : covers fv v -> graph_ok ns = true -> node_ok n ns = true ->
  known fv ns ss ys -> holds v x n ys y -> derived n = true -> enclosed fv n ss = (l, h) -> below (ext n) i ->
  (fin (fget l i) -> fR (fget l i) <= y i) /\ (fin (fget h i) -> y i <= fR (fget h i)).
Proof.
  intros C G N K Hy D E Hi. assert (W := node_ok_wf n ns N).
  destruct (holds_formula v x n ys y i D Hy Hi) as (t & I & O).
  assert (H := widen_holds fv v n _ _ _ C O (exact_at_holds fv n ns ss ys i t G N K D Hi I)).
  destruct n; try discriminate; cbn [ext] in *; injection E as <- <-; now rewrite !fget_ftab_below.
Qed.
Lemma exact_sizes_ge fv n ns ss ys i t : graph_ok ns = true -> node_ok n ns = true -> known fv ns ss ys ->
  derived n = true -> noisy fv = true -> below (ext n) i -> fin (fget (exact_sizes fv n ss) i) ->
  formula n ys i t -> Rabs t <= fR (fget (exact_sizes fv n ss) i).
Proof.
  intros G N K D Q Hi. assert (W := node_ok_wf n ns N). unfold exact_sizes. rewrite Q.
  rewrite fget_ftab_below by assumption. intros F I.
  now apply size_ge_abs, (exact_at_holds fv n ns ss ys i t).
Qed.

(** ** All nodes *)
Lemma forward_step fv v x n ns ss ys y bl bh (s := forward fv n (bl, bh) ss) : covers fv v ->
  graph_ok ns = true -> node_ok n ns = true -> known fv ns ss ys -> Forall2 centred ns ss ->
  info_ok fv n s = true -> holds v x n ys y ->
  (forall e k, n = Input e -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  between n s y /\ magnitudes fv n s ys y /\ centred n s.
Proof.
  intros Hv G Hn K C Hs Hy Hb. assert (We := node_ok_wf n ns Hn). unfold s in *. clear s.
  assert (Fc := cap_fin _ _ Hv). assert (Fl := least_fin _ _ Hv).
  destruct (derived n) eqn:D; [|destruct n as [e|e c|e ts b|f e d|e d d']; try discriminate].
  - assert (E : forward fv n (bl, bh) ss = let '(l, h) := enclosed fv n ss in
      plain fv (ext n) l h (exact_sizes fv n ss) 0) by (now destruct n).
    rewrite E in *. destruct (enclosed fv n ss) as [l h] eqn:El.
    apply (plain_known fv n); trivial.
    + intros i Hi F1 F2. destruct (enclosed_holds fv v x n ns ss ys y l h i Hv G Hn K Hy D El Hi). auto.
    + assert (S := fun i t => exact_sizes_ge fv n ns ss ys i t G Hn K D).
      destruct n; try discriminate; intros Q i; [intros t|]; intros; now apply S.
  - apply (plain_known fv (Input e)); trivial. intros i Hi _ _. rewrite (Hy i Hi). now apply (Hb e).
  - apply (plain_known fv (Constant e c)); trivial. intros i Hi _ _. rewrite (Hy i Hi). lra.
  - apply (affine_step fv v x ns ss ys e ts b y); trivial. intros t n _. now apply centred_nth.
Qed.
Lemma forwards_centred fv v x ns bl bh : covers fv v -> graph_ok ns = true -> forall ss ys,
  forwards fv ns (bl, bh) = inl ss -> exec v x ns ys ->
  (forall e k, In (Input e) ns -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  known fv ns ss ys /\ Forall2 centred ns ss.
Proof.
  intros Hv. induction ns as [|n ns IH]; intros G ss [|y ys] Hf Hx Hb; try contradiction;
    cbn [forwards] in Hf.
  - injection Hf as <-. now split.
  - cbn [graph_ok] in G. apply andb_prop in G as [Hn G]. destruct Hx as [Hy Hx].
    destruct (forwards fv ns (bl, bh)) as [ss'|bad]; [|discriminate].
    destruct (info_ok fv n (forward fv n (bl, bh) ss')) eqn:Hs; [|discriminate]. injection Hf as <-.
    destruct (IH G ss' ys eq_refl Hx) as [K C]; [intros e k He; apply Hb; now right|].
    destruct (forward_step fv v x n ns ss' ys y bl bh Hv G Hn K C Hs Hy) as (B & M & Cn).
    { intros e k ->. apply Hb. now left. }
    split; [exact (conj B (conj M K)) | now constructor].
Qed.

Theorem forwards_known fv v x ns bl bh ss ys : covers fv v -> graph_ok ns = true ->
  forwards fv ns (bl, bh) = inl ss -> exec v x ns ys ->
  (forall e k, In (Input e) ns -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  known fv ns ss ys.
Proof. intros Hv G Hf Hx Hb. now apply (forwards_centred fv v x ns bl bh). Qed.

(** What the property computes from outputs has no noise. *)
Lemma noiseless_covers fv v : covers fv v -> covers (noiseless fv) none.
Proof.
  intros C. split; cbn [noiseless none kappa eta_up relative absolute cap least];
    try (intros; rewrite ?fR_0; lra); apply C.
Qed.
Lemma noiseless_known fv v : covers fv v -> forall ns ss ys, known fv ns ss ys ->
  known (noiseless fv) ns ss ys.
Proof.
  intros C. induction ns as [|n ns IH]; intros [|s ss] [|y ys] K; try contradiction; [exact K|].
  destruct K as (B & M & K). split; [exact B|]. split; [|now apply IH].
  destruct M as [M1 M2 M3 M4 M5]. split; try assumption.
  destruct n as [e|e c|e ts b|f e d|e d d']; trivial. cbn [noiseless kappa]. rewrite fR_0.
  pose proof (relative_le _ _ C (Affine e ts b)). lra.
Qed.
Theorem claim_about fv v x ns bl bh ss ys e ts b (n := Affine e ts b)
    (s := affine_info (noiseless fv) e ts b ss) :
  covers fv v -> graph_ok ns = true -> forwards fv ns (bl, bh) = inl ss -> exec v x ns ys ->
  (forall e k, In (Input e) ns -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  node_ok n ns = true -> info_ok (noiseless fv) n s = true -> holds none x n ys (affine ts b ys) ->
  magnitudes (noiseless fv) n s ys (affine ts b ys).
Proof.
  intros Hv G Hf Hx Hb Hn Hs Hy. destruct (forwards_centred fv v x ns bl bh Hv G ss ys Hf Hx Hb) as [K C].
  exact (proj1 (proj2 (affine_step _ none x ns ss ys e ts b _ (noiseless_covers fv v Hv) G
    (noiseless_known fv v Hv ns ss ys K) (fun t n _ => centred_nth ns ss C (fst t) n) Hn Hs Hy))).
Qed.

Lemma forwards_from_fixed fv box : forall ns,
  forwards_from fv ns (map (fixed_info fv) ns) box = forwards fv ns box.
Proof.
  induction ns as [|n ns IH]; [reflexivity|]. cbn [map forwards_from forwards]. rewrite IH.
  destruct (forwards fv ns box) as [ss|bad]; [|reflexivity].
  destruct n as [e|e c|e ts b|f e d|e d d']; trivial.
  cbn [fixed_info forward]. cbv zeta.
  match goal with |- context [info_ok ?v ?n ?s] => now destruct (info_ok v n s) eqn:E; rewrite ?E end.
Qed.

(** ** Magnitudes after sharper bounds *)
Lemma or_else_known fv n s ys y l h load coef : fin (cap fv) -> fin (least fv) -> wf (ext n) ->
  between n s y -> magnitudes fv n s ys y ->
  (forall i, below (ext n) i -> fin (fget l i) -> fin (fget h i) -> fR (fget l i) <= y i <= fR (fget h i)) ->
  match n with
  | Affine e ts b =>
      (fin coef -> gammas ts + fR (gamma (len e)) + fR (kappa fv n) <= fR coef) /\
      (forall i, below e i -> fin (fget load i) -> affineA ts b (abs_all ys) i <= fR (fget load i))
  | Unary f _ d => noisy fv = true -> forall i t, below (ext n) i -> fin (fget load i) ->
      image f (value ys d i) t -> Rabs t <= fR (fget load i)
  | Product _ d d' => noisy fv = true -> forall i, below (ext n) i -> fin (fget load i) ->
      Rabs (value ys d i * value ys d' i) <= fR (fget load i)
  | _ => True
  end ->
  let t := or_else fv n s (plain fv (ext n) l h load coef) in between n t y /\ magnitudes fv n t ys y.
Proof.
  intros Fc Fl W B M Hb Ha. unfold or_else. destruct (info_ok fv n _) eqn:O; [|now split].
  destruct (plain_known fv n l h load coef ys y Fc Fl W O Hb Ha) as (P1 & P2 & _). now split.
Qed.
Lemma sharpened_known fv v n s ys y : covers fv v -> wf (ext n) -> between n s y -> magnitudes fv n s ys y ->
  between n (sharpened fv n s) y /\ magnitudes fv n (sharpened fv n s) ys y.
Proof.
  intros C W B M. apply or_else_known; trivial; try apply C.
  - intros i Hi _ _. now apply B.
  - assert (Co := coef_ge _ _ _ _ _ M). assert (Lo := load_ge _ _ _ _ _ M). destruct n; trivial; auto.
Qed.
Lemma renewed_known fv v x n s ns ss ys y : covers fv v -> graph_ok ns = true -> node_ok n ns = true ->
  known fv ns ss ys -> between n s y -> magnitudes fv n s ys y -> holds v x n ys y ->
  between n (renewed fv n s ss) y /\ magnitudes fv n (renewed fv n s ss) ys y.
Proof.
  intros C G N K B M Y. assert (W := node_ok_wf n ns N). destruct (derived n) eqn:D.
  - assert (E : renewed fv n s ss = let '(l, h) := enclosed fv n ss in
      or_else fv n s (plain fv (ext n) (ftab (len (ext n)) (fun i => maxf (fget (lo s) i) (fget l i)))
        (ftab (len (ext n)) (fun i => minf (fget (hi s) i) (fget h i))) (exact_sizes fv n ss) 0))
      by (destruct n; try discriminate; reflexivity).
    rewrite E. clear E. destruct (enclosed fv n ss) as [l h] eqn:El. apply or_else_known; trivial; try apply
      C.
    + intros i Hi. rewrite !fget_ftab_below by assumption. intros F1 F2. destruct (B i Hi) as (F3 & F4 & L).
      destruct (enclosed_holds fv v x n ns ss ys y l h i C G N K Y D El Hi) as (L1 & L2).
      unfold maxf, minf in *. destruct (fget (lo s) i <=? fget l i)%float, (fget (hi s) i <=? fget h i)%float;
        split; auto; lra.
    + assert (S := fun i t => exact_sizes_ge fv n ns ss ys i t G N K D).
      destruct n; try discriminate; intros Q i; [intros t|]; intros; now apply S.
  - destruct n as [e|e c|e ts b| |]; try discriminate; try (now split).
    assert (T := node_ok_terms e ts b ns G N). apply (or_else_known fv (Affine e ts b)); trivial; try apply C.
    + intros i Hi _ _. now apply B.
    + split; [intros _; exact (coef_ge _ _ _ _ _ M)|]. intros i Hi. unfold load_of.
      rewrite fget_ftab_below by assumption. unfold sum_up. intros F. destruct (fold_up_ge _ _ _ F) as (_ &
        A & U).
      rewrite fR_abs, bias_f_exact in U. refine (Rle_trans _ _ _ (affineA_le_load fv ns ss ys K e ts b T i
        Hi) _).
      exact (Rle_trans _ _ _ (load_le_sizes fv ns ss ys e b i K Hi ts T A) U).
Qed.
Theorem refreshed_known fv v x : covers fv v -> forall d ns ss ys, graph_ok ns = true -> known fv ns ss ys ->
  exec v x ns ys -> known fv ns (refreshed fv d ns ss) ys.
Proof.
  intros C d ns ss ys G K X. unfold refreshed. destruct (noisy fv); [|exact K].
  revert ns ss ys G K X. induction d as [|d IH]; intros [|n ns] [|s ss] [|y ys] G K X; try contradiction;
    trivial; cbn [graph_ok] in G; apply andb_prop in G as [N G]; destruct K as (B & M & K), X as (Y & X);
    cbn [renew].
  - destruct (sharpened_known fv v n s ys y C (node_ok_wf n ns N) B M) as (B' & M'). exact (conj B' (conj M'
    K)).
  - specialize (IH ns ss ys G K X).
    destruct (renewed_known fv v x n s ns _ ys y C G N IH B M Y) as (B' & M'). exact (conj B' (conj M' IH)).
Qed.
