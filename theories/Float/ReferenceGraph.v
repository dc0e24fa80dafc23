(** Whole networks in the reference order, over any arithmetic: in Flocq's binary32, and as a program.

    [products l i]      how many products output [i] of the linear map [l] sums, as they are stored
    [factor l i t]      the weight of the [t]-th of them; [place l i t] where its operand stands,
      or an index out
                        of range, which is padding
    [adds n t f a]      [a] plus [f t], plus [f (t+1)], ... one by one
    [product_at l y i t]  the [t]-th product, of the value [y]
    [sum_from n f a]    the same from an earlier sum, if there is one
    [affine_in ts b ys i]  products of all terms from left to right, then the bias
    [evaluate x ns]     the values of all nodes, newest first
    [relu_by le z x]    0 where [x <= 0], else [x]: a NaN stays
    [is32 x]            [x] is a binary32 number; [weights32 n] all numbers that node [n] holds are
    [evaluateB]         in Flocq's binary32, rounding to nearest; [lib] are the machine's functions
    [evaluateF]         the same with primitive binary64 numbers
    [reference lib g x] all values of the network in the words [g], and the distance of the output *)
From Coq Require Import Bool Floats Uint63 List.
From Flocq Require Import BinarySingleNaN.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops Ops.Conv Ops.Functions IR.LinMap IR.Graph.
From Provenn Require Import Checker.Words Checker.ReadGraph Float.Kernel.
Import ListNotations.
Local Open Scope uint63_scope.

Definition products (l : linmap) (i : int) : nat :=
  match l with
  | Signed _ _ | Diag _ _ => 1
  | Dense _ _ n _ _ _ _ => fuel n
  | Convolution c _ _ _ _ => nat_of (len (cin c) * kplane c)
  | Reindex ein _ phi _ _ _ => if phi i <? len ein then 1 else 0
  end%nat.
Definition factor (l : linmap) (i t : int) : PrimFloat.float :=
  match l with
  | Signed minus _ => if minus then (-1)%float else 1%float
  | Diag _ w => fget w i
  | Dense _ m n _ _ w _ => fget w ((i mod len m) * len n + t)
  | Convolution c _ _ w _ => fget w (ochan c i * (len (cin c) * kplane c) + t)
  | Reindex _ _ _ _ _ _ => 1%float
  end.
Definition conv_place (c : conv) (i t : int) : int :=
  let r := t mod kplane c in
  let y := pos (vert c) (orow c i) (r / len (taps (horz c))) in
  let z := pos (horz c) (ocol c i) (r mod len (taps (horz c))) in
  if (y <? isize (vert c)) && (z <? isize (horz c))
  then iidx c ((ochan c i / len (cout c)) * len (cin c) + t / kplane c) y z else max_int.
Definition place (l : linmap) (i t : int) : int :=
  match l with
  | Signed _ _ | Diag _ _ => i
  | Dense _ m n _ _ _ _ => (i / len m) * len n + t
  | Convolution c _ _ _ _ => conv_place c i t
  | Reindex _ _ phi _ _ _ => phi i
  end.

Section Evaluate.
Context {A V : Type}.
Variables (zero : A) (given : PrimFloat.float -> A) (plus times : A -> A -> A) (call : unary -> A -> A).
Variables (keep : int -> (int -> A) -> V) (read : V -> int -> A) (lost : V).

Fixpoint adds (n : nat) (t : int) (f : int -> A) (a : A) : A :=
  match n with
  | O => a
  | S n => adds n (t + 1) f (plus a (f t))
  end.
Definition sum_from (n : nat) (f : int -> A) (a : option A) : option A :=
  match a, n with
  | Some a, _ => Some (adds n 0 f a)
  | None, O => None
  | None, S n => Some (adds n 1 f (f 0))
  end.
Definition product_at (l : linmap) (y : V) (i t : int) : A :=
  let k := place l i t in
  times (given (factor l i t)) (if k <? len (in_ext l) then read y k else zero).
Definition value_in (ys : list V) (d : nat) : V := nth d ys lost.
Fixpoint terms_in (ts : list term) (ys : list V) (i : int) (a : option A) : option A :=
  match ts with
  | [] => a
  | (d, l) :: ts => terms_in ts ys i (sum_from (products l i) (product_at l (value_in ys d) i) a)
  end.
Definition affine_in (ts : list term) (b : option farr) (ys : list V) (i : int) : A :=
  match terms_in ts ys i None, b with
  | Some a, Some v => plus a (given (fget v i))
  | Some a, None => a
  | None, Some v => given (fget v i)
  | None, None => zero
  end.

Fixpoint evaluate (x : int -> A) (ns : list node) : list V :=
  match ns with
  | [] => []
  | n :: ns =>
      let ys := evaluate x ns in
      keep (len (ext n))
        match n with
        | Input _ => x
        | Constant _ c => fun i => given (fget c i)
        | Affine _ ts b => affine_in ts b ys
        | Unary f _ d => let y := value_in ys d in fun i => call f (read y i)
        | Product _ d d' => let y := value_in ys d in let y' := value_in ys d' in
                            fun i => times (read y i) (read y' i)
        end :: ys
  end.
End Evaluate.

Definition relu_by {A} (le : A -> A -> bool) (zero x : A) : A := if le x zero then zero else x.
Definition library := unary -> PrimFloat.float -> PrimFloat.float.
Definition callB (lib : library) (f : unary) (x : b32) : b32 :=
  match f with
  | Relu => relu_by Bleb (B754_zero false) x
  | _ => narrow (lib f (widen x))
  end.
Definition callF (lib : library) (f : unary) (x : PrimFloat.float) : PrimFloat.float :=
  match f with
  | Relu => relu_by PrimFloat.leb 0%float x
  | _ => r32 (lib f x)
  end.
Definition evaluateB (lib : library) : (int -> b32) -> list node -> list (int -> b32) :=
  evaluate (B754_zero false) narrow (Bplus mode_NE) (Bmult mode_NE) (callB lib) (fun _ f => f) (fun y => y)
    (fun _ => B754_nan).
Definition evaluateF (lib : library) (x : farr) : list node -> list farr :=
  evaluate 0%float r32 add32 mul32 (callF lib) ftab fget (ftab 0 (fun _ => 0%float)) (fget x).

Definition is32 (x : PrimFloat.float) : bool := finb x && (finb (r32 x) && PrimFloat.eqb (r32 x) x).
Definition row32 (e : extent) (l : linmap) : bool :=
  allb e (fun i => allR (products l i) 0 (fun t => is32 (factor l i t))).
Definition weights32 (n : node) : bool :=
  match n with
  | Constant e c => allb e (fun i => is32 (fget c i))
  | Affine e ts b =>
      forallb (fun t => row32 e (snd t)) ts &&
      match b with Some v => allb e (fun i => is32 (fget v i)) | None => true end
  | _ => true
  end.
Definition reference (lib : library) (graph : words) (x : farr) : res (list farr * nat) :=
  let* net := read_graph graph in
  let* _ := demand (forallb weights32 (nodes net)) WrongSemantics 0 in
  Ok (evaluateF lib x (nodes net), output net).
