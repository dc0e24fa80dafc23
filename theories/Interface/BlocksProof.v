(** The blocks that were printed are read again, and mean the same graph. Symbols: see [Interface.Blocks].

    [upto k i t]   the test [t] holds of the [k] numbers from [i] on
    [small n]      no larger than [largest], up to which every integer is tried: reading its word gives it back *)
From Coq Require Import Bool ZArith Lia Floats Uint63 Ring63 List.
From Provenn Require Import Base.Vector Base.VectorProof Base.Binary64.
From Provenn Require Import Checker.Words Checker.WordsProof Checker.ReadGraph Interface.Blocks Interface.Words.
Import ListNotations.
Local Open Scope uint63_scope.

Fixpoint upto (k : nat) (i : int) (t : int -> bool) : bool :=
  match k with
  | O => true
  | S k => t i && upto k (i + 1) t
  end.
Lemma upto_all t : forall k i, upto k i t = true -> (to_Z i + Z.of_nat k < wB)%Z ->
  forall j, (to_Z i <= to_Z j < to_Z i + Z.of_nat k)%Z -> t j = true.
Proof.
  induction k as [|k IH]; intros i U B j J; [lia|]. cbn [upto] in U. apply andb_prop in U as [T U].
  destruct (Z.eq_dec (to_Z i) (to_Z j)) as [E|E]; [apply to_Z_inj in E; now subst|].
  assert (N : to_Z (i + 1) = (to_Z i + 1)%Z).
  { rewrite add_spec. apply Z.mod_small. change (to_Z 1) with 1%Z. pose proof (to_Z_bounded i). lia. }
  apply (IH (i + 1) U); lia.
Qed.
Definition largest : int := 4194304.
Definition comes_back (n : int) : bool :=
  finb (num n) && match to_int (num n) with Some m => m =? n | None => false end.
Lemma all_come_back : upto (Pos.to_nat 4194305) 0 comes_back = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Definition small (n : int) : Prop := (to_Z n <= 4194304)%Z.
Lemma num_back n : small n -> finb (num n) = true /\ to_int (num n) = Some n.
Proof.
  intros S. unfold small in S. assert (C : comes_back n = true).
  { apply (upto_all _ _ _ all_come_back); rewrite positive_nat_Z; change (to_Z 0) with 0%Z.
    - reflexivity.
    - pose proof (to_Z_bounded n). lia. }
  apply andb_prop in C as [F C]. split; [exact F|].
  destruct (to_int (num n)) as [m|]; [|discriminate]. apply eqb_spec in C. now subst.
Qed.
Lemma ok_small n : ok_len n = true -> small n.
Proof. unfold ok_len, small. intros O. apply leb_spec in O. change (to_Z max_len) with 2097152%Z in O. lia. Qed.

Lemma get_num f p n : small n -> (p <? count f) = true -> word f p = num n -> get_int f p = Ok n.
Proof.
  intros S P W. destruct (num_back n S) as (F & B). unfold get_int, get_float. rewrite P, W, F. cbn [bind].
  now rewrite B.
Qed.
Lemma get_num_size f p n : ok_len n = true -> (p <? count f) = true -> word f p = num n -> get_size f p = Ok n.
Proof. intros O P W. unfold get_size. rewrite (get_num f p n (ok_small n O) P W). cbn [bind]. now rewrite O. Qed.

(** ** Lists and positions *)
Lemma length_cons {A} (a : A) l : (length_of (a :: l) = 1 + length_of l).
Proof.
  unfold length_of. cbn [length]. apply to_Z_inj. rewrite add_spec, !of_Z_spec, Nat2Z.inj_succ.
  change (to_Z 1) with 1%Z. rewrite Zplus_mod_idemp_r. f_equal. lia.
