
val negb : bool -> bool

type nat =
| O
| S of nat

val option_map : ('a1 -> 'a2) -> 'a1 option -> 'a2 option

type ('a, 'b) sum =
| Inl of 'a
| Inr of 'b

val fst : ('a1 * 'a2) -> 'a1

val snd : ('a1 * 'a2) -> 'a2

val length : 'a1 list -> nat

val app : 'a1 list -> 'a1 list -> 'a1 list

val add : nat -> nat -> nat

val sub : nat -> nat -> nat

val eqb : nat -> nat -> bool

val lsr0 : Uint63.t -> Uint63.t -> Uint63.t

val land0 : Uint63.t -> Uint63.t -> Uint63.t

val add0 : Uint63.t -> Uint63.t -> Uint63.t

val sub0 : Uint63.t -> Uint63.t -> Uint63.t

val mul : Uint63.t -> Uint63.t -> Uint63.t

val div : Uint63.t -> Uint63.t -> Uint63.t

val mod0 : Uint63.t -> Uint63.t -> Uint63.t

val eqb0 : Uint63.t -> Uint63.t -> bool

val ltb : Uint63.t -> Uint63.t -> bool

val leb : Uint63.t -> Uint63.t -> bool

val abs : Float64.t -> Float64.t

val sqrt : Float64.t -> Float64.t

val opp : Float64.t -> Float64.t

val eqb1 : Float64.t -> Float64.t -> bool

val ltb0 : Float64.t -> Float64.t -> bool

val leb0 : Float64.t -> Float64.t -> bool

val mul0 : Float64.t -> Float64.t -> Float64.t

val add1 : Float64.t -> Float64.t -> Float64.t

val sub1 : Float64.t -> Float64.t -> Float64.t

val div0 : Float64.t -> Float64.t -> Float64.t

val of_uint63 : Uint63.t -> Float64.t

val normfr_mantissa : Float64.t -> Uint63.t

val frshiftexp : Float64.t -> Float64.t * Uint63.t

val infinity : Float64.t

val nan : Float64.t

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Nat :
 sig
  val eqb : nat -> nat -> bool

  val even : nat -> bool
 end

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

type quad = (Float64.t * Float64.t) * (Float64.t * Float64.t)

val part : quad -> Uint63.t -> Float64.t

val ftab4 : Uint63.t -> (Uint63.t -> quad) -> farr

type extent = { len : Uint63.t; fuel : nat; octs : nat; rest : nat }

val extent_of : Uint63.t -> extent

val max_len : Uint63.t

val ok_len : Uint63.t -> bool

val both : (unit -> 'a1) -> (unit -> 'a2) -> 'a1 * 'a2

val abreast : (unit -> 'a1) -> (unit -> 'a2) -> 'a1 * 'a2

val fan : bool -> (unit -> 'a1) -> (unit -> 'a2) -> 'a1 * 'a2

val parts : nat -> Uint63.t -> (Uint63.t -> Float64.t) -> farr

val grain : Uint63.t

val halvings : nat -> Uint63.t -> nat

val levels : Uint63.t -> nat

val large : Uint63.t -> bool

val finb : Float64.t -> bool

val up : Float64.t -> Float64.t

val dn : Float64.t -> Float64.t

val maxf : Float64.t -> Float64.t -> Float64.t

val minf : Float64.t -> Float64.t -> Float64.t

val sided : Float64.t -> Float64.t -> Float64.t -> Float64.t

val gamma : Uint63.t -> Float64.t

val tiny : Float64.t

val dot_ones :
  nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t -> Float64.t

val dot_octs :
  nat -> nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t -> Float64.t

val dot : extent -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t

val zero4 : quad

val plus4 : quad -> quad -> quad

val dots_ones :
  nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad -> quad

val dots_octs :
  nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad ->
  quad

val dots : extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad

val dots3_ones :
  nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Float64.t ->
  Float64.t -> Float64.t -> quad

