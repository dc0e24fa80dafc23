(** The rules of sine and cosine are sound. Symbols: see [Ops.Wave]. *)
From Coq Require Import Bool Floats Reals Lra.
From Flocq Require Import Core.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof.
From Provenn Require Import Ops.ConvexProof Ops.ExpProof Ops.SigmoidProof Ops.PiecewiseProof Ops.Wave.
From Provenn Require Import Ops.WavePolyProof.
Local Open Scope R_scope.
Opaque fR.

(** ** Enclosures *)
Definition tracks (a : angle) (x : R) : Prop := fin (err a) ->
  (fin (cs a) -> 8 * u <= fR (err a) /\ Rabs (fR (cs a) - cos x) <= fR (err a)) /\
  (fin (sn a) -> 8 * u <= fR (err a) /\ Rabs (fR (sn a) - sin x) <= fR (err a)).

Lemma fR_35 : fR 3.5 = 7 / 2.
Proof. assert (E : fR 3.5 = 7881299347898368 / 2251799813685248) by literal. lra. Qed.
Lemma nan_tracks x : tracks (Angle nan nan nan) x.
Proof. intros F. now apply fin_nan in F. Qed.

Lemma angle_arg n x : fin (cs (angle_near n x)) \/ fin (sn (angle_near n x)) -> fin x.
Proof.
  revert x. induction n as [|n IH]; intros x; cbn [angle_near]; (destruct (PrimFloat.abs x <=? 0.5)%float);
    cbn [cs sn].
  1, 3: intros [F|F]; destruct (fin_add _ _ F) as (_ & Fm & _); now apply fin_mul in Fm.
  - intros [F|F]; now apply fin_nan in F.
  - specialize (IH (x * 0.5)%float). destruct (angle_near n (x * 0.5)) as [c s e]. cbn [cs sn] in IH.
    destruct (e <=? 0x1p-7)%float; cbn [cs sn]; [|intros [F|F]; now apply fin_nan in F].
    assert (H : fin c -> fin x) by (intros F; now destruct (fin_mul _ _ (IH (or_introl F)))).
    intros [F|F]; apply H.
    + destruct (fin_sub _ _ F) as (F1 & _). now apply fin_mul in F1.
    + destruct (fin_mul _ _ F) as (F1 & _). now apply fin_mul in F1.
Qed.

Lemma angle_tracks n x : fin x -> tracks (angle_near n x) (fR x).
Proof.
  revert x. induction n as [|n IH]; intros x Fx; cbn [angle_near];
    (destruct (PrimFloat.abs x <=? 0.5)%float eqn:E); try apply nan_tracks.
  1, 2: apply leb_le in E; [|now apply fin_abs | reflexivity]; rewrite fR_abs, fR_05 in E;
    intros _; cbn [err cs sn];
    rewrite (fR_pow2 0x1p-50 4503599627370496 (-102) 52) by easy;
    replace (bpow radix2 (52 + -102)) with (8 * u) by (symmetry; exact (bpow_plus radix2 3 (-53)));
    split; (split; [lra|]); [now apply cos_poly_near | now apply sin_poly_near].
  apply leb_gt in E; [|now apply fin_abs | reflexivity]. rewrite fR_abs, fR_05 in E.
  assert (A := angle_arg n (x * 0.5)). specialize (IH (x * 0.5)%float).
  destruct (angle_near n (x * 0.5)) as [c s e]. cbn [cs sn] in A.
  destruct (e <=? 0x1p-7)%float eqn:Ee; [|apply nan_tracks]. intros F. cbn [err cs sn] in *.
  destruct (up_mul _ _ F) as (Fe & _ & Le). rewrite fR_35 in Le. apply leb_le in Ee; trivial; [|reflexivity].
  rewrite (fR_pow2 0x1p-7 4503599627370496 (-59) 52) in Ee by easy.
  change (bpow radix2 (52 + -59)) with (/ 128) in Ee.
  assert (K : fin c -> fin s -> 8 * u <= fR e /\
    Rabs (fR c - cos (fR x * / 2)) <= fR e /\ Rabs (fR s - sin (fR x * / 2)) <= fR e).
  { intros Fc Fs. assert (Fh := A (or_introl Fc)). destruct (IH Fh Fe) as [Bc Bs]. cbn [cs sn err] in *.
    specialize (Bc Fc). specialize (Bs Fs). replace (fR (x * 0.5)) with (fR x * / 2) in *; [tauto|]. symmetry.
    destruct (fin_mul _ _ Fh) as (_ & _ & ->). rewrite fR_05. apply fR_half. lra. }
  assert (Q1 : cos (fR x) = cos (fR x * / 2) * cos (fR x * / 2) - sin (fR x * / 2) * sin (fR x * / 2)).
  { rewrite <- cos_plus. f_equal. lra. }
  assert (Q2 : sin (fR x) = 2 * sin (fR x * / 2) * cos (fR x * / 2)).
  { rewrite <- sin_2a. f_equal. lra. }
  rewrite Q1, Q2. clear Q1 Q2. pose proof (unit_circle (fR x * / 2)) as U.
  pose proof (rne_error (fR c * fR c)) as R1. pose proof (rne_error (fR s * fR s)) as R2.
  pose proof (rne_error (rne (fR c * fR c) - rne (fR s * fR s))) as R3.
  pose proof (rne_error (fR s * fR c)) as R4.
  split; intros F'.
  - destruct (fin_sub _ _ F') as (F1 & F2 & Ew). destruct (fin_mul _ _ F1) as (Fc & _ & E1).
    destruct (fin_mul _ _ F2) as (Fs & _ & E2). rewrite Ew, E1, E2. destruct (K Fc Fs) as (B & Bc & Bs).
    destruct (double_close _ _ _ _ _ _ _ _ _ U (conj B Ee) Bc Bs R1 R2 R3 R4) as [D _].
    pose proof u_pos. split; lra.
  - rewrite times2 by exact F'. destruct (fin_mul _ _ F') as (F1 & _).
    destruct (fin_mul _ _ F1) as (Fs & Fc & E1).
    rewrite E1. destruct (K Fc Fs) as (B & Bc & Bs).
    destruct (double_close _ _ _ _ _ _ _ _ _ U (conj B Ee) Bc Bs R1 R2 R3 R4) as [_ D].
    pose proof u_pos. split; lra.
