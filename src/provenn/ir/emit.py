"""Appending nodes to a graph by tag, as rules of ops do, and rewriting whole graphs by such rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from provenn.base.types import TensorType
from provenn.base.views import Loops
from provenn.ir.graph import Builder, Graph, Node
from provenn.ir.op import Attrs, Have, Op


@dataclass
class GraphEmitter:
    """An Emitter over a builder and the ops by tag: ``emit.mul(x, y)`` appends a node, returns its number."""

    builder: Builder
    ops: Mapping[str, Op]

    def type(self, node: int) -> TensorType:
        """Type of a node."""
        return self.builder.nodes[node].type

    def attrs(self, node: int) -> Attrs:
        """Attributes of a node."""
        return self.builder.nodes[node].attrs

    def __getattr__(self, tag: str) -> Callable[..., int]:
        """The op with this tag as a function from operands and attributes to a node."""
        try:
            op = self.ops[tag]
        except KeyError:
            raise AttributeError(tag) from None

        def append(*args: int, **attrs: Any) -> int:
            return self.builder.add(op, *args, **attrs)

        return append

    def scalar(self, value: float) -> int:
        """A constant of shape []."""
        return self.builder.parameter(self.ops["parameter"], np.array(value, np.float32))

    def spread(self, scalar: int, shape: Sequence[int]) -> int:
        """A value of shape [] repeated over ``shape``."""
        loops = Loops(tuple(shape))
        every = loops.view(*range(len(shape)))
        return self.move(scalar, shape=tuple(shape), loops=loops, out=every, src=loops.view())

    def fill(self, value: float, shape: Sequence[int]) -> int:
        """A constant repeated over ``shape``."""
        return self.spread(self.scalar(value), shape)


def rewrite(graph: Graph, ops: Mapping[str, Op],
            rule: Callable[[GraphEmitter, Node, list[int]], int | None]) -> Graph:
    """The graph with every node replaced by what ``rule(emit, node, operands)`` emits; None keeps it."""
    builder = Builder(graph.name)
    emit = GraphEmitter(builder, ops)
    place: list[int] = []
    for node in graph:
        args = [place[k] for k in node.inputs]
        made = rule(emit, node, args)
        if made is not None:
            place.append(made)
        elif node.value is not None:
            place.append(builder.parameter(node.op, node.value, node.name))
        else:
            place.append(builder.add(node.op, *args, name=node.name, **node.attrs))
    return builder.finish(*(place[i] for i in graph.outputs))


def composed(graph: Graph, ops: Mapping[str, Op]) -> Graph:
    """The same function over the reals by operations that the checker reads; the graph itself if it may."""
    if not any(isinstance(node.op.composed, Have) for node in graph):
        return graph

    def rule(emit: GraphEmitter, node: Node, args: list[int]) -> int | None:
        return node.op.composed.rule(emit, args) if isinstance(node.op.composed, Have) else None

    return rewrite(graph, ops, rule)
