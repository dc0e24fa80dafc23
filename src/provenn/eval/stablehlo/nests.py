"""Reading and writing tensors through views, in StableHLO.

A dimension whose loops count like digits — index = offset + step * number — is a *chain*: it is read by a
pad or a slice and a reshape, written by a reshape and a pad. All others are *images*: an index such as
stride * y + dilation * k - pad. Products of images may be convolutions (products.py); elsewhere the shorter
of their loops are written out point by point, up to ``LIMIT`` points.

Tensors in between carry labels: label k is loop k, label -1-d stands for the image in dimension d.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from provenn.base.views import Dim, View
from provenn.errors import UnsupportedError
from provenn.ir.op import Attrs

if TYPE_CHECKING:
    from provenn.eval.stablehlo.writer import TextWriter

LIMIT = 256
Labels = tuple[int, ...]


class Labelled(NamedTuple):
    """A value whose axes are loops or images; ``loose``: they may stay in this order when it is stored."""

    value: int
    labels: Labels
    loose: bool = False


def chain(d: Dim, sizes: Sequence[int]) -> Labels | None:
    """The loops of a dimension from slow to fast when they count like digits, else None."""
    loops = sorted(d.loops, key=lambda k: -d.coefficients[k])
    digits = all(d.coefficients[slow] == d.coefficients[fast] * sizes[fast]
                 for slow, fast in itertools.pairwise(loops))
    return tuple(loops) if digits else None


def images(view: View, sizes: Sequence[int]) -> list[int]:
    """Dimensions that are no chains."""
    return [i for i, d in enumerate(view.dims) if chain(d, sizes) is None]


def labels(view: View, sizes: Sequence[int]) -> Labels:
    """Labels of a view's axes in order."""
    return tuple(k for i, d in enumerate(view.dims) for k in _labels(i, d, sizes))


def _labels(i: int, d: Dim, sizes: Sequence[int]) -> Labels:
    loops = chain(d, sizes)
    return (-1 - i,) if loops is None else loops


def blocks(fine: Sequence[int], coarse: Sequence[int]) -> list[list[int]] | None:
    """For each size of ``coarse`` the positions in ``fine`` that multiply to it, else None."""
    out: list[list[int]] = []
    i = 0
    for n in coarse:
        block, size = list[int](), 1
        while i < len(fine) and (size < n or (fine[i] == 1 and len(fine) - i > len(coarse) - len(out))):
            size *= fine[i]
            block.append(i)
            i += 1
        if size != n:
            return None
        out.append(block)
    return out if i == len(fine) else None


def at(view: View, point: Mapping[int, int]) -> View:
    """The view with some loops standing still."""
    dims = (Dim(d.size, tuple(0 if k in point else c for k, c in enumerate(d.coefficients)),
                d.offset + sum(d.coefficients[k] * v for k, v in point.items())) for d in view.dims)
    return View(tuple(dims))


def still(views: Sequence[View], sizes: Sequence[int]) -> list[View]:
    """The same views without loops of one point."""
    single = {k: 0 for k, n in enumerate(sizes) if n == 1}
    return [at(v, single) for v in views]


def tangled(views: Sequence[View], sizes: Sequence[int]) -> set[int]:
    """Loops to write out so that every view has only chains, and each loop in it once."""
    out: set[int] = set()
    for view in views:
        free: list[set[int]] = []
        for d in view.dims:
            loops = set(d.loops) - out
            while chain(Dim(d.size, tuple(c if k in loops else 0 for k, c in enumerate(d.coefficients))),
                        sizes) is None:
                out.add(min(loops, key=lambda k: sizes[k]))
                loops -= out
            free.append(loops)
        out |= {k for a, b in itertools.combinations(free, 2) for k in a & b}
    return out


def points(loops: set[int], sizes: Sequence[int], what: str) -> Iterator[dict[int, int]]:
    """Every point of some loops; UnsupportedError PNN-OP-221 when there are too many."""
    count = math.prod(sizes[k] for k in loops)
    if count > LIMIT:
        raise UnsupportedError(
            "PNN-OP-221", f"{what} does not compile: its views are neither slices nor images",
            expected=f"at most {LIMIT} points of the loops {sorted(loops)}", got=count,
            hint="write it as products, slices and convolutions, or run it with NumPy")
    order = sorted(loops)
    for point in itertools.product(*(range(sizes[k]) for k in order)):
        yield dict(zip(order, point))


def read(w: TextWriter, x: int, view: View, sizes: Sequence[int], whole: View | None = None) -> Labelled:
    """The elements that a view touches, one axis a loop or image.

    ``view`` may be one point of ``whole``: x is then padded for all points at once.
    """
    whole = whole or view
    order = w.order(x)
    parts = blocks(view.shape, w.type(x).shape) if order else None
    if order is None or parts is None:
        x, dims = w.plain(x), list(enumerate(view.dims))
    else:
        x, dims = w.bare(x), [(i, view.dims[i]) for axis in order for i in parts[axis]]
    low, high, shape, found = list[int](), list[int](), list[int](), list[int]()
    windows: list[tuple[int, int, int]] = []
    for i, d in dims:
        loops = chain(d, sizes)
        found += _labels(i, d, sizes)
        if loops is None:
            low, high, windows, shape = [*low, 0], [*high, 0], [*windows, (0, d.size, 1)], [*shape, d.size]
            continue
        step = d.coefficients[loops[-1]] if loops else 1
        last = d.offset + step * (math.prod(sizes[k] for k in loops) - 1)
        first_of_all, last_of_all = whole.dims[i].reach(sizes)
        before, after = max(0, -first_of_all), max(0, last_of_all + 1 - d.size)
        low.append(before)
        high.append(after)
        windows.append((d.offset + before, last + 1 + before, step))
        shape += [sizes[k] for k in loops]
    y = w.pad(w.reshape_to(x, [d.size for _, d in dims]), low, high, [0] * len(low))
    return Labelled(w.reshape_to(w.slice_of(y, windows), shape), tuple(found), parts is not None)


