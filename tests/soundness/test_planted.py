"""Planted counterexamples: no verdict and no certificate ever says that such a property holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from provenn.bounds.regions import Regions
from provenn.ir.canonical import graph_words
from provenn.ir.property import boxes, property_words
from provenn.verify import checker
from provenn.verify.attack import Attack
from provenn.verify.goals import make_goals
from provenn.verify.verdict import verify
from tests.soundness.forged import forged, nearby
from tests.soundness.planted import Planted, small

PLANTED = small()
SECONDS = 2.5
each = pytest.mark.parametrize("it", PLANTED, ids=lambda it: it.name)


@each
def test_the_hidden_input_violates(it: Planted) -> None:
    it.check()


@each
def test_never_unsat(it: Planted, checker_program: Path) -> None:
    made = verify(it.graph, it.prop, timeout=SECONDS)
    assert made.answer != "unsat"
    assert made.problem is None


def test_most_are_hidden_from_gradients() -> None:
    """Otherwise this would be a test of attacks, not of bounds."""
    found = []
    for it in PLANTED:
        regions = Regions(it.graph)
        attack = Attack(it.graph, it.prop, regions)
        goals = make_goals(boxes(it.prop))[0]
        found.append(attack.sweep(goals, np.random.default_rng(0), 256, 20, 60.0))
    needles = [f for it, f in zip(PLANTED, found) if it.name.startswith("needle")]
    assert sum(needles) <= len(needles) // 4


def test_certificates_of_true_properties_nearby(checker_program: Path) -> None:
    """What proves a higher threshold, or a box without the hidden input, is refused for what is planted."""
    kinds: set[str] = set()
    for it in [p for p in PLANTED if p.prop.inputs <= 4 or p.name.startswith("needle 1x6x6")]:
        words, prop = graph_words(it.graph), property_words(it.prop)
        for kind, near, index, cut in nearby(it, 0.05, SECONDS / 2):
            if near.answer != "unsat":
                continue
            assert near.certificate is not None
            assert checker.run(words, property_words(near.prop), near.certificate).accepted
            kinds.add(kind)
            for k, certificate in enumerate(forged(it, near, index, cut)):
                assert not checker.run(words, prop, certificate).accepted, (it.name, kind, k)
    assert kinds == {"threshold", "box"}
