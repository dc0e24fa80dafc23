(** What a machine may get when it sums products in binary32: in any order, fused or not, in this or a wider
    format, subnormal numbers kept or flushed to zero.

    [number]           a result: a real, or [None] for an infinity or NaN
    [u32], [e32]       relative error of one rounding, 2^-24; what flushing a subnormal number costs, 2^-126
    [limit32]          results below 2^127 do not overflow
    [rounds z r]       one operation with the exact result [z] may give [r]
    [flushed x x']     [x'] is [x], or 0 instead of a subnormal [x]
    [tree]             an order of summation: [Zero] is an initial accumulator, padding or a masked lane;
                       [Prod w x] a product; [Fused w x t] is [w * x + t] with one rounding
    [terms t]          the pairs of factors that [t] sums
    [sums t r]         evaluating [t] may give [r]
    [total f l]        sum of [f] over [l]
    [exact], [loads]   sum of the products, sum of their absolute values
    [spill]            what flushed factors may cost, in units of [e32]
    [growth n]         largest factor by which [n] roundings change a number, [(1 + u32)^n]
    [error n l]        bounds the error of every tree over [l], plus [n] more roundings of the result *)
From Coq Require Import ZArith Reals List.
From Flocq Require Import Core.
Import ListNotations.
Local Open Scope R_scope.

Definition number := option R.
Definition u32 : R := bpow radix2 (-24).
Definition e32 : R := bpow radix2 (-126).
Definition limit32 : R := bpow radix2 127.

Definition rounds (z : R) (r : number) : Prop :=
  Rabs z < limit32 -> exists v, r = Some v /\ Rabs (v - z) <= u32 * Rabs z + e32.
Definition flushed (x x' : R) : Prop := x' = x \/ (x' = 0 /\ Rabs x <= e32).

Inductive tree :=
| Zero
| Prod (w x : R)
| Plus (s t : tree)
| Fused (w x : R) (t : tree).
Fixpoint terms (t : tree) : list (R * R) :=
  match t with
  | Zero => []
  | Prod w x => [(w, x)]
  | Plus s t => terms s ++ terms t
  | Fused w x t => (w, x) :: terms t
  end.

(** Adding a zero is exact. After an infinity or NaN anything may follow. *)
Inductive sums : tree -> number -> Prop :=
| sums_zero : sums Zero (Some 0)
| sums_prod w x w' x' r : flushed w w' -> flushed x x' -> rounds (w' * x') r -> sums (Prod w x) r
| sums_plus s t v w r : terms s <> [] -> terms t <> [] -> sums s (Some v) -> sums t (Some w) ->
    rounds (v + w) r -> sums (Plus s t) r
| sums_left s t r : terms t = [] -> sums s r -> sums (Plus s t) r
| sums_right s t r : terms s = [] -> sums t r -> sums (Plus s t) r
| sums_fused w x w' x' t v r : flushed w w' -> flushed x x' -> sums t (Some v) ->
    rounds (w' * x' + v) r -> sums (Fused w x t) r
| sums_flush t v v' : sums t (Some v) -> flushed v v' -> sums t (Some v')
| sums_lost_left s t r : sums s None -> sums (Plus s t) r
| sums_lost_right s t r : sums t None -> sums (Plus s t) r
| sums_lost_fused w x t r : sums t None -> sums (Fused w x t) r.

Definition total (f : R * R -> R) (l : list (R * R)) : R := fold_right (fun p a => f p + a) 0 l.
Definition exact : list (R * R) -> R := total (fun p => fst p * snd p).
Definition loads : list (R * R) -> R := total (fun p => Rabs (fst p) * Rabs (snd p)).
Definition spill : list (R * R) -> R := total (fun p => Rabs (fst p) + Rabs (snd p) + 4).

Definition growth (n : nat) : R := (1 + u32) ^ n.
Definition error (n : nat) (l : list (R * R)) : R :=
  (growth (length l + n) - 1) * loads l + growth (length l + n) * spill l * e32.
