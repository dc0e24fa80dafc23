(** Derivatives in the sense of Frechet: the error is small against the displacement, whatever its direction.

    [near F r f f0 d]   along the filter [F], [f] is [f0 + d] up to an error small against [r], and [d] is
                        at most proportional to [r]
    [norm ns wrt dx]    the size of the displacement [dx] of the inputs [wrt]: the sum of absolute values
    [moved wrt env dx]  the inputs [env], those in [wrt] displaced by [dx]
    [small ns wrt]      the filter of small displacements *)
From Coq Require Import Reals List.
From Provenn Require Import Autodiff.View Autodiff.Core Autodiff.Curve.
Local Open Scope R_scope.

Definition near {A : Type} (F : (A -> Prop) -> Prop) (r : A -> R) (f : A -> R) (f0 : R) (d : A -> R) : Prop :=
  (forall eps, 0 < eps -> F (fun a => Rabs (f a - f0 - d a) <= eps * r a)) /\
  (exists k, 0 < k /\ F (fun a => Rabs (d a) <= k * r a)).

Definition norm (ns : list node) (wrt : list nat) (dx : nat -> vec) : R :=
  lsum (fun w => sum (extent ns w) (fun e => Rabs (dx w e))) wrt.
Definition moved (wrt : list nat) (env dx : nat -> vec) : nat -> vec :=
  fun i e => if mem i wrt then env i e + dx i e else env i e.
Definition small (ns : list node) (wrt : list nat) (P : (nat -> vec) -> Prop) : Prop :=
  exists delta, 0 < delta /\ forall dx, norm ns wrt dx < delta -> P dx.
