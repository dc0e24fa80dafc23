(** Dot products of float arrays, and rounded evaluation of sums of products in any order.

    [tree]                a sum of reals and of products of two reals, with its order of summation
    [exact t], [magnitude t]  its value, and the same sum of absolute values
    [depth t], [ops t]    roundings on the longest path, roundings in all
    [rounded r h t v]     [t] evaluates to [v] if operations have relative error [r], absolute error [h]
    [dot e a i b j]       the sum over [t < e] of [a[i+t] * b[j+t]], rounded
    [dot_strided e a i di b j dj]  the sum over [t < e] of [a[i+t*di] * b[j+t*dj]], rounded
    [dots e a i d b j]    four dot products, of [a] from [i], [i+d], [i+2d] and [i+3d]
    [dots3 e a i d b j]   the first three of them, and 0
    [lanes n e a i d b j] the first [n] of them, at most four
    [plus4 p q]           sums of four and four numbers, rounded; [zero4] is four times 0
    [dot_abs], [dot_abs_strided]   upper bounds of the same sums of absolute values
    [dot_sel e a p q]     the sum over [t < e] of [a[t] * (p[t] if a[t] >= 0, else q[t])], rounded
    [sum_abs_f e a]       upper bound of the sum over [t < e] of [|a[t]|]
    [picks]               indices, most of them in groups of eight
    [nonzero e a]         the indices [t < e] with [a[t] <> 0]
    [dot_at p a b j s]    [s] plus the sum over the indices [t] in [p] of [a[t] * b[j+t]], rounded
    [dots_at p a b j d ...]  four such sums, for [j], [j+d], [j+2d] and [j+3d]
    [widen n s]           upper bound of a sum of [n] absolute products, given the rounded sum [s] *)
From Coq Require Import ZArith Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64.
Import ListNotations.

Section Trees.
Local Open Scope R_scope.

Inductive tree :=
| Leaf (x : R)
| Prod (x y : R)
| Node (l r : tree).

Fixpoint exact (t : tree) : R :=
  match t with Leaf x => x | Prod x y => x * y | Node l r => exact l + exact r end.
Fixpoint magnitude (t : tree) : R :=
  match t with Leaf x => Rabs x | Prod x y => Rabs x * Rabs y | Node l r => magnitude l + magnitude r end.
Fixpoint depth (t : tree) : nat :=
  match t with Leaf _ => 0 | Prod _ _ => 1 | Node l r => S (Nat.max (depth l) (depth r)) end.
Fixpoint ops (t : tree) : nat :=
  match t with Leaf _ => 0 | Prod _ _ => 1 | Node l r => S (ops l + ops r) end.

Inductive rounded (r h : R) : tree -> R -> Prop :=
| rounded_leaf x : rounded r h (Leaf x) x
| rounded_prod x y v : Rabs (v - x * y) <= r * Rabs (x * y) + h -> rounded r h (Prod x y) v
| rounded_node s t v w z : rounded r h s v -> rounded r h t w ->
    Rabs (z - (v + w)) <= r * Rabs (v + w) + h -> rounded r h (Node s t) z.
End Trees.

(** Eight terms per round: the running sum waits for one addition only. *)
Local Notation eight acc p0 p1 p2 p3 p4 p5 p6 p7 :=
  (acc + (((p0 + p1) + (p2 + p3)) + ((p4 + p5) + (p6 + p7))))%float.

Section Kernels.
Local Open Scope uint63_scope.

Local Notation mul a i b j := (fget a i * fget b j)%float.
Fixpoint dot_ones (n : nat) (a : farr) (i : int) (b : farr) (j : int) (acc : PrimFloat.float) :=
  match n with
  | O => acc
  | S n => dot_ones n a (i + 1) b (j + 1) (acc + mul a i b j)%float
  end.
Fixpoint dot_octs (n m : nat) (a : farr) (i : int) (b : farr) (j : int) (acc : PrimFloat.float) :=
  match n with
  | O => dot_ones m a i b j acc
  | S n => dot_octs n m a (i + 8) b (j + 8)
      (eight acc (mul a i b j) (mul a (i + 1) b (j + 1)) (mul a (i + 2) b (j + 2))
        (mul a (i + 3) b (j + 3)) (mul a (i + 4) b (j + 4)) (mul a (i + 5) b (j + 5))
        (mul a (i + 6) b (j + 6)) (mul a (i + 7) b (j + 7)))
  end.
