(** What the checker's infos mean, and what stays true while it walks a certificate.

    [covers fv v]      [fv] accounts for the noise [v]
    [sizes ss]         bounds of the absolute values of all nodes, from their infos
    [gammas ts]        the sum of the relative errors of the maps of [ts]
    [between n s y]    the bounds of [s] are finite, and enclose the value [y] of node [n]
    [magnitudes ...]   everything else that [s] claims about node [n] holds, given the values [ys] of the
                       earlier nodes
    [known ...]        both, for all nodes of a network *)
From Coq Require Import Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Product Ops.Functions IR.LinMap IR.Graph IR.GraphProof
  Checker.Enclose.
Import ListNotations.
Local Open Scope R_scope.

Record covers (fv : fnoise) (v : noise) : Prop := {
  relative_le : forall n, 0 <= relative v n <= fR (kappa fv n);
  absolute_le : forall n, 0 <= absolute v n <= fR (eta_up fv n);
  quiet : noisy fv = false -> forall n, relative v n = 0 /\ absolute v n = 0;
  cap_fin : fin (cap fv);
  least_fin : fin (least fv) }.

Definition sizes (ss : list info) : list vec := map (fun s k => fR (fget (mag s) k)) ss.
Definition gammas (ts : list term) : R := sum_of (fun t => fR (gam (snd t))) ts.

Definition between (n : node) (s : info) (y : vec) : Prop :=
  forall i, below (ext n) i ->
    fin (fget (lo s) i) /\ fin (fget (hi s) i) /\ fR (fget (lo s) i) <= y i <= fR (fget (hi s) i).

Record magnitudes (fv : fnoise) (n : node) (s : info) (ys : list vec) (y : vec) : Prop := {
  mag_ge : forall i, below (ext n) i -> Rabs (y i) <= fR (fget (mag s) i);
  mag_in : forall i, below (ext n) i -> fR (least fv) <= fR (fget (mag s) i) <= fR (cap fv);
  spare_ge : fR tiny * sum (ext n) (fun i => fR (fget (mag s) i)) <= fR (spare s);
  coef_ge : match n with
            | Affine e ts _ => gammas ts + fR (gamma (len e)) + fR (kappa fv n) <= fR (coef s)
            | _ => True
            end;
  load_ge : match n with
            | Affine e ts b => forall i, below e i -> affineA ts b (abs_all ys) i <= fR (fget (load s) i)
            | Unary f e d => noisy fv = true -> forall i t, below e i ->
                image f (value ys d i) t -> Rabs t <= fR (fget (load s) i)
            | Product e d d' => noisy fv = true -> forall i, below e i ->
                Rabs (value ys d i * value ys d' i) <= fR (fget (load s) i)
            | _ => True
            end;
  ties_hold : match n, ties s with
              | Product e d d', Some (below_it, above_it) => forall i, below e i ->
                  held (tie_at below_it i) (value ys d i) (value ys d' i) /\
                  held (tie_at above_it i) (- value ys d i) (value ys d' i)
              | _, _ => True
              end }.

Fixpoint known (fv : fnoise) (ns : list node) (ss : list info) (ys : list vec) : Prop :=
  match ns, ss, ys with
  | [], [], [] => True
  | n :: ns, s :: ss, y :: ys => between n s y /\ magnitudes fv n s ys y /\ known fv ns ss ys
  | _, _, _ => False
  end.
