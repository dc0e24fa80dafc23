(** Networks over the real numbers, written as expressions that denote rational ones.

    [denotes r q]     the real [r] is the rational [q]: an instance tells the tactics below what they cannot see,
                      such as that [sqrt 4] is 2
    [expression]      a real expression as data; [denote e] is its value, [fraction e] the rational that it is,
                      if no divisor is 0
    [mapped f n]      the network with [f] of each number
    [quote_network n] the expressions of a network over the reals, so that [mapped denote] gives [n] back,
                      by [reflexivity]

    Use: [Definition net : network expression := ltac:(quote_network my_net).] Numbers are integers and decimal
    literals, sums, differences, products, quotients, inverses, opposites, natural powers, names of these,
    and what an instance of [denotes] is about. *)
From Coq Require Import ZArith QArith Qreals Reals Lra List.
From Provenn Require Import Interface.Network.
Import ListNotations.

(** The reals themselves: what a network over them computes is known, its numbers are not. *)
#[global] Instance R_number : number R.
Proof. refine {| real := fun r => r; rational := fun _ => None |}. abstract discriminate. Defined.

Class denotes (r : R) (q : Q) := Denotes { denoted : r = Q2R q }.

Inductive expression :=
| Integer (z : Z)
| Plus (a b : expression)
| Minus (a b : expression)
| Times (a b : expression)
| Over (a b : expression)
| Inverse (a : expression)
| Opposite (a : expression)
| Power (a : expression) (n : nat)
| Known (r : R) (q : Q) (known : denotes r q).

Fixpoint denote (e : expression) : R :=
  match e with
  | Integer z => IZR z
  | Plus a b => denote a + denote b
  | Minus a b => denote a - denote b
  | Times a b => denote a * denote b
  | Over a b => denote a / denote b
  | Inverse a => / denote a
  | Opposite a => - denote a
  | Power a n => pow (denote a) n
  | Known r _ _ => r
  end%R.

Definition both (f : Q -> Q -> Q) (p q : option Q) : option Q :=
  match p, q with Some p, Some q => Some (Qred (f p q)) | _, _ => None end.
Definition inverted (q : option Q) : option Q :=
  match q with
  | Some q => if Qeq_bool q 0 then None else Some (Qinv q)
  | None => None
  end.
Definition powered (p : Q) (n : nat) : Q := Nat.iter n (fun r => Qred (Qmult p r)) 1%Q.
Fixpoint fraction (e : expression) : option Q :=
  match e with
  | Integer z => Some (inject_Z z)
  | Plus a b => both Qplus (fraction a) (fraction b)
  | Minus a b => both Qminus (fraction a) (fraction b)
  | Times a b => both Qmult (fraction a) (fraction b)
  | Over a b => both Qmult (fraction a) (inverted (fraction b))
  | Inverse a => inverted (fraction a)
  | Opposite a => match fraction a with Some p => Some (Qopp p) | None => None end
  | Power a n => match fraction a with Some p => Some (powered p n) | None => None end
  | Known _ q _ => Some q
  end.

Lemma Q2R_red q : Q2R (Qred q) = Q2R q.
Proof. apply Qeq_eqR, Qred_correct. Qed.
Lemma inverted_real p q : inverted p = Some q -> exists r, p = Some r /\ Q2R q = (/ Q2R r)%R.
Proof.
  destruct p as [p|]; [|discriminate]. cbn. destruct (Qeq_bool p 0) eqn:E; [discriminate|]. intros [= <-].
  exists p. split; [reflexivity|]. apply Q2R_inv. now apply Qeq_bool_neq.
Qed.
Lemma Q2R_powered q : forall n, Q2R (powered q n) = (Q2R q ^ n)%R.
Proof.
  induction n as [|n IH]; [unfold Q2R; cbn; lra|]. cbn [pow].
  change (powered q (S n)) with (Qred (q * powered q n)). now rewrite Q2R_red, Q2R_mult, IH.
