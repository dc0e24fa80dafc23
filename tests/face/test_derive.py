"""Derivatives as functions of functions, nested, against PyTorch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from provenn import GraphError, Tensor, grad, jvp, value_and_grad, vjp
from provenn.functional import conv2d, softmax
from tests.face.judge import far, normal, torch


def double(a: np.ndarray) -> Any:
    return torch.tensor(a, dtype=torch.float64)


def smooth(x: Any) -> Any:
    return (x.exp() * x.sin() + (x * x + 1.0).log()).sum() / (1.0 + (x * x).sum())


def test_gradients_of_gradients() -> None:
    x = normal(4)
    ours: Callable[..., Any] = smooth
    theirs: Callable[..., Any] = smooth
    for bound in (1e-6, 2e-6, 5e-6):
        ours = grad(ours)
        theirs = torch.func.grad(theirs)
        assert far(ours(Tensor(x)), theirs(double(x))) <= bound
        ours, theirs = _summed(ours), _summed(theirs)


def _summed(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: (f(x) * f(x)).sum()


def test_value_and_several_arguments() -> None:
    x, w, c = normal(3), normal(2, 3), normal(2)

    def f(x: Any, w: Any, c: Any) -> Any:
        return ((w @ x).tanh() * c).sum()

    value, (gw, gx) = value_and_grad(f, (1, 0))(Tensor(x), Tensor(w), c)
    assert far(value, f(double(x), double(w), double(c))) <= 1e-6
    tw, tx = torch.func.grad(f, (1, 0))(double(x), double(w), double(c))
    assert far(gw, tw) <= 1e-6
    assert far(gx, tx) <= 1e-6


def test_tensors_of_the_surroundings_keep_their_history() -> None:
    a = Tensor([2.0], requires_grad=True)
    inner = grad(lambda x: (a * a * x * x).sum())(Tensor([3.0]))
    inner.sum().backward()                      # d/da of 2 a^2 x
    assert inner.tolist() == [24.0]
    assert a.grad is not None
    assert a.grad.tolist() == [24.0]
    mixed = grad(lambda y: grad(lambda x: (x * y * y).sum())(Tensor([1.0])).sum())
    assert mixed(Tensor([5.0])).tolist() == [10.0]


def test_what_does_not_depend_has_zero_gradient() -> None:
    assert grad(lambda x: Tensor(3.0))(Tensor([1.0, 2.0])).tolist() == [0, 0]
    assert grad(lambda x: x.step().sum())(Tensor([1.0, 2.0])).tolist() == [0, 0]


def test_only_scalars_have_gradients() -> None:
    with pytest.raises(GraphError, match="PNN-GRAPH-105"):
        grad(lambda x: x * 2)(Tensor([1.0, 2.0]))


def network(x: Any, w: Any, conv: Any, soft: Any) -> Any:
    return soft(conv(x, w).relu(), 1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_vjp_and_jvp() -> None:
    x, w = normal(2, 3, 6, 6), normal(4, 3, 3, 3)
    v, u, ct = normal(2, 3, 6, 6, seed=1), normal(4, 3, 3, 3, seed=2), normal(2, 4, 4, 4, seed=3)

    def ours(x: Any, w: Any) -> Any:
        return network(x, w, conv2d, softmax)

    def theirs(x: Any, w: Any) -> Any:
        return network(x, w, torch.nn.functional.conv2d, torch.softmax)

    y, pull = vjp(ours, Tensor(x), Tensor(w))
    ty, tpull = torch.func.vjp(theirs, double(x), double(w))
    assert far(y, ty) <= 1e-6
    for mine, other in zip(pull(ct), tpull(double(ct))):
        assert far(mine, other) <= 2e-6
    y, push = jvp(ours, (x, w), (v, u))
    ty, tpush = torch.func.jvp(theirs, (double(x), double(w)), (double(v), double(u)))
    assert far(y, ty) <= 1e-6
    assert far(push, tpush) <= 2e-6


def test_several_results() -> None:
    (y, z), pull = vjp(lambda x: (x * 2, x * x), Tensor([3.0]))
    assert (y.tolist(), z.tolist()) == ([6.0], [9.0])
    assert pull([1.0], [10.0])[0].tolist() == [62.0]
    _, (dy, dz) = jvp(lambda x: (x * 2, x * x), ([3.0],), ([1.0],))
    assert (dy.tolist(), dz.tolist()) == ([2.0], [6.0])


def test_hessian_times_vector() -> None:
    x, v = normal(5), normal(5, seed=1)
    _, product = jvp(grad(smooth), (x,), (v,))
    right = torch.autograd.functional.hvp(smooth, double(x), double(v))[1]
    assert far(product, right) <= 5e-6
