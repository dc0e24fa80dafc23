"""What every backend gives: a graph that can be called, and the checks before a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from provenn.base.types import TensorType
from provenn.errors import GraphError, ShapeError
from provenn.ir.graph import Graph
from provenn.ir.op import Array

Feed = Any
"""A NumPy array, or an array of the backend's device as an earlier call returned it."""


class Executable(Protocol):
    """A compiled graph.

    Calling it takes the inputs in the graph's order and returns its outputs where they were computed; they
    can be fed to the next call as they are. Host arrays are copied, so the caller may write to them
    afterwards. A donated array of the device is gone after the call.
    """

    graph: Graph

    def __call__(self, feeds: Sequence[Feed]) -> list[Feed]:
        """Outputs on the device. Raises ShapeError PNN-SHAPE-103 (shapes), PNN-SHAPE-121 (element types)."""

    def host(self, values: Sequence[Feed]) -> list[Array]:
        """The same values as NumPy arrays of the caller's own."""


def check_feeds(types: Sequence[TensorType], feeds: Sequence[Feed], names: Sequence[str]) -> None:
    """Refuse feeds of another count or shape (PNN-SHAPE-103) or element type (PNN-SHAPE-121).

    Compilers take bytes: int32 for float32 would pass unseen.
    """
    if len(feeds) != len(types):
        raise ShapeError("PNN-SHAPE-103", "the number of inputs is wrong", expected=len(types),
                         got=len(feeds))
    for k, (t, x) in enumerate(zip(types, feeds)):
        check_feed(t, x, f"input {k} {names[k]!r}")


def check_feed(t: TensorType, x: Feed, where: str) -> None:
    """One feed of ``check_feeds``."""
    if tuple(x.shape) != t.shape:
        raise ShapeError("PNN-SHAPE-103", "an input does not have the graph's shape", where=where,
                         expected=list(t.shape), got=list(x.shape))
    if x.dtype != t.dtype:
        raise ShapeError("PNN-SHAPE-121", "an input has another element type", where=where,
                         expected=t.dtype, got=x.dtype, hint=f"convert it: x.astype({t.dtype!r})")


def check_donation(graph: Graph, donate: Mapping[int, int]) -> None:
    """GraphError PNN-GRAPH-121 unless each donated input and the output that follows have one type."""
    for source, target in donate.items():
        known = 0 <= source < len(graph.inputs) and 0 <= target < len(graph.outputs)
        ends = [graph.inputs[source], graph.outputs[target]] if known else []
        types = [graph.nodes[i].type for i in ends]
        if not known or types[0] != types[1] or list(donate.values()).count(target) > 1:
            raise GraphError("PNN-GRAPH-121", "an input cannot give its memory to this output",
                             where=f"input {source}, output {target}",
                             expected="positions of one input and one output of the same type, each once",
                             got=" and ".join(map(str, types)) or "no such input or output")


def as_feed(x: Feed) -> Feed:
    """Python numbers and lists as float32 arrays; arrays stay as they are."""
    return x if hasattr(x, "dtype") else np.asarray(x, np.float32)
