"""One search on the cores of this machine: the process that searches, and copies of it.

Copies know all that the search knows, so nothing is sent to them in the beginning: open domains are dealt
out, and each process goes on with its own as the search itself would. Whoever has nothing left gets half of
what another one still has, through the first process, which works too and answers in the middle of rounds.
A worker sends back the trees of what it was given when they are complete. Until then the domains are kept
here, so one that dies costs the time of what it was given; what others got of it goes on for nothing.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.connection import Connection, wait
from typing import Any

from provenn.verify.attack import Singles
from provenn.verify.certificate import Tree
from provenn.verify.pace import Found, OutOfTime, Pace
from provenn.verify.pool import Hole
from provenn.verify.portions import Piece, Portion, added, dealt, hung, packed
from provenn.verify.subproblems import BYTES, MOST, Work, counted
from provenn.verify.workers import TRIES, deadly, depend

EVERY, GLANCE, GRACE = 0.25, 0.01, 0.5
TASK, GIVE, REAL = "task", "give", "real"
NEWS, PART, DONE, END = "news", "part", "done", "end"


@dataclass
class Task:
    """What a worker was given, and by number what it gave away of it; ``lost`` counts workers that died."""

    portion: Portion
    holes: list[Hole]
    lost: int = 0
    away: list[Hole] = field(default_factory=list)


@dataclass(eq=False)
class Hand:
    """A worker as the first process sees it; ``open`` is how many domains it had when it last said so."""

    process: Any
    pipe: Connection
    task: Task | None = None
    open: int = 0
    asked: bool = False
    seconds: float = 0.0


class Crew:
    """The first process; ``close`` ends the others."""

    def __init__(self, size: int, job: Work) -> None:
        self.size, self.job, self.base = size, job, job.base
        self.hands: list[Hand] = []
        self.lost_tasks: list[Task] = []
        self.keys, self.portions, self.lost, self.seconds = count(-1, -1), 0, 0, list[float]()
        self.thread, self.busy, self.midst, self.glance = threading.get_ident(), False, False, 0.0
        self.witness: Singles | None = None

    @property
    def pids(self) -> list[int]:
        """The other processes."""
        return [hand.process.pid for hand in self.hands]

    @property
    def open(self) -> int:
        """How many domains are open, as far as is known."""
        return self.job.open + sum(hand.open for hand in self.hands)

    def numbers(self, before: dict[str, Any]) -> dict[str, Any]:
        """For the statistics of a search, with those of earlier crews."""
        return {"workers": self.size, "portions": before.get("portions", 0) + self.portions,
                "lost_workers": before.get("lost_workers", 0) + self.lost,
                "worker_seconds": sorted([*before.get("worker_seconds", []), *self.seconds])}

    def finish(self) -> Singles | None:
        """Work until nothing is open, or there is a counterexample, which is returned.

        Raises OutOfTime, Exhausted, MemoryError, ToolError PNN-TOOL-710, and what ``job.watch`` raises.
        """
        mine, *others = dealt(self.base.pool, self.job.signs, self.job.open, self.size)
        try:
            for portion, holes in others:
                self._hire(Task(portion, holes))
            added(self.base.pool, self.job.signs, *mine)
            self.base.clock.serve = self._serve
            self._work()
        except Found:
            return self.job.witness() if self.witness is None else self.witness
        except OutOfTime:
            self._gather()
            raise
        finally:
            self.base.clock.serve = None
            for key in [key for key in self.base.trees if key < 0]:
                del self.base.trees[key]
        return None

    def _work(self) -> None:
        pace, begin, turn = Pace(), time.perf_counter(), 1.0
        last = begin
        while True:
            self._receive(0.0)
            while self.lost_tasks:
                self._hire(self.lost_tasks.pop())
            if self.job.watch(self.open):
                for hand in self.hands:
                    self._tell(hand, REAL)
            if self.job.open:
                pace(self.job.round)
            elif any(hand.task for hand in self.hands):
                self._receive(EVERY)
            else:
                return
            self.base.clock.check()
            now = time.perf_counter()
            if now - last > EVERY:
                self.job.report({"event": "branching", "open": self.open, "leaves": self.base.stats.leaves,
                                 "boxes": self.base.stats.boxes, "pids": self.pids})
                last = now
            if now - begin > turn:
                self.job.attack()
                turn *= 2.0

    def _hire(self, task: Task) -> None:
        """A worker for a task: a copy of this process, with the task in its memory."""
        here, there = multiprocessing.Pipe()
        made = multiprocessing.get_context("fork").Process(
            target=_member, args=(there, self.job, task.portion, os.getpid()), daemon=True)
        with _undisturbed():
            made.start()
            self.hands.append(Hand(made, here, task, len(task.portion)))
        there.close()
        self.portions += 1

    def _serve(self) -> None:
        """In the middle of a round: take in what came, and give to those who have nothing."""
        now = time.perf_counter()
        if now > self.glance and not self.busy and threading.get_ident() == self.thread:
            self.midst = True
            try:
                self._receive(0.0)
            finally:
                self.midst = False

    def _receive(self, seconds: float) -> None:
        """Take in what comes within ``seconds``, and give to those who have nothing."""
        self.busy = True
        try:
            self._feed()
            pipes = {hand.pipe: hand for hand in self.hands}
            for pipe in wait(list(pipes), seconds):
                self._hear(pipes[pipe])  # type: ignore[index]
            self._feed()
        finally:
            self.busy, self.glance = False, time.perf_counter() + GLANCE

    def _hear(self, hand: Hand) -> None:
        try:
            kind, *rest = hand.pipe.recv()
        except (EOFError, OSError):
            self._bury(hand)
            return
        counted(self.base.stats, rest.pop())
        hand.seconds = rest.pop()
        if kind == NEWS:
            (hand.open,) = rest
        elif kind == PART:
            portion, hand.open = rest
            self._receive_part(hand, portion)
        elif kind == DONE:
            self._hang(hand, *rest)
        else:
            self._end(hand, *rest)

    def _receive_part(self, hand: Hand, portion: Portion) -> None:
        """Domains that a worker gave away: for someone who has none, or for here."""
        assert hand.task is not None
        hand.asked = False
        holes = [replace(h, case=next(self.keys)) for h in portion.holes]
        hand.task.away += holes
        idle = next((other for other in self.hands if other.task is None), None)
        if idle is None or not self.job.open:
            added(self.base.pool, self.job.signs, portion, holes)
        else:
            self._give(idle, Task(portion, holes))

    def _hang(self, hand: Hand, trees: list[list[Piece]]) -> None:
        """Complete trees of a worker, which has nothing left, in their places."""
        task, hand.task, hand.open, hand.asked = hand.task, None, 0, False
        assert task is not None
        places: dict[int, Hole] = {}
        for pieces, hole in zip(trees, task.holes):
            hung(pieces, hole, self.base.hang, places)
        for number, place in places.items():
            if number >= 0:
                self._graft(task.away[number], place)

    def _graft(self, hole: Hole, place: Hole) -> None:
        """What was given away belongs here: its tree, if that has begun, else whatever comes of it."""
        tree: Tree | None = self.base.trees.pop(hole.case, None)
        if tree is not None:
            self.base.hang(place, tree)
        else:
            hole.case, hole.split, hole.above = place.case, place.split, place.above
            hole.steps = place.steps + hole.steps

    def _end(self, hand: Hand, why: BaseException, witness: Singles | None,
             trees: list[list[Piece]]) -> None:
        """A worker stopped for good, and so does the search; ``trees`` as far as they are."""
        self._hang(hand, trees)
        self.witness = witness
        raise why

    def _feed(self) -> None:
        """Give half of what is open here to who has nothing; ask others where that is not enough."""
        idle = [hand for hand in self.hands if hand.task is None]
        while idle and self.job.open > (0 if self.midst else 1):
            count = min(self.job.open, 2 * MOST, max(2, 2 * BYTES // self.job.row))
            some, mine = dealt(self.base.pool, self.job.signs, count, 2)
            added(self.base.pool, self.job.signs, *mine)
            self._give(idle.pop(), Task(*some))
        wanted = len(idle) + (not self.job.open) - sum(hand.asked for hand in self.hands)
        rich = sorted((hand for hand in self.hands if hand.task and not hand.asked), key=lambda h: -h.open)
        for hand in rich[: max(0, wanted)]:
            hand.asked = True
            self._tell(hand, GIVE)

    def _give(self, hand: Hand, task: Task) -> None:
        hand.task, hand.open = task, len(task.portion)
        self.portions += 1
        self._tell(hand, TASK, task.portion)

    @staticmethod
    def _tell(hand: Hand, *message: Any) -> None:
        """Send something; that a worker has died is noticed when it is listened to."""
        with suppress(OSError):
            hand.pipe.send(message)

    def _bury(self, hand: Hand) -> None:
        """A worker died; its task is for another one. Raises ToolError PNN-TOOL-710."""
        self.hands.remove(hand)
        self.lost += 1
        self._close(hand)
        if (task := hand.task) is not None:
            if task.lost + 1 >= TRIES:
                raise deadly(f"exit code {hand.process.exitcode}", task.lost + 1)
            self.lost_tasks.append(Task(task.portion, task.holes, task.lost + 1))

    def _gather(self) -> None:
        """When the time is up, what the others send of their trees, as they do now, if it comes soon."""
        until = time.perf_counter() + GRACE
        while (left := [h for h in self.hands if h.task]) and time.perf_counter() < until:
            for hand in left:
                if hand.pipe.poll(GRACE / 10):
                    with suppress(OutOfTime):
                        self._hear(hand)

    def _close(self, hand: Hand) -> None:
        hand.process.kill()
        hand.process.join()
        hand.pipe.close()
        self.seconds.append(hand.seconds)

    def close(self) -> None:
        """End the others."""
        while self.hands:
            self._close(self.hands.pop())


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No Ctrl-C before a new process knows what to do with it, and no warning that it is a copy."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def _member(pipe: Connection, job: Work, portion: Portion, parent: int) -> None:
    """What a copy does until it is ended: no handler or buffer of the first process is its business."""
    depend(parent)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    member = Member(pipe, job)
    why: BaseException
    witness, trees = None, list[list[Piece]]()
    try:
        while True:
            portion = member.work(portion)
    except Found as e:
        why, witness = e, job.witness()
    except OutOfTime as e:
        why, trees = e, member.trees()
    except BaseException as e:  # noqa: BLE001 The first process raises it.
        why = e
    with suppress(OSError):
        member.send(END, why, witness, trees)
    os._exit(0)


class Member:
    """A worker."""

    def __init__(self, pipe: Connection, job: Work) -> None:
        self.pipe, self.job, self.base, self.pace = pipe, job, job.base, Pace()
        self.told = replace(self.base.stats)
        self.count, self.away, self.wanted, self.real = 0, list[Hole](), False, False
        self.glance = self.news = 0.0
        self.base.clock.serve = self._listen

    def work(self, portion: Portion) -> Portion:
        """Work until nothing is left of a portion, and send its trees; returns the next one."""
        self.base.trees, self.away, self.count, self.wanted = {}, [], len(portion), False
        self.job.empty()
        added(self.base.pool, self.job.signs, portion, portion.numbered())
        while self.job.open:
            if self.wanted:
                self._give(2)
            if self.real:
                self.base.regions.noise = None
            self.pace(self.job.round)
        self.send(DONE, self.trees())
        self.base.trees = {}
        while True:
            kind, *rest = self.pipe.recv()
            self.real |= kind == REAL
            if kind == TASK:
                given: Portion = rest[0]
                return given

    def send(self, *message: Any) -> None:
        """Something with the seconds of this process, and the counters since the last time."""
        stats = replace(self.base.stats)
        self.pipe.send((*message, time.process_time(), counted(replace(stats), self.told, -1)))
        self.told = stats

    def trees(self) -> list[list[Piece]]:
        """Every tree as far as it has grown, with numbers for what was given away."""
        places = {(id(h.split), h.above): k for k, h in enumerate(self.away) if h.split is not None}
        whole = {h.case: k for k, h in enumerate(self.away) if h.split is None}
        return [packed(self.base.trees[k] if k in self.base.trees else whole.get(k, -1), places)
                for k in range(self.count)]

    def _listen(self) -> None:
        """In the middle of a round: hear what is wanted, and say how much is open."""
        now = time.perf_counter()
        if now < self.glance:
            return
        self.glance = now + GLANCE
        while self.pipe.poll():
            kind = self.pipe.recv()[0]
            self.wanted |= kind == GIVE
            self.real |= kind == REAL
        if self.wanted:
            self._give(1)
        if now > self.news:
            self.news = now + EVERY
            self.send(NEWS, self.job.open)

    def _give(self, least: int) -> None:
        """Give half of what is open away, if that is at least so much."""
        if self.job.open < least:
            return
        count = min(self.job.open, 2 * MOST, max(2, 2 * BYTES // self.job.row))
        (portion, holes), mine = dealt(self.base.pool, self.job.signs, count, 2)
        added(self.base.pool, self.job.signs, *mine)
        self.wanted = False
        self.away += holes
        self.send(PART, portion, self.job.open)
