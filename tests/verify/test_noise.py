"""Noise that follows sharper bounds, and the test of whether it leaves any hope."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import provenn
from provenn.bounds.backward import make_lines, root_state, tighten
from provenn.bounds.noise import Noise
from provenn.bounds.regions import Regions
from provenn.eval.run import replay
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row, property_words
from provenn.ops import ALL
from provenn.verify import checker
from provenn.verify import search as engine
from provenn.verify.certificate import Again
from provenn.verify.renewals import Renewals
from provenn.verify.semantics import REAL, Semantics
from tests.bounds import nets
from tests.verify.test_curves import at_least, reach

ONE = Fraction(1)
BINARY32 = Semantics("binary32", 4)
BIG = 2.0**25
INPUTS = 16


def deep(seed: int) -> Graph:
    """Residual layers whose biases are added apart, so that regions have nodes inside."""
    rng, builder = np.random.default_rng(seed), Builder()

    def parameter(*shape: int) -> int:
        return builder.parameter(ALL["parameter"], rng.normal(size=shape).astype(np.float32))

    x = here = builder.add(ALL["input"], shape=(1, INPUTS))
    for _ in range(4):
        z = builder.add(ALL["linear"], here, parameter(INPUTS, INPUTS))
        z = builder.add(ALL["relu"], builder.add(ALL["add"], z, parameter(1, INPUTS)))
        here = z if here == x else builder.add(ALL["add"], z, here)
    return builder.finish(builder.add(ALL["linear"], here, parameter(1, INPUTS)))


def prop(limit: Fraction, width: Fraction, inputs: int = INPUTS) -> Property:
    """Outputs up to the limit are unsafe around 1."""
    row = Row({}, {0: ONE}, limit)
    return Property(inputs, 1, (Case((ONE - width,) * inputs, (ONE + width,) * inputs, ((row,),)),))


@pytest.mark.parametrize("seed", range(3))
def test_noise_follows_bounds(seed: int) -> None:
    graph = deep(seed)
    lo, hi = np.full((1, INPUTS), 0.99), np.full((1, INPUTS), 1.01)
    made = []
    for renewing in (False, True):
        regions = Regions(graph)
        regions.noise = Noise(regions, 1.0, hi[0], renewing=renewing)
        regions.noise.begin(lo, hi)
        state = root_state(regions, lo, hi)
        for t in regions.affine:
            tighten(regions, state, make_lines(regions, state, {}, t), t)
        made.append(float(regions.noise.output(state)[0, 0]))
    assert 0.0 < made[1] < made[0]


@pytest.mark.parametrize("seed", range(6))
def test_the_checker_follows(seed: int, checker_program: Path) -> None:
    """A claim with little to spare beyond what bounds lose: the certificate encloses nodes again."""
    graph, width = deep(seed), Fraction(1, 32)
    rng = np.random.default_rng(seed)
    xs = (1 + rng.uniform(-1, 1, (300, INPUTS)) / 32).astype(np.float32)
    least = min(float(replay(graph, x)[0]) for x in xs)
    claim = prop(Fraction(least) - 2 * abs(Fraction(least)) // 10 - 1, width)
    made = engine.search(graph, claim, timeout=20, semantics=BINARY32)
    assert made.kind == "unsat"
    said = checker.run(graph_words(graph), property_words(claim), made.certificate)
    assert (said.accepted, said.reason, said.detail) == (True, "", {})


def test_what_is_written_down() -> None:
    """Nodes inside of regions, and then the target whose noise depends on them, once bounds change."""
    graph, found = deep(0), list[Any]()
    regions = Regions(graph)
    noise = Noise(regions, 1.0, np.ones(INPUTS), renewing=True)
    renewals = Renewals(noise.inner)
    for t in regions.affine:
        steps = renewals.before(t)
        assert all(isinstance(s, Again) for s in steps)
        nodes = [s.node for s in steps]
        assert nodes == sorted(nodes)
        assert not nodes or nodes[-1] == t
        found.append(len(steps))
        renewals.changed.add(t)
    assert found[0] == 0 < min(found[1:])
    assert renewals.before(regions.affine[-1]) == []


def squared(seed: int) -> Graph:
    """Squares of a layer of relus, and of the inputs."""
    m = nets.Maker(seed, (1, 3))
    x = m.relu(m.linear(m.x, 4))
    return m.done(m.put("add", m.linear(m.put("mul", x, x), 2), m.linear(m.put("mul", m.x, m.x), 2)))


@pytest.mark.parametrize("kind", [squared, nets.moved])
@pytest.mark.parametrize("seed", range(1, 5))
def test_activations_of_activations_follow_bounds(kind: Any, seed: int, checker_program: Path) -> None:
    """The checker encloses them again whenever it sharpens something below, without being told."""
    graph, accepted = kind(seed), 0
    lo, hi = nets.box(graph, seed, 1.0)
    met = reach(graph, lo, hi)
    for above in (1.0, 0.3, 0.1, 0.03, 0.01):
        goal = at_least(graph, lo, hi, met + above)
        found = engine.search(graph, goal, timeout=3, semantics=Semantics("binary32", 4))
        if found.kind == "unsat" and found.certificate is not None:
            said = checker.run(graph_words(graph), property_words(goal), found.certificate)
            assert said.accepted, (above, said)
            accepted += 1
    assert accepted


def cancelling() -> Graph:
    """1 + (BIG + x) - (BIG + x)."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 1))
    w, b = (builder.parameter(ALL["parameter"], np.array(a, np.float32))
            for a in ([[0.0], [1.0], [1.0]], [1.0, BIG, BIG]))
    h = builder.add(ALL["relu"], builder.add(ALL["linear"], x, w, b))
    return builder.finish(builder.add(
        ALL["linear"], h, builder.parameter(ALL["parameter"], np.array([[1.0, 1.0, -1.0]], np.float32))))


def test_no_hope_is_noticed_before_the_domain_is_split(checker_program: Path) -> None:
    made = provenn.verify(cancelling(), prop(Fraction(-1, 2), ONE / 2, 1), timeout=20, semantics="auto")
    assert (made.answer, made.semantics) == ("unsat", REAL)
    assert "at a point that the attack met" in made.given_up
    assert made.stats["boxes"] <= 1


def test_hope_is_not_given_up_while_there_is_some(checker_program: Path) -> None:
    made = provenn.verify(cancelling(), prop(Fraction(-100), ONE / 2, 1), timeout=20, semantics="auto")
    assert (made.answer, made.semantics, made.given_up) == ("unsat", BINARY32, "")
