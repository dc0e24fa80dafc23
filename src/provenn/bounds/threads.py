"""Blocks of rows on several cores: NumPy lets other threads run while it computes."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np

from provenn.base.cores import cores

Part = TypeVar("Part")
Made = TypeVar("Made")
_pool: ThreadPoolExecutor | None = None
_here = threading.local()


def _begin() -> None:
    np.seterr(all="ignore")
    _here.inside = True


def each(work: Callable[[Part], Made], parts: Iterable[Part]) -> Iterator[Made]:
    """``map`` with the calls spread over the cores that this process may use, results in order.

    Calls must not change what others read. Warnings about numbers are off in them, as they are in a search.
    Few results wait at a time, since they can be large. When a call raises, or nobody wants further results,
    those that run are waited for: what they read may change afterwards. Inside of a call, and where no
    thread can be started, everything is done here.
    """
    todo, count = list(parts), cores()
    pool = None if len(todo) < 2 or count < 2 or hasattr(_here, "inside") else _started(count)
    if pool is None:
        yield from map(work, todo)
        return
    ahead: deque[Future[Made]] = deque()
    try:
        for part in todo:
            ahead.append(pool.submit(work, part))
            if len(ahead) > 2 * count:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        for call in ahead:
            call.cancel()
        wait(ahead)


def _started(count: int) -> ThreadPoolExecutor | None:
    """The pool with all of its threads, or None where the system does not allow them."""
    global _pool
    if _pool is None:
        made = ThreadPoolExecutor(count, "rows", _begin)
        gate = threading.Event()
        try:  # A thread is started for each call that finds none idle.
            for _ in range(count):
                made.submit(gate.wait)
        except RuntimeError:
            made.shutdown(wait=False, cancel_futures=True)
            return None
        finally:
            gate.set()
        _pool = made
    return _pool


def _forget() -> None:
    """A fork has none of its parent's threads."""
    global _pool
    _pool = None


os.register_at_fork(after_in_child=_forget)
