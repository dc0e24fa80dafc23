"""linear — matrix product with a weight, plus an optional bias.

    linear(x, w, b)[r, j] = sum_k w[j, k] * x[r, k] + b[j]

``x`` is [..., n], ``w`` is [m, n] (PyTorch's layout), ``b`` is [m]; the result is [..., m].
``w`` and ``b`` are parameters.

Example:
    >>> import numpy as np
    >>> linear.kernel.rule(None, {}, np.ones((1, 1, 2)), np.array([[[1.0, 2.0]]]))
    array([[[3.]]])

Proof: theories/IR/LinMap.v, LinMapProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.base.types import TensorType
from provenn.base.views import Loops
from provenn.errors import ShapeError
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-104 when the last axis of x is not the weight's input size, -105 for a wrong bias."""
    families.arity("linear", types, 2, 3)
    x, w = types[0].shape, types[1].shape
    if len(w) != 2 or not x or x[-1] != w[1]:
        raise ShapeError("PNN-SHAPE-104", "the last axis of x must equal the weight's input size",
                         expected="x [..., n] and weight [m, n]", got=f"x {list(x)} and weight {list(w)}",
                         hint="weights are stored [out, in], as in torch.nn.Linear")
    if len(types) == 3 and types[2].shape != (w[0],):
        raise ShapeError("PNN-SHAPE-105", "the bias must have one element an output",
                         expected=[w[0]], got=list(types[2].shape))
    return TensorType((*x[:-1], w[0]), types[0].dtype)


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, w: Array, b: Array | None = None) -> Array:
    """Products summed by the arithmetic; the bias is added last."""
    y = families.contraction(arith).contract(x, w[0])
    out: Array = y if b is None else y + b[0]
    return out


def transpose(attrs: Attrs, k: int, ct: Array, operands: Sequence[Array], types: object) -> Array:
    """The cotangent times the weight."""
    out: Array = families.fold_rows(ct, 1) @ operands[1][0]
    return out.reshape(*ct.shape[:-1], -1)


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """A contraction over the last axis, and the bias spread over all others."""
    x, (m, n) = emit.type(args[0]).shape, emit.type(args[1]).shape
    lead = range(len(x) - 1)
    loops = Loops((*x[:-1], m, n))
    shape, last = (*x[:-1], m), len(x) - 1
    y = emit.contract(*args[:2], shape=shape, loops=loops, out=loops.view(*lead, last),
                      left=loops.view(*lead, last + 1), right=loops.view(last, last + 1))
    if len(args) == 2:
        return y
    return emit.add(y, rules.permuted(emit, args[2], shape, lambda axes: axes.view(last)))


linear = Op(
    tag="linear", code=6, coq="Provenn.IR.LinMap", facts=("affine",),
    constants=(1, 2),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.around_centre(kernel), lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=Have(exports.product),
    to_tensorflow=Have(exports.raw_product),
    stablehlo=rules.written_lowered(lower),
    enclose=families.ENCLOSED_LOWERED, onnx=Have(("MatMul", "Gemm")),
)
