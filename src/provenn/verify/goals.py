"""Goals: what must be shown positive on a box so that no disjunct can hold there.

For a disjunct ``cx @ x + cy @ y <= d`` every row is a goal ``cx @ x + cy @ y - d``; a disjunct is
impossible on a box as soon as one nonnegative combination of its goals is positive on the whole box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.regions import Floats, Indices
from provenn.ir.op import Array
from provenn.ir.property import Box

GAME_ROUNDS = 24
Mask = NDArray[np.bool_]


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
        box, part = np.nonzero((best <= 0.0) & (np.asarray(self.rows) > 1))
        if len(box):
            row = self.first[part][:, None] + np.arange(self.widest)
            there = np.arange(self.widest) < np.asarray(self.rows)[part][:, None]
            row = np.where(there, row, self.first[part][:, None])
            pair = box[:, None]
            weight, value = _game(entry[pair, row], bound[pair, row], there, ((hi - lo) / 2)[box])
            better = value > best[box, part]
            best[box[better], part[better]] = value[better]
            pair, row, weight = (np.broadcast_to(a, there.shape)[better][there[better]]
                                 for a in (pair, row, weight))
            kept[pair, row] = weight
        return kept, best


def _game(entry: Floats, bound: Floats, there: Mask, radius: Floats) -> tuple[Floats, Floats]:
    """Weights [pairs, rows] of the best combination met, and its minimum, of rows that are ``there``."""
    flat = bound + np.einsum("ktx,kx->kt", np.abs(entry), radius)
    weight = there / there.sum(1, keepdims=True)
    best, kept = np.full(len(bound), -np.inf), weight
    for step in range(GAME_ROUNDS):
        total = np.einsum("ktx,kt->kx", entry, weight)
        value = np.einsum("kt,kt->k", flat, weight) - np.einsum("kx,kx->k", np.abs(total), radius)
        better = value > best
        best, kept = np.where(better, value, best), np.where(better[:, None], weight, kept)
        worth = flat - np.einsum("ktx,kx->kt", entry, np.sign(total) * radius)
        worth = np.where(there, worth, -np.inf)
        worth = np.where(there, worth - worth.max(1, keepdims=True), 0.0)
        spread = -worth.min(1, keepdims=True) + 1e-300
        weight = weight * np.exp(worth / spread * (2.0 / np.sqrt(step + 1.0)))
        weight = weight / weight.sum(1, keepdims=True)
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
