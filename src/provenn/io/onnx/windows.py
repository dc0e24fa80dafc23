"""ONNX operators that slide a window over an image: Conv, AveragePool, GlobalAveragePool.

One-dimensional images are read as two-dimensional ones of height 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenn.io.onnx.arithmetic import reciprocal
from provenn.io.onnx.call import Call
from provenn.io.onnx.movement import expanded, reshaped
from provenn.io.onnx.values import Const, Value, Var
from provenn.ops.conv import conv as conv_op
from provenn.ops.mul import mul as mul_op


@dataclass(frozen=True)
class Window:
    """Sizes of a sliding window, one number an axis; ``before`` and ``after`` are the pads."""

    taps: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def slide(self, call: Call, x: Value, w: Value, bias: Value | None, groups: int) -> Value:
        """The convolution of ``x`` [N, C, *image] with ``w`` [O, C/groups, *taps]."""
        lone = len(self.taps) == 1
        one, zero = (1,) * lone, (0,) * lone
        image = reshaped(call, x, (*x.shape[:2], *one, *x.shape[2:]))
        kernel = reshaped(call, w, (*w.shape[:2], *one, *w.shape[2:]))
        extra = () if bias is None else (bias,)
        y = call.apply(conv_op, image, kernel, *extra, groups=groups, stride=one + self.stride,
                       pad=(zero + self.before + zero + self.after), dilation=one + self.dilation)
        return reshaped(call, y, (*y.shape[:2], *y.shape[3:])) if lone else y


def sizes_of(call: Call, name: str, count: int, least: int) -> tuple[int, ...]:
    """An attribute of one number an axis, 1 by default; FileError (PNN-ONNX-414) when it does not fit."""
    given = tuple(int(v) for v in call.attrs.get(name, (1,) * count))
    if len(given) != count or min(given) < least:
        raise call.malformed(f"the attribute {name} does not fit", expected=f"{count} numbers >= {least}",
                             got=given)
    return given


def window(call: Call, image: tuple[int, ...], taps: tuple[int, ...]) -> Window:
    """The window of this node over an image of the given size: strides, dilations, pads."""
    count = len(image)
    if not 1 <= count <= 2:
        raise call.unsupported(f"its image has {count} axes", "one- and two-dimensional windows are read")
    if len(taps) != count or min(taps) < 1:
        raise call.misfit("the window does not fit the image", expected=f"{count} axes", got=list(taps))
    stride, dilation = sizes_of(call, "strides", count, 1), sizes_of(call, "dilations", count, 1)
    mode = call.attrs.get("auto_pad", "NOTSET")
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        total = [(-(-n // s) - 1) * s + t - n for n, s, t in zip(image, stride, taps)]
        if min(total) < 0 or max(dilation) > 1:
            raise call.unsupported(f"runtimes disagree on {mode} with dilations or strides beyond the window",
                                   "write the pads out")
        small, large = tuple(t // 2 for t in total), tuple(t - t // 2 for t in total)
        before, after = (small, large) if mode == "SAME_UPPER" else (large, small)
    elif mode in ("NOTSET", "VALID"):
        none = (0,) * (2 * count)
        pads = none if mode == "VALID" else tuple(int(p) for p in call.attrs.get("pads", none))
        if len(pads) != 2 * count or min(pads) < 0:
            raise call.malformed("the attribute pads does not fit", expected=f"{2 * count} numbers >= 0",
                                 got=pads)
        before, after = pads[:count], pads[count:]
    else:
        raise call.malformed("auto_pad has an unknown value",
                             expected="NOTSET, VALID, SAME_UPPER or SAME_LOWER", got=mode)
    return Window(taps, stride, dilation, before, after)


def conv(call: Call) -> Value:
    """Cross-correlation with constant weights, in one or two dimensions."""
    x, w, bias = call.input(0), call.input(1), call.optional(2)
    if isinstance(w, Var) or isinstance(bias, Var):
        raise call.unsupported("its weights depend on the network input")
    if len(x.shape) < 3 or len(w.shape) != len(x.shape):
        raise call.misfit("image and weight need the same number of axes",
                          expected="[N, C, *image], [O, C/groups, *taps]",
                          got=f"{list(x.shape)}, {list(w.shape)}")
    if tuple(call.attrs.get("kernel_shape", w.shape[2:])) != w.shape[2:]:
        raise call.misfit("kernel_shape is not that of the weight", expected=list(w.shape[2:]),
                          got=list(call.attrs["kernel_shape"]))
    groups = int(call.attrs.get("group", 1))
    if groups < 1:
        raise call.malformed("group must be positive", expected=">= 1", got=groups)
    return window(call, x.shape[2:], w.shape[2:]).slide(call, x, w, bias, groups)


def _sums(call: Call, x: Value, slots: Window) -> Value:
    """The sum of each window, channel by channel: a convolution with ones."""
    channels = x.shape[1]
    ones = Const(np.ones((channels, 1, *slots.taps), np.float32), f"{call.name}.ones")
    return slots.slide(call, x, ones, None, channels)


def _mean(call: Call, x: Value, slots: Window, count: NDArray[np.int64]) -> Value:
    """Sums divided by how many elements each window counts."""
    total = _sums(call, x, slots)
    factor = Const(reciprocal(call, count), f"{call.name}.factor")
    return call.apply(mul_op, total, expanded(call, factor, total.shape))


def average_pool(call: Call) -> Value:
    """Mean of each window: a convolution with ones, then a product with 1/count.

    Exact but for 1/count, which is rounded to float32 when it is not a power of two (noted).
    """
    x = call.input(0)
    taps = tuple(int(t) for t in call.attrs.get("kernel_shape", ()))
    slots = window(call, x.shape[2:], taps)
    if math.prod(slots.before + slots.after) > 1 << 20:
        raise call.unsupported("its pads are too large")
    counts = []
    grown = []
    for a, size in enumerate(x.shape[2:]):
        count, extra = axis_counts(call, slots, a, size)
        counts.append(count)
        grown.append(slots.after[a] + extra)
    slots = Window(slots.taps, slots.stride, slots.dilation, slots.before, tuple(grown))
    count = counts[0] if len(counts) == 1 else np.multiply.outer(counts[0], counts[1])
    return _mean(call, x, slots, count)


def axis_counts(call: Call, slots: Window, a: int, size: int) -> tuple[NDArray[np.int64], int]:
    """Counted positions of each window along axis ``a``, and by how much ceil_mode grows the end pad."""
    before, after = slots.before[a], slots.after[a]
    taps, step, gap = slots.taps[a], slots.stride[a], slots.dilation[a]
    room = size + before + after - (taps - 1) * gap - 1
    if room < 0:
        raise call.misfit("the window is larger than the padded image",
                          expected=f"at most {size + before + after}", got=(taps - 1) * gap + 1)
    outputs = (-(-room // step) if call.flag("ceil_mode") else room // step) + 1
    if (outputs - 1) * step >= size + before:
        outputs -= 1
    include = call.flag("count_include_pad")
    low, high = (0, size + before + after) if include else (before, before + size)
    starts = np.arange(outputs)[:, None] * step + np.arange(taps)[None, :] * gap
    count = ((starts >= low) & (starts < high)).sum(1)
    if not count.all():
        raise call.unsupported("a window covers padding only")
    return count, max(0, (outputs - 1) * step - room)


def global_average_pool(call: Call) -> Value:
    """Mean over all axes after the channels: a convolution with ones, then a product with 1/count."""
    x = call.input(0)
    if len(x.shape) < 3:
        raise call.misfit("an image needs [N, C, *image]", expected="at least three axes", got=list(x.shape))
    count = math.prod(x.shape[2:])
    flat = reshaped(call, x, (*x.shape[:2], count))
    call.recorder.check_size((x.shape[1], count))
    y = _mean(call, flat, Window((count,), (1,), (1,), (0,), (0,)), np.array([count]))
    return reshaped(call, y, (*x.shape[:2],) + (1,) * (len(x.shape) - 2))
