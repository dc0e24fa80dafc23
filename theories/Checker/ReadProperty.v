(** The canonical words of a property, and what they say about an input and an output.

    [rows]            linear inequalities over input and output: all of them together are one way to be unsafe
    [case]            a box of inputs, and the ways to be unsafe in it
    [times m n x i]   row [i] of the matrix [m] times the vector [x]
    [within p c x]    input [x] lies in the box of case [c]
    [satisfied p r x y]  all rows of [r] hold
    [unsafe p x y]    input [x] lies in the box of some case and [(x, y)] satisfies all rows of one way
    [read_property f] the property in the words of file [f] *)
From Coq Require Import Bool Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 IR.LinMap IR.Graph Checker.Words.
Import ListNotations.
Local Open Scope uint63_scope.

Definition property_magic : float := 0x1.04f52506e7670p+310%float.

Record rows := Rows { n_rows : extent; on_x : option farr; on_y : option farr; bound : farr }.
Record case := Case { box_lo : farr; box_hi : farr; ways : list rows }.
Record property := Property { n_in : extent; n_out : extent; cases : list case }.

Section Meaning.
Local Open Scope R_scope.
(** Row [i] of a row-major matrix (none means zero) times a vector. *)
Definition times (m : option farr) (e : extent) (x : vec) (i : int) : R :=
  match m with
  | Some c => sum e (fun k => fR (fget c (i * len e + k)%uint63) * x k)
  | None => 0
  end.
Definition within (p : property) (c : case) (x : vec) : Prop :=
  forall k, below (n_in p) k -> fR (fget (box_lo c) k) <= x k <= fR (fget (box_hi c) k).
Definition satisfied (p : property) (r : rows) (x y : vec) : Prop :=
  forall i, below (n_rows r) i ->
    times (on_x r) (n_in p) x i + times (on_y r) (n_out p) y i <= fR (fget (bound r) i).
Definition unsafe (p : property) (x y : vec) : Prop :=
  exists c, In c (cases p) /\ within p c x /\ exists r, In r (ways c) /\ satisfied p r x y.
End Meaning.

Definition get_matrix (present m n : int) (f : words) (p : int) : res (option farr * int) :=
  if present =? 0 then Ok (None, p) else
  let* a := get_block (m * n) f p in
  Ok (Some a, p + m * n).

Definition read_rows (f : words) (n m p : int) : res (rows * int) :=
  let* r := get_size f p in
  let* has_x := get_size f (p + 1) in
  let* has_y := get_size f (p + 2) in
  let* (cx, p1) := get_matrix has_x r n f (p + 3) in
  let* (cy, p2) := get_matrix has_y r m f p1 in
  let* d := get_block r f p2 in
  Ok (Rows (extent_of r) cx cy d, p2 + r).
Fixpoint read_ways (todo : nat) (f : words) (n m p : int) : res (list rows * int) :=
  match todo with
  | O => Ok ([], p)
  | S todo =>
      let* (r, p) := read_rows f n m p in
      let* (rs, p) := read_ways todo f n m p in
      Ok (r :: rs, p)
  end.
Fixpoint read_cases (todo : nat) (f : words) (n m p : int) : res (list case * int) :=
  match todo with
  | O => Ok ([], p)
  | S todo =>
      let* l := get_block n f p in
      let* h := get_block n f (p + n) in
      let* k := get_size f (p + n + n) in
      let* (rs, p) := read_ways (nat_of k) f n m (p + n + n + 1) in
      let* (cs, p) := read_cases todo f n m p in
      Ok (Case l h rs :: cs, p)
  end.
Definition read_property (f : words) : res property :=
  let* _ := check_head f property_magic in
  let* n := get_size f 3 in
  let* m := get_size f 4 in
  let* k := get_size f 5 in
  let* (cs, p) := read_cases (nat_of k) f n m 6 in
  let* _ := demand (p =? count f) TrailingWords p in
  Ok (Property (extent_of n) (extent_of m) cs).
