"""Graphs and properties that mean nothing, written on purpose: each is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from danger import Case
from judge import Judge, Words
from margin import ONE
from meaning import Meaningless, outputs
from mutants import INF, NAN
from writing import Node, certificate_words, empty, graph_words, node, property_words, rows

BIG = 2.0**21
X, X4 = node("input", (1, 4)), node("input", (1, 1, 2, 2))
W = node("parameter", (2, 4), data=[1.0] * 8)
K = node("parameter", (1, 1, 2, 2), data=[1.0] * 4)
EDGES = (1, 1, 1, 0, 0, 0, 0, 1, 1)


def conv(
    attrs: Sequence[float], shape: Sequence[float] = (1, 1, 1, 1), kernel: Node = K, image: Node = X4
) -> list[Node]:
    """One convolution."""
    return [image, kernel, node("conv", shape, (0, 1), attrs)]


def changed(at: int, value: float) -> list[Node]:
    """A convolution with one attribute replaced."""
    attrs: list[float] = list(EDGES)
    attrs[at] = value
    return conv(attrs)


GOOD: dict[str, list[Node]] = {
    "linear": [X, W, node("linear", (1, 2), (0, 1))],
    "conv": conv(EDGES),
    "transpose": [X, node("transpose", (4, 1), (0,), (1, 0))],
    "slice": [X, node("slice", (1, 2), (0,), (1, 1, 3))],
    "concat": [X, node("concat", (2, 4), (0, 0), (0,))],
    "reshape": [X, node("reshape", (2, 2), (0,))],
    "mul": [X, node("parameter", (1, 4), data=[2.0] * 4), node("mul", (1, 4), (0, 1))],
    "add": [X, node("add", (1, 4), (0, 0))],
    "relu": [X, node("relu", (1, 4), (0,))],
}
BAD: dict[str, list[Node]] = {
    "no nodes": [],
    "no input": [node("parameter", (1, 4), data=[1.0] * 4)],
    "input second": [node("parameter", (1, 4), data=[1.0] * 4), X],
    "two inputs": [X, X],
    "input with an operand": [node("input", (1, 4), (0,))],
    "input with data": [node("input", (1, 4), data=[1.0] * 4)],
    "reads itself": [X, node("relu", (1, 4), (1,))],
    "reads a later node": [X, node("relu", (1, 4), (2,)), X],
    "reads nothing": [X, node("relu", (1, 4))],
    "reads two": [X, node("relu", (1, 4), (0, 0))],
    "add of one": [X, node("add", (1, 4), (0,))],
    "add of three": [X, node("add", (1, 4), (0, 0, 0))],
    "add, other shape": [X, node("add", (4, 1), (0, 0))],
    "relu, other shape": [X, node("relu", (4,), (0,))],
    "relu, other size": [X, node("relu", (1, 5), (0,))],
    "relu with an attribute": [X, node("relu", (1, 4), (0,), (1,))],
    "relu with data": [X, node("relu", (1, 4), (0,), (), [0.0])],
    "tag 0": [X, node(0, (1, 4), (0,))],
    "tag 13": [X, node(13, (1, 4), (0,))],
    "tag 1.5": [X, node(1.5, (1, 4), (0,))],
    "tag -1": [X, node(-1, (1, 4), (0,))],
    "mul, other shape": [X, node("reshape", (4,), (0,)), node("mul", (1, 4), (0, 1))],
    "tanh of two": [X, node(29, (1, 4), (0, 0))],
    "sigmoid, other shape": [X, node(30, (4,), (0,))],
    "leaky relu without a slope": [X, node(40, (1, 4), (0,))],
    "leaky relu by a variable": [X, node(40, (1, 4), (0, 0))],
    "clip with one end": [X, W, node(41, (1, 4), (0, 1))],
    "reciprocal with an attribute": [X, node(42, (1, 4), (0,), (2,))],
    "power without an exponent": [X, node(44, (1, 4), (0,))],
    "tag 45": [X, node(45, (1, 4), (0,))],
    "linear by a variable": [X, node("reshape", (2, 2), (0,)), node("linear", (2, 2), (1, 1))],
    "linear, other width": [X, node("parameter", (2, 3), data=[1.0] * 6), node("linear", (1, 2), (0, 1))],
    "linear, other rows": [X, W, node("linear", (2, 2), (0, 1))],
    "linear, other rank": [X, W, node("linear", (2,), (0, 1))],
    "linear, bias too long": [
        X,
        W,
        node("parameter", (3,), data=[1.0] * 3),
        node("linear", (1, 2), (0, 1, 2)),
    ],
    "linear, bias of rank 2": [
        X,
        W,
        node("parameter", (1, 2), data=[1.0] * 2),
        node("linear", (1, 2), (0, 1, 2)),
    ],
    "linear, two biases": [
        X,
        W,
        node("parameter", (2,), data=[1.0] * 2),
        node("linear", (1, 2), (0, 1, 2, 2)),
    ],
    "weight of rank 1": [X, node("parameter", (4,), data=[1.0] * 4), node("linear", (1, 1), (0, 1))],
    "data too short": [X, node("parameter", (1, 4), data=[1.0] * 3), node("add", (1, 4), (0, 1))],
    "data too long": [X, node("parameter", (1, 4), data=[1.0] * 5), node("add", (1, 4), (0, 1))],
    "NaN weight": [X, node("parameter", (1, 4), data=[1.0, NAN, 1, 1]), node("add", (1, 4), (0, 1))],
    "infinite weight": [X, node("parameter", (1, 4), data=[1.0, 1, INF, 1]), node("add", (1, 4), (0, 1))],
    "groups 0": changed(0, 0),
    "groups 2": changed(0, 2),
    "stride 0": changed(1, 0),
    "stride -1": changed(2, -1),
    "pads too many": changed(3, 1),
    "huge pad": changed(4, BIG),
    "overflowing pad": changed(5, 2.0**62),
    "pad beyond 2^63": changed(6, 2.0**63),
    "dilation 0": changed(7, 0),
    "dilation too large": changed(8, 2),
    "half a stride": changed(1, 0.5),
    "too few attributes": conv(EDGES[:8]),
    "too many attributes": conv((*EDGES, 1)),
    "groups that do not divide": conv(
        (2, *EDGES[1:]),
        (1, 3, 1, 1),
        node("parameter", (3, 1, 2, 2), data=[1.0] * 12),
        node("input", (1, 2, 2, 2)),
    ),
    "kernel larger than its image": conv(
        EDGES, (1, 1, 1, 1), node("parameter", (1, 1, 3, 3), data=[1.0] * 9)
    ),
    "kernel of rank 3": conv(EDGES, (1, 1, 1, 1), node("parameter", (1, 2, 2), data=[1.0] * 4)),
    "two images": conv(EDGES, (2, 1, 1, 1), K, node("input", (2, 1, 2, 2))),
    "not a permutation": [X, node("transpose", (4, 4), (0,), (1, 1))],
    "axis twice": [X, node("transpose", (1, 1), (0,), (0, 0))],
    "perm out of range": [X, node("transpose", (4, 1), (0,), (1, 2))],
    "perm too short": [X, node("transpose", (1,), (0,), (0,))],
    "square, axis twice": [node("input", (2, 2)), node("transpose", (2, 2), (0,), (0, 0))],
    "perm wrong way round": [X, node("transpose", (1, 4), (0,), (1, 0))],
    "concat of nothing": [X, node("concat", (1, 4), (), (0,))],
    "concat, no axis": [X, node("concat", (2, 4), (0, 0))],
    "concat, axis out of range": [X, node("concat", (1, 4), (0,), (2,))],
    "concat, axis far out": [X, node("concat", (1, 4), (0,), (BIG,))],
    "concat, wrong total": [X, node("concat", (3, 4), (0, 0), (0,))],
    "concat, other shape": [X, node("reshape", (2, 2), (0,)), node("concat", (3, 4), (0, 1), (0,))],
    "slice out of range": [X, node("slice", (1, 3), (0,), (1, 2, 5))],
    "empty slice": [X, node("slice", (1, 0), (0,), (1, 2, 2))],
    "backward slice": [X, node("slice", (1, 2), (0,), (1, 3, 1))],
    "slice, axis out": [X, node("slice", (1, 4), (0,), (2, 0, 1))],
    "slice, wrong shape": [X, node("slice", (2, 1), (0,), (1, 1, 3))],
    "slice, half": [X, node("slice", (1, 2), (0,), (1, 0.5, 3))],
    "reshape to more": [X, node("reshape", (5,), (0,))],
    "reshape to less": [X, node("reshape", (3,), (0,))],
    "reshape to nothing": [X, node("reshape", (0, 4), (0,))],
    "dimension -1": [X, node("reshape", (-1, 4), (0,))],
    "dimension 0": [node("input", (0,))],
    "dimension NaN": [node("input", (NAN,))],
    "half a dimension": [node("input", (1.5,))],
    "product 2^42": [node("input", (BIG, BIG))],
    "product 2^63": [node("input", (BIG, BIG, BIG))],
    "product 2^64 times 4": [node("input", (BIG, BIG, BIG, 8)), node("reshape", (1, 4), (0,))],
    "product overflows to 4": [node("input", (2.0**21, 2.0**21, 2.0**21, 4)), node("reshape", (4,), (0,))],
    "dimension 2^32": [node("input", (2.0**32,))],
    "dimension 2^53 + 2": [node("input", (2.0**53 + 2,))],
}


def property_for(nodes: Sequence[Node]) -> Words:
    """A property that every network of four inputs and as many outputs as the last shape says has."""
    size = math.prod(nodes[-1][1]) if nodes else 1
    outs = int(size) if math.isfinite(size) and 0 < size < 100 and size == int(size) else 1
    return property_words(4, outs, [Case(np.zeros(4), np.ones(4), [rows(np.eye(outs)[0], -1e6, inputs=4)])])


@pytest.mark.parametrize("name", GOOD)
def test_the_good_ones_are_accepted(name: str, judge: Judge) -> None:
    words, prop = graph_words(GOOD[name]), property_for(GOOD[name])
    assert outputs(words, np.zeros((1, 4))).size
    assert judge.one(words, prop, certificate_words(words, prop, [ONE])).accepted


def test_the_bad_ones_are_refused(judge: Judge) -> None:
    batch = []
    for nodes in BAD.values():
        words, prop = graph_words(nodes), property_for(nodes)
        batch.append((words, prop, certificate_words(words, prop, [ONE])))
        with pytest.raises((Meaningless, IndexError)):
            outputs(words, np.zeros((1, 4)))
    for name, answer in zip(BAD, judge(batch)):
        assert answer.kind == "rejected", name


@pytest.mark.parametrize("output", [1.0, 4.0, -1.0, 0.5, NAN, INF, BIG, 2.0**53, 2.0**64])
def test_output_elsewhere(output: float, judge: Judge) -> None:
    words = graph_words([X], output)
    prop = property_for([X])
    assert judge.one(words, prop, certificate_words(words, prop, [ONE])).kind == "rejected"


@pytest.mark.parametrize("dtype", [0.0, 2.0, 11.0, -1.0, 1.5, NAN])
def test_other_types(dtype: float, judge: Judge) -> None:
    words = graph_words([X], dtype=dtype)
    prop = property_for([X])
    assert judge.one(words, prop, certificate_words(words, prop, [ONE])).kind == "rejected"


def a_property(low: Any, high: Any, d: float = -1.0, coefficient: float = 1.0) -> Words:
    """Unsafe: ``coefficient * y0 <= d`` for inputs of which the first runs from ``low`` to ``high``."""
    lo, hi, cy = np.zeros(4), np.ones(4), np.zeros(4)
    lo[0], hi[0], cy[0] = low, high, coefficient
    return property_words(4, 4, [Case(lo, hi, [rows(cy, d, inputs=4)])])


@pytest.mark.parametrize(
    ("low", "high", "d", "coefficient"),
    [
        (NAN, 1.0, -1.0, 1.0),
        (0.0, NAN, -1.0, 1.0),
        (-INF, 1.0, -1.0, 1.0),
        (0.0, INF, -1.0, 1.0),
        (0.0, 1.0, NAN, 1.0),
        (0.0, 1.0, -INF, 1.0),
        (0.0, 1.0, -1.0, NAN),
        (0.0, 1.0, -1.0, INF),
        (0.0, -0.5, -1.0, 1.0),
        (0.0, 1.0, 0.0, 1.0),
        (-0.0, 1.0, 0.0, 1.0),
        (0.0, 1.0, -0.0, 1.0),
        (-5e-324, 1.0, -5e-324, 1.0),
        (0.0, 1.0, 5e-324, 1.0),
        (-1e308, 1e308, -1.0, 1e308),
        (0.0, 1.0, 0.0, 1e-320),
        (0.0, 1.0, 0.0, -0.0),
        (0.0, 1.0, -5e-324, 5e-324),
    ],
)
def test_boxes_and_rows(low: float, high: float, d: float, coefficient: float, judge: Judge) -> None:
    """The identity network: none of these is a true property that binary64 with rounding can show."""
    words, prop = graph_words([X]), a_property(low, high, d, coefficient)
    for tree in (ONE, empty(1), empty(0) if low <= high else empty(2)):
        assert judge.one(words, prop, certificate_words(words, prop, [tree])).kind == "rejected"


def test_an_empty_box_needs_the_right_side(judge: Judge) -> None:
    words, prop = graph_words([X]), a_property(0.0, -5e-324)
    assert judge.one(words, prop, certificate_words(words, prop, [empty(0)])).accepted
    same = a_property(0.0, -0.0, 0.0)
    assert judge.one(words, same, certificate_words(words, same, [empty(0)])).reason == "not-empty"
