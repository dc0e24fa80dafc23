
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

type ('a, 'b) sum =
| Inl of 'a
| Inr of 'b

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

(** val sub : nat -> nat -> nat **)

let rec sub n m =
  match n with
  | O -> n
  | S k -> (match m with
            | O -> n
            | S l -> sub k l)

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

(** val sub0 : Uint63.t -> Uint63.t -> Uint63.t **)

let sub0 = Uint63.sub

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

(** val opp : Float64.t -> Float64.t **)

let opp = Float64.opp

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

(** val sub1 : Float64.t -> Float64.t -> Float64.t **)

let sub1 = Float64.sub

(** val div0 : Float64.t -> Float64.t -> Float64.t **)

let div0 = Float64.div

(** val of_uint63 : Uint63.t -> Float64.t **)

let of_uint63 = Float64.of_uint63

(** val normfr_mantissa : Float64.t -> Uint63.t **)

let normfr_mantissa = Float64.normfr_mantissa

(** val frshiftexp : Float64.t -> Float64.t * Uint63.t **)

let frshiftexp = Float64.frshiftexp

(** val infinity : Float64.t **)

let infinity =
  (Float64.of_float (infinity))

(** val nan : Float64.t **)

let nan =
  (Float64.of_float (nan))

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Nat =
 struct
  (** val eqb : nat -> nat -> bool **)

  let rec eqb n m =
    match n with
    | O -> (match m with
            | O -> true
            | S _ -> false)
    | S n' -> (match m with
               | O -> false
               | S m' -> eqb n' m')

  (** val even : nat -> bool **)

  let rec even = function
  | O -> true
  | S n0 -> (match n0 with
             | O -> false
             | S n' -> even n')
 end

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

type quad = (Float64.t * Float64.t) * (Float64.t * Float64.t)

(** val part : quad -> Uint63.t -> Float64.t **)

let part q r =
  let (p, p0) = q in
  let (q0, q1) = p in
  let (q2, q3) = p0 in
  if eqb0 r (Uint63.of_int (0))
  then q0
  else if eqb0 r (Uint63.of_int (1))
       then q1
       else if eqb0 r (Uint63.of_int (2)) then q2 else q3

(** val ftab4 : Uint63.t -> (Uint63.t -> quad) -> farr **)

let ftab4 = Farray.tab4

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

(** val both : (unit -> 'a1) -> (unit -> 'a2) -> 'a1 * 'a2 **)

let both = Parallel.both

(** val abreast : (unit -> 'a1) -> (unit -> 'a2) -> 'a1 * 'a2 **)

let abreast = Parallel.abreast

(** val fan : bool -> (unit -> 'a1) -> (unit -> 'a2) -> 'a1 * 'a2 **)

let fan pays0 f g =
  if pays0 then abreast f g else ((f ()), (g ()))

(** val parts : nat -> Uint63.t -> (Uint63.t -> Float64.t) -> farr **)

let rec parts k n f =
  match k with
  | O -> ftab n f
  | S k0 ->
    let (even0, odd) =
      abreast (fun _ ->
        parts k0 (div (add0 n (Uint63.of_int (1))) (Uint63.of_int (2)))
          (fun i -> f (mul i (Uint63.of_int (2))))) (fun _ ->
        parts k0 (div n (Uint63.of_int (2))) (fun i ->
          f (add0 (mul i (Uint63.of_int (2))) (Uint63.of_int (1)))))
    in
    ftab n (fun i ->
      fget
        (if eqb0 (mod0 i (Uint63.of_int (2))) (Uint63.of_int (0))
         then even0
         else odd) (div i (Uint63.of_int (2))))

(** val grain : Uint63.t **)

let grain =
  (Uint63.of_int (1000000))

(** val halvings : nat -> Uint63.t -> nat **)

let rec halvings most0 w =
  match most0 with
  | O -> O
  | S most1 ->
    if ltb (div w (Uint63.of_int (2))) grain
    then O
    else S (halvings most1 (div w (Uint63.of_int (2))))

(** val levels : Uint63.t -> nat **)

let levels =
  halvings (S (S (S (S (S (S O))))))

(** val large : Uint63.t -> bool **)

let large w =
  leb grain (div w (Uint63.of_int (2)))

(** val finb : Float64.t -> bool **)

let finb x =
  eqb1 (sub1 x x) (Float64.of_float (0x0p+0))

(** val up : Float64.t -> Float64.t **)

let up s =
  add1 s
    (add1 (mul0 (abs s) (Float64.of_float (0x1p-51)))
      (Float64.of_float (0x0.000000000001p-1022)))

(** val dn : Float64.t -> Float64.t **)

let dn s =
  sub1 s
    (add1 (mul0 (abs s) (Float64.of_float (0x1p-51)))
      (Float64.of_float (0x0.000000000001p-1022)))

(** val maxf : Float64.t -> Float64.t -> Float64.t **)

let maxf x y =
  if leb0 x y then y else x

(** val minf : Float64.t -> Float64.t -> Float64.t **)

let minf x y =
  if leb0 x y then x else y

(** val sided : Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let sided x a b =
  let m = abs x in
  add1 (mul0 (mul0 (add1 x m) (Float64.of_float (0x1p-1))) a)
    (mul0 (mul0 (sub1 x m) (Float64.of_float (0x1p-1))) b)

(** val gamma : Uint63.t -> Float64.t **)

let gamma n =
  if leb n (Uint63.of_int (16777216))
  then mul0 (of_uint63 (add0 n (Uint63.of_int (8))))
         (Float64.of_float (0x1p-52))
  else nan

(** val tiny : Float64.t **)

let tiny =
  (Float64.of_float (0x0.01p-1022))

(** val dot_ones :
    nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t -> Float64.t **)

let rec dot_ones n a i b j acc =
  match n with
  | O -> acc
  | S n0 ->
    dot_ones n0 a (add0 i (Uint63.of_int (1))) b (add0 j (Uint63.of_int (1)))
      (add1 acc (mul0 (fget a i) (fget b j)))

(** val dot_octs :
    nat -> nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t ->
    Float64.t **)

let rec dot_octs n m a i b j acc =
  match n with
  | O -> dot_ones m a i b j acc
  | S n0 ->
    dot_octs n0 m a (add0 i (Uint63.of_int (8))) b
      (add0 j (Uint63.of_int (8)))
      (add1 acc
        (add1
          (add1
            (add1 (mul0 (fget a i) (fget b j))
              (mul0 (fget a (add0 i (Uint63.of_int (1))))
                (fget b (add0 j (Uint63.of_int (1))))))
            (add1
              (mul0 (fget a (add0 i (Uint63.of_int (2))))
                (fget b (add0 j (Uint63.of_int (2)))))
              (mul0 (fget a (add0 i (Uint63.of_int (3))))
                (fget b (add0 j (Uint63.of_int (3)))))))
          (add1
            (add1
              (mul0 (fget a (add0 i (Uint63.of_int (4))))
                (fget b (add0 j (Uint63.of_int (4)))))
              (mul0 (fget a (add0 i (Uint63.of_int (5))))
                (fget b (add0 j (Uint63.of_int (5))))))
            (add1
              (mul0 (fget a (add0 i (Uint63.of_int (6))))
                (fget b (add0 j (Uint63.of_int (6)))))
              (mul0 (fget a (add0 i (Uint63.of_int (7))))
                (fget b (add0 j (Uint63.of_int (7)))))))))

(** val dot : extent -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t **)

let dot e a i b j =
  dot_octs e.octs e.rest a i b j (Float64.of_float (0x0p+0))

(** val zero4 : quad **)

let zero4 =
  (((Float64.of_float (0x0p+0)), (Float64.of_float (0x0p+0))),
    ((Float64.of_float (0x0p+0)), (Float64.of_float (0x0p+0))))

(** val plus4 : quad -> quad -> quad **)

let plus4 p q =
  let (p4, p5) = p in
  let (p0, p1) = p4 in
  let (p2, p3) = p5 in
  let (p6, p7) = q in
  let (q0, q1) = p6 in
  let (q2, q3) = p7 in
  (((add1 p0 q0), (add1 p1 q1)), ((add1 p2 q2), (add1 p3 q3)))

(** val dots_ones :
    nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad -> quad **)

let rec dots_ones n a i d b j acc =
  match n with
  | O -> acc
  | S n0 ->
    let x = fget b j in
    let i1 = add0 i d in
    let i2 = add0 i1 d in
    let i3 = add0 i2 d in
    dots_ones n0 a (add0 i (Uint63.of_int (1))) d b
      (add0 j (Uint63.of_int (1)))
      (plus4 acc (((mul0 (fget a i) x), (mul0 (fget a i1) x)),
        ((mul0 (fget a i2) x), (mul0 (fget a i3) x))))

(** val dots_octs :
    nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad ->
    quad **)

let rec dots_octs n m a i d b j acc =
  match n with
  | O -> dots_ones m a i d b j acc
  | S n0 ->
    let (p, p0) = acc in
    let (s0, s1) = p in
    let (s2, s3) = p0 in
    let x0 = fget b j in
    let x1 = fget b (add0 j (Uint63.of_int (1))) in
    let x2 = fget b (add0 j (Uint63.of_int (2))) in
    let x3 = fget b (add0 j (Uint63.of_int (3))) in
    let x4 = fget b (add0 j (Uint63.of_int (4))) in
    let x5 = fget b (add0 j (Uint63.of_int (5))) in
    let x6 = fget b (add0 j (Uint63.of_int (6))) in
    let x7 = fget b (add0 j (Uint63.of_int (7))) in
    let i1 = add0 i d in
    let i2 = add0 i1 d in
    let i3 = add0 i2 d in
    dots_octs n0 m a (add0 i (Uint63.of_int (8))) d b
      (add0 j (Uint63.of_int (8)))
      (((add1 s0
          (add1
            (add1
              (add1 (mul0 (fget a i) x0)
                (mul0 (fget a (add0 i (Uint63.of_int (1)))) x1))
              (add1 (mul0 (fget a (add0 i (Uint63.of_int (2)))) x2)
                (mul0 (fget a (add0 i (Uint63.of_int (3)))) x3)))
            (add1
              (add1 (mul0 (fget a (add0 i (Uint63.of_int (4)))) x4)
                (mul0 (fget a (add0 i (Uint63.of_int (5)))) x5))
              (add1 (mul0 (fget a (add0 i (Uint63.of_int (6)))) x6)
                (mul0 (fget a (add0 i (Uint63.of_int (7)))) x7))))),
      (add1 s1
        (add1
          (add1
            (add1 (mul0 (fget a i1) x0)
              (mul0 (fget a (add0 i1 (Uint63.of_int (1)))) x1))
            (add1 (mul0 (fget a (add0 i1 (Uint63.of_int (2)))) x2)
              (mul0 (fget a (add0 i1 (Uint63.of_int (3)))) x3)))
          (add1
            (add1 (mul0 (fget a (add0 i1 (Uint63.of_int (4)))) x4)
              (mul0 (fget a (add0 i1 (Uint63.of_int (5)))) x5))
            (add1 (mul0 (fget a (add0 i1 (Uint63.of_int (6)))) x6)
              (mul0 (fget a (add0 i1 (Uint63.of_int (7)))) x7)))))),
      ((add1 s2
         (add1
           (add1
             (add1 (mul0 (fget a i2) x0)
               (mul0 (fget a (add0 i2 (Uint63.of_int (1)))) x1))
             (add1 (mul0 (fget a (add0 i2 (Uint63.of_int (2)))) x2)
               (mul0 (fget a (add0 i2 (Uint63.of_int (3)))) x3)))
           (add1
             (add1 (mul0 (fget a (add0 i2 (Uint63.of_int (4)))) x4)
               (mul0 (fget a (add0 i2 (Uint63.of_int (5)))) x5))
             (add1 (mul0 (fget a (add0 i2 (Uint63.of_int (6)))) x6)
               (mul0 (fget a (add0 i2 (Uint63.of_int (7)))) x7))))),
      (add1 s3
        (add1
          (add1
            (add1 (mul0 (fget a i3) x0)
              (mul0 (fget a (add0 i3 (Uint63.of_int (1)))) x1))
            (add1 (mul0 (fget a (add0 i3 (Uint63.of_int (2)))) x2)
              (mul0 (fget a (add0 i3 (Uint63.of_int (3)))) x3)))
          (add1
            (add1 (mul0 (fget a (add0 i3 (Uint63.of_int (4)))) x4)
              (mul0 (fget a (add0 i3 (Uint63.of_int (5)))) x5))
            (add1 (mul0 (fget a (add0 i3 (Uint63.of_int (6)))) x6)
              (mul0 (fget a (add0 i3 (Uint63.of_int (7)))) x7)))))))

(** val dots :
    extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad **)

let dots e a i d b j =
  dots_octs e.octs e.rest a i d b j zero4

(** val dots3_ones :
    nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Float64.t ->
    Float64.t -> Float64.t -> quad **)

let rec dots3_ones n a i d b j s0 s1 s2 =
  match n with
  | O -> ((s0, s1), (s2, (Float64.of_float (0x0p+0))))
  | S n0 ->
    let x = fget b j in
    let i1 = add0 i d in
    let i2 = add0 i1 d in
    dots3_ones n0 a (add0 i (Uint63.of_int (1))) d b
      (add0 j (Uint63.of_int (1))) (add1 s0 (mul0 (fget a i) x))
      (add1 s1 (mul0 (fget a i1) x)) (add1 s2 (mul0 (fget a i2) x))

(** val dots3_octs :
    nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t ->
    Float64.t -> Float64.t -> Float64.t -> quad **)

let rec dots3_octs n m a i d b j s0 s1 s2 =
  match n with
  | O -> dots3_ones m a i d b j s0 s1 s2
  | S n0 ->
    let x0 = fget b j in
    let x1 = fget b (add0 j (Uint63.of_int (1))) in
    let x2 = fget b (add0 j (Uint63.of_int (2))) in
    let x3 = fget b (add0 j (Uint63.of_int (3))) in
    let x4 = fget b (add0 j (Uint63.of_int (4))) in
    let x5 = fget b (add0 j (Uint63.of_int (5))) in
    let x6 = fget b (add0 j (Uint63.of_int (6))) in
    let x7 = fget b (add0 j (Uint63.of_int (7))) in
    let i1 = add0 i d in
    let i2 = add0 i1 d in
    dots3_octs n0 m a (add0 i (Uint63.of_int (8))) d b
      (add0 j (Uint63.of_int (8)))
      (add1 s0
        (add1
          (add1
            (add1 (mul0 (fget a i) x0)
              (mul0 (fget a (add0 i (Uint63.of_int (1)))) x1))
            (add1 (mul0 (fget a (add0 i (Uint63.of_int (2)))) x2)
              (mul0 (fget a (add0 i (Uint63.of_int (3)))) x3)))
          (add1
            (add1 (mul0 (fget a (add0 i (Uint63.of_int (4)))) x4)
              (mul0 (fget a (add0 i (Uint63.of_int (5)))) x5))
            (add1 (mul0 (fget a (add0 i (Uint63.of_int (6)))) x6)
              (mul0 (fget a (add0 i (Uint63.of_int (7)))) x7)))))
      (add1 s1
        (add1
          (add1
            (add1 (mul0 (fget a i1) x0)
              (mul0 (fget a (add0 i1 (Uint63.of_int (1)))) x1))
            (add1 (mul0 (fget a (add0 i1 (Uint63.of_int (2)))) x2)
              (mul0 (fget a (add0 i1 (Uint63.of_int (3)))) x3)))
          (add1
            (add1 (mul0 (fget a (add0 i1 (Uint63.of_int (4)))) x4)
              (mul0 (fget a (add0 i1 (Uint63.of_int (5)))) x5))
            (add1 (mul0 (fget a (add0 i1 (Uint63.of_int (6)))) x6)
              (mul0 (fget a (add0 i1 (Uint63.of_int (7)))) x7)))))
      (add1 s2
        (add1
          (add1
            (add1 (mul0 (fget a i2) x0)
              (mul0 (fget a (add0 i2 (Uint63.of_int (1)))) x1))
            (add1 (mul0 (fget a (add0 i2 (Uint63.of_int (2)))) x2)
              (mul0 (fget a (add0 i2 (Uint63.of_int (3)))) x3)))
          (add1
            (add1 (mul0 (fget a (add0 i2 (Uint63.of_int (4)))) x4)
              (mul0 (fget a (add0 i2 (Uint63.of_int (5)))) x5))
            (add1 (mul0 (fget a (add0 i2 (Uint63.of_int (6)))) x6)
              (mul0 (fget a (add0 i2 (Uint63.of_int (7)))) x7)))))

(** val dots3 :
    extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> quad **)

let dots3 e a i d b j =
  dots3_octs e.octs e.rest a i d b j (Float64.of_float (0x0p+0))
    (Float64.of_float (0x0p+0)) (Float64.of_float (0x0p+0))

(** val lanes :
    Uint63.t -> extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t ->
    quad **)

let lanes n e a i d b j =
  if ltb (Uint63.of_int (3)) n
  then dots e a i d b j
  else if ltb (Uint63.of_int (2)) n
       then dots3 e a i d b j
       else (((dot e a i b j),
              (if ltb (Uint63.of_int (1)) n
               then dot e a (add0 i d) b j
               else (Float64.of_float (0x0p+0)))),
              ((Float64.of_float (0x0p+0)), (Float64.of_float (0x0p+0))))

(** val dot_strided_ones :
    nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
    Float64.t -> Float64.t **)

let rec dot_strided_ones n a i di b j dj acc =
  match n with
  | O -> acc
  | S n0 ->
    dot_strided_ones n0 a (add0 i di) di b (add0 j dj) dj
      (add1 acc (mul0 (fget a i) (fget b j)))

(** val dot_strided_octs :
    nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t ->
    Uint63.t -> Float64.t -> Float64.t **)

let rec dot_strided_octs n m a i di b j dj acc =
  match n with
  | O -> dot_strided_ones m a i di b j dj acc
  | S n0 ->
    let i1 = add0 i di in
    let i2 = add0 i1 di in
    let i3 = add0 i2 di in
    let i4 = add0 i3 di in
    let i5 = add0 i4 di in
    let i6 = add0 i5 di in
    let i7 = add0 i6 di in
    let j1 = add0 j dj in
    let j2 = add0 j1 dj in
    let j3 = add0 j2 dj in
    let j4 = add0 j3 dj in
    let j5 = add0 j4 dj in
    let j6 = add0 j5 dj in
    let j7 = add0 j6 dj in
    dot_strided_octs n0 m a (add0 i7 di) di b (add0 j7 dj) dj
      (add1 acc
        (add1
          (add1
            (add1 (mul0 (fget a i) (fget b j)) (mul0 (fget a i1) (fget b j1)))
            (add1 (mul0 (fget a i2) (fget b j2))
              (mul0 (fget a i3) (fget b j3))))
          (add1
            (add1 (mul0 (fget a i4) (fget b j4))
              (mul0 (fget a i5) (fget b j5)))
            (add1 (mul0 (fget a i6) (fget b j6))
              (mul0 (fget a i7) (fget b j7))))))

(** val dot_strided :
    extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
    Float64.t **)

let dot_strided e a i di b j dj =
  dot_strided_octs e.octs e.rest a i di b j dj (Float64.of_float (0x0p+0))

(** val widen : Uint63.t -> Float64.t -> Float64.t **)

let widen n s =
  up
    (add1 s
      (up
        (add1 (up (mul0 s (mul0 (gamma n) (Float64.of_float (0x1p+2)))))
          (Float64.of_float (0x0.04p-1022)))))

(** val dot_abs_ones :
    nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t -> Float64.t **)

let rec dot_abs_ones n a i b j acc =
  match n with
  | O -> acc
  | S n0 ->
    dot_abs_ones n0 a (add0 i (Uint63.of_int (1))) b
      (add0 j (Uint63.of_int (1)))
      (add1 acc (abs (mul0 (fget a i) (fget b j))))

(** val dot_abs_octs :
    nat -> nat -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t ->
    Float64.t **)

let rec dot_abs_octs n m a i b j acc =
  match n with
  | O -> dot_abs_ones m a i b j acc
  | S n0 ->
    dot_abs_octs n0 m a (add0 i (Uint63.of_int (8))) b
      (add0 j (Uint63.of_int (8)))
      (add1 acc
        (add1
          (add1
            (add1 (abs (mul0 (fget a i) (fget b j)))
              (abs
                (mul0 (fget a (add0 i (Uint63.of_int (1))))
                  (fget b (add0 j (Uint63.of_int (1)))))))
            (add1
              (abs
                (mul0 (fget a (add0 i (Uint63.of_int (2))))
                  (fget b (add0 j (Uint63.of_int (2))))))
              (abs
                (mul0 (fget a (add0 i (Uint63.of_int (3))))
                  (fget b (add0 j (Uint63.of_int (3))))))))
          (add1
            (add1
              (abs
                (mul0 (fget a (add0 i (Uint63.of_int (4))))
                  (fget b (add0 j (Uint63.of_int (4))))))
              (abs
                (mul0 (fget a (add0 i (Uint63.of_int (5))))
                  (fget b (add0 j (Uint63.of_int (5)))))))
            (add1
              (abs
                (mul0 (fget a (add0 i (Uint63.of_int (6))))
                  (fget b (add0 j (Uint63.of_int (6))))))
              (abs
                (mul0 (fget a (add0 i (Uint63.of_int (7))))
                  (fget b (add0 j (Uint63.of_int (7))))))))))

(** val dot_abs :
    extent -> farr -> Uint63.t -> farr -> Uint63.t -> Float64.t **)

let dot_abs e a i b j =
  widen e.len (dot_abs_octs e.octs e.rest a i b j (Float64.of_float (0x0p+0)))

(** val dot_abs_strided_ones :
    nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
    Float64.t -> Float64.t **)

let rec dot_abs_strided_ones n a i di b j dj acc =
  match n with
  | O -> acc
  | S n0 ->
    dot_abs_strided_ones n0 a (add0 i di) di b (add0 j dj) dj
      (add1 acc (abs (mul0 (fget a i) (fget b j))))

(** val dot_abs_strided_octs :
    nat -> nat -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t ->
    Uint63.t -> Float64.t -> Float64.t **)

let rec dot_abs_strided_octs n m a i di b j dj acc =
  match n with
  | O -> dot_abs_strided_ones m a i di b j dj acc
  | S n0 ->
    let i1 = add0 i di in
    let i2 = add0 i1 di in
    let i3 = add0 i2 di in
    let i4 = add0 i3 di in
    let i5 = add0 i4 di in
    let i6 = add0 i5 di in
    let i7 = add0 i6 di in
    let j1 = add0 j dj in
    let j2 = add0 j1 dj in
    let j3 = add0 j2 dj in
    let j4 = add0 j3 dj in
    let j5 = add0 j4 dj in
    let j6 = add0 j5 dj in
    let j7 = add0 j6 dj in
    dot_abs_strided_octs n0 m a (add0 i7 di) di b (add0 j7 dj) dj
      (add1 acc
        (add1
          (add1
            (add1 (abs (mul0 (fget a i) (fget b j)))
              (abs (mul0 (fget a i1) (fget b j1))))
            (add1 (abs (mul0 (fget a i2) (fget b j2)))
              (abs (mul0 (fget a i3) (fget b j3)))))
          (add1
            (add1 (abs (mul0 (fget a i4) (fget b j4)))
              (abs (mul0 (fget a i5) (fget b j5))))
            (add1 (abs (mul0 (fget a i6) (fget b j6)))
              (abs (mul0 (fget a i7) (fget b j7)))))))

(** val dot_abs_strided :
    extent -> farr -> Uint63.t -> Uint63.t -> farr -> Uint63.t -> Uint63.t ->
    Float64.t **)

let dot_abs_strided e a i di b j dj =
  widen e.len
    (dot_abs_strided_octs e.octs e.rest a i di b j dj
      (Float64.of_float (0x0p+0)))

(** val dot_sel_ones :
    nat -> farr -> farr -> farr -> Uint63.t -> Float64.t -> Float64.t **)

let rec dot_sel_ones n a p q i acc =
  match n with
  | O -> acc
  | S n0 ->
    dot_sel_ones n0 a p q (add0 i (Uint63.of_int (1)))
      (add1 acc (sided (fget a i) (fget p i) (fget q i)))

(** val dot_sel_octs :
    nat -> nat -> farr -> farr -> farr -> Uint63.t -> Float64.t -> Float64.t **)

let rec dot_sel_octs n m a p q i acc =
  match n with
  | O -> dot_sel_ones m a p q i acc
  | S n0 ->
    dot_sel_octs n0 m a p q (add0 i (Uint63.of_int (8)))
      (add1 acc
        (add1
          (add1
            (add1 (sided (fget a i) (fget p i) (fget q i))
              (sided (fget a (add0 i (Uint63.of_int (1))))
                (fget p (add0 i (Uint63.of_int (1))))
                (fget q (add0 i (Uint63.of_int (1))))))
            (add1
              (sided (fget a (add0 i (Uint63.of_int (2))))
                (fget p (add0 i (Uint63.of_int (2))))
                (fget q (add0 i (Uint63.of_int (2)))))
              (sided (fget a (add0 i (Uint63.of_int (3))))
                (fget p (add0 i (Uint63.of_int (3))))
                (fget q (add0 i (Uint63.of_int (3)))))))
          (add1
            (add1
              (sided (fget a (add0 i (Uint63.of_int (4))))
                (fget p (add0 i (Uint63.of_int (4))))
                (fget q (add0 i (Uint63.of_int (4)))))
              (sided (fget a (add0 i (Uint63.of_int (5))))
                (fget p (add0 i (Uint63.of_int (5))))
                (fget q (add0 i (Uint63.of_int (5))))))
            (add1
              (sided (fget a (add0 i (Uint63.of_int (6))))
                (fget p (add0 i (Uint63.of_int (6))))
                (fget q (add0 i (Uint63.of_int (6)))))
              (sided (fget a (add0 i (Uint63.of_int (7))))
                (fget p (add0 i (Uint63.of_int (7))))
                (fget q (add0 i (Uint63.of_int (7)))))))))

(** val dot_sel : extent -> farr -> farr -> farr -> Float64.t **)

let dot_sel e a p q =
  dot_sel_octs e.octs e.rest a p q (Uint63.of_int (0))
    (Float64.of_float (0x0p+0))

(** val sum_abs_ones : nat -> farr -> Uint63.t -> Float64.t -> Float64.t **)

let rec sum_abs_ones n a i acc =
  match n with
  | O -> acc
  | S n0 ->
    sum_abs_ones n0 a (add0 i (Uint63.of_int (1))) (add1 acc (abs (fget a i)))

(** val sum_abs_octs :
    nat -> nat -> farr -> Uint63.t -> Float64.t -> Float64.t **)

let rec sum_abs_octs n m a i acc =
  match n with
  | O -> sum_abs_ones m a i acc
  | S n0 ->
    sum_abs_octs n0 m a (add0 i (Uint63.of_int (8)))
      (add1 acc
        (add1
          (add1
            (add1 (abs (fget a i))
              (abs (fget a (add0 i (Uint63.of_int (1))))))
            (add1 (abs (fget a (add0 i (Uint63.of_int (2)))))
              (abs (fget a (add0 i (Uint63.of_int (3)))))))
          (add1
            (add1 (abs (fget a (add0 i (Uint63.of_int (4)))))
              (abs (fget a (add0 i (Uint63.of_int (5))))))
            (add1 (abs (fget a (add0 i (Uint63.of_int (6)))))
              (abs (fget a (add0 i (Uint63.of_int (7)))))))))

(** val sum_abs_f : extent -> farr -> Float64.t **)

let sum_abs_f e a =
  widen e.len
    (sum_abs_octs e.octs e.rest a (Uint63.of_int (0))
      (Float64.of_float (0x0p+0)))

type picks =
| Done
| One of Uint63.t * picks
| Four of Uint63.t * Uint63.t * Uint63.t * Uint63.t * picks
| Eight of Uint63.t * Uint63.t * Uint63.t * Uint63.t * Uint63.t * Uint63.t
   * Uint63.t * Uint63.t * picks

(** val nonzeros :
    nat -> Uint63.t -> farr -> Uint63.t list -> Uint63.t list **)

let rec nonzeros n i a found =
  match n with
  | O -> found
  | S n0 ->
    nonzeros n0 (add0 i (Uint63.of_int (1))) a
      (if eqb1 (fget a i) (Float64.of_float (0x0p+0))
       then found
       else i :: found)

(** val fours : Uint63.t list -> picks -> picks **)

let rec fours l p =
  match l with
  | [] -> p
  | i :: l0 ->
    (match l0 with
     | [] -> fours l0 (One (i, p))
     | i1 :: l1 ->
       (match l1 with
        | [] -> fours l0 (One (i, p))
        | i2 :: l2 ->
          (match l2 with
           | [] -> fours l0 (One (i, p))
           | i3 :: l3 -> fours l3 (Four (i, i1, i2, i3, p)))))

(** val eights : Uint63.t list -> picks -> picks **)

let rec eights l p =
  match l with
  | [] -> fours l p
  | i0 :: l0 ->
    (match l0 with
     | [] -> fours l p
     | i1 :: l1 ->
       (match l1 with
        | [] -> fours l p
        | i2 :: l2 ->
          (match l2 with
           | [] -> fours l p
           | i3 :: l3 ->
             (match l3 with
              | [] -> fours l p
              | i4 :: l4 ->
                (match l4 with
                 | [] -> fours l p
                 | i5 :: l5 ->
                   (match l5 with
                    | [] -> fours l p
                    | i6 :: l6 ->
                      (match l6 with
                       | [] -> fours l p
                       | i7 :: l7 ->
                         eights l7 (Eight (i0, i1, i2, i3, i4, i5, i6, i7, p)))))))))

(** val nonzero : extent -> farr -> picks **)

let nonzero e a =
  eights (nonzeros e.fuel (Uint63.of_int (0)) a []) Done

(** val dot_at :
    picks -> farr -> farr -> Uint63.t -> Float64.t -> Float64.t **)

let rec dot_at p a b j s =
  match p with
  | Done -> s
  | One (i, p0) ->
    dot_at p0 a b j (add1 s (mul0 (fget b (add0 j i)) (fget a i)))
  | Four (i0, i1, i2, i3, p0) ->
    dot_at p0 a b j
      (add1 s
        (add1
          (add1 (mul0 (fget b (add0 j i0)) (fget a i0))
            (mul0 (fget b (add0 j i1)) (fget a i1)))
          (add1 (mul0 (fget b (add0 j i2)) (fget a i2))
            (mul0 (fget b (add0 j i3)) (fget a i3)))))
  | Eight (i0, i1, i2, i3, i4, i5, i6, i7, p0) ->
    dot_at p0 a b j
      (add1 s
        (add1
          (add1
            (add1 (mul0 (fget b (add0 j i0)) (fget a i0))
              (mul0 (fget b (add0 j i1)) (fget a i1)))
            (add1 (mul0 (fget b (add0 j i2)) (fget a i2))
              (mul0 (fget b (add0 j i3)) (fget a i3))))
          (add1
            (add1 (mul0 (fget b (add0 j i4)) (fget a i4))
              (mul0 (fget b (add0 j i5)) (fget a i5)))
            (add1 (mul0 (fget b (add0 j i6)) (fget a i6))
              (mul0 (fget b (add0 j i7)) (fget a i7))))))

(** val dots_at :
    picks -> farr -> farr -> Uint63.t -> Uint63.t -> Float64.t -> Float64.t
    -> Float64.t -> Float64.t -> quad **)

let rec dots_at p a b j d s0 s1 s2 s3 =
  match p with
  | Done -> ((s0, s1), (s2, s3))
  | One (i, p0) ->
    let x = fget a i in
    let k = add0 j i in
    dots_at p0 a b j d (add1 s0 (mul0 (fget b k) x))
      (add1 s1 (mul0 (fget b (add0 k d)) x))
      (add1 s2 (mul0 (fget b (add0 (add0 k d) d)) x))
      (add1 s3 (mul0 (fget b (add0 (add0 (add0 k d) d) d)) x))
  | Four (i0, i1, i2, i3, p0) ->
    let x0 = fget a i0 in
    let x1 = fget a i1 in
    let x2 = fget a i2 in
    let x3 = fget a i3 in
    let j1 = add0 j d in
    let j2 = add0 j1 d in
    let j3 = add0 j2 d in
    dots_at p0 a b j d
      (add1 s0
        (add1
          (add1 (mul0 (fget b (add0 j i0)) x0) (mul0 (fget b (add0 j i1)) x1))
          (add1 (mul0 (fget b (add0 j i2)) x2) (mul0 (fget b (add0 j i3)) x3))))
      (add1 s1
        (add1
          (add1 (mul0 (fget b (add0 j1 i0)) x0)
            (mul0 (fget b (add0 j1 i1)) x1))
          (add1 (mul0 (fget b (add0 j1 i2)) x2)
            (mul0 (fget b (add0 j1 i3)) x3))))
      (add1 s2
        (add1
          (add1 (mul0 (fget b (add0 j2 i0)) x0)
            (mul0 (fget b (add0 j2 i1)) x1))
          (add1 (mul0 (fget b (add0 j2 i2)) x2)
            (mul0 (fget b (add0 j2 i3)) x3))))
      (add1 s3
        (add1
          (add1 (mul0 (fget b (add0 j3 i0)) x0)
            (mul0 (fget b (add0 j3 i1)) x1))
          (add1 (mul0 (fget b (add0 j3 i2)) x2)
            (mul0 (fget b (add0 j3 i3)) x3))))
  | Eight (i0, i1, i2, i3, i4, i5, i6, i7, p0) ->
    let x0 = fget a i0 in
    let x1 = fget a i1 in
    let x2 = fget a i2 in
    let x3 = fget a i3 in
    let x4 = fget a i4 in
    let x5 = fget a i5 in
    let x6 = fget a i6 in
    let x7 = fget a i7 in
    let j1 = add0 j d in
    let j2 = add0 j1 d in
    let j3 = add0 j2 d in
    dots_at p0 a b j d
      (add1 s0
        (add1
          (add1
            (add1 (mul0 (fget b (add0 j i0)) x0)
              (mul0 (fget b (add0 j i1)) x1))
            (add1 (mul0 (fget b (add0 j i2)) x2)
              (mul0 (fget b (add0 j i3)) x3)))
          (add1
            (add1 (mul0 (fget b (add0 j i4)) x4)
              (mul0 (fget b (add0 j i5)) x5))
            (add1 (mul0 (fget b (add0 j i6)) x6)
              (mul0 (fget b (add0 j i7)) x7)))))
      (add1 s1
        (add1
          (add1
            (add1 (mul0 (fget b (add0 j1 i0)) x0)
              (mul0 (fget b (add0 j1 i1)) x1))
            (add1 (mul0 (fget b (add0 j1 i2)) x2)
              (mul0 (fget b (add0 j1 i3)) x3)))
          (add1
            (add1 (mul0 (fget b (add0 j1 i4)) x4)
              (mul0 (fget b (add0 j1 i5)) x5))
            (add1 (mul0 (fget b (add0 j1 i6)) x6)
              (mul0 (fget b (add0 j1 i7)) x7)))))
      (add1 s2
        (add1
          (add1
            (add1 (mul0 (fget b (add0 j2 i0)) x0)
              (mul0 (fget b (add0 j2 i1)) x1))
            (add1 (mul0 (fget b (add0 j2 i2)) x2)
              (mul0 (fget b (add0 j2 i3)) x3)))
          (add1
            (add1 (mul0 (fget b (add0 j2 i4)) x4)
              (mul0 (fget b (add0 j2 i5)) x5))
            (add1 (mul0 (fget b (add0 j2 i6)) x6)
              (mul0 (fget b (add0 j2 i7)) x7)))))
      (add1 s3
        (add1
          (add1
            (add1 (mul0 (fget b (add0 j3 i0)) x0)
              (mul0 (fget b (add0 j3 i1)) x1))
            (add1 (mul0 (fget b (add0 j3 i2)) x2)
              (mul0 (fget b (add0 j3 i3)) x3)))
          (add1
            (add1 (mul0 (fget b (add0 j3 i4)) x4)
              (mul0 (fget b (add0 j3 i5)) x5))
            (add1 (mul0 (fget b (add0 j3 i6)) x6)
              (mul0 (fget b (add0 j3 i7)) x7)))))

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

(** val get_nonneg : words -> Uint63.t -> reason -> Float64.t res **)

let get_nonneg f p w =
  bind (get_float f p) (fun x ->
    if leb0 (Float64.of_float (0x0p+0)) x
    then Ok x
    else Err (w, p, x, (Float64.of_float (0x0p+0))))

(** val to_int : Float64.t -> Uint63.t option **)

let to_int x =
  if eqb1 x (Float64.of_float (0x0p+0))
  then Some (Uint63.of_int (0))
  else if (&&) (leb0 (Float64.of_float (0x1p+0)) x)
            (ltb0 x (Float64.of_float (0x1p+53)))
       then let (m, e) = frshiftexp x in
            let n = lsr0 (normfr_mantissa m) (sub0 (Uint63.of_int (2154)) e)
            in
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
              bind (all_finite (nat_of few) f (sub0 (add0 p n) few))
                (fun _ -> Ok (ftab n (fun i -> f.word (add0 p i)))))
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
    else counts n0 (sub0 i (Uint63.of_int (1)))

