(** Laws of linear maps: exact application, its float value, its absolute bound and its transpose. *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63.
From Provenn Require Import Base.Vector Base.Binary64 Base.Dot Ops.Loops Ops.Conv IR.LinMap.
Local Open Scope R_scope.

Section Laws.
Variable l : linmap.
Hypothesis Hl : valid l = true.

Lemma in_wf : wf (in_ext l). Admitted.
Lemma out_wf : wf (out_ext l). Admitted.
Lemma gam_nonneg : fin (gam l) /\ 0 <= fR (gam l). Admitted.

Lemma apply_ext x y i : (forall k, below (in_ext l) k -> x k = y k) -> below (out_ext l) i ->
  apply l x i = apply l y i. Admitted.
Lemma applyA_ext x y i : (forall k, below (in_ext l) k -> x k = y k) -> below (out_ext l) i ->
  applyA l x i = applyA l y i. Admitted.
Lemma apply_plus x y i : below (out_ext l) i ->
  apply l (fun k => x k + y k) i = apply l x i + apply l y i. Admitted.
Lemma apply_scal a x i : below (out_ext l) i -> apply l (fun k => a * x k) i = a * apply l x i. Admitted.
Lemma apply_diff x c r i : (forall k, below (in_ext l) k -> Rabs (x k - c k) <= r k) -> below (out_ext l) i ->
  Rabs (apply l x i - apply l c i) <= applyA l r i. Admitted.
Lemma applyA_mono x y i : (forall k, below (in_ext l) k -> x k <= y k) -> below (out_ext l) i ->
  applyA l x i <= applyA l y i. Admitted.
Lemma applyA_nonneg x i : (forall k, below (in_ext l) k -> 0 <= x k) -> below (out_ext l) i ->
  0 <= applyA l x i. Admitted.
Lemma apply_abs x m i : (forall k, below (in_ext l) k -> Rabs (x k) <= m k) -> below (out_ext l) i ->
  Rabs (apply l x i) <= applyA l m i. Admitted.

Lemma applyF_error c i : below (out_ext l) i -> fin (applyF l c i) ->
  Rabs (fR (applyF l c i) - apply l (fun k => fR (fget c k)) i)
    <= fR (gam l) * applyA l (fun k => Rabs (fR (fget c k))) i + fR tiny. Admitted.
Lemma absF_ge r i : below (out_ext l) i -> fin (absF l r i) ->
  applyA l (fun k => Rabs (fR (fget r k))) i <= fR (absF l r i). Admitted.
Lemma transF_error lam x m :
  (forall k, below (in_ext l) k -> fin (transF l lam k)) ->
  (forall k, below (in_ext l) k -> Rabs (x k) <= m k) ->
  Rabs (sum (out_ext l) (fun i => fR (fget lam i) * apply l x i)
        - sum (in_ext l) (fun k => fR (transF l lam k) * x k))
    <= fR (gam l) * sum (out_ext l) (fun i => Rabs (fR (fget lam i)) * applyA l m i)
       + fR tiny * sum (in_ext l) m. Admitted.
Lemma fget_transV lam k : below (in_ext l) k -> fget (transV l lam) k = transF l lam k. Admitted.
Lemma rowF_exact i x : below (out_ext l) i ->
  sum (in_ext l) (fun k => fR (rowF l i k) * x k) = apply l x i. Admitted.
End Laws.
