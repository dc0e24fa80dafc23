(** Walking a certificate keeps every enclosure true, and no claim survives an accepted tree.

    [refuted x ys c]   some row of the claim [c] is positive at this execution *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 Ring63 List.
From Flocq Require Import Core BinarySingleNaN IEEE754.PrimFloat.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof Base.Dot.
From Provenn Require Import Ops.Loops IR.LinMap IR.LinMapProof IR.Graph Ops.Relu Ops.ReluProof.
From Provenn Require Import Checker.Words Checker.Enclose Checker.Invariant Checker.Backward
  Checker.BackwardProof.
From Provenn Require Import Checker.ReadProperty Checker.Tree.
Import ListNotations.
Local Open Scope R_scope.

(** ** Reading *)
Lemma bind_ok {A B} (r : res A) (f : A -> res B) b : bind r f = Ok b -> exists a, r = Ok a /\ f a = Ok b.
Proof. destruct r as [a|]; [|discriminate]. intros H. now exists a. Qed.
Lemma demand_ok b w p u : demand b w p = Ok u -> b = true.
Proof. now destruct b. Qed.
Ltac reading H :=
  let a := fresh "a" in let E := fresh "E" in
  apply bind_ok in H; destruct H as (a & E & H); cbv beta in H.

Lemma unit_fin x : (0 <=? x)%float = true -> (x <=? 1)%float = true -> fin x /\ 0 <= fR x <= 1.
Proof.
intros H1 H2. assert (F : fin x).
{ unfold fin. rewrite leb_equiv in H1, H2. destruct (Prim2B x) as [| [] | |]; try reflexivity;
  try (cbn in H1, H2; discriminate). }
split; [assumption|]. apply leb_le in H1; [|exact fin_0 | assumption].
apply leb_le in H2; [|assumption | exact fin_1].
now rewrite fR_0 in H1; rewrite fR_1 in H2.
Qed.

Lemma fuel_below e i : wf e -> below e i -> exists t, (t < fuel e)%nat /\ i = of_Z (Z.of_nat t).
Proof.
intros W H. exists (Z.to_nat (to_Z i)). rewrite (wf_fuel e W). unfold nat_of, below in *.
pose proof (to_Z_bounded i). rewrite Z2Nat.id by lia. rewrite of_to_Z. split; [|reflexivity].
apply Z2Nat.inj_lt; lia.
Qed.
Lemma index_S p t : (p + of_Z (Z.of_nat (S t)))%uint63 = (p + 1 + of_Z (Z.of_nat t))%uint63.
Proof.
rewrite Nat2Z.inj_succ, of_Z_succ. ring.
Qed.
Lemma index_0 p : (p + of_Z (Z.of_nat 0))%uint63 = p.
Proof. change (of_Z (Z.of_nat 0)) with 0%uint63. ring. Qed.

Lemma all_unit_nth f : forall n p u, all_unit n f p = Ok u -> forall t, (t < n)%nat ->
  fin (word f (p + of_Z (Z.of_nat t))) /\ 0 <= fR (word f (p + of_Z (Z.of_nat t))) <= 1.
Proof.
induction n as [|n IH]; intros p u H t Ht; [lia|]. cbn [all_unit] in H.
destruct (((0 <=? word f p)%float && (word f p <=? 1)%float)%bool) eqn:E; [|discriminate].
apply andb_prop in E as [E1 E2]. destruct t as [|t].
- rewrite index_0. now apply unit_fin.
- rewrite index_S. apply (IH _ u); [assumption | lia].
Qed.
Lemma get_float_ok f p x : get_float f p = Ok x -> x = word f p /\ fin x.
Proof.
unfold get_float. destruct (p <? count f)%uint63; [|discriminate].
destruct (finb (word f p)) eqn:E; [|discriminate].
intros H. injection H as <-. split; [reflexivity | now apply finb_fin].
Qed.
Lemma get_nonneg_ok f p w x : get_nonneg f p w = Ok x -> x = word f p /\ fin x /\ 0 <= fR x.
Proof.
unfold get_nonneg. intros H. reading H. apply get_float_ok in E as (-> & F).
destruct (0 <=? word f p)%float eqn:E; [|discriminate]. injection H as <-. repeat split; try assumption.
apply leb_le in E; [|exact fin_0 | assumption]. now rewrite fR_0 in E.
Qed.
Lemma all_nonneg_nth f : forall n p u, all_nonneg n f p = Ok u -> forall t, (t < n)%nat ->
  0 <= fR (word f (p + of_Z (Z.of_nat t))).
Proof.
induction n as [|n IH]; intros p u H t Ht; [lia|]. cbn [all_nonneg] in H. reading H.
destruct t as [|t].
- rewrite index_0. now apply get_nonneg_ok in E as (-> & _ & ?).
- rewrite index_S. apply (IH _ u); [assumption | lia].
Qed.

(** ** Suffixes and single replaced infos *)
Lemma known_skipn fv : forall d ns ss ys, known fv ns ss ys ->
  known fv (skipn d ns) (skipn d ss) (skipn d ys).
Proof.
induction d as [|d IH]; intros [|n ns] [|s ss] [|y ys] K; try contradiction; try exact K. cbn in *. apply IH.
tauto.
Qed.
Lemma exec_skipn v x : forall d ns ys, exec v x ns ys -> exec v x (skipn d ns) (skipn d ys).
Proof. induction d as [|d IH]; intros [|n ns] [|y ys] E; try contradiction; try exact E. cbn in *. apply IH.
tauto. Qed.
Lemma graph_ok_skipn : forall d ns, graph_ok ns = true -> graph_ok (skipn d ns) = true.
Proof.
induction d as [|d IH]; intros [|n ns] G; try exact G. cbn in *. apply andb_prop in G as [_ G]. now apply IH.
Qed.
Lemma skipn_nth {A} (l : list A) : forall d a m, skipn d l = a :: m -> nth_error l d = Some a.
Proof. induction l as [|b l IH]; intros [|d] a m H; try discriminate; cbn in *;
  [now injection H as -> -> | now apply (IH d a m)]. Qed.
Lemma skipn_value ys : forall d y zs, skipn d ys = y :: zs -> value ys d = y.
Proof. unfold value. induction ys as [|b ys IH]; intros [|d] y zs H; try discriminate; cbn in *;
  [now injection H as -> -> | now apply (IH d y zs)]. Qed.
Lemma skipn_info ss : forall d s zs, skipn d ss = s :: zs -> info_at ss d = s.
Proof. unfold info_at. induction ss as [|b ss IH]; intros [|d] s zs H; try discriminate; cbn in *;
  [now injection H as -> -> | now apply (IH d s zs)]. Qed.

Lemma replace_mag : forall d ss l h, map mag (replace ss d (with_bounds (info_at ss d) l h)) = map mag ss \/
  (length ss <= d)%nat.
Proof.
induction d as [|d IH]; intros [|s ss] l h; cbn; try (right; lia).
- now left.
- destruct (IH ss l h) as [E|E]; [left|right; lia]. unfold replace in *. cbn. f_equal. exact E.
Qed.
Lemma known_length fv : forall ns ss ys, known fv ns ss ys -> length ss = length ns /\ length ys = length ns.
Proof.
induction ns as [|n ns IH]; intros [|s ss] [|y ys] K; try contradiction; [easy|]. cbn in *.
destruct K as (_ & _ & K). destruct (IH ss ys K). lia.
Qed.
Lemma known_replace fv : forall d ns ss ys n l h, known fv ns ss ys -> nth_error ns d = Some n ->
  between n (with_bounds (info_at ss d) l h) (value ys d) ->
  known fv ns (replace ss d (with_bounds (info_at ss d) l h)) ys.
Proof.
induction d as [|d IH]; intros [|m ns] [|s ss] [|y ys] n l h K N B; try discriminate; try contradiction.
- injection N as ->. cbn in K |- *. destruct K as (_ & M & K). repeat split; try apply B; try assumption.
  all: destruct M; assumption.
- cbn in K, N. destruct K as (B' & M & K).
  assert (K' := IH ns ss ys n l h K N B). change (info_at (s :: ss) (S d)) with (info_at ss d).
  match goal with |- known _ _ (replace _ _ ?q) _ =>
    change (replace (s :: ss) (S d) q) with (s :: replace ss d q) end.
  cbn [known]. split; [assumption|]. split; [|exact K'].
  destruct (replace_mag d ss l h) as [->|E]; [assumption|].
  exfalso. destruct (known_length fv ns ss ys K) as [L _].
  assert (d < length ns)%nat by (apply nth_error_Some; congruence). lia.
Qed.

(** ** Lines *)
Definition slopes_good (f : words) (ns : list node) (s : slopes) : Prop :=
  forall d p, look s d = Some p -> exists g e from, nth_error ns d = Some (Unary g e from) /\
    forall t, (t < fuel e)%nat ->
      fin (word f (p + of_Z (Z.of_nat t))) /\ 0 <= fR (word f (p + of_Z (Z.of_nat t))) <= 1.
Lemma slopes_at_good f ns top : forall n p s q, slopes_at n f ns top p = Ok (s, q) -> slopes_good f ns s.
Proof.
induction n as [|n IH]; intros p s q H; cbn [slopes_at] in H.
- injection H as <- <-. intros d p' E. discriminate.
- reading H. reading H. destruct (nth_error ns (nat_of (top - a))) as [[| | |g e from]|] eqn:En;
  try discriminate.
  reading H. reading H. reading H. destruct a3 as [s' q']. injection H as <- <-.
  assert (IH' := IH _ _ _ E3). intros d p' Hl. cbn [look] in Hl. destruct (Nat.eqb d _) eqn:Ed.
  + injection Hl as <-. apply Nat.eqb_eq in Ed as ->. exists g, e, from. split; [assumption|].
    intros t Ht. now apply (all_unit_nth f (fuel e) _ a2).
  + now apply IH'.
Qed.
Lemma all_lines_good f s ns0 : slopes_good f ns0 s -> forall ns ss ys fv d,
  graph_ok ns = true -> known fv ns ss ys ->
  (forall i n, nth_error ns i = Some n -> nth_error ns0 (d + i) = Some n) ->
  lines_good ns ss (all_lines f s ns ss d).
Proof.
intros S. induction ns as [|n ns IH]; intros [|t ss] [|y ys] fv d G K N; try contradiction; [exact I|].
cbn in K. destruct K as (_ & _ & K). cbn [graph_ok] in G. apply andb_prop in G as [Gn G].
cbn [all_lines lines_good]. split.
- destruct n as [| | |g e from]; try exact I. exists (slope f s d). split; [|reflexivity].
  intros i l h Hi. unfold slope. destruct (look s d) as [p|] eqn:El.
  + destruct (S d p El) as (g' & e' & from' & E & A). assert (E' := N 0%nat _ eq_refl).
  rewrite Nat.add_0_r in E'.
    rewrite E in E'. injection E' as -> -> ->. assert (W := node_ok_wf _ _ Gn). cbn in W.
    destruct (fuel_below e i W Hi) as (t' & Ht & ->). now apply A.
  + apply adaptive_unit.
- apply (IH ss ys fv); try assumption. intros i m Hm.
replace (Datatypes.S d + i)%nat with (d + Datatypes.S i)%nat by lia. now apply N.
Qed.

(** ** Sharper bounds *)
Lemma rowsum_none : forall ns ys, rowsum ns (map (fun _ => None) ns) ys = 0.
Proof. induction ns as [|n ns IH]; intros [|y ys]; cbn; try reflexivity. rewrite IH. ring. Qed.
Lemma neuron_sound v fv x e ts b ns s ss l ls y ys minus j : covers fv v ->
  graph_ok (Affine e ts b :: ns) = true -> known fv (Affine e ts b :: ns) (s :: ss) (y :: ys) ->
  exec v x (Affine e ts b :: ns) (y :: ys) -> lines_good ns ss ls -> below e j ->
  fin (neuron fv (Affine e ts b :: ns) (s :: ss) (l :: ls) minus j) ->
  fR (neuron fv (Affine e ts b :: ns) (s :: ss) (l :: ls) minus j) <= if minus then - y j else y j.
Proof.
intros C G K X L Hj F. cbn [graph_ok] in G. apply andb_prop in G as [N G]. cbn [known] in K.
destruct K as (B & M & K).
cbn [exec] in X. destruct X as (X & XS). destruct (node_ok_terms e ts b ns G N) as (W & T).
cbn [neuron] in F |- *.
remember (up (up (kappa fv * fget (load s) j) + eta_up fv)) as own eqn:Eown.
set (make := fun l => ftab (len (in_ext l))
  (fun k => if minus then (- rowF l j k)%float else rowF l j k)) in *.
destruct (spread ts make ss (map (fun _ => None) ns) own) as [rs cost] eqn:Es.
assert (L0 : length (map (fun _ : node => @None farr) ns) = length ns) by apply map_length.
assert (L1 : length rs = length ns) by (etransitivity; [exact (spread_length _ _ _ _ _ _ _ Es) | exact L0]).
destruct (back_sound v fv x C ns ss ls rs ys _ G K XS L L1 F) as (I1 & I2 & I3). outward I2.
assert (Fc : fin cost) by assumption.
destruct (spread_sound fv ns e make G ts ss _ ys own rs cost K T L0 Es Fc I1) as (_ & _ & J3 & J4 & _ & J6).
rewrite rowsum_none in J6. rewrite Eown in J3. outward J3. outwards.
match goal with H : _ <= fR (up (up (kappa fv * _) + _)) |- _ => rewrite <- Eown in H end.
assert (R : over_terms ts (fun d l => dotR (in_ext l) (make l) (value ys d)) =
  (if minus then -1 else 1) * over_terms ts (fun d l => apply l (value ys d) j)).
{ clear - T Hj. induction T as [|[d l] ts (V & Eo & _) T IH]; cbn [over_terms]; [ring|]. rewrite IH.
  cbn [fst snd] in *. assert (Wi := in_wf l V).
  assert (E : dotR (in_ext l) (make l) (value ys d) = (if minus then -1 else 1) * apply l (value ys d) j);
    [|rewrite E; ring].
  rewrite <- Eo in Hj. rewrite <- (rowF_exact l V j (value ys d) Hj), <- sum_scal.
  apply sum_ext; [assumption|]. intros k Hk. unfold make. rewrite fget_ftab_below by assumption.
  destruct minus; [rewrite fR_opp|]; ring. }
assert (Sp : 0 <= over_terms ts (fun d l => fR tiny * sum (in_ext l) (mag_at (map mag ss) d))).
{ clear - T K. induction T as [|[d l] ts (V & Eo & n & En & Ee) T IH]; cbn [over_terms]; [lra|].
cbn [fst snd] in *.
  assert (0 <= sum (in_ext l) (mag_at (map mag ss) d)).
  { apply sum_nonneg; [now apply in_wf|]. intros k Hk. rewrite <- Ee in Hk.
    pose proof (known_mag fv ns ss ys d n k K En Hk). pose proof (Rabs_pos (value ys d k)). lra. }
  pose proof tiny_pos. assert (0 <= fR tiny * sum (in_ext l) (mag_at (map mag ss) d)) by (apply Rmult_le_pos;
    lra). lra. }
specialize (X j Hj). cbn in X.
assert (At := affine_le_total fv ns ss ys e ts b K T j Hj).
destruct (load_ge _ _ _ _ _ M j Hj) as (_ & Lo).
assert (Ab : 0 <= total ts b (map mag ss) j).
{ apply (total_nonneg ns e); try assumption. intros d n En k Hk.
  pose proof (known_mag fv ns ss ys d n k K En Hk). pose proof (Rabs_pos (value ys d k)). lra. }
destruct C as (_ & _ & Cr & Ca).
assert (relative v * affineA ts b (map (fun z k => Rabs (z k)) ys) j <= fR (kappa fv) * fR (fget (load s) j)).
{ eapply Rle_trans; [apply Rmult_le_compat_l; [lra | exact At]|]. apply Rmult_le_compat; lra. }
assert (Bf : fR (bias_f b j) = bias_at b j) by (destruct b; [reflexivity | exact fR_0]).
rewrite affine_split in X. apply Rabs_le_inv in X.
destruct minus; [rewrite fR_opp in *|]; rewrite Bf in *; lra.
Qed.

Lemma sharper_fin old new keep : fin (sharper old new keep) -> fin new.
Proof. unfold sharper. destruct (finb new) eqn:E; [intros; now apply finb_fin | auto]. Qed.
Lemma all_below e p i : wf e -> allb e p = true -> below e i -> p i = true.
Proof.
intros W H Hi. destruct (fuel_below e i W Hi) as (t & Ht & ->). unfold allb in H.
assert (A : forall n k, allR n k p = true -> forall t, (t < n)%nat ->
  p (k + of_Z (Z.of_nat t))%uint63 = true).
{ clear. induction n as [|n IH]; intros k H t Ht; [lia|]. cbn in H. destruct (p k) eqn:E; [|discriminate].
  destruct t as [|t]; [now rewrite index_0 | rewrite index_S; apply IH; [assumption | lia]]. }
specialize (A _ _ H t Ht). now rewrite add_0_l in A.
Qed.
Lemma tighten_known v fv x ns ss ys d ls chosen p ss' : covers fv v -> graph_ok ns = true ->
  known fv ns ss ys ->
  exec v x ns ys -> lines_good (skipn d ns) (skipn d ss) ls ->
  tighten fv ns ss d ls chosen p = Ok ss' -> known fv ns ss' ys.
Proof.
intros C G K X L H. unfold tighten in H.
assert (G' := graph_ok_skipn d ns G). assert (K' := known_skipn fv d ns ss ys K).
assert (X' := exec_skipn v x d ns ys X).
destruct (skipn d ns) as [|[| |e ts b|] ns'] eqn:En; try discriminate.
destruct (skipn d ss) as [|s ss1] eqn:Es; [discriminate|].
destruct (skipn d ys) as [|y ys'] eqn:Ey; [contradiction|].
destruct ls as [|l0 ls]; [contradiction|]. destruct L as (_ & L).
match type of H with context [finite e ?a && finite e ?b] => set (lo' := a) in *; set (hi' := b) in * end.
reading H. reading H. apply demand_ok in E. apply demand_ok in E0. apply andb_prop in E as [F1 F2].
injection H as <-. rewrite <- (skipn_info ss d s ss1 Es).
assert (N := skipn_nth ns d _ _ En). apply (known_replace fv d ns ss ys _ lo' hi' K N).
intros i Hi. cbn [ext] in Hi. cbn [with_bounds lo hi]. rewrite (skipn_value ys d y ys' Ey).
assert (G1 := G'). cbn [graph_ok] in G1. apply andb_prop in G1 as [Nn _]. assert (W := node_ok_wf _ _ Nn).
cbn in W.
assert (Fl := all_below e _ i W F1 Hi). assert (Fh := all_below e _ i W F2 Hi). cbv beta in Fl, Fh.
apply finb_fin in Fl, Fh. split; [assumption|]. split; [assumption|].
assert (K1 := K'). cbn [known] in K1. destruct K1 as (B & _ & _). destruct (B i Hi) as (Bl & Bh & By).
unfold lo', hi' in *. rewrite !fget_ftab_below in * by assumption. destruct (chosen i); [|exact By].
assert (Fl' := Fl). assert (Fh' := Fh). apply sharper_fin in Fl'. apply sharper_fin in Fh'.
apply (proj1 (fin_opp _)) in Fh'.
assert (S1 := neuron_sound v fv x e ts b ns' s ss1 l0 ls y ys' false i C G' K' X' L Hi Fl').
assert (S2 := neuron_sound v fv x e ts b ns' s ss1 l0 ls y ys' true i C G' K' X' L Hi Fh').
cbv iota in S1, S2. unfold sharper. rewrite (proj2 (finb_fin _) Fl'), (proj2 (finb_fin _)
  (proj2 (fin_opp _) Fh')).
rewrite fR_maxf by assumption. rewrite fR_minf by (try assumption; now apply fin_opp). rewrite fR_opp.
split; [apply Rmax_lub; lra | apply Rmin_glb; lra].
Qed.

(** ** Leaves *)
(** What is known of a claim: it holds with the exact value of its affine node on top of the network's
  values. *)
Definition claim_known (fv : fnoise) (ns : list node) (ms : list farr) (ys : list vec) (c : claim) : Prop :=
  exists e ts b, over c = Affine e ts b /\ node_ok (over c) ns = true /\
    between (over c) (about c) (affine ts b ys) /\ magnitudes fv (over c) (about c) ms (affine ts b ys).
Definition refuted (ys : list vec) (c : claim) : Prop :=
  match over c with
  | Affine e ts b => exists i, below e i /\ 0 < affine ts b ys i
  | _ => False
  end.

Lemma refute_sound v fv x f ns ss top p c q ys : covers fv v -> graph_ok ns = true -> known fv ns ss ys ->
  exec v x ns ys -> claim_known fv ns (map mag ss) ys c -> refute fv f ns ss top p c = Ok q -> refuted ys c.
Proof.
intros C G K X (e & ts & b & Ec & N & B & M) H. unfold refute in H. unfold refuted. rewrite Ec in *.
cbn [ext] in H.
reading H. reading H. destruct a0 as [s p']. rename E into En. rename E0 into Es.
set (m := ftab (len e) (fun i => word f (p + i))) in *. set (ls := all_lines f s ns ss 0) in *.
match type of H with (if finb ?w then _ else _) = _ => set (low := w) in * end.
destruct (finb low) eqn:Fl; [|discriminate]. destruct (0 <? low)%float eqn:Pl; [|discriminate].
apply finb_fin in Fl.
assert (W := node_ok_wf _ _ N). cbn in W.
assert (Sg : slopes_good f ns s).
{ unfold read_slopes in Es. reading Es. now apply slopes_at_good in Es. }
assert (Lg : lines_good ns ss ls) by (apply (all_lines_good f s ns Sg ns ss ys fv 0%nat); auto).
assert (G' : graph_ok (Affine e ts b :: ns) = true) by (cbn [graph_ok]; now rewrite N).
assert (K' : known fv (Affine e ts b :: ns) (about c :: ss) (affine ts b ys :: ys)) by (cbn [known]; tauto).
assert (X' : exec v x (Affine e ts b :: ns) (affine ts b ys :: ys)).
{ cbn [exec]. split; [|assumption]. intros i Hi. rewrite Rminus_eq_0, Rabs_R0.
  destruct C as (_ & _ & Cr & Ca). assert (0 <= affineA ts b (map (fun z k => Rabs (z k)) ys) i).
  { destruct (node_ok_terms e ts b ns G N) as (_ & T). now apply (affineA_nonneg ns e). }
  assert (0 <= relative v * affineA ts b (map (fun z k => Rabs (z k)) ys) i) by (apply Rmult_le_pos; lra).
  lra. }
assert (L' : lines_good (Affine e ts b :: ns) (about c :: ss) (no_lines :: ls)) by (cbn [lines_good]; auto).
assert (Len : length (Some m :: map (fun _ : node => @None farr) ns) = length (Affine e ts b :: ns))
  by (cbn; now rewrite map_length).
destruct (back_sound v fv x C _ _ _ _ _ 0%float G' K' X' L' Len Fl) as (R1 & _ & R2).
fold low in R2. cbn [rowsum ext] in R2.
assert (Z : rowsum ns (map (fun _ : node => @None farr) ns) ys = 0) by exact (rowsum_none ns ys).
rewrite Z, fR_0 in R2. apply ltb_lt in Pl; [|exact fin_0 | assumption]. rewrite fR_0 in Pl.
(* a positive combination has a positive row *)
assert (Pm : forall i, below e i -> 0 <= fR (fget m i)).
{ intros i Hi. unfold m. rewrite fget_ftab_below by assumption.
destruct (fuel_below e i W Hi) as (t & Ht & ->).
  now apply (all_nonneg_nth f (fuel e) p a). }
destruct (Classical_Prop.classic (exists i, below e i /\ 0 < affine ts b ys i)) as [Y|Y];
  [assumption|exfalso].
assert (dotR e m (affine ts b ys) <= 0); [|lra].
rewrite <- (sum_zero e (fun _ => 0)) by auto. apply sum_le; [assumption|]. intros i Hi.
assert (affine ts b ys i <= 0) by (apply Rnot_lt_le; intros P; apply Y; now exists i).
specialize (Pm i Hi). assert (0 <= fR (fget m i) * - affine ts b ys i) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma leaf_sound v fv x f ns ss top ys : covers fv v -> graph_ok ns = true -> known fv ns ss ys ->
  exec v x ns ys -> forall cs p q, Forall (claim_known fv ns (map mag ss) ys) cs ->
    leaf fv f ns ss top p cs = Ok q ->
  Forall (refuted ys) cs.
Proof.
intros C G K X. induction cs as [|c cs IH]; intros p q T H; [constructor|]. cbn [leaf] in H. reading H.
apply Forall_cons_iff in T as [T1 T]. constructor; [|now apply (IH a q)].
now apply (refute_sound v fv x f ns ss top p c a ys).
Qed.

(** ** The whole tree *)
Lemma tighten_mag fv ns ss d ls chosen p ss' : tighten fv ns ss d ls chosen p = Ok ss' ->
  map mag ss' = map mag ss.
Proof.
unfold tighten. destruct (skipn d ns) as [|[| |e ts b|] ns']; try discriminate.
destruct (skipn d ss) as [|s ss1] eqn:Es; [discriminate|]. intros H. reading H. reading H. injection H as <-.
match goal with |- context [with_bounds s ?l ?h] => destruct (replace_mag d ss l h) as [Q|Q] end.
- now rewrite (skipn_info ss d s ss1 Es) in Q.
- exfalso. apply skipn_all2 in Q. congruence.
Qed.
Lemma cut_known fv ns ss ys e i v (upper : bool) : known fv ns ss ys ->
  nth_error ns (input_at ns) = Some (Input e) -> wf e -> fin v ->
  (if upper then value ys (input_at ns) i <= fR v else fR v <= value ys (input_at ns) i) ->
  known fv ns (replace ss (input_at ns) (cut (info_at ss (input_at ns)) e i v upper)) ys /\
  map mag (replace ss (input_at ns) (cut (info_at ss (input_at ns)) e i v upper)) = map mag ss.
Proof.
intros K N W F V. set (d := input_at ns) in *. assert (O := known_nth fv ns ss ys d _ K N).
destruct (known_length fv ns ss ys K) as [L _].
assert (D : (d < length ss)%nat) by (rewrite L; apply nth_error_Some; congruence).
unfold cut. destruct upper; match goal with |- context [with_bounds _ ?l ?h] =>
  split; [apply (known_replace fv d ns ss ys _ l h K N) | destruct (replace_mag d ss l h);
    [assumption | lia]] end.
all: intros k Hk; cbn [ext] in Hk; cbn [with_bounds lo hi];
  destruct (one_between _ _ _ O k Hk) as (Fl & Fh & Bk).
all: rewrite fget_ftab_below by assumption; destruct (k =? i)%uint63 eqn:E; [|tauto].
all: apply Uint63.eqb_spec in E as ->; repeat split; try assumption; lra.
Qed.
Theorem walk_sound v fv x f ns top ys : covers fv v -> graph_ok ns = true -> exec v x ns ys ->
  forall depth cs ss p q, known fv ns ss ys -> Forall (claim_known fv ns (map mag ss) ys) cs ->
  walk depth fv f ns top cs ss p = Ok q -> Forall (refuted ys) cs.
Proof.
intros C G X. induction depth as [|depth IH]; intros cs ss p q K T H; [discriminate|]. cbn [walk] in H.
reading H. destruct (a =? 0)%uint63; [|destruct (a =? 1)%uint63; [|destruct (a =? 2)%uint63;
  [|discriminate]]].
- now apply (leaf_sound v fv x f ns ss top ys C G K X cs (p + 1)%uint63 q).
- reading H. reading H. rename a0 into i. rename a1 into w. apply get_float_ok in E1 as (_ & Fw).
  destruct (nth_error ns (input_at ns)) as [[e| | |]|] eqn:N; try discriminate.
  reading H. reading H. reading H.
  assert (W := graph_ok_wf ns (input_at ns) _ G N). cbn in W.
  destruct (Rle_lt_dec (value ys (input_at ns) i) (fR w)) as [V|V].
  + destruct (cut_known fv ns ss ys e i w true K N W Fw V) as (K' & M').
    apply (IH cs _ _ _ K') in E3; [assumption | now rewrite M'].
  + destruct (cut_known fv ns ss ys e i w false K N W Fw (Rlt_le _ _ V)) as (K' & M').
    apply (IH cs _ _ _ K') in H; [assumption | now rewrite M'].
- reading H. reading H. reading H. reading H. reading H. reading H. destruct a5 as [s p']. reading H.
  set (d := nat_of (top - a0)) in *.
  match type of E6 with tighten _ _ _ _ ?l _ _ = _ => set (ls := l) in * end.
  rename a5 into ss'.
  assert (K' : known fv ns ss' ys).
  { apply (tighten_known v fv x ns ss ys d ls _ p ss' C G K X) in E6; [assumption|].
    assert (Sg : slopes_good f ns s).
    { unfold read_slopes in E5. reading E5. now apply slopes_at_good in E5. }
    apply (all_lines_good f s ns Sg (skipn d ns) (skipn d ss) (skipn d ys) fv d).
    - now apply graph_ok_skipn.
    - now apply known_skipn.
    - intros i n Hi. clear - Hi. revert ns Hi. induction d as [|d IHd]; intros ns Hi; [assumption|].
      destruct ns; [destruct i; discriminate|]. cbn in *. now apply IHd. }
  apply tighten_mag in E6. apply (IH cs ss' p' q K'); [now rewrite E6 | assumption].
Qed.
