"""Optimisers: parameters in groups, their states, and the step that updates.py spells out."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from provenn.errors import UsageError
from provenn.eval.run import execute
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Array
from provenn.ops import ALL
from provenn.optim import updates
from provenn.optim.updates import Rule
from provenn.tensor.core import Tensor

Group = dict[str, Any]


@functools.lru_cache(maxsize=256)
def _step_graph(rule: Rule, shape: tuple[int, ...]) -> Graph:
    """Inputs: parameter, gradient, states, scalars; outputs: parameter and states anew."""
    emit = GraphEmitter(Builder(rule.name), ALL)
    p, g, *states = (emit.input(shape=shape) for _ in range(2 + len(rule.states)))
    scalars = {name: emit.input(shape=()) for name in rule.scalars}
    return emit.builder.finish(*rule.emit(emit, p, g, states, scalars))


class Optimizer:
    """Base of optimisers.

    ``param_groups`` lists dictionaries with "params" and the options of the group, "lr" among them;
    ``state`` holds the arrays of each parameter, by its number over all groups; ``steps`` counts steps.

    Raises UsageError PNN-FACE-916 for an empty list of parameters or an option out of range.
    """

    def __init__(self, params: Iterable[Tensor] | Iterable[Mapping[str, Any]], defaults: Group) -> None:
        given = list(params)
        groups = [dict(g) if isinstance(g, Mapping) else None for g in given]
        listed: list[Group] = [g for g in groups if g] if any(groups) else [{"params": given}]
        self.param_groups = [{**defaults, **g, "params": list(g["params"])} for g in listed]
        if not self.parameters:
            raise UsageError("PNN-FACE-916", "an optimizer needs parameters", got="an empty list",
                             hint="pass model.parameters(); an iterator can be used only once")
        for group in self.param_groups:
            for name, value in group.items():
                low = all(v >= 0 for v in np.atleast_1d(value)) if name != "params" else True
                if not low:
                    raise UsageError("PNN-FACE-916", f"{name} must not be negative", got=value)
        self.steps = 0
        self.state: list[list[Array]] = [
            [np.zeros(p.shape, np.float32) for _ in self.rule(group).states]
            for group in self.param_groups for p in group["params"]]

    @property
    def parameters(self) -> list[Tensor]:
        """All parameters, in the order of ``state``."""
        return [p for group in self.param_groups for p in group["params"]]

    def rule(self, group: Group) -> Rule:
        """The update of a group as its options are now; a weight decay of 0 takes no part in it."""
        full = self.full_rule(group)
        return full if group["weight_decay"] else updates.undecayed(full)

    def full_rule(self, group: Group) -> Rule:
        """The update of a group with weight decay."""
        raise NotImplementedError

    def scalars(self, group: Group, step: int) -> dict[str, Array]:
        """Values of the full rule's scalars in the step with this number, counted from 1."""
        raise NotImplementedError

    def step(self) -> None:
        """Update every parameter that has a gradient."""
        self.steps += 1
        place = 0
        for group in self.param_groups:
            rule = self.rule(group)
            values = self.scalars(group, self.steps)
            scalars = [values[name] for name in rule.scalars]
            for p in group["params"]:
                if p.grad is not None:
                    feeds = [p.known(), p.grad.known(), *self.state[place], *scalars]
                    with np.errstate(all="ignore"):
                        new, *self.state[place] = execute(_step_graph(rule, p.shape), feeds)
                    p.assign(new)
                place += 1

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.parameters:
            p.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Steps taken, states by parameter number, and the options of groups with parameters as numbers."""
        numbers = iter(range(len(self.state)))
        names = [self.rule(g).states for g in self.param_groups for _ in g["params"]]
        return {
            "state": {k: {"step": self.steps, **{n: np.array(a) for n, a in zip(names[k], arrays)}}
                      for k, arrays in enumerate(self.state)},
            "param_groups": [{**g, "params": [next(numbers) for _ in g["params"]]}
                             for g in self.param_groups],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where ``state_dict`` was taken.

        Raises UsageError PNN-FACE-917, changing nothing, unless groups and shapes agree.
        """
        groups, kept = state["param_groups"], state["state"]
        sizes = [len(g["params"]) for g in groups]
        mine = [len(g["params"]) for g in self.param_groups]
        names = [self.rule(g).states for g in self.param_groups for _ in g["params"]]
        arrays = [[np.array(kept[k][n], np.float32) for n in names[k]] if k in kept else self.state[k]
                  for k in range(len(self.state))] if sizes == mine else []
        shapes, own = ([[a.shape for a in s] for s in some] for some in (arrays, self.state))
        if sizes != mine or shapes != own:
            raise UsageError("PNN-FACE-917", "this state belongs to another optimizer",
                             expected=f"groups of {mine} parameters",
                             got=f"groups of {sizes}" if sizes != mine else f"shapes {shapes}")
        self.state = arrays
        self.steps = max((int(s["step"]) for s in kept.values()), default=0)
        for group, other in zip(self.param_groups, groups):
            group.update({k: v for k, v in other.items() if k in group and k != "params"})


