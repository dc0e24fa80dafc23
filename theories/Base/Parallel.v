(** Computations that may run side by side. What they give does not depend on it.

    [both f g]      the results of [f] and of [g]; the fast build makes them in two processes where one is free
    [abreast f g]   the same for work of about equal length; only processes that run anyway make them
    [fan pays f g]  the same where that [pays]
    [parts k n f]   the array [ftab n f], whose entries of even and of odd index are computed apart, [k] times
                    over
    [levels w]      how often work of the size [w] is worth halving; [large w] is whether it is worth that once *)
From Coq Require Import Floats Uint63.
From Provenn Require Import Base.Vector.
Local Open Scope uint63_scope.

Definition both {A B : Type} (f : unit -> A) (g : unit -> B) : A * B := (f tt, g tt).
Definition abreast {A B : Type} (f : unit -> A) (g : unit -> B) : A * B := (f tt, g tt).
Definition fan {A B : Type} (pays : bool) (f : unit -> A) (g : unit -> B) : A * B :=
  if pays then abreast f g else (f tt, g tt).
Fixpoint parts (k : nat) (n : int) (f : int -> float) : farr :=
  match k with
  | O => ftab n f
  | S k =>
      let '(even, odd) := abreast (fun _ => parts k ((n + 1) / 2) (fun i => f (i * 2)))
                                  (fun _ => parts k (n / 2) (fun i => f (i * 2 + 1))) in
      ftab n (fun i => fget (if i mod 2 =? 0 then even else odd) (i / 2))
  end.

(** In multiplications. Telling another process costs as much as some hundred thousand, so less than [grain] stays
    whole. *)
Definition grain : int := 1000000.
Fixpoint halvings (most : nat) (w : int) : nat :=
  match most with
  | O => O
  | S most => if w / 2 <? grain then O else S (halvings most (w / 2))
  end.
Definition levels : int -> nat := halvings 6.
Definition large (w : int) : bool := grain <=? w / 2.
