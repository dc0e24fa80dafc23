"""Does a violation hold in every order of the sums, or only in some? Enclosures of all runs at one point.

An admissible run adds each sum of products in any tree, fuses products or not, and keeps subnormal numbers
or flushes them. Around each node this computes, in binary64, an interval of what such runs may give:

    |computed - exact| <= gamma sum |w| |x| + lost,    gamma = n u / (1 - n u)

where ``n`` counts the roundings of a sum with as many terms as the operand has elements, and ``lost`` what
flushing may lose. Other operations get 8 ulps, which ``provenn sweep`` shows to be enough for most elementary
functions of most libraries. With u = 0 the interval encloses the exact value. All of it is *tested*, not
proved: it says more about a counterexample, which stands without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from provenn.errors import UnsupportedError
from provenn.ir.graph import Graph, Node
from provenn.ir.op import Array, Pair
from provenn.ir.property import Disjunct, Property, Row, above, below, exactly

UNIT, FLUSHED = 2.0**-24, 2.0**-126
ULPS = 8
# Errors of this computation in binary64, several times over.
OWN_UNIT, OWN_LOST = 2.0**-50, 2.0**-1000
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a violation holds; None where the enclosure does not settle it.

    ``reals``: at the point itself, in exact arithmetic. ``every_order``: at the binary32 input, in every run.
    """

    reals: bool | None = None
    every_order: bool | None = None


def standing(graph: Graph, prop: Property, x: Array, point: list[Fraction], case: int) -> Standing:
    """What is known about a violation of one case at a point of the domain and the input that stands for it.

    True: all values of the enclosure violate one disjunct. False: none violates any disjunct of the case.
    None: neither, or a value may overflow, or some operation has no interval rule.
    """
    low, high = (np.array([end(q) for q in point]) for end in (below, above))
    at = np.asarray(x, np.float64)
    disjuncts = prop.cases[case].disjuncts
    try:
        with np.errstate(all="ignore"):
            reals = enclosure(graph, low, high, 0.0)
            runs = enclosure(graph, at, at, UNIT)
    except UnsupportedError:
        return Standing()
    return Standing(_settled(disjuncts, point, reals), _settled(disjuncts, point, runs))


def enclosure(graph: Graph, lo: Array, hi: Array, unit: float) -> Pair | None:
    """Ends of the outputs over all runs from inputs in a box, flat; None when a value may overflow.

    Raises UnsupportedError (PNN-OP-201) for a node without an interval rule.
    """
    shape, limit = (1, *graph.input_type.shape), LARGEST if unit else np.inf
    made: list[Pair] = [(lo.reshape(shape), hi.reshape(shape))]
    for i, node in enumerate(graph.nodes[1:], 1):
        if node.value is not None:
            value = node.value[None].astype(np.float64)
            made.append((value, value))
            continue
        operands = [made[k] for k in node.inputs]
        low, high = node.op.need("interval", graph.where(i))(node.attrs, *operands)
        noise, partial = _noise(node, operands, low, high, unit)
        made.append((low - noise, high + noise))
        if not (np.isfinite(noise).all() and (partial + noise < limit).all()):
            return None
    low, high = made[graph.output]
    return low.ravel(), high.ravel()


def _noise(node: Node, operands: list[Pair], low: Array, high: Array, unit: float) -> Pair:
    """(how far a run may be from the interval, the largest size of a partial sum) for each element."""
    size = np.maximum(np.abs(low), np.abs(high))
    lost = FLUSHED if unit else 0.0
    if not node.op.constants:
        return size * (2 * ULPS * unit + 8 * OWN_UNIT) + 2 * lost + OWN_LOST, size
    mags = [np.maximum(np.abs(a), np.abs(b)) for a, b in operands]
    kernel = node.op.need("kernel")
    size = kernel(None, node.attrs, *mags)
    weights = kernel(None, node.attrs, np.ones_like(mags[0]), *mags[1:])
    terms = mags[0].size + 3
    gamma = terms * unit / (1 - terms * unit) if terms * unit < 0.5 else np.inf
    return size * (gamma + terms * OWN_UNIT) + lost * (2 * terms + weights) * (1 + gamma) + OWN_LOST, size


def _settled(disjuncts: tuple[Disjunct, ...], point: list[Fraction], ends: Pair | None) -> bool | None:
    if ends is None:
        return None
    low, high = map(exactly, ends)
    if any(all(_worst(row, low, high).holds(point, high) for row in rows) for rows in disjuncts):
        return True
    never = all(any(not _worst(row, high, low).holds(point, low) for row in rows) for rows in disjuncts)
    return False if never else None


def _worst(row: Row, low: list[Fraction], high: list[Fraction]) -> Row:
    """A row whose value at ``high`` is this row's value with each output at its worse end."""
    shift = sum((c * (high[j] - low[j]) for j, c in row.y.items() if c < 0), Fraction(0))
    return Row(row.x, row.y, row.bound + shift, row.strict)
