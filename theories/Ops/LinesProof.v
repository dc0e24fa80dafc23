(** Tangents and chords with rounded coefficients enclose convex, concave and S-shaped functions. Symbols:
    see [Ops.Lines]. *)
From Coq Require Import Reals Lra Floats.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines.
Local Open Scope R_scope.

(** ** Floats *)
Lemma leb_between_fin a q b : fin a -> fin b -> (a <=? q)%float = true -> (q <=? b)%float = true -> fin q.
Proof.
  unfold fin. rewrite !leb_equiv.
  destruct (Prim2B a) as [sa|sa| |sa ma ea Ha], (Prim2B b) as [sb|sb| |sb mb eb Hb]; try discriminate;
    destruct (Prim2B q) as [sq|[]| |sq mq eq Hq]; try reflexivity; now intros _ _.
Qed.

Lemma zero_times_finite w z : fin (w + 0 * z)%float -> fin w /\ fin z /\ fR (w + 0 * z)%float = fR w.
Proof.
  intros F. destruct (fin_add _ _ F) as (Fw & F0 & E). destruct (fin_mul _ _ F0) as (_ & Fz & E0).
  repeat split; trivial. rewrite E, E0, fR_0, Rmult_0_l.
  rewrite (round_0 radix2 _ _ : rne 0 = 0), Rplus_0_r.
  apply round_generic; [apply valid_rnd_N | apply generic_format_B2R].
Qed.

(** ** Minima and products *)
Lemma dn_mul x y : fin (dn (x * y)) -> fin x /\ fin y /\ fR (dn (x * y)) <= fR x * fR y.
Proof. intros H. destruct (fin_mul _ _ (fin_dn _ H)) as (? & ? & E). auto using dn_round. Qed.

Lemma min2_le a b : fin (min2 a b) -> fin a /\ fin b /\ fR (min2 a b) <= fR a /\ fR (min2 a b) <= fR b.
Proof.
  intros H. destruct (zero_times_finite _ _ H) as (_ & F & E). fold (min2 a b) in E.
  destruct (fin_add _ _ F) as (Fa & Fb & _). rewrite E, fR_minf by assumption.
  repeat split; trivial; [apply Rmin_l | apply Rmin_r].
Qed.
Lemma max2_ge a b : fin (max2 a b) -> fin a /\ fin b /\ fR a <= fR (max2 a b) /\ fR b <= fR (max2 a b).
Proof.
  intros H. destruct (zero_times_finite _ _ H) as (_ & F & E). fold (max2 a b) in E.
  destruct (fin_add _ _ F) as (Fa & Fb & _). rewrite E, fR_maxf by assumption.
  repeat split; trivial; [apply Rmax_l | apply Rmax_r].
Qed.
Lemma fin_minf x y : fin x -> fin y -> fin (minf x y).
Proof. unfold minf. now destruct (x <=? y)%float. Qed.
Lemma min4_le a b c d : fin (min4 a b c d) ->
  (fin a /\ fin b /\ fin c /\ fin d) /\
  (let m := fR (min4 a b c d) in m <= fR a /\ m <= fR b /\ m <= fR c /\ m <= fR d).
Proof.
  intros H. destruct (zero_times_finite _ _ H) as (_ & F & E). fold (min4 a b c d) in E. cbv zeta.
  destruct (fin_add _ _ F) as (Fab & Fcd & _).
  destruct (fin_add _ _ Fab) as (Fa & Fb & _). destruct (fin_add _ _ Fcd) as (Fc & Fd & _).
  rewrite E, !fR_minf by auto using fin_minf. split; [auto|].
  pose proof (Rmin_l (Rmin (fR a) (fR b)) (Rmin (fR c) (fR d))).
  pose proof (Rmin_r (Rmin (fR a) (fR b)) (Rmin (fR c) (fR d))).
  pose proof (Rmin_l (fR a) (fR b)). pose proof (Rmin_r (fR a) (fR b)).
  pose proof (Rmin_l (fR c) (fR d)). pose proof (Rmin_r (fR c) (fR d)).
  repeat split; lra.
Qed.

(** A product over a box is smallest in a corner. *)
Lemma corner_le a b c d m x y : a <= x <= b -> c <= y <= d ->
  m <= a * c -> m <= a * d -> m <= b * c -> m <= b * d -> m <= x * y.
