"""How many cores a computation may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_own: ContextVar[int | None] = ContextVar("cores", default=None)


def cores() -> int:
    """The cores for this computation and what it starts: all that are allowed, or what ``kept_to`` says."""
    own = _own.get()
    if own is not None:
        return own
    asked = getattr(os, "sched_getaffinity", None)
    return len(asked(0)) if asked else os.cpu_count() or 1


def share(parts: int) -> int:
    """The cores for each of ``parts`` that work side by side, at least one."""
    return max(1, cores() // max(1, parts))


@contextmanager
def kept_to(count: int | None) -> Iterator[None]:
    """Let ``cores`` be ``count`` in this thread, since others may search as well; None leaves it."""
    token = _own.set(_own.get() if count is None else count)
    try:
        yield
    finally:
        _own.reset(token)
