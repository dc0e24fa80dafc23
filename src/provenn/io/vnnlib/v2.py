"""VNN-LIB 2.0, parsed by the vnnlib package: one network with one input and one output tensor.

For example

    (vnnlib-version <2.0>)
    (declare-network N (declare-input X real [1, 2]) (declare-output Y real [1, 1]))
    (assert (<= X[0,0] 0.5))
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from provenn.errors import FileError, PropertyError, ToolError, UnsupportedError
from provenn.io.vnnlib.formula import All, Formula, Linear, Some, compare, total
from provenn.io.vnnlib.numbers import decimal
from provenn.io.vnnlib.sexpr import Atom, Expr, Form, Source, parse, shorten

COMPARISONS = {"LessEqual": "<=", "LessThan": "<", "GreaterEqual": ">=", "GreaterThan": ">", "Equal": "=",
               "NotEqual": "!="}
ELEMENT_TYPES = {"Real": "real", "F32": "float32"}
PLACE = re.compile(r"line (\d+), column (\d+)")


@dataclass(frozen=True)
class Tensor:
    """A declared input or output: name, shape, element type, offset in the text."""

    name: str
    shape: tuple[int, ...]
    element_type: str
    at: int

    def element(self, flat: int) -> str:
        """How the query writes the element at a flat index."""
        indices = []
        for size in reversed(self.shape):
            flat, k = divmod(flat, size)
            indices.append(str(k))
        return f"{self.name}[{','.join(reversed(indices))}]" if indices else self.name


@dataclass(frozen=True)
class Query:
    """A 2.0 query about one network."""

    source: Source
    network: str
    input: Tensor
    output: Tensor
    formula: Formula


def read_query(source: Source) -> Query:
    """Parse and type-check a text.

    Raises FileError (PNN-VNNLIB-502, -511) for malformed text with its line, UnsupportedError
    (PNN-VNNLIB-506, -510) for terms that are not linear and for several networks, tensors, hidden
    nodes or element types other than real and float32; ToolError (PNN-VNNLIB-513) without vnnlib.
    """
    forms = parse(source)
    tree = _tree(source)
    if len(tree.networks) != 1:
        raise _unsupported(source, _find(forms, "declare-network", 1),
                           f"the query is about {len(tree.networks)} networks", "one network")
    network = tree.networks[0]
    if network.equal_to or network.isometric_to or network.hidden:
        raise _unsupported(source, _find(forms, "declare-hidden", 0),
                           "the query names hidden nodes or other networks", "inputs and outputs only")
    made = [_tensor(source, forms, list(tensors), kind)
            for tensors, kind in ((network.inputs, "input"), (network.outputs, "output"))]
    if made[0].element_type != made[1].element_type:
        raise _unsupported(source, made[1].at, "input and output have different element types",
                           "one element type")
    reader = _Reader(source, made[0], made[1])
    formula = All(tuple(reader.formula(a.expr) for a in tree.assertions))
    return Query(source, network.name, made[0], made[1], formula)


def _unsupported(source: Source, at: int, what: str, expected: str) -> UnsupportedError:
    return UnsupportedError("PNN-VNNLIB-510", what, where=source.place(at), expected=expected,
                            hint="2.0 queries are read about one network with one input and one output")


def _tree(source: Source) -> Any:
    """The typed syntax tree of the vnnlib package."""
    try:
        import vnnlib
    except ImportError:
        raise ToolError("PNN-VNNLIB-513", "the vnnlib package is missing", where=source.file,
                        expected="vnnlib, which parses VNN-LIB 2.0", hint="pip install vnnlib") from None
    try:
        return vnnlib.parse_query_string(source.text)
    except vnnlib.VNNLibException as e:
        raise _translated(source, str(e)) from None
    except (RuntimeError, ValueError, TypeError, IndexError, MemoryError) as e:
        raise FileError("PNN-VNNLIB-511", "the query cannot be parsed", where=source.file,
                        got=shorten(str(e)), hint="see the VNN-LIB standard at www.vnnlib.org") from None


def _translated(source: Source, message: str) -> FileError:
    """The first problem that the vnnlib package found, with its place."""
    what, expected, got, where = "a syntax error", "VNN-LIB 2.0", message, source.file
    if match := PLACE.search(message):
        where, got = f"{source.file}:{match[1]}:{match[2]}", message[match.end():].lstrip(": ") or message
    try:
        first = json.loads(message)["errors"][0]
        what = str(first["message"])[:1].lower() + str(first["message"])[1:]
        where = f"{source.file}:{first['line']}"
        expected, got = str(first["hint"]), str(first["offendingSymbol"])
    except (ValueError, LookupError, TypeError):
        pass
    return FileError("PNN-VNNLIB-511", f"the query is not valid: {what}", where=where,
                     expected=shorten(expected), got=shorten(got),
                     hint="see the VNN-LIB standard at www.vnnlib.org")


def _find(forms: list[Expr], head: str, skip: int) -> int:
    """Offset of the form that starts with ``head`` and follows ``skip`` others of its kind; 0 if none."""
    stack = list(reversed(forms))
    while stack:
        form = stack.pop()
        if isinstance(form, Form):
            first = form.items[0] if form.items else None
            if isinstance(first, Atom) and first.text == head:
                if not skip:
                    return form.at
                skip -= 1
            stack += reversed(form.items)
    return 0


def _tensor(source: Source, forms: list[Expr], declared: list[Any], kind: str) -> Tensor:
    at = _find(forms, f"declare-{kind}", 1 if len(declared) > 1 else 0)
    if len(declared) != 1:
        raise _unsupported(source, at, f"the network has {len(declared)} {kind} tensors",
                           f"one {kind} tensor")
    dtype = declared[0].dtype.name
    if dtype not in ELEMENT_TYPES:
        raise _unsupported(source, at, f"the {kind} {declared[0].name} has element type {dtype}",
                           "real or float32")
    return Tensor(declared[0].name, tuple(declared[0].shape), ELEMENT_TYPES[dtype], at)


@dataclass(frozen=True)
class _Reader:
    """Turns nodes of the vnnlib package's tree into formulas and terms."""

    source: Source
    input: Tensor
    output: Tensor

    def formula(self, node: Any) -> Formula:
        """A boolean expression."""
        kind = type(node).__name__
        if kind in COMPARISONS:
            return compare(COMPARISONS[kind], self.term(node.lhs), self.term(node.rhs))
        if kind in ("And", "Or"):
            parts = tuple(self.formula(a) for a in node.args)
            return All(parts) if kind == "And" else Some(parts)
        raise self.refuse(node, "an expression of this kind is not read")

    def term(self, node: Any) -> Linear:
        """An arithmetic expression, which must be linear."""
        kind = type(node).__name__
        if kind == "Var":
            return self.variable(node)
        if hasattr(node, "lexeme"):
            value = decimal(node.lexeme)
            if value is None:
                raise self.refuse(node, "a number has too many digits")
            return Linear(constant=value)
        if kind == "Negate":
            return self.term(node.expr).times(Fraction(-1))
        if kind == "Plus":
            return total(self.term(a) for a in node.args)
        if kind == "Minus":
            return self.term(node.head).plus(total(self.term(a) for a in node.rest), -1)
        if kind == "Multiply":
            factors = [self.term(a) for a in node.args]
            variable = [f for f in factors if not f.is_constant]
            if len(variable) > 1:
                raise self.refuse(node, "a term is not linear")
            scale = math.prod((f.constant for f in factors if f.is_constant), start=Fraction(1))
            return (variable[0] if variable else Linear(constant=Fraction(1))).times(scale)
        raise self.refuse(node, "a term of this kind is not read")

    def variable(self, node: Any) -> Linear:
        """An element of the input or output, by its row-major index."""
        kind = node.kind.name
        tensor = self.input if kind == "Input" else self.output
        if kind not in ("Input",
                        "Output") or node.name != tensor.name or len(node.indices) != len(tensor.shape):
            raise self.refuse(node, "a variable is no element of the input or output")
        flat = 0
        for k, size in zip(node.indices, tensor.shape):
            flat = flat * size + k
        one = {flat: Fraction(1)}
        return Linear(x=one) if kind == "Input" else Linear(y=one)

    def refuse(self, node: Any, why: str) -> UnsupportedError:
        """An error that points at the line of the node, as far as the tree tells."""
        line = _line(node)
        return UnsupportedError("PNN-VNNLIB-506", f"{why}: {shorten(str(node)).replace(' [', '[')}",
                                where=f"{self.source.file}:{line}" if line else self.source.file,
                                hint="provenn reads linear constraints over the input and the output")


def _line(node: Any) -> int:
    """The first line that the tree knows below a node; 0 if none."""
    stack = [node]
    while stack:
        node = stack.pop()
        if hasattr(node, "line"):
            return int(node.line)
        stack += reversed(node.children())
    return 0


def check_shape(query: Query, tensor: Tensor, shape: tuple[int, ...], kind: str) -> None:
    """Raise PropertyError (PNN-VNNLIB-509) unless the shapes agree up to axes of size 1."""
    if [n for n in tensor.shape if n != 1] != [n for n in shape if n != 1]:
        raise PropertyError("PNN-VNNLIB-509", f"the {kind} of the property is not that of the network",
                            where=query.source.place(tensor.at), expected=f"{kind} shape {list(shape)}",
                            got=f"{tensor.name} {list(tensor.shape)}",
                            hint="is this the property of another network?")
