"""Splits on the sign of a pre-activation, and split multipliers, through the real checker."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.base.words import Words, sha256
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder
from provenn.ir.property import Case, Property, Row, property_words
from provenn.ops import ALL
from provenn.verify import checker
from provenn.verify.certificate import Leaf, Slopes, Split, Tree, certificate_words, read_trees

Z = 2
ONE = np.ones(1)


def files() -> tuple[Words, Words]:
    """The network y = x - relu(z) with z = x in [-1, 1]; y >= 1/10 is unsafe. In truth y = min(x, 0)."""
    b = Builder()
    x = b.add(ALL["input"], shape=(1, 1))
    z = b.add(ALL["linear"], x, b.parameter(ALL["parameter"], np.ones((1, 1), np.float32)))
    assert z == Z
    graph = b.finish(b.add(ALL["sub"], x, b.add(ALL["relu"], z)))
    row = Row({}, {0: Fraction(-1)}, Fraction(-1, 10))
    prop = Property(1, 1, (Case((Fraction(-1),), (Fraction(1),), ((row,),)),))
    return graph_words(graph), property_words(prop)


def leaf(sign: float | None = None) -> Tree:
    """One leaf with lower slope 0 and, if given, a split multiplier on z."""
    signs: Slopes = {} if sign is None else {Z: np.array([sign])}
    return Tree((), Leaf(((ONE, {Z + 1: np.zeros(1)}),), (signs,)))


def said(tree: Tree) -> checker.CheckResult:
    graph, prop = files()
    words = certificate_words([tree], sha256(graph), sha256(prop))
    again = certificate_words(read_trees(words, [1] * 5, [[1]]), sha256(graph), sha256(prop))
    assert np.array_equal(again, words, equal_nan=True)
    return checker.run(graph, prop, words)


def test_a_split_on_a_sign_with_its_multiplier_proves_it(checker_program: Path) -> None:
    assert said(Tree((), Split(0, 0.0, leaf(1.0), leaf(), node=Z))).accepted


@pytest.mark.parametrize(("tree", "reason"), [
    (lambda: leaf(), "not-refuted"),
    (lambda: leaf(1.0), "multiplier-sign"),
    (lambda: Tree((), Split(0, 0.0, leaf(), leaf(), node=Z)), "not-refuted"),
    (lambda: Tree((), Split(0, 0.0, leaf(-1.0), leaf(), node=Z)), "multiplier-sign"),
    (lambda: Tree((), Split(0, 0.0, leaf(1.0), leaf(1.0), node=Z)), "multiplier-sign"),
    (lambda: Tree((), Split(0, 0.5, leaf(1.0), leaf(), node=Z)), "multiplier-sign"),
    (lambda: Tree((), Split(0, 2.0, leaf(1.0), leaf(), node=Z)), "split-outside"),
    (lambda: Tree((), Split(0, 0.0, leaf(np.nan), leaf(), node=Z)), "not-finite"),
    (lambda: Tree((), Split(0, 0.0, leaf(0.5), leaf(), node=Z)), "not-refuted"),
])
def test_anything_less_does_not(tree: Callable[[], Tree], reason: str, checker_program: Path) -> None:
    answer = said(tree())
    assert (answer.accepted, answer.reason) == (False, reason)
