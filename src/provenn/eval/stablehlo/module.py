"""A graph as one StableHLO function ``@main``, written as text by the ``stablehlo`` facets of its ops."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from provenn.eval.stablehlo.writer import TextWriter
from provenn.ir.graph import Graph

NAME = re.compile(r"%\w+")


def text(graph: Graph, donate: Mapping[int, int] | None = None,
         stored: Mapping[int, tuple[str, bytes]] | None = None) -> str:
    """The module of a graph: arguments are its inputs in order, results its outputs.

    ``donate`` maps the position of an input to the position of the output that takes its memory over; both
    have one type. ``stored`` holds for parameters, by node number, the element type and the little-endian
    bytes of a constant that is converted to the parameter. Raises UnsupportedError: PNN-OP-201 for an op
    without a StableHLO form, PNN-OP-221 for views that fit none.
    """
    writer, place, arguments = TextWriter(), dict[int, int](), list[str]()
    for i in graph.inputs:
        place[i] = writer.argument(graph.nodes[i].type)
        target = (donate or {}).get(len(arguments))
        alias = "" if target is None else f" {{tf.aliasing_output = {target} : i32}}"
        arguments.append(": ".join(writer.spelled(place[i])) + alias)
    for i, node in enumerate(graph):
        if node.value is not None:
            element, data = (stored or {}).get(i, ("", b""))
            place[i] = (writer.converted(data, replace(node.type, dtype=element), node.type.dtype) if element
                        else writer.dense(node.value))
        elif not node.is_input:
            rule = node.op.need("stablehlo", graph.where(i))
            place[i] = writer.reshape_to(rule(writer, node.attrs, [place[k] for k in node.inputs]),
                                         node.type.shape)
    names, types = writer.spelled(*(writer.plain(place[i]) for i in graph.outputs))
    return "\n".join([
        "module @provenn {",
        f"  func.func public @main({', '.join(arguments)}) -> ({types}) {{",
        *needed(writer.lines, names),
        f"    return {names} : {types}",
        "  }",
        "}",
        "",
    ])


def needed(lines: Sequence[str], results: str) -> list[str]:
    """The lines on which the results depend."""
    wanted, kept = set(NAME.findall(results)), list[str]()
    for line in reversed(lines):
        name, *read = NAME.findall(line)
        if name in wanted:
            wanted.update(read)
            kept.append(line)
    return kept[::-1]
