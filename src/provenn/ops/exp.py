"""exp — the exponential of each element.

    exp(x)[i] = e ** x[i]

One operand, result of the same type. Overflows to infinity above 88.72 in binary32.

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
    """Elementwise, in the type of x; what is too large becomes infinite."""
    with np.errstate(over="ignore"):
        out: Array = np.exp(x)
    return out


def slope(x: Array) -> Array:
    """The function itself."""
    out: Array = np.exp(x)
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """A tangent below and the chord above."""
    return curves.convex(np.exp, np.exp, lo, hi, lo + alpha * (hi - lo))


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.mul(ct, out)


exp = Op(
    tag="exp", code=26, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.ElementaryProof.exp_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Exp"),
    to_tensorflow=exports.raw("Exp", "x"),
    stablehlo=rules.written("exponential"),
    enclose=rules.both_ends("exp"), onnx=Have(("Exp",)), hint=curves.middle,
)
