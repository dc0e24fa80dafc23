"""Parts of boxes that are cut off are refuted, and branching sees what curves and products lose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from provenn.bounds.backward import root_state
from provenn.bounds.importance import importance
from provenn.bounds.regions import Regions
from provenn.ir.property import Property, boxes
from provenn.verify import branch, clip
from provenn.verify.clip import Cut, Lowers, cuts
from provenn.verify.goals import make_goals
from tests.bounds import nets
from tests.verify.test_search import case, confirm, output, search, smallest


def lowers(entry: Any, value: Any) -> Lowers:
    shape = np.shape(value)
    none: Any = None
    return Lowers(none, np.array(entry, float), np.array(value, float), np.ones(shape), np.full(shape, -1))


@pytest.mark.parametrize(("entry", "value", "expected"), [
    ([[1.0, 0.1]], [-0.25], [Cut(0, 0.25, True)]),
    ([[-1.0, 0.1]], [-0.25], [Cut(0, 0.75, False)]),
    ([[1.0, 0.0], [2.0, -1.0]], [-0.25, -0.6], [Cut(0, 0.3, True)]),
    ([[1.0, 0.0], [-1.0, 0.0]], [-0.25, -0.25], []),
    ([[1.0, 0.0], [-1.0, 0.0]], [-0.25, 0.5], [Cut(0, 0.25, True)]),
    ([[1.0, 0.0]], [-1.5], []),
])
def test_a_box_ends_where_every_goal_is_positive(entry: Any, value: Any, expected: list[Cut]) -> None:
    found, left = cuts(lowers([entry], [value]), np.zeros((1, 2)), np.ones((1, 2)), np.zeros(1, np.intp))
    assert found == [expected]
    kept = [c.value if c.above else 1.0 - c.value for c in expected]
    assert left[0] == pytest.approx(np.prod(kept))


def test_certificates_with_cuts_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    made_cuts = 0

    def counted(*a: Any) -> Any:
        nonlocal made_cuts
        found, left = cuts(*a)
        made_cuts += sum(map(len, found))
        return found, left

    monkeypatch.setattr(branch, "WORTH", 1.0)
    monkeypatch.setattr(branch, "cuts", counted)
    monkeypatch.setattr(clip, "LEAST", 0.05)
    for seed in range(4):
        graph = nets.PIECEWISE["dense"](seed)
        lo, hi = (a.astype(np.float32).astype(float) for a in nets.box(graph, seed, 1.5))
        low = smallest(graph, lo, hi, np.array([1.0, -1.0]), 40000)
        prop = Property(len(lo), 2, (case(lo, hi, (output((0, 1.0), (1, -1.0), at_most=low - 0.2),)),))
        made = search(graph, prop, timeout=20.0)
        assert made.kind == "unsat"
        confirm(graph, prop, made)
    assert made_cuts


@pytest.mark.parametrize("kind", ["products", "curved"])
def test_importance_reaches_what_curves_and_products_read(kind: str) -> None:
    graph = {"products": nets.products, "curved": nets.curved}[kind](0)
    lo, hi = nets.box(graph, 0, 0.4)
    regions = Regions(graph)
    size = graph.nodes[graph.output].type.size
    prop = Property(len(lo), size, (case(lo, hi, (output((0, 1.0), at_most=0.0),)),))
    brancher = branch.Brancher(regions, make_goals(boxes(prop))[0], branch.Clock(np.inf))
    state = root_state(regions, brancher.goals.lo, brancher.goals.hi)
    kept, zero = brancher.tighten(state), np.zeros(1, np.intp)
    final = brancher.final(state, zero)
    found = importance(regions, state, final.owner, np.ones(1), final.tape.coefficients, kept)
    u = max((*regions.unary, *regions.products))
    reads = graph.nodes[u].inputs if regions.source[u] < 0 else (regions.source[u],)
    assert all(np.any(found.lower[t]) or np.any(found.upper[t]) for t in reads if t)
