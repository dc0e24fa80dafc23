"""One search on workers elsewhere: open domains are handed out, and trees with what is left open come back.

A portion of the worst open domains goes to a worker, which goes on with it for a short while, as the search
itself would, bounds, slopes and multipliers included. What it could not finish comes back and may go to
another one. So no domain's hardness must be known beforehand, and a worker that dies costs a portion's time:
the portion is still here. ``provenn.verify.crew`` shares a search among processes of this machine.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.noise import Noise, Settings
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.ir.graph import Graph
from provenn.ir.property import Property
from provenn.verify.attack import Attack, Singles
from provenn.verify.branch import Brancher, Stats
from provenn.verify.domains import Queue
from provenn.verify.goals import Goals
from provenn.verify.limits import one_thread
from provenn.verify.pace import Clock, Exhausted, Found, OutOfTime, Pace
from provenn.verify.pool import Hole, Pool
from provenn.verify.portions import Piece, Portion, added, hung, packed, removed
from provenn.verify.root import Refined
from provenn.verify.signs import SignBrancher
from provenn.verify.workers import Workers

SHORT, LONG = 0.25, 2.0
MOST, BYTES = 512, 1 << 24
EVERY = 0.25
ENDS: dict[str, type[BaseException]] = {"exhausted": Exhausted, "time": OutOfTime, "memory": MemoryError}
_here = threading.local()


@dataclass(frozen=True)
class Habits:
    """What a brancher has learnt so far; without it a worker would try again what does not pay."""

    reach: float
    learnt: bool
    dull: frozenset[int]
    tied: dict[int, NDArray[np.bool_]]
    stats: Stats

    @staticmethod
    def of(base: Brancher) -> Habits:
        """Those of a brancher."""
        return Habits(base.reach, base.learnt, base.dull, base.tied, replace(base.stats))

    def give(self, base: Brancher) -> None:
        """Make a new brancher go on with them."""
        base.reach, base.learnt, base.dull = self.reach, self.learnt, self.dull
        base.tied, base.stats = {u: w.copy() for u, w in self.tied.items()}, replace(self.stats)


@dataclass(frozen=True, eq=False)
class Query:
    """What every worker must know: goals of a group of cases and, for splits on signs, a refined root."""

    graph: Graph
    prop: Property
    goals: Goals
    root: Refined | None
    case: int
    noise: Settings | None
    care: float
    habits: Habits


@dataclass
class Work:
    """What a search hands over: its brancher, and who wants to know and to be asked meanwhile.

    ``attack`` is called now and then. ``watch`` is told how many domains are open before each round, and
    the worst bound of any; it may raise, and says True when noise is given up. ``witness`` is what a Found
    is about.
    """

    prop: Property
    base: Brancher
    signs: SignBrancher | None
    report: Callable[[dict[str, Any]], None]
    attack: Callable[[], None]
    watch: Callable[[int, float], bool]
    witness: Callable[[], Singles | None]
    pace: Pace = field(default_factory=Pace)

    @property
    def query(self) -> Query:
        """For workers that know nothing."""
        root, case = (None, 0) if self.signs is None else (self.signs.root, self.signs.case)
        regions = self.base.regions
        noise = None if regions.noise is None else regions.noise.settings
        return Query(regions.graph, self.prop, self.base.goals, root, case, noise, self.base.care,
                     Habits.of(self.base))

    @property
    def queue(self) -> Queue | None:
        """Open domains of splits on signs."""
        return None if self.signs is None else self.signs.queue

    @property
    def open(self) -> int:
        """How many domains are open here."""
        return self.base.pool.count + len(self.queue or ())

    @property
    def worst(self) -> float:
        """The smallest bound of what is open here."""
        return min(self.base.pool.worst(), np.inf if self.queue is None else self.queue.worst())

    @property
    def row(self) -> int:
        """About how many bytes an open domain takes."""
        table = self.base.pool.table
        return table.itemsize * table.shape[1] if self.signs is None else self.signs.bytes

    @property
    def most(self) -> int:
        """How many open domains are given away at once, at most."""
        return max(1, min(MOST, BYTES // self.row))

    def round(self, count: int) -> None:
        """One round of splitting."""
        (self.signs.round if self.signs and self.signs.queue else self.base.round)(count)

    def empty(self) -> None:
        """Forget what is open."""
        self.base.pool = Pool(self.base.regions, self.base.limit)
        if self.signs is not None:
            self.signs.queue = Queue(self.base.limit)


def counted(into: Stats, more: Stats, sign: int = 1) -> Stats:
    """Add counters, or subtract them."""
    for entry in fields(Stats):
        setattr(into, entry.name, getattr(into, entry.name) + sign * getattr(more, entry.name))
    return into


@dataclass
class Back:
    """What a worker returns: a tree a domain, with numbers in ``open`` where something is left to do.

    ``end`` says why it stopped for good: a ``witness``, or "exhausted", "time" or "memory"; ``who`` names the
    worker, ``seconds`` are those of its processor.
    """

    trees: list[list[Piece]]
    open: Portion | None
    stats: Stats
    seconds: float
    end: str = ""
    witness: Singles | None = None
    who: str = field(default_factory=lambda: f"{socket.gethostname()} {os.getpid()}")


class Desk:
    """A worker's half: the same search, for the domains that it is given."""

    def __init__(self, query: Query, limit: int) -> None:
        self.query, self.clock, self.pace = query, Clock(np.inf), Pace()
        regions = Regions(query.graph, self.clock.check)
        if query.noise is not None:
            regions.noise = Noise(regions, *query.noise)
        base = Brancher(regions, query.goals, self.clock, limit=limit, care=query.care)
        query.habits.give(base)
        base.on_corners = self._corners
        self.attack = Attack(query.graph, query.prop, regions)
        signs = None if query.root is None else SignBrancher(base, query.root, query.case)
        self.job = Work(query.prop, base, signs, lambda event: None, lambda: None, lambda count, worst: False,
                        lambda: self.attack.witness)

    def _corners(self, x: Floats, case: Indices) -> None:
        if self.attack.check(self.query.goals, x, case):
            raise Found

    def work(self, portion: Portion, seconds: float, left: float) -> Back:
        """Go on for about ``seconds``; give up after ``left``."""
        start, begin = time.perf_counter(), time.process_time()
        self.clock.deadline = start + left
        job, base = self.job, self.job.base
        before = replace(base.stats)
        base.trees = {}
        job.empty()
        trees, open_ = list[list[Piece]](), None
        end, witness = "", None
        try:
            added(base.pool, job.signs, portion, portion.numbered())
            while job.open and time.perf_counter() - start < seconds:
                self.pace(job.round, job.open)
            trees, open_ = self._left(len(portion))
        except Found:
            end, witness = "witness", self.attack.witness
        except tuple(ENDS.values()) as e:
            end = next(name for name, kind in ENDS.items() if isinstance(e, kind))
        return Back(trees, open_, counted(replace(base.stats), before, -1), time.process_time() - begin,
                    end, witness)

    def _left(self, count: int) -> tuple[list[list[Piece]], Portion]:
        """Every tree as far as it has grown, and what is open."""
        base = self.job.base
        open_, holes = removed(base.pool, self.job.signs, self.job.open)
        places = {(id(h.split), h.above): k for k, h in enumerate(holes) if h.split is not None}
        whole = {h.case: k for k, h in enumerate(holes) if h.split is None}
        return [packed(base.trees[k] if k in base.trees else whole[k], places) for k in range(count)], open_


