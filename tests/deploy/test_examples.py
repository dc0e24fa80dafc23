"""The examples and the tutorial about proofs, from Coq to the frameworks that run the network."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn import deploy
from provenn.cli.app import run
from provenn.errors import CertificateError
from provenn.io import onnx
from provenn.io.weights import computed
from tests.conftest import missing
from tests.coq.test_export import needs_coq
from tests.deploy.conftest import Running


def claim(folder: Path) -> str:
    found: str = json.loads((folder / "manifest.json").read_text())["claim"]
    return found


def test_the_vote_is_the_majority_everywhere(deployed: Callable[[str], Path]) -> None:
    folder = deployed("vote")
    manifest, found = deploy.compare(folder)
    assert (manifest.claim, found) == ("theorem", [])
    assert manifest.theorem is not None
    assert "majority a b c" in manifest.theorem.statement
    assert manifest.theorem.axioms
    assert manifest.theorem.assumed == ()
    running = Running(folder)
    for votes in itertools.product((0, 1), repeat=3):
        for y in running(np.array(votes, np.float32)).values():
            assert y.tolist() == [float(sum(votes) >= 2)]


def test_the_counter_counts_and_coq_is_asked_again(
    deployed: Callable[[str], Path], repository: Path, tmp_path: Path
) -> None:
    folder = deployed("counter")
    running, state = Running(folder), np.array([1, 0, 0], np.float32)
    for k in range(1, 8):
        made = [*running(np.append(state, np.float32(1))).values()]
        assert all(y.tolist() == np.eye(3)[k % 3].tolist() for y in made)
        state = made[0]
    changed = tmp_path / "Counter.v"
    source = repository / "examples" / "proofs" / "counter" / "Counter.v"
    changed.write_text(source.read_text().replace("[0; 0; 0; -1; -1; -1]%Z", "[0; 0; 0; -1; -1; 0]%Z")
                       .partition("Lemma step_counts")[0]
                       + "Theorem counts_modulo_3 : True. Proof. exact I. Qed.")
    assert run(["check", "--weights", str(folder), "--against", str(changed)]) == 2


@pytest.mark.parametrize(("spec", "status", "said"), [
    ("keeps.vnnlib", 0, "certificate"), ("breaks.vnnlib", 2, "nothing")])
def test_rounded_weights_need_a_certificate(
    spec: str, status: int, said: str, repository: Path, tmp_path: Path, checker_program: Path
) -> None:
    needs_coq()
    room = repository / "examples" / "proofs" / "thermostat"
    assert run(["extract", str(room / "Thermostat.v"), "--network", "thermostat", "-o", str(tmp_path),
                "--spec", str(room / spec)]) == status
    assert claim(tmp_path) == said
    manifest, found = deploy.compare(tmp_path)
    assert found == []
    stored = onnx.read(tmp_path / "model.onnx").parameters
    for fact, decimal in zip(manifest.tensors, ("-2.1", "0.7", "0.3", "0.1")):
        assert stored[fact.name].ravel().tolist() == [float(np.float32(decimal))]
        assert Fraction(fact.error) == abs(Fraction(decimal) - Fraction(float(np.float32(decimal))))
    if said == "certificate":
        path = tmp_path / "manifest.json"
        text = path.read_text()
        for key in manifest.certified.keys() - {"file", "checker_sha256"}:  # any build may have checked
            facts = json.loads(text)
            facts["certified"][key] = "something else"
            path.write_text(json.dumps(facts))
            assert [f.file for f in deploy.compare(tmp_path)[1]] == ["manifest.json"], key
        path.write_text(text)
        (tmp_path / "spec.vnnlib").write_text((room / "breaks.vnnlib").read_text())
        assert {f.file for f in deploy.compare(tmp_path)[1]} >= {"property.pvp"}


@pytest.mark.parametrize(("dtype", "spec", "status"), [
    ("F64", "breaks.vnnlib", 0), ("F16", "keeps.vnnlib", 0), ("BF16", "breaks.vnnlib", 2)])
def test_a_certificate_is_about_the_element_type(
    dtype: str, spec: str, status: int, repository: Path, tmp_path: Path, checker_program: Path,
    capsys: pytest.CaptureFixture[str]
) -> None:
    """What binary32 breaks, binary64 is near enough to keep; bfloat16 breaks it too."""
    needs_coq()
    room = repository / "examples" / "proofs" / "thermostat"
    assert run(["extract", str(room / "Thermostat.v"), "--network", "thermostat", "-o", str(tmp_path),
                "--dtype", dtype, "--spec", str(room / spec)]) == status
    shown = capsys.readouterr().out
    assert re.search(rf"stored as +{dtype}; programs compute in {computed(dtype)}", shown)
    assert ("left out" in shown) == (dtype == "BF16")
    assert claim(tmp_path) == ("nothing" if status else "certificate")
    manifest, found = deploy.compare(tmp_path)
    assert (found, manifest.dtype) == ([], dtype)
    assert all(Fraction(t.error) > 0 for t in manifest.tensors)


def test_rounding_is_allowed_or_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs_coq()
    (tmp_path / "Tenth.v").write_text(
        "From Coq Require Import List QArith.\nFrom Provenn Require Import Interface.\n"
        "Import ListNotations.\n"
        "Definition tenth : network Q := [ Layer [[0.5; 0.1]]%Q [1]%Q Relu ].\n")
    command = ["extract", str(tmp_path / "Tenth.v"), "--network", "tenth", "-o", str(tmp_path / "out")]
    assert run(command) == 2
    shown = capsys.readouterr().out
    assert "NO theorem of the source holds for these files" in shown
    assert re.search(r"0\.weight.*ROUNDED.*1\.49e-09", shown)
    assert re.search(r"0\.bias.*exact", shown)
    assert run([*command, "--allow-rounding"]) == 0


SHADOWS = """\
From Coq Require Import List ZArith Reals.
From Provenn Require Import Interface.
Import ListNotations.
Definition plain : network Z := [ Layer [[1; 1]]%Z [3]%Z Relu ].
Definition bits (x : nat) := 0%nat.
Definition map (x : nat) := 0%nat.
Definition graph_words := 5%nat.
Definition is_exact := true.
Lemma unproved : (1 = 2)%nat. Admitted.
Theorem rests : run plain [0; 0]%R = [3]%R.
Proof. discriminate unproved. Qed.
"""


def test_names_of_the_user_hide_none_of_ours_and_what_is_assumed_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_coq()
    (tmp_path / "Shadows.v").write_text(SHADOWS)
    assert run(["extract", str(tmp_path / "Shadows.v"), "--network", "plain", "--theorem", "rests",
                "-o", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"theorem +rests : run plain \[0; 0\] = \[3\]\n +ASSUMED +unproved:", shown)
    assert onnx.read(tmp_path / "model.onnx").parameters["0.bias"].tolist() == [3.0]


def test_a_definition_is_no_theorem(repository: Path, tmp_path: Path) -> None:
    needs_coq()
    from provenn.coq.extract import extract

    with pytest.raises(CertificateError) as caught:
        extract(repository / "examples" / "proofs" / "vote" / "Vote.v", "vote", "majority")
    assert caught.value.code == "PNN-CERT-622"


def obey(page: str) -> int:
    """Run every command in the blocks of a page that are shell, in this directory; how many there were."""
    lines = [line.partition(" # ")[0] for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
             for line in block.splitlines()]
    for command in (part for line in lines for part in line.split("&&")):
        program, *words = shlex.split(command)
        if program == "provenn":
            assert run(words) == 0, command
        else:
            assert program == "openssl"
            subprocess.run([program, *words], check=True, capture_output=True)
    return len(lines)


def test_the_tutorial_works(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checker_program: Path
) -> None:
    needs_coq()
    pytest.importorskip("cryptography")
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    text = (repository / "docs" / "proofs.md").read_text()
    (tmp_path / "Larger.v").write_text(re.findall(r"```coq\n(.*?)```", text, re.DOTALL)[0])
    for name in ("Thermostat.v", "keeps.vnnlib"):
        shutil.copy(repository / "examples" / "proofs" / "thermostat" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert obey(text) == len(re.findall(r"^(?:provenn [a-z]|openssl )", text, re.MULTILINE)) == 10
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    names: dict[str, object] = {}
    exec(compile(code, "docs/proofs.md", "exec"), names)
    assert names["outputs"] == [5.0]


def test_two_commands_make_a_theorem(
    repository: Path, digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checker_program: Path,
    capsys: pytest.CaptureFixture[str]
) -> None:
    needs_coq()
    shutil.copy(digits / "mlp.onnx", tmp_path / "model.onnx")
    shutil.copy(digits / "mlp_robust.vnnlib", tmp_path / "spec.vnnlib")
    monkeypatch.chdir(tmp_path)
    assert obey((repository / "docs" / "coq.md").read_text()) == 2
    said = capsys.readouterr().out
    assert said.startswith("unsat\n")
    theorem = r"^proved in Coq\n  file +Net.v\n  theorem +never_violated_when_run$"
    assert re.search(theorem, said, re.MULTILINE)
