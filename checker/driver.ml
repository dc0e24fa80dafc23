(* Reads three files, calls the checker that was extracted from Coq, prints what it says.

   usage: provenn-checker GRAPH PROPERTY CERTIFICATE
   exit:  0 accepted, 1 rejected, 2 files cannot be read *)
open Checker

(* A private copy: the theorem is about words that do not change while they are checked. *)
let read path : Farray.t =
  let file = open_in_bin path in
  let bytes = in_channel_length file in
  if bytes mod 8 <> 0 then failwith (path ^ ": not a whole number of 8-byte words");
  if bytes = 0 then failwith (path ^ ": empty file");
  let text = really_input_string file bytes in
  close_in file;
  Farray.tab (bytes / 8) (fun i -> Int64.float_of_bits (String.get_int64_le text (8 * i)))

let words (a : Farray.t) =
  { count = Glue.count (Farray.length a); word = (fun i -> Glue.word (Farray.get a (Glue.index i))) }

let name = function
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

let understood net prop =
  Printf.printf "nodes %d\ninputs %d\noutputs %d\ncases %d\nways-to-be-unsafe %d\n" (List.length net.nodes)
    (Glue.index prop.n_in.len) (Glue.index prop.n_out.len) (List.length prop.cases)
    (List.fold_left (fun n c -> n + List.length c.ways) 0 prop.cases)

let () =
  Gc.set { (Gc.get ()) with space_overhead = 200 };  (* rows die young: collect half as often *)
  match Sys.argv with
  | [| _; g; p; c |] -> (
      match (read g, read p, read c) with
      | exception (Sys_error m | Failure m) -> Printf.printf "error %s\n" m; exit 2
      | exception End_of_file -> print_endline "error a file became shorter while it was read"; exit 2
      | g, p, c -> (
          List.iter (fun (what, a) -> Printf.printf "%s-words %d\n" what (Farray.length a))
            [ ("graph", g); ("property", p); ("certificate", c) ];
          let start = Unix.gettimeofday () in
          let finish () = Printf.printf "seconds %.6f\n" (Unix.gettimeofday () -. start) in
          match check (words g) (words p) (words c) with
          | Ok (net, prop) -> finish (); understood net prop; print_endline "accepted"
          | Err (r, at, x, y) ->
              finish ();
              Printf.printf "rejected %s word=%d left=%.17g right=%.17g\n" (name r) (Glue.index at)
                (Glue.number x) (Glue.number y);
              exit 1
          | exception e ->
              finish ();
              Printf.printf "rejected %s word=0 left=0 right=0\n"
                (match e with Stack_overflow -> "stack-overflow" | Out_of_memory -> "out-of-memory"
                            | _ -> "index-outside");
              exit 1))
  | _ -> prerr_endline "usage: provenn-checker GRAPH PROPERTY CERTIFICATE"; exit 2
