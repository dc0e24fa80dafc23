"""Ties between the factors of products: planes hold, trees get smaller, nothing false is proved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from provenn.bounds.regions import Regions
from provenn.ir.canonical import graph_hash, graph_words
from provenn.ir.graph import Graph
from provenn.ir.property import Property, property_hash, property_words
from provenn.ops import ALL
from provenn.ops.mul import planes
from provenn.verify import branch, checker
from provenn.verify.certificate import Leaf, Tie, Tighten, Tree, certificate_words, read_trees, walk
from provenn.verify.search import search
from provenn.verify.semantics import REAL, Semantics
from tests.bounds import nets
from tests.verify.test_curves import at_least, reach

SEEDS = pytest.mark.parametrize("seed", range(6))
ODD = (0.0, 1e-300, 0.25, 1.0, 4.0, 1e9, 1e300, -1.0)


@SEEDS
def test_planes_with_ties_hold_and_are_closer(seed: int) -> None:
    """Both factors are combinations of the same three numbers."""
    rng = np.random.default_rng(seed)
    point = rng.uniform(-1.0, 1.0, (500, 3))
    a, b = rng.normal(size=(2, 3))
    b = 0.3 * b - 1.5 * a
    x, y, m, alpha = point @ a, point @ b, np.abs(b).sum() / np.abs(a).sum(), rng.uniform(0.3, 0.7)
    wide, tall = np.array(np.abs(a).sum()), np.array(np.abs(b).sum())
    ends = [np.abs(c).sum() for c in (m * a - b, -m * a - b)]
    ties = [(np.array(m), np.array(-end), np.array(end)) for end in ends]
    plain = planes((-wide, wide), (-tall, tall), np.array(alpha))
    tied = planes((-wide, wide), (-tall, tall), np.array(alpha), *ties)
    assert (tied[0] * x + tied[1] * y + tied[2] <= x * y + 1e-12).all()
    assert (tied[3] * x + tied[4] * y + tied[5] >= x * y - 1e-12).all()
    assert tied[2] >= plain[2]
    assert tied[5] < plain[5]


def damped(seed: int) -> Graph:
    """States times what pulls them back: never positive by much."""
    m = nets.Maker(seed, (1, 3))
    pull = 0.2 * m.rng.normal(size=(3, 3)) - np.eye(3)
    back = m.put("linear", m.x, m.b.parameter(ALL["parameter"], pull.astype(np.float32)))
    total = m.b.parameter(ALL["parameter"], np.ones((1, 3), np.float32))
    return m.done(m.put("linear", m.put("mul", m.x, back), total))


@pytest.mark.parametrize("semantics", [REAL, Semantics("binary32", 4)], ids=["real", "binary32"])
@SEEDS
def test_trees_get_smaller(semantics: Semantics, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = damped(seed)
    prop = at_least(graph, np.full(3, -1.0), np.full(3, 1.0), 0.5)
    found = search(graph, prop, timeout=60, semantics=semantics)
    assert found.kind == "unsat", found.stats
    assert found.certificate is not None
    assert checker.run(graph_words(graph), property_words(prop), found.certificate).accepted
    trees = read_trees(found.certificate, [n.type.size for n in graph], [(1,)])
    assert any(isinstance(step, Tie) for here, _ in walk(trees[0]) for step in here.steps)
    monkeypatch.setattr(branch, "MANY_FACTORS", 0)
    without = search(graph, prop, timeout=5)
    assert without.stats["leaves"] >= 4 * found.stats["leaves"]


@pytest.mark.parametrize("semantics", [REAL, Semantics("binary32", 4)], ids=["real", "binary32"])
def test_squares_of_inputs_need_no_bounds_but_ties(semantics: Semantics) -> None:
    """A product that reads nothing but inputs: there is no other node to bound."""
    m = nets.Maker(0, (1, 3))
    weights = m.b.parameter(ALL["parameter"], np.array([[-1.0, 0.5, -0.7]], np.float32))
    graph = m.done(m.put("linear", m.put("mul", m.x, m.x), weights))
    prop = at_least(graph, np.full(3, -1.0), np.full(3, 0.9), 0.51)
    found = search(graph, prop, timeout=60, semantics=semantics)
    assert found.kind == "unsat", found.stats
    assert found.certificate is not None
    assert checker.run(graph_words(graph), property_words(prop), found.certificate).accepted


def certificate(graph: Graph, prop: Property, factors: Any) -> Any:
    """Bounds of everything, ties with factors from anywhere, and a leaf."""
    regions = Regions(graph)
    steps = [(t, Tighten(t, every=True)) for t in regions.affine]
    ties = [(u, Tie(u, factors(regions.sizes[u]), factors(regions.sizes[u]))) for u in regions.products]
    ordered = tuple(step for _, step in sorted([*steps, *ties], key=lambda pair: pair[0]))
    tree = Tree(ordered, Leaf(((np.ones(1), {}),)))
    return certificate_words([tree], graph_hash(graph), property_hash(prop))


@SEEDS
def test_no_factors_prove_what_is_false(seed: int) -> None:
    graph = nets.forms(seed)
    lo, hi = nets.box(graph, seed, 0.2)
    prop = at_least(graph, lo, hi, reach(graph, lo, hi) - 1e-6)
    rng = np.random.default_rng(seed)
    for factors in (np.ones, lambda n: rng.choice(ODD, n), lambda n: 10.0 ** rng.uniform(-3, 3, n)):
        said = checker.run(graph_words(graph), property_words(prop), certificate(graph, prop, factors))
        assert said.reason in ("not-refuted", "bound-failed"), said


@SEEDS
def test_any_factors_prove_what_is_far_from_false(seed: int) -> None:
    graph = nets.forms(seed)
    lo, hi = nets.box(graph, seed, 0.01)
    prop = at_least(graph, lo, hi, reach(graph, lo, hi) + 3.0)
    rng = np.random.default_rng(seed)
    for factors in (np.zeros, np.ones, lambda n: rng.choice(ODD, n)):
        words = certificate(graph, prop, factors)
        assert checker.run(graph_words(graph), property_words(prop), words).accepted
