"""What a training run depends on: the settings, their usual values, and the learning rate of each step."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from provenn.errors import UsageError

OPTIMIZERS = ("sgd", "adam", "adamw")
BOUNDS = ("ibp", "crown-ibp")
SCHEDULES = ("cosine", "step", "constant", "hold")


@dataclass(frozen=True)
class Settings:
    """Everything that decides the result of a run, with the data and the design of the model.

    ``rate`` is the largest learning rate; ``warmup`` the part of all steps in which it is reached; ``clip``
    the largest global norm of the gradient, 0 for none; ``momentum`` belongs to sgd. ``certify`` is the
    radius to train certificates for, 0 for none, ``train_certify`` the one that is reached in training (0:
    1.2 times as much) at the part ``ramp`` of the run, ``kappa`` the weight of the ordinary loss then
    (train/certified.py). Raises UsageError PNN-TRAIN-975 for values that make no sense.
    """

    epochs: int = 10
    batch_size: int = 128
    rate: float = 2e-3
    optimizer: str = "adam"
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: str = "cosine"
    warmup: float = 0.05
    clip: float = 0.0
    seed: int = 0
    backend: str = "xla"
    reproducible: bool = False
    certify: float = 0.0
    train_certify: float = 0.0
    kappa: float = 0.25
    ramp: float = 0.5
    bound: str = "ibp"

    def __post_init__(self) -> None:
        facts: list[tuple[str, object, bool, str]] = [
            ("epochs", self.epochs, self.epochs >= 1, "at least 1"),
            ("batch size", self.batch_size, self.batch_size >= 1, "at least 1"),
            ("learning rate", self.rate, 0 < self.rate < math.inf, "a positive number"),
            ("momentum", self.momentum, 0 <= self.momentum < 1, "at least 0 and less than 1"),
            ("weight decay", self.weight_decay, 0 <= self.weight_decay < math.inf, "at least 0"),
            ("warm-up", self.warmup, 0 <= self.warmup <= 1, "a part of the run, 0 to 1"),
            ("clip", self.clip, 0 <= self.clip < math.inf, "at least 0"),
            ("seed", self.seed, self.seed >= 0, "at least 0"),
            ("optimizer", self.optimizer, self.optimizer in OPTIMIZERS, " | ".join(OPTIMIZERS)),
            ("radius to certify", self.certify, 0 <= self.certify <= 1, "0 to 1"),
            ("radius in training", self.train_certify, 0 <= self.train_certify <= 1, "0 to 1"),
            ("kappa", self.kappa, 0 <= self.kappa <= 1, "0 to 1"),
            ("ramp", self.ramp, 0 < self.ramp <= 1, "a part of the run, above 0"),
            ("bound", self.bound, self.bound in BOUNDS, " | ".join(BOUNDS)),
            ("schedule", self.schedule, self.schedule in SCHEDULES, " | ".join(SCHEDULES)),
        ]
        for name, value, fits, expected in facts:
            if not fits:
                raise UsageError("PNN-TRAIN-975", f"the {name} cannot be used", expected=expected, got=value)

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return dataclasses.asdict(self)

    def rate_at(self, step: int, steps: int) -> float:
        """Learning rate of step number ``step`` of ``steps``.

        Linear warm-up, then ``constant``, ``cosine`` (half a cosine to 0; Loshchilov and Hutter 2017),
        ``step`` (a tenth after half of the run, a hundredth after three quarters), or ``hold`` (constant up
        to the part ``ramp`` of the run, then half a cosine).

        Example:
            >>> s = Settings(rate=1.0, warmup=0.2)
            >>> [round(s.rate_at(k, 10), 3) for k in (0, 1, 2, 6, 9)]
            [0.5, 1.0, 1.0, 0.5, 0.038]
        """
        warm = math.ceil(self.warmup * steps)
        if step < warm:
            return self.rate * (step + 1) / warm
        part = (step - warm) / max(1, steps - warm)
        if self.schedule == "hold":
            part = max(0.0, step / steps - self.ramp) / max(1.0 - self.ramp, 1.0 / steps)
        if self.schedule in ("cosine", "hold"):
            return self.rate * 0.5 * (1.0 + math.cos(math.pi * part))
        if self.schedule == "step":
            return self.rate * (1.0 if part < 0.5 else 0.1 if part < 0.75 else 0.01)
        return self.rate


CERTIFIED = Settings(epochs=20, rate=2e-3, clip=5.0, schedule="hold")
USUAL: dict[str, Settings] = {
    "linear": Settings(epochs=10),
    "mlp": Settings(epochs=8),
    "cnn": Settings(epochs=7),
    "resnet": Settings(epochs=6),
}
