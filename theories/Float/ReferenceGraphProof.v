(** The reference order of whole networks is one of their executions, and the program computes it.
    Symbols: see [Float.ReferenceGraph], [Float.Execution], and

    [reached l a]   the sum [a], if there is one, is what some tree over the products [l] may give
    [accurate u lib]  the functions of [lib] have values within [u] ulps where they are defined *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 List Permutation.
From Flocq Require Import Core BinarySingleNaN.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import Ops.Loops Ops.LoopsProof Ops.Functions IR.LinMap IR.LinMapProof IR.Graph
  IR.GraphProof.
From Provenn Require Import Checker.Semantics Float.Kernel Float.KernelProof Float.OperationsProof.
From Provenn Require Import Float.Sum Float.SumProof Float.Binary32 Float.Binary32Proof Float.Execution.
From Provenn Require Import Float.ExecutionProof Float.SoundProof Float.OrderProof.
From Provenn Require Import Float.ReferenceGraph Float.ReferenceRowProof.
Import ListNotations.
Local Open Scope R_scope.

(** ** Numbers *)
Lemma is32_number x : is32 x = true -> num (narrow x) = Some (fR x).
Proof.
  unfold is32. intros H. apply andb_prop in H as [F H]. apply andb_prop in H as [F' E].
  apply eqb_fR in E. apply finb_fin in F'. rewrite r32_correct in E, F'. unfold num.
  destruct (BinarySingleNaN.is_finite (narrow x)) eqn:N.
  - destruct (widen_exact _ N) as (W & _). unfold fR in E. rewrite W in E. now rewrite E.
  - exfalso. unfold fin in F'. rewrite (widen_special _ N) in F'. destruct (narrow x); discriminate.
Qed.
Lemma number_of (x : B32) : is_finite x = true -> num x = Some (B2R x).
Proof. intros F. unfold num. now rewrite F. Qed.

Lemma plus_exact (a b c : B32) : is_finite a = true -> is_finite b = true -> is_finite c = true ->
  B2R a + B2R b = B2R c -> num (Bplus mode_NE a b) = num c.
Proof.
  intros Fa Fb Fc E. assert (C := Bplus_correct 24 128 _ _ mode_NE a b Fa Fb). rewrite E in C.
  rewrite round_generic in C by (auto using generic_format_B2R with typeclass_instances).
  rewrite Rlt_bool_true in C by apply abs_B2R_lt_emax. destruct C as (V & F & _).
  rewrite !number_of by assumption. now rewrite V.
Qed.
Lemma mult_exact (a b c : B32) : is_finite a = true -> is_finite b = true -> is_finite c = true ->
  B2R a * B2R b = B2R c -> num (Bmult mode_NE a b) = num c.
Proof.
  intros Fa Fb Fc E. assert (C := Bmult_correct 24 128 _ _ mode_NE a b). rewrite E in C.
  rewrite round_generic in C by (auto using generic_format_B2R with typeclass_instances).
  rewrite Rlt_bool_true in C by apply abs_B2R_lt_emax. destruct C as (V & F & _).
  rewrite Fa, Fb in F. rewrite !number_of by assumption. now rewrite V.
Qed.
Lemma plus_zero (a p : B32) : num a = Some 0 -> num (Bplus mode_NE a p) = num p.
Proof.
  intros Z. destruct (num_finite _ _ Z) as (Fa & Ea). destruct (is_finite p) eqn:Fp.
  - apply plus_exact; trivial. rewrite Ea. ring.
  - destruct a, p; try discriminate; reflexivity.
Qed.
Lemma zero_plus (a p : B32) : num p = Some 0 -> num (Bplus mode_NE a p) = num a.
Proof.
  intros Z. destruct (num_finite _ _ Z) as (Fp & Ep). destruct (is_finite a) eqn:Fa.
  - apply plus_exact; trivial. rewrite Ep. ring.
  - destruct a, p; try discriminate; reflexivity.
Qed.
Lemma zero_number : num (B754_zero false : B32) = Some 0.
Proof. reflexivity. Qed.

(** ** Sums *)
Definition reached (l : list (R * R)) (a : option B32) : Prop :=
  match a with
  | None => l = []
  | Some a => exists t, Permutation (Sum.terms t) l /\ sums t (num a) /\ (l = [] -> num a = Some 0)
  end.

Lemma reached_perm l l' a : Permutation l l' -> reached l a -> reached l' a.
Proof.
  intros P. destruct a as [a|]; cbn [reached].
  - intros (t & Q & S & Z). exists t. split; [now apply (Permutation_trans Q)|]. split; [exact S|].
    intros ->. apply Z. now apply Permutation_nil, Permutation_sym.
  - intros ->. now apply Permutation_nil.
Qed.
Lemma reached_first w x p : sums (Prod w x) (num p) -> reached [(w, x)] (Some p).
Proof. intros S. exists (Prod w x). split; [apply Permutation_refl|]. now split. Qed.
Lemma reached_zero p : num p = Some 0 -> reached [] (Some p).
Proof. intros Z. exists Zero. split; [apply perm_nil|]. split; [rewrite Z; apply sums_zero | trivial]. Qed.
Lemma reached_more l a w x p : reached l (Some a) -> sums (Prod w x) (num p) ->
  reached ((w, x) :: l) (Some (Bplus mode_NE a p)).
Proof.
  intros (t & P & S & Z) Sp. destruct l as [|q l].
  - specialize (Z eq_refl). exists (Prod w x). split; [apply Permutation_refl|].
    rewrite (plus_zero _ _ Z). now split.
  - exists (Plus t (Prod w x)). split; [|split].
    + cbn [Sum.terms]. apply Permutation_sym. eapply Permutation_trans; [apply Permutation_cons_append|].
      now apply Permutation_app_tail, Permutation_sym.
    + refine (plus_sums t (Prod w x) a p _ _ S Sp); [|discriminate].
      intros N. rewrite N in P. apply Permutation_nil in P. discriminate.
    + discriminate.
Qed.
Lemma reached_same l a p : reached l (Some a) -> num p = Some 0 -> reached l (Some (Bplus mode_NE a p)).
Proof. intros (t & P & S & Z) Zp. exists t. rewrite (zero_plus _ _ Zp). now repeat split. Qed.
Lemma reached_adds_up l y : reached l (Some y) -> adds_up l (num y).
Proof.
  intros (t & P & S & _). exists t, (num y). split; [exact P|]. split; [exact S|].
  destruct (num y); [apply exactly_rounds | exact I].
Qed.

(** ** One linear map *)
Notation times_at := (product_at (B754_zero false) narrow (Bmult mode_NE) (fun y : int -> b32 => y)).
Section Row.
Variables (l : linmap) (y : vec32) (i : int).
Hypothesis Fin : forall k, below (in_ext l) k -> is_finite (y k) = true.
Let pair t := (fR (factor l i t), real y (place l i t)).

Lemma product_step t : is32 (factor l i t) = true ->
  if counted l i t then sums (Prod (fst (pair t)) (snd (pair t))) (num (times_at l y i t))
  else num (times_at l y i t) = Some 0.
Proof.
  intros W. apply is32_number in W. destruct (num_finite _ _ W) as (Fw & Ew).
  unfold counted, product_at. cbv zeta. destruct (place l i t <? len (in_ext l))%uint63 eqn:B; cbn [andb].
  - apply ltb_below in B. specialize (Fin _ B).
    destruct (Req_bool_spec (fR (factor l i t)) 0) as [Z|N]; cbn [negb].
    + rewrite <- zero_number. apply mult_exact; trivial. rewrite Ew, Z. cbn [B2R]. ring.
    + cbn [pair fst snd]. rewrite <- Ew.
      exact (product_sums (narrow (factor l i t), y (place l i t)) (conj Fw Fin)).
  - rewrite <- zero_number. apply mult_exact; trivial. cbn [B2R]. ring.
Qed.
Lemma adds_reached n : forall t l0 a, (forall s, In s (indices_from n t) -> is32 (factor l i s) = true) ->
  reached l0 (Some a) ->
  reached (products_of l (real y) i (indices_from n t) ++ l0) (Some (adds (Bplus mode_NE) n t (times_at l y
    i) a)).
Proof.
  induction n as [|n IH]; intros t l0 a W H; [exact H|]. cbn [indices_from adds].
  assert (S := product_step t (W t (or_introl eq_refl))).
  assert (W' : forall s, In s (indices_from n (t + 1)) -> is32 (factor l i s) = true)
    by (intros s I; apply W; now right).
  unfold products_of. cbn [filter]. destruct (counted l i t).
  - refine (reached_perm _ _ _ _ (IH _ _ _ W' (reached_more _ _ _ _ _ H S))).
    cbn [map]. apply Permutation_sym, Permutation_middle.
  - exact (IH _ _ _ W' (reached_same _ _ _ H S)).
Qed.
Lemma sum_reached n l0 a : (forall s, In s (indices_from n 0) -> is32 (factor l i s) = true) ->
  reached l0 a ->
  reached (products_of l (real y) i (indices_from n 0) ++ l0) (sum_from (Bplus mode_NE) n (times_at l y i)
    a).
Proof.
  intros W H. destruct a as [a|]; cbn [sum_from]; [now apply adds_reached|]. cbn [reached] in H. subst l0.
  rewrite app_nil_r. destruct n as [|n]; [reflexivity|].
  assert (S := product_step 0 (W 0%uint63 (or_introl eq_refl))).
  assert (W' : forall s, In s (indices_from n 1) -> is32 (factor l i s) = true) by (intros s I; apply W;
    now right).
  unfold products_of. cbn [indices_from filter]. change (0 + 1)%uint63 with 1%uint63.
    destruct (counted l i 0).
  - refine (reached_perm _ _ _ _ (adds_reached n 1 _ _ W' (reached_first _ _ _ S))).
    cbn [map]. apply Permutation_sym, Permutation_cons_append.
  - refine (reached_perm _ _ _ _ (adds_reached n 1 _ _ W' (reached_zero _ S))). now rewrite app_nil_r.
Qed.
End Row.

Lemma row32_spec e l i s : wf e -> row32 e l = true -> below e i -> (Z.of_nat (products l i) < wB)%Z ->
  In s (indices_from (products l i) 0) -> is32 (factor l i s) = true.
Proof.
  intros W R Hi Few Hs. unfold row32 in R. apply (allb_spec _ _ i W) in R; [|exact Hi]. cbv beta in R.
  apply in_indices in Hs; [|exact Few]. change (to_Z 0) with 0%Z in Hs.
  exact (allR_spec _ s _ _ R Hs).
Qed.

(** ** An affine node *)
Section Affine.
Variables (ns : list node) (ys : list vec32) (e : extent) (i : int).
Hypotheses (We : wf e) (Hi : below e i).

Lemma summands_bias ts b zs : summands ts b zs i =
  summands ts None zs i ++ match b with Some v => [(1, fR (fget v i))] | None => [] end.
Proof. induction ts as [|[d l] ts IH]; cbn [summands]; [reflexivity|]. now rewrite IH, app_assoc. Qed.

Notation terms_at := (terms_in (B754_zero false) narrow (Bplus mode_NE) (Bmult mode_NE)
  (fun y : int -> b32 => y) (fun _ => B754_nan)).
Lemma terms_reached ts : Forall (term_ok ns e) ts -> forallb (fun t => row32 e (snd t)) ts = true ->
  ready ts ys -> forall l0 a, reached l0 a ->
    reached (summands ts None (map real ys) i ++ l0) (terms_at ts ys i a).
Proof.
  induction 1 as [|[d l] ts (V & Eo & N) _ IH]; intros R Rd l0 a H; [exact H|]. cbn [fst snd] in *.
  cbn [forallb snd] in R. apply andb_prop in R as [R1 R]. cbn [summands terms_in].
  rewrite <- Eo in Hi, R1. assert (Fin : forall k, below (in_ext l) k -> is_finite (value32 ys d k) = true)
    by (intros k; apply (Rd d l k); now left).
  destruct (rows_of l i V Hi) as [Few _ _ _]. rewrite Eo in R1, Hi.
  assert (Rd' : ready ts ys) by (intros d' l' k I; apply Rd; now right).
  assert (S := sum_reached l (value32 ys d) i Fin (products l i) l0 a
    (fun s Hs => row32_spec e l i s We R1 Hi Few Hs) H).
  refine (reached_perm _ _ _ _ (IH R Rd' _ _ S)). rewrite value_real. rewrite <- Eo in Hi.
  assert (P := products_are_the_row l (real (value32 ys d)) i V Hi).
  rewrite <- (app_assoc (row_of l (real (value32 ys d)) i)).
  eapply Permutation_trans; [apply Permutation_app_swap_app|]. now apply Permutation_app_tail.
Qed.

Notation affine_at := (affine_in (B754_zero false) narrow (Bplus mode_NE) (Bmult mode_NE)
  (fun y : int -> b32 => y) (fun _ => B754_nan)).
Lemma bias_sums v : is32 v = true -> sums (Prod 1 (fR v)) (num (narrow v)).
Proof.
  intros H. rewrite (is32_number _ H). apply (sums_prod 1 (fR v) 1 (fR v)); try apply flushed_refl.
  rewrite Rmult_1_l. apply exactly_rounds.
Qed.
Lemma affine_reached ts b : Forall (term_ok ns e) ts -> weights32 (Affine e ts b) = true -> ready ts ys ->
  reached (summands ts b (map real ys) i) (Some (affine_at ts b ys i)).
Proof.
  intros T W Rd. cbn [weights32] in W. apply andb_prop in W as [R B].
  assert (H := terms_reached ts T R Rd [] None eq_refl). rewrite app_nil_r in H.
  rewrite summands_bias. unfold affine_in. destruct (terms_at ts ys i None) as [a|]; cbn [reached] in H.
  - destruct b as [v|]; [|now rewrite app_nil_r]. apply (allb_spec _ _ i We) in B; [|exact Hi].
    refine (reached_perm _ _ _ _ (reached_more _ _ _ _ _ H (bias_sums _ B))). apply Permutation_cons_append.
  - rewrite H. destruct b as [v|]; cbn [app]; [|now apply reached_zero].
    apply (allb_spec _ _ i We) in B; [|exact Hi]. apply reached_first. now apply bias_sums.
Qed.

(** A node that moves numbers gives the numbers themselves. *)
Lemma times_one (x : B32) : is_finite x = true -> num (Bmult mode_NE (narrow 1) x) = Some (1 * B2R x).
Proof.
  intros F. rewrite Rmult_1_l, <- (number_of x F). apply mult_exact; trivial.
  assert (E : B2R (narrow 1) = 1) by (assert (H := is32_number 1 eq_refl);
    apply num_finite in H as (_ & ->); exact fR_1).
  rewrite E. ring.
Qed.
Lemma times_minus_one (x : B32) : is_finite x = true ->
  num (Bmult mode_NE (narrow (-1)) x) = Some (-1 * B2R x).
Proof.
  intros F. replace (-1 * B2R x) with (B2R (Bopp x)) by (rewrite B2R_Bopp; ring).
  assert (Fo : is_finite (Bopp x) = true) by now rewrite is_finite_Bopp.
  rewrite <- (number_of (Bopp x) Fo). apply mult_exact; trivial.
  assert (E : B2R (narrow (-1)) = -1).
  { assert (H := is32_number (-1) eq_refl). apply num_finite in H as (_ & ->). exact (fR_sign true). }
  rewrite E, B2R_Bopp. ring.
Qed.
Lemma moved_reached ts b : Forall (term_ok ns e) ts -> moves ts b = true -> ready ts ys ->
  num (affine_at ts b ys i) = Some (affine ts b (map real ys) i).
Proof.
  intros T M Rd. destruct ts as [|[d l] [|]]; [discriminate| |now destruct l].
  apply Forall_inv in T as (V & Eo & _). cbn [fst snd] in *.
  assert (Fin : forall k, below (in_ext l) k -> is_finite (value32 ys d k) = true)
    by (intros k; apply (Rd d l k); now left).
  cbn [affine bias_at]. rewrite value_real. destruct l as [minus e'| | | |ein eout phi psi times step];
    try discriminate;
    destruct b; try discriminate; cbn [bias_at]; rewrite Rplus_0_r; unfold affine_in;
      cbn [terms_in products].
  - cbn [out_ext in_ext] in *. subst e'. cbn [sum_from adds]. unfold product_at. cbn [place factor in_ext].
    rewrite (proj2 (ltb_below _ _) Hi). specialize (Fin i Hi). unfold apply, apply_by.
    destruct minus; [now apply times_minus_one | now apply times_one].
  - unfold apply, apply_by. cbn [in_ext] in Fin. destruct (phi i <? len ein)%uint63 eqn:B; [|reflexivity].
    cbn [sum_from adds]. unfold product_at. cbn [place factor in_ext]. rewrite B.
    apply ltb_below in B. rewrite times_one by now apply Fin. now rewrite Rmult_1_l.
Qed.
End Affine.

(** ** The whole network *)
Definition accurate (ulps : R) (lib : library) : Prop :=
  forall f x, f <> Relu -> is_finite x = true -> applies ulps f (B2R x) (num (narrow (lib f (widen x)))).

Lemma relu_applies ulps (x : B32) : is_finite x = true ->
  applies ulps Relu (B2R x) (num (relu_by Bleb (B754_zero false) x)).
Proof.
  intros F _ _. unfold relu_by. rewrite Bleb_correct by (trivial; reflexivity). cbn [sem jumps exactly32].
  change (B2R (B754_zero false : B32)) with 0. pose proof e32_pos.
  destruct (Rle_bool_spec (B2R x) 0) as [L|L].
  - exists 0. split; [reflexivity|]. rewrite Rmax_left by assumption. rewrite Rminus_eq_0, Rabs_R0. lra.
  - exists (B2R x). split; [now apply number_of|]. rewrite Rmax_right by lra. rewrite Rminus_eq_0, Rabs_R0.
    lra.
Qed.

Theorem reference_is_execution ulps lib x : accurate ulps lib -> forall ns, graph_ok ns = true ->
  forallb weights32 ns = true -> execution ulps x ns (evaluateB lib x ns).
Proof.
  intros A. induction ns as [|n ns IH]; intros G W; [exact I|].
  cbn [graph_ok] in G. apply andb_prop in G as [N G]. cbn [forallb] in W. apply andb_prop in W as [Wn W].
  specialize (IH G W). unfold evaluateB in *. cbn [evaluate execution]. split; [|exact IH].
  set (ys := evaluate _ _ _ _ _ _ _ _ _ ns) in *. assert (We := node_ok_wf n ns N). intros i Hi.
  destruct n as [e|e c|e ts b|f e d|e d d']; cbn [ext] in *.
  - reflexivity.
  - apply is32_number. cbn [weights32] in Wn. exact (allb_spec _ _ i We Wn Hi).
  - intros Rd. assert (T := node_ok_terms e ts b ns G N). destruct (moves ts b) eqn:M.
    + exists (affine ts b (map real ys) i). split;
      [exact (moved_reached ns ys e i Hi ts b T M Rd) | now left].
    + apply reached_adds_up. exact (affine_reached ns ys e i We Hi ts b T Wn Rd).
  - intros F. destruct f; try (apply A; [discriminate | exact F]). now apply relu_applies.
  - intros F F'. exact (product_sums (value32 ys d i, value32 ys d' i) (conj F F')).
Qed.

(** ** The program *)
Lemma zero_widen : 0%float = widen (B754_zero false).
Proof. reflexivity. Qed.
Lemma adds_program f g n : (forall t, f t = widen (g t)) -> forall t a,
  adds add32 n t f (widen a) = widen (adds (Bplus mode_NE) n t g a).
Proof. intros E. induction n as [|n IH]; intros t a; cbn [adds]; [reflexivity|]. now rewrite E,
  add32_correct, IH. Qed.
Lemma sum_program f g n a : (forall t, f t = widen (g t)) ->
  sum_from add32 n f (option_map widen a) = option_map widen (sum_from (Bplus mode_NE) n g a).
Proof.
  intros E. destruct a as [a|], n as [|n]; cbn [option_map sum_from]; trivial;
    rewrite ?E; now rewrite (adds_program f g _ E).
Qed.
Lemma call_program lib f (x : b32) : callF lib f (widen x) = widen (callB lib f x).
Proof.
  destruct f; try exact (r32_correct _). cbn [callF callB]. unfold relu_by.
  rewrite zero_widen, leb32_correct. now destruct (Bleb x _).
Qed.

Section Program.
Variables (ns : list node) (zs : list farr) (ys : list vec32).
Hypothesis Same : forall d e k, node_at ns d e -> below e k ->
  fget (value_in (ftab 0 (fun _ => 0%float)) zs d) k = widen (value32 ys d k).

Lemma terms_program e ts i : Forall (term_ok ns e) ts -> forall a,
  terms_in 0%float r32 add32 mul32 fget (ftab 0 (fun _ => 0%float)) ts zs i (option_map widen a) =
  option_map widen (terms_in (B754_zero false) narrow (Bplus mode_NE) (Bmult mode_NE) (fun y => y)
    (fun _ => B754_nan) ts ys i a).
Proof.
  induction 1 as [|[d l] ts (V & Eo & N) _ IH]; intros a; cbn [terms_in]; [reflexivity|].
    cbn [fst snd] in *.
  rewrite <- IH. f_equal. apply sum_program. intros t. unfold product_at. cbv zeta.
  rewrite r32_correct. destruct (place l i t <? len (in_ext l))%uint63 eqn:B.
  - apply ltb_below in B. rewrite (Same d _ _ N B). apply mul32_correct.
  - rewrite zero_widen. apply mul32_correct.
Qed.
Lemma affine_program e ts b i : Forall (term_ok ns e) ts ->
  affine_in 0%float r32 add32 mul32 fget (ftab 0 (fun _ => 0%float)) ts b zs i =
  widen (affine_in (B754_zero false) narrow (Bplus mode_NE) (Bmult mode_NE) (fun y => y)
    (fun _ => B754_nan) ts b ys i).
Proof.
  intros T. unfold affine_in. assert (E := terms_program e ts i T None). cbn [option_map] in E. rewrite E.
  clear E. destruct b;
    match goal with |- match option_map widen ?t with _ => _ end = widen (match ?s with _ => _ end) =>
      change s with t; destruct t end; cbn [option_map]; rewrite ?r32_correct, ?add32_correct; reflexivity.
Qed.
End Program.

Theorem reference_correct lib x X : forall ns, graph_ok ns = true ->
  (forall e i, In (Input e) ns -> below e i -> fget x i = widen (X i)) ->
  forall d e i, node_at ns d e -> below e i ->
  fget (value_in (ftab 0 (fun _ => 0%float)) (evaluateF lib x ns) d) i = widen (value32 (evaluateB lib X
    ns) d i).
Proof.
  induction ns as [|n ns IH]; intros G In d e i (m & Em & <-) Hi; [now destruct d|].
  cbn [graph_ok] in G. apply andb_prop in G as [N G].
  assert (IH' := IH G (fun e i I => In e i (or_intror I))). clear IH. destruct d as [|d];
    [|apply (IH' d (ext m) i); [now exists m | exact Hi]].
  cbn [nth_error] in Em. injection Em as ->. assert (We := node_ok_wf m ns N).
  unfold evaluateF, evaluateB, value_in, value32 in *. cbn [evaluate nth].
    rewrite (fget_ftab_below _ _ _ We Hi).
  set (zs := evaluate _ _ _ _ _ ftab _ _ _ ns) in *.
    set (ys := evaluate _ _ _ _ _ (fun _ f => f) _ _ _ ns) in *.
  destruct m as [e|e c|e ts b|f e d|e d d']; cbn [ext] in *.
  - now apply (In e i); [left|].
  - apply r32_correct.
  - apply (affine_program ns zs ys IH' e). exact (node_ok_terms e ts b ns G N).
  - assert (Nd := N). apply andb_prop in Nd as [_ Nd]. unfold value_in.
    rewrite (IH' d e i (fits_node ns d e G We Nd) Hi). apply call_program.
  - assert (Nd := N). apply andb_prop in Nd as [_ Nd]. apply andb_prop in Nd as [N1 N2]. unfold value_in.
    rewrite (IH' d e i (fits_node ns d e G We N1) Hi), (IH' d' e i (fits_node ns d' e G We N2) Hi).
    apply mul32_correct.
Qed.
