"""Better intermediate bounds of a single box.

At the root every neuron that is still unstable gets, layer by layer, the slopes that make its own
interval narrowest; each becomes one TIGHTEN of one neuron in the certificate. Below, after a split that
changes much, all neurons of a layer share their slopes and one TIGHTEN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import (
    Lines,
    State,
    make_lines,
    renew,
    source_bounds,
    tighten,
    unstable,
)
from provenn.bounds.enclosures import Enclosures
from provenn.bounds.neurons import improve_neurons, improve_together
from provenn.bounds.regions import Floats, Indices, Regions
from provenn.bounds.slopes import Best
from provenn.bounds.threads import each
from provenn.verify.certificate import Again, Slopes, Step, Tighten
from provenn.verify.pace import OutOfTime
from provenn.verify.renewals import Renewals

STEPS, AGAIN = 6, 3
WORDS = 1 << 21
FLOPS = 1e9
GROUP_NUMBERS = 1 << 21
WORTH = 0.99
MANY, HALVINGS, SLOWER = 16, 3, 40.0


@dataclass
class Refined:
    """A single box with the steps that gave its bounds."""

    state: State
    steps: tuple[Step, ...]


def refine(regions: Regions, state: State, worth: dict[int, Floats] | None = None,
           known: dict[int, list[Tighten]] | None = None) -> Refined:
    """Tighten the one box of ``state`` (changed in place), first with adaptive, then with chosen slopes.

    ``worth`` ranks the neurons of each target ([size]) where not all can be afforded. Only neurons that are
    ``known``, by target, are tightened again where these are given, with the slopes that they have.
    """
    steps: list[Step] = []
    old = state.take(np.zeros(1, np.intp))
    renewals = Renewals({} if regions.noise is None else regions.noise.inner)
    enclosures = Enclosures(regions, state)
    for target in regions.affine:
        steps += renewals.before(target)
        enclosures.sharpen(target)
        tighten(regions, state, make_lines(regions, state, {}, target, dict[int, Lines]()), target)
        steps += opening(regions, target)
        renewals.changed.add(target)
        if known is not None:
            steps += _repeated(regions, state, target, known.get(target, []))
        elif regions.above[target]:
            steps += _refine_target(regions, state, target, None if worth is None else worth.get(target))
        renew(regions, old, state)
    return Refined(state, (*steps, *renewals.before(regions.graph.output)))


def opening(regions: Regions, target: int) -> list[Step]:
    """The steps that bound what matters of a target; of copies each value once."""
    every = target in regions.curved
    if (source := regions.origins.get(target)) is None:
        return [Tighten(target, every=every)]
    return [Tighten(source.node, every=every), *map(Again, source.path)]


def affordable(regions: Regions, target: int, neurons: Indices, rank: Floats | None) -> Indices:
    """The most valuable neurons whose slopes fit the budgets of words and of work."""
    words = sum(regions.sizes[u] for u in regions.above[target])
    count = int(min(WORDS // max(1, words), FLOPS // (4 * STEPS * max(1.0, regions.flops(target)))))
    if rank is not None and len(neurons) > count:
        neurons = neurons[np.argsort(-rank[neurons])]
    return neurons[:count]


def _refine_target(regions: Regions, state: State, target: int, rank: Floats | None) -> list[Tighten]:
    neurons = affordable(regions, target, unstable(regions, state, target)[1], rank)
    width = sum(regions.sizes[u] for u in regions.above[target])
    group = max(1, GROUP_NUMBERS // (8 * width))
    made: list[Tighten] = []
    groups = [neurons[i : i + group] for i in range(0, len(neurons), group)]

    def improved(some: Indices) -> tuple[Floats, Floats, Best]:
        return improve_neurons(regions, state, target, np.zeros(len(some), np.intp), some, STEPS)

    for some, (low, high, best) in zip(groups, each(improved, groups)):
        chosen = set(_adopt(state, target, some, low, high).tolist())
        made += [Tighten(target, np.array([j]), best.vectors(regions.sizes, k))
                 for k, j in enumerate(some.tolist()) if j in chosen]
    return made


def _repeated(regions: Regions, state: State, target: int, steps: list[Tighten]) -> list[Tighten]:
    """The same neurons with the same slopes, on other bounds."""
    width = sum(regions.sizes[u] for u in regions.above[target])
    group, made = max(1, GROUP_NUMBERS // (8 * max(1, width))), list[Tighten]()
    for part in (steps[i : i + group] for i in range(0, len(steps), group)):
        some = np.concatenate([s.neurons for s in part if s.neurons is not None])
        slopes = {u: np.stack([s.slopes[u] for s in part]) for u in part[0].slopes}
        low, high, _ = improve_neurons(regions, state, target, np.zeros(len(some), np.intp), some, 1, slopes)
        chosen = set(_adopt(state, target, some, low, high).tolist())
        made += [s for s, j in zip(part, some.tolist()) if j in chosen]
    return made


def thinned(regions: Regions, before: State, plain: State, refined: Refined, worth: dict[int, Floats],
            shown: Callable[[State], bool]) -> Refined:
    """``refined`` with only the most valuable of the single neurons, as many as goals that are shown need.

    That is, about as many: halves are tried while there is time, if that costs less than the checker's work
    on all of them. ``before`` are the bounds that it began with, ``plain`` those with adaptive slopes, and
    ``worth`` is what a neuron's whole interval was worth then.
    """
    single = [s for s in refined.steps if isinstance(s, Tighten) and s.slopes and s.neurons is not None]
    again = sum(len(unstable(regions, plain, t)[1]) * regions.flops(t) for t in regions.affine)
    if len(single) < MANY or HALVINGS * again > SLOWER * sum(regions.flops(s.node) for s in single):
        return refined
    gain = {t: w * (1.0 - (refined.state.high[t] - refined.state.low[t])[0]
                    / np.maximum(plain.high[t] - plain.low[t], 1e-300)[0]) for t, w in worth.items()}
    order = sorted(single, key=lambda s: -float(gain[s.node][s.neurons].sum()))
    few, many = 0, len(order)
    for _ in range(HALVINGS):
        count = (few + many) // 2
        known: dict[int, list[Tighten]] = {}
        for step in order[:count]:
            known.setdefault(step.node, []).append(step)
        try:
            made = refine(regions, before.take(np.zeros(1, np.intp)), None, known)
            enough = shown(made.state)
        except OutOfTime:
            break
        refined, few, many = (made, few, count) if enough else (refined, count, many)
    return refined


def averaged(steps: Sequence[Step]) -> dict[int, Slopes]:
    """By target, the mean of the slopes that single neurons got."""
    parts: dict[int, list[Slopes]] = {}
    for step in steps:
        if isinstance(step, Tighten) and step.slopes:
            parts.setdefault(step.node, []).append(step.slopes)
    return {t: {u: np.mean([s[u] for s in some], axis=0) for u in some[0]} for t, some in parts.items()}


def refresh(regions: Regions, state: State, changed: int, slopes: dict[int, Slopes]) -> Refined:
    """Tighten what depends on unary node ``changed``, whose source's bounds were cut, in one box.

    All neurons of a target share their slopes, so this is cheap to write down; they begin with ``slopes``
    (by target, replaced by the better ones). The state is changed in place.
    """
    steps: list[Tighten] = []
    old = state.take(np.zeros(1, np.intp))
    for target in regions.affine:
        neurons = unstable(regions, state, target)[1]
        if changed not in regions.above[target] or not len(neurons):
            continue
        start = {u: regions.hint(u, *source_bounds(regions, state, u)) for u in regions.above[target]}
        start |= {u: np.atleast_2d(a) for u, a in slopes.get(target, {}).items()}
        low, high, slopes[target] = improve_together(regions, state, target, neurons, AGAIN, start)
        chosen = _adopt(state, target, neurons, low, high)
        if len(chosen):
            steps.append(Tighten(target, chosen, slopes[target]))
            renew(regions, old, state)
    return Refined(state, tuple(steps))


def _adopt(state: State, target: int, neurons: Indices, low: Floats, high: Floats) -> Indices:
    """Take over the bounds that are worth it; returns the neurons that they belong to."""
    old_low, old_high = state.low[target][0, neurons], state.high[target][0, neurons]
    low, high = np.maximum(low, old_low), np.minimum(high, old_high)
    better = (high - low < WORTH * (old_high - old_low)) | (low >= 0.0) | (high <= 0.0)
    chosen = np.flatnonzero(better)
    state.low[target][0, neurons[chosen]], state.high[target][0, neurons[chosen]] = low[chosen], high[chosen]
    return neurons[chosen]
