(** A whole training step as one graph: the forward pass, its gradient, clipping, and the optimisers' updates.

    [trained]           a weight with its state, and the optimiser that updates it
    [targets ts]        the nodes of the weights
    [train_step ns loss limit ts]  the graph [ns] continued by the gradient of node [loss] in the weights
                        [ts], by its norm, by clipping to [limit] if there is one, and by one step for each
                        weight; the node of the norm and, for each weight, those of its new value and state *)
From Coq Require Import Floats List.
From Provenn Require Import Autodiff.Core Autodiff.Reverse Autodiff.Optimiser Autodiff.Clip.

Definition trained : Type := param * optimiser.
Definition targets (ts : list trained) : list nat := map (fun t => weight (fst t)) ts.

Definition train_step (ns : list node) (loss : nat) (limit : option PrimFloat.float) (ts : list trained)
  : list node * nat * list (list nat) :=
  let (ext, gs) := loss_gradient ns (targets ts) loss in
  let '(n, gs, g) := clip limit (combine (map (shape_of ns) (targets ts)) gs) (graph_of ext) in
  let (outs, g) := updates ns ts gs g in
  (nodes_of g, n, outs).
