"""Functions that jump: certificates about runs in binary32 allow for operands that are flushed to 0."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import provenn
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Array
from provenn.ir.property import Case, Property, Row, property_words
from provenn.ops import ALL
from provenn.ops.sign import SMALLEST
from provenn.verify import checker
from provenn.verify.semantics import REAL

ONE, SMALL = Fraction(1), Fraction(1, 2**126)
RUNS = 200


def signed() -> Graph:
    """The sign of the only input."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 1))
    return builder.finish(builder.add(ALL["sign"], x))


def layered(rng: np.random.Generator, size: int = 3) -> Graph:
    """Dense layers around signs."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, size))
    w, b, v = rng.normal(size=(size, size)), rng.normal(size=size), rng.normal(size=(1, size))
    w, b, v = (builder.parameter(ALL["parameter"], p.astype(np.float32)) for p in (w, b, v))
    hidden = builder.add(ALL["sign"], builder.add(ALL["linear"], x, w, b))
    return builder.finish(builder.add(ALL["linear"], hidden, v))


def below(limit: Fraction, lo: Fraction, hi: Fraction, inputs: int = 1) -> Property:
    """Outputs up to ``limit`` are unsafe, for inputs in [lo, hi]."""
    case = Case((lo,) * inputs, (hi,) * inputs, ((Row({}, {0: ONE}, limit),),))
    return Property(inputs, 1, (case,))


def flushed(x: Array) -> Array:
    """Zeros instead of subnormal numbers."""
    return np.where(np.abs(x) < SMALLEST, np.zeros_like(x), x)


@pytest.mark.parametrize("option", [None, "binary32", "auto", "real"])
def test_values_are_bounded_without_noise(option: str | None, checker_program: Path) -> None:
    made = provenn.verify(signed(), below(Fraction(-5, 4), -ONE, ONE), timeout=10, semantics=option)
    assert (made.answer, made.given_up) == ("unsat", "")
    assert (made.semantics == REAL) == (option == "real")


@pytest.mark.parametrize(("lo", "limit", "answer"), [
    (SMALL, Fraction(1, 2), "unsat"),  # normal numbers are not flushed
    (SMALL / 2, Fraction(1, 2), "unknown"),  # 1 in some runs, 0 where subnormal numbers are flushed
    (SMALL / 2, Fraction(-1, 2), "unsat"),  # but never -1
    (Fraction(0), Fraction(-1, 2), "unsat"),
    (Fraction(0), Fraction(1, 2), "sat"),
    (-SMALL / 2, Fraction(-1, 2), "sat"),  # the reference keeps subnormal numbers
])
def test_operands_near_0(lo: Fraction, limit: Fraction, answer: str, checker_program: Path) -> None:
    made = provenn.verify(signed(), below(limit, lo, ONE), timeout=5, semantics="binary32")
    assert made.answer == answer


def test_what_flushing_breaks_is_rejected(checker_program: Path) -> None:
    """A certificate for a box of normal numbers, for one that holds a subnormal number."""
    graph = signed()
    made = provenn.verify(graph, below(Fraction(1, 2), SMALL, ONE), timeout=10, semantics="binary32")
    assert made.certificate is not None
    words = graph_words(graph)
    for lo, accepted in ((SMALL, True), (SMALL / 2, False), (-ONE, False)):
        prop = property_words(below(Fraction(1, 2), lo, ONE))
        assert checker.run(words, prop, made.certificate).accepted == accepted, lo


@pytest.mark.parametrize("seed", range(4))
def test_runs_with_flushing_keep_certified_bounds(seed: int, checker_program: Path) -> None:
    """Inputs at and next to where pre-activations are 0, flushed or not, against the smallest bound shown."""
    rng = np.random.default_rng(seed)
    graph = layered(rng)
    w, b, v = (n.value.astype(np.float32) for n in graph if n.value is not None)
    zero = np.linalg.solve(w.astype(float), -b.astype(float)).astype(np.float32)
    x = np.clip(np.concatenate([rng.uniform(-1, 1, (RUNS, 3)), zero + rng.normal(size=(RUNS, 3)) * 1e-7,
                                np.zeros((1, 3))]), -1, 1).astype(np.float32)
    pre = x @ w.T + b
    pre = np.concatenate([pre, pre * np.float32(2.0**-140), np.zeros((1, 3), np.float32)])[: len(x)]
    runs = np.concatenate([np.sign(p) @ v.T for p in (pre, flushed(pre))]).ravel()
    limit = Fraction(float(-np.abs(v).sum() * 1.001))
    made = provenn.verify(graph, below(limit, -ONE, ONE, 3), timeout=10, semantics="binary32")
    assert made.answer == "unsat"
    assert runs.min() > float(limit)


def test_bounds_hold_for_flushed_operands() -> None:
    """The room's interval and lines, at ends around the smallest normal number."""
    sizes = [*(f * SMALLEST for f in (0.0, 2.0**-23, 0.5, 1 - 2.0**-23, 1.0, 2.0)), 1.0]
    ends = [s * v for s in (-1, 1) for v in sizes]
    for lo in ends:
        for hi in (h for h in ends if h >= lo):
            box = np.array([lo]), np.array([hi])
            low, high = ALL["sign"].need("interval")({}, box)
            slope, under, rise, over = ALL["sign"].need("lines")(*box, np.zeros(1))
            assert (slope, rise) == (0, 0)
            inside = np.array([x for x in ends if lo <= x <= hi])
            for y in (np.sign(inside), np.sign(flushed(inside))):
                assert (low <= y).all()
                assert (y <= high).all()
                assert (under <= y).all()
                assert (y <= over).all()
