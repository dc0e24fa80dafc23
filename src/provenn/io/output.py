"""Files that users asked for appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from provenn.errors import ToolError


def write_atomically(path: str | Path, data: bytes | str) -> None:
    """Write ``data`` beside ``path`` under a passing name, then rename; nothing partial ever stays.

    Raises ToolError (PNN-TOOL-703) when the folder is missing or closed to us, or the disk is full.
    """
    path = Path(path)
    passing = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    raw = data.encode() if isinstance(data, str) else data
    try:
        try:
            with passing.open("wb") as stream:
                stream.write(raw)
                stream.flush()
                os.fsync(stream.fileno())
            passing.replace(path)
        finally:
            passing.unlink(missing_ok=True)
    except OSError as e:
        raise ToolError("PNN-TOOL-703", "the file could not be written", where=str(path),
                        got=e.strerror or str(e),
                        hint="check the folder, its permissions and free disk space") from None


def check_writable(path: Path | None) -> None:
    """Fail before the work instead of after it: the folder of ``path`` must take new files.

    Raises ToolError (PNN-TOOL-703).
    """
    if path is not None and (path.is_dir() or not os.access(path.resolve().parent, os.W_OK)):
        raise ToolError("PNN-TOOL-703", "the file could not be written", where=str(path),
                        got="its folder does not exist or cannot be written, or it is a folder itself",
                        hint="check the folder, its permissions and free disk space")
