"""The program: its verbs, and how every failure becomes a message and an exit status.

Exit status 0 means answered (``sat``, ``unsat``, ``unknown`` and ``timed-out`` alike; ``accepted``),
1 that the command or one of its files cannot be used, 2 an internal failure, a certificate that the
checker rejected, or weights without their theorem, 130 interrupted (Ctrl-C).
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import typer
from typer.exceptions import Abort, TyperException

from provenn.cli import version
from provenn.cli.console import error_data, narration, output, say_json, show_error
from provenn.errors import CertificateError, ProvennError, ToolError, UsageError

OK, USAGE, INTERNAL, INTERRUPTED = 0, 1, 2, 130
INTERNAL_CODES = {"PNN-TOOL-702", "PNN-TOOL-705", "PNN-TOOL-706", "PNN-TOOL-710", "PNN-CLI-899"}

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


def run(args: Sequence[str]) -> int:
    """Run one command and return its exit status; no exception ever leaves."""
    output.json = output.quiet = False
    try:
        status = program(args)(_words(args), standalone_mode=False, prog_name="provenn")
        sys.stdout.flush()
        # typer turns Ctrl-C into this status before it gets here.
        return _interrupted() if status == INTERRUPTED else status if isinstance(status, int) else OK
    except (KeyboardInterrupt, Abort):
        return _interrupted()
    except Exception as e:  # noqa: BLE001 - the one place where everything ends
        return _ended(e)


def _interrupted() -> int:
    narration().print("provenn interrupted; no file was left half written")
    return INTERRUPTED


def _ended(e: Exception) -> int:
    """Say what happened and choose the exit status."""
    if isinstance(e, OSError) and e.errno == errno.EPIPE:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return USAGE
    if os.environ.get("PROVENN_DEBUG") == "1":
        traceback.print_exception(e)
    error = _as_ours(e)
    try:
        show_error(error)
        if output.json:
            say_json({"answer": None, "error": error_data(error)})
    except OSError:
        return INTERNAL
    return INTERNAL if isinstance(error, CertificateError) or error.code in INTERNAL_CODES else USAGE


def _as_ours(e: Exception) -> ProvennError:
    """Any exception as an error with a code."""
    if isinstance(e, ProvennError):
        return e
    if isinstance(e, TyperException):
        text = getattr(e, "format_message", lambda: str(e))()
        return UsageError("PNN-CLI-801", "the command line is not right", got=text, hint="provenn --help")
    if isinstance(e, OSError):
        return ToolError("PNN-TOOL-707", "the operating system refused", where=e.filename or "",
                         got=e.strerror or str(e), hint="check free disk space and permissions")
    if isinstance(e, MemoryError):
        return ToolError("PNN-TOOL-708", "there is not enough memory for this network or property")
    return ProvennError("PNN-CLI-899", "an internal error, which is a bug in provenn",
                        got=f"{type(e).__name__}: {e}",
                        hint="PROVENN_DEBUG=1 shows the trace; please report it")
