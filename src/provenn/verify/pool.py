"""The pool of open boxes of a branch and bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import State
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.verify.certificate import Split, Step
from provenn.verify.starts import Start

POOL_BYTES = 1 << 30


@dataclass
class Hole:
    """Where the tree of an open box goes, the root of a case or a side of a split; ``steps`` come first.

    ``level`` counts the splits above. ``start`` is where an ascent should begin, if known.
    """

    case: int
    split: Split | None
    above: bool
    steps: tuple[Step, ...] = ()
    level: int = 0
    start: Start | None = None


class Pool:
    """Open boxes: fixed-width rows of numbers with free places, and where each one's tree goes."""

    def __init__(self, regions: Regions, limit: int = POOL_BYTES) -> None:
        self.targets, self.limit = regions.targets, limit
        self.widths = [regions.sizes[0]] * 2 + [regions.sizes[t] for t in self.targets for _ in (0, 1)]
        self.cuts = np.cumsum(self.widths)[:-1]
        self.table: Floats = np.empty((64, sum(self.widths)))
        self.bound: Floats = np.full(64, np.inf)
        self.case: Indices = np.zeros(64, np.intp)
        self.holes: list[Hole | None] = [None] * 64
        self.count = 0

    def add(self, state: State, case: Indices, bound: Floats, holes: list[Hole]) -> None:
        """Store open boxes; a bound that is no finite number counts as the worst."""
        while self.count + len(state) > len(self.bound):
            self._grow()
        places = np.nonzero(np.isinf(self.bound))[0][: len(state)]
        parts = [state.lo, state.hi]
        for t in self.targets:
            parts += [state.low[t], state.high[t]]
        self.table[places] = np.concatenate(parts, 1)
        self.bound[places] = np.where(np.isfinite(bound), bound, -np.finfo(np.float64).max)
        self.case[places] = case
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
        state, case, _, holes = self.remove(count)
        return state, case, holes

    def remove(self, count: int) -> tuple[State, Indices, Floats, list[Hole]]:
        """As ``take``, with the bounds."""
        used = np.nonzero(np.isfinite(self.bound))[0]
        keys = self.bound[used]
        if 2 * self.count * self.table.itemsize * self.table.shape[1] > self.limit:
            keys = -keys
        places = used if len(used) <= count else used[np.argpartition(keys, count - 1)[:count]]
        parts = np.split(self.table[places], self.cuts, axis=1)
        low = {t: parts[2 + 2 * i] for i, t in enumerate(self.targets)}
        high = {t: parts[3 + 2 * i] for i, t in enumerate(self.targets)}
        holes = [h for p in places.tolist() if (h := self.holes[p]) is not None]
        bound = self.bound[places]
        self.bound[places] = np.inf
        self.count -= len(places)
        return State(parts[0], parts[1], low, high), self.case[places], bound, holes

    def worst(self) -> float:
        """Smallest bound of any open box."""
        return float(self.bound.min())
