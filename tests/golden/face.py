"""For each FACE code, a small program of a user that leads to it."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NAME = "my_network.py"
HEAD = "\n".join(["from provenn import Tensor, functional as F, nn, optim", "from provenn.nn import trace",
                  "import provenn, numpy as np", ""])


def program(text: str) -> Callable[[Path, pytest.MonkeyPatch], Any]:
    """Run a program; its lines can be quoted."""

    def trigger(tmp: Path, patch: pytest.MonkeyPatch) -> None:
        whole = HEAD + text
        patch.setitem(linecache.cache, NAME, (len(whole), None, whole.splitlines(keepends=True), NAME))
        exec(compile(whole, NAME, "exec"), {})

    return trigger


FACE = {
    "PNN-FACE-901": program("x = Tensor([])"),
    "PNN-FACE-902": program("trace(lambda x: x * x.sum().item(), (2, 3))"),
    "PNN-FACE-903": program("x = Tensor(np.zeros((3, 4)))\nb = Tensor([1, 2, 3])\ny = x + b"),
    "PNN-FACE-904": program("x = Tensor([[1, 2]])\ny = x.sum(2)"),
    "PNN-FACE-905": program("x, w = Tensor(np.zeros((128, 784))), Tensor(np.zeros((10, 784)))\n"
                            "y = x @ w"),
    "PNN-FACE-906": program("kept = []\ntrace(lambda x: kept.append(x) or x, (2,))\n"
                            "trace(lambda x: x + kept[0], (2,))"),
    "PNN-FACE-907": program("x = Tensor([1, 2])\nif x == x: pass"),
    "PNN-FACE-908": program("w = nn.Parameter(np.zeros((10, 784)))\nw.assign(np.zeros(10))"),
    "PNN-FACE-909": program("m = nn.Linear(2, 2)\n"
                            "trace(lambda x: m(x) - m(x).detach(), (1, 2), model=m)"),
    "PNN-FACE-910": program("x = Tensor([1, 2, 3])\ny = x[[0, 2]]"),
    "PNN-FACE-911": program("m = nn.Linear(2, 1)\n"
                            "with provenn.no_grad():\n    y = m(Tensor([1, 2])).sum()\ny.backward()"),
    "PNN-FACE-912": program("m = nn.BatchNorm2d(16)\ny = m(Tensor(np.zeros((2, 8, 4, 4))))"),
    "PNN-FACE-913": program("loss = F.cross_entropy(Tensor(np.zeros((2, 10))), np.array([3, 10]))"),
    "PNN-FACE-914": program("m = nn.Linear(3, 2)\n"
                            "m.load_state_dict({'weight': np.zeros((2, 4)), 'beta': 0})"),
    "PNN-FACE-915": program("m = nn.ModuleList([nn.ReLU()])\nm(Tensor([1]))"),
    "PNN-FACE-916": program("o = optim.SGD(nn.Linear(2, 2).parameters(), lr=-0.1)"),
    "PNN-FACE-917": program("a, b = (optim.Adam(nn.Linear(n, 2).parameters()) for n in (2, 3))\n"
                            "a.load_state_dict(b.state_dict())"),
    "PNN-FACE-918": program("loss = F.mse_loss(Tensor([1, 2]), np.array([1, 1]), reduction='avg')"),
    "PNN-FACE-919": program("m = nn.Linear(2, 1)\n"
                            "loss = m(Tensor([1, 2])).sum()\n"
                            "m.bias.assign([0])\n"
                            "loss.backward()"),
}
