"""Which processes of this machine a long search may use; nothing is started before one is long.

A search goes on in copies of its process (fork), which know all that it knows and cost some milliseconds.
That is done where it is safe: on Linux, in the main thread, where no library is loaded whose threads may hold
locks that a copy would wait for, and not inside of a pool, where there is a process for each core already.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from provenn.base.cores import cores

if TYPE_CHECKING:
    from provenn.verify.attack import Singles
    from provenn.verify.pace import Pace
    from provenn.verify.subproblems import Team, Work
    from provenn.verify.workers import Workers

# These say themselves that they must not be copied while they run.
UNSAFE = ("jax", "tensorflow")


def forkable() -> bool:
    """Whether a search in this process may go on in copies of it; see the module."""
    return (sys.platform == "linux" and threading.current_thread() is threading.main_thread()
            and multiprocessing.parent_process() is None and not any(name in sys.modules for name in UNSAFE))


@dataclass
class Cores:
    """``size`` processes, this one among them, for a search that has split for ``solo`` seconds alone."""

    size: int
    _numbers: dict[str, Any] = field(default_factory=dict)
    solo: ClassVar[float] = 0.25

    def wanted(self, have: int, pace: Pace) -> bool:
        """Whether ``have`` open domains are enough to share."""
        return pace.crowd(have, self.size) > 1

    def finish(self, job: Work) -> Singles | None:
        """See ``provenn.verify.crew``."""
        from provenn.verify.crew import Crew

        crew = Crew(self.size, job)
        try:
            return crew.finish()
        finally:
            crew.close()
            self._numbers = crew.numbers(self._numbers)

    def numbers(self) -> dict[str, Any]:
        """For the statistics of a search."""
        return self._numbers

    def close(self) -> None:
        """Nothing is left to end."""


def together(jobs: int | None, workers: Workers | None,
             memory: int | None) -> AbstractContextManager[Team | Cores | None]:
    """Who shares a search: ``workers`` where given, else ``jobs`` processes, by default all that is safe."""
    if workers is None:
        count = cores() if jobs is None else jobs
        if count <= 1 or (jobs is None and not forkable()):
            return nullcontext()
        if forkable():
            return closing(Cores(count))
        if multiprocessing.current_process().daemon:  # Of a pool: it may start no processes.
            return nullcontext()
        from provenn.verify.workers import Processes

        workers = Processes(count, memory)
    from provenn.verify.subproblems import Team

    return closing(Team(workers))
