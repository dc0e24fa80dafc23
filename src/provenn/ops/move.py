"""move — elements read through one view and added up through another.

    y[out(l)] += x[src(l)]   for every point l of the loops

Transposing, slicing, padding, broadcasting and summing over axes are all moves. Attributes: ``shape`` of
the result, ``loops``, the views ``out`` and ``src`` (provenn.base.views), whose sizes are those of the
result and of x.

Proof: theories/Autodiff/View.v, ViewProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.base.types import TensorType
from provenn.base.walks import read, total
from provenn.ir import lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Writer
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-113 when a view does not have the size of its tensor."""
    families.arity("move", types, 1)
    made = TensorType(tuple(attrs["shape"]), types[0].dtype)
    families.fit_views(attrs["loops"], [attrs["out"], attrs["src"]], [made, types[0]])
    return made


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """Exact unless elements are added up."""
    sizes = attrs["loops"].sizes
    y = total(read(x, attrs["src"], sizes), attrs["out"], sizes)
    return y.reshape(len(y), *attrs["shape"])


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The same loops with both views exchanged."""
    a = emit.attrs(out)
    return emit.move(ct, shape=emit.type(args[0]).shape, loops=a["loops"], out=a["src"], src=a["out"])


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """As its views read: transposes, slices, pads, sums."""
    return writer.views(args[0], attrs)


move = Op(
    tag="move", code=20, coq="Provenn.Autodiff.View", facts=("affine", "movement"),
    attrs=("loops", "out", "src"),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.moved(kernel)),
    transpose=families.NO_BOUNDS, slope=families.AFFINE, lines=families.AFFINE,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    stablehlo=Have(write),
    enclose=rules.both_ends("move"), onnx=families.NOT_READ,
)
