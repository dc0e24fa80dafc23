"""Lines around smooth functions on intervals, as the checker draws them, without its directed rounding.

    convex(f, g, lo, hi, t)     a tangent at ``t`` below and the chord above a convex ``f`` with slope ``g``
    bent(f, g, lo, hi, alpha)   the same around a function that is convex up to 0 and concave from there;
                                for a crossing interval tangents through the other end
    waved(f, g, lo, hi, alpha, phase)  around a sine whose zeros are at ``phase`` + k pi

All return lower slope, lower offset, upper slope, upper offset (theories/Ops/Lines.v, Functions.v, Wave.v).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Curve = Callable[[Array], Array]
Four = tuple[Array, Array, Array, Array]
HALVINGS = 16
NEAR_ZERO, WIDEST = 2.0**-36, 3.0
REMEMBERED, FEW = 64, 1 << 12


def _secant(t: Array, v: Array, h: Array, w: Array, other: Array) -> Array:
    with np.errstate(all="ignore"):
        q = (w - v) / (h - t)
    return np.where(np.isfinite(q), q, other)


def _tangent(f: Curve, g: Curve, t: Array) -> tuple[Array, Array]:
    slope = g(t)
    return slope, f(t) - slope * t


def _chord(f: Curve, lo: Array, hi: Array) -> tuple[Array, Array]:
    v, w = f(lo), f(hi)
    slope = _secant(lo, v, hi, w, np.zeros_like(lo))
    return slope, np.minimum(v - slope * lo, w - slope * hi)


@lru_cache(REMEMBERED)
def flipped(f: Curve) -> Curve:
    """The opposite function."""
    return lambda x: -f(x)


@lru_cache(REMEMBERED)
def mirrored(f: Curve) -> Curve:
    """The function of the opposite argument."""
    return lambda x: f(-x)


def convex(f: Curve, g: Curve, lo: Array, hi: Array, t: Array) -> Four:
    """See the module."""
    slope, offset = _chord(flipped(f), lo, hi)
    return *_tangent(f, g, np.clip(t, lo, hi)), -slope, -offset


def concave(f: Curve, g: Curve, lo: Array, hi: Array, t: Array) -> Four:
    """A chord below and a tangent above a concave function."""
    a, b, c, d = convex(flipped(f), flipped(g), lo, hi, t)
    return -c, -d, -a, -b


def _touch(f: Curve, g: Curve, lo: Array, hi: Array) -> Array:
    """Where a tangent left of 0 passes through the point at ``hi``, or ``lo``.

    An ascent asks again and again with the same bounds, so answers for a few elements are remembered.
    """
    if lo.size > FEW:
        return _touched(f, g, lo, hi)
    return _recalled(f, g, lo.tobytes(), hi.tobytes(), lo.dtype.str).reshape(lo.shape)


@lru_cache(REMEMBERED)
def _recalled(f: Curve, g: Curve, lo: bytes, hi: bytes, kind: str) -> Array:
    made = _touched(f, g, np.frombuffer(lo, kind), np.frombuffer(hi, kind))
    made.flags.writeable = False
    return made


def _touched(f: Curve, g: Curve, lo: Array, hi: Array) -> Array:
    w, a, b = f(hi), np.minimum(lo, 0.0), np.zeros_like(lo)
    for _ in range(HALVINGS):
        t = (a + b) * 0.5
        right = f(t) + g(t) * (hi - t) <= w
        a, b = np.where(right, t, a), np.where(right, b, t)
    return a


def _bent_lower(f: Curve, g: Curve, lo: Array, hi: Array, alpha: Array) -> tuple[Array, Array]:
    crossing = (lo < 0.0) & (hi > 0.0)
    t = np.where(crossing, lo + alpha * (_touch(f, g, lo, hi) - lo), lo + alpha * (hi - lo))
    slope, offset = _tangent(f, g, t)
    other = _chord(f, lo, hi)
    steep = np.minimum(slope, _secant(t, f(t), hi, f(hi), slope))
    zero = np.zeros_like(lo)
    low = f(t) + slope * (np.where(slope >= steep, lo, 0.0) - t) - steep * np.where(slope >= steep, lo, 0.0)
    low = np.minimum(low, np.minimum(f(zero), f(hi) - steep * hi))
    after = lo >= 0.0
    return (np.where(after, other[0], np.where(crossing, steep, slope)),
            np.where(after, other[1], np.where(crossing, low, offset)))


def bent(f: Curve, g: Curve, lo: Array, hi: Array, alpha: Array) -> Four:
    """See the module."""
    slope, offset = _bent_lower(flipped(mirrored(f)), mirrored(g), -hi, -lo,
                                np.where((lo < 0.0) & (hi > 0.0), alpha, 1.0 - alpha))
    return *_bent_lower(f, g, lo, hi, alpha), slope, -offset


def bent_back(f: Curve, g: Curve, lo: Array, hi: Array, alpha: Array) -> Four:
    """Around a function that is concave up to 0 and convex from there."""
    a, b, c, d = bent(flipped(f), flipped(g), lo, hi, alpha)
    return -c, -d, -a, -b


def middle(lo: Array, hi: Array) -> Array:
    """The hint of curves that do not bend: tangents touch in the middle."""
    return np.full_like(lo, 0.5)


def bend(lo: Array, hi: Array) -> Array:
    """The hint of curves that bend at 0: tangents through the ends of crossing intervals."""
    return np.where((lo < 0.0) & (hi > 0.0), 1.0, 0.5)


def wave_ends(f: Curve, g: Curve, lo: Array, hi: Array) -> tuple[Array, Array]:
    """Range of a wave of height 1 on intervals: where its slope changes sign is an extremum."""
    v, w, rise, fall, width = f(lo), f(hi), g(lo), g(hi), hi - lo
    low, high = np.minimum(v, w), np.maximum(v, w)
    high = np.where((rise >= 0.0) & (fall <= 0.0) & ((rise > 0.0) | (fall < 0.0)), 1.0, high)
    low = np.where((rise <= 0.0) & (fall >= 0.0) & ((rise < 0.0) | (fall > 0.0)), -1.0, low)
    wide = width > WIDEST
    return np.where(wide, -1.0, low), np.where(wide, 1.0, high)


def _bend_lower(f: Curve, g: Curve, m1: Array, m2: Array, lo: Array, hi: Array,
                t: Array) -> tuple[Array, Array]:
    t = np.minimum(np.maximum(t, lo), m1)
    v, slope, w = f(t), g(t), f(hi)
    a = np.where(m2 < hi, np.minimum(slope, _secant(t, v, hi, w, slope)), slope)
    end = np.where(slope >= a, lo, m1)
    first = v + slope * (end - t) - a * end
    ends = np.minimum(f(m1) - a * m1, np.minimum(f(m2) - a * m2, w - a * hi)) - NEAR_ZERO * 4
    return a, np.minimum(first, ends)


def _wave_lower(f: Curve, g: Curve, z: Array, lo: Array, hi: Array, t: Array) -> tuple[Array, Array]:
    m1 = np.minimum(np.maximum(z - NEAR_ZERO, lo), hi)
    m2 = np.minimum(np.maximum(z + NEAR_ZERO, m1), hi)

    def bends(f: Curve, m1: Array, m2: Array, lo: Array, hi: Array) -> NDArray[np.bool_]:
        left = (m1 <= lo) | ((f(lo) <= 0.0) & (f(m1) <= 0.0))
        right = (hi <= m2) | ((f(m2) >= 0.0) & (f(hi) >= 0.0))
        out: NDArray[np.bool_] = left & right
        return out

    back = mirrored(f)
    one = _bend_lower(f, g, m1, m2, lo, hi, t)
    two = _bend_lower(back, flipped(mirrored(g)), -m2, -m1, -hi, -lo, -t)
    narrow = hi - lo <= WIDEST
    this, that = narrow & bends(f, m1, m2, lo, hi), narrow & bends(back, -m2, -m1, -hi, -lo)
    flat = wave_ends(f, g, lo, hi)[0]
    return (np.where(this, one[0], np.where(that, -two[0], 0.0)),
            np.where(this, one[1], np.where(that, two[1], flat)))


def waved(f: Curve, g: Curve, lo: Array, hi: Array, alpha: Array, phase: float) -> Four:
    """See the module."""
    z = (np.rint((lo + hi) * 0.5 / np.pi - phase / np.pi) + phase / np.pi) * np.pi
    t = lo + alpha * (hi - lo)
    slope, offset = _wave_lower(flipped(f), flipped(g), z, lo, hi, t)
    return *_wave_lower(f, g, z, lo, hi, t), -slope, -offset
