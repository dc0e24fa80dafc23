"""``provenn bench``: a list of instances in, a table out; what was measured is kept."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

from provenn.cli import options
from provenn.cli.console import narrate, narration, output, say, say_json
from provenn.cli.progress import Bar
from provenn.errors import FileError, ToolError, UsageError
from provenn.io.output import write_atomically

if TYPE_CHECKING:
    from provenn.io.instances import Instance
    from provenn.verify.measure import Row

List = Annotated[
    Path, typer.Argument(metavar="CSV", help="Rows NETWORK,SPECIFICATION,SECONDS, as in VNN-COMP.")]
Out = Annotated[Path, typer.Option(metavar="FOLDER", help="Results, kept and continued from here.")]
Limit = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="For each instance, instead of its own limit.")]
Family = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this one; may be repeated.")]
Keep = Annotated[
    bool, typer.Option("--keep", help="Keep certificates, counterexamples and whole answers too.")]


def bench(
    instances: List,
    out: Out = Path("bench-results"),
    limit: Limit = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Instances at a time; more make each slower.")] = None,
    cluster: options.Cluster = None,
    memory: options.Memory = None,
    family: Family = None,
    keep: Keep = False,
    semantics: options.Semantics = None,
    ulps: options.Ulps = 4,
    again: Annotated[bool, typer.Option("--again", help="Measure anew what has been measured.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Measure nothing, show what is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No narration on stderr.")] = False,
) -> int:
    """Verify every instance of a list, each in a process of its own, and show the times.

    FOLDER gets results.csv, table.md, cactus.svg and a log an instance. After Ctrl-C the same command
    goes on where it stopped: a finished row is measured again only with --again. Exit status 2: a verdict
    contradicts the expected answer, or evidence was rejected; 1: a process failed.
    """
    output.json, output.quiet = as_json, quiet
    if limit is not None and not (math.isfinite(limit) and limit > 0):
        raise UsageError("PNN-CLI-804", "the time limit or the seed is not usable", got=f"{limit} s",
                         expected="a positive number of seconds")
    from provenn.io.instances import read
    from provenn.report import bench as report
    from provenn.verify.semantics import chosen

    chosen(semantics, ulps)
    listed = _chosen(read(instances), family)
    _folder(out)
    with _alone(out):
        rows = report.load(out / "results.csv")
        if not table:
            _measure(listed, rows, out, limit, (jobs, cluster, memory), keep, again,
                     (semantics, ulps))
        known = report.known(rows, listed)
        shown = report.table(known)
        if known:
            _write(out, shown, known)
    if as_json:
        say_json(report.data(known) | {"list": str(instances), "folder": str(out)})
    else:
        say(shown)
    return _status(known)


def _chosen(listed: list[Instance], family: list[str] | None) -> list[Instance]:
    """The instances of these families; UsageError PNN-BENCH-844 when there is none."""
    chosen = [i for i in listed if not family or i.family in family]
    if not chosen:
        raise UsageError("PNN-BENCH-844", "no instance is of this family", got=", ".join(family or ()),
                         expected=", ".join(dict.fromkeys(i.family for i in listed)))
    return chosen


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise ToolError("PNN-TOOL-703", "the file could not be written", where=str(path),
                        got=e.strerror or str(e), hint="choose another folder with --out") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other run in this folder meanwhile, however that one ends; being told to end is as Ctrl-C.

    Raises FileError (PNN-BENCH-846).
    """
    import fcntl

    told = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with (folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise FileError("PNN-BENCH-846", "another run writes to this folder", where=str(folder),
                                hint="wait for it, or choose another folder with --out") from None
            yield
    finally:
        signal.signal(signal.SIGTERM, told)


def _measure(chosen: list[Instance], rows: dict[Any, Row], out: Path, limit: float | None,
             where: tuple[int | None, str | None, float | None], keep: bool, again: bool,
             semantics: tuple[str | None, int]) -> None:
    """Bring ``rows`` and results.csv up to date, instance by instance."""
    from provenn.report.bench import known, save
    from provenn.verify.measure import Runner
    from provenn.verify.workers import Cluster, Threads

    done = {r.key: r for r in known(rows, chosen) if r.verdict != "error" and not again}
    due = [i for i in chosen if i.key not in done]
    narrate(f"{len(chosen)} instances, {len(done)} known from {out / 'results.csv'}, {len(due)} to measure")
    other = sum(done[i.key].limit != (limit or i.limit) for i in chosen if i.key in done)
    if other:
        narrate(f"{other} of the known ones had another limit; --again measures them anew")
    for folder in (out / "logs", *([out / "kept"] if keep else [])):
        folder.mkdir(exist_ok=True)
    order = {i.key: k for k, i in enumerate(chosen)}
    jobs, cluster, memory = where
    workers = Cluster(cluster, jobs) if cluster else Threads(jobs or 1)
    with Display(len(chosen), len(done)) as display:
        runner = Runner(workers, limit, out / "logs", out / "kept" if keep else None, display.started, memory,
                        semantics)
        with closing(runner.run(due)) as finished:
            for row in finished:
                rows[row.key] = row
                save(out / "results.csv", sorted(rows.values(), key=lambda r: order.get(r.key, len(order))))
                display.finished(row)


def _write(out: Path, shown: str, rows: list[Row]) -> None:
    """The table and the plot."""
    from provenn.report.cactus import cactus

    write_atomically(out / "table.md", shown + "\n")
    times = [r.whole for r in rows if r.in_time]
    write_atomically(out / "cactus.svg", cactus({f"provenn: {len(times)} of {len(rows)}": times}, len(rows)))
    narrate(f"results.csv, table.md, cactus.svg and logs are in {out}")


def _status(rows: list[Row]) -> int:
    """The exit status; what must not be overlooked is said here, narration or not."""
    for r in rows:
        if r.wrong or r.rejected:
            what = f"WRONG VERDICT: {r.verdict}, expected {r.expected}" if r.wrong else f"REJECTED: {r.note}"
            narration().print(f"[bold red]{escape(f'{what}: {r.net} {r.vnnlib}')}[/bold red]")
    if any(r.wrong or r.rejected for r in rows):
        return 2
    return int(any(r.verdict == "error" for r in rows))


class Display(Bar):
    """Progress on stderr: a line for every finished instance, and on a terminal a bar below them."""

    def __init__(self, total: int, known: int) -> None:
        super().__init__()
        self.total, self.done = total, known

    def __enter__(self) -> Display:
        self.begin(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"),
                   description="", total=self.total, completed=self.done)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        super().__exit__(kind, e, at)
        if isinstance(e, KeyboardInterrupt):
            narrate(f"{self.done} of {self.total} are kept; the same command goes on from here", self.console)

    def started(self, instance: Instance) -> None:
        """Name what runs; called from the threads that start processes."""
        if self.bar is not None:
            self.bar.update(self.task, description=escape(f"{instance.title} ({instance.limit:g} s)"))

    def finished(self, row: Row) -> None:
        """One line an instance."""
        from provenn.io.instances import stem

        self.done += 1
        if self.bar is not None:
            self.bar.update(self.task, completed=self.done)
        mark = f" WRONG, expected {row.expected}" if row.wrong else f" ({row.note})" if row.note else ""
        narrate(f"{self.done}/{self.total} {row.verdict} {row.whole:.2f} s "
                f"{stem(row.net)} {stem(row.vnnlib)}{mark}", self.console)
