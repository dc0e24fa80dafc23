(** Loops over machine integers that every linear map uses.

    [allb e p]       [p i] holds for every index [i] below [e], as a test
    [counts n i]     the number [n] is [nat_of i], as a test
    [wf_ext e]       the extent [e] is consistent and not too long, as a test
    [accF e f acc]   [f (e-1) (... (f 1 (f 0 acc)))]
    [sum_strided n a i d s]  [s + a[i] + a[i+d] + ...], [n] entries, rounded
    [divide a b]     [a / b], without a division where it is 0
    [inv d]          the factor with which [div_by] divides by [d]
    [div_by m a]     [a / d] for [m = inv d] and [a] below [max_len], by a multiplication
    [odd_bits m d z] the low bits [m] of [d] are 0, those of [z] are not
    [quot d z]       the [q] with [q * d = z], or an index out of every range *)
From Coq Require Import Bool Floats Uint63.
From Provenn Require Import Base.Vector.
Local Open Scope uint63_scope.

Fixpoint allR (n : nat) (i : int) (p : int -> bool) : bool :=
  match n with
  | O => true
  | S n => if p i then allR n (i + 1) p else false
  end.
Definition allb (e : extent) (p : int -> bool) : bool := allR (fuel e) 0 p.

Fixpoint counts (n : nat) (i : int) : bool :=
  match n with
  | O => i =? 0
  | S n => if i =? 0 then false else counts n (i - 1)
  end.
Definition wf_ext (e : extent) : bool :=
  ok_len (len e) && (counts (fuel e) (len e) && (counts (octs e) (len e >> 3) && counts (rest e) (len e land 7))).

Fixpoint accR {A} (n : nat) (i : int) (f : int -> A -> A) (acc : A) : A :=
  match n with
  | O => acc
  | S n => accR n (i + 1) f (f i acc)
  end.
Definition accF {A} (e : extent) (f : int -> A -> A) acc := accR (fuel e) 0 f acc.

(** Four entries a round: the running sum waits for one addition only. *)
Fixpoint sum_strided (n : nat) (a : farr) (i d : int) (s : PrimFloat.float) : PrimFloat.float :=
  match n with
  | O => s
  | S (S (S (S n))) =>
      let i1 := i + d in let i2 := i1 + d in let i3 := i2 + d in
      sum_strided n a (i3 + d) d (s + ((fget a i + fget a i1) + (fget a i2 + fget a i3)))%float
  | S n => sum_strided n a (i + d) d (s + fget a i)%float
  end.

Definition divide (a b : int) : int := if a <? b then 0 else a / b.
Definition inv (d : int) : int := 4398046511104 / d + 1.
Definition div_by (m a : int) : int := (a * m) >> 42.
(** Divisions are slow: most of what is no multiple shows in the last bits, or is below 0 and wrapped around. *)
Definition odd_bits (m d z : int) : bool := (d land m =? 0) && negb (z land m =? 0).
Definition quot (d z : int) : int :=
  if d =? 1 then z else if d =? 2 then if z land 1 =? 0 then z >> 1 else max_int else
  if odd_bits 15 d z || odd_bits 3 d z || (4398046511104 <? z) then max_int else
  let q := z / d in if q * d =? z then q else max_int.
