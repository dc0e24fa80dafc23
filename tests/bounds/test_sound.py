"""No sampled value of a network ever leaves its bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from provenn.bounds.backward import State, Tape, make_lines, root_state, tighten, walk
from provenn.bounds.importance import importance
from provenn.bounds.interval import intervals
from provenn.bounds.neurons import improve_neurons
from provenn.bounds.regions import Regions
from provenn.bounds.slopes import Combination, improve_goals
from provenn.eval.run import values
from provenn.ir.graph import Graph
from tests.bounds import nets

SEEDS = range(6)
SLACK = 1e-9


def samples(graph: Graph, lo: Any, hi: Any, count: int = 400) -> Any:
    """Values of all nodes at corners and random points of a box, flat."""
    rng = np.random.default_rng(1)
    share = rng.random((count, len(lo)))
    share[::3] = np.round(share[::3])
    x = (lo + share * (hi - lo)).reshape(count, *graph.input_type.shape)
    return [v.reshape(len(v), -1) for v in values(graph, x)]


def assert_inside(low: Any, high: Any, found: Any) -> None:
    assert (found >= low - SLACK).all()
    assert (found <= high + SLACK).all()


@pytest.mark.parametrize("kind", nets.KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_hold_all_samples(kind: str, seed: int) -> None:
    graph = nets.KINDS[kind](seed)
    lo, hi = nets.box(graph, seed, 0.7)
    for (low, high), found in zip(intervals(graph, lo[None], hi[None]), samples(graph, lo, hi)):
        assert_inside(low, high, found)


def tightened(regions: Regions, lo: Any, hi: Any, alpha: str, seed: int) -> State:
    """Bounds of all targets with some choice of slopes."""
    rng = np.random.default_rng(seed)
    state = root_state(regions, lo[None], hi[None])
    for target in regions.affine:
        digits = 0 if alpha == "ends" else 9
        slopes = {u: rng.random((1, regions.sizes[u])).round(digits) for u in regions.above[target]}
        slopes = {} if alpha == "adaptive" else slopes
        tighten(regions, state, make_lines(regions, state, slopes, target), target)
    return state


@pytest.mark.parametrize("alpha", ["adaptive", "ends", "random"])
@pytest.mark.parametrize("kind", nets.KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_backward_bounds_hold_samples_and_are_within_intervals(kind: str, seed: int, alpha: str) -> None:
    graph = nets.KINDS[kind](seed)
    lo, hi = nets.box(graph, seed, 0.7)
    regions = Regions(graph)
    first = root_state(regions, lo[None], hi[None])
    state = tightened(regions, lo, hi, alpha, seed)
    found = samples(graph, lo, hi)
    for t in regions.targets:
        assert_inside(state.low[t], state.high[t], found[t])
        assert (state.low[t] >= first.low[t]).all()
        assert (state.high[t] <= first.high[t]).all()


@pytest.mark.parametrize("kind", nets.KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_improved_goals_stay_below_all_samples(kind: str, seed: int) -> None:
    graph = nets.KINDS[kind](seed)
    lo, hi = nets.box(graph, seed, 0.7)
    regions = Regions(graph)
    state = tightened(regions, lo, hi, "adaptive", seed)
    rng = np.random.default_rng(seed)
    cy, cx, d = rng.normal(size=(3, 2, 2)), rng.normal(size=(3, 2, len(lo))), rng.normal(size=(3, 2))
    owner = np.zeros(3, np.intp)
    rows, half, never = Combination(cx, cy, d), np.full((3, 2), 0.5), np.full(3, 1e9)
    made = [improve_goals(regions, state, owner, rows, half, steps, never) for steps in (1, 25)]
    found = samples(graph, lo, hi)
    for ascent in made:
        assert (ascent.multipliers >= 0.0).all()
        assert all(((a >= 0.0) & (a <= 1.0)).all() for a in ascent.best.slopes.values())
        m = ascent.multipliers[:, :, None]
        goal = found[graph.output] @ (m * cy).sum(1).T + found[0] @ (m * cx).sum(1).T
        goal = goal - (m[:, :, 0] * d).sum(1)
        assert (goal >= ascent.bound - SLACK).all()
    assert (made[1].bound >= made[0].bound - SLACK).all()
    # Where one row of a box is hopeless, its others are given up with it, as what has been reached says.
    gone = improve_goals(regions, state, owner, rows, half, 25, never, together=True)
    assert (gone.bound >= made[0].bound - SLACK).all()
    assert (gone.bound <= made[1].bound + SLACK).all()


@pytest.mark.parametrize("kind", nets.KINDS)
def test_improved_neurons_hold_all_samples(kind: str) -> None:
    graph = nets.KINDS[kind](11)
    lo, hi = nets.box(graph, 11, 0.7)
    regions = Regions(graph)
    state = tightened(regions, lo, hi, "adaptive", 0)
    found = samples(graph, lo, hi)
    for t in (t for t in regions.affine if regions.above[t]):
        neurons = np.arange(regions.sizes[t])
        low, high, _ = improve_neurons(regions, state, t, np.zeros_like(neurons), neurons, 10)
        assert_inside(low, high, found[t])


def test_batched_bounds_equal_those_of_single_boxes() -> None:
    graph = nets.residual(3)
    regions = Regions(graph)
    ends = [nets.box(graph, seed, 0.5) for seed in range(5)]
    lo, hi = np.stack([e[0] for e in ends]), np.stack([e[1] for e in ends])
    state = root_state(regions, lo, hi)
    for t in regions.affine:
        tighten(regions, state, make_lines(regions, state, {}, t), t)
    for k in range(5):
        single = tightened(regions, lo[k], hi[k], "adaptive", 0)
        for t in regions.targets:
            np.testing.assert_allclose(state.low[t][k], single.low[t][0], rtol=0, atol=1e-12)
            np.testing.assert_allclose(state.high[t][k], single.high[t][0], rtol=0, atol=1e-12)


def test_importance_is_the_derivative_of_the_bound_by_a_bound_it_meets() -> None:
    graph = nets.dense(2, layers=2)
    regions = Regions(graph)
    lo, hi = nets.box(graph, 2, 0.7)
    state = tightened(regions, lo, hi, "adaptive", 0)
    cy = np.array([[[1.0, -1.0]]])
    rows = Combination(np.zeros((1, 1, len(lo))), cy, np.zeros((1, 1)))

    def bound(at: State) -> float:
        one = np.ones((1, 1))
        return float(improve_goals(regions, at, np.zeros(1, np.intp), rows, one, 1, np.ones(1)).bound[0])

    tape = Tape()
    start, constant = regions.of[graph.output].pull(cy[0])
    owner = np.zeros(1, np.intp)
    walk(regions, make_lines(regions, state, {}, graph.output), owner, start, constant, tape)
    found = importance(regions, state, owner, np.ones(1), tape.coefficients, {})
    last = regions.targets[-1]
    moved, gain = state.take(owner), 0.0
    for j in np.flatnonzero((state.low[last][0] < 0) & (state.high[last][0] > 0)).tolist():
        step = 1e-3 * min(-state.low[last][0, j], state.high[last][0, j])
        moved.low[last][0, j] += step
        moved.high[last][0, j] -= step
        gain += step * (found.lower[last][0, j] + found.upper[last][0, j])
    change = bound(moved) - bound(state)
    assert gain > 0.0
    assert 0.3 * gain < change < 3.0 * gain
