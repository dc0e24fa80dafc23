"""What a bound depends on: first-order effects of every intermediate bound and of every input's width.

A chord changes when the bounds of its neuron change, and so does every row that meets it with a
negative coefficient. Following that backwards from the goals gives, for each intermediate bound, how
much the goals would gain if it moved by one unit, through all the layers between them. The point at
which a row uses a chord is taken as the middle of the neuron's interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import Rows, State, source_bounds
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.ties import Tied

STEP = 1e-4
NOTHING = 0.02


@dataclass
class Importance:
    """What goals depend on, by target [boxes, size].

    ``lower`` and ``upper``: gain a unit of rising lower ends and of falling upper ends. ``positive`` and
    ``negative``, by unary node: how much weight meets its lower and its upper line.
    """

    lower: dict[int, Floats]
    upper: dict[int, Floats]
    positive: dict[int, Floats]
    negative: dict[int, Floats]


def heights(regions: Regions, u: int, low: Floats, high: Floats, alpha: Floats,
            at: Floats) -> tuple[Floats, Floats]:
    """Values at ``at`` of both lines (or planes) of ``u`` that bounds ``low`` and ``high`` give."""
    a, b, c, d = regions.lines(u, low, high, alpha)
    lower, upper = a * at, c * at
    if regions.source[u] < 0:
        lower, upper = (np.add(*np.split(part, 2, axis=1)) for part in (lower, upper))
    return lower + b, upper + d


def dull(regions: Regions, state: State, goals: Coefficients, owner: Indices) -> frozenset[int]:
    """Nodes whose hints hardly matter: between their lines lies next to nothing of what lies between all.

    ``goals`` are coefficients of goal rows of boxes ``owner`` on unary nodes (a Tape's).
    """
    share = {}
    for u, c in goals.items():
        low, high = source_bounds(regions, state, u)
        middle = ((low + high) / 2)[:, : c.shape[1] * (2 if regions.source[u] < 0 else 1)]
        below, above = heights(regions, u, low, high, regions.hint(u, low, high), middle)
        share[u] = float(np.abs(c * (above - below)[owner]).sum())
    total = sum(share.values())
    return frozenset(u for u, part in share.items() if regions.free(u) and part < NOTHING * total)


@dataclass
class Rates:
    """How fast both lines of a node move together at the middle when its source's bounds move inward.

    ``lower`` and ``upper`` lines, each by the low ends and by the high ends, [boxes, size of the source].
    """

    lower: tuple[Floats, Floats]
    upper: tuple[Floats, Floats]

    @staticmethod
    def of(regions: Regions, state: State, u: int) -> Rates:
        """Difference quotients; zero where lines do not depend on bounds."""
        low, high = source_bounds(regions, state, u)
        smooth = regions.free(u)
        counts = high > low if smooth else (low < 0.0) & (high > 0.0)
        step = np.where(counts, STEP * (high - low if smooth else np.minimum(-low, high)), 1.0)
        alpha, size = regions.hint(u, low, high), regions.sizes[u]
        reads = 2 * size if regions.source[u] < 0 else low.shape[1]
        middle = ((low + high) / 2)[:, :reads]
        here = heights(regions, u, low, high, alpha, middle)
        operands = [slice(i, i + size) for i in range(0, reads, size)]
        moved: list[list[Floats]] = [[], [], [], []]
        for part in operands:
            mine = np.zeros_like(step)
            mine[:, part] = step[:, part]
            ends = (heights(regions, u, low + mine, high, alpha, middle),
                    heights(regions, u, low, high - mine, alpha, middle))
            for k, (side, sign) in enumerate(((0, 1.0), (0, 1.0), (1, -1.0), (1, -1.0))):
                gain = sign * (ends[k % 2][side] - here[side]) / step[:, part]
                moved[k].append(np.where(counts[:, part], gain, 0.0))
        low_low, low_high, up_low, up_high = (np.concatenate(parts, 1) for parts in moved)
        return Rates((low_low, low_high), (up_low, up_high))


class Tally:
    """Adds up what rows spend on nodes with lines, and what that makes of every intermediate bound."""

    def __init__(self, regions: Regions, state: State) -> None:
        self.regions, self.state = regions, state
        met = [u for u in (*regions.unary, *regions.products) if regions.source[u]]
        self.found = Importance(*({t: np.zeros_like(state.low[t]) for t in regions.targets} for _ in (0, 1)),
                                *({u: np.zeros((len(state), regions.sizes[u])) for u in met} for _ in (0, 1)))
        self.rate = {u: Rates.of(regions, state, u) for u in met}

    def spend(self, u: int, box: Indices, c: Floats, worth: Floats) -> None:
        """Add rows of node u, their boxes (sorted) and worths (>= 0); what has no lines is passed over."""
        if u not in self.rate:
            return
        first = np.flatnonzero(np.diff(box, prepend=-1))
        spent = c * worth[:, None]
        rising = np.add.reduceat(np.maximum(spent, 0.0), first, axis=0)
        falling = rising - np.add.reduceat(spent, first, axis=0)
        boxes, size, found, rate = box[first], self.regions.sizes[u], self.found, self.rate[u]
        found.negative[u][boxes] += falling
        found.positive[u][boxes] += rising
        for k, source in enumerate(self._reads(u)):
            part = slice(k * size, (k + 1) * size)
            for ends, end in ((found.lower, 0), (found.upper, 1)) if source else ():
                ends[source][boxes] += falling * rate.upper[end][boxes, part]
                ends[source][boxes] += rising * rate.lower[end][boxes, part]

    def gather(self, target: int, first: Indices) -> None:
        """Copies of an element have its bounds: what they are worth is counted for the first of them."""
        for ends in (self.found.lower, self.found.upper):
            whole = np.zeros_like(ends[target])
            np.add.at(whole.T, first, ends[target].T)
            ends[target] = whole

    def losses(self, target: int, low: Floats, high: Floats) -> Floats:
        """What the goals would lose, to first order, if the bounds of a target were these, [boxes, size].

        That is how far its lines move away at the middle of the present interval, times the weight that
        meets them. Products of variables are left out.
        """
        here = (self.state.low[target], self.state.high[target])
        middle, made = (here[0] + here[1]) / 2, np.zeros_like(low)
        for u, weight in self.found.negative.items():
            if self.regions.source[u] == target:
                both = [heights(self.regions, u, *ends, self.regions.hint(u, *ends), middle)
                        for ends in (here, (low, high))]
                made += self.found.positive[u] * np.maximum(both[0][0] - both[1][0], 0.0)
                made += weight * np.maximum(both[1][1] - both[0][1], 0.0)
        return made

    def _reads(self, u: int) -> tuple[int, ...]:
        return self.regions.graph.nodes[u].inputs if self.regions.source[u] < 0 else (self.regions.source[u],)


def importance(regions: Regions, state: State, owner: Indices, weight: Floats, goals: Coefficients,
               kept: Mapping[int, Rows]) -> Importance:
    """Importance of all intermediate bounds for weighted goal rows.

    ``goals`` are the goal rows' coefficients on unary nodes (a Tape's), ``owner`` their boxes (sorted),
    ``weight`` their weights; ``kept`` the rows of the targets.
    """
    tally = Tally(regions, state)
    for u, c in goals.items():
        tally.spend(u, owner, c, weight)
    for target in reversed(regions.targets):
        if (rows := kept.get(target)) is None:
            continue
        if (first := regions.copies.get(target)) is not None:
            tally.gather(target, first)
        for part, coefficients in rows.blocks:
            box, neuron, size = rows.owner[part], rows.neuron[part], len(rows.owner[part])
            for u, c in coefficients.items():
                tally.spend(u, box, c[:size], tally.found.lower[target][box, neuron])
                tally.spend(u, box, c[size:], tally.found.upper[target][box, neuron])
    return tally.found


def input_scores(state: State, entry: Floats, kept: Mapping[int, Rows], found: Importance,
                 tied: Mapping[int, Tied]) -> Floats:
    """How much the goals depend on the width of each input, [boxes, inputs].

    ``entry`` is the weighted sum of the goal rows' |input coefficients|, ``tied`` are the ties by product.
    Where bounds overflow nothing is known of the goals: the widest input counts.
    """
    score = entry.copy()
    for target, rows in kept.items():
        if rows.blocks:
            lower = found.lower[target][rows.owner, rows.neuron][:, None] * rows.lower
            upper = found.upper[target][rows.owner, rows.neuron][:, None] * rows.upper
            first = np.flatnonzero(np.diff(rows.owner, prepend=-1))
            score[rows.owner[first]] += np.add.reduceat(lower + upper, first, axis=0)
    for u, ties in tied.items():
        weight = np.stack([found.positive[u], found.negative[u]])[ties.side, :, ties.element]
        score += np.einsum("tb,bti->bi", weight, ties.gain)
    width = state.hi - state.lo
    out: Floats = np.where(np.isfinite(score).all(1, keepdims=True), score * width, width)
    return out
