(** Interval propagation: an enclosure of every node, and the magnitudes that rounding errors scale with.

    [info]          what is known about one node
      [lo], [hi]      bounds of its values
      [mag]           bound of their absolute values
      [load]          for an affine node: bound of the sum of absolute values of its summands
      [coef]          for an affine node: relative error of one evaluation by the checker, noise included
      [spare]         bound of what underflow adds to a transposed product into this node
      [ties]          for a product: what is known of its operands together, for planes below it, and (of the
                      opposite of the left operand and the right one) for planes above it
    [tied], [tie_at t i]  ties of all elements; that of element [i]
    [info_at ss d]  the info at distance [d]
    [fnoise]        what the checker accounts for:
      [kappa], [eta_up]  bounds of the relative and the absolute part of a node's noise
      [noisy]            some node other than affine ones has noise
      [least], [cap]     smallest and largest magnitude
      [defined f l h]    the function may be applied to numbers in [l, h]
    [noiseless v]   the same without noise, for what the property computes
    [size i]        bound of the absolute values in [i]; [widen v n i] what noise makes of [i]
    [operand]       the operand of a term, as centre [mid] and radius [rad]
    [radii_ok ops]  the radii of all operands of an affine node are finite
    [plain ...]     the info of a node whose bounds are known
    [enclosed v n ss]  the bounds of a node that is neither input nor affine, from those of earlier nodes
    [forward v n box ss]  the info of node [n] from those of earlier nodes; [affine_info] for an affine node
    [info_ok v n s]       everything is finite, and the bounds are in order
    [forwards v ns box]   the infos of all nodes
    [fixed_info v n]      the info of a constant, which no box changes
    [forwards_from ...]   the same as [forwards], given such infos
    [sharpened v n s]     the info [s] with the magnitudes that its bounds allow
    [renewed v n s ss]    the info [s] with the magnitudes that the earlier infos [ss] allow
    [refreshed v d ns ss] with noise, the infos after the bounds at distance [d] became sharper *)
From Coq Require Import Bool Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Base.Dot Ops.Loops IR.LinMap IR.Graph.
From Provenn Require Import Ops.Lines Ops.Product Ops.Functions.
Import ListNotations.
Local Open Scope float_scope.

Record fnoise := FNoise { kappa : node -> float; eta_up : node -> float; noisy : bool;
                          least : float; cap : float; defined : unary -> float -> float -> bool }.

(** The same limits without noise: outputs are compared with the property exactly. *)
Definition noiseless (v : fnoise) : fnoise :=
  FNoise (fun _ => 0) (fun _ => 0) (noisy v) (least v) (cap v) (defined v).

Record tied := Tied { factors : farr; ties_lo : farr; ties_hi : farr }.
Definition tie_at (t : tied) (i : int) : tie := Tie (fget (factors t) i) (fget (ties_lo t) i) (fget (ties_hi t) i).
Record info := Info { lo : farr; hi : farr; mag : farr; load : farr; coef : float; spare : float;
                      ties : option (tied * tied) }.
Definition no_info : info :=
  let z := ftab 0 (fun _ => 0) in Info z z z z nan nan None.
Definition info_at (ss : list info) (d : nat) : info := nth d ss no_info.

Definition capped (v : fnoise) (e : extent) (a : farr) : bool :=
  allb e (fun i => PrimFloat.abs (fget a i) <=? cap v).
Definition finite (e : extent) (a : farr) : bool := allb e (fun i => finb (fget a i)).
Definition ordered (e : extent) (l h : farr) : bool := allb e (fun i => fget l i <=? fget h i).
Definition maxc (x y z : float) : float := maxf (maxf (PrimFloat.abs x) (PrimFloat.abs y)) (PrimFloat.abs z).
Definition centre (l h : farr) (i : int) : float := (fget l i + fget h i) * 0.5.
Definition radius (l h : farr) (c : farr) (i : int) : float :=
  let above := up (fget h i - fget c i) in
  let under := up (fget c i - fget l i) in
  maxf above under + 0 * (above + under).

(** Bounds and magnitudes of a node from its bounds alone. *)
Definition plain (v : fnoise) (e : extent) (l h load : farr) (coef : float) : info :=
  let m := ftab (len e) (fun i => maxf (maxc (fget l i) (fget h i) (centre l h i)) (least v)) in
  Info l h m load coef (up (tiny * up (sum_abs_f e m + 1))) None.

