(* Coq's primitive floats as OCaml's: both are IEEE-754 binary64, rounding to nearest, ties to even. *)
type t = float
type float_class = PNormal | NNormal | PSubn | NSubn | PZero | NZero | PInf | NInf | NaN
type float_comparison = FEq | FLt | FGt | FNotComparable

let of_float (x : float) = x [@@inline]
let add (x : float) (y : float) = x +. y [@@inline]
let sub (x : float) (y : float) = x -. y [@@inline]
let mul (x : float) (y : float) = x *. y [@@inline]
let div (x : float) (y : float) = x /. y [@@inline]
let sqrt (x : float) = sqrt x [@@inline]
let abs (x : float) = abs_float x [@@inline]
let opp (x : float) = -. x [@@inline]
let eq (x : float) (y : float) = x = y [@@inline]
let lt (x : float) (y : float) = x < y [@@inline]
let le (x : float) (y : float) = x <= y [@@inline]

(* Used below 2^53 only, where the conversion is exact; larger arguments stop the program. *)
let of_uint63 (n : int) = if n >= 0 && n lsr 53 = 0 then float_of_int n else failwith "of_uint63"

(* Mantissa in [0.5, 1) and exponent plus 2101; zero and non-finite numbers never get here. *)
let frshiftexp (x : float) = let m, e = Float.frexp x in (m, e + 2101)
let normfr_mantissa (m : float) = int_of_float (Float.ldexp (abs_float m) 53)
