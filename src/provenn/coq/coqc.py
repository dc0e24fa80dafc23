"""Run Coq on a file of ours, and say what it took and what the theorem rests on."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenn.coq.trust import NAME
from provenn.errors import CertificateError, ToolError

THEORIES = Path(__file__).resolve().parents[3] / "theories"
# Coq walks through terms recursively, and a list of a hundred thousand numbers is deeper than 8 MiB of stack.
DEEP = 'ulimit -S -s 4194304 2>/dev/null || ulimit -S -s "$(ulimit -H -s)"; exec coqc "$@"'


@dataclass(frozen=True, slots=True)
class Compiled:
    """A file that Coq accepted: seconds, peak memory in bytes, names of the axioms it printed."""

    seconds: float
    peak: int
    axioms: tuple[str, ...]
    printed: str


def theories_in(theories: Path | None = None) -> Path:
    """The folder of the compiled theories; ToolError PNN-TOOL-741 when they or Coq are missing.

    Where none is named, those of the source tree, or else those that are installed with Coq.
    """
    room = theories or THEORIES
    if theories is None and not _compiled(room) and shutil.which("coqc") is not None:
        installed = where() / "user-contrib" / "Provenn"
        room = installed if _compiled(installed) else room
    if shutil.which("coqc") is None or not _compiled(room):
        raise ToolError("PNN-TOOL-741", "Coq or the compiled theories are missing", where=str(room),
                        expected="coqc on the path, and theories/Interface/SpecProof.vo",
                        hint="in the source tree: make coq; elsewhere name them with --theories")
    return room.resolve()


def where() -> Path:
    """The folder of Coq's own library, in which ``user-contrib`` holds the installed ones."""
    said = subprocess.run(["coqc", "-where"], capture_output=True, text=True, timeout=60, check=False)
    return Path(said.stdout.strip())


def _compiled(room: Path) -> bool:
    return (room / "Interface" / "SpecProof.vo").is_file()


def coqc(path: Path, theories: Path | None = None, flags: Sequence[str] = (), timeout: float = 3600.0,
         expected: str = "a certificate that the checker accepts",
         hint: str = "provenn check says why the checker rejects") -> Compiled:
    """Compile ``path`` with the compiled theories in ``theories``, and further ``flags`` of coqc.

    ``expected`` and ``hint`` are what the error says where Coq refuses. Raises ToolError
    PNN-TOOL-741 when Coq or the theories are missing, CertificateError PNN-CERT-622 when Coq
    refuses the file, PNN-TOOL-742 when it takes longer than ``timeout`` seconds.
    """
    start = time.perf_counter()
    command = ["sh", "-c", DEEP, "coqc", *flags, "-R", str(theories_in(theories)), "Provenn", "-w", "none",
               path.name]
    try:
        done = subprocess.run(command, cwd=path.resolve().parent, capture_output=True, text=True,
                              timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise ToolError("PNN-TOOL-742", "Coq was stopped at the time limit", where=str(path),
                        got=f"{timeout:g} s", hint="use the extracted checker: provenn check") from None
    seconds = time.perf_counter() - start
    if done.returncode:
        said = re.sub(r"\s+", " ", done.stderr.strip())
        raise CertificateError("PNN-CERT-622", "Coq refused the file", where=str(path),
                               expected=expected, got=said[-300:], hint=hint)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Compiled(seconds, peak, tuple(NAME.findall(done.stdout)), done.stdout)


def version() -> str:
    """The version of Coq on the path, such as 8.16.1; empty when there is none."""
    try:
        done = subprocess.run(["coqc", "-print-version"], capture_output=True, text=True, timeout=60,
                              check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition(" ")[0].strip()
