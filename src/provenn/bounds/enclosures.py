"""Interval bounds of targets once more, from the sharper bounds of the targets before them.

Certificates that cover executions enclose the nodes of every region again (``Noise.inner``), so that noise
becomes smaller. The target of a region comes last: what that gives costs no row, and it is what is left of a
target whose rows are given up. Of probabilities, which never leave [0, 1], rows know no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from provenn.bounds.backward import State, root_state
from provenn.bounds.regions import Regions
from provenn.ir.op import Pair


@dataclass
class Enclosures:
    """The nodes that one pass over the targets of ``state``, in order, encloses again.

    ``base`` gets what that gives, before any row is computed.
    """

    regions: Regions
    state: State
    base: State | None = None
    _made: dict[int, Pair] = field(default_factory=dict)

    def sharpen(self, target: int) -> bool:
        """Intersect the bounds of a target with those from its operands, in place, if that is done at all."""
        noise = self.regions.noise
        if noise is None or target not in noise.inner:
            return False
        made = noise.enclosed(target, [self._ends(k) for k in self.regions.graph.nodes[target].inputs])
        low, high = (end.reshape(len(end), -1) for end in made)
        self.state.low[target] = np.maximum(self.state.low[target], low)
        self.state.high[target] = np.minimum(self.state.high[target], high)
        if self.base is not None:
            self.base.low[target] = self.state.low[target].copy()
            self.base.high[target] = self.state.high[target].copy()
        return True

    def _ends(self, i: int) -> Pair:
        if i in self.regions.fixed:
            return self.regions.fixed[i], self.regions.fixed[i]
        state, shape = self.state, self.regions.graph.nodes[i].type.shape
        if i == 0 or i in state.low:
            ends = (state.low[i], state.high[i]) if i else (state.lo, state.hi)
            return ends[0].reshape(-1, *shape), ends[1].reshape(-1, *shape)
        if i not in self._made:
            assert self.regions.noise is not None
            operands = [self._ends(k) for k in self.regions.graph.nodes[i].inputs]
            self._made[i] = self.regions.noise.enclosed(i, operands)
        return self._made[i]


def first_bounds(regions: Regions, old: State) -> State:
    """A copy of the bounds ``old``; where targets are enclosed again, of those from before that."""
    if regions.noise is None or not regions.noise.inner:
        return old.take(np.arange(len(old)))
    return root_state(regions, old.lo, old.hi)
