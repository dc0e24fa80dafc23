"""abs — the absolute value of each element.

    abs(x)[i] = |x[i]|

One operand, result of the same type. Exact. The slope at 0 is declared to be 0.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir import rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Ends, Have, Op
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.abs(x)
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
    shape=Have(families.like_input), kernel=Have(kernel), interval=families.NO_BOUNDS,
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad, "Autodiff.RuleProof.rule_adjoint"), lower=families.CORE,
    stablehlo=rules.written("abs"),
    enclose=Have(enclose), onnx=families.NOT_READ,
)
