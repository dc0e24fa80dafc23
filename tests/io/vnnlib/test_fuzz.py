"""No text may end in anything but a property or an error of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenn.errors import ProvennError
from provenn.io.vnnlib import read
from provenn.ir.property import property_words

FIRST = """; seed
(declare-const X_0 Real)(declare-const X_1 Real)
(declare-const Y_0 Real)(declare-const Y_1 Real)
(assert (and (<= X_0 0.25) (>= X_0 -1e-1) (<= -1 X_1 1)))
(assert (or (<= (+ Y_0 (* 2 X_0) (- Y_1)) 3.5) (and (not (>= Y_0 Y_1)) (=> (< X_1 0) (= Y_1 (/ 1 4))))))
"""
SECOND = """(vnnlib-version <2.0>)
(declare-network N (declare-input X real [1,2]) (declare-output Y real [1,2]))
(assert (and (<= X[0,0] 0.25) (>= X[0,0] -0.1) (<= X[0,1] 1.0) (>= X[0,1] -1.0)))
(assert (or (<= (+ Y[0,0] (* 2.0 X[0,0]) (- Y[0,1])) 3.5) (and (!= Y[0,0] Y[0,1]) (== Y[0,1] 0.25))))
"""
WORDS = st.sampled_from(["(", ")", "and", "or", "not", "=>", "<=", "<", "=", "+", "-", "*", "/", "X_0", "X_1",
                         "Y_0", "Y_9", "X_", "1", "-2.5", "1e400", "1e-400", "0", "assert", "Real", ";", '"',
                         "declare-const", "|", "\n", "X[0,0]", "Y[0,1]", "X[", "]", "[0]", "float32",
                         "\x00", "é", "true", "<2.0>", "!="])
LONG = settings(max_examples=400, deadline=None, derandomize=True,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def attempt(path: Path, graph: Any, data: bytes) -> None:
    path.write_bytes(data)
    try:
        prop = read(path, graph)
        property_words(prop)
    except ProvennError:
        return


@pytest.mark.parametrize("seed", [FIRST, SECOND])
def test_the_seeds_are_read(tmp_path: Path, graph_of: Any, seed: str) -> None:
    (tmp_path / "a").write_text(seed)
    assert len(read(tmp_path / "a", graph_of(2, 2)).cases) >= 1


@LONG
@given(st.sampled_from([FIRST, SECOND]),
       st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), WORDS), max_size=4))
def test_words_replaced(tmp_path: Path, graph_of: Any, seed: str,
                        changes: list[tuple[float, int, str]]) -> None:
    for where, drop, word in changes:
        at = int(where * len(seed))
        seed = f"{seed[:at]} {word} {seed[at + drop:]}"
    attempt(tmp_path / "a", graph_of(2, 2), seed.encode())


@LONG
@given(st.sampled_from([FIRST, SECOND]), st.floats(0, 1), st.integers(0, 60), st.binary(max_size=10))
def test_bytes_replaced(tmp_path: Path, graph_of: Any, seed: str, where: float, drop: int,
                        extra: bytes) -> None:
    data = seed.encode()
    at = int(where * len(data))
    attempt(tmp_path / "a", graph_of(2, 2), data[:at] + extra + data[at + drop :])


@LONG
@given(st.lists(WORDS, max_size=30))
def test_random_words(tmp_path: Path, graph_of: Any, words: list[str]) -> None:
    head = FIRST.split("(assert")[0]
    attempt(tmp_path / "a", graph_of(2, 2), f"{head} (assert {' '.join(words)}".encode())
    attempt(tmp_path / "a", graph_of(2, 2),
            f"{SECOND.split('(assert')[0]} (assert {' '.join(words)})".encode())
