"""A certificate that changes while it is checked proves nothing false either.

The words that were tested must be the words that are used: a program that looks at the file twice
can be shown allowed slopes first and impossible ones later.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
from danger import Case
from judge import Judge, Words
from meaning import outputs
from writing import HEADER, certificate_words, graph_words, leaf, node, property_words, rows

WIDTH, RUNS = 50_000, 8


def wide_triple() -> tuple[Words, Words, Words]:
    """A sum of many activations of one input, and the false claim that it exceeds 1 on [-1, 1]."""
    ones, bias = [1.0] * WIDTH, [0.5, -0.5] + [0.0] * (WIDTH - 2)
    graph = graph_words(
        [
            node("input", (1, 1)),
            node("parameter", (WIDTH, 1), data=ones),
            node("parameter", (WIDTH,), data=bias),
            node("linear", (1, WIDTH), (0, 1, 2)),
            node("relu", (1, WIDTH), (3,)),
            node("parameter", (1, WIDTH), data=ones),
            node("linear", (1, 1), (4, 5)),
        ]
    )
    prop = property_words(1, 1, [Case(np.array([-1.0]), np.array([1.0]), [rows([[1.0]], [1.0], inputs=1)])])
    return graph, prop, certificate_words(graph, prop, [leaf(([1.0], {4: np.zeros(WIDTH)}))])


def test_slopes_that_change(judge: Judge, tmp_path: Path) -> None:
    triple = wide_triple()
    assert outputs(triple[0], np.array([[-1.0]])) == 0
    for name, words in zip("gpc", triple):
        (tmp_path / name).write_bytes(words.tobytes())
    first, done = 8 * (HEADER + 4), threading.Event()
    allowed, impossible = np.zeros(2).tobytes(), np.array([1e9, -1e9]).tobytes()

    def change() -> None:
        with (tmp_path / "c").open("r+b", buffering=0) as file:
            while not done.is_set():
                for data in (allowed, impossible):
                    os.pwrite(file.fileno(), data, first)
                    time.sleep(0.0002)

    changer = threading.Thread(target=change)
    changer.start()
    try:
        said = [
            subprocess.run(
                [str(judge.program), *(str(tmp_path / n) for n in "gpc")],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            ).returncode
            for _ in range(RUNS)
        ]
    finally:
        done.set()
        changer.join()
    assert set(said) == {1}, "a false claim was accepted"
