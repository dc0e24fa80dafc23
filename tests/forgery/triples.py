"""Valid triples, small enough to be mutated word by word; together they use every part of the formats."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from danger import Case
from judge import Words
from nets import Net, words_of
from writing import (
    NONE,
    Tree,
    again,
    certificate_words,
    empty,
    fork,
    leaf,
    property_words,
    rows,
    sides,
    split,
    tie,
    tighten,
)

from provenn.ir import property as text
from provenn.ir.graph import Graph
from provenn.ops import ALL
from provenn.verify.search import search

Array = Any


@dataclass(frozen=True)
class Valid:
    """A network, a property that holds, and a certificate for it."""

    name: str
    graph: Words
    prop: Words
    certificate: Words

    @property
    def words(self) -> tuple[Words, Words, Words]:
        """The three files."""
        return self.graph, self.prop, self.certificate


def _box(size: int, low: float, high: float) -> tuple[Array, Array]:
    return np.full(size, low), np.full(size, high)


def by_hand(name: str, graph: Graph, outs: int, cases: list[Case], trees: list[Tree]) -> Valid:
    """A triple whose certificate was written here."""
    words = words_of(graph)
    prop = property_words(graph.input_type.size, outs, cases)
    return Valid(name, words, prop, certificate_words(words, prop, trees, 12))


def dense_net() -> Graph:
    """Two inputs, two hidden layers, one output."""
    net = Net(1, (1, 2))
    net.linear(4)
    net.put("relu")
    net.linear(3)
    net.put("relu")
    net.linear(1)
    return net.finish()


def searched(name: str, graph: Graph, threshold: float) -> Valid:
    """A triple whose certificate the search found: the first output stays below ``threshold`` on [-1, 1]."""
    n, m = graph.input_type.size, graph.output_type.size
    row = text.Row({}, {0: Fraction(-1)}, Fraction(-threshold))
    prop = text.Property(n, m, (text.Case((Fraction(-1),) * n, (Fraction(1),) * n, ((row,),)),))
    found = search(graph, prop, timeout=30.0)
    assert found.certificate is not None, (name, found.stats)
    return Valid(name, words_of(graph), text.property_words(prop), np.asarray(found.certificate, float))


def convolved() -> Valid:
    """Strides, pads, dilation and groups; two ways to be unsafe, one with slopes of its own."""
    net = Net(2, (1, 2, 3, 3))
    net.conv(4, (2, 2), groups=2, stride=(2, 1), pad=(1, 0, 0, 1), dilation=(1, 2))
    hidden = net.put("relu")
    size = int(np.prod(net.shape()))
    net.flat()
    net.linear(2)
    lo, hi = _box(18, -0.25, 0.5)
    ways = [rows([[-1, 0]], [-1.6], inputs=18), rows([[1, -1]], [-2.7], inputs=18)]
    tree = leaf(([1.0], {hidden: np.linspace(0, 1, size)}), ([2.0], NONE))
    return by_hand("conv", net.finish(), 2, [Case(lo, hi, ways)], [tree])


def residual() -> Valid:
    """A sum with the input, bounds sharpened twice, all slopes explicit at the leaf."""
    net = Net(3, (1, 3))
    first = net.linear(4)
    upper = net.put("relu")
    net.linear(3)
    second = net.put("add", 0)
    lower = net.put("relu")
    net.linear(1)
    slopes = {upper: [0.5, 0.25, 1.0, 0.0], lower: [0.75, 0.0, 1.0]}
    inner = sides(second, 3, [0, 2], [0, 1, 2], leaf(([1.0], slopes)), {upper: slopes[upper]})
    tree = tighten(first, inner)
    return by_hand(
        "residual", net.finish(), 1, [Case(*_box(3, -1, 1), [rows([[-1]], [-3.7], inputs=3)])], [tree]
    )


def sided() -> Valid:
    """relu(1.5 - |x|) and relu(|x| - 1.25): one needs a lower bound of what it reads, the other an upper one.

    Intervals do not know that relu(x) and relu(-x) share their x.
    """
    net = Net(9, (1, 1))
    layers = (([[1], [-1]], [0, 0]), ([[-1, -1], [1, 1]], [1.5, -1.25]), ([[1, 0], [0, 1]], [0, 0]))
    read, hidden = [], 0
    for layer in layers:
        made = [net.builder.parameter(ALL["parameter"], np.array(a, np.float32)) for a in layer]
        read.append(net.put("linear", *made))
        hidden = net.put("relu") if len(read) < 3 else hidden
    ways = [rows([[1, 0]], [0.4], inputs=1), rows([[0, -1]], [-0.1], inputs=1)]
    slopes = {hidden: [0.0, 0.0]}
    tree = sides(read[1], 2, [0], [1], leaf(([1.0], slopes), ([1.0], slopes)))
    return by_hand("sided", net.finish(), 2, [Case(*_box(1, -1, 1), ways)], [tree])


def repeated() -> Valid:
    """The same for copies of what both relus read: one step bounds it, the next one the copies."""
    net = Net(9, (1, 1))
    layers = (([[1], [-1]], [0, 0]), ([[-1, -1], [1, 1]], [1.5, -1.25]))
    weights = [[net.builder.parameter(ALL["parameter"], np.array(a, np.float32)) for a in layer]
               for layer in layers]
    net.put("linear", *weights[0])
    net.put("relu")
    read = net.put("linear", *weights[1])
    copies = net.put("concat", read, axis=1)
    hidden = net.put("relu")
    net.put("slice", axis=1, start=1, stop=3)
    ways = [rows([[0, 1]], [0.4], inputs=1), rows([[-1, 0]], [-0.1], inputs=1)]
    slopes = {hidden: np.zeros(4)}
    tree = sides(read, 2, [0], [1], again(copies, leaf(([1.0], slopes), ([1.0], slopes))))
    return by_hand("repeated", net.finish(), 2, [Case(*_box(1, -1, 1), ways)], [tree])


def tied() -> Valid:
    """The product of 0.5 - x and x + 0.25 x': its planes do not see that it hides a square."""
    net = Net(10, (1, 2))
    made = [[net.builder.parameter(ALL["parameter"], np.array(a, np.float32)) for a in layer]
            for layer in (([[-1, 0]], [0.5]), ([[1, 0.25]], [0]))]
    left = net.put("linear", *made[0])
    net.top = 0
    net.put("linear", *made[1])
    product = net.put("mul", left)
    net.linear(1)
    weight = float(net.builder.nodes[net.builder.nodes[net.top].inputs[1]].value.ravel()[0])
    bias = float(net.builder.nodes[net.builder.nodes[net.top].inputs[2]].value.ravel()[0])
    tree = tie(product, [0.0], [1.0], leaf(([1.0], {product: [0.5]})))
    # Where the weight is positive the product must not be large, else not small.
    ways = [rows([[-1]], [-(weight * (0.75 if weight > 0 else -4.0) + bias)], inputs=2)]
    return by_hand("tied", net.finish(), 1, [Case(*_box(2, -1, 1), ways)], [tree])