val dots3_octs :
  nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Float64.t
  -> Float64.t -> Float64.t -> quad

val dots3 : extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad

val lanes :
  Uint63.t -> extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t ->
  quad

val dot_strided_ones :
  nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
  Float64.t -> Float64.t

val dot_strided_octs :
  nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t
  -> Float64.t -> Float64.t

val dot_strided :
  extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
  Float64.t

val widen : Uint63.t -> Float64.t -> Float64.t

val dot_abs_ones :
  nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t -> Float64.t

val dot_abs_octs :
  nat -> nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t -> Float64.t

val dot_abs : extent -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t

val dot_abs_strided_ones :
  nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
  Float64.t -> Float64.t

val dot_abs_strided_octs :
  nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t
  -> Float64.t -> Float64.t

val dot_abs_strided :
  extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
  Float64.t

val dot_sel_ones :
  nat -> farr -> farr -> farr -> Uint63.t -> Float64.t -> Float64.t

val dot_sel_octs :
  nat -> nat -> farr -> farr -> farr -> Uint63.t -> Float64.t -> Float64.t

val dot_sel : extent -> farr -> farr -> farr -> Float64.t

val sum_abs_ones : nat -> farr -> Uint63.t -> Float64.t -> Float64.t

val sum_abs_octs : nat -> nat -> farr -> Uint63.t -> Float64.t -> Float64.t

val sum_abs_f : extent -> farr -> Float64.t

type picks =
| Done
| One of Uint63.t * picks
| Four of Uint63.t * Uint63.t * Uint63.t * Uint63.t * picks
| Eight of Uint63.t * Uint63.t * Uint63.t * Uint63.t * Uint63.t * Uint63.t
   * Uint63.t * Uint63.t * picks

val nonzeros : nat -> Uint63.t -> farr -> Uint63.t list -> Uint63.t list

val fours : Uint63.t list -> picks -> picks

val eights : Uint63.t list -> picks -> picks

val nonzero : extent -> farr -> picks

val dot_at : picks -> farr -> farr -> Uint63.t -> Float64.t -> Float64.t

val dots_at :
  picks -> farr -> farr -> Uint63.t -> Uint63.t -> Float64.t -> Float64.t ->
  Float64.t -> Float64.t -> quad

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

val get_nonneg : words -> Uint63.t -> reason -> Float64.t res

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

val accR : nat -> Uint63.t -> (Uint63.t -> 'a1 -> 'a1) -> 'a1 -> 'a1

val accF : extent -> (Uint63.t -> 'a1 -> 'a1) -> 'a1 -> 'a1

val sum_strided :
  nat -> farr -> Uint63.t -> Uint63.t -> Float64.t -> Float64.t

val divide : Uint63.t -> Uint63.t -> Uint63.t

val inv : Uint63.t -> Uint63.t

val div_by : Uint63.t -> Uint63.t -> Uint63.t

val odd_bits : Uint63.t -> Uint63.t -> Uint63.t -> bool

val quot : Uint63.t -> Uint63.t -> Uint63.t

type axis = { isize : Uint63.t; osize : Uint63.t; taps : extent;
              stride : Uint63.t; pad : Uint63.t; dil : Uint63.t }

val pos : axis -> Uint63.t -> Uint63.t -> Uint63.t

val src : axis -> Uint63.t -> Uint63.t -> Uint63.t

val tap : axis -> Uint63.t -> Uint63.t -> Uint63.t

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

val ichan : conv -> Uint63.t -> Uint63.t

val irow : conv -> Uint63.t -> Uint63.t

val icol : conv -> Uint63.t -> Uint63.t

val taps_fold :
  conv -> (Uint63.t -> Uint63.t) -> (Uint63.t -> Uint63.t) -> Uint63.t ->
  Uint63.t -> (Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> 'a1 -> 'a1) ->
  'a1 -> 'a1

val conv_dot : conv -> farr -> farr -> Uint63.t -> Float64.t

