(** The rules of exponential function, logarithm, square root and reciprocal are sound. Symbols: see
    [Ops.Elementary]. *)
From Coq Require Import Floats Reals Lra.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof.
From Provenn Require Import Ops.ConvexProof Ops.Exp Ops.ExpProof Ops.Quotient Ops.QuotientProof.
From Provenn Require Import Ops.Elementary.
Local Open Scope R_scope.

Lemma nothing_holds v : holds nothing v.
Proof. split; intros F; now apply fin_nan in F. Qed.
Lemma no_pair_around f l h : under f l h (fst no_pair) /\ over f l h (snd no_pair).
Proof. split; intros F; now apply fin_nan in F. Qed.

Lemma ltb_pos x : fin x -> (0 <? x)%float = true -> 0 < fR x.
Proof. intros F H. apply ltb_lt in H; [|apply fin_0 | exact F]. now rewrite fR_0 in H. Qed.
Lemma ltb_neg x : fin x -> (x <? 0)%float = true -> fR x < 0.
Proof. intros F H. apply ltb_lt in H; [|exact F | apply fin_0]. now rewrite fR_0 in H. Qed.

(** ** Exponential function *)
Theorem exp_sound : sound exp exp_rule.
Proof.
  intros l h Fl Fh Hlh.
  assert (S : describes (fun x => fR l <= x <= fR h) exp exp exp_curve).
  { intros x F _. split; now apply exp_itv_holds. }
  split; cbn [exp_rule range around].
  - apply (rising_holds exp exp); trivial. intros x y Hx _. now apply Raux.exp_le.
  - intros t u. apply (convex_lines_around exp exp); trivial. apply convex_of_derivative.
    + apply stretch_between.
    + intros x _. apply is_derive_exp.
    + intros x y _ _ H. now apply Raux.exp_le.
Qed.

(** ** Logarithm *)
Lemma ln_le x y : 0 < x -> ln x <= y + (x / exp y - 1).
Proof.
  intros Hx. pose proof (exp_ineq1_le (ln x - y)) as H. unfold Rminus in H at 2.
  rewrite exp_plus, exp_ln, exp_Ropp in H by exact Hx. unfold Rdiv. lra.
Qed.
Lemma ln_ge x y : 0 < x -> y + (1 - exp y / x) <= ln x.
Proof.
  intros Hx. pose proof (exp_ineq1_le (y - ln x)) as H. unfold Rminus in H at 2.
  rewrite exp_plus, exp_Ropp, exp_ln in H by exact Hx. unfold Rdiv. lra.
Qed.
Lemma log_itv_holds x : fin x -> 0 < fR x -> holds (log_itv x) (ln (fR x)).
Proof.
  intros Fx Px. unfold log_itv. cbv zeta. set (y := log_guess x). clearbody y. set (e := exp_itv y).
  destruct (0 <? inf e)%float eqn:E; [|apply nothing_holds].
  assert (H : fin y -> holds e (exp (fR y))) by (intros F; now apply exp_itv_holds).
  pose proof (exp_pos (fR y)) as P. split; cbn [inf sup]; intros F.
  - destruct (dn_add _ _ F) as (Fy & F1 & L1). destruct (dn_sub _ _ F1) as (_ & F2 & L2).
    destruct (H Fy) as [_ U]. rewrite fR_1 in L2. pose proof (ln_ge (fR x) (fR y) Px).
    assert (exp (fR y) / fR x <= fR (div_up (sup e) x)); [|lra].
    apply div_up_quotient; trivial; lra.
  - destruct (up_add _ _ F) as (Fy & F1 & L1). destruct (up_sub _ _ F1) as (F2 & _ & L2).
    destruct (H Fy) as [L _]. rewrite fR_1 in L2. pose proof (ln_le (fR x) (fR y) Px).
    assert (fR x / exp (fR y) <= fR (div_up x (inf e))); [|lra].
    apply div_up_quotient; trivial; try lra. intros Fi. split; [now apply ltb_pos | auto].
Qed.
Lemma inverse_holds x : fin x -> 0 < fR x -> holds (Itv (div_dn 1 x) (div_up 1 x)) (/ fR x).
Proof.
  intros Fx Px. rewrite <- (Rmult_1_l (/ _)).
  split; cbn [inf sup]; [apply div_dn_quotient | apply div_up_quotient]; rewrite ?fR_1; trivial; lra.