Qed.
Lemma add_assoc p q r : p + (q + r) = p + q + r.
Proof. apply to_Z_inj. rewrite !add_spec, Zplus_mod_idemp_r, Zplus_mod_idemp_l. f_equal. lia. Qed.
Lemma add_0 p : p + 0 = p.
Proof.
  apply to_Z_inj. rewrite add_spec. change (to_Z 0) with 0%Z. rewrite Z.add_0_r. apply Z.mod_small, to_Z_bounded.
Qed.
Lemma short_ok {A} (l : list A) : short l = true -> ok_len (length_of l) = true /\ nat_of (length_of l) = length l.
Proof.
  unfold short, length_of, ok_len, nat_of. intros S. apply Z.leb_le in S.
  assert (E : to_Z (of_Z (Z.of_nat (length l))) = Z.of_nat (length l)).
  { rewrite of_Z_spec. apply Z.mod_small. change wB with 9223372036854775808%Z. lia. }
  split; [|rewrite E; apply Nat2Z.id]. apply leb_spec. rewrite E. exact S.
Qed.
Lemma spells_app f m : forall l p, spells f p (l ++ m) -> spells f (p + length_of l) m.
Proof.
  induction l as [|x l IH]; intros p S; [now rewrite add_0|]. cbn [app spells] in S. destruct S as (_ & _ & S).
  rewrite length_cons, add_assoc. now apply IH.
Qed.

Lemma read_ints f rest : forall l p, forallb ok_len l = true -> spells f p (map num l ++ rest) ->
  get_ints (length l) f p = Ok l.
Proof.
  induction l as [|n l IH]; intros p O S; [reflexivity|]. cbn [forallb map app spells] in *.
  apply andb_prop in O as [O Os]. destruct S as (P & W & S). cbn [length get_ints].
  now rewrite (get_num_size f p n O P W), (IH _ Os S).
Qed.
Lemma read_finite f rest : forall l p, forallb finb l = true -> spells f p (l ++ rest) ->
  all_finite (length l) f p = Ok tt /\ listed (length l) f p = l.
Proof.
  induction l as [|x l IH]; intros p F S; [now split|]. cbn [forallb app spells] in *.
  apply andb_prop in F as [F Fs]. destruct S as (_ & W & S). cbn [length all_finite listed]. rewrite W, F.
  destruct (IH _ Fs S) as (-> & ->). now split.
Qed.
Lemma spells_end f : forall l p, spells f p l -> (p + length_of l <=? count f) = true.
Proof.
  intros l p S. rewrite <- (app_nil_r l) in S. exact (spells_app f [] l p S).
Qed.
Lemma map_length_of l : length_of (map num l) = length_of l.
Proof. unfold length_of. now rewrite map_length. Qed.
Lemma length_of_app {A} (l m : list A) : length_of (l ++ m) = length_of l + length_of m.
Proof.
  induction l as [|a l IH].
  - apply to_Z_inj. rewrite add_spec. change (to_Z (@length_of A [])) with 0%Z. cbn [app].
    symmetry. apply Z.mod_small, to_Z_bounded.
  - cbn [app]. now rewrite !length_cons, IH, add_assoc.
Qed.

(** A list of as many numbers as [Words.get_block] tests at once, and their parts. *)
Lemma blocks_read f rest : forall k l p, length l = (k * Words.block)%nat -> forallb finb l = true -> spells f p (l ++ rest) ->
  blocks_finite k f p = Ok tt.
Proof.
  assert (B : of_Z (Z.of_nat Words.block) = 1024) by (unfold Words.block, nat_of; rewrite Z2Nat.id; [reflexivity | apply to_Z_bounded]).
  induction k as [|k IH]; intros l p L F S; [reflexivity|]. cbn [Nat.mul] in L. cbn [blocks_finite].
  rewrite <- (firstn_skipn Words.block l), <- app_assoc in S.
  rewrite <- (firstn_skipn Words.block l), forallb_app in F. apply andb_prop in F as [F1 F2].
  assert (L1 : length (firstn Words.block l) = Words.block) by (rewrite firstn_length; lia).
  destruct (read_finite f _ _ p F1 S) as (A & _). rewrite L1 in A. rewrite A. cbn [bind].
  apply spells_app in S. unfold length_of in S. rewrite L1, B in S.
  apply (IH (skipn Words.block l)); trivial. rewrite skipn_length. lia.
