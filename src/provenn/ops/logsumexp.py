"""logsumexp — the logarithm of a sum of exponentials along one axis, which disappears.

    logsumexp(x)[o, i] = ln(sum over k of e^x[o, k, i]),   x seen as [outer, n, inner]

Computed as max + ln(sum of e^(x - max)), equal over the reals; it overflows nowhere. Attributes: ``dims``
= (outer, n, inner) and the ``shape`` of the result.

Proof: theories/Autodiff/CurveProof.v; the shift by the maximum in LayersProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base.types import TensorType
from provenn.base.views import Loops
from provenn.errors import ShapeError
from provenn.ir import lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair, Writer
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-109 when ``dims`` or ``shape`` do not have the right number of elements."""
    families.arity("logsumexp", types, 1)
    (outer, n, inner), made = attrs["dims"], TensorType(tuple(attrs["shape"]), types[0].dtype)
    if outer * n * inner != types[0].size or outer * inner != made.size:
        raise ShapeError("PNN-SHAPE-109", "logsumexp must see every element of its operand",
                         expected=f"{outer} x {n} x {inner} elements, {outer * inner} in the result",
                         got=f"{types[0]}, {made}")
    return made


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Shifted by the maximum."""
    x = x.reshape(len(x), *attrs["dims"])
    top = x.max(axis=2, keepdims=True)
    y = top[:, :, 0] + np.log(np.exp(x - top).sum(axis=2))
    out: Array = y.reshape(len(x), *attrs["shape"])
    return out


def rounding(attrs: Attrs, unit: float, ulps: float, x: Pair) -> Array:
    """Every exponential is off by ``ulps`` and by the rounding of its argument, |d| e^d being at most 1 / e.

    The sum of n of them is at least 1, so that its relative error is an absolute one of the logarithm.
    """
    outer, n, inner = attrs["dims"]
    top = np.maximum(np.abs(x[0]), np.abs(x[1])).reshape(len(x[0]), outer, n, inner).max(axis=2)
    relative = unit * (2 * ulps + 3 * n + 4)
    level = np.log(n) + 2 * relative
    out: Array = 1.01 * (relative + 2 * unit * ulps * level + unit * (top + level))
    return out.reshape(len(out), *attrs["shape"]) + 2.0**-120


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The cotangent times the softmax."""
    loops = Loops(emit.attrs(out)["dims"])
    spread = {"shape": emit.type(args[0]).shape, "loops": loops,
              "out": loops.view(0, 1, 2), "src": loops.view(0, 2)}
    softmax = emit.exp(emit.sub(args[0], emit.move(out, **spread)))
    return emit.mul(emit.move(ct, **spread), softmax)


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """Shifted by the maximum."""
    dims = attrs["dims"]
    x = writer.reshape_to(args[0], dims)
    top = writer.reduce("maximum", x, [1])
    powers = writer.hlo("exponential", writer.hlo("subtract", x, writer.spread_to(top, dims, [0, 2])))
    y = writer.hlo("add", top, writer.hlo("log", writer.reduce("add", powers, [1])))
    return writer.reshape_to(y, attrs["shape"])


logsumexp = Op(
    tag="logsumexp", code=38, coq="Provenn.Autodiff.Core", attrs=("dims",), rounding=Have(rounding),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.increasing(kernel)),
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    stablehlo=Have(write),
    enclose=rules.both_ends("logsumexp"), onnx=families.NOT_READ,
)
