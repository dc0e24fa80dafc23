"""Splits after which intermediate bounds are computed again.

A sign in an early layer sharpens the bounds of later ones, which often gains far more than the sign
itself. It costs a few backward passes for every neuron there that is still unstable, and as much in the
check; so it is done high up in the tree, where many leaves profit, and only while trees of such splits
promise to be smaller than those of plain ones by more than they cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import (
    Rows,
    State,
    Tape,
    bound_rows,
    make_lines,
    noise_of,
    source_bounds,
    unstable,
)
from provenn.bounds.importance import importance
from provenn.bounds.regions import Coefficients, Floats, Indices
from provenn.bounds.slopes import Ascent, Combination, Family, combined
from provenn.verify.branch import Brancher
from provenn.verify.candidates import growth
from provenn.verify.certificate import Split
from provenn.verify.domains import Domain, Frame, Packing
from provenn.verify.pool import Hole
from provenn.verify.root import AGAIN, refresh

TRIED, STEPS, PLAIN_STEPS = 3, 6, 20
NEVER = 1 << 30
PLATEAU = 200.0
Improve = Callable[[Sequence[Domain], State, list[tuple[int, int]], int], Ascent]


@dataclass
class Found:
    """A split and the domains on both sides."""

    split: Split
    children: list[Domain]


@dataclass
class Deepener:
    """Looks for such splits of the domains of one case."""

    base: Brancher
    packing: Packing
    case: int

    def __post_init__(self) -> None:
        self.regions, self.goals = self.base.regions, self.base.goals
        met = {u for t in self.regions.affine for u in self.regions.above[t]}
        self.early = [u for u in met if self.regions.source[u] > 0]

    def better(self, domain: Domain, node: int, neuron: int, improve: Improve) -> Found:
        """The split of ``neuron``, or one with new intermediate bounds that promises less work in all.

        Where such splits are far from that they are not tried again below, else after a while.
        """
        state = self.packing.state([domain])
        missing = -sum(self._bounds(domain, state, improve, 1))
        plain = self.children(domain, node, neuron, False)
        expected = self._rate(plain, missing, improve) * missing
        cost = np.log(self._cost(state, domain))
        if expected < np.log(2.0) + cost:
            return plain
        ranked = self._ranked(domain, state)
        if expected >= PLATEAU and ranked:
            return self.children(domain, *ranked[0], True)
        tried = [self.children(domain, u, j, True) for u, j in ranked]
        sizes = [self._rate(found, missing, improve) * missing for found in tried]
        least = min(sizes, default=np.inf)
        if least + cost < expected:
            return tried[sizes.index(least)]
        wait = domain.pause if least < expected else NEVER
        for child in plain.children:
            child.wait, child.pause = wait, 2 * domain.pause
        return plain

    def _cost(self, state: State, domain: Domain) -> float:
        """Work of a split with new bounds, in units of that of a plain one."""
        plain = PLAIN_STEPS * len(domain.open) * self.base.flops[self.base.output]
        fresh = sum(len(unstable(self.regions, state, t)[1]) * self.base.flops[t] for t in self.regions.affine
                    if self.regions.above[t])
        return 1.0 + 2.0 * AGAIN * fresh / plain

    def _bounds(self, domain: Domain, state: State, improve: Improve, steps: int) -> list[float]:
        """What is missing for each open disjunct, as numbers that are not positive."""
        bound = improve([domain], state, [(0, p) for p in domain.open], steps).bound
        return [min(v, 0.0) for v in bound.tolist()]

    def _rate(self, found: Found, missing: float, improve: Improve) -> float:
        """How fast a tree of such splits would grow."""
        gains = []
        for child in found.children:
            bounds = self._bounds(child, self.packing.state([child]), improve, STEPS)
            child.bound = max(child.bound, min(bounds))
            gains.append(np.array(missing + sum(bounds)))
        worse = np.minimum(gains[0], gains[1])
        return float(growth(worse, worse, np.array(missing)))

    def children(self, domain: Domain, u: int, j: int, fresh: bool) -> Found:
        """Both sides of a split, with new intermediate bounds or those of the parent."""
        split = Split(j, 0.0, node=self.regions.source[u])
        made = Found(split, [])
        for side, sign in ((0, -1.0), (1, 1.0)):
            child = domain.child(Hole(self.case, split, side == 1), domain.bound, u, j, sign)
            if fresh:
                slopes = dict(child.frame.slopes)
                refined = refresh(self.regions, self.packing.state([child]), u, slopes)
                child.frame, child.hole.steps = Frame(refined.state, slopes), refined.steps
            made.children.append(child)
        return made

    def _ranked(self, domain: Domain, state: State) -> list[tuple[int, int]]:
        """The neurons of early layers on whose chords the goals depend most, directly or through bounds."""
        kept = {t: self._rows(domain, state, t) for t in self.regions.affine if self.regions.above[t]}
        goals, owner = self._goals(domain, state)
        found = importance(self.regions, state, owner, np.ones(len(owner)), goals,
                           {t: rows for t, rows in kept.items() if len(rows.owner)})
        scored = []
        for u in self.early:
            low, high = source_bounds(self.regions, state, u)
            _, _, _, offset = self.regions.lines(u, low, high, np.zeros_like(low))
            score = np.where((low < 0.0) & (high > 0.0), found.negative[u] * offset, 0.0)[0]
            best = np.argsort(-score)[:TRIED]
            scored += [(float(score[j]), u, int(j)) for j in best.tolist() if score[j] > 0.0]
        return [(u, j) for _, u, j in sorted(scored, reverse=True)[:TRIED]]

    def _goals(self, domain: Domain, state: State) -> tuple[Coefficients, Indices]:
        """Coefficients of the open goals on the unary nodes: with their slopes and with adaptive ones.

        The best slopes may be 0 throughout, and then nothing seems to matter.
        """
        duals, count = [domain.duals[p] for p in domain.open], len(domain.open)
        rows = Combination(*self.goals.padded(np.full(count, self.case), np.array(domain.open)))
        owner = np.zeros(count, np.intp)
        family = Family(self.regions, state, self.base.output, owner, 1, self.packing.slopes(duals),
                        self.packing.signs([domain] * count, duals))
        multipliers: Floats = np.stack([d.multipliers for d in duals])
        plain = Family(self.regions, state, self.base.output, owner, 1)
        lo, hi = state.lo[owner], state.hi[owner]
        one, two = (combined(self.regions, f, rows, multipliers, lo, hi).tape.coefficients
                    for f in (family, plain))
        return {u: np.concatenate([c, two[u]]) for u, c in one.items()}, np.zeros(2 * count, np.intp)

    def _rows(self, domain: Domain, state: State, target: int) -> Rows:
        """Backward rows of the unstable neurons of a target, with the slopes that gave their bounds."""
        owner, neuron = unstable(self.regions, state, target)
        slopes = {u: np.atleast_2d(a) for u, a in domain.frame.slopes.get(target, {}).items()}
        lines, tape = make_lines(self.regions, state, slopes, target), Tape()
        if len(owner):
            noise = noise_of(self.regions, state, target)
            bound_rows(self.regions, state, lines, target, noise, owner, neuron, tape)
        none = np.zeros((0, 0))
        return Rows(owner, neuron, none, none, [(slice(0, len(owner)), tape.coefficients)])
