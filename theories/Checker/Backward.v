(** Backward linear relaxation: a lower bound of a linear combination of node values.

    [lines]             slopes and offsets of the lines around an elementwise function, or of the planes
                        around a product, per element; [below_right] and [above_right] are the slopes of its
                        right operand; [silent] marks the elements that both lines bound by 0
    [silent_at v ls d]  the elements of the node at distance [d] that are 0, if that is known
    [rough_of ...]      bounds, per unit of coefficient, the rounding of one backward step
    [quads], [quad_at]  four numbers per element, and where they are
    [lines_of n s ss h] the lines of node [n] with info [s], for known bounds, given hints
    [charges v n e s]   what a unit of coefficient on each element of an affine node may cost, noise included
    [charged v n s l]   the lines [l], whose [rough] is the whole cost of a unit of coefficient, noise included
    [selected e q a b]  the row of products of coefficients with slopes below or above
    [row]               coefficients on the values of one node, if any
    [add_row], [spread] add coefficients to the row of one node, or of all operands of an affine node
    [back ns ss ls rs a]  lower bound of [a] plus the sum over all nodes of row times value
    [combined ...]      the same, starting from a combination of rows of the claim [n], known by [s]
    [neuron ...]        the same, starting from plus or minus one element of the newest node
    [pair_dn ...]       the same, starting from a combination of one element of each of two nodes
    [tie_of ...]        ties of chosen elements of two nodes, where factors are not 0 *)
From Coq Require Import Bool Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Base.Dot Ops.Loops IR.LinMap IR.Graph.
From Provenn Require Import Ops.Lines Ops.Product Ops.Functions.
From Provenn Require Import Checker.Enclose.
Import ListNotations.
Local Open Scope float_scope.

Record lines := Lines { below_slope : farr; above_slope : farr; below_right : farr; above_right : farr;
                        below_shift : farr; above_shift : farr; rough : farr;
                        silent : option farr }.
Definition no_lines : lines := let z := ftab 0 (fun _ => 0) in Lines z z z z z z z None.

(** With noise, what its lines bound by 0 is only near 0. *)
Definition silent_at (v : fnoise) (ls : list lines) (d : nat) : option farr :=
  if noisy v then None else silent (nth d ls no_lines).

