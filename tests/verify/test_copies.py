"""Copies of one node side by side: the checker reads them as one term, and as the tensor that they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.bounds.noise import Noise
from provenn.bounds.regions import Regions
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.property import property_words
from provenn.verify import checker
from provenn.verify.search import search
from provenn.verify.semantics import REAL, Semantics
from tests.bounds import nets
from tests.verify.test_curves import at_least

SHAPE = (2, 3, 2)
MARGINS = {"real": 2.0**-20, "binary32": 2.0**-8}


def beside(copies: int, axis: int, shared: bool) -> Graph:
    """A weighted sum of copies of the input along one axis: of one node, or of nodes that are equal."""
    m = nets.Maker(copies, (1, 12))
    x = m.put("reshape", m.x, shape=SHAPE)
    operands = [x if shared or k == 0 else m.put("reshape", m.x, shape=SHAPE) for k in range(copies)]
    flat = m.flat(m.put("concat", *operands, axis=axis))
    return m.done(m.put("linear", flat, m.parameter(1, m.shape(flat)[-1])))


def largest(graph: Graph, copies: int, axis: int, lo: Any, hi: Any) -> float:
    """The largest value of that sum in a box, from its weights."""
    (weights,) = graph.parameters.values()
    shape = [d * copies if k == axis else d for k, d in enumerate(SHAPE)]
    each = np.split(weights.astype(np.float64).reshape(shape), copies, axis)
    total = np.sum(each, axis=0).ravel()
    return float(np.maximum(total * lo, total * hi).sum())


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("axis", range(len(SHAPE)))
@pytest.mark.parametrize("copies", [1, 2, 3, 4, 5, 7, 16])
def test_bounds_are_those_of_the_sum(copies: int, axis: int, shared: bool, checker_program: Path) -> None:
    graph = beside(copies, axis, shared)
    lo, hi = nets.box(graph, axis, 1.0)
    best = largest(graph, copies, axis, lo, hi)
    for semantics in (REAL, Semantics("binary32", 4)):
        goal = at_least(graph, lo, hi, best + MARGINS[semantics.kind])
        found = search(graph, goal, timeout=20, semantics=semantics)
        assert found.kind == "unsat"
        said = checker.run(graph_words(graph), property_words(goal), found.certificate)
        assert (said.accepted, said.reason) == (True, "")


@pytest.mark.parametrize("shared", [True, False])
def test_copies_are_moved_not_summed(shared: bool) -> None:
    """The checker's noise: nothing but flushed numbers for copies of one node, else that of a sum."""
    graph = beside(3, 1, shared)
    regions = Regions(graph)
    noise = Noise(regions, 1.0, np.ones(12))
    (concat,) = (i for i, node in enumerate(graph.nodes) if node.op.tag == "concat")
    assert (noise.rates[concat][0] == 0.0) == shared
