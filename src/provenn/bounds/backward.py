"""Backward linear relaxation (CROWN) over batches of boxes.

A *row* is a linear functional of one node, say ``c @ value(v) + k``. Walking it back through affine
regions and, at each unary node, through the lower line where its coefficient is positive and the
upper line where it is negative, gives a linear functional of the input that is a lower bound of the
row on the whole box; its minimum over the box is a number (Zhang et al., NeurIPS 2018).

Rows of many boxes travel together as one matrix, so the cost is that of the rows asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.interval import intervals
from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.threads import each

ROW_BLOCK = 1 << 16
KEPT = 1 << 25
Slopes = Mapping[int, Floats]
Mask = NDArray[np.bool_]


@dataclass
class State:
    """Boxes with current bounds: ``lo``/``hi`` [boxes, inputs], ``low``/``high`` by node [boxes, size].

    Ties of product u (provenn.bounds.ties) stand at -u.
    """

    lo: Floats
    hi: Floats
    low: dict[int, Floats]
    high: dict[int, Floats]

    def __len__(self) -> int:
        return len(self.lo)

    def take(self, which: Indices) -> State:
        """The state of some boxes, copied."""
        return State(self.lo[which], self.hi[which], {t: a[which] for t, a in self.low.items()},
                     {t: a[which] for t, a in self.high.items()})

    def where(self, chosen: Mask, other: State) -> State:
        """These boxes where ``chosen``, else the other ones (with the same inputs)."""
        low, high = ({t: np.where(chosen[:, None], a, b[t]) for t, a in ends.items()}
                     for ends, b in ((self.low, other.low), (self.high, other.high)))
        return State(self.lo, self.hi, low, high)


@dataclass
class Lines:
    """Lines of one unary node, [boxes, size] (or [rows, size]): see the facet ``lines``."""

    lower: Floats
    lower_offset: Floats | None
    rise: Floats
    upper_offset: Floats

    def take(self, owner: Indices | None) -> Lines:
        """The lines that rows of the given boxes see; None: row k sees line k."""
        return self if owner is None or len(self.upper_offset) == 1 else self.pick(owner)

    def pick(self, rows: Indices) -> Lines:
        """Copies of some lines."""
        offset = None if self.lower_offset is None else self.lower_offset.take(rows, 0)
        return Lines(self.lower.take(rows, 0), offset, self.rise.take(rows, 0),
                     self.upper_offset.take(rows, 0))


@dataclass
class Tape:
    """What a backward pass leaves for the gradient: coefficients on unary nodes before their lines."""

    coefficients: Coefficients = field(default_factory=dict)
    entry: Floats = field(default_factory=lambda: np.zeros((0, 0)))


def root_state(regions: Regions, lo: Floats, hi: Floats) -> State:
    """Boxes with the interval bounds of every target."""
    noise = regions.noise
    ends = intervals(regions.graph, lo, hi) if noise is None else noise.intervals(lo, hi)
    low, high = ({t: np.broadcast_to(ends[t][k], (len(lo), regions.sizes[t])).copy() for t in regions.targets}
                 for k in (0, 1))
    return State(lo, hi, low, high)


def source_bounds(regions: Regions, state: State, u: int) -> tuple[Floats, Floats]:
    """Current bounds of what unary node ``u`` reads; of both operands side by side for a product, then its
    ties, if there are any.
    """
    reads = regions.graph.nodes[u].inputs
    ends = [(state.low[k], state.high[k]) if k else (state.lo, state.hi) for k in reads]
    if -u in state.low:
        ends.append((state.low[-u], state.high[-u]))
    if len(ends) == 1:
        return ends[0]
    return np.concatenate([a for a, _ in ends], 1), np.concatenate([b for _, b in ends], 1)


def make_lines(regions: Regions, state: State, slopes: Slopes, target: int,
               known: dict[int, Lines] | None = None) -> dict[int, Lines]:
    """Lines of every unary node below ``target``; slopes not given are adaptive, ``known`` are kept."""
    made = {} if known is None else known
    for u in regions.above[target]:
        if u in made:
            continue
        low, high = source_bounds(regions, state, u)
        alpha = slopes[u] if u in slopes else regions.hint(u, low, high)
        widths = None if regions.noise is None else regions.noise.line(state, u)
        a, b, c, d = regions.lines(u, low, high, alpha, widths)
        made[u] = Lines(a, b if b.any() else None, c - a, d)
    made.update(joint_lines(regions, state, target, made))
    return made


def joint_lines(regions: Regions, state: State, target: int, known: Collection[int] = ()) -> dict[int, Lines]:
    """The identity with its noise, for joints below ``target`` that are not ``known``; without noise none."""
    if regions.noise is None:
        return {}
    noise = {u: regions.noise.joint(state, u)[1] for u in regions.passed[target] if u not in known}
    return {u: Lines(np.ones((len(a), 1)), None, np.zeros((len(a), 1)), a) for u, a in noise.items()}


def through(c: Floats, lines: Lines, constant: Floats) -> Floats:
    """Coefficients before a unary node from those after it; the constant is changed in place."""
    negative = np.minimum(c, 0.0)
    constant += np.einsum("ij,ij->i", negative, np.broadcast_to(lines.upper_offset, c.shape))
    if lines.lower_offset is not None:
        constant += np.einsum("ij,ij->i", c - negative, np.broadcast_to(lines.lower_offset, c.shape))
    if lines.lower.shape[1] != c.shape[1]:
        c, negative = np.tile(c, (1, 2)), np.tile(negative, (1, 2))
    negative *= lines.rise
    negative += c * lines.lower
    return negative


@dataclass
class Extra:
    """Coefficients to add on what a unary node reads: ``value[k]`` at ``neuron[k]`` of row ``row[k]``.

    A row's lower bound stays one when the sign of what is read makes each addend at most 0.
    """

    row: Indices
    neuron: Indices
    value: Floats


def walk(regions: Regions, lines: Mapping[int, Lines], owner: Indices | None, start: Coefficients,
         constant: Floats, tape: Tape | None = None,
         extra: Mapping[int, Extra] | None = None) -> tuple[Floats, Floats]:
    """Input coefficients [rows, inputs] and constants [rows] of lower bounds of rows.

    ``start`` are the rows' coefficients on leaves, ``constant`` their constants (changed in place);
    ``owner`` names each row's box, or is None when ``lines`` hold one line a row. Every pair of row and
    neuron stands at most once in each of ``extra``, which is given by unary node.
    """
    pending = dict(start)
    while True:
        u = max(pending, default=0)
        if u == 0:
            break
        c = pending.pop(u)
        if u in regions.joints:
            if u in lines:
                noise = lines[u].take(owner).upper_offset
                constant -= np.einsum("ij,ij->i", np.abs(c), np.broadcast_to(noise, c.shape))
        else:
            if tape is not None:
                tape.coefficients[u] = c
            c = through(c, lines[u].take(owner), constant)
            if extra is not None and u in extra:
                c[extra[u].row, extra[u].neuron] += extra[u].value
        if regions.source.get(u) == 0:
            parts: Coefficients = {0: c}
        else:
            parts, k = regions.below(u).pull(c)
            constant += k
        for leaf, part in parts.items():
            pending[leaf] = pending[leaf] + part if leaf in pending else part
    entry = pending.get(0)
    if entry is None:
        entry = np.zeros((len(constant), regions.sizes[0]))
    if tape is not None:
        tape.entry = entry
    return entry, constant


def concretise(entry: Floats, constant: Floats, lo: Floats, hi: Floats) -> Floats:
    """Minimum over the box of ``entry @ x + constant``, one box a row or one for all."""
    centre, radius = (lo + hi) / 2, (hi - lo) / 2
    if len(centre) == 1:
        all_: Floats = entry @ centre[0] + constant - np.abs(entry) @ radius[0]
        return all_
    middle: Floats = np.einsum("ij,ij->i", entry, np.broadcast_to(centre, entry.shape)) + constant
    spread: Floats = np.einsum("ij,ij->i", np.abs(entry), np.broadcast_to(radius, entry.shape))
    return middle - spread


@dataclass
class Rows:
    """Backward rows of one target: (owner, neuron) pairs sorted by owner.

    ``lower`` and ``upper`` are the |input coefficients| of both bounds; ``blocks`` holds, for slices of
    the pairs, the coefficients on every unary node passed (lower rows, then upper rows).
    """

    owner: Indices
    neuron: Indices
    lower: Floats
    upper: Floats
    blocks: list[tuple[slice, Coefficients]]


def undecided(regions: Regions, state: State, target: int) -> Mask:
    """Neurons whose bounds matter to what reads them: those of unknown sign; for curves all."""
    low, high = state.low[target], state.high[target]
    made: Mask = low < high if target in regions.curved else (low < 0.0) & (high > 0.0)
    return made


def unstable(regions: Regions, state: State, target: int) -> tuple[Indices, Indices]:
    """(box, neuron) pairs whose bounds matter, sorted by box."""
    owner, neuron = np.nonzero(undecided(regions, state, target))
    return owner, neuron


def ends_of(state: State, owner: Indices) -> tuple[Floats, Floats]:
    """The boxes that rows see, or the only one."""
    return (state.lo, state.hi) if len(state) == 1 else (state.lo.take(owner, 0), state.hi.take(owner, 0))


def noise_of(regions: Regions, state: State, target: int) -> Floats:
    """The noise of a target's region, [boxes or 1, size]."""
    if regions.noise is None:
        return np.zeros((1, regions.sizes[target]))
    return regions.noise.target(state, target)


