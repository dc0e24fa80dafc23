"""Forged graphs and properties: refused, or accepted with a meaning for which the certificate is right.

What an accepted mutant means is computed by ``meaning`` and ``danger``, which share nothing with the checker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from danger import counterexample
from judge import Answer, Judge, Triple, Words
from layout import graph_labels, property_labels
from meaning import Meaningless
from mutants import fields, flips, lengths, many_fields, some
from triples import Valid, valid

triples = pytest.mark.parametrize("triple", valid(), ids=lambda v: v.name)


def forged(words: Words, labels: Sequence[str], each: int) -> Iterator[Any]:
    """Mutants of a graph or a property."""
    rng = np.random.default_rng([len(words), 2])
    yield from some(fields(words, labels, rng, 3), each, rng)
    yield from some(lengths(words, rng), each // 3, rng)
    yield from many_fields(words, labels, rng, 25)
    yield from flips(words, rng, 40)


def as_words(part: Words | bytes) -> Words:
    """A file as numbers."""
    return np.frombuffer(part, "<f8") if isinstance(part, bytes) else part


def innocent(batch: Sequence[Triple], answers: Sequence[Answer]) -> Counter[str]:
    """Fails when an accepted triple has a counterexample or no meaning; counts what was found."""
    rng = np.random.default_rng(3)
    found: Counter[str] = Counter()
    for (graph, prop, _), answer in zip(batch, answers):
        found[answer.kind] += 1
        if answer.accepted:
            try:
                x = counterexample(as_words(graph), as_words(prop), rng)
            except Meaningless as e:
                raise AssertionError(f"accepted, but it means nothing: {e}: {list(as_words(graph))}") from e
            assert x is None, (list(as_words(graph)), list(as_words(prop)), x)
    return found


@triples
def test_graphs(triple: Valid, judge: Judge) -> None:
    batch: list[Triple] = [
        (made, triple.prop, triple.certificate)
        for made in forged(triple.graph, graph_labels(triple.graph), 120)
    ]
    found = innocent(batch, judge(batch))
    assert set(found) == {"accepted", "rejected"}


@triples
def test_properties(triple: Valid, judge: Judge) -> None:
    batch: list[Triple] = [
        (triple.graph, made, triple.certificate)
        for made in forged(triple.prop, property_labels(triple.prop), 70)
    ]
    found = innocent(batch, judge(batch))
    assert set(found) == {"accepted", "rejected"}


def test_files_of_different_triples(judge: Judge) -> None:
    """Any graph, property and certificate together."""
    batch: list[Triple] = [
        (a.graph, b.prop, c.certificate) for a in valid() for b in valid() for c in valid()
    ]
    answers = judge(batch)
    own = [
        answer.accepted
        for (a, b, c), answer in zip(batch, answers)
        if any(v.graph is a and v.prop is b and v.certificate is c for v in valid())
    ]
    assert all(own)
    innocent(batch, answers)
