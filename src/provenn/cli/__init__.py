"""The command line: ``provenn verify | check | bench | explain | doctor | supports | version``."""

from __future__ import annotations

import gc
import sys

YOUNG = 50_000


def main() -> None:
    """Entry point of the ``provenn`` program; leaves with the documented exit status.

    What is loaded and what a search builds stays until the end, so looking for garbage among it is rare,
    and at the end there is nothing to look for.
    """
    gc.set_threshold(YOUNG, 20, 20)
    from provenn.cli.app import run

    status = run(sys.argv[1:])
    gc.freeze()
    sys.exit(status)