val conv_abs : conv -> farr -> farr -> Uint63.t -> Float64.t

val conv_turn : conv -> farr -> farr

val zeros : nat -> farr -> Uint63.t -> bool

val conv_live : conv -> farr -> farr

val marks : Uint63.t -> Uint63.t -> (Uint63.t -> Uint63.t -> bool) -> farr

val conv_rows : conv -> farr -> farr

val conv_cols : conv -> farr -> farr

type met =
| Nowhere
| Met of Uint63.t * Uint63.t * met

val met_to :
  nat -> Uint63.t -> (Uint63.t -> Uint63.t) -> (Uint63.t -> bool) -> met ->
  met

val met_at : axis -> farr -> Uint63.t -> met

val meets : axis -> farr -> met table

val back_row :
  extent -> farr -> farr -> farr -> Uint63.t -> Uint63.t -> Uint63.t ->
  Uint63.t -> Uint63.t -> Uint63.t -> met -> quad -> quad

val back_rows :
  extent -> farr -> farr -> farr -> Uint63.t -> Uint63.t -> Uint63.t ->
  Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> met -> met -> quad -> quad

val back_at :
  extent -> farr -> farr -> farr -> met table -> met table -> Uint63.t ->
  Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t ->
  Uint63.t -> Uint63.t -> quad

val blocks : conv -> Uint63.t

val bchans : conv -> Uint63.t

val channel_quads :
  conv -> farr -> farr -> farr -> met table -> met table -> farr

val quad_index :
  Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val from_quads : conv -> farr -> farr

val ahead : Uint63.t -> met -> met -> bool

val patches : conv -> met table -> bool

val column_quads :
  conv -> farr -> farr -> farr -> met table -> met table -> farr

val conv_back : conv -> farr -> farr -> farr

val conv_entry :
  'a1 -> conv -> (Uint63.t -> 'a1) -> Uint63.t -> Uint63.t -> 'a1

val conv_row : conv -> farr -> (Float64.t -> Float64.t) -> Uint63.t -> farr

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

val applyF : linmap -> farr -> Uint63.t -> Float64.t

val absF : linmap -> farr -> Uint63.t -> Float64.t

val transF : linmap -> farr -> Uint63.t -> Float64.t

val single : linmap -> bool

val skipped : farr option -> Uint63.t -> bool

val most : farr option -> Uint63.t -> bool

val transV : linmap -> farr option -> farr -> farr

val rowF : linmap -> Uint63.t -> Uint63.t -> Float64.t

val rowV : linmap -> bool -> Uint63.t -> farr

val terms : linmap -> Uint63.t

val gam : linmap -> Float64.t

val turn :
  (Uint63.t -> Uint63.t) -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t

val valid : linmap -> bool

type itv = { inf : Float64.t; sup : Float64.t }

type line = { slope : Float64.t; shift : Float64.t }

type curve = { val0 : (Float64.t -> itv); rate : (Float64.t -> itv) }

type rule = { range : (Float64.t -> Float64.t -> itv);
              around : (Float64.t -> Float64.t -> Float64.t -> Float64.t ->
                       line * line) }

val min2 : Float64.t -> Float64.t -> Float64.t

val max2 : Float64.t -> Float64.t -> Float64.t

val min4 : Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t

val mul_dn : Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t

val clampto : Float64.t -> Float64.t -> Float64.t -> Float64.t

val end_dn : Float64.t -> Float64.t -> Float64.t -> Float64.t

val tangent_dn :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t
  -> Float64.t -> Float64.t

val neg : itv -> itv

val opposite : curve -> curve

val mirror : curve -> curve

val flip : line -> line

val turn0 : line -> line

val secant :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t

val convex_lower : curve -> Float64.t -> Float64.t -> Float64.t -> line

val concave_lower : curve -> Float64.t -> Float64.t -> line

val s_lower :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line

val convex_lines :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line * line

val concave_lines :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line * line

