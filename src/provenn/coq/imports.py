"""The Coq files that a user's file has loaded besides Coq's libraries, the installed ones and ours.

Coq itself says which libraries are there once the file is imported, and from which compiled file each came;
the source is the file beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from provenn.coq.coqc import coqc, where
from provenn.errors import ToolError

LIBRARIES = 'Redirect "libraries" Print Libraries.\n'
LOCATE = "Require {module}.\nSet Printing Width 1000000.\n"
LOADED = re.compile(r"^(\S+) has been loaded from file (.+)\.vo$", re.MULTILINE)


def imported(path: Path, printed: str, room: Path, flags: Sequence[str], timeout: float) -> dict[str, str]:
    """SHA-256 of each source by logical name; ``printed`` is what ``LIBRARIES`` said after ``path``.

    Raises ToolError PNN-TOOL-743 where a compiled file has no source beside it, else as ``coqc`` does.
    """
    installed = {p.name for p in (where() / "user-contrib").glob("*")} | {"Coq", "Provenn"}
    names = [name for name in re.findall(r"^\s+(\S+)$", printed, re.MULTILINE) if name != path.stem]
    asked = [name for name in names if flags or name.partition(".")[0] not in installed]
    if not asked:
        return {}
    ask = path.with_name("Provenn_imports.v")
    lines = [LOCATE.format(module=path.stem), *(f"Locate Library {name}.\n" for name in asked)]
    ask.write_text("".join(lines))
    said = coqc(ask, room, flags, timeout, "libraries that were loaded before", "please report this")
    made = {name: Path(f"{file}.v").resolve() for name, file in LOADED.findall(said.printed)}
    if len(made) != len(asked):
        raise ToolError("PNN-TOOL-743", "Coq does not say where it loaded libraries from", where=str(path),
                        expected=f"{len(asked)} libraries", got=len(made))
    others = [where().resolve(), room.resolve()]
    own = {name: file for name, file in sorted(made.items())
           if not any(file.is_relative_to(folder) for folder in others)}
    return {name: _sha256(name, file) for name, file in own.items()}


def _sha256(name: str, file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as e:
        raise ToolError("PNN-TOOL-743", "the source of an imported library cannot be read", where=str(file),
                        expected=f"{name}, beside its compiled file", got=e.strerror or str(e),
                        hint="the manifest has the hash of every source: keep them where they were compiled"
                        ) from None
