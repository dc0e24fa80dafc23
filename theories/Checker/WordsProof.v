(** What successful reading tells about the words. Symbols: see [Checker.Words].

    [reading H as a E]  splits [H], a successful sequence of two steps: [E] is the first, with result [a]
    [passing H as E]    the same for a first step that only tests *)
From Coq Require Import Reals Floats Uint63.
From Provenn Require Import Base.Vector Base.Binary64 Base.Binary64Proof Checker.Words.
Local Open Scope R_scope.

Lemma bind_ok {A B} (r : res A) (f : A -> res B) b : bind r f = Ok b -> exists a, r = Ok a /\ f a = Ok b.
Proof. destruct r as [a|]; [|discriminate]. intros H. now exists a. Qed.
Lemma demand_ok b w p x : demand b w p = Ok x -> b = true.
Proof. now destruct b. Qed.

Tactic Notation "reading" hyp(H) "as" simple_intropattern(a) ident(E) :=
  apply bind_ok in H; destruct H as (a & E & H); cbv beta iota in H.
Tactic Notation "passing" hyp(H) "as" ident(E) :=
  let a := fresh in reading H as a E; apply demand_ok in E; clear a.

Lemma get_float_ok f p x : get_float f p = Ok x -> x = word f p /\ fin x.
Proof.
  unfold get_float. destruct (p <? count f)%uint63; [|discriminate].
  destruct (finb (word f p)) eqn:E; [|discriminate].
  intros H. injection H as <-. split; [reflexivity | now apply finb_fin].
Qed.
Lemma get_nonneg_ok f p w x : get_nonneg f p w = Ok x -> x = word f p /\ 0 <= fR x.
Proof.
  unfold get_nonneg. intros H. reading H as y E. apply get_float_ok in E as (-> & F).
  destruct (0 <=? word f p)%float eqn:E; [|discriminate]. injection H as <-. split; [reflexivity|].
  rewrite <- fR_0. now apply leb_le.
Qed.
Lemma get_size_ok f p n : get_size f p = Ok n -> ok_len n = true.
Proof.
  unfold get_size. intros H. reading H as m E. destruct (ok_len m) eqn:L; [|discriminate].
  now injection H as <-.
Qed.
