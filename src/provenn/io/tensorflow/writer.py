"""SavedModels from graphs, by the ``to_tensorflow`` facets of their ops: one signature, weights as constants.

    saved_model_of(graph)              the SavedModel message
    write_saved_model(graph, metadata) its bytes, the same for the same graph and TensorFlow

The graph is built by TensorFlow, which checks every operation. Weights are constants in it under their own
names, so one file holds everything, and nothing in it is named after the moment it was written. The order of
additions in a product is the runtime's business: the file means the graph's function up to that rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from provenn.errors import FileError
from provenn.io.tensorflow.library import tensorflow
from provenn.io.weights.stored import DTYPES, graph_tensors
from provenn.ir.graph import Graph
from provenn.ir.names import input_names, output_names, tensor_names

TAG, SIGNATURE, METHOD, SCHEMA = "serve", "serving_default", "tensorflow/serving/predict", 1


class Operations:
    """What the facets see of a TensorFlow graph that is being built."""

    def __init__(self, tf: Any) -> None:
        self._tf = tf

    def op(self, name: str, **args: Any) -> Any:
        """One operation of ``tf.raw_ops``; Python numbers in its arguments become constants of int32."""
        return getattr(self._tf.raw_ops, name)(**args)

    def shape(self, value: Any) -> tuple[int, ...]:
        """Shape of a tensor."""
        return tuple(value.shape.as_list())


def saved_model_of(graph: Graph, metadata: Mapping[str, str] | None = None, dtype: str = "F32") -> Any:
    """The SavedModel message of a graph; ``metadata`` becomes collections of one text each.

    Weights are stored as ``dtype`` and, where the graph computes with another element type, cast to that.
    Inputs are called input, input1, …, outputs output, output1, …; tensors as ``tensor_names`` says. Raises
    UnsupportedError PNN-OP-201 for an op that has no TensorFlow form, ToolError PNN-TOOL-733 without
    TensorFlow, FileError PNN-CERT-636 for a name that TensorFlow does not take.
    """
    tf = tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    made = saved_model_pb2.SavedModel(saved_model_schema_version=SCHEMA)
    meta = made.meta_graphs.add()
    with tf.Graph().as_default() as built:
        inputs, outputs = _build(tf, graph, dtype)
        meta.graph_def.CopyFrom(built.as_graph_def())
    meta.meta_info_def.tags.append(TAG)
    meta.meta_info_def.tensorflow_version = tf.__version__
    signature = meta.signature_def[SIGNATURE]
    signature.method_name = METHOD
    for side, values in ((signature.inputs, inputs), (signature.outputs, outputs)):
        for name, value in values.items():
            side[name].name, side[name].dtype = value.name, value.dtype.as_datatype_enum
            side[name].tensor_shape.CopyFrom(value.shape.as_proto())
    for key, text in (metadata or {}).items():
        meta.collection_def[key].bytes_list.value.append(text.encode())
    return made


def write_saved_model(graph: Graph, metadata: Mapping[str, str] | None = None, dtype: str = "F32") -> bytes:
    """The bytes of saved_model.pb, the one file in the folder of a SavedModel."""
    data: bytes = saved_model_of(graph, metadata, dtype).SerializeToString(deterministic=True)
    return data


def _build(tf: Any, graph: Graph, dtype: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and outputs by name, once all operations stand in the current graph of TensorFlow."""
    writer, place, names = Operations(tf), dict[int, Any](), tensor_names(graph)
    for i, name in zip(graph.inputs, input_names(graph)):
        made = graph.nodes[i].type
        place[i] = tf.raw_ops.Placeholder(dtype=tf.as_dtype(made.dtype), shape=made.shape, name=name)
    tensors = graph_tensors(graph, dtype)
    for i, name in names.items():
        stored = tf.as_dtype(DTYPES[dtype])
        value = np.frombuffer(tensors[name].data, stored.as_numpy_dtype).reshape(tensors[name].shape)
        place[i], kind = _constant(tf, value, name), tf.as_dtype(graph.nodes[i].type.dtype)
        if kind != stored:
            place[i] = tf.raw_ops.Cast(x=place[i], DstT=kind)
    inputs = {name: place[i] for i, name in zip(graph.inputs, input_names(graph))}
    for i, node in enumerate(graph):
        if i not in place:
            rule = node.op.need("to_tensorflow", graph.where(i))
            place[i] = rule(writer, node.attrs, [place[k] for k in node.inputs])
    outputs = {name: tf.raw_ops.Identity(input=place[i], name=name)
               for i, name in zip(graph.outputs, output_names(graph))}
    return inputs, outputs


def _constant(tf: Any, value: Any, name: str) -> Any:
    """A constant under exactly this name."""
    try:
        made = tf.constant(value, name=name)
    except ValueError:
        raise refused(name) from None
    if made.op.name != name:
        raise refused(name)
    return made


def refused(name: str) -> FileError:
    """The error for a name that TensorFlow does not take, or takes for one of the others."""
    return FileError("PNN-CERT-636", "this format has no room for a tensor", where=name,
                     expected="TensorFlow: names of letters, digits and ._/-, different in more than case",
                     got=name, hint="leave the format out, or name the tensor otherwise")
