"""``provenn sweep``: how accurate a library's function is, over all binary32 inputs or a part of them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provenn.cli.console import narrate, output, say, say_json
from provenn.cli.progress import Bar
from provenn.errors import UsageError
from provenn.io.output import check_writable, write_atomically

if TYPE_CHECKING:
    from provenn.eval.accuracy.sweep import Measured, Span

FORMAT = "provenn-sweep-1"
EVERY_SECONDS = 5.0


def sweep(
    function: Annotated[str, typer.Argument(metavar="FUNCTION",
                                            help="exp, log, tanh, sigmoid, sin, cos, erf or sqrt.")],
    library: Annotated[str, typer.Option(metavar="numpy|torch|onnxruntime|xla",
                                         help="Whose function.")] = "numpy",
    bounds: Annotated[str | None, typer.Option("--range", metavar="LOW:HIGH",
                                               help="Only the numbers from LOW to HIGH.")] = None,
    every: Annotated[int, typer.Option(min=1, metavar="N", help="Only every N-th input.")] = 1,
    result: Annotated[Path | None, typer.Option("--output", metavar="FILE.json",
                                                help="Progress and result.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; 2 or the cores, if fewer.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No narration on stderr.")] = False,
) -> None:
    """Measure the accuracy of a function in ulps against correctly rounded values.

    After an interruption the same command goes on where it stopped.
    """
    output.json, output.quiet = as_json, quiet
    from provenn.eval.accuracy.libraries import function_of
    from provenn.eval.accuracy.oracle import mpfr

    span = _span(function, library, bounds, every)
    mpfr()
    function_of(library, function, 1)
    path = result or Path(f"sweep-{function}-{library}.json")
    check_writable(path)
    state = State(path, function, library, span)
    waiting = [k for k in span.chunks() if k not in state.done]
    if state.done:
        narrate(f"going on: {len(state.done)} of {len(state.done) + len(waiting)} chunks are in {path}")
    count = jobs or min(2, os.cpu_count() or 1)
    with Chunks(len(state.done) + len(waiting), len(state.done), f"{function} of {library}") as bar:
        try:
            for k, made in _measured(function, library, span, waiting, count):
                state.take(k, made)
                bar.step(len(state.done))
        finally:
            state.save()
    data = state.data()
    if as_json:
        say_json(data)
    else:
        _print(data, state.total)


class State:
    """The file with what is done; UsageError PNN-CLI-835 when it belongs to another sweep."""

    def __init__(self, path: Path, function: str, library: str, span: Span) -> None:
        from provenn.eval.accuracy.libraries import version
        from provenn.eval.accuracy.sweep import Measured

        self.path, self.total, self.saved = path, Measured(), time.monotonic()
        self.done: set[int] = set()
        self.header = {"format": FORMAT, "function": function, "library": library,
                       "version": version(library), "bounds": list(span.bounds) if span.bounds else None,
                       "every": span.every, "inputs": len(span), "chunks": len(list(span.chunks()))}
        if path.exists():
            self._resume(path)

    def _resume(self, path: Path) -> None:
        try:
            old = json.loads(path.read_text())
            found = {k: old.get(k) for k in self.header}
            if found == self.header:
                self.done = {int(k) for k in old["done"]}
                self.total = type(self.total)(**old["measured"])
                return
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            found = {}
        raise UsageError("PNN-CLI-835", "this file is no progress of this sweep", where=str(path),
                         expected=_told({k: v for k, v in self.header.items() if found.get(k) != v}),
                         got=_told({k: found.get(k) for k, v in self.header.items() if found.get(k) != v}),
                         hint="give another --output, or remove the file")

    def take(self, chunk: int, made: Measured) -> None:
        """Add one chunk; write the file now and then."""
        self.total.add(made)
        self.done.add(chunk)
        if time.monotonic() - self.saved > EVERY_SECONDS:
            self.save()

    def save(self) -> None:
        """Write the file whole."""
        write_atomically(self.path, json.dumps({**self.data(), "done": sorted(self.done)}) + "\n")
        self.saved = time.monotonic()

    def data(self) -> dict[str, Any]:
        """Header and findings."""
        return {**self.header, "complete": len(self.done) == self.header["chunks"],
                "measured": self.total.data()}


class Chunks(Bar):
    """A bar of chunks on a terminal, a line every few seconds elsewhere."""

    def __init__(self, total: int, completed: int, what: str) -> None:
        super().__init__()
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

        self.total, self.what, self.last = total, what, time.monotonic()
        self.begin(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"),
                   TimeRemainingColumn(), description=what, total=total, completed=completed)

    def step(self, completed: int) -> None:
        """So many chunks are done."""
        if self.bar is not None:
            self.bar.update(self.task, completed=completed)
        elif time.monotonic() - self.last > EVERY_SECONDS:
            self.last = time.monotonic()
            narrate(f"{self.what}: {completed} of {self.total} chunks", self.console)


def _told(facts: dict[str, Any]) -> str:
    return ", ".join(f"{k} {v}" for k, v in facts.items())


def _measured(function: str, library: str, span: Span, chunks: list[int],
              jobs: int) -> Iterator[tuple[int, Measured]]:
    """Chunks as they are finished, several processes if asked."""
    from provenn.eval.accuracy.sweep import measure

    if jobs == 1 or len(chunks) < 2:
        yield from ((k, measure(function, library, span, k)) for k in chunks)
        return
    import multiprocessing
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

    # Libraries with threads of their own do not survive a fork.
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        rest = iter(chunks)
        running: dict[Future[Measured], int] = {}
        while True:
            while len(running) < 2 * jobs and (k := next(rest, None)) is not None:
                running[pool.submit(measure, function, library, span, k)] = k
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _span(function: str, library: str, bounds: str | None, every: int) -> Span:
    """The inputs that are meant; UsageError PNN-CLI-834."""
    from provenn.eval.accuracy.libraries import LIBRARIES
    from provenn.eval.accuracy.sweep import FUNCTIONS, Span

    for given, known in ((function, FUNCTIONS), (library, tuple(LIBRARIES))):
        if given not in known:
            raise UsageError("PNN-CLI-834", "this cannot be swept", got=given, expected=" | ".join(known))
    ends = None
    if bounds is not None:
        try:
            low, high = (float.fromhex(v) if "x" in v else float(v) for v in bounds.split(":"))
        except ValueError:
            low = high = float("nan")
        if not low <= high:
            raise UsageError("PNN-CLI-834", "this cannot be swept", got=f"--range {bounds}",
                             expected="LOW:HIGH, two numbers, decimal or hexadecimal, in this order")
        ends = (low, high)
    return Span(ends, every)


def _print(data: dict[str, Any], m: Measured) -> None:
    say(f"{data['function']} of {data['library']} {data['version']}: {m.inputs} inputs")
    where = f" at {m.max_ulps_at}" if m.max_ulps_at else ""
    say(f"  {'accuracy':<16} {m.max_ulps:.6f} ulps at most{where}, where the result is a normal number")
    if m.max_ulps_subnormal_at:
        say(f"  {'subnormal':<16} {m.max_ulps_subnormal:.6f} ulps at most at {m.max_ulps_subnormal_at}")
    say(f"  {'wrongly rounded':<16} {m.wrongly_rounded}")
    largest = f", the largest {m.largest_flushed:.3g} at {m.largest_flushed_at}" if m.flushed else ""
    say(f"  {'zero instead':<16} {m.flushed} results that are not 0 were given as 0{largest}")
    for label, number, at in (("NaN", m.wrong_nan, m.wrong_nan_at),
                              ("infinities", m.wrong_infinity, m.wrong_infinity_at)):
        say(f"  {label:<16} " + (f"{number} wrong, the first at {at}" if number else "as they should be"))
    say(f"  {'oracle':<16} {m.settled_by_mpfr} near a tie settled by MPFR; binary64 at most "
        f"{m.oracle_error:.2g} off in the sample")
