(** Error bounds of rounded sums of products, in any order, and of the dot-product kernels.

    [sum8 add n m f t acc]  [acc + f t + f (t+1) + ...], [n] rounds of eight terms, then [m] terms
    [evaluates T x]         [x] is a rounded value of the tree [T], unless it is infinite or NaN
    [sums v d o r m]        if finite, [v] is a rounded sum of exact value [r] and magnitude [m], with at most
                            [d] roundings on a path and [o] in all
    [picked p]              the indices in [p]
    [sum_over l f]          the sum of [f i] over the list [l]
    Other symbols: see [Base.Dot]. *)
From Coq Require Import ZArith Reals Lra Lia Floats Uint63 Ring63 List.
From Flocq Require Import Core.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof Base.Dot.
Import ListNotations.
Local Open Scope R_scope.

(** ** Any order of summation *)
Lemma magnitude_nonneg t : 0 <= magnitude t.
Proof.
  induction t as [x|x y|l Hl r Hr]; cbn; [apply Rabs_pos | | lra].
  apply Rmult_le_pos; apply Rabs_pos.
Qed.
Lemma exact_le_magnitude t : Rabs (exact t) <= magnitude t.
Proof.
  induction t as [x|x y|l Hl r Hr]; cbn; [apply Rle_refl | rewrite Rabs_mult; apply Rle_refl |].
  eapply Rle_trans; [apply Rabs_triang | lra].
Qed.

(** The error of a sum, from the errors of its two sides. *)
Lemma node_error r h p v w z X Y A B n m : 0 <= r -> 0 <= h -> 1 <= p ->
  Rabs X <= A -> Rabs Y <= B -> 0 <= n -> 0 <= m ->
  Rabs (v - X) <= (p - 1) * A + n * p * h -> Rabs (w - Y) <= (p - 1) * B + m * p * h ->
  Rabs (z - (v + w)) <= r * Rabs (v + w) + h ->
  Rabs (z - (X + Y)) <= ((1 + r) * p - 1) * (A + B) + (n + m + 1) * ((1 + r) * p) * h.
