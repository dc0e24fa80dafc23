"""The plan of a train step: which inputs of a forward graph are weights, and what updates each of them.

Forward graph and plan determine the train step, node for node (docs/gradients.md); the plan's words are
described in docs/formats/plan.md and read by theories/Autodiff/CheckStep.v.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenn.base.words import VERSION, Words

PLAN_MAGIC = float(np.frombuffer(b"pvnSTEPS", "<f8")[0])
RULES = ("sgd", "nesterov", "adam", "adamw")


@dataclass(frozen=True, slots=True)
class Trained:
    """A weight: its node in the forward graph, its rule, and the nodes of its states and of the scalars.

    States: velocity, or first and second moment. Scalars: lr, momentum; for Adam lr, b1, 1 - b1, b2, 1 - b2,
    1 - b1^t, 1 - b2^t, eps; then weight decay, if there is any.
    """

    node: int
    rule: str
    states: tuple[int, ...]
    scalars: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All weights in the order of training.

    ``limit`` is the largest norm of the gradient (0: it is not clipped); ``kept`` counts the outputs of the
    forward graph after the loss, which are outputs of the step as well; ``norm`` asks for the norm of the
    gradient as an output, which it is in any case when there is a limit.
    """

    weights: tuple[Trained, ...]
    limit: float = 0.0
    kept: int = 0
    norm: bool = False

    @property
    def measured(self) -> bool:
        """Whether the norm of the gradient is an output."""
        return self.norm or self.limit != 0


def plan_words(plan: Plan) -> Words:
    """The canonical words of ``plan``."""
    mode = 2 if plan.limit else int(plan.norm)
    body: list[float] = [len(plan.weights), mode, float(np.float32(plan.limit)), plan.kept]
    for w in plan.weights:
        body += [w.node, RULES.index(w.rule), len(w.states), *w.states, len(w.scalars), *w.scalars]
    return np.array([PLAN_MAGIC, VERSION, 3 + len(body), *body], np.float64)
