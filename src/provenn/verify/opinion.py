"""A second opinion on a counterexample: the same input through onnxruntime, when it is installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from provenn.io.files import read_bytes
from provenn.ir.op import Array


@dataclass(frozen=True, slots=True)
class Opinion:
    """onnxruntime's flat output, or None with the reason in ``note``."""

    output: Array | None
    note: str


def onnxruntime_output(model: Path, x: Array) -> Opinion:
    """Run the model file itself, as its author wrote it, at one flat float32 input."""
    try:
        import onnxruntime as ort
    except ImportError:
        return Opinion(None, "onnxruntime is not installed, so the replay has no second opinion")
    try:
        options = ort.SessionOptions()
        options.log_severity_level, options.intra_op_num_threads = 4, 1
        data = read_bytes(model, "PNN-ONNX-401", "ONNX") if model.suffix == ".gz" else str(model)
        session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        out = session.run(None, {session.get_inputs()[0].name: _shaped(session.get_inputs()[0], x)})[0]
    except Exception as e:  # noqa: BLE001 - a foreign library: whatever it says is only reported
        return Opinion(None, f"onnxruntime could not run the model: {str(e).splitlines()[0][:200]}")
    return Opinion(np.asarray(out).ravel(), f"onnxruntime {ort.__version__}")


def _shaped(declared: Any, x: Array) -> Array:
    """The flat input under the declared shape; sizes that are not numbers are 1."""
    sizes = [d if isinstance(d, int) and d > 0 else 1 for d in declared.shape]
    return x.astype(np.float32).reshape(sizes)
