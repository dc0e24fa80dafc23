"""Limits on what a computation takes: memory and threads of BLAS.

What counts as memory is RLIMIT_DATA, what the process can write and has to itself. RLIMIT_AS would count
reserved addresses as well, of which libraries with threads take gigabytes without ever using them.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import Any

GB = 10**9
SHARE = 0.5
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1


def one_thread() -> AbstractContextManager[Any]:
    """One BLAS thread: products here are small, and threads that wait for a busy core cost tenfold."""
    try:
        threads = import_module("threadpoolctl")
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[Any] = threads.threadpool_limits(limits=1, user_api="blas")
    return limits


@contextmanager
def hoarding(limit: int | None) -> Iterator[None]:
    """Keep freed memory for the arrays of the next step, up to 256 MB, instead of asking the system anew.

    A sixth of a search can go into pages that were given back just before. Only with glibc, whose settings
    stay; not below a limit of memory, where every page may be needed elsewhere.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" and limit is None else None
    if libc is None or not hasattr(libc, "mallopt"):
        yield
        return
    libc.mallopt(MMAP_THRESHOLD, 1 << 25)
    libc.mallopt(TRIM_THRESHOLD, 1 << 28)
    try:
        yield
    finally:
        libc.malloc_trim(0)


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
