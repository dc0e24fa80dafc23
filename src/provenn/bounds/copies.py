"""Nodes whose elements are copies of others: attention repeats every query for every key.

What is bounded at a smaller node, which has each value once, need not be bounded again for its copies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenn.ir.graph import Graph

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Origin:
    """Element k of a target is always element ``index[k]`` of ``node``, which has ``size`` elements.

    ``path`` lists the nodes that bring the values there, in order; the last one is the target.
    """

    node: int
    size: int
    index: Indices
    path: tuple[int, ...]

    def gather(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The elements of ``node`` whose copies are among the chosen ones of the target."""
        made = np.zeros(self.size, bool)
        made[self.index[chosen]] = True
        return made


def firsts(value: Floats) -> Indices | None:
    """For each column of ``value`` the first one that equals it; None if all differ."""
    _, first, which = np.unique(value, axis=1, return_index=True, return_inverse=True)
    return None if len(first) == value.shape[1] else first[which.ravel()]


def origin(graph: Graph, values: Mapping[int, Floats], fixed: Collection[int], target: int) -> Origin | None:
    """The first node that is smaller than ``target`` and has all of its values, if one does.

    ``values`` [samples, size] are those of the nodes from which the target is made, in topological order;
    ``fixed`` are the nodes that never change.
    """
    wanted = values[target]
    for node, value in values.items():
        if value.shape[1] >= wanted.shape[1]:
            continue
        place = {column.tobytes(): k for k, column in reversed(list(enumerate(_columns(value))))}
        index = [place.get(column.tobytes(), -1) for column in _columns(wanted)]
        if min(index) < 0:
            continue
        path = [node]
        for i in values:
            if not set(path).isdisjoint(graph.nodes[i].inputs):
                path.append(i)
        reads = {k for i in path[1:] for k in graph.nodes[i].inputs}
        if path[-1] == target and reads <= {*path, *fixed}:
            return Origin(node, value.shape[1], np.array(index, np.intp), tuple(path[1:]))
    return None


def _columns(value: Floats) -> Floats:
    return np.ascontiguousarray(value.T, np.float64) + 0.0
