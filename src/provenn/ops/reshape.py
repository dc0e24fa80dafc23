"""reshape — the same elements, in the same row-major order, under another shape.

    flat(reshape(x)) = flat(x)

Attribute ``shape``: the new shape, all sizes given.

Proof: theories/IR/LinMap.v, LinMapProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.base.types import TensorType
from provenn.base.views import Loops
from provenn.errors import ShapeError
from provenn.ir import lemmas
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Writer
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-109 when the number of elements changes."""
    families.arity("reshape", types, 1)
    made = TensorType(tuple(attrs["shape"]), types[0].dtype)
    if made.size != types[0].size:
        raise ShapeError("PNN-SHAPE-109", "reshape must keep the number of elements",
                         expected=f"{types[0].size} elements ({types[0]})", got=f"{made.size} ({made})")
    return made


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """A view."""
    return x.reshape(len(x), *attrs["shape"])


def transpose(attrs: Attrs, k: int, ct: Array, operands: object, types: Sequence[TensorType]) -> Array:
    """Back to the old shape."""
    return ct.reshape(len(ct), *types[0].shape)


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """One loop over all elements."""
    loops = Loops((emit.type(args[0]).size,))
    return emit.move(args[0], shape=tuple(attrs["shape"]), loops=loops, out=loops.view(0), src=loops.view(0))


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """The same operation of StableHLO."""
    return writer.reshape_to(args[0], attrs["shape"])


reshape = Op(
    tag="reshape", code=9, coq="Provenn.IR.LinMap", facts=("affine", "movement"),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.moved(kernel), lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=Have(lambda w, attrs, x: w.node("Reshape", *x, w.ints(attrs["shape"]))),
    to_tensorflow=Have(lambda w, attrs, x: w.op("Reshape", tensor=x[0], shape=attrs["shape"])),
    stablehlo=Have(write),
    enclose=families.ENCLOSED_LOWERED, onnx=Have(("Reshape", "Flatten", "Squeeze", "Unsqueeze")),
)
