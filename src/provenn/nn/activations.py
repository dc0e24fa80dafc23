"""Activations as modules."""

from __future__ import annotations

from provenn import functional
from provenn.nn.module import Module
from provenn.tensor.core import Tensor


class Identity(Module):
    """x itself."""

    def forward(self, x: Tensor) -> Tensor:
        """Nothing is computed."""
        return x


class ReLU(Module):
    """Positive parts."""

    def forward(self, x: Tensor) -> Tensor:
        """See functional.relu."""
        return functional.relu(x)


class LeakyReLU(Module):
    """x above 0, negative_slope * x below."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: Tensor) -> Tensor:
        """See functional.leaky_relu."""
        return functional.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        """The slope."""
        return f"negative_slope={self.negative_slope}"


class Sigmoid(Module):
    """1 / (1 + e^-x)."""

    def forward(self, x: Tensor) -> Tensor:
        """See functional.sigmoid."""
        return functional.sigmoid(x)


class Tanh(Module):
    """Hyperbolic tangents."""

    def forward(self, x: Tensor) -> Tensor:
        """See functional.tanh."""
        return functional.tanh(x)


class GELU(Module):
    """x times the normal distribution function, by erf or approximated by "tanh"."""

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = approximate

    def forward(self, x: Tensor) -> Tensor:
        """See functional.gelu."""
        return functional.gelu(x, self.approximate)


class SiLU(Module):
    """x * sigmoid(x)."""

    def forward(self, x: Tensor) -> Tensor:
        """See functional.silu."""
        return functional.silu(x)


class Softplus(Module):
    """ln(1 + e^(beta x)) / beta."""

    def __init__(self, beta: float = 1.0) -> None:
        self.beta = beta

    def forward(self, x: Tensor) -> Tensor:
        """See functional.softplus."""
        return functional.softplus(x, self.beta)


class Softmax(Module):
    """Exponentials along ``dim``, scaled to the sum 1."""

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """See functional.softmax."""
        return functional.softmax(x, self.dim)
