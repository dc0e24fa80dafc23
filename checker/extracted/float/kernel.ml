
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

(** val add : nat -> nat -> nat **)

let rec add n m =
  match n with
  | O -> m
  | S p -> S (add p m)

(** val eqb : nat -> nat -> bool **)

let rec eqb n m =
  match n with
  | O -> (match m with
          | O -> true
          | S _ -> false)
  | S n' -> (match m with
             | O -> false
             | S m' -> eqb n' m')

(** val lsr0 : Uint63.t -> Uint63.t -> Uint63.t **)

let lsr0 = Uint63.l_sr

(** val land0 : Uint63.t -> Uint63.t -> Uint63.t **)

let land0 = Uint63.l_and

(** val add0 : Uint63.t -> Uint63.t -> Uint63.t **)

let add0 = Uint63.add

(** val sub : Uint63.t -> Uint63.t -> Uint63.t **)

let sub = Uint63.sub

(** val mul : Uint63.t -> Uint63.t -> Uint63.t **)

let mul = Uint63.mul

(** val div : Uint63.t -> Uint63.t -> Uint63.t **)

let div = Uint63.div

(** val mod0 : Uint63.t -> Uint63.t -> Uint63.t **)

let mod0 = Uint63.rem

(** val eqb0 : Uint63.t -> Uint63.t -> bool **)

let eqb0 = Uint63.equal

(** val ltb : Uint63.t -> Uint63.t -> bool **)

let ltb = Uint63.lt

(** val leb : Uint63.t -> Uint63.t -> bool **)

let leb = Uint63.le

(** val abs : Float64.t -> Float64.t **)

let abs = Float64.abs

(** val sqrt : Float64.t -> Float64.t **)

let sqrt = Float64.sqrt

(** val eqb1 : Float64.t -> Float64.t -> bool **)

let eqb1 = Float64.eq

(** val ltb0 : Float64.t -> Float64.t -> bool **)

let ltb0 = Float64.lt

(** val leb0 : Float64.t -> Float64.t -> bool **)

let leb0 = Float64.le

(** val mul0 : Float64.t -> Float64.t -> Float64.t **)

let mul0 = Float64.mul

(** val add1 : Float64.t -> Float64.t -> Float64.t **)

let add1 = Float64.add

(** val sub0 : Float64.t -> Float64.t -> Float64.t **)

let sub0 = Float64.sub

(** val div0 : Float64.t -> Float64.t -> Float64.t **)

let div0 = Float64.div

(** val of_uint63 : Uint63.t -> Float64.t **)

let of_uint63 = Float64.of_uint63

(** val normfr_mantissa : Float64.t -> Uint63.t **)

let normfr_mantissa = Float64.normfr_mantissa

(** val frshiftexp : Float64.t -> Float64.t * Uint63.t **)

let frshiftexp = Float64.frshiftexp

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Pos =
 struct
  (** val pred_double : positive -> positive **)

  let rec pred_double = function
  | XI p -> XI (XO p)
  | XO p -> XI (pred_double p)
  | XH -> XH

  (** val iter_op : ('a1 -> 'a1 -> 'a1) -> positive -> 'a1 -> 'a1 **)

  let rec iter_op op p a =
    match p with
    | XI p0 -> op a (iter_op op p0 (op a a))
    | XO p0 -> iter_op op p0 (op a a)
    | XH -> a

  (** val to_nat : positive -> nat **)

  let to_nat x =
    iter_op add x (S O)
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

  (** val to_nat : z -> nat **)

  let to_nat = function
  | Zpos p -> Pos.to_nat p
  | _ -> O
 end

(** val nth : nat -> 'a1 list -> 'a1 -> 'a1 **)

let rec nth n l default =
  match n with
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
| S n0 -> (match l with
           | [] -> None
           | _ :: l0 -> nth_error l0 n0)

(** val last : 'a1 list -> 'a1 -> 'a1 **)

let rec last l d =
  match l with
  | [] -> d
  | a :: l0 -> (match l0 with
                | [] -> a
                | _ :: _ -> last l0 d)

(** val removelast : 'a1 list -> 'a1 list **)

let rec removelast = function
| [] -> []
| a :: l0 -> (match l0 with
              | [] -> []
              | _ :: _ -> a :: (removelast l0))

(** val rev : 'a1 list -> 'a1 list **)

let rec rev = function
| [] -> []
| x :: l' -> app (rev l') (x :: [])

(** val map : ('a1 -> 'a2) -> 'a1 list -> 'a2 list **)

let rec map f = function
| [] -> []
| a :: t -> (f a) :: (map f t)

(** val fold_left : ('a1 -> 'a2 -> 'a1) -> 'a2 list -> 'a1 -> 'a1 **)

let rec fold_left f l a0 =
  match l with
  | [] -> a0
  | b :: t -> fold_left f t (f a0 b)

(** val forallb : ('a1 -> bool) -> 'a1 list -> bool **)

let rec forallb f = function
| [] -> true
| a :: l0 -> (&&) (f a) (forallb f l0)

(** val combine : 'a1 list -> 'a2 list -> ('a1 * 'a2) list **)

let rec combine l l' =
  match l with
  | [] -> []
  | x :: tl ->
    (match l' with
     | [] -> []
     | y :: tl' -> (x, y) :: (combine tl tl'))

(** val firstn : nat -> 'a1 list -> 'a1 list **)

let rec firstn n l =
  match n with
  | O -> []
  | S n0 -> (match l with
             | [] -> []
             | a :: l0 -> a :: (firstn n0 l0))

(** val skipn : nat -> 'a1 list -> 'a1 list **)

let rec skipn n l =
  match n with
  | O -> l
  | S n0 -> (match l with
             | [] -> []
             | _ :: l0 -> skipn n0 l0)

(** val max_int : Uint63.t **)

let max_int =
  (Uint63.of_int (-1))

type farr = Farray.t

(** val fget : farr -> Uint63.t -> Float64.t **)

let fget = Farray.get

(** val nat_of : Uint63.t -> nat **)

let nat_of = (let rec up n m = if n = 0 then m else up (n - 1) (S m) in fun n -> up n O)

type 'a table = 'a Farray.table

(** val entry : 'a1 table -> Uint63.t -> 'a1 **)

let entry = Farray.entry

(** val ftab : Uint63.t -> (Uint63.t -> Float64.t) -> farr **)

let ftab = Farray.tab

(** val tabulate : Uint63.t -> 'a1 -> (Uint63.t -> 'a1) -> 'a1 table **)

let tabulate = Farray.tabulate

type extent = { len : Uint63.t; fuel : nat; octs : nat; rest : nat }

(** val extent_of : Uint63.t -> extent **)

let extent_of n =
  { len = n; fuel = (nat_of n); octs = (nat_of (lsr0 n (Uint63.of_int (3))));
    rest = (nat_of (land0 n (Uint63.of_int (7)))) }

(** val max_len : Uint63.t **)

let max_len =
  (Uint63.of_int (2097152))

(** val ok_len : Uint63.t -> bool **)

let ok_len n =
  leb n max_len

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
  else if (&&) (leb0 (Float64.of_float (0x1p+0)) x)
            (ltb0 x (Float64.of_float (0x1p+53)))
       then let (m, e) = frshiftexp x in
            let n = lsr0 (normfr_mantissa m) (sub (Uint63.of_int (2154)) e) in
            if eqb1 (of_uint63 n) x then Some n else None
       else None

(** val get_int : words -> Uint63.t -> Uint63.t res **)

let get_int f p =
  bind (get_float f p) (fun x ->
    match to_int x with
    | Some n -> Ok n
    | None -> Err (NotAnInteger, p, x, (Float64.of_float (0x0p+0))))

(** val get_size : words -> Uint63.t -> Uint63.t res **)

let get_size f p =
  bind (get_int f p) (fun n ->
    if ok_len n
    then Ok n
    else Err (TooLarge, p, (of_uint63 n), (of_uint63 max_len)))

(** val get_ints : nat -> words -> Uint63.t -> Uint63.t list res **)

let rec get_ints n f p =
  match n with
  | O -> Ok []
  | S n0 ->
    bind (get_size f p) (fun x ->
      bind (get_ints n0 f (add0 p (Uint63.of_int (1)))) (fun xs -> Ok
        (x :: xs)))

(** val all_finite : nat -> words -> Uint63.t -> unit res **)

let rec all_finite n f p =
  match n with
  | O -> Ok ()
  | S n0 ->
    if finb (f.word p)
    then all_finite n0 f (add0 p (Uint63.of_int (1)))
    else Err (NotFinite, p, (f.word p), (Float64.of_float (0x0p+0)))

(** val block : nat **)

let block =
  nat_of (Uint63.of_int (1024))

(** val blocks_finite : nat -> words -> Uint63.t -> unit res **)

let rec blocks_finite n f p =
  match n with
  | O -> Ok ()
  | S n0 ->
    bind (all_finite block f p) (fun _ ->
      blocks_finite n0 f (add0 p (Uint63.of_int (1024))))

(** val get_block : Uint63.t -> words -> Uint63.t -> farr res **)

let get_block n f p =
  if ok_len n
  then if leb (add0 p n) f.count
       then let few = land0 n (Uint63.of_int (1023)) in
            bind (blocks_finite (nat_of (lsr0 n (Uint63.of_int (10)))) f p)
              (fun _ ->
              bind (all_finite (nat_of few) f (sub (add0 p n) few)) (fun _ ->
                Ok (ftab n (fun i -> f.word (add0 p i)))))
       else fail Truncated p
  else Err (TooLarge, p, (of_uint63 n), (of_uint63 max_len))

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
          bind (get_int f (Uint63.of_int (2))) (fun n ->
            if eqb0 n f.count
            then Ok ()
            else Err (WrongCount, (Uint63.of_int (2)), (of_uint63 n),
                   (of_uint63 f.count)))))))

