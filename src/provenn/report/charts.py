"""Charts of an explanation as SVG text: layers, outputs, inputs, depths of the tree.

Blues of three strengths and one orange: colour-blind people tell them apart, and so does a grey print.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from provenn.report.figures import INK, plots, svg
from provenn.verify.explanation import Explanation
from provenn.verify.verdict import Verdict

PALE, MIDDLE, DARK, MARK = "#c7dceb", "#56a0cf", "#0b4f7d", "#c2410c"
WIDE = 8.4
ROW, HEAD = 0.48, 0.75
FEW_INPUTS, FEW_OUTPUTS = 24, 64


def layers(verdict: Verdict) -> str:
    """Widths of every layer by three measures, and the share of the loss beside them."""
    said = verdict.explanation
    if said is None or not said.drivers.layers:
        return ""
    found, plt = said.drivers.layers, plots()
    lost = any(x.share is not None for x in found)
    figure, axes = plt.subplots(1, 2 if lost else 1, figsize=(WIDE, HEAD + ROW * len(found)), squeeze=False,
                                sharey=True, gridspec_kw={"width_ratios": [3, 1][: 1 + lost], "wspace": 0.06})
    left, at = axes[0][0], np.arange(len(found))
    names = (("by intervals", PALE), ("by relaxation", MIDDLE), ("met by sampling", DARK))
    measured = [[x.interval, x.width, x.seen] for x in found]
    for k, ((name, colour), widths) in enumerate(zip(names, zip(*measured))):
        values = [w if w is not None and np.isfinite(w) and w > 0.0 else np.nan for w in widths]
        if not all(np.isnan(values)):
            left.barh(at + 0.27 * (k - 1), values, 0.25, color=colour, label=name)
    left.set_xscale("log")
    left.xaxis.set_minor_formatter("")
    ends = left.get_xlim()
    left.set_xlim(10 ** np.floor(np.log10(ends[0])), 10 ** np.ceil(np.log10(ends[1])))
    left.set_yticks(at, [f"layer {k}\n{x.made_by} → {x.reads}" for k, x in enumerate(found, 1)])
    left.invert_yaxis()
    left.set_xlabel("median width of a value (log scale)")
    left.legend(frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(-0.02, 1.0), borderaxespad=0.2,
                handlelength=1.2, columnspacing=1.4)
    if lost:
        _shares(axes[0][1], [100 * (x.share or 0.0) for x in found], at)
    return svg(figure, plt, "widths of the layers")


def _shares(axes: Any, shares: list[float], at: Any) -> None:
    """Bars of the loss; the largest one stands out."""
    most = int(np.argmax(shares))
    axes.barh(at, shares, 0.5, color=[MARK if k == most else "#b9bec4" for k in range(len(shares))])
    for k, s in enumerate(shares):
        _beside(axes, s, k, f"{s:.0f} %")
    axes.set_xlim(0, 1.3 * max(*shares, 1e-9))
    axes.tick_params(left=False)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel("share of the loss")


def _beside(axes: Any, x: float, y: float, text: str) -> None:
    """A label at the end of a bar."""
    axes.annotate(text, (x, y), (4, 0), textcoords="offset points", va="center", fontsize=8)


def outputs(verdict: Verdict) -> str:
    """The range of each output: bounds from outside, what sampling met, the middle and the counterexample."""
    said = verdict.explanation
    r = None if said is None else said.ranges
    if said is None or r is None or said.middle is None or not np.isfinite([r.low, r.high]).all():
        return ""
    plt, count = plots(), len(r.low)
    figure, axes = plt.subplots(figsize=(WIDE, 2.6))
    at, width = np.arange(count), min(0.6, 0.06 * count + 0.15)
    axes.bar(at, r.high - r.low, width, r.low, color=PALE, label="between the bounds")
    axes.bar(at, r.most - r.least, 0.45 * width, r.least, color=MIDDLE, label="met by sampling")
    axes.plot(at, said.middle[:count], "o", markersize=4, color=DARK, label="at the middle")
    cx = verdict.counterexample
    if cx is not None:
        y = cx.y[:count].astype(np.float64)
        axes.plot(at, y, "D", markersize=4.5, color=MARK, label="counterexample")
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.set_xticks(at, [f"Y_{j}" for j in at], rotation=90 if count > 20 else 0)
    axes.set_xlim(-0.7, count - 0.3)
    axes.set_ylabel("output")
    axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(-0.02, 1.0), borderaxespad=0.2,
                handlelength=1.2, columnspacing=1.4)
    return svg(figure, plt, "ranges of the outputs")


def inputs(verdict: Verdict) -> str:
    """Shares of the inputs as bars, when there are few of them."""
    said = verdict.explanation
    shares = None if said is None else said.drivers.inputs
    if shares is None or len(shares) > FEW_INPUTS or len(shares) < 2:
        return ""
    plt, at = plots(), np.arange(len(shares))
    figure, axes = plt.subplots(figsize=(WIDE, 0.5 + 0.22 * len(shares)))
    axes.barh(at, 100 * shares, 0.6, color=MIDDLE)
    for k, s in enumerate(shares):
        _beside(axes, 100 * s, k, f"{100 * s:.1f} %")
    axes.set_yticks(at, [f"X_{i}" for i in at])
    axes.invert_yaxis()
    axes.set_xlim(0, 115 * float(shares.max()))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    return svg(figure, plt, "shares of the inputs")


def depths(verdict: Verdict) -> str:
    """How many parts ended at each depth of the tree of the box that is explained."""
    said = verdict.explanation
    shape = None if said is None else said.shapes.get(said.case)
    if not isinstance(said, Explanation) or shape is None or shape.splits < 2:
        return ""
    plt = plots()
    figure, axes = plt.subplots(figsize=(WIDE, 1.7))
    xs = np.arange(shape.deepest + 1)
    axes.bar(xs, [shape.depths.get(int(d), 0) for d in xs], 0.8, color=MIDDLE)
    axes.set_xlabel("splits above a part")
    axes.set_ylabel("parts")
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True)
    return svg(figure, plt, "parts by depth of the tree")
