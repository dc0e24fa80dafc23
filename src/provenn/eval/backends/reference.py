"""The NumPy backend: every node by its own kernel, nothing compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from provenn.eval.backends.executable import Feed, as_feed, check_feeds
from provenn.eval.run import execute
from provenn.ir.graph import Graph
from provenn.ir.op import Array


@dataclass
class Reference:
    """A graph run node by node."""

    graph: Graph

    def __call__(self, feeds: Sequence[Feed]) -> list[Array]:
        """Outputs as NumPy arrays."""
        feeds, nodes = [as_feed(x) for x in feeds], [self.graph.nodes[i] for i in self.graph.inputs]
        check_feeds([n.type for n in nodes], feeds, [n.name for n in nodes])
        with np.errstate(all="ignore"):  # infinities and NaN are values, as on the other backends
            return [np.array(y) for y in execute(self.graph, feeds)]

    def host(self, values: Sequence[Feed]) -> list[Array]:
        """Copies."""
        return [np.array(v) for v in values]


def build(graph: Graph, donate: Mapping[int, int], reproducible: bool) -> Reference:
    """Nothing to compile; one BLAS thread keeps the order of sums."""
    return Reference(graph)
