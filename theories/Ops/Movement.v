(** Index maps of the ops that only move elements: transpose, concat, slice.

    [product s]         number of elements of a tensor of shape [s]
    [strides s]         how far apart neighbours along each axis are
    [digits ps i]       index whose mixed-radix digits, least significant first, have the given strides
    [transposing s p]   the map from a tensor of shape [s] to the one with its axes permuted by [p]
    [embed], [project]  index [i] of blocks of [s], at offset [off] inside blocks of [t], and back
    [repeating]         the map from each block to several copies of it
    [placing], [taking] the maps that put such blocks into larger ones, and take them out again *)
From Coq Require Import Floats Uint63 List.
From Provenn Require Import Base.Vector IR.LinMap.
Import ListNotations.
Local Open Scope uint63_scope.

Definition product (s : list int) : int := fold_left (fun n d => n * d) s 1.
Fixpoint strides (s : list int) : list int :=
  match s with
  | [] => []
  | _ :: s => product s :: strides s
  end.
Definition pick (s : list int) (p : list int) : list int := map (fun a => nth (nat_of a) s 0) p.

Fixpoint digits (ps : list (int * int)) (i acc : int) : int :=
  match ps with
  | [] => acc
  | (d, st) :: ps => let q := i / d in digits ps q (acc + (i - q * d) * st)
  end.
(** Position of [a] in [p], counted from [k]. *)
Fixpoint position (a : int) (p : list int) (k : int) : int :=
  match p with
  | [] => k
  | b :: p => if a =? b then k else position a p (k + 1)
  end.
Fixpoint upto (n : nat) (k : int) : list int :=
  match n with
  | O => []
  | S n => k :: upto n (k + 1)
  end.
Definition inverse (p : list int) : list int := map (fun a => position a p 0) (upto (length p) 0).

Definition transposing (s p : list int) : linmap :=
  let e := extent_of (product s) in
  let fwd := rev (combine (pick s p) (pick (strides s) p)) in
  let bwd := rev (combine s (pick (strides (pick s p)) (inverse p))) in
  reindex e e (fun i => digits fwd i 0) (fun k => digits bwd k 0).

Definition embed (s t off i : int) : int := let b := i / s in b * t + off + (i - b * s).
Definition project (s t off i : int) : int :=
  let b := i / t in
  let r := i - b * t in
  if off <=? r then if r <? off + s then b * s + (r - off) else max_int else max_int.
(** A tensor of [outer] blocks of [s] placed into [outer] blocks of [t], and the range taken out again. *)
Definition placing (outer s t off : int) : linmap :=
  reindex (extent_of (outer * s)) (extent_of (outer * t)) (project s t off) (embed s t off).
(** A tensor of [outer] blocks of [s], each of which stands [n] times in a row in the result: the sum of its [placing]s
    ([MovementProof.repeating_placings]). *)
Definition repeating (outer s n : int) : linmap :=
  repeated (extent_of (outer * s)) (extent_of (outer * (n * s)))
    (fun i => let b := i / s in (b / n) * s + (i - b * s)) (embed s (n * s) 0) n s.
Definition taking (outer s t off : int) : linmap :=
  reindex (extent_of (outer * t)) (extent_of (outer * s)) (embed s t off) (project s t off).
