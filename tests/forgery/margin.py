"""The smallest threshold that the checker accepts for a network, against what the network reaches.

A network is unsafe here when its first output is at least the threshold.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from danger import Case, points
from judge import Answer, Judge, Triple, Words
from meaning import fractions, outputs, read_graph
from writing import NONE, Tree, affine_and_unary, certificate_words, leaf, property_words, rows, tighten

Array = Any
MOST = sys.float_info.max
ONE = leaf(([1.0], NONE))


@dataclass
class Job:
    """A network on a box, the certificate to try, and an exact value that the network reaches.

    After ``settle``, thresholds up to ``low`` were refused and ``high`` was accepted (if ``found``).
    """

    words: Words
    lo: Array
    hi: Array
    tree: Tree
    reached: Fraction
    low: float = 0.0
    high: float = math.inf
    found: bool = False

    def __post_init__(self) -> None:
        nodes, output = read_graph(self.words)
        self.outs = math.prod(nodes[output].shape)
        self.low = below(self.reached)

    def prop(self, threshold: float) -> Words:
        """Unsafe: the first output is at least ``threshold``."""
        way = rows(-np.eye(self.outs)[0], -threshold, inputs=len(self.lo))
        return property_words(len(self.lo), self.outs, [Case(self.lo, self.hi, [way])])

    def triple(self, threshold: float, tree: Tree | None = None) -> Triple:
        """The three files."""
        prop = self.prop(threshold)
        return self.words, prop, certificate_words(self.words, prop, [self.tree if tree is None else tree])


def below(q: Fraction) -> float:
    """Largest finite binary64 number that is at most ``q``, or the least of all."""
    if abs(q) >= Fraction(MOST):
        return MOST if q > 0 else -MOST
    f = float(q)
    return f if Fraction(f) <= q else math.nextafter(f, -math.inf)


def inputs_of(words: Words) -> int:
    """Number of inputs."""
    return math.prod(read_graph(words)[0][0].shape)


def sampled(words: Words, lo: Array, hi: Array, tree: Tree, seed: int, most: int = 12) -> Job:
    """A job with the largest exact value among corners and other points."""
    with np.errstate(all="ignore"):
        x = points(lo, hi, np.random.default_rng(seed), 60)
        y = outputs(words, x)[:, 0]
    best = np.argsort(-np.nan_to_num(y, nan=np.inf))[:most]
    return Job(words, lo, hi, tree, max(outputs(words, fractions(x[best]))[:, 0]))


def extremal(words: Words, lo: Array, hi: Array, tree: Tree) -> Job:
    """A job for an affine network: its largest value, exactly, which a corner of the box attains."""
    base = fractions(lo)
    moves = np.stack(
        [base, *(np.where(np.arange(len(lo)) == k, fractions(hi), base) for k in range(len(lo)))]
    )
    y = outputs(words, moves)[:, 0]
    return Job(words, lo, hi, tree, y[0] + sum((max(v - y[0], Fraction(0)) for v in y[1:]), Fraction(0)))


def sharpened(words: Words, tree: Tree) -> Tree:
    """The tree with the bounds of every affine node sharpened first."""
    for node in reversed(affine_and_unary(words)[0]):
        tree = tighten(node, tree)
    return tree


def settle(judge: Judge, jobs: Sequence[Job], rounds: int = 8) -> None:
    """Find the smallest accepted thresholds; none may be reached by the network."""
    for j, answer in zip(jobs, judge(j.triple(j.low) for j in jobs)):
        assert not answer.accepted or Fraction(j.low) > j.reached, f"{j.low!r} was accepted"
        j.high = _guess(j.low, answer)
    for _ in range(8):
        _round(judge, [j for j in jobs if not j.found], [j.high for j in jobs if not j.found])
    for _ in range(rounds):
        todo = [j for j in jobs if j.found and math.nextafter(j.low, math.inf) < j.high]
        _round(judge, todo, [j.low / 2 + j.high / 2 for j in todo])
    for j in jobs:
        assert not j.found or j.reached < Fraction(j.high), f"{j.high!r} was accepted, {j.reached} is reached"


def _guess(low: float, answer: Answer) -> float:
    """Just above the bound that a refusal at ``low`` printed."""
    left = answer.left if answer.reason == "not-refuted" and math.isfinite(answer.left) else -1.0
    return min(low - left * (1 + 1e-12) + abs(low) * 1e-13, MOST)


def _round(judge: Judge, jobs: Sequence[Job], tried: Sequence[float]) -> None:
    for j, t, answer in zip(jobs, tried, judge(j.triple(t) for j, t in zip(jobs, tried))):
        if answer.accepted:
            j.high, j.found = t, True
        else:
            start, j.low = below(j.reached), max(j.low, t)
            if not j.found:
                j.high = min(t + abs(t - start) + abs(t) * 1e-9 + 5e-324, MOST)