Qed.

Lemma unit_itv_holds v e y : -1 <= y <= 1 -> (fin v -> fin e -> Rabs (fR v - y) <= fR e) ->
  holds (unit_itv v e) y.
Proof.
  intros Hy H. split; cbn [unit_itv inf sup].
  - unfold maxf. destruct (-1 <=? dn (v - e))%float; intros F; [|rewrite fR_m1; lra].
    destruct (dn_sub _ _ F) as (Fv & Fe & L). specialize (H Fv Fe). apply Rabs_le_inv in H. lra.
  - unfold minf. destruct (1 <=? up (v + e))%float; intros F; [rewrite fR_1; lra|].
    destruct (up_add _ _ F) as (Fv & Fe & L). specialize (H Fv Fe). apply Rabs_le_inv in H. lra.
Qed.
Lemma cos_itv_holds x : fin x -> holds (cos_itv x) (cos (fR x)).
Proof.
  intros Fx. apply unit_itv_holds; [apply COS_bound|]. intros Fv Fe. now apply (angle_tracks 8 x Fx Fe).
Qed.
Lemma sin_itv_holds x : fin x -> holds (sin_itv x) (sin (fR x)).
Proof.
  intros Fx. apply unit_itv_holds; [apply SIN_bound|]. intros Fv Fe. now apply (angle_tracks 8 x Fx Fe).
Qed.

(** ** Waves *)
Lemma wave_sin : wave sin cos.
Proof. exists 1, 0. repeat split; intros; ring. Qed.
Lemma wave_cos : wave cos (fun x => - sin x).
Proof. exists 0, 1. repeat split; intros; ring. Qed.
Lemma wave_opposite f g : wave f g -> wave (fun x => - f x) (fun x => - g x).
Proof.
  intros (p & q & N & Ef & Eg). exists (- p), (- q). split; [lra|]. split; intros x; rewrite ?Ef, ?Eg; ring.
Qed.
Lemma wave_reflect f g : wave f g -> wave (fun x => f (- x)) (fun x => - g (- x)).
Proof.
  intros (p & q & N & Ef & Eg). exists (- p), q. split; [lra|].
  split; intros x; rewrite ?Ef, ?Eg, sin_neg, cos_neg; ring.
Qed.
Lemma wave_derivative f g : wave f g -> wave g (fun x => - f x).
Proof.
  intros (p & q & N & Ef & Eg). exists (- q), p. split; [lra|]. split; intros x; rewrite ?Ef, ?Eg; ring.
