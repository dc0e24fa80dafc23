"""Graphs of given sizes, and VNN-LIB files written on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from provenn.ir.graph import Builder, Graph
from provenn.ops.input import input as input_op
from provenn.ops.linear import linear
from provenn.ops.parameter import parameter

Write = Callable[[str], Path]


def graph_of(inputs: int, outputs: int) -> Graph:
    """A linear network of the given sizes."""
    b = Builder("sizes")
    x = b.add(input_op, name="x", shape=(1, inputs))
    return b.finish(b.add(linear, x, b.parameter(parameter, np.ones((outputs, inputs), np.float32), "w"),
                          name="y"))


@pytest.fixture(name="graph_of")
def make_graph() -> Callable[[int, int], Graph]:
    return graph_of


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a text to a file and return its path."""

    def to_file(text: str) -> Path:
        path = tmp_path / "spec.vnnlib"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file
