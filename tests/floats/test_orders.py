"""Counterexamples in every order of the sums: enclosures hold what runs give, and verdicts say it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.eval.run import Ordered
from provenn.eval.run import run as evaluate
from provenn.io.onnx import load
from provenn.ir.op import Array
from provenn.ir.property import Case, Property, Row
from provenn.verify.orders import UNIT, Standing, enclosure, standing
from tests.attacks.zoo import ZOO
from tests.floats.test_networks import layered


class Shuffled:
    """Sums in a random binary tree, products fused at random, subnormal numbers flushed at random."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.flush = bool(seed % 2)

    def contract(self, x: Array, w: Array) -> Array:
        wide = x.astype(np.float64)  # holds each product exactly, for a sum that takes it unrounded
        terms = [wide[..., k, None] * w[:, k] for k in self.rng.permutation(w.shape[1])]
        while len(terms) > 1:
            k = int(self.rng.integers(len(terms) - 1))
            rounded, other = self._rounded(terms[k]), terms.pop(k + 1)
            fused = self.rng.integers(2) and other.dtype == np.float64
            terms[k] = self._rounded(rounded + (other if fused else self._rounded(other)))
        return self._rounded(terms[0])

    def _rounded(self, v: Array) -> Array:
        single = v.astype(np.float32)
        return np.where(np.abs(single) < 2.0**-126, np.float32(0), single) if self.flush else single


@pytest.mark.parametrize("seed", range(6))
def test_runs_lie_in_the_enclosure(seed: int) -> None:
    graph = layered([30, 40, 40, 5])
    x = np.random.default_rng(seed).uniform(-1, 1, (1, 1, 30)).astype(np.float32)
    at = x.ravel().astype(np.float64)
    found = enclosure(graph, at, at, UNIT)
    assert found is not None
    y = evaluate(graph, x, Shuffled(seed)).ravel()
    assert ((found[0] <= y) & (y <= found[1])).all()
    assert (found[1] - found[0] < 1e-3).all()
    exact = enclosure(graph, at, at, 0.0)
    assert exact is not None
    wide = evaluate(graph, x.astype(np.float64)).ravel()
    assert ((exact[0] <= wide) & (wide <= exact[1])).all()
    assert (exact[1] - exact[0] < 1e-10).all()


def test_the_published_networks_too(digits: Path) -> None:
    graph = load(digits / "conv.onnx").graph
    x = np.random.default_rng(0).uniform(0, 1, (1, 1, 1, 8, 8)).astype(np.float32)
    found = enclosure(graph, x.ravel().astype(np.float64), x.ravel().astype(np.float64), UNIT)
    assert found is not None
    for arithmetic in (None, Ordered(), Shuffled(1)):
        y = evaluate(graph, x, arithmetic).ravel()
        assert ((found[0] <= y) & (y <= found[1])).all()


@pytest.mark.parametrize(("name", "wanted"), [
    ("cancelling", Standing(False, None)), ("detecting", Standing(False, None)),
    ("overflowing", Standing(None, None)), ("masked", Standing(None, None)),
    ("underflowing", Standing(False, None)),
])
def test_attacks_hold_in_some_orders_only(name: str, wanted: Standing, tmp_path: Path) -> None:
    attack = next(make() for make in ZOO if make.__name__ == name)
    network, _ = attack.write(tmp_path)
    row = Row({}, {0: Fraction(1)}, Fraction(attack.limit))
    low, high = map(Fraction, attack.domain)
    prop = Property(1, 1, (Case((low,), (high,), ((row,),)),))
    got = standing(load(network).graph, prop, np.array([attack.x], np.float32), [Fraction(attack.x)], 0)
    assert got == wanted


@pytest.mark.parametrize(("bound", "wanted"), [(5, True), (-5, False), (0, None)])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_margin_decides(bound: int, sign: int, wanted: bool | None) -> None:
    """Rows ``sign Y_0 <= sign value + bound / 10^3`` around the exact value."""
    graph = layered([6, 8, 1])
    x = np.random.default_rng(5).uniform(0, 1, 6).astype(np.float32)
    point = [Fraction(float(v)) for v in x]
    value = Fraction(float(evaluate(graph, x.astype(np.float64).reshape(1, 1, 6)).item()))
    row = Row({}, {0: Fraction(sign)}, sign * value + Fraction(bound, 1000))
    prop = Property(6, 1, (Case((Fraction(0),) * 6, (Fraction(1),) * 6, ((row,),)),))
    assert standing(graph, prop, x, point, 0) == Standing(wanted, wanted)


def test_a_verdict_says_where_it_holds(digits: Path, checker_program: Path,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(digits / "conv.onnx"), str(digits / "conv_fooled.vnnlib")]
    assert run(["verify", *files, "--json", "-q"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["counterexample"]["exact_reals"] is True
    assert data["counterexample"]["every_order"] is True
    assert "unsafe in every order of the sums" in data["evidence"]["all orders"]
