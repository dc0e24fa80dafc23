"""What the outputs can be over a box: bounds from outside, and what sampling meets inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import State, concretise, make_lines, walk
from provenn.bounds.interval import intervals
from provenn.bounds.methods import Bounds
from provenn.bounds.regions import Floats, Regions
from provenn.ir.property import Box, Matrices
from provenn.verify.attack import Attack
from provenn.verify.goals import Goals, make_goals
from provenn.verify.pace import OutOfTime

OUTPUTS = 64
NUMBERS, LEAST, MOST = 1 << 22, 16, 512
STEPS = 4
ALPHA_NEURONS, ALPHA_STEPS = 4000, 10
Ends = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Outputs over a box, the first OUTPUTS of them: ``low <= y <= high`` by ``method``.

    ``least`` and ``most`` are the extremes that sampling met, so the true range lies between both. Bounds are
    those of binary64 without rounding: tested, not certified.
    """

    low: Floats
    high: Floats
    least: Floats
    most: Floats
    method: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Points of a box and what the network makes of them: ``ends`` by target, ``y`` [points, outputs]."""

    x: Floats
    y: Floats
    ends: dict[int, Ends]


def sample(attack: Attack, lo: Floats, hi: Floats, rng: np.random.Generator,
           more: Floats | None = None) -> Sample:
    """The middle, random points and corners, points that push outputs up and down, and ``more`` [points].

    Stops early, with what it has, when the clock of ``attack.regions`` runs out.
    """
    regions = attack.regions
    count = int(np.clip(NUMBERS // sum(regions.sizes[t] for t in (0, *regions.targets)), LEAST, MOST))
    share = rng.random((count, len(lo)))
    share[::4] = np.round(share[::4])
    share[0] = 0.5
    x = lo + share * (hi - lo)
    made = _run(attack, x if more is None else np.concatenate([x, more]), None)
    goals = _outputs(lo, hi, regions.sizes[regions.graph.output])
    pairs = np.arange(len(goals.rows))
    case, x = np.zeros(len(pairs), np.intp), np.repeat(x[:1], len(pairs), 0)
    try:
        for step in range(STEPS):
            y, argument, _ = attack.values(x)
            gradient = attack.gradient(goals, x, y, argument, case, pairs)
            x = np.clip(x + (hi - lo) * 0.5**step / 2 * np.sign(gradient), lo, hi)
            made = _run(attack, x, made)
    except OutOfTime:
        pass
    return made


def _run(attack: Attack, x: Floats, before: Sample | None) -> Sample:
    y, argument, _ = attack.values(x)
    ends = {} if before is None else before.ends
    for u, value in argument.items():
        t = attack.regions.source[u]
        if t > 0:
            low, high = value.min(0), value.max(0)
            old = ends.get(t, (low, high))
            ends[t] = np.minimum(old[0], low), np.maximum(old[1], high)
    if before is not None:
        x, y = np.concatenate([before.x, x]), np.concatenate([before.y, y])
    return Sample(x, y, ends)


def _outputs(lo: Floats, hi: Floats, outputs: int) -> Goals:
    """Goals that are the first outputs and their negatives."""
    eye = np.eye(outputs)[:OUTPUTS]
    none, zero = np.zeros((1, len(lo))), np.zeros(1)
    rows = [sign * row[None] for row in eye for sign in (1.0, -1.0)]
    return make_goals([Box(lo, hi, tuple(Matrices(none, row, zero) for row in rows))])[0]


def ranges(regions: Regions, state: State, seen: Sample) -> Ranges:
    """Bounds of the outputs by the best method that the clock of ``regions`` allows: intervals at least.

    ``state`` is one box with the bounds of its layers that are known.
    """
    output = regions.graph.output
    rows = np.eye(regions.sizes[output])[:OUTPUTS]
    neurons = sum(regions.sizes[t] for t in regions.targets)
    ends = intervals(regions.graph, state.lo, state.hi)[output]
    low, high, name = ends[0][0, :OUTPUTS], ends[1][0, :OUTPUTS], "intervals"
    try:
        below = _backward(regions, state, np.concatenate([rows, -rows]))
        low, high = np.maximum(low, below[: len(rows)]), np.minimum(high, -below[len(rows) :])
        name = "backward relaxation"
        if neurons <= ALPHA_NEURONS:
            bounds = Bounds(regions, state.lo, state.hi, "alpha-CROWN", ALPHA_STEPS)
            low = np.maximum(low, bounds.lower(rows[None])[0])
            high = np.minimum(high, -bounds.lower(-rows[None])[0])
            name = "backward relaxation with chosen slopes"
    except OutOfTime:
        pass
    y = seen.y[:, :OUTPUTS]
    return Ranges(low, high, y.min(0), y.max(0), name)


def _backward(regions: Regions, state: State, rows: Floats) -> Floats:
    """Lower bounds of rows of the output, with adaptive slopes."""
    output, owner = regions.graph.output, np.zeros(len(rows), np.intp)
    start, constant = regions.of[output].pull(rows)
    entry, constant = walk(regions, make_lines(regions, state, {}, output), owner, start, constant.copy())
    return concretise(entry, constant, state.lo[owner], state.hi[owner])
