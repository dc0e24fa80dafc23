"""One search on the cores of this machine: the process that searches, and copies of it.

Copies know all that the search knows, so nothing is sent to them in the beginning: open domains are dealt
out, and each process goes on with its own as the search itself would. Whoever has little left gets half of
what another one still has, through the first process, which works too and answers in the middle of rounds.
A worker sends back the trees of what it was given when they are complete. Until then the domains are kept
here, so one that dies costs the time of what it was given; what others got of it goes on for nothing.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import struct
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np

from provenn.base.cores import kept_to
from provenn.errors import ToolError
from provenn.verify.attack import Singles
from provenn.verify.certificate import Tree
from provenn.verify.flat import Flat, raised
from provenn.verify.member import DONE, END, GIVE, GLANCE, PART, REAL, TASK, member
from provenn.verify.pace import Exhausted, Found, OutOfTime
from provenn.verify.pool import Hole
from provenn.verify.portions import Piece, Portion, added, dealt, hung, spared
from provenn.verify.subproblems import Work, counted
from provenn.verify.workers import TRIES, deadly

EVERY, GRACE, PATIENCE = 0.25, 0.5, 2
POOR, ATTACK = 3, 2.0


@dataclass
class Task:
    """Domains that a worker was given, and where their trees go; ``lost`` counts workers that died."""

    portion: Portion
    holes: list[Hole]
    lost: int = 0


@dataclass(eq=False)
class Hand:
    """A worker as the first process sees it: what it has to do, and by number what it gave away of that.

    ``load`` is how many domains it had when it last said so, ``worst`` their smallest bound.
    """

    process: Any
    pipe: Connection
    tasks: list[Task]
    load: int = 0
    worst: float = -np.inf
    asked: bool = False
    seconds: float = 0.0
    numbers: Iterator[int] = field(default_factory=count)
    away: dict[int, Hole] = field(default_factory=dict)


class Crew:
    """The first process; ``close`` ends the others."""

    def __init__(self, size: int, job: Work) -> None:
        self.size, self.job, self.base = size, job, job.base
        self.hands: list[Hand] = []
        self.lost_tasks: list[Task] = []
        self.keys, self.portions, self.lost, self.seconds = count(-1, -1), 0, 0, list[float]()
        self.thread, self.busy, self.batch, self.glance = threading.get_ident(), False, 0, 0.0
        self.heirs: dict[int, Hole] = {}
        self.witness: Singles | None = None

    @property
    def pids(self) -> list[int]:
        """The other processes."""
        return [hand.process.pid for hand in self.hands]

    @property
    def load(self) -> int:
        """How many domains are open here, those of this round among them."""
        return self.job.open + self.batch

    def numbers(self, before: dict[str, Any]) -> dict[str, Any]:
        """For the statistics of a search, with those of earlier crews."""
        return {"workers": self.size, "portions": before.get("portions", 0) + self.portions,
                "lost_workers": before.get("lost_workers", 0) + self.lost,
                "worker_seconds": sorted([*before.get("worker_seconds", []), *self.seconds])}

    def finish(self) -> Singles | None:
        """Work until nothing is open, or there is a counterexample, which is returned.

        Raises OutOfTime, Exhausted, MemoryError, ToolError PNN-TOOL-710, and what ``job.watch`` raises.
        """
        self.base.clock.serve = self._serve
        try:
            with kept_to(1):
                self._work_or_gather()
        except Found:
            return self.job.witness() if self.witness is None else self.witness
        finally:
            self.base.clock.serve = None
            for key in [key for key in self.base.trees if key < 0]:
                del self.base.trees[key]
        return None

    def _work_or_gather(self) -> None:
        try:
            self._work()
        except OutOfTime:
            self._gather()
            raise

    def _work(self) -> None:
        """Rounds of this process, and between them what must not be done in the middle of one."""
        begin = last = time.perf_counter()
        turn = ATTACK
        while True:
            self._receive(0.0)
            self._hire()
            everything = self.job.open + sum(hand.load for hand in self.hands)
            if self.job.watch(everything, min([self.job.worst, *(hand.worst for hand in self.hands)])):
                for hand in self.hands:
                    self._tell(hand, REAL)
            if self.job.open:
                self.batch = min(self.job.pace.count, self.job.open)
                self.job.pace(self.job.round, self.job.open)
                self.batch = 0
            elif any(hand.tasks for hand in self.hands):
                self._receive(EVERY)
            elif not self.lost_tasks:
                return
            self.base.clock.check()
            now = time.perf_counter()
            if now - last > EVERY:
                self.job.report({"event": "branching", "open": everything, "leaves": self.base.stats.leaves,
                                 "boxes": self.base.stats.boxes, "pids": self.pids})
                last = now
            if now - begin > turn:
                self.job.attack()
                turn *= 4.0

    def _hire(self) -> None:
        """New workers: for the tasks of those that died, and while more of them help."""
        while self.lost_tasks:
            self._start(self.lost_tasks.pop())
        if self.base.tied and not self.base.learnt:
            return  # Each of them would have to learn what does not pay, from smaller rounds.
        some = self.job.pace.crowd(self.job.open, self.size - len(self.hands))
        if some > 1:
            mine, *others = dealt(self.base.pool, self.job.signs, self.job.open, some)
            added(self.base.pool, self.job.signs, *mine)
            for portion, holes in others:
                self._start(Task(portion, holes))

    def _start(self, task: Task) -> None:
        """A worker for a task: a copy of this process, with the task in its memory.

        Where the system allows no more processes or files, the task stays here, and no further one is tried.
        """
        try:
            self._copy(task)
        except OSError:
            self.size = len(self.hands) + 1
            added(self.base.pool, self.job.signs, task.portion, task.holes)
            return
        self.portions += 1

    def _copy(self, task: Task) -> None:
        """A new hand. Raises OSError."""
        here, there = _pipe()
        ends = [here, *(hand.pipe for hand in self.hands)]
        made = multiprocessing.get_context("fork").Process(
            target=member, args=(there, self.job, task.portion, os.getpid(), ends), daemon=True)
        hand = Hand(made, here, [task], len(task.portion), task.portion.worst)
        try:
            with _undisturbed():
                made.start()
                self.hands.append(hand)
        except OSError:
            here.close()
            raise
        finally:
            there.close()

    def _serve(self) -> None:
        """In the middle of a round: take in what came, and give to those who have little."""
        if time.perf_counter() > self.glance and not self.busy and threading.get_ident() == self.thread:
            self._receive(0.0)

    def _receive(self, seconds: float) -> None:
        """Take in what comes within ``seconds``, and give to those who have little."""
        self.busy = True
        try:
            self._balance()
            pipes: dict[Any, Hand] = {hand.pipe: hand for hand in self.hands}
            for pipe in wait(list(pipes), seconds):
                self._hear(pipes[pipe])
            self._balance()
        finally:
            self.busy, self.glance = False, time.perf_counter() + GLANCE

    def _hear(self, hand: Hand) -> None:
        """One message. Raises what ended a worker's search."""
        try:
            kind, *rest, hand.load, hand.worst, hand.seconds, stats = hand.pipe.recv()
        except (EOFError, OSError):
            self._bury(hand)
            return
        counted(self.base.stats, stats)
        if kind == PART:
            self._route(hand, rest[0])
        elif kind == DONE:
            self._hang(hand, rest[0])
        elif kind == END:
            why, self.witness, trees = rest
            self._hang(hand, trees)
            raise why

    def _route(self, hand: Hand, portion: Portion) -> None:
        """Domains that a worker gave away: for who has nothing, here or elsewhere."""
        hand.asked = False
        holes = [replace(h, case=next(self.keys)) for h in portion.holes]
        hand.away.update(zip(hand.numbers, holes))
        idle = next((other for other in self.hands if not other.tasks), None)
        if idle is None or not self.load:
            added(self.base.pool, self.job.signs, portion, holes)
        else:
            self._give(idle, Task(portion, holes))

    def _hang(self, hand: Hand, flat: Flat) -> None:
        """Trees of a worker in their places; as many tasks of it are done."""
        with _uncollected():
            self._hang_all(hand, raised(flat))

    def _hang_all(self, hand: Hand, trees: list[list[Piece]]) -> None:
        holes: list[Hole] = []
        while len(holes) < len(trees):
            holes += hand.tasks.pop(0).holes
        hand.asked = False
        places: dict[int, Hole] = {}
        for pieces, hole in zip(trees, holes):
            hung(pieces, hole, self.base.hang, places)
        for number, place in places.items():
            if number >= 0:
                self._graft(hand.away.pop(number), place)

    def _graft(self, hole: Hole, place: Hole) -> None:
        """What was given away belongs here: its tree, if that has begun, else whatever comes of it.

        Who was given it may have given it away as it was; then it has an heir, under the same number.
        """
        tree: Tree | None = self.base.trees.pop(hole.case, None)
        if tree is not None:
            self.base.hang(place, tree)
            return
        hole = self.heirs.pop(hole.case, hole)
        hole.case, hole.split, hole.above = place.case, place.split, place.above
        hole.steps = place.steps + hole.steps
        if hole.split is None and hole.case < 0:
            self.heirs[hole.case] = hole

    def _balance(self) -> None:
        """Give half of what is open here to who has nothing; ask others who have far more than someone.

        Only idle workers are sent domains: one that is busy may be sending some at the same time, and both
        would wait for ever.
        """
        idle = [hand for hand in self.hands if not hand.tasks]
        while idle and (spare := min(self.load // 2, self.job.open, self.job.most)) > 0:
            self._give(idle.pop(), Task(*spared(self.base.pool, self.job.signs, self.job.open, spare)))
        takers = [0] * len(idle) + [self.load]
        rich = sorted((hand for hand in self.hands if hand.tasks), key=lambda h: -h.load)
        for least, hand in zip(takers, rich):
            if not hand.asked and hand.load > max(1, POOR * least):
                hand.asked = True
                self._tell(hand, GIVE, (hand.load - least) // 2)

    def _give(self, hand: Hand, task: Task) -> None:
        hand.tasks.append(task)
        hand.load, hand.worst = hand.load + len(task.portion), min(hand.worst, task.portion.worst)
        self.portions += 1
        self._tell(hand, TASK, task.portion)

    @staticmethod
    def _tell(hand: Hand, *message: Any) -> None:
        """Send something; that a worker has died is noticed when it is listened to."""
        try:
            hand.pipe.send(message)
        except BlockingIOError:  # Half of the message may be on its way.
            hand.process.kill()
        except OSError:
            pass

    def _bury(self, hand: Hand) -> None:
        """A worker died; its tasks are for others. Raises ToolError PNN-TOOL-710."""
        self.hands.remove(hand)
        self.lost += 1
        self._close(hand)
        for task in hand.tasks:
            if task.lost + 1 >= TRIES:
                raise deadly(f"exit code {hand.process.exitcode}", task.lost + 1)
            self.lost_tasks.append(Task(task.portion, task.holes, task.lost + 1))

    def _gather(self) -> None:
        """When the time is up, what the others send of their trees, as they do now, if it comes soon.

        Raises Found when one has just found something; how else they ended does not matter now.
        """
        until = time.perf_counter() + GRACE
        while (left := [h for h in self.hands if h.tasks]) and time.perf_counter() < until:
            for hand in left:
                if hand.pipe.poll(GRACE / 10):
                    with suppress(OutOfTime, Exhausted, MemoryError, ToolError):
                        self._hear(hand)

    def _close(self, hand: Hand) -> None:
        hand.process.kill()
        hand.process.join()
        hand.pipe.close()
        self.seconds.append(hand.seconds)

    def close(self) -> None:
        """End the others; all are killed first, since an interrupt may come."""
        for hand in self.hands:
            hand.process.kill()
        while self.hands:
            self._close(self.hands.pop())


def _pipe() -> tuple[Connection, Connection]:
    """The ends for here and for a worker; who neither reads nor goes on writing is as good as dead."""
    here, there = socket.socketpair()
    for end in (here, there):
        end.setblocking(True)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        here.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", PATIENCE, 0))
    return Connection(here.detach()), Connection(there.detach())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Many new objects, none of which is garbage: looking for some among them would take as long."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No Ctrl-C before a new process knows what to do with it, and no warning that it is a copy."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
