"""How long a search may go on, and how much it does at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

SLOW, LARGEST = 0.5, 512


class OutOfTime(Exception):
    """The deadline has passed."""


class Exhausted(Exception):
    """A box that is neither shown nor wide enough to split remains."""


class Found(Exception):
    """A counterexample was confirmed."""


@dataclass
class Clock:
    """A deadline in seconds of ``time.perf_counter``.

    ``serve`` is called as often as the deadline is looked at, in the middle of rounds: for whoever has to
    answer others soon.
    """

    deadline: float
    serve: Callable[[], None] | None = None

    def check(self) -> None:
        """Raise OutOfTime when the deadline has passed."""
        if time.perf_counter() > self.deadline:
            raise OutOfTime
        if self.serve is not None:
            self.serve()

    def left(self) -> float:
        """Seconds left."""
        return self.deadline - time.perf_counter()


@dataclass
class Pace:
    """How many domains to work on at a time.

    Batches are measured by processor time: on a busy machine small ones would only be slower.
    """

    count: int = 16

    def __call__(self, work: Callable[[int], None]) -> None:
        """One round."""
        begin = time.process_time()
        work(self.count)
        slow = time.process_time() - begin > SLOW
        self.count = max(1, self.count // 2) if slow else min(LARGEST, self.count * 2)
