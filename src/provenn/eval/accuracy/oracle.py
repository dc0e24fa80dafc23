"""What a function of a binary32 number is, rounded correctly: binary64 first, MPFR where that is near a tie.

The C library's binary64 functions are taken to be within ``MARGIN`` (relative) of the exact value, 16 times
their documented error; every chunk of a sweep compares a sample of them with MPFR. A value whose whole
margin rounds to one binary32 number is settled; the others, about one in four million, are computed with
more bits until they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.errors import ToolError
from provenn.ir.op import Array

Doubles = NDArray[np.float64]
MARGIN = 2.0**-46
# Correctly rounded in binary64 already: rounding again to binary32 is harmless (Flocq, Double_rounding).
ROUNDED_TWICE = frozenset({"sqrt"})
SAMPLE = 16


def _sigmoid(x: Doubles) -> Doubles:
    small = np.exp(-np.abs(x))
    out: Doubles = np.where(x >= 0, 1.0, small) / (1.0 + small)
    return out


_each_erf = np.frompyfunc(math.erf, 1, 1)


def _erf(x: Doubles) -> Doubles:
    return np.asarray(_each_erf(x), np.float64)


DOUBLE: dict[str, Callable[[Doubles], Doubles]] = {
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "sigmoid": _sigmoid, "sin": np.sin, "cos": np.cos,
    "erf": _erf, "sqrt": np.sqrt,
}


def mpfr() -> Any:
    """The package gmpy2; ToolError PNN-TOOL-731 without it."""
    try:
        import gmpy2
    except ImportError as e:
        raise ToolError("PNN-TOOL-731", "this library cannot be used", where="gmpy2", got=e,
                        hint="pip install gmpy2: it settles the cases that binary64 leaves open") from None
    return gmpy2


def exactly(function: str, x: float, bits: int) -> Any:
    """The function at ``x`` in MPFR with so many bits."""
    gmpy2 = mpfr()
    with gmpy2.context(precision=bits, emax=1 << 30, emin=-(1 << 30)):
        v = gmpy2.mpfr(x)
        own = COMPOSED.get(function)
        return own(v) if own is not None else getattr(gmpy2, function)(v)


def _mpfr_sigmoid(v: Any) -> Any:
    small = mpfr().exp(-abs(v))
    return (1 if v >= 0 else small) / (1 + small)


COMPOSED: dict[str, Callable[[Any], Any]] = {"sigmoid": _mpfr_sigmoid}


def rounded(function: str, x: Array) -> tuple[Doubles, Array, int]:
    """(values in binary64, correctly rounded binary32 values, how many MPFR settled) at binary32 inputs."""
    with np.errstate(all="ignore"):
        wide = DOUBLE[function](x.astype(np.float64))
        low, high = ((wide * (1 + e)).astype(np.float32) for e in (-MARGIN, MARGIN))
        single = wide.astype(np.float32)
    near = (low != high) & np.isfinite(wide) & (function not in ROUNDED_TWICE)
    open_ = np.flatnonzero(near)
    for k in open_:
        single[k] = settled(function, float(x[k]))
    return wide, single, len(open_)


def settled(function: str, x: float) -> np.float32:
    """The binary32 number nearest to the function at ``x``, with as many bits as that takes."""
    gmpy2, bits = mpfr(), 100
    while bits <= 3200:
        value = exactly(function, x, bits)
        error = abs(value) * gmpy2.mpfr(2) ** (8 - bits)
        with np.errstate(over="ignore"):
            ends = [nearest(value + e) for e in (-error, error)]
        if ends[0] == ends[1]:
            return ends[0]
        bits *= 2
    return nearest(exactly(function, x, 3200))  # a tie of binary32 numbers, reached exactly


def nearest(value: Any) -> np.float32:
    """An MPFR number rounded to binary32 once, ties to even."""
    gmpy2 = mpfr()
    with gmpy2.context(precision=24, emax=128, emin=-148, subnormalize=True):
        return np.float32(float(+value))


def check_sample(function: str, x: Array, wide: Doubles) -> float:
    """Largest relative error of the binary64 values at a few inputs, by MPFR; it must stay below MARGIN / 4.

    Raises ToolError PNN-TOOL-732 when the C library is less accurate than the oracle assumes.
    """
    usable = np.flatnonzero(np.isfinite(wide) & np.isfinite(x) & (np.abs(wide) > 1e-300))
    worst = 0.0
    for k in usable[:: max(1, len(usable) // SAMPLE)]:
        value = exactly(function, float(x[k]), 200)
        error = float(abs((mpfr().mpfr(float(wide[k])) - value) / value))
        worst = max(worst, error)
        if error > MARGIN / 4:
            raise ToolError("PNN-TOOL-732", "the C library is less accurate than the oracle assumes",
                            where=f"{function}({float(x[k]).hex()}) in binary64",
                            expected=f"a relative error below {MARGIN / 4:.3g}", got=f"{error:.3g}",
                            hint="please report it with the versions of NumPy and of the C library")
    return worst
