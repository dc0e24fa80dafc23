"""Properties in one form: a union of boxes, each with a disjunction of conjunctions of linear rows.

A property describes what must *not* happen: an input in the box of some case whose output satisfies
all rows of some disjunct is a counterexample. Numbers are exact fractions, as written in the file.
The canonical words round outward: boxes and right-hand sides only ever grow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from provenn.base.words import PROPERTY_MAGIC, VERSION, Words, sha256
from provenn.errors import PropertyError
from provenn.ir.op import Array


@dataclass(frozen=True, slots=True)
class Row:
    """``sum x[i]*X_i + sum y[j]*Y_j <= bound`` (``<`` when strict), coefficients by flat index."""

    x: Mapping[int, Fraction]
    y: Mapping[int, Fraction]
    bound: Fraction
    strict: bool = False

    def holds(self, x: list[Fraction], y: list[Fraction]) -> bool:
        """Exact truth at a point."""
        left = sum((c * x[i] for i, c in self.x.items()), Fraction(0))
        left += sum((c * y[j] for j, c in self.y.items()), Fraction(0))
        return left < self.bound if self.strict else left <= self.bound

    def scaled(self) -> Row:
        """The same row with coefficients that binary64 holds exactly (a positive multiple of them).

        Raises PropertyError (PNN-PROP-301) when no multiple does.
        """
        cs = [*self.x.values(), *self.y.values()]
        if all(map(is_binary64, cs)):
            return self
        m = math.lcm(*(c.denominator for c in cs))
        if not all(is_binary64(c * m) for c in cs):
            raise PropertyError("PNN-PROP-301", "the coefficients of one row have no common binary64 scale",
                                got=", ".join(f"{float(c):.6g}" for c in cs[:6]),
                                hint="write them with fewer digits")
        return Row({i: c * m for i, c in self.x.items()}, {j: c * m for j, c in self.y.items()},
                   self.bound * m, self.strict)


Disjunct = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One input box (exact ends, flat order) and the disjuncts that are unsafe in it."""

    lo: tuple[Fraction, ...]
    hi: tuple[Fraction, ...]
    disjuncts: tuple[Disjunct, ...]

    def point(self, x: Sequence[Fraction]) -> list[Fraction] | None:
        """The point of the box that the binary32 numbers ``x`` stand for, or None.

        A number inside its interval stands for itself. Where an interval holds no binary32 number, as
        ``X_3 = 0.1`` does, the nearest one on either side stands for the end that it is nearest to.
        """
        made = []
        for v, low, high in zip(x, self.lo, self.hi):
            if low <= v <= high:
                made.append(v)
            elif binary32(low, up=True) > high and v in (binary32(low, up=False), binary32(high, up=True)):
                made.append(low if v < low else high)
            else:
                return None
        return made


@dataclass(frozen=True, slots=True)
class Property:
    """What must not happen, over ``inputs`` flat inputs and ``outputs`` flat outputs."""

    inputs: int
    outputs: int
    cases: tuple[Case, ...]
    source: str = ""

    def violated_by(self, x: list[Fraction], y: list[Fraction]) -> tuple[int, int] | None:
        """(case, disjunct) that holds exactly at ``(x, y)``, or None."""
        for c, case in enumerate(self.cases):
            if all(a <= v <= b for a, v, b in zip(case.lo, x, case.hi)):
                for d, rows in enumerate(case.disjuncts):
                    if all(r.holds(x, y) for r in rows):
                        return c, d
        return None

    def violated_at(
        self, x: list[Fraction], y: list[Fraction]
    ) -> tuple[int, int, list[Fraction]] | None:
        """(case, disjunct, point) when binary32 numbers ``x`` stand for a violating point of a box."""
        for c, case in enumerate(self.cases):
            point = case.point(x)
            for d, rows in enumerate(case.disjuncts if point is not None else ()):
                if point is not None and all(r.holds(point, y) for r in rows):
                    return c, d, point
        return None


def exactly(values: Array) -> list[Fraction]:
    """Floating-point numbers as the fractions that they are."""
    return [Fraction(float(v)) for v in values]


def _excess(f: float, q: Fraction) -> int:
    """An integer of the sign of ``f - q``."""
    top, bottom = f.as_integer_ratio()
    return top * q.denominator - q.numerator * bottom


def binary32(q: Fraction, up: bool) -> float:
    """The nearest binary32 number that is at least ``q`` (``up``), or at most ``q``."""
    near = np.float32(q.numerator / q.denominator)
    over = _excess(float(near), q)
    if up and over < 0:
        near = np.nextafter(near, np.float32(np.inf))
    if not up and over > 0:
        near = np.nextafter(near, np.float32(-np.inf))
    return float(near)


def is_binary64(q: Fraction) -> bool:
    """True when binary64 holds ``q`` exactly."""
    try:
        return _excess(q.numerator / q.denominator, q) == 0
    except OverflowError:
        return False


def below(q: Fraction) -> float:
    """Largest binary64 number that is at most ``q``."""
    f = q.numerator / q.denominator
    return f if _excess(f, q) <= 0 else math.nextafter(f, -math.inf)


def above(q: Fraction) -> float:
    """Smallest binary64 number that is at least ``q``."""
    f = q.numerator / q.denominator
    return f if _excess(f, q) >= 0 else math.nextafter(f, math.inf)


@dataclass(frozen=True, slots=True)
class Matrices:
    """A disjunct as binary64 arrays: unsafe when ``cx @ x + cy @ y <= d`` in every row."""

    cx: Array
    cy: Array
    d: Array


@dataclass(frozen=True, slots=True)
class Box:
    """A case as binary64 arrays, ends rounded outward."""

    lo: Array
    hi: Array
    disjuncts: tuple[Matrices, ...]


def boxes(prop: Property) -> tuple[Box, ...]:
    """The property as arrays: exactly the numbers of its canonical words."""
    made = []
    for case in prop.cases:
        parts = []
        for rows in case.disjuncts:
            cx, cy = np.zeros((len(rows), prop.inputs)), np.zeros((len(rows), prop.outputs))
            d = np.zeros(len(rows))
            for k, row in enumerate(r.scaled() for r in rows):
                for i, c in row.x.items():
                    cx[k, i] = float(c)
                for j, c in row.y.items():
                    cy[k, j] = float(c)
                d[k] = above(row.bound)
            parts.append(Matrices(cx, cy, d))
        lo, hi = [below(q) for q in case.lo], [above(q) for q in case.hi]
        made.append(Box(np.array(lo), np.array(hi), tuple(parts)))
    return tuple(made)


def property_words(prop: Property) -> Words:
    """Canonical words (docs/formats/property.md)."""
    blocks: list[Array] = []
    for box in boxes(prop):
        blocks += [box.lo, box.hi, np.array([len(box.disjuncts)], np.float64)]
        for m in box.disjuncts:
            has_x, has_y = bool(m.cx.any()), bool(m.cy.any())
            blocks.append(np.array([len(m.d), has_x, has_y], np.float64))
            blocks += [m.cx.ravel()] if has_x else []
            blocks += [m.cy.ravel()] if has_y else []
            blocks.append(m.d)
    body = np.concatenate([*blocks, np.zeros(0)])
    head = [PROPERTY_MAGIC, VERSION, 6 + body.size, prop.inputs, prop.outputs, len(prop.cases)]
    return np.concatenate([np.array(head, np.float64), body])


def property_hash(prop: Property) -> str:
    """SHA-256 of the canonical form."""
    return sha256(property_words(prop))
