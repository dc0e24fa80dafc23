"""The verbs about weights: how they are called, without Coq."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenn.cli.app import run
from provenn.cli.extract import flags_of, joined


def test_options_of_coqc_are_written_as_for_coqc(tmp_path: Path) -> None:
    line = ["extract", "A.v", "-Q", "lib", "Lib", "-R", "other=Other.Path", "-I", "plain", "-Q", "dir", "",
            "-o", "x"]
    assert joined(line) == ["extract", "A.v", "-Q", "lib=Lib", "-R", "other=Other.Path", "-I", "plain",
                            "-Q", "dir=", "-o", "x"]
    assert joined(["verify", "-Q"]) == ["verify", "-Q"]
    here = Path.cwd()
    assert flags_of([f"{tmp_path}/a=b=Lib"], ["other="], [Path("plain")]) == [
        "-Q", f"{tmp_path}/a=b", "Lib", "-R", str(here / "other"), "", "-I", str(here / "plain")]


@pytest.mark.parametrize("args", [
    ["check", "--weights", "x", "--gradient", "y"], ["check", "--against", "A.v"],
    ["check", "m.onnx", "--weights", "x"], ["extract", "A.v", "-o", "x"],
    ["extract", "--network", "n", "-o", "x"], ["extract", "A.v", "--network", "n"],
    ["check", "--weights", "there/is/no/such/folder"], ["show", "there/is/no/such/folder"]])
def test_what_cannot_be_meant_is_refused(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(args) == 1
    assert "PNN-" in capsys.readouterr().err


def test_a_folder_called_like_a_data_set_is_not_taken_for_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROVENN_DATA", str(tmp_path / "none"))
    (tmp_path / "mnist").mkdir()
    (tmp_path / "other").mkdir()
    assert run(["show", "mnist"]) == 1
    assert "PNN-DATA" in capsys.readouterr().err
    assert run(["show", "other"]) == 1
    assert "PNN-CERT-631" in capsys.readouterr().err
