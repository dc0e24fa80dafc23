"""For each error of weights out of proofs, a few lines of ordinary use that lead to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn import deploy
from provenn.cli.extract import flags_of
from provenn.cli.sign import sign
from provenn.coq.coqc import Compiled
from provenn.coq.extract import _Said, extract
from provenn.deploy import read_manifest
from provenn.deploy.signature import public_key
from provenn.io.weights import Stored, read_npz, write_gguf
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from tests.deploy.test_compare import GRAPH, MANIFEST
from tests.deploy.test_signature import private_pem, written

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


def with_manifest(text: str | None) -> Callable[[Path, Patch], Any]:
    """Read the manifest of a folder."""

    def trigger(tmp: Path, patch: Patch) -> None:
        if text is not None:
            (tmp / "manifest.json").write_text(text)
        read_manifest(tmp)

    return trigger


def assumed(tmp: Path, patch: Patch) -> None:
    """What Coq prints of a theorem that was admitted."""
    (tmp / "words.out").write_text("     = cons (cons 1%uint63 nil) nil")
    (tmp / "facts.out").write_text("     = (1, nil)")
    (tmp / "assumptions.out").write_text("Axioms:\nVote.safe : forall x : R, run vote x = x\n")
    said = Compiled(0.0, 0, (), "")
    _Said(tmp, said, said, "safe").extracted()


def unsigned(tmp: Path, patch: Patch) -> None:
    """Sign a folder with a file that is not the one that was written."""
    deploy.write_folder(tmp / "net", GRAPH, MANIFEST, {})
    (tmp / "net" / "model.py").write_text("pass\n")
    (tmp / "key.pem").write_text(private_pem())
    sign(tmp / "net", tmp / "key.pem")


def without_tensorflow(tmp: Path, patch: Patch) -> None:
    """Write a SavedModel where TensorFlow cannot be imported."""
    patch.setitem(sys.modules, "tensorflow", None)
    deploy.files_of(GRAPH, MANIFEST, ["tensorflow"])


TRIGGERS: dict[str, Callable[[Path, Patch], Any]] = {
    "PNN-GRAPH-111": word(3, 9),
    "PNN-GRAPH-112": word(6, 99),
    "PNN-GRAPH-113": word(20, 0.1),
    "PNN-CLI-811": with_coq("", "my vote"),
    "PNN-CERT-623": with_coq(""),
    "PNN-TOOL-743": with_coq(None),
    "PNN-CERT-631": with_manifest(None),
    "PNN-CERT-632": with_manifest('{"format": "provenn-weights", "version": 2}'),
    "PNN-CERT-633": lambda tmp, patch: read_npz(b"PK and nothing else", "weights.npz"),
    "PNN-CERT-634": lambda tmp, patch: Stored.of(np.array([1.0001], np.float32), "BF16"),
    "PNN-CERT-635": assumed,
    "PNN-CERT-636": lambda tmp, patch: write_gguf({"scale": Stored.of(np.array(2.5, np.float32))}),
    "PNN-CERT-637": lambda tmp, patch: public_key(written(tmp / "key.pem", private_pem())),
    "PNN-CERT-638": unsigned,
    "PNN-TOOL-733": without_tensorflow,
    "PNN-CLI-812": lambda tmp, patch: flags_of(["theories"], None, None),
}
