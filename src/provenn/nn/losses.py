"""Losses as modules; ``reduction`` is "mean", "sum" or "none"."""

from __future__ import annotations

from typing import Any

from provenn import functional
from provenn.nn.module import Module
from provenn.tensor.core import Tensor


class _Loss(Module):
    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = reduction

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"


class CrossEntropyLoss(_Loss):
    """Negative log-softmax at class numbers, or against probabilities."""

    def forward(self, logits: Tensor, target: Any) -> Tensor:
        """See functional.cross_entropy."""
        return functional.cross_entropy(logits, target, self.reduction)


class MSELoss(_Loss):
    """Squared differences."""

    def forward(self, x: Tensor, target: Any) -> Tensor:
        """See functional.mse_loss."""
        return functional.mse_loss(x, target, self.reduction)


class BCEWithLogitsLoss(_Loss):
    """Binary cross-entropy of logits."""

    def forward(self, x: Tensor, target: Any) -> Tensor:
        """See functional.binary_cross_entropy_with_logits."""
        return functional.binary_cross_entropy_with_logits(x, target, self.reduction)
