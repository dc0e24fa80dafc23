"""The training loop: epochs, evaluation, checkpoints, and the watch over loss and gradient.

A run lives in a folder: ``config.json`` and ``model.safetensors`` are the best model so far,
``last.safetensors`` is the state to continue from, ``history.json`` has one record an epoch. The order of
the examples, dropout masks and the learning rate depend on the seed and the number of the step only, so a
run that was interrupted or killed continues bit for bit.
"""

from __future__ import annotations

import dataclasses
import json
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from provenn import nn
from provenn.errors import ToolError, UsageError
from provenn.io.output import write_atomically
from provenn.train import checkpoint
from provenn.train.dataset import DataLoader, Dataset
from provenn.train.metrics import Confusion
from provenn.train.models import Design
from provenn.train.settings import Settings

STATE, HISTORY = "last.safetensors", "history.json"
WATCH = 50
SAVE_SECONDS = 60.0
Event = Mapping[str, Any]
Tensors = Mapping[str, NDArray[Any]]


class Steps(Protocol):
    """What the loop needs of a compiled train step that measures the norm; see TrainStep."""

    @property
    def norm(self) -> Any:
        """Norm of the gradient in the last step."""

    def __call__(self, *batch: Any, lr: float) -> Any:
        """One step: the loss."""

    def host(self, values: Sequence[Any]) -> list[NDArray[Any]]:
        """Values of the device as arrays."""

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Everything that continuing needs."""

    def load_state_dict(self, tensors: Tensors) -> None:
        """Continue from such a state."""

    def sync(self) -> nn.Module:
        """The model with the weights of the device."""


@dataclass(frozen=True)
class Epoch:
    """One row of the table: means and extremes over an epoch, and the test after it."""

    epoch: int
    loss: float
    gradient: float
    largest_gradient: float
    rate: float
    accuracy: float
    seconds: float
    best: bool
    certified: float | None = None


@dataclass
class Position:
    """Where a run stands; everything but the tensors that continuing needs."""

    epoch: int = 0
    batch: int = 0
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The best score so far: the certified part where there is one, else test accuracy."""
        scores = [e["accuracy"] if e["certified"] is None else e["certified"] for e in self.history]
        return max(scores, default=-1.0)


@dataclass
class Run:
    """One training run: what it trains, on what, how, and where it is kept."""

    step: Steps
    plan: Design
    settings: Settings
    data: Dataset
    evaluate: Callable[[nn.Module], Confusion]
    folder: Path | None = None
    progress: Callable[[Event], None] = lambda event: None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def identity(self) -> dict[str, Any]:
        """What must be equal for a state to be continued."""
        return {"settings": self.settings.data(), "design": self.plan.data(), "data": self.data.digest(),
                "facts": dict(self.facts)}


def fit(run: Run, resume: bool = False) -> list[Epoch]:
    """Train to the end and return the history; ``resume`` continues from the state in the folder, if any.

    Without ``resume`` a state that is there is forgotten.

    Raises ToolError PNN-TRAIN-974 when loss or gradient is no longer finite (the folder keeps the last good
    state), FileError PNN-TRAIN-973 for a damaged state, UsageError PNN-TRAIN-972 for the state of another
    run, KeyboardInterrupt after Ctrl-C, once the state is saved.
    """
    at = _restored(run) if resume else Position()
    if run.folder is not None:
        checkpoint.make_folder(run.folder)
        for name in () if resume else (STATE, HISTORY):
            (run.folder / name).unlink(missing_ok=True)
    loader = DataLoader(run.data, run.settings.batch_size, shuffle=True, seed=run.settings.seed,
                        drop_last=True)
    run.progress({"event": "start", "epoch": at.epoch, "epochs": run.settings.epochs, "batches": len(loader)})
    with _patience() as asked:
        while at.epoch < run.settings.epochs:
            _epoch(run, loader, at, asked)
    return [Epoch(**e) for e in at.history]


def _epoch(run: Run, loader: DataLoader, at: Position, asked: threading.Event) -> None:
    """The rest of one epoch, its test and its checkpoints."""
    start, saved = time.perf_counter() - at.seconds, time.perf_counter()
    steps = len(loader) * run.settings.epochs
    pending: list[tuple[Any, Any]] = []
    for x, y in loader.epoch(at.epoch, at.batch):
        number = at.epoch * len(loader) + at.batch
        loss = run.step(x, y, lr=run.settings.rate_at(number, steps))
        pending.append((loss, run.step.norm))
        at.batch += 1
        stop = asked.is_set()
        if len(pending) == WATCH or at.batch == len(loader) or stop:
            _watch(run, at, pending)
            at.seconds = time.perf_counter() - start
            run.progress({"event": "batch", "epoch": at.epoch, "batch": at.batch, "loss": at.losses[-1]})
        late = time.perf_counter() - saved > SAVE_SECONDS
        if stop or (late and not pending):
            _save(run, at)
            saved = time.perf_counter()
        if stop:
            raise KeyboardInterrupt
    _finish(run, at, run.settings.rate_at(at.epoch * len(loader) + at.batch - 1, steps), start)


