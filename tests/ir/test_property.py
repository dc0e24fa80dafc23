"""Properties: exact truth, outward rounding, canonical words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenn.base.words import PROPERTY_MAGIC
from provenn.ir.property import Case, Property, Row, above, below, property_hash, property_words

TENTH, HALF = Fraction(1, 10), Fraction(1, 2)


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_ends_are_rounded_outward(q: Fraction) -> None:
    assert Fraction(below(q)) <= q <= Fraction(above(q))
    assert above(q) - below(q) <= 1e-15 * max(1.0, abs(below(q)))


def test_words_of_the_worked_example() -> None:
    """docs/formats/property.md spells these words out."""
    rows = (Row({0: Fraction(-1)}, {0: Fraction(1), 1: Fraction(-2)}, HALF), Row({}, {1: Fraction(1)}, TENTH))
    prop = Property(1, 2, (Case((Fraction(0),), (Fraction(1),), (rows, (Row({}, {0: TENTH}, HALF),))),))
    assert property_words(prop).tolist() == [
        PROPERTY_MAGIC, 1, 26, 1, 2, 1,
        0, 1, 2,
        2, 1, 1, -1, 0, 1, -2, 0, 1, 0.5, above(TENTH),
        1, 0, 1, 1, 0, 5,
    ]
    assert len(property_hash(prop)) == 64


def test_truth_is_exact() -> None:
    row = Row({0: Fraction(1)}, {0: Fraction(1)}, TENTH)
    third = Fraction(1, 30)
    assert row.holds([third * 2], [third])
    assert not row.holds([third * 2], [third + Fraction(1, 10**30)])
    strict = Row(row.x, row.y, row.bound, strict=True)
    assert not strict.holds([third * 2], [third])


def test_violations_are_found_by_case_and_disjunct() -> None:
    def case(lo: int) -> Case:
        safe, unsafe = Row({}, {0: Fraction(1)}, Fraction(-9)), Row({}, {0: Fraction(1)}, HALF)
        return Case((Fraction(lo),), (Fraction(lo + 1),), ((safe,), (unsafe,)))

    prop = Property(1, 1, (case(0), case(5)))
    assert prop.violated_by([HALF], [HALF]) == (0, 1)
    assert prop.violated_by([Fraction(5)], [HALF]) == (1, 1)
    assert prop.violated_by([Fraction(3)], [HALF]) is None
    assert prop.violated_by([HALF], [Fraction(1)]) is None


@pytest.mark.parametrize("digits", [1, 5, 15])
def test_rows_are_scaled_to_exact_coefficients(digits: int) -> None:
    row = Row({}, {0: Fraction(1, 10**digits), 1: Fraction(3, 10**digits)}, HALF)
    made = row.scaled()
    assert made.y[1] / made.y[0] == 3
    assert all(Fraction(float(c)) == c for c in made.y.values())
    assert made.bound / row.bound == made.y[0] / row.y[0] > 0
