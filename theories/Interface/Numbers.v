(** Numbers that a network may be written in: integers, rationals, binary64 and binary32.

    [dyadic]      [m * 2^e], as [Dyadic m e]
    [Q_of_dyadic] the rational number that it is
    Decimal literals are rationals: [0.1] in the scope of [Q] is 1/10. *)
From Coq Require Import ZArith QArith Qreals Reals Lra Floats Uint63.
From Flocq Require Import Core Binary BinarySingleNaN.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Interface.Spec Interface.SpecProof Interface.Network.
Local Open Scope R_scope.

Instance Z_number : number Z.
Proof.
  refine {| real := IZR; rational z := Some (inject_Z z) |}.
  abstract (intros a q [= <-]; unfold Q2R; cbn; lra).
Defined.
Instance Q_number : number Q.
Proof. refine {| real := Q2R; rational q := Some q |}. abstract (intros a q [= <-]; reflexivity). Defined.

Record dyadic := Dyadic { mantissa : Z; exponent : Z }.
Definition Q_of_dyadic (d : dyadic) : Q :=
  match exponent d with
  | Z0 => inject_Z (mantissa d)
  | Zpos p => inject_Z (mantissa d * Z.pow_pos 2 p)
  | Zneg p => mantissa d # Pos.pow 2 p
  end.
Lemma Q_of_dyadic_real d : F2R (Float radix2 (mantissa d) (exponent d)) = Q2R (Q_of_dyadic d).
Proof.
  destruct d as [m e]. unfold F2R, Q_of_dyadic. cbn [mantissa exponent Fnum Fexp].
  destruct e as [|p|p]; unfold inject_Z; rewrite Q2R_make.
  - cbn. field.
  - rewrite mult_IZR. cbn [bpow]. unfold Rdiv. rewrite Rinv_1, Rmult_1_r. reflexivity.
  - cbn [bpow]. rewrite Pos2Z.inj_pow_pos. reflexivity.
Qed.
Instance dyadic_number : number dyadic.
Proof.
  refine {| real d := F2R (Float radix2 (mantissa d) (exponent d)); rational d := Some (Q_of_dyadic d) |}.
  abstract (intros a q [= <-]; apply Q_of_dyadic_real).
Defined.

Instance float_number : number PrimFloat.float.
Proof. refine {| real := fR; rational := Q_of |}. abstract (intros a q H; symmetry; now apply Q_of_fR). Defined.

(** Flocq's binary32, or any other of its formats; infinities and NaN are no numbers. *)
Definition Q_of_flocq {p e} (x : Binary.binary_float p e) : option Q :=
  match x with
  | Binary.B754_zero _ => Some 0%Q
  | Binary.B754_finite s m k _ => Some (Q_of_dyadic (Dyadic (cond_Zopp s (Zpos m)) k))
  | _ => None
  end.
Instance flocq_number p e : number (Binary.binary_float p e).
Proof.
  refine {| real := Binary.B2R p e; rational := Q_of_flocq |}.
  abstract (intros [s|s|s pl Hp|s m k H] q; cbn; try discriminate; intros [= <-];
    [unfold Q2R; cbn; lra | exact (Q_of_dyadic_real (Dyadic (cond_Zopp s (Zpos m)) k))]).
Defined.
