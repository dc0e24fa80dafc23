"""ONNX operators that make constants or ask for shapes."""

from __future__ import annotations

import math

import numpy as np

from provenn.io.onnx.call import Call
from provenn.io.onnx.tensors import array_of
from provenn.io.onnx.values import Const, Value


def constant(call: Call) -> Value:
    """The tensor, number or list that the node carries."""
    given = [(k, v) for k, v in call.attrs.items() if k.startswith("value")]
    if len(given) != 1:
        raise call.malformed("Constant carries one value", expected="one attribute value…",
                             got=[k for k, _ in given])
    kind, value = given[0]
    if kind == "value":
        return Const(array_of(value, call.recorder.file, call.name), call.name)
    if kind in ("value_float", "value_floats"):
        return Const(np.array(value, np.float32), call.name)
    if kind in ("value_int", "value_ints"):
        return Const(np.array(value, np.int64), call.name)
    raise call.unsupported(f"it carries {kind}", "tensors, floats and integers are read")


def constant_of_shape(call: Call) -> Value:
    """A constant shape filled with one number, float32 zero by default."""
    shape = tuple(int(n) for n in call.constant(0, "shape").ravel())
    if min(shape, default=0) < 0:
        raise call.malformed("a size is negative", expected=">= 0", got=shape)
    call.recorder.check_size(shape)
    fill = np.zeros(1, np.float32)
    if "value" in call.attrs:
        fill = array_of(call.attrs["value"], call.recorder.file, call.name)
        if fill.size != 1:
            raise call.malformed("value must be one number", expected="one element", got=list(fill.shape))
    return Const(np.full(shape, fill.ravel()[0], fill.dtype), call.name)


def shape(call: Call) -> Value:
    """The static shape of the operand, from ``start`` to ``end``."""
    sizes = call.input(0).shape
    part = sizes[slice(int(call.attrs.get("start", 0)), call.attrs.get("end"))]
    return Const(np.array(part, np.int64), call.name)


def size(call: Call) -> Value:
    """The static number of elements of the operand."""
    return Const(np.array(math.prod(call.input(0).shape), np.int64), call.name)
