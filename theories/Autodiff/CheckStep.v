(** The training step of a graph file and a plan as a graph file: what Python must write, word for word.

    [plan]              what is trained and how: [weights] with their optimisers, whether the gradient's norm
                        is an output and [clipped], and how many outputs of the forward graph after the loss
                        are [kept] as outputs of the step
    [trained_of r w l s]  the weight in node [w] with rule [r] (0 SGD, 1 Nesterov, 2 Adam, 3 AdamW), states in
                        the nodes [l] and scalars in the nodes [s], the last of them weight decay, if any
    [read_plan f]       the plan in the words of file [f]
    [trainable g q]     all nodes of plan [q] fit the graph [g]
    [step_program g q]  the step: its outputs are loss, norm if any, all new weights, all new states, what is kept
    [step_words f p]    its words, for graph file [f] and plan file [p]
    [check_step f p h]  file [h] has exactly these words; what all three files mean *)
From Coq Require Import Bool Floats Uint63 NArith List.
From Provenn Require Import Base.Vector Checker.Words Autodiff.View Autodiff.Core Autodiff.Reverse.
From Provenn Require Import Autodiff.Optimiser Autodiff.Clip Autodiff.Step Autodiff.ReadWords Autodiff.Gradient.
Import ListNotations.

Definition plan_magic : float := 0x1.04554536e7670p+310%float.
Record plan := Plan { weights : list trained; clipped : clipping; kept : nat }.

(** ** Reading *)
Local Open Scope uint63_scope.
Definition trained_of (rule : int) (w : nat) (states scalars : list nat) : option trained :=
  match states, scalars with
  | [v], lr :: mu :: wd =>
      if (rule <=? 1) && Nat.leb (length wd) 1
      then Some (Param w v v, Sgd (rule =? 1) lr mu (hd_error wd)) else None
  | [m; v], lr :: b1 :: a1 :: b2 :: a2 :: c1 :: c2 :: eps :: wd =>
      if (2 <=? rule) && (rule <=? 3) && Nat.leb (length wd) 1
      then Some (Param w m v, Adam (rule =? 3) lr b1 a1 b2 a2 c1 c2 eps (hd_error wd)) else None
  | _, _ => None
  end.
Definition read_trained (f : words) (p : int) : res (trained * int) :=
  let* w := get_size f p in
  let* rule := get_size f (p + 1) in
  let* n := get_size f (p + 2) in
  let* states := get_ints (nat_of n) f (p + 3) in
  let* m := get_size f (p + 3 + n) in
  let* scalars := get_ints (nat_of m) f (p + 4 + n) in
  match trained_of rule (nat_of w) (map nat_of states) (map nat_of scalars) with
  | Some t => Ok (t, p + 4 + n + m)
  | None => fail UnknownOperation p
  end.
Definition clipping_of (mode : int) (x : float) : option clipping :=
  if mode =? 2 then Some (Clipped x)
  else if (x =? 0)%float then
    if mode =? 1 then Some Measured else if mode =? 0 then Some Unmeasured else None
  else None.
Fixpoint read_weights (todo : nat) (f : words) (p : int) : res (list trained * int) :=
  match todo with
  | O => Ok ([], p)
  | S todo =>
      let* (t, p) := read_trained f p in
      let* (ts, p) := read_weights todo f p in
      Ok (t :: ts, p)
  end.
Definition read_plan (f : words) : res plan :=
  let* _ := check_head f plan_magic in
  let* n := get_size f 3 in
  let* mode := get_size f 4 in
  let* x := get_float f 5 in
  let* k := get_size f 6 in
  let* (ts, p) := read_weights (nat_of n) f 7 in
  let* _ := demand (p =? Words.count f) TrailingWords p in
  match clipping_of mode x with
  | Some c => Ok (Plan ts c (nat_of k))
  | None => fail Malformed 4
  end.
Local Close Scope uint63_scope.

(** ** Checking *)
Definition trained_okb (ns : list node) (t : trained) : bool :=
  let (p, o) := t in
  let m := volume (shape_of ns (weight p)) in
  fits ns (weight p) m && fits ns (moment1 p) m &&
  match o with
  | Sgd _ _ _ _ => true
  | Adam _ _ _ _ _ _ _ _ _ _ => fits ns (moment2 p) m
  end && forallb (fun i => fits ns i 1) (scalars o).
Definition trainable (g : program) (q : plan) : bool :=
  differentiable g (targets (weights q)) && forallb (trained_okb (nodes g)) (weights q)
    && Nat.eqb (length (further g)) (kept q).

Definition step_program (g : program) (q : plan) : program :=
  let '(ext, norm, outs) := train_step (nodes g) (first g) (clipped q) (weights q) in
  Program ext (first g) (listed norm ++ map (hd O) outs ++ flat_map (@tl nat) outs ++ further g).
Definition read_step (f p : words) : res (program * plan) :=
  let* g := read_program f in
  let* q := read_plan p in
  let* _ := demand (trainable g q) WrongShape 3%uint63 in
  Ok (g, q).
Definition step_words (f p : words) : res (list float) :=
  let* (g, q) := read_step f p in
  Ok (words_of_program (step_program g q)).
Definition check_step (f p h : words) : res (program * plan * program) :=
  let* (g, q) := read_step f p in
  let s := step_program g q in
  let* _ := compare (words_of_program s) h 0 in
  Ok (g, q, s).