Qed.
Theorem log_sound : sound ln log_rule.
Proof.
  intros l h Fl Fh Hlh. cbn [log_rule range around]. destruct (0 <? l)%float eqn:E.
  2: { split; intros; [apply nothing_holds | apply no_pair_around]. }
  apply ltb_pos in E; [|exact Fl].
  assert (S : describes (fun x => fR l <= x <= fR h) ln Rinv log_curve).
  { intros x F Hx. split; [apply log_itv_holds | apply inverse_holds]; trivial; lra. }
  split.
  - apply (rising_holds ln Rinv); trivial. intros x y Hx _. apply Rcomplements.ln_le; lra.
  - intros t u. apply (concave_lines_around ln Rinv); trivial. apply concave_of_derivative.
    + apply stretch_between.
    + intros x Hx. apply is_derive_ln. lra.
    + intros x y Hx _ H. apply Rinv_le_contravar; lra.
Qed.

(** ** Square root *)
Lemma fin_sqrt x : fin (PrimFloat.sqrt x) -> fR (PrimFloat.sqrt x) = rne (sqrt (fR x)).
Proof.
  intros _. unfold fR. rewrite sqrt_equiv. apply (Bsqrt_correct prec emax Hprec Hmax mode_NE (Prim2B x)).
Qed.
Lemma maxf_ge_r s c : fin c -> fin (maxf s c) -> fR c <= fR (maxf s c).
Proof.
  intros Fc. unfold maxf. destruct (s <=? c)%float eqn:E; intros F; [apply Rle_refl|].
  apply leb_gt in E; trivial. lra.
Qed.
Lemma sqrt_itv_holds x : holds (sqrt_itv x) (sqrt (fR x)).
Proof.
  unfold sqrt_itv. cbv zeta. split; cbn [inf sup].
  - unfold maxf. destruct (0 <=? dn (PrimFloat.sqrt x))%float; intros F.
    + apply dn_round; [exact F|]. apply fin_sqrt, fin_dn, F.
    + rewrite fR_0. apply sqrt_pos.
  - intros F. apply up_round; [exact F|]. apply fin_sqrt, fin_up, F.
Qed.
Lemma sqrt_inf_pos x : fin (inf (sqrt_itv x)) -> 0 <= fR (inf (sqrt_itv x)).
Proof.
  cbn [sqrt_itv inf]. unfold maxf. destruct (0 <=? dn (PrimFloat.sqrt x))%float eqn:E; intros F.
  - apply leb_le in E; [|apply fin_0 | exact F]. now rewrite fR_0 in E.
  - rewrite fR_0. apply Rle_refl.
Qed.
Lemma sqrt_range_holds l h x : fin l -> fin h -> fR l <= x <= fR h -> holds (sqrt_range l h) (sqrt x).
Proof.
  intros Fl Fh Hx. unfold sqrt_range. destruct (0 <=? l)%float; [|apply nothing_holds].
  destruct (sqrt_itv_holds l) as [L _]. destruct (sqrt_itv_holds h) as [_ U].
  split; cbn [inf sup]; intros F.
  - apply Rle_trans with (1 := L F), sqrt_le_1_alt, Hx.
  - apply Rle_trans with (2 := U F), sqrt_le_1_alt, Hx.
Qed.

Lemma sqrt_below_tangent x s : 0 <= x -> 0 < s -> sqrt x <= / 2 / s * x + s * / 2.
Proof.
  intros Hx Hs. set (r := sqrt x). assert (E : x = r * r) by (symmetry; now apply sqrt_sqrt).
  assert (Q : 0 <= (r - s) * (r - s) * / 2 * / s).
  { apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat, Hs]. apply Rmult_le_pos; [|lra]. apply Rle_0_sqr. }
  replace ((r - s) * (r - s) * / 2 * / s) with (/ 2 / s * (r * r) + s * / 2 - r) in Q by (field; lra).
  clearbody r. rewrite E. lra.
Qed.
Lemma sqrt_above_chord x p q : 0 <= x -> 0 <= p <= sqrt x -> sqrt x <= q -> 0 < p + q ->
  x / (p + q) + p * q / (p + q) <= sqrt x.