Proof.
  intros Hx Hy Hac Had Hbc Hbd. destruct (Rle_dec 0 x).
  - assert (x * c <= x * y) by (apply Rmult_le_compat_l; lra).
    destruct (Rle_dec 0 c);
      [assert (a * c <= x * c) by (apply Rmult_le_compat_r; lra)
      |assert (b * c <= x * c) by nra]; lra.
  - assert (x * d <= x * y) by nra.
    destruct (Rle_dec 0 d);
      [assert (a * d <= x * d) by (apply Rmult_le_compat_r; lra) | assert (b * d <= x * d) by nra]; lra.
Qed.
Lemma mul_dn_le a b c d : fin (mul_dn a b c d) -> (fin a /\ fin b /\ fin c /\ fin d) /\
  forall x y, fR a <= x <= fR b -> fR c <= y <= fR d -> fR (mul_dn a b c d) <= x * y.
Proof.
  intros H. destruct (min4_le _ _ _ _ H) as ((F1 & F2 & F3 & F4) & L1 & L2 & L3 & L4).
  fold (mul_dn a b c d) in *.
  destruct (dn_mul _ _ F1) as (Fa & Fc & E1). destruct (dn_mul _ _ F2) as (_ & Fd & E2).
  destruct (dn_mul _ _ F3) as (Fb & _ & E3). destruct (dn_mul _ _ F4) as (_ & _ & E4).
  split; [auto|]. intros x y Hx Hy. apply (corner_le (fR a) (fR b) (fR c) (fR d)); trivial; lra.
Qed.

(** ** Shifts *)
Lemma end_dn_le v a x : fin (end_dn v a x) ->
  fin v /\ fin a /\ fin x /\ fR (end_dn v a x) <= fR v - fR a * fR x.
Proof.
  intros H. destruct (dn_sub _ _ H) as (Fv & Fu & E). destruct (up_mul _ _ Fu) as (Fa & Fx & Eu).
  fold (end_dn v a x) in E. repeat split; trivial. lra.
Qed.
Lemma tangent_dn_le v p q t a l h : fin (tangent_dn v p q t a l h) ->
  (fin v /\ fin p /\ fin q /\ fin t /\ fin a) /\
  forall g x, fR p <= g <= fR q -> fR l <= x <= fR h ->
  fR a * x + fR (tangent_dn v p q t a l h) <= fR v + g * (x - fR t).
Proof.
  intros H. destruct (dn_add _ _ H) as (Fe & Fm & E). fold (tangent_dn v p q t a l h) in E.
  destruct (end_dn_le _ _ _ Fe) as (Fv & Fa & Ft & Ee).
  destruct (mul_dn_le _ _ _ _ Fm) as ((F1 & F2 & F3 & F4) & Em).
  destruct (dn_sub _ _ F1) as (Fp & _ & E1). destruct (up_sub _ _ F2) as (Fq & _ & E2).
  destruct (dn_sub _ _ F3) as (_ & _ & E3). destruct (up_sub _ _ F4) as (_ & _ & E4).
  split; [auto|]. intros g x Hg Hx. specialize (Em (g - fR a) (x - fR t)). lra.
Qed.

Lemma clampto_in l h t : fin l -> fin h -> fR l <= fR h ->
  fin (clampto l h t) /\ fR l <= fR (clampto l h t) <= fR h.
Proof.
  intros Fl Fh Hlh. unfold clampto. destruct (l <=? t)%float eqn:E1; [|split; trivial; lra].
  destruct (t <=? h)%float eqn:E2; [|split; trivial; lra].
  assert (F := leb_between_fin _ _ _ Fl Fh E1 E2). split; [exact F|]. split; now apply leb_le.
Qed.

(** ** Opposites and mirror images *)
Lemma holds_neg i v : holds i v -> holds (neg i) (- v).
Proof.
  intros [Hi Hs]. split; cbn [neg inf sup]; rewrite fin_opp, fR_opp; intros F; apply Ropp_le_contravar; auto.
Qed.
Lemma describes_opposite D f g c : describes D f g c ->
  describes D (fun x => - f x) (fun x => - g x) (opposite c).
Proof. intros H x F Hx. destruct (H x F Hx). split; now apply holds_neg. Qed.
Lemma describes_mirror D f g c : describes D f g c ->
  describes (fun x => D (- x)) (fun x => - f (- x)) (fun x => g (- x)) (mirror c).
Proof.
  intros H x F Hx. rewrite <- fR_opp in *. apply fin_opp in F. destruct (H _ F Hx) as [A B].
  split; [now apply holds_neg | exact B].
Qed.
Lemma describes_sub (D E : R -> Prop) f g c : (forall x, E x -> D x) -> describes D f g c ->
  describes E f g c.
