"""transpose — axes in another order.

    transpose(x, perm).shape[a] = x.shape[perm[a]]

Attribute ``perm``: a permutation of the axes.

Proof: theories/Ops/Movement.v; the index maps are checked to be inverse when a network is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base.types import TensorType
from provenn.errors import ShapeError
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-110 unless ``perm`` permutes the axes."""
    families.arity("transpose", types, 1)
    perm, x = tuple(attrs["perm"]), types[0].shape
    if sorted(perm) != list(range(len(x))):
        raise ShapeError("PNN-SHAPE-110", "perm must name each axis once",
                         expected=f"a permutation of {list(range(len(x)))}", got=list(perm))
    return TensorType(tuple(x[a] for a in perm), types[0].dtype)


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array) -> Array:
    """A view."""
    return x.transpose(0, *(a + 1 for a in attrs["perm"]))


def transpose_rule(attrs: Attrs, k: int, ct: Array, operands: object, types: object) -> Array:
    """The inverse permutation."""
    return ct.transpose(0, *(a + 1 for a in np.argsort(attrs["perm"])))


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """Loops over the axes of the result."""
    perm = attrs["perm"]
    shape = tuple(emit.type(args[0]).shape[a] for a in perm)
    return rules.permuted(emit, args[0], shape,
                             lambda axes: axes.view(*(perm.index(a) for a in range(len(perm)))))


transpose = Op(
    tag="transpose", code=10, coq="Provenn.Ops.Movement", facts=("affine", "movement"), attrs=("perm",),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.moved(kernel), lemmas.FORWARD),
    transpose=Have(transpose_rule, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=exports.operator("Transpose", perm="perm"),
    to_tensorflow=Have(lambda w, attrs, x: w.op("Transpose", x=x[0], perm=attrs["perm"])),
    stablehlo=rules.written_lowered(lower),
    enclose=families.ENCLOSED_LOWERED, onnx=Have(("Transpose",)),
)
