(** The enclosures and lines of the smooth positive part are right. Symbols: see [Ops.Softplus]. *)
From Coq Require Import Reals Lra Floats.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof Ops.ConvexProof.
From Provenn Require Import Ops.Exp Ops.ExpProof Ops.Elementary Ops.ElementaryProof.
From Provenn Require Import Ops.Sigmoid Ops.SigmoidProof Ops.Softplus.
Local Open Scope R_scope.

Lemma is_derive_softplus x : is_derive softplus x (logistic x).
Proof.
  pose proof (exp_pos x). rewrite logistic_left. unfold softplus. auto_derive; [lra|]. field. lra.
Qed.
Lemma softplus_opp x : softplus x = x + softplus (- x).
Proof.
  unfold softplus. pose proof (exp_pos x). pose proof (exp_pos (- x)).
  rewrite <- (ln_exp x) at 2. rewrite <- ln_mult by lra. f_equal.
  rewrite exp_Ropp. field. lra.
Qed.

(** ** Enclosures *)
Lemma log_at_holds x : (fin x -> 0 < fR x) -> holds (log_at x) (ln (fR x)).
Proof.
  intros P. unfold log_at. destruct (finb x) eqn:F; [|apply nothing_holds].
  apply finb_fin in F. apply log_itv_holds; auto.
Qed.
Lemma log_at_finite x : fin (inf (log_at x)) \/ fin (sup (log_at x)) -> fin x.
Proof.
  unfold log_at. destruct (finb x) eqn:F; [intros _; now apply finb_fin|].
  intros [N|N]; now apply fin_nan in N.
Qed.
Lemma maxf_1_ge x : fin (maxf 1 x) -> 1 <= fR (maxf 1 x).
Proof.
  unfold maxf. destruct (1 <=? x)%float eqn:E; intros F; [|rewrite fR_1; lra].
  apply leb_le in E; [|apply fin_1 | exact F]. now rewrite fR_1 in E.
Qed.

Lemma log1p_holds e E : 0 <= E -> holds e E -> holds (log1p_itv e) (ln (1 + E)).
Proof.
  intros HE [Hi Hs]. split; cbn [log1p_itv inf sup].
  - set (x := maxf 1 _). unfold maxf. destruct (0 <=? inf (log_at x))%float; intros F.
    2: { rewrite fR_0, <- ln_1. apply Rcomplements.ln_le; lra. }
    assert (Fx : fin x) by (apply log_at_finite; now left). pose proof (maxf_1_ge _ Fx) as G. fold x in G.
    destruct (log_at_holds x ltac:(lra)) as [L _]. apply (Rle_trans _ _ _ (L F)).
    apply Rcomplements.ln_le; [lra|]. clear G L F. revert Fx. unfold x, maxf.
    destruct (1 <=? dn (1 + inf e))%float; intros Fx; [|rewrite fR_1; lra].
    destruct (dn_add _ _ Fx) as (_ & Fi & B). rewrite fR_1 in B. specialize (Hi Fi). lra.
  - set (x := up _). intros F. assert (Fx : fin x) by (apply log_at_finite; now right).
    destruct (up_add _ _ Fx) as (_ & Fs & B). fold x in B. rewrite fR_1 in B. specialize (Hs Fs).
    destruct (log_at_holds x ltac:(lra)) as [_ U]. apply Rle_trans with (2 := U F).
    apply Rcomplements.ln_le; lra.
Qed.
Lemma softplus_val_holds x : fin x -> holds (softplus_val x) (softplus (fR x)).
Proof.
  intros Fx. assert (Fa : fin (- PrimFloat.abs x)) by now apply fin_opp, fin_abs.
  assert (H := exp_itv_holds _ Fa). rewrite fR_opp, fR_abs in H.
  assert (V := log1p_holds _ _ (Rlt_le _ _ (exp_pos _)) H). unfold softplus_val. cbv zeta.
  set (v := log1p_itv _) in *. destruct (x <=? 0)%float eqn:E.
  - apply leb_le in E; [|exact Fx | apply fin_0]. rewrite fR_0 in E.
    now rewrite Rabs_left1, Ropp_involutive in V by exact E.
  - apply leb_gt in E; [|exact Fx | apply fin_0]. rewrite fR_0 in E. rewrite Rabs_pos_eq in V by lra.
    rewrite softplus_opp. destruct V as [L U]. fold (softplus (- fR x)) in L, U.
    split; cbn [inf sup]; intros F.
    + destruct (dn_add _ _ F) as (_ & Fv & B). specialize (L Fv). lra.
    + destruct (up_add _ _ F) as (_ & Fv & B). specialize (U Fv). lra.
Qed.
Lemma softplus_describes D : describes D softplus logistic softplus_curve.
Proof. intros x F _. split; [now apply softplus_val_holds | now apply sigmoid_val_holds]. Qed.

Theorem softplus_sound : sound softplus softplus_rule.
Proof.
  intros l h Fl Fh Hlh. split; cbn [softplus_rule range around].
  - apply (rising_holds softplus logistic _ l h Fl Fh Hlh (softplus_describes _)). intros x y Hx _.
    apply (rising_of_derivative (fun _ => True) softplus logistic stretch_all); trivial; try lra.
    + intros z _. apply is_derive_softplus.
    + intros z _. pose proof (logistic_unit z). lra.
  - intros t u. apply (convex_lines_around softplus logistic _ l h Fl Fh Hlh (softplus_describes _)).
    apply convex_of_derivative.
    + apply stretch_between.
    + intros x _. apply is_derive_softplus.
    + intros x y _ _ H. now apply logistic_rises.
Qed.
