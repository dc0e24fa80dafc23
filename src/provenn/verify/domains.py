"""Domains of a branch and bound on signs: what is known of each open one, packed small.

A domain is the box of a case with signs fixed for some pre-activations. Its intermediate bounds are
those of the root, cut at 0 where a sign is fixed. Slopes, output multipliers and split multipliers are
inherited from the parent, disjunct by disjunct, so a child starts where its parent stopped.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.backward import State, source_bounds
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions, distinct
from provenn.bounds.slopes import Best, Signs
from provenn.verify.certificate import Slopes
from provenn.verify.pool import POOL_BYTES, Hole

Singles = NDArray[np.float32]


@dataclass(slots=True)
class Dual:
    """The parameters of one disjunct's bound: output multipliers, slopes at the root's free columns (of
    all unary nodes, one after the other), and split multipliers in the order of the domain's signs.
    """

    multipliers: Floats
    slopes: Singles
    weights: Floats


@dataclass(slots=True)
class Frame:
    """Bounds of a single box that the domains below share, and slopes by target that gave the last ones."""

    state: State
    slopes: dict[int, Slopes]


@dataclass(slots=True)
class Domain:
    """Signs (unary node, neuron, 1 or -1), parameters by disjunct, and which disjuncts are still open.

    After ``wait`` more splits it may pay to compute intermediate bounds again; the next wait is ``pause``.
    """

    frame: Frame
    hole: Hole
    bound: float
    node: Indices
    neuron: Indices
    sign: Floats
    duals: dict[int, Dual]
    open: tuple[int, ...]
    wait: int = 0
    pause: int = 1

    def child(self, hole: Hole, bound: float, node: int, neuron: int, sign: float) -> Domain:
        """The domain with one more sign; parameters are shared until they are replaced."""
        return Domain(self.frame, hole, bound, np.append(self.node, node), np.append(self.neuron, neuron),
                      np.append(self.sign, sign), dict(self.duals), self.open,
                      wait=max(0, self.wait - 1), pause=self.pause)


@dataclass
class Queue:
    """Open domains, the worst bound first; the best first while memory runs short."""

    limit: int = POOL_BYTES
    size: int = 0
    _heap: list[tuple[float, int, Domain]] = field(default_factory=list)
    _count: int = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, domain: Domain, size: int) -> None:
        """Store a domain that takes about ``size`` bytes."""
        self._count += 1
        self.size = size
        heapq.heappush(self._heap, (domain.bound, self._count, domain))

    def take(self, count: int) -> list[Domain]:
        """Remove up to ``count`` domains."""
        count = min(count, len(self._heap))
        if len(self._heap) * self.size <= self.limit:
            return [heapq.heappop(self._heap)[2] for _ in range(count)]
        self._heap.sort()
        out = [entry[2] for entry in self._heap[len(self._heap) - count :]]
        del self._heap[len(self._heap) - count :]
        return out

    def worst(self) -> float:
        """The smallest bound of any open domain."""
        return min((entry[0] for entry in self._heap), default=np.inf)


class Packing:
    """How parameters of the domains of one root are stored, and made into arrays for a batch."""

    def __init__(self, regions: Regions, root: State) -> None:
        self.regions = regions
        self.unary = regions.above[regions.graph.output]
        self.columns: dict[int, Indices] = {}
        self.place: dict[int, Indices] = {}
        for u in self.unary:
            low, high = source_bounds(regions, root, u)
            ends = [regions.lines(u, low, high, np.full((1, regions.sizes[u]), a)) for a in (0.0, 1.0)]
            matters = ends[0][1] != ends[1][1]
            matters |= True if regions.free(u) else ends[0][0] != ends[1][0]
            self.columns[u] = np.flatnonzero(matters[0])
            self.place[u] = np.full(regions.sizes[u], -1, np.intp)
            self.place[u][self.columns[u]] = np.arange(len(self.columns[u]))
        self.cuts = np.cumsum([len(self.columns[u]) for u in self.unary])[:-1]
        self.first = {u: regions.hint(u, *source_bounds(regions, root, u)) for u in self.unary}

    def fresh(self, multipliers: Floats) -> Dual:
        """Adaptive slopes."""
        parts = [self.first[u][0, self.columns[u]] for u in self.unary]
        return Dual(multipliers, np.concatenate([np.zeros(0), *parts]).astype(np.float32), np.zeros(0))

    def state(self, batch: Sequence[Domain]) -> State:
        """Bounds of domains: the root's, cut where signs are fixed."""
        frames = [domain.frame.state for domain in batch]
        made = State(np.concatenate([f.lo for f in frames]), np.concatenate([f.hi for f in frames]),
                     {t: np.concatenate([f.low[t] for f in frames]) for t in self.regions.targets},
                     {t: np.concatenate([f.high[t] for f in frames]) for t in self.regions.targets})
        row, node, neuron, sign = _entries(batch)
        for u in distinct(node).tolist():
            t, which = self.regions.source[u], node == u
            up, down = np.flatnonzero(which & (sign > 0.0)), np.flatnonzero(which & (sign < 0.0))
            made.low[t][row[up], neuron[up]] = np.maximum(made.low[t][row[up], neuron[up]], 0.0)
            made.high[t][row[down], neuron[down]] = np.minimum(made.high[t][row[down], neuron[down]], 0.0)
        return made

    def slopes(self, duals: Sequence[Dual]) -> Coefficients:
        """Slopes of rows as full vectors."""
        parts = np.split(np.stack([d.slopes for d in duals]).astype(np.float64), self.cuts, axis=1)
        made = {}
        for u, part in zip(self.unary, parts):
            made[u] = np.repeat(self.first[u], len(duals), 0)
            made[u][:, self.columns[u]] = part
        return made

    def signs(self, domains: Sequence[Domain], duals: Sequence[Dual]) -> dict[int, Signs]:
        """Signs of rows by unary node, with their split multipliers."""
        row, node, neuron, sign = _entries(domains)
        weights = [np.pad(d.weights, (0, len(x.node) - len(d.weights))) for x, d in zip(domains, duals)]
        weight = np.concatenate([np.zeros(0), *weights])
        made = {}
        for u in distinct(node).tolist():
            which = np.flatnonzero(node == u)
            made[u] = Signs(row[which], neuron[which], sign[which], weight[which])
        return made

    def pack(self, domains: Sequence[Domain], duals: Sequence[Dual], multipliers: Floats,
             best: Best) -> list[Dual]:
        """Parameters of rows after an ascent that started from ``duals``."""
        slopes = np.stack([d.slopes for d in duals])
        for u, part in zip(self.unary, np.split(slopes, self.cuts, axis=1)):
            part[:, self.place[u][best.columns[u]]] = best.slopes[u]
        row, node, _, _ = _entries(domains)
        weight = np.zeros(len(row))
        for u, found in best.weights.items():
            weight[node == u] = found
        ends = np.cumsum([len(x.node) for x in domains])[:-1]
        return [Dual(m, s, w) for m, s, w in zip(multipliers, slopes, np.split(weight, ends))]


def _entries(batch: Sequence[Domain]) -> tuple[Indices, Indices, Indices, Floats]:
    """All signs of a batch: row, unary node, neuron, sign."""
    none = np.zeros(0, np.intp)
    row = np.repeat(np.arange(len(batch)), [len(x.node) for x in batch])
    return (row, np.concatenate([none, *(x.node for x in batch)]),
            np.concatenate([none, *(x.neuron for x in batch)]),
            np.concatenate([np.zeros(0), *(x.sign for x in batch)]))