(** Enclosure of an affine node: centre and radius of every operand, summed with directed steps. *)
Record operand := Operand { map_of : linmap; mid : farr; rad : farr; sizes_of : farr }.
Definition operand_of (ss : list info) (t : term) : operand :=
  let s := info_at ss (fst t) in
  let e := in_ext (snd t) in
  let c := ftab (len e) (centre (lo s) (hi s)) in
  Operand (snd t) c (ftab (len e) (radius (lo s) (hi s) c)) (mag s).
Definition bias_f (b : option farr) (i : int) : float :=
  match b with
  | Some v => fget v i
  | None => 0
  end.
Definition sum_up {A} (start : float) (ops : list A) (f : A -> float) : float :=
  fold_left (fun acc o => up (acc + f o)) ops start.
Definition sum_dn {A} (start : float) (ops : list A) (f : A -> float) : float :=
  fold_left (fun acc o => dn (acc + f o)) ops start.

Definition worst (e : extent) (ts : list term) : float :=
  fold_left (fun g t => up (g + gam (snd t))) ts (gamma (len e)).

(** An infinite radius need not show in the bounds: entries of a map may be 0. *)
Definition radii_ok (ops : list operand) : bool :=
  forallb (fun o => finite (in_ext (map_of o)) (rad o)) ops.

Definition affine_info (v : fnoise) (e : extent) (ts : list term) (b : option farr) (ss : list info) : info :=
  let node := Affine e ts b in
  let ops := map (operand_of ss) ts in
  let n := len e in
  let g := if radii_ok ops then up (worst e ts + kappa v node) else nan in
  let total := ftab n (fun i =>
    sum_up (PrimFloat.abs (bias_f b i)) ops (fun o => absF (map_of o) (sizes_of o) i)) in
  let eta := eta_up v node in
  let slack := ftab n (fun i =>
    up (sum_up (up (g * fget total i)) ops (fun o => up (absF (map_of o) (rad o) i + tiny)) + eta)) in
  let images := map (fun o => ftab n (applyF (map_of o) (mid o))) ops in
  let l := ftab n (fun i => dn (sum_dn (bias_f b i) images (fun a => fget a i) - fget slack i)) in
  let h := ftab n (fun i => up (sum_up (bias_f b i) images (fun a => fget a i) + fget slack i)) in
  plain v e l h total g.

Definition no_bounds : farr := ftab 0 (fun _ => 0).
Definition size (i : itv) : float := max2 (PrimFloat.abs (inf i)) (PrimFloat.abs (sup i)).
Definition widen (v : fnoise) (n : node) (i : itv) : itv :=
  if noisy v then let d := up (up (kappa v n * size i) + eta_up v n) in Itv (dn (inf i - d)) (up (sup i + d))
  else i.
(** Bounds of the elements of a node that is neither input nor affine, before noise. *)
Definition exact_at (v : fnoise) (n : node) (ss : list info) : int -> itv :=
  match n with
  | Unary f _ d =>
      let s := info_at ss d in
      let r := rule_of f in
      fun i =>
        let l := fget (lo s) i in
        let h := fget (hi s) i in
        if noisy v then if defined v f l h then range r l h else Itv nan nan else range r l h
  | Product _ d d' =>
      let s := info_at ss d in
      let s' := info_at ss d' in
      fun i => product_range (fget (lo s) i) (fget (hi s) i) (fget (lo s') i) (fget (hi s') i)
  | _ => fun _ => Itv nan nan
  end.
Definition enclosed (v : fnoise) (n : node) (ss : list info) : farr * farr :=
  let at_ := exact_at v n ss in
  match n with
  | Unary _ e _ | Product e _ _ =>
      (ftab (len e) (fun i => inf (widen v n (at_ i))), ftab (len e) (fun i => sup (widen v n (at_ i))))
  | _ => (no_bounds, no_bounds)
  end.
(** What noise is proportional to, if there is any. *)
Definition exact_sizes (v : fnoise) (n : node) (ss : list info) : farr :=
  if noisy v then ftab (len (ext n)) (fun i => size (exact_at v n ss i)) else no_bounds.

