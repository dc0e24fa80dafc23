"""Trees as a few large arrays and plain tuples, for pickle: most of a tree are masks of a few dozen bits.

Objects of classes and small arrays cost pickle ten times what they cost to make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.regions import Indices
from provenn.verify.certificate import Leaf, Sides, Split
from provenn.verify.portions import Piece


@dataclass
class Flat:
    """Trees whose ``Sides`` without slopes are numbers, their rows in ``masks``.

    By node ``masks`` has these numbers, lower and upper masks as bits [rows, 2, …], and the size of a mask.
    """

    trees: list[list[Any]]
    masks: dict[int, tuple[Indices, NDArray[np.uint8], int]]


def flattened(trees: Sequence[Sequence[Piece]]) -> Flat:
    """Packed trees in this form."""
    rows: list[Sides] = []

    def thin(step: Any) -> Any:
        if not isinstance(step, Sides) or step.slopes:
            return step
        rows.append(step)
        return len(rows) - 1

    made = [[p if isinstance(p, int) else (tuple(map(thin, p[0])), _bare(p[1]), p[2]) for p in pieces]
            for pieces in trees]
    by_node: dict[int, list[int]] = {}
    for k, row in enumerate(rows):
        by_node.setdefault(row.node, []).append(k)
    masks = {}
    for node, which in by_node.items():
        bits = np.array([(rows[k].lower, rows[k].upper) for k in which])
        masks[node] = np.array(which), np.packbits(bits, axis=-1), bits.shape[-1]
    return Flat(made, masks)


def raised(flat: Flat) -> list[list[Piece]]:
    """Packed trees again."""
    rows: dict[int, Sides] = {}
    for node, (which, bits, size) in flat.masks.items():
        masks = np.unpackbits(bits, axis=-1, count=size).view(np.bool_)
        for k, (lower, upper) in zip(which.tolist(), masks):
            rows[k] = Sides(node, lower, upper)

    def full(steps: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([rows[step] if isinstance(step, int) else step for step in steps])

    return [[p if isinstance(p, int) else (full(p[0]), _whole(p[1]), p[2]) for p in pieces]
            for pieces in flat.trees]


def _bare(end: Any) -> Any:
    """Three numbers for a split, two tuples for a leaf."""
    if isinstance(end, Split):
        return end.index, end.value, end.node
    return (end.parts, end.signs) if isinstance(end, Leaf) else end


def _whole(end: Any) -> Any:
    if not isinstance(end, tuple):
        return end
    return Leaf(*end) if len(end) == 2 else Split(end[0], end[1], node=end[2])