Proof.
  intros Hr Hh Hp HX HY Hn Hm Hv Hw Hz. set (s := p * (A + B) + (n + m) * p * h).
  assert (Hd : Rabs (v + w - (X + Y)) <= s - (A + B)).
  { replace (v + w - (X + Y)) with ((v - X) + (w - Y)) by ring. unfold s.
    eapply Rle_trans; [apply Rabs_triang | lra]. }
  assert (Hs : Rabs (v + w) <= s).
  { replace (v + w) with ((v + w - (X + Y)) + (X + Y)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. pose proof (Rabs_triang X Y). lra. }
  replace (z - (X + Y)) with ((z - (v + w)) + (v + w - (X + Y))) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (r * Rabs (v + w) <= r * s) by now apply Rmult_le_compat_l.
  assert (0 <= ((1 + r) * p - 1) * h) by (apply Rmult_le_pos; [|assumption]; nra).
  replace (_ * (A + B) + _) with (r * s + h + (s - (A + B)) + ((1 + r) * p - 1) * h) by (unfold s; ring).
  lra.
Qed.

Theorem rounded_error r h t v : 0 <= r -> 0 <= h -> rounded r h t v ->
  Rabs (v - exact t) <= ((1 + r) ^ depth t - 1) * magnitude t + INR (ops t) * (1 + r) ^ depth t * h.
Proof.
  intros Hr Hh H.
  assert (P : forall k, 1 <= (1 + r) ^ k) by (intros k; apply pow_R1_Rle; lra).
  assert (M : forall j k t e, (j <= k)%nat ->
    e <= ((1 + r) ^ j - 1) * magnitude t + INR (ops t) * (1 + r) ^ j * h ->
    e <= ((1 + r) ^ k - 1) * magnitude t + INR (ops t) * (1 + r) ^ k * h).
  { intros j k t0 e Hjk He. eapply Rle_trans; [exact He|].
    assert ((1 + r) ^ j <= (1 + r) ^ k) by (apply Rle_pow; [lra | assumption]).
    apply Rplus_le_compat.
    - apply Rmult_le_compat_r; [apply magnitude_nonneg | lra].
    - apply Rmult_le_compat_r; [assumption|]. apply Rmult_le_compat_l; [apply pos_INR | assumption]. }
  induction H as [x | x y v E | s t v w z _ IHs _ IHt E]; cbn [exact magnitude depth ops].
  - rewrite Rminus_eq_0, Rabs_R0. cbn. lra.
  - rewrite Rabs_mult in E. cbn [pow INR]. rewrite Rmult_1_r, Rmult_1_l.
    assert (0 <= r * h) by now apply Rmult_le_pos. lra.
  - rewrite S_INR, plus_INR. cbn [pow]. set (k := Nat.max (depth s) (depth t)).
    apply (M _ k) in IHs; [|apply Nat.le_max_l]. apply (M _ k) in IHt; [|apply Nat.le_max_r].
    eapply node_error; eauto using exact_le_magnitude, pos_INR.
Qed.

(** ** Sums of terms, eight at a time *)
Section Sum8.
Context {A : Type} (add : A -> A -> A).
Fixpoint sum1 (m : nat) (f : int -> A) (t : int) (acc : A) : A :=
  match m with O => acc | S m => sum1 m f (t + 1) (add acc (f t)) end.
Definition block (f : int -> A) (t : int) (acc : A) : A :=
  add acc (add
    (add (add (f t) (f (t + 1)%uint63)) (add (f (t + 2)%uint63) (f (t + 3)%uint63)))
    (add (add (f (t + 4)%uint63) (f (t + 5)%uint63)) (add (f (t + 6)%uint63) (f (t + 7)%uint63)))).
Fixpoint sum8 (n m : nat) (f : int -> A) (t : int) (acc : A) : A :=
  match n with O => sum1 m f t acc | S n => sum8 n m f (t + 8) (block f t acc) end.
End Sum8.
Notation sumT := (sum8 Node).
Notation sumF := (sum8 PrimFloat.add).

(** Real value of the tree of such a sum. *)
Lemma sum8_R (g : tree -> R) (f : int -> tree) : (forall l r, g (Node l r) = g l + g r) ->
  forall n m t acc, g (sumT n m f t acc) = g acc + sumR (8 * n + m) t (fun i => g (f i)).
Proof.
  intros Hg. induction n as [|n IH]; intros m t acc.
  - cbn [sum8 Nat.add Nat.mul]. revert t acc. induction m as [|m IH]; intros t acc; cbn [sum1 sumR]; [ring|].
    rewrite IH, Hg. ring.
  - cbn [sum8]. unfold block. rewrite IH, !Hg. replace (8 * S n + m)%nat with (8 + (8 * n + m))%nat by lia.
    rewrite (sumR_add _ _ 8). change (nth_index t 8) with (t + 8)%uint63. cbn [sumR].
    replace (t + 1 + 1)%uint63 with (t + 2)%uint63 by ring.
    replace (t + 2 + 1)%uint63 with (t + 3)%uint63 by ring.
    replace (t + 3 + 1)%uint63 with (t + 4)%uint63 by ring.
    replace (t + 4 + 1)%uint63 with (t + 5)%uint63 by ring.
    replace (t + 5 + 1)%uint63 with (t + 6)%uint63 by ring.
    replace (t + 6 + 1)%uint63 with (t + 7)%uint63 by ring. ring.
Qed.
Lemma sum8_depth f d : (forall t, (depth (f t) <= 1)%nat) -> (4 <= d)%nat ->
  forall n m t acc, (depth acc <= d)%nat -> (depth (sumT n m f t acc) <= d + (n + m))%nat.
Proof.
  intros Hf Hd n. revert d Hd. induction n as [|n IH]; intros d Hd m t acc Ha; cbn [sum8].
  - revert d Hd t acc Ha. induction m as [|m IH]; intros d Hd t acc Ha; cbn [sum1]; [lia|].
    eapply Nat.le_trans; [apply (IH (S d)); [lia|] | lia]. cbn [depth]. specialize (Hf t). lia.
  - eapply Nat.le_trans; [apply (IH (S d)); [lia|] | lia]. unfold block. cbn [depth].
    pose proof (Hf t). pose proof (Hf (t + 1)%uint63). pose proof (Hf (t + 2)%uint63).
    pose proof (Hf (t + 3)%uint63). pose proof (Hf (t + 4)%uint63). pose proof (Hf (t + 5)%uint63).
    pose proof (Hf (t + 6)%uint63). pose proof (Hf (t + 7)%uint63). lia.
Qed.
Lemma sum8_ops f : (forall t, (ops (f t) <= 1)%nat) ->
  forall n m t acc, (ops (sumT n m f t acc) <= ops acc + 2 * (8 * n + m))%nat.
Proof.
  intros Hf. induction n as [|n IH]; intros m t acc; cbn [sum8].
  - revert t acc. induction m as [|m IH]; intros t acc; cbn [sum1]; [lia|].
    eapply Nat.le_trans; [apply IH|]. cbn [ops]. specialize (Hf t). lia.
  - eapply Nat.le_trans; [apply IH|]. unfold block. cbn [ops].
    pose proof (Hf t). pose proof (Hf (t + 1)%uint63). pose proof (Hf (t + 2)%uint63).
    pose proof (Hf (t + 3)%uint63). pose proof (Hf (t + 4)%uint63). pose proof (Hf (t + 5)%uint63).
    pose proof (Hf (t + 6)%uint63). pose proof (Hf (t + 7)%uint63). lia.
Qed.

Definition evaluates (T : tree) (x : pfloat) : Prop := fin x -> rounded u eta T (fR x).

Lemma evaluates_add T U x y : evaluates T x -> evaluates U y -> evaluates (Node T U) (x + y).
Proof.
  intros Hx Hy H. destruct (fin_add _ _ H) as (Fx & Fy & E).
  apply rounded_node with (fR x) (fR y); [now apply Hx | now apply Hy |]. rewrite E. apply rne_error.
Qed.
Lemma evaluates_mul x y : evaluates (Prod (fR x) (fR y)) (x * y).
Proof. intros H. destruct (fin_mul _ _ H) as (_ & _ & E). apply rounded_prod. rewrite E. apply rne_error. Qed.
Lemma evaluates_abs_mul x y :
  evaluates (Prod (Rabs (fR x)) (Rabs (fR y))) (PrimFloat.abs (x * y)).
Proof.
  intros H. apply (proj1 (fin_abs _)) in H as H'. destruct (fin_mul _ _ H') as (_ & _ & E).
  apply rounded_prod.
  rewrite fR_abs, E, <- !Rabs_mult, Rabs_Rabsolu.
  eapply Rle_trans; [apply Rabs_triang_inv2 | apply rne_error].
Qed.
Lemma evaluates_sum8 F f : (forall t, evaluates (F t) (f t)) ->
  forall n m t T acc, evaluates T acc -> evaluates (sumT n m F t T) (sumF n m f t acc).
Proof.
  intros Hf. induction n as [|n IH]; intros m t T acc Ha; cbn [sum8].
  - revert t T acc Ha. induction m as [|m IH]; intros t T acc Ha; cbn [sum1]; [assumption|].
    apply IH. auto using evaluates_add.
  - apply IH. unfold block. auto 10 using evaluates_add.
Qed.

(** The terms of a finite sum are finite. *)
Lemma fin_sum8 f : forall n m t acc, fin (sumF n m f t acc) ->
  fin acc /\ forall k, (k < 8 * n + m)%nat -> fin (f (nth_index t k)).
