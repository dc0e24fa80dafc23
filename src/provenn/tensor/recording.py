"""What tensors remember, turned into graphs.

A tensor that was computed points to its operands, so a graph is read off backwards from its results.
While a tracer listens, everything is recorded, constants too.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from provenn.errors import GraphError, ProvennError
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL

if TYPE_CHECKING:
    from provenn.tensor.core import Tensor

E = TypeVar("E", bound=ProvennError)
_OURS = str(Path(__file__).resolve().parents[1]) + os.sep


@dataclass
class Tracer:
    """Collects the random inputs that a traced function asks for: (mask, probability of a one)."""

    masks: list[tuple[Tensor, float]] = field(default_factory=list)


enabled: ContextVar[bool] = ContextVar("enabled", default=True)
tracer: ContextVar[Tracer | None] = ContextVar("tracer", default=None)


@contextmanager
def recording(on: bool) -> Iterator[None]:
    """Whether operations on tensors that require gradients are remembered."""
    token = enabled.set(on)
    try:
        yield
    finally:
        enabled.reset(token)


@contextmanager
def listening(to: Tracer) -> Iterator[Tracer]:
    """Record everything; random masks become inputs that ``to`` collects."""
    token = tracer.set(to)
    try:
        with recording(True):
            yield to
    finally:
        tracer.reset(token)


class no_grad(ContextDecorator):  # noqa: N801 - PyTorch's name
    """Remember nothing: ``with no_grad():`` or ``@no_grad()``."""

    def __enter__(self) -> None:
        self._tokens = [*getattr(self, "_tokens", []), enabled.set(False)]

    def __exit__(self, *error: object) -> None:
        enabled.reset(self._tokens.pop())


def user_line() -> str:
    """``file:line: source`` of the innermost call outside provenn."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    path, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(path, line).strip()
    if path.startswith(os.getcwd() + os.sep):
        path = os.path.relpath(path)
    return f"{path}:{line}" + (f": {text}" if text else "")


def at_user_line(error: E, what: str) -> E:
    """The same error, saying where the user's program asked for ``what``."""
    return type(error)(error.code, error.what, where=f"{what}, {user_line()}", expected=error.expected,
                       got=error.got, hint=error.hint)


def history(outputs: Iterable[Tensor], stop: Iterable[Tensor] = ()) -> list[Tensor]:
    """All that ``outputs`` were computed from, in the order in which it was made; nothing before ``stop``."""
    ends = {id(t) for t in stop}
    seen: dict[int, Tensor] = {}
    todo = list(outputs)
    while todo:
        t = todo.pop()
        if id(t) not in seen:
            seen[id(t)] = t
            if id(t) not in ends:
                todo.extend(t.inputs)
    return sorted(seen.values(), key=lambda t: t.serial)


def graph_of(outputs: Sequence[Tensor], inputs: Sequence[Tensor], names: Mapping[int, str] | None = None,
             name: str = "network") -> Graph:
    """The graph that computes ``outputs`` from ``inputs``, which become its first nodes, in this order.

    Every other tensor without a history becomes a constant. ``names`` maps ``id(tensor)`` to the name of
    its node. Raises GraphError PNN-FACE-906 when a result depends on a symbol that is not among the inputs,
    PNN-GRAPH-102 for a constant that is not finite.
    """
    names = names or {}
    builder = Builder(name)
    place: dict[int, int] = {}
    for t in inputs:
        place[id(t)] = builder.add(ALL["input"], name=names.get(id(t), t.name), shape=t.shape)
    for t in history(outputs, inputs):
        label = names.get(id(t), t.name)
        if id(t) in place:
            continue
        if t.op is not None:
            place[id(t)] = builder.add(t.op, *(place[id(x)] for x in t.inputs), name=label, **t.attrs)
        elif t.value is not None:
            place[id(t)] = builder.parameter(ALL["parameter"], t.value, label)
        else:
            raise GraphError("PNN-FACE-906", "the result depends on a symbol that is not an input",
                             where=f"{label!r} {t.type}", expected="a symbol of this trace",
                             hint="return symbolic tensors from the traced function; do not keep them")
    return builder.finish(*(place[id(t)] for t in outputs))
