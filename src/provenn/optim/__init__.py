"""Optimisers, learning-rate schedules, and the steps as graphs."""

from provenn.optim import lr_scheduler, updates
from provenn.optim.optimizers import SGD, Adam, AdamW, Optimizer, clip_grad_norm_

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "clip_grad_norm_", "lr_scheduler", "updates"]
