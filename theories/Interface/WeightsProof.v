(** A file that holds a network runs as the network does. Symbols: see [Interface.Weights]. *)
From Coq Require Import Bool ZArith NArith QArith Qreals Reals Lia List Strings.Byte.
From Flocq Require Import Binary Bits.
From Provenn Require Import Interface.Network Interface.Numbers Interface.Json Interface.Safetensors.
From Provenn Require Import Interface.SafetensorsProof Interface.Weights.
Import ListNotations.

(** ** Numbers *)
Lemma encode_length x : length (encode x) = 4%nat.
Proof. apply little_length. Qed.
Lemma decode_encode : forall l, decode (flat_map encode l) = Some l.
Proof.
  induction l as [|x l IH]; [reflexivity|]. cbn [flat_map]. pose proof (encode_length x) as L.
  assert (B : (0 <= bits_of_b32 x < 2 ^ 32)%Z).
  { apply (bits_of_binary_float_range 23 8); reflexivity. }
  assert (E : Z.of_N (number_of (encode x)) = bits_of_b32 x).
  { unfold encode. rewrite number_of_little, Z2N.id; [reflexivity | apply B |].
    change (256 ^ N.of_nat 4)%N with (Z.to_N (2 ^ 32)). apply Z2N.inj_lt; [apply B | discriminate | apply B]. }
  destruct (encode x) as [|a [|b [|c [|d [|]]]]] eqn:C; try discriminate L. cbn [app decode].
  rewrite IH, E. unfold b32_of_bits, bits_of_b32. now rewrite binary_float_of_bits_of_binary_float.
Qed.

(** ** Networks *)
Section Networks.
Context {A T : Type} {num : number A} {stored : number T}.
Local Open Scope R_scope.

Lemma same_number_real (a : A) (x : T) : same_number a x = true -> real x = real a.
Proof.
  unfold same_number. destruct (rational a) as [q|] eqn:E; [|discriminate].
  destruct (rational x) as [r|] eqn:F; [|discriminate]. intros H. apply Qeq_bool_eq in H.
  rewrite (rational_real _ _ E), (rational_real _ _ F). symmetry. now apply Qeq_eqR.
Qed.
Lemma same_dot : forall (w : list A) (v : list T) xs, all_same same_number w v = true -> dot v xs = dot w xs.
Proof.
  induction w as [|a w IH]; intros [|x v] xs H; try discriminate; [reflexivity|]. cbn in H.
  apply andb_prop in H as [E H]. destruct xs as [|y xs]; [reflexivity|]. cbn [dot].
  now rewrite (same_number_real _ _ E), (IH v xs H).
Qed.
Lemma same_affine_value : forall (ws : list (list A)) (vs : list (list T)) bs cs xs,
  all_same (all_same same_number) ws vs = true ->
  all_same same_number bs cs = true -> affine_value vs cs xs = affine_value ws bs xs.
Proof.
  induction ws as [|w ws IH]; intros [|v vs] [|b bs] [|c cs] xs H B; try discriminate; try reflexivity.
  cbn in H, B. apply andb_prop in H as [E H]. apply andb_prop in B as [F B]. cbn [affine_value].
  now rewrite (same_dot _ _ xs E), (same_number_real _ _ F), (IH _ _ _ xs H B).
Qed.
Theorem same_run : forall (n : network A) (m : network T) xs, same_network n m = true -> run m xs = run n xs.
Proof.
  induction n as [|l n IH]; intros [|k m] xs H; try discriminate; [reflexivity|]. cbn in H.
  apply andb_prop in H as [E H]. unfold same_layer in E. apply andb_prop in E as [E F].
  apply andb_prop in E as [E G]. cbn [run]. rewrite (IH m _ H). f_equal. unfold layer_value.
  rewrite (same_affine_value _ _ _ _ xs E G). f_equal. now destruct (activate l), (activate k).
Qed.
End Networks.

Section Files.
Context {A : Type} {num : number A}.
(** The bytes are a file whose tensors are a network that computes what was defined. *)
Theorem holds_run (n : network A) s : holds n s = true ->
  exists m, network_in (activations n) s = Some m /\ forall xs, run m xs = run n xs.
Proof.
  unfold holds. destruct (network_in (activations n) s) as [m|]; [|discriminate]. intros H. exists m.
  split; [reflexivity|]. intros xs. now apply same_run.
Qed.
(** The file that Coq writes is read again as what was written. *)
Theorem safetensors_read metadata (n : network A) s : safetensors metadata n = Some s ->
  exists m, rounded n = Some m /\ read s = Some (file_of metadata m).
Proof.
  unfold safetensors. destruct (rounded n) as [m|]; [|discriminate].
  destruct (well_formed (file_of metadata m)) eqn:W; [|discriminate]. intros [= <-]. exists m.
  split; [reflexivity | now apply read_write].
Qed.
End Files.
