"""Narration of a running verification: a status line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from provenn.cli.console import narrate, narration, output, plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

EVERY_SECONDS = 5.0


class Narrator:
    """Turns the events of the pipeline into narration.

    On a terminal the newest event is shown in a status line that is redrawn in place; otherwise
    at most one line is printed every few seconds, so that logs stay short.
    """

    def __init__(self) -> None:
        self.console: Console | None = None
        self.start = time.perf_counter()
        self.last = 0.0
        self.status: Status | None = None

    def __enter__(self) -> Narrator:
        if not plain() and not output.quiet:
            self.console = narration()
            if self.console.is_terminal:
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
            from rich.markup import escape

            self.status.update(escape(text))


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
