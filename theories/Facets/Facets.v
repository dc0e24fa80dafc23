(** What the facets of an operation claim, one statement a facet, about the operation's code in canonical files.

    [Links.v] states these again for every lemma that an operation of the Python side names, so that a name
    which proves something else, or belongs to another code, does not compile.

    [interval_sound c]     forward intervals of a node that [c] stands for enclose its value
    [lines_sound c]        [c] is an elementwise function with lines below and above it on every interval
    [planes_sound c]       planes below and above a product enclose it on every box
    [transpose_adjoint c]  a node that [c] stands for is a sum of linear maps (or a product of two variables);
                           transposed products, as computed, are those with the adjoints up to rounding;
                           only at inputs that are 0 may they be skipped
    [composed_equal c]     some nodes after [ns] compute [c], a function of two variables, of the values at the
                           distances [d] and [d']
    [slope_derivative c]   the slope is the derivative of [c], wherever [c] is smooth
    [grad_adjoint c]       what reverse mode emits for [c] is the adjoint of its derivative
    [reads c o]            the words of the differentiable core with code [c] may mean the op [o] *)
From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals Floats Uint63 ZArith List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Lines Ops.Product Ops.Functions IR.LinMap IR.Graph.
From Provenn Require Import Checker.Words Checker.Enclose Checker.Invariant Checker.ReadGraph.
From Provenn Require Autodiff.View Autodiff.Core Autodiff.Curve Autodiff.Reverse.
From Provenn Require Autodiff.EmitProof Autodiff.ReadWords.
Import ListNotations.
Local Open Scope R_scope.

(** ** The checker of verdicts *)
Definition means (c : int) (P : node -> Prop) : Prop :=
  exists t, tag_of c = Some t /\ forall s ops attrs data p n, lower t s ops attrs data p = Ok n -> P n.

Definition encloses (n : node) : Prop :=
  forall fv v x ns bl bh s ss y ys, covers fv v -> graph_ok (n :: ns) = true ->
  forwards fv (n :: ns) (bl, bh) = inl (s :: ss) -> exec v x (n :: ns) (y :: ys) ->
  (forall e k, In (Input e) (n :: ns) -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  between n s y.
Definition interval_sound (c : int) : Prop := means c encloses.

Definition lines_sound (c : int) : Prop :=
  exists f, tag_of c = Some (TFunction f) /\ sound (sem f) (rule_of f).

Definition planes_sound (c : int) : Prop :=
  tag_of c = Some TMul /\ forall k lx hx ly hy,
    below_product lx hx ly hy (plane_below k lx hx ly hy) /\
    above_product lx hx ly hy (plane_above k lx hx ly hy).

Definition adjoint (l : linmap) : Prop := forall z lam x m,
  (forall k, below (in_ext l) k -> fin (fget (transV l z lam) k)) ->
  (forall k, below (in_ext l) k -> Rabs (x k) <= m k) ->
  (forall k, below (in_ext l) k -> skipped z k = true -> x k = 0) ->
  Rabs (sum (out_ext l) (fun i => fR (fget lam i) * apply l x i)
        - sum (in_ext l) (fun k => fR (fget (transV l z lam) k) * x k))
    <= fR (gam l) * sum (out_ext l) (fun i => Rabs (fR (fget lam i)) * applyA l m i)
       + fR tiny * sum (in_ext l) m.
Definition linear_or_product (n : node) : Prop :=
  match n with
  | Affine _ ts _ => forall t, In t ts -> valid (snd t) = true -> adjoint (snd t)
  | Product _ _ _ => True
  | _ => False
  end.
Definition transpose_adjoint (c : int) : Prop := means c linear_or_product.

Definition composed_equal (c : Z) : Prop :=
  exists f (nodes : extent -> nat -> nat -> list node -> list node),
  ReadWords.lookup c ReadWords.binaries = Some f /\
  forall x e d d' ns i, value (eval x (nodes e d d' ns)) 0 i =
    Core.sem2 f (value (eval x ns) d i) (value (eval x ns) d' i).

(** ** The differentiable core *)
Definition slope_derivative (c : Z) : Prop :=
  exists f, ReadWords.lookup c ReadWords.unaries = Some f /\
  forall x, Core.smooth1 f x -> is_derive (Core.sem1 f) x (Curve.slope1 f x).

Definition reads (c : Z) (o : Core.op) : Prop :=
  exists xs attrs data, ReadWords.op_of c xs attrs data = Some o.
Definition grad_adjoint (c : Z) : Prop :=
  (exists o, reads c o) /\
  forall env ns i n ct k j d, reads c (Core.kind n) -> Core.wf ns = true -> nth_error ns i = Some n ->
  Core.size_of ns ct = Some (Core.elements n) -> In (k, j) (Core.slots (Core.kind n)) ->
  match Reverse.rule (Reverse.shape_of ns j) i ct (Core.kind n) k with
  | Some e =>
      View.ip (N.to_nat (Core.elements n)) (Core.val env ns ct) (Curve.jvp (Core.val env ns) (Core.kind n) k d) =
      View.ip (Core.extent ns j) (EmitProof.denote_expr (Core.val env ns) e) d
  | None => forall e, Curve.jvp (Core.val env ns) (Core.kind n) k d e = 0
  end.
