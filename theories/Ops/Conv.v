(** Two-dimensional convolution with groups, strides, padding and dilation, on flat vectors.

    [axis]           one spatial axis: input size, output size, kernel taps, stride, leading pad, dilation
    [pos a o t]      input position read by output position [o] at tap [t]; not below [isize a] in the padding
    [src a t y]      output position that reads input position [y] at tap [t]
    [tap a o y]      tap at which output position [o] reads input position [y]
    [conv]           groups, channels per group in and out, the vertical and the horizontal axis
    [conv_sum]       one output of the convolution over the reals
    [conv_dot]       its float value; [conv_abs] an upper bound of the sum of absolute values
    [conv_turn]      an output vector with the channel index moved innermost
    [zeros n a i]    the [n] entries of [a] from [i] are 0
    [conv_back]      the transposed map on a vector, four entries at a time
    [met]            taps and the output positions that they reach
    [met_to]        those among the taps up to [t] where there is a light
    [met_at a lit y]  those that read input position [y], at output positions with a mark in [lit]
    [meets a lit]    the table of them
    [ahead r h h']   [h'] has the output positions of [h], at taps that are [r] further on
    [back_rows]      sum over pairs of them, for up to four entries
    [channel_quads], [column_quads]  entries of neighbouring channels, or in neighbouring columns
    [from_quads]     the former in the order of the inputs
    [conv_entry]     one matrix entry
    [conv_row]       one row of the matrix, each entry or its opposite
    [conv_terms]     longest chain of additions in any of these sums
    [conv_ok c w wt] sizes are in range, and [wt] holds the weights [w]
    [iidx], [oidx], [widx], [tidx]  flat indices of inputs, outputs, weights [w] and turned weights [wt]
    [ochan], [orow], [ocol], [ichan], [irow], [icol]  coordinates of flat indices
    Vectors are flat in the order (group, channel, row, column); weights [w] in the order (group, output
    channel, input channel, tap row, tap column); [wt] holds the same weights with the output
    channel innermost. *)
From Coq Require Import Bool Reals Floats Uint63.
From Provenn Require Import Base.Vector Base.Binary64 Base.Dot Ops.Loops.
Local Open Scope uint63_scope.

Record axis := Axis { isize : int; osize : int; taps : extent; stride : int; pad : int; dil : int }.
Definition pos (a : axis) (o t : int) : int := o * stride a + t * dil a - pad a.
Definition src (a : axis) (t y : int) : int := quot (stride a) (y + pad a - t * dil a).
Definition tap (a : axis) (o y : int) : int := quot (dil a) (y + pad a - o * stride a).
Definition axis_ok (a : axis) : bool :=
  ok_len (isize a) && (ok_len (osize a) && (wf_ext (taps a) && (ok_len (stride a) && (ok_len (pad a) &&
  (ok_len (dil a) && ((0 <? stride a) && (0 <? dil a))))))).

Record conv := Conv { groups : int; cin : extent; cout : extent; vert : axis; horz : axis }.

(** Flat indices: input, output, weight, turned output, turned weight. *)
Definition ichans (c : conv) : int := groups c * len (cin c).
Definition ochans (c : conv) : int := groups c * len (cout c).
Definition iplane (c : conv) : int := isize (vert c) * isize (horz c).
Definition oplane (c : conv) : int := osize (vert c) * osize (horz c).
Definition kplane (c : conv) : int := len (taps (vert c)) * len (taps (horz c)).
Definition iidx (c : conv) (ch y x : int) : int := (ch * isize (vert c) + y) * isize (horz c) + x.
Definition oidx (c : conv) (ch y x : int) : int := (ch * osize (vert c) + y) * osize (horz c) + x.
Definition widx (c : conv) (oc k ky kx : int) : int :=
  ((oc * len (cin c) + k) * len (taps (vert c)) + ky) * len (taps (horz c)) + kx.
Definition tidx (c : conv) (ic j ky kx : int) : int :=
  ((ic * len (taps (vert c)) + ky) * len (taps (horz c)) + kx) * len (cout c) + j.
Definition conv_in (c : conv) : int := ichans c * isize (vert c) * isize (horz c).
Definition conv_out (c : conv) : int := ochans c * osize (vert c) * osize (horz c).

(** Coordinates of the output index [i]. *)
Definition ochan (c : conv) (i : int) : int := i / osize (horz c) / osize (vert c).
Definition orow (c : conv) (i : int) : int := (i / osize (horz c)) mod osize (vert c).
Definition ocol (c : conv) (i : int) : int := i mod osize (horz c).
(** Coordinates of the input index [k]. *)
Definition ichan (c : conv) (k : int) : int := k / isize (horz c) / isize (vert c).
Definition irow (c : conv) (k : int) : int := (k / isize (horz c)) mod isize (vert c).
Definition icol (c : conv) (k : int) : int := k mod isize (horz c).

