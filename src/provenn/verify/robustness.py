"""The usual property of a classifier: every input near a given one gets the same class.

    prop = provenn.robustness(model, image, "2/255", label=7, lo=0, hi=1)
    verdict = provenn.verify(model, prop, shape=image.shape)

Boxes around whole test sets are in provenn.verify.balls.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from provenn.errors import PropertyError, ShapeError
from provenn.eval.run import replay
from provenn.io.network import Network, read_network
from provenn.ir.property import Case, Property, exactly
from provenn.verify.balls import rivals_win

Number = str | int | float | Fraction


def robustness(model: Network, x: Any, eps: Number, label: int | None = None, *, lo: Number | None = None,
               hi: Number | None = None, shape: Sequence[int] | None = None) -> Property:
    """The property that output ``label`` is the largest for every input within ``eps`` of ``x``.

    ``x`` is one input of the network, a NumPy array or a tensor, flat or in the network's shape. The box
    [x - eps, x + eps], cut to [lo, hi] where they are given, is exact: floats mean the number that they are,
    texts such as "0.1" or "2/255" the number that they write; all in units of the network's input. By default
    ``label`` is the class that the network, run in binary32, gives to ``x``. A tie counts as a violation.
    ``shape`` is that of a module's input, batch axis included; by default that of x, or [1, inputs].
    Raises ShapeError PNN-SHAPE-131 for an ``x`` of another size, PropertyError PNN-PROP-302 for an empty box,
    PNN-PROP-303 for a label that is no output, and what reading the model raises.
    """
    point = np.asarray(x.detach() if hasattr(x, "detach") else x)
    graph = read_network(model, shape or (point.shape if point.ndim > 1 else (1, *point.shape))).graph
    if point.size != graph.input_type.size:
        raise ShapeError("PNN-SHAPE-131", "the point is no input of the network",
                         expected=list(graph.input_type.shape), got=list(point.shape),
                         hint="give one input at a time; an image is [1, channels, height, width]")
    classes = graph.output_type.size
    if label is None:
        label = int(replay(graph, point).argmax())
    if not 0 <= label < classes:
        raise PropertyError("PNN-PROP-303", "the label is no output of the network",
                            expected=f"0 to {classes - 1}", got=label, hint="labels count outputs from 0")
    return Property(point.size, classes, (Case(*_box(point, eps, lo, hi), rivals_win(int(label), classes)),),
                    f"eps {eps} around a point of class {label}")


def _box(point: Any, eps: Number, lo: Number | None,
         hi: Number | None) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """Exact ends of the box, flat."""
    try:
        radius, centre = Fraction(eps), exactly(point.ravel())
        low, high = [v - radius for v in centre], [v + radius for v in centre]
        if lo is not None:
            low = [max(v, Fraction(lo)) for v in low]
        if hi is not None:
            high = [min(v, Fraction(hi)) for v in high]
    except (ValueError, OverflowError, ZeroDivisionError) as e:
        raise PropertyError("PNN-PROP-302", "a box has an end that is no finite number", got=str(e),
                            hint="write numbers, or texts such as '0.1' and '2/255'") from None
    empty = next((i for i, (a, b) in enumerate(zip(low, high)) if a > b), None)
    if empty is not None:
        raise PropertyError("PNN-PROP-302", "the box holds no point", where=f"input {empty}",
                            expected="lower end <= upper end",
                            got=f"{float(low[empty]):.9g} > {float(high[empty]):.9g}",
                            hint="eps must not be negative, and the point must lie in [lo, hi]")
    return tuple(low), tuple(high)
