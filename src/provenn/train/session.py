"""A training run from names and settings: data, model, compiled step, evaluation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenn import nn, optim
from provenn.errors import UsageError
from provenn.tensor import manual_seed
from provenn.train import certified, dataset, evaluation, loop, models
from provenn.train.dataset import Dataset
from provenn.train.metrics import Confusion
from provenn.train.settings import Settings
from provenn.train.step import TrainStep, compile_step


@dataclass
class Session:
    """Everything that a run needs, ready to start."""

    data: str
    train: Dataset
    test: Dataset
    plan: models.Design
    settings: Settings
    model: nn.Module
    step: TrainStep
    folder: Path | None

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of a batch: images and labels."""
        return (self.settings.batch_size, *self.train.shape), (self.settings.batch_size,)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(math.prod(p.shape) for p in self.model.parameters())


def stored(folder: Path | None, resume: bool, overwrite: bool) -> dict[str, Any]:
    """Settings, architecture and widths of the run that is resumed; empty for a new one.

    Raises UsageError PNN-TRAIN-976 when a run would be overwritten, or resumed without a folder.
    """
    state = folder / loop.STATE if folder is not None else None
    there = state is not None and state.is_file()
    if resume and state is None:
        raise UsageError("PNN-TRAIN-976", "there is no run to resume", got="no folder", expected="--out DIR")
    if resume and there and folder is not None:
        identity = loop.read_state(folder)[1]
        design = identity["design"]
        return {"settings": identity["settings"], "architecture": design["architecture"],
                "widths": design["widths"]}
    if there and not overwrite:
        raise UsageError("PNN-TRAIN-976", "the folder holds a run already", where=str(folder),
                         hint="--resume continues it, --overwrite starts anew, --out names another folder")
    return {}


def prepare(
    data: str, architecture: str, widths: tuple[int, ...], settings: Settings, folder: Path | None = None
) -> Session:
    """Load the data, build the model from the seed, and make the step, which compiles when first called."""
    train, test = dataset.load(data)
    plan = models.design(architecture, train.shape, train.classes, widths, train.largest)
    manual_seed(settings.seed)
    model = models.build(plan)
    options: dict[str, Any] = {"clip": settings.clip, "norm": True, "backend": settings.backend,
                               "seed": settings.seed, "reproducible": settings.reproducible}
    step = (certified.step(model, optimizer, settings, len(train), options) if settings.certify else
            compile_step(model, nn.CrossEntropyLoss(), optimizer(model, settings), **options))
    return Session(data, train, test, plan, settings, model, step, folder)


def optimizer(model: nn.Module, settings: Settings) -> optim.Optimizer:
    """The optimiser that the settings name."""
    parameters = list(model.parameters())
    if settings.optimizer == "sgd":
        return optim.SGD(parameters, lr=settings.rate, momentum=settings.momentum,
                         weight_decay=settings.weight_decay)
    kind = optim.Adam if settings.optimizer == "adam" else optim.AdamW
    return kind(parameters, lr=settings.rate, weight_decay=settings.weight_decay)


def train(session: Session, resume: bool, progress: Callable[[Mapping[str, Any]], None]) -> list[loop.Epoch]:
    """Run the session to its end; see ``loop.fit`` for what it raises."""
    kind = session.settings
    asked = evaluation.Classifier(session.model, kind.backend, kind.reproducible)
    judge = certified.Judge(session.model, kind.certify, kind.backend, kind.reproducible)

    def evaluate(model: nn.Module) -> Confusion:
        if kind.certify:
            return judge(session.test)
        answers = asked.answers(session.test)
        return Confusion.of(session.test.labels, answers, session.test.classes)

    run = loop.Run(session.step, session.plan, session.settings, session.train, evaluate, session.folder,
                   progress)
    return loop.fit(run, resume)
