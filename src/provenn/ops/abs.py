"""abs — the absolute value of each element.

    abs(x)[i] = |x[i]|

One operand, result of the same type. Exact. The slope at 0 is declared to be 0.

Proof: theories/Ops/Piecewise.v, PiecewiseProof.v; theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Ends, Have, Op, Pair
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.abs(x)
    return out


def interval(attrs: Attrs, x: Pair) -> Pair:
    """From 0, where the interval crosses it, or the smaller absolute end, to the larger one."""
    ends = np.abs(x[0]), np.abs(x[1])
    return np.where((x[0] < 0) & (x[1] > 0), 0, np.minimum(*ends)), np.maximum(*ends)


def slope(x: Array) -> Array:
    """The sign."""
    out: Array = np.sign(x)
    return out


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.mul(ct, emit.sign(args[0]))


def enclose(emit: Emitter, attrs: Attrs, x: Ends) -> Ends:
    """From the distance between 0 and the interval to the larger of both absolute ends."""
    below, above = emit.neg(x[0]), x[1]
    return emit.add(emit.relu(x[0]), emit.relu(emit.neg(above))), emit.maximum(below, above)


abs_op = Op(
    tag="abs", code=36, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(interval, lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(families.two_piece(-1.0, 1.0), "Ops.FunctionsProof.rule_of_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Abs"),
    to_tensorflow=exports.raw("Abs", "x"),
    stablehlo=rules.written("abs"),
    enclose=Have(enclose), onnx=Have(("Abs",)),
)
