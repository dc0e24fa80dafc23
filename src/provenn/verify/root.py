"""Better bounds at the root: slopes of their own for single neurons, worth it where splitting is not.

With many inputs a split tells little, so the time goes into intermediate bounds instead. Layer by
layer, every neuron that is still unstable gets the slopes that make its own interval narrowest;
each becomes one TIGHTEN of one neuron in the certificate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import Lines, State, adaptive, make_lines, source_bounds, tighten, unstable
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.bounds.slopes import improve_neurons, improve_together
from provenn.verify.certificate import Slopes, Tighten

STEPS, AGAIN = 10, 3
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


def averaged(steps: Sequence[Tighten]) -> dict[int, Slopes]:
    """By target, the mean of the slopes that single neurons got."""
    parts: dict[int, list[Slopes]] = {}
    for step in steps:
        if step.slopes:
            parts.setdefault(step.node, []).append(step.slopes)
    return {t: {u: np.mean([s[u] for s in some], axis=0) for u in some[0]} for t, some in parts.items()}


def refresh(regions: Regions, state: State, changed: int, slopes: dict[int, Slopes]) -> Refined:
    """Tighten what depends on unary node ``changed``, whose source's bounds were cut, in the one box of ``state``.

    All neurons of a target share their slopes, so this is cheap to write down; they begin with ``slopes``
    (by target, replaced by the better ones). The state is changed in place.
    """
    steps: list[Tighten] = []
    for target in regions.affine:
        neurons = unstable(state, target)[1]
        if changed not in regions.above[target] or not len(neurons):
            continue
        start = slopes.get(target) or {u: adaptive(*source_bounds(regions, state, u)) for u in regions.above[target]}
        low, high, found = improve_together(regions, state, target, neurons, AGAIN, {u: np.atleast_2d(a) for u, a in start.items()})
        slopes[target] = found
        before = state.high[target][0, neurons] - state.low[target][0, neurons]
        low, high = np.maximum(low, state.low[target][0, neurons]), np.minimum(high, state.high[target][0, neurons])
        chosen = np.flatnonzero((high - low < WORTH * before) | (low >= 0.0) | (high <= 0.0))
        state.low[target][0, neurons[chosen]], state.high[target][0, neurons[chosen]] = low[chosen], high[chosen]
        if len(chosen):
            steps.append(Tighten(target, neurons[chosen], found))
    return Refined(state, tuple(steps))
