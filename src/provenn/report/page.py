"""The HTML page of a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provenn.io.output import write_atomically
from provenn.ir.printer import show
from provenn.report import figures
from provenn.report.data import verdict_data
from provenn.report.example import counterexample_rows, output_rows
from provenn.verify.verdict import Verdict

MANY_NODES = 200


def write(verdict: Verdict, path: str | Path) -> Path:
    """Write the page to ``path`` and its data beside it with the suffix .json; return the JSON's path.

    Both appear whole or not at all. Raises ToolError (PNN-TOOL-703) when they cannot be written.
    """
    path = Path(path)
    data = verdict_data(verdict)
    beside = path.with_suffix(".json")
    write_atomically(beside, json.dumps(data, indent=2, allow_nan=False) + "\n")
    write_atomically(path, page(verdict, data))
    return beside


def page(verdict: Verdict, data: dict[str, Any]) -> str:
    """The page as text: no script, no reference to anything outside the file."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True,
                                     trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    drawn = {name: Markup(make(verdict)) for name, make in (
        ("picture", figures.picture), ("outputs", figures.outputs), ("widths", figures.widths))}
    listing = show(verdict.graph).split("\n")
    return environment.get_template("page.html.j2").render(
        d=data, figure=drawn, listing=listing[:MANY_NODES], hidden=max(0, len(listing) - MANY_NODES),
        inputs=counterexample_rows(verdict), results=output_rows(verdict))
