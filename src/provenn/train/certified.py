"""Losses that train for certificates: cross-entropy of the worst scores that interval bounds allow.

Gowal et al. (2018), "On the effectiveness of interval bound propagation". For a box around x the bounds of
the network are more nodes of the same graph (bounds/graphs.py), so the theorem about gradients covers them
too. The last layer is merged with the differences of its classes, which makes their bounds tighter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from provenn import functional, nn
from provenn.autodiff.lower import lower
from provenn.base.views import Loops
from provenn.bounds.graphs import enclose, relaxed
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Ends, Have
from provenn.ops import ALL
from provenn.optim import Optimizer
from provenn.tensor import random, recording
from provenn.tensor.core import Tensor, apply
from provenn.train.dataset import Dataset
from provenn.train.evaluation import Compiled
from provenn.train.metrics import Confusion
from provenn.train.settings import Settings
from provenn.train.step import Scalar, TrainStep


def inlined(graph: Graph, given: Sequence[Tensor]) -> list[Tensor]:
    """The outputs of ``graph`` as tensors computed from ``given``, the values of its inputs in order."""
    values = iter(given)
    made: list[Tensor] = []
    for node in graph:
        if node.value is not None:
            made.append(Tensor(node.value))
        elif node.is_input:
            made.append(next(values))
        else:
            made.append(apply(node.op.tag, *(made[k] for k in node.inputs), **node.attrs))
    return [made[i] for i in graph.outputs]


def enclosed(result: Tensor, x: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """Lower and upper bounds of ``result``, which was computed from ``x``, for all x in [low, high].

    Raises UnsupportedError PNN-OP-201 or -203 for an operation that has no bounds as a graph.
    """
    free = _free(result, x)
    graph = lower(recording.graph_of([result], [x, *free]))
    emit = GraphEmitter(Builder(graph.name, list(graph.nodes)), ALL)
    ends = (emit.input(shape=x.shape, name="low"), emit.input(shape=x.shape, name="high"))
    bounds = enclose(emit, {graph.inputs[0]: ends}, [graph.output])[0]
    made = inlined(emit.builder.finish(*bounds), [x, *free, low, high])
    return made[0], made[1]


def differences(scores: Tensor) -> Tensor:
    """Scores [n, classes] as differences [n, classes * classes]: element y * classes + k: score y - score k.

    When a dense layer made the scores, its weights are combined instead, so that bounds see one layer.
    """
    classes = scores.shape[1]
    identity = np.eye(classes, dtype=np.float32)
    pairs = Tensor((identity[:, None] - identity[None]).reshape(-1, classes))
    if scores.op is None or scores.op.tag != "linear":
        return functional.linear(scores, pairs)
    x, weight, *bias = scores.inputs
    return functional.linear(x, pairs @ weight, *(pairs @ b for b in bias))


def worst_margins(scores: Tensor, x: Tensor, target: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Lower bounds [n, classes] of the target's score less each score, over the box [low, high] of x.

    ``target`` holds class numbers [n]. The target's own entry is 0.
    """
    count, classes = scores.shape
    lower_bounds, _ = enclosed(differences(scores), x, low, high)
    chosen = functional.one_hot(target, classes).unsqueeze(-1)
    return (lower_bounds.reshape(count, classes, classes) * chosen).sum(1)


