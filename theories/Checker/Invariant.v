(** What the checker's infos mean, and what stays true while it walks a certificate.

    [covers fv v]      the float noise [fv] bounds the real noise [v]
    [between n s y]    the bounds of [s] are finite, ordered, and enclose the value [y] of node [n]
    [magnitudes ...]   everything else that [s] claims about node [n] holds, given the magnitudes [ms] of the
                       earlier nodes
    [known ...]        both, for all nodes of a network *)
From Coq Require Import Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 IR.LinMap IR.Graph Checker.Enclose.
Import ListNotations.
Local Open Scope R_scope.

Definition covers (fv : fnoise) (v : noise) : Prop :=
  fin (kappa fv) /\ fin (eta_up fv) /\ 0 <= relative v <= fR (kappa fv) /\ 0 <= absolute v <= fR (eta_up fv).

Definition between (n : node) (s : info) (y : vec) : Prop :=
  forall i, below (ext n) i ->
    fin (fget (lo s) i) /\ fin (fget (hi s) i) /\ fR (fget (lo s) i) <= y i <= fR (fget (hi s) i).

Definition mag_at (ms : list farr) (d : nat) : vec := fun k => fR (fget (nth d ms (mag no_info)) k).
(** Sum of absolute values of the summands of an affine node, from magnitudes of its operands. *)
Fixpoint total (ts : list term) (b : option farr) (ms : list farr) (i : int) : R :=
  match ts with
  | [] => Rabs (bias_at b i)
  | (d, l) :: ts => applyA l (mag_at ms d) i + total ts b ms i
  end.
Fixpoint gammas (ts : list term) : R :=
  match ts with
  | [] => 0
  | (_, l) :: ts => fR (gam l) + gammas ts
  end.

Record magnitudes (fv : fnoise) (n : node) (s : info) (ms : list farr) (y : vec) : Prop := {
  mag_fin : forall i, below (ext n) i -> fin (fget (mag s) i);
  mag_ge : forall i, below (ext n) i -> Rabs (y i) <= fR (fget (mag s) i);
  spare_fin : fin (spare s);
  spare_ge : fR tiny * (sum (ext n) (fun i => fR (fget (mag s) i)) + 1) <= fR (spare s);
  coef_ge : match n with
            | Affine e ts _ => fin (coef s) /\ gammas ts + fR (gamma (len e)) + fR (kappa fv) <= fR (coef s)
            | _ => True end;
  load_ge : match n with
            | Affine e ts b => forall i, below e i ->
                fin (fget (load s) i) /\ total ts b ms i <= fR (fget (load s) i)
            | _ => True end }.

Fixpoint known (fv : fnoise) (ns : list node) (ss : list info) (ys : list vec) : Prop :=
  match ns, ss, ys with
  | [], [], [] => True
  | n :: ns, s :: ss, y :: ys => between n s y /\ magnitudes fv n s (map mag ss) y /\ known fv ns ss ys
  | _, _, _ => False
  end.
