"""Slopes and multipliers chosen by ascent on a bound.

The lower bound of a row is a minimum over the box of a function that is affine in x; at its
minimiser x* the derivative by any line's parameter is the coefficient that meets the line times the
value there, and these values come from one forward pass in which every unary node is replaced by
the line that the backward pass used. So a gradient costs as much as a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import Lines, State, Tape, adaptive, concretise, source_bounds, walk
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions

RATE, DECAY = 0.25, 0.96


def forward(regions: Regions, lines: Mapping[int, Lines], tape: Tape, lo: Floats,
            hi: Floats) -> tuple[Coefficients, Coefficients]:
    """Values of every leaf and the argument of every unary node at the minimiser of each row."""
    value: Coefficients = {0: np.where(tape.entry > 0.0, lo, hi)}
    argument: Coefficients = {}
    for u in sorted(tape.coefficients):
        source, c, line = regions.source[u], tape.coefficients[u], lines[u]
        z = regions.of[source].push(value) if source else value[0]
        lower = line.lower * z if line.lower_offset is None else line.lower * z + line.lower_offset
        upper = (line.lower + line.rise) * z + line.upper_offset
        value[u], argument[u] = np.where(c >= 0.0, lower, upper), z
    return value, argument


class Family:
    """All lines of the unary nodes below a target, for groups of rows that share their slopes.

    Group k belongs to box ``owner[k]``; its rows are k, k + groups, … (``copies`` of them). The lower
    line and its offset must be affine in the slope parameter.
    """

    def __init__(self, regions: Regions, state: State, target: int, owner: Indices, copies: int) -> None:
        self.regions, self.copies, self.groups = regions, copies, len(owner)
        self.parts: dict[int, tuple[Floats, ...]] = {}
        self.slopes: Coefficients = {}
        for u in regions.above[target]:
            low, high = (a[owner] for a in source_bounds(regions, state, u))
            a0, b0, upper, offset = regions.lines(u, low, high, np.zeros_like(low))
            a1, b1, _, _ = regions.lines(u, low, high, np.ones_like(low))
            self.parts[u] = (a0, a1 - a0, b0, b1 - b0, upper, offset)
            self.slopes[u] = adaptive(low, high)
        self.first = {u: np.zeros_like(a) for u, a in self.slopes.items()}
        self.second = {u: np.zeros_like(a) for u, a in self.slopes.items()}
        self.best = {u: a.copy() for u, a in self.slopes.items()}
        self.time = 0

    def lines(self) -> dict[int, Lines]:
        """Lines at the current slopes, one a row."""
        made = {}
        for u, (a, da, b, db, upper, offset) in self.parts.items():
            lower = a + da * self.slopes[u]
            shift = self._rows(b + db * self.slopes[u]) if b.any() or db.any() else None
            made[u] = Lines(self._rows(lower), shift, self._rows(upper - lower), self._rows(offset))
        return made

    def _rows(self, a: Floats) -> Floats:
        return a if self.copies == 1 else np.concatenate([a] * self.copies)

    def keep(self, which: Indices) -> None:
        """Remember the current slopes of some groups as the best ones."""
        for u, a in self.slopes.items():
            self.best[u][which] = a[which]

    def ascend(self, tape: Tape, argument: Coefficients) -> None:
        """One Adam step on the sum of each group's rows."""
        self.time += 1
        pace = RATE * DECAY**self.time
        for u, c in tape.coefficients.items():
            _, da, _, db, _, _ = self.parts[u]
            gain = np.maximum(c, 0.0) * (self._rows(da) * argument[u] + self._rows(db))
            gain = gain.reshape(self.copies, self.groups, -1).sum(0)
            self.first[u] += 0.1 * (gain - self.first[u])
            self.second[u] += 0.01 * (gain * gain - self.second[u])
            mean, square = self.first[u] / (1 - 0.9**self.time), self.second[u] / (1 - 0.99**self.time)
            self.slopes[u] = np.clip(self.slopes[u] + pace * mean / (np.sqrt(square) + 1e-30), 0.0, 1.0)


@dataclass
class Combination:
    """Rows to combine: ``cx @ x + cy @ y - d`` [rows, widest, …] with nonnegative multipliers."""

    cx: Floats
    cy: Floats
    d: Floats


@dataclass
class Ascent:
    """Best bound found for each row, with the multipliers [rows, widest] and slopes by unary node."""

    bound: Floats
    multipliers: Floats
    slopes: Coefficients


def improve_goals(regions: Regions, state: State, owner: Indices, rows: Combination, multipliers: Floats,
                  steps: int, enough: Floats) -> Ascent:
    """Better slopes and multipliers for combined rows of the output, one for each entry of ``owner``.

    Stops early when every row's bound exceeds ``enough``.
    """
    output = regions.of[regions.graph.output]
    family = Family(regions, state, output.target, owner, 1)
    lo, hi = state.lo[owner], state.hi[owner]
    best, kept = np.full(len(owner), -np.inf), multipliers.copy()
    for step in range(steps):
        start, constant = output.pull(np.einsum("kr,kry->ky", multipliers, rows.cy))
        constant = constant - np.einsum("kr,kr->k", multipliers, rows.d)
        lines, tape = family.lines(), Tape()
        entry, constant = walk(regions, lines, None, start, constant, tape)
        tape.entry = entry + np.einsum("kr,krx->kx", multipliers, rows.cx)
        bound = concretise(tape.entry, constant, lo, hi)
        better = np.flatnonzero(bound > best)
        best[better], kept[better] = bound[better], multipliers[better]
        family.keep(better)
        if step == steps - 1 or (best > enough).all():
            break
        value, argument = forward(regions, lines, tape, lo, hi)
        if multipliers.shape[1] > 1:
            worth = np.einsum("kry,ky->kr", rows.cy, output.push(value)) - rows.d
            worth += np.einsum("krx,kx->kr", rows.cx, value[0])
            multipliers = _reweighted(multipliers, worth)
        family.ascend(tape, argument)
    return Ascent(best, kept, family.best)


def _reweighted(multipliers: Floats, worth: Floats) -> Floats:
    """Exponentiated gradient step on the simplex: rows with larger values gain weight."""
    worth = worth - worth.max(1, keepdims=True)
    spread = np.abs(worth).max(1, keepdims=True) + 1e-30
    moved = multipliers * np.exp(worth / spread)
    out: Floats = moved / moved.sum(1, keepdims=True)
    return out


def improve_neurons(regions: Regions, state: State, target: int, owner: Indices, neuron: Indices,
                    steps: int) -> tuple[Floats, Floats, Coefficients]:
    """Lower and upper bounds of single neurons with slopes of their own, and these slopes.

    Both bounds of a neuron share its slopes; the pair with the narrowest interval is returned.
    """
    count = len(owner)
    both = np.concatenate([owner, owner])
    lo, hi = state.lo[both], state.hi[both]
    family = Family(regions, state, target, owner, 2)
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    start, offset = regions.of[target].start(neuron)
    for step in range(steps):
        rows = {leaf: np.concatenate([c, -c]) for leaf, c in start.items()}
        lines, tape = family.lines(), Tape()
        tape.entry, constant = walk(regions, lines, None, rows, np.concatenate([offset, -offset]), tape)
        ends = concretise(tape.entry, constant, lo, hi)
        better = np.flatnonzero(-ends[count:] - ends[:count] < high - low)
        low[better], high[better] = ends[better], -ends[count + better]
        family.keep(better)
        if step < steps - 1:
            family.ascend(tape, forward(regions, lines, tape, lo, hi)[1])
    return low, high, family.best
