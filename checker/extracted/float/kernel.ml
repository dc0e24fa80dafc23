
type nat =
| O
| S of nat

(** val add : nat -> nat -> nat **)

let rec add n m =
  match n with
  | O -> m
  | S p -> S (add p m)

(** val add0 : Uint63.t -> Uint63.t -> Uint63.t **)

let add0 = Uint63.add

(** val mul : Uint63.t -> Uint63.t -> Uint63.t **)

let mul = Uint63.mul

(** val div : Uint63.t -> Uint63.t -> Uint63.t **)

let div = Uint63.div

(** val mod0 : Uint63.t -> Uint63.t -> Uint63.t **)

let mod0 = Uint63.rem

(** val abs : Float64.t -> Float64.t **)

let abs = Float64.abs

(** val sqrt : Float64.t -> Float64.t **)

let sqrt = Float64.sqrt

(** val eqb : Float64.t -> Float64.t -> bool **)

let eqb = Float64.eq

(** val ltb : Float64.t -> Float64.t -> bool **)

let ltb = Float64.lt

(** val leb : Float64.t -> Float64.t -> bool **)

let leb = Float64.le

(** val mul0 : Float64.t -> Float64.t -> Float64.t **)

let mul0 = Float64.mul

(** val add1 : Float64.t -> Float64.t -> Float64.t **)

let add1 = Float64.add

(** val sub : Float64.t -> Float64.t -> Float64.t **)

let sub = Float64.sub

(** val div0 : Float64.t -> Float64.t -> Float64.t **)

let div0 = Float64.div

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Pos =
 struct
  (** val pred_double : positive -> positive **)

  let rec pred_double = function
  | XI p -> XI (XO p)
  | XO p -> XI (pred_double p)
  | XH -> XH

  (** val iter_op : ('a1 -> 'a1 -> 'a1) -> positive -> 'a1 -> 'a1 **)

  let rec iter_op op p a =
    match p with
    | XI p0 -> op a (iter_op op p0 (op a a))
    | XO p0 -> iter_op op p0 (op a a)
    | XH -> a

  (** val to_nat : positive -> nat **)

  let to_nat x =
    iter_op add x (S O)
 end

module Z =
 struct
  (** val double : z -> z **)

  let double = function
  | Z0 -> Z0
  | Zpos p -> Zpos (XO p)
  | Zneg p -> Zneg (XO p)

  (** val succ_double : z -> z **)

  let succ_double = function
  | Z0 -> Zpos XH
  | Zpos p -> Zpos (XI p)
  | Zneg p -> Zneg (Pos.pred_double p)

  (** val to_nat : z -> nat **)

  let to_nat = function
  | Zpos p -> Pos.to_nat p
  | _ -> O
 end

type farr = Farray.t

(** val fget : farr -> Uint63.t -> Float64.t **)

let fget = Farray.get

(** val nat_of : Uint63.t -> nat **)

let nat_of = (let rec up n m = if n = 0 then m else up (n - 1) (S m) in fun n -> up n O)

(** val ftab : Uint63.t -> (Uint63.t -> Float64.t) -> farr **)

let ftab = Farray.tab

(** val r32 : Float64.t -> Float64.t **)

let r32 x =
  let a = abs x in
  if ltb a (Float64.of_float (0x1p-126))
  then mul0 (mul0 x (Float64.of_float (0x1p-925)))
         (Float64.of_float (0x1p+925))
  else if ltb a (Float64.of_float (0x1.ffffffp+127))
       then let c = mul0 x (Float64.of_float (0x1.00000008p+29)) in
            add1 (sub x c) c
       else mul0 x (Float64.of_float (0x1p+1000))

(** val add32 : Float64.t -> Float64.t -> Float64.t **)

let add32 x y =
  r32 (add1 x y)

(** val sub32 : Float64.t -> Float64.t -> Float64.t **)

let sub32 x y =
  r32 (sub x y)

(** val mul32 : Float64.t -> Float64.t -> Float64.t **)

let mul32 x y =
  r32 (mul0 x y)

(** val div32 : Float64.t -> Float64.t -> Float64.t **)

let div32 x y =
  r32 (div0 x y)

(** val sqrt32 : Float64.t -> Float64.t **)

let sqrt32 x =
  r32 (sqrt x)

(** val sum32 :
    nat -> Float64.t -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t **)

let rec sum32 n acc w i x j =
  match n with
  | O -> acc
  | S n0 ->
    sum32 n0 (add32 acc (mul32 (fget x j) (fget w i))) w
      (add0 i (Uint63.of_int (1))) x (add0 j (Uint63.of_int (1)))

(** val dot32 : nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t **)

let dot32 n w i x j =
  match n with
  | O -> (Float64.of_float (0x0p+0))
  | S n0 ->
    sum32 n0 (mul32 (fget x j) (fget w i)) w (add0 i (Uint63.of_int (1))) x
      (add0 j (Uint63.of_int (1)))

(** val affine32 :
    Uint63.t -> Uint63.t -> Uint63.t -> farr -> farr -> farr **)

let affine32 r n m x w =
  let fuel = nat_of n in
  ftab (mul r m) (fun k ->
    dot32 fuel w (mul (mod0 k m) n) x (mul (div k m) n))

(** val map32 : (Float64.t -> Float64.t) -> Uint63.t -> farr -> farr **)

let map32 op n a =
  ftab n (fun i -> op (fget a i))

(** val zip32 :
    (Float64.t -> Float64.t -> Float64.t) -> Uint63.t -> farr -> farr -> farr **)

let zip32 op n a b =
  ftab n (fun i -> op (fget a i) (fget b i))

(** val flag : bool -> Float64.t **)

let flag = function
| true -> (Float64.of_float (0x1p+0))
| false -> (Float64.of_float (0x0p+0))

(** val add_all : Uint63.t -> farr -> farr -> farr **)

let add_all =
  zip32 add32

(** val sub_all : Uint63.t -> farr -> farr -> farr **)

let sub_all =
  zip32 sub32

(** val mul_all : Uint63.t -> farr -> farr -> farr **)

let mul_all =
  zip32 mul32

(** val div_all : Uint63.t -> farr -> farr -> farr **)

let div_all =
  zip32 div32

(** val sqrt_all : Uint63.t -> farr -> farr **)

let sqrt_all =
  map32 sqrt32

(** val round_all : Uint63.t -> farr -> farr **)

let round_all =
  map32 r32

(** val eq_all : Uint63.t -> farr -> farr -> farr **)

let eq_all =
  zip32 (fun x y -> flag (eqb x y))

(** val lt_all : Uint63.t -> farr -> farr -> farr **)

let lt_all =
  zip32 (fun x y -> flag (ltb x y))

(** val le_all : Uint63.t -> farr -> farr -> farr **)

let le_all =
  zip32 (fun x y -> flag (leb x y))
