"""add — the sum of two tensors of one shape.

    add(x, y)[i] = x[i] + y[i]

Broadcasting is written out in the graph, never implied.

Example:
    >>> import numpy as np
    >>> add.kernel.rule(None, {}, np.array([[1.0]]), np.array([[2.0]]))
    array([[3.]])

Proof: theories/IR/LinMap.v, LinMapProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, y: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = x + y
    return out


def transpose(attrs: Attrs, k: int, ct: Array, operands: object, types: object) -> Array:
    """Both operands receive the cotangent."""
    return ct


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """Both operands receive the cotangent."""
    return ct


add = Op(
    tag="add", code=3, coq="Provenn.IR.LinMap", facts=("affine", "sum", "elementwise", "increasing"),
    shape=Have(families.same_shapes), kernel=Have(kernel),
    interval=Have(families.moved(kernel), lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Add"),
    to_tensorflow=exports.raw("AddV2", "x", "y"),
    stablehlo=rules.written("add"),
    enclose=rules.both_ends("add"), onnx=Have(("Add",)),
)