Definition rough_of (a b m a' b' m' s t g : float) : float :=
  let half a b m := up (0x1p-52 * up (up (PrimFloat.abs a + PrimFloat.abs b) * m)) in
  up (up (half a b m + half a' b' m') + up (g * up (PrimFloat.abs s + PrimFloat.abs t))).

(** The values [part (f i) r], computed once per element unless that takes too long an array. *)
Definition quads (e : extent) (f : int -> quad) : farr :=
  let n := (len e * 4)%uint63 in if ok_len n then ftab4 n f else ftab 0 (fun _ => 0).
Definition quad_at (e : extent) (z : farr) (f : int -> quad) (i r : int) : float :=
  if ok_len (len e * 4)%uint63 then fget z (i * 4 + r)%uint63 else part (f i) r.

Definition lines_of (n : node) (own : info) (ss : list info) (hint : int -> float -> float -> float) : lines :=
  match n with
  | Unary f e d =>
      let z := ftab 0 (fun _ => 0) in
      let s := info_at ss d in
      let l := fget (lo s) in
      let h := fget (hi s) in
      let r := rule_of f in
      let both i :=
        let '(t, u) := touch f (l i) (h i) (hint i (l i) (h i)) in
        let '(low, high) := around r (l i) (h i) t u in
        ((slope low, slope high), (shift low, shift high)) in
      let found := quads e both in
      let a := ftab (len e) (fun i => quad_at e found both i 0) in
      let b := ftab (len e) (fun i => quad_at e found both i 1) in
      let p := ftab (len e) (fun i => quad_at e found both i 2) in
      let q := ftab (len e) (fun i => quad_at e found both i 3) in
      let g := gamma (len e) in
      Lines a b z z p q (ftab (len e) (fun i =>
        rough_of (fget a i) (fget b i) (fget (mag s) i) 0 0 0 (fget p i) (fget q i) g))
        (Some (ftab (len e) (fun i =>
           if ((fget a i =? 0) && (fget b i =? 0)) && ((fget p i =? 0) && (fget q i =? 0)) then 1 else 0)))
  | Product e d d' =>
      let s := info_at ss d in
      let s' := info_at ss d' in
      let plane make i :=
        make (hint i 0 0) (fget (lo s) i) (fget (hi s) i) (fget (lo s') i) (fget (hi s') i) : plane in
      let low i := let p := plane plane_below i in
        match ties own with Some (t, _) => raised (tie_at t i) p | None => p end in
      let high i := let p := plane plane_above i in
        match ties own with Some (_, t) => lowered (tie_at t i) p | None => p end in
      let a := ftab (len e) (fun i => on_x (low i)) in
      let b := ftab (len e) (fun i => on_x (high i)) in
      let a' := ftab (len e) (fun i => on_y (low i)) in
      let b' := ftab (len e) (fun i => on_y (high i)) in
      let p := ftab (len e) (fun i => level (low i)) in
      let q := ftab (len e) (fun i => level (high i)) in
      let g := gamma (len e) in
      Lines a b a' b' p q (ftab (len e) (fun i =>
        rough_of (fget a i) (fget b i) (fget (mag s) i) (fget a' i) (fget b' i) (fget (mag s') i)
          (fget p i) (fget q i) g)) None
  | _ => no_lines
  end.

Definition charges (v : fnoise) (n : node) (e : extent) (s : info) : farr :=
  let c := coef s in
  let eta := eta_up v n in
  ftab (len e) (fun i => up (up (c * fget (load s) i) + eta)).
Definition with_rough (l : lines) (r : farr) : lines :=
  Lines (below_slope l) (above_slope l) (below_right l) (above_right l) (below_shift l) (above_shift l) r
    (silent l).
Definition charged (v : fnoise) (n : node) (s : info) (l : lines) : lines :=
  match n with
  | Affine e _ _ => with_rough l (charges v n e s)
  | Unary _ e _ | Product e _ _ =>
      if noisy v then
        let k := kappa v n in
        let eta := eta_up v n in
        with_rough l (ftab (len e) (fun i => up (fget (rough l) i + up (up (k * fget (load s) i) + eta))))
      else l
  | _ => l
  end.

Definition selected (e : extent) (q a b : farr) : farr :=
  ftab (len e) (fun i => sided (fget q i) (fget a i) (fget b i)).

Definition row := option farr.

(** Add a row to the row of the node at distance [d]; second, what rounding may have cost. *)
Fixpoint add_row (d : nat) (e : extent) (r : farr) (ss : list info) (rs : list row) : list row * float :=
  match d, rs, ss with
  | O, None :: rs, _ => (Some r :: rs, 0)
  | O, Some q :: rs, s :: _ =>
      (Some (ftab (len e) (fun i => fget q i + fget r i)) :: rs,
       up (up (0x1p-52 * up (dot_abs e q 0 (mag s) 0 + dot_abs e r 0 (mag s) 0)) + spare s))
  | S d, q :: rs, _ :: ss => let '(rs', c) := add_row d e r ss rs in (q :: rs', c)
  | _, _, _ => (rs, nan)
  end.

Fixpoint spread (ts : list term) (make : term -> farr) (ss : list info) (rs : list row) (cost : float)
  : list row * float :=
  match ts with
  | [] => (rs, cost)
  | t :: ts =>
      let d := fst t in
      let '(rs, c) := add_row d (in_ext (snd t)) (make t) ss rs in
      spread ts make ss rs (up (up (cost + c) + spare (info_at ss d)))
  end.

Definition bias_dot (e : extent) (b : option farr) (r : farr) : float :=
  match b with
  | Some v => dot e r 0 v 0
  | None => 0
  end.

Fixpoint back (v : fnoise) (ns : list node) (ss : list info) (ls : list lines) (rs : list row) (acc : float)
  : float :=
  match ns, ss, ls, rs with
  | n :: ns, s :: ss, l :: ls, r :: rs =>
      match r with
      | None => back v ns ss ls rs acc
      | Some q =>
          match n with
          | Input e =>
              let g := gamma (len e) in
              let cost := up (up (g * up (dot_abs e q 0 (lo s) 0 + dot_abs e q 0 (hi s) 0)) + tiny) in
              back v ns ss ls rs (dn (acc + dn (dot_sel e q (lo s) (hi s) - cost)))
          | Constant e c =>
              let cost := up (up (gamma (len e) * dot_abs e q 0 c 0) + tiny) in
              back v ns ss ls rs (dn (acc + dn (dot e q 0 c 0 - cost)))
          | Affine e ts b =>
              let own := up (dot_abs e q 0 (rough l) 0 + tiny) in
              let '(rs, cost) := spread ts (fun t => transV (snd t) (silent_at v ls (fst t)) q) ss rs own in
              back v ns ss ls rs (dn (acc + dn (bias_dot e b q - cost)))
          | Unary f e d =>
              let cost := up (up (dot_abs e q 0 (rough l) 0 + spare (info_at ss d)) + tiny) in
              let '(rs, c) := add_row d e (selected e q (below_slope l) (above_slope l)) ss rs in
              back v ns ss ls rs
                (dn (acc + dn (dot_sel e q (below_shift l) (above_shift l) - up (cost + c))))
          | Product e d d' =>
              let spares := up (spare (info_at ss d) + spare (info_at ss d')) in
              let cost := up (up (dot_abs e q 0 (rough l) 0 + spares) + tiny) in
              let '(rs, c) := add_row d e (selected e q (below_slope l) (above_slope l)) ss rs in
              let '(rs, c') := add_row d' e (selected e q (below_right l) (above_right l)) ss rs in
              back v ns ss ls rs
                (dn (acc + dn (dot_sel e q (below_shift l) (above_shift l) - up (up (cost + c) + c'))))
          end
      end
  | _, _, _, _ => acc
  end.

(** The same for the combination [q] of rows of a claim, which has no noise of its own. *)
Definition combined (v : fnoise) (n : node) (s : info) (q : farr) (ns : list node) (ss : list info)
    (ls : list lines) (rs : list row) : float :=
  match n with
  | Affine e ts b =>
      let own := up (dot_abs e q 0 (charges (noiseless v) n e s) 0 + tiny) in
      let '(rs, cost) := spread ts (fun t => transV (snd t) (silent_at v ls (fst t)) q) ss rs own in
      back v ns ss ls rs (dn (bias_dot e b q - cost))
  | _ => nan
  end.

(** Lower bound of element [j] of the newest node, or of its opposite; [nan] unless that node is affine. *)
Definition neuron (v : fnoise) (ns : list node) (ss : list info) (ls : list lines) (minus : bool) (j : int)
  : float :=
  match ns, ss, ls with
  | (Affine e ts b as n) :: ns, s :: ss, _ :: ls =>
      let sign x := if minus then - x else x in
      let own := up (up (kappa v n * fget (load s) j) + eta_up v n) in
      let '(rs, cost) := spread ts (fun t => rowV (snd t) minus j) ss
                           (map (fun _ => None) ns) own in
      back v ns ss ls rs (dn (sign (bias_f b j) - cost))
  | _, _, _ => nan
  end.

(** Lower bound of [x * value d j + y * value d' j]. *)
Definition unit_row (e : extent) (j : int) (x : float) : farr := ftab (len e) (fun i => if (i =? j)%uint63 then x else 0).
Definition pair_dn (v : fnoise) (ns : list node) (ss : list info) (ls : list lines) (e : extent) (d d' : nat)
    (j : int) (x y : float) : float :=
  let '(rs, c) := add_row d e (unit_row e j x) ss (map (fun _ => None) ns) in
  let '(rs, c') := add_row d' e (unit_row e j y) ss rs in
  back v ns ss ls rs (dn (0 - up (c + c'))).
Definition tie_of (v : fnoise) (ns : list node) (ss : list info) (ls : list lines) (e : extent) (d d' : nat)
    (minus : bool) (factor : int -> float) : tied :=
  let signed x := if minus then - x else x in
  let bound i x y := if factor i =? 0 then nan else pair_dn v ns ss ls e d d' i x y in
  Tied (ftab (len e) factor)
    (ftab (len e) (fun i => bound i (signed (factor i)) (-1)))
    (ftab (len e) (fun i => - bound i (- signed (factor i)) 1)).
