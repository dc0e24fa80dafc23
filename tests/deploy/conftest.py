"""The examples with proofs as folders of files, extracted once for all tests of a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.deploy.files import SAVED_MODEL
from provenn.eval.run import replay
from provenn.io import onnx
from tests.coq.test_export import needs_coq


@dataclass(frozen=True)
class Example:
    """A Coq file, the network and the theorem in it, and a property that survives rounding."""

    source: str
    network: str
    theorem: str
    spec: str = ""


EXAMPLES = {
    "vote": Example("Vote.v", "vote", "vote_is_majority"),
    "counter": Example("Counter.v", "step_of", "counts_modulo_3"),
    "monotone": Example("Monotone.v", "controller", "colder_is_not_heated_less"),
    "advisory": Example("Advisory.v", "advisory", "advice_is_safe"),
    "shares": Example("Shares.v", "shares", "nothing_is_left", "close.vnnlib"),
    "thermostat": Example("Thermostat.v", "thermostat", "opens_enough", "keeps.vnnlib"),
}


@pytest.fixture(scope="session")
def deployed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of an example, TensorFlow's format included; nobody may change it."""
    made: dict[str, Path] = {}

    def extracted(name: str) -> Path:
        needs_coq()
        if name not in made:
            one, room = EXAMPLES[name], repository / "examples" / "proofs" / name
            folder = tmp_path_factory.mktemp(name)
            command = ["extract", str(room / one.source), "--network", one.network, "--theorem", one.theorem,
                       "--also", "tensorflow", "-o", str(folder)]
            assert run(command + (["--spec", str(room / one.spec)] if one.spec else [])) == 0
            made[name] = folder
        return made[name]

    return extracted


class Running:
    """A folder's network in every program that runs it, each loaded once."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        import tensorflow as tf
        import torch

        self.graph = onnx.read(folder / "model.onnx")
        self.session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
        names: dict[str, object] = {"__file__": str(folder / "model.py"), "__name__": "model"}
        exec(compile((folder / "model.py").read_text(), "model.py", "exec"), names)
        self.module = names["build"]()  # type: ignore[operator]
        self.saved = tf.saved_model.load(str((folder / SAVED_MODEL).parent))
        self.tf, self.torch = tf, torch

    def __call__(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs at one input in the reference, onnxruntime, PyTorch and TensorFlow."""
        row = x[None]
        with self.torch.no_grad():
            torch = self.module(self.torch.from_numpy(row))[0].numpy()
        flow = self.saved.signatures["serving_default"](input=self.tf.constant(row))["output"]
        return {"reference": replay(self.graph, x).ravel(), "torch": torch, "tensorflow": flow.numpy()[0],
                "onnxruntime": self.session.run(None, {"input": row})[0][0]}
