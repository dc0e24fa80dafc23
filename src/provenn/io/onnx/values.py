"""What a name of an ONNX graph stands for while it is read: a node of our graph, or a constant.

A constant stays a NumPy array of any type until a node of the graph needs it; then it becomes a
parameter, and must be finite and exactly float32. An op whose operands are all constants is not
recorded but run by its own kernel: that is the constant folding. Sums of products are folded in
increasing index order, each step rounded to the type of the constants.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.base.types import TensorType
from provenn.errors import FileError
from provenn.ir.graph import Builder
from provenn.ir.op import Array, Op
from provenn.ops.parameter import parameter

LARGEST = 1 << 28


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """A tensor known when the file is read, with the name it has in the file."""

    array: NDArray[Any]
    name: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape."""
        return self.array.shape


@dataclass(frozen=True, slots=True)
class Var:
    """A tensor that depends on the network input: a node of the graph being built, and its shape.

    A truth value is the number 1 or 0.
    """

    node: int
    shape: tuple[int, ...]
    truth: bool = False


Value = Const | Var


class IndexOrder:
    """Sums of products from the first to the last index, no fused multiply-add."""

    def contract(self, x: Array, w: Array) -> Array:
        """``x[..., k] * w[m, k]`` added for k = 0, 1, 2, …"""
        total: Array = x[..., 0, None] * w[:, 0]
        for k in range(1, w.shape[1]):
            total = total + x[..., k, None] * w[:, k]
        return total


@dataclass
class Recorder:
    """Builds the graph of one file: applies ops to values, folding those of constants."""

    file: str
    builder: Builder
    notes: list[str] = field(default_factory=list)
    made: dict[int, tuple[Const, int]] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    truths: set[int] = field(default_factory=set)

    def apply(self, op: Op, *values: Value, name: str = "", **attrs: Any) -> Value:
        """The value of ``op``: a new node, or a constant when every operand is one.

        Raises ShapeError when the operands do not fit; FileError (PNN-ONNX-413) when constants of
        different element types meet.
        """
        consts = [v for v in values if isinstance(v, Const)]
        if len(consts) == len(values):
            return self._fold(op, consts, attrs, name)
        index = self.builder.add(op, *(self.node(v) for v in values), name=name, **attrs)
        if "movement" in op.facts and any(isinstance(v, Var) and v.truth for v in values):
            self.truths.add(index)
        return self.value(index)

    def _fold(self, op: Op, consts: Sequence[Const], attrs: dict[str, Any], name: str) -> Const:
        if len({c.array.dtype for c in consts}) > 1:
            raise FileError("PNN-ONNX-413", "constants of different element types meet in one operation",
                            where=self.file, expected="one element type",
                            got=", ".join(f"{c.name!r}: {c.array.dtype}" for c in consts),
                            hint="insert a Cast, or export the network in float32")
        made = op.shape.rule([TensorType(c.shape) for c in consts], attrs)
        self.check_size(made.shape)
        with np.errstate(all="ignore"):
            out = op.need("kernel")(IndexOrder(), attrs, *(c.array[None] for c in consts))[0]
        return Const(np.asarray(out), consts[0].name if len(consts) == 1 else name)

    def node(self, value: Value) -> int:
        """The graph node of a value; a constant becomes a parameter, once."""
        if isinstance(value, Var):
            return value.node
        if id(value) not in self.made:
            count = self.names.get(value.name, 0)
            self.names[value.name] = count + 1
            name = value.name if not count else f"{value.name}#{count + 1}"
            self.made[id(value)] = value, self.builder.parameter(parameter, self.exact(value), name)
        return self.made[id(value)][1]

    def value(self, index: int) -> Var:
        """A node of the graph as a value."""
        return Var(index, self.builder.nodes[index].type.shape, index in self.truths)

    def truth(self, value: Value) -> Value:
        """The same value, 1 or 0 everywhere, as a truth value."""
        if isinstance(value, Var):
            self.truths.add(value.node)
            return self.value(value.node)
        return Const(value.array.astype(np.bool_), value.name)

    def exact(self, value: Const) -> Array:
        """The constant as float32, bit for bit.

        Raises FileError: PNN-ONNX-409 for a NaN or an infinity, PNN-ONNX-411 when float32 cannot hold
        a number of the file.
        """
        a = value.array
        where = f"{self.file}, tensor {value.name!r}"
        if not np.issubdtype(a.dtype, np.floating) and a.dtype.name != "bfloat16":
            raise FileError("PNN-ONNX-411", "a constant of the network is not a tensor of floats",
                            where=where, expected="float32", got=a.dtype,
                            hint="export the network in float32")
        with np.errstate(invalid="ignore"):  # a signalling NaN is refused below
            wide = a.astype(np.float64)
        if not np.isfinite(wide).all():
            bad = int(np.argmin(np.isfinite(wide.ravel())))
            raise FileError("PNN-ONNX-409", "a weight is NaN or infinite", where=f"{where}, element {bad}",
                            expected="finite numbers", got=wide.ravel()[bad],
                            hint="retrain or repair the model")
        with np.errstate(all="ignore"):
            single = wide.astype(np.float32)
        if a.dtype != np.float32 and not np.array_equal(single.astype(np.float64), wide):
            bad = int(np.argmax(single.astype(np.float64).ravel() != wide.ravel()))
            raise FileError("PNN-ONNX-411", "a weight is not a float32 number",
                            where=f"{where}, element {bad}",
                            expected="numbers that float32 holds exactly", got=repr(float(wide.ravel()[bad])),
                            hint="export the network in float32")
        return a if a.dtype == np.float32 else single

    def check_size(self, shape: Sequence[int]) -> None:
        """Raise FileError (PNN-ONNX-415) for a constant too large to write out."""
        if math.prod(shape) > LARGEST:
            raise FileError("PNN-ONNX-415", "a constant of the network is too large", where=self.file,
                            expected=f"at most {LARGEST} elements", got=list(shape),
                            hint="broadcasting is written out; rewrite the network with smaller constants")