(** val allR : nat -> Uint63.t -> (Uint63.t -> bool) -> bool **)

let rec allR n i p =
  match n with
  | O -> true
  | S n0 -> if p i then allR n0 (add0 i (Uint63.of_int (1))) p else false

(** val allb : extent -> (Uint63.t -> bool) -> bool **)

let allb e p =
  allR e.fuel (Uint63.of_int (0)) p

(** val counts : nat -> Uint63.t -> bool **)

let rec counts n i =
  match n with
  | O -> eqb0 i (Uint63.of_int (0))
  | S n0 ->
    if eqb0 i (Uint63.of_int (0))
    then false
    else counts n0 (sub i (Uint63.of_int (1)))

(** val wf_ext : extent -> bool **)

let wf_ext e =
  (&&) (ok_len e.len)
    ((&&) (counts e.fuel e.len)
      ((&&) (counts e.octs (lsr0 e.len (Uint63.of_int (3))))
        (counts e.rest (land0 e.len (Uint63.of_int (7))))))

type axis = { isize : Uint63.t; osize : Uint63.t; taps : extent;
              stride : Uint63.t; pad : Uint63.t; dil : Uint63.t }

(** val pos : axis -> Uint63.t -> Uint63.t -> Uint63.t **)

let pos a o t =
  sub (add0 (mul o a.stride) (mul t a.dil)) a.pad

(** val axis_ok : axis -> bool **)

let axis_ok a =
  (&&) (ok_len a.isize)
    ((&&) (ok_len a.osize)
      ((&&) (wf_ext a.taps)
        ((&&) (ok_len a.stride)
          ((&&) (ok_len a.pad)
            ((&&) (ok_len a.dil)
              ((&&) (ltb (Uint63.of_int (0)) a.stride)
                (ltb (Uint63.of_int (0)) a.dil)))))))

type conv = { groups : Uint63.t; cin : extent; cout : extent; vert : 
              axis; horz : axis }

(** val ichans : conv -> Uint63.t **)

let ichans c =
  mul c.groups c.cin.len

(** val ochans : conv -> Uint63.t **)

let ochans c =
  mul c.groups c.cout.len

(** val iplane : conv -> Uint63.t **)

let iplane c =
  mul c.vert.isize c.horz.isize

(** val oplane : conv -> Uint63.t **)

let oplane c =
  mul c.vert.osize c.horz.osize

(** val kplane : conv -> Uint63.t **)

let kplane c =
  mul c.vert.taps.len c.horz.taps.len

