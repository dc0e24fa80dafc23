"""The chain from Coq's value to what a program has loaded: each link has a status, each break is found."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn import deploy
from provenn.cli.app import run
from provenn.coq import coqc, stored
from provenn.deploy import chain, loading
from provenn.deploy.files import MORE, NPZ, ONNX, SAFETENSORS, TORCH, WORDS
from provenn.errors import CertificateError, ToolError
from provenn.io.weights import Tensors
from tests.coq.test_export import needs_coq
from tests.deploy.test_compare import GRAPH, MANIFEST

LOADED = {"model.gguf", "model.mlir", ONNX, TORCH, SAFETENSORS, NPZ, "saved_model/saved_model.pb"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files in every format but TensorFlow's, which takes seconds to load."""
    deploy.write_folder(tmp_path / "net", GRAPH, MANIFEST, {}, ["gguf"])
    return tmp_path / "net"


def statuses(made: deploy.Chain) -> dict[tuple[str, str], str]:
    return {(link.start, link.end.split(" ")[0]): link.status for link in made.links}


def test_every_format_is_loaded_by_its_program(tmp_path: Path) -> None:
    for package in ("gguf", "jax", "onnxruntime", "tensorflow", "torch"):
        pytest.importorskip(package)
    deploy.write_folder(tmp_path, GRAPH, MANIFEST, {}, MORE)
    made = deploy.checked(tmp_path)
    assert made.findings == ()
    got = statuses(made)
    assert {start for (start, _), status in got.items() if status == loading.SAME} == LOADED
    assert {end for (start, end), status in got.items() if start == WORDS and status == chain.COMPARED} == {
        *LOADED, "model.py"}
    assert got["Coq", WORDS] == chain.UNASKED


