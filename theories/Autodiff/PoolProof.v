(** Pooling computes maxima and averages over windows.

    [join f g k]        the first [k] of the numbers [g 0, g 1, ...], joined by [f]
    [place b g]         the element of an image at plane [b, g] and given row and column
    [padded_avg_pool_computes], [padded_max_pool_computes]  pools of an image with [pv] rows and [ph] columns
                        around it: zeros count in averages, maxima are those of the pixels in the image *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Reverse Autodiff.EmitProof Autodiff.Layers Autodiff.LayersProof.
Import ListNotations.
Local Open Scope R_scope.

Definition join (f : binary) (g : nat -> R) (k : nat) : R :=
  fold_left (fun m d => sem2 f m (g d)) (seq 1 (k - 1)) (g O).

Lemma join_ext f g h k : (0 < k)%nat -> (forall d, (d < k)%nat -> g d = h d) -> join f g k = join f h k.
Proof.
  intros K H. unfold join. rewrite (H O) by assumption. generalize (h O).
  assert (A : forall d, In d (seq 1 (k - 1)) -> g d = h d) by (intros d D; apply in_seq in D; apply H; lia).
  revert A. induction (seq 1 (k - 1)) as [|d l IH]; intros A r; cbn; [easy|].
  rewrite (A d) by now left. apply IH. intros e E. apply A. now right.
Qed.
Lemma join_all f g h k : (forall d, g d = h d) -> join f g k = join f h k.
Proof.
  intros H. unfold join. rewrite (H O). generalize (h O).
  induction (seq 1 (k - 1)) as [|d l IH]; intros r; cbn; [easy|]. rewrite H. apply IH.
Qed.
Lemma join_step f g k : (0 < k)%nat -> join f g (S k) = sem2 f (join f g k) (g k).
Proof.
  intros K. unfold join. replace (S k - 1)%nat with (S (k - 1)) by lia. rewrite seq_S, fold_left_app. cbn.
  now replace (S (k - 1)) with k by lia.
Qed.
Lemma join_add g k : (0 < k)%nat -> join Add g k = sum k g.
Proof.
  induction k as [|[|k] IH]; intros K; [lia | unfold join; cbn; ring |].
  rewrite join_step by lia. rewrite IH by lia. reflexivity.
Qed.
Theorem join_maximum g k : (0 < k)%nat ->
  (forall d, (d < k)%nat -> g d <= join Maximum g k) /\ exists d, (d < k)%nat /\ join Maximum g k = g d.
Proof.
  induction k as [|[|k] IH]; intros K; [lia | |].
  - split; [intros [|d] D; [unfold join; cbn; lra | lia] | now exists O].
  - destruct IH as [U (d & D & E)]; [lia|]. rewrite join_step by lia. cbn [sem2]. split.
    + intros e He. destruct (Nat.eq_dec e (S k)) as [->|N]; [apply Rmax_r|].
      apply Rle_trans with (2 := Rmax_l _ _). apply U. lia.
    + unfold Rmax. destruct (Rle_dec _ _); [exists (S k) | exists d]; split; trivial; lia.
Qed.

Lemma denote_joined y f s tap k e :
  denote_expr y (joined f s tap k) e = join f (fun d => denote_expr y (tap d) e) k.
Proof.
  unfold joined, join. generalize (tap O). induction (seq 1 (k - 1)) as [|d l IH]; intros m; cbn; [easy|].
  rewrite IH. reflexivity.
Qed.

Section Pool.
Variables (y : nat -> vec) (n c h w oh ow : N) (sv sh : Z) (kv kh : nat) (x : expr) (b g : nat).
Hypotheses (B : (b < N.to_nat n)%nat) (G : (g < N.to_nat c)%nat).
Definition place (z : vec) (i j : Z) : R := elem [n; c; h; w] z [Z.of_nat b; Z.of_nat g; i; j].

Lemma column_computes d i j : (i < N.to_nat h)%nat -> (j < N.to_nat ow)%nat ->
  denote_expr y (column n c h w ow sh x d) (flat 0 [n; c; h; ow] [b; g; i; j]) =
  place (denote_expr y x) (Z.of_nat i) (Z.of_nat j * sh + Z.of_nat d).
Proof.
  intros Hi Hj. cbn [denote_expr column]. rewrite (move_lead [n; c; h; ow] []) by (cbn; auto). cbn [nest].
  unfold place. cbn [sizes map size axis]. f_equal. same_elem.
Qed.
Lemma row_computes z d i j : (i < N.to_nat oh)%nat -> (j < N.to_nat ow)%nat ->
  denote_expr y (row n c h oh ow sv z d) (flat 0 [n; c; oh; ow] [b; g; i; j]) =
  elem [n; c; h; ow] (denote_expr y z)
    [Z.of_nat b; Z.of_nat g; (Z.of_nat i * sv + Z.of_nat d)%Z; Z.of_nat j].
Proof.
  intros Hi Hj. cbn [denote_expr row]. rewrite (move_lead [n; c; oh; ow] []) by (cbn; auto). cbn [nest].
  cbn [sizes map size axis]. f_equal. same_elem.
Qed.

Theorem pool_computes f i j : (0 < kv)%nat -> (i < N.to_nat oh)%nat -> (j < N.to_nat ow)%nat ->
  (forall u, (u < kv)%nat -> 0 <= Z.of_nat i * sv + Z.of_nat u < Z.of_N h)%Z ->
  denote_expr y (pool f n c h w oh ow sv sh kv kh x) (flat 0 [n; c; oh; ow] [b; g; i; j]) =
  join f (fun u => join f (fun v => place (denote_expr y x)
    (Z.of_nat i * sv + Z.of_nat u) (Z.of_nat j * sh + Z.of_nat v)) kh) kv.
Proof.
  intros V Hi Hj W. unfold pool. rewrite denote_joined. apply join_ext; [assumption|]. intros u U.
  rewrite row_computes by assumption. specialize (W u U).
  set (r := Z.to_nat (Z.of_nat i * sv + Z.of_nat u)).
  assert (E : (Z.of_nat i * sv + Z.of_nat u)%Z = Z.of_nat r) by (unfold r; now rewrite Z2Nat.id).
  rewrite E in *. change [Z.of_nat b; Z.of_nat g; Z.of_nat r; Z.of_nat j] with (ints [b; g; r; j]).
  assert (R : (r < N.to_nat h)%nat) by lia. rewrite elem_inside by (cbn; auto).
  rewrite denote_joined. apply join_all. intros v. now apply column_computes.
Qed.
End Pool.

Theorem max_pool_computes y n c h w oh ow sv sh kv kh x b g i j :
  (b < N.to_nat n)%nat -> (g < N.to_nat c)%nat -> (0 < kv)%nat -> (0 < kh)%nat ->
  (i < N.to_nat oh)%nat -> (j < N.to_nat ow)%nat ->
  (forall u, (u < kv)%nat -> 0 <= Z.of_nat i * sv + Z.of_nat u < Z.of_N h)%Z ->
  let m := denote_expr y (max_pool n c h w oh ow sv sh kv kh x) (flat 0 [n; c; oh; ow] [b; g; i; j]) in
  let at_ u v := elem [n; c; h; w] (denote_expr y x) [Z.of_nat b; Z.of_nat g;
    Z.of_nat i * sv + Z.of_nat u; Z.of_nat j * sh + Z.of_nat v]%Z in
  (forall u v, (u < kv)%nat -> (v < kh)%nat -> at_ u v <= m) /\
  exists u v, (u < kv)%nat /\ (v < kh)%nat /\ m = at_ u v.
Proof.
  intros B G V H I J W m at_. unfold m, max_pool. rewrite pool_computes by assumption.
  change (join Maximum _ kv) with (join Maximum (fun u => join Maximum (at_ u) kh) kv).
  destruct (join_maximum (fun u => join Maximum (at_ u) kh) kv V) as [U (u & Hu & E)]. split.
  - intros u' v Hu' Hv. apply Rle_trans with (2 := U u' Hu'). now apply join_maximum.
  - destruct (join_maximum (at_ u) kh H) as [_ (v & Hv & F)]. exists u, v. repeat split; trivial.
    now rewrite <- F.
Qed.
Theorem avg_pool_computes y n c h w oh ow sv sh kv kh inv x b g i j :
  (b < N.to_nat n)%nat -> (g < N.to_nat c)%nat -> (0 < kv)%nat -> (0 < kh)%nat ->
  (i < N.to_nat oh)%nat -> (j < N.to_nat ow)%nat ->
  (forall u, (u < kv)%nat -> 0 <= Z.of_nat i * sv + Z.of_nat u < Z.of_N h)%Z ->
  denote_expr y (avg_pool n c h w oh ow sv sh kv kh inv x) (flat 0 [n; c; oh; ow] [b; g; i; j]) =
  sum kv (fun u => sum kh (fun v => elem [n; c; h; w] (denote_expr y x) [Z.of_nat b; Z.of_nat g;
    Z.of_nat i * sv + Z.of_nat u; Z.of_nat j * sh + Z.of_nat v]%Z)) * fR inv.
Proof.
  intros B G V H I J W. unfold avg_pool.
  change (denote_expr y (pool Add n c h w oh ow sv sh kv kh x) (flat 0 [n; c; oh; ow] [b; g; i; j])
    * denote_expr y (broadcast [n; c; oh; ow] (Number inv)) (flat 0 [n; c; oh; ow] [b; g; i; j]) =
    sum kv (fun u => sum kh (fun v => place n c h w b g (denote_expr y x)
      (Z.of_nat i * sv + Z.of_nat u) (Z.of_nat j * sh + Z.of_nat v))) * fR inv).
  rewrite pool_computes by assumption. rewrite number_computes by (apply flat_lt; cbn; auto). f_equal.
  rewrite join_add by assumption. apply sum_ext. intros u _. now apply join_add.
Qed.

(** ** Padding *)
Lemma flat_inj s p q : inside s p -> inside s q -> flat 0 s p = flat 0 s q -> p = q.
Proof. intros P Q E. rewrite <- (unflat_flat s p P), <- (unflat_flat s q Q). now rewrite E. Qed.

Section Padding.
Variables (y : nat -> vec) (n c h w hh ww : N) (pv ph : Z) (b g u v : nat).
Hypotheses (B : (b < N.to_nat n)%nat) (G : (g < N.to_nat c)%nat).
Hypotheses (U : (u < N.to_nat hh)%nat) (V : (v < N.to_nat ww)%nat).
Notation outer := [n; c; hh; ww].
Notation cell := (flat 0 outer [b; g; u; v]).
Definition target : view :=
  [axis 4 0 n; axis 4 1 c; Dim hh pv (unit_vector 4 2); Dim ww ph (unit_vector 4 3)].

Lemma touch_target i k r t : touch target [i; k; r; t] =
  flat_index 0 outer [Z.of_nat i; Z.of_nat k; (Z.of_nat r + pv)%Z; (Z.of_nat t + ph)%Z].
Proof. unfold touch. rewrite touch_flat_index. cbn [target sizes map size axis]. f_equal. same_elem. Qed.
Lemma touch_target_hit i k r t : i = b -> k = g -> (Z.of_nat r + pv = Z.of_nat u)%Z ->
  (Z.of_nat t + ph = Z.of_nat v)%Z -> touch target [i; k; r; t] = Some cell.
Proof.
  intros -> -> R T. rewrite touch_target, R, T.
  change [Z.of_nat b; Z.of_nat g; Z.of_nat u; Z.of_nat v] with (ints [b; g; u; v]).
  apply flat_index_inside. cbn. auto.
Qed.
Lemma flat_index_some s : forall acc idx e, flat_index acc s idx = Some e -> length idx = length s ->
  exists p, idx = ints p /\ inside s p.
Proof.
  induction s as [|m s IH]; intros acc [|i idx] e H L; try discriminate; [now exists []|].
  cbn in H. destruct ((0 <=? i) && (i <? Z.of_N m))%Z%bool eqn:K; [|discriminate].
  apply andb_prop in K. destruct K as [K1 K2]. apply Z.leb_le in K1. apply Z.ltb_lt in K2.
  apply IH in H as (p & -> & P); [|now injection L]. exists (Z.to_nat i :: p). split.
  - cbn. now rewrite Z2Nat.id.
  - split; [lia | assumption].
Qed.
Lemma touch_target_some i k r t : touch target [i; k; r; t] = Some cell ->
  i = b /\ k = g /\ (Z.of_nat r + pv = Z.of_nat u)%Z /\ (Z.of_nat t + ph = Z.of_nat v)%Z.
Proof.
  rewrite touch_target. intros H. destruct (flat_index_some _ _ _ _ H eq_refl) as (p & E & P).
  rewrite E, flat_index_inside in H by assumption. assert (F : flat 0 outer p = cell) by congruence.
  apply flat_inj in F; [|assumption | cbn; auto]. subst p. cbn in E. injection E as E1 E2 E3 E4. lia.
Qed.
Lemma hit_elsewhere i k r t a : touch target [i; k; r; t] <> Some cell ->
  hit (touch target [i; k; r; t]) cell a = 0.
Proof.
  unfold hit. destruct (touch target _) as [e|]; [|easy]. intros D.
  destruct (Nat.eqb_spec e cell) as [->|]; [now elim D | easy].
Qed.

Theorem placed_computes x :
  denote_expr y (placed n c h w hh ww pv ph x) cell =
  elem [n; c; h; w] (denote_expr y x)
    [Z.of_nat b; Z.of_nat g; Z.of_nat u - pv; Z.of_nat v - ph]%Z.
Proof.
  cbn [denote_expr placed]. fold target. unfold move, scatter.
  set (f := fun l => hit (touch target l) cell (at_ (denote_expr y x) (touch (lead [n; c; h; w] 0) l))).
  assert (Z0 : forall i k r t, ~ (i = b /\ k = g /\ (Z.of_nat r + pv = Z.of_nat u)%Z
    /\ (Z.of_nat t + ph = Z.of_nat v)%Z) -> f [i; k; r; t] = 0).
  { intros i k r t D. apply hit_elsewhere. intros H. now apply D, touch_target_some. }
  destruct (Z_lt_dec (Z.of_nat u - pv) 0) as [N1|N1];
    [|destruct (Z_lt_dec (Z.of_nat v - ph) 0) as [N2|N2];
      [|destruct (Z_le_dec (Z.of_N h) (Z.of_nat u - pv)) as [N3|N3];
        [|destruct (Z_le_dec (Z.of_N w) (Z.of_nat v - ph)) as [N4|N4]]]].
  1-4: rewrite nest_0 by (intros [|i [|k [|r [|t [|]]]]] I; cbn in I; try tauto; apply Z0; lia);
    unfold elem; cbn -[Z.of_nat Z.of_N Z.sub Z.leb Z.ltb Z.to_nat Nat.mul];
    repeat match goal with
    | |- context [if ?e then _ else _] => destruct e eqn:?; [|easy]
    end; exfalso;
    repeat match goal with
    | H : (_ && _)%bool = true |- _ => apply andb_prop in H; destruct H
    | H : (_ <=? _)%Z = true |- _ => apply Z.leb_le in H
    | H : (_ <? _)%Z = true |- _ => apply Z.ltb_lt in H
    end; lia.
  set (r0 := Z.to_nat (Z.of_nat u - pv)). set (t0 := Z.to_nat (Z.of_nat v - ph)).
  assert (R0 : Z.of_nat r0 = (Z.of_nat u - pv)%Z) by (unfold r0; now rewrite Z2Nat.id by lia).
  assert (T0 : Z.of_nat t0 = (Z.of_nat v - ph)%Z) by (unfold t0; now rewrite Z2Nat.id by lia).
  rewrite <- R0, <- T0. cbn [nest].
  rewrite (sum_one (N.to_nat n) b) by
    (trivial; intros; apply sum_0; intros; apply sum_0; intros; apply sum_0; intros; apply Z0; lia).
  rewrite (sum_one (N.to_nat c) g) by
    (trivial; intros; apply sum_0; intros; apply sum_0; intros; apply Z0; lia).
  rewrite (sum_one (N.to_nat h) r0) by (try lia; intros; apply sum_0; intros; apply Z0; lia).
  rewrite (sum_one (N.to_nat w) t0) by (try lia; intros; apply Z0; lia).
  unfold f. rewrite touch_target_hit by (trivial; lia). cbn [hit]. rewrite Nat.eqb_refl.
  change [Z.of_nat b; Z.of_nat g; Z.of_nat r0; Z.of_nat t0] with (ints [b; g; r0; t0]).
  assert (I : inside [n; c; h; w] [b; g; r0; t0]) by (cbn; repeat split; trivial; lia).
  rewrite elem_inside by exact I. pose proof (touch_lead 0 [n; c; h; w] [b; g; r0; t0] [] I) as T.
  rewrite app_nil_r in T. now rewrite T.
Qed.

Definition within (i j : Z) : Prop := (0 <= i < Z.of_N h)%Z /\ (0 <= j < Z.of_N w)%Z.
Theorem filled_computes low one x : fR one = 1 ->
  let a := elem [n; c; h; w] (denote_expr y x) [Z.of_nat b; Z.of_nat g; Z.of_nat u - pv; Z.of_nat v - ph]%Z in
  let m := denote_expr y (filled n c h w hh ww pv ph low one x) cell in
  (within (Z.of_nat u - pv) (Z.of_nat v - ph) -> m = a) /\
  (~ within (Z.of_nat u - pv) (Z.of_nat v - ph) -> m = fR low).
Proof.
  intros O a m.
  assert (L : (cell < count outer)%nat) by (apply flat_lt; cbn; auto).
  assert (M : m = a + fR low * (1 - elem [n; c; h; w] (denote_expr y (broadcast [n; c; h; w] (Number one)))
    [Z.of_nat b; Z.of_nat g; Z.of_nat u - pv; Z.of_nat v - ph]%Z)).
  { unfold a. rewrite <- !placed_computes. rewrite <- (number_computes y outer low cell L).
    replace 1 with (denote_expr y (broadcast outer (Number one)) cell); [reflexivity|].
    now rewrite (number_computes y outer one cell L). }
  rewrite M. unfold a. split; intros [I J] || intros I.
  - set (r := Z.to_nat (Z.of_nat u - pv)). set (t := Z.to_nat (Z.of_nat v - ph)).
    replace (Z.of_nat u - pv)%Z with (Z.of_nat r) by (unfold r; rewrite Z2Nat.id; lia).
    replace (Z.of_nat v - ph)%Z with (Z.of_nat t) by (unfold t; rewrite Z2Nat.id; lia).
    change [Z.of_nat b; Z.of_nat g; Z.of_nat r; Z.of_nat t] with (ints [b; g; r; t]).
    assert (P : inside [n; c; h; w] [b; g; r; t]) by (cbn; unfold r, t; repeat split; trivial; lia).
    rewrite !elem_inside by exact P. rewrite number_computes by (now apply flat_lt). rewrite O. lra.
  - assert (N0 : flat_index 0 [n; c; h; w]
      [Z.of_nat b; Z.of_nat g; Z.of_nat u - pv; Z.of_nat v - ph]%Z = None).
    { destruct (flat_index _ _ _) as [e|] eqn:E; [|easy]. exfalso. apply I.
      apply flat_index_some in E as ([|i [|k [|r [|t [|]]]]] & E & P); try discriminate; [|easy].
      injection E as _ _ E1 E2. destruct P as (_ & _ & P3 & P4 & _). unfold within. lia. }
    unfold elem. rewrite N0. cbn [at_]. lra.
Qed.
End Padding.

Lemma elem_in_padded s x b g i j u v : inside s [b; g; u; v] -> i = Z.of_nat u -> j = Z.of_nat v ->
  elem s x [Z.of_nat b; Z.of_nat g; i; j] = x (flat 0 s [b; g; u; v]).
Proof. intros I -> ->. exact (elem_inside s x [b; g; u; v] I). Qed.

Section PaddedPool.
Variables (y : nat -> vec) (n c h w hh ww oh ow : N) (sv sh pv ph : Z) (kv kh : nat) (x : expr).
Variables (b g i j : nat).
Hypotheses (B : (b < N.to_nat n)%nat) (G : (g < N.to_nat c)%nat).
Hypotheses (K : (0 < kv)%nat) (H : (0 < kh)%nat) (I : (i < N.to_nat oh)%nat) (J : (j < N.to_nat ow)%nat).
Hypothesis Rows : forall u, (u < kv)%nat -> (0 <= Z.of_nat i * sv + Z.of_nat u < Z.of_N hh)%Z.
Hypothesis Columns : forall v, (v < kh)%nat -> (0 <= Z.of_nat j * sh + Z.of_nat v < Z.of_N ww)%Z.
Definition pixel (u v : nat) : R := elem [n; c; h; w] (denote_expr y x) [Z.of_nat b; Z.of_nat g;
  Z.of_nat i * sv + Z.of_nat u - pv; Z.of_nat j * sh + Z.of_nat v - ph]%Z.
Definition in_image (u v : nat) : Prop :=
  within h w (Z.of_nat i * sv + Z.of_nat u - pv) (Z.of_nat j * sh + Z.of_nat v - ph).

Lemma in_window u v : (u < kv)%nat -> (v < kh)%nat -> exists r t,
  Z.of_nat r = (Z.of_nat i * sv + Z.of_nat u)%Z /\ Z.of_nat t = (Z.of_nat j * sh + Z.of_nat v)%Z /\
  inside [n; c; hh; ww] [b; g; r; t].
Proof.
  intros Hu Hv. specialize (Rows u Hu). specialize (Columns v Hv).
  exists (Z.to_nat (Z.of_nat i * sv + Z.of_nat u)), (Z.to_nat (Z.of_nat j * sh + Z.of_nat v)).
  rewrite !Z2Nat.id by lia. cbn. repeat split; trivial; lia.
Qed.

Theorem padded_avg_pool_computes inv :
  denote_expr y (avg_pool n c hh ww oh ow sv sh kv kh inv (placed n c h w hh ww pv ph x))
    (flat 0 [n; c; oh; ow] [b; g; i; j]) = sum kv (fun u => sum kh (pixel u)) * fR inv.
Proof.
  rewrite avg_pool_computes by assumption. f_equal. apply sum_ext. intros u Hu. apply sum_ext. intros v Hv.
  destruct (in_window u v Hu Hv) as (r & t & E & F & P). pose proof P as (_ & _ & P3 & P4 & _).
  rewrite <- E, <- F, (elem_in_padded _ _ b g _ _ r t P eq_refl eq_refl).
  rewrite placed_computes by assumption. unfold pixel. now rewrite E, F.
Qed.

Theorem padded_max_pool_computes low one : fR one = 1 ->
  (exists u v, (u < kv)%nat /\ (v < kh)%nat /\ in_image u v) ->
  (forall u v, (u < kv)%nat -> (v < kh)%nat -> in_image u v -> fR low <= pixel u v) ->
  let m := denote_expr y (max_pool n c hh ww oh ow sv sh kv kh (filled n c h w hh ww pv ph low one x))
             (flat 0 [n; c; oh; ow] [b; g; i; j]) in
  (forall u v, (u < kv)%nat -> (v < kh)%nat -> in_image u v -> pixel u v <= m) /\
  exists u v, (u < kv)%nat /\ (v < kh)%nat /\ in_image u v /\ m = pixel u v.
Proof.
  intros O (u0 & v0 & U0 & V0 & W0) Low m.
  destruct (max_pool_computes y n c hh ww oh ow sv sh kv kh (filled n c h w hh ww pv ph low one x) b g i j
    B G K H I J Rows) as [Above (u1 & v1 & U1 & V1 & M)]. fold m in Above, M.
  assert (At : forall u v, (u < kv)%nat -> (v < kh)%nat ->
    let a := elem [n; c; hh; ww] (denote_expr y (filled n c h w hh ww pv ph low one x))
      [Z.of_nat b; Z.of_nat g; Z.of_nat i * sv + Z.of_nat u; Z.of_nat j * sh + Z.of_nat v]%Z in
    (in_image u v -> a = pixel u v) /\ (~ in_image u v -> a = fR low)).
  { intros u v Hu Hv a. destruct (in_window u v Hu Hv) as (r & t & E & F & P).
    pose proof P as (_ & _ & P3 & P4 & _). unfold a, pixel, in_image.
    rewrite <- E, <- F, (elem_in_padded _ _ b g _ _ r t P eq_refl eq_refl).
    now apply filled_computes. }
  assert (Up : forall u v, (u < kv)%nat -> (v < kh)%nat -> in_image u v -> pixel u v <= m).
  { intros u v Hu Hv W. rewrite <- (proj1 (At u v Hu Hv) W). now apply Above. }
  split; [exact Up|].
  assert (D : in_image u1 v1 \/ ~ in_image u1 v1) by (unfold in_image, within; lia).
  destruct D as [D|D].
  - exists u1, v1. repeat split; trivial; try apply D. now rewrite M, (proj1 (At u1 v1 U1 V1) D).
  - exists u0, v0. repeat split; trivial; try apply W0. apply Rle_antisym; [|now apply Up].
    rewrite M, (proj2 (At u1 v1 U1 V1) D). now apply Low.
Qed.
End PaddedPool.
