"""The Op record: everything known about one operation, as facets.

A facet is in one of three states:

    Have(rule, lemma)   the rule exists; ``lemma`` names what proves its twin in Coq (theories/Facets/Links.v
                        holds it to that), or is "" (tested, not proved)
    Zero(lemma)         the facet is identically zero
    Lacks(why)          the facet is missing, for the reason that users will read

Engines read facets and never ask which op they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from provenn.base.types import TensorType
from provenn.errors import UnsupportedError

Array = NDArray[np.floating[Any]]
Attrs = Mapping[str, Any]
Pair = tuple[Array, Array]
Ends = tuple[int, int]
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Have(Generic[R]):
    """The facet exists. An empty ``lemma`` means tested, not proved."""

    rule: R
    lemma: str = ""


@dataclass(frozen=True, slots=True)
class Zero:
    """The facet is identically zero, by the named lemma."""

    lemma: str = ""


@dataclass(frozen=True, slots=True)
class Lacks:
    """The facet is missing; ``why`` is one sentence."""

    why: str


class Arithmetic(Protocol):
    """How an evaluator multiplies and adds: the one thing that kernels leave open."""

    def contract(self, x: Array, w: Array) -> Array:
        """``out[..., m] = sum_k x[..., k] * w[m, k]`` in this arithmetic's order."""


class Emitter(Protocol):
    """Appends nodes to a graph by tag: ``emit.mul(x, y)`` returns the number of the new node."""

    def type(self, node: int) -> TensorType:
        """Type of a node."""

    def attrs(self, node: int) -> Attrs:
        """Attributes of a node."""

    def __getattr__(self, tag: str) -> Callable[..., int]:
        """The operation with this tag, as a function from operands and attributes to a node."""


class Writer(Emitter, Protocol):
    """Writes a StableHLO function. Values are numbers; an op by its tag emits what its facet says."""

    def hlo(self, name: str, *args: int, type: TensorType | None = None) -> int:
        """One operation on operands of one type; the result has that type unless told otherwise."""

    def constant(self, value: float, type: TensorType) -> int:
        """A tensor of equal elements."""

    def compare(self, direction: str, x: int, y: int) -> int:
        """1 where the comparison holds (GT, EQ, …), else 0, in the type of the operands."""

    def reshape_to(self, x: int, shape: Sequence[int]) -> int:
        """The same elements in row-major order."""

    def reduce(self, kind: str, x: int, axes: Sequence[int]) -> int:
        """``add`` or ``maximum`` over some axes, which disappear."""

    def spread_to(self, x: int, shape: Sequence[int], axes: Sequence[int]) -> int:
        """Axis k of x as axis ``axes[k]`` of the result, repeated along all others."""

    def views(self, x: int, attrs: Attrs) -> int:
        """Elements read through one view and added up through another."""

    def products(self, x: int, y: int, attrs: Attrs) -> int:
        """Products of elements of two tensors, added up through a view."""


class OnnxWriter(Protocol):
    """Writes nodes of an ONNX graph. Values are the names that ONNX gives them."""

    def node(self, operator: str, *args: str, **attributes: Any) -> str:
        """One node with one result, whose name is returned."""

    def ints(self, values: Sequence[int]) -> str:
        """A constant vector of int64, such as a shape."""

    def shape(self, value: str) -> tuple[int, ...]:
        """Shape of a value of the graph."""


class TensorflowWriter(Protocol):
    """Writes operations of a TensorFlow graph. Values are its tensors."""

    def op(self, name: str, **args: Any) -> Any:
        """One operation of ``tf.raw_ops`` with one result, which is returned."""

    def shape(self, value: Any) -> tuple[int, ...]:
        """Shape of a value."""


