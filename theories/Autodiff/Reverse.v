(** Reverse mode as a transformation of graphs: the gradient is more nodes at the end of the same graph.

    [expr]              what a rule wants to compute from existing nodes; shapes stand beside the ops
    [graph]             a graph under construction: its nodes, newest first, and the number of the next one
    [emit n]            append the node [n]; [emits e] appends the nodes of [e], arguments first, left to
                        right
    [broadcast s e]     the single element of [e] everywhere in the shape [s]; [zeros s] is 0 everywhere
    [rule s i c o k]    the cotangent that node [i] with op [o] and cotangent [c] passes to its argument
                        number [k]
                        of shape [s]; [None] if it is zero at every smooth point
    [pull], [visit]     add this to what the argument has; do so for all active arguments of a node
    [sweep]             visit all nodes, last one first
    [vjp ns wrt seeds]  the extended graph and, for each input in [wrt], the node that holds its cotangent;
                        [seeds] pairs nodes with the nodes that hold theirs
    [loss_gradient]     the same for one node of one element with cotangent 1 *)
From Coq Require Import Floats NArith ZArith List.
From Provenn Require Import Autodiff.View Autodiff.Core.
Import ListNotations.

(** ** Building graphs *)
Inductive expr :=
| Ref (i : nat)
| Number (x : PrimFloat.float)
| Apply1 (f : unary) (s : list N) (a : expr)
| Apply2 (f : binary) (s : list N) (a b : expr)
| Swapped (f : binary) (s : list N) (a b : expr)  (* the nodes of [b] come first *)
| Moved (loops : list N) (out src : view) (s : list N) (a : expr)
| Contracted (loops : list N) (out lhs rhs : view) (s : list N) (a b : expr).

Record graph := Graph { newest : list node; fresh : nat }.
Definition graph_of (ns : list node) : graph := Graph (rev ns) (length ns).
Definition nodes_of (g : graph) : list node := rev (newest g).

Definition emit (n : node) (g : graph) : nat * graph := (fresh g, Graph (n :: newest g) (S (fresh g))).
Fixpoint emits (e : expr) (g : graph) : nat * graph :=
  match e with
  | Ref i => (i, g)
  | Number x => emit (Node (Constant [x]) []) g
  | Apply1 f s a =>
      let (i, g) := emits a g in
      emit (Node (Unary f i) s) g
  | Apply2 f s a b =>
      let (i, g) := emits a g in
      let (j, g) := emits b g in
      emit (Node (Binary f i j) s) g
  | Swapped f s a b =>
      let (j, g) := emits b g in
      let (i, g) := emits a g in
      emit (Node (Binary f i j) s) g
  | Moved loops out src s a =>
      let (i, g) := emits a g in
      emit (Node (Move loops out src i) s) g
  | Contracted loops out lhs rhs s a b =>
      let (i, g) := emits a g in
      let (j, g) := emits b g in
      emit (Node (Contract loops out lhs rhs i j) s) g
  end.

Definition broadcast (s : list N) (e : expr) : expr := Moved s (identity s) [] s e.
Definition zeros (s : list N) : expr := broadcast s (Number PrimFloat.zero).

(** ** Rules *)
Definition reduced (outer inner : N) : view := [Dim outer 0 [1; 0; 0]%Z; Dim inner 0 [0; 0; 1]%Z].
(** A tensor of shape [outer, inner] repeated along an axis of length [n] between them. *)
Definition spread (outer n inner : N) (s : list N) (e : expr) : expr :=
  Moved [outer; n; inner] (identity [outer; n; inner]) (reduced outer inner) s e.

Section Rules.
Variables (s : list N) (self c : nat).
Let add := Apply2 Add s.
Let sub := Apply2 Sub s.
Let mul := Apply2 Mul s.
Let div := Apply2 Div s.
Let neg := Apply1 Neg s.
Let ct := Ref c.
Let o := Ref self.

Definition rule1 (f : unary) (x : expr) : option expr :=
  match f with
  | Relu => Some (mul ct (Apply1 Step s x))
  | Step | Sign => None
  | Neg => Some (neg ct)
  | Exp => Some (mul ct o)
  | Log => Some (div ct x)
  | Sqrt => Some (div ct (add o o))
  | Tanh => Some (sub ct (mul ct (mul o o)))
  | Sigmoid => Some (mul ct (sub o (mul o o)))
  | Softplus => Some (mul ct (Apply1 Sigmoid s x))
  | Erf => Some (mul ct (Apply1 Gauss s x))
  | Gauss => Some (neg (mul ct (mul (add x x) o)))
  | Sin => Some (mul ct (Apply1 Cos s x))
  | Cos => Some (neg (mul ct (Apply1 Sin s x)))
  | Abs => Some (mul ct (Apply1 Sign s x))
  end.
