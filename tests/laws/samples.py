"""Sample applications of every op: operand types, attributes, and which operands are parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from provenn.base.types import TensorType
from provenn.ir.op import Array, Op
from provenn.ops import ALL


class Sample(NamedTuple):
    """One application of an op."""

    op: Op
    types: list[TensorType]
    attrs: dict[str, Any]
    parameters: frozenset[int]

    def operands(self, rng: np.random.Generator, dtype: type = np.float64, batch: int = 3) -> list[Array]:
        """Random operands with their batch axis: 1 for parameters."""
        return [rng.normal(size=(1 if k in self.parameters else batch, *t.shape)).astype(dtype)
                for k, t in enumerate(self.types)]


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


MAKERS: dict[str, Callable[[np.random.Generator], Any]] = {
    "add": _same(2), "sub": _same(2), "mul": _same(2, (1,)), "relu": _same(1), "linear": _linear,
    "conv": _conv, "reshape": _reshape, "transpose": _transpose, "concat": _concat, "slice": _slice,
}
LEAVES = {"input", "parameter"}


def sample(tag: str, seed: int) -> Sample:
    """The sample of an op for a seed."""
    types, attrs, parameters = MAKERS[tag](np.random.default_rng([seed, ALL[tag].code]))
    return Sample(ALL[tag], types, attrs, frozenset(parameters))
