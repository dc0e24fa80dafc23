"""Which elements go where: attributes of ``move`` and ``contract`` for the movements that users write.

Axes of size 1 that are repeated have no place in a view: its sizes only have to multiply to the tensor's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from provenn.base.views import Dim, Loops, View
from provenn.errors import ShapeError, UnsupportedError

Shape = tuple[int, ...]
Attrs = dict[str, Any]


def common(*shapes: Shape) -> Shape:
    """The shape that all broadcast to, by NumPy's rule. Raises ShapeError PNN-FACE-903.

    Example:
        >>> common((3, 1), (4,))
        (3, 4)
    """
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(s)) + s for s in shapes]
    made = tuple(max(sizes) for sizes in zip(*padded))
    if any(n not in (1, m) for s in padded for n, m in zip(s, made)):
        raise ShapeError("PNN-FACE-903", "these shapes do not broadcast together",
                         expected="sizes that agree or are 1, counted from the last axis",
                         got=" and ".join(str(list(s)) for s in shapes))
    return made


def axis_of(axis: int, rank: int) -> int:
    """The axis counted from the front. Raises ShapeError PNN-FACE-904 when there is no such axis."""
    if not -rank <= axis < rank:
        raise ShapeError("PNN-FACE-904", "there is no such axis", got=axis,
                         expected=f"{-rank} to {rank - 1}" if rank else "none: the tensor is a scalar")
    return axis % rank


def axes_of(axes: int | Sequence[int] | None, rank: int) -> Shape:
    """Some axes counted from the front, in order; None means all."""
    if axes is None:
        return tuple(range(rank))
    return tuple(sorted({axis_of(a, rank) for a in ((axes,) if isinstance(axes, int) else axes)}))


def range_of(key: Any, n: int) -> tuple[int, int, int]:
    """(start, step, count) of an integer or slice as index of an axis with n elements.

    Raises ShapeError PNN-FACE-904 when it selects nothing, UnsupportedError PNN-FACE-910 for any other key.
    """
    if isinstance(key, slice) and (key.step or 1) > 0:
        span = range(n)[key]
        if span:
            return span.start, span.step, len(span)
    elif isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        if -n <= key < n:
            return int(key) % n, 1, 1
    else:
        raise UnsupportedError("PNN-FACE-910", "this kind of index is not supported", got=repr(key)[:60],
                               expected="integers, slices that go forward, None, ...",
                               hint="look rows up with functional.embedding")
    raise ShapeError("PNN-FACE-904", "the index selects nothing", got=key,
                     expected=f"a position in an axis of {n} elements")


def _identity(loops: Loops) -> View:
    return loops.view(*range(len(loops.sizes)))


def spread(old: Shape, new: Shape) -> Attrs:
    """``move`` that repeats a tensor of shape ``old`` over the shape ``new``."""
    loops = Loops(new)
    lead = len(new) - len(old)
    src = loops.view(*(lead + a for a, n in enumerate(old) if n != 1))
    return {"shape": new, "loops": loops, "out": _identity(loops), "src": src}


def total(shape: Shape, axes: Shape, keepdim: bool) -> Attrs:
    """``move`` that adds up over some axes."""
    loops = Loops(shape)
    kept = [a for a in range(len(shape)) if a not in axes]
    made = tuple(1 if a in axes else n for a, n in enumerate(shape) if keepdim or a not in axes)
    return {"shape": made, "loops": loops, "out": loops.view(*kept), "src": _identity(loops)}


def strided(shape: Shape, starts: Sequence[int], counts: Sequence[int], steps: Sequence[int]) -> Attrs:
    """``move`` that reads ``counts`` elements along each axis, from ``starts``, ``steps`` apart."""
    loops = Loops(tuple(counts))
    dims = [Dim(n, loops.steps({a: step}), start)
            for a, (n, start, step) in enumerate(zip(shape, starts, steps))]
    return {"shape": tuple(counts), "loops": loops, "out": _identity(loops), "src": loops.view(*dims)}


def padded(shape: Shape, before: Sequence[int], after: Sequence[int]) -> Attrs:
    """``move`` that puts a tensor among zeros."""
    loops = Loops(shape)
    made = tuple(b + n + a for b, n, a in zip(before, shape, after))
    out = loops.view(*((k, n, b) for k, (n, b) in enumerate(zip(made, before))))
    return {"shape": made, "loops": loops, "out": out, "src": _identity(loops)}


def product(a: Shape, b: Shape) -> Attrs:
    """``contract`` for ``a @ b``: [..., n, k] times [..., k, m], a vector where one has one axis.

    Raises ShapeError PNN-FACE-905 for scalars and for inner sizes that differ, -903 for leading axes that
    do not broadcast.
    """
    if not a or not b or a[-1] != b[-2 if len(b) > 1 else -1]:
        raise ShapeError("PNN-FACE-905", "the inner sizes of a matrix product must agree",
                         expected="[..., n, k] @ [..., k, m]", got=f"{list(a)} @ {list(b)}")
    lead = common(a[:-2], b[:-2])
    rows, columns = a[-2:-1], b[-1:] if len(b) > 1 else ()
    made = (*lead, *rows, *columns)
    loops = Loops((*made, a[-1]))
    row, column, inner = len(lead), len(lead) + len(rows), len(made)

    def leading(shape: Shape) -> list[int]:
        return [len(lead) - len(shape) + k for k, n in enumerate(shape) if n != 1]

    return {"shape": made, "loops": loops, "out": loops.view(*range(len(made))),
            "left": loops.view(*leading(a[:-2]), *([row] if rows else []), inner),
            "right": loops.view(*leading(b[:-2]), inner, *([column] if columns else []))}


def around(shape: Shape, axis: int, keepdim: bool) -> Attrs:
    """``logsumexp`` along one axis, which disappears or keeps the size 1."""
    before, after = shape[:axis], shape[axis + 1 :]
    made = (*before, *([1] if keepdim else []), *after)
    return {"dims": (math.prod(before), shape[axis], math.prod(after)), "shape": made}