(** Rules for the first and for the second argument. *)
Definition rule2 (f : binary) (x y : expr) : option expr * option expr :=
  match f with
  | Add => (Some ct, Some ct)
  | Sub => (Some ct, Some (neg ct))
  | Mul => (Some (mul ct y), Some (mul ct x))
  | Div => (Some (div ct y), Some (neg (mul ct (div o y))))
  | Maximum =>
      let second := mul ct (Apply1 Step s (sub y x)) in
      (Some (sub ct second), Some second)
  | Equal => (None, None)
  end.
Definition rule (k : op) (slot : nat) : option expr :=
  match k with
  | Input | Constant _ => None
  | Move loops out src _ => Some (Moved loops src out s ct)
  | Contract loops out lhs rhs a b =>
      match slot with
      | O => Some (Contracted loops lhs out rhs s ct (Ref b))
      | _ => Some (Contracted loops rhs out lhs s ct (Ref a))
      end
  | Unary f x => rule1 f (Ref x)
  | Binary f x y =>
      match slot with
      | O => fst (rule2 f (Ref x) (Ref y))
      | _ => snd (rule2 f (Ref x) (Ref y))
      end
  | Logsumexp outer n inner x =>
      Some (Swapped Mul s (spread outer n inner s ct) (Apply1 Exp s (sub (Ref x) (spread outer n inner s o))))
  end.
End Rules.

(** ** The sweep *)
Fixpoint update {A : Type} (i : nat) (a : A) (l : list A) : list A :=
  match l, i with
  | [], _ => []
  | _ :: l, O => a :: l
  | b :: l, S i => b :: update i a l
  end.
Definition shape_of (ns : list node) (i : nat) : list N :=
  match nth_error ns i with
  | Some n => shape n
  | None => []
  end.

(** The cotangent of each node so far, and the graph so far. *)
Definition state : Type := list (option nat) * graph.

Definition accumulate (s : list N) (j i : nat) (st : state) : state :=
  let (cts, g) := st in
  match nth j cts None with
  | None => (update j (Some i) cts, g)
  | Some c =>
      let (r, g) := emit (Node (Binary Add c i) s) g in
      (update j (Some r) cts, g)
  end.
Section Sweep.
Variables (ns : list node) (act : list bool).
Definition pull (i c : nat) (o : op) (st : state) (slot : nat * nat) : state :=
  let (k, j) := slot in
  if nth j act false then
    let s := shape_of ns j in
    match rule s i c o k with
    | None => st
    | Some e =>
        let (cts, g) := st in
        let (r, g) := emits e g in
        accumulate s j r (cts, g)
    end
  else st.
Definition visit (st : state) (inode : nat * node) : state :=
  let (i, n) := inode in
  match nth i (fst st) None with
  | None => st
  | Some c => if nth i act false then fold_left (pull i c (kind n)) (slots (kind n)) st else st
  end.
Definition numbered (ms : list node) : list (nat * node) := combine (seq 0 (length ms)) ms.
Definition sweep (ms : list node) (st : state) : state := fold_left visit (rev (numbered ms)) st.

Fixpoint results (cts : list (option nat)) (wrt : list nat) (g : graph) : list nat * graph :=
  match wrt with
  | [] => ([], g)
  | w :: wrt =>
      let (r, g) := match nth w cts None with Some c => (c, g) | None => emits (zeros (shape_of ns w)) g end
        in
      let (rs, g) := results cts wrt g in
      (r :: rs, g)
  end.
End Sweep.

Definition seeded (n : nat) (seeds : list (nat * nat)) : list (option nat) :=
  fold_right (fun '(i, c) cts => update i (Some c) cts) (repeat None n) seeds.
Definition vjp (ns : list node) (wrt : list nat) (seeds : list (nat * nat)) : list node * list nat :=
  let (cts, g) := sweep ns (actives wrt ns) ns (seeded (length ns) seeds, graph_of ns) in
  let (rs, g) := results ns cts wrt g in
  (nodes_of g, rs).

Definition loss_gradient (ns : list node) (wrt : list nat) (loss : nat) : list node * list nat :=
  vjp (ns ++ [Node (Constant [PrimFloat.one]) []]) wrt [(loss, length ns)].
