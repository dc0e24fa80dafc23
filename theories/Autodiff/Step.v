(** A whole training step as one graph: the forward pass, its gradient, and the optimiser's update.

    [train_step ns loss o ps]  the graph [ns] continued by the gradient of node [loss] in the weights [ps]
                        and by
                               the step of [o]; for each weight, the nodes of its new value and state *)
From Coq Require Import List.
From Provenn Require Import Autodiff.Core Autodiff.Reverse Autodiff.Optimiser.

Definition train_step (ns : list node) (loss : nat) (o : optimiser) (ps : list param)
  : list node * list (list nat) :=
  let (ext, gs) := loss_gradient ns (map weight ps) loss in
  let (outs, g) := updates ns o ps gs (graph_of ext) in
  (nodes_of g, outs).