def gathered(w: TextWriter, x: int, view: View, sizes: Sequence[int], taps: Labels) -> Labelled:
    """The elements that a view touches, one copy of the images for each point of ``taps``, these first."""
    parts = [read(w, x, at(view, point), sizes, view) for point in points(set(taps), sizes, "contract")]
    shape = w.type(parts[0].value).shape
    stacked = w.concat([w.reshape_to(p.value, (1, *shape)) for p in parts])
    order = tuple(sorted(taps))
    stacked = w.reshape_to(stacked, (*(sizes[k] for k in order), *shape))
    return Labelled(stacked, (*order, *parts[0].labels), loose=True)


def part(w: TextWriter, x: Labelled, label: int, start: int, stop: int) -> Labelled:
    """The points from start to stop of one label."""
    shape = w.type(x.value).shape
    windows = [(start, stop, 1) if k == label else (0, n, 1) for k, n in zip(x.labels, shape)]
    return x._replace(value=w.slice_of(x.value, windows))


def arrange(w: TextWriter, x: Labelled, order: Sequence[int], sizes: Mapping[int, int]) -> int:
    """Axes in another order, repeated along labels that x does not have."""
    have = [k for k in order if k in x.labels]
    moved = w.transpose_to(x.value, [x.labels.index(k) for k in have])
    return w.spread_to(moved, [sizes[k] for k in order], [i for i, k in enumerate(order) if k in x.labels])


def summed(w: TextWriter, x: Labelled, keep: set[int]) -> Labelled:
    """The sum over all labels that are not kept."""
    gone = [i for i, k in enumerate(x.labels) if k not in keep]
    return x._replace(value=w.reduce("add", x.value, gone), labels=tuple(k for k in x.labels if k in keep))


def scaled(w: TextWriter, x: Labelled, factor: int) -> Labelled:
    """The value times a number of equal points."""
    if factor == 1:
        return x
    return x._replace(value=w.hlo("multiply", x.value, w.constant(factor, w.type(x.value))))


def write(w: TextWriter, x: Labelled, view: View, sizes: Sequence[int], shape: Sequence[int]) -> int:
    """A tensor of the given shape with the value's elements where the view puts them."""
    extents = {**dict(enumerate(sizes)), **{-1 - i: d.size for i, d in enumerate(view.dims)}}
    parts = blocks(view.shape, shape) if x.loose else None
    order = _order(parts, x, view, sizes) if parts else list(range(len(shape)))
    dims = [(i, view.dims[i]) for axis in order for i in parts[axis]] if parts else list(enumerate(view.dims))
    y = arrange(w, x, [k for i, d in dims for k in _labels(i, d, sizes)], extents)
    low, high, inner, counts = [], [], [], []
    for _, d in dims:
        loops = chain(d, sizes)
        count = d.size if loops is None else math.prod(sizes[k] for k in loops)
        step = d.coefficients[loops[-1]] if loops else 1
        offset = 0 if loops is None else d.offset
        counts.append(count)
        inner.append(step - 1)
        low.append(offset)
        high.append(d.size - offset - step * (count - 1) - 1)
    y = w.scatter(w.reshape_to(y, counts), low, high, inner)
    return w.stored(w.reshape_to(y, [shape[axis] for axis in order]), order)


def _order(parts: list[list[int]], x: Labelled, view: View, sizes: Sequence[int]) -> list[int]:
    """Axes of the result in the order in which the value has their first labels."""
    first = []
    for block in parts:
        mine = [k for i in block for k in _labels(i, view.dims[i], sizes)]
        first.append(min((x.labels.index(k) for k in mine if k in x.labels), default=-1))
    return sorted(range(len(parts)), key=lambda axis: first[axis])


def move(w: TextWriter, x: int, attrs: Attrs) -> int:
    """Elements of x read through ``src`` and added up through ``out``."""
    sizes = attrs["loops"].sizes
    out, src = still([attrs["out"], attrs["src"]], sizes)
    loops = tangled([out, src], sizes)
    total = -1
    for point in points(loops, sizes, "move"):
        part = read(w, x, at(src, point), sizes, src)
        there = set(labels(at(out, point), sizes))
        repeats = math.prod(n for k, n in enumerate(sizes) if k not in {*part.labels, *there, *loops})
        y = write(w, scaled(w, summed(w, part, there), repeats), at(out, point), sizes, attrs["shape"])
        total = y if total < 0 else w.hlo("add", total, y)
    return total
