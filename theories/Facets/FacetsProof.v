(** From the lemma that an operation names to the statement of its facet. Symbols: see [Facets.Facets].

    [interval by h], [lines by h], [planes by h], [transpose by h], [slope by h], [grad by h],
    [composed by h]
        prove the goal that the facet states from the named lemma [h], or fail *)
From Coq Require Import Bool Reals Floats Uint63 ZArith List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Lines Ops.Product Ops.Functions IR.LinMap IR.Graph.
From Provenn Require Import Checker.Words Checker.WordsProof Checker.Enclose Checker.Invariant Checker.ReadGraph.
From Provenn Require Import Ops.Movement Facets.Facets.
From Provenn Require Autodiff.ReadWords Autodiff.RuleProof IR.LinMapProof Ops.ReluProof.
Import ListNotations.

(** ** Which nodes an operation can stand for *)
Ltac results := repeat match goal with
  | H : Ok _ = Ok _ |- _ => injection H as <-
  | H : bind _ _ = Ok _ |- _ => apply bind_ok in H as (? & _ & H)
  | H : (if ?b then _ else _) = Ok _ |- _ => destruct b; try discriminate
  | H : match ?x with _ => _ end = Ok _ |- _ => destruct x; try discriminate
  end.
Definition affine_or_product (n : node) : bool :=
  match n with Affine _ _ _ | Product _ _ _ => true | _ => false end.
Definition linear_tag (t : tag) : bool :=
  match t with
  | TAdd | TSub | TMul | TLinear | TConv | TReshape | TTranspose | TConcat | TSlice => true
  | _ => false
  end.
Lemma lower_linear t s ops attrs data p n : linear_tag t = true -> lower t s ops attrs data p = Ok n ->
  affine_or_product n = true.
Proof.
  intros T H. destruct t; try discriminate; cbn [lower] in H;
    unfold elementwise, times, linear, convolve, concat, slice, fail in H; cbv zeta in H; results; reflexivity.
Qed.

(** ** The checker of verdicts *)
Lemma interval_holds c t :
  (forall fv v x ns bl bh ss ys, covers fv v -> graph_ok ns = true ->
    forwards fv ns (bl, bh) = inl ss -> exec v x ns ys ->
    (forall e k, In (Input e) ns -> below e k -> (fR (fget bl k) <= x k <= fR (fget bh k))%R) ->
    known fv ns ss ys) ->
  tag_of c = Some t -> interval_sound c.
Proof.
  intros K T. exists t. split; [exact T|]. intros s ops attrs data p n _ fv v x ns bl bh i ss y ys C G F X B.
  exact (proj1 (K fv v x (n :: ns) bl bh (i :: ss) (y :: ys) C G F X B)).
Qed.
Lemma transpose_holds c t : (forall l, valid l = true -> adjoint l) ->
  tag_of c = Some t -> linear_tag t = true -> transpose_adjoint c.
Proof.
  intros A T L. exists t. split; [exact T|]. intros s ops attrs data p n H.
  pose proof (lower_linear t s ops attrs data p n L H) as N. destruct n; try discriminate; [|exact I].
  intros u _ V. exact (A (snd u) V).
Qed.

Tactic Notation "interval" "by" constr(h) := eapply interval_holds; [exact h | reflexivity].
Tactic Notation "transpose" "by" constr(h) := eapply transpose_holds; [exact h | reflexivity | reflexivity].
Tactic Notation "lines" "by" constr(h) := eexists; split; [reflexivity | first [exact h | exact (h _)]].
Tactic Notation "planes" "by" constr(h) constr(g) :=
  split; [reflexivity | intros; split; [apply h | apply g]].

Tactic Notation "composed" "by" constr(h) :=
  do 2 eexists; split; [reflexivity | intros x e d d' ns i; exact (h x e d d' ns i)].

(** ** The differentiable core *)
Tactic Notation "slope" "by" constr(h) := eexists; split; [reflexivity | apply h].
(** Some words that the code can stand for, and the lemma about every op of the core. *)
Ltac some_op := first
  [ now eexists; exists [0%nat], [], []
  | now eexists; exists [0%nat; 0%nat], [], []
  | now eexists; exists [0%nat], [0; 0; 0]%Z, []
  | now eexists; exists [0%nat; 0%nat], [0; 0; 0; 0]%Z, []
  | now eexists; exists [0%nat], [1; 1; 1]%Z, [] ].
Tactic Notation "grad" "by" constr(h) :=
  split; [some_op|]; intros env ns i n ct k j d _ W N C S;
  pose proof (h env ns i ct n k j d W N C S) as R;
  destruct (Reverse.rule _ _ _ _ _); [exact (proj2 R) | exact R].

(** A lemma about another operation proves nothing. *)
Goal lines_sound 26%uint63. Fail lines by ReluProof.relu_sound. Abort.
Goal transpose_adjoint 8%uint63. Fail transpose by LinMapProof.transV_error. Abort.
Goal grad_adjoint 6%Z. Fail grad by RuleProof.rule_adjoint. Abort.
