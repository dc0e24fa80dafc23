"""functional against torch.nn.functional, name for name."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from provenn import GraphError, ShapeError, Tensor, manual_seed
from provenn import functional as ours
from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.eval.backends import compile_graph
from provenn.eval.run import execute
from provenn.nn import trace
from tests.face.judge import agree, far, normal, torch

theirs = torch.nn.functional
SAME: dict[str, tuple[Any, list[tuple[int, ...]]]] = {
    "relu": (lambda F, x: F.relu(x), [(40,)]),
    "leaky_relu": (lambda F, x: F.leaky_relu(x, 0.2), [(40,)]),
    "sigmoid": (lambda F, x: F.sigmoid(3 * x), [(40,)]),
    "tanh": (lambda F, x: F.tanh(x), [(40,)]),
    "softplus": (lambda F, x: F.softplus(x) + F.softplus(x, 2.0), [(40,)]),
    "silu": (lambda F, x: F.silu(x), [(40,)]),
    "gelu": (lambda F, x: F.gelu(x), [(40,)]),
    "gelu tanh": (lambda F, x: F.gelu(x, approximate="tanh"), [(40,)]),
    "softmax": (lambda F, x: F.softmax(x, 1) + F.softmax(x, dim=-1), [(3, 4, 5)]),
    "log_softmax": (lambda F, x: F.log_softmax(x, 0), [(3, 4)]),
    "linear": (lambda F, x, w, b: F.linear(x, w, b), [(2, 3, 4), (5, 4), (5,)]),
    "linear bare": (lambda F, x, w: F.linear(x, w), [(4,), (5, 4)]),
    "conv2d": (lambda F, x, w, b: F.conv2d(x, w, b), [(2, 3, 7, 6), (4, 3, 3, 2), (4,)]),
    "conv2d strided": (lambda F, x, w: F.conv2d(x, w, stride=2, padding=1), [(2, 3, 7, 8), (4, 3, 3, 3)]),
    "conv2d dilated": (lambda F, x, w: F.conv2d(x, w, stride=(1, 2), padding=(2, 0), dilation=(2, 1)),
                       [(2, 2, 7, 8), (3, 2, 3, 3)]),
    "conv2d groups": (lambda F, x, w, b: F.conv2d(x, w, b, padding=1, groups=2),
                      [(2, 4, 5, 5), (6, 2, 3, 3), (6,)]),
    "max_pool2d": (lambda F, x: F.max_pool2d(x, 2), [(2, 3, 7, 8)]),
    "max_pool2d moving": (lambda F, x: F.max_pool2d(x, 3, 2, 1), [(2, 3, 7, 8)]),
    "max_pool2d oblong": (lambda F, x: F.max_pool2d(x, (1, 3), (2, 1)), [(2, 3, 7, 8)]),
    "avg_pool2d": (lambda F, x: F.avg_pool2d(x, 2), [(2, 3, 7, 8)]),
    "avg_pool2d moving": (lambda F, x: F.avg_pool2d(x, 3, 2, 1), [(2, 3, 7, 8)]),
    "adaptive": (lambda F, x: F.adaptive_avg_pool2d(x, 1), [(2, 3, 7, 8)]),
    "adaptive grid": (lambda F, x: F.adaptive_avg_pool2d(x, (2, 4)), [(2, 3, 6, 8)]),
    "layer_norm": (lambda F, x, w, b: F.layer_norm(x, (3, 4), w, b), [(5, 3, 4), (3, 4), (3, 4)]),
    "pad": (lambda F, x: F.pad(x, (1, 2, 0, 3)) * F.pad(x, (1, 2, 0, 3), value=2.5), [(2, 3, 4)]),
    "mse": (lambda F, x, y: F.mse_loss(x, y), [(4, 3), (4, 3)]),
    "mse sum": (lambda F, x, y: F.mse_loss(x, y, reduction="sum"), [(4, 3), (4, 3)]),
    "l1": (lambda F, x, y: F.l1_loss(x, y), [(4, 3), (4, 3)]),
    "bce": (lambda F, x, y: F.binary_cross_entropy_with_logits(x, y, reduction="none"), [(4, 3), (4, 3)]),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_as_pytorch(case: str) -> None:
    function, shapes = SAME[case]
    agree(lambda *xs: function(ours, *xs), lambda *xs: function(theirs, *xs),
          [normal(*s, seed=k) for k, s in enumerate(shapes)], 2e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("shape", [(5, 7), (7,), (5, 7, 2, 3)])
def test_cross_entropy(reduction: str, shape: tuple[int, ...]) -> None:
    logits = 3 * normal(*shape)
    axis = 1 if len(shape) > 1 else 0
    rest = shape[:axis] + shape[axis + 1 :]
    classes = np.random.default_rng(1).integers(0, shape[axis], rest)
    agree(lambda x: ours.cross_entropy(x, classes, reduction),
          lambda x: theirs.cross_entropy(x, torch.from_numpy(np.asarray(classes)), reduction=reduction),
          [logits])
    soft = np.exp(normal(*shape, seed=3))
    soft /= soft.sum(axis, keepdims=True)
    agree(lambda x: ours.cross_entropy(x, soft, reduction),
          lambda x: theirs.cross_entropy(x, torch.tensor(soft, dtype=x.dtype), reduction=reduction), [logits])


def test_all_of_it_compiles() -> None:
    pytest.importorskip("jax")
    feeds = {case: [normal(*s, seed=k) for k, s in enumerate(shapes)] for case, (_, shapes) in SAME.items()}

    def total(*xs: Tensor) -> Tensor:
        given = iter(xs)
        parts = [function(ours, *(next(given) for _ in shapes)) for function, shapes in SAME.values()]
        return functools.reduce(Tensor.__add__, [part.tanh().sum() for part in parts])

    flat = [a for arrays in feeds.values() for a in arrays]
    graph = gradient(lower(trace(total, *(a.shape for a in flat)).graph))
    compiled = compile_graph(graph)
    for got, right in zip(compiled.host(compiled(flat)), execute(graph, flat), strict=True):
        assert far(got, right) <= 1e-5


def test_nll_loss() -> None:
    classes = np.array([0, 2, 1])
    agree(lambda x: ours.nll_loss(ours.log_softmax(x, 1), classes),
          lambda x: theirs.nll_loss(theirs.log_softmax(x, 1), torch.from_numpy(classes)), [normal(3, 4)])


def test_large_logits_do_not_overflow() -> None:
    x = Tensor([[1000.0, 0.0], [-1000.0, 0.0]], requires_grad=True)
    loss = ours.cross_entropy(x, np.array([0, 0]))
    loss.backward()
    assert loss.item() == 500.0
    assert x.grad is not None
    assert np.isfinite(x.grad.numpy()).all()


def test_batch_norm() -> None:
    x, w, b, m = normal(4, 3, 5, 5), normal(3), normal(3, seed=1), normal(3, seed=2)
    v = np.exp(normal(3, seed=3))
    agree(lambda x, w, b: ours.batch_norm(x, Tensor(m), Tensor(v), w, b),
          lambda x, w, b: theirs.batch_norm(x, *(torch.tensor(a, dtype=x.dtype) for a in (m, v)), w, b),
          [x, w, b], 2e-6)
    agree(lambda x, w, b: ours.batch_norm(x, *ours.moments(x), w, b),
          lambda x, w, b: theirs.batch_norm(x, None, None, w, b, training=True), [x, w, b], 5e-6)


def test_embedding_and_one_hot() -> None:
    ids = np.array([[1, 0], [3, 1]])
    agree(lambda w: ours.embedding(ids, w), lambda w: theirs.embedding(torch.from_numpy(ids), w),
          [normal(4, 5)])
    assert (ours.one_hot(ids, 4).numpy() == theirs.one_hot(torch.from_numpy(ids), 4).numpy()).all()


@pytest.mark.parametrize("bad", [[-1], [4], [0.5], [np.nan]])
def test_class_numbers_are_checked(bad: list[float]) -> None:
    with pytest.raises(GraphError, match="PNN-FACE-913"):
        ours.one_hot(np.array(bad), 4)


def test_ties_of_max_pooling_go_to_the_first() -> None:
    x = np.zeros((1, 1, 4, 4), np.float32)
    agree(lambda x: ours.max_pool2d(x, 2), lambda x: theirs.max_pool2d(x, 2), [x])
    agree(lambda x: ours.max_pool2d(x, 3, 1, 1), lambda x: theirs.max_pool2d(x, 3, 1, 1), [x])


def test_kinks_as_pytorch() -> None:
    x = np.zeros(1, np.float32)
    for name in ("relu", "leaky_relu"):
        agree(getattr(ours, name), getattr(theirs, name), [x])


def test_dropout() -> None:
    x = Tensor(np.ones((100, 100)), requires_grad=True)
    y = ours.dropout(x, 0.3)
    y.sum().backward()
    assert x.grad is not None
    assert far(x.grad, y) == 0
    assert set(np.unique(y.numpy())) == {np.float32(0), np.float32(1) * np.float32(1 / 0.7)}
    assert abs(y.mean().item() - 1) < 0.03
    assert ours.dropout(x, 0.3, training=False) is x
    assert not ours.dropout(x, 1.0).numpy().any()
    manual_seed(5)
    first = ours.dropout(x, 0.5).numpy()
    manual_seed(5)
    assert (ours.dropout(x, 0.5).numpy() == first).all()


def test_losses_never_broadcast() -> None:
    x = Tensor(np.zeros((4, 3)))
    for loss, target in ((ours.mse_loss, (3,)), (ours.l1_loss, (4, 1)), (ours.cross_entropy, (4, 1)),
                         (ours.cross_entropy, (1,)), (ours.binary_cross_entropy_with_logits, (4, 1)),
                         (ours.nll_loss, (1,))):
        with pytest.raises(ShapeError, match="PNN-SHAPE-102"):
            loss(x, np.zeros(target))


def test_refusals() -> None:
    image = Tensor(np.zeros((1, 1, 5, 5)))
    with pytest.raises(ShapeError, match="PNN-SHAPE-108"):
        ours.max_pool2d(image, 6)
    with pytest.raises(ShapeError, match="PNN-FACE-912"):
        ours.adaptive_avg_pool2d(image, 2)
    with pytest.raises(ShapeError, match="PNN-FACE-912"):
        ours.layer_norm(image, (4,))
    with pytest.raises(ShapeError, match=r"PNN-SHAPE-104.*\n.*test_functional\.py:\d+: ours\.linear"):
        ours.linear(image, Tensor(np.zeros((2, 4))))
    with pytest.raises(ShapeError, match="PNN-SHAPE-107"):
        ours.conv2d(image, Tensor(np.zeros((1, 2, 3, 3))))
