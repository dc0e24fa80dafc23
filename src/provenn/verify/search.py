"""The search: attacks, bounds, slopes and splitting until a witness, a certificate or the deadline.

Trusted for nothing: a witness is replayed and a certificate is checked by whoever uses them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from provenn.base.words import Words
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.ir.canonical import graph_hash
from provenn.ir.graph import Graph
from provenn.verify.attack import Attack, Singles
from provenn.verify.branch import Brancher, Clock, OutOfTime, Stats
from provenn.verify.certificate import Empty, Leaf, Tree, certificate_words
from provenn.verify.goals import Goals, make_goals
from provenn.verify.property import Box, Property, boxes, property_hash

Kind = Literal["unsat", "sat", "unknown", "timed-out"]
Report = Callable[[dict[str, Any]], None]
SLOW, LARGEST = 0.3, 512


@dataclass
class Outcome:
    """What the search found: a certificate for ``unsat``, a witness for ``sat``, numbers always."""

    kind: Kind
    certificate: Words | None = None
    witness: Singles | None = None
    stats: dict[str, Any] = field(default_factory=dict)


class Found(Exception):
    """A counterexample was confirmed."""


def search(graph: Graph, prop: Property, *, timeout: float, seed: int = 0,
           report: Report = lambda event: None) -> Outcome:
    """Decide a property within ``timeout`` seconds, as far as attacks and input splitting reach.

    ``report`` receives short dicts, each with an ``event``. Raises UnsupportedError for operations
    that have no bounds. An interruption by the user passes through.
    """
    start = time.perf_counter()
    try:
        run = Search(graph, prop, Clock(start + timeout), np.random.default_rng(seed), report)
    except OutOfTime:
        return Outcome("timed-out", stats={"seconds": time.perf_counter() - start})
    try:
        return run.outcome()
    except Found:
        return run.made("sat", witness=run.attack.witness)
    except OutOfTime:
        return run.made("timed-out")


@dataclass
class Search:
    """One run of the search; see ``search``."""

    graph: Graph
    prop: Property
    clock: Clock
    rng: np.random.Generator
    report: Report
    stats: Stats = field(default_factory=Stats)
    attack_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.start = time.perf_counter()
        self.regions = Regions(self.graph, self.clock.check)
        self.boxes = boxes(self.prop)
        self.goals = make_goals(self.boxes)
        self.attack = Attack(self.graph, self.prop, self.regions)
        self.trees: dict[int, Tree] = {i: _trivial(b) for i, b in enumerate(self.boxes) if _is_trivial(b)}
        self.worst: dict[str, float] = {}

    def outcome(self) -> Outcome:
        """Attack, then prove, group by group."""
        self._attack(restarts=64, steps=24)
        for goals in self.goals:
            self._prove(goals)
        trees = [self.trees[i] for i in range(len(self.boxes))]
        words = certificate_words(trees, graph_hash(self.graph), property_hash(self.prop))
        return self.made("unsat", certificate=words)

    def _attack(self, restarts: int, steps: int) -> None:
        begin = time.perf_counter()
        for goals in self.goals:
            hit = self.attack.sweep(goals, self.rng, restarts, steps)
            if hit:
                self.attack_seconds += time.perf_counter() - begin
                raise Found
        self.attack_seconds += time.perf_counter() - begin
        self.report({"event": "attacked", "points": self.attack.tried, "best_slack": self.attack.best})

    def _prove(self, goals: Goals) -> None:
        brancher = Brancher(self.regions, goals, self.clock, stats=self.stats)
        brancher.on_corners = lambda x, case: self._corners(goals, x, case)
        brancher.plant()
        count, last, rounds = 16, time.perf_counter(), 0
        while brancher.pool.count:
            begin = time.perf_counter()
            brancher.round(count)
            rounds += 1
            now = time.perf_counter()
            count = max(1, count // 2) if now - begin > SLOW else min(LARGEST, count * 2)
            if now - last > 0.25:
                self.report({"event": "branching", "open": brancher.pool.count, "leaves": self.stats.leaves,
                             "boxes": self.stats.boxes, "worst_bound": brancher.pool.worst()})
                last = now
            if rounds in (4, 16, 64, 256, 1024, 4096):
                self._attack(restarts=256, steps=40)
        self.trees.update({goals.cases[k]: tree for k, tree in brancher.trees.items()})

    def _corners(self, goals: Goals, x: Floats, case: Indices) -> bool:
        begin = time.perf_counter()
        if self.attack.check(goals, x, case):
            self.attack_seconds += time.perf_counter() - begin
            raise Found
        self.attack_seconds += time.perf_counter() - begin
        return False

    def made(self, kind: Kind, certificate: Words | None = None, witness: Singles | None = None) -> Outcome:
        """The outcome with its numbers."""
        stats: dict[str, Any] = dict(vars(self.stats))
        stats.update(seconds=time.perf_counter() - self.start, attack_seconds=self.attack_seconds,
                     attack_points=self.attack.tried, best_slack=self.attack.best,
                     words=0 if certificate is None else certificate.size)
        return Outcome(kind, certificate, witness, stats)


def _is_trivial(box: Box) -> bool:
    return not box.disjuncts or bool((box.lo > box.hi).any())


def _trivial(box: Box) -> Tree:
    empty = np.nonzero(box.lo > box.hi)[0]
    return Tree((), Empty(int(empty[0])) if len(empty) else Leaf(()))
