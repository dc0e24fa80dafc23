(** The Taylor polynomials of sine and cosine, and doubling of an angle, with rounding.
    Symbols: see [Ops.Wave]. *)
From Coq Require Import Bool List Floats Reals Lra.
From Flocq Require Import Core.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Ops.Lines Ops.LinesProof.
From Provenn Require Import Ops.ConvexProof Ops.ExpProof Ops.PiecewiseProof Ops.Wave.
Import ListNotations.
Local Open Scope R_scope.

(** Without this, a failing comparison of two literals computes both. *)
Opaque fR.

Lemma fR_m2 : fR (-0x1p-1) = -4503599627370496 / 9007199254740992.
Proof. literal. Qed.
Lemma fR_m3 : fR (-0x1.5555555555555p-3) = -6004799503160661 / 36028797018963968.
Proof. literal. Qed.
Lemma fR_m6 : fR (-0x1.6c16c16c16c17p-10) = -6405119470038039 / 4611686018427387904.
Proof. literal. Qed.
Lemma fR_m7 : fR (-0x1.a01a01a01a01ap-13) = -7320136537186330 / 36893488147419103232.
Proof. literal. Qed.
Lemma fR_m10 : fR (-0x1.27e4fb7789f5cp-22) = -5205430426443612 / 18889465931478580854784.
Proof. literal. Qed.
Lemma fR_m11 : fR (-0x1.ae64567f544e4p-26) = -7571535165736164 / 302231454903657293676544.
Proof. literal. Qed.
Lemma fR_m14 : fR (-0x1.93974a8c07c9dp-37) = -7100047627943069 / 618970019642690137449562112.
Proof. literal. Qed.
Definition cos_tail : list pfloat :=
  [0; 0x1.1eed8eff8d898p-29; 0; -0x1.27e4fb7789f5cp-22; 0; 0x1.a01a01a01a01ap-16; 0;
   -0x1.6c16c16c16c17p-10; 0; 0x1.5555555555555p-5; 0; -0x1p-1; 0]%float.
Definition sin_tail : list pfloat :=
  [0; -0x1.ae64567f544e4p-26; 0; 0x1.71de3a556c734p-19; 0; -0x1.a01a01a01a01ap-13; 0;
   0x1.1111111111111p-7; 0; -0x1.5555555555555p-3; 0]%float.

Definition step (x p c : pfloat) : pfloat := (c + x * p)%float.
Lemma fold_near x cs p P : Rabs (fR x) <= / 2 -> List.Forall (fun c => Rabs (fR c) <= / 2) cs ->
  Rabs P <= 1 -> near p P -> near (fold_left (step x) cs p) (fold_left (tail (fR x)) cs P) /\
  Rabs (fold_left (tail (fR x)) cs P) <= 1.
Proof.
  intros Hx. revert p P. induction cs as [|c cs IH]; intros p P Hc HP Hp; [now split|].
  apply Forall_cons_iff in Hc. destruct Hc as [H Hc]. cbn [fold_left]. apply IH; trivial.
  - now apply tail_bound.
  - apply horner; trivial; lra.
Qed.

Ltac tiny_coefficient :=
  first
    [ rewrite fR_0 | rewrite fR_c4 | rewrite fR_c5 | rewrite fR_c8 | rewrite fR_c9 | rewrite fR_c12
    | rewrite fR_c13 | rewrite fR_m2 | rewrite fR_m3 | rewrite fR_m6 | rewrite fR_m7 | rewrite fR_m10
    | rewrite fR_m11 | rewrite fR_m14 ];
  apply Rabs_le; lra.
Lemma cos_poly_near x : Rabs (fR x) <= / 2 -> fin (cos_poly x) ->
  Rabs (fR (cos_poly x) - cos (fR x)) <= 8 * u.
