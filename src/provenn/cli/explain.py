"""``provenn explain CODE``: the long text of an error."""

from __future__ import annotations

from typing import Annotated

import typer

from provenn import catalogue
from provenn.cli.console import output, say, say_json


def explain(
    code: Annotated[str | None, typer.Argument(help="Such as PNN-SHAPE-104; all when left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Explain an error code: what it means, an example, and what to do."""
    output.json = as_json
    if code is None:
        if as_json:
            say_json({c: e.title for c, e in catalogue.ENTRIES.items()})
        for entry in () if as_json else catalogue.ENTRIES.values():
            say(f"{entry.code:<15} {entry.title}")
        return
    entry = catalogue.explain(code)
    if as_json:
        say_json({"code": entry.code, "title": entry.title, "text": entry.text, "example": entry.example,
                  "do": entry.do})
    else:
        say(entry.render())
