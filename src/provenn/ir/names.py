"""Names for the tensors of a graph in files: the graph's own, or those of a torch.nn.Sequential."""

from __future__ import annotations

from provenn.ir.graph import Graph

ROLES = ("input", "weight", "bias")


def input_names(graph: Graph) -> list[str]:
    """Names for the inputs: input, input1, …"""
    return [_numbered("input", k) for k in range(len(graph.inputs))]


def output_names(graph: Graph) -> list[str]:
    """Names for the results: output, output1, …"""
    return [_numbered("output", k) for k in range(len(graph.outputs))]


def _numbered(name: str, k: int) -> str:
    return f"{name}{k}" if k else name


def tensor_names(graph: Graph) -> dict[int, str]:
    """A name for each parameter, by node number; all are different, also from those of inputs and results.

    A parameter keeps the name it has. Without one it is called after the first operation that reads it:
    ``2.weight`` is operand 1 of the third operation, as in the state_dict of a torch.nn.Sequential.
    """
    roles: dict[int, str] = {}
    position = 0
    for node in graph:
        if not node.inputs:
            continue
        for slot, k in enumerate(node.inputs):
            roles.setdefault(k, f"{position}.{ROLES[slot] if slot < len(ROLES) else f'operand{slot}'}")
        position += 1
    names: dict[int, str] = {}
    taken = {*input_names(graph), *output_names(graph)}
    for i, node in enumerate(graph):
        if node.is_parameter:
            name = node.name or roles.get(i, f"parameter{i}")
            while name in taken:
                name += "_"
            taken.add(name)
            names[i] = name
    return names
