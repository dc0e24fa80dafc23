"""What every word of a file is, and where the subtrees of a certificate begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from danger import read_property
from judge import Words
from meaning import read_graph


def graph_labels(words: Words) -> list[str]:
    """A label for each word of a graph."""
    made = ["magic", "version", "count", "size", "index", "spare"]
    while len(made) < len(words):
        made += ["tag", "dtype"]
        for kind in ("dimension", "index", "attribute", "datum"):
            count = int(words[len(made)])
            made += ["size", *[kind] * count]
    return made


def property_labels(words: Words) -> list[str]:
    """A label for each word of a property."""
    inputs, outs, cases = (int(v) for v in words[3:6])
    made = ["magic", "version", "count", "size", "size", "size"]
    for _ in range(cases):
        ways = int(words[len(made) + 2 * inputs])
        made += [*["side"] * (2 * inputs), "size"]
        for _ in range(ways):
            rows, has_x, has_y = (int(v) for v in words[len(made) : len(made) + 3])
            made += ["size", "flag", "flag"]
            made += ["datum"] * (rows * (inputs * has_x + outs * has_y + 1))
    return made


@dataclass
class Subtree:
    """Words ``start`` to ``end`` of a certificate; ``inner`` are its children."""

    start: int
    end: int = 0
    inner: list[Subtree] = field(default_factory=list)

    def all(self) -> list[Subtree]:
        """This subtree and all below it."""
        return [self, *(s for i in self.inner for s in i.all())]


class Layout:
    """Labels and subtrees of the certificate of a valid triple."""

    def __init__(self, graph: Words, prop: Words, certificate: Words) -> None:
        self.words = certificate
        self.sizes = [int(np.prod(n.shape)) for n in read_graph(graph)[0]]
        self.labels = ["magic", "version", "count", "semantics", "depth", "spare", *["name"] * 16]
        _, _, cases = read_property(prop)
        self.trees = [self._tree([len(w.d) for w in case.ways]) for case in cases]
        assert len(self.labels) == len(certificate)

    def _take(self, *labels: str) -> list[float]:
        start = len(self.labels)
        self.labels += labels
        return [float(v) for v in self.words[start : start + len(labels)]]

    def _slopes(self) -> None:
        (count,) = self._take("size")
        for _ in range(int(count)):
            (node,) = self._take("unary")
            self._take(*["slope"] * self.sizes[int(node)])

    def _signs(self) -> None:
        (count,) = self._take("size")
        for _ in range(int(count)):
            (node,) = self._take("anyone")
            self._take(*["sign"] * self.sizes[int(node)])

    def _tree(self, ways: Sequence[int]) -> Subtree:
        here = Subtree(len(self.labels))
        (kind,) = self._take("kind")
        if kind == 0:
            for rows in ways:
                self._take(*["multiplier"] * rows)
                self._slopes()
                self._signs()
        elif kind == 1:
            self._take("owner", "element", "value")
            here.inner = [self._tree(ways), self._tree(ways)]
        elif kind == 6:
            self._take("owner", "element", "value", "length")
            here.inner = [self._tree(ways), self._tree(ways)]
        elif kind == 2:
            _, count = self._take("node", "neurons")
            self._take(*["neuron"] * max(0, int(count)))
            self._slopes()
            here.inner = [self._tree(ways)]
        elif kind == 4:
            (node,) = self._take("node")
            self._take(*["mask"] * (2 * ((self.sizes[int(node)] + 47) // 48)))
            self._slopes()
            here.inner = [self._tree(ways)]
        elif kind == 5:
            (node,) = self._take("node")
            self._take(*["factor"] * (2 * self.sizes[int(node)]))
            self._slopes()
            here.inner = [self._tree(ways)]
        else:
            self._take("input")
        here.end = len(self.labels)
        return here
