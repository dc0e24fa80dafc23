(** Laws of binary64 arithmetic: a finite result has finite operands and a known error. Symbols: see
    [Base.Binary64]. *)
From Coq Require Import ZArith Reals Lra Lia Floats Uint63.
From Flocq Require Import Core BinarySingleNaN Relative.
From Flocq Require Import IEEE754.PrimFloat.
From Provenn Require Import Base.Vector Base.Binary64.
Local Open Scope R_scope.

Notation pfloat := PrimFloat.float.

(** ** Literals *)
Lemma fR_0 : fR 0 = 0.
Admitted.
Lemma fR_1 : fR 1 = 1.
Admitted.
Lemma fin_0 : fin 0.
Admitted.
Lemma fin_1 : fin 1.
Admitted.
Lemma fR_nan : fR PrimFloat.nan = 0.
Admitted.
Lemma fin_nan : ~ fin PrimFloat.nan.
Admitted.

(** ** Constants *)
Lemma u_eq : u = / 9007199254740992.
Admitted.
Lemma u_pos : 0 < u.
Admitted.
Lemma eta_pos : 0 < eta.
Admitted.
Lemma eta_le : eta <= / 2 ^ 1000.
Admitted.
Lemma fR_tiny : fR tiny = eta * 2 ^ 45.
Admitted.
Lemma tiny_pos : 0 < fR tiny.
Admitted.

(** ** Finite numbers *)
Lemma finb_fin x : finb x = true <-> fin x.
Admitted.
Lemma fin_opp x : fin (- x)%float <-> fin x.
Admitted.
Lemma fin_abs x : fin (PrimFloat.abs x) <-> fin x.
Admitted.
Lemma fR_abs x : fR (PrimFloat.abs x) = Rabs (fR x).
Admitted.
Lemma fR_opp x : fR (- x)%float = - fR x.
Admitted.
Lemma fin_add x y : fin (x + y)%float -> fin x /\ fin y /\ fR (x + y)%float = rne (fR x + fR y).
Admitted.
Lemma fin_sub x y : fin (x - y)%float -> fin x /\ fin y /\ fR (x - y)%float = rne (fR x - fR y).
Admitted.
Lemma fin_mul x y : fin (x * y)%float -> fin x /\ fin y /\ fR (x * y)%float = rne (fR x * fR y).
Admitted.
Lemma fin_div x y : fR y <> 0 -> fin (x / y)%float ->
  fin x /\ fin y /\ fR (x / y)%float = rne (fR x / fR y).
Admitted.
Lemma rne_error z : Rabs (rne z - z) <= u * Rabs z + eta.
Admitted.
Lemma rne_le x y : x <= y -> rne x <= rne y.
Admitted.

(** ** Comparisons *)
Lemma leb_le x y : fin x -> fin y -> (x <=? y)%float = true -> fR x <= fR y.
Admitted.
Lemma leb_gt x y : fin x -> fin y -> (x <=? y)%float = false -> fR y < fR x.
Admitted.
Lemma ltb_lt x y : fin x -> fin y -> (x <? y)%float = true -> fR x < fR y.
Admitted.
Lemma ltb_ge x y : fin x -> fin y -> (x <? y)%float = false -> fR y <= fR x.
Admitted.
Lemma eqb_eq x y : fin x -> fin y -> (x =? y)%float = true -> fR x = fR y.
Admitted.
Lemma fR_maxf x y : fin x -> fin y -> fR (maxf x y) = Rmax (fR x) (fR y).
Admitted.
Lemma fR_minf x y : fin x -> fin y -> fR (minf x y) = Rmin (fR x) (fR y).
Admitted.
Lemma fin_maxf x y : fin x -> fin y -> fin (maxf x y).
Admitted.
Lemma fin_minf x y : fin x -> fin y -> fin (minf x y).
Admitted.

(** ** Outward bounds *)
Lemma fin_up s : fin (up s) -> fin s.
Admitted.
Lemma fin_dn s : fin (dn s) -> fin s.
Admitted.
Lemma up_ge s : fin (up s) -> fR s <= fR (up s).
Admitted.
Lemma dn_le s : fin (dn s) -> fR (dn s) <= fR s.
Admitted.
Lemma up_add x y : fin (up (x + y)) -> fin x /\ fin y /\ fR x + fR y <= fR (up (x + y)).
Admitted.
Lemma dn_add x y : fin (dn (x + y)) -> fin x /\ fin y /\ fR (dn (x + y)) <= fR x + fR y.
Admitted.
Lemma up_sub x y : fin (up (x - y)) -> fin x /\ fin y /\ fR x - fR y <= fR (up (x - y)).
Admitted.
Lemma dn_sub x y : fin (dn (x - y)) -> fin x /\ fin y /\ fR (dn (x - y)) <= fR x - fR y.
Admitted.
Lemma up_mul x y : fin (up (x * y)) -> fin x /\ fin y /\ fR x * fR y <= fR (up (x * y)).
Admitted.
Lemma dn_mul x y : fin (dn (x * y)) -> fin x /\ fin y /\ fR (dn (x * y)) <= fR x * fR y.
Admitted.
Lemma up_div x y : fR y <> 0 -> fin (up (x / y)) -> fin x /\ fin y /\ fR x / fR y <= fR (up (x / y)).
Admitted.
Lemma dn_div x y : fR y <> 0 -> fin (dn (x / y)) -> fin x /\ fin y /\ fR (dn (x / y)) <= fR x / fR y.
Admitted.

(** ** The constant of sums *)
Lemma gamma_fin n : (to_Z n <= 16777216)%Z -> fin (gamma n).
Admitted.
Lemma gamma_eq n : (to_Z n <= 16777216)%Z -> fR (gamma n) = (IZR (to_Z n) + 8) / 4503599627370496.
Admitted.
Lemma gamma_ge n : fin (gamma n) -> (1 + u) ^ (nat_of n + 4) - 1 <= fR (gamma n).
Admitted.
Lemma gamma_nonneg n : 0 <= fR (gamma n).
Admitted.
Lemma gamma_le n : fR (gamma n) <= / 134217728.
Admitted.
Lemma gamma_mono m n : fin (gamma n) -> (to_Z m <= to_Z n)%Z -> fR (gamma m) <= fR (gamma n).
Admitted.
