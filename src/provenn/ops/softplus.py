"""softplus — a smooth positive part.

    softplus(x)[i] = ln(1 + e^x[i])

One operand, result of the same type. Never overflows: computed as max(x, 0) + log1p(e^-|x|).

Proof: theories/Ops/Softplus.v, SoftplusProof.v; theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base import curves
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Writer
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return out


def slope(x: Array) -> Array:
    """The logistic function, by way of tanh, which never overflows."""
    out: Array = np.tanh(x * 0.5) * 0.5 + 0.5
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """A tangent below and the chord above."""
    return curves.convex(lambda x: kernel(None, {}, x), slope, lo, hi, lo + alpha * (hi - lo))


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.mul(ct, emit.sigmoid(args[0]))


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """max(x, 0) + log1p(e^-|x|)."""
    x, zero = args[0], writer.constant(0.0, writer.type(args[0]))
    tail = writer.hlo("exponential", writer.hlo("negate", writer.hlo("abs", x)))
    return writer.hlo("add", writer.hlo("maximum", x, zero), writer.hlo("log_plus_one", tail))


softplus = Op(
    tag="softplus", code=31, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.SoftplusProof.softplus_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Softplus"),
    to_tensorflow=exports.raw("Softplus", "features"),
    stablehlo=Have(write),
    enclose=rules.both_ends("softplus"), onnx=Have(("Softplus",)), hint=curves.middle,
)
