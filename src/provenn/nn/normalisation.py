"""Batch and layer normalisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn import functional
from provenn.errors import ShapeError
from provenn.nn.module import Module, Parameter
from provenn.tensor import recording
from provenn.tensor.core import Tensor


def _kept(x: Tensor) -> Tensor:
    """A statistic to keep: without history; in a trace the symbol itself, which becomes an output."""
    return x if x.value is None else x.detach()


class _BatchNorm(Module):
    """Channels normalised by the batch in training, by running statistics in use.

    Running statistics move by ``momentum`` towards the batch's mean and unbiased variance; with None they
    are averages over all batches. The axes other than 1 are normalised together.
    """

    ranks: tuple[int, ...] = ()
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1,
                 affine: bool = True, track_running_stats: bool = True) -> None:
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.track_running_stats = track_running_stats
        self.weight = Parameter(np.ones(num_features)) if affine else None
        self.bias = Parameter(np.zeros(num_features)) if affine else None
        if track_running_stats:
            self.register_buffer("running_mean", np.zeros(num_features))
            self.register_buffer("running_var", np.ones(num_features))
            self.register_buffer("num_batches_tracked", 0, whole=True)

    def forward(self, x: Tensor) -> Tensor:
        """Raises ShapeError PNN-FACE-912 for another rank, number of channels or a batch of one value."""
        if x.ndim not in self.ranks or x.shape[1] != self.num_features:
            raise recording.at_user_line(ShapeError(
                "PNN-FACE-912", f"{type(self).__name__} needs {self.num_features} channels on axis 1",
                expected=f"rank {' or '.join(map(str, self.ranks))}", got=list(x.shape)), type(self).__name__)
        if not self.training and self.track_running_stats:
            return functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias,
                                         self.eps)
        count = x.numel() // self.num_features
        if count == 1:
            raise recording.at_user_line(ShapeError(
                "PNN-FACE-912", "one value a channel has no variance",
                expected="more than one value a channel", got=list(x.shape)), type(self).__name__)
        mean, var = functional.moments(x)
        if self.training and self.track_running_stats:
            self._track(mean, var * (count / (count - 1)))
        return functional.batch_norm(x, mean, var, self.weight, self.bias, self.eps)

    def _track(self, mean: Tensor, var: Tensor) -> None:
        self.num_batches_tracked = _kept(self.num_batches_tracked + 1.0)
        m = 1.0 / self.num_batches_tracked if self.momentum is None else self.momentum
        self.running_mean = _kept((1.0 - m) * self.running_mean + m * _kept(mean))
        self.running_var = _kept((1.0 - m) * self.running_var + m * _kept(var))

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of [N, C] or [N, C, L]."""

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of [N, C, H, W]."""

    ranks = (4,)


class LayerNorm(Module):
    """The last axes normalised for each example; weight and bias have their shape."""

    weight: Parameter | None
    bias: Parameter | None

    def __init__(self, normalized_shape: int | Sequence[int], eps: float = 1e-5,
                 elementwise_affine: bool = True, bias: bool = True) -> None:
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape: tuple[int, ...] = shape
        self.eps = eps
        self.weight = Parameter(np.ones(self.normalized_shape)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape)) if elementwise_affine and bias else None

    def forward(self, x: Tensor) -> Tensor:
        """See functional.layer_norm."""
        return functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Shape and eps."""
        return f"{list(self.normalized_shape)}, eps={self.eps}"