(** val iidx : conv -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let iidx c ch y x =
  add0 (mul (add0 (mul ch c.vert.isize) y) c.horz.isize) x

(** val widx :
    conv -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let widx c oc k ky kx =
  add0
    (mul (add0 (mul (add0 (mul oc c.cin.len) k) c.vert.taps.len) ky)
      c.horz.taps.len) kx

(** val tidx :
    conv -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let tidx c ic j ky kx =
  add0
    (mul (add0 (mul (add0 (mul ic c.vert.taps.len) ky) c.horz.taps.len) kx)
      c.cout.len) j

(** val conv_in : conv -> Uint63.t **)

let conv_in c =
  mul (mul (ichans c) c.vert.isize) c.horz.isize

(** val conv_out : conv -> Uint63.t **)

let conv_out c =
  mul (mul (ochans c) c.vert.osize) c.horz.osize

(** val ochan : conv -> Uint63.t -> Uint63.t **)

let ochan c i =
  div (div i c.horz.osize) c.vert.osize

(** val orow : conv -> Uint63.t -> Uint63.t **)

let orow c i =
  mod0 (div i c.horz.osize) c.vert.osize

(** val ocol : conv -> Uint63.t -> Uint63.t **)

let ocol c i =
  mod0 i c.horz.osize

(** val blocks : conv -> Uint63.t **)

let blocks c =
  div (add0 c.cin.len (Uint63.of_int (3))) (Uint63.of_int (4))

(** val bchans : conv -> Uint63.t **)

let bchans c =
  mul c.groups (blocks c)

(** val conv_chans : conv -> Uint63.t **)

let conv_chans c =
  if ltb c.cin.len c.cout.len then c.cout.len else c.cin.len

(** val conv_terms : conv -> Uint63.t **)

let conv_terms c =
  add0 (kplane c) (conv_chans c)

(** val conv_size : conv -> Uint63.t **)

let conv_size c =
  mul (kplane c) (add0 (conv_chans c) (Uint63.of_int (1)))

(** val conv_same : conv -> farr -> farr -> bool **)

let conv_same c w wt =
  allb (extent_of c.groups) (fun g ->
    allb c.cin (fun k ->
      allb c.vert.taps (fun ky ->
        allb c.horz.taps (fun kx ->
          allb c.cout (fun j ->
            eqb1 (fget wt (tidx c (add0 (mul g c.cin.len) k) j ky kx))
              (fget w (widx c (add0 (mul g c.cout.len) j) k ky kx)))))))

(** val conv_turned_weights : conv -> farr -> farr **)

let conv_turned_weights c w =
  ftab (mul (mul (ichans c) (kplane c)) c.cout.len) (fun t ->
    let co = c.cout.len in
    let kw = c.horz.taps.len in
    let kh = c.vert.taps.len in
    let j = mod0 t co in
    let kx = mod0 (div t co) kw in
    let ky = mod0 (div (div t co) kw) kh in
    let ic = div (div (div t co) kw) kh in
    let g = div ic c.cin.len in
    fget w (widx c (add0 (mul g co) j) (sub ic (mul g c.cin.len)) ky kx))

(** val conv_ok : conv -> farr -> farr -> bool **)

let conv_ok c w wt =
  (&&) (axis_ok c.vert)
    ((&&) (axis_ok c.horz)
      ((&&) (wf_ext c.cin)
        ((&&) (wf_ext c.cout)
          ((&&) (ok_len c.groups)
            ((&&) (ok_len (ichans c))
              ((&&) (ok_len (mul (ichans c) c.vert.isize))
                ((&&) (ok_len (conv_in c))
                  ((&&) (ok_len (ochans c))
                    ((&&) (ok_len (mul (ochans c) c.vert.osize))
                      ((&&) (ok_len (conv_out c))
                        ((&&) (ok_len (oplane c))
                          ((&&) (ok_len (kplane c))
                            ((&&) (ok_len (iplane c))
                              ((&&) (ok_len (blocks c))
                                ((&&) (ok_len (bchans c))
                                  ((&&) (ok_len (mul (bchans c) (iplane c)))
                                    ((&&)
                                      (ok_len
                                        (mul (mul (bchans c) (iplane c))
                                          (Uint63.of_int (4))))
                                      ((&&)
                                        (leb (conv_size c)
                                          (Uint63.of_int (16777216)))
                                        (conv_same c w wt)))))))))))))))))))

type linmap =
| Signed of bool * extent
| Diag of extent * farr
| Dense of Uint63.t * extent * extent * extent * extent * farr * farr
| Convolution of conv * extent * extent * farr * farr
| Reindex of extent * extent * Uint63.t table * Uint63.t table * extent
   * Uint63.t

(** val dense : Uint63.t -> Uint63.t -> Uint63.t -> farr -> linmap **)

let dense rows m n w =
  Dense (rows, (extent_of m), (extent_of n), (extent_of (mul rows n)),
    (extent_of (mul rows m)), w,
    (ftab (mul n m) (fun t ->
      let k = div t m in fget w (add0 (mul (sub t (mul k m)) n) k))))

(** val convolution : conv -> farr -> linmap **)

let convolution c w =
  Convolution (c, (extent_of (conv_in c)), (extent_of (conv_out c)), w,
    (conv_turned_weights c w))

(** val repeated :
    extent -> extent -> (Uint63.t -> Uint63.t) -> (Uint63.t -> Uint63.t) ->
    Uint63.t -> Uint63.t -> linmap **)

let repeated ein eout phi psi times0 step =
  Reindex (ein, eout, (tabulate eout.len max_int phi),
    (tabulate ein.len max_int psi), (extent_of times0), step)

(** val reindex :
    extent -> extent -> (Uint63.t -> Uint63.t) -> (Uint63.t -> Uint63.t) ->
    linmap **)

let reindex ein eout phi psi =
  repeated ein eout phi psi (Uint63.of_int (1)) (Uint63.of_int (0))

(** val in_ext : linmap -> extent **)

let in_ext = function
| Signed (_, e) -> e
| Diag (e, _) -> e
| Dense (_, _, _, ein, _, _, _) -> ein
| Convolution (_, ein, _, _, _) -> ein
| Reindex (ein, _, _, _, _, _) -> ein

(** val out_ext : linmap -> extent **)

let out_ext = function
| Signed (_, e) -> e
| Diag (e, _) -> e
| Dense (_, _, _, _, eout, _, _) -> eout
| Convolution (_, _, eout, _, _) -> eout
| Reindex (_, eout, _, _, _, _) -> eout

(** val terms : linmap -> Uint63.t **)

let terms = function
| Dense (_, m, n, _, _, _, _) -> if ltb m.len n.len then n.len else m.len
| Convolution (v, _, _, _, _) -> conv_terms v
| Reindex (_, _, _, _, times0, _) -> times0.len
| _ -> (Uint63.of_int (1))

(** val turn :
    (Uint63.t -> Uint63.t) -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let turn psi step k i =
  div (sub i (psi k)) step

(** val valid : linmap -> bool **)

let valid l =
  (&&) (wf_ext (in_ext l))
    ((&&) (wf_ext (out_ext l))
      ((&&) (leb (terms l) (Uint63.of_int (16777216)))
        (match l with
         | Dense (rows, m, n, ein, eout, w, wt) ->
           (&&) (wf_ext m)
             ((&&) (wf_ext n)
               ((&&) (ok_len rows)
                 ((&&) (eqb0 ein.len (mul rows n.len))
                   ((&&) (eqb0 eout.len (mul rows m.len))
                     (allb n (fun k ->
                       allb m (fun j ->
                         eqb1 (fget wt (add0 (mul k m.len) j))
                           (fget w (add0 (mul j n.len) k)))))))))
         | Convolution (v, ein, eout, w, wt) ->
           (&&) (conv_ok v w wt)
             ((&&) (eqb0 ein.len (conv_in v)) (eqb0 eout.len (conv_out v)))
         | Reindex (ein, eout, phi, psi, times0, step) ->
           let to0 = fun k t -> add0 (entry psi k) (mul t step) in
           (&&) (wf_ext times0)
             ((&&)
               (allb eout (fun i ->
                 let k = entry phi i in
                 if ltb k ein.len
                 then let t = turn (entry psi) step k i in
                      (&&) (ltb (entry psi k) eout.len)
                        ((&&) (ltb t times0.len) (eqb0 (to0 k t) i))
                 else true))
               (allb ein (fun k ->
                 if ltb (entry psi k) eout.len
                 then allb times0 (fun t ->
                        let i = to0 k t in
                        (&&) (ltb i eout.len)
                          ((&&) (eqb0 (entry phi i) k)
                            (eqb0 (turn (entry psi) step k i) t)))
                 else true)))
         | _ -> true)))

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

(** val ext : node -> extent **)

let ext = function
| Input e -> e
| Constant (e, _) -> e
| Affine (e, _, _) -> e
| Unary (_, e, _) -> e
| Product (e, _, _) -> e

(** val same_len : extent -> extent -> bool **)

let same_len a b =
  eqb0 a.len b.len

(** val size_at : node list -> nat -> extent option **)

let size_at ns d =
  option_map ext (nth_error ns d)

(** val fits : node list -> nat -> extent -> bool **)

let fits ns d e =
  match size_at ns d with
  | Some e' -> same_len e' e
  | None -> false

(** val node_ok : node -> node list -> bool **)

let node_ok n ns =
  (&&) (wf_ext (ext n))
    (match n with
     | Input _ -> (match ns with
                   | [] -> true
                   | _ :: _ -> false)
     | Constant (_, _) -> true
     | Affine (e, ts, _) ->
       forallb (fun t ->
         (&&) ((&&) (valid (snd t)) (same_len (out_ext (snd t)) e))
           (fits ns (fst t) (in_ext (snd t)))) ts
     | Unary (_, e, d) -> fits ns d e
     | Product (e, d, d') -> (&&) (fits ns d e) (fits ns d' e))

(** val product : Uint63.t list -> Uint63.t **)

let product s =
  fold_left mul s (Uint63.of_int (1))

(** val strides : Uint63.t list -> Uint63.t list **)

let rec strides = function
| [] -> []
| _ :: s0 -> (product s0) :: (strides s0)

(** val pick : Uint63.t list -> Uint63.t list -> Uint63.t list **)

let pick s p =
  map (fun a -> nth (nat_of a) s (Uint63.of_int (0))) p

(** val digits :
    (Uint63.t * Uint63.t) list -> Uint63.t -> Uint63.t -> Uint63.t **)

let rec digits ps i acc =
  match ps with
  | [] -> acc
  | p :: ps0 ->
    let (d, st) = p in
    let q = div i d in digits ps0 q (add0 acc (mul (sub i (mul q d)) st))

(** val position : Uint63.t -> Uint63.t list -> Uint63.t -> Uint63.t **)

let rec position a p k =
  match p with
  | [] -> k
  | b :: p0 ->
    if eqb0 a b then k else position a p0 (add0 k (Uint63.of_int (1)))

(** val upto : nat -> Uint63.t -> Uint63.t list **)

let rec upto n k =
  match n with
  | O -> []
  | S n0 -> k :: (upto n0 (add0 k (Uint63.of_int (1))))

(** val inverse : Uint63.t list -> Uint63.t list **)

let inverse p =
  map (fun a -> position a p (Uint63.of_int (0)))
    (upto (length p) (Uint63.of_int (0)))

(** val transposing : Uint63.t list -> Uint63.t list -> linmap **)

let transposing s p =
  let e = extent_of (product s) in
  let fwd = rev (combine (pick s p) (pick (strides s) p)) in
  let bwd = rev (combine s (pick (strides (pick s p)) (inverse p))) in
  reindex e e (fun i -> digits fwd i (Uint63.of_int (0))) (fun k ->
    digits bwd k (Uint63.of_int (0)))

(** val embed : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let embed s t off i =
  let b = div i s in add0 (add0 (mul b t) off) (sub i (mul b s))

(** val project : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let project s t off i =
  let b = div i t in
  let r = sub i (mul b t) in
  if leb off r
  then if ltb r (add0 off s) then add0 (mul b s) (sub r off) else max_int
  else max_int

(** val placing : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> linmap **)

let placing outer s t off =
  reindex (extent_of (mul outer s)) (extent_of (mul outer t))
    (project s t off) (embed s t off)

(** val repeating : Uint63.t -> Uint63.t -> Uint63.t -> linmap **)

let repeating outer s n =
  repeated (extent_of (mul outer s)) (extent_of (mul outer (mul n s)))
    (fun i -> let b = div i s in add0 (mul (div b n) s) (sub i (mul b s)))
    (embed s (mul n s) (Uint63.of_int (0))) n s

(** val taking : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> linmap **)

let taking outer s t off =
  reindex (extent_of (mul outer t)) (extent_of (mul outer s)) (embed s t off)
    (project s t off)

(** val graph_magic : Float64.t **)

let graph_magic =
  (Float64.of_float (0x1.04152476e767p+134))

type shaped = { node_of : node; shape : Uint63.t list }

(** val operands :
    shaped list -> Uint63.t -> Uint63.t list -> Uint63.t -> (nat * shaped)
    list res **)

let rec operands prev k ids p =
  match ids with
  | [] -> Ok []
  | i :: ids0 ->
    bind (operands prev k ids0 p) (fun rest0 ->
      if ltb i k
      then let d = nat_of (sub (sub k (Uint63.of_int (1))) i) in
           (match nth_error prev d with
            | Some s -> Ok ((d, s) :: rest0)
            | None -> fail MissingNode p)
      else fail MissingNode p)

(** val constant : shaped -> Uint63.t -> farr res **)

let constant s p =
  match s.node_of with
  | Constant (_, c) -> Ok c
  | _ -> fail NotAConstant p

(** val same : Uint63.t list -> Uint63.t list -> bool **)

let rec same a b =
  match a with
  | [] -> (match b with
           | [] -> true
           | _ :: _ -> false)
  | x :: a0 ->
    (match b with
     | [] -> false
     | y :: b0 -> (&&) (eqb0 x y) (same a0 b0))

(** val last_of : Uint63.t list -> Uint63.t **)

let last_of s =
  last s (Uint63.of_int (0))

(** val bias :
    (nat * shaped) list -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t ->
    farr option res **)

let bias more m every times0 p =
  match more with
  | [] -> Ok None
  | p0 :: l ->
    let (_, b) = p0 in
    (match l with
     | [] ->
       bind (constant b p) (fun c ->
         bind (demand (same b.shape (m :: [])) WrongShape p) (fun _ ->
           if eqb0 every (Uint63.of_int (1))
           then Ok (Some (ftab (mul times0 m) (fun i -> fget c (mod0 i m))))
           else Ok (Some (ftab (mul m every) (fun i -> fget c (div i every))))))
     | _ :: _ -> fail Malformed p)

(** val linear :
    Uint63.t list -> (nat * shaped) -> (nat * shaped) -> (nat * shaped) list
    -> Uint63.t -> node res **)

let linear s x w more p =
  bind (constant (snd w) p) (fun c ->
    match (snd w).shape with
    | [] -> fail WrongShape p
    | m :: l ->
      (match l with
       | [] -> fail WrongShape p
       | n :: l0 ->
         (match l0 with
          | [] ->
            let rows = product (removelast s) in
            bind
              (demand
                ((&&)
                  ((&&)
                    ((&&) (ltb (Uint63.of_int (0)) m)
                      (ltb (Uint63.of_int (0)) n))
                    (eqb0 (last_of (snd x).shape) n))
                  (same s (app (removelast (snd x).shape) (m :: []))))
                WrongShape p) (fun _ ->
              bind (bias more m (Uint63.of_int (1)) rows p) (fun b -> Ok
                (Affine ((extent_of (product s)), (((fst x),
                (dense rows m n c)) :: []), b))))
          | _ :: _ -> fail WrongShape p)))

(** val positions :
    Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t ->
    Uint63.t **)

let positions size before after k stride0 dil0 =
  add0
    (div
      (sub (add0 (add0 size before) after)
        (add0 (mul dil0 (sub k (Uint63.of_int (1)))) (Uint63.of_int (1))))
      stride0) (Uint63.of_int (1))

(** val convolve :
    Uint63.t list -> Uint63.t list -> (nat * shaped) -> (nat * shaped) ->
    (nat * shaped) list -> Uint63.t -> node res **)

let convolve s attrs x w more p =
  bind (constant (snd w) p) (fun c ->
    match (snd x).shape with
    | [] -> fail WrongShape p
    | n :: l ->
      (match l with
       | [] -> fail WrongShape p
       | ci :: l0 ->
         (match l0 with
          | [] -> fail WrongShape p
          | h :: l1 ->
            (match l1 with
             | [] -> fail WrongShape p
             | v :: l2 ->
               (match l2 with
                | [] ->
                  (match (snd w).shape with
                   | [] -> fail WrongShape p
                   | o :: l3 ->
                     (match l3 with
                      | [] -> fail WrongShape p
                      | cg :: l4 ->
                        (match l4 with
                         | [] -> fail WrongShape p
                         | kh :: l5 ->
                           (match l5 with
                            | [] -> fail WrongShape p
                            | kv :: l6 ->
                              (match l6 with
                               | [] ->
                                 (match s with
                                  | [] -> fail WrongShape p
                                  | n' :: l7 ->
                                    (match l7 with
                                     | [] -> fail WrongShape p
                                     | o' :: l8 ->
                                       (match l8 with
                                        | [] -> fail WrongShape p
                                        | oh :: l9 ->
                                          (match l9 with
                                           | [] -> fail WrongShape p
                                           | ov :: l10 ->
                                             (match l10 with
                                              | [] ->
                                                (match attrs with
                                                 | [] -> fail WrongShape p
                                                 | g :: l11 ->
                                                   (match l11 with
                                                    | [] -> fail WrongShape p
                                                    | sh :: l12 ->
                                                      (match l12 with
                                                       | [] ->
                                                         fail WrongShape p
                                                       | sv :: l13 ->
                                                         (match l13 with
                                                          | [] ->
                                                            fail WrongShape p
                                                          | top :: l14 ->
                                                            (match l14 with
                                                             | [] ->
                                                               fail
                                                                 WrongShape p
                                                             | west :: l15 ->
                                                               (match l15 with
                                                                | [] ->
                                                                  fail
                                                                    WrongShape
                                                                    p
                                                                | bottom :: l16 ->
                                                                  (match l16 with
                                                                   | [] ->
                                                                    fail
                                                                    WrongShape
                                                                    p
                                                                   | east :: l17 ->
                                                                    (match l17 with
                                                                    | [] ->
                                                                    fail
                                                                    WrongShape
                                                                    p
                                                                    | dh :: l18 ->
                                                                    (match l18 with
                                                                    | [] ->
                                                                    fail
                                                                    WrongShape
                                                                    p
                                                                    | dv :: l19 ->
                                                                    (match l19 with
                                                                    | [] ->
                                                                    bind
                                                                    (demand
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    (eqb0 n
                                                                    (Uint63.of_int (1)))
                                                                    (eqb0 n'
                                                                    (Uint63.of_int (1))))
                                                                    (ltb
                                                                    (Uint63.of_int (0))
                                                                    g))
                                                                    (ltb
                                                                    (Uint63.of_int (0))
                                                                    sh))
                                                                    (ltb
                                                                    (Uint63.of_int (0))
                                                                    sv))
                                                                    (ltb
                                                                    (Uint63.of_int (0))
                                                                    kh))
                                                                    (ltb
                                                                    (Uint63.of_int (0))
                                                                    kv))
                                                                    (ltb
                                                                    (Uint63.of_int (0))
                                                                    oh))
                                                                    (ltb
                                                                    (Uint63.of_int (0))
                                                                    ov))
                                                                    WrongShape
                                                                    p)
                                                                    (fun _ ->
                                                                    bind
                                                                    (demand
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    ((&&)
                                                                    (eqb0 o
                                                                    o')
                                                                    (eqb0 ci
                                                                    (mul g cg)))
                                                                    (eqb0
                                                                    (mul
                                                                    (div o g)
                                                                    g) o))
                                                                    (eqb0 oh
                                                                    (positions
                                                                    h top
                                                                    bottom kh
                                                                    sh dh)))
                                                                    (eqb0 ov
                                                                    (positions
                                                                    v west
                                                                    east kv
                                                                    sv dv)))
                                                                    (leb
                                                                    (add0
                                                                    (mul dh
                                                                    (sub kh
                                                                    (Uint63.of_int (1))))
                                                                    (Uint63.of_int (1)))
                                                                    (add0
                                                                    (add0 h
                                                                    top)
                                                                    bottom)))
                                                                    (leb
                                                                    (add0
                                                                    (mul dv
                                                                    (sub kv
                                                                    (Uint63.of_int (1))))
                                                                    (Uint63.of_int (1)))
                                                                    (add0
                                                                    (add0 v
                                                                    west)
                                                                    east)))
                                                                    WrongShape
                                                                    p)
                                                                    (fun _ ->
                                                                    let geometry =
                                                                    { groups =
                                                                    g; cin =
                                                                    (extent_of
                                                                    cg);
                                                                    cout =
                                                                    (extent_of
                                                                    (div o g));
                                                                    vert =
                                                                    { isize =
                                                                    h;
                                                                    osize =
                                                                    oh;
                                                                    taps =
                                                                    (extent_of
                                                                    kh);
                                                                    stride =
                                                                    sh; pad =
                                                                    top;
                                                                    dil =
                                                                    dh };
                                                                    horz =
                                                                    { isize =
                                                                    v;
                                                                    osize =
                                                                    ov;
                                                                    taps =
                                                                    (extent_of
                                                                    kv);
                                                                    stride =
                                                                    sv; pad =
                                                                    west;
                                                                    dil =
                                                                    dv } }
                                                                    in
                                                                    bind
                                                                    (bias
                                                                    more o
                                                                    (mul oh
                                                                    ov)
                                                                    (Uint63.of_int (1))
                                                                    p)
                                                                    (fun b ->
                                                                    Ok
                                                                    (Affine
                                                                    ((extent_of
                                                                    (product
                                                                    s)),
                                                                    (((fst x),
                                                                    (convolution
                                                                    geometry
                                                                    c)) :: []),
                                                                    b)))))
                                                                    | _ :: _ ->
                                                                    fail
                                                                    WrongShape
                                                                    p))))))))))
                                              | _ :: _ -> fail WrongShape p)))))
                               | _ :: _ -> fail WrongShape p)))))
                | _ :: _ -> fail WrongShape p)))))

