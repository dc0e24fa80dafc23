"""Graphs as text, one node a line, for people."""

from __future__ import annotations

from provenn.ir.graph import Graph


def show(graph: Graph) -> str:
    """A listing such as ``%3 = relu(%2) : float32[1, 50]   # name``; the last line names the output."""
    lines = [f"graph {graph.name!r}"]
    for i, node in enumerate(graph):
        args = [f"%{k}" for k in node.inputs]
        args += [f"{k}={v}" for k, v in node.attrs.items() if k in node.op.attrs]
        note = f"   # {node.name}" if node.name else ""
        lines.append(f"  %{i} = {node.op.tag}({', '.join(args)}) : {node.type}{note}")
    return "\n".join([*lines, f"  return %{graph.output}"])
