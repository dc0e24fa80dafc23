"""Bounds of single neurons with slopes chosen by ascent (provenn.bounds.slopes)."""

from __future__ import annotations

import numpy as np

from provenn.bounds.backward import State, Tape, concretise, noise_of, own_noise, walk
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.slopes import Best, Family, forward


def improve_neurons(regions: Regions, state: State, target: int, owner: Indices, neuron: Indices,
                    steps: int, slopes: Coefficients | None = None) -> tuple[Floats, Floats, Best]:
    """Lower and upper bounds of single neurons with slopes of their own, and these slopes.

    Both bounds of a neuron share its slopes; the pair with the narrowest interval is returned. They begin
    with the given ``slopes`` [neurons, size], by unary node.
    """
    count = len(owner)
    both = np.concatenate([owner, owner])
    lo, hi = state.lo[both], state.hi[both]
    family, everyone = Family(regions, state, target, owner, 2, slopes), np.arange(count)
    low, high, best = np.full(count, -np.inf), np.full(count, np.inf), Best.of(family)
    start, offset = regions.of[target].start(neuron)
    lost = own_noise(noise_of(regions, state, target), owner, neuron)
    constants = np.concatenate([offset - lost, -offset - lost])
    for step in range(steps):
        rows = {leaf: np.concatenate([c, -c]) for leaf, c in start.items()}
        lines, tape = family.lines(), Tape()
        tape.entry, constant = walk(regions, lines, None, rows, constants.copy(), tape)
        ends = concretise(tape.entry, constant, lo, hi)
        better = np.flatnonzero(-ends[count:] - ends[:count] < high - low)
        low[better], high[better] = ends[better], -ends[count + better]
        best.keep(family, everyone, better)
        if step < steps - 1:
            family.ascend(tape, forward(regions, lines, tape, lo, hi)[1])
    return low, high, best


def improve_together(regions: Regions, state: State, target: int, neuron: Indices, steps: int,
                     slopes: Coefficients) -> tuple[Floats, Floats, Coefficients]:
    """Bounds of neurons of the one box of ``state`` with slopes that all of them share, and these slopes.

    The slopes begin with the given ones; those with the narrowest intervals in sum are returned.
    """
    count, one = len(neuron), np.zeros(1, np.intp)
    family = Family(regions, state, target, one, 2 * count, {u: slopes[u] for u in regions.above[target]})
    before = state.high[target][0, neuron] - state.low[target][0, neuron]
    start, offset = regions.of[target].start(neuron)
    lost = own_noise(noise_of(regions, state, target), np.zeros(count, np.intp), neuron)
    width, made = np.inf, (-np.inf * np.ones(count), np.inf * np.ones(count))
    best = Best.of(family)
    constants = np.concatenate([offset - lost, -offset - lost])
    for step in range(steps):
        rows = {leaf: np.concatenate([c, -c]) for leaf, c in start.items()}
        lines, tape = family.lines(), Tape()
        tape.entry, constant = walk(regions, lines, None, rows, constants.copy(), tape)
        ends = concretise(tape.entry, constant, state.lo, state.hi)
        total = float(np.minimum(-ends[count:] - ends[:count], before).sum())
        if total < width:
            width, made = total, (ends[:count], -ends[count:])
            best.keep(family, one, one)
        if step < steps - 1:
            family.ascend(tape, forward(regions, lines, tape, state.lo, state.hi)[1])
    return *made, best.vectors(regions.sizes, 0)
