"""Measure instances: each in a process of its own, with its own limit, several at a time."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from provenn.base.cores import share
from provenn.io.instances import Instance, stem
from provenn.io.output import write_atomically
from provenn.verify.semantics import ULPS
from provenn.verify.workers import Workers, stopped

GRACE, PATIENCE, POLL = 20.0, 3.0, 0.1
NOTE = 160
# From util-linux: what it starts dies with the run that started it, even when that is killed.
BOUND = ("setpriv", "--pdeathsig", "KILL")


@dataclass(frozen=True, slots=True)
class Row:
    """What one process said and took.

    ``verdict`` is one of the four answers, ``refused`` (files that provenn does not cover) or ``error``
    (an internal failure, or a process that died). ``whole`` is the process with its start-up, ``solve``
    reading and searching, ``check`` the checker alone; ``jobs`` is how many ran side by side.
    """

    family: str
    net: str
    vnnlib: str
    files: str
    limit: float
    jobs: int
    expected: str
    verdict: str
    whole: float
    solve: float | None = None
    check: float | None = None
    bytes: int | None = None
    leaves: int | None = None
    note: str = ""
    semantics: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What names the instance in its list."""
        return self.net, self.vnnlib

    @property
    def wrong(self) -> bool:
        """A verdict that contradicts the known answer."""
        return {self.verdict, self.expected} == {"sat", "unsat"}

    @property
    def rejected(self) -> bool:
        """The search's own evidence did not pass its check."""
        return self.note.startswith("PNN-CHECK-")

    @property
    def in_time(self) -> bool:
        """Answered within the limit, start-up included, and not wrongly."""
        return self.verdict in ("sat", "unsat") and not self.wrong and self.whole <= self.limit


