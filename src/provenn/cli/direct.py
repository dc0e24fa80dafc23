"""The usual command lines of ``provenn verify``, read without typer.

Loading typer and building its parser takes as long as verifying a small network. Here only plain words of
frequent options are read; help, mistakes and everything else are typer's. Both read the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLAGS = {"--json": "as_json", "--quiet": "quiet", "-q": "quiet"}
NUMBER, COUNT, WORD = re.compile(r"\d+(\.\d+)?"), re.compile(r"\d{1,15}"), re.compile(r"[^-].*", re.DOTALL)
VALUES: dict[str, tuple[str, re.Pattern[str], Callable[[str], Any]]] = {
    "--timeout": ("timeout", NUMBER, float), "--seed": ("seed", COUNT, int),
    "--certificate": ("certificate", WORD, Path), "--report": ("report", WORD, Path),
    "--semantics": ("semantics", WORD, str),
}


@dataclass(frozen=True)
class Usual:
    """Files as they were given, and options by the names of ``decide``."""

    files: list[str]
    options: dict[str, Any]


def read(args: Sequence[str]) -> Usual | None:
    """A command line of ``verify``, or None for one that typer should read."""
    if not args or args[0] != "verify":
        return None
    found, words = Usual([], {}), iter(args[1:])
    for word in words:
        if word in FLAGS:
            found.options[FLAGS[word]] = True
        elif word in VALUES:
            name, shape, made = VALUES[word]
            value = next(words, "")
            if name in found.options or not shape.fullmatch(value):
                return None
            found.options[name] = made(value)
        elif WORD.fullmatch(word):
            found.files.append(word)
        else:
            return None
    return found
