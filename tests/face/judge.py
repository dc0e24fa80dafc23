"""The same expression in both libraries, values and gradients compared.

PyTorch computes in binary64, so that the difference is our own error in binary32.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from provenn import Tensor

torch = pytest.importorskip("torch")
BOUND = 1e-6


def far(ours: Any, theirs: Any) -> float:
    """Largest difference, relative to the largest element of what is right."""
    a, b = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    assert a.shape == b.shape
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(np.float32)


def judged(function: Callable[..., Any], arrays: Sequence[np.ndarray], dtype: Any) -> list[np.ndarray]:
    """PyTorch's value, and its gradients in every array of the value weighted with random numbers."""
    ts = [torch.tensor(a, dtype=dtype, requires_grad=True) for a in arrays]
    t = function(*ts)
    (t * torch.from_numpy(normal(*t.shape, seed=9))).sum().backward()
    return [t.detach().numpy(), *(x.grad.numpy() for x in ts)]


def agree(mine: Callable[..., Any], theirs: Callable[..., Any], arrays: Sequence[np.ndarray],
          bound: float = BOUND, slack: float = 0.0) -> None:
    """Our value and gradients are within ``bound``, or ``slack`` times the error of PyTorch in binary32."""
    right = judged(theirs, arrays, torch.float64)
    rounded = judged(theirs, arrays, torch.float32)
    xs = [Tensor(a, requires_grad=True) for a in arrays]
    y = mine(*xs)
    (y * normal(*y.shape, seed=9)).sum().backward()
    for k, (made, r, q) in enumerate(zip([y, *(x.grad for x in xs)], right, rounded, strict=True)):
        assert made is not None
        assert made.value is not None
        assert made.value.dtype == np.float32
        assert far(made, r) <= max(bound, slack * far(q, r)), f"gradient of operand {k - 1}" if k else "value"
