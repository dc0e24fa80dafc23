"""Figures of a report as SVG text; matplotlib is loaded only here, and only when a report is made."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from provenn.bounds.interval import intervals
from provenn.ir.op import Array
from provenn.ir.property import boxes
from provenn.verify.verdict import Verdict

GOOD, BAD, INK = "#1b7f4d", "#b3261e", "#30343b"


def plots() -> Any:
    """matplotlib.pyplot, without a display."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "provenn", "font.size": 9,
                         "font.family": "sans-serif", "axes.spines.top": False, "axes.spines.right": False})
    return plt


def svg(figure: Any, plt: Any) -> str:
    """A figure as SVG text to stand inside a page; closes it."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = buffer.getvalue()
    return text[text.index("<svg") :]


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
    return svg(figure, plt)


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
    return svg(figure, plt)


def _centre_output(verdict: Verdict) -> Array:
    from provenn.eval.run import replay

    return replay(verdict.graph, _centre(verdict)).astype(np.float64)


def _centre(verdict: Verdict) -> Array:
    cx = verdict.counterexample
    case = verdict.prop.cases[cx.case if cx else 0]
    return np.array([float((a + b) / 2) for a, b in zip(case.lo, case.hi)])


def image_shape(shape: tuple[int, ...], size: int) -> tuple[int, int, int] | None:
    """(height, width, channels) when the input looks like an image, else None.

    Example:
        >>> image_shape((1, 1, 8, 8), 64), image_shape((1, 784), 784), image_shape((1, 5), 5)
        ((8, 8, 1), (28, 28, 1), None)
    """
    if len(shape) >= 3 and shape[-3] in (1, 3) and min(shape[-2:]) >= 4 and size == np.prod(shape[-3:]):
        return shape[-2], shape[-1], shape[-3]
    side = round(size**0.5)
    if side * side == size and side >= 7 and max(shape, default=0) == size:
        return side, side, 1
    return None


def picture(verdict: Verdict) -> str:
    """Centre of the box, counterexample, and their difference, for image-like inputs."""
    cx = verdict.counterexample
    shape = image_shape(verdict.graph.input_type.shape, verdict.graph.input_type.size)
    if cx is None or shape is None:
        return ""
    height, width, channels = shape

    def image(v: Array) -> Array:
        return v.astype(np.float64).reshape(channels, height, width).transpose(1, 2, 0).squeeze()

    plt = plots()
    a, b = image(_centre(verdict)), image(cx.x)
    low, high = min(a.min(), b.min()), max(a.max(), b.max())
    reach = float(np.abs(b - a).max()) or 1.0
    figure, axes = plt.subplots(1, 3, figsize=(6.4, 2.4))
    scaled = [(v - low) / ((high - low) or 1.0) for v in (a, b)]
    gap = (b - a) / (2 * reach) + 0.5
    for axis, data, title in zip(axes, [*scaled, gap], ["centre of the box", "counterexample",
                                                       f"difference (largest {reach:.3g})"]):
        axis.imshow(data, cmap="gray" if data is not gap else "coolwarm", vmin=0, vmax=1,
                    interpolation="nearest")
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    return svg(figure, plt)
