"""maximum — the larger of two tensors of one shape.

    maximum(x, y)[i] = max(x[i], y[i])

A NaN in either stays. Where both are equal the first operand is declared to get the whole
cotangent, so a maximum over a window picks its first largest element, as in PyTorch.

The checker reads it as x + relu(y - x): relu is then bounded by what is known of the difference, which is
tighter than any planes above the box of x and y.

Proof: theories/Ops/Composed.v, ComposedProof.v; theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, y: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = np.maximum(x, y)
    return out


def composed(emit: Emitter, args: Sequence[int]) -> int:
    """The first operand, and what the second one exceeds it by."""
    x, y = args
    return emit.add(x, emit.relu(emit.sub(y, x)))


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The second operand gets the cotangent where it is larger, the first one elsewhere."""
    chosen = emit.mul(ct, emit.step(emit.sub(args[1], args[0])))
    return chosen if slot else emit.sub(ct, chosen)


maximum = Op(
    tag="maximum", code=23, coq="Provenn.Autodiff.Core", facts=("elementwise", "exact"),
    shape=Have(families.same_shapes), kernel=Have(kernel), interval=Have(families.moved(kernel)),
    transpose=families.NOT_AFFINE, slope=families.COMPOSED, lines=families.COMPOSED,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE, to_onnx=exports.operator("Max"),
    to_tensorflow=exports.raw("Maximum", "x", "y"),
    composed=Have(composed, "Ops.ComposedProof.maximum_nodes"),
    stablehlo=rules.written("maximum"),
    enclose=rules.both_ends("maximum"), onnx=Have(("Max", "Min", "MaxPool", "ReduceMax", "Clip")),
)
