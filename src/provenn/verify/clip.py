"""Parts of a box that are refuted already, cut off before the rest is split.

A linear lower bound ``a @ x + b`` of a disjunct's goal is positive on the far side of a plane; where every
disjunct is, beyond the same value of one input, the box ends there. In the certificate a cut is a split
with a leaf on one side, which uses the slopes and multipliers of the bound. Small cuts are not worth that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from provenn.bounds.regions import Floats, Indices
from provenn.bounds.slopes import Ascent
from provenn.verify.certificate import Slopes
from provenn.verify.goals import Goals

LEAST, MOST = 0.3, 8
Part = tuple[Floats, Slopes]


@dataclass
class Lowers:
    """A linear lower bound of every disjunct's goal on some boxes, and the parameters that give it.

    ``entry`` [boxes, disjuncts, inputs] are its coefficients, ``value`` [boxes, disjuncts] its minimum less
    a safety margin, ``multipliers`` [boxes, rows] belong to adaptive slopes; ``chosen`` [boxes, disjuncts]
    are rows of ``found`` where that is better, else -1.
    """

    goals: Goals
    entry: Floats
    value: Floats
    multipliers: Floats
    chosen: Indices
    found: Ascent | None = None

    @staticmethod
    def of(goals: Goals, entry: Floats, value: Floats, multipliers: Floats) -> Lowers:
        """The bounds with adaptive slopes, from coefficients by row [boxes, rows, inputs]."""
        if goals.widest > 1:
            entry = np.add.reduceat(entry * multipliers[:, :, None], goals.first, axis=1)
        return Lowers(goals, entry, value, multipliers, np.full(value.shape, -1))

    def improve(self, box: Indices, disjunct: Indices, found: Ascent, margin: Floats) -> None:
        """Take over what an ascent found for some pairs, where it is better."""
        value = found.bound - margin
        better = np.flatnonzero(value > self.value[box, disjunct])
        self.found, at = found, (box[better], disjunct[better])
        self.value[at], self.entry[at], self.chosen[at] = value[better], found.entry[better], better

    def parts(self, i: int, sizes: Mapping[int, int]) -> tuple[Part, ...]:
        """Multipliers and slopes of box ``i``, disjunct by disjunct."""
        made: list[Part] = [(m, {}) for m in np.split(self.multipliers[i], self.goals.first[1:])]
        for p, k in enumerate(self.chosen[i].tolist()):
            if k >= 0 and self.found is not None:
                made[p] = self.found.multipliers[k, : self.goals.rows[p]], self.found.best.vectors(sizes, k)
        return tuple(made)


@dataclass(frozen=True)
class Cut:
    """What is refuted beyond ``value`` of one input: the side above it, or the one below."""

    index: int
    value: float
    above: bool


def cuts(lowers: Lowers, lo: Floats, hi: Floats, which: Indices) -> tuple[list[list[Cut]], Floats]:
    """Cuts of boxes ``which`` of those with ends ``lo`` and ``hi``, and the share of each that is left."""
    low, high = lo[which], hi[which]
    entry, value = lowers.entry[which], lowers.value[which]
    with np.errstate(all="ignore"):
        reach = np.where(value <= 0.0, -value, 0.0)[:, :, None] / np.abs(entry)
        open_ = (value <= 0.0)[:, :, None]
        top = np.where(open_, np.where(entry > 0.0, reach, np.inf), 0.0).max(1) + low
        bottom = high - np.where(open_, np.where(entry < 0.0, reach, np.inf), 0.0).max(1)
    width = high - low
    least = LEAST * width
    gain = np.where(width > 0.0, np.maximum(high - np.maximum(top, low), np.minimum(bottom, high) - low), 0.0)
    gain = np.where(np.isfinite(gain) & (gain > least), gain, 0.0)
    place = np.argsort(-gain / np.maximum(width, 1e-300), 1)[:, :MOST]
    left, made = np.ones(len(which)), list[list[Cut]]()
    for k, row in enumerate(place.tolist()):
        found = []
        for i in row:
            above = bool(top[k, i] < high[k, i] and high[k, i] - top[k, i] >= bottom[k, i] - low[k, i])
            at = float(top[k, i] if above else bottom[k, i])
            if gain[k, i] > 0.0 and low[k, i] < at < high[k, i]:
                found.append(Cut(i, at, above))
                left[k] *= 1.0 - gain[k, i] / width[k, i]
        made.append(found)
    return made, left
