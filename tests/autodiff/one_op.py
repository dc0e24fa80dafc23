"""Graphs of one op over inputs, and their values by definition."""

from __future__ import annotations

import itertools

import numpy as np

from provenn.base.views import Loops, View
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from tests.laws.samples import Sample


def graph_of(s: Sample, weights: bool = False) -> Graph:
    """The op applied to inputs; with ``weights`` its inner product with one more input."""
    builder = Builder()
    emit = GraphEmitter(builder, ALL)
    args = [builder.add(ALL["input"], shape=t.shape) for t in s.types]
    y = builder.add(s.op, *args, **s.attrs)
    if not weights:
        return builder.finish(y)
    shape = emit.type(y).shape
    w = builder.add(ALL["input"], shape=shape)
    loops = Loops(shape)
    every = loops.view(*range(len(shape)))
    return builder.finish(
        emit.contract(y, w, shape=(), loops=loops, out=loops.view(), left=every, right=every))


def operands(s: Sample, seed: int) -> list[np.ndarray]:
    """Random binary64 operands away from kinks, without a batch axis."""
    rng = np.random.default_rng(seed)
    made = [v[0] for v in s.operands(rng, batch=1)]
    return [np.where(abs(v) < 0.01, 0.01, v) for v in made]


def touched(view: View, point: tuple[int, ...]) -> tuple[int, ...] | None:
    """The element that a loop point touches, straight from the definition."""
    index = [d.offset + sum(c * v for c, v in zip(d.coefficients, point)) for d in view.dims]
    inside = all(0 <= i < d.size for i, d in zip(index, view.dims))
    return tuple(index) if inside else None


def by_definition(loops: Loops, out: View, *factors: tuple[View, np.ndarray]) -> np.ndarray:
    """The sum over loop points of the product of the factors, one point at a time."""
    total = np.zeros(out.shape)
    for point in itertools.product(*(range(n) for n in loops.sizes)):
        target = touched(out, point)
        sources = [touched(view, point) for view, _ in factors]
        if target is not None and None not in sources:
            total[target] += np.prod([x.reshape(v.shape)[i] for (v, x), i in zip(factors, sources)])
    return total
