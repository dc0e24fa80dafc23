(** The rules of piecewise linear functions are sound. Symbols: see [Ops.Piecewise]. *)
From Coq Require Import Floats Reals Lra.
From Flocq Require Import Core.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof.
From Provenn Require Import Ops.Piecewise.
Local Open Scope R_scope.

Lemma leb_pos x : fin x -> (0 <=? x)%float = true -> 0 <= fR x.
Proof. intros F H. apply leb_le in H; [|apply fin_0 | exact F]. now rewrite fR_0 in H. Qed.
Lemma leb_neg x : fin x -> (0 <=? x)%float = false -> fR x < 0.
Proof. intros F H. apply leb_gt in H; [|apply fin_0 | exact F]. now rewrite fR_0 in H. Qed.
Lemma point_holds x : holds (point x) (fR x).
Proof. split; intros _; apply Rle_refl. Qed.

(** ** Hinges *)
Section Hinge.
Variable k : pfloat.
Hypotheses (Fk : fin k) (Hk : fR k <= 1).
Definition hinge_slope (x : R) : R := if Rle_dec 0 x then 1 else fR k.

Lemma hinge_max x : hinge (fR k) x = Rmax x (fR k * x).
Proof.
  unfold hinge. destruct Rle_dec; [rewrite Rmax_left | rewrite Rmax_right]; trivial; nra.
Qed.
Lemma hinge_describes D : describes D (hinge (fR k)) hinge_slope (hinge_curve k).
Proof.
  intros x Fx _. unfold hinge, hinge_slope. cbn [hinge_curve val rate].
  destruct (0 <=? x)%float eqn:E; [apply leb_pos in E | apply leb_neg in E]; trivial;
    destruct (Rle_dec 0 (fR x)); try lra.
  - split; [apply point_holds|]. rewrite <- fR_1. apply point_holds.
  - split; [|apply point_holds]. split; cbn [inf sup]; intros F; [now apply dn_mul | now apply up_mul].
Qed.
Lemma hinge_convex D : convex D (hinge (fR k)) hinge_slope.
Proof.
  intros t x _ _. rewrite (hinge_max x). unfold hinge, hinge_slope.
  pose proof (Rmax_l x (fR k * x)). pose proof (Rmax_r x (fR k * x)). destruct (Rle_dec 0 t); lra.
Qed.
Lemma hinge_rises x y : 0 <= fR k \/ 0 <= x -> x <= y -> hinge (fR k) x <= hinge (fR k) y.
Proof. intros P H. unfold hinge. repeat destruct Rle_dec; destruct P; nra. Qed.
Lemma hinge_falls x y : fR k <= 0 -> x <= y -> y < 0 -> hinge (fR k) y <= hinge (fR k) x.
Proof. intros P H N. unfold hinge. repeat destruct Rle_dec; nra. Qed.

Lemma hinge_range_holds l h x : fin l -> fin h -> fR l <= x <= fR h ->
  holds (hinge_range k l h) (hinge (fR k) x).
Proof.
  intros Fl Fh Hx. assert (S := hinge_describes (fun x => fR l <= x <= fR h)). unfold hinge_range. cbv zeta.
  destruct (0 <=? k)%float eqn:Ek; [|destruct (0 <=? l)%float eqn:El; [|destruct (h <? 0)%float eqn:Eh]].
  - apply leb_pos in Ek; trivial. apply (rising_holds _ hinge_slope); trivial; try lra.
    intros y z Hy _. apply hinge_rises; lra.
  - apply leb_pos in El; trivial. apply (rising_holds _ hinge_slope); trivial; try lra.
    intros y z Hy _. apply hinge_rises; lra.
  - apply leb_neg in Ek; trivial. apply ltb_lt in Eh; trivial; [|apply fin_0]. rewrite fR_0 in Eh.
    apply (falling_holds _ hinge_slope); trivial; try lra. intros y z Hy Hz. apply hinge_falls; lra.
  - apply leb_neg in Ek; trivial. destruct (S l Fl ltac:(lra)) as [[_ Ul] _].
    destruct (S h Fh ltac:(lra)) as [[_ Uh] _]. split; cbn [inf sup]; intros F.
    + rewrite fR_0. unfold hinge. destruct Rle_dec; [lra | nra].
    + destruct (max2_ge _ _ F) as (F1 & F2 & L1 & L2). specialize (Ul F1). specialize (Uh F2).
      destruct (Rle_dec 0 x) as [P|P].
      * pose proof (hinge_rises x (fR h) (or_intror P) ltac:(lra)). lra.
      * pose proof (hinge_falls (fR l) x ltac:(lra) ltac:(lra) ltac:(lra)). lra.
