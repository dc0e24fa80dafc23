"""sign — the sign of each element.

    sign(x)[i] = 1, 0 or -1

One operand, result of the same type. The derivative is declared to be 0 everywhere; at 0 there is
none.

Proof: theories/Ops/Piecewise.v, PiecewiseProof.v; theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Have, Op, Zero
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.sign(x)
    return out


def slope(x: Array) -> Array:
    """0, as declared."""
    return np.zeros_like(x)


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """Horizontal lines through the values at the ends."""
    return np.zeros_like(lo), np.sign(lo), np.zeros_like(lo), np.sign(hi)


sign = Op(
    tag="sign", code=37, coq="Provenn.Autodiff.Core", facts=("elementwise", "jumps"),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.PiecewiseProof.sign_sound"),
    grad=Zero(lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Sign"),
    to_tensorflow=exports.raw("Sign", "x"),
    stablehlo=rules.written("sign"),
    enclose=families.NO_ENCLOSURE, onnx=Have(("Sign",)),
)
