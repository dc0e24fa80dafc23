"""slice — a contiguous range of one axis.

    slice(x, axis, start, stop)[.., i, ..] = x[.., start + i, ..]

Attributes: axis, start, stop, none negative, 0 <= start < stop <= size.

Proof: theories/Ops/Movement.v; the index maps are checked to be inverse when a network is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from provenn.base.types import TensorType
from provenn.errors import ShapeError
from provenn.ir import lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, TensorflowWriter
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-112 for a range outside the axis."""
    families.arity("slice", types, 1)
    axis, start, stop = attrs["axis"], attrs["start"], attrs["stop"]
    x = types[0].shape
    if not (0 <= axis < len(x) and 0 <= start < stop <= x[axis]):
        raise ShapeError("PNN-SHAPE-112", "the range to slice is empty or outside its axis",
                         expected=f"0 <= start < stop within {types[0]}",
                         got=f"axis {axis}, start {start}, stop {stop}")
    return TensorType((*x[:axis], stop - start, *x[axis + 1 :]), types[0].dtype)


def _range(attrs: Attrs) -> tuple[slice, ...]:
    return (*[slice(None)] * (attrs["axis"] + 1), slice(attrs["start"], attrs["stop"]))


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """A view."""
    return x[_range(attrs)]


def transpose(attrs: Attrs, k: int, ct: Array, operands: object, types: Sequence[TensorType]) -> Array:
    """Zeros outside the range."""
    out = np.zeros((len(ct), *types[0].shape), ct.dtype)
    out[_range(attrs)] = ct
    return out


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """Loops over the axes of the result."""
    x, axis, start = emit.type(args[0]).shape, attrs["axis"], attrs["start"]
    shape = (*x[:axis], attrs["stop"] - start, *x[axis + 1 :])
    return rules.permuted(emit, args[0], shape, lambda axes: axes.view(
        *(a if a != axis else (a, x[a], start) for a in range(len(x)))))


def write(writer: TensorflowWriter, attrs: Attrs, args: Sequence[Any]) -> Any:
    """Where to begin, and how many elements to take, along each axis."""
    shape, axis = writer.shape(args[0]), attrs["axis"]
    begin = [attrs["start"] if a == axis else 0 for a in range(len(shape))]
    size = [attrs["stop"] - attrs["start"] if a == axis else n for a, n in enumerate(shape)]
    return writer.op("Slice", input=args[0], begin=begin, size=size)


slice_op = Op(
    tag="slice", code=12, coq="Provenn.Ops.Movement", facts=("affine", "movement"),
    attrs=("axis", "start", "stop"),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.moved(kernel), lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=Have(lambda w, a, x: w.node("Slice", *x, *(w.ints([a[k]]) for k in ("start", "stop", "axis")))),
    to_tensorflow=Have(write),
    stablehlo=rules.written_lowered(lower),
    enclose=families.ENCLOSED_LOWERED, onnx=Have(("Slice",)),
)
