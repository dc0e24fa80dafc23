"""The cactus plot of a benchmark: how many instances are answered when each may take so many seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenn.report.figures import GOOD, plots, svg

LEAST = 0.01
COLOURS = (GOOD, "#30343b", "#b3261e", "#3a6ea5", "#b07d2b", "#7a4f9a", "#5b8c8a")


def cactus(times: Mapping[str, Sequence[float]], total: int) -> str:
    """SVG text; ``times`` holds, by label, seconds of the instances that were answered, of ``total``."""
    plt = plots()
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    for k, (name, seconds) in enumerate(times.items()):
        ys = [max(LEAST, s) for s in sorted(seconds)]
        axes.plot(range(1, len(ys) + 1), ys, marker="o", markersize=2.5, linewidth=1.2,
                  color=COLOURS[k % len(COLOURS)], label=name)
    axes.set_yscale("log")
    axes.set_xlim(0, max(1, total) + 0.5)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("instances answered, easiest first")
    axes.set_ylabel("seconds of the slowest (log scale)")
    axes.grid(alpha=0.3, linewidth=0.5)
    axes.legend(frameon=False, loc="upper left")
    return svg(figure, plt)
