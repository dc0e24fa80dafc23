"""Certificates whose header names binary32: what the checker takes and what it must not take."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.base.words import CERTIFICATE_MAGIC, Words
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row, property_words
from provenn.ops import ALL
from provenn.verify import checker

ONE = Fraction(1)
REALS, BINARY32 = 0, 1
BIG = 2.0 ** 25


def leaf(semantics: float, ulps: float) -> Words:
    """One leaf with the multiplier 1, default slopes and no split multipliers."""
    head = [CERTIFICATE_MAGIC, 1, 26, semantics, 1, ulps, *[0.0] * 16]
    return np.array([*head, 0, 1, 0, 0])


def dense(weights: list[float]) -> Graph:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, len(weights)))
    w = builder.parameter(ALL["parameter"], np.array([weights], np.float32))
    return builder.finish(builder.add(ALL["linear"], x, w))


def at_most(limit: str, inputs: int) -> Property:
    """Outputs up to the limit are unsafe, for the input that is 1 everywhere."""
    point = (ONE,) * inputs
    return Property(inputs, 1, (Case(point, point, ((Row({}, {0: ONE}, Fraction(limit)),),)),))


def says(weights: list[float], limit: str, semantics: float, ulps: float = 1) -> tuple[bool, str]:
    graph = graph_words(dense(weights))
    said = checker.run(graph, property_words(at_most(limit, len(weights))), leaf(semantics, ulps))
    return said.accepted, said.reason


def test_orders_disagree_and_only_the_reals_are_certified(checker_program: Path) -> None:
    one, big = np.float32(1), np.float32(BIG)
    assert (one + big) - big == 0
    assert one + (big - big) == 1
    assert says([1, BIG, -BIG], "0.5", REALS) == (True, "")
    assert says([1, BIG, -BIG], "0.5", BINARY32) == (False, "not-refuted")


@pytest.mark.parametrize(("limit", "accepted"), [("0.999999", True), ("0.9999999", False)])
def test_a_margin_beyond_rounding_is_certified(checker_program: Path, limit: str, accepted: bool) -> None:
    assert says([0.25, 0.5, 0.25], limit, REALS)[0]
    assert says([0.25, 0.5, 0.25], limit, BINARY32)[0] == accepted


def test_overflow_on_the_way_is_not_certified(checker_program: Path) -> None:
    huge = 3e38
    assert says([huge, huge, -huge], "1", REALS)[0]
    assert says([huge, huge, -huge], "1", BINARY32) == (False, "enclosure-failed")


@pytest.mark.parametrize(("semantics", "ulps"), [(2, 1), (BINARY32, 0), (BINARY32, 0.5), (BINARY32, 1e7)])
def test_other_headers_are_refused(checker_program: Path, semantics: float, ulps: float) -> None:
    assert says([1.0], "0.5", semantics, ulps) == (False, "wrong-semantics")


def test_parameters_must_be_binary32(checker_program: Path) -> None:
    graph, prop = graph_words(dense([0.75])), property_words(at_most("0.5", 1))
    graph[graph == 0.75] = 0.7
    assert checker.run(graph, prop, leaf(REALS, 0)).accepted
    said = checker.run(graph, prop, leaf(BINARY32, 1))
    assert (said.accepted, said.reason) == (False, "wrong-semantics")
