(** The differentiable calculus: graphs over few ops, oldest node first, and their meaning over the reals.

    [unary], [sem1 f]   the elementwise functions of one argument and their real meaning
    [binary], [sem2 f]  those of two arguments
    [erf], [gauss]      the error function and its derivative 2/sqrt(pi) exp(-x^2)
    [logsumexp]         ln of the sum of exponentials along the middle axis of [outer, n, inner]
    [op], [args]        what a node does, and the nodes it reads; [slots] pairs them with their numbers
    [node]              an op and a shape; [elements] counts the elements
    [denote]            the value of a node, given the values of earlier nodes
    [scan f ns]         the list of results of [f], each from the results so far and the next node
    [eval env ns]       the values of all nodes, where [env] gives the inputs by node number;
                        [val env ns i] is that of node [i]
    [wf ns]             the graph is well-formed: arguments are earlier and all sizes agree
    [actives wrt ns]    for each node, whether it depends on an input in [wrt]; [active wrt ns i] is one of
                        them
    [smooth], [Smooth]  the side conditions of differentiation, for one op and for the active nodes of a
                        graph *)
From Coq Require Import Floats Bool Reals NArith ZArith List.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Autodiff.View.
Import ListNotations.
Local Open Scope R_scope.

(** ** Elementwise functions *)
Inductive unary :=
| Relu | Step | Neg | Exp | Log | Sqrt | Tanh | Sigmoid | Softplus | Erf | Gauss | Sin | Cos | Abs | Sign.
Inductive binary := Add | Sub | Mul | Div | Maximum | Equal.

Definition gauss (x : R) : R := 2 / sqrt PI * exp (- (x * x)).
Definition erf (x : R) : R := RInt gauss 0 x.
Definition sigmoid (x : R) : R := / (1 + exp (- x)).
Definition softplus (x : R) : R := ln (1 + exp x).
Definition step (x : R) : R := if Rlt_dec 0 x then 1 else 0.

Definition sem1 (f : unary) (x : R) : R :=
  match f with
  | Relu => Rmax 0 x
  | Step => step x
  | Neg => - x
  | Exp => exp x
  | Log => ln x
  | Sqrt => sqrt x
  | Tanh => tanh x
  | Sigmoid => sigmoid x
  | Softplus => softplus x
  | Erf => erf x
  | Gauss => gauss x
  | Sin => sin x
  | Cos => cos x
  | Abs => Rabs x
  | Sign => sign x
  end.
Definition sem2 (f : binary) (x y : R) : R :=
  match f with
  | Add => x + y
  | Sub => x - y
  | Mul => x * y
  | Div => x / y
  | Maximum => Rmax x y
  | Equal => if Req_EM_T x y then 1 else 0
  end.

(** Element [e] of [outer, inner] and the index [k] along the axis between them. *)
Definition slice (n inner : N) (e k : nat) : nat :=
  ((e / N.to_nat inner * N.to_nat n + k) * N.to_nat inner + e mod N.to_nat inner)%nat.
Definition sumexp (n inner : N) (x : vec) (e : nat) : R :=
  sum (N.to_nat n) (fun k => exp (x (slice n inner e k))).
Definition logsumexp (n inner : N) (x : vec) : vec := fun e => ln (sumexp n inner x e).

(** ** Graphs *)
Inductive op :=
| Input
| Constant (data : list PrimFloat.float)
| Move (loops : list N) (out src : view) (x : nat)
| Contract (loops : list N) (out lhs rhs : view) (a b : nat)
| Unary (f : unary) (x : nat)
| Binary (f : binary) (x y : nat)
| Logsumexp (outer n inner : N) (x : nat).
Record node := Node { kind : op; shape : list N }.
Definition elements (n : node) : N := volume (shape n).

Definition args (o : op) : list nat :=
  match o with
  | Input | Constant _ => []
  | Move _ _ _ x | Unary _ x | Logsumexp _ _ _ x => [x]
  | Contract _ _ _ _ x y | Binary _ x y => [x; y]
  end.
(** The arguments with their numbers. *)
Definition slots (o : op) : list (nat * nat) := combine (seq 0 (length (args o))) (args o).

