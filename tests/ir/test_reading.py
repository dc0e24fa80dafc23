"""Graphs come back from their canonical words, and words that are no graph are refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from provenn.errors import ProvennError
from provenn.eval.run import execute
from provenn.io import onnx
from provenn.ir.attributes import DECODERS, decode
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from tests.eval import graphs
from tests.laws import samples

CODES = {"PNN-GRAPH-101", "PNN-GRAPH-102", "PNN-GRAPH-111", "PNN-GRAPH-112", "PNN-GRAPH-113"}


def same(graph: Graph) -> Graph:
    """The graph read back, its words compared bit for bit."""
    words = graph_words(graph)
    made = read_graph_words(words, ALL)
    assert graph_words(made).tobytes() == words.tobytes()
    assert [n.type for n in made] == [n.type for n in graph]
    return made


@pytest.mark.parametrize("name", ["mlp", "conv"])
def test_bundled_networks_come_back(name: str, digits: Path) -> None:
    read = onnx.load(digits / f"{name}.onnx")
    same(read.graph)
    same(read.exact)


@pytest.mark.parametrize("seed", range(20))
def test_random_graphs_come_back_and_compute_the_same(seed: int) -> None:
    graph = graphs.random(seed)
    feeds = graphs.feeds(graph, seed)
    np.testing.assert_array_equal(execute(same(graph), feeds)[0], execute(graph, feeds)[0])


def one(tag: str, seed: int) -> Graph:
    """A sample application of an op, its parameters as constants."""
    s, builder = samples.sample(tag, seed), Builder()
    values = s.operands(np.random.default_rng(seed), np.float32)
    args = [builder.parameter(ALL["parameter"], values[k][0]) if k in s.parameters
            else builder.add(ALL["input"], shape=t.shape) for k, t in enumerate(s.types)]
    return builder.finish(builder.add(s.op, *args, **s.attrs))


@pytest.mark.parametrize("tag", sorted(samples.MAKERS))
@pytest.mark.parametrize("seed", range(4))
def test_every_op_comes_back(tag: str, seed: int) -> None:
    graph = one(tag, seed)
    made = same(graph)
    kept = made.nodes[-1].attrs
    assert {k: v for k, v in kept.items() if k in graph.nodes[-1].op.attrs} == {
        k: v for k, v in graph.nodes[-1].attrs.items() if k in graph.nodes[-1].op.attrs}


def test_every_attribute_has_a_decoder() -> None:
    assert {name for op in ALL.values() for name in op.attrs} == set(DECODERS)


@pytest.mark.parametrize(("names", "ints"), [
    (("axis",), []), (("axis",), [1, 2]), (("loops", "out"), [2, 3]), (("pad",), [1, 1, 1]),
    (("loops", "out"), [1, 3, 1, 3, 0])])
def test_attributes_that_do_not_fit_are_refused(names: tuple[str, ...], ints: list[int]) -> None:
    assert decode(names, ints, 2) is None


SMALL = graph_words(one("linear", 1))


@pytest.mark.parametrize("at", range(SMALL.size))
@pytest.mark.parametrize("value", [-1.0, 0.5, 99.0, 1e300, np.nan, np.inf])
def test_a_changed_word_is_refused_or_is_another_graph(at: int, value: float) -> None:
    words = SMALL.copy()
    words[at] = value
    try:
        made = read_graph_words(words, ALL, "net.pvn")
    except ProvennError as e:
        assert e.code in CODES or e.code.startswith("PNN-SHAPE")
        assert e.where
    else:
        assert graph_words(made).tobytes() == words.tobytes()
        assert words.tobytes() != SMALL.tobytes() or SMALL[at] == value


@pytest.mark.parametrize("size", range(SMALL.size))
def test_truncated_words_are_refused(size: int) -> None:
    with pytest.raises(ProvennError) as caught:
        read_graph_words(SMALL[:size], ALL)
    assert caught.value.code == "PNN-GRAPH-111"
    words = SMALL[:size].copy()
    if size > 6:
        words[2] = size
        with pytest.raises(ProvennError, match="PNN-"):
            read_graph_words(words, ALL)
