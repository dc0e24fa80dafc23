"""Optimisers and schedules against PyTorch's, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from provenn import Tensor, nn, optim
from provenn import functional as F  # noqa: N812
from provenn.errors import UsageError
from provenn.optim import lr_scheduler as schedules
from tests.face.judge import far, normal, torch

OPTIMISERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"lr": 0.1}),
    "momentum": ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    "nesterov": ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "adam": ("Adam", {"lr": 0.01}),
    "adam decay": ("Adam", {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.1}),
    "adamw": ("AdamW", {"lr": 0.01}),
}


def pair() -> tuple[Any, Any]:
    """The same small network in both libraries."""
    mine = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))
    other = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    other.load_state_dict({k: torch.from_numpy(v) for k, v in mine.to_numpy().items()})
    return mine, other.double()


def learn(model: Any, optimizer: Any, k: int, clip: float | None = None) -> float:
    """One step on batch ``k`` in either library; returns the norm of the gradient if it is clipped."""
    x, y = normal(10, 6, seed=k), np.random.default_rng(k).integers(0, 3, 10)
    optimizer.zero_grad()
    norm = 0.0
    if isinstance(model, nn.Module):
        F.cross_entropy(model(Tensor(x)), y).backward()
        norm = optim.clip_grad_norm_(model.parameters(), clip) if clip else 0.0
    else:
        torch.nn.functional.cross_entropy(model(torch.tensor(x).double()), torch.from_numpy(y)).backward()
        norm = float(torch.nn.utils.clip_grad_norm_(model.parameters(), clip)) if clip else 0.0
    optimizer.step()
    return norm


def same(mine: Any, other: Any, bound: float) -> None:
    for p, q in zip(mine.parameters(), other.parameters(), strict=True):
        assert far(p, q.detach()) <= bound


@pytest.mark.parametrize("case", sorted(OPTIMISERS))
def test_twenty_steps(case: str) -> None:
    name, options = OPTIMISERS[case]
    mine, other = pair()
    a = getattr(optim, name)(mine.parameters(), **options)
    b = getattr(torch.optim, name)(other.parameters(), **options)
    for k in range(20):
        learn(mine, a, k)
        learn(other, b, k)
    same(mine, other, 1e-5 if "dam" in name else 2e-6)


def test_clipping() -> None:
    mine, other = pair()
    a, b = optim.SGD(mine.parameters(), lr=0.5), torch.optim.SGD(other.parameters(), lr=0.5)
    for k in range(10):
        clip = 0.1 if k % 2 else 100.0
        assert learn(mine, a, k, clip) == pytest.approx(learn(other, b, k, clip), rel=2e-6)
    same(mine, other, 2e-6)
    assert optim.clip_grad_norm_([Tensor([1.0])], 1.0) == 0.0


def test_groups_frozen_parameters_and_states() -> None:
    mine, other = pair()

    def groups(model: Any) -> list[dict[str, Any]]:
        return [{"params": model[0].parameters(), "lr": 0.02}, {"params": list(model[2].parameters())}]

    a, b = optim.Adam(groups(mine), lr=0.01), torch.optim.Adam(groups(other), lr=0.01)
    for k in range(5):
        learn(mine, a, k)
        learn(other, b, k)
    kept, right = a.state_dict(), b.state_dict()
    assert [g["params"] for g in kept["param_groups"]] == [g["params"] for g in right["param_groups"]]
    assert kept["state"].keys() == right["state"].keys()
    for k in right["state"]:
        assert int(kept["state"][k]["step"]) == int(right["state"][k]["step"])
        for name in ("exp_avg", "exp_avg_sq"):
            assert far(kept["state"][k][name], right["state"][k][name]) <= 5e-6
    twin, _ = pair()
    twin.load_state_dict(mine.state_dict())
    c = optim.Adam(groups(twin), lr=0.5)
    c.load_state_dict(kept)
    for k in range(5, 10):
        learn(mine, a, k)
        learn(twin, c, k)
    for p, q in zip(mine.parameters(), twin.parameters()):
        assert (p.numpy() == q.numpy()).all()
    mine.requires_grad_(False)
    mine[2].requires_grad_(True)
    frozen = mine[0].weight.numpy()
    learn(mine, a, 11)
    assert (mine[0].weight.numpy() == frozen).all()


SCHEDULES: dict[str, Any] = {
    "step": lambda lib, o: lib.StepLR(o, 3, 0.5),
    "cosine": lambda lib, o: lib.CosineAnnealingLR(o, 8, 0.01),
    "warm-up": lambda lib, o: lib.LinearLR(o, 0.25, 1.0, 4),
    "sequence": lambda lib, o: lib.SequentialLR(
        o, [lib.LinearLR(o, 0.25, 1.0, 4), lib.CosineAnnealingLR(o, 8)], [4]),
}


@pytest.mark.parametrize("case", sorted(SCHEDULES))
@pytest.mark.filterwarnings("ignore")
def test_schedules(case: str) -> None:
    mine, other = pair()
    a, b = optim.SGD(mine.parameters(), lr=0.2), torch.optim.SGD(other.parameters(), lr=0.2)
    x, y = SCHEDULES[case](schedules, a), SCHEDULES[case](torch.optim.lr_scheduler, b)
    for _ in range(12):
        assert x.get_last_lr() == pytest.approx(y.get_last_lr(), rel=1e-9, abs=1e-15)
        x.step()
        y.step()
    again = SCHEDULES[case](schedules, optim.SGD(mine.parameters(), lr=0.2))
    again.load_state_dict(x.state_dict())
    assert again.get_last_lr() == x.get_last_lr()


def test_refusals() -> None:
    model = nn.Linear(2, 2)
    for bad in ({"lr": -1.0}, {"momentum": -0.1}, {"dampening": 0.5}):
        with pytest.raises(UsageError, match="PNN-FACE-916"):
            optim.SGD(model.parameters(), **bad)
    with pytest.raises(UsageError, match="PNN-FACE-916"):
        optim.Adam(model.parameters(), betas=(0.9, 1.0))
    with pytest.raises(UsageError, match="PNN-FACE-916"):
        optim.SGD([])
