"""Lines that lead to the errors of compilation."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.base.views import Loops
from provenn.eval.backends import compile_graph, xla
from provenn.eval.stablehlo import text
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL

Patch = pytest.MonkeyPatch


def doubled() -> Graph:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(2,), name="x")
    return builder.finish(builder.add(ALL["add"], x, x))


def trace_of_a_matrix(tmp: Path, patch: Patch) -> None:
    builder, loops = Builder(), Loops((1000,))
    x = builder.add(ALL["input"], shape=(1000, 1000))
    y = builder.add(ALL["move"], x, shape=(), loops=loops, out=loops.view(), src=loops.view(0, 0))
    text(builder.finish(y))


def without_jax(tmp: Path, patch: Patch) -> None:
    usual = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("jax"):
            raise ModuleNotFoundError("No module named 'jax'", name="jax")
        return usual(name, *args, **kwargs)

    patch.setattr(xla, "_clients", [])
    patch.setattr(builtins, "__import__", refuse)
    compile_graph(doubled())


class Broken:
    """A compiler that refuses everything."""

    def local_devices(self) -> list[object]:
        import jax

        return jax.local_devices()

    def compile_and_load(self, *args: object) -> None:
        import jax

        raise jax.errors.JaxRuntimeError("INVALID_ARGUMENT: no such operation")


def broken_compiler(tmp: Path, patch: Patch) -> None:
    patch.setattr(xla, "_clients", [Broken()])
    compile_graph(doubled())


def too_late(tmp: Path, patch: Patch) -> None:
    patch.delenv("NPROC", raising=False)
    patch.setattr(xla, "_clients", [Broken()])
    compile_graph(doubled(), reproducible=True)


TRIGGERS: dict[str, Callable[[Path, Patch], Any]] = {
    "PNN-OP-221": trace_of_a_matrix,
    "PNN-SHAPE-121": lambda tmp, patch: compile_graph(doubled(), "numpy")([np.array([1, 2])]),
    "PNN-GRAPH-121": lambda tmp, patch: compile_graph(doubled(), "numpy", donate={0: 1}),
    "PNN-TOOL-721": without_jax,
    "PNN-TOOL-722": broken_compiler,
    "PNN-TOOL-723": too_late,
    "PNN-CLI-821": lambda tmp, patch: compile_graph(doubled(), "tpu"),
}
