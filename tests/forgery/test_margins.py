"""The tightest threshold that the checker accepts is never reached by the network, not even by one ulp."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from judge import Judge, Words
from margin import ONE, Job, extremal, inputs_of, sampled, settle, sharpened
from meaning import fractions, outputs
from mutants import THOROUGH
from nets import Net, random_net, rescaled, words_of
from writing import split

from provenn.ops import ALL

Array = Any
SCALES = {
    "tame": (1.0,),
    "lopsided": (1e8, 1e-8, 1.0),
    "huge": (1e100, 1.0),
    "small": (1e-100, 1e-60, 1.0),
    "subnormal": (1e-310, 1e-160, 1.0),
    "extreme": (1e300, 1e-300, 1e8, 5e-324),
}


def box(words: Words, seed: int) -> tuple[Array, Array]:
    """A box of radius 1, one where activations seldom change, or a point."""
    centre = np.random.default_rng([seed, 5]).integers(-4, 5, inputs_of(words)) / 4
    radius = (1.0, 2.0**-10, 0.0)[seed % 3]
    return centre - radius, centre + radius


def random_job(seed: int, factors: tuple[float, ...]) -> Job:
    """A random network with one leaf, for two of three after sharpening every bound."""
    words = rescaled(words_of(random_net(seed, smooth=seed % 2 == 0)), seed, factors)
    lo, hi = box(words, seed)
    return sampled(words, lo, hi, ONE if seed % 4 == 3 else sharpened(words, ONE), seed)


@pytest.mark.parametrize("scale", SCALES)
def test_random_networks(scale: str, judge: Judge) -> None:
    jobs = [random_job(seed, SCALES[scale]) for seed in range(100, 108 + 8 * (THOROUGH - 1))]
    settle(judge, jobs)
    tight = sum(float(Fraction(j.high) - j.reached) <= 1e-9 * (1 + abs(j.high)) for j in jobs if j.found)
    if scale != "extreme":
        assert sum(j.found for j in jobs) >= 4
        assert tight >= 2, "most of these bounds are attained, so the test would see an error of a few ulps"


@pytest.mark.parametrize("scale", SCALES)
def test_affine_networks_attain_their_bound(scale: str, judge: Judge) -> None:
    jobs = []
    for seed in range(200, 207 + 7 * (THOROUGH - 1)):
        words = rescaled(words_of(random_net(seed, affine=True, smooth=seed % 2 == 0)), seed, SCALES[scale])
        lo, hi = box(words, seed)
        jobs.append(extremal(words, lo, hi, sharpened(words, ONE) if seed % 2 else ONE))
    settle(judge, jobs)
    assert sum(j.found for j in jobs) >= (2 if scale == "extreme" else 4)


def kinked(weights: Array, outer: Array, bias: Array) -> Words:
    """``outer @ relu(weights * x + bias)`` of one input."""
    net = Net(0, (1, 1))
    parameter = net.builder.parameter
    hidden = parameter(ALL["parameter"], np.asarray(weights, np.float32)[:, None])
    net.put("linear", hidden, parameter(ALL["parameter"], np.asarray(bias, np.float32)))
    net.put("relu")
    net.put("linear", parameter(ALL["parameter"], np.asarray(outer, np.float32)[None]))
    return words_of(net.finish())


KINKS = [
    ([1, -1], [1, 1], [0, 0]),
    ([1, 1], [2, -4], [0.5, 0]),
    ([3, -3], [1, 1], [0, 1]),
    ([1, -1], [1e8, 1e8], [0, 0]),
    ([1e-3, -1], [1e3, 1], [0, 0]),
    ([1, 1], [1e8, -1e8], [1, 1]),
    ([1 / 3, -1 / 3], [3, 3], [0, 0]),
]


@pytest.mark.parametrize("k", range(len(KINKS)))
def test_splits_at_the_kinks(k: int, judge: Judge) -> None:
    """With splits where activations change, every piece is affine and the bound is attained at an end."""
    weights, outer, bias = (np.asarray(v, np.float32).astype(float) for v in KINKS[k])
    words = kinked(weights, outer, bias)
    kinks = sorted({float(-b / w) for w, b in zip(weights, bias) if abs(b) < abs(w)})
    tree = sharpened(words, ONE)
    for cut in reversed(kinks):
        tree = split(0, cut, sharpened(words, ONE), tree)
    ends = fractions(np.array([-1.0, 1.0, *kinks])[:, None])
    reached = max(outputs(words, ends)[:, 0])
    job = Job(words, np.array([-1.0]), np.array([1.0]), tree, reached)
    settle(judge, [job], rounds=30)
    assert job.found
