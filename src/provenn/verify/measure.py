"""Measure instances: each in a process of its own, with its own limit, several at a time."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provenn.io.instances import Instance, stem
from provenn.io.output import write_atomically

GRACE, PATIENCE = 20.0, 3.0
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


class Runner:
    """Runs ``provenn verify`` for instances; leaving the loop over ``run`` stops what still runs.

    Logs go to ``logs``; certificates, counterexamples and whole answers to ``keep`` when given.
    """

    def __init__(self, jobs: int, limit: float | None, logs: Path, keep: Path | None,
                 started: Callable[[Instance], None]) -> None:
        self.jobs, self.limit, self.logs, self.keep, self.started = jobs, limit, logs, keep, started
        self.lock = threading.Lock()
        self.children: set[subprocess.Popen[str]] = set()
        self.stopped = False
        self.bound = BOUND if shutil.which(BOUND[0]) else ()

    def run(self, instances: Sequence[Instance]) -> Generator[Row]:
        """Rows as they are finished; an instance that was interrupted has none."""
        with ThreadPoolExecutor(self.jobs) as pool:
            waiting = [pool.submit(self.measure, i) for i in instances]
            try:
                for done in as_completed(waiting):
                    row = done.result()
                    if row is not None:
                        yield row
            finally:
                self.stop()
                pool.shutdown(cancel_futures=True)

    def stop(self) -> None:
        """End every process that runs, and start no other."""
        with self.lock:
            self.stopped = True
            children = list(self.children)
        end(children)

    def measure(self, instance: Instance) -> Row | None:
        """One instance in a process of its own; None when the run was stopped before it ended."""
        limit = self.limit or instance.limit
        name = f"{stem(instance.net)}-{stem(instance.vnnlib)}-{instance.files[:8]}"
        command = [sys.executable, "-m", "provenn", "verify", *map(str, instance.paths), "--json",
                   "--timeout", f"{limit:g}"]
        if self.keep:
            command += ["--certificate", str(self.keep / f"{name}.cert")]
        start = time.perf_counter()
        with self.lock:
            if self.stopped:
                return None
            child = subprocess.Popen([*self.bound, *command], stdin=subprocess.DEVNULL, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace",
                                     start_new_session=True)
            self.children.add(child)
        self.started(replace(instance, limit=limit))
        out, err, late = self._wait(child, limit + GRACE)
        whole = time.perf_counter() - start
        if self.stopped:
            return None
        made = Row(instance.family, instance.net, instance.vnnlib, instance.files, limit, self.jobs,
                   instance.expected, "timed-out", round(whole, 3), note="stopped from outside")
        row = made if late else replace(made, **understood(out, err, child.returncode))
        said = f"{row.verdict} {row.note}".rstrip()
        write_atomically(self.logs / f"{name}.log", f"$ {shlex.join(command)}\n{err}{said}\n"
                         f"exit status {child.returncode}, {whole:.2f} s\n")
        if self.keep:
            self._keep(name, out)
        return row

    def _wait(self, child: subprocess.Popen[str], seconds: float) -> tuple[str, str, bool]:
        """What the process printed, and whether it had to be ended."""
        try:
            try:
                return *child.communicate(timeout=seconds), False
            except subprocess.TimeoutExpired:
                end([child])
                return *child.communicate(), True
        finally:
            with self.lock:
                self.children.discard(child)

    def _keep(self, name: str, out: str) -> None:
        """The whole answer, and the counterexample in the form of VNN-COMP."""
        assert self.keep is not None
        write_atomically(self.keep / f"{name}.json", out)
        found = (_parsed(out) or {}).get("counterexample")
        if found:
            write_atomically(self.keep / f"{name}.counterexample", found["text"] + "\n")


def end(children: Sequence[subprocess.Popen[str]]) -> None:
    """Interrupt processes, so that they clean up; kill what they started and what does not listen."""
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
        "note": _short((data["problem"] or "").partition("\n")[0])}


def _parsed(out: str) -> dict[str, Any] | None:
    try:
        data = json.loads(out)
    except json.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _short(text: str) -> str:
    return " ".join(text.split())[:NOTE]
