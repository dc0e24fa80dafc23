"""How many cores a computation may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_own: list[int] = []


def cores() -> int:
    """The cores for this process and what it starts: all that are allowed, or what ``kept_to`` says."""
    if _own:
        return _own[-1]
    asked = getattr(os, "sched_getaffinity", None)
    return len(asked(0)) if asked else os.cpu_count() or 1


def share(parts: int) -> int:
    """The cores for each of ``parts`` that work side by side, at least one."""
    return max(1, cores() // max(1, parts))


@contextmanager
def kept_to(count: int | None) -> Iterator[None]:
    """Let ``cores`` be ``count``, in all threads of this process; None leaves it."""
    _own.extend([count] if count is not None else [])
    try:
        yield
    finally:
        del _own[len(_own) - (count is not None):]
