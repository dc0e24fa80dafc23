(** Binary64 numbers are compared and rounded in primitive arithmetic as they are in rational numbers.
    Symbols: see [Interface.Round]. *)
From Coq Require Import Bool ZArith QArith Qreals Reals Lra Lia Floats Uint63.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Float.Kernel Float.KernelProof.
From Provenn Require Import Interface.Spec Interface.SpecProof Interface.Network Interface.Numbers Interface.Round.
Local Open Scope R_scope.
#[local] Existing Instances Hprec Hmax.

(** ** Comparison *)
Lemma Q_of_fin x : match Q_of x with Some q => fin x /\ Q2R q = fR x | None => ~ fin x end.
Proof.
  destruct (Q_of x) as [q|] eqn:E; [split; [|now apply Q_of_fR]|]; revert E; unfold Q_of, fin;
    rewrite <- B2SF_Prim2B; destruct (Prim2B x); cbn; congruence.
Qed.
Definition equals_float (x a : PrimFloat.float) : bool := ((x =? a)%float && finb a)%bool.
Lemma equals_float_is x a : equals_float x a = equals_Q x a.
Proof.
  unfold equals_float, equals_Q, is_Q. cbn [rational float_number]. apply eq_iff_eq_true.
  assert (A := Q_of_fin a). assert (X := Q_of_fin x).
  destruct (Q_of a) as [q|].
  - destruct A as [Fa Ea]. rewrite (proj2 (finb_fin a) Fa), andb_true_r. destruct (Q_of x) as [p|].
    + destruct X as [Fx Ex]. rewrite eqb_equiv, (Beqb_correct _ _ _ _ Fx Fa). fold (fR x) (fR a).
      rewrite <- Ex, <- Ea, Qeq_bool_iff. split.
      * intros E. apply eqR_Qeq. now destruct (Req_bool_spec (Q2R p) (Q2R q)).
      * intros E. apply Req_bool_true. now apply Qeq_eqR.
    + split; [|discriminate]. intros E. exfalso. apply X. revert E Fa. rewrite eqb_equiv. unfold fin.
      destruct (Prim2B x) as [s|[|]| |], (Prim2B a) as [t|[|]| |]; cbn; congruence.
  - split; [|discriminate]. intros [_ F]%andb_prop. now apply finb_fin in F.
Qed.
#[global] Instance compared_float : compared PrimFloat.float :=
  {| equals := equals_float; equals_is := equals_float_is |}.

(** ** Rounding *)
Lemma fin_nonzero_widen (y : PrimFloat.float) (b : b32) : fin y -> BinarySingleNaN.is_finite b = true ->
  fR y = B2R b -> B2R b <> 0 -> y = widen b.
Proof. intros F Fb E N. apply same_number; trivial. left. now rewrite E. Qed.
(** The mantissa of a binary32 number, times a power of two. *)
Lemma ldexp_exact x z e : fin x -> fR x = IZR z -> (Z.abs z < 2 ^ 24)%Z -> (-1074 <= e <= 104)%Z ->
  fin (FloatOps.Z.ldexp x e) /\ fR (FloatOps.Z.ldexp x e) = IZR z * bpow radix2 e.
Proof.
  intros F X M E. unfold fin, fR in *. rewrite ldexp_equiv.
  assert (C := Bldexp_correct prec emax Hprec Hmax mode_NE (Prim2B x) e).
  rewrite X in C. fold (rne (IZR z * bpow radix2 e)) in C. rewrite rne_exact in C by lia.
  rewrite Rlt_bool_true in C; [destruct C as (C & D & _); now rewrite D|].
  rewrite Rabs_mult, (Rabs_pos_eq (bpow _ _)), <- abs_IZR by apply bpow_ge_0.
  apply Rlt_le_trans with (bpow radix2 24 * bpow radix2 e);
    [|rewrite <- bpow_plus; apply bpow_le; unfold emax; lia].
  apply Rmult_lt_compat_r; [apply bpow_gt_0|]. change (bpow radix2 24) with (IZR (2 ^ 24)). now apply IZR_lt.
Qed.
Lemma scaled_exact m e : (Z.pos m < 2 ^ 24)%Z -> (-1074 <= e <= 104)%Z ->
  let y := FloatOps.Z.ldexp (PrimFloat.of_uint63 (Uint63.of_Z (Z.pos m))) e in
  fin y /\ fR y = IZR (Z.pos m) * bpow radix2 e.
Proof.
  intros M E y. assert (I : Uint63.to_Z (Uint63.of_Z (Z.pos m)) = Z.pos m).
  { rewrite of_Z_spec. apply Z.mod_small. change wB with 9223372036854775808%Z. lia. }
  destruct (of_uint63_exact (Uint63.of_Z (Z.pos m)) ltac:(lia)) as [F X]. rewrite I in X.
  exact (ldexp_exact _ _ _ F X M E).
Qed.
Lemma SF_of_b32 s m e B : SF2Prim (S754_finite s m e) = widen (B754_finite s m e B).
Proof.
  assert (H := B). apply andb_prop in H as [D U]. apply Z.leb_le in U. apply Zeq_bool_eq in D.
  unfold SpecFloat.fexp, SpecFloat.emin in D. rewrite Digits.Zpos_digits2_pos in D.
  assert (M : (Z.pos m < 2 ^ 24)%Z).
  { apply (Digits.Zpower_gt_Zdigits radix2 24 (Z.pos m)). lia. }
  pose proof (Digits.Zdigits_ge_0 radix2 (Z.pos m)).
  destruct (scaled_exact m e M ltac:(lia)) as [F E]. cbn [SF2Prim].
  apply fin_nonzero_widen; [now destruct s; [apply fin_opp|] | reflexivity | |].
  - destruct s; [rewrite fR_opp|]; rewrite E; [|reflexivity]. unfold B2R, F2R. cbn [cond_Zopp Fnum Fexp].
    change (Z.neg m) with (- Z.pos m)%Z. rewrite opp_IZR. ring.
  - destruct s; cbn; [apply Rlt_not_eq; now apply F2R_lt_0 | apply Rgt_not_eq; now apply F2R_gt_0].
