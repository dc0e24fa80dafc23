"""Results of a benchmark: the file that a run goes on from, the table, and the data of ``--json``."""

from __future__ import annotations

import csv
import io
import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from provenn import __version__
from provenn.errors import FileError
from provenn.io.files import read_bytes
from provenn.io.instances import Instance, stem
from provenn.io.output import write_atomically
from provenn.verify.measure import Row

FORMAT = "provenn-bench-1"
FIELDS = [f.name for f in fields(Row)]
NUMBERS = {"limit": float, "whole": float, "solve": float, "check": float,
           "jobs": int, "bytes": int, "leaves": int}
ALWAYS = ("limit", "jobs", "whole", "verdict")
Key = tuple[str, str]


def load(path: Path) -> dict[Key, Row]:
    """Rows measured before, none when the file is not there.

    Raises FileError (PNN-BENCH-845) for a file that ``save`` did not write.
    """
    if not path.exists():
        return {}
    try:
        text = read_bytes(path, "PNN-BENCH-845", "results").decode()
        rows = [_row(cells) for cells in csv.DictReader(io.StringIO(text, newline=""), strict=True)]
    except (ValueError, TypeError, csv.Error) as e:
        if isinstance(e, FileError):
            raise
        raise FileError("PNN-BENCH-845", "these results were not written by this version", where=str(path),
                        expected=",".join(FIELDS), got=e, hint="choose another folder with --out") from None
    return {r.key: r for r in rows}


def _row(cells: dict[str, Any]) -> Row:
    """The row of one line; ValueError or TypeError when it is not one."""
    if list(cells) != FIELDS or None in cells.values() or not all(cells[f] for f in ALWAYS):
        raise ValueError("columns or cells that do not belong there, or none")
    values: dict[str, Any] = {f: NUMBERS[f](v) if v else None for f, v in cells.items() if f in NUMBERS}
    return Row(**cells | values)


def known(rows: Mapping[Key, Row], instances: Iterable[Instance]) -> list[Row]:
    """The rows that were measured on these very files, with what the list says of them now."""
    return [replace(r, family=i.family, expected=i.expected) for i in instances
            if (r := rows.get(i.key)) is not None and r.files == i.files]


def save(path: Path, rows: Iterable[Row]) -> None:
    """All rows, whole or not at all."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows([getattr(r, f) for f in FIELDS] for r in rows)
    write_atomically(path, stream.getvalue())


def data(rows: Sequence[Row]) -> dict[str, Any]:
    """Everything as plain data."""
    return {"format": FORMAT, "machine": machine(), "provenn": __version__, "families": families(rows),
            "wrong": [list(r.key) for r in rows if r.wrong],
            "results": [asdict(r) | {"wrong": r.wrong, "in_time": r.in_time} for r in rows]}


def machine() -> str:
    """What the times were measured on, as far as the present machine tells."""
    return f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}"


def families(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For each family, then for all: counts, and medians over what was decided in time."""
    names = [*dict.fromkeys(r.family for r in rows), "all"]
    return [{"family": name} | _figures([r for r in rows if name in (r.family, "all")]) for name in names]


def _figures(rows: Sequence[Row]) -> dict[str, Any]:
    good = [r for r in rows if r.in_time]
    ratios = [r.check / max(r.solve or 0.0, 1e-3) for r in good if r.check is not None]
    return {"instances": len(rows), "decided": len(good), "wrong": sum(r.wrong for r in rows),
            "errors": sum(r.verdict == "error" for r in rows),
            "median_whole": statistics.median([r.whole for r in good]) if good else None,
            "median_check_per_solve": statistics.median(ratios) if ratios else None,
            "largest_certificate": max((r.bytes or 0 for r in good), default=0)}


def table(rows: Sequence[Row], beside: Mapping[str, Mapping[Key, str]] | None = None) -> str:
    """Markdown that also reads as text: one line an instance, then one a family.

    ``beside`` gives further columns, such as other tools' times, by instance.
    """
    beside = beside or {}
    head = ["instance", "expected", "verdict", "whole s", "solve s", "check s", "bytes", "leaves", *beside]
    body = [[f"{r.family}: {stem(r.net)} {stem(r.vnnlib)}", r.expected, _verdict(r), _seconds(r.whole),
             _seconds(r.solve), _seconds(r.check), _count(r.bytes), _count(r.leaves),
             *(column.get(r.key, "") for column in beside.values())] for r in rows]
    short = [[f["family"], f"{f['decided']} of {f['instances']}", str(f["wrong"]), str(f["errors"]),
              _seconds(f["median_whole"]), _seconds(f["median_check_per_solve"])] for f in families(rows)]
    jobs = {r.jobs for r in rows} - {1}
    crowded = f"; {max(jobs)} at a time, so times are those of a busy machine" if jobs else ""
    return "\n".join([
        f"Machine: {machine()}{crowded}", "", *_lines(head, body), "",
        *_lines(["family", "decided in time", "wrong", "errors", "median s", "check/solve"], short)])


def _verdict(row: Row) -> str:
    """The word, and what people must not overlook."""
    late = row.verdict in ("sat", "unsat") and row.whole > row.limit
    mark = "WRONG" if row.wrong else row.note or ("late" if late else "")
    about = f" ({row.semantics})" if row.semantics and row.verdict == "unsat" else ""
    return f"{row.verdict}{about} ({mark})" if mark else f"{row.verdict}{about}"


def _lines(head: list[str], body: list[list[str]]) -> list[str]:
    """A table of Markdown with columns of one width; numbers stand to the right."""
    cells = [head, *([c.replace("|", "/") for c in line] for line in body)]
    widths = [max(3, *map(len, column)) for column in zip(*cells)]
    right = [all(c[:1].isdigit() or c in ("", "-") for c in column[1:]) and any(column[1:])
             for column in zip(*cells)]
    lines = ["| " + " | ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right)) + " |"
             for line in cells]
    rule = "|" + "|".join("-" * (w + 1) + (":" if r else "-") for w, r in zip(widths, right)) + "|"
    return [lines[0], rule, *lines[1:]]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _count(value: int | None) -> str:
    return "-" if value is None else str(value)