Proof.
  intros Hx. change (cos_poly x) with (1 + x * fold_left (step x) cos_tail (-0x1.93974a8c07c9dp-37))%float.
  destruct (fold_near x cos_tail (-0x1.93974a8c07c9dp-37) (fR (-0x1.93974a8c07c9dp-37)) Hx) as [N B].
  - unfold cos_tail. repeat (apply List.Forall_cons; [tiny_coefficient|]). apply List.Forall_nil.
  - tiny_coefficient.
  - apply near_refl.
  - set (P := fold_left (tail (fR x)) _ _) in *. intros F.
    assert (E := horner 1 x _ P Hx ltac:(rewrite fR_1, Rabs_R1; lra) ltac:(lra) N F).
    assert (T : Rabs (fR 1 + fR x * P - cos (fR x)) <= u).
    { clear - Hx. apply Rabs_le_inv in Hx. unfold P, cos_tail. cbn [fold_left]. unfold tail.
      rewrite fR_0, fR_1, fR_c4, fR_c8, fR_c12, fR_m2, fR_m6, fR_m10, fR_m14, u_eq. set (y := fR x) in *.
      clearbody y. interval with (i_prec 80, i_bisect y, i_taylor y, i_degree 17). }
    pose proof u_pos. apply Rabs_le_inv in E, T. apply Rabs_le. lra.
Qed.
Lemma sin_poly_near x : Rabs (fR x) <= / 2 -> fin (sin_poly x) ->
  Rabs (fR (sin_poly x) - sin (fR x)) <= 8 * u.
Proof.
  intros Hx.
  change (sin_poly x) with (0 + x * (1 + x * fold_left (step x) sin_tail 0x1.6124613a86d09p-33))%float.
  destruct (fold_near x sin_tail 0x1.6124613a86d09p-33 (fR 0x1.6124613a86d09p-33) Hx) as [N B].
  - unfold sin_tail. repeat (apply List.Forall_cons; [tiny_coefficient|]). apply List.Forall_nil.
  - tiny_coefficient.
  - apply near_refl.
  - set (P := fold_left (tail (fR x)) _ _) in *.
    assert (C : Rabs (fR x * P) <= / 2 * 1).
    { rewrite Rabs_mult. apply Rmult_le_compat; trivial; apply Rabs_pos. }
    assert (N1 := horner 1 x _ P Hx ltac:(rewrite fR_1, Rabs_R1; lra) ltac:(lra) N).
    assert (B1 : Rabs (fR 1 + fR x * P) <= 3/2).
    { rewrite fR_1. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_R1. lra. }
    intros F. assert (E := horner 0 x _ (fR 1 + fR x * P) Hx ltac:(rewrite fR_0, Rabs_R0; lra) B1 N1 F).
    assert (T : Rabs (fR 0 + fR x * (fR 1 + fR x * P) - sin (fR x)) <= u).
    { clear - Hx. apply Rabs_le_inv in Hx. unfold P, sin_tail. cbn [fold_left]. unfold tail.
      rewrite fR_0, fR_1, fR_c5, fR_c9, fR_c13, fR_m3, fR_m7, fR_m11, u_eq. set (y := fR x) in *.
      clearbody y. interval with (i_prec 80, i_bisect y, i_taylor y, i_degree 17). }
    pose proof u_pos. apply Rabs_le_inv in E, T. apply Rabs_le. lra.
Qed.

(** ** Doubling *)
Lemma unit_circle x : cos x * cos x + sin x * sin x = 1.
Proof. pose proof (sin2_cos2 x) as H. unfold Rsqr in H. lra. Qed.

Lemma square_le t k : 0 <= k -> t * t <= k * k -> Rabs t <= k.
Proof. intros Hk H. rewrite <- (Rabs_pos_eq k Hk). now apply Rsqr_le_abs_0. Qed.

(** Doubling a point near the unit circle at most triples its distance, and rounds a little. *)
Lemma double_close c s C S d c2 s2 w z : C * C + S * S = 1 -> 8 * u <= d <= / 128 ->
  Rabs (c - C) <= d -> Rabs (s - S) <= d ->
  Rabs (c2 - c * c) <= u * Rabs (c * c) + eta -> Rabs (s2 - s * s) <= u * Rabs (s * s) + eta ->
  Rabs (w - (c2 - s2)) <= u * Rabs (c2 - s2) + eta ->
  Rabs (z - s * c) <= u * Rabs (s * c) + eta ->
  Rabs (w - (C * C - S * S)) <= 7/2 * d /\ Rabs (2 * z - 2 * S * C) <= 7/2 * d.
