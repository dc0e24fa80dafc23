(** Canonical words of a graph as blocks, one a node: the form that files have before they mean a network.

    [Checker.ReadGraph] reads the same words in the same order and says at once what they mean.

    [block]            operation code, shape, operands, attributes and data of a node
    [num n]            an integer as a word; [length_of l] is the length of a list as a machine integer
    [block_words b]    the words of a node; [print_graph bs out] those of a graph whose output is node [out]
    [read_block f p]   the node at word [p] and the position after it; [read_blocks f] all nodes and the output
    [block_ok], [blocks_ok]  sizes are no larger than the format allows, data are finite
    [spells f p l]     the words [l] stand in [f] from position [p] *)
From Coq Require Import Bool ZArith Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Checker.Words Checker.ReadGraph.
Import ListNotations.
Local Open Scope uint63_scope.

Record block := Block {
  code : int; sizes : list int; operand_ids : list int; attributes : list int; values : list PrimFloat.float }.

Definition num (n : int) : PrimFloat.float := PrimFloat.of_uint63 n.
Definition length_of {A} (l : list A) : int := Uint63.of_Z (Z.of_nat (length l)).
Definition counted (l : list int) : list PrimFloat.float := num (length_of l) :: map num l.
Definition block_words (b : block) : list PrimFloat.float :=
  num (code b) :: 1%float :: counted (sizes b) ++ counted (operand_ids b) ++ counted (attributes b)
  ++ num (length_of (values b)) :: values b.
Definition print_graph (bs : list block) (out : int) : list PrimFloat.float :=
  let body := flat_map block_words bs in
  graph_magic :: 1%float :: num (6 + length_of body) :: num (length_of bs) :: num out :: 0%float :: body.

Fixpoint listed (n : nat) (f : words) (p : int) : list PrimFloat.float :=
  match n with
  | O => []
  | S n => word f p :: listed n f (p + 1)
  end.
Definition read_block (f : words) (p : int) : res (block * int) :=
  let* number := get_size f p in
  let* dtype := get_int f (p + 1) in
  let* _ := demand (dtype =? 1) UnknownOperation (p + 1) in
  let* rank := get_size f (p + 2) in
  let* s := get_ints (nat_of rank) f (p + 3) in
  let p1 := p + 3 + rank in
  let* n_ops := get_size f p1 in
  let* ids := get_ints (nat_of n_ops) f (p1 + 1) in
  let p2 := p1 + 1 + n_ops in
  let* n_attrs := get_size f p2 in
  let* attrs := get_ints (nat_of n_attrs) f (p2 + 1) in
  let p3 := p2 + 1 + n_attrs in
  let* n_data := get_size f p3 in
  let* _ := get_block n_data f (p3 + 1) in
  Ok (Block number s ids attrs (listed (nat_of n_data) f (p3 + 1)), p3 + 1 + n_data).
Fixpoint read_some (todo : nat) (f : words) (p : int) : res (list block * int) :=
  match todo with
  | O => Ok ([], p)
  | S todo =>
      let* (b, p) := read_block f p in
      let* (bs, p) := read_some todo f p in
      Ok (b :: bs, p)
  end.
Definition read_blocks (f : words) : res (list block * int) :=
  let* _ := check_head f graph_magic in
  let* n := get_size f 3 in
  let* out := get_size f 4 in
  let* (bs, p) := read_some (nat_of n) f 6 in
  let* _ := demand (p =? count f) TrailingWords p in
  Ok (bs, out).

Definition short {A} (l : list A) : bool := (Z.of_nat (length l) <=? 2097152)%Z.
Definition block_ok (b : block) : bool :=
  ok_len (code b) && short (sizes b) && forallb ok_len (sizes b) && short (operand_ids b)
  && forallb ok_len (operand_ids b) && short (attributes b) && forallb ok_len (attributes b)
  && short (values b) && forallb finb (values b).
Definition blocks_ok (bs : list block) (out : int) : bool := forallb block_ok bs && short bs && ok_len out.

Fixpoint spells (f : words) (p : int) (l : list PrimFloat.float) : Prop :=
  match l with
  | [] => (p <=? count f) = true
  | x :: l => (p <? count f) = true /\ word f p = x /\ spells f (p + 1) l
  end.
