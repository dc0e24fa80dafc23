"""Lines of StableHLO: the syntax of its operations, and where the axes of tensors lie in memory.

The writer knows nothing about ops: their ``stablehlo`` facets call it. Equal operations are written once.
Syntax: https://openxla.org/stablehlo/spec.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from provenn.base.types import TensorType
from provenn.eval.stablehlo import nests, products
from provenn.ir.op import Array, Attrs
from provenn.ops import ALL

Order = tuple[int, ...]
SUMS = frozenset({"add"})
STARTS = {"add": 0.0, "maximum": -math.inf}
ELEMENTS = {"float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16", "bool": "i1",
            "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64"}
FLOATS = {"float32": "f4", "float64": "f8"}
CHOSEN = 3  # so many parts, at most, are interleaved by choosing


def spell(t: TensorType) -> str:
    """A tensor type in StableHLO: ``tensor<2x3xf32>``."""
    return f"tensor<{''.join(f'{n}x' for n in t.shape)}{ELEMENTS[t.dtype]}>"


class Value(NamedTuple):
    """An SSA value. With an ``order`` it stands for the tensor whose axis ``order[k]`` is its axis k."""

    name: str
    type: TensorType
    order: Order | None = None
    splat: float | None = None


class Comb(NamedTuple):
    """Parts that were spread over a larger tensor, ``steps`` apart, by the place of their first element."""

    steps: tuple[int, ...]
    parts: dict[Order, int]


class TextWriter:
    """Lines of a function body; values are numbered.

    Tensors may lie in memory with their axes in another order than their own, as convolutions like it:
    elementwise operations and views keep that order, everything else moves the axes back first.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.values: list[Value] = []
        self._made: dict[str, int] = {}
        self._reshaped: dict[int, int] = {}
        self._combs: dict[str, Comb] = {}

    def type(self, node: int) -> TensorType:
        """Type of a value, whatever the order of its axes in memory."""
        v = self.values[node]
        if v.order is None:
            return v.type
        return TensorType(tuple(v.type.shape[a] for a in np.argsort(v.order)), v.type.dtype)

    def attrs(self, node: int) -> Attrs:
        """Values have no attributes."""
        return {}

    def __getattr__(self, tag: str) -> Callable[..., int]:
        """The op with this tag as a function from operands and attributes to a value."""
        if tag not in ALL:
            raise AttributeError(tag)
        rule = ALL[tag].need("stablehlo")

        def append(*args: int, **attrs: object) -> int:
            made: int = rule(self, attrs, args)
            return made

        return append

    def argument(self, t: TensorType) -> int:
        """The next argument of the function."""
        return self._value(Value(f"%a{len(self.values)}", t))

    def _value(self, v: Value) -> int:
        self.values.append(v)
        return len(self.values) - 1

    def line(self, code: str, type: TensorType, splat: float | None = None) -> int:
        """A value made by ``code``; the same value when the same code stands above."""
        if code not in self._made:
            name = f"%v{len(self.lines)}"
            self._made[code] = self._value(Value(name, type, None, splat))
            self.lines.append(f"    {name} = {code}")
        return self._made[code]

    def spelled(self, *args: int) -> tuple[str, str]:
        """Names and types of some values."""
        values = [self.values[a] for a in args]
        return ", ".join(v.name for v in values), ", ".join(spell(v.type) for v in values)

    def call(self, name: str, args: Sequence[int], type: TensorType, details: str = "") -> int:
        """One operation whose operands and result may have different types."""
        names, types = self.spelled(*args)
        return self.line(f"stablehlo.{name} {names}{details} : ({types}) -> {spell(type)}", type)

    # -- axes in memory

    def order(self, x: int) -> Order | None:
        """The order of a value's axes in memory, or None when it is their own."""
        return self.values[x].order

    def bare(self, x: int) -> int:
        """What lies in memory, axes in that order."""
        v = self.values[x]
        return x if v.order is None else self._value(v._replace(order=None))

    def stored(self, x: int, order: Sequence[int]) -> int:
        """X as the tensor whose axis ``order[k]`` is axis k of x; nothing is moved."""
        if list(order) == list(range(len(order))):
            return x
        return self._value(self.values[x]._replace(order=tuple(order)))

    def ordered(self, x: int, order: Order | None) -> int:
        """What lies in memory once the axes of x are in the given order."""
        v = self.values[x]
        if v.order == order:
            return self.bare(x)
        own = list(range(len(v.type.shape)))
        back = own if v.order is None else [int(a) for a in np.argsort(v.order)]
        moves = back if order is None else [back[a] for a in order]
        if v.splat is not None:
            return self.constant(v.splat, TensorType(tuple(v.type.shape[a] for a in moves), v.type.dtype))
        return self.transpose_to(self.bare(x), moves)

    def plain(self, x: int) -> int:
        """X with its axes in memory in their own order."""
        return self.ordered(x, None)

    def _together(self, args: Sequence[int]) -> tuple[list[int], Order | None]:
        """Operands of one type in one order, that of the first with an order of its own."""
        order = next((v.order for v in (self.values[a] for a in args) if v.order is not None), None)
        return [self.ordered(a, order) for a in args], order

    # -- operations

    def hlo(self, name: str, *args: int, type: TensorType | None = None) -> int:
        """One operation on operands of one type; the result has that type unless told otherwise."""
        bare, order = self._together(args)
        names, types = self.spelled(*bare)
        made = TensorType(self.values[bare[0]].type.shape, (type or self.type(args[0])).dtype)
        full = name if "." in name else f"stablehlo.{name}"
        if full.startswith("chlo."):
            signature = f"{types} -> {spell(made)}"
        else:
            signature = spell(made) if type is None else f"({types}) -> {spell(made)}"
        y = self.line(f"{full} {names} : {signature}", made)
        if name in SUMS:
            y = self._joined(bare[0], bare[1], y)
        return y if order is None else self.stored(y, order)

    def constant(self, value: float, type: TensorType) -> int:
        """A tensor of equal elements."""
        word = np.array(value, type.dtype).astype(f">{FLOATS[type.dtype]}").tobytes().hex().upper()
        return self.line(f"stablehlo.constant dense<0x{word}> : {spell(type)}", type, value)

    def dense(self, value: Array) -> int:
        """A tensor of given elements, to the last bit."""
        t = TensorType(value.shape, value.dtype.name)
        code = FLOATS[t.dtype]
        words = np.ascontiguousarray(value, f"<{code}").view(f"<u{code[-1]}").ravel()
        if (words == words[0]).all():
            return self.constant(float(value.ravel()[0]), t)
        return self.line(f'stablehlo.constant dense<"0x{words.tobytes().hex().upper()}"> : {spell(t)}', t)

    def converted(self, data: bytes, stored: TensorType, to: str) -> int:
        """A tensor whose elements are stored as they are in ``data``, little-endian, and then converted."""
        y = self.line(f'stablehlo.constant dense<"0x{data.hex().upper()}"> : {spell(stored)}', stored)
        return self.call("convert", (y,), TensorType(stored.shape, to))

    def compare(self, direction: str, x: int, y: int) -> int:
        """1 where the comparison holds (GT, EQ, …), else 0, in the type of the operands."""
        bare, order = self._together((x, y))
        t = self.values[bare[0]].type
        holds = self.call(f"compare {direction},", bare, TensorType(t.shape, "bool"))
        made = self.call("convert", (holds,), t)
        return made if order is None else self.stored(made, order)

    def reshape_to(self, x: int, shape: Sequence[int]) -> int:
        """The same elements in row-major order."""
        if self.type(x).shape == tuple(shape):
            return x
        x = self.plain(x)
        x = self._reshaped.get(x, x)
        made = TensorType(tuple(shape), self.values[x].type.dtype)
        if made == self.values[x].type:
            return x
        y = self.call("reshape", (x,), made)
        self._reshaped[y] = x
        return y

    def reduce(self, kind: str, x: int, axes: Sequence[int]) -> int:
        """``add`` or ``maximum`` over some axes, which disappear."""
        if not axes:
            return x
        x = self.plain(x)
        t = self.values[x].type
        made = TensorType(tuple(n for a, n in enumerate(t.shape) if a not in axes), t.dtype)
        scalar = TensorType((), t.dtype)
        start = self.constant(STARTS[kind], scalar)
        names = [self.values[v].name for v in (x, start)]
        return self.line(f"stablehlo.reduce({names[0]} init: {names[1]}) applies stablehlo.{kind} across "
                         f"dimensions = {list(axes)} : ({spell(t)}, {spell(scalar)}) -> {spell(made)}", made)

    def spread_to(self, x: int, shape: Sequence[int], axes: Sequence[int]) -> int:
        """Axis k of x as axis ``axes[k]`` of the result, repeated along all others; ``axes`` increase."""
        if len(axes) == len(shape):
            return x
        made = TensorType(tuple(shape), self.type(x).dtype)
        return self.call("broadcast_in_dim", (self.plain(x),), made, f", dims = {list(axes)}")

    def transpose_to(self, x: int, order: Sequence[int]) -> int:
        """Axis k of the bare result is axis ``order[k]`` of the bare value x."""
        if list(order) == list(range(len(order))):
            return x
        t = self.values[x].type
        made = TensorType(tuple(t.shape[a] for a in order), t.dtype)
        return self.call("transpose", (x,), made, f", dims = {list(order)}")

    def reverse(self, x: int, axes: Sequence[int]) -> int:
        """Some axes of a bare value backwards."""
        name, t = self.spelled(x)
        return self.line(f"stablehlo.reverse {name}, dims = {list(axes)} : {t}", self.values[x].type)

    def pad(self, x: int, low: Sequence[int], high: Sequence[int], inner: Sequence[int]) -> int:
        """Zeros before, behind and between elements of a bare value; negative numbers cut off."""
        t = self.values[x].type
        if not any((*low, *high, *inner)):
            return x
        shape = tuple(b + a + n + (n - 1) * i for n, b, a, i in zip(t.shape, low, high, inner))
        zero = self.constant(0.0, TensorType((), t.dtype))
        return self.call("pad", (x, zero), TensorType(shape, t.dtype),
                         f", low = {list(low)}, high = {list(high)}, interior = {list(inner)}")

    def scatter(self, x: int, low: Sequence[int], high: Sequence[int], inner: Sequence[int]) -> int:
        """As ``pad``; parts that leave room for each other are interleaved when they are added up."""
        y = self.pad(x, low, high, inner)
        if any(inner) and all(0 <= b <= i == a + b for b, a, i in zip(low, high, inner)):
            self._combs[self.values[y].name] = Comb(tuple(i + 1 for i in inner), {tuple(low): x})
        return y

    def _joined(self, x: int, y: int, made: int) -> int:
        """The sum ``made`` of two bare values; interleaved when two combs fill each other's gaps."""
        a, b = (self._combs.get(self.values[v].name) for v in (x, y))
        if a is None or b is None or a.steps != b.steps or set(a.parts) & set(b.parts):
            return made
        both = Comb(a.steps, {**a.parts, **b.parts})
        if len(both.parts) == math.prod(a.steps):
            return self._interleaved(both)
        self._combs[self.values[made].name] = both
        return made

    def _interleaved(self, comb: Comb) -> int:
        """All parts of a comb: along each axis, from the last one, rows of all parts side by side.

        A few parts are chosen from by the number of the row, which compilers fuse with what made the parts;
        a concatenation would write them down first.
        """
        parts = dict(comb.parts)
        for axis in reversed(range(len(comb.steps))):
            count, merged = comb.steps[axis], dict[Order, int]()
            for key in sorted(k for k in parts if k[axis] == 0):
                each = [parts[(*key[:axis], j, *key[axis + 1 :])] for j in range(count)]
                shape = self.values[each[0]].type.shape
                y = each[0] if count == 1 else (self._chosen if count <= CHOSEN else self._beside)(each, axis)
                merged[key] = self.reshape_to(y, (*shape[:axis], count * shape[axis], *shape[axis + 1 :]))
            parts = merged
        return parts[(0,) * len(comb.steps)]

    def _chosen(self, each: Sequence[int], axis: int) -> int:
        """Bare values of one type on a new axis behind ``axis``, each element chosen by its place there."""
        t = self.values[each[0]].type
        shape = (*t.shape[: axis + 1], len(each), *t.shape[axis + 1 :])
        dims = [a for a in range(len(shape)) if a != axis + 1]
        place = TensorType(shape, "int32")
        number = self.line(f"stablehlo.iota dim = {axis + 1} : {spell(place)}", place)
        wide = [self.spread_to(p, shape, dims) for p in each]
        y = wide[0]
        for j, part in enumerate(wide[1:], 1):
            this = self.line(f"stablehlo.constant dense<{j}> : {spell(place)}", place)
            here = self.call("compare EQ,", (number, this), TensorType(shape, "bool"))
            y = self.call("select", (here, part, y), TensorType(shape, t.dtype))
        return y

    def _beside(self, each: Sequence[int], axis: int) -> int:
        """Bare values of one type, the rows of all of them side by side."""
        t = self.values[each[0]].type
        rows, width = math.prod(t.shape[: axis + 1]), math.prod(t.shape[axis + 1 :])
        flat = [self.reshape_to(p, (rows, width)) for p in each]
        return self.call("concatenate", flat, TensorType((rows, len(each) * width), t.dtype), ", dim = 1")

    def concat(self, xs: Sequence[int]) -> int:
        """Bare values that differ in axis 0 only, one behind the other along it."""
        if len(xs) == 1:
            return xs[0]
        types = [self.values[x].type for x in xs]
        made = TensorType((sum(t.shape[0] for t in types), *types[0].shape[1:]), types[0].dtype)
        return self.call("concatenate", xs, made, ", dim = 0")

    def slice_of(self, x: int, windows: Sequence[tuple[int, int, int]]) -> int:
        """Elements of a bare value from start to stop by step along each axis."""
        t = self.values[x].type
        if list(windows) == [(0, n, 1) for n in t.shape]:
            return x
        made = TensorType(tuple(-(-(stop - start) // step) for start, stop, step in windows), t.dtype)
        return self.call("slice", (x,), made, f" [{', '.join(f'{a}:{b}:{s}' for a, b, s in windows)}]")

    def convolve(self, x: int, k: int, details: str, type: TensorType) -> int:
        """One convolution of bare values; ``details`` are its dimension numbers and windows."""
        names, types = self.spelled(x, k)
        return self.line(f"stablehlo.convolution({names}) dim_numbers = {details} : ({types}) -> "
                         f"{spell(type)}", type)

    def views(self, x: int, attrs: Attrs) -> int:
        """Elements read through one view and added up through another."""
        return nests.move(self, x, attrs)

    def products(self, x: int, y: int, attrs: Attrs) -> int:
        """Products of elements of two tensors, added up through a view."""
        return products.contract(self, x, y, attrs)
