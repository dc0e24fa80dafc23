(** Error bounds of rounded sums of products, in any order, and of the dot-product kernels. Symbols: see
    [Base.Dot]. *)
From Coq Require Import ZArith Reals Lra Lia Floats Uint63 Ring63.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof Base.Dot.
Local Open Scope R_scope.

(** ** Any order of summation *)
Lemma magnitude_nonneg t : 0 <= magnitude t.
Admitted.
Lemma exact_le_magnitude t : Rabs (exact t) <= magnitude t.
Admitted.
Theorem rounded_error r h t v : 0 <= r -> 0 <= h -> rounded r h t v ->
  Rabs (v - exact t) <= ((1 + r) ^ depth t - 1) * magnitude t + INR (ops t) * (1 + r) ^ depth t * h.
Admitted.
(** ** Kernels *)
Theorem dot_error e a i b j : wf e -> fin (dot e a i b j) ->
  Rabs (fR (dot e a i b j) - sum e (fun t => fR (fget a (i + t)) * fR (fget b (j + t)))) <=
    fR (gamma (len e)) * sum e (fun t => Rabs (fR (fget a (i + t))) * Rabs (fR (fget b (j + t))))
    + fR tiny.
Admitted.
Lemma dot_fin e a i b j t : wf e -> fin (dot e a i b j) -> below e t ->
  fin (fget a (i + t)) /\ fin (fget b (j + t)).
Admitted.
Theorem dot_strided_error e a i di b j dj : wf e -> fin (dot_strided e a i di b j dj) ->
  Rabs (fR (dot_strided e a i di b j dj)
        - sum e (fun t => fR (fget a (i + t * di)) * fR (fget b (j + t * dj)))) <=
    fR (gamma (len e)) * sum e (fun t => Rabs (fR (fget a (i + t * di))) * Rabs (fR (fget b (j + t * dj))))
    + fR tiny.
Admitted.
Lemma dot_strided_fin e a i di b j dj t : wf e -> fin (dot_strided e a i di b j dj) -> below e t ->
  fin (fget a (i + t * di)) /\ fin (fget b (j + t * dj)).
Admitted.
Theorem dot_abs_ge e a i b j : wf e -> fin (dot_abs e a i b j) ->
  sum e (fun t => Rabs (fR (fget a (i + t))) * Rabs (fR (fget b (j + t)))) <= fR (dot_abs e a i b j).
Admitted.
Lemma dot_abs_fin e a i b j t : wf e -> fin (dot_abs e a i b j) -> below e t ->
  fin (fget a (i + t)) /\ fin (fget b (j + t)).
Admitted.
Theorem dot_abs_strided_ge e a i di b j dj : wf e -> fin (dot_abs_strided e a i di b j dj) ->
  sum e (fun t => Rabs (fR (fget a (i + t * di))) * Rabs (fR (fget b (j + t * dj))))
    <= fR (dot_abs_strided e a i di b j dj).
Admitted.
Lemma dot_abs_strided_fin e a i di b j dj t : wf e -> fin (dot_abs_strided e a i di b j dj) ->
  below e t -> fin (fget a (i + t * di)) /\ fin (fget b (j + t * dj)).
Admitted.
Theorem dot_sel_error e a p q : wf e -> fin (dot_sel e a p q) ->
  Rabs (fR (dot_sel e a p q)
        - sum e (fun t => fR (fget a t) * fR (if (0 <=? fget a t)%float then fget p t else fget q t))) <=
    fR (gamma (len e))
      * sum e (fun t => Rabs (fR (fget a t)) * Rmax (Rabs (fR (fget p t))) (Rabs (fR (fget q t))))
    + fR tiny.
Admitted.
Lemma dot_sel_fin e a p q t : wf e -> fin (dot_sel e a p q) -> below e t ->
  fin (fget a t) /\ fin (if (0 <=? fget a t)%float then fget p t else fget q t).
Admitted.
Theorem sum_abs_f_ge e a : wf e -> fin (sum_abs_f e a) ->
  sum e (fun t => Rabs (fR (fget a t))) <= fR (sum_abs_f e a).
Admitted.
Lemma sum_abs_f_fin e a t : wf e -> fin (sum_abs_f e a) -> below e t -> fin (fget a t).
Admitted.