(** val wf_ext : extent -> bool **)

let wf_ext e =
  (&&) (ok_len e.len)
    ((&&) (counts e.fuel e.len)
      ((&&) (counts e.octs (lsr0 e.len (Uint63.of_int (3))))
        (counts e.rest (land0 e.len (Uint63.of_int (7))))))

(** val accR : nat -> Uint63.t -> (Uint63.t -> 'a1 -> 'a1) -> 'a1 -> 'a1 **)

let rec accR n i f acc =
  match n with
  | O -> acc
  | S n0 -> accR n0 (add0 i (Uint63.of_int (1))) f (f i acc)

(** val accF : extent -> (Uint63.t -> 'a1 -> 'a1) -> 'a1 -> 'a1 **)

let accF e f acc =
  accR e.fuel (Uint63.of_int (0)) f acc

(** val sum_strided :
    nat -> farr -> Uint63.t -> Uint63.t -> Float64.t -> Float64.t **)

let rec sum_strided n a i d s =
  match n with
  | O -> s
  | S n0 ->
    (match n0 with
     | O -> sum_strided n0 a (add0 i d) d (add1 s (fget a i))
     | S n1 ->
       (match n1 with
        | O -> sum_strided n0 a (add0 i d) d (add1 s (fget a i))
        | S n2 ->
          (match n2 with
           | O -> sum_strided n0 a (add0 i d) d (add1 s (fget a i))
           | S n3 ->
             let i1 = add0 i d in
             let i2 = add0 i1 d in
             let i3 = add0 i2 d in
             sum_strided n3 a (add0 i3 d) d
               (add1 s
                 (add1 (add1 (fget a i) (fget a i1))
                   (add1 (fget a i2) (fget a i3)))))))

(** val divide : Uint63.t -> Uint63.t -> Uint63.t **)

let divide a b =
  if ltb a b then (Uint63.of_int (0)) else div a b

(** val inv : Uint63.t -> Uint63.t **)

let inv d =
  add0 (div (Uint63.of_int (4398046511104)) d) (Uint63.of_int (1))

(** val div_by : Uint63.t -> Uint63.t -> Uint63.t **)

let div_by m a =
  lsr0 (mul a m) (Uint63.of_int (42))

(** val odd_bits : Uint63.t -> Uint63.t -> Uint63.t -> bool **)

let odd_bits m d z0 =
  (&&) (eqb0 (land0 d m) (Uint63.of_int (0)))
    (negb (eqb0 (land0 z0 m) (Uint63.of_int (0))))

(** val quot : Uint63.t -> Uint63.t -> Uint63.t **)

let quot d z0 =
  if eqb0 d (Uint63.of_int (1))
  then z0
  else if eqb0 d (Uint63.of_int (2))
       then if eqb0 (land0 z0 (Uint63.of_int (1))) (Uint63.of_int (0))
            then lsr0 z0 (Uint63.of_int (1))
            else max_int
       else if (||)
                 ((||) (odd_bits (Uint63.of_int (15)) d z0)
                   (odd_bits (Uint63.of_int (3)) d z0))
                 (ltb (Uint63.of_int (4398046511104)) z0)
            then max_int
            else let q = div z0 d in if eqb0 (mul q d) z0 then q else max_int

type axis = { isize : Uint63.t; osize : Uint63.t; taps : extent;
              stride : Uint63.t; pad : Uint63.t; dil : Uint63.t }

(** val pos : axis -> Uint63.t -> Uint63.t -> Uint63.t **)

let pos a o t =
  sub0 (add0 (mul o a.stride) (mul t a.dil)) a.pad

(** val src : axis -> Uint63.t -> Uint63.t -> Uint63.t **)

let src a t y =
  quot a.stride (sub0 (add0 y a.pad) (mul t a.dil))

(** val tap : axis -> Uint63.t -> Uint63.t -> Uint63.t **)

let tap a o y =
  quot a.dil (sub0 (add0 y a.pad) (mul o a.stride))

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

(** val ichan : conv -> Uint63.t -> Uint63.t **)

let ichan c k =
  div (div k c.horz.isize) c.vert.isize

(** val irow : conv -> Uint63.t -> Uint63.t **)

let irow c k =
  mod0 (div k c.horz.isize) c.vert.isize

(** val icol : conv -> Uint63.t -> Uint63.t **)

let icol c k =
  mod0 k c.horz.isize

(** val taps_fold :
    conv -> (Uint63.t -> Uint63.t) -> (Uint63.t -> Uint63.t) -> Uint63.t ->
    Uint63.t -> (Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> 'a1 -> 'a1)
    -> 'a1 -> 'a1 **)

let taps_fold c py px ny nx f start =
  accF c.vert.taps (fun ky acc ->
    let y = py ky in
    if ltb y ny
    then accF c.horz.taps (fun kx acc0 ->
           let z0 = px kx in if ltb z0 nx then f y z0 ky kx acc0 else acc0)
           acc
    else acc) start

(** val conv_dot : conv -> farr -> farr -> Uint63.t -> Float64.t **)

let conv_dot c w x i =
  let oc = ochan c i in
  let first = mul (div oc c.cout.len) c.cin.len in
  taps_fold c (pos c.vert (orow c i)) (pos c.horz (ocol c i)) c.vert.isize
    c.horz.isize (fun y z0 ky kx acc ->
    add1 acc
      (dot_strided c.cin w (widx c oc (Uint63.of_int (0)) ky kx) (kplane c) x
        (iidx c first y z0) (iplane c))) (Float64.of_float (0x0p+0))

(** val conv_abs : conv -> farr -> farr -> Uint63.t -> Float64.t **)

let conv_abs c w x i =
  let oc = ochan c i in
  let first = mul (div oc c.cout.len) c.cin.len in
  taps_fold c (pos c.vert (orow c i)) (pos c.horz (ocol c i)) c.vert.isize
    c.horz.isize (fun y z0 ky kx acc ->
    up
      (add1 acc
        (dot_abs_strided c.cin w (widx c oc (Uint63.of_int (0)) ky kx)
          (kplane c) x (iidx c first y z0) (iplane c))))
    (Float64.of_float (0x0p+0))

(** val conv_turn : conv -> farr -> farr **)