(** val placed :
    (nat * shaped) list -> nat -> Uint63.t -> Uint63.t -> Uint63.t ->
    Uint63.t -> term list **)

let rec placed ops axis0 outer inner total off =
  match ops with
  | [] -> []
  | p :: ops0 ->
    let (d, x) = p in
    let size = mul (nth axis0 x.shape (Uint63.of_int (0))) inner in
    (d,
    (placing outer size (mul total inner) off)) :: (placed ops0 axis0 outer
                                                     inner total
                                                     (add0 off size))

(** val alike : (nat * shaped) list -> bool **)

let alike = function
| [] -> false
| p :: ops0 -> let (d, _) = p in forallb (fun o -> eqb (fst o) d) ops0

(** val beside :
    (nat * shaped) list -> nat -> Uint63.t -> Uint63.t -> Uint63.t -> term
    list **)

let beside ops axis0 outer inner total =
  match ops with
  | [] -> []
  | p :: _ ->
    let (d, x) = p in
    if alike ops
    then (d,
           (repeating outer
             (mul (nth axis0 x.shape (Uint63.of_int (0))) inner)
             (fold_left (fun n _ -> add0 n (Uint63.of_int (1))) ops
               (Uint63.of_int (0))))) :: []
    else placed ops axis0 outer inner total (Uint63.of_int (0))

