"""ONNX models from graphs, by the ``to_onnx`` facets of their ops: opset 17, weights inside.

    model_of(graph)              the ModelProto
    onnx_bytes(graph, metadata)  its bytes, the same for the same graph whenever they are written

Weights keep their bits; those that are stored in another element type than the graph's are converted by a
Cast before anything reads them. The order of additions in a product is the runtime's business: the file
means the graph's function up to that rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from provenn.io.onnx.stored import CODES
from provenn.io.weights.stored import DTYPES, computed, graph_tensors
from provenn.ir.graph import Graph
from provenn.ir.names import input_names, output_names, tensor_names

OPSET, IR_VERSION = 17, 8
PRODUCER = "provenn"
FLOATS = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}


class Nodes:
    """The nodes of an ONNX graph in the making, and the shapes of values that stand for graph nodes."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}

    def node(self, operator: str, *args: str, **attributes: Any) -> str:
        """One node with one result, whose name is returned."""
        name = f"{self.prefix}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(args), [name], name=f"{operator}_{len(self.nodes)}",
                                           **attributes))
        return name

    def ints(self, values: Sequence[int]) -> str:
        """A constant vector of int64, such as a shape; equal ones are stored once."""
        name = f"{self.prefix}s" + "".join(f"_{v}" for v in values)
        self.constants[name] = numpy_helper.from_array(np.array(values, np.int64), name)
        return name

    def shape(self, value: str) -> tuple[int, ...]:
        """Shape of a value of the graph."""
        return self.shapes[value]


def model_of(graph: Graph, metadata: Mapping[str, str] | None = None, about: str = "",
             dtype: str = "F32") -> ModelProto:
    """The model of a graph; ``metadata`` becomes its metadata_props, ``about`` its doc_string.

    ``dtype`` is what the weights are stored as.

    Inputs are called input, input1, …, outputs output, output1, …; tensors as ``tensor_names`` says. Raises
    UnsupportedError PNN-OP-201 for an op that has no ONNX form, FileError PNN-CERT-634 for a weight that
    ``dtype`` does not hold.
    """
    inputs, outputs, names = input_names(graph), output_names(graph), tensor_names(graph)
    prefix = "value"
    while any(n.startswith(prefix) for n in names.values()):
        prefix += "_"
    nodes, place = Nodes(prefix), {**dict(zip(graph.inputs, inputs)), **names}
    for i, name in names.items():
        if DTYPES[dtype] != computed(dtype):
            place[i] = nodes.node("Cast", name, to=TensorProto.FLOAT)
    for i, node in enumerate(graph):
        if i not in place:
            rule = node.op.need("to_onnx", graph.where(i))
            place[i] = rule(nodes, node.attrs, [place[k] for k in node.inputs])
        nodes.shapes[place[i]] = node.type.shape
    _end(nodes, [place[i] for i in graph.outputs], outputs)
    weights = [helper.make_tensor(name, CODES[dtype], t.shape, t.data, raw=True)
               for name, t in graph_tensors(graph, dtype).items()]
    made = helper.make_graph(
        nodes.nodes, graph.name, [_info(graph, i, n) for i, n in zip(graph.inputs, inputs)],
        [_info(graph, i, n) for i, n in zip(graph.outputs, outputs)], [*weights, *nodes.constants.values()])
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
                              producer_name=PRODUCER, doc_string=about)
    for key, value in sorted((metadata or {}).items()):
        model.metadata_props.add(key=key, value=value)
    return model


def onnx_bytes(graph: Graph, metadata: Mapping[str, str] | None = None, about: str = "",
               dtype: str = "F32") -> bytes:
    """The bytes of the model's file."""
    data: bytes = model_of(graph, metadata, about, dtype).SerializeToString(deterministic=True)
    return data


def _end(nodes: Nodes, results: list[str], outputs: Sequence[str]) -> None:
    """Give the results their names: at the last node where that makes the only one, else by copies."""
    if nodes.nodes and results == [nodes.nodes[-1].output[0]]:
        nodes.nodes[-1].output[0] = outputs[0]
        return
    for value, name in zip(results, outputs):
        nodes.nodes.append(helper.make_node("Identity", [value], [name], name=f"Identity_{name}"))


def _info(graph: Graph, i: int, name: str) -> Any:
    made = graph.nodes[i].type
    return helper.make_tensor_value_info(name, FLOATS[made.dtype], list(made.shape))
