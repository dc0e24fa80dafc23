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

from provenn.bounds.backward import Lines, State, concretise, own_noise, walk
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions

WORTH = 0.8
Mask = NDArray[np.bool_]


@dataclass
class Tied:
    """Elements of a product whose factors were tied, and which of these ties pay on any box.

    ``gain`` [2, boxes, elements, inputs] is what planes below and above move by when inputs get narrower.
    """

    elements: Indices
    useful: Mask
    gain: Floats


def tie(regions: Regions, state: State, lines: Mapping[int, Lines], u: int, elements: Indices) -> Tied:
    """Tie the factors of some elements of product ``u``, in place.

    ``lines`` are those of all nodes below. Factors of the same width make ``m`` the quotient of their widths.
    """
    reads = regions.graph.nodes[u].inputs
    (xl, xh), (yl, yh) = (_ends(state, k, elements) for k in reads)
    wide, tall = xh - xl, yh - yl
    m = np.where((wide > 0.0) & (tall > 0.0), tall / np.where(wide > 0.0, wide, 1.0), 0.0)
    m = np.where(np.isfinite(m), m, 0.0)
    ends, entry = _ranges(regions, state, lines, u, elements, m)
    most = np.sqrt(WORTH) * tall
    pays = np.stack([ends[1] - ends[0] < 2.0 * most, ends[3] - ends[2] < 2.0 * most]) & (m > 0.0)
    low, high = np.zeros((2, len(state), 3, regions.sizes[u]))
    low[:, 0, elements], low[:, 1, elements], low[:, 2, elements] = ends[0], ends[2], np.where(pays[0], m, 0.0)
    high[:, 0, elements], high[:, 1, elements], high[:, 2, elements] = ends[1], ends[3], np.where(pays[1], m, 0.0)
    state.low[-u], state.high[-u] = low.reshape(len(state), -1), high.reshape(len(state), -1)
    rate = np.where(pays, np.stack([ends[1] - ends[0], ends[3] - ends[2]]) / np.where(m > 0.0, 8.0 * m, 1.0), 0.0)
    size = np.abs(entry)
    return Tied(elements, pays.any((0, 1)), rate[..., None] * np.stack([size[0] + size[1], size[2] + size[3]]))


def factors(state: State, u: int) -> Floats:
    """The factors of the ties of product ``u``, for planes below and above: [boxes, 2, size]."""
    return np.stack([np.split(ends[-u], 3, axis=1)[2] for ends in (state.low, state.high)], 1)


def _ends(state: State, k: int, elements: Indices) -> tuple[Floats, Floats]:
    low, high = (state.low[k], state.high[k]) if k else (state.lo, state.hi)
    return low[:, elements], high[:, elements]


def _ranges(regions: Regions, state: State, lines: Mapping[int, Lines], u: int, elements: Indices,
            m: Floats) -> tuple[list[Floats], Floats]:
    """Low and high ends of ``m x - y``, then of ``-m x - y``, each [boxes, elements], and the input
    coefficients [4, boxes, elements, inputs].
    """
    boxes, count = m.shape
    owner, neuron = np.repeat(np.arange(boxes), count), np.tile(elements, boxes)
    left, right = regions.graph.nodes[u].inputs
    weights = m.ravel()
    signs = [(weights, -1.0), (-weights, 1.0), (-weights, -1.0), (weights, 1.0)]
    (first, offset), (second, shift) = (regions.of[k].start(neuron) for k in (left, right))
    start: Coefficients = {}
    for leaf in {*first, *second}:
        parts = [sum((c[leaf] * np.reshape(w, (-1, 1)) for c, w in zip((first, second), both) if leaf in c))
                 for both in signs]
        start[leaf] = np.concatenate(parts)
    lost = weights * own_noise(regions, state, left, owner, neuron) if left else 0.0
    lost = lost + (own_noise(regions, state, right, owner, neuron) if right else 0.0)
    constant = np.concatenate([offset * w + shift * v - lost for w, v in signs])
    everyone = np.tile(owner, 4)
    entry, constant = walk(regions, lines, everyone, start, constant)
    found = concretise(entry, constant, state.lo[everyone], state.hi[everyone]).reshape(4, boxes, count)
    return [found[0], -found[1], found[2], -found[3]], entry.reshape(4, boxes, count, -1)