val s_lines :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
  line * line

val z_lines :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
  line * line

val flat_lines : itv -> line * line

val rising : curve -> Float64.t -> Float64.t -> itv

val falling : curve -> Float64.t -> Float64.t -> itv

val clamp : Float64.t -> Float64.t

val relu : Float64.t -> Float64.t

val adaptive : Float64.t -> Float64.t -> Float64.t

val lower_slope : Float64.t -> Float64.t -> Float64.t -> Float64.t

val upper_slope : Float64.t -> Float64.t -> Float64.t

val upper_offset : Float64.t -> Float64.t -> Float64.t

val relu_rule : rule

val exp_poly : Float64.t -> Float64.t

val exp_near : nat -> Float64.t -> Float64.t

val exp_itv : Float64.t -> itv

val div_dn : Float64.t -> Float64.t -> Float64.t

val div_up : Float64.t -> Float64.t -> Float64.t

val part0 : Float64.t -> Float64.t -> itv -> itv

val sigmoid_val : Float64.t -> itv

val sigmoid_rate : Float64.t -> itv

val sigmoid_curve : curve

val sigmoid_rule : rule

val tanh_val : Float64.t -> itv

val tanh_rate : Float64.t -> itv

val tanh_curve : curve

val tanh_rule : rule

val nothing : itv

val no_pair : line * line

val exp_curve : curve

val exp_rule : rule

val log_scale :
  (Float64.t * Float64.t) list -> Float64.t -> Float64.t -> Float64.t ->
  Float64.t -> Float64.t

val log_guess : Float64.t -> Float64.t

val log_itv : Float64.t -> itv

val log_curve : curve

val log_rule : rule

val sqrt_itv : Float64.t -> itv

val sqrt_range : Float64.t -> Float64.t -> itv

val sqrt_lines :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> line * line

val sqrt_rule : rule

val recip_curve : curve

val recip_rule : rule

val point : Float64.t -> itv

val hinge_curve : Float64.t -> curve

val hinge_range : Float64.t -> Float64.t -> Float64.t -> itv

val hinge_below :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t

val hinge_lines :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line * line

val hinge_rule : Float64.t -> rule

val clip_curve : Float64.t -> Float64.t -> curve

val clip_rule : Float64.t -> Float64.t -> rule

val smallest : Float64.t

val sign_range : Float64.t -> Float64.t -> itv

val sign_rule : rule

val positive_power : nat -> Float64.t -> itv

val power : nat -> Float64.t -> itv

val scale : Float64.t -> itv -> itv

val power_curve : nat -> Float64.t -> curve

val power_range : nat -> Float64.t -> Float64.t -> Float64.t -> itv

val power_lines :
  nat -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
  line * line

val power_rule : nat -> Float64.t -> rule

val cos_poly : Float64.t -> Float64.t

val sin_poly : Float64.t -> Float64.t

type angle = { cs : Float64.t; sn : Float64.t; err : Float64.t }

val angle_near : nat -> Float64.t -> angle

val unit_itv : Float64.t -> Float64.t -> itv

val cos_itv : Float64.t -> itv

val sin_itv : Float64.t -> itv

val sin_curve : curve

val cos_curve : curve

val reflect : curve -> curve

val nonneg : itv -> bool

val nonpos : itv -> bool

val wave_range : curve -> Float64.t -> Float64.t -> itv

val bends : curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> bool

val bend_lower :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
  line

val wave_lower :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line

val wave_rule : curve -> (Float64.t -> Float64.t) -> rule

val nearest : Float64.t -> Float64.t

val sin_rule : rule

val cos_rule : rule

val log_at : Float64.t -> itv

val log1p_itv : itv -> itv

val softplus_val : Float64.t -> itv

val softplus_curve : curve

val softplus_rule : rule

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

val jumps : unary -> bool

val never : rule

val less : Uint63.t -> nat

val exponent : Uint63.t -> Float64.t

val rule_of : unary -> rule

