"""Joints: affine nodes that several nodes read and that take long to pass, as the sums of residual networks.

Backward rows wait there for one another: without joints a row through k sums in a row would pass all that
is below the first of them 2^k times, or once for each later layer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from provenn.ir.graph import Graph
from provenn.ir.op import Array

WORTH = 1 << 14


def joints(graph: Graph, fixed: Mapping[int, Array], leaves: Collection[int],
           targets: Sequence[int]) -> list[int]:
    """The joints between leaves and targets, in topological order."""
    below = {i for t in targets for i in inside(graph, fixed, leaves, t)[0]}
    readers = Counter(k for node in graph for k in set(node.inputs))
    made: list[int] = []
    for i in sorted(i for i in below if readers[i] > 1):
        if flops(graph, inside(graph, fixed, {*leaves, *made}, i)[0], fixed) > WORTH:
            made.append(i)
    return made


def inside(graph: Graph, fixed: Collection[int], leaves: Collection[int],
           target: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The nodes between leaves and a target, in topological order, and which leaves these are.

    Nodes in ``fixed`` are passed over.
    """
    met, found, todo = set(), set(), [target]
    while todo:
        i = todo.pop()
        if i in leaves:
            found.add(i)
        elif i not in met and i not in fixed:
            met.add(i)
            todo.extend(graph.nodes[i].inputs)
    return tuple(sorted(met)), tuple(sorted(found))


def flops(graph: Graph, nodes: Sequence[int], fixed: Mapping[int, Array]) -> float:
    """Multiplications and additions of pulling one row through some nodes, roughly."""
    total = 0.0
    for i in nodes:
        node = graph.nodes[i]
        weights = [fixed[k] for k in node.inputs if k in fixed]
        wide = max((w[0] for w in weights), key=lambda w: w.ndim, default=None)
        if wide is not None and wide.ndim in (2, 4) and wide.shape != node.type.shape:
            total += 2.0 * node.type.size * math.prod(wide.shape[1:])
    return total