Proof.
  induction n as [|n IH]; intros m t acc; cbn [sum8].
  - cbn [Nat.add Nat.mul]. revert t acc. induction m as [|m IH]; intros t acc H; cbn [sum1] in *.
    + split; [assumption | lia].
    + destruct (IH _ _ H) as [Ha Ht]. destruct (fin_add _ _ Ha) as (Fa & Ft & _). split; [assumption|].
      intros [|k] Hk; [now rewrite nth_index_0|]. rewrite nth_index_S. apply Ht. lia.
  - intros H. destruct (IH _ _ _ H) as [Ha Ht]. unfold block in Ha.
    repeat match goal with X : fin (_ + _)%float |- _ => apply fin_add in X; destruct X as (? & ? & _) end.
    split; [assumption|]. intros k Hk.
    do 8 (destruct k as [|k]; [first [now rewrite nth_index_0 | assumption]|]).
    rewrite !nth_index_S. replace (t + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1)%uint63 with (t + 8)%uint63 by ring.
    apply Ht. lia.
Qed.
Lemma fin_terms e f t : wf e -> fin (sumF (octs e) (rest e) f 0 0%float) -> below e t -> fin (f t).
Proof.
  intros We H Ht. destruct (nth_below e t We Ht) as [Hk E]. rewrite (wf_fuel_split e We) in Hk.
  rewrite <- E. now apply (fin_sum8 f _ _ _ _ H).
Qed.

(** ** The error of a sum *)
Definition sums (v : PrimFloat.float) (d o : nat) (r m : R) : Prop :=
  fin v -> exists t, rounded u eta t (fR v) /\ exact t = r /\ magnitude t = m /\
    (depth t <= d /\ ops t <= o)%nat.
Lemma depth_pow d n : fin (gamma n) -> (d <= nat_of n + 4)%nat -> (1 + u) ^ d - 1 <= fR (gamma n).
Proof.
  intros F D. eapply Rle_trans; [|apply (gamma_ge n F)].
  apply Rplus_le_compat_r. apply Rle_pow; [|exact D]. pose proof u_pos. lra.
Qed.
Lemma sums_error v d o r m n : sums v d o r m -> fin v -> fin (gamma n) -> (d <= nat_of n + 4)%nat ->
  INR o <= 2 ^ 44 -> Rabs (fR v - r) <= fR (gamma n) * m + fR tiny.
Proof.
  intros H F Fg D O. destruct (H F) as (t & A & <- & <- & Dt & Ot).
  pose proof u_pos as Pu. pose proof eta_pos as Pe.
  pose proof (rounded_error u eta t (fR v) (Rlt_le _ _ Pu) (Rlt_le _ _ Pe) A) as E.
  assert (Q := depth_pow (depth t) n Fg (Nat.le_trans _ _ _ Dt D)).
  pose proof (gamma_le n) as Gl. pose proof (magnitude_nonneg t) as M.
  eapply Rle_trans; [exact E|]. apply Rplus_le_compat; [now apply Rmult_le_compat_r|].
  rewrite fR_tiny. apply Rmult_le_compat_r; [lra|].
  assert (INR (ops t) <= 2 ^ 44) by (eapply Rle_trans; [apply le_INR; exact Ot|exact O]).
  pose proof (pos_INR (ops t)). assert (0 <= (1 + u) ^ depth t) by (apply pow_le; lra).
  apply Rle_trans with (2 ^ 44 * 2); [apply Rmult_le_compat; lra|lra].
Qed.

Lemma sums_0 : sums 0 0 0 0 0.
Proof.
  intros _. exists (Leaf 0). rewrite fR_0. cbn [exact magnitude depth ops]. rewrite Rabs_R0.
  repeat split; auto. constructor.
Qed.

Lemma sums_le v d o r m d' o' : sums v d o r m -> (d <= d')%nat -> (o <= o')%nat -> sums v d' o' r m.
Proof. intros H D O F. destruct (H F) as (t & A & B & C & K & L). exists t. repeat split; auto; lia. Qed.

Lemma sums_add v w d d' o o' r r' m m' : sums v d o r m -> sums w d' o' r' m' ->
  sums (v + w) (S (Nat.max d d')) (S (o + o')) (r + r') (m + m').
Proof.
  intros H H' F. destruct (fin_add v w F) as (Fv & Fw & E).
  destruct (H Fv) as (s & A & <- & <- & D & O). destruct (H' Fw) as (t & A' & <- & <- & D' & O').
  exists (Node s t). cbn [exact magnitude depth ops]. repeat split; try lia.
  rewrite E. econstructor; eauto. apply rne_error.
Qed.

Lemma sums_mul x y : sums (x * y) 1 1 (fR x * fR y) (Rabs (fR x) * Rabs (fR y)).
Proof.
  intros F. destruct (fin_mul x y F) as (_ & _ & E). exists (Prod (fR x) (fR y)).
  cbn [exact magnitude depth ops]. repeat split; auto.
  rewrite E. constructor. apply rne_error.
Qed.

(** A kernel whose terms are [f t]. *)
Lemma sum8_sums e F f : wf e -> (forall t, evaluates (F t) (f t)) ->
  (forall t, (depth (F t) <= 1)%nat) -> (forall t, (ops (F t) <= 1)%nat) ->
  sums (sum8 PrimFloat.add (octs e) (rest e) f 0 0%float) (nat_of (len e) + 4) (2 * nat_of (len e))
    (sum e (fun t => exact (F t))) (sum e (fun t => magnitude (F t))).
Proof.
  intros W Hf Hd Ho H. exists (sum8 Node (octs e) (rest e) F 0 (Leaf 0)).
  pose proof (wf_fuel_split e W) as E. pose proof (wf_fuel e W) as N.
  rewrite (sum8_R exact), (sum8_R magnitude) by reflexivity. rewrite <- E. cbn [exact magnitude].
  rewrite Rabs_R0, !Rplus_0_l. repeat split.
  - apply evaluates_sum8; [exact Hf| |exact H]. intros _. rewrite fR_0. constructor.
  - pose proof (sum8_depth F 4 Hd (le_n 4) (octs e) (rest e) 0%uint63 (Leaf 0) (Nat.le_0_l 4)). lia.
  - pose proof (sum8_ops F Ho (octs e) (rest e) 0%uint63 (Leaf 0)) as O. cbn [ops] in O. lia.
