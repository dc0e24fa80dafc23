"""Graph, property and certificate words written directly, as another tool would write them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from danger import Case, Rows
from judge import Words

Array = Any
PROPERTY = float(np.frombuffer(b"pvnPROPS", "<f8")[0])
GRAPH = float(np.frombuffer(b"pvnGRAPH", "<f8")[0])
CERTIFICATE = float(np.frombuffer(b"pvnPROOF", "<f8")[0])
HEADER = 22
Slopes = Mapping[int, Array]
Tree = list[float]
NONE: Slopes = {}
Node = tuple[float, Sequence[float], Sequence[float], Sequence[float], Sequence[float]]
TAGS = {
    "input": 1,
    "parameter": 2,
    "add": 3,
    "sub": 4,
    "mul": 5,
    "linear": 6,
    "conv": 7,
    "relu": 8,
    "reshape": 9,
    "transpose": 10,
    "concat": 11,
    "slice": 12,
}


def node(
    tag: str | float,
    shape: Sequence[float],
    operands: Sequence[float] = (),
    attrs: Sequence[float] = (),
    data: Sequence[float] = (),
) -> Node:
    """One node; ``tag`` by name or by number."""
    return (TAGS[tag] if isinstance(tag, str) else tag), shape, operands, attrs, data


def graph_words(nodes: Sequence[Node], output: float | None = None, dtype: float = 1) -> Words:
    """Canonical words of any list of nodes."""
    body: list[float] = []
    for tag, shape, operands, attrs, data in nodes:
        body += [tag, dtype]
        for part in (shape, operands, attrs, data):
            body += [float(len(part)), *map(float, part)]
    last = len(nodes) - 1 if output is None else output
    return np.array([GRAPH, 1, 6 + len(body), len(nodes), last, 0, *body], float)


def rows(cy: Array, d: Array, cx: Array = None, inputs: int = 0) -> Rows:
    """Rows over the outputs, and over the inputs when ``cx`` is given."""
    cy, d = np.atleast_2d(np.asarray(cy, float)), np.atleast_1d(np.asarray(d, float))
    return Rows(np.zeros((len(d), inputs)) if cx is None else np.atleast_2d(np.asarray(cx, float)), cy, d)


def property_words(inputs: int, outs: int, cases: Sequence[Case]) -> Words:
    """Words of a property; matrices of zeros are left out."""
    body: list[float] = []
    for case in cases:
        body += [*case.lo, *case.hi, len(case.ways)]
        for way in case.ways:
            has_x, has_y = bool(way.cx.any()), bool(way.cy.any())
            body += [len(way.d), has_x, has_y]
            body += [*way.cx.ravel()] * has_x + [*way.cy.ravel()] * has_y + [*way.d]
    return np.array([PROPERTY, 1, 6 + len(body), inputs, outs, len(cases), *body], float)


def slope_block(slopes: Slopes) -> Tree:
    """Number of entries, then node and slopes of each."""
    return [float(len(slopes)), *(float(v) for k, a in slopes.items() for v in (k, *np.ravel(a)))]


def leaf(*parts: tuple[Sequence[float], Slopes]) -> Tree:
    """Multipliers and slopes of each way to be unsafe, no split multipliers."""
    return [
        0.0,
        *(v for m, slopes in parts for v in (*map(float, m), *slope_block(slopes), 0.0)),
    ]


def split(index: int, at: float, below: Tree, above: Tree) -> Tree:
    """Both halves of a box."""
    return [1.0, 0.0, float(index), float(at), *below, *above]


def fork(index: int, at: float, below: Tree, above: Tree) -> Tree:
    """Both halves of a box, and how long the first tree is."""
    return [6.0, 0.0, float(index), float(at), float(len(below)), *below, *above]


def tighten(node: int, tree: Tree, neurons: Sequence[int] | None = None, slopes: Slopes = NONE) -> Tree:
    """Sharper bounds of an affine node for everything in ``tree``."""
    chosen = [-1.0] if neurons is None else [float(len(neurons)), *map(float, neurons)]
    return [2.0, float(node), *chosen, *slope_block(slopes), *tree]


def again(node: int, tree: Tree) -> Tree:
    """A node enclosed once more from its operands' bounds, for everything in ``tree``."""
    return [2.0, float(node), -3.0, 0.0, *tree]


def sides(node: int, size: int, lower: Sequence[int], upper: Sequence[int], tree: Tree,
          slopes: Slopes = NONE) -> Tree:
    """Sharper lower bounds of some neurons and upper bounds of others, for everything in ``tree``."""
    masks = [float(sum(2**i for i in which if i // 48 == k)) / 2.0 ** (48 * k)
             for which in (lower, upper) for k in range((size + 47) // 48)]
    return [4.0, float(node), *masks, *slope_block(slopes), *tree]


def tie(node: int, below: Sequence[float], above: Sequence[float], tree: Tree, slopes: Slopes = NONE) -> Tree:
    """Ties between the factors of a product, for planes below and above it, for everything in ``tree``."""
    return [5.0, float(node), *map(float, below), *map(float, above), *slope_block(slopes), *tree]


def empty(index: int) -> Tree:
    """The box is empty along an input."""
    return [3.0, float(index)]


def names(words: Words) -> list[float]:
    """The SHA-256 of canonical words as eight words."""
    digest = hashlib.sha256(np.ascontiguousarray(words, "<f8").tobytes()).digest()
    return [float(v) for v in np.frombuffer(digest, ">u4")]


def certificate_words(graph: Words, prop: Words, trees: Sequence[Tree], depth: int = 40) -> Words:
    """Header and trees."""
    body = [v for tree in trees for v in tree]
    head = [CERTIFICATE, 1.0, HEADER + len(body), 0.0, depth, 0.0, *names(graph), *names(prop)]
    return np.array([*head, *body], float)


def counted(words: Words) -> Words:
    """The same words with their number corrected in the header."""
    made = np.array(words, float)
    if len(made) > 2:
        made[2] = len(made)
    return made


def affine_and_unary(graph: Words) -> tuple[list[int], dict[int, int]]:
    """Numbers of the affine nodes, and of the unary nodes with their sizes."""
    affine, unary, at = [], {}, 6
    for k in range(int(graph[3])):
        tag, rank = graph[at], int(graph[at + 2])
        if tag == 8:
            unary[k] = int(np.prod(graph[at + 3 : at + 3 + rank]))
        elif tag > 2:
            affine.append(k)
        at += 3 + rank
        for _ in range(3):
            at += 1 + int(graph[at])
    return affine, unary
