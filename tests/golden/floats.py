"""Error codes of running networks and of measuring functions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.cli.run import batch_of, load
from provenn.cli.run import run as run_verb
from provenn.cli.sweep import sweep
from provenn.eval.accuracy.oracle import check_sample
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL

Trigger = Callable[[Path, pytest.MonkeyPatch], Any]
DIGITS = Path(__file__).resolve().parents[2] / "examples" / "digits"


def saved(x: Any) -> Trigger:
    """Read a file with this array."""

    def trigger(tmp: Path, patch: pytest.MonkeyPatch) -> None:
        np.save(tmp / "x.npy", np.asarray(x))
        load(tmp / "x.npy")

    return trigger


def text_file(tmp: Path, patch: pytest.MonkeyPatch) -> None:
    (tmp / "x.npy").write_text("0.5, 0.25\n")
    load(tmp / "x.npy")


def pair() -> Graph:
    """X [1, 2] through a ReLU."""
    builder = Builder()
    return builder.finish(builder.add(ALL["relu"], builder.add(ALL["input"], shape=(1, 2))))


def without_onnxruntime(tmp: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(sys.modules, "onnxruntime", None)
    np.save(tmp / "x.npy", np.zeros((1, 1, 8, 8), np.float32))
    run_verb(DIGITS / "conv.onnx", tmp / "x.npy", backend="onnxruntime", quiet=True)


def other_sweep(tmp: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("provenn.eval.accuracy.libraries.version", lambda library: "1.0")
    (tmp / "exp.json").write_text("{}")
    sweep("exp", result=tmp / "exp.json", every=10**9, quiet=True)


def inaccurate(tmp: Path, patch: pytest.MonkeyPatch) -> None:
    x = np.ones(1, np.float32)
    check_sample("exp", x, np.array([np.e * (1 + 1e-12)]))


FLOATS: dict[str, Trigger] = {
    "PNN-CLI-831": text_file,
    "PNN-CLI-832": lambda tmp, patch: batch_of(np.zeros((1, 3), np.float32), pair(), Path("x.npy")),
    "PNN-CLI-833": saved([[0.5, 0.1]]),
    "PNN-CLI-834": lambda tmp, patch: sweep("exp", bounds="1:-1"),
    "PNN-CLI-835": other_sweep,
    "PNN-TOOL-732": inaccurate,
    "PNN-TOOL-731": without_onnxruntime,
}