Definition dot (e : extent) (a : farr) (i : int) (b : farr) (j : int) : PrimFloat.float :=
  dot_octs (octs e) (rest e) a i b j 0%float.

Definition zero4 : quad := ((0, 0), (0, 0))%float.
Definition plus4 (p q : quad) : quad :=
  let '((p0, p1), (p2, p3)) := p in
  let '((q0, q1), (q2, q3)) := q in ((p0 + q0, p1 + q1), (p2 + q2, p3 + q3))%float.
Fixpoint dots_ones (n : nat) (a : farr) (i d : int) (b : farr) (j : int) (acc : quad) : quad :=
  match n with
  | O => acc
  | S n =>
      let x := fget b j in
      let i1 := i + d in let i2 := i1 + d in let i3 := i2 + d in
      dots_ones n a (i + 1) d b (j + 1)
        (plus4 acc ((fget a i * x, fget a i1 * x), (fget a i2 * x, fget a i3 * x))%float)
  end.
Local Notation times a i x0 x1 x2 x3 x4 x5 x6 x7 acc :=
  (eight acc (fget a i * x0) (fget a (i + 1)%uint63 * x1) (fget a (i + 2)%uint63 * x2)
    (fget a (i + 3)%uint63 * x3) (fget a (i + 4)%uint63 * x4) (fget a (i + 5)%uint63 * x5)
    (fget a (i + 6)%uint63 * x6) (fget a (i + 7)%uint63 * x7)).
Fixpoint dots_octs (n m : nat) (a : farr) (i d : int) (b : farr) (j : int) (acc : quad) : quad :=
  match n with
  | O => dots_ones m a i d b j acc
  | S n =>
      let '((s0, s1), (s2, s3)) := acc in
      let x0 := fget b j in let x1 := fget b (j + 1) in let x2 := fget b (j + 2) in
      let x3 := fget b (j + 3) in let x4 := fget b (j + 4) in let x5 := fget b (j + 5) in
      let x6 := fget b (j + 6) in let x7 := fget b (j + 7) in
      let i1 := i + d in let i2 := i1 + d in let i3 := i2 + d in
      dots_octs n m a (i + 8) d b (j + 8)
        ((times a i x0 x1 x2 x3 x4 x5 x6 x7 s0, times a i1 x0 x1 x2 x3 x4 x5 x6 x7 s1),
         (times a i2 x0 x1 x2 x3 x4 x5 x6 x7 s2, times a i3 x0 x1 x2 x3 x4 x5 x6 x7 s3))
  end.
Definition dots (e : extent) (a : farr) (i d : int) (b : farr) (j : int) : quad :=
  dots_octs (octs e) (rest e) a i d b j zero4.

Fixpoint dots3_ones (n : nat) (a : farr) (i d : int) (b : farr) (j : int) (s0 s1 s2 : PrimFloat.float)
    : quad :=
  match n with
  | O => ((s0, s1), (s2, 0%float))
  | S n =>
      let x := fget b j in
      let i1 := i + d in let i2 := i1 + d in
      dots3_ones n a (i + 1) d b (j + 1) (s0 + fget a i * x)%float (s1 + fget a i1 * x)%float
        (s2 + fget a i2 * x)%float
  end.
Fixpoint dots3_octs (n m : nat) (a : farr) (i d : int) (b : farr) (j : int) (s0 s1 s2 : PrimFloat.float)
    : quad :=
  match n with
  | O => dots3_ones m a i d b j s0 s1 s2
  | S n =>
      let x0 := fget b j in let x1 := fget b (j + 1) in let x2 := fget b (j + 2) in
      let x3 := fget b (j + 3) in let x4 := fget b (j + 4) in let x5 := fget b (j + 5) in
      let x6 := fget b (j + 6) in let x7 := fget b (j + 7) in
      let i1 := i + d in let i2 := i1 + d in
      dots3_octs n m a (i + 8) d b (j + 8) (times a i x0 x1 x2 x3 x4 x5 x6 x7 s0)
        (times a i1 x0 x1 x2 x3 x4 x5 x6 x7 s1) (times a i2 x0 x1 x2 x3 x4 x5 x6 x7 s2)
  end.
