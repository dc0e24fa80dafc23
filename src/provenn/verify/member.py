"""A worker of a crew (``provenn.verify.crew``): a copy of the process that searches.

It goes on with the domains that it is given; between rounds and in the middle of them it hears whether others
have less. Every message of its tells how much is open and how bad, its seconds, and what to add to counters.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from provenn.verify.flat import Flat, flattened
from provenn.verify.pace import Found, OutOfTime
from provenn.verify.pool import Hole
from provenn.verify.portions import Portion, added, packed, spared
from provenn.verify.subproblems import Work, counted
from provenn.verify.workers import depend

GLANCE = 0.01
TASK, GIVE, REAL = "task", "give", "real"
NEWS, PART, DONE, END = "news", "part", "done", "end"


def member(pipe: Connection, job: Work, portion: Portion, parent: int, ends: Sequence[Connection]) -> None:
    """What a copy does until it is ended: no handler or buffer of the first process is its business.

    It closes the first process's ``ends`` of pipes, so that it hears when nobody is there any more.
    """
    depend(parent)
    for end in ends:
        end.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    gc.freeze()
    made = Member(pipe, job)
    why: BaseException
    witness, trees = None, Flat([], {})
    try:
        made.work(portion)
    except Found as e:
        why, witness = e, job.witness()
    except OutOfTime as e:
        why, trees = e, made.trees()
    except BaseException as e:  # noqa: BLE001 The first process raises it.
        why = e
    with suppress(OSError):
        made.send(END, why, witness, trees)
    os._exit(0)


class Member:
    """A worker. Trees ``first`` to ``last`` are its to grow; ``away`` are places of what it gave away."""

    def __init__(self, pipe: Connection, job: Work) -> None:
        self.pipe, self.job, self.base = pipe, job, job.base
        self.told = replace(self.base.stats)
        self.first = self.last = self.batch = self.wanted = 0
        self.numbers, self.away, self.real = count(), dict[int, Hole](), False
        self.glance, self.worst = 0.0, np.inf
        self.base.trees = {}
        job.empty()
        self.base.clock.serve = self._listen

    def work(self, portion: Portion) -> None:
        """Work on a portion and on what comes, for ever."""
        self._take(portion)
        while True:
            while self.job.open:
                self._give(self.job.open // 2)
                self.worst = self.job.worst
                self.batch = min(self.job.pace.count, self.job.open)
                self.job.pace(self.job.round, self.job.open)
                self.batch = 0
                self._hear(False)
                self.send(NEWS)
            self.send(DONE, self.trees())
            self.base.trees, self.away, self.first, self.wanted, self.worst = {}, {}, self.last, 0, np.inf
            self._hear(True)

    def _take(self, portion: Portion) -> None:
        added(self.base.pool, self.job.signs, portion, portion.numbered(self.last))
        self.last, self.worst = self.last + len(portion), min(self.worst, portion.worst)

    def send(self, *message: Any) -> None:
        """Something with how much is open, how bad, the seconds of this process, and new counts."""
        stats = replace(self.base.stats)
        self.pipe.send((*message, self.job.open + self.batch, self.worst, time.process_time(),
                        counted(replace(stats), self.told, -1)))
        self.told = stats

    def trees(self) -> Flat:
        """Every tree as far as it has grown, with numbers for what was given away."""
        places = {(id(h.split), h.above): k for k, h in self.away.items() if h.split is not None}
        whole = {h.case: k for k, h in self.away.items() if h.split is None}
        return flattened([packed(self.base.trees[k] if k in self.base.trees else whole.get(k, -1), places)
                          for k in range(self.first, self.last)])

    def _listen(self) -> None:
        """In the middle of a round: hear what is wanted."""
        if time.perf_counter() > self.glance:
            self.glance = time.perf_counter() + GLANCE
            self._hear(False)
            self._give(self.job.open)

    def _hear(self, patient: bool) -> None:
        """All messages; a patient one waits for a task."""
        while self.pipe.poll() or (patient and not self.job.open):
            kind, *rest = self.pipe.recv()
            if kind == TASK:
                self._take(rest[0])
            elif kind == GIVE:
                self.wanted = rest[0]
            else:
                self.real = True
        if self.real and not self.batch:
            self.base.regions.noise = None

    def _give(self, most: int) -> None:
        """Give away what is wanted, ``most`` domains at most."""
        spare = min(self.wanted, most, self.job.most)
        if spare > 0:
            portion, holes = spared(self.base.pool, self.job.signs, self.job.open, spare)
            self.wanted = 0
            self.away.update(zip(self.numbers, holes))
            self.send(PART, portion)
