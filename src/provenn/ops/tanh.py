"""tanh — the hyperbolic tangent of each element.

    tanh(x)[i] = (e^x[i] - e^-x[i]) / (e^x[i] + e^-x[i])

One operand, result of the same type.

Proof: theories/Ops/Sigmoid.v, SigmoidProof.v; theories/Autodiff/Core.v, CurveProof.v.
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
    out: Array = np.tanh(x)
    return out


def slope(x: Array) -> Array:
    """One less the square of the value."""
    out: Array = 1 - np.tanh(x) ** 2
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """Tangents and chords; through the ends where it bends."""
    return curves.bent(np.tanh, slope, lo, hi, alpha)


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.sub(ct, emit.mul(ct, emit.mul(out, out)))


tanh = Op(
    tag="tanh", code=29, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.SigmoidProof.tanh_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Tanh"),
    to_tensorflow=exports.raw("Tanh", "x"),
    stablehlo=rules.written("tanh"),
    enclose=rules.both_ends("tanh"), onnx=Have(("Tanh",)), hint=curves.bend,
)
