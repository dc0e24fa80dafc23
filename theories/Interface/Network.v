(** Networks as people define them in Coq, and when a graph computes the same.

    [number A]        how an element of [A] is a real number, and which rational one
    [compared A]      how a binary64 number is compared with an element of [A]: through rational numbers, unless
                      an instance knows better
    [activation]      the elementwise function that ends a layer; [act a] is its real meaning
    [layer]           rows of weights, biases, activation; [network] lists layers, the first one first
    [dot], [layer_value], [run]  the value of a network on a list of reals
    [outputs n k]     how many numbers the network gives for [k] inputs
    [agree y i xs]    the vector [y] holds the list [xs] from index [i]
    [computes ns d ls]  the node at distance [d] is what the layers [ls], last one first, stand for
    [outputs_below m s]  the specification speaks of outputs with numbers below [m] only
    [vector xs]       the list [xs] as a vector
    [matches g n]     the graph [g] is the network [n], weight by weight *)
From Coq Require Import Bool ZArith QArith Qreals Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops Ops.Functions Ops.Sigmoid IR.LinMap IR.Graph.
From Provenn Require Checker.ReadGraph.
From Provenn Require Import Interface.Spec Interface.SpecProof.
Import ListNotations.

Class number (A : Type) := Number {
  real : A -> R;
  rational : A -> option Q;
  rational_real : forall a q, rational a = Some q -> real a = Q2R q }.

Definition equals_Q {A} {num : number A} (x : PrimFloat.float) (a : A) : bool :=
  match rational a with Some q => is_Q x q | None => false end.
Class compared (A : Type) {num : number A} := Compared {
  equals : PrimFloat.float -> A -> bool;
  equals_is : forall x a, equals x a = equals_Q x a }.
#[global] Instance compared_in_Q {A} {num : number A} : compared A | 10 :=
  {| equals := equals_Q; equals_is := fun _ _ => eq_refl |}.

Inductive activation := Identity | Relu | Sigmoid | Tanh.
Definition function_of (a : activation) : option unary :=
  match a with
  | Identity => None
  | Relu => Some Functions.Relu
  | Sigmoid => Some Functions.Sigmoid
  | Tanh => Some Functions.Tanh
  end.
Definition act (a : activation) (x : R) : R :=
  match a with
  | Identity => x
  | Relu => Rmax 0 x
  | Sigmoid => / (1 + exp (- x))
  | Tanh => tanh x
  end%R.

Record layer (A : Type) := Layer { weights : list (list A); biases : list A; activate : activation }.
Arguments Layer {A}.
Arguments weights {A}.
Arguments biases {A}.
Arguments activate {A}.
Definition network (A : Type) := list (layer A).

Section Network.
Context {A : Type} {num : number A}.

(** ** Meaning *)
Section Meaning.
Local Open Scope R_scope.
Fixpoint dot (ws : list A) (xs : list R) : R :=
  match ws, xs with
  | w :: ws, x :: xs => real w * x + dot ws xs
  | _, _ => 0
  end.
Fixpoint affine_value (ws : list (list A)) (bs : list A) (xs : list R) : list R :=
  match ws, bs with
  | w :: ws, b :: bs => dot w xs + real b :: affine_value ws bs xs
  | _, _ => []
  end.
Definition layer_value (l : layer A) (xs : list R) : list R :=
  map (act (activate l)) (affine_value (weights l) (biases l) xs).
Fixpoint run (n : network A) (xs : list R) : list R :=
  match n with
  | [] => xs
  | l :: n => run n (layer_value l xs)
  end.

Fixpoint outputs (n : network A) (inputs : nat) : nat :=
  match n with
  | [] => inputs
  | l :: n => outputs n (length (weights l))
  end.

Fixpoint agree (y : vec) (i : int) (xs : list R) : Prop :=
  match xs with
  | [] => True
  | x :: xs => y i = x /\ agree y (i + 1)%uint63 xs
  end.
Definition vector (xs : list R) : vec := fun i => nth (nat_of i) xs 0.
End Meaning.

(** ** Deciding that a graph is a network *)
Context {cmp : compared A}.
Fixpoint same_numbers (w : farr) (j : int) (row : list A) : bool :=
  match row with
  | [] => true
  | a :: row => equals (fget w j) a && same_numbers w (j + 1)%uint63 row
  end.
Fixpoint same_matrix (w : farr) (n j : int) (rows : list (list A)) : bool :=
  match rows with
  | [] => true
  | row :: rows =>
      (Z.of_nat (length row) =? Uint63.to_Z n)%Z && same_numbers w j row && same_matrix w n (j + n)%uint63 rows
  end.
Definition same_affine (l : layer A) (m n : extent) (w v : farr) : bool :=
  (Z.of_nat (length (weights l)) =? Uint63.to_Z (len m))%Z && (length (biases l) =? length (weights l))%nat
  && same_matrix w (len n) 0 (weights l) && same_numbers v 0 (biases l).

(** Through nodes that only give a vector another shape. *)
Fixpoint source (fuel : nat) (ns : list node) (d : nat) : nat :=
  match fuel, nth_error ns d with
  | S fuel, Some (Affine _ [(k, Signed false _)] None) => source fuel ns (S d + k)
  | _, _ => d
  end.
(** Where the activation reads. *)
Definition before_activation (a : activation) (ns : list node) (d : nat) : option nat :=
  match function_of a, nth_error ns d with
  | None, _ => Some d
  | Some Functions.Relu, Some (Unary Functions.Relu _ k) => Some (S d + k)%nat
  | Some Functions.Sigmoid, Some (Unary Functions.Sigmoid _ k) => Some (S d + k)%nat
  | Some Functions.Tanh, Some (Unary Functions.Tanh _ k) => Some (S d + k)%nat
  | _, _ => None
  end.
Fixpoint computes (ns : list node) (d : nat) (ls : list (layer A)) (inputs : nat) : bool :=
  let d := source (length ns) ns d in
  match ls with
  | [] =>
      match nth_error ns d with
      | Some (Input e) => (Z.of_nat inputs =? Uint63.to_Z (len e))%Z
      | _ => false
      end
  | l :: ls =>
      match before_activation (activate l) ns d with
      | Some d =>
          let d := source (length ns) ns d in
          match nth_error ns d with
          | Some (Affine e [(k, Dense rows m n _ _ w _)] (Some v)) =>
              (rows =? 1)%uint63 && (len e =? len m)%uint63 && same_affine l m n w v
              && computes ns (S d + k) ls inputs
          | _ => false
          end
      | None => false
      end
  end.
(** No row speaks of an output that is not there. *)
Definition outputs_below (m : nat) (s : spec) : bool :=
  forallb (fun g => forallb (forallb (fun r => indices_below (of_outputs r) (Uint63.of_Z (Z.of_nat m))))
                      (ways_to_fail g)) s.
Definition matches (g : ReadGraph.network) (n : network A) (inputs : nat) : bool :=
  computes (ReadGraph.nodes g) (ReadGraph.output g) (rev n) inputs.
End Network.
