(** A network as a file of weights: what its safetensors file must be, and which network a file holds.

    [round_to_32 q]    the binary32 number nearest to [q], ties to even, as Flocq has it, if there is a finite one
    [each f l]         [f] of every element, if all are there
    [rounded n]        the network with binary32 numbers in place of its own
    [encode x]         the four bytes of a binary32 number, the lowest first; [decode s] are the numbers back
    [decimal k]        the digits of [k]
    [tensors_of k n]   weights and biases of the layers, called as in a torch.nn.Sequential from module [k] on
    [file_of m n]      the file of a network with the metadata [m]; [write] gives its bytes
    [cells m n l]      the list [l] as [m] rows of [n]
    [layers_from get acts k]  the layers with these activations whose tensors [get] finds by name
    [layers_in acts k f]  those whose tensors are in the file [f]
    [same_network n m] both have equal numbers, as rational numbers, in the same places
    [holds n s]        the bytes [s] are a safetensors file of exactly this network
    [unpacked k l]     [k] bytes, seven from each integer, the lowest first *)
From Coq Require Import Bool ZArith NArith QArith Floats Uint63 List Strings.Byte.
From Coq Require Strings.String.
From Flocq Require Import Binary Bits.
From Provenn Require Import Interface.Network Interface.Numbers Interface.Json Interface.Safetensors.
Import ListNotations String.StringSyntax.
Local Open Scope string_scope.
Local Open Scope list_scope.

Definition finite_32 (s : bool) (m : positive) (e : Z) : option binary32 :=
  match bool_dec (SpecFloat.bounded 24 128 m e) true with
  | left H => Some (Binary.B754_finite 24 128 s m e H)
  | right _ => None
  end.
Definition round_to_32 (q : Q) : option binary32 :=
  let zero := Some (Binary.B754_zero 24 128 false) in
  match Qnum q with
  | Z0 => zero
  | z =>
      let s := match z with Zneg _ => true | _ => false end in
      match SFdiv 24 128 (S754_finite s (Z.to_pos (Z.abs z)) 0) (S754_finite false (Qden q) 0) with
      | S754_zero _ => zero
      | S754_finite s m e => finite_32 s m e
      | _ => None
      end
  end.

Fixpoint each {A B} (f : A -> option B) (l : list A) : option (list B) :=
  match l with
  | [] => Some []
  | a :: l =>
      match f a, each f l with
      | Some b, Some bs => Some (b :: bs)
      | _, _ => None
      end
  end.

Section Writing.
Context {A : Type} {num : number A}.
Definition number_32 (a : A) : option binary32 :=
  match rational a with Some q => round_to_32 q | None => None end.
Definition rounded_layer (l : layer A) : option (layer binary32) :=
  match each (each number_32) (weights l), each number_32 (biases l) with
  | Some w, Some b => Some (Layer w b (activate l))
  | _, _ => None
  end.
Definition rounded (n : network A) : option (network binary32) := each rounded_layer n.
End Writing.

Definition encode (x : binary32) : bytes := little 4 (Z.to_N (bits_of_b32 x)).
Definition decimal (k : nat) : bytes := digits (N.to_uint (N.of_nat k)).
Definition weight_name (k : nat) : bytes := decimal k ++ text ".weight".
Definition bias_name (k : nat) : bytes := decimal k ++ text ".bias".
(** An activation is a module of its own, with a number and no tensors. *)
Definition next_module (a : activation) (k : nat) : nat := match a with Identity => S k | _ => S (S k) end.
Fixpoint tensors_of (k : nat) (n : network binary32) : list tensor :=
  match n with
  | [] => []
  | l :: n =>
      let m := N.of_nat (length (weights l)) in
      let width := N.of_nat (length (hd [] (weights l))) in
      Tensor (weight_name k) F32 [m; width] (flat_map (flat_map encode) (weights l))
      :: Tensor (bias_name k) F32 [m] (flat_map encode (biases l)) :: tensors_of (next_module (activate l) k) n
  end.
Definition file_of (metadata : list (bytes * bytes)) (n : network binary32) : file :=
  sorted (File metadata (tensors_of 0 n)).

(** ** From files *)
Fixpoint decode (s : bytes) : option (list binary32) :=
  match s with
  | [] => Some []
  | a :: b :: c :: d :: s =>
      match decode s with
      | Some l => Some (b32_of_bits (Z.of_N (number_of [a; b; c; d])) :: l)
      | None => None
      end
  | _ => None
  end.
Definition numbers_in (f : file) (k : bytes) : option (list N * list binary32) :=
  match find (fun t => equal k (name t)) (tensors f) with
  | Some (Tensor _ F32 sh d) => match decode d with Some l => Some (sh, l) | None => None end
  | _ => None
  end.
Fixpoint cells {A} (m n : nat) (l : list A) : list (list A) :=
  match m with
  | O => []
  | S m => firstn n l :: cells m n (skipn n l)
  end.
Fixpoint layers_from {B} (get : bytes -> option (list N * list B)) (acts : list activation) (k : nat)
  : option (network B) :=
  match acts with
  | [] => Some []
  | a :: acts =>
      match get (weight_name k), get (bias_name k), layers_from get acts (next_module a k) with
      | Some ([m; n], w), Some ([_], b), Some ls => Some (Layer (cells (N.to_nat m) (N.to_nat n) w) b a :: ls)
      | _, _, _ => None
      end
  end.
Definition layers_in (acts : list activation) (k : nat) (f : file) : option (network binary32) :=
  layers_from (numbers_in f) acts k.
Definition network_in (acts : list activation) (s : bytes) : option (network binary32) :=
  match read s with Some f => layers_in acts 0 f | None => None end.

Fixpoint all_same {A B} (f : A -> B -> bool) (l : list A) (m : list B) : bool :=
  match l, m with
  | [], [] => true
  | a :: l, b :: m => f a b && all_same f l m
  | _, _ => false
  end.
Section Comparing.
Context {A B : Type} {num : number A} {numB : number B}.
Definition same_number (a : A) (x : B) : bool :=
  match rational a, rational x with Some q, Some r => Qeq_bool q r | _, _ => false end.
Definition same_activation (a b : activation) : bool :=
  match a, b with
  | Identity, Identity | Relu, Relu | Sigmoid, Sigmoid | Tanh, Tanh => true
  | _, _ => false
  end.
Definition same_layer (l : layer A) (m : layer B) : bool :=
  all_same (all_same same_number) (weights l) (weights m) && all_same same_number (biases l) (biases m)
  && same_activation (activate l) (activate m).
Definition same_network : network A -> network B -> bool := all_same same_layer.
End Comparing.
Section Files.
Context {A : Type} {num : number A}.
Definition activations (n : network A) : list activation := map activate n.
Definition holds (n : network A) (s : bytes) : bool :=
  match network_in (activations n) s with Some m => same_network n m | None => false end.
(** All that must be so for the file of a network to hold it. *)
Definition safetensors (metadata : list (bytes * bytes)) (n : network A) : option bytes :=
  match rounded n with
  | Some m => if well_formed (file_of metadata m) then Some (write (file_of metadata m)) else None
  | None => None
  end.
End Files.

Fixpoint low_bytes (k : nat) (i : int) : bytes :=
  match k with
  | O => []
  | S k =>
      match Byte.of_N (Z.to_N (Uint63.to_Z (i land 255)%uint63)) with Some b => b | None => x00 end
      :: low_bytes k (i >> 8)%uint63
  end.
Definition unpacked (k : nat) (l : list int) : bytes := firstn k (flat_map (low_bytes 7) l).
