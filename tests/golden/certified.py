"""For each code of certification, a few lines of ordinary use that lead to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.bounds.graphs import enclose
from provenn.cli.certify import _radius
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder
from provenn.ops import ALL
from provenn.train import certifying
from provenn.train.dataset import Dataset
from provenn.verify import survey

Trigger = Callable[[Path, pytest.MonkeyPatch], Any]


def _square(tmp: Path, patch: pytest.MonkeyPatch) -> None:
    emit = GraphEmitter(Builder(), ALL)
    x, low, high = (emit.input(shape=(2,)) for _ in range(3))
    enclose(emit, {x: (low, high)}, [emit.mul(x, x)])


def _other(tmp: Path, patch: pytest.MonkeyPatch) -> None:
    path = tmp / "results.json"
    path.write_text(json.dumps(survey.Survey({"eps": "1/10", "images": 10}).data()))
    survey.read(path, {"eps": "3/10", "images": 10})


def _digits() -> Dataset:
    images, labels = np.zeros((1, 8, 8), np.uint8), np.zeros(1, np.uint8)
    return Dataset("digits", "test", images, labels, tuple("0123456789"), 16)


def _large(tmp: Path, patch: pytest.MonkeyPatch) -> None:
    emit = GraphEmitter(Builder(), ALL)
    patch.setattr(certifying.onnx, "read", lambda path: emit.builder.finish(emit.input(shape=(1, 784))))
    certifying.network(Path("mnist.onnx"), _digits())


CERTIFIED: dict[str, Trigger] = {
    "PNN-OP-203": _square,
    "PNN-SHAPE-114": _large,
    "PNN-CERT-616": _other,
    "PNN-CERT-617": lambda tmp, patch: certifying.network(Path("misspelt"), _digits()),
    "PNN-CLI-808": lambda tmp, patch: _radius("25"),
}
