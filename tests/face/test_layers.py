"""Every layer against PyTorch's: keys, shapes, values, gradients, buffers, and states moving both ways."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from provenn import FileError, GraphError, ShapeError, Tensor, manual_seed, nn
from tests.face.judge import far, normal, torch

LAYERS: dict[str, tuple[str, tuple[Any, ...], dict[str, Any], tuple[int, ...]]] = {
    "linear": ("Linear", (5, 3), {}, (4, 5)),
    "linear bare": ("Linear", (5, 3), {"bias": False}, (2, 4, 5)),
    "conv": ("Conv2d", (4, 6, 3), {}, (2, 4, 7, 7)),
    "conv options": ("Conv2d", (4, 6, (3, 2)), {"stride": 2, "padding": (1, 0), "dilation": (1, 2),
                                                "groups": 2, "bias": False}, (2, 4, 7, 9)),
    "batch norm 1d": ("BatchNorm1d", (5,), {}, (8, 5)),
    "batch norm 1d long": ("BatchNorm1d", (5,), {"momentum": None, "eps": 1e-3}, (4, 5, 3)),
    "batch norm 2d": ("BatchNorm2d", (3,), {}, (4, 3, 5, 5)),
    "batch norm plain": ("BatchNorm2d", (3,), {"affine": False}, (4, 3, 5, 5)),
    "batch norm untracked": ("BatchNorm2d", (3,), {"track_running_stats": False}, (4, 3, 5, 5)),
    "layer norm": ("LayerNorm", (6,), {}, (4, 6)),
    "layer norm axes": ("LayerNorm", ((5, 6),), {"eps": 1e-3}, (4, 5, 6)),
    "layer norm plain": ("LayerNorm", (6,), {"elementwise_affine": False}, (4, 6)),
    "max pool": ("MaxPool2d", (2,), {}, (2, 3, 6, 6)),
    "max pool moving": ("MaxPool2d", (3,), {"stride": 2, "padding": 1}, (2, 3, 7, 7)),
    "avg pool": ("AvgPool2d", (2,), {}, (2, 3, 6, 6)),
    "adaptive": ("AdaptiveAvgPool2d", (1,), {}, (2, 3, 6, 6)),
    "flatten": ("Flatten", (), {}, (2, 3, 4)),
    "relu": ("ReLU", (), {}, (9, 9)),
    "leaky": ("LeakyReLU", (0.1,), {}, (9, 9)),
    "sigmoid": ("Sigmoid", (), {}, (9, 9)),
    "tanh": ("Tanh", (), {}, (9, 9)),
    "gelu": ("GELU", (), {}, (9, 9)),
    "gelu tanh": ("GELU", ("tanh",), {}, (9, 9)),
    "silu": ("SiLU", (), {}, (9, 9)),
    "softplus": ("Softplus", (), {}, (9, 9)),
    "softmax": ("Softmax", (1,), {}, (9, 9)),
    "identity": ("Identity", (), {}, (9, 9)),
}


def run(layer: Any, x: Any) -> Any:
    y = layer(x)
    weight = normal(*y.shape, seed=3)
    (y * (weight if isinstance(y, Tensor) else torch.from_numpy(weight))).sum().backward()
    return y


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("case", sorted(LAYERS))
def test_as_pytorch(case: str, training: bool) -> None:
    name, args, options, shape = LAYERS[case]
    mine, other = getattr(nn, name)(*args, **options), getattr(torch.nn, name)(*args, **options)
    theirs = {k: v.shape for k, v in other.state_dict().items()}
    assert {k: v.shape for k, v in mine.state_dict().items()} == theirs
    assert list(mine.to_numpy()) == list(theirs)
    for p in mine.parameters():
        p.assign(p.numpy() + 0.3 * normal(*p.shape))
    other.load_state_dict({k: torch.from_numpy(v) for k, v in mine.to_numpy().items()})
    other.double()
    mine.train(training)
    other.train(training)
    for seed in range(2):
        a = normal(*shape, seed=seed) + np.float32(0.5)
        x, t = Tensor(a, requires_grad=True), torch.tensor(a, dtype=torch.float64, requires_grad=True)
        mine.zero_grad()
        other.zero_grad()
        y, right = run(mine, x), run(other, t)
        assert far(y, right.detach()) <= 2e-6
        assert x.grad is not None
        assert far(x.grad, t.grad) <= 5e-6
        for (key, p), (other_key, q) in zip(mine.named_parameters(), other.named_parameters(), strict=True):
            assert key == other_key
            assert p.grad is not None
            assert far(p.grad, q.grad) <= 5e-6
    for (key, b), (other_key, q) in zip(mine.named_buffers(), other.named_buffers(), strict=True):
        assert key == other_key
        assert far(b, q) <= 1e-6


def network(lib: Any) -> Any:
    return lib.Sequential(
        lib.Conv2d(1, 4, 3, padding=1), lib.BatchNorm2d(4), lib.ReLU(), lib.MaxPool2d(2), lib.Flatten(),
        lib.Sequential(lib.Linear(64, 16), lib.LayerNorm(16), lib.GELU()), lib.Dropout(0.5),
        lib.Linear(16, 10))


def test_a_network_and_its_state_move_both_ways() -> None:
    mine, other = network(nn), network(torch.nn)
    assert mine.load_state_dict(other.state_dict()) == ([], [])
    for key, value in other.state_dict().items():
        assert mine.to_numpy()[key].dtype == value.numpy().dtype
        assert (mine.to_numpy()[key] == value.numpy()).all()
    x = normal(3, 1, 8, 8)
    assert far(mine.eval()(x), other.double().eval()(torch.from_numpy(x).double()).detach()) <= 2e-6
    again = network(torch.nn)
    again.load_state_dict({k: torch.from_numpy(v) for k, v in mine.to_numpy().items()})
    assert [k for k, _ in mine.named_parameters()] == [k for k, _ in again.named_parameters()]
    assert [k for k, _ in mine.named_modules()] == [k for k, _ in again.named_modules()]


def test_initial_weights_are_spread_as_in_pytorch() -> None:
    for name, args in (("Linear", (100, 80)), ("Conv2d", (8, 16, 5)), ("Embedding", (50, 60))):
        mine, other = getattr(nn, name)(*args).to_numpy(), getattr(torch.nn, name)(*args).state_dict()
        for key, value in other.items():
            a, b = mine[key], value.numpy()
            assert abs(a.std() / b.std() - 1) < (0.05 if a.size > 100 else 0.5)
            assert abs(np.abs(a).max() / np.abs(b).max() - 1) < 0.3


def test_seeds() -> None:
    manual_seed(3)
    first = nn.Linear(4, 4).to_numpy()
    manual_seed(3)
    assert all((first[k] == v).all() for k, v in nn.Linear(4, 4).to_numpy().items())


def test_embedding() -> None:
    mine, other = nn.Embedding(7, 3), torch.nn.Embedding(7, 3)
    mine.load_state_dict(other.state_dict())
    ids = np.array([[1, 5, 1]])
    assert far(run(mine, ids), run(other, torch.from_numpy(ids)).detach()) == 0
    assert far(mine.weight.grad, other.weight.grad) <= 1e-6


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses(reduction: str) -> None:
    x, y = normal(4, 5), np.abs(normal(4, 5, seed=1))
    for name, target in (("CrossEntropyLoss", np.array([0, 4, 2, 2])), ("MSELoss", y),
                         ("BCEWithLogitsLoss", y)):
        mine, other = getattr(nn, name)(reduction=reduction), getattr(torch.nn, name)(reduction=reduction)
        z, t = Tensor(x, requires_grad=True), torch.tensor(x, dtype=torch.float64, requires_grad=True)
        goal = torch.from_numpy(target)
        right = run(lambda z: other(z, goal if goal.dtype == torch.int64 else goal.double()), t)  # noqa: B023
        assert far(run(lambda z: mine(z, target), z), right.detach()) <= 1e-6  # noqa: B023
        assert z.grad is not None
        assert far(z.grad, t.grad) <= 1e-6


class Residual(nn.Module):
    """Shares a weight, holds a list, a constant tensor and a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.layers.append(nn.ReLU())
        self.tied = self.first
        self.scale = nn.Parameter([2.0])
        self.register_buffer("offset", np.ones(4))
        self.constant = Tensor([1.0])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = x + layer(x)
        return self.tied(self.first(x)) * self.scale + self.offset


