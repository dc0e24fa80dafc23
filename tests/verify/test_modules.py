"""Modules instead of files, and the property of local robustness."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import provenn
from provenn import nn
from provenn.base.words import to_bytes
from provenn.errors import PropertyError, ShapeError, UnsupportedError
from provenn.io.network import read_network
from provenn.ir.property import property_words
from provenn.verify.balls import Balls
from tests.bounds import nets

SPEC = """(declare-const X_0 Real)\n(declare-const X_1 Real)
(declare-const Y_0 Real)\n(declare-const Y_1 Real)
(assert (>= X_0 0.4))\n(assert (<= X_0 0.6))\n(assert (>= X_1 0.1))\n(assert (<= X_1 0.2))
(assert (<= Y_0 Y_1))\n"""
SECOND = """(vnnlib-version <2.0>)
(declare-network N (declare-input X real [1, 2]) (declare-output Y real [1, 2]))
(assert (>= X[0,0] 0.4))\n(assert (<= X[0,0] 0.6))\n(assert (>= X[0,1] 0.1))\n(assert (<= X[0,1] 0.2))
(assert (<= Y[0,0] Y[0,1]))\n"""


def swap_free() -> nn.Module:
    """Two inputs, which are its outputs, through relu."""
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    one, zero = np.eye(2), np.zeros(2)
    model.load_state_dict({"0.weight": one, "0.bias": zero, "2.weight": one, "2.bias": zero})
    return model


@pytest.mark.parametrize("text", [SPEC, SECOND])
def test_a_module_and_a_file(checker_program: Path, tmp_path: Path, text: str) -> None:
    spec = tmp_path / "larger.vnnlib"
    spec.write_text(text)
    model = swap_free()
    prop = provenn.read_vnnlib(spec, model)
    for given in (spec, prop):
        made = provenn.verify(model, given, timeout=20)
        assert made.answer == "unsat"
        assert made.model_path is None
        assert provenn.check(model, given, made.certificate).accepted
    assert provenn.verify(model, spec, shape=(1, 2), timeout=20).answer == "unsat"


def test_a_module_beside_a_canonical_property(checker_program: Path, tmp_path: Path) -> None:
    model, spec = swap_free(), tmp_path / "p.pvp"
    prop = provenn.robustness(model, [0.5, 0.1], "0.1")
    spec.write_bytes(to_bytes(property_words(prop)))
    made = provenn.verify(model, prop, timeout=20)
    assert provenn.check(model, spec, made.certificate).accepted


def test_robustness_holds_and_fails(checker_program: Path) -> None:
    model, x = swap_free(), np.array([0.5, 0.25], np.float32)
    assert provenn.verify(model, provenn.robustness(model, x, "0.12"), timeout=20).answer == "unsat"
    fooled = provenn.verify(model, provenn.robustness(model, x, "0.13", 0), timeout=20)
    assert fooled.answer == "sat"
    assert fooled.counterexample is not None
    # At exactly 1/8 both outputs can be equal, which counts as a violation.
    assert provenn.verify(model, provenn.robustness(model, x, "1/8", 0), timeout=20).answer == "sat"


def test_images_keep_their_shape(checker_program: Path) -> None:
    provenn.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3))
    x = np.random.default_rng(0).random((1, 1, 4, 4), np.float32)
    prop = provenn.robustness(model, x, "1/1000", lo=0, hi=1)
    assert provenn.verify(model, prop, shape=x.shape, timeout=20).answer == "unsat"
    flat = provenn.robustness(model, x.ravel(), 0, shape=x.shape)
    assert prop.cases[0].disjuncts == flat.cases[0].disjuncts


def test_the_box_is_exact() -> None:
    graph = nets.dense(0)
    case = provenn.robustness(graph, np.array([0.5, 0.9, 0.05]), "0.1", 1, lo=0, hi="0.95").cases[0]
    nine, little = Fraction(0.9), Fraction(0.05)
    assert case.lo == (Fraction(2, 5), nine - Fraction(1, 10), 0)
    assert case.hi == (Fraction(3, 5), Fraction(19, 20), little + Fraction(1, 10))
    assert provenn.robustness(graph, [0.5, 0.5, 0.5], 0.1, 1).cases[0].hi[0] == Fraction(1, 2) + Fraction(0.1)


def test_the_same_claim_as_for_a_data_set() -> None:
    balls = Balls(np.array([[0, 128, 255]], np.uint8), np.array([1]), 2, 256, Fraction(1, 10))
    alone = provenn.robustness(nets.dense(0), np.array([0, 128, 255]) / 256, "0.1", 1, lo=0, hi=1)
    assert alone.cases == balls.property().cases


@pytest.mark.parametrize(("how", "code"), [
    ({"x": [0.5, 0.5]}, "PNN-SHAPE-131"),
    ({"eps": -0.1}, "PNN-PROP-302"),
    ({"eps": "a lot"}, "PNN-PROP-302"),
    ({"eps": float("inf")}, "PNN-PROP-302"),
    ({"x": [0.5, np.nan, 0.5]}, "PNN-PROP-302"),
    ({"lo": 2}, "PNN-PROP-302"),
    ({"label": 2}, "PNN-PROP-303"),
    ({"label": -1}, "PNN-PROP-303"),
])
def test_what_is_no_robustness_property(how: dict[str, Any], code: str) -> None:
    error = ShapeError if "SHAPE" in code else PropertyError
    with pytest.raises(error, match=code):
        provenn.robustness(nets.dense(0), **{"x": [0.5, 0.5, 0.5], "eps": 0.1, "label": 1, **how})


def test_what_is_no_network() -> None:
    with pytest.raises(UnsupportedError, match="PNN-FACE-921"):
        read_network(3, (1, 2))  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="PNN-SHAPE-133"):
        read_network(swap_free())


def test_a_torch_module(checker_program: Path) -> None:
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(),
                                torch.nn.Dropout(), torch.nn.Linear(4, 2))
    x = torch.tensor([[0.5, 0.25]])
    prop = provenn.robustness(model, x, "1/1000000")
    assert provenn.verify(model, prop, timeout=20).answer == "unsat"
    assert model.training
