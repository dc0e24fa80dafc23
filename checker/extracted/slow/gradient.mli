
val negb : bool -> bool

type nat =
| O
| S of nat

val option_map : ('a1 -> 'a2) -> 'a1 option -> 'a2 option

val fst : ('a1 * 'a2) -> 'a1

val snd : ('a1 * 'a2) -> 'a2

val length : 'a1 list -> nat

val app : 'a1 list -> 'a1 list -> 'a1 list

type comparison =
| Eq
| Lt
| Gt

val compOpp : comparison -> comparison

val add : nat -> nat -> nat

val eqb : nat -> nat -> bool

val leb : nat -> nat -> bool

val lsr0 : Uint63.t -> Uint63.t -> Uint63.t

val land0 : Uint63.t -> Uint63.t -> Uint63.t

val add0 : Uint63.t -> Uint63.t -> Uint63.t

val sub : Uint63.t -> Uint63.t -> Uint63.t

val eqb0 : Uint63.t -> Uint63.t -> bool

val ltb : Uint63.t -> Uint63.t -> bool

val leb0 : Uint63.t -> Uint63.t -> bool

val abs : Float64.t -> Float64.t

val opp : Float64.t -> Float64.t

val eqb1 : Float64.t -> Float64.t -> bool

val ltb0 : Float64.t -> Float64.t -> bool

val leb1 : Float64.t -> Float64.t -> bool

val mul : Float64.t -> Float64.t -> Float64.t

val add1 : Float64.t -> Float64.t -> Float64.t

val sub0 : Float64.t -> Float64.t -> Float64.t

val of_uint63 : Uint63.t -> Float64.t

val normfr_mantissa : Float64.t -> Uint63.t

val frshiftexp : Float64.t -> Float64.t * Uint63.t

val one : Float64.t

val zero : Float64.t

type positive =
| XI of positive
| XO of positive
| XH

type n =
| N0
| Npos of positive

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Nat :
 sig
  val eqb : nat -> nat -> bool
 end

