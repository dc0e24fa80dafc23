"""Input splitting, batched: hundreds of boxes at once, each inheriting its parent's bounds.

One round takes the boxes with the worst bounds and, for each,
1. bounds the goals with the inherited bounds (many children close at once);
2. recomputes the bounds of every neuron that is still unstable, layer by layer, and bounds again;
3. improves slopes and output multipliers of goals that are nearly shown;
4. splits what is left along the input on which the bound depends most.
What was computed is what the tree says, so the tree is the certificate.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from provenn.bounds.backward import (
    Lines,
    Rows,
    State,
    Tape,
    concretise,
    make_lines,
    root_state,
    tighten,
    walk,
)
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.bounds.slopes import Ascender, Ascent, Combination, forward, sensitivity
from provenn.verify.certificate import Leaf, Slopes, Split, Tighten, Tree
from provenn.verify.goals import Goals

SAFETY = 1e-9
POOL_BYTES = 1 << 30
NEAR = 0.5


class OutOfTime(Exception):
    """The deadline has passed."""


@dataclass
class Clock:
    """A deadline in seconds of ``time.perf_counter``."""

    deadline: float

    def check(self) -> None:
        """Raise OutOfTime when the deadline has passed."""
        if time.perf_counter() > self.deadline:
            raise OutOfTime

    def left(self) -> float:
        """Seconds left."""
        return self.deadline - time.perf_counter()


@dataclass
class Final:
    """Bounds of all goals on some boxes, and what the gradient needs."""

    bound: Floats
    margin: Floats
    entry: Floats
    owner: Indices
    lines: dict[int, Lines]
    tape: Tape


@dataclass
class Hole:
    """Where the tree of an open box goes: the root of a case, or a side of a split."""

    case: int
    split: Split | None
    above: bool


@dataclass
class Stats:
    """Counters of the search, plain numbers."""

    boxes: int = 0
    leaves: int = 0
    lazy_leaves: int = 0
    ascended_leaves: int = 0
    rows: int = 0
    megaflops: float = 0.0


class Pool:
    """Open boxes: fixed-width rows of numbers with free places, and where each one's tree goes."""

    def __init__(self, regions: Regions) -> None:
        self.targets = regions.targets
        self.widths = [regions.sizes[0]] * 2 + [regions.sizes[t] for t in self.targets for _ in (0, 1)]
        self.cuts = np.cumsum(self.widths)[:-1]
        self.table: Floats = np.empty((64, sum(self.widths)))
        self.bound: Floats = np.full(64, np.inf)
        self.case: Indices = np.zeros(64, np.intp)
        self.holes: list[Hole | None] = [None] * 64
        self.count = 0

    def add(self, state: State, case: Indices, bound: Floats, holes: list[Hole]) -> None:
        """Store open boxes."""
        while self.count + len(state) > len(self.bound):
            self._grow()
        places = np.nonzero(np.isinf(self.bound))[0][: len(state)]
        parts = [state.lo, state.hi]
        for t in self.targets:
            parts += [state.low[t], state.high[t]]
        self.table[places] = np.concatenate(parts, 1)
        self.bound[places], self.case[places] = bound, case
        for place, hole in zip(places.tolist(), holes):
            self.holes[place] = hole
        self.count += len(state)

    def _grow(self) -> None:
        more = len(self.bound)
        self.table = np.concatenate([self.table, np.empty_like(self.table)])
        self.bound = np.concatenate([self.bound, np.full(more, np.inf)])
        self.case = np.concatenate([self.case, np.zeros(more, np.intp)])
        self.holes += [None] * more

    def take(self, count: int) -> tuple[State, Indices, list[Hole]]:
        """Remove the boxes with the worst bounds; the best ones when memory runs short."""
        used = np.nonzero(np.isfinite(self.bound))[0]
        keys = self.bound[used]
        if self.table.nbytes > POOL_BYTES:
            keys = -keys
        places = used if len(used) <= count else used[np.argpartition(keys, count - 1)[:count]]
        parts = np.split(self.table[places], self.cuts, axis=1)
        low = {t: parts[2 + 2 * i] for i, t in enumerate(self.targets)}
        high = {t: parts[3 + 2 * i] for i, t in enumerate(self.targets)}
        holes = [h for p in places.tolist() if (h := self.holes[p]) is not None]
        self.bound[places] = np.inf
        self.count -= len(places)
        return State(parts[0], parts[1], low, high), self.case[places], holes


    def worst(self) -> float:
        """Smallest bound of any open box."""
        return float(self.bound.min())


