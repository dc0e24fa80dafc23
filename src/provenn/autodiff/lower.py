"""Lowering: the same function by operations of the differentiable core (docs/gradients.md)."""

from __future__ import annotations

from provenn.ir.emit import GraphEmitter, rewrite
from provenn.ir.graph import Graph, Node
from provenn.ir.op import Have
from provenn.ops import ALL


def lower(graph: Graph) -> Graph:
    """A graph of core operations with the same inputs, outputs and values.

    Core operations stay as they are; every other one is replaced by what its ``lower`` facet emits.
    Raises UnsupportedError PNN-OP-201 for an op that is neither.
    """

    def rule(emit: GraphEmitter, node: Node, args: list[int]) -> int | None:
        return node.op.lower.rule(emit, node.attrs, args) if isinstance(node.op.lower, Have) else None

    return rewrite(graph, ALL, rule)