val default_hint : unary -> Float64.t -> Float64.t -> Float64.t

val half :
  nat -> curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
  Float64.t

val s_touch :
  curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
  Float64.t * Float64.t

val touch :
  unary -> Float64.t -> Float64.t -> Float64.t -> Float64.t * Float64.t

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

type plane = { on_x : Float64.t; on_y : Float64.t; level : Float64.t }

val corner_dn : Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t

val best_level :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t
  -> Float64.t

val blend : Float64.t -> Float64.t -> Float64.t -> Float64.t

val plane_below :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> plane

val plane_above :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> plane

val product_range : Float64.t -> Float64.t -> Float64.t -> Float64.t -> itv

type tie = { factor : Float64.t; tie_lo : Float64.t; tie_hi : Float64.t }

val quarter : Float64.t -> Float64.t

val reach :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t

val tied_level : tie -> Float64.t -> Float64.t -> Float64.t

val raised : tie -> plane -> plane

val lowered : tie -> plane -> plane

type fnoise = { kappa : (node -> Float64.t); eta_up : (node -> Float64.t);
                noisy : bool; least : Float64.t; cap : Float64.t;
                defined : (unary -> Float64.t -> Float64.t -> bool) }

val noiseless : fnoise -> fnoise

type tied = { factors : farr; ties_lo : farr; ties_hi : farr }

val tie_at : tied -> Uint63.t -> tie

type info = { lo : farr; hi : farr; mag : farr; load : farr;
              coef : Float64.t; spare : Float64.t; ties : (tied * tied) option }

val no_info : info

val info_at : info list -> nat -> info

val capped : fnoise -> extent -> farr -> bool

val finite : extent -> farr -> bool

val ordered : extent -> farr -> farr -> bool

val maxc : Float64.t -> Float64.t -> Float64.t -> Float64.t

val centre : farr -> farr -> Uint63.t -> Float64.t

val radius : farr -> farr -> farr -> Uint63.t -> Float64.t

val plain : fnoise -> extent -> farr -> farr -> farr -> Float64.t -> info

type operand = { map_of : linmap; mid : farr; rad : farr; sizes_of : farr }

val operand_of : info list -> term -> operand

val bias_f : farr option -> Uint63.t -> Float64.t

val sum_up : Float64.t -> 'a1 list -> ('a1 -> Float64.t) -> Float64.t

val sum_dn : Float64.t -> 'a1 list -> ('a1 -> Float64.t) -> Float64.t

val worst : extent -> term list -> Float64.t

val radii_ok : operand list -> bool

val affine_info :
  fnoise -> extent -> term list -> farr option -> info list -> info

val no_bounds : farr

val size : itv -> Float64.t

val widen0 : fnoise -> node -> itv -> itv

val exact_at : fnoise -> node -> info list -> Uint63.t -> itv

val enclosed : fnoise -> node -> info list -> farr * farr

val exact_sizes : fnoise -> node -> info list -> farr

val forward : fnoise -> node -> (farr * farr) -> info list -> info

val info_ok : fnoise -> node -> info -> bool

val fixed_info : fnoise -> node -> info option

val forwards_from :
  fnoise -> node list -> info option list -> (farr * farr) -> (info list,
  node) sum

val load_of : extent -> term list -> farr option -> info list -> farr

val or_else : fnoise -> node -> info -> info -> info

val sharpened : fnoise -> node -> info -> info

val renewed : fnoise -> node -> info -> info list -> info

val renew : fnoise -> nat -> node list -> info list -> info list

val refreshed : fnoise -> nat -> node list -> info list -> info list

type semantics =
| Reals
| Binary32 of Float64.t

val no_noise : fnoise

val width : linmap -> Float64.t

val summed : term list -> Float64.t

val moves : term list -> farr option -> bool

val growth_up : Float64.t -> Float64.t

val exactly32 : unary -> bool

val defined32 : unary -> Float64.t -> Float64.t -> bool

