(** What a machine may compute when it runs a network in binary32.

    [vec32]             a flat tensor of binary32 numbers, infinities and NaN included
    [real y]            its real values; [value32 ys d] the tensor at distance [d]
    [indices e]         all indices below [e]
    [row_of l x i]      the factors of the products that output [i] of the linear map [l] sums, those with a
                        weight 0 left out
    [summands ts b ys i]  the same for element [i] of an affine node, its bias as [1 * bias]
    [ready ts ys]       all operands of [ts] are finite
    [adds_up l r]       some order of summing [l], and a rounding to binary32, give [r]
    [in_domain f x]     the function [f] has a value at [x]
    [applies u f x r]   the machine's function [f] may give [r] at [x], with declared accuracy [u] in ulps;
                        one that jumps gives its value at [x], or at 0 if [x] is subnormal
    [runs u x n ys y]   [y] may be the machine's value of node [n]
    [execution u x ns ys]  [ys] may be the values of all nodes [ns], newest first

    Where an operand is not finite, a result overflows, or a function has no value, anything may come out:
    that it does not happen is proved, not assumed. *)
From Coq Require Import Reals Floats Uint63 List Permutation.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Functions IR.LinMap IR.Graph Checker.Semantics.
From Provenn Require Import Float.Sum Float.Binary32.
Import ListNotations.
Local Open Scope R_scope.

Definition vec32 := int -> B32.
Definition real (y : vec32) : vec := fun i => B2R (y i).
Definition value32 (ys : list vec32) (d : nat) : vec32 := nth d ys (fun _ => B754_nan).

Fixpoint indices_from (n : nat) (i : int) : list int :=
  match n with
  | O => []
  | S n => i :: indices_from n (i + 1)
  end.
Definition indices (e : extent) : list int := indices_from (fuel e) 0.

Definition used (p : R * R) : bool := negb (Req_bool (fst p) 0).
Definition row_of (l : linmap) (x : vec) (i : int) : list (R * R) :=
  filter used (map (fun k => (fR (rowF l i k), x k)) (indices (in_ext l))).
Fixpoint summands (ts : list term) (b : option farr) (ys : list vec) (i : int) : list (R * R) :=
  match ts with
  | [] => match b with Some v => [(1, fR (fget v i))] | None => [] end
  | (d, l) :: ts => row_of l (value ys d) i ++ summands ts b ys i
  end.
Definition ready (ts : list term) (ys : list vec32) : Prop :=
  forall d l k, In (d, l) ts -> below (in_ext l) k -> is_finite (value32 ys d k) = true.

Definition adds_up (l : list (R * R)) (r : number) : Prop :=
  exists t s, Permutation (terms t) l /\ sums t s /\ match s with Some v => rounds v r | None => True end.

Definition in_domain (f : unary) (x : R) : Prop :=
  match f with
  | Log => 0 < x
  | Sqrt => 0 <= x
  | Recip => x <> 0
  | _ => True
  end.
Definition applies (ulps : R) (f : unary) (x : R) (r : number) : Prop :=
  let z := sem f x in
  in_domain f x -> Rabs z < limit32 ->
  exists v, r = Some v /\
    if jumps f then image f x v
    else if exactly32 f then Rabs (v - z) <= e32
    else Rabs (v - z) <= ulps * bpow radix2 (-23) * Rabs z + 4 * e32.

Definition runs (ulps : R) (x : vec32) (n : node) (ys : list vec32) (y : vec32) : Prop :=
  forall i, below (ext n) i ->
  match n with
  | Input _ => y i = x i
  | Constant _ c => num (y i) = Some (fR (fget c i))
  | Affine _ ts b =>
      ready ts ys ->
      if moves ts b then exists v, num (y i) = Some v /\ flushed (affine ts b (map real ys) i) v
      else adds_up (summands ts b (map real ys) i) (num (y i))
  | Unary f _ d => is_finite (value32 ys d i) = true -> applies ulps f (real (value32 ys d) i) (num (y i))
  | Product _ d d' =>
      is_finite (value32 ys d i) = true -> is_finite (value32 ys d' i) = true ->
      sums (Prod (real (value32 ys d) i) (real (value32 ys d') i)) (num (y i))
  end.

Fixpoint execution (ulps : R) (x : vec32) (ns : list node) (ys : list vec32) : Prop :=
  match ns, ys with
  | [], [] => True
  | n :: ns, y :: ys => runs ulps x n ys y /\ execution ulps x ns ys
  | _, _ => False
  end.

(** All values of all nodes are finite. *)
Fixpoint all_finite (ns : list node) (ys : list vec32) : Prop :=
  match ns, ys with
  | n :: ns, y :: ys => (forall i, below (ext n) i -> is_finite (y i) = true) /\ all_finite ns ys
  | _, _ => True
  end.
