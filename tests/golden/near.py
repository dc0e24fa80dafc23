"""For each error of bounds and robustness properties, a small program of a user that leads to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import provenn
from provenn import BoundedModule, BoundedTensor, PerturbationLpNorm, nn
from provenn.io.network import read_network

X = np.zeros((1, 2), np.float32)


def bounds(x: Any = X, method: str = "IBP", c: Any = None, eps: float = 0.1, norm: float = np.inf) -> Any:
    """Bounds of a small network."""
    ball = BoundedTensor(x, PerturbationLpNorm(norm=norm, eps=eps))
    return BoundedModule(nn.Linear(2, 3), X).compute_bounds(x=(ball,), C=c, method=method)


def unexportable(tmp: Path, patch: Any) -> None:
    """A torch module with another number of inputs."""
    import torch

    read_network(torch.nn.Linear(784, 10), (1, 10))


NEAR = {
    "PNN-SHAPE-131": lambda tmp, patch: bounds(np.zeros((4, 3))),
    "PNN-SHAPE-132": lambda tmp, patch: bounds(c=np.ones((1, 3))),
    "PNN-SHAPE-133": lambda tmp, patch: read_network(nn.Linear(2, 2)),
    "PNN-OP-231": lambda tmp, patch: bounds(norm=2),
    "PNN-OP-232": lambda tmp, patch: bounds(method="forward"),
    "PNN-PROP-302": lambda tmp, patch: provenn.robustness(nn.Linear(2, 3), [0.5, 1.5], "0.1", 0, lo=0, hi=1),
    "PNN-PROP-303": lambda tmp, patch: provenn.robustness(nn.Linear(2, 3), [0.5, 0.5], "0.1", 3),
    "PNN-FACE-921": lambda tmp, patch: read_network(len, (1, 2)),  # type: ignore[arg-type]
    "PNN-ONNX-421": unexportable,
}
