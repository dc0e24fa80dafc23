(* As ../glue.ml for Coq's own modules, whose types are abstract but, on a 64-bit machine, represented the same. *)
let index (i : Uint63.t) : int = Obj.magic i
let count (n : int) : Uint63.t = Uint63.of_int n
let word (x : float) : Float64.t = Float64.of_float x
let number (x : Float64.t) : float = Obj.magic x
let processes (_ : int) : int = 1
let leave () = ()
