"""div — the quotient of two tensors of one shape.

    div(x, y)[i] = x[i] / y[i]

Broadcasting is written out. Differentiable where y is not 0.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, y: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = x / y
    return out


def interval(attrs: Attrs, x: Pair, y: Pair) -> Pair:
    """The extreme quotients of ends; everything where the divisor may be 0."""
    apart = (y[0] > 0) | (y[1] < 0)
    corners = [a / np.where(apart, b, 1) for a in x for b in y]
    low, high = np.minimum.reduce(corners), np.maximum.reduce(corners)
    return np.where(apart, low, -np.inf), np.where(apart, high, np.inf)


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The quotient rule."""
    if slot == 0:
        return emit.div(ct, args[1])
    return emit.neg(emit.mul(ct, emit.div(out, args[1])))


div = Op(
    tag="div", code=22, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.same_shapes), kernel=Have(kernel), interval=Have(interval),
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Div"),
    to_tensorflow=exports.raw("RealDiv", "x", "y"),
    stablehlo=rules.written("divide"),
    enclose=rules.by_centre("div", (0,)), onnx=families.NOT_READ,
)
