(** Sine and cosine on floats: Taylor polynomials near 0, and doubling of the angle.

    [cos_poly x], [sin_poly x]  close to cosine and sine for [|x| <= 1/2]
    [angle], [angle_near n x]   cosine [cs] and sine [sn] of [x], both up to [err], for [|x| <= 2^n / 2]
    [cos_itv x], [sin_itv x]    enclosures
    [wave f g]           [f x] is [p sin x + q cos x] with [p^2 + q^2 = 1], and [g] is its derivative: sine,
                         cosine, their opposites and mirror images; the second derivative is the opposite
    [nonneg i], [nonpos i]  all numbers in [i] are at least, at most 0
    [wave_range c l h]   range on [l, h]: which slopes there are at the ends tells where the extrema are
    [reflect c]          the curve of [f (- x)]
    [bend_lower c m1 m2 l h t]  the line below a wave that is convex on [l, m1] and concave on [m2, h]
    [bends c m1 m2 l h]  test of that: a wave is convex where it is negative
    [wave_lower c z l h t]      the line below a wave with a zero near [z]
    [wave_rule c z]      what the checker needs; [z] guesses the zero nearest to a number *)
From Coq Require Import Bool Reals Floats.
From Provenn Require Import Base.Binary64 Ops.Lines.
Local Open Scope float_scope.

Definition cos_poly (x : float) : float :=
  1 + x * (0 + x * (-0x1p-1 + x * (0 + x * (0x1.5555555555555p-5 + x * (0 + x * (-0x1.6c16c16c16c17p-10
    + x * (0 + x * (0x1.a01a01a01a01ap-16 + x * (0 + x * (-0x1.27e4fb7789f5cp-22 + x * (0
    + x * (0x1.1eed8eff8d898p-29 + x * (0 + x * -0x1.93974a8c07c9dp-37))))))))))))).
Definition sin_poly (x : float) : float :=
  0 + x * (1 + x * (0 + x * (-0x1.5555555555555p-3 + x * (0 + x * (0x1.1111111111111p-7 + x * (0
    + x * (-0x1.a01a01a01a01ap-13 + x * (0 + x * (0x1.71de3a556c734p-19 + x * (0 + x * (-0x1.ae64567f544e4p-26
    + x * (0 + x * 0x1.6124613a86d09p-33)))))))))))).

Record angle := Angle { cs : float; sn : float; err : float }.
Fixpoint angle_near (n : nat) (x : float) : angle :=
  if PrimFloat.abs x <=? 0.5 then Angle (cos_poly x) (sin_poly x) 0x1p-50 else
  match n with
  | O => Angle nan nan nan
  | S n =>
      let '(Angle c s e) := angle_near n (x * 0.5) in
      if e <=? 0x1p-7 then Angle (c * c - s * s) (s * c * 2) (up (e * 3.5)) else Angle nan nan nan
  end.
Definition unit_itv (v e : float) : itv := Itv (maxf (-1) (dn (v - e))) (minf 1 (up (v + e))).
Definition cos_itv (x : float) : itv := let a := angle_near 8 x in unit_itv (cs a) (err a).
Definition sin_itv (x : float) : itv := let a := angle_near 8 x in unit_itv (sn a) (err a).

Definition wave (f g : R -> R) : Prop :=
  (exists p q, p * p + q * q = 1 /\ (forall x, f x = p * sin x + q * cos x) /\
               (forall x, g x = p * cos x - q * sin x))%R.
Definition sin_curve : curve := Curve sin_itv cos_itv.
Definition cos_curve : curve := Curve cos_itv (fun x => neg (sin_itv x)).
Definition reflect (c : curve) : curve := Curve (fun x => val c (- x)) (fun x => neg (rate c (- x))).

Definition nonneg (i : itv) : bool := finb (inf i) && (0 <=? inf i).
Definition nonpos (i : itv) : bool := finb (sup i) && (sup i <=? 0).
(** Slopes of a wave are at most 1. *)
Definition wave_range (c : curve) (l h : float) : itv :=
  let w := up (h - l) in
  if finb w && (w <=? 3) then
    let f := val c l in
    let f' := val c h in
    let g := rate c l in
    let g' := rate c h in
    if nonneg g && nonneg g' then Itv (inf f) (sup f')
    else if nonpos g && nonpos g' then Itv (inf f') (sup f)
    else if nonneg g && nonpos g' then Itv (min2 (inf f) (inf f')) 1
    else if nonpos g && nonneg g' then Itv (-1) (max2 (sup f) (sup f'))
    else Itv (dn (inf f - w)) (up (sup f + w))
  else Itv (-1) 1.

Definition bends (c : curve) (m1 m2 l h : float) : bool :=
  ((m1 <=? l) || nonpos (val c l) && nonpos (val c m1)) &&
  ((h <=? m2) || nonneg (val c m2) && nonneg (val c h)).
Definition bend_lower (c : curve) (m1 m2 l h t : float) : line :=
  let t := clampto l m1 t in
  let v := inf (val c t) in
  let g := rate c t in
  let w := inf (val c h) in
  let a := if m2 <? h then minf (inf g) (secant t v h w (inf g)) else inf g in
  Line a (min2 (min2 (tangent_dn v (inf g) (sup g) t a l m1)
                     (tangent_dn (inf (val c m1)) (-1) 1 m1 a m1 m2))
               (min2 (end_dn (inf (val c m2)) a m2) (end_dn w a h))).
Definition wave_lower (c : curve) (z l h t : float) : line :=
  let w := up (h - l) in
  if finb w && (w <=? 3) then
    let m1 := clampto l h (z - 0x1p-36) in
    let m2 := clampto m1 h (z + 0x1p-36) in
    if bends c m1 m2 l h then bend_lower c m1 m2 l h t
    else if bends (reflect c) (- m2) (- m1) (- h) (- l) then
      let s := bend_lower (reflect c) (- m2) (- m1) (- h) (- l) (- t) in
      Line (- slope s) (shift s)
    else Line 0 (inf (wave_range c l h))
  else Line 0 (-1).
Definition wave_rule (c : curve) (z : float -> float) : rule := Rule
  (wave_range c)
  (fun l h t u =>
     let z := z ((l + h) * 0.5) in
     (wave_lower c z l h t, flip (wave_lower (opposite c) z l h u))).

(** Adding and subtracting 3 * 2^51 rounds to an integer. *)
Definition nearest (x : float) : float := (x + 0x1.8p52) - 0x1.8p52.
Definition sin_rule : rule := wave_rule sin_curve (fun x =>
  nearest (x * 0x1.45f306dc9c883p-2) * 0x1.921fb54442d18p1).
Definition cos_rule : rule := wave_rule cos_curve (fun x =>
  (nearest (x * 0x1.45f306dc9c883p-2 - 0.5) + 0.5) * 0x1.921fb54442d18p1).
