"""Elementwise ONNX functions, and what is composed of them: LeakyRelu, PRelu, Abs, Max, Min, Pow, Softmax.

The compositions are exact over the reals; those with relu alone are exact in float32 too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import numpy as np

from provenn.io.onnx.arithmetic import aligned, product_of, scaled
from provenn.io.onnx.call import Call
from provenn.io.onnx.movement import cut, expanded, joined, permuted, reshaped
from provenn.io.onnx.products import reduced_axes
from provenn.io.onnx.values import Const, Value
from provenn.io.onnx.windows import Window, axis_counts, window
from provenn.ir.op import Op
from provenn.ops.abs import abs_op
from provenn.ops.add import add
from provenn.ops.cos import cos
from provenn.ops.exp import exp
from provenn.ops.linear import linear
from provenn.ops.log import log
from provenn.ops.maximum import maximum as maximum_op
from provenn.ops.mul import mul
from provenn.ops.recip import recip
from provenn.ops.relu import relu
from provenn.ops.sigmoid import sigmoid
from provenn.ops.sign import sign
from provenn.ops.sin import sin
from provenn.ops.softplus import softplus
from provenn.ops.sqrt import sqrt
from provenn.ops.square import square
from provenn.ops.sub import sub
from provenn.ops.tanh import tanh

MOST_POWERS, HIGHEST_POWER = 4, 16
WIDEST_SOFTMAX = 128  # the matrix of all pairs then just fits what the checker reads as one tensor


def _plain(op: Op, doc: str) -> Callable[[Call], Value]:
    def read(call: Call) -> Value:
        return call.apply(op, call.input(0))

    read.__doc__ = doc
    return read


PLAIN: dict[str, Callable[[Call], Value]] = {
    "Sigmoid": _plain(sigmoid, "1 / (1 + exp(-x))."), "Tanh": _plain(tanh, "The hyperbolic tangent."),
    "Exp": _plain(exp, "The exponential function."), "Log": _plain(log, "The natural logarithm."),
    "Sqrt": _plain(sqrt, "The square root."), "Sin": _plain(sin, "The sine."),
    "Cos": _plain(cos, "The cosine."), "Softplus": _plain(softplus, "ln(1 + exp(x))."),
    "Sign": _plain(sign, "-1, 0 or 1, as x is."),
    "Reciprocal": _plain(recip, "1 / x."),
}


def _full(call: Call, x: Value, value: float) -> Const:
    call.recorder.check_size(x.shape)
    return Const(np.full(x.shape, value, np.float32), f"{call.name}.number")


def leaky_relu(call: Call) -> Value:
    """X where x >= 0, else alpha x, as relu(x) + alpha (x - relu(x)). Exact."""
    x = call.input(0)
    return _bent(call, x, _full(call, x, float(np.float32(call.attrs.get("alpha", 0.01)))))


def parametric_relu(call: Call) -> Value:
    """X where x >= 0, else x times a constant slope of its own or of its channel. Exact."""
    x, slope = call.input(0), call.constant(1, "slope")
    trailing = zip(reversed(slope.shape), reversed(x.shape))
    if slope.ndim > len(x.shape) or any(n not in (1, m) for n, m in trailing):
        raise call.misfit("its slope does not fit", expected=list(x.shape), got=list(slope.shape))
    spread = np.ascontiguousarray(np.broadcast_to(slope, x.shape))
    return _bent(call, x, Const(spread, f"{call.name}.slope"))


def _bent(call: Call, x: Value, slope: Const) -> Value:
    positive = call.apply(relu, x)
    below = call.apply(sub, x, positive)
    return call.apply(add, positive, call.apply(mul, below, slope))


def absolute(call: Call) -> Value:
    """|x|."""
    return call.apply(abs_op, call.input(0))


def larger(call: Call, x: Value, y: Value) -> Value:
    """The maximum of two values of one shape."""
    if isinstance(x, Const) and isinstance(y, Const):
        return call.constant_like(x, np.asarray(np.maximum(x.array, y.array)))
    return call.apply(maximum_op, x, y)


def _smaller(call: Call, x: Value, y: Value) -> Value:
    if isinstance(x, Const) and isinstance(y, Const):
        return call.constant_like(x, np.asarray(np.minimum(x.array, y.array)))
    return scaled(call, larger(call, scaled(call, x, -1), scaled(call, y, -1)), -1)


def _folded(call: Call, step: Callable[[Call, Value, Value], Value]) -> Value:
    made = call.input(0)
    for i in range(1, len(call.inputs)):
        made = step(call, *aligned(call, made, call.input(i)))
    return made


def maximum(call: Call) -> Value:
    """The largest of the operands. Exact."""
    return _folded(call, larger)


def minimum(call: Call) -> Value:
    """The smallest of the operands, the opposite of the largest opposite. Exact."""
    return _folded(call, _smaller)


def power(call: Call) -> Value:
    """X to constant powers: whole ones to 16, halves to 1/2, and their reciprocals, by products and roots."""
    x, exponent = call.input(0), call.constant(1, "exponent")
    if isinstance(x, Const):
        return call.constant_like(x, np.asarray(x.array ** exponent.astype(x.array.dtype)))
    shape = np.broadcast_shapes(x.shape, exponent.shape)
    x, each = expanded(call, x, shape), np.broadcast_to(exponent, shape)
    found = np.unique(exponent)
    if len(found) == 1:
        return _power(call, x, float(found[0]))
    if len(found) > MOST_POWERS or any(e not in range(HIGHEST_POWER + 1) for e in found):
        raise call.unsupported(f"its exponents are {found[:8].tolist()}",
                               f"read: one exponent, or up to {MOST_POWERS} whole ones")
    masks = [Const((each == e).astype(np.float32), f"{call.name}.{e}") for e in found]
    parts = [call.apply(mul, _power(call, x, float(e)), mask) for e, mask in zip(found, masks)]
    return reduce(lambda a, b: call.apply(add, a, b), parts)


def _power(call: Call, x: Value, exponent: float) -> Value:
    if exponent < 0:
        return call.apply(recip, _power(call, x, -exponent))
    if exponent == 0.5:
        return call.apply(sqrt, x)
    if exponent not in range(HIGHEST_POWER + 1):
        raise call.unsupported(f"its exponent is {exponent}",
                               f"read: 1/2, whole numbers to {HIGHEST_POWER}, and their opposites")
    if exponent == 0:
        return call.apply(add, scaled(call, x, 0.0), _full(call, x, 1))
    if exponent == 1:
        return x
    half = _power(call, x, float(exponent // 2))
    whole = call.apply(square, half)
    return product_of(call, whole, x) if exponent % 2 else whole


def softmax(call: Call) -> Value:
    """exp(x_i) / sum of all exp(x_j) along one axis, as sigmoid(-ln of the sum of exp(x_j - x_i), j != i).

    Exact over the reals (noted). The logarithm of a sum of exponentials is a tree of
    ln(e^a + e^b) = a + softplus(b - a): nothing overflows, however far the logits are apart.
    """
    x = call.input(0)
    rank = len(x.shape)
    axis = call.axis(int(call.attrs.get("axis", -1 if call.opset >= 13 else 1)), rank)
    if call.opset < 13 and axis != rank - 1:
        raise call.unsupported("before opset 13 its axis must be the last one")
    back = (*range(axis), *range(axis + 1, rank), axis)
    rows = permuted(call, x, back)
    n = rows.shape[-1]
    if not 2 <= n <= WIDEST_SOFTMAX:
        raise call.unsupported(f"its axis has {n} elements (read: 2 to {WIDEST_SOFTMAX})")
    if n == 2:
        return permuted(call, _of_two(call, rows), tuple(int(a) for a in np.argsort(back)))
    call.note("softmax is written with sigmoid and softplus: exact over the reals")
    each = np.eye(n, dtype=np.float32)
    pairs = np.stack([each[j] - each[i] for i in range(n) for j in range(n) if j != i])
    differ = call.apply(linear, rows, Const(pairs, f"{call.name}.pairs"))
    total = reshaped(call, differ, (*rows.shape[:-1], n, n - 1))
    while (size := total.shape[-1]) > 1:
        half, last = size // 2, rank
        a, b = cut(call, total, last, 0, half), cut(call, total, last, half, 2 * half)
        both = call.apply(add, a, call.apply(softplus, call.apply(sub, b, a)))
        total = joined(call, [both, *([cut(call, total, last, size - 1, size)] if size % 2 else [])], last)
    out = call.apply(sigmoid, scaled(call, reshaped(call, total, rows.shape), -1))
    return permuted(call, out, tuple(int(a) for a in np.argsort(back)))


def _of_two(call: Call, rows: Value) -> Value:
    """Softmax of pairs: the sigmoid of the difference, and 1 less that, so that their sum stays 1."""
    call.note("softmax of two is written as sigmoid(x - y) and 1 less that: exact over the reals")
    last = len(rows.shape) - 1
    x, y = (cut(call, rows, last, k, k + 1) for k in (0, 1))
    first = call.apply(sigmoid, call.apply(sub, x, y))
    return joined(call, [first, call.apply(sub, _full(call, first, 1), first)], last)


def largest(call: Call, x: Value, axis: int) -> Value:
    """The maximum along one axis, which gets size 1: halves of it are compared until one is left."""
    while (size := x.shape[axis]) > 1:
        half = size // 2
        first, second = cut(call, x, axis, 0, half), cut(call, x, axis, half, 2 * half)
        rest = [cut(call, x, axis, size - 1, size)] if size % 2 else []
        x = joined(call, [larger(call, first, second), *rest], axis)
    return x


def max_pool(call: Call) -> Value:
    """Maximum of each window, by comparing its elements pairwise. Exact.

    Where windows leave the image, the image is continued by its edges: these are in the window already.
    """
    x, taps = call.input(0), tuple(int(t) for t in call.attrs.get("kernel_shape", ()))
    if call.outputs > 1 or call.flag("storage_order"):
        raise call.unsupported("it asks for indices")
    slots = window(call, x.shape[2:], taps)
    for a in range(len(taps)):
        x = _continued(call, x, slots, a)
    slots = replace(slots, before=(0,) * len(taps), after=(0,) * len(taps))
    channels, count = x.shape[1], math.prod(taps)
    units = np.eye(count, dtype=np.float32).reshape(count, 1, *taps)
    weight = Const(np.tile(units, (channels, *([1] * (len(taps) + 1)))), f"{call.name}.units")
    y = slots.slide(call, x, weight, None, channels)
    image = y.shape[2:]
    tall = reshaped(call, y, (x.shape[0] * channels, count, math.prod(image)))
    return reshaped(call, largest(call, tall, 1), (x.shape[0], channels, *image))


def _continued(call: Call, x: Value, slots: Window, a: int) -> Value:
    """The image with its first and last row along axis ``a`` repeated as far as windows reach."""
    size, before = x.shape[a + 2], slots.before[a]
    count, _ = axis_counts(call, slots, a, size)
    last = (len(count) - 1) * slots.stride[a] + (slots.taps[a] - 1) * slots.dilation[a]
    after = max(0, last + 1 - before - size)
    if slots.dilation[a] > 1 and (before or after):
        raise call.unsupported("its windows have gaps and leave the image")
    ends = cut(call, x, a + 2, 0, 1), cut(call, x, a + 2, size - 1, size)
    return joined(call, [ends[0]] * before + [x] + [ends[1]] * after, a + 2)


def global_max_pool(call: Call) -> Value:
    """Maximum over all axes after the channels. Exact."""
    x = call.input(0)
    if len(x.shape) < 3:
        raise call.misfit("an image needs [N, C, *image]", expected="at least three axes", got=list(x.shape))
    flat = reshaped(call, x, (*x.shape[:2], math.prod(x.shape[2:])))
    return reshaped(call, largest(call, flat, 2), (*x.shape[:2],) + (1,) * (len(x.shape) - 2))


def reduce_max(call: Call) -> Value:
    """Maximum over constant axes, by comparing elements pairwise."""
    return _reduced(call, call.input(0))


def reduce_min(call: Call) -> Value:
    """Minimum over constant axes, the opposite of the largest opposite. Exact."""
    return scaled(call, _reduced(call, scaled(call, call.input(0), -1)), -1)


def _reduced(call: Call, x: Value) -> Value:
    axes = reduced_axes(call, len(x.shape))
    for axis in axes:
        x = largest(call, x, axis)
    kept = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    return x if call.flag("keepdims", 1) else reshaped(call, x, kept)
