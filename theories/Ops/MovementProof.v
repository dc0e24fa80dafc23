(** Copies of a tensor side by side are the sum of the tensor placed in each of their places.

    Other symbols: see [Ops.Movement]. *)
From Coq Require Import Bool ZArith Reals Lia Floats Uint63 Ring63.
From Provenn Require Import Base.Vector Base.VectorProof Ops.Loops Ops.LoopsProof IR.LinMap Ops.Movement.
Local Open Scope R_scope.

Section Repeating.
Variables outer s n : int.
Hypotheses (Os : ok_len s = true) (On : ok_len n = true) (Ob : ok_len outer = true).
Hypotheses (Ons : ok_len (n * s) = true) (Oi : ok_len (outer * s) = true).
Hypothesis Oo : ok_len (outer * (n * s)) = true.

(** Copy [t] of entry [r] of block [a]. *)
Let at_ (a t r : int) : int := (a * (n * s) + (t * s + r))%uint63.

Section Entry.
Variables a t r : int.
Hypotheses (Ba : below (extent_of outer) a) (Bt : below (extent_of n) t) (Br : below (extent_of s) r).

Lemma copy_below : below (extent_of (outer * (n * s))) (at_ a t r).
Proof. apply below_pair; trivial. now apply below_pair. Qed.

Lemma project_copy j : below (extent_of n) j ->
  project s (n * s) (j * s) (at_ a t r) = if (j =? t)%uint63 then (a * s + r)%uint63 else max_int.
Proof.
  intros Bj. assert (Btr : below (extent_of (n * s)) (t * s + r)) by now apply below_pair.
  unfold project, at_. cbv zeta. rewrite (div_pair outer (n * s)) by assumption.
  replace (a * (n * s) + (t * s + r) - a * (n * s))%uint63 with (t * s + r)%uint63 by ring.
  assert (E1 := to_Z_pair n s t r On Os Bt Br).
  assert (L := ok_len_le _ Os). assert (M := ok_len_le _ On).
  unfold below in Bt, Bj, Br. cbn [len extent_of] in *.
  pose proof (to_Z_bounded t). pose proof (to_Z_bounded j). pose proof (to_Z_bounded r).
  assert (E2 : to_Z (j * s) = (to_Z j * to_Z s)%Z)
    by (apply to_Z_mul; change wB with 9223372036854775808%Z; nia).
  assert (E3 : to_Z (j * s + s) = (to_Z j * to_Z s + to_Z s)%Z)
    by (rewrite to_Z_add; rewrite E2; [reflexivity | change wB with 9223372036854775808%Z; nia]).
  destruct (Uint63.lebP (j * s) (t * s + r)) as [A|A]; rewrite E1, E2 in A.
  - destruct (Uint63.ltbP (t * s + r) (j * s + s)) as [B|B]; rewrite E1, E3 in B.
    + assert (to_Z j = to_Z t) by nia. replace j with t by now apply to_Z_inj.
      rewrite (proj2 (Uint63.eqb_spec t t) eq_refl). ring.
    + destruct (eq_reflect j t) as [->|]; [nia | reflexivity].
  - destruct (eq_reflect j t) as [->|]; [nia | reflexivity].
Qed.

(** The entry that stands there. *)
Lemma copied : let i := at_ a t r in let b := (i / s)%uint63 in
  ((b / n) * s + (i - b * s))%uint63 = (a * s + r)%uint63.
Proof.
  cbv zeta. unfold at_.
  replace (a * (n * s) + (t * s + r))%uint63 with ((a * n + t) * s + r)%uint63 by ring.
  assert (Oon : ok_len (outer * n) = true).
  { apply ok_len_intro. rewrite to_Z_prod by assumption. apply ok_len_le in Oo.
    rewrite (to_Z_prod outer (n * s)), (to_Z_prod n s) in Oo by assumption.
    unfold below in Br. cbn [len extent_of] in Br.
    pose proof (to_Z_bounded r). pose proof (to_Z_bounded outer). pose proof (to_Z_bounded n). nia. }
  rewrite (div_pair (outer * n) s) by (trivial; now apply below_pair).
  rewrite (div_pair outer n) by assumption. ring.
Qed.
End Entry.

Theorem repeating_placings x i : below (extent_of (outer * (n * s))) i ->
  apply (repeating outer s n) x i =
  sum (extent_of n) (fun j => apply (placing outer s (n * s) (j * s)) x i).
Proof.
  intros Hi. set (a := (i / (n * s))%uint63). set (t := (i mod (n * s) / s)%uint63).
  set (r := (i mod (n * s) mod s)%uint63).
  assert (Ba := below_div outer (n * s) i Ob Ons Hi). assert (Bm := below_mod outer (n * s) i Ob Ons Hi).
  assert (Bt := below_div n s _ On Os Bm). assert (Br := below_mod n s _ On Os Bm).
  fold a in Ba. fold t in Bt. fold r in Br.
  assert (E : i = at_ a t r).
  { unfold at_, a, t, r. rewrite (pair_div_mod n s _ On Os Bm). symmetry.
    exact (pair_div_mod outer (n * s) i Ob Ons Hi). }
  assert (B := proj2 (ltb_below _ _) (below_pair outer s a r Ob Os Ba Br)). cbn [len extent_of] in B.
  transitivity (x (a * s + r)%uint63).
  - unfold apply. cbn [repeating repeated apply_by in_ext out_ext len extent_of].
    rewrite entry_tabulate by assumption. rewrite E, copied by assumption. now rewrite B.
  - rewrite <- (sum_single (extent_of n) t (fun _ => x (a * s + r)%uint63))
      by (trivial; now apply extent_of_wf).
    apply sum_ext; [now apply extent_of_wf|]. intros j Hj.
    unfold apply. cbn [placing reindex repeated apply_by in_ext out_ext len extent_of].
    rewrite entry_tabulate by assumption. rewrite E, project_copy by assumption.
    destruct (j =? t)%uint63; [now rewrite B|].
    destruct (Uint63.ltbP max_int (outer * s)) as [L|L]; [|reflexivity].
    pose proof (to_Z_bounded (outer * s)). change (to_Z max_int) with 9223372036854775807%Z in L.
    change wB with 9223372036854775808%Z in *. lia.
Qed.
End Repeating.
