"""Goals: what must be shown positive on a box so that no disjunct can hold there.

For a disjunct ``cx @ x + cy @ y <= d`` every row is a goal ``cx @ x + cy @ y - d``; a disjunct is
impossible on a box as soon as one nonnegative combination of its goals is positive on the whole box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenn.bounds.regions import Floats, Indices
from provenn.verify.property import Box


@dataclass
class Goals:
    """Goals of several cases that have the same layout: row t belongs to disjunct ``part[t]``.

    ``cases`` are their numbers in the property; arrays are [cases, rows, …].
    """

    cases: tuple[int, ...]
    lo: Floats
    hi: Floats
    cx: Floats
    cy: Floats
    d: Floats
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        self.part: Indices = np.repeat(np.arange(len(self.rows)), self.rows)
        self.first: Indices = np.concatenate([[0], np.cumsum(self.rows)[:-1]]).astype(np.intp)
        self.mixes = bool(self.cx.any())
        self.widest = max(self.rows, default=0)

    def best(self, bound: Floats) -> Floats:
        """The best of each disjunct's rows: [boxes, rows] to [boxes, disjuncts]."""
        out: Floats = np.maximum.reduceat(bound, self.first, axis=1)
        return out

    def padded(self, case: Indices, disjunct: Indices) -> tuple[Floats, Floats, Floats]:
        """cx, cy, d of (case, disjunct) pairs, [pairs, widest, …]; rows beyond the disjunct repeat its first."""
        step = np.arange(self.widest)
        count = np.asarray(self.rows)[disjunct]
        index = self.first[disjunct][:, None] + np.where(step < count[:, None], step, 0)
        pick = case[:, None]
        return self.cx[pick, index], self.cy[pick, index], self.d[pick, index]


def make_goals(boxes: Sequence[Box]) -> list[Goals]:
    """Cases grouped by layout. A case without disjuncts or with an empty box is left out."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, box in enumerate(boxes):
        if box.disjuncts and (box.lo <= box.hi).all():
            groups.setdefault(tuple(len(m.d) for m in box.disjuncts), []).append(i)
    made = []
    for rows, cases in groups.items():
        cx, cy, d = (np.stack([np.concatenate([getattr(m, name) for m in boxes[i].disjuncts]) for i in cases])
                     for name in ("cx", "cy", "d"))
        lo, hi = np.stack([boxes[i].lo for i in cases]), np.stack([boxes[i].hi for i in cases])
        made.append(Goals(tuple(cases), lo, hi, cx, cy, d, rows))
    return made
