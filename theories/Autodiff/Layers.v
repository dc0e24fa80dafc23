(** Textbook layers as expressions of the calculus.

    [elem s x idx]      the element of [x], a tensor of shape [s], at the indices [idx]; 0 outside of its
                        shape
    [lead outer r]      the view of a tensor of shape [outer] from its own loops with [r] more loops inside
    [axis r k n]        a dimension of size [n] that follows loop [k] of [r]
    [dense], [bias]     x W^T over rows, and a vector added to every row; [linear] is both
    [plane_bias]        one number added to every plane of an image
    [conv2d]            cross-correlation with groups, stride, padding and dilation, as one contraction
    [joined f s tap k]  the first [k] taps of shape [s], joined by [f]
    [placed], [filled]  an image within a larger one of zeros, or of another stored number
    [pool f]            windows joined by [f]; [max_pool]; [avg_pool] times a stored number (near 1/size)
    [cross_entropy]     for each row, less the sum of targets times (logit - logsumexp of the logits);
                        [average] is a sum times a stored number (near 1/n)
    [gelu c h]          h * x * (1 + erf (c x)), with c and h stored numbers (near 1/sqrt 2, and 1/2)
    [total], [normalise]  sum over groups of elements, and (x - mean) / sqrt (variance + eps) in each group
    [layer_norm]        its instance whose groups are rows
    [planes z]          one number of [z] for each channel, spread over its planes
    [batch_norm m v]    (x - m) (1 / sqrt (v + eps)) in each channel; [_affine] times [g] plus [b];
                        [_train] with mean and variance of the batch itself *)
From Coq Require Import Floats Reals NArith ZArith List.
From Provenn Require Import Autodiff.View Autodiff.Core Autodiff.Reverse.
Import ListNotations.

Fixpoint flat_index (acc : nat) (s : list N) (idx : list Z) : option nat :=
  match s, idx with
  | n :: s, i :: idx =>
      if ((0 <=? i) && (i <? Z.of_N n))%Z%bool then flat_index (acc * N.to_nat n + Z.to_nat i) s idx else None
  | _, _ => Some acc
  end.
Definition elem (s : list N) (x : vec) (idx : list Z) : R := at_ x (flat_index 0 s idx).

Fixpoint lead_from (before : nat) (outer : list N) (r : nat) : view :=
  match outer with
  | [] => []
  | n :: outer =>
      Dim n 0 (repeat 0%Z before ++ 1%Z :: repeat 0%Z (length outer + r)) :: lead_from (S before) outer r
  end.
Definition lead (outer : list N) (r : nat) : view := lead_from 0 outer r.
Definition unit_vector (r k : nat) : list Z := repeat 0%Z k ++ 1%Z :: repeat 0%Z (r - k - 1).
Definition axis (r k : nat) (n : N) : dim := Dim n 0 (unit_vector r k).

Definition dense (rows m n : N) (x w : expr) : expr :=
  Contracted [rows; m; n] (lead [rows; m] 1) [axis 3 0 rows; axis 3 2 n]
    [axis 3 1 m; axis 3 2 n] [rows; m] x w.
Definition bias (rows m : N) (b : expr) : expr :=
  Moved [rows; m] (lead [rows; m] 0) [axis 2 1 m] [rows; m] b.

Definition linear (rows m n : N) (x w b : expr) : expr :=
  Apply2 Add [rows; m] (dense rows m n x w) (bias rows m b).
Definition plane_bias (n c h w : N) (b : expr) : expr :=
  Moved [n; c; h; w] (lead [n; c; h; w] 0) [axis 4 1 c] [n; c; h; w] b.

(** Input pixels over loops (batch, group, channel out, row, column, channel in, tap row, tap column). *)
Record geometry := Geometry
  { batch : N; groups : N; outs : N; ins : N; height : N; width : N; out_height : N; out_width : N;
    taps_v : N; taps_h : N; stride_v : Z; stride_h : Z; pad_v : Z; pad_h : Z; dil_v : Z; dil_h : Z }.
