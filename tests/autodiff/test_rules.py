"""Every op's gradient and lowering against finite differences and definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.eval.run import execute
from provenn.ir.graph import Graph
from provenn.ir.op import Have, Lacks
from provenn.ops import ALL
from tests.autodiff.one_op import by_definition, graph_of, operands
from tests.laws import samples

SEEDED = pytest.mark.parametrize("seed", range(8))


def tags(facet: str) -> list[str]:
    return [t for t in samples.MAKERS if isinstance(getattr(ALL[t], facet), Have)]


def numeric(graph: Graph, feeds: list[np.ndarray], slot: int) -> np.ndarray:
    """Central differences of the first output, a scalar."""
    made = np.zeros_like(feeds[slot])
    for index in np.ndindex(made.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = [f.copy() for f in feeds]
            moved[slot][index] += step
            ends.append(float(execute(graph, moved)[0]))
        made[index] = (ends[0] - ends[1]) / 2e-5
    return made


def worst_error(tag: str, seed: int) -> float:
    """Largest difference between reverse mode and central differences, over all operands."""
    s = samples.sample(tag, seed)
    graph = lower(graph_of(s, weights=True))
    feeds = operands(s, seed)
    feeds.append(np.random.default_rng(seed).normal(size=graph.nodes[graph.inputs[-1]].type.shape))
    exact = execute(gradient(graph), feeds)[1:]
    return max(float(abs(exact[k] - numeric(graph, feeds, k)).max()) for k in range(len(feeds)))


@pytest.mark.parametrize("tag", sorted(samples.MAKERS))
@SEEDED
def test_gradients_are_derivatives(tag: str, seed: int) -> None:
    assert worst_error(tag, seed) < 1e-7


@pytest.mark.parametrize("tag", tags("grad"))
def test_a_wrong_rule_would_be_seen(tag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    op = ALL[tag]
    right = op.grad.rule

    def wrong(emit, slot, args, out, ct):
        made = right(emit, slot, args, out, ct)
        return emit.add(made, made)

    monkeypatch.setitem(ALL, tag, replace(op, grad=Have(wrong)))
    assert max(worst_error(tag, seed) for seed in range(8)) > 1e-3


def test_every_op_has_a_gradient_or_is_lowered() -> None:
    for tag in samples.MAKERS:
        op = ALL[tag]
        assert isinstance(op.lower, Have) == isinstance(op.grad, Lacks), tag


@pytest.mark.parametrize("tag", tags("lower"))
@SEEDED
def test_lowering_keeps_values(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    graph, feeds = graph_of(s), operands(s, seed)
    low = lower(graph)
    assert low.output_type == graph.output_type
    assert not [n.op.tag for n in low if isinstance(n.op.lower, Have)]
    np.testing.assert_allclose(execute(low, feeds)[0], execute(graph, feeds)[0], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("tag", ["move", "contract"])
@pytest.mark.parametrize("seed", range(40))
def test_views_mean_what_they_say(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    feeds = operands(s, seed)
    views = [s.attrs[k] for k in ("left", "right", "src") if k in s.attrs]
    wanted = by_definition(s.attrs["loops"], s.attrs["out"], *zip(views, feeds))
    made = execute(graph_of(s), feeds)[0]
    np.testing.assert_allclose(made, wanted.reshape(made.shape), rtol=1e-12, atol=1e-12)
