"""The valid triples are accepted, their properties hold, and everyone reads the same network."""

from __future__ import annotations

import numpy as np
import pytest
from danger import Case, points, read_property, slack
from judge import Judge
from layout import graph_labels
from meaning import fractions, outputs
from nets import random_net, words_of
from triples import Valid, valid
from writing import NONE, certificate_words, leaf, property_words, rows

from provenn.eval.run import run

NETS = range(120)
triples = pytest.mark.parametrize("triple", valid(), ids=lambda v: v.name)


@triples
def test_accepted(triple: Valid, judge: Judge) -> None:
    assert judge.one(*triple.words).accepted


@triples
def test_the_property_holds_at_many_points(triple: Valid) -> None:
    rng = np.random.default_rng(1)
    _, _, cases = read_property(triple.prop)
    for case in cases:
        if (case.lo > case.hi).any():
            continue
        x = points(case.lo, case.hi, rng, 20_000)
        y = outputs(triple.graph, x)
        assert all(slack(way, x, y).max() < -0.01 for way in case.ways)


def test_all_operations_occur() -> None:
    tags = {int(w) for v in valid() for w, label in zip(v.graph, graph_labels(v.graph)) if label == "tag"}
    assert tags >= set(range(1, 13))


def test_two_interpreters_agree() -> None:
    for seed in NETS:
        graph = random_net(seed, smooth=seed % 2 == 0)
        x = np.random.default_rng(seed).normal(size=(4, *graph.input_type.shape))
        flat = x.reshape(4, -1)
        made = outputs(words_of(graph), flat)
        assert np.allclose(run(graph, x).reshape(4, -1), made)
        exact = outputs(words_of(graph), fractions(flat[:1])).astype(float)
        assert np.allclose(exact, made[:1])


def test_the_checker_computes_the_same_values(judge: Judge) -> None:
    """On a box of one point all bounds meet: accepting both sides of every output fixes its value."""
    batch = []
    for seed in NETS:
        words = words_of(random_net(seed, smooth=seed % 2 == 0))
        n = int(np.prod(words[9 : 9 + int(words[8])]))
        x = np.random.default_rng(seed).normal(size=n)
        y = outputs(words, x[None])[0]
        m, near = len(y), 1e-10 * (1 + np.abs(y).max())
        ways = [rows(s * np.eye(m)[k], s * y[k] - near, inputs=n) for k in range(m) for s in (1.0, -1.0)]
        prop = property_words(n, m, [Case(x, x, ways)])
        batch.append((words, prop, certificate_words(words, prop, [leaf(*[([1.0], NONE)] * len(ways))])))
    assert all(answer.accepted for answer in judge(batch))