(** val without : nat -> Uint63.t list -> Uint63.t list **)

let without axis0 s =
  app (firstn axis0 s) (skipn (S axis0) s)

(** val elementwise :
    bool -> Uint63.t list -> (nat * shaped) -> (nat * shaped) -> Uint63.t ->
    node res **)

let elementwise minus s x y p =
  let e = extent_of (product s) in
  bind
    (demand ((&&) (same s (snd x).shape) (same s (snd y).shape)) WrongShape p)
    (fun _ -> Ok (Affine (e, (((fst x), (Signed (false, e))) :: (((fst y),
    (Signed (minus, e))) :: [])), None)))

(** val times :
    Uint63.t list -> (nat * shaped) -> (nat * shaped) -> Uint63.t -> node res **)

let times s x y p =
  let e = extent_of (product s) in
  bind
    (demand ((&&) (same s (snd x).shape) (same s (snd y).shape)) WrongShape p)
    (fun _ ->
    match (snd y).node_of with
    | Constant (_, c) ->
      Ok (Affine (e, (((fst x), (Diag (e, c))) :: []), None))
    | _ -> Ok (Product (e, (fst x), (fst y))))

(** val function0 :
    unary -> Uint63.t list -> (nat * shaped) -> Uint63.t -> node res **)

let function0 f s x p =
  bind (demand (same s (snd x).shape) WrongShape p) (fun _ -> Ok (Unary (f,
    (extent_of (product s)), (fst x))))

(** val number : (nat * shaped) -> Uint63.t -> Float64.t res **)

let number x p =
  bind (constant (snd x) p) (fun c ->
    bind
      (demand (eqb0 (product (snd x).shape) (Uint63.of_int (1))) WrongShape p)
      (fun _ -> Ok (fget c (Uint63.of_int (0)))))

(** val concat :
    Uint63.t list -> (nat * shaped) list -> Uint63.t -> Uint63.t -> node res **)

let concat s ops axis0 p =
  let a = nat_of axis0 in
  let inner = product (skipn (S a) s) in
  let outer = product (firstn a s) in
  bind
    (demand
      ((&&)
        ((&&)
          (forallb (fun o -> same (without a s) (without a (snd o).shape))
            ops)
          (eqb0
            (fold_left (fun n o ->
              add0 n (nth a (snd o).shape (Uint63.of_int (0)))) ops
              (Uint63.of_int (0))) (nth a s (Uint63.of_int (0)))))
        (forallb (fun o -> ltb (Uint63.of_int (0)) (product (snd o).shape))
          ops)) WrongShape p) (fun _ -> Ok (Affine ((extent_of (product s)),
    (beside ops a outer inner (nth a s (Uint63.of_int (0)))), None)))

