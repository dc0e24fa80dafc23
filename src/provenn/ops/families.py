"""Rules that several rooms share: shapes, intervals and lines of whole families of ops."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base.types import TensorType
from provenn.base.views import Loops, View
from provenn.errors import ShapeError
from provenn.ir.op import (
    Arithmetic,
    Array,
    Attrs,
    IntervalRule,
    Kernel,
    Lacks,
    LinesRule,
    Pair,
)

NOT_CORE = Lacks("it is lowered to core operations before differentiation")
CORE = Lacks("it is a core operation itself")
NO_BOUNDS = Lacks("no bounds of it are built yet")
COMPOSED = Lacks("its bounds are those of what it is composed of")
NOT_READ = Lacks("no ONNX operator is read as it")
AFFINE = Lacks("it is affine in its operands: bounds use its transpose")
GIVEN = Lacks("its value is given: the graph of bounds starts from it")
ENCLOSED_LOWERED = Lacks("it is lowered to core operations, and those are enclosed")
NO_ENCLOSURE = Lacks("its bounds are not written as a graph yet")
NOT_AFFINE = Lacks("it is not affine in its operands: bounds use its lines")


def arity(tag: str, types: Sequence[TensorType], low: int, high: int | None = None) -> None:
    """Raise ShapeError PNN-SHAPE-101 unless the number of operands is right."""
    high = high or low
    if not low <= len(types) <= high:
        raise ShapeError("PNN-SHAPE-101", f"{tag} takes another number of operands",
                         expected=low if low == high else f"{low} to {high}", got=len(types))


def like_input(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """One operand; the result has its type."""
    arity("a unary op", types, 1)
    return types[0]


def same_shapes(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """Two operands of one shape; broadcasting is written out in the graph."""
    arity("an elementwise op", types, 2)
    if types[0] != types[1]:
        raise ShapeError("PNN-SHAPE-102", "elementwise operands must have the same type",
                         expected=types[0], got=types[1],
                         hint="broadcast the smaller operand first; the ONNX reader does so for constants")
    return types[0]


def fit_views(loops: Loops, views: Sequence[View], types: Sequence[TensorType]) -> None:
    """PNN-SHAPE-113 unless each view has the size of its tensor and steps forward along every loop."""
    for view, t in zip(views, types):
        forward = all(len(d.coefficients) == len(loops.sizes) and min(d.coefficients, default=0) >= 0
                      for d in view.dims)
        if view.size != t.size or not forward:
            raise ShapeError("PNN-SHAPE-113", "a view does not fit its tensor or its loops",
                             expected=f"{t.size} elements ({t}), {len(loops.sizes)} loops", got=view,
                             hint="sizes of a view multiply to those of its tensor; steps are not negative")


def increasing(kernel: Kernel) -> IntervalRule:
    """Interval rule of an increasing unary op: its values at the ends."""

    def rule(attrs: Attrs, x: Pair) -> Pair:
        return kernel(None, attrs, x[0]), kernel(None, attrs, x[1])

    return rule


def moved(kernel: Kernel) -> IntervalRule:
    """Interval rule of an op that only moves elements: move both ends."""

    def rule(attrs: Attrs, *xs: Pair) -> Pair:
        return kernel(None, attrs, *(x[0] for x in xs)), kernel(None, attrs, *(x[1] for x in xs))

    return rule


def around_centre(kernel: Kernel) -> IntervalRule:
    """Interval rule of ``contract``-like ops with parameters after operand 0: centre and radius."""

    def rule(attrs: Attrs, x: Pair, w: Pair, *bias: Pair) -> Pair:
        centre, radius = (x[1] + x[0]) / 2, (x[1] - x[0]) / 2
        mid = kernel(Fast(), attrs, centre, w[0], *(b[0] for b in bias))
        dev = kernel(Fast(), attrs, radius, np.abs(w[0]))
        return mid - dev, mid + dev

    return rule


class Fast:
    """Products and sums in whatever order BLAS chooses."""

    def contract(self, x: Array, w: Array) -> Array:
        """``x[..., k] * w[m, k]`` summed over k."""
        out: Array = fold_rows(x, 1) @ w.T
        return out.reshape(*x.shape[:-1], len(w))


def two_piece(left: float, right: float) -> LinesRule:
    """Lines of the convex piecewise linear function with slope ``left`` below 0 and ``right`` above.

    Upper line: the chord; lower line: through 0 with the slope alpha picked between both
    (Zhang et al., CROWN, NeurIPS 2018). Offsets are chosen without outward rounding.
    """

    def rule(lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array, Array, Array]:
        crossing = (lo < 0) & (hi > 0)
        width = np.where(crossing, hi - lo, 1.0)
        fixed = np.where(hi <= 0, left, right)
        upper = np.where(crossing, (right * hi - left * lo) / width, fixed)
        lower = np.where(crossing, left + alpha * (right - left), fixed)
        offset = np.where(crossing, (left - upper) * lo, 0.0)
        return lower, np.zeros_like(lo), upper, offset

    return rule


def fold_rows(x: Array, tail: int) -> Array:
    """All axes but the last ``tail`` as one."""
    return x.reshape(-1, *x.shape[x.ndim - tail :])


def contraction(arith: Arithmetic | None) -> Arithmetic:
    """The given arithmetic, or the fast one."""
    return arith if arith is not None else Fast()
