(** Directed division bounds the real quotient. Symbols: see [Ops.Quotient]. *)
From Coq Require Import Reals Lra Floats.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.LinesProof Ops.Quotient.
Local Open Scope R_scope.

Lemma fin_div x y : fin (x / y)%float -> fR y <> 0 -> fin x /\ fR (x / y)%float = rne (fR x / fR y).
Proof.
  unfold fin, fR. rewrite div_equiv. intros H Hy.
  generalize (Bdiv_correct prec emax Hprec Hmax mode_NE (Prim2B x) (Prim2B y) Hy).
  case Rlt_bool_spec; intros _; [intros (E & F & _) | intros E].
  - rewrite F in H. now split.
  - now apply overflow_not_finite in E.
Qed.
Lemma fin_div0 x y : fin (x / y + 0 * y)%float -> fin y /\
  (fR y <> 0 -> fin x /\ fR (x / y + 0 * y)%float = rne (fR x / fR y)).
Proof.
  intros H. destruct (zero_times_finite _ _ H) as (F & Fy & ->). split; [exact Fy|]. now apply fin_div.
Qed.
Lemma div_dn_le a b : fin (div_dn a b) -> fin b /\ (fR b <> 0 -> fin a /\ fR (div_dn a b) <= fR a / fR b).
Proof.
  intros H. destruct (fin_div0 _ _ (fin_dn _ H)) as [Fb K]. split; [exact Fb|]. intros [Fa E]%K.
  split; [exact Fa|]. now apply dn_round.
Qed.
Lemma div_up_ge a b : fin (div_up a b) -> fin b /\ (fR b <> 0 -> fin a /\ fR a / fR b <= fR (div_up a b)).
Proof.
  intros H. destruct (fin_div0 _ _ (fin_up _ H)) as [Fb K]. split; [exact Fb|]. intros [Fa E]%K.
  split; [exact Fa|]. now apply up_round.
Qed.

Lemma quotient_ge a b A B : a <= A -> 0 <= A -> 0 < B <= b -> a / b <= A / B.
Proof.
  intros Ha HA HB. assert (0 < / b) by (apply Rinv_0_lt_compat; lra). unfold Rdiv.
  apply Rle_trans with (A * / b); [apply Rmult_le_compat_r; lra|].
  apply Rmult_le_compat_l; [exact HA|]. apply Rinv_le_contravar; lra.
Qed.
Lemma quotient_le a b A B : A <= a -> 0 <= A -> 0 < b <= B -> A / B <= a / b.
Proof. intros Ha HA HB. apply quotient_ge; lra. Qed.

Lemma div_dn_quotient a b A B : (fin a -> fR a <= A) -> 0 <= A -> (fin b -> 0 < B <= fR b) ->
  fin (div_dn a b) -> fR (div_dn a b) <= A / B.
Proof.
  intros Ha HA HB F. destruct (div_dn_le a b F) as [Fb K]. specialize (HB Fb).
  destruct K as [Fa E]; [lra|]. apply (Rle_trans _ _ _ E). apply quotient_ge; auto.
Qed.
Lemma div_up_quotient a b A B : (fin a -> A <= fR a) -> 0 <= A -> (fin b -> 0 < fR b <= B) ->
  fin (div_up a b) -> A / B <= fR (div_up a b).
Proof.
  intros Ha HA HB F. destruct (div_up_ge a b F) as [Fb K]. specialize (HB Fb).
  destruct K as [Fa E]; [lra|]. apply Rle_trans with (2 := E). apply quotient_le; auto.
Qed.
