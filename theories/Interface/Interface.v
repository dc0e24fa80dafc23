(** What a project needs to define a network in Coq, prove something about it and let it leave:
    [From Provenn Require Import Interface.] Files as bytes are in [Interface.Weights], notations in
    [Interface.Notations], to be imported by their names. *)
From Provenn Require Export Interface.Spec Interface.SpecProof Interface.Numbers Interface.Words
  Interface.WordsProof Interface.Round Interface.RoundProof.
From Provenn Require Export Interface.Network Interface.NetworkProof Interface.Real.
