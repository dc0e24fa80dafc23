"""Graphs: an SSA list of typed nodes, built through a builder that checks shapes at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from provenn.base.types import TensorType
from provenn.errors import GraphError, ShapeError
from provenn.ir.op import Array, Attrs, Op


@dataclass(frozen=True, slots=True)
class Node:
    """One value: the op that makes it, the earlier nodes it reads, its static attributes and type."""

    op: Op
    inputs: tuple[int, ...]
    attrs: Attrs
    type: TensorType
    name: str = ""
    value: Array | None = None

    @property
    def is_parameter(self) -> bool:
        """True for a constant tensor that the graph carries."""
        return self.value is not None

    @property
    def is_input(self) -> bool:
        """True for a value that is given from outside."""
        return not self.inputs and self.value is None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in topological order, and which of them are results.

    A network to verify has one input, node 0, and one output; a training step has many of both.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    name: str = "network"

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    @property
    def inputs(self) -> tuple[int, ...]:
        """Numbers of the nodes whose values are given from outside."""
        return tuple(i for i, n in enumerate(self.nodes) if n.is_input)

    @property
    def output(self) -> int:
        """Number of the first result."""
        return self.outputs[0]

    @property
    def input_type(self) -> TensorType:
        """Type of the single network input."""
        return self.nodes[0].type

    @property
    def output_type(self) -> TensorType:
        """Type of the network's result."""
        return self.nodes[self.output].type

    @property
    def parameters(self) -> dict[str, Array]:
        """Constant tensors by name."""
        return {n.name: n.value for n in self.nodes if n.value is not None}

    def where(self, index: int) -> str:
        """How messages name a node."""
        node = self.nodes[index]
        return f"node {index} {node.name!r} ({node.op.tag})" if node.name else f"node {index} ({node.op.tag})"


@dataclass
class Builder:
    """Appends nodes, checking each; ``finish`` returns the graph without what the output never reads."""

    name: str = "network"
    nodes: list[Node] = field(default_factory=list)

    def add(self, op: Op, *inputs: int, name: str = "", **attrs: Any) -> int:
        """Append one node and return its index.

        Raises ShapeError when the operands do not fit (the op's own message, with the node named),
        GraphError when an operand does not exist yet (PNN-GRAPH-101).
        """
        for i in inputs:
            if not 0 <= i < len(self.nodes):
                raise GraphError("PNN-GRAPH-101", f"{op.tag} reads node {i}, which does not exist yet",
                                 where=name, expected=f"an index below {len(self.nodes)}", got=i)
        try:
            made = op.shape.rule([self.nodes[i].type for i in inputs], attrs)
        except ShapeError as e:
            where = f"node {len(self.nodes)} {name!r} ({op.tag})"
            raise ShapeError(e.code, e.what, where=where, expected=e.expected, got=e.got,
                             hint=e.hint) from None
        self.nodes.append(Node(op, tuple(inputs), dict(attrs), made, name))
        return len(self.nodes) - 1

    def parameter(self, op: Op, value: Array, name: str = "", dtype: str = "float32") -> int:
        """Append a constant tensor of ``dtype``; its values must be finite (PNN-GRAPH-102)."""
        value = np.asarray(value, order="C")
        if not np.isfinite(value).all():
            bad = int(np.argmin(np.isfinite(value.ravel())))
            raise GraphError("PNN-GRAPH-102", "a parameter holds a NaN or an infinity",
                             where=f"{name!r}, element {bad} of {value.size}", expected="finite numbers",
                             got=value.ravel()[bad], hint="retrain or repair the model file")
        made = op.shape.rule([], {"shape": value.shape, "dtype": dtype})
        self.nodes.append(Node(op, (), {}, made, name, value.astype(made.dtype)))
        return len(self.nodes) - 1

    def finish(self, *outputs: int) -> Graph:
        """The graph of everything that ``outputs`` depend on, and of all inputs."""
        keep = set(outputs) | {i for i, n in enumerate(self.nodes) if n.is_input}
        for i in range(max(outputs), -1, -1):
            if i in keep:
                keep.update(self.nodes[i].inputs)
        order = sorted(keep)
        index = {old: new for new, old in enumerate(order)}
        nodes = tuple(replace(self.nodes[i], inputs=tuple(index[k] for k in self.nodes[i].inputs))
                      for i in order)
        return Graph(nodes, tuple(index[i] for i in outputs), self.name)


def check_constants(graph: Graph) -> Graph:
    """The graph itself; GraphError PNN-GRAPH-103 when an operand that bounds need fixed is variable."""
    for i, node in enumerate(graph):
        for k in node.op.constants:
            if k < len(node.inputs) and not graph.nodes[node.inputs[k]].is_parameter:
                maker = graph.nodes[node.inputs[k]].op.tag
                raise GraphError("PNN-GRAPH-103", f"operand {k} of {node.op.tag} must be a parameter",
                                 where=graph.where(i), expected="a constant tensor",
                                 got=f"the result of {maker}",
                                 hint="products of two variable tensors are not supported yet")
    return graph