Qed.
Lemma bits_low n : (to_Z (n land 1023) = to_Z n mod 1024)%Z.
Proof. rewrite land_spec'. change (to_Z 1023) with (Z.ones 10). now rewrite Z.land_ones. Qed.
Lemma bits_high n : (to_Z (n >> 10) = to_Z n / 1024)%Z.
Proof. now rewrite lsr_spec. Qed.
Lemma read_data f rest l p : short l = true -> forallb finb l = true -> spells f p (l ++ rest) ->
  (exists a, get_block (length_of l) f p = Ok a) /\ listed (nat_of (length_of l)) f p = l.
Proof.
  intros L F S. destruct (short_ok l L) as (O & N). destruct (read_finite f rest l p F S) as (_ & D).
  rewrite N. split; [|exact D]. unfold get_block. rewrite O.
  assert (E : (p + length_of l <=? count f) = true).
  { pose proof (spells_app f rest l p S) as R. clear - R. revert R. generalize (p + length_of l). intros q R.
    destruct rest as [|x rest]; [exact R|]. destruct R as (R & _). apply ltb_spec in R. apply leb_spec. lia. }
  rewrite E. set (n := length_of l) in *. set (k := (nat_of (n >> 10) * Words.block)%nat).
  assert (Z : (Z.of_nat (length l) = to_Z n)%Z) by (rewrite <- N; unfold nat_of; apply Z2Nat.id, to_Z_bounded).
  assert (K : (Z.of_nat k = to_Z n / 1024 * 1024)%Z).
  { unfold k, Words.block, nat_of. rewrite Nat2Z.inj_mul, !Z2Nat.id, bits_high by apply to_Z_bounded. reflexivity. }
  assert (M := Z.div_mod (to_Z n) 1024 ltac:(discriminate)).
  assert (P := Z.mod_pos_bound (to_Z n) 1024 eq_refl).
  assert (L1 : length (firstn k l) = k) by (rewrite firstn_length; lia).
  assert (L2 : length (skipn k l) = nat_of (n land 1023)).
  { rewrite skipn_length. unfold nat_of. rewrite bits_low. lia. }
  assert (T : length_of (skipn k l) = n land 1023).
  { unfold length_of. rewrite L2. unfold nat_of. rewrite Z2Nat.id by apply to_Z_bounded. apply of_to_Z. }
  assert (H : p + n - (n land 1023) = p + length_of (firstn k l)).
  { rewrite <- T. unfold n. rewrite <- (firstn_skipn k l) at 1. rewrite length_of_app. ring. }
  rewrite <- (firstn_skipn k l), <- app_assoc in S. rewrite <- (firstn_skipn k l), forallb_app in F.
  apply andb_prop in F as [F1 F2]. rewrite (blocks_read f _ _ _ p L1 F1 S). cbn [bind]. rewrite H, <- L2.
  apply spells_app in S. destruct (read_finite f rest _ _ F2 S) as (A & _). rewrite A. now eexists.
Qed.

Lemma read_block_words f b rest p : block_ok b = true -> spells f p (block_words b ++ rest) ->
  read_block f p = Ok (b, p + length_of (block_words b)).
