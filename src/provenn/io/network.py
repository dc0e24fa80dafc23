"""Networks from whatever holds one: a Graph, an ONNX file, a model of provenn.nn, a torch.nn.Module.

    read_network(model, shape)       the graph, with notes on how it differs from the file
    read_vnnlib(path, model)         the property in a VNN-LIB file about such a model

A torch module is exported to ONNX in memory, in use (dropout off, running statistics), and read like a file.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from provenn.errors import ShapeError, UnsupportedError
from provenn.io import onnx, vnnlib
from provenn.io.onnx import Reading
from provenn.ir.graph import Graph
from provenn.ir.property import Property


class Model(Protocol):
    """A model that knows its graph, as provenn.nn.Module does; a torch.nn.Module may stand for one."""

    def to_graph(self, *shape: int) -> Graph:
        """The graph for an input of this shape, batch axis included, its weights as constants."""
        ...


Network = str | Path | Graph | Model


def read_network(model: Network, shape: Sequence[int] | None = None) -> Reading:
    """The graph of a model. ``shape`` is that of the input of a module, its batch axis 1 included.

    Raises UnsupportedError PNN-FACE-921 for what is no network and PNN-ONNX-421 for a torch module that torch
    does not export, ShapeError PNN-SHAPE-133 for a module without a shape, and what reading ONNX raises.
    """
    if isinstance(model, (str, Path)):
        return onnx.load(model)
    if isinstance(model, Graph):
        return Reading(model, 0, ())
    if not (_is_torch(model) or callable(getattr(model, "to_graph", None))):
        raise UnsupportedError("PNN-FACE-921", "this is no network", got=repr(model)[:200],
                               expected="an ONNX file, a Graph, a module of provenn.nn or torch.nn",
                               hint="a function becomes a module as the forward of one")
    if shape is None:
        raise ShapeError("PNN-SHAPE-133", "a module does not say which shape its input has",
                         where=type(model).__name__, expected="shape=(1, …), the batch axis included",
                         hint="give shape=, as in shape=(1, 3, 32, 32)")
    if _is_torch(model):
        return onnx.parse(_exported(model, shape), type(model).__name__)
    return Reading(model.to_graph(*shape), 0, ())


def read_vnnlib(path: str | Path, model: Network, network_name: str | None = None, *,
                shape: Sequence[int] | None = None) -> Property:
    """The property in a VNN-LIB file (1.0 or 2.0, maybe gzipped) about a model.

    ``network_name`` is the name that a 2.0 file must declare. The shape of a module's input is by default
    what the file declares: [1, inputs] in version 1.0. Raises what provenn.io.vnnlib.read and read_network
    raise.
    """
    return vnnlib.read(path, read_network(model, shape or input_shape(path, model)).graph, network_name)


def input_shape(spec: str | Path | Property, model: Network) -> tuple[int, ...] | None:
    """The shape of a module's input according to a property; None where the model says it itself."""
    if isinstance(model, (str, Path, Graph)):
        return None
    return (1, spec.inputs) if isinstance(spec, Property) else vnnlib.input_shape(spec)


def _is_torch(model: Any) -> bool:
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def _exported(model: Any, shape: Sequence[int]) -> bytes:
    """A torch module as the bytes of an ONNX file."""
    torch: Any = sys.modules["torch"]
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # Torch would rather trace with another package, at thirty times the time.
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(model, (torch.zeros(tuple(shape)),), stream, dynamo=False)
        except Exception as e:  # noqa: BLE001
            raise UnsupportedError("PNN-ONNX-421", "torch does not export this module for such an input",
                                   where=type(model).__name__, expected=f"an input of shape {list(shape)}",
                                   got=(str(e) or type(e).__name__).strip().split("\n")[0][:300],
                                   hint="call it on torch.zeros of that shape; or export it to a file "
                                        "yourself") from None
    return stream.getvalue()
