"""The HTML page of a report."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from provenn.io.output import write_atomically
from provenn.ir.printer import show
from provenn.report import charts, figures
from provenn.report.data import verdict_data
from provenn.report.example import counterexample_rows, output_rows
from provenn.report.pictures import pictures
from provenn.report.tables import explanation_tables
from provenn.verify.outline import Branch
from provenn.verify.prose import number_of
from provenn.verify.verdict import Verdict

MANY_NODES = 200
HERE = Path(__file__).parent
PLAIN = {"at": figures.outputs, "widths": figures.widths}
EXPLAINED = {"outputs": charts.outputs, "layers": charts.layers, "inputs": charts.inputs,
             "trees": charts.depths}
NONE = dict.fromkeys((*PLAIN, *EXPLAINED, "margins"), "")


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

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True,
                                     trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters["typeset"] = typeset
    plain = verdict.explanation is None or not verdict.explanation.full
    drawn = {name: Markup(make(verdict)) for name, make in (PLAIN if plain else EXPLAINED).items()}
    listing = show(verdict.graph).split("\n")
    tree = None if verdict.explanation is None else verdict.explanation.outline
    return environment.get_template("page.html.j2").render(
        d=data, figure={**NONE, **drawn}, listing=listing[:MANY_NODES],
        hidden=max(0, len(listing) - MANY_NODES), style=Markup((HERE / "page.css").read_text()),
        tables={t.name: t for t in explanation_tables(verdict)}, tree=None if tree is None else _lines(tree),
        pictures=pictures(verdict), inputs=counterexample_rows(verdict), results=output_rows(verdict))


def typeset(text: str) -> str:
    """Inequalities as printed: ≤, ≥ and true minus signs, which no line break follows.

    Example:
        >>> typeset("-Y_0 - 2 Y_1 <= -0.5e-3")
        '−Y_0 − 2 Y_1 ≤ −0.5e−3'
    """
    signs = re.sub(r"(?<![A-Za-z_])-(?=[\dXY ])|(?<=\de)-(?=\d)", "−", text)
    return signs.replace("<=", "≤").replace(">=", "≥")


def _lines(b: Branch) -> dict[str, Any]:
    """A branch of the tree in words."""
    parts = f"{b.leaves:,} part{'' if b.leaves == 1 else 's'} proved"
    parts += f", {b.open:,} open" if b.open else ""
    return {"cut": b.cut, "kind": b.kind, "bound": "" if b.bound is None else number_of(b.bound),
            "parts": parts, "split": b.split, "below": [_lines(c) for c in b.below]}
