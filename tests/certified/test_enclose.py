"""Bounds as graphs: every op's rule, whole networks, their gradients, and what has no bounds."""

from __future__ import annotations

import numpy as np
import pytest

from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.bounds.graphs import enclose
from provenn.bounds.interval import intervals
from provenn.errors import UnsupportedError
from provenn.eval.run import execute
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Have
from provenn.ops import ALL
from tests.certified.nets import conv_net, dense_net
from tests.laws import samples

TAGS = [t for t in samples.MAKERS if isinstance(ALL[t].enclose, Have)]
CASES = [(t, k) for t in TAGS for k in range(len(samples.sample(t, 0).types)) if (t, k) != ("div", 1)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("tag", "slot"), CASES)
def test_bounds_contain_samples(tag: str, slot: int, seed: int) -> None:
    s = samples.sample(tag, seed)
    emit = GraphEmitter(Builder(), ALL)
    xs = [emit.input(shape=t.shape) for t in s.types]
    low, high = (emit.input(shape=s.types[slot].shape) for _ in (0, 1))
    node = emit.builder.add(s.op, *xs, **s.attrs)
    ends = enclose(emit, {xs[slot]: (low, high)}, [node])[0]
    graph = Graph(tuple(emit.builder.nodes), (node, *ends))
    rng = np.random.default_rng(seed)
    at = [v[0] for v in s.operands(rng, batch=1)]
    up = at[slot] + rng.uniform(0, 2, at[slot].shape)
    for share in [0.0, 1.0, *rng.uniform(0, 1, 20)]:
        mix = share if share in (0.0, 1.0) else rng.uniform(0, 1, at[slot].shape)
        x = [*at[:slot], at[slot] + mix * (up - at[slot]), *at[slot + 1 :]]
        y, a, b = execute(graph, [*x, at[slot], up])
        assert (y >= a - 1e-9 * (1 + abs(a))).all()
        assert (y <= b + 1e-9 * (1 + abs(b))).all()


@pytest.mark.parametrize("make", [dense_net, conv_net])
def test_bounds_of_networks_equal_interval_arithmetic(make) -> None:
    graph, rng = make(0), np.random.default_rng(1)
    low = rng.uniform(0, 1, (1, graph.input_type.size))
    high = low + rng.uniform(0, 0.3, low.shape)
    expected = intervals(graph, low, high)[graph.output]
    core = lower(graph)
    emit = GraphEmitter(Builder("bounds", list(core.nodes)), ALL)
    ends = (emit.input(shape=core.input_type.shape), emit.input(shape=core.input_type.shape))
    bounds = emit.builder.finish(*enclose(emit, {0: ends}, [core.output])[0])
    shape = graph.input_type.shape
    found = execute(bounds, [v.reshape(shape) for v in (low, low, high)])
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a.ravel(), b.ravel(), rtol=1e-12, atol=1e-12)


def test_gradients_of_bounds_equal_differences() -> None:
    emit = GraphEmitter(Builder(), ALL)
    x, w, low, high = (emit.input(shape=s) for s in ((2, 3), (4, 3), (2, 3), (2, 3)))
    y = emit.softplus(emit.relu(emit.linear(x, w)))
    core = lower(emit.builder.finish(y))
    inner = GraphEmitter(Builder("bounds", list(core.nodes)), ALL)
    x, w, low, high = core.inputs
    a, b = enclose(inner, {x: (low, high)}, [core.output])[0]
    total = inner.logsumexp(inner.sub(b, a), dims=(1, 8, 1), shape=())
    slope = gradient(lower(inner.builder.finish(total)), [w, low])
    rng = np.random.default_rng(0)
    feeds = [rng.normal(size=s) for s in ((2, 3), (4, 3), (2, 3), (2, 3))]
    feeds[3] = feeds[2] + 0.3
    _, *found = execute(slope, feeds)
    for k, g in zip((1, 2), found):
        for index in np.ndindex(g.shape):
            ends = []
            for step in (-1e-6, 1e-6):
                moved = [f.copy() for f in feeds]
                moved[k][index] += step
                ends.append(execute(slope, moved)[0])
            assert g[index] == pytest.approx((ends[1] - ends[0]) / 2e-6, abs=1e-6)


def test_products_of_intervals_and_ops_without_bounds_are_refused() -> None:
    emit = GraphEmitter(Builder(), ALL)
    x, low, high = (emit.input(shape=(2,)) for _ in range(3))
    with pytest.raises(UnsupportedError, match="PNN-OP-203"):
        enclose(emit, {x: (low, high)}, [emit.mul(x, x)])
    with pytest.raises(UnsupportedError, match="PNN-OP-203"):
        enclose(emit, {x: (low, high)}, [emit.div(low, x)])
    with pytest.raises(UnsupportedError, match="PNN-OP-201"):
        enclose(emit, {x: (low, high)}, [emit.sin(x)])


def test_nodes_that_do_not_depend_on_the_box_are_exact() -> None:
    emit = GraphEmitter(Builder(), ALL)
    x, low, high, w = (emit.input(shape=(2,)) for _ in range(4))
    fixed = emit.mul(w, w)
    assert enclose(emit, {x: (low, high)}, [fixed, x]) == [(fixed, fixed), (low, high)]
