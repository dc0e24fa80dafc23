"""Slopes and multipliers chosen by ascent on a bound.

The lower bound of a row is a minimum over the box of a function that is affine in x; at its
minimiser x* the derivative by any line's parameter is the coefficient that meets the line times the
value there, and these values come from one forward pass in which every unary node is replaced by
the line that the backward pass used. So a gradient costs as much as a bound. The derivative by a split
multiplier is the value itself that its sign constraint is about (Wang et al., NeurIPS 2021).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import Extra, Lines, State, Tape, concretise, joint_lines, source_bounds, walk
from provenn.bounds.hints import Hints
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions, Widths

RATE, WARM, DECAY = 0.25, 0.1, 0.96
PUSH = 3.0
DROP_EVERY, DROP_SHARE = 4, 0.25
# After so many steps, by how many times what was gained the rest of the ascent may be expected to gain.
HOPE = {2: 8.0, 4: 3.0, 8: 1.0}


def forward(regions: Regions, lines: Mapping[int, Lines], tape: Tape, lo: Floats,
            hi: Floats) -> tuple[Coefficients, Coefficients]:
    """Values of every leaf and the argument of every unary node at the minimiser of each row."""
    value: Coefficients = {0: np.where(tape.entry > 0.0, lo, hi)}
    argument: Coefficients = {}
    for u in sorted(tape.coefficients):
        source, c, line = regions.source[u], tape.coefficients[u], lines[u]
        z = regions.of[source].push(value) if source else value[0]
        product = z.shape[1] != c.shape[1]
        made = np.where(np.tile(c, (1, 2)) < 0.0 if product else c < 0.0, line.rise, 0.0)
        made += line.lower
        made *= z
        if product:
            made = made[:, : c.shape[1]] + made[:, c.shape[1] :]
        if line.lower_offset is None:
            made += np.where(c < 0.0, line.upper_offset, 0.0)
        else:
            made += np.where(c < 0.0, line.upper_offset, line.lower_offset)
        value[u], argument[u] = made, z
    return value, argument


@dataclass
class Signs:
    """Known signs of what a unary node reads: ``sign`` (1 or -1) of ``neuron[k]`` in row ``row[k]``.

    ``weight`` >= 0 is the split multiplier: less the weighted positive part is added to the row's bound.
    """

    row: Indices
    neuron: Indices
    sign: Floats
    weight: Floats

    def take(self, place: Indices) -> Signs:
        """The entries of the rows with ``place`` >= 0, which is their new number."""
        kept = np.flatnonzero(place[self.row] >= 0)
        return Signs(place[self.row[kept]], self.neuron[kept], self.sign[kept], self.weight[kept])


@dataclass
class _Free:
    """The free parameters of one unary node's lower lines: only ``columns`` depend on them."""

    columns: Indices
    slope: Floats
    shift: Floats
    rise: Floats
    lift: Floats
    value: Floats
    first: Floats
    second: Floats

    def take(self, rows: Indices) -> _Free:
        """Those of some groups."""
        return _Free(self.columns, self.slope[rows], self.shift[rows], self.rise[rows], self.lift[rows],
                     self.value[rows], self.first[rows], self.second[rows])


def _adam(gain: Floats, first: Floats, second: Floats, time: int) -> Floats:
    """The next step of Adam, about 1 in size; moments are changed in place."""
    first += 0.1 * (gain - first)
    gain *= gain
    gain -= second
    gain *= 0.01
    second += gain
    root = np.sqrt(second)
    root *= 1.0 / np.sqrt(1 - 0.99**time)
    root += 1e-30
    step: Floats = np.divide(first, root, out=root)
    step *= 1.0 / (1 - 0.9**time)
    return step


def _seen(noise: Floats, rows: Indices) -> Floats:
    """The noise that rows see; a single one is everybody's."""
    return noise if len(noise) == 1 else noise[rows]


def _picked(noise: Widths, rows: Indices) -> Widths:
    return _seen(noise[0], rows), _seen(noise[1], rows)


