"""``provenn train``: a model from a data set, with checkpoints, tables and curves."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from provenn.cli import deviations
from provenn.cli.console import narrate, output, say, say_json
from provenn.cli.progress import Bar
from provenn.errors import UsageError
from provenn.io.output import write_atomically
from provenn.train.settings import CERTIFIED, USUAL, Settings

if TYPE_CHECKING:
    from provenn.train.loop import Epoch, Event
    from provenn.train.metrics import Confusion
    from provenn.train.rounding import Deviation
    from provenn.train.session import Session

Model = Annotated[str | None, typer.Option(metavar="linear|mlp|cnn|strided|resnet", help="The architecture.")]
Hidden = Annotated[
    list[str] | None, typer.Option(metavar="N,N…",
                                   help="Widths of the hidden layers (channels for cnn, resnet).")]
Epochs = Annotated[int | None, typer.Option(metavar="N", help="How often the data is gone through.")]
Size = Annotated[int | None, typer.Option(metavar="N", help="Examples a step.")]
Rate = Annotated[float | None, typer.Option("--lr", metavar="RATE", help="Largest learning rate.")]
Optimizer = Annotated[str | None, typer.Option(metavar="sgd|adam|adamw", help="The update.")]
Momentum = Annotated[float | None, typer.Option(metavar="X", help="Of sgd.")]
Decay = Annotated[float | None, typer.Option(metavar="X", help="Pull of the weights towards 0.")]
Warmup = Annotated[float | None, typer.Option(metavar="PART", help="Part of the run with a growing rate.")]
Schedule = Annotated[
    str | None, typer.Option(metavar="cosine|step|constant|hold", help="How the rate falls.")]
Clip = Annotated[float | None, typer.Option(metavar="NORM", help="Largest global norm of the gradient.")]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Seed of weights, order and dropout.")]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Keep model, state, curve and records here.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the run in --out, bit for bit.")]
PANEL = "Certified training"
Certify = Annotated[float | None, typer.Option(
    metavar="EPS", rich_help_panel=PANEL, help="Certifiable under changes of EPS a pixel.")]
Relaxation = Annotated[str | None, typer.Option(metavar="ibp|crown-ibp", rich_help_panel=PANEL,
                                                help="The bounds in the loss.")]
Kappa = Annotated[
    float | None, typer.Option(metavar="X", rich_help_panel=PANEL, help="Weight of the usual loss.")]
Radius = Annotated[float | None, typer.Option(
    metavar="EPS", rich_help_panel=PANEL, help="Radius in training, if not 1.2 times --certify.")]
Rounding = Annotated[bool, typer.Option("--bound", help="Bound the rounding errors of one more step.")]
Backend = Annotated[str | None, typer.Option(metavar="xla|iree|numpy", help="What runs the step.")]
Same = Annotated[
    bool | None, typer.Option("--reproducible", help="Same bits on any number of cores (slower).")]


def train(
    data: Annotated[str, typer.Argument(metavar="mnist|fashion-mnist|digits", help="The data set.")],
    model: Model = None,
    hidden: Hidden = None,
    epochs: Epochs = None,
    batch_size: Size = None,
    lr: Rate = None,
    optimizer: Optimizer = None,
    momentum: Momentum = None,
    weight_decay: Decay = None,
    schedule: Schedule = None,
    warmup: Warmup = None,
    clip: Clip = None,
    seed: Seed = None,
    out: Out = None,
    resume: Resume = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Start anew in --out.")] = False,
    certify: Certify = None,
    relaxation: Relaxation = None,
    kappa: Kappa = None,
    train_certify: Radius = None,
    bound: Rounding = False,
    backend: Backend = None,
    reproducible: Same = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No narration on stderr.")] = False,
) -> int:
    """Train a classifier, test it after every epoch, and keep the best.

    Ctrl-C saves the state; --resume goes on from there as if nothing had happened. Options that are left out
    have values that suit the model, or those of the run that is resumed.
    """
    output.json, output.quiet = as_json, quiet
    began = time.perf_counter()
    given: dict[str, Any] = {
        "epochs": epochs, "batch_size": batch_size, "rate": lr, "optimizer": optimizer, "momentum": momentum,
        "weight_decay": weight_decay, "schedule": schedule, "warmup": warmup, "clip": clip, "seed": seed,
        "certify": certify, "bound": relaxation, "kappa": kappa, "train_certify": train_certify,
        "backend": backend, "reproducible": reproducible}
    from provenn.train import session, tie

    stored = session.stored(out, resume, overwrite)
    name = model or stored.get("architecture") or ("strided" if certify else "mlp")
    settings = replace(_start(stored.get("settings"), name, certify),
                       **{k: v for k, v in given.items() if v is not None})
    narrate(f"reading {data}")
    made = session.prepare(data, name, _widths(hidden) or tuple(stored.get("widths", ())), settings, out)
    with _announced(made) as display:
        history = session.train(made, resume, display)
    tied = tie.tie(made.step, made.shapes)
    rounding = deviations.of_one_step(made) if bound else []
    kept = _keep(made, history, tied, rounding) if out is not None else []
    seconds = time.perf_counter() - began
    if as_json:
        say_json({**_as_data(made, history, display.confusion, seconds, kept), "gradient": tied,
                  "rounding": [d.data() for d in rounding]})
    else:
        _print(made, history, display.confusion, seconds, kept, tied)
        deviations.show(rounding)
    return 2 if tied["accepted"] is False else 0


def _start(known: Mapping[str, Any] | None, name: str, certify: float | None) -> Settings:
    """Those of the run that is resumed, else what suits the model."""
    return Settings(**known) if known else CERTIFIED if certify else USUAL.get(name, Settings())


def _widths(hidden: list[str] | None) -> tuple[int, ...]:
    """``--hidden 512,512`` or ``--hidden 512 --hidden 512``; UsageError PNN-TRAIN-975 for anything else."""
    words = [w for text in hidden or () for w in text.replace(",", " ").split()]
    if not all(w.isdigit() for w in words):
        raise UsageError("PNN-TRAIN-975", "the widths cannot be used", got=" ".join(words),
                         expected="whole numbers, such as --hidden 512,512")
    return tuple(map(int, words))


def _announced(made: Session) -> Display:
    """What shows the run, once it is said what will run."""
    s, plan = made.settings, made.plan
    widths = "-".join(map(str, (math.prod(plan.shape), *plan.widths, len(plan.classes))))
    narrate(f"{plan.architecture} {widths}: {made.size} parameters; {len(made.train)} images to train, "
            f"{len(made.test)} to test; {s.optimizer}, rate {s.rate:g}, batch {s.batch_size}, "
            f"seed {s.seed}, {s.backend}{' reproducible' if s.reproducible else ''}")
    if made.folder is None:
        narrate("nothing will be kept: --out DIR keeps model, state and records")
    return Display()


class Display(Bar):
    """Shows the events of a run: a bar on a terminal, one line an epoch everywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.batches = 0
        self.confusion: Confusion | None = None

    def __call__(self, event: Event) -> None:
        """Show one event."""
        name = event["event"]
        if name == "start":
            self._start(event)
        elif name == "batch" and self.bar is not None:
            self.bar.update(self.task, completed=event["epoch"] * self.batches + event["batch"],
                            description=f"epoch {event['epoch'] + 1}  loss {event['loss']:.4f}")
        elif name == "epoch":
            self.confusion = event["confusion"]
            narrate(_row(event["record"]), self.console)

    def _start(self, event: Event) -> None:
        self.batches = event["batches"]
        narrate(HEAD, self.console)
        self.begin(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                   description="compiling", total=event["epochs"] * self.batches,
                   completed=event["epoch"] * self.batches, transient=True)


