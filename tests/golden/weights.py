"""For each error of weights out of proofs, a few lines of ordinary use that lead to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.coq.extract import extract
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL

Patch = pytest.MonkeyPatch


def word(at: int, value: float) -> Callable[[Path, Patch], Any]:
    """Read the words of relu(x - 2) with one word changed."""

    def trigger(tmp: Path, patch: Patch) -> None:
        builder = Builder()
        x = builder.add(ALL["input"], shape=(1,))
        two = builder.parameter(ALL["parameter"], np.array([-2.0], np.float32))
        words = graph_words(builder.finish(builder.add(ALL["relu"], builder.add(ALL["add"], x, two))))
        words[at] = value
        read_graph_words(words, ALL, "net.pvn")

    return trigger


def with_coq(source: str | None, name: str = "vote") -> Callable[[Path, Patch], Any]:
    """Extract from a file with a program in Coq's place that says nothing."""

    def trigger(tmp: Path, patch: Patch) -> None:
        (tmp / "Interface").mkdir()
        (tmp / "Interface" / "SpecProof.vo").touch()
        (tmp / "coqc").write_text("#!/bin/sh\n")
        (tmp / "coqc").chmod(0o755)
        patch.setenv("PATH", f"{tmp}:{os.environ['PATH']}")
        if source is not None:
            (tmp / "Vote.v").write_text(source)
        extract(tmp / "Vote.v", name, theories=tmp)

    return trigger


TRIGGERS: dict[str, Callable[[Path, Patch], Any]] = {
    "PNN-GRAPH-111": word(3, 9),
    "PNN-GRAPH-112": word(6, 99),
    "PNN-GRAPH-113": word(20, 0.1),
    "PNN-CLI-811": with_coq("", "my vote"),
    "PNN-CERT-623": with_coq(""),
    "PNN-TOOL-743": with_coq(None),
}