Proof.
  intros Hx Hp Hq D. set (r := sqrt x) in *. assert (E : x = r * r) by (symmetry; now apply sqrt_sqrt).
  replace (x / (p + q) + p * q / (p + q)) with (r - (r - p) * (q - r) / (p + q)) by (rewrite E; field; lra).
  assert (0 <= (r - p) * (q - r) / (p + q)); [|lra].
  apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply Rlt_le, Rinv_0_lt_compat, D].
Qed.

Lemma sqrt_lines_around l h t u : fin l -> fin h -> fR l <= fR h ->
  under sqrt l h (fst (sqrt_lines l h t u)) /\ over sqrt l h (snd (sqrt_lines l h t u)).
Proof.
  intros Fl Fh Hlh. unfold sqrt_lines. destruct (0 <=? l)%float eqn:E0; [|apply no_pair_around].
  apply leb_le in E0; [|apply fin_0 | exact Fl]. rewrite fR_0 in E0.
  destruct (h <=? 0x1p-900)%float eqn:E1.
  { apply flat_lines_around. intros x Hx. now apply sqrt_range_holds. }
  apply leb_gt in E1; [|exact Fh | reflexivity]. cbv zeta. cbn [fst snd].
  rewrite (fR_pow2 0x1p-900 4503599627370496 (-952) 52) in E1 by easy.
  assert (Ph : 0 < fR h) by (apply Rlt_trans with (2 := E1), bpow_gt_0).
  set (p := sqrt_itv l). set (q := sqrt_itv h). set (d := up (sup p + sup q)).
  assert (Rh := sqrt_lt_R0 _ Ph). pose proof (sqrt_pos (fR l)) as Rl.
  split; intros F; cbn [shift slope] in *; destruct (zero_times_finite _ _ F) as (F0 & Fa & ->);
    (split; [exact Fa|]); intros x Hx.
  - assert (D : fin d -> 0 < sqrt (fR l) + sqrt (fR h) <= fR d).
    { intros Fd. destruct (up_add _ _ Fd) as (F1 & F2 & L). destruct (sqrt_itv_holds l) as [_ U1].
      destruct (sqrt_itv_holds h) as [_ U2]. specialize (U1 F1). specialize (U2 F2).
      fold p in U1. fold q in U2.
      unfold d. lra. }
    apply Rle_trans with (2 := sqrt_above_chord x (sqrt (fR l)) (sqrt (fR h)) ltac:(lra)
      (conj (sqrt_pos _) (sqrt_le_1_alt _ _ (proj1 Hx))) (sqrt_le_1_alt _ _ (proj2 Hx)) ltac:(lra)).
    apply Rplus_le_compat.
    + unfold Rdiv. rewrite (Rmult_comm x). apply Rmult_le_compat_r; [lra|].
      rewrite <- (Rmult_1_l (/ _)). apply div_dn_quotient; trivial; rewrite ?fR_1; lra.
    + apply div_dn_quotient; trivial.
      * intros F1. destruct (dn_mul _ _ F1) as (Fp & Fq & L). apply (Rle_trans _ _ _ L).
        destruct (sqrt_itv_holds l) as [L1 _]. destruct (sqrt_itv_holds h) as [L2 _].
        apply Rmult_le_compat; try (now apply sqrt_inf_pos); [now apply L1 | now apply L2].
      * apply Rmult_le_pos; apply sqrt_pos.
  - set (s := maxf _ _) in *. destruct (div_up_ge _ _ Fa) as [Fs K].
    assert (Ps : 0 < fR s).
    { apply Rlt_le_trans with (fR 0x1p-500); [|now apply maxf_ge_r].
      rewrite (fR_pow2 0x1p-500 4503599627370496 (-552) 52) by easy. apply bpow_gt_0. }
    destruct K as [_ K]; [lra|]. destruct (up_mul _ _ F0) as (_ & _ & L). rewrite fR_05 in *.
    assert (Px : 0 <= x) by lra. apply (Rle_trans _ _ _ (sqrt_below_tangent x (fR s) Px Ps)).
    apply Rplus_le_compat; [now apply Rmult_le_compat_r | exact L].
