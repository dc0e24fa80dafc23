"""The certified loss: against plain NumPy, compiled, sound, scheduled, and as a train step."""

from __future__ import annotations

import numpy as np
import pytest

import provenn
from provenn import nn, optim
from provenn.bounds.backward import concretise, make_lines, root_state, walk
from provenn.bounds.regions import Regions
from provenn.tensor.core import Tensor
from provenn.train import certified
from provenn.train.dataset import Dataset
from provenn.train.settings import Settings


def model(seed: int = 0) -> nn.Module:
    provenn.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 3, 4, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(48, 10),
                         nn.ReLU(), nn.Linear(10, 4))


def batch(count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.random((count, 1, 8, 8), np.float32), rng.integers(0, 4, count).astype(np.float32)


def by_hand(m: nn.Module, x: np.ndarray, y: np.ndarray, eps: float) -> np.ndarray:
    """Lower bounds of the margins, layer by layer in binary64, the convolution as a matrix."""
    w = {k: v.known().astype(np.float64) for k, v in m.named_parameters()}
    unit = Tensor(np.eye(64, dtype=np.float32).reshape(64, 1, 8, 8))
    zero = Tensor(np.zeros((1, 1, 8, 8), np.float32))
    conv = m[0](unit).numpy().reshape(64, -1) - m[0](zero).numpy().reshape(1, -1)
    layers = [(conv.T.astype(np.float64), np.repeat(w["0.bias"], 16)), (w["3.weight"], w["3.bias"])]
    low, high = (np.clip(x.reshape(len(x), -1) + s * eps, 0, 1).astype(np.float64) for s in (-1, 1))
    for a, b in layers:
        middle, radius = (low + high) / 2 @ a.T + b, (high - low) / 2 @ abs(a).T
        low, high = np.maximum(middle - radius, 0), np.maximum(middle + radius, 0)
    out = []
    for k, label in enumerate(y.astype(int)):
        a, b = w["5.weight"][label] - w["5.weight"], w["5.bias"][label] - w["5.bias"]
        out.append(a @ (low[k] + high[k]) / 2 + b - abs(a) @ (high[k] - low[k]) / 2)
    return np.array(out)


def test_worst_margins_equal_those_by_hand() -> None:
    m, (x, y) = model(), batch()
    given = Tensor(x)
    found = certified.worst_margins(m(given), given, Tensor(y), *certified.box(given, Tensor(0.1))).numpy()
    np.testing.assert_allclose(found, by_hand(m, x, y, 0.1), rtol=1e-4, atol=1e-5)
    assert (found[np.arange(5), y.astype(int)] == 0).all()


def test_worst_margins_are_below_the_margins_in_the_box() -> None:
    m, (x, y) = model(), batch()
    given, rng = Tensor(x), np.random.default_rng(0)
    worst = certified.worst_margins(m(given), given, Tensor(y), *certified.box(given, Tensor(0.1))).numpy()
    for _ in range(50):
        z = m(Tensor(np.clip(x + rng.choice([-0.1, 0.1], x.shape), 0, 1).astype(np.float32))).numpy()
        margin = z[np.arange(5), y.astype(int)][:, None] - z
        assert (margin >= worst - 1e-5).all()


def test_without_radius_the_loss_is_the_ordinary_one() -> None:
    m, (x, y) = model(), batch()
    given = Tensor(x)
    found = certified.loss(m, given, Tensor(y), Tensor(0.0), Tensor(0.25)).item()
    assert found == pytest.approx(provenn.functional.cross_entropy(m(given), y).item(), rel=1e-5)


@pytest.mark.parametrize("relaxed", [False, True])
@pytest.mark.parametrize("backend", ["numpy", "xla"])
def test_compiled_steps_equal_eager_ones(backend: str, relaxed: bool) -> None:
    m, (x, y) = model(), batch()
    recipe = certified.Recipe(0.1, 0.3, 0.0, 0.5, relaxed)
    step = certified.CertifiedStep(m, optim.SGD(m.parameters(), lr=0.1), recipe, 4, backend=backend)
    eager = model()
    optimizer = optim.SGD(eager.parameters(), lr=0.1)
    for number in range(3):
        found = step(x, y, number=number)
        at = recipe.at(number, 4)
        given = Tensor(x)
        loss = certified.loss(eager, given, Tensor(y), *(Tensor(v) for v in at.values()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert float(np.asarray(step.host([found])[0])) == pytest.approx(loss.item(), rel=1e-5)
    for a, b in zip(step.sync().parameters(), eager.parameters()):
        np.testing.assert_allclose(a.known(), b.known(), rtol=1e-4, atol=1e-6)


def test_recipes_grow_the_radius_and_let_the_usual_loss_fade() -> None:
    recipe = certified.Recipe(0.2, 0.5, 0.25, 0.75)
    assert recipe.at(0, 100) == recipe.at(25, 100) == {"eps": 0.0, "kappa": 1.0}
    assert recipe.at(50, 100) == pytest.approx({"eps": 0.1, "kappa": 0.75})
    assert recipe.at(75, 100) == recipe.at(99, 100) == {"eps": 0.2, "kappa": 0.5}
    assert certified.Recipe(0.2, 0.5, 0.0, 1.0, True).at(25, 100)["beta"] == 0.75


def test_training_certifies_what_can_be_certified() -> None:
    rng = np.random.default_rng(0)
    labels = (np.arange(64) % 2).astype(np.uint8)
    images = (np.where(labels, 210, 45)[:, None, None] + rng.integers(-30, 30, (64, 8, 8))).astype(np.uint8)
    data = Dataset("dots", "train", images, labels, ("dark", "light"))
    provenn.manual_seed(0)
    m = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 2))
    settings = Settings(epochs=40, batch_size=32, certify=0.1, backend="numpy", warmup=0.0)
    step = certified.step(m, lambda m, s: optim.Adam(m.parameters(), lr=0.02), settings, len(data),
                          {"backend": "numpy"})
    judge = certified.Judge(m, 0.1, "numpy")
    before = judge(data).certified
    for number in range(80):
        step(*data.batch(slice(32 * (number % 2), 32 * (number % 2) + 32)), number=number)
    step.sync()
    assert before is not None
    assert before < 0.9
    assert judge(data).certified == judge(data).score == judge(data).accuracy == 1.0


def test_relaxed_margins_equal_the_search_s_own_bounds() -> None:
    m, (x, y) = model(), batch()
    given = Tensor(x)
    found = certified.relaxed_margins(m, given, Tensor(y), *certified.box(given, Tensor(0.1))).numpy()
    graph = nn.network(m, 1, 1, 8, 8)
    regions = Regions(graph)
    low, high = (np.clip(x.astype(np.float64) + s * 0.1, 0, 1).reshape(5, -1) for s in (-1, 1))
    state = root_state(regions, low, high)
    lines = make_lines(regions, state, {}, graph.output)
    rows = np.eye(4)[y.astype(int)][:, None] - np.eye(4)
    start, constant = regions.of[graph.output].pull(rows.reshape(20, 4))
    owner = np.repeat(np.arange(5), 4)
    entry, constant = walk(regions, lines, owner, start, constant)
    expected = concretise(entry, constant, low[owner], high[owner]).reshape(5, 4)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    interval = certified.worst_margins(m(given), given, Tensor(y), *certified.box(given, Tensor(0.1))).numpy()
    assert (found >= interval - 1e-5).mean() > 0.5


def test_relaxed_margins_have_gradients_that_equal_differences() -> None:
    m, (x, y) = model(), batch(2)
    weight = dict(m.named_parameters())["3.weight"]

    def value() -> Tensor:
        given = Tensor(x)
        return certified.relaxed_margins(m, given, Tensor(y), *certified.box(given, Tensor(0.05))).sum()

    value().backward()
    assert weight.grad is not None
    slope, before = weight.grad.numpy(), weight.known().copy()
    direction = np.random.default_rng(0).normal(size=before.shape).astype(np.float32)
    ends = []
    for step in (-1e-2, 1e-2):
        weight.assign(before + np.float32(step) * direction)
        ends.append(value().item())
    assert (ends[1] - ends[0]) / 2e-2 == pytest.approx(float((slope * direction).sum()), rel=0.05)


def test_the_rate_holds_until_the_radius_is_reached() -> None:
    settings = Settings(rate=1.0, warmup=0.0, ramp=0.5, schedule="hold")
    rates = [settings.rate_at(k, 100) for k in (0, 50, 75, 99)]
    assert rates == pytest.approx([1.0, 1.0, 0.5, 0.001], abs=1e-3)