Qed.
Theorem sum8_error e F f : wf e -> (forall t, evaluates (F t) (f t)) ->
  (forall t, (depth (F t) <= 1)%nat) -> (forall t, (ops (F t) <= 1)%nat) ->
  fin (sumF (octs e) (rest e) f 0 0%float) ->
  Rabs (fR (sumF (octs e) (rest e) f 0 0%float) - sum e (fun t => exact (F t))) <=
    fR (gamma (len e)) * sum e (fun t => magnitude (F t)) + fR tiny.
Proof.
  intros We Hf Hd Ho H. pose proof (wf_len e We) as L.
  apply (sums_error _ _ _ _ _ _ (sum8_sums e F f We Hf Hd Ho) H); [apply gamma_fin; lia | lia|].
  rewrite mult_INR, (INR_IZR_INZ (nat_of _)), nat_of_to_Z. apply IZR_le in L. change (INR 2) with 2. lra.
Qed.

Lemma widen_fin n s : fin (widen n s) -> fin s.
Proof. intros H. now apply up_add in H. Qed.
Lemma widen_ge n s X : 0 <= X -> Rabs (fR s - X) <= fR (gamma n) * X + fR tiny -> fin (widen n s) ->
  X <= fR (widen n s).
Proof.
  intros HX E H. destruct (up_add _ _ H) as (_ & H1 & L1). fold (widen n s) in L1.
  destruct (up_add _ _ H1) as (H2 & _ & L2). destruct (up_mul _ _ H2) as (_ & H3 & L3).
  destruct (fin_mul _ _ H3) as (Gf & _ & Eg). rewrite (fR_pow2 4 4503599627370496 (-50) 52) in Eg by easy.
  rewrite (fR_pow2 0x1p-1028 70368744177664 (-1074) 46) in L2 by easy.
  change (46 + -1074)%Z with (47 - 1075)%Z in L2. rewrite eta_shift in L2.
  change (bpow radix2 47) with 140737488355328 in L2.
  change (bpow radix2 (52 + -50)) with 4 in Eg.
  pose proof (gamma_pos n Gf) as Gp. pose proof (gamma_le n) as Gl. rewrite fR_tiny in E.
  pose proof (rne_error (fR (gamma n) * 4)) as Re. rewrite <- Eg in Re.
  set (g := fR (gamma n)) in *. set (g4 := fR (gamma n * 4)) in *. set (x := fR s) in *.
  clearbody g g4 x. pose proof eta_pos as He. pose proof eta_le as Hl.
  rewrite (Rabs_pos_eq (g * 4)) in Re by lra. apply Rabs_le_inv in Re, E. rewrite u_eq in *.
  assert (G3 : 3 * g <= g4 <= 1) by lra.
  assert (EX : X <= x + g * X + 35184372088832 * eta) by lra.
  destruct (Rle_lt_dec 0 x) as [P|P].
  - assert (3 * g * x <= x * g4) by (rewrite Rmult_comm; apply Rmult_le_compat_l; lra).
    assert (0 <= g * x) by (apply Rmult_le_pos; lra).
    assert (g * X <= / 134217728 * X) by (apply Rmult_le_compat_r; lra).
    assert (g * X <= g * (2 * x + 70368744177664 * eta)) by (apply Rmult_le_compat_l; lra).
    assert (g * eta <= / 134217728 * eta) by (apply Rmult_le_compat_r; lra). lra.
  - assert (x <= x * g4) by nra. assert (g * X <= / 134217728 * X) by (apply Rmult_le_compat_r; lra). lra.
Qed.
(** The upper bound that a kernel with terms [f t] computes for the sum of [G t]. *)
Theorem sum8_widen e (G : int -> R) F f : wf e -> (forall t, evaluates (F t) (f t)) ->
  (forall t, (depth (F t) <= 1)%nat) -> (forall t, (ops (F t) <= 1)%nat) ->
  (forall t, exact (F t) = G t) -> (forall t, magnitude (F t) = G t) ->
  fin (widen (len e) (sumF (octs e) (rest e) f 0 0%float)) ->
  sum e G <= fR (widen (len e) (sumF (octs e) (rest e) f 0 0%float)).
Proof.
  intros We Hf Hd Ho HE HM H. assert (E := sum8_error e F f We Hf Hd Ho (widen_fin _ _ H)).
  rewrite (sum_ext e _ G We (fun t _ => HE t)), (sum_ext e _ G We (fun t _ => HM t)) in E.
  apply widen_ge; trivial. apply sum_nonneg; trivial. intros t _. rewrite <- HM. apply magnitude_nonneg.
Qed.

(** ** Kernels *)
Local Ltac unroll IH := cbn [sum8 sum1]; unfold block; rewrite <- IH; cbv beta; rewrite !add_assoc.
Lemma add_0_r i : (i + 0)%uint63 = i.
Proof. ring. Qed.

Lemma dot_sum8 e a i b j :
  dot e a i b j = sumF (octs e) (rest e) (fun t => fget a (i + t) * fget b (j + t))%float 0 0%float.
Proof.
  unfold dot. rewrite <- (add_0_r i) at 1. rewrite <- (add_0_r j) at 1. generalize 0%uint63, 0%float.
  generalize (octs e), (rest e). induction n as [|n IH]; intros m t acc.
  - cbn [dot_octs sum8]. revert t acc. induction m as [|m IH]; intros t acc; [reflexivity|]. now unroll IH.
  - now unroll IH.
