"""A Python file with the torch.nn.Sequential that a graph is, where it is one."""

from __future__ import annotations

from provenn.io.weights.stored import computed
from provenn.ir.graph import Graph, Node
from provenn.ir.names import tensor_names

ACTIVATIONS = {"relu": "torch.nn.ReLU()", "sigmoid": "torch.nn.Sigmoid()", "tanh": "torch.nn.Tanh()"}
LAYER = "linear"
TEXT = '''\
"""{about}

    python {name} 0.5 1 0.25        prints the outputs for these inputs
"""

import sys
from pathlib import Path

import torch

WEIGHTS = Path(__file__).with_name("{weights}")


def build() -> torch.nn.Sequential:
    """The network with its weights, ready for use.{stored}"""
    model = torch.nn.Sequential(
        {layers},
    ){wide}
    model.load_state_dict(torch.load(WEIGHTS, weights_only=True))
    return model.eval()


if __name__ == "__main__":
    x = torch.tensor([[float(v) for v in sys.argv[1:]]]{kind})
    with torch.no_grad():
        print(*(repr(v) for v in build()(x)[0].tolist()))
'''


def torch_module(graph: Graph, about: str, weights: str = "model.pt", name: str = "model.py",
                 dtype: str = "F32") -> str | None:
    """The text of a module that builds the network from the state_dict in the file ``weights`` beside it.

    None where the graph is not one input, then layers and activations one after the other, with tensors
    called as a torch.nn.Sequential calls them. ``dtype`` is what the weights are stored as: all but F64 are
    converted to float32 when they are loaded.
    """
    names, last, layers = tensor_names(graph), 0, list[str]()
    if graph.inputs != (0,) or len(graph.input_type.shape) != 2:
        return None
    for i, node in enumerate(graph):
        if not node.inputs:
            continue
        made = _layer(graph, node, [names.get(k, "") for k in node.inputs[1:]], len(layers))
        if made is None or node.inputs[0] != last:
            return None
        layers.append(made)
        last = i
    if graph.outputs != (last,) or not layers:
        return None
    wide = computed(dtype) == "float64"
    stored = "" if wide or dtype == "F32" else f" Weights are stored as {dtype} and become float32 here."
    return TEXT.format(about=about, name=name, weights=weights, layers=",\n        ".join(layers),
                       stored=stored, wide=".double()" if wide else "",
                       kind=", dtype=torch.float64" if wide else "")


def _layer(graph: Graph, node: Node, names: list[str], k: int) -> str | None:
    """One module, or None when no module of torch has this state."""
    if node.op.tag in ACTIVATIONS:
        return ACTIVATIONS[node.op.tag]
    if node.op.tag != LAYER or names != [f"{k}.weight", f"{k}.bias"][: len(names)]:
        return None
    outputs, inputs = graph.nodes[node.inputs[1]].type.shape
    return f"torch.nn.Linear({inputs}, {outputs}, bias={len(names) == 2})"
