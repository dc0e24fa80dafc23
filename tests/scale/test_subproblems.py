"""One search on several workers: the same answers, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.verify import search as searching
from provenn.verify import subproblems
from provenn.verify.certificate import Leaf, Split, Tree
from provenn.verify.pace import Pace
from provenn.verify.pool import Hole
from provenn.verify.portions import hung, packed
from provenn.verify.verdict import Verdict, verify
from provenn.verify.workers import Processes, Threads, Workers
from tests.scale import hard


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches are shared from their first round on, in short turns."""
    monkeypatch.setattr(subproblems.Team, "solo", -1.0)
    monkeypatch.setattr(subproblems, "SHORT", 0.03)
    monkeypatch.setattr(subproblems, "LONG", 0.06)
    monkeypatch.setattr(subproblems, "EVERY", 0.01)
    monkeypatch.setattr(subproblems, "MOST", 16)


def decided(kind: str, workers: Workers, gap: float | None = None, **more: Any) -> Verdict:
    graph, prop = hard.problem(kind, gap)
    return verify(graph, prop, timeout=60.0, workers=workers, **more)


@pytest.mark.parametrize("kind", ["inputs", "signs"])
@pytest.mark.parametrize("make", [lambda: Processes(2), lambda: Threads(1)], ids=["processes", "thread"])
def test_a_shared_search_proves_the_property(kind: str, make: Any, checker_program: Path) -> None:
    alone = verify(*hard.problem(kind), timeout=60.0, jobs=1)
    made = decided(kind, make())
    assert alone.answer == made.answer == "unsat"
    assert made.checked is not None
    assert made.checked.accepted
    assert made.stats["portions"] > 3
    assert made.stats["leaves"] > 20
    assert "portions" not in alone.stats


@pytest.mark.parametrize("kind", ["inputs", "signs"])
def test_a_worker_killed_midway_costs_only_time(kind: str, checker_program: Path) -> None:
    workers = Processes(2)
    killed: list[int] = []

    def kill(event: dict[str, Any]) -> None:
        if event.get("workers") and not killed and event["boxes"] > 20:
            killed.extend(workers.pids[:1])
            os.kill(killed[0], signal.SIGKILL)

    made = decided(kind, workers, progress=kill)
    assert killed
    assert made.answer == "unsat"
    assert made.stats["lost_workers"] == 1


def test_a_counterexample_ends_the_search(monkeypatch: pytest.MonkeyPatch, checker_program: Path) -> None:
    monkeypatch.setattr(searching.Search, "_attack", lambda *args, **options: None)
    monkeypatch.setattr(searching.Search, "_corners", lambda *args: None)
    workers = Processes(2)
    made = decided("inputs", workers, gap=-0.02)
    assert made.answer == "sat"
    assert made.stats["portions"] > 0
    assert not workers.busy
    assert not workers.idle


@pytest.mark.parametrize(("end", "answer"), [("exhausted", "unknown"), ("time", "timed-out"),
                                             ("memory", "unknown")])
def test_how_a_worker_gives_up(end: str, answer: str, monkeypatch: pytest.MonkeyPatch,
                               checker_program: Path) -> None:
    raised = {"exhausted": searching.Exhausted, "time": searching.OutOfTime, "memory": MemoryError}[end]

    def give_up(self: Any, count: int) -> None:
        raise raised

    monkeypatch.setattr(subproblems.Brancher, "round", give_up)
    graph, prop = hard.problem("inputs")
    workers = Threads(1)
    monkeypatch.setattr(searching.Search, "_rounds",
                        lambda self, brancher, signs=None: self._share(brancher, signs, Pace()))
    made = verify(graph, prop, timeout=60.0, workers=workers, semantics="real")
    assert made.answer == answer
    assert ("memory ran out" in made.stopped_by) == (end == "memory")


def test_trees_travel_as_lists() -> None:
    leaf = Leaf(((np.ones(1), {}),))
    inner = Split(1, 0.5, above=Tree((), leaf))
    root = Tree((), Split(0, 0.25, below=Tree((), inner), node=3))
    pieces = packed(root, {(id(root.end), True): 0, (id(inner), False): 1})
    trees: dict[int, Tree] = {}

    def hang(hole: Hole, tree: Tree) -> None:
        if hole.split is None:
            trees[hole.case] = tree
        elif hole.above:
            hole.split.above = tree
        else:
            hole.split.below = tree

    left: dict[int, Hole] = {}
    hung(pieces, Hole(7, None, False), hang, left)
    assert sorted(left) == [0, 1]
    for hole in left.values():
        hang(hole, Tree((), leaf))
    made = trees[7].end
    assert isinstance(made, Split)
    assert (made.index, made.value, made.node) == (0, 0.25, 3)
    assert made.above is not None
    assert made.below is not None
    assert isinstance(made.below.end, Split)
    assert made.below.end.below is not None
    assert packed(5, {}) == [5]
