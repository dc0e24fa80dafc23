(** What a certificate may be about, exact arithmetic or executions in binary32, and how the checker accounts
    for it.

    [semantics]       [Reals], or [Binary32 ulps]: curved functions have errors up to [ulps] units in the last
                      place
    [width l]         bounds the number of summands of a row of the linear map [l]
    [summed ts]       bounds that of an affine node, bias included, plus one rounding of the result
    [moves ts b]      the node only moves numbers or changes their signs
    [growth_up k]     upper bound of (1 + 2^-24)^k - 1, for k up to 2^22
    [exactly32 f]     the function makes no rounding errors: every result is its operand or a constant
    [defined32 f l h] the function is applied where it has a finite value that a machine computes
    [kappa32], [eta32]  relative and absolute noise of a node
    [noise_of s]      the noise of a semantics; [no_noise] that of the reals
    [doubled n q]     [q] times 2^n
    [exact32 x]       the binary64 number [x] is a binary32 number
    [node_ok32 n]     the node may stand in a network that runs in binary32
    [allowed s ns]    the semantics and the network fit *)
From Coq Require Import Bool Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Binary64 Ops.Loops Ops.Conv Ops.Functions IR.LinMap IR.Graph.
From Provenn Require Import Checker.Enclose.
Import ListNotations.
Local Open Scope float_scope.

Inductive semantics := Reals | Binary32 (ulps : float).

Definition no_noise : fnoise :=
  FNoise (fun _ => 0) (fun _ => 0) false 0 0x1.fffffffffffffp1023 (fun _ _ _ => true).

Definition width (l : linmap) : float :=
  match l with
  | Dense _ _ n _ _ _ _ => PrimFloat.of_uint63 (len n)
  | Convolution c _ _ _ _ =>
      up (up (PrimFloat.of_uint63 (len (taps (vert c))) * PrimFloat.of_uint63 (len (taps (horz c))))
          * PrimFloat.of_uint63 (len (cin c)))
  | _ => 1
  end.
Definition summed (ts : list term) : float := fold_left (fun k t => up (k + width (snd t))) ts 2.
Definition moves (ts : list term) (b : option farr) : bool :=
  match ts, b with
  | [(_, Signed _ _)], None | [(_, Reindex _ _ _ _ _ _)], None => true
  | _, _ => false
  end.
Definition growth_up (k : float) : float := let a := up (k * 0x1p-24) in up (a + up (2 * up (a * a))).

(** Every function is listed: a new one needs a decision. *)
Definition exactly32 (f : unary) : bool :=
  match f with
  | Relu | Clip _ _ | Sign => true
  | Hinge _ | Sigmoid | Tanh | Softplus | Exp | Log | Sqrt | Recip | Power _ | Sin | Cos => false
  end.
Definition defined32 (f : unary) (l h : float) : bool :=
  match f with
  | Log => 0 <? l
  | Sqrt => 0 <=? l
  | Recip => (0 <? l) || (h <? 0)
  | Relu | Clip _ _ | Sign | Hinge _ | Sigmoid | Tanh | Softplus | Exp | Power _ | Sin | Cos => true
  end.

Definition kappa32 (ulps : float) (n : node) : float :=
  match n with
  | Affine _ ts b => if moves ts b then 0 else growth_up (summed ts)
  | Unary f _ _ => if exactly32 f then 0 else up (ulps * 0x1p-23)
  | Product _ _ _ => 0x1p-24
  | _ => 0
  end.
Definition eta32 (n : node) : float :=
  match n with
  | Affine _ ts b => if moves ts b then 0x1p-126 else up (summed ts * 0x1p-50)
  | Unary f _ _ => if jumps f then 0 else if exactly32 f then 0x1p-126 else 0x1p-124
  | Product _ _ _ => 0x1p-50
  | _ => 0
  end.
(** [x], or nothing if it is negative. *)
Definition nonneg (x : float) : float := if 0 <=? x then x else nan.
Definition noise_of (s : semantics) : fnoise :=
  match s with
  | Reals => no_noise
  | Binary32 ulps =>
      FNoise (fun n => nonneg (kappa32 ulps n)) (fun n => nonneg (eta32 n)) true 0x1p-26 0x1p48 defined32
  end.

(** Mantissa and exponent of [frshiftexp], whose exponent is shifted by 2101: 24 bits, and fewer for
    subnormal numbers. *)
Fixpoint doubled (n : nat) (q : int) : int := match n with O => q | S n => doubled n (q + q)%uint63 end.
Definition exact32 (x : float) : bool :=
  (x =? 0) ||
  let '(m, e) := PrimFloat.frshiftexp x in
  let n := PrimFloat.normfr_mantissa m in
  let lost := (if e <? 1976 then 1976 - e else 0)%uint63 in
  let k := (n >> 29)%uint63 in
  (finb x && (e <=? 2229)%uint63 && (lost <? 24)%uint63 && (n land 536870911 =? 0)%uint63
   && (doubled (nat_of lost) (k >> lost) =? k)%uint63).

Definition node_ok32 (n : node) : bool :=
  match n with
  | Constant e c => allb e (fun i => exact32 (fget c i))
  | Affine _ ts _ =>
      let k := summed ts in (k <=? 4194304) && finb (growth_up k) && finb (up (k * 0x1p-50))
  | _ => true
  end.
Definition allowed (s : semantics) (ns : list node) : bool :=
  match s with
  | Reals => true
  | Binary32 ulps => (1 <=? ulps) && (ulps <=? 1048576) && finb (up (ulps * 0x1p-23)) && forallb node_ok32 ns
  end.
