"""Slopes and multipliers chosen by ascent on the final bound, and what that bound depends on.

The lower bound of a row is a minimum over the box of a function that is affine in x; at its
minimiser x* the derivative by any line's parameter is the coefficient that meets the line times the
value there, and these values come from one forward pass in which every unary node is replaced by
the line that the backward pass used. So a gradient costs as much as a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import (
    Lines,
    State,
    Tape,
    adaptive,
    concretise,
    source_bounds,
    walk,
)
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions


def forward(regions: Regions, lines: Mapping[int, Lines], owner: Indices | None, tape: Tape, lo: Floats,
            hi: Floats) -> tuple[Coefficients, Coefficients]:
    """Values of every leaf and the argument of every unary node at the minimiser of each row."""
    value: Coefficients = {0: np.where(tape.entry > 0.0, lo, hi)}
    argument: Coefficients = {}
    for u in sorted(tape.coefficients):
        source, c, line = regions.source[u], tape.coefficients[u], lines[u].take(owner)
        z = regions.of[source].push(value) if source else value[0]
        lower = line.lower * z if line.lower_offset is None else line.lower * z + line.lower_offset
        upper = (line.lower + line.rise) * z + line.upper_offset
        value[u], argument[u] = np.where(c >= 0.0, lower, upper), z
    return value, argument


def sensitivity(regions: Regions, state: State, u: int, owner: Indices, c: Floats, z: Floats,
                boxes: int) -> tuple[Floats, Floats]:
    """How much the rows' bounds grow a unit of rising lower end, and of falling upper end, [boxes, size].

    Derivative of the upper line of unary node ``u`` at ``z`` by its source's bounds, by differences.
    """
    low, high = source_bounds(regions, state, u)
    width = high - low
    step = np.where((low < 0.0) & (high > 0.0), 1e-4 * np.minimum(-low, high), 0.0)
    alpha = adaptive(low, high)
    z = np.clip(z, low[owner], high[owner])
    negative = np.minimum(c, 0.0)
    _, _, slope, offset = regions.lines(u, low, high, alpha)
    here = slope[owner] * z + offset[owner]
    made = []
    for a, b in ((low + step, high), (low, high - step)):
        _, _, slope, offset = regions.lines(u, a, b, alpha)
        change = negative * (slope[owner] * z + offset[owner] - here)
        total = np.add.reduceat(change, np.searchsorted(owner, np.arange(boxes)), axis=0)
        made.append(np.divide(total, step, out=np.zeros_like(total), where=step > 1e-12 * (1.0 + width)))
    return made[0], made[1]


@dataclass
class Ascent:
    """Best bound found for each row, with the multipliers [rows, widest] and slopes by unary node."""

    bound: Floats
    multipliers: Floats
    slopes: Coefficients


@dataclass
class Combination:
    """Rows to combine: ``cx @ x + cy @ y - d`` [rows, widest, …] with nonnegative multipliers."""

    cx: Floats
    cy: Floats
    d: Floats


class Ascender:
    """Ascent on slopes and multipliers of the final bound, one row for each (box, disjunct) pair."""

    def __init__(self, regions: Regions, state: State, owner: Indices, rows: Combination) -> None:
        self.regions, self.owner, self.rows = regions, owner, rows
        self.output = regions.of[regions.graph.output]
        self.lo, self.hi = state.lo[owner], state.hi[owner]
        self.lines: dict[int, tuple[Floats, ...]] = {}
        self.start: Coefficients = {}
        for u in regions.above[regions.graph.output]:
            low, high = (a[owner] for a in source_bounds(regions, state, u))
            a0, b0, upper, offset = regions.lines(u, low, high, np.zeros_like(low))
            a1, b1, _, _ = regions.lines(u, low, high, np.ones_like(low))
            self.lines[u] = (a0, a1 - a0, b0, b1 - b0, upper, offset)
            self.start[u] = adaptive(low, high)

    def at(self, slopes: Coefficients, multipliers: Floats, tape: Tape | None) -> tuple[Floats, dict[int, Lines]]:
        """Bound of every row at given slopes and multipliers."""
        lines = {}
        for u, (a, da, b, db, upper, offset) in self.lines.items():
            lower = a + da * slopes[u]
            shift = b + db * slopes[u] if b.any() or db.any() else None
            lines[u] = Lines(lower, shift, upper - lower, offset)
        start, constant = self.output.pull(np.einsum("kr,kry->ky", multipliers, self.rows.cy))
        constant = constant - np.einsum("kr,kr->k", multipliers, self.rows.d)
        entry, constant = walk(self.regions, lines, None, start, constant, tape)
        entry = entry + np.einsum("kr,krx->kx", multipliers, self.rows.cx)
        if tape is not None:
            tape.entry = entry
        return concretise(entry, constant, self.lo, self.hi), lines

    def run(self, multipliers: Floats, steps: int, rate: float = 0.25) -> Ascent:
        """Adam on the slopes, exponentiated gradient on the multipliers; stops when all rows are positive."""
        slopes = {u: a.copy() for u, a in self.start.items()}
        first = {u: np.zeros_like(a) for u, a in slopes.items()}
        second = {u: np.zeros_like(a) for u, a in slopes.items()}
        best = Ascent(np.full(len(self.owner), -np.inf), multipliers.copy(), {u: a.copy() for u, a in slopes.items()})
        for step in range(1, steps + 1):
            tape = Tape()
            bound, lines = self.at(slopes, multipliers, tape)
            better = bound > best.bound
            best.bound[better], best.multipliers[better] = bound[better], multipliers[better]
            for u, a in slopes.items():
                best.slopes[u][better] = a[better]
            if step == steps or (best.bound > 0.0).all():
                break
            value, argument = forward(self.regions, lines, None, tape, self.lo, self.hi)
            if multipliers.shape[1] > 1:
                multipliers = self._reweighted(multipliers, value)
            pace = rate * 0.97**step
            for u, c in tape.coefficients.items():
                _, da, _, db, _, _ = self.lines[u]
                gradient = np.maximum(c, 0.0) * (da * argument[u] + db)
                first[u] += 0.1 * (gradient - first[u])
                second[u] += 0.01 * (gradient * gradient - second[u])
                move = first[u] / (1 - 0.9**step) / (np.sqrt(second[u] / (1 - 0.99**step)) + 1e-30)
                slopes[u] = np.clip(slopes[u] + pace * move, 0.0, 1.0)
        return best

    def _reweighted(self, multipliers: Floats, value: Coefficients) -> Floats:
        """Exponentiated gradient step on the simplex: rows with larger values gain weight."""
        y = self.output.push(value)
        worth = (np.einsum("kry,ky->kr", self.rows.cy, y) + np.einsum("krx,kx->kr", self.rows.cx, value[0])
                 - self.rows.d)
        worth -= worth.max(1, keepdims=True)
        spread = np.abs(worth).max(1, keepdims=True) + 1e-30
        moved = multipliers * np.exp(worth / spread)
        out: Floats = moved / moved.sum(1, keepdims=True)
        return out

