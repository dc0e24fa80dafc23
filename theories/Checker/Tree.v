(** Walking a certificate: a tree of splits and tightenings whose leaves refute the property.

    [state]         infos of all nodes, newest first; the input node comes last
    [claim]         one way to be unsafe, as an affine node on top of the network, with its info
    [vectors]       positions of the vectors that a block gives, by distance of their node from the newest
    [pays s b i]    the term [b * y[i]] cannot be positive
    [hinted n]      the node [n] takes hints
    [all_lines ...] the lines of all such nodes, from bounds and hints; what is known of them is not computed
                        again
    [unknown], [remember ...], [forget ...]  lines without hints: none is known, those just computed are, those
                        from old bounds are not
    [marked f p i]  bit [i] of a mask, [per_word] bits a word
    [tighten ...]   sharper bounds of one node: by backward passes if it is affine, else [reenclose]
    [reenclose ...] sharper bounds of one node from its operands' bounds, which [again] gives
    [work ns]       multiplications of one backward pass through [ns], roughly; it decides nothing but what runs
                    side by side
    [tally e p]     how many elements satisfy [p]
    [settled s e]   the magnitudes of [s] bound the centres of its bounds, as those of new infos do
    [cut ...]       the bounds on one side of a split; [halves ...] those on both
    [bind_factors ...]  ties between the factors of one product
    [leaf ...]      every claim has a combination of its rows that is positive on the box
    [ending f n]    the file [f] up to the word [n]
    [walk ...]      the whole tree below one case; returns the position after it *)
From Coq Require Import Bool Reals Floats Uint63 List.
From Provenn Require Import Base.Vector Base.Parallel Base.Binary64 Ops.Loops Ops.Conv Ops.Functions.
From Provenn Require Import IR.LinMap IR.Graph.
From Provenn Require Import Checker.Words Checker.Enclose Checker.Backward Checker.ReadProperty.
Import ListNotations.
Local Open Scope uint63_scope.

Definition state := list info.
Record claim := Claim { over : node; about : info }.

