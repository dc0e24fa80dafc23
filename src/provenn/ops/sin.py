"""sin — the sine of each element.

    sin(x)[i], x[i] in radians

One operand, result of the same type.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = np.sin(x)
    return out


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.mul(ct, emit.cos(args[0]))


sin = Op(
    tag="sin", code=34, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel), interval=families.NO_BOUNDS,
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad), lower=families.CORE,
    stablehlo=families.written("sine"),
    enclose=families.NO_ENCLOSURE, onnx=families.NOT_READ,
)
