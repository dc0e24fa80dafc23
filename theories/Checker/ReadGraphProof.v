(** Copies of one operand side by side are read as one term, with the meaning of one term a copy.

    [same_size d axis k o]  the operand [o] is the node at distance [d], of size [k] along the axis
    Other symbols: see [Checker.ReadGraph]. *)
From Coq Require Import Bool ZArith Reals Lia Floats Uint63 Ring63 List.
From Provenn Require Import Base.Vector Base.VectorProof IR.LinMap IR.Graph Ops.Movement Ops.MovementProof.
From Provenn Require Import Checker.ReadGraph.
Import ListNotations.
Local Open Scope R_scope.

Lemma counted {A} (l : list A) : forall k, (to_Z k + Z.of_nat (length l) < wB)%Z ->
  to_Z (fold_left (fun n _ => (n + 1)%uint63) l k) = (to_Z k + Z.of_nat (length l))%Z.
Proof.
  induction l as [|x l IH]; intros k H; cbn [fold_left length] in *; [lia|].
  assert (E : to_Z (k + 1) = (to_Z k + 1)%Z) by (apply to_Z_add; change (to_Z 1) with 1%Z; lia).
  rewrite IH; rewrite E; lia.
Qed.

Section Copies.
Variables (d axis : nat) (k outer inner total : int) (b : option farr) (ys : list vec) (i : int).
Definition same_size (o : nat * shaped) : Prop := fst o = d /\ nth axis (shape (snd o)) 0%uint63 = k.

Lemma placed_sum ops : Forall same_size ops -> forall j,
  affine (placed ops axis outer inner total (j * (k * inner))) b ys i =
  sumR (length ops) j (fun j =>
    apply (placing outer (k * inner) (total * inner) (j * (k * inner))) (value ys d) i) + bias_at b i.
Proof.
  induction 1 as [|[d' x] ops (D & K) _ IH]; intros j; cbn [placed affine length sumR fst snd] in *; [ring|].
  cbv zeta. rewrite K, D.
  replace (j * (k * inner) + k * inner)%uint63 with ((j + 1) * (k * inner))%uint63 by ring.
  rewrite IH. ring.
Qed.

Theorem beside_placed ops : let n := fold_left (fun n _ => (n + 1)%uint63) ops 0%uint63 in
  alike ops = true -> Forall same_size ops -> (Z.of_nat (length ops) < wB)%Z ->
  (total * inner = n * (k * inner))%uint63 ->
  ok_len (k * inner) = true -> ok_len n = true -> ok_len outer = true -> ok_len (n * (k * inner)) = true ->
  ok_len (outer * (k * inner)) = true -> ok_len (outer * (n * (k * inner))) = true ->
  below (extent_of (outer * (n * (k * inner)))) i ->
  affine (beside ops axis outer inner total) b ys i = affine (placed ops axis outer inner total 0) b ys i.
Proof.
  intros n A S L T Os On Ob Ons Oi Oo Hi.
  assert (N : length ops = nat_of n).
  { apply Nat2Z.inj. rewrite nat_of_to_Z. unfold n. rewrite counted; change (to_Z 0) with 0%Z; lia. }
  replace 0%uint63 with (0 * (k * inner))%uint63 by ring. rewrite (placed_sum ops S), N, T.
  unfold beside. rewrite A. fold n. clearbody n. destruct ops as [|[d' x] more]; [discriminate|].
  destruct (Forall_inv S) as (D & K). cbn [fst snd] in D, K. rewrite D, K. cbn [affine].
  now rewrite repeating_placings.
Qed.
End Copies.
