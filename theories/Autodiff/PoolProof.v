(** Pooling computes maxima and averages over windows.

    [join f g k]        the first [k] of the numbers [g 0, g 1, ...], joined by [f]
    [place b g]         the element of an image at plane [b, g] and given row and column *)
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
