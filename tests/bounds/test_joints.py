"""Joints change how rows travel, not what they say."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.bounds import joints
from provenn.bounds.backward import State, Tape, make_lines, root_state, tighten, walk
from provenn.bounds.noise import Noise
from provenn.bounds.regions import Regions
from provenn.bounds.slopes import Combination, forward, improve_goals
from provenn.eval.run import values
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.property import Property, property_words
from provenn.verify import checker
from provenn.verify import search as engine
from provenn.verify.attack import Attack
from provenn.verify.semantics import Semantics
from tests.bounds import nets
from tests.verify.test_curves import at_least, reach

KINDS = [nets.sums, nets.residual, nets.images, nets.moved, nets.products, nets.repeated]
BINARY32 = Semantics("binary32", 4)


@pytest.fixture(params=[-1.0, np.inf], ids=["joints", "none"])
def worth(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(joints, "WORTH", request.param)
    return request.param


def bounded(graph: Graph, lo: Any, hi: Any, noisy: bool) -> tuple[Regions, State]:
    regions = Regions(graph)
    if noisy:
        regions.noise = Noise(regions, 4.0, np.maximum(np.abs(lo), np.abs(hi)), renewing=True)
        regions.noise.begin(lo[None], hi[None])
    state = root_state(regions, lo[None], hi[None])
    for t in regions.affine:
        tighten(regions, state, make_lines(regions, state, {}, t), t)
    return regions, state


def goals(regions: Regions, state: State) -> Any:
    """Lower bounds of the outputs."""
    output = regions.graph.output
    rows = np.eye(regions.sizes[output])
    start, constant = regions.of[output].pull(rows)
    lines = make_lines(regions, state, {}, output)
    entry, constant = walk(regions, lines, np.zeros(len(rows), np.intp), start, constant)
    return entry @ state.lo[0] + constant + np.minimum(entry, 0.0) @ (state.hi - state.lo)[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_bounds_are_the_same(kind: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = kind(seed)
    lo, hi = nets.box(graph, seed, 0.5)
    made = []
    for least in (-1.0, np.inf):
        monkeypatch.setattr(joints, "WORTH", least)
        regions, state = bounded(graph, lo, hi, noisy=False)
        made.append((regions, state, goals(regions, state)))
    (with_, one, low), (without, two, least_) = made
    assert not without.joints
    assert with_.joints or kind is not nets.sums
    assert {t: found for t, found in with_.above.items() if t in without.above} == without.above
    for t in without.affine:
        np.testing.assert_allclose(one.low[t], two.low[t], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(one.high[t], two.high[t], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(low, least_, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_noise_at_joints_is_paid_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows meet the noise of a joint with their own coefficients: never more than carried along all paths."""
    graph, lost = nets.sums(seed), []
    lo, hi = nets.box(graph, seed, 0.5)
    for least in (-1.0, np.inf):
        monkeypatch.setattr(joints, "WORTH", least)
        ends = [goals(*bounded(graph, lo, hi, noisy)) for noisy in (False, True)]
        lost.append(ends[0] - ends[1])
    assert (lost[0] > 0.0).all()
    assert (lost[0] <= lost[1] * (1 + 1e-6)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_values_and_gradients(kind: Any, worth: float) -> None:
    """The attack's forward and backward passes are those of the network."""
    graph, rng = kind(0), np.random.default_rng(0)
    regions = Regions(graph)
    attack = Attack(graph, Property(regions.sizes[0], regions.sizes[graph.output], ()), regions)
    x = rng.normal(size=(5, regions.sizes[0]))

    def run(points: Any) -> Any:
        y = values(graph, points.reshape(len(points), *graph.input_type.shape))[-1]
        return y.reshape(len(points), -1)

    y, argument, _ = attack.values(x)
    np.testing.assert_allclose(y, run(x), rtol=1e-6, atol=1e-6)
    direction, step = rng.normal(size=y.shape), 1e-6
    gradient = attack.pulled(direction, argument, x)
    for j in range(x.shape[1]):
        moved = [attack.values(x + sign * step * np.eye(x.shape[1])[j])[0] for sign in (1.0, -1.0)]
        expected = ((moved[0] - moved[1]) * direction).sum(1) / (2 * step)
        np.testing.assert_allclose(gradient[:, j], expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_ascent(seed: int, worth: float) -> None:
    """Values at a row's minimiser add up to its bound, and slopes chosen by ascent are no worse."""
    graph = nets.sums(seed)
    lo, hi = nets.box(graph, seed, 0.5)
    regions, state = bounded(graph, lo, hi, noisy=False)
    output, rows, tape = graph.output, np.eye(2), Tape()
    lines = make_lines(regions, state, {}, output)
    start, constant = regions.of[output].pull(rows)
    walk(regions, lines, np.zeros(2, np.intp), start, constant, tape)
    spread = {u: line.take(np.zeros(2, np.intp)) for u, line in lines.items()}
    value, _ = forward(regions, spread, tape, state.lo, state.hi)
    reached = np.diag(regions.of[output].push(value) @ rows.T)
    np.testing.assert_allclose(reached, goals(regions, state), rtol=1e-9, atol=1e-9)
    wanted = Combination(np.zeros((2, 1, 3)), rows[:, None], np.zeros((2, 1)))
    one, enough = np.ones((2, 1)), np.full(2, np.inf)
    better = improve_goals(regions, state, np.zeros(2, np.intp), wanted, one, 10, enough)
    assert (better.bound >= goals(regions, state) - 1e-9).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_checker_agrees(seed: int, worth: float, checker_program: Path) -> None:
    """Certificates about executions that were found with joints are accepted at the first try."""
    graph, accepted = nets.sums(seed), 0
    lo, hi = nets.box(graph, seed, 0.5)
    met = reach(graph, lo, hi)
    for above in (1.0, 0.1, 0.03):
        claim = at_least(graph, lo, hi, met + Fraction(above))
        found = engine.search(graph, claim, timeout=5, semantics=BINARY32)
        if found.kind == "unsat" and found.certificate is not None:
            said = checker.run(graph_words(graph), property_words(claim), found.certificate)
            assert (said.accepted, said.reason) == (True, ""), (above, said)
            accepted += 1
    assert accepted