Qed.
Lemma dot_sums e a i b j : wf e ->
  sums (dot e a i b j) (nat_of (len e) + 4) (2 * nat_of (len e))
    (sum e (fun t => fR (fget a (i + t)%uint63) * fR (fget b (j + t)%uint63)))
    (sum e (fun t => Rabs (fR (fget a (i + t)%uint63)) * Rabs (fR (fget b (j + t)%uint63)))).
Proof.
  intros W. rewrite dot_sum8.
  apply (sum8_sums e (fun t => Prod (fR (fget a (i + t)%uint63)) (fR (fget b (j + t)%uint63)))); auto.
  intros t. apply evaluates_mul.
Qed.
Theorem dot_error e a i b j : wf e -> fin (dot e a i b j) ->
  Rabs (fR (dot e a i b j) - sum e (fun t => fR (fget a (i + t)) * fR (fget b (j + t)))) <=
    fR (gamma (len e)) * sum e (fun t => Rabs (fR (fget a (i + t))) * Rabs (fR (fget b (j + t))))
    + fR tiny.
Proof.
  rewrite dot_sum8. intros We H.
  apply (sum8_error e (fun t => Prod (fR (fget a (i + t))) (fR (fget b (j + t))))); auto.
  intros t. apply evaluates_mul.
Qed.

Lemma dots_ones_dot m a d b : forall i j s0 s1 s2 s3, dots_ones m a i d b j ((s0, s1), (s2, s3)) =
  ((dot_ones m a i b j s0, dot_ones m a (i + d) b j s1),
   (dot_ones m a (i + d + d) b j s2, dot_ones m a (i + d + d + d) b j s3)).
Proof.
  induction m as [|m IH]; intros; [reflexivity|]. cbn [dots_ones dot_ones plus4]. cbv zeta. rewrite IH.
  replace (i + 1 + d)%uint63 with (i + d + 1)%uint63 by ring.
  replace (i + d + 1 + d)%uint63 with (i + d + d + 1)%uint63 by ring.
  now replace (i + d + d + 1 + d)%uint63 with (i + d + d + d + 1)%uint63 by ring.
Qed.
Lemma dots_octs_dot m a d b n : forall i j s0 s1 s2 s3, dots_octs n m a i d b j ((s0, s1), (s2, s3)) =
  ((dot_octs n m a i b j s0, dot_octs n m a (i + d) b j s1),
   (dot_octs n m a (i + d + d) b j s2, dot_octs n m a (i + d + d + d) b j s3)).
Proof.
  induction n as [|n IH]; intros; [apply dots_ones_dot|]. cbn [dots_octs dot_octs]. cbv zeta. rewrite IH.
  replace (i + 8 + d)%uint63 with (i + d + 8)%uint63 by ring.
  replace (i + d + 8 + d)%uint63 with (i + d + d + 8)%uint63 by ring.
  now replace (i + d + d + 8 + d)%uint63 with (i + d + d + d + 8)%uint63 by ring.
Qed.
Definition is_part (r : int) : Prop := (r = 0 \/ r = 1 \/ r = 2 \/ r = 3)%uint63.
Lemma part_dots e a i d b j r : is_part r -> part (dots e a i d b j) r = dot e a (i + r * d) b j.
Proof.
  intros C. unfold dots, zero4, dot. rewrite dots_octs_dot.
  destruct C as [-> | [-> | [-> | ->]]]; cbn -[Uint63.add Uint63.mul]; f_equal; ring.
Qed.
Lemma dots3_ones_dot m a d b : forall i j s0 s1 s2, dots3_ones m a i d b j s0 s1 s2 =
  ((dot_ones m a i b j s0, dot_ones m a (i + d) b j s1), (dot_ones m a (i + d + d) b j s2, 0%float)).
Proof.
  induction m as [|m IH]; intros; [reflexivity|]. cbn [dots3_ones dot_ones]. cbv zeta. rewrite IH.
  replace (i + 1 + d)%uint63 with (i + d + 1)%uint63 by ring.
  now replace (i + d + 1 + d)%uint63 with (i + d + d + 1)%uint63 by ring.
Qed.
Lemma dots3_octs_dot m a d b n : forall i j s0 s1 s2, dots3_octs n m a i d b j s0 s1 s2 =
  ((dot_octs n m a i b j s0, dot_octs n m a (i + d) b j s1), (dot_octs n m a (i + d + d) b j s2, 0%float)).
Proof.
  induction n as [|n IH]; intros; [apply dots3_ones_dot|]. cbn [dots3_octs dot_octs]. cbv zeta. rewrite IH.
  replace (i + 8 + d)%uint63 with (i + d + 8)%uint63 by ring.
  now replace (i + d + 8 + d)%uint63 with (i + d + d + 8)%uint63 by ring.
Qed.
Lemma part_lanes n e a i d b j r : is_part r -> (r <? n)%uint63 = true ->
  part (lanes n e a i d b j) r = dot e a (i + r * d) b j.
Proof.
  intros C L. unfold lanes. destruct (3 <? n)%uint63 eqn:L3; [now apply part_dots|].
  destruct (2 <? n)%uint63 eqn:L2; [unfold dots3; rewrite dots3_octs_dot|];
    destruct C as [-> | [-> | [-> | ->]]]; try congruence; unfold part; cbn -[Uint63.add Uint63.mul dot];
    rewrite ?L; unfold dot; f_equal; ring.
Qed.
Lemma part_plus4 p q r : part (plus4 p q) r = (part p r + part q r)%float.
Proof.
  destruct p as [[] []], q as [[] []]. cbn [plus4 part]. repeat destruct (_ =? _)%uint63; reflexivity.
Qed.
Lemma part_zero4 r : part zero4 r = 0%float.
Proof. unfold part, zero4. repeat destruct (_ =? _)%uint63; reflexivity. Qed.

Lemma dot_strided_sum8 e a i di b j dj : dot_strided e a i di b j dj =
  sumF (octs e) (rest e) (fun t => fget a (i + t * di) * fget b (j + t * dj))%float 0 0%float.