(** Blocks of vectors: number of entries, then per entry a node number and one word per element. *)
Definition vectors := list (nat * int).
Fixpoint look (s : vectors) (d : nat) : option int :=
  match s with
  | [] => None
  | (d', p) :: s => if Nat.eqb d d' then Some p else look s d
  end.
Fixpoint all_words (n : nat) (test : float -> bool) (w : reason) (f : words) (p : int) : res unit :=
  match n with
  | O => Ok tt
  | S n => let x := word f p in if test x then all_words n test w f (p + 1) else Err w p x 0
  end.
Fixpoint vectors_at (todo : nat) (kind : node -> bool) (test : float -> bool) (w : reason) (f : words)
    (ns : list node) (top p : int) : res (vectors * int) :=
  match todo with
  | O => Ok ([], p)
  | S todo =>
      let* k := get_size f p in
      let* _ := demand (k <=? top) MissingNode p in
      let d := nat_of (top - k) in
      match nth_error ns d with
      | Some n =>
          let e := ext n in
          let* _ := demand (kind n) MissingNode p in
          let* _ := demand (p + 1 + len e <=? count f) Truncated p in
          let* _ := all_words (fuel e) test w f (p + 1) in
          let* (s, q) := vectors_at todo kind test w f ns top (p + 1 + len e) in
          Ok ((d, p + 1) :: s, q)
      | None => fail MissingNode p
      end
  end.
Definition read_vectors (kind : node -> bool) (test : float -> bool) (w : reason) (f : words) (ns : list node)
    (top p : int) : res (vectors * int) :=
  let* n := get_size f p in
  vectors_at (nat_of n) kind test w f ns top (p + 1).

(** Hints in [0, 1] for nodes with lines. *)
Definition hinted (n : node) : bool := match n with Unary _ _ _ | Product _ _ _ => true | _ => false end.
Definition in_unit (x : float) : bool := ((0 <=? x) && (x <=? 1))%float.
Definition read_slopes (f : words) (ns : list node) (top p : int) : res (vectors * int) :=
  read_vectors hinted in_unit SlopeOutside f ns top p.

(** Lines of every node, the first of which is at distance [d]. *)
Definition hint (f : words) (given : option int) (n : node) (i : int) (l h : float) : float :=
  match given with
  | Some p => word f (p + i)
  | None => match n with Unary g _ _ => default_hint g l h | _ => 0.5 end
  end.
Definition lines_at (v : fnoise) (f : words) (s : vectors) (n : node) (own : info) (ss : state) (d : nat)
    (known : option lines) : lines :=
  let given := look s d in
  match given, known with
  | None, Some l => l
  | _, _ => charged v n own (lines_of n own ss (hint f given n))
  end.
Fixpoint all_lines (v : fnoise) (f : words) (s : vectors) (ns : list node) (ss : state)
    (ks : list (option lines)) (d : nat) : list lines :=
  match ns, ss, ks with
  | n :: ns, t :: ss, k :: ks => lines_at v f s n t ss d k :: all_lines v f s ns ss ks (S d)
  | _, _, _ => []
  end.

(** Lines that need no hints stay as they are until the bounds that they come from change. *)
Definition unknown (ns : list node) : list (option lines) := map (fun _ => None) ns.
Fixpoint remember (s : vectors) (ks : list (option lines)) (ls : list lines) (d : nat) : list (option lines) :=
  match ks, ls with
  | k :: ks, l :: ls => match look s d with None => Some l | Some _ => k end :: remember s ks ls (S d)
  | _, _ => ks
  end.
Definition reads (n : node) (d : nat) : bool :=
  match n with
  | Unary _ _ d' => Nat.eqb d d'
  | Product _ d' d'' => Nat.eqb d d' || Nat.eqb d d''
  | _ => false
  end.
Fixpoint forget (ns : list node) (ks : list (option lines)) (d : nat) : list (option lines) :=
  match ns, ks, d with
  | n :: ns, k :: ks, S d => (if reads n d then None else k) :: forget ns ks d
  | n :: ns, k :: ks, O => None :: ks
  | _, _, _ => ks
  end.

Definition replace (ss : state) (d : nat) (s : info) : state := firstn d ss ++ s :: skipn (S d) ss.
Definition with_bounds (s : info) (l h : farr) : info := Info l h (mag s) (load s) (coef s) (spare s) (ties s).
Definition with_ties (s : info) (t : tied * tied) : info :=
  Info (lo s) (hi s) (mag s) (load s) (coef s) (spare s) (Some t).

(** What passes cost, where it decides about processes. *)
Definition work_of (n : node) : int :=
  match n with
  | Affine _ ts _ =>
      fold_left (fun w t => w + match snd t with
        | Dense _ m _ ein _ _ _ => len ein * len m
        | Convolution v _ eout _ _ => len eout * (kplane v * len (cin v))
        | l => len (in_ext l)
        end) ts 0
  | _ => 8 * len (ext n)
  end.
Definition work (ns : list node) : int := fold_left (fun w n => w + work_of n) ns 0.
Definition tally (e : extent) (p : int -> bool) : int := accF e (fun i n => if p i then n + 1 else n) 0.

(** Bounds of node number [top - d]: lower ones sharpened where [below] holds, upper ones where [above] does;
    those of a node that is not affine everywhere. *)
Definition sharper (old new : float) (keep : float -> float -> float) : float :=
  if finb new then keep old new else new.
Definition settled (s : info) (e : extent) : bool :=
  allb e (fun i => finb (fget (mag s) i) && (PrimFloat.abs (centre (lo s) (hi s) i) <=? fget (mag s) i)%float).
Definition again (v : fnoise) (n : node) (ss : state) (p : int) : res (farr * farr) :=
  match n with
  | Affine e ts b =>
      let* _ := demand (forallb (fun t => settled (info_at ss (fst t)) (in_ext (snd t))) ts) BoundFailed p in
      let s := affine_info v e ts b ss in
      let* _ := demand (info_ok v n s) BoundFailed p in
      Ok (lo s, hi s)
  | _ => let* _ := demand (hinted n) NotAffine p in Ok (enclosed v n ss)
  end.
Definition reenclose (v : fnoise) (ns : list node) (ss : state) (d : nat) (p : int) : res state :=
  match skipn d ns, skipn d ss with
  | n :: _, s :: ss' =>
      let* (low, high) := again v n ss' p in
      let e := ext n in
      let l := ftab (len e) (fun i => sharper (fget (lo s) i) (fget low i) maxf) in
      let h := ftab (len e) (fun i => sharper (fget (hi s) i) (fget high i) minf) in
      let* _ := demand (finite e l && finite e h) BoundFailed p in
      let* _ := demand (ordered e l h) Crossed p in
      Ok (replace ss d (with_bounds s l h))
  | _, _ => fail NotAffine p
  end.
Definition tighten (v : fnoise) (ns : list node) (ss : state) (d : nat) (ls : list lines)
    (below above : int -> bool) (p : int) : res state :=
  match skipn d ns, skipn d ss with
  | (Affine e ts b :: _) as ns', (s :: _) as ss' =>
      let low i := neuron v ns' ss' ls false i in
      let high i := (- neuron v ns' ss' ls true i)%float in
      let lower := tally e below in
      let upper := tally e above in
      let few := (lower + upper <=? 4) && large (work ns' * (lower + upper)) in
      let '(l, h) := fan few
        (fun _ => parts (levels (work ns' * lower)) (len e) (fun i =>
          if below i then sharper (fget (lo s) i) (low i) maxf else fget (lo s) i))
        (fun _ => parts (levels (work ns' * upper)) (len e) (fun i =>
          if above i then sharper (fget (hi s) i) (high i) minf else fget (hi s) i)) in
      let* _ := demand (finite e l && finite e h) BoundFailed p in
      let* _ := demand (ordered e l h) Crossed p in
      Ok (replace ss d (with_bounds s l h))
  | _, _ => reenclose v ns ss d p
  end.

(** Is [x] among the [n] words from position [p]? *)
Fixpoint listed (n : nat) (f : words) (p : int) (x : float) : bool :=
  match n with
  | O => false
  | S n => if (word f p =? x)%float then true else listed n f (p + 1) x
  end.
(** Masks. *)
Definition per_word : int := 48.
Definition is_mask (x : float) : bool := match to_int x with Some n => n <? 281474976710656 | None => false end.
Definition mask_words (e : extent) : int := (len e + 47) / per_word.
Definition marked (f : words) (p i : int) : bool :=
  match to_int (word f (p + i / per_word)) with
  | Some n => (n >> (i mod per_word)) land 1 =? 1
  | None => false
  end.
Definition crossing (s : info) (i : int) : bool := ((fget (lo s) i <? 0) && (0 <? fget (hi s) i))%float.

Fixpoint all_nonneg (n : nat) (f : words) (p : int) : res unit :=
  match n with
  | O => Ok tt
  | S n => let* _ := get_nonneg f p MultiplierNegative in all_nonneg n f (p + 1)
  end.
(** Split multipliers: coefficients on values whose sign is known, such that no term can be positive. *)
Definition pays (s : info) (b : float) (i : int) : bool :=
  if (0 <? b)%float then (fget (hi s) i <=? 0)%float
  else if (b <? 0)%float then (0 <=? fget (lo s) i)%float else true.
Fixpoint extra_rows (f : words) (b : vectors) (ns : list node) (ss : state) (d : nat) : list row :=
  match ns, ss with
  | n :: ns, s :: ss =>
      match look b d with
      | Some p => Some (ftab (len (ext n)) (fun i => word f (p + i)))
      | None => None
      end :: extra_rows f b ns ss (S d)
  | _, _ => []
  end.
Fixpoint all_pay (ns : list node) (ss : state) (rs : list row) : bool :=
  match ns, ss, rs with
  | n :: ns, s :: ss, r :: rs =>
      match r with
      | Some q => allb (ext n) (fun i => pays s (fget q i) i)
      | None => true
      end && all_pay ns ss rs
  | _, _, _ => true
  end.
Definition refute (v : fnoise) (f : words) (ns : list node) (ss : state) (top p : int) (c : claim)
    (ks : list (option lines)) : res (int * list (option lines)) :=
  let e := ext (over c) in
  let* _ := all_nonneg (fuel e) f p in
  let m := ftab (len e) (fun i => word f (p + i)) in
  let* (s, q) := read_slopes f ns top (p + len e) in
  let* (b, q) := read_vectors (fun _ => true) finb NotFinite f ns top q in
  let rs := extra_rows f b ns ss 0 in
  let* _ := demand (all_pay ns ss rs) MultiplierSign q in
  let ls := all_lines v f s ns ss ks 0 in
  let low := combined v (over c) (about c) m ns ss ls rs in
  if finb low then if (0 <? low)%float then Ok (q, remember s ks ls 0) else Err NotRefuted p low 0%float
  else Err BoundFailed p low 0%float.
Fixpoint leaf (v : fnoise) (f : words) (ns : list node) (ss : state) (top p : int) (cs : list claim)
    (ks : list (option lines)) : res int :=
  match cs with
  | [] => Ok p
  | c :: cs => let* (p, ks) := refute v f ns ss top p c ks in leaf v f ns ss top p cs ks
  end.

(** The bounds of a node with one end of element [i] moved to [x]. *)
Definition cut (s : info) (e : extent) (i : int) (x : float) (upper : bool) : info :=
  if upper then with_bounds s (lo s) (ftab (len e) (fun k => if k =? i then x else fget (hi s) k))
  else with_bounds s (ftab (len e) (fun k => if k =? i then x else fget (lo s) k)) (hi s).
(** The bounds on both sides of the split at [p], of the node at distance [d], and what is known of lines. *)
Definition halves (ns : list node) (d : nat) (i : int) (x : float) (ss : state) (ks : list (option lines)) (p : int)
    : res (state * state * list (option lines)) :=
  let s := info_at ss d in
  match nth_error ns d with
  | Some n =>
      let e := ext n in
      let* _ := demand (i <? len e) SplitOutside (p + 2) in
      let* _ := (if ((fget (lo s) i <=? x) && (x <=? fget (hi s) i))%float then Ok tt
                 else Err SplitOutside (p + 3) x (fget (lo s) i)) in
      Ok (replace ss d (cut s e i x true), replace ss d (cut s e i x false), forget ns ks d)
  | None => fail MissingNode (p + 1)
  end.

(** One TIGHTEN of the node at distance [d], with slopes at [p] of the file: new state, what is known of lines,
    and the position after the slopes. If [whole], the node is enclosed again, even an affine one. *)
Definition sharpen (v : fnoise) (f : words) (ns : list node) (top : int) (ss : state) (ks : list (option lines))
    (d : nat) (whole : bool) (below above : int -> bool) (start p : int)
    : res (state * list (option lines) * int) :=
  let* (s, q) := read_slopes f ns top p in
  let known := skipn d ks in
  let ls := if whole then [] else all_lines v f s (skipn d ns) (skipn d ss) known d in
  let* ss := if whole then reenclose v ns ss d start else tighten v ns ss d ls below above start in
  let ks := if noisy v then firstn (S d) (unknown ns) ++ skipn 1 (remember s known ls d)
            else forget ns (firstn d ks ++ remember s known ls d) d in
  Ok (refreshed v d ns ss, ks, q).

(** One TIE of the product [Product e l r] at distance [d]: from [p] on, factors for planes below it, then above
    it; then slopes. *)
Definition bind_factors (v : fnoise) (f : words) (ns : list node) (top : int) (ss : state)
    (ks : list (option lines)) (d : nat) (e : extent) (l r : nat) (p : int)
    : res (state * list (option lines) * int) :=
  let* _ := demand (p + 2 * len e <=? count f) Truncated p in
  let* (s, q) := read_slopes f ns top (p + 2 * len e) in
  let older {A} (xs : list A) := skipn (S d) xs in
  let ls := all_lines v f s (older ns) (older ss) (older ks) (S d) in
  let side minus at_ := tie_of v (older ns) (older ss) ls e l r minus (fun i => word f (at_ + i)) in
  let ks := firstn (S d) ks ++ remember s (older ks) ls (S d) in
  let tied i := negb (word f (p + i) =? 0)%float in
  let many := large (work (older ns) * (2 * (tally e tied + tally e (fun i => tied (len e + i))))) in
  let t := fan many (fun _ => side false p) (fun _ => side true (p + len e)) in
  Ok (replace ss d (with_ties (info_at ss d) t), forget ns ks d, q).

(** Both trees of a FORK have words of their own, so however they are nested no word is read twice. *)
Definition ending (f : words) (n : int) : words := Words n (word f).

Fixpoint walk (depth : nat) (v : fnoise) (f : words) (ns : list node) (top : int) (cs : list claim)
    (ss : state) (ks : list (option lines)) (p : int) : res int :=
  match depth with
  | O => fail TooDeep p
  | S depth =>
      let* kind := get_size f p in
      if kind =? 0 then leaf v f ns ss top (p + 1) cs ks
      else if kind =? 1 then
        let* k := get_size f (p + 1) in
        let* _ := demand (k <=? top) MissingNode (p + 1) in
        let d := nat_of (top - k) in
        let* i := get_size f (p + 2) in
        let* x := get_float f (p + 3) in
        let* (below, above, ks) := halves ns d i x ss ks p in
        let* p := walk depth v f ns top cs below ks (p + 4) in
        walk depth v f ns top cs above ks p
      else if kind =? 2 then
        let* k := get_size f (p + 1) in
        let* _ := demand (k <=? top) MissingNode (p + 1) in
        let d := nat_of (top - k) in
        let* n := get_float f (p + 2) in
        let unsure := (n =? -1)%float in
        let every := (n =? -2)%float in
        let whole := (n =? -3)%float in
        let* n := (if unsure || every || whole then Ok 0 else get_size f (p + 2)) in
        let* _ := demand (p + 3 + n <=? count f) Truncated (p + 2) in
        let chosen := if unsure then crossing (info_at ss d)
                      else if every then fun _ => true
                      else let fuel := nat_of n in fun i => listed fuel f (p + 3) (PrimFloat.of_uint63 i) in
        let* (ss, ks, q) := sharpen v f ns top ss ks d whole chosen chosen p (p + 3 + n) in
        walk depth v f ns top cs ss ks q
      else if kind =? 4 then
        let* k := get_size f (p + 1) in
        let* _ := demand (k <=? top) MissingNode (p + 1) in
        let d := nat_of (top - k) in
        match nth_error ns d with
        | Some n =>
            let m := mask_words (ext n) in
            let* _ := demand (p + 2 + 2 * m <=? count f) Truncated (p + 1) in
            let* _ := all_words (nat_of (2 * m)) is_mask NotAnInteger f (p + 2) in
            let* (ss, ks, q) := sharpen v f ns top ss ks d false (marked f (p + 2)) (marked f (p + 2 + m)) p
                                  (p + 2 + 2 * m) in
            walk depth v f ns top cs ss ks q
        | None => fail MissingNode (p + 1)
        end
      else if kind =? 5 then
        let* k := get_size f (p + 1) in
        let* _ := demand (k <=? top) MissingNode (p + 1) in
        let d := nat_of (top - k) in
        match nth_error ns d with
        | Some (Product e l r) =>
            let* (ss, ks, q) := bind_factors v f ns top ss ks d e l r (p + 2) in
            walk depth v f ns top cs ss ks q
        | _ => fail MissingNode (p + 1)
        end
      else if kind =? 6 then
        let* k := get_size f (p + 1) in
        let* _ := demand (k <=? top) MissingNode (p + 1) in
        let d := nat_of (top - k) in
        let* i := get_size f (p + 2) in
        let* x := get_float f (p + 3) in
        let* n := get_int f (p + 4) in
        let middle := p + 5 + n in
        let* _ := demand (middle <=? count f) Truncated (p + 4) in
        let* (below, above, ks) := halves ns d i x ss ks p in
        let '(l, h) := both (fun _ => walk depth v (ending f middle) ns top cs below ks (p + 5))
                            (fun _ => walk depth v f ns top cs above ks middle) in
        let* q := l in
        let* _ := demand (q =? middle) TrailingWords q in
        h
      else Err UnknownStep p (PrimFloat.of_uint63 kind) 0%float
  end.
