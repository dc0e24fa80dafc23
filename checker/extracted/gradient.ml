
(** val negb : bool -> bool **)

let negb = function
| true -> false
| false -> true

type nat =
| O
| S of nat

(** val option_map : ('a1 -> 'a2) -> 'a1 option -> 'a2 option **)

let option_map f = function
| Some a -> Some (f a)
| None -> None

(** val fst : ('a1 * 'a2) -> 'a1 **)

let fst = function
| (x, _) -> x

(** val snd : ('a1 * 'a2) -> 'a2 **)

let snd = function
| (_, y) -> y

(** val length : 'a1 list -> nat **)

let rec length = function
| [] -> O
| _ :: l' -> S (length l')

(** val app : 'a1 list -> 'a1 list -> 'a1 list **)

let rec app l m =
  match l with
  | [] -> m
  | a :: l1 -> a :: (app l1 m)

type comparison =
| Eq
| Lt
| Gt

(** val compOpp : comparison -> comparison **)

let compOpp = function
| Eq -> Eq
| Lt -> Gt
| Gt -> Lt

module Coq__1 = struct
 (** val add : nat -> nat -> nat **)
 let rec add n0 m =
   match n0 with
   | O -> m
   | S p -> S (add p m)
end
include Coq__1

(** val eqb : nat -> nat -> bool **)

let rec eqb n0 m =
  match n0 with
  | O -> (match m with
          | O -> true
          | S _ -> false)
  | S n' -> (match m with
             | O -> false
             | S m' -> eqb n' m')

(** val leb : nat -> nat -> bool **)

let rec leb n0 m =
  match n0 with
  | O -> true
  | S n' -> (match m with
             | O -> false
             | S m' -> leb n' m')

(** val lsr0 : Uint63.t -> Uint63.t -> Uint63.t **)

let lsr0 = Uint63.l_sr

(** val land0 : Uint63.t -> Uint63.t -> Uint63.t **)

let land0 = Uint63.l_and

(** val add0 : Uint63.t -> Uint63.t -> Uint63.t **)

let add0 = Uint63.add

(** val sub : Uint63.t -> Uint63.t -> Uint63.t **)

let sub = Uint63.sub

(** val eqb0 : Uint63.t -> Uint63.t -> bool **)

let eqb0 = Uint63.equal

(** val ltb : Uint63.t -> Uint63.t -> bool **)

let ltb = Uint63.lt

(** val leb0 : Uint63.t -> Uint63.t -> bool **)

let leb0 = Uint63.le

(** val abs : Float64.t -> Float64.t **)

let abs = Float64.abs

(** val opp : Float64.t -> Float64.t **)

let opp = Float64.opp

(** val eqb1 : Float64.t -> Float64.t -> bool **)

let eqb1 = Float64.eq

(** val ltb0 : Float64.t -> Float64.t -> bool **)

let ltb0 = Float64.lt

(** val leb1 : Float64.t -> Float64.t -> bool **)

let leb1 = Float64.le

(** val mul : Float64.t -> Float64.t -> Float64.t **)

let mul = Float64.mul

(** val add1 : Float64.t -> Float64.t -> Float64.t **)

let add1 = Float64.add

(** val sub0 : Float64.t -> Float64.t -> Float64.t **)

let sub0 = Float64.sub

(** val of_uint63 : Uint63.t -> Float64.t **)

let of_uint63 = Float64.of_uint63

(** val normfr_mantissa : Float64.t -> Uint63.t **)

let normfr_mantissa = Float64.normfr_mantissa

(** val frshiftexp : Float64.t -> Float64.t * Uint63.t **)

let frshiftexp = Float64.frshiftexp

(** val one : Float64.t **)

let one =
  (Float64.of_float (0x1p+0))

(** val zero : Float64.t **)

let zero =
  (Float64.of_float (0x0p+0))

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

module Nat =
 struct
  (** val eqb : nat -> nat -> bool **)

  let rec eqb n0 m =
    match n0 with
    | O -> (match m with
            | O -> true
            | S _ -> false)
    | S n' -> (match m with
               | O -> false
               | S m' -> eqb n' m')
 end

module Pos =
 struct
  (** val succ : positive -> positive **)

  let rec succ = function
  | XI p -> XO (succ p)
  | XO p -> XI p
  | XH -> XO XH

  (** val add : positive -> positive -> positive **)

  let rec add x y =
    match x with
    | XI p ->
      (match y with
       | XI q -> XO (add_carry p q)
       | XO q -> XI (add p q)
       | XH -> XO (succ p))
    | XO p ->
      (match y with
       | XI q -> XI (add p q)
       | XO q -> XO (add p q)
       | XH -> XI p)
    | XH -> (match y with
             | XI q -> XO (succ q)
             | XO q -> XI q
             | XH -> XO XH)

  (** val add_carry : positive -> positive -> positive **)

  and add_carry x y =
    match x with
    | XI p ->
      (match y with
       | XI q -> XI (add_carry p q)
       | XO q -> XO (add_carry p q)
       | XH -> XI (succ p))
    | XO p ->
      (match y with
       | XI q -> XO (add_carry p q)
       | XO q -> XI (add p q)
       | XH -> XO (succ p))
    | XH ->
      (match y with
       | XI q -> XI (succ q)
       | XO q -> XO (succ q)
       | XH -> XI XH)

  (** val pred_double : positive -> positive **)

  let rec pred_double = function
  | XI p -> XI (XO p)
  | XO p -> XI (pred_double p)
  | XH -> XH

  (** val mul : positive -> positive -> positive **)

  let rec mul x y =
    match x with
    | XI p -> add y (XO (mul p y))
    | XO p -> XO (mul p y)
    | XH -> y

  (** val compare_cont : comparison -> positive -> positive -> comparison **)

  let rec compare_cont r x y =
    match x with
    | XI p ->
      (match y with
       | XI q -> compare_cont r p q
       | XO q -> compare_cont Gt p q
       | XH -> Gt)
    | XO p ->
      (match y with
       | XI q -> compare_cont Lt p q
       | XO q -> compare_cont r p q
       | XH -> Gt)
    | XH -> (match y with
             | XH -> r
             | _ -> Lt)

  (** val compare : positive -> positive -> comparison **)

  let compare =
    compare_cont Eq

  (** val eqb : positive -> positive -> bool **)

  let rec eqb p q =
    match p with
    | XI p0 -> (match q with
                | XI q0 -> eqb p0 q0
                | _ -> false)
    | XO p0 -> (match q with
                | XO q0 -> eqb p0 q0
                | _ -> false)
    | XH -> (match q with
             | XH -> true
             | _ -> false)

  (** val iter_op : ('a1 -> 'a1 -> 'a1) -> positive -> 'a1 -> 'a1 **)

  let rec iter_op op0 p a =
    match p with
    | XI p0 -> op0 a (iter_op op0 p0 (op0 a a))
    | XO p0 -> iter_op op0 p0 (op0 a a)
    | XH -> a

  (** val to_nat : positive -> nat **)

  let to_nat x =
    iter_op Coq__1.add x (S O)

  (** val of_succ_nat : nat -> positive **)

  let rec of_succ_nat = function
  | O -> XH
  | S x -> succ (of_succ_nat x)
 end

module N =
 struct
  (** val mul : n -> n -> n **)

  let mul n0 m =
    match n0 with
    | N0 -> N0
    | Npos p -> (match m with
                 | N0 -> N0
                 | Npos q -> Npos (Pos.mul p q))

  (** val compare : n -> n -> comparison **)

  let compare n0 m =
    match n0 with
    | N0 -> (match m with
             | N0 -> Eq
             | Npos _ -> Lt)
    | Npos n' -> (match m with
                  | N0 -> Gt
                  | Npos m' -> Pos.compare n' m')

  (** val eqb : n -> n -> bool **)

  let eqb n0 m =
    match n0 with
    | N0 -> (match m with
             | N0 -> true
             | Npos _ -> false)
    | Npos p -> (match m with
                 | N0 -> false
                 | Npos q -> Pos.eqb p q)

  (** val ltb : n -> n -> bool **)

  let ltb x y =
    match compare x y with
    | Lt -> true
    | _ -> false

  (** val of_nat : nat -> n **)

  let of_nat = function
  | O -> N0
  | S n' -> Npos (Pos.of_succ_nat n')
 end

module Z =
 struct
  (** val double : z -> z **)

  let double = function
  | Z0 -> Z0
  | Zpos p -> Zpos (XO p)
  | Zneg p -> Zneg (XO p)

  (** val succ_double : z -> z **)

  let succ_double = function
  | Z0 -> Zpos XH
  | Zpos p -> Zpos (XI p)
  | Zneg p -> Zneg (Pos.pred_double p)

  (** val opp : z -> z **)

  let opp = function
  | Z0 -> Z0
  | Zpos x0 -> Zneg x0
  | Zneg x0 -> Zpos x0

  (** val compare : z -> z -> comparison **)

  let compare x y =
    match x with
    | Z0 -> (match y with
             | Z0 -> Eq
             | Zpos _ -> Lt
             | Zneg _ -> Gt)
    | Zpos x' -> (match y with
                  | Zpos y' -> Pos.compare x' y'
                  | _ -> Gt)
    | Zneg x' ->
      (match y with
       | Zneg y' -> compOpp (Pos.compare x' y')
       | _ -> Lt)

  (** val leb : z -> z -> bool **)

  let leb x y =
    match compare x y with
    | Gt -> false
    | _ -> true

  (** val ltb : z -> z -> bool **)

  let ltb x y =
    match compare x y with
    | Lt -> true
    | _ -> false

  (** val eqb : z -> z -> bool **)

  let eqb x y =
    match x with
    | Z0 -> (match y with
             | Z0 -> true
             | _ -> false)
    | Zpos p -> (match y with
                 | Zpos q -> Pos.eqb p q
                 | _ -> false)
    | Zneg p -> (match y with
                 | Zneg q -> Pos.eqb p q
                 | _ -> false)

  (** val to_nat : z -> nat **)

  let to_nat = function
  | Zpos p -> Pos.to_nat p
  | _ -> O

  (** val to_N : z -> n **)

  let to_N = function
  | Zpos p -> Npos p
  | _ -> N0

  (** val of_N : n -> z **)

  let of_N = function
  | N0 -> Z0
  | Npos p -> Zpos p
 end

(** val hd : 'a1 -> 'a1 list -> 'a1 **)

let hd default = function
| [] -> default
| x :: _ -> x

(** val hd_error : 'a1 list -> 'a1 option **)

let hd_error = function
| [] -> None
| x :: _ -> Some x

(** val tl : 'a1 list -> 'a1 list **)

let tl = function
| [] -> []
| _ :: m -> m

(** val nth : nat -> 'a1 list -> 'a1 -> 'a1 **)

let rec nth n0 l default =
  match n0 with
  | O -> (match l with
          | [] -> default
          | x :: _ -> x)
  | S m -> (match l with
            | [] -> default
            | _ :: t -> nth m t default)

(** val nth_error : 'a1 list -> nat -> 'a1 option **)

let rec nth_error l = function
| O -> (match l with
        | [] -> None
        | x :: _ -> Some x)
| S n1 -> (match l with
           | [] -> None
           | _ :: l0 -> nth_error l0 n1)

(** val rev : 'a1 list -> 'a1 list **)

let rec rev = function
| [] -> []
| x :: l' -> app (rev l') (x :: [])

(** val map : ('a1 -> 'a2) -> 'a1 list -> 'a2 list **)

let rec map f = function
| [] -> []
| a :: t -> (f a) :: (map f t)

(** val flat_map : ('a1 -> 'a2 list) -> 'a1 list -> 'a2 list **)

let rec flat_map f = function
| [] -> []
| x :: t -> app (f x) (flat_map f t)

(** val fold_left : ('a1 -> 'a2 -> 'a1) -> 'a2 list -> 'a1 -> 'a1 **)

let rec fold_left f l a0 =
  match l with
  | [] -> a0
  | b :: t -> fold_left f t (f a0 b)

(** val fold_right : ('a2 -> 'a1 -> 'a1) -> 'a1 -> 'a2 list -> 'a1 **)

let rec fold_right f a0 = function
| [] -> a0
| b :: t -> f b (fold_right f a0 t)

(** val existsb : ('a1 -> bool) -> 'a1 list -> bool **)

let rec existsb f = function
| [] -> false
| a :: l0 -> (||) (f a) (existsb f l0)

(** val forallb : ('a1 -> bool) -> 'a1 list -> bool **)

let rec forallb f = function
| [] -> true
| a :: l0 -> (&&) (f a) (forallb f l0)

(** val filter : ('a1 -> bool) -> 'a1 list -> 'a1 list **)

let rec filter f = function
| [] -> []
| x :: l0 -> if f x then x :: (filter f l0) else filter f l0

(** val combine : 'a1 list -> 'a2 list -> ('a1 * 'a2) list **)

let rec combine l l' =
  match l with
  | [] -> []
  | x :: tl0 ->
    (match l' with
     | [] -> []
     | y :: tl' -> (x, y) :: (combine tl0 tl'))

(** val seq : nat -> nat -> nat list **)

let rec seq start = function
| O -> []
| S len0 -> start :: (seq (S start) len0)

(** val repeat : 'a1 -> nat -> 'a1 list **)

let rec repeat x = function
| O -> []
| S k -> x :: (repeat x k)

(** val size : nat **)

let size =
  S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    (S (S (S (S (S (S (S (S (S (S (S (S (S (S
    O))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))

(** val is_zero : Uint63.t -> bool **)

let is_zero i =
  eqb0 i (Uint63.of_int (0))

(** val is_even : Uint63.t -> bool **)

let is_even i =
  is_zero (land0 i (Uint63.of_int (1)))

(** val to_Z_rec : nat -> Uint63.t -> z **)

let rec to_Z_rec n0 i =
  match n0 with
  | O -> Z0
  | S n1 ->
    if is_even i
    then Z.double (to_Z_rec n1 (lsr0 i (Uint63.of_int (1))))
    else Z.succ_double (to_Z_rec n1 (lsr0 i (Uint63.of_int (1))))

(** val to_Z : Uint63.t -> z **)

let to_Z =
  to_Z_rec size

(** val nat_of : Uint63.t -> nat **)

let nat_of = (let rec up n m = if n = 0 then m else up (n - 1) (S m) in fun n -> up n O)

(** val max_len : Uint63.t **)

let max_len =
  (Uint63.of_int (2097152))

(** val ok_len : Uint63.t -> bool **)

let ok_len n0 =
  leb0 n0 max_len

(** val finb : Float64.t -> bool **)

let finb x =
  eqb1 (sub0 x x) (Float64.of_float (0x0p+0))

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

(** val bind : 'a1 res -> ('a1 -> 'a2 res) -> 'a2 res **)

let bind r f =
  match r with
  | Ok a -> f a
  | Err (w, p, x, y) -> Err (w, p, x, y)

(** val fail : reason -> Uint63.t -> 'a1 res **)

let fail w p =
  Err (w, p, (Float64.of_float (0x0p+0)), (Float64.of_float (0x0p+0)))

(** val demand : bool -> reason -> Uint63.t -> unit res **)

let demand b w p =
  if b then Ok () else fail w p

(** val get_float : words -> Uint63.t -> Float64.t res **)

let get_float f p =
  if ltb p f.count
  then let x = f.word p in
       if finb x
       then Ok x
       else Err (NotFinite, p, x, (Float64.of_float (0x0p+0)))
  else fail Truncated p

(** val to_int : Float64.t -> Uint63.t option **)

let to_int x =
  if eqb1 x (Float64.of_float (0x0p+0))
  then Some (Uint63.of_int (0))
  else if (&&) (leb1 (Float64.of_float (0x1p+0)) x)
            (ltb0 x (Float64.of_float (0x1p+53)))
       then let (m, e) = frshiftexp x in
            let n0 = lsr0 (normfr_mantissa m) (sub (Uint63.of_int (2154)) e)
            in
            if eqb1 (of_uint63 n0) x then Some n0 else None
       else None

(** val get_int : words -> Uint63.t -> Uint63.t res **)

let get_int f p =
  bind (get_float f p) (fun x ->
    match to_int x with
    | Some n0 -> Ok n0
    | None -> Err (NotAnInteger, p, x, (Float64.of_float (0x0p+0))))

(** val get_size : words -> Uint63.t -> Uint63.t res **)

let get_size f p =
  bind (get_int f p) (fun n0 ->
    if ok_len n0
    then Ok n0
    else Err (TooLarge, p, (of_uint63 n0), (of_uint63 max_len)))

(** val get_ints : nat -> words -> Uint63.t -> Uint63.t list res **)

let rec get_ints n0 f p =
  match n0 with
  | O -> Ok []
  | S n1 ->
    bind (get_size f p) (fun x ->
      bind (get_ints n1 f (add0 p (Uint63.of_int (1)))) (fun xs -> Ok
        (x :: xs)))

(** val all_finite : nat -> words -> Uint63.t -> unit res **)

let rec all_finite n0 f p =
  match n0 with
  | O -> Ok ()
  | S n1 ->
    if finb (f.word p)
    then all_finite n1 f (add0 p (Uint63.of_int (1)))
    else Err (NotFinite, p, (f.word p), (Float64.of_float (0x0p+0)))

(** val check_head : words -> Float64.t -> unit res **)

let check_head f magic =
  bind (get_float f (Uint63.of_int (0))) (fun m ->
    bind
      (if eqb1 m magic
       then Ok ()
       else Err (NotThisFormat, (Uint63.of_int (0)), m, magic)) (fun _ ->
      bind (get_float f (Uint63.of_int (1))) (fun v ->
        bind
          (if eqb1 v (Float64.of_float (0x1p+0))
           then Ok ()
           else Err (NotThisVersion, (Uint63.of_int (1)), v,
                  (Float64.of_float (0x1p+0)))) (fun _ ->
          bind (get_int f (Uint63.of_int (2))) (fun n0 ->
            if eqb0 n0 f.count
            then Ok ()
            else Err (WrongCount, (Uint63.of_int (2)), (of_uint63 n0),
                   (of_uint63 f.count)))))))

(** val volume : n list -> n **)

let volume s =
  fold_right N.mul (Npos XH) s

type dim = { size0 : n; offset : z; coeffs : z list }

type view = dim list

(** val sizes : view -> n list **)

let sizes v =
  map (fun d -> d.size0) v

(** val identity_from : nat -> n list -> view **)

let rec identity_from before = function
| [] -> []
| n0 :: loops0 ->
  { size0 = n0; offset = Z0; coeffs =
    (app (repeat Z0 before) ((Zpos XH) :: (repeat Z0 (length loops0)))) } :: 
    (identity_from (S before) loops0)

(** val identity : n list -> view **)

let identity loops =
  identity_from O loops

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

(** val elements : node -> n **)

let elements n0 =
  volume n0.shape

(** val args : op -> nat list **)

let args = function
| Move (_, _, _, x) -> x :: []
| Contract (_, _, _, _, x, y) -> x :: (y :: [])
| Unary (_, x) -> x :: []
| Binary (_, x, y) -> x :: (y :: [])
| Logsumexp (_, _, _, x) -> x :: []
| _ -> []

(** val slots : op -> (nat * nat) list **)

let slots o =
  combine (seq O (length (args o))) (args o)

(** val scan : ('a1 list -> node -> 'a1) -> node list -> 'a1 list **)

let scan f ns =
  fold_left (fun ys n0 -> app ys ((f ys n0) :: [])) ns []

(** val size_of : node list -> nat -> n option **)

let size_of ns i =
  option_map elements (nth_error ns i)

(** val fits : node list -> nat -> n -> bool **)

let fits ns i m =
  match size_of ns i with
  | Some m' -> N.eqb m' m
  | None -> false

(** val node_ok : node list -> node -> bool **)

let node_ok ns n0 =
  let m = elements n0 in
  (match n0.kind with
   | Input -> true
   | Constant data -> N.eqb (N.of_nat (length data)) m
   | Move (_, out, src, x) ->
     (&&) (N.eqb (volume (sizes out)) m) (fits ns x (volume (sizes src)))
   | Contract (_, out, lhs, rhs, a, b) ->
     (&&)
       ((&&) (N.eqb (volume (sizes out)) m) (fits ns a (volume (sizes lhs))))
       (fits ns b (volume (sizes rhs)))
   | Unary (_, x) -> fits ns x m
   | Binary (_, x, y) -> (&&) (fits ns x m) (fits ns y m)
   | Logsumexp (outer, k, inner, x) ->
     (&&) ((&&) (N.ltb N0 k) (N.eqb (volume (outer :: (inner :: []))) m))
       (fits ns x (volume (outer :: (k :: (inner :: []))))))

(** val wf_from : node list -> node list -> bool **)

let rec wf_from before = function
| [] -> true
| n0 :: ns0 -> (&&) (node_ok before n0) (wf_from (app before (n0 :: [])) ns0)

(** val wf : node list -> bool **)

let wf ns =
  wf_from [] ns

(** val mem : nat -> nat list -> bool **)

let mem i l =
  existsb (Nat.eqb i) l

(** val actives : nat list -> node list -> bool list **)

let actives wrt ns =
  scan (fun bs n0 ->
    (||) (mem (length bs) wrt)
      (existsb (fun j -> nth j bs false) (args n0.kind))) ns

type expr =
| Ref of nat
| Number of Float64.t
| Apply1 of unary * n list * expr
| Apply2 of binary * n list * expr * expr
| Swapped of binary * n list * expr * expr
| Moved of n list * view * view * n list * expr
| Contracted of n list * view * view * view * n list * expr * expr

type graph = { newest : node list; fresh : nat }

(** val graph_of : node list -> graph **)

let graph_of ns =
  { newest = (rev ns); fresh = (length ns) }

(** val nodes_of : graph -> node list **)

let nodes_of g =
  rev g.newest

(** val emit : node -> graph -> nat * graph **)

let emit n0 g =
  (g.fresh, { newest = (n0 :: g.newest); fresh = (S g.fresh) })

(** val emits : expr -> graph -> nat * graph **)

let rec emits e g =
  match e with
  | Ref i -> (i, g)
  | Number x -> emit { kind = (Constant (x :: [])); shape = [] } g
  | Apply1 (f, s, a) ->
    let (i, g0) = emits a g in emit { kind = (Unary (f, i)); shape = s } g0
  | Apply2 (f, s, a, b) ->
    let (i, g0) = emits a g in
    let (j, g1) = emits b g0 in
    emit { kind = (Binary (f, i, j)); shape = s } g1
  | Swapped (f, s, a, b) ->
    let (j, g0) = emits b g in
    let (i, g1) = emits a g0 in
    emit { kind = (Binary (f, i, j)); shape = s } g1
  | Moved (loops, out, src, s, a) ->
    let (i, g0) = emits a g in
    emit { kind = (Move (loops, out, src, i)); shape = s } g0
  | Contracted (loops, out, lhs, rhs, s, a, b) ->
    let (i, g0) = emits a g in
    let (j, g1) = emits b g0 in
    emit { kind = (Contract (loops, out, lhs, rhs, i, j)); shape = s } g1

(** val broadcast : n list -> expr -> expr **)

let broadcast s e =
  Moved (s, (identity s), [], s, e)

(** val zeros : n list -> expr **)

let zeros s =
  broadcast s (Number zero)

(** val reduced : n -> n -> view **)

let reduced outer inner =
  { size0 = outer; offset = Z0; coeffs = ((Zpos
    XH) :: (Z0 :: (Z0 :: []))) } :: ({ size0 = inner; offset = Z0; coeffs =
    (Z0 :: (Z0 :: ((Zpos XH) :: []))) } :: [])

(** val spread : n -> n -> n -> n list -> expr -> expr **)

let spread outer n0 inner s e =
  Moved ((outer :: (n0 :: (inner :: []))),
    (identity (outer :: (n0 :: (inner :: [])))), (reduced outer inner), s, e)

(** val rule1 : n list -> nat -> nat -> unary -> expr -> expr option **)

let rule1 s self c =
  let add2 = fun x x0 -> Apply2 (Add, s, x, x0) in
  let sub1 = fun x x0 -> Apply2 (Sub, s, x, x0) in
  let mul0 = fun x x0 -> Apply2 (Mul, s, x, x0) in
  let div = fun x x0 -> Apply2 (Div, s, x, x0) in
  let neg = fun x -> Apply1 (Neg, s, x) in
  let ct = Ref c in
  let o = Ref self in
  (fun f x ->
  match f with
  | Relu -> Some (mul0 ct (Apply1 (Step, s, x)))
  | Neg -> Some (neg ct)
  | Exp -> Some (mul0 ct o)
  | Log -> Some (div ct x)
  | Sqrt -> Some (div ct (add2 o o))
  | Tanh -> Some (sub1 ct (mul0 ct (mul0 o o)))
  | Sigmoid -> Some (mul0 ct (sub1 o (mul0 o o)))
  | Softplus -> Some (mul0 ct (Apply1 (Sigmoid, s, x)))
  | Erf -> Some (mul0 ct (Apply1 (Gauss, s, x)))
  | Gauss -> Some (neg (mul0 ct (mul0 (add2 x x) o)))
  | Sin -> Some (mul0 ct (Apply1 (Cos, s, x)))
  | Cos -> Some (neg (mul0 ct (Apply1 (Sin, s, x))))
  | Abs -> Some (mul0 ct (Apply1 (Sign, s, x)))
  | _ -> None)

(** val rule2 :
    n list -> nat -> nat -> binary -> expr -> expr -> expr option * expr
    option **)

let rule2 s self c =
  let sub1 = fun x x0 -> Apply2 (Sub, s, x, x0) in
  let mul0 = fun x x0 -> Apply2 (Mul, s, x, x0) in
  let div = fun x x0 -> Apply2 (Div, s, x, x0) in
  let neg = fun x -> Apply1 (Neg, s, x) in
  let ct = Ref c in
  let o = Ref self in
  (fun f x y ->
  match f with
  | Add -> ((Some ct), (Some ct))
  | Sub -> ((Some ct), (Some (neg ct)))
  | Mul -> ((Some (mul0 ct y)), (Some (mul0 ct x)))
  | Div -> ((Some (div ct y)), (Some (neg (mul0 ct (div o y)))))
  | Maximum ->
    let second = mul0 ct (Apply1 (Step, s, (sub1 y x))) in
    ((Some (sub1 ct second)), (Some second))
  | Equal -> (None, None))

(** val rule : n list -> nat -> nat -> op -> nat -> expr option **)

let rule s self c =
  let sub1 = fun x x0 -> Apply2 (Sub, s, x, x0) in
  let ct = Ref c in
  let o = Ref self in
  (fun k slot ->
  match k with
  | Move (loops, out, src, _) -> Some (Moved (loops, src, out, s, ct))
  | Contract (loops, out, lhs, rhs, a, b) ->
    (match slot with
     | O -> Some (Contracted (loops, lhs, out, rhs, s, ct, (Ref b)))
     | S _ -> Some (Contracted (loops, rhs, out, lhs, s, ct, (Ref a))))
  | Unary (f, x) -> rule1 s self c f (Ref x)
  | Binary (f, x, y) ->
    (match slot with
     | O -> fst (rule2 s self c f (Ref x) (Ref y))
     | S _ -> snd (rule2 s self c f (Ref x) (Ref y)))
  | Logsumexp (outer, n0, inner, x) ->
    Some (Swapped (Mul, s, (spread outer n0 inner s ct), (Apply1 (Exp, s,
      (sub1 (Ref x) (spread outer n0 inner s o))))))
  | _ -> None)

(** val update : nat -> 'a1 -> 'a1 list -> 'a1 list **)

let rec update i a = function
| [] -> []
| b :: l0 -> (match i with
              | O -> a :: l0
              | S i0 -> b :: (update i0 a l0))

(** val shape_of : node list -> nat -> n list **)

let shape_of ns i =
  match nth_error ns i with
  | Some n0 -> n0.shape
  | None -> []

type state = nat option list * graph

(** val accumulate : n list -> nat -> nat -> state -> state **)

let accumulate s j i = function
| (cts, g) ->
  (match nth j cts None with
   | Some c ->
     let (r, g0) = emit { kind = (Binary (Add, c, i)); shape = s } g in
     ((update j (Some r) cts), g0)
   | None -> ((update j (Some i) cts), g))

(** val pull :
    node list -> bool list -> nat -> nat -> op -> state -> (nat * nat) ->
    state **)

let pull ns act i c o st = function
| (k, j) ->
  if nth j act false
  then let s = shape_of ns j in
       (match rule s i c o k with
        | Some e ->
          let (cts, g) = st in
          let (r, g0) = emits e g in accumulate s j r (cts, g0)
        | None -> st)
  else st

(** val visit : node list -> bool list -> state -> (nat * node) -> state **)

let visit ns act st = function
| (i, n0) ->
  (match nth i (fst st) None with
   | Some c ->
     if nth i act false
     then fold_left (pull ns act i c n0.kind) (slots n0.kind) st
     else st
   | None -> st)

(** val numbered : node list -> (nat * node) list **)

let numbered ms =
  combine (seq O (length ms)) ms

(** val sweep : node list -> bool list -> node list -> state -> state **)

let sweep ns act ms st =
  fold_left (visit ns act) (rev (numbered ms)) st

(** val results :
    node list -> nat option list -> nat list -> graph -> nat list * graph **)

let rec results ns cts wrt g =
  match wrt with
  | [] -> ([], g)
  | w :: wrt0 ->
    let (r, g0) =
      match nth w cts None with
      | Some c -> (c, g)
      | None -> emits (zeros (shape_of ns w)) g
    in
    let (rs, g1) = results ns cts wrt0 g0 in ((r :: rs), g1)

(** val seeded : nat -> (nat * nat) list -> nat option list **)

let seeded n0 seeds =
  fold_right (fun pat cts -> let (i, c) = pat in update i (Some c) cts)
    (repeat None n0) seeds

(** val vjp :
    node list -> nat list -> (nat * nat) list -> node list * nat list **)

let vjp ns wrt seeds =
  let (cts, g) =
    sweep ns (actives wrt ns) ns ((seeded (length ns) seeds), (graph_of ns))
  in
  let (rs, g0) = results ns cts wrt g in ((nodes_of g0), rs)

(** val loss_gradient :
    node list -> nat list -> nat -> node list * nat list **)

let loss_gradient ns wrt loss =
  vjp (app ns ({ kind = (Constant (one :: [])); shape = [] } :: [])) wrt
    ((loss, (length ns)) :: [])

(** val graph_magic : Float64.t **)

let graph_magic =
  (Float64.of_float (0x1.04152476e767p+134))

type program = { nodes : node list; first : nat; further : nat list }

(** val get_signed : words -> Uint63.t -> z res **)

let get_signed f p =
  bind (get_float f p) (fun x ->
    match to_int (abs x) with
    | Some n0 ->
      if ok_len n0
      then Ok
             (if ltb0 x (Float64.of_float (0x0p+0))
              then Z.opp (to_Z n0)
              else to_Z n0)
      else Err (TooLarge, p, x, (of_uint63 max_len))
    | None -> Err (NotAnInteger, p, x, (Float64.of_float (0x0p+0))))

(** val get_signeds : nat -> words -> Uint63.t -> z list res **)

let rec get_signeds n0 f p =
  match n0 with
  | O -> Ok []
  | S n1 ->
    bind (get_signed f p) (fun x ->
      bind (get_signeds n1 f (add0 p (Uint63.of_int (1)))) (fun xs -> Ok
        (x :: xs)))

(** val collect :
    nat -> words -> Uint63.t -> Float64.t list -> Float64.t list **)

let rec collect n0 f p acc =
  match n0 with
  | O -> acc
  | S n1 ->
    let p0 = sub p (Uint63.of_int (1)) in collect n1 f p0 ((f.word p0) :: acc)

(** val get_floats : Uint63.t -> words -> Uint63.t -> Float64.t list res **)

let get_floats n0 f p =
  if ok_len n0
  then if leb0 (add0 p n0) f.count
       then bind (all_finite (nat_of n0) f p) (fun _ -> Ok
              (collect (nat_of n0) f (add0 p n0) []))
       else fail Truncated p
  else Err (TooLarge, p, (of_uint63 n0), (of_uint63 max_len))

(** val take : nat -> z list -> (z list * z list) option **)

let rec take n0 l =
  match n0 with
  | O -> Some ([], l)
  | S n1 ->
    (match l with
     | [] -> None
     | x :: l0 ->
       (match take n1 l0 with
        | Some p -> let (xs, l1) = p in Some ((x :: xs), l1)
        | None -> None))

(** val parse_dims : nat -> nat -> z list -> (view * z list) option **)

let rec parse_dims n0 loops l =
  match n0 with
  | O -> Some ([], l)
  | S n1 ->
    (match l with
     | [] -> None
     | size1 :: l0 ->
       (match l0 with
        | [] -> None
        | offset0 :: l1 ->
          if Z.ltb Z0 size1
          then (match take loops l1 with
                | Some p ->
                  let (cs, l2) = p in
                  (match parse_dims n1 loops l2 with
                   | Some p0 ->
                     let (v, l3) = p0 in
                     Some (({ size0 = (Z.to_N size1); offset = offset0;
                     coeffs = cs } :: v), l3)
                   | None -> None)
                | None -> None)
          else None))

(** val parse_view : nat -> z list -> (view * z list) option **)

let parse_view loops = function
| [] -> None
| n0 :: l0 -> if Z.leb Z0 n0 then parse_dims (Z.to_nat n0) loops l0 else None

(** val parse_loops : z list -> (n list * z list) option **)

let parse_loops = function
| [] -> None
| r :: l0 ->
  if Z.leb Z0 r
  then (match take (Z.to_nat r) l0 with
        | Some p ->
          let (ns, l1) = p in
          if forallb (fun n0 -> Z.ltb Z0 n0) ns
          then Some ((map Z.to_N ns), l1)
          else None
        | None -> None)
  else None

(** val unaries : (z * unary) list **)

let unaries =
  ((Zpos (XO (XO (XO XH)))), Relu) :: (((Zpos (XO (XO (XO (XI XH))))),
    Step) :: (((Zpos (XI (XO (XO (XI XH))))), Neg) :: (((Zpos (XO (XI (XO (XI
    XH))))), Exp) :: (((Zpos (XI (XI (XO (XI XH))))), Log) :: (((Zpos (XO (XO
    (XI (XI XH))))), Sqrt) :: (((Zpos (XI (XO (XI (XI XH))))),
    Tanh) :: (((Zpos (XO (XI (XI (XI XH))))), Sigmoid) :: (((Zpos (XI (XI (XI
    (XI XH))))), Softplus) :: (((Zpos (XO (XO (XO (XO (XO XH)))))),
    Erf) :: (((Zpos (XI (XO (XO (XO (XO XH)))))), Gauss) :: (((Zpos (XO (XI
    (XO (XO (XO XH)))))), Sin) :: (((Zpos (XI (XI (XO (XO (XO XH)))))),
    Cos) :: (((Zpos (XO (XO (XI (XO (XO XH)))))), Abs) :: (((Zpos (XI (XO (XI
    (XO (XO XH)))))), Sign) :: []))))))))))))))

(** val binaries : (z * binary) list **)

let binaries =
  ((Zpos (XI XH)), Add) :: (((Zpos (XO (XO XH))), Sub) :: (((Zpos (XI (XO
    XH))), Mul) :: (((Zpos (XO (XI (XI (XO XH))))), Div) :: (((Zpos (XI (XI
    (XI (XO XH))))), Maximum) :: (((Zpos (XI (XI (XI (XO (XO XH)))))),
    Equal) :: [])))))

(** val lookup : z -> (z * 'a1) list -> 'a1 option **)

let rec lookup c = function
| [] -> None
| p :: l0 -> let (d, a) = p in if Z.eqb c d then Some a else lookup c l0

(** val move_of : z list -> nat -> op option **)

let move_of l x =
  match parse_loops l with
  | Some p ->
    let (loops, l0) = p in
    (match parse_view (length loops) l0 with
     | Some p0 ->
       let (out, l1) = p0 in
       (match parse_view (length loops) l1 with
        | Some p1 ->
          let (src, l2) = p1 in
          (match l2 with
           | [] -> Some (Move (loops, out, src, x))
           | _ :: _ -> None)
        | None -> None)
     | None -> None)
  | None -> None

(** val contract_of : z list -> nat -> nat -> op option **)

let contract_of l a b =
  match parse_loops l with
  | Some p ->
    let (loops, l0) = p in
    (match parse_view (length loops) l0 with
     | Some p0 ->
       let (out, l1) = p0 in
       (match parse_view (length loops) l1 with
        | Some p1 ->
          let (lhs, l2) = p1 in
          (match parse_view (length loops) l2 with
           | Some p2 ->
             let (rhs, l3) = p2 in
             (match l3 with
              | [] -> Some (Contract (loops, out, lhs, rhs, a, b))
              | _ :: _ -> None)
           | None -> None)
        | None -> None)
     | None -> None)
  | None -> None

(** val op_of : z -> nat list -> z list -> Float64.t list -> op option **)

let op_of c xs attrs data =
  match xs with
  | [] ->
    (match attrs with
     | [] ->
       if Z.eqb c (Zpos (XO XH))
       then Some (Constant data)
       else (match data with
             | [] -> if Z.eqb c (Zpos XH) then Some Input else None
             | _ :: _ -> None)
     | _ :: _ -> None)
  | x :: l0 ->
    (match l0 with
     | [] ->
       (match attrs with
        | [] ->
          (match data with
           | [] -> option_map (fun f -> Unary (f, x)) (lookup c unaries)
           | _ :: _ -> None)
        | _ :: _ ->
          (match data with
           | [] ->
             if Z.eqb c (Zpos (XO (XO (XI (XO XH)))))
             then move_of attrs x
             else (match attrs with
                   | [] -> None
                   | outer :: l1 ->
                     (match l1 with
                      | [] -> None
                      | n0 :: l2 ->
                        (match l2 with
                         | [] -> None
                         | inner :: l3 ->
                           (match l3 with
                            | [] ->
                              if (&&)
                                   (Z.eqb c (Zpos (XO (XI (XI (XO (XO
                                     XH)))))))
                                   (forallb (fun k -> Z.ltb Z0 k) attrs)
                              then Some (Logsumexp ((Z.to_N outer),
                                     (Z.to_N n0), (Z.to_N inner), x))
                              else None
                            | _ :: _ -> None))))
           | _ :: _ -> None))
     | y :: l1 ->
       (match l1 with
        | [] ->
          (match attrs with
           | [] ->
             (match data with
              | [] ->
                option_map (fun f -> Binary (f, x, y)) (lookup c binaries)
              | _ :: _ -> None)
           | _ :: _ ->
             (match data with
              | [] ->
                if Z.eqb c (Zpos (XI (XO (XI (XO XH)))))
                then contract_of attrs x y
                else None
              | _ :: _ -> None))
        | _ :: _ -> None))

(** val to_N0 : Uint63.t -> n **)

let to_N0 n0 =
  Z.to_N (to_Z n0)

(** val read_node : words -> Uint63.t -> (node * Uint63.t) res **)

let read_node f p =
  bind (get_signed f p) (fun c ->
    bind (get_int f (add0 p (Uint63.of_int (1)))) (fun dtype ->
      bind
        (demand (eqb0 dtype (Uint63.of_int (1))) UnknownOperation
          (add0 p (Uint63.of_int (1)))) (fun _ ->
        bind (get_size f (add0 p (Uint63.of_int (2)))) (fun rank ->
          bind (get_ints (nat_of rank) f (add0 p (Uint63.of_int (3))))
            (fun s ->
            bind
              (demand (forallb (fun d -> ltb (Uint63.of_int (0)) d) s)
                WrongShape p) (fun _ ->
              let p1 = add0 (add0 p (Uint63.of_int (3))) rank in
              bind (get_size f p1) (fun n_args ->
                bind
                  (get_ints (nat_of n_args) f (add0 p1 (Uint63.of_int (1))))
                  (fun xs ->
                  let p2 = add0 (add0 p1 (Uint63.of_int (1))) n_args in
                  bind (get_size f p2) (fun n_attrs ->
                    bind
                      (get_signeds (nat_of n_attrs) f
                        (add0 p2 (Uint63.of_int (1)))) (fun attrs ->
                      let p3 = add0 (add0 p2 (Uint63.of_int (1))) n_attrs in
                      bind (get_size f p3) (fun n_data ->
                        bind
                          (get_floats n_data f (add0 p3 (Uint63.of_int (1))))
                          (fun data ->
                          match op_of c (map nat_of xs) attrs data with
                          | Some o ->
                            Ok ({ kind = o; shape = (map to_N0 s) },
                              (add0 (add0 p3 (Uint63.of_int (1))) n_data))
                          | None -> fail UnknownOperation p))))))))))))

(** val read_nodes :
    nat -> words -> Uint63.t -> (node list * Uint63.t) res **)

let rec read_nodes todo f p =
  match todo with
  | O -> Ok ([], p)
  | S todo0 ->
    bind (read_node f p) (fun pat ->
      let (n0, p0) = pat in
      bind (read_nodes todo0 f p0) (fun pat0 ->
        let (ns, p1) = pat0 in Ok ((n0 :: ns), p1)))

(** val read_program : words -> program res **)

let read_program f =
  bind (check_head f graph_magic) (fun _ ->
    bind (get_size f (Uint63.of_int (3))) (fun n0 ->
      bind (get_size f (Uint63.of_int (4))) (fun out ->
        bind (get_size f (Uint63.of_int (5))) (fun k ->
          bind (get_ints (nat_of k) f (Uint63.of_int (6))) (fun outs ->
            bind (read_nodes (nat_of n0) f (add0 (Uint63.of_int (6)) k))
              (fun pat ->
              let (ns, p) = pat in
              bind (demand (eqb0 p f.count) TrailingWords p) (fun _ ->
                bind
                  (demand (forallb (fun i -> ltb i n0) (out :: outs))
                    MissingNode (Uint63.of_int (4))) (fun _ ->
                  bind (demand (wf ns) Malformed (Uint63.of_int (6)))
                    (fun _ -> Ok { nodes = ns; first = (nat_of out);
                    further = (map nat_of outs) })))))))))

(** val of_pos : positive -> Float64.t **)

let rec of_pos = function
| XI p0 ->
  add1 (mul (of_pos p0) (Float64.of_float (0x1p+1)))
    (Float64.of_float (0x1p+0))
| XO p0 -> mul (of_pos p0) (Float64.of_float (0x1p+1))
| XH -> (Float64.of_float (0x1p+0))

(** val of_Z : z -> Float64.t **)

let of_Z = function
| Z0 -> (Float64.of_float (0x0p+0))
| Zpos p -> of_pos p
| Zneg p -> opp (of_pos p)

(** val of_N0 : n -> Float64.t **)

let of_N0 n0 =
  of_Z (Z.of_N n0)

(** val add_nat : Float64.t -> nat -> Float64.t **)

let rec add_nat x = function
| O -> x
| S n1 -> add_nat (add1 x (Float64.of_float (0x1p+0))) n1

(** val of_nat0 : nat -> Float64.t **)

let of_nat0 n0 =
  add_nat (Float64.of_float (0x0p+0)) n0

(** val counted : Float64.t list -> Float64.t list **)

let counted l =
  (of_nat0 (length l)) :: l

(** val words_of_dim : dim -> Float64.t list **)

let words_of_dim d =
  (of_N0 d.size0) :: ((of_Z d.offset) :: (map of_Z d.coeffs))

(** val words_of_view : view -> Float64.t list **)

let words_of_view v =
  (of_nat0 (length v)) :: (flat_map words_of_dim v)

(** val unary_code : unary -> z **)

let unary_code = function
| Relu -> Zpos (XO (XO (XO XH)))
| Step -> Zpos (XO (XO (XO (XI XH))))
| Neg -> Zpos (XI (XO (XO (XI XH))))
| Exp -> Zpos (XO (XI (XO (XI XH))))
| Log -> Zpos (XI (XI (XO (XI XH))))
| Sqrt -> Zpos (XO (XO (XI (XI XH))))
| Tanh -> Zpos (XI (XO (XI (XI XH))))
| Sigmoid -> Zpos (XO (XI (XI (XI XH))))
| Softplus -> Zpos (XI (XI (XI (XI XH))))
| Erf -> Zpos (XO (XO (XO (XO (XO XH)))))
| Gauss -> Zpos (XI (XO (XO (XO (XO XH)))))
| Sin -> Zpos (XO (XI (XO (XO (XO XH)))))
| Cos -> Zpos (XI (XI (XO (XO (XO XH)))))
| Abs -> Zpos (XO (XO (XI (XO (XO XH)))))
| Sign -> Zpos (XI (XO (XI (XO (XO XH)))))

(** val binary_code : binary -> z **)

let binary_code = function
| Add -> Zpos (XI XH)
| Sub -> Zpos (XO (XO XH))
| Mul -> Zpos (XI (XO XH))
| Div -> Zpos (XO (XI (XI (XO XH))))
| Maximum -> Zpos (XI (XI (XI (XO XH))))
| Equal -> Zpos (XI (XI (XI (XO (XO XH)))))

(** val words_of_op : op -> (z * Float64.t list) * Float64.t list **)

let words_of_op = function
| Input -> (((Zpos XH), []), [])
| Constant data -> (((Zpos (XO XH)), []), data)
| Move (loops, out, src, _) ->
  (((Zpos (XO (XO (XI (XO XH))))),
    (app (counted (map of_N0 loops))
      (app (words_of_view out) (words_of_view src)))), [])
| Contract (loops, out, lhs, rhs, _, _) ->
  (((Zpos (XI (XO (XI (XO XH))))),
    (app (counted (map of_N0 loops))
      (app (words_of_view out) (app (words_of_view lhs) (words_of_view rhs))))),
    [])
| Unary (f, _) -> (((unary_code f), []), [])
| Binary (f, _, _) -> (((binary_code f), []), [])
| Logsumexp (outer, n0, inner, _) ->
  (((Zpos (XO (XI (XI (XO (XO XH)))))),
    (map of_N0 (outer :: (n0 :: (inner :: []))))), [])

(** val words_of_node : node -> Float64.t list **)

let words_of_node n0 =
  let (p, data) = words_of_op n0.kind in
  let (c, attrs) = p in
  (of_Z c) :: ((Float64.of_float (0x1p+0)) :: (app
                                                (counted (map of_N0 n0.shape))
                                                (app
                                                  (counted
                                                    (map of_nat0
                                                      (args n0.kind)))
                                                  (app (counted attrs)
                                                    (counted data)))))

(** val words_of_program : program -> Float64.t list **)

let words_of_program g =
  let body = app (map of_nat0 g.further) (flat_map words_of_node g.nodes) in
  graph_magic :: ((Float64.of_float (0x1p+0)) :: ((of_nat0
                                                    (add (S (S (S (S (S (S
                                                      O)))))) (length body))) :: (
  (of_nat0 (length g.nodes)) :: ((of_nat0 g.first) :: ((of_nat0
                                                         (length g.further)) :: body)))))

(** val is_input : node list -> nat -> bool **)

let is_input ns i =
  match nth_error ns i with
  | Some n0 ->
    let { kind = kind0; shape = _ } = n0 in
    (match kind0 with
     | Input -> true
     | _ -> false)
  | None -> false

(** val inputs : node list -> nat list **)

let inputs ns =
  map fst
    (filter (fun pat ->
      let (_, n0) = pat in (match n0.kind with
                            | Input -> true
                            | _ -> false)) (numbered ns))

(** val distinct : nat list -> bool **)

let rec distinct = function
| [] -> true
| i :: l0 -> (&&) (negb (mem i l0)) (distinct l0)

(** val wrt_okb : node list -> nat list -> bool **)

let wrt_okb ns wrt =
  (&&) (distinct wrt) (forallb (is_input ns) wrt)

(** val gradient : program -> nat list -> program **)

let gradient g wrt =
  let (ext, gs) = loss_gradient g.nodes wrt g.first in
  { nodes = ext; first = g.first; further = (app g.further gs) }

(** val chosen : program -> nat list option -> nat list **)

let chosen g = function
| Some l -> l
| None -> inputs g.nodes

(** val differentiable : program -> nat list -> bool **)

let differentiable g wrt =
  (&&) (wrt_okb g.nodes wrt)
    (match nth_error g.nodes g.first with
     | Some n0 ->
       let { kind = _; shape = shape0 } = n0 in
       (match shape0 with
        | [] -> true
        | _ :: _ -> false)
     | None -> false)

(** val gradient_words : words -> nat list option -> Float64.t list res **)

let gradient_words f wrt =
  bind (read_program f) (fun g ->
    bind
      (demand (differentiable g (chosen g wrt)) WrongShape
        (Uint63.of_int (4))) (fun _ -> Ok
      (words_of_program (gradient g (chosen g wrt)))))

(** val compare0 : Float64.t list -> words -> Uint63.t -> unit res **)

let rec compare0 l f p =
  match l with
  | [] -> if eqb0 p f.count then Ok () else fail TrailingWords p
  | x :: l0 ->
    bind (get_float f p) (fun y ->
      if eqb1 x y
      then compare0 l0 f (add0 p (Uint63.of_int (1)))
      else Err (Malformed, p, x, y))

(** val check_gradient : words -> words -> nat list option -> unit res **)

let check_gradient f g wrt =
  bind (gradient_words f wrt) (fun l -> compare0 l g (Uint63.of_int (0)))

type param = { weight : nat; moment1 : nat; moment2 : nat }

type optimiser =
| Sgd of bool * nat * nat * nat option
| Adam of bool * nat * nat * nat * nat * nat * nat * nat * nat * nat option

(** val listed : 'a1 option -> 'a1 list **)

let listed = function
| Some a -> a :: []
| None -> []

(** val scalars : optimiser -> nat list **)

let scalars = function
| Sgd (_, lr, mu, wd) -> lr :: (mu :: (listed wd))
| Adam (_, lr, b1, a1, b2, a2, c1, c2, eps, wd) ->
  lr :: (b1 :: (a1 :: (b2 :: (a2 :: (c1 :: (c2 :: (eps :: (listed wd))))))))

(** val update0 :
    n list -> optimiser -> param -> nat -> graph -> nat list * graph **)

let update0 s =
  let add2 = fun x x0 -> Apply2 (Add, s, x, x0) in
  let sub1 = fun x x0 -> Apply2 (Sub, s, x, x0) in
  let mul0 = fun x x0 -> Apply2 (Mul, s, x, x0) in
  let div = fun x x0 -> Apply2 (Div, s, x, x0) in
  let all = fun i -> broadcast s (Ref i) in
  let decayed = fun wd w g ->
    match wd with
    | Some wd0 -> add2 g (mul0 (all wd0) w)
    | None -> g
  in
  (fun o p g g0 ->
  let w = Ref p.weight in
  (match o with
   | Sgd (nesterov, lr, mu, wd) ->
     let (g', g1) = emits (decayed wd w (Ref g)) g0 in
     let (v', g2) = emits (add2 (mul0 (all mu) (Ref p.moment1)) (Ref g')) g1
     in
     let (d, g3) =
       emits
         (if nesterov then add2 (Ref g') (mul0 (all mu) (Ref v')) else Ref v')
         g2
     in
     let (p', g4) = emits (sub1 w (mul0 (all lr) (Ref d))) g3 in
     ((p' :: (v' :: [])), g4)
   | Adam (decoupled, lr, b1, a1, b2, a2, c1, c2, eps, wd) ->
     let (p0, g1) =
       emits
         (if decoupled
          then (match wd with
                | Some wd0 -> sub1 w (mul0 (all lr) (mul0 (all wd0) w))
                | None -> w)
          else w) g0
     in
     let (g', g2) =
       emits (if decoupled then Ref g else decayed wd w (Ref g)) g1
     in
     let (m', g3) =
       emits (add2 (mul0 (all b1) (Ref p.moment1)) (mul0 (all a1) (Ref g')))
         g2
     in
     let (v', g4) =
       emits
         (add2 (mul0 (all b2) (Ref p.moment2))
           (mul0 (all a2) (mul0 (Ref g') (Ref g')))) g3
     in
     let (p', g5) =
       emits
         (sub1 (Ref p0)
           (mul0 (all lr)
             (div (div (Ref m') (all c1))
               (add2 (Apply1 (Sqrt, s, (div (Ref v') (all c2)))) (all eps)))))
         g4
     in
     ((p' :: (m' :: (v' :: []))), g5)))

(** val updates :
    node list -> (param * optimiser) list -> nat list -> graph -> nat list
    list * graph **)

let rec updates ns ts gs g =
  match ts with
  | [] -> ([], g)
  | p0 :: ts0 ->
    let (p, o) = p0 in
    (match gs with
     | [] -> ([], g)
     | g0 :: gs0 ->
       let (out, g1) = update0 (shape_of ns p.weight) o p g0 g in
       let (outs, g2) = updates ns ts0 gs0 g1 in ((out :: outs), g2))

(** val clip_eps : Float64.t **)

let clip_eps =
  (Float64.of_float (0x1.0c6f7ap-20))

type clipping =
| Unmeasured
| Measured
| Clipped of Float64.t

(** val total : n list -> expr -> expr **)

let total s e =
  Moved (s, [], (identity s), [], e)

(** val squares : (n list * nat) list -> expr list **)

let squares l =
  map (fun pat ->
    let (s, g) = pat in total s (Apply2 (Mul, s, (Ref g), (Ref g)))) l

(** val sum_of : expr list -> expr **)

let sum_of = function
| [] -> Number zero
| e :: es0 -> fold_left (fun x x0 -> Apply2 (Add, [], x, x0)) es0 e

(** val norm : (n list * nat) list -> expr **)

let norm l =
  Apply1 (Sqrt, [], (sum_of (squares l)))

(** val factor : nat -> nat -> expr **)

let factor k n0 =
  let ratio = Apply2 (Div, [], (Ref k), (Apply2 (Add, [], (Ref n0), (Number
    clip_eps))))
  in
  Apply1 (Neg, [], (Apply2 (Maximum, [], (Apply1 (Neg, [], ratio)), (Number
  (Float64.of_float (-0x1p+0))))))

(** val scale : nat -> (n list * nat) list -> graph -> nat list * graph **)

let rec scale f l g =
  match l with
  | [] -> ([], g)
  | p :: l0 ->
    let (s, g0) = p in
    let (r, g1) = emits (Apply2 (Mul, s, (broadcast s (Ref f)), (Ref g0))) g
    in
    let (rs, g2) = scale f l0 g1 in ((r :: rs), g2)

(** val clip :
    clipping -> (n list * nat) list -> graph -> (nat option * nat
    list) * graph **)

let clip c l g =
  match c with
  | Unmeasured -> ((None, (map snd l)), g)
  | Measured ->
    let (n0, g0) = emits (norm l) g in (((Some n0), (map snd l)), g0)
  | Clipped x ->
    let (k, g0) = emits (Number x) g in
    let (n0, g1) = emits (norm l) g0 in
    let (f, g2) = emits (factor k n0) g1 in
    let (gs, g3) = scale f l g2 in (((Some n0), gs), g3)

type trained = param * optimiser

(** val targets : trained list -> nat list **)

let targets ts =
  map (fun t -> (fst t).weight) ts

(** val train_step :
    node list -> nat -> clipping -> trained list -> (node list * nat
    option) * nat list list **)

let train_step ns loss c ts =
  let (ext, gs) = loss_gradient ns (targets ts) loss in
  let (p, g) =
    clip c (combine (map (shape_of ns) (targets ts)) gs) (graph_of ext)
  in
  let (n0, gs0) = p in
  let (outs, g0) = updates ns ts gs0 g in (((nodes_of g0), n0), outs)

(** val plan_magic : Float64.t **)

let plan_magic =
  (Float64.of_float (0x1.04554536e767p+310))

type plan = { weights : trained list; clipped : clipping; kept : nat }

(** val trained_of :
    Uint63.t -> nat -> nat list -> nat list -> trained option **)

let trained_of rule0 w states scalars0 =
  match states with
  | [] -> None
  | m :: l ->
    (match l with
     | [] ->
       (match scalars0 with
        | [] -> None
        | lr :: l0 ->
          (match l0 with
           | [] -> None
           | mu :: wd ->
             if (&&) (leb0 rule0 (Uint63.of_int (1))) (leb (length wd) (S O))
             then Some ({ weight = w; moment1 = m; moment2 = m }, (Sgd
                    ((eqb0 rule0 (Uint63.of_int (1))), lr, mu,
                    (hd_error wd))))
             else None))
     | v :: l0 ->
       (match l0 with
        | [] ->
          (match scalars0 with
           | [] -> None
           | lr :: l1 ->
             (match l1 with
              | [] -> None
              | b1 :: l2 ->
                (match l2 with
                 | [] -> None
                 | a1 :: l3 ->
                   (match l3 with
                    | [] -> None
                    | b2 :: l4 ->
                      (match l4 with
                       | [] -> None
                       | a2 :: l5 ->
                         (match l5 with
                          | [] -> None
                          | c1 :: l6 ->
                            (match l6 with
                             | [] -> None
                             | c2 :: l7 ->
                               (match l7 with
                                | [] -> None
                                | eps :: wd ->
                                  if (&&)
                                       ((&&) (leb0 (Uint63.of_int (2)) rule0)
                                         (leb0 rule0 (Uint63.of_int (3))))
                                       (leb (length wd) (S O))
                                  then Some ({ weight = w; moment1 = m;
                                         moment2 = v }, (Adam
                                         ((eqb0 rule0 (Uint63.of_int (3))),
                                         lr, b1, a1, b2, a2, c1, c2, eps,
                                         (hd_error wd))))
                                  else None))))))))
        | _ :: _ -> None))

(** val read_trained : words -> Uint63.t -> (trained * Uint63.t) res **)

let read_trained f p =
  bind (get_size f p) (fun w ->
    bind (get_size f (add0 p (Uint63.of_int (1)))) (fun rule0 ->
      bind (get_size f (add0 p (Uint63.of_int (2)))) (fun n0 ->
        bind (get_ints (nat_of n0) f (add0 p (Uint63.of_int (3))))
          (fun states ->
          bind (get_size f (add0 (add0 p (Uint63.of_int (3))) n0)) (fun m ->
            bind
              (get_ints (nat_of m) f (add0 (add0 p (Uint63.of_int (4))) n0))
              (fun scalars0 ->
              match trained_of rule0 (nat_of w) (map nat_of states)
                      (map nat_of scalars0) with
              | Some t ->
                Ok (t, (add0 (add0 (add0 p (Uint63.of_int (4))) n0) m))
              | None -> fail UnknownOperation p))))))

(** val clipping_of : Uint63.t -> Float64.t -> clipping option **)

let clipping_of mode x =
  if eqb0 mode (Uint63.of_int (2))
  then Some (Clipped x)
  else if eqb1 x (Float64.of_float (0x0p+0))
       then if eqb0 mode (Uint63.of_int (1))
            then Some Measured
            else if eqb0 mode (Uint63.of_int (0))
                 then Some Unmeasured
                 else None
       else None

(** val read_weights :
    nat -> words -> Uint63.t -> (trained list * Uint63.t) res **)

let rec read_weights todo f p =
  match todo with
  | O -> Ok ([], p)
  | S todo0 ->
    bind (read_trained f p) (fun pat ->
      let (t, p0) = pat in
      bind (read_weights todo0 f p0) (fun pat0 ->
        let (ts, p1) = pat0 in Ok ((t :: ts), p1)))

(** val read_plan : words -> plan res **)

let read_plan f =
  bind (check_head f plan_magic) (fun _ ->
    bind (get_size f (Uint63.of_int (3))) (fun n0 ->
      bind (get_size f (Uint63.of_int (4))) (fun mode ->
        bind (get_float f (Uint63.of_int (5))) (fun x ->
          bind (get_size f (Uint63.of_int (6))) (fun k ->
            bind (read_weights (nat_of n0) f (Uint63.of_int (7))) (fun pat ->
              let (ts, p) = pat in
              bind (demand (eqb0 p f.count) TrailingWords p) (fun _ ->
                match clipping_of mode x with
                | Some c ->
                  Ok { weights = ts; clipped = c; kept = (nat_of k) }
                | None -> fail Malformed (Uint63.of_int (4)))))))))

(** val trained_okb : node list -> trained -> bool **)

let trained_okb ns = function
| (p, o) ->
  let m = volume (shape_of ns p.weight) in
  (&&)
    ((&&) ((&&) (fits ns p.weight m) (fits ns p.moment1 m))
      (match o with
       | Sgd (_, _, _, _) -> true
       | Adam (_, _, _, _, _, _, _, _, _, _) -> fits ns p.moment2 m))
    (forallb (fun i -> fits ns i (Npos XH)) (scalars o))

(** val trainable : program -> plan -> bool **)

let trainable g q =
  (&&)
    ((&&) (differentiable g (targets q.weights))
      (forallb (trained_okb g.nodes) q.weights))
    (eqb (length g.further) q.kept)

(** val step_program : program -> plan -> program **)

let step_program g q =
  let (p, outs) = train_step g.nodes g.first q.clipped q.weights in
  let (ext, norm0) = p in
  { nodes = ext; first = g.first; further =
  (app (listed norm0)
    (app (map (hd O) outs) (app (flat_map tl outs) g.further))) }

(** val read_step : words -> words -> (program * plan) res **)

let read_step f p =
  bind (read_program f) (fun g ->
    bind (read_plan p) (fun q ->
      bind (demand (trainable g q) WrongShape (Uint63.of_int (3))) (fun _ ->
        Ok (g, q))))

(** val check_step :
    words -> words -> words -> ((program * plan) * program) res **)

let check_step f p h =
  bind (read_step f p) (fun pat ->
    let (g, q) = pat in
    let s = step_program g q in
    bind (compare0 (words_of_program s) h (Uint63.of_int (0))) (fun _ -> Ok
      ((g, q), s)))
