(** Laws of float arrays, of machine-integer indices and of finite sums. Other symbols: see [Base.Vector].

    [nth_index i k]  the index [k] steps after [i], as a sum from [i] visits it *)
From Coq Require Import ZArith Reals Lra Lia Floats Uint63 PArray Ring63.
From Provenn Require Import Base.Vector.
Local Open Scope R_scope.

(** ** Indices *)
Lemma nat_of_to_Z n : Z.of_nat (nat_of n) = to_Z n.
Proof. unfold nat_of. pose proof (to_Z_bounded n). lia. Qed.

Lemma ok_len_le n : ok_len n = true -> (to_Z n <= 2097152)%Z.
Proof. exact (proj1 (leb_spec n max_len)). Qed.
Lemma ok_len_intro n : (to_Z n <= 2097152)%Z -> ok_len n = true.
Proof. exact (proj2 (leb_spec n max_len)). Qed.

Lemma to_Z_add i j : (to_Z i + to_Z j < wB)%Z -> to_Z (i + j) = (to_Z i + to_Z j)%Z.
Proof.
  intros H. rewrite add_spec. pose proof (to_Z_bounded i). pose proof (to_Z_bounded j).
  apply Z.mod_small. lia.
Qed.
Lemma to_Z_mul i j : (to_Z i * to_Z j < wB)%Z -> to_Z (i * j) = (to_Z i * to_Z j)%Z.
Proof.
  intros H. rewrite mul_spec. pose proof (to_Z_bounded i). pose proof (to_Z_bounded j).
  apply Z.mod_small. nia.
Qed.

