"""square — the square of each element.

    square(x)[i] = x[i] ** 2

One operand, result of the same type.

Proof: theories/Ops/Power.v, PowerProof.v.
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
    out: Array = x * x
    return out


def interval(attrs: Attrs, x: Pair) -> Pair:
    """Squares of the ends; 0 where it lies between them."""
    a, b = x[0] * x[0], x[1] * x[1]
    inside = (x[0] < 0) & (x[1] > 0)
    return np.where(inside, 0, np.minimum(a, b)), np.maximum(a, b)


def slope(x: Array) -> Array:
    """Twice the argument."""
    out: Array = x + x
    return out


def lines(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
    """A tangent below and the chord above."""
    return curves.convex(np.square, slope, lo, hi, lo + alpha * (hi - lo))


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """A product in the core."""
    return emit.mul(args[0], args[0])


square = Op(
    tag="square", code=43, coq="Provenn.Ops.Power", facts=("elementwise", "convex"),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(interval, lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope), lines=Have(lines, "Ops.FunctionsProof.rule_of_sound"),
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=Have(lambda w, attrs, x: w.node("Mul", *x, *x)),
    to_tensorflow=exports.raw("Square", "x"),
    stablehlo=rules.written_lowered(lower),
    enclose=families.NO_ENCLOSURE, onnx=Have(("Pow",)), hint=curves.middle,
)
