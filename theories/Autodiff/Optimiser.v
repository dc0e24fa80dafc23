(** Optimisers: one step for one number as in the textbooks, and as nodes appended to a graph.

    [sgd_step]          descent with momentum, weight decay and Nesterov's look-ahead: new weight and velocity
    [adam_step]         Adam, or AdamW if [decoupled], with the bias corrections c1 = 1 - b1^t, c2 = 1 - b2^t
                        as they stand in the graph (a1 = 1 - b1, a2 = 1 - b2): new weight and moments
    [adam_textbook]     the same from b1, b2 and the step number [t]
    [param]             the nodes that hold a weight and its state (the velocity, or both moments)
    [optimiser]         an optimiser, with the nodes that hold its scalars; without [wd] there is no weight decay
    [listed o]          what is there, as a list
    [update s o p g]    append the step of [o] for [p] of shape [s] with gradient [g]; the nodes of the new
                        weight and state
    [updates ns ts gs]  the same for all weights of the graph [ns], each with its optimiser *)
From Coq Require Import Reals NArith List.
From Provenn Require Import Autodiff.View Autodiff.Core Autodiff.Reverse.
Import ListNotations.
Local Open Scope R_scope.

(** ** For one number *)
Definition sgd_step (nesterov : bool) (lr mu wd p g v : R) : list R :=
  let g' := g + wd * p in
  let v' := mu * v + g' in
  let d := if nesterov then g' + mu * v' else v' in
  [p - lr * d; v'].
Definition adam_step (decoupled : bool) (lr b1 a1 b2 a2 c1 c2 eps wd p g m v : R) : list R :=
  let p0 := if decoupled then p - lr * (wd * p) else p in
  let g' := if decoupled then g else g + wd * p in
  let m' := b1 * m + a1 * g' in
  let v' := b2 * v + a2 * (g' * g') in
  [p0 - lr * (m' / c1 / (sqrt (v' / c2) + eps)); m'; v'].
Definition adam_textbook (decoupled : bool) (lr b1 b2 eps wd : R) (t : nat) : R -> R -> R -> R -> list R :=
  adam_step decoupled lr b1 (1 - b1) b2 (1 - b2) (1 - b1 ^ t) (1 - b2 ^ t) eps wd.

(** ** As nodes *)
Record param := Param { weight : nat; moment1 : nat; moment2 : nat }.
Inductive optimiser :=
| Sgd (nesterov : bool) (lr mu : nat) (wd : option nat)
| Adam (decoupled : bool) (lr b1 a1 b2 a2 c1 c2 eps : nat) (wd : option nat).
Definition listed {A : Type} (o : option A) : list A :=
  match o with
  | Some a => [a]
  | None => []
  end.
Definition scalars (o : optimiser) : list nat :=
  match o with
  | Sgd _ lr mu wd => lr :: mu :: listed wd
  | Adam _ lr b1 a1 b2 a2 c1 c2 eps wd => lr :: b1 :: a1 :: b2 :: a2 :: c1 :: c2 :: eps :: listed wd
  end.

Section Update.
Variable s : list N.  (* the shape of the weight *)
Let add := Apply2 Add s.
Let sub := Apply2 Sub s.
Let mul := Apply2 Mul s.
Let div := Apply2 Div s.
Let all i := broadcast s (Ref i).
Let decayed (wd : option nat) (w g : expr) : expr :=
  match wd with
  | Some wd => add g (mul (all wd) w)
  | None => g
  end.

Definition update (o : optimiser) (p : param) (g : nat) (G : graph) : list nat * graph :=
  let w := Ref (weight p) in
  match o with
  | Sgd nesterov lr mu wd =>
      let (g', G) := emits (decayed wd w (Ref g)) G in
      let (v', G) := emits (add (mul (all mu) (Ref (moment1 p))) (Ref g')) G in
      let (d, G) := emits (if nesterov then add (Ref g') (mul (all mu) (Ref v')) else Ref v') G in
      let (p', G) := emits (sub w (mul (all lr) (Ref d))) G in
      ([p'; v'], G)
  | Adam decoupled lr b1 a1 b2 a2 c1 c2 eps wd =>
      let (p0, G) := emits (match decoupled, wd with
        | true, Some wd => sub w (mul (all lr) (mul (all wd) w))
        | _, _ => w
        end) G in
      let (g', G) := emits (if decoupled then Ref g else decayed wd w (Ref g)) G in
      let (m', G) := emits (add (mul (all b1) (Ref (moment1 p))) (mul (all a1) (Ref g'))) G in
      let (v', G) := emits (add (mul (all b2) (Ref (moment2 p))) (mul (all a2) (mul (Ref g') (Ref g')))) G in
      let (p', G) := emits (sub (Ref p0) (mul (all lr)
        (div (div (Ref m') (all c1)) (add (Apply1 Sqrt s (div (Ref v') (all c2))) (all eps))))) G in
      ([p'; m'; v'], G)
  end.
End Update.

(** One step for each weight by its own optimiser; [gs] are the gradients in the same order. *)
Fixpoint updates (ns : list node) (ts : list (param * optimiser)) (gs : list nat) (G : graph)
  : list (list nat) * graph :=
  match ts, gs with
  | (p, o) :: ts, g :: gs =>
      let (out, G) := update (shape_of ns (weight p)) o p g G in
      let (outs, G) := updates ns ts gs G in
      (out :: outs, G)
  | _, _ => ([], G)
  end.
