"""ONNX operators about truth values: comparisons, logic, Where, Cast.

A truth value that depends on the network input is the number 1 or 0. x > y is relu(sign(x - y)): exact in
every arithmetic in which a difference is 0 only between equals, as in IEEE-754.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.io.onnx.arithmetic import aligned, product_of
from provenn.io.onnx.call import Call
from provenn.io.onnx.movement import expanded
from provenn.io.onnx.tensors import element_type
from provenn.io.onnx.values import Const, Value, Var
from provenn.ops.abs import abs_op
from provenn.ops.add import add
from provenn.ops.maximum import maximum
from provenn.ops.mul import mul
from provenn.ops.relu import relu
from provenn.ops.sign import sign
from provenn.ops.sub import sub

Two = Callable[[Call, Value, Value], Value]
Fold = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]


def _number(call: Call, x: Value) -> Value:
    """A truth value as a number that operations take."""
    return x if isinstance(x, Var) else call.constant_like(x, x.array.astype(np.float32))


def _opposite(call: Call, x: Value) -> Value:
    call.recorder.check_size(x.shape)
    return call.apply(sub, Const(np.ones(x.shape, np.float32), f"{call.name}.one"), x)


def _sign(call: Call, x: Value, y: Value) -> Value:
    """The sign of x - y; no difference from 0, which would cost the checker the sign of 0 itself."""
    zero = isinstance(y, Const) and not y.array.any()
    return call.apply(sign, x if zero else call.apply(sub, x, y))


def _above(call: Call, x: Value, y: Value) -> Value:
    return call.apply(relu, _sign(call, x, y))


def _same(call: Call, x: Value, y: Value) -> Value:
    x, y = (y, x) if isinstance(x, Const) else (x, y)
    return _opposite(call, call.apply(abs_op, _sign(call, x, y)))


def _both(call: Call, x: Value, y: Value) -> Value:
    return product_of(call, x, y)


def _two(rule: Two, fold: Fold, doc: str) -> Callable[[Call], Value]:
    def read(call: Call) -> Value:
        x, y = aligned(call, call.input(0), call.input(1))
        if isinstance(x, Const) and isinstance(y, Const):
            return Const(np.asarray(fold(x.array, y.array)), call.name)
        return call.recorder.truth(rule(call, _number(call, x), _number(call, y)))

    read.__doc__ = doc
    return read


def negation(call: Call) -> Value:
    """1 - x."""
    x = call.input(0)
    if isinstance(x, Const):
        return call.constant_like(x, np.logical_not(x.array))
    return call.recorder.truth(_opposite(call, x))


def where(call: Call) -> Value:
    """X where the condition holds, else y: a mask where it is constant, else c x + (1 - c) y. Exact."""
    condition, x, y = call.input(0), call.input(1), call.input(2)
    shape = tuple(np.broadcast_shapes(condition.shape, x.shape, y.shape))
    condition, x, y = (expanded(call, v, shape) for v in (condition, x, y))
    if isinstance(condition, Var):
        if any(isinstance(v, Const) and not np.isfinite(v.array).all() for v in (x, y)):
            raise call.unsupported("it chooses between numbers one of which is not finite")
        kept, other = product_of(call, condition, x), product_of(call, _opposite(call, condition), y)
        return call.apply(add, kept, other)
    chosen = condition.array.astype(bool)
    if isinstance(x, Const) and isinstance(y, Const):
        return call.constant_like(x, np.where(chosen, x.array, y.array))
    parts = [call.apply(mul, v, Const(m.astype(np.float32), f"{call.name}.mask")) if isinstance(v, Var)
             else Const(np.where(m, v.array, v.array.dtype.type(0)), f"{call.name}.part")
             for v, m in ((x, chosen), (y, ~chosen))]
    return call.apply(add, *(parts if isinstance(parts[0], Var) else parts[::-1]))


def _as(call: Call, x: Value, target: Any) -> Value:
    """``x`` with another element type; variables are float32 numbers or truth values."""
    if isinstance(x, Const):
        with np.errstate(all="ignore"):
            return call.constant_like(x, x.array.astype(target))
    if target == np.bool_:
        return x if x.truth else call.recorder.truth(call.apply(abs_op, call.apply(sign, x)))
    if target != np.float32:
        raise call.unsupported(f"it casts a variable to {target}", "networks are read in float32 only")
    return Var(x.node, x.shape)


def cast(call: Call) -> Value:
    """Between float32 and truth values (|sign(x)| and x); constants are converted as NumPy does.

    Programs differ in how they round to bfloat16, so that numbers are read from it and never cast to it.
    """
    target = element_type(int(call.attrs.get("to", 0)))
    if target is None or target.name == "bfloat16":
        raise call.unsupported(f"it casts to ONNX element type {call.attrs.get('to')}")
    return _as(call, call.input(0), target)


def cast_like(call: Call) -> Value:
    """Cast to the element type of another operand."""
    x, other = call.input(0), call.input(1)
    known = np.bool_ if isinstance(other, Var) and other.truth else np.float32
    return _as(call, x, other.array.dtype if isinstance(other, Const) else np.dtype(known))


TRUTH: dict[str, Callable[[Call], Value]] = {
    "Greater": _two(_above, np.greater, "relu(sign(x - y))."),
    "Less": _two(lambda c, x, y: _above(c, y, x), np.less, "relu(sign(y - x))."),
    "GreaterOrEqual": _two(lambda c, x, y: _opposite(c, _above(c, y, x)), np.greater_equal,
                           "1 - relu(sign(y - x))."),
    "LessOrEqual": _two(lambda c, x, y: _opposite(c, _above(c, x, y)), np.less_equal,
                        "1 - relu(sign(x - y))."),
    "Equal": _two(_same, np.equal, "1 - |sign(x - y)|."),
    "And": _two(_both, np.logical_and, "The product."),
    "Or": _two(lambda c, x, y: c.apply(maximum, x, y), np.logical_or, "The maximum."),
    "Xor": _two(lambda c, x, y: c.apply(abs_op, c.apply(sub, x, y)), np.logical_xor, "|x - y|."),
    "Not": negation, "Where": where, "Cast": cast, "CastLike": cast_like,
}
