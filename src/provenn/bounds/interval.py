"""Interval bounds: one pass through the ``interval`` facets, batched over boxes."""

from __future__ import annotations

import numpy as np

from provenn.bounds.regions import Floats
from provenn.ir.graph import Graph
from provenn.ir.op import Array


def intervals(graph: Graph, lo: Floats, hi: Floats) -> list[tuple[Floats, Floats]]:
    """Ends of every node over boxes ``lo <= x <= hi`` ([boxes, inputs]); each end is [boxes or 1, size].

    Rounding is ignored: the ends are those of binary64 arithmetic, good for search only.
    Raises UnsupportedError (PNN-OP-201) for a node without an interval rule.
    """
    shape = graph.input_type.shape
    made: list[tuple[Array, Array]] = [(lo.reshape(-1, *shape), hi.reshape(-1, *shape))]
    for i, node in enumerate(graph.nodes[1:], 1):
        if node.value is not None:
            value = node.value[None].astype(np.float64)
            made.append((value, value))
        else:
            rule = node.op.need("interval", graph.where(i))
            with np.errstate(all="ignore"):
                made.append(rule(node.attrs, *(made[k] for k in node.inputs)))
    return [(_flat(a), _flat(b)) for a, b in made]


def _flat(a: Array) -> Floats:
    return a.reshape(len(a), -1).astype(np.float64, copy=False)
