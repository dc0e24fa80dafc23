(** Convolution: it is a matrix, and its float values, bounds and transpose are those of the matrix.

    [conv_back_sum]  one entry of the transposed convolution over the reals
    [taps_sum]       sum over the taps whose positions are in range
    [hits o t y]     output position [o] reads input position [y] at tap [t], as integers *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Base.Dot Base.DotProof Ops.Loops Ops.LoopsProof Ops.Conv.
Local Open Scope R_scope.

Ltac splits := repeat match goal with |- _ /\ _ => split end.
Ltac split_andb := repeat match goal with
  | H : _ && _ = true |- _ => apply andb_true_iff in H; destruct H
  end.

(** ** Flat indices of triples *)
Section Triple.
Variables A B C : int.
Hypotheses (HA : ok_len A = true) (HB : ok_len B = true) (HC : ok_len C = true) (HAB : ok_len (A * B) = true).
Local Open Scope uint63_scope.

Lemma triple_coords a b c : below (extent_of A) a -> below (extent_of B) b -> below (extent_of C) c ->
  let i := (a * B + b) * C + c in
  below (extent_of (A * B * C)) i /\ i / C / B = a /\ (i / C) mod B = b /\ i mod C = c.
Proof.
  intros Ha Hb Hc i. pose proof (below_pair A B a b HA HB Ha Hb) as P. unfold i.
  rewrite (div_pair (A * B) C _ c HAB HC P Hc), (mod_pair (A * B) C _ c HAB HC P Hc).
  rewrite (div_pair A B a b), (mod_pair A B a b) by assumption. splits; auto.
  now apply below_pair.
Qed.

Lemma triple_split i : below (extent_of (A * B * C)) i ->
  below (extent_of A) (i / C / B) /\ below (extent_of B) ((i / C) mod B) /\ below (extent_of C) (i mod C) /\
  i = ((i / C / B) * B + (i / C) mod B) * C + i mod C.
Proof.
  intros H. pose proof (below_div (A * B) C i HAB HC H) as P.
  splits.
  - now apply below_div.
  - now apply (below_mod A B).
  - now apply (below_mod (A * B) C).
  - rewrite (pair_div_mod A B (i / C)) by assumption. now rewrite (pair_div_mod (A * B) C i).
Qed.

Lemma triple_sum f : ok_len (A * B * C) = true ->
  sum (extent_of (A * B * C)) f =
  sum (extent_of A) (fun a => sum (extent_of B) (fun b => sum (extent_of C) (fun c =>
    f ((a * B + b) * C + c)))).
Proof.
  intros H. rewrite (sum_prod (A * B) C) by assumption.
  now rewrite (sum_prod A B) by assumption.
Qed.
End Triple.

(** ** One axis *)
Section Axis.
Variable a : axis.
Hypothesis Ha : axis_ok a = true.

Lemma axis_facts : (to_Z (isize a) <= 2097152 /\ to_Z (osize a) <= 2097152 /\ wf (taps a) /\
  to_Z (len (taps a)) <= 2097152 /\ 0 < to_Z (stride a) <= 2097152 /\ to_Z (pad a) <= 2097152 /\
  0 < to_Z (dil a) <= 2097152)%Z.
Proof.
  unfold axis_ok in Ha. split_andb. repeat match goal with
  | H : ok_len _ = true |- _ => apply ok_len_le in H
  | H : wf_ext _ = true |- _ => apply wf_ext_wf in H
  | H : (_ <? _)%uint63 = true |- _ => apply Uint63.ltb_spec in H; change (to_Z 0) with 0%Z in H
  end.
  splits; auto using wf_len.
Qed.

Lemma sub_eq (x y z : int) : (to_Z z + to_Z y < wB)%Z ->
  (x - y)%uint63 = z <-> to_Z x = (to_Z z + to_Z y)%Z.
Proof.
  intros H. rewrite <- (to_Z_add z y H). split.
  - intros <-. f_equal. ring.
  - intros E. apply to_Z_inj in E. subst x. ring.
Qed.

Definition hits (o t y : int) : Prop :=
  (to_Z y + to_Z (pad a) = to_Z o * to_Z (stride a) + to_Z t * to_Z (dil a))%Z.

Lemma small_mul x y : (to_Z x <= 2097152)%Z -> (to_Z y <= 2097152)%Z ->
  to_Z (x * y) = (to_Z x * to_Z y)%Z /\ (0 <= to_Z x * to_Z y <= 4398046511104)%Z.
Proof.
  intros Hx Hy. pose proof (to_Z_bounded x). pose proof (to_Z_bounded y).
  assert (0 <= to_Z x * to_Z y <= 2097152 * 2097152)%Z by nia.
  split; [|lia]. apply to_Z_mul. change wB with 9223372036854775808%Z. lia.
Qed.

Lemma small_add x y : (to_Z x <= 4398046511104)%Z -> (to_Z y <= 4398046511104)%Z ->
  to_Z (x + y) = (to_Z x + to_Z y)%Z.
Proof. intros. apply to_Z_add. change wB with 9223372036854775808%Z. lia. Qed.

Variables o t y : int.
Hypothesis Ho : below (extent_of (osize a)) o.
Hypothesis Ht : below (taps a) t.
Hypothesis Hy : below (extent_of (isize a)) y.

Lemma axis_bounds : (to_Z o <= 2097152 /\ to_Z t <= 2097152 /\ to_Z y <= 2097152)%Z.
Proof. pose proof axis_facts. unfold below in *. cbn [len extent_of] in *. lia. Qed.

Lemma pos_hits : pos a o t = y <-> hits o t y.
Proof.
  destruct axis_facts as (Fi & Fo & Ft & Fl & Fs & Fp & Fd). destruct axis_bounds as (Bo & Bt & By).
  destruct (small_mul o (stride a)) as [E1 B1]; try lia.
  destruct (small_mul t (dil a)) as [E2 B2]; try lia.
  unfold pos, hits. rewrite sub_eq by (change wB with 9223372036854775808%Z; lia).
  rewrite small_add, E1, E2 by (rewrite ?E1, ?E2; lia). lia.
Qed.

Lemma quot_hits s d n q : (0 < to_Z s <= 2097152)%Z -> (to_Z d <= 2097152)%Z -> (to_Z n <= 2097152)%Z ->
  (to_Z q <= 2097152)%Z ->
  quot s (y + pad a - n * d)%uint63 = q <->
  (to_Z y + to_Z (pad a) = to_Z q * to_Z s + to_Z n * to_Z d)%Z.
Proof.
  intros Hs Hd Hn Hq.
  destruct axis_facts as (Fi & Fo & Ft & Fl & Fs & Fp & Fd). destruct axis_bounds as (Bo & Bt & By).
  destruct (small_mul n d) as [E1 B1]; try lia.
  destruct (small_mul q s) as [E2 B2]; try lia.
  rewrite quot_spec by assumption. rewrite <- E2. rewrite <- (small_add y (pad a)) by lia.
  assert (W : (to_Z (q * s) + to_Z (n * d) < wB)%Z) by (change wB with 9223372036854775808%Z; lia).
  pose proof (sub_eq (y + pad a) (n * d) (q * s) W) as S. rewrite <- E1. rewrite <- S.
  split; [apply to_Z_inj|now intros ->].
Qed.

Lemma src_hits : src a t y = o <-> hits o t y.
Proof.
  destruct axis_facts as (Fi & Fo & Ft & Fl & Fs & Fp & Fd). destruct axis_bounds as (Bo & Bt & By).
  unfold src, hits. apply quot_hits; lia.
Qed.

Lemma tap_hits : tap a o y = t <-> hits o t y.
Proof.
  destruct axis_facts as (Fi & Fo & Ft & Fl & Fs & Fp & Fd). destruct axis_bounds as (Bo & Bt & By).
  unfold tap, hits. rewrite quot_hits; lia.
Qed.
End Axis.

Lemma tap_pos_inverse a o : axis_ok a = true -> below (extent_of (osize a)) o ->
  inverse (extent_of (isize a)) (taps a) (tap a o) (pos a o).
Proof.
  intros Ha Ho. split.
  - intros y Hy Ht. apply pos_hits; auto. now apply tap_hits.
  - intros t Ht Hy. apply tap_hits; auto. now apply pos_hits.
Qed.

Lemma tap_src_inverse a y : axis_ok a = true -> below (extent_of (isize a)) y ->
  inverse (extent_of (osize a)) (taps a) (fun o => tap a o y) (fun t => src a t y).
Proof.
  intros Ha Hy. split.
  - intros o Ho Ht. apply src_hits; auto. now apply tap_hits.
  - intros t Ht Ho. apply tap_hits; auto. now apply src_hits.
Qed.

Lemma below_lt n i : below (extent_of n) i -> (to_Z i < to_Z n)%Z.
Proof. exact (fun H => H). Qed.
Local Opaque below ok_len wf conv_same axis_ok.

(** ** Sums over taps *)
Definition taps_sum (c : conv) (py px : int -> int) (ny nx : int) (f : int -> int -> int -> int -> R) : R :=
  sum (taps (vert c)) (fun ky => sum (taps (horz c)) (fun kx =>
    if (py ky <? ny)%uint63 && (px kx <? nx)%uint63 then f (py ky) (px kx) ky kx else 0)).

Section Taps.
Variable c : conv.
Hypotheses (Wv : wf (taps (vert c))) (Wh : wf (taps (horz c))).
Variables (py px : int -> int) (ny nx : int).

Lemma taps_sum_in f : taps_sum c py px ny nx f =
  sum (taps (vert c)) (fun ky => if (py ky <? ny)%uint63
    then sum (taps (horz c)) (fun kx => if (px kx <? nx)%uint63 then f (py ky) (px kx) ky kx else 0) else 0).
Proof.
  apply sum_ext; [exact Wv|]. intros ky _. destruct (py ky <? ny)%uint63; cbn [andb]; [reflexivity|].
  now apply sum_zero.
Qed.

Lemma taps_fold_above f F :
  (forall y z ky kx acc r, below (taps (vert c)) ky -> below (taps (horz c)) kx ->
     above acc r -> above (f y z ky kx acc) (r + F y z ky kx)) ->
  above (taps_fold c py px ny nx f 0%float) (taps_sum c py px ny nx F).
Proof.
  intros H. rewrite taps_sum_in, <- Rplus_0_l. apply accF_above; [exact Wv| |apply above_0].
  intros ky acc r Hy Q. cbv zeta. destruct (py ky <? ny)%uint63; [|now rewrite Rplus_0_r].
  apply accF_above; [exact Wh| |exact Q]. intros kx acc' r' Hx Q'. cbv zeta.
  destruct (px kx <? nx)%uint63; [|now rewrite Rplus_0_r]. now apply H.
Qed.

Lemma taps_fold_sums f F G b ko :
  (forall y z ky kx acc d o r m, below (taps (vert c)) ky -> below (taps (horz c)) kx ->
     (y <? ny)%uint63 = true -> (z <? nx)%uint63 = true -> (b <= d)%nat ->
     sums acc d o r m -> sums (f y z ky kx acc) (1 + d) (ko + o) (r + F y z ky kx) (m + G y z ky kx)) ->
  sums (taps_fold c py px ny nx f 0%float)
    (fuel (taps (vert c)) * (fuel (taps (horz c)) * 1) + b)
    (fuel (taps (vert c)) * (fuel (taps (horz c)) * ko) + 0)
    (taps_sum c py px ny nx F) (taps_sum c py px ny nx G).
Proof.
  intros H. rewrite !taps_sum_in.
  match goal with |- sums _ _ _ ?r ?m => rewrite <- (Rplus_0_l r), <- (Rplus_0_l m) end.
  apply (accF_sums _ _ _ _ b); [exact Wv| |reflexivity|apply (sums_le _ 0 0); [apply sums_0|lia|lia]].
  intros ky acc d o r m Hy D Q. cbv zeta.
  destruct (py ky <? ny)%uint63 eqn:Ey; [|rewrite !Rplus_0_r; apply (sums_le _ _ _ _ _ _ _ Q); lia].
  apply (accF_sums _ _ _ _ b); [exact Wh| |exact D|exact Q]. intros kx acc' d' o' r' m' Hx D' Q'. cbv zeta.
  destruct (px kx <? nx)%uint63 eqn:Ex; [|rewrite !Rplus_0_r; apply (sums_le _ _ _ _ _ _ _ Q'); lia].
  now apply H.
Qed.

Lemma taps_fold_map {A B} (g : A -> B) f h a :
  (forall y z ky kx a, g (f y z ky kx a) = h y z ky kx (g a)) ->
  g (taps_fold c py px ny nx f a) = taps_fold c py px ny nx h (g a).
Proof.
  intros E. apply accR_map. intros ky b. cbv zeta. destruct (py ky <? ny)%uint63; [|reflexivity].
  apply accR_map. intros kx d. cbv zeta. destruct (px kx <? nx)%uint63; [apply E|reflexivity].
Qed.

(** The same sum over the positions instead of the taps. *)
Lemma taps_sum_inverse ey ex qy qx f : wf ey -> wf ex -> ny = len ey -> nx = len ex ->
  inverse ey (taps (vert c)) qy py -> inverse ex (taps (horz c)) qx px ->
  taps_sum c py px ny nx f =
  sum ey (fun y => sum ex (fun z =>
    if (qy y <? len (taps (vert c)))%uint63 && (qx z <? len (taps (horz c)))%uint63
    then f y z (qy y) (qx z) else 0)).
Proof.
  intros Wy Wx Ny Nx Iy Ix. rewrite taps_sum_in, Ny, Nx.
  rewrite (sum_inverse _ _ py qy (fun ky y => sum (taps (horz c)) (fun kx =>
    if (px kx <? len ex)%uint63 then f y (px kx) ky kx else 0)) Wv Wy (inverse_sym _ _ _ _ Iy)).
  apply sum_ext; [exact Wy|]. intros y _.
  destruct (qy y <? len (taps (vert c)))%uint63; cbn [andb]; [|symmetry; now apply sum_zero].
  now rewrite (sum_inverse _ _ px qx (fun kx z => f y z (qy y) kx) Wh Wx (inverse_sym _ _ _ _ Ix)).
Qed.
End Taps.

(** ** Taps that were found *)
(** A loop over the taps found is the loop over all taps that leaves out the others. *)
Fixpoint over {A} (h : met) (f : int -> int -> A -> A) (acc : A) : A :=
  match h with
  | Nowhere => acc
  | Met t o h => over h f (f t o acc)
  end.
Lemma over_ext {A} f g : (forall t o a, f t o a = g t o a) -> forall h (acc : A), over h f acc = over h g acc.
Proof. intros E. induction h as [|t o h IH]; intros acc; cbn [over]; [reflexivity|]. now rewrite IH, E. Qed.
Lemma over_id {A} h (acc : A) : over h (fun _ _ a => a) acc = acc.
Proof. now induction h. Qed.
Lemma over_ahead {A} r f : forall h h' (acc : A), ahead r h h' = true ->
  over h' f acc = over h (fun t o => f (t + r)%uint63 o) acc.
Proof.
  induction h as [|t o h IH]; intros [|t' o' h'] acc; cbn [ahead over]; intros E; try discriminate; auto.
  split_andb. match goal with E : (o =? o')%uint63 = true |- _ => apply Uint63.eqb_spec in E as <- end.
  match goal with E : (t + r =? t')%uint63 = true |- _ => apply Uint63.eqb_spec in E as <- end. auto.
Qed.

Lemma is_part_le r : is_part r -> (to_Z r <= 3)%Z.
Proof. intros [-> | [-> | [-> | ->]]]; cbn; lia. Qed.

(** Each of the entries computed at once is a loop of its own. *)
Section BackAt.
Variables (co : extent) (wt turned live : farr) (metv meth : table met) (n d first rowed ch wide r : int).
Hypotheses (Hr : is_part r) (Hn : (r <? n)%uint63 = true).
Definition lane_step (i p kx ox : int) (acc : PrimFloat.float) : PrimFloat.float :=
  if (fget live (p + ox) =? 0)%float then acc
  else (acc + dot co wt (i + kx * len co + r * d) turned ((p + ox) * ch + first))%float.

Lemma part_back_row i p h : forall acc,
  part (back_row co wt turned live n d first ch i p h acc) r = over h (lane_step i p) (part acc r).
Proof.
  induction h as [|kx ox h IH]; intros acc; cbn [back_row over]; [reflexivity|]. cbv zeta. rewrite IH.
  f_equal. unfold lane_step. destruct (fget live (p + ox) =? 0)%float; [reflexivity|].
  now rewrite part_plus4, part_lanes.
Qed.
Lemma part_back_rows base v h : forall acc,
  part (back_rows co wt turned live n d first rowed ch wide base v h acc) r =
  over v (fun ky oy => over h (lane_step (base + ky * rowed) (oy * wide))) (part acc r).
Proof.
  induction v as [|ky oy v IH]; intros acc; cbn [back_rows over]; [reflexivity|].
  now rewrite IH, part_back_row.
Qed.
Lemma part_back_at base y x :
  part (back_at co wt turned live metv meth n d first rowed ch wide base y x) r =
  over (metv y) (fun ky oy => over (meth x) (lane_step (base + ky * rowed) (oy * wide))) 0%float.
Proof.
  unfold back_at. destruct (metv y) as [|ky oy v]; [apply part_zero4|]. destruct (meth x) as [|kx ox h].
  - rewrite part_zero4. symmetry. exact (over_id (Met ky oy v) 0%float).
  - now rewrite part_back_rows, part_zero4.
Qed.
End BackAt.

(** ** Indices by fours *)
Lemma ok_mul_le a b q : ok_len a = true -> ok_len b = true -> ok_len (a * b) = true ->
  (to_Z q <= to_Z b)%Z -> ok_len (a * q) = true.
Proof.
  intros Oa%ok_len_le Ob%ok_len_le Oab%ok_len_le L. apply ok_len_intro.
  destruct (small_mul a b) as [E _]; try lia. destruct (small_mul a q) as [F _]; try lia.
  rewrite F. rewrite E in Oab. pose proof (to_Z_bounded a). nia.
Qed.
Lemma quarter_pair a q i j : ok_len a = true -> ok_len q = true -> ok_len (a * q) = true ->
  below (extent_of a) i -> below (extent_of (q * 4)) j ->
  below (extent_of q) (j / 4) /\ below (extent_of (a * q)) (i * q + j / 4) /\
  (i * (q * 4) + j)%uint63 = ((i * q + j / 4) * 4 + j mod 4)%uint63 /\
  ((i * (q * 4) + j) / 4 = i * q + j / 4)%uint63 /\ ((i * (q * 4) + j) mod 4 = j mod 4)%uint63.
Proof.
  intros Oa Oq Oaq Hi Hj. assert (O4 : ok_len 4 = true) by reflexivity.
  pose proof (below_div q 4 j Oq O4 Hj) as B. pose proof (below_mod q 4 j Oq O4 Hj) as M.
  pose proof (below_pair a q i (j / 4) Oa Oq Hi B) as P.
  assert (E : (i * (q * 4) + j = (i * q + j / 4) * 4 + j mod 4)%uint63).
  { rewrite <- (pair_div_mod q 4 j Oq O4 Hj) at 1. ring. }
  splits; auto; rewrite E; [now apply (div_pair (a * q) 4)|now apply (mod_pair (a * q) 4)].
Qed.

Lemma ok_quarter n : ok_len n = true -> ok_len (n >> 2) = true /\ (to_Z (n >> 2) <= to_Z n)%Z.
Proof.
  intros O%ok_len_le. pose proof (to_Z_bounded n).
  assert (to_Z (n >> 2) <= to_Z n)%Z.
  { rewrite lsr_spec. change (2 ^ to_Z 2)%Z with 4%Z. apply Z.div_le_upper_bound; lia. }
  split; [apply ok_len_intro; lia|assumption].
Qed.
Lemma quarter_eq j : (j / 4 * 4 + j mod 4)%uint63 = j.
Proof. destruct (quarter j) as (r & _ & -> & E). exact E. Qed.
Lemma is_part_mod j : is_part (j mod 4).
Proof. destruct (quarter j) as (r & C & E & _). now rewrite E. Qed.

(** ** The convolution as a matrix *)
Section Conv.
Variable c : conv.
Variables w wt : farr.
Hypothesis Hc : conv_ok c w wt = true.

Lemma conv_facts :
  (axis_ok (vert c) = true /\ axis_ok (horz c) = true /\ wf (cin c) /\ wf (cout c)) /\
  (ok_len (groups c) = true /\ ok_len (ichans c) = true /\ ok_len (ichans c * isize (vert c)) = true /\
   ok_len (conv_in c) = true /\ ok_len (ochans c) = true /\ ok_len (ochans c * osize (vert c)) = true /\
   ok_len (conv_out c) = true) /\
  (ok_len (oplane c) = true /\ ok_len (kplane c) = true /\ (conv_size c <=? 16777216)%uint63 = true /\
   conv_same c w wt = true).
Proof.
  unfold conv_ok in Hc. split_andb.
  splits; auto using wf_ext_wf.
Qed.

Lemma conv_block_facts : ok_len (iplane c) = true /\ ok_len (blocks c) = true /\ ok_len (bchans c) = true /\
  ok_len (bchans c * iplane c) = true /\ ok_len (bchans c * iplane c * 4) = true.
Proof. unfold conv_ok in Hc. split_andb. splits; assumption. Qed.

Lemma axis_oks a : axis_ok a = true ->
  ok_len (isize a) = true /\ ok_len (osize a) = true /\ wf (taps a).
Proof.
  intros H. destruct (axis_facts a H) as (A & B & C & _).
  split; [|split]; auto using ok_len_intro.
Qed.

Local Notation H := (isize (vert c)).
Local Notation W := (isize (horz c)).
Local Notation Ho := (osize (vert c)).
Local Notation Wo := (osize (horz c)).
Local Notation ci := (len (cin c)).
Local Notation co := (len (cout c)).

Ltac facts :=
  destruct conv_facts as ((Av & Ah & Wi & Wo') & (Og & Oi & Oih & Oin & Oo & Ooh & Oout) & Op & Ok & Os & _);
  destruct (axis_oks _ Av) as (OH & OHo & Wv); destruct (axis_oks _ Ah) as (OW & OWo & Wh);
  pose proof (wf_ok _ Wi) as Oci; pose proof (wf_ok _ Wo') as Oco.

Lemma sum_input f : sum (extent_of (conv_in c)) f =
  sum (extent_of (groups c)) (fun g => sum (cin c) (fun k => sum (extent_of H) (fun y => sum (extent_of W)
    (fun z => f (iidx c (g * ci + k) y z))))).
Proof.
  facts. unfold conv_in. rewrite triple_sum by assumption. unfold ichans.
  rewrite sum_prod by assumption. now rewrite (wf_extent_of (cin c)).
Qed.

Lemma sum_output f : sum (extent_of (conv_out c)) f =
  sum (extent_of (groups c)) (fun g => sum (cout c) (fun j => sum (extent_of Ho) (fun y => sum (extent_of Wo)
    (fun z => f (oidx c (g * co + j) y z))))).
Proof.
  facts. unfold conv_out. rewrite triple_sum by assumption. unfold ochans.
  rewrite sum_prod by assumption. now rewrite (wf_extent_of (cout c)).
Qed.

Lemma below_len e i : wf e -> below e i -> below (extent_of (len e)) i.
Proof. intros E. now rewrite (wf_extent_of e E). Qed.

Lemma input_coords g k y z : below (extent_of (groups c)) g -> below (cin c) k ->
  below (extent_of H) y -> below (extent_of W) z -> let i := iidx c (g * ci + k) y z in
  (ichan c i = g * ci + k /\ irow c i = y /\ icol c i = z /\
   ichan c i / ci = g /\ ichan c i mod ci = k)%uint63.
Proof.
  facts. intros Hg Hk Hy Hz i. apply below_len in Hk; [|exact Wi].
  pose proof (below_pair _ _ g k Og Oci Hg Hk) as P.
  destruct (triple_coords (ichans c) H W Oi OH OW Oih _ y z P Hy Hz) as (_ & A & B & D).
  unfold i, ichan, irow, icol, iidx. rewrite A, B, D.
  rewrite (div_pair _ _ g k Og Oci Hg Hk), (mod_pair _ _ g k Og Oci Hg Hk). auto.
Qed.

Lemma output_coords g j y z : below (extent_of (groups c)) g -> below (cout c) j ->
  below (extent_of Ho) y -> below (extent_of Wo) z -> let i := oidx c (g * co + j) y z in
  (ochan c i = g * co + j /\ orow c i = y /\ ocol c i = z /\ ochan c i / co = g)%uint63.
Proof.
  facts. intros Hg Hk Hy Hz i. apply below_len in Hk; [|exact Wo'].
  pose proof (below_pair _ _ g j Og Oco Hg Hk) as P.
  destruct (triple_coords (ochans c) Ho Wo Oo OHo OWo Ooh _ y z P Hy Hz) as (_ & A & B & D).
  unfold i, ochan, orow, ocol, oidx. rewrite A, B, D.
  rewrite (div_pair _ _ g j Og Oco Hg Hk). auto.
Qed.

Lemma output_split i : below (extent_of (conv_out c)) i ->
  below (extent_of (ochans c)) (ochan c i) /\ below (extent_of (groups c)) (ochan c i / co)%uint63 /\
  below (extent_of Ho) (orow c i) /\ below (extent_of Wo) (ocol c i).
Proof.
  facts. intros Hi. destruct (triple_split (ochans c) Ho Wo Oo OHo OWo Ooh i Hi) as (A & B & D & _).
  splits; [exact A| |exact B|exact D].
  apply (below_div (groups c) co); [exact Og|exact Oco|exact A].
Qed.

Lemma input_split k : below (extent_of (conv_in c)) k ->
  below (extent_of (ichans c)) (ichan c k) /\ below (extent_of (groups c)) (ichan c k / ci)%uint63 /\
  below (cin c) (ichan c k mod ci)%uint63 /\
  below (extent_of H) (irow c k) /\ below (extent_of W) (icol c k) /\
  ichan c k = (ichan c k / ci * ci + ichan c k mod ci)%uint63.
Proof.
  facts. intros Hi. destruct (triple_split (ichans c) H W Oi OH OW Oih k Hi) as (A & B & D & _).
  pose proof (below_mod (groups c) ci _ Og Oci A) as M. rewrite (wf_extent_of (cin c) Wi) in M.
  splits; [exact A| |exact M|exact B|exact D|].
  - apply (below_div (groups c) ci); [exact Og|exact Oci|exact A].
  - symmetry. apply (pair_div_mod (groups c) ci); [exact Og|exact Oci|exact A].
Qed.

Lemma sum_in_taps py px ny nx e (f : int -> int -> int -> int -> int -> R) : wf e ->
  sum e (fun k => taps_sum c py px ny nx (f k)) =
  taps_sum c py px ny nx (fun y z ky kx => sum e (fun k => f k y z ky kx)).
Proof.
  facts. intros We. unfold taps_sum. rewrite sum_exchange. apply sum_ext; [exact Wv|]. intros ky _.
  rewrite sum_exchange. apply sum_ext; [exact Wh|]. intros kx _. apply sum_if.
Qed.

Lemma sum_at_group (g : int) (f : int -> R) : below (extent_of (groups c)) g ->
  sum (extent_of (groups c)) (fun g' => if (g' =? g)%uint63 then f g' else 0) = f g.
Proof. facts. intros Hg. apply sum_single; [now apply extent_of_wf|exact Hg]. Qed.

Theorem conv_sum_entries (v : int -> R) x i : below (extent_of (conv_out c)) i ->
  conv_sum c v x i = sum (extent_of (conv_in c)) (fun k => conv_entry 0 c v i k * x k).
Proof.
  facts. intros Hi. destruct (output_split i Hi) as (Boc & Bg & By & Bz).
  set (oc := ochan c i) in *. set (g := (oc / co)%uint63) in *.
  set (S := fun g' : int => sum (cin c) (fun k =>
    taps_sum c (pos (vert c) (orow c i)) (pos (horz c) (ocol c i)) H W (fun y z ky kx =>
       v (widx c oc k ky kx) * x (iidx c (g' * ci + k)%uint63 y z)))).
  transitivity (S g); [unfold S; now rewrite sum_in_taps by exact Wi|].
  rewrite sum_input, <- (sum_at_group g S Bg). apply sum_ext; [now apply extent_of_wf|]. intros g' Hg'.
  destruct (eq_reflect g' g) as [E|E].
  - subst g'. unfold S. apply sum_ext; [exact Wi|]. intros k Hk.
    rewrite (taps_sum_inverse c Wv Wh _ _ _ _ (extent_of H) (extent_of W) (tap (vert c) (orow c i))
      (tap (horz c) (ocol c i))); auto using extent_of_wf, tap_pos_inverse.
    apply sum_ext; [now apply extent_of_wf|]. intros y Hy.
    apply sum_ext; [now apply extent_of_wf|]. intros z Hz.
    destruct (input_coords g k y z Hg' Hk Hy Hz) as (_ & C2 & C3 & C4 & C5).
    unfold conv_entry. cbv zeta. rewrite C2, C3, C4, C5. fold oc g.
    rewrite (proj2 (Uint63.eqb_spec g g) eq_refl). cbn [andb].
    destruct (_ && _); ring.
  - symmetry. apply sum_zero; [exact Wi|]. intros k Hk.
    apply sum_zero; [now apply extent_of_wf|]. intros y Hy.
    apply sum_zero; [now apply extent_of_wf|]. intros z Hz.
    destruct (input_coords g' k y z Hg' Hk Hy Hz) as (_ & _ & _ & C4 & _).
    unfold conv_entry. cbv zeta. rewrite C4. fold oc g.
    destruct (eq_reflect g g') as [F|F]; [congruence|]. cbn [andb]. ring.
Qed.

Definition conv_back_sum (v : int -> R) (y : int -> R) (k : int) : R :=
  let ic := ichan c k in
  let g := (ic / ci)%uint63 in
  taps_sum c (fun ky => src (vert c) ky (irow c k)) (fun kx => src (horz c) kx (icol c k)) Ho Wo
    (fun oy ox ky kx => sum (cout c) (fun j =>
       v (widx c (g * co + j) (ic mod ci) ky kx) * y (oidx c (g * co + j)%uint63 oy ox))).

Theorem conv_back_entries (v : int -> R) y k : below (extent_of (conv_in c)) k ->
  conv_back_sum v y k = sum (extent_of (conv_out c)) (fun i => conv_entry 0 c v i k * y i).
Proof.
  facts. intros Hk. destruct (input_split k Hk) as (Bic & Bg & Bk & By & Bz & _).
  set (ic := ichan c k) in *. set (g := (ic / ci)%uint63) in *.
  set (S := fun g' : int => sum (cout c) (fun j => taps_sum c (fun ky => src (vert c) ky (irow c k))
    (fun kx => src (horz c) kx (icol c k)) Ho Wo
    (fun oy ox ky kx => v (widx c (g' * co + j) (ic mod ci) ky kx) * y (oidx c (g' * co + j)%uint63 oy ox)))).
  transitivity (S g); [unfold S; now rewrite sum_in_taps by exact Wo'|].
  rewrite sum_output, <- (sum_at_group g S Bg). apply sum_ext; [now apply extent_of_wf|]. intros g' Hg'.
  destruct (eq_reflect g' g) as [E|E].
  - subst g'. unfold S. apply sum_ext; [exact Wo'|]. intros j Hj.
    rewrite (taps_sum_inverse c Wv Wh _ _ _ _ (extent_of Ho) (extent_of Wo)
      (fun o => tap (vert c) o (irow c k)) (fun o => tap (horz c) o (icol c k)));
      auto using extent_of_wf, tap_src_inverse.
    apply sum_ext; [now apply extent_of_wf|]. intros oy Hy.
    apply sum_ext; [now apply extent_of_wf|]. intros ox Hx.
    destruct (output_coords g j oy ox Hg' Hj Hy Hx) as (C1 & C2 & C3 & C4).
    unfold conv_entry. cbv zeta. rewrite C4, C1, C2, C3. fold ic g.
    rewrite (proj2 (Uint63.eqb_spec g g) eq_refl). cbn [andb].
    destruct (_ && _); ring.
  - symmetry. apply sum_zero; [exact Wo'|]. intros j Hj.
    apply sum_zero; [now apply extent_of_wf|]. intros oy Hy.
    apply sum_zero; [now apply extent_of_wf|]. intros ox Hx.
    destruct (output_coords g' j oy ox Hg' Hj Hy Hx) as (_ & _ & _ & C4).
    unfold conv_entry. cbv zeta. rewrite C4. fold ic g.
    destruct (eq_reflect g' g) as [F|F]; [congruence|]. cbn [andb]. ring.
Qed.

(** ** Float values *)
Local Notation RA a := (fun i => fR (fget a i)).
Local Notation RM a := (fun i => Rabs (fR (fget a i))).

Lemma conv_chans_ge : (to_Z ci <= to_Z (conv_chans c) /\ to_Z co <= to_Z (conv_chans c) /\
  to_Z (conv_chans c) <= 2097152)%Z.
Proof.
  facts. pose proof (wf_len _ Wi). pose proof (wf_len _ Wo'). unfold conv_chans.
  destruct (Uint63.ltbP ci co); lia.
Qed.

Lemma conv_terms_eq : to_Z (conv_terms c) =
  (to_Z (len (taps (vert c))) * to_Z (len (taps (horz c))) + to_Z (conv_chans c))%Z /\
  (to_Z (conv_terms c) <= 16777216)%Z /\
  (to_Z (len (taps (vert c))) * to_Z (len (taps (horz c))) * (to_Z (conv_chans c) + 1) <= 16777216)%Z.
Proof.
  facts. pose proof (ok_len_le _ Ok) as Lk. pose proof conv_chans_ge as (_ & _ & L).
  pose proof (wf_len _ Wv). pose proof (wf_len _ Wh).
  destruct (small_mul (len (taps (vert c))) (len (taps (horz c)))) as [E _]; try lia.
  apply Uint63.leb_spec in Os. change (to_Z 16777216) with 16777216%Z in Os.
  unfold conv_terms, conv_size, kplane in *.
  assert (E1 : to_Z (conv_chans c + 1) = (to_Z (conv_chans c) + 1)%Z)
    by (apply to_Z_add; change wB with 9223372036854775808%Z; change (to_Z 1) with 1%Z; lia).
  rewrite to_Z_mul in Os.
  - rewrite E, E1 in Os. rewrite small_add, E by lia. splits; lia.
  - rewrite E1. change wB with 9223372036854775808%Z. pose proof (to_Z_bounded (conv_chans c)).
    pose proof (to_Z_bounded (len (taps (vert c)) * len (taps (horz c)))). nia.
Qed.

Lemma conv_gamma_fin : fin (gamma (conv_terms c)).
Proof. apply gamma_fin. apply conv_terms_eq. Qed.

Lemma conv_sums_error e v r m : wf e -> (to_Z (len e) <= to_Z (conv_chans c))%Z ->
  sums v (fuel (taps (vert c)) * (fuel (taps (horz c)) * 1) + (nat_of (len e) + 4))
    (fuel (taps (vert c)) * (fuel (taps (horz c)) * (1 + 2 * nat_of (len e))) + 0) r m ->
  fin v -> Rabs (fR v - r) <= fR (gamma (conv_terms c)) * m + fR tiny.
Proof.
  facts. intros We Le S F. destruct conv_terms_eq as (E & _ & L).
  rewrite (wf_fuel _ Wv), (wf_fuel _ Wh) in S.
  pose proof (nat_of_to_Z (len (taps (vert c)))) as N1. pose proof (nat_of_to_Z (len (taps (horz c)))) as N2.
  pose proof (nat_of_to_Z (len e)) as N3. pose proof (nat_of_to_Z (conv_terms c)) as N4.
  apply (sums_error _ _ _ _ _ _ S F conv_gamma_fin).
  - apply Nat2Z.inj_le. rewrite !Nat2Z.inj_add, !Nat2Z.inj_mul, N1, N2, N3, N4, E.
    change (Z.of_nat 4) with 4%Z. change (Z.of_nat 1) with 1%Z. lia.
  - rewrite INR_IZR_INZ. apply Rle_trans with 17592186044416; [|lra].
    apply IZR_le. rewrite !Nat2Z.inj_add, !Nat2Z.inj_mul, Nat2Z.inj_add, Nat2Z.inj_mul, N1, N2, N3.
    change (Z.of_nat 0) with 0%Z. change (Z.of_nat 1) with 1%Z. change (Z.of_nat 2) with 2%Z.
    pose proof (to_Z_bounded (len (taps (vert c)))). pose proof (to_Z_bounded (len (taps (horz c)))).
    pose proof (to_Z_bounded (len e)).
    set (K := (to_Z (len (taps (vert c))) * to_Z (len (taps (horz c))))%Z) in *.
    assert (0 <= K)%Z by (unfold K; nia).
    replace (to_Z (len (taps (vert c))) * (to_Z (len (taps (horz c))) * (1 + 2 * to_Z (len e))))%Z
      with (K * (1 + 2 * to_Z (len e)))%Z by (unfold K; ring).
    nia.
Qed.

Lemma widx_step oc k ky kx : (widx c oc 0 ky kx + k * kplane c = widx c oc k ky kx)%uint63.
Proof. unfold widx, kplane. ring. Qed.
Lemma iidx_step ch k y z : (iidx c ch y z + k * iplane c = iidx c (ch + k) y z)%uint63.
Proof. unfold iidx, iplane. ring. Qed.

Lemma sums_ext v d o r m r' m' : sums v d o r m -> r = r' -> m = m' -> sums v d o r' m'.
Proof. now intros S <- <-. Qed.

Lemma conv_dot_sums x i :
  sums (conv_dot c w x i)
    (fuel (taps (vert c)) * (fuel (taps (horz c)) * 1) + (nat_of ci + 4))
    (fuel (taps (vert c)) * (fuel (taps (horz c)) * (1 + 2 * nat_of ci)) + 0)
    (conv_sum c (RA w) (RA x) i) (conv_sum c (RM w) (RM x) i).
Proof.
  facts. set (oc := ochan c i). set (first := (oc / co * ci)%uint63).
  set (S := fun (h : farr -> int -> R) y z ky kx =>
    sum (cin c) (fun k => h w (widx c oc k ky kx) * h x (iidx c (first + k)%uint63 y z))).
  refine (taps_fold_sums c Wv Wh (pos (vert c) (orow c i)) (pos (horz c) (ocol c i)) H W _
    (S (fun a => RA a)) (S (fun a => RM a)) (nat_of ci + 4) (1 + 2 * nat_of ci) _).
  intros y z ky kx acc d o r m _ _ _ _ D Q.
  pose proof (sums_add _ _ _ _ _ _ _ _ _ _ Q (dot_strided_sums (cin c) w (widx c oc 0 ky kx) (kplane c)
    x (iidx c first y z) (iplane c) Wi)) as P.
  eapply sums_ext; [eapply sums_le; [exact P|lia|lia]| |]; f_equal; apply sum_ext; try exact Wi;
    intros k _; now rewrite widx_step, iidx_step.
Qed.

Theorem conv_dot_error x i : fin (conv_dot c w x i) ->
  Rabs (fR (conv_dot c w x i) - conv_sum c (RA w) (RA x) i)
    <= fR (gamma (conv_terms c)) * conv_sum c (RM w) (RM x) i + fR tiny.
Proof.
  facts. intros F. destruct conv_chans_ge as (L & _ & _).
  exact (conv_sums_error (cin c) _ _ _ Wi L (conv_dot_sums x i) F).
Qed.

Theorem conv_abs_ge x i : fin (conv_abs c w x i) -> conv_sum c (RM w) (RM x) i <= fR (conv_abs c w x i).
Proof.
  facts. set (oc := ochan c i). set (first := (oc / co * ci)%uint63).
  refine (taps_fold_above c Wv Wh (pos (vert c) (orow c i)) (pos (horz c) (ocol c i)) H W _
    (fun y z ky kx => sum (cin c) (fun k =>
       RM w (widx c oc k ky kx) * RM x (iidx c (first + k)%uint63 y z))) _).
  intros y z ky kx acc r _ _ Q. apply above_add; [exact Q|].
  intros F. eapply Rle_trans; [|apply (dot_abs_strided_ge _ _ _ _ _ _ _ Wi F)]. right.
  apply sum_ext; [exact Wi|]. intros k _. now rewrite widx_step, iidx_step.
Qed.

Lemma below_small n i : ok_len n = true -> below (extent_of n) i -> (to_Z i < 2097152)%Z.
Proof. intros O%ok_len_le B%below_lt. lia. Qed.

Lemma fget_conv_turn y ch oy ox : below (extent_of (ochans c)) ch -> below (extent_of Ho) oy ->
  below (extent_of Wo) ox -> fget (conv_turn c y) ((oy * Wo + ox) * ochans c + ch) = fget y (oidx c ch oy ox).
Proof.
  facts. intros Hch Hy Hx. unfold conv_turn. cbv zeta.
  pose proof (below_pair Ho Wo oy ox OHo OWo Hy Hx) as P. set (q := (oy * Wo + ox)%uint63) in *.
  assert (EQ : (oplane c * ochans c = conv_out c)%uint63) by (unfold conv_out, oplane; ring).
  assert (EI : forall j, (j * oplane c + q = oidx c j oy ox)%uint63) by (intros; unfold oidx, oplane, q; ring).
  assert (B : below (extent_of (oplane c * ochans c)) (q * ochans c + ch)) by now apply below_pair.
  rewrite EQ in B. destruct (eq_reflect (ochans c >> 2 * 4) (ochans c)) as [F|F].
  - set (n4 := (ochans c >> 2)%uint63) in *. destruct (ok_quarter _ Oo) as (O4 & L4). fold n4 in O4, L4.
    assert (Oa : ok_len (oplane c * n4) = true) by (apply (ok_mul_le _ (ochans c)); auto; now rewrite EQ).
    assert (Hch' := Hch). rewrite <- F in Hch'.
    destruct (quarter_pair _ _ _ _ Op O4 Oa P Hch') as (B4 & Bb & _ & D & M). rewrite F in D, M.
    rewrite (fget_ftab4 (conv_out c) _ _ Oout (below_lt _ _ B)). rewrite D, M.
    rewrite !(div_by_inv n4) by (assumption || exact (below_small _ _ Oa Bb)).
    rewrite (div_pair (oplane c) n4) by assumption.
    replace (q * n4 + ch / 4 - q * n4)%uint63 with (ch / 4)%uint63 by ring. rewrite <- EI.
    transitivity (fget y ((ch / 4 * 4 + ch mod 4) * oplane c + q)); [unfold part|now rewrite quarter_eq].
    destruct (is_part_mod ch) as [-> | [-> | [-> | ->]]]; cbn -[Uint63.add Uint63.mul Uint63.div Uint63.mod];
      f_equal; ring.
  - rewrite (fget_ftab (conv_out c) _ _ Oout (below_lt _ _ B)).
    rewrite !(div_by_inv (ochans c)) by (assumption || exact (below_small _ _ Oout B)).
    rewrite (div_pair (oplane c) (ochans c)) by assumption. rewrite <- EI. f_equal. ring.
Qed.

Lemma conv_same_spec g k ky kx j : below (extent_of (groups c)) g -> below (cin c) k ->
  below (taps (vert c)) ky -> below (taps (horz c)) kx -> below (cout c) j ->
  fR (fget wt (tidx c (g * ci + k) j ky kx)) = fR (fget w (widx c (g * co + j) k ky kx)).
Proof.
  facts. pose proof conv_facts as (_ & _ & _ & _ & _ & Same).
  intros Hg Hk Hy Hx Hj. apply eqb_fR. Transparent conv_same. unfold conv_same in Same. Opaque conv_same.
  apply (allb_spec _ _ g (extent_of_wf _ Og)) in Same; [|exact Hg].
  apply (allb_spec _ _ k Wi) in Same; [|exact Hk].
  apply (allb_spec _ _ ky Wv) in Same; [|exact Hy].
  apply (allb_spec _ _ kx Wh) in Same; [|exact Hx].
  now apply (allb_spec _ _ j Wo') in Same.
Qed.

Lemma sub_div k n b : below (extent_of (n * b)) k -> ok_len n = true -> ok_len b = true ->
  (k - k / b * b = k mod b)%uint63.
Proof.
  intros Hk On Ob. pose proof (pair_div_mod n b k On Ob Hk) as E.
  rewrite <- E at 1. ring.
Qed.

Lemma zeros_allR a n : forall i, zeros n a i = allR n i (fun j => (fget a j =? 0)%float).
Proof. induction n as [|n IH]; intros i; cbn [zeros allR]; [reflexivity|]. now rewrite IH. Qed.
Lemma conv_live_zero t p ch : below (extent_of (oplane c)) p -> below (extent_of (ochans c)) ch ->
  (fget (conv_live c t) p =? 0)%float = true -> fR (fget t (p * ochans c + ch)) = 0.
Proof.
  facts. intros Bp Bc. unfold conv_live. cbv zeta. rewrite fget_ftab by (trivial; now apply below_lt).
  destruct (zeros _ _ _) eqn:A; [|discriminate]. intros _. rewrite zeros_allR in A.
  rewrite <- fR_0. apply eqb_fR. refine (allR_spec _ _ _ _ A _). rewrite nat_of_to_Z.
  pose proof (below_lt _ _ Bc). pose proof (to_Z_bounded ch).
  rewrite (to_Z_pair (oplane c) (ochans c)) by assumption.
  assert (to_Z (p * ochans c) = to_Z p * to_Z (ochans c))%Z; [|lia].
  apply to_Z_mul. pose proof (below_lt _ _ Bp). apply ok_len_le in Op, Oo. pose proof (to_Z_bounded p).
  change wB with 9223372036854775808%Z. nia.
Qed.

Lemma marks_dark n m d i j : ok_len n = true -> ok_len m = true -> below (extent_of n) i ->
  below (extent_of m) j -> (fget (marks n m d) i =? 0)%float = true -> d i j = true.
Proof.
  intros On Om Hi Hj. unfold marks. cbv zeta. rewrite fget_ftab by (trivial; now apply below_lt).
  destruct (allR _ _ _) eqn:A; [|discriminate]. intros _.
  exact (allb_spec (extent_of m) _ j (extent_of_wf _ Om) A Hj).
Qed.

Lemma of_Z_succ n : of_Z (Z.of_nat (S n)) = (of_Z (Z.of_nat n) + 1)%uint63.
Proof.
  apply to_Z_inj. rewrite add_spec, !of_Z_spec. change (to_Z 1) with 1%Z. rewrite Nat2Z.inj_succ.
  rewrite Zplus_mod_idemp_l. reflexivity.
Qed.
Lemma over_met_to {A} (f : int -> int -> A -> A) r l n : forall t found acc,
  over (met_to n t r l found) f acc =
  over found f (accR n (t + 1 - of_Z (Z.of_nat n)) (fun t acc => if l (r t) then f t (r t) acc else acc) acc).
Proof.
  set (g := fun (t : int) (acc : A) => if l (r t) then f t (r t) acc else acc).
  assert (E : forall n i acc, accR (S n) i g acc = g (i + of_Z (Z.of_nat n))%uint63 (accR n i g acc)).
  { clear. induction n as [|n IH]; intros i acc.
    - cbn [accR]. f_equal. change (of_Z (Z.of_nat 0)) with 0%uint63. ring.
    - change (accR (S (S n)) i g acc) with (accR (S n) (i + 1) g (g i acc)). rewrite IH.
      cbn [accR]. f_equal. rewrite of_Z_succ. ring. }
  induction n as [|n IH]; intros t found acc; cbn [met_to]; [reflexivity|]. cbv zeta.
  rewrite IH, E, of_Z_succ.
  replace (t + 1 - (of_Z (Z.of_nat n) + 1))%uint63 with (t - of_Z (Z.of_nat n))%uint63 by ring.
  replace (t - of_Z (Z.of_nat n) + of_Z (Z.of_nat n))%uint63 with t by ring.
  replace (t - 1 + 1 - of_Z (Z.of_nat n))%uint63 with (t - of_Z (Z.of_nat n))%uint63 by ring.
  unfold g at 2. now destruct (l (r t)).
Qed.
Lemma over_met_at {A} a lit y f (acc : A) : axis_ok a = true ->
  over (met_at a lit y) f acc = accF (taps a) (fun t acc => let o := src a t y in
    if o <? osize a then if (fget lit o =? 0)%float then acc else f t o acc else acc)%uint63 acc.
Proof.
  intros Aa. destruct (axis_oks _ Aa) as (_ & _ & Wt). unfold met_at. rewrite over_met_to. cbn [over].
  unfold accF. replace (len (taps a) - 1 + 1 - of_Z (Z.of_nat (fuel (taps a))))%uint63 with 0%uint63.
  - apply (accF_ext (taps a)); [exact Wt|]. intros t b _. cbv zeta.
    destruct (src a t y <? osize a)%uint63; [|reflexivity]. now destruct (fget lit _ =? 0)%float.
  - rewrite (wf_fuel _ Wt), nat_of_to_Z, of_to_Z. ring.
Qed.

(** One entry of the transpose as a loop over taps that were found, and as a loop over all taps. *)
Definition back_step (turned live : farr) (ic first oy ox ky kx : int) (acc : PrimFloat.float) :=
  if (fget live (oy * Wo + ox) =? 0)%float then acc
  else (acc + dot (cout c) wt (tidx c ic 0 ky kx) turned ((oy * Wo + ox) * ochans c + first))%float.
Definition back_one (turned live : farr) (ic first y x : int) : PrimFloat.float :=
  over (met_at (vert c) (conv_rows c live) y) (fun ky oy =>
    over (met_at (horz c) (conv_cols c live) x) (fun kx ox =>
      back_step turned live ic first oy ox ky kx)) 0%float.

(** Dark rows and columns add nothing, so a search among the others finds the same sum. *)
Lemma back_one_taps turned live ic first y x : back_one turned live ic first y x =
  taps_fold c (fun ky => src (vert c) ky y) (fun kx => src (horz c) kx x) Ho Wo
    (fun oy ox ky kx => back_step turned live ic first oy ox ky kx) 0%float.
Proof.
  facts. unfold back_one, taps_fold. rewrite over_met_at by exact Av.
  apply accF_ext; [exact Wv|]. intros ky acc Hky. cbv zeta.
  destruct (src (vert c) ky y <? Ho)%uint63 eqn:L; [|reflexivity]. apply (ltb_below (extent_of Ho)) in L.
  destruct (fget (conv_rows c live) _ =? 0)%float eqn:D.
  - symmetry. apply accF_id; [exact Wh|]. intros kx a _.
    destruct (src (horz c) kx x <? Wo)%uint63 eqn:M; [|reflexivity]. apply (ltb_below (extent_of Wo)) in M.
    apply (marks_dark _ _ _ _ _ OHo OWo L M) in D. unfold back_step. now rewrite D.
  - rewrite over_met_at by exact Ah. apply accF_ext; [exact Wh|]. intros kx a _. cbv zeta.
    destruct (src (horz c) kx x <? Wo)%uint63 eqn:M; [|reflexivity]. apply (ltb_below (extent_of Wo)) in M.
    destruct (fget (conv_cols c live) _ =? 0)%float eqn:D'; [|reflexivity].
    apply (marks_dark _ _ _ _ _ OWo OHo M L) in D'. unfold back_step. now rewrite D'.
Qed.

Lemma below_quarter j : below (cin c) j -> below (extent_of (blocks c)) (j / 4) /\
  (j mod 4 <? ci - j / 4 * 4)%uint63 = true.
Proof.
  facts. intros Hj. apply below_len in Hj; [|exact Wi]. apply below_lt in Hj. pose proof (wf_len _ Wi) as L.
  pose proof (to_Z_bounded j). pose proof (to_Z_bounded ci).
  assert (E : to_Z (blocks c) = ((to_Z ci + 3) / 4)%Z).
  { unfold blocks. rewrite div_spec, to_Z_add; [reflexivity|].
    change wB with 9223372036854775808%Z. change (to_Z 3) with 3%Z. lia. }
  pose proof (Z.div_mod (to_Z j) 4 ltac:(lia)) as D. pose proof (Z.mod_pos_bound (to_Z j) 4 ltac:(lia)).
  split.
  - Local Transparent below. unfold below. Local Opaque below. cbn [extent_of len].
    rewrite E, div_spec. change (to_Z 4) with 4%Z. apply Z.div_lt_upper_bound; [lia|].
    pose proof (Z.div_mod (to_Z ci + 3) 4 ltac:(lia)). pose proof (Z.mod_pos_bound (to_Z ci + 3) 4 ltac:(lia)).
    lia.
  - apply Uint63.ltb_spec. rewrite mod_spec, sub_spec.
    assert (F : to_Z (j / 4 * 4) = (to_Z j / 4 * 4)%Z).
    { rewrite to_Z_mul; rewrite div_spec; [reflexivity|]. change wB with 9223372036854775808%Z.
      change (to_Z 4) with 4%Z. lia. }
    rewrite F. change (to_Z 4) with 4%Z. rewrite (Z.mod_small (to_Z ci - _)); [lia|].
    change wB with 9223372036854775808%Z. lia.
Qed.

(** An input index by its channel and its position. *)
Lemma input_place k (p := (irow c k * W + icol c k)%uint63) : below (extent_of (conv_in c)) k ->
  below (extent_of (iplane c)) p /\ k = (ichan c k * iplane c + p)%uint63.
Proof.
  facts. intros Hk. destruct (input_split k Hk) as (Bic & _ & _ & By & Bz & _).
  destruct (triple_split (ichans c) H W Oi OH OW Oih k Hk) as (_ & _ & _ & Ek).
  fold (ichan c k) (irow c k) (icol c k) in Ek. split; [now apply below_pair|].
  rewrite Ek at 1. unfold p, iplane. ring.
Qed.
Section Quads.
Variables (turned live : farr) (k : int).
Hypothesis Hk : below (extent_of (conv_in c)) k.
Local Notation g := (ichan c k / ci)%uint63.
Local Notation j := (ichan c k mod ci)%uint63.
Local Notation metv := (meets (vert c) (conv_rows c live)).
Local Notation meth := (meets (horz c) (conv_cols c live)).

Lemma fget_channel_quads (p := (irow c k * W + icol c k)%uint63) :
  fget (channel_quads c wt turned live metv meth) (((g * blocks c + j / 4) * iplane c + p) * 4 + j mod 4) =
  back_one turned live (ichan c k) (g * co) (irow c k) (icol c k).
Proof.
  facts. destruct conv_block_facts as (Oip & Ob & Obc & Obp & Oq).
  destruct (input_split k Hk) as (Bic & Bg & Bk & By & Bz & E). destruct (input_place k Hk) as (Bp & _).
  fold p in Bp. destruct (below_quarter j Bk) as (Bq & Ln).
  assert (O4 : ok_len 4 = true) by reflexivity. assert (C := is_part_mod j).
  assert (B4 : below (extent_of 4) (j mod 4)).
  { Local Transparent below. unfold below. Local Opaque below. cbn [extent_of len].
    pose proof (is_part_le _ C). change (to_Z 4) with 4%Z. lia. }
  pose proof (below_pair _ _ g (j / 4) Og Ob Bg Bq) as Bs. fold (bchans c) in Bs.
  pose proof (below_pair _ _ _ p Obc Oip Bs Bp) as Bb. unfold channel_quads. cbv zeta.
  rewrite fget_ftab4; [|exact Oq|apply below_lt; now apply below_pair].
  rewrite (div_pair (bchans c * iplane c) 4), (mod_pair (bchans c * iplane c) 4) by assumption.
  rewrite !(div_by_inv (iplane c)), (div_pair (bchans c) (iplane c))
    by (assumption || exact (below_small _ _ Obp Bb)).
  replace ((g * blocks c + j / 4) * iplane c + p - (g * blocks c + j / 4) * iplane c)%uint63 with p by ring.
  rewrite !(div_by_inv W) by (assumption || exact (below_small _ _ Oip Bp)).
  replace (p / W)%uint63 with (irow c k) by (symmetry; now apply (div_pair H)).
  replace (p - irow c k * W)%uint63 with (icol c k) by (unfold p; ring).
  rewrite divide_eq, (div_pair (groups c) (blocks c)) by assumption.
  replace (g * blocks c + j / 4 - g * blocks c)%uint63 with (j / 4)%uint63 by ring.
  rewrite part_back_at by assumption. unfold meets.
  rewrite (entry_tabulate H Nowhere _ _ OH (below_lt _ _ By)).
  rewrite (entry_tabulate W Nowhere _ _ OW (below_lt _ _ Bz)).
  apply over_ext. intros ky oy a. apply over_ext. intros kx ox b. unfold lane_step, back_step.
  destruct (_ =? 0)%float; [reflexivity|]. do 2 f_equal.
  replace (tidx c (ichan c k) 0 ky kx) with (tidx c (g * ci + (j / 4 * 4 + j mod 4)) 0 ky kx)%uint63
    by now rewrite quarter_eq, <- E.
  unfold tidx, kplane. ring.
Qed.

Lemma fget_from_quads q (p := (irow c k * W + icol c k)%uint63) :
  fget (from_quads c q) k = fget q (((g * blocks c + j / 4) * iplane c + p) * 4 + j mod 4).
Proof.
  facts. destruct conv_block_facts as (Oip & _). destruct (input_split k Hk) as (Bic & _).
  destruct (input_place k Hk) as (Bp & Ek). fold p in Bp, Ek.
  assert (I : forall p, quad_index ci (blocks c) (iplane c) (ichan c k) p =
    (((g * blocks c + j / 4) * iplane c + p) * 4 + j mod 4)%uint63).
  { intros p'. unfold quad_index. cbv zeta. rewrite divide_eq, shift_div_4, land_mod_4.
    now rewrite (sub_div _ (groups c)). }
  unfold from_quads. cbv zeta. destruct (eq_reflect (iplane c >> 2 * 4) (iplane c)) as [F|F].
  - set (p4 := (iplane c >> 2)%uint63) in *. destruct (ok_quarter _ Oip) as (O4 & L4). fold p4 in O4, L4.
    assert (Oa : ok_len (ichans c * p4) = true).
    { apply (ok_mul_le _ (iplane c)); auto. replace (ichans c * iplane c)%uint63 with (conv_in c); auto.
      unfold conv_in, iplane. ring. }
    rewrite <- F in Bp, Ek. destruct (quarter_pair _ _ _ _ Oi O4 Oa Bic Bp) as (_ & Bb & _ & D & M).
    rewrite <- Ek in D, M. rewrite fget_ftab4 by (trivial; now apply below_lt). rewrite D, M.
    rewrite !(div_by_inv p4) by (assumption || exact (below_small _ _ Oa Bb)).
    rewrite (div_pair (ichans c) p4); auto; [|now apply (below_div p4 4)].
    replace ((ichan c k * p4 + p / 4 - ichan c k * p4) * 4)%uint63 with (p / 4 * 4)%uint63 by ring.
    rewrite !I. transitivity (fget q
      (((g * blocks c + j / 4) * iplane c + (p / 4 * 4 + p mod 4)) * 4 + j mod 4));
      [unfold part|now rewrite quarter_eq].
    destruct (is_part_mod p) as [-> | [-> | [-> | ->]]]; cbn -[Uint63.add Uint63.mul Uint63.div Uint63.mod];
      f_equal; ring.
  - rewrite fget_ftab by (trivial; now apply below_lt).
    rewrite !(div_by_inv (iplane c)) by (assumption || exact (below_small _ _ Oin Hk)).
    replace (k / iplane c)%uint63 with (ichan c k)
      by (rewrite Ek at 2; symmetry; now apply (div_pair (ichans c))).
    assert (Q : (k - ichan c k * iplane c)%uint63 = p).
    { transitivity (ichan c k * iplane c + p - ichan c k * iplane c)%uint63; [now rewrite <- Ek|ring]. }
    now rewrite Q, I.
Qed.

Lemma fget_column_quads : patches c meth = true ->
  fget (column_quads c wt turned live metv meth) k =
  back_one turned live (ichan c k) (g * co) (irow c k) (icol c k).
Proof.
  facts. unfold patches. cbv zeta. rewrite andb_true_iff. intros (F%Uint63.eqb_spec & A).
  set (w4 := (W >> 2)%uint63) in *. destruct (ok_quarter _ OW) as (O4 & L4). fold w4 in O4, L4.
  destruct (input_split k Hk) as (Bic & Bg & Bk & By & Bz & _).
  destruct (triple_split (ichans c) H W Oi OH OW Oih k Hk) as (_ & _ & _ & Ek).
  fold (ichan c k) (irow c k) (icol c k) in Ek. assert (Bz' := Bz). rewrite <- F in Bz', Ek.
  destruct conv_block_facts as (Oip & _). assert (Op4 : ok_len (H * w4) = true) by now apply (ok_mul_le _ W).
  assert (Oa : ok_len (ichans c * H * w4) = true) by now apply (ok_mul_le _ W).
  assert (P := below_pair _ _ _ _ Oi OH Bic By).
  destruct (quarter_pair _ _ _ _ Oih O4 Oa P Bz') as (Bx & Bb & _ & D & M). rewrite <- Ek in D, M.
  pose proof (below_pair _ _ _ _ OH O4 By Bx) as Bp.
  unfold column_quads. cbv zeta. fold w4. rewrite (fget_ftab4 (conv_in c) _ k Oin (below_lt _ _ Hk)).
  rewrite D, M.
  rewrite !(div_by_inv (H * w4)) by (assumption || exact (below_small _ _ Oa Bb)).
  replace ((ichan c k * H + irow c k) * w4 + icol c k / 4)%uint63
    with (ichan c k * (H * w4) + (irow c k * w4 + icol c k / 4))%uint63 by ring.
  rewrite (div_pair (ichans c) (H * w4)) by assumption.
  replace (ichan c k * (H * w4) + (irow c k * w4 + icol c k / 4) - ichan c k * (H * w4))%uint63
    with (irow c k * w4 + icol c k / 4)%uint63 by ring.
  rewrite !(div_by_inv w4) by (assumption || exact (below_small _ _ Op4 Bp)).
  rewrite (div_pair H w4) by assumption.
  replace ((irow c k * w4 + icol c k / 4 - irow c k * w4) * 4)%uint63 with (icol c k / 4 * 4)%uint63 by ring.
  assert (C := is_part_mod (icol c k)). rewrite divide_eq, part_back_at;
    [|exact C|apply Uint63.ltb_spec; pose proof (is_part_le _ C); change (to_Z 4) with 4%Z; lia].
  unfold back_one.
  assert (V : metv (irow c k) = met_at (vert c) (conv_rows c live) (irow c k))
    by exact (entry_tabulate H Nowhere _ _ OH (below_lt _ _ By)).
  assert (U : meth (icol c k) = met_at (horz c) (conv_cols c live) (icol c k))
    by exact (entry_tabulate W Nowhere _ _ OW (below_lt _ _ Bz)).
  rewrite V.
  assert (A' := allb_spec (extent_of w4) _ (icol c k / 4)%uint63 (extent_of_wf _ O4) A Bx).
  cbv beta zeta in A'. rewrite !andb_true_iff in A'. destruct A' as (A1 & A2 & A3).
  assert (L : forall f (a : PrimFloat.float), over (meth (icol c k)) f a =
    over (meth (icol c k / 4 * 4)%uint63) (fun t o => f (t + icol c k mod 4)%uint63 o) a).
  { intros f a. rewrite <- (quarter_eq (icol c k)) at 1.
    destruct C as [-> | [-> | [-> | ->]]]; [|now apply over_ahead|now apply over_ahead|now apply over_ahead].
    rewrite add_0_r. apply over_ext. intros. now rewrite add_0_r. }
  apply over_ext. intros ky oy a. rewrite <- U, L. apply over_ext. intros kx ox b.
  unfold lane_step, back_step. destruct (_ =? 0)%float; [reflexivity|]. do 2 f_equal.
  unfold tidx, kplane. ring.
Qed.
End Quads.

Lemma fget_conv_back y k (t := conv_turn c y) : below (extent_of (conv_in c)) k -> fget (conv_back c wt y) k =
  back_one t (conv_live c t) (ichan c k) (ichan c k / ci * co) (irow c k) (icol c k).
Proof.
  intros Hk. unfold conv_back. cbv zeta. fold t. destruct (patches _ _) eqn:P.
  - now apply fget_column_quads.
  - rewrite fget_from_quads by exact Hk. now apply fget_channel_quads.
Qed.

Lemma conv_back_sums y k : below (extent_of (conv_in c)) k ->
  sums (fget (conv_back c wt y) k)
    (fuel (taps (vert c)) * (fuel (taps (horz c)) * 1) + (nat_of co + 4))
    (fuel (taps (vert c)) * (fuel (taps (horz c)) * (1 + 2 * nat_of co)) + 0)
    (conv_back_sum (RA w) (RA y) k) (conv_back_sum (RM w) (RM y) k).
Proof.
  facts. intros Hk. destruct (input_split k Hk) as (Bic & Bg & Bk & By & Bz & E).
  rewrite fget_conv_back by exact Hk.
  set (ic := ichan c k) in *. set (g := (ic / ci)%uint63) in *.
  set (t := conv_turn c y). set (live := conv_live c t).
  rewrite back_one_taps.
  assert (T : forall ky kx j, below (taps (vert c)) ky -> below (taps (horz c)) kx -> below (cout c) j ->
    fR (fget wt (tidx c ic 0 ky kx + j)) = fR (fget w (widx c (g * co + j) (ic mod ci) ky kx))).
  { intros ky kx j Hy Hx Hj. rewrite <- conv_same_spec by assumption. rewrite <- E. do 2 f_equal.
    unfold tidx. ring. }
  assert (V : forall j, below (cout c) j -> below (extent_of (ochans c)) (g * co + j)).
  { intros j Hj. apply (below_pair (groups c) co); [exact Og|exact Oco|exact Bg|now apply below_len]. }
  assert (U : forall oy ox j, below (extent_of Ho) oy -> below (extent_of Wo) ox -> below (cout c) j ->
    fget t ((oy * Wo + ox) * ochans c + g * co + j) = fget y (oidx c (g * co + j) oy ox)).
  { intros oy ox j Hoy Hox Hj. rewrite <- fget_conv_turn; [f_equal; ring|now apply V|exact Hoy|exact Hox]. }
  set (S := fun (h : farr -> int -> R) oy ox ky kx =>
    sum (cout c) (fun j =>
      h w (widx c (g * co + j) (ic mod ci) ky kx) * h y (oidx c (g * co + j)%uint63 oy ox))).
  refine (taps_fold_sums c Wv Wh (fun ky => src (vert c) ky (irow c k)) (fun kx => src (horz c) kx (icol c k))
    Ho Wo _ (S (fun a => RA a)) (S (fun a => RM a)) (nat_of co + 4) (1 + 2 * nat_of co) _).
  intros oy ox ky kx acc d o r' m Hky Hkx Hoy Hox D Q.
  apply (ltb_below (extent_of Ho)) in Hoy. apply (ltb_below (extent_of Wo)) in Hox. unfold back_step.
  destruct (fget live (oy * Wo + ox) =? 0)%float eqn:L.
  - assert (Z : forall j, below (cout c) j -> fR (fget y (oidx c (g * co + j) oy ox)) = 0).
    { intros j Hj. rewrite <- U by assumption. replace ((oy * Wo + ox) * ochans c + g * co + j)%uint63
        with ((oy * Wo + ox) * ochans c + (g * co + j))%uint63 by ring.
      apply (conv_live_zero t); [now apply below_pair|now apply V|exact L]. }
    eapply sums_ext; [eapply sums_le; [exact Q|lia|lia]| |]; symmetry; rewrite <- Rplus_0_r; f_equal;
      apply sum_zero; try exact Wo'; intros j Hj; rewrite Z by exact Hj; rewrite ?Rabs_R0; ring.
  - pose proof (sums_add _ _ _ _ _ _ _ _ _ _ Q (dot_sums (cout c) wt (tidx c ic 0 ky kx)
      t ((oy * Wo + ox) * ochans c + g * co) Wo')) as P.
    eapply sums_ext; [eapply sums_le; [exact P|lia|lia]| |]; f_equal; apply sum_ext; try exact Wo';
      intros j Hj; now rewrite T, U by assumption.
Qed.

Lemma fget_conv_row sign i k : below (extent_of (conv_in c)) k ->
  fget (conv_row c w sign i) k = sign (conv_entry 0%float c (fget w) i k).
Proof.
  facts. intros Hk. destruct (input_split k Hk) as (Bic & _ & _ & By & Bz & _).
  unfold conv_row. cbv zeta. rewrite fget_ftab by (trivial; now apply below_lt). f_equal.
  rewrite (sub_div k (ichans c * H) W Hk Oih OW).
  rewrite (sub_div (k / W) (ichans c) H (below_div (ichans c * H) W k Oih OW Hk) Oi OH).
  fold (ichan c k) (irow c k) (icol c k). rewrite !divide_eq.
  rewrite (sub_div (ichan c k) (groups c) ci Bic Og Oci).
  rewrite (entry_tabulate H max_int _ _ OH (below_lt _ _ By)).
  rewrite (entry_tabulate W max_int _ _ OW (below_lt _ _ Bz)). unfold conv_entry. cbv zeta.
  destruct (_ =? _)%uint63; destruct (tap (vert c) _ _ <? _)%uint63; destruct (tap (horz c) _ _ <? _)%uint63;
    reflexivity.
Qed.

Theorem conv_back_error y k : below (extent_of (conv_in c)) k -> fin (fget (conv_back c wt y) k) ->
  Rabs (fR (fget (conv_back c wt y) k) - conv_back_sum (RA w) (RA y) k)
    <= fR (gamma (conv_terms c)) * conv_back_sum (RM w) (RM y) k + fR tiny.
Proof.
  facts. intros Hk F. destruct conv_chans_ge as (_ & L & _).
  exact (conv_sums_error (cout c) _ _ _ Wo' L (conv_back_sums y k Hk) F).
Qed.
End Conv.
