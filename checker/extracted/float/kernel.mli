
type nat =
| O
| S of nat

val option_map : ('a1 -> 'a2) -> 'a1 option -> 'a2 option

val fst : ('a1 * 'a2) -> 'a1

val snd : ('a1 * 'a2) -> 'a2

val length : 'a1 list -> nat

val app : 'a1 list -> 'a1 list -> 'a1 list

val add : nat -> nat -> nat

val eqb : nat -> nat -> bool

val lsr0 : Uint63.t -> Uint63.t -> Uint63.t

val land0 : Uint63.t -> Uint63.t -> Uint63.t

val add0 : Uint63.t -> Uint63.t -> Uint63.t

val sub : Uint63.t -> Uint63.t -> Uint63.t

val mul : Uint63.t -> Uint63.t -> Uint63.t

val div : Uint63.t -> Uint63.t -> Uint63.t

val mod0 : Uint63.t -> Uint63.t -> Uint63.t

val eqb0 : Uint63.t -> Uint63.t -> bool

val ltb : Uint63.t -> Uint63.t -> bool

val leb : Uint63.t -> Uint63.t -> bool

val abs : Float64.t -> Float64.t

val sqrt : Float64.t -> Float64.t

val eqb1 : Float64.t -> Float64.t -> bool

val ltb0 : Float64.t -> Float64.t -> bool

val leb0 : Float64.t -> Float64.t -> bool

val mul0 : Float64.t -> Float64.t -> Float64.t

val add1 : Float64.t -> Float64.t -> Float64.t

val sub0 : Float64.t -> Float64.t -> Float64.t

val div0 : Float64.t -> Float64.t -> Float64.t

val of_uint63 : Uint63.t -> Float64.t

val normfr_mantissa : Float64.t -> Uint63.t

