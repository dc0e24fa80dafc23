"""MatMul and Gemm: products of matrices, of which one is mostly constant."""

from __future__ import annotations

import math

import numpy as np

from provenn.io.onnx.arithmetic import aligned, product_of, reciprocal, scaled, sum_of
from provenn.io.onnx.call import Call
from provenn.io.onnx.movement import cut, expanded, joined, permuted, reshaped
from provenn.io.onnx.values import Const, Value, Var
from provenn.ops.linear import linear
from provenn.ops.mul import mul as mul_op


def _swapped(call: Call, x: Value) -> Value:
    """The last two axes exchanged."""
    rank = len(x.shape)
    return permuted(call, x, (*range(rank - 2), rank - 1, rank - 2))


def matmul(call: Call) -> Value:
    """NumPy's matmul; vectors count as one row or one column."""
    a, b = call.input(0), call.input(1)
    if not a.shape or not b.shape:
        raise call.misfit("a factor is a scalar", expected="at least one axis",
                          got=f"{a.shape} and {b.shape}")
    if isinstance(a, Var) and len(b.shape) == 2 and a.shape[-1] == b.shape[0]:
        return _times(call, a, b)
    if isinstance(b, Var) and len(a.shape) == 2 and b.shape == a.shape[1:]:
        return call.apply(linear, b, a)
    row, column = len(a.shape) == 1, len(b.shape) == 1
    a = reshaped(call, a, (1, *a.shape)) if row else a
    b = reshaped(call, b, (*b.shape, 1)) if column else b
    if a.shape[-1] != b.shape[-2]:
        raise call.misfit("inner sizes differ", expected=list(a.shape), got=list(b.shape))
    out = _matrices(call, a, b)
    shape = list(out.shape)
    if column:
        del shape[-1]
    if row:
        del shape[-1 if column else -2]
    return reshaped(call, out, tuple(shape))


def _matrices(call: Call, a: Value, b: Value) -> Value:
    """Both factors with at least two axes. A constant left factor is moved to the right by transposes.

    Two variables are spread out: their products, element by element, are added up by a product with ones.
    """
    if isinstance(a, Var) and isinstance(b, Var):
        return _spread(call, a, b)
    if isinstance(b, Var):
        return _swapped(call, _times(call, _swapped(call, b), _swapped(call, a)))
    return _times(call, a, b)


def _spread(call: Call, a: Value, b: Value) -> Value:
    r, n, m = a.shape[-2], a.shape[-1], b.shape[-1]
    try:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError:
        raise call.misfit("stacks of matrices cannot be broadcast", expected=list(a.shape),
                          got=list(b.shape)) from None
    call.recorder.check_size((*lead, r, m, n))
    rows = reshaped(call, a, (*a.shape[:-2], r, 1, n))
    columns = _swapped(call, b)
    columns = reshaped(call, columns, (*b.shape[:-2], 1, m, n))
    products = product_of(call, *(expanded(call, v, (*lead, r, m, n)) for v in (rows, columns)))
    total = call.apply(linear, products, Const(np.ones((1, n), np.float32), f"{call.name}.ones"))
    return reshaped(call, total, (*lead, r, m))


def _times(call: Call, x: Value, w: Value) -> Value:
    """Value x [..., r, n] times constant w [..., n, m]: one linear, or one for each matrix of a stack."""
    stack = math.prod(w.shape[:-2])
    if stack == 1:
        weight = permuted(call, reshaped(call, w, w.shape[-2:]), (1, 0))
        out = call.apply(linear, x, weight)
        lead = (1,) * max(0, len(w.shape) - max(2, len(out.shape)))
        return reshaped(call, out, lead + out.shape)
    try:
        lead = np.broadcast_shapes(x.shape[:-2], w.shape[:-2])
    except ValueError:
        raise call.misfit("stacks of matrices cannot be broadcast", expected=list(x.shape),
                          got=list(w.shape)) from None
    x, w, stack = expanded(call, x, lead + x.shape[-2:]), expanded(call, w,
                                                                   lead + w.shape[-2:]), math.prod(lead)
    rows, weights = (reshaped(call, v, (stack, *v.shape[-2:])) for v in (x, w))
    parts: list[Value] = []
    for k in range(stack):
        part = reshaped(call, cut(call, weights, 0, k, k + 1), w.shape[-2:])
        parts.append(call.apply(linear, cut(call, rows, 0, k, k + 1), permuted(call, part, (1, 0))))
    return reshaped(call, joined(call, parts, 0), (*x.shape[:-1], w.shape[-1]))


