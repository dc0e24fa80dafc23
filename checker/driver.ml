(* Reads three files, calls a checker that was extracted from Coq, prints what it says.

   usage: provenn-checker GRAPH PROPERTY CERTIFICATE [PROCESSES]
          provenn-checker gradient FORWARD PLAN STEP
   exit:  0 accepted, 1 rejected, 2 files cannot be read, 3 a process was killed *)
let usage = "usage: provenn-checker GRAPH PROPERTY CERTIFICATE [PROCESSES]\n       \
             provenn-checker gradient FORWARD PLAN STEP"

(* A private copy, in order: the theorem is about words that do not change while they are checked. *)
let read path : Farray.t =
  let file = open_in_bin path in
  let bytes = in_channel_length file in
  if bytes mod 8 <> 0 then failwith (path ^ ": not a whole number of 8-byte words");
  if bytes = 0 then failwith (path ^ ": empty file");
  let size = 65536 in
  let part = Bytes.create size in
  let words = Farray.tab (bytes / 8) (fun i ->
    let at = 8 * i land (size - 1) in
    if at = 0 then really_input file part 0 (min size (bytes - 8 * i));
    Int64.float_of_bits (Bytes.get_int64_le part at)) in
  close_in file;
  words

(* Each checker has its own copies of the types [words], [res] and [reason]. *)
let count a = Glue.count (Farray.length a)
let word a i = Glue.word (Farray.get a (Glue.index i))
let for_certificate a = { Checker.count = count a; word = word a }
let for_gradient a = { Gradient.count = count a; word = word a }

let certificate_reason : Checker.reason -> string = function
  | Truncated -> "truncated" | TrailingWords -> "trailing-words" | NotThisFormat -> "not-this-format"
  | NotThisVersion -> "not-this-version" | WrongCount -> "wrong-count" | NotFinite -> "not-finite"
  | NotAnInteger -> "not-an-integer" | TooLarge -> "too-large" | Negative -> "negative"
  | UnknownOperation -> "unknown-operation" | WrongShape -> "wrong-shape" | MissingNode -> "missing-node"
  | NotAConstant -> "not-a-constant" | Malformed -> "malformed" | NoInput -> "no-input"
  | WrongSemantics -> "wrong-semantics" | EnclosureFailed -> "enclosure-failed" | NotAffine -> "not-affine"
  | SlopeOutside -> "slope-outside" | MultiplierNegative -> "multiplier-negative"
  | MultiplierSign -> "multiplier-sign"
  | SplitOutside -> "split-outside" | BoundFailed -> "bound-failed" | Crossed -> "crossed"
  | NotEmpty -> "not-empty" | UnknownStep -> "unknown-step" | TooDeep -> "too-deep"
  | NotRefuted -> "not-refuted"
let gradient_reason : Gradient.reason -> string = function
  | Truncated -> "truncated" | TrailingWords -> "trailing-words" | NotThisFormat -> "not-this-format"
  | NotThisVersion -> "not-this-version" | WrongCount -> "wrong-count" | NotFinite -> "not-finite"
  | NotAnInteger -> "not-an-integer" | TooLarge -> "too-large" | UnknownOperation -> "unknown-operation"
  | WrongShape -> "wrong-shape" | MissingNode -> "missing-node" | Malformed -> "malformed" | _ -> "other"

let understood_certificate ((net, prop) : Checker.network * Checker.property) =
  Printf.printf "nodes %d\ninputs %d\noutputs %d\ncases %d\nways-to-be-unsafe %d\n" (List.length net.nodes)
    (Glue.index prop.n_in.len) (Glue.index prop.n_out.len) (List.length prop.cases)
    (List.fold_left (fun n (c : Checker.case) -> n + List.length c.ways) 0 prop.cases)

let rule : Gradient.param * Gradient.optimiser -> string = function
  | _, Sgd (nesterov, _, _, _) -> if nesterov then "nesterov" else "sgd"
  | _, Adam (decoupled, _, _, _, _, _, _, _, _, _) -> if decoupled then "adamw" else "adam"
let decayed : Gradient.param * Gradient.optimiser -> bool = function
  | _, (Sgd (_, _, _, decay) | Adam (_, _, _, _, _, _, _, _, _, decay)) -> (decay <> None)
let understood_step (((forward, plan), step) : (Gradient.program * Gradient.plan) * Gradient.program) =
  Printf.printf "forward-nodes %d\nstep-nodes %d\nweights %d\nrules %s\ndecayed %d\nnorm %s\nclipping %s\n"
    (List.length forward.nodes) (List.length step.nodes) (List.length plan.weights)
    (String.concat " " (List.sort_uniq compare (List.map rule plan.weights)))
    (List.length (List.filter decayed plan.weights))
    (if plan.clipped = Unmeasured then "no" else "yes")
    (match plan.clipped with Clipped x -> Printf.sprintf "%.9g" (Glue.number x) | _ -> "none")

(* [check] gives what it understood, as an action that prints it, or why it rejects. *)
let judge names paths check =
  match List.map read paths with
  | exception (Sys_error m | Failure m) -> Printf.printf "error %s\n" m; exit 2
  | exception End_of_file -> print_endline "error a file became shorter while it was read"; exit 2
  | files -> (
      List.iter2 (fun what a -> Printf.printf "%s-words %d\n" what (Farray.length a)) names files;
      let start = Unix.gettimeofday () in
      let finish () = Printf.printf "seconds %.6f\n" (Unix.gettimeofday () -. start) in
      match check files with
      | Ok print -> finish (); print (); print_endline "accepted"
      | Error (reason, at, x, y) ->
          finish ();
          Printf.printf "rejected %s word=%d left=%.17g right=%.17g\n" reason (Glue.index at)
            (Glue.number x) (Glue.number y);
          exit 1
      | exception e ->
          finish ();
          Printf.printf "rejected %s word=0 left=0 right=0\n"
            (match e with Stack_overflow -> "stack-overflow" | Out_of_memory -> "out-of-memory"
                        | _ -> "index-outside");
          exit 1)

let certificate processes files =
  let[@warning "-8"] [ g; p; c ] = List.map for_certificate files in
  Printf.printf "processes %d\n" (Glue.processes processes);
  match Fun.protect ~finally:Glue.leave (fun () -> Checker.check g p c) with
  | Ok facts -> Result.Ok (fun () -> understood_certificate facts)
  | Err (r, at, x, y) -> Result.Error (certificate_reason r, at, x, y)
let gradient files =
  let[@warning "-8"] [ f; p; s ] = List.map for_gradient files in
  match Gradient.check_step f p s with
  | Ok facts -> Result.Ok (fun () -> understood_step facts)
  | Err (r, at, x, y) -> Result.Error (gradient_reason r, at, x, y)

let kinds = [ "graph"; "property"; "certificate" ]
let number n = match int_of_string_opt n with Some k -> k | None -> 0
let () =
  (* Rows die young: collect rarely, and keep young ones in the processor's cache. *)
  Gc.set { (Gc.get ()) with space_overhead = 400; minor_heap_size = 65536 };
  match Sys.argv with
  | [| _; "gradient"; f; p; s |] -> judge [ "forward"; "plan"; "step" ] [ f; p; s ] gradient
  | [| _; g; p; c |] -> judge kinds [ g; p; c ] (certificate 1)
  | [| _; g; p; c; n |] when 1 <= number n && number n <= 4096 ->
      judge kinds [ g; p; c ] (certificate (number n))
  | _ -> prerr_endline usage; exit 2
