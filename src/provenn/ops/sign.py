"""sign — the sign of each element.

    sign(x)[i] = 1, 0 or -1

One operand, result of the same type. The derivative is declared to be 0 everywhere; at 0 there is
none.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

import numpy as np

from provenn.ir import rules
from provenn.ir.op import Arithmetic, Array, Attrs, Have, Op, Zero
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.sign(x)
    return out


sign = Op(
    tag="sign", code=37, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel), interval=families.NO_BOUNDS,
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Zero("Autodiff.RuleProof.rule_adjoint"), lower=families.CORE,
    stablehlo=rules.written("sign"),
    enclose=families.NO_ENCLOSURE, onnx=families.NOT_READ,
)
