"""Models in use: compiled answers to many inputs, and images that fool them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn import functional
from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.eval.backends import Executable, compile_graph
from provenn.ir.graph import Graph
from provenn.nn import Module, Trace, trace
from provenn.tensor import Tensor
from provenn.train.dataset import Dataset, Floats

BATCH = 1000


class Compiled:
    """A model in eval mode, compiled once for each shape of its inputs; weights are read at every call.

    ``Compiled(model)(x)`` returns NumPy arrays. Raises what tracing and ``compile_graph`` raise.
    """

    def __init__(self, model: Module, backend: str = "xla", reproducible: bool = False) -> None:
        self.model, self.backend, self.reproducible = model, backend, reproducible
        self.made: dict[tuple[tuple[int, ...], ...], tuple[Trace, Executable]] = {}

    def trace(self, *shapes: tuple[int, ...]) -> Trace:
        """The model's graph for these shapes, with parameters and buffers as inputs."""
        modes = [(m, m.training) for m in self.model.modules()]
        try:
            return trace(self.model.eval(), *shapes, name="forward")
        finally:
            for module, mode in modes:
                module.training = mode

    def graph(self, *shapes: tuple[int, ...]) -> Graph:
        """The graph that runs."""
        return lower(self.trace(*shapes).graph)

    def compiled(self, *shapes: tuple[int, ...]) -> tuple[Trace, Executable]:
        """The trace and what runs it."""
        if shapes not in self.made:
            self.made[shapes] = (self.trace(*shapes),
                                 compile_graph(self.graph(*shapes), self.backend, {}, self.reproducible))
        return self.made[shapes]

    def weights(self, traced: Trace) -> list[NDArray[Any]]:
        """Parameters and buffers in the order of the graph's inputs."""
        named = {k: t.known() for k, t in (*self.model.named_parameters(), *self.model.named_buffers())}
        return [named[k] for k in (*traced.parameters, *traced.buffers)]

    def __call__(self, *inputs: Any) -> Any:
        """The result for one batch; a tuple when the model returns several tensors."""
        arrays = [np.asarray(x.numpy() if isinstance(x, Tensor) else x, np.float32) for x in inputs]
        traced, run = self.compiled(*(x.shape for x in arrays))
        made = run.host(run([*arrays, *self.weights(traced)]))
        return made[0] if len(made) == 1 else tuple(made)


class Classifier(Compiled):
    """A compiled model whose largest output is its answer."""

    def classify(self, inputs: Floats, batch: int = BATCH) -> NDArray[np.int64]:
        """Class numbers for inputs [count, …], computed in batches of one size."""
        batch = min(batch, len(inputs))
        rest = -len(inputs) % batch
        padded = np.concatenate([inputs, np.zeros((rest, *inputs.shape[1:]), np.float32)]) if rest else inputs
        said = [np.argmax(self(padded[k : k + batch]), 1) for k in range(0, len(padded), batch)]
        return np.concatenate(said)[: len(inputs)]

    def answers(self, data: Dataset, batch: int = BATCH) -> NDArray[np.int64]:
        """Class numbers for all images of a data set."""
        parts = [data.batch(slice(k, k + 10 * batch))[0] for k in range(0, len(data), 10 * batch)]
        return np.concatenate([self.classify(p, min(batch, len(data))) for p in parts])


def attack(
    model: Module, inputs: Floats, labels: NDArray[Any], eps: float, steps: int = 20, backend: str = "xla"
) -> Floats:
    """Inputs within ``eps`` of the given ones, and in [0, 1], that raise the cross-entropy: projected
    gradient ascent.

    Madry et al., 2018, from the inputs themselves, with step size 2.5 eps / steps. A failed attack proves
    nothing.
    """
    asked = Compiled(model, backend)
    mode = model.training
    model.eval()
    try:
        traced = trace(lambda x, y: functional.cross_entropy(model(x), y, "sum"), inputs.shape, labels.shape,
                       model=model)
    finally:
        model.train(mode)
    lowered = lower(traced.graph)
    run = compile_graph(gradient(lowered, [lowered.inputs[0]]), backend)
    weights, targets = asked.weights(traced), labels.astype(np.float32)
    low, high = np.maximum(inputs - np.float32(eps), 0), np.minimum(inputs + np.float32(eps), 1)
    moved = inputs
    for _ in range(steps):
        slope = run.host(run([moved, targets, *weights]))[-1]
        moved = np.clip(moved + np.float32(2.5 * eps / steps) * np.sign(slope), low, high)
    return moved


def classify(model: Module, inputs: Floats, backend: str = "xla") -> NDArray[np.int64]:
    """Class numbers that the model gives."""
    return Classifier(model, backend).classify(inputs)


def answers(model: Module, data: Dataset, backend: str = "xla") -> NDArray[np.int64]:
    """Class numbers that the model gives the images of a data set."""
    return Classifier(model, backend).answers(data)
