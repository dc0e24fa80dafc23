"""What users see: answers on stdout, narration and progress on stderr.

rich honours NO_COLOR and leaves colours and bars out when stderr is no terminal.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from provenn.errors import ProvennError


@dataclass
class Output:
    """How this run of the program speaks; ``json`` is set by the option ``--json``."""

    json: bool = False
    quiet: bool = False


output = Output()


def narration() -> Console:
    """The console of stderr, made anew so that redirections are seen."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def narrate(text: str, console: Console | None = None) -> None:
    """One line of narration on stderr; through ``console`` while that redraws a status line."""
    if not output.quiet:
        (console or narration()).print(f"[dim]provenn[/dim] {escape(text)}")


def say(text: str = "") -> None:
    """One line of the answer on stdout, plain text."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_json(value: dict[str, Any]) -> None:
    """The whole answer as one JSON object."""
    say(json.dumps(value, indent=2, allow_nan=False, default=str))


def show_table(table: Table) -> None:
    """A table on stdout."""
    Console(highlight=False).print(table)


def show_error(error: ProvennError) -> None:
    """An error on stderr."""
    first, _, rest = error.render().partition("\n")
    narration().print(f"[bold red]{escape(first)}[/bold red]" + (f"\n{escape(rest)}" if rest else ""))


def error_data(error: ProvennError) -> dict[str, str]:
    """An error as plain data."""
    return {k: getattr(error, k) for k in ("code", "what", "where", "expected", "got", "hint")}
