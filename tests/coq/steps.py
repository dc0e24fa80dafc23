"""Train steps of small graphs; norm, clipping and rules are written a second time, from the theories."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.autodiff.lower import lower
from provenn.autodiff.plan import RULES, Plan, Trained, plan_words
from provenn.autodiff.reverse import gradient
from provenn.base.views import Loops
from provenn.base.words import Words
from provenn.ir.canonical import graph_words
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from tests.autodiff.one_op import graph_of
from tests.laws.samples import MAKERS, sample

Files = tuple[Words, Words, Words]
STATES = {"sgd": 1, "nesterov": 1, "adam": 2, "adamw": 2}
SCALARS = {"sgd": 2, "nesterov": 2, "adam": 8, "adamw": 8}


def planned(graph: Graph, seed: int, limit: float, kept: int = 0, norm: bool = False) -> tuple[Graph, Plan]:
    """``graph``, lowered, with states and scalars as further inputs; its inputs are trained, some decay."""
    rng = np.random.default_rng(seed)
    builder = Builder("step", list(lower(graph).nodes))
    weights = [i for i, n in enumerate(builder.nodes) if n.is_input]
    rules = [str(r) for r in rng.choice(RULES, len(weights))]
    states = [tuple(builder.add(ALL["input"], shape=builder.nodes[w].type.shape) for _ in range(STATES[r]))
              for w, r in zip(weights, rules)]
    scalars = [tuple(builder.add(ALL["input"], shape=()) for _ in range(SCALARS[r] + rng.integers(2)))
               for r in rules]
    forward = Graph(tuple(builder.nodes), (lower(graph).output, *range(kept)), "step")
    return forward, Plan(tuple(map(Trained, weights, rules, states, scalars)), limit, kept, norm)


def stepped(forward: Graph, plan: Plan) -> Graph:
    """The train step."""
    backward = gradient(forward, [w.node for w in plan.weights])
    emit = GraphEmitter(Builder("step", list(backward.nodes)), ALL)
    grads = list(backward.outputs[len(forward.outputs):])
    limit = emit.scalar(plan.limit) if plan.limit else None
    norm = -1
    for g in grads if plan.norm or plan.limit else ():
        loops = Loops(emit.type(g).shape)
        every = loops.view(*range(len(loops.sizes)))
        part = emit.move(emit.mul(g, g), shape=(), loops=loops, out=loops.view(), src=every)
        norm = part if norm < 0 else emit.add(norm, part)
    norms = [emit.sqrt(norm)] if norm >= 0 else []
    if limit is not None:
        ratio = emit.div(limit, emit.add(norms[0], emit.scalar(1e-6)))
        factor = emit.neg(emit.maximum(emit.neg(ratio), emit.scalar(-1.0)))
        grads = [emit.mul(emit.spread(factor, emit.type(g).shape), g) for g in grads]
    made = [_update(emit, w, g) for w, g in zip(plan.weights, grads)]
    outputs = [forward.output, *norms, *(m[0] for m in made), *(s for m in made for s in m[1:]),
               *forward.outputs[1:]]
    return Graph(tuple(emit.builder.nodes), tuple(outputs), "step")


def _update(emit: GraphEmitter, w: Trained, g: int) -> list[int]:
    shape = emit.type(w.node).shape
    s = [lambda k=k: emit.spread(w.scalars[k], shape) for k in range(len(w.scalars))]
    if w.rule in ("sgd", "nesterov"):
        lr, mu, *wd = s
        g = emit.add(g, emit.mul(wd[0](), w.node)) if wd else g
        v = emit.add(emit.mul(mu(), w.states[0]), g)
        d = emit.add(g, emit.mul(mu(), v)) if w.rule == "nesterov" else v
        return [emit.sub(w.node, emit.mul(lr(), d)), v]
    lr, b1, a1, b2, a2, c1, c2, eps, *wd = s
    p = w.node
    if wd and w.rule == "adamw":
        p = emit.sub(p, emit.mul(lr(), emit.mul(wd[0](), p)))
    elif wd:
        g = emit.add(g, emit.mul(wd[0](), p))
    m = emit.add(emit.mul(b1(), w.states[0]), emit.mul(a1(), g))
    v = emit.add(emit.mul(b2(), w.states[1]), emit.mul(a2(), emit.mul(g, g)))
    d = emit.mul(lr(), emit.div(emit.div(m, c1()), emit.add(emit.sqrt(emit.div(v, c2())), eps())))
    return [emit.sub(p, d), m, v]


def files(forward: Graph, plan: Plan) -> Files:
    """The words of forward graph, plan and step."""
    return graph_words(forward), plan_words(plan), graph_words(stepped(forward, plan))


def of_op(tag: str, seed: int) -> Files:
    """The step of one random op."""
    graph = graph_of(sample(tag, seed), weights=True)
    return files(*planned(graph, seed, limit=(0.0, 0.5, 0.0)[seed % 3], norm=seed % 3 == 2))


def tags() -> Sequence[str]:
    """Ops with a gradient."""
    return sorted(MAKERS)


def tanh_net(limit: float = 1.0, depth: int = 1, kept: int = 1, norm: bool = False) -> Files:
    """A weight of three elements used ``depth`` times."""
    emit = GraphEmitter(Builder("net"), ALL)
    w, x = emit.input(shape=(3,)), emit.input(shape=(3,))
    y = x
    for _ in range(depth):
        y = emit.tanh(emit.mul(y, w))
    loops = Loops((3,))
    loss = emit.move(y, shape=(), loops=loops, out=loops.view(), src=loops.view(0))
    return files(*planned(emit.builder.finish(loss), 3, limit, kept, norm))
