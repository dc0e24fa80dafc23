"""ONNX operators that make images larger or smaller: ConvTranspose, Upsample, Resize.

They are rewritten, without rounding, into convolutions and moves of elements that the checker knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.io.onnx.call import Call
from provenn.io.onnx.movement import cut, expanded, permuted, picked, reshaped
from provenn.io.onnx.values import Const, Value, Var
from provenn.io.onnx.windows import Window, sizes_of


@dataclass(frozen=True)
class Spread:
    """One axis of a transposed convolution: input size, taps, stride, first output, number of outputs."""

    size: int
    taps: int
    stride: int
    first: int
    count: int

    @property
    def steps(self) -> int:
        """Taps of one phase: the outputs that lie ``stride`` apart read as many inputs each."""
        return -(-self.taps // self.stride)

    @property
    def reads(self) -> tuple[int, int]:
        """Range of inputs that any output reads, which may leave the image on either side."""
        return self.first // self.stride - self.steps + 1, -(-(self.first + self.count) // self.stride)


def conv_transpose(call: Call) -> Value:
    """Transposed convolution with constant weights, in one or two dimensions. Exact.

    Outputs that lie a stride apart are an ordinary convolution with every stride-th weight, so the phases
    are computed as channels of one convolution and then interleaved (Shi et al., CVPR 2016).
    """
    x, w, bias = call.input(0), call.input(1), call.optional(2)
    if isinstance(w, Var) or isinstance(bias, Var):
        raise call.unsupported("its weights depend on the network input")
    if len(x.shape) not in (3, 4) or len(w.shape) != len(x.shape):
        raise call.unsupported(f"its image has {len(x.shape) - 2} axes, its weight {len(w.shape) - 2}",
                               "one- and two-dimensional images are read")
    groups = int(call.attrs.get("group", 1))
    if groups < 1 or w.shape[0] != x.shape[1] or w.shape[0] % groups:
        raise call.misfit("the weight does not fit the channels", expected="[C, O/groups, *taps]",
                          got=f"{list(w.shape)} for {x.shape[1]} channels in {groups} groups")
    dilation = sizes_of(call, "dilations", len(x.shape) - 2, 1)
    weight = _dilated(call, w.array, dilation)
    axes = _axes(call, x.shape[2:], weight.shape[2:])
    stride = tuple(a.stride for a in axes)
    if bias is not None:
        bias = call.constant_like(bias, np.repeat(bias.array, math.prod(stride)))
    before, after = [], []
    for k, a in enumerate(axes):
        low, high = a.reads
        x = cut(call, x, k + 2, max(0, low), min(a.size, high))
        before.append(max(0, -low))
        after.append(max(0, high - a.size))
    steps, one = tuple(a.steps for a in axes), (1,) * len(axes)
    phases = call.constant_like(w, _phases(weight, groups, axes))
    y = Window(steps, one, one, tuple(before), tuple(after)).slide(call, x, phases, bias, groups)
    y = _interleaved(call, y, stride)
    for k, a in enumerate(axes):
        start = a.first % a.stride
        y = cut(call, y, k + 2, start, start + a.count)
    return y


def _dilated(call: Call, w: NDArray[Any], dilation: Sequence[int]) -> NDArray[Any]:
    """The weight with zeros between its taps."""
    shape = (*w.shape[:2], *((n - 1) * d + 1 for n, d in zip(w.shape[2:], dilation)))
    call.recorder.check_size(shape)
    out = np.zeros(shape, w.dtype)
    out[(slice(None), slice(None), *(slice(None, None, d) for d in dilation))] = w
    return out


def _phases(w: NDArray[Any], groups: int, axes: Sequence[Spread]) -> NDArray[Any]:
    """Weight [C, O/groups, *taps] as that of a convolution [O * phases, C/groups, *steps]."""
    room = [(0, a.steps * a.stride - a.taps) for a in axes]
    w = np.pad(w, [(0, 0), (0, 0), *room])
    w = w.reshape(groups, w.shape[0] // groups, w.shape[1], *(n for a in axes for n in (a.steps, a.stride)))
    steps, phases = [3 + 2 * k for k in range(len(axes))], [4 + 2 * k for k in range(len(axes))]
    w = np.flip(w, tuple(steps)).transpose(0, 2, *phases, 1, *steps)
    return np.ascontiguousarray(w.reshape(-1, *w.shape[2 + len(axes):]))


def _interleaved(call: Call, y: Value, stride: Sequence[int]) -> Value:
    """Phases from the channels of [N, O * phases, *image] to where they belong in the image."""
    if math.prod(stride) == 1:
        return y
    count, image = len(stride), y.shape[2:]
    channels = y.shape[1] // math.prod(stride)
    y = reshaped(call, y, (y.shape[0], channels, *stride, *image))
    y = permuted(call, y, (0, 1, *(a for k in range(count) for a in (2 + count + k, 2 + k))))
    return reshaped(call, y, (y.shape[0], channels, *(n * s for n, s in zip(image, stride))))


def _axes(call: Call, image: Sequence[int], taps: Sequence[int]) -> list[Spread]:
    """Each axis, with the pads of the node: they cut outputs away on both sides."""
    count = len(image)
    stride = sizes_of(call, "strides", count, 1)
    extra = tuple(int(v) for v in call.attrs.get("output_padding", (0,) * count))
    pads = tuple(int(v) for v in call.attrs.get("pads", (0,) * (2 * count)))
    mode, wanted = call.attrs.get("auto_pad", "NOTSET"), call.attrs.get("output_shape")
    if len(extra) != count or len(pads) != 2 * count or min(*extra, *pads) < 0:
        raise call.malformed("pads or output_padding do not fit", expected=f"{2 * count} and {count} numbers",
                             got=f"{pads} and {extra}")
    if mode not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        raise call.malformed("auto_pad has an unknown value", got=mode)
    out = []
    for k in range(count):
        full = (image[k] - 1) * stride[k] + extra[k] + taps[k]
        first, end = (0, 0) if mode == "VALID" else (pads[k], pads[k + count])
        size = full - first - end
        if wanted is not None or mode.startswith("SAME"):
            size = image[k] * stride[k] if wanted is None else int(wanted[len(wanted) - count + k])
            total = max(0, full - size)
            if total % 2 and not mode.startswith("SAME"):
                raise call.unsupported("runtimes disagree where an output_shape is not centred",
                                       "write the pads out")
            first = total // 2 if mode != "SAME_LOWER" else total - total // 2
        if size < 1:
            raise call.misfit("the pads leave no output", expected="at least one element an axis", got=size)
        out.append(Spread(image[k], taps[k], stride[k], first, size))
    return out


def upsample(call: Call) -> Value:
    """Nearest neighbours at constant scales: element i of an axis is element floor(i / scale). Exact."""
    scales = call.constant(1, "scales") if call.optional(1) is not None else call.attrs.get("scales", ())
    if call.attrs.get("mode", "nearest") != "nearest":
        raise call.unsupported(f"its mode is {call.attrs['mode']!r}", "only nearest neighbours are read")
    return _resized(call, call.input(0), _scales(call, scales), _asymmetric, math.floor)


def _scales(call: Call, given: Any) -> list[Fraction]:
    scales = [float(v) for v in np.ravel(given)]
    if len(scales) != len(call.input(0).shape) or not all(0 < s < math.inf for s in scales):
        raise call.malformed("its scales do not fit", expected=f"{len(call.input(0).shape)} positive numbers",
                             got=scales)
    return [Fraction(s) for s in scales]


Place = Callable[[int, Fraction, int, int], Fraction]


def _asymmetric(i: int, scale: Fraction, size: int, count: int) -> Fraction:
    return i / scale


def _half_pixel(i: int, scale: Fraction, size: int, count: int) -> Fraction:
    return (i + Fraction(1, 2)) / scale - Fraction(1, 2)


def _pytorch(i: int, scale: Fraction, size: int, count: int) -> Fraction:
    return _half_pixel(i, scale, size, count) if count > 1 else Fraction(0)


def _corners(i: int, scale: Fraction, size: int, count: int) -> Fraction:
    return Fraction(i * (size - 1), count - 1) if count > 1 else Fraction(0)


PLACES: dict[str, Place] = {"asymmetric": _asymmetric, "half_pixel": _half_pixel, "align_corners": _corners,
                            "pytorch_half_pixel": _pytorch}
ROUNDS: dict[str, Callable[[Fraction], int]] = {
    "floor": math.floor, "ceil": math.ceil,
    "round_prefer_floor": lambda q: math.ceil(q - Fraction(1, 2)),
    "round_prefer_ceil": lambda q: math.floor(q + Fraction(1, 2)),
}


def resize(call: Call) -> Value:
    """Nearest neighbours at constant scales or sizes, with all but the cropping coordinate modes. Exact."""
    x, rank = call.input(0), len(call.input(0).shape)
    if call.attrs.get("mode", "nearest") != "nearest":
        raise call.unsupported(f"its mode is {call.attrs['mode']!r}", "only nearest neighbours are read")
    if call.attrs.get("antialias", 0) or "keep_aspect_ratio_policy" in call.attrs:
        raise call.unsupported("it asks for antialiasing, or for sizes that keep an aspect ratio")
    if call.opset < 11:
        return _resized(call, x, _scales(call, call.constant(1, "scales")), _asymmetric, math.floor)
    mode = call.attrs.get("coordinate_transformation_mode", "half_pixel")
    near = call.attrs.get("nearest_mode", "round_prefer_floor")
    if mode not in PLACES or near not in ROUNDS:
        raise call.unsupported(f"its coordinates are {mode!r}, rounded by {near!r}",
                               f"read: {', '.join(PLACES)}")
    axes = [call.axis(int(a), rank) for a in call.attrs.get("axes", range(rank))]
    known = call.optional(2)
    if known is not None and known.shape != (0,):
        given = [Fraction(float(s)) for s in call.constant(2, "scales").ravel()]
        sizes = [math.floor(x.shape[a] * s) for a, s in zip(axes, given)]
    else:
        sizes = [int(n) for n in call.integers(3, "", "sizes") or ()]
        given = [Fraction(n, x.shape[a]) for a, n in zip(axes, sizes)]
    if not len(given) == len(sizes) == len(axes) or min(sizes, default=0) < 1 or min(given) <= 0:
        raise call.malformed("its scales or sizes do not fit", expected=f"{len(axes)} positive numbers",
                             got=[str(s) for s in given])
    scales = [Fraction(1)] * rank
    counts = list(x.shape)
    for a, s, n in zip(axes, given, sizes):
        scales[a], counts[a] = s, n
    return _resized(call, x, scales, PLACES[mode], ROUNDS[near], counts)


def _resized(call: Call, x: Value, scales: Sequence[Fraction], place: Place,
             near: Callable[[Fraction], int], counts: Sequence[int] | None = None) -> Value:
    for axis, scale in enumerate(scales):
        size = x.shape[axis]
        count = math.floor(size * scale) if counts is None else counts[axis]
        call.recorder.check_size((*x.shape[:axis], count, *x.shape[axis + 1 :]))
        if count < 1:
            raise call.unsupported(f"axis {axis} would be empty")
        found = [place(i, scale, size, count) for i in range(count)]
        indices = [min(max(near(q), 0), size - 1) for q in found]
        _same_in_float32(call, found, near, scale)
        x = _repeated(call, x, axis, indices)
    return x


def _same_in_float32(call: Call, found: Sequence[Fraction], near: Callable[[Fraction], int],
                     scale: Fraction) -> None:
    """Refuse coordinates so near to a jump that a runtime's rounding decides which neighbour is nearest."""
    if scale.denominator == 1 or scale.numerator == 1:
        return
    margin = Fraction(1, 1 << 16)
    if any(near(q - margin) != near(q + margin) for q in found if q.denominator > 2):
        raise call.unsupported("rounding decides which of two neighbours is nearest", "use a whole scale")


def _repeated(call: Call, x: Value, axis: int, indices: list[int]) -> Value:
    """The elements of an axis at growing indices; whole repetitions by one broadcast."""
    size = x.shape[axis]
    times = len(indices) // size
    if indices == list(range(size)):
        return x
    if isinstance(x, Const):
        return call.constant_like(x, np.take(x.array, indices, axis))
    if indices == [i for i in range(size) for _ in range(times)]:
        lead, tail = x.shape[: axis + 1], x.shape[axis + 1 :]
        tall = expanded(call, reshaped(call, x, (*lead, 1, *tail)), (*lead, times, *tail))
        return reshaped(call, tall, (*lead[:-1], size * times, *tail))
    return picked(call, x, axis, indices)