Definition conv_out (g : geometry) : list N := [batch g; groups g; outs g; out_height g; out_width g].
Definition conv_in (g : geometry) : list N := [ins g; taps_v g; taps_h g].
Definition conv2d (g : geometry) (s : list N) (x w : expr) : expr :=
  Contracted (conv_out g ++ conv_in g) (lead (conv_out g) 3)
    [axis 8 0 (batch g); axis 8 1 (groups g); axis 8 5 (ins g);
     Dim (height g) (- pad_v g) [0; 0; 0; stride_v g; 0; 0; dil_v g; 0]%Z;
     Dim (width g) (- pad_h g) [0; 0; 0; 0; stride_h g; 0; 0; dil_h g]%Z]
    [axis 8 1 (groups g); axis 8 2 (outs g); axis 8 5 (ins g); axis 8 6 (taps_v g);
      axis 8 7 (taps_h g)] s x w.

(** Pooling joins [kh] columns of each window, then [kv] rows of the result; windows lie within the image. *)
Definition joined (f : binary) (s : list N) (tap : nat -> expr) (k : nat) : expr :=
  fold_left (fun m d => Apply2 f s m (tap d)) (seq 1 (k - 1)) (tap O).
Definition column (n c h w ow : N) (sh : Z) (x : expr) (d : nat) : expr :=
  Moved [n; c; h; ow] (lead [n; c; h; ow] 0)
    [axis 4 0 n; axis 4 1 c; axis 4 2 h; Dim w (Z.of_nat d) [0; 0; 0; sh]%Z] [n; c; h; ow] x.
Definition row (n c h oh ow : N) (sv : Z) (x : expr) (d : nat) : expr :=
  Moved [n; c; oh; ow] (lead [n; c; oh; ow] 0)
    [axis 4 0 n; axis 4 1 c; Dim h (Z.of_nat d) [0; 0; sv; 0]%Z; axis 4 3 ow] [n; c; oh; ow] x.
Definition pool (f : binary) (n c h w oh ow : N) (sv sh : Z) (kv kh : nat) (x : expr) : expr :=
  joined f [n; c; oh; ow] (row n c h oh ow sv (joined f [n; c; h; ow] (column n c h w ow sh x) kh)) kv.
Definition max_pool : N -> N -> N -> N -> N -> N -> Z -> Z -> nat -> nat -> expr -> expr := pool Maximum.
Definition avg_pool (n c h w oh ow : N) (sv sh : Z) (kv kh : nat) (inv : PrimFloat.float) (x : expr) : expr :=
  Apply2 Mul [n; c; oh; ow] (pool Add n c h w oh ow sv sh kv kh x) (broadcast [n; c; oh; ow] (Number inv)).

(** An image within a larger one, [pv] rows from the top and [ph] columns from the left; around it is 0, or,
    [filled], the stored number [low]. *)
Definition placed (n c h w hh ww : N) (pv ph : Z) (x : expr) : expr :=
  Moved [n; c; h; w] [axis 4 0 n; axis 4 1 c; Dim hh pv (unit_vector 4 2); Dim ww ph (unit_vector 4 3)]
    (lead [n; c; h; w] 0) [n; c; hh; ww] x.
Definition filled (n c h w hh ww : N) (pv ph : Z) (low one : PrimFloat.float) (x : expr) : expr :=
  let s := [n; c; hh; ww] in
  Apply2 Add s (placed n c h w hh ww pv ph x) (Apply2 Mul s (broadcast s (Number low))
    (Apply2 Sub s (broadcast s (Number one))
      (placed n c h w hh ww pv ph (broadcast [n; c; h; w] (Number one))))).

(** [lse] holds the logsumexp of [z] along its rows. *)
Definition cross_entropy (rows n : N) (lse z target : expr) : expr :=
  Apply1 Neg [rows]
    (Moved [rows; n] (lead [rows] 1) (lead [rows; n] 0) [rows]
      (Apply2 Mul [rows; n] target
        (Apply2 Sub [rows; n] z (Moved [rows; n] (lead [rows; n] 0) [axis 2 0 rows] [rows; n] lse)))).
