"""Tensors: arithmetic, movement and reductions as in PyTorch, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from provenn import GraphError, ShapeError, Tensor, no_grad
from provenn.tensor import graph_of
from provenn.tensor.core import concat
from tests.face.judge import agree, normal, torch

SAME: dict[str, tuple[Any, list[tuple[int, ...]]]] = {
    "add": (lambda x, y: x + y, [(2, 3), (3,)]),
    "sub": (lambda x, y: x - y, [(2, 1), (1, 3)]),
    "mul": (lambda x, y: x * y, [(4, 2, 3), (2, 1)]),
    "div": (lambda x, y: x / (2.0 + y * y), [(2, 3), ()]),
    "numbers": (lambda x: 2.0 - 3 * x + x / 4 + 1 / (x * x + 1), [(2, 3)]),
    "neg abs": (lambda x: abs(-x), [(2, 3)]),
    "squares": (lambda x: x**2 + x**3, [(5,)]),
    "powers": (lambda x: (x * x + 1.0) ** 0.5 + (x * x + 1.0) ** -2 + (x * x + 1.0) ** 1.5, [(5,)]),
    "exp log": (lambda x: (x.exp() + 1.0).log() + x.tanh() * x.sigmoid(), [(5, 2)]),
    "sin cos": (lambda x: x.sin() * x.cos(), [(5, 2)]),
    "relu": (lambda x: x.relu(), [(20,)]),
    "sum": (lambda x: x.sum() * 1.0, [(3, 4)]),
    "sum of axes": (lambda x: x.sum((0, -1)), [(3, 4, 2)]),
    "sum kept": (lambda x: x.sum(1, keepdim=True) * x, [(3, 4, 2)]),
    "mean": (lambda x: x.mean() + x.mean(0) + x.mean(-1, keepdim=True), [(3, 4)]),
    "var": (lambda x: x.var(1) + x.var(0, correction=0).sum(), [(4, 4)]),
    "logsumexp": (lambda x: x.logsumexp(1) * 2 + x.logsumexp(2, keepdim=True).sum(1), [(3, 4, 4)]),
    "reshape": (lambda x: x.reshape(2, -1) * x.view((2, 6)), [(3, 4)]),
    "flatten": (lambda x: x.flatten(1) * x.sum() + x.flatten(-1), [(3, 4)]),
    "flatten more": (lambda x: x.flatten(1, 2) + x.flatten(1, 2), [(2, 3, 4, 5)]),
    "permute": (lambda x: x.permute(2, 0, 1) * x.permute(2, 0, 1), [(2, 3, 4)]),
    "transpose": (lambda x: x.transpose(0, -1) @ x.T.T.transpose(0, 1).T, [(3, 3)]),
    "unsqueeze": (lambda x: x.unsqueeze(0) * x.unsqueeze(-1).squeeze(-1), [(3, 4)]),
    "expand": (lambda x: x.expand(3, -1, 4) * 2.0, [(2, 1)]),
    "matrix matrix": (lambda x, y: x @ y, [(3, 4), (4, 5)]),
    "matrix vector": (lambda x, y: x @ y, [(3, 4), (4,)]),
    "vector matrix": (lambda x, y: x @ y, [(4,), (4, 5)]),
    "vector vector": (lambda x, y: x @ y, [(4,), (4,)]),
    "batches": (lambda x, y: x @ y, [(2, 1, 3, 4), (5, 4, 2)]),
    "batch matrix": (lambda x, y: x.matmul(y), [(2, 3, 4), (4, 5)]),
    "index": (lambda x: x[1] * x[-1], [(3, 4)]),
    "index two": (lambda x: x[1, 2] * 1.0, [(3, 4)]),
    "slices": (lambda x: x[1:, :-1] * x[:2, 1:], [(3, 4)]),
    "strides": (lambda x: x[::2, 1::2], [(5, 6)]),
    "new axes": (lambda x: x[None, ..., 0] * x[..., 1:2].T, [(3, 4)]),
    "twice": (lambda x: (x * x) @ (x * x).T, [(3, 3)]),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_as_pytorch(case: str) -> None:
    function, shapes = SAME[case]
    agree(function, function, [normal(*s, seed=k) for k, s in enumerate(shapes)])


@pytest.mark.parametrize("axis", [None, 0, 1, 2])
def test_extremes(axis: int | None) -> None:
    every: Any = (0, 1, 2) if axis is None else axis
    x = normal(3, 5, 4)
    agree(lambda x: x.max(axis) * 1.0, lambda x: x.amax(every), [x])
    agree(lambda x: x.min(axis, keepdim=True), lambda x: x.amin(every, keepdim=True), [x])


def test_first_of_equal_maxima_gets_the_gradient() -> None:
    x = Tensor([1.0, 3.0, 3.0, 2.0, 3.0], requires_grad=True)
    x.max().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0, 1, 0, 0, 0]


def test_comparisons() -> None:
    x, y = Tensor([1.0, 2.0, 3.0]), Tensor([3.0, 2.0, 1.0])
    assert (x == y).tolist() == [0, 1, 0]
    assert (x > y).tolist() == [0, 0, 1]
    assert (x < 2).tolist() == [1, 0, 0]
    assert len({x, y, x}) == 2


def test_other_things_are_not_equal() -> None:
    x = Tensor([1.0])
    assert (x == None) is False  # noqa: E711
    assert x != "text"
    assert (x ** 0).tolist() == [1.0]


def test_concat() -> None:
    agree(lambda x, y: concat([x, y, x], 1), lambda x, y: torch.cat([x, y, x], 1),
          [normal(2, 3), normal(2, 1)])


@pytest.mark.parametrize("data", [
    1, [1, 2], np.arange(6).reshape(2, 3), np.float64(0.1), np.ones(3, bool), np.ones((2, 2), ">f8"),
    np.ones((4, 4))[::2, ::3], torch.ones(2, 3), torch.arange(3), (1.5, 2),
], ids=repr)
def test_everything_becomes_binary32(data: Any) -> None:
    x = Tensor(data)
    assert x.dtype == "float32"
    assert x.numpy().dtype == np.float32
    assert x.shape == np.shape(data)
    assert (x.numpy() == np.asarray(data, np.float32)).all()


def test_no_alias_with_what_it_was_made_from() -> None:
    a = np.ones(3, np.float32)
    x = Tensor(a)
    a[0] = 5
    x.numpy()[1] = 5
    assert x.tolist() == [1, 1, 1]


@pytest.mark.parametrize("bad", [[], [[1], [2, 3]], "text", [1j], None, object(), np.zeros((0, 3))],
                         ids=lambda v: type(v).__name__)
def test_what_is_no_tensor(bad: Any) -> None:
    with pytest.raises(GraphError, match="PNN-FACE-901"):
        Tensor(bad)


def test_numpy_leaves_operators_to_tensors() -> None:
    a = np.array([1.0, 2.0])
    assert isinstance(a + Tensor([1.0, 1.0]), Tensor)
    assert isinstance(np.float64(2) * Tensor([1.0, 1.0]), Tensor)
    assert isinstance(np.eye(2) @ Tensor([1.0, 1.0]), Tensor)
    assert np.from_dlpack(Tensor([1.0, 2.0])).tolist() == [1, 2]  # type: ignore[arg-type]
    assert torch.from_dlpack(Tensor([1.0, 2.0])).tolist() == [1, 2]
    assert np.asarray(Tensor([1.0])).dtype == np.float32


def test_gradients_add_up_until_forgotten() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    (x * 3).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [5, 7]


def test_backward_of_more_than_a_number_needs_a_cotangent() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(GraphError, match="PNN-GRAPH-105"):
        (x * x).backward()
    (x * x).backward(Tensor([1.0, 10.0]))
    assert x.grad is not None
    assert x.grad.tolist() == [2, 40]
    with pytest.raises(ShapeError, match="PNN-FACE-908"):
        (x * x).backward(Tensor([1.0]))


def test_gradients_are_those_of_the_values_that_were_used() -> None:
    w = Tensor([2.0], requires_grad=True)
    early, late = (w * w).sum(), w.detach()
    w.assign([5.0])
    with pytest.raises(GraphError, match="PNN-FACE-919"):
        early.backward()
    (w * w * late).sum().backward()
    assert w.grad is not None
    assert w.grad.tolist() == [20.0]
    array = np.asarray(w)
    array[0] = 7.0
    assert w.item() == 5.0


def test_nothing_is_remembered_without_need() -> None:
    x = Tensor([1.0], requires_grad=True)
    with no_grad():
        assert (x * 2).op is None
    assert (x * 2).detach().op is None
    assert (Tensor([1.0]) * 2).op is None
    assert (x * 2).op is not None

    @no_grad()
    def inner(depth: int) -> bool:
        return (x * 2).op is None and (depth == 0 or inner(depth - 1))

    assert inner(3)
    assert (x * 2).op is not None


def test_infinities_pass_silently_through_values_and_gradients() -> None:
    x = Tensor([0.0, 1000.0], requires_grad=True)
    y = x.log().sum() + x.exp().sum()
    y.backward()
    assert x.grad is not None
    assert np.isinf(x.grad.numpy()).any() or np.isnan(x.grad.numpy()).any()


def test_long_chains_do_not_exhaust_the_stack() -> None:
    x = Tensor([1.0], requires_grad=True)
    y = x
    for _ in range(2000):
        y = y + 1.0
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1]


def test_graph_of_reads_like_the_program() -> None:
    x, w = Tensor(normal(2, 3), requires_grad=True), Tensor(normal(4, 3), requires_grad=True)
    y = (x @ w.T).relu().sum()
    graph = graph_of([y], [x, w])
    assert [n.op.tag for n in graph] == ["input", "input", "transpose", "contract", "relu", "move"]


def test_errors_name_the_line() -> None:
    x = Tensor(np.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"test_tensor\.py:\d+: _ = x \+ np\.zeros\(4\)"):
        _ = x + np.zeros(4)
    with pytest.raises(ShapeError, match=r"PNN-SHAPE-109.*\n.*test_tensor\.py:\d+: x\.reshape\(4, 2\)"):
        x.reshape(4, 2)
    with pytest.raises(ShapeError, match="PNN-FACE-904"):
        x[5]
    with pytest.raises(ShapeError, match="PNN-FACE-904"):
        x[:, :, 0]
    with pytest.raises(ShapeError, match="PNN-FACE-903"):
        x.expand(4, 3)


def test_text() -> None:
    assert repr(Tensor([1.0, 2.5])) == "Tensor([1. , 2.5])"
    assert repr(Tensor(1.0, requires_grad=True)) == "Tensor(1., requires_grad=True)"