def relaxed_margins(model: nn.Module, x: Tensor, target: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """As ``worst_margins``, by backward relaxation over interval bounds (CROWN-IBP, Zhang et al., ICLR 2020).

    What the checker computes for a certificate without slopes. ``model`` is traced at n and at n * classes
    examples, so it must treat examples one by one.
    """
    scores = model(x)
    count, classes = scores.shape
    free = _free(scores, x)
    graph = lower(recording.graph_of([scores], [x, *free]))
    many = x.unsqueeze(1).expand(count, classes, *x.shape[1:]).reshape(count * classes, *x.shape[1:])
    wide_scores = model(many)
    wide = lower(recording.graph_of([wide_scores], [many, *_free(wide_scores, many)]))
    emit = GraphEmitter(Builder(graph.name, list(graph.nodes)), ALL)
    ends = (emit.input(shape=x.shape, name="low"), emit.input(shape=x.shape, name="high"))
    rows = emit.input(shape=(count * classes, classes), name="rows")
    read = sorted({n.inputs[0] for n in graph if isinstance(n.op.relax, Have)})
    bounds = enclose(emit, {graph.inputs[0]: ends}, read)
    spread = {k: _repeated(emit, e, classes) for k, e in zip(read, bounds)}
    result = relaxed(emit, wide, graph.inputs[1:], spread, _repeated(emit, ends, classes), rows)
    chosen = functional.one_hot(target, classes).unsqueeze(1) - Tensor(np.eye(classes, dtype=np.float32))
    given = [x, *free, low, high, chosen.reshape(count * classes, classes)]
    return inlined(emit.builder.finish(result), given)[0].reshape(count, classes)


def _free(result: Tensor, x: Tensor) -> list[Tensor]:
    """What ``result`` was computed from beside ``x``, in a fixed order, constants left out."""
    leaves = [t for t in recording.history([result], [x]) if t.op is None and t is not x]
    return [t for t in leaves if t.value is None or t.requires_grad]


def _repeated(emit: GraphEmitter, ends: Ends, times: int) -> Ends:
    """Each example ``times`` times, one after the other."""
    count, *rest = emit.type(ends[0]).shape
    loops = Loops((count, times, *rest))
    out, src = loops.view(*range(2 + len(rest))), loops.view(0, *range(2, 2 + len(rest)))
    low, high = (emit.move(e, shape=(count * times, *rest), loops=loops, out=out, src=src) for e in ends)
    return low, high


def loss(model: nn.Module, x: Tensor, target: Tensor, eps: Tensor, kappa: Tensor,
         beta: Tensor | None = None) -> Tensor:
    """The ordinary cross-entropy, weight kappa, and that of the worst scores, weight 1 - kappa.

    Worst over the box [x - eps, x + eps] within [0, 1] by interval bounds, or, with ``beta``, by these with
    weight 1 - beta and by relaxed ones with weight beta. ``eps``, ``kappa`` and ``beta`` are scalars.
    """
    scores, ends = model(x), box(x, eps)
    worst = worst_margins(scores, x, target, *ends)
    if beta is not None:
        worst = beta * relaxed_margins(model, x, target, *ends) + (1.0 - beta) * worst
    ordinary = functional.cross_entropy(scores, target)
    return kappa * ordinary + (1.0 - kappa) * functional.cross_entropy(-worst, target)


def box(x: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
    """Ends of [x - eps, x + eps] within [0, 1]."""
    return (x - eps).relu(), 1.0 - (1.0 - x - eps).relu()


@dataclass(frozen=True)
class Recipe:
    """How eps and kappa move, linearly between the parts ``start`` and ``end`` of all steps.

    The radius grows from 0 to ``eps``, kappa falls from 1 to ``kappa``; where bounds are ``relaxed`` too,
    their weight beta falls from 1 to ``beta``.
    """

    eps: float
    kappa: float
    start: float
    end: float
    relaxed: bool = False
    beta: float = 0.0

    def at(self, step: int, steps: int) -> dict[str, float]:
        """Values in step number ``step`` of ``steps``.

        Example:
            >>> Recipe(0.2, 0.5, 0.0, 0.5).at(25, 100)
            {'eps': 0.1, 'kappa': 0.75}
        """
        part = min(1.0, max(0.0, (step / steps - self.start) / max(self.end - self.start, 1e-9)))
        made = {"eps": self.eps * part, "kappa": 1.0 - (1.0 - self.kappa) * part}
        return made | ({"beta": 1.0 - (1.0 - self.beta) * part} if self.relaxed else {})


class CertifiedStep(TrainStep):
    """A train step with this module's loss; ``steps`` is the length of the whole run."""

    def __init__(self, model: nn.Module, optimizer: Optimizer, recipe: Recipe, steps: int,
                 **options: Any) -> None:
        super().__init__(model, loss, optimizer, scalars=tuple(recipe.at(0, 1)), **options)
        self.recipe, self.steps = recipe, steps

    def __call__(self, *batch: Any, lr: float | None = None, **scalars: float) -> Scalar:
        """One step; eps and kappa are those of the step's number in the run, unless given."""
        at = self.recipe.at(int(scalars.get("number", self.count)), self.steps)
        return super().__call__(*batch, lr=lr, **(at | scalars))

    def extras(self) -> dict[str, float]:
        """Eps and kappa of the step's number in the run."""
        return self.recipe.at(self.count, self.steps)


class Worst(nn.Module):
    """A model's scores and the lower bounds of its margins over boxes of radius ``eps``."""

    def __init__(self, model: nn.Module, eps: float) -> None:
        super().__init__()
        self.model, self.eps = model, eps

    def forward(self, x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """[n, classes] twice."""
        scores = self.model(x)
        return scores, worst_margins(scores, x, target, *box(x, Tensor(self.eps)))


class Judge:
    """Answers to the images of a data set, and the part that interval bounds certify (float32, unchecked)."""

    def __init__(self, model: nn.Module, eps: float, backend: str = "xla",
                 reproducible: bool = False) -> None:
        self.asked = Compiled(Worst(model, eps), backend, reproducible)

    def __call__(self, data: Dataset, batch: int = 1000) -> Confusion:
        """Answers of every image against its label, and the certified part."""
        answers, held, batch = [], 0, min(batch, len(data))
        for k in range(0, len(data), batch):
            x, y = data.batch(np.arange(k, k + batch) % len(data))
            scores, margins = self.asked(x, y)
            margins[np.arange(batch), y] = 1.0
            here = min(batch, len(data) - k)
            answers.append(scores.argmax(1)[:here])
            held += int((margins > 0.0).all(1)[:here].sum())
        return Confusion.of(data.labels, np.concatenate(answers), data.classes, held / len(data))


def initialise(model: nn.Module) -> None:
    """Weights with deviation sqrt(2 pi) / n, n the inputs of one output; biases 0.

    So interval bounds keep their width from layer to layer (Shi et al., NeurIPS 2021). Dense and
    convolutional layers only; ``manual_seed`` decides.
    """
    for layer in model.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            shape = layer.weight.shape
            size = np.float32(math.sqrt(2.0 * math.pi) / math.prod(shape[1:]))
            layer.weight.assign(size * random.normal(shape))
            if layer.bias is not None:
                layer.bias.assign(np.zeros(layer.bias.shape, np.float32))


def step(model: nn.Module, optimizer: Callable[[nn.Module, Settings], Optimizer], settings: Settings,
         images: int, options: Mapping[str, Any]) -> CertifiedStep:
    """The step that ``settings`` describe, for a model that it initialises."""
    initialise(model)
    reached = settings.train_certify or min(1.0, 1.2 * settings.certify)
    recipe = Recipe(reached, settings.kappa, settings.warmup, settings.ramp, settings.bound == "crown-ibp")
    steps = settings.epochs * (images // settings.batch_size)
    return CertifiedStep(model, optimizer(model, settings), recipe, steps, **options)
