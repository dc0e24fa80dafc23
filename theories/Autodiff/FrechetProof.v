(** The gradient of reverse mode is the Frechet derivative at smooth points. *)
From Coquelicot Require Import Coquelicot.
From Coq Require Import FunctionalExtensionality Floats Bool Reals Lra Lia Psatz NArith ZArith List.
From Provenn Require Import Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Curve Autodiff.CurveProof Autodiff.Reverse Autodiff.EmitProof.
From Provenn Require Import Autodiff.SweepProof Autodiff.ReverseProof Autodiff.Frechet.
Import ListNotations.
Local Open Scope R_scope.

Section Near.
Context {A : Type} (F : (A -> Prop) -> Prop) {FF : Filter F} (r : A -> R).
Hypothesis r_nonneg : forall a, 0 <= r a.
Hypothesis r_small : forall eps, 0 < eps -> F (fun a => r a <= eps).

Lemma near_const c : near F r (fun _ => c) c (fun _ => 0).
Proof.
  split; [intros e E | exists 1; split; [lra|]]; apply filter_forall; intros a; specialize (r_nonneg a).
  - replace (c - c - 0) with 0 by ring. rewrite Rabs_R0. nra.
  - rewrite Rabs_R0. lra.
Qed.
Lemma near_ext_loc f g f0 d : F (fun a => f a = g a) -> near F r f f0 d -> near F r g f0 d.
Proof.
  intros E [H K]. split; [|assumption]. intros e P. generalize (filter_and _ _ E (H e P)). apply filter_imp.
  now intros a [<- Q].
Qed.
Lemma near_ext f g f0 d : (forall a, f a = g a) -> near F r f f0 d -> near F r g f0 d.
Proof. intros E. apply near_ext_loc. now apply filter_forall. Qed.
Lemma near_eq f f0 d d' : near F r f f0 d -> (forall a, d a = d' a) -> near F r f f0 d'.
Proof.
  intros [H [k [P K]]] E. split; [intros e Q; generalize (H e Q) | exists k; split; [assumption|]; revert K];
    apply filter_imp; intros a; now rewrite E.
Qed.
Lemma near_lipschitz f f0 d : near F r f f0 d -> exists k, 0 < k /\ F (fun a => Rabs (f a - f0) <= k * r a).
Proof.
  intros [H [k [P K]]]. exists (1 + k). split; [lra|]. generalize (filter_and _ _ (H 1 Rlt_0_1) K).
  apply filter_imp. intros a [U V]. cbv beta in *. pose proof (Rabs_triang (f a - f0 - d a) (d a)) as T.
  replace (f a - f0 - d a + d a) with (f a - f0) in T by ring. lra.
Qed.
Lemma near_plus f g f0 g0 df dg : near F r f f0 df -> near F r g g0 dg ->
  near F r (fun a => f a + g a) (f0 + g0) (fun a => df a + dg a).
