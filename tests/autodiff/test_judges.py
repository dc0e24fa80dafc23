"""Gradients of random graphs over all ops against PyTorch, JAX and finite differences; faults are noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.eval.run import execute
from provenn.ir.graph import Graph
from provenn.ir.op import Have
from provenn.ops import ALL
from tests.autodiff import random_graphs
from tests.autodiff.random_graphs import TAGS, Array, by_jax, by_torch, feeds, graph_of

SEEDS, JAX_SEEDS = range(36), range(6)
BINARY64, BINARY32 = 1e-12, 1e-6


def far(ours: list[Array], theirs: list[Array]) -> float:
    """Largest difference of the values, and of the gradients relative to their largest element."""
    assert [a.shape for a in ours] == [b.shape for b in theirs]
    a, b = (np.concatenate([np.ravel(y).astype(np.float64) for y in some[1:]]) for some in (ours, theirs))
    value = abs(float(ours[0]) - float(theirs[0])) / max(1.0, abs(float(theirs[0])))
    return max(value, float(np.abs(a - b).max() / np.abs(b).max()))


def ours(graph: Graph, arrays: list[Array], dtype: type) -> list[Array]:
    made = execute(gradient(lower(graph)), [a.astype(dtype) for a in arrays])
    assert all(y.dtype == dtype for y in made)
    return made


def test_all_ops_take_part() -> None:
    for some in (SEEDS, JAX_SEEDS):
        assert {n.op.tag for seed in some for n in graph_of(seed)} >= set(TAGS)
    facets = {tag: (op.grad, op.lower) for tag, op in ALL.items()}
    assert {tag for tag, found in facets.items() if any(isinstance(f, Have) for f in found)} <= set(TAGS)


def compared(seed: int, judge: Callable[[Graph, list[Array]], list[Array]]) -> None:
    graph = graph_of(seed)
    arrays = feeds(graph, seed)
    right = judge(graph, arrays)
    assert far(ours(graph, arrays, np.float64), right) <= BINARY64
    assert far(ours(graph, arrays, np.float32), right) <= BINARY32


@pytest.mark.parametrize("seed", SEEDS)
def test_as_pytorch(seed: int) -> None:
    pytest.importorskip("torch")
    compared(seed, by_torch)


@pytest.mark.parametrize("seed", JAX_SEEDS)
def test_as_jax(seed: int) -> None:
    pytest.importorskip("jax")
    compared(seed, by_jax)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_finite_differences(seed: int) -> None:
    """Along a random direction, by Richardson's extrapolation of central differences."""
    graph = graph_of(seed)
    arrays = feeds(graph, seed)
    _, *grads = ours(graph, arrays, np.float64)
    rng = np.random.default_rng([seed, 2])
    v = [rng.normal(size=a.shape) for a in arrays]

    def slope(h: float) -> float:
        ends = [float(execute(graph, [a + s * h * d for a, d in zip(arrays, v)])[0]) for s in (1, -1)]
        return (ends[0] - ends[1]) / (2 * h)

    wanted = (4 * slope(1e-5) - slope(2e-5)) / 3
    assert sum(float((g * d).sum()) for g, d in zip(grads, v)) == pytest.approx(wanted, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("tag", sorted(t for t in TAGS if isinstance(ALL[t].grad, Have)))
def test_a_planted_fault_is_noticed(tag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is wrong by a part in a hundred million."""
    pytest.importorskip("torch")
    rule = ALL[tag].need("grad")

    def wrong(emit, slot, args, out, ct):
        right = rule(emit, slot, args, out, ct)
        small = emit.fill(2.0**-27, emit.type(right).shape)
        return emit.add(right, emit.mul(right, small))

    for seed in (seed for seed in SEEDS if tag in random_graphs.tags_of(seed)):
        graph = graph_of(seed)
        arrays = feeds(graph, seed)
        right = by_torch(graph, arrays)
        assert far(ours(graph, arrays, np.float64), right) <= BINARY64
        with monkeypatch.context() as patch:
            patch.setitem(ALL, tag, replace(ALL[tag], grad=Have(wrong)))
            if far(ours(graph_of(seed), arrays, np.float64), right) > 10 * BINARY64:
                return
    pytest.fail("no random graph notices it")
