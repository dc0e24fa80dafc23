"""The textbook steps as nodes: what one update of one parameter adds to a graph.

All arguments are node numbers: the parameter, its gradient, its states, and scalars of shape []. Eager
steps run these nodes for each parameter; a compiled train step holds them beside its backward pass.
Theorems: theories/Autodiff/StepProof.v.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from provenn.ir.emit import GraphEmitter
from provenn.tensor.geometry import total as total_of

Scalars = Mapping[str, int]
Emit = Callable[[GraphEmitter, int, int, Sequence[int], Scalars], list[int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """An update: ``emit(emitter, parameter, gradient, states, scalars)`` returns [parameter, *states] anew.

    ``states`` names what is kept beside each parameter, of its shape, zeros at first; ``scalars`` names the
    inputs of shape []. Without "weight_decay" among them nothing is added for it.
    """

    name: str
    states: tuple[str, ...]
    scalars: tuple[str, ...]
    emit: Emit


def _decayed(emit: GraphEmitter, p: int, g: int, s: Scalars) -> int:
    """The gradient with weight decay, if there is any."""
    if "weight_decay" not in s:
        return g
    return emit.add(g, emit.mul(emit.spread(s["weight_decay"], emit.type(p).shape), p))


def _sgd(emit: GraphEmitter, p: int, g: int, v: int, s: Scalars, nesterov: bool) -> list[int]:
    shape = emit.type(p).shape
    g = _decayed(emit, p, g, s)
    v = emit.add(emit.mul(emit.spread(s["momentum"], shape), v), g)
    d = emit.add(g, emit.mul(emit.spread(s["momentum"], shape), v)) if nesterov else v
    return [emit.sub(p, emit.mul(emit.spread(s["lr"], shape), d)), v]


def _adam_step(emit: GraphEmitter, p: int, g: int, m: int, v: int, s: Scalars) -> list[int]:
    shape = emit.type(p).shape
    m = emit.add(emit.mul(emit.spread(s["b1"], shape), m), emit.mul(emit.spread(s["a1"], shape), g))
    v = emit.add(emit.mul(emit.spread(s["b2"], shape), v),
                 emit.mul(emit.spread(s["a2"], shape), emit.mul(g, g)))
    step = emit.mul(emit.spread(s["lr"], shape), emit.div(
        emit.div(m, emit.spread(s["c1"], shape)),
        emit.add(emit.sqrt(emit.div(v, emit.spread(s["c2"], shape))), emit.spread(s["eps"], shape))))
    return [emit.sub(p, step), m, v]


def _adam(emit: GraphEmitter, p: int, g: int, states: Sequence[int], s: Scalars) -> list[int]:
    return _adam_step(emit, p, _decayed(emit, p, g, s), states[0], states[1], s)


def _adamw(emit: GraphEmitter, p: int, g: int, states: Sequence[int], s: Scalars) -> list[int]:
    if "weight_decay" in s:
        shape = emit.type(p).shape
        decay = emit.mul(emit.spread(s["lr"], shape), emit.mul(emit.spread(s["weight_decay"], shape), p))
        p = emit.sub(p, decay)
    return _adam_step(emit, p, g, states[0], states[1], s)


_SGD_SCALARS = ("lr", "momentum", "weight_decay")
_ADAM_SCALARS = ("lr", "b1", "a1", "b2", "a2", "c1", "c2", "eps", "weight_decay")

SGD = Rule("sgd", ("momentum_buffer",), _SGD_SCALARS,
           lambda emit, p, g, states, s: _sgd(emit, p, g, states[0], s, nesterov=False))
NESTEROV = Rule("nesterov", ("momentum_buffer",), _SGD_SCALARS,
                lambda emit, p, g, states, s: _sgd(emit, p, g, states[0], s, nesterov=True))
ADAM = Rule("adam", ("exp_avg", "exp_avg_sq"), _ADAM_SCALARS, _adam)
ADAMW = Rule("adamw", ("exp_avg", "exp_avg_sq"), _ADAM_SCALARS, _adamw)


@functools.cache
def undecayed(rule: Rule) -> Rule:
    """``rule`` for a weight decay of 0."""
    return replace(rule, scalars=tuple(name for name in rule.scalars if name != "weight_decay"))


def norm(emit: GraphEmitter, gradients: Sequence[int]) -> int:
    """The norm of all gradients together."""
    total = -1
    for g in gradients:
        shape = emit.type(g).shape
        part = emit.move(emit.mul(g, g), **total_of(shape, tuple(range(len(shape))), keepdim=False))
        total = part if total < 0 else emit.add(total, part)
    return emit.sqrt(total)


def clip(emit: GraphEmitter, gradients: Sequence[int], length: int, limit: int) -> list[int]:
    """Gradients of norm ``length``, scaled so that it is at most ``limit``.

    The factor is min(1, limit / (length + 1e-6)), as in PyTorch.
    """
    ratio = emit.div(limit, emit.add(length, emit.scalar(1e-6)))
    factor = emit.neg(emit.maximum(emit.neg(ratio), emit.scalar(-1.0)))
    return [emit.mul(emit.spread(factor, emit.type(g).shape), g) for g in gradients]
