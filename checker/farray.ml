(* Arrays of 64-bit floats, made by [tab] or [tab4] and read by [get], and tables of anything else, made by
   [tabulate] and read by [entry]. The checker's only arrays; never written again. *)
type t = floatarray

(* Bounds-checked: an index outside the array raises Invalid_argument, which the driver rejects. *)
let get (a : t) (i : int) : float = Float.Array.get a i [@@inline]

let tab (n : int) (f : int -> float) : t =
  let a = Float.Array.create n in
  for i = 0 to n - 1 do Float.Array.unsafe_set a i (f i) done;
  a

let tab4 (n : int) (f : int -> (float * float) * (float * float)) : t =
  let a = Float.Array.create n in
  for b = 0 to (n + 3) / 4 - 1 do
    let (x0, x1), (x2, x3) = f b and i = 4 * b in
    Float.Array.unsafe_set a i x0;
    if i + 1 < n then Float.Array.unsafe_set a (i + 1) x1;
    if i + 2 < n then Float.Array.unsafe_set a (i + 2) x2;
    if i + 3 < n then Float.Array.unsafe_set a (i + 3) x3
  done;
  a

type 'a table = 'a array
let entry (t : 'a table) (i : int) : 'a = Array.get t i [@@inline]
let tabulate (n : int) (_ : 'a) (f : int -> 'a) : 'a table = Array.init n f

let length (a : t) : int = Float.Array.length a
