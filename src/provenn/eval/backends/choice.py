"""``compile_graph``: one graph, three ways to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenn.errors import UsageError
from provenn.eval.backends import iree, reference, xla
from provenn.eval.backends.executable import Executable, check_donation
from provenn.ir.graph import Graph

BACKENDS: dict[str, Callable[[Graph, Mapping[int, int], bool], Executable]] = {
    "xla": xla.build, "iree": iree.build, "numpy": reference.build,
}


def compile_graph(graph: Graph, backend: str = "xla", donate: Mapping[int, int] | None = None,
                  reproducible: bool = False) -> Executable:
    """Compile a graph for repeated calls.

    ``donate`` maps the position of an input to the position of the output that takes over its memory (both
    of one type); backends that cannot use it ignore it. ``reproducible`` gives the same bits on any number
    of cores: XLA then uses one core, IREE and NumPy are so anyway.

    Raises UsageError PNN-CLI-821 for an unknown backend, ToolError PNN-TOOL-721 when its library is missing,
    PNN-TOOL-722 when it cannot compile the text, PNN-TOOL-723 when ``reproducible`` comes too late,
    UnsupportedError PNN-OP-201 or -221 for what has no StableHLO form, GraphError PNN-GRAPH-121 for a
    donation that does not fit.

    Example:
        >>> import numpy as np
        >>> from provenn.ir.graph import Builder
        >>> from provenn.ops import ALL
        >>> b = Builder()
        >>> x = b.add(ALL["input"], shape=(2,))
        >>> double = compile_graph(b.finish(b.add(ALL["add"], x, x)), "numpy")
        >>> double.host(double([np.array([1, 2], np.float32)]))
        [array([2., 4.], dtype=float32)]
    """
    if backend not in BACKENDS:
        raise UsageError("PNN-CLI-821", f"there is no backend {backend!r}", expected=", ".join(BACKENDS),
                         got=backend)
    check_donation(graph, donate or {})
    return BACKENDS[backend](graph, donate or {}, reproducible)
