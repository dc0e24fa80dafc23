"""The train step: one graph, equal to eager mode, to PyTorch, and to itself after an interruption."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import provenn
from provenn import nn, optim
from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.base.words import to_bytes
from provenn.errors import ProvennError, UsageError
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.tensor import Tensor
from provenn.train import tie
from provenn.train.models import WIDTHS, build, design
from provenn.train.step import TrainStep
from provenn.verify.checker import CheckResult

RNG = np.random.default_rng(5)
X = RNG.random((6, 1, 8, 8), np.float32)
Y = np.array([0, 1, 2, 2, 1, 0])
CLASSES = ("a", "b", "c")
OPTIMIZERS: dict[str, Callable[[Any], optim.Optimizer]] = {
    "sgd": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, weight_decay=1e-3),
    "nesterov": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda ps: optim.Adam(ps, lr=0.01),
    "adamw": lambda ps: optim.AdamW(ps, lr=0.01, weight_decay=0.1),
}


def model(name: str = "mlp", seed: int = 0) -> nn.Module:
    provenn.manual_seed(seed)
    widths = {"mlp": (7,), "cnn": (2, 3, 5), "resnet": (2, 3), "strided": (2, 3, 5)}.get(name, ())
    return build(design(name, (1, 8, 8), CLASSES, widths))


def stepper(net: nn.Module, kind: str = "adam", backend: str = "numpy", **options: Any) -> TrainStep:
    made = provenn.compile(net, nn.CrossEntropyLoss(), OPTIMIZERS[kind](net.parameters()), backend=backend,
                           **options)
    assert isinstance(made, TrainStep)
    return made


def eager(net: nn.Module, kind: str, count: int, clip: float = 0.0) -> list[float]:
    """The same steps, operation by operation."""
    optimizer, losses = OPTIMIZERS[kind](net.parameters()), []
    for _ in range(count):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(net(Tensor(X)), Y)
        loss.backward()
        if clip:
            optim.clip_grad_norm_(net.parameters(), clip)
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
@pytest.mark.parametrize("clip", [0.0, 0.1])
def test_compiled_by_numpy_is_eager_bit_for_bit(kind: str, clip: float) -> None:
    one, two = model(), model()
    step = stepper(one, kind, clip=clip)
    losses = [float(step(X, Y)) for _ in range(5)]
    assert losses == eager(two, kind, 5, clip)
    step.sync()
    for key, value in two.to_numpy().items():
        assert np.array_equal(one.to_numpy()[key], value), key


@pytest.mark.parametrize(("name", "backend"), [*((n, "xla") for n in sorted(WIDTHS)), ("mlp", "iree")])
def test_compiled_is_eager_up_to_the_order_of_sums(name: str, backend: str) -> None:
    pytest.importorskip({"xla": "jax", "iree": "iree.compiler"}[backend])
    one, two = model(name), model(name)
    step = stepper(one, "sgd", backend)
    losses = [float(step(X, Y)) for _ in range(5)]
    assert np.allclose(losses, eager(two, "sgd", 5), rtol=1e-4)
    for key, value in two.to_numpy().items():
        assert np.allclose(step.sync().to_numpy()[key], value, rtol=1e-3, atol=2e-5), key


@pytest.mark.parametrize("name", ["mlp", "cnn", "resnet"])
def test_a_run_is_pytorch_s(name: str) -> None:
    torch = pytest.importorskip("torch")
    net = model(name)
    other = twin(torch, name)
    other.load_state_dict({k: torch.from_numpy(v) for k, v in net.to_numpy().items()})
    theirs = torch.optim.SGD(other.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
    step = stepper(net, "sgd")
    for _ in range(8):
        theirs.zero_grad()
        loss = torch.nn.functional.cross_entropy(other(torch.from_numpy(X)), torch.from_numpy(Y))
        loss.backward()
        theirs.step()
        assert float(step(X, Y)) == pytest.approx(loss.item(), rel=1e-3)
    for key, value in other.state_dict().items():
        assert np.allclose(step.sync().to_numpy()[key], value.numpy(), rtol=1e-2, atol=1e-4), key


def twin(torch: Any, name: str) -> Any:
    """The same architecture in PyTorch, with the same keys."""
    t = torch.nn
    if name == "mlp":
        return t.Sequential(t.Flatten(), t.Linear(64, 7), t.ReLU(), t.Linear(7, 3))
    if name == "cnn":
        return t.Sequential(t.Conv2d(1, 2, 3, padding=1), t.ReLU(), t.MaxPool2d(2),
                            t.Conv2d(2, 3, 3, padding=1),
                            t.ReLU(), t.MaxPool2d(2), t.Flatten(), t.Linear(12, 5), t.ReLU(),
                            t.Linear(5, 3))

    class Block(t.Module):  # type: ignore[misc, name-defined]
        def __init__(self, a: int, b: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.bn1 = t.Conv2d(a, b, 3, stride, 1, bias=False), t.BatchNorm2d(b)
            self.conv2, self.bn2 = t.Conv2d(b, b, 3, 1, 1, bias=False), t.BatchNorm2d(b)
            self.skip = t.Sequential() if stride == 1 else t.Sequential(
                t.Conv2d(a, b, 1, stride, bias=False), t.BatchNorm2d(b))

        def forward(self, x: Any) -> Any:
            y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
            return torch.relu(y + self.skip(x))

    return t.Sequential(t.Conv2d(1, 2, 3, 2, 1, bias=False), t.BatchNorm2d(2), t.ReLU(), Block(2, 2, 1),
                        Block(2, 3, 2),
                        t.AdaptiveAvgPool2d(1), t.Flatten(), t.Linear(3, 3))


def test_the_graph_begins_with_what_reverse_mode_makes() -> None:
    step = stepper(model("cnn"), "adam", clip=0.5)
    plan = step.build(X.shape, Y.shape)
    lowered = lower(plan.trace.graph)
    further = plan.forward.nodes[len(lowered.nodes) :]
    start = Graph(plan.forward.nodes[: len(lowered.nodes)], plan.forward.outputs)
    assert np.array_equal(graph_words(start), graph_words(lowered))
    assert [n.op.tag for n in further] == ["input"] * (len(plan.states) + len(plan.scalars))
    wrt = [plan.forward.inputs[plan.trace.parameters[k]] for k in plan.trained]
    made = gradient(plan.forward, wrt)
    assert np.array_equal(graph_words(plan.backward), graph_words(made))
    assert all(a is b for a, b in zip(plan.graph.nodes, plan.backward.nodes))
    assert not any(n.is_input for n in plan.graph.nodes[len(made.nodes) :])


@pytest.mark.parametrize("clip", [0.0, 0.5])
@pytest.mark.parametrize("rule", sorted(OPTIMIZERS))
@pytest.mark.parametrize("name", ["mlp", "resnet"])
def test_the_proved_transformation_makes_the_same_step(
    name: str, rule: str, clip: float, checker_program: Path
) -> None:
    said = stepper(model(name), rule, clip=clip).check((X.shape, Y.shape))
    assert said.accepted, f"{said.reason} {said.detail}"
    assert said.facts["clipping"] == (f"{clip}" if clip else "none")


def test_groups_are_part_of_the_plan(checker_program: Path) -> None:
    net = model("cnn")
    one, *others = net.parameters()
    groups = [{"params": others}, {"params": [one], "lr": 1.0}]
    step = provenn.compile(net, nn.CrossEntropyLoss(), optim.AdamW(groups),
                           backend="numpy")
    plan = step.build(X.shape, Y.shape).plan
    assert len({w.scalars for w in plan.weights}) == 2
    assert step.check((X.shape, Y.shape)).accepted


@pytest.mark.parametrize(("reason", "words"), [
    ("stack-overflow", "not compared with the proved transformation: stack-overflow"),
    ("malformed", "NOT THE PROVED ONE: the checker rejected the step graph (malformed)"),
])
def test_refusals_are_told_apart_from_failures(reason: str, words: str) -> None:
    said = CheckResult(accepted=False, reason=reason, facts={}, seconds=0.0, binary_sha256="")
    assert tie.sentence(tie.record(said)) == words


def test_donated_inputs_are_the_ones_that_are_replaced() -> None:
    plan = stepper(model("resnet"), "adam").build(X.shape, Y.shape)
    types = [plan.graph.nodes[i].type for i in plan.graph.inputs]
    results = [plan.graph.nodes[i].type for i in plan.graph.outputs]
    assert all(types[a] == results[b] for a, b in plan.donate.items())
    assert sorted(plan.donate.values()) == list(range(1, len(results)))


def test_the_norm_is_that_of_the_gradient_before_clipping() -> None:
    net, other = model(), model()
    step = stepper(net, "sgd", clip=1e-3)
    step(X, Y)
    assert step.norm is not None
    norm = float(step.norm)
    nn.CrossEntropyLoss()(other(Tensor(X)), Y).backward()
    squares = sum(float((p.grad.numpy() ** 2).sum()) for p in other.parameters() if p.grad is not None)
    assert norm == pytest.approx(np.sqrt(squares), rel=1e-5)


def test_the_norm_is_an_output_only_if_it_is_asked_for(checker_program: Path) -> None:
    plain, asked, clipped = (stepper(model(), **o) for o in ({}, {"norm": True}, {"clip": 1e9}))
    losses = [[float(step(X, Y)) for _ in range(3)] for step in (plain, asked, clipped)]
    assert plain.norm is None
    assert losses[0] == losses[1] == losses[2]
    assert asked.norm is not None
    assert clipped.norm is not None
    assert float(asked.norm) == float(clipped.norm)
    shapes = (X.shape, Y.shape)
    for step, word in ((plain, "no"), (asked, "yes"), (clipped, "yes")):
        assert step.check(shapes).facts["norm"] == word
        assert step.facts(shapes)["outputs"].count("norm") == (word == "yes")


@pytest.mark.parametrize("kind", ["nesterov", "adam", "adamw"])
def test_weight_decay_may_change_between_steps(kind: str, checker_program: Path) -> None:
    one, two = model(), model()
    step, optimizer = stepper(one, kind), OPTIMIZERS[kind](two.parameters())
    shapes = (X.shape, Y.shape)
    for decay in (0.0, 0.1, 0.2, 0.0):
        step.optimizer.param_groups[0]["weight_decay"] = decay
        optimizer.param_groups[0]["weight_decay"] = decay
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(two(Tensor(X)), Y)
        loss.backward()
        optimizer.step()
        assert float(step(X, Y)) == loss.item()
        assert step.check(shapes).facts["decayed"] == ("4" if decay else "0")
    assert len(step.made) == 2
    for key, value in two.to_numpy().items():
        assert np.array_equal(step.sync().to_numpy()[key], value), key


@pytest.mark.parametrize("backend", ["numpy", "xla"])
def test_a_state_continues_bit_for_bit(backend: str) -> None:
    if backend == "xla":
        pytest.importorskip("jax")
    name = "resnet" if backend == "numpy" else "mlp"
    whole, first, second = (stepper(model(name), "adam", backend) for _ in range(3))
    for _ in range(6):
        whole(X, Y)
    for _ in range(2):
        first(X, Y)
    second.load_state_dict(first.state_dict())
    for _ in range(4):
        second(X, Y)
    for key, value in whole.state_dict().items():
        assert np.array_equal(second.state_dict()[key], value), key


class Dropping(nn.Module):
    def __init__(self) -> None:
        self.layer, self.drop = nn.Linear(64, 3), nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        made = self.layer(self.drop(x.flatten(1)))
        assert isinstance(made, Tensor)
        return made


def test_masks_depend_on_seed_and_step() -> None:
    def losses(seed: int) -> list[float]:
        provenn.manual_seed(0)
        step = stepper(Dropping(), "sgd", seed=seed)
        return [float(step(X, Y, lr=0.0)) for _ in range(4)]

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)
    assert len(set(losses(1))) == 4


def test_shapes_may_change_between_steps_and_modes_are_kept() -> None:
    net = model().eval()
    step = stepper(net)
    before = float(step(X, Y))
    step(X[:2], Y[:2])
    assert len(step.made) == 2
    assert float(step(X, Y)) < before
    assert not net.training


def test_eager_goes_on_where_compiled_stopped() -> None:
    net = model()
    step = stepper(net, "adam")
    step(X, Y)
    step.sync()
    assert step.optimizer.steps == 1
    again = TrainStep(net, step.objective, step.optimizer, backend="numpy")
    whole = stepper(model(), "adam")
    assert [float(again(X, Y))] == [float(whole(X, Y)) for _ in range(2)][1:]


def test_scalars_of_the_loss_are_inputs() -> None:
    net = model()
    step = TrainStep(net, lambda m, x, y, weight: weight * nn.CrossEntropyLoss()(m(x), y),
                     OPTIMIZERS["sgd"](net.parameters()), scalars=("weight",), backend="numpy")
    one, two = float(step(X, Y, lr=0.0, weight=1.0)), float(step(X, Y, lr=0.0, weight=2.0))
    assert two == pytest.approx(2 * one)
    assert len(step.made) == 1


def test_frozen_parameters_stay() -> None:
    net = model()
    layers = list(net.children())
    step = provenn.compile(net, nn.CrossEntropyLoss(), optim.SGD(layers[-1].parameters(), lr=0.1),
                           backend="numpy")
    before = net.to_numpy()
    step(X, Y)
    after = step.sync().to_numpy()
    assert {k for k in before if not np.array_equal(before[k], after[k])} == {"3.weight", "3.bias"}


def test_graphs_are_written(tmp_path: Path) -> None:
    step = stepper(model())
    shapes = (X.shape, Y.shape)
    files = step.save(tmp_path / "gradient", shapes)
    facts = json.loads(files[-1].read_text())
    plan = step.build(*shapes)
    assert (tmp_path / "gradient" / "step.pvn").read_bytes() == to_bytes(graph_words(plan.graph))
    assert facts["outputs"][:4] == ["loss", "1.weight", "1.bias", "3.weight"]
    assert len(facts["outputs"]) == len(plan.graph.outputs)
    assert len(facts["inputs"]) == len(plan.graph.inputs)
    assert plan.graph.nodes[facts["wrt"]["1.weight"]].name == "1.weight"
    step(X, Y)
    assert step.facts(shapes) == facts


def test_compiled_models_answer_as_eager_ones() -> None:
    net = model("resnet")
    stepper(net, "sgd").sync()
    asked = provenn.compile(net, backend="numpy")
    net.eval()
    assert np.array_equal(asked(X), net(Tensor(X)).numpy())
    net.train()
    assert np.array_equal(asked(X[:2]), net.eval()(Tensor(X[:2])).numpy())


def test_wrong_uses_are_refused() -> None:
    net = model()
    with pytest.raises(UsageError, match="PNN-TRAIN-978"):
        provenn.compile(net, nn.CrossEntropyLoss())  # type: ignore[call-overload]
    with pytest.raises(UsageError, match="PNN-TRAIN-977"):
        provenn.compile(net, nn.CrossEntropyLoss(), OPTIMIZERS["sgd"](model().parameters()),
                        backend="numpy")(X, Y)
    with pytest.raises(ProvennError, match="PNN-CLI-821"):
        stepper(net, backend="tpu")(X, Y)
    other = stepper(model("linear"))
    with pytest.raises(UsageError, match="PNN-TRAIN-972"):
        stepper(net).load_state_dict(other.state_dict())