Qed.

Lemma divided_equiv s m e l :
  SpecFloat.binary_round_aux 24 128 s m e l = BinarySingleNaN.binary_round_aux 24 128 mode_NE s m e l.
Proof.
  unfold SpecFloat.binary_round_aux, BinarySingleNaN.binary_round_aux.
  destruct (SpecFloat.shr_fexp 24 128 m e l) as [r k]. now rewrite (round_nearest_even_equiv s).
Qed.
(** The quotient of numerator and denominator is the binary64 number rounded. *)
Lemma divided x s n d : fin x -> fR x = Q2R (cond_Zopp s (Z.pos n) # d) ->
  SpecFloat.SFdiv 24 128 (S754_finite s n 0) (S754_finite false d 0) = B2SF (narrow x).
Proof.
  intros F E. cbn [SpecFloat.SFdiv].
  destruct (Bdiv_correct_aux 24 128 _ _ mode_NE s n 0 false d 0) as [V C]. cbv zeta in V, C.
  destruct (SFdiv_core_binary 24 128 (Z.pos n) 0 (Z.pos d) 0) as [[mz ez] lz].
  rewrite divided_equiv. set (z := BinarySingleNaN.binary_round_aux _ _ _ _ _ _ _) in *.
  assert (R : F2R (Float radix2 (cond_Zopp s (Z.pos n)) 0) / F2R (Float radix2 (cond_Zopp false (Z.pos d)) 0)
    = fR x).
  { rewrite E. unfold F2R, Q2R. cbn. now rewrite 2!Rmult_1_r. }
  rewrite R, xorb_false_r in C. rewrite <- (B2SF_SF2B 24 128 z V). f_equal.
  assert (N : BinarySingleNaN.Bsign (Prim2B x) = s).
  { rewrite sign_nonzero; fold (fR x); rewrite E.
    - destruct s; [apply Rlt_bool_true | apply Rlt_bool_false]; cbn.
      + rewrite <- RMicromega.Q2R_0. now apply Qlt_Rlt.
      + rewrite <- RMicromega.Q2R_0. now apply Qle_Rle.
    - intros Z. rewrite <- RMicromega.Q2R_0 in Z. apply eqR_Qeq in Z. now destruct s. }
  apply (rounds_unique _ _ (fR x) s).
  - unfold rounds. destruct (Rlt_bool (Rabs _) _).
    + now rewrite B2R_SF2B, is_finite_SF2B, Bsign_SF2B.
    + apply overflow_infinity. now rewrite B2SF_SF2B.
  - rewrite <- N. now apply convert_rounds.
Qed.

Lemma nearest32_is x : nearest32 x = as32_Q x.
Proof.
  unfold as32_Q. cbn [rational float_number]. assert (H := Q_of_fin x). destruct (Q_of x) as [[z d]|].
  2:{ destruct (special_cases x H) as [->|[->| ->]]; reflexivity. }
  destruct H as [F E]. symmetry in E. unfold round32. cbn [Qnum Qden].
  assert (K : forall s n, z = cond_Zopp s (Z.pos n) -> nearest32 x =
    match SpecFloat.SFdiv 24 128 (S754_finite s n 0) (S754_finite false d 0) with
    | S754_zero _ => Some 0%float
    | S754_finite s m e => Some (SF2Prim (S754_finite s m e))
    | _ => None
    end).
  { intros s n ->. rewrite (divided x s n d F E). unfold nearest32. cbv zeta. rewrite r32_correct.
    destruct (narrow x) as [[|]|[|]| |t m e B]; try reflexivity. cbn [B2SF].
    rewrite (SF_of_b32 t m e B). set (b := B754_finite t m e B : b32).
    destruct (widen_exact b eq_refl) as (Ew & Fw & _). fold (fR (widen b)) in Ew. fold (fin (widen b)) in Fw.
    assert (N : B2R b <> 0).
    { destruct t; cbn; [apply Rlt_not_eq; now apply F2R_lt_0 | apply Rgt_not_eq; now apply F2R_gt_0]. }
    destruct (widen b =? 0)%float eqn:Z.
    - apply eqb_fR in Z. rewrite fR_0, Ew in Z. contradiction.
    - now rewrite (proj2 (finb_fin _) Fw). }
  destruct z as [|n|n]; [|exact (K false n eq_refl) | exact (K true n eq_refl)].
  assert (Z : fR x = 0) by (rewrite E; unfold Q2R; cbn; lra).
  revert F Z. unfold fin, fR. intros F Z. destruct (Prim2B x) as [s| | |s m e B] eqn:P; try discriminate.
  - assert (x = if s then (-0)%float else 0%float) as ->; [|now destruct s].
    apply Prim2B_inj. rewrite P. now destruct s.
  - exfalso. revert Z. destruct s; cbn; [apply Rlt_not_eq; now apply F2R_lt_0 | apply Rgt_not_eq; now apply F2R_gt_0].
Qed.
#[global] Instance rounded32_float : rounded32 PrimFloat.float :=
  {| as32 := nearest32; as32_is := nearest32_is |}.
