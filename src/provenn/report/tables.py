"""The tables of an explanation, the same ones on the terminal and in the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenn.verify import advice
from provenn.verify.explanation import Explanation
from provenn.verify.outline import element
from provenn.verify.prose import number_of, unsafe_in_words
from provenn.verify.verdict import Verdict

TOP, FEW = 12, 64
MARGINS, OUTPUTS = 24, 64
DASH = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a title; the first ``words`` columns hold words, the others numbers."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""
    words: int = 1


def number(value: float | None) -> str:
    """A number of a table."""
    return DASH if value is None or math.isnan(value) else number_of(value)


def share(value: float | None) -> str:
    """A share in per cent."""
    return DASH if value is None else f"{100 * value:.1f} %"


def explanation_tables(verdict: Verdict) -> list[Table]:
    """All tables that a full explanation fills."""
    said = verdict.explanation
    if said is None:
        return []
    made = [outputs(verdict, said), margins(verdict, said), layers(said), inputs(said), trees(verdict, said)]
    return [t for t in made if t.rows]


def outputs(verdict: Verdict, said: Explanation) -> Table:
    """Lower and upper bounds of each output over the box, and what sampling met between them."""
    r = said.ranges
    rows: list[tuple[str, ...]] = []
    if r is not None and said.middle is not None:
        cx = verdict.counterexample
        for j in range(len(r.low)):
            here = (f"Y_{j}", number(r.low[j]), number(r.least[j]), number(said.middle[j]), number(r.most[j]),
                    number(r.high[j]))
            rows.append((*here, number(float(cx.y[j]))) if cx is not None else here)
    head: tuple[str, ...] = ("output", "lower bound", "least met", "at the middle", "most met", "upper bound")
    head = (*head, "counterexample")[: len(rows[0])] if rows else head
    by = "" if r is None else f"Bounds by {r.method}"
    return Table("outputs", "What the outputs can be", head, rows,
                 f"{by} over the whole box; “met” is by sampling. Tested, not certified: the true range lies "
                 "between what was met and the bounds.")


def margins(verdict: Verdict, said: Explanation) -> Table:
    """For each way to be unsafe: by how much it is refuted at the root, and how near sampling came."""
    case = verdict.prop.cases[said.case]
    value, met = said.drivers.value, said.margins
    rows: list[tuple[str, ...]] = []
    for p, disjunct in enumerate(case.disjuncts if met is not None else ()):
        assert met is not None
        rows.append((unsafe_in_words((disjunct,)), number(None if value is None else float(value[p])),
                     number(float(met[p]))))
    rows.sort(key=lambda r: float(r[2].replace("−", "-")))
    hidden = len(rows) - MARGINS
    note = ("The margin is what is missing to this way of being unsafe; negative means violated. The bound "
            "is by one relaxation of the whole box, before any split; the smallest margin met by sampling.")
    return Table("margins", "Margins", ("unsafe when", "bound of the margin", "smallest margin met"),
                 rows[:MARGINS], note + (f" {hidden} more are left out." if hidden > 0 else ""))


def layers(said: Explanation) -> Table:
    """Widths of all layers."""
    rows: list[tuple[str, ...]]
    rows = [(f"{k}", f"{x.node} {x.made_by}", x.reads, f"{x.size:,}",
             DASH if x.curved else f"{x.unknown:,}", number(x.interval),
             number(x.width), number(x.seen), share(x.share)) for k, x in enumerate(said.drivers.layers, 1)]
    head = ("layer", "node", "read by", "values", "sign unknown", "width, intervals", "width, relaxation",
            "width met", "share of the loss")
    return Table("layers", "Layers", head, rows,
                 "Widths are medians over the values of a layer, before any split; what sampling met is less "
                 "than the true width. The loss is what the lines of a layer's activations give away, to "
                 "first order.", 3)


def inputs(said: Explanation) -> Table:
    """The inputs that the bound depends on most."""
    shares = said.drivers.inputs
    count = 0 if shares is None else TOP if len(shares) <= FEW else TOP // 2
    order = [] if shares is None else np.argsort(-shares, kind="stable")[:count].tolist()
    rows: list[tuple[str, ...]]
    rows = [(f"X_{i}", share(float(shares[i]))) for i in order if shares is not None and shares[i] > 0.0]
    more = 0 if shares is None else int((shares > 0.0).sum()) - len(rows)
    note = "How much the bound depends on the width of each input, through all layers, to first order."
    return Table("inputs", "Inputs", ("input", "share"), rows,
                 note + (f" {more:,} more inputs have smaller shares." if more > 0 else ""))


def trees(verdict: Verdict, said: Explanation) -> Table:
    """Statistics of the trees: all of them when few, else their sums."""
    rows: list[tuple[str, ...]] = []
    plain = [s for s in said.shapes.values() if not s.splits and not s.open]
    for c, s in said.shapes.items():
        if not s.splits and not s.open and len(said.shapes) > 1:
            continue
        top = ", ".join(f"{element(verdict.graph, *at)} ({n:,}×)" for at, n in s.by_element.most_common(3))
        least = None if math.isinf(s.least) else s.least
        rows.append((f"{c + 1}", f"{s.splits:,}", f"{s.leaves:,}", f"{s.open:,}", f"{s.deepest}",
                     f"{s.mean_depth:.1f}", number(least), share(s.done) if s.splits else DASH, top or DASH))
    shown = len(rows)
    hidden = shown - TOP
    rows.sort(key=lambda r: (r[3] == "0", -int(r[1].replace(",", ""))))
    if plain and len(said.shapes) > 1:
        least = min(s.least for s in plain)
        rows.append((f"{len(plain):,} more", "0", f"{len(plain):,}", "0", "0", "0.0",
                     number(None if math.isinf(least) else least), DASH, DASH))
    return Table("trees", "Branch and bound",
                 ("box", "splits", "proved parts", "open parts", "deepest", "mean depth", "smallest bound",
                  "volume closed", "split most often"), rows[:TOP] + rows[max(TOP, shown):],
                 f"{hidden:,} more boxes are left out." if hidden > 0 else "")


def explanation_text(verdict: Verdict) -> str:
    """The tables as text."""
    parts = [_text(t) for t in explanation_tables(verdict)]
    said = advice.looseness(verdict)
    return "\n".join([*([f"  {'loosest':<12} {said}"] if said else []), *parts])


def _text(table: Table) -> str:
    """A table in columns, two spaces apart."""
    cells: Sequence[Sequence[str]] = [table.head, *table.rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = ["    " + "  ".join(c.ljust(w) if k < table.words else c.rjust(w)
                                for k, (c, w) in enumerate(zip(line, widths))).rstrip() for line in cells]
    return "\n".join([f"  {table.title}", *lines])