def work(query: Query, portion: Portion, seconds: float, left: float, limit: int) -> Back:
    """``Desk.work`` at the desk for this query, which is kept for the next portion."""
    with one_thread(), np.errstate(all="ignore"):
        if getattr(_here, "query", None) is not query:
            try:
                _here.query, _here.desk = query, Desk(query, limit)
            except MemoryError:
                _here.query = _here.desk = None
                return Back([], None, Stats(), 0.0, "memory")
        desk: Desk = _here.desk
        return desk.work(portion, seconds, left)


class Team:
    """Workers for long searches; nothing is sent to them before one turns out to be long."""

    solo = 2.0

    def __init__(self, workers: Workers) -> None:
        self.workers, self.size = workers, workers.size
        self.portions, self.seconds = 0, dict[str, float]()

    def numbers(self) -> dict[str, Any]:
        """For the statistics of a search."""
        if not self.portions:
            return {}
        return {"workers": self.size, "portions": self.portions, "lost_workers": self.workers.lost,
                "worker_seconds": sorted(self.seconds.values())}

    def wanted(self, have: int, pace: Pace) -> bool:
        """Whether ``have`` open domains are enough to share."""
        return have > 2 * self.size

    def finish(self, job: Work) -> Singles | None:
        """Work until nothing is open, or a counterexample comes back, which is returned.

        Raises OutOfTime, Exhausted, MemoryError, ToolError PNN-TOOL-710, and what ``job.watch`` raises.
        """
        shared, base, worst = self.workers.share(job.query), job.base, job.worst
        begin = last = time.perf_counter()
        turn = 1.0
        while open_ := job.open + len(self.workers.tasks):
            # Workers keep their noise when it is given up: what they show holds without it, too.
            job.watch(open_, worst)
            self._hand_out(shared, job)
            for holes, back in self.workers.wait(min(EVERY, max(0.0, base.clock.left()))):
                if back.witness is not None:
                    return back.witness  # type: ignore[no-any-return]
                self._take_in(back, holes, job)
            base.clock.check()
            now = time.perf_counter()
            if now - last > EVERY:
                job.report({"event": "branching", "open": open_, "leaves": base.stats.leaves,
                            "boxes": base.stats.boxes, "workers": len(self.workers.tasks)})
                last = now
            if now - begin > turn:
                job.attack()
                turn *= 2.0
        return None

    def _hand_out(self, shared: Any, job: Work) -> None:
        while self.workers.free > 0 and (open_ := job.open):
            share = -(-open_ // (self.size + self.workers.free))
            portion, holes = removed(job.base.pool, job.signs, min(share, job.most))
            seconds = LONG if open_ > 4 * self.size else SHORT
            self.workers.submit(work, shared, portion, seconds, job.base.clock.left(), job.base.limit,
                                about=holes)
            self.portions += 1

    def _take_in(self, back: Back, holes: list[Hole], job: Work) -> None:
        counted(job.base.stats, back.stats)
        self.seconds[back.who] = self.seconds.get(back.who, 0.0) + back.seconds
        if back.end:
            raise ENDS[back.end]
        left: dict[int, Hole] = {}
        for pieces, hole in zip(back.trees, holes):
            hung(pieces, hole, job.base.hang, left)
        assert back.open is not None
        places = [left[k] for k in range(len(back.open))]
        for place, known in zip(places, back.open.holes):
            place.steps, place.level, place.start = place.steps + known.steps, known.level, known.start
        added(job.base.pool, job.signs, back.open, places)

    def close(self) -> None:
        """End the workers."""
        self.workers.close()
