"""erf — the error function of each element.

    erf(x)[i] = integral of gauss from 0 to x[i]

One operand, result of the same type. Computed by W. J. Cody's rational approximations (1969), about
1e-15 in binary64.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Writer
from provenn.ops import families

_erf = np.frompyfunc(math.erf, 1, 1)


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise in binary64 by the C library, rounded to the type of x."""
    out: Array = np.asarray(_erf(x), x.dtype)
    return out


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the derivative."""
    return emit.mul(ct, emit.gauss(args[0]))


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """An operation of CHLO, StableHLO's companion, which compilers accept beside it."""
    return writer.hlo("chlo.erf", *args)


erf = Op(
    tag="erf", code=32, coq="Provenn.Autodiff.Core", facts=("elementwise",),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(families.increasing(kernel)),
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    to_onnx=exports.operator("Erf"),
    to_tensorflow=exports.raw("Erf", "x"),
    stablehlo=Have(write),
    enclose=rules.both_ends("erf"), onnx=families.NOT_READ,
)