Definition dots3 (e : extent) (a : farr) (i d : int) (b : farr) (j : int) : quad :=
  dots3_octs (octs e) (rest e) a i d b j 0%float 0%float 0%float.
Definition lanes (n : int) (e : extent) (a : farr) (i d : int) (b : farr) (j : int) : quad :=
  if 3 <? n then dots e a i d b j
  else if 2 <? n then dots3 e a i d b j
  else ((dot e a i b j, if 1 <? n then dot e a (i + d) b j else 0%float), (0, 0)%float).

Fixpoint dot_strided_ones (n : nat) (a : farr) (i di : int) (b : farr) (j dj : int)
    (acc : PrimFloat.float) :=
  match n with
  | O => acc
  | S n => dot_strided_ones n a (i + di) di b (j + dj) dj (acc + mul a i b j)%float
  end.
Fixpoint dot_strided_octs (n m : nat) (a : farr) (i di : int) (b : farr) (j dj : int)
    (acc : PrimFloat.float) :=
  match n with
  | O => dot_strided_ones m a i di b j dj acc
  | S n =>
      let i1 := i + di in let i2 := i1 + di in let i3 := i2 + di in let i4 := i3 + di in
      let i5 := i4 + di in let i6 := i5 + di in let i7 := i6 + di in
      let j1 := j + dj in let j2 := j1 + dj in let j3 := j2 + dj in let j4 := j3 + dj in
      let j5 := j4 + dj in let j6 := j5 + dj in let j7 := j6 + dj in
      dot_strided_octs n m a (i7 + di) di b (j7 + dj) dj
      (eight acc (mul a i b j) (mul a i1 b j1) (mul a i2 b j2) (mul a i3 b j3)
        (mul a i4 b j4) (mul a i5 b j5) (mul a i6 b j6) (mul a i7 b j7))
  end.
Definition dot_strided (e : extent) (a : farr) (i di : int) (b : farr) (j dj : int) : PrimFloat.float :=
  dot_strided_octs (octs e) (rest e) a i di b j dj 0%float.

Definition widen (n : int) (s : PrimFloat.float) : PrimFloat.float :=
  up (s + up (up (s * (gamma n * 4)) + 0x1p-1028))%float.

Local Notation muls a i b j := (PrimFloat.abs (fget a i * fget b j))%float.
Fixpoint dot_abs_ones (n : nat) (a : farr) (i : int) (b : farr) (j : int) (acc : PrimFloat.float) :=
  match n with
  | O => acc
  | S n => dot_abs_ones n a (i + 1) b (j + 1) (acc + muls a i b j)%float
  end.
Fixpoint dot_abs_octs (n m : nat) (a : farr) (i : int) (b : farr) (j : int) (acc : PrimFloat.float) :=
  match n with
  | O => dot_abs_ones m a i b j acc
  | S n => dot_abs_octs n m a (i + 8) b (j + 8)
      (eight acc (muls a i b j) (muls a (i + 1) b (j + 1)) (muls a (i + 2) b (j + 2))
        (muls a (i + 3) b (j + 3)) (muls a (i + 4) b (j + 4)) (muls a (i + 5) b (j + 5))
        (muls a (i + 6) b (j + 6)) (muls a (i + 7) b (j + 7)))
  end.
Definition dot_abs (e : extent) (a : farr) (i : int) (b : farr) (j : int) : PrimFloat.float :=
  widen (len e) (dot_abs_octs (octs e) (rest e) a i b j 0%float).

Fixpoint dot_abs_strided_ones (n : nat) (a : farr) (i di : int) (b : farr) (j dj : int)
    (acc : PrimFloat.float) :=
  match n with
  | O => acc
  | S n => dot_abs_strided_ones n a (i + di) di b (j + dj) dj (acc + muls a i b j)%float
  end.