def _watch(run: Run, at: Position, pending: list[tuple[Any, Any]]) -> None:
    """Move pending losses and norms to the record; ToolError PNN-TRAIN-974 when one is not finite."""
    first = at.batch - len(pending)
    values = [float(v) for v in run.step.host([v for pair in pending for v in pair])]
    pending.clear()
    losses, norms = values[0::2], values[1::2]
    for k, (loss, norm) in enumerate(zip(losses, norms)):
        if not (math.isfinite(loss) and math.isfinite(norm)):
            before = ", ".join(f"{v:.3g}" for v in (at.losses + losses[:k])[-4:]) or "none"
            raise ToolError("PNN-TRAIN-974", "training has diverged",
                            where=f"epoch {at.epoch + 1}, step {first + k + 1}",
                            expected="a finite loss and gradient",
                            got=f"loss {loss}, gradient norm {norm}; losses before: {before}",
                            hint=f"a smaller --lr than {run.settings.rate:g}, or --clip 1")
    at.losses += losses
    at.norms += norms


def _finish(run: Run, at: Position, rate: float, start: float) -> None:
    """Test the model, write the checkpoints, go to the next epoch."""
    model = run.step.sync()
    said = run.evaluate(model)
    best = said.score > at.best
    at.seconds = time.perf_counter() - start
    made = Epoch(at.epoch + 1, float(np.mean(at.losses)), float(np.median(at.norms)), max(at.norms), rate,
                 said.accuracy, at.seconds, best, said.certified)
    at.history.append(dataclasses.asdict(made))
    at.epoch, at.batch, at.losses, at.norms, at.seconds = at.epoch + 1, 0, [], [], 0.0
    if run.folder is not None and best:
        checkpoint.save_pretrained(model, run.folder, run.plan, settings=run.settings.data(),
                                   data=run.data.name,
                                   data_sha256=run.data.digest(), epoch=made.epoch,
                                   test_accuracy=said.accuracy,
                                   test_accuracy_by_class=said.shares(),
                                   **run.facts)
    _save(run, at)
    run.progress({"event": "epoch", "record": made, "confusion": said})


def _save(run: Run, at: Position) -> None:
    """Write the state to continue from, in one file."""
    if run.folder is not None:
        facts = {"identity": run.identity(), "position": dataclasses.asdict(at)}
        checkpoint.save_state(run.folder / STATE, run.step.state_dict(), facts)
        write_atomically(run.folder / HISTORY, json.dumps(at.history, indent=1) + "\n")


def _restored(run: Run) -> Position:
    """The position in the folder's state, with its tensors loaded; the start where there is none."""
    if run.folder is None or not (run.folder / STATE).is_file():
        return Position()
    tensors, identity, position = read_state(run.folder)
    mine, theirs = flat(run.identity()), flat(identity)
    differ = sorted(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k))
    if differ:
        raise UsageError("PNN-TRAIN-972", "the state in this folder is of another run",
                         where=str(run.folder / STATE),
                         expected=", ".join(f"{k} = {theirs.get(k)}" for k in differ[:4]),
                         got=", ".join(f"{k} = {mine.get(k)}" for k in differ[:4]),
                         hint="give the same options, or another --out")
    run.step.load_state_dict(tensors)
    return position


def read_state(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any], Position]:
    """Tensors, identity and position in the state of a folder; FileError PNN-TRAIN-973 when damaged."""
    tensors, facts = checkpoint.load_state(folder / STATE)
    try:
        identity, position = facts["identity"], Position(**facts["position"])
        Settings(**identity["settings"])
        Design.read(identity["design"])
    except (KeyError, TypeError, ValueError) as e:
        raise checkpoint.damaged(folder / STATE, f"{type(e).__name__}: {e}") from None
    return tensors, identity, position


def flat(data: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Nested mappings as one with dotted keys; sequences as lists.

    Example:
        >>> flat({"a": {"b": (1, 2)}})
        {'a.b': [1, 2]}
    """
    out: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            out |= flat(value, f"{above}{key}.")
        else:
            out[above + key] = list(value) if isinstance(value, tuple) else value
    return out


@contextmanager
def _patience() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C or SIGTERM sets, so that no step is cut; a second one ends at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