class Family:
    """All lines of the unary nodes below a target, for groups of rows that share their slopes.

    Group k belongs to box ``owner[k]``; its rows are k, k + groups, … (``copies`` of them). The lower
    line and its offset are affine in the slope parameter, unless that is a hint. ``slopes`` are those to
    start from, full vectors by unary node, else the default ones; ``signs`` (with one copy only) bring split
    multipliers.
    ``rate`` is the size of the first steps: small ones (WARM) keep what a good start is worth.
    ``entries`` tells which of the first signs are still there. Nodes ``fixed`` keep their default slopes.
    """

    def __init__(self, regions: Regions, state: State, target: int, owner: Indices, copies: int,
                 slopes: Coefficients | None = None, signs: Mapping[int, Signs] | None = None,
                 rate: float = RATE, fixed: Collection[int] = ()) -> None:
        self.regions, self.copies, self.groups, self.rate = regions, copies, len(owner), rate
        self.made: dict[int, Lines] = {}
        self.free: dict[int, _Free | Hints] = {}
        self.signs, self.time = dict(signs or {}), 0
        self.moments = {u: (np.zeros_like(s.weight), np.zeros_like(s.weight)) for u, s in self.signs.items()}
        self.scale: dict[int, Floats] = {}
        self.entries = {u: np.arange(len(s.row)) for u, s in self.signs.items()}
        self.noise: dict[int, Widths] = {}
        self.goal: Floats | None = None
        if regions.noise is not None:
            self.noise = {u: _picked(regions.noise.line(state, u), owner) for u in regions.above[target]}
            if target == regions.graph.output:
                self.goal = _seen(regions.noise.output(state), owner)
        for u in regions.above[target]:
            low, high = source_bounds(regions, state, u)
            given = slopes is not None and u in slopes
            start = slopes[u] if slopes is not None and given else regions.hint(u, low, high)[owner]
            if len(state) > 1 or not self._curved(u):
                low, high = low[owner], high[owner]
            if u in fixed and not given:
                a, b, c, d = regions.lines(u, low, high, start, self.noise.get(u))
                full = (np.broadcast_to(part, (self.groups, part.shape[1])) for part in (a, b, c - a, d))
                self.made[u] = Lines(*map(self._rows, full))
            else:
                self._open(u, low, high, start)
        everyone = np.tile(owner, copies)
        self.made |= {u: line.take(everyone) for u, line in joint_lines(regions, state, target).items()}

    def _curved(self, u: int) -> bool:
        return self.regions.free(u)

    def _open(self, u: int, low: Floats, high: Floats, start: Floats) -> None:
        noise = self.noise.get(u)
        if self._curved(u):
            self.free[u] = Hints.of(self.regions, u, low, high, start, noise)
            self._settle(u)
            return
        a0, b0, upper, offset = self.regions.lines(u, low, high, np.zeros_like(low), noise)
        a1, b1, _, _ = self.regions.lines(u, low, high, np.ones_like(low), noise)
        rise, lift = a1 - a0, b1 - b0
        columns = np.flatnonzero((rise != 0.0).any(0) | (lift != 0.0).any(0))
        shift = self._rows(b0.copy()) if b0.any() or lift.any() else None
        self.made[u] = Lines(self._rows(a0.copy()), shift, self._rows(upper - a0), self._rows(offset))
        value = start[:, columns]
        self.free[u] = _Free(columns, a0[:, columns], b0[:, columns], rise[:, columns], lift[:, columns],
                             value, np.zeros_like(value), np.zeros_like(value))
        self._settle(u)

    def _settle(self, u: int) -> None:
        """Lines at the current slopes."""
        free = self.free[u]
        if isinstance(free, Hints):
            a, b, c, d = free.lines()
            self.made[u] = Lines(self._rows(a), self._rows(b), self._rows(c - a), self._rows(d))
            return
        line = self.made[u]
        lower = self._rows(free.slope + free.rise * free.value)
        line.rise[:, free.columns] += line.lower[:, free.columns] - lower
        line.lower[:, free.columns] = lower
        if line.lower_offset is not None:
            line.lower_offset[:, free.columns] = self._rows(free.shift + free.lift * free.value)

    def lines(self) -> dict[int, Lines]:
        """Lines at the current slopes, one a row."""
        return self.made

    def extra(self) -> dict[int, Extra]:
        """The split multipliers' coefficients."""
        return {u: Extra(s.row, s.neuron, -s.sign * s.weight) for u, s in self.signs.items()}

    def lost(self, rows: Combination, multipliers: Floats) -> Floats | float:
        """What combined rows of the output pay for noise that no line holds: for outputs and split signs."""
        noise = self.regions.noise
        if noise is None or self.goal is None:
            return 0.0
        paid: Floats = (multipliers * noise.goal(self.goal, rows.cy)).sum(1)
        for u, s in self.signs.items():
            read = self.noise[u][0]
            wide = read[s.row, s.neuron] if len(read) > 1 else read[0, s.neuron]
            paid += np.bincount(s.row, np.abs(s.weight) * wide, minlength=len(paid))
        return paid

    def _rows(self, a: Floats) -> Floats:
        return a if self.copies == 1 else np.concatenate([a] * self.copies)

    def take(self, rows: Indices) -> None:
        """Go on with some groups only (with one copy)."""
        place = np.full(self.groups, -1, np.intp)
        place[rows] = np.arange(len(rows))
        self.made = {u: line.take(rows) for u, line in self.made.items()}
        self.free = {u: free.take(rows) for u, free in self.free.items()}
        for u, s in self.signs.items():
            kept = place[s.row] >= 0
            first, second = self.moments[u]
            self.moments[u], self.entries[u] = (first[kept], second[kept]), self.entries[u][kept]
            if u in self.scale:
                self.scale[u] = self.scale[u][kept]
            self.signs[u] = s.take(place)
        self.noise = {u: _picked(widths, rows) for u, widths in self.noise.items()}
        self.goal = None if self.goal is None else _seen(self.goal, rows)
        self.groups = len(rows)

    def ascend(self, tape: Tape, argument: Coefficients) -> None:
        """One Adam step on the sum of each group's rows."""
        self.time += 1
        pace = self.rate * DECAY**self.time
        for u, c in tape.coefficients.items():
            if (free := self.free.get(u)) is None:
                continue
            gain = self._gain(u, free, c, argument[u])
            if self.copies > 1:
                gain = gain.reshape(self.copies, self.groups, -1).sum(0)
            step = _adam(gain, free.first, free.second, self.time)
            step *= pace
            step += free.value
            free.value = np.clip(step, 0.0, 1.0, out=step)
            self._settle(u)
            if u in self.signs:
                self._push(u, c, argument[u], pace)

    def _gain(self, u: int, free: _Free | Hints, c: Floats, argument: Floats) -> Floats:
        """The derivative of every row's bound by the parameters of node u."""
        if isinstance(free, Hints):
            a, b, up, d = (self._rows(rate) for rate in free.rates())
            down = np.minimum(c, 0.0)
            low, high = a * argument, up * argument
            if low.shape[1] != c.shape[1]:
                low, high = (np.add(*np.split(part, 2, axis=1)) for part in (low, high))
            gain: Floats = (c - down) * (low + b) + down * (high + d)
            return gain
        gain = np.maximum(c[:, free.columns], 0.0)
        slow = self._rows(free.rise) * argument[:, free.columns]
        if self.made[u].lower_offset is not None:
            slow += self._rows(free.lift)
        gain *= slow
        return gain

    def _push(self, u: int, c: Floats, argument: Floats, pace: float) -> None:
        """The same for split multipliers, in units of the coefficients that meet the node."""
        s = self.signs[u]
        if u not in self.scale:
            size = np.abs(c)
            self.scale[u] = PUSH * (size[s.row, s.neuron] + size.mean(1)[s.row])
        gain = -s.sign * argument[s.row, s.neuron]
        step = _adam(gain, *self.moments[u], self.time)
        s.weight = np.maximum(s.weight + pace * self.scale[u] * step, 0.0)