val frshiftexp : Float64.t -> Float64.t * Uint63.t

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Pos :
 sig
  val pred_double : positive -> positive

  val iter_op : ('a1 -> 'a1 -> 'a1) -> positive -> 'a1 -> 'a1

  val to_nat : positive -> nat
 end

module Z :
 sig
  val double : z -> z

  val succ_double : z -> z

  val to_nat : z -> nat
 end

val nth : nat -> 'a1 list -> 'a1 -> 'a1

val nth_error : 'a1 list -> nat -> 'a1 option

val last : 'a1 list -> 'a1 -> 'a1

val removelast : 'a1 list -> 'a1 list

val rev : 'a1 list -> 'a1 list

val map : ('a1 -> 'a2) -> 'a1 list -> 'a2 list

val fold_left : ('a1 -> 'a2 -> 'a1) -> 'a2 list -> 'a1 -> 'a1

val forallb : ('a1 -> bool) -> 'a1 list -> bool

val combine : 'a1 list -> 'a2 list -> ('a1 * 'a2) list

val firstn : nat -> 'a1 list -> 'a1 list

val skipn : nat -> 'a1 list -> 'a1 list

val max_int : Uint63.t

type farr = Farray.t

val fget : farr -> Uint63.t -> Float64.t

val nat_of : Uint63.t -> nat

type 'a table = 'a Farray.table

val entry : 'a1 table -> Uint63.t -> 'a1

val ftab : Uint63.t -> (Uint63.t -> Float64.t) -> farr

val tabulate : Uint63.t -> 'a1 -> (Uint63.t -> 'a1) -> 'a1 table

type extent = { len : Uint63.t; fuel : nat; octs : nat; rest : nat }

val extent_of : Uint63.t -> extent

val max_len : Uint63.t

val ok_len : Uint63.t -> bool

val finb : Float64.t -> bool

type words = { count : Uint63.t; word : (Uint63.t -> Float64.t) }

type reason =
| Truncated
| TrailingWords
| NotThisFormat
| NotThisVersion
| WrongCount
| NotFinite
| NotAnInteger
| TooLarge
| Negative
| UnknownOperation
| WrongShape
| MissingNode
| NotAConstant
| Malformed
| NoInput
| WrongSemantics
| EnclosureFailed
| NotAffine
| SlopeOutside
| MultiplierNegative
| MultiplierSign
| SplitOutside
| BoundFailed
| Crossed
| NotEmpty
| UnknownStep
| TooDeep
| NotRefuted

type 'a res =
| Ok of 'a
| Err of reason * Uint63.t * Float64.t * Float64.t

val bind : 'a1 res -> ('a1 -> 'a2 res) -> 'a2 res

val fail : reason -> Uint63.t -> 'a1 res

val demand : bool -> reason -> Uint63.t -> unit res

val get_float : words -> Uint63.t -> Float64.t res

val to_int : Float64.t -> Uint63.t option

val get_int : words -> Uint63.t -> Uint63.t res

val get_size : words -> Uint63.t -> Uint63.t res

val get_ints : nat -> words -> Uint63.t -> Uint63.t list res

val all_finite : nat -> words -> Uint63.t -> unit res

val block : nat

val blocks_finite : nat -> words -> Uint63.t -> unit res

val get_block : Uint63.t -> words -> Uint63.t -> farr res

val check_head : words -> Float64.t -> unit res

val allR : nat -> Uint63.t -> (Uint63.t -> bool) -> bool

val allb : extent -> (Uint63.t -> bool) -> bool

val counts : nat -> Uint63.t -> bool

val wf_ext : extent -> bool

type axis = { isize : Uint63.t; osize : Uint63.t; taps : extent;
              stride : Uint63.t; pad : Uint63.t; dil : Uint63.t }

val pos : axis -> Uint63.t -> Uint63.t -> Uint63.t

val axis_ok : axis -> bool

type conv = { groups : Uint63.t; cin : extent; cout : extent; vert : 
              axis; horz : axis }

val ichans : conv -> Uint63.t

val ochans : conv -> Uint63.t

val iplane : conv -> Uint63.t

val oplane : conv -> Uint63.t

val kplane : conv -> Uint63.t

val iidx : conv -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val widx : conv -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val tidx : conv -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val conv_in : conv -> Uint63.t

val conv_out : conv -> Uint63.t

val ochan : conv -> Uint63.t -> Uint63.t

val orow : conv -> Uint63.t -> Uint63.t

val ocol : conv -> Uint63.t -> Uint63.t

val blocks : conv -> Uint63.t

val bchans : conv -> Uint63.t

val conv_chans : conv -> Uint63.t

val conv_terms : conv -> Uint63.t

val conv_size : conv -> Uint63.t

val conv_same : conv -> farr -> farr -> bool

val conv_turned_weights : conv -> farr -> farr

val conv_ok : conv -> farr -> farr -> bool

type linmap =
| Signed of bool * extent
| Diag of extent * farr
| Dense of Uint63.t * extent * extent * extent * extent * farr * farr
| Convolution of conv * extent * extent * farr * farr
| Reindex of extent * extent * Uint63.t table * Uint63.t table * extent
   * Uint63.t

val dense : Uint63.t -> Uint63.t -> Uint63.t -> farr -> linmap

val convolution : conv -> farr -> linmap

val repeated :
  extent -> extent -> (Uint63.t -> Uint63.t) -> (Uint63.t -> Uint63.t) ->
  Uint63.t -> Uint63.t -> linmap

val reindex :
  extent -> extent -> (Uint63.t -> Uint63.t) -> (Uint63.t -> Uint63.t) ->
  linmap

val in_ext : linmap -> extent

val out_ext : linmap -> extent

val terms : linmap -> Uint63.t

val turn :
  (Uint63.t -> Uint63.t) -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val valid : linmap -> bool

type unary =
| Relu
| Hinge of Float64.t
| Clip of Float64.t * Float64.t
| Sign
| Sigmoid
| Tanh
| Softplus
| Exp
| Log
| Sqrt
| Recip
| Power of Uint63.t
| Sin
| Cos

type term = nat * linmap

type node =
| Input of extent
| Constant of extent * farr
| Affine of extent * term list * farr option
| Unary of unary * extent * nat
| Product of extent * nat * nat

val ext : node -> extent

val same_len : extent -> extent -> bool

val size_at : node list -> nat -> extent option

val fits : node list -> nat -> extent -> bool

val node_ok : node -> node list -> bool

val product : Uint63.t list -> Uint63.t

val strides : Uint63.t list -> Uint63.t list

val pick : Uint63.t list -> Uint63.t list -> Uint63.t list

val digits : (Uint63.t * Uint63.t) list -> Uint63.t -> Uint63.t -> Uint63.t

val position : Uint63.t -> Uint63.t list -> Uint63.t -> Uint63.t

val upto : nat -> Uint63.t -> Uint63.t list

val inverse : Uint63.t list -> Uint63.t list

val transposing : Uint63.t list -> Uint63.t list -> linmap

val embed : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val project : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val placing : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> linmap

val repeating : Uint63.t -> Uint63.t -> Uint63.t -> linmap

val taking : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> linmap

val graph_magic : Float64.t

type shaped = { node_of : node; shape : Uint63.t list }

val operands :
  shaped list -> Uint63.t -> Uint63.t list -> Uint63.t -> (nat * shaped) list
  res

val constant : shaped -> Uint63.t -> farr res

val same : Uint63.t list -> Uint63.t list -> bool

val last_of : Uint63.t list -> Uint63.t

val bias :
  (nat * shaped) list -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> farr
  option res

val linear :
  Uint63.t list -> (nat * shaped) -> (nat * shaped) -> (nat * shaped) list ->
  Uint63.t -> node res

val positions :
  Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t ->
  Uint63.t

val convolve :
  Uint63.t list -> Uint63.t list -> (nat * shaped) -> (nat * shaped) ->
  (nat * shaped) list -> Uint63.t -> node res

val placed :
  (nat * shaped) list -> nat -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t
  -> term list

val alike : (nat * shaped) list -> bool

val beside :
  (nat * shaped) list -> nat -> Uint63.t -> Uint63.t -> Uint63.t -> term list

val without : nat -> Uint63.t list -> Uint63.t list

val elementwise :
  bool -> Uint63.t list -> (nat * shaped) -> (nat * shaped) -> Uint63.t ->
  node res

val times :
  Uint63.t list -> (nat * shaped) -> (nat * shaped) -> Uint63.t -> node res

val function0 :
  unary -> Uint63.t list -> (nat * shaped) -> Uint63.t -> node res

val number : (nat * shaped) -> Uint63.t -> Float64.t res

val concat :
  Uint63.t list -> (nat * shaped) list -> Uint63.t -> Uint63.t -> node res

val slice :
  Uint63.t list -> (nat * shaped) -> Uint63.t -> Uint63.t -> Uint63.t ->
  Uint63.t -> node res

type tag =
| TInput
| TParameter
| TAdd
| TSub
| TMul
| TLinear
| TConv
| TReshape
| TTranspose
| TConcat
| TSlice
| TFunction of unary
| TLeaky
| TClip
| TPower

val find : Uint63.t -> (Uint63.t * tag) list -> tag option

val tag_of : Uint63.t -> tag option

val lower :
  tag -> Uint63.t list -> (nat * shaped) list -> Uint63.t list -> farr ->
  Uint63.t -> node res

val size_ok : Uint63.t list -> Uint63.t -> bool

val read_node :
  words -> Uint63.t -> Uint63.t -> shaped list -> (shaped * Uint63.t) res

val read_nodes :
  nat -> words -> Uint63.t -> Uint63.t -> shaped list -> (shaped
  list * Uint63.t) res

type network = { nodes : node list; output : nat }

val read_graph : words -> network res

val r32 : Float64.t -> Float64.t

val add32 : Float64.t -> Float64.t -> Float64.t

val sub32 : Float64.t -> Float64.t -> Float64.t

val mul32 : Float64.t -> Float64.t -> Float64.t

val div32 : Float64.t -> Float64.t -> Float64.t

val sqrt32 : Float64.t -> Float64.t

val sum32 :
  nat -> Float64.t -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t

val dot32 : nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t

val affine32 : Uint63.t -> Uint63.t -> Uint63.t -> farr -> farr -> farr

val map32 : (Float64.t -> Float64.t) -> Uint63.t -> farr -> farr

val zip32 :
  (Float64.t -> Float64.t -> Float64.t) -> Uint63.t -> farr -> farr -> farr

val flag : bool -> Float64.t

val add_all : Uint63.t -> farr -> farr -> farr

val sub_all : Uint63.t -> farr -> farr -> farr

val mul_all : Uint63.t -> farr -> farr -> farr

val div_all : Uint63.t -> farr -> farr -> farr

val sqrt_all : Uint63.t -> farr -> farr

val round_all : Uint63.t -> farr -> farr

val eq_all : Uint63.t -> farr -> farr -> farr

val lt_all : Uint63.t -> farr -> farr -> farr

val le_all : Uint63.t -> farr -> farr -> farr

val products : linmap -> Uint63.t -> nat

val factor : linmap -> Uint63.t -> Uint63.t -> Float64.t

val conv_place : conv -> Uint63.t -> Uint63.t -> Uint63.t

val place : linmap -> Uint63.t -> Uint63.t -> Uint63.t

val adds :
  ('a1 -> 'a1 -> 'a1) -> nat -> Uint63.t -> (Uint63.t -> 'a1) -> 'a1 -> 'a1

val sum_from :
  ('a1 -> 'a1 -> 'a1) -> nat -> (Uint63.t -> 'a1) -> 'a1 option -> 'a1 option

val product_at :
  'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a2 -> Uint63.t ->
  'a1) -> linmap -> 'a2 -> Uint63.t -> Uint63.t -> 'a1

val value_in : 'a1 -> 'a1 list -> nat -> 'a1

val terms_in :
  'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a1 -> 'a1 -> 'a1) ->
  ('a2 -> Uint63.t -> 'a1) -> 'a2 -> term list -> 'a2 list -> Uint63.t -> 'a1
  option -> 'a1 option

val affine_in :
  'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a1 -> 'a1 -> 'a1) ->
  ('a2 -> Uint63.t -> 'a1) -> 'a2 -> term list -> farr option -> 'a2 list ->
  Uint63.t -> 'a1

val evaluate :
  'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a1 -> 'a1 -> 'a1) ->
  (unary -> 'a1 -> 'a1) -> (Uint63.t -> (Uint63.t -> 'a1) -> 'a2) -> ('a2 ->
  Uint63.t -> 'a1) -> 'a2 -> (Uint63.t -> 'a1) -> node list -> 'a2 list

val relu_by : ('a1 -> 'a1 -> bool) -> 'a1 -> 'a1 -> 'a1

type library = unary -> Float64.t -> Float64.t

val callF : library -> unary -> Float64.t -> Float64.t

val evaluateF : library -> farr -> node list -> farr list

val is32 : Float64.t -> bool

val row32 : extent -> linmap -> bool

val weights32 : node -> bool

val reference : library -> words -> farr -> (farr list * nat) res

val flush32 : Float64.t -> Float64.t

val addz32 : Float64.t -> Float64.t -> Float64.t

val mulz32 : Float64.t -> Float64.t -> Float64.t

val addz_all : Uint63.t -> farr -> farr -> farr

val mulz_all : Uint63.t -> farr -> farr -> farr
