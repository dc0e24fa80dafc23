(** JSON as headers of files use it: texts, natural numbers, lists and objects, on bytes.

    [bytes]         a sequence of bytes; [text s] are those of a literal
    [json]          a value; members of an object keep their order
    [print j]       the value as Python's [json.dumps] writes it: no spaces, only what must be escaped is
    [quote s]       a text between quotes, escaped byte by byte
    [digits d]      a decimal number
    [separated l]   the parts [l] with commas between them
    [skip s], [after b s]  [s] without spaces at its start; what follows the byte [b] there
    [value n s]     the value at the start of [s], which may have spaces, and what follows it; [n] bounds the
                    number of steps, for which the length of [s] is enough
    [parse s]       the value that [s] is, with nothing but spaces around it *)
From Coq Require Import Bool NArith Decimal List Strings.Byte.
From Coq Require Strings.String.
Import ListNotations.

Definition bytes := list byte.
Definition text : String.string -> bytes := String.list_byte_of_string.
Fixpoint equal (a b : bytes) : bool :=
  match a, b with
  | [], [] => true
  | x :: a, y :: b => Byte.eqb x y && equal a b
  | _, _ => false
  end.

Inductive json :=
| Text (s : bytes)
| Number (n : N)
| List (l : list json)
| Object (l : list (bytes * json)).

(** ** Writing *)
Definition hex (n : N) : byte :=
  match Byte.of_N (if (n <? 10)%N then 48 + n else 87 + n)%N with Some b => b | None => x00 end.
Definition escape (b : byte) : bytes :=
  match b with
  | x22 | x5c => [x5c; b]
  | x08 => [x5c; x62]
  | x09 => [x5c; x74]
  | x0a => [x5c; x6e]
  | x0c => [x5c; x66]
  | x0d => [x5c; x72]
  | _ =>
      let n := Byte.to_N b in
      if (n <? 32)%N then [x5c; x75; x30; x30; hex (n / 16); hex (n mod 16)] else [b]
  end.
Definition quote (s : bytes) : bytes := x22 :: flat_map escape s ++ [x22].
Fixpoint digits (d : uint) : bytes :=
  match d with
  | Nil => []
  | D0 d => x30 :: digits d
  | D1 d => x31 :: digits d
  | D2 d => x32 :: digits d
  | D3 d => x33 :: digits d
  | D4 d => x34 :: digits d
  | D5 d => x35 :: digits d
  | D6 d => x36 :: digits d
  | D7 d => x37 :: digits d
  | D8 d => x38 :: digits d
  | D9 d => x39 :: digits d
  end.
Fixpoint separated (l : list bytes) : bytes :=
  match l with
  | [] => []
  | [a] => a
  | a :: l => a ++ x2c :: separated l
  end.
Fixpoint print (j : json) : bytes :=
  match j with
  | Text s => quote s
  | Number n => digits (N.to_uint n)
  | List l => x5b :: separated (map print l) ++ [x5d]
  | Object l => x7b :: separated (map (fun m => quote (fst m) ++ x3a :: print (snd m)) l) ++ [x7d]
  end.

(** ** Reading *)
Local Infix "=?" := Byte.eqb.
Definition space (b : byte) : bool := (b =? x20) || (b =? x09) || (b =? x0a) || (b =? x0d).
Fixpoint skip (s : bytes) : bytes :=
  match s with
  | b :: t => if space b then skip t else s
  | [] => []
  end.
(** What follows the byte [b], spaces before it skipped. *)
Definition after (b : byte) (s : bytes) : option bytes :=
  match skip s with
  | c :: s => if b =? c then Some s else None
  | [] => None
  end.
Definition unhex (b : byte) : option N :=
  let n := Byte.to_N b in
  if (48 <=? n)%N && (n <=? 57)%N then Some (n - 48)%N
  else if (97 <=? n)%N && (n <=? 102)%N then Some (n - 87)%N
  else if (65 <=? n)%N && (n <=? 70)%N then Some (n - 55)%N
  else None.
Definition unescape (b : byte) : option byte :=
  match b with
  | x22 | x5c | x2f => Some b
  | x62 => Some x08
  | x74 => Some x09
  | x6e => Some x0a
  | x66 => Some x0c
  | x72 => Some x0d
  | _ => None
  end.