let conv_turn c lam =
  let n = ochans c in
  let p = oplane c in
  let n4 = lsr0 n (Uint63.of_int (2)) in
  if eqb0 (mul n4 (Uint63.of_int (4))) n
  then let m = inv n4 in
       ftab4 (conv_out c) (fun b ->
         let q = div_by m b in
         let i = add0 (mul (mul (sub0 b (mul q n4)) (Uint63.of_int (4))) p) q
         in
         let i1 = add0 i p in
         let i2 = add0 i1 p in
         (((fget lam i), (fget lam i1)), ((fget lam i2),
         (fget lam (add0 i2 p)))))
  else let m = inv n in
       ftab (conv_out c) (fun t ->
         let q = div_by m t in fget lam (add0 (mul (sub0 t (mul q n)) p) q))

(** val zeros : nat -> farr -> Uint63.t -> bool **)

let rec zeros n a i =
  match n with
  | O -> true
  | S n0 ->
    if eqb1 (fget a i) (Float64.of_float (0x0p+0))
    then zeros n0 a (add0 i (Uint63.of_int (1)))
    else false

(** val conv_live : conv -> farr -> farr **)

let conv_live c turned =
  let n = ochans c in
  let f = nat_of n in
  ftab (oplane c) (fun p ->
    if zeros f turned (mul p n)
    then (Float64.of_float (0x0p+0))
    else (Float64.of_float (0x1p+0)))

(** val marks :
    Uint63.t -> Uint63.t -> (Uint63.t -> Uint63.t -> bool) -> farr **)

let marks n m dark =
  let f = nat_of m in
  ftab n (fun i ->
    if allR f (Uint63.of_int (0)) (fun j -> dark i j)
    then (Float64.of_float (0x0p+0))
    else (Float64.of_float (0x1p+0)))

(** val conv_rows : conv -> farr -> farr **)

let conv_rows c live =
  marks c.vert.osize c.horz.osize (fun oy ox ->
    eqb1 (fget live (add0 (mul oy c.horz.osize) ox))
      (Float64.of_float (0x0p+0)))

(** val conv_cols : conv -> farr -> farr **)

let conv_cols c live =
  marks c.horz.osize c.vert.osize (fun ox oy ->
    eqb1 (fget live (add0 (mul oy c.horz.osize) ox))
      (Float64.of_float (0x0p+0)))

type met =
| Nowhere
| Met of Uint63.t * Uint63.t * met

(** val met_to :
    nat -> Uint63.t -> (Uint63.t -> Uint63.t) -> (Uint63.t -> bool) -> met ->
    met **)

let rec met_to n t reached lit found =
  match n with
  | O -> found
  | S n0 ->
    let o = reached t in
    met_to n0 (sub0 t (Uint63.of_int (1))) reached lit
      (if lit o then Met (t, o, found) else found)

(** val met_at : axis -> farr -> Uint63.t -> met **)

let met_at a lit y =
  met_to a.taps.fuel (sub0 a.taps.len (Uint63.of_int (1))) (fun t ->
    src a t y) (fun o ->
    if ltb o a.osize
    then negb (eqb1 (fget lit o) (Float64.of_float (0x0p+0)))
    else false) Nowhere

(** val meets : axis -> farr -> met table **)

let meets a lit =
  tabulate a.isize Nowhere (met_at a lit)

(** val back_row :
    extent -> farr -> farr -> farr -> Uint63.t -> Uint63.t -> Uint63.t ->
    Uint63.t -> Uint63.t -> Uint63.t -> met -> quad -> quad **)

let rec back_row co wt turned live n d first ch i p h acc =
  match h with
  | Nowhere -> acc
  | Met (kx, ox, h0) ->
    let q = add0 p ox in
    back_row co wt turned live n d first ch i p h0
      (if eqb1 (fget live q) (Float64.of_float (0x0p+0))
       then acc
       else plus4 acc
              (lanes n co wt (add0 i (mul kx co.len)) d turned
                (add0 (mul q ch) first)))

(** val back_rows :
    extent -> farr -> farr -> farr -> Uint63.t -> Uint63.t -> Uint63.t ->
    Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> met -> met -> quad -> quad **)

let rec back_rows co wt turned live n d first rowed ch wide base v h acc =
  match v with
  | Nowhere -> acc
  | Met (ky, oy, v0) ->
    back_rows co wt turned live n d first rowed ch wide base v0 h
      (back_row co wt turned live n d first ch (add0 base (mul ky rowed))
        (mul oy wide) h acc)

(** val back_at :
    extent -> farr -> farr -> farr -> met table -> met table -> Uint63.t ->
    Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t ->
    Uint63.t -> Uint63.t -> quad **)

let back_at co wt turned live metv meth n d first rowed ch wide base y x =
  match entry metv y with
  | Nowhere -> zero4
  | Met (t, o, more) ->
    (match entry meth x with
     | Nowhere -> zero4
     | Met (t0, o0, more0) ->
       back_rows co wt turned live n d first rowed ch wide base (Met (t, o,
         more)) (Met (t0, o0, more0)) zero4)

(** val blocks : conv -> Uint63.t **)

let blocks c =
  div (add0 c.cin.len (Uint63.of_int (3))) (Uint63.of_int (4))

(** val bchans : conv -> Uint63.t **)

let bchans c =
  mul c.groups (blocks c)

(** val channel_quads :
    conv -> farr -> farr -> farr -> met table -> met table -> farr **)

let channel_quads c wt turned live metv meth =
  let co = c.cout in
  let ci = c.cin.len in
  let s = blocks c in
  let p = iplane c in
  let w = c.horz.isize in
  let per = mul (kplane c) co.len in
  let rowed = mul c.horz.taps.len co.len in
  let ch = ochans c in
  let wide = c.horz.osize in
  let mp = inv p in
  let mw = inv w in
  ftab4 (mul (mul (bchans c) p) (Uint63.of_int (4))) (fun b ->
    let r = div_by mp b in
    let at_p = sub0 b (mul r p) in
    let y = div_by mw at_p in
    let g = divide r s in
    let j = mul (sub0 r (mul g s)) (Uint63.of_int (4)) in
    back_at co wt turned live metv meth (sub0 ci j) per (mul g co.len) rowed
      ch wide (mul (add0 (mul g ci) j) per) y (sub0 at_p (mul y w)))

(** val quad_index :
    Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let quad_index n s plane0 ic p =
  let g = divide ic n in
  let j = sub0 ic (mul g n) in
  add0
    (mul (add0 (mul (add0 (mul g s) (lsr0 j (Uint63.of_int (2)))) plane0) p)
      (Uint63.of_int (4))) (land0 j (Uint63.of_int (3)))

(** val from_quads : conv -> farr -> farr **)

let from_quads c q =
  let n = c.cin.len in
  let s = blocks c in
  let p = iplane c in
  let p4 = lsr0 p (Uint63.of_int (2)) in
  if eqb0 (mul p4 (Uint63.of_int (4))) p
  then let m = inv p4 in
       ftab4 (conv_in c) (fun b ->
         let ic = div_by m b in
         let i =
           quad_index n s p ic (mul (sub0 b (mul ic p4)) (Uint63.of_int (4)))
         in
         (((fget q i), (fget q (add0 i (Uint63.of_int (4))))),
         ((fget q (add0 i (Uint63.of_int (8)))),
         (fget q (add0 i (Uint63.of_int (12)))))))
  else let m = inv p in
       ftab (conv_in c) (fun k ->
         let ic = div_by m k in
         fget q (quad_index n s p ic (sub0 k (mul ic p))))

(** val ahead : Uint63.t -> met -> met -> bool **)

let rec ahead r h h' =
  match h with
  | Nowhere -> (match h' with
                | Nowhere -> true
                | Met (_, _, _) -> false)
  | Met (t, o, h0) ->
    (match h' with
     | Nowhere -> false
     | Met (t', o', h'0) ->
       (&&) (eqb0 (add0 t r) t') ((&&) (eqb0 o o') (ahead r h0 h'0)))

(** val patches : conv -> met table -> bool **)

let patches c meth =
  let w = c.horz.isize in
  let w4 = lsr0 w (Uint63.of_int (2)) in
  (&&) (eqb0 (mul w4 (Uint63.of_int (4))) w)
    (allR (nat_of w4) (Uint63.of_int (0)) (fun i ->
      let x = mul i (Uint63.of_int (4)) in
      let h = entry meth x in
      (&&)
        (ahead (Uint63.of_int (1)) h
          (entry meth (add0 x (Uint63.of_int (1)))))
        ((&&)
          (ahead (Uint63.of_int (2)) h
            (entry meth (add0 x (Uint63.of_int (2)))))
          (ahead (Uint63.of_int (3)) h
            (entry meth (add0 x (Uint63.of_int (3))))))))

(** val column_quads :
    conv -> farr -> farr -> farr -> met table -> met table -> farr **)

let column_quads c wt turned live metv meth =
  let co = c.cout in
  let ci = c.cin.len in
  let w4 = lsr0 c.horz.isize (Uint63.of_int (2)) in
  let p4 = mul c.vert.isize w4 in
  let per = mul (kplane c) co.len in
  let rowed = mul c.horz.taps.len co.len in
  let ch = ochans c in
  let wide = c.horz.osize in
  let mp = inv p4 in
  let mw = inv w4 in
  ftab4 (conv_in c) (fun b ->
    let ic = div_by mp b in
    let at_p = sub0 b (mul ic p4) in
    let y = div_by mw at_p in
    back_at co wt turned live metv meth (Uint63.of_int (4)) co.len
      (mul (divide ic ci) co.len) rowed ch wide (mul ic per) y
      (mul (sub0 at_p (mul y w4)) (Uint63.of_int (4))))

(** val conv_back : conv -> farr -> farr -> farr **)

let conv_back c wt y =
  let turned = conv_turn c y in
  let live = conv_live c turned in
  let metv = meets c.vert (conv_rows c live) in
  let meth = meets c.horz (conv_cols c live) in
  if patches c meth
  then column_quads c wt turned live metv meth
  else from_quads c (channel_quads c wt turned live metv meth)

(** val conv_entry :
    'a1 -> conv -> (Uint63.t -> 'a1) -> Uint63.t -> Uint63.t -> 'a1 **)

let conv_entry zero c w i k =
  let oc = ochan c i in
  let ic = ichan c k in
  let ky = tap c.vert (orow c i) (irow c k) in
  let kx = tap c.horz (ocol c i) (icol c k) in
  if (&&) (eqb0 (div oc c.cout.len) (div ic c.cin.len))
       ((&&) (ltb ky c.vert.taps.len) (ltb kx c.horz.taps.len))
  then w (widx c oc (mod0 ic c.cin.len) ky kx)
  else zero

(** val conv_row :
    conv -> farr -> (Float64.t -> Float64.t) -> Uint63.t -> farr **)

let conv_row c w sign i =
  let oc = ochan c i in
  let oy = orow c i in
  let ox = ocol c i in
  let g = div oc c.cout.len in
  let kh = c.vert.taps.len in
  let kw = c.horz.taps.len in
  let tv = tabulate c.vert.isize max_int (tap c.vert oy) in
  let th = tabulate c.horz.isize max_int (tap c.horz ox) in
  ftab (conv_in c) (fun k ->
    let q = div k c.horz.isize in
    let kx = entry th (sub0 k (mul q c.horz.isize)) in
    let found =
      if ltb kx kw
      then let ic = div q c.vert.isize in
           let ky = entry tv (sub0 q (mul ic c.vert.isize)) in
           if ltb ky kh
           then let h = divide ic c.cin.len in
                if eqb0 g h
                then fget w (widx c oc (sub0 ic (mul h c.cin.len)) ky kx)
                else (Float64.of_float (0x0p+0))
           else (Float64.of_float (0x0p+0))
      else (Float64.of_float (0x0p+0))
    in
    sign found)

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
    fget w (widx c (add0 (mul g co) j) (sub0 ic (mul g c.cin.len)) ky kx))

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

let dense rows0 m n w =
  Dense (rows0, (extent_of m), (extent_of n), (extent_of (mul rows0 n)),
    (extent_of (mul rows0 m)), w,
    (ftab (mul n m) (fun t ->
      let k = div t m in fget w (add0 (mul (sub0 t (mul k m)) n) k))))

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

(** val applyF : linmap -> farr -> Uint63.t -> Float64.t **)

let applyF l c i =
  match l with
  | Signed (minus, _) -> if minus then opp (fget c i) else fget c i
  | Diag (_, w) -> mul0 (fget w i) (fget c i)
  | Dense (_, m, n, _, _, w, _) ->
    let a = div i m.len in
    dot n w (mul (sub0 i (mul a m.len)) n.len) c (mul a n.len)
  | Convolution (v, _, _, w, _) -> conv_dot v w c i
  | Reindex (ein, _, phi, _, _, _) ->
    let k = entry phi i in
    if ltb k ein.len then fget c k else (Float64.of_float (0x0p+0))

(** val absF : linmap -> farr -> Uint63.t -> Float64.t **)

let absF l r i =
  match l with
  | Signed (_, _) -> abs (fget r i)
  | Diag (_, w) -> up (mul0 (abs (fget w i)) (abs (fget r i)))
  | Dense (_, m, n, _, _, w, _) ->
    let a = div i m.len in
    dot_abs n w (mul (sub0 i (mul a m.len)) n.len) r (mul a n.len)
  | Convolution (v, _, _, w, _) -> conv_abs v w r i
  | Reindex (ein, _, phi, _, _, _) ->
    let k = entry phi i in
    if ltb k ein.len then abs (fget r k) else (Float64.of_float (0x0p+0))

(** val transF : linmap -> farr -> Uint63.t -> Float64.t **)

let transF l y k =
  match l with
  | Signed (minus, _) -> if minus then opp (fget y k) else fget y k
  | Diag (_, w) -> mul0 (fget w k) (fget y k)
  | Dense (_, m, n, _, _, _, wt) ->
    let a = div k n.len in
    dot m wt (mul (sub0 k (mul a n.len)) m.len) y (mul a m.len)
  | Convolution (v, _, _, _, wt) -> fget (conv_back v wt y) k
  | Reindex (_, eout, _, psi, times0, step) ->
    let i = entry psi k in
    if ltb i eout.len
    then if eqb0 times0.len (Uint63.of_int (1))
         then fget y i
         else sum_strided times0.fuel y i step (Float64.of_float (0x0p+0))
    else (Float64.of_float (0x0p+0))

(** val single : linmap -> bool **)

let single = function
| Dense (rows0, _, _, _, _, _, _) -> eqb0 rows0 (Uint63.of_int (1))
| _ -> false

(** val skipped : farr option -> Uint63.t -> bool **)

let skipped z0 k =
  match z0 with
  | Some a -> ltb0 (Float64.of_float (0x0p+0)) (fget a k)
  | None -> false

(** val most : farr option -> Uint63.t -> bool **)

let most z0 k =
  match z0 with
  | Some a ->
    ltb0
      (add1 (add1 (fget a k) (fget a (add0 k (Uint63.of_int (1)))))
        (add1 (fget a (add0 k (Uint63.of_int (2))))
          (fget a (add0 k (Uint63.of_int (3))))))
      (Float64.of_float (0x1.8p+0))
  | None -> true

(** val transV : linmap -> farr option -> farr -> farr **)

let transV l z0 y =
  match l with
  | Signed (minus, _) -> if minus then ftab (in_ext l).len (transF l y) else y
  | Diag (_, _) -> ftab (in_ext l).len (transF l y)
  | Dense (_, m, n, ein, _, _, wt) ->
    if single l
    then let p = nonzero m y in
         let n0 = ein.len in
         let one = fun k ->
           if (||) (leb n0 k) (skipped z0 k)
           then (Float64.of_float (0x0p+0))
           else dot_at p y wt (mul k m.len) (Float64.of_float (0x0p+0))
         in
         ftab4 n0 (fun b ->
           let k = mul b (Uint63.of_int (4)) in
           if (&&) (ltb (add0 k (Uint63.of_int (3))) n0) (most z0 k)
           then dots_at p y wt (mul k m.len) m.len
                  (Float64.of_float (0x0p+0)) (Float64.of_float (0x0p+0))
                  (Float64.of_float (0x0p+0)) (Float64.of_float (0x0p+0))
           else (((one k), (one (add0 k (Uint63.of_int (1))))),
                  ((one (add0 k (Uint63.of_int (2)))),
                  (one (add0 k (Uint63.of_int (3)))))))
    else let one = fun k ->
           if leb ein.len k then (Float64.of_float (0x0p+0)) else transF l y k
         in
         ftab4 ein.len (fun b ->
           let k = mul b (Uint63.of_int (4)) in
           let a = div k n.len in
           let c = sub0 k (mul a n.len) in
           if ltb (add0 c (Uint63.of_int (3))) n.len
           then dots m wt (mul c m.len) m.len y (mul a m.len)
           else (((one k), (one (add0 k (Uint63.of_int (1))))),
                  ((one (add0 k (Uint63.of_int (2)))),
                  (one (add0 k (Uint63.of_int (3)))))))
  | Convolution (v, _, _, _, wt) -> conv_back v wt y
  | Reindex (ein, eout, _, psi, times0, step) ->
    let n = eout.len in
    if eqb0 times0.len (Uint63.of_int (1))
    then ftab ein.len (fun k ->
           let i = entry psi k in
           if ltb i n then fget y i else (Float64.of_float (0x0p+0)))
    else let m = times0.fuel in
         ftab ein.len (fun k ->
           let i = entry psi k in
           if ltb i n
           then sum_strided m y i step (Float64.of_float (0x0p+0))
           else (Float64.of_float (0x0p+0)))

(** val rowF : linmap -> Uint63.t -> Uint63.t -> Float64.t **)

let rowF l i k =
  match l with
  | Signed (minus, _) ->
    if eqb0 i k
    then if minus
         then (Float64.of_float (-0x1p+0))
         else (Float64.of_float (0x1p+0))
    else (Float64.of_float (0x0p+0))
  | Diag (_, w) -> if eqb0 i k then fget w i else (Float64.of_float (0x0p+0))
  | Dense (_, m, n, _, _, w, _) ->
    if eqb0 (div i m.len) (div k n.len)
    then fget w (add0 (mul (mod0 i m.len) n.len) (mod0 k n.len))
    else (Float64.of_float (0x0p+0))
  | Convolution (v, _, _, w, _) ->
    conv_entry (Float64.of_float (0x0p+0)) v (fget w) i k
  | Reindex (_, _, phi, _, _, _) ->
    if eqb0 (entry phi i) k
    then (Float64.of_float (0x1p+0))
    else (Float64.of_float (0x0p+0))

(** val rowV : linmap -> bool -> Uint63.t -> farr **)

let rowV l minus i =
  let sign = fun x -> if minus then opp x else x in
  if single l
  then (match l with
        | Dense (_, _, n, ein, _, w, _) ->
          let first = mul i n.len in
          ftab ein.len (fun k -> sign (fget w (add0 first k)))
        | _ -> ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0))))
  else (match l with
        | Convolution (v, _, _, w, _) -> conv_row v w sign i
        | _ -> ftab (in_ext l).len (fun k -> sign (rowF l i k)))

(** val terms : linmap -> Uint63.t **)

let terms = function
| Dense (_, m, n, _, _, _, _) -> if ltb m.len n.len then n.len else m.len
| Convolution (v, _, _, _, _) -> conv_terms v
| Reindex (_, _, _, _, times0, _) -> times0.len
| _ -> (Uint63.of_int (1))

(** val gam : linmap -> Float64.t **)

let gam l =
  gamma (terms l)