ShapeRule = Callable[[Sequence[TensorType], Attrs], TensorType]
Kernel = Callable[..., Array]
IntervalRule = Callable[..., Pair]
TransposeRule = Callable[..., Array]
LinesRule = Callable[..., tuple[Array, Array, Array, Array]]
GradRule = Callable[["Emitter", int, Sequence[int], int, int], int | None]
LowerRule = Callable[["Emitter", Attrs, Sequence[int]], int]
EncloseRule = Callable[..., Ends]
PlanesRule = Callable[..., tuple[Array, Array, Array, Array, Array, Array]]
HintRule = Callable[[Array, Array], Array]
RelaxRule = Callable[["Emitter", int, int], tuple[int, int, int]]
ComposeRule = Callable[["Emitter", Sequence[int]], int]
WriteRule = Callable[["Writer", Attrs, Sequence[int]], int]
RoundingRule = Callable[..., Array]
ExportRule = Callable[["OnnxWriter", Attrs, Sequence[str]], str]
TensorflowRule = Callable[["TensorflowWriter", Attrs, Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Op:
    """One operation. Every operand of a rule carries one leading batch axis; that of a parameter is 1.

    Facets, with the call that each rule answers:
        shape      rule(input_types, attrs) -> TensorType; raises ShapeError
        kernel     rule(arith, attrs, *operands) -> array
        interval   rule(attrs, *(lo, hi) pairs) -> (lo, hi), elementwise enclosure (rounding ignored)
        transpose  rule(attrs, k, cotangent, operands, types) -> array: the adjoint of the map that is linear
                   in operand k, applied to ``cotangent`` [batch, *out shape]; operands other than
                   parameters are None. Having it means: affine in its operands that are not parameters
        slope      rule(x) -> array: derivative of a unary elementwise op, at kinks as declared
        lines      rule(lo, hi, alpha) -> (lower slope, lower offset, upper slope, upper offset) of a unary
                   elementwise op; alpha in [0, 1] is the free lower slope, or says where a curve is touched;
                   the lower line is affine in it unless the op has a ``hint``
        grad       rule(emitter, slot, operands, result, cotangent) -> node or None: emits the nodes of the
                   cotangent of operand ``slot`` (all four are node numbers); None when it is zero
        lower      rule(emitter, attrs, operands) -> node: the same value by operations of the
                   differentiable core (docs/gradients.md)
        composed   rule(emitter, operands) -> node: the same value over the reals by operations that the
                   checker reads; bounds and certificates are about these
        stablehlo  rule(writer, attrs, operands) -> value: writes the operation as StableHLO text
        enclose    rule(emitter, attrs, *(lower, upper)) -> (lower, upper), all nodes: emits bounds of
                   the result; an operand with one node as both is exact
        relax      rule(emitter, lower, upper) -> (lower slope, upper slope, upper offset), all nodes: a line
                   through 0 below and a chord above an elementwise op of one operand in [lower, upper]
        to_onnx    rule(writer, attrs, operands) -> value: writes the operation as ONNX nodes of opset 17
        to_tensorflow  the same with operations of TensorFlow that run on every processor
        onnx       (operator name, opset) pairs that the reader maps to this op

    ``hint``, rule(lo, hi) -> alpha, is what the checker takes for a curve unless told otherwise.
    ``planes``, rule((xlo, xhi), (ylo, yhi), alpha) -> slopes on x and y and level of a plane below, then of
    one above, is what an op of two variables has for lines; alpha in [0, 1] is free.
    ``rounding``, rule(attrs, unit, ulps, *(lo, hi) pairs) -> array, bounds the error of an op of several
    roundings; ``unit`` is that of one rounding, ``ulps`` the accuracy of elementary functions.
    ``constants`` lists the operands that bounds need as parameters.
    """

    tag: str
    code: int
    coq: str
    shape: Have[ShapeRule]
    kernel: Have[Kernel] | Lacks
    interval: Have[IntervalRule] | Lacks
    transpose: Have[TransposeRule] | Zero | Lacks
    slope: Have[Kernel] | Lacks
    lines: Have[LinesRule] | Lacks
    grad: Have[GradRule] | Zero | Lacks
    lower: Have[LowerRule] | Lacks
    stablehlo: Have[WriteRule] | Lacks
    enclose: Have[EncloseRule] | Lacks
    onnx: Have[tuple[str, ...]] | Lacks
    attrs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    constants: tuple[int, ...] = ()
    hint: HintRule | None = None
    planes: Have[PlanesRule] | Lacks = Lacks("it is no product of two variables")
    composed: Have[ComposeRule] | Lacks = Lacks("it is not written as other operations for the checker")
    to_onnx: Have[ExportRule] | Lacks = Lacks("no ONNX operator is written for it")
    to_tensorflow: Have[TensorflowRule] | Lacks = Lacks("no TensorFlow operation is written for it")
    rounding: Have[RoundingRule] | Lacks = Lacks("its error is that of one function or one sum of products")
    relax: Have[RelaxRule] | Lacks = Lacks("its lines are not written as a graph yet")

    def need(self, facet: str, where: str = "") -> Any:
        """The rule of a facet; a missing one raises UnsupportedError (PNN-OP-201) with its sentence."""
        state = getattr(self, facet)
        if isinstance(state, Have):
            return state.rule
        self._refuse(facet, state, where)

    def _refuse(self, facet: str, state: Zero | Lacks, where: str) -> NoReturn:
        why = state.why if isinstance(state, Lacks) else "it is identically zero"
        raise UnsupportedError(
            "PNN-OP-201",
            f"{self.tag} has no {facet} rule: {why}",
            where=where,
            hint="provenn supports lists what each operation can do",
        )

    def encode(self, attrs: Attrs) -> list[int]:
        """Attributes as integers, in the order of ``self.attrs``; views and loops bring their lengths."""
        out: list[int] = []
        for name in self.attrs:
            value = attrs[name]
            if hasattr(value, "encode"):
                out.extend(value.encode())
            else:
                out.extend(value if isinstance(value, tuple) else (value,))
        return out