(** Output [i]: over all taps and input channels of the group of [i], weight times input, where positions
    in the padding contribute nothing. *)
Definition conv_sum (c : conv) (w x : int -> R) (i : int) : R :=
  let oc := ochan c i in
  let g := oc / len (cout c) in
  sum (taps (vert c)) (fun ky => sum (taps (horz c)) (fun kx =>
    let y := pos (vert c) (orow c i) ky in
    let z := pos (horz c) (ocol c i) kx in
    if (y <? isize (vert c)) && (z <? isize (horz c))
    then sum (cin c) (fun k => w (widx c oc k ky kx) * x (iidx c (g * len (cin c) + k) y z))%R
    else 0%R)).

(** [f y z ky kx acc] for all taps whose positions [y = py ky] and [z = px kx] are in range. *)
Definition taps_fold {A} (c : conv) (py px : int -> int) (ny nx : int)
    (f : int -> int -> int -> int -> A -> A) (start : A) : A :=
  accF (taps (vert c)) (fun ky acc =>
    let y := py ky in
    if y <? ny
    then accF (taps (horz c)) (fun kx acc =>
           let z := px kx in
           if z <? nx then f y z ky kx acc else acc) acc
    else acc) start.

Definition conv_dot (c : conv) (w x : farr) (i : int) : float :=
  let oc := ochan c i in
  let first := (oc / len (cout c)) * len (cin c) in
  taps_fold c (pos (vert c) (orow c i)) (pos (horz c) (ocol c i)) (isize (vert c)) (isize (horz c))
    (fun y z ky kx acc =>
       acc + dot_strided (cin c) w (widx c oc 0 ky kx) (kplane c) x (iidx c first y z) (iplane c))%float
    0%float.

Definition conv_abs (c : conv) (w x : farr) (i : int) : float :=
  let oc := ochan c i in
  let first := (oc / len (cout c)) * len (cin c) in
  taps_fold c (pos (vert c) (orow c i)) (pos (horz c) (ocol c i)) (isize (vert c)) (isize (horz c))
    (fun y z ky kx acc =>
       up (acc + dot_abs_strided (cin c) w (widx c oc 0 ky kx) (kplane c) x (iidx c first y z) (iplane c)))
    0%float.

Definition conv_turn (c : conv) (lam : farr) : farr :=
  let n := ochans c in
  let p := oplane c in
  let n4 := n >> 2 in
  if n4 * 4 =? n then
    let m := inv n4 in
    ftab4 (conv_out c) (fun b =>
      let q := div_by m b in
      let i := (b - q * n4) * 4 * p + q in
      let i1 := i + p in let i2 := i1 + p in
      ((fget lam i, fget lam i1), (fget lam i2, fget lam (i2 + p))))
  else
    let m := inv n in
    ftab (conv_out c) (fun t => let q := div_by m t in fget lam ((t - q * n) * p + q)).

(** 0 at the positions where all channels of a turned vector are 0, elsewhere 1. *)
Fixpoint zeros (n : nat) (a : farr) (i : int) : bool :=
  match n with
  | O => true
  | S n => if (fget a i =? 0)%float then zeros n a (i + 1) else false
  end.
Definition conv_live (c : conv) (turned : farr) : farr :=
  let n := ochans c in
  let f := nat_of n in
  ftab (oplane c) (fun p => if zeros f turned (p * n) then 0 else 1)%float.

(** 0 at the rows and at the columns where all is 0, elsewhere 1. *)
Definition marks (n m : int) (dark : int -> int -> bool) : farr :=
  let f := nat_of m in ftab n (fun i => if allR f 0 (fun j => dark i j) then 0 else 1)%float.
Definition conv_rows (c : conv) (live : farr) : farr :=
  marks (osize (vert c)) (osize (horz c)) (fun oy ox => fget live (oy * osize (horz c) + ox) =? 0)%float.
Definition conv_cols (c : conv) (live : farr) : farr :=
  marks (osize (horz c)) (osize (vert c)) (fun ox oy => fget live (oy * osize (horz c) + ox) =? 0)%float.

(** Taps at which an input position meets such a row or column: all others add nothing. *)
Inductive met :=
| Nowhere
| Met (t o : int) (more : met).
Fixpoint met_to (n : nat) (t : int) (reached : int -> int) (lit : int -> bool) (found : met) : met :=
  match n with
  | O => found
  | S n =>
      let o := reached t in met_to n (t - 1) reached lit (if lit o then Met t o found else found)
  end.