Definition average (n : N) (inv : PrimFloat.float) (x : expr) : expr :=
  Apply2 Mul [] (Moved [n] [] [axis 1 0 n] [] x) (Number inv).

Definition gelu (s : list N) (c h one : PrimFloat.float) (x : expr) : expr :=
  Apply2 Mul s (Apply2 Mul s (broadcast s (Number h)) x)
    (Apply2 Add s (broadcast s (Number one)) (Apply1 Erf s (Apply2 Mul s x (broadcast s (Number c))))).

(** Groups: loop 0 counts them, [inner] loops run over one; [elements] sees the tensor of shape [s] from these
    loops, and group [k] of it is axis [at] of the tensor. What there is one of in each group has the shape
    [kept]; [inv] is a stored number, near one over the size of a group. *)
Section Normalise.
Variables (count_ : N) (inner : list N) (elements : view) (s kept : list N) (along : dim).
Variables (inv eps : PrimFloat.float).
Definition total (x : expr) : expr :=
  Moved (count_ :: inner) (lead [count_] (length inner)) elements kept x.
Definition mean (x : expr) : expr := Apply2 Mul kept (total x) (broadcast kept (Number inv)).
Definition over (z : expr) : expr := Moved s (lead s 0) [along] s z.
Definition centred (x : expr) : expr := Apply2 Sub s x (over (mean x)).
Definition variance (x : expr) : expr := mean (Apply2 Mul s (centred x) (centred x)).
Definition normalise (x : expr) : expr :=
  Apply2 Div s (centred x)
    (over (Apply1 Sqrt kept (Apply2 Add kept (variance x) (broadcast kept (Number eps))))).
End Normalise.
Definition layer_norm (rows n : N) : PrimFloat.float -> PrimFloat.float -> expr -> expr :=
  normalise rows [n] (lead [rows; n] 0) [rows; n] [rows; 1%N] (axis 2 0 rows).

(** Channels lie along axis 1 of a tensor of shape [n :: c :: rest]. *)
Section Channels.
Variables (n c : N) (rest : list N).
Let s : list N := n :: c :: rest.
Definition channel : dim := axis (2 + length rest) 1 c.
Definition channel_total (x : expr) : expr := Moved s [channel] (lead s 0) [c] x.
Definition channel_mean (inv : PrimFloat.float) (x : expr) : expr :=
  Apply2 Mul [c] (channel_total x) (broadcast [c] (Number inv)).
Definition planes (z : expr) : expr :=
  Moved s (lead s 0) [channel] s
    (Moved [c] (lead [c] 0) [axis 1 0 c] (1%N :: c :: map (fun _ => 1%N) rest) z).
Definition less (m x : expr) : expr := Apply2 Sub s x (planes m).
Definition channel_variance (inv : PrimFloat.float) (x : expr) : expr :=
  let d := less (channel_mean inv x) x in channel_mean inv (Apply2 Mul s d d).
Definition precision (one eps : PrimFloat.float) (v : expr) : expr :=
  Apply2 Div [c] (broadcast [c] (Number one))
    (Apply1 Sqrt [c] (Apply2 Add [c] v (broadcast [c] (Number eps)))).
Definition rescaled (m g x : expr) : expr := Apply2 Mul s (less m x) (planes g).
Definition batch_norm (one eps : PrimFloat.float) (m v x : expr) : expr := rescaled m (precision one eps v) x.
Definition batch_norm_affine (one eps : PrimFloat.float) (m v g b x : expr) : expr :=
  Apply2 Add s (rescaled m (Apply2 Mul [c] g (precision one eps v)) x) (planes b).
Definition batch_norm_train (one inv eps : PrimFloat.float) (x : expr) : expr :=
  batch_norm one eps (channel_mean inv x) (channel_variance inv x) x.
Definition batch_norm_train_affine (one inv eps : PrimFloat.float) (g b x : expr) : expr :=
  batch_norm_affine one eps (channel_mean inv x) (channel_variance inv x) g b x.
End Channels.
