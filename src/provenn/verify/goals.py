"""Goals: what must be shown positive on a box so that no disjunct can hold there.

For a disjunct ``cx @ x + cy @ y <= d`` every row is a goal ``cx @ x + cy @ y - d``; a disjunct is
impossible on a box as soon as one nonnegative combination of its goals is positive on the whole box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenn.bounds.regions import Floats, Indices
from provenn.ir.op import Array
from provenn.ir.property import Box

GAME_ROUNDS = 24


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
        """cx, cy, d of (case, disjunct) pairs, [pairs, widest, …]; short disjuncts repeat their first row."""
        step = np.arange(self.widest)
        count = np.asarray(self.rows)[disjunct]
        index = self.first[disjunct][:, None] + np.where(step < count[:, None], step, 0)
        pick = case[:, None]
        return self.cx[pick, index], self.cy[pick, index], self.d[pick, index]

    def mixed(self, entry: Floats, bound: Floats, lo: Floats, hi: Floats) -> tuple[Floats, Floats]:
        """Multipliers [boxes, rows] and value [boxes, disjuncts] of good combinations of linear bounds.

        ``entry`` [boxes, rows, inputs] are input coefficients of the rows' lower bounds and ``bound`` their
        minima. Combining rows is a matrix game against the box; a few rounds of multiplicative weights
        from the uniform mixture, the best combination is kept. Single rows are combinations too.
        """
        index = np.arange(len(bound))[:, None]
        best = self.best(bound)
        pick = np.stack([bound[:, a : a + n].argmax(1) + a for a, n in zip(self.first, self.rows)], 1)
        kept = np.zeros_like(bound)
        kept[index, pick] = 1.0
        if self.widest == 1 or (best > 0.0).all():
            return kept, best
        radius = (hi - lo) / 2
        flat = bound + np.einsum("btx,bx->bt", np.abs(entry), radius)
        weight = np.ones_like(bound) / np.asarray(self.rows)[self.part]
        for step in range(GAME_ROUNDS):
            total = np.add.reduceat(entry * weight[:, :, None], self.first, axis=1)
            value = np.add.reduceat(flat * weight, self.first, axis=1)
            value = value - np.einsum("bpx,bx->bp", np.abs(total), radius)
            better = value > best
            best = np.where(better, value, best)
            kept = np.where(better[:, self.part], weight, kept)
            corner = -np.sign(total) * radius[:, None]
            worth = flat + np.einsum("btx,btx->bt", entry, corner[:, self.part])
            worth = worth - self.best(worth)[:, self.part]
            spread = -np.minimum.reduceat(worth, self.first, axis=1)[:, self.part] + 1e-300
            weight = weight * np.exp(worth / spread * (2.0 / np.sqrt(step + 1.0)))
            weight = weight / np.add.reduceat(weight, self.first, axis=1)[:, self.part]
        return kept, best


def make_goals(boxes: Sequence[Box]) -> list[Goals]:
    """Cases grouped by layout. A case without disjuncts or with an empty box is left out."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, box in enumerate(boxes):
        if box.disjuncts and (box.lo <= box.hi).all():
            groups.setdefault(tuple(len(m.d) for m in box.disjuncts), []).append(i)
    made = []
    for rows, cases in groups.items():
        cx, cy, d = (_stacked([np.concatenate([getattr(m, name) for m in boxes[i].disjuncts]) for i in cases])
                     for name in ("cx", "cy", "d"))
        lo, hi = _stacked([boxes[i].lo for i in cases]), _stacked([boxes[i].hi for i in cases])
        made.append(Goals(tuple(cases), lo, hi, cx, cy, d, rows))
    return made


def _stacked(parts: Sequence[Array]) -> Floats:
    return np.stack(parts).astype(np.float64, copy=False)
