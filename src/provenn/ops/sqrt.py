"""sqrt — the square root of each element.

    sqrt(x)[i] = x[i] ** (1/2)

One operand, result of the same type. Correctly rounded. Not a number below 0; differentiable above
0.

Proof: theories/Ops/Elementary.v, ElementaryProof.v; theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base import curves
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.sqrt(x)
    return out


def slope(x: Array) -> Array:
    """Half of the reciprocal root."""
    out: Array = 0.5 / np.sqrt(x)
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """The chord below and a tangent above."""
    return curves.concave(np.sqrt, slope, lo, hi, np.maximum(lo + alpha * (hi - lo), 1e-300))


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.div(ct, emit.add(out, out))


sqrt = Op(
    tag="sqrt", code=28, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.ElementaryProof.sqrt_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Sqrt"),
    to_tensorflow=exports.raw("Sqrt", "x"),
    stablehlo=rules.written("sqrt"),
    enclose=rules.both_ends("sqrt"), onnx=Have(("Sqrt",)), hint=curves.middle,
)
