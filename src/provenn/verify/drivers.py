"""What drives a bound: how wide each layer is, what its relaxation costs, and which inputs matter.

All of it is about the root box of one case with adaptive slopes, to first order: good for people to read,
part of no proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import State, root_state, source_bounds
from provenn.bounds.importance import Importance, importance, input_scores
from provenn.bounds.regions import Floats, Regions
from provenn.verify.branch import Brancher
from provenn.verify.goals import Goals
from provenn.verify.pace import Clock, OutOfTime

SHRINKS = 6


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of pre-activations over the box.

    ``reads`` are the operations that read it; ``on``, ``off`` and ``unknown`` count neurons whose sign is
    known to be positive, negative, or not known. Widths are medians over its neurons: of interval bounds, of
    backward relaxation, and of the values met by sampling. ``share`` is the part of what relaxation costs
    the bound that is lost at this layer. None stands for what was not computed in time. ``curved`` layers are
    read by functions that are not made of lines, so signs say little.
    """

    node: int
    made_by: str
    reads: str
    size: int
    on: int
    off: int
    unknown: int
    interval: float
    width: float | None
    widest: float | None
    seen: float | None
    share: float | None
    curved: bool


@dataclass(frozen=True, slots=True)
class Drivers:
    """Layers from the input on; ``inputs`` are shares that add up to 1, None when not computed in time.

    ``value`` bounds each disjunct's goal from below (positive: impossible).
    """

    layers: tuple[Layer, ...]
    inputs: Floats | None = None
    value: Floats | None = None

    @property
    def loosest(self) -> int | None:
        """Position of the layer where most is lost; None when nothing is, or nothing is known."""
        shares = [layer.share or 0.0 for layer in self.layers]
        return int(np.argmax(shares)) if shares and max(shares) > 0.0 else None


def drivers(regions: Regions, goals: Goals, k: int, clock: Clock,
            ends: dict[int, tuple[Floats, Floats]]) -> tuple[Drivers, State]:
    """What drives the bounds of case ``k`` of ``goals``, as far as the clock of ``regions`` allows.

    ``ends`` are values met by sampling, by target. The state holds the bounds of all layers, as they are.
    """
    wide = root_state(regions, goals.lo[k : k + 1], goals.hi[k : k + 1])
    state, case = wide.take(np.zeros(1, np.intp)), np.array([k])
    try:
        brancher = Brancher(regions, goals, clock)
        kept = brancher.tighten(state)
        final = brancher.final(state, case)
        value = final.value[0]
        hard = value <= max(0.0, float(value.min()))
        weight = hard[goals.part] * final.multipliers[0]
        found = importance(regions, state, final.owner, weight, final.tape.coefficients, kept)
        entry = np.einsum("tx,t->x", np.abs(final.entry[0]), weight)[None]
        score = input_scores(state, entry, kept, found, brancher.ties)[0]
    except OutOfTime:
        return Drivers(_layers(regions, wide, None, None, ends)), state
    total = float(score.sum())
    inputs = score / total if np.isfinite(total) and total > 0.0 else None
    return Drivers(_layers(regions, wide, state, found, ends), inputs, value), state


def _layers(regions: Regions, wide: State, state: State | None, found: Importance | None,
            ends: dict[int, tuple[Floats, Floats]]) -> tuple[Layer, ...]:
    targets = regions.targets
    costs = {t: _cost(regions, state, found, t) for t in targets} if state and found else {}
    total = sum(costs.values())
    made = []
    for t in targets:
        here = state or wide
        low, high = here.low[t][0], here.high[t][0]
        reads = sorted({n.op.tag for n in regions.graph if t in n.inputs})
        seen = ends.get(t)
        made.append(Layer(
            t, regions.graph.nodes[t].op.tag, ", ".join(reads), len(low), int((low >= 0.0).sum()),
            int(((high <= 0.0) & (low < 0.0)).sum()), int(((low < 0.0) & (high > 0.0)).sum()),
            float(np.median(wide.high[t] - wide.low[t])),
            float(np.median(high - low)) if state else None, float((high - low).max()) if state else None,
            None if seen is None else float(np.median(seen[1] - seen[0])),
            costs[t] / total if costs and np.isfinite(total) and total > 0.0 else None,
            t in regions.curved))
    return tuple(made)


def _cost(regions: Regions, state: State, found: Importance, target: int) -> float:
    """How much the bound loses, at most and to first order, between the lines of what reads ``target``."""
    lost = 0.0
    for u, weight in found.negative.items():
        if regions.source[u] == target:
            low, high = source_bounds(regions, state, u)
            a, b, c, d = regions.lines(u, low, high, regions.hint(u, low, high))
            gap = (c - a) * (low + high) / 2 + (d - b)
            lost += float(((weight + found.positive[u]) * np.maximum(gap, 0.0)).sum())
    return lost


def shrunk(regions: Regions, goals: Goals, k: int, clock: Clock) -> float | None:
    """The largest share of the width of case ``k``, about its middle, that one relaxation proves.

    By bisection, as far as the clock of ``regions`` allows; None when nothing was found.
    """
    brancher, case = Brancher(regions, goals, clock), np.array([k])
    centre = (goals.lo[case] + goals.hi[case]) / 2
    best, worst = 0.0, 1.0
    try:
        for _ in range(SHRINKS):
            middle = (best + worst) / 2
            lo, hi = (centre + middle * (end[case] - centre) for end in (goals.lo, goals.hi))
            state = root_state(regions, lo, hi)
            brancher.tighten(state)
            shown = bool(brancher.final(state, case).shown[0])
            best, worst = (middle, worst) if shown else (best, middle)
    except OutOfTime:
        pass
    return best or None
