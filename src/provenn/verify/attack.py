"""Gradient attack: looks for an input in the domain whose output is unsafe.

Projected gradient ascent with restarts on the slack of each disjunct, that is the smallest
``d - cx @ x - cy @ y`` over its rows (Madry et al., ICLR 2018). A candidate counts only after it is
rounded to binary32 inside the exact box, replayed in binary32 in the reference order, and compared
with the property in exact fractions.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.regions import Coefficients, Floats, Indices, Regions
from provenn.bounds.threads import each
from provenn.eval.run import replay
from provenn.ir.graph import Graph
from provenn.ir.property import Property, binary32
from provenn.verify.goals import Goals
from provenn.verify.witness import violation

Singles = NDArray[np.float32]
REPLAYS, DIVERSE = 8, 2
LONG, HOPE = 0.4, 1.0
PARTS, HEAVY = 4, 1 << 25


@dataclass
class Attack:
    """Attacks one graph and property; ``witness`` holds the counterexample, confirmed on ``exact``.

    ``nearest`` is the point met with the largest slack, ``best``, and its case.
    """

    graph: Graph
    prop: Property
    regions: Regions
    exact: Graph | None = None
    witness: Singles | None = None
    tried: int = 0
    best: float = -np.inf
    nearest: tuple[Floats, int] | None = None
    _ends: dict[int, tuple[Singles, Singles]] = field(default_factory=dict)
    _failed: set[bytes] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def ends(self, case: int) -> tuple[Singles, Singles]:
        """Smallest and largest binary32 point of a case's box; the nearest one where it holds none."""
        if case not in self._ends:
            c = self.prop.cases[case]
            low = np.array([binary32(q, up=True) for q in c.lo], np.float32)
            high = np.array([binary32(q, up=False) for q in c.hi], np.float32)
            nearest = np.array([q.numerator / q.denominator for q in c.lo], np.float32)
            self._ends[case] = np.where(low > high, nearest, low), np.where(low > high, nearest, high)
        return self._ends[case]

    def confirm(self, x: Floats, case: int) -> bool:
        """Round one point to binary32 inside the box and decide exactly; keeps a witness."""
        low, high = self.ends(case)
        point = np.clip(x.astype(np.float32), low, high)
        if point.tobytes() in self._failed:
            return False
        exact = self.exact or self.graph
        if violation(exact, self.prop, point, replay(exact, point)) is not None:
            self.witness = point
            return True
        self._failed.add(point.tobytes())
        return False

    def slack(self, goals: Goals, x: Floats, case: Indices) -> Floats:
        """Slack of every disjunct at every point, [points, disjuncts]."""
        y, _, _ = self.values(x)
        return self._slack(goals, x, y, case)

    def _slack(self, goals: Goals, x: Floats, y: Floats, case: Indices) -> Floats:
        rows = np.einsum("kty,ky->kt", goals.cy[case], y) - goals.d[case]
        if goals.mixes:
            rows = rows + np.einsum("ktx,kx->kt", goals.cx[case], x)
        return -goals.best(rows)

    def values(self, x: Floats) -> tuple[Floats, Coefficients, Coefficients]:
        """Output, arguments of the unary nodes and values of the leaves at points [points, inputs]."""
        value: Coefficients = {0: x}
        argument: Coefficients = {}
        for u in self.regions.above[self.graph.output]:
            source, node = self.regions.source[u], self.graph.nodes[u]
            argument[u] = self.regions.of[source].push(value) if source else x
            operands = np.split(argument[u], len(node.inputs), axis=1)
            value[u] = node.op.need("kernel")(None, node.attrs, *operands)
        return self.regions.of[self.graph.output].push(value), argument, value

    def check(self, goals: Goals, x: Floats, case: Indices, slack: Floats | None = None) -> bool:
        """Confirm the most promising points; True when one is a counterexample."""
        slack = self.slack(goals, x, case) if slack is None else slack
        worth = slack.max(1)
        if not len(worth):
            return False
        order = np.argsort(-worth)[:REPLAYS]
        close = -1e-5 * (1.0 + np.abs(goals.d[case[order]]).max(1))
        with self._lock:
            self.tried += len(x)
            if worth.max() > self.best:
                top = int(order[0])
                self.best, self.nearest = float(worth[top]), (x[top].copy(), goals.cases[case[top]])
            near = order[worth[order] >= close].tolist()
            return any(self.confirm(x[k], goals.cases[case[k]]) for k in near)

    def gradient(self, goals: Goals, x: Floats, y: Floats, argument: Coefficients, case: Indices,
                 disjunct: Indices) -> Floats:
        """Gradient by x of the slack of one disjunct a point (of its worst row)."""
        cx, cy, d = goals.padded(case, disjunct)
        rows = np.einsum("kry,ky->kr", cy, y) - d
        if goals.mixes:
            rows = rows + np.einsum("krx,kx->kr", cx, x)
        worst = rows.argmax(1)
        index = np.arange(len(x))
        gradient: Floats = self.pulled(-cy[index, worst], argument, x) - cx[index, worst]
        return gradient

    def pulled(self, direction: Floats, argument: Coefficients, x: Floats) -> Floats:
        """Gradient by x of a linear function of the output, one ``direction`` a point."""
        pending, _ = self.regions.of[self.graph.output].pull(direction)
        while (u := max(pending, default=0)) > 0:
            node = self.graph.nodes[u]
            source, c = self.regions.source.get(u, u), pending.pop(u)
            if source < 0:
                c = np.tile(c, (1, 2)) * self.regions.lines(u, argument[u], argument[u], np.zeros_like(c))[0]
            elif source != u:
                c = c * node.op.need("slope", self.graph.where(u))(argument[u])
            for leaf, part in (self.regions.below(u).pull(c)[0] if source else {0: c}).items():
                pending[leaf] = pending[leaf] + part if leaf in pending else part
        out: Floats = pending.get(0, np.zeros_like(x))
        return out

    def diversified(self, x: Floats, lo: Floats, hi: Floats, rng: np.random.Generator) -> Floats:
        """Points moved so that their outputs differ: sign steps along random directions of the output.

        Tashiro, Song and Ermon, "Diversity can be transferred", NeurIPS 2020.
        """
        direction = rng.uniform(-1.0, 1.0, (len(x), self.regions.sizes[self.graph.output]))
        for _ in range(DIVERSE):
            uphill = self.pulled(direction, self.values(x)[1], x)
            x = np.clip(x + 0.25 * (hi - lo) * np.sign(uphill), lo, hi)
        return x

    def climb(self, goals: Goals, x: Floats, case: Indices, disjunct: Indices, lo: Floats, hi: Floats,
              steps: int, until: float) -> bool:
        """Ascent from given points inside [lo, hi]; even points take sign steps, odd ones scaled gradients.

        Stops early after ``until``, a time of ``time.perf_counter``, and when after a share LONG of the
        steps, which is most of the way, no point would get there by gaining HOPE times what it has gained.
        """
        width = hi - lo
        velocity = np.zeros_like(x)
        signs = (np.arange(len(x)) % 2 == 0)[:, None]
        for step in range(steps):
            y, argument, _ = self.values(x)
            slack = self._slack(goals, x, y, case)
            if self.check(goals, x, case, slack):
                return True
            worth = slack.max(1)
            if step == 0:
                start = worth
            if step == round(LONG * steps) and (worth + HOPE * (worth - start) < 0.0).all():
                return False
            if time.perf_counter() > until or self.witness is not None:
                return False
            gradient = self.gradient(goals, x, y, argument, case, disjunct) * width
            gradient /= np.abs(gradient).max(1, keepdims=True) + 1e-300
            velocity = 0.7 * velocity + 0.3 * gradient
            pace = 0.25 * 0.5 ** (8.0 * step / max(1, steps))
            x = np.clip(x + pace * width * np.where(signs, np.sign(velocity), 3.0 * velocity), lo, hi)
        return self.check(goals, x, case)

    def sweep(self, goals: Goals, rng: np.random.Generator, restarts: int, steps: int,
              seconds: float) -> bool:
        """Restarts spread over cases and disjuncts: centres, corners, random, output-diversified points."""
        until = time.perf_counter() + seconds
        disjuncts = len(goals.rows)
        pairs = len(goals.cases) * disjuncts
        count = max(1, restarts // pairs) * pairs
        case = np.arange(count) // disjuncts % len(goals.cases)
        disjunct = np.arange(count) % disjuncts
        ends = np.array([self.ends(c) for c in goals.cases], np.float64)
        lo, hi = ends.min(1), ends.max(1)
        turn = np.arange(count) // pairs
        share = rng.random((count, goals.lo.shape[1]))
        share[turn == 0] = 0.5
        corner = turn % 4 == 3
        share[corner] = np.round(share[corner])
        x = lo[case] + share * (hi[case] - lo[case])
        if (some := turn % 4 == 1).any():
            x[some] = self.diversified(x[some], lo[case[some]], hi[case[some]], rng)

        def climb(k: Indices) -> bool:
            ends = lo[case[k]], hi[case[k]]
            return self.climb(goals, x[k], case[k], disjunct[k], *ends, steps, until)

        heavy = count * self.regions.flops(self.graph.output) > HEAVY
        return any(each(climb, np.array_split(np.arange(count), PARTS if heavy else 1)))
