(** The products that the reference order adds up are the entries of the row, each once. Symbols: see
    [Float.ReferenceGraph], [Float.Execution], and

    [counted l i t]   the [t]-th product counts: its operand is no padding and its weight is not 0
    [row_in l i k]    the same of the entry in column [k]
    [where_from l i k]  the [t] whose operand stands at [k] *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63 List Permutation.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof Ops.Conv Ops.ConvProof IR.LinMap IR.LinMapProof.
From Provenn Require Import Float.Execution Float.ReferenceGraph.
Import ListNotations.
Local Open Scope R_scope.

Lemma below_of_lt n t : (to_Z t < to_Z n)%Z -> below (extent_of n) t.
Proof. exact (fun H => H). Qed.
Lemma lt_of_below e t : below e t -> (to_Z t < to_Z (len e))%Z.
Proof. exact (fun H => H). Qed.
Lemma below_equiv e t : below e t <-> (to_Z t < to_Z (len e))%Z.
Proof. reflexivity. Qed.
Local Opaque below ok_len wf conv_same axis_ok.

(** ** Lists of indices *)
Lemma in_indices n : forall i k, (to_Z i + Z.of_nat n < wB)%Z ->
  In k (indices_from n i) <-> (to_Z i <= to_Z k < to_Z i + Z.of_nat n)%Z.
Proof.
  induction n as [|n IH]; intros i k B; cbn [indices_from In]; [lia|].
  assert (E : to_Z (i + 1) = (to_Z i + 1)%Z) by (apply to_Z_add; change (to_Z 1) with 1%Z; lia).
  rewrite IH, E by lia. split.
  - intros [->|H]; lia.
  - intros H. destruct (Z.eq_dec (to_Z i) (to_Z k)) as [Q|Q]; [left; now apply to_Z_inj | right; lia].
Qed.
Lemma nodup_indices n : forall i, (to_Z i + Z.of_nat n < wB)%Z -> NoDup (indices_from n i).
Proof.
  induction n as [|n IH]; intros i B; cbn [indices_from]; constructor;
    assert (E : to_Z (i + 1) = (to_Z i + 1)%Z) by (apply to_Z_add; change (to_Z 1) with 1%Z; lia).
  - rewrite in_indices by lia. lia.
  - apply IH. lia.
Qed.
Lemma filter_map {A B} (p : B -> bool) (f : A ->
  B) l : filter p (map f l) = map f (filter (fun x => p (f x)) l).
Proof. induction l as [|x l IH]; cbn; [reflexivity|]. rewrite IH. now destruct (p (f x)). Qed.
Lemma nodup_map {A B} (f : A -> B) (g : B -> A) l : (forall x, In x l -> g (f x) = x) -> NoDup l ->
  NoDup (map f l).
Proof.
  intros H N. induction N as [|x l I N IH]; cbn; constructor.
  - intros J. apply in_map_iff in J as (y & E & Y). apply I.
    rewrite <- (H x (or_introl eq_refl)), <- E, (H y (or_intror Y)). exact Y.
  - apply IH. intros y Y. apply H. now right.
Qed.

(** ** Where products come from *)
Definition counted (l : linmap) (i t : int) : bool :=
  (place l i t <? len (in_ext l))%uint63 && negb (Req_bool (fR (factor l i t)) 0).
Definition row_in (l : linmap) (i k : int) : bool := negb (Req_bool (fR (rowF l i k)) 0).
Definition where_from (l : linmap) (i k : int) : int :=
  match l with
  | Dense _ _ n _ _ _ _ => k mod len n
  | Convolution c _ _ _ _ =>
      (ichan c k mod len (cin c)) * kplane c +
      (tap (vert c) (orow c i) (irow c k) * len (taps (horz c)) + tap (horz c) (ocol c i) (icol c k))
  | _ => 0
  end%uint63.

Record rows (l : linmap) (i : int) : Prop := {
  rows_few : (Z.of_nat (products l i) < wB)%Z;
  rows_factor : forall t, (to_Z t < Z.of_nat (products l i))%Z -> below (in_ext l) (place l i t) ->
    fR (rowF l i (place l i t)) = fR (factor l i t);
  rows_once : forall t, (to_Z t < Z.of_nat (products l i))%Z -> below (in_ext l) (place l i t) ->
    where_from l i (place l i t) = t;
  rows_all : forall k, below (in_ext l) k -> fR (rowF l i k) <> 0 ->
    (to_Z (where_from l i k) < Z.of_nat (products l i))%Z /\ place l i (where_from l i k) = k }.

Lemma one_product t : (to_Z t < 1)%Z -> t = 0%uint63.
Proof. intros H. apply to_Z_inj. pose proof (to_Z_bounded t). change (to_Z 0) with 0%Z. lia. Qed.
Lemma wB_large : (2 ^ 60 < wB)%Z.
Proof. reflexivity. Qed.

Section Dense.
Variables (rs : int) (m n ein eout : extent) (w wt : farr) (i : int).
Let l := Dense rs m n ein eout w wt.
Hypotheses (V : valid l = true) (Hi : below eout i).

Lemma rows_dense : rows l i.
Proof.
  destruct (valid_dense _ _ _ _ _ _ _ V) as (Wm & Wn & Or & Ei & Eo & Oi & Oo & _).
  assert (Om := wf_ok _ Wm). assert (On := wf_ok _ Wn).
  assert (Q : below (extent_of rs) (i / len m)%uint63) by (apply below_div; trivial; now rewrite <- Eo).
  assert (F : Z.of_nat (fuel n) = to_Z (len n)) by (rewrite (wf_fuel n Wn); apply nat_of_to_Z).
  assert (L := wf_len n Wn). pose proof wB_large.
  assert (T : forall t, (to_Z t < to_Z (len n))%Z -> below (extent_of (len n)) t) by (intros;
    now apply below_of_lt).
  split; cbn [products place l factor rowF where_from in_ext]; rewrite ?F.
  - lia.
  - intros t Ht _. rewrite (div_pair rs (len n)), (mod_pair rs (len n)) by auto.
    now rewrite (proj2 (Uint63.eqb_spec _ _) eq_refl).
  - intros t Ht _. now apply (mod_pair rs (len n)); auto.
  - intros k Hk N. rewrite Ei in Hk. split.
    + exact (lt_of_below _ _ (below_mod rs (len n) k Or On Hk)).
    + destruct (eq_reflect (i / len m) (k / len n)) as [E|E]; [|now rewrite fR_0 in N].
      rewrite E. now apply (pair_div_mod rs (len n)).
Qed.
End Dense.

Section Convolution.
Variables (c : conv) (ein eout : extent) (w wt : farr) (i : int).
Let l := Convolution c ein eout w wt.
Hypotheses (V : valid l = true) (Hi : below eout i).

Lemma rows_conv : rows l i.
Proof.
  destruct (valid_conv _ _ _ _ _ V) as (Oc & Ei & Eo). assert (Hi' := Hi). rewrite Eo in Hi'.
  destruct (conv_facts c w wt Oc) as ((Av & Ah & Wi & Wo) & (Og & Oi & Oih & Oin & Oo & Ooh & Oout) & (Op &
    Ok & Os & _)).
  destruct (axis_oks _ Av) as (OH & OHo & Wv). destruct (axis_oks _ Ah) as (OW & OWo & Wh).
  assert (Oci := wf_ok _ Wi). assert (Okv := wf_ok _ Wv). assert (Okh := wf_ok _ Wh).
  destruct (output_split c w wt Oc i Hi') as (Boc & Bg & By & Bz).
  set (oc := ochan c i) in *. set (g := (oc / len (cout c))%uint63) in *.
  assert (F : Z.of_nat (nat_of (len (cin c) * kplane c)) = to_Z (len (cin c) * kplane c)) by apply
    nat_of_to_Z.
  assert (T : forall t, (to_Z t < to_Z (len (cin c) * kplane c))%Z ->
    below (extent_of (len (cin c) * kplane c)) t)
    by (intros; now apply below_of_lt).
  assert (D : forall t, (to_Z t < to_Z (len (cin c) * kplane c))%Z ->
    below (cin c) (t / kplane c)%uint63 /\ below (taps (vert c)) (t mod kplane c / len (taps (horz
      c)))%uint63 /\
    below (taps (horz c)) (t mod kplane c mod len (taps (horz c)))%uint63 /\
    (t / kplane c * kplane c + t mod kplane c = t)%uint63 /\
    (t mod kplane c / len (taps (horz c)) * len (taps (horz c)) + t mod kplane c mod len (taps (horz c))
     = t mod kplane c)%uint63).
  { intros t Ht. apply T in Ht.
    assert (B1 := below_div (len (cin c)) (kplane c) t Oci Ok Ht).
    assert (B2 := below_mod (len (cin c)) (kplane c) t Oci Ok Ht).
    change (extent_of (kplane c)) with (extent_of (len (taps (vert c)) * len (taps (horz c)))) in B2.
    assert (B3 := below_div (len (taps (vert c))) (len (taps (horz c))) _ Okv Okh B2).
    assert (B4 := below_mod (len (taps (vert c))) (len (taps (horz c))) _ Okv Okh B2).
    rewrite (wf_extent_of _ Wi) in B1. rewrite (wf_extent_of _ Wv) in B3. rewrite (wf_extent_of _ Wh) in B4.
    split; [exact B1|]. split; [exact B3|]. split; [exact B4|]. split.
    - exact (pair_div_mod (len (cin c)) (kplane c) t Oci Ok Ht).
    - exact (pair_div_mod (len (taps (vert c))) (len (taps (horz c))) _ Okv Okh B2). }
  split; cbn [products place l factor rowF where_from in_ext]; rewrite ?F.
  - pose proof (to_Z_bounded (len (cin c) * kplane c)). lia.
  - intros t Ht. destruct (D t Ht) as (Bk & By' & Bz' & E1 & E2). unfold conv_place.
    fold oc g. set (ky := (t mod kplane c / len (taps (horz c)))%uint63) in *.
    set (kx := (t mod kplane c mod len (taps (horz c)))%uint63) in *. set (k := (t / kplane c)%uint63) in *.
    set (y := pos (vert c) (orow c i) ky). set (z := pos (horz c) (ocol c i) kx).
    destruct ((y <? isize (vert c)) && (z <? isize (horz c)))%uint63 eqn:In.
    2: { rewrite Ei. intros B. exfalso. apply ok_len_le in Oin. apply lt_of_below in B.
      cbn [len extent_of] in B.
         change (to_Z max_int) with 9223372036854775807%Z in B. lia. }
    intros _. apply andb_prop in In as [Iy Iz].
    apply (ltb_below (extent_of (isize (vert c)))) in Iy.
      apply (ltb_below (extent_of (isize (horz c)))) in Iz.
    destruct (input_coords c w wt Oc g k y z Bg Bk Iy Iz) as (C1 & C2 & C3 & C4 & C5).
    unfold conv_entry. cbv zeta. fold oc. rewrite C2, C3, C4, C5. fold g.
    assert (Ty : tap (vert c) (orow c i) y = ky) by exact (proj2 (tap_pos_inverse _ _ Av By) ky By' Iy).
    assert (Tz : tap (horz c) (ocol c i) z = kx) by exact (proj2 (tap_pos_inverse _ _ Ah Bz) kx Bz' Iz).
    rewrite Ty, Tz.
    rewrite (proj2 (Uint63.eqb_spec g g) eq_refl), (proj2 (ltb_below _ _) By'), (proj2 (ltb_below _ _) Bz').
    cbn [andb]. f_equal. f_equal. unfold widx. rewrite <- E1 at 1. rewrite <- E2. unfold kplane. ring.
  - intros t Ht. destruct (D t Ht) as (Bk & By' & Bz' & E1 & E2). unfold conv_place.
    fold oc g. set (ky := (t mod kplane c / len (taps (horz c)))%uint63) in *.
    set (kx := (t mod kplane c mod len (taps (horz c)))%uint63) in *. set (k := (t / kplane c)%uint63) in *.
    set (y := pos (vert c) (orow c i) ky). set (z := pos (horz c) (ocol c i) kx).
    destruct ((y <? isize (vert c)) && (z <? isize (horz c)))%uint63 eqn:In.
    2: { rewrite Ei. intros B. exfalso. apply ok_len_le in Oin. apply lt_of_below in B.
      cbn [len extent_of] in B.
         change (to_Z max_int) with 9223372036854775807%Z in B. lia. }
    intros _. apply andb_prop in In as [Iy Iz].
    apply (ltb_below (extent_of (isize (vert c)))) in Iy.
      apply (ltb_below (extent_of (isize (horz c)))) in Iz.
    destruct (input_coords c w wt Oc g k y z Bg Bk Iy Iz) as (C1 & C2 & C3 & C4 & C5).
    rewrite C2, C3, C5.
    assert (Ty : tap (vert c) (orow c i) y = ky) by exact (proj2 (tap_pos_inverse _ _ Av By) ky By' Iy).
    assert (Tz : tap (horz c) (ocol c i) z = kx) by exact (proj2 (tap_pos_inverse _ _ Ah Bz) kx Bz' Iz).
    rewrite Ty, Tz. now rewrite E2.
  - intros p Hp N. rewrite Ei in Hp. destruct (input_split c w wt Oc p Hp) as (_ & _ & Bk & Iy & Iz & E).
    unfold conv_entry in N. cbv zeta in N. fold oc g in N.
    set (ky := tap (vert c) (orow c i) (irow c p)) in *.
      set (kx := tap (horz c) (ocol c i) (icol c p)) in *.
    destruct (eq_reflect g (ichan c p / len (cin c))) as [G|]; cbn [andb] in N; [|now rewrite fR_0 in N].
    destruct ((ky <? len (taps (vert c))) && (kx <? len (taps (horz c))))%uint63 eqn:In;
      [|now rewrite fR_0 in N].
    apply andb_prop in In as [By' Bz']. apply ltb_below in By', Bz'.
    set (k := (ichan c p mod len (cin c))%uint63) in *.
    assert (By1 := By'). assert (Bz1 := Bz'). assert (Bk1 := Bk).
    rewrite <- (wf_extent_of _ Wv) in By1. rewrite <- (wf_extent_of _ Wh) in Bz1.
    rewrite <- (wf_extent_of _ Wi) in Bk1.
    assert (Br : below (extent_of (kplane c)) (ky * len (taps (horz c)) + kx)%uint63)
      by exact (below_pair (len (taps (vert c))) (len (taps (horz c))) ky kx Okv Okh By1 Bz1).
    assert (Bt := below_pair (len (cin c)) (kplane c) k _ Oci Ok Bk1 Br).
    split; [exact (lt_of_below _ _ Bt)|]. unfold conv_place.
    rewrite (div_pair (len (cin c)) (kplane c) k _ Oci Ok Bk1 Br),
      (mod_pair (len (cin c)) (kplane c) k _ Oci Ok Bk1 Br).
    rewrite (div_pair (len (taps (vert c))) (len (taps (horz c))) ky kx Okv Okh By1 Bz1).
    rewrite (mod_pair (len (taps (vert c))) (len (taps (horz c))) ky kx Okv Okh By1 Bz1).
    assert (Py : pos (vert c) (orow c i) ky = irow c p) by exact (proj1 (tap_pos_inverse (vert c) (orow c
      i) Av By) _ Iy By').
    assert (Pz : pos (horz c) (ocol c i) kx = icol c p) by exact (proj1 (tap_pos_inverse (horz c) (ocol c
      i) Ah Bz) _ Iz Bz').
    rewrite Py, Pz. apply (ltb_below (extent_of (isize (vert c)))) in Iy.
      apply (ltb_below (extent_of (isize (horz c)))) in Iz.
    cbn [len extent_of] in Iy, Iz. rewrite Iy, Iz. cbn [andb]. fold oc g. rewrite G, <- E.
    unfold iidx. symmetry.
    destruct (triple_split (ichans c) _ _ Oi OH OW Oih p Hp) as (_ & _ & _ & S). exact S.
Qed.
End Convolution.

Lemma rows_of l i : valid l = true -> below (out_ext l) i -> rows l i.
Proof.
  intros V Hi. destruct l as [minus e|e w|rs m n ein eout w wt|c ein eout w wt|ein eout phi psi times step];
    cbn [out_ext] in Hi.
  - split; cbn [products place factor rowF where_from in_ext]; [reflexivity| | |].
    + intros t _ _. rewrite (proj2 (Uint63.eqb_spec i i) eq_refl). reflexivity.
    + intros t Ht _. symmetry. now apply one_product.
    + intros k _ N. split; [reflexivity|]. destruct (eq_reflect i k); [easy | now rewrite fR_0 in N].
  - split; cbn [products place factor rowF where_from in_ext]; [reflexivity| | |].
    + intros t _ _. rewrite (proj2 (Uint63.eqb_spec i i) eq_refl). reflexivity.
    + intros t Ht _. symmetry. now apply one_product.
    + intros k _ N. split; [reflexivity|]. destruct (eq_reflect i k); [easy | now rewrite fR_0 in N].
  - now apply rows_dense.
  - now apply rows_conv.
  - split; cbn [products place factor rowF where_from in_ext].
    + destruct (_ <? _)%uint63; reflexivity.
    + intros t _ _. rewrite (proj2 (Uint63.eqb_spec _ _) eq_refl). reflexivity.
    + intros t Ht _. symmetry. apply one_product. pose proof (to_Z_bounded t).
      destruct (_ <? _)%uint63; [exact Ht | change (Z.of_nat 0) with 0%Z in Ht; lia].
    + intros k Hk N. destruct (eq_reflect (phi i) k) as [E|]; [|now rewrite fR_0 in N]. split; [|easy].
      apply ltb_below in Hk. rewrite E, Hk. reflexivity.
Qed.

(** ** The same products *)
Definition products_of (l : linmap) (x : int -> R) (i : int) (ts : list int) : list (R * R) :=
  map (fun t => (fR (factor l i t), x (place l i t))) (filter (counted l i) ts).

Theorem products_are_the_row l x i : valid l = true -> below (out_ext l) i ->
  Permutation (products_of l x i (indices_from (products l i) 0)) (row_of l x i).
Proof.
  intros V Hi. destruct (rows_of l i V Hi) as [Few Same Once All]. assert (W := in_wf l V).
  set (ts := filter (counted l i) (indices_from (products l i) 0)).
  assert (P : forall t, In t ts -> (to_Z t < Z.of_nat (products l i))%Z /\ below (in_ext l) (place l i t) /\
    fR (factor l i t) <> 0).
  { intros t Ht. apply filter_In in Ht as [Ht C]. apply in_indices in Ht; [|exact Few].
    change (to_Z 0) with 0%Z in Ht. unfold counted in C. apply andb_prop in C as [B N].
    split; [lia|]. split; [now apply ltb_below|]. destruct (Req_bool_spec (fR (factor l i t)) 0); easy. }
  replace (row_of l x i) with (map (fun k => (fR (rowF l i k),
    x k)) (filter (row_in l i) (indices (in_ext l))))
    by (unfold row_of; rewrite filter_map; reflexivity).
  replace (products_of l x i (indices_from (products l i) 0))
    with (map (fun k => (fR (rowF l i k), x k)) (map (place l i) ts)).
  2: { unfold products_of. fold ts. rewrite map_map. apply map_ext_in. intros t Ht.
       destruct (P t Ht) as (A & B & _). now rewrite Same. }
  apply Permutation_map. apply NoDup_Permutation.
  - apply (nodup_map _ (where_from l i)).
    + intros t Ht. destruct (P t Ht) as (A & B & _). now apply Once.
    + apply NoDup_filter. now apply nodup_indices.
  - apply NoDup_filter. apply nodup_indices. rewrite (wf_fuel _ W), nat_of_to_Z. apply to_Z_bounded.
  - assert (I : forall k, In k (indices (in_ext l)) <-> below (in_ext l) k).
    { intros k. unfold indices. rewrite in_indices; rewrite (wf_fuel _ W), nat_of_to_Z;
      change (to_Z 0) with 0%Z;
        [|apply to_Z_bounded]. rewrite below_equiv. pose proof (to_Z_bounded k). lia. }
    intros k. rewrite filter_In, I. unfold row_in. split.
    + intros Hk. apply in_map_iff in Hk as (t & <- & Ht). destruct (P t Ht) as (A & B & N).
      split; [exact B|]. rewrite Same by assumption. now rewrite Req_bool_false.
    + intros [B N]. destruct (Req_bool_spec (fR (rowF l i k)) 0) as [|N']; [discriminate|].
      destruct (All k B N') as (A & E). apply in_map_iff. exists (where_from l i k). split; [exact E|].
      apply filter_In. split.
      * apply in_indices; change (to_Z 0) with 0%Z; [lia|]. pose proof (to_Z_bounded (where_from l i k)).
        lia.
      * unfold counted. rewrite E, (proj2 (ltb_below _ _) B). cbn [andb].
        rewrite <- (Same _ A) by now rewrite E. rewrite E. now rewrite Req_bool_false.
Qed.