Qed.

Theorem hinge_sound : sound (hinge (fR k)) (hinge_rule k).
Proof.
  intros l h Fl Fh Hlh. split; cbn [hinge_rule range around].
  - intros x Hx. now apply hinge_range_holds.
  - intros t u. split; cbn [hinge_lines fst snd].
    + intros _. cbn [slope shift]. set (a := hinge_below k l h t).
      assert (A : fin a /\ forall x, fR l <= x <= fR h -> fR a * x <= hinge (fR k) x).
      { unfold a, hinge_below. destruct (0 <=? l)%float eqn:E1; [|destruct (h <=? 0)%float eqn:E2].
        - apply leb_pos in E1; trivial. split; [apply fin_1|]. intros x Hx. rewrite fR_1, hinge_max.
          pose proof (Rmax_l x (fR k * x)). lra.
        - split; [exact Fk|]. intros x Hx. rewrite hinge_max. apply Rmax_r.
        - assert (H1 : fR k <= fR 1) by (rewrite fR_1; exact Hk).
          destruct (clampto_in k 1 t Fk fin_1 H1) as [F B]. rewrite fR_1 in B. split; [exact F|].
          intros x _. unfold hinge. set (s := fR (clampto _ _ _)) in *. destruct Rle_dec; nra. }
      destruct A as [Fa A]. split; [exact Fa|]. intros x Hx. rewrite fR_0, Rplus_0_r. now apply A.
    + apply over_flip, (concave_lower_under _ (fun x => - hinge_slope x)); trivial.
      * apply describes_opposite, hinge_describes.
      * apply convex_opposite, hinge_convex.
Qed.
End Hinge.

Lemma hinge_0 x : hinge 0 x = Rmax 0 x.
Proof. unfold hinge. destruct Rle_dec; [rewrite Rmax_right | rewrite Rmax_left]; lra. Qed.
Lemma hinge_abs x : hinge (-1) x = Rabs x.
Proof. unfold hinge, Rabs. destruct Rle_dec, Rcase_abs; lra. Qed.
Lemma fR_m1 : fR (-1) = -1.
Proof. rewrite (fR_opp 1 : fR (-1) = _), fR_1. reflexivity. Qed.

(** ** Clipping *)
Section Clip.
Variables a b : pfloat.
Hypotheses (Fa : fin a) (Fb : fin b) (Hab : fR a <= fR b).
Definition clip_slope (x : R) : R := if Rlt_dec x (fR a) then 0 else if Rlt_dec x (fR b) then 1 else 0.

Lemma clip_describes D : describes D (clip_to (fR a) (fR b)) clip_slope (clip_curve a b).
Proof.
  intros x Fx _. split; cbn [clip_curve val rate].
  - unfold clip_to. rewrite <- fR_maxf, <- fR_minf by auto using fin_maxf. apply point_holds.
  - unfold clip_slope.
    destruct (x <? a)%float eqn:E1; [apply ltb_lt in E1 | apply ltb_ge in E1]; trivial;
      destruct (Rlt_dec (fR x) (fR a)); try lra; [rewrite <- fR_0; apply point_holds|].
    destruct (x <? b)%float eqn:E2; [apply ltb_lt in E2 | apply ltb_ge in E2]; trivial;
      destruct (Rlt_dec (fR x) (fR b)); try lra; [rewrite <- fR_1 | rewrite <- fR_0]; apply point_holds.
