"""Layers with parameters, dropout and pooling, initialised as in PyTorch."""

from __future__ import annotations

import math
from typing import Any

from provenn import functional
from provenn.errors import ShapeError
from provenn.functional import Two
from provenn.nn.module import Module, Parameter
from provenn.tensor import random
from provenn.tensor.core import Tensor


def _uniform(bound: float, *shape: int) -> Parameter:
    return Parameter(random.uniform(-bound, bound, shape))


class Linear(Module):
    """x [..., in_features] to [..., out_features]; weight [out, in], uniform within 1/sqrt(in_features)."""

    bias: Parameter | None

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        self.in_features, self.out_features = in_features, out_features
        bound = 1.0 / math.sqrt(in_features)
        self.weight = _uniform(bound, out_features, in_features)
        self.bias = _uniform(bound, out_features) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """See functional.linear."""
        return functional.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Sizes."""
        return f"{self.in_features}, {self.out_features}, bias={self.bias is not None}"


class Conv2d(Module):
    """Convolution of [N, C, H, W]; weight [out, in/groups, kh, kw], uniform within 1/sqrt(fan in).

    Raises ShapeError PNN-SHAPE-107 when the channels are no multiples of ``groups``.
    """

    bias: Parameter | None

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Two, stride: Two = 1,
                 padding: Two = 0, dilation: Two = 1, groups: int = 1, bias: bool = True) -> None:
        if in_channels % groups or out_channels % groups:
            raise ShapeError("PNN-SHAPE-107", "channels, groups and weight do not fit",
                             expected=f"multiples of groups = {groups}",
                             got=f"{in_channels} input channels, {out_channels} output channels")
        kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        self.options: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation,
                                        "groups": groups}
        shape = (out_channels, in_channels // groups, *kernel)
        bound = 1.0 / math.sqrt(math.prod(shape[1:]))
        self.weight = _uniform(bound, *shape)
        self.bias = _uniform(bound, out_channels) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """See functional.conv2d."""
        return functional.conv2d(x, self.weight, self.bias, **self.options)

    def extra_repr(self) -> str:
        """Shape of the weight and options."""
        options = ", ".join(f"{k}={v}" for k, v in self.options.items())
        return f"weight={list(self.weight.shape)}, {options}, bias={self.bias is not None}"


class Embedding(Module):
    """Rows of weight [num_embeddings, embedding_dim], normal numbers, by whole number."""

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        self.weight = Parameter(random.normal((num_embeddings, embedding_dim)))

    def forward(self, indices: Any) -> Tensor:
        """See functional.embedding."""
        return functional.embedding(indices, self.weight)


class Dropout(Module):
    """Zeros with probability ``p`` in training; see functional.dropout. Raises ShapeError PNN-FACE-912."""

    def __init__(self, p: float = 0.5) -> None:
        if not 0.0 <= p <= 1.0:
            raise ShapeError("PNN-FACE-912", "a probability lies between 0 and 1", where="Dropout",
                             expected="0 <= p <= 1", got=p)
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """The rest scaled by 1 / (1 - p)."""
        return functional.dropout(x, self.p, self.training)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}"


class Flatten(Module):
    """One axis instead of several, all but the first unless told otherwise."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Tensor) -> Tensor:
        """See Tensor.flatten."""
        return x.flatten(self.start_dim, self.end_dim)


class _Pool2d(Module):
    def __init__(self, kernel_size: Two, stride: Two | None = None, padding: Two = 0) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxPool2d(_Pool2d):
    """Maxima over windows."""

    def forward(self, x: Tensor) -> Tensor:
        """See functional.max_pool2d."""
        return functional.max_pool2d(x, self.kernel_size, self.stride, self.padding)


class AvgPool2d(_Pool2d):
    """Averages over windows."""

    def forward(self, x: Tensor) -> Tensor:
        """See functional.avg_pool2d."""
        return functional.avg_pool2d(x, self.kernel_size, self.stride, self.padding)


class AdaptiveAvgPool2d(Module):
    """Averages over output_size equal windows along each axis."""

    def __init__(self, output_size: Two) -> None:
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        """See functional.adaptive_avg_pool2d."""
        return functional.adaptive_avg_pool2d(x, self.output_size)
