"""Projected gradient ascent on many boxes at once: which labels an attacker changes.

As Madry et al. (ICLR 2018). The gradient is that of the largest rival's score less the label's, in binary64;
what counts is the network run in binary32 on a binary32 point inside the box.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.regions import Floats, Regions
from provenn.eval.run import run
from provenn.ir.graph import Graph
from provenn.ir.property import Property
from provenn.verify.attack import Attack
from provenn.verify.balls import Balls

Singles = NDArray[np.float32]
AT_ONCE = 250


def classes_of(graph: Graph, x: Singles) -> NDArray[np.intp]:
    """The class of the largest score at points [count, inputs], in binary32."""
    made = [run(graph, part.reshape(-1, *graph.input_type.shape)).reshape(len(part), -1).argmax(1)
            for part in np.split(x, range(AT_ONCE, len(x), AT_ONCE)) if len(part)]
    return np.concatenate([*made, np.zeros(0, np.intp)])


def perturbed(regions: Regions, balls: Balls, steps: int, restarts: int,
              seed: int = 0) -> tuple[Singles, Floats]:
    """The worst point found in each box, [count, inputs], and its margin (negative: another class wins).

    The margin is the label's score less the largest other one, in binary32.
    """
    blocks = np.split(np.arange(len(balls)), range(AT_ONCE, len(balls), AT_ONCE))
    parts = [_climbed(regions, balls.take(rows), steps, restarts, seed + int(rows[0]))
             for rows in blocks if len(rows)]
    if not parts:
        return np.zeros((0, regions.sizes[0]), np.float32), np.zeros(0)
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _climbed(regions: Regions, balls: Balls, steps: int, restarts: int, seed: int) -> tuple[Singles, Floats]:
    rng = np.random.default_rng(seed)
    lo, hi = balls.box()
    attack = Attack(regions.graph, Property(lo.shape[1], balls.classes, ()), regions)
    goals, case = balls.goals(), np.arange(len(balls))
    best, margin = np.zeros(lo.shape, np.float32), np.full(len(balls), np.inf)
    for _ in range(restarts):
        x = lo + rng.random(lo.shape) * (hi - lo)
        for step in range(steps):
            y, argument, _ = attack.values(x)
            rival = np.einsum("kty,ky->kt", goals.cy, y).argmin(1)
            gradient = attack.gradient(goals, x, y, argument, case, rival)
            pace = 0.5 * 0.1 ** (step / steps)
            x = np.clip(x + pace * float(balls.eps) * np.sign(gradient), lo, hi)
        _keep(regions.graph, balls, _inside(x, lo, hi), best, margin)
    return best, margin


def _inside(x: Floats, lo: Floats, hi: Floats) -> Singles:
    """Binary32 points near ``x`` within the box."""
    low, high = lo.astype(np.float32), hi.astype(np.float32)
    low = np.where(low < lo, np.nextafter(low, np.float32(2)), low)
    high = np.where(high > hi, np.nextafter(high, np.float32(-2)), high)
    return np.clip(x.astype(np.float32), low, high)


def _keep(graph: Graph, balls: Balls, x: Singles, best: Singles, margin: Floats) -> None:
    """Remember the points with the smallest margin so far, in place."""
    y = run(graph, x.reshape(-1, *graph.input_type.shape)).reshape(len(x), -1).astype(np.float64)
    rows = np.arange(len(x))
    label = y[rows, balls.labels]
    y[rows, balls.labels] = -np.inf
    found = label - y.max(1)
    better = found < margin
    best[better], margin[better] = x[better], found[better]
