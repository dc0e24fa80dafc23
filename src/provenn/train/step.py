"""The train step as one graph: forward, loss, backward, clipping, update; and its compiled form.

    step = provenn.compile(model, nn.CrossEntropyLoss(), optim.Adam(model.parameters(), lr=1e-3))
    for x, y in loader:
        loss = step(x, y)                # a number on the device; float(loss) waits for it
    step.sync()                          # the model has the new weights

The nodes of the graph come in this order: those of the lowered forward graph, the optimiser's states and
scalars as inputs, what reverse mode appends to all these, norm and clipping where asked for,
the updates. This is what
theories/Autodiff/Step.v makes of forward graph and plan, node for node (docs/gradients.md). Eager mode runs
the same operations: with the backend "numpy" the results are equal bit for bit, with others up to the order
of sums (docs/training.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.autodiff.lower import lower
from provenn.autodiff.plan import Plan, Trained, plan_words
from provenn.autodiff.reverse import gradient
from provenn.base.words import to_bytes
from provenn.errors import UsageError
from provenn.eval.backends import Executable, compile_graph
from provenn.io.output import write_atomically
from provenn.ir.canonical import graph_hash, graph_words
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.nn import Module, Trace, trace
from provenn.ops import ALL
from provenn.optim import Optimizer, updates
from provenn.tensor import Tensor
from provenn.train.checkpoint import make_folder
from provenn.verify import checker
from provenn.verify.checker import CheckResult

Shapes = tuple[tuple[int, ...], ...]
Key = tuple[Shapes, tuple[updates.Rule, ...]]
Objective = Callable[..., Tensor]


@dataclass(frozen=True)
class StepGraph:
    """A train step.

    Inputs: those of ``forward``, which are arguments, parameters, buffers, masks, states, scalars.
    Outputs: loss, norm of the gradient before clipping if it is measured, parameters, states, changed
    buffers.
    """

    graph: Graph = field(repr=False)
    forward: Graph = field(repr=False)
    backward: Graph = field(repr=False)
    plan: Plan = field(repr=False)
    trace: Trace = field(repr=False)
    trained: tuple[str, ...]
    states: tuple[tuple[str, str], ...]
    scalars: tuple[tuple[int, str], ...]

    @property
    def donate(self) -> dict[int, int]:
        """Which input gives its memory to which output: everything that the step replaces."""
        first = len(self.forward.inputs) - len(self.states) - len(self.scalars)
        given = [self.trace.parameters[k] for k in self.trained]
        given += [first + k for k in range(len(self.states))]
        given += [self.trace.buffers[k] for k in self.trace.changed]
        return {source: 1 + self.plan.measured + k for k, source in enumerate(given)}


def step_graph(traced: Trace, optimizer: Optimizer, keys: Mapping[int, str], clip: float = 0.0,
               norm: bool = False) -> StepGraph:
    """The step of a traced loss (its first result, a scalar).

    ``keys`` maps ``id(parameter)`` to its key. Only parameters that the optimiser holds and the loss
    depends on are trained. Raises UsageError PNN-TRAIN-977 when there is none.
    """
    lowered = lower(traced.graph)
    groups = {keys[id(p)]: n for n, group in enumerate(optimizer.param_groups) for p in group["params"]
              if id(p) in keys}
    trained = tuple(k for k in traced.parameters if k in groups)
    if not trained:
        raise UsageError("PNN-TRAIN-977", "there is nothing to train", expected="parameters of the model",
                         got="an optimizer that holds none on which the loss depends",
                         hint="make the optimizer from model.parameters() of this model")
    builder = Builder(lowered.name, list(lowered.nodes))
    nodes = {k: lowered.inputs[traced.parameters[k]] for k in trained}
    rules = [optimizer.rule(group) for group in optimizer.param_groups]
    states = tuple((key, slot) for key in trained for slot in rules[groups[key]].states)
    place = {(key, slot): builder.add(ALL["input"], name=f"{key}.{slot}",
                                      shape=builder.nodes[nodes[key]].type.shape) for key, slot in states}
    scalars = tuple((n, name) for n, rule in enumerate(rules) for name in rule.scalars)
    given = {(n, name): builder.add(ALL["input"], name=f"{name}{n or ''}", shape=()) for n, name in scalars}
    forward = Graph(tuple(builder.nodes), lowered.outputs, lowered.name)
    ruled = [(k, groups[k], rules[groups[k]]) for k in trained]
    weights = tuple(Trained(nodes[k], rule.name, tuple(place[k, name] for name in rule.states),
                            tuple(given[n, name] for name in rule.scalars)) for k, n, rule in ruled)
    plan = Plan(weights, clip, len(forward.outputs) - 1, norm)
    backward, graph = stepped(forward, plan, [rule for _, _, rule in ruled])
    return StepGraph(graph, forward, backward, plan, traced, trained, states, scalars)


def stepped(forward: Graph, plan: Plan, rules: Sequence[updates.Rule]) -> tuple[Graph, Graph]:
    """(forward graph with gradients, the whole step) for a plan whose weights have these rules.

    The nodes are those of theories/Autodiff/Step.v, in its order.
    """
    backward = gradient(forward, [w.node for w in plan.weights])
    emit = GraphEmitter(Builder(forward.name, list(backward.nodes)), ALL)
    grads = list(backward.outputs[len(forward.outputs) :])
    limit = emit.scalar(plan.limit) if plan.limit else None
    norms = [updates.norm(emit, grads)] if plan.measured else []
    if limit is not None:
        grads = updates.clip(emit, grads, norms[0], limit)
    made = [rule.emit(emit, w.node, g, w.states, dict(zip(rule.scalars, w.scalars)))
            for rule, w, g in zip(rules, plan.weights, grads)]
    outputs = (forward.output, *norms, *(m[0] for m in made), *(s for m in made for s in m[1:]),
               *forward.outputs[1:])
    return backward, Graph(tuple(emit.builder.nodes), outputs, forward.name)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number that may still be in the making on its device; ``float`` waits for it."""

    value: Any
    run: Executable

    def __float__(self) -> float:
        return float(self.run.host([self.value])[0])


