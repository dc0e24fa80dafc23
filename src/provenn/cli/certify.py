"""``provenn certify``: how many test images keep their class under any change of at most eps a pixel."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

from provenn.cli import options
from provenn.cli.console import narrate, output, say, say_json
from provenn.cli.progress import Bar
from provenn.errors import UsageError

if TYPE_CHECKING:
    from provenn.verify.survey import Survey

Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A folder that provenn train wrote, or an .onnx file.")]
Data = Annotated[str, typer.Option(metavar="mnist|fashion-mnist|digits", help="The data set.")]
Eps = Annotated[
    str, typer.Option(metavar="EPS", help="Largest change of a pixel, where 1 is full ink: 0.1 or 8/255.")]
Limit = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Only the first N images of the test part.")]
Search = Annotated[
    float, typer.Option(min=0.0, metavar="SECONDS", help="Ordinary search for each image that is open.")]
Effort = Annotated[
    int, typer.Option(min=0, max=3, help="0 one pass, 1 chosen slopes, 2 and 3 tighter bounds too.")]
Out = Annotated[Path | None, typer.Option(metavar="FILE.json", help="Results, kept and continued from here.")]
Keep = Annotated[Path | None, typer.Option(metavar="DIR", help="Keep every property and certificate here.")]


def certify(
    model: Model,
    data: Data = "mnist",
    eps: Eps = "0.1",
    limit: Limit = None,
    search: Search = 0.0,
    attack_all: Annotated[bool, typer.Option("--attack-all", help="Attack certified images too.")] = False,
    effort: Effort = 1,
    steps: Annotated[int, typer.Option(min=0, help="Steps of the attack.")] = 20,
    restarts: Annotated[int, typer.Option(min=1, help="Starting points of the attack.")] = 1,
    batch: Annotated[int, typer.Option(min=1, help="Images a certificate.")] = 100,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Checkers, and searches, at a time; as many as cores.")] = None,
    cluster: options.Cluster = None,
    memory: options.Memory = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the attack.")] = 0,
    out: Out = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not continue an earlier run.")] = False,
    keep: Keep = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No narration on stderr.")] = False,
) -> int:
    """Certify a classifier on the test part of a data set.

    The box of an image is [x - eps, x + eps] within [0, 1], x = pixel / largest pixel, in exact arithmetic.
    Certified means that the checker extracted from Coq accepted a certificate: on no real point of the box
    does another class reach the score of the label. Ctrl-C loses nothing: the same command goes on.
    """
    output.json, output.quiet = as_json, quiet
    from provenn.train import certifying
    from provenn.verify.survey import Settings

    radius = _radius(eps)
    cores = jobs or (0 if cluster else os.cpu_count()) or 1
    settings = Settings(steps, restarts, effort, search, batch, cores, seed, attack_all, cluster,
                        options.limit(memory))
    narrate(f"reading {model} and {data}")
    task = certifying.prepare(model, data, radius, limit, out or certifying.place(model, data, eps), fresh)
    size = sum(v.size for v in task.graph.parameters.values())
    narrate(f"{len(task.graph.nodes)} nodes, {size} parameters; {task.known.images} images, eps {eps}; "
            f"results in {task.path}")
    with Display() as display:
        made = certifying.run(task, settings, keep, display)
    if as_json:
        say_json(made.data())
    else:
        show(made, task.path, keep)
    return 2 if made.rejected else 0


def _radius(text: str) -> Fraction:
    """The exact number that was written; UsageError PNN-CLI-808 unless 0 < eps <= 1."""
    try:
        made = Fraction(text)
    except (ValueError, ZeroDivisionError):
        made = Fraction(0)
    if not 0 < made <= 1:
        raise UsageError("PNN-CLI-808", "this radius cannot be used", got=text,
                         expected="a number above 0 and at most 1, such as 0.1 or 8/255")
    return made


def show(made: Survey, path: Path, keep: Path | None) -> None:
    """The result in text."""
    from provenn.verify import checker

    about, spent = made.about, made.seconds
    say(f"{about['data']}, {made.images} images, any change of at most {about['eps']} a pixel (from 0 to 1)")
    for word, part, meaning in (
        ("clean", made.correct, "right without any change"),
        ("attacked", made.withstood, f"right as far as attacks on {len(made.attacked)} show (upper limit)"),
        ("certified", made.certified, "right for every change, proved (lower limit)"),
    ):
        say(f"  {word:<12} {100 * made.share(part):6.2f} %  {len(part):>6}  {meaning}")
    ways = ", ".join(f"{count} {way}" for way, count in sorted(made.ways.items()))
    say(f"  {'accepted':<12} {len(made.files)} certificates for {len(made.certified)} images ({ways}), "
        f"{8 * made.words / 1e6:.1f} MB, by {checker.THEOREM}")
    if made.disputed:
        say(f"  {'rounding':<12} {len(made.disputed)} certified images are fooled in binary32, by rounding")
    for reason in made.rejected:
        say(f"  {'REJECTED':<12} {reason}")
    say(f"  {'time':<12} {spent['total']:.1f} s: attack {spent['attack']:.1f}, search {spent['search']:.1f}, "
        f"checkers {spent['check']:.1f} (side by side)")
    say(f"  {'network':<12} sha256 {about['network_sha256']}")
    say(f"  {'results':<12} {path}" + (f"; certificates in {keep}" if keep else ""))


class Display(Bar):
    """Progress on stderr: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.said = -1

    def __enter__(self) -> Display:
        self.begin(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[facts]}"),
                   TimeElapsedColumn(), description="attack", total=1.0, facts="")
        return self

    def __call__(self, made: Survey) -> None:
        """Show where the work stands."""
        done, total, word = len(made.tried), len(made.correct), "certifying"
        if done >= total:
            word = "searching" if made.searched else "attacking"
            done, total = len(made.certified) + len(made.attacked), len(made.correct)
        wrong = made.tested - len(made.correct)
        facts = f"{len(made.certified)} certified, {len(made.fooled)} fooled, {wrong} wrong"
        if self.bar is not None:
            self.bar.update(self.task, description=word, completed=done, total=max(1, total), facts=facts)
        elif 10 * done // max(1, total) != self.said:
            self.said = 10 * done // max(1, total)
            narrate(f"{word}: {done} of {total}; {facts}; {made.seconds['total']:.0f} s", self.console)
