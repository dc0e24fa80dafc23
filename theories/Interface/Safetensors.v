(** The file format safetensors: eight bytes with the length of a header, the header in JSON, the bytes of all
    tensors. [write] gives the bytes that provenn's writer in Python gives.

    [element]        an element type; [word_of], [size_of] are its name in files and its size in bytes
    [tensor]         name, element type, shape, bytes; [file] is metadata and tensors in their order
    [little k n]     the number [n] as [k] bytes, the lowest first; [number_of s] is the number back
    [padded s]       the header [s] with spaces up to a multiple of 8
    [header f]       the header of [f]; [entries ts n] are its members for tensors that start at byte [n]
    [write f]        the bytes of the file
    [read s]         the file that has the bytes [s]: each tensor starts where the one before ends, nothing is
                     left over, no name stands twice
    [well_formed f]  shapes fit bytes, names differ, the header's length fits in eight bytes
    [sorted f]       the tensors of [f] by name, the metadata by key: the order in which Python writes *)
From Coq Require Import Bool NArith List Strings.Byte.
From Coq Require Strings.String.
From Provenn Require Import Interface.Json.
Import ListNotations String.StringSyntax.
Local Open Scope string_scope.
Local Open Scope list_scope.
Local Open Scope N_scope.

Inductive element := F64 | F32 | F16 | BF16 | I64 | I32 | I16 | I8 | U8 | BOOL.
Definition word_of (e : element) : bytes :=
  text (match e with
        | F64 => "F64" | F32 => "F32" | F16 => "F16" | BF16 => "BF16" | I64 => "I64" | I32 => "I32"
        | I16 => "I16" | I8 => "I8" | U8 => "U8" | BOOL => "BOOL"
        end).
Definition element_of (w : bytes) : option element :=
  find (fun e => equal (word_of e) w) [F64; F32; F16; BF16; I64; I32; I16; I8; U8; BOOL].
Definition size_of (e : element) : N :=
  match e with
  | F64 | I64 => 8
  | F32 | I32 => 4
  | F16 | BF16 | I16 => 2
  | I8 | U8 | BOOL => 1
  end.

Record tensor := Tensor { name : bytes; type : element; shape : list N; data : bytes }.
Record file := File { metadata : list (bytes * bytes); tensors : list tensor }.

Definition count (s : bytes) : N := N.of_nat (length s).
Definition elements (shape : list N) : N := fold_right N.mul 1 shape.

(** ** Writing *)
Fixpoint little (k : nat) (n : N) : bytes :=
  match k with
  | O => []
  | S k => match Byte.of_N (n mod 256) with Some b => b | None => x00 end :: little k (n / 256)
  end.
Definition padded (s : bytes) : bytes := s ++ repeat x20 (N.to_nat ((8 - count s mod 8) mod 8)).

Definition reserved : bytes := text "__metadata__".
Definition dtype_key : bytes := text "dtype".
Definition shape_key : bytes := text "shape".
Definition offsets_key : bytes := text "data_offsets".
Definition entry (t : tensor) (at_byte : N) : json :=
  Object [(dtype_key, Text (word_of (type t))); (shape_key, List (map Number (shape t)));
          (offsets_key, List [Number at_byte; Number (at_byte + count (data t))])].
Fixpoint entries (ts : list tensor) (at_byte : N) : list (bytes * json) :=
  match ts with
  | [] => []
  | t :: ts => (name t, entry t at_byte) :: entries ts (at_byte + count (data t))
  end.
Definition header (f : file) : json :=
  Object ((reserved, Object (map (fun m => (fst m, Text (snd m))) (metadata f))) :: entries (tensors f) 0).
Definition write (f : file) : bytes :=
  let h := padded (print (header f)) in
  little 8 (count h) ++ h ++ flat_map data (tensors f).

(** ** Reading *)
Fixpoint number_of (s : bytes) : N :=
  match s with
  | [] => 0
  | b :: s => Byte.to_N b + 256 * number_of s
  end.
