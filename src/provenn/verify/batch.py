"""Certificates for many boxes at once, and their checks by the extracted checker beside the search.

Boxes are tried in batches with cheap proofs first: one backward pass from the outputs over interval bounds,
then chosen slopes, then tighter bounds of the neurons in between. What is shown of a batch becomes one
property with one certificate; a box counts as certified when the checker has accepted a file that holds it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from provenn.base.cores import share
from provenn.base.words import Words, sha256, to_bytes
from provenn.bounds.backward import State, make_lines, root_state, tighten
from provenn.bounds.regions import Indices, Regions
from provenn.bounds.slopes import Combination, improve_goals
from provenn.io.output import write_atomically
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.verify import checker
from provenn.verify.attack import Singles
from provenn.verify.balls import Balls
from provenn.verify.branch import Brancher, Final, Mask
from provenn.verify.certificate import Leaf, Slopes, Tighten, Tree, certificate_words
from provenn.verify.pace import Clock
from provenn.verify.pool import Hole
from provenn.verify.search import search
from provenn.verify.workers import Threads, Workers

WAYS = ("plain", "slopes", "bounds", "bounds and slopes")
STEPS = 12
NEAR = 1.0
PAIRS = 256
_here = threading.local()


@dataclass(frozen=True)
class Proof:
    """The boxes of a batch that are shown, by position, their trees in that order, and how each was shown."""

    which: Indices
    trees: tuple[Tree, ...]
    ways: tuple[str, ...]


class Prover:
    """Proofs for the boxes of one batch; ``effort`` is the number of WAYS to try after the first one."""

    def __init__(self, regions: Regions, balls: Balls, effort: int) -> None:
        self.regions, self.effort = regions, effort
        self.brancher = Brancher(regions, balls.goals(), Clock(np.inf))
        self.way: dict[int, str] = {}
        self.steps = tuple(Tighten(t) for t in regions.affine if regions.above[t])

    def proof(self) -> Proof:
        """Work through the ways to prove, each on what the ones before left open."""
        goals = self.brancher.goals
        state, case = root_state(self.regions, goals.lo, goals.hi), np.arange(len(goals.cases))
        for k, steps in enumerate(((), self.steps)[: 1 + self.effort // 2]):
            if steps:
                self._tighten(state)
            final = self.brancher.final(state, case)
            holes = [Hole(int(i), None, False) for i in case.tolist()]
            shown = self.brancher.close(final, holes, [steps] * len(case))
            self._note(case[shown], 2 * k)
            if self.effort > 2 * k and not shown.all():
                shown = shown | self._sloped(state, case, final, shown, steps)
            state, case = state.take(np.flatnonzero(~shown)), case[~shown]
            if not len(case):
                break
        which = sorted(self.brancher.trees)
        return Proof(np.array(which, np.intp), tuple(self.brancher.trees[k] for k in which),
                     tuple(self.way[k] for k in which))

    def _note(self, case: Indices, way: int) -> None:
        self.way.update((k, WAYS[way]) for k in case.tolist())

    def _tighten(self, state: State) -> None:
        """Bounds of every neuron whose sign is open, layer by layer, from below."""
        for step in self.steps:
            lines = make_lines(self.regions, state, {}, step.node)
            tighten(self.regions, state, lines, step.node)

    def _sloped(self, state: State, case: Indices, final: Final, shown: Mask,
                steps: tuple[Tighten, ...]) -> Mask:
        """Choose slopes for the rivals that are not yet beaten, where that is not hopeless.

        They start flat: so every bound is at least that of interval arithmetic.
        """
        near = ~shown & (final.value.min(1) > -NEAR * np.abs(final.bound).mean(1))
        box, rival = np.nonzero((final.value <= 0.0) & near[:, None])
        value, slopes = final.value.copy(), dict[tuple[int, int], Slopes]()
        for i in range(0, len(box), PAIRS):
            b, p = box[i : i + PAIRS], rival[i : i + PAIRS]
            margin = 2.0 * final.margin[b, p]
            goals = self.brancher.goals
            rows = Combination(*(v[:, None] for v in (goals.cx[case[b], p], goals.cy[case[b], p],
                                                      goals.d[case[b], p])))
            flat = {u: np.zeros((len(b), self.regions.sizes[u])) for u in self.regions.unary}
            found = improve_goals(self.regions, state, b, rows, np.ones((len(b), 1)), STEPS, margin, flat)
            value[b, p] = found.bound - margin
            for k, key in enumerate(zip(b.tolist(), p.tolist())):
                slopes[key] = found.best.vectors(self.regions.sizes, k)
        done: Mask = near & (value > 0.0).all(1)
        for i in np.flatnonzero(done).tolist():
            parts = tuple((np.ones(1), slopes.get((i, p), {})) for p in range(value.shape[1]))
            self.brancher.trees[int(case[i])] = Tree(steps, Leaf(parts))
        self._note(case[done], 3 if steps else 1)
        return done


@dataclass(frozen=True)
class Checked:
    """What came of one batch. ``certified`` are positions in the claim, accepted by the checker.

    ``files`` are the SHA-256 of the property and of the certificate of each accepted check; ``rejected`` says
    in the checker's words why it refused others, which would be a bug of the search.
    """

    tried: int
    certified: tuple[int, ...]
    ways: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    words: int
    search_seconds: float
    check_seconds: float
    rejected: tuple[str, ...] = ()
    stored: tuple[tuple[Words, Words], ...] = ()


@dataclass(frozen=True, eq=False)
class Claim:
    """What workers must know; ``store``: whether properties and accepted certificates are wanted back."""

    graph: Graph
    balls: Balls
    effort: int
    store: bool


class Batches:
    """Certifies the boxes of a claim about one network, ``jobs`` checkers at a time beside the search."""

    def __init__(self, graph: Graph, balls: Balls, effort: int = 1, jobs: int = 2,
                 keep: Path | None = None, store: bool = False) -> None:
        self.graph, self.balls, self.effort, self.jobs, self.keep = graph, balls, effort, jobs, keep
        self.store = store or keep is not None
        self.regions, self.network = Regions(graph), graph_words(graph)
        self.name = sha256(self.network)
        checker.find()
        if keep is not None:
            write_atomically(keep / "network.pvn", to_bytes(self.network))

    def run(self, batches: Iterable[Indices], workers: Workers | None = None) -> Iterator[Checked]:
        """The outcome of each batch of positions, in order, as soon as it is there.

        Everything is done by ``workers`` when they are given, else the checks beside the proofs.
        """
        if workers is not None:
            claim = workers.share(self._claim())
            yield from self._ordered(workers.map(_certified, enumerate(batches), claim))
            return
        with closing(Threads(self.jobs)) as threads:
            yield from self._ordered(threads.map(self._check, self._proofs(batches)))

    def _claim(self) -> Claim:
        return Claim(self.graph, self.balls, self.effort, self.store)

    def _ordered(self, made: Iterator[tuple[Any, Checked]]) -> Iterator[Checked]:
        """Results in the order of the numbers that items begin with; what is to be kept is kept."""
        early: dict[int, Checked] = {}
        turn = 0
        for item, result in made:
            early[item[0]] = self._kept(result)
            while turn in early:
                yield early.pop(turn)
                turn += 1

    def _proofs(self, batches: Iterable[Indices]) -> Iterator[tuple[int, Indices, Proof, float]]:
        for k, rows in enumerate(batches):
            begin = time.perf_counter()
            proof = Prover(self.regions, self.balls.take(rows), self.effort).proof()
            yield k, rows, proof, time.perf_counter() - begin

    def _check(self, item: tuple[int, Indices, Proof, float]) -> Checked:
        return self._checked(*item[1:])

    def certified(self, rows: Indices) -> Checked:
        """Proof and check of one batch."""
        return next(self._check(item) for item in self._proofs([rows]))

    def _checked(self, rows: Indices, proof: Proof, search_seconds: float) -> Checked:
        """One file for all that was shown; when it is rejected, halves of it, down to single boxes."""
        certified: list[int] = []
        ways, files, rejected = list[str](), list[tuple[str, str]](), list[str]()
        words, begin, stored = 0, time.perf_counter(), list[tuple[Words, Words]]()
        todo = [np.arange(len(proof.which))] if len(proof.which) else []
        while todo:
            some = todo.pop()
            claim = self.balls.take(rows[proof.which[some]]).words()
            named = sha256(claim)
            certificate = certificate_words([proof.trees[k] for k in some.tolist()], self.name, named)
            said = checker.run(self.network, claim, certificate, processes=share(self.jobs))
            if said.accepted:
                certified += rows[proof.which[some]].tolist()
                ways += [proof.ways[k] for k in some.tolist()]
                files.append((named, sha256(certificate)))
                words += certificate.size
                stored += [(claim, certificate)] if self.store else []
            elif len(some) > 1:
                todo += [some[len(some) // 2 :], some[: len(some) // 2]]
            else:
                rejected.append(said.reason)
        return Checked(len(rows), tuple(certified), tuple(ways), tuple(files), words, search_seconds,
                       time.perf_counter() - begin, tuple(rejected), tuple(stored))

    def searches(self, rows: Iterable[int], seconds: float, seed: int,
                 workers: Workers | None = None) -> Iterator[tuple[int, Checked, Singles | None]]:
        """``search`` of each of ``rows``, as they are finished."""
        if workers is None:
            for row in rows:
                made, witness = self.search(row, seconds, seed)
                yield row, self._kept(made), witness
            return
        items = ((row, seconds, seed) for row in rows)
        for item, (made, witness) in workers.map(_searched, items, workers.share(self._claim())):
            yield item[0], self._kept(made), witness

    def search(self, row: int, seconds: float, seed: int) -> tuple[Checked, Singles | None]:
        """The ordinary search on one box: its certificate, checked, or a counterexample, or neither."""
        begin, one = time.perf_counter(), self.balls.take(np.array([row]))
        claim = one.words()
        made = search(self.graph, one.property(), timeout=seconds, seed=seed)
        middle = time.perf_counter()
        if made.certificate is None:
            return Checked(1, (), (), (), 0, middle - begin, 0.0), made.witness
        said = checker.run(self.network, claim, made.certificate)
        spent = (middle - begin, time.perf_counter() - middle)
        if not said.accepted:
            return Checked(1, (), (), (), 0, *spent, (said.reason,)), None
        files = ((sha256(claim), sha256(made.certificate)),)
        stored = ((claim, made.certificate),) if self.store else ()
        return Checked(1, (row,), ("search",), files, made.certificate.size, *spent, stored=stored), None

    def _kept(self, made: Checked) -> Checked:
        """Write properties and accepted certificates, named by the properties."""
        for claim, certificate in made.stored if self.keep is not None else ():
            assert self.keep is not None
            name = sha256(claim)[:16]
            write_atomically(self.keep / f"{name}.pvp", to_bytes(claim))
            write_atomically(self.keep / f"{name}.cert", to_bytes(certificate))
        return replace(made, stored=())


def _desk(claim: Claim) -> Batches:
    """A worker's own, kept for the next task."""
    if getattr(_here, "claim", None) is not claim:
        _here.claim, _here.made = claim, Batches(claim.graph, claim.balls, claim.effort, store=claim.store)
    made: Batches = _here.made
    return made


def _certified(claim: Claim, item: tuple[int, Indices]) -> Checked:
    return _desk(claim).certified(item[1])


def _searched(claim: Claim, item: tuple[int, float, int]) -> tuple[Checked, Singles | None]:
    return _desk(claim).search(*item)
