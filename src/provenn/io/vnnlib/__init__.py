"""VNN-LIB properties: versions 1.0 (own reader) and 2.0 (the vnnlib package), plain or gzipped.

    read(path, graph)         the Property
    load(path, graph)         the Property, with the version and element type of the file
    counterexample(x, y)      a point in VNN-COMP form

A property describes the counterexamples that are looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from provenn.errors import FileError, PropertyError
from provenn.io.files import read_bytes
from provenn.io.vnnlib import v1, v2
from provenn.io.vnnlib.counterexample import counterexample
from provenn.io.vnnlib.normal import to_property
from provenn.io.vnnlib.sexpr import Source
from provenn.ir.graph import Graph
from provenn.ir.property import Property

__all__ = ["Reading", "counterexample", "input_shape", "load", "read"]

SECOND_VERSION = re.compile(r"(?>\s|;[^\n]*\n)*+\(\s*(?:vnnlib-version|declare-network)\b")


@dataclass(frozen=True)
class Reading:
    """A property as read, the VNN-LIB version of the file, and the element type that it speaks of."""

    property: Property
    version: int
    element_type: str


def read(path: str | Path, graph: Graph, network_name: str | None = None) -> Property:
    """The property in a VNN-LIB file, for the network ``graph``; its version is found in the content.

    ``network_name`` is the name that a 2.0 query must declare (any when None). Raises FileError for a
    file that is missing or malformed, with line and column; UnsupportedError for what is not read;
    PropertyError (PNN-VNNLIB-508, -509) when an input is unbounded or the variables do not fit.
    """
    return load(path, graph, network_name).property


def load(path: str | Path, graph: Graph, network_name: str | None = None) -> Reading:
    """Like ``read``, with the version and element type (``real`` or ``float32``) of the query."""
    source = Source(str(path), _text(path))
    if SECOND_VERSION.match(source.text):
        return _second(v2.read_query(source), graph, network_name)
    query, inputs, outputs = v1.read_query(source), graph.input_type.size, graph.output_type.size
    _check_indices(source, query.inputs, inputs, "X", "input")
    _check_indices(source, query.outputs, outputs, "Y", "output")
    made = to_property(query.formula, inputs, outputs, source=source.file,
                       name_input=lambda i: (f"X_{i}", source.place(query.inputs[i])))
    return Reading(made, 1, "real")


def input_shape(path: str | Path) -> tuple[int, ...]:
    """The shape of the input that a file declares; variables X_0, X_1, … of version 1.0 are [1, inputs]."""
    source = Source(str(path), _text(path))
    if SECOND_VERSION.match(source.text):
        return v2.read_query(source).input.shape
    return 1, len(v1.read_query(source).inputs)


def _second(query: v2.Query, graph: Graph, network_name: str | None) -> Reading:
    if network_name not in (None, query.network):
        raise PropertyError("PNN-VNNLIB-509", "the query is about a network of another name",
                            where=query.source.file, expected=network_name, got=query.network,
                            hint="give the name that the query declares")
    v2.check_shape(query, query.input, graph.input_type.shape, "input")
    v2.check_shape(query, query.output, graph.output_type.shape, "output")
    place = query.source.place(query.input.at)
    inputs, outputs = graph.input_type.size, graph.output_type.size
    made = to_property(query.formula, inputs, outputs, source=query.source.file,
                       name_input=lambda i: (query.input.element(i), place))
    return Reading(made, 2, query.input.element_type)


def _text(path: str | Path) -> str:
    try:
        return read_bytes(path, "PNN-VNNLIB-501", "VNN-LIB").decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FileError("PNN-VNNLIB-502", "the file is not text", where=f"{path}, byte {e.start}",
                        expected="UTF-8", got=e.reason, hint="is it a .vnnlib file?") from None


def _check_indices(source: Source, declared: dict[int, int], size: int, letter: str, kind: str) -> None:
    if set(declared) != set(range(size)):
        strange = next((i for i in sorted(declared) if i >= size), None)
        missing = next((i for i in range(size) if i not in declared), None)
        absent = "" if missing is None else f", {letter}_{missing} is missing"
        raise PropertyError("PNN-VNNLIB-509", f"the {kind}s of the property are not those of the network",
                            where=source.file if strange is None else source.place(declared[strange]),
                            expected=f"{size} {kind}s, {letter}_0 to {letter}_{size - 1}",
                            got=f"{len(declared)} declared{absent}",
                            hint="is this the property of another network?")
