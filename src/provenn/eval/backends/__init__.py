"""Compiled graphs: XLA by default, IREE as the independent second, NumPy as the reference."""

from provenn.eval.backends.choice import BACKENDS, compile_graph
from provenn.eval.backends.executable import Executable, Feed

__all__ = ["BACKENDS", "Executable", "Feed", "compile_graph"]
