"""Finding, compiling and running the checker; reading what it prints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from provenn.errors import ToolError
from provenn.verify import checker

WORDS = np.zeros(3)


def pretend(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A program that stands in for the checker."""
    program = folder / "provenn-checker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PROVENN_CHECKER", str(program))
    return program


def test_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, monkeypatch, "echo graph abc def; echo leaves 7; echo accepted")
    said = checker.run(WORDS, WORDS, WORDS)
    assert said.accepted
    assert said.reason == ""
    assert said.facts == {"graph": "abc def", "leaves": "7"}
    assert len(said.binary_sha256) == 64


def test_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, monkeypatch, "echo rejected not-refuted word=17 left=-0.5 right=0; exit 1")
    said = checker.run(WORDS, WORDS, WORDS)
    assert not said.accepted
    assert said.reason == "not-refuted"
    assert said.detail == {"word": "17", "left": "-0.5", "right": "0"}


@pytest.mark.parametrize("script", [
    "exit 0", "exit 1", "echo accepted; exit 1", "echo rejected x; exit 0", "echo accepted; echo more",
    "echo acceptedly", "kill -SEGV $$", "echo error cannot read; exit 2",
])
def test_anything_else_is_an_error(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, monkeypatch, script)
    with pytest.raises(ToolError) as caught:
        checker.run(WORDS, WORDS, WORDS)
    assert caught.value.code == "PNN-TOOL-705"


def test_the_files_hold_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path, monkeypatch, 'wc -c < "$1"; wc -c < "$2"; wc -c < "$3"; echo accepted')
    said = checker.run(np.zeros(1), np.zeros(2), np.zeros(5))
    assert list(said.facts) == ["8", "16", "40"]


def test_the_program_is_compiled_once(checker_program: Path) -> None:
    before = checker_program.stat().st_mtime_ns
    assert checker.find() == checker_program
    assert checker_program.stat().st_mtime_ns == before


def test_the_real_checker_says_no_to_nonsense(checker_program: Path) -> None:
    said = checker.run(WORDS, WORDS, WORDS)
    assert not said.accepted
    assert said.reason
