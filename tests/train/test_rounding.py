"""Bounds of rounding errors of a train step: against random orders of all sums, and over the reals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import provenn
from provenn import nn, optim
from provenn.base.views import View
from provenn.bounds.running import apart, enclosures
from provenn.cli.app import run
from provenn.eval.run import execute
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from provenn.train import rounding
from provenn.train.step import StepGraph, TrainStep

RNG = np.random.default_rng(11)
X = (RNG.random((8, 9)) * (RNG.random((8, 9)) < 0.6)).astype(np.float32)
Y = np.array([0, 1, 2, 2, 1, 0, 1, 1])
OPTIMIZERS = {
    "sgd": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, weight_decay=1e-3),
    "adam": lambda ps: optim.Adam(ps, lr=0.01),
    "adamw": lambda ps: optim.AdamW(ps, lr=0.01, weight_decay=0.1),
}


def stepper(kind: str = "sgd", steps: int = 3, clip: float = 0.0, scale: float = 1.0) -> TrainStep:
    """A small network after some steps."""
    provenn.manual_seed(1)
    net = nn.Sequential(nn.Linear(9, 7), nn.ReLU(), nn.Linear(7, 3))
    made = provenn.compile(net, nn.CrossEntropyLoss(), OPTIMIZERS[kind](net.parameters()), backend="numpy",
                           clip=clip, norm=True)
    assert isinstance(made, TrainStep)
    for _ in range(steps):
        made(X, Y)
    made.values = {k: (v * np.float32(scale)).astype(np.float32) for k, v in made.values.items()}
    return made


def prepared(step: TrainStep) -> tuple[StepGraph, list[np.ndarray]]:
    plan = step.plan((X.shape, Y.shape))
    step.count += 1
    return plan, [np.asarray(f, np.float32) for f in step.feeds(plan, [X, Y.astype(np.float32)], {})]


def places(view: View, sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Flat position of every loop point in a tensor, and whether it lies inside."""
    points = np.indices(sizes).reshape(len(sizes), -1)
    flat, inside = np.zeros(points.shape[1], int), np.ones(points.shape[1], bool)
    for d in view.dims:
        at = d.offset + sum((c * p for c, p in zip(d.coefficients, points)), np.zeros(points.shape[1], int))
        inside &= (at >= 0) & (at < d.size)
        flat = flat * d.size + at
    return np.where(inside, flat, 0), inside


def summed(rng: np.random.Generator, values: np.ndarray, where: np.ndarray, size: int,
           depth: int) -> np.ndarray:
    """Elements of ``values`` added at ``where``, in binary32, in a random tree."""
    order = rng.permutation(len(values))
    if depth and len(values) > 1:
        half = rng.integers(1, len(values))
        return np.add(*(summed(rng, values[part], where[part], size, depth - 1)
                        for part in (order[:half], order[half:])))
    total = np.zeros(size, np.float32)
    np.add.at(total, where[order], values[order])
    return total


