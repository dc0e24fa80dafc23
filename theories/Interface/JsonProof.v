(** What was printed is read again, whatever follows it. Symbols: see [Interface.Json].

    [stops s]  the bytes [s] do not go on with a digit *)
From Coq Require Import Bool NArith Decimal DecimalN DecimalPos Lia List Strings.Byte.
From Provenn Require Import Interface.Json.
Import ListNotations.

Lemma equal_spec : forall a b, equal a b = true <-> a = b.
Proof.
  induction a as [|x a IH]; intros [|y b]; cbn; try (split; discriminate); [now split|].
  rewrite andb_true_iff, IH. split.
  - intros (E & ->). apply byte_dec_bl in E. now subst.
  - intros [= -> ->]. split; [now apply byte_dec_lb | reflexivity].
Qed.

Lemma read_text_escape b s : read_text (escape b ++ s) = before b (read_text s).
Proof. destruct b; reflexivity. Qed.
Lemma read_text_quoted rest : forall s, read_text (flat_map escape s ++ x22 :: rest) = Some (s, rest).
Proof.
  induction s as [|b s IH]; [reflexivity|]. cbn [flat_map]. now rewrite <- app_assoc, read_text_escape, IH.
Qed.
Lemma quote_app s rest : quote s ++ rest = x22 :: flat_map escape s ++ x22 :: rest.
Proof. unfold quote. cbn. now rewrite <- app_assoc. Qed.

Definition stops (s : bytes) : Prop := fst (read_digits s) = Nil.
Lemma read_digits_stops s : stops s -> read_digits s = (Nil, s).
Proof.
  unfold stops. destruct s as [|b s]; [reflexivity|]. destruct b; try reflexivity; cbn;
    destruct (read_digits s); discriminate.
Qed.
Lemma read_digits_digits rest : stops rest -> forall d, read_digits (digits d ++ rest) = (d, rest).
Proof. intros S d. induction d; cbn [digits app read_digits]; [now apply read_digits_stops | now rewrite IHd ..]. Qed.
Lemma read_number_digits n rest : stops rest -> read_number (digits (N.to_uint n) ++ rest) = Some (Number n, rest).
Proof.
  intros S. unfold read_number. rewrite (read_digits_digits rest S), DecimalN.Unsigned.of_to.
  now rewrite (internal_uint_dec_lb _ _ eq_refl).
Qed.

(** The first byte of a number: no space, and nothing that starts another value. *)
Lemma digits_start n : exists b s, digits (N.to_uint n) = b :: s /\
  In b [x30; x31; x32; x33; x34; x35; x36; x37; x38; x39].
Proof.
  assert (H : N.to_uint n <> Nil).
  { destruct n as [|p]; [discriminate | apply DecimalPos.Unsigned.to_uint_nonnil]. }
  destruct (N.to_uint n); [now destruct H|..]; cbn; eexists _, _; (split; [reflexivity|]); cbn; tauto.
Qed.
Lemma print_start j : exists b s, print j = b :: s /\ space b = false /\ b <> x5d /\ b <> x7d.
Proof.
  destruct j as [s|n|l|l]; cbn [print]; try (eexists _, _; repeat split; discriminate).
  destruct (digits_start n) as (b & s & -> & H). exists b, s. cbn in H.
  split; [reflexivity|]. repeat destruct H as [<-|H]; try easy.