@dataclass
class Best:
    """The best parameters met so far: slopes at the free columns, and the weights of signs."""

    columns: dict[int, Indices]
    slopes: Coefficients
    weights: Coefficients

    @staticmethod
    def of(family: Family) -> Best:
        """The present ones."""
        return Best({u: f.columns for u, f in family.free.items()},
                    {u: f.value.copy() for u, f in family.free.items()},
                    {u: s.weight.copy() for u, s in family.signs.items()})

    def keep(self, family: Family, alive: Indices, better: Indices) -> None:
        """Remember groups ``better`` of a family whose groups are ``alive`` of the first ones."""
        for u, free in family.free.items():
            self.slopes[u][alive[better]] = free.value[better]
        chosen = np.zeros(len(alive), bool)
        chosen[better] = True
        for u, s in family.signs.items():
            pick = chosen[s.row]
            self.weights[u][family.entries[u][pick]] = s.weight[pick]

    def vectors(self, sizes: Mapping[int, int], k: int) -> Coefficients:
        """Slopes of one group as full vectors."""
        made = {}
        for u, columns in self.columns.items():
            if len(columns):
                made[u] = np.zeros(sizes[u])
                made[u][columns] = self.slopes[u][k]
        return made


@dataclass
class Combination:
    """Rows to combine: ``cx @ x + cy @ y - d`` [rows, widest, …] with nonnegative multipliers."""

    cx: Floats
    cy: Floats
    d: Floats

    def take(self, rows: Indices) -> Combination:
        """Some of them."""
        return Combination(self.cx[rows], self.cy[rows], self.d[rows])


