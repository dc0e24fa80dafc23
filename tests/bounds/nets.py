"""Small random networks for tests of bounds: dense, convolutional, residual, with moved elements."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL


class Maker:
    """Builds one network; methods take and return node numbers."""

    def __init__(self, seed: int, shape: tuple[int, ...]) -> None:
        self.rng, self.b = np.random.default_rng(seed), Builder("random")
        self.x = self.b.add(ALL["input"], shape=shape)

    def shape(self, node: int) -> tuple[int, ...]:
        return self.b.nodes[node].type.shape

    def parameter(self, *shape: int, scale: float = 1.0) -> int:
        return self.b.parameter(ALL["parameter"], (scale * self.rng.normal(size=shape)).astype(np.float32))

    def linear(self, x: int, outs: int) -> int:
        ins = self.shape(x)[-1]
        w = self.parameter(outs, ins, scale=ins**-0.5 * 1.5)
        return self.b.add(ALL["linear"], x, w, self.parameter(outs, scale=0.3))

    def conv(self, x: int, outs: int, stride: int = 1) -> int:
        ins = self.shape(x)[1]
        w = self.parameter(outs, ins, 3, 3, scale=(9 * ins) ** -0.5 * 1.5)
        bias = self.parameter(outs, scale=0.3)
        return self.b.add(ALL["conv"], x, w, bias, groups=1, stride=(stride, stride), pad=(1, 1, 1, 1),
                          dilation=(1, 1))

    def put(self, tag: str, *operands: int, **attrs: Any) -> int:
        return self.b.add(ALL[tag], *operands, **attrs)

    def relu(self, x: int) -> int:
        return self.put("relu", x)

    def flat(self, x: int) -> int:
        return self.put("reshape", x, shape=(1, int(np.prod(self.shape(x)))))

    def done(self, x: int) -> Graph:
        return self.b.finish(x)


def dense(seed: int, inputs: int = 3, width: int = 8, layers: int = 3, outputs: int = 2) -> Graph:
    """Linear layers with relu between them."""
    m = Maker(seed, (1, inputs))
    x = m.x
    for _ in range(layers):
        x = m.relu(m.linear(x, width))
    return m.done(m.linear(x, outputs))


def residual(seed: int) -> Graph:
    """Two branches that meet in add and sub, and the input itself once more."""
    m = Maker(seed, (1, 3))
    a = m.relu(m.linear(m.x, 6))
    b = m.relu(m.linear(a, 6))
    c = m.put("add", m.linear(b, 6), a)
    d = m.relu(c)
    e = m.put("sub", m.linear(d, 3), m.put("mul", m.x, m.parameter(1, 3)))
    return m.done(m.linear(m.relu(e), 2))


def moved(seed: int) -> Graph:
    """Concatenation, slices, a transposition, a constant operand, relu of relu and relu of the input."""
    m = Maker(seed, (2, 3))
    a = m.relu(m.linear(m.x, 4))
    b = m.put("concat", a, m.relu(m.x), m.parameter(2, 1), axis=1)
    c = m.put("transpose", b, perm=(1, 0))
    d = m.put("slice", c, axis=0, start=1, stop=7)
    e = m.relu(m.relu(m.linear(d, 3)))
    return m.done(m.linear(m.flat(e), 2))


def sums(seed: int, product: bool = True) -> Graph:
    """A residual stream: normalised layers and a product read sums, which go on to further sums."""
    m = Maker(seed, (1, 3))
    x = m.linear(m.x, 6)
    for k in range(3):
        y = m.put("mul", x, m.parameter(1, 6))
        y = m.put("mul", m.linear(y, 6), m.linear(y, 6)) if product and k == 1 else m.relu(m.linear(y, 6))
        x = m.put("add", x, m.linear(y, 6))
    return m.done(m.linear(m.put("add", m.relu(x), x), 2))


def images(seed: int) -> Graph:
    """Convolutions with a shortcut, then a dense layer."""
    m = Maker(seed, (1, 2, 5, 4))
    a = m.relu(m.conv(m.x, 3))
    b = m.put("add", m.conv(a, 3), a)
    c = m.relu(m.conv(m.relu(b), 2, stride=2))
    return m.done(m.linear(m.flat(c), 2))


CURVES = ("sigmoid", "tanh", "exp", "sin", "cos", "square", "softplus", "abs")


def curved(seed: int) -> Graph:
    """Layers with one curve after the other, then logarithm, root and reciprocal of positive numbers."""
    m = Maker(seed, (1, 3))
    x = m.x
    for k in range(3):
        x = m.put(CURVES[(seed + 2 * k) % len(CURVES)], m.linear(x, 5))
        x = m.put("tanh", m.linear(x, 5))
    shift = m.b.parameter(ALL["parameter"], np.full((1, 5), 1.5, np.float32))
    x = m.put("add", m.put("sigmoid", x), shift)
    x = m.put(("log", "sqrt", "recip")[seed % 3], x)
    return m.done(m.linear(x, 2))


def products(seed: int) -> Graph:
    """Products of two layers, of a layer with itself moved, and of the input with what came out."""
    m = Maker(seed, (1, 3))
    x = m.put("mul", m.relu(m.linear(m.x, 6)), m.linear(m.x, 6))
    x = m.put("mul", m.put("tanh", m.linear(x, 3)), m.x)
    return m.done(m.linear(m.put("add", x, m.x), 2))


def forms(seed: int) -> Graph:
    """Quadratic forms, and the product of a state with what answers it: factors that share their inputs."""
    m = Maker(seed, (1, 3))
    square = m.put("mul", m.x, m.linear(m.x, 3))
    control = m.put("mul", m.linear(m.x, 3), m.linear(m.relu(m.linear(m.x, 6)), 3))
    return m.done(m.linear(m.put("add", square, control), 2))


def stepped(seed: int) -> Graph:
    """Signs and absolute values of layers, and what they choose between."""
    m = Maker(seed, (1, 3))
    x = m.put("abs", m.linear(m.x, 5))
    chosen = m.relu(m.put("sign", m.linear(x, 5)))
    return m.done(m.linear(m.put("mul", chosen, m.put("softplus", m.linear(x, 5))), 2))


def repeated(seed: int) -> Graph:
    """Products of each element of one layer with each of another, by copies of both, as in attention."""
    m = Maker(seed, (1, 3))
    x = m.relu(m.linear(m.x, 6))
    column = m.b.add(ALL["reshape"], m.linear(x, 4), shape=(1, 4, 1))
    row = m.b.add(ALL["reshape"], m.linear(x, 4), shape=(1, 1, 4))
    table = m.put("mul", m.put("concat", *[column] * 4, axis=2), m.put("concat", *[row] * 4, axis=1))
    return m.done(m.linear(m.b.add(ALL["reshape"], table, shape=(1, 16)), 2))


PIECEWISE = {"dense": dense, "residual": residual, "stream": partial(sums, product=False), "moved": moved,
             "images": images}
KINDS = {**PIECEWISE, "curved": curved, "products": products, "forms": forms, "stepped": stepped,
         "repeated": repeated, "sums": sums}


def box(graph: Graph, seed: int, radius: float) -> tuple[Any, Any]:
    """A random box over the flat input; some widths are zero."""
    rng = np.random.default_rng([seed, 5])
    n = graph.input_type.size
    centre, spread = rng.normal(size=n), radius * rng.random(n) * (rng.random(n) < 0.9)
    return centre - spread, centre + spread
