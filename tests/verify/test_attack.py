"""Attacks: points inside the exact box, exact decisions, gradients."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenn.bounds.regions import Regions
from provenn.ir.property import Case, Property, Row, binary32, boxes
from provenn.verify.attack import Attack
from provenn.verify.goals import make_goals
from tests.bounds import nets


@given(st.fractions(min_value=-100, max_value=100, max_denominator=10**9))
def test_ends_are_the_nearest_binary32_numbers_inside(q: Fraction) -> None:
    up, down = binary32(q, up=True), binary32(q, up=False)
    assert down <= q <= up
    assert up == down or np.nextafter(np.float32(float(down)), np.float32(np.inf)) == np.float32(float(up))


def attack_on(kind: str, seed: int, bound: float = 0.0) -> tuple[Attack, Property]:
    graph = nets.KINDS[kind](seed)
    lo, hi = (e.astype(np.float32) for e in nets.box(graph, seed, 0.5))
    row = Row({0: Fraction(1, 2)}, {0: Fraction(1), 1: Fraction(-3)}, Fraction(bound))
    exact = [tuple(Fraction(float(v)) for v in end) for end in (lo, hi)]
    case = Case(exact[0], exact[1], ((row, row), (row,)))
    prop = Property(len(lo), 2, (case,))
    return Attack(graph, prop, Regions(graph)), prop


@pytest.mark.parametrize("kind", nets.KINDS)
def test_gradients_agree_with_differences(kind: str) -> None:
    attack, prop = attack_on(kind, 5)
    goals = make_goals(boxes(prop))[0]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, prop.inputs))
    y, argument, _ = attack.values(x)
    zero = np.zeros(1, np.intp)
    made = attack.gradient(goals, x, y, argument, zero, zero)[0]
    for i in range(prop.inputs):
        step = np.zeros_like(x)
        step[0, i] = 1e-6
        change = attack.slack(goals, x + step, zero)[0, 0] - attack.slack(goals, x - step, zero)[0, 0]
        assert made[i] == pytest.approx(change / 2e-6, rel=1e-5, abs=1e-6)


def test_only_exact_violations_count() -> None:
    attack, prop = attack_on("dense", 1, bound=-1e9)
    assert not attack.confirm(np.zeros(prop.inputs), 0)
    attack, prop = attack_on("dense", 1, bound=1e9)
    assert attack.confirm(np.full(prop.inputs, 1e9), 0)
    assert attack.witness is not None
    exact = [Fraction(float(v)) for v in attack.witness]
    assert all(a <= v <= b for a, v, b in zip(prop.cases[0].lo, exact, prop.cases[0].hi))


@pytest.mark.parametrize("kind", ["dense", "curved"])
def test_diversified_points_stay_inside_and_their_outputs_spread(kind: str) -> None:
    attack, prop = attack_on(kind, 3)
    goals, rng = make_goals(boxes(prop))[0], np.random.default_rng(0)
    lo, hi = (np.repeat(ends[:1], 64, axis=0) for ends in (goals.lo, goals.hi))
    middle = (lo + hi) / 2
    near = middle + 0.01 * (hi - lo) * (rng.random(lo.shape) - 0.5)
    moved = attack.diversified(near, lo, hi, rng)
    assert ((lo <= moved) & (moved <= hi)).all()
    assert (attack.values(moved)[0].std(0) > 5 * attack.values(near)[0].std(0)).all()


@pytest.mark.parametrize(("far", "share"), [(True, 0.4), (False, 1.0)])
def test_an_ascent_that_cannot_get_there_ends_early(far: bool, share: float) -> None:
    attack, prop = attack_on("dense", 1, bound=-1e4)
    goals = make_goals(boxes(prop))[0]
    if not far:
        # Just out of reach of what the same ascent comes to.
        attack.sweep(goals, np.random.default_rng(0), 16, 20, 1e9)
        goals.d[:] -= attack.best + 1e-6
        attack.tried = 0
    assert not attack.sweep(goals, np.random.default_rng(0), 16, 20, 1e9)
    assert attack.tried == 16 * (1 + round(share * 20))
