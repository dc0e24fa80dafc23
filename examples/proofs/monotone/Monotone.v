(** A controller that never heats less when it gets colder, proved by hand.

    [rising n]    no weight of [n] is negative, and its activations rise
    [controller]  heating power from two numbers: how far below the target the temperature is, and how fast it
                  falls *)
From Coq Require Import List Bool QArith Qreals Reals Lra.
From Provenn Require Import Interface Interface.Notations.
Import ListNotations.
Local Open Scope R_scope.

(** ** Any network without negative weights is monotone *)
Definition rising (n : network Q) : bool :=
  forallb (fun l => forallb (forallb (Qle_bool 0)) (weights l)
                    && match activate l with Identity | Relu => true | _ => false end) n.

Lemma act_rises a x y : match a with Identity | Relu => true | _ => false end = true -> x <= y ->
  act a x <= act a y.
Proof. destruct a; intros A L; try discriminate; [exact L|]. unfold act, Rmax. repeat destruct Rle_dec; lra. Qed.
Lemma dot_rises w : forallb (Qle_bool 0) w = true ->
  forall xs ys, Forall2 Rle xs ys -> dot w xs <= dot w ys.
Proof.
  induction w as [|q w IH]; intros W xs ys L; [cbn; lra|]. cbn in W. apply andb_prop in W as [P W].
  destruct L as [|x y xs ys L Ls]; [cbn; lra|]. cbn [dot]. apply Rplus_le_compat; [|now apply IH].
  apply Rmult_le_compat_l; [|exact L]. apply Qle_bool_iff, Qle_Rle in P. unfold Q2R at 1 in P. cbn in P |- *. lra.
Qed.
Lemma affine_rises xs ys : Forall2 Rle xs ys -> forall ws bs, forallb (forallb (Qle_bool 0)) ws = true ->
  Forall2 Rle (affine_value ws bs xs) (affine_value ws bs ys).
Proof.
  intros L. induction ws as [|w ws IH]; intros [|b bs] W; try constructor; cbn in W; apply andb_prop in W as [P W].
  - apply Rplus_le_compat_r. now apply dot_rises.
  - now apply IH.
Qed.
Theorem rising_is_monotone : forall n xs ys, rising n = true -> Forall2 Rle xs ys ->
  Forall2 Rle (run n xs) (run n ys).
Proof.
  induction n as [|l n IH]; intros xs ys R L; [exact L|]. cbn in R. apply andb_prop in R as [R Rs].
  apply andb_prop in R as [W A]. cbn [run]. apply (IH _ _ Rs). unfold layer_value.
  induction (affine_rises xs ys L (weights l) (biases l) W); constructor; [now apply act_rises | assumption].
Qed.

(** ** The controller *)
Definition controller : network Q := <{
  dense [[1; 0]; [1; 0]; [0; 1]; [0.5; 1]]%Q [0; -1; 0; -1.5]%Q |> Relu ;;
  dense [[0.5; 1.25; 0.25; 0.75]]%Q [0.125]%Q }>.

Theorem colder_is_not_heated_less cold cold' falling falling' : cold <= cold' -> falling <= falling' ->
  nth 0 (run controller [cold; falling]) 0 <= nth 0 (run controller [cold'; falling']) 0.
Proof.
  intros C F. assert (L : Forall2 Rle [cold; falling] [cold'; falling'])
    by (constructor; [exact C | constructor; [exact F | constructor]]).
  destruct (rising_is_monotone controller _ _ eq_refl L); [apply Rle_refl | assumption].
Qed.
