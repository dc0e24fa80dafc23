"""Sample applications of every op: operand types, attributes, and which operands are parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from provenn.base.types import TensorType
from provenn.base.views import Dim, Loops, View
from provenn.ir.op import Array, Op
from provenn.ops import ALL


class Sample(NamedTuple):
    """One application of an op."""

    op: Op
    types: list[TensorType]
    attrs: dict[str, Any]
    parameters: frozenset[int]

    def operands(self, rng: np.random.Generator, dtype: type = np.float64, batch: int = 3) -> list[Array]:
        """Random operands with their batch axis: 1 for parameters; positive where the op needs it."""
        made = [rng.normal(size=(1 if k in self.parameters else batch, *t.shape)).astype(dtype)
                for k, t in enumerate(self.types)]
        return [np.abs(v) + v.dtype.type(0.5) if self.op.tag in POSITIVE else v for v in made]


def _shape(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(n) for n in rng.integers(1, 5, rng.integers(1, 4)))


def _same(count: int, parameters: tuple[int, ...] = ()) -> Callable[[np.random.Generator], Any]:
    def make(rng: np.random.Generator) -> Any:
        return [TensorType(_shape(rng))] * count, {}, parameters

    return make


def _linear(rng: np.random.Generator) -> Any:
    n, m = (int(v) for v in rng.integers(1, 6, 2))
    types = [TensorType((*_shape(rng), n)), TensorType((m, n)), TensorType((m,))]
    return types[: int(rng.integers(2, 4))], {}, (1, 2)


def _conv(rng: np.random.Generator) -> Any:
    g, c, o, kh, kw = (int(v) for v in rng.integers(1, 3, 5))
    stride, dilation = tuple(map(int, rng.integers(1, 3, 2))), tuple(map(int, rng.integers(1, 3, 2)))
    h, w = (int(v) for v in rng.integers(4, 7, 2))
    types = [TensorType((1, g * c, h, w)), TensorType((g * o, c, kh, kw)), TensorType((g * o,))]
    pad = tuple(map(int, rng.integers(0, 3, 4)))
    attrs = {"groups": g, "stride": stride, "pad": pad, "dilation": dilation}
    return types[: int(rng.integers(2, 4))], attrs, (1, 2)


def _reshape(rng: np.random.Generator) -> Any:
    shape = _shape(rng)
    return [TensorType(shape)], {"shape": (int(np.prod(shape)), 1)}, ()


def _transpose(rng: np.random.Generator) -> Any:
    shape = _shape(rng)
    return [TensorType(shape)], {"perm": tuple(map(int, rng.permutation(len(shape))))}, ()


def _concat(rng: np.random.Generator) -> Any:
    shape = list(_shape(rng))
    axis = int(rng.integers(len(shape)))
    types = []
    for size in rng.integers(1, 4, rng.integers(1, 4)):
        shape[axis] = int(size)
        types.append(TensorType(tuple(shape)))
    return types, {"axis": axis}, ()


def _slice(rng: np.random.Generator) -> Any:
    shape = _shape(rng)
    axis = int(rng.integers(len(shape)))
    start = int(rng.integers(shape[axis]))
    stop = int(rng.integers(start + 1, shape[axis] + 1))
    return [TensorType(shape)], {"axis": axis, "start": start, "stop": stop}, ()


def _views(rng: np.random.Generator) -> tuple[Loops, View, View, View]:
    """Three views of five loops: batch, channels, rows with stride, dilation and padding, taps."""
    n, c, o, rows, taps, image = (int(v) for v in rng.integers(1, 5, 6))
    stride, dilation, pad = (int(v) for v in rng.integers(1, 3, 3))
    loops = Loops((n, c, o, rows, taps))
    pixel = Dim(image + 2, loops.steps({3: stride, 4: dilation}), -pad)
    return loops, loops.view(0, 2, 3), loops.view(0, 1, pixel), loops.view(2, 1, 4)


def _contract(rng: np.random.Generator) -> Any:
    loops, *views = _views(rng)
    out, left, right = (views[k] for k in rng.permutation(3))
    attrs = {"shape": out.shape, "loops": loops, "out": out, "left": left, "right": right}
    return [TensorType(left.shape), TensorType(right.shape)], attrs, ()


def _move(rng: np.random.Generator) -> Any:
    loops, *views = _views(rng)
    out, src, _ = (views[k] for k in rng.permutation(3))
    return [TensorType(src.shape)], {"shape": out.shape, "loops": loops, "out": out, "src": src}, ()


def _logsumexp(rng: np.random.Generator) -> Any:
    dims = tuple(int(v) for v in rng.integers(1, 5, 3))
    return [TensorType(dims)], {"dims": dims, "shape": (dims[0], dims[2])}, ()


POSITIVE = {"log", "sqrt", "div", "recip"}
MAKERS: dict[str, Callable[[np.random.Generator], Any]] = {
    "add": _same(2), "sub": _same(2), "mul": _same(2, (1,)), "relu": _same(1), "linear": _linear,
    "conv": _conv, "reshape": _reshape, "transpose": _transpose, "concat": _concat, "slice": _slice,
    "move": _move, "contract": _contract, "logsumexp": _logsumexp,
    **dict.fromkeys(("div", "maximum", "equal"), _same(2)),
    **dict.fromkeys(("step", "neg", "exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "erf", "gauss",
                     "sin", "cos", "abs", "sign", "recip", "square"), _same(1)),
}
LEAVES = {"input", "parameter"}


def sample(tag: str, seed: int) -> Sample:
    """The sample of an op for a seed."""
    types, attrs, parameters = MAKERS[tag](np.random.default_rng([seed, ALL[tag].code]))
    return Sample(ALL[tag], types, attrs, frozenset(parameters))
