"""Limits on what a computation takes: memory, threads and cores.

What counts as memory is RLIMIT_DATA, what the process can write and has to itself. RLIMIT_AS would count
reserved addresses as well, of which libraries with threads take gigabytes without ever using them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import Any

GB = 10**9
SHARE = 0.5
_own: list[int] = []


def cores() -> int:
    """How many cores a program started here may use: those of this process, or what ``kept_to`` says."""
    if _own:
        return _own[-1]
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def one_thread() -> AbstractContextManager[Any]:
    """One BLAS thread: products here are small, and threads that wait for a busy core cost tenfold."""
    try:
        threads = import_module("threadpoolctl")
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[Any] = threads.threadpool_limits(limits=1, user_api="blas")
    return limits


@contextmanager
def capped(limit: int | None) -> Iterator[None]:
    """Let allocations fail with MemoryError beyond ``limit`` bytes for the whole process; None for no limit.

    Programs that are started meanwhile inherit it. Systems without such limits are left as they are.
    """
    try:
        resource: Any = import_module("resource")
    except ImportError:
        limit = None
    if limit is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    above = hard != resource.RLIM_INFINITY and limit > hard
    resource.setrlimit(resource.RLIMIT_DATA, (hard if above else limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def open_domains(limit: int | None, default: int) -> int:
    """Of a memory limit, the bytes that open domains may take."""
    return default if limit is None else min(default, int(SHARE * limit))
