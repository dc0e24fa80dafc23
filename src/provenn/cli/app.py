"""The program: how every command and every failure becomes a message and an exit status.

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

from provenn.cli import direct
from provenn.cli.console import error_data, output, say_json, show_error, tell
from provenn.cli.decide import decide
from provenn.errors import CertificateError, ProvennError, ToolError

OK, USAGE, INTERNAL, INTERRUPTED = 0, 1, 2, 130
INTERNAL_CODES = {"PNN-TOOL-702", "PNN-TOOL-705", "PNN-TOOL-706", "PNN-TOOL-710", "PNN-CLI-899"}


def run(args: Sequence[str]) -> int:
    """Run one command and return its exit status; no exception ever leaves."""
    output.json = output.quiet = False
    try:
        status = _called(args)
        sys.stdout.flush()
        # typer turns Ctrl-C into this status before it gets here.
        return _interrupted() if status == INTERRUPTED else status
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as e:  # noqa: BLE001 - the one place where everything ends
        return _ended(e)


def _called(args: Sequence[str]) -> int:
    """The exit status of a command; usual ones are carried out without loading typer."""
    if (usual := direct.read(args)) is not None:
        return decide(usual.files, **usual.options)
    from provenn.cli.program import call

    return call(args)


def _interrupted() -> int:
    tell(("bold", "provenn"), " interrupted; no file was left half written")
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
    if isinstance(e, OSError):
        return ToolError("PNN-TOOL-707", "the operating system refused", where=e.filename or "",
                         got=e.strerror or str(e), hint="check free disk space and permissions")
    if isinstance(e, MemoryError):
        return ToolError("PNN-TOOL-708", "there is not enough memory for this network or property")
    return ProvennError("PNN-CLI-899", "an internal error, which is a bug in provenn",
                        got=f"{type(e).__name__}: {e}",
                        hint="PROVENN_DEBUG=1 shows the trace; please report it")
