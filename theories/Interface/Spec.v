(** Specifications that people can read: what must not happen, in exact rational numbers.

    [term]            a coefficient with the flat index of an input or an output; [X q i] and [Y q i] are [q]
                      times input or output number [i]
    [row]             [terms over inputs + terms over outputs <= limit]
    [region]          a box of inputs, one pair of ends an input, and the ways to be unsafe in it
    [spec]            several regions
    [linear ts x]     the value of terms at a vector
    [row_holds], [in_box], [violated]  what a row, a box and a specification say about an input [x] and its
                      output [y]
    [Q_of x]          the rational number that a finite binary64 number is
    [stands_for p s]  the canonical property [p] forbids everything that the specification [s] forbids *)
From Coq Require Import Bool ZArith QArith Qreals Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops IR.Graph Checker.ReadProperty.
Import ListNotations.

Definition term : Type := Q * int.
Definition X (q : Q) (i : int) : term := (q, i).
Definition Y (q : Q) (i : int) : term := (q, i).
Arguments X _%Q _%uint63.
Arguments Y _%Q _%uint63.
Record row := Row { of_inputs : list term; of_outputs : list term; limit : Q }.
Record region := Region { box : list (Q * Q); ways_to_fail : list (list row) }.
Definition spec : Type := list region.

Section Meaning.
Local Open Scope R_scope.
Fixpoint linear (ts : list term) (x : vec) : R :=
  match ts with
  | [] => 0
  | (q, i) :: ts => Q2R q * x i + linear ts x
  end.
Definition row_holds (r : row) (x y : vec) : Prop :=
  linear (of_inputs r) x + linear (of_outputs r) y <= Q2R (limit r).
Fixpoint in_box (b : list (Q * Q)) (i : int) (x : vec) : Prop :=
  match b with
  | [] => True
  | (l, h) :: b => Q2R l <= x i <= Q2R h /\ in_box b (i + 1)%uint63 x
  end.
Definition violated (s : spec) (x y : vec) : Prop :=
  exists g, In g s /\ in_box (box g) 0 x /\ exists w, In w (ways_to_fail g) /\ Forall (fun r => row_holds r x y) w.
End Meaning.

(** ** Deciding that canonical words mean no less *)
Definition Q_of (x : PrimFloat.float) : option Q :=
  match Prim2SF x with
  | S754_zero _ => Some 0%Q
  | S754_finite s m e =>
      let z := if s then Z.neg m else Z.pos m in
      Some (match e with
            | Z0 => inject_Z z
            | Zpos p => inject_Z (z * Z.pow_pos 2 p)
            | Zneg p => z # Pos.pow 2 p
            end)
  | _ => None
  end.
Definition le_Q (x : PrimFloat.float) (q : Q) : bool :=
  match Q_of x with Some a => Qle_bool a q | None => false end.
Definition ge_Q (x : PrimFloat.float) (q : Q) : bool :=
  match Q_of x with Some a => Qle_bool q a | None => false end.
Definition is_Q (x : PrimFloat.float) (q : Q) : bool :=
  match Q_of x with Some a => Qeq_bool a q | None => false end.

Fixpoint box_inside (b : list (Q * Q)) (i : int) (l h : farr) : bool :=
  match b with
  | [] => true
  | (p, q) :: b => le_Q (fget l i) p && ge_Q (fget h i) q && box_inside b (i + 1)%uint63 l h
  end.
(** The sum of the coefficients on index [i]. *)
Fixpoint coefficient (ts : list term) (i : int) : Q :=
  match ts with
  | [] => 0
  | (q, j) :: ts => if (i =? j)%uint63 then q + coefficient ts i else coefficient ts i
  end.
Fixpoint indices_below (ts : list term) (n : int) : bool :=
  match ts with
  | [] => true
  | (_, j) :: ts => (j <? n)%uint63 && indices_below ts n
  end.
(** Row [k] of the matrix holds exactly the coefficients of [ts]. *)
Definition same_row (m : option farr) (e : extent) (k : int) (ts : list term) : bool :=
  match m with
  | Some a => indices_below ts (len e) && allb e (fun i => is_Q (fget a (k * len e + i)%uint63) (coefficient ts i))
  | None => match ts with [] => true | _ => false end
  end.
Fixpoint same_rows (p : property) (r : rows) (k : int) (w : list row) : bool :=
  match w with
  | [] => (k =? len (n_rows r))%uint63
  | a :: w =>
      same_row (on_x r) (n_in p) k (of_inputs a) && same_row (on_y r) (n_out p) k (of_outputs a)
      && ge_Q (fget (bound r) k) (limit a) && same_rows p r (k + 1)%uint63 w
  end.
Fixpoint same_ways (p : property) (rs : list rows) (ws : list (list row)) : bool :=
  match rs, ws with
  | [], [] => true
  | r :: rs, w :: ws => same_rows p r 0 w && same_ways p rs ws
  | _, _ => false
  end.
Definition same_case (p : property) (c : case) (g : region) : bool :=
  (Z.of_nat (length (box g)) =? Uint63.to_Z (len (n_in p)))%Z && box_inside (box g) 0 (box_lo c) (box_hi c)
  && same_ways p (ways c) (ways_to_fail g).
Fixpoint same_cases (p : property) (cs : list case) (s : spec) : bool :=
  match cs, s with
  | [], [] => true
  | c :: cs, g :: s => same_case p c g && same_cases p cs s
  | _, _ => false
  end.
Definition stands_for (p : property) (s : spec) : bool := same_cases p (cases p) s.
