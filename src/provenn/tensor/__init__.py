"""Tensors: arrays that remember how they were computed, and the derivatives of what they remember."""

from provenn.tensor.core import Tensor, apply, as_tensor
from provenn.tensor.derive import grad, jvp, value_and_grad, vjp
from provenn.tensor.random import manual_seed
from provenn.tensor.recording import graph_of, no_grad

__all__ = [
    "Tensor", "apply", "as_tensor", "grad", "graph_of", "jvp", "manual_seed", "no_grad", "value_and_grad",
    "vjp",
]
