"""provenn doctor --floats: what it finds here, and that every departure is found."""

from __future__ import annotations

import json

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.eval.host import probes
from provenn.ir.op import Array

Captured = pytest.CaptureFixture[str]


def found(findings: list[probes.Finding]) -> dict[str, bool]:
    return {f.what: f.holds for f in findings}


def test_this_host(capsys: Captured) -> None:
    assert run(["doctor", "--floats", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["fit_for_the_checker"]
    assert {f["where"] for f in data["findings"]} >= {"processor", "NumPy", "NumPy's BLAS"}
    assert all(f["holds"] for f in data["findings"] if f["needed"])
    assert run(["doctor", "--floats"]) == 0
    assert "The processor does what the checker" in capsys.readouterr().out


def one_by_one(a: Array, b: Array) -> Array:
    """A product of matrices in index order, nothing fused."""
    total = a[:, :1] * b[:1]
    for k in range(1, a.shape[1]):
        total = total + a[:, k : k + 1] * b[k : k + 1]
    return total


def fused(a: Array, b: Array) -> Array:
    """The same with each product exact until it is added: 24 bits twice fit binary64."""
    total = (a[:, :1].astype(np.float64) * b[:1]).astype(np.float32)
    for k in range(1, a.shape[1]):
        product = a[:, k : k + 1].astype(np.float64) * b[k : k + 1]
        total = (total + product).astype(np.float32)
    return total


def wide(a: Array, b: Array) -> Array:
    return (a.astype(np.float64) @ b.astype(np.float64)).astype(np.float32)


def flushing(a: Array, b: Array) -> Array:
    y = one_by_one(a, b)
    return np.where(np.abs(y) < 2.0**-126, np.float32(0), y)


@pytest.mark.parametrize(("product", "wanted"), [
    (one_by_one, [True, True, True, True]), (fused, [False, True, True, True]),
    (wide, [False, True, False, False]), (flushing, [True, False, True, True]),
])
def test_departures_of_a_library_are_found(product: probes.Product, wanted: list[bool]) -> None:
    with np.errstate(all="ignore"):
        assert list(found(list(probes.library("it", product))).values()) == wanted


def test_a_library_that_fails_is_reported() -> None:
    def broken(a: Array, b: Array) -> Array:
        raise RuntimeError("no")

    (finding,) = probes.library("it", broken)
    assert not finding.holds
    assert finding.detail == "no"


def test_departures_of_elementwise_arithmetic_are_found() -> None:
    def up(a: Array, b: Array) -> Array:
        exact = a.astype(np.float64) + b
        y = exact.astype(np.float32)
        return np.where(y < exact, np.nextafter(y, np.float32(np.inf)), y)

    def flush(a: Array, b: Array) -> Array:
        return np.where(np.abs(a * b) < 2.0**-126, np.float32(0), a * b)

    assert not next(iter(found(list(probes.singles("it", up, np.multiply))).values()))
    assert list(found(list(probes.singles("it", np.add, flush))).values()) == [True, True, False]


def test_an_unfit_processor_is_an_error(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    bad = probes.Finding("processor", "sums are rounded to the nearest number", False, True, "up")
    monkeypatch.setattr(probes, "examine", lambda: iter([bad]))
    assert run(["doctor", "--floats"]) == 1
    assert "Not fit: processor: sums are rounded" in capsys.readouterr().out