(** val turn :
    (Uint63.t -> Uint63.t) -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let turn psi step k i =
  div (sub0 i (psi k)) step

(** val valid : linmap -> bool **)

let valid l =
  (&&) (wf_ext (in_ext l))
    ((&&) (wf_ext (out_ext l))
      ((&&) (leb (terms l) (Uint63.of_int (16777216)))
        (match l with
         | Dense (rows0, m, n, ein, eout, w, wt) ->
           (&&) (wf_ext m)
             ((&&) (wf_ext n)
               ((&&) (ok_len rows0)
                 ((&&) (eqb0 ein.len (mul rows0 n.len))
                   ((&&) (eqb0 eout.len (mul rows0 m.len))
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

type itv = { inf : Float64.t; sup : Float64.t }

type line = { slope : Float64.t; shift : Float64.t }

type curve = { val0 : (Float64.t -> itv); rate : (Float64.t -> itv) }

type rule = { range : (Float64.t -> Float64.t -> itv);
              around : (Float64.t -> Float64.t -> Float64.t -> Float64.t ->
                       line * line) }

(** val min2 : Float64.t -> Float64.t -> Float64.t **)

let min2 a b =
  add1 (minf a b) (mul0 (Float64.of_float (0x0p+0)) (add1 a b))

(** val max2 : Float64.t -> Float64.t -> Float64.t **)

let max2 a b =
  add1 (maxf a b) (mul0 (Float64.of_float (0x0p+0)) (add1 a b))

(** val min4 :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let min4 a b c d =
  add1 (minf (minf a b) (minf c d))
    (mul0 (Float64.of_float (0x0p+0)) (add1 (add1 a b) (add1 c d)))

(** val mul_dn :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let mul_dn a b c d =
  min4 (dn (mul0 a c)) (dn (mul0 a d)) (dn (mul0 b c)) (dn (mul0 b d))

(** val clampto : Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let clampto l h t =
  if leb0 l t then if leb0 t h then t else h else l

(** val end_dn : Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let end_dn v a x =
  dn (sub1 v (up (mul0 a x)))

(** val tangent_dn :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    Float64.t -> Float64.t -> Float64.t **)

let tangent_dn v p q t a l h =
  dn
    (add1 (end_dn v a t)
      (mul_dn (dn (sub1 p a)) (up (sub1 q a)) (dn (sub1 l t)) (up (sub1 h t))))

(** val neg : itv -> itv **)

let neg i =
  { inf = (opp i.sup); sup = (opp i.inf) }

(** val opposite : curve -> curve **)

let opposite c =
  { val0 = (fun x -> neg (c.val0 x)); rate = (fun x -> neg (c.rate x)) }

(** val mirror : curve -> curve **)

let mirror c =
  { val0 = (fun x -> neg (c.val0 (opp x))); rate = (fun x -> c.rate (opp x)) }

(** val flip : line -> line **)

let flip s =
  { slope = (opp s.slope); shift = (opp s.shift) }

(** val turn0 : line -> line **)

let turn0 s =
  { slope = s.slope; shift = (opp s.shift) }

(** val secant :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let secant t v h w other =
  let q = div0 (sub1 w v) (sub1 h t) in if finb q then q else other

(** val convex_lower :
    curve -> Float64.t -> Float64.t -> Float64.t -> line **)

let convex_lower c l h t =
  let t0 = clampto l h t in
  let v = c.val0 t0 in
  let g = c.rate t0 in
  { slope = g.inf; shift = (tangent_dn v.inf g.inf g.sup t0 g.inf l h) }

(** val concave_lower : curve -> Float64.t -> Float64.t -> line **)

let concave_lower c l h =
  let v = (c.val0 l).inf in
  let w = (c.val0 h).inf in
  let a = secant l v h w (Float64.of_float (0x0p+0)) in
  { slope = a; shift = (min2 (end_dn v a l) (end_dn w a h)) }

(** val s_lower :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line **)

let s_lower c m l h t =
  if leb0 h m
  then convex_lower c l h t
  else if leb0 m l
       then concave_lower c l h
       else let t0 = clampto l m t in
            let v = (c.val0 t0).inf in
            let g = c.rate t0 in
            let w = (c.val0 h).inf in
            let a = minf g.inf (secant t0 v h w g.inf) in
            { slope = a; shift =
            (min2 (tangent_dn v g.inf g.sup t0 a l m)
              (min2 (end_dn (c.val0 m).inf a m) (end_dn w a h))) }

(** val convex_lines :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line * line **)

let convex_lines c l h t _ =
  ((convex_lower c l h t), (flip (concave_lower (opposite c) l h)))

(** val concave_lines :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line * line **)

let concave_lines c l h _ u =
  ((concave_lower c l h), (flip (convex_lower (opposite c) l h u)))

(** val s_lines :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    line * line **)

let s_lines c m l h t u =
  ((s_lower c m l h t),
    (turn0 (s_lower (mirror c) (opp m) (opp h) (opp l) (opp u))))

(** val z_lines :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    line * line **)

let z_lines c m l h t u =
  let (a, b) = s_lines (opposite c) m l h u t in ((flip b), (flip a))

(** val flat_lines : itv -> line * line **)

let flat_lines i =
  ({ slope = (Float64.of_float (0x0p+0)); shift = i.inf }, { slope =
    (Float64.of_float (0x0p+0)); shift = i.sup })

(** val rising : curve -> Float64.t -> Float64.t -> itv **)

let rising c l h =
  { inf = (c.val0 l).inf; sup = (c.val0 h).sup }

(** val falling : curve -> Float64.t -> Float64.t -> itv **)

let falling c l h =
  { inf = (c.val0 h).inf; sup = (c.val0 l).sup }

(** val clamp : Float64.t -> Float64.t **)

let clamp q =
  if leb0 (Float64.of_float (0x0p+0)) q
  then if leb0 q (Float64.of_float (0x1p+0))
       then q
       else (Float64.of_float (0x1p+0))
  else (Float64.of_float (0x0p+0))

(** val relu : Float64.t -> Float64.t **)

let relu x =
  if leb0 (Float64.of_float (0x0p+0)) x
  then x
  else (Float64.of_float (0x0p+0))

(** val adaptive : Float64.t -> Float64.t -> Float64.t **)

let adaptive l h =
  if leb0 (opp (mul0 l (Float64.of_float (0x1.ep-1)))) h
  then (Float64.of_float (0x1p+0))
  else (Float64.of_float (0x0p+0))

(** val lower_slope : Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let lower_slope l h a =
  if leb0 (Float64.of_float (0x0p+0)) l
  then (Float64.of_float (0x1p+0))
  else if leb0 h (Float64.of_float (0x0p+0))
       then (Float64.of_float (0x0p+0))
       else clamp a

(** val upper_slope : Float64.t -> Float64.t -> Float64.t **)

let upper_slope l h =
  if leb0 (Float64.of_float (0x0p+0)) l
  then (Float64.of_float (0x1p+0))
  else if leb0 h (Float64.of_float (0x0p+0))
       then (Float64.of_float (0x0p+0))
       else clamp (div0 h (sub1 h l))

(** val upper_offset : Float64.t -> Float64.t -> Float64.t **)

let upper_offset l h =
  if leb0 (Float64.of_float (0x0p+0)) l
  then (Float64.of_float (0x0p+0))
  else if leb0 h (Float64.of_float (0x0p+0))
       then (Float64.of_float (0x0p+0))
       else let s = upper_slope l h in
            let at_l = up (mul0 (opp s) l) in
            let at_h = up (mul0 (up (sub1 (Float64.of_float (0x1p+0)) s)) h)
            in
            up
              (add1 (maxf at_l at_h)
                (mul0 (Float64.of_float (0x0p+0)) (add1 at_l at_h)))

(** val relu_rule : rule **)

let relu_rule =
  { range = (fun l h -> { inf = (relu l); sup = (relu h) }); around =
    (fun l h t _ -> ({ slope = (lower_slope l h t); shift =
    (Float64.of_float (0x0p+0)) }, { slope = (upper_slope l h); shift =
    (upper_offset l h) })) }

(** val exp_poly : Float64.t -> Float64.t **)

let exp_poly x =
  add1 (Float64.of_float (0x1p+0))
    (mul0 x
      (add1 (Float64.of_float (0x1p+0))
        (mul0 x
          (add1 (Float64.of_float (0x1p-1))
            (mul0 x
              (add1 (Float64.of_float (0x1.5555555555555p-3))
                (mul0 x
                  (add1 (Float64.of_float (0x1.5555555555555p-5))
                    (mul0 x
                      (add1 (Float64.of_float (0x1.1111111111111p-7))
                        (mul0 x
                          (add1 (Float64.of_float (0x1.6c16c16c16c17p-10))
                            (mul0 x
                              (add1
                                (Float64.of_float (0x1.a01a01a01a01ap-13))
                                (mul0 x
                                  (add1
                                    (Float64.of_float (0x1.a01a01a01a01ap-16))
                                    (mul0 x
                                      (add1
                                        (Float64.of_float (0x1.71de3a556c734p-19))
                                        (mul0 x
                                          (add1
                                            (Float64.of_float (0x1.27e4fb7789f5cp-22))
                                            (mul0 x
                                              (add1
                                                (Float64.of_float (0x1.ae64567f544e4p-26))
                                                (mul0 x
                                                  (add1
                                                    (Float64.of_float (0x1.1eed8eff8d898p-29))
                                                    (mul0 x
                                                      (add1
                                                        (Float64.of_float (0x1.6124613a86d09p-33))
                                                        (mul0 x
                                                          (Float64.of_float (0x1.93974a8c07c9dp-37)))))))))))))))))))))))))))))

(** val exp_near : nat -> Float64.t -> Float64.t **)

let rec exp_near n x =
  if leb0 (abs x) (Float64.of_float (0x1p-1))
  then exp_poly x
  else (match n with
        | O -> nan
        | S n0 ->
          let s = exp_near n0 (mul0 x (Float64.of_float (0x1p-1))) in mul0 s s)

(** val exp_itv : Float64.t -> itv **)

let exp_itv x =
  if ltb0 x (Float64.of_float (-0x1.59p+9))
  then { inf = (Float64.of_float (0x0p+0)); sup =
         (Float64.of_float (0x1p-994)) }
  else if leb0 x (Float64.of_float (0x1.63p+9))
       then let s = exp_near (S (S (S (S (S (S (S (S (S (S (S O))))))))))) x
            in
            let w =
              up
                (mul0 s
                  (up
                    (mul0 (Float64.of_float (0x1.cp-50))
                      (max2 (Float64.of_float (0x1p+0))
                        (mul0 (abs x) (Float64.of_float (0x1p+2)))))))
            in
            { inf = (dn (sub1 s w)); sup = (up (add1 s w)) }
       else { inf = (Float64.of_float (0x0p+0)); sup = infinity }

(** val div_dn : Float64.t -> Float64.t -> Float64.t **)

let div_dn a b =
  dn (add1 (div0 a b) (mul0 (Float64.of_float (0x0p+0)) b))

(** val div_up : Float64.t -> Float64.t -> Float64.t **)

let div_up a b =
  up (add1 (div0 a b) (mul0 (Float64.of_float (0x0p+0)) b))

(** val part0 : Float64.t -> Float64.t -> itv -> itv **)

let part0 a b e =
  { inf = (div_dn a (up (add1 (Float64.of_float (0x1p+0)) e.sup))); sup =
    (div_up b
      (maxf (Float64.of_float (0x1p+0))
        (dn (add1 (Float64.of_float (0x1p+0)) e.inf)))) }

(** val sigmoid_val : Float64.t -> itv **)

let sigmoid_val x =
  let e = exp_itv (opp (abs x)) in
  if leb0 x (Float64.of_float (0x0p+0))
  then part0 e.inf e.sup e
  else part0 (Float64.of_float (0x1p+0)) (Float64.of_float (0x1p+0)) e

(** val sigmoid_rate : Float64.t -> itv **)

let sigmoid_rate x =
  let e = exp_itv (opp (abs x)) in
  let p = part0 e.inf e.sup e in part0 p.inf p.sup e

(** val sigmoid_curve : curve **)

let sigmoid_curve =
  { val0 = sigmoid_val; rate = sigmoid_rate }

(** val sigmoid_rule : rule **)

let sigmoid_rule =
  { range = (rising sigmoid_curve); around =
    (s_lines sigmoid_curve (Float64.of_float (0x0p+0))) }

(** val tanh_val : Float64.t -> itv **)

let tanh_val x =
  let y = mul0 x (Float64.of_float (0x1p+1)) in
  if finb y
  then let p = sigmoid_val y in
       { inf =
       (dn
         (sub1 (mul0 p.inf (Float64.of_float (0x1p+1)))
           (Float64.of_float (0x1p+0)))); sup =
       (up
         (sub1 (mul0 p.sup (Float64.of_float (0x1p+1)))
           (Float64.of_float (0x1p+0)))) }
  else { inf = (Float64.of_float (-0x1p+0)); sup =
         (Float64.of_float (0x1p+0)) }

(** val tanh_rate : Float64.t -> itv **)

let tanh_rate x =
  let y = mul0 x (Float64.of_float (0x1p+1)) in
  if finb y
  then let p = sigmoid_rate y in
       { inf = (mul0 p.inf (Float64.of_float (0x1p+2))); sup =
       (mul0 p.sup (Float64.of_float (0x1p+2))) }
  else { inf = (Float64.of_float (0x0p+0)); sup =
         (Float64.of_float (0x1p+0)) }

(** val tanh_curve : curve **)

let tanh_curve =
  { val0 = tanh_val; rate = tanh_rate }

(** val tanh_rule : rule **)

let tanh_rule =
  { range = (rising tanh_curve); around =
    (s_lines tanh_curve (Float64.of_float (0x0p+0))) }

(** val nothing : itv **)

let nothing =
  { inf = nan; sup = nan }

(** val no_pair : line * line **)

let no_pair =
  ({ slope = (Float64.of_float (0x0p+0)); shift = nan }, { slope =
    (Float64.of_float (0x0p+0)); shift = nan })

(** val exp_curve : curve **)

let exp_curve =
  { val0 = exp_itv; rate = exp_itv }

(** val exp_rule : rule **)

let exp_rule =
  { range = (rising exp_curve); around = (convex_lines exp_curve) }

(** val log_scale :
    (Float64.t * Float64.t) list -> Float64.t -> Float64.t -> Float64.t ->
    Float64.t -> Float64.t **)

let rec log_scale ps k ln2 x y =
  match ps with
  | [] ->
    add1 y
      (add1 (Float64.of_float (0x1.62e42fefa39efp-2))
        (div0
          (mul0 (Float64.of_float (0x1p+1))
            (sub1 x (Float64.of_float (0x1.6a09e667f3bcdp+0))))
          (add1 x (Float64.of_float (0x1.6a09e667f3bcdp+0)))))
  | p0 :: ps0 ->
    let (p, q) = p0 in
    if leb0 p x
    then log_scale ps0 (mul0 k (Float64.of_float (0x1p-1))) ln2 (mul0 x q)
           (add1 y (mul0 k ln2))
    else log_scale ps0 (mul0 k (Float64.of_float (0x1p-1))) ln2 x y

(** val log_guess : Float64.t -> Float64.t **)

let log_guess x =
  let big = fun x0 ->
    log_scale (((Float64.of_float (0x1p+512)),
      (Float64.of_float (0x1p-512))) :: (((Float64.of_float (0x1p+256)),
      (Float64.of_float (0x1p-256))) :: (((Float64.of_float (0x1p+128)),
      (Float64.of_float (0x1p-128))) :: (((Float64.of_float (0x1p+64)),
      (Float64.of_float (0x1p-64))) :: (((Float64.of_float (0x1p+32)),
      (Float64.of_float (0x1p-32))) :: (((Float64.of_float (0x1p+16)),
      (Float64.of_float (0x1p-16))) :: (((Float64.of_float (0x1p+8)),
      (Float64.of_float (0x1p-8))) :: (((Float64.of_float (0x1p+4)),
      (Float64.of_float (0x1p-4))) :: (((Float64.of_float (0x1p+2)),
      (Float64.of_float (0x1p-2))) :: (((Float64.of_float (0x1p+1)),
      (Float64.of_float (0x1p-1))) :: []))))))))))
      (Float64.of_float (0x1p+9)) (Float64.of_float (0x1.62e42fefa39efp-1))
      x0 (Float64.of_float (0x0p+0))
  in
  let y =
    if leb0 (Float64.of_float (0x1p+0)) x
    then big x
    else opp (big (div0 (Float64.of_float (0x1p+0)) x))
  in
  let e = exp_near (S (S (S (S (S (S (S (S (S (S (S O))))))))))) y in
  add1 y (div0 (mul0 (Float64.of_float (0x1p+1)) (sub1 x e)) (add1 x e))

(** val log_itv : Float64.t -> itv **)

let log_itv x =
  let y = log_guess x in
  let e = exp_itv y in
  if ltb0 (Float64.of_float (0x0p+0)) e.inf
  then { inf =
         (dn
           (add1 y (dn (sub1 (Float64.of_float (0x1p+0)) (div_up e.sup x)))));
         sup =
         (up
           (add1 y (up (sub1 (div_up x e.inf) (Float64.of_float (0x1p+0)))))) }
  else nothing

(** val log_curve : curve **)

let log_curve =
  { val0 = log_itv; rate = (fun x -> { inf =
    (div_dn (Float64.of_float (0x1p+0)) x); sup =
    (div_up (Float64.of_float (0x1p+0)) x) }) }

(** val log_rule : rule **)

let log_rule =
  { range = (fun l h ->
    if ltb0 (Float64.of_float (0x0p+0)) l
    then rising log_curve l h
    else nothing); around = (fun l h t u ->
    if ltb0 (Float64.of_float (0x0p+0)) l
    then concave_lines log_curve l h t u
    else no_pair) }

(** val sqrt_itv : Float64.t -> itv **)

let sqrt_itv x =
  let s = sqrt x in
  { inf = (maxf (Float64.of_float (0x0p+0)) (dn s)); sup = (up s) }

(** val sqrt_range : Float64.t -> Float64.t -> itv **)

let sqrt_range l h =
  if leb0 (Float64.of_float (0x0p+0)) l
  then { inf = (sqrt_itv l).inf; sup = (sqrt_itv h).sup }
  else nothing

(** val sqrt_lines :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> line * line **)

let sqrt_lines l h _ u =
  if leb0 (Float64.of_float (0x0p+0)) l
  then if leb0 h (Float64.of_float (0x1p-900))
       then flat_lines (sqrt_range l h)
       else let p = sqrt_itv l in
            let q = sqrt_itv h in
            let d = up (add1 p.sup q.sup) in
            let s = maxf (sqrt (clampto l h u)) (Float64.of_float (0x1p-500))
            in
            let a = div_dn (Float64.of_float (0x1p+0)) d in
            let b = div_up (Float64.of_float (0x1p-1)) s in
            ({ slope = a; shift =
            (add1 (div_dn (dn (mul0 p.inf q.inf)) d)
              (mul0 (Float64.of_float (0x0p+0)) a)) }, { slope = b; shift =
            (add1 (up (mul0 s (Float64.of_float (0x1p-1))))
              (mul0 (Float64.of_float (0x0p+0)) b)) })
  else no_pair

(** val sqrt_rule : rule **)

let sqrt_rule =
  { range = sqrt_range; around = sqrt_lines }

(** val recip_curve : curve **)

let recip_curve =
  { val0 = (fun x -> { inf = (div_dn (Float64.of_float (0x1p+0)) x); sup =
    (div_up (Float64.of_float (0x1p+0)) x) }); rate = (fun x ->
    let a = abs x in
    neg { inf = (div_dn (div_dn (Float64.of_float (0x1p+0)) a) a); sup =
      (div_up (div_up (Float64.of_float (0x1p+0)) a) a) }) }

(** val recip_rule : rule **)

let recip_rule =
  { range = (fun l h ->
    if ltb0 (Float64.of_float (0x0p+0)) l
    then falling recip_curve l h
    else if ltb0 h (Float64.of_float (0x0p+0))
         then falling recip_curve l h
         else nothing); around = (fun l h t u ->
    if ltb0 (Float64.of_float (0x0p+0)) l
    then convex_lines recip_curve l h t u
    else if ltb0 h (Float64.of_float (0x0p+0))
         then concave_lines recip_curve l h t u
         else no_pair) }

(** val point : Float64.t -> itv **)

let point x =
  { inf = x; sup = x }

(** val hinge_curve : Float64.t -> curve **)

let hinge_curve k =
  { val0 = (fun x ->
    if leb0 (Float64.of_float (0x0p+0)) x
    then point x
    else { inf = (dn (mul0 k x)); sup = (up (mul0 k x)) }); rate = (fun x ->
    if leb0 (Float64.of_float (0x0p+0)) x
    then point (Float64.of_float (0x1p+0))
    else point k) }

(** val hinge_range : Float64.t -> Float64.t -> Float64.t -> itv **)

let hinge_range k l h =
  let c = hinge_curve k in
  if leb0 (Float64.of_float (0x0p+0)) k
  then rising c l h
  else if leb0 (Float64.of_float (0x0p+0)) l
       then rising c l h
       else if ltb0 h (Float64.of_float (0x0p+0))
            then falling c l h
            else { inf = (Float64.of_float (0x0p+0)); sup =
                   (max2 (c.val0 l).sup (c.val0 h).sup) }

(** val hinge_below :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let hinge_below k l h t =
  if leb0 (Float64.of_float (0x0p+0)) l
  then (Float64.of_float (0x1p+0))
  else if leb0 h (Float64.of_float (0x0p+0))
       then k
       else clampto k (Float64.of_float (0x1p+0)) t

(** val hinge_lines :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    line * line **)

let hinge_lines k l h t _ =
  ({ slope = (hinge_below k l h t); shift = (Float64.of_float (0x0p+0)) },
    (flip (concave_lower (opposite (hinge_curve k)) l h)))

(** val hinge_rule : Float64.t -> rule **)

let hinge_rule k =
  { range = (hinge_range k); around = (hinge_lines k) }

(** val clip_curve : Float64.t -> Float64.t -> curve **)

let clip_curve a b =
  { val0 = (fun x -> point (minf b (maxf a x))); rate = (fun x ->
    point
      (if ltb0 x a
       then (Float64.of_float (0x0p+0))
       else if ltb0 x b
            then (Float64.of_float (0x1p+0))
            else (Float64.of_float (0x0p+0)))) }

(** val clip_rule : Float64.t -> Float64.t -> rule **)

let clip_rule a b =
  let c = clip_curve a b in { range = (rising c); around = (s_lines c a) }

(** val smallest : Float64.t **)

let smallest =
  (Float64.of_float (0x1p-126))

(** val sign_range : Float64.t -> Float64.t -> itv **)

let sign_range l h =
  { inf =
    (if leb0 smallest l
     then (Float64.of_float (0x1p+0))
     else if ltb0 l (Float64.of_float (0x0p+0))
          then (Float64.of_float (-0x1p+0))
          else (Float64.of_float (0x0p+0))); sup =
    (if leb0 h (opp smallest)
     then (Float64.of_float (-0x1p+0))
     else if ltb0 (Float64.of_float (0x0p+0)) h
          then (Float64.of_float (0x1p+0))
          else (Float64.of_float (0x0p+0))) }

(** val sign_rule : rule **)

let sign_rule =
  { range = sign_range; around = (fun l h _ _ ->
    flat_lines (sign_range l h)) }

(** val positive_power : nat -> Float64.t -> itv **)

let rec positive_power n a =
  match n with
  | O ->
    { inf = (Float64.of_float (0x1p+0)); sup = (Float64.of_float (0x1p+0)) }
  | S n0 ->
    (match n0 with
     | O -> { inf = a; sup = a }
     | S _ ->
       let p = positive_power n0 a in
       { inf = (dn (mul0 a p.inf)); sup = (up (mul0 a p.sup)) })

(** val power : nat -> Float64.t -> itv **)

let power n x =
  if leb0 (Float64.of_float (0x0p+0)) x
  then positive_power n x
  else if Nat.even n
       then positive_power n (opp x)
       else neg (positive_power n (opp x))

(** val scale : Float64.t -> itv -> itv **)

let scale k i =
  { inf = (dn (mul0 k i.inf)); sup = (up (mul0 k i.sup)) }

(** val power_curve : nat -> Float64.t -> curve **)

let power_curve n k =
  { val0 = (power (S (S n))); rate = (fun x -> scale k (power (S n) x)) }

(** val power_range : nat -> Float64.t -> Float64.t -> Float64.t -> itv **)

let power_range n k l h =
  let c = power_curve n k in
  if Nat.even n
  then if leb0 (Float64.of_float (0x0p+0)) l
       then rising c l h
       else if leb0 h (Float64.of_float (0x0p+0))
            then falling c l h
            else { inf = (Float64.of_float (0x0p+0)); sup =
                   (max2 (c.val0 l).sup (c.val0 h).sup) }
  else rising c l h

(** val power_lines :
    nat -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    line * line **)

let power_lines n k l h t u =
  let c = power_curve n k in
  if Nat.even n
  then convex_lines c l h t u
  else z_lines c (Float64.of_float (0x0p+0)) l h t u

(** val power_rule : nat -> Float64.t -> rule **)

let power_rule n k =
  { range = (power_range n k); around = (power_lines n k) }

(** val cos_poly : Float64.t -> Float64.t **)

let cos_poly x =
  add1 (Float64.of_float (0x1p+0))
    (mul0 x
      (add1 (Float64.of_float (0x0p+0))
        (mul0 x
          (add1 (Float64.of_float (-0x1p-1))
            (mul0 x
              (add1 (Float64.of_float (0x0p+0))
                (mul0 x
                  (add1 (Float64.of_float (0x1.5555555555555p-5))
                    (mul0 x
                      (add1 (Float64.of_float (0x0p+0))
                        (mul0 x
                          (add1 (Float64.of_float (-0x1.6c16c16c16c17p-10))
                            (mul0 x
                              (add1 (Float64.of_float (0x0p+0))
                                (mul0 x
                                  (add1
                                    (Float64.of_float (0x1.a01a01a01a01ap-16))
                                    (mul0 x
                                      (add1 (Float64.of_float (0x0p+0))
                                        (mul0 x
                                          (add1
                                            (Float64.of_float (-0x1.27e4fb7789f5cp-22))
                                            (mul0 x
                                              (add1
                                                (Float64.of_float (0x0p+0))
                                                (mul0 x
                                                  (add1
                                                    (Float64.of_float (0x1.1eed8eff8d898p-29))
                                                    (mul0 x
                                                      (add1
                                                        (Float64.of_float (0x0p+0))
                                                        (mul0 x
                                                          (Float64.of_float (-0x1.93974a8c07c9dp-37)))))))))))))))))))))))))))))

(** val sin_poly : Float64.t -> Float64.t **)

let sin_poly x =
  add1 (Float64.of_float (0x0p+0))
    (mul0 x
      (add1 (Float64.of_float (0x1p+0))
        (mul0 x
          (add1 (Float64.of_float (0x0p+0))
            (mul0 x
              (add1 (Float64.of_float (-0x1.5555555555555p-3))
                (mul0 x
                  (add1 (Float64.of_float (0x0p+0))
                    (mul0 x
                      (add1 (Float64.of_float (0x1.1111111111111p-7))
                        (mul0 x
                          (add1 (Float64.of_float (0x0p+0))
                            (mul0 x
                              (add1
                                (Float64.of_float (-0x1.a01a01a01a01ap-13))
                                (mul0 x
                                  (add1 (Float64.of_float (0x0p+0))
                                    (mul0 x
                                      (add1
                                        (Float64.of_float (0x1.71de3a556c734p-19))
                                        (mul0 x
                                          (add1 (Float64.of_float (0x0p+0))
                                            (mul0 x
                                              (add1
                                                (Float64.of_float (-0x1.ae64567f544e4p-26))
                                                (mul0 x
                                                  (add1
                                                    (Float64.of_float (0x0p+0))
                                                    (mul0 x
                                                      (Float64.of_float (0x1.6124613a86d09p-33)))))))))))))))))))))))))))

type angle = { cs : Float64.t; sn : Float64.t; err : Float64.t }

(** val angle_near : nat -> Float64.t -> angle **)

let rec angle_near n x =
  if leb0 (abs x) (Float64.of_float (0x1p-1))
  then { cs = (cos_poly x); sn = (sin_poly x); err =
         (Float64.of_float (0x1p-50)) }
  else (match n with
        | O -> { cs = nan; sn = nan; err = nan }
        | S n0 ->
          let { cs = c; sn = s; err = e } =
            angle_near n0 (mul0 x (Float64.of_float (0x1p-1)))
          in
          if leb0 e (Float64.of_float (0x1p-7))
          then { cs = (sub1 (mul0 c c) (mul0 s s)); sn =
                 (mul0 (mul0 s c) (Float64.of_float (0x1p+1))); err =
                 (up (mul0 e (Float64.of_float (0x1.cp+1)))) }
          else { cs = nan; sn = nan; err = nan })

(** val unit_itv : Float64.t -> Float64.t -> itv **)

let unit_itv v e =
  { inf = (maxf (Float64.of_float (-0x1p+0)) (dn (sub1 v e))); sup =
    (minf (Float64.of_float (0x1p+0)) (up (add1 v e))) }

(** val cos_itv : Float64.t -> itv **)

let cos_itv x =
  let a = angle_near (S (S (S (S (S (S (S (S O)))))))) x in
  unit_itv a.cs a.err

(** val sin_itv : Float64.t -> itv **)

let sin_itv x =
  let a = angle_near (S (S (S (S (S (S (S (S O)))))))) x in
  unit_itv a.sn a.err

(** val sin_curve : curve **)

let sin_curve =
  { val0 = sin_itv; rate = cos_itv }

(** val cos_curve : curve **)

let cos_curve =
  { val0 = cos_itv; rate = (fun x -> neg (sin_itv x)) }

(** val reflect : curve -> curve **)

let reflect c =
  { val0 = (fun x -> c.val0 (opp x)); rate = (fun x -> neg (c.rate (opp x))) }

(** val nonneg : itv -> bool **)

let nonneg i =
  (&&) (finb i.inf) (leb0 (Float64.of_float (0x0p+0)) i.inf)

(** val nonpos : itv -> bool **)

let nonpos i =
  (&&) (finb i.sup) (leb0 i.sup (Float64.of_float (0x0p+0)))

(** val wave_range : curve -> Float64.t -> Float64.t -> itv **)

let wave_range c l h =
  let w = up (sub1 h l) in
  if (&&) (finb w) (leb0 w (Float64.of_float (0x1.8p+1)))
  then let f = c.val0 l in
       let f' = c.val0 h in
       let g = c.rate l in
       let g' = c.rate h in
       if (&&) (nonneg g) (nonneg g')
       then { inf = f.inf; sup = f'.sup }
       else if (&&) (nonpos g) (nonpos g')
            then { inf = f'.inf; sup = f.sup }
            else if (&&) (nonneg g) (nonpos g')
                 then { inf = (min2 f.inf f'.inf); sup =
                        (Float64.of_float (0x1p+0)) }
                 else if (&&) (nonpos g) (nonneg g')
                      then { inf = (Float64.of_float (-0x1p+0)); sup =
                             (max2 f.sup f'.sup) }
                      else { inf = (dn (sub1 f.inf w)); sup =
                             (up (add1 f.sup w)) }
  else { inf = (Float64.of_float (-0x1p+0)); sup =
         (Float64.of_float (0x1p+0)) }

(** val bends :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> bool **)

let bends c m1 m2 l h =
  (&&) ((||) (leb0 m1 l) ((&&) (nonpos (c.val0 l)) (nonpos (c.val0 m1))))
    ((||) (leb0 h m2) ((&&) (nonneg (c.val0 m2)) (nonneg (c.val0 h))))

(** val bend_lower :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    line **)

let bend_lower c m1 m2 l h t =
  let t0 = clampto l m1 t in
  let v = (c.val0 t0).inf in
  let g = c.rate t0 in
  let w = (c.val0 h).inf in
  let a = if ltb0 m2 h then minf g.inf (secant t0 v h w g.inf) else g.inf in
  { slope = a; shift =
  (min2
    (min2 (tangent_dn v g.inf g.sup t0 a l m1)
      (tangent_dn (c.val0 m1).inf (Float64.of_float (-0x1p+0))
        (Float64.of_float (0x1p+0)) m1 a m1 m2))
    (min2 (end_dn (c.val0 m2).inf a m2) (end_dn w a h))) }

(** val wave_lower :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> line **)

let wave_lower c z0 l h t =
  let w = up (sub1 h l) in
  if (&&) (finb w) (leb0 w (Float64.of_float (0x1.8p+1)))
  then let m1 = clampto l h (sub1 z0 (Float64.of_float (0x1p-36))) in
       let m2 = clampto m1 h (add1 z0 (Float64.of_float (0x1p-36))) in
       if bends c m1 m2 l h
       then bend_lower c m1 m2 l h t
       else if bends (reflect c) (opp m2) (opp m1) (opp h) (opp l)
            then let s =
                   bend_lower (reflect c) (opp m2) (opp m1) (opp h) (opp l)
                     (opp t)
                 in
                 { slope = (opp s.slope); shift = s.shift }
            else { slope = (Float64.of_float (0x0p+0)); shift =
                   (wave_range c l h).inf }
  else { slope = (Float64.of_float (0x0p+0)); shift =
         (Float64.of_float (-0x1p+0)) }

(** val wave_rule : curve -> (Float64.t -> Float64.t) -> rule **)

let wave_rule c z0 =
  { range = (wave_range c); around = (fun l h t u ->
    let z1 = z0 (mul0 (add1 l h) (Float64.of_float (0x1p-1))) in
    ((wave_lower c z1 l h t), (flip (wave_lower (opposite c) z1 l h u)))) }

(** val nearest : Float64.t -> Float64.t **)

let nearest x =
  sub1 (add1 x (Float64.of_float (0x1.8p+52))) (Float64.of_float (0x1.8p+52))

(** val sin_rule : rule **)

let sin_rule =
  wave_rule sin_curve (fun x ->
    mul0 (nearest (mul0 x (Float64.of_float (0x1.45f306dc9c883p-2))))
      (Float64.of_float (0x1.921fb54442d18p+1)))

(** val cos_rule : rule **)

let cos_rule =
  wave_rule cos_curve (fun x ->
    mul0
      (add1
        (nearest
          (sub1 (mul0 x (Float64.of_float (0x1.45f306dc9c883p-2)))
            (Float64.of_float (0x1p-1)))) (Float64.of_float (0x1p-1)))
      (Float64.of_float (0x1.921fb54442d18p+1)))

(** val log_at : Float64.t -> itv **)

let log_at x =
  if finb x then log_itv x else nothing

(** val log1p_itv : itv -> itv **)

let log1p_itv e =
  { inf =
    (maxf (Float64.of_float (0x0p+0))
      (log_at
        (maxf (Float64.of_float (0x1p+0))
          (dn (add1 (Float64.of_float (0x1p+0)) e.inf)))).inf); sup =
    (log_at (up (add1 (Float64.of_float (0x1p+0)) e.sup))).sup }

(** val softplus_val : Float64.t -> itv **)

let softplus_val x =
  let v = log1p_itv (exp_itv (opp (abs x))) in
  if leb0 x (Float64.of_float (0x0p+0))
  then v
  else { inf = (dn (add1 x v.inf)); sup = (up (add1 x v.sup)) }

(** val softplus_curve : curve **)

let softplus_curve =
  { val0 = softplus_val; rate = sigmoid_val }

(** val softplus_rule : rule **)

let softplus_rule =
  { range = (rising softplus_curve); around = (convex_lines softplus_curve) }

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

(** val jumps : unary -> bool **)

let jumps = function
| Sign -> true
| _ -> false

(** val never : rule **)

let never =
  { range = (fun _ _ -> nothing); around = (fun _ _ _ _ -> no_pair) }

(** val less : Uint63.t -> nat **)

let less n =
  nat_of (sub0 n (Uint63.of_int (2)))

(** val exponent : Uint63.t -> Float64.t **)

let exponent =
  of_uint63

(** val rule_of : unary -> rule **)

let rule_of = function
| Relu -> relu_rule
| Hinge k ->
  if finb k
  then if leb0 k (Float64.of_float (0x1p+0)) then hinge_rule k else never
  else never
| Clip (a, b) ->
  if finb a
  then if finb b then if leb0 a b then clip_rule a b else never else never
  else never
| Sign -> sign_rule
| Sigmoid -> sigmoid_rule
| Tanh -> tanh_rule
| Softplus -> softplus_rule
| Exp -> exp_rule
| Log -> log_rule
| Sqrt -> sqrt_rule
| Recip -> recip_rule
| Power n ->
  if (&&) (ltb (Uint63.of_int (1)) n) (leb n (Uint63.of_int (64)))
  then power_rule (less n) (exponent n)
  else never
| Sin -> sin_rule
| Cos -> cos_rule

(** val default_hint : unary -> Float64.t -> Float64.t -> Float64.t **)

let default_hint f l h =
  match f with
  | Relu -> adaptive l h
  | Hinge _ -> adaptive l h
  | Clip (_, _) -> adaptive l h
  | Sigmoid ->
    if leb0 (Float64.of_float (0x0p+0)) l
    then (Float64.of_float (0x1p-1))
    else if leb0 h (Float64.of_float (0x0p+0))
         then (Float64.of_float (0x1p-1))
         else (Float64.of_float (0x1p+0))
  | Tanh ->
    if leb0 (Float64.of_float (0x0p+0)) l
    then (Float64.of_float (0x1p-1))
    else if leb0 h (Float64.of_float (0x0p+0))
         then (Float64.of_float (0x1p-1))
         else (Float64.of_float (0x1p+0))
  | Power n ->
    if Nat.even (less n)
    then (Float64.of_float (0x1p-1))
    else if leb0 (Float64.of_float (0x0p+0)) l
         then (Float64.of_float (0x1p-1))
         else if leb0 h (Float64.of_float (0x0p+0))
              then (Float64.of_float (0x1p-1))
              else (Float64.of_float (0x1p+0))
  | _ -> (Float64.of_float (0x1p-1))

(** val half :
    nat -> curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    Float64.t **)

let rec half steps c h w a b =
  match steps with
  | O -> a
  | S steps0 ->
    let t = mul0 (add1 a b) (Float64.of_float (0x1p-1)) in
    if leb0 (add1 (c.val0 t).inf (mul0 (c.rate t).inf (sub1 h t))) w
    then half steps0 c h w t b
    else half steps0 c h w a t

(** val s_touch :
    curve -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    Float64.t * Float64.t **)

let s_touch c m l h a =
  if (||) (leb0 m l) (leb0 h m)
  then let t = add1 l (mul0 a (sub1 h l)) in (t, t)
  else let t =
         half (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
           O)))))))))))))))) c h (c.val0 h).inf l m
       in
       let d = mirror c in
       let u =
         opp
           (half (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S (S
             O)))))))))))))))) d (opp l) (d.val0 (opp l)).inf (opp h) 
             (opp m))
       in
       ((add1 l (mul0 a (sub1 t l))), (add1 h (mul0 a (sub1 u h))))

