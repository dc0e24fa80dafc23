"""Boxes around labelled points: the claim that every point of a box gets the label's class.

A pixel is one of few exact numbers k / largest, so the ends of a box come from a table of exact fractions:
max(0, k / largest - eps) rounded down to binary64 and min(1, k / largest + eps) rounded up.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from provenn.base.words import PROPERTY_MAGIC, VERSION, Words
from provenn.bounds.regions import Floats, Indices
from provenn.ir.property import Case, Disjunct, Property, Row, above, below
from provenn.verify.goals import Goals

ZERO, ONE = Fraction(0), Fraction(1)


def ends(pixel: int, largest: int, eps: Fraction) -> tuple[Fraction, Fraction]:
    """[k / largest - eps, k / largest + eps] within [0, 1], exactly."""
    middle = Fraction(pixel, largest)
    return max(ZERO, middle - eps), min(ONE, middle + eps)


def rivals_win(label: int, classes: int) -> tuple[Disjunct, ...]:
    """What must not happen: one disjunct for every other class, whose output is at least the label's."""
    return tuple((Row({}, {label: ONE, j: -ONE}, ZERO),) for j in range(classes) if j != label)


@dataclass(frozen=True)
class Balls:
    """Boxes around images: pixels uint8 [count, inputs] of full value ``largest``, labels [count].

    ``eps`` is the exact radius in units of the network's input, which is pixel / largest.
    """

    pixels: NDArray[np.uint8]
    labels: Indices
    classes: int
    largest: int
    eps: Fraction

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, which: Indices) -> Balls:
        """The boxes of some images."""
        return Balls(self.pixels[which], self.labels[which], self.classes, self.largest, self.eps)

    def box(self) -> tuple[Floats, Floats]:
        """Lower and upper ends [count, inputs], rounded outward to binary64."""
        exact = [ends(k, self.largest, self.eps) for k in range(self.largest + 1)]
        low, high = np.array([below(a) for a, _ in exact]), np.array([above(b) for _, b in exact])
        return low[self.pixels], high[self.pixels]

    def rivals(self) -> Indices:
        """The other classes of each image, [count, classes - 1]."""
        every = np.broadcast_to(np.arange(self.classes), (len(self), self.classes))
        others: Indices = every[every != self.labels[:, None]].reshape(len(self), self.classes - 1)
        return others

    def rows(self) -> Floats:
        """One row of coefficients a rival, [count, classes - 1, classes]: label's score less the rival's."""
        identity = np.eye(self.classes)
        return identity[self.labels][:, None] - identity[self.rivals()]

    def goals(self) -> Goals:
        """What must be positive on every box: the label's score less each rival's."""
        lo, hi = self.box()
        rows = self.rows()
        cx = np.broadcast_to(0.0, (*rows.shape[:2], lo.shape[1]))
        return Goals(tuple(range(len(self))), lo, hi, cx, rows, np.zeros(rows.shape[:2]),
                     (1,) * (self.classes - 1))

    def words(self) -> Words:
        """Canonical words of ``property()`` (docs/formats/property.md), made at once."""
        lo, hi = self.box()
        rows = self.rows()
        mark = np.broadcast_to([1.0, 0.0, 1.0], (*rows.shape[:2], 3))
        disjuncts = np.concatenate([mark, rows, np.zeros((*rows.shape[:2], 1))], 2).reshape(len(self), -1)
        count = np.full((len(self), 1), float(self.classes - 1))
        body = np.concatenate([lo, hi, count, disjuncts], 1).ravel()
        head = [PROPERTY_MAGIC, VERSION, 6 + body.size, lo.shape[1], self.classes, len(self)]
        return np.concatenate([np.array(head, np.float64), body])

    def property(self) -> Property:
        """The same claim with exact fractions: one case an image, one disjunct a rival that wins or ties."""
        cases = []
        for pixels, label in zip(self.pixels.tolist(), self.labels.tolist()):
            box = [ends(k, self.largest, self.eps) for k in pixels]
            cases.append(Case(tuple(a for a, _ in box), tuple(b for _, b in box),
                              rivals_win(label, self.classes)))
        return Property(self.pixels.shape[1], self.classes, tuple(cases), f"eps {self.eps}")
