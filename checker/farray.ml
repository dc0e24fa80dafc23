(* Arrays of 64-bit floats. The checker's only arrays: made by [tab], read by [get], never written again. *)
type t = floatarray

(* Bounds-checked: an index outside the array raises Invalid_argument, which the driver rejects. *)
let get (a : t) (i : int) : float = Float.Array.get a i [@@inline]

let tab (n : int) (f : int -> float) : t =
  let a = Float.Array.create n in
  for i = 0 to n - 1 do Float.Array.unsafe_set a i (f i) done;
  a

let length (a : t) : int = Float.Array.length a
