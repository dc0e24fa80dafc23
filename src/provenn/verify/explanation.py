"""Why a verdict is what it is: how far the search came, and what drives its bounds.

Nothing here is part of a proof. Every number is that of a search in binary64.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from provenn.bounds.regions import Floats, Regions
from provenn.ir.graph import Graph
from provenn.ir.property import Property, boxes
from provenn.verify.attack import Attack
from provenn.verify.certificate import Tree
from provenn.verify.drivers import Drivers, drivers, shrunk
from provenn.verify.goals import Goals, make_goals
from provenn.verify.outline import Branch, Shape, outline, shape
from provenn.verify.pace import Clock, OutOfTime
from provenn.verify.ranges import Ranges, Sample, ranges, sample
from provenn.verify.search import UNDECIDED, Outcome

SECONDS, GLANCE = 30.0, 4.0
SHARES = (0.2, 0.6, 0.75, 1.0)
SHOWN = 160


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far the search came. ``case`` is the one it was at, ``cases`` how many are open.

    ``bound`` is the best bound reached: no open part of that case has a smaller one, and a positive one
    would prove it; ``root`` is what it was before any split. ``margin`` is the smallest value of the same
    goals that an attack met, so the truth lies in [bound, margin]. ``open`` and ``closed`` count parts,
    ``done`` is the share of the case's volume that is closed, where that is known.
    """

    case: int
    cases: int
    bound: float | None
    root: float | None
    margin: float | None
    open: int
    closed: int
    done: float | None

    def since(self, value: Floats | None) -> Frontier:
        """With the bound of one relaxation (by disjunct) where the search had none of its own."""
        if value is None:
            return self
        first = float(value.min())
        return replace(self, bound=first if self.bound is None else self.bound,
                       root=first if self.root is None else self.root)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a verdict is explained with, about box ``case`` of the property.

    ``full`` tells whether all of it was asked for; otherwise only ``drivers`` are there. ``margins`` are, by
    disjunct, the smallest value that sampling met of the best goal; ``middle`` is the output at the middle of
    the box. ``shapes`` are the trees' statistics by case; ``shrunk`` is the largest share of the box's width,
    about its middle, that one relaxation proves, as far as was tried.
    """

    case: int
    drivers: Drivers
    full: bool = False
    ranges: Ranges | None = None
    margins: Floats | None = None
    middle: Floats | None = None
    shapes: Mapping[int, Shape] = field(default_factory=dict)
    outline: Branch | None = None
    shrunk: float | None = None
    seconds: float = 0.0


def frontier(prop: Property, made: Outcome) -> Frontier | None:
    """How far an undecided search came; None when there is no open case."""
    open_, closed, at = [], 0, None
    for c in range(len(prop.cases)):
        found = shape(made.trees.get(c))
        closed += found.leaves
        if found.open:
            open_.append((c, found))
            if at is None and c in made.trees:
                at = c
    if not open_:
        return None
    case = open_[0][0] if at is None else at
    here = dict(open_)[case]
    bounds = [v for k, v in made.stats.get("bounds", {}).items() if k.startswith(f"case {case} ")]
    root = min(bounds, default=None)
    slack = made.stats.get("best_slack")
    return Frontier(case, len(open_), root if made.worst is None else made.worst, root,
                    None if slack is None else -float(slack), sum(s.open for _, s in open_), closed,
                    here.done if here.splits else None)


def explain(graph: Graph, prop: Property, made: Outcome, *, case: int | None, point: Floats | None,
            seconds: float, full: bool) -> Explanation | None:
    """Explain an outcome within about ``seconds``: box ``case`` of it, in which ``point`` may be of interest.

    None when there is no box with anything to show, or no time at all.
    """
    start = time.perf_counter()
    clock = Clock(start + (SHARES[0] if full else 1.0) * seconds)
    groups = make_goals(boxes(prop))
    wanted = [g for g in groups if case is None or case in g.cases]
    if not wanted:
        return None
    goals = wanted[0]
    k = 0 if case is None else goals.cases.index(case)
    lo, hi = goals.lo[k], goals.hi[k]
    with np.errstate(all="ignore"):
        try:
            regions = Regions(graph, clock.check)
            if not full:
                found, _ = drivers(regions, goals, k, clock, {})
                return Explanation(goals.cases[k], found, seconds=time.perf_counter() - start)
            more = None if point is None else point[None]
            met = sample(Attack(graph, prop, regions), lo, hi, np.random.default_rng(0), more)
        except OutOfTime:
            return None
        clock.deadline = start + SHARES[1] * seconds
        found, state = drivers(regions, goals, k, clock, met.ends)
        clock.deadline = start + SHARES[2] * seconds
        facts = _rest(graph, made, regions, goals, k, met)
        facts["ranges"] = ranges(regions, state, met)
        clock.deadline = start + SHARES[3] * seconds
        if made.kind in UNDECIDED and found.value is not None and found.value.min() <= 0.0:
            facts["shrunk"] = shrunk(regions, goals, k, clock)
        return Explanation(goals.cases[k], found, True, **facts, seconds=time.perf_counter() - start)


def _rest(graph: Graph, made: Outcome, regions: Regions, goals: Goals, k: int, met: Sample) -> dict[str, Any]:
    """What only a full explanation has, and costs little."""
    rows = met.y @ goals.cy[k].T + met.x @ goals.cx[k].T - goals.d[k]
    shapes = {c: shape(made.trees.get(c)) for c in sorted(made.trees)}
    tree: Tree | None = made.trees.get(goals.cases[k])
    return {"margins": goals.best(rows).min(0), "middle": met.y[0], "shapes": shapes,
            "outline": None if tree is None else outline(tree, graph, SHOWN)}