Fixpoint dot_abs_strided_octs (n m : nat) (a : farr) (i di : int) (b : farr) (j dj : int)
    (acc : PrimFloat.float) :=
  match n with
  | O => dot_abs_strided_ones m a i di b j dj acc
  | S n =>
      let i1 := i + di in let i2 := i1 + di in let i3 := i2 + di in let i4 := i3 + di in
      let i5 := i4 + di in let i6 := i5 + di in let i7 := i6 + di in
      let j1 := j + dj in let j2 := j1 + dj in let j3 := j2 + dj in let j4 := j3 + dj in
      let j5 := j4 + dj in let j6 := j5 + dj in let j7 := j6 + dj in
      dot_abs_strided_octs n m a (i7 + di) di b (j7 + dj) dj
      (eight acc (muls a i b j) (muls a i1 b j1) (muls a i2 b j2) (muls a i3 b j3)
        (muls a i4 b j4) (muls a i5 b j5) (muls a i6 b j6) (muls a i7 b j7))
  end.
Definition dot_abs_strided (e : extent) (a : farr) (i di : int) (b : farr) (j dj : int) : PrimFloat.float :=
  widen (len e) (dot_abs_strided_octs (octs e) (rest e) a i di b j dj 0%float).

Local Notation choose a p q i := (sided (fget a i) (fget p i) (fget q i)).
Fixpoint dot_sel_ones (n : nat) (a p q : farr) (i : int) (acc : PrimFloat.float) :=
  match n with
  | O => acc
  | S n => dot_sel_ones n a p q (i + 1) (acc + choose a p q i)%float
  end.
Fixpoint dot_sel_octs (n m : nat) (a p q : farr) (i : int) (acc : PrimFloat.float) :=
  match n with
  | O => dot_sel_ones m a p q i acc
  | S n => dot_sel_octs n m a p q (i + 8)
      (eight acc (choose a p q i) (choose a p q (i + 1)) (choose a p q (i + 2)) (choose a p q (i + 3))
        (choose a p q (i + 4)) (choose a p q (i + 5)) (choose a p q (i + 6)) (choose a p q (i + 7)))
  end.
Definition dot_sel (e : extent) (a p q : farr) : PrimFloat.float :=
  dot_sel_octs (octs e) (rest e) a p q 0 0%float.

Local Notation size a i := (PrimFloat.abs (fget a i)).
Fixpoint sum_abs_ones (n : nat) (a : farr) (i : int) (acc : PrimFloat.float) :=
  match n with
  | O => acc
  | S n => sum_abs_ones n a (i + 1) (acc + size a i)%float
  end.
Fixpoint sum_abs_octs (n m : nat) (a : farr) (i : int) (acc : PrimFloat.float) :=
  match n with
  | O => sum_abs_ones m a i acc
  | S n => sum_abs_octs n m a (i + 8)
      (eight acc (size a i) (size a (i + 1)) (size a (i + 2)) (size a (i + 3))
        (size a (i + 4)) (size a (i + 5)) (size a (i + 6)) (size a (i + 7)))
  end.
Definition sum_abs_f (e : extent) (a : farr) : PrimFloat.float :=
  widen (len e) (sum_abs_octs (octs e) (rest e) a 0 0%float).

(** Sums over chosen indices. *)
Inductive picks :=
| Done
| One (i : int) (more : picks)
| Four (i0 i1 i2 i3 : int) (more : picks)
| Eight (i0 i1 i2 i3 i4 i5 i6 i7 : int) (more : picks).
Fixpoint nonzeros (n : nat) (i : int) (a : farr) (found : list int) : list int :=
  match n with
  | O => found
  | S n => nonzeros n (i + 1) a (if (fget a i =? 0)%float then found else i :: found)
  end.
Fixpoint fours (l : list int) (p : picks) : picks :=
  match l with
  | i0 :: i1 :: i2 :: i3 :: l => fours l (Four i0 i1 i2 i3 p)
  | i :: l => fours l (One i p)
  | [] => p
  end.
Fixpoint eights (l : list int) (p : picks) : picks :=
  match l with
  | i0 :: i1 :: i2 :: i3 :: i4 :: i5 :: i6 :: i7 :: l => eights l (Eight i0 i1 i2 i3 i4 i5 i6 i7 p)
  | l => fours l p
  end.
