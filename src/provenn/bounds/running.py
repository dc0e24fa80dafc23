"""Running error analysis: where the values of one run may lie, for the very numbers that it starts from.

An execution adds each sum of products in any order, fuses products or not, keeps subnormal numbers or flushes
them, and has elementary functions within some ulps. Around each node this computes, in binary64, an interval
that holds what every execution gives. With a unit of 0 it holds the exact value alone, and how far the two
intervals reach apart bounds the error of every execution:

    |computed - exact| <= ((1 + u)^(n + 1) - 1) sum |w| |x| + 4 (n + 1) 2^-126        for n products

on operands that are themselves anywhere in their intervals (theories/Float/SumProof.v, ``rounded_sum_error``,
has the bound of one sum; that of a whole graph is tested, not proved). A single operation keeps the sign of
its exact value. Values that may overflow, or have no bound, get infinite ends.
"""

from __future__ import annotations

import math
from collections.abc import Container, Sequence

import numpy as np

from provenn.bounds.noise import CURVE_LOST, FLUSHED, UNIT, around, size
from provenn.ir.graph import Graph, Node
from provenn.ir.op import Array, Have, Pair

LIMIT = 2.0**127
# What this computation in binary64 loses itself, several times over.
OWN_UNIT, OWN_LOST = 2.0**-48, 2.0**-1000


def enclosures(graph: Graph, feeds: Sequence[Array], wanted: Container[int], unit: float = UNIT,
               ulps: float = 4) -> dict[int, Pair]:
    """Ends of the wanted nodes over all executions from these inputs, in the order of ``graph.inputs``.

    Shapes are those of the graph. Raises UnsupportedError (PNN-OP-201) for an op without an interval rule.
    """
    last = {k: i for i, node in enumerate(graph) for k in node.inputs}
    given, made, out = iter(feeds), dict[int, Pair](), dict[int, Pair]()
    with np.errstate(all="ignore"):
        for i, node in enumerate(graph):
            if not node.inputs:
                exact = np.asarray(next(given) if node.value is None else node.value, np.float64)[None]
                made[i] = _flushed(exact, exact) if unit else (exact, exact)
            else:
                made[i] = _result(graph, i, [made[k] for k in node.inputs], unit, ulps)
            if i in wanted:
                out[i] = made[i][0][0], made[i][1][0]
            for k in {i, *node.inputs}:
                if last.get(k, i) == i:
                    del made[k]
    return out


def apart(runs: Pair, reals: Pair) -> Array:
    """How far a value of an execution may be from the exact one, rounded up."""
    with np.errstate(all="ignore"):
        far: Array = np.maximum(runs[1] - reals[0], reals[1] - runs[0]) * (1 + 2.0**-40)
    return np.where(np.isnan(far), np.inf, far)


def _result(graph: Graph, i: int, ends: list[Pair], unit: float, ulps: float) -> Pair:
    """Ends of one node from those of its operands."""
    node = graph.nodes[i]
    low, high = node.op.need("interval", graph.where(i))(node.attrs, *ends)
    noise, reach = _noise(node, ends, size(low, high), unit, ulps)
    lower, upper = low - noise, high + noise
    if _keeps_signs(node, ends):
        lower = np.where(low >= 0, np.maximum(lower, 0), lower)
        upper = np.where(high <= 0, np.minimum(upper, 0), upper)
    if "product" in node.op.facts and len(set(node.inputs)) == 1:
        lower = np.maximum(lower, 0)
    bounded = np.isfinite(lower) & np.isfinite(upper)
    if unit:
        bounded &= reach + noise < LIMIT
        lower, upper = _flushed(lower, upper)
    return np.where(bounded, lower, -np.inf), np.where(bounded, upper, np.inf)


def _noise(node: Node, ends: list[Pair], exact: Array, unit: float, ulps: float) -> Pair:
    """(what roundings add to the interval, the largest size of a partial sum) for each element."""
    op, relative = node.op, unit + OWN_UNIT
    if isinstance(op.rounding, Have):
        return op.rounding.rule(node.attrs, relative, ulps, *ends), exact
    if "affine" not in op.facts:
        if "exact" in op.facts:
            return np.zeros_like(exact), exact
        return (2 * ulps * unit + 8 * OWN_UNIT) * exact + (CURVE_LOST if unit else OWN_LOST), exact
    rule = op.need("interval")
    load = size(*rule(node.attrs, *(around(size(*e)) for e in ends)))
    terms = float(size(*rule(node.attrs, *(around(np.ones_like(e[0])) for e in ends))).max(initial=0))
    if terms <= 1 and ("movement" in op.facts or len(ends) == 1):
        return np.zeros_like(load), load
    roundings = 1 if "elementwise" in op.facts else terms + 1
    noise = load * math.expm1(roundings * math.log1p(relative)) * (1 + OWN_UNIT)
    return noise + 4 * (terms + 1) * (FLUSHED if unit else OWN_LOST) * (load > 0), load


def _keeps_signs(node: Node, ends: list[Pair]) -> bool:
    """One operation that is rounded once, or a sum of numbers that are not negative."""
    facts = node.op.facts
    return "elementwise" in facts or ("movement" in facts and all((low >= 0).all() for low, _ in ends))


def _flushed(low: Array, high: Array) -> Pair:
    """With 0, if a subnormal number lies between the ends."""
    return (np.where((low > 0) & (low < FLUSHED), 0.0, low),
            np.where((high < 0) & (high > -FLUSHED), 0.0, high))
