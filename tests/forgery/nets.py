"""Random small networks over all operations, and networks with a given shape, as canonical words."""

from __future__ import annotations

from typing import Any

import numpy as np
from judge import Words
from layout import graph_labels

from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL

Array = Any
KINDS = (
    "relu",
    "relu",
    "linear",
    "conv",
    "conv",
    "add",
    "sub",
    "mul",
    "concat",
    "slice",
    "transpose",
    "reshape",
    "abs",
)
CURVES = ("relu", "abs")


class Net:
    """Appends nodes to a graph; weights are multiples of 1/8 unless ``smooth``."""

    def __init__(self, seed: int, shape: tuple[int, ...], *, smooth: bool = False) -> None:
        self.rng = np.random.default_rng(seed)
        self.builder, self.smooth = Builder(), smooth
        self.top = self.builder.add(ALL["input"], shape=shape)

    def weights(self, *shape: int) -> int:
        """A parameter."""
        made = self.rng.normal(size=shape) if self.smooth else self.rng.integers(-8, 9, shape) / 8
        return self.builder.parameter(ALL["parameter"], np.asarray(made, np.float32))

    def shape(self, node: int | None = None) -> tuple[int, ...]:
        """Shape of a node, the newest one by default."""
        return self.builder.nodes[self.top if node is None else node].type.shape

    def put(self, tag: str, *operands: int, **attrs: Any) -> int:
        """An operation on the newest value and other operands."""
        self.top = self.builder.add(ALL[tag], self.top, *operands, **attrs)
        return self.top

    def linear(self, outs: int, bias: bool = True) -> int:
        """A matrix product with the last axis."""
        more = [self.weights(outs)] if bias else []
        return self.put("linear", self.weights(outs, self.shape()[-1]), *more)

    def conv(
        self,
        outs: int,
        taps: tuple[int, int],
        *,
        groups: int = 1,
        stride: tuple[int, int] = (1, 1),
        pad: tuple[int, ...] = (0, 0, 0, 0),
        dilation: tuple[int, int] = (1, 1),
    ) -> int:
        """A convolution with a bias."""
        w = self.weights(outs, self.shape()[1] // groups, *taps)
        return self.put(
            "conv", w, self.weights(outs), groups=groups, stride=stride, pad=pad, dilation=dilation
        )

    def flat(self) -> int:
        """All elements in one row."""
        return self.put("reshape", shape=(1, int(np.prod(self.shape()))))

    def finish(self) -> Graph:
        """The graph whose output is the newest node."""
        return self.builder.finish(self.top)


def random_net(
    seed: int, steps: int = 6, *, smooth: bool = False, outs: int = 2, affine: bool = False
) -> Graph:
    """A network of random operations, without activations if ``affine``."""
    rng = np.random.default_rng([seed, 17])
    shapes = [(1, 2), (1, 3), (2, 2), (1, 1, 3, 3), (1, 2, 3, 2)]
    net = Net(seed, shapes[rng.integers(len(shapes))], smooth=smooth)
    kinds = [k for k in KINDS if k not in CURVES or not affine]
    for _ in range(steps):
        _step(net, rng, str(rng.choice(kinds)))
    if rng.random() < 0.7 and not affine:
        net.put("relu")
    net.flat()
    net.linear(outs)
    return net.finish()


def _step(net: Net, rng: np.random.Generator, kind: str) -> None:
    shape = net.shape()
    same = [i for i in range(net.top) if net.shape(i) == shape]
    other = int(rng.choice(same)) if same and rng.random() < 0.7 else net.weights(*shape)
    if kind == "linear":
        net.linear(int(rng.integers(1, 4)), bias=bool(rng.random() < 0.7))
    elif kind == "conv":
        _conv(net, rng)
    elif kind in ("add", "sub"):
        net.put(kind, other)
    elif kind == "mul":
        net.put("mul", net.weights(*shape))
    elif kind == "concat" and np.prod(shape) <= 20:
        net.put("concat", other, axis=int(rng.integers(len(shape))))
    elif kind == "slice":
        axis = int(rng.integers(len(shape)))
        start = int(rng.integers(shape[axis]))
        net.put("slice", axis=axis, start=start, stop=int(rng.integers(start, shape[axis])) + 1)
    elif kind == "transpose":
        net.put("transpose", perm=tuple(map(int, rng.permutation(len(shape)))))
    elif kind == "reshape":
        net.put("reshape", shape=tuple(rng.permutation(shape).tolist()))
    else:
        net.put(kind if kind in CURVES else "relu")


def _conv(net: Net, rng: np.random.Generator) -> None:
    shape = net.shape()
    if len(shape) != 4 or shape[0] != 1:
        size = int(np.prod(shape))
        net.put("reshape", shape=(1, 2, size // 2, 1) if size % 2 == 0 else (1, 1, size, 1))
        shape = net.shape()
    groups = 2 if shape[1] % 2 == 0 and rng.random() < 0.5 else 1
    pad = tuple(int(v) for v in rng.integers(0, 3, 4))
    dilation = tuple(int(v) for v in rng.integers(1, 3, 2))
    room = [1 + (shape[2 + a] + pad[a] + pad[a + 2] - 1) // dilation[a] for a in (0, 1)]
    taps = tuple(int(rng.integers(1, min(3, r) + 1)) for r in room)
    stride = tuple(int(v) for v in rng.integers(1, 4, 2))
    net.conv(
        groups * int(rng.integers(1, 3)),
        (taps[0], taps[1]),
        groups=groups,
        stride=(stride[0], stride[1]),
        pad=pad,
        dilation=(dilation[0], dilation[1]),
    )


def words_of(graph: Graph) -> Words:
    """Canonical words."""
    return graph_words(graph)


def rescaled(words: Words, seed: int, factors: tuple[float, ...]) -> Words:
    """The network with every parameter multiplied by one of ``factors``."""
    rng = np.random.default_rng([seed, 23])
    made, labels = words.copy(), np.array(graph_labels(words))
    starts = np.nonzero((labels == "datum") & (np.roll(labels, 1) != "datum"))[0]
    for start in starts:
        end = start + int(words[start - 1])
        made[start:end] *= rng.choice(factors)
    return made
