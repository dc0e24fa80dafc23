"""contract — products of elements of two tensors, added up through a view.

    y[out(l)] += a[left(l)] * b[right(l)]   for every point l of the loops

A matrix product, a convolution with any stride, padding, dilation and groups, and the gradients of both
are contractions: the cotangent of one operand exchanges its view with that of the result. Attributes:
``shape`` of the result, ``loops``, the views ``out``, ``left`` and ``right`` (provenn.base.views).

Proof: theories/Autodiff/View.v, ViewProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base.types import TensorType
from provenn.base.walks import product, read
from provenn.ir import lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op, Pair, Writer
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-113 when a view does not have the size of its tensor."""
    families.arity("contract", types, 2)
    made = TensorType(tuple(attrs["shape"]), types[0].dtype)
    views = [attrs["out"], attrs["left"], attrs["right"]]
    families.fit_views(attrs["loops"], views, [made, *types])
    return made


def kernel(arith: Arithmetic | None, attrs: Attrs, a: Array, b: Array) -> Array:
    """Sums in whatever order einsum chooses."""
    sizes = attrs["loops"].sizes
    y = product(read(a, attrs["left"], sizes), read(b, attrs["right"], sizes), attrs["out"], sizes)
    return y.reshape(len(y), *attrs["shape"])


def interval(attrs: Attrs, a: Pair, b: Pair) -> Pair:
    """Around the product of the middles; a radius costs the largest size of the other factor."""
    (x, r), (y, s) = (((e[0] + e[1]) / 2, (e[1] - e[0]) / 2) for e in (a, b))
    middle = kernel(None, attrs, x, y)
    radius = kernel(None, attrs, np.abs(x), s) + kernel(None, attrs, r, np.abs(y) + s)
    return middle - radius, middle + radius


def grad(emit: Emitter, slot: int, args: Sequence[int], out: int, ct: int) -> int:
    """The same loops: the operand's view and the result's are exchanged."""
    a = emit.attrs(out)
    mine, other = (a["left"], a["right"]) if slot == 0 else (a["right"], a["left"])
    return emit.contract(ct, args[1 - slot], shape=emit.type(args[slot]).shape, loops=a["loops"],
                         out=mine, left=a["out"], right=other)


def write(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
    """As its views read: a matrix product, or a convolution in one of its three roles."""
    return writer.products(args[0], args[1], attrs)


contract = Op(
    tag="contract", code=21, coq="Provenn.Autodiff.View", facts=("affine",),
    attrs=("loops", "out", "left", "right"),
    shape=Have(shape), kernel=Have(kernel), interval=Have(interval),
    transpose=families.NO_BOUNDS, slope=families.NO_BOUNDS, lines=families.NO_BOUNDS,
    grad=Have(grad, lemmas.REVERSE), lower=families.CORE,
    stablehlo=Have(write),
    enclose=rules.by_centre("contract"), onnx=families.NOT_READ,
)