Qed.
Lemma some_inj {A} (a b : A) : Some a = Some b -> a = b.
Proof. now intros [= ->]. Qed.
Lemma fraction_real : forall e q, fraction e = Some q -> denote e = Q2R q.
Proof.
  induction e as [z|a IHa b IHb|a IHa b IHb|a IHa b IHb|a IHa b IHb|a IHa|a IHa|a IHa n|r p H]; intros q;
    cbn [fraction denote]; unfold both.
  - intros [= <-]. unfold Q2R. cbn. lra.
  - destruct (fraction a) as [p|], (fraction b) as [r|]; try discriminate. intros E; apply some_inj in E as <-.
    now rewrite Q2R_red, Q2R_plus, (IHa p), (IHb r).
  - destruct (fraction a) as [p|], (fraction b) as [r|]; try discriminate. intros E; apply some_inj in E as <-.
    now rewrite Q2R_red, Q2R_minus, (IHa p), (IHb r).
  - destruct (fraction a) as [p|], (fraction b) as [r|]; try discriminate. intros E; apply some_inj in E as <-.
    now rewrite Q2R_red, Q2R_mult, (IHa p), (IHb r).
  - destruct (fraction a) as [p|]; [|discriminate]. destruct (inverted (fraction b)) as [r|] eqn:E; [|discriminate].
    intros F; apply some_inj in F as <-. apply inverted_real in E as (s & E & R). now rewrite Q2R_red, Q2R_mult, R, (IHa p), (IHb s E).
  - intros E. apply inverted_real in E as (s & E & ->). now rewrite (IHa s E).
  - destruct (fraction a) as [p|]; [|discriminate]. intros E; apply some_inj in E as <-. now rewrite Q2R_opp, (IHa p).
  - destruct (fraction a) as [p|]; [|discriminate]. intros E; apply some_inj in E as <-. now rewrite Q2R_powered, (IHa p).
  - intros [= <-]. apply denoted.
Qed.
#[global] Instance expression_number : number expression.
Proof. refine {| real := denote; rational := fraction |}. exact fraction_real. Defined.

(** ** A network over the reals is the one that its expressions denote *)
Section Mapped.
Context {A B : Type} (f : A -> B).
Definition mapped_layer (l : layer A) : layer B :=
  Layer (map (map f) (weights l)) (map f (biases l)) (activate l).
Definition mapped (n : network A) : network B := map mapped_layer n.
End Mapped.

Lemma dot_denoted : forall w xs, dot (map denote w) xs = dot w xs.
Proof. induction w as [|a w IH]; intros [|x xs]; try reflexivity. cbn. now rewrite IH. Qed.
Lemma affine_denoted xs : forall ws bs,
  affine_value (map (map denote) ws) (map denote bs) xs = affine_value ws bs xs.
Proof.
  induction ws as [|w ws IH]; intros [|b bs]; try reflexivity. cbn [map affine_value].
  now rewrite dot_denoted, IH.
Qed.
Theorem run_denoted : forall n xs, run (mapped denote n) xs = run n xs.
Proof.
  induction n as [|l n IH]; intros xs; [reflexivity|]. cbn [mapped map run]. fold (mapped denote n). rewrite IH.
  f_equal. unfold layer_value. cbn [mapped_layer weights biases activate]. now rewrite affine_denoted.
Qed.

Ltac quote_real r :=
  match r with
  | (?a + ?b)%R => let a := quote_real a in let b := quote_real b in constr:(Plus a b)
  | (?a - ?b)%R => let a := quote_real a in let b := quote_real b in constr:(Minus a b)
  | (?a * ?b)%R => let a := quote_real a in let b := quote_real b in constr:(Times a b)
  | (?a / ?b)%R => let a := quote_real a in let b := quote_real b in constr:(Over a b)
  | (/ ?a)%R => let a := quote_real a in constr:(Inverse a)
  | (- ?a)%R => let a := quote_real a in constr:(Opposite a)
  | pow ?a ?n => let a := quote_real a in constr:(Power a n)
  | IZR ?z => constr:(Integer z)
  | _ => constr:(Known r _ _)
  | _ => let s := eval red in r in quote_real s
  | _ => fail 100 "not known to be rational:" r "(an instance of denotes says it)"
  end.
Ltac quote_list f l :=
  lazymatch l with
  | nil => constr:(@nil expression)
  | cons ?a ?l => let a := f a in let l := quote_list f l in constr:(cons a l)
  end.
Ltac quote_rows l :=
  lazymatch l with
  | nil => constr:(@nil (list expression))
  | cons ?a ?l => let a := quote_list quote_real a in let l := quote_rows l in constr:(cons a l)
  end.
Ltac quote_layers n :=
  lazymatch n with
  | nil => constr:(@nil (layer expression))
  | cons (Layer ?w ?b ?a) ?n =>
      let w := quote_rows w in let b := quote_list quote_real b in let n := quote_layers n in
      constr:(cons (Layer w b a) n)
  | cons ?l ?n =>
      let l := eval hnf in l in let l := eval cbv beta iota delta [weights biases activate] in l in
      lazymatch l with
      | Layer _ _ _ => quote_layers (cons l n)
      | _ => fail 100 "no layer:" l
      end
  | ?m => let m := eval red in m in quote_layers m
  end.
Ltac quote_network n := let e := quote_layers n in exact e.
