(* Binary32 arithmetic that was extracted from Coq, on files of 8-byte words: a program for tests and replays,
   no part of the checker.

   usage: provenn-float OP A [B] OUT           OP: add sub mul div addz mulz (which flush
                                      subnormal numbers) eq lt le, or with one operand sqrt round
          provenn-float affine R N M X W OUT   X is R rows of N numbers, W is M rows of N, OUT is R rows of M
          provenn-float network GRAPH X OUT    OUT has the values of all nodes, in the order of the file
   All words are binary64 numbers, little-endian; what goes in must be binary32 numbers, except for round. *)
let usage = "usage: provenn-float OP A [B] OUT | provenn-float affine R N M X W OUT | \
             provenn-float network GRAPH X OUT"

(* Coq's arrays are at most this long, so the extraction means what Coq proves up to here. *)
let longest = 4194303

let read path : Farray.t =
  let file = open_in_bin path in
  let bytes = in_channel_length file in
  if bytes mod 8 <> 0 || bytes / 8 > longest then failwith (path ^ ": no number of words that can be used");
  let text = really_input_string file bytes in
  close_in file;
  Farray.tab (bytes / 8) (fun i -> Int64.float_of_bits (String.get_int64_le text (8 * i)))

let write path (a : Farray.t) =
  let text = Bytes.create (8 * Farray.length a) in
  for i = 0 to Farray.length a - 1 do
    Bytes.set_int64_le text (8 * i) (Int64.bits_of_float (Farray.get a i))
  done;
  let file = open_out_bin path in
  output_bytes file text;
  close_out file

let timed operations out run =
  let start = Sys.time () in
  let made = run () in
  Printf.printf "operations %d\nseconds %.6f\n" operations (Sys.time () -. start);
  write out made

let binary = Kernel.[ "add", add_all; "sub", sub_all; "mul", mul_all; "div", div_all;
                      "addz", addz_all; "mulz", mulz_all; "eq", eq_all; "lt", lt_all; "le", le_all ]
let unary = Kernel.[ "sqrt", sqrt_all; "round", round_all ]

(* Functions that are one operation; [reference] rounds their results. All others belong to a library. *)
let library (f : Kernel.unary) x =
  match f with
  | Sqrt -> sqrt x
  | Recip -> 1.0 /. x
  | Power 2 -> x *. x
  | Hinge -1.0 -> abs_float x
  | _ -> failwith "a library computes one of the functions"

let network graph x out =
  let words = { Kernel.count = Farray.length graph; word = Farray.get graph } in
  match Kernel.reference library words x with
  | Ok (values, _) ->
      let all = Float.Array.concat (List.rev values) in
      write out all
  | Err (_, place, _, _) -> failwith (Printf.sprintf "the graph is refused at word %d" place)

let main = function
  | [ "affine"; r; n; m; x; w; out ] ->
      let r, n, m = int_of_string r, int_of_string n, int_of_string m and x = read x and w = read w in
      if min r (min n m) < 0 || r * m > longest || Farray.length x <> r * n || Farray.length w <> m * n then
        failwith "the sizes do not fit the files";
      timed (r * m * max 0 ((2 * n) - 1)) out (fun () -> Kernel.affine32 r n m x w)
  | [ "network"; graph; x; out ] -> network (read graph) (read x) out
  | [ op; a; b; out ] when List.mem_assoc op binary ->
      let a = read a and b = read b in
      if Farray.length a <> Farray.length b then failwith "the operands have different lengths";
      timed (Farray.length a) out (fun () -> List.assoc op binary (Farray.length a) a b)
  | [ op; a; out ] when List.mem_assoc op unary ->
      let a = read a in
      timed (Farray.length a) out (fun () -> List.assoc op unary (Farray.length a) a)
  | _ -> failwith usage

let () =
  try main (List.tl (Array.to_list Sys.argv))
  with Sys_error m | Failure m -> prerr_endline m; exit 2