Definition constant (data : list PrimFloat.float) : vec := fun e => fR (nth e data 0%float).

(** [i] is the number of the node itself. *)
Definition denote (env : nat -> vec) (i : nat) (y : nat -> vec) (o : op) : vec :=
  match o with
  | Input => env i
  | Constant data => constant data
  | Move loops out src x => move loops out src (y x)
  | Contract loops out lhs rhs a b => contract loops out lhs rhs (y a) (y b)
  | Unary f x => fun e => sem1 f (y x e)
  | Binary f a b => fun e => sem2 f (y a e) (y b e)
  | Logsumexp _ n inner x => logsumexp n inner (y x)
  end.

Definition scan {A : Type} (f : list A -> node -> A) (ns : list node) : list A :=
  fold_left (fun ys n => ys ++ [f ys n]) ns [].

Definition value (ys : list vec) (i : nat) : vec := nth i ys (fun _ => 0).
Definition eval (env : nat -> vec) (ns : list node) : list vec :=
  scan (fun ys n => denote env (length ys) (value ys) (kind n)) ns.
Definition val (env : nat -> vec) (ns : list node) : nat -> vec := value (eval env ns).

(** ** Well-formed graphs *)
Definition size_of (ns : list node) (i : nat) : option N := option_map elements (nth_error ns i).
Definition extent (ns : list node) (i : nat) : nat :=
  match size_of ns i with
  | Some m => N.to_nat m
  | None => O
  end.
Definition fits (ns : list node) (i : nat) (m : N) : bool :=
  match size_of ns i with
  | Some m' => (m' =? m)%N
  | None => false
  end.
(** [ns] are the nodes before this one. *)
Definition node_ok (ns : list node) (n : node) : bool :=
  let m := elements n in
  match kind n with
  | Input => true
  | Constant data => (N.of_nat (length data) =? m)%N
  | Move _ out src x => (volume (sizes out) =? m)%N && fits ns x (volume (sizes src))
  | Contract _ out lhs rhs a b =>
      (volume (sizes out) =? m)%N && fits ns a (volume (sizes lhs)) && fits ns b (volume (sizes rhs))
  | Unary _ x => fits ns x m
  | Binary _ x y => fits ns x m && fits ns y m
  | Logsumexp outer k inner x =>
      (0 <? k)%N && (volume [outer; inner] =? m)%N && fits ns x (volume [outer; k; inner])
  end.
Fixpoint wf_from (before ns : list node) : bool :=
  match ns with
  | [] => true
  | n :: ns => node_ok before n && wf_from (before ++ [n]) ns
  end.
Definition wf (ns : list node) : bool := wf_from [] ns.

(** ** Smooth points *)
Definition mem (i : nat) (l : list nat) : bool := existsb (Nat.eqb i) l.
Definition actives (wrt : list nat) (ns : list node) : list bool :=
  scan (fun bs n => mem (length bs) wrt || existsb (fun j => nth j bs false) (args (kind n))) ns.
Definition active (wrt : list nat) (ns : list node) (i : nat) : bool := nth i (actives wrt ns) false.

Definition smooth1 (f : unary) (x : R) : Prop :=
  match f with
  | Relu | Step | Abs | Sign => x <> 0
  | Log | Sqrt => 0 < x
  | _ => True
  end.
Definition smooth2 (f : binary) (x y : R) : Prop :=
  match f with
  | Maximum | Equal => x <> y
  | Div => y <> 0
  | _ => True
  end.
(** Where an op with [m] elements is differentiable. *)
Definition smooth (m : nat) (y : nat -> vec) (o : op) : Prop :=
  match o with
  | Unary f x => forall e, (e < m)%nat -> smooth1 f (y x e)
  | Binary f a b => forall e, (e < m)%nat -> smooth2 f (y a e) (y b e)
  | _ => True
  end.
Definition Smooth (env : nat -> vec) (ns : list node) (wrt : list nat) : Prop :=
  forall i n, nth_error ns i = Some n -> active wrt ns i = true ->
  smooth (N.to_nat (elements n)) (val env ns) (kind n).
