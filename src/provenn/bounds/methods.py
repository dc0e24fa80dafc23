"""Bounds of linear rows of a network's output over batches of boxes, by one of four methods.

| method | bounds of the neurons in between | bounds of the rows |
|---|---|---|
| IBP | intervals | intervals of what the last affine region reads |
| CROWN-IBP | intervals | backward |
| CROWN | backward, layer by layer | backward |
| alpha-CROWN | backward, then slopes chosen for each neuron | backward, then slopes chosen for each row |

Backward bounds are the better of two, by steep and by flat lower lines. Steep ones are those of Zhang et
al. (NeurIPS 2018), decided as if there were no others, so that the result is never looser than theirs; flat
ones lose less where intervals are wide. Slopes are chosen as by Xu et al. (ICLR 2021), except that each
end of a neuron in between is made tight for itself, not for the rows. All numbers are binary64 and ignore
rounding: good for search only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, get_args

import numpy as np

from provenn.bounds.backward import (
    ROW_BLOCK,
    State,
    Tape,
    concretise,
    make_lines,
    root_state,
    source_bounds,
    tighten,
    unstable,
    walk,
)
from provenn.bounds.interval import intervals
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.slopes import Combination, Family, forward, improve_goals

Method = Literal["IBP", "CROWN-IBP", "CROWN", "alpha-CROWN"]
METHODS: tuple[Method, ...] = get_args(Method)
CHOSEN_AT_ONCE = 1 << 18


def steep(low: Floats, high: Floats) -> Floats:
    """Lower slope 1 where the positive side is the longer one, else 0: the line that cuts off less."""
    return (high > -low).astype(np.float64)


def flat(low: Floats, high: Floats) -> Floats:
    """Lower slope 0."""
    return np.zeros_like(low)



class Bounds:
    """What one method knows about the boxes ``lo <= x <= hi`` ([boxes, inputs], binary64).

    ``iterations`` is the number of bounds that alpha-CROWN computes for each neuron whose sign is open, the
    first one included; rows get twice as many. Raises UnsupportedError PNN-OP-201 for a network that the
    method does not cover.

    Example: ``Bounds(regions, lo, hi, "CROWN").lower(np.eye(10)[None])`` are lower ends of ten outputs.
    """

    def __init__(self, regions: Regions, lo: Floats, hi: Floats, method: Method,
                 iterations: int = 20) -> None:
        self.regions, self.lo, self.hi = regions, lo, hi
        self.iterations = iterations if method == "alpha-CROWN" else 0
        self.output = regions.of[regions.graph.output]
        self.ends: list[tuple[Floats, Floats]] = []
        if method == "IBP":
            self.ends = intervals(regions.graph, lo, hi)
            return
        self.state = root_state(regions, lo, hi)
        steeply, output = self.state.take(np.arange(len(lo))), regions.graph.output
        if method != "CROWN-IBP":
            for target in regions.affine:
                self._tighten(target, steeply)
        self.lines = [make_lines(regions, self.state, self._slopes(output, known, rule), output)
                      for known, rule in ((steeply, steep), (self.state, flat))]

    def lower(self, c: Floats) -> Floats:
        """Lower ends of ``c @ y`` [boxes, rows] for rows ``c`` [boxes or 1, rows, outputs] of outputs y."""
        made = np.empty((len(self.lo), c.shape[1]))
        for box, row in _blocks(made.shape, self._step(ROW_BLOCK)):
            rows = c[box % len(c), row]
            made[box, row] = self._by_intervals(box, rows) if self.ends else self._backward(box, rows)
        if self.iterations:
            for box, row in _blocks(made.shape, self._step(CHOSEN_AT_ONCE)):
                rows = c[box % len(c), row][:, None]
                made[box, row] = np.maximum(made[box, row], self._chosen(box, rows))
        return made

    def _step(self, numbers: int) -> int:
        """Rows at once whose coefficients are about that many numbers."""
        return max(16, numbers // max(self.regions.sizes[u] for u in (0, *self.regions.unary)))

    def _slopes(self, target: int, state: State, rule: Callable[[Floats, Floats], Floats]) -> Coefficients:
        return {u: rule(*source_bounds(self.regions, state, u)) for u in self.regions.above[target]
                if not self.regions.free(u)}

    def _tighten(self, target: int, steeply: State) -> None:
        """Better bounds of ``target``'s neurons whose sign is open; ``steeply`` knows steep lines only."""
        regions, state = self.regions, self.state
        lines = make_lines(regions, steeply, self._slopes(target, steeply, steep), target)
        tighten(regions, steeply, lines, target)
        np.maximum(state.low[target], steeply.low[target], out=state.low[target])
        np.minimum(state.high[target], steeply.high[target], out=state.high[target])
        if not regions.above[target]:
            return
        tighten(regions, state, make_lines(regions, state, self._slopes(target, state, flat), target), target)
        owner, neuron = unstable(regions, state, target)
        step = max(16, CHOSEN_AT_ONCE // sum(regions.sizes[u] for u in regions.above[target]))
        for i in range(0, len(owner) if self.iterations else 0, step):
            box, some = owner[i : i + step], neuron[i : i + step]
            low, high = (self._chosen_end(target, box, some, sign) for sign in (1.0, -1.0))
            state.low[target][box, some] = np.maximum(state.low[target][box, some], low)
            state.high[target][box, some] = np.minimum(state.high[target][box, some], -high)

    def _chosen_end(self, target: int, box: Indices, neuron: Indices, sign: float) -> Floats:
        """Lower ends of ``sign`` times neurons of ``target``, each with slopes of its own."""
        regions, lo, hi = self.regions, self.lo[box], self.hi[box]
        start, offset = regions.of[target].start(neuron)
        rows, best = {leaf: sign * c for leaf, c in start.items()}, np.full(len(box), -np.inf)
        family = Family(regions, self.state, target, box, 1)
        for step in range(self.iterations):
            lines, tape = family.lines(), Tape()
            tape.entry, constant = walk(regions, lines, None, rows, sign * offset, tape)
            np.maximum(best, concretise(tape.entry, constant, lo, hi), out=best)
            if step < self.iterations - 1:
                family.ascend(tape, forward(regions, lines, tape, lo, hi)[1])
        return best

    def _by_intervals(self, box: Indices, rows: Floats) -> Floats:
        start, level = self.output.pull(rows)
        total: Floats = level
        for leaf, c in start.items():
            low, high = (np.broadcast_to(end, (len(self.lo), c.shape[1]))[box] for end in self.ends[leaf])
            total = concretise(c, total, low, high)
        return total

    def _backward(self, box: Indices, rows: Floats) -> Floats:
        start, constant = self.output.pull(rows)
        lo, hi = self.lo[box], self.hi[box]
        made = [concretise(*walk(self.regions, lines, box, start, constant.copy()), lo, hi)
                for lines in self.lines]
        return np.maximum(*made)

    def _chosen(self, box: Indices, rows: Floats) -> Floats:
        count = len(box)
        goals = Combination(np.zeros((count, 1, self.lo.shape[1])), rows, np.zeros((count, 1)))
        return improve_goals(self.regions, self.state, box, goals, np.ones((count, 1)), 2 * self.iterations,
                             np.full(count, np.inf)).bound


def _blocks(shape: tuple[int, ...], step: int) -> Iterator[tuple[Indices, Indices]]:
    """The (box, row) pairs of a table, ``step`` at a time, sorted by box."""
    for i in range(0, shape[0] * shape[1], step):
        box, row = np.divmod(np.arange(i, min(i + step, shape[0] * shape[1])), shape[1])
        yield box, row