def gemm(call: Call) -> Value:
    """Product and sum alpha * A' B' + beta * C with A or B constant.

    alpha = 1 and beta = 1 touch no number. Another alpha multiplies the product, another beta a
    constant C (rounded to float32): the operations of the formula, in its order.
    """
    a, b, c = call.input(0), call.input(1), call.optional(2)
    alpha, beta = (float(call.attrs.get(k, 1.0)) for k in ("alpha", "beta"))
    if len(a.shape) != 2 or len(b.shape) != 2:
        raise call.misfit("Gemm multiplies matrices", expected="two axes each",
                          got=f"{a.shape} and {b.shape}")
    a = _swapped(call, a) if call.flag("transA") else a
    b = _swapped(call, b) if call.flag("transB") else b
    if a.shape[1] != b.shape[0]:
        raise call.misfit("inner sizes differ", expected=list(a.shape), got=list(b.shape))
    out = scaled(call, _matrices(call, a, b), alpha)
    if c is None or beta == 0:
        return out
    out, c = aligned(call, out, scaled(call, c, beta))
    if out.shape != (a.shape[0], b.shape[1]):
        raise call.misfit("C is larger than the product", expected=[a.shape[0], b.shape[1]],
                          got=list(out.shape))
    return sum_of(call, out, c)


def reduced_axes(call: Call, rank: int) -> tuple[int, ...]:
    """The axes of a reduction; none given means all, unless ``noop_with_empty_axes`` is set."""
    given = call.integers(1, "axes", "axes")
    if not given:
        return () if call.flag("noop_with_empty_axes") else tuple(range(rank))
    axes = tuple(sorted({call.axis(a, rank) for a in given}))
    if len(axes) != len(given):
        raise call.misfit("an axis is named twice", got=list(given))
    return axes


def _summed(call: Call, x: Value, axes: tuple[int, ...]) -> Value:
    """The sum over ``axes``, without them: a product with a row of ones. Sums have no fixed order."""
    kept = [a for a in range(len(x.shape)) if a not in axes]
    count = math.prod(x.shape[a] for a in axes)
    call.recorder.check_size((count,))
    if not count:
        raise call.unsupported("it sums nothing")
    moved = permuted(call, x, (*kept, *axes))
    rows = reshaped(call, moved, (*(x.shape[a] for a in kept), count))
    dtype = x.array.dtype if isinstance(x, Const) else np.dtype(np.float32)
    out = call.apply(linear, rows, Const(np.ones((1, count), dtype), f"{call.name}.ones"))
    shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    return reshaped(call, out, shape if call.flag("keepdims", 1) else tuple(x.shape[a] for a in kept))


def reduce_sum(call: Call) -> Value:
    """Sum over constant axes: a product with ones."""
    x = call.input(0)
    axes = reduced_axes(call, len(x.shape))
    return _summed(call, x, axes) if axes else x


def reduce_mean(call: Call) -> Value:
    """Mean over constant axes: a product with ones, then one with 1/count.

    1/count is rounded to float32 unless count is a power of two (noted).
    """
    x = call.input(0)
    axes = reduced_axes(call, len(x.shape))
    if not axes:
        return x
    total = _summed(call, x, axes)
    count = np.full(total.shape, math.prod(x.shape[a] for a in axes), np.float32)
    return call.apply(mul_op, total, Const(reciprocal(call, count), f"{call.name}.factor"))
