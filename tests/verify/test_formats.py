"""The examples of docs/formats/certificate.md, word by word, through the real checker."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from provenn.base.words import CERTIFICATE_MAGIC, Words, hash_words, sha256
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row, property_words
from provenn.ops import ALL
from provenn.verify import checker
from provenn.verify.certificate import read_trees

ONE, ZERO = Fraction(1), Fraction(0)


def network() -> Graph:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 2))
    w = builder.parameter(ALL["parameter"], np.array([[1, -2]], np.float32))
    b = builder.parameter(ALL["parameter"], np.array([0.5], np.float32))
    return builder.finish(builder.add(ALL["relu"], builder.add(ALL["linear"], x, w, b)))


def unsafe_from(limit: str) -> Property:
    row = Row({}, {0: -ONE}, -Fraction(limit))
    return Property(2, 1, (Case((ZERO, ZERO), (ONE, ONE), ((row,),)),))


def certificate(graph: Words, prop: Words, depth: int, *body: float) -> Words:
    head = [CERTIFICATE_MAGIC, 1, 22 + len(body), 0, depth, 0]
    return np.array([*head, *hash_words(sha256(graph)), *hash_words(sha256(prop)), *body])


def test_the_single_leaf(checker_program: Path) -> None:
    graph, prop = graph_words(network()), property_words(unsafe_from("2"))
    words = certificate(graph, prop, 1, 0, 1, 0, 0)
    assert words.size == 26
    assert checker.run(graph, prop, words).accepted
    (tree,) = read_trees(words, [2, 2, 1, 1, 1], [[1]])
    assert tree.steps == ()


def test_the_split(checker_program: Path) -> None:
    graph, prop = graph_words(network()), property_words(unsafe_from("1.4"))
    said = checker.run(graph, prop, certificate(graph, prop, 2, 1, 0, 0, 0.5, 0, 1, 0, 0, 0, 1, 0, 0))
    assert (said.accepted, said.reason, said.detail["word"]) == (False, "not-refuted", "31")


def test_magic_numbers_are_the_bytes_that_the_documents_name() -> None:
    assert np.float64(CERTIFICATE_MAGIC).tobytes() == b"pvnPROOF"
    assert graph_words(network())[:1].tobytes() == b"pvnGRAPH"
    assert property_words(unsafe_from("1"))[:1].tobytes() == b"pvnPROPS"