def own_noise(noise: Floats, owner: Indices, neuron: Indices) -> Floats:
    """What rows of single neurons pay of the noise of their region, see ``noise_of``."""
    return noise[owner, neuron] if len(noise) > 1 else noise[0, neuron]


def bound_rows(regions: Regions, state: State, lines: Mapping[int, Lines], target: int, noise: Floats,
               owner: Indices, neuron: Indices, tape: Tape | None = None) -> tuple[Floats, Floats, Floats]:
    """Lower and upper bounds of (box, neuron) pairs, and input coefficients (lower rows, then upper rows).

    ``noise`` is that of the target's region (``noise_of``).
    """
    region, count = regions.of[target], len(owner)
    start, offset = region.start(neuron)
    lost = own_noise(noise, owner, neuron)
    if region.leaves == (0,):
        lo, hi, entry = state.lo.take(owner, 0), state.hi.take(owner, 0), start[0]
        middle = np.einsum("ij,ij->i", entry, (lo + hi) / 2) + offset
        spread = np.einsum("ij,ij->i", np.abs(entry), (hi - lo) / 2)
        spread += lost
        return middle - spread, middle + spread, np.concatenate([entry, entry])
    both = np.concatenate([owner, owner])
    rows = {leaf: np.concatenate([c, -c]) for leaf, c in start.items()}
    entry, constant = walk(regions, lines, both, rows, np.concatenate([offset, -offset]), tape)
    ends = concretise(entry, constant, *ends_of(state, both))
    return ends[:count] - lost, lost - ends[count:], entry


