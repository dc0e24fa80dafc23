(** The rules of powers are sound. Symbols: see [Ops.Power]. *)
From Coq Require Import Floats Reals Lra Arith Lia.
From Flocq Require Import Core.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof Ops.ConvexProof.
From Provenn Require Import Ops.ExpProof Ops.SigmoidProof Ops.Power.
Local Open Scope R_scope.

(** ** Real powers *)
Lemma pow_opp_even n x : Nat.even n = true -> (- x) ^ n = x ^ n.
Proof.
  intros [m ->]%Nat.even_spec. rewrite !pow_mult. f_equal. ring.
Qed.
Lemma even_S n : Nat.even (S n) = negb (Nat.even n).
Proof. now rewrite Nat.even_succ, <- Nat.negb_even. Qed.
Lemma pow_opp_odd n x : Nat.even n = false -> (- x) ^ n = - x ^ n.
Proof.
  destruct n as [|n]; [discriminate|]. rewrite even_S. intros H%Bool.negb_false_iff.
  cbn [pow]. rewrite pow_opp_even by exact H. ring.
Qed.
Lemma pow_odd_rises n x y : Nat.even n = false -> x <= y -> x ^ n <= y ^ n.
Proof.
  intros E H. destruct (Rle_dec 0 x) as [P|P]; [apply pow_incr; lra|].
  assert (X : 0 <= (- x) ^ n) by (apply pow_le; lra). rewrite pow_opp_odd in X by exact E.
  destruct (Rle_dec 0 y) as [Q|Q]; [pose proof (pow_le y n Q); lra|].
  pose proof (pow_incr (- y) (- x) n ltac:(lra)) as I. rewrite !pow_opp_odd in I by exact E. lra.
Qed.
Lemma pow_even_falls n x y : Nat.even n = true -> x <= y <= 0 -> y ^ n <= x ^ n.
Proof.
  intros E H. rewrite <- (pow_opp_even n y), <- (pow_opp_even n x) by exact E. apply pow_incr. lra.
Qed.
Lemma pow_even_nonneg n x : Nat.even n = true -> 0 <= x ^ n.
Proof.
  intros E. destruct (Rle_dec 0 x); [now apply pow_le|]. rewrite <- pow_opp_even by exact E.
  apply pow_le. lra.
Qed.
Lemma is_derive_power n x : is_derive (fun x => x ^ S (S n)) x (INR (S (S n)) * x ^ S n).
Proof.
  pose proof (is_derive_pow (fun x => x) (S (S n)) x 1 (is_derive_id x)) as H. now rewrite Rmult_1_r in H.
Qed.

(** ** Enclosures *)
Lemma positive_power_holds n a : 0 <= fR a -> holds (positive_power n a) (fR a ^ n).
Proof.
  intros P. induction n as [|[|n] IH].
  - split; intros _; cbn [positive_power inf sup pow]; rewrite fR_1; apply Rle_refl.
  - split; intros _; cbn [positive_power inf sup]; rewrite pow_1; apply Rle_refl.
  - change (fR a ^ S (S n)) with (fR a * fR a ^ S n). change (positive_power (S (S n)) a) with
      (Itv (dn (a * inf (positive_power (S n) a))) (up (a * sup (positive_power (S n) a)))).
    destruct IH as [L U]. split; cbn [inf sup]; intros F.
    + destruct (dn_mul _ _ F) as (_ & F2 & B). apply (Rle_trans _ _ _ B).
      apply Rmult_le_compat_l; auto.
    + destruct (up_mul _ _ F) as (_ & F2 & B). apply Rle_trans with (2 := B).
      apply Rmult_le_compat_l; auto.
Qed.
Lemma power_holds n x : fin x -> holds (power n x) (fR x ^ n).
Proof.
  intros Fx. unfold power. destruct (0 <=? x)%float eqn:E.
  - apply leb_le in E; [|apply fin_0 | exact Fx]. rewrite fR_0 in E. now apply positive_power_holds.
  - apply leb_gt in E; [|apply fin_0 | exact Fx]. rewrite fR_0 in E.
    assert (H : holds (positive_power n (- x)) ((- fR x) ^ n)).
    { rewrite <- fR_opp. apply positive_power_holds. rewrite fR_opp. lra. }
    destruct (Nat.even n) eqn:N.
    + now rewrite pow_opp_even in H.
    + rewrite pow_opp_odd in H by exact N. rewrite <- (Ropp_involutive (fR x ^ n)). now apply holds_neg.
Qed.
Lemma scale_holds k i v : 0 <= fR k -> holds i v -> holds (scale k i) (fR k * v).
Proof.
  intros P [L U]. split; cbn [scale inf sup]; intros F.
  - destruct (dn_mul _ _ F) as (_ & F2 & B). apply (Rle_trans _ _ _ B). apply Rmult_le_compat_l; auto.
  - destruct (up_mul _ _ F) as (_ & F2 & B). apply Rle_trans with (2 := B). apply Rmult_le_compat_l; auto.
