"""Elementwise ONNX operators: sums, differences, constant factors, relu and its compositions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.io.onnx.call import Call
from provenn.io.onnx.movement import expanded
from provenn.io.onnx.values import Const, Value, Var
from provenn.ir.op import Op
from provenn.ops.add import add as add_op
from provenn.ops.linear import linear
from provenn.ops.maximum import maximum as maximum_op
from provenn.ops.mul import mul as mul_op
from provenn.ops.recip import recip as recip_op
from provenn.ops.relu import relu as relu_op
from provenn.ops.reshape import reshape as reshape_op
from provenn.ops.square import square as square_op
from provenn.ops.sub import sub as sub_op


def aligned(call: Call, x: Value, y: Value) -> tuple[Value, Value]:
    """Both operands at their common shape."""
    try:
        shape = tuple(np.broadcast_shapes(x.shape, y.shape))
    except ValueError:
        raise call.misfit("shapes cannot be broadcast together", expected=list(x.shape),
                          got=list(y.shape)) from None
    return expanded(call, x, shape), expanded(call, y, shape)


def _pair(call: Call) -> tuple[Value, Value]:
    return aligned(call, call.input(0), call.input(1))


def sum_of(call: Call, x: Value, y: Value) -> Value:
    """The sum of two values of one shape; a constant added to a matrix product becomes its bias."""
    if isinstance(x, Const):
        x, y = y, x
    fused = _as_bias(call, x, y)
    return fused if fused is not None else call.apply(add_op, x, y)


def _as_bias(call: Call, x: Value, y: Value) -> Value | None:
    """Fused sum, or None: linear adds its bias last, so it does the same as linear and then add."""
    if not isinstance(x, Var) or not isinstance(y, Const) or not y.shape:
        return None
    made = call.recorder.builder.nodes[x.node]
    rows = y.array.reshape(-1, y.shape[-1])
    if made.op is not linear or len(made.inputs) != 2 or not (rows == rows[:1]).all():
        return None
    source, weight = (call.recorder.value(i) for i in made.inputs)
    return call.apply(linear, source, weight, call.constant_like(y, rows[0]))


def add(call: Call) -> Value:
    """Sum; operands are broadcast."""
    return sum_of(call, *_pair(call))


def sub(call: Call) -> Value:
    """Difference; operands are broadcast."""
    return call.apply(sub_op, *_pair(call))


def mul(call: Call) -> Value:
    """Product; operands are broadcast."""
    return product_of(call, *_pair(call))


def product_of(call: Call, x: Value, y: Value) -> Value:
    """The product of two values of one shape; a square where they are the same."""
    if isinstance(x, Var) and isinstance(y, Var):
        if x.node == y.node:
            return call.apply(square_op, x)
        x, y = (call.apply(reshape_op, v, shape=v.shape) for v in (x, y))
    return call.apply(mul_op, y, x) if isinstance(x, Const) else call.apply(mul_op, x, y)


def div(call: Call) -> Value:
    """Quotient x / y as a product with 1/y.

    Exact when every 1/y is a float32 number (powers of two). Otherwise 1/y is rounded to the nearest
    float32, a relative change of at most 2**-24 in the factor, which is noted. Division by zero is
    refused.
    """
    x, y = call.input(0), call.input(1)
    if isinstance(x, Const) and isinstance(y, Const):
        return _quotient(call, *aligned(call, x, y))
    if isinstance(y, Var):
        call.note("a quotient is written as a product with 1/divisor: one more rounding in float32")
        return product_of(call, *aligned(call, x, call.apply(recip_op, y)))
    return call.apply(mul_op, *aligned(call, x, call.constant_like(y, reciprocal(call, y.array))))


def reciprocal(call: Call, y: NDArray[Any]) -> NDArray[np.float32]:
    """1/y, correctly rounded to float32; a rounding is noted."""
    wide = np.asarray(y, np.float64)
    if not (wide != 0).all():
        raise call.unsupported("it divides by zero")
    out = np.asarray((1 / wide).astype(np.float32))
    if not (out.astype(np.float64) * wide == 1).all():
        call.note("division became a product with 1/divisor rounded to float32 (relative change <= 2^-24)")
    return out


def _quotient(call: Call, x: Value, y: Value) -> Const:
    """Constants: float32 division is correctly rounded, integers are divided towards zero."""
    if not isinstance(x, Const) or not isinstance(y, Const) or x.array.dtype != y.array.dtype:
        raise call.malformed("operands of different element types")
    if not (y.array != 0).all():
        raise call.unsupported("it divides by zero")
    if np.issubdtype(x.array.dtype, np.integer):
        quotient = np.abs(x.array) // np.abs(y.array) * np.sign(x.array) * np.sign(y.array)
        return call.constant_like(x, np.asarray(quotient, x.array.dtype))
    with np.errstate(all="ignore"):
        return call.constant_like(x, np.asarray(x.array / y.array))


def neg(call: Call) -> Value:
    """-x, as a product with -1. Exact."""
    return scaled(call, call.input(0), -1)


def scaled(call: Call, x: Value, factor: float) -> Value:
    """The value x times one number, of the type of x; no node for the factor 1."""
    dtype = x.array.dtype if isinstance(x, Const) else np.dtype(np.float32)
    call.recorder.check_size(x.shape)
    return x if factor == 1 else call.apply(mul_op, x,
                                            Const(np.full(x.shape, factor, dtype), f"{call.name}.factor"))


def relu(call: Call) -> Value:
    """max(0, x)."""
    return call.apply(relu_op, call.input(0))


def clip(call: Call) -> Value:
    """min(max(x, low), high), relu where the lower bound is 0. Exact."""
    x = call.input(0)
    low, high = (_bound(call, i, name) for i, name in ((1, "min"), (2, "max")))
    if isinstance(x, Const):
        with np.errstate(all="ignore"):
            return call.constant_like(x, np.asarray(np.clip(x.array, low, high)))
    if low is not None and high is not None and low > high:
        raise call.unsupported("its lower bound is above its upper bound")
    if low is not None:
        x = call.apply(maximum_op, _filled(call, x, low), x) if low else call.apply(relu_op, x)
    if high is None:
        return x
    return scaled(call, call.apply(maximum_op, _filled(call, x, -high), scaled(call, x, -1)), -1)


def _bound(call: Call, i: int, name: str) -> float | None:
    """One bound; an infinite one is none."""
    if call.optional(i) is not None:
        value = call.number(i, name)
    else:
        value = float(call.attrs.get(name, np.nan))
        if name not in call.attrs:
            return None
    if np.isnan(value):
        raise call.malformed(f"{name} is not a number")
    return value if np.isfinite(value) and abs(value) < float(np.finfo(np.float32).max) else None


def _filled(call: Call, x: Value, value: float) -> Const:
    call.recorder.check_size(x.shape)
    return Const(np.full(x.shape, value, np.float32), f"{call.name}.bound")


def batch_normalization(call: Call) -> Value:
    """(x - mean) * factor + bias along axis 1, with factor = scale / sqrt(variance + epsilon).

    ONNX divides by the square root and multiplies by scale; here the factor is computed in binary64
    and rounded to float32 once: a relative change of at most 2**-24 + 2**-51 in it, which is noted.
    x - mean, the product and the sum are the operations of ONNX. Training mode is refused.
    """
    if call.flag("training_mode") or call.outputs > 1:
        raise call.unsupported("training mode uses statistics of the batch",
                               "export the network in inference mode")
    if call.attrs.get("spatial", 1) != 1:
        raise call.unsupported("its attribute spatial is not 1")
    x = call.input(0)
    roles = ("scale", "bias", "mean", "variance")
    scale, bias, mean, var = (call.constant(i + 1, role) for i, role in enumerate(roles))
    shape = (x.shape[1] if len(x.shape) > 1 else 1,) + (1,) * max(0, len(x.shape) - 2)
    if any(a.size != shape[0] for a in (scale, bias, mean, var)):
        raise call.misfit("one number a channel is needed", expected=shape[0],
                          got=[a.size for a in (scale, bias, mean, var)])
    with np.errstate(all="ignore"):
        total = var.astype(np.float64) + float(call.attrs.get("epsilon", 1e-5))
        factor = np.asarray((scale.astype(np.float64) / np.sqrt(total)).astype(np.float32))
    if not (total > 0).all():
        raise call.unsupported("its variance plus epsilon is not positive")
    call.note("scale / sqrt(variance + epsilon) was rounded to float32 once (relative change <= 2^-24)")
    steps: list[tuple[Op, NDArray[Any], str]] = [(sub_op, mean, "mean"), (mul_op, factor, "factor"),
                                                 (add_op, bias, "bias")]
    for op, a, role in steps:
        if role == "factor" or (a != 0).any():
            x = call.apply(op, *aligned(call, x, Const(a.reshape(shape), f"{call.name}.{role}")))
    return x