@dataclass
class Ascent:
    """Best bound found for each row, with the multipliers [rows, widest] and all other parameters."""

    bound: Floats
    multipliers: Floats
    best: Best


@dataclass
class Pass:
    """A bound of each row with the coefficients and values that led to it (see Tape and ``forward``)."""

    bound: Floats
    tape: Tape
    lines: dict[int, Lines]


def combined(regions: Regions, family: Family, rows: Combination, multipliers: Floats, lo: Floats,
             hi: Floats) -> Pass:
    """The backward pass for combined rows of the output at a family's present parameters."""
    output = regions.of[regions.graph.output]
    start, constant = output.pull(np.einsum("kr,kry->ky", multipliers, rows.cy))
    constant = constant - np.einsum("kr,kr->k", multipliers, rows.d) - family.lost(rows, multipliers)
    lines, tape = family.lines(), Tape()
    entry, constant = walk(regions, lines, None, start, constant, tape, family.extra())
    tape.entry = entry + np.einsum("kr,krx->kx", multipliers, rows.cx)
    return Pass(concretise(tape.entry, constant, lo, hi), tape, lines)


def improve_goals(regions: Regions, state: State, owner: Indices, rows: Combination, multipliers: Floats,
                  steps: int, enough: Floats, slopes: Coefficients | None = None,
                  signs: Mapping[int, Signs] | None = None, rate: float = RATE,
                  together: bool = False, fixed: Collection[int] = ()) -> Ascent:
    """Better slopes and multipliers for combined rows of the output, one for each entry of ``owner``.

    Rows whose bound exceeds ``enough`` are left alone from then on; the end comes when all do. With
    ``together`` rows of one owner are of use only if all of them get there: they are given up when the first
    steps (HOPE) show that one of them will not. Nodes in ``fixed`` keep their slopes (see Family).
    """
    output = regions.of[regions.graph.output]
    family = Family(regions, state, output.target, owner, 1, slopes, signs, rate, fixed)
    lo, hi, alive = state.lo[owner], state.hi[owner], np.arange(len(owner))
    made = Ascent(np.full(len(owner), -np.inf), multipliers.copy(), Best.of(family))
    for step in range(steps):
        here = combined(regions, family, rows, multipliers, lo, hi)
        better = np.flatnonzero(here.bound > made.bound[alive])
        made.bound[alive[better]], made.multipliers[alive[better]] = here.bound[better], multipliers[better]
        made.best.keep(family, alive, better)
        todo = made.bound[alive] <= enough[alive]
        if step == 0:
            first = here.bound.copy()
        elif together and step in HOPE:
            gained = made.bound[alive] - first[alive]
            bad = todo & (enough[alive] - made.bound[alive] > HOPE[step] * gained)
            todo &= ~np.bincount(owner[alive], bad)[owner[alive]].astype(bool)
        if step == steps - 1 or not todo.any():
            break
        value, argument = forward(regions, here.lines, here.tape, lo, hi)
        if multipliers.shape[1] > 1:
            worth = np.einsum("kry,ky->kr", rows.cy, output.push(value)) - rows.d
            worth += np.einsum("krx,kx->kr", rows.cx, value[0])
            multipliers = _reweighted(multipliers, worth)
        family.ascend(here.tape, argument)
        if (step % DROP_EVERY == 0 or step in HOPE) and todo.mean() < 1.0 - DROP_SHARE:
            kept = np.flatnonzero(todo)
            family.take(kept)
            alive, lo, hi = alive[kept], lo[kept], hi[kept]
            multipliers, rows = multipliers[kept], rows.take(kept)
    return made


def _reweighted(multipliers: Floats, worth: Floats) -> Floats:
    """Exponentiated gradient step on the simplex: rows with larger values gain weight."""
    worth = worth - worth.max(1, keepdims=True)
    spread = np.abs(worth).max(1, keepdims=True) + 1e-30
    moved = multipliers * np.exp(worth / spread)
    out: Floats = moved / moved.sum(1, keepdims=True)
    return out
