"""provenn sweep: the oracle, small ranges of every library, and going on after an interruption."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.eval.accuracy import libraries, oracle
from provenn.eval.accuracy import sweep as sweeping
from provenn.eval.accuracy.sweep import FUNCTIONS, Measured, Span, compare

Captured = pytest.CaptureFixture[str]
pytest.importorskip("gmpy2")
MODULES = {"numpy": "numpy", "torch": "torch", "onnxruntime": "onnxruntime", "xla": "jax"}


def sample(count: int, seed: int = 0) -> np.ndarray:
    bits = np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)
    return bits.view(np.float32)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_oracle_rounds_as_mpfr_does(function: str) -> None:
    x = np.concatenate([sample(2000), np.random.default_rng(1).uniform(-9, 9, 2000).astype(np.float32)])
    x = x[np.isfinite(x)]
    _, single, _ = oracle.rounded(function, x)
    for v, got in zip(x, single):
        wanted = oracle.nearest(oracle.exactly(function, float(v), 300))
        assert got == wanted or (np.isnan(got) and np.isnan(wanted)), float(v).hex()


def test_cases_near_a_tie_are_settled_by_mpfr(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a wide margin many cases are open, and the answers are the same."""
    x = np.random.default_rng(2).uniform(-80, 80, 2000).astype(np.float32)
    _, single, few = oracle.rounded("exp", x)
    monkeypatch.setattr(oracle, "MARGIN", 2.0**-28)
    _, again, many = oracle.rounded("exp", x)
    assert few < 3
    assert many > 20
    assert np.array_equal(single, again)


def test_rounding_to_subnormal_numbers_happens_once() -> None:
    gmpy2 = oracle.mpfr()
    for numerator in (1, 3, 5, 2**25 + 1):
        value = Fraction(numerator, 2**150)
        wide = gmpy2.mpfr(numerator, 200) / gmpy2.mpfr(2) ** 150
        assert float(oracle.nearest(wide)) == float(round(value * 2**149)) / 2.0**149
    assert oracle.nearest(gmpy2.mpfr(2) ** 128) == np.inf


def test_spans() -> None:
    assert len(Span()) == 2**32
    assert len(Span((-1.0, 1.0))) == 2 * 0x3F800000 + 1
    assert np.array_equal(Span((-2e-45, 2e-45)).inputs(0), np.array([-1e-45, 0, 1e-45], np.float32))
    assert Span((1.0, 1.5), 2**21).inputs(0).tolist() == [1.0, 1.25, 1.5]
    assert np.isnan(Span(None, 2**20).inputs(0)).sum() == 14


@pytest.mark.parametrize("library", list(MODULES))
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_library_on_a_few_inputs(function: str, library: str) -> None:
    pytest.importorskip(MODULES[library])
    x = np.concatenate([Span((0.25, 4.0), 20011).inputs(0), np.array([np.inf, np.nan], np.float32)])
    with np.errstate(all="ignore"):
        y = libraries.function_of(library, function, len(x))(x)
    made = compare(function, x, y)
    assert made.inputs == len(x)
    assert made.max_ulps < 8
    assert not made.wrong_infinity
    assert not made.flushed
    if function == "sqrt" and library != "torch":
        assert made.max_ulps <= 0.5
        assert made.wrongly_rounded == 0


def test_what_is_wrong_is_counted() -> None:
    x = np.array([1.0, 2.0, 3.0, -1.0, 0.0], np.float32)
    _, right, _ = oracle.rounded("log", x)
    y = right.copy()
    y[0], y[1], y[3], y[4] = 0.0, np.nextafter(y[1], np.float32(9)), 0.0, -1.0
    made = compare("log", x, y)
    assert (made.wrong_nan, made.wrong_infinity, made.wrongly_rounded) == (1, 1, 3)
    assert made.wrong_nan_at == "-0x1.0000000000000p+0"
    assert 0.5 < made.max_ulps <= 1.5
    y[2] = 0.0
    again = compare("log", x, y)
    assert (again.flushed, again.flushed_at, again.max_ulps) == (1, "0x1.8000000000000p+1", made.max_ulps)
    assert 1.0986 < again.largest_flushed < 1.0987
    assert made.max_ulps_at == "0x1.0000000000000p+1"


def test_parts_add_up() -> None:
    whole, parts = Measured(), [Measured(3, 0.5, "a", wrong_nan=1, wrong_nan_at="b"), Measured(2, 0.75, "c")]
    for p in parts:
        whole.add(p)
    assert (whole.inputs, whole.max_ulps, whole.max_ulps_at, whole.wrong_nan_at) == (5, 0.75, "c", "b")


def test_the_program(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "tanh.json"
    args = ["sweep", "tanh", "--range", "0.5:0x1p+1", "--every", "1001", "--output", str(path), "--jobs", "1"]
    assert run([*args, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["complete"]
    assert data["measured"]["inputs"] == data["inputs"] == len(Span((0.5, 2.0), 1001))
    assert run(args) == 0
    said = capsys.readouterr()
    assert "ulps at most" in said.out
    assert "going on: 1 of 1" in said.err
    assert run([*args[:-4], "--every", "7", *args[-4:]]) == 1
    assert "PNN-CLI-835" in capsys.readouterr().err


def test_an_interrupted_sweep_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                      capsys: Captured) -> None:
    monkeypatch.setattr(sweeping, "CHUNK", 100)
    real, calls = sweeping.measure, []

    def failing(function: str, library: str, span: Span, chunk: int) -> Measured:
        calls.append(chunk)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(function, library, span, chunk)

    monkeypatch.setattr(sweeping, "measure", failing)
    path = tmp_path / "exp.json"
    args = ["sweep", "exp", "--range", "0:1", "--every", "2000003", "--output", str(path), "--jobs", "1"]
    assert run(args) == 130
    assert json.loads(path.read_text())["done"] == [0, 1]
    assert run(args) == 0
    data = json.loads(path.read_text())
    assert calls == [0, 1, 2, *range(2, data["chunks"])]
    assert data["measured"]["inputs"] == data["inputs"]


def test_several_processes(tmp_path: Path, capsys: Captured) -> None:
    args = ["sweep", "sqrt", "--every", "1021", "--output", str(tmp_path / "s.json"), "--jobs", "2", "--json"]
    assert run(args) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["chunks"] == 3
    assert data["measured"]["max_ulps"] <= 0.5
    assert data["measured"]["wrongly_rounded"] == 0


@pytest.mark.parametrize("args", [["gamma"], ["exp", "--library", "abacus"], ["exp", "--range", "x"]])
def test_refused(args: list[str], capsys: Captured) -> None:
    assert run(["sweep", *args]) == 1
    assert "PNN-CLI-834" in capsys.readouterr().err
