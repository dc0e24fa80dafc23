(** Laws of float arrays, of machine-integer indices and of finite sums. Symbols: see [Base.Vector]. *)
From Coq Require Import ZArith Reals Lra Lia Floats Uint63 PArray Ring63.
From Provenn Require Import Base.Vector.
Local Open Scope R_scope.

(** ** Indices *)
Lemma nat_of_to_Z n : Z.of_nat (nat_of n) = to_Z n.
Admitted.
Lemma ok_len_le n : ok_len n = true -> (to_Z n <= 2097152)%Z.
Admitted.
Lemma ok_len_intro n : (to_Z n <= 2097152)%Z -> ok_len n = true.
Admitted.
Lemma to_Z_add i j : (to_Z i + to_Z j < wB)%Z -> to_Z (i + j) = (to_Z i + to_Z j)%Z.
Admitted.
Lemma to_Z_mul i j : (to_Z i * to_Z j < wB)%Z -> to_Z (i * j) = (to_Z i * to_Z j)%Z.
Admitted.
Lemma to_Z_sub i j : (to_Z j <= to_Z i)%Z -> to_Z (i - j) = (to_Z i - to_Z j)%Z.
Admitted.
Lemma extent_of_wf n : ok_len n = true -> wf (extent_of n).
Admitted.
Lemma wf_len e : wf e -> (to_Z (len e) <= 2097152)%Z.
Admitted.
Lemma wf_fuel e : wf e -> fuel e = nat_of (len e).
Admitted.
Lemma wf_fuel_split e : wf e -> fuel e = (8 * octs e + rest e)%nat.
Admitted.
Lemma below_iff e i : below e i <-> Uint63.ltb i (len e) = true.
Admitted.
Lemma below_dec e i : {below e i} + {~ below e i}.
Admitted.

(** Row-major pairs of indices. *)
Lemma to_Z_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> to_Z (i * b + j) = (to_Z i * to_Z b + to_Z j)%Z.
Admitted.
Lemma below_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> below (extent_of (a * b)) (i * b + j).
Admitted.
Lemma below_div a b k : ok_len a = true -> ok_len b = true ->
  below (extent_of (a * b)) k -> below (extent_of a) (k / b).
Admitted.
Lemma below_mod a b k : ok_len a = true -> ok_len b = true ->
  below (extent_of (a * b)) k -> below (extent_of b) (k mod b).
Admitted.
Lemma pair_div_mod a b k : ok_len a = true -> ok_len b = true ->
  below (extent_of (a * b)) k -> ((k / b) * b + k mod b)%uint63 = k.
Admitted.
Lemma div_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> ((i * b + j) / b)%uint63 = i.
Admitted.
Lemma mod_pair a b i j : ok_len a = true -> ok_len b = true ->
  below (extent_of a) i -> below (extent_of b) j -> ((i * b + j) mod b)%uint63 = j.
Admitted.

(** ** Arrays *)
Lemma fget_ftab n f i : ok_len n = true -> (to_Z i < to_Z n)%Z -> fget (ftab n f) i = f i.
Admitted.
Lemma fget_ftab_below e f i : wf e -> below e i -> fget (ftab (len e) f) i = f i.
Admitted.

(** ** Sums *)
Lemma sum_plus e f g : sum e (fun i => f i + g i) = sum e f + sum e g.
Admitted.
Lemma sum_minus e f g : sum e (fun i => f i - g i) = sum e f - sum e g.
Admitted.
Lemma sum_opp e f : sum e (fun i => - f i) = - sum e f.
Admitted.
Lemma sum_scal e c f : sum e (fun i => c * f i) = c * sum e f.
Admitted.
Lemma sum_scal_r e c f : sum e (fun i => f i * c) = sum e f * c.
Admitted.
Lemma sum_exchange e1 e2 (f : int -> int -> R) :
  sum e1 (fun i => sum e2 (fun j => f i j)) = sum e2 (fun j => sum e1 (fun i => f i j)).
Admitted.
Lemma sum_abs e f : Rabs (sum e f) <= sum e (fun i => Rabs (f i)).
Admitted.
Lemma sum_ext e f g : wf e -> (forall i, below e i -> f i = g i) -> sum e f = sum e g.
Admitted.
Lemma sum_le e f g : wf e -> (forall i, below e i -> f i <= g i) -> sum e f <= sum e g.
Admitted.
Lemma sum_nonneg e f : wf e -> (forall i, below e i -> 0 <= f i) -> 0 <= sum e f.
Admitted.
Lemma sum_zero e f : wf e -> (forall i, below e i -> f i = 0) -> sum e f = 0.
Admitted.
Lemma sum_const e c : wf e -> sum e (fun _ => c) = IZR (to_Z (len e)) * c.
Admitted.
Lemma sum_single e c f : wf e -> below e c -> sum e (fun i => if (i =? c)%uint63 then f i else 0) = f c.
Admitted.
Lemma sum_single_out e c f : wf e -> ~ below e c ->
  sum e (fun i => if (i =? c)%uint63 then f i else 0) = 0.
Admitted.
Lemma sum_ge_term e c f : wf e -> below e c -> (forall i, below e i -> 0 <= f i) -> f c <= sum e f.
Admitted.
Lemma sum_prod a b f : ok_len a = true -> ok_len b = true -> ok_len (a * b) = true ->
  sum (extent_of (a * b)) f =
  sum (extent_of a) (fun i => sum (extent_of b) (fun j => f (i * b + j)%uint63)).
Admitted.
