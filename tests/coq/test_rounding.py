"""Primitive floats leave Coq rounded as NumPy rounds them, with the errors that they then have."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from provenn.coq.extract import extract
from provenn.coq.kernel import literal
from provenn.io.weights import graph_tensors
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from tests.coq.test_export import needs_coq

EXACT = [1.5, -0.0, 0.0, 2.0**-149, -(2.0**-126), 1.1754942106924411e-38, 3.4028234663852886e38,
         -(2.0**-130) * 3]
# Ties to even on both sides, in the subnormal range too, an underflow to 0, and one near the largest number.
ROUNDED = [1 + 2.0**-24, 1 + 3 * 2.0**-24, 0.1, -1 / 3, 2.0**-150, -3 * 2.0**-150, 1e-60,
           -(2.0**128 - 2.0**103.5)]


def source(row: list[float]) -> str:
    listed = "; ".join(map(literal, row))
    return ("From Coq Require Import List Floats.\nFrom Provenn Require Import Interface.\n"
            "Import ListNotations.\n"
            f"Definition net : network float := [Layer [[{listed}]]%float [1%float] Relu].\n")


def left(row: list[float], folder: Path) -> tuple[np.ndarray, Fraction, bool]:
    """The row of weights as Coq gives it, its error, and whether Coq proved it exact."""
    (folder / "Row.v").write_text(source(row))
    made = extract(folder / "Row.v", "net")
    tensors = graph_tensors(read_graph_words(made.words, ALL, "words"))
    return tensors["0.weight"].array.ravel(), made.errors[0][0], made.exact


def test_binary32_numbers_leave_as_they_are(tmp_path: Path) -> None:
    needs_coq()
    array, error, exact = left(EXACT, tmp_path)
    # Numbers are real numbers on their way, and those have one zero.
    assert array.tobytes() == (np.array(EXACT, np.float32) + np.float32(0)).tobytes()
    assert (error, exact) == (0, True)


def test_others_are_rounded_to_nearest(tmp_path: Path) -> None:
    needs_coq()
    rng = np.random.default_rng(5)
    row = ROUNDED + rng.normal(0, 1, 50).tolist() + (rng.normal(0, 1, 50) * 2.0**-140).tolist()
    array, error, exact = left(row, tmp_path)
    assert array.tobytes() == (np.array(row).astype(np.float32) + np.float32(0)).tobytes()
    assert not exact
    assert error == max(abs(Fraction(x) - Fraction(float(y))) for x, y in zip(row, array))
