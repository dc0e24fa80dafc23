"""sigmoid — the logistic function of each element.

    sigmoid(x)[i] = 1 / (1 + e^-x[i])

One operand, result of the same type. Never overflows: the exponential is of -|x|.

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
    small = np.exp(-np.abs(x))
    one = x.dtype.type(1)
    out: Array = np.where(x >= 0, one, small) / (one + small)
    return out


def value(x: Array) -> Array:
    """The kernel alone."""
    return kernel(None, {}, x)


def slope(x: Array) -> Array:
    """The value times its distance from 1."""
    small = np.exp(-np.abs(x))
    out: Array = small / (x.dtype.type(1) + small) ** 2
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """Tangents and chords; through the ends where it bends."""
    return curves.bent(value, slope, lo, hi, alpha)


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.mul(ct, emit.sub(out, emit.mul(out, out)))


sigmoid = Op(
    tag="sigmoid", code=30, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.SigmoidProof.sigmoid_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Sigmoid"),
    to_tensorflow=exports.raw("Sigmoid", "x"),
    stablehlo=rules.written("logistic"),
    enclose=rules.both_ends("sigmoid"), onnx=Have(("Sigmoid",)), hint=curves.bend,
)
