(** Numbers rounded to binary32, by rational numbers or quicker.

    [round32 q]     the binary32 number nearest to [q], ties to even, if there is a finite one
    [as32_Q a]      the same for an element of [A]
    [rounded32 A]   how an element of [A] is rounded: as [as32_Q] does, unless an instance is quicker
    [nearest32 x]   [round32] of a binary64 number, in primitive arithmetic *)
From Coq Require Import ZArith QArith Floats.
From Provenn Require Import Base.Binary64 Float.Kernel Interface.Spec Interface.Network.

Definition round32 (q : Q) : option PrimFloat.float :=
  match Qnum q with
  | Z0 => Some 0%float
  | z =>
      let s := match z with Zneg _ => true | _ => false end in
      match SFdiv 24 128 (S754_finite s (Z.to_pos (Z.abs z)) 0) (S754_finite false (Qden q) 0) with
      | S754_zero _ => Some 0%float
      | S754_finite s m e => Some (SF2Prim (S754_finite s m e))
      | _ => None
      end
  end.

Definition as32_Q {A} {num : number A} (a : A) : option PrimFloat.float :=
  match rational a with Some q => round32 q | None => None end.
Class rounded32 (A : Type) {num : number A} := Rounded32 {
  as32 : A -> option PrimFloat.float;
  as32_is : forall a, as32 a = as32_Q a }.
#[global] Instance rounded32_in_Q {A} {num : number A} : rounded32 A | 10 :=
  {| as32 := as32_Q; as32_is := fun _ => eq_refl |}.

Definition nearest32 (x : PrimFloat.float) : option PrimFloat.float :=
  let y := r32 x in
  if (y =? 0)%float then Some 0%float else if finb y then Some y else None.
