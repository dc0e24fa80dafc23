"""Counterexamples in VNN-COMP form."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from provenn.io.vnnlib import counterexample


def test_the_form() -> None:
    text = counterexample(np.array([[0.5, -1.25]], np.float32), np.array([3e-40], np.float32))
    assert text == f"((X_0 0.5)\n(X_1 -1.25)\n(Y_0 {float(np.float32(3e-40))!r}))"


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_decimals_give_back_the_same_floats(values: list[float]) -> None:
    x = np.array(values, np.float32)
    found = re.findall(r"\(X_(\d+) (\S+?)\)", counterexample(x, x))
    assert [int(i) for i, _ in found] == list(range(len(values)))
    read = np.array([float(v) for _, v in found])
    assert (read.astype(np.float32) == x).all()
    assert (read == x.astype(np.float64)).all()
