"""The command line: ``provenn verify | check | bench | explain | doctor | supports | version``."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the ``provenn`` program; leaves with the documented exit status."""
    from provenn.cli.app import run

    sys.exit(run(sys.argv[1:]))