(** val slice :
    Uint63.t list -> (nat * shaped) -> Uint63.t -> Uint63.t -> Uint63.t ->
    Uint63.t -> node res **)

let slice s x axis0 start stop p =
  let a = nat_of axis0 in
  let inner = product (skipn (S a) s) in
  let outer = product (firstn a s) in
  let total = nth a (snd x).shape (Uint63.of_int (0)) in
  bind
    (demand
      ((&&)
        ((&&)
          ((&&)
            ((&&) (same (without a s) (without a (snd x).shape))
              (ltb start stop)) (leb stop total))
          (eqb0 (sub stop start) (nth a s (Uint63.of_int (0)))))
        (ltb (Uint63.of_int (0)) inner)) WrongShape p) (fun _ -> Ok (Affine
    ((extent_of (product s)), (((fst x),
    (taking outer (mul (nth a s (Uint63.of_int (0))) inner) (mul total inner)
      (mul start inner))) :: []), None)))

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

(** val find : Uint63.t -> (Uint63.t * tag) list -> tag option **)

let rec find t = function
| [] -> None
| p :: l0 -> let (k, a) = p in if eqb0 t k then Some a else find t l0

(** val tag_of : Uint63.t -> tag option **)

let tag_of t =
  find t (((Uint63.of_int (1)), TInput) :: (((Uint63.of_int (2)),
    TParameter) :: (((Uint63.of_int (3)), TAdd) :: (((Uint63.of_int (4)),
    TSub) :: (((Uint63.of_int (5)), TMul) :: (((Uint63.of_int (6)),
    TLinear) :: (((Uint63.of_int (7)), TConv) :: (((Uint63.of_int (8)),
    (TFunction Relu)) :: (((Uint63.of_int (9)),
    TReshape) :: (((Uint63.of_int (10)),
    TTranspose) :: (((Uint63.of_int (11)),
    TConcat) :: (((Uint63.of_int (12)), TSlice) :: (((Uint63.of_int (26)),
    (TFunction Exp)) :: (((Uint63.of_int (27)), (TFunction
    Log)) :: (((Uint63.of_int (28)), (TFunction
    Sqrt)) :: (((Uint63.of_int (29)), (TFunction
    Tanh)) :: (((Uint63.of_int (30)), (TFunction
    Sigmoid)) :: (((Uint63.of_int (31)), (TFunction
    Softplus)) :: (((Uint63.of_int (34)), (TFunction
    Sin)) :: (((Uint63.of_int (35)), (TFunction
    Cos)) :: (((Uint63.of_int (36)), (TFunction (Hinge
    (Float64.of_float (-0x1p+0))))) :: (((Uint63.of_int (37)), (TFunction
    Sign)) :: (((Uint63.of_int (40)), TLeaky) :: (((Uint63.of_int (41)),
    TClip) :: (((Uint63.of_int (42)), (TFunction
    Recip)) :: (((Uint63.of_int (43)), (TFunction (Power
    (Uint63.of_int (2))))) :: (((Uint63.of_int (44)),
    TPower) :: [])))))))))))))))))))))))))))

(** val lower :
    tag -> Uint63.t list -> (nat * shaped) list -> Uint63.t list -> farr ->
    Uint63.t -> node res **)

let lower t s ops attrs data p =
  let e = extent_of (product s) in
  (match t with
   | TInput ->
     (match ops with
      | [] ->
        (match attrs with
         | [] -> Ok (Input e)
         | _ :: _ -> fail Malformed p)
      | _ :: _ -> fail Malformed p)
   | TParameter ->
     (match ops with
      | [] ->
        (match attrs with
         | [] -> Ok (Constant (e, data))
         | _ :: _ -> fail Malformed p)
      | _ :: _ -> fail Malformed p)
   | TAdd ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] -> fail Malformed p
         | y :: l0 ->
           (match l0 with
            | [] ->
              (match attrs with
               | [] -> elementwise false s x y p
               | _ :: _ -> fail Malformed p)
            | _ :: _ -> fail Malformed p)))
   | TSub ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] -> fail Malformed p
         | y :: l0 ->
           (match l0 with
            | [] ->
              (match attrs with
               | [] -> elementwise true s x y p
               | _ :: _ -> fail Malformed p)
            | _ :: _ -> fail Malformed p)))
   | TMul ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] -> fail Malformed p
         | y :: l0 ->
           (match l0 with
            | [] ->
              (match attrs with
               | [] -> times s x y p
               | _ :: _ -> fail Malformed p)
            | _ :: _ -> fail Malformed p)))
   | TLinear ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] -> fail Malformed p
         | w :: more ->
           (match attrs with
            | [] -> linear s x w more p
            | _ :: _ -> fail Malformed p)))
   | TConv ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] -> fail Malformed p
         | w :: more -> convolve s attrs x w more p))
   | TReshape ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] ->
           (match attrs with
            | [] ->
              Ok (Affine (e, (((fst x), (Signed (false, e))) :: []), None))
            | _ :: _ -> fail Malformed p)
         | _ :: _ -> fail Malformed p))
   | TTranspose ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] ->
           bind (demand (same s (pick (snd x).shape attrs)) WrongShape p)
             (fun _ -> Ok (Affine (e, (((fst x),
             (transposing (snd x).shape attrs)) :: []), None)))
         | _ :: _ -> fail Malformed p))
   | TConcat ->
     (match ops with
      | [] -> fail Malformed p
      | _ :: _ ->
        (match attrs with
         | [] -> fail Malformed p
         | axis0 :: l0 ->
           (match l0 with
            | [] -> concat s ops axis0 p
            | _ :: _ -> fail Malformed p)))
   | TSlice ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] ->
           (match attrs with
            | [] -> fail Malformed p
            | axis0 :: l0 ->
              (match l0 with
               | [] -> fail Malformed p
               | start :: l1 ->
                 (match l1 with
                  | [] -> fail Malformed p
                  | stop :: l2 ->
                    (match l2 with
                     | [] -> slice s x axis0 start stop p
                     | _ :: _ -> fail Malformed p))))
         | _ :: _ -> fail Malformed p))
   | TFunction f ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] ->
           (match attrs with
            | [] -> function0 f s x p
            | _ :: _ -> fail Malformed p)
         | _ :: _ -> fail Malformed p))
   | TLeaky ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] -> fail Malformed p
         | k :: l0 ->
           (match l0 with
            | [] ->
              (match attrs with
               | [] ->
                 bind (number k p) (fun k0 -> function0 (Hinge k0) s x p)
               | _ :: _ -> fail Malformed p)
            | _ :: _ -> fail Malformed p)))
   | TClip ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] -> fail Malformed p
         | a :: l0 ->
           (match l0 with
            | [] -> fail Malformed p
            | b :: l1 ->
              (match l1 with
               | [] ->
                 (match attrs with
                  | [] ->
                    bind (number a p) (fun a0 ->
                      bind (number b p) (fun b0 ->
                        function0 (Clip (a0, b0)) s x p))
                  | _ :: _ -> fail Malformed p)
               | _ :: _ -> fail Malformed p))))
   | TPower ->
     (match ops with
      | [] -> fail Malformed p
      | x :: l ->
        (match l with
         | [] ->
           (match attrs with
            | [] -> fail Malformed p
            | n :: l0 ->
              (match l0 with
               | [] -> function0 (Power n) s x p
               | _ :: _ -> fail Malformed p))
         | _ :: _ -> fail Malformed p)))

(** val size_ok : Uint63.t list -> Uint63.t -> bool **)

let rec size_ok s n =
  match s with
  | [] -> true
  | d :: s0 ->
    let m = mul n d in
    (&&) ((&&) (ltb (Uint63.of_int (0)) d) (ok_len m)) (size_ok s0 m)

(** val read_node :
    words -> Uint63.t -> Uint63.t -> shaped list -> (shaped * Uint63.t) res **)

