(** Linear maps between flat vectors, given by data, and what the checker computes about them.

    [linmap]        the maps: signed identity, diagonal, dense rows, convolution, reindexing
    [in_ext l]      number of inputs; [out_ext l] number of outputs
    [dense], [convolution]  maps with the copies of their weights that the transposed kernels read
    [reindex], [repeated]  index maps given by functions, looked up in tables
    [turn psi step k i]  which of the outputs that input [k] of an index map goes to output [i] is
    [apply l x i]   output [i] of the map on the real vector [x]
    [applyA l x i]  the same with the absolute values of the matrix entries
    [applyF l c i]  float value of output [i]
    [absF l r i]    upper bound of output [i] of [applyA] on the absolute values of [r]
    [transF l y k]  float value of entry [k] of the transposed map on [y]
    [skipped z k]   entry [k] is marked in [z]: its input is known to be 0, so any coefficient will do
    [transV l z y]  all entries of the transposed map on [y] but the marked ones, at once and faster
    [rowF l i k]    matrix entry in row [i], column [k]
    [rowV l s i]    row [i] at once, or if [s] its opposite
    [gam l]         relative error of the longest sum, which has [terms l] terms
    [valid l]       sizes fit, index maps are inverse to each other, transposed weights agree *)
From Coq Require Import Bool Reals Floats Uint63.
From Provenn Require Import Base.Vector Base.Binary64 Base.Dot Ops.Loops Ops.Conv.
Local Open Scope uint63_scope.

Inductive linmap :=
(** [x] or, if [minus], [-x] *)
| Signed (minus : bool) (e : extent)
(** [w[i] * x[i]] *)
| Diag (e : extent) (w : farr)
(** [rows] vectors of size [n] to as many of size [m], by the matrix [w] ([m] x [n], row-major); [wt] is its
    transpose *)
| Dense (rows : int) (m n ein eout : extent) (w wt : farr)
(** [w] in the order of ONNX, [wt] the same with output channels innermost *)
| Convolution (c : conv) (ein eout : extent) (w wt : farr)
(** output [i] is input [phi i], or 0 if [phi i] is out of range; input [k] goes to the outputs [psi k],
    [psi k + step], [psi k + 2 step], ..., as often as [times], or nowhere if [psi k] is out of range *)
| Reindex (ein eout : extent) (phi psi : table int) (times : extent) (step : int).

Definition dense (rows m n : int) (w : farr) : linmap :=
  Dense rows (extent_of m) (extent_of n) (extent_of (rows * n)) (extent_of (rows * m)) w
    (ftab (n * m) (fun t => let k := t / m in fget w ((t - k * m) * n + k))).
Definition convolution (c : conv) (w : farr) : linmap :=
  Convolution c (extent_of (conv_in c)) (extent_of (conv_out c)) w (conv_turned_weights c w).

Definition repeated (ein eout : extent) (phi psi : int -> int) (times step : int) : linmap :=
  Reindex ein eout (tabulate (len eout) max_int phi) (tabulate (len ein) max_int psi) (extent_of times) step.
Definition reindex (ein eout : extent) (phi psi : int -> int) : linmap := repeated ein eout phi psi 1 0.

Definition in_ext (l : linmap) : extent :=
  match l with
  | Signed _ e => e
  | Diag e _ => e
  | Dense _ _ _ ein _ _ _ => ein
  | Convolution _ ein _ _ _ => ein
  | Reindex ein _ _ _ _ _ => ein
  end.
Definition out_ext (l : linmap) : extent :=
  match l with
  | Signed _ e => e
  | Diag e _ => e
  | Dense _ _ _ _ eout _ _ => eout
  | Convolution _ _ eout _ _ => eout
  | Reindex _ eout _ _ _ _ => eout
  end.

(** Output [i] when each matrix entry [a] counts as [h a]. *)
Definition apply_by (h : R -> R) (l : linmap) (x : int -> R) (i : int) : R :=
  match l with
  | Signed minus _ => h (if minus then -1 else 1) * x i
  | Diag _ w => h (fR (fget w i)) * x i
  | Dense _ m n _ _ w _ =>
      sum n (fun k => h (fR (fget w ((i mod len m) * len n + k))) * x ((i / len m) * len n + k)%uint63)
  | Convolution c _ _ w _ => conv_sum c (fun j => h (fR (fget w j))) x i
  | Reindex ein _ phi _ _ _ => if phi i <? len ein then x (phi i) else 0
  end%R.
Definition apply : linmap -> (int -> R) -> int -> R := apply_by (fun a => a).
Definition applyA : linmap -> (int -> R) -> int -> R := apply_by Rabs.

Definition applyF (l : linmap) (c : farr) (i : int) : float :=
  match l with
  | Signed minus _ => if minus then (- fget c i)%float else fget c i
  | Diag _ w => (fget w i * fget c i)%float
  | Dense _ m n _ _ w _ => let a := i / len m in dot n w ((i - a * len m) * len n) c (a * len n)
  | Convolution v _ _ w _ => conv_dot v w c i
  | Reindex ein _ phi _ _ _ => let k := phi i in if k <? len ein then fget c k else 0%float
  end.

Definition absF (l : linmap) (r : farr) (i : int) : float :=
  match l with
  | Signed _ _ => PrimFloat.abs (fget r i)
  | Diag _ w => up (PrimFloat.abs (fget w i) * PrimFloat.abs (fget r i))
  | Dense _ m n _ _ w _ => let a := i / len m in dot_abs n w ((i - a * len m) * len n) r (a * len n)
  | Convolution v _ _ w _ => conv_abs v w r i
  | Reindex ein _ phi _ _ _ => let k := phi i in if k <? len ein then PrimFloat.abs (fget r k) else 0%float
  end.

