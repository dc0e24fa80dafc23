(** Numbers rounded to the element type of a file, by rational numbers or quicker.

    [element_type]      floating-point numbers with so many digits below a power of two, or integers with so
                        many bits; [in_F64], ..., [in_I64] are those that files have
    [finite_number v]   the number [v] unless it is infinite; there is one zero
    [round_to p k q]    the number nearest to [q], ties to even, of the binary format with [p] digits whose
                        numbers lie below [2^k], if there is a finite one
    [round32 q]         the same for binary32
    [whole b q]         [q] as it is, if it is an integer of [b] bits that binary32 holds
    [as_element t q]    [q] as an element of the type [t]
    [stored_Q t a]      the same for an element of [A]
    [storable A]        how an element of [A] is stored: as [stored_Q] says, unless an instance is quicker
    [nearest32 x]       [round32] of a binary64 number, in primitive arithmetic; [nearest64 x] likewise
    [nearest_to p k x]  [round_to p k] of a binary64 number, by its digits *)
From Coq Require Import Bool ZArith QArith Floats.
From Provenn Require Import Base.Binary64 Float.Kernel Interface.Spec Interface.Network.

Inductive element_type := Floating (precision largest : Z) | Whole (bits : Z).
Definition in_F64 := Floating 53 1024.
Definition in_F32 := Floating 24 128.
Definition in_F16 := Floating 11 16.
Definition in_BF16 := Floating 8 128.
Definition in_I64 := Whole 64.
Definition in_I32 := Whole 32.
Definition in_I16 := Whole 16.
Definition in_I8 := Whole 8.

Definition finite_number (v : spec_float) : option PrimFloat.float :=
  match v with
  | S754_zero _ => Some 0%float
  | S754_finite s m e => Some (SF2Prim (S754_finite s m e))
  | _ => None
  end.
Definition round_to (precision largest : Z) (q : Q) : option PrimFloat.float :=
  match Qnum q with
  | Z0 => Some 0%float
  | z =>
      let s := match z with Zneg _ => true | _ => false end in
      finite_number (SFdiv precision largest (S754_finite s (Z.to_pos (Z.abs z)) 0) (S754_finite false (Qden q) 0))
  end.
Definition round32 : Q -> option PrimFloat.float := round_to 24 128.

(** Programs convert stored integers to binary32 before they compute, which must change none of them. *)
Definition whole (bits : Z) (q : Q) : option PrimFloat.float :=
  let r := Qred q in
  if (Zpos (Qden r) =? 1)%Z && (- 2 ^ (bits - 1) <=? Qnum r)%Z && (Qnum r <? 2 ^ (bits - 1))%Z then
    match round32 r with
    | Some x => if is_Q x r then Some x else None
    | None => None
    end
  else None.

Definition as_element (t : element_type) (q : Q) : option PrimFloat.float :=
  match t with
  | Floating p k => round_to p k q
  | Whole b => whole b q
  end.
Definition stored_Q {A} {num : number A} (t : element_type) (a : A) : option PrimFloat.float :=
  match rational a with Some q => as_element t q | None => None end.
Class storable (A : Type) {num : number A} := Storable {
  stored : element_type -> A -> option PrimFloat.float;
  stored_is : forall t a, stored t a = stored_Q t a }.
#[global] Instance storable_in_Q {A} {num : number A} : storable A | 10 :=
  {| stored := stored_Q; stored_is := fun _ _ => eq_refl |}.

Definition nearest32 (x : PrimFloat.float) : option PrimFloat.float :=
  let y := r32 x in
  if (y =? 0)%float then Some 0%float else if finb y then Some y else None.
Definition nearest64 (x : PrimFloat.float) : option PrimFloat.float :=
  if (x =? 0)%float then Some 0%float else if finb x then Some x else None.
Definition nearest_to (precision largest : Z) (x : PrimFloat.float) : option PrimFloat.float :=
  match Prim2SF x with
  | S754_finite s m e =>
      finite_number (SpecFloat.binary_normalize precision largest (if s then Zneg m else Zpos m) e s)
  | v => finite_number v
  end.
