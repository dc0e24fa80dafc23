"""ONNX operators that only move elements. Exact in every arithmetic."""

from __future__ import annotations

import math

import numpy as np

from provenn.io.onnx.call import Call
from provenn.io.onnx.values import Const, Value, Var
from provenn.ops.concat import concat as concat_op
from provenn.ops.reshape import reshape as reshape_op
from provenn.ops.slice import slice_op
from provenn.ops.transpose import transpose as transpose_op

MOST_PIECES = 4096


def reshaped(call: Call, x: Value, shape: tuple[int, ...]) -> Value:
    """``x`` under another shape; no node when it has that shape already, one for a row of reshapes."""
    nodes = call.recorder.builder.nodes
    if isinstance(x, Var) and nodes[x.node].op is reshape_op:
        x = call.recorder.value(nodes[x.node].inputs[0])
    return x if x.shape == shape else call.apply(reshape_op, x, shape=shape)


def permuted(call: Call, x: Value, perm: tuple[int, ...]) -> Value:
    """``x`` with its axes permuted; a reshape when only axes of size 1 move."""
    long = [a for a in perm if x.shape[a] != 1]
    if long == sorted(long):
        return reshaped(call, x, tuple(x.shape[a] for a in perm))
    return call.apply(transpose_op, x, perm=perm)


def cut(call: Call, x: Value, axis: int, start: int, stop: int) -> Value:
    """A range of one axis; no node for the whole axis. An empty range is refused."""
    if start >= stop:
        raise call.unsupported(f"the range {start}:{stop} of axis {axis} is empty")
    return x if (start, stop) == (0, x.shape[axis]) else call.apply(slice_op, x, axis=axis, start=start,
                                                                    stop=stop)


def joined(call: Call, parts: list[Value], axis: int) -> Value:
    """Parts side by side; no node for a single one."""
    if len(parts) > MOST_PIECES:
        raise call.unsupported(f"it would need {len(parts)} pieces, more than {MOST_PIECES}")
    return parts[0] if len(parts) == 1 else call.apply(concat_op, *parts, axis=axis)


def expanded(call: Call, x: Value, shape: tuple[int, ...]) -> Value:
    """``x`` broadcast to ``shape``, written out: a constant is copied, a variable is concatenated."""
    lead = (1,) * (len(shape) - len(x.shape))
    if len(x.shape) > len(shape) or any(a not in (1, b) for a, b in zip(lead + x.shape, shape)):
        raise call.misfit("a shape cannot be broadcast", expected=f"a shape that broadcasts to {list(shape)}",
                          got=list(x.shape))
    if isinstance(x, Const):
        call.recorder.check_size(shape)
        return x if x.shape == shape else call.constant_like(x,
                                                             np.ascontiguousarray(np.broadcast_to(x.array,
                                                                                                  shape)))
    x = reshaped(call, x, lead + x.shape)
    for axis, size in enumerate(shape):
        if x.shape[axis] != size:
            x = joined(call, [x] * min(size, MOST_PIECES + 1), axis)
    return x


def identity(call: Call) -> Value:
    """The operand itself."""
    return call.input(0)


def dropout(call: Call) -> list[Value]:
    """The operand itself: inference drops nothing. Training mode is refused unless its ratio is 0."""
    x = call.input(0)
    ratio = call.number(1, "ratio") if call.optional(1) is not None else call.attrs.get("ratio", 0.5)
    training = call.optional(2) is not None and call.number(2, "training mode") != 0
    if training and ratio != 0:
        raise call.unsupported("training mode drops elements at random",
                               "export the network in inference mode")
    call.recorder.check_size(x.shape)
    return [x, Const(np.ones(x.shape, np.bool_))] if call.outputs > 1 else [x]


def flatten(call: Call) -> Value:
    """Two axes: the product of those before ``axis``, and of the others."""
    x = call.input(0)
    rank, axis = len(x.shape), int(call.attrs.get("axis", 1))
    axis = rank if axis == rank else call.axis(axis, rank)
    return reshaped(call, x, (math.prod(x.shape[:axis]), math.prod(x.shape[axis:])))


