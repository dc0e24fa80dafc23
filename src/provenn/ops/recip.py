"""recip — the reciprocal of each element.

    recip(x)[i] = 1 / x[i]

One operand, result of the same type. Bounds need an interval without 0.

Proof: theories/Ops/Elementary.v, ElementaryProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base import curves
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = 1 / x
    return out


def interval(attrs: Attrs, x: Pair) -> Pair:
    """The ends in the other order; everything where 0 lies between them."""
    apart = (x[0] > 0) | (x[1] < 0)
    low, high = (1 / np.where(apart, end, 1) for end in (x[1], x[0]))
    return np.where(apart, low, -np.inf), np.where(apart, high, np.inf)


def slope(x: Array) -> Array:
    """The opposite of the square of the value."""
    out: Array = -1 / (x * x)
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """Convex for positive numbers, concave for negative ones."""
    t = lo + alpha * (hi - lo)
    up = curves.convex(np.reciprocal, slope, *(np.where(lo > 0, a, 1.0) for a in (lo, hi, t)))
    down = curves.concave(np.reciprocal, slope, *(np.where(lo > 0, -1.0, a) for a in (lo, hi, t)))
    a, b, c, d = (np.where(lo > 0, p, q) for p, q in zip(up, down))
    return a, b, c, d


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """The reciprocal is x / x^2 in the core."""
    return emit.div(args[0], emit.mul(args[0], args[0]))


recip = Op(
    tag="recip", code=42, coq="Provenn.Ops.Elementary", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(interval, lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope), lines=Have(lines, "Ops.ElementaryProof.recip_sound"),
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=exports.operator("Reciprocal"),
    to_tensorflow=exports.raw("Reciprocal", "x"),
    stablehlo=rules.written_lowered(lower),
    enclose=families.NO_ENCLOSURE, onnx=Have(("Reciprocal",)), hint=curves.middle,
)
