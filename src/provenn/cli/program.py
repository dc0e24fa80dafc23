"""The verbs of the program, as typer reads them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import typer
from typer.exceptions import Abort, TyperException

from provenn.cli import version
from provenn.errors import UsageError

VERBS = ("verify", "check", "bench", "certify", "export", "extract", "sign", "run", "sweep", "explain",
         "train", "data", "show", "doctor", "supports", "version")


def root(
    shown: bool = typer.Option(False, "--version", help="Print name and version.", callback=version.flag,
                               is_eager=True),
    named: bool = typer.Option(False, "--name", help="Print the solver's name.", callback=version.name_flag,
                               is_eager=True),
) -> None:
    """Options of the program itself."""


def program(args: Sequence[str] = ()) -> typer.Typer:
    """The program, with the one verb that ``args`` start with, or all; modules load when they are used."""
    app = typer.Typer(
        name="provenn", no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Verify neural networks with certificates that a checker extracted from Coq accepts.",
        epilog="Exit status: 0 answered, 1 usage or input error, 2 internal or certificate failure, "
               "130 interrupted.",
    )
    app.callback()(root)
    for verb in [v for v in args[:1] if v in VERBS] or VERBS:
        app.command(verb)(getattr(import_module(f"provenn.cli.{verb}"), verb))
    return app


def _words(args: Sequence[str]) -> list[str]:
    """The command line; coqc's options of ``extract`` take two words, which become one."""
    return import_module("provenn.cli.extract").joined(args) if args[:1] == ["extract"] else list(args)


def call(args: Sequence[str]) -> int:
    """Run a command and return its exit status. Raises UsageError PNN-CLI-801, and what the verb raises."""
    try:
        status = program(args)(_words(args), standalone_mode=False, prog_name="provenn")
    except Abort:
        raise KeyboardInterrupt from None
    except TyperException as e:
        text = getattr(e, "format_message", e.__str__)()
        raise UsageError("PNN-CLI-801", "the command line is not right", got=text,
                         hint="provenn --help") from None
    return status if isinstance(status, int) else 0
