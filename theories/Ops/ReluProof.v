(** Enclosures and lines of elementwise functions enclose the functions. Symbols: see [Ops.Relu]. *)
From Coq Require Import Reals Lra Floats.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Vector Base.Binary64 Base.Binary64Proof IR.Graph Ops.Relu.
Local Open Scope R_scope.

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

Lemma adaptive_unit l h : fin (adaptive l h) /\ 0 <= fR (adaptive l h) <= 1.
Proof.
  pose proof fin_0. pose proof fin_1. pose proof fR_0. pose proof fR_1. unfold adaptive.
  destruct (- (l * 0.9375) <=? h)%float; split; trivial; lra.
Qed.

Lemma upper_slope_unit f l h : fin (upper_slope f l h) /\ 0 <= fR (upper_slope f l h) <= 1.
Proof.
  pose proof fin_0. pose proof fin_1. pose proof fR_0. pose proof fR_1. destruct f. cbn [upper_slope].
  destruct (0 <=? l)%float; [split; trivial; lra|]. destruct (h <=? 0)%float; [split; trivial; lra|].
  apply clamp_unit.
Qed.

Lemma lower_slope_unit f l h a : fin a -> 0 <= fR a <= 1 ->
  fin (lower_slope f l h a) /\ 0 <= fR (lower_slope f l h a) <= 1.
Proof.
  pose proof fin_0. pose proof fin_1. pose proof fR_0. pose proof fR_1. intros Fa Ha. destruct f.
  cbn [lower_slope].
  destruct (0 <=? l)%float; [split; trivial; lra|]. destruct (h <=? 0)%float; [split; trivial; lra|].
  now split.
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

Lemma enclose_sound f l h x : fin l -> fin h -> fR l <= x <= fR h ->
  let (a, b) := enclose f l h in fin a /\ fin b /\ fR a <= sem f x <= fR b.
Proof.
  intros Fl Fh Hx. destruct f. cbn [enclose sem].
  destruct (relu_exact l Fl) as [Fa ->]. destruct (relu_exact h Fh) as [Fb ->].
  repeat split; trivial; apply Rle_max_compat_l; lra.
Qed.

(** ** Lines *)
Lemma lower_sound f l h a x : fin l -> fin h -> fin a -> 0 <= fR a <= 1 -> fR l <= x <= fR h ->
  fin (lower_slope f l h a) /\ fR (lower_slope f l h a) * x <= sem f x.
Proof.
  intros Fl Fh Fa Ha Hx. destruct (lower_slope_unit f l h a Fa Ha) as [F U]. split; [exact F|].
  destruct f. cbn [sem]. pose proof (Rmax_l 0 x). pose proof (Rmax_r 0 x).
  set (s := fR (lower_slope Relu l h a)) in *. destruct (Rle_dec 0 x); nra.
Qed.

Lemma upper_sound f l h x : fin l -> fin h -> fin (upper_offset f l h) -> fR l <= x <= fR h ->
  fin (upper_slope f l h) /\
  sem f x <= fR (upper_slope f l h) * x + fR (upper_offset f l h).
Proof.
  intros Fl Fh Ft Hx. destruct (upper_slope_unit f l h) as [Fs Us]. split; [exact Fs|].
  destruct f. cbn [sem]. revert Fs Us Ft. unfold upper_offset. set (s := upper_slope Relu l h).
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
