"""Clean, attacked and certified accuracy of a network on a labelled set, kept in a file as the work goes on.

An image is *correct* when the network, run in binary32, gives its label; *certified* when the checker
accepted a certificate that on no real point of its box another class reaches the label's score; *fooled* when
a point of the box was found on which the network, in binary32, does not give the label. Attacks are aimed at
what is not certified, or at everything. The file is whole after every batch, to be continued.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from provenn.bounds.regions import Indices
from provenn.errors import FileError
from provenn.io.files import read_bytes
from provenn.io.output import write_atomically
from provenn.ir.graph import Graph
from provenn.verify.balls import Balls
from provenn.verify.batch import Batches, Checked
from provenn.verify.perturb import Singles, classes_of, perturbed
from provenn.verify.workers import Workers, started

FORMAT = "provenn-certification"
AT_ONCE = 500
Progress = Callable[["Survey"], None]


@dataclass(frozen=True)
class Settings:
    """How hard to try: attack steps and restarts, the ``batch.WAYS`` to prove, seconds of search an image;
    ``everything``: attack certified images too. ``jobs`` checkers run at a time, and as many searches, each
    with ``memory`` bytes; or proofs, checks and searches run on the ``cluster`` of that address.
    """

    steps: int = 20
    restarts: int = 1
    effort: int = 1
    search: float = 0.0
    batch: int = 100
    jobs: int = 2
    seed: int = 0
    everything: bool = False
    cluster: str | None = None
    memory: int | None = None


@dataclass
class Survey:
    """What is known so far. Lists hold positions in the set, of which the first ``tested`` were run.

    ``about`` says what was asked, with the number of ``images``; ``tried`` images were given to the prover
    with ``effort``, ``attacked`` ones to the attack, ``searched`` ones to the ordinary search as well.
    """

    about: dict[str, Any]
    tested: int = 0
    correct: list[int] = field(default_factory=list)
    attacked: list[int] = field(default_factory=list)
    fooled: list[int] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    searched: list[int] = field(default_factory=list)
    effort: int = -1
    certified: list[int] = field(default_factory=list)
    ways: dict[str, int] = field(default_factory=dict)
    files: list[tuple[str, str]] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    words: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: {"attack": 0.0, "search": 0.0, "check": 0.0,
                                                               "total": 0.0})

    @property
    def images(self) -> int:
        """Size of the set."""
        return int(self.about["images"])

    def share(self, part: list[int]) -> float:
        """Of all images."""
        return len(part) / max(1, self.images)

    @property
    def withstood(self) -> list[int]:
        """Correct images for which no fooling point is known."""
        return sorted(set(self.correct) - set(self.fooled))

    @property
    def disputed(self) -> list[int]:
        """Certified images that rounding in binary32 fools; certificates speak about exact values."""
        return sorted(set(self.certified) & set(self.fooled))

    def data(self) -> dict[str, Any]:
        """As JSON, accuracies first."""
        known = {"clean": self.share(self.correct), "attacked": self.share(self.withstood),
                 "certified": self.share(self.certified), "certificates": len(self.files)}
        return {"format": FORMAT, "version": 1, "accuracy": known, **asdict(self)}


def read(path: Path, about: dict[str, Any]) -> Survey:
    """The survey that ``path`` holds, or a new one when there is no such file.

    Raises FileError PNN-CERT-616 for a file about another network, set, radius or number of images.
    """
    if not path.exists():
        return Survey(about)
    try:
        data = json.loads(read_bytes(path, "PNN-CERT-616", "certification"))
        found = dict(data["about"])
        made = Survey(**{k: v for k, v in data.items() if k in Survey.__dataclass_fields__})
    except (ValueError, KeyError, TypeError) as e:
        if isinstance(e, FileError):
            raise
        raise FileError("PNN-CERT-616", "the file is no certification to continue", where=str(path),
                        got=f"{type(e).__name__}: {e}", hint="name another file with --out") from None
    if found != about:
        key = next(k for k in (*about, *found) if about.get(k) != found.get(k))
        raise FileError("PNN-CERT-616", "the file holds the certification of something else", where=str(path),
                        expected=f"{key} {about.get(key)}", got=f"{key} {found.get(key)}",
                        hint="name another file with --out, or replace this one with --fresh")
    made.files = [(a, b) for a, b in made.files]
    return made


def survey(graph: Graph, points: Singles, balls: Balls, known: Survey, settings: Settings, path: Path | None,
           keep: Path | None = None, progress: Progress = lambda survey: None) -> Survey:
    """Continue ``known`` to its end; ``points`` float32 [images, inputs] are the unchanged inputs.

    ``path`` is written after every step; ``keep`` is a folder for the network, properties and accepted
    certificates in canonical form. Raises UnsupportedError for networks without bounds, ToolError for
    a checker that is missing or fails.
    """
    workers = started(settings.jobs, settings.cluster, settings.memory)
    with closing(workers) if workers is not None else nullcontext():
        work = _Work(graph, points, balls, known, settings, path, keep, progress, workers)
        work.classify()
        work.prove()
        work.attack()
        work.search()
    return known


class _Work:
    def __init__(self, graph: Graph, points: Singles, balls: Balls, known: Survey, settings: Settings,
                 path: Path | None, keep: Path | None, progress: Progress, workers: Workers | None) -> None:
        self.graph, self.points, self.balls, self.known = graph, points, balls, known
        self.settings, self.path, self.progress, self.workers = settings, path, progress, workers
        self.batches = Batches(graph, balls, settings.effort, settings.jobs, keep)
        self.before, self.start = known.seconds["total"], time.perf_counter()

    def save(self) -> None:
        """Write the file and tell who listens."""
        self.known.seconds["total"] = self.before + time.perf_counter() - self.start
        if self.path is not None:
            write_atomically(self.path, json.dumps(self.known.data(), allow_nan=False) + "\n")
        self.progress(self.known)

    def classify(self) -> None:
        """Run the network on all images."""
        known = self.known
        if known.tested < known.images:
            known.correct = np.flatnonzero(classes_of(self.graph, self.points) == self.balls.labels).tolist()
            known.tested = known.images
            self.save()

    def prove(self) -> None:
        """Certificates for correct images, batch by batch; with more effort than before, open ones again."""
        known = self.known
        if self.settings.effort > known.effort:
            known.tried, known.effort = list(known.certified), self.settings.effort
        out = {*known.tried, *known.fooled}
        rows = np.array([k for k in known.correct if k not in out], np.intp)
        parts = [rows[i : i + self.settings.batch] for i in range(0, len(rows), self.settings.batch)]
        workers = self.workers if self.settings.cluster else None
        for made, part in zip(self.batches.run(parts, workers), parts):
            self._add(made, part)
            known.tried += part.tolist()
            self.save()

    def attack(self) -> None:
        """Points that fool the network, for correct images that are not certified, or for all."""
        known, options = self.known, self.settings
        out = {*known.attacked, *(() if options.everything else known.certified)}
        rows = np.array([k for k in known.correct if k not in out], np.intp)
        for part in np.split(rows, range(AT_ONCE, len(rows), AT_ONCE)) if len(rows) else ():
            begin = time.perf_counter()
            _, margin = perturbed(self.batches.regions, self.balls.take(part), options.steps,
                                  options.restarts, options.seed + int(part[0]))
            known.attacked += part.tolist()
            known.fooled += part[margin <= 0.0].tolist()
            known.seconds["attack"] += time.perf_counter() - begin
            self.save()

    def search(self) -> None:
        """The ordinary search for what is still open, ``settings.search`` seconds an image."""
        open_ = set(self.known.withstood) - set(self.known.certified) - set(self.known.searched)
        seconds, seed = self.settings.search, self.settings.seed
        several = self.workers if len(open_) > 1 else None
        rows = sorted(open_) if seconds > 0 else []
        for k, made, witness in self.batches.searches(rows, seconds, seed, several):
            self._add(made, np.array([k]))
            self.known.fooled += [k] if witness is not None else []
            self.known.searched.append(k)
            self.save()

    def _add(self, made: Checked, rows: Indices) -> None:
        known = self.known
        known.certified += list(made.certified)
        known.files += list(made.files)
        known.rejected += list(made.rejected)
        known.words += made.words
        for way in made.ways:
            known.ways[way] = known.ways.get(way, 0) + 1
        known.seconds["search"] += made.search_seconds
        known.seconds["check"] += made.check_seconds
