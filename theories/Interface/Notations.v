(** Networks written as one reads them, layer after layer: [From Provenn Require Import Interface Interface.Notations.]

    [dense w b]            rows of weights and biases: a layer without activation
    [l |> a]               the layer [l] with the activation [a]
    [<{ l ;; .. ;; m }>]    the network of the layers [l] to [m], the first one first

    These stand in [provenn_scope], which importing this file opens. No identifier becomes a keyword, and what is
    written is the list of [Layer]s itself, up to [cbn]. *)
From Coq Require Import List.
From Provenn Require Import Interface.Network.

Definition activated {A} (l : layer A) (a : activation) : layer A := Layer (weights l) (biases l) a.

Declare Scope provenn_scope.
Delimit Scope provenn_scope with provenn.
Notation dense w b := (Layer w b Identity).
Notation "l |> a" := (activated l a) (at level 62, left associativity) : provenn_scope.
Notation "<{ l ;; .. ;; m }>" := (cons l .. (cons m nil) ..)
  (at level 0, l at level 65, m at level 65) : provenn_scope.
Open Scope provenn_scope.