Proof.
  Local Ltac strides t i di :=
    replace (i + t * di + di)%uint63 with (i + (t + 1) * di)%uint63 by ring;
    replace (i + (t + 1) * di + di)%uint63 with (i + (t + 2) * di)%uint63 by ring;
    replace (i + (t + 2) * di + di)%uint63 with (i + (t + 3) * di)%uint63 by ring;
    replace (i + (t + 3) * di + di)%uint63 with (i + (t + 4) * di)%uint63 by ring;
    replace (i + (t + 4) * di + di)%uint63 with (i + (t + 5) * di)%uint63 by ring;
    replace (i + (t + 5) * di + di)%uint63 with (i + (t + 6) * di)%uint63 by ring;
    replace (i + (t + 6) * di + di)%uint63 with (i + (t + 7) * di)%uint63 by ring;
    replace (i + (t + 7) * di + di)%uint63 with (i + (t + 8) * di)%uint63 by ring.
  unfold dot_strided. replace i with (i + 0 * di)%uint63 at 1 by ring.
  replace j with (j + 0 * dj)%uint63 at 1 by ring. generalize 0%uint63, 0%float.
  generalize (octs e), (rest e). induction n as [|n IH]; intros m t acc.
  - cbn [dot_strided_octs sum8]. revert t acc. induction m as [|m IH]; intros t acc; [reflexivity|].
    cbn [sum1 dot_strided_ones]. rewrite <- IH. f_equal; ring.
  - cbn [sum8 dot_strided_octs]. unfold block. rewrite <- IH. cbv beta zeta.
    strides t i di. strides t j dj. reflexivity.
Qed.
Lemma dot_strided_sums e a i di b j dj : wf e ->
  sums (dot_strided e a i di b j dj) (nat_of (len e) + 4) (2 * nat_of (len e))
    (sum e (fun t => fR (fget a (i + t * di)%uint63) * fR (fget b (j + t * dj)%uint63)))
    (sum e (fun t => Rabs (fR (fget a (i + t * di)%uint63)) * Rabs (fR (fget b (j + t * dj)%uint63)))).
Proof.
  intros W. rewrite dot_strided_sum8.
  apply (sum8_sums e (fun t => Prod (fR (fget a (i + t * di)%uint63))
                                   (fR (fget b (j + t * dj)%uint63)))); auto.
  intros t. apply evaluates_mul.
Qed.

Lemma dot_abs_sum8 e a i b j : dot_abs e a i b j = widen (len e)
  (sumF (octs e) (rest e) (fun t => PrimFloat.abs (fget a (i + t) * fget b (j + t))) 0 0%float).
Proof.
  unfold dot_abs. f_equal. rewrite <- (add_0_r i) at 1. rewrite <- (add_0_r j) at 1.
  generalize 0%uint63, 0%float. generalize (octs e), (rest e). induction n as [|n IH]; intros m t acc.
  - cbn [dot_abs_octs sum8]. revert t acc. induction m as [|m IH]; intros t acc; [reflexivity|].
    now unroll IH.
  - now unroll IH.
Qed.
Theorem dot_abs_ge e a i b j : wf e -> fin (dot_abs e a i b j) ->
  sum e (fun t => Rabs (fR (fget a (i + t))) * Rabs (fR (fget b (j + t)))) <= fR (dot_abs e a i b j).
Proof.
  rewrite dot_abs_sum8. intros We H.
  apply (sum8_widen e _ (fun t => Prod (Rabs (fR (fget a (i + t)))) (Rabs (fR (fget b (j + t))))));
    auto; intros t; cbn [magnitude]; rewrite ?Rabs_Rabsolu; trivial. apply evaluates_abs_mul.
Qed.
Lemma dot_abs_fin e a i b j t : wf e -> fin (dot_abs e a i b j) -> below e t ->
  fin (fget a (i + t)) /\ fin (fget b (j + t)).
Proof.
  rewrite dot_abs_sum8. intros We H%widen_fin Ht. apply (fin_terms e _ t We H), (proj1 (fin_abs _)) in Ht.
  destruct (fin_mul _ _ Ht) as (? & ? & _). auto.
Qed.

Lemma dot_abs_strided_sum8 e a i di b j dj : dot_abs_strided e a i di b j dj = widen (len e)
  (sumF (octs e) (rest e) (fun t => PrimFloat.abs (fget a (i + t * di) * fget b (j + t * dj))) 0 0%float).
Proof.
  unfold dot_abs_strided. f_equal. replace i with (i + 0 * di)%uint63 at 1 by ring.
  replace j with (j + 0 * dj)%uint63 at 1 by ring. generalize 0%uint63, 0%float.
  generalize (octs e), (rest e). induction n as [|n IH]; intros m t acc.
  - cbn [dot_abs_strided_octs sum8]. revert t acc. induction m as [|m IH]; intros t acc; [reflexivity|].
    cbn [sum1 dot_abs_strided_ones]. rewrite <- IH. f_equal; ring.
  - cbn [sum8 dot_abs_strided_octs]. unfold block. rewrite <- IH. cbv beta zeta.
    strides t i di. strides t j dj. reflexivity.
Qed.
Theorem dot_abs_strided_ge e a i di b j dj : wf e -> fin (dot_abs_strided e a i di b j dj) ->
  sum e (fun t => Rabs (fR (fget a (i + t * di))) * Rabs (fR (fget b (j + t * dj))))
    <= fR (dot_abs_strided e a i di b j dj).
Proof.
  rewrite dot_abs_strided_sum8. intros We H.
  apply (sum8_widen e _
    (fun t => Prod (Rabs (fR (fget a (i + t * di)))) (Rabs (fR (fget b (j + t * dj))))));
    auto; intros t; cbn [magnitude]; rewrite ?Rabs_Rabsolu; trivial. apply evaluates_abs_mul.
Qed.

