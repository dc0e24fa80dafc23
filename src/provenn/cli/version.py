"""``provenn version``: versions that matter for a result."""

from __future__ import annotations

import platform

import typer

from provenn import __version__
from provenn.cli.console import say


def version() -> None:
    """Print the versions of provenn and Python."""
    say(f"provenn {__version__}")
    say(f"Python {platform.python_version()} on {platform.platform()}")


def flag(value: bool) -> None:
    """The option ``--version``."""
    if value:
        say(f"provenn {__version__}")
        raise typer.Exit


def name_flag(value: bool) -> None:
    """The option ``--name``, as VNN-LIB 2.0 asks of solvers."""
    if value:
        say("provenn")
        raise typer.Exit
