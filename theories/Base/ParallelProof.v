(** Tables made in parts are the tables. Symbols: see [Base.Parallel]. *)
From Coq Require Import ZArith Lia Floats Uint63.
From Provenn Require Import Base.Vector Base.VectorProof Base.Parallel.
Local Open Scope Z_scope.
Local Ltac Zify.zify_post_hook ::= Z.to_euclidean_division_equations.

Lemma fan_pair {A B} pays (f : unit -> A) (g : unit -> B) : fan pays f g = (f tt, g tt).
Proof. now destruct pays. Qed.

Lemma half_spec i : to_Z (i / 2) = to_Z i / 2.
Proof. rewrite div_spec. reflexivity. Qed.
Lemma twice_half i : to_Z (i / 2 * 2) = 2 * (to_Z i / 2).
Proof.
  pose proof (to_Z_bounded i). rewrite to_Z_mul; rewrite half_spec; change (to_Z 2) with 2; [lia|].
  assert (to_Z i / 2 * 2 <= to_Z i) by lia. lia.
Qed.
Lemma fget_parts k : forall n f i, ok_len n = true -> to_Z i < to_Z n -> fget (parts k n f) i = f i.
Proof.
  induction k as [|k IH]; intros n f i L Hi; [now apply fget_ftab|].
  cbn [parts abreast]. rewrite fget_ftab by assumption. apply ok_len_le in L.
  pose proof (to_Z_bounded i). pose proof (to_Z_bounded n). assert (wB > 4194304) by reflexivity.
  assert (N : to_Z (n + 1) = to_Z n + 1) by (rewrite to_Z_add; change (to_Z 1) with 1; lia).
  assert (Hn := half_spec n). assert (Hm := half_spec (n + 1)). assert (Hh := half_spec i).
  assert (M : to_Z (i mod 2) = to_Z i mod 2) by (rewrite mod_spec; reflexivity).
  assert (T := twice_half i). destruct (i mod 2 =? 0)%uint63 eqn:E.
  - apply Uint63.eqb_spec in E. rewrite E in M. change (to_Z 0) with 0 in M.
    rewrite IH; [f_equal; apply to_Z_inj; rewrite T; lia | apply ok_len_intro; lia | lia].
  - assert (M1 : to_Z i mod 2 = 1).
    { assert (to_Z i mod 2 <> 0); [|lia]. intros Z. rewrite Z in M. change 0 with (to_Z 0) in M.
      apply to_Z_inj in M. rewrite M in E. discriminate. }
    rewrite IH; [f_equal; apply to_Z_inj | apply ok_len_intro; lia | lia].
    rewrite to_Z_add; rewrite T; change (to_Z 1) with 1; lia.
Qed.
Lemma fget_parts_below k e f i : wf e -> below e i -> fget (parts k (len e) f) i = f i.
Proof. intros (_ & L) H. now apply fget_parts. Qed.
