"""Grey images as text: ASCII, shades or half blocks; one image, or many side by side in a grid.

A picture is a list of equally long lines. Images are float or byte arrays [height, width]; full ink is the
largest value of the scale, 1.0 unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.errors import UsageError

Picture = list[str]
RAMPS = {"ascii": " .:-=+*#%@", "shades": " ░▒▓█"}
STYLES = ("ascii", "shades", "blocks")
HALVES = " ▄▀█"
LIGHT = {"ascii": "+-+||+-+", "shades": "┌─┐││└─┘", "blocks": "┌─┐││└─┘"}


def draw(
    image: NDArray[Any], style: str = "ascii", *, largest: float = 1.0, inverted: bool = False,
    border: bool = False
) -> Picture:
    """One image as lines of text.

    ``ascii`` and ``shades`` use two characters a pixel, ``blocks`` half a character, black or white.
    Raises UsageError PNN-CLI-806 for another style.

    Example:
        >>> draw(np.eye(2), border=True)
        ['+----+', '|@@  |', '|  @@|', '+----+']
        >>> draw(np.eye(2), "blocks")
        ['▀▄']
    """
    if style not in STYLES:
        raise UsageError("PNN-CLI-806", "there is no such way to draw", got=style,
                         expected=" | ".join(STYLES))
    ink = np.clip(np.asarray(image, np.float64) / largest, 0.0, 1.0)
    ink = 1.0 - ink if inverted else ink
    lines = _halves(ink) if style == "blocks" else _ramp(ink, RAMPS[style])
    return _framed(lines, LIGHT[style]) if border else lines


def _ramp(ink: NDArray[np.float64], ramp: str) -> Picture:
    level = np.rint(ink * (len(ramp) - 1)).astype(int)
    return ["".join(2 * ramp[k] for k in row) for row in level]


def _halves(ink: NDArray[np.float64]) -> Picture:
    """Two pixels a character, one above the other."""
    on = (ink >= 0.5).astype(int)
    on = np.pad(on, ((0, on.shape[0] % 2), (0, 0)))
    return ["".join(HALVES[k] for k in row) for row in 2 * on[0::2] + on[1::2]]


def _framed(lines: Picture, pen: str) -> Picture:
    a, b, c, left, right, d, e, f = list(pen)
    width = len(lines[0])
    return [a + b * width + c, *(left + line + right for line in lines), d + e * width + f]


def titled(picture: Picture, title: str) -> Picture:
    """The picture with a line above it, both as wide as the wider one."""
    width = max(len(picture[0]), len(title))
    return [title.ljust(width), *(line.ljust(width) for line in picture)]


def beside(pictures: Sequence[Picture], gap: int = 2) -> Picture:
    """Pictures side by side.

    Example:
        >>> beside([["ab", "cd"], ["x"]])
        ['ab  x', 'cd   ']
    """
    height = max(map(len, pictures))
    filled = [[*p, *[" " * len(p[0])] * (height - len(p))] for p in pictures]
    return [(" " * gap).join(parts) for parts in zip(*filled)]


def grid(pictures: Sequence[Picture], columns: int, gap: int = 2) -> Picture:
    """Pictures in rows of ``columns``, with an empty line between rows."""
    rows = [beside(pictures[k : k + columns], gap) for k in range(0, len(pictures), columns)]
    return [line for k, row in enumerate(rows) for line in ([""] if k else []) + row]


def fitting(picture: Picture, width: int, gap: int = 2) -> int:
    """How many such pictures fit side by side on a terminal ``width`` characters wide, at least one."""
    return max(1, (width + gap) // (len(picture[0]) + gap))
