(** Every rule of reverse mode is the adjoint of the derivative of its op. *)
From Coq Require Import Floats Bool Reals Lra Lia Psatz NArith ZArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.ViewProof Autodiff.Core Autodiff.CoreProof.
From Provenn Require Import Autodiff.Curve Autodiff.CurveProof Autodiff.Reverse Autodiff.EmitProof.
Import ListNotations.
Local Open Scope R_scope.

(** ** Reduction along the middle axis *)
Lemma touch_reduced outer inner a b c : (a < N.to_nat outer)%nat -> (c < N.to_nat inner)%nat ->
  touch (reduced outer inner) [a; b; c] = Some (a * N.to_nat inner + c)%nat.
Proof.
  intros A C. unfold touch, reduced, touch_from.
  replace (index (Dim outer 0 [1; 0; 0]%Z) [a; b; c]) with (Z.of_nat a) by (unfold index;
    cbn [offset coeffs dot]; lia).
  replace (index (Dim inner 0 [0; 0; 1]%Z) [a; b; c]) with (Z.of_nat c) by (unfold index;
    cbn [offset coeffs dot]; lia).
  cbn [size]. rewrite !Nat2Z.id.
  replace (0 <=? Z.of_nat a)%Z with true by (symmetry; apply Z.leb_le; lia).
  replace (0 <=? Z.of_nat c)%Z with true by (symmetry; apply Z.leb_le; lia).
  replace (Z.of_nat a <? Z.of_N outer)%Z with true by (symmetry; apply Z.ltb_lt; lia).
  replace (Z.of_nat c <? Z.of_N inner)%Z with true by (symmetry; apply Z.ltb_lt; lia). reflexivity.
Qed.
Lemma move_reduced outer n inner g e : (e < count [outer; inner])%nat ->
  move [outer; n; inner] (reduced outer inner) (identity [outer; n; inner]) g e =
  sum (N.to_nat n) (fun k => g (slice n inner e k)).
Proof.
  rewrite !volume_cons. change (count []) with 1%nat. intros He.
  unfold move, scatter, slice. set (q := N.to_nat inner) in *. set (p := N.to_nat outer) in *.
  assert (Q : q <> O) by (intros Q; rewrite Q in He; lia).
  assert (M := Nat.mod_upper_bound e q Q). assert (D := Nat.div_mod e q Q).
  assert (L : (e / q < p)%nat) by (apply Nat.div_lt_upper_bound; [assumption | lia]).
  set (d := (e / q)%nat) in *. set (r := (e mod q)%nat) in *.
  transitivity (nest [outer; n; inner] (fun l =>
    match l with
    | [a; b; c] => hit (Some (a * q + c)%nat) e (g ((a * N.to_nat n + b) * q + c)%nat)
    | _ => 0
    end)).
  { apply nest_ext_inside. intros [|a [|b [|c [|]]]] H; try (cbn in H; tauto).
    rewrite touch_identity by assumption. destruct H as (A & B & C & _). now rewrite touch_reduced. }
  cbn [nest]. rewrite (sum_one _ d); trivial.
  - apply sum_ext. intros k Hk. rewrite (sum_one _ r); trivial.
    + cbn. destruct (Nat.eqb_spec (d * q + r) e); [easy | lia].
    + intros c Hc Nc. cbn. destruct (Nat.eqb_spec (d * q + c) e); [lia | easy].
  - intros a Ha Na. apply sum_0. intros b _. apply sum_0. intros c Hc. cbn.
    destruct (Nat.eqb_spec (a * q + c) e) as [E|]; [|easy]. exfalso. apply Na.
    unfold d. rewrite <- E. fold q in Hc. rewrite Nat.div_add_l by assumption.
    rewrite Nat.div_small by assumption. lia.
Qed.
(** The element of [outer, inner] that element [f] of [outer, n, inner] reduces to. *)
Definition base (n inner : N) (f : nat) : nat :=
  (f / (N.to_nat n * N.to_nat inner) * N.to_nat inner + f mod (N.to_nat n * N.to_nat inner) mod N.to_nat
    inner)%nat.
Lemma denote_spread y outer n inner s e f : (f < count [outer; n; inner])%nat ->
  denote_expr y (spread outer n inner s e) f = denote_expr y e (base n inner f).
