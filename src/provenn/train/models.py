"""The architectures that ``provenn train`` knows; any other Module can be trained from Python.

- linear: one dense layer
- mlp: dense layers with ReLU between, ``widths`` of the hidden ones
- cnn: two 3 x 3 convolutions with ReLU and 2 x 2 max-pooling, one dense hidden layer
- strided: two 4 x 4 convolutions of stride 2 with ReLU, one dense hidden layer; certifies best for its size
- resnet: a strided convolution, one residual block a channel count (batch normalisation; every further block
  halves the image), average pooling, one dense layer
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provenn import nn
from provenn.errors import UsageError
from provenn.tensor import Tensor

WIDTHS: dict[str, tuple[int, ...]] = {"linear": (), "mlp": (128,), "cnn": (16, 32, 128),
                                      "strided": (8, 16, 100), "resnet": (16, 32, 64)}


@dataclass(frozen=True)
class Design:
    """All that is needed to build a model again: architecture, sizes, input and classes."""

    architecture: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    widths: tuple[int, ...]
    largest: int = 255

    def data(self) -> dict[str, Any]:
        """As JSON; ``Design.read`` is its inverse."""
        return {"architecture": self.architecture, "input_shape": list(self.shape),
                "classes": list(self.classes),
                "widths": list(self.widths), "input_scaling": f"pixel / {self.largest}",
                "largest_pixel": self.largest}

    @classmethod
    def read(cls, data: dict[str, Any]) -> Design:
        """From JSON; KeyError, TypeError or ValueError when something is missing."""
        return cls(str(data["architecture"]), tuple(map(int, data["input_shape"])),
                   tuple(map(str, data["classes"])), tuple(map(int, data["widths"])),
                   int(data["largest_pixel"]))


def design(
    architecture: str, shape: Sequence[int], classes: Sequence[str], widths: Sequence[int] = (),
    largest: int = 255
) -> Design:
    """A design with the architecture's usual widths where none are given.

    Raises UsageError PNN-TRAIN-971 for an unknown architecture or widths that it cannot have.
    """
    if architecture not in WIDTHS:
        raise UsageError("PNN-TRAIN-971", "there is no such model", got=architecture,
                         expected=" | ".join(WIDTHS))
    usual = WIDTHS[architecture]
    chosen = tuple(widths) or usual
    fits = len(chosen) == len(usual) if architecture in ("linear", "cnn", "strided") else True
    if not fits or min(chosen, default=1) < 1:
        raise UsageError("PNN-TRAIN-971", f"{architecture} cannot have these widths", got=list(chosen),
                         expected=f"positive numbers, such as {list(usual)}",
                         hint="--hidden 512,512 is for mlp")
    return Design(architecture, tuple(shape), tuple(classes), chosen, largest)


def build(plan: Design) -> nn.Module:
    """A freshly initialised model; ``provenn.manual_seed`` decides its weights."""
    return {"linear": _dense, "mlp": _dense, "cnn": _cnn, "strided": _strided,
            "resnet": _resnet}[plan.architecture](plan)


def _dense(plan: Design) -> nn.Module:
    sizes = (math.prod(plan.shape), *plan.widths)
    layers: list[nn.Module] = [nn.Flatten()]
    for a, b in itertools.pairwise(sizes):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], len(plan.classes)))


def _cnn(plan: Design) -> nn.Module:
    first, second, width = plan.widths
    area = (plan.shape[1] // 4) * (plan.shape[2] // 4)
    return nn.Sequential(
        nn.Conv2d(plan.shape[0], first, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(area * second, width), nn.ReLU(), nn.Linear(width, len(plan.classes)))


def _strided(plan: Design) -> nn.Module:
    first, second, width = plan.widths
    area = (plan.shape[1] // 4) * (plan.shape[2] // 4)
    return nn.Sequential(
        nn.Conv2d(plan.shape[0], first, 4, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(first, second, 4, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(area * second, width), nn.ReLU(), nn.Linear(width, len(plan.classes)))


class Block(nn.Module):
    """relu(norm(conv(relu(norm(conv(x))))) + skip(x)); skip is a 1 x 1 convolution where shapes differ."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        same = stride == 1 and inputs == outputs
        self.skip: nn.Module = nn.Sequential() if same else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """[batch, inputs, h, w] to [batch, outputs, h / stride, w / stride]."""
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y = self.relu(y + self.skip(x))
        assert isinstance(y, Tensor)
        return y


def _resnet(plan: Design) -> nn.Module:
    first, *_ = plan.widths
    layers: list[nn.Module] = [nn.Conv2d(plan.shape[0], first, 3, stride=2, padding=1, bias=False),
                               nn.BatchNorm2d(first), nn.ReLU()]
    before = first
    for k, width in enumerate(plan.widths):
        layers.append(Block(before, width, 1 if k == 0 else 2))
        before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, len(plan.classes)))