Proof. intros S H x F Hx. apply H; auto. Qed.

Lemma convex_opposite D f g : convex D f g -> concave D (fun x => - f x) (fun x => - g x).
Proof. intros H t x Ht Hx. specialize (H t x Ht Hx). lra. Qed.
Lemma concave_opposite D f g : concave D f g -> convex D (fun x => - f x) (fun x => - g x).
Proof. intros H t x Ht Hx. specialize (H t x Ht Hx). lra. Qed.
Lemma convex_mirror D f g : convex D f g ->
  concave (fun x => D (- x)) (fun x => - f (- x)) (fun x => g (- x)).
Proof. intros H t x Ht Hx. specialize (H _ _ Ht Hx). lra. Qed.
Lemma concave_mirror D f g : concave D f g ->
  convex (fun x => D (- x)) (fun x => - f (- x)) (fun x => g (- x)).
Proof. intros H t x Ht Hx. specialize (H _ _ Ht Hx). lra. Qed.
Lemma convex_sub (D E : R -> Prop) f g : (forall x, E x -> D x) -> convex D f g -> convex E f g.
Proof. intros S H t x Ht Hx. apply H; auto. Qed.
Lemma concave_sub (D E : R -> Prop) f g : (forall x, E x -> D x) -> concave D f g -> concave E f g.
Proof. intros S H t x Ht Hx. apply H; auto. Qed.

Lemma over_flip f l h s : under (fun x => - f x) l h s -> over f l h (flip s).
Proof.
  intros H F. cbn [flip shift slope] in *. rewrite fin_opp in F. destruct (H F) as [Fs L].
  rewrite fin_opp, !fR_opp. split; [exact Fs|]. intros x Hx. specialize (L x Hx). lra.
Qed.
Lemma under_flip f l h s : over (fun x => - f x) l h s -> under f l h (flip s).
Proof.
  intros H F. cbn [flip shift slope] in *. rewrite fin_opp in F. destruct (H F) as [Fs L].
  rewrite fin_opp, !fR_opp. split; [exact Fs|]. intros x Hx. specialize (L x Hx). lra.
Qed.
Lemma over_turn f l h s : under (fun x => - f (- x)) (- h) (- l) s -> over f l h (turn s).
Proof.
  intros H F. cbn [turn shift slope] in *. rewrite fin_opp in F. destruct (H F) as [Fs L].
  rewrite !fR_opp in *. split; [exact Fs|]. intros x Hx. specialize (L (- x) ltac:(lra)).
  rewrite Ropp_involutive in L. lra.
Qed.

(** ** Lines *)
Section Lower.
Variables (D : R -> Prop) (f g : R -> R) (c : curve) (l h : pfloat).
Hypotheses (Fl : fin l) (Fh : fin h) (Hlh : fR l <= fR h).
Hypothesis sees : describes (fun x => fR l <= x <= fR h) f g c.

(** The tangent rule: valid for any slope [a]. *)
Lemma tangent_le t a b d : fin t -> fR l <= fR t <= fR h ->
  convex (fun x => (fR b <= x <= fR d \/ x = fR t)) f g ->
  let s := tangent_dn (inf (val c t)) (inf (rate c t)) (sup (rate c t)) t a b d in
  fin s -> fin a /\ forall x, fR b <= x <= fR d -> fR a * x + fR s <= f x.
Proof.
  intros Ft Ht C s Fs. destruct (tangent_dn_le _ _ _ _ _ _ _ Fs) as ((Fv & Fp & Fq & _ & Fa) & E).
  split; [exact Fa|]. intros x Hx. destruct (sees t Ft Ht) as [[V _] [P Q]].
  specialize (E (g (fR t)) x (conj (P Fp) (Q Fq)) Hx). specialize (V Fv).
  specialize (C (fR t) x (or_intror eq_refl) (or_introl Hx)). unfold s. lra.
Qed.

Lemma convex_lower_under t : convex (fun x => fR l <= x <= fR h) f g -> under f l h (convex_lower c l h t).
Proof.
  intros C Fs. destruct (clampto_in l h t Fl Fh Hlh) as [Ft Ht].
  apply (tangent_le (clampto l h t) (inf (rate c (clampto l h t))) l h Ft Ht); [|exact Fs].
  intros y x Hy Hx. apply C; [destruct Hy as [|Hy] | destruct Hx as [|Hx]]; try rewrite Hy;
    try rewrite Hx; trivial.
