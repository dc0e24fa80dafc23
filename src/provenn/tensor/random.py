"""The one generator of random numbers behind initial weights and dropout masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from provenn.ir.op import Array

_generator = np.random.default_rng(0)


def manual_seed(seed: int) -> None:
    """Start the generator anew; the same seed gives the same weights and the same masks."""
    global _generator
    _generator = np.random.default_rng(seed)


def state() -> Mapping[str, Any]:
    """Where the generator stands, as plain numbers and strings that JSON can hold."""
    return _generator.bit_generator.state


def restore(state: Mapping[str, Any]) -> None:
    """Put the generator where ``state`` was taken."""
    _generator.bit_generator.state = dict(state)


def uniform(low: float, high: float, shape: Sequence[int]) -> Array:
    """Uniform numbers in [low, high), binary32."""
    return _generator.uniform(low, high, tuple(shape)).astype(np.float32)


def normal(shape: Sequence[int]) -> Array:
    """Standard normal numbers, binary32."""
    return _generator.standard_normal(tuple(shape), np.float32)


def bernoulli(probability: float, shape: Sequence[int]) -> Array:
    """Ones with this probability, else zeros."""
    return (_generator.random(tuple(shape), np.float32) < probability).astype(np.float32)