Proof.
  intros H. cbn [spread denote_expr]. unfold move. rewrite scatter_identity by assumption.
  pose proof (unflat_inside _ _ H) as I. cbn [unflat] in *. rewrite !volume_cons in *.
  change (count []) with 1%nat in *.
  destruct I as (A & B & C & _). rewrite touch_reduced; trivial. cbn [at_]. unfold base.
  now rewrite !Nat.mul_1_r, Nat.div_1_r.
Qed.
Lemma base_lt outer n inner f : (f < count [outer; n; inner])%nat -> (base n inner f < count [outer;
  inner])%nat.
Proof.
  intros H. pose proof (unflat_inside _ _ H) as I. cbn [unflat] in *.
  rewrite !volume_cons in *. change (count []) with 1%nat in *. destruct I as (A & _ & C & _).
  rewrite !Nat.mul_1_r, ?Nat.div_1_r in *. unfold base. nia.
Qed.

Lemma sizes_reduced outer inner : sizes (reduced outer inner) = [outer; inner].
Proof. reflexivity. Qed.

Theorem logsumexp_adjoint outer n inner x c d : (0 < N.to_nat n)%nat ->
  ip (count [outer; inner]) c (fun e =>
    sum (N.to_nat n) (fun k => exp (x (slice n inner e k)) * d (slice n inner e k)) / sumexp n inner x e) =
  ip (count [outer; n; inner]) (fun f =>
    c (base n inner f) * exp (x f - logsumexp n inner x (base n inner f))) d.
Proof.
  intros Hn. set (g := fun f => exp (x f) * d f). set (z := fun e => c e / sumexp n inner x e).
  transitivity (ip (count [outer; inner]) z (move [outer; n; inner] (reduced outer inner) (identity [outer; n;
    inner]) g)).
  { unfold ip. apply sum_ext. intros e He. rewrite move_reduced by assumption. unfold g, z, Rdiv. ring. }
  rewrite <- sizes_reduced at 1. rewrite move_adjoint, sizes_identity. apply sum_ext. intros f Hf.
  pose proof (denote_spread (fun _ => z) outer n inner [] (Ref O) f Hf) as E. cbn [denote_expr spread] in E.
  rewrite E. unfold g, z, logsumexp, Rminus. rewrite exp_plus, exp_Ropp, exp_ln by now apply sumexp_pos.
  unfold Rdiv. ring.
Qed.

(** ** Rules *)
Lemma size_of_shape ns j : (j < length ns)%nat -> size_of ns j = Some (volume (shape_of ns j)).
Proof.
  intros H. unfold size_of, shape_of. destruct (nth_error ns j) eqn:E; [easy|]. apply nth_error_None in E.
  lia.
Qed.

Ltac pointwise := apply sum_ext; intros; cbn [denote_expr sem1 sem2 slope1 slope2 fst snd] in *.
Ltac sizes_agree := cbn [sized]; repeat split; assumption.

Theorem rule1_adjoint ns y s i c x f d m : volume s = m ->
  size_of ns i = Some m -> size_of ns c = Some m -> size_of ns x = Some m ->
  (forall e, y i e = sem1 f (y x e)) ->
  match rule1 s i c f (Ref x) with
  | Some e => sized ns e m /\
      ip (N.to_nat m) (y c) (fun k => slope1 f (y x k) * d k) = ip (N.to_nat m) (denote_expr y e) d
  | None => forall k, slope1 f (y x k) * d k = 0
  end.
Proof.
  intros V I C X E. destruct f; cbn [rule1]; try (intros; cbn; ring);
    (split; [sizes_agree|]); pointwise; rewrite ?E; cbn [sem1]; unfold Rdiv; ring.
Qed.
Theorem rule2_adjoint ns y s i c a b f d m : volume s = m ->
  size_of ns i = Some m -> size_of ns c = Some m -> size_of ns a = Some m -> size_of ns b = Some m ->
  (forall e, y i e = sem2 f (y a e) (y b e)) ->
  match fst (rule2 s i c f (Ref a) (Ref b)) with
  | Some e => sized ns e m /\
      ip (N.to_nat m) (y c) (fun k => fst (slope2 f (y a k) (y b k)) * d k) = ip (N.to_nat m) (denote_expr y
        e) d
  | None => forall k, fst (slope2 f (y a k) (y b k)) * d k = 0
  end /\
  match snd (rule2 s i c f (Ref a) (Ref b)) with
  | Some e => sized ns e m /\
      ip (N.to_nat m) (y c) (fun k => snd (slope2 f (y a k) (y b k)) * d k) = ip (N.to_nat m) (denote_expr y
        e) d
  | None => forall k, snd (slope2 f (y a k) (y b k)) * d k = 0
  end.