def reshape(call: Call) -> Value:
    """A constant target shape; -1 is inferred, 0 copies the old size unless ``allowzero`` is set."""
    x, target = call.input(0), list(call.integers(1, "shape", "target shape") or ())
    if call.optional(1) is None:
        raise call.malformed("operand 1, the target shape, is missing")
    if not call.flag("allowzero"):
        for i, size in enumerate(target):
            if size == 0:
                if i >= len(x.shape):
                    raise call.misfit("a size 0 copies an axis that the operand does not have",
                                      expected=list(x.shape), got=target)
                target[i] = x.shape[i]
    if target.count(-1) > 1 or min(target, default=0) < -1:
        raise call.misfit("only one size may be inferred", expected="at most one -1", got=target)
    if -1 in target:
        known = -math.prod(target)
        if known <= 0 or math.prod(x.shape) % known:
            raise call.misfit("a size cannot be inferred", expected=f"a divisor of {math.prod(x.shape)}",
                              got=target)
        target[target.index(-1)] = math.prod(x.shape) // known
    return reshaped(call, x, tuple(target))


def squeeze(call: Call) -> Value:
    """Without the axes of size 1 that are named, or without all of them."""
    x = call.input(0)
    axes = call.integers(1, "axes", "axes")
    if axes == ():
        raise call.unsupported("its list of axes is empty, which runtimes read in different ways")
    drop = [i for i,
            n in enumerate(x.shape) if n == 1] if axes is None else [call.axis(a, len(x.shape)) for a in axes]
    if any(x.shape[a] != 1 for a in drop):
        raise call.misfit("only axes of size 1 can be squeezed", expected="size 1", got=list(x.shape))
    return reshaped(call, x, tuple(n for i, n in enumerate(x.shape) if i not in drop))


def unsqueeze(call: Call) -> Value:
    """With new axes of size 1 at the named positions of the result."""
    x, axes = call.input(0), call.integers(1, "axes", "axes")
    if axes is None:
        raise call.malformed("it names no axes")
    rank = len(x.shape) + len(axes)
    new = {call.axis(a, rank) for a in axes}
    if len(new) != len(axes):
        raise call.misfit("an axis is named twice", got=list(axes))
    sizes = iter(x.shape)
    return reshaped(call, x, tuple(1 if i in new else next(sizes) for i in range(rank)))


def transpose(call: Call) -> Value:
    """Axes in the order of ``perm``, or reversed."""
    x = call.input(0)
    rank = len(x.shape)
    perm = tuple(int(a) for a in call.attrs.get("perm", range(rank)[::-1]))
    if sorted(perm) != list(range(rank)):
        raise call.misfit("perm must name each axis once", expected=f"a permutation of {list(range(rank))}",
                          got=perm)
    return permuted(call, x, perm)


def concat(call: Call) -> Value:
    """Operands side by side along one axis."""
    if "axis" not in call.attrs:
        raise call.malformed("the attribute axis is missing")
    parts = [call.input(i) for i in range(len(call.inputs))]
    axis = call.axis(int(call.attrs["axis"]), len(parts[0].shape))
    full = [p for p in parts if 0 not in p.shape]
    return joined(call, full or parts[:1], axis)


def slice_(call: Call) -> Value:
    """Constant ranges; bounds are clamped to the axis, as ONNX and Python both say."""
    x = call.input(0)
    starts, ends = call.integers(1, "starts", "starts"), call.integers(2, "ends", "ends")
    axes, steps = call.integers(3, "axes", "axes"), call.integers(4, "steps", "steps")
    if starts is None or ends is None or len(starts) != len(ends) or len(starts) > len(x.shape):
        raise call.malformed("starts and ends do not fit", expected="as many starts as ends",
                             got=(starts, ends))
    axes = tuple(range(len(starts))) if axes is None else axes
    steps = (1,) * len(starts) if steps is None else steps
    if len(axes) != len(starts) or len(steps) != len(starts):
        raise call.malformed("axes and steps do not fit", expected=f"{len(starts)} each", got=(axes, steps))
    axes = tuple(call.axis(a, len(x.shape)) for a in axes)
    if len(set(axes)) != len(axes):
        raise call.malformed("an axis is named twice", got=axes)
    for start, end, axis, step in zip(starts, ends, axes, steps):
        if step == 0:
            raise call.malformed("a step is 0")
        if isinstance(x, Const):
            x = call.constant_like(x, x.array[(slice(None),) * axis + (slice(start, end, step),)])
            continue
        x = picked(call, x, axis, list(range(x.shape[axis])[start:end:step]))
    return x




