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

from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
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


relu = Op(
    tag="relu", code=8, coq="Provenn.Ops.Relu", facts=("elementwise", "increasing", "convex"),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(families.increasing(kernel)),
    transpose=families.NOT_AFFINE, slope=Have(slope), lines=Have(families.two_piece(0.0, 1.0)),
    grad=Have(grad), lower=families.CORE, onnx=Have(("Relu",)),
)
