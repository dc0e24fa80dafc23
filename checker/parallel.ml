(* Coq's [both] and [abreast]: two computations in two processes.

   Copies of the first process, a power of two with it, do everything that it does at the same time, except that of
   two computations abreast each half of them makes one, and tells the other half. Who is alone in its half may
   give the second of [both] to a process of its own where one is free: a process that runs holds a token, the
   others lie in a pipe. Who waits lends its token. *)
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
let apart f g =
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

(* The copies that make the other half, one way for each halving, the widest first. *)
type way = { first : bool; from : in_channel; into : out_channel }
let ways : way list ref = ref []
let copy = ref false

(* Memory may end in one copy and not in the next, which would then wait for it. *)
let told way made =
  match made with
  | Memory -> lost ()
  | _ -> ( try Marshal.to_channel way.into made []; flush way.into with _ -> lost ())
let patience = 0.1
let heard way =
  try
    match !tokens with
    | Some (r, w) when again (Unix.select [ Unix.descr_of_in_channel way.from ] [] []) patience = ([], [], []) ->
        give w;
        let made = Marshal.from_channel way.from in
        wait r;
        made
    | _ -> Marshal.from_channel way.from
  with _ -> lost ()

let halved (type a b) way inner (f : unit -> a) (g : unit -> b) : a * b =
  ways := inner;
  let x, y =
    if way.first then (
      let x = outcome f in
      told way x;
      let y : b outcome = heard way in
      (x, y))
    else
      let y = outcome g in
      let x : a outcome = heard way in
      told way y;
      (x, y) in
  ways := way :: inner;
  let x = value x in
  (x, value y)

(* [1 lsl levels] processes in all, with a pipe from each to its counterpart on every level; none but the first
   where that many cannot be had. *)
let most_levels = 3
let multiply levels =
  let count = 1 lsl levels and made = ref [] and born = ref [] in
  let other level k = k lxor (1 lsl level) in
  let keep pipes k =
    Array.iteri (fun level -> Array.iteri (fun j (r, w) ->
      if j <> other level k then Unix.close r;
      if j <> k then Unix.close w)) pipes;
    ways := List.rev (List.init levels (fun level ->
      { first = k < other level k; from = Unix.in_channel_of_descr (fst pipes.(level).(other level k));
        into = Unix.out_channel_of_descr (snd pipes.(level).(k)) })) in
  let pipe _ = let p = Unix.pipe () in made := p :: !made; p in
  let self = Unix.getpid () in
  let rec populate pipes k =
    if k = count then keep pipes 0
    else match Unix.fork () with
      | 0 -> copy := true; ( try follow self; keep pipes k with _ -> lost ())
      | pid -> born := pid :: !born; populate pipes (k + 1) in
  try populate (Array.init levels (fun _ -> Array.init count pipe)) 1; count
  with Unix.Unix_error _ when not !copy ->
    List.iter (fun pid -> Unix.kill pid Sys.sigkill; ignore (again (Unix.waitpid []) pid)) !born;
    List.iter (fun (r, w) -> Unix.close r; Unix.close w) !made;
    1

(* Copies are made when there is something to share out: they share what has been read by then. Without them their
   tokens lie in the pipe. *)
let halvings = ref 0
let sharing () =
  let levels = !halvings in
  halvings := 0;
  match !tokens with
  | Some (_, w) when levels > 0 && multiply levels = 1 -> for _ = 2 to 1 lsl levels do give w done
  | _ -> ()
let abreast f g =
  sharing ();
  match !ways with way :: inner -> halved way inner f g | [] -> in_turn f g
let both f g =
  sharing ();
  match !ways with way :: inner -> halved way inner f g | [] -> apart f g

(* A copy has nobody to tell what came of it. *)
let leave () = if !copy then Unix._exit 0

(* From now on this many processes, which is what it returns; one where there are no files for pipes. Children
   are waited for whatever SIGCHLD meant to whoever started this. *)
let start processes =
  match if processes > 1 then Some (Unix.pipe ()) else None with
  | None | exception Unix.Unix_error _ -> 1
  | Some (r, w) ->
      Sys.set_signal Sys.sigchld Signal_default;
      Sys.set_signal Sys.sigpipe Signal_ignore;
      Unix.set_nonblock r;
      tokens := Some (r, w);
      while !halvings < most_levels && 2 lsl !halvings <= processes do incr halvings done;
      for _ = 1 lsl !halvings + 1 to processes do give w done;
      processes
