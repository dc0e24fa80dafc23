(** Powers with natural exponents on floats: convex if the exponent is even, S-shaped if it is odd.

    [positive_power n a]  an enclosure of [a ^ n] for [a >= 0]
    [power n x]           an enclosure of [x ^ n]
    [scale k i]           an enclosure of [k v], for [k >= 0] and [v] in [i]
    [power_rule n k]      what the checker needs about [x ^ (n + 2)]; [k] is [n + 2] as a float
    [square_rule], [cube_rule]  the second and third powers *)
From Coq Require Import Arith Floats.
From Provenn Require Import Base.Binary64 Ops.Lines.
Local Open Scope float_scope.

Fixpoint positive_power (n : nat) (a : float) : itv :=
  match n with
  | O => Itv 1 1
  | S O => Itv a a
  | S n => let p := positive_power n a in Itv (dn (a * inf p)) (up (a * sup p))
  end.
Definition power (n : nat) (x : float) : itv :=
  if 0 <=? x then positive_power n x
  else if Nat.even n then positive_power n (- x) else neg (positive_power n (- x)).
Definition scale (k : float) (i : itv) : itv := Itv (dn (k * inf i)) (up (k * sup i)).

Definition power_curve (n : nat) (k : float) : curve :=
  Curve (power (S (S n))) (fun x => scale k (power (S n) x)).
Definition power_range (n : nat) (k l h : float) : itv :=
  let c := power_curve n k in
  if Nat.even n then
    if 0 <=? l then rising c l h
    else if h <=? 0 then falling c l h
    else Itv 0 (max2 (sup (val c l)) (sup (val c h)))
  else rising c l h.
Definition power_lines (n : nat) (k l h t u : float) : line * line :=
  let c := power_curve n k in
  if Nat.even n then convex_lines c l h t u else z_lines c 0 l h t u.
Definition power_rule (n : nat) (k : float) : rule := Rule (power_range n k) (power_lines n k).

Definition square_rule : rule := power_rule 0 2.
Definition cube_rule : rule := power_rule 1 3.
