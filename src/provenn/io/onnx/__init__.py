"""ONNX networks as graphs.

    read(path)   the Graph
    load(path)   the Graph, with notes on every rounding that the reader added
    parse(data)  the same, from bytes in memory

The reader is part of what a verdict rests on: it refuses whatever it does not know, never guesses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from provenn.errors import FileError
from provenn.io.files import read_bytes
from provenn.io.onnx.model import Model, open_model
from provenn.io.onnx.nodes import read_node, supported
from provenn.io.onnx.values import Recorder, Value, Var
from provenn.ir.emit import composed
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from provenn.ops.input import input as input_op

__all__ = ["Reading", "load", "parse", "read", "supported"]


@dataclass(frozen=True)
class Reading:
    """A network as read: the opset of the file, and notes on how ``exact`` differs from it in rounding.

    ``exact`` holds the operations of the file and is what a counterexample is replayed on; ``graph`` is the
    same function over the reals by operations that the checker reads (``Op.composed``).
    """

    exact: Graph
    opset: int
    notes: tuple[str, ...]

    @cached_property
    def graph(self) -> Graph:
        """What bounds, certificates and the checker are about."""
        return composed(self.exact, ALL)


def read(path: str | Path) -> Graph:
    """The network in an ONNX file (opset 7 to current, optionally gzipped).

    Batch and symbolic sizes become 1; float32 weights keep their bits. Raises FileError for a file
    that is missing, damaged or not ONNX, UnsupportedError for what is not read; both name the node.
    """
    return load(path).graph


def load(path: str | Path) -> Reading:
    """Like ``read``, with the notes that a report should show."""
    return parse(read_bytes(path, "PNN-ONNX-401", "ONNX"), str(path))


def parse(data: bytes, file: str) -> Reading:
    """Like ``load``, from the bytes of a file; ``file`` names them in errors."""
    model = open_model(data, file)
    recorder = Recorder(model.file, Builder(model.name))
    values = _evaluate(model, recorder)
    if model.output not in values:
        raise FileError("PNN-ONNX-416", "nothing makes the network's output", where=model.file,
                        expected=repr(model.output), hint="check the file with onnx.checker.check_model")
    _check_output(model, values[model.output].shape)
    output = recorder.node(values[model.output])
    return Reading(recorder.builder.finish(output), model.opset, (*model.notes, *recorder.notes))


def _check_output(model: Model, shape: tuple[int, ...]) -> None:
    """The file declares its output's shape; a contradiction means that file and reader disagree."""
    declared = model.output_shape
    if declared is not None and (math.prod(declared) != math.prod(shape)):
        raise FileError("PNN-ONNX-412", "the output does not have the size that the file declares",
                        where=f"{model.file}, output {model.output!r}", expected=list(declared),
                        got=list(shape),
                        hint="symbolic dimensions are read as 1; check the shapes that the file declares")


def _evaluate(model: Model, recorder: Recorder) -> dict[str, Value]:
    """All values of the file, node by node."""
    first = recorder.builder.add(input_op, name=model.input, shape=model.shape)
    values: dict[str, Value] = {model.input: Var(first, model.shape), **model.initialisers}
    for node in model.nodes:
        made = zip(node.output, read_node(node, recorder, values, model.opset))
        values.update((name, value) for name, value in made if name)
    return values
