"""The pipeline: what is claimed, and what is not claimed when the search is wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import provenn
from provenn.errors import CertificateError
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row
from provenn.ops import ALL
from provenn.verify import verdict
from provenn.verify.search import Outcome
from provenn.verify.verdict import Verdict


def identity() -> Graph:
    """Y = x, through a 1 x 1 matrix."""
    builder = Builder("identity")
    x = builder.add(ALL["input"], shape=(1, 1))
    w = builder.parameter(ALL["parameter"], np.ones((1, 1), np.float32), "w")
    return builder.finish(builder.add(ALL["linear"], x, w))


def unsafe_above(limit: str) -> Property:
    """For x in [0, 1], y >= limit is unsafe."""
    row = Row({}, {0: Fraction(-1)}, -Fraction(limit))
    return Property(1, 1, (Case((Fraction(0),), (Fraction(1),), ((row,),)),))


def test_unsat(checker_program: Path) -> None:
    made = provenn.verify(identity(), unsafe_above("1.5"), timeout=20)
    assert isinstance(made, Verdict)
    assert made.answer == "unsat"
    assert made.checked is not None
    assert made.checked.accepted
    assert made.counterexample is None
    assert made.problem is None
    assert provenn.check(made.graph, made.prop, made.certificate).accepted


def test_sat(checker_program: Path) -> None:
    made = provenn.verify(identity(), unsafe_above("0.5"), timeout=20)
    assert made.answer == "sat"
    assert made.certificate is None
    cx = made.counterexample
    assert cx is not None
    assert 0.5 <= cx.x[0] <= 1
    assert cx.x.dtype == np.float32
    assert (cx.agrees, cx.difference) == (None, None)


def test_a_wrong_certificate_is_never_unsat(
    checker_program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = provenn.verify(identity(), unsafe_above("1.5"), timeout=20)
    monkeypatch.setattr(verdict, "search", lambda *a, **k: Outcome("unsat", certificate=good.certificate))
    made = provenn.verify(identity(), unsafe_above("0.5"), certificate=tmp_path / "proof.cert")
    assert made.answer == "unknown"
    assert made.problem is not None
    assert made.problem.code == "PNN-CHECK-650"
    assert [p.name for p in tmp_path.iterdir()] == ["proof.cert.rejected"]


def test_a_rejected_certificate_is_tried_again_with_more_care(
    checker_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful: list[float] = []

    def tried(*a: Any, care: float, **k: Any) -> Outcome:
        careful.append(care)
        made = real(*a, care=care, **k)
        return made if care > 1.0 else Outcome("unsat", certificate=made.certificate[:-1])

    real = verdict.search
    monkeypatch.setattr(verdict, "search", tried)
    made = provenn.verify(identity(), unsafe_above("1.5"), timeout=20)
    assert made.answer == "unsat"
    assert careful == [1.0, verdict.CARE]
    assert made.problem is None


def test_no_certificate_is_never_unsat(checker_program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "search", lambda *a, **k: Outcome("unsat"))
    made = provenn.verify(identity(), unsafe_above("1.5"))
    assert made.answer == "unknown"
    assert made.problem is not None


@pytest.mark.parametrize("answer", ["sat", "unsat"])
def test_a_verdict_cannot_be_made_without_its_evidence(answer: str) -> None:
    with pytest.raises(CertificateError, match="PNN-CHECK-652"):
        Verdict(answer, identity(), unsafe_above("2"), "", "", 0, 1.0, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("x", [0.25, 2.0, -1.0, np.nan])
def test_a_wrong_witness_is_never_sat(
    x: float, checker_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Outcome("sat", witness=np.array([x], np.float32))
    monkeypatch.setattr(verdict, "search", lambda *a, **k: wrong)
    made = provenn.verify(identity(), unsafe_above("0.5"))
    assert made.answer == "unknown"
    assert made.problem is not None
    assert made.problem.code == "PNN-CHECK-651"


def test_a_check_that_takes_too_long_is_timed_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                                  checker_program: Path) -> None:
    program = tmp_path / "slow"
    program.write_text("#!/bin/sh\nexec sleep 20\n")
    program.chmod(0o755)
    monkeypatch.setenv("PROVENN_CHECKER", str(program))
    made = provenn.verify(identity(), unsafe_above("1.5"), timeout=0.5)
    assert made.answer == "timed-out"
    assert made.certificate is not None
    assert made.checked is None


def test_files(digits: Path, checker_program: Path, tmp_path: Path) -> None:
    model, spec = digits / "mlp.onnx", digits / "mlp_robust.vnnlib"
    made = provenn.verify(model, spec, certificate=tmp_path / "proof.cert", timeout=60)
    assert made.answer == "unsat"
    assert made.graph_sha256 == provenn.graph_hash(provenn.read_onnx(model))
    assert made.property_sha256 == provenn.property_hash(made.prop)
    assert provenn.check(model, spec, tmp_path / "proof.cert").accepted
