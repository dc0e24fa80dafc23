"""Ordinary use that leads to the errors of benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provenn.cli.bench import _alone, bench
from provenn.io.instances import read

Patch = pytest.MonkeyPatch
Trigger = Callable[[Path, Patch], Any]


def listed(content: str) -> Trigger:
    """Read a list of instances."""
    return lambda tmp, patch: read(written(tmp, content))


def written(tmp: Path, content: str) -> Path:
    path = tmp / "instances.csv"
    path.write_text(content)
    return path


def one(tmp: Path) -> Path:
    """A list of one instance whose files are there."""
    for name in ("net.onnx", "prop.vnnlib"):
        (tmp / name).write_text("")
    return written(tmp, "benchmark,net,vnnlib,timeout\ndigits,net.onnx,prop.vnnlib,60\n")


def other_results(tmp: Path, patch: Patch) -> None:
    (tmp / "results.csv").write_text("net,verdict\nnet.onnx,unsat\n")
    bench(one(tmp), out=tmp)


def in_use(tmp: Path, patch: Patch) -> None:
    with _alone(tmp):
        bench(one(tmp), out=tmp)


TRIGGERS: dict[str, Trigger] = {
    "PNN-BENCH-841": lambda tmp, patch: read(tmp / "misspelt.csv"),
    "PNN-BENCH-842": listed("onnx/net.onnx,vnnlib/prop.vnnlib,soon\n"),
    "PNN-BENCH-843": listed("onnx/net.onnx,vnnlib/prop.vnnlib,60\n"),
    "PNN-BENCH-844": lambda tmp, patch: bench(one(tmp), out=tmp, family=["acasxv"]),
    "PNN-BENCH-845": other_results,
    "PNN-BENCH-846": in_use,
}
