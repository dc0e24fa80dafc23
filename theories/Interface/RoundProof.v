(** Binary64 numbers are compared and rounded in primitive arithmetic as they are in rational numbers.
    Symbols: see [Interface.Round]. *)
From Coq Require Import Bool ZArith QArith Qreals Reals Lra Lia Floats Uint63 List.
From Flocq Require Import Core BinarySingleNaN.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Float.Kernel Float.KernelProof.
From Provenn Require Import Interface.Spec Interface.SpecProof Interface.Network Interface.Numbers Interface.Round.
Import ListNotations.
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
(** An integer of at most 53 digits, times a power of two that binary64 has. *)
Lemma ldexp_exact x z e : fin x -> fR x = IZR z -> (Z.abs z < 2 ^ 53)%Z -> (-1074 <= e <= 971)%Z ->
  fin (FloatOps.Z.ldexp x e) /\ fR (FloatOps.Z.ldexp x e) = IZR z * bpow radix2 e.
Proof.
  intros F X M E. unfold fin, fR in *. rewrite ldexp_equiv.
  assert (C := Bldexp_correct prec emax Hprec Hmax mode_NE (Prim2B x) e).
  rewrite X in C. fold (rne (IZR z * bpow radix2 e)) in C. rewrite rne_exact in C by lia.
  rewrite Rlt_bool_true in C; [destruct C as (C & D & _); now rewrite D|].
  rewrite Rabs_mult, (Rabs_pos_eq (bpow _ _)), <- abs_IZR by apply bpow_ge_0.
  apply Rlt_le_trans with (bpow radix2 53 * bpow radix2 e);
    [|rewrite <- bpow_plus; apply bpow_le; unfold emax; lia].
  apply Rmult_lt_compat_r; [apply bpow_gt_0|]. change (bpow radix2 53) with (IZR (2 ^ 53)). now apply IZR_lt.
Qed.
Lemma SF2Prim_exact s m e : (Z.pos m < 2 ^ 53)%Z -> (-1074 <= e <= 971)%Z ->
  let y := SF2Prim (S754_finite s m e) in fin y /\ fR y = SF2R radix2 (S754_finite s m e).
Proof.
  intros M E y. assert (I : Uint63.to_Z (Uint63.of_Z (Z.pos m)) = Z.pos m).
  { rewrite of_Z_spec. apply Z.mod_small. change wB with 9223372036854775808%Z. lia. }
  destruct (of_uint63_exact (Uint63.of_Z (Z.pos m)) ltac:(lia)) as [F X]. rewrite I in X.
  destruct (ldexp_exact _ _ _ F X M E) as [G Y]. unfold y. cbn [SF2Prim].
  destruct s; [split; [now apply fin_opp|]; rewrite fR_opp|split; [exact G|]]; rewrite Y; [|reflexivity].
  unfold SF2R, F2R. cbn [cond_Zopp Fnum Fexp]. change (Z.neg m) with (- Z.pos m)%Z. rewrite opp_IZR. ring.
Qed.
Lemma finite_nonzero s m e : SF2R radix2 (S754_finite s m e) <> 0.
Proof. destruct s; cbn; [apply Rlt_not_eq; now apply F2R_lt_0 | apply Rgt_not_eq; now apply F2R_gt_0]. Qed.

(** Any binary format whose numbers binary64 has: that of binary16, bfloat16, binary32, binary64 itself. *)
Section Formats.
Variables p k : Z.
Context {P : Prec_gt_0 p} {K : Prec_lt_emax p k}.
Hypotheses (P53 : (p <= 53)%Z) (K971 : (k - p <= 971)%Z).
Let rnd : R -> R := round radix2 (SpecFloat.fexp p k) (round_mode mode_NE).

Lemma divided_equiv s m e l :
  SpecFloat.binary_round_aux p k s m e l = BinarySingleNaN.binary_round_aux p k mode_NE s m e l.
Proof.
  unfold SpecFloat.binary_round_aux, BinarySingleNaN.binary_round_aux.
  destruct (SpecFloat.shr_fexp p k m e l) as [r f]. now rewrite (round_nearest_even_equiv s).
Qed.
Lemma format_in_b64 s m e : SpecFloat.valid_binary p k (S754_finite s m e) = true ->
  let y := SF2Prim (S754_finite s m e) in fin y /\ fR y = SF2R radix2 (S754_finite s m e).