(** val touch :
    unary -> Float64.t -> Float64.t -> Float64.t -> Float64.t * Float64.t **)

let touch f l h a =
  match f with
  | Relu -> (a, a)
  | Hinge k ->
    ((add1 k (mul0 a (sub1 (Float64.of_float (0x1p+0)) k))),
      (Float64.of_float (0x0p+0)))
  | Clip (p, q) ->
    ((if leb0 a (Float64.of_float (0x1p-1)) then l else p),
      (if leb0 a (Float64.of_float (0x1p-1)) then q else h))
  | Sigmoid -> s_touch sigmoid_curve (Float64.of_float (0x0p+0)) l h a
  | Tanh -> s_touch tanh_curve (Float64.of_float (0x0p+0)) l h a
  | Power n ->
    if Nat.even (less n)
    then let t = add1 l (mul0 a (sub1 h l)) in (t, t)
    else let (u, t) =
           s_touch (opposite (power_curve (less n) (exponent n)))
             (Float64.of_float (0x0p+0)) l h a
         in
         (t, u)
  | _ -> let t = add1 l (mul0 a (sub1 h l)) in (t, t)

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

type plane = { on_x : Float64.t; on_y : Float64.t; level : Float64.t }

(** val corner_dn :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let corner_dn a b x y =
  dn (sub1 (dn (mul0 x y)) (up (add1 (up (mul0 a x)) (up (mul0 b y)))))

(** val best_level :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    Float64.t -> Float64.t **)

let best_level a b lx hx ly hy =
  min4 (corner_dn a b lx ly) (corner_dn a b lx hy) (corner_dn a b hx ly)
    (corner_dn a b hx hy)

(** val blend : Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let blend p q k =
  add1 p (mul0 k (sub1 q p))

(** val plane_below :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> plane **)

let plane_below k lx hx ly hy =
  let a = blend ly hy k in
  let b = blend lx hx k in
  { on_x = a; on_y = b; level = (best_level a b lx hx ly hy) }

(** val plane_above :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> plane **)

let plane_above k lx hx ly hy =
  let p = plane_below k (opp hx) (opp lx) ly hy in
  { on_x = p.on_x; on_y = (opp p.on_y); level = (opp p.level) }

(** val product_range :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> itv **)

let product_range lx hx ly hy =
  { inf = (mul_dn lx hx ly hy); sup = (opp (mul_dn (opp hx) (opp lx) ly hy)) }

type tie = { factor : Float64.t; tie_lo : Float64.t; tie_hi : Float64.t }

(** val quarter : Float64.t -> Float64.t **)

let quarter m =
  let q =
    mul0 (div0 (Float64.of_float (0x1p-2)) m)
      (Float64.of_float (0x1.000000000001p+0))
  in
  let d = dn (mul0 (Float64.of_float (0x1p+2)) (dn (mul0 m q))) in
  if (&&) (finb d)
       ((&&) (ltb0 (Float64.of_float (0x0p+0)) m)
         (leb0 (Float64.of_float (0x1p+0)) d))
  then q
  else nan

(** val reach :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let reach m a b l h =
  max2 (up (sub1 h (dn (sub1 (dn (mul0 m b)) a))))
    (up (sub1 (up (sub1 (up (mul0 m b)) a)) l))

(** val tied_level : tie -> Float64.t -> Float64.t -> Float64.t **)

let tied_level t a b =
  let r = reach t.factor a b t.tie_lo t.tie_hi in
  dn
    (sub1 (opp (up (mul0 a b)))
      (up (mul0 (quarter t.factor) (up (mul0 r r)))))

(** val raised : tie -> plane -> plane **)

let raised t p =
  let l = tied_level t p.on_x p.on_y in
  if ltb0 p.level l then { on_x = p.on_x; on_y = p.on_y; level = l } else p

(** val lowered : tie -> plane -> plane **)

let lowered t p =
  let l = tied_level t p.on_x (opp p.on_y) in
  if ltb0 (opp p.level) l
  then { on_x = p.on_x; on_y = p.on_y; level = (opp l) }
  else p

type fnoise = { kappa : (node -> Float64.t); eta_up : (node -> Float64.t);
                noisy : bool; least : Float64.t; cap : Float64.t;
                defined : (unary -> Float64.t -> Float64.t -> bool) }

(** val noiseless : fnoise -> fnoise **)

let noiseless v =
  { kappa = (fun _ -> (Float64.of_float (0x0p+0))); eta_up = (fun _ ->
    (Float64.of_float (0x0p+0))); noisy = v.noisy; least = v.least; cap =
    v.cap; defined = v.defined }

type tied = { factors : farr; ties_lo : farr; ties_hi : farr }

(** val tie_at : tied -> Uint63.t -> tie **)

let tie_at t i =
  { factor = (fget t.factors i); tie_lo = (fget t.ties_lo i); tie_hi =
    (fget t.ties_hi i) }

type info = { lo : farr; hi : farr; mag : farr; load : farr;
              coef : Float64.t; spare : Float64.t; ties : (tied * tied) option }

(** val no_info : info **)

let no_info =
  let z0 = ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0))) in
  { lo = z0; hi = z0; mag = z0; load = z0; coef = nan; spare = nan; ties =
  None }

(** val info_at : info list -> nat -> info **)

let info_at ss d =
  nth d ss no_info

(** val capped : fnoise -> extent -> farr -> bool **)

let capped v e a =
  allb e (fun i -> leb0 (abs (fget a i)) v.cap)

(** val finite : extent -> farr -> bool **)

let finite e a =
  allb e (fun i -> finb (fget a i))

(** val ordered : extent -> farr -> farr -> bool **)

let ordered e l h =
  allb e (fun i -> leb0 (fget l i) (fget h i))

(** val maxc : Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let maxc x y z0 =
  maxf (maxf (abs x) (abs y)) (abs z0)

(** val centre : farr -> farr -> Uint63.t -> Float64.t **)

let centre l h i =
  mul0 (add1 (fget l i) (fget h i)) (Float64.of_float (0x1p-1))

(** val radius : farr -> farr -> farr -> Uint63.t -> Float64.t **)

let radius l h c i =
  let above = up (sub1 (fget h i) (fget c i)) in
  let under = up (sub1 (fget c i) (fget l i)) in
  add1 (maxf above under)
    (mul0 (Float64.of_float (0x0p+0)) (add1 above under))

(** val plain :
    fnoise -> extent -> farr -> farr -> farr -> Float64.t -> info **)

let plain v e l h load0 coef0 =
  let m =
    ftab e.len (fun i ->
      maxf (maxc (fget l i) (fget h i) (centre l h i)) v.least)
  in
  { lo = l; hi = h; mag = m; load = load0; coef = coef0; spare =
  (up (mul0 tiny (up (add1 (sum_abs_f e m) (Float64.of_float (0x1p+0))))));
  ties = None }

type operand = { map_of : linmap; mid : farr; rad : farr; sizes_of : farr }

(** val operand_of : info list -> term -> operand **)

let operand_of ss t =
  let s = info_at ss (fst t) in
  let e = in_ext (snd t) in
  let c = ftab e.len (centre s.lo s.hi) in
  { map_of = (snd t); mid = c; rad = (ftab e.len (radius s.lo s.hi c));
  sizes_of = s.mag }

(** val bias_f : farr option -> Uint63.t -> Float64.t **)

let bias_f b i =
  match b with
  | Some v -> fget v i
  | None -> (Float64.of_float (0x0p+0))

(** val sum_up : Float64.t -> 'a1 list -> ('a1 -> Float64.t) -> Float64.t **)

