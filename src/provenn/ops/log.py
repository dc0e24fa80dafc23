"""log — the natural logarithm of each element.

    log(x)[i] = ln(x[i])

One operand, result of the same type. Not a number below 0, minus infinity at 0; differentiable
above 0.

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
    out: Array = np.log(x)
    return out


def slope(x: Array) -> Array:
    """The reciprocal."""
    out: Array = 1 / x
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """The chord below and a tangent above."""
    return curves.concave(np.log, slope, lo, hi, lo + alpha * (hi - lo))


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.div(ct, args[0])


log = Op(
    tag="log", code=27, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.ElementaryProof.log_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Log"),
    to_tensorflow=exports.raw("Log", "x"),
    stablehlo=rules.written("log"),
    enclose=rules.both_ends("log"), onnx=Have(("Log",)), hint=curves.middle,
)
