(** Every order of summation is near the exact sum, and nothing on the way overflows. Symbols: see
    [Float.Sum].

    [near l v]   [v] is near the exact sum of [l]; if [l] is empty, it is 0
    [before l v] the same before a flush of the result *)
From Coq Require Import ZArith Reals Lra Lia List Permutation.
From Flocq Require Import Core.
From Provenn Require Import Float.Sum.
Import ListNotations.
Local Open Scope R_scope.

Lemma u32_pos : 0 < u32.
Proof. apply bpow_gt_0. Qed.
Lemma e32_pos : 0 < e32.
Proof. apply bpow_gt_0. Qed.

(** ** Totals *)
Lemma total_app f l m : total f (l ++ m) = total f l + total f m.
Proof. unfold total. induction l as [|p l IH]; cbn; [ring|]. rewrite IH. ring. Qed.
Lemma total_perm f l m : Permutation l m -> total f l = total f m.
Proof. unfold total. induction 1; cbn; lra. Qed.
Lemma total_nonneg f l : (forall p, 0 <= f p) -> 0 <= total f l.
Proof. unfold total. intros P. induction l as [|p l IH]; cbn; [lra|]. specialize (P p). lra. Qed.
Lemma total_le f g l : Forall (fun p => f p <= g p) l -> total f l <= total g l.
Proof. unfold total. induction 1; cbn; lra. Qed.
Lemma total_scal c f l : total (fun p => c * f p) l = c * total f l.
Proof. unfold total. induction l as [|p l IH]; cbn; [ring|]. rewrite IH. ring. Qed.
Lemma loads_nonneg l : 0 <= loads l.
Proof. apply total_nonneg. intros p. apply Rmult_le_pos; apply Rabs_pos. Qed.
Lemma spill_ge l : 4 * INR (length l) <= spill l.
Proof.
  unfold spill, total. induction l as [|p l IH]; [cbn; lra|]. cbn [length fold_right]. rewrite S_INR.
  pose proof (Rabs_pos (fst p)). pose proof (Rabs_pos (snd p)). lra.
Qed.
Lemma exact_le_loads l : Rabs (exact l) <= loads l.
Proof.
  unfold exact, loads, total. induction l as [|p l IH]; cbn; [rewrite Rabs_R0; lra|].
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. lra.
Qed.

(** ** Growth *)
Lemma growth_pos n : 1 <= growth n.
Proof. apply pow_R1_Rle. pose proof u32_pos. lra. Qed.
Lemma growth_S n : growth (S n) = (1 + u32) * growth n.
Proof. reflexivity. Qed.
Lemma growth_mono m n : (m <= n)%nat -> growth m <= growth n.
Proof. intros H. apply Rle_pow; [pose proof u32_pos; lra | exact H]. Qed.
Lemma error_mono m n l : (m <= n)%nat -> error m l <= error n l.
Proof.
  intros H. unfold error. assert (G : growth (length l + m) <= growth (length l + n)) by (apply growth_mono;
    lia).
  pose proof (loads_nonneg l). pose proof e32_pos. pose proof (spill_ge l). pose proof (pos_INR (length l)).
  assert (0 <= spill l * e32) by (apply Rmult_le_pos; lra).
  rewrite !Rmult_assoc. apply Rplus_le_compat; apply Rmult_le_compat_r; lra.
Qed.

