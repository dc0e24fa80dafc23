"""Looking for inputs that a property forbids: many points in binary64, the most dangerous ones exactly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from meaning import Meaningless, Reader, fractions, outputs

Array = Any


@dataclass(frozen=True)
class Rows:
    """All of ``cx @ x + cy @ y <= d`` together are unsafe."""

    cx: Array
    cy: Array
    d: Array


@dataclass(frozen=True)
class Case:
    """A box and the ways to be unsafe in it."""

    lo: Array
    hi: Array
    ways: list[Rows]


def read_property(words: Array) -> tuple[int, int, list[Case]]:
    """Numbers of inputs and outputs, and the cases."""
    if len(words) < 6 or words[2] != len(words):
        raise Meaningless("length")
    head, body = Reader(words, 3), Reader(words, 6)
    inputs, outs, count = head.integer(), head.integer(), head.integer()
    cases = []
    for _ in range(count):
        lo, hi = body.floats(inputs), body.floats(inputs)
        cases.append(Case(lo, hi, [_rows(body, inputs, outs) for _ in range(body.integer())]))
    if body.at != len(words):
        raise Meaningless("length")
    return inputs, outs, cases


def _rows(body: Reader, inputs: int, outs: int) -> Rows:
    count, has_x, has_y = body.integer(), body.integer(), body.integer()
    cx = body.floats(count * inputs).reshape(count, inputs) if has_x else np.zeros((count, inputs))
    cy = body.floats(count * outs).reshape(count, outs) if has_y else np.zeros((count, outs))
    return Rows(cx, cy, body.floats(count))


def corners(lo: Array, hi: Array, rng: np.random.Generator, most: int = 256) -> Array:
    """Corners of a box: all of them when they are few."""
    n = len(lo)
    if 1 << min(n, 30) <= most:
        picks = np.array(list(itertools.product((False, True), repeat=n)), bool).reshape(-1, n)
    else:
        picks = rng.random((most, n)) < 0.5
    return np.where(picks, hi, lo)


def points(lo: Array, hi: Array, rng: np.random.Generator, count: int = 128) -> Array:
    """Corners, edges and inner points of a box that is not empty."""
    share = rng.random((count, len(lo)))
    share[: count // 3] = np.round(share[: count // 3] * 2) / 2
    inner = np.clip(lo * (1 - share) + hi * share, lo, hi)
    return np.concatenate([corners(lo, hi, rng), inner])


def slack(way: Rows, x: Array, y: Array) -> Array:
    """Smallest ``d - cx @ x - cy @ y`` over the rows: not negative means unsafe."""
    if not len(way.d):
        return np.zeros(len(x))
    left = x @ way.cx.T + y @ way.cy.T
    return (way.d - left).min(1)


def suspects(graph: Array, prop: Array, rng: np.random.Generator) -> Iterator[tuple[Rows, Array]]:
    """Each way to be unsafe with the most dangerous points that were found in its box."""
    _, outs, cases = read_property(prop)
    for case in cases:
        if (case.lo > case.hi).any():
            continue
        x = points(case.lo, case.hi, rng)
        with np.errstate(all="ignore"):
            y = outputs(graph, x)
            if y.shape[1] != outs:
                raise Meaningless("output size")
            for way in case.ways:
                room = slack(way, x, y)
                size = np.abs(way.cy).sum() * (1 + np.abs(y).max()) + np.abs(way.cx).sum() * np.abs(x).max()
                near = ~(room < -1e-6 * (size + np.abs(way.d).max(initial=0.0)))
                order = np.argsort(-np.nan_to_num(room, nan=np.inf))[:4]
                yield way, x[order[near[order]]]


def counterexample(graph: Array, prop: Array, rng: np.random.Generator) -> Array | None:
    """An input that the property forbids, exactly so; None when none was found."""
    for way, dangerous in suspects(graph, prop, rng):
        for x in dangerous:
            if unsafe(graph, way, x):
                return x
    return None


def unsafe(graph: Array, way: Rows, x: Array) -> bool:
    """Does ``x`` satisfy all rows, in exact arithmetic?"""
    point = fractions(x)[None]
    y = outputs(graph, point)
    left = point @ fractions(way.cx).T + y @ fractions(way.cy).T
    return bool((left[0] <= fractions(way.d)).all())
