"""Inputs as pictures: what looks like an image, the clean one, and PNG bytes that stand inside a page."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenn.ir.op import Array
from provenn.ir.property import Case

SIDE = 8
BLUE, WHITE, RED = (0, 114, 178), (255, 255, 255), (213, 94, 0)
TIMES, FAINT = 10, 0.1
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a flat input is an image: channels first, or last."""

    height: int
    width: int
    channels: int
    last: bool = False

    def pixels(self, v: Array) -> Array:
        """[height, width, channels] in binary64."""
        flat = np.asarray(v, np.float64)
        if self.last:
            return flat.reshape(self.height, self.width, self.channels)
        return flat.reshape(self.channels, self.height, self.width).transpose(1, 2, 0)


def image_layout(shape: tuple[int, ...], example: Array | None = None) -> Layout | None:
    """The layout when an input of this shape looks like an image, else None.

    A flat vector of 3 n² numbers may hold its channels first or last: the smoother reading of ``example``
    counts.

    Example:
        >>> image_layout((1, 1, 8, 8))
        Layout(height=8, width=8, channels=1, last=False)
        >>> image_layout((1, 28, 28, 3)).last, image_layout((1, 784)).height, image_layout((1, 5))
        (True, 28, None)
    """
    size = int(np.prod(shape))
    axes = [n for n in shape if n != 1]
    if size == max(shape, default=0):
        return _flat(size, example)
    if len(axes) == 2 and min(axes) >= SIDE:
        return Layout(axes[0], axes[1], 1)
    if len(axes) == 3 and axes[0] == 3 and min(axes[1:]) >= SIDE:
        return Layout(axes[1], axes[2], 3)
    if len(axes) == 3 and axes[2] == 3 and min(axes[:2]) >= SIDE:
        return Layout(axes[0], axes[1], 3, True)
    return None


def _flat(size: int, example: Array | None) -> Layout | None:
    for channels in (1, 3):
        side = round((size / channels) ** 0.5)
        if side >= SIDE and channels * side * side == size:
            found = [Layout(side, side, channels, last) for last in (False, True)[: 1 + channels // 3]]
            return found[0] if example is None else min(found, key=lambda a: _roughness(a.pixels(example)))
    return None


def _roughness(pixels: Array) -> float:
    """How much neighbours differ, in all."""
    return float(sum(np.abs(np.diff(pixels, axis=k)).sum() for k in (0, 1)))


def clean(case: Case, layout: Layout | None = None) -> Array:
    """The point that a box is around: its middle, or, for images, where the range of pixels cut it off.

    A ball [x - eps, x + eps] that was cut to [0, 1] is narrower at some pixels; there the end that was not
    cut tells x.
    """
    lo, hi = (np.array([float(q) for q in ends]) for ends in (case.lo, case.hi))
    made: Array = (lo + hi) / 2
    if layout is None:
        return made
    for c in range(layout.channels):
        chosen = layout.pixels(np.arange(float(lo.size)))[:, :, c].astype(np.intp).ravel()
        low, high = lo[chosen], hi[chosen]
        eps = float((high - low).max()) / 2
        cut = high - low < 2 * eps * (1 - 1e-6)
        guess = np.where(low <= low.min(), high - eps, low + eps)
        inside = cut & (guess >= low) & (guess <= high) & ((low <= low.min()) | (high >= high.max()))
        made[chosen] = np.where(inside, guess, made[chosen])
    return made


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a page: a data URI, its size in pixels, and what it shows."""

    uri: str
    width: int
    height: int
    title: str
    alt: str


def picture(pixels: Bytes, title: str, alt: str) -> Picture:
    """Bytes [height, width, 1 or 3] as a PNG in a data URI."""
    uri = "data:image/png;base64," + base64.b64encode(png(pixels)).decode()
    return Picture(uri, pixels.shape[1], pixels.shape[0], title, alt)


def png(pixels: Bytes) -> bytes:
    """Bytes [height, width, 1 or 3] as a PNG file."""
    height, width, channels = pixels.shape
    lines = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels, np.uint8))
    head = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts)


def shade(values: Array) -> Bytes:
    """Numbers in [0, 1] as bytes."""
    return np.rint(255 * np.clip(values, 0.0, 1.0)).astype(np.uint8)


def diverging(values: Array) -> Bytes:
    """Numbers in [-1, 1], [height, width], as blue over white to orange: readable without red and green."""
    v = np.clip(values, -1.0, 1.0)[:, :, None]
    end = np.where(v < 0.0, np.array(BLUE), np.array(RED)).astype(np.float64)
    made: Bytes = np.rint(np.array(WHITE) + np.abs(v) * (end - np.array(WHITE))).astype(np.uint8)
    return made


def triple(before: Array, after: Array) -> list[Picture]:
    """The clean image, the adversarial one, and their difference, enlarged ten times or more."""
    low, high = min(before.min(), after.min()), max(before.max(), after.max())
    span = float(high - low) or 1.0
    gap = (after - before) / span
    reach, times = float(np.abs(gap).max()), TIMES
    while 0.0 < reach * times < FAINT:
        times *= 10
    grey = before.shape[2] == 1
    drawn = diverging(times * gap[:, :, 0]) if grey else shade(0.5 + times * gap / 2)
    colours = "orange is brighter than before, blue darker" if grey else "grey is no change"
    colours += "; the strongest are cut off" if reach * times > 1.0 else ""
    return [picture(shade((before - low) / span), "clean", "the image that the box is around"),
            picture(shade((after - low) / span), "adversarial", "the counterexample"),
            picture(drawn, f"difference × {times}",
                    f"the difference, enlarged {times} times; {colours}; the largest is {reach * span:.3g}")]


def heat(shares: Array, layout: Layout) -> Picture:
    """How much each pixel's interval matters, white to blue."""
    amount = layout.pixels(shares).sum(2)
    return picture(diverging(-amount / (float(amount.max()) or 1.0)), "what the bound depends on",
                   "the darker a pixel, the more the bound depends on its interval")
