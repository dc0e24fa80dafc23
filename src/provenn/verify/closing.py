"""Leaves of boxes that an ascent has shown: slopes and multipliers of their own, and little else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from provenn.bounds.backward import State, Tape
from provenn.bounds.regions import Coefficients, Floats, Indices
from provenn.bounds.slopes import Combination, Family, combined
from provenn.verify.certificate import Leaf, Step, Tree
from provenn.verify.pool import Hole
from provenn.verify.reduce import Ascended, Goal, Mask, attempts, improved, reduced, spare_unmet

if TYPE_CHECKING:
    from provenn.verify.branch import Brancher, Final

TINY = 0.05


def close_ascended(brancher: Brancher, states: tuple[State, State], case: Indices, holes: list[Hole],
                   final: Final, made: Ascended, which: Indices) -> None:
    """Finish the boxes ``which``, some of whose disjuncts have slopes of their own.

    ``states`` are the bounds of all boxes, before and after they were tightened.
    """
    regions = brancher.regions
    before, after, here = states[0].take(which), states[1].take(which), case[which]
    kept, fine = improved(regions, before, after), np.zeros(len(which), bool)
    multipliers, slopes = final.multipliers[which], made.slopes(regions, after, after)
    least = after
    for among, share in attempts(regions, len(which)):
        tape, bound = _passed(brancher, after, here, made, slopes)
        adaptive = _adaptive(brancher, made, len(which))
        spare = np.where(adaptive > 0.0, final.value[which], 1.0)
        weight = (multipliers * (adaptive / spare)[:, brancher.goals.part]).ravel()
        own = (made.box, 1.0 / np.maximum(bound, 1e-300), tape.coefficients)
        groups = [_goals(brancher, final, which, weight), own]
        if not (smaller := reduced(regions, before, after, groups, among, share)):
            continue
        few, less = smaller
        mixed, again = made.slopes(regions, after, less), brancher.final(less, here)
        _, bound = _passed(brancher, less, here, made, mixed)
        lost = np.bincount(made.box, bound <= made.margin, minlength=len(which))
        fine = ((again.value > 0.0) | (adaptive == 0.0)).all(1) & (lost == 0)
        multipliers = np.where(fine[:, None], again.multipliers, multipliers)
        slopes = {u: np.where(fine[made.box][:, None], mixed[u], a) for u, a in slopes.items()}
        least = less.where(fine, after)
        if fine.any():
            break
    if kept.ties:
        _spare_multipliers(brancher, least, here, made, slopes)
        weight = (multipliers * _adaptive(brancher, made, len(which))[:, brancher.goals.part]).ravel()
        tape = _passed(brancher, least, here, made, slopes)[0]
        spare_unmet(regions, kept, [_goals(brancher, final, which, weight),
                                    (made.box, np.ones(len(made.box)), tape.coefficients)])
    plain = made.plain(regions, least, slopes, lambda a: _passed(brancher, least, here, made, a)[1])
    steps = kept.all_steps() or [()] * len(which)
    steps = [few.steps(i) if fine[i] else some for i, some in enumerate(steps)]
    _hang(brancher, [holes[k] for k in which.tolist()], made, multipliers, slopes, plain, steps)


def _adaptive(brancher: Brancher, made: Ascended, count: int) -> Floats:
    """1 for disjuncts that have no slopes of their own, else 0: [boxes, disjuncts]."""
    adaptive = np.ones((count, len(brancher.goals.rows)))
    adaptive[made.box, made.disjunct] = 0.0
    return adaptive


def _goals(brancher: Brancher, final: Final, which: Indices, weight: Floats) -> Goal:
    owner, rows = brancher.rows_of(which)
    return owner, weight, {u: c[rows] for u, c in final.tape.coefficients.items()}


def _hang(brancher: Brancher, holes: list[Hole], made: Ascended, multipliers: Floats, slopes: Coefficients,
          plain: dict[int, Mask], steps: Sequence[tuple[Step, ...]]) -> None:
    for i, hole in enumerate(holes):
        parts = brancher.parts(multipliers[i])
        for j in np.flatnonzero(made.box == i).tolist():
            p = int(made.disjunct[j])
            weights = made.found.multipliers[j, : brancher.goals.rows[p]]
            parts[p] = (weights, {u: slopes[u][j] for u in made.nodes if not plain[u][j]})
        reached = float(made.found.bound[made.box == i].min())
        brancher.hang(hole, Tree(steps[i], Leaf(tuple(parts)), reached))


def _spare_multipliers(brancher: Brancher, state: State, case: Indices, made: Ascended,
                       slopes: Coefficients) -> None:
    """Set tiny multipliers, which an ascent never does, to 0 where the others are enough."""
    before = made.found.multipliers
    made.found.multipliers = np.where(before < TINY * before.max(1, keepdims=True), 0.0, before)
    enough = _passed(brancher, state, case, made, slopes)[1] > made.margin
    made.found.multipliers = np.where(enough[:, None], made.found.multipliers, before)


def _passed(brancher: Brancher, state: State, case: Indices, made: Ascended,
            slopes: Coefficients) -> tuple[Tape, Floats]:
    """The pass of ascended disjuncts with given slopes."""
    rows = Combination(*brancher.goals.padded(case[made.box], made.disjunct))
    family = Family(brancher.regions, state, brancher.output, made.box, 1, slopes, fixed=brancher.dull)
    here = combined(brancher.regions, family, rows, made.found.multipliers, state.lo[made.box],
                    state.hi[made.box])
    return here.tape, here.bound
