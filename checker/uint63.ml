(* Coq's 63-bit unsigned integers as OCaml's native ones, which wrap around at the same modulus. *)
type t = int

let of_int (x : int) = x [@@inline]
let add (x : int) (y : int) = x + y [@@inline]
let sub (x : int) (y : int) = x - y [@@inline]
let mul (x : int) (y : int) = x * y [@@inline]
let l_and (x : int) (y : int) = x land y [@@inline]
let l_sl (x : int) (y : int) = if 0 <= y && y < 63 then x lsl y else 0 [@@inline]
let l_sr (x : int) (y : int) = if 0 <= y && y < 63 then x lsr y else 0 [@@inline]
let equal (x : int) (y : int) = x = y [@@inline]

(* Unsigned order: flip the top bit, compare as signed. *)
let lt (x : int) (y : int) = x lxor min_int < y lxor min_int [@@inline]
let le (x : int) (y : int) = x lxor min_int <= y lxor min_int [@@inline]

(* Division by 0 gives 0, as in Coq; a divisor or dividend above 2^62 takes the slow way. *)
let div (x : int) (y : int) =
  if y > 0 && x >= 0 then x / y
  else if y = 0 then 0
  else if y < 0 then if lt x y then 0 else 1
  else
    let q = ((x lsr 1) / y) lsl 1 in
    if lt (x - q * y) y then q else q + 1
let rem (x : int) (y : int) = if y > 0 && x >= 0 then x mod y else if y = 0 then x else x - div x y * y
