"""Hints of curves during an ascent: where lines should touch, for groups of rows.

The lines of a curve are not affine in its hint, so they are drawn again at every step, and their
derivative by the hint is a difference quotient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenn.bounds.regions import Floats, Indices, Regions, Widths

STEP = 1e-3
Four = tuple[Floats, Floats, Floats, Floats]


@dataclass
class Hints:
    """Hints of one unary node, [groups, size], between bounds [groups or 1, size]; Adam's moments."""

    regions: Regions
    node: int
    low: Floats
    high: Floats
    value: Floats
    first: Floats
    second: Floats
    noise: Widths | None = None
    drawn: Four | None = None

    @staticmethod
    def of(regions: Regions, node: int, low: Floats, high: Floats, start: Floats,
           noise: Widths | None = None) -> Hints:
        """Hints to start from."""
        value = start.copy()
        return Hints(regions, node, low, high, value, np.zeros_like(value), np.zeros_like(value), noise)

    @property
    def columns(self) -> Indices:
        """All elements have hints."""
        return np.arange(self.value.shape[1])

    def take(self, rows: Indices) -> Hints:
        """Those of some groups."""
        low, high = (_some(a, rows) for a in (self.low, self.high))
        noise = None if self.noise is None else (_some(self.noise[0], rows), _some(self.noise[1], rows))
        drawn = None
        if self.drawn is not None:
            a, b, c, d = (part[rows] for part in self.drawn)
            drawn = a, b, c, d
        return Hints(self.regions, self.node, low, high, self.value[rows], self.first[rows],
                     self.second[rows], noise, drawn)

    def lines(self) -> Four:
        """Lines at the present hints."""
        self.drawn = self._lines(self.value)
        return self.drawn

    def _lines(self, value: Floats) -> Four:
        made = self.regions.lines(self.node, self.low, self.high, value, self.noise)
        a, b, c, d = (np.broadcast_to(part, (len(value), part.shape[1])) for part in made)
        return a, b, c, d

    def rates(self) -> Four:
        """How lines change with the hints, from those that were drawn last, at the present hints."""
        here = self.drawn or self.lines()
        step = np.where(self.value < 0.5, STEP, -STEP)
        a, b, c, d = ((new - old) / np.tile(step, (1, new.shape[1] // step.shape[1]))
                      for new, old in zip(self._lines(self.value + step), here))
        return a, b, c, d


def _some(a: Floats, rows: Indices) -> Floats:
    return a if len(a) == 1 else a[rows]
