"""Workers of a dask.distributed cluster of real processes, one of which is killed on the way."""

from __future__ import annotations

import csv
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.errors import ToolError
from provenn.verify import subproblems
from provenn.verify.batch import Batches
from provenn.verify.verdict import verify
from provenn.verify.workers import Cluster, stopped
from tests.certified.test_batch import balls, dense_net
from tests.scale import hard

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
Client, LocalCluster = distributed.Client, distributed.LocalCluster
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two processes with one thread each; one that is killed is started again."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
                      local_directory=str(tmp_path_factory.mktemp("dask"))) as made:
        yield made


@pytest.fixture(autouse=True)
def _complete(cluster: Any) -> None:
    """Begin with both workers."""
    with Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30)


def kill_one(cluster: Any) -> None:
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)


def test_a_killed_worker_loses_nothing(cluster: Any) -> None:
    with closing(Cluster(cluster.scheduler_address)) as workers:
        assert workers.size == 2
        found = workers.map(hard.slowly, range(8))
        made = [next(found)]
        kill_one(cluster)
        made += found
    assert sorted((k, square) for k, (square, _) in made) == [(k, k * k) for k in range(8)]
    assert workers.most == 2


def test_a_shared_search_outlives_a_worker(cluster: Any, monkeypatch: pytest.MonkeyPatch,
                                           checker_program: Path) -> None:
    monkeypatch.setattr(subproblems.Team, "solo", -1.0)
    monkeypatch.setattr(subproblems, "LONG", 0.1)
    monkeypatch.setattr(subproblems, "EVERY", 0.01)
    monkeypatch.setattr(subproblems, "MOST", 16)
    killed: list[bool] = []

    def kill(event: dict[str, Any]) -> None:
        if event.get("workers") and event["boxes"] > 20 and not killed:
            killed.append(True)
            kill_one(cluster)

    made = verify(*hard.problem("inputs"), timeout=60.0, workers=Cluster(cluster.scheduler_address),
                  progress=kill)
    assert killed
    assert made.answer == "unsat"
    assert made.checked is not None
    assert made.checked.accepted


def test_batches_are_certified_there(cluster: Any, checker_program: Path, tmp_path: Path) -> None:
    graph = dense_net(2)
    some = balls(graph, 24, Fraction(1, 25))
    rows = [np.arange(12), np.arange(12, 24)]
    here = list(Batches(graph, some, 1, 1).run(rows))
    with closing(Cluster(cluster.scheduler_address)) as workers:
        batches = Batches(graph, some, 1, 1, tmp_path)
        there = list(batches.run(rows, workers))
        open_ = [k for k in range(24) if not any(k in m.certified for m in there)][:2]
        found = list(batches.searches(open_, 5.0, 0, workers))
    assert [m.certified for m in here] == [m.certified for m in there]
    assert [m.files for m in here] == [m.files for m in there]
    named = {f"{m.files[0][0][:16]}.cert" for m in there if m.files}
    assert {p.name for p in tmp_path.glob("*.cert")} >= named
    assert sorted(k for k, _, _ in found) == open_
    assert all(m.certified or w is not None for _, m, w in found)


def test_a_list_is_measured_there(cluster: Any, digits: Path, tmp_path: Path, checker_program: Path) -> None:
    for path in digits.glob("*.[ov]*"):
        shutil.copy(path, tmp_path)
    rows = "mlp.onnx,mlp_robust.vnnlib,60\nconv.onnx,conv_fooled.vnnlib,60\n"
    (tmp_path / "instances.csv").write_text(rows)
    assert run(["bench", str(tmp_path / "instances.csv"), "--out", str(tmp_path / "out"), "--keep", "-q",
                "--cluster", cluster.scheduler_address, "--memory", "2"]) == 0
    with (tmp_path / "out" / "results.csv").open(newline="") as stream:
        made = list(csv.DictReader(stream))
    assert sorted(r["verdict"] for r in made) == ["sat", "unsat"]
    assert {r["jobs"] for r in made} == {"2"}
    (proof,) = (tmp_path / "out" / "kept").glob("*.cert")
    assert proof.stat().st_size == int(next(r["bytes"] for r in made if r["verdict"] == "unsat"))
    assert "--memory 2" in next((tmp_path / "out" / "logs").glob("mlp*")).read_text()


def until_stopped(mark: str) -> None:
    while not stopped():
        pass
    Path(mark).write_text("stopped")


def test_what_runs_is_called_off(cluster: Any, tmp_path: Path) -> None:
    workers, mark = Cluster(cluster.scheduler_address), tmp_path / "mark"
    workers.submit(until_stopped, str(mark))
    assert workers.wait(0.5) == []
    workers.close()
    with closing(Cluster(cluster.scheduler_address, 1)) as others:
        assert [r[0] for _, r in others.map(hard.slowly, range(2))] == [0, 1]
    assert mark.read_text() == "stopped"


@pytest.mark.parametrize("address", ["tcp://localhost:1", "nonsense://x"])
def test_addresses_that_lead_nowhere(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenn.verify.workers.CONNECT", 0.2)
    with pytest.raises(ToolError, match="PNN-TOOL-711"):
        Cluster(address)
