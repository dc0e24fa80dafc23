(** What [value_Q] computes is the network's value over the real numbers. Symbols: see [Interface.Value]. *)
From Coq Require Import List QArith Qreals Reals Lra.
From Provenn Require Import Interface.Network Interface.Value.
Import ListNotations.
Local Open Scope R_scope.

Lemma Q2R_Qred q : Q2R (Qred q) = Q2R q.
Proof. apply Qeq_eqR, Qred_correct. Qed.
Lemma Q2R_zero : Q2R 0 = 0.
Proof. unfold Q2R; cbn. lra. Qed.

(** [injection] would unfold [Qred]. *)
Lemma some_is {B} (a b : B) : Some a = Some b -> b = a.
Proof. congruence. Qed.

Section Value.
Context {A : Type} {num : number A}.
Lemma dot_Q_is_dot : forall (ws : list A) xs q, dot_Q ws xs = Some q -> dot ws (map Q2R xs) = Q2R q.
Proof.
  induction ws as [|w ws IH]; intros [|x xs] q E; cbn [dot_Q dot map] in E |- *; try (injection E as <-; now rewrite Q2R_zero).
  destruct (rational w) as [r|] eqn:W; [|discriminate]. destruct (dot_Q ws xs) as [s|] eqn:D; [|discriminate].
  rewrite (some_is _ _ E). now rewrite Q2R_Qred, Q2R_plus, Q2R_mult, (rational_real _ _ W), (IH _ _ D).
Qed.
Lemma affine_Q_is_affine_value : forall (ws : list (list A)) bs xs l, affine_Q ws bs xs = Some l ->
  affine_value ws bs (map Q2R xs) = map Q2R l.
Proof.
  induction ws as [|w ws IH]; intros [|b bs] xs l E; cbn [affine_Q affine_value] in E |- *; try (now injection E as <-).
  destruct (dot_Q w xs) as [q|] eqn:D; [|discriminate]. destruct (rational b) as [r|] eqn:B; [|discriminate].
  destruct (affine_Q ws bs xs) as [m|] eqn:M; [|discriminate]. rewrite (some_is _ _ E). cbn [map].
  now rewrite Q2R_Qred, Q2R_plus, (dot_Q_is_dot _ _ _ D), (rational_real _ _ B), (IH _ _ _ M).
Qed.
Lemma act_Q_is_act a x y : act_Q a x = Some y -> act a (Q2R x) = Q2R y.
Proof.
  destruct a; cbn; try discriminate; intros E; injection E as <-; [reflexivity|].
  destruct (Qle_bool x 0) eqn:L.
  - apply Qle_bool_iff, Qle_Rle in L. rewrite Q2R_zero in *. now apply Rmax_left.
  - apply Rmax_right. destruct (Qlt_le_dec 0 x) as [H|H].
    + apply Qlt_Rlt in H. rewrite Q2R_zero in H. lra.
    + apply Qle_bool_iff in H. congruence.
Qed.
Lemma each_Q_is_map f g : (forall x y, f x = Some y -> g (Q2R x) = Q2R y) ->
  forall l m, each_Q f l = Some m -> map g (map Q2R l) = map Q2R m.
Proof.
  intros F. induction l as [|x l IH]; intros m E; cbn in E |- *; [now injection E as <-|].
  destruct (f x) as [y|] eqn:X; [|discriminate]. destruct (each_Q f l) as [k|]; [|discriminate].
  injection E as <-. cbn [map]. now rewrite (F _ _ X), (IH _ eq_refl).
Qed.

(** The value at rational inputs, as the theorems of the network's author speak of it. *)
Theorem value_Q_is_run : forall (n : network A) xs ys, value_Q n xs = Some ys ->
  run n (map Q2R xs) = map Q2R ys.
Proof.
  induction n as [|l n IH]; intros xs ys E; cbn in E |- *; [now injection E as <-|]. unfold layer_Q in E.
  destruct (affine_Q (weights l) (biases l) xs) as [zs|] eqn:Z; [|discriminate].
  destruct (each_Q (act_Q (activate l)) zs) as [vs|] eqn:V; [|discriminate].
  unfold layer_value. rewrite (affine_Q_is_affine_value _ _ _ _ Z).
  now rewrite (each_Q_is_map _ _ (act_Q_is_act (activate l)) _ _ V), (IH _ _ E).
Qed.
End Value.