Definition transF (l : linmap) (y : farr) (k : int) : float :=
  match l with
  | Signed minus _ => if minus then (- fget y k)%float else fget y k
  | Diag _ w => (fget w k * fget y k)%float
  | Dense _ m n _ _ _ wt => let a := k / len n in dot m wt ((k - a * len n) * len m) y (a * len m)
  | Convolution v _ _ _ wt => fget (conv_back v wt y) k
  | Reindex _ eout _ psi times step =>
      let i := psi k in
      if i <? len eout
      then if len times =? 1 then fget y i else sum_strided (fuel times) y i step 0
      else 0%float
  end.
Definition single (l : linmap) : bool :=
  match l with
  | Dense rows _ _ _ _ _ _ => rows =? 1
  | _ => false
  end.
Definition skipped (z : option farr) (k : int) : bool :=
  match z with
  | Some a => (0 <? fget a k)%float
  | None => false
  end.
(** Are three of the four entries from [k] wanted, so that computing all four costs least? *)
Definition most (z : option farr) (k : int) : bool :=
  match z with
  | Some a => ((fget a k + fget a (k + 1)) + (fget a (k + 2) + fget a (k + 3)) <? 1.5)%float
  | None => true
  end.
(** Four results at once; of a single row, over the entries that are not 0. *)
Definition transV (l : linmap) (z : option farr) (y : farr) : farr :=
  match l with
  | Dense _ m n ein _ _ wt =>
      if single l then
        let p := nonzero m y in
        let n := len ein in
        let one k := if (n <=? k) || skipped z k then 0%float else dot_at p y wt (k * len m) 0 in
        ftab4 n (fun b =>
          let k := b * 4 in
          if (k + 3 <? n) && most z k then dots_at p y wt (k * len m) (len m) 0 0 0 0
          else ((one k, one (k + 1)), (one (k + 2), one (k + 3))))
      else
        let one k := if len ein <=? k then 0%float else transF l y k in
        ftab4 (len ein) (fun b =>
          let k := b * 4 in
          let a := k / len n in
          let c := k - a * len n in
          if c + 3 <? len n then dots m wt (c * len m) (len m) y (a * len m)
          else ((one k, one (k + 1)), (one (k + 2), one (k + 3))))
  | Convolution v _ _ _ wt => conv_back v wt y
  | Signed false _ => y
  | Reindex ein eout _ psi times step =>
      let n := len eout in
      if len times =? 1 then ftab (len ein) (fun k => let i := psi k in if i <? n then fget y i else 0%float)
      else
        let m := fuel times in
        ftab (len ein) (fun k => let i := psi k in if i <? n then sum_strided m y i step 0 else 0%float)
  | _ => ftab (len (in_ext l)) (transF l y)
  end.

Definition rowF (l : linmap) (i k : int) : float :=
  match l with
  | Signed minus _ => if i =? k then (if minus then -1 else 1)%float else 0%float
  | Diag _ w => if i =? k then fget w i else 0%float
  | Dense _ m n _ _ w _ =>
      if i / len m =? k / len n then fget w ((i mod len m) * len n + (k mod len n)) else 0%float
  | Convolution v _ _ w _ => conv_entry 0%float v (fget w) i k
  | Reindex _ _ phi _ _ _ => if phi i =? k then 1%float else 0%float
  end.
Definition rowV (l : linmap) (minus : bool) (i : int) : farr :=
  let sign x := if minus then (- x)%float else x in
  if single l then
    match l with
    | Dense _ _ n ein _ w _ => let first := i * len n in ftab (len ein) (fun k => sign (fget w (first + k)))
    | _ => ftab 0 (fun _ => 0%float)
    end
  else
    match l with
    | Convolution v _ _ w _ => conv_row v w sign i
    | _ => ftab (len (in_ext l)) (fun k => sign (rowF l i k))
    end.

(** Products in the longest sum; for convolutions, additions in the longest chain. *)
Definition terms (l : linmap) : int :=
  match l with
  | Dense _ m n _ _ _ _ => if len m <? len n then len n else len m
  | Convolution v _ _ _ _ => conv_terms v
  | Reindex _ _ _ _ times _ => len times
  | _ => 1
  end.
Definition gam (l : linmap) : float := gamma (terms l).

Definition turn (psi : int -> int) (step k i : int) : int := (i - psi k) / step.
Definition valid (l : linmap) : bool :=
  wf_ext (in_ext l) && (wf_ext (out_ext l) && ((terms l <=? 16777216) &&
  match l with
  | Signed _ _ => true
  | Diag _ _ => true
  | Dense rows m n ein eout w wt =>
      wf_ext m && (wf_ext n && (ok_len rows && ((len ein =? rows * len n) && ((len eout =? rows * len m) &&
      allb n (fun k => allb m (fun j =>
        PrimFloat.eqb (fget wt (k * len m + j)) (fget w (j * len n + k))))))))
  | Convolution v ein eout w wt =>
      conv_ok v w wt && ((len ein =? conv_in v) && (len eout =? conv_out v))
  | Reindex ein eout phi psi times step =>
      let to k t := psi k + t * step in
      wf_ext times && (
      allb eout (fun i =>
        let k := phi i in
        if k <? len ein then
          let t := turn psi step k i in (psi k <? len eout) && ((t <? len times) && (to k t =? i))
        else true) &&
      allb ein (fun k =>
        if psi k <? len eout then
          allb times (fun t =>
            let i := to k t in (i <? len eout) && ((phi i =? k) && (turn psi step k i =? t)))
        else true))
  end)).
