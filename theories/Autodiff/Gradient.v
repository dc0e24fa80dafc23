(** The gradient of a graph file as a graph file: what Python's transformation must write, word for word.

    [inputs ns]         the numbers of the input nodes
    [wrt_okb ns wrt]    [wrt] lists input nodes, each once
    [gradient g wrt]    the graph [g], whose first output is a scalar, continued by its gradient in the inputs
                        [wrt], which become further outputs
    [gradient_words f wrt]  its words, for the graph in file [f]; all inputs if [wrt] is not given
    [check_gradient f g wrt]  file [g] has exactly these words *)
From Coq Require Import Bool Floats Uint63 NArith ZArith List.
From Provenn Require Import Checker.Words Autodiff.View Autodiff.Core Autodiff.Reverse Autodiff.ReadWords.
Import ListNotations.

Definition is_input (ns : list node) (i : nat) : bool :=
  match nth_error ns i with
  | Some (Node Input _) => true
  | _ => false
  end.
Definition inputs (ns : list node) : list nat :=
  map fst (filter (fun '(_, n) => match kind n with Input => true | _ => false end) (numbered ns)).
Fixpoint distinct (l : list nat) : bool :=
  match l with
  | [] => true
  | i :: l => negb (mem i l) && distinct l
  end.
Definition wrt_okb (ns : list node) (wrt : list nat) : bool := distinct wrt && forallb (is_input ns) wrt.

Definition gradient (g : program) (wrt : list nat) : program :=
  let (ext, gs) := loss_gradient (nodes g) wrt (first g) in
  Program ext (first g) (further g ++ gs).
Definition chosen (g : program) (wrt : option (list nat)) : list nat :=
  match wrt with
  | Some l => l
  | None => inputs (nodes g)
  end.
Definition differentiable (g : program) (wrt : list nat) : bool :=
  wrt_okb (nodes g) wrt && match nth_error (nodes g) (first g) with Some (Node _ []) => true | _ => false end.
Definition gradient_words (f : words) (wrt : option (list nat)) : res (list float) :=
  let* g := read_program f in
  let* _ := demand (differentiable g (chosen g wrt)) WrongShape 4 in
  Ok (words_of_program (gradient g (chosen g wrt))).

Local Open Scope uint63_scope.
Fixpoint compare (l : list float) (f : words) (p : int) : res unit :=
  match l with
  | [] => if p =? Words.count f then Ok tt else fail TrailingWords p
  | x :: l =>
      let* y := get_float f p in
      if (x =? y)%float then compare l f (p + 1) else Err Malformed p x y
  end.
Definition check_gradient (f g : words) (wrt : option (list nat)) : res unit :=
  let* l := gradient_words f wrt in
  compare l g 0.
