(** The exact value of a network at rational inputs, as Coq computes it.

    [dot_Q], [affine_Q], [act_Q], [value_Q]   what [dot], [affine_value], [act] and [run] are, over rational
                      numbers; nothing where a number is not known as one, and for sigmoids and tanhs *)
From Coq Require Import List QArith.
From Provenn Require Import Interface.Network.
Import ListNotations.
Local Open Scope Q_scope.

Fixpoint each_Q {B C} (f : B -> option C) (l : list B) : option (list C) :=
  match l with
  | [] => Some []
  | b :: l => match f b, each_Q f l with Some c, Some cs => Some (c :: cs) | _, _ => None end
  end.

Section Value.
Context {A : Type} {num : number A}.
Fixpoint dot_Q (ws : list A) (xs : list Q) : option Q :=
  match ws, xs with
  | w :: ws, x :: xs =>
      match rational w, dot_Q ws xs with Some q, Some r => Some (Qred (q * x + r)) | _, _ => None end
  | _, _ => Some 0
  end.
Fixpoint affine_Q (ws : list (list A)) (bs : list A) (xs : list Q) : option (list Q) :=
  match ws, bs with
  | w :: ws, b :: bs =>
      match dot_Q w xs, rational b, affine_Q ws bs xs with
      | Some q, Some r, Some l => Some (Qred (q + r) :: l)
      | _, _, _ => None
      end
  | _, _ => Some []
  end.
Definition act_Q (a : activation) (x : Q) : option Q :=
  match a with
  | Identity => Some x
  | Relu => Some (if Qle_bool x 0 then 0 else x)
  | _ => None
  end.
Definition layer_Q (l : layer A) (xs : list Q) : option (list Q) :=
  match affine_Q (weights l) (biases l) xs with Some ys => each_Q (act_Q (activate l)) ys | None => None end.
Fixpoint value_Q (n : network A) (xs : list Q) : option (list Q) :=
  match n with
  | [] => Some xs
  | l :: n => match layer_Q l xs with Some ys => value_Q n ys | None => None end
  end.
End Value.
