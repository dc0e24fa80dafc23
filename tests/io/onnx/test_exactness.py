"""Weights keep their bits; folding rounds as documented."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from provenn.errors import FileError
from provenn.io.onnx import load, read

node = helper.make_node


def awkward(*shape: int) -> Any:
    """Float32 numbers with all sorts of bits: subnormal, negative zero, huge, tiny."""
    bits = np.random.default_rng(5).integers(0, 1 << 32, size=shape, dtype=np.uint64).astype(np.uint32)
    bits &= np.uint32(0xFF7FFFFF)
    values = bits.view(np.float32)
    values.flat[0], values.flat[-1] = -0.0, 1e-45
    assert np.isfinite(values).all()
    return values


def same_bits(a: Any, b: Any) -> bool:
    return a.dtype == b.dtype == np.float32 and a.tobytes() == b.tobytes()


def test_products_keep_the_bits_of_weight_and_bias(save: Any) -> None:
    w, b = awkward(5, 4), awkward(5)
    for nodes in ([node("Gemm", ["x", "w", "b"], ["y"], transB=1, alpha=1.0, beta=1.0)],
                  [node("Transpose", ["w"], ["t"]), node("MatMul", ["x", "t"], ["p"]),
                   node("Add", ["p", "b"], ["y"])]):
        graph = read(save(nodes, (1, 4), {"w": w, "b": b}))
        assert [n.op.tag for n in graph] == ["input", "parameter", "parameter", "linear"]
        assert same_bits(graph.parameters["w"], w)
        assert same_bits(graph.parameters["b"], b)


def test_convolutions_keep_the_bits(save: Any) -> None:
    w, b = awkward(4, 2, 3, 3), awkward(4)
    graph = read(save([node("Conv", ["x", "w", "b"], ["y"], group=2)], (1, 4, 5, 5), {"w": w, "b": b}))
    assert same_bits(graph.parameters["w"], w)
    assert same_bits(graph.parameters["b"], b)


def test_a_shared_weight_is_one_parameter(save: Any) -> None:
    nodes = [node("Add", ["x", "c"], ["a"]), node("Sub", ["a", "c"], ["y"])]
    graph = read(save(nodes, (2, 3), {"c": awkward(2, 3)}))
    assert [n.op.tag for n in graph] == ["input", "parameter", "add", "sub"]


def test_scalar_weights_keep_their_shape(save: Any) -> None:
    graph = read(save([node("Relu", ["c"], ["r"]), node("Identity", ["r"], ["y"])], (1,),
                      {"c": np.array(2, np.float32)}))
    assert graph.output_type.shape == ()


def test_doubles_become_float32_only_by_a_cast(save: Any) -> None:
    exact = {"c": np.array([0.5, 3.0]), "d": np.array([0.1, 0.2])}
    cast = [node("Cast", ["d"], ["f"], to=1), node("Add", ["x", "f"], ["y"])]
    assert same_bits(read(save(cast, (2,), exact)).parameters["d"], np.array([0.1, 0.2], np.float32))
    with pytest.raises(FileError, match="PNN-ONNX-414"):
        read(save([node("Add", ["x", "c"], ["y"])], (2,), exact))
    constant = numpy_helper.from_array(np.array([0.5, 3.0]))
    assert read(save([node("Constant", [], ["y"], value=constant)], (2,))).parameters["y"].dtype == np.float32
    with pytest.raises(FileError, match="PNN-ONNX-411"):
        read(save([node("Constant", [], ["y"], value=numpy_helper.from_array(np.array([0.1])))], (2,)))


def test_folded_products_are_summed_in_index_order(save: Any) -> None:
    rng = np.random.default_rng(2)
    a, b = (rng.normal(size=(7, 7)).astype(np.float32) for _ in range(2))
    total = np.zeros((7, 7), np.float32)
    for k in range(7):
        product = a[:, k, None] * b[None, k]
        total = product if k == 0 else total + product
    graph = read(save([node("MatMul", ["a", "b"], ["m"]), node("Add", ["x", "m"], ["y"])], (7, 7),
                      {"a": a, "b": b}))
    assert same_bits(graph.parameters["m"], total)


def test_roundings_are_noted(save: Any) -> None:
    c = {"c": np.array([4.0, 0.5], np.float32), "d": np.array([3.0, 0.1], np.float32)}
    assert load(save([node("Div", ["x", "c"], ["y"])], (2,), c)).notes == ()
    (note,) = load(save([node("Div", ["x", "d"], ["y"], name="scale")], (2,), c)).notes
    assert note.startswith("scale (Div): division became a product")


def test_sizes_and_opset(save: Any) -> None:
    reading = load(save([node("Flatten", ["x"], ["y"])], ("batch", 3, "w", 2), opset=13))
    assert reading.graph.input_type.shape == (1, 3, 1, 2)
    assert reading.opset == 13
    assert reading.notes == ("input x: size 2, 'w', was read as 1",)
    assert read(save([node("Relu", ["x"], ["y"])], (-1, 3))).input_type.shape == (1, 3)
