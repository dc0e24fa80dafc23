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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.backward import Lines, Rows, State, Tape, concretise, make_lines, tighten, undecided, walk
from provenn.bounds.importance import importance, input_scores, losses
from provenn.bounds.interval import intervals
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.bounds.slopes import Ascent, Combination, improve_goals
from provenn.verify.certificate import Leaf, Slopes, Split, Tighten, Tree
from provenn.verify.clip import Lowers, cuts
from provenn.verify.goals import Goals
from provenn.verify.pool import Hole, Pool

SAFETY, ROUNDING = 1e-9, 1e-12
NEAR, LEAST, FEW, TRIED = 2.0, 0.05, 0.15, 64
SPENT = 0.5
WORTH, GONE = 0.7, 0.5
Mask = NDArray[np.bool_]
Chosen = dict[int, Mask]


class OutOfTime(Exception):
    """The deadline has passed."""


class Exhausted(Exception):
    """A box that is neither shown nor wide enough to split remains."""


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
    """Bounds of all goals on some boxes, and what scores and gradients need.

    ``bound`` is each row's, ``value`` that of each disjunct's combination of rows by ``multipliers`` less a
    small safety margin (``margin``).
    """

    bound: Floats
    value: Floats
    multipliers: Floats
    margin: Floats
    entry: Floats
    owner: Indices
    tape: Tape

    @property
    def shown(self) -> Mask:
        """Boxes on which every disjunct is impossible."""
        out: Mask = np.all(self.value > 0.0, axis=1)
        return out

    def take(self, which: Indices) -> Final:
        """The bounds of some boxes (without what the gradient needs)."""
        return Final(self.bound[which], self.value[which], self.multipliers[which], self.margin[which],
                     self.entry[which], self.owner, self.tape)


@dataclass
class Stats:
    """Counters of the search, plain numbers."""

    boxes: int = 0
    leaves: int = 0
    lazy_leaves: int = 0
    ascended_leaves: int = 0
    rows: int = 0
    megaflops: float = 0.0


