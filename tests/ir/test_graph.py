"""Graphs: building, canonical words, printing."""

from __future__ import annotations

import numpy as np
import pytest

from provenn.base.words import GRAPH_MAGIC
from provenn.errors import ShapeError
from provenn.eval.run import Ordered, replay, run
from provenn.ir.canonical import graph_hash, graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.printer import show
from provenn.ops import ALL


def small(bias: float = 0.5, name: str = "w") -> Graph:
    """relu(x @ [[1, -2]].T + bias)."""
    builder = Builder("small")
    x = builder.add(ALL["input"], shape=(1, 2), name="x")
    builder.add(ALL["relu"], x, name="nobody reads this")
    w = builder.parameter(ALL["parameter"], np.array([[1, -2]], np.float32), name)
    b = builder.parameter(ALL["parameter"], np.array([bias], np.float32), "b")
    return builder.finish(builder.add(ALL["relu"], builder.add(ALL["linear"], x, w, b)))


def test_finish_keeps_what_the_output_needs() -> None:
    assert [n.op.tag for n in small()] == ["input", "parameter", "parameter", "linear", "relu"]


def test_words_of_the_worked_example() -> None:
    """docs/formats/graph.md spells these words out."""
    assert graph_words(small()).tolist() == [
        GRAPH_MAGIC, 1, 52, 5, 4, 0,
        1, 1, 2, 1, 2, 0, 0, 0,
        2, 1, 2, 1, 2, 0, 0, 2, 1, -2,
        2, 1, 1, 1, 0, 0, 1, 0.5,
        6, 1, 2, 1, 1, 3, 0, 1, 2, 0, 0,
        8, 1, 2, 1, 1, 1, 3, 0, 0,
    ]


def test_hash_names_the_function_not_its_names() -> None:
    assert graph_hash(small()) == graph_hash(small(name="another name"))
    assert graph_hash(small()) != graph_hash(small(bias=0.25))


def test_run_and_replay() -> None:
    x = np.array([[[3.0, 1.0]], [[0.0, 1.0]]])
    assert run(small(), x).tolist() == [[[1.5]], [[0.0]]]
    assert replay(small(), np.array([3, 1], np.float32)).tolist() == [1.5]


def test_the_reference_rounds_every_step_in_index_order() -> None:
    """2**24 + 1 is no float32: added one by one, the ones get lost."""
    x = np.array([[2**24, 1, 1]], np.float32)
    w = np.ones((1, 3), np.float32)
    assert Ordered().contract(x, w)[0, 0] == 2**24
    assert Ordered().contract(x[:, ::-1], w)[0, 0] == 2**24 + 2


def test_printing() -> None:
    text = show(small())
    assert "%3 = linear(%0, %1, %2) : float32[1, 1]" in text
    assert text.endswith("return %4")


def test_errors_name_the_node() -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(2, 3))
    with pytest.raises(ShapeError) as caught:
        builder.add(ALL["reshape"], x, name="flat", shape=(7,))
    assert caught.value.where == "node 1 'flat' (reshape)"
