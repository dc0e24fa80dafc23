"""Run provenn on published VNN-COMP instances and print its results beside other tools' times.

    make bench                                            # all instances, resumes where it stopped
    python benchmarks/vnncomp.py --family acasxu_2023      # one family
    python benchmarks/vnncomp.py --table                   # only print what has been measured

The instances stand in $PROVENN_SHARED/bench/vnncomp, or in ../shared beside the repository; they are not
part of it. Each runs as its own process with its own time limit, so start-up is counted. Results are kept in
build/bench/vnncomp.csv, one row an instance; a row is measured again only with --again, or when it was an
error of ours.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PROVENN_SHARED") or ROOT.parent / "shared") / "bench"
GRACE = 20.0
FIELDS = ["family", "net", "vnnlib", "limit", "expected", "verdict", "whole", "solve", "check", "bytes",
          "leaves", "note"]


def main() -> int:
    """Measure what is missing, then print the table; exit status 1 for a wrong verdict."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", help="only this family; may be repeated")
    parser.add_argument("--limit", type=float, help="seconds an instance, instead of its own limit")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench" / "vnncomp.csv")
    parser.add_argument("--again", action="store_true", help="measure anew what has been measured")
    parser.add_argument("--table", action="store_true", help="measure nothing")
    options = parser.parse_args()
    if not (SHARED / "vnncomp").is_dir():
        print(f"no instances: {SHARED}/vnncomp does not exist (set PROVENN_SHARED)", file=sys.stderr)
        return 1
    rows = read(options.out)
    for instance in csv.DictReader((SHARED / "vnncomp" / "instances.csv").open()):
        key = (instance["net"], instance["vnnlib"])
        wanted = not options.family or instance["benchmark"] in options.family
        stale = options.again or key not in rows or rows[key]["verdict"] == "error"
        if wanted and not options.table and stale:
            rows[key] = measure(instance, options.limit or float(instance["timeout_s"]))
            print(" ".join(rows[key][f] for f in ("net", "vnnlib", "verdict", "whole", "note")),
                  file=sys.stderr)
            write(options.out, rows)
    chosen = [r for r in rows.values() if not options.family or r["family"] in options.family]
    print(table(chosen))
    return int(any(wrong(r) for r in chosen))


def measure(instance: dict[str, str], limit: float) -> dict[str, str]:
    """One instance in a process of its own."""
    row = dict.fromkeys(FIELDS, "")
    row |= {"family": instance["benchmark"], "net": instance["net"], "vnnlib": instance["vnnlib"],
            "limit": f"{limit:g}", "expected": instance["expected"]}
    files = [str(SHARED / "vnncomp" / instance[k]) for k in ("net", "vnnlib")]
    start = time.perf_counter()
    try:
        done = subprocess.run([sys.executable, "-m", "provenn", "verify", *files, "--json", "-q",
                               "--timeout", f"{limit:g}"], capture_output=True, text=True,
                              timeout=limit + GRACE, check=False)
    except subprocess.TimeoutExpired:
        return row | {"verdict": "timed-out", "whole": f"{limit + GRACE:.1f}", "note": "stopped from outside"}
    row["whole"] = f"{time.perf_counter() - start:.2f}"
    try:
        data = json.loads(done.stdout)
    except json.JSONDecodeError:
        return row | {"verdict": "error", "note": (done.stderr.strip().split("\n") or [""])[0][:120]}
    if data["answer"] is None:
        said = " ".join(data["error"][k] for k in ("code", "what", "got"))
        kind = "error" if said.startswith("PNN-CLI") else "refused"
        return row | {"verdict": kind, "note": " ".join(said.split())[:120]}
    proof = data["proof"]
    checked = proof is not None and proof["checker"] is not None
    return row | {
        "verdict": data["answer"], "solve": f"{data['seconds']['read'] + data['seconds']['search']:.2f}",
        "check": f"{proof['checker']['seconds']:.2f}" if checked else "",
        "bytes": str(proof["certificate"]["bytes"]) if proof else "",
        "leaves": str(data["search"].get("leaves", "")), "note": (data["problem"] or "").split("\n")[0]}


def read(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Rows measured before."""
    if not path.is_file():
        return {}
    return {(r["net"], r["vnnlib"]): r for r in csv.DictReader(path.open())}


def write(path: Path, rows: dict[tuple[str, str], dict[str, str]]) -> None:
    """All rows, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_suffix(".new")
    with passing.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS)
        writer.writeheader()
        writer.writerows(rows.values())
    passing.replace(path)


def wrong(row: dict[str, str]) -> bool:
    """A verdict that contradicts the known answer."""
    return {row["verdict"], row["expected"]} == {"sat", "unsat"}


def peers() -> dict[tuple[str, str], dict[str, str]]:
    """Other tools on the same instances: 'seconds', or the verdict when it is none."""
    out: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    if (SHARED / "peers.csv").is_file():
        for r in csv.DictReader((SHARED / "peers.csv").open()):
            decided = r["verdict"] in ("sat", "unsat")
            out[r["net"], r["vnnlib"]][r["tool"]] = r["whole_process_s"] if decided else r["verdict"]
    return out


def table(rows: list[dict[str, str]]) -> str:
    """Markdown: one line an instance, then one a family."""
    others = peers()
    tools = sorted({t for times in others.values() for t in times})
    head = ["instance", "expected", "verdict", "solve s", "check s", "bytes", "whole s"]
    head += [f"{t} s" for t in tools]
    machine = f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    lines = [f"Machine: {machine}", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for r in rows:
        name = f"{r['family']}: {Path(r['net']).stem} {Path(r['vnnlib']).name.split('.vnnlib')[0]}"
        mark = " **WRONG**" if wrong(r) else f" ({r['note']})" if r["note"] else ""
        theirs = [others[r["net"], r["vnnlib"]].get(t, "") for t in tools]
        own = [r["solve"], r["check"], r["bytes"], r["whole"]]
        cells = [name, r["expected"], r["verdict"] + mark, *own, *theirs]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| family | decided | median whole s | median check/solve |", "|---|---|---|---|"]
    families: dict[str, list[dict[str, str]]] = defaultdict(list)
    for r in rows:
        families[r["family"]].append(r)
    for family, members in [*families.items(), ("all", rows)]:
        good = [r for r in members if r["verdict"] in ("sat", "unsat") and not wrong(r)]
        times = [float(r["whole"]) for r in good]
        ratios = [float(r["check"]) / max(float(r["solve"]), 1e-3) for r in good if r["check"]]
        middle = [f"{statistics.median(v):.2f}" if v else "-" for v in (times, ratios)]
        lines.append(f"| {family} | {len(good)} of {len(members)} | {middle[0]} | {middle[1]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