Lemma evaluates_sided x p q :
  evaluates (Prod (fR x) (fR (if (0 <=? x)%float then p else q))) (sided x p q).
Proof. intros H. destruct (fin_sided _ _ _ H) as (F & ->). now apply evaluates_mul. Qed.
Lemma dot_sel_sum8 e a p q : dot_sel e a p q = sumF (octs e) (rest e)
  (fun t => sided (fget a t) (fget p t) (fget q t)) 0 0%float.
Proof.
  unfold dot_sel. set (f := fun t => _).
  assert (E : forall n m t acc, dot_sel_octs n m a p q t acc = sumF n m f t acc); [|apply E].
  induction n as [|n IH]; intros m t acc; [|apply IH].
  cbn [dot_sel_octs sum8]. revert t acc. induction m as [|m IH]; intros t acc; [reflexivity | apply IH].
Qed.
Theorem dot_sel_error e a p q : wf e -> fin (dot_sel e a p q) ->
  Rabs (fR (dot_sel e a p q)
        - sum e (fun t => fR (fget a t) * fR (if (0 <=? fget a t)%float then fget p t else fget q t))) <=
    fR (gamma (len e))
      * sum e (fun t => Rabs (fR (fget a t)) * Rmax (Rabs (fR (fget p t))) (Rabs (fR (fget q t))))
    + fR tiny.
Proof.
  rewrite dot_sel_sum8. intros We H. eapply Rle_trans.
  - apply (sum8_error e (fun t => Prod (fR (fget a t))
      (fR (if (0 <=? fget a t)%float then fget p t else fget q t)))); auto.
    intros t. apply evaluates_sided.
  - apply Rplus_le_compat_r, Rmult_le_compat_l; [apply gamma_nonneg|]. apply sum_le; [assumption|].
    intros t _. cbn [magnitude]. apply Rmult_le_compat_l; [apply Rabs_pos|].
    destruct (0 <=? fget a t)%float; [apply Rmax_l | apply Rmax_r].
Qed.
Lemma dot_sel_fin e a p q t : wf e -> fin (dot_sel e a p q) -> below e t ->
  fin (fget a t) /\ fin (if (0 <=? fget a t)%float then fget p t else fget q t).
Proof.
  rewrite dot_sel_sum8. intros We H Ht. destruct (fin_sided _ _ _ (fin_terms e _ t We H Ht)) as (F & _).
  destruct (fin_mul _ _ F) as (? & ? & _). auto.
Qed.

Lemma sum_abs_f_sum8 e a : sum_abs_f e a =
  widen (len e) (sumF (octs e) (rest e) (fun t => PrimFloat.abs (fget a t)) 0 0%float).
Proof.
  unfold sum_abs_f. f_equal. generalize 0%uint63, 0%float. generalize (octs e), (rest e).
  induction n as [|n IH]; intros m t acc.
  - cbn [sum_abs_octs sum8]. revert t acc. induction m as [|m IH]; intros t acc; [reflexivity|].
    apply IH.
  - apply IH.
Qed.
Theorem sum_abs_f_ge e a : wf e -> fin (sum_abs_f e a) ->
  sum e (fun t => Rabs (fR (fget a t))) <= fR (sum_abs_f e a).
Proof.
  rewrite sum_abs_f_sum8. intros We H.
  apply (sum8_widen e _ (fun t => Leaf (Rabs (fR (fget a t))))); auto; intros t; cbn; auto using Rabs_Rabsolu.
  intros _. rewrite fR_abs. apply rounded_leaf.
Qed.

(** ** Sums over chosen indices *)
Fixpoint picked (p : picks) : list int :=
  match p with
  | Done => []
  | One i p => i :: picked p
  | Four i0 i1 i2 i3 p => i0 :: i1 :: i2 :: i3 :: picked p
  | Eight i0 i1 i2 i3 i4 i5 i6 i7 p => i0 :: i1 :: i2 :: i3 :: i4 :: i5 :: i6 :: i7 :: picked p
  end.
Fixpoint sum_over (l : list int) (f : int -> R) : R :=
  match l with
  | [] => 0
  | i :: l => f i + sum_over l f
  end.

Lemma dots_at_dot_at p a b d : forall j s0 s1 s2 s3, dots_at p a b j d s0 s1 s2 s3 =
  ((dot_at p a b j s0, dot_at p a b (j + d) s1),
   (dot_at p a b (j + d + d) s2, dot_at p a b (j + d + d + d) s3)).
Proof.
  induction p as [|i p IH|i0 i1 i2 i3 p IH|i0 i1 i2 i3 i4 i5 i6 i7 p IH]; intros; cbn [dots_at dot_at];
    [reflexivity | |apply IH|apply IH].
  cbv zeta. rewrite IH. replace (j + i + d)%uint63 with (j + d + i)%uint63 by ring.
  replace (j + d + i + d)%uint63 with (j + d + d + i)%uint63 by ring.
  now replace (j + d + d + i + d)%uint63 with (j + d + d + d + i)%uint63 by ring.
Qed.

Lemma dot_at_sums a b j p : forall s d o r m, sums s d o r m -> (4 <= d)%nat ->
  sums (dot_at p a b j s) (d + length (picked p)) (o + 2 * length (picked p))
    (r + sum_over (picked p) (fun i => fR (fget a i) * fR (fget b (j + i)%uint63)))
    (m + sum_over (picked p) (fun i => Rabs (fR (fget a i)) * Rabs (fR (fget b (j + i)%uint63)))).
