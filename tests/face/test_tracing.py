"""Traces: the graph computes what eager execution computes, and leaves the model as it was."""

from __future__ import annotations

import numpy as np
import pytest

from provenn import GraphError, Tensor, UnsupportedError, grad, manual_seed, nn, no_grad
from provenn import functional as F  # noqa: N812
from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.eval.run import execute, run
from provenn.ir.graph import check_constants
from provenn.tensor import random
from tests.face.judge import normal

X, Y = normal(6, 1, 8, 8), np.array([0, 1, 2, 3, 4, 0], np.float32)


def model() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Dropout(0.25), nn.Linear(27, 5))


def feeds(trace: nn.Trace, state: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Arguments, then whatever stands in the model, then masks drawn as eager execution draws them."""
    places = {**trace.parameters, **trace.buffers}
    assert list(places.values()) == list(range(trace.arguments, trace.arguments + len(places)))
    types = [trace.graph.nodes[i].type for i in trace.graph.inputs]
    assert trace.graph.inputs == tuple(range(len(types)))
    masks = [random.bernoulli(m.probability, types[m.input].shape) for m in trace.masks]
    return [X, Y, *(np.asarray(state[k], np.float32) for k in places), *masks]


def test_a_train_step_in_both_ways() -> None:
    net = model()
    before = net.to_numpy()
    made = nn.trace(lambda x, y: F.cross_entropy(net(x), y), X.shape, Y.shape, model=net)
    assert all((before[k] == v).all() for k, v in net.to_numpy().items())
    assert list(made.parameters) == [k for k, _ in net.named_parameters()]
    assert list(made.changed) == ["1.running_mean", "1.running_var", "1.num_batches_tracked"]
    assert list(made.buffers) == list(made.changed)
    assert [(m.probability, m.kind) for m in made.masks] == [(0.75, "bernoulli")]
    assert [made.graph.nodes[k].name for k in made.parameters.values()] == list(made.parameters)
    assert {"conv", "linear", "relu", "reshape"} <= {n.op.tag for n in made.graph}

    manual_seed(7)
    graph = lower(made.graph)
    whole = gradient(graph, list(made.parameters.values()))
    manual_seed(7)
    values = execute(whole, feeds(made, before))
    manual_seed(7)
    loss = F.cross_entropy(net(Tensor(X)), Y)
    loss.backward()
    assert values[0] == loss.item()
    for key, place in made.changed.items():
        assert np.allclose(values[place], dict(net.named_buffers())[key].numpy(), rtol=1e-6, atol=1e-7)
    for got, p in zip(values[made.results + len(made.changed) :], net.parameters(), strict=True):
        assert p.grad is not None
        assert np.abs(got - p.grad.numpy()).max() <= 1e-6 * np.abs(got).max()


def test_models_in_use_have_neither_masks_nor_changes() -> None:
    net = model().eval()
    made = nn.trace(net, X.shape)
    assert (made.masks, dict(made.changed), made.arguments, made.results) == ((), {}, 1, 1)
    assert "1.num_batches_tracked" not in made.buffers
    values = execute(made.graph, [X, *(net.to_numpy()[k] for k in (*made.parameters, *made.buffers))])
    assert np.allclose(values[0], net(X).numpy(), rtol=1e-6, atol=1e-6)


def test_only_what_is_used_becomes_an_input() -> None:
    class Half(nn.Module):
        def __init__(self) -> None:
            self.used, self.idle = nn.Linear(2, 2), nn.Linear(2, 2)

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            y = self.used(x)
            return y, y * 2

    made = nn.trace(Half(), (1, 2))
    assert list(made.parameters) == ["used.weight", "used.bias"]
    assert made.results == 2


def test_constants_stay_small() -> None:
    made = nn.trace(lambda x: (x * 2.0 + 1.0).sum(), (100, 100))
    assert all(n.type.size == 1 for n in made.graph if n.is_parameter)


def test_derivatives_inside_a_trace() -> None:
    made = nn.trace(grad(lambda x: (x * x * x).sum()), (3,))
    assert execute(made.graph, [np.array([1, 2, 3], np.float32)])[0].tolist() == [3, 12, 27]


def test_values_are_put_back_after_an_error() -> None:
    net = model()
    with pytest.raises(GraphError, match="PNN-FACE-902"):
        nn.trace(lambda x: net(x) * net(x).sum().item(), X.shape, model=net)
    net(X)

    def cut(x: Tensor) -> Tensor:
        with no_grad():
            return net(x)

    with pytest.raises(UnsupportedError, match="PNN-FACE-909"):
        nn.trace(cut, X.shape, model=net)
    net(X)


def test_networks_to_verify() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.BatchNorm1d(8), nn.ReLU(),
                        nn.Dropout(), nn.Linear(8, 3))
    net(X)
    graph = check_constants(nn.network(net, 1, 1, 8, 8))
    assert net.training
    tags = {"input", "parameter", "reshape", "linear", "sub", "mul", "add", "relu"}
    assert {n.op.tag for n in graph} == tags
    assert graph.parameters.keys() >= {"1.weight", "1.bias", "5.weight", "5.bias"}
    net.eval()
    assert np.allclose(run(graph, X[:, None])[:, 0], net(X).numpy(), rtol=1e-5, atol=1e-6)