Definition nonzero (e : extent) (a : farr) : picks := eights (nonzeros (fuel e) 0 a []) Done.

(** The loaded entry comes first in each product: OCaml then multiplies it in place. *)
Local Notation four s x0 x1 x2 x3 b j i0 i1 i2 i3 :=
  (s + ((fget b (j + i0)%uint63 * x0 + fget b (j + i1)%uint63 * x1)
        + (fget b (j + i2)%uint63 * x2 + fget b (j + i3)%uint63 * x3)))%float.
Local Notation many s x0 x1 x2 x3 x4 x5 x6 x7 b j i0 i1 i2 i3 i4 i5 i6 i7 :=
  (eight s (fget b (j + i0)%uint63 * x0) (fget b (j + i1)%uint63 * x1) (fget b (j + i2)%uint63 * x2)
    (fget b (j + i3)%uint63 * x3) (fget b (j + i4)%uint63 * x4) (fget b (j + i5)%uint63 * x5)
    (fget b (j + i6)%uint63 * x6) (fget b (j + i7)%uint63 * x7)).
Fixpoint dot_at (p : picks) (a b : farr) (j : int) (s : PrimFloat.float) : PrimFloat.float :=
  match p with
  | Done => s
  | One i p => dot_at p a b j (s + fget b (j + i) * fget a i)%float
  | Four i0 i1 i2 i3 p =>
      dot_at p a b j (four s (fget a i0) (fget a i1) (fget a i2) (fget a i3) b j i0 i1 i2 i3)
  | Eight i0 i1 i2 i3 i4 i5 i6 i7 p =>
      dot_at p a b j (many s (fget a i0) (fget a i1) (fget a i2) (fget a i3) (fget a i4) (fget a i5)
        (fget a i6) (fget a i7) b j i0 i1 i2 i3 i4 i5 i6 i7)
  end.
Fixpoint dots_at (p : picks) (a b : farr) (j d : int) (s0 s1 s2 s3 : PrimFloat.float) : quad :=
  match p with
  | Done => ((s0, s1), (s2, s3))
  | One i p =>
      let x := fget a i in let k := j + i in
      dots_at p a b j d (s0 + fget b k * x)%float (s1 + fget b (k + d) * x)%float
        (s2 + fget b (k + d + d) * x)%float (s3 + fget b (k + d + d + d) * x)%float
  | Four i0 i1 i2 i3 p =>
      let x0 := fget a i0 in let x1 := fget a i1 in let x2 := fget a i2 in let x3 := fget a i3 in
      let j1 := j + d in let j2 := j1 + d in let j3 := j2 + d in
      dots_at p a b j d (four s0 x0 x1 x2 x3 b j i0 i1 i2 i3) (four s1 x0 x1 x2 x3 b j1 i0 i1 i2 i3)
        (four s2 x0 x1 x2 x3 b j2 i0 i1 i2 i3) (four s3 x0 x1 x2 x3 b j3 i0 i1 i2 i3)
  | Eight i0 i1 i2 i3 i4 i5 i6 i7 p =>
      let x0 := fget a i0 in let x1 := fget a i1 in let x2 := fget a i2 in let x3 := fget a i3 in
      let x4 := fget a i4 in let x5 := fget a i5 in let x6 := fget a i6 in let x7 := fget a i7 in
      let j1 := j + d in let j2 := j1 + d in let j3 := j2 + d in
      dots_at p a b j d (many s0 x0 x1 x2 x3 x4 x5 x6 x7 b j i0 i1 i2 i3 i4 i5 i6 i7)
        (many s1 x0 x1 x2 x3 x4 x5 x6 x7 b j1 i0 i1 i2 i3 i4 i5 i6 i7)
        (many s2 x0 x1 x2 x3 x4 x5 x6 x7 b j2 i0 i1 i2 i3 i4 i5 i6 i7)
        (many s3 x0 x1 x2 x3 x4 x5 x6 x7 b j3 i0 i1 i2 i3 i4 i5 i6 i7)
  end.
End Kernels.
