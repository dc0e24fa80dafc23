"""Schedules of the learning rate, each a closed formula of the number of steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from provenn.optim.optimizers import Optimizer


class LRScheduler:
    """Base of schedules: ``step()`` after each epoch (or each batch) sets "lr" of every group."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.last_epoch = 0
        self._set()

    def rate(self, epoch: int, base: float) -> float:
        """The learning rate after ``epoch`` steps, from that of the beginning."""
        raise NotImplementedError

    def _set(self) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(self.last_epoch, group["initial_lr"])

    def step(self) -> None:
        """One step on."""
        self.last_epoch += 1
        self._set()

    def get_last_lr(self) -> list[float]:
        """The learning rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """How many steps were taken."""
        return {"last_epoch": self.last_epoch}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue after that many steps."""
        self.last_epoch = int(state["last_epoch"])
        self._set()


class StepLR(LRScheduler):
    """Times ``gamma`` every ``step_size`` steps."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def rate(self, epoch: int, base: float) -> float:
        """Times gamma^(epoch // step_size)."""
        return base * self.gamma ** (epoch // self.step_size)


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the first rate down to ``eta_min`` in ``T_max`` steps."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def rate(self, epoch: int, base: float) -> float:
        """Loshchilov and Hutter, 2017, without restarts."""
        return self.eta_min + (base - self.eta_min) * (1.0 + math.cos(math.pi * epoch / self.T_max)) / 2.0


class LinearLR(LRScheduler):
    """A factor that moves from ``start_factor`` to ``end_factor`` in ``total_iters`` steps: a warm-up."""

    def __init__(self, optimizer: Optimizer, start_factor: float = 1.0 / 3.0, end_factor: float = 1.0,
                 total_iters: int = 5) -> None:
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer)

    def rate(self, epoch: int, base: float) -> float:
        """Constant after the last of the steps."""
        share = min(epoch, self.total_iters) / self.total_iters
        return base * (self.start_factor + (self.end_factor - self.start_factor) * share)


class SequentialLR(LRScheduler):
    """One schedule after the other; ``milestones`` says after how many steps the next one takes over."""

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler],
                 milestones: Sequence[int]) -> None:
        self.schedulers, self.milestones = list(schedulers), list(milestones)
        super().__init__(optimizer)

    def rate(self, epoch: int, base: float) -> float:
        """Each schedule counts from its own milestone."""
        turn = sum(epoch >= m for m in self.milestones)
        return self.schedulers[turn].rate(epoch - (self.milestones[turn - 1] if turn else 0), base)