def split(call: Call) -> list[Value]:
    """Consecutive ranges of one axis: of the given sizes, or equal (the last one may be smaller)."""
    x = call.input(0)
    axis = call.axis(int(call.attrs.get("axis", 0)), len(x.shape))
    size, parts = x.shape[axis], int(call.attrs.get("num_outputs", call.outputs))
    sizes = call.integers(1, "split", "sizes")
    if call.opset >= 18 and (sizes is None) != ("num_outputs" in call.attrs):
        raise call.malformed("either the sizes or the number of its parts must be given")
    if sizes is None:
        if parts < 1 or (call.opset < 18 and size % parts):
            raise call.misfit("the axis cannot be split evenly", expected=f"a multiple of {parts}", got=size)
        each = -(-size // parts)
        sizes = (each,) * (parts - 1) + (size - each * (parts - 1),)
    if sum(sizes) != size or len(sizes) != call.outputs or min(sizes) < 0:
        raise call.misfit("the sizes of the parts do not fit",
                          expected=f"{call.outputs} sizes with sum {size}", got=list(sizes))
    ends = np.cumsum(sizes)
    return [cut(call, x, axis, int(e) - n, int(e)) for n, e in zip(sizes, ends)][: call.outputs]


def picked(call: Call, x: Value, axis: int, indices: list[int]) -> Value:
    """The given elements of one axis: one range for each run of consecutive indices."""
    if not indices:
        raise call.unsupported(f"it keeps no element of axis {axis}")
    breaks = [k for k in range(1, len(indices)) if indices[k] != indices[k - 1] + 1]
    runs = list(zip([0, *breaks], [*breaks, len(indices)]))
    if len(runs) > MOST_PIECES:
        raise call.unsupported(f"it would need {len(runs)} pieces, more than {MOST_PIECES}")
    return joined(call, [cut(call, x, axis, indices[a], indices[b - 1] + 1) for a, b in runs], axis)


def gather(call: Call) -> Value:
    """Elements of one axis at constant indices."""
    x, index = call.input(0), call.constant(1, "index")
    axis = call.axis(int(call.attrs.get("axis", 0)), len(x.shape))
    if not np.issubdtype(index.dtype, np.integer):
        raise call.malformed("its indices must be integers", got=index.dtype)
    size = x.shape[axis]
    if index.size and not (-size <= index.min() and index.max() < size):
        raise call.misfit("an index is outside the axis", expected=f"{-size} to {size - 1}",
                          got=index.ravel()[:8])
    index = np.where(index < 0, index + size, index)
    if isinstance(x, Const):
        call.recorder.check_size((*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]))
        return call.constant_like(x, np.take(x.array, index, axis))
    out = picked(call, x, axis, [int(i) for i in index.ravel()])
    return reshaped(call, out, (*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]))


def expand(call: Call) -> Value:
    """Broadcast to a constant shape; sizes 1 of it keep the operand's."""
    x, target = call.input(0), call.integers(1, "shape", "shape") or ()
    try:
        shape = np.broadcast_shapes(x.shape, target)
    except ValueError:
        raise call.misfit("a shape cannot be broadcast", expected=list(target), got=list(x.shape)) from None
    return expanded(call, x, tuple(shape))


def pad(call: Call) -> Value:
    """Constant padding, by constants concatenated on either side of each axis; a negative pad cuts."""
    x, mode = call.input(0), call.attrs.get("mode", "constant")
    pads, rank = call.integers(1, "pads", "pads"), len(x.shape)
    if mode != "constant":
        raise call.unsupported(f"its mode is {mode!r}", "only constant padding is read")
    axes = call.integers(3, "", "axes")
    where = tuple(range(rank)) if axes is None else tuple(call.axis(a, rank) for a in axes)
    if pads is None or len(pads) != 2 * len(where) or len(set(where)) != len(where):
        raise call.malformed("the number of pads does not fit", expected=2 * len(where), got=pads)
    given = call.optional(2) is not None
    value = call.number(2, "padding value") if given else float(call.attrs.get("value", 0.0))
    for k, axis in enumerate(where):
        before, after = pads[k], pads[k + len(where)]
        x = cut(call, x, axis, max(0, -before), x.shape[axis] - max(0, -after))
        parts = [_filled(call, x, axis, n, value) if n > 0 else None for n in (before, after)]
        x = joined(call, [p for p in (parts[0], x, parts[1]) if p is not None], axis)
    return x


def _filled(call: Call, x: Value, axis: int, size: int, value: float) -> Const:
    shape = (*x.shape[:axis], size, *x.shape[axis + 1 :])
    call.recorder.check_size(shape)
    dtype = x.array.dtype if isinstance(x, Const) else np.dtype(np.float32)
    return Const(np.full(shape, value, dtype), f"{call.name}.padding")
