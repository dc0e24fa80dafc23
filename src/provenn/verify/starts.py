"""Where ascents on boxes begin: at what was good on their parents.

A child's bounds differ little from its parent's, so slopes found there save steps here. Multipliers are
handed on as well, but kept away from 0, where exponentiated gradients would stay for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.backward import State, source_bounds
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.slopes import Ascent


@dataclass(frozen=True, slots=True)
class Start:
    """Output multipliers of a disjunct, and slopes of all nodes with lines, one after the other."""

    disjunct: int
    multipliers: Floats
    slopes: NDArray[np.float32]


def best_starts(regions: Regions, box: Indices, disjunct: Indices, found: Ascent) -> dict[int, Start]:
    """By box, what an ascent on (box, disjunct) pairs found for the disjunct that is hardest."""
    rows = np.lexsort((found.bound, box))
    rows = rows[np.flatnonzero(np.diff(box[rows], prepend=-1))]
    parts = [np.zeros((len(rows), 0), np.float32)]
    for u in regions.above[regions.graph.output]:
        part = np.full((len(rows), regions.sizes[u]), 0.5, np.float32)
        if u in found.best.columns:
            part[:, found.best.columns[u]] = found.best.slopes[u][rows]
        parts.append(part)
    slopes = np.concatenate(parts, 1)
    return {int(box[row]): Start(int(disjunct[row]), found.multipliers[row], slopes[k])
            for k, row in enumerate(rows.tolist())}


def begun(regions: Regions, state: State, box: Indices, disjunct: Indices, starts: Sequence[Start | None],
          multipliers: Floats, fixed: Collection[int] = ()) -> Coefficients | None:
    """Slopes to begin with, by node [pairs, size], or None for the default ones.

    ``multipliers`` [pairs, widest] are replaced where a start is about the same disjunct. Nodes in ``fixed``
    are left out.
    """
    known = [(k, start) for k, start in enumerate(starts) if start is not None]
    if not known:
        return None
    rows, nodes = [k for k, _ in known], regions.above[regions.graph.output]
    cuts = np.cumsum([regions.sizes[u] for u in nodes])[:-1]
    made = {}
    for u, part in zip(nodes, np.split(np.stack([start.slopes for _, start in known]), cuts, axis=1)):
        if u not in fixed:
            made[u] = regions.hint(u, *source_bounds(regions, state, u))[box]
            made[u][rows] = part
    for k, start in known:
        if start.disjunct == disjunct[k]:
            multipliers[k] = start.multipliers
    return made
