"""Certificates for many boxes at once, and their checks by the extracted checker beside the search.

Boxes are tried in batches with cheap proofs first: one backward pass from the outputs over interval bounds,
then chosen slopes, then tighter bounds of the neurons in between. What is shown of a batch becomes one
property with one certificate; a box counts as certified when the checker has accepted a file that holds it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from provenn.base.words import Words, sha256
from provenn.bounds.backward import State, make_lines, root_state, tighten
from provenn.bounds.regions import Indices, Regions
from provenn.ir.canonical import graph_words
from provenn.verify import checker
from provenn.verify.balls import Balls
from provenn.verify.branch import Brancher, Clock, Final
from provenn.verify.certificate import Leaf, Tighten, Tree, certificate_words
from provenn.verify.pool import Hole

WAYS = ("plain", "slopes", "bounds", "bounds and slopes")
STEPS = 12
NEAR = 1.0
PAIRS = 256


@dataclass(frozen=True)
class Proof:
    """The boxes of a batch that are shown, by position, their trees in that order, and how each was shown."""

    which: Indices
    trees: tuple[Tree, ...]
    ways: tuple[str, ...]


class Prover:
    """Proofs for the boxes of one batch; ``effort`` is the number of WAYS to try after the first one."""

    def __init__(self, regions: Regions, balls: Balls, effort: int) -> None:
        self.regions, self.effort = regions, effort
        self.brancher = Brancher(regions, balls.goals(), Clock(np.inf))
        self.way: dict[int, str] = {}
        self.steps = tuple(Tighten(t) for t in regions.affine if regions.above[t])

    def proof(self) -> Proof:
        """Work through the ways to prove, each on what the ones before left open."""
        goals = self.brancher.goals
        state, case = root_state(self.regions, goals.lo, goals.hi), np.arange(len(goals.cases))
        for k, steps in enumerate(((), self.steps)[: 1 + self.effort // 2]):
            if steps:
                self._tighten(state)
            final = self.brancher.final(state, case)
            holes = [Hole(int(i), None, False) for i in case.tolist()]
            shown = self.brancher.close(final, holes, [steps] * len(case))
            self._note(case[shown], 2 * k)
            if self.effort > 2 * k and not shown.all():
                shown = shown | self._sloped(state, case, final, shown, steps)
            state, case = state.take(np.flatnonzero(~shown)), case[~shown]
            if not len(case):
                break
        which = sorted(self.brancher.trees)
        return Proof(np.array(which, np.intp), tuple(self.brancher.trees[k] for k in which),
                     tuple(self.way[k] for k in which))

    def _note(self, case: Indices, way: int) -> None:
        self.way.update((k, WAYS[way]) for k in case.tolist() if k in self.brancher.trees)

    def _tighten(self, state: State) -> None:
        for step in self.steps:
            lines = make_lines(self.regions, state, {}, step.node, {})
            tighten(self.regions, state, lines, step.node)

    def _sloped(self, state: State, case: Indices, final: Final, shown: np.ndarray, steps: tuple[Tighten, ...]):
        """Choose slopes for the rivals that are not yet beaten, where that is not hopeless."""
        worst = final.value.min(1)
        near = ~shown & (worst > -NEAR * np.abs(final.bound).mean(1))
        box, rival = np.nonzero((final.value <= 0.0) & near[:, None])
        best = np.full(final.value.shape, -np.inf)
        slopes = {}
        for i in range(0, len(box), PAIRS):
            b, p = box[i : i + PAIRS], rival[i : i + PAIRS]
            margin = 2.0 * final.margin[b, p]
            found = self.brancher.ascend(state, case, final.multipliers, b, p, STEPS, margin)
            best[b, p] = found.bound - margin
            for k, key in enumerate(zip(b.tolist(), p.tolist())):
                slopes[key] = {u: a[k] for u, a in found.slopes.items()}
        done = near & ((final.value > 0.0) | (best > 0.0)).all(1)
        for i in np.flatnonzero(done).tolist():
            parts = tuple((np.ones(1), slopes.get((i, p), {})) for p in range(final.value.shape[1]))
            self.brancher.trees[int(case[i])] = Tree(steps, Leaf(parts))
        self._note(case[done], 3 if steps else 1)
        return done
