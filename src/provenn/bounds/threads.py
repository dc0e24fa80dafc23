"""Blocks of rows on several cores: NumPy lets other threads run while it computes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from provenn.base.cores import cores

Part = TypeVar("Part")
Made = TypeVar("Made")
_pool: ThreadPoolExecutor | None = None


def each(work: Callable[[Part], Made], parts: Iterable[Part]) -> Iterator[Made]:
    """``map`` with the calls spread over the cores that this process may use, results in order.

    Calls must not change what others read. Warnings about numbers are off in them, as they are in a search.
    Few results wait at a time, since they can be large.
    """
    global _pool
    todo, count = list(parts), cores()
    if len(todo) < 2 or count < 2:
        yield from map(work, todo)
        return
    if _pool is None:
        _pool = ThreadPoolExecutor(count, "rows", lambda: np.seterr(all="ignore"))
    ahead: deque[Future[Made]] = deque()
    try:
        for part in todo:
            ahead.append(_pool.submit(work, part))
            if len(ahead) > 2 * count:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        for call in ahead:
            call.cancel()


def _forget() -> None:
    """A fork has none of its parent's threads."""
    global _pool
    _pool = None


os.register_at_fork(after_in_child=_forget)
