"""The learning curve of a training run as SVG; matplotlib is loaded only when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provenn.report.figures import GOOD, INK, plots, svg


def learning_curve(epochs: Sequence[Mapping[str, Any]], title: str = "") -> str:
    """Loss (log scale) and test accuracy by epoch; ``epochs`` are records of ``provenn.train.loop.Epoch``."""
    plt = plots()
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.0, 3.0))
    xs = [e["epoch"] for e in epochs]
    left.plot(xs, [e["loss"] for e in epochs], marker="o", markersize=3, color=INK)
    left.set_yscale("log")
    left.set_ylabel("training loss (log scale)")
    right.plot(xs, [100 * e["accuracy"] for e in epochs], marker="o", markersize=3, color=GOOD)
    right.set_ylabel("test accuracy, %")
    for axes in (left, right):
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3, linewidth=0.5)
    figure.suptitle(title, fontsize=9)
    figure.tight_layout()
    return svg(figure, plt)
