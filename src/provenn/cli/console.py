"""What users see: answers on stdout, narration and progress on stderr.

rich honours NO_COLOR. Where stderr is no terminal there are no colours and bars, and rich is not loaded.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenn.errors import ProvennError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

COLOURS = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@dataclass
class Output:
    """How this run of the program speaks; ``json`` is set by the option ``--json``."""

    json: bool = False
    quiet: bool = False


output = Output()


def plain() -> bool:
    """Whether stderr gets plain text: it is no terminal, and the environment does not ask for colours."""
    return not sys.stderr.isatty() and not any(os.environ.get(name) for name in COLOURS)


def narration() -> Console:
    """The console of stderr, made anew so that redirections are seen."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def narrate(text: str, console: Console | None = None) -> None:
    """One line of narration on stderr; through ``console`` while that redraws a status line."""
    if not output.quiet:
        tell(("dim", "provenn"), f" {text}", console)


def tell(styled: tuple[str, str], rest: str = "", console: Console | None = None) -> None:
    """On stderr a text in a style, and the rest of it."""
    style, first = styled
    if console is None and plain():
        sys.stderr.write(f"{first}{rest}\n")
        sys.stderr.flush()
        return
    from rich.markup import escape

    (console or narration()).print(f"[{style}]{escape(first)}[/{style}]{escape(rest)}")


def say(text: str = "") -> None:
    """One line of the answer on stdout, plain text."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_json(value: dict[str, Any]) -> None:
    """The whole answer as one JSON object."""
    say(json.dumps(value, indent=2, allow_nan=False, default=str))


def show_table(table: Table) -> None:
    """A table on stdout."""
    from rich.console import Console

    Console(highlight=False).print(table)


def show_error(error: ProvennError) -> None:
    """An error on stderr."""
    first, _, rest = error.render().partition("\n")
    tell(("bold red", first), f"\n{rest}" if rest else "")


def error_data(error: ProvennError) -> dict[str, str]:
    """An error as plain data."""
    return {k: getattr(error, k) for k in ("code", "what", "where", "expected", "got", "hint")}
