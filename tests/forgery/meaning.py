"""What the words of a graph and of a property mean, read once more and independently.

Nothing here comes from the package or from the checker: words are read by the documents alone, and a
network runs in binary64 (fast, for many points) or in exact fractions (slow, for the last word).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

Array = Any
LARGEST = 200_000


class Meaningless(Exception):
    """These words are no graph or no property."""


class Reader:
    """Takes words from the front."""

    def __init__(self, words: Array, start: int) -> None:
        self.words, self.at = words, start

    def floats(self, count: int) -> Array:
        """Finite numbers."""
        if count > len(self.words) - self.at:
            raise Meaningless("too short")
        self.at += count
        made = self.words[self.at - count : self.at]
        if not np.isfinite(made).all():
            raise Meaningless("not finite")
        return made

    def integer(self) -> int:
        """A natural number."""
        value = float(self.floats(1)[0])
        if value < 0 or value != int(value):
            raise Meaningless("no natural number")
        return int(value)

    def integers(self) -> list[int]:
        """A count, then as many natural numbers."""
        return [self.integer() for _ in range(self.integer())]


@dataclass(frozen=True)
class Node:
    """One node of a network: what it is called by number, and what it reads."""

    tag: int
    shape: tuple[int, ...]
    operands: list[int]
    attrs: list[int]
    data: Array


def read_graph(words: Array) -> tuple[list[Node], int]:
    """The nodes and the number of the output node."""
    if len(words) < 6 or words[2] != len(words):
        raise Meaningless("length")
    head = Reader(words, 3)
    count, output = head.integer(), head.integer()
    body, nodes = Reader(words, 6), []
    for k in range(count):
        tag, dtype = body.integer(), body.integer()
        shape, operands, attrs = tuple(body.integers()), body.integers(), body.integers()
        data = body.floats(body.integer())
        if tag not in (1, 2, *KERNELS):
            raise Meaningless("code")
        if dtype != 1 or any(i >= k for i in operands) or (tag == 1) != (k == 0):
            raise Meaningless("node")
        if math.prod(shape) > LARGEST or 0 in shape or len(data) != (math.prod(shape) if tag == 2 else 0):
            raise Meaningless("size")
        nodes.append(Node(tag, shape, operands, attrs, data))
    if body.at != len(words) or output >= count:
        raise Meaningless("length")
    return nodes, output


def _linear(node: Node, x: Array, w: Array, b: Array | None = None) -> Array:
    if w.ndim != 3 or (b is not None and b.shape != (1, w.shape[1])):
        raise Meaningless("linear")
    y = x @ w[0].T
    return y if b is None else y + b[0]


def _conv(node: Node, x: Array, w: Array, b: Array | None = None) -> Array:
    """Every output element by its formula."""
    groups, sy, sx, top, left, bottom, right, dy, dx = node.attrs
    w, x = w[0], x.reshape(len(x), *x.shape[2:])
    outs, ins, rows, cols = w.shape
    height = (x.shape[2] + top + bottom - dy * (rows - 1) - 1) // sy + 1
    width = (x.shape[3] + left + right - dx * (cols - 1) - 1) // sx + 1
    if (1, outs, height, width) != node.shape or groups * ins != x.shape[1] or outs % groups:
        raise Meaningless("conv")
    y = np.zeros((len(x), outs, height, width), x.dtype)
    for o, i, j in itertools.product(range(outs), range(height), range(width)):
        total = 0 if b is None else b[0][o]
        for c, u, v in itertools.product(range(ins), range(rows), range(cols)):
            p, q = i * sy + u * dy - top, j * sx + v * dx - left
            if 0 <= p < x.shape[2] and 0 <= q < x.shape[3]:
                total = total + w[o, c, u, v] * x[:, o // (outs // groups) * ins + c, p, q]
        y[:, o, i, j] = total
    return y[:, None]


def _moved(node: Node, x: Array) -> Array:
    """Transpose; axes of size 1 may be left out or added, as long as every element stays."""
    shape = x.shape[1:]
    if any(a >= len(shape) for a in node.attrs) or tuple(shape[a] for a in node.attrs) != node.shape:
        raise Meaningless("perm")
    steps = [math.prod(shape[a + 1 :]) for a in range(len(shape))]
    source = [
        sum(i * steps[a] for i, a in zip(index, node.attrs, strict=True))
        for index in itertools.product(*map(range, node.shape))
    ]
    if sorted(source) != list(range(math.prod(shape))):
        raise Meaningless("perm")
    return x.reshape(len(x), -1)[:, source].reshape(len(x), *node.shape)


def _concat(node: Node, *xs: Array) -> Array:
    axis, batch = node.attrs[0] + 1, max(map(len, xs))
    return np.concatenate([np.broadcast_to(x, (batch, *x.shape[1:])) for x in xs], axis)


def _slice(node: Node, x: Array) -> Array:
    axis, start, stop = node.attrs
    if not start < stop <= x.shape[axis + 1]:
        raise Meaningless("slice")
    return x[(*[slice(None)] * (axis + 1), slice(start, stop))]


KERNELS: dict[int, Callable[..., Array]] = {
    3: lambda node, x, y: x + y,
    4: lambda node, x, y: x - y,
    5: lambda node, x, c: x * c,
    6: _linear,
    7: _conv,
    8: lambda node, x: np.where(x > 0, x, x * 0),
    9: lambda node, x: x.reshape(len(x), *node.shape),
    10: _moved,
    11: _concat,
    12: _slice,
    36: lambda node, x: np.abs(x),
    37: lambda node, x: np.where(x > 0, 1, np.where(x < 0, -1, 0)),
    43: lambda node, x: x * x,
}
CONSTANT = {6: [1, 2], 7: [1, 2]}
SAME = (3, 4, 5, 8, 36, 37, 43)
ATTRIBUTES = {7: 9, 11: 1, 12: 3}


def value(nodes: Sequence[Node], node: Node, done: Sequence[Array]) -> Array:
    """The value of one node from those of the nodes before it."""
    for k in CONSTANT.get(node.tag, []):
        if k < len(node.operands) and nodes[node.operands[k]].tag != 2:
            raise Meaningless("not a constant")
    if node.tag in SAME and any(nodes[i].shape != node.shape for i in node.operands):
        raise Meaningless("shapes")
    if node.tag != 10 and len(node.attrs) != ATTRIBUTES.get(node.tag, 0):
        raise Meaningless("attributes")
    try:
        made = KERNELS[node.tag](node, *(done[i] for i in node.operands))
    except (TypeError, ValueError, IndexError, ZeroDivisionError) as e:
        raise Meaningless(str(e)) from None
    if made.shape[1:] != node.shape:
        raise Meaningless("shape")
    return made


def outputs(words: Array, points: Array) -> Array:
    """Flat outputs for flat inputs [batch, inputs]: binary64, or exact when the points are fractions."""
    nodes, output = read_graph(words)
    exact = points.dtype == object
    done: list[Array] = []
    if math.prod(nodes[0].shape) != points.shape[1]:
        raise Meaningless("input size")
    for node in nodes:
        if node.tag == 1:
            done.append(points.reshape(len(points), *node.shape))
        elif node.tag == 2:
            data = fractions(node.data) if exact else node.data
            done.append(data.reshape(1, *node.shape))
        else:
            done.append(value(nodes, node, done))
    return np.broadcast_to(done[output].reshape(len(done[output]), -1), (len(points), done[output][0].size))


def fractions(xs: Array) -> Array:
    """The same numbers, exactly."""
    return np.array([Fraction(float(v)) for v in xs.ravel()], object).reshape(xs.shape)