def moved() -> Valid:
    """Everything that moves elements; the unsafe rows only contradict each other together."""
    net = Net(4, (2, 3))
    net.put("transpose", perm=(1, 0))
    net.put("mul", net.weights(3, 2))
    net.put("concat", net.weights(3, 2), axis=1)
    net.put("slice", axis=1, start=1, stop=4)
    kept = net.put("reshape", shape=(1, 9))
    hidden = net.put("relu")
    net.put("sub", kept)
    net.linear(2)
    ways = [rows([[-1, 0], [1, -1], [0, 1]], [-0.4, 0.6, -0.4], inputs=6)]
    tree = leaf(([1.0, 1.0, 1.0], {hidden: np.full(9, 0.5)}))
    return by_hand("moved", net.finish(), 2, [Case(*_box(6, -1, 0.5), ways)], [split(2, 0.0, tree, tree)])


def mixed() -> Valid:
    """Rows over inputs and outputs: the output cannot be far from its input on both sides."""
    net = Net(5, (1, 2))
    net.linear(2)
    hidden = net.put("relu")
    net.put("sub", net.weights(1, 2))
    net.linear(2)
    ways = [rows([[-1, 0], [1, 0]], [-0.3, 0.2], [[1, 0], [-1, 0]]), rows([[0, 1]], [-2.2], [[0.5, -0.5]])]
    inner = leaf(([1.0, 1.0], NONE), ([1.0], {hidden: [1.0, 0.5]}))
    return by_hand("mixed", net.finish(), 2, [Case(*_box(2, -1, 1), ways)], [inner])


