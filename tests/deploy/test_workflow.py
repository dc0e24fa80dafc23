"""The workflow that the documents show calls provenn as it is, and its checks fail where they should."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from provenn import deploy
from provenn.cli.app import run
from provenn.deploy.signature import private_key
from tests.deploy.test_compare import GRAPH, MANIFEST
from tests.deploy.test_signature import private_pem, public_text


def commands(repository: Path) -> list[list[str]]:
    """What the workflow runs of provenn."""
    text = (repository / "docs" / "examples" / "weights.yml").read_text()
    return [shlex.split(line)[1:] for line in re.findall(r"- run: (provenn .*)", text)]


def test_its_first_job_passes_and_fails(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files, theorem = commands(repository)
    assert theorem[: len(files) - 2] == files[:-2]
    folder = tmp_path / "weights" / "vote"
    deploy.write_folder(folder, GRAPH, MANIFEST, {})
    (tmp_path / "key.pem").write_text(private_pem())
    (tmp_path / "release.pub").write_text(public_text())
    assert run(files) == 2
    deploy.sign_folder(folder, private_key(tmp_path / "key.pem", str))
    assert run(files) == 0
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:-1])
    assert run(files) == 2


def test_its_second_job_passes_and_fails(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.coq.test_export import needs_coq

    needs_coq()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "proofs").mkdir()
    (tmp_path / "provenn").mkdir()
    (tmp_path / "provenn" / "theories").symlink_to(repository / "theories")
    shutil.copy(repository / "examples" / "proofs" / "vote" / "Vote.v", "proofs/Vote.v")
    (tmp_path / "key.pem").write_text(private_pem())
    (tmp_path / "release.pub").write_text(public_text())
    assert run(["extract", "proofs/Vote.v", "--network", "vote", "-o", "weights/vote",
                "--sign", "key.pem"]) == 0
    assert run(commands(repository)[1]) == 0
    source = (tmp_path / "proofs" / "Vote.v").read_text()
    (tmp_path / "proofs" / "Vote.v").write_text(f"{source}\n(* another file *)\n")
    assert run(commands(repository)[1]) == 2
