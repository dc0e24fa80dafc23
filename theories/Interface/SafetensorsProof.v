(** A file that was written is read again, byte for byte. Symbols: see [Interface.Safetensors]. *)
From Coq Require Import Bool Arith NArith Lia List Strings.Byte.
From Provenn Require Import Interface.Json Interface.JsonProof Interface.Safetensors.
Import ListNotations.
Local Open Scope list_scope.
Local Open Scope N_scope.

Lemma number_of_little : forall k n, n < 256 ^ N.of_nat k -> number_of (little k n) = n.
Proof.
  induction k as [|k IH]; intros n B; cbn [little number_of].
  - cbn in B. lia.
  - assert (M : n mod 256 < 256) by (apply N.mod_lt; lia).
    assert (E : match Byte.of_N (n mod 256) with Some b => Byte.to_N b | None => 0 end = n mod 256).
    { destruct (Byte.of_N (n mod 256)) as [b|] eqn:O; [now apply Byte.to_of_N|].
      pose proof (Byte.to_of_N_option_map (n mod 256)) as H. rewrite O in H. cbn in H.
      destruct (N.leb_spec (n mod 256) 255); [discriminate | lia]. }
    rewrite IH.
    + pose proof (N.div_mod n 256 ltac:(lia)) as D. destruct (Byte.of_N (n mod 256)); [rewrite E; lia|].
      change (Byte.to_N x00) with 0. lia.
    + apply N.div_lt_upper_bound; [lia|].
      replace (256 * 256 ^ N.of_nat k) with (256 ^ N.of_nat (S k)); [exact B|].
      rewrite Nat2N.inj_succ, N.pow_succ_r'. reflexivity.
Qed.
Lemma little_length k : forall n, length (little k n) = k.
Proof. induction k as [|k IH]; intros n; [reflexivity | cbn; now rewrite IH]. Qed.

Lemma cut_app a s : cut (count a) (a ++ s) = Some (a, s).
Proof.
  unfold cut, count. rewrite Nnat.Nat2N.id, firstn_app, skipn_app, Nat.sub_diag, firstn_all, skipn_all.
  cbn. now rewrite app_nil_r, N.eqb_refl.
Qed.
Lemma cut_some n s a t : cut n s = Some (a, t) -> s = a ++ t /\ count a = n.
Proof.
  unfold cut. destruct (count _ =? n) eqn:E; [|discriminate]. intros [= <- <-]. apply N.eqb_eq in E.
  now rewrite firstn_skipn.
Qed.

Lemma skip_spaces k : skip (repeat x20 k) = [].
Proof. induction k; [reflexivity | exact IHk]. Qed.
Lemma element_of_word e : element_of (word_of e) = Some e.
Proof. now destruct e. Qed.
Lemma numbers_map l : numbers (map Number l) = Some l.
Proof. induction l as [|n l IH]; [reflexivity | cbn; now rewrite IH]. Qed.
Lemma texts_map l : texts (map (fun m => (fst m, Text (snd m))) l) = Some l.
Proof. induction l as [|[k v] l IH]; [reflexivity | cbn; now rewrite IH]. Qed.

Lemma read_tensor_entry t n s : fits t = true -> read_tensor (name t) (entry t n) n (data t ++ s) = Some (t, s).
Proof.
  intros F. apply N.eqb_eq in F. unfold read_tensor, entry.
  change (lookup dtype_key _) with (Some (Text (word_of (type t)))).
  change (lookup shape_key _) with (Some (List (map Number (shape t)))).
  change (lookup offsets_key _) with (Some (List [Number n; Number (n + count (data t))])).
  cbv iota. rewrite element_of_word, numbers_map, <- F, !N.eqb_refl. cbn [andb]. rewrite cut_app. now destruct t.
Qed.
Lemma read_tensors_entries : forall ts n, forallb fits ts = true ->
  read_tensors (entries ts n) n (flat_map data ts) = Some ts.
Proof.
  induction ts as [|t ts IH]; intros n F; [reflexivity|]. cbn [forallb] in F. apply andb_prop in F as [F Fs].
  cbn [entries flat_map read_tensors]. now rewrite (read_tensor_entry t n _ F), IH.
Qed.

Theorem read_write f : well_formed f = true -> read (write f) = Some f.
Proof.
  intros W. apply andb_prop in W as [W L]. apply andb_prop in W as [F O]. apply N.ltb_lt in L.
  unfold write, read. set (h := padded (print (header f))) in *.
  assert (E : count (little 8 (count h)) = 8) by (unfold count at 1; now rewrite little_length).
  pose proof (cut_app (little 8 (count h)) (h ++ flat_map data (tensors f))) as C. rewrite E in C.
  rewrite C, number_of_little by exact L. rewrite cut_app. unfold h, padded.
  rewrite parse_print by apply skip_spaces. cbn [header split_header].
  assert (R : equal reserved reserved = true) by reflexivity. rewrite R, texts_map.
  rewrite read_tensors_entries by exact F. destruct f as [m ts]. cbn [metadata tensors] in *. now rewrite O.
Qed.

(** The bytes determine what is in the file. *)
Corollary write_injective f g : well_formed f = true -> well_formed g = true -> write f = write g -> f = g.
Proof. intros F G E. pose proof (read_write f F) as H. rewrite E, (read_write g G) in H. now injection H. Qed.

(** What is read has shapes that fit its bytes, and names that differ. *)
Lemma read_tensors_fit : forall l n s ts, read_tensors l n s = Some ts -> forallb fits ts = true.
Proof.
  induction l as [|[k v] l IH]; intros n s ts H; cbn [read_tensors] in H.
  - destruct s; [now injection H as <- | discriminate].
  - destruct (read_tensor k v n s) as [[t s']|] eqn:R; [|discriminate].
    destruct (read_tensors l _ s') as [us|] eqn:Rs; [|discriminate]. injection H as <-. cbn [forallb].
    rewrite (IH _ _ _ Rs), andb_true_r. unfold read_tensor in R.
    repeat match type of R with context [match ?x with _ => _ end] =>
      lazymatch x with cut _ _ => fail | _ => destruct x; try discriminate R end end.
    destruct (cut _ s) as [[d u]|] eqn:C; [|discriminate]. injection R as <- <-.
    apply cut_some in C as (_ & C). apply N.eqb_eq. exact C.
Qed.
Theorem read_fits s f : read s = Some f -> forallb fits (tensors f) = true /\ names_ok f = true.
Proof.
  unfold read. destruct (cut 8 s) as [[l r]|]; [|discriminate]. destruct (cut _ r) as [[h d]|]; [|discriminate].
  destruct (parse h) as [[| | |m]|]; try discriminate. destruct (split_header m) as [[md|] es]; [|discriminate].
  destruct (read_tensors es 0 d) as [ts|] eqn:R; [|discriminate].
  destruct (names_ok (File md ts)) eqn:O; [|discriminate]. intros [= <-]. split; [|exact O].
  now apply read_tensors_fit in R.
Qed.
