"""Tracing: the graph of a function of tensors, with a model's parameters and buffers as inputs.

    t = trace(lambda x, y: loss(model(x), y), (128, 784), (128,), model=model)
    t.graph          # outputs: results, then the buffers that the function changed
    t.parameters     # {"0.weight": 2, …}: which input of the graph holds which parameter

The compiled train step is made from such a trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from provenn.base.types import TensorType
from provenn.ir.graph import Graph
from provenn.nn.module import Module
from provenn.tensor import recording
from provenn.tensor.core import Tensor, symbol


@dataclass(frozen=True, slots=True)
class Mask:
    """A random input of ones and zeros: its position, and the probability of a one."""

    input: int
    probability: float
    kind: str = "bernoulli"


@dataclass(frozen=True, slots=True)
class Trace:
    """A function as graph. Positions count ``graph.inputs`` and ``graph.outputs`` from 0.

    The inputs are the ``arguments`` first ones, then parameters, buffers and masks, in this order and each
    in the order of state_dict; only parameters and buffers that the results depend on. The outputs are
    the ``results`` first ones, then the new values of changed buffers. Inputs are named: "x0", "x1", …, the
    keys of state_dict, "mask0", ….
    """

    graph: Graph = field(repr=False)
    arguments: int
    results: int
    parameters: Mapping[str, int]
    buffers: Mapping[str, int]
    changed: Mapping[str, int]
    masks: tuple[Mask, ...]


@contextmanager
def _symbolic(model: Module) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
    """Parameters and buffers by key, without values while the block runs; buffers are put back after it."""
    parameters: dict[str, Tensor] = dict(model.named_parameters())
    buffers = dict(model.named_buffers())
    values = [(t, t.value) for t in (*parameters.values(), *buffers.values())]
    try:
        for t, _ in values:
            t.value = None
        yield parameters, buffers
    finally:
        for t, value in values:
            t.value = value
        for key, old in buffers.items():
            model.set_buffer(key, old)


def trace(function: Callable[..., Any], *examples: Sequence[int] | TensorType | Tensor,
          model: Module | None = None, name: str = "network") -> Trace:
    """The graph of ``function`` for arguments of these shapes; its result is a tensor or several.

    ``model`` holds the parameters, by default the function itself where it is a Module; those of any other
    module become constants. The model is left as it was. Random masks become inputs. Raises GraphError
    PNN-FACE-902 when the function looks at values, UnsupportedError PNN-FACE-909 when it cuts gradients, and
    whatever the function raises.
    """
    if model is None:
        model = function if isinstance(function, Module) else Module()
    shapes = [tuple(e.shape) if isinstance(e, (TensorType, Tensor)) else tuple(e) for e in examples]
    xs = [symbol(s, f"x{k}") for k, s in enumerate(shapes)]
    with _symbolic(model) as (parameters, buffers), recording.listening(recording.Tracer()) as tracer:
        made = function(*xs)
        results: list[Tensor] = list(made) if isinstance(made, (tuple, list)) else [made]
        changed = {key: t for key, t in model.named_buffers() if t is not buffers[key]}
        outputs = [*results, *changed.values()]
        used = {id(t) for t in recording.history(outputs)}
        parameters = {k: t for k, t in parameters.items() if id(t) in used}
        buffers_used = {k: t for k, t in buffers.items() if id(t) in used or k in changed}
        named = {**parameters, **buffers_used}
        masks = [m for m, _ in tracer.masks]
        inputs = [*xs, *named.values(), *masks]
        graph = recording.graph_of(outputs, inputs, {id(t): key for key, t in named.items()}, name)
    where = {key: len(xs) + k for k, key in enumerate(named)}
    return Trace(
        graph, len(xs), len(results),
        parameters={key: where[key] for key in parameters},
        buffers={key: where[key] for key in buffers_used},
        changed={key: len(results) + k for k, key in enumerate(changed)},
        masks=tuple(Mask(len(xs) + len(named) + k, p) for k, (_, p) in enumerate(tracer.masks)),
    )


def network(model: Module, *shape: int, name: str = "network") -> Graph:
    """The graph of a model in use, its weights as constants: what ``provenn.verify`` reads.

    ``shape`` is that of the input, batch axis included.
    """
    x = symbol(shape, "x")
    modes = [(m, m.training) for m in model.modules()]
    names = {id(t): key for key, t in (*model.named_parameters(), *model.named_buffers())}
    try:
        with recording.recording(False):
            result = model.eval()(x)
    finally:
        for module, mode in modes:
            module.training = mode
    return recording.graph_of([result], [x], names, name)
