(** Consequences of what is known about all nodes. Symbols: see [Checker.Invariant]. *)
From Coq Require Import Reals Lra Floats Uint63 List.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import IR.LinMap IR.LinMapProof IR.Graph IR.GraphProof.
From Provenn Require Import Checker.Enclose Checker.Invariant.
Import ListNotations.
Local Open Scope R_scope.

(** ** One node *)
Section One.
Variables (fv : fnoise) (n : node) (s : info) (zs : list vec) (y : vec).
Hypothesis M : magnitudes fv n s zs y.

Lemma mag_nonneg i : below (ext n) i -> 0 <= fR (fget (mag s) i).
Proof. intros Hi. exact (Rle_trans _ _ _ (Rabs_pos _) (mag_ge _ _ _ _ _ M i Hi)). Qed.
(** What underflow may cost is paid for. *)
Lemma spare_pays (m := sum (ext n) (fun i => fR (fget (mag s) i))) : wf (ext n) ->
  0 <= eta * m <= fR tiny * m /\ fR tiny * m <= fR (spare s).
Proof.
  intros W. assert (P : 0 <= m) by exact (sum_nonneg _ _ W mag_nonneg). pose proof eta_pos.
  split; [|exact (spare_ge _ _ _ _ _ M)]. split; [apply Rmult_le_pos; lra|].
  apply Rmult_le_compat_r; [exact P | apply eta_le_tiny].
Qed.
End One.

(** ** Some node *)
Lemma known_nth fv ns : forall ss ys d n, known fv ns ss ys -> nth_error ns d = Some n ->
  between n (info_at ss d) (value ys d) /\ (exists zs, magnitudes fv n (info_at ss d) zs (value ys d)) /\
  value (sizes ss) d = fun k => fR (fget (mag (info_at ss d)) k).
Proof.
  induction ns as [|m ns IH]; intros [|s ss] [|y ys] [|d] n K E; try discriminate; try contradiction;
    destruct K as (B & M & K).
  - injection E as ->. repeat split; trivial; try apply B; trivial. now exists ys.
  - now apply (IH ss ys d).
Qed.

(** ** All nodes *)
Lemma gammas_nonneg ns e ts : Forall (term_ok ns e) ts -> 0 <= gammas ts.
Proof.
  unfold gammas. induction 1 as [|t ts (V & _) _ IH]; cbn [sum_of]; [lra|]. destruct (gam_nonneg _ V). lra.
Qed.

Section All.
Variables (fv : fnoise) (ns : list node) (ss : list info) (ys : list vec).
Hypothesis K : known fv ns ss ys.

Lemma size_ge d e k : node_at ns d e -> below e k -> Rabs (value ys d k) <= value (sizes ss) d k.
Proof.
  intros (n & En & <-) Hk. destruct (known_nth fv ns ss ys d n K En) as (_ & (zs & M) & ->).
  now apply (mag_ge _ _ _ _ _ M).
Qed.
Lemma size_nonneg d e k : node_at ns d e -> below e k -> 0 <= value (sizes ss) d k.
Proof. intros N Hk. exact (Rle_trans _ _ _ (Rabs_pos _) (size_ge d e k N Hk)). Qed.

Variables (e : extent) (ts : list term) (b : option farr).
Hypothesis T : Forall (term_ok ns e) ts.

Lemma load_nonneg i : below e i -> 0 <= affineA ts b (sizes ss) i.
Proof. intros Hi. apply (affineA_nonneg ns e); trivial. exact size_nonneg. Qed.
Lemma affineA_le_load i : below e i -> affineA ts b (abs_all ys) i <= affineA ts b (sizes ss) i.
Proof. intros Hi. apply (affineA_mono ns e); trivial. intros d a k. rewrite value_abs. apply size_ge. Qed.
End All.

(** ** Suffixes *)
Lemma known_skipn fv : forall d ns ss ys, known fv ns ss ys ->
  known fv (skipn d ns) (skipn d ss) (skipn d ys).
Proof.
  induction d as [|d IH]; intros [|n ns] [|s ss] [|y ys] K; try contradiction; trivial. apply IH. apply K.
Qed.
