(** The canonical words of a network, computed in Coq, with numbers of one element type in them.

    [all_stored t l]  the numbers [l] as elements of the type [t], if all can be
    [graph_words_in t n inputs]  the canonical graph of the layers on [inputs] numbers (docs/formats/graph.md)
                      with weights and biases of the type [t]; [graph_words] has them in binary32
    [words_of_list]   a file from the list of its words
    [errors_in t n]   for each layer, how far weights and biases are from the type [t] at most
    [inputs_of n]     the number of inputs
    [pieces f k l]    the list [l] in parts of [k], for printing
    [halves x]        a binary64 number as two integers: the upper and the lower 32 bits
    [bits x]          all its bits but the lowest, which no binary32 number and no size has
    [printed l]       the bits of all words, and nothing if a word has the lowest one
    [printed_halves l]  both halves of all words, one after the other
    [safe ...]        the checker accepts, the property's words forbid all of the specification, and the graph
                      is the network *)
From Coq Require Import Bool ZArith QArith Qabs Reals Floats Uint63 PArray List.
From Provenn Require Import Base.Vector Base.Binary64 IR.Graph.
From Provenn Require Import Checker.Words Checker.ReadGraph Checker.ReadProperty Checker.Check.
From Provenn Require Import Interface.Spec Interface.Network Interface.Round.
Import ListNotations.

Local Open Scope nat_scope.
Section Words.
Context {A : Type} {num : number A} {cmp : compared A} {how : storable A}.
Fixpoint all_stored (t : element_type) (l : list A) : option (list PrimFloat.float) :=
  match l with
  | [] => Some []
  | a :: l =>
      match stored t a, all_stored t l with
      | Some x, Some xs => Some (x :: xs)
      | _, _ => None
      end
  end.

Definition number_word (n : nat) : PrimFloat.float := PrimFloat.of_uint63 (Uint63.of_Z (Z.of_nat n)).
Local Notation "# n" := (number_word n) (at level 0).
Definition parameter (shape : list nat) (data : list PrimFloat.float) : list PrimFloat.float :=
  #2 :: #1 :: #(length shape) :: map number_word shape ++ #0 :: #0 :: #(length data) :: data.
Definition operation (code : nat) (size : nat) (operands : list nat) : list PrimFloat.float :=
  #code :: #1 :: #2 :: #1 :: #size :: #(length operands) :: map number_word operands ++ [#0; #0].
Definition code_of (a : activation) : option nat :=
  match a with Identity => None | Relu => Some 8 | Sigmoid => Some 30 | Tanh => Some 29 end.

(** The nodes of the layers on the value of node [at] of size [size]; [next] is the first free number. *)
Fixpoint layer_words (t : element_type) (n : network A) (at_node next size : nat) : option (list PrimFloat.float * nat * nat) :=
  match n with
  | [] => Some ([], at_node, next)
  | l :: n =>
      let m := length (weights l) in
      match all_stored t (List.concat (weights l)), all_stored t (biases l) with
      | Some w, Some b =>
          let own := parameter [m; size] w ++ parameter [m] b ++ operation 6 m [at_node; next; S next] in
          let '(more, result) := match code_of (activate l) with
                                 | Some c => (operation c m [next + 2], next + 3)
                                 | None => ([], next + 2)
                                 end in
          match layer_words t n result (S result) m with
          | Some (rest, out, count) => Some (own ++ more ++ rest, out, count)
          | None => None
          end
      | _, _ => None
      end
  end.
Definition graph_words_in (t : element_type) (n : network A) (inputs : nat) : option (list PrimFloat.float) :=
  match layer_words t n 0 1 inputs with
  | Some (body, out, count) =>
      let nodes := operation 1 inputs [] ++ body in
      Some (graph_magic :: #1 :: #(6 + length nodes) :: #count :: #out :: #0 :: nodes)
  | None => None
  end.
Definition graph_words : network A -> nat -> option (list PrimFloat.float) := graph_words_in in_F32.

Fixpoint store (l : list PrimFloat.float) (i : int) (a : array PrimFloat.float) : array PrimFloat.float :=
  match l with
  | [] => a
  | x :: l => store l (i + 1)%uint63 (PArray.set a i x)
  end.
Definition words_of_list (l : list PrimFloat.float) : words :=
  let n := Uint63.of_Z (Z.of_nat (length l)) in
  let a := store l 0 (PArray.make n 0%float) in
  Words n (PArray.get a).

(** The graph that these words mean, and whether it is the network exactly. *)
Definition is_exact (n : network A) (inputs : nat) (l : list PrimFloat.float) : bool :=
  match read_graph (words_of_list l) with
  | Ok net => matches net n inputs
  | Err _ _ _ _ => false
  end.
Definition safe (graph property certificate : words) (s : spec) (n : network A) (inputs : nat) : bool :=
  match check graph property certificate with
  | Ok (net, p) =>
      stands_for p s && matches net n inputs && outputs_below (outputs n inputs) s
      && (Z.of_nat inputs <=? 2097152)%Z
  | Err _ _ _ _ => false
  end.
End Words.

(** ** Leaving Coq *)
Section Leaving.
Context {A : Type} {num : number A} {cmp : compared A} {how : storable A}.
Definition error_in (t : element_type) (a : A) : Q :=
  match stored t a with
  | Some x => if equals x a then 0 else
      match rational a, Q_of x with Some q, Some r => Qabs (Qminus q r) | _, _ => 0 end
  | None => 0
  end.
Definition worst (t : element_type) (l : list A) : Q :=
  fold_left (fun m a => let e := error_in t a in if Qle_bool m e then Qred e else m) l 0%Q.
Definition errors_in (t : element_type) (n : network A) : list (Q * Q) :=
  map (fun l => (worst t (List.concat (weights l)), worst t (biases l))) n.
Definition inputs_of (n : network A) : nat :=
  match n with [] => 0 | l :: _ => length (hd [] (weights l)) end.
Fixpoint pieces {B} (fuel k : nat) (l : list B) : list (list B) :=
  match fuel, l with
  | S fuel, _ :: _ => firstn k l :: pieces fuel k (skipn k l)
  | _, _ => []
  end.
End Leaving.
(** Normal numbers have exponents above 1079 as [frshiftexp] counts; others lose digits on the right, all 0. *)
Definition halves (x : PrimFloat.float) : int * int :=
  let s := (if PrimFloat.get_sign x then 0x80000000 else 0)%uint63 in
  if negb (finb x) then (0x7ff80000, 0)%uint63 else if (x =? 0)%float then (s, 0%uint63) else
  let (r, e) := PrimFloat.frshiftexp x in
  let m := PrimFloat.normfr_mantissa r in
  let normal := (1079 <? e)%uint63 in
  let k := if normal then (e - 1079)%uint63 else 0%uint63 in
  let f := if normal then (m - 0x10000000000000)%uint63 else (m >> (1080 - e))%uint63 in
  (s + (k << 20) + (f >> 32), f land 0xffffffff)%uint63.
Definition bits (x : PrimFloat.float) : int := let (h, l) := halves x in ((h << 31) + (l >> 1))%uint63.
Definition even_word (x : PrimFloat.float) : bool := (snd (halves x) land 1 =? 0)%uint63.
Definition printed (blocks : list (list PrimFloat.float)) : list (list int) :=
  if forallb (forallb even_word) blocks then map (map bits) blocks else [].
Definition printed_halves (blocks : list (list PrimFloat.float)) : list (list int) :=
  map (flat_map (fun x => let (h, l) := halves x in [h; l])) blocks.
