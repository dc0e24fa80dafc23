(** Files of weights in any element type: what is stored runs as the network. Symbols: see [Interface.Stored]. *)
From Coq Require Import ZArith NArith QArith List Lia Strings.Byte.
From Flocq Require Import Binary Bits.
From Provenn Require Import Interface.Network Interface.Numbers Interface.Json Interface.Safetensors.
From Provenn Require Import Interface.SafetensorsProof Interface.Weights Interface.WeightsProof Interface.Stored.
Import ListNotations.

(** The bytes of an integer in two's complement are that integer again. *)
Lemma whole_of_bits k z : (0 < k)%Z -> (- 2 ^ (k - 1) <= z < 2 ^ (k - 1))%Z -> whole_of k (z mod 2 ^ k) = z.
Proof.
  intros K B. unfold whole_of. assert (E : (2 ^ k = 2 * 2 ^ (k - 1))%Z).
  { rewrite <- Z.pow_succ_r by lia. f_equal. lia. }
  destruct (Z_lt_le_dec z 0) as [N|P].
  - replace (z mod 2 ^ k)%Z with (z + 2 ^ k)%Z.
    + destruct (Z.ltb_spec (z + 2 ^ k) (2 ^ (k - 1))); lia.
    + rewrite <- (Z_mod_plus_full z 1), Z.mul_1_l. symmetry. apply Z.mod_small. lia.
  - rewrite Z.mod_small by lia. destruct (Z.ltb_spec z (2 ^ (k - 1))); lia.
Qed.

(** The bytes are a file whose tensors, of whatever type, are a network that computes what was defined. *)
Theorem holds_stored_run {A} {num : number A} (n : network A) s : holds_stored n s = true ->
  exists m, stored_network (activations n) s = Some m /\ forall xs, run m xs = run n xs.
Proof.
  unfold holds_stored. destruct (stored_network (activations n) s) as [m|]; [|discriminate]. intros H. exists m.
  split; [reflexivity|]. intros xs. now apply same_run.
Qed.
