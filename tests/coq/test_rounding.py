"""Numbers leave Coq rounded to the nearest of each element type, with the errors that they then have."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.coq.coqc import coqc
from provenn.coq.extract import extract
from provenn.coq.kernel import literal
from provenn.errors import CertificateError
from provenn.io.weights import computed, graph_tensors
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from tests.coq.test_export import needs_coq

EXACT = [1.5, -0.0, 0.0, 2.0**-149, -(2.0**-126), 1.1754942106924411e-38, 3.4028234663852886e38,
         -(2.0**-130) * 3]
# Ties to even on both sides, in the subnormal range too, an underflow to 0, and one near the largest number.
ROUNDED = [1 + 2.0**-24, 1 + 3 * 2.0**-24, 0.1, -1 / 3, 2.0**-150, -3 * 2.0**-150, 1e-60,
           -(2.0**128 - 2.0**103.5)]
# Precision and the exponent of the smallest subnormal number.
FORMATS = {"F64": (53, -1074), "F32": (24, -149), "F16": (11, -24), "BF16": (8, -133)}


def nearest(q: Fraction, dtype: str) -> Fraction:
    """The number of the format nearest to ``q``, ties to even, in exact arithmetic."""
    precision, least = FORMATS[dtype]
    if not q:
        return q
    size = abs(q.numerator).bit_length() - q.denominator.bit_length()
    size -= abs(q) < Fraction(2) ** size
    unit = Fraction(2) ** max(size - precision + 1, least)
    return round(q / unit) * unit


def source(row: list[str], kind: str) -> str:
    listed = "; ".join(row)
    return ("From Coq Require Import List Floats QArith.\nFrom Provenn Require Import Interface.\n"
            "Import ListNotations.\n"
            f"Definition net : network {kind} := [Layer [[{listed}]]%{kind} [1]%{kind} Relu].\n")


def left(row: list[str], folder: Path, dtype: str = "F32", kind: str = "float"
         ) -> tuple[list[Fraction], Fraction, bool]:
    """The row of weights as Coq gives it, its error, and whether Coq proved it exact."""
    (folder / "Row.v").write_text(source(row, kind))
    made = extract(folder / "Row.v", "net", dtype=dtype)
    graph = read_graph_words(made.words, ALL, "words", dtype=computed(dtype))
    tensors = graph_tensors(graph, dtype)
    return [Fraction(float(v)) for v in tensors["0.weight"].array.ravel()], made.errors[0][0], made.exact


def test_binary32_numbers_leave_as_they_are(tmp_path: Path) -> None:
    needs_coq()
    row, error, exact = left([literal(x) for x in EXACT], tmp_path)
    # Numbers are real numbers on their way, and those have one zero.
    assert row == [Fraction(x) for x in EXACT]
    assert (error, exact) == (0, True)


def ties(dtype: str) -> list[float]:
    """Halfway between neighbours: at 1, at the smallest numbers, and where nothing is left."""
    precision, least = FORMATS[dtype]
    unit, tiny = 2.0**-precision, 2.0**least
    return [1 + unit, 1 + 3 * unit, -1 - unit * 1.001, tiny * 0.5, -tiny * 1.5, tiny * 0.49, -tiny * 2.5]


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
def test_floats_are_rounded_to_nearest(dtype: str, tmp_path: Path) -> None:
    needs_coq()
    rng = np.random.default_rng(5)
    row = [*ties(dtype), 0.1, -1 / 3, 1e-60]
    row += (rng.normal(0, 1, 50) * 2.0 ** rng.integers(-30, 10, 50)).tolist()
    row += {"F32": ROUNDED, "BF16": ROUNDED[:-1], "F16": [65519.0, -65504.0]}[dtype]
    made, error, exact = left([literal(x) for x in row], tmp_path, dtype)
    assert made == [nearest(Fraction(x), dtype) for x in row]
    assert not exact
    assert error == max(abs(Fraction(x) - y) for x, y in zip(row, made))


@pytest.mark.parametrize("dtype", sorted(FORMATS))
def test_fractions_are_rounded_to_nearest(dtype: str, tmp_path: Path) -> None:
    needs_coq()
    rng = np.random.default_rng(6)
    row = [Fraction(int(n), int(d)) for n, d in rng.integers(1, 10**9, (60, 2))]
    row += [-q for q in row[:20]] + [Fraction(x) for x in ties(dtype)[:3]] + [Fraction(1, 10**30)]
    made, error, exact = left([f"{q.numerator} # {q.denominator}" for q in row], tmp_path, dtype, "Q")
    assert made == [nearest(q, dtype) for q in row]
    assert not exact
    assert error == max(abs(q - y) for q, y in zip(row, made))


def test_binary64_numbers_leave_as_they_are(tmp_path: Path) -> None:
    needs_coq()
    row = [*EXACT, *ROUNDED, 5e-324, -1.7976931348623157e308, 2.2250738585072011e-308, 1 + 2.0**-52]
    made, error, exact = left([literal(x) for x in row], tmp_path, "F64")
    assert made == [Fraction(x) for x in row]
    assert (error, exact) == (0, True)


@pytest.mark.parametrize(("dtype", "number"), [("F16", "-65520"), ("I8", "0.5"), ("I64", "16777217")])
def test_what_the_type_lacks_is_refused(dtype: str, number: str, tmp_path: Path) -> None:
    needs_coq()
    with pytest.raises(CertificateError) as caught:
        left([number], tmp_path, dtype)
    assert caught.value.code == "PNN-CERT-623"
    assert ("whole numbers" in str(caught.value)) == dtype.startswith("I")


def test_each_type_ends_where_it_ends(tmp_path: Path) -> None:
    needs_coq()
    last = {"I8": (127, 128), "I16": (2**15 - 1, 2**15), "I32": (2**31 - 128, 2**31), "F16": (65519, 65520),
            "I64": (2**63 - 2**39, 2**63), "F32": (2**128 - 2**103 - 1, 2**128 - 2**103),
            "BF16": (2**128 - 2**119 - 1, 2**128 - 2**119), "F64": (2**1024 - 2**970 - 1, 2**1024 - 2**970)}
    lines = ["From Coq Require Import QArith.", "From Provenn Require Import Interface."]
    for dtype, (held, lost) in last.items():
        for q, there in ((held, "true"), (lost, "false"), (-held, "true"), (-lost - 1, "false")):
            said = f"(if as_element in_{dtype} ({q}) then true else false) = {there}"
            lines.append(f"Example of_{len(lines)} : {said}."
                         "\nProof. vm_compute. reflexivity. Qed.")
    (tmp_path / "Ends.v").write_text("\n".join(lines))
    coqc(tmp_path / "Ends.v")


@pytest.mark.parametrize(("dtype", "ends"), [
    ("I8", (-128, 127)), ("I64", (-(2**63), 2**62))])
def test_integers_leave_as_they_are(dtype: str, ends: tuple[int, int], tmp_path: Path) -> None:
    needs_coq()
    made, error, exact = left([f"{n}" for n in (*ends, 0, -3)], tmp_path, dtype, "Q")
    assert made == [*ends, 0, -3]
    assert (error, exact) == (0, True)
