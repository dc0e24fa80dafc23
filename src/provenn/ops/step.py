"""step — one where an element is positive, else zero.

    step(x)[i] = 1 if x[i] > 0 else 0

One operand, result of the same type. A NaN gives 0. The derivative is declared to be 0 everywhere;
at 0 there is none.

Proof: theories/Autodiff/Core.v, CurveProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.ir import lemmas
from provenn.ir.op import Arithmetic, Array, Attrs, Have, Op, Writer, Zero
from provenn.ops import families


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Elementwise, in the type of x."""
    out: Array = (x > 0).astype(x.dtype)
    return out


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """A comparison with 0."""
    return writer.compare("GT", args[0], writer.constant(0.0, writer.type(args[0])))


step = Op(
    tag="step", code=24, coq="Provenn.Autodiff.Core", facts=("elementwise", "exact", "jumps"),
    shape=Have(families.like_input), kernel=Have(kernel), interval=Have(families.increasing(kernel)),
    transpose=families.NOT_AFFINE, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Zero(lemmas.REVERSE), lower=families.CORE,
    stablehlo=Have(write),
    enclose=families.NO_ENCLOSURE, onnx=families.NOT_READ,
)