let sum_up start ops f =
  fold_left (fun acc o -> up (add1 acc (f o))) ops start

(** val sum_dn : Float64.t -> 'a1 list -> ('a1 -> Float64.t) -> Float64.t **)

let sum_dn start ops f =
  fold_left (fun acc o -> dn (add1 acc (f o))) ops start

(** val worst : extent -> term list -> Float64.t **)

let worst e ts =
  fold_left (fun g t -> up (add1 g (gam (snd t)))) ts (gamma e.len)

(** val radii_ok : operand list -> bool **)

let radii_ok ops =
  forallb (fun o -> finite (in_ext o.map_of) o.rad) ops

(** val affine_info :
    fnoise -> extent -> term list -> farr option -> info list -> info **)

let affine_info v e ts b ss =
  let node0 = Affine (e, ts, b) in
  let ops = map (operand_of ss) ts in
  let n = e.len in
  let g = if radii_ok ops then up (add1 (worst e ts) (v.kappa node0)) else nan
  in
  let total =
    ftab n (fun i ->
      sum_up (abs (bias_f b i)) ops (fun o -> absF o.map_of o.sizes_of i))
  in
  let eta = v.eta_up node0 in
  let slack =
    ftab n (fun i ->
      up
        (add1
          (sum_up (up (mul0 g (fget total i))) ops (fun o ->
            up (add1 (absF o.map_of o.rad i) tiny))) eta))
  in
  let images = map (fun o -> ftab n (applyF o.map_of o.mid)) ops in
  let l =
    ftab n (fun i ->
      dn
        (sub1 (sum_dn (bias_f b i) images (fun a -> fget a i)) (fget slack i)))
  in
  let h =
    ftab n (fun i ->
      up
        (add1 (sum_up (bias_f b i) images (fun a -> fget a i)) (fget slack i)))
  in
  plain v e l h total g

(** val no_bounds : farr **)

let no_bounds =
  ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0)))

(** val size : itv -> Float64.t **)

let size i =
  max2 (abs i.inf) (abs i.sup)

(** val widen0 : fnoise -> node -> itv -> itv **)

let widen0 v n i =
  if v.noisy
  then let d = up (add1 (up (mul0 (v.kappa n) (size i))) (v.eta_up n)) in
       { inf = (dn (sub1 i.inf d)); sup = (up (add1 i.sup d)) }
  else i

(** val exact_at : fnoise -> node -> info list -> Uint63.t -> itv **)

let exact_at v n ss =
  match n with
  | Unary (f, _, d) ->
    let s = info_at ss d in
    let r = rule_of f in
    (fun i ->
    let l = fget s.lo i in
    let h = fget s.hi i in
    if v.noisy
    then if v.defined f l h then r.range l h else { inf = nan; sup = nan }
    else r.range l h)
  | Product (_, d, d') ->
    let s = info_at ss d in
    let s' = info_at ss d' in
    (fun i ->
    product_range (fget s.lo i) (fget s.hi i) (fget s'.lo i) (fget s'.hi i))
  | _ -> (fun _ -> { inf = nan; sup = nan })

(** val enclosed : fnoise -> node -> info list -> farr * farr **)

let enclosed v n ss =
  let at_ = exact_at v n ss in
  (match n with
   | Unary (_, e, _) ->
     ((ftab e.len (fun i -> (widen0 v n (at_ i)).inf)),
       (ftab e.len (fun i -> (widen0 v n (at_ i)).sup)))
   | Product (e, _, _) ->
     ((ftab e.len (fun i -> (widen0 v n (at_ i)).inf)),
       (ftab e.len (fun i -> (widen0 v n (at_ i)).sup)))
   | _ -> (no_bounds, no_bounds))

(** val exact_sizes : fnoise -> node -> info list -> farr **)

let exact_sizes v n ss =
  if v.noisy
  then ftab (ext n).len (fun i -> size (exact_at v n ss i))
  else no_bounds

(** val forward : fnoise -> node -> (farr * farr) -> info list -> info **)

let forward v n box ss =
  let zero = ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0)))
  in
  (match n with
   | Input e -> plain v e (fst box) (snd box) zero (Float64.of_float (0x0p+0))
   | Constant (e, c) -> plain v e c c zero (Float64.of_float (0x0p+0))
   | Affine (e, ts, b) -> affine_info v e ts b ss
   | Unary (_, e, _) ->
     let (l, h) = enclosed v n ss in
     plain v e l h (exact_sizes v n ss) (Float64.of_float (0x0p+0))
   | Product (e, _, _) ->
     let (l, h) = enclosed v n ss in
     plain v e l h (exact_sizes v n ss) (Float64.of_float (0x0p+0)))

(** val info_ok : fnoise -> node -> info -> bool **)

let info_ok v n s =
  let e = ext n in
  (&&) (finite e s.lo)
    ((&&) (finite e s.hi)
      ((&&) (ordered e s.lo s.hi)
        ((&&) (capped v e s.mag)
          ((&&) (finb s.coef)
            ((&&) (finb s.spare)
              (match n with
               | Input _ -> true
               | Constant (_, _) -> true
               | Affine (_, _, _) -> capped v e s.load
               | _ -> if v.noisy then capped v e s.load else true))))))

(** val fixed_info : fnoise -> node -> info option **)

let fixed_info v n = match n with
| Constant (_, _) ->
  let s = forward v n (no_bounds, no_bounds) [] in
  if info_ok v n s then Some s else None
| _ -> None

(** val forwards_from :
    fnoise -> node list -> info option list -> (farr * farr) -> (info list,
    node) sum **)

let rec forwards_from v ns ks box =
  match ns with
  | [] -> Inl []
  | n :: ns0 ->
    (match ks with
     | [] -> Inr n
     | k :: ks0 ->
       (match forwards_from v ns0 ks0 box with
        | Inl ss ->
          (match k with
           | Some s -> Inl (s :: ss)
           | None ->
             let s = forward v n box ss in
             if info_ok v n s then Inl (s :: ss) else Inr n)
        | Inr bad -> Inr bad))

(** val load_of : extent -> term list -> farr option -> info list -> farr **)

let load_of e ts b ss =
  let ops = map (operand_of ss) ts in
  ftab e.len (fun i ->
    sum_up (abs (bias_f b i)) ops (fun o -> absF o.map_of o.sizes_of i))

(** val or_else : fnoise -> node -> info -> info -> info **)

let or_else v n s t =
  if info_ok v n t then t else s

(** val sharpened : fnoise -> node -> info -> info **)

let sharpened v n s =
  or_else v n s (plain v (ext n) s.lo s.hi s.load s.coef)

(** val renewed : fnoise -> node -> info -> info list -> info **)

let renewed v n s ss =
  match n with
  | Affine (e, ts, b) ->
    or_else v n s (plain v e s.lo s.hi (load_of e ts b ss) s.coef)
  | Unary (_, e, _) ->
    let (l, h) = enclosed v n ss in
    or_else v n s
      (plain v e (ftab e.len (fun i -> maxf (fget s.lo i) (fget l i)))
        (ftab e.len (fun i -> minf (fget s.hi i) (fget h i)))
        (exact_sizes v n ss) (Float64.of_float (0x0p+0)))
  | Product (e, _, _) ->
    let (l, h) = enclosed v n ss in
    or_else v n s
      (plain v e (ftab e.len (fun i -> maxf (fget s.lo i) (fget l i)))
        (ftab e.len (fun i -> minf (fget s.hi i) (fget h i)))
        (exact_sizes v n ss) (Float64.of_float (0x0p+0)))
  | _ -> s

(** val renew : fnoise -> nat -> node list -> info list -> info list **)

let rec renew v d ns ss =
  match d with
  | O ->
    (match ns with
     | [] -> ss
     | n :: _ ->
       (match ss with
        | [] -> ss
        | s :: ss0 -> (sharpened v n s) :: ss0))
  | S d0 ->
    (match ns with
     | [] -> ss
     | n :: ns0 ->
       (match ss with
        | [] -> ss
        | s :: ss0 ->
          let ss1 = renew v d0 ns0 ss0 in (renewed v n s ss1) :: ss1))

(** val refreshed : fnoise -> nat -> node list -> info list -> info list **)

let refreshed v d ns ss =
  if v.noisy then renew v d ns ss else ss

type semantics =
| Reals
| Binary32 of Float64.t

(** val no_noise : fnoise **)

let no_noise =
  { kappa = (fun _ -> (Float64.of_float (0x0p+0))); eta_up = (fun _ ->
    (Float64.of_float (0x0p+0))); noisy = false; least =
    (Float64.of_float (0x0p+0)); cap =
    (Float64.of_float (0x1.fffffffffffffp+1023)); defined = (fun _ _ _ ->
    true) }

(** val width : linmap -> Float64.t **)

let width = function
| Dense (_, _, n, _, _, _, _) -> of_uint63 n.len
| Convolution (c, _, _, _, _) ->
  up
    (mul0 (up (mul0 (of_uint63 c.vert.taps.len) (of_uint63 c.horz.taps.len)))
      (of_uint63 c.cin.len))
| _ -> (Float64.of_float (0x1p+0))

(** val summed : term list -> Float64.t **)

let summed ts =
  fold_left (fun k t -> up (add1 k (width (snd t)))) ts
    (Float64.of_float (0x1p+1))

(** val moves : term list -> farr option -> bool **)

let moves ts b =
  match ts with
  | [] -> false
  | t :: l ->
    let (_, l0) = t in
    (match l0 with
     | Signed (_, _) ->
       (match l with
        | [] -> (match b with
                 | Some _ -> false
                 | None -> true)
        | _ :: _ -> false)
     | Reindex (_, _, _, _, _, _) ->
       (match l with
        | [] -> (match b with
                 | Some _ -> false
                 | None -> true)
        | _ :: _ -> false)
     | _ -> false)

(** val growth_up : Float64.t -> Float64.t **)

let growth_up k =
  let a = up (mul0 k (Float64.of_float (0x1p-24))) in
  up (add1 a (up (mul0 (Float64.of_float (0x1p+1)) (up (mul0 a a)))))

(** val exactly32 : unary -> bool **)

let exactly32 = function
| Relu -> true
| Clip (_, _) -> true
| Sign -> true
| _ -> false

(** val defined32 : unary -> Float64.t -> Float64.t -> bool **)

let defined32 f l h =
  match f with
  | Log -> ltb0 (Float64.of_float (0x0p+0)) l
  | Sqrt -> leb0 (Float64.of_float (0x0p+0)) l
  | Recip ->
    (||) (ltb0 (Float64.of_float (0x0p+0)) l)
      (ltb0 h (Float64.of_float (0x0p+0)))
  | _ -> true

(** val kappa32 : Float64.t -> node -> Float64.t **)

let kappa32 ulps = function
| Affine (_, ts, b) ->
  if moves ts b then (Float64.of_float (0x0p+0)) else growth_up (summed ts)
| Unary (f, _, _) ->
  if exactly32 f
  then (Float64.of_float (0x0p+0))
  else up (mul0 ulps (Float64.of_float (0x1p-23)))
| Product (_, _, _) -> (Float64.of_float (0x1p-24))
| _ -> (Float64.of_float (0x0p+0))

(** val eta32 : node -> Float64.t **)

let eta32 = function
| Affine (_, ts, b) ->
  if moves ts b
  then (Float64.of_float (0x1p-126))
  else up (mul0 (summed ts) (Float64.of_float (0x1p-50)))
| Unary (f, _, _) ->
  if jumps f
  then (Float64.of_float (0x0p+0))
  else if exactly32 f
       then (Float64.of_float (0x1p-126))
       else (Float64.of_float (0x1p-124))
| Product (_, _, _) -> (Float64.of_float (0x1p-50))
| _ -> (Float64.of_float (0x0p+0))

(** val nonneg0 : Float64.t -> Float64.t **)

let nonneg0 x =
  if leb0 (Float64.of_float (0x0p+0)) x then x else nan

(** val noise_of : semantics -> fnoise **)

let noise_of = function
| Reals -> no_noise
| Binary32 ulps ->
  { kappa = (fun n -> nonneg0 (kappa32 ulps n)); eta_up = (fun n ->
    nonneg0 (eta32 n)); noisy = true; least = (Float64.of_float (0x1p-26));
    cap = (Float64.of_float (0x1p+48)); defined = defined32 }

(** val doubled : nat -> Uint63.t -> Uint63.t **)

let rec doubled n q =
  match n with
  | O -> q
  | S n0 -> doubled n0 (add0 q q)

(** val exact32 : Float64.t -> bool **)

let exact32 x =
  (||) (eqb1 x (Float64.of_float (0x0p+0)))
    (let (m, e) = frshiftexp x in
     let n = normfr_mantissa m in
     let lost =
       if ltb e (Uint63.of_int (1976))
       then sub0 (Uint63.of_int (1976)) e
       else (Uint63.of_int (0))
     in
     let k = lsr0 n (Uint63.of_int (29)) in
     (&&)
       ((&&)
         ((&&) ((&&) (finb x) (leb e (Uint63.of_int (2229))))
           (ltb lost (Uint63.of_int (24))))
         (eqb0 (land0 n (Uint63.of_int (536870911))) (Uint63.of_int (0))))
       (eqb0 (doubled (nat_of lost) (lsr0 k lost)) k))

(** val node_ok32 : node -> bool **)

let node_ok32 = function
| Constant (e, c) -> allb e (fun i -> exact32 (fget c i))
| Affine (_, ts, _) ->
  let k = summed ts in
  (&&) ((&&) (leb0 k (Float64.of_float (0x1p+22))) (finb (growth_up k)))
    (finb (up (mul0 k (Float64.of_float (0x1p-50)))))
| _ -> true

(** val allowed : semantics -> node list -> bool **)

let allowed s ns =
  match s with
  | Reals -> true
  | Binary32 ulps ->
    (&&)
      ((&&)
        ((&&) (leb0 (Float64.of_float (0x1p+0)) ulps)
          (leb0 ulps (Float64.of_float (0x1p+20))))
        (finb (up (mul0 ulps (Float64.of_float (0x1p-23))))))
      (forallb node_ok32 ns)

type lines = { below_slope : farr; above_slope : farr; below_right : 
               farr; above_right : farr; below_shift : farr;
               above_shift : farr; rough : farr; silent : farr option }

(** val no_lines : lines **)

let no_lines =
  let z0 = ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0))) in
  { below_slope = z0; above_slope = z0; below_right = z0; above_right = z0;
  below_shift = z0; above_shift = z0; rough = z0; silent = None }

(** val silent_at : fnoise -> lines list -> nat -> farr option **)

let silent_at v ls d =
  if v.noisy then None else (nth d ls no_lines).silent

(** val rough_of :
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t ->
    Float64.t -> Float64.t -> Float64.t -> Float64.t -> Float64.t **)

let rough_of a b m a' b' m' s t g =
  let half0 = fun a0 b0 m0 ->
    up
      (mul0 (Float64.of_float (0x1p-52))
        (up (mul0 (up (add1 (abs a0) (abs b0))) m0)))
  in
  up
    (add1 (up (add1 (half0 a b m) (half0 a' b' m')))
      (up (mul0 g (up (add1 (abs s) (abs t))))))

(** val quads : extent -> (Uint63.t -> quad) -> farr **)

let quads e f =
  let n = mul e.len (Uint63.of_int (4)) in
  if ok_len n
  then ftab4 n f
  else ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0)))

(** val quad_at :
    extent -> farr -> (Uint63.t -> quad) -> Uint63.t -> Uint63.t -> Float64.t **)

let quad_at e z0 f i r =
  if ok_len (mul e.len (Uint63.of_int (4)))
  then fget z0 (add0 (mul i (Uint63.of_int (4))) r)
  else part (f i) r

(** val lines_of :
    node -> info -> info list -> (Uint63.t -> Float64.t -> Float64.t ->
    Float64.t) -> lines **)

