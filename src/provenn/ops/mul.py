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

Tie = tuple[Array, Array, Array]
Planes = tuple[Array, Array, Array, Array, Array, Array]


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


def planes(x: Pair, y: Pair, alpha: Array, below: Tie | None = None, above: Tie | None = None) -> Planes:
    """Blends of both of McCormick's planes below (slopes and level), and above.

    Where ``m x - y`` lies between the ends of ``below = (m, low, high)``, or ``-m x - y`` between those of
    ``above``, levels are as good as ``4 m X Y >= -(m X - Y) ** 2`` allows, X and Y being distances.
    """
    a, b = y[0] + alpha * (y[1] - y[0]), x[0] + alpha * (x[1] - x[0])
    c, d = a, x[1] + alpha * (x[0] - x[1])
    # (x - b)(y - a) is smallest where one factor is at one end and the other one at the other.
    reach = alpha * (1.0 - alpha) * (x[1] - x[0]) * (y[1] - y[0])
    low, high = -reach - a * b, reach - c * d
    if below is not None and above is not None:
        low = np.maximum(low, -_lost(below, a, b) - a * b)
        high = np.minimum(high, _lost(above, c, -d) - c * d)
    return a, b, low, c, d, high


def _lost(tie: Tie, a: Array, b: Array) -> Array:
    """How far a plane with slopes ``a`` and ``b`` may lie from the product; infinite without a tie."""
    m, low, high = tie
    reach = np.maximum(high - (m * b - a), (m * b - a) - low)
    out: Array = np.where(m > 0.0, reach * reach * 0.25 / np.where(m > 0.0, m, 1.0), np.inf)
    return out


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
