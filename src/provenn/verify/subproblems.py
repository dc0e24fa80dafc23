"""One search on many workers: open domains are handed out, and trees with what is left open come back.

A portion of the worst open domains goes to a worker, which goes on with it for a short while, as the search
itself would, bounds, slopes and multipliers included. What it could not finish comes back and may go to
another one. So no domain's hardness must be known beforehand, and a worker that dies costs a portion's time:
the portion is still here. Trees are exchanged as flat lists, since pickle would recurse into them.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from provenn.bounds.backward import State
from provenn.bounds.noise import Noise, Settings
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.ir.graph import Graph
from provenn.ir.property import Property
from provenn.verify.attack import Attack, Singles
from provenn.verify.branch import Brancher, Stats
from provenn.verify.certificate import Empty, Leaf, Split, Step, Tree
from provenn.verify.domains import Domain, Frame, Queue
from provenn.verify.goals import Goals
from provenn.verify.limits import one_thread
from provenn.verify.pace import Clock, Exhausted, OutOfTime, Pace
from provenn.verify.pool import Hole, Pool
from provenn.verify.root import Refined
from provenn.verify.signs import SignBrancher
from provenn.verify.workers import Workers

SHORT, LONG = 0.25, 2.0
MOST, BYTES = 512, 1 << 24
EVERY = 0.25
Piece = int | tuple[tuple[Step, ...], Leaf | Split | Empty]
NOWHERE = Frame(State(np.zeros((0, 0)), np.zeros((0, 0)), {}, {}), {})
_here = threading.local()


@dataclass(frozen=True, eq=False)
class Query:
    """What every worker must know: goals of a group of cases and, for splits on signs, a refined root."""

    graph: Graph
    prop: Property
    goals: Goals
    root: Refined | None
    case: int
    noise: Settings | None = None


@dataclass
class Portion:
    """Open domains on their way, boxes first; tree number k belongs to the k-th. ``steps`` go before each.

    ``frames`` are those of the domains, None for the root's, which everyone has.
    """

    state: State
    case: Indices
    bound: Floats
    domains: list[Domain]
    frames: list[Frame | None]
    steps: list[tuple[Step, ...]]

    def __len__(self) -> int:
        return len(self.steps)


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
    best: float = -np.inf
    who: str = field(default_factory=lambda: f"{socket.gethostname()} {os.getpid()}")


class _Found(Exception):
    """A counterexample was confirmed."""


def removed(pool: Pool, signs: SignBrancher | None, count: int) -> tuple[Portion, list[Hole]]:
    """Take up to ``count`` of the worst open domains; the holes for their trees stay here."""
    domains = [] if signs is None else signs.queue.take(count)
    state, case, bound, boxes = pool.remove(count - len(domains))
    holes = boxes + [d.hole for d in domains]
    frames = [None if signs is None or d.frame is signs.frame else d.frame for d in domains]
    bare = [replace(d, hole=Hole(0, None, False), frame=NOWHERE) for d in domains]
    return Portion(state, case, bound, bare, frames, [()] * len(holes)), holes


def added(pool: Pool, signs: SignBrancher | None, portion: Portion, holes: list[Hole]) -> None:
    """Put a portion back, with these holes."""
    boxes = len(portion.case)
    pool.add(portion.state, portion.case, portion.bound, holes[:boxes])
    for domain, frame, hole in zip(portion.domains, portion.frames, holes[boxes:]):
        assert signs is not None
        signs.queue.add(replace(domain, hole=hole, frame=frame or signs.frame), signs.bytes)


def packed(root: Tree | int, places: Mapping[tuple[int, bool], int]) -> list[Piece]:
    """A tree in the order of the file; ``places`` numbers the open sides of splits (by identity)."""
    made: list[Piece] = []
    todo = [root]
    while todo:
        here = todo.pop()
        if isinstance(here, int):
            made.append(here)
        elif isinstance(end := here.end, Split):
            made.append((here.steps, Split(end.index, end.value, node=end.node)))
            for child, above in ((end.above, True), (end.below, False)):
                todo.append(places[id(end), above] if child is None else child)
        else:
            made.append((here.steps, end))
    return made


def hung(pieces: list[Piece], hole: Hole, hang: Callable[[Hole, Tree], None], open_: dict[int, Hole]) -> None:
    """Build a tree again where it belongs; ``open_`` gets the holes that it leaves, by number."""
    todo = [hole]
    for piece in pieces:
        here = todo.pop()
        if isinstance(piece, int):
            open_[piece] = here
            continue
        steps, end = piece
        hang(here, Tree(steps, end))
        if isinstance(end, Split):
            todo += [Hole(hole.case, end, True), Hole(hole.case, end, False)]


class Desk:
    """A worker's half: the same search, for the domains that it is given."""

    def __init__(self, query: Query, limit: int) -> None:
        self.query, self.clock, self.pace = query, Clock(np.inf), Pace()
        regions = Regions(query.graph, self.clock.check)
        if query.noise is not None:
            regions.noise = Noise(regions, *query.noise)
        self.base = Brancher(regions, query.goals, self.clock, limit=limit)
        self.base.on_corners = self._corners
        self.attack = Attack(query.graph, query.prop, regions)
        self.signs = None if query.root is None else SignBrancher(self.base, query.root, query.case)

    def _corners(self, x: Floats, case: Indices) -> None:
        if self.attack.check(self.query.goals, x, case):
            raise _Found

    @property
    def _queue(self) -> Queue | None:
        return None if self.signs is None else self.signs.queue

    def work(self, portion: Portion, seconds: float, left: float) -> Back:
        """Go on for about ``seconds``; give up after ``left``."""
        start, begin = time.perf_counter(), time.process_time()
        self.clock.deadline = start + left
        self.base.pool, self.base.trees = Pool(self.base.regions, self.base.limit), {}
        stats = self.base.stats = Stats()
        if self.signs is not None:
            self.signs.queue, self.signs.stats = Queue(self.base.limit), stats
        holes = [Hole(k, None, False) for k in range(len(portion))]
        try:
            added(self.base.pool, self.signs, portion, holes)
            while (self._queue or self.base.pool.count) and time.perf_counter() - start < seconds:
                self.pace(self.signs.round if self.signs and self.signs.queue else self.base.round)
            made = Back(*self._left(len(portion)), stats, 0.0)
        except _Found:
            made = Back([], None, stats, 0.0, "witness", self.attack.witness)
        except (Exhausted, OutOfTime, MemoryError) as e:
            ends = {Exhausted: "exhausted", OutOfTime: "time"}
            made = Back([], None, stats, 0.0, ends.get(type(e), "memory"))
        return replace(made, seconds=time.process_time() - begin, best=self.attack.best)

    def _left(self, count: int) -> tuple[list[list[Piece]], Portion]:
        """Every tree as far as it has grown, and what is open."""
        queue = self._queue
        open_, holes = removed(self.base.pool, self.signs, self.base.pool.count + len(queue or ()))
        places = {(id(h.split), h.above): k for k, h in enumerate(holes) if h.split is not None}
        whole = {h.case: k for k, h in enumerate(holes) if h.split is None}
        trees = [packed(self.base.trees[k] if k in self.base.trees else whole[k], places)
                 for k in range(count)]
        return trees, replace(open_, steps=[h.steps for h in holes])


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

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self.portions, self.seconds = 0, dict[str, float]()

    def numbers(self) -> dict[str, Any]:
        """For the statistics of a search."""
        if not self.portions:
            return {}
        return {"workers": self.workers.size, "portions": self.portions, "lost_workers": self.workers.lost,
                "worker_seconds": sorted(self.seconds.values())}

    def finish(self, query: Query, base: Brancher, signs: SignBrancher | None,
               report: Callable[[dict[str, Any]], None], attack: Callable[[], None]) -> Singles | None:
        """Work until nothing is open, or a counterexample comes back, which is returned.

        ``attack`` is called now and then. Raises OutOfTime, Exhausted, MemoryError, and ToolError
        PNN-TOOL-710.
        """
        shared, queue = self.workers.share(query), None if signs is None else signs.queue
        begin = last = time.perf_counter()
        turn = 1.0
        while open_ := base.pool.count + len(queue or ()) + len(self.workers.tasks):
            self._hand_out(self.workers, shared, base, signs)
            for holes, back in self.workers.wait(min(EVERY, max(0.0, base.clock.left()))):
                if back.witness is not None:
                    return back.witness  # type: ignore[no-any-return]
                self._take_in(back, holes, base, signs)
            base.clock.check()
            now = time.perf_counter()
            if now - last > EVERY:
                report({"event": "branching", "open": open_, "leaves": base.stats.leaves,
                        "boxes": base.stats.boxes, "workers": len(self.workers.tasks)})
                last = now
            if now - begin > turn:
                attack()
                turn *= 2.0
        return None

    def _hand_out(self, workers: Workers, shared: Any, base: Brancher, signs: SignBrancher | None) -> None:
        queue = None if signs is None else signs.queue
        row = base.pool.table.itemsize * base.pool.table.shape[1] if signs is None else signs.bytes
        while workers.free > 0 and (open_ := base.pool.count + len(queue or ())):
            share = -(-open_ // (workers.size + workers.free))
            portion, holes = removed(base.pool, signs, max(1, min(share, MOST, BYTES // row)))
            seconds = LONG if open_ > 4 * workers.size else SHORT
            workers.submit(work, shared, portion, seconds, base.clock.left(), base.limit, about=holes)
            self.portions += 1

    def _take_in(self, back: Back, holes: list[Hole], base: Brancher, signs: SignBrancher | None) -> None:
        for entry in fields(Stats):
            setattr(base.stats, entry.name, getattr(base.stats, entry.name) + getattr(back.stats, entry.name))
        self.seconds[back.who] = self.seconds.get(back.who, 0.0) + back.seconds
        if back.end:
            raise {"exhausted": Exhausted, "time": OutOfTime, "memory": MemoryError}[back.end]
        left: dict[int, Hole] = {}
        for pieces, hole in zip(back.trees, holes):
            hung(pieces, hole, base.hang, left)
        assert back.open is not None
        places = [left[k] for k in range(len(back.open))]
        for place, steps in zip(places, back.open.steps):
            place.steps += steps
        added(base.pool, signs, back.open, places)

    def close(self) -> None:
        """End the workers."""
        self.workers.close()
