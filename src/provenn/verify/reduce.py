"""Certificates reduced to the bounds that they need.

The search tightens every neuron whose sign is not known, since it cannot know better; the checker should
not have to. Of a neuron whose sign came out, one bound is enough to say so. Once the goals of a box are
shown, the rows are followed from the goals towards the input: of each layer those bounds are given up,
lower and upper ones apart, whose loss the goals can bear to first order, and only the rows of the others
spend anything further down. Whoever reduces shows the goals again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.backward import (
    ROW_BLOCK,
    Lines,
    State,
    Tape,
    make_lines,
    noise_of,
    renew,
    side_rows,
    source_bounds,
)
from provenn.bounds.copies import Origin
from provenn.bounds.enclosures import Enclosures, first_bounds
from provenn.bounds.importance import Tally
from provenn.bounds.noise import Inner
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.slopes import Ascent, Best
from provenn.bounds.threads import each
from provenn.bounds.ties import factors
from provenn.verify.certificate import Again, Sides, Step, Tie
from provenn.verify.renewals import Renewals

SPENT, SPENT_ON_CURVES = 0.5, (16.0, 2.0)
# Reducing takes as long as bounding: given up when of the FIRST of all bounds less than LITTLE could go.
FIRST, LITTLE = 0.125, 0.125
Mask = NDArray[np.bool_]
Goal = tuple[Indices, Floats, Coefficients]
Factors = Floats
Block = tuple[Indices, Indices, Floats]


@dataclass
class Kept:
    """Bounds to compute, by target: lower and upper ones [boxes, size].

    Elements with ``origins`` are bounded there: a step for each value that they have, and one for each node
    that repeats it. ``inner`` are the nodes inside of regions to enclose again after that, for smaller noise;
    ``ties`` those of products, by node: factors [boxes, 2, size].
    """

    lower: dict[int, Mask]
    upper: dict[int, Mask]
    origins: Mapping[int, Origin]
    inner: Mapping[int, Inner]
    ties: dict[int, Factors] = field(default_factory=dict)

    def steps(self, box: int) -> tuple[Step, ...]:
        """The steps of a certificate that compute them."""
        made: list[Step] = []
        renewals = Renewals(self.inner)
        for t in sorted({*self.lower, *self.ties, *self.inner}):
            made += renewals.before(t)
            if some := self._steps(t, box):
                renewals.changed.add(t)
                made += some
        return tuple(made)

    def all_steps(self) -> list[tuple[Step, ...]]:
        """``steps`` of every box."""
        # A network whose products read nothing but inputs has ties and no targets.
        boxes = len(next(iter([*self.lower.values(), *self.ties.values()]), ()))
        made: list[list[Step]] = [[] for _ in range(boxes)]
        if self.inner:
            return [self.steps(i) for i in range(len(made))]
        for t in sorted([*self.lower, *self.ties]):
            used = (self.lower[t] | self.upper[t]).any(1) if t in self.lower else self.ties[t].any((1, 2))
            for i in np.flatnonzero(used).tolist():
                made[i] += self._steps(t, i)
        return [tuple(steps) for steps in made]

    def _steps(self, target: int, box: int) -> list[Step]:
        if target in self.ties:
            return [Tie(target, *self.ties[target][box])] if self.ties[target][box].any() else []
        if target not in self.lower:
            return []
        lower, upper = self.lower[target][box], self.upper[target][box]
        if not (lower.any() or upper.any()):
            return []
        if (source := self.origins.get(target)) is None:
            return [Sides(target, lower, upper)]
        lower, upper = source.gather(lower), source.gather(upper)
        if source.node in self.lower:
            lower &= ~self.lower[source.node][box]
            upper &= ~self.upper[source.node][box]
        bounds: list[Step] = [Sides(source.node, lower, upper)] if lower.any() or upper.any() else []
        return [*bounds, *map(Again, source.path)]

    def count(self, target: int) -> int:
        """How many bounds of a target, of all boxes."""
        return int(np.count_nonzero(self.lower[target]) + np.count_nonzero(self.upper[target]))

    def triples(self, target: int) -> tuple[Indices, Indices, Floats]:
        """Boxes (sorted), neurons and signs of the rows of a target."""
        size = self.lower[target].shape[1]
        owner, place = np.nonzero(np.concatenate([self.lower[target], self.upper[target]], 1))
        return owner, place % size, np.where(place < size, 1.0, -1.0)


@dataclass
class Ascended:
    """Disjuncts that were shown with slopes and multipliers of their own: boxes (sorted), disjuncts, the
    ascent's results, and what their bounds must exceed.
    """

    box: Indices
    disjunct: Indices
    found: Ascent
    margin: Floats

    def of(self, boxes: Mask) -> Ascended:
        """Those of some boxes, which are numbered from 0 on."""
        rows = np.flatnonzero(boxes[self.box])
        best = Best(self.found.best.columns, {u: a[rows] for u, a in self.found.best.slopes.items()}, {})
        found = Ascent(self.found.bound[rows], self.found.multipliers[rows], best)
        return Ascended((np.cumsum(boxes) - 1)[self.box[rows]], self.disjunct[rows], found, self.margin[rows])

    @property
    def nodes(self) -> list[int]:
        """Unary nodes that the ascent gave slopes; others have the adaptive ones that go without saying."""
        return [u for u, columns in self.found.best.columns.items() if len(columns)]

    def slopes(self, regions: Regions, known: State, state: State) -> dict[int, Floats]:
        """Slopes [disjuncts, size] by unary node: adaptive ones where the ascent, on ``known``, had none."""
        made = {}
        for u, columns in self.found.best.columns.items():
            low, high = source_bounds(regions, known, u)
            free = (((low < 0.0) & (high > 0.0)) | regions.free(u))[self.box][:, columns]
            made[u] = regions.hint(u, *source_bounds(regions, state, u))[self.box]
            made[u][:, columns] = np.where(free, self.found.best.slopes[u], made[u][:, columns])
        return made

    def plain(self, regions: Regions, state: State, slopes: dict[int, Floats],
              bound: Callable[[dict[int, Floats]], Floats]) -> dict[int, Mask]:
        """By node, for which disjuncts default slopes, which go without saying, do as well.

        They replace these of ``slopes``. Mostly only the last node needs its own: the others are tried
        together, and then halves of them. ``bound`` gives what disjuncts reach with some slopes on ``state``.
        """
        found, todo = {}, [self.nodes[-1:], self.nodes[:-1]]
        while todo:
            if not (some := todo.pop()):
                continue
            default = {u: regions.hint(u, *source_bounds(regions, state, u))[self.box] for u in some}
            good = bound(slopes | default) > self.margin
            if len(some) > 1 and not good.all():
                todo += [some[len(some) // 2 :], some[: len(some) // 2]]
                continue
            for u in some:
                found[u] = good
                slopes[u] = np.where(good[:, None], default[u], slopes[u])
        return found


def improved(regions: Regions, old: State, new: State) -> Kept:
    """All bounds that tell anything new: of a neuron of known sign only the one that says so.

    With noise, which is proportional to sizes, the upper one of a positive neuron counts as well.
    """
    made = Kept({}, {}, regions.origins, {} if regions.noise is None else regions.noise.inner)
    for t in regions.affine:
        low, high = new.low[t] > old.low[t], new.high[t] < old.high[t]
        if t not in regions.curved:
            on = new.low[t] >= 0.0
            low &= on | (new.high[t] > 0.0)
            if regions.noise is None:
                high &= ~on
        made.lower[t], made.upper[t] = low, high
    made.ties = {-k: factors(new, -k) for k in new.low if k < 0}
    return made


def spare_unmet(regions: Regions, kept: Kept, goals: Sequence[Goal]) -> None:
    """Give up, at no loss, bounds of last targets and ties that no goal with a positive weight meets.

    With noise, which is proportional to what bounds say of sizes, none.
    """
    if regions.noise is not None:
        return
    boxes = len(next(iter(kept.lower.values()), ()))
    readers = {u for t in regions.last() for u in regions.source if t in regions.graph.nodes[u].inputs}
    sides = {u: np.zeros((boxes, 2, regions.sizes[u]), bool) for u in readers}
    for owner, weight, coefficients in goals:
        for u in readers & set(coefficients):
            rows = np.flatnonzero(weight > 0.0)
            c = coefficients[u][rows]
            np.logical_or.at(sides[u], owner[rows], np.stack([c > 0.0, c < 0.0], 1))
    for t in regions.last():
        met = [sides[u].any((1, 2)) for u in readers if t in regions.graph.nodes[u].inputs]
        needed_at = np.any(met, axis=0)[:, None]
        kept.lower[t] &= needed_at
        kept.upper[t] &= needed_at
    for u in readers & set(kept.ties):
        if all(u not in regions.above[t] for t in regions.affine):
            kept.ties[u] = kept.ties[u] * sides[u]


def attempts(regions: Regions, count: int) -> list[tuple[Sequence[int], float]]:
    """Targets that may give up bounds, for some boxes, and the share of ``needed``, in the order of trying.

    A single box is worth more work than many. What curves lose is overstated many times to first order. Where
    products are, losses multiply on their way through the layers: only what no other target meets can go, if
    something is left of it (provenn.bounds.enclosures).
    """
    factors = {k for u in regions.products for k in regions.graph.nodes[u].inputs}
    final = [t for t in regions.last() if t not in factors]
    if not count or (factors and (regions.noise is None or not regions.noise.inner)):
        return []
    last: list[tuple[Sequence[int], float]] = [(final, SPENT)] if final else []
    if factors:
        return last
    shares = SPENT_ON_CURVES if regions.curved else (SPENT,)
    return [*((regions.affine, share) for share in shares), *last] if count == 1 else last


def reduced(regions: Regions, old: State, new: State, goals: Sequence[Goal], among: Sequence[int],
            share: float) -> tuple[Kept, State] | None:
    """What goals need, see ``needed``, and the bounds that this gives."""
    if (kept := needed(regions, old, new, goals, among, share)) is None:
        return None
    return kept, (replaced if set(among) <= set(regions.last()) else tightened)(regions, old, new, kept)


def needed(regions: Regions, old: State, new: State, goals: Sequence[Goal],
           among: Sequence[int], share: float = SPENT) -> Kept | None:
    """Bounds that goals need: a ``share`` of what they have to spare may be lost by giving up others.

    Only those of the targets ``among`` may be given up, the last ones of all. None when hardly any can go.

    ``goals`` are groups of goal rows: their boxes (sorted), the inverse of what each has to spare, and their
    coefficients on unary nodes.
    """
    kept, tally = improved(regions, old, new), Tally(regions, new)
    total, seen, given = sum(map(kept.count, among)), 0, 0
    for owner, weight, coefficients in goals:
        for u, c in coefficients.items():
            tally.spend(u, owner, c, weight)
    lines, left = dict[int, Lines](), share * _abreast(goals, len(new))
    for count, t in zip(range(len(among), 0, -1), reversed(among)):
        parts = _prices(tally, old, new, kept, t)
        flat = np.concatenate(parts, 1)
        for worth, part, moved in zip((tally.found.lower[t], tally.found.upper[t]), parts,
                                      (new.low[t] - old.low[t], old.high[t] - new.high[t])):
            np.maximum(worth, part / np.maximum(moved, 1e-300), out=worth)
        order = np.argsort(flat, 1)
        gone = np.cumsum(np.take_along_axis(flat, order, 1), 1)
        cheap = np.empty(flat.shape, bool)
        np.put_along_axis(cheap, order, gone <= (left / count)[:, None], 1)
        left = left - np.where(cheap, flat, 0.0).sum(1)
        low, high = np.split(cheap, 2, axis=1)
        before = kept.count(t)
        kept.lower[t] &= ~low
        kept.upper[t] &= ~high
        seen, given = seen + before, given + before - kept.count(t)
        if FIRST * total < seen < total and given < LITTLE * seen:
            return None
        if count > 1 and regions.above[t]:
            make_lines(regions, new, {}, t, lines)
            _pass_on(regions, new, lines, t, kept, tally)
    return kept


def _abreast(goals: Sequence[Goal], boxes: int) -> Floats:
    """How many goals of each box have about as little to spare as the one with the least, [boxes].

    Prices are those of all goals together, each of which may spend its own.
    """
    total, most = np.zeros(boxes), np.zeros(boxes)
    for owner, weight, _ in goals:
        np.add.at(total, owner, weight)
        np.maximum.at(most, owner, weight)
    return np.where(most > 0.0, total / np.maximum(most, 1e-300), 1.0)


def _prices(tally: Tally, old: State, new: State, kept: Kept, target: int) -> tuple[Floats, Floats]:
    """What giving up lower and upper bounds of a target costs: of the dearer one, what both cost together.

    A chord over one long side may still be low at the other end, one over two is not: losses do not add up.
    """
    low, high = kept.lower[target], kept.upper[target]
    ends = np.where(low, new.low[target], old.low[target]), np.where(high, new.high[target], old.high[target])
    lower = tally.losses(target, old.low[target], ends[1]) * low
    upper = tally.losses(target, ends[0], old.high[target]) * high
    least = np.minimum(lower, upper)
    both = tally.losses(target, old.low[target], old.high[target]) - least
    both = np.where(low & high, np.maximum(both, least), 0.0)
    first = lower <= upper
    return np.where(first, lower, np.maximum(both, lower)), np.where(first, np.maximum(both, upper), upper)


def _pass_on(regions: Regions, new: State, lines: dict[int, Lines], target: int, kept: Kept,
             tally: Tally) -> None:
    """Let the rows of the bounds that are kept spend what these are worth."""
    found = tally.found
    for (owner, neuron, sign), _, spent in _sides(regions, new, lines, target, _blocks(regions, kept, target),
                                                True):
        worth = np.where(sign > 0.0, found.lower[target][owner, neuron], found.upper[target][owner, neuron])
        for u, c in spent.items():
            tally.spend(u, owner, c, worth)


def sized(regions: Regions, state: State, lines: dict[int, Lines], target: int) -> int:
    """Sharpen upper bounds of neurons known to be positive, to which noise is proportional, in place.

    Returns how many rows that took.
    """
    owner, neuron = np.nonzero((state.low[target] >= 0.0) & (state.high[target] > 0.0))
    high, step = state.high[target], max(16, 2 * ROW_BLOCK // regions.sizes[0])
    down = np.full(len(owner), -1.0)
    blocks = [(owner[i : i + step], neuron[i : i + step], down[i : i + step])
              for i in range(0, len(owner), step)]
    for (box, j, _), bound, _ in _sides(regions, state, lines, target, blocks):
        high[box, j] = np.minimum(high[box, j], -bound)
    return len(owner)


def tightened(regions: Regions, old: State, _: State, kept: Kept) -> State:
    """The bounds that boxes get when only these are computed, layer by layer, with adaptive slopes."""
    made, lines = first_bounds(regions, old), dict[int, Lines]()
    enclosures = Enclosures(regions, made)
    for t in regions.affine:
        enclosures.sharpen(t)
        make_lines(regions, made, {}, t, lines)
        low, high = made.low[t].copy(), made.high[t].copy()
        for (owner, neuron, sign), bound, _c in _sides(regions, made, lines, t, _blocks(regions, kept, t)):
            up = sign > 0.0
            low[owner[up], neuron[up]] = np.maximum(low[owner[up], neuron[up]], bound[up])
            up = ~up
            high[owner[up], neuron[up]] = np.minimum(high[owner[up], neuron[up]], -bound[up])
        made.low[t], made.high[t] = low, high
        renew(regions, old, made)
    return made


def replaced(regions: Regions, old: State, new: State, kept: Kept) -> State:
    """The same when only targets of the last layers have given up bounds: no other rows meet these."""
    made = new.take(np.arange(len(new)))
    for t in regions.last():
        made.low[t] = np.where(kept.lower[t], new.low[t], old.low[t])
        made.high[t] = np.where(kept.upper[t], new.high[t], old.high[t])
    renew(regions, old, made)
    return made


def _sides(regions: Regions, state: State, lines: Mapping[int, Lines], target: int,
           blocks: list[Block], keep: bool = False) -> Iterator[tuple[Block, Floats, Coefficients]]:
    """``side_rows`` of each block, and what these rows spend if asked to ``keep`` it."""
    noise = noise_of(regions, state, target)

    def walked(block: Block) -> tuple[Block, Floats, Coefficients]:
        tape = Tape() if keep else None
        bound = side_rows(regions, state, lines, target, noise, *block, tape)
        return block, bound, {} if tape is None else tape.coefficients

    return each(walked, blocks)


def _blocks(regions: Regions, kept: Kept, target: int) -> list[Block]:
    """The rows of a target in blocks that fit into memory."""
    parts = kept.triples(target)
    widest = max([regions.sizes[0], *(regions.sizes[u] for u in regions.above[target])])
    step = max(16, 2 * ROW_BLOCK // widest)
    return [(parts[0][i : i + step], parts[1][i : i + step], parts[2][i : i + step])
            for i in range(0, len(parts[0]), step)]
