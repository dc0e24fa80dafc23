"""Mutants of canonical files: every field, every length, every subtree, and random bytes.

PROVENN_FORGERY=20 in the environment tries about twenty times as many of them.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from judge import Words
from layout import Layout, Subtree
from writing import counted

NAN, INF, TINY = math.nan, math.inf, 5e-324
ODD = (
    NAN,
    INF,
    -INF,
    1e308,
    -1e308,
    -0.0,
    TINY,
    -TINY,
    2.0**53,
    2.0**53 + 2,
    2.0**62,
    2.0**63,
    2.0**64,
    -1.0,
)
SIZES = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 22.0, 255.0, 65536.0, 65537.0, 2.0**21, 2.0**21 + 1, 2.0**31, 2.0**32)
SLOPES = (1.0000001, math.nextafter(1, 2), -1e-9, -TINY, 0.0, 1.0, 2.0)
INTEGERS = {
    "magic",
    "version",
    "count",
    "size",
    "index",
    "tag",
    "dtype",
    "dimension",
    "attribute",
    "flag",
    "semantics",
    "depth",
    "kind",
    "input",
    "node",
    "neurons",
    "neuron",
    "mask",
    "unary",
    "spare",
    "name",
}

THOROUGH = int(os.environ.get("PROVENN_FORGERY", "1"))
T = TypeVar("T")


def some(pool: Iterable[T], count: int, rng: np.random.Generator) -> list[T]:
    """Not more than ``count`` of the mutants, or more when asked to be thorough."""
    made = list(pool)
    picks = rng.permutation(len(made))[: count * THOROUGH]
    return [made[k] for k in sorted(picks)]


def values_for(label: str, old: float, rng: np.random.Generator) -> list[float]:
    """What a word may be replaced by."""
    if label in INTEGERS:
        near = [old + 1, old - 1, old + 2, old + 0.5, math.nextafter(old, INF), -old, old * 2, old + 2.0**32]
        return [*near, *SIZES, *ODD]
    near = [
        math.nextafter(old, INF),
        math.nextafter(old, -INF),
        -old,
        old * 2,
        old + 1,
        old - 1,
        old * 1.01,
        old * 1e8,
        old * 1e-8,
        float(rng.normal()),
    ]
    extra = SLOPES if label == "slope" else (0.0, 1e-310, 1e154, -1e200)
    return [*near, *extra, *ODD]


def fields(words: Words, labels: Sequence[str], rng: np.random.Generator, each: int) -> Iterator[Words]:
    """Each word replaced by ``each`` other values."""
    for at, label in enumerate(labels):
        choices = [
            v
            for v in values_for(label, float(words[at]), rng)
            if np.float64(v).tobytes() != words[at].tobytes()
        ]
        for k in rng.permutation(len(choices))[: each * THOROUGH]:
            made = words.copy()
            made[at] = choices[k]
            yield made


def lengths(words: Words, rng: np.random.Generator) -> Iterator[Words]:
    """Cut at every word, with and without the right count; words added, left out, doubled and exchanged."""
    for at in range(1, len(words)):
        yield words[:at] if rng.random() < 0.5 else counted(words[:at])
        if rng.random() < 0.7:
            yield counted(np.delete(words, at))
        if rng.random() < 0.7:
            yield counted(np.insert(words, at, words[at]))
        if rng.random() < 0.3:
            other = int(rng.integers(3, len(words)))
            made = words.copy()
            made[at], made[other] = words[other], words[at]
            yield made
    for more in (1, 2, 100):
        yield np.concatenate([words, np.zeros(more)])
        yield counted(np.concatenate([words, np.zeros(more)]))
        yield counted(np.concatenate([words, words[-more:]]))


def flips(words: Words, rng: np.random.Generator, count: int) -> Iterator[bytes]:
    """Random bits, bytes and words changed."""
    for _ in range(count * THOROUGH):
        data = bytearray(np.ascontiguousarray(words, "<f8").tobytes())
        for _ in range(int(rng.integers(1, 4))):
            at = int(rng.integers(len(data)))
            if rng.random() < 0.5:
                data[at] ^= 1 << int(rng.integers(8))
            else:
                data[at] = int(rng.integers(256))
        yield bytes(data)


def many_fields(words: Words, labels: Sequence[str], rng: np.random.Generator, count: int) -> Iterator[Words]:
    """Two to five words replaced at once, after the header."""
    for _ in range(count * THOROUGH):
        made = words.copy()
        for at in rng.integers(3, len(words), int(rng.integers(2, 6))):
            made[at] = rng.choice(values_for(labels[at], float(words[at]), rng))
        yield made


def spliced(words: Words, old: Subtree, new: Sequence[float] | Words) -> Words:
    """The words with one subtree replaced."""
    return counted(np.concatenate([words[: old.start], np.asarray(new, float), words[old.end :]]))


def trees(layout: Layout, rng: np.random.Generator) -> Iterator[Words]:
    """Subtrees left out, doubled, exchanged, copied over each other, and wrapped in other steps."""
    words = layout.words
    every = [s for tree in layout.trees for s in tree.all()]
    for s in every:
        mine = words[s.start : s.end]
        yield spliced(words, s, [])
        yield spliced(words, s, [*mine, *mine])
        yield spliced(words, s, [0.0])
        yield spliced(words, s, [3.0, 0.0])
        yield spliced(words, s, [1.0, 0.0, NAN, *mine, *mine])
        for index in range(min(2, layout.sizes[0])):
            for at in (0.0, 0.25, -1.0, 1.0, 7.0):
                yield spliced(words, s, [1.0, index, at, *mine, *mine])
        for node in range(0, len(layout.sizes), 2):
            for count in (-1.0, -3.0, -4.0):
                yield spliced(words, s, [2.0, node, count, 0.0, *mine])
            masks = [float(rng.integers(2**48)) for _ in range(2 * ((layout.sizes[node] + 47) // 48))]
            yield spliced(words, s, [4.0, node, *masks, 0.0, *mine])
            factors = rng.choice([0.0, 0.5, 1.0, 2.0, -1.0, 1e9], 2 * layout.sizes[node])
            yield spliced(words, s, [5.0, node, *factors, 0.0, *mine])
        for other in rng.permutation(np.array(every, object))[:4]:
            yield spliced(words, s, words[other.start : other.end])
        if len(s.inner) == 2:
            a, b = s.inner
            below, above = words[a.start : a.end], words[b.start : b.end]
            head = words[s.start : a.start]
            for left, right in ((above, below), (below, below), (above, above), (below, []), ([], above)):
                yield spliced(words, s, [*head, *left, *right])
            yield spliced(words, s, below)
            yield spliced(words, s, above)
