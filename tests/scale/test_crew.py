"""One search in copies of its process: the same answers whatever happens to them, and none is left."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.errors import ToolError
from provenn.verify import crew, member, together
from provenn.verify import search as searching
from provenn.verify.certificate import Leaf, Sides, Split, Tighten, Tree
from provenn.verify.flat import flattened, raised
from provenn.verify.pace import Pace
from provenn.verify.portions import packed
from provenn.verify.subproblems import Team
from provenn.verify.together import Cores, forkable
from provenn.verify.verdict import Verdict, verify
from provenn.verify.workers import Processes
from tests.conftest import missing
from tests.scale import hard
from tests.scale.test_workers import ended, gone


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches are shared from their first rounds on, however little there is, in small rounds."""
    if sys.platform != "linux":
        missing("processes are copied on Linux only")
    for name in together.UNSAFE:  # Loaded by other tests of the same process; copies do not use them.
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(Cores, "solo", -1.0)
    monkeypatch.setattr(Pace, "crowd", lambda self, have, most: max(1, min(most, have // 2)))
    monkeypatch.setattr("provenn.verify.pace.LARGEST", 8)
    monkeypatch.setattr(crew, "EVERY", 0.01)
    for module in (crew, member):
        monkeypatch.setattr(module, "GLANCE", 0.001)


def decided(kind: str, jobs: int | None = 3, gap: float | None = None, **more: Any) -> Verdict:
    return verify(*hard.problem(kind, gap), timeout=60.0, jobs=jobs, **more)


@pytest.mark.parametrize("kind", ["inputs", "signs"])
def test_copies_prove_the_property_with_about_as_many_leaves(kind: str, checker_program: Path) -> None:
    alone, made = decided(kind, 1), decided(kind)
    assert alone.answer == made.answer == "unsat"
    assert made.checked is not None
    assert made.checked.accepted
    assert made.stats["workers"] == 3
    assert made.stats["portions"] > 2
    assert len(made.stats["worker_seconds"]) == 2
    assert made.stats["leaves"] < 1.5 * alone.stats["leaves"]
    assert "portions" not in alone.stats


@pytest.mark.parametrize("kind", ["inputs", "signs"])
def test_a_copy_killed_midway_costs_only_time(kind: str, checker_program: Path) -> None:
    killed: list[int] = []

    def kill(event: dict[str, Any]) -> None:
        if event.get("pids") and not killed:
            killed.append(event["pids"][0])
            os.kill(killed[0], signal.SIGKILL)

    made = decided(kind, progress=kill)
    assert killed
    assert made.answer == "unsat"
    assert made.stats["lost_workers"] == 1


def test_a_task_that_kills_its_workers_is_given_up(monkeypatch: pytest.MonkeyPatch,
                                                   checker_program: Path) -> None:
    here, round_ = os.getpid(), searching.Brancher.round

    def deadly(self: Any, count: int) -> None:
        if os.getpid() != here:
            os._exit(1)
        round_(self, count)

    monkeypatch.setattr(searching.Brancher, "round", deadly)
    with pytest.raises(ToolError, match="PNN-TOOL-710"):
        decided("inputs", 2)


def test_a_counterexample_in_a_copy_ends_the_search(monkeypatch: pytest.MonkeyPatch,
                                                    checker_program: Path) -> None:
    here, corners = os.getpid(), searching.Search._corners
    monkeypatch.setattr(searching.Search, "_attack", lambda *args, **options: None)
    monkeypatch.setattr(searching.Search, "_corners",
                        lambda self, *args: None if os.getpid() == here else corners(self, *args))
    made = decided("inputs", gap=-0.02)
    assert made.answer == "sat"
    assert made.stats["portions"] > 0


@pytest.mark.parametrize(("raised_", "answer"), [(searching.Exhausted, "unknown"), (MemoryError, "unknown"),
                                                 (searching.OutOfTime, "timed-out")])
def test_how_a_copy_gives_up(raised_: Any, answer: str, monkeypatch: pytest.MonkeyPatch,
                             checker_program: Path) -> None:
    here, round_ = os.getpid(), searching.Brancher.round

    def give_up(self: Any, count: int) -> None:
        if os.getpid() != here:
            raise raised_
        round_(self, count)

    monkeypatch.setattr(searching.Brancher, "round", give_up)
    made = decided("inputs", 2, semantics="real")
    assert made.answer == answer
    assert ("memory ran out" in made.stopped_by) == (raised_ is MemoryError)


def test_trees_of_copies_are_known_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch,
                                                       checker_program: Path) -> None:
    stop: list[bool] = []

    def late(event: dict[str, Any]) -> None:
        stop.append(event.get("boxes", 0) > 150)

    def check(self: Any) -> None:
        if any(stop):
            raise searching.OutOfTime
        if self.serve is not None:
            self.serve()

    monkeypatch.setattr("provenn.verify.pace.Clock.check", check)
    made = decided("inputs", 2, progress=late)
    assert made.answer == "timed-out"


def test_noise_is_given_up_everywhere(monkeypatch: pytest.MonkeyPatch, checker_program: Path) -> None:
    asked: list[int] = []

    def late(self: Any) -> bool:
        asked.append(1)
        return self.stats.leaves > 60

    monkeypatch.setattr(searching.Search, "_late", late)
    made = decided("inputs", semantics="auto")
    assert made.answer == "unsat"
    assert asked
    assert made.semantics.kind == "real"


def test_no_process_outlives_the_search(checker_program: Path) -> None:
    pids: set[int] = set()
    decided("inputs", progress=lambda event: pids.update(event.get("pids", ())))
    assert pids
    assert all(gone(pid) for pid in pids)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_copy_outlives_the_one_it_was_made_of(how: signal.Signals, repository: Path,
                                                 checker_program: Path) -> None:
    program = ("import time\n"
               "from provenn.verify import crew\n"
               "from provenn.verify.pace import Pace\n"
               "from provenn.verify.together import Cores\n"
               "from provenn.verify.verdict import verify\n"
               "from tests.scale import hard\n"
               "Cores.solo, crew.EVERY = -1.0, 0.01\n"
               "Pace.crowd = lambda self, have, most: max(1, min(most, have // 2))\n"
               "def say(event):\n"
               "    if event.get('pids'):\n"
               "        print(*event['pids'], flush=True)\n"
               "        time.sleep(60)\n"
               "verify(*hard.problem('inputs'), timeout=60, jobs=2, progress=say)\n")
    pids = ended(program, repository, how)
    assert pids
    assert all(gone(p) for p in pids)


def test_where_copies_are_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in together.UNSAFE:
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert forkable()
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(forkable()))
    thread.start()
    thread.join()
    assert found == [False]
    monkeypatch.setitem(sys.modules, "jax", sys)
    assert not forkable()
    monkeypatch.setattr(together, "cores", lambda: 4)
    with together.together(None, None, None) as team:
        assert team is None
    with together.together(2, None, None) as team:
        assert isinstance(team, Team)
        assert isinstance(team.workers, Processes)


def test_all_cores_that_may_be_used_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in together.UNSAFE:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 3, 5})
    with together.together(None, None, None) as team:
        assert isinstance(team, Cores)
        assert team.size == 3
    with together.together(1, None, None) as team:
        assert team is None


def test_trees_are_the_same_after_they_were_flat() -> None:
    masks = [np.array([k % 2 == 0, True, False]) for k in range(2)]
    leaf = Leaf(((np.ones(1), {3: np.zeros(2)}),), ({3: np.ones(2)},))
    root = Tree((Sides(2, *masks), Tighten(1)), Split(1, 0.5, node=3))
    other = Tree((Sides(2, masks[1], masks[0]),), leaf)
    pieces = [packed(root, {(id(root.end), True): 4}), packed(other, {})]
    made = raised(flattened(pieces))
    assert made[0][1:] == [-1, 4]
    (steps, end, _), (others, last, _) = made[0][0], made[1][0]  # type: ignore[misc]
    assert [s.node for s in steps] == [2, 1]
    assert (steps[0].lower == masks[0]).all()
    assert (steps[0].upper == masks[1]).all()
    assert (others[0].lower == masks[1]).all()
    assert (end.index, end.value, end.node) == (1, 0.5, 3)
    assert last.signs[0][3].tolist() == [1.0, 1.0]
