"""Targets enclosed again: bounds that hold, that cost no rows, and that the checker finds as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.bounds.backward import State, make_lines, root_state, tighten
from provenn.bounds.enclosures import Enclosures, first_bounds
from provenn.bounds.noise import Noise
from provenn.bounds.regions import Regions
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.property import property_words
from provenn.ops import ALL
from provenn.verify import checker
from provenn.verify import search as engine
from provenn.verify.branch import Brancher
from provenn.verify.certificate import Sides
from provenn.verify.goals import Goals
from provenn.verify.pace import Clock
from provenn.verify.reduce import attempts, improved
from provenn.verify.semantics import Semantics
from tests.bounds import nets
from tests.bounds.test_sound import assert_inside, samples
from tests.verify.test_curves import at_least, reach

BINARY32 = Semantics("binary32", 4)
DEEP = [nets.sums, nets.residual, nets.images, nets.curved]
KINDS = [*DEEP, nets.moved, nets.products, nets.repeated]


def bounded(graph: Graph, lo: Any, hi: Any, renewing: bool = True) -> tuple[Regions, State]:
    regions = Regions(graph)
    regions.noise = Noise(regions, 4.0, np.maximum(np.abs(lo), np.abs(hi)), renewing=renewing)
    regions.noise.begin(lo[None], hi[None])
    return regions, root_state(regions, lo[None], hi[None])


def wide(seed: int, last: bool = True) -> Graph:
    """Many inputs, and copies of probabilities, which rows know no better than their range."""
    m = nets.Maker(seed, (1, 16))
    p = m.put("sigmoid", m.linear(m.relu(m.linear(m.x, 8)), 4))
    copies = m.put("concat", *[m.b.add(ALL["reshape"], p, shape=(1, 1, 4))] * 3, axis=1)
    rows = m.b.add(ALL["reshape"], m.linear(m.relu(m.linear(m.x, 8)), 12), shape=(1, 3, 4))
    out = m.linear(m.flat(m.put("mul", copies, rows)), 8)
    return m.done(m.linear(m.relu(out), 2) if last else out)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_bounds_hold_and_only_become_sharper(kind: Any, seed: int) -> None:
    graph = kind(seed)
    lo, hi = nets.box(graph, seed, 0.3)
    regions, state = bounded(graph, lo, hi)
    enclosures, sharper = Enclosures(regions, state), 0
    for t in regions.affine:
        before = state.low[t].copy(), state.high[t].copy()
        if enclosures.sharpen(t):
            assert (state.low[t] >= before[0]).all()
            assert (state.high[t] <= before[1]).all()
            sharper += int((state.high[t] - state.low[t] < before[1] - before[0]).sum())
        tighten(regions, state, make_lines(regions, state, {}, t), t)
    met = samples(graph, lo, hi)
    for t in regions.affine:
        assert_inside(state.low[t], state.high[t], met[t])
    assert sharper or kind not in DEEP


def test_without_noise_nothing_is_enclosed_again() -> None:
    graph = nets.sums(0)
    lo, hi = nets.box(graph, 0, 0.3)
    for renewing in (False, None):
        regions, state = bounded(graph, lo, hi, renewing=False)
        regions.noise = None if renewing is None else regions.noise
        assert not any(Enclosures(regions, state).sharpen(t) for t in regions.affine)
        state.low[regions.affine[0]] += 1.0
        kept = first_bounds(regions, state)
        assert (kept.low[regions.affine[0]] == state.low[regions.affine[0]]).all()


def test_first_bounds_are_those_of_the_whole_box() -> None:
    graph = nets.sums(0)
    lo, hi = nets.box(graph, 0, 0.3)
    regions, state = bounded(graph, lo, hi)
    first = state.take(np.zeros(1, np.intp))
    for t in regions.affine:
        state.low[t] += 1.0
    again = first_bounds(regions, state)
    assert all((again.low[t] == first.low[t]).all() for t in regions.affine)


def test_probabilities_need_no_rows() -> None:
    graph = wide(0)
    lo, hi = np.full(16, -0.5), np.full(16, 0.5)
    counts = []
    for base in (False, True):
        regions, old = bounded(graph, lo, hi)
        new, none = old.take(np.zeros(1, np.intp)), np.zeros((1, 0, 16))
        goals = Goals((0,), lo[None], hi[None], none, np.zeros((1, 0, 2)), np.zeros((1, 0)), ())
        Brancher(regions, goals, Clock(np.inf)).tighten(new, old if base else None)
        copied = next(iter(regions.copies))
        counts.append(improved(regions, old, new).count(copied))
    assert counts[1] < counts[0] // 2


@pytest.mark.parametrize("last", [True, False])
def test_the_last_layer_after_products_is_reduced(last: bool, checker_program: Path) -> None:
    graph = wide(1, last)
    lo, hi = np.full(16, -0.2), np.full(16, 0.2)
    regions, _ = bounded(graph, lo, hi)
    tried = attempts(regions, 1)
    assert [tuple(among) for among, _ in tried] == ([regions.last()] if last else [])
    goal = at_least(graph, lo, hi, reach(graph, lo, hi) + 3.0)
    found = engine.search(graph, goal, timeout=20, semantics=BINARY32)
    assert found.kind == "unsat"
    assert found.certificate is not None
    assert checker.run(graph_words(graph), property_words(goal), found.certificate).accepted
    if last:
        steps = [s for tree in found.trees.values() for s in tree.steps
                 if isinstance(s, Sides) and s.node == regions.last()[0]]
        assert sum(int(s.lower.sum() + s.upper.sum()) for s in steps) < 2 * regions.sizes[regions.last()[0]]
