"""sub — the difference of two tensors of one shape.

    sub(x, y)[i] = x[i] - y[i]

Broadcasting is written out in the graph, never implied.

Example:
    >>> import numpy as np
    >>> sub.kernel.rule(None, {}, np.array([[1.0]]), np.array([[2.0]]))
    array([[-1.]])

Proof: theories/IR/LinMap.v, LinMapProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Ends, Have, Op, Pair
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, y: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = x - y
    return out


def interval(attrs: Attrs, x: Pair, y: Pair) -> Pair:
    """Ends cross over in the second operand."""
    return x[0] - y[1], x[1] - y[0]


def transpose(attrs: Attrs, k: int, ct: Array, operands: object, types: object) -> Array:
    """The second operand receives the cotangent with its sign changed."""
    return ct if k == 0 else -ct


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The second operand receives the cotangent with its sign changed."""
    return emit.neg(ct) if slot else ct


def enclose(emit: Emitter, attrs: Attrs, x: Ends, y: Ends) -> Ends:
    """Opposite ends are subtracted."""
    return emit.sub(x[0], y[1]), emit.sub(x[1], y[0])


sub = Op(
    tag="sub", code=4, coq="Provenn.IR.LinMap", facts=("affine", "sum", "elementwise"),
    shape=Have(families.same_shapes), kernel=Have(kernel), interval=Have(interval, lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Sub"),
    to_tensorflow=exports.raw("Sub", "x", "y"),
    stablehlo=rules.written("subtract"),
    enclose=Have(enclose), onnx=Have(("Sub",)),
)
