"""What a tensor is, apart from what one can compute with it: numbers or a symbol, and a record."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from provenn.base.types import TensorType
from provenn.errors import GraphError, ShapeError
from provenn.ir.op import Array, Op
from provenn.tensor import geometry, recording

if TYPE_CHECKING:
    from provenn.tensor.core import Tensor

_serial = itertools.count()


def _array(data: Any) -> Array:
    """A binary32 copy of numbers in any container that NumPy understands; else GraphError PNN-FACE-901."""
    try:
        raw = np.asarray(data)
    except (TypeError, ValueError, RuntimeError) as e:
        raise GraphError("PNN-FACE-901", "this cannot become a tensor", expected="real numbers",
                         got=f"{type(data).__name__}: {e}") from None
    if raw.dtype.kind not in "fiub" or not raw.size:
        raise GraphError("PNN-FACE-901", "this cannot become a tensor", where=recording.user_line(),
                         expected="at least one real number", got=f"{raw.dtype} of shape {list(raw.shape)}")
    return np.array(raw, np.float32, order="C")


def _again(kind: type[Value], value: Array, requires_grad: bool, name: str) -> Value:
    return kind.__new__(kind)._fill(TensorType(value.shape), value, requires_grad, name=name)


class Value:
    """The record behind a tensor: array or symbol, type, and the operation that made it."""

    __slots__ = ("attrs", "changed", "grad", "inputs", "name", "op", "requires_grad", "serial", "type",
                 "value")
    __array_ufunc__ = None  # NumPy arrays leave operators to us

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        value = _array(data)
        self._fill(TensorType(value.shape), value, requires_grad)

    def _fill(self, type: TensorType, value: Array | None, requires_grad: bool, op: Op | None = None,
              inputs: tuple[Tensor, ...] = (), attrs: Mapping[str, Any] | None = None,
              name: str = "") -> Self:
        self.type, self.value, self.requires_grad = type, value, requires_grad
        self.op, self.inputs, self.attrs, self.name = op, inputs, attrs or {}, name
        self.grad: Tensor | None = None
        self.serial = self.changed = next(_serial)
        return self

    def __reduce__(self) -> Any:
        """Copies and pickles hold the value, not the history."""
        return _again, (type(self), self.known(), self.requires_grad, self.name)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return self.type.shape

    @property
    def dtype(self) -> str:
        """Always "float32"."""
        return self.type.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def numel(self) -> int:
        """Number of elements."""
        return self.type.size

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one axis."""
        return self.shape if dim is None else self.shape[geometry.axis_of(dim, self.ndim)]

    def known(self) -> Array:
        """The array itself, not to be written to. Raises GraphError PNN-FACE-902 for a symbol."""
        if self.value is None:
            raise GraphError("PNN-FACE-902", "a symbol has no value yet", where=recording.user_line(),
                             expected="a tensor with a value", got=f"a symbol {self.type}",
                             hint="traced functions cannot look at values: no item(), numpy() or if")
        return self.value

    def numpy(self) -> Array:
        """A copy as NumPy array."""
        return np.array(self.known())

    def item(self) -> float:
        """The only element. Raises ShapeError PNN-FACE-907 when there are more."""
        if self.numel() != 1:
            raise ShapeError("PNN-FACE-907", "only a tensor of one element is a number",
                             where=recording.user_line(), expected="one element", got=self.type)
        return float(self.known().reshape(()))

    def tolist(self) -> Any:
        """Nested lists of numbers."""
        return self.known().tolist()

    def assign(self, data: Any) -> Self:
        """Put new numbers of the same shape in place, keeping identity; ShapeError PNN-FACE-908 otherwise."""
        value = _array(data)
        if value.shape != self.shape:
            raise ShapeError("PNN-FACE-908", "new values must have the tensor's shape", where=self.name,
                             expected=list(self.shape), got=list(value.shape))
        self.value, self.changed = value, next(_serial)
        return self

    def requires_grad_(self, on: bool = True) -> Self:
        """Ask for gradients, or no longer."""
        self.requires_grad = on
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            view = self.known().view()
            view.flags.writeable = False
            return np.array(view, dtype, copy=False)
        return np.array(self.known(), dtype)

    def __dlpack__(self, **options: Any) -> Any:
        return self.numpy().__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.known().__dlpack_device__()

    def __float__(self) -> float:
        return self.item()

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __len__(self) -> int:
        return int(self.size(0))

    def __repr__(self) -> str:
        if self.value is None:
            return f"Tensor(symbol {self.type})"
        text = np.array2string(self.value, separator=", ", threshold=100, prefix="Tensor(", precision=4)
        return f"Tensor({text}{', requires_grad=True' if self.requires_grad else ''})"
