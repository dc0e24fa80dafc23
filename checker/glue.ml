(* Between OCaml's numbers and those of the extracted code, which are the same here. *)
let index (i : Uint63.t) : int = i [@@inline]
let count (n : int) : Uint63.t = n
let word (x : float) : Float64.t = x [@@inline]
let number (x : Float64.t) : float = x
let processes (n : int) : int = Parallel.start n
let leave () = Parallel.leave ()
