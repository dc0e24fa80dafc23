"""Run ``provenn bench`` on published VNN-COMP instances and print its results beside other tools' times.

    make bench                                            # all instances, resumes where it stopped
    python benchmarks/vnncomp.py --family acasxu_2023     # one family; every option of provenn bench
    python benchmarks/vnncomp.py --table                  # only print what has been measured

The instances and the other tools' times stand in $PROVENN_SHARED/bench, or in ../shared beside the
repository; they are not part of it. Results are kept in build/bench; with the other tools in beside.md and
beside.svg.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from provenn.cli.app import INTERRUPTED, run
from provenn.io.instances import read
from provenn.io.output import write_atomically
from provenn.report.bench import Key, known, load, table
from provenn.report.cactus import cactus
from provenn.verify.measure import Row

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PROVENN_SHARED") or ROOT.parent / "shared") / "bench"
LIST = SHARED / "vnncomp" / "instances.csv"
OUT = ROOT / "build" / "bench"


def main() -> int:
    """Measure what is missing, then print everything; the exit status is that of ``provenn bench``."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = run(["bench", str(LIST), "--out", str(OUT), *sys.argv[1:]])
    if status == INTERRUPTED or not said.getvalue().startswith("Machine"):
        print(said.getvalue(), end="")
        return status
    families = [name for option, name in pairwise(sys.argv) if option == "--family"]
    listed = [i for i in read(LIST) if not families or i.family in families]
    rows = known(load(OUT / "results.csv"), listed)
    others = peers()
    shown = table(rows, {f"{tool} s": {key: text(*cell) for key, cell in cells.items()}
                         for tool, cells in others.items()})
    write_atomically(OUT / "beside.md", shown + "\n")
    write_atomically(OUT / "beside.svg", cactus(curves(rows, others), len(rows)))
    print(shown)
    return status


def peers() -> dict[str, dict[Key, tuple[str, str]]]:
    """(verdict, seconds of the whole process) by tool and instance."""
    made: dict[str, dict[Key, tuple[str, str]]] = defaultdict(dict)
    if (SHARED / "peers.csv").is_file():
        with (SHARED / "peers.csv").open(newline="") as stream:
            for r in csv.DictReader(stream):
                made[r["tool"]][r["net"], r["vnnlib"]] = r["verdict"], r["whole_process_s"]
    return {tool: made[tool] for tool in sorted(made)}


def text(verdict: str, seconds: str) -> str:
    """Seconds, or the verdict when it is none."""
    return seconds if verdict in ("sat", "unsat") else verdict


def curves(rows: list[Row], others: dict[str, dict[Key, tuple[str, str]]]) -> dict[str, list[float]]:
    """For each tool the seconds of the instances that it answered, as the list expects, by label."""
    expected = {r.key: r.expected for r in rows}
    mine = [r.whole for r in rows if r.in_time]
    made = {f"provenn: {len(mine)} of {len(rows)}": mine}
    for tool, cells in others.items():
        tried = {key: cell for key, cell in cells.items() if key in expected}
        times = [float(s) for key, (v, s) in tried.items()
                 if v in ("sat", "unsat") and expected[key] in ("", v)]
        made[f"{tool}: {len(times)} of {len(tried)} tried"] = times
    return made


if __name__ == "__main__":
    sys.exit(main())
