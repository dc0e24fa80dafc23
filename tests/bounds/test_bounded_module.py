"""Bounds called as in auto_LiRPA: sound, in order of tightness, and no looser than auto_LiRPA's own."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn import BoundedModule, BoundedTensor, PerturbationLpNorm, nn
from provenn.errors import PropertyError, ShapeError, UnsupportedError
from provenn.eval.run import run
from provenn.ir.graph import Graph
from tests.bounds import nets

METHODS = ["IBP", "CROWN-IBP", "CROWN", "alpha-CROWN"]
NETS = {"mnistfc_256x4": ("mnist_fc/onnx/mnist-net_256x4.onnx", "mnist"),
        "oval21_cifar_base_kw": ("oval21/onnx/cifar_base_kw.onnx", "cifar"),
        "oval21_cifar_base_kw_specbox": ("oval21/onnx/cifar_base_kw.onnx", "cifarspec")}
FLOAT32 = 1e-4
SLACK = 1e-9


def ball(x: Any, **how: Any) -> BoundedTensor:
    return BoundedTensor(x, PerturbationLpNorm(norm=np.inf, **how))


def batch_of_boxes(graph: Graph, count: int) -> tuple[Any, Any, Any]:
    """Boxes of different sizes, [count, …] each, and rows [count, 3, outputs]."""
    rng = np.random.default_rng(0)
    shape = graph.input_type.shape
    shape = shape[1:] if shape[0] == 1 else shape
    lo = rng.normal(size=(count, *shape))
    hi = lo + rng.uniform(0, 1, (count, *(1 for _ in shape))) * rng.uniform(0, 1, (count, *shape))
    return lo, hi, rng.normal(size=(count, 3, graph.output_type.size))


@pytest.mark.parametrize("kind", nets.KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_samples_lie_inside(kind: str, method: str) -> None:
    graph = nets.KINDS[kind](1)
    lo, hi, c = batch_of_boxes(graph, 5)
    module = BoundedModule(graph, lo)
    boxes = ball(lo, x_L=lo, x_U=hi)
    ends = [(rows, *module.compute_bounds(x=(boxes,), C=rows, method=method, iterations=6))
            for rows in (c, None)]
    rng = np.random.default_rng(2)
    for k in range(100):
        share = rng.random(lo.shape)
        y = module(lo + (np.round(share) if k % 3 == 0 else share) * (hi - lo))
        for rows, low, high in ends:
            found = y if rows is None else np.einsum("bsy,by->bs", rows, y)
            assert low is not None
            assert high is not None
            assert low.shape == high.shape == found.shape
            assert (low - SLACK <= found).all()
            assert (found <= high + SLACK).all()


# Lines around curves and planes around products may be looser than intervals.
@pytest.mark.parametrize("kind", sorted(set(nets.KINDS) - {"curved", "products", "forms", "stepped"}))
def test_dearer_methods_are_tighter(kind: str) -> None:
    graph = nets.KINDS[kind](3)
    lo, hi, c = batch_of_boxes(graph, 4)
    module = BoundedModule(graph, lo)
    lower = [module.compute_bounds(x=(ball(lo, x_L=lo, x_U=hi),), C=c, method=m)[0] for m in METHODS]
    for loose, tight in pairwise(lower):
        assert loose is not None
        assert tight is not None
        assert (tight >= loose - SLACK).all()


@pytest.mark.parametrize("method", METHODS)
def test_rows_of_a_batch_do_not_meet(method: str) -> None:
    graph = nets.dense(5)
    lo, hi, c = batch_of_boxes(graph, 3)
    module = BoundedModule(graph, lo)
    whole = module.compute_bounds(x=(ball(lo, x_L=lo, x_U=hi),), C=c, method=method)
    for k in range(3):
        some = slice(k, k + 1)
        one = module.compute_bounds(x=(ball(lo[some], x_L=lo[some], x_U=hi[some]),), C=c[some], method=method)
        for a, b in zip(whole, one):
            assert a is not None
            assert b is not None
            np.testing.assert_allclose(a[some], b, rtol=1e-9, atol=1e-12)


def test_a_point_has_exact_bounds_and_names_have_aliases() -> None:
    graph = nets.dense(2)
    x = np.random.default_rng(0).normal(size=(6, 3))
    module = BoundedModule(graph, x)
    y = run(graph, x[:, None]).reshape(6, -1)
    np.testing.assert_allclose(module(x), y)
    for method in ("backward", "CROWN-Optimized"):
        low, high = module.compute_bounds(x=ball(x, eps=0.0), method=method)
        np.testing.assert_allclose(low, y, atol=1e-9)
        np.testing.assert_allclose(high, y, atol=1e-9)
    assert module.compute_bounds(x=ball(x, eps=0.1), bound_upper=False)[1] is None
    assert module.compute_bounds(x=ball(x, eps=0.1), bound_lower=False)[0] is None


def test_modules_of_both_kinds() -> None:
    torch = pytest.importorskip("torch")
    ours = nn.Sequential(nn.Conv2d(1, 3, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(27, 4))
    its = torch.nn.Sequential(torch.nn.Conv2d(1, 3, 3, stride=2), torch.nn.ReLU(), torch.nn.Flatten(),
                              torch.nn.Linear(27, 4))
    ours.load_state_dict(its.state_dict())

    class Residual(torch.nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = its

        def forward(self, x: Any) -> Any:
            y = self.inner(x)
            return y + torch.relu(y)

    x = torch.rand(2, 1, 8, 8)
    eps = torch.tensor([0.1, 0.3]).reshape(2, 1, 1, 1)
    made = [BoundedModule(m, x).compute_bounds(x=(ball(x, eps=eps),), method="CROWN") for m in (ours, its)]
    np.testing.assert_allclose(made[0], made[1])
    module = BoundedModule(Residual(), x)
    np.testing.assert_allclose(module(x), Residual()(x).detach().numpy(), atol=1e-5)


def test_errors() -> None:
    x = np.zeros((2, 3))
    module = BoundedModule(nets.dense(0), x)
    for wrong in (np.zeros((2, 4)), np.zeros((2, 1, 3)), np.zeros(3), np.zeros((0, 3))):
        with pytest.raises(ShapeError, match="PNN-SHAPE-131"):
            module.compute_bounds(x=(ball(wrong, eps=0.1),))
    for c in (np.ones((2, 2)), np.ones((3, 1, 2)), np.ones((2, 1, 3))):
        with pytest.raises(ShapeError, match="PNN-SHAPE-132"):
            module.compute_bounds(x=(ball(x, eps=0.1),), C=c)
    for how in ({"eps": np.zeros((3, 3))}, {"x_L": np.zeros((1, 2, 3)), "x_U": x}):
        with pytest.raises(ShapeError, match="PNN-SHAPE-131"):
            module.compute_bounds(x=(ball(x, **how),))
    for how in ({"eps": -0.1}, {"eps": np.nan}, {"eps": np.inf}, {"x_L": x + 1, "x_U": x}):
        with pytest.raises(PropertyError, match="PNN-PROP-302"):
            module.compute_bounds(x=(ball(x, **how),))
    with pytest.raises(UnsupportedError, match="PNN-OP-231"):
        PerturbationLpNorm(norm=2, eps=0.1)
    with pytest.raises(UnsupportedError, match="PNN-OP-232"):
        module.compute_bounds(x=(ball(x, eps=0.1),), method="forward+backward")


def published(shared: Path, key: str, rows: int | None = None) -> tuple[Any, Any, Any, Any]:
    """Our lower and upper bounds and auto_LiRPA's for one entry of the table, the first ``rows`` of it."""
    folder = shared / "bench"
    known = json.loads((folder / "lirpa_bounds.json").read_text())["results"][key]
    inputs = np.load(folder / "lirpa_inputs.npz")
    name, _, batch, method, what = key.split("|")
    file, family = NETS[name]
    which = np.arange(int(batch.removeprefix("batch")))[:rows] % len(inputs[f"{family}_lo"])
    lo, hi = inputs[f"{family}_lo"][which], inputs[f"{family}_hi"][which]
    c = None
    if what == "margins":
        c = np.stack([np.delete(np.eye(10)[y] - np.eye(10), y, 0) for y in known["labels"][:rows]])
    module = BoundedModule(folder / "vnncomp" / file, lo)
    low, high = module.compute_bounds(x=(ball(lo, x_L=lo, x_U=hi),), C=c, method=method.removesuffix("-20it"),
                                      bound_upper="ub" in known)
    return low, high, np.array(known["lb"][:rows]), np.array(known["ub"][:rows]) if "ub" in known else None


CASES = [*((f"{net}|float32|batch1|{method}|{what}", None) for net in NETS
           for method in ("IBP", "CROWN") for what in ("margins", "outputs")),
         *((f"{net}|float32|batch64|IBP|margins", None) for net in NETS),
         *((f"{net}|float32|batch64|CROWN|margins", 10) for net in NETS),
         *((f"{net}|float32|batch1|alpha-CROWN-20it|{what}", None) for net in NETS
           for what in ("margins", "outputs")),
         ("mnistfc_256x4|float32|batch64|alpha-CROWN-20it|margins", 15)]


@pytest.mark.parametrize(("key", "rows"), CASES)
def test_no_looser_than_auto_lirpa(shared: Path, key: str, rows: int | None) -> None:
    low, high, theirs_low, theirs_high = published(shared, key, rows)
    scale = FLOAT32 * np.abs(theirs_low).max(1, keepdims=True)
    assert (low >= theirs_low - scale).all()
    if high is not None:
        assert (high <= theirs_high + scale).all()
