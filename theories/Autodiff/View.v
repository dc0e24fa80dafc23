(** Views of tensors from a nest of loops, and the two ops made of them: moving elements and contracting
    products.

    [vec]               a tensor: its elements by flat row-major index
    [sum n f]           f 0 + ... + f (n-1); [ip n a b] is the inner product of the first [n] elements
    [volume s]          the number of elements of the shape [s]; [count s] is the same as a [nat]
    [point]             the indices of a nest of loops, outermost first
    [nest loops f]      the sum of [f] over all points of the nest
    [dim], [view]       one dimension of a view: size, offset, one coefficient for each loop; a view is a
                        list of them
    [touch v l]         the element that the view [v] touches at the point [l], if any
    [at_ x o]           the element [o] of [x]; nothing reads as 0
    [hit o e r]         [r] if [o] is the element [e], else 0
    [scatter loops out f]  element [e] is the sum of [f l] over the points [l] at which [out] touches [e]
    [move], [contract]  the ops of the calculus: y[out] += x[src] and y[out] += a[left] * b[right]
    [identity loops]    the view of a tensor of shape [loops] that touches each element once, in order *)
From Coq Require Import Bool Reals ZArith List.
Import ListNotations.
Local Open Scope R_scope.

Definition vec := nat -> R.

Fixpoint sum (n : nat) (f : nat -> R) : R :=
  match n with
  | O => 0
  | S n => sum n f + f n
  end.
Definition ip (n : nat) (a b : vec) : R := sum n (fun i => a i * b i).

Definition volume (s : list N) : N := fold_right N.mul 1%N s.
Definition count (s : list N) : nat := N.to_nat (volume s).

Definition point := list nat.
Fixpoint nest (loops : list N) (f : point -> R) : R :=
  match loops with
  | [] => f []
  | n :: loops => sum (N.to_nat n) (fun i => nest loops (fun l => f (i :: l)))
  end.

Record dim := Dim { size : N; offset : Z; coeffs : list Z }.
Definition view := list dim.
Definition sizes (v : view) : list N := map size v.

Fixpoint dot (cs : list Z) (l : point) : Z :=
  match cs, l with
  | c :: cs, i :: l => (c * Z.of_nat i + dot cs l)%Z
  | _, _ => 0%Z
  end.
Definition index (d : dim) (l : point) : Z := (offset d + dot (coeffs d) l)%Z.

(** Row-major: [acc] is the flat index over the dimensions passed so far. *)
Fixpoint touch_from (acc : nat) (v : view) (l : point) : option nat :=
  match v with
  | [] => Some acc
  | d :: v =>
      let i := index d l in
      if ((0 <=? i) && (i <? Z.of_N (size d)))%Z%bool
      then touch_from (acc * N.to_nat (size d) + Z.to_nat i) v l
      else None
  end.
Definition touch (v : view) (l : point) : option nat := touch_from 0 v l.

Definition at_ (x : vec) (o : option nat) : R :=
  match o with
  | Some i => x i
  | None => 0
  end.
Definition hit (o : option nat) (e : nat) (r : R) : R :=
  match o with
  | Some i => if Nat.eqb i e then r else 0
  | None => 0
  end.

Definition scatter (loops : list N) (out : view) (f : point -> R) : vec :=
  fun e => nest loops (fun l => hit (touch out l) e (f l)).
Definition move (loops : list N) (out src : view) (x : vec) : vec :=
  scatter loops out (fun l => at_ x (touch src l)).
Definition contract (loops : list N) (out left right : view) (a b : vec) : vec :=
  scatter loops out (fun l => at_ a (touch left l) * at_ b (touch right l)).

(** Dimension [k] of the identity view has the coefficient 1 on loop [k] only. *)
Fixpoint identity_from (before : nat) (loops : list N) : view :=
  match loops with
  | [] => []
  | n :: loops => Dim n 0 (repeat 0%Z before ++ 1%Z :: repeat 0%Z (length loops)) :: identity_from (S before)
    loops
  end.
Definition identity (loops : list N) : view := identity_from 0 loops.
