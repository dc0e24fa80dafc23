"""Matrices of regions are the same however they are made, and making them keeps to the clock."""

from __future__ import annotations

import numpy as np
import pytest

from provenn.bounds import regions as module
from provenn.bounds.regions import Region, Regions
from provenn.ir.graph import Graph
from provenn.verify.pace import Clock, OutOfTime
from tests.bounds.nets import Maker


def spread(side: int = 8) -> Graph:
    """Three inputs spread over an image by a linear layer and a convolution, as generators begin."""
    m = Maker(5, (1, 3))
    image = m.put("reshape", m.linear(m.x, 2 * side * side), shape=(1, 2, side, side))
    return m.done(m.linear(m.flat(m.relu(m.conv(image, 2))), 2))


def test_few_inputs_spread_over_an_image_are_pushed(monkeypatch: pytest.MonkeyPatch) -> None:
    pushes: list[int] = []
    push = Region._push_units
    monkeypatch.setattr(Region, "_push_units", lambda self: pushes.append(self.target) or push(self))
    with_pushes = Regions(spread())
    target = with_pushes.targets[0]
    assert pushes == [target], "only the region that has far more rows than inputs"
    monkeypatch.setattr(module, "NARROW", 1 << 40)
    without = Regions(spread())
    assert pushes == [target]
    made, pulled = with_pushes.of[target].matrices, without.of[target].matrices
    assert made is not None
    assert pulled is not None
    assert made.keys() == pulled.keys() == {0}
    np.testing.assert_allclose(made[0], pulled[0], rtol=1e-12, atol=1e-13)


def test_making_rows_keeps_to_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NARROW", 1 << 40)

    def walk(self: Region, ct: np.ndarray) -> dict[int, np.ndarray]:
        raise AssertionError("rows were made after the time was up")

    monkeypatch.setattr(Region, "push", lambda self, values: np.zeros((1, self.size)))
    monkeypatch.setattr(Region, "_walk_back", walk)
    with pytest.raises(OutOfTime):
        Regions(spread(), Clock(0.0).check)