@dataclass(frozen=True)
class Job:
    """One run of ``provenn verify``: words of the command line, and when to give up.

    ``files`` are contents by name for a machine that has not got them; the command then runs in a folder that
    holds them. ``certificate`` is the file that it may write.
    """

    instance: Instance
    command: tuple[str, ...]
    seconds: float
    certificate: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What a process printed and took; ``late``: it had to be ended; ``proof``: what it wrote elsewhere."""

    out: str
    err: str
    status: int
    whole: float
    late: bool
    proof: Mapping[str, bytes] = field(default_factory=dict)


class Runner:
    """Runs ``provenn verify`` for instances; leaving the loop over ``run`` stops what still runs.

    Logs go to ``logs``; certificates, counterexamples and whole answers to ``keep`` when given.
    """

    def __init__(self, workers: Workers, limit: float | None, logs: Path, keep: Path | None,
                 started: Callable[[Instance], None], memory: float | None = None,
                 semantics: tuple[str | None, int] = (None, ULPS)) -> None:
        self.workers, self.limit, self.logs, self.keep = workers, limit, logs, keep
        self.started, self.memory, self.jobs = started, memory, workers.size
        self.semantics, self.ulps = semantics

    def run(self, instances: Sequence[Instance]) -> Generator[Row]:
        """Rows as they are finished; an instance that was interrupted has none."""
        begun = map(self._begun, instances)
        with closing(self.workers):
            if self.workers.elsewhere:
                for job, said in self.workers.map(execute, map(self.job, begun)):
                    yield self.row(job, said)
                return
            for _, row in self.workers.map(self.measure, begun):
                if row is not None:
                    yield row

    def _begun(self, instance: Instance) -> Instance:
        self.started(replace(instance, limit=self.limit or instance.limit))
        return instance

    def measure(self, instance: Instance) -> Row | None:
        """One instance in a process of its own; None when the run was stopped before it ended."""
        job = self.job(instance)
        said = execute(job)
        return None if said is None else self.row(job, said)

    def job(self, instance: Instance) -> Job:
        """How to run an instance."""
        limit, name = self.limit or instance.limit, _name(instance)
        paths, files, proof = instance.paths, dict[str, bytes](), ""
        if self.keep:
            proof = str(self.keep / f"{name}.cert")
        if self.workers.elsewhere:
            files = {p.name: p.read_bytes() for p in paths}
            proof = Path(proof).name
        words = [sys.executable, "-m", "provenn", "verify"]
        words += [p.name for p in paths] if files else map(str, paths)
        words += ["--json", "--timeout", f"{limit:g}"]
        # Side by side, each gets its share of the cores; nothing is known of those of another machine.
        words += ["--jobs", str(1 if self.workers.elsewhere else share(self.jobs))]
        words += ["--memory", f"{self.memory:g}"] if self.memory else []
        words += ["--semantics", self.semantics] if self.semantics else []
        words += ["--ulps", str(self.ulps)] if self.ulps != ULPS else []
        words += ["--certificate", proof] if proof else []
        return Job(instance, tuple(words), limit + GRACE, proof, files)

    def row(self, job: Job, said: Said) -> Row:
        """What came of it, once everything else is written."""
        instance, name = job.instance, _name(job.instance)
        made = Row(instance.family, instance.net, instance.vnnlib, instance.files, job.seconds - GRACE,
                   self.jobs, instance.expected, "timed-out", round(said.whole, 3),
                   note="stopped from outside")
        row = made if said.late else replace(made, **understood(said.out, said.err, said.status))
        told = f"{row.verdict} {row.note}".rstrip()
        write_atomically(self.logs / f"{name}.log", f"$ {shlex.join(job.command)}\n{said.err}{told}\n"
                         f"exit status {said.status}, {said.whole:.2f} s\n")
        if self.keep:
            for proof, content in said.proof.items():
                write_atomically(self.keep / proof, content)
            self._keep(name, said.out)
        return row

    def _keep(self, name: str, out: str) -> None:
        """The whole answer, and the counterexample in the form of VNN-COMP."""
        assert self.keep is not None
        write_atomically(self.keep / f"{name}.json", out)
        found = (_parsed(out) or {}).get("counterexample")
        if found:
            write_atomically(self.keep / f"{name}.counterexample", found["text"] + "\n")


def _name(instance: Instance) -> str:
    return f"{stem(instance.net)}-{stem(instance.vnnlib)}-{instance.files[:8]}"


def execute(job: Job) -> Said | None:
    """Run a job in a process of its own; None when it was called off before it ended."""
    if not job.files:
        return _executed(job, None)
    with tempfile.TemporaryDirectory(prefix="provenn-") as room:
        for name, content in job.files.items():
            Path(room, name).write_bytes(content)
        said = _executed(job, room)
        proofs = {p.name: p.read_bytes() for p in Path(room).glob("*.cert*") if job.certificate}
        return said and replace(said, proof=proofs)


def _executed(job: Job, folder: str | None) -> Said | None:
    start = time.perf_counter()
    bound = BOUND if shutil.which(BOUND[0]) else ()
    child = subprocess.Popen([*bound, *job.command], stdin=subprocess.DEVNULL, text=True, cwd=folder,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace",
                             start_new_session=True)
    try:
        while True:
            if stopped():
                return None
            left = start + job.seconds - time.perf_counter()
            try:
                out, err = child.communicate(timeout=max(0.0, min(POLL, left)))
                return Said(out, err, child.returncode, time.perf_counter() - start, False)
            except subprocess.TimeoutExpired:
                if left > 0.0:
                    continue
            end([child])
            out, err = child.communicate()
            return Said(out, err, child.returncode, time.perf_counter() - start, True)
    finally:
        end([child])
        child.communicate()


def end(children: Sequence[subprocess.Popen[str]]) -> None:
    """Interrupt processes, so that they clean up; kill what they started and what does not listen.

    Those that have ended are left alone.
    """
    children = [c for c in children if c.poll() is None]
    try:
        _tell(children, signal.SIGINT)
        until = time.monotonic() + PATIENCE
        while any(c.poll() is None for c in children) and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        _tell(children, signal.SIGKILL)


def _tell(children: Sequence[subprocess.Popen[str]], what: signal.Signals) -> None:
    for child in children:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, what)


def understood(out: str, err: str, status: int) -> dict[str, Any]:
    """The fields of a Row that the JSON of ``provenn verify`` gives.

    Example:
        >>> understood("", "Killed", -9)
        {'verdict': 'error', 'note': 'ended by signal 9'}
    """
    data = _parsed(out)
    if data is None:
        said = f"ended by signal {-status}" if status < 0 else err.strip().rpartition("\n")[2]
        return {"verdict": "error", "note": _short(said or f"exit status {status} without an answer")}
    if data["answer"] is None:
        kind = "refused" if status == 1 and not data["error"]["code"].startswith("PNN-CLI") else "error"
        return {"verdict": kind, "note": _short(" ".join(data["error"][k] for k in ("code", "what", "got")))}
    proof = data["proof"] or {"checker": None, "certificate": {"bytes": None}}
    return {
        "verdict": data["answer"], "solve": round(data["seconds"]["read"] + data["seconds"]["search"], 3),
        "check": proof["checker"] and round(proof["checker"]["seconds"], 3),
        "bytes": proof["certificate"]["bytes"], "leaves": data["search"].get("leaves"),
        "semantics": (data.get("semantics") or {}).get("kind", ""),
        "note": _short((data["problem"] or data.get("evidence", {}).get("rounding", "")).partition("\n")[0])}


def _parsed(out: str) -> dict[str, Any] | None:
    try:
        data = json.loads(out)
    except json.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _short(text: str) -> str:
    return " ".join(text.split())[:NOTE]
