"""gauss — the derivative of the error function.

    gauss(x)[i] = 2 / sqrt(pi) * e^(-x[i]^2)

One operand, result of the same type.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir import lemmas
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair, Writer
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = x.dtype.type(2 / np.sqrt(np.pi)) * np.exp(-x * x)
    return out


def interval(attrs: Attrs, x: Pair) -> Pair:
    """Largest where x is nearest to 0, smallest where it is farthest away."""
    far = np.maximum(np.abs(x[0]), np.abs(x[1]))
    near = np.maximum(np.maximum(x[0], -x[1]), 0.0)
    return kernel(None, attrs, far), kernel(None, attrs, near)


def rounding(attrs: Attrs, unit: float, ulps: float, x: Pair) -> Array:
    """The rounding of x^2 moves the exponent by as much times x^2; then an exponential and a product."""
    high = interval(attrs, x)[1]
    moved = np.expm1(2.0 * unit * np.maximum(x[0] ** 2, x[1] ** 2))
    out: Array = high * (moved + 2.1 * (1.0 + moved) * unit * (ulps + 2.0)) + 2.0**-120
    return out


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.neg(emit.mul(ct, emit.mul(emit.add(args[0], args[0]), out)))


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """The formula."""
    x, t = args[0], writer.type(args[0])
    power = writer.hlo("exponential", writer.hlo("negate", writer.hlo("multiply", x, x)))
    return writer.hlo("multiply", writer.constant(2 / np.sqrt(np.pi), t), power)


gauss = Op(
    tag="gauss", code=33, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(interval), rounding=Have(rounding),
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    stablehlo=Have(write),
    enclose=families.NO_ENCLOSURE, onnx=families.NOT_READ,
)
