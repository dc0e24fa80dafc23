"""Rules that ops share for writing ONNX and TensorFlow: one operator, and products with a weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provenn.ir.op import Attrs, ExportRule, Have, OnnxWriter, TensorflowRule, TensorflowWriter


def operator(name: str, **attributes: str) -> Have[ExportRule]:
    """ONNX facet of an op that is one operator; ``attributes`` says which of ours is which of ONNX's."""

    def rule(writer: OnnxWriter, attrs: Attrs, args: Sequence[str]) -> str:
        return writer.node(name, *args, **{theirs: attrs[ours] for theirs, ours in attributes.items()})

    return Have(rule)


def product(writer: OnnxWriter, attrs: Attrs, args: Sequence[str]) -> str:
    """Gemm where the operand is a matrix, else MatMul and Add; the weight stays stored as [out, in]."""
    x, weight, *bias = args
    if len(writer.shape(x)) == 2:
        return writer.node("Gemm", *args, transB=1)
    y = writer.node("MatMul", x, writer.node("Transpose", weight, perm=(1, 0)))
    return writer.node("Add", y, *bias) if bias else y


def raw(name: str, *operands: str) -> Have[TensorflowRule]:
    """TensorFlow facet of an op that is one of ``tf.raw_ops``; ``operands`` are its parameters' names."""

    def rule(writer: TensorflowWriter, attrs: Attrs, args: Sequence[Any]) -> Any:
        return writer.op(name, **dict(zip(operands, args)))

    return Have(rule)


def raw_product(writer: TensorflowWriter, attrs: Attrs, args: Sequence[Any]) -> Any:
    """MatMul of matrices, else a batched one with one weight for all; the weight stays [out, in]."""
    x, weight, *bias = args
    shape = writer.shape(x)
    if len(shape) == 1:
        x = writer.op("Reshape", tensor=x, shape=(1, *shape))
    y = (writer.op("BatchMatMulV2", x=x, y=weight, adj_y=True) if len(shape) > 2
         else writer.op("MatMul", a=x, b=weight, transpose_b=True))
    y = writer.op("AddV2", x=y, y=bias[0]) if bias else y
    return writer.op("Reshape", tensor=y, shape=writer.shape(y)[1:]) if len(shape) == 1 else y


def raw_windows(writer: TensorflowWriter, attrs: Attrs, args: Sequence[Any]) -> Any:
    """Conv2D with channels last, as processors have it: a product for each group, side by side."""
    x, weight, *bias = args
    top, left, bottom, right = attrs["pad"]
    x = writer.op("Transpose", x=x, perm=(0, 2, 3, 1))
    weight = writer.op("Transpose", x=weight, perm=(2, 3, 1, 0))
    (*_, channels, outputs), groups = writer.shape(weight), attrs["groups"]

    def part(value: Any, g: int, size: int) -> Any:
        if groups == 1:
            return value
        return writer.op("Slice", input=value, begin=(0, 0, 0, g * size), size=(-1, -1, -1, size))

    parts = [writer.op(
        "Conv2D", input=part(x, g, channels), filter=part(weight, g, outputs // groups),
        strides=[1, *attrs["stride"], 1], dilations=[1, *attrs["dilation"], 1], padding="EXPLICIT",
        explicit_paddings=[0, 0, top, bottom, left, right, 0, 0]) for g in range(groups)]
    y = parts[0] if groups == 1 else writer.op("ConcatV2", values=parts, axis=3)
    y = writer.op("AddV2", x=y, y=bias[0]) if bias else y
    return writer.op("Transpose", x=y, perm=(0, 3, 1, 2))