def test_modules_of_ones_own() -> None:
    model = Residual()
    assert [k for k, _ in model.named_parameters()] == [
        "scale", "first.weight", "first.bias", "layers.0.weight", "layers.0.bias", "layers.1.weight",
        "layers.1.bias"]
    assert "tied.weight" in model.state_dict()
    assert "offset" in model.state_dict()
    assert "constant" not in model.state_dict()
    model(normal(3, 4)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())
    assert not model.eval().layers[0].training
    assert model.train().layers[0].training
    seen: list[str] = []
    model.apply(lambda m: seen.append(type(m).__name__))
    assert seen[-1] == "Residual"
    model.requires_grad_(False)
    assert not model(normal(3, 4)).requires_grad
    assert "(layers): ModuleList(\n    (0): Linear(4, 4, bias=True)" in repr(model)
    with pytest.raises(GraphError, match="PNN-FACE-915"):
        model.layers(Tensor([1.0]))


def test_copies_are_independent() -> None:
    model = network(nn)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert all((twin.to_numpy()[k] == v).all() for k, v in model.to_numpy().items())
        twin[0].weight.assign(np.zeros(twin[0].weight.shape))
        assert model[0].weight.numpy().any()
        twin(normal(2, 1, 8, 8)).sum().backward()
        assert twin[0].weight.grad is not None
        assert twin[0].weight.serial > model[7].bias.serial
        assert model[0].weight.grad is None


def test_states_that_do_not_fit_change_nothing() -> None:
    model = nn.Linear(3, 2)
    before = model.to_numpy()
    with pytest.raises(FileError, match="PNN-FACE-914"):
        model.load_state_dict({"weight": np.zeros((2, 3)), "bias": np.zeros(3)}, strict=False)
    with pytest.raises(FileError, match="missing: bias"):
        model.load_state_dict({"weight": np.zeros((2, 3))})
    assert all((before[k] == v).all() for k, v in model.to_numpy().items())
    keys = model.load_state_dict({"weight": np.zeros((2, 3)), "other": 1}, strict=False)
    assert keys == (["bias"], ["other"])
    assert keys.missing_keys == ["bias"]
    assert not model.weight.numpy().any()


def test_refusals() -> None:
    with pytest.raises(ShapeError, match=r"PNN-FACE-912(.|\n)*test_layers\.py:\d+: nn\.BatchNorm1d"):
        nn.BatchNorm1d(3)(Tensor(np.zeros((2, 4))))
    with pytest.raises(ShapeError, match="one value a channel"):
        nn.BatchNorm1d(3)(Tensor(np.zeros((1, 3))))
    with pytest.raises(ShapeError, match="PNN-FACE-912"):
        nn.Dropout(1.5)
    with pytest.raises(ShapeError, match="PNN-SHAPE-107"):
        nn.Conv2d(3, 4, 3, groups=2)
    with pytest.raises(NotImplementedError):
        nn.Module()(Tensor([1.0]))
