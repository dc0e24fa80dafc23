"""Input splitting, batched: hundreds of boxes at once, each inheriting its parent's bounds.

One round takes the boxes with the worst bounds and, for each,
1. bounds the goals with the inherited bounds (many children close at once);
2. recomputes the bounds of every neuron that is still unstable, layer by layer, and bounds again;
3. improves slopes and output multipliers of goals that are nearly shown;
4. splits what is left along the input on which the bound depends most.
What was computed is what the tree says, so the tree is the certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.backward import (
    Lines,
    Rows,
    State,
    Tape,
    concretise,
    make_lines,
    renew,
    tighten,
    undecided,
    walk,
)
from provenn.bounds.enclosures import Enclosures
from provenn.bounds.importance import dull, importance, input_scores
from provenn.bounds.interval import intervals
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.bounds.slopes import Ascent, Combination, improve_goals
from provenn.bounds.ties import Tied, met, tie
from provenn.verify.certificate import Leaf, Slopes, Split, Step, Tree
from provenn.verify.closing import close_ascended
from provenn.verify.goals import Goals
from provenn.verify.pace import Clock, Exhausted
from provenn.verify.pool import POOL_BYTES, Hole, Pool
from provenn.verify.reduce import Ascended, attempts, improved, reduced, sized, spare_unmet
from provenn.verify.starts import Start, begun, best_starts

SAFETY, ROUNDING = 1e-9, 1e-12
NEAR, LEAST, FEW, TRIED = 2.0, 0.05, 0.15, 64
LEVELS, LAZY = 2, 8
ENOUGH, RARE = 256, 64
MANY_INPUTS, MANY_FACTORS, SURE, TIED_STEPS = 12, 64, 16, 20
Mask = NDArray[np.bool_]


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
    """Counters of the search, plain numbers; ``spoilt`` bounds are positive but for the noise of goals."""

    boxes: int = 0
    leaves: int = 0
    lazy_leaves: int = 0
    ascended_leaves: int = 0
    rows: int = 0
    spoilt: int = 0
    megaflops: float = 0.0


@dataclass
class Brancher:
    """Branch and bound for one group of cases; ``trees`` collects finished roots by position in ``goals``.

    ``reach`` says how near a box must be for ascent to be tried: less while it rarely helps.
    ``on_corners`` is shown the minimisers of open goals, which may be counterexamples. Open boxes take about
    ``limit`` bytes at most. ``care`` multiplies the safety margin of bounds that count as positive.
    """

    regions: Regions
    goals: Goals
    clock: Clock
    ascent_steps: int = 12
    stats: Stats = field(default_factory=Stats)
    trees: dict[int, Tree] = field(default_factory=dict)
    on_corners: Callable[[Floats, Indices], None] = lambda x, case: None
    limit: int = POOL_BYTES
    care: float = 1.0

    def __post_init__(self) -> None:
        self.pool, self.reach = Pool(self.regions, self.limit), NEAR
        self.output = self.regions.graph.output
        self.last = self.regions.last()
        few = (self.goals.hi > self.goals.lo).sum(1).max(initial=0) <= MANY_INPUTS
        self.tied = {u: np.ones((2, self.regions.sizes[u]), bool) for u in self.regions.products
                     if few and self.regions.sizes[u] <= MANY_FACTORS}
        self.ties: dict[int, Tied] = {}
        self.dull, self.learnt = frozenset[int](), False
        # Hints of ties move along a whole line at no loss, which pays for longer ascents.
        self.ascent_steps = TIED_STEPS if self.tied else self.ascent_steps
        self.flops = {t: self.regions.flops(t) * 1e-6 for t in self.regions.of}
        ends = intervals(self.regions.graph, self.goals.lo, self.goals.hi)
        self.magnitude = {u: np.maximum(np.abs(ends[u][0]), np.abs(ends[u][1])).max(0)
                          for u in (*self.regions.unary, *self.regions.products)}

    def plant(self, state: State, case: Indices) -> None:
        """Put root boxes into the pool."""
        worst = np.full(len(case), -np.finfo(np.float64).max)
        self.pool.add(state, case, worst, [Hole(int(c), None, False) for c in case])

    def close_root(self, old: State, state: State, case: Indices, final: Final, tries: int) -> bool:
        """Finish a single root box, whose bounds were ``old``; with up to ``tries`` steps of ascent."""
        holes = [Hole(int(case[0]), None, False)]
        if final.shown[0]:
            self.close_reduced(old, state, final, case, holes, np.zeros(1, np.intp))
            return True
        return tries > 1 and bool(self._ascend(old, state, case, holes, final, np.zeros(1, bool), tries)[0])

    def final(self, state: State, case: Indices) -> Final:
        """Bounds of every goal on every box, with the current bounds and adaptive slopes."""
        boxes, rows = len(state), len(self.goals.part)
        owner = np.repeat(np.arange(boxes), rows)
        lines = make_lines(self.regions, state, {}, self.output)
        start, constant = self.regions.of[self.output].pull(self.goals.cy[case].reshape(boxes * rows, -1))
        tape = Tape()
        constant -= self.goals.d[case].ravel()
        if self.regions.noise is not None:
            lost = self.regions.noise.goal(self.regions.noise.output(state), self.goals.cy[case])
            constant -= lost.ravel()
        entry, constant = walk(self.regions, lines, owner, start, constant, tape)
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
        if self.regions.noise is not None:
            spoilt = self.goals.best(bound + lost) > margin
            self.stats.spoilt += int((spoilt.all(1) & ~(value > margin).all(1)).sum())
        self.stats.megaflops += boxes * rows * self.flops[self.output]
        return Final(bound, value - margin, multipliers, margin, entry, owner, tape)

    def tighten(self, state: State, base: State | None = None) -> dict[int, Rows]:
        """Recompute all unstable neurons, layer by layer, with adaptive slopes.

        While noise spoils bounds that are positive without it, also the sizes that it is proportional to.
        ``base``: see Enclosures.
        """
        kept, lines, self.ties = {}, dict[int, Lines](), {}
        todo = [u for u, wanted in self.tied.items() if wanted.any()]
        old = state.take(np.arange(len(state))) if self.regions.relays else state
        enclosures = Enclosures(self.regions, state, base)
        for target in self.regions.affine:
            while todo and todo[0] < target:
                self._tie(state, lines, todo.pop(0))
            enclosures.sharpen(target)
            make_lines(self.regions, state, {}, target, lines)
            noisy = self.regions.noise is not None and target not in self.regions.curved
            before = state.high[target].copy() if noisy else None
            kept[target] = tighten(self.regions, state, lines, target, keep=True)
            if noisy and RARE * self.stats.spoilt > self.stats.leaves:
                self.stats.rows += sized(self.regions, state, lines, target)
            elif before is not None:
                # No upper bound of a positive neuron is written down before noise has turned out to matter.
                state.high[target] = np.where(state.low[target] >= 0.0, before, state.high[target])
            renew(self.regions, old, state)
            count = 2 * len(kept[target].owner)
            self.stats.rows += count
            self.stats.megaflops += count * self.flops[target]
        for u in todo:
            self._tie(state, lines, u)
        return kept

    def _tie(self, state: State, lines: dict[int, Lines], u: int) -> None:
        """Tie the factors of a product; of many boxes learn which ties need not be tried again."""
        for k in self.regions.graph.nodes[u].inputs:
            make_lines(self.regions, state, {}, k, lines)
        made = self.ties[u] = tie(self.regions, state, lines, u, self.tied[u])
        self.stats.rows += 2 * len(state) * len(made.side)
        if len(state) >= SURE:
            self.tied[u][made.side, made.element] = made.useful

    def round(self, count: int) -> None:
        """Work on up to ``count`` boxes. Raises OutOfTime."""
        state, case, holes = self.pool.take(count)
        self.stats.boxes += len(state)
        if self._lazy:
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
        if self.tied and not self.learnt and len(state) >= SURE:
            self._learn(state, final)
        corners = np.where(final.entry > 0.0, state.lo[:, None], state.hi[:, None]).reshape(len(open_), -1)
        self.on_corners(corners[open_], case[final.owner[open_]])
        shown |= self._ascend(old, state, case, holes, final, shown, self.ascent_steps)
        if not shown.all():
            self._branch(old, state, case, holes, final, kept, np.flatnonzero(~shown))

    def _learn(self, state: State, final: Final) -> None:
        """Which hints hardly matter, and which ties no goal can meet, as many boxes tell."""
        goals, self.learnt = final.tape.coefficients, True
        self.dull = dull(self.regions, state, goals, final.owner)
        self.tied = {u: wanted & met(self.regions, goals, u) for u, wanted in self.tied.items()}

    @property
    def _lazy(self) -> bool:
        """Whether it pays to try inherited bounds first: not when next to no leaf was ever closed by them."""
        return self.stats.leaves < ENOUGH or RARE * self.stats.lazy_leaves > self.stats.leaves

    def close(self, final: Final, holes: list[Hole], steps: Sequence[tuple[Step, ...]]) -> Mask:
        """Finish the boxes on which every disjunct is impossible; returns which."""
        shown = final.shown
        for i in np.flatnonzero(shown).tolist():
            leaf = Leaf(tuple(self.parts(final.multipliers[i])))
            self.hang(holes[i], Tree(steps[i], leaf, float(final.value[i].min())))
        self.stats.leaves += int(shown.sum())
        return shown

    def parts(self, multipliers: Floats) -> list[tuple[Floats, Slopes]]:
        """Multipliers disjunct by disjunct, with adaptive slopes."""
        return [(m, {}) for m in np.split(multipliers, self.goals.first[1:])]

    def close_reduced(self, old: State, new: State, final: Final, case: Indices, holes: list[Hole],
                      which: Indices) -> None:
        """Finish shown boxes with as few bounds as still do."""
        for among, share in attempts(self.regions, len(which)):
            owner, rows = self.rows_of(which)
            weight = (final.multipliers[which] / final.value[which][:, self.goals.part]).ravel()
            goals = {u: c[rows] for u, c in final.tape.coefficients.items()}
            here = old.take(which), new.take(which)
            if not (made := reduced(self.regions, *here, [(owner, weight, goals)], among, share)):
                continue
            kept, less = made
            done = self.close(self.final(less, case[which]), [holes[i] for i in which.tolist()],
                              kept.all_steps() or [()] * len(which))
            which = which[~done]
            if not len(which):
                return
        full = improved(self.regions, old.take(which), new.take(which))
        if full.ties:
            owner, rows = self.rows_of(which)
            met = {u: c[rows] for u, c in final.tape.coefficients.items()}
            spare_unmet(self.regions, full, [(owner, final.multipliers[which].ravel(), met)])
        self.close(final.take(which), [holes[i] for i in which.tolist()],
                   full.all_steps() or [()] * len(which))

    def rows_of(self, which: Indices) -> tuple[Indices, Indices]:
        """Of the goal rows of boxes ``which``, their boxes (from 0 on) and their places among all."""
        count = len(self.goals.part)
        return np.repeat(np.arange(len(which)), count), (which[:, None] * count + np.arange(count)).ravel()

    def _ascend(self, old: State, state: State, case: Indices, holes: list[Hole], final: Final, shown: Mask,
                tries: int) -> Mask:
        """Close more boxes by better slopes and multipliers; returns which."""
        near = final.value.min(1) > -self.reach * np.abs(final.bound).mean(1)
        box, disjunct = np.nonzero((final.value <= 0.0) & (near & ~shown)[:, None])
        closed = np.zeros(len(state), bool)
        if not len(box):
            return closed
        margin = 2.0 * final.margin[box, disjunct]
        found = self.ascend(state, case, final.multipliers, box, disjunct, tries, margin,
                            [holes[i].start for i in box.tolist()])
        for i, start in best_starts(self.regions, box, disjunct, found).items():
            holes[i].start = start
        counts = np.bincount(box, found.bound <= margin, minlength=len(state))
        closed[box] = True
        tried = int(closed.sum())
        closed &= counts == 0
        if closed.any():
            close_ascended(self, (old, state), case, holes, final,
                           Ascended(box, disjunct, found, margin).of(closed), np.flatnonzero(closed))
        self.stats.leaves += int(closed.sum())
        self.stats.ascended_leaves += int(closed.sum())
        if tried >= TRIED:
            worked = closed.sum() / tried
            change = 0.7 if worked < FEW else 1.3 if worked > 2 * FEW else 1.0
            self.reach = float(np.clip(self.reach * change, LEAST, NEAR))
        return closed

    def ascend(self, state: State, case: Indices, multipliers: Floats, box: Indices, disjunct: Indices,
               steps: int, enough: Floats, starts: Sequence[Start | None] = ()) -> Ascent:
        """Better slopes and multipliers for (box, disjunct) pairs, from given multipliers [boxes, rows].

        Where there is a start, a parent's, slopes and multipliers begin there.
        """
        cx, cy, d = self.goals.padded(case[box], disjunct)
        count = np.asarray(self.goals.rows)[disjunct][:, None]
        step = np.arange(self.goals.widest)
        index = self.goals.first[disjunct][:, None] + np.where(step < count, step, 0)
        start = multipliers[box[:, None], index]
        slopes = begun(self.regions, state, box, disjunct, starts, start, self.dull)
        start = np.where(step < count, 0.9 * start + 0.1 / count, 0.0)
        return improve_goals(self.regions, state, box, Combination(cx, cy, d), start, steps, enough, slopes,
                             together=True, fixed=self.dull)

    def _branch(self, old: State, state: State, case: Indices, holes: list[Hole], final: Final,
                kept: dict[int, Rows], which: Indices) -> None:
        """Split the boxes ``which`` along the input that matters most.

        Children compute almost everything again, so bounds are written down for some of the boxes only: for
        each LEVELS-th on the way down. Between them children start from what was written last.
        """
        open_ = np.zeros((len(state), 1))
        open_[which] = 1.0
        weight = (final.value <= 0.0)[:, self.goals.part] * open_ * final.multipliers
        found = importance(self.regions, state, final.owner, weight.ravel(), final.tape.coefficients, kept)
        entry = np.einsum("btx,bt->bx", np.abs(final.entry), weight)
        wide = np.nextafter(state.lo, np.inf) < np.nextafter(state.hi, -np.inf)
        score = np.where(wide, input_scores(state, entry, kept, found, self.ties), -1.0)[which]
        before, child = old.take(which), state.take(which)
        levels = 1 if LAZY * self.stats.lazy_leaves > self.stats.leaves else LEVELS
        skipped = np.array([holes[i].level % levels > 0 for i in which.tolist()])
        settled = improved(self.regions, before, child)
        settled.ties = {u: np.where(skipped[:, None, None], 0.0, m) for u, m in settled.ties.items()
                        if any(u in self.regions.above[t] for t in self.regions.affine)}
        for t in self.regions.affine:
            gone = np.broadcast_to(skipped[:, None], child.low[t].shape)
            if t in self.last:
                gone = gone | undecided(self.regions, child, t)
            settled.lower[t] &= ~gone
            settled.upper[t] &= ~gone
            child.low[t] = np.where(gone, before.low[t], child.low[t])
            child.high[t] = np.where(gone, before.high[t], child.high[t])
        renew(self.regions, before, child)
        steps = settled.all_steps() or [()] * len(which)
        bound = final.value[which].min(1)
        self._split(child, case[which], [holes[i] for i in which.tolist()], steps, score.argmax(1), bound)

    def _split(self, state: State, case: Indices, holes: list[Hole], steps: list[tuple[Step, ...]],
               index: Indices, bound: Floats) -> None:
        rows = np.arange(len(state))
        lo, hi = state.lo[rows, index], state.hi[rows, index]
        middle = lo + (hi - lo) / 2
        if not ((lo < middle) & (middle < hi)).all():
            raise Exhausted
        below, above = [], []
        for i, hole in enumerate(holes):
            split = Split(int(index[i]), float(middle[i]))
            self.hang(hole, Tree(steps[i], split, float(bound[i])))
            below.append(Hole(hole.case, split, False, level=hole.level + 1, start=hole.start))
            above.append(Hole(hole.case, split, True, level=hole.level + 1, start=hole.start))
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