Qed.
Lemma after_print b j rest : In b [x5d; x7d] -> after b (print j ++ rest) = None.
Proof.
  intros B. destruct (print_start j) as (c & s & -> & C & N & N'). cbn. unfold after. cbn. rewrite C.
  destruct (b =? c)%byte eqn:E; [|reflexivity]. apply byte_dec_bl in E. subst c.
  now destruct B as [<-|[<-|[]]].
Qed.
Lemma after_here b s : space b = false -> after b (b :: s) = Some s.
Proof. intros B. unfold after. cbn [skip]. rewrite B. now rewrite (byte_dec_lb eq_refl). Qed.
Lemma value_number fuel n rest : stops rest ->
  value (S fuel) (digits (N.to_uint n) ++ rest) = Some (Number n, rest).
Proof.
  intros S. pose proof (read_number_digits n rest S) as R. destruct (digits_start n) as (b & s & E & H).
  rewrite E in *. cbn in H. repeat destruct H as [<-|H]; try exact R. now destruct H.
Qed.

Definition printed (m : bytes * json) : bytes := quote (fst m) ++ x3a :: print (snd m).
Lemma separated_cons a b l : separated (a :: b :: l) = a ++ x2c :: separated (b :: l).
Proof. reflexivity. Qed.

Lemma separated_start l j (f : json -> bytes) rest : (forall v, exists s, f v = print v ++ s) ->
  exists s, separated (map f (j :: l)) ++ rest = print j ++ s.
Proof.
  intros F. destruct (F j) as (s & E). destruct l as [|v l].
  - exists (s ++ rest). cbn [map separated]. now rewrite E, app_assoc.
  - eexists. cbn [map]. rewrite separated_cons, E, <- !app_assoc. reflexivity.
Qed.

Lemma read_back : forall fuel,
  (forall j rest, length (print j) <= fuel -> stops rest -> value fuel (print j ++ rest) = Some (j, rest)) /\
  (forall l v rest, length (separated (map print (v :: l))) < fuel ->
     items fuel (separated (map print (v :: l)) ++ x5d :: rest) = Some (v :: l, rest)) /\
  (forall l m rest, length (separated (map printed (m :: l))) < fuel ->
     members fuel (separated (map printed (m :: l)) ++ x7d :: rest) = Some (m :: l, rest)) /\
  (forall m rest, length (printed m) <= fuel -> stops rest -> member fuel (printed m ++ rest) = Some (m, rest)).
Proof.
  induction fuel as [|fuel (IHv & IHi & IHm & IHe)].
  { repeat split; try (intros; exfalso; lia).
    - intros j rest L. destruct (print_start j) as (b & s & E & _). rewrite E in L. cbn in L. lia.
    - intros m rest L. unfold printed, quote in L. cbn in L. lia. }
  repeat split.
  - intros [s|n|l|l] rest L S; cbn [print] in *.
    + rewrite quote_app. cbn [value]. rewrite after_here by reflexivity. now rewrite read_text_quoted.
    + now apply value_number.
    + cbn [app]. rewrite <- app_assoc. cbn [app length] in *. rewrite app_length in L. cbn in L.
      cbn [value]. change (after x22 (x5b :: _)) with (@None bytes). rewrite after_here by reflexivity.
      destruct l as [|v l]; [reflexivity|]. specialize (IHi l v rest ltac:(lia)).
      destruct (separated_start l v print (x5d :: rest)) as (s & B); [intros w; exists []; now rewrite app_nil_r|].
      rewrite B, after_print, <- B, IHi by (cbn; tauto). reflexivity.
    + cbn [app]. rewrite <- app_assoc. cbn [app length] in *. rewrite app_length in L. cbn in L.
      change (map (fun m => _) l) with (map printed l) in *.
      cbn [value]. change (after x22 (x7b :: _)) with (@None bytes). change (after x5b (x7b :: _)) with (@None bytes).
      rewrite after_here by reflexivity. destruct l as [|m l]; [reflexivity|].
      specialize (IHm l m rest ltac:(lia)). cbn [app]. rewrite IHm.
      assert (B : exists u, separated (map printed (m :: l)) ++ x7d :: rest = x22 :: u).
      { cbn [map]. destruct l; cbn; eexists; reflexivity. }
      destruct B as (u & ->). reflexivity.
  - intros l v rest L. cbn [items]. destruct l as [|w l].
    + cbn [map separated] in *. rewrite IHv; [reflexivity | lia | reflexivity].
    + cbn [map] in L |- *. rewrite separated_cons in L |- *. rewrite <- app_assoc. cbn [app].
      rewrite app_length in L. cbn [length] in L. rewrite IHv; [|lia|reflexivity].
      rewrite after_here by reflexivity.
      change (print w :: map print l) with (map print (w :: l)) in L |- *. rewrite IHi; [reflexivity | lia].
  - intros l m rest L. cbn [members]. destruct l as [|w l].
    + cbn [map separated] in *. rewrite IHe; [reflexivity | lia | reflexivity].
    + cbn [map] in L |- *. rewrite separated_cons in L |- *. rewrite <- app_assoc. cbn [app].
      rewrite app_length in L. cbn [length] in L. rewrite IHe; [|lia|reflexivity].
      rewrite after_here by reflexivity.
      change (printed w :: map printed l) with (map printed (w :: l)) in L |- *. rewrite IHm; [reflexivity | lia].
  - intros [k v] rest L S. unfold printed in *. cbn [fst snd] in *. rewrite app_length in L. cbn [length] in L.
    rewrite <- app_assoc, quote_app. cbn [member]. rewrite after_here by reflexivity.
    rewrite read_text_quoted. cbn [app]. rewrite after_here by reflexivity. rewrite IHv; [reflexivity | lia | exact S].
Qed.

Theorem parse_print j spaces : skip spaces = [] -> parse (print j ++ spaces) = Some j.
Proof.
  intros S. unfold parse. assert (T : stops spaces).
  { destruct spaces as [|b s]; [reflexivity|]. destruct b; try discriminate S; reflexivity. }
  destruct (read_back (length (print j ++ spaces))) as (V & _). rewrite V; trivial.
  - now rewrite S.
  - rewrite app_length. lia.
Qed.
