(** The elementwise functions that a network may hold, and what the checker knows about each.

    [unary], [sem f]   a function and its real meaning; [Power n] is the power with exponent [n >= 2]
    [jumps f]          it is not continuous: flushing a subnormal operand to 0 can change the result at will
    [image f x y]      [f] gives [y] at [x], or at 0 if it jumps and [x] may be flushed
    [rule_of f]        its rule; functions whose numbers make no sense have one that always fails
    [default_hint f l h]  the hint in [0, 1] that the checker picks itself
    [s_touch c m l h a]   where lines around an S-shaped curve should touch it: for a crossing interval,
                        near tangents through its ends; [half] searches these
    [touch f l h a]    the hint [a] in [0, 1] as places where the lines should touch *)
From Coq Require Import Bool ZArith Uint63 Reals Floats.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Lines Ops.Relu Ops.Sigmoid Ops.Elementary.
From Provenn Require Import Ops.Piecewise Ops.Power Ops.Wave Ops.Softplus.
Local Open Scope float_scope.

Inductive unary :=
| Relu
| Hinge (k : float)
| Clip (a b : float)
| Sign
| Sigmoid | Tanh | Softplus
| Exp | Log | Sqrt | Recip
| Power (n : int)
| Sin | Cos.

Definition sem (f : unary) (x : R) : R :=
  match f with
  | Relu => Rmax 0 x
  | Hinge k => hinge (fR k) x
  | Clip a b => clip_to (fR a) (fR b) x
  | Sign => sign x
  | Sigmoid => logistic x
  | Tanh => Rtrigo_def.tanh x
  | Softplus => softplus x
  | Exp => exp x
  | Log => ln x
  | Sqrt => R_sqrt.sqrt x
  | Recip => / x
  | Power n => x ^ nat_of n
  | Sin => Rtrigo_def.sin x
  | Cos => Rtrigo_def.cos x
  end%R.

(** Every function is listed: a new one needs a decision. *)
Definition jumps (f : unary) : bool :=
  match f with
  | Sign => true
  | Relu | Hinge _ | Clip _ _ | Sigmoid | Tanh | Softplus => false
  | Exp | Log | Sqrt | Recip | Power _ | Sin | Cos => false
  end.
Definition image (f : unary) (x y : R) : Prop :=
  (y = sem f x \/ jumps f = true /\ Rabs x < fR smallest /\ y = sem f 0)%R.

Definition never : rule := Rule (fun _ _ => nothing) (fun _ _ _ _ => no_pair).
(** The rule numbers exponents from 2. *)
Definition less (n : int) : nat := nat_of (n - 2)%uint63.
Definition exponent (n : int) : float := PrimFloat.of_uint63 n.

Definition rule_of (f : unary) : rule :=
  match f with
  | Relu => relu_rule
  | Hinge k => if finb k then if k <=? 1 then hinge_rule k else never else never
  | Clip a b => if finb a then if finb b then if a <=? b then clip_rule a b else never else never else never
  | Sign => sign_rule
  | Sigmoid => sigmoid_rule
  | Tanh => tanh_rule
  | Softplus => softplus_rule
  | Exp => exp_rule
  | Log => log_rule
  | Sqrt => sqrt_rule
  | Recip => recip_rule
  | Power n => if ((1 <? n) && (n <=? 64))%uint63 then power_rule (less n) (exponent n) else never
  | Sin => sin_rule
  | Cos => cos_rule
  end.

Definition default_hint (f : unary) (l h : float) : float :=
  match f with
  | Relu => adaptive l h
  | Hinge _ | Clip _ _ => adaptive l h
  | Sigmoid | Tanh => if 0 <=? l then 0.5 else if h <=? 0 then 0.5 else 1
  | Power n => if Nat.even (less n) then 0.5 else if 0 <=? l then 0.5 else if h <=? 0 then 0.5 else 1
  | _ => 0.5
  end.

(** The tangent at the result passes near [(h, w)]; it is searched between [a] and [b]. *)
Fixpoint half (steps : nat) (c : curve) (h w a b : float) : float :=
  match steps with
  | O => a
  | S steps =>
      let t := (a + b) * 0.5 in
      if inf (val c t) + inf (rate c t) * (h - t) <=? w then half steps c h w t b else half steps c h w a t
  end.
Definition s_touch (c : curve) (m l h a : float) : float * float :=
  if (m <=? l) || (h <=? m) then let t := l + a * (h - l) in (t, t)
  else
    let t := half 16 c h (inf (val c h)) l m in
    let d := mirror c in
    let u := - half 16 d (- l) (inf (val d (- l))) (- h) (- m) in
    (l + a * (t - l), h + a * (u - h)).
Definition touch (f : unary) (l h a : float) : float * float :=
  match f with
  | Relu => (a, a)
  | Hinge k => (k + a * (1 - k), 0)
  | Clip p q => (if a <=? 0.5 then l else p, if a <=? 0.5 then q else h)
  | Sigmoid => s_touch sigmoid_curve 0 l h a
  | Tanh => s_touch tanh_curve 0 l h a
  | Power n =>
      if Nat.even (less n) then let t := l + a * (h - l) in (t, t)
      else let '(u, t) := s_touch (opposite (power_curve (less n) (exponent n))) 0 l h a in (t, u)
  | _ => let t := l + a * (h - l) in (t, t)
  end.