def several() -> Valid:
    """Four cases: split trees, an empty box, nothing unsafe, bounds sharpened below a split."""
    net = Net(6, (1, 2))
    first = net.linear(3)
    hidden = net.put("relu")
    second = net.linear(2)
    net.put("relu")
    net.linear(1)
    high = rows([[-1]], [-0.3], inputs=2)
    low = rows([[1]], [0.1], inputs=2)
    plain = leaf(([1.0], NONE), ([1.0], NONE))
    sharp = tighten(
        second, leaf(([1.0], {hidden: [0.0, 1.0, 0.5]}), ([0.5], NONE)), [1], {hidden: [1.0, 0.0, 0.5]}
    )
    tree = tighten(
        first, split(0, 0.25, split(1, 0.0, plain, sharp), tighten(second, split(0, 0.5, plain, sharp)))
    )
    cases = [
        Case(*_box(2, -1, 1), [high, low]),
        Case(np.array([0.0, 1.0]), np.array([1.0, 0.5]), [high]),
        Case(*_box(2, 0, 1), []),
        Case(*_box(2, 0, 0.5), [low]),
    ]
    trees = [tree, empty(1), leaf(), leaf(([1.0], NONE))]
    return by_hand("several", net.finish(), 1, cases, trees)


def forked() -> Valid:
    """The trees of ``several`` with lengths: nested on both sides, and below a step."""
    net = Net(6, (1, 2))
    first = net.linear(3)
    net.put("relu")
    second = net.linear(2)
    net.put("relu")
    net.linear(1)
    ways = [rows([[-1]], [-0.3], inputs=2), rows([[1]], [0.1], inputs=2)]
    plain = leaf(([1.0], NONE), ([1.0], NONE))
    right = tighten(second, fork(0, 0.5, plain, split(1, 0.25, plain, plain)))
    tree = tighten(first, fork(0, 0.25, fork(1, 0.0, plain, tighten(second, plain, [1])), right))
    return by_hand("forked", net.finish(), 1, [Case(*_box(2, -1, 1), ways)], [tree])


def searched_conv() -> Graph:
    """A convolution and a sum of both ways around it."""
    net = Net(7, (1, 1, 2, 2))
    net.conv(2, (2, 2), pad=(1, 1, 0, 0))
    kept = net.put("relu")
    net.conv(2, (1, 1), groups=2)
    net.put("relu")
    net.put("add", kept)
    net.flat()
    net.linear(2)
    return net.finish()


def wide_net() -> Graph:
    """More inputs than are worth splitting."""
    net = Net(8, (1, 13))
    net.linear(5)
    net.put("relu")
    net.linear(4)
    net.put("relu")
    net.linear(1)
    return net.finish()


@cache
def valid() -> tuple[Valid, ...]:
    """All triples."""
    return (
        searched("dense", dense_net(), 0.75),
        convolved(),
        residual(),
        sided(),
        repeated(),
        tied(),
        moved(),
        mixed(),
        several(),
        forked(),
        searched("searched", searched_conv(), -0.5),
        searched("signs", wide_net(), 1.77),
    )
