"""Real networks against onnxruntime, in fast and in ordered arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from provenn.errors import UnsupportedError
from provenn.eval.run import Ordered, run
from provenn.io.onnx import load

LISTED = {"Add", "Sub", "Mul", "MatMul", "Gemm", "Relu", "Flatten", "Constant", "Reshape", "Dropout", "Conv",
          "Identity", "Squeeze", "Unsqueeze", "Transpose", "Concat"}
REFUSED_ZOO = {"dropout_training_mode_true"}


def differences(path: Path) -> tuple[float, float, float]:
    """Largest absolute difference of fast and of ordered evaluation, and the largest output."""
    runtime = pytest.importorskip("onnxruntime")
    runtime.set_default_logger_severity(4)
    graph = load(path).exact
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(7)
    x = rng.uniform(-1, 1, (3, *graph.input_type.shape)).astype(np.float32)
    want = np.stack([session.run(None, {session.get_inputs()[0].name: one})[0] for one in x])
    fast, ordered = run(graph, x), run(graph, x, Ordered())
    fast, ordered = (np.broadcast_to(y, (3, *y.shape[1:])) for y in (fast, ordered))
    assert fast.shape == want.shape
    return float(abs(fast - want).max()), float(abs(ordered - want).max()), float(abs(want).max())


def test_every_benchmark_network_that_is_read(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accepted, lines = 0, []
    for path in sorted((shared / "bench/vnncomp").glob("*/onnx/*.onnx")):
        ops = {n.op_type for n in onnx.load(path).graph.node}
        try:
            fast, ordered, size = differences(path)
        except UnsupportedError as e:
            assert not ops <= LISTED, f"{path.name} uses listed operators only"
            lines.append(f"  {path.name:52s} {e.code} {e.what}")
            continue
        accepted += 1
        lines.append(f"  {path.name:52s} fast {fast:.1e} ordered {ordered:.1e} of {size:.3g}")
        assert max(fast, ordered) <= 1e-5 * max(1.0, size), path.name
    with capsys.disabled():
        print(f"\nnetworks against onnxruntime: {accepted} read", *lines, sep="\n")
    assert accepted >= 32


def test_every_network_of_the_operator_zoo(shared: Path) -> None:
    refused = set()
    for path in sorted((shared / "bench/opzoo").glob("*.onnx")):
        try:
            fast, ordered, size = differences(path)
        except UnsupportedError:
            refused.add(path.stem)
            continue
        assert max(fast, ordered) <= 1e-6 * max(1.0, size), path.name
    assert refused == REFUSED_ZOO