Proof.
  assert (mul : forall k, sums (fget b (j + k)%uint63 * fget a k)%float 1 1
    (fR (fget a k) * fR (fget b (j + k)%uint63)) (Rabs (fR (fget a k)) * Rabs (fR (fget b (j + k)%uint63)))).
  { intros k. rewrite Rmult_comm, (Rmult_comm (Rabs _)). apply sums_mul. }
  induction p as [|i p IH|i0 i1 i2 i3 p IH|i0 i1 i2 i3 i4 i5 i6 i7 p IH]; intros s d o r m S D;
    cbn [dot_at picked sum_over length].
  - rewrite !Rplus_0_r. apply (sums_le _ _ _ _ _ _ _ S); lia.
  - assert (T := sums_add _ _ _ _ _ _ _ _ _ _ S (mul i)).
    apply IH in T; [|lia]. rewrite !Rplus_assoc in T. apply (sums_le _ _ _ _ _ _ _ T); lia.
  - assert (T := sums_add _ _ _ _ _ _ _ _ _ _ S (sums_add _ _ _ _ _ _ _ _ _ _
      (sums_add _ _ _ _ _ _ _ _ _ _ (mul i0) (mul i1)) (sums_add _ _ _ _ _ _ _ _ _ _ (mul i2) (mul i3)))).
    apply IH in T; [|lia]. rewrite !Rplus_assoc in T. apply (sums_le _ _ _ _ _ _ _ T); lia.
  - assert (four : forall k0 k1 k2 k3, _) by exact (fun k0 k1 k2 k3 => sums_add _ _ _ _ _ _ _ _ _ _
      (sums_add _ _ _ _ _ _ _ _ _ _ (mul k0) (mul k1)) (sums_add _ _ _ _ _ _ _ _ _ _ (mul k2) (mul k3))).
    assert (T := sums_add _ _ _ _ _ _ _ _ _ _ S (sums_add _ _ _ _ _ _ _ _ _ _
      (four i0 i1 i2 i3) (four i4 i5 i6 i7))).
    apply IH in T; [|lia]. rewrite !Rplus_assoc in T. apply (sums_le _ _ _ _ _ _ _ T); lia.
Qed.

Lemma picked_fours f : forall n l p, (length l <= n)%nat ->
  sum_over (picked (fours l p)) f = sum_over l f + sum_over (picked p) f /\
  length (picked (fours l p)) = (length l + length (picked p))%nat.
Proof.
  induction n as [|n IH]; intros l p L.
  - destruct l; [|cbn in L; lia]. cbn. split; [ring|reflexivity].
  - destruct l as [|i0 [|i1 [|i2 [|i3 l]]]]; try (cbn; split; [ring|lia]). cbn [fours length] in *.
    destruct (IH l (Four i0 i1 i2 i3 p)) as [-> ->]; [lia|]. cbn. split; [ring|lia].
Qed.
Lemma picked_eights f : forall n l p, (length l <= n)%nat ->
  sum_over (picked (eights l p)) f = sum_over l f + sum_over (picked p) f /\
  length (picked (eights l p)) = (length l + length (picked p))%nat.
Proof.
  induction n as [|n IH]; intros l p L.
  - destruct l; [|cbn in L; lia]. cbn. split; [ring|reflexivity].
  - do 8 (destruct l as [|? l]; [exact (picked_fours f _ _ p (le_n _))|]). cbn [eights length] in *.
    match goal with |- context [eights l ?q] => destruct (IH l q) as [-> ->]; [lia|] end.
    cbn. split; [ring|lia].
Qed.
Lemma nonzeros_sum a f : (forall i, (fget a i =? 0)%float = true -> f i = 0) -> forall n i l,
  sum_over (nonzeros n i a l) f = sum_over l f + sumR n i f /\
  (length (nonzeros n i a l) <= n + length l)%nat.
Proof.
  intros Z. induction n as [|n IH]; intros i l; cbn [nonzeros sumR]; [split; [ring|lia]|].
  destruct (IH (i + 1)%uint63 (if (fget a i =? 0)%float then l else i :: l)) as [-> L].
  destruct (fget a i =? 0)%float eqn:E; cbn [sum_over length] in *; [rewrite (Z i E)|];
    (split; [ring|lia]).
Qed.
(** Entries that are 0 contribute nothing to a sum of products. *)
Lemma nonzero_sum e a f : wf e -> (forall i, (fget a i =? 0)%float = true -> f i = 0) ->
  sum_over (picked (nonzero e a)) f = sum e f /\ (length (picked (nonzero e a)) <= nat_of (len e))%nat.
Proof.
  intros W Z. unfold nonzero. destruct (picked_eights f _ (nonzeros (fuel e) 0 a []) Done (le_n _)) as [-> ->].
  destruct (nonzeros_sum a f Z (fuel e) 0%uint63 []) as [-> L]. rewrite <- (wf_fuel e W). cbn in *.
  split; [unfold sum; ring|lia].
Qed.
Theorem dot_at_nonzero_sums e a b j : wf e ->
  sums (dot_at (nonzero e a) a b j 0) (nat_of (len e) + 4) (2 * nat_of (len e))
    (sum e (fun t => fR (fget a t) * fR (fget b (j + t)%uint63)))
    (sum e (fun t => Rabs (fR (fget a t)) * Rabs (fR (fget b (j + t)%uint63)))).
Proof.
  intros W. assert (Z : forall i, (fget a i =? 0)%float = true -> fR (fget a i) = 0)
    by (intros i E; rewrite (eqb_fR _ _ E); exact fR_0).
  destruct (nonzero_sum e a (fun t => fR (fget a t) * fR (fget b (j + t)%uint63)) W) as [<- L].
  { intros i E. rewrite (Z i E). ring. }
  destruct (nonzero_sum e a (fun t => Rabs (fR (fget a t)) * Rabs (fR (fget b (j + t)%uint63))) W) as [<- _].
  { intros i E. rewrite (Z i E), Rabs_R0. ring. }
  assert (S := sums_le _ _ _ _ _ 4 0 sums_0 (Nat.le_0_l 4) (le_n 0)).
  apply (dot_at_sums a b j (nonzero e a)) in S; [|lia].
  rewrite !Rplus_0_l in S. apply (sums_le _ _ _ _ _ _ _ S); lia.
Qed.