(** ** Flushing *)
Lemma flushed_near x x' : flushed x x' -> Rabs (x' - x) <= e32 /\ Rabs x' <= Rabs x.
Proof.
  pose proof e32_pos. pose proof (Rabs_pos x).
  intros [-> | [-> H']]; [rewrite Rminus_eq_0|]; rewrite ?Rabs_R0; [lra|].
  replace (0 - x) with (- x) by ring. rewrite Rabs_Ropp. lra.
Qed.
Lemma flushed_refl x : flushed x x.
Proof. now left. Qed.
Lemma flushed_trans x y z : flushed x y -> flushed y z -> flushed x z.
Proof.
  intros [-> | [-> H]] [-> | [-> H']]; try (now left); try (right; split; trivial).
Qed.
(** A product of flushed factors. *)
Lemma flushed_prod w x w' x' : flushed w w' -> flushed x x' ->
  Rabs (w' * x' - w * x) <= (Rabs w + Rabs x) * e32 /\ Rabs (w' * x') <= Rabs w * Rabs x.
Proof.
  intros Hw Hx. destruct (flushed_near _ _ Hw) as (Nw & Lw), (flushed_near _ _ Hx) as (Nx & Lx). split.
  - replace (w' * x' - w * x) with (x' * (w' - w) + w * (x' - x)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
    assert (Rabs x' * Rabs (w' - w) <= Rabs x * e32) by (apply Rmult_le_compat; auto using Rabs_pos).
    assert (Rabs w * Rabs (x' - x) <= Rabs w * e32) by (apply Rmult_le_compat; auto using Rabs_pos; lra).
    lra.
  - rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos.
Qed.

(** ** One operation: [a] is the exact result on exact operands, [z] on those at hand *)
Lemma rounds_near z r a m d : rounds z r -> Rabs (z - a) <= d -> Rabs a <= m -> m + d < limit32 ->
  exists v, r = Some v /\ Rabs (v - a) <= (1 + u32) * d + u32 * m + e32.
Proof.
  intros H D M L. assert (Z : Rabs z <= m + d).
  { replace z with ((z - a) + a) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  destruct (H (Rle_lt_trans _ _ _ Z L)) as (v & -> & E). exists v. split; [reflexivity|].
  replace (v - a) with ((v - z) + (z - a)) by ring. eapply Rle_trans; [apply Rabs_triang|].
  assert (u32 * Rabs z <= u32 * (m + d)) by (apply Rmult_le_compat_l; [pose proof u32_pos|]; lra). lra.
Qed.

(** ** Trees *)
Definition near (l : list (R * R)) (v : R) : Prop :=
  match l with
  | [] => v = 0
  | _ => Rabs (v - exact l) <= error 0 l - 2 * growth (length l) * e32
  end.
Definition before (l : list (R * R)) (v : R) : Prop :=
  match l with
  | [] => v = 0
  | _ => Rabs (v - exact l) <= error 0 l - 2 * growth (length l) * e32 - e32
  end.
Lemma before_flushed l v v' : before l v -> flushed v v' -> near l v'.
Proof.
  destruct l as [|p l]; cbn [before near].
  - intros -> F. destruct F as [-> | [-> _]]; reflexivity.
  - intros B F. destruct (flushed_near _ _ F) as (N & _).
    replace (v' - exact (p :: l)) with ((v' - v) + (v - exact (p :: l))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.
Lemma near_le l v : near l v -> Rabs (v - exact l) <= error 0 l.
Proof.
  pose proof e32_pos. destruct l as [|p l]; cbn [near].
  - intros ->. unfold error, exact, loads, spill, total. cbn. rewrite Rminus_eq_0, Rabs_R0. lra.
  - intros N. pose proof (growth_pos (length (p :: l))).
    assert (0 <= growth (length (p :: l)) * e32) by (apply Rmult_le_pos; lra). lra.
Qed.

(** All partial sums stay below this. *)
Definition ceiling (n : nat) (l : list (R * R)) : R := loads l + error n l.
Lemma ceiling_sub n l m k : Permutation m (l ++ k) -> ceiling n l <= ceiling n m.
Proof.
  intros P. unfold ceiling, error, loads, spill. rewrite !(total_perm _ _ _ P), !total_app.
  fold (loads l) (loads k) (spill l) (spill k). apply Permutation_length in P. rewrite P, app_length.
  assert (G : growth (length l + n) <= growth (length l + length k + n)) by (apply growth_mono; lia).
  assert (G0 := growth_pos (length l + n)).
  pose proof (loads_nonneg l). pose proof (loads_nonneg k). pose proof e32_pos.
  pose proof (spill_ge l). pose proof (spill_ge k). pose proof (pos_INR (length l)). pose proof (pos_INR
    (length k)).
  set (g := growth (length l + n)) in *. set (g' := growth (length l + length k + n)) in *.
  assert (g * loads l <= g' * (loads l + loads k)) by (apply Rmult_le_compat; lra).
  assert (g * spill l <= g' * (spill l + spill k)) by (apply Rmult_le_compat; lra).
  assert (g * spill l * e32 <= g' * (spill l + spill k) * e32) by (apply Rmult_le_compat_r; lra). lra.
Qed.

Lemma near_prod w x w' x' r : flushed w w' -> flushed x x' -> rounds (w' * x') r ->
  ceiling 0 [(w, x)] < limit32 -> exists v, r = Some v /\ before [(w, x)] v.
Proof.
  intros Fw Fx R L. destruct (flushed_prod _ _ _ _ Fw Fx) as (D & M).
  unfold before, ceiling, error, exact, loads, spill, total, growth in *. cbn [fold_right length fst snd
    Nat.add pow] in *.
  pose proof (Rabs_pos w) as Pw. pose proof (Rabs_pos x) as Px. pose proof e32_pos as Pe. pose proof u32_pos
    as Pu.
  set (a := Rabs w) in *. set (b := Rabs x) in *.
  assert (Q : 0 <= a * b) by (now apply Rmult_le_pos).
  assert (Q1 : 0 <= u32 * (a * b)) by (apply Rmult_le_pos; lra).
  assert (Q2 : 0 <= (a + b) * e32) by (apply Rmult_le_pos; lra).
  assert (Q3 : 0 <= u32 * ((a + b) * e32)) by (apply Rmult_le_pos; lra).
  assert (Q4 : 0 <= u32 * e32) by (apply Rmult_le_pos; lra).
  destruct (rounds_near (w' * x') r (w * x) (a * b) ((a + b) * e32) R D) as (v & -> & E).
  - rewrite Rabs_mult. fold a b. lra.
  - lra.
  - exists v. split; [reflexivity|]. rewrite Rplus_0_r. lra.
Qed.

Lemma near_plus l m v w r : l <> [] -> m <> [] -> near l v -> near m w -> rounds (v + w) r ->
  ceiling 0 (l ++ m) < limit32 -> exists z, r = Some z /\ before (l ++ m) z.
Proof.
  intros Nl Nm Hv Hw R L.
  assert (Hv' : Rabs (v - exact l) <= error 0 l - 2 * growth (length l) * e32) by (now destruct l).
  assert (Hw' : Rabs (w - exact m) <= error 0 m - 2 * growth (length m) * e32) by (now destruct m).
  assert (E : exact (l ++ m) = exact l + exact m) by apply total_app.
  assert (El : loads (l ++ m) = loads l + loads m) by apply total_app.
  assert (Es : spill (l ++ m) = spill l + spill m) by apply total_app.
  assert (Pl : (1 <= length l)%nat) by (destruct l; [congruence | cbn; lia]).
  assert (Pm : (1 <= length m)%nat) by (destruct m; [congruence | cbn; lia]).
  assert (Gl : (1 + u32) * growth (length l) <= growth (length l + length m))
    by (rewrite <- growth_S; apply growth_mono; lia).
  assert (Gm : (1 + u32) * growth (length m) <= growth (length l + length m))
    by (rewrite <- growth_S; apply growth_mono; lia).
  assert (Al := exact_le_loads l). assert (Am := exact_le_loads m).
  assert (Ln := loads_nonneg l). assert (Mn := loads_nonneg m).
  assert (Sl := spill_ge l). assert (Sm := spill_ge m).
  assert (Il : 1 <= INR (length l)) by (apply (le_INR 1); lia). assert (Im : 1 <= INR (length m)) by (apply
    (le_INR 1); lia).
  pose proof e32_pos as Pe. pose proof u32_pos as Pu.
  assert (C : before (l ++ m) = fun z => Rabs (z - exact (l ++ m)) <= error 0 (l ++ m) - 2 * growth (length
    (l ++ m)) * e32 - e32)
    by (destruct l; [congruence | reflexivity]).
  rewrite C. clear C. unfold ceiling, error in *. rewrite E, El, Es, app_length, !Nat.add_0_r in *.
  set (gl := growth (length l)) in *. set (gm := growth (length m)) in *. set (g := growth (length l +
    length m)) in *.
  assert (g1 := growth_pos (length l)). assert (g2 := growth_pos (length m)). fold gl in g1. fold gm in g2.
  set (d := (gl - 1) * loads l + gl * spill l * e32 - 2 * gl * e32 + ((gm - 1) * loads m + gm * spill m *
    e32 - 2 * gm * e32)).
  assert (D : Rabs (v + w - (exact l + exact m)) <= d).
  { replace (v + w - (exact l + exact m)) with ((v - exact l) + (w - exact m)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. unfold d. lra. }
  assert (M : Rabs (exact l + exact m) <= loads l + loads m) by (eapply Rle_trans; [apply Rabs_triang|]; lra).
  (* absolute parts, in units of [e32] *)
  assert (T1 : (1 + u32) * (gl * (spill l - 2)) <= g * (spill l - 2)).
  { rewrite <- Rmult_assoc. apply Rmult_le_compat_r; lra. }
  assert (T2 : (1 + u32) * (gm * (spill m - 2)) <= g * (spill m - 2)).
  { rewrite <- Rmult_assoc. apply Rmult_le_compat_r; lra. }
  assert (T3 : (1 + u32) * (gl * loads l) <= g * loads l) by (rewrite <- Rmult_assoc; apply
    Rmult_le_compat_r; lra).
  assert (T4 : (1 + u32) * (gm * loads m) <= g * loads m) by (rewrite <- Rmult_assoc; apply
    Rmult_le_compat_r; lra).
  assert (U1 := Rmult_le_compat_r e32 _ _ (Rlt_le _ _ Pe) T1). assert (U2 := Rmult_le_compat_r e32 _ _
    (Rlt_le _ _ Pe) T2).
  assert (G1 : 1 <= g) by (pose proof (growth_pos (length l + length m)); assumption).
  assert (Ge : e32 <= g * e32) by (rewrite <- (Rmult_1_l e32) at 1; apply Rmult_le_compat_r; lra).
  assert (V : (1 + u32) * d + u32 * (loads l + loads m) <= (g - 1) * (loads l + loads m) + g * (spill l +
    spill m) * e32 - 4 * (g * e32))
    by (unfold d; lra).
  assert (P0 : 0 <= d) by (eapply Rle_trans; [apply Rabs_pos | exact D]).
  assert (0 <= u32 * d) by (apply Rmult_le_pos; lra). assert (0 <= u32 * (loads l + loads m)) by (apply
    Rmult_le_pos; lra).
  destruct (rounds_near (v + w) r (exact l + exact m) (loads l + loads m) d R D M) as (z & -> & Z).
  - lra.
  - exists z. split; [reflexivity|]. lra.
Qed.

Lemma near_fused w x w' x' l v r : flushed w w' -> flushed x x' -> near l v -> rounds (w' * x' + v) r ->
  ceiling 0 ((w, x) :: l) < limit32 -> exists z, r = Some z /\ before ((w, x) :: l) z.
Proof.
  intros Fw Fx Hv R L. destruct (flushed_prod _ _ _ _ Fw Fx) as (D & _).
  destruct l as [|p l].
  - cbn [near] in Hv. subst v. rewrite Rplus_0_r in R. exact (near_prod w x w' x' r Fw Fx R L).
  - cbn [near] in Hv. set (l' := p :: l) in *. cbn [before].
    assert (E : exact ((w, x) :: l') = w * x + exact l') by reflexivity.
    assert (El : loads ((w, x) :: l') = Rabs w * Rabs x + loads l') by reflexivity.
    assert (Es : spill ((w, x) :: l') = Rabs w + Rabs x + 4 + spill l') by reflexivity.
    assert (Al := exact_le_loads l'). assert (Ln := loads_nonneg l'). assert (Sl := spill_ge l').
    assert (Il : 1 <= INR (length l')) by (apply (le_INR 1); cbn; lia).
    assert (G0 := growth_pos (length l')). change (length ((w, x) :: l')) with (S (length l')) in *.
    unfold ceiling, error in *. change (length ((w, x) :: l')) with (S (length l')) in *.
    rewrite E, El, Es, !Nat.add_0_r, growth_S in *. set (g := growth (length l')) in *.
    pose proof e32_pos as Pe. pose proof u32_pos as Pu. pose proof (Rabs_pos w) as Pw. pose proof (Rabs_pos
      x) as Px.
    set (a := Rabs w) in *. set (b := Rabs x) in *.
    assert (Q : 0 <= a * b) by (now apply Rmult_le_pos).
    set (h := (1 + u32) * g) in *. assert (Hh : 1 + u32 <= h).
    { unfold h. rewrite <- (Rmult_1_r (1 + u32)) at 1. apply Rmult_le_compat_l; lra. }
    set (d := (a + b) * e32 + ((g - 1) * loads l' + g * spill l' * e32 - 2 * g * e32)).
    assert (D' : Rabs (w' * x' + v - (w * x + exact l')) <= d).
    { replace (w' * x' + v - (w * x + exact l')) with ((w' * x' - w * x) + (v - exact l')) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. unfold d. lra. }
    assert (M : Rabs (w * x + exact l') <= a * b + loads l').
    { eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. fold a b. lra. }
    assert (T1 : (1 + u32) * ((a + b) * e32) <= h * ((a + b) * e32))
      by (apply Rmult_le_compat_r; [apply Rmult_le_pos|]; lra).
    assert (T2 : (1 + u32) * (a * b) <= h * (a * b)) by (apply Rmult_le_compat_r; lra).
    assert (T3 : e32 <= h * e32) by (rewrite <- (Rmult_1_l e32) at 1; apply Rmult_le_compat_r; lra).
    assert (V : (1 + u32) * d + u32 * (a * b + loads l') <=
      (h - 1) * (a * b + loads l') + h * (a + b + 4 + spill l') * e32 - 6 * (h * e32)) by (unfold d, h in *;
        lra).
    assert (P0 : 0 <= d) by (eapply Rle_trans; [apply Rabs_pos | exact D']).
    assert (0 <= u32 * d) by (apply Rmult_le_pos; lra).
    assert (0 <= u32 * (a * b + loads l')) by (apply Rmult_le_pos; lra).
    destruct (rounds_near (w' * x' + v) r _ _ d R D' M) as (z & -> & Z).
    + lra.
    + exists z. split; [reflexivity|]. lra.
Qed.

Theorem sums_near t r : sums t r -> ceiling 0 (terms t) < limit32 ->
  exists v v', r = Some v' /\ before (terms t) v /\ flushed v v'.
Proof.
  assert (Sub : forall l m k, Permutation m (l ++ k) -> ceiling 0 m < limit32 -> ceiling 0 l < limit32).
  { intros l m k P. apply Rle_lt_trans. exact (ceiling_sub 0 l m k P). }
  intros S. induction S as [ | w x w' x' r Fw Fx R | s t v w r Ns Nt _ IHs _ IHt R | s t r N _ IH | s t r N
    _ IH
    | w x w' x' t v r Fw Fx _ IH R | t v v' _ IH F | s t r _ IH | s t r _ IH | w x t r _ IH ]; cbn [terms];
      intros L.
  - exists 0, 0. repeat split. now left.
  - destruct (near_prod w x w' x' r Fw Fx R L) as (v & -> & B). exists v, v. repeat split; trivial. now left.
  - destruct IHs as (v0 & v1 & Ev & Bs & Fs); [apply (Sub _ _ (terms t) (Permutation_refl _) L)|].
    destruct IHt as (w0 & w1 & Ew & Bt & Ft); [apply (Sub _ _ (terms s) (Permutation_app_comm _ _) L)|].
    injection Ev as <-. injection Ew as <-.
    destruct (near_plus _ _ v w r Ns Nt (before_flushed _ _ _ Bs Fs) (before_flushed _ _ _ Bt Ft) R L) as (z
      & -> & B).
    exists z, z. repeat split; trivial. now left.
  - rewrite N, app_nil_r in *. now apply IH.
  - rewrite N in *. now apply IH.
  - destruct IH as (v0 & v1 & Ev & B & F).
    { apply (Sub _ ((w, x) :: terms t) [(w, x)]); [|exact L]. apply Permutation_cons_append. }
    injection Ev as <-.
    destruct (near_fused w x w' x' _ v r Fw Fx (before_flushed _ _ _ B F) R L) as (z & -> & B').
    exists z, z. repeat split; trivial. now left.
  - destruct (IH L) as (v0 & v1 & Ev & B & F'). injection Ev as <-. exists v0, v'. repeat split; trivial.
    now apply (flushed_trans v0 v).
  - destruct IH as (? & ? & E & _); [apply (Sub _ _ (terms t) (Permutation_refl _) L) | discriminate].
  - destruct IH as (? & ? & E & _); [apply (Sub _ _ (terms s) (Permutation_app_comm _ _) L) | discriminate].
  - destruct IH as (? & ? & E & _); [|discriminate].
    apply (Sub _ ((w, x) :: terms t) [(w, x)]); [|exact L]. apply Permutation_cons_append.
Qed.

(** Every order of summation is near the exact sum; no partial sum overflows, whatever the order. *)
Theorem sums_error t l r : sums t r -> Permutation (terms t) l -> loads l + error 0 l < limit32 ->
  exists v, r = Some v /\ Rabs (v - exact l) <= error 0 l.
Proof.
  intros S P L. assert (C : ceiling 0 (terms t) = ceiling 0 l).
  { unfold ceiling, error, loads, spill. now rewrite !(total_perm _ _ _ P), (Permutation_length P). }
  destruct (sums_near t r S) as (v0 & v & -> & B & F); [now rewrite C|].
  exists v. split; [reflexivity|]. assert (N := near_le _ _ (before_flushed _ _ _ B F)).
  revert N. unfold error, loads, spill, exact. now rewrite !(total_perm _ _ _ P), (Permutation_length P).
Qed.

(** The same, and the sum rounded once more, to binary32 from a wider format. *)
Theorem rounded_sum_error t l r y : sums t r -> match r with Some v => rounds v y | None => True end ->
  Permutation (terms t) l -> loads l + error 0 l < limit32 ->
  exists v, y = Some v /\ Rabs (v - exact l) <= error 1 l + e32.
Proof.
  intros S R P L. destruct (sums_error t l r S P L) as (v & -> & N).
  destruct (rounds_near v y (exact l) (loads l) (error 0 l) R N (exact_le_loads l) L) as (z & -> & Z).
  exists z. split; [reflexivity|]. refine (Rle_trans _ _ _ Z _).
  unfold error. rewrite Nat.add_0_r. replace (length l + 1)%nat with (Datatypes.S (length l)) by lia.
    rewrite growth_S.
  set (g := growth (length l)). lra.
Qed.
