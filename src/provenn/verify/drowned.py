"""Whether the noise of executions leaves any hope, asked at one point.

Splitting makes boxes smaller, and in the end there is a box around each point; but what noise takes from a
bound does not vanish with the box. Where it takes more than a point's own margin, no box around it will be
shown, up to slopes that save a little by losing more elsewhere. So this decides how time is spent, not more.
"""

from __future__ import annotations

import numpy as np

from provenn.bounds.backward import root_state
from provenn.bounds.regions import Floats
from provenn.verify.branch import Brancher, Stats
from provenn.verify.goals import Goals

DROWNED = "noise is larger than the margin at a point that the attack met"

def drowned(brancher: Brancher, x: Floats, k: int) -> bool:
    """Whether goals of case ``k`` of a group cannot be shown at the point ``x`` alone, with least noise."""
    case, kept = np.array([k]), brancher.stats
    brancher.stats = Stats()
    try:
        for spoilt in (0, 1):
            state = root_state(brancher.regions, x[None], x[None])
            brancher.stats.spoilt = spoilt
            brancher.tighten(state)
            if brancher.final(state, case).shown[0]:
                return False
        return True
    finally:
        brancher.stats = kept


def of_case(groups: list[Goals], case: int) -> tuple[Goals, int] | None:
    """The group that holds a case of the property, and its position there."""
    return next(((goals, goals.cases.index(case)) for goals in groups if case in goals.cases), None)