(** Of characters by number only those that are one byte: other bytes stand for themselves. *)
Definition numbered (a b c d : byte) : option byte :=
  match unhex a, unhex b, unhex c, unhex d with
  | Some 0%N, Some 0%N, Some h, Some l => if (h <? 8)%N then Byte.of_N (16 * h + l) else None
  | _, _, _, _ => None
  end.
Definition before {A} (a : A) (r : option (list A * bytes)) : option (list A * bytes) :=
  match r with
  | Some (l, s) => Some (a :: l, s)
  | None => None
  end.
Fixpoint read_text (s : bytes) : option (bytes * bytes) :=
  match s with
  | [] => None
  | b :: s =>
      if b =? x22 then Some ([], s)
      else if b =? x5c then
        match s with
        | [] => None
        | c :: s =>
            if c =? x75 then
              match s with
              | h :: i :: j :: k :: s =>
                  match numbered h i j k with
                  | Some x => before x (read_text s)
                  | None => None
                  end
              | _ => None
              end
            else
              match unescape c with
              | Some x => before x (read_text s)
              | None => None
              end
        end
      else if (Byte.to_N b <? 32)%N then None
      else before b (read_text s)
  end.
Fixpoint read_digits (s : bytes) : uint * bytes :=
  match s with
  | x30 :: s => let (d, s) := read_digits s in (D0 d, s)
  | x31 :: s => let (d, s) := read_digits s in (D1 d, s)
  | x32 :: s => let (d, s) := read_digits s in (D2 d, s)
  | x33 :: s => let (d, s) := read_digits s in (D3 d, s)
  | x34 :: s => let (d, s) := read_digits s in (D4 d, s)
  | x35 :: s => let (d, s) := read_digits s in (D5 d, s)
  | x36 :: s => let (d, s) := read_digits s in (D6 d, s)
  | x37 :: s => let (d, s) := read_digits s in (D7 d, s)
  | x38 :: s => let (d, s) := read_digits s in (D8 d, s)
  | x39 :: s => let (d, s) := read_digits s in (D9 d, s)
  | _ => (Nil, s)
  end.
(** No leading zeros, no sign, no fraction. *)
Definition read_number (s : bytes) : option (json * bytes) :=
  let (d, s) := read_digits s in
  let n := N.of_uint d in
  if uint_beq (N.to_uint n) d then Some (Number n, s) else None.

Fixpoint value (fuel : nat) (s : bytes) : option (json * bytes) :=
  match fuel with
  | O => None
  | S fuel =>
      match after x22 s, after x5b s, after x7b s with
      | Some s, _, _ => match read_text s with Some (t, s) => Some (Text t, s) | None => None end
      | _, Some s, _ =>
          match after x5d s with
          | Some s => Some (List [], s)
          | None => match items fuel s with Some (l, s) => Some (List l, s) | None => None end
          end
      | _, _, Some s =>
          match after x7d s with
          | Some s => Some (Object [], s)
          | None => match members fuel s with Some (l, s) => Some (Object l, s) | None => None end
          end
      | None, None, None => read_number (skip s)
      end
  end
with items (fuel : nat) (s : bytes) : option (list json * bytes) :=
  match fuel with
  | O => None
  | S fuel =>
      match value fuel s with
      | Some (v, s) =>
          match after x2c s, after x5d s with
          | Some s, _ => before v (items fuel s)
          | _, Some s => Some ([v], s)
          | None, None => None
          end
      | None => None
      end
  end
with members (fuel : nat) (s : bytes) : option (list (bytes * json) * bytes) :=
  match fuel with
  | O => None
  | S fuel =>
      match member fuel s with
      | Some (m, s) =>
          match after x2c s, after x7d s with
          | Some s, _ => before m (members fuel s)
          | _, Some s => Some ([m], s)
          | None, None => None
          end
      | None => None
      end
  end
with member (fuel : nat) (s : bytes) : option (bytes * json * bytes) :=
  match fuel with
  | O => None
  | S fuel =>
      match after x22 s with
      | Some s =>
          match read_text s with
          | Some (k, s) =>
              match after x3a s with
              | Some s => match value fuel s with Some (v, s) => Some (k, v, s) | None => None end
              | None => None
              end
          | None => None
          end
      | None => None
      end
  end.
Definition parse (s : bytes) : option json :=
  match value (length s) s with
  | Some (j, s) => match skip s with [] => Some j | _ => None end
  | None => None
  end.
