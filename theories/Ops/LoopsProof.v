(** Loops: the tests prove what they test, and accumulated sums have the error of their tree.

    [inverse e1 e2 phi psi]  [phi] and [psi] are inverse to each other where both stay in range
    [above v r]              if finite, [v] is at least [r] *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63.
From Flocq Require Import Core BinarySingleNaN IEEE754.PrimFloat.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Base.Dot Base.DotProof Ops.Loops.
Local Open Scope R_scope.

Lemma eq_reflect (i j : int) : reflect (i = j) (i =? j)%uint63.
Proof. apply iff_reflect. symmetry. apply Uint63.eqb_spec. Qed.

(** ** Tests *)
Lemma allR_spec p j : forall n i, allR n i p = true ->
  (to_Z i <= to_Z j < to_Z i + Z.of_nat n)%Z -> p j = true.
Proof.
  induction n as [|n IH]; intros i H Hj; [lia|].
  cbn [allR] in H. destruct (p i) eqn:E; [|discriminate].
  destruct (Z.eq_dec (to_Z i) (to_Z j)) as [Q|Q].
  - apply to_Z_inj in Q. now subst j.
  - apply (IH (i + 1)%uint63 H).
    pose proof (to_Z_bounded j) as B. pose proof (to_Z_add i 1) as P.
    change (to_Z 1) with 1%Z in P. rewrite P by lia. lia.
Qed.

Lemma allb_spec e p j : wf e -> allb e p = true -> below e j -> p j = true.
Proof.
  intros W H J. apply (allR_spec p j (fuel e) 0%uint63 H).
  rewrite (wf_fuel e W), nat_of_to_Z. unfold below in J. pose proof (to_Z_bounded j).
  change (to_Z 0) with 0%Z. lia.
Qed.

Lemma counts_nat_of : forall n i, counts n i = true -> n = nat_of i.
Proof.
  intros n i H. apply Nat2Z.inj. rewrite nat_of_to_Z. revert i H.
  induction n as [|n IH]; intros i H; cbn [counts] in H.
  - apply Uint63.eqb_spec in H. now subst i.
  - destruct (i =? 0)%uint63 eqn:E; [discriminate|]. apply IH in H.
    assert (to_Z i <> 0%Z) by (intros Z; apply (to_Z_inj i 0) in Z; subst i; discriminate).
    pose proof (to_Z_bounded i). rewrite Uint63.sub_spec in H. change (to_Z 1) with 1%Z in H.
    rewrite Z.mod_small in H by lia. lia.
Qed.
Lemma wf_ext_wf e : wf_ext e = true -> wf e.
Proof.
  unfold wf_ext, wf. rewrite !andb_true_iff.
  intros (H & A%counts_nat_of & B%counts_nat_of & C%counts_nat_of). split; [|exact H].
  destruct e as [n f o r]; cbn [len fuel octs rest] in *. unfold extent_of. now rewrite A, B, C.
Qed.

Lemma wf_extent_of e : wf e -> extent_of (len e) = e.
Proof. intros [H _]. now symmetry. Qed.
Lemma wf_ok e : wf e -> ok_len (len e) = true.
Proof. now intros [_ H]. Qed.

Lemma ltb_below e i : (i <? len e)%uint63 = true <-> below e i.
Proof. symmetry. apply below_iff. Qed.

(** ** Exact division *)
Lemma divide_eq a b : divide a b = (a / b)%uint63.
Proof.
  unfold divide. destruct (a <? b)%uint63 eqn:E; [|reflexivity]. apply Uint63.ltb_spec in E.
  apply to_Z_inj. rewrite div_spec, Z.div_small by (pose proof (to_Z_bounded a); lia). reflexivity.
Qed.
(** The factor is too large by less than one part in [2^42 / d], which no [a * d] of this size shows. *)
Lemma div_by_inv d a : ok_len d = true -> (to_Z a < 2097152)%Z -> div_by (inv d) a = (a / d)%uint63.
Proof.
  intros Hd%ok_len_le Ha. pose proof (to_Z_bounded a) as Ba. pose proof (to_Z_bounded d) as Bd.
  assert (Q : (0 <= 4398046511104 / to_Z d <= 4398046511104)%Z).
  { split; [apply Z_div_nonneg_nonneg; lia|]. destruct (Z.eq_dec (to_Z d) 0) as [->|]; [cbn; lia|].
    apply Z.div_le_upper_bound; nia. }
  assert (M : to_Z (inv d) = (4398046511104 / to_Z d + 1)%Z).
  { unfold inv. rewrite to_Z_add; rewrite div_spec; [reflexivity|].
    change wB with 9223372036854775808%Z. change (to_Z 1) with 1%Z.
    change (to_Z 4398046511104) with 4398046511104%Z. lia. }
  apply to_Z_inj. unfold div_by. rewrite lsr_spec, div_spec. change (2 ^ to_Z 42)%Z with 4398046511104%Z.
  rewrite to_Z_mul, M by (rewrite ?M; change wB with 9223372036854775808%Z; nia).
  destruct (Z.eq_dec (to_Z d) 0) as [E|E].
  { rewrite E, !Zdiv_0_r, Z.div_small; lia. }
  pose proof (Z.div_mod 4398046511104 (to_Z d) E) as DM.
  pose proof (Z.mod_pos_bound 4398046511104 (to_Z d) ltac:(lia)) as DR.
  pose proof (Z.div_mod (to_Z a) (to_Z d) E) as AM.
  pose proof (Z.mod_pos_bound (to_Z a) (to_Z d) ltac:(lia)) as AR.
  set (q := (4398046511104 / to_Z d)%Z) in *. set (s := (4398046511104 mod to_Z d)%Z) in *.
  set (u := (to_Z a / to_Z d)%Z) in *. set (v := (to_Z a mod to_Z d)%Z) in *.
  clearbody q s u v. symmetry.
  assert (F : (to_Z d * (q + 1) = 4398046511104 + (to_Z d - s))%Z) by lia.
  assert (G : (to_Z d * (to_Z a * (q + 1) - 4398046511104 * u) =
               4398046511104 * v + to_Z a * (to_Z d - s))%Z).
  { replace (to_Z d * (to_Z a * (q + 1) - 4398046511104 * u))%Z
      with (to_Z a * (to_Z d * (q + 1)) - 4398046511104 * (to_Z d * u))%Z by ring. rewrite F.
    replace (to_Z d * u)%Z with (to_Z a - v)%Z by lia. ring. }
  assert (S : (0 <= to_Z a * (to_Z d - s) < 4398046511104)%Z) by nia.
  apply (Z.div_unique _ _ _ (to_Z a * (q + 1) - 4398046511104 * u)%Z); [left; nia|ring].
Qed.
Lemma shift_div_4 a : (a >> 2)%uint63 = (a / 4)%uint63.
Proof. apply to_Z_inj. now rewrite lsr_spec, div_spec. Qed.
Lemma land_mod_4 a : (a land 3)%uint63 = (a mod 4)%uint63.
Proof. apply to_Z_inj. rewrite land_spec', mod_spec. exact (Z.land_ones (to_Z a) 2 ltac:(lia)). Qed.
Lemma odd_bits_spec (k : nat) m d z q : (to_Z m = 2 ^ Z.of_nat k - 1)%Z -> odd_bits m d z = true ->
  (to_Z z <> to_Z q * to_Z d)%Z.
Proof.
  intros Hm H E. unfold odd_bits in H. apply andb_prop in H as [Hd Hz]. apply negb_true_iff in Hz.
  apply Uint63.eqb_spec in Hd. assert (Nz : (z land m)%uint63 <> 0%uint63).
  { intros F. rewrite F in Hz. discriminate. }
  assert (L : forall y, to_Z (y land m) = (to_Z y mod 2 ^ Z.of_nat k)%Z).
  { intros y. rewrite land_spec', Hm. replace (2 ^ Z.of_nat k - 1)%Z with (Z.ones (Z.of_nat k)).
    - apply Z.land_ones. lia.
    - rewrite Z.ones_equiv. lia. }
  apply Nz, to_Z_inj. rewrite L, E. apply (f_equal to_Z) in Hd. rewrite L in Hd.
  rewrite Z.mul_mod, Hd by lia. change (to_Z 0) with 0%Z. now rewrite Z.mul_0_r.
Qed.
Lemma quot_spec d z q : (0 < to_Z d <= 2097152)%Z -> (to_Z q <= 2097152)%Z ->
  quot d z = q <-> to_Z z = (to_Z q * to_Z d)%Z.
Proof.
  intros Hd Hq. unfold quot. pose proof (to_Z_bounded z) as Bz. pose proof (to_Z_bounded q) as Bq.
  destruct (eq_reflect d 1) as [E|E].
  { subst d. change (to_Z 1) with 1%Z. rewrite Z.mul_1_r. split; [now intros ->|apply to_Z_inj]. }
  destruct (eq_reflect d 2) as [E2|E2].
  { subst d. change (to_Z 2) with 2%Z. pose proof (Z.div_mod (to_Z z) 2 ltac:(lia)) as DM.
    assert (D : to_Z (z >> 1) = (to_Z z / 2)%Z) by apply lsr_spec.
    assert (M : to_Z (z land 1) = (to_Z z mod 2)%Z).
    { rewrite land_spec'. exact (Z.land_ones (to_Z z) 1 ltac:(lia)). }
    destruct (eq_reflect (z land 1) 0) as [F|F].
    - apply (f_equal to_Z) in F. rewrite M in F. change (to_Z 0) with 0%Z in F. split.
      + intros <-. lia.
      + intros G. apply to_Z_inj. lia.
    - split.
      + intros <-. change (to_Z max_int) with 9223372036854775807%Z in Hq. lia.
      + intros G. exfalso. apply F. apply to_Z_inj. rewrite M, G, Z.mod_mul by lia. reflexivity. }
  destruct (odd_bits 15 d z || odd_bits 3 d z || (4398046511104 <? z)%uint63)%bool eqn:O.
  { assert (N : (to_Z z <> to_Z q * to_Z d)%Z).
    { apply orb_prop in O as [O | O]; [apply orb_prop in O as [O | O]|].
      - now apply (odd_bits_spec 4 15).
      - now apply (odd_bits_spec 2 3).
      - apply Uint63.ltb_spec in O. change (to_Z 4398046511104) with 4398046511104%Z in O. nia. }
    split; [|contradiction]. intros <-. change (to_Z max_int) with 9223372036854775807%Z in Hq. lia. }
  assert (D : to_Z (z / d)%uint63 = (to_Z z / to_Z d)%Z) by apply div_spec.
  assert (M : to_Z (z / d * d)%uint63 = (to_Z z / to_Z d * to_Z d)%Z).
  { rewrite to_Z_mul; rewrite D; [reflexivity|].
    pose proof (Z.mul_div_le (to_Z z) (to_Z d)). lia. }
  destruct (eq_reflect (z / d * d)%uint63 z) as [F|F].
  - apply (f_equal to_Z) in F. rewrite M in F. split.
    + intros <-. rewrite D. lia.
    + intros G. apply to_Z_inj. rewrite D, G. apply Z.div_mul. lia.
  - split.
    + intros <-. change (to_Z max_int) with 9223372036854775807%Z in Hq. lia.
    + intros G. exfalso. apply F. apply to_Z_inj. rewrite M, G, Z.div_mul by lia. reflexivity.
Qed.

(** ** Change of the summation index *)
Definition inverse (e1 e2 : extent) (phi psi : int -> int) : Prop :=
  (forall i, below e1 i -> below e2 (phi i) -> psi (phi i) = i) /\
  (forall k, below e2 k -> below e1 (psi k) -> phi (psi k) = k).

Lemma inverse_sym e1 e2 phi psi : inverse e1 e2 phi psi -> inverse e2 e1 psi phi.
Proof. now intros [A B]. Qed.

Lemma inverse_eqb e1 e2 phi psi i k : inverse e1 e2 phi psi -> below e1 i -> below e2 k ->
  (k =? phi i)%uint63 = (i =? psi k)%uint63.
Proof.
  intros [A B] Hi Hk. destruct (eq_reflect k (phi i)) as [E|E], (eq_reflect i (psi k)) as [F|F]; auto.
  - subst k. now rewrite A in F.
  - subst i. now rewrite B in E.
Qed.

Lemma sum_inverse e1 e2 phi psi (f : int -> int -> R) : wf e1 -> wf e2 -> inverse e1 e2 phi psi ->
  sum e1 (fun i => if (phi i <? len e2)%uint63 then f i (phi i) else 0) =
  sum e2 (fun k => if (psi k <? len e1)%uint63 then f (psi k) k else 0).
Proof.
  intros W1 W2 H.
  transitivity (sum e1 (fun i => sum e2 (fun k => if (k =? phi i)%uint63 then f i k else 0))).
  { apply sum_ext; [exact W1|]. intros i Hi. now rewrite (sum_single_if e2 (phi i) (fun k => f i k)). }
  rewrite sum_exchange. apply sum_ext; [exact W2|]. intros k Hk.
  rewrite <- (sum_single_if e1 (psi k) (fun i => f i k) W1). apply sum_ext; [exact W1|]. intros i Hi.
  now rewrite (inverse_eqb e1 e2 phi psi i k H Hi Hk).
Qed.

(** A sum over the indices that [p] chooses: those that [nth] numbers, which [place] undoes. *)
Lemma sum_numbered e times (p : int -> bool) (nth place : int -> int) f : wf e -> wf times ->
  (forall t, below times t -> below e (nth t) /\ p (nth t) = true /\ place (nth t) = t) ->
  (forall i, below e i -> p i = true -> below times (place i) /\ nth (place i) = i) ->
  sum e (fun i => if p i then f i else 0) = sum times (fun t => f (nth t)).
Proof.
  intros We Wt A B.
  transitivity (sum e (fun i => sum times (fun t => if (i =? nth t)%uint63 then f i else 0))).
  - apply sum_ext; [exact We|]. intros i Hi.
    transitivity (sum times (fun t => if (t =? place i)%uint63 then if p i then f i else 0 else 0)).
    + rewrite (sum_single_if times (place i) (fun _ => if p i then f i else 0) Wt).
      destruct (p i) eqn:P; [|now destruct (_ <? _)%uint63]. destruct (B i Hi P) as (T & _).
      apply ltb_below in T. now rewrite T.
    + apply sum_ext; [exact Wt|]. intros t Ht. destruct (A t Ht) as (_ & P & Q).
      destruct (eq_reflect i (nth t)) as [->|N]; [rewrite Q, P; now destruct (eq_reflect t t)|].
      destruct (eq_reflect t (place i)) as [->|]; [|reflexivity]. destruct (p i) eqn:P'; [|reflexivity].
      now destruct (B i Hi P') as (_ & E); symmetry in E.
  - rewrite sum_exchange. apply sum_ext; [exact Wt|]. intros t Ht. apply sum_single; [exact We|].
    now apply A.
Qed.

Lemma sum_if e (b : bool) f : sum e (fun i => if b then f i else 0) = if b then sum e f else 0.
Proof.
  destruct b; [reflexivity|]. unfold sum. generalize 0%uint63.
  induction (fuel e) as [|n IH]; intros i; cbn; [reflexivity|]. rewrite IH. ring.
Qed.

(** ** Accumulated sums *)
Lemma accR_map {A B} (g : A -> B) f h : (forall i a, g (f i a) = h i (g a)) -> forall n i a,
  g (accR n i f a) = accR n i h (g a).
Proof. intros H. induction n as [|n IH]; intros i a; cbn [accR]; [reflexivity|]. now rewrite IH, H. Qed.

Lemma accF_ext {A} e (f g : int -> A -> A) acc : wf e -> (forall i a, below e i -> f i a = g i a) ->
  accF e f acc = accF e g acc.
Proof.
  intros W H. pose proof (wf_len e W) as L. unfold accF.
  assert (B : (to_Z 0 + Z.of_nat (fuel e) <= to_Z (len e))%Z).
  { rewrite (wf_fuel e W), nat_of_to_Z. change (to_Z 0) with 0%Z. lia. }
  revert B acc. generalize 0%uint63.
  induction (fuel e) as [|n IH]; intros i B acc; cbn [accR]; [reflexivity|].
  rewrite H by (unfold below; lia). apply IH. rewrite to_Z_add; change (to_Z 1) with 1%Z; [lia|].
  change wB with 9223372036854775808%Z. lia.
Qed.
Lemma accF_id {A} e (f : int -> A -> A) acc : wf e -> (forall i a, below e i -> f i a = a) ->
  accF e f acc = acc.
Proof.
  intros W H. rewrite (accF_ext e f (fun _ a => a) acc W H). unfold accF. generalize 0%uint63.
  induction (fuel e) as [|n IH]; intros i; cbn [accR]; auto.
Qed.

Lemma accR_sums f F G B k ko n : forall i acc d o r m,
  (forall j acc d o r m, (to_Z i <= to_Z j < to_Z i + Z.of_nat n)%Z -> (B <= d)%nat -> sums acc d o r m ->
     sums (f j acc) (k + d) (ko + o) (r + F j) (m + G j)) ->
  (to_Z i + Z.of_nat n < wB)%Z -> (B <= d)%nat -> sums acc d o r m ->
  sums (accR n i f acc) (n * k + d) (n * ko + o) (r + sumR n i F) (m + sumR n i G).
Proof.
  induction n as [|n IH]; intros i acc d o r m H W D S; cbn [accR sumR].
  - now rewrite !Rplus_0_r.
  - assert (P : to_Z (i + 1) = (to_Z i + 1)%Z) by (apply to_Z_add; change (to_Z 1) with 1%Z; lia).
    assert (T := IH (i + 1)%uint63 (f i acc) (k + d)%nat (ko + o)%nat (r + F i) (m + G i)).
    rewrite !Rplus_assoc in T. eapply sums_le; [apply T| |]; try lia.
    + intros j a d' o' r' m' Hj. apply H. lia.
    + apply H; auto. lia.
Qed.

Lemma accF_sums e f F G B k ko acc d o r m : wf e ->
  (forall j acc d o r m, below e j -> (B <= d)%nat -> sums acc d o r m ->
     sums (f j acc) (k + d) (ko + o) (r + F j) (m + G j)) ->
  (B <= d)%nat -> sums acc d o r m ->
  sums (accF e f acc) (fuel e * k + d) (fuel e * ko + o) (r + sum e F) (m + sum e G).
Proof.
  intros W H D S. pose proof (wf_fuel e W) as E. pose proof (nat_of_to_Z (len e)) as N.
  pose proof (wf_len e W) as L.
  apply (accR_sums f F G B); auto.
  - change (to_Z 0) with 0%Z. rewrite E, N. intros j a d' o' r' m' Hj. apply H. unfold below. lia.
  - change (to_Z 0) with 0%Z. change wB with 9223372036854775808%Z. rewrite E, N. lia.
Qed.

(** ** Sums of entries *)
Lemma sums_entry x : sums x 0 0 (fR x) (Rabs (fR x)).
Proof. intros _. exists (Leaf (fR x)). cbn [exact magnitude depth ops]. repeat split; auto. constructor. Qed.

Lemma sum_strided_sums a i d n : forall t s k o r m, (2 <= k)%nat -> sums s k o r m ->
  sums (sum_strided n a (i + t * d) d s) (n + k) (n + o)
    (r + sumR n t (fun t => fR (fget a (i + t * d)%uint63)))
    (m + sumR n t (fun t => Rabs (fR (fget a (i + t * d)%uint63)))).
Proof.
  induction n as [n IH] using (well_founded_induction lt_wf). intros t s k o r m K T0.
  assert (one : forall n', n = S n' -> sums
    (sum_strided n' a (i + t * d + d) d (s + fget a (i + t * d)%uint63)) (n + k) (n + o)
    (r + sumR n t (fun t => fR (fget a (i + t * d)%uint63)))
    (m + sumR n t (fun t => Rabs (fR (fget a (i + t * d)%uint63))))).
  { intros n' ->. replace (i + t * d + d)%uint63 with (i + (t + 1) * d)%uint63 by ring.
    cbn [sumR]. rewrite <- !Rplus_assoc.
    assert (T := sums_add _ _ _ _ _ _ _ _ _ _ T0 (sums_entry (fget a (i + t * d)))).
    eapply sums_le; [apply (IH n' ltac:(lia)); [|exact T] | |]; lia. }
  destruct n as [|n1]; [cbn; now rewrite !Rplus_0_r|]. cbn [sum_strided].
  destruct n1 as [|n2]; [now apply one|]. destruct n2 as [|n3]; [now apply one|].
  destruct n3 as [|n]; [now apply one|]. clear one. cbv zeta. cbn [sumR].
  replace (i + t * d + d + d + d + d)%uint63 with (i + (t + 1 + 1 + 1 + 1) * d)%uint63 by ring.
  replace (i + t * d + d + d + d)%uint63 with (i + (t + 1 + 1 + 1) * d)%uint63 by ring.
  replace (i + t * d + d + d)%uint63 with (i + (t + 1 + 1) * d)%uint63 by ring.
  replace (i + t * d + d)%uint63 with (i + (t + 1) * d)%uint63 by ring.
  assert (E := fun t => sums_entry (fget a (i + t * d)%uint63)). set (j := (t + 1 + 1 + 1)%uint63) in *.
  assert (T := sums_add _ _ _ _ _ _ _ _ _ _ T0 (sums_add _ _ _ _ _ _ _ _ _ _
    (sums_add _ _ _ _ _ _ _ _ _ _ (E t) (E (t + 1)%uint63))
    (sums_add _ _ _ _ _ _ _ _ _ _ (E (t + 1 + 1)%uint63) (E j)))).
  apply (IH n ltac:(lia) (j + 1)%uint63) in T; [|lia].
  rewrite !Rplus_assoc in T. eapply sums_le; [exact T| |]; lia.
Qed.

Lemma sum_strided_error e a i d : wf e -> fin (sum_strided (fuel e) a i d 0) ->
  Rabs (fR (sum_strided (fuel e) a i d 0) - sum e (fun t => fR (fget a (i + t * d)%uint63))) <=
    fR (gamma (len e)) * sum e (fun t => Rabs (fR (fget a (i + t * d)%uint63))) + fR tiny.
Proof.
  intros W F. pose proof (wf_len e W) as L. pose proof (nat_of_to_Z (len e)) as N.
  assert (T := sums_le _ _ _ _ _ 2 0 sums_0 ltac:(lia) (le_n 0)).
  apply (sum_strided_sums a i d (fuel e) 0) in T; [|lia].
  replace (i + 0 * d)%uint63 with i in T by ring. rewrite !Rplus_0_l in T.
  apply (sums_error _ _ _ _ _ (len e)) in T; trivial; rewrite ?(wf_fuel e W).
  - apply gamma_fin. lia.
  - lia.
  - rewrite Nat.add_0_r, INR_IZR_INZ, N. apply IZR_le in L. lra.
Qed.
Lemma sum_one e f : wf e -> (len e =? 1)%uint63 = true -> sum e f = f 0%uint63.
Proof.
  intros W E. apply Uint63.eqb_spec in E. unfold sum. rewrite (wf_fuel e W), E.
  change (nat_of 1) with 1%nat. cbn [sumR]. ring.
Qed.

(** ** Accumulated upper bounds *)
Definition above (v : PrimFloat.float) (r : R) : Prop := fin v -> r <= fR v.

Lemma above_0 : above 0 0.
Proof. intros _. rewrite fR_0. lra. Qed.

Lemma above_add v w r r' : above v r -> above w r' -> above (up (v + w)) (r + r').
Proof. intros H H' F. destruct (up_add v w F) as (A & B & C). specialize (H A). specialize (H' B). lra. Qed.

Lemma accR_above f F n : forall i acc r,
  (forall j acc r, (to_Z i <= to_Z j < to_Z i + Z.of_nat n)%Z -> above acc r -> above (f j acc) (r + F j)) ->
  (to_Z i + Z.of_nat n < wB)%Z -> above acc r -> above (accR n i f acc) (r + sumR n i F).
Proof.
  induction n as [|n IH]; intros i acc r H W S; cbn [accR sumR].
  - now rewrite Rplus_0_r.
  - assert (P : to_Z (i + 1) = (to_Z i + 1)%Z) by (apply to_Z_add; change (to_Z 1) with 1%Z; lia).
    rewrite <- Rplus_assoc. apply IH; [|lia|].
    + intros j a r' Hj. apply H. lia.
    + apply H; auto. lia.
Qed.

Lemma accF_above e f F acc r : wf e ->
  (forall j acc r, below e j -> above acc r -> above (f j acc) (r + F j)) ->
  above acc r -> above (accF e f acc) (r + sum e F).
Proof.
  intros W H S. pose proof (wf_fuel e W) as E. pose proof (nat_of_to_Z (len e)) as N.
  pose proof (wf_len e W) as L. apply accR_above; auto.
  - change (to_Z 0) with 0%Z. rewrite E, N. intros j a r' Hj. apply H. unfold below. lia.
  - change (to_Z 0) with 0%Z. change wB with 9223372036854775808%Z. rewrite E, N. lia.
Qed.