val kappa32 : Float64.t -> node -> Float64.t

val eta32 : node -> Float64.t

val nonneg0 : Float64.t -> Float64.t

val noise_of : semantics -> fnoise

val doubled : nat -> Uint63.t -> Uint63.t

val exact32 : Float64.t -> bool

val node_ok32 : node -> bool

val allowed : semantics -> node list -> bool

type lines = { below_slope : farr; above_slope : farr; below_right : 
               farr; above_right : farr; below_shift : farr;
               above_shift : farr; rough : farr; silent : farr option }

val no_lines : lines

val silent_at : fnoise -> lines list -> nat -> farr option

val rough_of :
  Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t
  -> Float64.t -> Float64.t -> Float64.t -> Float64.t

val quads : extent -> (Uint63.t -> quad) -> farr

val quad_at :
  extent -> farr -> (Uint63.t -> quad) -> Uint63.t -> Uint63.t -> Float64.t

val lines_of :
  node -> info -> info list -> (Uint63.t -> Float64.t -> Float64.t ->
  Float64.t) -> lines

val charges : fnoise -> node -> extent -> info -> farr

val with_rough : lines -> farr -> lines

val charged : fnoise -> node -> info -> lines -> lines

val selected : extent -> farr -> farr -> farr -> farr

type row = farr option

val add_row :
  nat -> extent -> farr -> info list -> row list -> row list * Float64.t

val spread :
  term list -> (term -> farr) -> info list -> row list -> Float64.t -> row
  list * Float64.t

val bias_dot : extent -> farr option -> farr -> Float64.t

val back :
  fnoise -> node list -> info list -> lines list -> row list -> Float64.t ->
  Float64.t

val combined :
  fnoise -> node -> info -> farr -> node list -> info list -> lines list ->
  row list -> Float64.t

val neuron :
  fnoise -> node list -> info list -> lines list -> bool -> Uint63.t ->
  Float64.t

val unit_row : extent -> Uint63.t -> Float64.t -> farr

val pair_dn :
  fnoise -> node list -> info list -> lines list -> extent -> nat -> nat ->
  Uint63.t -> Float64.t -> Float64.t -> Float64.t

val tie_of :
  fnoise -> node list -> info list -> lines list -> extent -> nat -> nat ->
  bool -> (Uint63.t -> Float64.t) -> tied

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

val property_magic : Float64.t

type rows = { n_rows : extent; on_x0 : farr option; on_y0 : farr option;
              bound : farr }

type case = { box_lo : farr; box_hi : farr; ways : rows list }

type property = { n_in : extent; n_out : extent; cases : case list }

val get_matrix :
  Uint63.t -> Uint63.t -> Uint63.t -> words -> Uint63.t -> (farr
  option * Uint63.t) res

val read_rows :
  words -> Uint63.t -> Uint63.t -> Uint63.t -> (rows * Uint63.t) res

val read_ways :
  nat -> words -> Uint63.t -> Uint63.t -> Uint63.t -> (rows list * Uint63.t)
  res

val read_cases :
  nat -> words -> Uint63.t -> Uint63.t -> Uint63.t -> (case list * Uint63.t)
  res

val read_property : words -> property res

type state = info list

type claim = { over : node; about : info }

type vectors = (nat * Uint63.t) list

val look : vectors -> nat -> Uint63.t option

val all_words :
  nat -> (Float64.t -> bool) -> reason -> words -> Uint63.t -> unit res

val vectors_at :
  nat -> (node -> bool) -> (Float64.t -> bool) -> reason -> words -> node
  list -> Uint63.t -> Uint63.t -> (vectors * Uint63.t) res

val read_vectors :
  (node -> bool) -> (Float64.t -> bool) -> reason -> words -> node list ->
  Uint63.t -> Uint63.t -> (vectors * Uint63.t) res

val hinted : node -> bool

val in_unit : Float64.t -> bool

