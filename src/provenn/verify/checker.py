"""Run the checkers of certificates and of train steps that were extracted from Coq.

This module only starts a program and reads what it prints: the words of three files go in, ``accepted``
or ``rejected`` comes out. The theorem behind ``accepted`` is ``Provenn.Checker.Sound.check_sound`` for
graph, property and certificate (provenn.verify.semantics names that of binary32), and
``Provenn.Autodiff.CheckStepProof.check_step_sound`` for forward graph, plan and step graph.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from provenn.base.cores import cores
from provenn.base.words import Words, to_bytes
from provenn.errors import ToolError
from provenn.verify.compile import compile_checker, fingerprint

THEOREM = "Provenn.Checker.Sound.check_sound"
STEP_THEOREM = "Provenn.Autodiff.CheckStepProof.check_step_sound"
PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = PACKAGE.parents[1]
MOST = 4096


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checker said.

    ``facts`` are its lines ``key value``: what it understood of its files. When rejected,
    ``reason`` says why in the checker's words and ``detail`` holds word, left and right.
    """

    accepted: bool
    reason: str
    facts: dict[str, str]
    seconds: float
    binary_sha256: str
    detail: dict[str, str] = field(default_factory=dict)


def find() -> Path:
    """The checker's program, compiled on the spot when only its sources are there.

    Looked for in this order: $PROVENN_CHECKER, the one inside the package, the repository's
    ``build/``, the user's cache. Raises ToolError (PNN-TOOL-701, -702, -704).
    """
    named = os.environ.get("PROVENN_CHECKER")
    if named:
        if not os.access(named, os.X_OK) or Path(named).is_dir():
            raise ToolError("PNN-TOOL-704", "PROVENN_CHECKER does not name a program", got=named,
                            hint="unset it, or point it at a built provenn-checker")
        return Path(named)
    packaged = PACKAGE / "_bin" / "provenn-checker"
    if os.access(packaged, os.X_OK):
        return packaged
    if (REPOSITORY / "checker" / "driver.ml").is_file():
        return _current(REPOSITORY / "checker", REPOSITORY / "build")
    if (PACKAGE / "_checker" / "driver.ml").is_file():
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return _current(PACKAGE / "_checker", cache / "provenn")
    raise ToolError("PNN-TOOL-701", "the certificate checker is missing",
                    expected="a program provenn-checker",
                    hint="reinstall provenn, or point PROVENN_CHECKER at a built checker")


def _current(folder: Path, room: Path) -> Path:
    """The program in ``room`` if it was made from the present sources, else a fresh one."""
    target, stamp = room / "provenn-checker", room / "provenn-checker.sources"
    print_now = fingerprint(folder)
    if os.access(target, os.X_OK) and stamp.is_file() and stamp.read_text() == print_now:
        return target
    compile_checker(folder, target)
    stamp.write_text(print_now)
    return target


def run(graph: Words, prop: Words, certificate: Words, *, timeout: float | None = None,
        processes: int | None = None) -> CheckResult:
    """Check a certificate given the canonical words of all three files, in up to ``processes`` processes.

    Their number (by default ``provenn.verify.limits.cores``) changes nothing but the time.
    Raises ToolError: PNN-TOOL-705 when the program crashes or says something else than it should,
    PNN-TOOL-706 after ``timeout`` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="provenn-") as room:
        return run_files(*_written(room, graph, prop, certificate), timeout=timeout, processes=processes)


def run_files(graph: Path, prop: Path, certificate: Path, *, timeout: float | None = None,
              processes: int | None = None) -> CheckResult:
    """``run`` on three canonical files."""
    count = min(MOST, cores() if processes is None else processes)
    return _ask(graph, prop, certificate, *([str(count)] if count > 1 else []), timeout=timeout)


def run_step(forward: Words, plan: Words, step: Words, *, timeout: float | None = None) -> CheckResult:
    """Check that a step graph is the one that the proved transformation makes of a forward graph and a plan.

    Raises what ``run`` raises.
    """
    with tempfile.TemporaryDirectory(prefix="provenn-") as room:
        return run_step_files(*_written(room, forward, plan, step), timeout=timeout)


def run_step_files(forward: Path, plan: Path, step: Path, *, timeout: float | None = None) -> CheckResult:
    """``run_step`` on three canonical files."""
    return _ask("gradient", forward, plan, step, timeout=timeout)


def _written(room: str, *files: Words) -> list[Path]:
    paths = [Path(room, f"{k}.words") for k in range(len(files))]
    for path, words in zip(paths, files):
        path.write_bytes(to_bytes(words))
    return paths


def _ask(*arguments: str | Path, timeout: float | None) -> CheckResult:
    program = find()
    start = time.perf_counter()
    try:
        done = subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True,
                              timeout=timeout, check=False, errors="replace")
    except subprocess.TimeoutExpired:
        raise ToolError("PNN-TOOL-706", "the checker was stopped at the time limit", where=str(program),
                        expected=f"an answer within {timeout:.1f} s",
                        hint="allow more time with --timeout") from None
    except OSError as e:
        raise ToolError("PNN-TOOL-705", "the checker could not be started", where=str(program),
                        got=e) from None
    seconds = time.perf_counter() - start
    lines = done.stdout.split("\n")
    while lines and not lines[-1]:
        lines.pop()
    last = lines.pop() if lines else ""
    if (done.returncode, last.split(" ")[0]) not in ((0, "accepted"), (1, "rejected")):
        raise ToolError("PNN-TOOL-705", "the checker failed", where=str(program),
                        expected="a last line 'accepted' or 'rejected ...'",
                        got=f"exit status {done.returncode}: {(done.stderr.strip() or last)[:400]}")
    reason, detail = _reason(last)
    facts = {key: value for key, _, value in (line.partition(" ") for line in lines)}
    binary = hashlib.sha256(program.read_bytes()).hexdigest()
    return CheckResult(done.returncode == 0, reason, facts, seconds, binary, detail)


def _reason(line: str) -> tuple[str, dict[str, str]]:
    """``rejected some words word=3 left=1 right=2`` as the words and the named numbers."""
    parts = line.split()[1:]
    detail = dict(p.split("=", 1) for p in parts if "=" in p)
    return " ".join(p for p in parts if "=" not in p), detail