Qed.

(** Above a chord: between [b] and [d], minus any slope, a concave function is smallest at an end. *)
Lemma ends_le a b d k x : concave (fun x => b <= x <= d) f g -> b <= x <= d ->
  k <= f b - a * b -> k <= f d - a * d -> a * x + k <= f x.
Proof.
  intros C Hx Hb Hd. pose proof (C x b Hx ltac:(lra)). pose proof (C x d Hx ltac:(lra)).
  destruct (Rle_dec a (g x)).
  - assert ((g x - a) * (b - x) <= 0); [|lra].
    rewrite <- (Rmult_0_r (g x - a)). apply Rmult_le_compat_l; lra.
  - assert ((a - g x) * (x - d) <= 0); [|lra].
    rewrite <- (Rmult_0_r (a - g x)). apply Rmult_le_compat_l; lra.
Qed.
Lemma end_dn_val a x : fin x -> fR l <= fR x <= fR h -> fin (end_dn (inf (val c x)) a x) ->
  fin a /\ fR (end_dn (inf (val c x)) a x) <= f (fR x) - fR a * fR x.
Proof.
  intros Fx Hx H. destruct (end_dn_le _ _ _ H) as (Fv & Fa & _ & E).
  destruct (sees x Fx Hx) as [[V _] _]. specialize (V Fv). split; [exact Fa | lra].
Qed.

Lemma concave_lower_under : concave (fun x => fR l <= x <= fR h) f g -> under f l h (concave_lower c l h).
Proof.
  intros C Fs. cbn [concave_lower slope shift] in *. set (a := secant _ _ _ _ _) in *.
  destruct (min2_le _ _ Fs) as (F1 & F2 & L1 & L2).
  destruct (end_dn_val _ _ Fl ltac:(lra) F1) as [Fa E1]. destruct (end_dn_val _ _ Fh ltac:(lra) F2) as [_ E2].
  split; [exact Fa|]. intros x Hx. apply (ends_le _ (fR l) (fR h)); trivial; lra.
Qed.

Lemma s_lower_under m t : fin m -> convex (fun x => fR l <= x <= fR h /\ x <= fR m) f g ->
  concave (fun x => fR l <= x <= fR h /\ fR m <= x) f g -> under f l h (s_lower c m l h t).
