"""Whether the noise of executions leaves any hope, asked at one point.

Splitting makes boxes smaller, and in the end there is a box around each point; but what noise takes from a
bound does not vanish with the box. Where it takes more than a point's own margin, no box around it will be
shown, up to slopes that save a little by losing more elsewhere. So this decides how time is spent, not more.
"""

from __future__ import annotations

import numpy as np

from provenn.bounds.backward import State, root_state
from provenn.bounds.regions import Floats, Indices
from provenn.verify.branch import Brancher, Stats
from provenn.verify.goals import Goals

DROWNED = "noise is larger than the margin at a point that the attack met"
LOUD = 0.25


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


def spoilt(brancher: Brancher, state: State, case: Indices) -> bool:
    """Whether the goals would be shown if the passes from them had no noise."""
    regions = brancher.regions
    noise, regions.noise = regions.noise, None
    try:
        return noise is not None and bool(brancher.final(state, case).shown.all())
    finally:
        regions.noise = noise


def loud(brancher: Brancher, state: State, case: Indices, slack: float) -> bool:
    """Whether the noise of goals, with the bounds of ``state``, comes near the margin at the nearest point.

    Such noise must be made smaller before bounds say anything. ``slack`` is that point's (``Attack.best``).
    """
    noise = brancher.regions.noise
    if noise is None or not np.isfinite(slack):
        return False
    return bool(noise.goal(noise.output(state), brancher.goals.cy[case]).max() > LOUD * abs(slack))


def of_case(groups: list[Goals], case: int) -> tuple[Goals, int] | None:
    """The group that holds a case of the property, and its position there."""
    return next(((goals, goals.cases.index(case)) for goals in groups if case in goals.cases), None)
