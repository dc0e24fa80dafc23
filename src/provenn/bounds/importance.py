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

STEP = 1e-4


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


def rates(regions: Regions, state: State, u: int) -> tuple[Floats, Floats]:
    """How fast the upper line of ``u`` sinks at the middle when its source's bounds move inward."""
    low, high = source_bounds(regions, state, u)
    crossing = (low < 0.0) & (high > 0.0)
    step = np.where(crossing, STEP * np.minimum(-low, high), 1.0)
    alpha, middle = regions.hint(u, low, high), (low + high) / 2

    def height(a: Floats, b: Floats) -> Floats:
        _, _, slope, offset = regions.lines(u, a, b, alpha)
        return slope * middle + offset

    here = height(low, high)
    falls = [np.where(crossing, (here - height(a, b)) / step, 0.0)
             for a, b in ((low + step, high), (low, high - step))]
    return falls[0], falls[1]


class Tally:
    """Adds up what rows spend on unary nodes, and what that makes of every intermediate bound."""

    def __init__(self, regions: Regions, state: State) -> None:
        self.regions, self.state = regions, state
        met = [u for u in regions.unary if regions.source[u]]
        self.found = Importance(*({t: np.zeros_like(state.low[t]) for t in regions.targets} for _ in (0, 1)),
                                *({u: np.zeros((len(state), regions.sizes[u])) for u in met} for _ in (0, 1)))
        self.rate = {u: rates(regions, state, u) for u in met}

    def spend(self, u: int, box: Indices, c: Floats, worth: Floats) -> None:
        """Add rows of node u with their boxes (sorted) and worths; what is no unary node is passed over."""
        if u not in self.rate:
            return
        first = np.flatnonzero(np.diff(box, prepend=-1))
        down = np.minimum(c, 0.0)
        falling = np.add.reduceat(down * -worth[:, None], first, axis=0)
        rising = np.add.reduceat((c - down) * worth[:, None], first, axis=0)
        boxes, source, found = box[first], self.regions.source[u], self.found
        found.negative[u][boxes] += falling
        found.positive[u][boxes] += rising
        found.lower[source][boxes] += falling * self.rate[u][0][boxes]
        found.upper[source][boxes] += falling * self.rate[u][1][boxes]

    def losses(self, target: int, low: Floats, high: Floats) -> Floats:
        """What the goals would lose, to first order, if the bounds of a target were these, [boxes, size].

        That is how far its lines move away at the middle of the present interval, times the weight that
        meets them.
        """
        here = (self.state.low[target], self.state.high[target])
        middle = (here[0] + here[1]) / 2
        made = np.zeros_like(low)
        for u, weight in self.found.negative.items():
            if self.regions.source[u] == target:
                heights = []
                for ends in (here, (low, high)):
                    a, b, slope, offset = self.regions.lines(u, *ends, self.regions.hint(u, *ends))
                    heights.append((a * middle + b, slope * middle + offset))
                made += self.found.positive[u] * np.maximum(heights[0][0] - heights[1][0], 0.0)
                made += weight * np.maximum(heights[1][1] - heights[0][1], 0.0)
        return made


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
        for part, coefficients in rows.blocks:
            box, neuron, size = rows.owner[part], rows.neuron[part], len(rows.owner[part])
            for u, c in coefficients.items():
                tally.spend(u, box, c[:size], tally.found.lower[target][box, neuron])
                tally.spend(u, box, c[size:], tally.found.upper[target][box, neuron])
    return tally.found


def input_scores(state: State, entry: Floats, kept: Mapping[int, Rows], found: Importance) -> Floats:
    """How much the goals depend on the width of each input, [boxes, inputs].

    ``entry`` is the weighted sum of the goal rows' |input coefficients|. Where bounds overflow nothing is
    known of the goals: the widest input counts.
    """
    score = entry.copy()
    for target, rows in kept.items():
        if rows.blocks:
            lower = found.lower[target][rows.owner, rows.neuron][:, None] * rows.lower
            upper = found.upper[target][rows.owner, rows.neuron][:, None] * rows.upper
            first = np.flatnonzero(np.diff(rows.owner, prepend=-1))
            score[rows.owner[first]] += np.add.reduceat(lower + upper, first, axis=0)
    width = state.hi - state.lo
    out: Floats = np.where(np.isfinite(score).all(1, keepdims=True), score * width, width)
    return out
