"""Attributes of operations as integers, and back: one decoder for each name that an op may list.

The names are a vocabulary that all rooms share: ``stride`` is two numbers wherever it stands. Views come
after the ``loops`` that they are seen from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from provenn.base.views import Dim, Loops, View

Ints = Iterator[int]
Decoder = Callable[[Ints, Mapping[str, Any], int], Any]


def _one(ints: Ints, known: Mapping[str, Any], rank: int) -> int:
    return next(ints)


def _several(count: int) -> Decoder:
    return lambda ints, known, rank: tuple(next(ints) for _ in range(count))


def _axes(ints: Ints, known: Mapping[str, Any], rank: int) -> tuple[int, ...]:
    """One number an axis of the result."""
    return tuple(next(ints) for _ in range(rank))


def _loops(ints: Ints, known: Mapping[str, Any], rank: int) -> Loops:
    return Loops(tuple(next(ints) for _ in range(next(ints))))


def _view(ints: Ints, known: Mapping[str, Any], rank: int) -> View:
    loops = len(known["loops"].sizes)

    def dim() -> Dim:
        size, offset = next(ints), next(ints)
        return Dim(size, tuple(next(ints) for _ in range(loops)), offset)

    return View(tuple(dim() for _ in range(next(ints))))


DECODERS: Mapping[str, Decoder] = {
    "groups": _one, "axis": _one, "start": _one, "stop": _one,
    "stride": _several(2), "dilation": _several(2), "pad": _several(4), "dims": _several(3),
    "perm": _axes, "loops": _loops, "out": _view, "src": _view, "left": _view, "right": _view,
}


def decode(names: Sequence[str], ints: Sequence[int], rank: int) -> dict[str, Any] | None:
    """The attributes ``names`` from their integers, for a result of that rank; None where they do not fit.

    Example:
        >>> decode(("axis", "start", "stop"), [1, 0, 3], 2)
        {'axis': 1, 'start': 0, 'stop': 3}
    """
    rest, made = iter(ints), dict[str, Any]()
    try:
        for name in names:
            made[name] = DECODERS[name](rest, made, rank)
    except (StopIteration, RuntimeError):  # a generator inside tuple() turns the one into the other
        return None
    return made if next(rest, None) is None else None
