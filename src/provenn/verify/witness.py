"""What makes a point a counterexample: a binary32 run, judged in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from provenn.eval.run import run
from provenn.ir.graph import Graph
from provenn.ir.op import Array
from provenn.ir.property import Property, exactly


def violation(graph: Graph, prop: Property, x: Array, y: Array) -> tuple[int, int, list[Fraction]] | None:
    """(case, disjunct, point) when the binary32 input ``x`` with output ``y`` violates the property.

    ``point`` is the point of the domain that ``x`` stands for: ``x`` itself, or, where the domain is a
    decimal that no binary32 number equals, that decimal; a binary64 run there must then be unsafe too.
    """
    if not np.isfinite(y).all():
        return None
    found = prop.violated_at(exactly(x), exactly(y))
    if found is None or found[2] == exactly(x):
        return found
    there = np.array([float(q) for q in found[2]]).reshape(1, *graph.input_type.shape)
    exact = run(graph, there).ravel()
    unsafe = bool(np.isfinite(exact).all()) and prop.violated_by(found[2], exactly(exact)) is not None
    return found if unsafe else None
