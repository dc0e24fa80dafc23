"""How long a search may go on, and how much it does at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

SLOW, LARGEST, HELP = 0.5, 512, 1.5


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
    """How many domains to work on at a time, and how many a second were done in rounds of about that size.

    Batches are measured by processor time: on a busy machine small ones would only be slower.
    """

    count: int = 16
    rates: dict[int, float] = field(default_factory=dict)

    def __call__(self, work: Callable[[int], None], have: int = LARGEST) -> None:
        """One round, of ``have`` domains at most."""
        begin, size = time.process_time(), min(self.count, have)
        work(self.count)
        spent = time.process_time() - begin
        self.rates[size.bit_length()] = size / max(spent, 1e-6)
        self.count = max(1, self.count // 2) if spent > SLOW else min(LARGEST, self.count * 2)

    def rate(self, have: int) -> float:
        """Domains a second when ``have`` are open, as rounds of at most that size went last."""
        size = min(self.count, have).bit_length()
        known = [k for k in self.rates if k <= size] or [min(self.rates, default=0)]
        return self.rates.get(max(known), 0.0)

    def crowd(self, have: int, most: int) -> int:
        """How many processes, ``most`` at most, do best with ``have`` domains; 1 where others hardly help.

        What a round costs however small it is, each of them would pay.
        """
        best = max(range(1, max(1, min(most, have // 2)) + 1), key=lambda n: n * self.rate(have // n))
        return best if best * self.rate(have // best) >= HELP * self.rate(have) else 1
