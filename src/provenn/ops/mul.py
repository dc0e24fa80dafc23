"""mul — the product of two tensors of one shape, element by element.

    mul(x, c)[i] = x[i] * c[i]

Linear where ``c`` is a parameter; two variables are bounded by planes (McCormick, 1976).

Example:
    >>> import numpy as np
    >>> mul.kernel.rule(None, {}, np.array([[3.0]]), np.array([[2.0]]))
    array([[6.]])

Proof: theories/IR/LinMap.v, LinMapProof.v, theories/Ops/Product.v, ProductProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, c: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = x * c
    return out


def interval(attrs: Attrs, x: Pair, c: Pair) -> Pair:
    """The extreme products of ends."""
    corners = [x[0] * c[0], x[1] * c[0]]
    if c[0] is not c[1]:
        corners += [x[0] * c[1], x[1] * c[1]]
    return np.minimum.reduce(corners), np.maximum.reduce(corners)


def planes(x: Pair, y: Pair, alpha: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Blends of both of McCormick's planes below (slopes and level), and above."""
    a, b = y[0] + alpha * (y[1] - y[0]), x[0] + alpha * (x[1] - x[0])
    c, d = a, x[1] + alpha * (x[0] - x[1])
    corners = [(p, q) for p in x for q in y]
    low = np.minimum.reduce([p * q - a * p - b * q for p, q in corners])
    high = np.maximum.reduce([p * q - c * p - d * q for p, q in corners])
    return a, b, low, c, d, high


def transpose(attrs: Attrs, k: int, ct: Array, operands: Sequence[Array], types: object) -> Array:
    """The cotangent times the constant."""
    out: Array = ct * operands[1]
    return out


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the other factor."""
    return emit.mul(ct, args[1 - slot])


mul = Op(
    tag="mul", code=5, coq="Provenn.IR.LinMap", facts=("affine", "elementwise", "product"),
    planes=Have(planes, "Ops.ProductProof.plane_below_product Ops.ProductProof.plane_above_product"),
    shape=Have(families.same_shapes), kernel=Have(kernel), interval=Have(interval, lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Mul"),
    to_tensorflow=exports.raw("Mul", "x", "y"),
    stablehlo=rules.written("multiply"),
    enclose=rules.by_centre("mul"), onnx=Have(("Mul",)),
)
