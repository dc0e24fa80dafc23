"""equal — one where two tensors of one shape agree.

    equal(x, y)[i] = 1 if x[i] = y[i] else 0

The derivative is declared to be 0 everywhere; where both are equal there is none.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.ir import lemmas
from provenn.ir.op import Arithmetic, Array, Attrs, Have, Op, Pair, Writer, Zero
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, y: Array) -> Array:
    """Elementwise, correctly rounded."""
    out: Array = (x == y).astype(x.dtype)
    return out


def interval(attrs: Attrs, x: Pair, y: Pair) -> Pair:
    """Certain where all four ends agree, or where the intervals lie apart."""
    surely = (x[0] == x[1]) & (y[0] == y[1]) & (x[0] == y[0])
    never = (x[1] < y[0]) | (y[1] < x[0])
    return surely.astype(x[0].dtype), (~never).astype(x[0].dtype)


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """A comparison."""
    return writer.compare("EQ", args[0], args[1])


equal = Op(
    tag="equal", code=39, coq="Provenn.Autodiff.Core", facts=("elementwise", "exact"),
    shape=Have(families.same_shapes), kernel=Have(kernel), interval=Have(interval),
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Zero(lemmas.REVERSE), lower=families.CORE,
    stablehlo=Have(write),
    enclose=families.NO_ENCLOSURE, onnx=families.NOT_READ,
)
