"""ONNX operators of shapes and indices: computed when the file is read, of constants only.

Where one of them depends on the network input, it is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from provenn.io.onnx.call import Call
from provenn.io.onnx.movement import cut, joined, reshaped
from provenn.io.onnx.values import Const, Value, Var

JUMPS = "it jumps, so no slope bounds it; ask about the values on either side of its jumps"
Fold = Callable[..., Any]


def _folded(rule: Fold, why: str, doc: str) -> Callable[[Call], Value]:
    def read(call: Call) -> Value:
        known = [v.array for v in call.inputs if isinstance(v, Const)]
        if len(known) < len(call.inputs):
            raise call.unsupported(f"its operands depend on the network input: {why}")
        with np.errstate(all="ignore"):
            return Const(np.asarray(rule(*known)), call.name)

    read.__doc__ = doc
    return read


def range_(call: Call) -> Value:
    """Numbers from start to limit in steps, all constant."""
    start, limit, delta = (call.constant(i, role) for i, role in enumerate(("start", "limit", "step")))
    if any(v.size != 1 for v in (start, limit, delta)) or delta.ravel()[0] == 0:
        raise call.malformed("start, limit and step must be numbers, the step not 0")
    first, last, step = (v.ravel()[0] for v in (start, limit, delta))
    count = max(0, int(np.ceil((float(last) - float(first)) / float(step))))
    call.recorder.check_size((count,))
    return Const((first + np.arange(count) * step).astype(start.dtype), call.name)


def arg_max(call: Call) -> Value:
    """Index of the largest constant along one axis. Of a variable it jumps: compare outputs instead."""
    x = call.input(0)
    if isinstance(x, Var):
        raise call.unsupported(f"{JUMPS}: output i is the largest where no other output exceeds it")
    axis = call.axis(int(call.attrs.get("axis", 0)), len(x.shape))
    a = x.array
    found = a.argmax(axis) if not call.flag("select_last_index") else a.shape[axis] - 1 - np.flip(
        a, axis).argmax(axis)
    return Const(np.expand_dims(found, axis) if call.flag("keepdims", 1) else found, call.name)


def scatter_nd(call: Call) -> Value:
    """Elements or slices replaced at constant indices of the leading axes, one after the other."""
    x, index, new = call.input(0), call.constant(1, "index"), call.input(2)
    depth = index.shape[-1] if index.ndim else 0
    if call.attrs.get("reduction", "none") != "none":
        raise call.unsupported("it adds to elements instead of replacing them")
    if not 0 < depth <= len(x.shape) or new.shape != (*index.shape[:-1], *x.shape[depth:]):
        raise call.misfit("updates do not fit data and index", got=f"{new.shape}, {index.shape}, {x.shape}")
    sizes = np.array(x.shape[:depth])
    rows = index.reshape(-1, depth)
    if rows.size and ((rows < -sizes) | (rows >= sizes)).any():
        raise call.misfit("an index is outside the data", expected=list(sizes), got=rows[:4])
    places = np.ravel_multi_index(tuple((rows % sizes).T), tuple(sizes)) if rows.size else np.zeros(0, int)
    return _replaced(call, x, new, [int(p) for p in places], depth)


def _replaced(call: Call, x: Value, new: Value, places: list[int], depth: int) -> Value:
    """``x`` with row ``places[k]``, counted over the leading axes, replaced by row k of ``new``."""
    inner = x.shape[depth:]
    total, shape = int(np.prod(x.shape[:depth])), x.shape
    old = reshaped(call, x, (total, *inner))
    fresh = reshaped(call, new, (len(places), *inner))
    source = {p: k for k, p in enumerate(places)}
    parts: list[Value] = []
    start = 0
    for p in sorted(source):
        if p > start:
            parts.append(cut(call, old, 0, start, p))
        parts.append(cut(call, fresh, 0, source[p], source[p] + 1))
        start = p + 1
    if start < total:
        parts.append(cut(call, old, 0, start, total))
    return reshaped(call, joined(call, parts, 0), shape)


def _whole(rule: Fold) -> Fold:
    return lambda x: x if np.issubdtype(x.dtype, np.integer) else rule(x)


FOLDED: dict[str, Callable[[Call], Value]] = {
    "Floor": _folded(_whole(np.floor), JUMPS, "Of constants."),
    "Ceil": _folded(_whole(np.ceil), JUMPS, "Of constants."),
    "Round": _folded(_whole(np.rint), JUMPS, "Of constants."),
    "Range": range_, "ArgMax": arg_max, "ScatterND": scatter_nd,
}