let lines_of n own ss hint0 =
  match n with
  | Unary (f, e, d) ->
    let z0 = ftab (Uint63.of_int (0)) (fun _ -> (Float64.of_float (0x0p+0)))
    in
    let s = info_at ss d in
    let l = fget s.lo in
    let h = fget s.hi in
    let r = rule_of f in
    let both0 = fun i ->
      let (t, u) = touch f (l i) (h i) (hint0 i (l i) (h i)) in
      let (low, high) = r.around (l i) (h i) t u in
      ((low.slope, high.slope), (low.shift, high.shift))
    in
    let found = quads e both0 in
    let a = ftab e.len (fun i -> quad_at e found both0 i (Uint63.of_int (0)))
    in
    let b = ftab e.len (fun i -> quad_at e found both0 i (Uint63.of_int (1)))
    in
    let p = ftab e.len (fun i -> quad_at e found both0 i (Uint63.of_int (2)))
    in
    let q = ftab e.len (fun i -> quad_at e found both0 i (Uint63.of_int (3)))
    in
    let g = gamma e.len in
    { below_slope = a; above_slope = b; below_right = z0; above_right = z0;
    below_shift = p; above_shift = q; rough =
    (ftab e.len (fun i ->
      rough_of (fget a i) (fget b i) (fget s.mag i)
        (Float64.of_float (0x0p+0)) (Float64.of_float (0x0p+0))
        (Float64.of_float (0x0p+0)) (fget p i) (fget q i) g)); silent = (Some
    (ftab e.len (fun i ->
      if (&&)
           ((&&) (eqb1 (fget a i) (Float64.of_float (0x0p+0)))
             (eqb1 (fget b i) (Float64.of_float (0x0p+0))))
           ((&&) (eqb1 (fget p i) (Float64.of_float (0x0p+0)))
             (eqb1 (fget q i) (Float64.of_float (0x0p+0))))
      then (Float64.of_float (0x1p+0))
      else (Float64.of_float (0x0p+0))))) }
  | Product (e, d, d') ->
    let s = info_at ss d in
    let s' = info_at ss d' in
    let plane0 = fun make i ->
      make (hint0 i (Float64.of_float (0x0p+0)) (Float64.of_float (0x0p+0)))
        (fget s.lo i) (fget s.hi i) (fget s'.lo i) (fget s'.hi i)
    in
    let low = fun i ->
      let p = plane0 plane_below i in
      (match own.ties with
       | Some p0 -> let (t, _) = p0 in raised (tie_at t i) p
       | None -> p)
    in
    let high = fun i ->
      let p = plane0 plane_above i in
      (match own.ties with
       | Some p0 -> let (_, t) = p0 in lowered (tie_at t i) p
       | None -> p)
    in
    let a = ftab e.len (fun i -> (low i).on_x) in
    let b = ftab e.len (fun i -> (high i).on_x) in
    let a' = ftab e.len (fun i -> (low i).on_y) in
    let b' = ftab e.len (fun i -> (high i).on_y) in
    let p = ftab e.len (fun i -> (low i).level) in
    let q = ftab e.len (fun i -> (high i).level) in
    let g = gamma e.len in
    { below_slope = a; above_slope = b; below_right = a'; above_right = b';
    below_shift = p; above_shift = q; rough =
    (ftab e.len (fun i ->
      rough_of (fget a i) (fget b i) (fget s.mag i) (fget a' i) (fget b' i)
        (fget s'.mag i) (fget p i) (fget q i) g)); silent = None }
  | _ -> no_lines

(** val charges : fnoise -> node -> extent -> info -> farr **)

let charges v n e s =
  let c = s.coef in
  let eta = v.eta_up n in
  ftab e.len (fun i -> up (add1 (up (mul0 c (fget s.load i))) eta))

(** val with_rough : lines -> farr -> lines **)

let with_rough l r =
  { below_slope = l.below_slope; above_slope = l.above_slope; below_right =
    l.below_right; above_right = l.above_right; below_shift = l.below_shift;
    above_shift = l.above_shift; rough = r; silent = l.silent }

(** val charged : fnoise -> node -> info -> lines -> lines **)

let charged v n s l =
  match n with
  | Affine (e, _, _) -> with_rough l (charges v n e s)
  | Unary (_, e, _) ->
    if v.noisy
    then let k = v.kappa n in
         let eta = v.eta_up n in
         with_rough l
           (ftab e.len (fun i ->
             up
               (add1 (fget l.rough i)
                 (up (add1 (up (mul0 k (fget s.load i))) eta)))))
    else l
  | Product (e, _, _) ->
    if v.noisy
    then let k = v.kappa n in
         let eta = v.eta_up n in
         with_rough l
           (ftab e.len (fun i ->
             up
               (add1 (fget l.rough i)
                 (up (add1 (up (mul0 k (fget s.load i))) eta)))))
    else l
  | _ -> l

(** val selected : extent -> farr -> farr -> farr -> farr **)

let selected e q a b =
  ftab e.len (fun i -> sided (fget q i) (fget a i) (fget b i))

type row = farr option

(** val add_row :
    nat -> extent -> farr -> info list -> row list -> row list * Float64.t **)

let rec add_row d e r ss rs =
  match d with
  | O ->
    (match rs with
     | [] -> (rs, nan)
     | r0 :: rs0 ->
       (match r0 with
        | Some q ->
          (match ss with
           | [] -> (rs, nan)
           | s :: _ ->
             (((Some
               (ftab e.len (fun i -> add1 (fget q i) (fget r i)))) :: rs0),
               (up
                 (add1
                   (up
                     (mul0 (Float64.of_float (0x1p-52))
                       (up
                         (add1
                           (dot_abs e q (Uint63.of_int (0)) s.mag
                             (Uint63.of_int (0)))
                           (dot_abs e r (Uint63.of_int (0)) s.mag
                             (Uint63.of_int (0))))))) s.spare))))
        | None -> (((Some r) :: rs0), (Float64.of_float (0x0p+0)))))
  | S d0 ->
    (match rs with
     | [] -> (rs, nan)
     | q :: rs0 ->
       (match ss with
        | [] -> (rs, nan)
        | _ :: ss0 -> let (rs', c) = add_row d0 e r ss0 rs0 in ((q :: rs'), c)))

(** val spread :
    term list -> (term -> farr) -> info list -> row list -> Float64.t -> row
    list * Float64.t **)

let rec spread ts make ss rs cost =
  match ts with
  | [] -> (rs, cost)
  | t :: ts0 ->
    let d = fst t in
    let (rs0, c) = add_row d (in_ext (snd t)) (make t) ss rs in
    spread ts0 make ss rs0 (up (add1 (up (add1 cost c)) (info_at ss d).spare))

(** val bias_dot : extent -> farr option -> farr -> Float64.t **)

let bias_dot e b r =
  match b with
  | Some v -> dot e r (Uint63.of_int (0)) v (Uint63.of_int (0))
  | None -> (Float64.of_float (0x0p+0))

(** val back :
    fnoise -> node list -> info list -> lines list -> row list -> Float64.t
    -> Float64.t **)

let rec back v ns ss ls rs acc =
  match ns with
  | [] -> acc
  | n :: ns0 ->
    (match ss with
     | [] -> acc
     | s :: ss0 ->
       (match ls with
        | [] -> acc
        | l :: ls0 ->
          (match rs with
           | [] -> acc
           | r :: rs0 ->
             (match r with
              | Some q ->
                (match n with
                 | Input e ->
                   let g = gamma e.len in
                   let cost =
                     up
                       (add1
                         (up
                           (mul0 g
                             (up
                               (add1
                                 (dot_abs e q (Uint63.of_int (0)) s.lo
                                   (Uint63.of_int (0)))
                                 (dot_abs e q (Uint63.of_int (0)) s.hi
                                   (Uint63.of_int (0))))))) tiny)
                   in
                   back v ns0 ss0 ls0 rs0
                     (dn (add1 acc (dn (sub1 (dot_sel e q s.lo s.hi) cost))))
                 | Constant (e, c) ->
                   let cost =
                     up
                       (add1
                         (up
                           (mul0 (gamma e.len)
                             (dot_abs e q (Uint63.of_int (0)) c
                               (Uint63.of_int (0))))) tiny)
                   in
                   back v ns0 ss0 ls0 rs0
                     (dn
                       (add1 acc
                         (dn
                           (sub1
                             (dot e q (Uint63.of_int (0)) c
                               (Uint63.of_int (0))) cost))))
                 | Affine (e, ts, b) ->
                   let own =
                     up
                       (add1
                         (dot_abs e q (Uint63.of_int (0)) l.rough
                           (Uint63.of_int (0))) tiny)
                   in
                   let (rs1, cost) =
                     spread ts (fun t ->
                       transV (snd t) (silent_at v ls0 (fst t)) q) ss0 rs0 own
                   in
                   back v ns0 ss0 ls0 rs1
                     (dn (add1 acc (dn (sub1 (bias_dot e b q) cost))))
                 | Unary (_, e, d) ->
                   let cost =
                     up
                       (add1
                         (up
                           (add1
                             (dot_abs e q (Uint63.of_int (0)) l.rough
                               (Uint63.of_int (0))) (info_at ss0 d).spare))
                         tiny)
                   in
                   let (rs1, c) =
                     add_row d e (selected e q l.below_slope l.above_slope)
                       ss0 rs0
                   in
                   back v ns0 ss0 ls0 rs1
                     (dn
                       (add1 acc
                         (dn
                           (sub1 (dot_sel e q l.below_shift l.above_shift)
                             (up (add1 cost c))))))
                 | Product (e, d, d') ->
                   let spares =
                     up (add1 (info_at ss0 d).spare (info_at ss0 d').spare)
                   in
                   let cost =
                     up
                       (add1
                         (up
                           (add1
                             (dot_abs e q (Uint63.of_int (0)) l.rough
                               (Uint63.of_int (0))) spares)) tiny)
                   in
                   let (rs1, c) =
                     add_row d e (selected e q l.below_slope l.above_slope)
                       ss0 rs0
                   in
                   let (rs2, c') =
                     add_row d' e (selected e q l.below_right l.above_right)
                       ss0 rs1
                   in
                   back v ns0 ss0 ls0 rs2
                     (dn
                       (add1 acc
                         (dn
                           (sub1 (dot_sel e q l.below_shift l.above_shift)
                             (up (add1 (up (add1 cost c)) c')))))))
              | None -> back v ns0 ss0 ls0 rs0 acc))))

(** val combined :
    fnoise -> node -> info -> farr -> node list -> info list -> lines list ->
    row list -> Float64.t **)

let combined v n s q ns ss ls rs =
  match n with
  | Affine (e, ts, b) ->
    let own =
      up
        (add1
          (dot_abs e q (Uint63.of_int (0)) (charges (noiseless v) n e s)
            (Uint63.of_int (0))) tiny)
    in
    let (rs0, cost) =
      spread ts (fun t -> transV (snd t) (silent_at v ls (fst t)) q) ss rs own
    in
    back v ns ss ls rs0 (dn (sub1 (bias_dot e b q) cost))
  | _ -> nan

(** val neuron :
    fnoise -> node list -> info list -> lines list -> bool -> Uint63.t ->
    Float64.t **)

let neuron v ns ss ls minus j =
  match ns with
  | [] -> nan
  | n :: ns0 ->
    (match n with
     | Affine (_, ts, b) ->
       (match ss with
        | [] -> nan
        | s :: ss0 ->
          (match ls with
           | [] -> nan
           | _ :: ls0 ->
             let sign = fun x -> if minus then opp x else x in
             let own =
               up (add1 (up (mul0 (v.kappa n) (fget s.load j))) (v.eta_up n))
             in
             let (rs, cost) =
               spread ts (fun t -> rowV (snd t) minus j) ss0
                 (map (fun _ -> None) ns0) own
             in
             back v ns0 ss0 ls0 rs (dn (sub1 (sign (bias_f b j)) cost))))
     | _ -> nan)

(** val unit_row : extent -> Uint63.t -> Float64.t -> farr **)

let unit_row e j x =
  ftab e.len (fun i -> if eqb0 i j then x else (Float64.of_float (0x0p+0)))

(** val pair_dn :
    fnoise -> node list -> info list -> lines list -> extent -> nat -> nat ->
    Uint63.t -> Float64.t -> Float64.t -> Float64.t **)

let pair_dn v ns ss ls e d d' j x y =
  let (rs, c) = add_row d e (unit_row e j x) ss (map (fun _ -> None) ns) in
  let (rs0, c') = add_row d' e (unit_row e j y) ss rs in
  back v ns ss ls rs0 (dn (sub1 (Float64.of_float (0x0p+0)) (up (add1 c c'))))

(** val tie_of :
    fnoise -> node list -> info list -> lines list -> extent -> nat -> nat ->
    bool -> (Uint63.t -> Float64.t) -> tied **)

let tie_of v ns ss ls e d d' minus factor0 =
  let signed = fun x -> if minus then opp x else x in
  let bound0 = fun i x y ->
    if eqb1 (factor0 i) (Float64.of_float (0x0p+0))
    then nan
    else pair_dn v ns ss ls e d d' i x y
  in
  { factors = (ftab e.len factor0); ties_lo =
  (ftab e.len (fun i ->
    bound0 i (signed (factor0 i)) (Float64.of_float (-0x1p+0)))); ties_hi =
  (ftab e.len (fun i ->
    opp (bound0 i (opp (signed (factor0 i))) (Float64.of_float (0x1p+0))))) }

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
    let q = div i d in digits ps0 q (add0 acc (mul (sub0 i (mul q d)) st))

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
  let b = div i s in add0 (add0 (mul b t) off) (sub0 i (mul b s))

(** val project : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t **)

let project s t off i =
  let b = div i t in
  let r = sub0 i (mul b t) in
  if leb off r
  then if ltb r (add0 off s) then add0 (mul b s) (sub0 r off) else max_int
  else max_int

(** val placing : Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> linmap **)

let placing outer s t off =
  reindex (extent_of (mul outer s)) (extent_of (mul outer t))
    (project s t off) (embed s t off)

(** val repeating : Uint63.t -> Uint63.t -> Uint63.t -> linmap **)

let repeating outer s n =
  repeated (extent_of (mul outer s)) (extent_of (mul outer (mul n s)))
    (fun i -> let b = div i s in add0 (mul (div b n) s) (sub0 i (mul b s)))
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
      then let d = nat_of (sub0 (sub0 k (Uint63.of_int (1))) i) in
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
            let rows0 = product (removelast s) in
            bind
              (demand
                ((&&)
                  ((&&)
                    ((&&) (ltb (Uint63.of_int (0)) m)
                      (ltb (Uint63.of_int (0)) n))
                    (eqb0 (last_of (snd x).shape) n))
                  (same s (app (removelast (snd x).shape) (m :: []))))
                WrongShape p) (fun _ ->
              bind (bias more m (Uint63.of_int (1)) rows0 p) (fun b -> Ok
                (Affine ((extent_of (product s)), (((fst x),
                (dense rows0 m n c)) :: []), b))))
          | _ :: _ -> fail WrongShape p)))

(** val positions :
    Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t -> Uint63.t ->
    Uint63.t **)

let positions size0 before after k stride0 dil0 =
  add0
    (div
      (sub0 (add0 (add0 size0 before) after)
        (add0 (mul dil0 (sub0 k (Uint63.of_int (1)))) (Uint63.of_int (1))))
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
                                                                    (sub0 kh
                                                                    (Uint63.of_int (1))))
                                                                    (Uint63.of_int (1)))
                                                                    (add0
                                                                    (add0 h
                                                                    top)
                                                                    bottom)))
                                                                    (leb
                                                                    (add0
                                                                    (mul dv
                                                                    (sub0 kv
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
    let size0 = mul (nth axis0 x.shape (Uint63.of_int (0))) inner in
    (d,
    (placing outer size0 (mul total inner) off)) :: (placed ops0 axis0 outer
                                                      inner total
                                                      (add0 off size0))

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
          (eqb0 (sub0 stop start) (nth a s (Uint63.of_int (0)))))
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
                (nat_of (sub0 (sub0 n (Uint63.of_int (1))) out)) })))))))

(** val property_magic : Float64.t **)

let property_magic =
  (Float64.of_float (0x1.04f52506e767p+310))

type rows = { n_rows : extent; on_x0 : farr option; on_y0 : farr option;
              bound : farr }

type case = { box_lo : farr; box_hi : farr; ways : rows list }

type property = { n_in : extent; n_out : extent; cases : case list }

(** val get_matrix :
    Uint63.t -> Uint63.t -> Uint63.t -> words -> Uint63.t -> (farr
    option * Uint63.t) res **)

let get_matrix present m n f p =
  if eqb0 present (Uint63.of_int (0))
  then Ok (None, p)
  else bind (get_block (mul m n) f p) (fun a -> Ok ((Some a),
         (add0 p (mul m n))))

(** val read_rows :
    words -> Uint63.t -> Uint63.t -> Uint63.t -> (rows * Uint63.t) res **)

let read_rows f n m p =
  bind (get_size f p) (fun r ->
    bind (get_size f (add0 p (Uint63.of_int (1)))) (fun has_x ->
      bind (get_size f (add0 p (Uint63.of_int (2)))) (fun has_y ->
        bind (get_matrix has_x r n f (add0 p (Uint63.of_int (3))))
          (fun pat ->
          let (cx, p1) = pat in
          bind (get_matrix has_y r m f p1) (fun pat0 ->
            let (cy, p2) = pat0 in
            bind (get_block r f p2) (fun d -> Ok ({ n_rows = (extent_of r);
              on_x0 = cx; on_y0 = cy; bound = d }, (add0 p2 r))))))))

(** val read_ways :
    nat -> words -> Uint63.t -> Uint63.t -> Uint63.t -> (rows
    list * Uint63.t) res **)

let rec read_ways todo f n m p =
  match todo with
  | O -> Ok ([], p)
  | S todo0 ->
    bind (read_rows f n m p) (fun pat ->
      let (r, p0) = pat in
      bind (read_ways todo0 f n m p0) (fun pat0 ->
        let (rs, p1) = pat0 in Ok ((r :: rs), p1)))

(** val read_cases :
    nat -> words -> Uint63.t -> Uint63.t -> Uint63.t -> (case
    list * Uint63.t) res **)

let rec read_cases todo f n m p =
  match todo with
  | O -> Ok ([], p)
  | S todo0 ->
    bind (get_block n f p) (fun l ->
      bind (get_block n f (add0 p n)) (fun h ->
        bind (get_size f (add0 (add0 p n) n)) (fun k ->
          bind
            (read_ways (nat_of k) f n m
              (add0 (add0 (add0 p n) n) (Uint63.of_int (1)))) (fun pat ->
            let (rs, p0) = pat in
            bind (read_cases todo0 f n m p0) (fun pat0 ->
              let (cs0, p1) = pat0 in
              Ok (({ box_lo = l; box_hi = h; ways = rs } :: cs0), p1))))))

(** val read_property : words -> property res **)

let read_property f =
  bind (check_head f property_magic) (fun _ ->
    bind (get_size f (Uint63.of_int (3))) (fun n ->
      bind (get_size f (Uint63.of_int (4))) (fun m ->
        bind (get_size f (Uint63.of_int (5))) (fun k ->
          bind (read_cases (nat_of k) f n m (Uint63.of_int (6))) (fun pat ->
            let (cs0, p) = pat in
            bind (demand (eqb0 p f.count) TrailingWords p) (fun _ -> Ok
              { n_in = (extent_of n); n_out = (extent_of m); cases = cs0 }))))))

type state = info list

type claim = { over : node; about : info }

type vectors = (nat * Uint63.t) list

(** val look : vectors -> nat -> Uint63.t option **)

let rec look s d =
  match s with
  | [] -> None
  | p0 :: s0 -> let (d', p) = p0 in if Nat.eqb d d' then Some p else look s0 d

(** val all_words :
    nat -> (Float64.t -> bool) -> reason -> words -> Uint63.t -> unit res **)

let rec all_words n test w f p =
  match n with
  | O -> Ok ()
  | S n0 ->
    let x = f.word p in
    if test x
    then all_words n0 test w f (add0 p (Uint63.of_int (1)))
    else Err (w, p, x, (Float64.of_float (0x0p+0)))

(** val vectors_at :
    nat -> (node -> bool) -> (Float64.t -> bool) -> reason -> words -> node
    list -> Uint63.t -> Uint63.t -> (vectors * Uint63.t) res **)

let rec vectors_at todo kind test w f ns top p =
  match todo with
  | O -> Ok ([], p)
  | S todo0 ->
    bind (get_size f p) (fun k ->
      bind (demand (leb k top) MissingNode p) (fun _ ->
        let d = nat_of (sub0 top k) in
        (match nth_error ns d with
         | Some n ->
           let e = ext n in
           bind (demand (kind n) MissingNode p) (fun _ ->
             bind
               (demand
                 (leb (add0 (add0 p (Uint63.of_int (1))) e.len) f.count)
                 Truncated p) (fun _ ->
               bind (all_words e.fuel test w f (add0 p (Uint63.of_int (1))))
                 (fun _ ->
                 bind
                   (vectors_at todo0 kind test w f ns top
                     (add0 (add0 p (Uint63.of_int (1))) e.len)) (fun pat ->
                   let (s, q) = pat in
                   Ok (((d, (add0 p (Uint63.of_int (1)))) :: s), q)))))
         | None -> fail MissingNode p)))

(** val read_vectors :
    (node -> bool) -> (Float64.t -> bool) -> reason -> words -> node list ->
    Uint63.t -> Uint63.t -> (vectors * Uint63.t) res **)

let read_vectors kind test w f ns top p =
  bind (get_size f p) (fun n ->
    vectors_at (nat_of n) kind test w f ns top (add0 p (Uint63.of_int (1))))

(** val hinted : node -> bool **)

let hinted = function
| Unary (_, _, _) -> true
| Product (_, _, _) -> true
| _ -> false

(** val in_unit : Float64.t -> bool **)

let in_unit x =
  (&&) (leb0 (Float64.of_float (0x0p+0)) x)
    (leb0 x (Float64.of_float (0x1p+0)))

(** val read_slopes :
    words -> node list -> Uint63.t -> Uint63.t -> (vectors * Uint63.t) res **)

let read_slopes f ns top p =
  read_vectors hinted in_unit SlopeOutside f ns top p

(** val hint :
    words -> Uint63.t option -> node -> Uint63.t -> Float64.t -> Float64.t ->
    Float64.t **)

let hint f given n i l h =
  match given with
  | Some p -> f.word (add0 p i)
  | None ->
    (match n with
     | Unary (g, _, _) -> default_hint g l h
     | _ -> (Float64.of_float (0x1p-1)))

(** val lines_at :
    fnoise -> words -> vectors -> node -> info -> state -> nat -> lines
    option -> lines **)

let lines_at v f s n own ss d known =
  let given = look s d in
  (match given with
   | Some _ -> charged v n own (lines_of n own ss (hint f given n))
   | None ->
     (match known with
      | Some l -> l
      | None -> charged v n own (lines_of n own ss (hint f given n))))

(** val all_lines :
    fnoise -> words -> vectors -> node list -> state -> lines option list ->
    nat -> lines list **)

let rec all_lines v f s ns ss ks d =
  match ns with
  | [] -> []
  | n :: ns0 ->
    (match ss with
     | [] -> []
     | t :: ss0 ->
       (match ks with
        | [] -> []
        | k :: ks0 ->
          (lines_at v f s n t ss0 d k) :: (all_lines v f s ns0 ss0 ks0 (S d))))

(** val unknown : node list -> lines option list **)

let unknown ns =
  map (fun _ -> None) ns

(** val remember :
    vectors -> lines option list -> lines list -> nat -> lines option list **)

let rec remember s ks ls d =
  match ks with
  | [] -> ks
  | k :: ks0 ->
    (match ls with
     | [] -> ks
     | l :: ls0 ->
       (match look s d with
        | Some _ -> k
        | None -> Some l) :: (remember s ks0 ls0 (S d)))

(** val reads : node -> nat -> bool **)

let reads n d =
  match n with
  | Unary (_, _, d') -> Nat.eqb d d'
  | Product (_, d', d'') -> (||) (Nat.eqb d d') (Nat.eqb d d'')
  | _ -> false

(** val forget :
    node list -> lines option list -> nat -> lines option list **)

let rec forget ns ks d =
  match ns with
  | [] -> ks
  | n :: ns0 ->
    (match ks with
     | [] -> ks
     | k :: ks0 ->
       (match d with
        | O -> None :: ks0
        | S d0 -> (if reads n d0 then None else k) :: (forget ns0 ks0 d0)))

(** val replace : state -> nat -> info -> state **)

let replace ss d s =
  app (firstn d ss) (s :: (skipn (S d) ss))

(** val with_bounds : info -> farr -> farr -> info **)

let with_bounds s l h =
  { lo = l; hi = h; mag = s.mag; load = s.load; coef = s.coef; spare =
    s.spare; ties = s.ties }

(** val with_ties : info -> (tied * tied) -> info **)

let with_ties s t =
  { lo = s.lo; hi = s.hi; mag = s.mag; load = s.load; coef = s.coef; spare =
    s.spare; ties = (Some t) }

(** val work_of : node -> Uint63.t **)

let work_of n = match n with
| Affine (_, ts, _) ->
  fold_left (fun w t ->
    add0 w
      (match snd t with
       | Dense (_, m, _, ein, _, _, _) -> mul ein.len m.len
       | Convolution (v, _, eout, _, _) ->
         mul eout.len (mul (kplane v) v.cin.len)
       | x -> (in_ext x).len)) ts (Uint63.of_int (0))
| _ -> mul (Uint63.of_int (8)) (ext n).len

(** val work : node list -> Uint63.t **)

let work ns =
  fold_left (fun w n -> add0 w (work_of n)) ns (Uint63.of_int (0))

(** val tally : extent -> (Uint63.t -> bool) -> Uint63.t **)

let tally e p =
  accF e (fun i n -> if p i then add0 n (Uint63.of_int (1)) else n)
    (Uint63.of_int (0))

(** val sharper :
    Float64.t -> Float64.t -> (Float64.t -> Float64.t -> Float64.t) ->
    Float64.t **)

let sharper old new0 keep =
  if finb new0 then keep old new0 else new0

(** val settled : info -> extent -> bool **)

let settled s e =
  allb e (fun i ->
    (&&) (finb (fget s.mag i))
      (leb0 (abs (centre s.lo s.hi i)) (fget s.mag i)))

(** val again : fnoise -> node -> state -> Uint63.t -> (farr * farr) res **)

let again v n ss p =
  match n with
  | Affine (e, ts, b) ->
    bind
      (demand
        (forallb (fun t -> settled (info_at ss (fst t)) (in_ext (snd t))) ts)
        BoundFailed p) (fun _ ->
      let s = affine_info v e ts b ss in
      bind (demand (info_ok v n s) BoundFailed p) (fun _ -> Ok (s.lo, s.hi)))
  | _ -> bind (demand (hinted n) NotAffine p) (fun _ -> Ok (enclosed v n ss))

(** val reenclose :
    fnoise -> node list -> state -> nat -> Uint63.t -> state res **)

let reenclose v ns ss d p =
  match skipn d ns with
  | [] -> fail NotAffine p
  | n :: _ ->
    (match skipn d ss with
     | [] -> fail NotAffine p
     | s :: ss' ->
       bind (again v n ss' p) (fun pat ->
         let (low, high) = pat in
         let e = ext n in
         let l = ftab e.len (fun i -> sharper (fget s.lo i) (fget low i) maxf)
         in
         let h =
           ftab e.len (fun i -> sharper (fget s.hi i) (fget high i) minf)
         in
         bind (demand ((&&) (finite e l) (finite e h)) BoundFailed p)
           (fun _ ->
           bind (demand (ordered e l h) Crossed p) (fun _ -> Ok
             (replace ss d (with_bounds s l h))))))

(** val tighten :
    fnoise -> node list -> state -> nat -> lines list -> (Uint63.t -> bool)
    -> (Uint63.t -> bool) -> Uint63.t -> state res **)

let tighten v ns ss d ls below above p =
  match skipn d ns with
  | [] -> reenclose v ns ss d p
  | n :: l ->
    (match n with
     | Affine (e, ts, b) ->
       let ns' = (Affine (e, ts, b)) :: l in
       (match skipn d ss with
        | [] -> reenclose v ns ss d p
        | s :: l0 ->
          let ss' = s :: l0 in
          let low = fun i -> neuron v ns' ss' ls false i in
          let high = fun i -> opp (neuron v ns' ss' ls true i) in
          let lower0 = tally e below in
          let upper = tally e above in
          let few =
            (&&) (leb (add0 lower0 upper) (Uint63.of_int (4)))
              (large (mul (work ns') (add0 lower0 upper)))
          in
          let (l1, h) =
            fan few (fun _ ->
              parts (levels (mul (work ns') lower0)) e.len (fun i ->
                if below i
                then sharper (fget s.lo i) (low i) maxf
                else fget s.lo i)) (fun _ ->
              parts (levels (mul (work ns') upper)) e.len (fun i ->
                if above i
                then sharper (fget s.hi i) (high i) minf
                else fget s.hi i))
          in
          bind (demand ((&&) (finite e l1) (finite e h)) BoundFailed p)
            (fun _ ->
            bind (demand (ordered e l1 h) Crossed p) (fun _ -> Ok
              (replace ss d (with_bounds s l1 h)))))
     | _ -> reenclose v ns ss d p)

(** val listed : nat -> words -> Uint63.t -> Float64.t -> bool **)

let rec listed n f p x =
  match n with
  | O -> false
  | S n0 ->
    if eqb1 (f.word p) x
    then true
    else listed n0 f (add0 p (Uint63.of_int (1))) x

(** val per_word : Uint63.t **)

let per_word =
  (Uint63.of_int (48))

(** val is_mask : Float64.t -> bool **)

let is_mask x =
  match to_int x with
  | Some n -> ltb n (Uint63.of_int (281474976710656))
  | None -> false

(** val mask_words : extent -> Uint63.t **)

let mask_words e =
  div (add0 e.len (Uint63.of_int (47))) per_word

(** val marked : words -> Uint63.t -> Uint63.t -> bool **)

let marked f p i =
  match to_int (f.word (add0 p (div i per_word))) with
  | Some n ->
    eqb0 (land0 (lsr0 n (mod0 i per_word)) (Uint63.of_int (1)))
      (Uint63.of_int (1))
  | None -> false

(** val crossing : info -> Uint63.t -> bool **)

let crossing s i =
  (&&) (ltb0 (fget s.lo i) (Float64.of_float (0x0p+0)))
    (ltb0 (Float64.of_float (0x0p+0)) (fget s.hi i))

(** val all_nonneg : nat -> words -> Uint63.t -> unit res **)

let rec all_nonneg n f p =
  match n with
  | O -> Ok ()
  | S n0 ->
    bind (get_nonneg f p MultiplierNegative) (fun _ ->
      all_nonneg n0 f (add0 p (Uint63.of_int (1))))

(** val pays : info -> Float64.t -> Uint63.t -> bool **)

let pays s b i =
  if ltb0 (Float64.of_float (0x0p+0)) b
  then leb0 (fget s.hi i) (Float64.of_float (0x0p+0))
  else if ltb0 b (Float64.of_float (0x0p+0))
       then leb0 (Float64.of_float (0x0p+0)) (fget s.lo i)
       else true

(** val extra_rows :
    words -> vectors -> node list -> state -> nat -> row list **)

let rec extra_rows f b ns ss d =
  match ns with
  | [] -> []
  | n :: ns0 ->
    (match ss with
     | [] -> []
     | _ :: ss0 ->
       (match look b d with
        | Some p -> Some (ftab (ext n).len (fun i -> f.word (add0 p i)))
        | None -> None) :: (extra_rows f b ns0 ss0 (S d)))

(** val all_pay : node list -> state -> row list -> bool **)

let rec all_pay ns ss rs =
  match ns with
  | [] -> true
  | n :: ns0 ->
    (match ss with
     | [] -> true
     | s :: ss0 ->
       (match rs with
        | [] -> true
        | r :: rs0 ->
          (&&)
            (match r with
             | Some q -> allb (ext n) (fun i -> pays s (fget q i) i)
             | None -> true) (all_pay ns0 ss0 rs0)))

(** val refute :
    fnoise -> words -> node list -> state -> Uint63.t -> Uint63.t -> claim ->
    lines option list -> (Uint63.t * lines option list) res **)

let refute v f ns ss top p c ks =
  let e = ext c.over in
  bind (all_nonneg e.fuel f p) (fun _ ->
    let m = ftab e.len (fun i -> f.word (add0 p i)) in
    bind (read_slopes f ns top (add0 p e.len)) (fun pat ->
      let (s, q) = pat in
      bind (read_vectors (fun _ -> true) finb NotFinite f ns top q)
        (fun pat0 ->
        let (b, q0) = pat0 in
        let rs = extra_rows f b ns ss O in
        bind (demand (all_pay ns ss rs) MultiplierSign q0) (fun _ ->
          let ls = all_lines v f s ns ss ks O in
          let low = combined v c.over c.about m ns ss ls rs in
          if finb low
          then if ltb0 (Float64.of_float (0x0p+0)) low
               then Ok (q0, (remember s ks ls O))
               else Err (NotRefuted, p, low, (Float64.of_float (0x0p+0)))
          else Err (BoundFailed, p, low, (Float64.of_float (0x0p+0)))))))

(** val leaf :
    fnoise -> words -> node list -> state -> Uint63.t -> Uint63.t -> claim
    list -> lines option list -> Uint63.t res **)

let rec leaf v f ns ss top p cs0 ks =
  match cs0 with
  | [] -> Ok p
  | c :: cs1 ->
    bind (refute v f ns ss top p c ks) (fun pat ->
      let (p0, ks0) = pat in leaf v f ns ss top p0 cs1 ks0)

(** val cut : info -> extent -> Uint63.t -> Float64.t -> bool -> info **)

let cut s e i x = function
| true ->
  with_bounds s s.lo
    (ftab e.len (fun k -> if eqb0 k i then x else fget s.hi k))
| false ->
  with_bounds s (ftab e.len (fun k -> if eqb0 k i then x else fget s.lo k))
    s.hi

(** val halves :
    node list -> nat -> Uint63.t -> Float64.t -> state -> lines option list
    -> Uint63.t -> ((state * state) * lines option list) res **)

let halves ns d i x ss ks p =
  let s = info_at ss d in
  (match nth_error ns d with
   | Some n ->
     let e = ext n in
     bind (demand (ltb i e.len) SplitOutside (add0 p (Uint63.of_int (2))))
       (fun _ ->
       bind
         (if (&&) (leb0 (fget s.lo i) x) (leb0 x (fget s.hi i))
          then Ok ()
          else Err (SplitOutside, (add0 p (Uint63.of_int (3))), x,
                 (fget s.lo i))) (fun _ -> Ok
         (((replace ss d (cut s e i x true)),
         (replace ss d (cut s e i x false))), (forget ns ks d))))
   | None -> fail MissingNode (add0 p (Uint63.of_int (1))))

(** val sharpen :
    fnoise -> words -> node list -> Uint63.t -> state -> lines option list ->
    nat -> bool -> (Uint63.t -> bool) -> (Uint63.t -> bool) -> Uint63.t ->
    Uint63.t -> ((state * lines option list) * Uint63.t) res **)

let sharpen v f ns top ss ks d whole below above start p =
  bind (read_slopes f ns top p) (fun pat ->
    let (s, q) = pat in
    let known = skipn d ks in
    let ls =
      if whole then [] else all_lines v f s (skipn d ns) (skipn d ss) known d
    in
    bind
      (if whole
       then reenclose v ns ss d start
       else tighten v ns ss d ls below above start) (fun ss0 ->
      let ks0 =
        if v.noisy
        then app (firstn (S d) (unknown ns))
               (skipn (S O) (remember s known ls d))
        else forget ns (app (firstn d ks) (remember s known ls d)) d
      in
      Ok (((refreshed v d ns ss0), ks0), q)))

(** val bind_factors :
    fnoise -> words -> node list -> Uint63.t -> state -> lines option list ->
    nat -> extent -> nat -> nat -> Uint63.t -> ((state * lines option
    list) * Uint63.t) res **)

let bind_factors v f ns top ss ks d e l r p =
  bind
    (demand (leb (add0 p (mul (Uint63.of_int (2)) e.len)) f.count) Truncated
      p) (fun _ ->
    bind (read_slopes f ns top (add0 p (mul (Uint63.of_int (2)) e.len)))
      (fun pat ->
      let (s, q) = pat in
      let older = fun xs -> skipn (S d) xs in
      let ls = all_lines v f s (older ns) (older ss) (older ks) (S d) in
      let side = fun minus at_ ->
        tie_of v (older ns) (older ss) ls e l r minus (fun i ->
          f.word (add0 at_ i))
      in
      let ks0 = app (firstn (S d) ks) (remember s (older ks) ls (S d)) in
      let tied0 = fun i ->
        negb (eqb1 (f.word (add0 p i)) (Float64.of_float (0x0p+0)))
      in
      let many =
        large
          (mul (work (older ns))
            (mul (Uint63.of_int (2))
              (add0 (tally e tied0) (tally e (fun i -> tied0 (add0 e.len i))))))
      in
      let t =
        fan many (fun _ -> side false p) (fun _ -> side true (add0 p e.len))
      in
      Ok (((replace ss d (with_ties (info_at ss d) t)), (forget ns ks0 d)), q)))

(** val ending : words -> Uint63.t -> words **)

let ending f n =
  { count = n; word = f.word }

(** val walk :
    nat -> fnoise -> words -> node list -> Uint63.t -> claim list -> state ->
    lines option list -> Uint63.t -> Uint63.t res **)

let rec walk depth v f ns top cs0 ss ks p =
  match depth with
  | O -> fail TooDeep p
  | S depth0 ->
    bind (get_size f p) (fun kind ->
      if eqb0 kind (Uint63.of_int (0))
      then leaf v f ns ss top (add0 p (Uint63.of_int (1))) cs0 ks
      else if eqb0 kind (Uint63.of_int (1))
           then bind (get_size f (add0 p (Uint63.of_int (1)))) (fun k ->
                  bind
                    (demand (leb k top) MissingNode
                      (add0 p (Uint63.of_int (1)))) (fun _ ->
                    let d = nat_of (sub0 top k) in
                    bind (get_size f (add0 p (Uint63.of_int (2)))) (fun i ->
                      bind (get_float f (add0 p (Uint63.of_int (3))))
                        (fun x ->
                        bind (halves ns d i x ss ks p) (fun pat ->
                          let (p0, ks0) = pat in
                          let (below, above) = p0 in
                          bind
                            (walk depth0 v f ns top cs0 below ks0
                              (add0 p (Uint63.of_int (4)))) (fun p1 ->
                            walk depth0 v f ns top cs0 above ks0 p1))))))
           else if eqb0 kind (Uint63.of_int (2))
                then bind (get_size f (add0 p (Uint63.of_int (1)))) (fun k ->
                       bind
                         (demand (leb k top) MissingNode
                           (add0 p (Uint63.of_int (1)))) (fun _ ->
                         let d = nat_of (sub0 top k) in
                         bind (get_float f (add0 p (Uint63.of_int (2))))
                           (fun n ->
                           let unsure = eqb1 n (Float64.of_float (-0x1p+0)) in
                           let every = eqb1 n (Float64.of_float (-0x1p+1)) in
                           let whole = eqb1 n (Float64.of_float (-0x1.8p+1))
                           in
                           bind
                             (if (||) ((||) unsure every) whole
                              then Ok (Uint63.of_int (0))
                              else get_size f (add0 p (Uint63.of_int (2))))
                             (fun n0 ->
                             bind
                               (demand
                                 (leb (add0 (add0 p (Uint63.of_int (3))) n0)
                                   f.count) Truncated
                                 (add0 p (Uint63.of_int (2)))) (fun _ ->
                               let chosen =
                                 if unsure
                                 then crossing (info_at ss d)
                                 else if every
                                      then (fun _ -> true)
                                      else let fuel0 = nat_of n0 in
                                           (fun i ->
                                           listed fuel0 f
                                             (add0 p (Uint63.of_int (3)))
                                             (of_uint63 i))
                               in
                               bind
                                 (sharpen v f ns top ss ks d whole chosen
                                   chosen p
                                   (add0 (add0 p (Uint63.of_int (3))) n0))
                                 (fun pat ->
                                 let (p0, q) = pat in
                                 let (ss0, ks0) = p0 in
                                 walk depth0 v f ns top cs0 ss0 ks0 q))))))
                else if eqb0 kind (Uint63.of_int (4))
                     then bind (get_size f (add0 p (Uint63.of_int (1))))
                            (fun k ->
                            bind
                              (demand (leb k top) MissingNode
                                (add0 p (Uint63.of_int (1)))) (fun _ ->
                              let d = nat_of (sub0 top k) in
                              (match nth_error ns d with
                               | Some n ->
                                 let m = mask_words (ext n) in
                                 bind
                                   (demand
                                     (leb
                                       (add0 (add0 p (Uint63.of_int (2)))
                                         (mul (Uint63.of_int (2)) m)) f.count)
                                     Truncated (add0 p (Uint63.of_int (1))))
                                   (fun _ ->
                                   bind
                                     (all_words
                                       (nat_of (mul (Uint63.of_int (2)) m))
                                       is_mask NotAnInteger f
                                       (add0 p (Uint63.of_int (2))))
                                     (fun _ ->
                                     bind
                                       (sharpen v f ns top ss ks d false
                                         (marked f
                                           (add0 p (Uint63.of_int (2))))
                                         (marked f
                                           (add0 (add0 p (Uint63.of_int (2)))
                                             m)) p
                                         (add0 (add0 p (Uint63.of_int (2)))
                                           (mul (Uint63.of_int (2)) m)))
                                       (fun pat ->
                                       let (p0, q) = pat in
                                       let (ss0, ks0) = p0 in
                                       walk depth0 v f ns top cs0 ss0 ks0 q)))
                               | None ->
                                 fail MissingNode (add0 p (Uint63.of_int (1))))))
                     else if eqb0 kind (Uint63.of_int (5))
                          then bind (get_size f (add0 p (Uint63.of_int (1))))
                                 (fun k ->
                                 bind
                                   (demand (leb k top) MissingNode
                                     (add0 p (Uint63.of_int (1)))) (fun _ ->
                                   let d = nat_of (sub0 top k) in
                                   (match nth_error ns d with
                                    | Some n ->
                                      (match n with
                                       | Product (e, l, r) ->
                                         bind
                                           (bind_factors v f ns top ss ks d e
                                             l r (add0 p (Uint63.of_int (2))))
                                           (fun pat ->
                                           let (p0, q) = pat in
                                           let (ss0, ks0) = p0 in
                                           walk depth0 v f ns top cs0 ss0 ks0
                                             q)
                                       | _ ->
                                         fail MissingNode
                                           (add0 p (Uint63.of_int (1))))
                                    | None ->
                                      fail MissingNode
                                        (add0 p (Uint63.of_int (1))))))
                          else if eqb0 kind (Uint63.of_int (6))
                               then bind
                                      (get_size f
                                        (add0 p (Uint63.of_int (1))))
                                      (fun k ->
                                      bind
                                        (demand (leb k top) MissingNode
                                          (add0 p (Uint63.of_int (1))))
                                        (fun _ ->
                                        let d = nat_of (sub0 top k) in
                                        bind
                                          (get_size f
                                            (add0 p (Uint63.of_int (2))))
                                          (fun i ->
                                          bind
                                            (get_float f
                                              (add0 p (Uint63.of_int (3))))
                                            (fun x ->
                                            bind
                                              (get_int f
                                                (add0 p (Uint63.of_int (4))))
                                              (fun n ->
                                              let middle =
                                                add0
                                                  (add0 p (Uint63.of_int (5)))
                                                  n
                                              in
                                              bind
                                                (demand (leb middle f.count)
                                                  Truncated
                                                  (add0 p (Uint63.of_int (4))))
                                                (fun _ ->
                                                bind
                                                  (halves ns d i x ss ks p)
                                                  (fun pat ->
                                                  let (p0, ks0) = pat in
                                                  let (below, above) = p0 in
                                                  let (l, h) =
                                                    both (fun _ ->
                                                      walk depth0 v
                                                        (ending f middle) ns
                                                        top cs0 below ks0
                                                        (add0 p
                                                          (Uint63.of_int (5))))
                                                      (fun _ ->
                                                      walk depth0 v f ns top
                                                        cs0 above ks0 middle)
                                                  in
                                                  bind l (fun q ->
                                                    bind
                                                      (demand (eqb0 q middle)
                                                        TrailingWords q)
                                                      (fun _ -> h)))))))))
                               else Err (UnknownStep, p, (of_uint63 kind),
                                      (Float64.of_float (0x0p+0))))

(** val certificate_magic : Float64.t **)

let certificate_magic =
  (Float64.of_float (0x1.f4f52506e767p+101))

(** val read_semantics : words -> semantics res **)

let read_semantics c =
  bind (get_int c (Uint63.of_int (3))) (fun kind ->
    if eqb0 kind (Uint63.of_int (0))
    then Ok Reals
    else if eqb0 kind (Uint63.of_int (1))
         then bind (get_float c (Uint63.of_int (5))) (fun ulps -> Ok
                (Binary32 ulps))
         else fail WrongSemantics (Uint63.of_int (3)))

(** val input_at : node list -> nat **)

let input_at ns =
  sub (length ns) (S O)

(** val newest : node list -> Uint63.t **)

let rec newest = function
| [] -> (Uint63.of_int (0))
| _ :: ns0 ->
  (match ns0 with
   | [] -> (Uint63.of_int (0))
   | _ :: _ -> add0 (newest ns0) (Uint63.of_int (1)))

(** val matrix_term : farr option -> nat -> extent -> extent -> term list **)

let matrix_term m d r n =
  match m with
  | Some c -> (d, (dense (Uint63.of_int (1)) r.len n.len c)) :: []
  | None -> []

(** val claim_node : network -> property -> rows -> node **)

let claim_node net p r =
  let e = r.n_rows in
  let over_x = matrix_term r.on_x0 (input_at net.nodes) e p.n_in in
  let over_y = matrix_term r.on_y0 net.output e p.n_out in
  Affine (e, (app over_x over_y), (Some
  (ftab e.len (fun i -> opp (fget r.bound i)))))

(** val claims :
    fnoise -> network -> property -> state -> rows list -> Uint63.t -> claim
    list res **)

let rec claims v net p ss rs at_word =
  match rs with
  | [] -> Ok []
  | r :: rs0 ->
    let n = claim_node net p r in
    bind (demand (node_ok n net.nodes) Malformed at_word) (fun _ ->
      let s =
        affine_info (noiseless v) (ext n)
          (match n with
           | Affine (_, ts, _) -> ts
           | _ -> []) (match n with
                       | Affine (_, _, b) -> b
                       | _ -> None) ss
      in
      bind (demand (info_ok (noiseless v) n s) EnclosureFailed at_word)
        (fun _ ->
        bind (claims v net p ss rs0 at_word) (fun cs0 -> Ok ({ over = n;
          about = s } :: cs0))))

(** val check_case :
    nat -> fnoise -> words -> network -> property -> info option list -> case
    -> Uint63.t -> Uint63.t res **)

let check_case depth v f net p ks c q =
  let ns = net.nodes in
  bind (get_size f q) (fun kind ->
    if eqb0 kind (Uint63.of_int (3))
    then bind (get_size f (add0 q (Uint63.of_int (1)))) (fun i ->
           bind
             (demand (ltb i p.n_in.len) SplitOutside
               (add0 q (Uint63.of_int (1)))) (fun _ ->
             let l = fget c.box_lo i in
             let h = fget c.box_hi i in
             if (&&) ((&&) (finb l) (finb h)) (ltb0 h l)
             then Ok (add0 q (Uint63.of_int (2)))
             else Err (NotEmpty, (add0 q (Uint63.of_int (1))), l, h)))
    else (match forwards_from v ns ks (c.box_lo, c.box_hi) with
          | Inl ss ->
            bind (claims v net p ss c.ways q) (fun cs0 ->
              walk depth v f ns (newest ns) cs0 ss (unknown ns) q)
          | Inr _ -> fail EnclosureFailed q))

(** val check_cases :
    nat -> fnoise -> words -> network -> property -> info option list -> case
    list -> Uint63.t -> Uint63.t res **)

let rec check_cases depth v f net p ks cs0 q =
  match cs0 with
  | [] -> Ok q
  | c :: cs1 ->
    bind (check_case depth v f net p ks c q) (fun q0 ->
      check_cases depth v f net p ks cs1 q0)

(** val check : words -> words -> words -> (network * property) res **)

let check g p c =
  bind (read_graph g) (fun net ->
    bind (read_property p) (fun prop ->
      bind
        (demand
          ((&&)
            (match nth_error net.nodes net.output with
             | Some n -> same_len (ext n) prop.n_out
             | None -> false)
            (match nth_error net.nodes (input_at net.nodes) with
             | Some n -> same_len (ext n) prop.n_in
             | None -> false)) WrongShape (Uint63.of_int (3))) (fun _ ->
        bind (check_head c certificate_magic) (fun _ ->
          bind (read_semantics c) (fun s ->
            bind
              (demand (allowed s net.nodes) WrongSemantics
                (Uint63.of_int (3))) (fun _ ->
              bind (get_size c (Uint63.of_int (4))) (fun depth ->
                bind
                  (demand (leb depth (Uint63.of_int (65536))) TooDeep
                    (Uint63.of_int (4))) (fun _ ->
                  let v = noise_of s in
                  let ks = map (fixed_info v) net.nodes in
                  bind
                    (check_cases (S (nat_of depth)) v c net prop ks
                      prop.cases (Uint63.of_int (22))) (fun q ->
                    bind (demand (eqb0 q c.count) TrailingWords q) (fun _ ->
                      Ok (net, prop)))))))))))
