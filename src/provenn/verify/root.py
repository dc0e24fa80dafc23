"""Better bounds at the root: slopes of their own for single neurons, worth it where splitting is not.

With many inputs a split tells little, so the time goes into intermediate bounds instead. Layer by
layer, every neuron that is still unstable gets the slopes that make its own interval narrowest;
each becomes one TIGHTEN of one neuron in the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import Lines, State, make_lines, tighten, unstable
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.bounds.slopes import improve_neurons
from provenn.verify.certificate import Tighten

STEPS = 20
WORDS = 1 << 21
FLOPS = 2e10
GROUP_NUMBERS = 1 << 21
WORTH = 0.99


@dataclass
class Refined:
    """A single box with the steps that gave its bounds."""

    state: State
    steps: tuple[Tighten, ...]


def refine(regions: Regions, state: State, worth: dict[int, Floats] | None = None) -> Refined:
    """Tighten the one box of ``state`` (changed in place), first with adaptive, then with chosen slopes.

    ``worth`` ranks the neurons of each target ([size]) where not all can be afforded.
    """
    steps: list[Tighten] = []
    for target in regions.affine:
        tighten(regions, state, make_lines(regions, state, {}, target, dict[int, Lines]()), target)
        steps.append(Tighten(target))
        if regions.above[target]:
            steps += _refine_target(regions, state, target, None if worth is None else worth.get(target))
    return Refined(state, tuple(steps))


def affordable(regions: Regions, target: int, neurons: Indices, rank: Floats | None) -> Indices:
    """The most valuable neurons whose slopes fit the budgets of words and of work."""
    words = sum(regions.sizes[u] for u in regions.above[target])
    count = int(min(WORDS // max(1, words), FLOPS // (4 * STEPS * max(1.0, regions.flops(target)))))
    if rank is not None and len(neurons) > count:
        neurons = neurons[np.argsort(-rank[neurons])]
    return neurons[:count]


def _refine_target(regions: Regions, state: State, target: int, rank: Floats | None) -> list[Tighten]:
    neurons = affordable(regions, target, unstable(state, target)[1], rank)
    width = sum(regions.sizes[u] for u in regions.above[target])
    group = max(1, GROUP_NUMBERS // (8 * width))
    made: list[Tighten] = []
    before = (state.low[target][0].copy(), state.high[target][0].copy())
    for i in range(0, len(neurons), group):
        some = neurons[i : i + group]
        low, high, best = improve_neurons(regions, state, target, np.zeros(len(some), np.intp), some, STEPS)
        low, high = np.maximum(low, before[0][some]), np.minimum(high, before[1][some])
        better = high - low < WORTH * (before[1][some] - before[0][some])
        better |= (low >= 0.0) | (high <= 0.0)
        chosen = np.flatnonzero(better)
        state.low[target][0, some[chosen]], state.high[target][0, some[chosen]] = low[chosen], high[chosen]
        made += [_single(target, int(some[k]), best.vectors(regions.sizes, k)) for k in chosen.tolist()]
    return made


def _single(target: int, neuron: int, slopes: dict[int, Floats]) -> Tighten:
    return Tighten(target, np.array([neuron]), slopes)