Qed.
Lemma wave_derive f g x : wave f g -> is_derive f x (g x).
Proof.
  intros (p & q & N & Ef & Eg). apply (is_derive_ext (fun x => p * sin x + q * cos x)); [now intros|].
  rewrite Eg. auto_derive; [trivial|]. ring.
Qed.
Lemma wave_bound f g x : wave f g -> -1 <= f x <= 1.
Proof.
  intros (p & q & N & Ef & Eg). apply Rabs_le_inv, square_le; [lra|]. rewrite Ef.
  pose proof (unit_circle x) as U. pose proof (Rle_0_sqr (p * cos x - q * sin x)) as Q. unfold Rsqr in Q.
  assert (I : (p * sin x + q * cos x) * (p * sin x + q * cos x)
    + (p * cos x - q * sin x) * (p * cos x - q * sin x)
    = (p * p + q * q) * (cos x * cos x + sin x * sin x)) by ring.
  rewrite N, U in I. lra.
Qed.
(** Between two zeros there are at least [PI]. *)
Lemma wave_pos f g a b y : wave f g -> b - a <= 3 -> a <= y <= b -> 0 <= f a -> 0 <= f b -> 0 <= f y.
Proof.
  intros (p & q & N & Ef & Eg) Hw Hy Ha Hb. assert (Pi : 3 < PI) by interval with (i_prec 60).
  destruct (Req_dec a b) as [->|Hab]; [now replace y with b by lra|].
  assert (I : f y * sin (b - a) = f a * sin (b - y) + f b * sin (y - a)).
  { rewrite !Ef, !sin_minus. ring. }
  assert (S : 0 < sin (b - a)) by (apply sin_gt_0; lra).
  assert (S1 : 0 <= sin (b - y)) by (apply sin_ge_0; lra).
  assert (S2 : 0 <= sin (y - a)) by (apply sin_ge_0; lra).
  apply Rnot_lt_le. intros L. pose proof (Rmult_le_pos _ _ Ha S1). pose proof (Rmult_le_pos _ _ Hb S2).
  pose proof (Rmult_lt_0_compat (- f y) _ ltac:(lra) S). lra.
Qed.
Lemma wave_neg f g a b y : wave f g -> b - a <= 3 -> a <= y <= b -> f a <= 0 -> f b <= 0 -> f y <= 0.
Proof.
  intros W Hw Hy Ha Hb.
  pose proof (wave_pos _ _ a b y (wave_opposite _ _ W) Hw Hy ltac:(lra) ltac:(lra)). lra.
Qed.

Lemma wave_rises f g a b x y : wave f g -> b - a <= 3 -> 0 <= g a -> 0 <= g b -> a <= x -> x <= y -> y <= b ->
  f x <= f y.
Proof.
  intros W Hw Ha Hb Hx Hxy Hy.
  apply (rising_of_derivative (fun z => a <= z <= b) f g (stretch_between a b)); try lra.
  - intros z _. now apply wave_derive.
  - intros z Hz. now apply (wave_pos g (fun x => - f x) a b z (wave_derivative _ _ W)).
Qed.
Lemma wave_falls f g a b x y : wave f g -> b - a <= 3 -> g a <= 0 -> g b <= 0 -> a <= x -> x <= y -> y <= b ->
  f y <= f x.
Proof.
  intros W Hw Ha Hb Hx Hxy Hy.
  pose proof (wave_rises _ _ a b x y (wave_opposite _ _ W) Hw ltac:(lra) ltac:(lra) Hx Hxy Hy). lra.
Qed.
(** Up, then down: at least the smaller end. *)
Lemma wave_hill f g a b x : wave f g -> b - a <= 3 -> 0 <= g a -> g b <= 0 -> a <= x <= b ->
  f a <= f x \/ f b <= f x.
Proof.
  intros W Hw Ha Hb Hx. destruct (Rle_dec 0 (g x)).
  - left. apply (wave_rises f g a x); trivial; lra.
  - right. apply (wave_falls f g x b); trivial; lra.
Qed.
Lemma wave_convex f g a b : wave f g -> b - a <= 3 -> f a <= 0 -> f b <= 0 ->
  convex (fun x => a <= x <= b) f g.
Proof.
  intros W Hw Ha Hb. apply convex_of_derivative.
  - apply stretch_between.
  - intros x _. now apply wave_derive.
  - intros x y Hx Hy H. apply (wave_rises g (fun x => - f x) a b); try lra. now apply wave_derivative.
