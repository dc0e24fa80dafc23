"""Lists of verification instances: CSV files as in VNN-COMP, without a header or with one."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provenn.errors import FileError
from provenn.io.files import read_bytes

PLAIN = ("net", "vnnlib", "limit")
SPELLINGS = {
    "net": ("net", "onnx", "network", "model"), "vnnlib": ("vnnlib", "property", "spec"),
    "limit": ("timeout", "timeout_s", "limit"), "family": ("family", "benchmark", "category"),
    "expected": ("expected", "answer"),
}
NOT_KNOWN = ("", "-", "?", "unknown", "timeout", "timed-out")
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Instance:
    """A network and a specification, named as in the list, with seconds to answer in.

    ``expected`` is ``sat``, ``unsat``, or empty when no one knows; ``files`` names the contents of both.
    """

    family: str
    net: str
    vnnlib: str
    limit: float
    expected: str
    folder: Path
    files: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What names it in its list."""
        return self.net, self.vnnlib

    @property
    def paths(self) -> tuple[Path, Path]:
        """Where both files are; the compressed one where only that is there, as in VNN-COMP's folders."""
        return _present(self.folder / self.net), _present(self.folder / self.vnnlib)

    @property
    def title(self) -> str:
        """Both names without folders and endings."""
        return f"{stem(self.net)} {stem(self.vnnlib)}"


def stem(name: str) -> str:
    """The last part of a path without what tells its kind.

    Example:
        >>> stem("acasxu/vnnlib/prop_1.vnnlib.gz"), stem("onnx/net_1.5.onnx")
        ('prop_1', 'net_1.5')
    """
    name = Path(name).name.removesuffix(".gz")
    return name.rpartition(".")[0] or name


def read(path: Path) -> list[Instance]:
    """The instances of a CSV file; paths are relative to its folder, and an instance stands there once.

    Without a header a row is network, specification, seconds. A header names these, and may name a
    family and an expected answer; other columns are passed over.
    Raises FileError: PNN-BENCH-841 for the file, -842 for a row, -843 for instances without their files.
    """
    try:
        text = read_bytes(path, "PNN-BENCH-841", "instance list").decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FileError("PNN-BENCH-841", "the instance list is not text", where=str(path), got=e.reason,
                        expected="a CSV file in UTF-8") from None
    made: dict[tuple[str, str], Instance] = {}
    columns: Sequence[str] = ()
    for line, cells in _rows(path, text):
        if not columns:
            columns = _columns(path, cells)
            if columns is not PLAIN:
                continue
        instance = _instance(path, line, columns, cells)
        made.setdefault(instance.key, instance)
    if not made:
        raise FileError("PNN-BENCH-841", "the instance list is empty", where=str(path),
                        expected="rows NETWORK.onnx,SPECIFICATION.vnnlib,SECONDS")
    return _with_contents(path, list(made.values()))


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of every line that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                yield reader.line_num, [c.strip() for c in cells]
    except csv.Error as e:
        raise _malformed(path, reader.line_num, "cells separated by commas, quotes closed", str(e)) from None


def _columns(path: Path, first: list[str]) -> Sequence[str]:
    """Our name of each column: PLAIN when the first row is an instance already."""
    if any(c.endswith((".vnnlib", ".vnnlib.gz")) for c in first):
        return PLAIN
    names = {spelt: ours for ours, known in SPELLINGS.items() for spelt in known}
    columns = [names.get(c.lower(), "") for c in first]
    lacking = [SPELLINGS[ours][0] for ours in PLAIN if columns.count(ours) != 1]
    if lacking:
        raise _malformed(path, 1, "a header with net, vnnlib and timeout, or NETWORK,SPECIFICATION,SECONDS",
                         f"{','.join(first)[:80]} (not there, or there twice: {', '.join(lacking)})")
    return columns


def _instance(path: Path, line: int, columns: Sequence[str], cells: list[str]) -> Instance:
    """The instance of one row."""
    if len(cells) != len(columns):
        raise _malformed(path, line, f"{len(columns)} cells", f"{len(cells)}: {','.join(cells)[:80]}")
    row = dict(zip(columns, cells))
    if not row["net"] or not row["vnnlib"]:
        raise _malformed(path, line, "the names of a network and of a specification", "an empty cell")
    try:
        limit = float(row["limit"])
    except ValueError:
        limit = 0.0
    if not (math.isfinite(limit) and limit > 0):
        raise _malformed(path, line, "a positive number of seconds", row["limit"] or "an empty cell")
    expected = row.get("expected", "").lower()
    if expected not in ("sat", "unsat", *NOT_KNOWN):
        raise _malformed(path, line, "sat, unsat or nothing as the expected answer", row["expected"])
    family = row.get("family") or path.resolve().parent.name
    return Instance(family, row["net"], row["vnnlib"], limit,
                    "" if expected in NOT_KNOWN else expected, path.parent)


def _with_contents(path: Path, instances: list[Instance]) -> list[Instance]:
    """The same, each with the name of its files' contents."""
    missing = list(dict.fromkeys(str(p) for i in instances for p in i.paths if not p.is_file()))
    if missing:
        more = [f"… and {len(missing) - SHOWN} more"] if len(missing) > SHOWN else []
        raise FileError("PNN-BENCH-843", "files of the instance list are missing", where=str(path),
                        got="\n".join([*missing[:SHOWN], *more]),
                        hint="paths are relative to the folder of the list; .gz is tried too")
    names: dict[Path, str] = {}
    for p in (p for i in instances for p in i.paths):
        if p not in names:
            names[p] = _named(read_bytes(p, "PNN-BENCH-843", "listed"))
    return [replace(i, files=_named("".join(names[p] for p in i.paths).encode())[:16]) for i in instances]


def _named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _present(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    return packed if packed.is_file() and not path.exists() else path


def _malformed(path: Path, line: int, expected: str, got: str) -> FileError:
    return FileError("PNN-BENCH-842", "a row of the instance list is not right",
                     where=f"{path}, line {line}", expected=expected, got=got,
                     hint="rows are NETWORK.onnx,SPECIFICATION.vnnlib,SECONDS, or as a header says")
