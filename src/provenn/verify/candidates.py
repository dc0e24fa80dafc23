"""Which sign to fix next: cheap scores first, then the bounds that both sides would have.

At the minimiser of a bound every relaxed neuron adds ``coefficient * (line - function)`` to what the
bound misses; that, and the offset of the chord that it meets (BaBSR, Bunel et al., JMLR 2020), rank the
neurons. The best few are tried: one backward pass for each side, all in one batch (filtered smart
branching, De Palma et al., 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenn.bounds.backward import Extra, Lines, State, concretise, source_bounds, walk
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.slopes import Combination, Family, Pass

BLOCK = 1 << 21
LEAST, NEWTON = 1e-3, 12


def growth(a: Floats, b: Floats, missing: Floats) -> Floats:
    """How fast a tree grows whose splits gain ``a`` or ``b``, by side, of what is ``missing``.

    The root x of exp(-x a) + exp(-x b) = 1: a tree that must gain d has about exp(x d) leaves (Le Bodic and
    Nemhauser, 2017). Gains count up to what is missing.
    """
    top = np.maximum(missing, 1e-12)
    a, b = (np.clip(g, LEAST * top, top) for g in (a, b))
    x = np.log(2.0) / np.maximum(a, b)
    for _ in range(NEWTON):
        left, right = np.exp(-x * a), np.exp(-x * b)
        x += (left + right - 1.0) / (a * left + b * right)
    out: Floats = x
    return out


@dataclass
class Choice:
    """For each row the chosen unary node and neuron (node -1: none is left), and both sides' bounds."""

    node: Indices
    neuron: Indices
    bounds: Floats


def ranked(regions: Regions, state: State, here: Pass, argument: Coefficients,
           count: int) -> tuple[Indices, Indices]:
    """The ``count`` best neurons of every row by each score: unary nodes (-1: none) and neurons."""
    nodes, neurons, gaps, offsets = [], [], [], []
    for u, c in here.tape.coefficients.items():
        if regions.source[u] <= 0:
            continue
        low, high = source_bounds(regions, state, u)
        crossing = (low < 0.0) & (high > 0.0)
        columns = np.flatnonzero(crossing.any(0))
        line, z, c = here.lines[u], argument[u][:, columns], c[:, columns]
        below, chord = line.lower[:, columns], line.rise[:, columns]
        offset = np.where(c < 0.0, np.broadcast_to(line.upper_offset, argument[u].shape)[:, columns], 0.0)
        value = (below + np.where(c < 0.0, chord, 0.0)) * z + offset
        if line.lower_offset is not None:
            value += np.where(c < 0.0, 0.0, line.lower_offset[:, columns])
        true = regions.graph.nodes[u].op.need("kernel")(None, regions.graph.nodes[u].attrs, z)
        inside = crossing[:, columns]
        gaps.append(np.where(inside, np.abs(c * (true - value)), -1.0))
        offsets.append(np.where(inside, np.abs(c * offset), -1.0))
        nodes.append(np.full(len(columns), u))
        neurons.append(columns)
    rows = len(here.bound)
    none = np.full((rows, 1), -1.0)
    node, neuron = np.concatenate([*nodes, [-1]]), np.concatenate([*neurons, [0]])
    picked = []
    for score in (np.concatenate([*gaps, none], 1), np.concatenate([*offsets, none], 1)):
        best = np.argsort(-score, axis=1)[:, :count]
        good = np.take_along_axis(score, best, 1) >= 0.0
        picked.append(np.where(good, best, len(node) - 1))
    index = np.concatenate(picked, 1)
    return node[index].astype(np.intp), neuron[index].astype(np.intp)


def tried(regions: Regions, state: State, family: Family, rows: Combination, multipliers: Floats,
          node: Indices, neuron: Indices) -> Floats:
    """Bounds of both sides of every candidate: [rows, candidates, 2], below first."""
    widest = max([regions.sizes[0], *(regions.sizes[u] for u in family.made)])
    step = max(1, BLOCK // (2 * node.shape[1] * widest))
    blocks = [np.arange(i, min(i + step, len(node))) for i in range(0, len(node), step)]
    return np.concatenate([_tried(regions, state, family, rows, multipliers, node, neuron, some)
                           for some in blocks])


def _tried(regions: Regions, state: State, family: Family, rows: Combination, multipliers: Floats,
           node: Indices, neuron: Indices, some: Indices) -> Floats:
    sides = 2 * node.shape[1]
    row = np.repeat(some, sides)
    u_of, j_of = np.repeat(node[some].ravel(), 2), np.repeat(neuron[some].ravel(), 2)
    up = np.arange(len(row)) % 2 == 1
    lines = {}
    for u, line in family.made.items():
        lines[u] = line.pick(row)
        which = np.flatnonzero(u_of == u)
        if len(which):
            _fix(regions, state, lines[u], u, which, row[which], j_of[which], up[which])
    extra = {}
    for u, e in family.extra().items():
        place = e.row - some[0]
        kept = np.flatnonzero((place >= 0) & (place < len(some)))
        spread = (place[kept][:, None] * sides + np.arange(sides)).ravel()
        extra[u] = Extra(spread, np.repeat(e.neuron[kept], sides), np.repeat(e.value[kept], sides))
    weight, mine = multipliers[some], rows.take(some)
    start, constant = regions.of[regions.graph.output].pull(np.einsum("kr,kry->ky", weight, mine.cy))
    constant = np.repeat(constant - np.einsum("kr,kr->k", weight, mine.d), sides)
    entry, constant = walk(regions, lines, None, {leaf: np.repeat(c, sides, 0) for leaf, c in start.items()},
                           constant, None, extra)
    entry = entry + np.repeat(np.einsum("kr,krx->kx", weight, mine.cx), sides, 0)
    bound = concretise(entry, constant, state.lo[row], state.hi[row])
    return bound.reshape(len(some), node.shape[1], 2)


def _fix(regions: Regions, state: State, line: Lines, u: int, which: Indices, row: Indices, j: Indices,
         up: Floats) -> None:
    """Lines of one neuron a row as if its sign were known."""
    low, high = (a[row, j] for a in source_bounds(regions, state, u))
    low, high = np.where(up, np.maximum(low, 0.0), low), np.where(up, high, np.minimum(high, 0.0))
    a, b, c, d = regions.lines(u, low, high, regions.hint(u, low, high))
    line.lower[which, j], line.rise[which, j], line.upper_offset[which, j] = a, c - a, d
    if line.lower_offset is not None:
        line.lower_offset[which, j] = b


def chosen(regions: Regions, state: State, family: Family, rows: Combination, multipliers: Floats,
           here: Pass, argument: Coefficients, count: int) -> Choice:
    """The neuron of each row whose split promises the smallest tree."""
    node, neuron = ranked(regions, state, here, argument, count)
    bounds = tried(regions, state, family, rows, multipliers, node, neuron)
    gain = bounds - here.bound[:, None, None]
    score = np.where(node >= 0, -growth(gain[..., 0], gain[..., 1], -here.bound[:, None]), -np.inf)
    index, best = np.arange(len(node)), score.argmax(1)
    return Choice(node[index, best], neuron[index, best], bounds[index, best])
