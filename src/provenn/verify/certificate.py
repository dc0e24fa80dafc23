"""Certificates: which splits, bounds, slopes and multipliers to use, never what comes out of them.

A certificate holds one tree for each case of a property. The words are those of
docs/formats/certificate.md; trees are written and read without recursion.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from provenn.base.words import CERTIFICATE_MAGIC, VERSION, Words, hash_words
from provenn.bounds.regions import Floats, Indices
from provenn.errors import CertificateError
from provenn.verify.semantics import REAL, Semantics

LEAF, SPLIT, TIGHTEN, EMPTY, SIDES, TIE, FORK = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0
UNSURE, EVERY, AGAIN = -1, -2, -3
PER_WORD = 48
BYTES = PER_WORD // 8
PLACES = 2.0 ** np.arange(PER_WORD)
HEADER = 22
# A side of a split is worth a process of its own from so many words, and nodes and steps, on.
FORK_WORDS, FORK_PARTS = 512, 16
Slopes = Mapping[int, Floats]
Step: TypeAlias = "Tighten | Sides | Again | Tie"


@dataclass(frozen=True, slots=True)
class Tighten:
    """Bounds to compute before anything below: of ``neurons`` of ``node``.

    None stands for all neurons whose sign is not known, or for ``every`` one.
    """

    node: int
    neurons: Indices | None = None
    slopes: Slopes = field(default_factory=dict)
    every: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """Like Tighten, by masks [size]: lower bounds of some neurons, upper bounds of others."""

    node: int
    lower: NDArray[np.bool_]
    upper: NDArray[np.bool_]
    slopes: Slopes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Again:
    """Bounds of all elements of ``node`` once more by interval arithmetic, from those of its operands."""

    node: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Ties between the factors x and y of product ``node``, for planes below and above it: bounds of
    ``m x - y`` and of ``-m x - y`` for factors m [size]; 0 stands for no tie.
    """

    node: int
    below: Floats
    above: Floats
    slopes: Slopes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """For each disjunct its output multipliers and slopes, and split multipliers by node where there are any.

    A split multiplier is a coefficient on a value whose sign is known on this box: not negative where the
    upper bound is at most 0, not positive where the lower bound is at least 0 (beta-CROWN's multipliers).
    """

    parts: tuple[tuple[Floats, Slopes], ...]
    signs: tuple[Slopes, ...] = ()


@dataclass(frozen=True, slots=True)
class Empty:
    """The box is empty: the lower end of input ``index`` exceeds the upper one."""

    index: int


@dataclass(slots=True)
class Split:
    """Two trees: one where element ``index`` of ``node`` is <= ``value``, one where it is >=."""

    index: int
    value: float
    below: Tree | None = None
    above: Tree | None = None
    node: int = 0


@dataclass(slots=True)
class Tree:
    """Bounds to compute, in order, and what follows them.

    ``bound`` is what the search reached here, for people to read; it does not go into the file.
    """

    steps: tuple[Step, ...]
    end: Leaf | Split | Empty
    bound: float = math.nan


def _add(words: array[float], values: Floats | Sequence[float]) -> None:
    """Append many words."""
    words.frombytes(np.ascontiguousarray(values, np.float64).tobytes())


def _add_vectors(words: array[float], slopes: Slopes) -> None:
    words.append(len(slopes))
    for unary in sorted(slopes):
        words.append(unary)
        _add(words, slopes[unary])


def _add_mask(words: array[float], mask: NDArray[np.bool_]) -> None:
    """Bits as words of PER_WORD bits each, the lowest bit first."""
    if len(mask) <= PER_WORD:
        words.append(float(mask @ PLACES[: len(mask)]))
        return
    bits = np.packbits(mask, bitorder="little").tobytes()
    words.extend([int.from_bytes(bits[i : i + BYTES], "little") for i in range(0, len(bits), BYTES)])


def _add_step(words: array[float], step: Step) -> None:
    if isinstance(step, Again):
        words.extend((TIGHTEN, step.node, AGAIN, 0.0))
        return
    if isinstance(step, Sides):
        words.extend((SIDES, step.node))
        _add_mask(words, step.lower)
        _add_mask(words, step.upper)
    elif isinstance(step, Tie):
        words.extend((TIE, step.node))
        _add(words, step.below)
        _add(words, step.above)
    else:
        count = (EVERY if step.every else UNSURE) if step.neurons is None else len(step.neurons)
        words.extend((TIGHTEN, step.node, count))
        if step.neurons is not None:
            words.extend(step.neurons.tolist())
    _add_vectors(words, step.slopes)


