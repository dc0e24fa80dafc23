"""provenn run: arithmetics, files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.eval.run import replay
from provenn.io.onnx import load

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    path = tmp_path / "x.npy"
    np.save(path, np.random.default_rng(0).uniform(0, 1, (3, 1, 8, 8)).astype(np.float32))
    return path


def test_exact_is_the_replay(digits: Path, inputs: Path, tmp_path: Path, capsys: Captured) -> None:
    model, saved = digits / "conv.onnx", tmp_path / "y.npy"
    assert run(["run", str(model), "--input", str(inputs), "--exact", "--json", "--output", str(saved)]) == 0
    data = json.loads(capsys.readouterr().out)
    graph = load(model).graph
    wanted = np.stack([replay(graph, x) for x in np.load(inputs)])
    assert [float.fromhex(h) for h in data["hex"]] == wanted.ravel().tolist() == data["values"]
    assert np.array_equal(np.load(saved).reshape(wanted.shape), wanted)
    assert data["shape"] == [3, 1, 10]
    assert data["arithmetic"] == "exact"
    pytest.importorskip("onnxruntime")
    assert data["onnxruntime"]["largest_difference"] < 1e-4


@pytest.mark.parametrize("backend", ["numpy", "xla", "onnxruntime"])
def test_backends(backend: str, digits: Path, inputs: Path, capsys: Captured) -> None:
    pytest.importorskip({"xla": "jax"}.get(backend, backend))
    model = digits / "conv.onnx"
    assert run(["run", str(model), "--input", str(inputs), "--backend", backend, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    wanted = np.stack([replay(load(model).graph, x) for x in np.load(inputs)]).ravel()
    assert np.allclose(data["values"], wanted, rtol=1e-5, atol=1e-4)


def test_text(digits: Path, inputs: Path, capsys: Captured) -> None:
    np.save(inputs, np.load(inputs)[:1])
    assert run(["run", str(digits / "conv.onnx"), "--input", str(inputs), "--exact"]) == 0
    lines = capsys.readouterr().out.split("\n")
    _, decimal, exact = lines[0].rsplit(None, 2)
    assert np.float32(decimal) == float.fromhex(exact)
    assert "reference order" in lines[10]


@pytest.mark.parametrize(("x", "code"), [
    (np.zeros((1, 784), np.float32), "PNN-CLI-832"),
    (np.zeros((0, 1, 8, 8), np.float32), "PNN-CLI-832"),
    (np.full((1, 1, 8, 8), np.nan, np.float32), "PNN-CLI-833"),
    (np.full((1, 1, 8, 8), 0.1), "PNN-CLI-833"),
    (np.full((1, 1, 8, 8), 1e300), "PNN-CLI-833"),
    (np.full((1, 1, 8, 8), 2**24 + 1), "PNN-CLI-833"),
    (np.full((1, 1, 8, 8), "a"), "PNN-CLI-831"),
    (np.full((1, 1, 8, 8), None, object), "PNN-CLI-831"),
])
def test_refused(x: np.ndarray, code: str, digits: Path, tmp_path: Path, capsys: Captured) -> None:
    np.save(tmp_path / "x.npy", x)
    assert run(["run", str(digits / "conv.onnx"), "--input", str(tmp_path / "x.npy"), "--exact"]) == 1
    assert code in capsys.readouterr().err


@pytest.mark.parametrize("args", [["--backend", "abacus"], ["--backend", "xla", "--exact"]])
def test_options_that_do_not_fit(args: list[str], digits: Path, inputs: Path, capsys: Captured) -> None:
    assert run(["run", str(digits / "conv.onnx"), "--input", str(inputs), *args]) == 1
    assert "PNN-CLI-821" in capsys.readouterr().err


def test_numbers_that_are_exact_are_taken_in_any_type(digits: Path, tmp_path: Path, capsys: Captured) -> None:
    for x in (np.full((1, 1, 8, 8), 0.5), np.ones((1, 1, 8, 8), np.int64), np.ones((1, 1, 8, 8), bool)):
        np.save(tmp_path / "x.npy", x)
        assert run(["run", str(digits / "conv.onnx"), "--input", str(tmp_path / "x.npy"), "-q"]) == 0
    assert "NumPy" in capsys.readouterr().out
