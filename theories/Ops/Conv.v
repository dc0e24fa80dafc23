(** Two-dimensional convolution with groups, strides, padding and dilation, on flat vectors.

    [axis]           one spatial axis: input size, output size, kernel taps, stride, leading pad, dilation
    [pos a o t]      input position read by output position [o] at tap [t]; not below [isize a] in the padding
    [src a t y]      output position that reads input position [y] at tap [t]
    [tap a o y]      tap at which output position [o] reads input position [y]
    [conv]           groups, channels per group in and out, the vertical and the horizontal axis
    [conv_sum]       one output of the convolution over the reals
    [conv_dot]       its float value; [conv_abs] an upper bound of the sum of absolute values
    [conv_turn]      an output vector with the channel index moved innermost
    [conv_back]      the transposed map on a vector, by blocks of four channels
    [meets a lit]    table of the input positions and taps that reach an output position with a mark in [lit]
    [near a met]     input positions that reach one at some tap; at the others [conv_back] is 0
    [reach a met t y]  [src], or out of range where the table [met] says that nothing is reached
    [conv_entry]     one matrix entry
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
  ftab (conv_out c) (fun t => let q := t / n in fget lam ((t - q * n) * p + q)).

(** 0 at the positions where all channels of a turned vector are 0, elsewhere 1. *)
Definition conv_live (c : conv) (turned : farr) : farr :=
  let n := ochans c in
  let f := nat_of n in
  ftab (oplane c) (fun p => if allR f (p * n) (fun j => fget turned j =? 0) then 0 else 1)%float.

(** 0 at the rows and at the columns where all is 0, elsewhere 1. *)
Definition marks (n m : int) (dark : int -> int -> bool) : farr :=
  let f := nat_of m in ftab n (fun i => if allR f 0 (fun j => dark i j) then 0 else 1)%float.
Definition conv_rows (c : conv) (live : farr) : farr :=
  marks (osize (vert c)) (osize (horz c)) (fun oy ox => fget live (oy * osize (horz c) + ox) =? 0)%float.
Definition conv_cols (c : conv) (live : farr) : farr :=
  marks (osize (horz c)) (osize (vert c)) (fun ox oy => fget live (oy * osize (horz c) + ox) =? 0)%float.

(** 0 where an input position meets at a tap only such a row or column, or none; one look-up then tells.
    Without room for the table nothing is known to be dark. *)
Definition roomy (a : axis) : bool := ok_len (isize a * len (taps a)).
Definition meets (a : axis) (lit : farr) : farr :=
  let n := len (taps a) in
  ftab (if roomy a then isize a * n else 0) (fun t =>
    let y := t / n in
    let o := src a (t - y * n) y in
    if o <? osize a then fget lit o else 0%float).
Definition dark (a : axis) (met : farr) (y t : int) : bool :=
  roomy a && (fget met (y * len (taps a) + t) =? 0)%float.
Definition near (a : axis) (met : farr) : farr := marks (isize a) (len (taps a)) (fun y t => dark a met y t).
Definition reach (a : axis) (met : farr) (t y : int) : int := if dark a met y t then max_int else src a t y.

(** Four channels from [ic] at one position; [first] is the first output channel of their group. *)
Definition conv_back_at (c : conv) (wt turned live : farr) (py px : int -> int) (ic first : int) : quad :=
  let n := ochans c in
  let d := kplane c * len (cout c) in
  taps_fold c py px (osize (vert c)) (osize (horz c))
    (fun oy ox ky kx acc =>
       let p := oy * osize (horz c) + ox in
       if (fget live p =? 0)%float then acc
       else plus4 acc (dots (cout c) wt (tidx c ic 0 ky kx) d turned (p * n + first))) zero4.

(** Blocks of four channels, in one group and in all of them. *)
Definition blocks (c : conv) : int := (len (cin c) + 3) / 4.
Definition bchans (c : conv) : int := groups c * blocks c.
Definition conv_block (c : conv) (wt turned live metv meth nearv nearh : farr) (b : int) : quad :=
  let s := b / iplane c in
  let p := b - s * iplane c in
  let y := p / isize (horz c) in
  let x := p - y * isize (horz c) in
  if (fget nearv y =? 0)%float || (fget nearh x =? 0)%float then zero4 else
  let g := divide s (blocks c) in
  conv_back_at c wt turned live (fun ky => reach (vert c) metv ky y) (fun kx => reach (horz c) meth kx x)
    (g * len (cin c) + (s - g * blocks c) * 4) (g * len (cout c)).
Definition conv_back (c : conv) (wt y : farr) : farr :=
  let turned := conv_turn c y in
  let live := conv_live c turned in
  let metv := meets (vert c) (conv_rows c live) in
  let meth := meets (horz c) (conv_cols c live) in
  let nearv := near (vert c) metv in
  let nearh := near (horz c) meth in
  let q := ftab4 (bchans c * iplane c * 4) (fun b => conv_block c wt turned live metv meth nearv nearh b) in
  let p := iplane c in
  let n := len (cin c) in
  let s := blocks c in
  ftab (conv_in c) (fun k =>
    let ic := k / p in
    let g := divide ic n in
    let j := ic - g * n in
    fget q (((g * s + (j >> 2)) * p + (k - ic * p)) * 4 + (j land 3))).

(** Entry in row [i] and column [k], from a weight lookup and a zero of any type. *)
Definition conv_entry {A} (zero : A) (c : conv) (w : int -> A) (i k : int) : A :=
  let oc := ochan c i in
  let ic := ichan c k in
  let ky := tap (vert c) (orow c i) (irow c k) in
  let kx := tap (horz c) (ocol c i) (icol c k) in
  if (oc / len (cout c) =? ic / len (cin c)) && ((ky <? len (taps (vert c))) && (kx <? len (taps (horz c))))
  then w (widx c oc (ic mod len (cin c)) ky kx) else zero.

(** Most channels in one sum; longest chain of additions; number of products in the longest sum. *)
Definition conv_chans (c : conv) : int :=
  if len (cin c) <? len (cout c) then len (cout c) else len (cin c).
Definition conv_terms (c : conv) : int := kplane c + conv_chans c.
Definition conv_size (c : conv) : int := kplane c * (conv_chans c + 1).

(** [wt] holds the weights of [w]; what follows them lets the last block read past the last channel. *)
Definition conv_same (c : conv) (w wt : farr) : bool :=
  allb (extent_of (groups c)) (fun g => allb (cin c) (fun k => allb (taps (vert c)) (fun ky =>
  allb (taps (horz c)) (fun kx => allb (cout c) (fun j =>
    PrimFloat.eqb (fget wt (tidx c (g * len (cin c) + k) j ky kx))
                  (fget w (widx c (g * len (cout c) + j) k ky kx))))))).
Definition conv_turned_weights (c : conv) (w : farr) : farr :=
  let real := ichans c * kplane c * len (cout c) in
  ftab (real + 3 * kplane c * len (cout c)) (fun t => if real <=? t then 0%float else
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
