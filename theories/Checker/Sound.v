(** What an accepted certificate proves.

    Three files go in: a network, a property (what must not happen) and a certificate,
      each a sequence of binary64
    words. [read_graph] and [read_property] say what the first two mean;
      [output_of] is the network's value in exact
    real arithmetic, [unsafe] the property's formula over an input and an output.

    The theorem: if the checker accepts, then no real input, with the network's exact output at that input,
    satisfies the property's formula. The certificate may come from anywhere: nothing is assumed about it. *)
From Coq Require Import Bool ZArith Reals Lra Lia Floats Uint63 List.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64 Base.Binary64Proof.
From Provenn Require Import IR.LinMap IR.LinMapProof IR.Graph.
From Provenn Require Import Checker.Words Checker.Enclose Checker.EncloseProof Checker.Invariant.
From Provenn Require Import Checker.Backward Checker.BackwardProof Checker.ReadGraph Checker.ReadProperty.
From Provenn Require Import Checker.Tree Checker.TreeProof Checker.Check.
Import ListNotations.
Local Open Scope R_scope.

(** The network's output on input [x]: its nodes evaluated in order over the reals. *)
Definition output_of (net : network) (x : vec) : vec := value (eval x (nodes net)) (output net).

(** ** Executions with noise *)
Lemma eval_exec x ns : exec none x ns (eval x ns).
Proof.
induction ns as [|n ns IH]; [exact I|]. split; [|exact IH]. intros i _. destruct n; cbn; try reflexivity.
rewrite Rminus_eq_0, Rabs_R0. lra.
Qed.
Lemma no_noise_covers : covers no_noise none.
Proof. repeat split; try exact fin_0; cbn; rewrite ?fR_0; lra. Qed.

(** ** Reading *)
Lemma read_graph_ok f net : read_graph f = Ok net -> graph_ok (nodes net) = true.
Proof.
unfold read_graph. intros H. reading H. reading H. reading H. reading H. destruct a2 as [all p].
reading H. reading H. reading H. reading H. injection H as <-. now apply demand_ok in E6.
Qed.
Lemma input_in_last : forall ns e, graph_ok ns = true -> In (Input e) ns ->
  nth_error ns (input_at ns) = Some (Input e).
Proof.
unfold input_at. induction ns as [|n ns IH]; intros e G I; [contradiction|]. cbn [graph_ok] in G.
apply andb_prop in G as [N G]. destruct I as [->|I].
- unfold node_ok in N. apply andb_prop in N as [_ N]. destruct ns; [reflexivity | discriminate].
- specialize (IH e G I). destruct ns as [|m ns]; [contradiction|]. cbn [length] in *.
  replace (S (S (length ns)) - 1)%nat with (S (S (length ns) - 1))%nat by lia. exact IH.
Qed.

(** The first node, at the end of the list, is the input. *)
Lemma last_nth {A} (d : A) : forall l, l <> [] -> nth_error l (length l - 1) = Some (last l d).
Proof.
induction l as [|a l IH]; [congruence|]. intros _. destruct l as [|b l]; [reflexivity|].
cbn [length] in *. replace (S (S (length l)) - 1)%nat with (S (S (length l) - 1))%nat by lia.
cbn [nth_error last]. apply IH. congruence.
Qed.
Lemma read_graph_input f net : read_graph f = Ok net ->
  exists e, nth_error (nodes net) (input_at (nodes net)) = Some (Input e).
Proof.
unfold read_graph. intros H. reading H. reading H. reading H. reading H. destruct a2 as [all p].
reading H. reading H. reading H. reading H. injection H as <-. cbn [nodes]. apply demand_ok in E5.
unfold input_at. set (ns := map node_of all) in *.
destruct ns as [|n ns'] eqn:En; [discriminate|]. rewrite <- En in *.
rewrite (last_nth (Constant (extent_of 0) (ftab 0 (fun _ => 0%float)))) by congruence.
destruct (last ns _) as [e| | |]; try discriminate. now exists e.
Qed.

(** ** Claims *)
Lemma times_dense m d r n ys x i : wf r -> wf n -> below r i -> value ys d = x ->
  match m with Some c => valid (dense 1 (len r) (len n) c) = true | None => True end ->
  affine (matrix_term m d r n) None ys i = times m n x i.
Proof.
intros Wr Wn Hi <- V. destruct m as [c|]; cbn [matrix_term affine times bias_at]; [|reflexivity].
rewrite Rplus_0_r. unfold apply, dense. cbn [apply_by]. change (len (extent_of (len r))) with (len r).
change (len (extent_of (len n))) with (len n).
assert (Z1 : (i / len r = 0)%uint63).
{ apply to_Z_inj. rewrite div_spec. unfold below in Hi. rewrite Z.div_small; [reflexivity|].
  pose proof (to_Z_bounded i). lia. }
assert (Z2 : (i mod len r = i)%uint63).
{ apply to_Z_inj. rewrite mod_spec. unfold below in Hi. rewrite Z.mod_small; [reflexivity|].
  pose proof (to_Z_bounded i). lia. }
rewrite Z1, Z2. rewrite <- (proj1 Wn). apply sum_ext; [assumption|]. intros k _.
replace (0 * len n + k)%uint63 with k; [reflexivity|].
apply to_Z_inj. rewrite add_spec, mul_spec. cbn. rewrite Z.mod_small; [reflexivity | apply to_Z_bounded].
Qed.
Lemma affine_app ts us b ys i : affine (ts ++ us) b ys i = affine ts None ys i + affine us b ys i.
Proof. induction ts as [|[d l] ts IH]; cbn; [ring|]. rewrite IH. ring. Qed.
Lemma affine_bias ts b ys i : affine ts b ys i = affine ts None ys i + bias_at b i.
Proof. induction ts as [|[d l] ts IH]; cbn; [ring|]. rewrite IH. ring. Qed.

(** The claim's node computes left minus right sides of the rows. *)
Lemma claim_value net p r ys x y i : node_ok (claim_node net p r) (nodes net) = true -> wf (n_in p) ->
  wf (n_out p) ->
  value ys (input_at (nodes net)) = x -> value ys (output net) = y -> below (n_rows r) i ->
  match claim_node net p r with Affine _ ts b => affine ts b ys i | _ => 0 end
    = times (on_x r) (n_in p) x i + times (on_y r) (n_out p) y i - fR (fget (bound r) i).
Proof.
intros N Wi Wo Ex Ey Hi. assert (W := node_ok_wf _ _ N). unfold claim_node in *. cbv zeta in *.
cbn [ext] in W.
unfold node_ok in N. apply andb_prop in N as [_ N]. rewrite forallb_app in N. apply andb_prop in N as [N1 N2].
rewrite affine_app, (affine_bias _ (Some _)). cbn [bias_at]. rewrite fget_ftab_below, fR_opp by assumption.
rewrite (times_dense (on_x r) _ (n_rows r) (n_in p) ys x i), (times_dense (on_y r) _ (n_rows r)
  (n_out p) ys y i);
  try assumption; try ring.
- destruct (on_y r); [|exact I]. cbn [matrix_term forallb fst snd] in N2.
now apply andb_prop in N2 as [N2 _]; apply andb_prop in N2 as [N2 _]; apply andb_prop in N2 as [N2 _].
- destruct (on_x r); [|exact I]. cbn [matrix_term forallb fst snd] in N1.
now apply andb_prop in N1 as [N1 _]; apply andb_prop in N1 as [N1 _]; apply andb_prop in N1 as [N1 _].
Qed.

Lemma claims_in v net p ss q : forall rs cs r, claims v net p ss rs q = Ok cs -> In r rs ->
  exists c, In c cs /\ over c = claim_node net p r.
Proof.
induction rs as [|r0 rs IH]; intros cs r H I; [contradiction|]. cbn [claims] in H.
reading H. reading H. reading H. injection H as <-. destruct I as [->|I].
- eexists. split; [left; reflexivity | reflexivity].
- destruct (IH _ r E1 I) as (c & Hc & Ho). exists c. split; [now right | assumption].
Qed.
Lemma claims_known v fv x net p bl bh ss q : covers fv v -> graph_ok (nodes net) = true ->
  forwards fv (nodes net) (bl, bh) = inl ss -> forall ys, exec v x (nodes net) ys ->
  (forall e k, In (Input e) (nodes net) -> below e k -> fR (fget bl k) <= x k <= fR (fget bh k)) ->
  forall rs cs, claims fv net p ss rs q = Ok cs -> Forall (claim_known fv (nodes net) (map mag ss) ys) cs.
Proof.
intros C G F ys X B. induction rs as [|r rs IH]; intros cs H; cbn [claims] in H.
- injection H as <-. constructor.
- reading H. reading H. reading H. injection H as <-. apply demand_ok in E, E0. constructor; [|now apply IH].
  unfold claim_known. cbn [over about]. unfold claim_node in *.
  match goal with |- context [Affine ?e ?ts ?b] => exists e, ts, b; set (e0 := e) in *; set (ts0 := ts) in *;
    set (b0 := b) in * end.
  split; [reflexivity|]. split; [assumption|]. cbn [ext] in *.
  apply (affine_known fv v x (nodes net) bl bh ss ys e0 ts0 b0 (affine ts0 b0 ys) C G F X B E E0).
  intros i Hi. rewrite Rminus_eq_0, Rabs_R0. destruct (node_ok_terms e0 ts0 b0 (nodes net) G E) as (_ & T).
  destruct C as (_ & _ & Cr & Ca). cbn [ext] in Hi.
  assert (0 <= affineA ts0 b0 (map (fun z k => Rabs (z k)) ys) i)
    by now apply (affineA_nonneg (nodes net) e0).
  assert (0 <= relative v * affineA ts0 b0 (map (fun z k => Rabs (z k)) ys) i) by (apply Rmult_le_pos; lra).
  lra.
Qed.

(** ** Cases *)
Lemma check_case_sound depth v fv f x net p c q q' ys : covers fv v -> graph_ok (nodes net) = true ->
  wf (n_in p) -> wf (n_out p) -> (forall e, In (Input e) (nodes net) -> e = n_in p) ->
  exec v x (nodes net) ys -> value ys (input_at (nodes net)) = x ->
  check_case depth fv f net p c q = Ok q' -> within p c x ->
  forall r, In r (ways c) -> ~ satisfied p r x (value ys (output net)).
Proof.
intros C G Wi Wo In_ X Ex H B r Hr S. unfold check_case in H. reading H. destruct (a =? 3)%uint63.
- reading H. reading H. apply demand_ok in E1. assert (Bi : below (n_in p) a0) by now apply below_iff.
  destruct (B a0 Bi) as (B1 & B2).
  destruct (finb (fget (box_lo c) a0)) eqn:F1; [|discriminate].
  destruct (finb (fget (box_hi c) a0)) eqn:F2; [|discriminate].
  destruct (fget (box_hi c) a0 <? fget (box_lo c) a0)%float eqn:L; [|discriminate].
  apply finb_fin in F1, F2. apply ltb_lt in L; try assumption. lra.
- destruct (forwards fv (nodes net) (box_lo c, box_hi c)) as [ss|] eqn:F; [|discriminate]. reading H.
  assert (Bx : forall e k, In (Input e) (nodes net) -> below e k ->
    fR (fget (box_lo c) k) <= x k <= fR (fget (box_hi c) k)).
  { intros e k I Hk. rewrite (In_ e I) in Hk. now apply B. }
  assert (K := forwards_known fv v x (nodes net) _ _ ss ys C G F X Bx).
  assert (T := claims_known v fv x net p _ _ ss q C G F ys X Bx _ _ E0).
  assert (R := walk_sound v fv x f (nodes net) _ ys C G X _ _ _ _ _ K T H).
  destruct (claims_in fv net p ss q _ _ r E0 Hr) as (cl & Icl & Ocl).
  rewrite Forall_forall in T, R. specialize (R cl Icl). destruct (T cl Icl) as (e & ts & b & Ea & N & _).
  unfold refuted in R. rewrite Ocl in *. unfold claim_node in Ea. injection Ea as <- <- <-.
  destruct R as (i & Hi & Pi). specialize (S i Hi).
  assert (V := claim_value net p r ys x _ i N Wi Wo Ex eq_refl Hi). unfold claim_node in V. rewrite V in Pi.
  lra.
Qed.
Lemma check_cases_sound depth fv f net p : forall cs q q', check_cases depth fv f net p cs q = Ok q' ->
  forall c, In c cs -> exists a b, check_case depth fv f net p c a = Ok b.
Proof.
induction cs as [|c0 cs IH]; intros q q' H c I; [contradiction|]. cbn [check_cases] in H. reading H.
destruct I as [->|I]; [now exists q, a | now apply (IH a q')].
Qed.

(** ** The theorem *)
Lemma eval_input x : forall ns d e, nth_error ns d = Some (Input e) -> value (eval x ns) d = x.
Proof.
unfold value. induction ns as [|n ns IH]; intros [|d] e H; try discriminate; cbn in *.
- now injection H as ->.
- now apply (IH d e).
Qed.
Lemma get_size_ok f p n : get_size f p = Ok n -> ok_len n = true.
Proof.
unfold get_size. intros H. reading H. destruct (ok_len a) eqn:Q; [now injection H as <- | discriminate].
Qed.
Lemma read_property_wf f p : read_property f = Ok p -> wf (n_in p) /\ wf (n_out p).
Proof.
unfold read_property. intros H. reading H. reading H. reading H. reading H. reading H. destruct a3 as [cs q].
reading H. injection H as <-. cbn. split; apply extent_of_wf; eapply get_size_ok; eassumption.
Qed.

Theorem check_sound (graph property certificate : words) net prop :
  check graph property certificate = Ok (net, prop) ->
  read_graph graph = Ok net /\ read_property property = Ok prop /\
  forall x : vec, ~ unsafe prop x (output_of net x).
Proof.
unfold check. intros H. reading H. reading H.
reading H. apply demand_ok in E1. apply andb_prop in E1 as [_ E1].
reading H. reading H. reading H. reading H. reading H. reading H. reading H. injection H as -> ->.
split; [assumption|]. split; [assumption|]. assert (G := read_graph_ok _ _ E).
destruct (read_property_wf _ _ E0) as (Wi & Wo).
intros x (c & Ic & B & r & Ir & S).
destruct (check_cases_sound _ _ _ _ _ _ _ _ E7 c Ic) as (q & q' & Hc).
assert (Inp : forall e, In (Input e) (nodes net) -> e = n_in prop).
{ intros e I. assert (Q := input_in_last _ e G I). rewrite Q in E1. cbn [ext] in E1.
  apply same_len_eq; try assumption. exact (graph_ok_wf _ _ _ G Q). }
destruct (nth_error (nodes net) (input_at (nodes net))) as [n|] eqn:En; [|discriminate].
assert (Ex : value (eval x (nodes net)) (input_at (nodes net)) = x).
{ assert (L := read_graph_input _ _ E). destruct L as (e & L). now apply (eval_input x _ _ e). }
exact (check_case_sound _ none _ _ x net prop c q q' _ no_noise_covers G Wi Wo Inp (eval_exec x
  (nodes net)) Ex Hc B r Ir S).
Qed.

Corollary accepts_sound (graph property certificate : words) : accepts graph property certificate = true ->
  exists net prop, read_graph graph = Ok net /\ read_property property = Ok prop /\
    forall x : vec, ~ unsafe prop x (output_of net x).
Proof.
unfold accepts. destruct (check graph property certificate) as [[net prop]|] eqn:E; [|discriminate]. intros _.
exists net, prop. exact (check_sound graph property certificate net prop E).
Qed.
