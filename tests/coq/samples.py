"""Small networks with certificates, for builds of the checker that are too slow for real ones."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from provenn.base.words import Words
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row, property_words
from provenn.ops import ALL
from provenn.verify.search import search

Files = tuple[Words, Words, Words]


def dense(seed: int) -> Graph:
    """3 inputs, two hidden layers, 2 outputs, a residual sum."""
    rng = np.random.default_rng(seed)
    b = Builder()
    x = b.add(ALL["input"], shape=(1, 3))
    for k, (n, m) in enumerate([(3, 6), (6, 6), (6, 2)]):
        w = b.parameter(ALL["parameter"], rng.standard_normal((m, n)).astype(np.float32), f"w{k}")
        c = b.parameter(ALL["parameter"], rng.standard_normal(m).astype(np.float32), f"b{k}")
        y = b.add(ALL["linear"], x, w, c)
        y = b.add(ALL["add"], y, x) if n == m else y
        x = b.add(ALL["relu"], y) if k < 2 else y
    return b.finish(x)


def convolutional(seed: int) -> Graph:
    """A 4x4 image, one strided and padded convolution, a transpose, 2 outputs."""
    rng = np.random.default_rng(seed)
    b = Builder()
    x = b.add(ALL["input"], shape=(1, 1, 4, 4))
    w = b.parameter(ALL["parameter"], rng.standard_normal((2, 1, 3, 3)).astype(np.float32), "w")
    y = b.add(ALL["conv"], x, w, groups=1, stride=(2, 2), pad=(1, 1, 1, 1), dilation=(1, 1))
    y = b.add(ALL["transpose"], b.add(ALL["relu"], y), perm=(0, 2, 3, 1))
    v = b.parameter(ALL["parameter"], rng.standard_normal((2, 8)).astype(np.float32), "v")
    return b.finish(b.add(ALL["linear"], b.add(ALL["reshape"], y, shape=(1, 8)), v))


def curved(seed: int) -> Graph:
    """Curves and a product of two variables between linear layers."""
    rng = np.random.default_rng(seed)
    b = Builder()

    def layer(x: int, outs: int) -> int:
        w = rng.standard_normal((outs, b.nodes[x].type.shape[-1])).astype(np.float32)
        return b.add(ALL["linear"], x, b.parameter(ALL["parameter"], w, f"w{x}"))

    x = b.add(ALL["input"], shape=(1, 2))
    y = b.add(ALL["mul"], b.add(ALL["sigmoid"], layer(x, 4)), b.add(ALL["sin"], layer(x, 4)))
    y = b.add(ALL["recip"], b.add(ALL["exp"], b.add(ALL["tanh"], layer(y, 3))))
    y = b.add(ALL["log"], b.add(ALL["sqrt"], b.add(ALL["exp"], b.add(ALL["cos"], layer(y, 3)))))
    return b.finish(layer(b.add(ALL["square"], y), 2))


def bounded(graph: Graph, radius: float, limit: int) -> Property:
    """Unsafe: output 0 at least ``limit``, for inputs in a box around 0."""
    n, m = graph.input_type.size, graph.output_type.size
    r = Fraction(radius)
    row = Row({}, {0: Fraction(-1)}, Fraction(-limit))
    return Property(n, m, (Case((-r,) * n, (r,) * n, ((row,),)),))


def certified() -> Iterator[Files]:
    """Triples of files that the checker accepts: some need splits, some do not."""
    for graph, radius, limit in [(dense(0), 0.5, 12), (dense(1), 1.0, 9), (convolutional(2), 0.5, 9),
                                 (curved(3), 0.4, 2)]:
        prop = bounded(graph, radius, limit)
        found = search(graph, prop, timeout=30)
        assert found.kind == "unsat", found
        assert found.certificate is not None
        yield graph_words(graph), property_words(prop), found.certificate


def damaged(files: Files, seed: int, count: int) -> Iterator[Files]:
    """Copies of ``files`` with one word changed."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        copies = tuple(f.copy() for f in files)
        which = copies[int(rng.integers(3))]
        which[int(rng.integers(which.size))] = rng.choice([-1.0, 0.0, 0.5, 2.0, 1e9, np.nan, np.inf])
        yield copies[0], copies[1], copies[2]
