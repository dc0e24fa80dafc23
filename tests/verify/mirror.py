"""A slow reference checker: the certificate's meaning, written down plainly in binary64.

It shares nothing with the search engine: every affine node becomes an explicit matrix (found by
running its kernel on unit vectors), and words are walked one by one. No outward rounding, so a leaf
counts only when its bound exceeds ``slack`` times the size of the numbers that made it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from provenn.ir.graph import Graph
from provenn.ir.property import Box, Property, boxes
from provenn.ops.families import Fast


class Rejected(Exception):
    """The certificate does not prove the property."""


@dataclass
class Network:
    """Nodes as matrices: value[i] = sum of matrices[i][k] @ value[k] + constants[i], or an activation."""

    graph: Graph
    matrices: dict[int, dict[int, Any]] = field(default_factory=dict)
    constants: dict[int, Any] = field(default_factory=dict)
    activations: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for i, node in enumerate(self.graph):
            if i == 0 or node.value is not None:
                continue
            if node.op.tag == "relu":
                self.activations[i] = node.inputs[0]
                continue
            self.constants[i] = self._run(i, None, None).ravel()
            self.matrices[i] = {}
            for k in set(node.inputs):
                if self.graph.nodes[k].value is None:
                    unit = np.eye(self.graph.nodes[k].type.size)
                    self.matrices[i][k] = (self._run(i, k, unit) - self.constants[i]).T

    def _run(self, i: int, k: int | None, rows: Any) -> Any:
        node = self.graph.nodes[i]
        count = 1 if rows is None else len(rows)
        operands = []
        for j in node.inputs:
            source = self.graph.nodes[j]
            if source.value is not None:
                operands.append(source.value[None].astype(float))
            else:
                x = rows if j == k else np.zeros((count, source.type.size))
                operands.append(x.reshape(count, *source.type.shape))
        made = node.op.need("kernel")(Fast(), node.attrs, *operands)
        return np.broadcast_to(made.reshape(len(made), -1), (count, node.type.size))


class Checker:
    """Walks certificate words; ``check`` returns the number of leaves or raises Rejected."""

    def __init__(self, graph: Graph, prop: Property, words: Any, slack: float = 1e-12) -> None:
        self.net, self.words, self.at, self.slack = Network(graph), words, 22, slack
        self.graph, self.boxes, self.leaves, self.flops = graph, boxes(prop), 0, 0.0
        self.rows = 0

    def check(self) -> int:
        """Walk all trees."""
        for box in self.boxes:
            lo, hi = box.lo.copy(), box.hi.copy()
            state = self.intervals(lo, hi)
            todo = [(lo, hi, state)]
            while todo:
                lo, hi, state = todo.pop()
                todo += self.step(box, lo, hi, state)
        if self.at != len(self.words) or self.words[2] != len(self.words):
            raise Rejected("length")
        return self.leaves

    def intervals(self, lo: Any, hi: Any) -> dict[int, Any]:
        """Bounds of every node by interval arithmetic."""
        state: dict[int, Any] = {0: (lo, hi)}
        for i in range(1, len(self.graph.nodes)):
            if i in self.net.activations:
                a, b = state[self.net.activations[i]]
                state[i] = (np.maximum(a, 0), np.maximum(b, 0))
            elif i in self.net.matrices:
                state[i] = self.interval(i, state)
        return state

    def interval(self, i: int, state: dict[int, Any]) -> tuple[Any, Any]:
        """Bounds of an affine node from those of what it reads."""
        low, high = self.net.constants[i].copy(), self.net.constants[i].copy()
        for k, w in self.net.matrices[i].items():
            a, b = state[k]
            low += np.maximum(w, 0) @ a + np.minimum(w, 0) @ b
            high += np.maximum(w, 0) @ b + np.minimum(w, 0) @ a
        return low, high

    def take(self, n: int) -> Any:
        """The next words."""
        if self.at + n > len(self.words):
            raise Rejected("too short")
        self.at += n
        return self.words[self.at - n : self.at]

    def integer(self) -> int:
        """The next word, a whole number."""
        w = float(self.take(1)[0])
        if w != int(w):
            raise Rejected(f"not an integer: {w}")
        return int(w)

    def slopes(self) -> dict[int, Any]:
        """A slope block."""
        made = {}
        for _ in range(self.integer()):
            u = self.integer()
            if u not in self.net.activations:
                raise Rejected(f"node {u} has no slope")
            made[u] = self.take(self.graph.nodes[u].type.size)
            if not ((made[u] >= 0) & (made[u] <= 1)).all():
                raise Rejected("slope outside [0, 1]")
        return made

    def signs(self, lo: Any, hi: Any, state: dict[int, Any]) -> dict[int, Any]:
        """Split multipliers; no term may be positive."""
        made = {}
        for _ in range(self.integer()):
            k = self.integer()
            made[k] = self.take(self.graph.nodes[k].type.size)
            low, high = (lo, hi) if k == 0 else state[k]
            if not (((made[k] <= 0) | (high <= 0)) & ((made[k] >= 0) | (low >= 0))).all():
                raise Rejected("sign of a split multiplier")
        return made

    def step(self, box: Box, lo: Any, hi: Any, state: dict[int, Any]) -> list[Any]:
        """One tree node; returns the states to visit, the last one first."""
        kind = self.integer()
        if kind == 3:
            i = self.integer()
            if not box.lo[i] > box.hi[i]:
                raise Rejected("not empty")
            return []
        if kind in (1, 6):
            node, i, v = self.integer(), self.integer(), float(self.take(1)[0])
            self.take(kind // 6)
            low, high = (lo, hi) if node == 0 else state[node]
            if not low[i] <= v <= high[i]:
                raise Rejected(f"split outside the box: {low[i]} <= {v} <= {high[i]}")
            below, above = high.copy(), low.copy()
            below[i], above[i] = v, v
            if node == 0:
                return [(above, hi, state), (lo, below, state)]
            return [(lo, hi, {**state, node: (above, high)}), (lo, hi, {**state, node: (low, below)})]
        if kind == 2:
            return [(lo, hi, self.tighten(lo, hi, state))]
        if kind == 4:
            return [(lo, hi, self.sides(lo, hi, state))]
        if kind != 0:
            raise Rejected(f"kind {kind}")
        for m in box.disjuncts:
            weights = self.take(len(m.d))
            slopes = self.slopes()
            signs = self.signs(lo, hi, state)
            if not (weights >= 0).all():
                raise Rejected("negative multiplier")
            ct = (weights @ m.cy)[None]
            bound, size = self.bound(self.graph.output, ct, lo, hi, state, slopes, (weights @ m.cx)[None],
                                     -weights @ m.d, signs)
            if not bound[0] > self.slack * size[0]:
                raise Rejected(f"leaf {self.leaves}: bound {bound[0]} of size {size[0]}")
        self.leaves += 1
        return []

    def tighten(self, lo: Any, hi: Any, state: dict[int, Any]) -> dict[int, Any]:
        """New bounds of some neurons of one node, from the state before."""
        v, count = self.integer(), self.integer()
        if v not in self.net.matrices:
            raise Rejected(f"node {v} is not affine")
        low, high = (a.copy() for a in state[v])
        if count == -3:
            self.slopes()
            inner = self.interval(v, state)
            return {**state, v: (np.maximum(low, inner[0]), np.minimum(high, inner[1]))}
        which = np.nonzero((low < 0) & (high > 0))[0] if count == -1 else self.take(count).astype(int)
        slopes = self.slopes()
        eye = np.eye(len(low))[which]
        below, _ = self.bound(v, eye, lo, hi, state, slopes)
        above, _ = self.bound(v, -eye, lo, hi, state, slopes)
        low[which] = np.maximum(low[which], below)
        high[which] = np.minimum(high[which], -above)
        return {**state, v: (low, high)}

    def mask(self, size: int) -> Any:
        """The elements of a mask."""
        words = self.take((size + 47) // 48)
        if not all(0 <= w < 2**48 and w == int(w) for w in words):
            raise Rejected("mask")
        return np.array([i for i in range(size) if int(words[i // 48]) // 2 ** (i % 48) % 2], int)

    def sides(self, lo: Any, hi: Any, state: dict[int, Any]) -> dict[int, Any]:
        """New lower bounds of some neurons of one node and upper bounds of others."""
        v = self.integer()
        if v not in self.net.matrices:
            raise Rejected(f"node {v} is not affine")
        low, high = (a.copy() for a in state[v])
        eye, below, above = np.eye(len(low)), self.mask(len(low)), self.mask(len(low))
        slopes = self.slopes()
        low[below] = np.maximum(low[below], self.bound(v, eye[below], lo, hi, state, slopes)[0])
        high[above] = np.minimum(high[above], -self.bound(v, -eye[above], lo, hi, state, slopes)[0])
        return {**state, v: (low, high)}

    def bound(self, v: int, ct: Any, lo: Any, hi: Any, state: dict[int, Any], slopes: dict[int, Any],
              entry: Any = 0.0, constant: Any = 0.0, signs: dict[int, Any] | None = None) -> tuple[Any, Any]:
        """Lower bounds of the rows ``ct`` at node v, and the size of the numbers that were added."""
        self.rows += len(ct)
        here = {k: b[None] for k, b in (signs or {}).items()}
        here[v] = here[v] + ct if v in here else ct
        total = np.zeros(len(ct)) + constant
        size = np.abs(total)
        for i in range(v, 0, -1):
            if i not in here:
                continue
            c = here.pop(i)
            parts = {}
            if i in self.net.activations:
                k = self.net.activations[i]
                low, high = state[k]
                slope, chord, offset = self.lines(low, high, slopes.get(i))
                negative = np.minimum(c, 0)
                parts[k] = np.maximum(c, 0) * slope + negative * chord
                total, size = total + negative @ offset, size + np.abs(negative) @ np.abs(offset)
            else:
                constants = self.net.constants[i]
                total, size = total + c @ constants, size + np.abs(c) @ np.abs(constants)
                for k, w in self.net.matrices[i].items():
                    parts[k] = c @ w
                    self.flops += 2.0 * len(c) * np.count_nonzero(w)
            for k, part in parts.items():
                here[k] = here[k] + part if k in here else part
        c = here.get(0, np.zeros((len(ct), len(lo)))) + entry
        total = total + np.maximum(c, 0) @ lo + np.minimum(c, 0) @ hi
        return total, size + np.abs(c) @ np.maximum(np.abs(lo), np.abs(hi))

    @staticmethod
    def lines(low: Any, high: Any, alpha: Any) -> tuple[Any, Any, Any]:
        """Lower slope, chord slope and chord offset of relu on [low, high]."""
        alpha = (high >= -0.9375 * low).astype(float) if alpha is None else alpha
        crossing = (low < 0) & (high > 0)
        on = (low >= 0).astype(float)
        width = np.where(crossing, high - low, 1.0)
        chord = np.where(crossing, high / width, on)
        return np.where(crossing, alpha, on), chord, np.where(crossing, -low * high / width, 0.0)


def check(graph: Graph, prop: Property, words: Any) -> Checker:
    """Check all trees; raises Rejected."""
    checker = Checker(graph, prop, words)
    checker.check()
    return checker
