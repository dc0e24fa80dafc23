"""relu — the positive part of each element.

    relu(x)[i] = max(0, x[i])

One operand, result of the same type. A NaN stays NaN; relu(-0.0) is +0.0. The slope at 0 is
declared to be 0.

Example:
    >>> import numpy as np
    >>> relu.interval.rule({}, (np.array([-1.0]), np.array([2.0])))
    (array([0.]), array([2.]))

Proof: theories/Ops/Relu.v, ReluProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Writer
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Exact in every arithmetic; adding +0.0 turns -0.0 into +0.0."""
    out: Array = np.maximum(x, 0) + x.dtype.type(0)
    return out


def slope(x: Array) -> Array:
    """1 above 0, else 0."""
    return (x > 0).astype(x.dtype)


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent where the operand is positive."""
    return emit.mul(ct, emit.step(args[0]))


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """The maximum with 0; which zero it gives for -0.0 is left to the compiler."""
    return writer.hlo("maximum", args[0], writer.constant(0.0, writer.type(args[0])))


def relax(emit: Emitter, low: int, high: int) -> tuple[int, int, int]:
    """The chord above; below slope 1 where ``high`` exceeds 15/16 of ``-low``, else 0."""
    shape = emit.type(low).shape
    above, below = emit.relu(high), emit.relu(emit.neg(low))
    upper = emit.div(above, emit.add(emit.add(above, below), emit.fill(1e-12, shape)))
    lower = emit.step(emit.add(high, emit.mul(low, emit.fill(0.9375, shape))))
    return lower, upper, emit.mul(upper, below)


relu = Op(
    tag="relu", code=8, coq="Provenn.Ops.Relu", facts=("elementwise", "increasing", "convex", "exact"),
    shape=Have(families.like_input), kernel=Have(kernel),
    interval=Have(families.increasing(kernel), lemmas.FORWARD),
    transpose=families.NOT_AFFINE, slope=Have(slope, lemmas.DERIVATIVE),
    lines=Have(families.two_piece(0.0, 1.0), "Ops.ReluProof.relu_sound"),
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Relu"),
    to_tensorflow=exports.raw("Relu", "features"),
    stablehlo=Have(write),
    enclose=rules.both_ends("relu"), onnx=Have(("Relu",)),
    relax=Have(relax),
)