Definition met_at (a : axis) (lit : farr) (y : int) : met :=
  met_to (fuel (taps a)) (len (taps a) - 1) (fun t => src a t y)
    (fun o => if o <? osize a then negb (fget lit o =? 0)%float else false) Nowhere.
Definition meets (a : axis) (lit : farr) : table met := tabulate (isize a) Nowhere (met_at a lit).

(** The first [n] of four entries of the transpose, from row [y] and column [x]: the weights of neighbours stand
    [d] apart, those of the first begin at [base], and a row of taps has [rowed] of them. *)
Section Back.
Variables (co : extent) (wt turned live : farr) (metv meth : table met) (n d first rowed ch wide : int).
Fixpoint back_row (i p : int) (h : met) (acc : quad) : quad :=
  match h with
  | Nowhere => acc
  | Met kx ox h =>
      let q := p + ox in
      back_row i p h
        (if (fget live q =? 0)%float then acc
         else plus4 acc (lanes n co wt (i + kx * len co) d turned (q * ch + first)))
  end.
Fixpoint back_rows (base : int) (v h : met) (acc : quad) : quad :=
  match v with
  | Nowhere => acc
  | Met ky oy v => back_rows base v h (back_row (base + ky * rowed) (oy * wide) h acc)
  end.
Definition back_at (base y x : int) : quad :=
  match metv y with
  | Nowhere => zero4
  | v => match meth x with Nowhere => zero4 | h => back_rows base v h zero4 end
  end.
End Back.

(** Up to four channels at one position, in the order (group, channel / 4, row, column, channel mod 4). *)
Definition blocks (c : conv) : int := (len (cin c) + 3) / 4.
Definition bchans (c : conv) : int := groups c * blocks c.
Definition channel_quads (c : conv) (wt turned live : farr) (metv meth : table met) : farr :=
  let co := cout c in
  let ci := len (cin c) in
  let s := blocks c in
  let p := iplane c in
  let w := isize (horz c) in
  let per := kplane c * len co in
  let rowed := len (taps (horz c)) * len co in
  let ch := ochans c in
  let wide := osize (horz c) in
  let mp := inv p in
  let mw := inv w in
  ftab4 (bchans c * p * 4) (fun b =>
    let r := div_by mp b in
    let at_p := b - r * p in
    let y := div_by mw at_p in
    let g := divide r s in
    let j := (r - g * s) * 4 in
    back_at co wt turned live metv meth (ci - j) per (g * len co) rowed ch wide
      ((g * ci + j) * per) y (at_p - y * w)).
(** Where channel [ic] at position [p] stands among them. *)
Definition quad_index (n s plane ic p : int) : int :=
  let g := divide ic n in
  let j := ic - g * n in
  ((g * s + (j >> 2)) * plane + p) * 4 + (j land 3).
Definition from_quads (c : conv) (q : farr) : farr :=
  let n := len (cin c) in
  let s := blocks c in
  let p := iplane c in
  let p4 := p >> 2 in
  if p4 * 4 =? p then
    let m := inv p4 in
    ftab4 (conv_in c) (fun b =>
      let ic := div_by m b in
      let i := quad_index n s p ic ((b - ic * p4) * 4) in
      ((fget q i, fget q (i + 4)), (fget q (i + 8), fget q (i + 12))))
  else
    let m := inv p in
    ftab (conv_in c) (fun k => let ic := div_by m k in fget q (quad_index n s p ic (k - ic * p))).

(** Quads of one channel at four columns, for convolutions of patches: where four neighbours in a row are
    read by the same outputs, at taps that follow one another. *)