val read_slopes :
  words -> node list -> Uint63.t -> Uint63.t -> (vectors * Uint63.t) res

val hint :
  words -> Uint63.t option -> node -> Uint63.t -> Float64.t -> Float64.t ->
  Float64.t

val lines_at :
  fnoise -> words -> vectors -> node -> info -> state -> nat -> lines option
  -> lines

val all_lines :
  fnoise -> words -> vectors -> node list -> state -> lines option list ->
  nat -> lines list

val unknown : node list -> lines option list

val remember :
  vectors -> lines option list -> lines list -> nat -> lines option list

val reads : node -> nat -> bool

val forget : node list -> lines option list -> nat -> lines option list

val replace : state -> nat -> info -> state

val with_bounds : info -> farr -> farr -> info

val with_ties : info -> (tied * tied) -> info

val work_of : node -> Uint63.t

val work : node list -> Uint63.t

val tally : extent -> (Uint63.t -> bool) -> Uint63.t

val sharper :
  Float64.t -> Float64.t -> (Float64.t -> Float64.t -> Float64.t) -> Float64.t

val settled : info -> extent -> bool

val again : fnoise -> node -> state -> Uint63.t -> (farr * farr) res

val reenclose : fnoise -> node list -> state -> nat -> Uint63.t -> state res

val tighten :
  fnoise -> node list -> state -> nat -> lines list -> (Uint63.t -> bool) ->
  (Uint63.t -> bool) -> Uint63.t -> state res

val listed : nat -> words -> Uint63.t -> Float64.t -> bool

val per_word : Uint63.t

val is_mask : Float64.t -> bool

val mask_words : extent -> Uint63.t

val marked : words -> Uint63.t -> Uint63.t -> bool

val crossing : info -> Uint63.t -> bool

val all_nonneg : nat -> words -> Uint63.t -> unit res

val pays : info -> Float64.t -> Uint63.t -> bool

val extra_rows : words -> vectors -> node list -> state -> nat -> row list

val all_pay : node list -> state -> row list -> bool

val refute :
  fnoise -> words -> node list -> state -> Uint63.t -> Uint63.t -> claim ->
  lines option list -> (Uint63.t * lines option list) res

val leaf :
  fnoise -> words -> node list -> state -> Uint63.t -> Uint63.t -> claim list
  -> lines option list -> Uint63.t res

val cut : info -> extent -> Uint63.t -> Float64.t -> bool -> info

val halves :
  node list -> nat -> Uint63.t -> Float64.t -> state -> lines option list ->
  Uint63.t -> ((state * state) * lines option list) res

val sharpen :
  fnoise -> words -> node list -> Uint63.t -> state -> lines option list ->
  nat -> bool -> (Uint63.t -> bool) -> (Uint63.t -> bool) -> Uint63.t ->
  Uint63.t -> ((state * lines option list) * Uint63.t) res

val bind_factors :
  fnoise -> words -> node list -> Uint63.t -> state -> lines option list ->
  nat -> extent -> nat -> nat -> Uint63.t -> ((state * lines option
  list) * Uint63.t) res

val ending : words -> Uint63.t -> words

val walk :
  nat -> fnoise -> words -> node list -> Uint63.t -> claim list -> state ->
  lines option list -> Uint63.t -> Uint63.t res

val certificate_magic : Float64.t

val read_semantics : words -> semantics res

val input_at : node list -> nat

val newest : node list -> Uint63.t

val matrix_term : farr option -> nat -> extent -> extent -> term list

val claim_node : network -> property -> rows -> node

val claims :
  fnoise -> network -> property -> state -> rows list -> Uint63.t -> claim
  list res

val check_case :
  nat -> fnoise -> words -> network -> property -> info option list -> case
  -> Uint63.t -> Uint63.t res

val check_cases :
  nat -> fnoise -> words -> network -> property -> info option list -> case
  list -> Uint63.t -> Uint63.t res

val check : words -> words -> words -> (network * property) res