def _add_end(words: array[float], end: Leaf | Split | Empty) -> None:
    if isinstance(end, Split):
        words.extend((SPLIT, end.node, end.index, end.value))
        return
    if isinstance(end, Empty):
        words.extend((EMPTY, end.index))
        return
    words.append(LEAF)
    for k, (multipliers, slopes) in enumerate(end.parts):
        words.extend(multipliers.tolist())
        _add_vectors(words, slopes)
        _add_vectors(words, end.signs[k] if end.signs else {})


def walk(tree: Tree) -> Iterator[tuple[Tree, int]]:
    """The nodes of a tree in the order of the file, each with its depth (the root's own nodes count)."""
    todo = [(tree, 0)]
    while todo:
        here, depth = todo.pop()
        depth += len(here.steps) + 1
        yield here, depth
        if isinstance(here.end, Split):
            if here.end.below is None or here.end.above is None:
                raise CertificateError("PNN-CERT-601", "a certificate tree has an open end",
                                       hint="the search has not finished; nothing can be certified yet")
            todo += [(here.end.above, depth), (here.end.below, depth)]


def certificate_words(trees: Sequence[Tree], graph_hash: str, property_hash: str,
                      semantics: Semantics = REAL) -> Words:
    """Header and body (docs/formats/certificate.md). Raises CertificateError PNN-CERT-601 on an open tree."""
    body, deepest, pieces = array("d"), 0, list[tuple[int, int, bool]]()
    for tree in trees:
        for here, depth in walk(tree):
            deepest, start = max(deepest, depth), len(body)
            for step in here.steps:
                _add_step(body, step)
            _add_end(body, here.end)
            pieces.append((start, len(here.steps) + 1, isinstance(here.end, Split)))
    words = _with_forks(np.frombuffer(body, np.float64), pieces)
    kind, ulps = semantics.words
    head = [CERTIFICATE_MAGIC, VERSION, HEADER + words.size, kind, deepest, ulps]
    head += hash_words(graph_hash) + hash_words(property_hash)
    return np.concatenate([np.array(head, np.float64), words])


def _with_forks(words: Words, pieces: Sequence[tuple[int, int, bool]]) -> Words:
    """SPLITs whose sides are both long become FORKs, which say where the second side starts.

    ``pieces`` has for each tree node, in the file's order, its first word, how many steps and ends it is made
    of, and whether it splits.
    """
    ends = [start for start, _, _ in pieces[1:]] + [len(words)]
    sizes, at, lengths = list[tuple[int, int]](), list[int](), list[int]()
    for (start, parts, splits), end in zip(reversed(pieces), reversed(ends)):
        own = end - start
        if splits:
            below, above = sizes.pop(), sizes.pop()
            parts += below[1] + above[1]
            own += below[0] + above[0]
            if all(w >= FORK_WORDS and n >= FORK_PARTS for w, n in (below, above)):
                own += 1
                at.append(end)
                lengths.append(below[0])
        sizes.append((own, parts))
    made = words.copy()
    made[[end - 4 for end in at]] = FORK
    return np.insert(made, at, lengths)


