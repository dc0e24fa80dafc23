"""Measure a function over binary32 inputs, chunk by chunk.

    Span(None, every)         every so many of all 2^32 bit patterns, NaN and both zeros included
    Span((low, high), every)  every so many of the numbers from low to high

An error in ulps is the distance from the library's result to the exact value, counted in units in the last
place of binary32 at the exact value: a correctly rounded result is at most 1/2 away. Zeros instead of other
numbers are counted apart: where a library flushes, they would hide everything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from provenn.base.binary32 import rank, spacing
from provenn.eval.accuracy.libraries import function_of
from provenn.eval.accuracy.oracle import DOUBLE, check_sample, rounded
from provenn.ir.op import Array

CHUNK = 1 << 21
FUNCTIONS = tuple(DOUBLE)
LEAST_NORMAL = 2.0**-126


@dataclass(frozen=True, slots=True)
class Span:
    """Which inputs are measured."""

    bounds: tuple[float, float] | None = None
    every: int = 1

    def ends(self) -> tuple[int, int]:
        """First and past-the-end position: bit patterns, or ranks of numbers."""
        if self.bounds is None:
            return 0, 1 << 32
        low, high = rank(np.array(self.bounds, np.float32))
        return int(low), int(high) + 1

    def __len__(self) -> int:
        start, stop = self.ends()
        return max(0, -(-(stop - start) // self.every))

    def chunks(self) -> Iterator[int]:
        """Numbers of the chunks."""
        return iter(range(-(-len(self) // CHUNK)))

    def inputs(self, chunk: int) -> Array:
        """The inputs of one chunk."""
        start = self.ends()[0]
        places = np.arange(chunk * CHUNK, min(len(self), (chunk + 1) * CHUNK), dtype=np.int64)
        at = start + places * self.every
        bits = at if self.bounds is None else np.where(at < 0, 0x80000000 - at, at)
        return bits.astype(np.uint32).view(np.float32)


@dataclass(slots=True)
class Measured:
    """What was seen; ``at`` fields are inputs in hexadecimal, empty where nothing was seen."""

    inputs: int = 0
    max_ulps: float = 0.0
    max_ulps_at: str = ""
    max_ulps_subnormal: float = 0.0
    max_ulps_subnormal_at: str = ""
    wrongly_rounded: int = 0
    flushed: int = 0
    flushed_at: str = ""
    largest_flushed: float = 0.0
    largest_flushed_at: str = ""
    wrong_nan: int = 0
    wrong_nan_at: str = ""
    wrong_infinity: int = 0
    wrong_infinity_at: str = ""
    settled_by_mpfr: int = 0
    oracle_error: float = 0.0

    def add(self, other: Measured) -> None:
        """Take another part's findings in: counts add up, maxima keep their places."""
        for f in fields(self):
            mine, theirs = getattr(self, f.name), getattr(other, f.name)
            if f.name.endswith("_at"):
                continue
            if isinstance(mine, int):
                setattr(self, f.name, mine + theirs)
                place = f"{f.name}_at"
                if hasattr(self, place) and not getattr(self, place):
                    setattr(self, place, getattr(other, place))
            elif theirs > mine:
                setattr(self, f.name, theirs)
                if hasattr(self, f"{f.name}_at"):
                    setattr(self, f"{f.name}_at", getattr(other, f"{f.name}_at"))

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def measure(function: str, library: str, span: Span, chunk: int) -> Measured:
    """One chunk of a span; raises ToolError PNN-TOOL-731 and -732."""
    x = span.inputs(chunk)
    with np.errstate(all="ignore"):
        y = function_of(library, function, CHUNK)(x)
    return compare(function, x, y)


def compare(function: str, x: Array, y: Array) -> Measured:
    """Results ``y`` of a library at binary32 inputs ``x``."""
    wide, right, settled = rounded(function, x)
    made = Measured(len(x), settled_by_mpfr=settled, oracle_error=check_sample(function, x, wide))
    nan = np.isnan(y) != np.isnan(right)
    infinite = ~nan & (np.isinf(y) | np.isinf(right)) & ~((y == right) | np.isnan(y))
    made.wrong_nan, made.wrong_nan_at = int(nan.sum()), _first(x, nan)
    made.wrong_infinity, made.wrong_infinity_at = int(infinite.sum()), _first(x, infinite)
    finite = np.isfinite(y) & np.isfinite(right)
    x, y, wide, right = x[finite], y[finite], wide[finite], right[finite]
    made.wrongly_rounded = int((y != right).sum() + nan.sum() + infinite.sum())
    zero = (y == 0) & (right != 0)
    made.flushed, made.flushed_at = int(zero.sum()), _first(x, zero)
    made.largest_flushed, made.largest_flushed_at = _largest(x, np.abs(wide), zero)
    ulps = np.abs(y.astype(np.float64) - wide) / spacing(wide)
    normal, subnormal = np.abs(wide) >= LEAST_NORMAL, np.abs(wide) < LEAST_NORMAL
    made.max_ulps, made.max_ulps_at = _largest(x, ulps, normal & ~zero)
    made.max_ulps_subnormal, made.max_ulps_subnormal_at = _largest(x, ulps, subnormal & ~zero)
    return made


def _largest(x: Array, sizes: Array, where: Any) -> tuple[float, str]:
    """The largest of some sizes, and the input there."""
    chosen = np.flatnonzero(where)
    if not len(chosen):
        return 0.0, ""
    k = chosen[int(sizes[chosen].argmax())]
    return float(sizes[k]), float(x[k]).hex()


def _first(x: Array, where: Any) -> str:
    found = np.flatnonzero(where)
    return float(x[found[0]]).hex() if len(found) else ""
