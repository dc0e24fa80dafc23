"""Operators in many variants, judged by onnxruntime."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from onnx import helper

node = helper.make_node


def noise(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """Reproducible float32 numbers."""
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(np.float32)


CONVOLUTIONS = [
    {"strides": [2, 1]}, {"dilations": [1, 2]}, {"pads": [1, 0, 2, 1]}, {"auto_pad": "SAME_UPPER"},
    {"auto_pad": "SAME_LOWER", "strides": [2, 3]}, {"auto_pad": "VALID"},
    {"pads": [2, 1, 0, 3], "strides": [2, 2], "dilations": [2, 1]}, {"kernel_shape": [3, 2]},
]


@pytest.mark.parametrize("attributes", CONVOLUTIONS)
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_two_dimensional_convolution(judge: Any, attributes: dict[str, Any], groups: int) -> None:
    weights = {"w": noise(8, 4 // groups, 3, 2), "b": noise(8)}
    judge([node("Conv", ["x", "w", "b"], ["y"], group=groups, **attributes)], (1, 4, 7, 8), weights)


@pytest.mark.parametrize("attributes", [{}, {"strides": [2]}, {"dilations": [3], "pads": [1, 4]},
                                        {"auto_pad": "SAME_LOWER", "strides": [2]}, {"group": 2}])
def test_one_dimensional_convolution(judge: Any, attributes: dict[str, Any]) -> None:
    weights = {"w": noise(6, 4 // attributes.get("group", 1), 3)}
    judge([node("Conv", ["x", "w"], ["y"], **attributes)], ("batch", 4, 11), weights, opset=11)


@pytest.mark.parametrize(("ceil", "include", "attributes"), list(itertools.product([0, 1], [0, 1], [
    {"kernel_shape": [2, 2], "strides": [2, 2]}, {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1]},
    {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]},
    {"kernel_shape": [3, 3], "strides": [3, 2], "auto_pad": "SAME_UPPER"},
])))
def test_average_pool(judge: Any, ceil: int, include: int, attributes: dict[str, Any]) -> None:
    made = node("AveragePool", ["x"], ["y"], ceil_mode=ceil, count_include_pad=include, **attributes)
    judge([made], (1, 2, 7, 8), opset=17)


def test_average_pool_over_a_line_and_over_everything(judge: Any) -> None:
    judge([node("AveragePool", ["x"], ["y"], kernel_shape=[4], strides=[3])], (2, 3, 10))
    judge([node("GlobalAveragePool", ["x"], ["y"])], (1, 3, 4, 5))
    judge([node("GlobalAveragePool", ["x"], ["y"])], (1, 2, 3, 2, 2))


def test_pooling_by_a_power_of_two_rounds_nothing(judge: Any) -> None:
    assert judge([node("AveragePool", ["x"], ["y"], kernel_shape=[2, 2])], (1, 1, 4, 4)).notes == ()
    assert len(judge([node("AveragePool", ["x"], ["y"], kernel_shape=[3, 1])], (1, 1, 4, 4)).notes) == 1


@pytest.mark.parametrize(("flip_a", "flip_b", "alpha", "beta"),
                         list(itertools.product([0, 1], [0, 1], [1.0, 0.5],
                                                                                       [1.0, -0.3])))
def test_gemm_with_a_constant_on_either_side(judge: Any, flip_a: int, flip_b: int, alpha: float,
                                             beta: float) -> None:
    attributes = {"transA": flip_a, "transB": flip_b, "alpha": alpha, "beta": beta}
    x, w = ((4, 3) if flip_a else (3, 4)), noise(*((5, 4) if flip_b else (4, 5)))
    for c in (noise(5), noise(1, 5), noise(3, 1), noise(3, 5), noise(1)):
        judge([node("Gemm", ["x", "w", "c"], ["y"], **attributes)], x, {"w": w, "c": c}, opset=9)
    a, x = noise(*((4, 3) if flip_a else (3, 4))), ((5, 4) if flip_b else (4, 5))
    judge([node("Gemm", ["a", "x", "c"], ["y"], **attributes)], x, {"a": a, "c": noise(5)})
    judge([node("Gemm", ["a", "x"], ["y"], **attributes)], x, {"a": a})


MATRICES = [((3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (4, 5)),
            ((2, 3, 4), (4,)),
            ((2, 3, 4), (2, 4, 5)), ((3, 4), (1, 4, 5)), ((1, 1, 4), (4, 2)), ((2, 1, 3, 4),
                                                                               (5, 4, 2)), ((1, 1), (1, 3)),
            ((3, 4), (2, 1, 4, 5)), ((4,), (2, 4, 3))]


@pytest.mark.parametrize(("left", "right"), MATRICES)
def test_matmul_with_a_constant_on_either_side(judge: Any, left: tuple[int, ...],
                                               right: tuple[int, ...]) -> None:
    judge([node("MatMul", ["x", "w"], ["y"])], left, {"w": noise(*right)})
    judge([node("MatMul", ["w", "x"], ["y"])], right, {"w": noise(*left)})


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div"])
@pytest.mark.parametrize(("x", "c"),
                         [((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 3), ()), ((1, 3), (4, 3)), ((3,), (1, 2, 3)),
                                      ((2, 1, 3), (1, 5, 1))])
def test_constants_are_broadcast_on_either_side(judge: Any, op: str, x: tuple[int, ...],
                                                c: tuple[int, ...]) -> None:
    weights = {"c": noise(*c) + np.float32(3)}
    judge([node(op, ["x", "c"], ["y"])], x, weights, opset=7)
    if op != "Div":
        judge([node(op, ["c", "x"], ["y"])], x, weights)


def test_sums_of_two_variables(judge: Any) -> None:
    judge([node("Relu", ["x"], ["r"]), node("Sub", ["x", "r"], ["s"]), node("Add", ["s", "r"], ["y"])],
          (2, 3))


def test_a_sum_after_a_product_becomes_its_bias(judge: Any) -> None:
    for b in (noise(5), noise(1, 5), np.tile(noise(5), (2, 1))):
        made = judge([node("MatMul", ["x", "w"], ["p"]), node("Add", ["b", "p"], ["y"])], (2, 4),
                     {"w": noise(4, 5), "b": b})
        assert [n.op.tag for n in made.graph] == ["input", "parameter", "parameter", "linear"]
    both = [node("MatMul", ["x", "w"], ["p"]), node("Add", ["p", "b"], ["q"]), node("Add", ["p", "q"], ["y"])]
    judge(both, (2, 4), {"w": noise(4, 5), "b": noise(5)})


@pytest.mark.parametrize("opset", [7, 9, 11, 13, 18, 21])
def test_axes_are_read_in_old_and_new_opsets(judge: Any, opset: int) -> None:
    def axes(op: str, x: str, y: str, values: list[int], since: int = 13) -> Any:
        if opset < since:
            return node(op, [x], [y], axes=values)
        return node(op, [x, f"axes{values}"], [y])

    weights = {f"axes{v}": np.array(v, np.int64) for v in ([0, 2], [1], [2])} if opset >= 13 else {}
    judge([axes("Unsqueeze", "x", "u", [0, 2]), axes("Squeeze", "u", "s", [2]),
           axes("ReduceSum", "s", "y", [1])],
          (3, 4), weights, opset=opset)
    judge([axes("ReduceMean", "x", "y", [1], 18)], (3, 4), weights if opset >= 18 else {}, opset=opset)


@pytest.mark.parametrize("opset", [7, 10, 13])
def test_slices(judge: Any, opset: int) -> None:
    starts, ends, axes = [1, -3], [9, -1], [0, 2]
    if opset < 10:
        judge([node("Slice", ["x"], ["y"], starts=starts, ends=ends, axes=axes)], (4, 2, 5), opset=opset)
        return
    weights = {k: np.array(v, np.int64) for k, v in {"s": starts, "e": ends, "a": axes, "t": [2, 1]}.items()}
    judge([node("Slice", ["x", "s", "e", "a"], ["y"])], (4, 2, 5), weights, opset=opset)
    judge([node("Slice", ["x", "s", "e", "a", "t"], ["y"])], (4, 2, 5), weights, opset=opset)
    back = {"s": np.array([-1]), "e": np.array([-99]), "a": np.array([1]), "t": np.array([-1])}
    judge([node("Slice", ["x", "s", "e", "a", "t"], ["y"])], (2, 3), back, opset=opset)


def test_splits_gathers_and_joins(judge: Any) -> None:
    parts = [node("Split", ["x"], ["a", "b", "c"], axis=1),
             node("Concat", ["c", "a", "b", "k"], ["y"], axis=-1)]
    judge(parts, (2, 6), {"k": noise(2, 3)}, opset=11)
    sized = [node("Split", ["x", "n"], ["a", "b"], axis=-1), node("Concat", ["b", "a"], ["y"], axis=1)]
    judge(sized, (2, 6), {"n": np.array([1, 5])}, opset=13)
    uneven = [node("Split", ["x"], ["a", "b"], num_outputs=2), node("Concat", ["b", "a"], ["y"], axis=0)]
    judge(uneven, (5, 2), opset=18)
    for index in (np.array(2), np.array([-1, 0, 1]), np.array([[1, 2], [0, 0]])):
        judge([node("Gather", ["x", "i"], ["y"], axis=1)], (2, 3, 2), {"i": index})


@pytest.mark.parametrize("opset", [7, 11, 18])
def test_pads(judge: Any, opset: int) -> None:
    pads = [0, 1, 2, 1, 0, 3]
    if opset < 11:
        judge([node("Pad", ["x"], ["y"], pads=pads, value=1.5)], (1, 2, 3), opset=opset)
        return
    weights = {"p": np.array(pads), "v": np.array(1.5, np.float32)}
    judge([node("Pad", ["x", "p", "v"], ["y"])], (1, 2, 3), weights, opset=opset)
    judge([node("Pad", ["x", "p"], ["y"])], (1, 3, 3), {"p": np.array([0, -1, 0, 0, 2, -2])}, opset=opset)
    if opset >= 18:
        judge([node("Pad", ["x", "p", "", "a"], ["y"])], (1, 2, 3),
              {"p": np.array([1, 2]), "a": np.array([-1])}, opset=18)


def test_clips(judge: Any) -> None:
    six = {"lo": np.array(0, np.float32), "hi": np.array(1, np.float32), "m": np.array(-0.5, np.float32)}
    judge([node("Clip", ["x", "lo", "hi"], ["y"])], (4, 5), six)
    judge([node("Clip", ["x", "m", "hi"], ["y"])], (4, 5), six)
    judge([node("Clip", ["x", "", "hi"], ["y"])], (4, 5), six)
    judge([node("Clip", ["x"], ["y"], min=-1.0, max=0.5)], (4, 5), opset=7)
    assert judge([node("Clip", ["x", "lo"], ["y"])], (4, 5), six).notes == ()


@pytest.mark.parametrize("opset", [7, 9, 14, 15])
def test_batch_normalisation(judge: Any, opset: int) -> None:
    weights = {"s": noise(3), "b": noise(3, seed=1), "m": noise(3, seed=2), "v": abs(noise(3, seed=3)) + 1}
    made = node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], epsilon=1e-3)
    for shape in ((2, 3), (1, 3, 4), (1, 3, 2, 2)):
        assert len(judge([made], shape, weights, opset=opset).notes) == 1


def test_shape_arithmetic_is_folded(judge: Any) -> None:
    nodes = [
        node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"], axis=0),
        node("Unsqueeze", ["n"], ["n1"], axes=[0]), node("Concat", ["n1", "rest"], ["t"], axis=0),
        node("Reshape", ["x", "t"], ["r"]), node("ConstantOfShape", ["n1"], ["z"]),
        node("Cast", ["n1"], ["f"], to=1), node("Div", ["f", "two"], ["h"]), node("Mul", ["h", "two"], ["k"]),
        node("Expand", ["z", "five"], ["e"]), node("Add", ["r", "e"], ["q"]), node("Mul", ["q", "k"], ["y"]),
    ]
    weights = {"zero": np.array(0), "rest": np.array([-1, 5]), "two": np.array([2], np.float32),
               "five": np.array([5])}
    made = judge(nodes, ("batch", 3, 5), weights, opset=11)
    assert [n.op.tag for n in made.graph] == ["input", "parameter", "add", "parameter", "mul"]


def test_movements(judge: Any) -> None:
    nodes = [
        node("Identity", ["x"], ["i"]), node("Transpose", ["i"], ["t"], perm=[0, 2, 1]), node("Flatten",
                                                                                              ["t"], ["f"]),
        node("Dropout", ["f"], ["d", "mask"]), node("Neg", ["d"], ["n"]), node("Transpose", ["n"], ["y"]),
    ]
    judge(nodes, (1, 3, 4), opset=11)
    for axis in (0, 1, 2, 3, -1):
        judge([node("Flatten", ["x"], ["y"], axis=axis)], (2, 3, 4), opset=11)
    for target in ([0, -1], [4, 3, 2], [-1], [1, 2, 0, 3]):
        x = (2, 3, 4) if target != [1, 2, 0, 3] else (1, 2, 1, 3)
        judge([node("Reshape", ["x", "t"], ["y"])], x, {"t": np.array(target)})


FUNCTIONS = ["Sigmoid", "Tanh", "Exp", "Sin", "Cos", "Abs", "Softmax", "LeakyRelu", "Neg"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(judge: Any, name: str) -> None:
    judge([node(name, ["x"], ["y"])], (2, 3, 4))


@pytest.mark.parametrize("name", ["Log", "Sqrt", "Reciprocal"])
def test_functions_of_positive_numbers(judge: Any, name: str) -> None:
    judge([node("Exp", ["x"], ["e"]), node(name, ["e"], ["y"])], (2, 5))


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0, 3.0, 4.0, -1.0])
def test_powers(judge: Any, exponent: float) -> None:
    positive = node("Exp", ["x"], ["e"])
    judge([positive, node("Pow", ["e", "p"], ["y"])], (2, 5), {"p": np.array(exponent, np.float32)})


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_softmax_and_maxima_along_axes(judge: Any, axis: int) -> None:
    judge([node("Softmax", ["x"], ["y"], axis=axis)], (2, 3, 4))
    judge([node("ReduceMax", ["x"], ["y"], axes=[axis], keepdims=0)], (2, 3, 5))


@pytest.mark.parametrize("name", ["ReduceMax", "ReduceMin"])
def test_extremes(judge: Any, name: str) -> None:
    judge([node(name, ["x"], ["y"])], (2, 3, 5))
    judge([node(name, ["x"], ["y"], axes=[0, -1], keepdims=0)], (2, 3, 5))
    judge([node(name, ["x"], ["y"], noop_with_empty_axes=1)], (2, 3), opset=18)
    judge([node(name, ["x", "a"], ["y"], keepdims=0)], (2, 3, 5), {"a": np.array([1], np.int64)}, opset=18)


@pytest.mark.parametrize("shape", [(1,), (3, 1, 1), (5,), (2, 3, 4, 5)])
def test_slopes_below_zero(judge: Any, shape: tuple[int, ...]) -> None:
    judge([node("PRelu", ["x", "s"], ["y"])], (2, 3, 4, 5), {"s": noise(*shape)})


@pytest.mark.parametrize("name", ["Mul", "Div", "Max", "Min", "Add", "Sub"])
def test_two_variables(judge: Any, name: str) -> None:
    other = [node("Exp", ["x"], ["e"]), node("ReduceSum", ["e"], ["s"])]
    judge([*other, node(name, ["x", "s"], ["y"])], (3, 4))
    judge([*other, node(name, ["x", "e"], ["y"])], (3, 4))


def test_products_of_two_variable_matrices(judge: Any) -> None:
    judge([node("Transpose", ["x"], ["t"], perm=[0, 2, 1]), node("MatMul", ["x", "t"], ["y"])], (2, 3, 4))
    judge([node("Gemm", ["x", "x"], ["y"], transB=1)], (3, 4))


@pytest.mark.parametrize("attributes", [
    {"kernel_shape": [2, 2], "strides": [2, 2]}, {"kernel_shape": [3, 2]},
    {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}])
def test_max_pool(judge: Any, attributes: dict[str, Any]) -> None:
    judge([node("Relu", ["x"], ["r"]), node("MaxPool", ["r"], ["y"], **attributes)], (1, 2, 7, 8))


def test_where_with_a_constant_condition(judge: Any) -> None:
    weights = {"c": np.array([[True, False, True]]), "k": noise(2, 3)}
    judge([node("Exp", ["x"], ["e"]), node("Where", ["c", "x", "e"], ["y"])], (2, 3), weights)
    judge([node("Where", ["c", "k", "x"], ["y"])], (2, 3), weights)


TRANSPOSED = [{}, {"strides": [2, 2]}, {"strides": [3, 2], "pads": [1, 0, 2, 1]}, {"dilations": [2, 1]},
              {"strides": [2, 3], "output_padding": [1, 2]}, {"strides": [2, 2], "pads": [2, 2, 2, 2]},
              {"strides": [2, 2], "dilations": [2, 2], "pads": [1, 1, 1, 1]},
              {"strides": [4, 1], "pads": [3, 0, 0, 1]}]


@pytest.mark.parametrize("attributes", TRANSPOSED)
@pytest.mark.parametrize("groups", [1, 2])
def test_transposed_convolution(judge: Any, attributes: dict[str, Any], groups: int) -> None:
    weights = {"w": noise(4, 6 // groups, 3, 4), "b": noise(6)}
    nodes = [node("ConvTranspose", ["x", "w", "b"], ["y"], group=groups, **attributes)]
    made = judge(nodes, (1, 4, 4, 3), weights)
    assert made.notes == ()


def test_transposed_convolution_of_a_line(judge: Any) -> None:
    nodes = [node("ConvTranspose", ["x", "w"], ["y"], strides=[2], pads=[1, 1])]
    judge(nodes, (1, 3, 5), {"w": noise(3, 2, 4)})


@pytest.mark.parametrize("scales", [(1, 1, 2, 3), (1, 1, 0.5, 2), (1, 2, 1.5, 1)])
@pytest.mark.parametrize(("coordinates", "nearest"), [
    ("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil"),
    ("pytorch_half_pixel", "ceil"), ("align_corners", "floor")])
def test_resizing(judge: Any, scales: tuple[float, ...], coordinates: str, nearest: str) -> None:
    weights = {"s": np.array(scales, np.float32)}
    made = node("Resize", ["x", "", "s"], ["y"], coordinate_transformation_mode=coordinates,
                nearest_mode=nearest)
    judge([made], (1, 2, 4, 4), weights, opset=13)


def test_upsampling(judge: Any) -> None:
    scales = {"s": np.array([1, 1, 2, 3], np.float32)}
    judge([node("Upsample", ["x", "s"], ["y"])], (1, 2, 3, 2), scales, opset=9)
    sized = node("Resize", ["x", "", "", "n"], ["y"], nearest_mode="floor",
                 coordinate_transformation_mode="asymmetric")
    judge([sized], (1, 1, 3, 2), {"n": np.array([1, 1, 6, 6])}, opset=13)


@pytest.mark.parametrize("attributes", [
    {"kernel_shape": [3, 2], "pads": [1, 1, 1, 0]},
    {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1},
    {"kernel_shape": [2, 3], "dilations": [2, 1]}, {"kernel_shape": [3, 3], "auto_pad": "SAME_LOWER"},
    {"kernel_shape": [3, 3], "strides": [3, 3], "pads": [1, 1, 1, 1], "ceil_mode": 1}])
def test_max_pool_at_the_edges_is_exact(judge: Any, attributes: dict[str, Any]) -> None:
    made = judge([node("MaxPool", ["x"], ["y"], **attributes)], (1, 2, 7, 8), rtol=0, atol=0)
    assert made.notes == ()
    assert "maximum" in {n.op.tag for n in made.exact}
    assert "maximum" not in {n.op.tag for n in made.graph}


def test_maxima_minima_and_clips_are_exact(judge: Any) -> None:
    weights = {"k": noise(2, 3), "low": np.array(-0.3, np.float32), "high": np.array(0.7, np.float32)}
    for made in (node("Max", ["x", "k"], ["y"]), node("Min", ["x", "k"], ["y"]), node("Sign", ["x"], ["y"]),
                 node("Clip", ["x", "low", "high"], ["y"]), node("Abs", ["x"], ["y"])):
        judge([made], (2, 3), weights, rtol=0, atol=0)


@pytest.mark.parametrize("name", ["Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal"])
def test_comparisons_of_variables(judge: Any, name: str) -> None:
    weights = {"k": noise(2, 3), "zero": np.zeros(3, np.float32)}
    choice = [node(name, ["x", "k"], ["c"]), node("Sin", ["x"], ["s"]), node("Where", ["c", "x", "s"], ["y"])]
    judge(choice, (2, 3), weights)
    logic = [node("Relu", ["x"], ["r"]), node(name, ["zero", "r"], ["a"]), node("Cast", ["x"], ["b"], to=9),
             node("Not", ["a"], ["n"]), node("Or", ["n", "b"], ["o"]), node("And", ["o", "a"], ["d"]),
             node("Xor", ["d", "n"], ["e"]), node("Reshape", ["e", "t"], ["f"]),
             node("Cast", ["f"], ["y"], to=1)]
    judge(logic, (2, 3), {**weights, "t": np.array([3, 2])})


def test_softmax_of_logits_far_apart(judge: Any) -> None:
    for width in (2, 3, 5):
        large = {"k": np.full(width, 1000, np.float32)}
        judge([node("Mul", ["x", "k"], ["m"]), node("Softmax", ["m"], ["y"])], (2, width), large)


def test_powers_element_by_element(judge: Any) -> None:
    for exponents in ([0, 1, 2], [3, 3, 5], [7, 7, 7]):
        judge([node("Pow", ["x", "p"], ["y"])], (2, 3), {"p": np.array(exponents, np.float32)})


def test_elements_replaced_at_constant_indices(judge: Any) -> None:
    weights = {"i": np.array([[1], [-1]]), "u": noise(2, 2)}
    judge([node("ScatterND", ["x", "i", "u"], ["y"])], (4, 2), weights)
    judge([node("Exp", ["x"], ["e"]), node("ScatterND", ["k", "j", "e"], ["y"])], (2,),
          {"k": noise(3, 2), "j": np.array([[0, 1], [2, 0]])})
