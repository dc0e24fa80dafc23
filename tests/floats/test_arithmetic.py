"""The extracted binary32 arithmetic against vectors, SoftFloat, MPFR and NumPy: judges not written here."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from provenn.ir.op import Array
from tests.conftest import missing
from tests.floats.arithmetic import COMPARISONS, FLUSHING, NUMPY, Extracted, patterns, reference, same

BINARY = ("add", "sub", "mul", "div", *COMPARISONS)


def singles(words: list[int]) -> Array:
    return np.array(words, np.uint32).view(np.float32)


def vectors(shared: Path, name: str) -> list[list[str]]:
    with gzip.open(shared / "vectors" / f"testfloat_{name}.txt.gz", "rt") as stream:
        return [line.split() for line in stream]


@pytest.mark.parametrize("op", [*BINARY, "sqrt"])
def test_testfloat(op: str, extracted: Extracted, shared: Path) -> None:
    columns = list(zip(*vectors(shared, f"f32_{op}")))
    *operands, result = columns[:-1]
    wanted = (np.array([int(r) for r in result], np.float32) if op in COMPARISONS
              else singles([int(r, 16) for r in result]))
    given = [singles([int(v, 16) for v in column]) for column in operands]
    assert len(wanted) >= 600
    assert same(extracted(op, *given), wanted)
    assert same(reference(op, *given), wanted)


@pytest.mark.parametrize("name", ["f64_to_f32", "f32_to_f64", "i32_to_f32"])
def test_testfloat_conversions(name: str, extracted: Extracted, shared: Path) -> None:
    given, result, _ = zip(*vectors(shared, name))
    if name == "f64_to_f32":
        x = np.array([int(v, 16) for v in given], np.uint64).view(np.float64)
        wanted = singles([int(v, 16) for v in result])
    elif name == "f32_to_f64":  # a binary32 number is a binary64 number, and rounding keeps it
        wanted = singles([int(v, 16) for v in given])
        with np.errstate(invalid="ignore"):
            x = wanted.astype(np.float64)
        there = np.array([int(v, 16) for v in result], np.uint64).view(np.float64)
        assert np.array_equal(x, there, equal_nan=True)
    else:
        x = np.array([int(v, 16) for v in given], np.uint32).view(np.int32).astype(np.float64)
        wanted = singles([int(v, 16) for v in result])
    assert len(wanted) > 300
    assert same(extracted("round", x), wanted)


NUMBER = re.compile(r"([+-])([01])\.([0-9A-F]{6})P([+-]?\d+)")
FPGEN = {"+": "add", "-": "sub", "*": "mul", "/": "div", "V": "sqrt"}


def fpgen_number(word: str) -> float:
    """``+1.7FFFFFP-123`` has 23 fraction bits."""
    if word[1:] == "Inf":
        return float(word)
    if word[1:] == "Zero":
        return float(word[0] + "0")
    if word in ("Q", "S"):
        return float("nan")
    sign, whole, fraction, exponent = NUMBER.fullmatch(word).groups()  # type: ignore[union-attr]
    value = float(np.ldexp(int(whole) * 2**23 + int(fraction, 16), int(exponent) - 23))
    return -value if sign == "-" else value


def test_fpgen(extracted: Extracted, shared: Path) -> None:
    cases: dict[str, list[list[float]]] = {op: [] for op in FPGEN.values()}
    with gzip.open(shared / "vectors" / "fpgen_b32.txt.gz", "rt") as stream:
        for line in stream:
            words = line.split()
            op = FPGEN.get(words[0].removeprefix("b32"))
            arrow = words.index("->")
            trapped = set(words[2]) <= set("xuozi")  # then the result is another or none
            if op is not None and words[1] == "=0" and not trapped:
                cases[op].append([fpgen_number(w) for w in [*words[2:arrow], words[arrow + 1]]])
    assert sum(map(len, cases.values())) > 20_000
    for op, rows in cases.items():
        *operands, wanted = (np.array(column).astype(np.float32) for column in zip(*rows))
        assert same(extracted(op, *operands), wanted), op


@pytest.mark.parametrize("op", [*BINARY, *FLUSHING, "sqrt", "round"])
def test_random_bits(op: str, extracted: Extracted) -> None:
    rng = np.random.default_rng(len(op))
    operands: list[Array] = [patterns(rng, 200_000) for _ in range(1 if op in ("sqrt", "round") else 2)]
    if op == "round":
        some = rng.integers(0, 2**64, 100_000, dtype=np.uint64).view(np.float64)
        with np.errstate(all="ignore"):
            below, step = operands[0][:100_000], np.spacing(operands[0][:100_000])
            ties = below.astype(np.float64) + step.astype(np.float64) / 2
        operands = [np.concatenate([some, ties])]
    assert same(extracted(op, *operands), reference(op, *operands))


@pytest.mark.parametrize("op", ["add", "sub", "mul", "div", "sqrt"])
def test_softfloat(op: str, extracted: Extracted) -> None:
    try:
        import softfloatpy as soft
    except ImportError:
        missing("softfloatpy is missing")
    soft.set_rounding_mode(soft.RoundingMode.NEAR_EVEN)
    rng = np.random.default_rng(3)
    operands = [patterns(rng, 4000) for _ in range(1 if op == "sqrt" else 2)]
    rows = [[soft.Float32.from_bytes(int(b).to_bytes(4, "big")) for b in x.view(np.uint32)] for x in operands]
    made = [getattr(soft, f"f32_{op}")(*pair) for pair in zip(*rows)]
    wanted = singles([int.from_bytes(y.to_bytes(), "big") for y in made])
    assert same(extracted(op, *operands), wanted)


@pytest.mark.parametrize("op", ["add", "sub", "mul", "div", "sqrt"])
def test_mpfr(op: str, extracted: Extracted) -> None:
    try:
        import gmpy2
    except ImportError:
        missing("gmpy2 is missing")
    rng = np.random.default_rng(4)
    operands = [patterns(rng, 20_000) for _ in range(1 if op == "sqrt" else 2)]
    # MPFR's exponents count from mantissas in [1/2, 1).
    context = gmpy2.context(precision=24, emax=128, emin=-148, subnormalize=True)
    run = getattr(context, op)
    wanted = np.array([float(run(*(gmpy2.mpfr(float(v), 24) for v in pair))) for pair in zip(*operands)])
    assert same(extracted(op, *operands), wanted.astype(np.float32))


def test_a_file_that_does_not_fit_is_refused(extracted: Extracted) -> None:
    with pytest.raises(RuntimeError, match="different lengths"):
        extracted._ask(["add"], np.zeros(2), np.zeros(3))
    with pytest.raises(RuntimeError, match="sizes"):
        extracted._ask(["affine", "1", "2", "3"], np.zeros(2), np.zeros(5))
    with pytest.raises(RuntimeError, match="usage"):
        extracted._ask(["pow"], np.zeros(2), np.zeros(2))


def test_every_operation_is_judged() -> None:
    assert set(NUMPY) == {*BINARY, "sqrt"}
