"""Rules that ops share for writing ONNX: one operator with attributes renamed, and products with a weight."""

from __future__ import annotations

from collections.abc import Sequence

from provenn.ir.op import Attrs, ExportRule, Have, OnnxWriter


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