Proof.
  intros O S. unfold block_ok in O. repeat (apply andb_prop in O as [O ?]). unfold block_words in *.
  destruct (short_ok (sizes b) ltac:(assumption)) as (O1 & N1).
  destruct (short_ok (operand_ids b) ltac:(assumption)) as (O2 & N2).
  destruct (short_ok (attributes b) ltac:(assumption)) as (O3 & N3).
  destruct (short_ok (values b) ltac:(assumption)) as (O4 & N4).
  unfold counted in *. cbn [app] in S. rewrite <- !app_assoc in S. cbn [app] in S.
  cbn [spells] in S. destruct S as (P0 & W0 & P1 & W1 & P2 & W2 & S).
  unfold read_block. rewrite (get_num_size f p _ O P0 W0). cbn [bind].
  change 1%float with (num 1) in W1. rewrite (get_num f (p + 1) 1 ltac:(vm_compute; discriminate) P1 W1).
  cbn [bind]. change (demand (1 =? 1) UnknownOperation (p + 1)) with (@Ok unit tt). cbn [bind].
  replace (p + 1 + 1) with (p + 2) in P2, W2, S by (rewrite <- add_assoc; reflexivity).
  replace (p + 2 + 1) with (p + 3) in S by (rewrite <- add_assoc; reflexivity).
  rewrite (get_num_size f (p + 2) _ O1 P2 W2). cbn [bind].
  rewrite N1, (read_ints f _ (sizes b) (p + 3) ltac:(assumption) S). cbn [bind].
  apply spells_app in S. rewrite map_length_of in S. cbn [spells app] in S. destruct S as (P3 & W3 & S).
  rewrite <- !app_assoc in S. cbn [app] in S.
  rewrite (get_num_size f _ _ O2 P3 W3). cbn [bind].
  rewrite N2, (read_ints f _ (operand_ids b) _ ltac:(assumption) S). cbn [bind].
  apply spells_app in S. rewrite map_length_of in S. cbn [spells app] in S. destruct S as (P4 & W4 & S).
  rewrite <- !app_assoc in S. cbn [app] in S.
  rewrite (get_num_size f _ _ O3 P4 W4). cbn [bind].
  rewrite N3, (read_ints f _ (attributes b) _ ltac:(assumption) S). cbn [bind].
  apply spells_app in S. rewrite map_length_of in S. cbn [spells app] in S. destruct S as (P5 & W5 & S).
  rewrite (get_num_size f _ _ O4 P5 W5). cbn [bind].
  destruct (read_data f rest (values b) _ ltac:(assumption) ltac:(assumption) S) as ((a & A) & D).
  rewrite A. cbn [bind]. rewrite D. destruct b as [c s o t v]. cbn [code sizes operand_ids attributes values] in *.
  do 2 f_equal.
  repeat (rewrite length_cons || rewrite length_of_app || rewrite map_length_of || cbn [app]). ring.
Qed.

Lemma read_some_words f rest : forall bs p, forallb block_ok bs = true ->
  spells f p (flat_map block_words bs ++ rest) ->
  read_some (length bs) f p = Ok (bs, p + length_of (flat_map block_words bs)).
Proof.
  induction bs as [|b bs IH]; intros p O S; cbn [length read_some flat_map].
  - change (length_of []) with 0. now rewrite add_0.
  - cbn [forallb flat_map] in *. apply andb_prop in O as [O Os]. rewrite <- app_assoc in S.
    rewrite (read_block_words f b _ p O S). cbn [bind]. apply spells_app in S. rewrite (IH _ Os S). cbn [bind].
    now rewrite length_of_app, add_assoc.
Qed.

(** What was printed is read. *)
Theorem read_print f bs out : blocks_ok bs out = true -> count f = length_of (print_graph bs out) ->
  small (count f) -> spells f 0 (print_graph bs out) -> read_blocks f = Ok (bs, out).