Proof.
  intros Fm C1 C2. unfold s_lower. destruct (h <=? m)%float eqn:E1.
  { apply leb_le in E1; trivial. apply convex_lower_under. revert C1. apply convex_sub. intros; lra. }
  apply leb_gt in E1; trivial. destruct (m <=? l)%float eqn:E2.
  { apply leb_le in E2; trivial. apply concave_lower_under. revert C2. apply concave_sub. intros; lra. }
  apply leb_gt in E2; trivial. cbv zeta. destruct (clampto_in l m t Fl Fm ltac:(lra)) as [Ft Ht].
  set (t' := clampto l m t) in *. set (a := minf _ _). intros Fs. cbn [shift slope] in *.
  destruct (min2_le _ _ Fs) as (F1 & F2 & L1 & L2). destruct (min2_le _ _ F2) as (F3 & F4 & L3 & L4).
  destruct (tangent_le t' a l m Ft ltac:(lra)) with (2 := F1) as [Fa E].
  { revert C1. apply convex_sub. intros x [Hx|Hx]; [|rewrite Hx]; lra. }
  destruct (end_dn_val _ _ Fm ltac:(lra) F3) as [_ E3]. destruct (end_dn_val _ _ Fh ltac:(lra) F4) as [_ E4].
  split; [exact Fa|]. intros x Hx. destruct (Rle_dec x (fR m)) as [Hm|Hm].
  - specialize (E x ltac:(lra)). lra.
  - apply (ends_le _ (fR m) (fR h)); try lra. revert C2. apply concave_sub. intros; lra.
Qed.
End Lower.

Section Both.
Variables (D : R -> Prop) (f g : R -> R) (c : curve) (l h : pfloat).
Hypotheses (Fl : fin l) (Fh : fin h) (Hlh : fR l <= fR h).
Hypothesis sees : describes (fun x => fR l <= x <= fR h) f g c.

Lemma convex_lines_around t u : convex (fun x => fR l <= x <= fR h) f g ->
  under f l h (fst (convex_lines c l h t u)) /\ over f l h (snd (convex_lines c l h t u)).
Proof.
  intros C. split; cbn [convex_lines fst snd].
  - now apply (convex_lower_under f g).
  - apply over_flip, (concave_lower_under _ (fun x => - g x)); trivial.
    + now apply describes_opposite.
    + now apply convex_opposite.
Qed.
Lemma concave_lines_around t u : concave (fun x => fR l <= x <= fR h) f g ->
  under f l h (fst (concave_lines c l h t u)) /\ over f l h (snd (concave_lines c l h t u)).
Proof.
  intros C. split; cbn [concave_lines fst snd].
  - now apply (concave_lower_under f g).
  - apply over_flip, (convex_lower_under _ (fun x => - g x)); trivial.
    + now apply describes_opposite.
    + now apply concave_opposite.
Qed.
Lemma s_lines_around m t u : fin m -> convex (fun x => fR l <= x <= fR h /\ x <= fR m) f g ->
  concave (fun x => fR l <= x <= fR h /\ fR m <= x) f g ->
  under f l h (fst (s_lines c m l h t u)) /\ over f l h (snd (s_lines c m l h t u)).
Proof.
  intros Fm C1 C2. split; cbn [s_lines fst snd].
  - now apply (s_lower_under f g).
  - apply over_turn, (s_lower_under _ (fun x => g (- x))); try (now apply fin_opp); rewrite ?fR_opp; try lra.
    + apply (describes_sub (fun x => fR l <= - x <= fR h)); [intros; lra|].
      now apply (describes_mirror (fun x => fR l <= x <= fR h)).
    + eapply convex_sub; [|exact (concave_mirror _ _ _ C2)]. intros; cbv beta; lra.
    + eapply concave_sub; [|exact (convex_mirror _ _ _ C1)]. intros; cbv beta; lra.
Qed.
End Both.

Lemma z_lines_around f g c l h m t u : fin l -> fin h -> fR l <= fR h ->
  describes (fun x => fR l <= x <= fR h) f g c -> fin m ->
  concave (fun x => fR l <= x <= fR h /\ x <= fR m) f g ->
  convex (fun x => fR l <= x <= fR h /\ fR m <= x) f g ->
  under f l h (fst (z_lines c m l h t u)) /\ over f l h (snd (z_lines c m l h t u)).
Proof.
  intros Fl Fh Hlh S Fm C1 C2.
  destruct (s_lines_around _ _ _ l h Fl Fh Hlh (describes_opposite _ _ _ _ S) m u t Fm
              (concave_opposite _ _ _ C1) (convex_opposite _ _ _ C2)) as [A B].
  unfold z_lines. destruct (s_lines (opposite c) m l h u t) as [a b]. cbn [fst snd] in *.
  split; [now apply under_flip | now apply over_flip].
Qed.

Lemma flat_lines_around f l h i : (forall x, fR l <= x <= fR h -> holds i (f x)) ->
  under f l h (fst (flat_lines i)) /\ over f l h (snd (flat_lines i)).
Proof.
  intros H. split; intros F; cbn [flat_lines fst snd slope shift] in *; (split; [apply fin_0|]);
    intros x Hx; rewrite fR_0, Rmult_0_l, Rplus_0_l; now apply H.
Qed.

(** ** Ranges *)
Section Ranges.
Variables (f g : R -> R) (c : curve) (l h : pfloat).
Hypotheses (Fl : fin l) (Fh : fin h) (Hlh : fR l <= fR h).
Hypothesis sees : describes (fun x => fR l <= x <= fR h) f g c.

Lemma rising_holds : (forall x y, fR l <= x <= y -> y <= fR h -> f x <= f y) ->
  forall x, fR l <= x <= fR h -> holds (rising c l h) (f x).
Proof.
  intros M x Hx. destruct (sees l Fl ltac:(lra)) as [[L _] _]. destruct (sees h Fh ltac:(lra)) as [[_ U] _].
  split; cbn [rising inf sup]; intros F.
  - apply Rle_trans with (1 := L F), M; lra.
  - apply Rle_trans with (2 := U F), M; lra.
Qed.
Lemma falling_holds : (forall x y, fR l <= x <= y -> y <= fR h -> f y <= f x) ->
  forall x, fR l <= x <= fR h -> holds (falling c l h) (f x).
Proof.
  intros M x Hx. destruct (sees l Fl ltac:(lra)) as [[_ L] _]. destruct (sees h Fh ltac:(lra)) as [[U _] _].
  split; cbn [falling inf sup]; intros F.
  - apply Rle_trans with (1 := U F), M; lra.
  - apply Rle_trans with (2 := L F), M; lra.
Qed.
End Ranges.
