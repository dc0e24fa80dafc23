"""Bytes of a file on disk, unpacked when it is compressed with gzip."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

from provenn.errors import FileError

LIMIT = 1 << 31
GZIP_MAGIC = b"\x1f\x8b"


def read_bytes(path: str | Path, code: str, kind: str) -> bytes:
    """The content of ``path``; gzip is recognised by content, not by name.

    ``code`` is the error code that FileError carries and ``kind`` says in it what was expected.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileError(code, f"there is no such {kind} file", where=str(path),
                        hint="check the path") from None
    except (OSError, ValueError) as e:
        raise FileError(code, f"the {kind} file cannot be read", where=str(path), got=_reason(e),
                        hint="check the path and its permissions") from None
    return _unpack(data, path, code, kind) if data.startswith(GZIP_MAGIC) else data


def _unpack(data: bytes, path: Path, code: str, kind: str) -> bytes:
    """Unpack up to LIMIT bytes, so that a small file cannot fill the memory."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            out = stream.read(LIMIT + 1)
    except (OSError, EOFError, zlib.error) as e:
        raise FileError(code, f"the compressed {kind} file is damaged", where=str(path),
                        got=_reason(e), hint="copy or download it again") from None
    if len(out) > LIMIT:
        raise FileError(code, f"the compressed {kind} file is too large", where=str(path),
                        expected=f"at most {LIMIT} bytes unpacked", hint="unpack it and check what it is")
    return out


def _reason(e: Exception) -> str:
    return getattr(e, "strerror", None) or str(e) or type(e).__name__
