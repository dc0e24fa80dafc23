"""The checker's program, run on many triples of files with a limit on memory and time.

A triple is three byte strings: graph, property, certificate. Whatever they hold, the program must end
with status 0 and ``accepted``, status 1 and ``rejected`` with a reason, or status 2 and ``error``.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.float64]
Part = Words | bytes
Triple = tuple[Part, Part, Part]

MEMORY_KIB, SECONDS, CHUNK = 2 << 20, 10, 2000
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
SCRIPT = f"""
ulimit -c 0; ulimit -v {MEMORY_KIB}; ulimit -t {SECONDS}
while read -r g p c; do "$0" "$g" "$p" "$c" 2>&1; echo "status $?"; done
"""
NUMBER = r"-?(?:\d[\d.]*(?:e[+-]?\d+)?|nan|inf)"
REJECTED = re.compile(rf"rejected ([a-z-]+) word=(-?\d+) left=({NUMBER}) right=({NUMBER})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the checker said about one triple; ``left`` and ``right`` are the sides of the failed test."""

    kind: str
    reason: str = ""
    word: int = 0
    left: float = 0.0
    right: float = 0.0

    @property
    def accepted(self) -> bool:
        """True when the checker accepted."""
        return self.kind == "accepted"


class Misbehaved(AssertionError):
    """The checker crashed, hung, or said something that it never should."""


def answer_of(lines: Sequence[str], status: int) -> Answer:
    """The answer in the lines that one run printed."""
    last = lines[-1] if lines else ""
    if status == 0 and last == "accepted":
        return Answer("accepted")
    if status == 2 and len(lines) == 1 and last.startswith("error "):
        return Answer("error", last)
    said = REJECTED.fullmatch(last)
    if status == 1 and said:
        reason, word, left, right = said.groups()
        return Answer("rejected", reason, int(word), float(left), float(right))
    raise Misbehaved(f"status {status}, output {list(lines)[-4:]}")


class Judge:
    """Calling it with triples gives an answer for each, and counts them in ``tally``."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self.tally: Counter[str] = Counter()

    def __call__(self, triples: Iterable[Triple]) -> list[Answer]:
        """Raises Misbehaved when the program crashes or exceeds its limits."""
        made: list[Answer] = []
        todo = list(triples)
        for start in range(0, len(todo), CHUNK):
            made += self._chunk(todo[start : start + CHUNK])
        self.tally.update(a.reason if a.kind == "rejected" else a.kind for a in made)
        return made

    def one(self, graph: Part, prop: Part, certificate: Part) -> Answer:
        """The answer for one triple."""
        return self([(graph, prop, certificate)])[0]

    def _chunk(self, triples: Sequence[Triple]) -> list[Answer]:
        with tempfile.TemporaryDirectory(prefix="forgery-", dir=MEMORY) as room:
            names: dict[bytes, str] = {}
            rows = [" ".join(_file(room, part, names) for part in triple) for triple in triples]
            return self.paths(rows)

    def paths(self, rows: Sequence[str]) -> list[Answer]:
        """Answers for lines of three paths each (without spaces in them)."""
        done = subprocess.run(
            ["sh", "-c", SCRIPT, str(self.program)],
            input="\n".join([*rows, ""]),
            text=True,
            capture_output=True,
            check=False,
            errors="replace",
            timeout=60 + SECONDS * len(rows),
        )
        made: list[Answer] = []
        lines: list[str] = []
        for line in done.stdout.splitlines():
            if line.startswith("status "):
                made.append(answer_of(lines, int(line.split()[1])))
                lines = []
            else:
                lines.append(line)
        if len(made) != len(rows):
            raise Misbehaved(f"{len(rows)} runs, {len(made)} answers: {done.stderr[-400:]}")
        return made


def _file(room: str, part: Part, names: dict[bytes, str]) -> str:
    data = part if isinstance(part, bytes) else np.ascontiguousarray(part, "<f8").tobytes()
    if data not in names:
        names[data] = f"{room}/{len(names)}"
        Path(names[data]).write_bytes(data)
    return names[data]
