
type nat =
| O
| S of nat

val add : nat -> nat -> nat

val add0 : Uint63.t -> Uint63.t -> Uint63.t

val mul : Uint63.t -> Uint63.t -> Uint63.t

val div : Uint63.t -> Uint63.t -> Uint63.t

val mod0 : Uint63.t -> Uint63.t -> Uint63.t

val abs : Float64.t -> Float64.t

val sqrt : Float64.t -> Float64.t

val eqb : Float64.t -> Float64.t -> bool

val ltb : Float64.t -> Float64.t -> bool

val leb : Float64.t -> Float64.t -> bool

val mul0 : Float64.t -> Float64.t -> Float64.t

val add1 : Float64.t -> Float64.t -> Float64.t

val sub : Float64.t -> Float64.t -> Float64.t

val div0 : Float64.t -> Float64.t -> Float64.t

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Pos :
 sig
  val pred_double : positive -> positive

  val iter_op : ('a1 -> 'a1 -> 'a1) -> positive -> 'a1 -> 'a1

  val to_nat : positive -> nat
 end

module Z :
 sig
  val double : z -> z

  val succ_double : z -> z

  val to_nat : z -> nat
 end

type farr = Farray.t

val fget : farr -> Uint63.t -> Float64.t

val nat_of : Uint63.t -> nat

val ftab : Uint63.t -> (Uint63.t -> Float64.t) -> farr

val r32 : Float64.t -> Float64.t

val add32 : Float64.t -> Float64.t -> Float64.t

val sub32 : Float64.t -> Float64.t -> Float64.t

val mul32 : Float64.t -> Float64.t -> Float64.t

val div32 : Float64.t -> Float64.t -> Float64.t

val sqrt32 : Float64.t -> Float64.t

val sum32 :
  nat -> Float64.t -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t

val dot32 : nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t

val affine32 : Uint63.t -> Uint63.t -> Uint63.t -> farr -> farr -> farr

val map32 : (Float64.t -> Float64.t) -> Uint63.t -> farr -> farr

val zip32 :
  (Float64.t -> Float64.t -> Float64.t) -> Uint63.t -> farr -> farr -> farr

val flag : bool -> Float64.t

val add_all : Uint63.t -> farr -> farr -> farr

val sub_all : Uint63.t -> farr -> farr -> farr

val mul_all : Uint63.t -> farr -> farr -> farr

val div_all : Uint63.t -> farr -> farr -> farr

val sqrt_all : Uint63.t -> farr -> farr

val round_all : Uint63.t -> farr -> farr

val eq_all : Uint63.t -> farr -> farr -> farr

val lt_all : Uint63.t -> farr -> farr -> farr

val le_all : Uint63.t -> farr -> farr -> farr
