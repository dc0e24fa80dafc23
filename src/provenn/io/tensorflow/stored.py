"""The tensors in a SavedModel as they are stored, and the model without them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from provenn.io.tensorflow.library import tensorflow
from provenn.io.weights.stored import DTYPES, Stored, unreadable

KIND = "TensorFlow SavedModel"
NAMES = {name: dtype for dtype, name in DTYPES.items()}


def read_saved_model(data: bytes, where: str = "") -> tuple[Any, dict[str, Stored]]:
    """The message without its constants, and these by name.

    Raises FileError PNN-CERT-633 for a damaged file and for one that holds more than one plain graph.
    """
    tensorflow()
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    try:
        return model_in(saved_model_pb2.SavedModel.FromString(data))
    except (DecodeError, ValueError, TypeError, KeyError, AttributeError) as e:
        raise unreadable(KIND, where, e) from None


def model_in(model: Any) -> tuple[Any, dict[str, Stored]]:
    """The parts of a SavedModel message, which loses its constants; ValueError unless it is one graph."""
    if len(model.meta_graphs) != 1:
        raise ValueError(f"it holds {len(model.meta_graphs)} graphs")
    meta = model.meta_graphs[0]
    if meta.graph_def.library.function or meta.HasField("object_graph_def") or meta.asset_file_def:
        raise ValueError("it holds functions, variables or assets")
    found = list(_constants(meta.graph_def))
    made = dict(found)
    if len(made) != len(found) or not meta.graph_def.node:
        raise ValueError("it has no nodes, or a tensor twice")
    return model, made


def _constants(graph: Any) -> Iterator[tuple[str, Stored]]:
    """Names and tensors of the constants, whose values are taken out of the graph."""
    tf = tensorflow()
    kept = []
    for node in graph.node:
        if node.op != "Const":
            kept.append(node)
            continue
        value = np.asarray(tf.make_ndarray(node.attr["value"].tensor))
        little = np.ascontiguousarray(value, value.dtype.newbyteorder("<")).reshape(value.shape)
        if tf.as_dtype(node.attr["dtype"].type).as_numpy_dtype != value.dtype.type:
            raise ValueError(f"{node.name} has two element types")
        yield str(node.name), Stored(NAMES.get(value.dtype.name, value.dtype.name), value.shape,
                                     little.tobytes())
    others = [type(node).FromString(node.SerializeToString()) for node in kept]
    del graph.node[:]
    graph.node.extend(others)
