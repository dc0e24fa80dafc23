"""Figures of a report as SVG text; matplotlib is loaded only here, and only when a report is made."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np

from provenn.bounds.interval import intervals
from provenn.ir.op import Array
from provenn.ir.property import boxes
from provenn.verify.verdict import Verdict

GOOD, BAD, INK = "#1b7f4d", "#c2410c", "#30343b"


def plots() -> Any:
    """matplotlib.pyplot, without a display."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "provenn", "font.size": 9,
                         "font.family": "sans-serif", "axes.spines.top": False, "axes.spines.right": False})
    return plt


def svg(figure: Any, plt: Any, label: str = "chart") -> str:
    """A figure as SVG text to stand inside a page, named for those who do not see it; closes it."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = buffer.getvalue()
    return _named(text[text.index("<svg") :], label)


def _named(text: str, label: str) -> str:
    """An SVG with a label, and with no name that another one on the same page may have."""
    used, mine = set(re.findall(r"#([\w-]+)", text)), label.replace(" ", "-")
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{mine}-{m[1]}"' if m[1] in used else "", text)
    text = re.sub(r'((?:url\(|href=")#)', rf"\1{mine}-", text)
    return text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def widths(verdict: Verdict) -> str:
    """Median width of the interval bounds of every node over the first box: how fast bounds grow."""
    if not verdict.prop.cases:
        return ""
    box = boxes(verdict.prop)[0]
    with np.errstate(all="ignore"):
        ends = intervals(verdict.graph, *(np.asarray(v, np.float64)[None] for v in (box.lo, box.hi)))
    rows = [(f"{i} {n.op.tag}", float(np.median(hi - lo)))
            for i, (n, (lo, hi)) in enumerate(zip(verdict.graph, ends)) if not n.is_parameter]
    rows = [(label, w) for label, w in rows if np.isfinite(w) and w > 0]
    if not rows:
        return ""
    plt = plots()
    figure, axes = plt.subplots(figsize=(6.4, 0.6 + 0.18 * len(rows)))
    axes.barh(range(len(rows)), [w for _, w in rows], color=INK)
    axes.set_yticks(range(len(rows)), [label for label, _ in rows])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("median width of interval bounds over the first box (log scale)")
    return svg(figure, plt, "widths of interval bounds")


def outputs(verdict: Verdict) -> str:
    """The outputs at the counterexample, beside those at the centre of its box."""
    cx = verdict.counterexample
    if cx is None or cx.y.size > 64:
        return ""
    plt = plots()
    figure, axes = plt.subplots(figsize=(6.4, 2.2))
    at = np.arange(cx.y.size)
    axes.bar(at - 0.2, _centre_output(verdict), 0.4, label="centre of the box", color="#9aa3ad")
    axes.bar(at + 0.2, cx.y.astype(np.float64), 0.4, label="counterexample", color=BAD)
    axes.set_xticks(at, [f"Y_{j}" for j in at])
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return svg(figure, plt, "outputs at the counterexample")


def _centre_output(verdict: Verdict) -> Array:
    from provenn.eval.run import replay

    return replay(verdict.graph, _centre(verdict)).astype(np.float64)


def _centre(verdict: Verdict) -> Array:
    cx = verdict.counterexample
    case = verdict.prop.cases[cx.case if cx else 0]
    return np.array([float((a + b) / 2) for a, b in zip(case.lo, case.hi)])
