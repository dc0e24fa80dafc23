"""The sources that a Coq file imports are in the manifest, and one that changes is named."""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from provenn import deploy
from provenn.cli.app import run
from provenn.coq.extract import extract
from provenn.errors import ToolError
from tests.coq.test_export import needs_coq

WEIGHTS = """\
From Coq Require Import ZArith List.
Import ListNotations.
Definition row : list Z := [1; -1]%Z.
"""
LAYERS = """\
From Own Require Import Weights.
Definition rows := cons row nil.
"""
NETWORK = """\
From Coq Require Import List ZArith.
From Provenn Require Import Interface.
From Own Require Import Sub.Layers.
Import ListNotations.
Definition net : network Z := [Layer rows [0]%Z Relu].
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Net.v, which imports Own.Sub.Layers, which imports Own.Weights; both compiled."""
    needs_coq()
    (tmp_path / "own" / "Sub").mkdir(parents=True)
    (tmp_path / "own" / "Weights.v").write_text(WEIGHTS)
    (tmp_path / "own" / "Sub" / "Layers.v").write_text(LAYERS)
    (tmp_path / "Net.v").write_text(NETWORK)
    built(tmp_path)
    return tmp_path


def built(project: Path) -> None:
    for name in ("Weights.v", "Sub/Layers.v"):
        subprocess.run(["coqc", "-Q", "own", "Own", f"own/{name}"], cwd=project, check=True)


def test_sources_are_hashed_and_changes_are_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, folder, own = project / "Net.v", project / "net", project / "own"
    flags = ["-Q", str(own), "Own"]
    assert run(["extract", str(source), "--network", "net", "-o", str(folder), *flags]) == 0
    wanted = {"Own.Sub.Layers": sha256(LAYERS.encode()).hexdigest(),
              "Own.Weights": sha256(WEIGHTS.encode()).hexdigest()}
    assert dict(deploy.read_manifest(folder).imports) == wanted
    assert json.loads((folder / "manifest.json").read_text())["imports"] == wanted
    capsys.readouterr()
    assert run(["show", str(folder)]) == 0
    assert f"imports Own.Weights sha256 {wanted['Own.Weights']}" in " ".join(capsys.readouterr().out.split())
    assert deploy.compare(folder, deploy.ask_again(folder, source, flags))[1] == []

    (own / "Weights.v").write_text(WEIGHTS + "(* more *)\n")
    built(project)
    (found,) = deploy.compare(folder, deploy.ask_again(folder, source, flags))[1]
    assert (found.file, found.what.split(",")[0]) == ("Net.v", "imports Own.Weights")
    (own / "Weights.v").unlink()
    with pytest.raises(ToolError) as caught:
        extract(source, "net", flags=flags)
    assert caught.value.code == "PNN-TOOL-743"
    assert caught.value.where == str((own / "Weights.v").resolve())


def test_imports_that_come_and_go_are_named(project: Path) -> None:
    source, folder, flags = project / "Net.v", project / "net", ["-R", str(project / "own"), "Own"]
    assert run(["extract", str(source), "--network", "net", "-o", str(folder), *flags]) == 0
    said = json.loads((folder / "manifest.json").read_text())
    said["imports"]["Own.Other"] = said["imports"].pop("Own.Weights")
    (folder / "manifest.json").write_text(json.dumps(said))
    found = deploy.compare(folder, deploy.ask_again(folder, source, flags))[1]
    assert {f.what for f in found} == {"imports Own.Other no longer",
                                       "imports Own.Weights, which the manifest does not list"}


def test_a_file_without_imports_of_its_own_has_none(repository: Path) -> None:
    needs_coq()
    source = repository / "examples" / "proofs" / "vote" / "Vote.v"
    assert extract(source, "vote").imports == {}