Qed.
Theorem sqrt_sound : sound sqrt sqrt_rule.
Proof.
  intros l h Fl Fh Hlh. split; cbn [sqrt_rule range around].
  - intros x Hx. now apply sqrt_range_holds.
  - intros t u. now apply sqrt_lines_around.
Qed.

(** ** Reciprocal *)
Lemma recip_describes l h : 0 < fR l \/ fR h < 0 ->
  describes (fun x => fR l <= x <= fR h) Rinv (fun x => - (/ Rabs x / Rabs x)) recip_curve.
Proof.
  intros N x Fx Hx. assert (Nx : fR x <> 0) by lra. split.
  - rewrite <- (Rmult_1_l (/ _)). split; cbn [recip_curve val inf sup]; intros F.
    + destruct (div_dn_le _ _ F) as [_ K]. rewrite <- fR_1 at 1. now apply K.
    + destruct (div_up_ge _ _ F) as [_ K]. rewrite <- fR_1 at 1. now apply K.
  - apply holds_neg. assert (P := Rabs_pos_lt _ Nx). assert (Pi := Rinv_0_lt_compat _ P).
    rewrite <- (Rmult_1_l (/ Rabs _)) at 1.
    split; cbn [inf sup]; [apply div_dn_quotient | apply div_up_quotient]; rewrite ?fR_abs; try lra;
      [apply div_dn_quotient | apply div_up_quotient]; rewrite ?fR_abs, ?fR_1; lra.
Qed.
Lemma square_inverse x : x <> 0 -> / Rabs x / Rabs x = / x * / x.
Proof.
  intros N. unfold Rdiv. rewrite <- Rabs_inv, <- Rabs_mult. apply Rabs_pos_eq, Rle_0_sqr.
Qed.
Lemma is_derive_inverse x : x <> 0 -> is_derive Rinv x (- (/ Rabs x / Rabs x)).
Proof. intros N. rewrite square_inverse by exact N. auto_derive; [exact N|]. field. exact N. Qed.

Theorem recip_sound : sound Rinv recip_rule.
Proof.
  intros l h Fl Fh Hlh. cbn [recip_rule range around]. destruct (0 <? l)%float eqn:E1.
  - apply ltb_pos in E1; [|exact Fl]. assert (S := recip_describes l h (or_introl E1)). split.
    + apply (falling_holds _ _ _ _ _ Fl Fh Hlh S). intros x y Hx _. apply Rinv_le_contravar; lra.
    + intros t u. apply (convex_lines_around _ _ _ _ _ Fl Fh Hlh S). apply convex_of_derivative.
      * apply stretch_between.
      * intros x Hx. apply is_derive_inverse. lra.
      * intros x y Hx _ H. rewrite !square_inverse by lra. apply Ropp_le_contravar.
        assert (/ y <= / x) by (apply Rinv_le_contravar; lra).
        assert (0 < / y) by (apply Rinv_0_lt_compat; lra). apply Rmult_le_compat; lra.
  - destruct (h <? 0)%float eqn:E2.
    2: { split; intros; [apply nothing_holds | apply no_pair_around]. }
    apply ltb_neg in E2; [|exact Fh]. assert (S := recip_describes l h (or_intror E2)).
    assert (M : forall x y, fR l <= x <= y -> y <= fR h -> / y <= / x).
    { intros x y Hx Hy. assert (/ - x <= / - y) by (apply Rinv_le_contravar; lra).
      rewrite !Rinv_opp in *. lra. }
    split.
    + now apply (falling_holds _ _ _ _ _ Fl Fh Hlh S).
    + intros t u. apply (concave_lines_around _ _ _ _ _ Fl Fh Hlh S). apply concave_of_derivative.
      * apply stretch_between.
      * intros x Hx. apply is_derive_inverse. lra.
      * intros x y Hx Hy H. rewrite !square_inverse by lra. apply Ropp_le_contravar.
        specialize (M x y ltac:(lra) ltac:(lra)).
        assert (/ x < 0) by (apply Rinv_lt_0_compat; lra).
        replace (/ x * / x) with (- / x * - / x) by ring. replace (/ y * / y) with (- / y * - / y) by ring.
        apply Rmult_le_compat; lra.
Qed.