def in_some_order(graph: Graph, feeds: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Every node in binary32, all sums in random orders."""
    made: list[np.ndarray] = []
    given = iter(feeds)
    for node in graph:
        args = [made[k] for k in node.inputs]
        if not node.inputs:
            made.append(np.asarray(next(given) if node.value is None else node.value, np.float32))
        elif node.op.tag in ("contract", "move"):
            names = ("left", "right") if node.op.tag == "contract" else ("src",)
            sizes = node.attrs["loops"].sizes
            where, kept = places(node.attrs["out"], sizes)
            values = np.ones(len(where), np.float32)
            for name, arg in zip(names, args):
                at, inside = places(node.attrs[name], sizes)
                values = values * np.where(inside, arg.ravel()[at], np.float32(0))
            total = summed(rng, values[kept], where[kept], node.type.size, int(rng.integers(0, 5)))
            made.append(total.reshape(node.type.shape))
        else:
            kernel = node.op.need("kernel")
            made.append(kernel(None, node.attrs, *(a[None] for a in args))[0].astype(np.float32))
    return made


@pytest.mark.parametrize("clip", [0.0, 0.05])
@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
def test_every_order_stays_within_the_bound(kind: str, clip: float) -> None:
    plan, feeds = prepared(stepper(kind, clip=clip))
    everything = range(len(plan.graph.nodes))
    runs, reals = (enclosures(plan.graph, feeds, everything, unit) for unit in (2.0**-24, 0.0))
    bounds = [apart(runs[i], reals[i]) for i in everything]
    outputs = Graph(plan.graph.nodes, tuple(everything))
    exact = execute(outputs, [f.astype(np.longdouble) for f in feeds])
    worst = 0.0
    for i in everything:
        assert (reals[i][0] <= exact[i]).all(), plan.graph.where(i)
        assert (exact[i] <= reals[i][1]).all(), plan.graph.where(i)
    for seed in range(8):
        for i, value in enumerate(in_some_order(plan.graph, feeds, np.random.default_rng(seed))):
            far = abs(value - exact[i])
            assert (far <= bounds[i]).all(), plan.graph.where(i)
            worst = max(worst, float((far / np.maximum(bounds[i], 1e-300)).max(initial=0)))
    assert worst > 1e-3, "no order came near any bound: are errors measured at all?"


def test_the_orders_differ() -> None:
    plan, feeds = prepared(stepper())
    one, two = (in_some_order(plan.graph, feeds, np.random.default_rng(seed)) for seed in (0, 1))
    assert any(not np.array_equal(a, b) for a, b in zip(one, two))


def test_a_gradient_in_fifty_digits() -> None:
    """Cross-entropy of one dense layer: (softmax - target) x / count, by mpmath; 1 / 8 is exact."""
    mpmath = pytest.importorskip("mpmath")
    provenn.manual_seed(3)
    net = nn.Linear(9, 3)
    step = TrainStep(net, lambda m, x, y: nn.CrossEntropyLoss()(m(x), y), optim.SGD(net.parameters(), lr=0.5),
                     norm=True, backend="numpy")
    found = {d.name: d for d in rounding.measure(step, X, Y, lr=0.5)}
    plan, feeds = prepared(step)
    w, b = (feeds[plan.trace.parameters[k]] for k in ("weight", "bias"))
    with mpmath.workdps(50):
        exact = mpmath.matrix(3, 9)
        loss = mpmath.mpf(0)
        for x, y in zip(X, Y):
            scores = [mpmath.fdot(map(float, w[c]), map(float, x)) + float(b[c]) for c in range(3)]
            whole = sum(mpmath.exp(s) for s in scores)
            loss += (mpmath.log(whole) - scores[y]) / len(X)
            for c in range(3):
                for k in range(9):
                    exact[c, k] += (mpmath.exp(scores[c]) / whole - (c == y)) * float(x[k]) / len(X)
        want = np.array(exact.tolist(), float)
    node = plan.backward.outputs[len(plan.forward.outputs)]
    runs, reals = (enclosures(plan.graph, feeds, {node}, unit) for unit in (2.0**-24, 0.0))
    low, high = reals[node]
    assert (low - 1e-15 <= want).all()
    assert (want <= high + 1e-15).all()
    assert np.isclose(found["loss"].size, float(loss), rtol=1e-13)
    for seed in range(8):
        made = in_some_order(plan.graph, feeds, np.random.default_rng(seed))
        assert (abs(made[node] - want) <= apart(runs[node], reals[node])).all()
        assert abs(made[plan.graph.output] - float(loss)) <= found["loss"].bound


def one(tag: str, *shapes: tuple[int, ...], **attrs: Any) -> Graph:
    builder = Builder()
    operands = [builder.add(ALL["input"], shape=s) for s in shapes]
    return builder.finish(builder.add(ALL[tag], *operands, **attrs))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 1e4])
def test_logsumexp_stays_within_its_own_rounding(scale: float) -> None:
    graph = one("logsumexp", (5, 12), dims=(5, 12, 1), shape=(5,))
    for seed in range(40):
        x = (np.random.default_rng(seed).standard_normal((5, 12)) * scale).astype(np.float32)
        exact = execute(graph, [x.astype(np.longdouble)])[0]
        runs = enclosures(graph, [x], {graph.output})[graph.output]
        got = execute(graph, [x])[0]
        assert ((runs[0] <= got) & (got <= runs[1]) & (runs[0] <= exact) & (exact <= runs[1])).all()
        assert (runs[1] - runs[0] < 1e-5 * (1 + abs(exact))).all()


def test_subnormal_numbers_may_be_flushed() -> None:
    """Whether 1e-39 counts as positive depends on the machine; whether 0 does, not."""
    graph = one("step", (3,))
    low, high = enclosures(graph, [np.array([1e-39, 0, 1e-37], np.float32)], {1})[1]
    assert low.tolist() == [0, 0, 1]
    assert high.tolist() == [1, 0, 1]


def test_what_may_overflow_has_no_bound() -> None:
    step = stepper(scale=1e30)
    found = rounding.measure(step, X, Y, lr=0.1)
    assert all(d.vacuous for d in found if d.name.startswith(("update", "gradient")))
    assert found[-1].data()["bound"] is None
    assert "VACUOUS" in rounding.sentence(found[-1])
    json.dumps([d.data() for d in found], allow_nan=False)


def test_nothing_changes() -> None:
    step = stepper()
    before, rates = step.state_dict(), [g["lr"] for g in step.optimizer.param_groups]
    found = rounding.measure(step, X, Y, lr=0.3)
    assert [g["lr"] for g in step.optimizer.param_groups] == rates
    assert all(np.array_equal(v, before[k]) for k, v in step.state_dict().items())
    assert not found[0].vacuous
    assert found[0].seen <= found[0].bound
    assert {"loss", "norm", "gradient 0.weight", "update 2.bias", "all updates"} <= {d.name for d in found}


def test_gelu_is_covered() -> None:
    """The error function and its derivative, which rounds more than once."""
    provenn.manual_seed(2)
    net = nn.Sequential(nn.Linear(9, 7), nn.GELU(), nn.Linear(7, 3))
    step = TrainStep(net, lambda m, x, y: nn.CrossEntropyLoss()(m(x), y), optim.SGD(net.parameters(), lr=0.5),
                     backend="numpy")
    found = rounding.measure(step, X, Y, lr=0.1)
    assert all(d.seen <= d.bound or np.isnan(d.seen) for d in found)
    assert not any(d.vacuous for d in found)


@pytest.mark.parametrize("tag", ["erf", "gauss"])
def test_functions_of_normal_distributions_stay_inside(tag: str) -> None:
    """Computed in binary32 by a formula, against the exact value and its enclosure."""
    x = np.concatenate([np.linspace(-9, 9, 500), [0.0, 1e-3, 20.0]]).astype(np.float32)
    graph = one(tag, x.shape)
    low, high = enclosures(graph, [x], {graph.output})[graph.output]
    run = np.float32(2 / np.sqrt(np.pi)) * np.exp(-(x * x)) if tag == "gauss" else execute(graph, [x])[0]
    exact = enclosures(graph, [x], {graph.output}, unit=0.0)[graph.output][0]
    for y in (np.ravel(run), exact):
        assert ((low <= y) & (y <= high)).all()
    assert (high - low <= 1e-4 * np.abs(exact) + 1e-35).all()


def test_the_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["train", "digits", "--model", "linear", "--epochs", "1", "--backend", "numpy", "--bound", "--out",
            str(tmp_path / "run")]
    assert run(args) == 0
    said = capsys.readouterr().out
    assert "loss: " in said
    assert "tested, not proved" in said
    kept = json.loads((tmp_path / "run" / "rounding.json").read_text())
    loss = kept["bounds"][0]
    assert loss["name"] == "loss"
    assert loss["seen"] <= loss["bound"] < loss["size"]
    assert run([*args[:-2], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rounding"][0]["name"] == "loss"
