"""Small ONNX files made on the spot, and onnxruntime as the judge of what the reader made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from provenn.eval.run import Ordered, run
from provenn.io.onnx import Reading, load

Save = Callable[..., Path]
Judge = Callable[..., Reading]


def build(
    nodes: Sequence[onnx.NodeProto],
    x: Sequence[int | str],
    weights: Mapping[str, Any] | None = None,
    *,
    opset: int = 17,
    ir_version: int = 8,
    output: str = "y",
) -> onnx.ModelProto:
    """A model with input ``x`` of the given shape, output ``y`` and constant tensors."""
    graph = helper.make_graph(
        list(nodes), "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(x))],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(a), name) for name, a in (weights or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Build a model and write it; returns the path."""

    def write(*args: Any, name: str = "small.onnx", **kwargs: Any) -> Path:
        path = tmp_path / name
        onnx.save(build(*args, **kwargs), path)
        return path

    return write


@pytest.fixture
def judge(save: Save) -> Judge:
    """Build a model, read it, and compare it with onnxruntime at random inputs."""
    runtime = pytest.importorskip("onnxruntime")
    runtime.set_default_logger_severity(4)

    def compare(*args: Any, rtol: float = 1e-5, atol: float = 1e-5, **kwargs: Any) -> Reading:
        path = save(*args, **kwargs)
        session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        reading = load(path)
        rng = np.random.default_rng(1)
        for _ in range(2):
            x = rng.uniform(-2, 2, reading.graph.input_type.shape).astype(np.float32)
            want = session.run(None, {"x": x})[0]
            composed = run(reading.graph, x[None])[0]
            np.testing.assert_allclose(composed, want, rtol=max(rtol, 1e-5), atol=max(atol, 1e-5))
            for arithmetic in (None, Ordered()):
                got = run(reading.exact, x[None], arithmetic)[0]
                assert got.shape == want.shape
                np.testing.assert_allclose(got, want, rtol=rtol, atol=atol)
        return reading

    return compare
