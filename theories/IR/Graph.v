(** Networks as lists of nodes, newest first, and what it means to execute one.

    [vec]               a flat tensor: a total function from indices to reals
    [node]              one value of the network; a node names another one by its distance towards the start
    [term]              a linear map of the value at some distance
    [ext n]             the size of the value of node [n]
    [noise]             how far from its formula an execution may be, node by node; [none] is exact arithmetic
    [off v n t m z]     [z] is as near to [t] as the noise allows at node [n], for the sum [m] of absolute
      values
    [affine ts b ys i]  element [i] of the sum of linear maps [ts] of earlier values [ys], plus a bias;
                        [affineA] is the same sum of absolute values
    [holds v x n ys y]  [y] is a value of node [n], given the network's input [x] and earlier values [ys]
    [exec v x ns ys]    [ys] are values of all nodes [ns]
    [eval x ns]         the values that exact arithmetic gives
    [graph_ok ns]       every node refers to earlier ones of the size that it expects, and only the first one
                        is an input *)
From Coq Require Import Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops Ops.Functions IR.LinMap.
Import ListNotations.
Local Open Scope R_scope.

Definition vec := int -> R.

Definition term : Type := nat * linmap.
Inductive node :=
| Input (e : extent)
| Constant (e : extent) (c : farr)
| Affine (e : extent) (ts : list term) (bias : option farr)
| Unary (f : unary) (e : extent) (source : nat)
| Product (e : extent) (left right : nat).

Definition ext (n : node) : extent :=
  match n with
  | Input e => e
  | Constant e _ => e
  | Affine e _ _ => e
  | Unary _ e _ => e
  | Product e _ _ => e
  end.

Definition value (ys : list vec) (d : nat) : vec := nth d ys (fun _ => 0).
Definition bias_at (b : option farr) (i : int) : R :=
  match b with
  | Some v => fR (fget v i)
  | None => 0
  end.

Fixpoint affine (ts : list term) (b : option farr) (ys : list vec) (i : int) : R :=
  match ts with
  | [] => bias_at b i
  | (d, l) :: ts => apply l (value ys d) i + affine ts b ys i
  end.
(** The same sum of absolute values: what rounding errors are proportional to. *)
Fixpoint affineA (ts : list term) (b : option farr) (ys : list vec) (i : int) : R :=
  match ts with
  | [] => Rabs (bias_at b i)
  | (d, l) :: ts => applyA l (value ys d) i + affineA ts b ys i
  end.

(** A result may be off by [relative] times the sum of absolute values, plus [absolute]. *)
Record noise := Noise { relative : node -> R; absolute : node -> R }.
Definition none : noise := Noise (fun _ => 0) (fun _ => 0).
Definition off (v : noise) (n : node) (t m z : R) : Prop :=
  Rabs (z - t) <= relative v n * m + absolute v n.

Definition holds (v : noise) (x : vec) (n : node) (ys : list vec) (y : vec) : Prop :=
  forall i, below (ext n) i ->
  match n with
  | Input _ => y i = x i
  | Constant _ c => y i = fR (fget c i)
  | Affine _ ts b => off v n (affine ts b ys i) (affineA ts b (map (fun z k => Rabs (z k)) ys) i) (y i)
  | Unary f _ d => exists t, image f (value ys d i) t /\ off v n t (Rabs t) (y i)
  | Product _ d d' => let t := value ys d i * value ys d' i in off v n t (Rabs t) (y i)
  end.

Fixpoint exec (v : noise) (x : vec) (ns : list node) (ys : list vec) : Prop :=
  match ns, ys with
  | [], [] => True
  | n :: ns, y :: ys => holds v x n ys y /\ exec v x ns ys
  | _, _ => False
  end.

(** The values that exact arithmetic gives. *)
Fixpoint eval (x : vec) (ns : list node) : list vec :=
  match ns with
  | [] => []
  | n :: ns =>
      let ys := eval x ns in
      match n with
      | Input _ => x
      | Constant _ c => fun i => fR (fget c i)
      | Affine _ ts b => affine ts b ys
      | Unary f _ d => fun i => sem f (value ys d i)
      | Product _ d d' => fun i => value ys d i * value ys d' i
      end :: ys
  end.

(** A node only refers to earlier nodes, of the size that it expects. *)
Definition same_len (a b : extent) : bool := (len a =? len b)%uint63.
Definition size_at (ns : list node) (d : nat) : option extent := option_map ext (nth_error ns d).
Definition fits (ns : list node) (d : nat) (e : extent) : bool :=
  match size_at ns d with
  | Some e' => same_len e' e
  | None => false
  end.
Definition node_ok (n : node) (ns : list node) : bool :=
  wf_ext (ext n) &&
  match n with
  | Input _ => match ns with [] => true | _ => false end
  | Constant _ _ => true
  | Affine e ts _ =>
      forallb (fun t => valid (snd t) && same_len (out_ext (snd t)) e && fits ns (fst t) (in_ext (snd t))) ts
  | Unary _ e d => fits ns d e
  | Product e d d' => fits ns d e && fits ns d' e
  end%bool.
Fixpoint graph_ok (ns : list node) : bool :=
  match ns with
  | [] => true
  | n :: ns => (node_ok n ns && graph_ok ns)%bool
  end.
