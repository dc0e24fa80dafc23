"""concat — tensors side by side along one axis.

    concat(x, y, axis)[.., i, ..] = x[.., i, ..] if i < len(x) else y[.., i - len(x), ..]

Attribute ``axis``, not negative. At least one operand; all other axes agree.

Proof: theories/Ops/Movement.v; the index maps are checked to be inverse when a network is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base.types import TensorType
from provenn.base.views import Loops
from provenn.errors import ShapeError
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-111 unless all axes but one agree."""
    families.arity("concat", types, 1, 1 << 20)
    axis, first = attrs["axis"], types[0].shape
    rest = {t.shape[:axis] + t.shape[axis + 1 :] for t in types}
    if not 0 <= axis < len(first) or len(rest) != 1 or len({len(t.shape) for t in types}) != 1:
        raise ShapeError("PNN-SHAPE-111", "concat operands must agree on every axis but one",
                         expected=f"{types[0]} up to axis {axis}", got=", ".join(map(str, types)))
    return TensorType((*first[:axis], sum(t.shape[axis] for t in types), *first[axis + 1 :]), types[0].dtype)


def kernel(arith: Arithmetic | None, attrs: Attrs, *xs: Array) -> Array:
    """Copies; parameters are repeated along the batch axis."""
    batch = max(len(x) for x in xs)
    parts = [np.broadcast_to(x, (batch, *x.shape[1:])) for x in xs]
    out: Array = np.concatenate(parts, attrs["axis"] + 1)
    return out


def transpose(attrs: Attrs, k: int, ct: Array, operands: object, types: Sequence[TensorType]) -> Array:
    """The part that operand ``k`` filled."""
    axis = attrs["axis"]
    start = sum(t.shape[axis] for t in types[:k])
    return ct[(*[slice(None)] * (axis + 1), slice(start, start + types[k].shape[axis]))]


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """Each operand among zeros, added up."""
    axis, types = attrs["axis"], [emit.type(a) for a in args]
    made = shape(types, attrs).shape
    total, start = -1, 0
    for a, t in zip(args, types):
        loops = Loops(t.shape)
        dims = [d if d != axis else (d, made[axis], start) for d in range(len(made))]
        part = emit.move(a, shape=made, loops=loops, out=loops.view(*dims), src=loops.view(*range(len(made))))
        total = part if total < 0 else emit.add(total, part)
        start += t.shape[axis]
    return total


concat = Op(
    tag="concat", code=11, coq="Provenn.Ops.Movement", facts=("affine", "movement"), attrs=("axis",),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.moved(kernel), lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=exports.operator("Concat", axis="axis"),
    to_tensorflow=Have(lambda w, attrs, xs: xs[0] if len(xs) == 1 else
                       w.op("ConcatV2", values=list(xs), axis=attrs["axis"])),
    stablehlo=rules.written_lowered(lower),
    enclose=families.ENCLOSED_LOWERED, onnx=Have(("Concat",)),
)
