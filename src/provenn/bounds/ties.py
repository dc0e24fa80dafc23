"""Ties between the factors of products: bounds of combinations in which what they share cancels.

Planes around ``x * y`` that know only the ranges of both factors lose a quarter of the product of their
widths. Where both depend on the same inputs, as in quadratic forms, and in a state times the control that
answers it, ``m x - y`` or ``m x + y`` is much narrower than these ranges tell, and

    4 m X Y = (m X + Y)^2 - (m X - Y)^2

bounds the product from below by the range of the one, from above by that of the other. In a State the ties of
product u are ``low[-u] = [low ends, low ends, m]`` and ``high[-u] = [high ends, high ends, m]``: of
``m x - y``, for planes below, and of ``-m x - y``, for planes above; an m of 0 means none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.backward import Lines, State, concretise, noise_of, own_noise, walk
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions

WORTH = 0.8
Mask = NDArray[np.bool_]


@dataclass
class Tied:
    """Ties of a product, for planes below (``side`` 0) or above (1) each ``element``, and which pay at all.

    ``gain`` [boxes, ties, inputs] is what these planes move by when inputs get narrower.
    """

    side: Indices
    element: Indices
    useful: Mask
    gain: Floats


def tie(regions: Regions, state: State, lines: Mapping[int, Lines], u: int, wanted: Mask) -> Tied:
    """Tie the factors of ``wanted`` [2, size] sides of elements of product ``u``, in place.

    ``lines`` are those of all nodes below. Factors of the same width make ``m`` the quotient of their widths.
    """
    side, element = np.nonzero(wanted)
    (xl, xh), (yl, yh) = (_ends(state, k, element) for k in regions.graph.nodes[u].inputs)
    wide, tall = xh - xl, yh - yl
    m = np.where((wide > 0.0) & (tall > 0.0), tall / np.where(wide > 0.0, wide, 1.0), 0.0)
    m = np.where(np.isfinite(m), m, 0.0)
    low, high, size = _ranges(regions, state, lines, u, element, m * np.where(side == 0, 1.0, -1.0))
    pays = (high - low < 2.0 * np.sqrt(WORTH) * tall) & (m > 0.0)
    ends = np.zeros((2, len(state), 3, regions.sizes[u]))
    for k, values in enumerate((low, high)):
        ends[k][:, side, element] = values
        ends[k][:, 2, element[side == k]] = np.where(pays, m, 0.0)[:, side == k]
    state.low[-u], state.high[-u] = ends.reshape(2, len(state), -1)
    rate = np.where(pays, (high - low) / np.where(m > 0.0, 8.0 * m, 1.0), 0.0)
    return Tied(side, element, pays.any(0), rate[..., None] * size)


def factors(state: State, u: int) -> Floats:
    """The factors of the ties of product ``u``, for planes below and above: [boxes, 2, size]."""
    return np.stack([np.split(ends[-u], 3, axis=1)[2] for ends in (state.low, state.high)], 1)


def met(regions: Regions, goals: Coefficients, u: int) -> Mask:
    """Which planes of product ``u``, below and above, goals or bounds can meet: [2, size]."""
    if u not in goals or any(u in regions.above[t] for t in regions.affine):
        return np.full((2, regions.sizes[u]), u in goals)
    return np.stack([(goals[u] > 0.0).any(0), (goals[u] < 0.0).any(0)])


def _ends(state: State, k: int, elements: Indices) -> tuple[Floats, Floats]:
    low, high = (state.low[k], state.high[k]) if k else (state.lo, state.hi)
    return low[:, elements], high[:, elements]


def _ranges(regions: Regions, state: State, lines: Mapping[int, Lines], u: int, element: Indices,
            m: Floats) -> tuple[Floats, Floats, Floats]:
    """Low and high ends of ``m x - y`` [boxes, ties], and the sums of their |input coefficients|."""
    boxes, count = m.shape
    owner, neuron = np.repeat(np.arange(boxes), count), np.tile(element, boxes)
    left, right = regions.graph.nodes[u].inputs
    weights, start = m.ravel(), Coefficients()
    (first, offset), (second, shift) = (regions.of[k].start(neuron) for k in (left, right))
    for leaf in {*first, *second}:
        c = first[leaf] * weights[:, None] if leaf in first else 0.0
        row: Floats = c - second[leaf] if leaf in second else np.asarray(c)
        start[leaf] = np.concatenate([row, -row])
    lost = np.abs(weights) * own_noise(noise_of(regions, state, left), owner, neuron) if left else 0.0
    lost = lost + (own_noise(noise_of(regions, state, right), owner, neuron) if right else 0.0)
    constant, both = offset * weights - shift, np.tile(owner, 2)
    entry, constant = walk(regions, lines, both, start, np.concatenate([constant - lost, -constant - lost]))
    found = concretise(entry, constant, state.lo[both], state.hi[both]).reshape(2, boxes, count)
    return found[0], -found[1], np.abs(entry).reshape(2, boxes, count, -1).sum(0)