def test_what_is_not_installed_is_said_and_no_difference(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else there(name))
    assert run(["check", "--weights", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("accepted\n")
    assert f"{TORCH} > PyTorch " in said
    assert "not installed          pip install torch" in said
    assert run(["check", "--weights", str(folder), "--json"]) == 0
    links = json.loads(capsys.readouterr().out)["links"]
    assert {"start": TORCH, "end": "PyTorch", "status": "not installed", "detail": "pip install torch",
            "seconds": 0.0} in links


def test_a_program_that_is_demanded_and_absent_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = importlib.util.find_spec
    assert run(["check", "--weights", str(folder), "--require", "numpy, onnxruntime"]) == 0
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else there(name))
    assert run(["check", "--weights", str(folder), "--require", "numpy,torch",
                "--require", "tensorflow"]) == 2
    said = " ".join(capsys.readouterr().out.split())
    assert f"{TORCH} torch must load it (not installed: pip install torch)" in said
    assert "saved_model/saved_model.pb tensorflow must load it (the folder has no such file)" in said
    assert "numpy must" not in said
    assert run(["check", "--weights", str(folder), "--require", "tensorflow,caffe"]) == 1
    assert "no file of weights is loaded by this package" in capsys.readouterr().err


def test_a_demanded_program_with_a_broken_file_is_one_finding(folder: Path) -> None:
    (folder / TORCH).write_bytes(b"no zip")
    (found,) = deploy.checked(folder, require=["torch"]).findings
    assert found.file == TORCH
    assert "must load it" not in found.what


def test_a_program_that_loads_other_bits_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = loading.PROGRAMS[NPZ]

    def flushing(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
        for name, value in honest.load(path, wanted):
            yield name, np.where(np.abs(value) < 0.2, np.float32(0), value)

    monkeypatch.setitem(loading.PROGRAMS, NPZ, replace(honest, load=flushing))
    assert run(["check", "--weights", str(folder)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "rejected"
    assert NPZ in lines[1]
    assert "tensor 0.weight " in lines[1]
    assert "once NumPy" in lines[1]


def test_a_program_that_refuses_a_file_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
        raise RuntimeError("no")

    monkeypatch.setitem(loading.PROGRAMS, ONNX, replace(loading.PROGRAMS[ONNX], load=refusing))
    (found,) = deploy.checked(folder).findings
    assert found.file == ONNX
    assert "does not load it: RuntimeError: no" in found.what


def test_files_that_differ_are_not_loaded(folder: Path) -> None:
    data = bytearray((folder / TORCH).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / TORCH).write_bytes(bytes(data))
    made = deploy.checked(folder)
    assert {f.file for f in made.findings} == {TORCH}
    got = statuses(made)
    assert got[WORDS, TORCH] == loading.DIFFERS
    assert (TORCH, "PyTorch") not in got


def test_without_words_nothing_is_loaded(folder: Path) -> None:
    (folder / WORDS).unlink()
    made = deploy.checked(folder)
    assert {f.file for f in made.findings} == {WORDS}
    assert statuses(made) == {("Coq", WORDS): loading.DIFFERS}


def test_coq_proves_that_the_bytes_are_the_network_and_says_where_they_are_not(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_coq()
    source = repository / "examples" / "proofs" / "vote" / "Vote.v"
    assert run(["extract", str(source), "--network", "vote", "-o", str(tmp_path)]) == 0
    capsys.readouterr()
    assert run(["check", "--weights", str(tmp_path), "--against", str(source)]) == 0
    said = capsys.readouterr()
    for step in (f"Coq > {WORDS}", f"Coq > {SAFETENSORS}"):
        (line,) = (text for text in said.out.splitlines() if step in text)
        assert "proved by Coq" in line
    assert f"asking Coq for a proof that {SAFETENSORS}" in said.err
    # A reader of ours that overlooked a difference: Coq's own does not.
    data = bytearray((tmp_path / SAFETENSORS).read_bytes())
    data[-1] ^= 0x80
    (tmp_path / SAFETENSORS).write_bytes(bytes(data))
    monkeypatch.setattr(chain, "compare", lambda folder, *rest: (deploy.read_manifest(folder), []))
    monkeypatch.setattr(chain, "loaded_by_frameworks", lambda folder, contents: ([], []))
    (found,) = deploy.checked(tmp_path, source).findings
    assert found.file == SAFETENSORS
    assert "Coq does not prove that these bytes are the network" in found.what


def test_coq_proves_what_integers_hold_and_says_where_rounded_halves_are_compared(
    repository: Path, tmp_path: Path
) -> None:
    needs_coq()
    room = repository / "examples" / "proofs"
    for source, network, dtype, status in ((room / "vote" / "Vote.v", "vote", "I8", chain.PROVED), (
            room / "thermostat" / "Thermostat.v", "thermostat", "F16", chain.COMPARED)):
        assert run(["extract", str(source), "--network", network, "--dtype", dtype, "-o",
                    str(tmp_path / network), "--allow-rounding"]) == 0
        made = deploy.checked(tmp_path / network, source)
        assert made.findings == ()
        (link,) = (one for one in made.links if one.end == SAFETENSORS)
        assert link.status == status
        assert link.detail == (chain.HOLDS_STORED if dtype == "I8" else
                               "of rounded numbers Coq writes F32 only")
    data = bytearray((tmp_path / "vote" / SAFETENSORS).read_bytes())
    data[-1] ^= 1
    with pytest.raises(CertificateError):
        stored.prove(room / "vote" / "Vote.v", "vote", bytes(data), dtype="I8")


def test_rounded_weights_are_the_bytes_that_coq_writes(repository: Path, tmp_path: Path) -> None:
    needs_coq()
    source = repository / "examples" / "proofs" / "thermostat" / "Thermostat.v"
    assert run(["extract", str(source), "--network", "thermostat", "-o", str(tmp_path),
                "--allow-rounding"]) == 0
    made = deploy.checked(tmp_path, source)
    assert made.findings == ()
    got = {(link.start, link.end): link for link in made.links}
    assert got["Coq", WORDS].status == chain.COMPARED
    assert got["Coq", SAFETENSORS].status == chain.PROVED
    assert got["Coq", SAFETENSORS].detail == chain.WRITTEN


def test_without_coq_the_source_is_no_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coqc.shutil, "which", lambda name: None)
    with pytest.raises(ToolError) as caught:
        deploy.checked(folder, folder / "Net.v")
    assert caught.value.code == "PNN-TOOL-741"


def test_a_long_list_is_no_stack_overflow(tmp_path: Path) -> None:
    needs_coq()
    numbers = "; ".join(str(k % 7) for k in range(60_000))
    (tmp_path / "Long.v").write_text("From Coq Require Import List Uint63. Import ListNotations.\n"
                                     f"Definition long := [{numbers}]%uint63.\n")
    coqc.coqc(tmp_path / "Long.v")


def test_installed_theories_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_coq()
    fake, library = tmp_path / "bin" / "coqc", tmp_path / "coq" / "user-contrib" / "Provenn"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho {tmp_path / 'coq'}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    monkeypatch.setattr(coqc, "THEORIES", tmp_path / "no")
    with pytest.raises(ToolError):
        coqc.theories_in()
    (library / "Interface").mkdir(parents=True)
    (library / "Interface" / "SpecProof.vo").write_text("")
    assert coqc.theories_in() == library
