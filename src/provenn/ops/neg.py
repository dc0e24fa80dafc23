"""neg — each element with its sign changed.

    neg(x)[i] = -x[i]

One operand, result of the same type. Exact.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Ends, Have, Op
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = -x
    return out


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.neg(ct)


def enclose(emit: Emitter, attrs: Attrs, x: Ends) -> Ends:
    """The ends change places."""
    return emit.neg(x[1]), emit.neg(x[0])


neg = Op(
    tag="neg", code=25, coq="Provenn.Autodiff.Core", facts=("affine", "elementwise"),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(lambda attrs, x: (-x[1], -x[0])),
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Neg"),
    to_tensorflow=exports.raw("Neg", "x"),
    stablehlo=rules.written("negate"),
    enclose=Have(enclose), onnx=families.NOT_READ,
)