Qed.

(** ** Rules *)
Section Power.
Variables (n : nat) (k : pfloat).
Hypothesis Ek : fR k = INR (S (S n)).
Let f (x : R) : R := x ^ S (S n).
Let g (x : R) : R := INR (S (S n)) * x ^ S n.

Lemma power_describes D : describes D f g (power_curve n k).
Proof.
  intros x F _. split; cbn [power_curve val rate]; [now apply power_holds|]. unfold g. rewrite <- Ek.
  apply scale_holds; [rewrite Ek; apply pos_INR | now apply power_holds].
Qed.
Lemma even_SS : Nat.even (S (S n)) = Nat.even n.
Proof. reflexivity. Qed.
Lemma power_rises x y : Nat.even n = false \/ 0 <= x -> x <= y -> f x <= f y.
Proof.
  intros [E|P] H; [now apply pow_odd_rises | apply pow_incr; lra].
Qed.
Lemma g_rises x y : Nat.even n = true \/ 0 <= x -> x <= y -> g x <= g y.
Proof.
  intros E H. apply Rmult_le_compat_l; [apply pos_INR|]. destruct E as [E|P]; [|apply pow_incr; lra].
  apply pow_odd_rises; [now rewrite even_S, E | exact H].
Qed.
Lemma g_falls x y : Nat.even n = false -> x <= y <= 0 -> g y <= g x.
Proof.
  intros E H. apply Rmult_le_compat_l; [apply pos_INR|].
  apply pow_even_falls; [now rewrite even_S, E | exact H].
Qed.

Theorem power_sound : sound (fun x => x ^ S (S n)) (power_rule n k).
Proof.
  intros l h Fl Fh Hlh. assert (S := power_describes (fun x => fR l <= x <= fR h)).
  cbn [power_rule range around]. unfold power_range, power_lines. cbv zeta.
  destruct (Nat.even n) eqn:E; split.
  - intros x Hx. destruct (0 <=? l)%float eqn:E1; [|destruct (h <=? 0)%float eqn:E2].
    + apply leb_le in E1; [|apply fin_0 | exact Fl]. rewrite fR_0 in E1.
      apply (rising_holds f g); trivial; try lra. intros y z Hy _. apply power_rises; lra.
    + apply leb_le in E2; [|exact Fh | apply fin_0]. rewrite fR_0 in E2.
      apply (falling_holds f g); trivial; try lra. intros y z Hy Hz. apply pow_even_falls; trivial. lra.
    + destruct (S l Fl ltac:(lra)) as [[_ Ul] _]. destruct (S h Fh ltac:(lra)) as [[_ Uh] _].
      split; cbn [inf sup]; intros F.
      * rewrite fR_0. now apply pow_even_nonneg.
      * destruct (max2_ge _ _ F) as (F1 & F2 & L1 & L2). specialize (Ul F1). specialize (Uh F2).
        destruct (Rle_dec 0 x) as [P|P].
        -- pose proof (power_rises x (fR h) (or_intror P) ltac:(lra)). unfold f in *. lra.
        -- pose proof (pow_even_falls _ (fR l) x E ltac:(lra)) as Q.
           pose proof (pow_even_falls (2 + n) (fR l) x E ltac:(lra)). unfold f in *. cbn [Nat.add] in *. lra.
  - intros t u. apply (convex_lines_around f g); trivial. apply convex_of_derivative.
    + apply stretch_between.
    + intros x _. apply is_derive_power.
    + intros x y _ _ H. apply g_rises; auto.
  - intros x Hx. apply (rising_holds f g); trivial. intros y z Hy _. apply power_rises; [now left | lra].
  - intros t u. apply (z_lines_around f g); trivial; [apply fin_0 | |]; rewrite fR_0.
    + apply concave_of_derivative.
      * intros a b x; cbv beta; lra.
      * intros x _. apply is_derive_power.
      * intros x y _ Hy H. apply g_falls; trivial. lra.
    + apply convex_of_derivative.
      * intros a b x; cbv beta; lra.
      * intros x _. apply is_derive_power.
      * intros x y Hx _ H. apply g_rises; trivial. right. lra.
Qed.
End Power.

Lemma fR_3 : fR 3 = 3.
Proof.
  assert (E : fR 3 = 6755399441055744 / 2251799813685248) by literal. lra.
Qed.
Theorem square_sound : sound (fun x => x ^ 2) square_rule.
Proof. apply power_sound. rewrite fR_2. cbn. lra. Qed.
Theorem cube_sound : sound (fun x => x ^ 3) cube_rule.
Proof. apply power_sound. rewrite fR_3. cbn. lra. Qed.
