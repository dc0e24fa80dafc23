"""The IREE backend: the same StableHLO text through a second, independent compiler.

Its results do not depend on the number of cores. Plain options only: with --iree-opt-level=O2 or data tiling
iree 3.13 fails on train steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from provenn.errors import ToolError
from provenn.eval.backends.executable import Feed, as_feed, check_feeds
from provenn.eval.stablehlo import text
from provenn.ir.graph import Graph
from provenn.ir.op import Array

OPTIONS = ["--iree-llvmcpu-target-cpu=host"]


def libraries() -> tuple[Any, Any]:
    """IREE's compiler and runtime; ToolError PNN-TOOL-721 when they are not installed."""
    try:
        import iree.compiler.tools as compiler
        import iree.runtime as runtime
    except ImportError as e:
        raise ToolError("PNN-TOOL-721", "the backend iree needs IREE's compiler and runtime", got=e,
                        hint="pip install provenn[iree], or use the backend xla") from None
    return compiler, runtime


class Iree:
    """A graph compiled by IREE."""

    def __init__(self, graph: Graph) -> None:
        compiler, self._runtime = libraries()
        self.graph = graph
        nodes = [graph.nodes[i] for i in graph.inputs]
        self._types, self._names = [n.type for n in nodes], [n.name for n in nodes]
        try:
            code = compiler.compile_str(text(graph), input_type="stablehlo", target_backends=["llvm-cpu"],
                                        extra_args=OPTIONS)
        except compiler.CompilerToolError as e:
            raise ToolError("PNN-TOOL-722", "IREE cannot compile this graph", got=str(e)[:2000],
                            hint="use the backend xla or numpy") from None
        config = self._runtime.Config("local-task")
        context = self._runtime.SystemContext(config=config)
        context.add_vm_module(self._runtime.VmModule.copy_buffer(config.vm_instance, code))
        self._run, self._device = context.modules.provenn["main"], config.device

    def __call__(self, feeds: Sequence[Feed]) -> list[Feed]:
        """Outputs as IREE's device arrays."""
        feeds, runtime = [as_feed(x) for x in feeds], self._runtime
        check_feeds(self._types, feeds, self._names)
        placed = [x if isinstance(x, runtime.DeviceArray)
                  else runtime.asdevicearray(self._device, np.array(x, order="C")) for x in feeds]
        made = self._run(*placed)
        return list(made) if isinstance(made, (tuple, list)) else [made]

    def host(self, values: Sequence[Feed]) -> list[Array]:
        """Copies."""
        return [np.array(v.to_host() if isinstance(v, self._runtime.DeviceArray) else v) for v in values]


def build(graph: Graph, donate: Mapping[int, int], reproducible: bool) -> Iree:
    """Compile with IREE; ``donate`` is not used, ``reproducible`` always holds."""
    return Iree(graph)