Qed.
Lemma wave_concave f g a b : wave f g -> b - a <= 3 -> 0 <= f a -> 0 <= f b ->
  concave (fun x => a <= x <= b) f g.
Proof.
  intros W Hw Ha Hb t x Ht Hx.
  pose proof (wave_convex _ _ a b (wave_opposite _ _ W) Hw ltac:(lra) ltac:(lra) t x Ht Hx). lra.
Qed.
Lemma wave_lipschitz f g x y : wave f g -> x <= y -> f x - (y - x) <= f y <= f x + (y - x).
Proof.
  intros W H. destruct (mean_value (fun _ => True) f g stretch_all) with x y as (z & E & _); trivial.
  - intros z _. now apply wave_derive.
  - pose proof (wave_bound _ _ z (wave_derivative _ _ W)). split; nra.
Qed.

(** ** Rules *)
Lemma nonneg_ge i v : nonneg i = true -> holds i v -> 0 <= v.
Proof.
  intros [F%finb_fin H]%andb_prop [L _]. apply leb_le in H; [|apply fin_0 | exact F]. rewrite fR_0 in H.
  specialize (L F). lra.
Qed.
Lemma nonpos_le i v : nonpos i = true -> holds i v -> v <= 0.
Proof.
  intros [F%finb_fin H]%andb_prop [_ U]. apply leb_le in H; [|exact F | apply fin_0]. rewrite fR_0 in H.
  specialize (U F). lra.
Qed.
Lemma fR_3 : fR 3 = 3.
Proof. assert (E : fR 3 = 6755399441055744 / 2251799813685248) by literal. lra. Qed.

Section Wave.
Variables (f g : R -> R) (c : curve).
Hypotheses (W : wave f g) (sees : describes (fun _ => True) f g c).

Lemma width_le l h : finb (up (h - l)) = true -> (up (h - l) <=? 3)%float = true -> fR h - fR l <= 3.
Proof.
  intros F%finb_fin H. apply leb_le in H; [|exact F | reflexivity]. destruct (up_sub _ _ F) as (_ & _ & L).
  rewrite fR_3 in H. lra.
