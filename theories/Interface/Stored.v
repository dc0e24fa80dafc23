(** Files of weights in any element type: which numbers their bytes are, which network a file holds.

    [half_of z], [bfloat_of z]  the binary16 and the bfloat16 number with the bits [z]
    [whole_of k z]       the integer whose [k] bits in two's complement are [z]
    [value_of e s]       the number of type [e] that the bytes [s] are, the lowest first
    [values_of k e s]    all numbers in [s], at most [k] of them
    [values_in f k]      shape and numbers of the tensor [k] of the file [f], whatever its type
    [stored_network acts s]  the network with these activations whose file has the bytes [s]
    [holds_stored n s]   it has the numbers of [n], in the same places *)
From Coq Require Import ZArith NArith QArith List Strings.Byte.
From Flocq Require Import Binary Bits.
From Provenn Require Import Interface.Network Interface.Numbers Interface.Json Interface.Safetensors Interface.Weights.
Import ListNotations.

Definition half_of : Z -> binary_float 11 16 := binary_float_of_bits 10 5 eq_refl eq_refl eq_refl.
Definition bfloat_of : Z -> binary_float 8 128 := binary_float_of_bits 7 8 eq_refl eq_refl eq_refl.
Definition whole_of (k z : Z) : Z := if (z <? 2 ^ (k - 1))%Z then z else (z - 2 ^ k)%Z.
Definition value_of (e : element) (s : bytes) : option Q :=
  let z := Z.of_N (number_of s) in
  match e with
  | F64 => rational (b64_of_bits z)
  | F32 => rational (b32_of_bits z)
  | F16 => rational (half_of z)
  | BF16 => rational (bfloat_of z)
  | I64 | I32 | I16 | I8 => rational (whole_of (8 * Z.of_N (size_of e)) z)
  | U8 => rational z
  | BOOL => None
  end.

Fixpoint values_of (k : nat) (e : element) (s : bytes) : option (list Q) :=
  match s, k with
  | [], _ => Some []
  | _, O => None
  | _, S k =>
      match cut (size_of e) s with
      | Some (d, s) =>
          match value_of e d, values_of k e s with
          | Some q, Some l => Some (q :: l)
          | _, _ => None
          end
      | None => None
      end
  end.
Definition values_in (f : file) (k : bytes) : option (list N * list Q) :=
  match find (fun t => equal k (name t)) (tensors f) with
  | Some t =>
      match values_of (length (data t)) (type t) (data t) with
      | Some l => Some (shape t, l)
      | None => None
      end
  | None => None
  end.
Definition stored_network (acts : list activation) (s : bytes) : option (network Q) :=
  match read s with Some f => layers_from (values_in f) acts 0 | None => None end.
Definition holds_stored {A} {num : number A} (n : network A) (s : bytes) : bool :=
  match stored_network (activations n) s with Some m => same_network n m | None => false end.