module Pos :
 sig
  val succ : positive -> positive

  val add : positive -> positive -> positive

  val add_carry : positive -> positive -> positive

  val pred_double : positive -> positive

  val mul : positive -> positive -> positive

  val compare_cont : comparison -> positive -> positive -> comparison

  val compare : positive -> positive -> comparison

  val eqb : positive -> positive -> bool

  val iter_op : ('a1 -> 'a1 -> 'a1) -> positive -> 'a1 -> 'a1

  val to_nat : positive -> nat

  val of_succ_nat : nat -> positive
 end

module N :
 sig
  val mul : n -> n -> n

  val compare : n -> n -> comparison

  val eqb : n -> n -> bool

  val ltb : n -> n -> bool

  val of_nat : nat -> n
 end

module Z :
 sig
  val double : z -> z

  val succ_double : z -> z

  val opp : z -> z

  val compare : z -> z -> comparison

  val leb : z -> z -> bool

  val ltb : z -> z -> bool

  val eqb : z -> z -> bool

  val to_nat : z -> nat

  val to_N : z -> n

  val of_N : n -> z
 end

val hd : 'a1 -> 'a1 list -> 'a1

val hd_error : 'a1 list -> 'a1 option

val tl : 'a1 list -> 'a1 list

val nth : nat -> 'a1 list -> 'a1 -> 'a1

val nth_error : 'a1 list -> nat -> 'a1 option

val rev : 'a1 list -> 'a1 list

val map : ('a1 -> 'a2) -> 'a1 list -> 'a2 list

val flat_map : ('a1 -> 'a2 list) -> 'a1 list -> 'a2 list

val fold_left : ('a1 -> 'a2 -> 'a1) -> 'a2 list -> 'a1 -> 'a1

val fold_right : ('a2 -> 'a1 -> 'a1) -> 'a1 -> 'a2 list -> 'a1

val existsb : ('a1 -> bool) -> 'a1 list -> bool

val forallb : ('a1 -> bool) -> 'a1 list -> bool

val filter : ('a1 -> bool) -> 'a1 list -> 'a1 list

val combine : 'a1 list -> 'a2 list -> ('a1 * 'a2) list

val seq : nat -> nat -> nat list

val repeat : 'a1 -> nat -> 'a1 list

val size : nat

val is_zero : Uint63.t -> bool

val is_even : Uint63.t -> bool

val to_Z_rec : nat -> Uint63.t -> z

val to_Z : Uint63.t -> z

val nat_of : Uint63.t -> nat

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

val check_head : words -> Float64.t -> unit res

val volume : n list -> n

type dim = { size0 : n; offset : z; coeffs : z list }

type view = dim list

val sizes : view -> n list

val identity_from : nat -> n list -> view

val identity : n list -> view

type unary =
| Relu
| Step
| Neg
| Exp
| Log
| Sqrt
| Tanh
| Sigmoid
| Softplus
| Erf
| Gauss
| Sin
| Cos
| Abs
| Sign

type binary =
| Add
| Sub
| Mul
| Div
| Maximum
| Equal

type op =
| Input
| Constant of Float64.t list
| Move of n list * view * view * nat
| Contract of n list * view * view * view * nat * nat
| Unary of unary * nat
| Binary of binary * nat * nat
| Logsumexp of n * n * n * nat

type node = { kind : op; shape : n list }

val elements : node -> n

val args : op -> nat list

val slots : op -> (nat * nat) list

val scan : ('a1 list -> node -> 'a1) -> node list -> 'a1 list

val size_of : node list -> nat -> n option

val fits : node list -> nat -> n -> bool

val node_ok : node list -> node -> bool

val wf_from : node list -> node list -> bool

val wf : node list -> bool

val mem : nat -> nat list -> bool

val actives : nat list -> node list -> bool list

type expr =
| Ref of nat
| Number of Float64.t
| Apply1 of unary * n list * expr
| Apply2 of binary * n list * expr * expr
| Swapped of binary * n list * expr * expr
| Moved of n list * view * view * n list * expr
| Contracted of n list * view * view * view * n list * expr * expr

type graph = { newest : node list; fresh : nat }

val graph_of : node list -> graph

val nodes_of : graph -> node list

val emit : node -> graph -> nat * graph

val emits : expr -> graph -> nat * graph

val broadcast : n list -> expr -> expr

val zeros : n list -> expr

val reduced : n -> n -> view

val spread : n -> n -> n -> n list -> expr -> expr

val rule1 : n list -> nat -> nat -> unary -> expr -> expr option

val rule2 :
  n list -> nat -> nat -> binary -> expr -> expr -> expr option * expr option

val rule : n list -> nat -> nat -> op -> nat -> expr option

val update : nat -> 'a1 -> 'a1 list -> 'a1 list

val shape_of : node list -> nat -> n list

type state = nat option list * graph

val accumulate : n list -> nat -> nat -> state -> state

val pull :
  node list -> bool list -> nat -> nat -> op -> state -> (nat * nat) -> state

val visit : node list -> bool list -> state -> (nat * node) -> state

val numbered : node list -> (nat * node) list

val sweep : node list -> bool list -> node list -> state -> state

val results :
  node list -> nat option list -> nat list -> graph -> nat list * graph

val seeded : nat -> (nat * nat) list -> nat option list

val vjp : node list -> nat list -> (nat * nat) list -> node list * nat list

val loss_gradient : node list -> nat list -> nat -> node list * nat list

val graph_magic : Float64.t

type program = { nodes : node list; first : nat; further : nat list }

val get_signed : words -> Uint63.t -> z res

val get_signeds : nat -> words -> Uint63.t -> z list res

val collect : nat -> words -> Uint63.t -> Float64.t list -> Float64.t list

val get_floats : Uint63.t -> words -> Uint63.t -> Float64.t list res

val take : nat -> z list -> (z list * z list) option

val parse_dims : nat -> nat -> z list -> (view * z list) option

val parse_view : nat -> z list -> (view * z list) option

val parse_loops : z list -> (n list * z list) option

val unaries : (z * unary) list

val binaries : (z * binary) list

val lookup : z -> (z * 'a1) list -> 'a1 option

val move_of : z list -> nat -> op option

val contract_of : z list -> nat -> nat -> op option

val op_of : z -> nat list -> z list -> Float64.t list -> op option

val to_N0 : Uint63.t -> n

val read_node : words -> Uint63.t -> (node * Uint63.t) res

val read_nodes : nat -> words -> Uint63.t -> (node list * Uint63.t) res

val read_program : words -> program res

val of_pos : positive -> Float64.t

val of_Z : z -> Float64.t

val of_N0 : n -> Float64.t

val add_nat : Float64.t -> nat -> Float64.t

val of_nat0 : nat -> Float64.t

val counted : Float64.t list -> Float64.t list

val words_of_dim : dim -> Float64.t list

val words_of_view : view -> Float64.t list

val unary_code : unary -> z

val binary_code : binary -> z

val words_of_op : op -> (z * Float64.t list) * Float64.t list

val words_of_node : node -> Float64.t list

val words_of_program : program -> Float64.t list

val is_input : node list -> nat -> bool

val inputs : node list -> nat list

val distinct : nat list -> bool

val wrt_okb : node list -> nat list -> bool

val gradient : program -> nat list -> program

val chosen : program -> nat list option -> nat list

val differentiable : program -> nat list -> bool

val gradient_words : words -> nat list option -> Float64.t list res

val compare0 : Float64.t list -> words -> Uint63.t -> unit res

val check_gradient : words -> words -> nat list option -> unit res

type param = { weight : nat; moment1 : nat; moment2 : nat }

type optimiser =
| Sgd of bool * nat * nat * nat option
| Adam of bool * nat * nat * nat * nat * nat * nat * nat * nat * nat option

val listed : 'a1 option -> 'a1 list

val scalars : optimiser -> nat list

val update0 : n list -> optimiser -> param -> nat -> graph -> nat list * graph

val updates :
  node list -> (param * optimiser) list -> nat list -> graph -> nat list
  list * graph

val clip_eps : Float64.t

type clipping =
| Unmeasured
| Measured
| Clipped of Float64.t

val total : n list -> expr -> expr

val squares : (n list * nat) list -> expr list

val sum_of : expr list -> expr

val norm : (n list * nat) list -> expr

val factor : nat -> nat -> expr

val scale : nat -> (n list * nat) list -> graph -> nat list * graph

val clip :
  clipping -> (n list * nat) list -> graph -> (nat option * nat list) * graph

type trained = param * optimiser

val targets : trained list -> nat list

val train_step :
  node list -> nat -> clipping -> trained list -> (node list * nat
  option) * nat list list

val plan_magic : Float64.t

type plan = { weights : trained list; clipped : clipping; kept : nat }

val trained_of : Uint63.t -> nat -> nat list -> nat list -> trained option

val read_trained : words -> Uint63.t -> (trained * Uint63.t) res

val clipping_of : Uint63.t -> Float64.t -> clipping option

val read_weights : nat -> words -> Uint63.t -> (trained list * Uint63.t) res

val read_plan : words -> plan res

val trained_okb : node list -> trained -> bool

val trainable : program -> plan -> bool

val step_program : program -> plan -> program

val read_step : words -> words -> (program * plan) res

val check_step : words -> words -> words -> ((program * plan) * program) res
