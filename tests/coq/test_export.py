"""``provenn export --coq``: the specification in the file is the one that was meant, and Coq proves it."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.coq import coqc
from provenn.coq.export import coq_module, number
from provenn.errors import CertificateError, ToolError
from provenn.ir.canonical import graph_words
from provenn.ir.property import Case, Property, Row
from provenn.verify.verdict import verify
from tests.conftest import missing
from tests.coq.samples import dense


def proposition(limit: str, rows: int = 1) -> Property:
    """Outputs that stay below ``limit`` while three inputs stay in [0, 0.1]."""
    ends = (Fraction(0),) * 3, (Fraction("0.1"),) * 3
    row = Row({0: Fraction(1)}, {0: Fraction("-0.3"), 1: Fraction(1)}, -Fraction(limit))
    return Property(3, 2, (Case(*ends, ((row,) * rows,)),))


def needs_coq() -> None:
    if shutil.which("coqc") is None or not (coqc.THEORIES / "Interface" / "RunSound.vo").is_file():
        missing("Coq or the compiled theories are missing: make coq")


@pytest.fixture
def proof(tmp_path: Path) -> tuple[Path, Property]:
    """A Coq file about a network whose property holds, not compiled yet."""
    made = verify(dense(1), proposition("1000", rows=2), timeout=60)
    assert made.certificate is not None
    text = coq_module(graph_words(made.graph), made.prop, made.certificate, {"by": "us"}, ["It is (* so *)"],
                      made.semantics.ulps)
    (tmp_path / "Net.v").write_text(text)
    return tmp_path / "Net.v", made.prop


def test_coq_proves_it_and_says_what_it_rests_on(proof: tuple[Path, Property]) -> None:
    needs_coq()
    done = coqc.coqc(proof[0])
    assert done.axioms
    assert "Provenn" not in " ".join(done.axioms)
    assert done.peak > 2**26


@pytest.mark.parametrize(("old", "new"), [
    ("(0, 0.1)", "(0, 0.11)"), ("(0, 0.1)", "(-0.001, 0.1)"), ("Y (-3) 0", "Y (-2) 0"), ("X 10 0", "X 10 1"),
    ("(-10000)", "(-9999)")])
def test_a_specification_that_says_more_is_not_proved(
    proof: tuple[Path, Property], old: str, new: str
) -> None:
    needs_coq()
    changed(proof[0], old, new)
    with pytest.raises(CertificateError) as caught:
        coqc.coqc(proof[0])
    assert caught.value.code == "PNN-CERT-622"


def changed(path: Path, *pairs: str) -> None:
    """Replace the first occurrence of each text by the one that follows it."""
    text = path.read_text()
    for old, new in zip(pairs[::2], pairs[1::2]):
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)


def test_a_specification_that_says_less_is_proved_too(proof: tuple[Path, Property]) -> None:
    needs_coq()
    changed(proof[0], "(0, 0.1)", "(0.05, 0.099)", "(-10000)", "(-10001.5)",
            "Print Assumptions never_violated_when_run.", "")
    coqc.coqc(proof[0])


def test_a_certificate_about_the_reals_says_nothing_of_runs(tmp_path: Path) -> None:
    """Its file has the theorem over the reals only; with the other one added, Coq refuses it."""
    needs_coq()
    made = verify(dense(1), proposition("1000"), timeout=60, semantics="real")
    assert made.certificate is not None
    said = graph_words(made.graph), made.prop, made.certificate, {"by": "us"}, ["So it is."]
    text = coq_module(*said)
    assert "when_run" not in text
    (tmp_path / "Net.v").write_text(coq_module(*said, 4.0))
    with pytest.raises(CertificateError) as caught:
        coqc.coqc(tmp_path / "Net.v")
    assert caught.value.code == "PNN-CERT-622"


def test_the_verb_writes_and_compiles(
    tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_coq()
    digits, cert, net = repository / "examples" / "digits", tmp_path / "mlp.cert", tmp_path / "Mlp.v"
    named = [str(digits / "mlp.onnx"), str(digits / "mlp_robust.vnnlib")]
    assert run(["verify", *named, "--timeout", "60", "--certificate", str(cert)]) == 0
    assert run(["export", "--coq", *named, str(cert), "-o", str(net), "--compile"]) == 0
    assert "proved in Coq" in capsys.readouterr().out
    assert "class 6 keeps the largest output" in net.read_text()
    assert run(["export", *named, str(cert)]) == 1


def test_missing_theories_are_said(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        coqc.coqc(tmp_path / "Net.v", tmp_path)
    assert caught.value.code == "PNN-TOOL-741"


def test_numbers_are_exact() -> None:
    for text in ("0.1", "-0.25", "3", "0", "-12", "1e-7", "123456.789"):
        assert Fraction(number(Fraction(text)).strip("()")) == Fraction(text)
    assert number(Fraction(1, 3)) == "(1 # 3)"
    assert number(Fraction(float(np.float32(0.1)))) == "0.100000001490116119384765625"
