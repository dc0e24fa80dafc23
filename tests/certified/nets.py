"""Small classifiers, as graphs with constant weights."""

from __future__ import annotations

import numpy as np

from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL

CONV = {"groups": 1, "stride": (2, 2), "pad": (1, 1, 1, 1), "dilation": (1, 1)}


def _weight(emit: GraphEmitter, rng: np.random.Generator, *shape: int) -> int:
    scale = 1.0 / np.sqrt(np.prod(shape[1:], initial=1.0))
    return emit.builder.parameter(ALL["parameter"], (scale * rng.normal(size=shape)).astype(np.float32))


def dense_net(seed: int, inputs: int = 16, hidden: int = 12, classes: int = 4) -> Graph:
    """[1, inputs] through two hidden layers."""
    rng, emit = np.random.default_rng(seed), GraphEmitter(Builder(), ALL)
    x = emit.input(shape=(1, inputs))
    for n, m in ((inputs, hidden), (hidden, hidden)):
        x = emit.relu(emit.linear(x, _weight(emit, rng, m, n), _weight(emit, rng, m)))
    weight, bias = _weight(emit, rng, classes, hidden), _weight(emit, rng, classes)
    return emit.builder.finish(emit.linear(x, weight, bias))


def conv_net(seed: int, side: int = 8, classes: int = 4) -> Graph:
    """[1, 1, side, side] through two strided convolutions and a dense layer."""
    rng, emit = np.random.default_rng(seed), GraphEmitter(Builder(), ALL)
    x = emit.input(shape=(1, 1, side, side))
    for c, o in ((1, 3), (3, 4)):
        x = emit.relu(emit.conv(x, _weight(emit, rng, o, c, 4, 4), _weight(emit, rng, o), **CONV))
    size = 4 * (side // 4) ** 2
    x = emit.reshape(x, shape=(1, size))
    return emit.builder.finish(emit.linear(x, _weight(emit, rng, classes, size), _weight(emit, rng, classes)))
