"""Formulas over network inputs and outputs: linear terms, comparisons, and, or.

Negations never appear: readers push them down to the comparisons with ``compare``'s ``negated``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from provenn.ir.property import Row

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; ``All(())`` is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True when some part is; ``Some(())`` is false."""

    parts: tuple[Formula, ...]


Formula = Row | All | Some


@dataclass(slots=True)
class Linear:
    """``sum x[i]*X_i + sum y[j]*Y_j + constant``, exactly."""

    x: dict[int, Fraction] = field(default_factory=dict)
    y: dict[int, Fraction] = field(default_factory=dict)
    constant: Fraction = ZERO

    def plus(self, other: Linear, factor: Fraction | int = 1) -> Linear:
        """The sum of this term and a multiple of another; terms that cancel disappear."""
        return Linear(_merged(self.x, other.x, factor), _merged(self.y, other.y, factor),
                      self.constant + factor * other.constant)

    def times(self, factor: Fraction) -> Linear:
        """A multiple of this term."""
        return Linear().plus(self, factor)

    @property
    def is_constant(self) -> bool:
        """True when no variable occurs."""
        return not self.x and not self.y


def _merged(a: dict[int, Fraction], b: dict[int, Fraction], factor: Fraction | int) -> dict[int, Fraction]:
    out = dict(a)
    for i, c in b.items():
        out[i] = out.get(i, ZERO) + factor * c
    return {i: c for i, c in out.items() if c}


def total(terms: Iterable[Linear]) -> Linear:
    """The sum of terms."""
    out = Linear()
    for term in terms:
        for i, c in term.x.items():
            out.x[i] = out.x.get(i, ZERO) + c
        for i, c in term.y.items():
            out.y[i] = out.y.get(i, ZERO) + c
        out.constant += term.constant
    return Linear().plus(out)


def compare(op: str, left: Linear, right: Linear, negated: bool = False) -> Formula:
    """``left op right`` (or its negation) for op in <=, <, >=, >, =, !=. Comparing constants decides."""
    if op in ("=", "!="):
        equal = (op == "=") != negated
        both = compare("<=" if equal else "<", left, right), compare(">=" if equal else ">", left, right)
        return All(both) if equal else Some(both)
    if negated:
        op = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}[op]
    small, large = (left, right) if op in ("<=", "<") else (right, left)
    strict = op in ("<", ">")
    if large.is_constant and not small.constant and not small.is_constant:
        return Row(small.x, small.y, large.constant, strict)
    if small.is_constant and not large.constant and not large.is_constant:
        return Row({i: -c for i, c in large.x.items()}, {j: -c for j, c in large.y.items()}, -small.constant,
                   strict)
    gap = small.plus(large, -1)
    if gap.is_constant:
        return All(()) if gap.constant < 0 or (gap.constant == 0 and not strict) else Some(())
    return Row(gap.x, gap.y, -gap.constant, strict)


def holds(formula: Formula, x: list[Fraction], y: list[Fraction]) -> bool:
    """Exact truth at a point: what a formula means."""
    if isinstance(formula, Row):
        return formula.holds(x, y)
    truths = (holds(part, x, y) for part in formula.parts)
    return all(truths) if isinstance(formula, All) else any(truths)