Proof.
  intros O C M S. unfold blocks_ok in O. apply andb_prop in O as [O Oo]. apply andb_prop in O as [Ob L].
  destruct (short_ok bs L) as (Ol & N).
  assert (E : 6 + length_of (flat_map block_words bs) = count f).
  { rewrite C. unfold print_graph. rewrite !length_cons. ring. }
  unfold print_graph in S. rewrite E in S. cbn [spells] in S.
  destruct S as (P0 & W0 & P1 & W1 & P2 & W2 & P3 & W3 & P4 & W4 & P5 & W5 & S).
  change (0 + 1) with 1 in *. change (1 + 1) with 2 in *. change (2 + 1) with 3 in *. change (3 + 1) with 4 in *.
  change (4 + 1) with 5 in *. change (5 + 1) with 6 in *.
  unfold read_blocks, check_head, get_float at 1. rewrite P0, W0.
  change (finb graph_magic) with true. cbn [bind]. change (graph_magic =? graph_magic)%float with true. cbn [bind].
  unfold get_float at 1. rewrite P1, W1. change (finb 1%float) with true. cbn [bind].
  change (1 =? 1)%float with true. cbn [bind]. rewrite (get_num f 2 _ M P2 W2). cbn [bind].
  rewrite (proj2 (eqb_spec _ _) eq_refl). cbn [bind].
  rewrite (get_num_size f 3 _ Ol P3 W3). cbn [bind]. rewrite (get_num_size f 4 _ Oo P4 W4). cbn [bind].
  rewrite <- (app_nil_r (flat_map _ _)) in S. rewrite N, (read_some_words f [] bs 6 Ob S). cbn [bind].
  rewrite E, (proj2 (eqb_spec _ _) eq_refl). reflexivity.
Qed.

(** ** Words in an array *)
Lemma store_other : forall l i a k, (to_Z i + Z.of_nat (length l) < wB)%Z -> (to_Z k < to_Z i)%Z ->
  PArray.get (store l i a) k = PArray.get a k.
Proof.
  induction l as [|x l IH]; intros i a k B K; [reflexivity|]. cbn [store length] in *.
  assert (N : to_Z (i + 1) = (to_Z i + 1)%Z).
  { rewrite add_spec. apply Z.mod_small. change (to_Z 1) with 1%Z. pose proof (to_Z_bounded i). lia. }
  rewrite IH by lia. apply PArray.get_set_other. intros ->. lia.
Qed.
Lemma store_spells n : forall l i a, (to_Z i + Z.of_nat (length l) <= to_Z (PArray.length a))%Z ->
  to_Z n = (to_Z i + Z.of_nat (length l))%Z -> spells (Words n (PArray.get (store l i a))) i l.
Proof.
  induction l as [|x l IH]; intros i a L E; cbn [spells store length count word] in *.
  - apply leb_spec. lia.
  - pose proof (to_Z_bounded n) as Bn. pose proof (to_Z_bounded i) as Bi.
    assert (N : to_Z (i + 1) = (to_Z i + 1)%Z).
    { rewrite add_spec. apply Z.mod_small. change (to_Z 1) with 1%Z. lia. }
    split; [apply ltb_spec; lia|]. split.
    + rewrite store_other by lia. apply PArray.get_set_same. apply ltb_spec. lia.
    + apply IH; [rewrite PArray.length_set|]; lia.
Qed.
Lemma words_of_list_spells l : (Z.of_nat (length l) <= 4194303)%Z ->
  spells (words_of_list l) 0 l /\ count (words_of_list l) = length_of l /\ small (length_of l).
Proof.
  intros L. assert (E : to_Z (length_of l) = Z.of_nat (length l)).
  { unfold length_of. rewrite of_Z_spec. apply Z.mod_small. change wB with 9223372036854775808%Z. lia. }
  split; [|split; [reflexivity | unfold small; lia]]. unfold words_of_list. fold (length_of l).
  apply store_spells; [|exact E]. rewrite PArray.length_make.
  assert (M : (length_of l <=? PArray.max_length) = true).
  { apply leb_spec. rewrite E. change (to_Z PArray.max_length) with 4194303%Z. lia. }
  rewrite M, E. change (to_Z 0) with 0%Z. lia.
Qed.

Theorem parse_print bs out : blocks_ok bs out = true ->
  (Z.of_nat (length (print_graph bs out)) <= 4194303)%Z ->
  read_blocks (words_of_list (print_graph bs out)) = Ok (bs, out).
Proof.
  intros O L. destruct (words_of_list_spells _ L) as (S & C & M). apply read_print; [exact O | exact C | rewrite C; exact M | exact S].
Qed.
