"""sign — the sign of each element.

    sign(x)[i] = 1, 0 or -1

One operand, result of the same type. The derivative is declared to be 0 everywhere; at 0 there is
none. A machine that flushes subnormal operands to 0 gives 0 for them: bounds hold for it, too.

Proof: theories/Ops/Piecewise.v, PiecewiseProof.v; theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Have, Op, Pair, Zero
from provenn.ops import families

# Binary32 numbers below it are subnormal.
SMALLEST = 2.0**-126


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.sign(x)
    return out


def slope(x: Array) -> Array:
    """0, as declared."""
    return np.zeros_like(x)


def ends(lo: Array, hi: Array) -> Pair:
    """The smallest and the largest value between two ends, flushed or not."""
    low: Array = np.where(lo >= SMALLEST, 1.0, np.where(lo < 0.0, -1.0, 0.0)).astype(lo.dtype)
    high: Array = np.where(hi <= -SMALLEST, -1.0, np.where(hi > 0.0, 1.0, 0.0)).astype(hi.dtype)
    return low, high


def interval(attrs: Attrs, x: Pair) -> Pair:
    """Where the values may lie."""
    return ends(*x)


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """Horizontal lines through these."""
    low, high = ends(lo, hi)
    return np.zeros_like(lo), low, np.zeros_like(lo), high


sign = Op(
    tag="sign", code=37, coq="Provenn.Autodiff.Core", facts=("elementwise", "jumps"),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(interval, lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.PiecewiseProof.sign_sound"),
    grad=Zero(lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Sign"),
    to_tensorflow=exports.raw("Sign", "x"),
    stablehlo=rules.written("sign"),
    enclose=families.NO_ENCLOSURE, onnx=Have(("Sign",)),
)
