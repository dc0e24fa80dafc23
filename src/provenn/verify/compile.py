"""Compile the certificate checker from its committed OCaml sources.

Uses the standard library only, so that the wheel's build hook can run it before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from provenn.errors import ToolError

COMPILER = "ocamlopt"
FLAGS = ("-O3", "-inline", "1000", "-w", "-a")
LIMIT_SECONDS = 300


def sources(folder: Path) -> list[Path]:
    """The OCaml files of the checker: the extraction, its small shims and the driver."""
    rooms = (folder, folder / "extracted")
    return sorted(p for room in rooms for p in room.glob("*.ml*") if p.suffix in (".ml", ".mli"))


def arithmetic_sources(folder: Path) -> list[Path]:
    """The OCaml files of the program of binary32 arithmetic: no part of the checker, used by tests."""
    shared = [folder / name for name in ("farray.ml", "float64.ml", "uint63.ml")]
    own = [*(folder / "float").glob("*.ml"), *(folder / "extracted" / "float").glob("*.ml*")]
    return sorted([*shared, *own])


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of the sources and the compiler flags."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sources(folder):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def compile_checker(folder: Path, target: Path, *, static: bool = False) -> Path:
    """Compile the checker's sources in ``folder`` into the program ``target`` and return ``target``.

    Raises what ``compile_program`` raises.
    """
    return compile_program(sources(folder), target, static=static)


def compile_program(files: list[Path], target: Path, *, static: bool = False) -> Path:
    """Compile OCaml files, in the order of their dependences, into the program ``target``.

    Raises ToolError: PNN-TOOL-701 without an OCaml compiler, PNN-TOOL-702 when compilation fails.
    """
    if shutil.which(COMPILER) is None:
        raise ToolError("PNN-TOOL-701", "the checker is not built and there is no OCaml compiler",
                        expected=f"{COMPILER} on the PATH, or the built checker named by PROVENN_CHECKER",
                        hint="apt-get install ocaml-nox (macOS: brew install ocaml), then try again")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".checker-") as room:
        for path in files:
            shutil.copy(path, Path(room, path.name))
        names = [p.name for p in files]
        order = _call(["ocamldep", "-sort", *names], room).split()
        extra = ["-ccopt", "-static"] if static else []
        _call([COMPILER, *FLAGS, *extra, "unix.cmxa", *order, "-o", "provenn-checker"], room)
        os.replace(Path(room, "provenn-checker"), target)
    return target


def _call(command: list[str], room: str) -> str:
    try:
        done = subprocess.run(command, cwd=room, capture_output=True, text=True, timeout=LIMIT_SECONDS,
                              check=False)
    except (OSError, subprocess.TimeoutExpired) as e:
        raise ToolError("PNN-TOOL-702", "the checker could not be compiled", where=command[0],
                        got=e) from None
    if done.returncode:
        raise ToolError("PNN-TOOL-702", "the checker could not be compiled", where=" ".join(command[:2]),
                        got=(done.stderr or done.stdout).strip()[:800],
                        hint="check that the files in checker/ are unchanged: git status checker")
    return done.stdout
