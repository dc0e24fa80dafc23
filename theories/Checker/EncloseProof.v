(** Interval propagation encloses every execution. Other symbols: see [Checker.Enclose], [Checker.Invariant].

    [total_of f xs]    the sum of [f] over the list [xs]
    [centred n s]      the magnitudes of [s] bound the centres of its bounds
    [reaches e ss ys t]  the operand of the term [t] lies within its radius around its centre, and its
                         magnitude bounds both
    [weighted ... ts]  the sum over the terms of relative error times absolute values *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 List.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Base.Dot Base.DotProof.
From Provenn Require Import Ops.Loops IR.LinMap IR.LinMapProof IR.Graph Ops.Relu Ops.ReluProof.
From Provenn Require Import Checker.Enclose Checker.Invariant.
Import ListNotations.
Local Open Scope R_scope.

(** ** Tests *)
Lemma allR_nth p n : forall i, allR n i p = true -> forall k, (k < n)%nat -> p (nth_index i k) = true.
Proof.
  induction n as [|n IH]; intros i H k Hk; [lia|]. cbn [allR] in H. destruct (p i) eqn:E; [|discriminate].
  destruct k as [|k]; [now rewrite nth_index_0|]. rewrite nth_index_S. apply IH; [assumption | lia].
Qed.
Lemma allb_below e p i : wf e -> allb e p = true -> below e i -> p i = true.
Proof.
  intros We H Hi. destruct (nth_below e i We Hi) as [Hk <-]. now apply allR_nth with (n := fuel e).
Qed.
Lemma finite_below e a i : wf e -> finite e a = true -> below e i -> fin (fget a i).
Proof. intros We H Hi. apply finb_fin. exact (allb_below e _ i We H Hi). Qed.
Lemma wf_ext_sound e : wf_ext e = true -> wf e.
Proof.
  unfold wf_ext, wf. rewrite !andb_true_iff, !Nat.eqb_eq. intros (H & A & B & C). split; [|exact H].
  destruct e as [n f o r]. unfold extent_of in *. cbn in *. congruence.
Qed.
Lemma below_same a b i : same_len a b = true -> below a i -> below b i.
Proof. unfold same_len, below. intros H. apply Uint63.eqb_spec in H. now rewrite H. Qed.
Lemma same_len_sym a b : same_len a b = true -> same_len b a = true.
Proof. unfold same_len. rewrite !Uint63.eqb_spec. congruence. Qed.
Lemma node_ok_ext n ns : node_ok n ns = true -> wf (ext n).
Proof. unfold node_ok. intros H. apply andb_prop in H as [H _]. now apply wf_ext_sound. Qed.

(** ** Sums with directed steps *)
Definition total_of {A : Type} (f : A -> R) (xs : list A) : R := fold_right (fun x acc => f x + acc) 0 xs.

Lemma fold_up_ge {A} (f : A -> PrimFloat.float) xs : forall start,
  fin (fold_left (fun acc x => up (acc + f x)) xs start)%float ->
  fin start /\ Forall (fun x => fin (f x)) xs /\
  fR start + total_of (fun x => fR (f x)) xs <= fR (fold_left (fun acc x => up (acc + f x)) xs start)%float.
Proof.
  induction xs as [|x xs IH]; intros start H; cbn [fold_left total_of fold_right] in *.
  - repeat split; trivial. lra.
  - destruct (IH _ H) as (F & A' & L). destruct (up_add _ _ F) as (Fs & Fx & L').
    repeat split; trivial. { now constructor. } fold (total_of (fun x => fR (f x)) xs). lra.
Qed.
Lemma fold_dn_le {A} (f : A -> PrimFloat.float) xs : forall start,
  fin (fold_left (fun acc x => dn (acc + f x)) xs start)%float ->
  fin start /\ Forall (fun x => fin (f x)) xs /\
  fR (fold_left (fun acc x => dn (acc + f x)) xs start)%float <= fR start + total_of (fun x => fR (f x)) xs.
Proof.
  induction xs as [|x xs IH]; intros start H; cbn [fold_left total_of fold_right] in *.
  - repeat split; trivial. lra.
  - destruct (IH _ H) as (F & A' & L). destruct (dn_add _ _ F) as (Fs & Fx & L').
    repeat split; trivial. { now constructor. } fold (total_of (fun x => fR (f x)) xs). lra.
Qed.

(** ** One node from its bounds *)
Lemma maxf_ge_l x y : fin x -> fin (maxf x y) -> fR x <= fR (maxf x y).
Proof.
  unfold maxf. intros Fx. destruct (x <=? y)%float eqn:E; intros F; [now apply leb_le | apply Rle_refl].
Qed.
Lemma maxf_ge_r x y : fin x -> fin y -> fR y <= fR (maxf x y).
Proof. intros Fx Fy. rewrite fR_maxf by assumption. apply Rmax_r. Qed.

Definition centred (n : node) (s : info) : Prop := forall i, below (ext n) i ->
  fin (centre (lo s) (hi s) i) -> Rabs (fR (centre (lo s) (hi s) i)) <= fR (fget (mag s) i).

Lemma maxc_ge x y z v : fin x -> fin y -> fin (maxc x y z) -> fR x <= v <= fR y -> Rabs v <= fR (maxc x y z).
Proof.
  unfold maxc. set (a := PrimFloat.abs x). set (b := PrimFloat.abs y). intros Fx Fy F Hv.
  assert (Fa : fin a) by now apply fin_abs. assert (Fb : fin b) by now apply fin_abs.
  assert (Fab := fin_maxf _ _ Fa Fb). refine (Rle_trans _ _ _ _ (maxf_ge_l _ _ Fab F)).
  rewrite fR_maxf by assumption. unfold a, b. rewrite !fR_abs. now apply RmaxAbs.
Qed.
Lemma maxc_ge_centre x y z : fin x -> fin y -> fin z -> Rabs (fR z) <= fR (maxc x y z).
Proof.
  intros Fx Fy Fz. unfold maxc. rewrite <- fR_abs.
  apply maxf_ge_r; [apply fin_maxf|]; now apply fin_abs.
Qed.

Lemma spare_enough e m : wf e -> fin (up (tiny * up (sum_abs_f e m + 1)))%float ->
  fR tiny * (sum e (fun i => fR (fget m i)) + 1) <= fR (up (tiny * up (sum_abs_f e m + 1)))%float.
Proof.
  intros We F. destruct (up_mul _ _ F) as (_ & F1 & L). destruct (up_add _ _ F1) as (F2 & _ & L1).
  refine (Rle_trans _ _ _ _ L). apply Rmult_le_compat_l; [generalize tiny_pos; lra|].
  refine (Rle_trans _ _ _ _ L1). rewrite fR_1. apply Rplus_le_compat_r.
  refine (Rle_trans _ _ _ _ (sum_abs_f_ge e m We F2)). apply sum_le; [assumption|].
  intros i _. apply Rle_abs.
Qed.

Lemma plain_known fv n l h load coef ms y (s := plain (ext n) l h load coef) :
  wf (ext n) -> info_ok n s = true ->
  (forall i, below (ext n) i -> fin (fget l i) -> fin (fget h i) -> fR (fget l i) <= y i <= fR (fget h i)) ->
  match n with
  | Affine e ts b =>
      (fin coef -> gammas ts + fR (gamma (len e)) + fR (kappa fv) <= fR coef) /\
      (forall i, below e i -> fin (fget load i) -> total ts b ms i <= fR (fget load i))
  | _ => True
  end ->
  between n s y /\ magnitudes fv n s ms y /\ centred n s.
Proof.
  intros We H Hy Ha. unfold info_ok in H. rewrite !andb_true_iff in H.
  destruct H as (Fl & Fh & _ & Fm & Fc & Fs & Fload).
  assert (Fl' := fun i => finite_below _ _ i We Fl). assert (Fh' := fun i => finite_below _ _ i We Fh).
  assert (Fm' := fun i => finite_below _ _ i We Fm). apply finb_fin in Fc, Fs.
  assert (Em : forall i, below (ext n) i -> fget (mag s) i = maxc (fget l i) (fget h i) (centre l h i)).
  { intros i Hi. unfold s, plain. cbn [mag]. now rewrite fget_ftab_below. }
  assert (B : between n s y).
  { intros i Hi. specialize (Fl' i Hi). specialize (Fh' i Hi). cbn in *. auto. }
  repeat split.
  - now apply Fl'.
  - now apply Fh'.
  - now apply B.
  - now apply B.
  - exact Fm'.
  - intros i Hi. destruct (B i Hi) as (F1 & F2 & L). specialize (Fm' i Hi). rewrite Em in * by assumption.
    now apply maxc_ge.
  - exact Fs.
  - exact (spare_enough (ext n) (mag s) We Fs).
  - destruct n; trivial. split; [exact Fc | now apply Ha].
  - destruct n; trivial. intros i Hi. assert (F := finite_below _ _ i We Fload Hi).
    split; [exact F | now apply Ha].
  - intros i Hi Fz. rewrite Em by assumption. apply maxc_ge_centre; auto.
Qed.

(** ** Facts about earlier nodes *)
Lemma known_at fv ns : forall ss ys d n,
  known fv ns ss ys -> Forall2 centred ns ss -> nth_error ns d = Some n ->
  between n (info_at ss d) (value ys d) /\ centred n (info_at ss d) /\
  (forall k, below (ext n) k -> fin (fget (mag (info_at ss d)) k) /\
     Rabs (value ys d k) <= fR (fget (mag (info_at ss d)) k)).
Proof.
  induction ns as [|m ns IH]; intros [|s ss] [|y ys] [|d] n K C E; try discriminate; try contradiction;
    destruct K as (B & M & K); inversion C as [|? ? ? ? C1 C2]; subst; cbn [nth_error] in E.
  - injection E as ->. repeat split; try apply B; trivial; now apply M.
  - now apply (IH ss ys d).
Qed.
Lemma mag_at_map ss d k : mag_at (map mag ss) d k = fR (fget (mag (info_at ss d)) k).
Proof. unfold mag_at, info_at. now rewrite map_nth. Qed.
Lemma value_abs ys : forall d k, value (map (fun z k => Rabs (z k)) ys) d k = Rabs (value ys d k).
Proof.
  unfold value. induction ys as [|y ys IH]; intros [|d] k; cbn [map nth]; trivial; symmetry; apply Rabs_R0.
Qed.

(** ** Affine nodes *)
Record reaches (e : extent) (ss : list info) (ys : list vec) (t : term) : Prop := {
  map_valid : valid (snd t) = true;
  same_out : forall i, below e i -> below (out_ext (snd t)) i;
  value_le : forall k, below (in_ext (snd t)) k -> Rabs (value ys (fst t) k) <= mag_at (map mag ss) (fst t) k;
  mid_le : forall k, below (in_ext (snd t)) k ->
    Rabs (fR (fget (mid (operand_of ss t)) k)) <= mag_at (map mag ss) (fst t) k;
  rad_ge : forall k, below (in_ext (snd t)) k ->
    Rabs (value ys (fst t) k - fR (fget (mid (operand_of ss t)) k)) <= fR (fget (rad (operand_of ss t)) k) }.

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

Lemma operands_reach fv ns ss ys e ts b : known fv ns ss ys -> Forall2 centred ns ss ->
  node_ok (Affine e ts b) ns = true -> radii_ok (map (operand_of ss) ts) = true ->
  Forall (reaches e ss ys) ts.
Proof.
  unfold node_ok, radii_ok. intros K C H R. apply andb_prop in H as [_ H]. rewrite forallb_forall in H, R.
  apply Forall_forall. intros [d l] Ht. specialize (H _ Ht). cbn [fst snd] in H.
  apply andb_prop in H as [H Hd]. apply andb_prop in H as [Hl He].
  specialize (R _ (in_map (operand_of ss) _ _ Ht)). cbn [operand_of map_of fst snd] in R.
  assert (Wl : wf (in_ext l)) by now apply in_wf.
  unfold fits, size_at in Hd. destruct (nth_error ns d) as [n|] eqn:En; [|discriminate]. cbn in Hd.
  apply same_len_sym in Hd. destruct (known_at fv ns ss ys d n K C En) as (B & Cn & M).
  assert (Z : forall k, below (in_ext l) k ->
    let o := operand_of ss (d, l) in
    fget (mid o) k = centre (lo (info_at ss d)) (hi (info_at ss d)) k /\
    fin (fget (mid o) k) /\ Rabs (value ys d k - fR (fget (mid o) k)) <= fR (fget (rad o) k)).
  { intros k Hk o. assert (Em : fget (mid o) k = centre (lo (info_at ss d)) (hi (info_at ss d)) k)
      by (apply fget_ftab_below; assumption).
    split; [exact Em|]. assert (Fr := finite_below _ _ k Wl R Hk). change (fin (fget (rad o) k)) in Fr.
    assert (Er : fget (rad o) k = radius (lo (info_at ss d)) (hi (info_at ss d)) (mid o) k)
      by (apply fget_ftab_below; assumption).
    rewrite Er in *. apply radius_ge; [assumption|]. apply B. now apply (below_same (in_ext l)). }
  split; cbn [fst snd]; trivial.
  - intros i. now apply below_same, same_len_sym.
  - intros k Hk. rewrite mag_at_map. apply M. now apply (below_same (in_ext l)).
  - intros k Hk. destruct (Z k Hk) as (E & F & _). rewrite mag_at_map. rewrite E in *. apply Cn; [|exact F].
    now apply (below_same (in_ext l)).
  - intros k Hk. now apply Z.
Qed.

Section Affine_node.
Variables (e : extent) (ss : list info) (ys : list vec) (b : option farr) (i : int).
Hypothesis Hi : below e i.
Let ms := map mag ss.
Let ops := map (operand_of ss).

Fixpoint weighted (ts : list term) : R :=
  match ts with
  | [] => 0
  | (d, l) :: ts => fR (gam l) * applyA l (mag_at ms d) i + weighted ts
  end.

Lemma applyA_mag_nonneg d l : reaches e ss ys (d, l) -> 0 <= applyA l (mag_at ms d) i.
Proof.
  intros [V O Hv _ _]. cbn [fst snd] in *. apply applyA_nonneg; auto.
  intros k Hk. refine (Rle_trans _ _ _ _ (Hv k Hk)). apply Rabs_pos.
Qed.
Lemma total_nonneg ts : Forall (reaches e ss ys) ts -> 0 <= total ts b ms i.
Proof.
  induction 1 as [|[d l] ts Ht _ IH]; cbn [total]; [apply Rabs_pos|].
  pose proof (applyA_mag_nonneg d l Ht). lra.
Qed.
Lemma gammas_nonneg ts : Forall (reaches e ss ys) ts -> 0 <= gammas ts.
Proof.
  induction 1 as [|[d l] ts Ht _ IH]; cbn [gammas]; [lra|].
  destruct Ht as [V _ _ _ _]. cbn [snd] in V. destruct (gam_nonneg l V). lra.
Qed.
Lemma weighted_le ts : Forall (reaches e ss ys) ts -> weighted ts <= gammas ts * total ts b ms i.
Proof.
  induction 1 as [|[d l] ts Ht Hts IH]; cbn [weighted gammas total]; [lra|].
  pose proof (applyA_mag_nonneg d l Ht). pose proof (total_nonneg ts Hts). pose proof (gammas_nonneg ts Hts).
  destruct Ht as [V _ _ _ _]. cbn [snd] in V. destruct (gam_nonneg l V). nra.
Qed.

Lemma affineA_le_total ts : Forall (reaches e ss ys) ts ->
  affineA ts b (map (fun z k => Rabs (z k)) ys) i <= total ts b ms i.
Proof.
  induction 1 as [|[d l] ts Ht _ IH]; cbn [affineA total]; [apply Rle_refl|].
  apply Rplus_le_compat; [|exact IH]. destruct Ht as [V O Hv _ _]. cbn [fst snd] in *.
  apply applyA_mono; auto. intros k Hk. rewrite value_abs. now apply Hv.
Qed.

Lemma total_le_sizes ts : Forall (reaches e ss ys) ts ->
  Forall (fun o => fin (absF (map_of o) (size o) i)) (ops ts) ->
  total ts b ms i <= Rabs (bias_at b i) + total_of (fun o => fR (absF (map_of o) (size o) i)) (ops ts).
Proof.
  induction 1 as [|[d l] ts Ht _ IH]; cbn [ops map total total_of fold_right]; intros F; [lra|].
  inversion F as [|? ? F1 F2]; subst. specialize (IH F2). unfold total_of in IH.
  destruct Ht as [V O _ _ _]. cbn [fst snd operand_of map_of size] in *.
  assert (L := absF_ge l V (mag (info_at ss d)) i (O i Hi) F1).
  assert (applyA l (mag_at ms d) i <= applyA l (fun k => Rabs (fR (fget (mag (info_at ss d)) k))) i).
  { apply applyA_mono; auto. intros k _. unfold ms. rewrite mag_at_map. apply Rle_abs. }
  fold (ops ts). lra.
Qed.

Lemma affine_near_centre ts : Forall (reaches e ss ys) ts ->
  Forall (fun o => fin (applyF (map_of o) (mid o) i)) (ops ts) ->
  Forall (fun o => fin (up (absF (map_of o) (rad o) i + tiny)%float)) (ops ts) ->
  Rabs (affine ts b ys i - (bias_at b i + total_of (fun o => fR (applyF (map_of o) (mid o) i)) (ops ts)))
    <= weighted ts + total_of (fun o => fR (up (absF (map_of o) (rad o) i + tiny)%float)) (ops ts).
Proof.
  induction 1 as [|[d l] ts Ht _ IH]; cbn [ops map affine weighted total_of fold_right]; intros Fa Fr.
  - apply Rabs_le. lra.
  - inversion Fa as [|? ? Fa1 Fa2]; subst. inversion Fr as [|? ? Fr1 Fr2]; subst.
    specialize (IH Fa2 Fr2). unfold total_of in IH. fold (ops ts).
    destruct (up_add _ _ Fr1) as (Fr0 & _ & Lr). destruct Ht as [V O _ Hm Hr]. cbn [fst snd] in *.
    set (o := operand_of ss (d, l)) in *. change (map_of o) with l in *.
    assert (La := applyF_error l V (mid o) i (O i Hi) Fa1).
    assert (Ld := apply_diff l V (value ys d) (fun k => fR (fget (mid o) k)) _ i Hr (O i Hi)).
    assert (Lc : applyA l (fun k => fR (fget (rad o) k)) i <= fR (absF l (rad o) i)).
    { refine (Rle_trans _ _ _ _ (absF_ge l V (rad o) i (O i Hi) Fr0)).
      apply applyA_mono; auto. intros k _. apply Rle_abs. }
    assert (Lm : applyA l (fun k => Rabs (fR (fget (mid o) k))) i <= applyA l (mag_at ms d) i)
      by (apply applyA_mono; auto).
    assert (Lg : fR (gam l) * applyA l (fun k => Rabs (fR (fget (mid o) k))) i
                 <= fR (gam l) * applyA l (mag_at ms d) i)
      by (apply Rmult_le_compat_l; [now apply gam_nonneg | exact Lm]).
    clear Lm. apply Rabs_le_inv in La, Ld, IH. apply Rabs_le. lra.
Qed.
End Affine_node.

Lemma bias_f_exact b i : fR (bias_f b i) = bias_at b i.
Proof. destruct b; [reflexivity | apply fR_0]. Qed.
Lemma gammas_total ts : gammas ts = total_of (fun t => fR (gam (snd t))) ts.
Proof.
  induction ts as [|[d l] ts IH]; [reflexivity|]. cbn [gammas total_of fold_right snd]. now rewrite IH.
Qed.

(** One more affine node on top of known ones. *)
Lemma affine_step fv v x ns ss ys e ts b y (n := Affine e ts b) (s := affine_info fv e ts b ss) :
  covers fv v -> known fv ns ss ys -> Forall2 centred ns ss -> node_ok n ns = true -> info_ok n s = true ->
  holds v x n ys y -> between n s y /\ magnitudes fv n s (map mag ss) y /\ centred n s.
Proof.
  intros (_ & _ & Hrel & Habs) K C Hn Hs Hy. assert (We := node_ok_ext _ _ Hn). change (wf e) in We.
  set (ops := map (operand_of ss) ts).
  assert (Hrad : radii_ok ops = true).
  { assert (Fc : finb (coef s) = true).
    { revert Hs. unfold info_ok. rewrite !andb_true_iff. now intros (_ & _ & _ & _ & H & _). }
    apply finb_fin in Fc. revert Fc. unfold s, affine_info, plain. cbn [coef]. fold ops.
    destruct (radii_ok ops); [reflexivity|]. intros F. now destruct fin_nan. }
  assert (Hts := operands_reach fv ns ss ys e ts b K C Hn Hrad).
  unfold s, affine_info in *. fold ops in Hs |- *. rewrite Hrad in *. cbv zeta in *.
  set (g := up (worst e ts + kappa fv)%float) in *.
  set (tot := ftab (len e) (fun i => sum_up _ ops (fun o => absF _ (size o) i))) in *.
  set (slack := ftab (len e) (fun i => up (sum_up _ ops _ + eta_up fv)%float)) in *.
  assert (Fg : fin g).
  { revert Hs. unfold info_ok. rewrite !andb_true_iff. intros (_ & _ & _ & _ & H & _). now apply finb_fin. }
  assert (Lg : gammas ts + fR (gamma (len e)) + fR (kappa fv) <= fR g).
  { destruct (up_add _ _ Fg) as (Fw & _ & L). fold g in L.
    destruct (fold_up_ge (fun t => gam (snd t)) ts (gamma (len e)) Fw) as (_ & _ & L').
    change (fold_left _ ts _) with (worst e ts) in L'. rewrite gammas_total. lra. }
  assert (Lt : forall i, below e i -> fin (fget tot i) -> total ts b (map mag ss) i <= fR (fget tot i)).
  { intros i Hi. unfold tot. rewrite fget_ftab_below by assumption. unfold sum_up. intros F.
    destruct (fold_up_ge _ _ _ F) as (_ & A & L). rewrite fR_abs, bias_f_exact in L.
    refine (Rle_trans _ _ _ (total_le_sizes e ss ys b i Hi ts Hts A) L). }
  apply plain_known; trivial; [|split; [now intros _ | exact Lt]].
  intros i Hi. change (ext n) with e in *. rewrite !fget_ftab_below by assumption. intros Fl Fh.
  destruct (dn_sub _ _ Fl) as (Fd & Fs & Ll). destruct (up_add _ _ Fh) as (Fu & _ & Lh).
  unfold sum_dn in Fd, Ll. unfold sum_up in Fu, Lh.
  destruct (fold_dn_le _ _ _ Fd) as (_ & A & Ld). destruct (fold_up_ge _ _ _ Fu) as (_ & _ & Lu).
  assert (Es : fget slack i = up (sum_up (up (g * fget tot i)) ops
    (fun o => up (absF (map_of o) (rad o) i + tiny)) + eta_up fv)%float) by now apply fget_ftab_below.
  assert (Fs' := Fs). rewrite Es in Fs'. destruct (up_add _ _ Fs') as (Fo & _ & Lo). rewrite <- Es in Lo.
  unfold sum_up in Fo, Lo. destruct (fold_up_ge _ _ _ Fo) as (Fm & Ar & Lr).
  destruct (up_mul _ _ Fm) as (_ & Ft & Lm). specialize (Lt i Hi Ft).
  assert (Ly := Hy i Hi). cbn [n] in Ly.
  assert (Lc := affine_near_centre e ss ys b i Hi ts Hts A Ar).
  assert (L0 := total_nonneg e ss ys b i Hi ts Hts). assert (Lw := weighted_le e ss ys b i Hi ts Hts).
  assert (La := affineA_le_total e ss ys b i Hi ts Hts). fold ops in Lc. rewrite bias_f_exact in *.
  assert (Ln : relative v * affineA ts b (map (fun z k => Rabs (z k)) ys) i
               <= fR (kappa fv) * total ts b (map mag ss) i) by
    (apply Rle_trans with (relative v * total ts b (map mag ss) i);
     [apply Rmult_le_compat_l | apply Rmult_le_compat_r]; lra).
  assert (Lall : (gammas ts + fR (kappa fv)) * total ts b (map mag ss) i <= fR g * fR (fget tot i)).
  { pose proof (gamma_nonneg (len e)). pose proof (gammas_nonneg e ss ys ts Hts).
    apply Rmult_le_compat; lra. }
  unfold sum_dn, sum_up. apply Rabs_le_inv in Ly, Lc. lra.
Qed.

(** ** All nodes *)
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
    destruct (info_ok n (forward fv n (bl, bh) ss')) eqn:Hs; [|discriminate]. injection Hf as <-.
    destruct (IH G ss' ys eq_refl Hx) as [K C]; [intros e k He; apply Hb; now right|].
    assert (We := node_ok_ext n ns Hn).
    cut (let s := forward fv n (bl, bh) ss' in
      between n s y /\ magnitudes fv n s (map mag ss') y /\ centred n s).
    { intros (B & M & Cn). split; [exact (conj B (conj M K)) | now constructor]. }
    cbv zeta. destruct n as [e|e c|e ts b|f e d].
    + apply (plain_known fv (Input e)); trivial. intros i Hi _ _. rewrite (Hy i Hi).
      apply (Hb e); [now left | exact Hi].
    + apply (plain_known fv (Constant e c)); trivial. intros i Hi _ _. rewrite (Hy i Hi). lra.
    + now apply (affine_step fv v x ns ss' ys e ts b y).
    + apply (plain_known fv (Unary f e d)); trivial. intros i Hi _ _. rewrite (Hy i Hi).
      cbn [ext] in *. rewrite !fget_ftab_below by assumption.
      apply andb_prop in Hn as [_ Hd]. unfold fits, size_at in Hd.
      destruct (nth_error ns d) as [m|] eqn:Em; [|discriminate]. cbn in Hd. apply same_len_sym in Hd.
      destruct (known_at fv ns ss' ys d m K C Em) as (B & _ & _).
      destruct (B i (below_same _ _ i Hd Hi)) as (Fl & Fh & L).
      assert (S := enclose_sound f _ _ _ Fl Fh L). destruct (enclose f _ _) as [p q]. apply S.
Qed.

Theorem forwards_known fv v x ns bl bh ss ys : covers fv v -> graph_ok ns = true ->
  forwards fv ns (bl, bh) = inl ss -> exec v x ns ys ->
  (forall e k, In (Input e) ns -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  known fv ns ss ys.
Proof. intros Hv G Hf Hx Hb. now apply (forwards_centred fv v x ns bl bh). Qed.

Theorem affine_known fv v x ns bl bh ss ys e ts b y (s := affine_info fv e ts b ss) :
  covers fv v -> graph_ok ns = true -> forwards fv ns (bl, bh) = inl ss -> exec v x ns ys ->
  (forall e k, In (Input e) ns -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  node_ok (Affine e ts b) ns = true -> info_ok (Affine e ts b) s = true -> holds v x (Affine e ts b) ys y ->
  between (Affine e ts b) s y /\ magnitudes fv (Affine e ts b) s (map mag ss) y.
Proof.
  intros Hv G Hf Hx Hb Hn Hs Hy. destruct (forwards_centred fv v x ns bl bh Hv G ss ys Hf Hx Hb) as [K C].
  destruct (affine_step fv v x ns ss ys e ts b y Hv K C Hn Hs Hy) as (B & M & _). now split.
Qed.
