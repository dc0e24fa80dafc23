"""The search: attacks, bounds, slopes and splitting until a witness, a certificate or the deadline.

Trusted for nothing: a witness is replayed and a certificate is checked by whoever uses them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

import numpy as np

from provenn.base.words import Words
from provenn.bounds.backward import State, root_state
from provenn.bounds.importance import importance
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.ir.canonical import graph_hash
from provenn.ir.graph import Graph
from provenn.ir.property import Box, Property, boxes, property_hash
from provenn.verify.attack import Attack, Singles
from provenn.verify.branch import Brancher, Clock, Exhausted, OutOfTime, Stats
from provenn.verify.certificate import Empty, Leaf, Tree, certificate_words
from provenn.verify.goals import Goals, make_goals
from provenn.verify.pool import Hole
from provenn.verify.root import refine
from provenn.verify.signs import SignBrancher

Kind = Literal["unsat", "sat", "unknown", "timed-out"]
Report = Callable[[dict[str, Any]], None]
SLOW, LARGEST = 0.5, 512
MANY_INPUTS = 12
ROOT_STEPS = 60
QUICK, SHARE = 1.0, 0.1
ATTACKS = (4, 16, 64, 256, 1024, 4096)


@dataclass
class Outcome:
    """What the search found: a certificate for ``unsat``, a witness for ``sat``, numbers always."""

    kind: Kind
    certificate: Words | None = None
    witness: Singles | None = None
    stats: dict[str, Any] = field(default_factory=dict)


class _Found(Exception):
    """A counterexample was confirmed."""


def search(graph: Graph, prop: Property, *, timeout: float, seed: int = 0,
           report: Report = lambda event: None, care: float = 1.0) -> Outcome:
    """Decide a property within ``timeout`` seconds, as far as attacks and input splitting reach.

    ``report`` receives short dicts, each with an ``event``. ``care`` multiplies the margin by which bounds
    must be positive, for a second try after a certificate was rejected. Raises UnsupportedError for
    operations that have no bounds. An interruption by the user passes through. Overflow is silent: bounds
    that are no numbers decide nothing, and the checker refuses them.
    """
    with _one_thread(), np.errstate(all="ignore"):
        return _search(graph, prop, time.perf_counter(), timeout, seed, report, care)


def _one_thread() -> AbstractContextManager[Any]:
    """One BLAS thread: products here are small, and threads that wait for a busy core cost tenfold."""
    try:
        threads = import_module("threadpoolctl")
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[Any] = threads.threadpool_limits(limits=1, user_api="blas")
    return limits


def _search(graph: Graph, prop: Property, start: float, timeout: float, seed: int, report: Report,
            care: float) -> Outcome:
    try:
        run = Search(graph, prop, Clock(start + timeout), np.random.default_rng(seed), report, care)
    except OutOfTime:
        return Outcome("timed-out", stats={"seconds": time.perf_counter() - start})
    try:
        return run.outcome()
    except _Found:
        return run.made("sat", witness=run.attack.witness)
    except Exhausted:
        return run.made("unknown")
    except OutOfTime:
        return run.made("timed-out")


@dataclass
class Search:
    """One run of the search; see ``search``.

    ``open`` tells, of the group of cases that was being split, how many boxes or domains were open when the
    last round began, and the worst bound of any of them.
    """

    graph: Graph
    prop: Property
    clock: Clock
    rng: np.random.Generator
    report: Report
    care: float = 1.0
    stats: Stats = field(default_factory=Stats)
    attack_seconds: float = 0.0
    open: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start = time.perf_counter()
        self.regions = Regions(self.graph, self.clock.check)
        self.boxes = boxes(self.prop)
        self.goals = make_goals(self.boxes)
        self.attack = Attack(self.graph, self.prop, self.regions)
        self.trees: dict[int, Tree] = {i: _trivial(b) for i, b in enumerate(self.boxes) if _is_trivial(b)}
        self.bounds: dict[str, float] = {}

    def outcome(self) -> Outcome:
        """Attack, then prove, group by group."""
        left = [goals for goals in self.goals if not self._instant(goals)]
        self._attack(left, restarts=64, steps=20, seconds=QUICK)
        for goals in left:
            self._prove(goals)
        trees = [self.trees[i] for i in range(len(self.boxes))]
        words = certificate_words(trees, graph_hash(self.graph), property_hash(self.prop))
        return self.made("unsat", certificate=words)

    def _instant(self, goals: Goals) -> bool:
        """True when interval bounds of the whole network are enough for a group of cases."""
        brancher = Brancher(self.regions, goals, self.clock, stats=Stats(), care=self.care)
        case = np.arange(len(goals.cases))
        final = brancher.final(root_state(self.regions, goals.lo, goals.hi), case)
        if not final.shown.all():
            return False
        brancher.close(final, [Hole(k, None, False) for k in case.tolist()], [()] * len(case))
        self.stats.boxes += len(case)
        self.stats.leaves += len(case)
        self._collect(brancher)
        return True

    def _collect(self, brancher: Brancher) -> None:
        self.trees.update({brancher.goals.cases[k]: tree for k, tree in brancher.trees.items()})

    def _attack(self, groups: list[Goals], restarts: int, steps: int, seconds: float) -> None:
        begin = time.perf_counter()
        for goals in groups:
            self._settle(self.attack.sweep(goals, self.rng, restarts, steps, seconds), begin)
        self.attack_seconds += time.perf_counter() - begin
        self.report({"event": "attacked", "points": self.attack.tried, "best_slack": self.attack.best})

    def _settle(self, hit: bool, begin: float) -> None:
        if hit:
            self.attack_seconds += time.perf_counter() - begin
            raise _Found

    def _corners(self, goals: Goals, x: Floats, case: Indices) -> None:
        begin = time.perf_counter()
        self._settle(self.attack.check(goals, x, case), begin)
        self.attack_seconds += time.perf_counter() - begin

    def _prove(self, goals: Goals) -> None:
        """Trees for one group of cases: roots first, then splitting."""
        brancher = Brancher(self.regions, goals, self.clock, stats=self.stats, care=self.care)
        brancher.on_corners = lambda x, case: self._corners(goals, x, case)
        state, case = root_state(self.regions, goals.lo, goals.hi), np.arange(len(goals.cases))
        if (goals.hi > goals.lo).sum(1).max() > MANY_INPUTS:
            for k in case.tolist():
                self._root(brancher, state.take(case[k : k + 1]), k)
        else:
            brancher.plant(state, case)
        self._rounds(brancher.round, lambda: brancher.pool.count, brancher.pool.worst, goals)
        self._collect(brancher)

    def _root(self, brancher: Brancher, state: State, k: int) -> None:
        """Try hard on one root box before it may be split."""
        case = np.array([k])
        final = brancher.final(state, case)
        if brancher.close_root(state, case, final, (), 1):
            return
        plain = state.take(np.zeros(1, np.intp))
        kept = brancher.tighten(plain)
        final = brancher.final(plain, case)
        self._note(brancher.goals, k, final.bound[0])
        if final.shown.all():
            brancher.close_reduced(state, plain, final, case, [Hole(k, None, False)], np.zeros(1, np.intp))
            return
        if brancher.close_root(plain, case, final, brancher.full, ROOT_STEPS):
            return
        self._corners(brancher.goals, np.where(final.entry[0] > 0.0, plain.lo, plain.hi),
                      np.full(final.entry.shape[1], k))
        weight = (final.value <= 0.0)[:, brancher.goals.part] * final.multipliers
        found = importance(self.regions, plain, final.owner, weight.ravel(), final.tape.coefficients, kept)
        worth = {t: (found.lower[t] + found.upper[t])[0] * (plain.high[t] - plain.low[t])[0]
                 for t in self.regions.targets}
        refined = refine(self.regions, state, worth)
        final = brancher.final(refined.state, case)
        self._note(brancher.goals, k, final.bound[0])
        worst = float(final.value.min())
        self.report({"event": "refined", "neurons": len(refined.steps), "worst_bound": worst})
        if brancher.close_root(refined.state, case, final, refined.steps, 1):
            return
        signs = SignBrancher(brancher, refined, k)
        self._rounds(signs.round, lambda: len(signs.queue), signs.queue.worst, brancher.goals)

    def _note(self, goals: Goals, k: int, bound: Floats) -> None:
        for p, value in enumerate(goals.best(bound[None])[0].tolist()):
            self.bounds[f"case {goals.cases[k]} disjunct {p}"] = value

    def _rounds(self, work: Callable[[int], None], left: Callable[[], int], worst: Callable[[], float],
                goals: Goals) -> None:
        """Rounds of splitting while there is something left, with an attack now and then.

        Batches are measured by processor time: on a busy machine small ones would only be slower.
        """
        count, last, rounds = 16, time.perf_counter(), 0
        while left():
            begin = time.process_time()
            self.open = {"open": left(), "worst_bound": worst()}
            work(count)
            count = max(1, count // 2) if time.process_time() - begin > SLOW else min(LARGEST, count * 2)
            now, rounds = time.perf_counter(), rounds + 1
            if now - last > 0.25:
                self.report({"event": "branching", "open": left(), "leaves": self.stats.leaves,
                             "boxes": self.stats.boxes, "worst_bound": worst()})
                last = now
            if rounds in ATTACKS:
                self._attack([goals], restarts=256, steps=40, seconds=SHARE * (now - self.start))

    def made(self, kind: Kind, certificate: Words | None = None, witness: Singles | None = None) -> Outcome:
        """The outcome with its numbers."""
        stats: dict[str, Any] = dict(vars(self.stats))
        stats.update(seconds=time.perf_counter() - self.start, attack_seconds=self.attack_seconds,
                     attack_points=self.attack.tried, best_slack=self.attack.best, bounds=self.bounds,
                     words=0 if certificate is None else certificate.size)
        stats.update(self.open if kind in ("unknown", "timed-out") else {})
        for name in ("best_slack", "worst_bound"):
            if abs(stats.get(name, 0.0)) >= np.finfo(np.float64).max:
                del stats[name]
        return Outcome(kind, certificate, witness, stats)


def _is_trivial(box: Box) -> bool:
    return not box.disjuncts or bool((box.lo > box.hi).any())


def _trivial(box: Box) -> Tree:
    empty = np.flatnonzero(box.lo > box.hi)
    return Tree((), Empty(int(empty[0])) if len(empty) else Leaf(()))
