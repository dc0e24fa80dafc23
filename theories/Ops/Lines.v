(** Lines below and above a function on an interval, from its values and slopes at a few points.

    [itv]                a value lies between [inf] and [sup]
    [line]               the line [slope * x + shift]
    [curve]              a function, as enclosures of its value [val] and derivative [rate] at a point
    [rule]               what the checker needs to know about an elementwise function:
      [range l h]          an enclosure of its values on [l, h]
      [around l h t u]     lines below and above it on [l, h]; the hints [t] and [u] say where they should
                           touch, for tightness only
    [min2], [min4]       minima that are finite only if all arguments are
    [mul_dn a b c d]     lower bound of every product of a number in [a, b] and one in [c, d]
    [clampto l h t]      [t] moved into [l, h]
    [end_dn v a x]       lower bound of [v - a x]
    [tangent_dn v p q t a l h]  lower bound, for [x] in [l, h], of [v + g (x - t) - a x] with [g] in [p, q]
    [opposite c], [mirror c]    the curves of [- f x] and [- f (- x)]
    [flip s], [turn s]   the line below the one curve, as a line above the other
    [convex_lower], [concave_lower], [s_lower m]   the line below a convex or concave function, or one that is
                         convex up to [m] and concave from there
    [convex_lines], [concave_lines], [s_lines m], [z_lines m]   both lines; [z_lines] for concave, then convex
    [flat_lines i]       horizontal lines
    [rising], [falling]  range of a monotone function
    [holds i v]          [v] lies in [i], as far as [i] is finite
    [under f l h s], [over f l h s]  if its shift is finite, the line [s] is below, above [f] on [l, h]
    [sound f r]          the rule [r] tells the truth about [f]
    [convex D f g], [concave D f g]  on [D], the tangents of [f], with slopes [g], are below, above [f]
    [describes D f g c]  the curve [c] encloses [f] and its derivative [g] on [D] *)
From Coq Require Import Reals Floats.
From Provenn Require Import Base.Binary64.
Local Open Scope float_scope.

Record itv := Itv { inf : float; sup : float }.
Record line := Line { slope : float; shift : float }.
Record curve := Curve { val : float -> itv; rate : float -> itv }.
Record rule := Rule { range : float -> float -> itv;
                      around : float -> float -> float -> float -> line * line }.

Definition min2 (a b : float) : float := minf a b + 0 * (a + b).
Definition max2 (a b : float) : float := maxf a b + 0 * (a + b).
Definition min4 (a b c d : float) : float := minf (minf a b) (minf c d) + 0 * ((a + b) + (c + d)).
Definition mul_dn (a b c d : float) : float := min4 (dn (a * c)) (dn (a * d)) (dn (b * c)) (dn (b * d)).
Definition clampto (l h t : float) : float := if l <=? t then if t <=? h then t else h else l.

Definition end_dn (v a x : float) : float := dn (v - up (a * x)).
Definition tangent_dn (v p q t a l h : float) : float :=
  dn (end_dn v a t + mul_dn (dn (p - a)) (up (q - a)) (dn (l - t)) (up (h - t))).

Definition neg (i : itv) : itv := Itv (- sup i) (- inf i).
Definition opposite (c : curve) : curve := Curve (fun x => neg (val c x)) (fun x => neg (rate c x)).
Definition mirror (c : curve) : curve := Curve (fun x => neg (val c (- x))) (fun x => rate c (- x)).
Definition flip (s : line) : line := Line (- slope s) (- shift s).
Definition turn (s : line) : line := Line (slope s) (- shift s).

(** The slope from [(t, v)] to [(h, w)], or a default where it makes no sense. *)
Definition secant (t v h w other : float) : float :=
  let q := (w - v) / (h - t) in if finb q then q else other.

Definition convex_lower (c : curve) (l h t : float) : line :=
  let t := clampto l h t in
  let v := val c t in
  let g := rate c t in
  Line (inf g) (tangent_dn (inf v) (inf g) (sup g) t (inf g) l h).
Definition concave_lower (c : curve) (l h : float) : line :=
  let v := inf (val c l) in
  let w := inf (val c h) in
  let a := secant l v h w 0 in
  Line a (min2 (end_dn v a l) (end_dn w a h)).
Definition s_lower (c : curve) (m l h t : float) : line :=
  if h <=? m then convex_lower c l h t
  else if m <=? l then concave_lower c l h
  else
    let t := clampto l m t in
    let v := inf (val c t) in
    let g := rate c t in
    let w := inf (val c h) in
    let a := minf (inf g) (secant t v h w (inf g)) in
    Line a (min2 (tangent_dn v (inf g) (sup g) t a l m) (min2 (end_dn (inf (val c m)) a m) (end_dn w a h))).

Definition convex_lines (c : curve) (l h t u : float) : line * line :=
  (convex_lower c l h t, flip (concave_lower (opposite c) l h)).
Definition concave_lines (c : curve) (l h t u : float) : line * line :=
  (concave_lower c l h, flip (convex_lower (opposite c) l h u)).
Definition s_lines (c : curve) (m l h t u : float) : line * line :=
  (s_lower c m l h t, turn (s_lower (mirror c) (- m) (- h) (- l) (- u))).
Definition z_lines (c : curve) (m l h t u : float) : line * line :=
  let '(a, b) := s_lines (opposite c) m l h u t in (flip b, flip a).
Definition flat_lines (i : itv) : line * line := (Line 0 (inf i), Line 0 (sup i)).

Definition rising (c : curve) (l h : float) : itv := Itv (inf (val c l)) (sup (val c h)).
Definition falling (c : curve) (l h : float) : itv := Itv (inf (val c h)) (sup (val c l)).

(** ** Meaning *)
Section Meaning.
Local Open Scope R_scope.

Definition holds (i : itv) (v : R) : Prop :=
  (fin (inf i) -> fR (inf i) <= v) /\ (fin (sup i) -> v <= fR (sup i)).

Definition under (f : R -> R) (l h : float) (s : line) : Prop :=
  fin (shift s) ->
  fin (slope s) /\ forall x, fR l <= x <= fR h -> fR (slope s) * x + fR (shift s) <= f x.
Definition over (f : R -> R) (l h : float) (s : line) : Prop :=
  fin (shift s) ->
  fin (slope s) /\ forall x, fR l <= x <= fR h -> f x <= fR (slope s) * x + fR (shift s).

Definition sound (f : R -> R) (r : rule) : Prop :=
  forall l h, fin l -> fin h -> fR l <= fR h ->
  (forall x, fR l <= x <= fR h -> holds (range r l h) (f x)) /\
  (forall t u, under f l h (fst (around r l h t u)) /\ over f l h (snd (around r l h t u))).

Definition convex (D : R -> Prop) (f g : R -> R) : Prop :=
  forall t x, D t -> D x -> f t + g t * (x - t) <= f x.
Definition concave (D : R -> Prop) (f g : R -> R) : Prop :=
  forall t x, D t -> D x -> f x <= f t + g t * (x - t).

Definition describes (D : R -> Prop) (f g : R -> R) (c : curve) : Prop :=
  forall x, fin x -> D (fR x) -> holds (val c x) (f (fR x)) /\ holds (rate c x) (g (fR x)).
End Meaning.
