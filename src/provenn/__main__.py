"""``python -m provenn`` is the ``provenn`` program."""

from provenn.cli import main

main()
