(** Enclosures and lines enclose Relu. Symbols: see [Ops.Relu]. *)
From Coq Require Import Reals Lra Floats.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof Ops.Relu.
Local Open Scope R_scope.

(** ** Slopes between 0 and 1 *)
Lemma clamp_unit q : fin (clamp q) /\ 0 <= fR (clamp q) <= 1.
Proof.
  pose proof fin_0. pose proof fin_1. pose proof fR_0. pose proof fR_1. unfold clamp.
  destruct (0 <=? q)%float eqn:E0; [destruct (q <=? 1)%float eqn:E1|].
  - assert (F : fin q) by now apply (leb_between_fin 0 q 1).
    split; [exact F|]. rewrite <- fR_0 at 1. rewrite <- fR_1. split; now apply leb_le.
  - split; [assumption | lra].
  - split; [assumption | lra].
Qed.

Lemma upper_slope_unit l h : fin (upper_slope l h) /\ 0 <= fR (upper_slope l h) <= 1.
Proof.
  pose proof fin_0. pose proof fin_1. pose proof fR_0. pose proof fR_1. unfold upper_slope.
  destruct (0 <=? l)%float; [split; trivial; lra|]. destruct (h <=? 0)%float; [split; trivial; lra|].
  apply clamp_unit.
Qed.

Lemma lower_slope_unit l h a :
  fin (lower_slope l h a) /\ 0 <= fR (lower_slope l h a) <= 1.
Proof.
  pose proof fin_0. pose proof fin_1. pose proof fR_0. pose proof fR_1. unfold lower_slope.
  destruct (0 <=? l)%float; [split; trivial; lra|]. destruct (h <=? 0)%float; [split; trivial; lra|].
  apply clamp_unit.
Qed.

(** ** Enclosures *)
Lemma relu_exact x : fin x -> fin (relu x) /\ fR (relu x) = Rmax 0 (fR x).
Proof.
  intros F. unfold relu. destruct (0 <=? x)%float eqn:E.
  - split; [exact F|]. apply leb_le in E; [|apply fin_0 | exact F]. rewrite fR_0 in E.
    now rewrite Rmax_right.
  - split; [apply fin_0|]. apply leb_gt in E; [|apply fin_0 | exact F]. rewrite fR_0 in *.
    rewrite Rmax_left; lra.
Qed.

(** ** Lines *)
Lemma lower_sound l h a x : fin l -> fin h -> fR l <= x <= fR h ->
  fin (lower_slope l h a) /\ fR (lower_slope l h a) * x <= Rmax 0 x.
Proof.
  intros Fl Fh Hx. destruct (lower_slope_unit l h a) as [F U]. split; [exact F|].
  pose proof (Rmax_l 0 x). pose proof (Rmax_r 0 x).
  set (s := fR (lower_slope l h a)) in *. destruct (Rle_dec 0 x); nra.
Qed.

Lemma upper_sound l h x : fin l -> fin h -> fin (upper_offset l h) -> fR l <= x <= fR h ->
  fin (upper_slope l h) /\
  Rmax 0 x <= fR (upper_slope l h) * x + fR (upper_offset l h).
Proof.
  intros Fl Fh Ft Hx. destruct (upper_slope_unit l h) as [Fs Us]. split; [exact Fs|].
  revert Fs Us Ft. unfold upper_offset. set (s := upper_slope l h).
  assert (Es := eq_refl s). unfold s at 2, upper_slope in Es. destruct (0 <=? l)%float eqn:El.
  - intros _ _ _. apply leb_le in El; [|apply fin_0 | exact Fl]. rewrite Es, fR_0, fR_1 in *.
    rewrite Rmax_right; lra.
  - destruct (h <=? 0)%float eqn:Eh.
    + intros _ _ _. apply leb_le in Eh; [|exact Fh | apply fin_0]. rewrite Es, fR_0 in *.
      rewrite Rmax_left; lra.
    + clear Es. apply leb_gt in Eh; [|exact Fh | apply fin_0]. rewrite fR_0 in Eh.
      set (p := up (- s * l)%float). set (q := up (up (1 - s) * h)%float). cbv zeta.
      intros Fs Us Ft. assert (Ge := up_ge _ Ft). apply fin_up in Ft.
      destruct (zero_times_finite _ _ Ft) as (_ & Fpq & E). rewrite E in Ge.
      destruct (fin_add _ _ Fpq) as (Fp & Fq & _). rewrite fR_maxf in Ge by assumption.
      assert (Hp : - fR s * fR l <= fR p)
        by (destruct (up_mul _ _ Fp) as (_ & _ & H); now rewrite fR_opp in H).
      assert (Hq : (1 - fR s) * fR h <= fR q).
      { destruct (up_mul _ _ Fq) as (Fo & _ & H). destruct (up_sub _ _ Fo) as (_ & _ & Ho).
        rewrite fR_1 in Ho. refine (Rle_trans _ _ _ _ H). apply Rmult_le_compat_r; lra. }
      pose proof (Rmax_l (fR p) (fR q)). pose proof (Rmax_r (fR p) (fR q)).
      set (t := fR (up (maxf p q + 0 * (p + q))%float)) in *.
      apply Rmax_lub; nra.
Qed.

Theorem relu_sound : sound (Rmax 0) relu_rule.
Proof.
  intros l h Fl Fh Hlh. split; cbn [relu_rule range around].
  - intros x Hx. split; cbn [inf sup]; intros _.
    + destruct (relu_exact l Fl) as [_ ->]. apply Rle_max_compat_l. lra.
    + destruct (relu_exact h Fh) as [_ ->]. apply Rle_max_compat_l. lra.
  - intros t u. split; cbn [fst snd]; intros F; cbn [slope shift] in *.
    + split; [apply lower_slope_unit|]. intros x Hx. rewrite fR_0, Rplus_0_r. now apply lower_sound.
    + split; [apply upper_slope_unit|]. intros x Hx. now apply upper_sound.
Qed.
