"""Usual command lines are read without typer, exactly as typer would; others are left to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provenn.cli import direct, verify
from provenn.cli.program import call

USUAL = [
    ["verify"],
    ["verify", "a.onnx", "b.vnnlib"],
    ["verify", "b.vnnlib", "--timeout", "60", "a.onnx", "-q"],
    ["verify", "a.onnx", "b.vnnlib", "--timeout", "0.5", "--seed", "7", "--json", "--quiet"],
    ["verify", "a.onnx", "b.vnnlib", "--certificate", "c d.cert", "--report", "r.html"],
    ["verify", "a.onnx", "b.vnnlib", "--semantics", "binary32", "--seed", "007"],
]
OTHER = [
    [], ["check", "a.onnx"], ["--version"], ["verify", "--help"], ["verify", "-h"],
    ["verify", "a.onnx", "--timeout"], ["verify", "a.onnx", "--timeout", "-1"], ["verify", "--timeout=60"],
    ["verify", "--timeout", "1e3"], ["verify", "--seed", "1.5"],
    ["verify", "--timeout", "1", "--timeout", "2"],
    ["verify", "--jobs", "2"], ["verify", "--network", "a.onnx"], ["verify", "--", "a.onnx"],
    ["verify", "--certificate", "--json"], ["verify", ""], ["verify", "-"], ["verify", "--nonsense"],
]


@pytest.mark.parametrize("args", USUAL, ids=" ".join)
def test_typer_reads_the_same(args: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], dict[str, Any]]] = []

    def decide(files: list[str], **options: Any) -> int:
        seen.append((list(files), options))
        return 0

    monkeypatch.setattr(verify, "decide", decide)
    assert call(args) == 0
    usual = direct.read(args)
    assert usual is not None
    (files, options), = seen
    assert usual.files == files
    assert {**options, **usual.options} == options


@pytest.mark.parametrize("args", OTHER, ids=" ".join)
def test_the_rest_is_left_to_typer(args: list[str]) -> None:
    assert direct.read(args) is None


def test_a_usual_run_loads_no_typer_no_rich_no_whole_onnx(digits: Path, checker_program: Path) -> None:
    words = ["verify", str(digits / "mlp.onnx"), str(digits / "mlp_robust.vnnlib")]
    code = f"import sys; from provenn.cli.app import run; run({words!r}); " \
           "print(*({'typer', 'pydantic', 'rich', 'onnx', 'jinja2', 'matplotlib'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.startswith("unsat\n")
    assert out.split("\n")[-2] == ""
