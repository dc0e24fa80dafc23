"""Forged certificates for properties that hold: refused, or harmless because nothing false was proved.

``test_valid`` shows that the properties hold. What must be refused whatever the property says stands
in ``test_always_refused``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from judge import Judge, Words
from layout import Layout
from mutants import INF, NAN, TINY, fields, flips, lengths, many_fields, some, spliced, trees
from triples import Valid, valid
from writing import affine_and_unary, again, certificate_words, counted, fork, leaf, split, tighten

triples = pytest.mark.parametrize("triple", valid(), ids=lambda v: v.name)
SURPRISES = {"index-outside", "stack-overflow", "out-of-memory"}


def forged(triple: Valid) -> Iterator[Any]:
    """All kinds of mutants of the certificate."""
    rng = np.random.default_rng([len(triple.certificate), 1])
    layout = Layout(*triple.words)
    yield from some(fields(triple.certificate, layout.labels, rng, 2), 90, rng)
    yield from some(lengths(triple.certificate, rng), 50, rng)
    yield from some(trees(layout, rng), 80, rng)
    yield from many_fields(triple.certificate, layout.labels, rng, 25)
    yield from flips(triple.certificate, rng, 40)


@triples
def test_mutants(triple: Valid, judge: Judge) -> None:
    answers = judge((triple.graph, triple.prop, m) for m in forged(triple))
    assert {a.kind for a in answers} == {"accepted", "rejected"}
    assert sum(a.reason in SURPRISES for a in answers) <= len(answers) // 50


def always_refused(layout: Layout, rng: np.random.Generator) -> Iterator[tuple[str, Words]]:
    """Words that no property excuses, with the reason to expect (or several)."""
    words = layout.words
    bad = {
        "multiplier": ("multiplier-negative|not-finite", (-1.0, -TINY, -1e308, NAN, INF, -INF)),
        "slope": ("slope-outside", (1.0000001, math.nextafter(1, 2), -1e-9, -TINY, NAN, INF, -INF, 2.0)),
        "sign": ("multiplier-sign|not-finite", (NAN, INF, -INF)),
        "value": ("split-outside|not-finite", (NAN, INF, -INF, 7.0, -7.0, 1e308)),
        "kind": (
            "not-an-integer|unknown-step|not-finite|too-large|not-empty|split-outside|enclosure-failed",
            (0.5, -1.0, 7.0, 8.0, 2.0**21 + 1, 2.0**53, NAN, INF, -INF, 3.0),
        ),
        "input": (
            "split-outside|not-an-integer|too-large|not-finite|not-empty",
            (-1.0, 0.5, 1e6, 2.0**32, 2.0**53 + 2, 2.0**64, NAN, INF),
        ),
        "element": (
            "split-outside|not-an-integer|too-large|not-finite",
            (-1.0, 0.5, 1e6, 2.0**32, 2.0**53 + 2, NAN, INF),
        ),
        "length": (
            "truncated|trailing-words|not-an-integer|not-finite",
            (0.0, 1.0, 3.0, 999.0, -1.0, 0.5, 2.0**53, 2.0**64, NAN, INF),
        ),
        "owner": ("missing-node|not-an-integer|too-large|not-finite", (999.0, -1.0, 0.5, 2.0**64, NAN)),
        "node": (
            "missing-node|not-affine|not-an-integer|too-large|not-finite",
            (0.0, 999.0, -1.0, 0.5, 2.0**64, NAN),
        ),
        "unary": ("missing-node|not-an-integer|too-large|not-finite", (0.0, 999.0, -1.0, 0.5, 2.0**64, NAN)),
        "mask": ("not-an-integer", (-1.0, 0.5, -TINY, 2.0**48, 2.0**53, NAN, INF, -INF)),
        "magic": ("not-this-format|not-finite", (0.0, NAN, float(words[0]) * 2)),
        "version": ("not-this-version|not-finite", (0.0, 2.0, 1.5, NAN)),
        "count": (
            "wrong-count|not-an-integer|not-finite",
            (0.0, len(words) + 1.0, len(words) - 1.0, -1.0, NAN),
        ),
        "semantics": ("wrong-semantics|not-an-integer|not-finite", (1.0, 2.0, 0.5, -1.0, NAN)),
        "depth": ("too-deep|too-large|not-an-integer|not-finite", (65537.0, -1.0, 0.5, 2.0**53, NAN, INF)),
    }
    for at, label in enumerate(layout.labels):
        reasons, values = bad.get(label, ("", ()))
        for value in rng.permutation(values)[:3]:
            made = words.copy()
            made[at] = value
            yield reasons, made
    for at in range(1, len(words)):
        cut = words[:at]
        yield (
            ("truncated|wrong-count", cut) if rng.random() < 0.2 else ("truncated|missing-node", counted(cut))
        )
    yield "wrong-count", np.append(words, 0.0)
    yield "trailing-words", counted(np.append(words, 0.0))


@triples
def test_always_refused(triple: Valid, judge: Judge) -> None:
    rng = np.random.default_rng(4)
    expected = some(always_refused(Layout(*triple.words), rng), 120, rng)
    answers = judge((triple.graph, triple.prop, made) for _, made in expected)
    for (reasons, made), answer in zip(expected, answers):
        assert not answer.accepted, (reasons, list(made))
        assert answer.reason in reasons.split("|"), (reasons, answer, list(made))


def test_turned_split_multipliers(judge: Judge) -> None:
    """The certificate that splits on signs, its multipliers with the wrong sign or far too large."""
    triple = next(t for t in valid() if t.name == "signs")
    labels, words = np.array(Layout(*triple.words).labels), triple.certificate
    places = np.flatnonzero((labels == "sign") & (words != 0.0))
    assert len(places)
    for at in places:
        made = words.copy()
        made[at] = -words[at]
        assert judge.one(triple.graph, triple.prop, made).reason == "multiplier-sign"
        made[at] = 1e9 * words[at]
        assert judge.one(triple.graph, triple.prop, made).reason == "not-refuted"
    assert words[labels == "owner"].all()


@triples
def test_no_multiplier_at_all(triple: Valid, judge: Judge) -> None:
    layout = Layout(*triple.words)
    made = triple.certificate.copy()
    made[np.array(layout.labels) == "multiplier"] = 0.0
    answer = judge.one(triple.graph, triple.prop, made)
    assert answer.reason == "not-refuted"
    made[np.array(layout.labels) == "multiplier"] = 1e308
    assert judge.one(triple.graph, triple.prop, made).kind in ("accepted", "rejected")


@triples
def test_harmless_detours_are_accepted(triple: Valid, judge: Judge) -> None:
    """A split at the edge of the box, or bounds computed once more, lose nothing but time."""
    layout = Layout(*triple.words)
    words, tree = triple.certificate.copy(), layout.trees[0]
    words[layout.labels.index("depth")] += 2
    mine = list(words[tree.start : tree.end])
    node = affine_and_unary(triple.graph)[0][0]
    detours = [tighten(node, mine), tighten(node, tighten(node, mine, [0]), []), again(node, mine)]
    if not any(len(s.inner) == 2 for s in tree.all()):
        detours.append(split(0, float(triple.prop[6]), mine, mine))
    for made in detours:
        answer = judge.one(triple.graph, triple.prop, spliced(words, tree, made))
        assert answer.accepted, answer


def test_copies_are_enclosed_only_when_asked(judge: Judge) -> None:
    """What was learnt of a node says nothing of its copies until a step carries it there, in this order."""
    triple = next(t for t in valid() if t.name == "repeated")
    layout = Layout(*triple.words)
    bounds, step, end = layout.trees[0].all()
    parts = [triple.certificate[a.start : b.start] for a, b in ((bounds, step), (step, end))]
    rest = triple.certificate[end.start : end.end]
    assert step.end == bounds.end
    assert float(parts[1][2]) == -3.0
    for steps in ([], parts[:1], parts[1:], [parts[1], parts[0]]):
        made = spliced(triple.certificate, bounds, np.concatenate([*steps, rest]))
        assert judge.one(triple.graph, triple.prop, made).reason == "not-refuted"
    for node in range(len(layout.sizes)):
        made = spliced(triple.certificate, bounds, [2.0, node, -3.0, 0.0, *np.concatenate([*parts, rest])])
        answer = judge.one(triple.graph, triple.prop, made)
        assert answer.accepted or answer.reason == "not-affine", (node, answer)


@pytest.mark.parametrize("name", ["sided", "repeated"])
def test_bounds_that_no_mask_names_stay(name: str, judge: Judge) -> None:
    """A certificate whose sides are needed, with bits left out one mask at a time."""
    triple = next(t for t in valid() if t.name == name)
    labels, words = np.array(Layout(*triple.words).labels), triple.certificate
    places = np.flatnonzero(labels == "mask")
    assert judge.one(triple.graph, triple.prop, words).accepted
    for at in places[words[places] > 0.0]:
        made = words.copy()
        made[at] = 0.0
        assert judge.one(triple.graph, triple.prop, made).reason == "not-refuted"


def test_the_length_of_a_tree_is_exact(judge: Judge) -> None:
    """Every other length is refused, whichever tree of which fork it belongs to."""
    triple = next(t for t in valid() if t.name == "forked")
    labels = Layout(*triple.words).labels
    places = [at for at, label in enumerate(labels) if label == "length"]
    assert len(places) == 3
    made = []
    for at in places:
        for other in {*range(len(labels) + 2), 2**53 - 1} - {int(triple.certificate[at])}:
            forgery = triple.certificate.copy()
            forgery[at] = other
            made.append((triple.graph, triple.prop, forgery))
    answers = judge(made)
    assert {a.reason for a in answers} == {"truncated", "trailing-words"}
    assert judge.one(*triple.words).accepted


def test_forks_read_no_word_twice(judge: Judge) -> None:
    """Forks of length 0, each of whose sides would be all that follows, end at once instead of doubling."""
    triple = next(t for t in valid() if t.name == "forked")
    tree = leaf(([1.0], {}), ([1.0], {}))
    for _ in range(200):
        tree = fork(0, 0.0, [], tree)
    words = certificate_words(triple.graph, triple.prop, [tree], 300)
    answer = judge.one(triple.graph, triple.prop, words)
    assert (answer.reason, answer.word) == ("truncated", 27)
