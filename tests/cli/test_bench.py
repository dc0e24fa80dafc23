"""Benchmarks: lists, resuming, wrong and missing things, runs that end early, the competition's scripts."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provenn.base.cores import kept_to
from provenn.cli.app import run
from provenn.errors import FileError
from provenn.io.instances import read
from provenn.report import bench as report
from provenn.report.cactus import cactus
from provenn.verify import measure
from provenn.verify.measure import Row, Runner, understood
from provenn.verify.workers import Threads

Captured = pytest.CaptureFixture[str]
ROWS = ("mlp.onnx,mlp_robust.vnnlib,60", "conv.onnx,conv_fooled.vnnlib,60")
HEAD = "benchmark,net,vnnlib,timeout_s,expected,note"


@pytest.fixture
def folder(digits: Path, tmp_path: Path, checker_program: Path) -> Path:
    """Bundled examples with a list of two instances."""
    for path in digits.glob("*.[ov]*"):
        shutil.copy(path, tmp_path)
    listed(tmp_path, ROWS)
    return tmp_path


def listed(folder: Path, rows: Sequence[str]) -> Path:
    path = folder / "instances.csv"
    path.write_text("\n".join([*rows, ""]))
    return path


def bench(folder: Path, *more: str) -> int:
    return run(["bench", str(folder / "instances.csv"), "--out", str(folder / "out"), *more])


def results(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / "results.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(("jobs", "expected"), [
    (1, "7"), (2, "3"), (9, "1"),
])
def test_searches_side_by_side_share_the_cores(jobs: int, expected: str, folder: Path) -> None:
    with closing(Threads(jobs)) as workers, kept_to(7):
        command = Runner(workers, None, folder, None, print).job(read(folder / "instances.csv")[0]).command
    assert command[command.index("--jobs") + 1] == expected


def test_a_list_is_measured_once(folder: Path, capsys: Captured) -> None:
    assert bench(folder, "--keep", "--jobs", "2") == 0
    said = capsys.readouterr()
    assert "2 instances, 0 known" in said.err
    assert "2 of 2" in said.out
    first, second = results(folder)
    assert (first["verdict"], second["verdict"]) == ("unsat", "sat")
    assert float(first["whole"]) > float(first["solve"]) > 0
    assert float(first["check"]) > 0
    assert int(first["bytes"]) > 100
    assert int(first["leaves"]) >= 1
    assert second["bytes"] == second["check"] == ""
    (proof,) = (folder / "out" / "kept").glob("*.cert")
    assert proof.stat().st_size == int(first["bytes"])
    (found,) = (folder / "out" / "kept").glob("*.counterexample")
    assert found.read_text().startswith("((X_0 ")
    logs = sorted((folder / "out" / "logs").iterdir())
    assert len(logs) == 2
    assert "reading conv.onnx" in logs[0].read_text()
    assert (folder / "out" / "table.md").read_text() == said.out
    xml.etree.ElementTree.parse(folder / "out" / "cactus.svg")
    before = (folder / "out" / "results.csv").read_bytes()
    assert bench(folder, "--json", "--limit", "50") == 0
    said = capsys.readouterr()
    assert "2 known" in said.err
    assert "2 of the known ones had another limit" in said.err
    made = json.loads(said.out)
    assert [r["verdict"] for r in made["results"]] == ["unsat", "sat"]
    assert made["families"][-1] | {"median_whole": 0, "median_check_per_solve": 0} == {
        "family": "all", "instances": 2, "decided": 2, "wrong": 0, "errors": 0, "median_whole": 0,
        "median_check_per_solve": 0, "largest_certificate": int(first["bytes"])}
    assert (folder / "out" / "results.csv").read_bytes() == before


def fake(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], dict[str, Any] | None]) -> list[str]:
    """Measure without processes; the names of what was measured come back."""
    seen: list[str] = []

    def measured(self: measure.Runner, instance: Any) -> Row:
        seen.append(instance.vnnlib)
        self.started(instance)
        said = answer(instance.vnnlib)
        if said is None:
            raise KeyboardInterrupt
        row = {"verdict": "unsat", "whole": 1.0} | said
        limit = self.limit or instance.limit
        return Row(instance.family, instance.net, instance.vnnlib, instance.files, limit, self.jobs,
                   instance.expected, **row)

    monkeypatch.setattr(measure.Runner, "measure", measured)
    return seen


def test_what_is_measured_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"verdict": "error"}
    seen = fake(monkeypatch, lambda name: said if name.startswith("mlp") else {})
    assert bench(folder) == 1
    assert bench(folder) == 1
    assert seen == ["mlp_robust.vnnlib", "conv_fooled.vnnlib", "mlp_robust.vnnlib"]
    said["verdict"] = "timed-out"
    assert bench(folder) == bench(folder) == bench(folder, "--table") == 0
    assert len(seen) == 4
    assert bench(folder, "--again") == 0
    assert len(seen) == 6
    (folder / "mlp_robust.vnnlib").write_text((folder / "mlp_robust.vnnlib").read_text() + "; another\n")
    assert bench(folder, "--table") == 0
    assert len(seen) == 6
    assert bench(folder) == 0
    assert seen[6:] == ["mlp_robust.vnnlib"]


def test_an_interrupted_run_keeps_what_is_finished(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    seen = fake(monkeypatch, lambda name: {} if name.startswith("mlp") else None)
    assert bench(folder) == 130
    assert "1 of 2 are kept; the same command goes on from here" in capsys.readouterr().err
    assert [r["vnnlib"] for r in results(folder)] == ["mlp_robust.vnnlib"]
    seen += fake(monkeypatch, lambda name: {"verdict": "sat"})
    assert bench(folder) == 0
    assert [r["verdict"] for r in results(folder)] == ["unsat", "sat"]


def test_a_wrong_verdict_is_shouted(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, lambda name: {})
    assert bench(folder, "-q") == 0
    assert capsys.readouterr().err == ""
    listed(folder, [HEAD, f"digits,{ROWS[0]},sat,", f"digits,{ROWS[1]},unsat,"])
    assert bench(folder, "-q") == 2
    said = capsys.readouterr()
    assert said.err == "WRONG VERDICT: unsat, expected sat: mlp.onnx mlp_robust.vnnlib\n"
    assert "unsat (WRONG)" in said.out
    assert "1 of 2" in said.out
    assert bench(folder, "--json", "--table") == 2
    assert json.loads(capsys.readouterr().out)["wrong"] == [["mlp.onnx", "mlp_robust.vnnlib"]]


def test_rejected_evidence_is_shouted(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch, lambda name: {"verdict": "unknown", "note": "PNN-CHECK-650: rejected"})
    assert bench(folder, "-q") == 2
    assert "REJECTED: PNN-CHECK-650" in capsys.readouterr().err


def test_late_verdicts_do_not_count(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, lambda name: {"whole": 60.5})
    assert bench(folder) == 0
    out = capsys.readouterr().out
    assert "unsat (late)" in out
    assert "0 of 2" in out


def test_one_family(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    listed(folder, [HEAD, f"flat,{ROWS[0]},unsat,", f"deep,{ROWS[1]},sat,a note"])
    seen = fake(monkeypatch, lambda name: {"verdict": "sat"})
    assert bench(folder, "--family", "deep") == 0
    assert seen == ["conv_fooled.vnnlib"]
    assert bench(folder, "--family", "wide") == 1
    assert "flat, deep" in capsys.readouterr().err


def test_a_run_that_is_killed_is_gone_on_with(folder: Path) -> None:
    """The checker of the second instance hangs; the whole run is killed meanwhile, then run again."""
    listed(folder, [ROWS[1], ROWS[0]])
    slow = folder / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    command = [sys.executable, "-m", "provenn", "bench", "instances.csv", "--out", "out"]
    child = subprocess.Popen(command, cwd=folder, env={**os.environ, "PROVENN_CHECKER": str(slow)},
                             stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stderr is not None
    while "1/2 sat" not in child.stderr.readline():
        assert child.poll() is None
    assert bench(folder) == 1  # the folder is in use
    child.kill()
    child.communicate(timeout=30)
    assert [r["verdict"] for r in results(folder)] == ["sat"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0
    assert "2 instances, 1 known" in done.stderr
    assert [r["verdict"] for r in results(folder)] == ["sat", "unsat"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ending_a_run_ends_its_processes(folder: Path, how: signal.Signals) -> None:
    mark = folder / "alive"
    slow = folder / "slow"
    slow.write_text(f"#!/bin/sh\necho $$ > {mark}\nexec sleep 30\n")
    slow.chmod(0o755)
    child = subprocess.Popen(
        [sys.executable, "-m", "provenn", "bench", "instances.csv", "--out", "out"], cwd=folder,
        env={**os.environ, "PROVENN_CHECKER": str(slow)}, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    until = time.monotonic() + 60
    while not (mark.is_file() and mark.read_text().strip()) and time.monotonic() < until:
        time.sleep(0.05)
    child.send_signal(how)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "0 of 2 are kept" in err
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
    assert not (folder / "out" / "results.csv").exists()


def test_a_process_that_outlives_its_limit_is_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = folder / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setattr(measure, "BOUND", (str(slow),))
    monkeypatch.setattr(measure, "GRACE", 0.1)
    listed(folder, [ROWS[0]])
    assert bench(folder, "--limit", "0.5") == 0
    (row,) = results(folder)
    assert (row["verdict"], row["note"]) == ("timed-out", "stopped from outside")
    assert float(row["whole"]) < 15


def test_refused_and_broken_files_are_rows(folder: Path) -> None:
    (folder / "mlp_robust.vnnlib").write_text("(maximize Y_0)\n")
    (folder / "conv.onnx").write_text("version https://git-lfs")
    assert bench(folder, "--jobs", "2") == 0
    assert [r["verdict"] for r in results(folder)] == ["refused", "refused"]
    assert results(folder)[1]["note"].startswith("PNN-ONNX-402")


@pytest.mark.parametrize(("out", "err", "status", "verdict", "note"), [
    ("", "a\nlast line", 1, "error", "last line"),
    ("", "", 3, "error", "exit status 3 without an answer"),
    ("[]", "", -11, "error", "ended by signal 11"),
    ('{"answer": null, "error": {"code": "PNN-CLI-899", "what": "w", "got": "g"}}', "", 2, "error",
     "PNN-CLI-899 w g"),
    ('{"answer": null, "error": {"code": "PNN-OP-202", "what": "w", "got": ""}}', "", 1, "refused",
     "PNN-OP-202 w"),
])
def test_what_processes_say(out: str, err: str, status: int, verdict: str, note: str) -> None:
    assert understood(out, err, status) == {"verdict": verdict, "note": note}


@pytest.mark.parametrize("bad", [
    "a.onnx,b.vnnlib", "a.onnx,b.vnnlib,60,more", "a.onnx,b.vnnlib,-1", "a.onnx,b.vnnlib,nan",
    "a.onnx,b.vnnlib,", ",b.vnnlib,60", 'a.onnx,"b.vnnlib,60', "net,timeout\na,1",
    "net,net,vnnlib,timeout\na,a,b,1", "something else",
    "net,vnnlib,timeout,expected\na,b,1,maybe", "net,vnnlib,timeout\na.onnx,b.vnnlib,60\na.onnx,b.vnnlib",
])
def test_malformed_lists(bad: str, tmp_path: Path, capsys: Captured) -> None:
    listed(tmp_path, [bad])
    assert bench(tmp_path) == 1
    said = capsys.readouterr()
    assert "PNN-BENCH-842" in said.err
    assert ", line " in said.err
    assert bench(tmp_path, "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "PNN-BENCH-842"
    assert [p.name for p in tmp_path.iterdir()] == ["instances.csv"]


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe", b"net,vnnlib,timeout\n"])
def test_lists_that_are_none(content: bytes | None, tmp_path: Path, capsys: Captured) -> None:
    if content is not None:
        (tmp_path / "instances.csv").write_bytes(content)
    assert bench(tmp_path) == 1
    assert "PNN-BENCH-841" in capsys.readouterr().err


def test_missing_files_are_named(tmp_path: Path, capsys: Captured) -> None:
    listed(tmp_path, [f"n{k}.onnx,p.vnnlib,5" for k in range(9)])
    assert bench(tmp_path) == 1
    err = capsys.readouterr().err
    assert "PNN-BENCH-843" in err
    assert "n0.onnx" in err
    assert "and 5 more" in err


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf"])
def test_limits_that_are_none(limit: str, tmp_path: Path, capsys: Captured) -> None:
    assert bench(tmp_path, "--limit", limit) == 1
    assert "PNN-CLI-804" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made(folder: Path, capsys: Captured) -> None:
    (folder / "out").write_text("")
    assert bench(folder) == 1
    assert "PNN-TOOL-703" in capsys.readouterr().err


def test_lists_are_read_as_people_write_them(tmp_path: Path) -> None:
    for name in ("a.onnx", "p.vnnlib"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(b""))
    path = listed(tmp_path, ["\ufeffOnnx, Vnnlib, Timeout, Expected", "a.onnx, p.vnnlib, 60, UNSAT", "",
                             "a.onnx,p.vnnlib,60,unsat"])
    (made,) = read(path)
    assert (made.net, made.limit, made.expected, made.family) == ("a.onnx", 60.0, "unsat", tmp_path.name)
    assert made.paths[0].name == "a.onnx.gz"
    assert made.title == "a p"


@pytest.mark.parametrize("change", [
    ("unsat", ""), ("1.5", "soon"), ("verdict", "verdicts"), ("unsat,", "unsat,,"),
])
def test_foreign_results_are_left_alone(change: tuple[str, str], tmp_path: Path) -> None:
    row = Row("f", "a.onnx", "p.vnnlib", "0", 60.0, 1, "sat", "unsat", 1.5, 1.0, None, 8, 1,
              'a "note", or two')
    path = tmp_path / "results.csv"
    report.save(path, [row])
    assert report.load(path) == {row.key: row}
    path.write_text(path.read_text().replace(*change))
    before = path.read_bytes()
    with pytest.raises(FileError, match="PNN-BENCH-845"):
        report.load(path)
    assert path.read_bytes() == before


def test_the_table_takes_columns_of_others() -> None:
    row = Row("f", "a.onnx", "p.vnnlib", "0", 60.0, 2, "unsat", "unsat", 1.5, 1.0, 0.25, 8, 1)
    text = report.table([row], {"other s": {row.key: "7.00"}})
    assert "2 at a time" in text
    assert "| 1.50 |" in " ".join(text.split())
    assert "7.00" in text
    assert len({len(line) for line in text.split("\n")[2:5]}) == 1
    assert report.families([row])[0]["median_check_per_solve"] == 0.25


def test_an_empty_plot_is_a_plot() -> None:
    for times in ({"a": []}, {"a": [0.0, 5.0], "b": [1.0]}):
        assert cactus(times, 2).startswith("<svg")


def script(repository: Path, name: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", str(repository / "vnncomp" / name), *args], capture_output=True, text=True,
                          timeout=90, check=False,
                          env={**os.environ, "PROVENN": f"{sys.executable} -m provenn"})


@pytest.mark.parametrize(("net", "spec", "limit", "answer"), [
    ("mlp.onnx", "mlp_robust.vnnlib", "60", "unsat"), ("conv.onnx", "conv_fooled.vnnlib", "60", "sat"),
    ("mlp.onnx", "mlp_robust.vnnlib", "0.05", "timeout"), ("text.onnx", "mlp_robust.vnnlib", "60", "error"),
])
def test_the_competition_runs_an_instance(
    net: str, spec: str, limit: str, answer: str, folder: Path, repository: Path
) -> None:
    (folder / "text.onnx").write_text("no network")
    files = [str(folder / net), str(folder / spec)]
    assert script(repository, "prepare_instance.sh", "v1", "digits", *files).returncode == 0
    target = folder / "result.txt"
    target.write_text("from before\n")
    done = script(repository, "run_instance.sh", "v1", "digits", *files, str(target), limit)
    assert done.returncode == 0, done.stderr
    first, *rest = target.read_text().splitlines()
    assert first == answer
    if answer == "sat":
        assert rest[0].startswith("((X_0 ")
        assert rest[-1].endswith("))")
        assert [line.split()[0].strip("(") for line in rest] == [
            *(f"X_{k}" for k in range(64)), *(f"Y_{k}" for k in range(10))]
    else:
        assert rest == []


@pytest.mark.parametrize("args", [
    ("v2", "c", "mlp.onnx", "mlp_robust.vnnlib"), ("v1", "c", "none.onnx", "mlp_robust.vnnlib"), ("v1",), (),
    ("v1", "c", "mlp.onnx", "none.vnnlib"),
])
def test_the_competition_prepares_only_what_is_there(
    args: tuple[str, ...], digits: Path, repository: Path, tmp_path: Path
) -> None:
    given = [str(digits / a) if a.endswith(("onnx", "vnnlib")) else a for a in args]
    assert script(repository, "prepare_instance.sh", *given).returncode == 1
    assert script(repository, "run_instance.sh", *given, str(tmp_path / "r"), "5").returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_the_competition_installs_one_version(repository: Path) -> None:
    done = script(repository, "install_tool.sh", "v0")
    assert done.returncode == 1
    assert "expected version v1" in done.stderr


def test_a_run_that_the_competition_stops_writes_timeout(folder: Path, repository: Path) -> None:
    slow, mark, target = folder / "slow", folder / "alive", folder / "result.txt"
    slow.write_text(f"#!/bin/sh\necho $$ > {mark}\nexec sleep 30\n")
    slow.chmod(0o755)
    child = subprocess.Popen(
        ["bash", str(repository / "vnncomp" / "run_instance.sh"), "v1", "c", str(folder / "mlp.onnx"),
         str(folder / "mlp_robust.vnnlib"), str(target), "60"], env={**os.environ, "PROVENN": str(slow)})
    until = time.monotonic() + 30
    while not (mark.is_file() and mark.read_text().strip()) and time.monotonic() < until:
        time.sleep(0.05)
    child.terminate()
    assert child.wait(timeout=30) == 0
    assert target.read_text() == "timeout\n"