Proof.
  intros V. apply andb_prop in V as [D U]. apply Z.leb_le in U. apply Zeq_bool_eq in D.
  unfold SpecFloat.fexp, SpecFloat.emin in D. rewrite Digits.Zpos_digits2_pos in D.
  unfold Prec_gt_0, Prec_lt_emax in *. pose proof (Digits.Zdigits_ge_0 radix2 (Z.pos m)).
  apply SF2Prim_exact; [|lia].
  apply Z.lt_le_trans with (2 ^ p)%Z; [|apply Z.pow_le_mono_r; lia].
  apply (Digits.Zpower_gt_Zdigits radix2 p (Z.pos m)). lia.
Qed.
(** What [round_to] gives is the nearest number of the format; it gives none where that is too large. *)
Theorem round_to_nearest q :
  match round_to p k q with
  | Some x => fin x /\ fR x = rnd (Q2R q)
  | None => bpow radix2 k <= Rabs (rnd (Q2R q))
  end.
Proof.
  destruct q as [z d]. assert (Z : forall s n, z = cond_Zopp s (Z.pos n) ->
    match finite_number (SpecFloat.SFdiv p k (S754_finite s n 0) (S754_finite false d 0)) with
    | Some x => fin x /\ fR x = rnd (Q2R (z # d))
    | None => bpow radix2 k <= Rabs (rnd (Q2R (z # d)))
    end).
  { intros s n ->. cbn [SpecFloat.SFdiv].
    destruct (Bdiv_correct_aux p k _ _ mode_NE s n 0 false d 0) as [V C]. cbv zeta in V, C.
    destruct (SFdiv_core_binary p k (Z.pos n) 0 (Z.pos d) 0) as [[mz ez] lz].
    rewrite divided_equiv. set (r := BinarySingleNaN.binary_round_aux _ _ _ _ _ _ _) in *.
    assert (R : F2R (Float radix2 (cond_Zopp s (Z.pos n)) 0) / F2R (Float radix2 (cond_Zopp false (Z.pos d)) 0)
      = Q2R (cond_Zopp s (Z.pos n) # d)).
    { unfold F2R, Q2R. cbn. now rewrite 2!Rmult_1_r. }
    rewrite R in C. fold (rnd (Q2R (cond_Zopp s (Z.pos n) # d))) in C.
    destruct (Rlt_bool_spec (Rabs (rnd (Q2R (cond_Zopp s (Z.pos n) # d)))) (bpow radix2 k)) as [_|L].
    - destruct C as (C & F & _). rewrite <- C. destruct r as [t|t| |t m e]; try discriminate F.
      + split; [apply finb_fin; reflexivity | apply fR_0].
      + now apply format_in_b64.
    - assert (O : match r with S754_infinity _ => True | _ => False end) by now rewrite C.
      now destruct r. }
  unfold round_to. cbn [Qnum Qden]. destruct z as [|n|n]; [|exact (Z false n eq_refl) | exact (Z true n eq_refl)].
  split; [apply finb_fin; reflexivity|]. replace (Q2R (0 # d)) with 0 by (unfold Q2R; cbn; lra).
  unfold rnd. rewrite round_0 by auto with typeclass_instances. apply fR_0.
Qed.
(** So a number of the format is left as it is, and no number of the format is nearer to any other. *)
Corollary round_to_exact q x : round_to p k q = Some x -> generic_format radix2 (SpecFloat.fexp p k) (Q2R q) ->
  fR x = Q2R q.
Proof.
  intros E F. pose proof (round_to_nearest q) as N. rewrite E in N. destruct N as [_ ->].
  apply round_generic; auto with typeclass_instances.
Qed.
Corollary round_to_best q x : round_to p k q = Some x -> forall v,
  generic_format radix2 (SpecFloat.fexp p k) v -> Rabs (fR x - Q2R q) <= Rabs (v - Q2R q).
Proof.
  intros E v F. pose proof (round_to_nearest q) as N. rewrite E in N. destruct N as [_ ->].
  destruct (round_N_pt radix2 (SpecFloat.fexp p k) (fun z => negb (Z.even z)) (Q2R q)) as [_ B].
  now apply B.
Qed.
End Formats.

(** In the four formats that files have. *)
Theorem element_nearest p k q : In (Floating p k) [in_F64; in_F32; in_F16; in_BF16] ->
  match as_element (Floating p k) q with
  | Some x => fin x /\ fR x = round radix2 (SpecFloat.fexp p k) (round_mode mode_NE) (Q2R q)
  | None => bpow radix2 k <= Rabs (round radix2 (SpecFloat.fexp p k) (round_mode mode_NE) (Q2R q))
  end.
Proof.
  intros H. repeat destruct H as [[= <- <-]|H]; [..|now destruct H];
    (apply @round_to_nearest; [reflexivity | reflexivity | lia | lia]).
Qed.
(** Integers are stored as they are or not at all. *)
Theorem element_whole b q x : as_element (Whole b) q = Some x ->
  exists z, Q2R q = IZR z /\ (- 2 ^ (b - 1) <= z < 2 ^ (b - 1))%Z /\ fR x = IZR z.
Proof.
  cbn [as_element]. unfold whole. cbv zeta. pose proof (Qeq_eqR _ _ (Qred_correct q)) as R.
  destruct (Qred q) as [z d]. cbn [Qnum Qden]. destruct (Z.eqb_spec (Zpos d) 1) as [D|]; [|discriminate].
  destruct (Z.leb_spec (- 2 ^ (b - 1)) z) as [L|]; [|discriminate].
  destruct (Z.ltb_spec z (2 ^ (b - 1))) as [U|]; [|discriminate]. cbn [andb].
  destruct (round32 (z # d)) as [y|]; [|discriminate]. destruct (is_Q y (z # d)) eqn:E; [|discriminate].
  intros [= <-]. injection D as ->. exists z. apply is_Q_eq in E. rewrite E, <- R. repeat split; trivial;
    unfold Q2R; cbn; lra.
Qed.

(** ** Rounding in primitive arithmetic *)
Lemma fin_nonzero_widen (y : PrimFloat.float) (b : b32) : fin y -> BinarySingleNaN.is_finite b = true ->
  fR y = B2R b -> B2R b <> 0 -> y = widen b.
Proof. intros F Fb E N. apply same_number; trivial. left. now rewrite E. Qed.
Lemma SF_of_b32 s m e B : SF2Prim (S754_finite s m e) = widen (B754_finite s m e B).
Proof.
  destruct (@format_in_b64 24 128 eq_refl eq_refl ltac:(lia) ltac:(lia) s m e B) as [F E].
  apply fin_nonzero_widen; [exact F | reflexivity | exact E | exact (finite_nonzero s m e)].
Qed.
(** The quotient of numerator and denominator is the binary64 number rounded. *)
Lemma divided p k {P : Prec_gt_0 p} {K : Prec_lt_emax p k} x s n d : fin x ->
  fR x = Q2R (cond_Zopp s (Z.pos n) # d) ->
  SpecFloat.SFdiv p k (S754_finite s n 0) (S754_finite false d 0) = B2SF (convert p k (Prim2B x)).
Proof.
  intros F E. cbn [SpecFloat.SFdiv].
  destruct (Bdiv_correct_aux p k _ _ mode_NE s n 0 false d 0) as [V C]. cbv zeta in V, C.
  destruct (SFdiv_core_binary p k (Z.pos n) 0 (Z.pos d) 0) as [[mz ez] lz].
  rewrite (divided_equiv p k). set (z := BinarySingleNaN.binary_round_aux _ _ _ _ _ _ _) in *.
  assert (R : F2R (Float radix2 (cond_Zopp s (Z.pos n)) 0) / F2R (Float radix2 (cond_Zopp false (Z.pos d)) 0)
    = fR x).
  { rewrite E. unfold F2R, Q2R. cbn. now rewrite 2!Rmult_1_r. }
  rewrite R, xorb_false_r in C. rewrite <- (B2SF_SF2B p k z V). f_equal.
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

Lemma nearest32_is x : nearest32 x = stored_Q in_F32 x.
Proof.
  unfold stored_Q. cbn [rational float_number as_element in_F32]. assert (H := Q_of_fin x).
  destruct (Q_of x) as [[z d]|].
  2:{ destruct (special_cases x H) as [->|[->| ->]]; reflexivity. }
  destruct H as [F E]. symmetry in E. unfold stored_Q, round_to. cbn [Qnum Qden].
  assert (K : forall s n, z = cond_Zopp s (Z.pos n) -> nearest32 x =
    finite_number (SpecFloat.SFdiv 24 128 (S754_finite s n 0) (S754_finite false d 0))).
  { intros s n ->. rewrite (divided 24 128 x s n d F E). fold (narrow x). unfold nearest32. cbv zeta. rewrite r32_correct.
    destruct (narrow x) as [[|]|[|]| |t m e B]; try reflexivity.
    cbn [B2SF finite_number]. rewrite (SF_of_b32 t m e B). set (b := B754_finite t m e B : b32).
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
(** Nothing is left to round. *)
Lemma nearest64_is x : nearest64 x = stored_Q in_F64 x.
Proof.
  unfold stored_Q. cbn [rational float_number as_element in_F64]. assert (H := Q_of_fin x).
  destruct (Q_of x) as [q|]; [|destruct (special_cases x H) as [->|[->| ->]]; reflexivity].
  destruct H as [F E]. unfold nearest64. rewrite (proj2 (finb_fin x) F).
  assert (G : generic_format radix2 (SpecFloat.fexp 53 1024) (Q2R q)) by (rewrite E; apply generic_format_B2R).
  pose proof (@round_to_nearest 53 1024 eq_refl eq_refl ltac:(lia) ltac:(lia) q) as N.
  rewrite round_generic in N by (auto with typeclass_instances).
  destruct (round_to 53 1024 q) as [y|] eqn:Y.
  - destruct N as [Fy Ey]. rewrite E in Ey. destruct (x =? 0)%float eqn:Z.
    + apply eqb_fR in Z. rewrite fR_0 in Z. rewrite Z, <- RMicromega.Q2R_0 in E. apply eqR_Qeq in E.
      unfold round_to in Y. destruct q as [[|n|n] d]; [exact Y | discriminate E | discriminate E].
    + f_equal. apply Prim2B_inj, B2R_Bsign_inj; trivial; [now symmetry|].
      assert (N0 : fR x <> 0).
      { intros E0. rewrite eqb_equiv, (Beqb_correct _ _ _ _ F (proj1 (finb_fin 0%float) eq_refl)) in Z.
        fold (fR x) in Z. rewrite E0, Req_bool_true in Z; [discriminate | symmetry; exact fR_0]. }
      rewrite !sign_nonzero; fold (fR x); fold (fR y); rewrite ?Ey; trivial.
  - exfalso. rewrite E in N. apply (Rlt_not_le _ _ (abs_B2R_lt_emax _ _ (Prim2B x)) N).
Qed.
(** By its digits, a number is rounded as it is by a quotient. *)
Lemma normalize_equiv p k {P : Prec_gt_0 p} {K : Prec_lt_emax p k} z e s :
  SpecFloat.binary_normalize p k z e s = B2SF (BinarySingleNaN.binary_normalize p k P K mode_NE z e s).
Proof.
  destruct z as [|m|m]; [reflexivity|..]; cbn; rewrite B2SF_SF2B; unfold SpecFloat.binary_round,
    BinarySingleNaN.binary_round, shl_align_fexp; destruct (shl_align _ _ _); apply divided_equiv.
Qed.
Lemma nearest_to_is p k {P : Prec_gt_0 p} {K : Prec_lt_emax p k} x : nearest_to p k x = stored_Q (Floating p k) x.
Proof.
  unfold stored_Q, nearest_to. cbn [rational float_number as_element]. assert (H := Q_of_fin x).
  destruct (Q_of x) as [[z d]|] eqn:Q; revert Q; unfold Q_of; rewrite <- B2SF_Prim2B;
    destruct (Prim2B x) as [s| | |s m e B] eqn:X; try discriminate; try reflexivity.
  - now intros [= <- <-].
  - cbn [B2SF]. intros Q. assert (N : exists n, z = cond_Zopp s (Z.pos n)).
    { destruct e as [|q|q]; injection Q as <- <-; [exists m | exists (m * Pos.pow 2 q)%positive | exists m];
        try now destruct s. rewrite <- Pos2Z.inj_pow_pos. now destruct s. }
    destruct N as (n & ->). destruct H as [F E]. symmetry in E.
    pose proof (divided p k x s n d F E) as D. unfold round_to. cbn [Qnum Qden].
    destruct s; cbn [cond_Zopp Z.opp Z.abs Z.to_pos] in *; rewrite D, X;
      cbn [convert cond_Zopp Z.opp]; now rewrite (@normalize_equiv p k P K).
Qed.
Definition stored_float (t : element_type) (x : PrimFloat.float) : option PrimFloat.float :=
  match t with
  | Floating 24 128 => nearest32 x
  | Floating 53 1024 => nearest64 x
  | Floating 11 16 => nearest_to 11 16 x
  | Floating 8 128 => nearest_to 8 128 x
  | _ => stored_Q t x
  end.
Lemma stored_float_is t x : stored_float t x = stored_Q t x.
Proof.
  unfold stored_float. destruct t as [p k|b]; [|reflexivity].
  repeat match goal with |- (match ?z with _ => _ end) = _ => destruct z; try reflexivity end;
    first [apply nearest32_is | apply nearest64_is | exact (@nearest_to_is 11 16 eq_refl eq_refl x)
           | exact (@nearest_to_is 8 128 eq_refl eq_refl x)].
Qed.
#[global] Instance storable_float : storable PrimFloat.float :=
  {| stored := stored_float; stored_is := stored_float_is |}.