Qed.
Theorem clip_sound : sound (clip_to (fR a) (fR b)) (clip_rule a b).
Proof.
  intros l h Fl Fh Hlh. assert (S := clip_describes (fun x => fR l <= x <= fR h)).
  split; cbn [clip_rule range around].
  - apply (rising_holds _ clip_slope); trivial. intros x y Hx _. unfold clip_to.
    apply Rle_min_compat_l, Rle_max_compat_l. lra.
  - intros t u. apply (s_lines_around _ clip_slope); trivial.
    + intros p x [_ Hp] [_ Hx]. unfold clip_to, clip_slope. rewrite !(Rmax_left (fR a)) by lra.
      repeat destruct Rlt_dec; lra.
    + intros p x [_ Hp] [_ Hx]. unfold clip_to, clip_slope. rewrite !(Rmax_right (fR a)) by lra.
      unfold Rmin. repeat destruct Rlt_dec; repeat destruct Rle_dec; lra.
Qed.
End Clip.

(** ** Steps *)
(** What the sign of [x] may be, if [x] may be flushed before. *)
Definition sign_at (x s : R) : Prop := s = sign x \/ Rabs x < fR smallest /\ s = 0.
Lemma smallest_pos : 0 < fR smallest.
Proof. unfold smallest. rewrite (fR_pow2 _ 4503599627370496 (-178) 52) by easy. apply bpow_gt_0. Qed.
Lemma sign_bounds x s : sign_at x s -> -1 <= s <= 1.
Proof. unfold sign_at, sign. intros [->|(_ & ->)]; repeat destruct Rlt_dec; lra. Qed.
Lemma sign_range_holds l h x s : fin l -> fin h -> fR l <= x <= fR h -> sign_at x s ->
  holds (sign_range l h) s.
Proof.
  intros Fl Fh Hx S. assert (B := sign_bounds x s S). pose proof smallest_pos as P.
  assert (Fs : fin smallest) by reflexivity. assert (Fm : fin (- smallest)) by reflexivity.
  assert (M : fR (- smallest) = - fR smallest) by apply fR_opp.
  split; cbn [sign_range inf sup]; intros _.
  - destruct (smallest <=? l)%float eqn:E.
    + apply leb_le in E; trivial. rewrite fR_1. destruct S as [->|(A & _)].
      * unfold sign. destruct (Rlt_dec 0 x); lra.
      * apply Rabs_def2 in A. lra.
    + destruct (l <? 0)%float eqn:E0; [rewrite fR_m1; lra|]. apply ltb_ge in E0; trivial using fin_0.
      rewrite fR_0 in *. destruct S as [->|(_ & ->)]; [|lra]. unfold sign. repeat destruct Rlt_dec; lra.
  - destruct (h <=? - smallest)%float eqn:E.
    + apply leb_le in E; trivial. rewrite fR_m1. destruct S as [->|(A & _)].
      * unfold sign. repeat destruct Rlt_dec; lra.
      * apply Rabs_def2 in A. lra.
    + destruct (0 <? h)%float eqn:E0; [rewrite fR_1; lra|]. apply ltb_ge in E0; trivial using fin_0.
      rewrite fR_0 in *. destruct S as [->|(_ & ->)]; [|lra]. unfold sign. repeat destruct Rlt_dec; lra.
Qed.
(** Whatever flushing makes of each operand. *)
Theorem flushed_sign_sound f : (forall x, sign_at x (f x)) -> sound f sign_rule.
Proof.
  intros S l h Fl Fh Hlh. split; cbn [sign_rule range around].
  - intros x Hx. now apply (sign_range_holds l h x).
  - intros t u. apply flat_lines_around. intros x Hx. now apply (sign_range_holds l h x).
Qed.
Theorem sign_sound : sound sign sign_rule.
Proof. apply flushed_sign_sound. intros x. now left. Qed.