@dataclass
class Brancher:
    """Branch and bound for one group of cases; ``trees`` collects finished roots by position in ``goals``.

    ``reach`` says how near a box must be for ascent to be tried: less while it rarely helps.
    ``on_corners`` is shown the minimisers of open goals, which may be counterexamples. ``care`` multiplies
    the safety margin of bounds that count as positive.
    """

    regions: Regions
    goals: Goals
    clock: Clock
    ascent_steps: int = 16
    care: float = 1.0
    stats: Stats = field(default_factory=Stats)
    trees: dict[int, Tree] = field(default_factory=dict)
    on_corners: Callable[[Floats, Indices], None] = lambda x, case: None

    def __post_init__(self) -> None:
        self.pool, self.reach = Pool(self.regions), NEAR
        self.output = self.regions.graph.output
        self.full = tuple(Tighten(t, every=t in self.regions.curved) for t in self.regions.affine)
        self.last = self.regions.last()
        self.flops = {t: self.regions.flops(t) * 1e-6 for t in self.regions.of}
        ends = intervals(self.regions.graph, self.goals.lo, self.goals.hi)
        self.direct = any(0 in n.inputs for n in map(self.regions.graph.nodes.__getitem__,
                                                     (*self.regions.unary, *self.regions.products)))
        self.magnitude = {u: np.maximum(np.abs(ends[u][0]), np.abs(ends[u][1])).max(0)
                          for u in (*self.regions.unary, *self.regions.products)}

    def plant(self, state: State, case: Indices) -> None:
        """Put root boxes into the pool."""
        worst = np.full(len(case), -np.finfo(np.float64).max)
        self.pool.add(state, case, worst, [Hole(int(c), None, False) for c in case])

    def close_root(self, state: State, case: Indices, final: Final, steps: tuple[Tighten, ...],
                   tries: int) -> bool:
        """Finish a single root box, with up to ``tries`` steps of ascent; True when that worked."""
        holes = [Hole(int(case[0]), None, False)]
        if bool(self.close(final, holes, [steps])[0]):
            return True
        lowers = self.lowers(final)
        return tries > 1 and bool(self._ascend(state, case, holes, final, lowers, steps, tries)[0])

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
        lo, hi = state.lo[owner], state.hi[owner]
        bound = concretise(entry, constant, lo, hi).reshape(boxes, rows)
        size = np.einsum("ij,ij->i", np.abs(entry), np.maximum(np.abs(lo), np.abs(hi))) + np.abs(constant)
        size *= SAFETY
        for u, c in tape.coefficients.items():
            size += ROUNDING * (np.abs(c) @ self.magnitude[u])
        margin = self.care * self.goals.best(size.reshape(boxes, rows))
        entry = entry.reshape(boxes, rows, -1)
        multipliers, value = self.goals.mixed(entry, bound, state.lo, state.hi)
        self.stats.megaflops += boxes * rows * self.flops[self.output]
        return Final(bound, value - margin, multipliers, margin, entry, owner, tape)

    def tighten(self, state: State) -> dict[int, Rows]:
        """Recompute all unstable neurons, layer by layer, with adaptive slopes."""
        kept, lines = {}, dict[int, Lines]()
        for target in self.regions.affine:
            make_lines(self.regions, state, {}, target, lines)
            kept[target] = tighten(self.regions, state, lines, target, keep=True)
            count = 2 * len(kept[target].owner)
            self.stats.rows += count
            self.stats.megaflops += count * self.flops[target]
        return kept

    def round(self, count: int) -> None:
        """Work on up to ``count`` boxes. Raises OutOfTime."""
        state, case, holes = self.pool.take(count)
        self.stats.boxes += len(state)
        final = self.final(state, case)
        shown = self.close(final, holes, [()] * len(holes))
        self.stats.lazy_leaves += int(shown.sum())
        if shown.all():
            return
        state, case, holes = _keep(state, case, holes, ~shown)
        old = state.take(np.arange(len(state)))
        kept = self.tighten(state)
        final = self.final(state, case)
        shown = final.shown
        self.close_reduced(old, state, final, case, holes, np.flatnonzero(shown))
        if shown.all():
            return
        open_ = np.repeat(~shown, len(self.goals.part))
        corners = np.where(final.entry > 0.0, state.lo[:, None], state.hi[:, None]).reshape(len(open_), -1)
        self.on_corners(corners[open_], case[final.owner[open_]])
        lowers = self.lowers(final)
        shown |= self._ascend(state, case, holes, final, lowers, self.full, self.ascent_steps)
        if not shown.all():
            which = np.flatnonzero(~shown)
            cut, small = self._cut(state, holes, lowers, which)
            again = which[small]
            self.pool.add(state.take(again), case[again], final.value[again].min(1),
                          [holes[i] for i in again.tolist()])
            self._branch(old, state, case, holes, final, kept, which[~small], cut[~small])

    def close(self, final: Final, holes: list[Hole], steps: Sequence[tuple[Tighten, ...]]) -> Mask:
        """Finish the boxes on which every disjunct is impossible; returns which."""
        shown = final.shown
        for i in np.flatnonzero(shown).tolist():
            self.hang(holes[i], Tree(steps[i], Leaf(tuple(self.parts(final.multipliers[i])))))
        self.stats.leaves += int(shown.sum())
        return shown

    def parts(self, multipliers: Floats) -> list[tuple[Floats, Slopes]]:
        """Multipliers disjunct by disjunct, with adaptive slopes."""
        return [(m, {}) for m in np.split(multipliers, self.goals.first[1:])]

    def close_reduced(self, old: State, new: State, final: Final, case: Indices, holes: list[Hole],
                      which: Indices) -> None:
        """Finish shown boxes with as few neurons of the last layers as still do.

        No other intermediate bound meets the last layers, so giving neurons up there needs no new rows.
        """
        if not len(which):
            return
        useful = self._useful(old, new, final, which)
        less = old.take(which)
        for t in self.regions.targets:
            less.low[t] = np.where(useful[t], new.low[t][which], less.low[t])
            less.high[t] = np.where(useful[t], new.high[t][which], less.high[t])
        places = [holes[i] for i in which.tolist()]
        done = self.close(self.final(less, case[which]), places, self._steps(old, which, useful))
        which = which[~done]
        self.close(final.take(which), [holes[i] for i in which.tolist()], [self.full] * len(which))

    def _useful(self, old: State, new: State, final: Final, which: Indices) -> Chosen:
        """Neurons of boxes ``which`` that are worth computing, [boxes, size]; all but in the last layers.

        There the smallest losses are given up until the share SPENT of the goals' margin is gone.
        """
        shown = np.zeros((len(new), 1))
        shown[which] = 1.0
        weight = (shown * final.multipliers / np.maximum(final.value, 1e-300)[:, self.goals.part]).ravel()
        found = importance(self.regions, new, final.owner, weight, final.tape.coefficients, {})
        loss = losses(self.regions, found, old, new)
        useful = {t: np.ones((len(which), self.regions.sizes[t]), bool) for t in self.regions.targets}
        if not self.last:
            return useful
        flat = np.concatenate([loss[t][which] for t in self.last], 1)
        order = np.argsort(flat, 1)
        needed = np.empty(flat.shape, bool)
        gone = np.cumsum(np.take_along_axis(flat, order, 1), 1)
        np.put_along_axis(needed, order, gone > SPENT, 1)
        cuts = np.cumsum([self.regions.sizes[t] for t in self.last])[:-1]
        return useful | dict(zip(self.last, np.split(needed, cuts, axis=1)))

    def _steps(self, old: State, which: Indices, useful: Chosen) -> list[tuple[Tighten, ...]]:
        """Steps for boxes ``which``: of every target the useful unstable neurons, [boxes, size]."""
        made: list[list[Tighten]] = [[] for _ in which]
        for step in self.full:
            crossing = undecided(self.regions, old, step.node)[which]
            listed = crossing & useful[step.node]
            count = listed.sum(1)
            parts = np.split(np.nonzero(listed)[1], np.cumsum(count)[:-1])
            whole = count == crossing.sum(1)
            for k in np.flatnonzero(count).tolist():
                made[k].append(step if whole[k] else Tighten(step.node, parts[k]))
        return [tuple(steps) for steps in made]

    def _ascend(self, state: State, case: Indices, holes: list[Hole], final: Final, lowers: Lowers,
                steps: tuple[Tighten, ...], tries: int) -> Mask:
        """Close more boxes by better slopes and multipliers, kept in ``lowers``; returns which."""
        near = final.value.min(1) > -self.reach * np.abs(final.bound).mean(1)
        box, disjunct = np.nonzero((final.value <= 0.0) & near[:, None])
        closed = np.zeros(len(state), bool)
        if not len(box):
            return closed
        margin = 2.0 * final.margin[box, disjunct]
        found = self.ascend(state, case, final.multipliers, box, disjunct, tries, margin)
        lowers.improve(box, disjunct, found, margin)
        closed[box] = True
        closed &= (lowers.value > 0.0).all(1)
        for i in np.flatnonzero(closed).tolist():
            self.hang(holes[i], Tree(steps, Leaf(lowers.parts(i, self.regions.sizes))))
        self.stats.leaves += int(closed.sum())
        self.stats.ascended_leaves += int(closed.sum())
        tried = len(np.unique(box))
        if tried >= TRIED:
            worked = closed.sum() / tried
            change = 0.7 if worked < FEW else 1.3 if worked > 2 * FEW else 1.0
            self.reach = float(np.clip(self.reach * change, LEAST, NEAR))
        return closed

    def ascend(self, state: State, case: Indices, multipliers: Floats, box: Indices, disjunct: Indices,
               steps: int, enough: Floats) -> Ascent:
        """Better slopes and multipliers for (box, disjunct) pairs, from given multipliers [boxes, rows]."""
        cx, cy, d = self.goals.padded(case[box], disjunct)
        count = np.asarray(self.goals.rows)[disjunct][:, None]
        step = np.arange(self.goals.widest)
        index = self.goals.first[disjunct][:, None] + np.where(step < count, step, 0)
        mixed = 0.9 * multipliers[box[:, None], index] + 0.1 / count
        start = np.where(step < count, mixed, 0.0)
        return improve_goals(self.regions, state, box, Combination(cx, cy, d), start, steps, enough)

    def lowers(self, final: Final) -> Lowers:
        """The linear bounds of all disjuncts with adaptive slopes."""
        return Lowers.of(self.goals, final.entry, final.value, final.multipliers)

    def _cut(self, state: State, holes: list[Hole], lowers: Lowers, which: Indices) -> tuple[Mask, Mask]:
        """Cut off what is refuted of boxes ``which``; returns where that was done, and where most is gone.

        All bounds are certified there, so it must be worth that; and slopes would make each cut a long leaf.
        """
        if self.direct:
            return np.zeros(len(which), bool), np.zeros(len(which), bool)
        found, left = cuts(lowers, state.lo, state.hi, which)
        left[(lowers.chosen[which] >= 0).any(1)] = 1.0
        for k in np.flatnonzero(left < WORTH).tolist():
            i, steps = int(which[k]), self.full
            leaf = Leaf(lowers.parts(i, self.regions.sizes))
            for cut in found[k]:
                split = Split(cut.index, cut.value)
                self.hang(holes[i], Tree(steps, split))
                self.hang(Hole(holes[i].case, split, cut.above), Tree((), leaf))
                holes[i], steps = Hole(holes[i].case, split, not cut.above), ()
                end = state.hi if cut.above else state.lo
                end[i, cut.index] = cut.value
            self.stats.leaves += len(found[k])
        return left < WORTH, left < GONE

    def _branch(self, old: State, state: State, case: Indices, holes: list[Hole], final: Final,
                kept: dict[int, Rows], which: Indices, cut: Mask) -> None:
        """Split the boxes ``which`` along the input that matters most.

        Of the last layers only neurons that became stable are worth certifying here: nothing else
        meets the others before the children compute them again. Where something was ``cut`` off, all are
        certified already.
        """
        if not len(which):
            return
        open_ = np.zeros((len(state), 1))
        open_[which] = 1.0
        weight = (final.value <= 0.0)[:, self.goals.part] * open_ * final.multipliers
        found = importance(self.regions, state, final.owner, weight.ravel(), final.tape.coefficients, kept)
        entry = np.einsum("btx,bt->bx", np.abs(final.entry), weight)
        wide = np.nextafter(state.lo, np.inf) < np.nextafter(state.hi, -np.inf)
        score = np.where(wide, input_scores(state, entry, kept, found), -1.0)[which]
        child = state.take(which)
        settled = {t: np.ones((len(which), self.regions.sizes[t]), bool) for t in self.regions.targets}
        for t in self.last:
            settled[t] = ~undecided(self.regions, child, t) | cut[:, None]
            child.low[t] = np.where(settled[t], child.low[t], old.low[t][which])
            child.high[t] = np.where(settled[t], child.high[t], old.high[t][which])
        steps = [() if c else s for c, s in zip(cut.tolist(), self._steps(old, which, settled))]
        bound = final.value[which].min(1)
        self._split(child, case[which], [holes[i] for i in which.tolist()], steps, score.argmax(1), bound)

    def _split(self, state: State, case: Indices, holes: list[Hole], steps: list[tuple[Tighten, ...]],
               index: Indices, bound: Floats) -> None:
        rows = np.arange(len(state))
        lo, hi = state.lo[rows, index], state.hi[rows, index]
        middle = lo + (hi - lo) / 2
        if not ((lo < middle) & (middle < hi)).all():
            raise Exhausted
        below, above = [], []
        for i, hole in enumerate(holes):
            split = Split(int(index[i]), float(middle[i]))
            self.hang(hole, Tree(steps[i], split))
            below.append(Hole(hole.case, split, False))
            above.append(Hole(hole.case, split, True))
        other = state.take(rows)
        state.hi[rows, index] = middle
        other.lo[rows, index] = middle
        self.pool.add(state, case, bound, below)
        self.pool.add(other, case, bound, above)

    def hang(self, hole: Hole, tree: Tree) -> None:
        """Put a tree where it belongs."""
        tree.steps = hole.steps + tree.steps
        if hole.split is None:
            self.trees[hole.case] = tree
        elif hole.above:
            hole.split.above = tree
        else:
            hole.split.below = tree


def _keep(state: State, case: Indices, holes: list[Hole], which: Mask) -> tuple[State, Indices, list[Hole]]:
    index = np.flatnonzero(which)
    return state.take(index), case[index], [holes[i] for i in index.tolist()]
