(** Walking a certificate: a tree of splits and tightenings whose leaves refute the property.

    [state]         infos of all nodes, newest first; the input node comes last
    [claim]         one way to be unsafe, as an affine node on top of the network, with its info
    [slopes]        positions of the lower slopes that a slope block gives, by distance from the newest node
    [all_lines ...] the lines of all elementwise nodes, from bounds and slopes
    [tighten ...]   sharper bounds of one affine node
    [cut ...]       one side of the input's box cut at a point
    [leaf ...]      every claim has a combination of its rows that is positive on the box
    [walk ...]      the whole tree below one case; returns the position after it *)
From Coq Require Import Bool Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops IR.LinMap IR.Graph Ops.Relu.
From Provenn Require Import Checker.Words Checker.Enclose Checker.Backward Checker.ReadProperty.
Import ListNotations.
Local Open Scope uint63_scope.

Definition state := list info.
Record claim := Claim { over : node; about : info }.

(** Slope blocks: number of entries, then per entry a node number and one slope per element. *)
Definition slopes := list (nat * int).
Fixpoint look (s : slopes) (d : nat) : option int :=
  match s with
  | [] => None
  | (d', p) :: s => if Nat.eqb d d' then Some p else look s d
  end.
Fixpoint all_unit (n : nat) (f : words) (p : int) : res unit :=
  match n with
  | O => Ok tt
  | S n =>
      let x := word f p in
      if ((0 <=? x) && (x <=? 1))%float then all_unit n f (p + 1) else Err SlopeOutside p x 1
  end.
Fixpoint slopes_at (todo : nat) (f : words) (ns : list node) (top p : int) : res (slopes * int) :=
  match todo with
  | O => Ok ([], p)
  | S todo =>
      let* k := get_size f p in
      let* _ := demand (k <=? top) MissingNode p in
      let d := nat_of (top - k) in
      match nth_error ns d with
      | Some (Unary _ e _) =>
          let* _ := demand (p + 1 + len e <=? count f) Truncated p in
          let* _ := all_unit (fuel e) f (p + 1) in
          let* (s, q) := slopes_at todo f ns top (p + 1 + len e) in
          Ok ((d, p + 1) :: s, q)
      | _ => fail MissingNode p
      end
  end.
Definition read_slopes (f : words) (ns : list node) (top p : int) : res (slopes * int) :=
  let* n := get_size f p in
  slopes_at (nat_of n) f ns top (p + 1).

(** Lines of every elementwise node, the first of which is at distance [d]. *)
Definition slope (f : words) (s : slopes) (d : nat) (i : int) (l h : float) : float :=
  match look s d with
  | Some p => word f (p + i)
  | None => adaptive l h
  end.
Fixpoint all_lines (f : words) (s : slopes) (ns : list node) (ss : state) (d : nat) : list lines :=
  match ns, ss with
  | n :: ns, _ :: ss =>
      match n with
      | Unary g e from => lines_of g e (info_at ss from) (slope f s d)
      | _ => no_lines
      end :: all_lines f s ns ss (S d)
  | _, _ => []
  end.

Definition replace (ss : state) (d : nat) (s : info) : state := firstn d ss ++ s :: skipn (S d) ss.
Definition with_bounds (s : info) (l h : farr) : info := Info l h (mag s) (load s) (coef s) (spare s).

(** Bounds of node number [top - d], sharpened at the elements for which [chosen] holds. *)
Definition sharper (old new : float) (keep : float -> float -> float) : float :=
  if finb new then keep old new else new.
Definition tighten (v : fnoise) (ns : list node) (ss : state) (d : nat) (ls : list lines)
    (chosen : int -> bool) (p : int) : res state :=
  match skipn d ns, skipn d ss with
  | (Affine e ts b :: _) as ns', (s :: _) as ss' =>
      let low i := neuron v ns' ss' ls false i in
      let high i := (- neuron v ns' ss' ls true i)%float in
      let l := ftab (len e) (fun i =>
        if chosen i then sharper (fget (lo s) i) (low i) maxf else fget (lo s) i) in
      let h := ftab (len e) (fun i =>
        if chosen i then sharper (fget (hi s) i) (high i) minf else fget (hi s) i) in
      let* _ := demand (finite e l && finite e h) BoundFailed p in
      let* _ := demand (ordered e l h) Crossed p in
      Ok (replace ss d (with_bounds s l h))
  | _, _ => fail NotAffine p
  end.

(** Is [x] among the [n] words from position [p]? *)
Fixpoint listed (n : nat) (f : words) (p : int) (x : float) : bool :=
  match n with
  | O => false
  | S n => if (word f p =? x)%float then true else listed n f (p + 1) x
  end.
Definition crossing (s : info) (i : int) : bool := ((fget (lo s) i <? 0) && (0 <? fget (hi s) i))%float.

Fixpoint all_nonneg (n : nat) (f : words) (p : int) : res unit :=
  match n with
  | O => Ok tt
  | S n => let* _ := get_nonneg f p MultiplierNegative in all_nonneg n f (p + 1)
  end.
Definition refute (v : fnoise) (f : words) (ns : list node) (ss : state) (top p : int) (c : claim) :
    res int :=
  let e := ext (over c) in
  let* _ := all_nonneg (fuel e) f p in
  let m := ftab (len e) (fun i => word f (p + i)) in
  let* (s, q) := read_slopes f ns top (p + len e) in
  let ls := all_lines f s ns ss 0 in
  let low := back v (over c :: ns) (about c :: ss) (no_lines :: ls)
    (Some m :: map (fun _ => None) ns) 0%float in
  if finb low then if (0 <? low)%float then Ok q else Err NotRefuted p low 0%float
  else Err BoundFailed p low 0%float.
Fixpoint leaf (v : fnoise) (f : words) (ns : list node) (ss : state) (top p : int) (cs : list claim) :
    res int :=
  match cs with
  | [] => Ok p
  | c :: cs => let* p := refute v f ns ss top p c in leaf v f ns ss top p cs
  end.

(** The input's box with one end of side [i] moved to [x]. *)
Definition cut (s : info) (e : extent) (i : int) (x : float) (upper : bool) : info :=
  if upper then with_bounds s (lo s) (ftab (len e) (fun k => if k =? i then x else fget (hi s) k))
  else with_bounds s (ftab (len e) (fun k => if k =? i then x else fget (lo s) k)) (hi s).
Definition input_at (ns : list node) : nat := (length ns - 1)%nat.

Fixpoint walk (depth : nat) (v : fnoise) (f : words) (ns : list node) (top : int) (cs : list claim)
    (ss : state) (p : int) : res int :=
  match depth with
  | O => fail TooDeep p
  | S depth =>
      let* kind := get_size f p in
      if kind =? 0 then leaf v f ns ss top (p + 1) cs
      else if kind =? 1 then
        let d := input_at ns in
        let s := info_at ss d in
        let* i := get_size f (p + 1) in
        let* x := get_float f (p + 2) in
        match nth_error ns d with
        | Some (Input e) =>
            let* _ := demand (i <? len e) SplitOutside (p + 1) in
            let* _ := (if ((fget (lo s) i <=? x) && (x <=? fget (hi s) i))%float then Ok tt
                       else Err SplitOutside (p + 2) x (fget (lo s) i)) in
            let* p := walk depth v f ns top cs (replace ss d (cut s e i x true)) (p + 3) in
            walk depth v f ns top cs (replace ss d (cut s e i x false)) p
        | _ => fail NoInput p
        end
      else if kind =? 2 then
        let* k := get_size f (p + 1) in
        let* _ := demand (k <=? top) MissingNode (p + 1) in
        let d := nat_of (top - k) in
        let* n := get_float f (p + 2) in
        let every := (n =? -1)%float in
        let* n := (if every then Ok 0 else get_size f (p + 2)) in
        let* _ := demand (p + 3 + n <=? count f) Truncated (p + 2) in
        let* (s, q) := read_slopes f ns top (p + 3 + n) in
        let ls := all_lines f s (skipn d ns) (skipn d ss) d in
        let chosen := if every then crossing (info_at ss d)
                      else let fuel := nat_of n in fun i => listed fuel f (p + 3) (PrimFloat.of_uint63 i) in
        let* ss := tighten v ns ss d ls chosen p in
        walk depth v f ns top cs ss q
      else Err UnknownStep p (PrimFloat.of_uint63 kind) 0%float
  end.
