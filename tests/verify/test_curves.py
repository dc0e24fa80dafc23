"""Curves and products from the search to the checker: certificates, any hints, false properties."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from provenn.bounds.regions import Regions
from provenn.eval.run import values
from provenn.ir.canonical import graph_hash, graph_words
from provenn.ir.graph import Graph
from provenn.ir.property import Case, Property, Row, property_hash, property_words
from provenn.verify import checker
from provenn.verify.certificate import HEADER, Again, Leaf, Tighten, Tree, certificate_words, read_trees, walk
from provenn.verify.search import search
from provenn.verify.semantics import REAL, Semantics
from tests.bounds import nets

GRAPHS = pytest.mark.parametrize("kind", ["curved", "products", "forms", "stepped", "repeated"])
SEEDS = pytest.mark.parametrize("seed", range(6))


def reach(graph: Graph, lo: Any, hi: Any) -> float:
    """The largest value of output 0 at many points of a box."""
    share = np.random.default_rng(7).random((4000, len(lo)))
    x = (lo + share * (hi - lo)).reshape(-1, *graph.input_type.shape)
    return float(values(graph, x)[graph.output].reshape(len(x), -1)[:, 0].max())


def at_least(graph: Graph, lo: Any, hi: Any, limit: float) -> Property:
    """Unsafe: output 0 reaches ``limit`` in the box."""
    ends = [tuple(Fraction(float(v)) for v in end) for end in (lo, hi)]
    rows = (Row({}, {0: Fraction(-1)}, -Fraction(limit)),)
    return Property(graph.input_type.size, graph.output_type.size, (Case(ends[0], ends[1], (rows,)),))


@GRAPHS
@SEEDS
def test_what_holds_is_certified(kind: str, seed: int) -> None:
    graph = nets.KINDS[kind](seed)
    lo, hi = nets.box(graph, seed, 0.2)
    prop = at_least(graph, lo, hi, reach(graph, lo, hi) + 0.2)
    found = search(graph, prop, timeout=30)
    assert found.kind == "unsat", found.stats
    assert found.certificate is not None
    assert checker.run(graph_words(graph), property_words(prop), found.certificate).accepted


@pytest.mark.parametrize("semantics", [REAL, Semantics("binary32", 4)], ids=["real", "binary32"])
@pytest.mark.parametrize(("seed", "above"), [(0, 0.3), (1, 0.3), (3, 0.3), (4, 1.0), (5, 1.0)])
def test_copies_are_bounded_once(semantics: Semantics, seed: int, above: float) -> None:
    """The certificate bounds what is repeated and encloses the copies again; the noise of both counts."""
    graph = nets.repeated(seed)
    lo, hi = nets.box(graph, seed, 0.5)
    prop = at_least(graph, lo, hi, reach(graph, lo, hi) + above)
    found = search(graph, prop, timeout=60, semantics=semantics)
    assert found.kind == "unsat", found.stats
    assert found.certificate is not None
    trees = read_trees(found.certificate, [n.type.size for n in graph], [(1,)])
    steps = [step for here, _ in walk(trees[0]) for step in here.steps]
    repeats = {i for i, n in enumerate(graph) if n.op.tag == "concat"}
    assert {s.node for s in steps if isinstance(s, Again)} >= repeats
    assert not {s.node for s in steps if not isinstance(s, Again)} & repeats
    said = checker.run(graph_words(graph), property_words(prop), found.certificate)
    assert (said.accepted, said.reason) == (True, "")


def certificate(graph: Graph, prop: Property, hints: Any) -> Any:
    """A tree that tightens everything and refutes, with hints from anywhere."""
    regions = Regions(graph)
    steps = []
    for t in sorted({*regions.targets}):
        above = regions.above[t]
        steps.append(Tighten(t, None, {u: hints(regions.sizes[u]) for u in above}, every=True))
    slopes = {u: hints(regions.sizes[u]) for u in regions.above[graph.output]}
    tree = Tree(tuple(steps), Leaf(((np.ones(1), slopes),)))
    return certificate_words([tree], graph_hash(graph), property_hash(prop))


@GRAPHS
@SEEDS
def test_no_hints_prove_what_is_false(kind: str, seed: int) -> None:
    graph = nets.KINDS[kind](seed)
    lo, hi = nets.box(graph, seed, 0.2)
    prop = at_least(graph, lo, hi, reach(graph, lo, hi) - 1e-6)
    rng = np.random.default_rng(seed)
    for hints in (np.zeros, np.ones, rng.random, lambda n: np.round(rng.random(n))):
        words = certificate(graph, prop, hints)
        said = checker.run(graph_words(graph), property_words(prop), words)
        assert said.reason == "not-refuted", said
        for _ in range(10):
            mutant = words.copy()
            mutant[int(rng.integers(HEADER, len(words)))] = rng.choice([-1.0, 0.0, 0.5, 1.0, 2.0, 1e9])
            assert not checker.run(graph_words(graph), property_words(prop), mutant).accepted


@GRAPHS
@SEEDS
def test_any_hints_in_the_unit_interval_prove_what_is_far_from_false(kind: str, seed: int) -> None:
    graph = nets.KINDS[kind](seed)
    lo, hi = nets.box(graph, seed, 0.01)
    prop = at_least(graph, lo, hi, reach(graph, lo, hi) + 3.0)
    rng = np.random.default_rng(seed)
    for hints in (np.zeros, np.ones, rng.random):
        words = certificate(graph, prop, hints)
        assert checker.run(graph_words(graph), property_words(prop), words).accepted