Proof.
  intros E Hd Hc Hs H1 H2 H3 H4. pose proof eta_le as He. pose proof u_pos as Hu.
  assert (U2 : u * u <= / 1000 * u) by (rewrite u_eq; lra).
  assert (U : u <= / 1000) by (rewrite u_eq; lra).
  assert (BC : Rabs C <= 1) by (apply Rabs_le; nra). assert (BS : Rabs S <= 1) by (apply Rabs_le; nra).
  apply Rabs_le_inv in Hc, Hs, BC, BS.
  assert (Bc : c * c <= 103/100).
  { pose proof (Rmult_le_compat (Rabs c) (129/128) (Rabs c) (129/128) (Rabs_pos c)) as Q.
    rewrite <- Rabs_mult, (Rabs_pos_eq (c * c)) in Q by nra.
    assert (Rabs c <= 129/128) by (apply Rabs_le; lra). pose proof (Rabs_pos c). lra. }
  assert (Bs : s * s <= 103/100).
  { pose proof (Rmult_le_compat (Rabs s) (129/128) (Rabs s) (129/128) (Rabs_pos s)) as Q.
    rewrite <- Rabs_mult, (Rabs_pos_eq (s * s)) in Q by nra.
    assert (Rabs s <= 129/128) by (apply Rabs_le; lra). pose proof (Rabs_pos s). lra. }
  rewrite (Rabs_pos_eq (c * c)) in H1 by nra. rewrite (Rabs_pos_eq (s * s)) in H2 by nra.
  assert (Bsc : Rabs (s * c) <= 103/100) by (apply Rabs_le; nra).
  assert (H1' : Rabs (c2 - c * c) <= 11/10 * u) by nra. assert (H2' : Rabs (s2 - s * s) <= 11/10 * u) by nra.
  assert (H4' : Rabs (z - s * c) <= 11/10 * u) by nra. clear H1 H2 H4.
  apply Rabs_le_inv in H1', H2'.
  assert (0 <= c * c) by nra. assert (0 <= s * s) by nra.
  assert (Bw : Rabs (c2 - s2) <= 11/10) by (apply Rabs_le; lra).
  assert (H3' : Rabs (w - (c2 - s2)) <= 12/10 * u) by nra. clear H3.
  apply Rabs_le_inv in H3', H4'.
  set (x := c - C) in *. set (y := s - S) in *.
  assert (X0 : x * x <= d * d) by nra. assert (Y0 : y * y <= d * d) by nra.
  assert (N : (C * x - S * y) * (C * x - S * y) + (S * x + C * y) * (S * x + C * y)
              = (C * C + S * S) * (x * x + y * y)) by ring.
  rewrite E, Rmult_1_l in N.
  assert (T1 : Rabs (C * x - S * y) <= 71/50 * d).
  { apply square_le; [lra|]. pose proof (Rle_0_sqr (S * x + C * y)) as Q. unfold Rsqr in Q. nra. }
  assert (T2 : Rabs (S * x + C * y) <= 71/50 * d).
  { apply square_le; [lra|]. pose proof (Rle_0_sqr (C * x - S * y)) as Q. unfold Rsqr in Q. nra. }
  assert (D2 : d * d <= / 128 * d) by nra.
  assert (X2 : 0 <= x * x <= d * d) by (split; [nra | exact X0]).
  assert (Y2 : 0 <= y * y <= d * d) by (split; [nra | exact Y0]).
  assert (XY : - (d * d) <= x * y <= d * d) by nra.
  apply Rabs_le_inv in T1, T2.
  replace (c * c) with (C * C + 2 * (C * x) + x * x) in * by (unfold x; ring).
  replace (s * s) with (S * S + 2 * (S * y) + y * y) in * by (unfold y; ring).
  replace (s * c) with (S * C + (S * x + C * y) + x * y) in * by (unfold x, y; ring).
  split; apply Rabs_le; lra.
Qed.
