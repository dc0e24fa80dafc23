(** Graphs of the calculus as canonical words (docs/formats/graph.md), read and printed.

    [program]           a graph with its outputs, the first one apart
    [get_signed]        reads an integer of either sign
    [parse_view r l]    a view from [r] loops, from the attributes [l]; the rest of them
    [op_of c s xs l d]  the op with code [c], arguments [xs], attributes [l] and data [d]
    [read_program f]    the graph in the words of file [f], well-formed
    [words_of_view], [words_of_op], [words_of_node], [words_of_program]  the way back *)
From Coq Require Import Bool Floats Uint63 NArith ZArith List.
From Provenn Require Import Base.Vector Base.Binary64 Checker.Words Autodiff.View Autodiff.Core.
Import ListNotations.

Definition graph_magic : float := 0x1.04152476e7670p+134%float.
Record program := Program { nodes : list node; first : nat; further : list nat }.

(** ** Reading *)
Definition get_signed (f : words) (p : int) : res Z :=
  let* x := get_float f p in
  match to_int (PrimFloat.abs x) with
  | Some n =>
      if ok_len n then Ok (if (x <? 0)%float then (- Uint63.to_Z n)%Z else Uint63.to_Z n)
      else Err TooLarge p x (PrimFloat.of_uint63 max_len)
  | None => Err NotAnInteger p x 0%float
  end.
Fixpoint get_signeds (n : nat) (f : words) (p : int) : res (list Z) :=
  match n with
  | O => Ok []
  | S n =>
      let* x := get_signed f p in
      let* xs := get_signeds n f (p + 1)%uint63 in
      Ok (x :: xs)
  end.
(** The [n] words before position [p], in front of [acc]. *)
Fixpoint collect (n : nat) (f : words) (p : int) (acc : list float) : list float :=
  match n with
  | O => acc
  | S n => let p := (p - 1)%uint63 in collect n f p (word f p :: acc)
  end.
Definition get_floats (n : int) (f : words) (p : int) : res (list float) :=
  if ok_len n then
    if (p + n <=? Words.count f)%uint63 then
      let* _ := all_finite (nat_of n) f p in
      Ok (collect (nat_of n) f (p + n)%uint63 [])
    else fail Truncated p
  else Err TooLarge p (PrimFloat.of_uint63 n) (PrimFloat.of_uint63 max_len).

Fixpoint take (n : nat) (l : list Z) : option (list Z * list Z) :=
  match n, l with
  | O, _ => Some ([], l)
  | S n, x :: l => match take n l with Some (xs, l) => Some (x :: xs, l) | None => None end
  | S _, [] => None
  end.
Fixpoint parse_dims (n loops : nat) (l : list Z) : option (view * list Z) :=
  match n with
  | O => Some ([], l)
  | S n =>
      match l with
      | size :: offset :: l =>
          if (0 <? size)%Z then
            match take loops l with
            | Some (cs, l) =>
                match parse_dims n loops l with
                | Some (v, l) => Some (Dim (Z.to_N size) offset cs :: v, l)
                | None => None
                end
            | None => None
            end
          else None
      | _ => None
      end
  end.
Definition parse_view (loops : nat) (l : list Z) : option (view * list Z) :=
  match l with
  | n :: l => if (0 <=? n)%Z then parse_dims (Z.to_nat n) loops l else None
  | [] => None
  end.
Definition parse_loops (l : list Z) : option (list N * list Z) :=
  match l with
  | r :: l =>
      if (0 <=? r)%Z then
        match take (Z.to_nat r) l with
        | Some (ns, l) => if forallb (fun n => 0 <? n)%Z ns then Some (map Z.to_N ns, l) else None
        | None => None
        end
      else None
  | [] => None
  end.

Definition unaries : list (Z * unary) :=
  [(8, Relu); (24, Step); (25, Neg); (26, Exp); (27, Log); (28, Sqrt); (29, Tanh); (30, Sigmoid);
    (31, Softplus);
   (32, Erf); (33, Gauss); (34, Sin); (35, Cos); (36, Abs); (37, Sign)]%Z.
Definition binaries : list (Z * binary) :=
  [(3, Add); (4, Sub); (5, Mul); (22, Div); (23, Maximum); (39, Equal)]%Z.
Fixpoint lookup {A : Type} (c : Z) (l : list (Z * A)) : option A :=
  match l with
  | [] => None
  | (d, a) :: l => if (c =? d)%Z then Some a else lookup c l
  end.

Definition move_of (l : list Z) (x : nat) : option op :=
  match parse_loops l with
  | Some (loops, l) =>
      match parse_view (length loops) l with
      | Some (out, l) =>
          match parse_view (length loops) l with
          | Some (src, []) => Some (Move loops out src x)
          | _ => None
          end
      | None => None
      end
  | None => None
  end.
Definition contract_of (l : list Z) (a b : nat) : option op :=
  match parse_loops l with
  | Some (loops, l) =>
      match parse_view (length loops) l with
      | Some (out, l) =>
          match parse_view (length loops) l with
          | Some (lhs, l) =>
              match parse_view (length loops) l with
              | Some (rhs, []) => Some (Contract loops out lhs rhs a b)
              | _ => None
              end
          | None => None
          end
      | None => None
      end
  | None => None
  end.
