(** A controller over decimal numbers, which binary32 does not hold.

    [thermostat]  how far to open a valve, from the temperature in hundreds of degrees: 0.7 - 2.1 x,
                  and nothing where that is negative *)
From Coq Require Import List QArith Reals Lra Qreals.
From Provenn Require Import Interface.
Import ListNotations.

Definition thermostat : network Q := [
  Layer [[-2.1]]%Q [0.7]%Q Relu;
  Layer [[0.3]]%Q [0.1]%Q Identity ].

Theorem opens_enough (x : R) : (0 <= x <= 1)%R -> exists y, run thermostat [x] = [y] /\ (0.1 <= y <= 0.31)%R.
Proof.
  intros H. unfold thermostat, run, layer_value; cbn. unfold Q2R; cbn.
  eexists; split; [reflexivity|]. unfold Rmax; destruct Rle_dec; lra.
Qed.
