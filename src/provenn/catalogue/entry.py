"""The record of one error code."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A code, its title, what it means, what leads to it, and what to do."""

    code: str
    title: str
    text: str
    example: str
    do: str

    def render(self) -> str:
        """The page that ``provenn explain`` prints."""
        parts = [f"{self.code}: {self.title}", _wrap(self.text)]
        parts += [f"Example:\n{textwrap.indent(self.example, '    ')}"]
        return "\n\n".join([*parts, _wrap(f"What to do: {self.do}")])


def _wrap(text: str) -> str:
    return textwrap.fill(text, width=88, break_on_hyphens=False)
