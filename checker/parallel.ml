(* Coq's [both]: two computations, the second one in a process of its own where one is free. A process that runs
   holds a token, the others lie in a pipe. Who waits for a child lends its token. *)
type 'a outcome = Value of 'a | Overflow | Memory | Failed of string

let tokens : (Unix.file_descr * Unix.file_descr) option ref = ref None
(* Ends of pipes that a new child has no business with. *)
let ends : Unix.file_descr list ref = ref []

(* No answer at all: not acceptance, and no rejection either. *)
let lost () = prerr_endline "a process of the checker ended without a result"; Unix._exit 3

let rec again f x = try f x with Unix.Unix_error (EINTR, _, _) -> again f x
let give w = if again (Unix.write_substring w "t" 0) 1 <> 1 then lost ()
let take r =
  try again (Unix.read r (Bytes.create 1) 0) 1 = 1 || lost ()
  with Unix.Unix_error ((EAGAIN | EWOULDBLOCK), _, _) -> false
let rec wait r = if not (take r) then (ignore (again (Unix.select [ r ] [] []) (-1.)); wait r)

(* Exceptions lose their identity on the way through a pipe. *)
let outcome f =
  try Value (f ()) with
  | Stack_overflow -> Overflow
  | Out_of_memory -> Memory
  | e -> Failed (Printexc.to_string e)
let value = function
  | Value x -> x
  | Overflow -> raise Stack_overflow
  | Memory -> raise Out_of_memory
  | Failed m -> failwith m

(* A process whose parent was killed has nobody to tell; it looks five times a second. *)
let follow parent =
  Sys.set_signal Sys.sigalrm (Signal_handle (fun _ -> if Unix.getppid () <> parent then Unix._exit 3));
  ignore (Unix.setitimer ITIMER_REAL { it_interval = 0.2; it_value = 0.2 })

let child parent w into g =
  follow parent;
  List.iter Unix.close !ends;
  ends := [ into ];
  let made = outcome g in
  give w;
  let out = Unix.out_channel_of_descr into in
  Marshal.to_channel out made [];
  close_out out;
  Unix._exit 0

(* What the child made; an answer that is not whole is none. *)
let collected (type b) r w from pid (_ : unit -> b) : b outcome =
  try
    give w;
    let answer = Unix.in_channel_of_descr from in
    let made = (Marshal.from_channel answer : b outcome) in
    if snd (again (Unix.waitpid []) pid) <> WEXITED 0 then lost ();
    ends := List.filter (( <> ) from) !ends;
    close_in answer;
    wait r;
    made
  with _ -> lost ()

let in_turn f g = let x = f () in (x, g ())
let both f g =
  match !tokens with
  | Some (r, w) when take r -> (
      match Unix.pipe () with
      | exception Unix.Unix_error _ -> give w; in_turn f g
      | from, into -> (
          let self = Unix.getpid () in
          match Unix.fork () with
          | exception Unix.Unix_error _ -> List.iter Unix.close [ from; into ]; give w; in_turn f g
          | 0 -> ( try child self w into g with _ -> lost ())
          | pid ->
              Unix.close into;
              ends := from :: !ends;
              let first = outcome f in
              let second = collected r w from pid g in
              let x = value first in
              (x, value second)))
  | _ -> in_turn f g

(* From now on this many processes, which is what it returns; one where there are no files for pipes. Children
   are waited for whatever SIGCHLD meant to whoever started this. *)
let start processes =
  match if processes > 1 then Some (Unix.pipe ()) else None with
  | None | exception Unix.Unix_error _ -> 1
  | Some (r, w) ->
      Sys.set_signal Sys.sigchld Signal_default;
      Unix.set_nonblock r;
      for _ = 2 to processes do give w done;
      tokens := Some (r, w);
      processes