Definition forward (v : fnoise) (n : node) (box : farr * farr) (ss : list info) : info :=
  let zero := ftab 0 (fun _ => 0) in
  match n with
  | Input e => plain v e (fst box) (snd box) zero 0
  | Constant e c => plain v e c c zero 0
  | Affine e ts b => affine_info v e ts b ss
  | Unary _ e _ | Product e _ _ => let '(l, h) := enclosed v n ss in plain v e l h (exact_sizes v n ss) 0
  end.

(** Everything the soundness proof wants to know about an info, tested once. *)
Definition info_ok (v : fnoise) (n : node) (s : info) : bool :=
  let e := ext n in
  finite e (lo s) && (finite e (hi s) && (ordered e (lo s) (hi s) && (capped v e (mag s) && (finb (coef s) &&
  (finb (spare s) &&
  match n with
  | Affine _ _ _ => capped v e (load s)
  | Unary _ _ _ | Product _ _ _ => if noisy v then capped v e (load s) else true
  | _ => true
  end))))).

(** Infos of all nodes, newest first; the index of the first node that fails, if one does. *)
Fixpoint forwards (v : fnoise) (ns : list node) (box : farr * farr) : list info + node :=
  match ns with
  | [] => inl []
  | n :: ns =>
      match forwards v ns box with
      | inl ss => let s := forward v n box ss in if info_ok v n s then inl (s :: ss) else inr n
      | inr bad => inr bad
      end
  end.

(** Infos of the constants are computed once for all boxes. *)
Definition fixed_info (v : fnoise) (n : node) : option info :=
  match n with
  | Constant _ _ => let s := forward v n (no_bounds, no_bounds) [] in if info_ok v n s then Some s else None
  | _ => None
  end.
Fixpoint forwards_from (v : fnoise) (ns : list node) (ks : list (option info)) (box : farr * farr)
    : list info + node :=
  match ns, ks with
  | n :: ns, k :: ks =>
      match forwards_from v ns ks box with
      | inl ss =>
          match k with
          | Some s => inl (s :: ss)
          | None => let s := forward v n box ss in if info_ok v n s then inl (s :: ss) else inr n
          end
      | inr bad => inr bad
      end
  | n :: _, [] => inr n
  | [], _ => inl []
  end.

(** With noise, magnitudes matter. Sharper bounds of one node make its magnitude smaller, then those of later
    nodes: one pass over the absolute values instead of a whole enclosure. *)
Definition load_of (e : extent) (ts : list term) (b : option farr) (ss : list info) : farr :=
  let ops := map (operand_of ss) ts in
  ftab (len e) (fun i => sum_up (PrimFloat.abs (bias_f b i)) ops (fun o => absF (map_of o) (sizes_of o) i)).
Definition or_else (v : fnoise) (n : node) (s t : info) : info := if info_ok v n t then t else s.
Definition sharpened (v : fnoise) (n : node) (s : info) : info :=
  or_else v n s (plain v (ext n) (lo s) (hi s) (load s) (coef s)).
Definition renewed (v : fnoise) (n : node) (s : info) (ss : list info) : info :=
  match n with
  | Affine e ts b => or_else v n s (plain v e (lo s) (hi s) (load_of e ts b ss) (coef s))
  | Unary _ e _ | Product e _ _ =>
      let '(l, h) := enclosed v n ss in
      or_else v n s (plain v e (ftab (len e) (fun i => maxf (fget (lo s) i) (fget l i)))
        (ftab (len e) (fun i => minf (fget (hi s) i) (fget h i))) (exact_sizes v n ss) 0)
  | _ => s
  end.
(** The node at distance [d] has new bounds. *)
Fixpoint renew (v : fnoise) (d : nat) (ns : list node) (ss : list info) : list info :=
  match d, ns, ss with
  | O, n :: _, s :: ss => sharpened v n s :: ss
  | S d, n :: ns, s :: ss => let ss := renew v d ns ss in renewed v n s ss :: ss
  | _, _, _ => ss
  end.
Definition refreshed (v : fnoise) (d : nat) (ns : list node) (ss : list info) : list info :=
  if noisy v then renew v d ns ss else ss.
