"""Binary32 numbers as an ordered line: their ranks, and how many lie between two of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.floating[Any]]
Ranks = NDArray[np.int64]


def rank(x: Singles) -> Ranks:
    """Position in the order of binary32 numbers; both zeros have rank 0.

    Example:
        >>> rank(np.array([-0.0, 0.0, 1e-45, -1e-45], np.float32))
        array([ 0,  0,  1, -1])
    """
    bits = np.asarray(x, np.float32).view(np.int32).astype(np.int64)
    out: Ranks = np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)
    return out


def steps_between(x: Singles, y: Singles) -> Ranks:
    """How many steps to the next number lead from one to the other.

    Example:
        >>> steps_between(np.array([1.0], np.float32), np.array([1.0000001], np.float32))
        array([1])
    """
    out: Ranks = np.abs(rank(x) - rank(y))
    return out


def spacing(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """One unit in the last place of binary32 at real values: the spacing of the binade that holds them.

    Example:
        >>> spacing(np.array([1.0, 3.0, 0.0])) == [2.0**-23, 2.0**-22, 2.0**-149]
        array([ True,  True,  True])
    """
    exponent = np.frexp(y)[1].astype(np.int64)
    power = np.maximum(np.where(y == 0, -149, exponent - 24), -149)
    out: NDArray[np.float64] = np.ldexp(1.0, power)
    return out
