(** Derivatives along curves, and the derivative of each op as a linear map for each of its arguments.

    [curve n c t v]     the first [n] elements of the curve [c] are differentiable at time [t], with velocity
                        [v]
    [lsum f l]          the sum of [f] over the list [l]
    [slope1 f x]        the derivative of an elementwise function of one argument
    [slope2 f x y]      the partial derivatives of one of two arguments
    [jvp y o k d]       the derivative of op [o] at the values [y] when its argument number [k] moves with
                        velocity [d]
    [tangent y o d]     the derivative of [o] when every argument [j] moves with velocity [d j]
    [velocity wrt ns y dx]  the velocity of each node when the inputs in [wrt] move with velocities [dx] *)
From Coq Require Import Reals NArith List.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Autodiff.View Autodiff.Core.
Import ListNotations.
Local Open Scope R_scope.

Definition curve (n : nat) (c : R -> vec) (t : R) (v : vec) : Prop :=
  forall i, (i < n)%nat -> is_derive (fun s => c s i) t (v i).

Fixpoint lsum {A : Type} (f : A -> R) (l : list A) : R :=
  match l with
  | [] => 0
  | a :: l => f a + lsum f l
  end.

Definition slope1 (f : unary) (x : R) : R :=
  match f with
  | Relu => step x
  | Step | Sign => 0
  | Neg => -1
  | Exp => exp x
  | Log => / x
  | Sqrt => / (sqrt x + sqrt x)
  | Tanh => 1 - tanh x * tanh x
  | Sigmoid => sigmoid x - sigmoid x * sigmoid x
  | Softplus => sigmoid x
  | Erf => gauss x
  | Gauss => - ((x + x) * gauss x)
  | Sin => cos x
  | Cos => - sin x
  | Abs => sign x
  end.
Definition slope2 (f : binary) (x y : R) : R * R :=
  match f with
  | Add => (1, 1)
  | Sub => (1, -1)
  | Mul => (y, x)
  | Div => (/ y, - (x / y / y))
  | Maximum => (1 - step (y - x), step (y - x))
  | Equal => (0, 0)
  end.

Definition jvp (y : nat -> vec) (o : op) (k : nat) (d : vec) : vec :=
  match o with
  | Input | Constant _ => fun _ => 0
  | Move loops out src _ => move loops out src d
  | Contract loops out lhs rhs a b =>
      match k with
      | O => contract loops out lhs rhs d (y b)
      | _ => contract loops out lhs rhs (y a) d
      end
  | Unary f x => fun e => slope1 f (y x e) * d e
  | Binary f a b =>
      match k with
      | O => fun e => fst (slope2 f (y a e) (y b e)) * d e
      | _ => fun e => snd (slope2 f (y a e) (y b e)) * d e
      end
  | Logsumexp _ n inner x => fun e =>
      sum (N.to_nat n) (fun k => exp (y x (slice n inner e k)) * d (slice n inner e k))
      / sumexp n inner (y x) e
  end.

Definition tangent (y : nat -> vec) (o : op) (d : nat -> vec) : vec :=
  fun e => lsum (fun '(k, j) => jvp y o k (d j) e) (slots o).

(** Velocities of all nodes when the inputs in [wrt] move with velocities [dx]: forward mode. *)
Definition velocities (wrt : list nat) (ns : list node) (y : nat -> vec) (dx : nat -> vec) : list vec :=
  scan (fun ds n =>
    if active wrt ns (length ds) then
      match kind n with
      | Input => dx (length ds)
      | o => tangent y o (value ds)
      end
    else fun _ => 0) ns.
Definition velocity wrt ns y dx : nat -> vec := value (velocities wrt ns y dx).