Qed.
Lemma wave_range_holds l h x : fin l -> fin h -> fR l <= x <= fR h -> holds (wave_range c l h) (f x).
Proof.
  intros Fl Fh Hx. unfold wave_range. cbv zeta. pose proof (wave_bound f g x W) as B.
  assert (T : holds (Itv (-1) 1) (f x)).
  { split; cbn [inf sup]; intros _; rewrite ?fR_m1, ?fR_1; lra. }
  destruct (finb (up (h - l)) && (up (h - l) <=? 3)%float) eqn:Hw; [|exact T]. apply andb_prop in Hw.
  pose proof (width_le l h (proj1 Hw) (proj2 Hw)) as Hw'. destruct Hw as [Fw%finb_fin _].
  destruct (sees l Fl I) as [Vl Gl]. destruct (sees h Fh I) as [Vh Gh].
  destruct (nonneg (rate c l) && nonneg (rate c h)) eqn:E1;
    [|destruct (nonpos (rate c l) && nonpos (rate c h)) eqn:E2;
      [|destruct (nonneg (rate c l) && nonpos (rate c h)) eqn:E3;
        [|destruct (nonpos (rate c l) && nonneg (rate c h)) eqn:E4]]].
  - apply andb_prop in E1. pose proof (nonneg_ge _ _ (proj1 E1) Gl). pose proof (nonneg_ge _ _ (proj2 E1) Gh).
    pose proof (wave_rises f g (fR l) (fR h) (fR l) x W).
    pose proof (wave_rises f g (fR l) (fR h) x (fR h) W).
    destruct Vl as [L _], Vh as [_ U]. split; cbn [inf sup]; intros F;
      [specialize (L F) | specialize (U F)]; lra.
  - apply andb_prop in E2. pose proof (nonpos_le _ _ (proj1 E2) Gl). pose proof (nonpos_le _ _ (proj2 E2) Gh).
    pose proof (wave_falls f g (fR l) (fR h) (fR l) x W).
    pose proof (wave_falls f g (fR l) (fR h) x (fR h) W).
    destruct Vl as [_ U], Vh as [L _]. split; cbn [inf sup]; intros F;
      [specialize (L F) | specialize (U F)]; lra.
  - apply andb_prop in E3. pose proof (nonneg_ge _ _ (proj1 E3) Gl). pose proof (nonpos_le _ _ (proj2 E3) Gh).
    split; cbn [inf sup]; intros F; [|apply T, fin_1].
    destruct (min2_le _ _ F) as (F1 & F2 & L1 & L2). destruct Vl as [L _], Vh as [L' _].
    specialize (L F1). specialize (L' F2). destruct (wave_hill f g (fR l) (fR h) x W); lra.
  - apply andb_prop in E4. pose proof (nonpos_le _ _ (proj1 E4) Gl). pose proof (nonneg_ge _ _ (proj2 E4) Gh).
    split; cbn [inf sup]; intros F; [apply T; reflexivity|].
    destruct (max2_ge _ _ F) as (F1 & F2 & L1 & L2). destruct Vl as [_ L], Vh as [_ L'].
    specialize (L F1). specialize (L' F2).
    destruct (wave_hill _ _ (fR l) (fR h) x (wave_opposite _ _ W)); lra.
  - pose proof (wave_lipschitz f g (fR l) x W (proj1 Hx)). destruct (up_sub _ _ Fw) as (_ & _ & Lw).
    destruct Vl as [L U]. split; cbn [inf sup]; intros F.
    + destruct (dn_sub _ _ F) as (F1 & _ & L1). specialize (L F1). lra.
    + destruct (up_add _ _ F) as (F1 & _ & L1). specialize (U F1). lra.
Qed.
End Wave.

Lemma under_reflect f l h s : under (fun x => f (- x)) (- h) (- l) s ->
  under f l h (Line (- slope s) (shift s)).
Proof.
  intros H F. cbn [shift slope] in *. destruct (H F) as [Fs L]. rewrite fin_opp, fR_opp. rewrite !fR_opp in L.
  split; [exact Fs|]. intros x Hx. specialize (L (- x) ltac:(lra)). rewrite Ropp_involutive in L. lra.
Qed.
Lemma describes_reflect f g c : describes (fun _ => True) f g c ->
  describes (fun _ => True) (fun x => f (- x)) (fun x => - g (- x)) (reflect c).
Proof.
  intros H x F _. rewrite <- fR_opp in *. apply fin_opp in F. destruct (H _ F I) as [A B].
  split; [exact A | now apply holds_neg].
Qed.

Section Bend.
Variables (f g : R -> R) (c : curve) (m1 m2 l h : pfloat).
Hypotheses (W : wave f g) (sees : describes (fun _ => True) f g c).
Hypotheses (Fl : fin l) (Fh : fin h) (F1 : fin m1) (F2 : fin m2).
Hypotheses (O1 : fR l <= fR m1) (O2 : fR m1 <= fR m2) (O3 : fR m2 <= fR h) (Hw : fR h - fR l <= 3).

Lemma bends_shape : bends c m1 m2 l h = true ->
  convex (fun x => fR l <= x <= fR m1) f g /\ concave (fun x => fR m2 <= x <= fR h) f g.
Proof.
  intros [B1 B2]%andb_prop. split.
  - apply orb_prop in B1. destruct B1 as [E|[N1 N2]%andb_prop].
    + apply leb_le in E; trivial. intros t x Ht Hx. replace x with t by lra. lra.
    + apply (wave_convex f g); trivial; [lra | |].
      * apply (nonpos_le _ _ N1), (sees l Fl I).
      * apply (nonpos_le _ _ N2), (sees m1 F1 I).
  - apply orb_prop in B2. destruct B2 as [E|[N1 N2]%andb_prop].
    + apply leb_le in E; trivial. intros t x Ht Hx. replace x with t by lra. lra.
    + apply (wave_concave f g); trivial; [lra | |].
      * apply (nonneg_ge _ _ N1), (sees m2 F2 I).
      * apply (nonneg_ge _ _ N2), (sees h Fh I).
Qed.

Lemma bend_lower_under t : bends c m1 m2 l h = true -> under f l h (bend_lower c m1 m2 l h t).
Proof.
  intros [C1 C2]%bends_shape. unfold bend_lower. cbv zeta. destruct (clampto_in l m1 t Fl F1 O1) as [Ft Ht].
  set (t' := clampto l m1 t) in *.
  set (a := if (m2 <? h)%float then _ else _). clearbody a. intros F. cbn [shift slope] in *.
  destruct (min2_le _ _ F) as (F12 & F34 & L12 & L34). destruct (min2_le _ _ F12) as (G1 & G2 & L1 & L2).
  destruct (min2_le _ _ F34) as (G3 & G4 & L3 & L4).
  assert (S : describes (fun x => fR l <= x <= fR h) f g c) by (revert sees; now apply describes_sub).
  destruct (tangent_le f g c l h S t' a l m1 Ft ltac:(lra)) with (2 := G1) as [Fa E1].
  { revert C1. apply convex_sub. intros x [Hx|Hx]; [|rewrite Hx]; lra. }
  destruct (tangent_dn_le _ _ _ _ _ _ _ G2) as (_ & E2).
  destruct (end_dn_val f g c l h S a m2 F2 ltac:(lra) G3) as [_ E3].
  destruct (end_dn_val f g c l h S a h Fh ltac:(lra) G4) as [_ E4].
  split; [exact Fa|]. intros x Hx. destruct (Rle_dec x (fR m1)) as [P|P].
  - specialize (E1 x ltac:(lra)). lra.
  - destruct (Rle_dec x (fR m2)) as [Q|Q].
    + destruct (mean_value (fun _ => True) f g stretch_all) with (fR m1) x as (z & Ez & _); trivial; try lra.
      { intros z _. now apply wave_derive. }
      specialize (E2 (g z) x). rewrite fR_m1, fR_1 in E2.
      specialize (E2 (wave_bound _ _ z (wave_derivative _ _ W)) ltac:(lra)).
      destruct (sees m1 F1 I) as [[V _] _]. destruct (tangent_dn_le _ _ _ _ _ _ _ G2) as ((Fv & _) & _).
      specialize (V Fv). lra.
    + apply (ends_le f g _ (fR m2) (fR h)); trivial; lra.
Qed.
End Bend.

Lemma wave_lower_under f g c z l h t : wave f g -> describes (fun _ => True) f g c -> fin l -> fin h ->
  fR l <= fR h -> under f l h (wave_lower c z l h t).
Proof.
  intros W S Fl Fh Hlh. unfold wave_lower. cbv zeta.
  destruct (finb (up (h - l)) && (up (h - l) <=? 3)%float) eqn:Hw.
  - apply andb_prop in Hw. pose proof (width_le l h (proj1 Hw) (proj2 Hw)) as Hw'. clear Hw.
    destruct (clampto_in l h (z - 0x1p-36) Fl Fh Hlh) as [F1 H1]. set (m1 := clampto l h _) in *.
    destruct (clampto_in m1 h (z + 0x1p-36) F1 Fh ltac:(lra)) as [F2 H2]. set (m2 := clampto m1 h _) in *.
    destruct (bends c m1 m2 l h) eqn:B1; [|destruct (bends (reflect c) _ _ _ _) eqn:B2].
    + apply (bend_lower_under f g); trivial; lra.
    + apply under_reflect, (bend_lower_under _ (fun x => - g (- x))); try (now apply fin_opp);
        rewrite ?fR_opp; try lra; trivial.
      * now apply wave_reflect.
      * now apply describes_reflect.
    + intros F. cbn [shift slope] in *. split; [apply fin_0|]. intros x Hx.
      rewrite fR_0. destruct (wave_range_holds f g c W S l h x Fl Fh Hx) as [L _]. specialize (L F). lra.
  - intros _. cbn [shift slope]. split; [apply fin_0|]. intros x Hx. rewrite fR_0, fR_m1.
    pose proof (wave_bound f g x W). lra.
Qed.

Lemma wave_sound f g c z : wave f g -> describes (fun _ => True) f g c -> sound f (wave_rule c z).
Proof.
  intros W S l h Fl Fh Hlh. split; cbn [wave_rule range around].
  - intros x Hx. now apply (wave_range_holds f g).
  - intros t u. cbv zeta. cbn [fst snd]. split; [now apply (wave_lower_under f g)|].
    apply over_flip, (wave_lower_under _ (fun x => - g x)); trivial.
    + now apply wave_opposite.
    + now apply describes_opposite.
Qed.
Theorem sin_sound : sound sin sin_rule.
Proof.
  apply (wave_sound sin cos); [exact wave_sin|]. intros x F _. split; [now apply sin_itv_holds|].
  now apply cos_itv_holds.
Qed.
Theorem cos_sound : sound cos cos_rule.
Proof.
  apply (wave_sound cos (fun x => - sin x)); [exact wave_cos|]. intros x F _.
  split; [now apply cos_itv_holds|].
  now apply holds_neg, sin_itv_holds.
Qed.
