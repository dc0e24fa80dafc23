"""Reading and writing arrays through views, with NumPy.

    read(x, view, sizes)            the elements that each loop point reads: one axis a loop
    product(...), total(...)        sums over loop points, written through a view

Every array carries one leading batch axis. Axes of loops that a view does not use have size 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.base.views import Dim, View

Array = NDArray[np.floating[Any]]


def read(x: Array, view: View, sizes: Sequence[int]) -> Array:
    """``x`` [batch, ...] at every loop point: [batch, loops], a strided view of ``x`` or of a padded copy."""
    batch = len(x)
    x = x.reshape(batch, *view.shape)
    reach = [d.reach(sizes) for d in view.dims]
    pads = [(max(0, -low), max(0, high - d.size + 1)) for d, (low, high) in zip(view.dims, reach)]
    if any(before or after for before, after in pads):
        x = np.pad(x, ((0, 0), *pads))
    start = tuple(d.offset + before for d, (before, _) in zip(view.dims, pads))
    base = x[(slice(None), *(slice(s, None) for s in start))]
    strides, shape = [x.strides[0]], [batch]
    for k, n in enumerate(sizes):
        used = [d.coefficients[k] * x.strides[1 + i] for i, d in enumerate(view.dims) if d.coefficients[k]]
        shape.append(n if used else 1)
        strides.append(sum(used))
    return np.lib.stride_tricks.as_strided(base, shape, strides, writeable=False)


def _used(view: View) -> tuple[int, ...]:
    return tuple(sorted({k for d in view.dims for k in d.loops}))


def product(left: Array, right: Array, out: View, sizes: Sequence[int]) -> Array:
    """Products of two arrays over loop points, summed into ``out``: [batch, elements of out]."""
    kept = _used(out)
    full = max(len(left), len(right))
    # Axes of size 1 are dropped, so that einsum finds matrix products; the batch axis is number -1.
    labels = {axis: axis + 1 for axis in range(-1, len(sizes))}
    operands: list[Any] = []
    for a in (left, right):
        axes = [axis for axis in range(-1, len(sizes)) if a.shape[axis + 1] > 1]
        operands += [a.reshape([a.shape[axis + 1] for axis in axes]), [labels[axis] for axis in axes]]
    seen = {label for axes in operands[1::2] for label in axes}
    wanted = [labels[axis] for axis in (-1, *kept) if labels[axis] in seen]
    summed = np.einsum(*operands, wanted, optimize=True)
    repeats = 1
    for k, n in enumerate(sizes):
        if k not in kept and labels[k] not in seen:
            repeats *= n
    if repeats != 1:
        summed = summed * summed.dtype.type(repeats)
    shape = [full if axis == -1 else sizes[axis] for axis in (-1, *kept)]
    bare = [n if labels[axis] in seen else 1 for axis, n in zip((-1, *kept), shape)]
    return write(np.broadcast_to(summed.reshape(bare), shape), kept, out, sizes)


def total(x: Array, out: View, sizes: Sequence[int]) -> Array:
    """An array over loop points, summed into ``out``: [batch, elements of out]."""
    kept = _used(out)
    gone = tuple(k + 1 for k in range(len(sizes)) if k not in kept)
    repeats = 1
    for k in gone:
        if x.shape[k] == 1:
            repeats *= sizes[k - 1]
    summed = x.sum(axis=gone) if gone else x
    if repeats != 1:
        summed = summed * x.dtype.type(repeats)
    return write(np.broadcast_to(summed, [len(x), *(sizes[k] for k in kept)]), kept, out, sizes)


def write(values: Array, kept: Sequence[int], out: View, sizes: Sequence[int]) -> Array:
    """``values`` [batch, kept loops] added up in ``out``; all kept loops move some dimension."""
    batch = len(values)
    made = np.zeros((batch, *out.shape), values.dtype)
    # In each dimension one loop, the longest, becomes a slice; all others are walked one by one.
    sliced = [max(d.loops, key=lambda k: sizes[k], default=None) for d in out.dims]
    for twice in {k for k in sliced if k is not None and sliced.count(k) > 1}:
        sliced = [k if k != twice or i == sliced.index(twice) else None for i, k in enumerate(sliced)]
    walked = [k for k in kept if k not in sliced]
    tied = {k for k in sliced if k is not None and any(
        d.coefficients[k] and s != k for d, s in zip(out.dims, sliced))}
    walked += sorted(tied)
    sliced = [None if k in tied else k for k in sliced]
    axes = [k for k in kept if k not in walked]
    order = [s for s in sliced if s is not None]
    moved: Array = values.transpose(0, *(1 + list(kept).index(k) for k in walked),
                             *(1 + list(kept).index(k) for k in order))
    assert sorted(order) == axes
    for point in itertools.product(*(range(sizes[k]) for k in walked)):
        place = dict(zip(walked, point))
        targets: list[slice] = [slice(None)]
        sources: list[slice] = [slice(None)]
        squeeze = []
        for d, s in zip(out.dims, sliced):
            target, source = _window(d, s, place, sizes)
            targets.append(target)
            if s is None:
                squeeze.append(len(targets) - 1)
            else:
                sources.append(source)
        if any(t.stop <= t.start for t in targets[1:]):
            continue
        here: tuple[slice | int, ...] = (slice(None), *point)
        part: Array = moved[here][tuple(sources)]
        made[tuple(targets)] += np.expand_dims(part, squeeze)
    return made.reshape(batch, -1)


def _window(d: Dim, loop: int | None, place: dict[int, int], sizes: Sequence[int]) -> tuple[slice, slice]:
    """Where a dimension is written, and from which points of its sliced loop."""
    at = d.offset + sum(d.coefficients[k] * v for k, v in place.items())
    if loop is None:
        return (slice(at, at + 1) if 0 <= at < d.size else slice(0, 0)), slice(0, 1)
    step = d.coefficients[loop]
    first = max(0, -(at // step))
    last = min(sizes[loop] - 1, (d.size - 1 - at) // step)
    if last < first:
        return slice(0, 0), slice(0, 0)
    return slice(at + first * step, at + last * step + 1, step), slice(first, last + 1)