let read_node f k p prev =
  bind (get_size f p) (fun number0 ->
    bind (get_int f (add0 p (Uint63.of_int (1)))) (fun dtype ->
      bind
        (demand (eqb0 dtype (Uint63.of_int (1))) UnknownOperation
          (add0 p (Uint63.of_int (1)))) (fun _ ->
        bind (get_size f (add0 p (Uint63.of_int (2)))) (fun rank ->
          bind (get_ints (nat_of rank) f (add0 p (Uint63.of_int (3))))
            (fun s ->
            bind (demand (size_ok s (Uint63.of_int (1))) TooLarge p)
              (fun _ ->
              let p1 = add0 (add0 p (Uint63.of_int (3))) rank in
              bind (get_size f p1) (fun n_ops ->
                bind
                  (get_ints (nat_of n_ops) f (add0 p1 (Uint63.of_int (1))))
                  (fun ids ->
                  let p2 = add0 (add0 p1 (Uint63.of_int (1))) n_ops in
                  bind (get_size f p2) (fun n_attrs ->
                    bind
                      (get_ints (nat_of n_attrs) f
                        (add0 p2 (Uint63.of_int (1)))) (fun attrs ->
                      let p3 = add0 (add0 p2 (Uint63.of_int (1))) n_attrs in
                      bind (get_size f p3) (fun n_data ->
                        bind
                          (match tag_of number0 with
                           | Some t -> Ok t
                           | None ->
                             Err (UnknownOperation, p, (of_uint63 number0),
                               (Float64.of_float (0x0p+0)))) (fun t ->
                          bind
                            (demand
                              (eqb0 n_data
                                (match t with
                                 | TParameter -> product s
                                 | _ -> (Uint63.of_int (0)))) WrongShape p3)
                            (fun _ ->
                            bind
                              (get_block n_data f
                                (add0 p3 (Uint63.of_int (1)))) (fun data ->
                              bind (operands prev k ids p) (fun ops ->
                                bind (lower t s ops attrs data p) (fun n ->
                                  bind
                                    (demand
                                      (node_ok n
                                        (map (fun s0 -> s0.node_of) prev))
                                      Malformed p) (fun _ -> Ok ({ node_of =
                                    n; shape = s },
                                    (add0 (add0 p3 (Uint63.of_int (1)))
                                      n_data)))))))))))))))))))

(** val read_nodes :
    nat -> words -> Uint63.t -> Uint63.t -> shaped list -> (shaped
    list * Uint63.t) res **)

let rec read_nodes todo f k p prev =
  match todo with
  | O -> Ok (prev, p)
  | S todo0 ->
    bind (read_node f k p prev) (fun pat ->
      let (n, p0) = pat in
      read_nodes todo0 f (add0 k (Uint63.of_int (1))) p0 (n :: prev))

type network = { nodes : node list; output : nat }

(** val read_graph : words -> network res **)

let read_graph f =
  bind (check_head f graph_magic) (fun _ ->
    bind (get_size f (Uint63.of_int (3))) (fun n ->
      bind (get_size f (Uint63.of_int (4))) (fun out ->
        bind
          (read_nodes (nat_of n) f (Uint63.of_int (0)) (Uint63.of_int (6)) [])
          (fun pat ->
          let (all, p) = pat in
          bind (demand (eqb0 p f.count) TrailingWords p) (fun _ ->
            bind (demand (ltb out n) MissingNode (Uint63.of_int (4)))
              (fun _ ->
              let ns = map (fun s -> s.node_of) all in
              bind
                (demand
                  (match last ns (Constant ((extent_of (Uint63.of_int (0))),
                           (ftab (Uint63.of_int (0)) (fun _ ->
                             (Float64.of_float (0x0p+0)))))) with
                   | Input _ -> true
                   | _ -> false) NoInput (Uint63.of_int (6))) (fun _ -> Ok
                { nodes = ns; output =
                (nat_of (sub (sub n (Uint63.of_int (1))) out)) })))))))

(** val r32 : Float64.t -> Float64.t **)

let r32 x =
  let a = abs x in
  if ltb0 a (Float64.of_float (0x1p-126))
  then mul0 (mul0 x (Float64.of_float (0x1p-925)))
         (Float64.of_float (0x1p+925))
  else if ltb0 a (Float64.of_float (0x1.ffffffp+127))
       then let c = mul0 x (Float64.of_float (0x1.00000008p+29)) in
            add1 (sub0 x c) c
       else mul0 x (Float64.of_float (0x1p+1000))

(** val add32 : Float64.t -> Float64.t -> Float64.t **)

let add32 x y =
  r32 (add1 x y)

(** val sub32 : Float64.t -> Float64.t -> Float64.t **)

let sub32 x y =
  r32 (sub0 x y)

(** val mul32 : Float64.t -> Float64.t -> Float64.t **)

let mul32 x y =
  r32 (mul0 x y)

(** val div32 : Float64.t -> Float64.t -> Float64.t **)

let div32 x y =
  r32 (div0 x y)

(** val sqrt32 : Float64.t -> Float64.t **)

let sqrt32 x =
  r32 (sqrt x)

(** val sum32 :
    nat -> Float64.t -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t **)

let rec sum32 n acc w i x j =
  match n with
  | O -> acc
  | S n0 ->
    sum32 n0 (add32 acc (mul32 (fget x j) (fget w i))) w
      (add0 i (Uint63.of_int (1))) x (add0 j (Uint63.of_int (1)))

(** val dot32 : nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t **)

let dot32 n w i x j =
  match n with
  | O -> (Float64.of_float (0x0p+0))
  | S n0 ->
    sum32 n0 (mul32 (fget x j) (fget w i)) w (add0 i (Uint63.of_int (1))) x
      (add0 j (Uint63.of_int (1)))

(** val affine32 :
    Uint63.t -> Uint63.t -> Uint63.t -> farr -> farr -> farr **)

let affine32 r n m x w =
  let fuel0 = nat_of n in
  ftab (mul r m) (fun k ->
    dot32 fuel0 w (mul (mod0 k m) n) x (mul (div k m) n))

(** val map32 : (Float64.t -> Float64.t) -> Uint63.t -> farr -> farr **)

let map32 op n a =
  ftab n (fun i -> op (fget a i))

(** val zip32 :
    (Float64.t -> Float64.t -> Float64.t) -> Uint63.t -> farr -> farr -> farr **)

let zip32 op n a b =
  ftab n (fun i -> op (fget a i) (fget b i))

(** val flag : bool -> Float64.t **)

let flag = function
| true -> (Float64.of_float (0x1p+0))
| false -> (Float64.of_float (0x0p+0))

(** val add_all : Uint63.t -> farr -> farr -> farr **)

let add_all =
  zip32 add32

(** val sub_all : Uint63.t -> farr -> farr -> farr **)

let sub_all =
  zip32 sub32

(** val mul_all : Uint63.t -> farr -> farr -> farr **)

let mul_all =
  zip32 mul32

(** val div_all : Uint63.t -> farr -> farr -> farr **)

let div_all =
  zip32 div32

(** val sqrt_all : Uint63.t -> farr -> farr **)

let sqrt_all =
  map32 sqrt32

(** val round_all : Uint63.t -> farr -> farr **)

let round_all =
  map32 r32

(** val eq_all : Uint63.t -> farr -> farr -> farr **)

let eq_all =
  zip32 (fun x y -> flag (eqb1 x y))

(** val lt_all : Uint63.t -> farr -> farr -> farr **)

let lt_all =
  zip32 (fun x y -> flag (ltb0 x y))

(** val le_all : Uint63.t -> farr -> farr -> farr **)

let le_all =
  zip32 (fun x y -> flag (leb0 x y))

(** val products : linmap -> Uint63.t -> nat **)