Definition op_of (c : Z) (xs : list nat) (attrs : list Z) (data : list float) : option op :=
  match xs, attrs, data with
  | [], [], _ =>
      if (c =? 2)%Z then Some (Constant data)
      else match data with [] => if (c =? 1)%Z then Some Input else None | _ => None end
  | [x], [], [] => option_map (fun f => Unary f x) (lookup c unaries)
  | [x; y], [], [] => option_map (fun f => Binary f x y) (lookup c binaries)
  | [x], l, [] =>
      if (c =? 20)%Z then move_of l x
      else match l with
           | [outer; n; inner] =>
               if (c =? 38)%Z && forallb (fun k => 0 <? k)%Z l
               then Some (Logsumexp (Z.to_N outer) (Z.to_N n) (Z.to_N inner) x) else None
           | _ => None
           end
  | [x; y], l, [] => if (c =? 21)%Z then contract_of l x y else None
  | _, _, _ => None
  end.

Definition to_N (n : int) : N := Z.to_N (Uint63.to_Z n).
Local Open Scope uint63_scope.
Definition read_node (f : words) (p : int) : res (node * int) :=
  let* c := get_signed f p in
  let* dtype := get_int f (p + 1) in
  let* _ := demand (dtype =? 1) UnknownOperation (p + 1) in
  let* rank := get_size f (p + 2) in
  let* s := get_ints (nat_of rank) f (p + 3) in
  let* _ := demand (forallb (fun d => 0 <? d) s) WrongShape p in
  let p1 := p + 3 + rank in
  let* n_args := get_size f p1 in
  let* xs := get_ints (nat_of n_args) f (p1 + 1) in
  let p2 := p1 + 1 + n_args in
  let* n_attrs := get_size f p2 in
  let* attrs := get_signeds (nat_of n_attrs) f (p2 + 1) in
  let p3 := p2 + 1 + n_attrs in
  let* n_data := get_size f p3 in
  let* data := get_floats n_data f (p3 + 1) in
  match op_of c (map nat_of xs) attrs data with
  | Some o => Ok (Node o (map to_N s), p3 + 1 + n_data)
  | None => fail UnknownOperation p
  end.
Fixpoint read_nodes (todo : nat) (f : words) (p : int) : res (list node * int) :=
  match todo with
  | O => Ok ([], p)
  | S todo =>
      let* (n, p) := read_node f p in
      let* (ns, p) := read_nodes todo f p in
      Ok (n :: ns, p)
  end.
Definition read_program (f : words) : res program :=
  let* _ := check_head f graph_magic in
  let* n := get_size f 3 in
  let* out := get_size f 4 in
  let* k := get_size f 5 in
  let* outs := get_ints (nat_of k) f 6 in
  let* (ns, p) := read_nodes (nat_of n) f (6 + k) in
  let* _ := demand (p =? Words.count f) TrailingWords p in
  let* _ := demand (forallb (fun i => i <? n) (out :: outs)) MissingNode 4 in
  let* _ := demand (wf ns) Malformed 6 in
  Ok (Program ns (nat_of out) (map nat_of outs)).
Local Close Scope uint63_scope.

(** ** Printing *)
Fixpoint of_pos (p : positive) : float :=
  match p with
  | xH => 1%float
  | xO p => (of_pos p * 2)%float
  | xI p => (of_pos p * 2 + 1)%float
  end.
Definition of_Z (z : Z) : float :=
  match z with
  | Z0 => 0%float
  | Zpos p => of_pos p
  | Zneg p => (- of_pos p)%float
  end.
Definition of_N (n : N) : float := of_Z (Z.of_N n).
Fixpoint add_nat (x : float) (n : nat) : float :=
  match n with
  | O => x
  | S n => add_nat (x + 1)%float n
  end.
Definition of_nat (n : nat) : float := add_nat 0%float n.
Definition counted (l : list float) : list float := of_nat (length l) :: l.

Definition words_of_dim (d : dim) : list float := of_N (size d) :: of_Z (offset d) :: map of_Z (coeffs d).
Definition words_of_view (v : view) : list float := of_nat (length v) :: flat_map words_of_dim v.
Definition unary_code (f : unary) : Z :=
  match f with
  | Relu => 8 | Step => 24 | Neg => 25 | Exp => 26 | Log => 27 | Sqrt => 28 | Tanh => 29 | Sigmoid => 30
  | Softplus => 31 | Erf => 32 | Gauss => 33 | Sin => 34 | Cos => 35 | Abs => 36 | Sign => 37
  end.
Definition binary_code (f : binary) : Z :=
  match f with
  | Add => 3 | Sub => 4 | Mul => 5 | Div => 22 | Maximum => 23 | Equal => 39
  end.
(** Code, attributes and data. *)
Definition words_of_op (o : op) : Z * list float * list float :=
  match o with
  | Input => (1%Z, [], [])
  | Constant data => (2%Z, [], data)
  | Move loops out src _ => (20%Z, counted (map of_N loops) ++ words_of_view out ++ words_of_view src, [])
  | Contract loops out lhs rhs _ _ =>
      (21%Z, counted (map of_N loops) ++ words_of_view out ++ words_of_view lhs ++ words_of_view rhs, [])
  | Unary f _ => (unary_code f, [], [])
  | Binary f _ _ => (binary_code f, [], [])
  | Logsumexp outer n inner _ => (38%Z, map of_N [outer; n; inner], [])
  end.
Definition words_of_node (n : node) : list float :=
  let '(c, attrs, data) := words_of_op (kind n) in
  of_Z c :: 1%float :: counted (map of_N (shape n)) ++ counted (map of_nat (args (kind n)))
    ++ counted attrs ++ counted data.
Definition words_of_program (g : program) : list float :=
  let body := map of_nat (further g) ++ flat_map words_of_node (nodes g) in
  graph_magic :: 1%float :: of_nat (6 + length body) :: of_nat (length (nodes g)) :: of_nat (first g)
    :: of_nat (length (further g)) :: body.
