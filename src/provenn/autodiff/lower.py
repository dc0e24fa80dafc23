"""Lowering: the same function by operations of the differentiable core (docs/gradients.md)."""

from __future__ import annotations

from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Have
from provenn.ops import ALL


def lower(graph: Graph) -> Graph:
    """A graph of core operations with the same inputs, outputs and values.

    Core operations stay as they are; every other one is replaced by what its ``lower`` facet emits.
    Raises UnsupportedError PNN-OP-201 for an op that is neither.
    """
    builder = Builder(graph.name)
    emit = GraphEmitter(builder, ALL)
    place: list[int] = []
    for node in graph:
        args = [place[k] for k in node.inputs]
        rule = node.op.lower
        if isinstance(rule, Have):
            place.append(rule.rule(emit, node.attrs, args))
        elif node.value is not None:
            place.append(builder.parameter(node.op, node.value, node.name))
        else:
            place.append(builder.add(node.op, *args, name=node.name, **node.attrs))
    return builder.finish(*(place[i] for i in graph.outputs))
