"""The ONNX operators that the reader knows, and how one node becomes ops of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provenn.errors import ProvennError, ShapeError, UnsupportedError
from provenn.io.onnx import (
    arithmetic,
    constants,
    folding,
    functions,
    movement,
    products,
    resampling,
    signature,
    truth,
    windows,
)
from provenn.io.onnx.call import Call
from provenn.io.onnx.values import Const, Recorder, Value

Reader = Callable[[Call], "Value | list[Value]"]

OPERATORS: dict[str, Reader] = {
    "Add": arithmetic.add, "Sub": arithmetic.sub, "Mul": arithmetic.mul, "Div": arithmetic.div,
    "Neg": arithmetic.neg, "Relu": arithmetic.relu, "Clip": arithmetic.clip,
    **functions.PLAIN, "LeakyRelu": functions.leaky_relu, "Abs": functions.absolute,
    "Max": functions.maximum, "Min": functions.minimum, "Pow": functions.power, "Softmax": functions.softmax,
    **truth.TRUTH, "MaxPool": functions.max_pool,
    "ReduceMax": functions.reduce_max, "ReduceMin": functions.reduce_min, "PRelu": functions.parametric_relu,
    "BatchNormalization": arithmetic.batch_normalization,
    "MatMul": products.matmul, "Gemm": products.gemm,
    "ReduceSum": products.reduce_sum, "ReduceMean": products.reduce_mean,
    "Conv": windows.conv, "AveragePool": windows.average_pool,
    "GlobalAveragePool": windows.global_average_pool,
    "ConvTranspose": resampling.conv_transpose, "Upsample": resampling.upsample, "Resize": resampling.resize,
    "Identity": movement.identity, "Dropout": movement.dropout, "Flatten": movement.flatten,
    "Reshape": movement.reshape, "Squeeze": movement.squeeze, "Unsqueeze": movement.unsqueeze,
    "Transpose": movement.transpose, "Concat": movement.concat, "Slice": movement.slice_,
    "Split": movement.split, "Gather": movement.gather, "Expand": movement.expand, "Pad": movement.pad,
    "GlobalMaxPool": functions.global_max_pool, **folding.FOLDED,
    "Constant": constants.constant, "ConstantOfShape": constants.constant_of_shape,
    "Shape": constants.shape, "Size": constants.size,
}
DOMAINS = ("", "ai.onnx")


def supported() -> dict[str, str]:
    """Each operator with the first sentence of what is read of it."""
    return {name: (reader.__doc__ or "").split("\n")[0] for name, reader in sorted(OPERATORS.items())}


def read_node(node: Any, recorder: Recorder, values: Mapping[str, Value], opset: int) -> list[Value]:
    """The values of one NodeProto's outputs.

    Raises UnsupportedError (PNN-ONNX-404, -405) and FileError (PNN-ONNX-412 to -415), all naming the
    file and the node.
    """
    name = node.name or next((o for o in node.output if o), node.op_type)
    where = f"{recorder.file}, node {name!r} ({node.op_type}, opset {opset})"
    if node.domain not in DOMAINS or node.op_type not in OPERATORS:
        domain = f" of domain {node.domain!r}" if node.domain not in DOMAINS else ""
        raise UnsupportedError("PNN-ONNX-404", f"the operator {node.op_type}{domain} is not read",
                               where=where,
                               hint="provenn supports lists the operators; write the network without it")
    operands = [values[i] if i else None for i in node.input]
    attributes = signature.attributes(node, opset, operands, where)
    call = Call(recorder, node.op_type, name, opset, operands, attributes, len(node.output))
    try:
        made = OPERATORS[node.op_type](call)
    except ShapeError as e:
        raise call.misfit(e.what, expected=e.expected, got=e.got) from None
    except ProvennError as e:
        if e.where != recorder.file:
            raise
        raise type(e)(e.code, e.what, where=where, expected=e.expected, got=e.got, hint=e.hint) from None
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, MemoryError) as e:
        raise call.malformed("it cannot be understood", got=f"{type(e).__name__}: {e}") from None
    return _named(call, made if isinstance(made, list) else [made], node)


def _named(call: Call, made: list[Value], node: Any) -> list[Value]:
    """Constants take the name of the output that they become; too many outputs are refused."""
    if any(node.output[len(made):]):
        raise call.unsupported(f"its output {len(made)} is not read")
    pairs = zip(made, node.output)
    return [Const(v.array, name) if isinstance(v, Const) and v.name == call.name else v for v, name in pairs]
