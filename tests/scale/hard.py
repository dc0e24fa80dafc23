"""Problems that take a while, and tasks for workers."""

from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Property
from provenn.ops import ALL
from tests.verify.test_search import case, output, smallest


def dense(*sizes: int, seed: int = 0) -> Graph:
    rng, b = np.random.default_rng(seed), Builder()
    x = b.add(ALL["input"], shape=(1, sizes[0]))
    for k, (m, n) in enumerate(pairwise(sizes)):
        x = b.add(ALL["relu"], x) if k else x
        w = rng.normal(0.0, np.sqrt(2.0 / m), (n, m)).astype(np.float32)
        x = b.add(ALL["linear"], x, b.parameter(ALL["parameter"], w))
    return b.finish(x)


def problem(kind: str, gap: float | None = None) -> tuple[Graph, Property]:
    """Few inputs, so that these are split, or many, so that signs are: some hundred domains each."""
    sizes, radius, share = {"inputs": ((4, 20, 20, 2), 1.0, 0.05), "signs": ((16, 24, 24, 2), 0.5, 1.0)}[kind]
    graph = dense(*sizes)
    lo = np.full(sizes[0], -radius)
    low = smallest(graph, lo, -lo, np.array([1.0, -1.0]))
    at_most = low - (share if gap is None else gap) * abs(low)
    row = output((0, 1.0), (1, -1.0), at_most=at_most)
    return graph, Property(sizes[0], 2, (case(lo, -lo, (row,)),))


def slowly(k: int) -> tuple[int, int]:
    time.sleep(0.2)
    return k * k, os.getpid()


def once_deadly(mark: str) -> str:
    """Ends its worker the first time, and works the second time."""
    if not Path(mark).exists():
        Path(mark).write_text("")
        os._exit(1)
    return "done"


def greedy(count: int) -> Any:
    return np.ones(count).sum()


def failing(k: int) -> None:
    raise ValueError(f"no {k}")
