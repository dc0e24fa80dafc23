"""Contractions in StableHLO: matrix products, and convolutions in all three roles.

By their views, the loops of ``y[out] += a[left] * b[right]`` fall into those of all three (groups), of a and
y, of b and y, of a and b (summed), of one operand alone. Without images this is ``dot_general``, or a plain
product when nothing is summed. Images s * u + d * v + o, all in one of the views, each with one of u and v
in each of the other two, make a convolution:

    image in a or b     forward, or the gradient of the weight: stride s, right dilation d
    image in y          the gradient of the input: left dilation s, right dilation d, weight backwards

Everything else is written out over the loops that tie the views up, or refused (PNN-OP-221).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from provenn.base.types import TensorType
from provenn.base.views import View
from provenn.eval.stablehlo import nests
from provenn.eval.stablehlo.nests import Labelled, Labels
from provenn.ir.op import Attrs

if TYPE_CHECKING:
    from provenn.eval.stablehlo.writer import TextWriter


TAPS = 49  # one channel: up to so many copies of an image are faster than a convolution
BATCHES, WORK = 2, 1 << 24  # parts of a batch in a convolution, at most; products in each, at least
CHUNK, PARTS = 16, 8  # points of a summed loop in one convolution, at least; parts of that loop, at most


class Roles(NamedTuple):
    """Loops by where they occur; the order in each is that of the loops."""

    group: Labels
    left: Labels
    right: Labels
    summed: Labels


class Axis(NamedTuple):
    """One image: loop ``u`` belongs to what is slid over or to the result, ``v`` to the kernel."""

    label: int
    size: int
    offset: int
    u: int
    v: int
    stride: int
    dilation: int


def roles(a: set[int], b: set[int], y: set[int]) -> Roles:
    """Roles of loops that occur in at least two places."""
    parts = (a & b & y, (a & y) - b, (b & y) - a, (a & b) - y)
    return Roles(*(tuple(sorted(part)) for part in parts))


def contract(w: TextWriter, a: int, b: int, attrs: Attrs) -> int:
    """Products of elements of a and b read through views, added up through ``out``."""
    sizes = attrs["loops"].sizes
    out, left, right = nests.still([attrs["out"], attrs["left"], attrs["right"]], sizes)
    tied = any(nests.images(v, sizes) for v in (out, left, right))
    if tied:
        made = convolution(w, a, b, (out, left, right), sizes)
        if made is not None:
            return nests.write(w, made, out, sizes, attrs["shape"])
    loops = nests.tangled([out, left, right], sizes)
    total = -1
    for point in nests.points(loops, sizes, "contract"):
        here, one, two = (nests.at(v, point) for v in (out, left, right))
        parts = product(w, nests.read(w, a, one, sizes, left), nests.read(w, b, two, sizes, right),
                        set(nests.labels(here, sizes)), sizes, loops)
        parts = parts._replace(loose=parts.loose or tied)
        y = nests.write(w, parts, here, sizes, attrs["shape"])
        total = y if total < 0 else w.hlo("add", total, y)
    return total


def product(w: TextWriter, a: Labelled, b: Labelled, there: set[int], sizes: Sequence[int],
            gone: set[int]) -> Labelled:
    """The product of two labelled values, summed over every loop that is not ``there``."""
    a = nests.summed(w, a, there | set(b.labels))
    b = nests.summed(w, b, there | set(a.labels))
    seen, loose = {*a.labels, *b.labels}, a.loose or b.loose
    repeats = math.prod(n for k, n in enumerate(sizes) if k not in seen | there | gone)
    r = roles(set(a.labels), set(b.labels), there)
    if not r.summed:
        order: Labels = (*r.group, *r.left, *r.right)
        x, y = (nests.arrange(w, v, order, dict(enumerate(sizes))) for v in (a, b))
        return nests.scaled(w, Labelled(w.hlo("multiply", x, y), order, loose), repeats)
    order = (*r.group, *(k for k in a.labels if k in r.left), *(k for k in b.labels if k in r.right))
    made = TensorType(tuple(sizes[k] for k in order), w.type(a.value).dtype)
    pairs = [("batching_dims", r.group)] * bool(r.group) + [("contracting_dims", r.summed)]
    places = [(name, *([v.labels.index(k) for k in loops] for v in (a, b))) for name, loops in pairs]
    details = "".join(f", {name} = {one} x {two}" for name, one, two in places)
    z = w.call("dot_general", (a.value, b.value), made, details)
    return nests.scaled(w, Labelled(z, order, loose), repeats)


def axes(views: tuple[View, View, View], sizes: Sequence[int]) -> tuple[int, list[Axis]] | None:
    """Which view holds the images, and how each is made; None when they make no convolution.

    ``u`` is the loop that the result (images in an operand) or the left operand (images in the result) has.
    """
    holders = [i for i, v in enumerate(views) if nests.images(v, sizes)]
    if len(holders) != 1:
        return None
    holder = holders[0]
    one, two = [(1, 2), (0, 2), (0, 1)][holder]
    found = []
    everywhere = [k for v in views for d in v.dims for k in d.loops]
    for i in nests.images(views[holder], sizes):
        d = views[holder].dims[i]
        first = {k for k in d.loops if k in nests.labels(views[one], sizes)}
        second = {k for k in d.loops if k in nests.labels(views[two], sizes)}
        if len(d.loops) != 2 or len(first) != 1 or len(second) != 1 or first == second:
            return None
        u, v = first.pop(), second.pop()
        if everywhere.count(u) != 2 or everywhere.count(v) != 2:
            return None
        found.append(Axis(-1 - i, d.size, d.offset, u, v, d.coefficients[u], d.coefficients[v]))
    loops = [nests.labels(v, sizes) for v in views]
    return (holder, found) if all(len(set(have)) == len(have) for have in loops) else None


def convolution(w: TextWriter, a: int, b: int, views: tuple[View, View, View],
                sizes: Sequence[int]) -> Labelled | None:
    """The contraction as one or several convolutions, or as a product of copies of the images, or None."""
    known = axes(views, sizes)
    if known is None:
        return None
    holder, found = known
    loops = [set(nests.labels(v, sizes)) for v in views]
    there = loops[0]
    if holder and not (loops[1] & loops[2]) - {n for axis in found for n in (axis.u, axis.v)}:
        taps = tuple(min(axis.u, axis.v, key=lambda n: sizes[n]) for axis in found)
        if math.prod(sizes[n] for n in taps) <= TAPS:
            x = nests.gathered(w, (a, b)[holder - 1], views[holder], sizes, taps)
            k = nests.read(w, (b, a)[holder - 1], views[3 - holder], sizes)
            return product(w, x, k, there, sizes, set())
    x, k = (nests.read(w, value, view, sizes) for value, view in zip((a, b), views[1:]))
    if holder == 2:
        x, k = k, x
    elif holder == 0 and _area(found, sizes, "v") > _area(found, sizes, "u"):
        x, k = k, x
        found = [axis._replace(u=axis.v, v=axis.u, stride=axis.dilation, dilation=axis.stride)
                 for axis in found]
    spatial = {n for axis in found for n in (axis.label, axis.u, axis.v)}
    x = nests.summed(w, x, there | set(k.labels) | spatial)
    k = nests.summed(w, k, there | set(x.labels) | spatial)
    r = roles(set(x.labels) - spatial, set(k.labels) - spatial, there - spatial)
    repeats = math.prod(n for i, n in enumerate(sizes) if i not in {*x.labels, *k.labels} | spatial | there)
    loose = _area(found, sizes, "u") >= _area(found, sizes, "v")
    extents = {**dict(enumerate(sizes)), **{axis.label: axis.size for axis in found}}
    if loose:
        y = _in_batches(w, x, k, r, found, extents, transposed=holder == 0)
    elif not r.summed:
        y = _convolve(w, x, k, r, found, extents, transposed=holder == 0)
    else:
        y = _in_chunks(w, x, k, r, found, extents)
    return nests.scaled(w, y._replace(loose=loose), repeats)


def _in_batches(w: TextWriter, x: Labelled, k: Labelled, r: Roles, found: list[Axis],
                extents: dict[int, int], transposed: bool) -> Labelled:
    """A convolution in parts of the first loop that only images and result have, the batch as a rule.

    XLA runs one convolution on one core; parts run beside each other, and each result has the same products.
    """
    count = extents[r.left[0]] if r.left else 1
    work = math.prod(extents[n] for n in (*r.group, *r.left, *r.right, *r.summed))
    work *= math.prod(extents[axis.u] * extents[axis.v] for axis in found)
    parts = min(BATCHES, count, work // WORK)
    if parts < 2:
        return _convolve(w, x, k, r, found, extents, transposed)
    ends = [count * n // parts for n in range(parts + 1)]
    made = [_convolve(w, nests.part(w, x, r.left[0], start, stop), k, r, found,
                      {**extents, r.left[0]: stop - start}, transposed)
            for start, stop in itertools.pairwise(ends)]
    return made[0]._replace(value=w.concat([y.value for y in made]))


def _in_chunks(w: TextWriter, x: Labelled, k: Labelled, r: Roles, found: list[Axis],
               extents: dict[int, int]) -> Labelled:
    """A convolution with a kernel larger than its result, the longest summed loop in chunks: for caches."""
    loop = max(r.summed, key=lambda n: extents[n])
    size = max(CHUNK, -(-extents[loop] // PARTS))
    total: Labelled | None = None
    for start in range(0, extents[loop], size):
        stop = min(start + size, extents[loop])
        y = _convolve(w, nests.part(w, x, loop, start, stop), nests.part(w, k, loop, start, stop), r, found,
                      {**extents, loop: stop - start}, transposed=False)
        total = y if total is None else total._replace(value=w.hlo("add", total.value, y.value))
    assert total is not None
    return total


def _area(found: list[Axis], sizes: Sequence[int], loop: str) -> int:
    return math.prod(sizes[getattr(axis, loop)] for axis in found)


def _convolve(w: TextWriter, x: Labelled, k: Labelled, r: Roles, found: list[Axis],
              extents: dict[int, int], transposed: bool) -> Labelled:
    """One ``stablehlo.convolution`` over NHWC and HWIO."""
    slid = [axis.u if transposed else axis.label for axis in found]
    over = [axis.v for axis in found]
    made = [axis.label if transposed else axis.u for axis in found]
    x_groups: list[Labels] = [r.left, *((n,) for n in slid), r.group + r.summed]
    k_groups: list[Labels] = [*((n,) for n in over), r.summed, r.group + r.right]
    y_groups: list[Labels] = [r.left, *((n,) for n in made), r.group + r.right]
    lhs, rhs = (w.reshape_to(nests.arrange(w, v, [n for g in groups for n in g], extents),
                             _merged(groups, extents)) for v, groups in ((x, x_groups), (k, k_groups)))
    pads = []
    for axis in found:
        u, v = extents[axis.u] - 1, extents[axis.v] - 1
        low = axis.dilation * v + axis.offset if transposed else -axis.offset
        high = (axis.size - 1 - axis.stride * u - axis.offset if transposed
                else axis.stride * u + axis.dilation * v + 1 - axis.size + axis.offset)
        pads.append([low, high])
    if transposed:
        rhs = w.reverse(rhs, list(range(len(found))))
    one, strides = [1] * len(found), [axis.stride for axis in found]
    s = ", ".join(map(str, range(len(found))))
    shape = TensorType(tuple(_merged(y_groups, extents)), w.type(x.value).dtype)
    details = (f"[b, {s}, f]x[{s}, i, o]->[b, {s}, f], window = {{stride = {one if transposed else strides}, "
               f"pad = {pads}, lhs_dilate = {strides if transposed else one}, "
               f"rhs_dilate = {[axis.dilation for axis in found]}}} {{batch_group_count = 1 : i64, "
               f"feature_group_count = {math.prod(extents[n] for n in r.group)} : i64}}")
    y = w.convolve(lhs, rhs, details, shape)
    order = tuple(n for g in y_groups for n in g)
    return Labelled(w.reshape_to(y, [extents[n] for n in order]), order)


def _merged(groups: Sequence[Sequence[int]], extents: dict[int, int]) -> list[int]:
    return [math.prod(extents[n] for n in g) for g in groups]