Proof.
  intros V I C A B E. destruct f; cbn [rule2 fst snd]; split; try (intros; cbn; ring);
    (split; [sizes_agree|]); pointwise; rewrite ?E; cbn [sem2]; unfold Rdiv; ring.
Qed.

Theorem rule_adjoint env ns i c n k j d : wf ns = true -> nth_error ns i = Some n ->
  size_of ns c = Some (elements n) -> In (k, j) (slots (kind n)) ->
  match rule (shape_of ns j) i c (kind n) k with
  | Some e => sized ns e (volume (shape_of ns j)) /\
      ip (N.to_nat (elements n)) (val env ns c) (jvp (val env ns) (kind n) k d) =
      ip (extent ns j) (denote_expr (val env ns) e) d
  | None => forall e, jvp (val env ns) (kind n) k d e = 0
  end.
Proof.
  intros W E C S. destruct (wf_nth _ _ _ W E) as [K _].
  pose proof (size_of_node _ _ _ E) as I. pose proof (val_node env _ _ _ W E) as V.
  assert (J : size_of ns j = Some (volume (shape_of ns j))).
  { apply size_of_shape, (node_ok_args _ _ _ K). now apply slots_In in S. }
  rewrite (extent_size _ _ _ J). set (s := shape_of ns j) in *. unfold node_ok in K.
  destruct (kind n) as [ | | loops out src x | loops out lhs rhs a b | f x
    | f a b | outer m inner x]; cbn [slots args length seq combine In] in S; try contradiction;
    rewrite ?andb_true_iff, ?fits_size in K;
    repeat match goal with H : _ /\ _ |- _ => destruct H | H : _ \/ _ |- _ => destruct H end;
      try contradiction;
    try match goal with H : (_, _) = (_, _) |- _ => injection H as <- <- end;
    repeat match goal with H : (_ =? _)%N = true |- _ => apply N.eqb_eq in H end; cbn [rule jvp denote] in *.
  - assert (Z : volume s = volume (sizes src)) by congruence. split.
    + cbn. rewrite <- H in C. auto.
    + cbn [denote_expr]. rewrite <- H, Z. apply move_adjoint.
  - assert (Z : volume s = volume (sizes lhs)) by congruence. split.
    + cbn. rewrite <- H in C. auto.
    + cbn [denote_expr]. rewrite <- H, Z. apply contract_adjoint_left.
  - assert (Z : volume s = volume (sizes rhs)) by congruence. split.
    + cbn. rewrite <- H in C. auto.
    + cbn [denote_expr]. rewrite <- H, Z. apply contract_adjoint_right.
  - assert (Z : volume s = elements n) by congruence. rewrite Z.
    apply rule1_adjoint with (s := s); trivial. intros e. now rewrite V.
  - assert (Z : volume s = elements n) by congruence. rewrite Z.
    apply rule2_adjoint with (s := s); trivial. intros e. now rewrite V.
  - assert (Z : volume s = elements n) by congruence. rewrite Z.
    apply rule2_adjoint with (s := s); trivial. intros e. now rewrite V.
  - assert (Z : volume s = volume [outer; m; inner]) by congruence. apply N.ltb_lt in H. split.
    + cbn [sized spread]. rewrite sizes_identity, sizes_reduced, H1. repeat split; trivial; congruence.
    + rewrite <- H1, Z. fold (count [outer; inner]). fold (count [outer; m; inner]).
      rewrite logsumexp_adjoint by lia. apply sum_ext. intros f Hf. cbn [denote_expr sem1 sem2].
      change (move [outer; m; inner] (identity [outer; m; inner]) (reduced outer inner) (val env ns ?z) f)
        with (denote_expr (val env ns) (spread outer m inner s (Ref z)) f).
      rewrite !denote_spread by assumption. cbn [denote_expr]. now rewrite V.
Qed.