Lemma extent_of_wf n : ok_len n = true -> wf (extent_of n).
Proof. now split. Qed.
Lemma wf_len e : wf e -> (to_Z (len e) <= 2097152)%Z.
Proof. intros [_ H]. now apply ok_len_le. Qed.
Lemma wf_fuel e : wf e -> fuel e = nat_of (len e).
Proof. intros [-> _]. reflexivity. Qed.
Lemma wf_fuel_split e : wf e -> fuel e = (8 * octs e + rest e)%nat.
Proof.
  intros [-> _]. cbn [extent_of fuel octs rest]. set (n := len e).
  assert (E3 : to_Z (n >> 3) = (to_Z n / 8)%Z) by apply lsr_spec.
  assert (E7 : to_Z (n land 7) = (to_Z n mod 8)%Z).
  { rewrite land_spec'. exact (Z.land_ones (to_Z n) 3 ltac:(lia)). }
  apply Nat2Z.inj. rewrite Nat2Z.inj_add, Nat2Z.inj_mul, !nat_of_to_Z, E3, E7.
  exact (Z.div_mod (to_Z n) 8 ltac:(lia)).
Qed.
Lemma below_iff e i : below e i <-> Uint63.ltb i (len e) = true.
Proof. symmetry. apply ltb_spec. Qed.

(** Row-major pairs of indices. *)
Lemma to_Z_prod a b : ok_len a = true -> ok_len b = true -> to_Z (a * b) = (to_Z a * to_Z b)%Z.
Proof.
  intros Ha%ok_len_le Hb%ok_len_le. apply to_Z_mul. change wB with 9223372036854775808%Z.
  pose proof (to_Z_bounded a). pose proof (to_Z_bounded b). nia.
Qed.
Lemma to_Z_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> to_Z (i * b + j) = (to_Z i * to_Z b + to_Z j)%Z.
Proof.
  unfold below, extent_of, len. intros Ha%ok_len_le Hb%ok_len_le Hi Hj.
  pose proof (to_Z_bounded i). pose proof (to_Z_bounded j).
  assert (to_Z i * to_Z b <= 2097152 * 2097152)%Z by nia.
  assert (E : to_Z (i * b) = (to_Z i * to_Z b)%Z).
  { apply to_Z_mul. change wB with 9223372036854775808%Z. lia. }
  rewrite <- E. apply to_Z_add. rewrite E. change wB with 9223372036854775808%Z. lia.
Qed.
Lemma below_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> below (extent_of (a * b)) (i * b + j).
Proof.
  intros Ha Hb Hi Hj. unfold below. cbn [extent_of len].
  rewrite to_Z_prod, (to_Z_pair a b) by assumption.
  unfold below, extent_of, len in *. pose proof (to_Z_bounded b).
  assert ((to_Z i + 1) * to_Z b <= to_Z a * to_Z b)%Z by (apply Z.mul_le_mono_nonneg_r; lia). lia.
Qed.
(** Facts about an index below a product: the second factor is not 0. *)
Lemma below_prod_Z a b k : ok_len a = true -> ok_len b = true -> below (extent_of (a * b)) k ->
  (0 <= to_Z k < to_Z a * to_Z b)%Z /\ (0 < to_Z b)%Z.
Proof.
  unfold below. cbn [extent_of len]. intros Ha Hb. rewrite to_Z_prod by assumption. intros H.
  pose proof (to_Z_bounded k). pose proof (to_Z_bounded b).
  destruct (Z.eq_dec (to_Z b) 0) as [E|E]; [rewrite E, Z.mul_0_r in H; lia | lia].
Qed.
Lemma below_div a b k : ok_len a = true -> ok_len b = true ->
  below (extent_of (a * b)) k -> below (extent_of a) (k / b).
Proof.
  intros Ha Hb H. destruct (below_prod_Z a b k Ha Hb H). unfold below. cbn [extent_of len].
  rewrite div_spec. apply Z.div_lt_upper_bound; lia.
Qed.
Lemma below_mod a b k : ok_len a = true -> ok_len b = true ->
  below (extent_of (a * b)) k -> below (extent_of b) (k mod b).
Proof.
  intros Ha Hb H. destruct (below_prod_Z a b k Ha Hb H). unfold below. cbn [extent_of len].
  rewrite mod_spec. apply Z.mod_pos_bound. lia.
Qed.
Lemma pair_div_mod a b k : ok_len a = true -> ok_len b = true ->
  below (extent_of (a * b)) k -> ((k / b) * b + k mod b)%uint63 = k.
Proof.
  intros Ha Hb H. assert (Hd := below_div a b k Ha Hb H). assert (Hm := below_mod a b k Ha Hb H).
  destruct (below_prod_Z a b k Ha Hb H). apply to_Z_inj.
  rewrite (to_Z_pair a b), div_spec, mod_spec by assumption.
  assert (D := Z.div_mod (to_Z k) (to_Z b) ltac:(lia)). lia.
Qed.
Lemma div_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> ((i * b + j) / b)%uint63 = i.
Proof.
  intros Ha Hb Hi Hj. apply to_Z_inj. rewrite div_spec, (to_Z_pair a b) by assumption.
  pose proof (to_Z_bounded j). unfold below, extent_of, len in *.
  rewrite Z.div_add_l, Z.div_small by lia. lia.
Qed.
Lemma mod_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> ((i * b + j) mod b)%uint63 = j.
Proof.
  intros Ha Hb Hi Hj. apply to_Z_inj. rewrite mod_spec, (to_Z_pair a b) by assumption.
  pose proof (to_Z_bounded j). unfold below, extent_of, len in *.
  rewrite Z.add_comm, Z.mod_add, Z.mod_small by lia. lia.
Qed.

(** ** Arrays *)
Lemma fill_get {A} n : forall i (f : int -> A) a k, (to_Z i + Z.of_nat n <= to_Z (PArray.length a))%Z ->
  PArray.get (fill n i f a) k =
  if ((to_Z i <=? to_Z k) && (to_Z k <? to_Z i + Z.of_nat n))%Z%bool then f k else PArray.get a k.
Proof.
  induction n as [|n IH]; intros i f a k H; cbn [fill].
  - replace (_ && _)%bool with false; [reflexivity|].
    symmetry. apply Bool.andb_false_iff. destruct (Z.leb_spec (to_Z i) (to_Z k)); [right | now left].
    apply Z.ltb_ge. lia.
  - assert (B := to_Z_bounded (PArray.length a)).
    assert (E : to_Z (i + 1) = (to_Z i + 1)%Z).
    { change 1%Z with (to_Z 1). apply to_Z_add. change (to_Z 1) with 1%Z. lia. }
    rewrite IH by (rewrite length_set, E; lia). rewrite E.
    destruct (Z.eq_dec (to_Z i) (to_Z k)) as [C|C].
    + apply to_Z_inj in C. subst k.
      rewrite get_set_same by (apply ltb_spec; lia).
      rewrite (proj2 (Z.leb_gt (to_Z i + 1) (to_Z i))), (proj2 (Z.leb_le (to_Z i) (to_Z i))) by lia.
      rewrite (proj2 (Z.ltb_lt (to_Z i) (to_Z i + Z.of_nat (S n)))) by lia. reflexivity.
    + rewrite get_set_other by (intros ->; now apply C).
      replace ((to_Z i + 1 <=? to_Z k) && (to_Z k <? to_Z i + 1 + Z.of_nat n))%Z%bool
        with ((to_Z i <=? to_Z k) && (to_Z k <? to_Z i + Z.of_nat (S n)))%Z%bool; [reflexivity|].
      rewrite Nat2Z.inj_succ.
      apply Bool.eq_iff_eq_true. rewrite !Bool.andb_true_iff, !Z.leb_le, !Z.ltb_lt. lia.
Qed.

Lemma entry_tabulate {A} n (d : A) f i : ok_len n = true -> (to_Z i < to_Z n)%Z ->
  entry (tabulate n d f) i = f i.
Proof.
  intros Hn Hi. unfold entry, tabulate. apply ok_len_le in Hn. pose proof (to_Z_bounded i).
  rewrite fill_get; rewrite nat_of_to_Z; change (to_Z 0) with 0%Z.
  - rewrite (proj2 (Z.leb_le _ _)), (proj2 (Z.ltb_lt _ _)) by lia. reflexivity.
  - rewrite length_make, (proj2 (leb_spec n max_length)); [lia|].
    change (to_Z max_length) with 4194303%Z. lia.
Qed.
Lemma fget_ftab n f i : ok_len n = true -> (to_Z i < to_Z n)%Z -> fget (ftab n f) i = f i.
Proof. exact (entry_tabulate n 0%float f i). Qed.
Lemma fget_ftab_below e f i : wf e -> below e i -> fget (ftab (len e) f) i = f i.
Proof. intros [_ H] Hi. now apply fget_ftab. Qed.

Lemma fget_ftab4 n f i : ok_len n = true -> (to_Z i < to_Z n)%Z ->
  fget (ftab4 n f) i = part (f (i / 4)%uint63) (i mod 4)%uint63.
Proof. intros Hn Hi. exact (fget_ftab n _ i Hn Hi). Qed.
(** An index is four times its quotient, plus a remainder that [part] tells apart. *)
Lemma quarter i : exists r, (r = 0 \/ r = 1 \/ r = 2 \/ r = 3)%uint63 /\ (i mod 4)%uint63 = r /\
  (i / 4 * 4 + r)%uint63 = i.
Proof.
  exists (i mod 4)%uint63. assert (E2 : to_Z (i / 4) = (to_Z i / 4)%Z) by apply div_spec.
  assert (E3 : to_Z (i mod 4) = (to_Z i mod 4)%Z) by apply mod_spec.
  pose proof (Z.mod_pos_bound (to_Z i) 4 ltac:(lia)). pose proof (Z.div_mod (to_Z i) 4 ltac:(lia)).
  pose proof (to_Z_bounded i). split; [|split; [reflexivity|]].
  - assert (C : (to_Z (i mod 4) = 0 \/ to_Z (i mod 4) = 1 \/ to_Z (i mod 4) = 2 \/
      to_Z (i mod 4) = 3)%Z) by lia.
    destruct C as [C|[C|[C|C]]]; [left|right; left|right; right; left|right; right; right];
      apply to_Z_inj; rewrite C; reflexivity.
  - apply to_Z_inj. assert (E4 : to_Z (i / 4 * 4) = (to_Z i / 4 * 4)%Z).
    { rewrite to_Z_mul; rewrite E2; change (to_Z 4) with 4%Z; [reflexivity|lia]. }
    rewrite to_Z_add; rewrite E4, E3; lia.
Qed.

(** ** Sums *)
Lemma sumR_plus f g n : forall i, sumR n i (fun i => f i + g i) = sumR n i f + sumR n i g.
Proof. induction n as [|n IH]; intros i; cbn [sumR]; [ring|]. rewrite IH. ring. Qed.
Lemma sumR_scal c f n : forall i, sumR n i (fun i => c * f i) = c * sumR n i f.
Proof. induction n as [|n IH]; intros i; cbn [sumR]; [ring|]. rewrite IH. ring. Qed.
Lemma sumR_eq f g n : (forall i, f i = g i) -> forall i, sumR n i f = sumR n i g.
Proof. intros H. induction n as [|n IH]; intros i; cbn [sumR]; [reflexivity|]. now rewrite IH, H. Qed.
Lemma sumR_0 n : forall i, sumR n i (fun _ => 0) = 0.
Proof. induction n as [|n IH]; intros i; cbn [sumR]; [reflexivity|]. rewrite IH. ring. Qed.
Lemma sumR_abs f n : forall i, Rabs (sumR n i f) <= sumR n i (fun i => Rabs (f i)).
Proof.
  induction n as [|n IH]; intros i; cbn [sumR]; [rewrite Rabs_R0; lra|].
  eapply Rle_trans; [apply Rabs_triang|]. specialize (IH (i + 1)%uint63). lra.
Qed.
Lemma sumR_exchange (f : int -> int -> R) m j n : forall i,
  sumR n i (fun i => sumR m j (fun j => f i j)) = sumR m j (fun j => sumR n i (fun i => f i j)).
Proof.
  induction n as [|n IH]; intros i; cbn [sumR]; [now rewrite sumR_0|]. now rewrite IH, sumR_plus.
Qed.
Definition nth_index (i : int) (k : nat) : int := (i + of_Z (Z.of_nat k))%uint63.
Lemma nth_index_0 i : nth_index i 0 = i.
Proof. unfold nth_index. cbn. ring. Qed.
Lemma of_Z_succ z : of_Z (Z.succ z) = (1 + of_Z z)%uint63.
Proof.
  apply to_Z_inj. rewrite add_spec, !of_Z_spec. change (to_Z 1) with 1%Z.
  rewrite Zplus_mod_idemp_r. f_equal. lia.
Qed.
Lemma nth_index_S i k : nth_index i (S k) = nth_index (i + 1) k.
Proof. unfold nth_index. rewrite Nat2Z.inj_succ, of_Z_succ. ring. Qed.

Lemma sumR_le f g n : forall i, (forall k, (k < n)%nat -> f (nth_index i k) <= g (nth_index i k)) ->
  sumR n i f <= sumR n i g.
Proof.
  induction n as [|n IH]; intros i H; cbn [sumR]; [lra|]. apply Rplus_le_compat.
  - generalize (H O ltac:(lia)). now rewrite nth_index_0.
  - apply IH. intros k Hk. rewrite <- nth_index_S. apply H. lia.
Qed.
Lemma sumR_add f m n : forall i, sumR (n + m) i f = sumR n i f + sumR m (nth_index i n) f.
Proof.
  induction n as [|n IH]; intros i; cbn [sumR Nat.add]; [rewrite nth_index_0; ring|].
  rewrite IH, nth_index_S. ring.
Qed.

Lemma sum_plus e f g : sum e (fun i => f i + g i) = sum e f + sum e g.
Proof. apply sumR_plus. Qed.
Lemma sum_scal e c f : sum e (fun i => c * f i) = c * sum e f.
Proof. apply sumR_scal. Qed.
Lemma sum_scal_r e c f : sum e (fun i => f i * c) = sum e f * c.
Proof. rewrite Rmult_comm, <- sum_scal. apply sumR_eq. intros i. apply Rmult_comm. Qed.
Lemma sum_opp e f : sum e (fun i => - f i) = - sum e f.
Proof.
  replace (- sum e f) with (-1 * sum e f) by ring. rewrite <- sum_scal. apply sumR_eq. intros i. ring.
Qed.
Lemma sum_minus e f g : sum e (fun i => f i - g i) = sum e f - sum e g.
Proof. unfold Rminus. now rewrite sum_plus, sum_opp. Qed.
Lemma sum_distr e c f g :
  sum e (fun i => c i * (f i + g i)) = sum e (fun i => c i * f i) + sum e (fun i => c i * g i).
Proof. rewrite <- sum_plus. apply sumR_eq. intros i. apply Rmult_plus_distr_l. Qed.
Lemma sum_exchange e1 e2 (f : int -> int -> R) :
  sum e1 (fun i => sum e2 (fun j => f i j)) = sum e2 (fun j => sum e1 (fun i => f i j)).
Proof. apply sumR_exchange. Qed.
Lemma sum_abs e f : Rabs (sum e f) <= sum e (fun i => Rabs (f i)).
Proof. apply sumR_abs. Qed.

(** Indices of a sum are those below its length. *)
Lemma below_nth e k : wf e -> (k < fuel e)%nat -> below e (nth_index 0 k).
Proof.
  intros We Hk. rewrite (wf_fuel e We) in Hk. apply wf_len in We. unfold below, nth_index.
  replace (0 + _)%uint63 with (of_Z (Z.of_nat k)) by ring. pose proof (nat_of_to_Z (len e)).
  rewrite of_Z_spec, Z.mod_small; [lia|]. change wB with 9223372036854775808%Z. lia.
Qed.
Lemma nth_below e c : wf e -> below e c -> (nat_of c < fuel e)%nat /\ nth_index 0 (nat_of c) = c.
Proof.
  intros We Hc. rewrite (wf_fuel e We). unfold below in Hc.
  pose proof (nat_of_to_Z (len e)). pose proof (nat_of_to_Z c). split; [lia|].
  unfold nth_index. rewrite nat_of_to_Z, of_to_Z. ring.
Qed.

Lemma nth_offset e p i : wf e -> below e i ->
  exists k, (k < fuel e)%nat /\ (p + i)%uint63 = nth_index p k.
Proof.
  intros We Hi. exists (nat_of i). split; [now apply nth_below|].
  unfold nth_index. now rewrite nat_of_to_Z, of_to_Z.
Qed.

Lemma sum_le e f g : wf e -> (forall i, below e i -> f i <= g i) -> sum e f <= sum e g.
Proof. intros We H. apply sumR_le. intros k Hk. apply H. now apply below_nth. Qed.
Lemma sum_ext e f g : wf e -> (forall i, below e i -> f i = g i) -> sum e f = sum e g.
Proof. intros We H. apply Rle_antisym; apply sum_le; trivial; intros i Hi; rewrite (H i Hi); lra. Qed.
Lemma sum_zero e f : wf e -> (forall i, below e i -> f i = 0) -> sum e f = 0.
Proof. intros We H. rewrite (sum_ext e f (fun _ => 0) We H). apply sumR_0. Qed.
Lemma sum_nonneg e f : wf e -> (forall i, below e i -> 0 <= f i) -> 0 <= sum e f.
Proof. intros We H. rewrite <- (sumR_0 (fuel e) 0). now apply sum_le. Qed.

Lemma sumR_single c f n : forall i, (to_Z i + Z.of_nat n < wB)%Z ->
  sumR n i (fun i => if (i =? c)%uint63 then f i else 0) =
  if ((to_Z i <=? to_Z c) && (to_Z c <? to_Z i + Z.of_nat n))%Z%bool then f c else 0.
Proof.
  induction n as [|n IH]; intros i H; cbn [sumR].
  - replace (_ && _)%bool with false; [reflexivity|].
    symmetry. apply Bool.andb_false_iff. destruct (Z.leb_spec (to_Z i) (to_Z c)); [right | now left].
    apply Z.ltb_ge. lia.
  - assert (E : to_Z (i + 1) = (to_Z i + 1)%Z).
    { change 1%Z with (to_Z 1). apply to_Z_add. change (to_Z 1) with 1%Z. lia. }
    rewrite IH, E by (rewrite E; lia). destruct (eqb_spec i c) as [C1 C2].
    destruct (i =? c)%uint63.
    + rewrite (C1 eq_refl), (proj2 (Z.leb_gt (to_Z c + 1) (to_Z c))) by lia.
      rewrite (proj2 (Z.leb_le (to_Z c) (to_Z c))) by lia.
      rewrite (proj2 (Z.ltb_lt (to_Z c) (to_Z c + Z.of_nat (S n)))) by lia. cbn [andb]. ring.
    + assert (to_Z i <> to_Z c) by (intros C; apply to_Z_inj, C2 in C; discriminate).
      rewrite Rplus_0_l.
      replace ((to_Z i + 1 <=? to_Z c) && (to_Z c <? to_Z i + 1 + Z.of_nat n))%Z%bool
        with ((to_Z i <=? to_Z c) && (to_Z c <? to_Z i + Z.of_nat (S n)))%Z%bool; [reflexivity|].
      apply Bool.eq_iff_eq_true. rewrite !Bool.andb_true_iff, !Z.leb_le, !Z.ltb_lt. lia.
Qed.
Lemma sum_single_if e c f : wf e ->
  sum e (fun i => if (i =? c)%uint63 then f i else 0) = if (c <? len e)%uint63 then f c else 0.
Proof.
  intros We. assert (L := wf_len e We). pose proof (to_Z_bounded c). unfold sum.
  rewrite (wf_fuel e We), sumR_single; rewrite nat_of_to_Z; change (to_Z 0) with 0%Z.
  - rewrite (proj2 (Z.leb_le _ _)) by lia. cbn [andb].
    replace (to_Z c <? 0 + to_Z (len e))%Z with (c <? len e)%uint63; [reflexivity|].
    apply Bool.eq_iff_eq_true. now rewrite ltb_spec, Z.ltb_lt.
  - change wB with 9223372036854775808%Z. lia.
Qed.
Lemma sum_single e c f : wf e -> below e c -> sum e (fun i => if (i =? c)%uint63 then f i else 0) = f c.
Proof. intros We Hc. rewrite sum_single_if by assumption. apply below_iff in Hc. now rewrite Hc. Qed.

Lemma sumR_prod b f n : forall i, sumR (n * nat_of b) (i * b) f =
  sumR n i (fun i => sumR (nat_of b) 0 (fun j => f (i * b + j)%uint63)).
Proof.
  assert (S0 : forall m c j, sumR m (c + j) f = sumR m j (fun j => f (c + j)%uint63)).
  { induction m as [|m IH]; intros c j; cbn [sumR]; [reflexivity|]. rewrite <- IH.
    now replace (c + (j + 1))%uint63 with (c + j + 1)%uint63 by ring. }
  induction n as [|n IH]; intros i; cbn [sumR Nat.mul]; [reflexivity|].
  rewrite sumR_add. rewrite <- IH, <- S0. f_equal.
  - f_equal. ring.
  - f_equal. unfold nth_index. rewrite nat_of_to_Z, of_to_Z. ring.
Qed.
Lemma sum_prod a b f : ok_len a = true -> ok_len b = true -> ok_len (a * b) = true ->
  sum (extent_of (a * b)) f =
  sum (extent_of a) (fun i => sum (extent_of b) (fun j => f (i * b + j)%uint63)).
Proof.
  intros Ha Hb _. unfold sum. cbn [extent_of fuel].
  rewrite <- sumR_prod. replace (0 * b)%uint63 with 0%uint63 by ring. f_equal.
  apply Nat2Z.inj. rewrite Nat2Z.inj_mul, !nat_of_to_Z. now apply to_Z_prod.
Qed.
