"""Trees of a branch and bound as people see them: sizes, what was split, bounds, and a small outline.

Trees may be unfinished: a side of a split that is missing is an *open end*.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from provenn.ir.graph import Graph
from provenn.verify.certificate import Empty, Split, Tree

DEEPEST = 24
FOLDED = "folded"


@dataclass(slots=True)
class Count:
    """What hangs below a tree node: leaves, open ends, and the longest way down in splits."""

    leaves: int = 0
    open: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Statistics of one tree.

    ``depths`` counts ends (leaves and open ends) by the number of splits above them; ``splits`` counts
    splits by (node, element). ``done`` is the share of the box's volume that is closed, None where signs of
    neurons were split, whose parts have no known volume.
    """

    leaves: int
    open: int
    splits: int
    deepest: int
    mean_depth: float
    depths: dict[int, int]
    by_element: Counter[tuple[int, int]]
    least: float
    done: float | None


@dataclass
class Branch:
    """A node of an outline: the ``cut`` that leads to it, its bound, and what hangs below it.

    ``kind`` is ``split``, ``proved``, ``empty``, ``open``,
    or ``folded`` for a split whose sides are left out.
    """

    cut: str
    kind: str
    bound: float | None
    leaves: int
    open: int
    depth: int
    split: str = ""
    sharpened: int = 0
    below: list[Branch] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """The outline as plain data."""
        return asdict(self)


def sides(tree: Tree) -> list[Tree | None]:
    """What hangs at a split; nothing at another end."""
    return [tree.end.below, tree.end.above] if isinstance(tree.end, Split) else []


def counted(tree: Tree) -> dict[int, Count]:
    """What hangs below each node, by the node's ``id``."""
    order, todo = [], [tree]
    while todo:
        here = todo.pop()
        order.append(here)
        todo += [t for t in sides(here) if t is not None]
    made: dict[int, Count] = {}
    for here in reversed(order):
        parts = [Count(0, 1) if t is None else made[id(t)] for t in sides(here)]
        made[id(here)] = Count(sum(p.leaves for p in parts), sum(p.open for p in parts),
                               1 + max(p.depth for p in parts)) if parts else Count(1, 0)
    return made


def shape(tree: Tree | None) -> Shape:
    """Statistics of a tree; None is a box that was not split at all and is open."""
    depths: Counter[int] = Counter()
    by_element: Counter[tuple[int, int]] = Counter()
    leaves = open_ = 0
    done, least, signs = 0.0, np.inf, False
    for here, depth, volume in _ends(tree):
        if here is None:
            open_ += 1
        elif isinstance(here.end, Split):
            by_element[here.end.node, here.end.index] += 1
            signs |= here.end.node != 0
            continue
        else:
            leaves, done = leaves + 1, done + volume
            least = min(least, here.bound) if here.bound == here.bound else least
        depths[depth] += 1
    mean = sum(d * n for d, n in depths.items()) / max(1, depths.total())
    return Shape(leaves, open_, by_element.total(), max(depths, default=0), mean,
                 dict(sorted(depths.items())), by_element, float(least), None if signs else done)


def _ends(tree: Tree | None) -> Iterator[tuple[Tree | None, int, float]]:
    """Every node and open end, with its depth and, where splits halve, its share of the volume."""
    todo: list[tuple[Tree | None, int, float]] = [(tree, 0, 1.0)]
    while todo:
        here, depth, volume = todo.pop()
        yield here, depth, volume
        if here is not None:
            todo += [(t, depth + 1, volume / 2) for t in sides(here)]


def outline(tree: Tree | None, graph: Graph, limit: int) -> Branch:
    """The part of a tree that is worth looking at: up to ``limit`` nodes, those with most work below first.

    Open ends count like many leaves, so that what is missing is shown.
    """
    if tree is None:
        return Branch("the whole box", "open", None, 0, 1, 0)
    counts = counted(tree)
    shown: set[int] = set()
    heap = [(0, 0, 0, tree)]
    while heap and len(shown) < limit:
        _, depth, _, here = heapq.heappop(heap)
        shown.add(id(here))
        for t in sides(here):
            if t is not None and depth < DEEPEST and isinstance(t.end, Split):
                weight = counts[id(t)].leaves + 10 * counts[id(t)].open
                heapq.heappush(heap, (-weight, depth + 1, id(t), t))
    return _branch(tree, "the whole box", graph, counts, shown)


def _branch(tree: Tree, cut: str, graph: Graph, counts: dict[int, Count], shown: set[int]) -> Branch:
    count, end = counts[id(tree)], tree.end
    bound = tree.bound if np.isfinite(tree.bound) else None
    made = Branch(cut, "proved", bound, count.leaves, count.open, count.depth, sharpened=len(tree.steps))
    if isinstance(end, Empty):
        made.kind = "empty"
    if not isinstance(end, Split):
        return made
    name = element(graph, end.node, end.index)
    made.kind, made.split = ("split" if id(tree) in shown else FOLDED), name
    if made.kind == "split":
        for side, sign in ((end.below, "≤"), (end.above, "≥")):
            text = f"{name} {sign} {end.value:.6g}"
            made.below.append(Branch(text, "open", bound, 0, 1, 0) if side is None
                              else _branch(side, text, graph, counts, shown))
    return made


def element(graph: Graph, node: int, index: int) -> str:
    """How people name an element: an input X_i, or a neuron of a node."""
    return f"X_{index}" if node == 0 else f"neuron {index} of node {node} ({graph.nodes[node].op.tag})"