@dataclass
class _Reader:
    words: Words
    sizes: Sequence[int]
    at: int = HEADER
    middle: int | None = None

    def take(self, count: int) -> Floats:
        """The next words."""
        if count < 0 or self.at + count > len(self.words):
            raise CertificateError("PNN-CERT-602", "the certificate ends too early", where=f"word {self.at}",
                                   expected=f"{count} more words", got=len(self.words) - self.at)
        self.at += count
        return self.words[self.at - count : self.at]

    def integer(self, low: int, high: int, what: str) -> int:
        """The next word as an integer in a range."""
        value = float(self.take(1)[0])
        if not (low <= value <= high and value == int(value)):
            raise CertificateError("PNN-CERT-603", f"the certificate holds an impossible {what}",
                                   where=f"word {self.at - 1}", expected=f"{low} to {high}", got=value)
        return int(value)

    def element(self, node: int) -> int:
        """The index of an element of a node."""
        return self.integer(0, self.sizes[node] - 1, "element")

    def vectors(self) -> dict[int, Floats]:
        """A block of vectors: slopes, or split multipliers."""
        made = {}
        for _ in range(self.integer(0, len(self.sizes), "number of vectors")):
            node = self.integer(0, len(self.sizes) - 1, "node")
            made[node] = self.take(self.sizes[node])
        return made

    def mask(self, node: int) -> NDArray[np.bool_]:
        """One bit for each element of a node."""
        size = self.sizes[node]
        words = [self.integer(0, 2**PER_WORD - 1, "mask") for _ in range(-(-size // PER_WORD))]
        return np.array([words[i // PER_WORD] >> (i % PER_WORD) & 1 for i in range(size)], bool)

    def piece(self, kinds: Sequence[int]) -> Tree:
        """Steps up to the end of one tree node; a Split comes without its children.

        After a FORK ``middle`` is the word where the second of them starts, otherwise it is None.
        """
        steps: list[Step] = []
        self.middle = None
        while (kind := self.integer(0, 6, "kind of tree node")) in (TIGHTEN, SIDES, TIE):
            node = self.integer(0, len(self.sizes) - 1, "node")
            if kind == TIE:
                size = self.sizes[node]
                steps.append(Tie(node, self.take(size), self.take(size), self.vectors()))
                continue
            if kind == SIDES:
                steps.append(Sides(node, self.mask(node), self.mask(node), self.vectors()))
                continue
            count = self.integer(AGAIN, self.sizes[node], "number of neurons")
            neurons = None if count < 0 else np.array([self.element(node) for _ in range(count)], np.intp)
            slopes = self.vectors()
            steps.append(Again(node) if count == AGAIN else Tighten(node, neurons, slopes, count == EVERY))
        if kind in (SPLIT, FORK):
            node = self.integer(0, len(self.sizes) - 1, "node")
            end = Split(self.element(node), float(self.take(1)[0]), node=node)
            if kind == FORK:
                length = self.integer(0, len(self.words), "length of a tree")
                self.middle = self.at + length
            return Tree(tuple(steps), end)
        if kind == EMPTY:
            return Tree(tuple(steps), Empty(self.element(0)))
        parts = [(self.take(rows), self.vectors(), self.vectors()) for rows in kinds]
        signs = tuple(p[2] for p in parts) if any(p[2] for p in parts) else ()
        return Tree(tuple(steps), Leaf(tuple((p[0], p[1]) for p in parts), signs))


def read_trees(words: Words, sizes: Sequence[int], disjuncts: Sequence[Sequence[int]]) -> list[Tree]:
    """The trees of a certificate: ``sizes`` of all graph nodes, ``disjuncts`` = rows a disjunct, by case.

    Raises CertificateError: PNN-CERT-602 too short, -603 impossible number, -604 not a certificate or
    of another version or length.
    """
    good = len(words) >= HEADER and words[0] == CERTIFICATE_MAGIC and words[1] == VERSION
    if not good or words[2] != len(words):
        raise CertificateError("PNN-CERT-604", "this is not a certificate of version 1",
                               expected=f"{len(words)} words after the right magic number", got=words[:3])
    reader = _Reader(words, sizes)
    trees = []
    for rows in disjuncts:
        root = reader.piece(rows)
        todo = [(root.end, reader.middle)] if isinstance(root.end, Split) else []
        while todo:
            split, middle = todo[-1]
            if split.below is not None and middle not in (None, reader.at):
                raise CertificateError("PNN-CERT-603", "the certificate holds an impossible length of a tree",
                                       where=f"word {reader.at}", expected=f"its end at word {middle}",
                                       got=reader.at)
            made = reader.piece(rows)
            if split.below is None:
                split.below = made
            else:
                split.above = made
                todo.pop()
            if isinstance(made.end, Split):
                todo.append((made.end, reader.middle))
        trees.append(root)
    if reader.at != len(words):
        raise CertificateError("PNN-CERT-604", "words follow the end of the certificate",
                               where=f"word {reader.at}")
    return trees