@dataclass
class Brancher:
    """Branch and bound for one group of cases; ``trees`` collects finished roots by position in ``goals``."""

    regions: Regions
    goals: Goals
    clock: Clock
    ascent_steps: int = 8
    stats: Stats = field(default_factory=Stats)
    trees: dict[int, Tree] = field(default_factory=dict)
    on_corners: Callable[[Floats, Indices], bool] = lambda x, case: False
    worst: float = -np.inf

    def __post_init__(self) -> None:
        self.pool = Pool(self.regions)
        self.output = self.regions.graph.output
        self.full = tuple(Tighten(t) for t in self.regions.targets)
        self.flops = {t: self.regions.flops(t) for t in self.regions.of}

    def plant(self, state: State | None = None) -> None:
        """Put the root boxes of all cases into the pool."""
        goals = self.goals
        state = root_state(self.regions, goals.lo, goals.hi) if state is None else state
        case = np.arange(len(goals.cases))
        self.pool.add(state, case, np.full(len(case), -np.finfo(float).max), [Hole(c, None, False) for c in case])

    def final(self, state: State, case: Indices) -> Final:
        """Bounds of every goal on every box, with the current bounds and adaptive slopes."""
        boxes, rows = len(state), len(self.goals.part)
        owner = np.repeat(np.arange(boxes), rows)
        lines = make_lines(self.regions, state, {}, self.output)
        start, constant = self.regions.of[self.output].pull(self.goals.cy[case].reshape(boxes * rows, -1))
        tape = Tape()
        entry, constant = walk(self.regions, lines, owner, start, constant - self.goals.d[case].ravel(), tape)
        if self.goals.mixes:
            entry = entry + self.goals.cx[case].reshape(boxes * rows, -1)
        tape.entry = entry
        lo, hi = state.lo[owner], state.hi[owner]
        bound = concretise(entry, constant, lo, hi).reshape(boxes, rows)
        size = np.einsum("ij,ij->i", np.abs(entry), np.maximum(np.abs(lo), np.abs(hi))) + np.abs(constant)
        self.stats.megaflops += boxes * rows * self.flops[self.output] * 1e-6
        return Final(bound, SAFETY * size.reshape(boxes, rows), entry.reshape(boxes, rows, -1), owner, lines, tape)

    def tighten(self, state: State) -> dict[int, Rows]:
        """Recompute all unstable neurons, layer by layer, with adaptive slopes."""
        kept, lines = {}, dict[int, Lines]()
        for target in self.regions.targets:
            make_lines(self.regions, state, {}, target, lines)
            kept[target] = tighten(self.regions, state, lines, target, keep=True)
            count = 2 * len(kept[target].owner)
            self.stats.rows += count
            self.stats.megaflops += count * self.flops[target] * 1e-6
        return kept

    def round(self, count: int) -> None:
        """Work on up to ``count`` boxes. Raises OutOfTime."""
        state, case, holes = self.pool.take(count)
        self.stats.boxes += len(state)
        final = self.final(state, case)
        shown = self._close(final, case, holes, ())
        self.stats.lazy_leaves += int(shown.sum())
        if shown.all():
            return
        state, case, holes = _keep(state, case, holes, ~shown)
        kept = self.tighten(state)
        final = self.final(state, case)
        shown = self._close(final, case, holes, self.full)
        if shown.all():
            return
        value, argument = forward(self.regions, final.lines, final.owner, final.tape,
                                  state.lo[final.owner], state.hi[final.owner])
        if self.on_corners(value[0][np.repeat(~shown, len(self.goals.part))],
                           np.repeat(case[~shown], len(self.goals.part))):
            return
        if self.ascent_steps:
            shown |= self._ascend(state, case, holes, final, shown)
        if not shown.all():
            score = self.scores(state, final, argument, kept)
            open_ = np.nonzero(~shown)[0]
            self._split(state.take(open_), case[open_], [holes[i] for i in open_], score[open_],
                        self.goals.best(final.bound)[open_].min(1))

    def _close(self, final: Final, case: Indices, holes: list[Hole], steps: tuple[Tighten, ...]) -> Indices:
        """Finish the boxes on which one row of every disjunct is positive."""
        good = final.bound - final.margin
        shown: Indices = (self.goals.best(good) > 0.0).all(1)
        for i in np.nonzero(shown)[0].tolist():
            self._hang(holes[i], Tree(steps, Leaf(self._single_rows(good[i]))))
        self.stats.leaves += int(shown.sum())
        return shown

    def _single_rows(self, good: Floats) -> tuple[tuple[Floats, Slopes], ...]:
        parts: list[tuple[Floats, Slopes]] = []
        for first, count in zip(self.goals.first.tolist(), self.goals.rows):
            m = np.zeros(count)
            m[int(np.argmax(good[first : first + count]))] = 1.0
            parts.append((m, {}))
        return tuple(parts)

    def _ascend(self, state: State, case: Indices, holes: list[Hole], final: Final, shown: Indices) -> Indices:
        """Close more boxes by better slopes and multipliers; returns which."""
        good = final.bound - final.margin
        best = self.goals.best(good)
        near = best.min(1) > -NEAR * np.abs(final.bound).mean(1)
        box, disjunct = np.nonzero((best <= 0.0) & (near & ~shown)[:, None])
        closed = np.zeros(len(state), bool)
        if not len(box):
            return closed
        found = self.ascend(state, case, box, disjunct, self.ascent_steps)
        margin = final.margin.max(1)[box] * 2.0
        positive = found.bound > margin
        counts = np.bincount(box, ~positive, minlength=len(state))
        closed[np.unique(box)] = True
        closed &= counts == 0
        where = {(b, p): k for k, (b, p) in enumerate(zip(box.tolist(), disjunct.tolist()))}
        for i in np.nonzero(closed)[0].tolist():
            parts = list(self._single_rows(good[i]))
            for p, count in enumerate(self.goals.rows):
                k = where.get((i, p))
                if k is not None:
                    parts[p] = (found.multipliers[k, :count], {u: a[k] for u, a in found.slopes.items()})
            self._hang(holes[i], Tree(self.full, Leaf(tuple(parts))))
        self.stats.leaves += int(closed.sum())
        self.stats.ascended_leaves += int(closed.sum())
        return closed

    def ascend(self, state: State, case: Indices, box: Indices, disjunct: Indices, steps: int) -> Ascent:
        """Better slopes and multipliers for (box, disjunct) pairs."""
        cx, cy, d = self.goals.padded(case[box], disjunct)
        count = np.asarray(self.goals.rows)[disjunct]
        start = (np.arange(self.goals.widest) < count[:, None]) / count[:, None]
        return Ascender(self.regions, state, box, Combination(cx, cy, d)).run(start, steps)

    def scores(self, state: State, final: Final, argument: dict[int, Floats], kept: dict[int, Rows]) -> Floats:
        """How much the open goals depend on each input's width, [boxes, inputs].

        The final row's own slopes count, and those of every intermediate bound, weighted by how much
        the final bounds depend on that intermediate bound.
        """
        weight = (self.goals.best(final.bound) <= 0.0)[:, self.goals.part].astype(np.float64)
        score: Floats = np.einsum("btx,bt->bx", np.abs(final.entry), weight)
        for u, c in final.tape.coefficients.items():
            rows = kept.get(self.regions.source[u])
            if rows is None or not len(rows.owner):
                continue
            lower, upper = sensitivity(self.regions, state, u, final.owner, c * weight.ravel()[:, None],
                                       argument[u], len(state))
            add = (rows.lower * lower[rows.owner, rows.neuron][:, None]
                   + rows.upper * upper[rows.owner, rows.neuron][:, None])
            starts = np.searchsorted(rows.owner, np.arange(len(state)))
            present = np.unique(rows.owner)
            score[present] += np.add.reduceat(add, starts[present], axis=0)
        out: Floats = score * (state.hi - state.lo)
        return out

    def _split(self, state: State, case: Indices, holes: list[Hole], score: Floats, bound: Floats) -> None:
        rows = np.arange(len(state))
        index = score.argmax(1)
        lo, hi = state.lo[rows, index], state.hi[rows, index]
        middle = lo + (hi - lo) / 2
        below, above = [], []
        for i, hole in enumerate(holes):
            split = Split(int(index[i]), float(middle[i]))
            self._hang(hole, Tree(self.full, split))
            below.append(Hole(hole.case, split, False))
            above.append(Hole(hole.case, split, True))
        other = state.take(rows)
        state.hi[rows, index] = middle
        other.lo[rows, index] = middle
        self.pool.add(state, case, bound, below)
        self.pool.add(other, case, bound, above)

    def _hang(self, hole: Hole, tree: Tree) -> None:
        if hole.split is None:
            self.trees[hole.case] = tree
        elif hole.above:
            hole.split.above = tree
        else:
            hole.split.below = tree


def _keep(state: State, case: Indices, holes: list[Hole], which: Indices) -> tuple[State, Indices, list[Hole]]:
    index = np.nonzero(which)[0]
    return state.take(index), case[index], [holes[i] for i in index.tolist()]
