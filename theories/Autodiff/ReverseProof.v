(** Reverse mode is correct on every well-formed graph, along every differentiable curve through a smooth
    point.

    [moves ns wrt env t dx]  the inputs in [wrt] follow curves with velocities [dx] at time [t]; all others
                        rest *)
From Coq Require Import Floats Bool Reals Lra Lia NArith ZArith List.
From Coquelicot Require Import Coquelicot.
From Provenn Require Import Base.Binary64 Base.Binary64Proof Autodiff.View Autodiff.ViewProof Autodiff.Core
  Autodiff.CoreProof.
From Provenn Require Import Autodiff.Curve Autodiff.CurveProof Autodiff.Reverse Autodiff.EmitProof.
From Provenn Require Import Autodiff.SweepProof.
Import ListNotations.
Local Open Scope R_scope.

Definition moves (ns : list node) (wrt : list nat) (env : R -> nat -> vec) (t : R) (dx : nat -> vec) : Prop :=
  (forall w, In w wrt -> curve (extent ns w) (fun s => env s w) t (dx w)) /\
  (forall i n, nth_error ns i = Some n -> kind n = Input -> ~ In i wrt ->
     forall s e, (e < N.to_nat (elements n))%nat -> env s i e = env t i e).

(** Every node has a derivative [dy], and the cotangents computed for [wrt] pull the seeds' ones back. *)
Theorem vjp_correct ns wrt seeds env t dx :
  wf ns = true -> wrt_ok ns wrt -> seeds_ok ns seeds -> moves ns wrt env t dx -> Smooth (env t) ns wrt ->
  let (ext, gs) := vjp ns wrt seeds in
  wf ext = true /\ grows ns ext /\ Forall2 (fun w g => size_of ext g = size_of ns w) wrt gs /\
  exists dy, (forall i, curve (extent ns i) (fun s => val (env s) ns i) t (dy i)) /\
  lsum (fun '(w, g) => ip (extent ns w) (val (env t) ext g) (dx w)) (combine wrt gs) =
  lsum (fun '(i, c) => ip (extent ns i) (val (env t) ext c) (dy i)) seeds.
Proof.
  intros W Wr S [X I] Sm. pose proof (vjp_conserves ns wrt seeds (env t) dx W Wr S) as C.
  destruct (vjp ns wrt seeds) as [ext gs]. destruct C as (We & G & Sz & C).
  repeat (split; [assumption|]). eexists. split; [|exact C]. now apply val_curve.
Qed.

(** The values of the given graph are those of the extended one. *)
Theorem vjp_keeps ns wrt seeds env i : wf ns = true -> wrt_ok ns wrt -> seeds_ok ns seeds ->
  (i < length ns)%nat ->
  val env (fst (vjp ns wrt seeds)) i = val env ns i.
Proof.
  intros W Wr S L. pose proof (vjp_conserves ns wrt seeds env (fun _ _ => 0) W Wr S) as C.
  destruct (vjp ns wrt seeds) as [ext gs]. destruct C as (_ & G & _). now apply grows_val.
Qed.

(** ** A loss *)
Lemma constant_one : constant [PrimFloat.one] O = 1.
Proof. exact fR_1. Qed.
Lemma smooth_args m y y' o : (forall j, In j (args o) -> y j = y' j) -> smooth m y o -> smooth m y' o.
Proof. destruct o; cbn; intros H; trivial; rewrite <- ?H by auto; trivial. Qed.
Lemma Smooth_snoc env ns n wrt : wf ns = true -> (forall m y, smooth m y (kind n)) -> Smooth env ns wrt ->
  Smooth env (ns ++ [n]) wrt.
Proof.
  intros W Sn Sm i m E A. destruct (le_lt_dec (length ns) i) as [L|L].
  - rewrite nth_error_app2 in E by assumption. destruct (i - length ns)%nat as [|k]; cbn in E.
    + injection E as <-. apply Sn.
    + now destruct k.
  - rewrite nth_error_app1 in E by assumption. rewrite active_prefix in A by assumption.
    apply smooth_args with (2 := Sm i m E A). intros j Hj. symmetry. apply val_prefix.
    destruct (wf_nth _ _ _ W E) as [K _]. now apply (node_ok_args ns m).
Qed.

Lemma loss_seed_ok ns wrt loss : wf ns = true -> wrt_ok ns wrt -> size_of ns loss = Some 1%N ->
  let ns' := ns ++ [Node (Constant [PrimFloat.one]) []] in
  wf ns' = true /\ size_of ns' (length ns) = Some 1%N /\ wrt_ok ns' wrt /\ seeds_ok ns' [(loss, length ns)].
Proof.
  intros W [D In_] L ns'. assert (S1 : size_of ns' (length ns) = Some 1%N).
  { unfold size_of, ns'. now rewrite nth_error_app2, Nat.sub_diag by trivial. }
  split; [unfold ns'; rewrite wf_snoc, W; reflexivity|]. split; [exact S1|]. split; split; trivial.
  - intros w Hw. destruct (In_ w Hw) as (n & E & K). exists n. split; [|assumption]. unfold ns'.
    rewrite nth_error_app1; [assumption|]. apply nth_error_Some. now rewrite E.
  - repeat constructor; easy.
  - intros i c [[= <- <-]|[]]. exists 1%N. split; [|assumption]. now apply size_of_prefix.
Qed.
Lemma wrt_ok_lt ns wrt w : wrt_ok ns wrt -> In w wrt -> (w < length ns)%nat.
Proof. intros [_ I] Hw. destruct (I w Hw) as (n & E & _). apply nth_error_Some. now rewrite E. Qed.
Theorem loss_gradient_extends ns wrt loss : wf ns = true -> wrt_ok ns wrt -> size_of ns loss = Some 1%N ->
  let (ext, gs) := loss_gradient ns wrt loss in
  wf ext = true /\ grows ns ext /\ Forall2 (fun w g => size_of ext g = size_of ns w) wrt gs.
Proof.
  intros W Wr L. unfold loss_gradient. destruct (loss_seed_ok ns wrt loss W Wr L) as (W' & _ & Wr' & Sd).
  pose proof (vjp_conserves _ wrt _ (fun _ _ => 0) (fun _ _ => 0) W' Wr' Sd) as C.
  destruct (vjp _ wrt _) as [ext gs]. destruct C as (We & G & Sz & _). split; [assumption|]. split.
  - apply grows_trans with (2 := G). eexists. split; [reflexivity | repeat constructor; easy].
  - assert (Lw := fun w => wrt_ok_lt ns wrt w Wr). clear - Sz Lw.
    induction Sz as [|w g ws gs S Sz IH]; constructor.
    + rewrite S. unfold size_of. rewrite nth_error_app1; [easy | apply Lw; now left].
    + apply IH. intros. apply Lw. now right.
Qed.
Theorem loss_gradient_correct ns wrt loss env t dx :
  wf ns = true -> wrt_ok ns wrt -> size_of ns loss = Some 1%N -> moves ns wrt env t dx ->
    Smooth (env t) ns wrt ->
  let (ext, gs) := loss_gradient ns wrt loss in
  wf ext = true /\ grows ns ext /\ Forall2 (fun w g => size_of ext g = size_of ns w) wrt gs /\
  is_derive (fun s => val (env s) ns loss O) t
    (lsum (fun '(w, g) => ip (extent ns w) (val (env t) ext g) (dx w)) (combine wrt gs)).
Proof.
  intros W [D In_] L [X I] Sm. pose proof (loss_gradient_extends ns wrt loss W (conj D In_) L) as Ext.
  unfold loss_gradient in *. set (one := Node (Constant [PrimFloat.one]) []).
  assert (Lt := size_of_lt _ _ _ L).
  assert (Lw : forall w, In w wrt -> (w < length ns)%nat).
  { intros w Hw. now apply (wrt_ok_lt ns wrt). }
  destruct (loss_seed_ok ns wrt loss W (conj D In_) L) as (W' & S1 & Wr' & Sd).
  fold one in W', S1, Wr', Sd. assert (Mv : moves (ns ++ [one]) wrt env t dx).
  { split.
    - intros w Hw. rewrite extent_prefix by auto. now apply X.
    - intros i n E K. destruct (le_lt_dec (length ns) i) as [Li|Li].
      + rewrite nth_error_app2 in E by assumption. destruct (i - length ns)%nat as [|[|k]]; try discriminate.
        injection E as <-. discriminate.
      + rewrite nth_error_app1 in E by assumption. now apply (I i n). }
  assert (Sm' : Smooth (env t) (ns ++ [one]) wrt) by (apply Smooth_snoc; trivial; easy).
  pose proof (vjp_correct _ wrt _ env t dx W' Wr' Sd Mv Sm') as C.
  destruct (vjp _ wrt _) as [ext gs]. destruct C as (We & G & _ & dy & Dy & C).
  destruct Ext as (_ & Gx & Szx). repeat (split; [assumption|]).
  cbn [lsum] in C. rewrite Rplus_0_r in C. pose proof (Dy loss O) as Dl.
  rewrite extent_prefix, (extent_size _ _ _ L) in C, Dl by assumption.
  rewrite (lsum_ext _ (fun '(w, g) => ip (extent (ns ++ [one]) w) (val (env t) ext g) (dx w))).
  2: { intros [w g] H. apply in_combine_l in H. now rewrite extent_prefix by auto. }
  rewrite C. unfold ip. change (N.to_nat 1) with 1%nat. cbn [sum].
  replace (val (env t) ext (length ns)) with (constant [PrimFloat.one]).
  2: { rewrite (grows_val_size _ _ _ _ _ G S1). now rewrite val_snoc. }
  rewrite constant_one, Rplus_0_l, Rmult_1_l.
  apply (is_derive_ext (fun s => val (env s) (ns ++ [one]) loss O)); [|apply Dl; cbn; lia].
  intros s. now rewrite val_prefix.
Qed.

(** ** Gradients of gradients *)
(** An extended graph has the inputs of the given one, so the theorems apply to it again. *)
Lemma grows_input ns ext i n : grows ns ext -> nth_error ext i = Some n -> kind n = Input ->
  nth_error ns i = Some n.
Proof.
  intros (ms & -> & F) E K. destruct (le_lt_dec (length ns) i) as [L|L].
  - rewrite nth_error_app2 in E by assumption. apply nth_error_In in E. rewrite List.Forall_forall in F.
    now elim (F n E).
  - now rewrite nth_error_app1 in E.
Qed.
Theorem wrt_ok_grows ns ext wrt : grows ns ext -> wrt_ok ns wrt -> wrt_ok ext wrt.
Proof.
  intros (ms & -> & _) [D W]. split; [assumption|]. intros w Hw. destruct (W w Hw) as (n & E & K).
  exists n. split; [|assumption]. rewrite nth_error_app1; [assumption|]. apply nth_error_Some. now rewrite E.
Qed.
Theorem moves_grows ns ext wrt env t dx : grows ns ext -> wrt_ok ns wrt ->
  moves ns wrt env t dx -> moves ext wrt env t dx.
Proof.
  intros G [D W] [X I]. split.
  - intros w Hw. destruct (W w Hw) as (n & E & _). rewrite (extent_size _ _ (elements n)).
    + rewrite <- (extent_size _ _ _ (size_of_node _ _ _ E)). now apply X.
    + apply (grows_size ns); [assumption | now apply size_of_node].
  - intros i n E K. apply (I i n); trivial. now apply (grows_input ns ext).
Qed.
