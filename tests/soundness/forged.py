"""Certificates of true properties nearby, presented for a planted, false one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from provenn.base.words import Words
from provenn.ir.canonical import graph_hash
from provenn.ir.property import property_hash
from provenn.verify.certificate import Leaf, Split, Tree, certificate_words, read_trees
from provenn.verify.verdict import Verdict, verify
from tests.soundness.planted import Planted, never_from

SCALES = (1e-6, 3.0, 1e9)


def nearby(it: Planted, share: float, seconds: float) -> Iterator[tuple[str, Verdict, int, float]]:
    """True properties as far as they can be proved in time: (name, verdict, cut input, cut).

    Thresholds above everything that was met, and boxes that end before the hidden input. A cut input of -1
    stands for the whole box.
    """
    inputs = it.prop.inputs
    span = abs(it.limit) + 1.0
    for step in (share, 4 * share, 40 * share):
        yield "threshold", verify(it.graph, never_from(inputs, it.limit + it.margin + step * span),
                                  timeout=seconds), -1, 0.0
    for i in range(min(inputs, 2)):
        cut = float(it.x[i]) - 0.05
        hi = [1.0] * inputs
        hi[i] = cut
        yield "box", verify(it.graph, never_from(inputs, it.limit, hi=hi), timeout=seconds), i, cut


def forged(it: Planted, near: Verdict, index: int, cut: float) -> Iterator[Words]:
    """The certificate of ``near`` bent towards the planted property in several ways."""
    assert near.certificate is not None
    names = graph_hash(it.graph), property_hash(it.prop)

    def trees() -> Tree:
        assert near.certificate is not None
        return read_trees(near.certificate, [n.type.size for n in it.graph], [[1]])[0]

    yield certificate_words([trees()], *names)
    if index >= 0:
        yield certificate_words([Tree((), Split(index, cut, trees(), trees()))], *names)
        last = Tree((), Leaf(((np.ones(1), {}),)))
        yield certificate_words([Tree((), Split(index, cut, trees(), last))], *names)
    for scale in SCALES:
        bent = trees()
        todo = [bent]
        while todo:
            here = todo.pop()
            if isinstance(here.end, Split):
                todo += [t for t in (here.end.below, here.end.above) if t is not None]
            elif isinstance(here.end, Leaf):
                here.end = Leaf(tuple((scale * m, s) for m, s in here.end.parts), here.end.signs)
        yield certificate_words([bent], *names)
    bare = trees()
    bare.steps = ()
    yield certificate_words([bare], *names)
