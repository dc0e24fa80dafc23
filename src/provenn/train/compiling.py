"""``provenn.compile``: a model, or a model with its loss and optimiser, as one compiled graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from provenn.errors import UsageError
from provenn.nn import Module
from provenn.optim import Optimizer
from provenn.tensor import Tensor
from provenn.train.evaluation import Compiled
from provenn.train.step import TrainStep, compile_step


@overload
def compile(model: Module, *, backend: str = ..., reproducible: bool = ...) -> Compiled: ...
@overload
def compile(model: Module, loss: Callable[[Any, Any], Tensor], optimizer: Optimizer, *, backend: str = ...,
            reproducible: bool = ..., clip: float = ..., norm: bool = ..., seed: int = ...) -> TrainStep: ...


def compile(model: Module, loss: Callable[[Any, Any], Tensor] | None = None,
            optimizer: Optimizer | None = None,
            *, backend: str = "xla", reproducible: bool = False, clip: float = 0.0,
            norm: bool = False, seed: int = 0) -> Compiled | TrainStep:
    """Compile ``model`` for use, or one training step of ``loss(model(x), y)``.

    The first gives a function from arrays to arrays. The second gives a TrainStep: ``step(x, y)`` updates
    weights that stay on the device and returns the loss; ``step.sync()`` gives the weights to the model.
    ``clip`` is the largest global norm of the gradient (0: no limit); with it or ``norm``, ``step.norm`` is
    the norm in the last step, before clipping. ``seed`` decides dropout masks, ``reproducible`` asks for the
    same bits on any number of cores.

    Graphs are made and compiled at the first call with inputs of a shape. Raises UsageError PNN-TRAIN-978
    for a loss without an optimiser or the reverse; the rest comes with the first call: see TrainStep and
    Compiled.

    Example:
        >>> import numpy as np
        >>> from provenn import nn, optim
        >>> model = nn.Linear(2, 1)
        >>> step = compile(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), backend="numpy")
        >>> x = np.eye(2, dtype=np.float32)
        >>> losses = [float(step(x, x[:, :1])) for _ in range(100)]
        >>> losses[-1] < 1e-3 < losses[0]
        True
    """
    if (loss is None) != (optimizer is None):
        raise UsageError("PNN-TRAIN-978", "a train step needs a loss and an optimizer",
                         got="only the loss" if optimizer is None else "only the optimizer",
                         expected="compile(model) or compile(model, loss, optimizer)")
    if loss is None or optimizer is None:
        return Compiled(model, backend, reproducible)
    return compile_step(model, loss, optimizer, clip=clip, norm=norm, backend=backend,
                        reproducible=reproducible, seed=seed)
