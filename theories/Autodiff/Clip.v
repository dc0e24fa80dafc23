(** The norm of all gradients together, and scaling them so that it is at most a limit; both only if asked for.

    A list [l] pairs the shape of each gradient with its node.
    [total s e]         the sum of all elements of [e], of shape [s]
    [norm l]            the square root of the sum of the squares of all elements
    [clip_eps]          1e-6 in binary32: keeps the factor defined at norm 0
    [clipping]          nothing, the norm alone, or the norm and scaling to a limit
    [clip_factor c n]   what gradients of norm [n] are multiplied by; 1 without a limit
    [factor k n]        the same for the limit in node [k] and the norm in node [n]
    [scale f l]         append the products of all gradients with node [f]
    [clip c l]          append what [c] asks for; the norm's node, if any, and the gradients to go on with *)
From Coq Require Import Floats Reals NArith List.
From Provenn Require Import Base.Binary64 Autodiff.View Autodiff.Core Autodiff.Reverse.
Import ListNotations.

Definition clip_eps : PrimFloat.float := 0x1.0c6f7a0000000p-20%float.
Inductive clipping := Unmeasured | Measured | Clipped (limit : PrimFloat.float).
Definition clip_factor (c : clipping) (n : R) : R :=
  match c with
  | Clipped x => Rmin 1 (fR x / (n + fR clip_eps))
  | _ => 1
  end.

Definition total (s : list N) (e : expr) : expr := Moved s [] (identity s) [] e.
Definition squares (l : list (list N * nat)) : list expr :=
  map (fun '(s, g) => total s (Apply2 Mul s (Ref g) (Ref g))) l.
Definition sum_of (es : list expr) : expr :=
  match es with
  | [] => Number PrimFloat.zero
  | e :: es => fold_left (Apply2 Add []) es e
  end.
Definition norm (l : list (list N * nat)) : expr := Apply1 Sqrt [] (sum_of (squares l)).

(** min(1, k / (n + eps)) as - max(- (k / (n + eps)), -1). *)
Definition factor (k n : nat) : expr :=
  let ratio := Apply2 Div [] (Ref k) (Apply2 Add [] (Ref n) (Number clip_eps)) in
  Apply1 Neg [] (Apply2 Maximum [] (Apply1 Neg [] ratio) (Number (-1)%float)).
Fixpoint scale (f : nat) (l : list (list N * nat)) (G : graph) : list nat * graph :=
  match l with
  | [] => ([], G)
  | (s, g) :: l =>
      let (r, G) := emits (Apply2 Mul s (broadcast s (Ref f)) (Ref g)) G in
      let (rs, G) := scale f l G in
      (r :: rs, G)
  end.
Definition clip (c : clipping) (l : list (list N * nat)) (G : graph) : option nat * list nat * graph :=
  match c with
  | Unmeasured => (None, map snd l, G)
  | Measured => let (n, G) := emits (norm l) G in (Some n, map snd l, G)
  | Clipped x =>
      let (k, G) := emits (Number x) G in
      let (n, G) := emits (norm l) G in
      let (f, G) := emits (factor k n) G in
      let (gs, G) := scale f l G in
      (Some n, gs, G)
  end.
