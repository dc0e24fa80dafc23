"""Properties that are false, with a counterexample in hand: no certificate is ever accepted.

The counterexamples are exact. Certificates come from true properties nearby (a slightly higher
threshold, a smaller box), are mutated, and are bred for the bound that the checker prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from danger import Case, Rows, points, read_property, slack, unsafe
from judge import Judge, Part, Triple, Words
from layout import Layout
from margin import ONE, Job, extremal, inputs_of, sharpened
from meaning import fractions, outputs
from mutants import THOROUGH, TINY, fields, flips, many_fields, some, trees
from nets import random_net, rescaled, words_of
from triples import Valid, valid
from writing import Tree, affine_and_unary, again, leaf, property_words, split, tighten

Array = Any
triples = pytest.mark.parametrize("triple", valid(), ids=lambda v: v.name)


def above(q: Fraction) -> float:
    """Smallest binary64 number that is at least ``q``."""
    f = float(q)
    return f if Fraction(f) >= q else math.nextafter(f, math.inf)


def reached_by(words: Words, way: Rows, x: Array) -> Rows:
    """The same rows with sides that the point ``x`` satisfies with less than an ulp to spare."""
    point = fractions(x)[None]
    left = point @ fractions(way.cx).T + outputs(words, point) @ fractions(way.cy).T
    return Rows(way.cx, way.cy, np.array([max(above(v), float(d)) for v, d in zip(left[0], way.d)]))


def made_false(triple: Valid, seed: int) -> Iterator[Words]:
    """The property with one way to be unsafe loosened until a point of the box is unsafe."""
    inputs, outs, cases = read_property(triple.prop)
    rng = np.random.default_rng(seed)
    for c, case in enumerate(cases):
        for k, way in enumerate(case.ways):
            if (case.lo > case.hi).any():
                continue
            x = points(case.lo, case.hi, rng, 2000)
            worst = x[np.argmax(slack(way, x, outputs(triple.graph, x)))]
            ways = [*case.ways[:k], reached_by(triple.graph, way, worst), *case.ways[k + 1 :]]
            assert unsafe(triple.graph, ways[k], worst)
            yield property_words(inputs, outs, [*cases[:c], Case(case.lo, case.hi, ways), *cases[c + 1 :]])


def refuse(judge: Judge, batch: Sequence[Triple]) -> None:
    """Fails when any triple is accepted."""
    for (graph, prop, certificate), answer in zip(batch, judge(batch)):
        assert answer.kind == "rejected", (list(graph), list(prop), list(certificate))


@triples
def test_certificates_of_a_true_property(triple: Valid, judge: Judge) -> None:
    layout = Layout(*triple.words)
    for seed, prop in enumerate(made_false(triple, 1)):
        rng = np.random.default_rng([seed, 6])
        made: list[Part] = [
            triple.certificate,
            *some(fields(triple.certificate, layout.labels, rng, 1), 40, rng),
            *some(trees(layout, rng), 50, rng),
            *many_fields(triple.certificate, layout.labels, rng, 20),
            *flips(triple.certificate, rng, 20),
        ]
        refuse(judge, [(triple.graph, prop, m) for m in made])


@triples
def test_a_larger_box(triple: Valid, judge: Judge) -> None:
    """The box grows on all sides until a point in it is unsafe; the certificate was for the smaller one."""
    inputs, outs, cases = read_property(triple.prop)
    rng = np.random.default_rng(7)
    for c, case in enumerate(cases):
        for grow in (0.0, 0.25, 0.5, 1.0, 2.0, 4.0):
            lo, hi = case.lo - grow, case.hi + grow
            if (lo > hi).any() or not case.ways:
                continue
            x = points(lo, hi, rng, 500)
            y = outputs(triple.graph, x)
            worst = [x[np.argmax(slack(way, x, y))] for way in case.ways]
            if any(unsafe(triple.graph, way, p) for way, p in zip(case.ways, worst)):
                prop = property_words(inputs, outs, [*cases[:c], Case(lo, hi, case.ways), *cases[c + 1 :]])
                layout = Layout(*triple.words)
                made = [
                    triple.certificate,
                    *some(trees(layout, rng), 30, rng),
                    *many_fields(triple.certificate, layout.labels, rng, 20),
                ]
                refuse(judge, [(triple.graph, prop, m) for m in made])
                break


def variants(words: Words, lo: Array, hi: Array) -> Iterator[Tree]:
    """Certificates for one row: scaled multipliers, sharpened bounds, splits that lose nothing."""
    for scale in (1.0, TINY, 1e-310, 1e-300, 1e-8, 1 / 3, 3.0, 1e8, 1e150, 1e300, 1.7e308):
        one = leaf(([scale], {}))
        yield one
        yield sharpened(words, one)
    affine, unary = affine_and_unary(words)
    once = ONE
    for node in reversed(affine):
        once = again(node, once)
        yield sharpened(words, once)
    yield once
    deep = ONE
    for _ in range(6):
        deep = sharpened(words, deep)
    yield deep
    for k in range(len(lo)):
        for at in (lo[k], hi[k], lo[k] / 2 + hi[k] / 2):
            yield split(k, float(at), ONE, ONE)
            yield sharpened(words, split(k, float(at), ONE, sharpened(words, ONE)))
    for alpha in (0.0, -0.0, TINY, 0.5, math.nextafter(1, 0), 1.0):
        slopes = {node: np.full(size, alpha) for node, size in unary.items()}
        yield leaf(([1.0], slopes))
        for node in affine:
            yield tighten(node, leaf(([1.0], slopes)), None, {k: v for k, v in slopes.items() if k < node})


@pytest.mark.parametrize(
    "factors", [(1.0,), (1e8, 1e-8), (1e-160, 1.0), (1e100, 1e-100), (1 / 3, 3.0)], ids=str
)
def test_a_threshold_that_is_just_reached(factors: tuple[float, ...], judge: Judge) -> None:
    """Affine networks: every bound is attained at a corner, so there is nothing between true and false."""
    batch: list[Triple] = []
    for seed in range(300, 305):
        words = rescaled(words_of(random_net(seed, affine=True, smooth=seed % 2 == 0)), seed, factors)
        centre = np.random.default_rng(seed).integers(-4, 5, inputs_of(words)) / 4
        job = extremal(words, centre - 0.5, centre + 0.5, ONE)
        made = some(variants(words, job.lo, job.hi), 40, np.random.default_rng(seed))
        batch += [job.triple(job.low, tree) for tree in made]
    refuse(judge, batch)


def bred(job: Job, judge: Judge, rng: np.random.Generator, rounds: int = 4, size: int = 25) -> float:
    """Slopes, splits and multipliers changed again and again to push the printed bound up; the best bound."""
    unary = affine_and_unary(job.words)[1]
    best, genes = -math.inf, rng.random(sum(unary.values()))
    for _ in range(rounds * THOROUGH):
        steps = rng.choice([0.01, 0.1, 1.0], (size, 1)) * rng.normal(size=(size, len(genes)))
        tried = list(np.clip(genes + steps, 0, 1))
        batch = [job.triple(job.low, _grown(job, unary, g, rng)) for g in tried]
        for g, answer in zip(tried, judge(batch)):
            assert not answer.accepted, (list(job.words), job.low)
            if answer.reason == "not-refuted" and answer.left > best:
                best, genes = answer.left, g
    return best


def _grown(job: Job, unary: dict[int, int], genes: Array, rng: np.random.Generator) -> Tree:
    slopes, at = {}, 0
    for node, size in unary.items():
        slopes[node] = genes[at : at + size]
        at += size
    scale = float(10.0 ** rng.integers(-3, 4))
    tree = sharpened(job.words, leaf(([scale], slopes)))
    if rng.random() < 0.5:
        k = int(rng.integers(len(job.lo)))
        tree = split(
            k, float(rng.uniform(job.lo[k], job.hi[k])), tree, sharpened(job.words, leaf(([scale], slopes)))
        )
    return tree


def test_bred_certificates(judge: Judge) -> None:
    rng = np.random.default_rng(9)
    for seed in (400, 403, 405):
        words = words_of(random_net(seed))
        centre = rng.integers(-4, 5, inputs_of(words)) / 4
        x = points(centre - 0.25, centre + 0.25, rng, 3000)
        y = outputs(words, x)[:, 0]
        reached = outputs(words, fractions(x[[int(np.argmax(y))]]))[0, 0]
        job = Job(words, centre - 0.25, centre + 0.25, ONE, reached)
        assert bred(job, judge, rng) <= 0
