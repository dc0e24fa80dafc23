(** Arrays of binary64 numbers behind four functions, tables, and finite sums indexed by machine integers.

    [farr]              an array of binary64 numbers
    [fget a i]          its [i]-th entry
    [ftab n f]          the array [f 0, ..., f (n-1)]
    [ftab4 n f]         the array of the [n] first components of [f 0, f 1, ...], each of which has four
    [table A]           an array of anything else
    [entry t i]         its [i]-th entry
    [tabulate n d f]    the table [f 0, ..., f (n-1)]; [d] stands for what is outside
    [part q r]          component [r] of four
    [nat_of n]          a machine integer as loop fuel
    [ok_len n]          [n] is no longer than [max_len], the largest length that the checker accepts
    [extent]            a length, as a machine integer and as loop fuel; [extent_of n] is the one of [n]
    [wf e]              the extent [e] is [extent_of] an accepted length
    [below e i]         the index [i] is smaller than the length [e]
    [sum e f]           [f 0 + ... + f (e-1)] over the reals *)
From Coq Require Import ZArith Reals Lra Lia Floats Uint63 PArray.
Local Open Scope uint63_scope.

Definition farr := array PrimFloat.float.
Definition fget (a : farr) (i : int) : PrimFloat.float := PArray.get a i.

Definition nat_of (n : int) : nat := Z.to_nat (Uint63.to_Z n).

Definition table (A : Type) := array A.
Definition entry {A} (t : table A) (i : int) : A := PArray.get t i.
Coercion entry : table >-> Funclass.

Fixpoint fill {A} (n : nat) (i : int) (f : int -> A) (a : array A) : array A :=
  match n with
  | O => a
  | S n => fill n (i + 1) f (PArray.set a i (f i))
  end.
Definition ftab (n : int) (f : int -> PrimFloat.float) : farr :=
  fill (nat_of n) 0 f (PArray.make n 0%float).
Definition tabulate {A} (n : int) (d : A) (f : int -> A) : table A := fill (nat_of n) 0 f (PArray.make n d).

Definition quad : Type := (PrimFloat.float * PrimFloat.float) * (PrimFloat.float * PrimFloat.float).
Definition part (q : quad) (r : int) : PrimFloat.float :=
  let '((q0, q1), (q2, q3)) := q in if r =? 0 then q0 else if r =? 1 then q1 else if r =? 2 then q2 else q3.
Definition ftab4 (n : int) (f : int -> quad) : farr := ftab n (fun i => part (f (i / 4)) (i mod 4)).

(** Lengths. The loop kernels run [octs] rounds of eight steps and [rest] single steps. *)
Record extent := Extent { len : int; fuel : nat; octs : nat; rest : nat }.
Definition extent_of (n : int) : extent := Extent n (nat_of n) (nat_of (n >> 3)) (nat_of (n land 7)).
Definition below (e : extent) (i : int) : Prop := (Uint63.to_Z i < Uint63.to_Z (len e))%Z.
(** Largest length that the checker accepts: 2^21, which fits a primitive array. *)
Definition max_len : int := 2097152.
Definition ok_len (n : int) : bool := n <=? max_len.
Definition wf (e : extent) : Prop := e = extent_of (len e) /\ ok_len (len e) = true.

Fixpoint sumR (n : nat) (i : int) (f : int -> R) : R :=
  match n with
  | O => 0%R
  | S n => (f i + sumR n (i + 1) f)%R
  end.
Definition sum (e : extent) (f : int -> R) : R := sumR (fuel e) 0 f.
