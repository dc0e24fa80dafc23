(** The checker: three files in, acceptance or a reason out.

    [read_semantics c]  what the certificate is about: the reals, or executions in binary32
    [newest ns]     number of the newest node
    [claim_node]    one way to be unsafe, as an affine node over the network's input and output
    [claims]        the claims of all ways of one case, with their infos
    [check_case]    the certificate's tree for one case, or a side of its box that is empty
    [check g p c]   the certificate [c] proves that the network [g] never satisfies the property [p]; the
                    result is what was read
    [accepts g p c] the same, as a test *)
From Coq Require Import Bool Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops IR.LinMap IR.Graph.
From Provenn Require Import Checker.Words Checker.Enclose Checker.Semantics Checker.Backward.
From Provenn Require Import Checker.ReadGraph Checker.ReadProperty Checker.Tree.
Import ListNotations.
Local Open Scope uint63_scope.

Definition certificate_magic : float := 0x1.f4f52506e7670p+101%float.
Definition read_semantics (c : words) : res semantics :=
  let* kind := get_int c 3 in
  if kind =? 0 then Ok Reals
  else if kind =? 1 then let* ulps := get_float c 5 in Ok (Binary32 ulps)
  else fail WrongSemantics 3.

(** Distance of the input node, the oldest one. *)
Definition input_at (ns : list node) : nat := (length ns - 1)%nat.
Fixpoint newest (ns : list node) : int :=
  match ns with
  | [] | [_] => 0
  | _ :: ns => newest ns + 1
  end.

Definition matrix_term (m : option farr) (d : nat) (r n : extent) : list term :=
  match m with
  | Some c => [(d, dense 1 (len r) (len n) c)]
  | None => []
  end.
Definition claim_node (net : network) (p : property) (r : rows) : node :=
  let e := n_rows r in
  let over_x := matrix_term (on_x r) (input_at (nodes net)) e (n_in p) in
  let over_y := matrix_term (on_y r) (output net) e (n_out p) in
  Affine e (over_x ++ over_y) (Some (ftab (len e) (fun i => (- fget (bound r) i)%float))).
Fixpoint claims (v : fnoise) (net : network) (p : property) (ss : state) (rs : list rows) (at_word : int) :
    res (list claim) :=
  match rs with
  | [] => Ok []
  | r :: rs =>
      let n := claim_node net p r in
      let* _ := demand (node_ok n (nodes net)) Malformed at_word in
      let s := affine_info (noiseless v) (ext n) (match n with Affine _ ts _ => ts | _ => [] end)
                 (match n with Affine _ _ b => b | _ => None end) ss in
      let* _ := demand (info_ok (noiseless v) n s) EnclosureFailed at_word in
      let* cs := claims v net p ss rs at_word in
      Ok (Claim n s :: cs)
  end.

Definition check_case (depth : nat) (v : fnoise) (f : words) (net : network) (p : property)
    (ks : list (option info)) (c : case) (q : int) : res int :=
  let ns := nodes net in
  let* kind := get_size f q in
  if kind =? 3 then
    let* i := get_size f (q + 1) in
    let* _ := demand (i <? len (n_in p)) SplitOutside (q + 1) in
    let l := fget (box_lo c) i in
    let h := fget (box_hi c) i in
    if finb l && finb h && (h <? l)%float then Ok (q + 2) else Err NotEmpty (q + 1) l h
  else
    match forwards_from v ns ks (box_lo c, box_hi c) with
    | inr _ => fail EnclosureFailed q
    | inl ss =>
        let* cs := claims v net p ss (ways c) q in
        walk depth v f ns (newest ns) cs ss (unknown ns) q
    end.

Fixpoint check_cases (depth : nat) (v : fnoise) (f : words) (net : network) (p : property)
    (ks : list (option info)) (cs : list case) (q : int) : res int :=
  match cs with
  | [] => Ok q
  | c :: cs =>
      let* q := check_case depth v f net p ks c q in
      check_cases depth v f net p ks cs q
  end.

Definition check (g p c : words) : res (network * property) :=
  let* net := read_graph g in
  let* prop := read_property p in
  let* _ := demand (match nth_error (nodes net) (output net) with
                    | Some n => same_len (ext n) (n_out prop)
                    | None => false end
                    && match nth_error (nodes net) (input_at (nodes net)) with
                    | Some n => same_len (ext n) (n_in prop)
                    | None => false end) WrongShape 3 in
  let* _ := check_head c certificate_magic in
  let* s := read_semantics c in
  let* _ := demand (allowed s (nodes net)) WrongSemantics 3 in
  let* depth := get_size c 4 in
  let* _ := demand (depth <=? 65536) TooDeep 4 in
  let v := noise_of s in
  let ks := map (fixed_info v) (nodes net) in
  let* q := check_cases (S (nat_of depth)) v c net prop ks (cases prop) 22 in
  let* _ := demand (q =? count c) TrailingWords q in
  Ok (net, prop).
Definition accepts (g p c : words) : bool :=
  match check g p c with
  | Ok _ => true
  | Err _ _ _ _ => false
  end.
