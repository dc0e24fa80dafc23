"""Decimal numbers as exact fractions."""

from __future__ import annotations

import re
from fractions import Fraction

NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?", re.ASCII)
LONGEST = 400
LARGEST_EXPONENT = 1000


def decimal(text: str) -> Fraction | None:
    """The exact value of a decimal such as ``-1.5e-06``; None for anything else.

    Numbers of more than LONGEST characters or with a power of ten beyond ±2 * LONGEST are not read (None).
    """
    match = NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        return None
    sign, whole, part, exponent = match.groups("")
    shift = int(exponent or 0) - len(part)
    if not whole + part or abs(shift) > 2 * LONGEST:
        return None
    value = int(sign + whole + part)
    return Fraction(value * 10**shift) if shift >= 0 else Fraction(value, 10**-shift)


def is_huge(q: Fraction) -> bool:
    """True beyond about 2**1000, where binary64 arithmetic would soon overflow."""
    return q.numerator.bit_length() - q.denominator.bit_length() > LARGEST_EXPONENT
