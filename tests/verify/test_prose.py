"""Properties in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from provenn.ir.property import Case, Property, Row
from provenn.verify.prose import property_in_words, row_in_words

ONE, HALF = Fraction(1), Fraction(1, 2)


@pytest.mark.parametrize(("row", "words"), [
    (Row({}, {0: ONE}, HALF), "Y_0 <= 0.5"),
    (Row({}, {0: ONE}, HALF, strict=True), "Y_0 < 0.5"),
    (Row({}, {0: -ONE}, HALF), "Y_0 >= -0.5"),
    (Row({}, {0: ONE, 1: Fraction(-2)}, HALF), "Y_0 - 2 Y_1 <= 0.5"),
    (Row({3: -HALF}, {0: ONE}, Fraction(0)), "-0.5 X_3 + Y_0 <= 0"),
    (Row({}, {}, Fraction(0)), "0 <= 0"),
])
def test_rows(row: Row, words: str) -> None:
    assert row_in_words(row) == words


def test_a_robustness_property_names_its_class() -> None:
    rivals = tuple((Row({}, {2: ONE, j: -ONE}, Fraction(0)),) for j in (0, 1))
    text = property_in_words(Property(1, 3, (Case((HALF,), (ONE,), rivals),)))
    assert text == ["For every input with 0.5 <= X_0 <= 1: it never happens that another output reaches Y_2 "
                    "(that is: class 2 keeps the largest output)."]


def test_many_boxes_are_cut_short() -> None:
    case = Case((HALF,), (HALF,), ((Row({}, {0: ONE}, HALF),),))
    text = property_in_words(Property(1, 1, (case,) * 20))
    assert text[0] == "Box 1 of 20: for every input with X_0 = 0.5: it never happens that Y_0 <= 0.5."
    assert text[-1] == "… and 12 more boxes."


def test_many_inputs_are_summarised() -> None:
    case = Case((Fraction(0),) * 20, (HALF,) * 10 + (Fraction(0),) * 10, ((),))
    assert property_in_words(Property(20, 1, (case,))) == [
        "For every input with 10 of the 20 inputs free in intervals of width 0.5 to 0.5, inside [0, 0.5]: "
        "it never happens that anything."]
