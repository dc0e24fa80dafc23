"""Random programs over all operations, in both libraries; and a wrong derivative is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from provenn import Tensor
from provenn import functional as F  # noqa: N812
from provenn.ir.op import Have
from provenn.ops import ALL
from provenn.tensor.core import concat
from tests.face.judge import agree, far, normal, torch

Both = tuple[Any, Any]
G = torch.nn.functional

UNARY: list[Callable[[Any, Any], Any]] = [
    lambda lib, x: x.tanh(), lambda lib, x: x.sigmoid(), lambda lib, x: x.sin(), lambda lib, x: x.cos(),
    lambda lib, x: (x.abs() + 0.5).log(), lambda lib, x: (x * x + 0.5).sqrt(),
    lambda lib, x: (-x.abs()).exp(),
    lambda lib, x: x.relu() + 0.1 * x, lambda lib, x: lib.softplus(x), lambda lib, x: lib.gelu(x),
    lambda lib, x: lib.softmax(x, -1), lambda lib, x: x.transpose(0, 1), lambda lib, x: x.reshape(2, -1),
    lambda lib, x: x[:, ::2], lambda lib, x: x[1:], lambda lib, x: x[:1],
    lambda lib, x: x - x.mean(0, keepdim=True),
    lambda lib, x: x * x.sum(1, keepdim=True).tanh(), lambda lib, x: lib.pad(x, (0, 1, 1, 0), value=0.3),
    lambda lib, x: x @ x.transpose(0, 1) * 0.1, lambda lib, x: x.logsumexp(0, keepdim=True) + x,
    lambda lib, x: lib.layer_norm(x, (x.shape[-1],), eps=0.1),
    lambda lib, x: x.permute(1, 0).flatten(0, 1).unsqueeze(0).expand(2, -1),
]
BINARY: list[Callable[[Any, Any, Any], Any]] = [
    lambda lib, x, y: x + y, lambda lib, x, y: x - y, lambda lib, x, y: x * y,
    lambda lib, x, y: x / (1.0 + y * y), lambda lib, x, y: x.maximum(y),
    lambda lib, x, y: concat([x, y], 1) if lib is F else torch.cat([x, y], 1),
    lambda lib, x, y: x @ y.transpose(0, 1),
]


def program(seed: int) -> Callable[[Any, Any, Any], Any]:
    """A function of (library, x, w) made of a dozen random operations."""

    def run(lib: Any, *leaves: Any) -> Any:
        rng = np.random.default_rng(seed)
        made = list(leaves)
        for _ in range(12):
            x = made[rng.integers(max(0, len(made) - 4), len(made))]
            partners = [y for y in made if tuple(y.shape) == tuple(x.shape)]
            pick, k = rng.random(), rng.integers(1000)
            if pick < 0.4:
                y = BINARY[k % len(BINARY)](lib, x, partners[k % len(partners)])
            else:
                if x.shape[0] < 2 or x.shape[1] < 2 or int(np.prod(tuple(x.shape))) % 2 or \
                        int(np.prod(tuple(x.shape))) > 400:
                    x = made[0]
                y = UNARY[k % len(UNARY)](lib, x)
            made.append(y)
        total = made[-1].mean()
        for y in made[:-1]:
            total = total + y.tanh().mean()
        return total

    return run


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed: int) -> None:
    run = program(seed)
    agree(lambda *xs: run(F, *xs), lambda *xs: run(G, *xs),
          [normal(4, 6), normal(4, 6, seed=1)], 3e-6, slack=5.0)


@pytest.mark.parametrize("tag", ["tanh", "mul", "contract", "move", "logsumexp", "div", "softplus"])
def test_a_planted_fault_is_noticed(tag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = ALL[tag].need("grad")

    def wrong(emit: Any, slot: int, args: Any, out: int, ct: int) -> int:
        right = rule(emit, slot, args, out, ct)
        return int(emit.add(right, emit.mul(right, emit.fill(1e-4, emit.type(right).shape))))

    monkeypatch.setitem(ALL, tag, replace(ALL[tag], grad=Have(wrong)))

    def run(x: Any) -> Any:
        y = (x.tanh() * x @ x.transpose(0, 1)) / 3.0
        y = y + (F if isinstance(y, Tensor) else G).softplus(y)
        return y.logsumexp(1).sum()

    x = normal(4, 4)
    ours, theirs = Tensor(x, requires_grad=True), torch.tensor(x, dtype=torch.float64, requires_grad=True)
    run(ours).backward()
    run(theirs).backward()
    assert far(ours.grad, theirs.grad) > 5e-6