HEAD = "epoch     loss  gradient (largest)      rate  test accuracy  seconds"


def _row(e: Epoch) -> str:
    """One line of the table."""
    return (f"{e.epoch:>5} {e.loss:>8.4f}  {e.gradient:>8.3f} ({e.largest_gradient:>7.2f}) {e.rate:>9.2e}  "
            f"{100 * e.accuracy:>11.2f} %  {e.seconds:>7.1f}{'  best' if e.best else ''}"
            + ("" if e.certified is None else f"  certified {100 * e.certified:.2f} %"))


def _keep(made: Session, history: list[Epoch], tied: dict[str, Any],
          rounding: list[Deviation]) -> list[Path]:
    """Write curve, confusion matrix, the graphs of the step and what the checker said of them."""
    from provenn.report.curves import learning_curve
    from provenn.train.tie import keep

    assert made.folder is not None
    rows = [vars(e) for e in history]
    curve = made.folder / "curve.svg"
    names = ("model.safetensors", "config.json", "last.safetensors",
                                               "history.json")
    title = f"{made.data}, {made.plan.architecture}, seed {made.settings.seed}"
    write_atomically(curve, learning_curve(rows, title))
    graphs = made.step.save(made.folder / "gradient", made.shapes)
    return [*(made.folder / n for n in names), curve, *graphs, keep(tied, made.folder / "gradient"),
            *deviations.keep(made, rounding)]


def _as_data(
    made: Session, history: list[Epoch], confusion: Confusion | None, seconds: float, kept: list[Path]
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "data": made.data, "model": made.plan.data(), "parameters": made.size,
        "settings": made.settings.data(), "epochs": [vars(e) for e in history], "seconds": seconds,
        "files": [str(p) for p in kept], "best_accuracy": max(e.accuracy for e in history),
        "accuracy": history[-1].accuracy, "step_graph": made.step.facts(made.shapes)}
    if confusion is not None:
        facts |= {"confusion": confusion.counts.tolist(),
                  "by_class": dict(zip(confusion.classes, confusion.shares()))}
    return facts


def _print(
    made: Session, history: list[Epoch], confusion: Confusion | None, seconds: float, kept: list[Path],
    tied: dict[str, Any]
) -> None:
    last, best = history[-1], max(history, key=lambda e: e.accuracy)
    say(f"{100 * last.accuracy:.2f} % of {len(made.test)} test images after {last.epoch} epochs "
        f"(best {100 * best.accuracy:.2f} % after {best.epoch}); {seconds:.1f} s in all")
    if confusion is not None:
        low, high = confusion.interval()
        say(f"  95 % interval {100 * low:.2f} to {100 * high:.2f} %")
        say()
        say("label (row) and answer (column), last epoch:")
        for line in confusion.text():
            say("  " + line)
    say()
    for key, value in _tie(made.step.facts(made.shapes), tied).items():
        say(f"  {key:<12} {value}")
    for path in kept:
        say(f"  {'written':<12} {path}")


def _tie(facts: Mapping[str, Any], tied: dict[str, Any]) -> dict[str, str]:
    """What the gradient of this run rests on, in words."""
    from provenn.train.tie import sentence

    return {"step graph": f"{facts['nodes']} nodes, {facts['forward_nodes']} of them forward, "
                          f"sha256 {facts['step_sha256']}",
            "gradient": sentence(tied), "theorem": facts["theorem"]}
