"""Views: which element of a tensor a point of a loop nest touches.

A view is a list of dimensions. At the loop point ``l`` dimension d has the index
``offset_d + sum_k coefficients_d[k] * l[k]``; the element is found in row-major order over the sizes.
Where an index falls outside its dimension nothing is touched: a read gives 0, a write is dropped.

One contraction over three views is a matrix product, a convolution, or the gradient of either:

    y[out(l)] += a[left(l)] * b[right(l)]   for every point l of the loops
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dim:
    """One dimension of a view: its size, and its index as an affine function of the loop point."""

    size: int
    coefficients: tuple[int, ...]
    offset: int = 0

    @property
    def loops(self) -> tuple[int, ...]:
        """The loops that move the index."""
        return tuple(k for k, c in enumerate(self.coefficients) if c)

    def reach(self, sizes: Sequence[int]) -> tuple[int, int]:
        """Smallest and largest index over all loop points, inside the dimension or not."""
        ends = [c * (n - 1) for c, n in zip(self.coefficients, sizes)]
        return self.offset + sum(min(e, 0) for e in ends), self.offset + sum(max(e, 0) for e in ends)


@dataclass(frozen=True, slots=True)
class View:
    """A tensor seen from a loop nest."""

    dims: tuple[Dim, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the dimensions."""
        return tuple(d.size for d in self.dims)

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    def __str__(self) -> str:
        def index(d: Dim) -> str:
            terms = [f"{c if c != 1 else ''}{'l' + str(k)}" for k, c in enumerate(d.coefficients) if c]
            return "+".join([*terms, *([str(d.offset)] if d.offset or not terms else [])])

        return "[" + ", ".join(f"{index(d)}<{d.size}" for d in self.dims) + "]"

    def encode(self) -> list[int]:
        """Rank, then size, offset and coefficients of each dimension."""
        return [len(self.dims), *(v for d in self.dims for v in (d.size, d.offset, *d.coefficients))]


@dataclass(frozen=True, slots=True)
class Loops:
    """The sizes of a loop nest."""

    sizes: tuple[int, ...]

    def encode(self) -> list[int]:
        """Number of loops, then their sizes."""
        return [len(self.sizes), *self.sizes]

    def view(self, *dims: Dim | int | tuple[int, int] | tuple[int, int, int]) -> View:
        """A view from short forms of its dimensions.

        ``k`` is loop k over its whole range; ``(k, size)`` and ``(k, size, offset)`` place loop k in a
        dimension of another size.

        Example:
            >>> str(Loops((2, 3)).view(1, (0, 5, 2)))
            '[l1<3, l0+2<5]'
        """
        return View(tuple(self._dim(d) for d in dims))

    def _dim(self, d: Dim | int | tuple[int, int] | tuple[int, int, int]) -> Dim:
        if isinstance(d, Dim):
            return d
        loop, size, offset = (d, self.sizes[d], 0) if isinstance(d, int) else (*d, 0)[:3]
        return Dim(size, self.steps({loop: 1}), offset)

    def steps(self, by: dict[int, int]) -> tuple[int, ...]:
        """Coefficients: ``by[k]`` for loop k, 0 for all others."""
        return tuple(by.get(k, 0) for k in range(len(self.sizes)))

    def __str__(self) -> str:
        return str(list(self.sizes))
