"""Graphs for the tests of compilation: many in one, and losses of small networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from provenn.base.views import Loops
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph, Node
from provenn.ops import ALL

Array = np.ndarray


def joined(graphs: Sequence[Graph]) -> Graph:
    """One graph with the inputs and outputs of all, one after the other."""
    nodes: list[Node] = []
    outputs: list[int] = []
    for g in graphs:
        start = len(nodes)
        nodes += [replace(n, inputs=tuple(start + k for k in n.inputs)) for n in g]
        outputs += [start + k for k in g.outputs]
    return Graph(tuple(nodes), tuple(outputs))


def squared(emit: GraphEmitter, y: int) -> int:
    """The sum of squares of a node, so that its cotangent depends on it."""
    loops = Loops(emit.type(y).shape)
    every = loops.view(*range(len(loops.sizes)))
    return emit.contract(y, y, shape=(), loops=loops, out=loops.view(), left=every, right=every)


def convolution(x: Sequence[int], w: Sequence[int], stride: tuple[int, int] = (1, 1),
                pad: tuple[int, int, int, int] = (0, 0, 0, 0), dilation: tuple[int, int] = (1, 1),
                groups: int = 1) -> Graph:
    """The squared norm of a convolution of two inputs."""
    builder = Builder()
    emit = GraphEmitter(builder, ALL)
    image, kernel = (builder.add(ALL["input"], shape=tuple(s)) for s in (x, w))
    y = emit.conv(image, kernel, groups=groups, stride=stride, pad=pad, dilation=dilation)
    return builder.finish(squared(emit, y))


def random(seed: int) -> Graph:
    """A random graph of elementwise operations, products, transposes and sums over a few shapes; a scalar."""
    rng = np.random.default_rng(seed)
    builder = Builder()
    emit = GraphEmitter(builder, ALL)
    n = int(rng.integers(2, 5))
    made = [builder.add(ALL["input"], shape=(n, n)) for _ in range(3)]
    loops = Loops((n, n, n))
    views = {"shape": (n, n), "loops": loops, "out": loops.view(0, 1),
             "left": loops.view(0, 2), "right": loops.view(2, 1)}
    for _ in range(12):
        a, b = (made[int(k)] for k in rng.integers(len(made), size=2))
        one = ("relu", "tanh", "sigmoid", "sin", "cos", "gauss", "erf", "softplus", "abs", "neg")
        choice = int(rng.integers(4))
        if choice == 0:
            made.append(getattr(emit, one[int(rng.integers(len(one)))])(a))
        elif choice == 1:
            made.append(getattr(emit, ("add", "sub", "mul", "maximum")[int(rng.integers(4))])(a, b))
        elif choice == 2:
            made.append(emit.tanh(emit.contract(a, b, **views)))
        else:
            made.append(emit.transpose(a, perm=(1, 0)))
    return builder.finish(squared(emit, made[-1]))


def feeds(graph: Graph, seed: int) -> list[Array]:
    """Random float32 inputs away from kinks."""
    rng = np.random.default_rng(seed)
    made = [rng.normal(size=graph.nodes[i].type.shape).astype(np.float32) for i in graph.inputs]
    return [np.asarray(np.where(abs(v) < 0.01, np.float32(0.01), v)) for v in made]


def close(got: Sequence[Array], wanted: Sequence[Array], tolerance: float = 1e-5) -> None:
    """Equal shapes and types, and values up to a relative tolerance of the largest element."""
    assert len(got) == len(wanted)
    for a, b in zip(got, wanted):
        assert a.shape == b.shape
        assert a.dtype == np.float32
        scale = max(1.0, float(abs(b).max()))
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)
