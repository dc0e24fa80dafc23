"""The examples and the tutorial about proofs, from Coq to the frameworks that run the network."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn import deploy
from provenn.cli.app import run
from provenn.errors import CertificateError
from provenn.eval.run import replay
from provenn.io import onnx
from provenn.io.weights import computed
from tests.coq.test_export import needs_coq


def outputs(folder: Path, x: np.ndarray) -> list[np.ndarray]:
    """The outputs for a row of inputs in the reference, in onnxruntime and in PyTorch."""
    import onnxruntime
    import torch

    graph = onnx.read(folder / "model.onnx")
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    names: dict[str, object] = {"__file__": str(folder / "model.py"), "__name__": "model"}
    exec(compile((folder / "model.py").read_text(), "model.py", "exec"), names)
    with torch.no_grad():
        theirs = names["build"]()(torch.from_numpy(x[None]))[0].numpy()  # type: ignore[operator]
    return [replay(graph, x), session.run(None, {"input": x[None]})[0][0], theirs]


def claim(folder: Path) -> str:
    found: str = json.loads((folder / "manifest.json").read_text())["claim"]
    return found


def test_the_vote_is_the_majority_everywhere(repository: Path, tmp_path: Path) -> None:
    needs_coq()
    source = repository / "examples" / "proofs" / "vote" / "Vote.v"
    assert run(["extract", str(source), "--network", "vote", "--theorem", "vote_is_majority",
                "-o", str(tmp_path)]) == 0
    manifest, found = deploy.compare(tmp_path)
    assert (manifest.claim, found) == ("theorem", [])
    assert manifest.theorem is not None
    assert "majority a b c" in manifest.theorem.statement
    assert manifest.theorem.axioms
    assert manifest.theorem.assumed == ()
    for votes in itertools.product((0, 1), repeat=3):
        for y in outputs(tmp_path, np.array(votes, np.float32)):
            assert y.tolist() == [float(sum(votes) >= 2)]


def test_the_counter_counts_and_coq_is_asked_again(repository: Path, tmp_path: Path) -> None:
    needs_coq()
    source = repository / "examples" / "proofs" / "counter" / "Counter.v"
    folder = tmp_path / "out"
    assert run(["extract", str(source), "--network", "step_of", "-o", str(folder)]) == 0
    assert run(["check", "--weights", str(folder), "--against", str(source)]) == 0
    assert claim(folder) == "exact"
    state = np.array([1, 0, 0], np.float32)
    for k in range(1, 8):
        made = outputs(folder, np.append(state, np.float32(1)))
        assert all(y.tolist() == np.eye(3)[k % 3].tolist() for y in made)
        state = made[0]
    changed = tmp_path / "Counter.v"
    changed.write_text(source.read_text().replace("[0; 0; 0; -1; -1; -1]%Z", "[0; 0; 0; -1; -1; 0]%Z")
                       .partition("Definition one_hot")[0])
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


def test_the_tutorial_works(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_coq()
    text = (repository / "docs" / "proofs.md").read_text()
    (tmp_path / "Larger.v").write_text(re.findall(r"```coq\n(.*?)```", text, re.DOTALL)[0])
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 5
    for command in commands:
        program, *words = shlex.split(command, comments=True)
        assert program == "provenn"
        assert run(words) == 0
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    names: dict[str, object] = {}
    exec(compile(code, "docs/proofs.md", "exec"), names)
    assert names["outputs"] == [5.0]