def renew(regions: Regions, old: State, state: State) -> None:
    """With noise, enclose again what activations read of other activations, in place, as the checker does.

    It does so whenever it sharpens bounds of a node, for all later ones: here where a box of ``state`` has
    sharper bounds than in ``old``. That is no choice: planes and lines of other bounds are not looser or
    closer ones, but different.
    """
    if regions.noise is None:
        return
    for u in regions.relays:
        node = regions.graph.nodes[u]
        ends = [(state.low[k], state.high[k]) if k else (state.lo, state.hi) for k in node.inputs]
        low, high = node.op.need("interval")(node.attrs, *ends)
        lost = regions.noise.leaf(state, u)[1]
        sharper = np.zeros(len(state), bool)
        for t in regions.affine:
            if t < u:
                sharper |= (state.low[t] > old.low[t]).any(1) | (state.high[t] < old.high[t]).any(1)
        state.low[u] = np.where(sharper[:, None], np.maximum(old.low[u], low - lost), old.low[u])
        state.high[u] = np.where(sharper[:, None], np.minimum(old.high[u], high + lost), old.high[u])


def side_rows(regions: Regions, state: State, lines: Mapping[int, Lines], target: int, noise: Floats,
              owner: Indices, neuron: Indices, sign: Floats, tape: Tape | None = None) -> Floats:
    """Lower bounds of ``sign`` times neurons of (box, neuron, sign) triples; see ``bound_rows``."""
    start, offset = regions.of[target].start(neuron)
    rows = {leaf: c * sign[:, None] for leaf, c in start.items()}
    entry, constant = walk(regions, lines, owner, rows, offset * sign, tape)
    constant = constant - own_noise(noise, owner, neuron)
    return concretise(entry, constant, *ends_of(state, owner))


def tighten(regions: Regions, state: State, lines: Mapping[int, Lines], target: int,
            keep: bool = False) -> Rows:
    """Intersect the bounds of every undecided neuron of ``target`` with its backward bounds, in place.

    ``keep`` fills the coefficients of the result, unless they would take too much memory. Elements that are
    copies of others get the bounds of these.
    """
    owner, neuron = unstable(regions, state, target)
    first = regions.copies.get(target)
    if first is not None:
        originals = np.flatnonzero(first[neuron] == neuron)
        owner, neuron = owner[originals], neuron[originals]
    widths = [regions.sizes[0], *(regions.sizes[u] for u in regions.above[target])]
    step = max(16, ROW_BLOCK // max(widths))
    keep = keep and 2 * len(owner) * sum(widths) <= KEPT
    low, high = state.low[target], state.high[target]
    below, above = np.empty(len(owner)), np.empty(len(owner))
    noise = noise_of(regions, state, target)
    inputs = np.zeros((2, len(owner) if keep else 0, regions.sizes[0]))
    made = Rows(owner, neuron, inputs[0], inputs[1], [])

    def bounded(i: int) -> tuple[slice, Tape | None, tuple[Floats, Floats, Floats]]:
        part, tape = slice(i, i + step), Tape() if keep else None
        return part, tape, bound_rows(regions, state, lines, target, noise, owner[part], neuron[part], tape)

    for part, tape, (below[part], above[part], entry) in each(bounded, range(0, len(owner), step)):
        if tape is not None:
            size = len(entry) // 2
            np.abs(entry[:size], out=made.lower[part])
            np.abs(entry[size:], out=made.upper[part])
            made.blocks.append((part, tape.coefficients))
    low[owner, neuron] = np.maximum(low[owner, neuron], below)
    high[owner, neuron] = np.minimum(high[owner, neuron], above)
    if first is not None:
        np.maximum(low, low[:, first], out=low)
        np.minimum(high, high[:, first], out=high)
    return made
