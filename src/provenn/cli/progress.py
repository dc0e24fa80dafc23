"""Narration of a running verification: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

from rich.markup import escape
from rich.progress import Progress, ProgressColumn, TaskID
from rich.status import Status

from provenn.cli.console import narrate, narration, output

EVERY_SECONDS = 5.0


class Bar:
    """A progress bar on stderr, shown on a terminal only; subclasses say what happens elsewhere."""

    def __init__(self) -> None:
        self.console = narration()
        self.bar: Progress | None = None
        self.task = TaskID(0)

    def begin(self, *columns: ProgressColumn, description: str, total: float, completed: float = 0,
              transient: bool = False, **fields: Any) -> None:
        """Show the bar, if this is a terminal and narration is wanted."""
        if self.console.is_terminal and not output.quiet:
            self.bar = Progress(*columns, console=self.console, transient=transient)
            self.task = self.bar.add_task(description, total=total, completed=int(completed), **fields)
            self.bar.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()


class Narrator:
    """Turns the events of the pipeline into narration.

    On a terminal the newest event is shown in a status line that is redrawn in place; otherwise
    at most one line is printed every few seconds, so that logs stay short.
    """

    def __init__(self) -> None:
        self.console = narration()
        self.start = time.perf_counter()
        self.last = 0.0
        self.status: Status | None = None

    def __enter__(self) -> Narrator:
        if self.console.is_terminal and not output.quiet:
            self.status = self.console.status("reading …")
            self.status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.status is not None:
            self.status.stop()

    def __call__(self, event: dict[str, Any]) -> None:
        """Show one event; milestones always get a line of their own."""
        name, now = str(event.get("event", "search")), time.perf_counter()
        if name == "read":
            graph, prop = event["graph"], event["property"]
            size = sum(v.size for v in graph.parameters.values())
            narrate(f"network: {len(graph.nodes)} nodes, {size} parameters, {prop.inputs} inputs, "
                    f"{prop.outputs} outputs; property: {len(prop.cases)} case(s); {event['seconds']:.2f} s",
                    self.console)
        elif name == "checking":
            narrate(f"certificate of {8 * event['words']} bytes after {now - self.start:.2f} s; checking it",
                    self.console)
            self._show("checking the certificate …")
        elif name == "replaying":
            narrate(f"counterexample found after {now - self.start:.2f} s; replaying it exactly",
                    self.console)
        elif name == "given up":
            narrate(f"NO certificate about binary32, only about the reals from here on: {event['why']}",
                    self.console)
        else:
            self._passing(name, event, now)

    def _passing(self, name: str, event: dict[str, Any], now: float) -> None:
        """A passing state of the search."""
        facts = ", ".join(f"{k} {_short(v)}" for k, v in event.items() if k != "event")
        text = f"{name}: {facts} ({now - self.start:.1f} s)"
        self._show(text)
        if self.status is None and now - self.last > EVERY_SECONDS:
            self.last = now
            narrate(text, self.console)

    def _show(self, text: str) -> None:
        if self.status is not None:
            self.status.update(escape(text))


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
