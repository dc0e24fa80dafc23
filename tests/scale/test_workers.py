"""Workers on this machine: how many tasks at a time, what dies, their memory, what is left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provenn.errors import ToolError
from provenn.verify.limits import capped
from provenn.verify.workers import Processes, Threads, Workers, started, stopped
from tests.scale import hard


def gone(pid: int) -> bool:
    """Whether a process has ended, or does within a few seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def counted(workers: Workers, most: list[int]) -> Iterator[int]:
    for k in range(6):
        most.append(len(workers.tasks))
        yield k


@pytest.mark.parametrize("kind", [Processes, Threads])
def test_no_more_tasks_are_drawn_than_there_are_workers(kind: type[Workers]) -> None:
    seen: list[int] = []
    with closing(kind(2)) as workers:
        made = list(workers.map(hard.slowly, counted(workers, seen)))
    assert sorted((k, square) for k, (square, _) in made) == [(k, k * k) for k in range(6)]
    assert workers.most == 2
    assert max(seen) == 1
    assert len({pid for _, (_, pid) in made}) == (2 if kind is Processes else 1)


def test_a_killed_worker_loses_nothing() -> None:
    with closing(Processes(2)) as workers:
        found = workers.map(hard.slowly, range(8))
        made = [next(found)]
        os.kill(workers.pids[0], signal.SIGKILL)
        made += found
    assert sorted(k for k, _ in made) == list(range(8))
    assert workers.lost == 1


def test_a_task_whose_worker_died_is_run_again(tmp_path: Path) -> None:
    with closing(Processes(1)) as workers:
        mark = str(tmp_path / "mark")
        assert list(workers.map(hard.once_deadly, [mark])) == [(mark, "done")]
    assert workers.lost == 1


def test_a_task_that_raises_raises_here_and_the_rest_goes_on() -> None:
    with closing(Processes(1)) as workers:
        with pytest.raises(ValueError, match="no 3"):
            list(workers.map(hard.failing, [3]))
        assert next(workers.map(hard.slowly, [2]))[1][0] == 4
        (pid,) = workers.pids
    assert gone(pid)


def test_memory_of_a_worker_has_a_limit() -> None:
    with closing(Processes(1, memory=400_000_000)) as workers:
        assert next(workers.map(hard.greedy, [10**6]))[1] == 10**6
        with pytest.raises(MemoryError):
            list(workers.map(hard.greedy, [10**8]))
        assert next(workers.map(hard.greedy, [10**6]))[1] == 10**6
        assert workers.lost == 0


def test_a_limit_is_lifted_again() -> None:
    with capped(400_000_000), pytest.raises(MemoryError):
        hard.greedy(10**8)
    assert hard.greedy(10**8) == 1e8


def test_threads_are_told_to_stop() -> None:
    def wait(k: int) -> bool:
        while not stopped():
            time.sleep(0.01)
        return True

    workers = Threads(2)
    workers.submit(wait, 1)
    (future,) = workers.tasks
    workers.close()
    assert future.result()
    assert not stopped()


def test_what_options_ask_for() -> None:
    assert started(1, None) is None
    with closing(started(3, None, 10**9)) as workers:  # type: ignore[type-var]
        assert isinstance(workers, Processes)
        assert (workers.size, workers.memory) == (3, 10**9)


def ended(program: str, repository: Path, how: signal.Signals) -> list[int]:
    """Run a program, end it by a signal as soon as it names processes, and return these."""
    child = subprocess.Popen([sys.executable, "-c", program], cwd=repository, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True,
                             env={**os.environ, "PYTHONPATH": f"{repository}:{repository / 'src'}"},
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    assert child.stdout is not None
    pids = [int(p) for p in child.stdout.readline().split()]
    child.send_signal(how)
    child.communicate(timeout=30)
    assert child.returncode == -how
    return pids


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_one_that_started_it(how: signal.Signals, repository: Path) -> None:
    program = ("from contextlib import closing\nfrom tests.scale import hard\n"
               "from provenn.verify.workers import Processes\n"
               "if __name__ == '__main__':\n"
               "    with closing(Processes(2)) as workers:\n"
               "        for _ in workers.map(hard.slowly, range(1000)):\n"
               "            print(*workers.pids, flush=True)\n")
    pids = ended(program, repository, how)
    assert len(pids) == 2
    assert all(gone(p) for p in pids)


def test_errors_name_the_task_s_end() -> None:
    with closing(Processes(1)) as workers, pytest.raises(ToolError, match="PNN-TOOL-710"):
        list(workers.map(os._exit, [1]))
    assert workers.lost == 3
