"""The search: attacks, bounds, slopes and splitting until a witness, a certificate or the deadline.

Trusted for nothing: a witness is replayed and a certificate is checked by whoever uses them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from provenn.base.words import Words
from provenn.bounds.backward import State, root_state
from provenn.bounds.importance import importance
from provenn.bounds.noise import Noise, Uncovered
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.ir.canonical import graph_hash
from provenn.ir.graph import Graph
from provenn.ir.property import Box, Property, boxes, property_hash
from provenn.verify.attack import Attack, Singles
from provenn.verify.branch import MANY_INPUTS, Brancher, Stats
from provenn.verify.certificate import Empty, Leaf, Tree, certificate_words
from provenn.verify.drowned import DROWNED, drowned, loud, of_case, spoilt
from provenn.verify.goals import Goals, make_goals
from provenn.verify.limits import hoarding, one_thread, open_domains
from provenn.verify.pace import Clock, Exhausted, Found, OutOfTime, Pace
from provenn.verify.pool import POOL_BYTES, Hole
from provenn.verify.root import refine, thinned
from provenn.verify.semantics import REAL, Semantics

if TYPE_CHECKING:
    from provenn.verify.signs import SignBrancher
    from provenn.verify.subproblems import Team
    from provenn.verify.together import Cores

Kind = Literal["unsat", "sat", "unknown", "timed-out"]
Report = Callable[[dict[str, Any]], None]
UNDECIDED = ("unknown", "timed-out")
ROOT_STEPS = 60
NO_MEMORY = "memory ran out; a larger --memory, or fewer --jobs, may help"
QUICK, SHARE, BRIEF, GRACE = 1.0, 0.1, 0.2, 0.5
LATE, CAREFUL, SPOILT = 0.6, 2.0, 64
ATTACKS = (4, 16, 64, 256, 1024, 4096)
NOTHING = -1e300
TOO_LATE = "no certificate was found with the noise of binary32 in most of the time"


@dataclass
class Outcome:
    """What the search found: a certificate for ``unsat``, a witness for ``sat``, numbers always.

    ``trees`` are the trees by case, with open ends where the search did not finish; no open part of the case
    it was at has a bound below ``worst``. The certificate is about ``semantics``; when executions in binary32
    were asked for and given up on the way, ``given_up`` says why.
    """

    kind: Kind
    certificate: Words | None = None
    witness: Singles | None = None
    stats: dict[str, Any] = field(default_factory=dict)
    trees: dict[int, Tree] = field(default_factory=dict)
    worst: float | None = None
    note: str = ""
    semantics: Semantics = REAL
    given_up: str = ""


def search(graph: Graph, prop: Property, *, timeout: float, seed: int = 0,
           report: Report = lambda event: None, exact: Graph | None = None, memory: int | None = None,
           team: Team | Cores | None = None, care: float = 1.0, semantics: Semantics = REAL,
           yielding: bool = False) -> Outcome:
    """Decide a property within ``timeout`` seconds, as far as attacks and input splitting reach.

    Counterexamples are confirmed on ``exact``, the same function by other operations, where it is given.
    ``report`` receives short dicts, each with an ``event``. Raises UnsupportedError for operations
    that have no bounds. An interruption by the user passes through. Overflow is silent: bounds that are
    no numbers decide nothing, and the checker refuses them. ``memory`` is a limit in bytes, of which open
    domains take a part; beyond that the worst are left for later. A long search is shared with ``team``.
    ``care`` multiplies the margin by which bounds must be positive, for a second try after a rejection.
    With ``semantics`` for binary32, bounds allow for noise; a ``yielding`` search goes on without it where
    the network is not covered, or when most of the time is gone; another one only attacks there.
    """
    start = time.perf_counter()
    with one_thread(), hoarding(memory), np.errstate(all="ignore"):
        def run(about: Semantics, why: str = "") -> Outcome:
            return _ended(lambda: Search(graph, prop, Clock(start + timeout), np.random.default_rng(seed),
                                         report, exact or graph, open_domains(memory, POOL_BYTES), team,
                                         care, about, yielding, given_up=why), start)

        try:
            return run(semantics)
        except Uncovered as e:
            if not yielding:  # There will be no proof, but a counterexample needs none.
                return replace(run(REAL, str(e)), semantics=semantics)
            report({"event": "given up", "why": str(e)})
            return run(REAL, str(e))


def _ended(begin: Callable[[], Search], start: float) -> Outcome:
    """Run a search to its end. Raises Uncovered."""
    try:
        run = begin()
    except OutOfTime:
        return Outcome("timed-out", stats={"seconds": time.perf_counter() - start})
    except MemoryError:
        return Outcome("unknown", stats={"seconds": time.perf_counter() - start}, note=NO_MEMORY)
    try:
        return run.outcome()
    except Found:
        return run.made("sat", witness=run.attack.witness)
    except Exhausted:
        return run.made("unknown")
    except OutOfTime:
        # Another thread of the attack may have found something in the same moment.
        witness = run.attack.witness
        return run.made("timed-out") if witness is None else run.made("sat", witness=witness)
    except MemoryError:
        return run.made("unknown", note=NO_MEMORY)


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
    exact: Graph
    limit: int = POOL_BYTES
    team: Team | Cores | None = None
    care: float = 1.0
    semantics: Semantics = REAL
    yielding: bool = False
    stats: Stats = field(default_factory=Stats)
    attack_seconds: float = 0.0
    given_up: str = ""

    def __post_init__(self) -> None:
        self.start = time.perf_counter()
        self.regions = Regions(self.graph, self.clock.check)
        self.boxes = boxes(self.prop)
        self.goals = make_goals(self.boxes)
        self.attack = Attack(self.graph, self.prop, self.regions, self.exact)
        self.trees: dict[int, Tree] = {i: _trivial(b) for i, b in enumerate(self.boxes) if _is_trivial(b)}
        self.bounds: dict[str, float] = {}
        self.brancher: Brancher | None = None
        self.worst: float | None = None
        self.regions.noise = self._noise()

    def _noise(self) -> Noise | None:
        """The noise of the semantics. Raises Uncovered."""
        if self.semantics == REAL or not self.goals:
            return None
        wide = np.concatenate([np.maximum(np.abs(g.lo), np.abs(g.hi)) for g in self.goals]).max(0)
        # Where inputs are split, boxes are so many that the checker would do little else.
        renewing = any((g.hi > g.lo).sum(1).max() > MANY_INPUTS for g in self.goals)
        noise = Noise(self.regions, self.semantics.ulps, wide, 1.0 if self.care == 1.0 else CAREFUL,
                      renewing=renewing)
        for goals in self.goals:
            noise.begin(goals.lo, goals.hi)
        return noise

    def _give_up(self, why: str) -> None:
        """Go on with real arithmetic: what has been shown with noise holds there too."""
        self.semantics, self.regions.noise, self.given_up = REAL, None, why
        self.report({"event": "given up", "why": why})

    def outcome(self) -> Outcome:
        """Attack, then prove, group by group."""
        hopeless = bool(self.given_up) and not self.yielding
        left = [goals for goals in self.goals if hopeless or not self._instant(goals)]
        self._attack(left, restarts=64, steps=20, seconds=QUICK)
        if hopeless:
            self._attack(left, restarts=256, steps=40, seconds=QUICK)
            raise Exhausted
        if self.yielding and self._drowned(left):
            raise Uncovered(DROWNED)
        for goals in left:
            self._prove(goals)
        trees = [self.trees[i] for i in range(len(self.boxes))]
        words = certificate_words(trees, graph_hash(self.graph), property_hash(self.prop), self.semantics)
        return self.made("unsat", certificate=words)

    def _drowned(self, groups: list[Goals]) -> bool:
        """Whether noise is larger than the margin at the nearest point that the attack met."""
        if self.regions.noise is None or self.attack.nearest is None:
            return False
        x, case = self.attack.nearest
        found = of_case(groups, case)
        return found is not None and drowned(
            Brancher(self.regions, found[0], self.clock, care=self.care), x, found[1])

    def _reason(self) -> str:
        """What noise has to do with a search that found nothing, by one more bound; empty if not known."""
        self.clock.deadline = max(self.clock.deadline, time.perf_counter() + GRACE)
        try:
            return DROWNED if self._drowned(self.goals) else ""
        except (OutOfTime, MemoryError):
            return ""

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
            raise Found

    def _corners(self, goals: Goals, x: Floats, case: Indices) -> None:
        begin = time.perf_counter()
        self._settle(self.attack.check(goals, x, case), begin)
        self.attack_seconds += time.perf_counter() - begin

    def _prove(self, goals: Goals) -> None:
        """Trees for one group of cases: roots first, then splitting."""
        brancher = self.brancher = Brancher(self.regions, goals, self.clock, stats=self.stats,
                                            limit=self.limit, care=self.care)
        brancher.on_corners = lambda x, case: self._corners(goals, x, case)
        state, case = root_state(self.regions, goals.lo, goals.hi), np.arange(len(goals.cases))
        if (goals.hi > goals.lo).sum(1).max() > MANY_INPUTS:
            for k in case.tolist():
                self._root_alone(brancher, state.take(case[k : k + 1]), k)
        else:
            brancher.plant(state, case)
        self._rounds(brancher)
        self._collect(brancher)

    def _root_alone(self, brancher: Brancher, state: State, k: int) -> None:
        """``_root`` with the noise of its own box; what is left for later gets the largest."""
        before = {} if self.regions.noise is None else self.regions.noise.frozen
        if self.regions.noise is not None:
            self.regions.noise.frozen = {}
        whole, one = self.clock.deadline, np.zeros(1, np.intp)
        try:
            if self.yielding and self.regions.noise is not None:
                self.clock.deadline = self.start + LATE * (whole - self.start)
            signs = self._root(brancher, state.take(one), k)
        except OutOfTime:
            if whole == self.clock.deadline:
                raise
            self.clock.deadline = whole
            self._give_up(TOO_LATE)
            signs = self._root(brancher, state, k)
        self.clock.deadline = whole
        if signs is not None:
            self._rounds(brancher, signs)
        if self.regions.noise is not None:
            self.regions.noise.merge(before)

    def _root(self, brancher: Brancher, state: State, k: int) -> SignBrancher | None:
        """Try hard on one root box before it may be split; None when that was enough."""
        case, self.worst = np.array([k]), None
        final = brancher.final(state, case)
        if brancher.close_root(state, state, case, final, 1):
            return None
        one = np.zeros(1, np.intp)
        base, plain = state.take(one), state.take(one)
        self.stats.spoilt += loud(brancher, state, case, self.attack.best)
        kept = brancher.tighten(plain, base)
        final = brancher.final(plain, case)
        if not final.shown[0] and spoilt(brancher, plain, case):
            self.stats.spoilt += 1
            kept = brancher.tighten(plain, base)
            final = brancher.final(plain, case)
        self._note(brancher.goals, k, final.bound[0])
        if brancher.close_root(base, plain, case, final, ROOT_STEPS):
            return None
        self._corners(brancher.goals, np.where(final.entry[0] > 0.0, plain.lo, plain.hi),
                      np.full(final.entry.shape[1], k))
        weight = (final.value <= 0.0)[:, brancher.goals.part] * final.multipliers
        found = importance(self.regions, plain, final.owner, weight.ravel(), final.tape.coefficients, kept)
        worth = {t: (found.lower[t] + found.upper[t])[0] * (plain.high[t] - plain.low[t])[0]
                 for t in self.regions.targets}
        refined = refine(self.regions, state.take(one), worth)
        final = brancher.final(refined.state, case)
        self._note(brancher.goals, k, final.bound[0])
        self.worst = float(final.value.min())
        self.report({"event": "refined", "neurons": len(refined.steps), "worst_bound": self.worst})
        if final.shown[0]:
            refined = thinned(self.regions, state, plain, refined, worth,
                              lambda less: bool(brancher.final(less, case).shown[0]))
            final = brancher.final(refined.state, case)
        if brancher.close(final, [Hole(k, None, False)], [refined.steps])[0]:
            return None
        from provenn.verify.signs import SignBrancher

        return SignBrancher(brancher, refined, k)

    def _note(self, goals: Goals, k: int, bound: Floats) -> None:
        for p, value in enumerate(goals.best(bound[None])[0].tolist()):
            self.bounds[f"case {goals.cases[k]} disjunct {p}"] = value

    def _rounds(self, brancher: Brancher, signs: SignBrancher | None = None) -> None:
        """Rounds of splitting while there is something left, with an attack now and then.

        With a team, what is left after a while of processor time is shared, if it is enough for all.
        """
        work = brancher.round if signs is None else signs.round
        worst = brancher.pool.worst if signs is None else signs.queue.worst
        pace, last, rounds, begin = Pace(), time.perf_counter(), 0, time.process_time()
        while count := brancher.pool.count if signs is None else len(signs.queue):
            spent = time.process_time() - begin
            if self.team is not None and spent > self.team.solo and self.team.wanted(count, pace):
                return self._share(brancher, signs, pace)
            self._watch(count, worst())
            pace(work, count)
            now, rounds = time.perf_counter(), rounds + 1
            if now - last > 0.25:
                self.report({"event": "branching", "open": count, "leaves": self.stats.leaves,
                             "boxes": self.stats.boxes, "worst_bound": worst()})
                last = now
            if rounds in ATTACKS:
                self._again()

    def _watch(self, count: int, worst: float) -> bool:
        """Whether noise is given up on now, since most of the time is gone. Raises Uncovered."""
        self.worst = worst if worst > NOTHING else self.worst
        noisy = self.yielding and self.regions.noise is not None
        if noisy and self.stats.spoilt > max(SPOILT, self.stats.leaves):
            raise Uncovered("noise is larger than what bounds have to spare, in most parts of the domain")
        if not noisy or not self._late():
            return False
        if count > self.stats.leaves:
            raise Uncovered(TOO_LATE)
        self._give_up(TOO_LATE)
        return True

    def _late(self) -> bool:
        now = time.perf_counter()
        return now - self.start > LATE * (self.clock.deadline - self.start)

    def _again(self) -> None:
        seconds, now = max(BRIEF, SHARE * (time.perf_counter() - self.start)), self.brancher
        self._attack([now.goals] if now else [], restarts=256, steps=40, seconds=seconds)

    def _share(self, brancher: Brancher, signs: SignBrancher | None, pace: Pace) -> None:
        """Let the team finish what is open."""
        from provenn.verify.subproblems import Work

        assert self.team is not None
        found = self.team.finish(Work(self.prop, brancher, signs, self.report, self._again, self._watch,
                                      lambda: self.attack.witness, pace))
        if found is not None:
            self.attack.witness = found
            raise Found

    def made(self, kind: Kind, certificate: Words | None = None, witness: Singles | None = None,
             note: str = "") -> Outcome:
        """The outcome with its numbers, and the trees as far as they are."""
        if self.brancher is not None:
            self._collect(self.brancher)
        why = self.given_up or (self._reason() if kind in UNDECIDED else "")
        stats: dict[str, Any] = dict(vars(self.stats))
        stats.update(seconds=time.perf_counter() - self.start, attack_seconds=self.attack_seconds,
                     attack_points=self.attack.tried, best_slack=self.attack.best, bounds=self.bounds,
                     words=0 if certificate is None else certificate.size)
        if not np.isfinite(self.attack.best):
            del stats["best_slack"]
        if self.team is not None:
            stats.update(self.team.numbers())
        return Outcome(kind, certificate, witness, stats, self.trees, self.worst, note,
                       self.semantics, why)


def _is_trivial(box: Box) -> bool:
    return not box.disjuncts or bool((box.lo > box.hi).any())


def _trivial(box: Box) -> Tree:
    empty = np.flatnonzero(box.lo > box.hi)
    return Tree((), Empty(int(empty[0])) if len(empty) else Leaf(()))
