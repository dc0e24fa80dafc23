"""No damaged file may end in anything but an error of ours."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from provenn.errors import ProvennError
from provenn.eval.run import run
from provenn.io.onnx import read, supported

node = helper.make_node
INTEGERS = st.sampled_from([0, 1, 2, 3, 5, -1, -2, 7, 1 << 20, 1 << 31, (1 << 62), -(1 << 63)])


def seed_model() -> onnx.ModelProto:
    """A network with a bit of everything, 1.5 kB."""
    rng = np.random.default_rng(3)

    def noise(*shape: int) -> Any:
        return rng.normal(size=shape).astype(np.float32)

    nodes = [
        node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]), node("Relu", ["c"], ["r"]),
        node("BatchNormalization", ["r", "s", "b", "b", "v"], ["n"]), node("Shape", ["n"], ["shape"]),
        node("AveragePool", ["n"], ["p"], kernel_shape=[2, 2]), node("Slice", ["p", "i0", "i9", "i1"],
                                                                     ["cut"]),
        node("Pad", ["cut", "pads"], ["padded"]), node("Transpose", ["padded"], ["t"], perm=[0, 2, 3, 1]),
        node("Reshape", ["t", "target"], ["f"]), node("Gemm", ["f", "g", "h"], ["q"], alpha=0.5, transB=1),
        node("Split", ["q"], ["q1", "q2"], axis=1), node("Concat", ["q2", "q1"], ["j"], axis=1),
        node("MatMul", ["j", "m"], ["mm"]), node("Unsqueeze", ["mm"], ["un"], axes=[0]), node("Squeeze",
                                                                                              ["un"], ["sq"]),
        node("Gather", ["mm", "i1"], ["ga"], axis=1), node("Clip", ["ga", "", "six"], ["cl"]),
        node("Div", ["cl", "six"], ["d"]), node("Expand", ["d", "four"], ["e"]), node("ReduceSum", ["e"],
                                                                                      ["rs"], axes=[1]),
        node("Dropout", ["rs"], ["dr"]), node("Constant", [], ["k"], value=numpy_helper.from_array(noise(1))),
        node("Sub", ["k", "dr"], ["su"]), node("Flatten", ["su"], ["y"]),
    ]
    weights = {
        "w": noise(2, 1, 3, 3), "b": noise(2), "s": noise(2), "v": abs(noise(2)) + 1,
        "g": noise(4, 4), "h": noise(4), "m": noise(4, 3), "six": np.array(6, np.float32),
        "i0": np.array([0]), "i1": np.array([1]), "i9": np.array([9]),
        "pads": np.array([0, 0, 0, 0, 0, 0, 1, 0]), "target": np.array([1, -1]), "four": np.array([1, 4]),
    }
    graph = helper.make_graph(nodes, "seed",
                              [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 4, 4])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(a, name) for name, a in weights.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=8)


SEED = seed_model()
DATA = SEED.SerializeToString()


def read_or_refuse(path: Path, data: bytes) -> bool:
    """Read a file; a network that is read must also run. True when it was read."""
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            graph = read(path)
        except ProvennError:
            return False
    if graph.input_type.size <= 1 << 12 and all(n.type.size <= 1 << 16 for n in graph):
        with np.errstate(all="ignore"):
            y = run(graph, np.ones((1, *graph.input_type.shape), np.float32))
        assert y.shape[1:] == graph.output_type.shape
    return True


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "model.onnx"


def test_the_seed_is_read(target: Path) -> None:
    target.write_bytes(DATA)
    assert len(read(target).nodes) > 20


LONG = settings(max_examples=300, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@LONG
@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_changed_bytes(target: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(DATA)
    for at, byte in changes:
        data[at] = byte
    read_or_refuse(target, bytes(data))


@LONG
@given(st.integers(0, len(DATA)), st.integers(0, 40), st.binary(max_size=20))
def test_cut_and_inserted_bytes(target: Path, at: int, drop: int, extra: bytes) -> None:
    read_or_refuse(target, DATA[:at] + extra + DATA[at + drop :])


@LONG
@given(st.data())
def test_changed_fields(target: Path, data: st.DataObject) -> None:
    model = onnx.ModelProto()
    model.CopyFrom(SEED)
    for _ in range(data.draw(st.integers(1, 3))):
        change_field(model, data)
    read_or_refuse(target, model.SerializeToString())


def change_field(model: onnx.ModelProto, data: st.DataObject) -> None:
    """One meaningful change: an attribute, an operand, an operator, a shape, a tensor."""
    graph = model.graph
    one = graph.node[data.draw(st.integers(0, len(graph.node) - 1))]
    names = [t.name for t in graph.initializer] + [o for n in graph.node for o in n.output] + ["x", "",
                                                                                               "nobody"]
    kind = data.draw(st.sampled_from(["attribute", "operand", "operator", "tensor", "input", "opset", "drop",
                                      "outputs"]))
    if kind == "attribute" and one.attribute:
        a = one.attribute[data.draw(st.integers(0, len(one.attribute) - 1))]
        a.i, a.f = data.draw(INTEGERS), data.draw(st.sampled_from([0.0, -1.0, float("nan"), float("inf"),
                                                                   1e38]))
        a.ints[:] = data.draw(st.lists(INTEGERS, max_size=5))
    elif kind == "operand" and one.input:
        one.input[data.draw(st.integers(0, len(one.input) - 1))] = data.draw(st.sampled_from(names))
    elif kind == "operator":
        one.op_type = data.draw(st.sampled_from(sorted(supported())))
    elif kind == "tensor":
        t = graph.initializer[data.draw(st.integers(0, len(graph.initializer) - 1))]
        values = data.draw(st.lists(INTEGERS, max_size=6))
        as_type = data.draw(st.sampled_from([np.int64, np.float32, np.float64, np.bool_, np.int32]))
        with np.errstate(all="ignore"):
            made = numpy_helper.from_array(np.array(values).astype(as_type).reshape(data.draw(
                st.sampled_from([(-1,), (1, -1), (-1, 1)]))), t.name)
        t.CopyFrom(made)
        if data.draw(st.booleans()):
            t.dims[:] = data.draw(st.lists(INTEGERS, max_size=3))
    elif kind == "input":
        dims = graph.input[0].type.tensor_type.shape.dim
        dims[data.draw(st.integers(0, 3))].dim_value = data.draw(INTEGERS)
    elif kind == "opset":
        model.opset_import[0].version = data.draw(st.integers(0, 40))
    elif kind == "drop":
        graph.node.remove(one)
    else:
        one.output[:] = data.draw(st.lists(st.sampled_from(names), max_size=3))


SHAPES = [(), (1,), (3,), (2, 3), (3, 2), (1, 1, 4), (2, 3, 4), (1, 2, 5, 5), (2, 1, 3, 3), (1, 1, 1, 1)]


def random_attribute(attribute: Any, rng: np.random.Generator) -> Any:
    """A value of the attribute's kind that may or may not make sense; None for kinds not tried."""
    small = [int(v) for v in rng.integers(-2, 5, size=rng.integers(1, 5))]
    word = str(rng.choice(["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "constant", "reflect"]))
    kinds = {"INT": small[0], "INTS": small, "FLOAT": float(rng.normal()), "STRING": word}
    return kinds.get(attribute.type.name)


def random_tensor(rng: np.random.Generator) -> Any:
    """A constant of some type and shape."""
    if rng.random() < 0.4:
        return rng.integers(-3, 6, size=rng.integers(0, 5))
    a = rng.normal(size=SHAPES[rng.integers(len(SHAPES))])
    return [a.astype(np.float32), a, a > 0][rng.choice(3, p=[0.9, 0.05, 0.05])]


def test_random_nodes(target: Path) -> None:
    accepted = 0
    for seed in range(1500):
        rng = np.random.default_rng(seed)
        opset, op = int(rng.integers(7, 22)), str(rng.choice(sorted(supported())))
        try:
            schema: Any = onnx.defs.get_schema(op, opset, "")
        except onnx.defs.SchemaError:
            continue
        operands = ["x"] + [f"c{i}" if rng.random() < 0.95 else "" for i in range(1, 5)]
        operands = operands[: int(rng.integers(schema.min_input, min(schema.max_input, 5) + 1))]
        attributes = {name: random_attribute(a, rng) for name, a in schema.attributes.items()
                      if a.required or rng.random() < 0.3}
        made = node(op, operands, ["y"], **{k: v for k, v in attributes.items() if v is not None})
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPES[rng.integers(len(SHAPES))])
        names = [name for name in operands if name.startswith("c")]
        tensors = [numpy_helper.from_array(random_tensor(rng), name) for name in names]
        graph = helper.make_graph([made], "one", [x], [helper.make_empty_tensor_value_info("y")], tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        accepted += read_or_refuse(target, model.SerializeToString())
    assert accepted > 200
