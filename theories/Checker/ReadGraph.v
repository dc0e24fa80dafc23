(** The canonical words of a network, read into the graph that the theorem speaks about.

    [shaped]         a node with the shape of its tensor
    [alike ops]      all operands are the same node; [beside ...] the terms of operands side by side
    [operands ...]   the operands that absolute node numbers name, with their distances
    [linear], [convolve], [elementwise], [times], [concat], [slice], [function]  the node that one
                        operation stands for
    [lower ...]      what each operation of the format means: one node
    [read_node]      one node's words: tag, type, shape, operands, attributes, data
    [read_graph f]   all nodes, newest first, and the distance of the output node from the newest *)
From Coq Require Import Bool Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops Ops.Conv Ops.Functions IR.LinMap IR.Graph.
From Provenn Require Import Ops.Movement.
From Provenn Require Import Checker.Words.
Import ListNotations.
Local Open Scope uint63_scope.

Definition graph_magic : float := 0x1.04152476e7670p+134%float.

Record shaped := Shaped { node_of : node; shape : list int }.

(** Distances and shaped nodes of the operands, which have absolute numbers below [k]. *)
Fixpoint operands (prev : list shaped) (k : int) (ids : list int) (p : int) : res (list (nat * shaped)) :=
  match ids with
  | [] => Ok []
  | i :: ids =>
      let* rest := operands prev k ids p in
      if i <? k then
        let d := nat_of (k - 1 - i) in
        match nth_error prev d with
        | Some s => Ok ((d, s) :: rest)
        | None => fail MissingNode p
        end
      else fail MissingNode p
  end.

Definition constant (s : shaped) (p : int) : res farr :=
  match node_of s with
  | Constant _ c => Ok c
  | _ => fail NotAConstant p
  end.
Fixpoint same (a b : list int) : bool :=
  match a, b with
  | [], [] => true
  | x :: a, y :: b => (x =? y) && same a b
  | _, _ => false
  end.
Definition last_of (s : list int) : int := last s 0.

(** Bias of [m] outputs, each [every] times in a row, [times] times over. *)
Definition bias (more : list (nat * shaped)) (m every times p : int) : res (option farr) :=
  match more with
  | [] => Ok None
  | [(_, b)] =>
      let* c := constant b p in
      let* _ := demand (same (shape b) [m]) WrongShape p in
      if every =? 1 then Ok (Some (ftab (times * m) (fun i => fget c (i mod m))))
      else Ok (Some (ftab (m * every) (fun i => fget c (i / every))))
  | _ => fail Malformed p
  end.

Definition linear (s : list int) (x w : nat * shaped) (more : list (nat * shaped)) (p : int) : res node :=
  let* c := constant (snd w) p in
  match shape (snd w) with
  | [m; n] =>
      let rows := product (removelast s) in
      let* _ := demand ((0 <? m) && (0 <? n) && (last_of (shape (snd x)) =? n)
                        && same s (removelast (shape (snd x)) ++ [m])) WrongShape p in
      let* b := bias more m 1 rows p in
      Ok (Affine (extent_of (product s)) [(fst x, dense rows m n c)] b)
  | _ => fail WrongShape p
  end.

(** Output positions along one axis: [size] inputs with pads, [k] taps. *)
Definition positions (size before after k stride dil : int) : int :=
  (size + before + after - (dil * (k - 1) + 1)) / stride + 1.