Fixpoint ahead (r : int) (h h' : met) : bool :=
  match h, h' with
  | Nowhere, Nowhere => true
  | Met t o h, Met t' o' h' => (t + r =? t') && ((o =? o') && ahead r h h')
  | _, _ => false
  end.
Definition patches (c : conv) (meth : table met) : bool :=
  let w := isize (horz c) in
  let w4 := w >> 2 in
  (w4 * 4 =? w) && allR (nat_of w4) 0 (fun i =>
    let x := i * 4 in
    let h := meth x in
    ahead 1 h (meth (x + 1)) && (ahead 2 h (meth (x + 2)) && ahead 3 h (meth (x + 3)))).
Definition column_quads (c : conv) (wt turned live : farr) (metv meth : table met) : farr :=
  let co := cout c in
  let ci := len (cin c) in
  let w4 := isize (horz c) >> 2 in
  let p4 := isize (vert c) * w4 in
  let per := kplane c * len co in
  let rowed := len (taps (horz c)) * len co in
  let ch := ochans c in
  let wide := osize (horz c) in
  let mp := inv p4 in
  let mw := inv w4 in
  ftab4 (conv_in c) (fun b =>
    let ic := div_by mp b in
    let at_p := b - ic * p4 in
    let y := div_by mw at_p in
    back_at co wt turned live metv meth 4 (len co) (divide ic ci * len co) rowed ch wide
      (ic * per) y ((at_p - y * w4) * 4)).

Definition conv_back (c : conv) (wt y : farr) : farr :=
  let turned := conv_turn c y in
  let live := conv_live c turned in
  let metv := meets (vert c) (conv_rows c live) in
  let meth := meets (horz c) (conv_cols c live) in
  if patches c meth then column_quads c wt turned live metv meth
  else from_quads c (channel_quads c wt turned live metv meth).

(** Entry in row [i] and column [k], from a weight lookup and a zero of any type. *)
Definition conv_entry {A} (zero : A) (c : conv) (w : int -> A) (i k : int) : A :=
  let oc := ochan c i in
  let ic := ichan c k in
  let ky := tap (vert c) (orow c i) (irow c k) in
  let kx := tap (horz c) (ocol c i) (icol c k) in
  if (oc / len (cout c) =? ic / len (cin c)) && ((ky <? len (taps (vert c))) && (kx <? len (taps (horz c))))
  then w (widx c oc (ic mod len (cin c)) ky kx) else zero.

(** A row at once: the taps that output [i] reads from are looked up. *)
Definition conv_row (c : conv) (w : farr) (sign : float -> float) (i : int) : farr :=
  let oc := ochan c i in
  let oy := orow c i in
  let ox := ocol c i in
  let g := oc / len (cout c) in
  let kh := len (taps (vert c)) in
  let kw := len (taps (horz c)) in
  let tv := tabulate (isize (vert c)) max_int (tap (vert c) oy) in
  let th := tabulate (isize (horz c)) max_int (tap (horz c) ox) in
  ftab (conv_in c) (fun k =>
    let q := k / isize (horz c) in
    let kx := th (k - q * isize (horz c)) in
    let found :=
      if kx <? kw then
        let ic := q / isize (vert c) in
        let ky := tv (q - ic * isize (vert c)) in
        if ky <? kh then
          let h := divide ic (len (cin c)) in
          if g =? h then fget w (widx c oc (ic - h * len (cin c)) ky kx) else 0%float
        else 0%float
      else 0%float in
    sign found).

(** Most channels in one sum; longest chain of additions; number of products in the longest sum. *)
Definition conv_chans (c : conv) : int :=
  if len (cin c) <? len (cout c) then len (cout c) else len (cin c).
Definition conv_terms (c : conv) : int := kplane c + conv_chans c.
Definition conv_size (c : conv) : int := kplane c * (conv_chans c + 1).

(** [wt] holds the weights of [w]. *)
Definition conv_same (c : conv) (w wt : farr) : bool :=
  allb (extent_of (groups c)) (fun g => allb (cin c) (fun k => allb (taps (vert c)) (fun ky =>
  allb (taps (horz c)) (fun kx => allb (cout c) (fun j =>
    PrimFloat.eqb (fget wt (tidx c (g * len (cin c) + k) j ky kx))
                  (fget w (widx c (g * len (cout c) + j) k ky kx))))))).
Definition conv_turned_weights (c : conv) (w : farr) : farr :=
  ftab (ichans c * kplane c * len (cout c)) (fun t =>
    let co := len (cout c) in let kw := len (taps (horz c)) in let kh := len (taps (vert c)) in
    let j := t mod co in let kx := (t / co) mod kw in let ky := (t / co / kw) mod kh in
    let ic := t / co / kw / kh in
    let g := ic / len (cin c) in
    fget w (widx c (g * co + j) (ic - g * len (cin c)) ky kx)).

Definition conv_ok (c : conv) (w wt : farr) : bool :=
  axis_ok (vert c) && (axis_ok (horz c) && (wf_ext (cin c) && (wf_ext (cout c) && (ok_len (groups c) &&
  (ok_len (ichans c) && (ok_len (ichans c * isize (vert c)) && (ok_len (conv_in c) &&
  (ok_len (ochans c) && (ok_len (ochans c * osize (vert c)) && (ok_len (conv_out c) &&
  (ok_len (oplane c) && (ok_len (kplane c) && (ok_len (iplane c) && (ok_len (blocks c) &&
  (ok_len (bchans c) && (ok_len (bchans c * iplane c) && (ok_len (bchans c * iplane c * 4) &&
  ((conv_size c <=? 16777216) && conv_same c w wt)))))))))))))))))).