class TrainStep:
    """A compiled train step and the state that stays on its device between calls.

    ``objective(model, *batch, **scalars)`` is the loss. With ``clip`` or ``norm``, ``self.norm`` is the norm
    of the gradient in the last step, before clipping. Compiled once for each shape of the batch, at the
    first call with it, and anew when a group's weight decay becomes 0 or ceases to be. Raises what tracing,
    ``step_graph`` and ``compile_graph`` raise.
    """

    def __init__(self, model: Module, objective: Objective, optimizer: Optimizer, *, clip: float = 0.0,
                 norm: bool = False, scalars: Sequence[str] = (), backend: str = "xla",
                 reproducible: bool = False, seed: int = 0) -> None:
        self.model, self.objective, self.optimizer = model, objective, optimizer
        self.clip, self.measure, self.extra, self.seed = clip, norm, tuple(scalars), seed
        self.backend, self.reproducible = backend, reproducible
        self.norm: Scalar | None = None
        self.made: dict[Key, tuple[StepGraph, Executable]] = {}
        self.take()

    def take(self) -> None:
        """Start from what the model and the optimiser hold now."""
        self.values: dict[str, Any] = {k: np.array(p.known()) for k, p in self.model.named_parameters()}
        self.values |= {k: np.array(b.known()) for k, b in self.model.named_buffers()}
        self.slots: dict[tuple[str, str], Any] = dict(self._optimizer_slots())
        self.count = self.optimizer.steps

    def build(self, *shapes: tuple[int, ...]) -> StepGraph:
        """The graph for arguments of these shapes, without compiling it."""
        names = {id(p): k for k, p in self.model.named_parameters()}
        count = len(shapes)

        def function(*args: Tensor) -> Tensor:
            return self.objective(self.model, *args[:count], **dict(zip(self.extra, args[count:])))

        mode = self.model.training
        self.model.train()
        try:
            traced = trace(function, *shapes, *[()] * len(self.extra), model=self.model, name="step")
        finally:
            self.model.train(mode)
        return step_graph(traced, self.optimizer, names, self.clip, self.measure)

    def compiled(self, *shapes: tuple[int, ...]) -> tuple[StepGraph, Executable]:
        """The graph and what runs it, for arguments of these shapes."""
        key = self._key(shapes)
        if key not in self.made:
            plan = self.build(*shapes)
            self.made[key] = plan, compile_graph(plan.graph, self.backend, plan.donate, self.reproducible)
        return self.made[key]

    def _key(self, shapes: Shapes) -> Key:
        """What the graph depends on: the rules too, as options of the optimiser may change between steps."""
        return shapes, tuple(self.optimizer.rule(group) for group in self.optimizer.param_groups)

    def __call__(self, *batch: Any, lr: float | None = None, **scalars: float) -> Scalar:
        """One step; returns the loss, still on the device.

        ``lr`` sets the learning rate of all groups from now on.
        """
        arrays = [np.asarray(x, np.float32) for x in batch]
        plan, run = self.compiled(*(x.shape for x in arrays))
        for group in self.optimizer.param_groups if lr is not None else ():
            group["lr"] = lr
        self.count += 1
        loss, *rest = run(self.feeds(plan, arrays, scalars))
        new = iter(rest)
        self.norm = Scalar(next(new), run) if plan.plan.measured else None
        self.values |= {k: next(new) for k in plan.trained}
        self.slots |= {pair: next(new) for pair in plan.states}
        self.values |= {k: next(new) for k in plan.trace.changed}
        return Scalar(loss, run)

    def feeds(self, plan: StepGraph, arrays: Sequence[Any], scalars: Mapping[str, float]) -> list[Any]:
        """What step number ``count`` reads, in the order of the graph's inputs."""
        rows = [self.optimizer.scalars(group, self.count) for group in self.optimizer.param_groups]
        t = plan.trace
        return [*arrays, *(np.float32(scalars[name]) for name in self.extra),
                *(self.values[k] for k in (*t.parameters, *t.buffers)), *self._masks(plan),
                *(self.slots[pair] for pair in plan.states), *(rows[n][name] for n, name in plan.scalars)]

    def extras(self) -> dict[str, float]:
        """Values of ``scalars`` that the next step takes unless told otherwise."""
        return {}

    def _masks(self, plan: StepGraph) -> list[NDArray[np.float32]]:
        """Random masks that depend on the seed and the number of the step only."""
        if not plan.trace.masks:
            return []
        draw = np.random.default_rng([self.seed, 1, self.count])
        types = [plan.forward.nodes[plan.forward.inputs[m.input]].type for m in plan.trace.masks]
        return [(draw.random(t.shape, np.float32) < m.probability).astype(np.float32)
                for t, m in zip(types, plan.trace.masks)]

    def host(self, values: Sequence[Any]) -> list[NDArray[Any]]:
        """Values of the device as NumPy arrays."""
        values = [v.value if isinstance(v, Scalar) else v for v in values]
        run = next((run for _, run in self.made.values()), None)
        return [np.array(v) for v in values] if run is None else list(run.host(values))

    def sync(self) -> Module:
        """Give model and optimiser what the device holds; returns the model."""
        self._assign(dict(zip(self.values, self.host(list(self.values.values())))),
                     dict(zip(self.slots, self.host(list(self.slots.values())))))
        return self.model

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """All tensors that continuing needs: ``model.KEY``, ``optimizer.KEY.SLOT``, ``steps``."""
        names = [*(f"model.{k}" for k in self.values), *(f"optimizer.{k}.{s}" for k, s in self.slots)]
        made = dict(zip(names, self.host([*self.values.values(), *self.slots.values()])))
        return {**made, "steps": np.array([self.count], np.int64)}

    def load_state_dict(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Continue from ``state_dict``. Raises UsageError PNN-TRAIN-972 for that of another model."""
        mine = {k: v.shape for k, v in self.state_dict().items()}
        theirs = {k: v.shape for k, v in tensors.items()}
        if mine != theirs:
            differ = sorted(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k))[0]
            raise UsageError("PNN-TRAIN-972", "the state is of another run", where=differ,
                             expected=mine.get(differ, "no such tensor"),
                             got=theirs.get(differ, "no such tensor"))
        self.values = {k: np.array(tensors[f"model.{k}"]) for k in self.values}
        self.slots = {(k, s): np.array(tensors[f"optimizer.{k}.{s}"]) for k, s in self.slots}
        self.count = int(tensors["steps"][0])
        self._assign(self.values, self.slots)

    def plan(self, shapes: Shapes) -> StepGraph:
        """The graph for arguments of these shapes, as compiled where it is compiled already."""
        key = self._key(shapes)
        return self.made[key][0] if key in self.made else self.build(*shapes)

    def save(self, folder: str | Path, shapes: Shapes) -> list[Path]:
        """Write graphs and plan for these shapes in canonical form, and ``step.json`` that explains them."""
        place, plan = make_folder(folder), self.plan(shapes)
        for name, graph in (("forward", plan.forward), ("backward", plan.backward), ("step", plan.graph)):
            write_atomically(place / f"{name}.pvn", to_bytes(graph_words(graph)))
        write_atomically(place / "plan.pvn", to_bytes(plan_words(plan.plan)))
        write_atomically(place / "step.json", json.dumps(self.facts(shapes), indent=2) + "\n")
        return [place / f"{n}" for n in ("forward.pvn", "backward.pvn", "plan.pvn", "step.pvn", "step.json")]

    def check(self, shapes: Shapes) -> CheckResult:
        """Let the checker extracted from Coq make the step from forward graph and plan, and compare.

        Raises what ``provenn.verify.checker.run_step`` raises.
        """
        plan = self.plan(shapes)
        return checker.run_step(graph_words(plan.forward), plan_words(plan.plan), graph_words(plan.graph))

    def facts(self, shapes: Shapes) -> dict[str, Any]:
        """What the graphs for these shapes are, by node number, and their SHA-256."""
        plan = self.plan(shapes)
        t, forward, backward = plan.trace, plan.forward, plan.backward
        count = len(forward.outputs)
        inputs = [plan.graph.nodes[i].name for i in plan.graph.inputs]
        return {
            "forward_sha256": graph_hash(forward), "backward_sha256": graph_hash(backward),
            "step_sha256": graph_hash(plan.graph), "nodes": len(plan.graph.nodes),
            "forward_nodes": len(forward.nodes), "gradient_nodes": len(backward.nodes),
            "loss": forward.output,
            "wrt": {k: forward.inputs[t.parameters[k]] for k in plan.trained},
            "gradients": dict(zip(plan.trained, backward.outputs[count:])),
            "rules": [self.optimizer.rule(g).name for g in self.optimizer.param_groups], "clip": self.clip,
            "inputs": inputs, "arguments": t.arguments, "masks": [m.probability for m in t.masks],
            "states": [list(pair) for pair in plan.states], "scalars": [list(pair) for pair in plan.scalars],
            "outputs": ["loss", *["norm"] * plan.plan.measured, *plan.trained,
                        *(".".join(p) for p in plan.states), *t.changed],
            "theorem": checker.STEP_THEOREM,
        }

    def _optimizer_slots(self) -> list[tuple[tuple[str, str], Any]]:
        names = {id(p): k for k, p in self.model.named_parameters()}
        rules = [self.optimizer.rule(g) for g in self.optimizer.param_groups for _ in g["params"]]
        return [((names[id(p)], slot), array)
                for p, rule, arrays in zip(self.optimizer.parameters, rules, self.optimizer.state)
                for slot, array in zip(rule.states, arrays) if id(p) in names]

    def _assign(self, values: Mapping[str, Any], slots: Mapping[tuple[str, str], Any]) -> None:
        for key, tensor in (*self.model.named_parameters(), *self.model.named_buffers()):
            tensor.assign(values[key])
        names = {id(p): k for k, p in self.model.named_parameters()}
        rules = [self.optimizer.rule(g) for g in self.optimizer.param_groups for _ in g["params"]]
        for n, (p, rule) in enumerate(zip(self.optimizer.parameters, rules)):
            if id(p) in names:
                self.optimizer.state[n] = [np.array(slots[names[id(p)], slot]) for slot in rule.states]
        self.optimizer.steps = self.count


def compile_step(model: Module, loss: Callable[[Any, Any], Tensor], optimizer: Optimizer,
                 **options: Any) -> TrainStep:
    """The train step of ``loss(model(x), y)``; ``options`` as for TrainStep."""
    return TrainStep(model, lambda m, x, y: loss(m(x), y), optimizer, **options)
