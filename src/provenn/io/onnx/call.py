"""One ONNX node as the operator readers see it: operands, attributes and ways to refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.errors import FileError, UnsupportedError
from provenn.io.onnx.values import Const, Recorder, Value, Var
from provenn.ir.op import Op


@dataclass(frozen=True)
class Call:
    """Operator ``op`` of ``opset`` applied to ``inputs`` (None: an omitted optional operand)."""

    recorder: Recorder
    op: str
    name: str
    opset: int
    inputs: Sequence[Value | None]
    attrs: Mapping[str, Any]
    outputs: int

    @property
    def where(self) -> str:
        """How messages name the node."""
        return f"{self.recorder.file}, node {self.name!r} ({self.op}, opset {self.opset})"

    def input(self, i: int) -> Value:
        """Operand ``i``; FileError (PNN-ONNX-414) when it is missing."""
        if i < len(self.inputs) and (value := self.inputs[i]) is not None:
            return value
        raise self.malformed(f"operand {i} is missing", expected=f"at least {i + 1} operands",
                             got=len(self.inputs))

    def optional(self, i: int) -> Value | None:
        """Operand ``i``, or None when it is omitted."""
        return self.inputs[i] if i < len(self.inputs) else None

    def constant(self, i: int, role: str) -> NDArray[Any]:
        """Operand ``i``, which must be known when the file is read."""
        value = self.input(i)
        if isinstance(value, Var):
            raise self.unsupported(f"its {role} depends on the network input",
                                   "export the network with it fixed")
        return value.array

    def integers(self, i: int, attribute: str, role: str) -> tuple[int, ...] | None:
        """Integers that newer opsets take as operand ``i`` and older ones as an attribute; None if absent."""
        if self.optional(i) is not None:
            a = self.constant(i, role)
            if not np.issubdtype(a.dtype, np.integer) or a.ndim != 1:
                raise self.malformed(f"its {role} must be a list of integers", expected="int64[n]",
                                     got=f"{a.dtype}{list(a.shape)}")
            return tuple(int(v) for v in a.ravel())
        given = self.attrs.get(attribute)
        return None if given is None else tuple(int(v) for v in given)

    def number(self, i: int, role: str) -> float:
        """Operand ``i``, which must be one number known when the file is read."""
        given = self.constant(i, role)
        if given.size != 1:
            raise self.malformed(f"its {role} must be one number", expected="one element",
                                 got=list(given.shape))
        return float(given.ravel()[0])

    def flag(self, name: str, default: int = 0) -> bool:
        """An attribute that is 0 or 1."""
        value = self.attrs.get(name, default)
        if value not in (0, 1):
            raise self.malformed(f"the attribute {name} is no flag", expected="0 or 1", got=value)
        return bool(value)

    def apply(self, op: Op, *values: Value, **attrs: Any) -> Value:
        """Apply one of our ops under the name of this node."""
        return self.recorder.apply(op, *values, name=self.name, **attrs)

    def constant_like(self, value: Const, array: NDArray[Any]) -> Const:
        """A constant derived from ``value``, under its name."""
        return Const(array, value.name)

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from 0; FileError (PNN-ONNX-412) when outside ``rank`` axes."""
        if not -rank <= axis < rank:
            raise self.misfit("an axis is outside the operand", expected=f"{-rank} to {rank - 1}", got=axis)
        return axis % rank

    def note(self, text: str) -> None:
        """Record how the graph differs from the file in rounding."""
        self.recorder.notes.append(f"{self.name} ({self.op}): {text}")

    def unsupported(self, why: str, hint: str = "") -> UnsupportedError:
        """An operator that we read, used in a way that we do not."""
        return UnsupportedError("PNN-ONNX-405", f"{self.op} is used in a way that provenn cannot read: {why}",
                                where=self.where, hint=hint or "provenn supports says what is read")

    def malformed(self, what: str, expected: object = "", got: object = "") -> FileError:
        """A node that breaks the ONNX specification."""
        return FileError("PNN-ONNX-414", f"a node breaks the ONNX specification: {what}", where=self.where,
                         expected=expected, got=got, hint="check the file with onnx.checker.check_model")

    def misfit(self, what: str, expected: object = "", got: object = "") -> FileError:
        """Operands whose shapes do not fit."""
        return FileError("PNN-ONNX-412", f"the operands of a node do not fit: {what}", where=self.where,
                         expected=expected, got=got,
                         hint="symbolic dimensions are read as 1; check the shapes that the file declares")