def _numbers(**values: float) -> dict[str, Array]:
    return {name: np.array(value, np.float32) for name, value in values.items()}


class SGD(Optimizer):
    """Stochastic gradient descent with momentum, Nesterov's variant and weight decay."""

    def __init__(self, params: Any, lr: float = 1e-3, momentum: float = 0.0, dampening: float = 0.0,
                 weight_decay: float = 0.0, nesterov: bool = False) -> None:
        if dampening:
            raise UsageError("PNN-FACE-916", "dampening is not supported", expected="dampening=0",
                             got=dampening)
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay,
                                  "nesterov": nesterov})

    def full_rule(self, group: Group) -> Rule:
        """With or without Nesterov's look ahead."""
        return updates.NESTEROV if group["nesterov"] else updates.SGD

    def scalars(self, group: Group, step: int) -> dict[str, Array]:
        """Learning rate, momentum, weight decay."""
        return _numbers(**{name: group[name] for name in updates.SGD.scalars})


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015); weight decay is added to the gradient."""

    def __init__(self, params: Any, lr: float = 1e-3, betas: Sequence[float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0.0) -> None:
        if not all(0.0 <= b < 1.0 for b in betas):
            raise UsageError("PNN-FACE-916", "betas must lie below 1", expected="0 <= beta < 1", got=betas)
        super().__init__(params, {"lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay})

    def full_rule(self, group: Group) -> Rule:
        """Adam's."""
        return updates.ADAM

    def scalars(self, group: Group, step: int) -> dict[str, Array]:
        """Decay rates, their complements, and the corrections of the start, 1 - beta^step."""
        b1, b2 = group["betas"]
        return _numbers(lr=group["lr"], b1=b1, a1=1.0 - b1, b2=b2, a2=1.0 - b2, c1=1.0 - b1**step,
                        c2=1.0 - b2**step, eps=group["eps"], weight_decay=group["weight_decay"])


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019)."""

    def __init__(self, params: Any, lr: float = 1e-3, betas: Sequence[float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 1e-2) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def full_rule(self, group: Group) -> Rule:
        """AdamW's."""
        return updates.ADAMW


def clip_grad_norm_(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Scale all gradients so that their norm together is at most ``max_norm``; returns the norm before."""
    with_grad = [p for p in parameters if p.grad is not None]
    if not with_grad:
        return 0.0
    emit = GraphEmitter(Builder("clip"), ALL)
    limit, *gs = (emit.input(shape=s) for s in ((), *(p.shape for p in with_grad)))
    norm = updates.norm(emit, gs)
    scaled = updates.clip(emit, gs, norm, limit)
    feeds = [np.array(max_norm, np.float32), *(p.grad.known() for p in with_grad if p.grad is not None)]
    with np.errstate(all="ignore"):
        total, *made = execute(emit.builder.finish(norm, *scaled), feeds)
    for p, g in zip(with_grad, made):
        if p.grad is not None:
            p.grad.assign(g)
    return float(total)