Definition convolve (s attrs : list int) (x w : nat * shaped) (more : list (nat * shaped)) (p : int) :
    res node :=
  let* c := constant (snd w) p in
  match shape (snd x), shape (snd w), s, attrs with
  | [n; ci; h; v], [o; cg; kh; kv], [n'; o'; oh; ov], [g; sh; sv; top; west; bottom; east; dh; dv] =>
      let* _ := demand ((n =? 1) && (n' =? 1) && (0 <? g) && (0 <? sh) && (0 <? sv) && (0 <? kh) && (0 <? kv)
                        && (0 <? oh) && (0 <? ov)) WrongShape p in
      let* _ := demand ((o =? o') && (ci =? g * cg) && ((o / g) * g =? o)
                        && (oh =? positions h top bottom kh sh dh)
                        && (ov =? positions v west east kv sv dv)
                        && (dh * (kh - 1) + 1 <=? h + top + bottom)
                        && (dv * (kv - 1) + 1 <=? v + west + east)) WrongShape p in
      let geometry := Conv g (extent_of cg) (extent_of (o / g))
                        (Axis h oh (extent_of kh) sh top dh) (Axis v ov (extent_of kv) sv west dv) in
      let* b := bias more o (oh * ov) 1 p in
      Ok (Affine (extent_of (product s)) [(fst x, convolution geometry c)] b)
  | _, _, _, _ => fail WrongShape p
  end.

(** Operands side by side: blocks of [inner * d] for each size [d] along the axis. *)
Fixpoint placed (ops : list (nat * shaped)) (axis : nat) (outer inner total off : int) : list term :=
  match ops with
  | [] => []
  | (d, x) :: ops =>
      let size := nth axis (shape x) 0 * inner in
      (d, placing outer size (total * inner) off) :: placed ops axis outer inner total (off + size)
  end.
(** Are all operands one and the same node? *)
Definition alike (ops : list (nat * shaped)) : bool :=
  match ops with
  | [] => false
  | (d, _) :: ops => forallb (fun o => Nat.eqb (fst o) d) ops
  end.
(** Copies of one operand side by side are one term, the sum of those that [placed] makes of them
    ([ReadGraphProof.beside_placed]). *)
Definition beside (ops : list (nat * shaped)) (axis : nat) (outer inner total : int) : list term :=
  match ops with
  | (d, x) :: _ =>
      if alike ops then
        [(d, repeating outer (nth axis (shape x) 0 * inner) (fold_left (fun n _ => n + 1) ops 0))]
      else placed ops axis outer inner total 0
  | [] => []
  end.
Definition without (axis : nat) (s : list int) : list int := firstn axis s ++ skipn (S axis) s.

(** The node that each operation tag stands for; tags are listed in docs/formats/graph.md. *)
Definition elementwise (minus : bool) (s : list int) (x y : nat * shaped) (p : int) : res node :=
  let e := extent_of (product s) in
  let* _ := demand (same s (shape (snd x)) && same s (shape (snd y))) WrongShape p in
  Ok (Affine e [(fst x, Signed false e); (fst y, Signed minus e)] None).
Definition times (s : list int) (x y : nat * shaped) (p : int) : res node :=
  let e := extent_of (product s) in
  let* _ := demand (same s (shape (snd x)) && same s (shape (snd y))) WrongShape p in
  match node_of (snd y) with
  | Constant _ c => Ok (Affine e [(fst x, Diag e c)] None)
  | _ => Ok (Product e (fst x) (fst y))
  end.
Definition function (f : unary) (s : list int) (x : nat * shaped) (p : int) : res node :=
  let* _ := demand (same s (shape (snd x))) WrongShape p in
  Ok (Unary f (extent_of (product s)) (fst x)).
(** The number that an operand holds. *)
Definition number (x : nat * shaped) (p : int) : res float :=
  let* c := constant (snd x) p in
  let* _ := demand (product (shape (snd x)) =? 1) WrongShape p in
  Ok (fget c 0).
Definition concat (s : list int) (ops : list (nat * shaped)) (axis p : int) : res node :=
  let a := nat_of axis in
  let inner := product (skipn (S a) s) in
  let outer := product (firstn a s) in
  let* _ := demand (forallb (fun o => same (without a s) (without a (shape (snd o)))) ops
                    && (fold_left (fun n o => n + nth a (shape (snd o)) 0) ops 0 =? nth a s 0)
                    && forallb (fun o => 0 <? product (shape (snd o))) ops) WrongShape p in
  Ok (Affine (extent_of (product s)) (beside ops a outer inner (nth a s 0)) None).
Definition slice (s : list int) (x : nat * shaped) (axis start stop p : int) : res node :=
  let a := nat_of axis in
  let inner := product (skipn (S a) s) in
  let outer := product (firstn a s) in
  let total := nth a (shape (snd x)) 0 in
  let* _ := demand (same (without a s) (without a (shape (snd x))) && (start <? stop) && (stop <=? total)
                    && (stop - start =? nth a s 0) && (0 <? inner)) WrongShape p in
  Ok (Affine (extent_of (product s))
        [(fst x, taking outer (nth a s 0 * inner) (total * inner) (start * inner))] None).

Inductive tag :=
| TInput | TParameter | TAdd | TSub | TMul | TLinear
| TConv | TReshape | TTranspose | TConcat | TSlice
| TFunction (f : unary) | TLeaky | TClip | TPower.
Fixpoint find (t : int) (l : list (int * tag)) : option tag :=
  match l with
  | [] => None
  | (k, a) :: l => if t =? k then Some a else find t l
  end.
Definition tag_of (t : int) : option tag :=
  find t [(1, TInput); (2, TParameter); (3, TAdd); (4, TSub); (5, TMul); (6, TLinear); (7, TConv);
          (8, TFunction Relu); (9, TReshape); (10, TTranspose); (11, TConcat); (12, TSlice);
          (26, TFunction Exp); (27, TFunction Log); (28, TFunction Sqrt); (29, TFunction Tanh);
          (30, TFunction Sigmoid); (31, TFunction Softplus); (34, TFunction Sin); (35, TFunction Cos);
          (36, TFunction (Hinge (-1)%float)); (37, TFunction Sign);
          (40, TLeaky); (41, TClip); (42, TFunction Recip); (43, TFunction (Power 2)); (44, TPower)].

Definition lower (t : tag) (s : list int) (ops : list (nat * shaped)) (attrs : list int) (data : farr)
    (p : int) : res node :=
  let e := extent_of (product s) in
  match t, ops, attrs with
  | TInput, [], [] => Ok (Input e)
  | TParameter, [], [] => Ok (Constant e data)
  | TAdd, [x; y], [] => elementwise false s x y p
  | TSub, [x; y], [] => elementwise true s x y p
  | TMul, [x; y], [] => times s x y p
  | TLinear, x :: w :: more, [] => linear s x w more p
  | TConv, x :: w :: more, _ => convolve s attrs x w more p
  | TFunction f, [x], [] => function f s x p
  | TLeaky, [x; k], [] => let* k := number k p in function (Hinge k) s x p
  | TClip, [x; a; b], [] =>
      let* a := number a p in
      let* b := number b p in
      function (Clip a b) s x p
  | TPower, [x], [n] => function (Power n) s x p
  | TReshape, [x], [] => Ok (Affine e [(fst x, Signed false e)] None)
  | TTranspose, [x], _ =>
      let* _ := demand (same s (pick (shape (snd x)) attrs)) WrongShape p in
      Ok (Affine e [(fst x, transposing (shape (snd x)) attrs)] None)
  | TConcat, _ :: _, [axis] => concat s ops axis p
  | TSlice, [x], [axis; start; stop] => slice s x axis start stop p
  | _, _, _ => fail Malformed p
  end.

(** The size of a shape, every partial product in range. *)
Fixpoint size_ok (s : list int) (n : int) : bool :=
  match s with
  | [] => true
  | d :: s => let m := n * d in (0 <? d) && ok_len m && size_ok s m
  end.

(** One node from position [p]: tag, type, shape, operands, attributes, data. *)
Definition read_node (f : words) (k p : int) (prev : list shaped) : res (shaped * int) :=
  let* number := get_size f p in
  let* dtype := get_int f (p + 1) in
  let* _ := demand (dtype =? 1) UnknownOperation (p + 1) in
  let* rank := get_size f (p + 2) in
  let* s := get_ints (nat_of rank) f (p + 3) in
  let* _ := demand (size_ok s 1) TooLarge p in
  let p1 := p + 3 + rank in
  let* n_ops := get_size f p1 in
  let* ids := get_ints (nat_of n_ops) f (p1 + 1) in
  let p2 := p1 + 1 + n_ops in
  let* n_attrs := get_size f p2 in
  let* attrs := get_ints (nat_of n_attrs) f (p2 + 1) in
  let p3 := p2 + 1 + n_attrs in
  let* n_data := get_size f p3 in
  let* t := match tag_of number with
            | Some t => Ok t
            | None => Err UnknownOperation p (PrimFloat.of_uint63 number) 0
            end in
  let* _ := demand (n_data =? (match t with TParameter => product s | _ => 0 end)) WrongShape p3 in
  let* data := get_block n_data f (p3 + 1) in
  let* ops := operands prev k ids p in
  let* n := lower t s ops attrs data p in
  let* _ := demand (node_ok n (map node_of prev)) Malformed p in
  Ok (Shaped n s, p3 + 1 + n_data).

Fixpoint read_nodes (todo : nat) (f : words) (k p : int) (prev : list shaped) : res (list shaped * int) :=
  match todo with
  | O => Ok (prev, p)
  | S todo =>
      let* (n, p) := read_node f k p prev in
      read_nodes todo f (k + 1) p (n :: prev)
  end.

Record network := Network { nodes : list node; output : nat }.
Definition read_graph (f : words) : res network :=
  let* _ := check_head f graph_magic in
  let* n := get_size f 3 in
  let* out := get_size f 4 in
  let* (all, p) := read_nodes (nat_of n) f 0 6 [] in
  let* _ := demand (p =? count f) TrailingWords p in
  let* _ := demand (out <? n) MissingNode 4 in
  let ns := map node_of all in
  let* _ := demand (match last ns (Constant (extent_of 0) (ftab 0 (fun _ => 0%float))) with
                    | Input _ => true | _ => false end) NoInput 6 in
  Ok (Network ns (nat_of (n - 1 - out))).
