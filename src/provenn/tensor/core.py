"""The tensor: binary32 numbers, or a symbol for them, that know the operation they came from.

An operation on tensors with values is executed at once by the kernel of its room, and remembered where
someone may want a derivative. An operation on symbols is only remembered. Either way the record is the
same, so eager execution and compilation run one graph.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from provenn.base.types import TensorType
from provenn.errors import GraphError, ProvennError, ShapeError, UnsupportedError
from provenn.eval.run import execute
from provenn.ir.op import Array
from provenn.ops import ALL
from provenn.ops.families import Fast
from provenn.tensor import geometry, pullback, recording
from provenn.tensor.value import Value

Number = float | int | np.number[Any]
_FAST = Fast()


class Tensor(Value):
    """A tensor of binary32 numbers.

    ``value`` is its NumPy array, None for a symbol; ``type`` its shape and element type. A computed tensor
    has ``op``, ``inputs`` and ``attrs``; a leaf has none of them. ``grad`` holds what backward() added up.

    Accepts nested lists, NumPy arrays and whatever has ``__array__``; float64 and integers become float32.

    Example:
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        Tensor([2., 4.])
    """

    __slots__ = ()

    def detach(self) -> Tensor:
        """The same value without history. Raises UnsupportedError PNN-FACE-909 for a symbol with gradient."""
        if self.value is None and self.requires_grad:
            raise UnsupportedError("PNN-FACE-909", "a traced function cannot cut gradients",
                                   where=recording.user_line(),
                                   hint="compute the constant part outside and pass it as an argument")
        if self.value is None:
            return self
        return _fresh(self.value)

    def backward(self, gradient: Tensor | None = None) -> None:
        """Add the gradient of this tensor to ``grad`` of every leaf behind it that requires one.

        A tensor that is no scalar needs ``gradient``, its cotangent. Raises GraphError PNN-FACE-911 when
        nothing behind the tensor requires a gradient, PNN-GRAPH-105 when it is no scalar.
        """
        leaves = pullback.leaves([self])
        wanted = [t for t in leaves if t.requires_grad]
        if not wanted:
            raise GraphError("PNN-FACE-911", "nothing that this was computed from requires a gradient",
                             where=recording.user_line(), expected="a tensor made with requires_grad=True",
                             hint="no_grad() and detach() forget where a value came from")
        given = [t for t in leaves if not t.requires_grad]
        seeds = [] if gradient is None else [as_tensor(gradient)]
        graph = pullback.pulled([self], [*wanted, *given], len(wanted), [s.shape for s in seeds])
        with np.errstate(all="ignore"):
            made = execute(graph, [t.known() for t in (*wanted, *given, *seeds)])
        for leaf, g in zip(wanted, made[-len(wanted) :]):
            leaf.grad = _fresh(g if leaf.grad is None else leaf.grad.known() + g)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    # Arithmetic

    def __add__(self, other: Tensor | Number) -> Tensor:
        return _binary("add", self, other)

    def __sub__(self, other: Tensor | Number) -> Tensor:
        return _binary("sub", self, other)

    def __mul__(self, other: Tensor | Number) -> Tensor:
        return _binary("mul", self, other)

    def __truediv__(self, other: Tensor | Number) -> Tensor:
        return _binary("div", self, other)

    def __radd__(self, other: Number) -> Tensor:
        return _binary("add", other, self)

    def __rsub__(self, other: Number) -> Tensor:
        return _binary("sub", other, self)

    def __rmul__(self, other: Number) -> Tensor:
        return _binary("mul", other, self)

    def __rtruediv__(self, other: Number) -> Tensor:
        return _binary("div", other, self)

    def __neg__(self) -> Tensor:
        return apply("neg", self)

    def __abs__(self) -> Tensor:
        return self.abs()

    def __matmul__(self, other: Tensor | Array) -> Tensor:
        return _product(self, as_tensor(other))

    def __rmatmul__(self, other: Array) -> Tensor:
        return _product(as_tensor(other), self)

    def __pow__(self, exponent: float) -> Tensor:
        """Whole powers by multiplication, 0.5 by square roots, all others by exp and log."""
        if exponent < 0:
            return 1.0 / self ** -exponent
        if exponent == 0.5:
            return self.sqrt()
        if exponent != int(exponent):
            return (self.log() * exponent).exp()
        ones = [] if exponent else [Tensor(1.0).expand(self.shape)]
        return functools.reduce(Tensor.__mul__, ones or [self] * int(exponent))

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        numeric = isinstance(other, (Tensor, np.ndarray, np.generic, int, float))
        return _binary("equal", self, other) if numeric else NotImplemented

    def __gt__(self, other: Tensor | Number) -> Tensor:
        return (self - other).step()

    def __lt__(self, other: Tensor | Number) -> Tensor:
        return (other - self).step()

    __hash__ = object.__hash__

    def maximum(self, other: Tensor | Number) -> Tensor:
        """The larger of both, element by element; at ties the first one gets the gradient."""
        return _binary("maximum", self, other)

    def matmul(self, other: Tensor | Array) -> Tensor:
        """Matrix product over the last axes; leading axes broadcast."""
        return self @ other

    def exp(self) -> Tensor:
        """Exponentials."""
        return apply("exp", self)

    def log(self) -> Tensor:
        """Natural logarithms."""
        return apply("log", self)

    def sqrt(self) -> Tensor:
        """Square roots."""
        return apply("sqrt", self)

    def tanh(self) -> Tensor:
        """Hyperbolic tangents."""
        return apply("tanh", self)

    def sigmoid(self) -> Tensor:
        """1 / (1 + e^-x)."""
        return apply("sigmoid", self)

    def relu(self) -> Tensor:
        """Positive parts; the slope at 0 is 0."""
        return apply("relu", self)

    def sin(self) -> Tensor:
        """Sines."""
        return apply("sin", self)

    def cos(self) -> Tensor:
        """Cosines."""
        return apply("cos", self)

    def abs(self) -> Tensor:
        """Absolute values; the slope at 0 is 0."""
        return apply("abs", self)

    def step(self) -> Tensor:
        """1 where positive, else 0; no gradient."""
        return apply("step", self)

    # Reductions

    def sum(self, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Tensor:
        """Sums over some axes, over all unless told otherwise."""
        axes = _located("sum", geometry.axes_of, dim, self.ndim)
        return apply("move", self, **geometry.total(self.shape, axes, keepdim)) if axes else self

    def mean(self, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Tensor:
        """Averages over some axes."""
        total = self.sum(dim, keepdim)
        return total * (max(1, total.numel()) / self.numel())

    def var(self, dim: int | Sequence[int] | None = None, keepdim: bool = False, *,
            correction: int = 1) -> Tensor:
        """Variances: squares around the mean, summed and divided by count - correction."""
        centred = self - self.mean(dim, keepdim=True)
        total = (centred * centred).sum(dim, keepdim)
        return total * (1.0 / (self.numel() // total.numel() - correction))

    def max(self, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Tensor:
        """Largest elements along some axes; the first of several equal ones gets the gradient."""
        made = self
        for axis in _located("max", geometry.axes_of, dim, self.ndim):
            while made.shape[axis] > 1:
                half = made.shape[axis] // 2
                best = made.every(axis, 0, 2, half).maximum(made.every(axis, 1, 2, half))
                odd = [made.every(axis, 2 * half, 1, 1)] if made.shape[axis] % 2 else []
                made = concat([best, *odd], axis) if odd else best
        return made if keepdim else made.reshape(geometry.total(
            self.shape, geometry.axes_of(dim, self.ndim), keepdim=False)["shape"])

    def min(self, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Tensor:
        """Smallest elements along some axes."""
        return -(-self).max(dim, keepdim)

    def argmax(self, dim: int | None = None) -> Any:
        """Positions of the largest elements, as NumPy integers: they have no gradient."""
        return self.known().argmax(dim)

    def logsumexp(self, dim: int, keepdim: bool = False) -> Tensor:
        """Logarithms of sums of exponentials along one axis, without overflow."""
        axis = _located("logsumexp", geometry.axis_of, dim, self.ndim)
        return apply("logsumexp", self, **geometry.around(self.shape, axis, keepdim))

    # Movement

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements under another shape, in which one size may be -1."""
        sizes = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
        if -1 in sizes:
            rest = -math.prod(sizes)
            sizes = tuple(self.numel() // max(rest, 1) if n == -1 else n for n in sizes)
        return self if sizes == self.shape else apply("reshape", self, shape=sizes)

    view = reshape

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        """One axis instead of those from ``start_dim`` to ``end_dim``."""
        if not self.shape:
            return self.reshape(1)
        first, last = (_located("flatten", geometry.axis_of, d, self.ndim) for d in (start_dim, end_dim))
        flat = math.prod(self.shape[first : last + 1])
        return self.reshape(*self.shape[:first], flat, *self.shape[last + 1 :])

    def squeeze(self, dim: int) -> Tensor:
        """Without an axis of size 1."""
        axis = _located("squeeze", geometry.axis_of, dim, self.ndim)
        return self.reshape(self.shape[:axis] + self.shape[axis + 1 :]) if self.shape[axis] == 1 else self

    def unsqueeze(self, dim: int) -> Tensor:
        """With a new axis of size 1."""
        axis = _located("unsqueeze", geometry.axis_of, dim, self.ndim + 1)
        return self.reshape(*self.shape[:axis], 1, *self.shape[axis:])

    def permute(self, *dims: int) -> Tensor:
        """Axes in another order."""
        perm = tuple(_located("permute", geometry.axis_of, d, self.ndim) for d in dims)
        return apply("transpose", self, perm=perm)

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        """Two axes exchanged."""
        a, b = (_located("transpose", geometry.axis_of, d, self.ndim) for d in (dim0, dim1))
        order = list(range(self.ndim))
        order[a], order[b] = order[b], order[a]
        return self.permute(*order)

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's and PyTorch's name
        """All axes reversed."""
        return self.permute(*reversed(range(self.ndim)))

    def expand(self, *shape: Any) -> Tensor:
        """Repeated over a larger shape, by the rule of broadcasting; -1 keeps a size."""
        sizes = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
        lead = len(sizes) - self.ndim
        sizes = tuple(self.shape[k - lead] if n == -1 and k >= lead else n for k, n in enumerate(sizes))
        if _located("expand", geometry.common, self.shape, sizes) != sizes:
            raise recording.at_user_line(ShapeError(
                "PNN-FACE-903", "expand only repeats axes of size 1", expected=list(sizes),
                got=list(self.shape)), "expand")
        return self if sizes == self.shape else apply("move", self, **geometry.spread(self.shape, sizes))

    def every(self, axis: int, start: int, step: int, count: int) -> Tensor:
        """``count`` elements along one axis, from ``start``, ``step`` apart."""
        if step == 1:
            whole = (start, count) == (0, self.shape[axis])
            return self if whole else apply("slice", self, axis=axis, start=start, stop=start + count)
        starts, counts, steps = [0] * self.ndim, list(self.shape), [1] * self.ndim
        starts[axis], counts[axis], steps[axis] = start, count, step
        return apply("move", self, **geometry.strided(self.shape, starts, counts, steps))

    def __getitem__(self, key: Any) -> Tensor:
        keys = list(key) if isinstance(key, tuple) else [key]
        taken = sum(k is not None and k is not Ellipsis for k in keys)
        if not any(k is Ellipsis for k in keys):
            keys.append(Ellipsis)
        at = next(i for i, k in enumerate(keys) if k is Ellipsis)
        keys[at : at + 1] = [slice(None)] * (self.ndim - taken)
        made, axis, shape = self, 0, list[int]()
        for k in keys:
            if k is None:
                shape.append(1)
                continue
            n = self.shape[axis] if axis < self.ndim else 0
            made = made.every(axis, *_located("indexing", geometry.range_of, k, n))
            shape += [made.shape[axis]] if isinstance(k, slice) else []
            axis += 1
        return made.reshape(tuple(shape))


def _fresh(value: Array | None, shape: Sequence[int] = (), requires_grad: bool = False,
           name: str = "") -> Tensor:
    """A leaf around an array that nobody writes to, or a symbol of this shape."""
    made = TensorType(tuple(shape) if value is None else value.shape)
    return Tensor.__new__(Tensor)._fill(made, value, requires_grad, name=name)


def symbol(shape: Sequence[int], name: str = "", requires_grad: bool = False) -> Tensor:
    """A tensor without a value: an input of a graph to be."""
    return _fresh(None, shape, requires_grad, name)


def variable(like: Tensor) -> Tensor:
    """A leaf with the value of ``like``, a symbol where it is one, that requires a gradient."""
    return _fresh(like.value, like.shape, requires_grad=True)


def as_tensor(data: Any) -> Tensor:
    """``data`` itself where it is a tensor, else a new one."""
    return data if isinstance(data, Tensor) else Tensor(data)


def _located(what: str, rule: Callable[..., Any], *args: Any) -> Any:
    try:
        return rule(*args)
    except ProvennError as e:
        raise recording.at_user_line(e, what) from None


def apply(tag: str, *operands: Tensor, **attrs: Any) -> Tensor:
    """The operation with this tag on tensors: checked, executed where values are known, remembered.

    Raises ShapeError with the line of the user's program when the operands do not fit.
    """
    op = ALL[tag]
    made = _located(tag, op.shape.rule, [x.type for x in operands], attrs)
    values = [x.value for x in operands]
    wanted = any(x.requires_grad for x in operands)
    value = None
    if any(v is None for v in values):
        if not recording.enabled.get() and any(x.requires_grad for x in operands if x.value is None):
            raise UnsupportedError("PNN-FACE-909", "a traced function cannot cut gradients",
                                   where=f"{tag}, {recording.user_line()}",
                                   hint="compute the constant part outside and pass it as an argument")
        wanted, keep = wanted and recording.enabled.get(), True
    else:
        with np.errstate(all="ignore"):
            made_of = [v[None] for v in values if v is not None]
            value = np.asarray(op.need("kernel")(_FAST, attrs, *made_of)[0])
        wanted = wanted and recording.enabled.get()
        keep = wanted or (recording.tracer.get() is not None and recording.enabled.get())
    new = Tensor.__new__(Tensor)
    return new._fill(made, value, wanted, *((op, operands, attrs) if keep else ()))


def _binary(tag: str, x: Any, y: Any) -> Tensor:
    x, y = as_tensor(x), as_tensor(y)
    if x.shape != y.shape:
        shape = _located(tag, geometry.common, x.shape, y.shape)
        x, y = x.expand(shape), y.expand(shape)
    return apply(tag, x, y)


def _product(x: Tensor, y: Tensor) -> Tensor:
    return apply("contract", x, y, **_located("matmul", geometry.product, x.shape, y.shape))


def concat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors side by side along one axis."""
    parts = [as_tensor(t) for t in tensors]
    return apply("concat", *parts, axis=_located("cat", geometry.axis_of, dim, parts[0].ndim))
