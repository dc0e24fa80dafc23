"""mul — each element times a constant of its own.

    mul(x, c)[i] = x[i] * c[i]

``c`` is a parameter of the same shape, as second operand. Two variable factors are another op.

Example:
    >>> import numpy as np
    >>> mul.kernel.rule(None, {}, np.array([[3.0]]), np.array([[2.0]]))
    array([[6.]])

Proof: theories/IR/LinMap.v, LinMapProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, c: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = x * c
    return out


def interval(attrs: Attrs, x: Pair, c: Pair) -> Pair:
    """Ends swap where the constant is negative."""
    a, b = x[0] * c[0], x[1] * c[0]
    return np.minimum(a, b), np.maximum(a, b)


def transpose(attrs: Attrs, k: int, ct: Array, operands: Sequence[Array], types: object) -> Array:
    """The cotangent times the constant."""
    out: Array = ct * operands[1]
    return out


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the other factor."""
    return emit.mul(ct, args[1 - slot])


mul = Op(
    tag="mul", code=5, coq="Provenn.IR.LinMap", facts=("affine", "elementwise"),
    constants=(1,),
    shape=Have(families.same_shapes), kernel=Have(kernel), interval=Have(interval),
    transpose=Have(transpose), slope=families.AFFINE, lines=families.AFFINE,
    grad=Have(grad), lower=families.CORE,
    stablehlo=families.written("multiply"),
    enclose=families.by_centre("mul"), onnx=Have(("Mul",)),
)
