"""Noise of executions in binary32: what bounds must allow for so that the checker can, too.

The checker gives the result of every node a relative and an absolute error (docs/floats.md and
theories/Checker/Semantics.v, which this mirrors in plain binary64):

    |computed - exact| <= kappa * load + eta

where ``load`` bounds the sum of absolute values of its summands, or its size. Here the noise of all affine
nodes of a region is carried to its target, so that a backward row pays ``|coefficient| @ noise`` at each
pre-activation and each unary node. Both fit into the offsets of lines; rows and goals pay for their
own region.
Nothing here is trusted: too little noise costs a certificate, never a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.joints import inside
from provenn.ir.graph import Graph, Node
from provenn.ir.op import Array, Pair

if TYPE_CHECKING:
    from provenn.bounds.backward import State
    from provenn.bounds.regions import Coefficients, Region, Regions

Floats = NDArray[np.float64]
Settings = tuple[float, Floats, float, dict[tuple[str, int], Floats], dict[int, Floats], bool]
LEAST, CAP = 2.0**-26, 2.0**48
MOST_TERMS = 2**22 - 2
SMALL = 1 << 19
UNIT, AFFINE_LOST, FLUSHED, CURVE_LOST = 2.0**-24, 2.0**-50, 2.0**-126, 2.0**-124
# The checker's own upward roundings, and those of this module.
ROUNDED = 1.0 + 2.0**-20


class Uncovered(Exception):
    """Executions of this network cannot be covered; the text says why."""


def growth(terms: float) -> float:
    """(1 + 2^-24)^terms - 1, rounded up generously."""
    return ROUNDED * math.expm1(terms * math.log1p(UNIT))


@dataclass(frozen=True)
class Inner:
    """Affine ``nodes`` of a region that depend on its activations, which read ``sources``.

    Once bounds of sources are sharper, these nodes must be enclosed again, in order, for their magnitudes to
    become smaller, and with them the noise of the region. Last comes its target, unless that is the output.
    """

    nodes: tuple[int, ...]
    sources: frozenset[int]

    @staticmethod
    def of(regions: Regions, target: int) -> Inner:
        """Those of the region of ``target``."""
        graph, (nodes, leaves) = regions.graph, inside(regions.graph, regions.fixed, regions.leaves, target)
        met = {u for u in leaves if u}
        sources = frozenset(k for u in met for k in graph.nodes[u].inputs)
        for i in nodes:
            if not met.isdisjoint(graph.nodes[i].inputs):
                met.add(i)
        return Inner(tuple(i for i in nodes if i in met and i != graph.output), sources)


@dataclass
class Noise:
    """Noise of the nodes of one graph, for inputs up to ``inputs`` in absolute value.

    ``ulps`` is the declared accuracy of curved functions; ``factor`` multiplies all noise. ``first`` holds
    bounds of the absolute values of affine nodes as the checker first encloses them. Those inside of regions
    keep these, unless certificates enclose them again where that matters (``renewing``, by ``inner``). While
    ``frozen`` holds a target, its noise is that, whatever the state: signs that are fixed below a root make
    magnitudes smaller, but the checker goes on with those of the root.
    """

    regions: Regions
    ulps: float
    inputs: Floats
    factor: float = 1.0
    frozen: dict[tuple[str, int], Floats] = field(default_factory=dict)
    first: dict[int, Floats] = field(default_factory=dict)
    renewing: bool = False
    _known: dict[int, tuple[Floats, Coefficients]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        graph = self.regions.graph
        self.rates = {i: self._rate(graph, node, i) for i, node in enumerate(graph.nodes)
                      if i and i not in self.regions.fixed}
        self.inputs = np.maximum(self.inputs, LEAST)
        self.inner = {t: made for t in (*self.regions.affine, graph.output)
                      if self.renewing and (made := Inner.of(self.regions, t)).nodes}

    @property
    def settings(self) -> Settings:
        """What makes the same noise of other regions of the same graph."""
        return self.ulps, self.inputs, self.factor, self.frozen, self.first, self.renewing

    def _rate(self, graph: Graph, node: Node, i: int) -> tuple[float, float]:
        """Relative and absolute noise of a node."""
        facts, fixed = node.op.facts, self.regions.fixed
        if "jumps" in facts:
            return 0.0, 0.0  # its bounds allow for flushed operands, and its values are binary32 numbers
        if i in self.regions.products:
            return self.factor * UNIT, self.factor * AFFINE_LOST
        if "affine" not in facts:
            exact = "exact" in facts
            return (0.0 if exact else self.factor * self.ulps * 2 * UNIT), FLUSHED if exact else CURVE_LOST
        if "movement" in facts and len(set(node.inputs)) == 1:
            return 0.0, FLUSHED
        terms = 2.0 + len(node.inputs)
        if "elementwise" not in facts and "movement" not in facts:
            terms += max((math.prod(fixed[k].shape[2:]) for k in node.inputs if k in fixed), default=0)
        if terms > MOST_TERMS:
            raise Uncovered(f"{graph.where(i)} sums {terms:.0f} products, more than the bound covers")
        return self.factor * growth(terms), self.factor * terms * AFFINE_LOST

    def intervals(self, lo: Floats, hi: Floats) -> list[tuple[Floats, Floats]]:
        """Interval bounds of every node with its noise, flat. Raises Uncovered for too large magnitudes."""
        graph = self.regions.graph
        shape = graph.input_type.shape
        made: list[Pair] = [(lo.reshape(-1, *shape), hi.reshape(-1, *shape))]
        for i, node in enumerate(graph.nodes[1:], 1):
            known = self.regions.fixed.get(i)
            made.append(self.enclosed(i, [made[k] for k in node.inputs]) if known is None else (known, known))
        return [(_flat(a), _flat(b)) for a, b in made]

    def enclosed(self, i: int, ends: list[Pair]) -> Pair:
        """Bounds of node ``i`` with its noise, from those of its operands. Raises Uncovered."""
        graph = self.regions.graph
        node, rule = graph.nodes[i], graph.nodes[i].op.need("interval", graph.where(i))
        low, high = rule(node.attrs, *ends)
        load = size(low, high)
        if "affine" in node.op.facts:
            load = size(*rule(node.attrs, *(e if k in self.regions.fixed else around(size(*e))
                                            for k, e in zip(node.inputs, ends))))
        if not (load <= CAP).all():
            raise Uncovered(f"values at {graph.where(i)} may exceed 2^48")
        kappa, eta = self.rates[i]
        return low - (kappa * load + eta), high + (kappa * load + eta)

    def begin(self, lo: Floats, hi: Floats) -> None:
        """Enclose the network over some boxes as the checker will. Raises Uncovered."""
        self._known.clear()
        for i, (low, high) in enumerate(self.intervals(lo, hi)):
            if i and i not in self.regions.fixed:
                reach = np.maximum(size(low, high).max(0), LEAST)
                self.first[i] = np.maximum(reach, self.first.get(i, reach))

    def target(self, state: State, target: int) -> Floats:
        """Noise of a target, given the values of the leaves of its region: [boxes or 1, size]."""
        known = self.frozen.get(("target", target))
        return self._region(state, self.regions.of[target])[1] if known is None else known

    def output(self, state: State) -> Floats:
        """Noise of the output: [boxes or 1, size]."""
        known = self.frozen.get(("output", 0))
        return self._region(state, self.regions.of[self.regions.graph.output])[1] if known is None else known

    def joint(self, state: State, u: int) -> tuple[Floats, Floats]:
        """Magnitude of a joint and its noise, given the leaves of its region: [boxes or 1, size] each."""
        known = self.frozen.get(("joint", u))
        if known is not None:
            return self.first[u][None], known
        return self._region(state, self.regions.joints[u])

    def _region(self, state: State, region: Region) -> tuple[Floats, Floats]:
        sizes = {leaf: self.leaf(state, leaf)[0] for leaf in region.leaves}
        if not region.nodes:
            return sizes[region.target], np.zeros_like(sizes[region.target])
        widest = max(map(self.regions.sizes.__getitem__, region.nodes))
        if self.renewing or widest * max(map(self.regions.sizes.__getitem__, region.leaves)) > SMALL:
            return self._carried(region, sizes)
        made, parts = self._matrices(region)
        for leaf, v in sizes.items():
            made = made + v @ parts[leaf]
        return self.first[region.target][None], made

    def _matrices(self, region: Region) -> tuple[Floats, Coefficients]:
        """Noise at sizes 0, and by leaf what it grows by: it is affine while inner magnitudes are given."""
        if region.target not in self._known:
            zeros = {leaf: np.zeros((1, self.regions.sizes[leaf])) for leaf in region.leaves}
            least = self._carried(region, zeros)[1]
            parts = {leaf: self._carried(region, {**zeros, leaf: np.eye(self.regions.sizes[leaf])})[1] - least
                     for leaf in region.leaves}
            self._known[region.target] = least, parts
        return self._known[region.target]

    def leaf(self, state: State, u: int) -> tuple[Floats, Floats]:
        """Magnitude of a leaf, and its own noise: [boxes or 1, size] each."""
        if u == 0:
            return self.inputs[None], np.zeros((1, 1))
        if u in self.regions.joints:
            return self.joint(state, u)
        node = self.regions.graph.nodes[u]
        ends = [(state.low[k], state.high[k]) if k else (state.lo, state.hi) for k in node.inputs]
        exact = _flat(size(*node.op.need("interval")(node.attrs, *ends)))
        kappa, eta = self.rates[u]
        noise = kappa * exact + eta
        return np.maximum(exact + noise, LEAST), noise

    def _carried(self, region: Region, sizes: Coefficients) -> tuple[Floats, Floats]:
        """Magnitude and noise of a region's target, from the magnitudes of its leaves."""
        graph, fixed = region.graph, region.fixed
        rows = max(len(v) for v in sizes.values())
        here: dict[int, tuple[Array, Array]] = {}
        for leaf, v in sizes.items():
            part = np.broadcast_to(v, (rows, v.shape[1])).reshape(rows, *graph.nodes[leaf].type.shape)
            here[leaf] = part, np.zeros_like(part)
        for i in region.nodes:
            node = graph.nodes[i]
            pairs = [(fixed[k],) * 2 if k in fixed else around(np.concatenate(here[k])) for k in node.inputs]
            low, high = node.op.need("interval")(node.attrs, *pairs)
            half, middle = (high - low) / 2, np.abs(high + low) / 2
            kappa, eta = self.rates[i]
            load = half[:rows] + middle[:rows]
            noise = half[rows:] + kappa * load + eta
            reach = np.maximum(load + noise, LEAST)
            if i in self.first:
                first = np.broadcast_to(self.first[i].reshape(1, *reach.shape[1:]), reach.shape)
                reach = np.minimum(first, reach) if self.renewing else first
            here[i] = reach, noise
        reach, noise = here[region.target]
        return _flat(reach), _flat(noise)

    def line(self, state: State, u: int) -> tuple[Floats, Floats]:
        """Noise of what unary node ``u`` reads (both operands of a product side by side), and its own."""
        if ("read", u) in self.frozen:
            return self.frozen["read", u], self.frozen["own", u]
        zero = np.zeros((1, self.regions.sizes[0]))
        parts = [self.target(state, k) if k else zero for k in self.regions.graph.nodes[u].inputs]
        rows = max(map(len, parts))
        read = np.concatenate([np.broadcast_to(p, (rows, p.shape[1])) for p in parts], 1)
        return read, self.leaf(state, u)[1]

    def freeze(self, state: State) -> None:
        """Use the noise of this single box from now on, or what was frozen before where that is more."""
        before, self.frozen = self.frozen, {}
        made = {("target", t): self.target(state, t) for t in self.regions.targets}
        for u in (*self.regions.unary, *self.regions.products):
            made["read", u], made["own", u] = self.line(state, u)
        made["output", 0] = self.output(state)
        made |= {("joint", u): self.joint(state, u)[1] for u in self.regions.joints}
        self.frozen = made
        self.merge(before)

    def merge(self, other: Mapping[tuple[str, int], Floats]) -> None:
        """Freeze the larger of what is frozen and of other such noise."""
        both = {k: np.maximum(v, other.get(k, v)) for k, v in self.frozen.items()}
        self.frozen = {**other, **both}

    def goal(self, out: Floats, cy: Floats) -> Floats:
        """What rows ``cy`` [groups, rows, …] over the output pay, given ``output`` for each group.

        They are compared with the property exactly: no noise of their own.
        """
        paid: Floats = (np.abs(cy) * out[:, None]).sum(-1)
        return paid


def size(low: Array, high: Array) -> Array:
    """The largest absolute value between two ends."""
    made: Array = np.maximum(np.abs(low), np.abs(high))
    return made


def around(radius: Array) -> Pair:
    """The interval around 0."""
    return -radius, radius


def _flat(a: Array) -> Floats:
    return a.reshape(len(a), -1).astype(np.float64, copy=False)
