(** Files as sequences of binary64 words, and reading them with errors that say where and why.

    [words]         a file: how many words, and the word at each position
    [res A]         a result, or a reason with the position of the word and the two sides of a failed test
    [let* x := r in k]  go on with the result of [r]
    [demand b r p]  fail for reason [r] at position [p] unless [b]
    [get_float], [get_nonneg], [get_int], [get_size]  read one word of the given kind
    [get_ints], [get_block]  read some integers, a block of finite numbers
    [check_head]    test the words that start every file *)
From Coq Require Import Bool Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64.
Import ListNotations.
Local Open Scope uint63_scope.

Record words := Words { count : int; word : int -> float }.

Inductive reason :=
| Truncated | TrailingWords | NotThisFormat | NotThisVersion | WrongCount
| NotFinite | NotAnInteger | TooLarge | Negative
| UnknownOperation | WrongShape | MissingNode | NotAConstant | Malformed | NoInput
| WrongSemantics | EnclosureFailed | NotAffine | SlopeOutside | MultiplierNegative | MultiplierSign
| SplitOutside | BoundFailed | Crossed | NotEmpty | UnknownStep | TooDeep | NotRefuted.

Inductive res (A : Type) :=
| Ok (a : A)
| Err (why : reason) (at_word : int) (left right : float).
Arguments Ok {A}.
Arguments Err {A}.

Definition bind {A B} (r : res A) (f : A -> res B) : res B :=
  match r with
  | Ok a => f a
  | Err w p x y => Err w p x y
  end.
Notation "'let*' x ':=' r 'in' k" := (bind r (fun x => k))
  (at level 200, x pattern, r at level 100, k at level 200, right associativity).

Definition fail {A} (w : reason) (p : int) : res A := Err w p 0 0.
Definition demand (b : bool) (w : reason) (p : int) : res unit := if b then Ok tt else fail w p.

Definition get_float (f : words) (p : int) : res float :=
  if p <? count f then
    let x := word f p in
    if finb x then Ok x else Err NotFinite p x 0
  else fail Truncated p.
Definition get_nonneg (f : words) (p : int) (w : reason) : res float :=
  let* x := get_float f p in
  if (0 <=? x)%float then Ok x else Err w p x 0.

(** The integer [n] with [of_uint63 n = x], below 2^53: mantissa and exponent of [frshiftexp] (whose exponent
    is shifted by 2101) give a candidate, the last comparison decides. *)
Definition to_int (x : float) : option int :=
  if (x =? 0)%float then Some 0 else
  if ((1 <=? x) && (x <? 0x1p53))%float then
    let '(m, e) := PrimFloat.frshiftexp x in
    let n := PrimFloat.normfr_mantissa m >> (2154 - e) in
    if (PrimFloat.of_uint63 n =? x)%float then Some n else None
  else None.
Definition get_int (f : words) (p : int) : res int :=
  let* x := get_float f p in
  match to_int x with
  | Some n => Ok n
  | None => Err NotAnInteger p x 0
  end.
Definition get_size (f : words) (p : int) : res int :=
  let* n := get_int f p in
  if ok_len n then Ok n else Err TooLarge p (PrimFloat.of_uint63 n) (PrimFloat.of_uint63 max_len).

(** [n] integers from position [p]. *)
Fixpoint get_ints (n : nat) (f : words) (p : int) : res (list int) :=
  match n with
  | O => Ok []
  | S n =>
      let* x := get_size f p in
      let* xs := get_ints n f (p + 1) in
      Ok (x :: xs)
  end.

(** A block of [n] finite numbers from position [p], as an array. *)
Fixpoint all_finite (n : nat) (f : words) (p : int) : res unit :=
  match n with
  | O => Ok tt
  | S n => if finb (word f p) then all_finite n f (p + 1) else Err NotFinite p (word f p) 0
  end.
(** The same in blocks of 1024, with one fuel for all of them. *)
Definition block : nat := nat_of 1024.
Fixpoint blocks_finite (n : nat) (f : words) (p : int) : res unit :=
  match n with
  | O => Ok tt
  | S n => let* _ := all_finite block f p in blocks_finite n f (p + 1024)
  end.
Definition get_block (n : int) (f : words) (p : int) : res farr :=
  if ok_len n then
    if p + n <=? count f then
      let few := n land 1023 in
      let* _ := blocks_finite (nat_of (n >> 10)) f p in
      let* _ := all_finite (nat_of few) f (p + n - few) in
      Ok (ftab n (fun i => word f (p + i)))
    else fail Truncated p
  else Err TooLarge p (PrimFloat.of_uint63 n) (PrimFloat.of_uint63 max_len).

(** The three words that start every file: magic number, version, number of words. *)
Definition check_head (f : words) (magic : float) : res unit :=
  let* m := get_float f 0 in
  let* _ := (if (m =? magic)%float then Ok tt else Err NotThisFormat 0 m magic) in
  let* v := get_float f 1 in
  let* _ := (if (v =? 1)%float then Ok tt else Err NotThisVersion 1 v 1) in
  let* n := get_int f 2 in
  if n =? count f then Ok tt else Err WrongCount 2 (PrimFloat.of_uint63 n) (PrimFloat.of_uint63 (count f)).