let products l i =
  match l with
  | Dense (_, _, n, _, _, _, _) -> n.fuel
  | Convolution (c, _, _, _, _) -> nat_of (mul c.cin.len (kplane c))
  | Reindex (ein, _, phi, _, _, _) ->
    if ltb (entry phi i) ein.len then S O else O
  | _ -> S O

(** val factor : linmap -> Uint63.t -> Uint63.t -> Float64.t **)

let factor l i t =
  match l with
  | Signed (minus, _) ->
    if minus
    then (Float64.of_float (-0x1p+0))
    else (Float64.of_float (0x1p+0))
  | Diag (_, w) -> fget w i
  | Dense (_, m, n, _, _, w, _) -> fget w (add0 (mul (mod0 i m.len) n.len) t)
  | Convolution (c, _, _, w, _) ->
    fget w (add0 (mul (ochan c i) (mul c.cin.len (kplane c))) t)
  | Reindex (_, _, _, _, _, _) -> (Float64.of_float (0x1p+0))

(** val conv_place : conv -> Uint63.t -> Uint63.t -> Uint63.t **)

let conv_place c i t =
  let r = mod0 t (kplane c) in
  let y = pos c.vert (orow c i) (div r c.horz.taps.len) in
  let z0 = pos c.horz (ocol c i) (mod0 r c.horz.taps.len) in
  if (&&) (ltb y c.vert.isize) (ltb z0 c.horz.isize)
  then iidx c
         (add0 (mul (div (ochan c i) c.cout.len) c.cin.len)
           (div t (kplane c))) y z0
  else max_int

(** val place : linmap -> Uint63.t -> Uint63.t -> Uint63.t **)

let place l i t =
  match l with
  | Dense (_, m, n, _, _, _, _) -> add0 (mul (div i m.len) n.len) t
  | Convolution (c, _, _, _, _) -> conv_place c i t
  | Reindex (_, _, phi, _, _, _) -> entry phi i
  | _ -> i

(** val adds :
    ('a1 -> 'a1 -> 'a1) -> nat -> Uint63.t -> (Uint63.t -> 'a1) -> 'a1 -> 'a1 **)

let rec adds plus n t f a =
  match n with
  | O -> a
  | S n0 -> adds plus n0 (add0 t (Uint63.of_int (1))) f (plus a (f t))

(** val sum_from :
    ('a1 -> 'a1 -> 'a1) -> nat -> (Uint63.t -> 'a1) -> 'a1 option -> 'a1
    option **)

let sum_from plus n f = function
| Some a0 -> Some (adds plus n (Uint63.of_int (0)) f a0)
| None ->
  (match n with
   | O -> None
   | S n0 -> Some (adds plus n0 (Uint63.of_int (1)) f (f (Uint63.of_int (0)))))

(** val product_at :
    'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a2 -> Uint63.t ->
    'a1) -> linmap -> 'a2 -> Uint63.t -> Uint63.t -> 'a1 **)

let product_at zero given times0 read l y i t =
  let k = place l i t in
  times0 (given (factor l i t))
    (if ltb k (in_ext l).len then read y k else zero)

(** val value_in : 'a1 -> 'a1 list -> nat -> 'a1 **)

let value_in lost ys d =
  nth d ys lost

(** val terms_in :
    'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a1 -> 'a1 -> 'a1)
    -> ('a2 -> Uint63.t -> 'a1) -> 'a2 -> term list -> 'a2 list -> Uint63.t
    -> 'a1 option -> 'a1 option **)

let rec terms_in zero given plus times0 read lost ts ys i a =
  match ts with
  | [] -> a
  | t :: ts0 ->
    let (d, l) = t in
    terms_in zero given plus times0 read lost ts0 ys i
      (sum_from plus (products l i)
        (product_at zero given times0 read l (value_in lost ys d) i) a)

(** val affine_in :
    'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a1 -> 'a1 -> 'a1)
    -> ('a2 -> Uint63.t -> 'a1) -> 'a2 -> term list -> farr option -> 'a2
    list -> Uint63.t -> 'a1 **)

let affine_in zero given plus times0 read lost ts b ys i =
  match terms_in zero given plus times0 read lost ts ys i None with
  | Some a -> (match b with
               | Some v -> plus a (given (fget v i))
               | None -> a)
  | None -> (match b with
             | Some v -> given (fget v i)
             | None -> zero)

(** val evaluate :
    'a1 -> (Float64.t -> 'a1) -> ('a1 -> 'a1 -> 'a1) -> ('a1 -> 'a1 -> 'a1)
    -> (unary -> 'a1 -> 'a1) -> (Uint63.t -> (Uint63.t -> 'a1) -> 'a2) ->
    ('a2 -> Uint63.t -> 'a1) -> 'a2 -> (Uint63.t -> 'a1) -> node list -> 'a2
    list **)

let rec evaluate zero given plus times0 call keep read lost x = function
| [] -> []
| n :: ns0 ->
  let ys = evaluate zero given plus times0 call keep read lost x ns0 in
  (keep (ext n).len
    (match n with
     | Input _ -> x
     | Constant (_, c) -> (fun i -> given (fget c i))
     | Affine (_, ts, b) -> affine_in zero given plus times0 read lost ts b ys
     | Unary (f, _, d) ->
       let y = value_in lost ys d in (fun i -> call f (read y i))
     | Product (_, d, d') ->
       let y = value_in lost ys d in
       let y' = value_in lost ys d' in
       (fun i -> times0 (read y i) (read y' i)))) :: ys

(** val relu_by : ('a1 -> 'a1 -> bool) -> 'a1 -> 'a1 -> 'a1 **)

let relu_by le zero x =
  if le x zero then zero else x

type library = unary -> Float64.t -> Float64.t

(** val callF : library -> unary -> Float64.t -> Float64.t **)

let callF lib f x =
  match f with
  | Relu -> relu_by leb0 (Float64.of_float (0x0p+0)) x
  | _ -> r32 (lib f x)

(** val evaluateF : library -> farr -> node list -> farr list **)

let evaluateF lib x =
  evaluate (Float64.of_float (0x0p+0)) r32 add32 mul32 (callF lib) ftab fget
    (ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0)))) 
    (fget x)

(** val is32 : Float64.t -> bool **)

let is32 x =
  (&&) (finb x) ((&&) (finb (r32 x)) (eqb1 (r32 x) x))

(** val row32 : extent -> linmap -> bool **)

let row32 e l =
  allb e (fun i ->
    allR (products l i) (Uint63.of_int (0)) (fun t -> is32 (factor l i t)))

(** val weights32 : node -> bool **)

let weights32 = function
| Constant (e, c) -> allb e (fun i -> is32 (fget c i))
| Affine (e, ts, b) ->
  (&&) (forallb (fun t -> row32 e (snd t)) ts)
    (match b with
     | Some v -> allb e (fun i -> is32 (fget v i))
     | None -> true)
| _ -> true

(** val reference : library -> words -> farr -> (farr list * nat) res **)

let reference lib graph x =
  bind (read_graph graph) (fun net ->
    bind
      (demand (forallb weights32 net.nodes) WrongSemantics
        (Uint63.of_int (0))) (fun _ -> Ok ((evaluateF lib x net.nodes),
      net.output)))

(** val flush32 : Float64.t -> Float64.t **)

let flush32 x =
  if ltb0 (abs x) (Float64.of_float (0x1p-126))
  then mul0 x (Float64.of_float (0x0p+0))
  else x

(** val addz32 : Float64.t -> Float64.t -> Float64.t **)

let addz32 x y =
  flush32 (add32 (flush32 x) (flush32 y))

(** val mulz32 : Float64.t -> Float64.t -> Float64.t **)

let mulz32 x y =
  flush32 (mul32 (flush32 x) (flush32 y))

(** val addz_all : Uint63.t -> farr -> farr -> farr **)

let addz_all =
  zip32 addz32

(** val mulz_all : Uint63.t -> farr -> farr -> farr **)

let mulz_all =
  zip32 mulz32
