"""Progress of long work: bars on a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rich.progress import Progress, ProgressColumn, TaskID

from provenn.cli.console import narration, output


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
