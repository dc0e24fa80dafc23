"""What is refused, and that the message says where and what to do."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from provenn.errors import FileError, ProvennError, UnsupportedError
from provenn.io.onnx import read, supported

node = helper.make_node
W = {"w": np.ones((2, 3), np.float32)}
Change = Callable[[onnx.ModelProto], None]


def refused(path: Path, code: str, kind: type[ProvennError] = FileError) -> ProvennError:
    """The error of a file; its message names the file and has a hint."""
    with pytest.raises(kind) as caught:
        read(path)
    assert caught.value.code == code, str(caught.value)
    assert path.name in caught.value.where
    assert caught.value.hint
    return caught.value


def changed(path: Path, change: Change) -> Path:
    """The file after a change to its message."""
    model = onnx.load(path, load_external_data=False)
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def test_files_that_are_no_models(tmp_path: Path) -> None:
    refused(tmp_path / "absent.onnx", "PNN-ONNX-401")
    for name, data in {"empty": b"", "text": b"hello, world", "noise": bytes(range(256))}.items():
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, "PNN-ONNX-402")
    with pytest.raises(FileError, match="PNN-ONNX-401"):
        read(tmp_path)
    (tmp_path / "broken.gz").write_bytes(gzip.compress(bytes(range(256)))[:40])
    with pytest.raises(FileError, match="PNN-ONNX-401"):
        read(tmp_path / "broken.gz")


def test_a_compressed_model_is_read(save: Any, tmp_path: Path) -> None:
    (tmp_path / "m.onnx.gz").write_bytes(gzip.compress(save([node("Relu", ["x"], ["y"])], (2,)).read_bytes()))
    assert len(read(tmp_path / "m.onnx.gz").nodes) == 2


@pytest.mark.parametrize("opset", [1, 6, 999])
def test_opsets_out_of_range(save: Any, opset: int) -> None:
    refused(save([node("Relu", ["x"], ["y"])], (2,), opset=opset), "PNN-ONNX-403")


def test_operators_that_are_not_read(save: Any) -> None:
    e = refused(save([node("Erf", ["x"], ["y"], name="last")], (2,)), "PNN-ONNX-404", UnsupportedError)
    assert "'last' (Erf, opset 17)" in e.where
    assert "provenn supports" in e.hint
    refused(save([node("Relu", ["x"], ["y"], domain="my.ops")], (2,)), "PNN-ONNX-404", UnsupportedError)


@pytest.mark.parametrize("nodes", [
    [node("Div", ["x", "zero"], ["y"])], [node("Pow", ["x", "c"], ["s"]), node("Pow", ["s", "s"], ["y"])],
    [node("Pow", ["x", "third"], ["y"])],
    [node("Floor", ["x"], ["y"])], [node("ArgMax", ["x"], ["y"])],
    [node("Resize", ["x", "", "scales"], ["y"], mode="linear")],
    [node("Cast", ["x"], ["y"], to=7)], [node("Dropout", ["x", "c", "yes"], ["y"])],
    [node("Pad", ["x", "pads"], ["y"], mode="reflect")],
    [node("Slice", ["x", "two", "two"], ["y"])],
])
def test_uses_that_are_not_read(save: Any, nodes: list[Any]) -> None:
    weights = {"c": np.array(0.5, np.float32), "yes": np.array(True), "pads": np.array([1, 1, 1, 1]),
               "zero": np.zeros(2, np.float32), "two": np.array([2]), "scales": np.array([2, 2], np.float32),
               "third": np.array(1 / 3, np.float32)}
    refused(save(nodes, (2, 2), weights), "PNN-ONNX-405", UnsupportedError)


def test_one_input_and_one_output(save: Any) -> None:
    def two_inputs(m: onnx.ModelProto) -> None:
        m.graph.input.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, [2]))

    def two_outputs(m: onnx.ModelProto) -> None:
        m.graph.output.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, [2]))

    for change in (two_inputs, two_outputs):
        e = refused(changed(save([node("Relu", ["x"], ["y"])], (2,)), change), "PNN-ONNX-406",
                    UnsupportedError)
        assert e.got.startswith("2: ")


def test_inputs_of_other_types_and_without_shape(save: Any) -> None:
    def typed(m: onnx.ModelProto) -> None:
        m.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE

    def shapeless(m: onnx.ModelProto) -> None:
        m.graph.input[0].type.tensor_type.ClearField("shape")

    path = save([node("Relu", ["x"], ["y"])], (2,))
    assert refused(changed(path, typed), "PNN-ONNX-407", UnsupportedError).got == "11 (float64)"
    refused(changed(save([node("Relu", ["x"], ["y"])], (2,)), shapeless), "PNN-ONNX-418")
    refused(save([node("Relu", ["x"], ["y"])], (2, 0)), "PNN-ONNX-418")


def test_tensors_whose_data_do_not_fit(save: Any) -> None:
    def short(m: onnx.ModelProto) -> None:
        m.graph.initializer[0].raw_data = b"\0" * 20

    def listed(m: onnx.ModelProto) -> None:
        m.graph.initializer[0].ClearField("raw_data")
        m.graph.initializer[0].float_data.extend([1.0] * 5)

    for change in (short, listed):
        e = refused(changed(save([node("MatMul", ["x", "w"], ["y"])], (2,), W), change), "PNN-ONNX-408")
        assert "'w'" in e.where


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite(save: Any, bad: float) -> None:
    w = np.ones((2, 3), np.float32)
    w[1, 1] = bad
    e = refused(save([node("MatMul", ["x", "w"], ["y"])], (2,), {"w": w}), "PNN-ONNX-409")
    assert "'w', element" in e.where


def external(save: Any, location: str, **entries: str) -> Path:
    def outside(m: onnx.ModelProto) -> None:
        t = m.graph.initializer[0]
        t.ClearField("raw_data")
        t.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **entries}.items():
            t.external_data.add(key=key, value=value)

    return changed(save([node("MatMul", ["x", "w"], ["y"])], (2,), W), outside)


def test_external_data(save: Any, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/w.bin").write_bytes(b"????" + np.arange(6, dtype="<f4").tobytes())
    graph = read(external(save, "data/w.bin", offset="4", length="24"))
    assert graph.parameters["w"].T.ravel().tolist() == [0, 1, 2, 3, 4, 5]
    outside = tmp_path.parent / "outside.bin"
    outside.write_bytes(bytes(24))
    (tmp_path / "link").symlink_to(outside)
    for location in ("../outside.bin", str(outside), "link", "nowhere.bin", "", "data", "a\0b"):
        refused(external(save, location), "PNN-ONNX-410")
    for entries in ({"offset": "5"}, {"offset": "-4"}, {"length": "99"}, {"offset": "one"}):
        with pytest.raises(FileError, match=r"PNN-ONNX-4(08|10)"):
            read(external(save, "data/w.bin", **entries))


def test_shapes_that_do_not_fit(save: Any) -> None:
    for nodes in ([node("MatMul", ["w", "x"], ["y"])], [node("Add", ["x", "w"], ["y"])],
                  [node("Reshape", ["x", "t"], ["y"])], [node("Transpose", ["x"], ["y"], perm=[0])],
                  [node("Concat", ["x", "w"], ["y"], axis=0)], [node("Squeeze", ["x", "a"], ["y"])],
                  [node("PRelu", ["x", "w"], ["y"])]):
        weights = {**W, "t": np.array([3, -1]), "a": np.array([0])}
        e = refused(save(nodes, (2, 2), weights), "PNN-ONNX-412")
        assert f"({nodes[0].op_type}, opset 17)" in e.where

    def contradicted(m: onnx.ModelProto) -> None:
        m.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, [3]))

    refused(changed(save([node("Relu", ["x"], ["y"])], (2,)), contradicted), "PNN-ONNX-412")


def test_nodes_that_break_the_standard(save: Any) -> None:
    for nodes in ([node("Relu", ["x", "w"], ["y"])], [node("Relu", ["x"], ["y"], slope=1.0)],
                  [node("Concat", ["x", "x"], ["y"])], [node("Gemm", ["x", "w"], ["y"], alpha=1)],
                  [node("Add", ["x", "i"], ["y"])], [node("MatMul", ["x", ""], ["y"])],
                  [node("ReduceSum", ["x"], ["y"], keepdims=2)]):
        refused(save(nodes, (2, 2), {**W, "i": np.array([1, 2])}), "PNN-ONNX-414")


def test_constants_that_are_too_large(save: Any) -> None:
    nodes = [node("ConstantOfShape", ["n"], ["z"]), node("Add", ["x", "z"], ["y"])]
    refused(save(nodes, (1,), {"n": np.array([1 << 30])}), "PNN-ONNX-415")


def test_graphs_that_do_not_connect(save: Any) -> None:
    relu = node("Relu", ["x"], ["y"])
    for nodes in ([node("Relu", ["nobody"], ["y"])], [relu, relu], [node("Relu", ["x"], ["z"])],
                  [node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])]):
        refused(save(nodes, (2,)), "PNN-ONNX-416")


def test_nodes_may_come_in_any_order(save: Any) -> None:
    nodes = [node("Relu", ["a"], ["y"]), node("Neg", ["x"], ["a"])]
    assert [n.op.tag for n in read(save(nodes, (2,)))][1:] == ["parameter", "mul", "relu"]


def test_bfloat16_is_read_in_both_ways_to_store_it_and_never_made(save: Any) -> None:
    bits = [0x3DCD, 0xC000, 0x0001]
    wanted = (np.array(bits, np.uint32) << 16).view(np.float32).tolist()
    cast = [node("Cast", ["h"], ["c"], to=TensorProto.FLOAT), node("Add", ["x", "c"], ["y"])]
    raw = helper.make_tensor("h", TensorProto.BFLOAT16, [3], np.array(bits, "<u2").tobytes(), raw=True)
    listed = TensorProto(name="h", data_type=TensorProto.BFLOAT16, dims=[3], int32_data=bits)
    for tensor in (raw, listed):
        path = changed(save(cast, (3,)), lambda m, t=tensor: m.graph.initializer.append(t))  # type: ignore[misc]
        assert [v.tolist() for v in read(path).parameters.values()] == [wanted]
    short = changed(save(cast, (3,)), lambda m: m.graph.initializer.append(
        TensorProto(name="h", data_type=TensorProto.BFLOAT16, dims=[3], raw_data=bytes(4))))
    refused(short, "PNN-ONNX-408")
    cast[0] = node("Cast", ["h"], ["c"], to=TensorProto.BFLOAT16)
    single = numpy_helper.from_array(np.ones(3, np.float32), "h")
    made = changed(save(cast, (3,)), lambda m: m.graph.initializer.append(single))
    assert "casts to ONNX element type 16" in refused(made, "PNN-ONNX-405", UnsupportedError).what


def test_tensors_of_types_that_are_not_read(save: Any) -> None:
    def stringy(m: onnx.ModelProto) -> None:
        m.graph.initializer.append(helper.make_tensor("s", TensorProto.STRING, [1], [b"text"]))

    refused(changed(save([node("Relu", ["x"], ["y"])], (2,)), stringy), "PNN-ONNX-417", UnsupportedError)
    with pytest.raises(FileError, match="PNN-ONNX-411"):
        read(save([node("Shape", ["x"], ["y"])], (2,)))


def test_half_precision_constants_are_exact_floats(save: Any) -> None:
    half = numpy_helper.from_array(np.array([0.1, 2.0], np.float16))
    graph = read(save([node("Constant", [], ["h"], value=half), node("Cast", ["h"], ["y"], to=1)], (2,)))
    assert graph.parameters["h"].tolist() == [float(np.float16(0.1)), 2.0]


def test_every_operator_says_what_is_read_of_it() -> None:
    assert len(supported()) >= 30
    assert all(text.endswith(".") for text in supported().values())
