"""Workers: where tasks run that do not depend on each other.

    with closing(Processes(2)) as workers:
        for item, result in workers.map(function, items): ...

``Threads`` run tasks that wait for programs, ``Processes`` tasks that compute, on this machine; ``Cluster``
runs them on a dask.distributed scheduler's workers. No more tasks are in flight than ``size``, so what is
left waits with whoever has it. A task whose worker died is run again, a few times; a task that raises raises
where its result is wanted. ``close`` calls off what still runs.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from provenn.base.cores import kept_to, share
from provenn.errors import ToolError
from provenn.verify.limits import capped

TRIES, POLL = 3, 0.5
CONNECT = 10.0
_here = threading.local()


@dataclass(eq=False)
class Task:
    """A call, what it is about, and how often its worker died."""

    call: tuple[Any, ...]
    about: Any = None
    lost: int = 0


def stopped() -> bool:
    """Asked by a long task: whether its result is no longer wanted. False outside of tasks."""
    asked: Callable[[], bool] = getattr(_here, "stopped", lambda: False)
    return asked()


class Workers(ABC):
    """Runs ``function(*arguments)``; see the module. ``elsewhere``: where the files of here are not."""

    elsewhere = False

    def __init__(self, size: int) -> None:
        self.size, self.lost, self.most = size, 0, 0
        self.tasks: dict[Future[Any], Task] = {}

    def share(self, value: Any) -> Any:
        """Make a large value known to all workers; the result stands for it among a task's arguments."""
        return value

    @property
    def free(self) -> int:
        """How many tasks may be submitted now."""
        return self.size - len(self.tasks)

    def submit(self, function: Callable[..., Any], *arguments: Any, about: Any = None) -> None:
        """Start a task, when one is ``free``."""
        self._start(Task((function, *arguments), about))

    def wait(self, seconds: float | None = None) -> list[tuple[Any, Any]]:
        """What has been finished, each with what it is ``about``; empty when nothing was within ``seconds``.

        Raises ToolError PNN-TOOL-710 when a task's worker died TRIES times, and what tasks raise.
        """
        done = []
        for future in wait(self.tasks, seconds, FIRST_COMPLETED).done:
            task = self.tasks.pop(future)
            try:
                done.append((task.about, future.result()))
            except (Exception, CancelledError) as e:
                if not self._died(e):
                    raise
                self._again(task, e)
        return done

    def map(self, function: Callable[..., Any], items: Iterable[Any],
            *shared: Any) -> Iterator[tuple[Any, Any]]:
        """(item, ``function(*shared, item)``) as they are finished.

        Items are drawn when a worker is free for them.
        """
        left = iter(items)
        while True:
            for item in islice(left, self.free):
                self.submit(function, *shared, item, about=item)
            if not self.tasks:
                return
            yield from self.wait()

    def _start(self, task: Task) -> None:
        self.tasks[self._future(*task.call)] = task
        self.most = max(self.most, len(self.tasks))

    def _again(self, task: Task, why: BaseException) -> None:
        self.lost, task.lost = self.lost + 1, task.lost + 1
        if task.lost >= TRIES:
            raise deadly(why, task.lost)
        self._start(task)

    @abstractmethod
    def _future(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Start a call."""

    def _died(self, e: BaseException) -> bool:
        """Whether this means that a worker died, rather than that the task failed."""
        return False

    @abstractmethod
    def close(self) -> None:
        """Call off what runs, and release everything."""


class Threads(Workers):
    """Threads of this process, for tasks that wait for programs; these must ask ``stopped``."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.pool, self.over = ThreadPoolExecutor(size, initializer=self._begin), threading.Event()

    def _begin(self) -> None:
        _here.stopped = self.over.is_set

    def _future(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self.pool.submit(function, *arguments)

    def close(self) -> None:
        """Tell tasks to stop, and wait until they have."""
        self.over.set()
        self.pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Stored:
    """A shared value in a file."""

    path: Path


class Processes(Workers):
    """Processes of this machine, each with ``memory`` bytes at most; they end with this process.

    Each is an executor of its own, so that the death of one says which task it had.
    """

    def __init__(self, size: int, memory: int | None = None) -> None:
        super().__init__(size)
        self.memory, self.threads = memory, share(size)
        self.room = TemporaryDirectory(prefix="provenn-")
        self.idle: list[tuple[ProcessPoolExecutor, Future[int]]] = []
        self.busy: dict[Future[Any], tuple[ProcessPoolExecutor, Future[int]]] = {}

    def share(self, value: Any) -> Any:
        """Written once, read by each process that meets it."""
        path = Path(self.room.name, uuid.uuid4().hex)
        path.write_bytes(pickle.dumps(value))
        return _Stored(path)

    @property
    def pids(self) -> list[int]:
        """The processes that work now."""
        return [pid.result() for _, pid in (*self.busy.values(), *self.idle) if not pid.exception()]

    def _future(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        while True:
            slot = self.idle.pop() if self.idle else self._spawned()
            try:
                future: Future[Any] = slot[0].submit(_resolved, function, arguments)
            except BrokenProcessPool:
                slot[0].shutdown()
                continue
            self.busy[future] = slot
            return future

    def _spawned(self) -> tuple[ProcessPoolExecutor, Future[int]]:
        pool = ProcessPoolExecutor(1, get_context("spawn"), _begin_process,
                                   (os.getpid(), self.threads, self.memory))
        return pool, pool.submit(os.getpid)

    def wait(self, seconds: float | None = None) -> list[tuple[Any, Any]]:
        """See ``Workers.wait``."""
        for future in wait(self.tasks, seconds, FIRST_COMPLETED).done:
            slot = self.busy.pop(future)
            if self._died(future.exception() or Exception()):
                slot[0].shutdown()
            else:
                self.idle.append(slot)
        return super().wait(0.0)

    def _died(self, e: BaseException) -> bool:
        return isinstance(e, BrokenProcessPool)

    def close(self) -> None:
        """Kill all processes."""
        slots = [*self.idle, *self.busy.values()]
        for pool, pid in slots:
            with suppress(BrokenProcessPool, ProcessLookupError):
                os.kill(pid.result(), signal.SIGKILL)
            pool.shutdown(cancel_futures=True)
        self.idle, self.busy, self.tasks = [], {}, {}
        self.room.cleanup()


def depend(parent: int) -> None:
    """Of a worker: die with its parent (Linux), and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def deadly(why: object, lost: int) -> ToolError:
    """A task's worker died for the last time."""
    return ToolError("PNN-TOOL-710", "a task's worker died again and again", expected="an answer",
                     got=f"{lost} workers ended in the middle of it: {str(why)[:200]}",
                     hint="most often memory runs out: use fewer --jobs, or set a limit with --memory")


def _begin_process(parent: int, threads: int, memory: int | None) -> None:
    """Of a worker: depend on its parent, keep to a share of the cores and to a limit."""
    depend(parent)
    with suppress(ImportError):
        _here.limits = import_module("threadpoolctl").threadpool_limits(threads)
    _here.cores = kept_to(threads)
    _here.cores.__enter__()
    if memory is not None:
        _here.cap = capped(memory)
        _here.cap.__enter__()


def _resolved(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """The call with shared values in their places."""
    return function(*(_loaded(a.path) if isinstance(a, _Stored) else a for a in arguments))


def _loaded(path: Path) -> Any:
    """The newest shared value stays in memory."""
    if getattr(_here, "path", None) != path:
        _here.path, _here.value = path, pickle.loads(path.read_bytes())
    return _here.value


class Cluster(Workers):
    """The workers of a dask.distributed scheduler: ``address``, or ``size`` of them when that is fewer."""

    elsewhere = True

    def __init__(self, address: str, size: int | None = None) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise ToolError("PNN-TOOL-711", "dask.distributed is not installed", where=address,
                            hint="pip install 'provenn[cluster]'") from None
        try:
            self.client = distributed.Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError) as e:
            raise ToolError("PNN-TOOL-711", "the cluster cannot be reached", where=address,
                            expected="the address of a dask scheduler, such as tcp://host:8786",
                            got=f"{type(e).__name__}: {e}"[:200], hint="dask scheduler starts one") from None
        try:
            self.client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError:
            self.client.close()
            raise ToolError("PNN-TOOL-711", "the cluster has no workers", where=address,
                            hint=f"start some: dask worker {address}") from None
        cores = sum(self.client.nthreads().values())
        super().__init__(min(cores, size or cores))
        self.deaths = (distributed.scheduler.KilledWorker, distributed.client.FutureCancelledError,
                       CancelledError)
        self.executor = self.client.get_executor(pure=False)
        self.over = distributed.Event(f"provenn-{uuid.uuid4().hex}", client=self.client)

    def share(self, value: Any) -> Any:
        """The result of a task, which the cluster can make again when its keeper dies."""
        return self.client.submit(pickle.loads, pickle.dumps(value), pure=False)

    def _future(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = self.executor.submit(_on_cluster, self.over.name, function, *arguments)
        return future

    def _died(self, e: BaseException) -> bool:
        return isinstance(e, self.deaths)

    def close(self) -> None:
        """Tell tasks to stop, and leave the cluster."""
        self.over.set()
        for future in self.tasks:
            future.cancel()
        self.executor.shutdown(wait=False)
        self.client.close()


def _on_cluster(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """A call that can ask whether it is still wanted."""
    event, last = import_module("distributed").Event(name), time.monotonic()

    def asked() -> bool:
        nonlocal last
        if time.monotonic() - last < POLL:
            return False
        last = time.monotonic()
        return bool(event.is_set())

    _here.stopped = asked
    with kept_to(1):
        return function(*arguments)


def started(jobs: int, cluster: str | None, memory: int | None = None) -> Workers | None:
    """What the options ``--jobs`` and ``--cluster`` ask for; None when it is this process alone."""
    if cluster is not None:
        return Cluster(cluster, jobs if jobs > 1 else None)
    return Processes(jobs, memory) if jobs > 1 else None
