"""Limits on memory: open domains stay within their share, and what does not fit is unknown, in words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from provenn.bounds.backward import root_state
from provenn.bounds.regions import Regions
from provenn.cli.app import run
from provenn.ir.property import Property, boxes
from provenn.verify import pool
from provenn.verify import search as searching
from provenn.verify.branch import Brancher
from provenn.verify.goals import make_goals
from provenn.verify.limits import SHARE, open_domains
from provenn.verify.pace import Clock
from provenn.verify.prose import evidence
from provenn.verify.verdict import verify
from tests.scale import hard
from tests.verify.test_search import case, output


def data_now() -> int:
    """Bytes that count towards the limit."""
    found = re.search(r"VmData:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return 1024 * int(found[1])


@pytest.mark.parametrize("kind", ["inputs", "signs"])
def test_little_memory_means_another_order_and_the_same_answer(
    kind: str, monkeypatch: pytest.MonkeyPatch, checker_program: Path
) -> None:
    monkeypatch.setattr(searching, "POOL_BYTES", 1)
    made = verify(*hard.problem(kind), timeout=60.0)
    assert made.answer == "unsat"


def test_open_boxes_taken_depth_first_stay_few() -> None:
    graph, prop = hard.problem("inputs")
    most = []
    for limit in (pool.POOL_BYTES, 1):
        (goals,), regions = make_goals(boxes(prop)), Regions(graph)
        brancher = Brancher(regions, goals, Clock(np.inf), limit=limit)
        brancher.plant(root_state(regions, goals.lo, goals.hi), np.arange(1))
        seen = [1]
        while brancher.pool.count:
            brancher.round(2)
            seen.append(brancher.pool.count)
        most.append(max(seen))
    assert most[1] < most[0] / 2


def test_a_search_beyond_its_memory_is_unknown_and_says_so(checker_program: Path) -> None:
    graph = hard.dense(3000, 3000, 2)
    ends = np.full(3000, 0.01)
    prop = Property(3000, 2, (case(-ends, ends, (output((0, 1.0), (1, -1.0), at_most=-9.0),)),))
    made = verify(graph, prop, timeout=60.0, memory=data_now() + 40_000_000)
    assert made.answer == "unknown"
    assert "memory ran out" in made.stopped_by
    assert dict(evidence(made))["stopped"] == made.stopped_by


def test_a_share_is_for_open_domains() -> None:
    assert open_domains(None, 7) == 7
    assert open_domains(10, 7) == int(SHARE * 10)
    assert open_domains(10**12, 7) == 7


def test_the_program_takes_a_limit_and_jobs(digits: Path, capsys: pytest.CaptureFixture[str],
                                            checker_program: Path) -> None:
    files = [str(digits / "mlp.onnx"), str(digits / "mlp_robust.vnnlib")]
    assert run(["verify", *files, "-q", "--json", "--jobs", "2", "--memory", "4"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] == "unsat"
    assert run(["verify", *files, "-q", "--memory", "0.01"]) == 1
    assert "PNN-CLI-801" in capsys.readouterr().err