(** The first [n] bytes, where there are so many, and the others. *)
Definition cut (n : N) (s : bytes) : option (bytes * bytes) :=
  let a := firstn (N.to_nat n) s in
  if count a =? n then Some (a, skipn (N.to_nat n) s) else None.
Definition lookup (k : bytes) (l : list (bytes * json)) : option json :=
  match find (fun m => equal k (fst m)) l with
  | Some m => Some (snd m)
  | None => None
  end.
Fixpoint texts (l : list (bytes * json)) : option (list (bytes * bytes)) :=
  match l with
  | [] => Some []
  | (k, Text v) :: l => match texts l with Some m => Some ((k, v) :: m) | None => None end
  | _ => None
  end.
Fixpoint numbers (l : list json) : option (list N) :=
  match l with
  | [] => Some []
  | Number n :: l => match numbers l with Some ns => Some (n :: ns) | None => None end
  | _ => None
  end.
Definition read_tensor (k : bytes) (v : json) (at_byte : N) (s : bytes) : option (tensor * bytes) :=
  match v with
  | Object m =>
      match lookup dtype_key m, lookup shape_key m, lookup offsets_key m with
      | Some (Text w), Some (List dims), Some (List [Number a; Number b]) =>
          match element_of w, numbers dims with
          | Some e, Some sh =>
              let n := elements sh * size_of e in
              if (a =? at_byte) && (b =? at_byte + n) then
                match cut n s with
                | Some (d, s) => Some (Tensor k e sh d, s)
                | None => None
                end
              else None
          | _, _ => None
          end
      | _, _, _ => None
      end
  | _ => None
  end.
Fixpoint read_tensors (l : list (bytes * json)) (at_byte : N) (s : bytes) : option (list tensor) :=
  match l with
  | [] => match s with [] => Some [] | _ => None end
  | (k, v) :: l =>
      match read_tensor k v at_byte s with
      | Some (t, s) =>
          match read_tensors l (at_byte + count (data t)) s with
          | Some ts => Some (t :: ts)
          | None => None
          end
      | None => None
      end
  end.
Definition split_header (l : list (bytes * json)) : option (list (bytes * bytes)) * list (bytes * json) :=
  match l with
  | (k, Object m) :: rest => if equal k reserved then (texts m, rest) else (Some [], l)
  | _ => (Some [], l)
  end.
Fixpoint distinct (l : list bytes) : bool :=
  match l with
  | [] => true
  | a :: l => negb (existsb (equal a) l) && distinct l
  end.
Definition names_ok (f : file) : bool :=
  distinct (reserved :: map name (tensors f)) && distinct (map fst (metadata f)).
Definition read (s : bytes) : option file :=
  match cut 8 s with
  | Some (l, s) =>
      match cut (number_of l) s with
      | Some (h, s) =>
          match parse h with
          | Some (Object l) =>
              match split_header l with
              | (Some m, l) =>
                  match read_tensors l 0 s with
                  | Some ts => if names_ok (File m ts) then Some (File m ts) else None
                  | None => None
                  end
              | _ => None
              end
          | _ => None
          end
      | None => None
      end
  | None => None
  end.

(** ** Which files there are *)
Definition fits (t : tensor) : bool := count (data t) =? elements (shape t) * size_of (type t).
Definition well_formed (f : file) : bool :=
  forallb fits (tensors f) && names_ok f && (count (padded (print (header f))) <? 2 ^ 64).

Fixpoint below (a b : bytes) : bool :=
  match a, b with
  | [], _ => true
  | _, [] => false
  | x :: a, y :: b => (Byte.to_N x <? Byte.to_N y) || ((Byte.to_N x =? Byte.to_N y) && below a b)
  end.
Section Sorting.
Context {A : Type} (key : A -> bytes).
Fixpoint insert (a : A) (l : list A) : list A :=
  match l with
  | [] => [a]
  | b :: m => if below (key a) (key b) then a :: l else b :: insert a m
  end.
Definition sort (l : list A) : list A := fold_right insert [] l.
End Sorting.
Definition sorted (f : file) : file := File (sort fst (metadata f)) (sort name (tensors f)).