Proof.
  intros [H [k [P K]]] [H' [k' [P' K']]]. split.
  - intros e Q. assert (E2 : 0 < e / 2) by lra. generalize (filter_and _ _ (H _ E2) (H' _ E2)).
    apply filter_imp.
    intros a [U V]. pose proof (Rabs_triang (f a - f0 - df a) (g a - g0 - dg a)) as T.
    replace (f a + g a - (f0 + g0) - (df a + dg a)) with ((f a - f0 - df a) + (g a - g0 - dg a)) by ring. lra.
  - exists (k + k'). split; [lra|]. generalize (filter_and _ _ K K'). apply filter_imp. intros a [U V].
    pose proof (Rabs_triang (df a) (dg a)). lra.
Qed.
(** Linear bounds on what is small of second order. *)
Lemma near_mult f g f0 g0 df dg : near F r f f0 df -> near F r g g0 dg ->
  near F r (fun a => f a * g a) (f0 * g0) (fun a => df a * g0 + f0 * dg a).
Proof.
  intros Hf Hg. destruct (near_lipschitz _ _ _ Hf) as (p & Pp & Lp).
  destruct (near_lipschitz _ _ _ Hg) as (q & Pq & Lq).
  destruct Hf as [H [k [P K]]], Hg as [H' [k' [P' K']]].
  pose proof (Rabs_pos f0) as A0. pose proof (Rabs_pos g0) as B0. split.
  - intros e Q. set (m := 3 * (1 + Rabs f0 + Rabs g0)). assert (M : 0 < m) by (unfold m; lra).
    assert (E : 0 < e / m) by now apply Rdiv_lt_0_compat.
    assert (S : 0 < e / (3 * (p * q))) by (apply Rdiv_lt_0_compat; nra).
    generalize (filter_and _ _ (filter_and _ _ (H _ E) (H' _ E)) (filter_and _ _ (filter_and _ _ Lp Lq)
      (r_small _ S))).
    apply filter_imp. intros a [[U V] [[X Y] Z]]. pose proof (r_nonneg a) as R0.
    replace (f a * g a - f0 * g0 - (df a * g0 + f0 * dg a)) with
      ((f a - f0 - df a) * g0 + (f0 * (g a - g0 - dg a) + (f a - f0) * (g a - g0))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. eapply Rle_trans; [apply Rplus_le_compat_l, Rabs_triang|].
    rewrite !Rabs_mult.
    assert (C1 : Rabs (f a - f0 - df a) * Rabs g0 <= e / m * r a * Rabs g0) by now apply Rmult_le_compat_r.
    assert (C2 : Rabs f0 * Rabs (g a - g0 - dg a) <= Rabs f0 * (e / m * r a)) by now apply Rmult_le_compat_l.
    assert (C3 : Rabs (f a - f0) * Rabs (g a - g0) <= p * r a * (q * r a))
      by (apply Rmult_le_compat; trivial; apply Rabs_pos).
    assert (C4 : p * r a * (q * r a) <= e / 3 * r a).
    { replace (p * r a * (q * r a)) with (p * q * r a * r a) by ring. apply Rmult_le_compat_r; trivial.
      replace (e / 3) with (p * q * (e / (3 * (p * q)))) by (field; lra).
      apply Rmult_le_compat_l; [nra | assumption]. }
    assert (C5 : e / m * (Rabs g0 + Rabs f0) <= e / 3).
    { unfold m. replace (e / 3) with (e / (3 * (1 + Rabs f0 + Rabs g0)) * (1 + Rabs f0 + Rabs g0))
        by (field; lra).
      apply Rmult_le_compat_l; [left; exact E | lra]. }
    assert (C6 : e / m * (Rabs g0 + Rabs f0) * r a <= e / 3 * r a) by now apply Rmult_le_compat_r.
    assert (0 <= e * r a) by nra. lra.
  - exists (k * Rabs g0 + k' * Rabs f0 + 1). split; [nra|]. generalize (filter_and _ _ K K').
    apply filter_imp.
    intros a [U V]. pose proof (r_nonneg a) as R0. eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
    assert (Rabs (df a) * Rabs g0 <= k * r a * Rabs g0) by now apply Rmult_le_compat_r.
    assert (Rabs f0 * Rabs (dg a) <= Rabs f0 * (k' * r a)) by now apply Rmult_le_compat_l. lra.
Qed.
Lemma derive_linear (phi : R -> R) (x l : R) : is_derive phi x l -> forall eps, 0 < eps ->
  exists delta, 0 < delta /\
  forall y, Rabs (y - x) < delta -> Rabs (phi y - phi x - l * (y - x)) <= eps * Rabs (y - x).
Proof.
  intros D eps E. apply is_derive_Reals in D. destruct (D eps E) as [delta H]. exists delta.
  split; [apply delta|].
  intros y Hy. destruct (Req_dec y x) as [->|N].
  - replace (phi x - phi x - l * (x - x)) with 0 by ring. rewrite Rminus_eq_0, Rabs_R0. lra.
  - assert (Z : y - x <> 0) by lra. specialize (H (y - x) Z Hy). replace (x + (y - x)) with y in H by ring.
    replace (phi y - phi x - l * (y - x)) with (((phi y - phi x) / (y - x) - l) * (y - x))
      by (field; assumption).
    rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | lra].
Qed.
Lemma near_comp phi f f0 l d : is_derive phi f0 l -> near F r f f0 d ->
  near F r (fun a => phi (f a)) (phi f0) (fun a => l * d a).
Proof.
  intros D Hf. destruct (near_lipschitz _ _ _ Hf) as (p & Pp & Lp). destruct Hf as [H [k [P K]]].
  pose proof (Rabs_pos l) as L0. split.
  - intros e Q. assert (E : 0 < e / (2 * p)) by (apply Rdiv_lt_0_compat; lra).
    destruct (derive_linear phi f0 l D _ E) as (delta & Pd & Hd).
    assert (E' : 0 < e / (2 * (1 + Rabs l))) by (apply Rdiv_lt_0_compat; lra).
    assert (S : 0 < delta / (2 * p)) by (apply Rdiv_lt_0_compat; lra).
    generalize (filter_and _ _ (filter_and _ _ (H _ E') Lp) (r_small _ S)). apply filter_imp.
    intros a [[U V] Z].
    pose proof (r_nonneg a) as R0. assert (W : Rabs (f a - f0) < delta).
    { apply Rle_lt_trans with (1 := V). apply Rle_lt_trans with (p * (delta / (2 * p))).
      - apply Rmult_le_compat_l; lra.
      - replace (p * (delta / (2 * p))) with (delta / 2) by (field; lra). lra. }
    specialize (Hd _ W). replace (phi (f a) - phi f0 - l * d a) with
      ((phi (f a) - phi f0 - l * (f a - f0)) + l * (f a - f0 - d a)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
    assert (C1 : e / (2 * p) * Rabs (f a - f0) <= e / (2 * p) * (p * r a)) by (apply Rmult_le_compat_l; lra).
    replace (e / (2 * p) * (p * r a)) with (e / 2 * r a) in C1 by (field; lra).
    assert (C2 : Rabs l * Rabs (f a - f0 - d a) <= (1 + Rabs l) * (e / (2 * (1 + Rabs l)) * r a)).
    { apply Rmult_le_compat; trivial; [apply Rabs_pos | lra]. }
    replace ((1 + Rabs l) * (e / (2 * (1 + Rabs l)) * r a)) with (e / 2 * r a) in C2 by (field; lra). lra.
  - exists (Rabs l * k + 1). split; [nra|]. revert K. apply filter_imp. intros a U. pose proof (r_nonneg a).
    rewrite Rabs_mult. assert (Rabs l * Rabs (d a) <= Rabs l * (k * r a)) by now apply Rmult_le_compat_l. lra.
Qed.
Lemma near_pos f f0 d : near F r f f0 d -> 0 < f0 -> F (fun a => 0 < f a).
Proof.
  intros H P. destruct (near_lipschitz _ _ _ H) as (p & Pp & Lp).
  assert (S : 0 < f0 / (2 * p)) by (apply Rdiv_lt_0_compat; lra).
  generalize (filter_and _ _ Lp (r_small _ S)). apply filter_imp. intros a [U V].
  assert (W : p * r a <= p * (f0 / (2 * p))) by (apply Rmult_le_compat_l; lra).
  replace (p * (f0 / (2 * p))) with (f0 / 2) in W by (field; lra).
  apply Rabs_le_between in U. lra.
Qed.
Lemma near_minus f g f0 g0 df dg : near F r f f0 df -> near F r g g0 dg ->
  near F r (fun a => f a - g a) (f0 - g0) (fun a => df a - dg a).
Proof.
  intros Hf Hg. pose proof (near_comp (fun y => - y) g g0 (-1) dg ltac:(now auto_derive) Hg) as N.
  apply (near_eq _ _ (fun a => df a + -1 * dg a)); [now apply near_plus | intros; cbn; ring].
Qed.

Theorem near2 f (g h : A -> R) (g0 h0 : R) dg dh : smooth2 f g0 h0 -> near F r g g0 dg -> near F r h h0 dh ->
  near F r (fun a => sem2 f (g a) (h a)) (sem2 f g0 h0)
    (fun a => fst (slope2 f g0 h0) * dg a + snd (slope2 f g0 h0) * dh a).
Proof.
  intros Sm G H. destruct f; cbn in *.
  - eapply near_eq; [apply near_plus; eassumption | intros; cbn; ring].
  - eapply near_eq; [apply near_minus; eassumption | intros; cbn; ring].
  - eapply near_eq; [apply near_mult; eassumption | intros; cbn; ring].
  - eapply near_eq; [apply near_mult; [eassumption|] | ].
    + apply (near_comp Rinv h h0 (- / (h0 * h0))); [|eassumption].
      pose proof (is_derive_inv (fun s => s) h0 1 (derive_id h0) Sm) as D. apply (derive_eq _ _ _ _ D).
      field. assumption.
    + intros a. cbn. field. assumption.
  - destruct (Rlt_dec 0 (h0 - g0)) as [P|P].
    + rewrite step_pos by assumption. rewrite Rmax_right by lra. apply (near_eq _ _ dh); [|intros; cbn; ring].
      apply (near_ext_loc h); [|assumption]. generalize (near_pos _ _ _ (near_minus _ _ _ _ _ _ H G) P).
      apply filter_imp. intros a Ha. rewrite Rmax_right; lra.
    + rewrite step_neg by lra. rewrite Rmax_left by lra. apply (near_eq _ _ dg); [|intros; cbn; ring].
      assert (P' : 0 < g0 - h0) by lra.
      apply (near_ext_loc g); [|assumption]. generalize (near_pos _ _ _ (near_minus _ _ _ _ _ _ G H) P').
      apply filter_imp. intros a Ha. rewrite Rmax_left; lra.
  - destruct (Req_EM_T g0 h0) as [|_]; [easy|]. apply (near_eq _ _ (fun _ => 0)); [|intros; cbn; ring].
    apply (near_ext_loc (fun _ => 0)); [|apply near_const]. destruct (Rlt_dec 0 (h0 - g0)) as [P|P].
    + generalize (near_pos _ _ _ (near_minus _ _ _ _ _ _ H G) P). apply filter_imp. intros a Ha.
      destruct (Req_EM_T (g a) (h a)); [lra | easy].
    + assert (P' : 0 < g0 - h0) by lra. generalize (near_pos _ _ _ (near_minus _ _ _ _ _ _ G H) P').
      apply filter_imp. intros a Ha. destruct (Req_EM_T (g a) (h a)); [lra | easy].
Qed.

(** ** Sums and ops *)
Lemma near_sum n : forall (f : nat -> A -> R) f0 d, (forall i, (i < n)%nat -> near F r (f i) (f0 i) (d i)) ->
  near F r (fun a => sum n (fun i => f i a)) (sum n f0) (fun a => sum n (fun i => d i a)).
Proof.
  induction n as [|n IH]; intros f f0 d H; cbn; [apply near_const|].
  apply near_plus; [apply IH; intros; apply H; lia | apply H; lia].
Qed.
Lemma near_nest loops : forall (f : point -> A -> R) f0 d, (forall l, near F r (f l) (f0 l) (d l)) ->
  near F r (fun a => nest loops (fun l => f l a)) (nest loops f0) (fun a => nest loops (fun l => d l a)).
Proof.
  induction loops as [|n loops IH]; intros f f0 d H; cbn; [apply H|].
  apply (near_sum _ (fun i a => nest loops (fun l => f (i :: l) a))). intros i _.
  apply (IH (fun l a => f (i :: l) a)). intros l. apply H.
Qed.
Lemma near_scatter loops out (f : point -> A -> R) f0 d e : (forall l, near F r (f l) (f0 l) (d l)) ->
  near F r (fun a => scatter loops out (fun l => f l a) e) (scatter loops out f0 e)
    (fun a => scatter loops out (fun l => d l a) e).
Proof.
  intros H. apply (near_nest loops (fun l a => hit (touch out l) e (f l a))). intros l. unfold hit.
  destruct (touch out l) as [i|]; [destruct (Nat.eqb i e); [apply H|]|]; apply near_const.
Qed.
Definition nears n (x : A -> vec) (x0 : vec) (d : A -> vec) : Prop :=
  forall e, (e < n)%nat -> near F r (fun a => x a e) (x0 e) (fun a => d a e).
Lemma near_at v x x0 d l : nears (count (sizes v)) x x0 d ->
  near F r (fun a => at_ (x a) (touch v l)) (at_ x0 (touch v l)) (fun a => at_ (d a) (touch v l)).
Proof.
  intros H. destruct (touch v l) as [e|] eqn:E; cbn; [|apply near_const]. apply H. now apply (touch_lt v l).
Qed.

Theorem denote_near (env : A -> nat -> vec) env0 i (y : A -> nat -> vec) y0 (d : A -> nat -> vec) ns n :
  node_ok ns n = true -> kind n <> Input -> smooth (N.to_nat (elements n)) y0 (kind n) ->
  (forall j, In j (args (kind n)) -> nears (extent ns j) (fun a => y a j) (y0 j) (fun a => d a j)) ->
  nears (N.to_nat (elements n)) (fun a => denote (env a) i (y a) (kind n)) (denote env0 i y0 (kind n))
    (fun a => tangent y0 (kind n) (d a)).
Proof.
  unfold node_ok, tangent. intros K NI Sm D e He.
  destruct (kind n) as [ | | loops out src x | loops out lhs rhs a b | f x
    | f x z | outer m inner x]; cbn [denote args slots smooth length seq combine lsum jvp] in *;
    rewrite ?andb_true_iff, ?fits_size in K;
    repeat match goal with H : _ /\ _ |- _ => destruct H end;
    repeat match goal with H : size_of _ _ = Some _ |- _ => apply extent_size in H end.
  - easy.
  - apply near_const.
  - specialize (D x (or_introl eq_refl)). rewrite H0 in D. eapply near_eq.
    + apply (near_scatter loops out (fun l a => at_ (y a x) (touch src l))). intros l. apply near_at, D.
    + intros a. cbn. symmetry. apply Rplus_0_r.
  - pose proof (D a (or_introl eq_refl)) as Da. pose proof (D b (or_intror (or_introl eq_refl))) as Db.
    rewrite H1 in Da. rewrite H0 in Db. eapply near_eq.
    + apply (near_scatter loops out (fun l s => at_ (y s a) (touch lhs l) * at_ (y s b) (touch rhs l))).
      intros l. apply near_mult; apply near_at; [exact Da | exact Db].
    + intros s. cbn. unfold contract, scatter. rewrite Rplus_0_r, <- nest_plus. apply nest_ext. intros l.
      unfold hit.
      destruct (touch out l) as [k|]; [destruct (Nat.eqb k e)|]; ring.
  - eapply near_eq.
    + apply (near_comp (sem1 f) (fun a => y a x e)); [now apply derive1, Sm|]. apply D; [now left|].
      now rewrite K.
    + intros a. cbn. ring.
  - eapply near_eq.
    + apply (near2 f (fun a => y a x e) (fun a => y a z e)); [now apply Sm | |].
      * apply D; [now left|]. now rewrite H.
      * apply D; [now right; left|]. now rewrite H0.
    + intros a. cbn. ring.
  - specialize (D x (or_introl eq_refl)). rewrite H0 in D. apply N.ltb_lt in H. apply N.eqb_eq in H1.
    assert (P : 0 < sumexp m inner (y0 x) e) by (apply sumexp_pos; lia). eapply near_eq.
    + apply (near_comp ln (fun a => sumexp m inner (y a x) e)); [now apply is_derive_ln|].
      apply (near_sum _ (fun k a => exp (y a x (slice m inner e k)))). intros k Hk.
      apply (near_comp exp (fun a => y a x (slice m inner e k))); [apply is_derive_exp|].
      apply D, slice_lt; trivial. unfold count. now rewrite H1.
    + intros a. cbn. unfold Rdiv. ring.
Qed.
End Near.

(** ** Graphs *)
Lemma lsum_nonneg {A} (f : A -> R) l : (forall a, 0 <= f a) -> 0 <= lsum f l.
Proof. intros H. induction l as [|a l IH]; cbn; [lra|]. specialize (H a). lra. Qed.
Lemma sum_nonneg n f : (forall i, 0 <= f i) -> 0 <= sum n f.
Proof. intros H. induction n as [|n IH]; cbn; [lra|]. specialize (H n). lra. Qed.
Lemma sum_ge n f i : (forall i, 0 <= f i) -> (i < n)%nat -> f i <= sum n f.
Proof.
  intros H L. induction n as [|n IH]; [lia|]. cbn. pose proof (H n). destruct (Nat.eq_dec i n) as [->|N].
  - pose proof (sum_nonneg n f H). lra.
  - specialize (IH ltac:(lia)). lra.
Qed.
Lemma norm_nonneg ns wrt dx : 0 <= norm ns wrt dx.
Proof. apply lsum_nonneg. intros w. apply sum_nonneg. intros. apply Rabs_pos. Qed.
Lemma norm_ge ns wrt dx w e : In w wrt -> (e < extent ns w)%nat -> Rabs (dx w e) <= norm ns wrt dx.
Proof.
  intros H L. unfold norm. induction wrt as [|v wrt IH]; [easy|]. cbn [lsum].
  assert (P : forall w, 0 <= sum (extent ns w) (fun e => Rabs (dx w e)))
    by (intros; apply sum_nonneg; intros; apply Rabs_pos).
  destruct H as [->|H].
  - pose proof (sum_ge (extent ns w) (fun e => Rabs (dx w e)) e (fun _ => Rabs_pos _) L) as G. cbv beta in G.
    pose proof (lsum_nonneg (fun w => sum (extent ns w) (fun e => Rabs (dx w e))) wrt P). lra.
  - specialize (IH H). specialize (P v). lra.
Qed.
Instance small_filter ns wrt : Filter (small ns wrt).
Proof.
  split.
  - exists 1. split; [lra | easy].
  - intros P Q (d & Hd & HP) (e & He & HQ). exists (Rmin d e). split; [now apply Rmin_pos|]. intros dx H.
    pose proof (Rmin_l d e). pose proof (Rmin_r d e). split; [apply HP | apply HQ]; lra.
  - intros P Q I (d & Hd & HP). exists d. auto.
Qed.

Theorem val_near ns wrt env : wf ns = true -> Smooth env ns wrt ->
  forall i, nears (small ns wrt) (norm ns wrt) (extent ns i) (fun dx => val (moved wrt env dx) ns i)
    (val env ns i) (fun dx => velocity wrt ns (val env ns) dx i).
Proof.
  intros W Sm.
  assert (Sn : forall eps, 0 < eps -> small ns wrt (fun dx => norm ns wrt dx <= eps)).
  { intros eps E. exists eps. split; [assumption|]. intros. lra. }
  pose proof (norm_nonneg ns wrt) as Nn.
  assert (Inact : forall dx i, active wrt ns i = false -> forall e, (e < extent ns i)%nat ->
    val (moved wrt env dx) ns i e = val env ns i e).
  { intros dx. apply inactive_constant; trivial. intros i n E K Ni e He. unfold moved.
    rewrite <- mem_In in Ni. now destruct (mem i wrt). }
  intros i. induction i as [i IH] using lt_wf_ind. intros e He. destruct (active wrt ns i) eqn:A.
  2: { apply (near_eq _ _ _ _ (fun _ => 0)); [|intros; symmetry; now apply velocity_inactive].
       apply (near_ext _ _ (fun _ => val env ns i e)); [intros; symmetry; now apply Inact | apply near_const;
         [apply small_filter | exact Nn]]. }
  destruct (nth_error ns i) as [n|] eqn:E.
  2: { unfold extent, size_of in He. rewrite E in He. cbn in He. lia. }
  destruct (wf_nth _ _ _ W E) as [K L]. assert (B : {kind n = Input} + {kind n <> Input})
    by (destruct (kind n); now (left + right)).
  rewrite (val_node _ ns i n) by assumption.
  apply (near_ext _ _ (fun dx => denote (moved wrt env dx) i (val (moved wrt env dx) ns) (kind n) e)).
  { intros dx. now rewrite (val_node _ ns i n). }
  destruct B as [B|B].
  - assert (M : mem i wrt = true).
    { rewrite (active_node _ _ i n), B in A by assumption. cbn in A. now rewrite orb_false_r in A. }
    apply (near_eq _ _ _ _ (fun dx => dx i e)).
    2: { intros dx. now rewrite (velocity_input _ _ _ _ i n). }
    rewrite B. cbn. apply (near_ext _ _ (fun dx => env i e + dx i e)).
    { intros dx. unfold moved. now rewrite M. }
    split.
    + intros eps Pe. apply filter_forall. intros dx. replace (env i e + dx i e - env i e - dx i e) with 0
        by ring.
      rewrite Rabs_R0. specialize (Nn dx). nra.
    + exists 1. split; [lra|]. apply filter_forall. intros dx. rewrite Rmult_1_l.
      apply norm_ge; [|assumption].
      now apply mem_In.
  - apply (near_eq _ _ _ _ (fun dx => tangent (val env ns) (kind n) (velocity wrt ns (val env ns) dx) e)).
    2: { intros dx. symmetry. now apply velocity_node. }
    rewrite (extent_size _ _ _ (size_of_node _ _ _ E)) in He.
    apply (denote_near _ _ Nn Sn (moved wrt env) env i (fun dx => val (moved wrt env dx) ns) (val env ns)
      (fun dx => velocity wrt ns (val env ns) dx) ns n); auto.
    now apply (Sm i).
Qed.

(** The loss at displaced inputs is the loss, plus the inner product of gradient and displacement, up to an
    error that is small against the displacement. *)
Theorem loss_gradient_frechet ns wrt loss env :
  wf ns = true -> wrt_ok ns wrt -> size_of ns loss = Some 1%N -> Smooth env ns wrt ->
  let (ext, gs) := loss_gradient ns wrt loss in
  forall eps, 0 < eps -> exists delta, 0 < delta /\ forall dx, norm ns wrt dx < delta ->
    Rabs (val (moved wrt env dx) ns loss O - val env ns loss O
          - lsum (fun '(w, g) => ip (extent ns w) (val env ext g) (dx w)) (combine wrt gs))
    <= eps * norm ns wrt dx.
Proof.
  intros W Wr L Sm. pose proof (loss_gradient_correct ns wrt loss) as C.
  assert (Same : forall dx, let (ext, gs) := loss_gradient ns wrt loss in
    lsum (fun '(w, g) => ip (extent ns w) (val env ext g) (dx w)) (combine wrt gs) =
    velocity wrt ns (val env ns) dx loss O).
  { intros dx. set (line := fun s => moved wrt env (fun i e => s * dx i e)).
    assert (L0 : line 0 = env).
    { unfold line, moved. apply functional_extensionality. intros i. apply functional_extensionality.
      intros e.
      destruct (mem i wrt); [ring | reflexivity]. }
    assert (M : moves ns wrt line 0 dx).
    { split.
      - intros w Hw e _. apply mem_In in Hw. unfold line, moved. rewrite Hw. auto_derive; trivial. ring.
      - intros i n _ _ Ni s e _. unfold line, moved. rewrite <- mem_In in Ni. now destruct (mem i wrt). }
    specialize (C line 0 dx W Wr L M). rewrite L0 in C. specialize (C Sm).
    destruct (loss_gradient ns wrt loss) as [ext gs]. destruct C as (_ & _ & _ & C).
    apply (derive_unique _ _ _ _ C). rewrite <- L0. apply val_curve; try apply M; trivial.
    - now rewrite L0.
    - rewrite (extent_size _ _ _ L). cbn. lia. }
  destruct (loss_gradient ns wrt loss) as [ext gs].
  intros eps E. assert (H0 : (0 < extent ns loss)%nat) by (rewrite (extent_size _ _ _ L); cbn; lia).
  destruct (val_near ns wrt env W Sm loss O H0) as [H _]. destruct (H eps E) as (delta & Pd & Hd).
  exists delta. split; [assumption|]. intros dx Hx. rewrite Same. now apply Hd.
Qed.
