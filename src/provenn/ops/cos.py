"""cos — the cosine of each element.

    cos(x)[i], x[i] in radians

One operand, result of the same type.

Proof: theories/Ops/Wave.v, WaveProof.v; theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base import curves
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.cos(x)
    return out


def slope(x: Array) -> Array:
    """The opposite of the sine."""
    out: Array = -np.sin(x)
    return out


def interval(attrs: Attrs, x: Pair) -> Pair:
    """The ends, or 1 and -1 where an extremum lies between them."""
    return curves.wave_ends(np.cos, slope, *x)


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """Tangents and chords on intervals of at most 3, else none."""
    return curves.waved(np.cos, slope, lo, hi, alpha, np.pi / 2)


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.neg(emit.mul(ct, emit.sin(args[0])))


cos = Op(
    tag="cos", code=35, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(interval, lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(lines, "Ops.WaveProof.cos_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Cos"),
    to_tensorflow=exports.raw("Cos", "x"),
    stablehlo=rules.written("cosine"),
    enclose=families.NO_ENCLOSURE, onnx=Have(("Cos",)), hint=curves.middle,
)
