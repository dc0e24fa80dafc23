(** A whole training step as one graph: the forward pass, its gradient, clipping, and the optimisers' updates.

    [trained]           a weight with its state, and the optimiser that updates it
    [targets ts]        the nodes of the weights
    [train_step ns loss c ts]  the graph [ns] continued by the gradient of node [loss] in the weights [ts], by
                        its norm and by clipping as far as [c] asks for them, and by one step for each weight;
                        the node of the norm, if any, and, for each weight, those of its new value and state *)
From Coq Require Import List.
From Provenn Require Import Autodiff.Core Autodiff.Reverse Autodiff.Optimiser Autodiff.Clip.

Definition trained : Type := param * optimiser.
Definition targets (ts : list trained) : list nat := map (fun t => weight (fst t)) ts.

Definition train_step (ns : list node) (loss : nat) (c : clipping) (ts : list trained)
  : list node * option nat * list (list nat) :=
  let (ext, gs) := loss_gradient ns (targets ts) loss in
  let '(n, gs, g) := clip c (combine (map (shape_of ns) (targets ts)) gs) (graph_of ext) in
  let (outs, g) := updates ns ts gs g in
  (nodes_of g, n, outs).
